//! What comes by the channel: the record of an event, with the log's name and its place in it.

use std::borrow::Cow;

use serde::Deserialize;

use super::reader::Logged;
use crate::bridge::wire;
use crate::chat::{Deed, Event, Position};

/// An event, and how long it was when it came.
#[derive(Debug)]
pub(super) struct Heard {
    /// The event.
    pub(super) event: Event,
    /// Bytes.
    pub(super) size: usize,
}

/// What a message of the channel is.
#[derive(Debug)]
pub(super) enum Told {
    /// An event of this log.
    Event(Heard),
    /// Something of this log that this program cannot read: a newer one is about.
    Unread(Position),
    /// Of another log, or nothing at all.
    Foreign,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    v: u32,
    #[serde(borrow)]
    log: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
}

/// Reads a message of the channel, on which anybody can say anything.
pub(super) fn read(payload: &[u8], log: &str) -> Told {
    let Ok(record) = std::str::from_utf8(payload) else {
        return Told::Foreign;
    };
    let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(record) else {
        return Told::Foreign;
    };
    let Ok(position) = envelope.id.parse::<Position>() else {
        return Told::Foreign;
    };
    if envelope.log != log {
        return Told::Foreign;
    }
    let size = payload.len();
    match wire::read_as(envelope.v, position, record) {
        Ok(event) => Told::Event(Heard { event, size }),
        Err(_) => Told::Unread(position),
    }
}

impl Logged for Heard {
    fn position(&self) -> Position {
        self.event.position
    }

    fn begins_after(&self) -> Option<Position> {
        match self.event.deed {
            Deed::Epoch { after } => Some(after),
            Deed::Claimed { .. }
            | Deed::Released { .. }
            | Deed::Entered { .. }
            | Deed::Left { .. }
            | Deed::RoomMessage { .. }
            | Deed::Whisper { .. }
            | Deed::Tagged { .. }
            | Deed::Post { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::TopicSet { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::Announced { .. }
            | Deed::WentAway { .. }
            | Deed::CameBack { .. }
            | Deed::Nicked { .. }
            | Deed::RealNameSet { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => None,
        }
    }

    fn size(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn only_what_is_of_this_log_counts() {
        let said = r#"{"v":1,"log":"k3","id":"7-2","type":"came_back","user":"alice","at":5}"#;
        let Told::Event(heard) = read(said.as_bytes(), "k3") else {
            panic!("not read")
        };
        assert_eq!(heard.event.position, at("7-2"));
        assert_eq!(heard.size, said.len());
        let newer = said.replace(r#""v":1"#, r#""v":2"#);
        let unheard_of = said.replace("came_back", "danced");
        for unread in [newer, unheard_of] {
            let told = read(unread.as_bytes(), "k3");
            assert!(matches!(told, Told::Unread(position) if position == at("7-2")));
        }
        let no_version = said.replace(r#""v":1,"#, "");
        let no_id = said.replace(r#""id":"7-2","#, "");
        let bad_id = said.replace("7-2", "7");
        for foreign in ["", "{}", "\u{0}", &no_version, &no_id, &bad_id] {
            assert!(matches!(read(foreign.as_bytes(), "k3"), Told::Foreign));
        }
        assert!(matches!(read(said.as_bytes(), "k4"), Told::Foreign));
        assert!(matches!(read(b"\xff", "k3"), Told::Foreign));
    }
}
