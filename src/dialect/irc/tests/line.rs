use std::borrow::Cow;

use proptest::prelude::*;

use super::written;
use crate::chat::limits::ECHO_BYTES;
use crate::dialect::irc::grammar::{LINE_BYTES, PARAMETERS, Read, Tag, read};
use crate::dialect::irc::line::{Line, Source, word};
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::reply::{FailCode, Voice};

const BOB: Source<'static> = Source::Person {
    nick: "Bob",
    user: "bob",
};

fn line(source: Source<'_>, command: &str, params: &[&str]) -> String {
    let tags = &[];
    let line = Line {
        tags,
        source,
        command,
        params,
    };
    written(|out| line.spell(out)).concat()
}

#[test]
fn a_line_is_spelled_as_it_is_read() {
    let server = Source::Server {
        name: "irc.example",
    };
    for (source, command, params, expected) in [
        (Source::Unsaid, "PING", &["a"][..], "PING a"),
        (
            server,
            "001",
            &["Bob", "Hello Bob"],
            ":irc.example 001 Bob :Hello Bob",
        ),
        (BOB, "JOIN", &["#a"], ":Bob!bob@conclave JOIN #a"),
        (BOB, "QUIT", &[], ":Bob!bob@conclave QUIT"),
        (
            BOB,
            "PRIVMSG",
            &["#a", ""],
            ":Bob!bob@conclave PRIVMSG #a :",
        ),
        (
            BOB,
            "PRIVMSG",
            &["#a", ":)"],
            ":Bob!bob@conclave PRIVMSG #a ::)",
        ),
        (
            BOB,
            "PRIVMSG",
            &["#a", "a:b"],
            ":Bob!bob@conclave PRIVMSG #a :a:b",
        ),
    ] {
        assert_eq!(line(source, command, params), expected);
    }
}

#[test]
fn tags_are_escaped_and_an_empty_value_is_none() {
    let tag = |key, value: &'static str| Tag {
        key,
        value: Cow::Borrowed(value),
    };
    let tags = &[tag("time", "1"), tag("+a", "x; y\\\r\n"), tag("+b", "")];
    let line = Line {
        tags,
        source: BOB,
        command: "TAGMSG",
        params: &["#a"],
    };
    let expected = r"@time=1;+a=x\:\sy\\\r\n;+b :Bob!bob@conclave TAGMSG #a";
    assert_eq!(written(|out| line.spell(out)), [expected]);
}

#[test]
fn an_answer_names_its_server_its_nick_and_its_label() {
    let label = Tag {
        key: "label",
        value: Cow::Borrowed("a b"),
    };
    let voice = Voice {
        server: "irc.example",
        nick: "Bob",
        tags: &[label],
    };
    let told = written(|out| {
        voice.reply(Numeric::NoSuchNick, &["carol", "No such nick"], out);
        voice.fail("PRIVMSG", FailCode::InvalidUtf8, "Not UTF-8", out);
    });
    assert_eq!(
        told,
        [
            r"@label=a\sb :irc.example 401 Bob carol :No such nick",
            r"@label=a\sb :irc.example FAIL PRIVMSG INVALID_UTF8 :Not UTF-8",
        ]
    );
}

#[test]
fn nobody_forges_a_line() {
    for (params, expected) in [
        (&["a", "b\r\nQUIT\0"][..], "X a bQUIT"),
        (&["a\r\nQUIT", "b"], "X * b"),
        (&["a b", "c"], "X * c"),
        (&[":a", "c"], "X * c"),
        (&["", "c"], "X * c"),
        (&["a", "\0:b"], "X a ::b"),
        (&["a", "\0"], "X a :"),
    ] {
        assert_eq!(line(Source::Unsaid, "X", params), expected, "{params:?}");
    }
    let forger = Source::Person {
        nick: "a b",
        user: "c\r\nQUIT",
    };
    assert_eq!(line(forger, "X", &[]), ":*!*@conclave X");
}

#[test]
fn a_text_that_is_too_long_ends_at_a_character() {
    let text = "\u{e9}".repeat(400);
    let told = line(BOB, "PRIVMSG", &["#ab", &text]);
    assert!(told.len() + 2 == LINE_BYTES || told.len() + 3 == LINE_BYTES);
    assert!(told.ends_with('\u{e9}'));
}

#[test]
fn a_word_is_repeated_shortly_and_as_one() {
    let long = "\u{20ac}".repeat(30);
    for (said, told) in [
        ("#a", "#a"),
        ("a b", "*"),
        ("", "*"),
        (":a", "*"),
        ("a\r", "*"),
        (&long, &long[..ECHO_BYTES - 1]),
    ] {
        assert_eq!(word(said), told);
    }
}

#[test]
fn the_overhead_leaves_exactly_the_room_that_there_is() {
    for params in [&["#room", ""][..], &["x"], &["#\u{e9}", "y", "ignored"]] {
        let (tags, command) = (&[], "NOTICE");
        let head = Line {
            tags,
            source: BOB,
            command,
            params,
        };
        let room = LINE_BYTES - head.overhead();
        for (bytes, is_whole) in [(room, true), (room + 1, false)] {
            let text = format!(":{}", "x".repeat(bytes - 1));
            let mut params = params.to_vec();
            *params.last_mut().unwrap() = &text;
            let told = line(BOB, command, &params);
            assert_eq!(told.ends_with(&text), is_whole, "{told}");
            assert_eq!(told.len() + 2, LINE_BYTES);
        }
    }
}

proptest! {
    #[test]
    fn whatever_it_is_given_one_line_leaves(
        params in prop::collection::vec("[\\PC \r\n\0:]{0,20}", 0..PARAMETERS - 9),
        text in "[\\PC \r\n\0:]{0,600}",
        nick in "[\\PC \r\n\0:!@]{0,32}",
    ) {
        let mut params: Vec<&str> = params.iter().map(|param| word(param)).collect();
        params.push(&text);
        let source = Source::Person { nick: word(&nick), user: "bob" };
        let line = Line { tags: &[], source, command: "X", params: &params };
        let told = written(|out| line.spell(out));
        prop_assert_eq!(told.len(), 1);
        prop_assert!(told[0].len() <= LINE_BYTES - 2);
        let Read::Message(message) = read(told[0].as_bytes()) else {
            return Err(TestCaseError::fail(told[0].clone()));
        };
        prop_assert_eq!(message.params.len(), params.len());
        let (last, words) = message.params.split_last().unwrap();
        prop_assert_eq!(words, &params[..words.len()]);
        let kept = text.replace(['\r', '\n', '\0'], "");
        prop_assert!(kept.starts_with(last));
    }
}
