//! Which rooms there are, how many people, what time it is, and what was said.

use std::sync::Arc;

use bytes::BytesMut;

use super::asked::Asked;
use super::conversation::Conversation;
use super::events;
use super::history::{self, Empty};
use super::list::Wanted;
use super::numerics::Numeric;
use super::reply::Voice;
use super::room;
use super::welcome;
use crate::chat::answer::{Census, Listed};
use crate::chat::{Event, RoomName, Text};

/// Writes what was asked for of a count of the store.
pub(super) fn counted(talk: &Conversation, asked: &Asked, census: Census, out: &mut BytesMut) {
    let voice = talk.voice();
    if let Asked::Time = asked {
        let time = events::server_time(census.at);
        return voice.reply(Numeric::Time, &[voice.server, &time], out);
    }
    welcome::census(voice, census, out);
}

/// Writes the rooms that are wanted.
pub(super) fn listed(talk: &Conversation, asked: &Asked, rooms: &[Listed], out: &mut BytesMut) {
    if let Asked::List { wanted } = asked {
        list(talk.voice(), wanted, rooms, out);
    }
}

/// A room that nobody is in is none to clients, though it has a history.
fn list(voice: Voice<'_>, wanted: &Wanted, rooms: &[Listed], out: &mut BytesMut) {
    voice.reply(Numeric::ListStart, &["Channel", "Users  Name"], out);
    for Listed {
        room, here, topic, ..
    } in rooms
    {
        let name = room::spelled(room);
        if *here > 0 && wanted.has(&name, *here) {
            let topic = topic.as_ref().map_or("", Text::as_str);
            voice.reply(Numeric::List, &[&name, &here.to_string(), topic], out);
        }
    }
    voice.reply(Numeric::ListEnd, &["End of LIST"], out);
}

/// Writes what was said in a room.
pub(super) fn told(
    talk: &Conversation,
    asked: &Asked,
    room: &RoomName,
    messages: &[Arc<Event>],
    out: &mut BytesMut,
) {
    let empty = if matches!(asked, Asked::Playback) {
        Empty::Untold
    } else {
        Empty::Told
    };
    let target = history::target(asked, || room::spelled(room));
    history::messages(talk, &target, messages, empty, out);
}
