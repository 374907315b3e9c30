//! A text to pieces that fit into lines.

use std::borrow::Cow;

use super::grammar::LINE_BYTES;

/// What a `/me` is wrapped in: <https://modern.ircdocs.horse/ctcp.html#action>.
const ACTION: &str = "\u{1}ACTION ";

/// What ends it; clients may have left it out.
const ACTION_END: &str = "\u{1}";

/// Fewest bytes of text in a piece: any character has a place.
const LEAST: usize = 4;

/// Cuts a text into pieces that fit into a line beside `overhead` bytes of other things, CR LF
/// included (see [`super::line::Line::overhead`]).
///
/// A text that fits is one piece, an empty one is none. Pieces are never empty. They end at a
/// space where there is one, which is all that is lost, and else at a character. Of an action
/// every piece is an action.
///
/// # Panics
/// When the overhead leaves no place for text, which names of bounded length never do.
#[must_use]
pub(super) fn pieces(text: &str, overhead: usize) -> Vec<Cow<'_, str>> {
    let room = LINE_BYTES.saturating_sub(overhead);
    let wrapping = ACTION.len() + ACTION_END.len();
    assert!(room >= wrapping + LEAST, "names leave place for text");
    if text.len() <= room {
        let whole = (!text.is_empty()).then_some(Cow::Borrowed(text));
        return whole.into_iter().collect();
    }
    match text.strip_prefix(ACTION) {
        Some(deed) => {
            let deed = deed.strip_suffix(ACTION_END).unwrap_or(deed);
            let wrap = |piece| Cow::Owned(format!("{ACTION}{piece}{ACTION_END}"));
            cut(deed, room - wrapping).map(wrap).collect()
        }
        None => cut(text, room).map(Cow::Borrowed).collect(),
    }
}

/// Whether a text is what a `/me` says.
#[must_use]
pub(super) fn is_action(text: &str) -> bool {
    text.starts_with(ACTION)
}

fn cut(text: &str, room: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, behind) = first(rest, room);
        rest = behind;
        Some(piece)
    })
}

/// The first piece, and what is left for the others.
fn first(text: &str, room: usize) -> (&str, &str) {
    if text.len() <= room {
        return (text, "");
    }
    let end = text.floor_char_boundary(room);
    // The space itself may stand behind the last byte that fits.
    let reach = text.floor_char_boundary(room + 1);
    match text[..reach].rfind(' ') {
        Some(space) if space > 0 => (&text[..space], &text[space + 1..]),
        Some(_) | None => text.split_at(end),
    }
}
