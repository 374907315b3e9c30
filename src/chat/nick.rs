//! The names by which people see each other, where these are others than those of their accounts.

use std::fmt;
use std::sync::Arc;

use super::limits::USER_NAME_BYTES;
use super::name::is_reserved;

/// The word cannot be a nick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("1 to {USER_NAME_BYTES} of A-Z a-z 0-9 [ ] {{ }} | ^ ` _ - ., the first no - or .")]
pub struct NotANick;

/// A nick: 1 to 32 bytes of what names an account, and of letters that only IRC has:
/// `` [ ] { } | ^ ` _ ``. The first is neither `-` nor `.`, and it is no word of the server.
///
/// A `\` is none of them, for nicks stand in records of the log as they are.
/// <https://modern.ircdocs.horse/#nick-message>. Compared without the case of ASCII letters.
#[derive(Clone)]
pub struct Nick(Arc<str>);

impl Nick {
    /// Checks a nick.
    ///
    /// # Errors
    /// [`NotANick`] when it is empty, too long or holds another character.
    pub fn new(nick: &str) -> Result<Self, NotANick> {
        let allowed = |byte: u8| is_first(byte) || matches!(byte, b'-' | b'.');
        let bytes = nick.as_bytes();
        let fits = (1..=USER_NAME_BYTES).contains(&bytes.len());
        let is_word = fits && is_first(bytes[0]) && bytes.iter().copied().all(allowed);
        if is_word && !is_reserved(nick) {
            Ok(Self(Arc::from(nick)))
        } else {
            Err(NotANick)
        }
    }

    /// The nick as it was chosen.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_first(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"[]{}|^`_".contains(&byte)
}

impl PartialEq for Nick {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Nick {}

impl fmt::Display for Nick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Nick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
