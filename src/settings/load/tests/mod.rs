mod irc;
mod redis;

use super::super::keys::{KEYS, Kind};
use super::super::{Bridge, Durability, Guests, KeyType, Motd, Password, Registration, describe};
use super::*;
use crate::chat::UserName;
use crate::messages::DuplicateLogin;

const HASH: &str = "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

fn read_with(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, Mistakes> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    resolved(Source::File("test.toml".into()), text, variables)
}

fn read(text: &str) -> Result<Loaded, Mistakes> {
    read_with(text, &[])
}

fn settings(text: &str) -> Settings {
    read(text).unwrap().settings
}

/// The mistakes as the operator reads them.
fn told(result: Result<Loaded, Mistakes>) -> Vec<String> {
    let mistakes = result.expect_err("a mistake");
    let lines: Vec<_> = mistakes.to_string().lines().map(str::to_owned).collect();
    assert_eq!(
        lines.len(),
        mistakes.iter().count(),
        "one line each: {lines:#?}"
    );
    lines
}

fn warned(text: &str) -> Vec<String> {
    let warnings = read(text).unwrap().warnings;
    warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn defaults_are_what_the_contract_says() {
    let Settings {
        node,
        listen,
        tls,
        irc,
        bridge,
        accounts,
        limits,
        history,
    } = settings("");
    assert_eq!((node.name.as_str(), node.drain.as_secs()), ("node-1", 10));
    assert_eq!(node.data_dir, Path::new("data"));
    assert_eq!(listen.line, ["127.0.0.1:8001".parse().unwrap()]);
    assert_eq!(listen.irc, ["127.0.0.1:6697".parse().unwrap()]);
    assert_eq!(
        [
            irc.network.as_str(),
            irc.server_name.as_str(),
            irc.description.as_str()
        ],
        ["conclave", "conclave.local", "A conclave"]
    );
    assert_eq!(irc.motd, Motd::None);
    assert_eq!(
        (tls.cert, tls.key),
        ("certs/cert.pem".into(), "certs/key.pem".into())
    );
    assert_eq!(tls.names, ["localhost", "127.0.0.1", "::1"]);
    assert_eq!(tls.key_type, KeyType::EcdsaP256);
    assert_eq!(
        bridge,
        Bridge::Embedded {
            durability: Durability::Fsync
        }
    );
    assert_eq!(accounts.registration, Registration::Open);
    assert_eq!((accounts.bcrypt_cost, accounts.min_password), (12, 8));
    assert_eq!(accounts.duplicate_login, DuplicateLogin::Reject);
    assert_eq!(accounts.grace.as_secs(), 15);
    assert!(accounts.users.is_empty());
    assert_eq!((limits.line_bytes, limits.backlog), (4096, 256 * 1024));
    assert_eq!(
        (limits.handshake.as_secs(), limits.login.as_secs()),
        (10, 30)
    );
    assert_eq!(
        (limits.messages_per_second, limits.message_burst),
        (Some(20), 60)
    );
    assert_eq!(
        (limits.connections_per_ip, limits.registrations_per_minute),
        (Some(64), Some(10))
    );
    assert_eq!((limits.password_checks, limits.rooms), (128, 10_000));
    assert_eq!((history.keep_messages, history.keep_days), (1000, 30));
}

#[test]
fn the_shipped_file_is_the_defaults_and_the_manual() {
    let shipped = read(BUILT_IN).unwrap();
    assert_eq!(shipped.warnings, []);
    assert_eq!(shipped.settings, settings(""));
    let words = BUILT_IN.replace("\n#", " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for key in KEYS {
        assert!(
            words.contains(key.doc),
            "{} is not explained: {}",
            key.path,
            key.doc
        );
        let (section, name) = key.path.rsplit_once('.').unwrap();
        let line = match key.kind {
            Kind::Later(_) => format!("\n# {name} = {}\n", key.default),
            Kind::Table => format!("\n[{}]\n", key.path),
            Kind::Text | Kind::List | Kind::Flag | Kind::Number { .. } => {
                format!("\n{name} = {}\n", key.default)
            }
        };
        let at = BUILT_IN.find(&format!("[{section}]\n")).expect(section);
        assert!(
            BUILT_IN[at..].contains(&line),
            "{} does not stand there: {line}",
            key.path
        );
    }
}

#[test]
fn every_mistake_is_told_at_once() {
    let lines = told(read(
        r#"
        [node]
        name = "no spaces"
        drain = 10
        [listen]
        line = ["127.0.0.1:8001", "localhost:8001"]
        [limits]
        backlog = "1KiB"
        mesage_burst = 3
        "#,
    ));
    assert_eq!(
        lines,
        [
            "limits.mesage_burst: there is no such setting; did you mean limits.message_burst?",
            "node.name: found \"no spaces\", wanted A-Z a-z 0-9 _ - . only, the first a letter or digit",
            "node.drain: found 10, wanted a duration from \"0s\" to \"1h\", such as \"30s\"",
            "listen.line: found \"localhost:8001\", wanted an address with a port, such as \
         \"127.0.0.1:8001\" or \"[::]:8001\", or \"off\"",
            "limits.backlog: found \"1KiB\", wanted a size from \"64KiB\" to \"1024MiB\", such as \"64KiB\"",
        ]
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_a_mistake() {
    for (text, line) in [
        (
            "node.name = 7",
            "node.name: found 7, wanted a text in quotes",
        ),
        ("node = 7", "node: found 7, wanted a section"),
        (
            "listen.line.x = 1",
            "listen.line: found a section, wanted a text or a list of texts",
        ),
        (
            "listen.line = [1]",
            "listen.line: found a list, wanted a text or a list of texts",
        ),
        (
            "listen.line = [\"off\", \"127.0.0.1:1\"]",
            "listen.line: found \"off\" among addresses, wanted either \"off\" or addresses",
        ),
        (
            "listen.irc = [\"127.0.0.1:1\", \"off\"]",
            "listen.irc: found \"off\" among addresses, wanted either \"off\" or addresses",
        ),
        (
            "tls.names = []",
            "tls.names: found none, wanted at least one name",
        ),
        (
            "tls.names = \"a b\"",
            "tls.names: found \"a b\", wanted a DNS name or an address",
        ),
        ("tls.cert = \"\"", "tls.cert: found \"\", wanted a path"),
        (
            "tls.key_type = \"dsa\"",
            "tls.key_type: found \"dsa\", wanted \"ecdsa-p256\" or \"rsa-2048\"",
        ),
        (
            "bridge.kind = \"raft\"",
            "bridge.kind: found \"raft\", wanted \"embedded\" or \"redis\"",
        ),
        (
            "accounts.allow_public_registration = 1",
            "accounts.allow_public_registration: found 1, wanted true or false",
        ),
        (
            "accounts.bcrypt_cost = 32",
            "accounts.bcrypt_cost: found 32, wanted a number from 4 to 31",
        ),
        (
            "accounts.users = 1",
            "accounts.users: found 1, wanted a section",
        ),
        ("weather = 1", "weather: there is no such setting"),
        ("weather = {}", "weather: there is no such setting"),
        (
            "[Node]\nname = \"a\"",
            "Node.name: there is no such setting; did you mean node.name?",
        ),
    ] {
        assert_eq!(told(read(text)), [line], "{text}");
    }
}

#[test]
fn bounds_hold_at_both_ends() {
    for (good, bad) in [
        ("limits.line_bytes = 512", "limits.line_bytes = 511"),
        ("limits.line_bytes = \"16KiB\"", "limits.line_bytes = 16385"),
        ("limits.backlog = 65536", "limits.backlog = \"63KiB\""),
        ("limits.message_burst = 1", "limits.message_burst = 0"),
        (
            "limits.connections_per_ip = 0",
            "limits.connections_per_ip = -1",
        ),
        ("node.drain = \"0s\"", "node.drain = \"-1s\""),
        ("node.drain = \"1h\"", "node.drain = \"61m\""),
        ("accounts.bcrypt_cost = 4", "accounts.bcrypt_cost = 3"),
        ("accounts.grace = \"0s\"", "accounts.grace = \"-1s\""),
        ("accounts.grace = \"10m\"", "accounts.grace = \"11m\""),
        ("history.keep_days = 1", "history.keep_days = 0"),
        ("redis.log_entries = 1000", "redis.log_entries = 999"),
    ] {
        assert!(read(good).is_ok(), "{good}");
        assert_eq!(told(read(bad)).len(), 1, "{bad}");
    }
}

#[test]
fn zero_switches_three_limits_off() {
    let limits = settings(
        "limits = { connections_per_ip = 0, messages_per_second = 0, registrations_per_minute = 0 }",
    )
    .limits;
    assert_eq!(limits.connections_per_ip, None);
    assert_eq!(limits.messages_per_second, None);
    assert_eq!(limits.registrations_per_minute, None);
}

/// Short passwords that are hashed fast, many people from one address, and people without accounts.
#[test]
fn what_suites_of_tests_need_is_allowed_and_warned_of() {
    let loaded = read(
        "accounts = { min_password = 3, bcrypt_cost = 4, guests = true }
         limits = { connections_per_ip = 0, messages_per_second = 0, registrations_per_minute = 0 }",
    )
    .unwrap();
    let accounts = &loaded.settings.accounts;
    assert_eq!((accounts.min_password, accounts.bcrypt_cost), (3, 4));
    assert_eq!(accounts.guests, Guests::Welcome);
    assert_eq!(loaded.warnings.len(), 1, "{:?}", loaded.warnings);
    assert_eq!(settings("").accounts.guests, Guests::TurnedAway);
}

#[test]
fn doors_are_one_several_or_off() {
    let addresses = |text: &str| {
        let listen = settings(text).listen;
        (listen.line.len(), listen.irc.len())
    };
    assert_eq!(addresses("listen.line = \"127.0.0.1:0\""), (1, 1));
    let several = "[\"127.0.0.1:1\", \"[::1]:1\"]";
    assert_eq!(addresses(&format!("listen.line = {several}")), (2, 1));
    assert_eq!(addresses(&format!("listen.irc = {several}")), (1, 2));
    assert_eq!(addresses("listen.line = \"off\""), (0, 1));
    assert_eq!(addresses("listen.irc = \"off\""), (1, 0));
}

#[test]
fn registration_is_not_opened_to_the_world_by_accident() {
    let public = "listen.line = [\"127.0.0.1:1\", \"0.0.0.0:8001\"]\n";
    assert_eq!(
        told(read(public)),
        [
            "accounts.registration: found \"open\" while listen.line has 0.0.0.0:8001, wanted \
         \"closed\", loopback addresses only, or allow_public_registration = true",
        ]
    );
    let with = |more: &str| read(&format!("{public}{more}"));
    assert!(with("accounts.allow_public_registration = true").is_ok());
    assert!(with("accounts.registration = \"closed\"").is_ok());
    let lines = told(read("listen.irc = \"[::]:6697\""));
    let found = "accounts.registration: found \"open\" while listen.irc has [::]:6697, wanted ";
    assert!(lines[0].starts_with(found), "{lines:?}");
    for loopback in ["[::1]:1", "127.9.9.9:1", "[::ffff:127.0.0.1]:1"] {
        assert!(
            read(&format!("listen.line = {loopback:?}")).is_ok(),
            "{loopback}"
        );
    }
}

#[test]
fn accounts_stand_in_the_file_under_any_name_that_is_one() {
    let text = format!("[accounts.users]\nAlice = {HASH:?}\n\"bob.2\" = \"sha384{HASH}\"");
    let users = settings(&text).accounts.users;
    assert_eq!(users[&UserName::new("alice").unwrap()], HASH);
    assert_eq!(
        users.keys().map(UserName::as_str).collect::<Vec<_>>(),
        ["Alice", "bob.2"]
    );
}

#[test]
fn accounts_with_bad_names_or_hashes_are_mistakes_that_show_no_hash() {
    let wanted = "wanted a bcrypt hash, as `conclave hash` prints it";
    for bad in [
        "hunter22",
        "$2b$12$short",
        &HASH.replace("$12", "$32"),
        &HASH.replace("2b", "2x"),
    ] {
        let lines = told(read(&format!("accounts.users.alice = {bad:?}")));
        assert_eq!(
            lines,
            [format!(
                "accounts.users.alice: found something else, {wanted}"
            )]
        );
    }
    let lines = told(read(&format!(
        "[accounts.users]\n\"a b\" = {HASH:?}\npm = 5"
    )));
    assert_eq!(lines.len(), 3, "{lines:#?}");
    let lines = told(read(&format!(
        "[accounts.users]\nAnn = {HASH:?}\nann = {HASH:?}"
    )));
    assert_eq!(
        lines,
        [
            "accounts.users.ann: found the name twice, wanted each name once; case does not tell two apart",
        ]
    );
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = format!("[accounts.users]\nAlice = {HASH:?}\n[limits]\nrooms = 5");
    let other = HASH.replace("$12", "$10");
    let loaded = read_with(
        &file,
        &[
            ("CONCLAVE_LISTEN__LINE", "127.0.0.1:1, [::1]:2"),
            ("CONCLAVE_LIMITS__ROOMS", "7"),
            ("CONCLAVE_LIMITS__BACKLOG", "320KiB"),
            ("CONCLAVE_ACCOUNTS__ALLOW_PUBLIC_REGISTRATION", "true"),
            ("CONCLAVE_ACCOUNTS__USERS__ALICE", &other),
            ("CONCLAVE_PORT", "tcp://10.0.0.1:8001"),
            ("OTHER__THING", "1"),
        ],
    )
    .unwrap();
    assert_eq!(loaded.warnings, []);
    let settings = loaded.settings;
    assert_eq!(settings.listen.line.len(), 2);
    assert_eq!(
        (settings.limits.rooms, settings.limits.backlog),
        (7, 320 * 1024)
    );
    assert_eq!(
        settings.accounts.users.into_values().collect::<Vec<_>>(),
        [other]
    );
}

#[test]
fn a_mistake_in_the_environment_names_its_variable() {
    let lines = told(read_with(
        "limits.rooms = 0",
        &[
            ("CONCLAVE_LISTEN__LIME", "x"),
            ("CONCLAVE_NODE__DRAIN", "soon"),
            ("CONCLAVE_ACCOUNTS__USERS__BOB", "secret"),
            ("CONCLAVE_ACCOUNTS__USERS__BOB.2", "x"),
            ("CONCLAVE_TLS", "x"),
        ],
    ));
    assert_eq!(
        lines,
        [
            "CONCLAVE_ACCOUNTS__USERS__BOB.2: there is no such setting",
            "CONCLAVE_LISTEN__LIME: there is no such setting; did you mean listen.line?",
            "CONCLAVE_NODE__DRAIN: found \"soon\", wanted a duration from \"0s\" to \"1h\", such as \"30s\"",
            "CONCLAVE_ACCOUNTS__USERS__BOB: found something else, wanted a bcrypt hash, as `conclave hash` prints it",
            "limits.rooms: found 0, wanted a number from 1 to 10000000",
        ]
    );
}

#[test]
fn broken_toml_is_told_with_its_place_and_the_environment_too() {
    let lines = told(read_with(
        "[node]\nname = ",
        &[("CONCLAVE_NODE__DRAIN", "soon")],
    ));
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(
        lines[0].starts_with("test.toml: TOML parse error at line 2, column 8: "),
        "{}",
        lines[0]
    );
    let twice = told(read("[node]\nname = \"a\"\nname = \"b\""));
    assert!(twice[0].contains("line 3"), "{twice:?}");
}

#[test]
fn what_is_doubtful_is_warned_of_once() {
    assert_eq!(warned(""), [""; 0]);
    assert_eq!(
        warned("accounts.bcrypt_cost = 9"),
        ["accounts.bcrypt_cost: under 10 stolen hashes are cheap to guess; for tests only",]
    );
    assert_eq!(
        warned("listen.line = \"off\"\nlisten.irc = \"off\""),
        ["listen.line: every door is closed: nobody can connect",]
    );
    for one in ["listen.line", "listen.irc"] {
        assert_eq!(warned(&format!("{one} = \"off\"")), [""; 0]);
    }
    for key in KEYS {
        if let Kind::Later(part) = key.kind {
            let lines = warned(&format!("{} = {}", key.path, key.default));
            let line = format!("{}: has no effect: this build has no {part} yet", key.path);
            assert_eq!(lines, [line]);
        }
    }
}

#[test]
fn a_named_file_must_exist_and_the_usual_one_need_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conclave.toml");
    let lines = told(load(Some(&file), std::iter::empty()));
    assert!(
        lines[0].ends_with("cannot be read: No such file or directory (os error 2)"),
        "{lines:?}"
    );
    let (source, text) = find(None, &file).unwrap();
    assert_eq!((source, text.as_str()), (Source::BuiltIn, BUILT_IN));
    fs::write(&file, "node.name = \"n\"").unwrap();
    assert_eq!(find(None, &file).unwrap().0, Source::File(file.clone()));
    let loaded = load(Some(&file), std::iter::empty()).unwrap();
    assert_eq!(loaded.settings.node.name.as_str(), "n");
    assert!(find(None, folder.path()).is_err(), "a folder is no file");
}

#[test]
fn a_description_can_be_read_again_and_shows_no_hash() {
    let text = format!("accounts.users.alice = {HASH:?}\nlimits.rooms = 7\nnode.drain = \"90s\"");
    let mut descriptions = String::new();
    for kind in ["embedded", "redis"] {
        let mut settings = settings(&format!("bridge.kind = {kind:?}\n{text}"));
        let description = describe(&settings);
        assert!(
            description.contains("# accounts.users: alice\n"),
            "{description}"
        );
        assert!(!description.contains("$2b$"), "{description}");
        settings.accounts.users.clear();
        assert_eq!(read(&description).unwrap().settings, settings);
        descriptions += &description;
    }
    for key in KEYS {
        let is_shown = descriptions.contains(&format!("{} = ", key.path));
        let is_plain = !matches!(key.kind, Kind::Later(_) | Kind::Table);
        let is_resolved = key.path != "accounts.allow_public_registration";
        assert_eq!(is_shown, is_plain && is_resolved, "{}", key.path);
    }
}
