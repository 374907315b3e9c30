//! `KICK` and `INVITE`.

use super::{each, no_nick, no_room, own, short};
use crate::chat::command::Where;
use crate::chat::{Command, UserName};
use crate::dialect::Heard;
use crate::dialect::irc::asked::{Asked, Item};
use crate::dialect::irc::grammar::Message;
use crate::dialect::irc::isupport::TARGETS;
use crate::dialect::irc::line::word;
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::room;

/// Several people may be put out of one room: <https://modern.ircdocs.horse/#kick-message>.
pub(super) fn kick(message: &Message<'_>) -> Vec<Item> {
    let name = message.param(0).unwrap_or_default();
    let Some(room) = room::read(name) else {
        return vec![no_room(name)];
    };
    let words = short(message.param(2).unwrap_or_default()).ok();
    let kick_one = |nick: &str| match UserName::called(nick) {
        Ok(user) => {
            let (room, words) = (Where::Room(room.clone()), words.clone());
            let command = Command::Kick { room, user, words };
            (Heard::Command(command), Asked::Kick)
        }
        Err(_) => no_nick(nick),
    };
    let nicks = message.param(1).unwrap_or_default();
    let mut items = each("KICK", nicks, kick_one);
    if items.len() > TARGETS {
        items.truncate(TARGETS);
        let why = format!("{TARGETS} people at once at most: the rest stay");
        items.push(own(Numeric::UnknownError, &["KICK", word(name), &why]));
    }
    items
}

/// Without parameters it asks to which rooms one is invited:
/// <https://modern.ircdocs.horse/#invite-message>.
pub(super) fn invite(message: &Message<'_>) -> Item {
    let (nick, name) = match (message.param(0), message.param(1)) {
        (None | Some(""), _) => return (Heard::Command(Command::Invitations), Asked::Invitations),
        (Some(_), None | Some("")) => return super::too_few("INVITE"),
        (Some(nick), Some(name)) => (nick, name),
    };
    match (UserName::called(nick), room::read(name)) {
        (Ok(user), Some(room)) => {
            let room = Where::Room(room);
            let command = Command::Invite { room, user };
            (Heard::Command(command), Asked::Invite)
        }
        (_, None) => no_room(name),
        (Err(_), Some(_)) => no_nick(nick),
    }
}
