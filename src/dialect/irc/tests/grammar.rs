use bytes::BytesMut;
use proptest::prelude::*;

use crate::dialect::irc::grammar::{
    LINE_BYTES, Message, PARAMETERS, Read, TAG_BYTES, escape, read,
};

fn message(line: &[u8]) -> Message<'_> {
    match read(line) {
        Read::Message(message) => message,
        other => panic!("{line:?}: {other:?}"),
    }
}

#[test]
fn commands_and_parameters_are_told_apart() {
    check(&[
        ("CAP REQ :sasl", "CAP", &["REQ", "sasl"]),
        (":irc.example.com CAP * LIST :", "CAP", &["*", "LIST", ""]),
        ("CAP * LS :a-b c", "CAP", &["*", "LS", "a-b c"]),
        (
            ":dan!d@host PRIVMSG #chan :Hey!",
            "PRIVMSG",
            &["#chan", "Hey!"],
        ),
        (
            ":dan!d@host PRIVMSG #chan Hey!",
            "PRIVMSG",
            &["#chan", "Hey!"],
        ),
        (
            ":dan!d@host PRIVMSG #chan ::-)",
            "PRIVMSG",
            &["#chan", ":-)"],
        ),
        (
            "privmsg  #a   b:c  : d  e ",
            "privmsg",
            &["#a", "b:c", " d  e "],
        ),
    ]);
}

#[test]
fn few_parameters_and_many_are_read() {
    let most = [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
        "11",
        "12",
        "13",
        "14",
        "15 16 :17",
    ];
    check(&[
        ("QUIT", "QUIT", &[]),
        ("QUIT ", "QUIT", &[]),
        ("  QUIT  :", "QUIT", &[""]),
        ("001 a", "001", &["a"]),
        (&format!("X {}", most.join(" ")), "X", &most),
    ]);
}

fn check(lines: &[(&str, &str, &[&str])]) {
    for (line, command, params) in lines {
        let message = message(line.as_bytes());
        assert_eq!(message.command, *command, "{line}");
        assert_eq!(&message.params, params, "{line}");
        assert_eq!(message.param(0), params.first().copied());
        assert!(message.is(&command.to_lowercase()), "{line}");
        assert!(message.tags.is_empty());
    }
}

#[test]
fn tags_are_read_once_each_and_unescaped() {
    for (line, tags) in [
        ("@id=123AB;rose X", &[("id", "123AB"), ("rose", "")][..]),
        (
            "@url=;netsplit=tur,ty X",
            &[("url", ""), ("netsplit", "tur,ty")],
        ),
        ("@a=1;b=2;a=3 X", &[("a", "3"), ("b", "2")]),
        ("@+draft/reply=x=y;; :me X", &[("+draft/reply", "x=y")]),
        (r"@a=\:\s\\\r\n X", &[("a", "; \\\r\n")]),
        (r"@a=\b\;b=test\ X", &[("a", "b"), ("b", "test")]),
        ("@  X", &[]),
    ] {
        let message = message(line.as_bytes());
        let read: Vec<_> = message
            .tags
            .iter()
            .map(|tag| (tag.key, &*tag.value))
            .collect();
        assert_eq!(read, tags, "{line}");
    }
    let message = message(b"@label=7;+a=b;+c X");
    assert_eq!(message.tag("label"), Some("7"));
    assert_eq!(message.tag("a"), None);
    let passed_on: Vec<_> = message.client_only().map(|tag| tag.key).collect();
    assert_eq!(passed_on, ["+a", "+c"]);
}

#[test]
fn what_is_no_message_is_told_apart() {
    for (line, expected) in [
        (&b""[..], Read::Nothing),
        (b"   ", Read::Nothing),
        (b"@tag", Read::Nothing),
        (b"@tag ", Read::Nothing),
        (b":source", Read::Nothing),
        (b":source  ", Read::Nothing),
        (b"PRIVMSG #a :\xff", Read::NotUtf8),
        (b"@a=\xc3 X", Read::NotUtf8),
        (b"PRIVMSG #a :b\rQUIT", Read::Forbidden),
        (b"PRIVMSG #a :b\nQUIT", Read::Forbidden),
        (b"PRIVMSG #a :\0", Read::Forbidden),
        (b"/join #a", Read::NoCommand { word: "/join" }),
        (b"12 a", Read::NoCommand { word: "12" }),
        (b"0001", Read::NoCommand { word: "0001" }),
        (b"a1", Read::NoCommand { word: "a1" }),
    ] {
        assert_eq!(read(line), expected, "{}", line.escape_ascii());
    }
}

#[test]
fn bounds_are_to_the_byte() {
    let fits = "x".repeat(LINE_BYTES - 2);
    let tags = format!("@{}", "t".repeat(TAG_BYTES));
    for (line, is_read) in [
        (fits.clone(), true),
        (format!("{fits}x"), false),
        (format!("{tags} {fits}"), true),
        (format!("{tags}t {fits}"), false),
        (format!("{tags} {fits}x"), false),
        (format!("{tags}t X"), false),
        // Without a space all of it is tags.
        (format!("{tags}t"), false),
        (tags.clone(), true),
    ] {
        let is_too_long = read(line.as_bytes()) == Read::TooLong;
        assert_eq!(is_too_long, !is_read, "{} bytes", line.len());
    }
}

proptest! {
    #[test]
    fn no_line_panics_and_no_parameter_breaks_one(
        line in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..700),
            "@?[a-z+=;\\\\: ]{0,40}:?[A-Z01 :]{0,40}[\\PC\r\n\0]{0,20}".prop_map(String::into_bytes),
        ],
    ) {
        if let Read::Message(message) = read(&line) {
            prop_assert!(message.params.len() <= PARAMETERS);
            for param in &message.params {
                prop_assert!(!param.contains(['\r', '\n', '\0']));
            }
            if let Some((_, words)) = message.params.split_last() {
                let is_word = |word: &&str| {
                    !word.is_empty() && !word.contains(' ') && !word.starts_with(':')
                };
                prop_assert!(words.iter().all(is_word), "{:?}", words);
            }
        }
    }

    #[test]
    fn what_is_escaped_comes_back(value in "[^\0]{0,40}") {
        let mut line = BytesMut::from(&b"@k="[..]);
        escape(&value, &mut line);
        line.extend_from_slice(b" X");
        let message = message(&line);
        prop_assert_eq!(message.tag("k"), Some(value.as_str()));
    }
}
