//! What somebody wants to know of what was said before.

use crate::chat::command::Where;
use crate::chat::{Command, RoomName};
use crate::messages::HistoryRequest;

/// What the store is asked, where a command is about what was said before.
pub(super) fn request(
    command: Command,
    meant: impl FnOnce(Where) -> RoomName,
) -> Option<HistoryRequest> {
    if let Command::History {
        room,
        past,
        span,
        count,
    } = command
    {
        Some(HistoryRequest::Room {
            room: meant(room),
            past,
            span,
            count,
        })
    } else if let Command::Dialogue {
        with: user,
        past,
        span,
        count,
    } = command
    {
        Some(HistoryRequest::Person {
            user,
            past,
            span,
            count,
        })
    } else if let Command::Conversations { from, to, count } = command {
        Some(HistoryRequest::Conversations { from, to, count })
    } else {
        None
    }
}
