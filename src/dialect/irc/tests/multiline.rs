//! Messages of several lines. <https://ircv3.net/specs/extensions/multiline>

use proptest::prelude::*;

use super::events::told;
use super::play::play;
use crate::chat::event::Hearing;
use crate::chat::{Deed, Extras, Text};
use crate::dialect::irc::multiline::{MOST_BYTES, MOST_LINES, Seam, parts};
use crate::testing::room_message;

const CAPS: &str = "draft/multiline batch message-tags echo-message labeled-response";

/// What anna is told of lines that are no message.
fn fails(lines: &[&str], failed: &str) {
    let said = lines.iter().map(|line| format!("> {line}"));
    let failed = format!("< FAIL BATCH {failed}");
    let mut played: Vec<_> = said.collect();
    played.push(failed);
    let played: Vec<_> = played.iter().map(String::as_str).collect();
    play(CAPS, &played);
}

#[test]
fn several_lines_are_one_message_with_the_label_of_its_beginning() {
    play(
        CAPS,
        &[
            "> @label=xyz;+a=b BATCH +123 draft/multiline #den",
            "> @batch=123 PRIVMSG #den hello",
            "> @batch=123 PRIVMSG #den :",
            "> PING x",
            "* Ping { token: \"x\" }",
            "! pong x",
            "< PONG irc.example x",
            "> @batch=123 PRIVMSG #DEN :how is ",
            "> @batch=123;draft/multiline-concat PRIVMSG #den :everyone?",
            "> BATCH -123",
            "* Say { room: Room(den), text: \"hello\\n\\nhow is everyone?\", manner: Message, \
             extras: Extras { tags: \"+a=b\", speaker: Person, seams: [14] } }",
            "! said",
            "< @label=xyz;msgid=7-1;+a=b :anna!anna@conclave BATCH +multiline draft/multiline #den",
            "< @batch=multiline :anna!anna@conclave PRIVMSG #den :hello",
            "< @batch=multiline :anna!anna@conclave PRIVMSG #den :",
            "< @batch=multiline :anna!anna@conclave PRIVMSG #den :how is ",
            "< @batch=multiline;draft/multiline-concat :anna!anna@conclave PRIVMSG #den :everyone?",
            "< :anna!anna@conclave BATCH -multiline",
            // A batch of one line is a message like any other.
            "> BATCH +1 draft/multiline ben",
            "> @batch=1 NOTICE ben hi",
            "> BATCH -1",
            "* Whisper { to: ben, text: \"hi\", manner: Notice, extras: Plain }",
            "! said",
            "< @msgid=7-1 :anna!anna@conclave NOTICE ben :hi",
        ],
    );
}

#[test]
fn what_is_no_message_fails_once() {
    let begin = "BATCH +1 draft/multiline #den";
    let hi = "@batch=1 PRIVMSG #den hi";
    for (lines, failed) in [
        (
            &[begin, "@batch=2 PRIVMSG #den hi"][..],
            "MULTILINE_INVALID :That is a part of something else",
        ),
        (
            &[begin, hi, "@batch=1 NOTICE #den hi"],
            "MULTILINE_INVALID :That is a part of something else",
        ),
        (
            &[begin, hi, "@batch=1;draft/multiline-concat PRIVMSG #den :"],
            "MULTILINE_INVALID :Nothing goes on with nothing",
        ),
        (
            &[begin, "@batch=1 PRIVMSG ben hi"],
            "MULTILINE_INVALID_TARGET #den ben :One message has one target",
        ),
        (
            &[begin, "@batch=1 TOPIC #den hi"],
            "MULTILINE_INVALID :It holds messages only",
        ),
        (
            &[begin, "BATCH +2 draft/multiline #den"],
            "MULTILINE_INVALID :Another one is open",
        ),
        (
            &[begin, "@batch=1 PRIVMSG #den :", "BATCH -1"],
            "MULTILINE_INVALID :There is nothing to see in it",
        ),
        (
            &["BATCH +1 netsplit #den"],
            "MULTILINE_INVALID :A batch is of the type draft/multiline, for one target",
        ),
        (&["BATCH -1"], "MULTILINE_INVALID :No such batch is open"),
        (&[hi], "MULTILINE_INVALID :No such batch is open"),
    ] {
        fails(lines, failed);
    }
}

