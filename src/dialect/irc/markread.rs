//! Up to where somebody has read, for the next client that they use.
//!
//! <https://ircv3.net/specs/extensions/read-marker>.

use bytes::BytesMut;

use super::asked::{Asked, Item, told};
use super::events;
use super::history;
use super::line::word;
use super::reply::{FailCode, Reply, Voice};
use super::room;
use crate::chat::event::Timestamp;
use crate::chat::history::Conversation;
use crate::chat::{Command, RoomName, UserName};
use crate::dialect::Heard;

/// The command, as errors name it.
pub(super) const COMMAND: &str = "MARKREAD";

/// For `HELP`.
pub(super) const USAGE: &str = "<#room or nick> [timestamp=<time>]";

/// What the parameters mean: without a time it is asked for.
pub(super) fn hear(params: &[&str]) -> Item {
    let (target, upto) = match *params {
        [] | [""] => return fault(FailCode::NeedMoreParams, &[], "Missing parameters"),
        [target] => (target, None),
        [target, time, ..] => match time.strip_prefix("timestamp=").map(history::server_time) {
            Some(Some(upto)) => (target, Some(upto)),
            Some(None) | None => return invalid(&[target, time]),
        },
    };
    let Some(of) = conversation(target) else {
        return invalid(&[target]);
    };
    let target = target.to_owned();
    let command = match upto {
        None => Command::WhatIsRead { of },
        Some(upto) => Command::Read { of, upto },
    };
    (Heard::Command(command), Asked::Read { target })
}

fn conversation(target: &str) -> Option<Conversation> {
    match room::read(target) {
        Some(room) => Some(Conversation::Room { room }),
        None => UserName::new(target)
            .ok()
            .map(|user| Conversation::Person { user }),
    }
}

fn invalid(about: &[&str]) -> Item {
    fault(FailCode::InvalidParams, about, "Invalid parameters")
}

fn fault(code: FailCode, about: &[&str], text: &'static str) -> Item {
    let reply = Reply::FailOf {
        command: COMMAND,
        code,
        about: about.iter().map(|said| word(said).to_owned()).collect(),
        text,
    };
    told(vec![reply])
}

/// Asks for that of a room that was just entered.
pub(super) fn ask(room: &RoomName) -> Item {
    let target = room::spelled(room);
    let of = Conversation::Room { room: room.clone() };
    let command = Command::WhatIsRead { of };
    (Heard::Command(command), Asked::Read { target })
}

/// Writes it.
pub(super) fn tell(voice: Voice<'_>, asked: &Asked, at: Option<Timestamp>, out: &mut BytesMut) {
    if let Asked::Read { target } = asked {
        let upto = at.map_or_else(
            || "*".to_owned(),
            |at| format!("timestamp={}", events::server_time(at)),
        );
        voice.tell(COMMAND, &[target, &upto], out);
    }
}

/// Writes that it could not be kept or told.
pub(super) fn refusal(voice: Voice<'_>, target: &str, out: &mut BytesMut) {
    let (code, about) = (FailCode::InternalError, [word(target).to_owned()]);
    voice.fail_about(COMMAND, code, &about, "Try again later", out);
}
