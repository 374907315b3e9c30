//! Rooms as IRC spells them: `#den` is the room `den`.

use crate::chat::RoomName;
use crate::chat::history::Conversation;

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

/// A conversation as the target of what is said in it.
#[must_use]
pub fn target(conversation: &Conversation) -> String {
    match conversation {
        Conversation::Room { room } => spelled(room),
        Conversation::Person { user } => user.to_string(),
    }
}
