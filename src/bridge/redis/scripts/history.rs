//! What was said: in rooms, between people, and the log itself.

use std::sync::Arc;

use redis::{Cmd, Value};

use super::reply::{Items, Nonsense, asked};
use super::sources::Lua;
use super::{Asker, Entry, MOST, Scripts};
use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::bridge::span::{self, End};
use crate::bridge::wire;
use crate::chat::event::Timestamp;
use crate::chat::history::{Conversation, Past, Span};
use crate::chat::limits::HISTORY_MOST;
use crate::chat::{Answer, Event};
use crate::messages::{HistoryRequest, LOOK_EVENTS, LookBack, LookedBack, Rest};

/// Streams of one conversation: of two people there are two, one for each direction, of a room one of
/// what was said, and of both another one of what was not said in words.
#[derive(Debug, Clone, Copy)]
enum Streams {
    One,
    Two,
    Three,
}

impl Scripts {
    pub(super) fn call_history(&self, asker: Asker<'_>, request: &HistoryRequest) -> Cmd {
        let kept_for = self.rules.kept_for().min(MOST);
        match request {
            HistoryRequest::Room {
                room,
                past,
                span,
                count,
            } => {
                let mut call = self.about(Lua::History, asker, room);
                call.arg(kept_for).arg(self.rules.keep_messages.min(MOST));
                call.arg(spelled(*past));
                add_stretches(&mut call, *span, *count);
                call
            }
            HistoryRequest::Person {
                user,
                past,
                span,
                count,
            } => {
                let mut call = self.question(Lua::Dialogue, asker);
                call.arg(user.id()).arg(kept_for).arg(self.configured(user));
                call.arg(spelled(*past));
                add_stretches(&mut call, *span, *count);
                call
            }
            HistoryRequest::Conversations { .. } => {
                let mut call = self.question(Lua::Conversations, asker);
                call.arg("").arg(kept_for);
                call
            }
        }
    }

    pub(super) fn read_history(
        &self,
        request: &HistoryRequest,
        reply: Value,
    ) -> Result<Decision, Trouble> {
        asked(&self.rules, reply, |items| match request {
            HistoryRequest::Room {
                past, span, count, ..
            } => {
                let room = items.next()?;
                let count = (*count).min(HISTORY_MOST);
                let streams = match past {
                    Past::Words => Streams::One,
                    Past::Everything => Streams::Two,
                };
                let (messages, damage) = messages(items, *span, count, streams)?;
                let answer = Answer::History {
                    room,
                    count,
                    messages,
                };
                Ok((answer, damage))
            }
            HistoryRequest::Person {
                past, span, count, ..
            } => {
                let with = items.next()?;
                let count = (*count).min(HISTORY_MOST);
                let streams = match past {
                    Past::Words => Streams::Two,
                    Past::Everything => Streams::Three,
                };
                let (messages, damage) = messages(items, *span, count, streams)?;
                Ok((Answer::Dialogue { with, messages }, damage))
            }
            HistoryRequest::Conversations { from, to, count } => {
                let count = (*count).min(HISTORY_MOST);
                let mut latest = Vec::new();
                let mut rooms = items.array()?;
                while !rooms.is_empty() {
                    let room = rooms.next()?;
                    latest.push((Conversation::Room { room }, Timestamp(rooms.next()?)));
                }
                let mut people = items.array()?;
                while !people.is_empty() {
                    let user = people.next()?;
                    latest.push((Conversation::Person { user }, Timestamp(people.next()?)));
                }
                let latest = span::between(latest, *from, *to, count);
                Ok((Answer::Conversations { latest }, None))
            }
        })
    }
}

const fn spelled(past: Past) -> &'static str {
    match past {
        Past::Words => "words",
        Past::Everything => "everything",
    }
}

/// Six words for each stretch of a span.
fn add_stretches(call: &mut Cmd, span: Span, count: u16) {
    for stretch in span::stretches(span, count.min(HISTORY_MOST)) {
        call.arg(stretch.after.to_string())
            .arg(stretch.before.to_string())
            .arg(stretch.later.0)
            .arg(stretch.earlier.0)
            .arg(match stretch.end {
                End::Newest => "newest",
                End::Oldest => "oldest",
            })
            .arg(stretch.most);
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

/// The messages of a span, oldest first. What cannot be read is left out and told: a newer program
/// may have written it.
fn messages(
    items: &mut Items,
    span: Span,
    count: u16,
    streams: Streams,
) -> Result<(Vec<Arc<Event>>, Option<String>), Nonsense> {
    let (mut messages, mut damage) = (Vec::new(), None);
    for stretch in span::stretches(span, count) {
        let mut read = Vec::new();
        let streams = match streams {
            Streams::One => 1,
            Streams::Two => 2,
            Streams::Three => 3,
        };
        for _ in 0..streams {
            damage = add_readable(items.array()?, &mut read)?.or(damage);
        }
        messages.extend(stretch.cut(read));
    }
    messages.truncate(count.into());
    Ok((messages, damage))
}

fn add_readable(
    mut entries: Items,
    messages: &mut Vec<Arc<Event>>,
) -> Result<Option<String>, Nonsense> {
    let mut damage = None;
    while !entries.is_empty() {
        let (position, record) = entries.entry()?;
        match wire::read(position, &record) {
            Ok(event) => messages.push(Arc::new(event)),
            Err(error) => damage = Some(format!("the message {position}: {error}")),
        }
    }
    Ok(damage)
}
