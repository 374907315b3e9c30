//! Rooms as IRC spells them: `#den` is the room `den`.

use crate::chat::RoomName;

/// A room's name as a parameter.
#[must_use]
pub fn spelled(room: &RoomName) -> String {
    format!("#{room}")
}

/// The room that a parameter names, if it can name one.
#[must_use]
pub fn read(word: &str) -> Option<RoomName> {
    RoomName::new(word.strip_prefix('#')?).ok()
}
