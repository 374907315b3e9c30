//! The last messages of rooms.

use std::sync::Arc;

use redis::{Cmd, Value};

use super::reply::{Items, Nonsense, asked};
use super::sources::Lua;
use super::{Asker, Scripts};
use crate::bridge::redis::task::{Decision, Trouble};
use crate::bridge::wire;
use crate::chat::event::Timestamp;
use crate::chat::limits::HISTORY_MOST;
use crate::chat::{Answer, Event, RoomName};

/// Milliseconds of a day.
const DAY: u64 = 24 * 60 * 60 * 1000;

impl Scripts {
    pub(super) fn call_history(&self, asker: Asker<'_>, room: &RoomName, count: u16) -> Cmd {
        let most = self.rules.keep_messages.min(count.min(HISTORY_MOST).into());
        let mut call = self.about(Lua::History, asker, room);
        call.arg(if self.rules.keep_days == 0 { 0 } else { most });
        call
    }

    pub(super) fn read_history(&self, count: u16, reply: Value) -> Result<Decision, Trouble> {
        asked(&self.rules, reply, |items| {
            let room = items.next()?;
            let now: u64 = items.next()?;
            let kept = self.rules.keep_days.saturating_mul(DAY);
            let too_old_before = Timestamp(now.saturating_sub(kept));
            let (messages, damage) = messages(items.array()?, too_old_before)?;
            let count = count.min(HISTORY_MOST);
            let answer = Answer::History {
                room,
                count,
                messages,
            };
            Ok((answer, damage))
        })
    }
}

/// The messages that are not too old, oldest first. What cannot be read is left out and told: a
/// newer program may have written it.
fn messages(
    mut entries: Items,
    too_old_before: Timestamp,
) -> Result<(Vec<Arc<Event>>, Option<String>), Nonsense> {
    let (mut messages, mut damage) = (Vec::new(), None);
    while !entries.is_empty() {
        let (position, record) = entries.entry()?;
        match wire::read(position, &record) {
            Ok(event) if event.at >= too_old_before => messages.push(Arc::new(event)),
            Ok(_) => {}
            Err(error) => damage = Some(format!("the message {position}: {error}")),
        }
    }
    messages.reverse();
    Ok((messages, damage))
}
