//! By which word a conversation stands in a store.

use crate::chat::history::Conversation;

/// `#room` or `user`, in lower case.
pub(super) fn kept_as(conversation: &Conversation) -> String {
    let spelled = match conversation {
        Conversation::Room { room } => format!("#{}", room.as_str()),
        Conversation::Person { user } => user.as_str().to_owned(),
    };
    spelled.to_ascii_lowercase()
}
