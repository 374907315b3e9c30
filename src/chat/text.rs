//! What a person says, and what of it a terminal may see.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::limits::TEXT_BYTES;

/// The text has nothing that a person could see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing to say")]
pub struct NothingToSay;

/// What stands between the lines of a text where it is shown as one.
const LINE_END: &str = " \u{21b5} ";

/// A text that somebody said: at most [`TEXT_BYTES`], without NUL and CR, and with at least one
/// character left once [`Text::visible`] has taken out what could drive a terminal. Most are one line;
/// LF stands between the lines of the others.
///
/// Other control characters stay: doors differ in what they allow, so each cleans on the way out.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Arc<str>);

impl Text {
    /// Takes a text as typed; NUL, CR and LF are dropped, an overlong one ends at a character.
    ///
    /// # Errors
    /// [`NothingToSay`] when nothing visible is left.
    pub fn new(typed: &str) -> Result<Self, NothingToSay> {
        let is_kept = |c: &char| !matches!(c, '\0' | '\r' | '\n');
        Self::of(typed.chars().filter(is_kept).collect())
    }

    /// Takes a text of several lines, as [`Text::new`] takes one of one.
    ///
    /// # Errors
    /// [`NothingToSay`] when nothing visible is left.
    pub fn with_lines(typed: &str) -> Result<Self, NothingToSay> {
        Self::of(
            typed
                .chars()
                .filter(|c| !matches!(c, '\0' | '\r'))
                .collect(),
        )
    }

    fn of(kept: String) -> Result<Self, NothingToSay> {
        let kept = &kept[..kept.floor_char_boundary(TEXT_BYTES)];
        if visible(kept).is_empty() {
            return Err(NothingToSay);
        }
        Ok(Self(Arc::from(kept)))
    }

    /// The text as it was said.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as a terminal may see it, as one line; borrowed when it is one and there was nothing to
    /// take out.
    #[must_use]
    pub fn visible(&self) -> Cow<'_, str> {
        if !self.0.contains('\n') {
            return visible(&self.0);
        }
        let lines = self.0.split('\n').map(visible);
        let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        Cow::Owned(lines.join(LINE_END))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Takes out everything that could drive a terminal or reorder a line.
///
/// That is: C0 except TAB, DEL, C1, whole escape sequences (ECMA-48: CSI to its final byte, OSC,
/// DCS, SOS, PM and APC to BEL or ST; of an unfinished one the ESC alone), U+2028 and U+2029,
/// bidi embeddings, overrides and isolates, and IRC formatting codes with their colour digits.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = match next {
            '\u{1b}' => escape_sequence(rest),
            '\u{3}' => 1 + colour_digits(&rest[1..]),
            '\u{4}' => 1 + hex_colour(&rest[1..]),
            _ => next.len_utf8(),
        };
        if is_harmless(next) {
            kept.push(next);
        }
        rest = &rest[skipped..];
    }
    Cow::Owned(kept)
}

const fn is_harmless(c: char) -> bool {
    match c {
        '\t' => true,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => false,
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => false,
        _ => true,
    }
}

/// Bytes of the escape sequence that `text` begins with; 1 when it is unfinished.
fn escape_sequence(text: &str) -> usize {
    let bytes = text.as_bytes();
    let whole = match bytes.get(1) {
        Some(b'[') => final_byte(bytes, 2, 0x20..=0x3f, 0x40..=0x7e),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => string_end(text),
        _ => final_byte(bytes, 1, 0x20..=0x2f, 0x30..=0x7e),
    };
    whole.unwrap_or(1)
}

/// Index behind the first byte that is not `middle`, if that byte is a `last` one.
fn final_byte(
    bytes: &[u8],
    from: usize,
    middle: std::ops::RangeInclusive<u8>,
    last: std::ops::RangeInclusive<u8>,
) -> Option<usize> {
    let length = bytes[from..]
        .iter()
        .take_while(|byte| middle.contains(byte))
        .count();
    let end = from + length;
    bytes
        .get(end)
        .is_some_and(|byte| last.contains(byte))
        .then_some(end + 1)
}

/// Index behind the BEL or ST that ends a control string.
fn string_end(text: &str) -> Option<usize> {
    let ends = ["\u{7}", "\u{1b}\\", "\u{9c}"];
    let found = ends
        .iter()
        .filter_map(|end| text[2..].find(end).map(|at| 2 + at + end.len()));
    found.min()
}