#[test]
fn the_rest_of_what_failed_is_skipped_and_what_comes_between_is_done() {
    play(
        CAPS,
        &[
            "> BATCH +1 draft/multiline #den",
            "> @batch=1 PRIVMSG ben hi",
            "< FAIL BATCH MULTILINE_INVALID_TARGET #den ben :One message has one target",
            "> @batch=1 PRIVMSG #den hi",
            "> BATCH -1",
            "> BATCH +1 draft/multiline #den",
            "> @batch=1 PRIVMSG #den hi",
            "> AWAY",
            "< FAIL BATCH MULTILINE_INVALID :Something else was said before its end",
            "* Back",
            "! back",
            "< 305 anna :You are no longer marked as being away",
        ],
    );
    play(
        "",
        &[
            "> BATCH +1 draft/multiline #den",
            "< 421 anna BATCH :Unknown command; HELP lists them",
        ],
    );
}

#[test]
fn it_has_a_bounded_number_of_lines_and_bytes() {
    let begin = "BATCH +1 draft/multiline #den".to_owned();
    for (line, fit, failed) in [
        (
            "hi".to_owned(),
            MOST_LINES,
            format!("MAX_LINES {MOST_LINES}"),
        ),
        (
            "x".repeat(400),
            MOST_BYTES / 401,
            format!("MAX_BYTES {MOST_BYTES}"),
        ),
    ] {
        let line = format!("@batch=1 PRIVMSG #den {line}");
        let mut lines = vec![begin.as_str()];
        lines.extend(std::iter::repeat_n(line.as_str(), fit + 1));
        let failed = format!("MULTILINE_{failed} :That is too much for one message");
        fails(&lines, &failed);
    }
}

#[test]
fn who_does_not_know_of_such_messages_is_told_line_by_line() {
    let mut said = room_message("den", "ben", "x");
    if let Deed::RoomMessage { text, extras, .. } = &mut said {
        *text = Text::with_lines("\nhow is everyone?\nbye").unwrap();
        *extras = Extras {
            seams: vec![8, 0, 9999],
            ..Extras::default()
        };
    }
    let lines = |caps| told(caps, said.clone(), Hearing::Direct);
    assert_eq!(
        lines("message-tags"),
        [
            "@msgid=1763850000-1041 :ben!ben@conclave PRIVMSG #den :how is ",
            ":ben!ben@conclave PRIVMSG #den :everyone?",
            ":ben!ben@conclave PRIVMSG #den :bye",
        ]
    );
    let batch = "@batch=multiline";
    assert_eq!(
        lines("draft/multiline batch"),
        [
            ":ben!ben@conclave BATCH +multiline draft/multiline #den".to_owned(),
            format!("{batch} :ben!ben@conclave PRIVMSG #den :"),
            format!("{batch} :ben!ben@conclave PRIVMSG #den :how is "),
            format!("{batch};draft/multiline-concat :ben!ben@conclave PRIVMSG #den :everyone?"),
            format!("{batch} :ben!ben@conclave PRIVMSG #den :bye"),
            ":ben!ben@conclave BATCH -multiline".to_owned(),
        ]
    );
}

#[test]
fn a_long_line_of_another_door_is_one_message_too() {
    let words = "word ".repeat(200);
    let said = room_message("den", "ben", words.trim());
    let told = told("draft/multiline batch", said, Hearing::Direct);
    let text: String = told[1..told.len() - 1]
        .iter()
        .map(|line| line.split_once("#den ").unwrap().1.trim_start_matches(':'))
        .collect();
    assert_eq!(text, words.trim());
    assert!(told.len() > 3, "{told:#?}");
}

proptest! {
    #[test]
    fn the_parts_are_all_of_it_and_fit(
        text in "[a-c \u{e9}\n]{0,60}",
        seams in prop::collection::vec(0..70_u16, 0..4),
        room in 4..20_usize,
    ) {
        let parts = parts(&text, &seams, room);
        let mut whole = String::new();
        for (at, part) in parts.iter().enumerate() {
            if at > 0 && part.seam == Seam::LineEnd {
                whole.push('\n');
            }
            whole.push_str(part.text);
            prop_assert!(part.text.len() <= room);
            prop_assert!(part.seam == Seam::LineEnd || !part.text.is_empty());
        }
        prop_assert_eq!(whole, text);
    }
}
