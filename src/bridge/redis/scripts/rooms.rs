//! Rooms: who is in them, what opens them, what they are about.

use redis::{Cmd, Value};

use super::people::known;
use super::reply::{Items, Lines, Nonsense, Word, asked, changed};
use super::sources::Lua;
use super::words::{json, json_if_any};
use super::{Asker, MOST, Scripts};
use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::bridge::seal::seal;
use crate::chat::answer::{KeyUse, Listed, Standing, Topic, TopicSet};
use crate::chat::command::RoomKey;
use crate::chat::event::{Privacy, Timestamp};
use crate::chat::limits::{ROOM_KEY_BYTES, ROOMS_PER_SESSION};
use crate::chat::modes::{Flags, Ranks};
use crate::chat::{Answer, Position, RoomName, Secret, Text, UserName};
use crate::messages::{Outcome, RoomRequest};

impl Scripts {
    pub(super) fn call_rooms(&self, asker: Asker<'_>, request: &RoomRequest) -> Cmd {
        match request {
            RoomRequest::Move { from, to, key } => {
                let mut call = self.live(Lua::Move, asker);
                call.arg(from.as_str());
                self.entry(&mut call, to, key);
                call.arg("");
                call
            }
            RoomRequest::Enter { room, key } => {
                let mut call = self.live(Lua::Enter, asker);
                call.arg("");
                self.entry(&mut call, room, key);
                call.arg(ROOMS_PER_SESSION);
                call
            }
            RoomRequest::Leave { room, words } => {
                let mut call = self.live(Lua::Leave, asker);
                call.arg(room.as_str()).arg(json_if_any(words.as_ref()));
                call
            }
            RoomRequest::List => self.question(Lua::Rooms, asker),
            RoomRequest::Members { room } => self.about(Lua::Members, asker, room),
            RoomRequest::Topic { room } => self.about(Lua::Topic, asker, room),
            RoomRequest::SetTopic { room, text } => {
                let mut call = self.live(Lua::SetTopic, asker);
                call.arg(room.as_str());
                match text {
                    Some(text) => call.arg(text.as_str()).arg(json(text)),
                    None => call.arg("").arg("\"\""),
                };
                call
            }
        }
    }

    pub(super) fn read_rooms(
        &self,
        request: &RoomRequest,
        reply: Value,
    ) -> Result<Decision, Trouble> {
        match request {
            RoomRequest::Move { .. } | RoomRequest::Enter { .. } => {
                changed(&self.rules, reply, entered)
            }
            RoomRequest::Leave { words, .. } => changed(&self.rules, reply, |lines, _| {
                let (room, words) = (lines.next()?, words.clone());
                Ok(Verdict::Outcome(Outcome::Done(Answer::Left {
                    room,
                    words,
                })))
            }),
            RoomRequest::List => asked(&self.rules, reply, |items| {
                let mut rooms = listed(items, Privacy::Public)?;
                rooms.extend(listed(items, Privacy::Private)?);
                rooms.sort_by(|one, other| one.room.cmp(&other.room));
                Ok((Answer::Rooms { rooms }, None))
            }),
            RoomRequest::Members { .. } => asked(&self.rules, reply, |items| {
                let answer = Answer::Members {
                    room: items.next()?,
                    users: items.sorted()?,
                    ranked: ranked(items)?,
                    flags: flags(&items.next::<String>()?),
                    known: known(items)?,
                };
                Ok((answer, None))
            }),
            RoomRequest::Topic { .. } => asked(&self.rules, reply, |items| {
                let (room, text) = (items.next()?, items.next_if_any()?);
                let topic = topic(text, items.next_if_any()?, items.next_if_any()?);
                let answer = Answer::Topic {
                    room,
                    topic,
                    changed: None,
                };
                Ok((answer, None))
            }),
            RoomRequest::SetTopic { text, .. } => changed(&self.rules, reply, |lines, head| {
                let (room, by) = (lines.next()?, lines.next_if_any()?);
                let at: Option<u64> = lines.next_if_any()?;
                let stands = head.zip(at.map(Timestamp));
                let answer = Answer::Topic {
                    room,
                    topic: topic(text.clone(), by, at),
                    changed: stands.map(|(position, at)| Standing { position, at }),
                };
                Ok(Verdict::Outcome(Outcome::Done(answer)))
            }),
        }
    }

    /// What it takes to enter a room.
    fn entry(&self, call: &mut Cmd, room: &RoomName, key: &RoomKey) {
        call.arg(room.as_str())
            .arg(shown(room, key))
            .arg(self.rules.rooms.min(MOST));
    }

    /// A question about a room that the asker may know of.
    pub(super) fn about(&self, lua: Lua, asker: Asker<'_>, room: &RoomName) -> Cmd {
        let mut call = self.question(lua, asker);
        call.arg(room.as_str());
        call
    }
}

/// What is shown at the door: the key's seal, nothing, or that it is too long to be one.
fn shown(room: &RoomName, key: &RoomKey) -> String {
    match key {
        RoomKey::None => String::new(),
        RoomKey::Given(key) => sealed(room, key),
    }
}

/// A key's seal, or that it is too long to have one.
pub(super) fn sealed(room: &RoomName, key: &Secret) -> String {
    if key.expose().len() > ROOM_KEY_BYTES {
        return "long".to_owned();
    }
    let bytes = seal(room, key);
    let digits = bytes.as_ref().iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// What holds of a room, as it is kept.
pub(super) fn flags(letters: &str) -> Flags {
    Flags::of_letters(letters)
}

/// Rooms or people and their ranks, sorted.
pub(super) fn ranked<W: Word + Ord>(items: &mut Items) -> Result<Vec<(W, Ranks)>, Nonsense> {
    let (mut items, mut ranked) = (items.array()?, Vec::new());
    while !items.is_empty() {
        let (who, letters) = (items.next()?, items.next::<String>()?);
        ranked.push((who, Ranks::of_letters(&letters)));
    }
    ranked.sort_by(|(one, _): &(W, Ranks), (other, _)| one.cmp(other));
    Ok(ranked)
}

/// Of a topic that an earlier version kept nobody knows who set it.
fn topic(text: Option<Text>, by: Option<UserName>, at: Option<u64>) -> Option<Topic> {
    let set = by.zip(at.map(Timestamp));
    let set = set.map(|(by, at)| TopicSet { by, at });
    text.map(|text| Topic { text, set })
}

/// The entering is the last thing that is appended.
fn entered(lines: &mut Lines<'_>, head: Option<Position>) -> Result<Verdict, Nonsense> {
    let (room, here) = (lines.next()?, lines.next()?);
    let key = match lines.next::<String>()?.as_str() {
        "fitting" => KeyUse::Fitting,
        "needless" => KeyUse::Needless,
        other => return Err(Nonsense(format!("a script finds a key {other:?}"))),
    };
    let position = head.ok_or_else(|| Nonsense("a script enters without an event".to_owned()))?;
    Ok(Verdict::Outcome(Outcome::Done(Answer::Entered {
        room,
        here,
        key,
        position,
    })))
}

fn listed(items: &mut Items, privacy: Privacy) -> Result<Vec<Listed>, Nonsense> {
    let (mut items, mut rooms) = (items.array()?, Vec::new());
    while !items.is_empty() {
        let (room, here, topic) = (items.next()?, items.next()?, items.next::<String>()?);
        // What is no text is none that can be told.
        let topic = Text::new(&topic).ok();
        rooms.push(Listed {
            room,
            here,
            topic,
            privacy,
        });
    }
    Ok(rooms)
}