/// Bytes of `NN` or `NN,NN` behind an IRC colour code.
fn colour_digits(text: &str) -> usize {
    let digits = |from: usize| {
        text.bytes()
            .skip(from)
            .take(2)
            .take_while(u8::is_ascii_digit)
            .count()
    };
    let front = digits(0);
    if front == 0 || text.as_bytes().get(front) != Some(&b',') {
        return front;
    }
    match digits(front + 1) {
        0 => front,
        back => front + 1 + back,
    }
}

/// Bytes of `RRGGBB` behind an IRC hex colour code.
fn hex_colour(text: &str) -> usize {
    let digits = text
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    if digits == 6 { 6 } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_drives_a_terminal_is_taken_out_whole() {
        for (said, seen) in [
            ("plain \t text", "plain \t text"),
            ("a\u{1b}[31;1mred\u{1b}[0m", "ared"),
            ("a\u{1b}]0;title\u{7}b", "ab"),
            (
                "a\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\b",
                "alinkb",
            ),
            ("a\u{1b}Pq#0\u{9c}b", "ab"),
            ("a\u{1b}(Bb\u{1b}cd", "abd"),
            ("unfinished \u{1b}[31", "unfinished [31"),
            ("unfinished \u{1b}]0;title", "unfinished ]0;title"),
            ("\u{1b}", ""),
            ("\u{1b}\u{1b}[0mx", "x"),
            ("bell\u{7} del\u{7f} c1\u{9b}31m", "bell del c131m"),
            ("bidi \u{202e}evil\u{2069}", "bidi evil"),
            ("line\u{2028}para\u{2029}", "linepara"),
            (
                "\u{2}bold\u{2} \u{3}04,12red\u{f} \u{3}7x \u{3},1 \u{4}ff00ffhex",
                "bold red x ,1 hex",
            ),
        ] {
            assert_eq!(visible(said), seen, "{said:?}");
        }
    }

    #[test]
    fn a_text_without_anything_to_see_is_refused() {
        for empty in ["", "\0", "\r\n", "\u{1b}[0m", "\u{202e}", "\u{2}\u{f}"] {
            assert_eq!(Text::new(empty), Err(NothingToSay), "{empty:?}");
        }
        assert_eq!(
            Text::new(" two  spaces ").unwrap().as_str(),
            " two  spaces "
        );
        assert_eq!(Text::new("a\0b\rc").unwrap().as_str(), "abc");
    }

    #[test]
    fn several_lines_are_kept_and_seen_as_one() {
        for (said, kept, seen) in [
            ("a\nb", "a\nb", "a \u{21b5} b"),
            ("a\r\n\n\0b\n", "a\n\nb\n", "a \u{21b5} b"),
            ("\n\u{1b}[1ma\n\u{2}", "\n\u{1b}[1ma\n\u{2}", "a"),
            ("one", "one", "one"),
        ] {
            let text = Text::with_lines(said).unwrap();
            assert_eq!((text.as_str(), &*text.visible()), (kept, seen), "{said:?}");
        }
        assert_eq!(Text::with_lines("\n\n"), Err(NothingToSay));
        assert_eq!(Text::new("a\nb").unwrap().as_str(), "ab");
    }

    #[test]
    fn an_overlong_text_ends_at_a_character() {
        let text = Text::new(&"\u{e9}".repeat(TEXT_BYTES)).unwrap();
        assert_eq!(text.as_str().len(), TEXT_BYTES);
    }

    #[test]
    fn many_unfinished_sequences_cost_little() {
        let nasty = "\u{1b}]\u{1b}[;;;".repeat(4096);
        let start = std::time::Instant::now();
        assert!(!visible(&nasty).contains('\u{1b}'));
        assert!(start.elapsed() < std::time::Duration::from_secs(2));
    }

    fn nasty() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            Just("\u{1b}".to_owned()),
            "\u{1b}[\\[\\]P_^(]?[0-9;]{0,3}[a-z\u{7}]?",
            "\u{3}[0-9]{0,2},?[0-9]{0,2}",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left_and_twice_is_once(said in nasty()) {
            let seen = visible(&said).into_owned();
            prop_assert!(seen.chars().all(is_harmless));
            prop_assert_eq!(visible(&seen), seen.as_str());
        }

        #[test]
        fn harmless_texts_are_untouched(said in "[ -~\u{a0}-\u{2027}]{0,60}") {
            prop_assert!(matches!(visible(&said), Cow::Borrowed(_)));
        }
    }
}
