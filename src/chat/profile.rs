//! What somebody says about themselves, for as long as they are here.

use super::Text;
use super::extras::Speaker;
use super::limits::REAL_NAME_BYTES;

/// What somebody says about themselves; who comes in has said nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Their name in full, or whatever they call so; nothing where they did not say.
    pub real_name: Option<Text>,
    /// Whether they are a program.
    pub speaker: Speaker,
}

/// Who hears that somebody has another real name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Those in their rooms: what comes with coming in is no news for anybody else.
    Rooms,
    /// Whoever watches for them, too.
    Watchers,
}

impl Profile {
    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A real name as somebody typed it; nothing where there is nothing to see in it. Of a long one the
/// first [`REAL_NAME_BYTES`] are kept.
#[must_use]
pub fn real_name(typed: &str) -> Option<Text> {
    let end = typed.floor_char_boundary(REAL_NAME_BYTES);
    Text::new(&typed[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_name_is_what_can_be_seen_of_it() {
        for (typed, kept) in [
            ("Anna B.", Some("Anna B.")),
            ("", None),
            ("\u{2}", None),
            ("a\nb", Some("ab")),
        ] {
            let name = real_name(typed);
            assert_eq!(name.as_ref().map(Text::as_str), kept, "{typed:?}");
        }
        let long = real_name(&"\u{e9}".repeat(REAL_NAME_BYTES));
        assert_eq!(long.map(|name| name.as_str().len()), Some(REAL_NAME_BYTES));
    }
}
