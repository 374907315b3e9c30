//! What was said: the last messages of rooms, and the log itself.

use std::sync::Arc;

use redis::{Cmd, Value};

use super::reply::{Items, Nonsense, asked};
use super::sources::Lua;
use super::{Asker, Entry, Scripts};
use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::bridge::wire;
use crate::chat::event::Timestamp;
use crate::chat::limits::HISTORY_MOST;
use crate::chat::{Answer, Event, RoomName};
use crate::messages::{LOOK_EVENTS, LookBack, LookedBack, Rest};

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
            let too_old_before = Timestamp(now.saturating_sub(self.rules.kept_for()));
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

impl Scripts {
    pub(super) fn call_look_back(&self, LookBack { after, upto }: LookBack) -> Cmd {
        let mut look = redis::cmd("XREVRANGE");
        look.arg(self.keys.log())
            .arg(upto.to_string())
            .arg(format!("({after}"));
        look.arg("COUNT").arg(LOOK_EVENTS);
        look
    }

    pub(super) fn read_look_back(&self, look: LookBack, reply: Value) -> Result<Decision, Trouble> {
        let entries = self.read_page(reply)?;
        let is_full = entries.len() == LOOK_EVENTS;
        let oldest = entries.last().map(Entry::before);
        let rest = match oldest.filter(|before| is_full && *before > look.after) {
            Some(upto) => Rest::More { upto },
            None => Rest::Nothing,
        };
        let events = entries.into_iter().filter_map(|entry| entry.event.ok());
        let events = events.map(Arc::new).collect();
        Ok(Decision {
            verdict: Verdict::LookedBack(LookedBack { events, rest }),
            head: None,
            damage: None,
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
