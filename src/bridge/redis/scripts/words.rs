//! What people say to each other.

use redis::{Cmd, Value};

use super::reply::{Lines, Nonsense, changed, read};
use super::sources::Lua;
use super::{Asker, DAY, MOST, Scripts};
use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::bridge::redis::window::WINDOW;
use crate::bridge::wire;
use crate::chat::event::{Manner, Timestamp};
use crate::chat::limits::KEPT_MESSAGES;
use crate::chat::{Answer, Extras, Position, Text};
use crate::messages::{Append, Outcome, ToOneself};

/// Answers that Redis keeps of a node: as many as can be undecided at once.
const ANSWERS: u64 = WINDOW as u64;

const AN_HOUR: u64 = 60 * 60;

/// Seconds that Redis takes for an expiry: it counts milliseconds.
pub(super) const MOST_SECONDS: u64 = MOST / 1_000_000;

impl Scripts {
    pub(super) fn call_append(&self, asker: Asker<'_>, append: &Append) -> Cmd {
        match append {
            Append::RoomMessage {
                room,
                text,
                manner,
                extras,
            } => {
                let kept = self.rules.keep_days.saturating_mul(DAY);
                let mut call = self.live(Lua::Say, asker);
                call.arg(room.as_str())
                    .arg(json(text))
                    .arg(self.rules.keep_messages.min(MOST))
                    .arg(kept.min(MOST_SECONDS))
                    .arg(asker.stamp.seq % ANSWERS)
                    .arg(told_of(*manner, extras));
                call
            }
            Append::Whisper {
                to,
                text,
                manner,
                extras,
                oneself,
            } => {
                let mut call = self.live(Lua::Whisper, asker);
                call.arg(to.id()).arg(self.configured(to)).arg(json(text));
                self.add_keeping(&mut call);
                call.arg(told_of(*manner, extras)).arg(match oneself {
                    ToOneself::Said => "said",
                    ToOneself::Refused => "refused",
                });
                call
            }
            Append::Post { text } => {
                let mut call = self.live(Lua::Post, asker);
                call.arg(json(text));
                self.add_keeping(&mut call);
                call
            }
        }
    }

    /// How long it is kept for those who are not there. One more message than is told stays, by
    /// which it is seen that there were more; and all stay an hour longer than they are told.
    pub(super) fn add_keeping(&self, call: &mut Cmd) {
        let seconds = match self.rules.keep_days {
            0 => 0,
            days => days.saturating_mul(DAY).saturating_add(AN_HOUR),
        };
        call.arg(KEPT_MESSAGES + 1).arg(seconds.min(MOST_SECONDS));
    }

    pub(super) fn read_append(&self, append: &Append, reply: Value) -> Result<Decision, Trouble> {
        changed(&self.rules, reply, |lines, head| {
            let answer = match (append, head) {
                (Append::Post { .. }, None) => Answer::NobodySubscribes,
                (Append::RoomMessage { .. } | Append::Post { .. }, Some(position)) => {
                    let at = lines.next_if_any()?.map(Timestamp);
                    Answer::Said { position, at }
                }
                (Append::Whisper { .. }, Some(position)) => whispered(position, lines)?,
                (Append::RoomMessage { .. } | Append::Whisper { .. }, None) => {
                    return Err(Nonsense("what was said is nowhere".to_owned()));
                }
            };
            Ok(Verdict::Outcome(Outcome::Done(answer)))
        })
    }
}

/// What a record tells of the manner and of what goes with it, behind the text.
fn told_of(manner: Manner, extras: &Extras) -> String {
    let manner = match manner {
        Manner::Message => "",
        Manner::Notice => ",\"notice\":true",
    };
    manner.to_owned() + &told_beside(extras)
}

/// What a record tells of what goes with a message.
pub(super) fn told_beside(extras: &Extras) -> String {
    if extras.is_plain() {
        return String::new();
    }
    format!(",\"with\":{}", wire::extras(extras))
}

/// A text as it stands in a record, quotes included.
pub(super) fn json(text: &Text) -> String {
    serde_json::Value::from(text.as_str()).to_string()
}

/// The same; empty where nothing is said.
pub(super) fn json_if_any(text: Option<&Text>) -> String {
    text.map_or_else(String::new, json)
}

/// An answer that an earlier version kept tells no time: only to whom, and what they left.
fn whispered(position: Position, lines: &mut Lines<'_>) -> Result<Answer, Nonsense> {
    let first = lines.next_if_any::<String>()?;
    Ok(match (first, lines.next_if_any()?) {
        (Some(to), Some(text)) => Answer::SaidToAway {
            position,
            at: lines.next_if_any()?.map(Timestamp),
            to: read(&to)?,
            text,
        },
        (time, Some(_) | None) => {
            let at = time.map(|time| read(&time)).transpose()?.map(Timestamp);
            Answer::Said { position, at }
        }
    })
}
