//! Settings: every mistake is told at once, before anything is opened.

mod support;

use support::{Home, Said};

/// Five mistakes, each of another kind.
const FIVE: &str = r#"
[listen]
line = "nowhere"

[accounts]
bcrypt_cost = 99
colour = "green"

[limits]
backlog = "1KiB"
login = "soon"
"#;

fn with_file(home: &Home, file: &str, arguments: &[&str]) -> Said {
    home.write("node.toml", file);
    let all = [&["--config", "node.toml"], arguments].concat();
    Said::of(home.bare_command(&all), "")
}

#[test]
fn five_mistakes_are_told_as_five_before_anything_is_opened() {
    for arguments in [&["check"][..], &[], &["user", "list"], &["cert"]] {
        let home = Home::new();
        let said = with_file(&home, FIVE, arguments);
        assert_eq!(said.code, Some(78), "{said:?}");
        assert!(said.out.is_empty(), "{}", said.out);
        let lines: Vec<_> = said.err.lines().collect();
        assert_eq!(lines.len(), 5, "{lines:#?}");
        for place in [
            "listen.line: ",
            "accounts.bcrypt_cost: ",
            "accounts.colour: there is no such setting",
            "limits.backlog: ",
            "limits.login: ",
        ] {
            let told = lines.iter().filter(|line| line.starts_with(place)).count();
            assert_eq!(told, 1, "{place} in {lines:#?}");
        }
        let files = std::fs::read_dir(home.folder()).unwrap().count();
        assert_eq!(files, 1, "the settings and nothing else");
    }
}

#[test]
fn an_unknown_key_is_told_with_the_one_that_was_meant() {
    let home = Home::new();
    let said = with_file(&home, "[limits]\nbacklock = \"1MiB\"\n", &["check"]);
    assert_eq!(said.code, Some(78));
    let told = "limits.backlock: there is no such setting; did you mean limits.backlog?\n";
    assert_eq!(said.err, told);
}

#[test]
fn an_unknown_setting_in_the_environment_is_a_mistake_too() {
    let home = Home::new();
    let mut command = home.bare_command(&["check"]);
    command.env("CONCLAVE_LISTEN__LIME", "127.0.0.1:1");
    let said = Said::of(command, "");
    assert_eq!(said.code, Some(78));
    let told = "CONCLAVE_LISTEN__LIME: there is no such setting; did you mean listen.line?\n";
    assert_eq!(said.err, told);
}

#[tokio::test]
async fn variables_without_two_underscores_are_none_of_ours() {
    let home = Home::new();
    let mut command = home.command(&[]);
    command.env("CONCLAVE_PORT", "tcp://10.0.0.1:8001");
    command.env("CONCLAVE_SERVICE_HOST", "10.0.0.1");
    let node = home.start_with(command).await;
    node.newcomer("anna").await.quits().await;
}

#[test]
fn the_environment_wins_over_the_file() {
    let home = Home::new();
    home.write("node.toml", "[limits]\nbacklog = \"1MiB\"\nrooms = 7\n");
    let mut command = home.bare_command(&["--config", "node.toml", "check"]);
    command.env("CONCLAVE_LIMITS__BACKLOG", "2MiB");
    let said = Said::of(command, "");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.out.contains("\nlimits.backlog = \"2MiB\"\n"),
        "{}",
        said.out
    );
    assert!(said.out.contains("\nlimits.rooms = 7\n"), "{}", said.out);
    assert!(said.out.starts_with("# node.toml\n"), "{}", said.out);
}

#[test]
fn check_opens_nothing() {
    let home = Home::new();
    let said = Said::of(home.bare_command(&["check"]), "");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(std::fs::read_dir(home.folder()).unwrap().count(), 0);
}

#[test]
fn what_check_prints_is_a_file_of_settings() {
    let home = Home::new();
    let first = Said::of(home.bare_command(&["check"]), "");
    let second = with_file(&home, &first.out, &["check"]);
    assert_eq!(second.code, Some(0), "{}", second.err);
    let settings = |out: &str| out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(settings(&first.out), settings(&second.out));
}

#[test]
fn a_file_that_is_not_there_or_no_toml_is_named() {
    let home = Home::new();
    let said = Said::of(home.bare_command(&["--config", "gone.toml", "check"]), "");
    assert_eq!(said.code, Some(78));
    assert!(
        said.err.starts_with("gone.toml: cannot be read"),
        "{}",
        said.err
    );
    let said = with_file(&home, "[limits\n", &["check"]);
    assert_eq!(said.code, Some(78));
    assert!(said.err.starts_with("node.toml: "), "{}", said.err);
    assert!(said.err.contains("line 1"), "{}", said.err);
}

#[test]
fn nobody_opens_registration_to_the_world_by_accident() {
    let home = Home::new();
    let said = with_file(&home, "[listen]\nline = \"0.0.0.0:0\"\n", &[]);
    assert_eq!(said.code, Some(78), "{said:?}");
    assert!(
        said.err.contains("allow_public_registration"),
        "{}",
        said.err
    );
}

#[test]
fn check_says_which_redis_is_meant_and_not_its_password() {
    let home = Home::new();
    let mut command = home.bare_command(&["check"]);
    command.env("CONCLAVE_BRIDGE__KIND", "redis");
    command.env("CONCLAVE_REDIS__URL", "redis://anna:hunter22@store");
    let said = Said::of(command, "");
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    for line in [
        "bridge.kind = \"redis\"",
        "redis.url = \"redis://anna:***@store:6379/0\"",
        "# The password of redis.url is not shown.",
    ] {
        assert!(said.out.lines().any(|said| said == line), "{}", said.out);
    }
    assert!(!said.out.contains("hunter22"), "{}", said.out);
    let wrong = with_file(&home, "redis.url = \"anna:hunter22@store\"", &["check"]);
    assert_eq!(wrong.code, Some(78));
    assert!(wrong.err.starts_with("redis.url: "), "{}", wrong.err);
    assert!(!wrong.err.contains("hunter22"), "{}", wrong.err);
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let home = Home::new();
    let node = home.start().await;
    let other = Home::new().set("listen.line", &node.address.to_string());
    let said = other.run(&[], "");
    assert_eq!(said.code, Some(1), "{said:?}");
    let why = said.err.lines().last().unwrap();
    assert!(
        why.starts_with(&format!("conclave: cannot listen on {}", node.address)),
        "{why}"
    );
}
