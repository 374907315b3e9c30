use proptest::prelude::*;

use crate::dialect::irc::grammar::LINE_BYTES;
use crate::dialect::irc::split::pieces;

/// The pieces when there is room for so many bytes.
fn cut(text: &str, room: usize) -> Vec<String> {
    let pieces = pieces(text, LINE_BYTES - room);
    pieces.into_iter().map(String::from).collect()
}

#[test]
fn a_text_is_cut_between_words_and_else_between_characters() {
    for (text, expected) in [
        ("", &[][..]),
        ("a few words", &["a few words"]),
        ("twenty bytes are here", &["twenty bytes are", "here"]),
        ("exactly twenty bytes and", &["exactly twenty bytes", "and"]),
        (
            "aaaaaaaaaaaaaaaaaaaaaaaaa",
            &["aaaaaaaaaaaaaaaaaaaa", "aaaaa"],
        ),
        (
            " aaaaaaaaaaaaaaaaaaaaaaa",
            &[" aaaaaaaaaaaaaaaaaaa", "aaaa"],
        ),
        (
            "ten bytes. \u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
            &["ten bytes.", "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}"],
        ),
        (
            "\u{20ac}\u{20ac}\u{20ac}\u{20ac}\u{20ac}\u{20ac}\u{20ac}",
            &[
                "\u{20ac}\u{20ac}\u{20ac}\u{20ac}\u{20ac}\u{20ac}",
                "\u{20ac}",
            ],
        ),
        ("two  spaces between them", &["two  spaces between", "them"]),
    ] {
        assert_eq!(cut(text, 20), expected, "{text:?}");
    }
}

#[test]
fn every_piece_of_an_action_is_one() {
    for (text, expected) in [
        ("\u{1}ACTION waves\u{1}", &["\u{1}ACTION waves\u{1}"][..]),
        (
            "\u{1}ACTION waves for a while\u{1}",
            &["\u{1}ACTION waves for a\u{1}", "\u{1}ACTION while\u{1}"],
        ),
        (
            "\u{1}ACTION waves for a while",
            &["\u{1}ACTION waves for a\u{1}", "\u{1}ACTION while\u{1}"],
        ),
    ] {
        assert_eq!(cut(text, 20), expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_but_one_space_at_each_end(
        text in "([a-z\u{e9}\u{20ac}\u{1f600}]{0,30} {0,3}){0,20}",
        room in 13usize..400,
    ) {
        let mut end = 0;
        for piece in pieces(&text, LINE_BYTES - room) {
            prop_assert!((1..=room).contains(&piece.len()));
            let start = piece.as_ptr().addr() - text.as_ptr().addr();
            prop_assert!(matches!(&text[end..start], "" | " "));
            end = start + piece.len();
        }
        prop_assert!(matches!(&text[end..], "" | " "));
    }

    #[test]
    fn every_piece_of_a_long_action_fits(deed in "[a-z\u{20ac} ]{0,900}", room in 13usize..400) {
        for piece in cut(&format!("\u{1}ACTION {deed}\u{1}"), room) {
            prop_assert!(piece.len() <= room);
            let is_action = piece.starts_with("\u{1}ACTION ") && piece.ends_with('\u{1}');
            prop_assert!(is_action, "{:?}", piece);
        }
    }
}
