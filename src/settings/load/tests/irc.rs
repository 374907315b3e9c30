//! What is said about the IRC door.

use super::*;

/// A file with the message of the day, and the setting that names it.
fn motd(folder: &tempfile::TempDir, text: &[u8]) -> String {
    let file = folder.path().join("motd.txt");
    fs::write(&file, text).unwrap();
    format!("irc.motd = {:?}\n", file.to_str().unwrap())
}

#[test]
fn names_are_words_that_irc_can_carry() {
    for (good, bad) in [
        ("irc.network = \"Café\"", "irc.network = \"a b\""),
        ("irc.network = \"x\"", "irc.network = \"\""),
        (
            "irc.network = \"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü\"",
            "irc.network = \"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü\"",
        ),
        ("irc.network = \"x\"", "irc.network = \"a\\u0007\""),
        ("irc.server_name = \"a.b\"", "irc.server_name = \"ab\""),
        (
            "irc.server_name = \"chat-1.Example.org\"",
            "irc.server_name = \"chat_1.example.org\"",
        ),
        ("irc.server_name = \"1.2.3\"", "irc.server_name = \"1..3\""),
        ("irc.server_name = \"a.b\"", "irc.server_name = \".b\""),
    ] {
        assert!(read(good).is_ok(), "{good}");
        assert_eq!(told(read(bad)).len(), 1, "{bad}");
    }
    let longest = format!("{}.b", "a".repeat(61));
    assert!(read(&format!("irc.server_name = {longest:?}")).is_ok());
    assert_eq!(
        told(read(&format!("irc.server_name = \"a{longest}\""))),
        [format!(
            "irc.server_name: found \"a{longest}\", wanted a name such as \"chat.example.org\": \
             A-Z a-z 0-9 - with a dot between, at most 63 bytes"
        )]
    );
    assert_eq!(
        told(read("irc.network = \"two words\"")),
        ["irc.network: found \"two words\", wanted one word of 1 to 32 characters"]
    );
}

#[test]
fn a_message_of_the_day_is_read_with_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let longest = "ä".repeat(200);
    let text = format!("welcome\r\n\n{longest}");
    let settings = settings(&motd(&folder, text.as_bytes()));
    assert_eq!(settings.irc.motd.lines(), ["welcome", "", longest.as_str()]);
    let again = read(&describe(&settings)).unwrap().settings;
    assert_eq!(again, settings);
    let full = motd(&folder, "line\n".repeat(100).as_bytes());
    assert_eq!(super::settings(&full).irc.motd.lines().len(), 100);
}

#[test]
fn a_message_of_the_day_that_cannot_be_told_is_a_mistake_that_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    for (text, wanted) in [
        (
            format!("short\n{}", "x".repeat(401)).into_bytes(),
            "lines of at most 400 bytes: line 2 has 401",
        ),
        (
            "line\n".repeat(101).into_bytes(),
            "at most 100 lines: the file has 101",
        ),
        (
            b"caf\xe9".into(),
            "a file of text that can be read: stream did not contain valid UTF-8",
        ),
    ] {
        let lines = told(read(&motd(&folder, &text)));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("irc.motd: found \""), "{lines:?}");
        assert!(lines[0].contains("motd.txt\", wanted "), "{lines:?}");
        assert!(lines[0].ends_with(wanted), "{lines:?}");
    }
    assert_eq!(
        told(read("irc.motd = \"nowhere.txt\"")),
        [
            "irc.motd: found \"nowhere.txt\", wanted a file of text that can be read: \
             No such file or directory (os error 2)"
        ]
    );
}

#[test]
fn two_doors_are_not_at_one_address() {
    assert_eq!(
        told(read("listen.irc = [\"127.0.0.1:1\", \"127.0.0.1:8001\"]")),
        ["listen.irc: found 127.0.0.1:8001, where the line door is, \
             wanted another address than in listen.line"]
    );
    let any = "listen.line = \"127.0.0.1:0\"\nlisten.irc = \"127.0.0.1:0\"";
    assert!(read(any).is_ok(), "the system chooses two ports");
}

#[test]
fn a_password_of_the_door_is_a_hash_and_is_not_shown() {
    let written = settings(&format!("irc.password = {HASH:?}"));
    assert_eq!(written.irc.password, Password::Hash(HASH.to_owned()));
    assert_eq!(settings("").irc.password, Password::None);
    let told = describe(&written);
    assert!(
        told.contains("# irc.password is set, and not shown.\n"),
        "{told}"
    );
    assert!(!told.contains(HASH) && !format!("{written:?}").contains(HASH));
    assert_eq!(
        super::told(read("irc.password = \"secret\"")),
        [
            "irc.password: found something else, wanted a bcrypt hash, as `conclave hash` prints it, or \"\""
        ]
    );
}

#[test]
fn operators_stand_under_names_of_their_own() {
    let text = format!("[irc.operators]\nRoot = {HASH:?}");
    let operators = settings(&text).irc.operators;
    assert_eq!(operators[&UserName::new("root").unwrap()], HASH);
    assert!(describe(&settings(&text)).contains("# irc.operators: Root\n"));
    let wanted = "wanted a bcrypt hash, as `conclave hash` prints it";
    assert_eq!(
        told(read("irc.operators.root = \"secret\"")),
        [format!(
            "irc.operators.root: found something else, {wanted}"
        )]
    );
}
