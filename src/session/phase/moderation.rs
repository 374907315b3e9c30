//! What is asked about what holds of rooms, and who is put out of them.

use crate::chat::command::Where;
use crate::chat::{Command, RoomName};
use crate::messages::ModerationRequest;

/// What a command asks the store, if it is about that.
pub(super) fn request(
    command: Command,
    meant: impl Fn(Where) -> RoomName,
) -> Option<ModerationRequest> {
    Some(if let Command::Kick { room, user, words } = command {
        let room = meant(room);
        ModerationRequest::Kick { room, user, words }
    } else if let Command::Invite { room, user } = command {
        let room = meant(room);
        ModerationRequest::Invite { room, user }
    } else if let Command::Invitations = command {
        ModerationRequest::Invitations
    } else if let Command::Modes { room } = command {
        let room = meant(room);
        ModerationRequest::Modes { room }
    } else if let Command::ChangeModes { room, wishes } = command {
        let room = meant(room);
        ModerationRequest::Change { room, wishes }
    } else if let Command::ModeList { room, list } = command {
        let room = meant(room);
        ModerationRequest::List { room, list }
    } else {
        return None;
    })
}
