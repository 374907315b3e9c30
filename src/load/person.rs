//! One of many people: a task that keeps a connection up, says what it is told to say, and tells what
//! it hears.

mod irc;
mod line;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::referee::{Micros, Person, Refusal};
use super::text::Numbered;
use crate::chat::{Fate, GapSize, Position, RoomName};
use crate::client::login::Account;

pub(super) use irc::live as live_by_irc;
pub(super) use line::live as live_by_line;

/// What one report tells at most.
const BATCH: usize = 256;

/// Orders that wait for one person.
pub(super) const ORDERS: usize = 4;

/// What can be done about a wrong password.
const OTHER_PASSWORD: &str =
    "The account has another one: name it with --password-file, or other accounts with --prefix";

/// What happened to a person.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) person: Person,
    pub(super) at: Micros,
    pub(super) what: Vec<What>,
}

/// One thing that happened.
#[derive(Debug)]
pub(super) enum What {
    /// In the room.
    Entered,
    /// Heard somebody of this run.
    Heard { position: Position, said: Numbered },
    /// Heard somebody else.
    Foreign,
    /// Was told that messages of the room are lost.
    Announced { size: GapSize },
    /// The first text that is unanswered is in the log.
    Acknowledged { position: Position },
    /// The first text that is unanswered was refused.
    Refused {
        label: &'static str,
        refusal: Refusal,
    },
    /// This became of the first text that is in doubt.
    Resolved { fate: Fate },
    /// Not in yet: the node said no.
    NotYet { said: String },
    /// The connection ended.
    Gone { label: &'static str },
    /// It ended for good.
    Over { why: String },
}

/// What a person needs to be one.
pub(super) struct Life {
    pub(super) person: Person,
    pub(super) account: Account,
    pub(super) room: RoomName,
    pub(super) run: u32,
    pub(super) epoch: Instant,
    pub(super) orders: mpsc::Receiver<Bytes>,
    pub(super) reports: mpsc::Sender<Report>,
}

/// Since the run began.
pub(super) fn micros(epoch: Instant) -> Micros {
    u64::try_from(epoch.elapsed().as_micros()).unwrap_or(u64::MAX)
}
