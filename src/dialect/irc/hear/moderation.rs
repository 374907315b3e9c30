//! `KICK` and `INVITE`.

use super::{no_nick, no_room, own, short, too_few};
use crate::chat::command::Where;
use crate::chat::{Command, Text, UserName};
use crate::dialect::Heard;
use crate::dialect::irc::asked::{Asked, Item};
use crate::dialect::irc::grammar::Message;
use crate::dialect::irc::isupport::TARGETS;
use crate::dialect::irc::line::word;
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::room;

/// Several people may be put out of one room, or each out of the room at its place:
/// <https://modern.ircdocs.horse/#kick-message>, RFC 2812, 3.2.8.
pub(super) fn kick(message: &Message<'_>) -> Vec<Item> {
    let rooms: Vec<&str> = list(message.param(0)).collect();
    let nicks: Vec<&str> = list(message.param(1)).collect();
    if nicks.is_empty() || rooms.len() != 1 && rooms.len() != nicks.len() {
        return vec![too_few("KICK")];
    }
    let words = short(message.param(2).unwrap_or_default()).ok();
    let pairs = rooms.iter().cycle().zip(&nicks).take(TARGETS);
    let mut items: Vec<Item> = pairs
        .map(|(room, nick)| kick_one(room, nick, words.as_ref()))
        .collect();
    if nicks.len() > TARGETS {
        let why = format!("{TARGETS} people at once at most: the rest stay");
        items.push(own(Numeric::UnknownError, &["KICK", word(rooms[0]), &why]));
    }
    items
}

/// The parts of a list that are not empty.
fn list(param: Option<&str>) -> impl Iterator<Item = &str> {
    let parts = param.unwrap_or_default().split(',');
    parts.filter(|part| !part.is_empty())
}

fn kick_one(name: &str, nick: &str, words: Option<&Text>) -> Item {
    match (room::read(name), UserName::called(nick)) {
        (Some(room), Ok(user)) => {
            let (room, words) = (Where::Room(room), words.cloned());
            let command = Command::Kick { room, user, words };
            (Heard::Command(command), Asked::Kick)
        }
        (None, _) => no_room(name),
        (Some(_), Err(_)) => no_nick(nick),
    }
}

/// Without parameters it asks to which rooms one is invited:
/// <https://modern.ircdocs.horse/#invite-message>.
pub(super) fn invite(message: &Message<'_>) -> Item {
    let (nick, name) = match (message.param(0), message.param(1)) {
        (None | Some(""), _) => return (Heard::Command(Command::Invitations), Asked::Invitations),
        (Some(_), None | Some("")) => return too_few("INVITE"),
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
