//! The server: its data at a time, and what it is set to.

use std::mem;
use std::time::Duration;

use redis::Value;

use super::commands::{self, Command, Does};
use super::data::Data;

/// What was said on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    /// The channel.
    pub(crate) channel: Vec<u8>,
    /// What was said.
    pub(crate) payload: Vec<u8>,
}

/// An error as Redis words it, its code in front.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Failure(pub(super) String);

impl Failure {
    /// One without a code of its own.
    pub(super) fn new(why: &str) -> Self {
        Self(format!("ERR {why}"))
    }

    pub(super) fn syntax() -> Self {
        Self::new("syntax error")
    }

    pub(super) fn wrong_type() -> Self {
        let why = "WRONGTYPE Operation against a key holding the wrong kind of value";
        Self(why.to_owned())
    }

    /// The reply that a client of the crate sees.
    pub(super) fn into_reply(self) -> Value {
        let line = self.0.replace(['\r', '\n'], " ");
        let reply = redis::parse_redis_value(format!("-{line}\r\n").as_bytes());
        reply.expect("an error is a reply")
    }
}

/// Which server it is like, as far as they differ here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Version {
    /// Redis 7.0.
    #[default]
    Seven,
    /// Redis from 7.2 on, and Valkey: no last id of a stream is below one that was deleted.
    Later,
}

impl Version {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Seven => "7.0.15",
            Self::Later => "7.2.4",
        }
    }
}

/// Whether there is room for more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Room {
    #[default]
    Enough,
    /// The bound on the memory is below what is used, whatever it is.
    None,
}

/// Whether it takes writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Primary,
    Replica,
}

/// A server.
#[derive(Debug, Default)]
pub(super) struct Engine {
    pub(super) data: Data,
    pub(super) version: Version,
    pub(super) run_id: String,
    pub(super) policy: String,
    pub(super) room: Room,
    pub(super) role: Role,
    now: Duration,
    published: Vec<Published>,
}

impl Engine {
    pub(super) fn new(version: Version, run_id: &str, data: Data) -> Self {
        Self {
            data,
            version,
            run_id: run_id.to_owned(),
            policy: "noeviction".to_owned(),
            ..Self::default()
        }
    }

    /// Sets the clock, and lets go what has expired by it.
    pub(super) fn turn_clock(&mut self, now: Duration) {
        self.now = now;
        self.data.expire(self.millis());
    }

    pub(super) fn now(&self) -> Duration {
        self.now
    }

    /// The time as keys expire by it.
    pub(super) fn millis(&self) -> i64 {
        i64::try_from(self.now.as_millis()).expect("a time of this age")
    }

    pub(super) fn data(&self) -> &Data {
        &self.data
    }

    pub(super) fn publish(&mut self, channel: &[u8], payload: &[u8]) {
        self.published.push(Published {
            channel: channel.to_owned(),
            payload: payload.to_owned(),
        });
    }

    pub(super) fn take_published(&mut self) -> Vec<Published> {
        mem::take(&mut self.published)
    }

    /// Executes a command that a client sent.
    pub(super) fn execute(&mut self, words: &[&[u8]]) -> Result<Value, Failure> {
        let command = commands::find(words[0]);
        command.check(words)?;
        self.allows(command.does)?;
        self.perform(command, words)
    }

    /// Whether a command, or a script, may do this now.
    pub(super) fn allows(&self, does: Does) -> Result<(), Failure> {
        let why = match (does, self.role, self.room) {
            (Does::Write | Does::Grow, Role::Replica, Room::Enough | Room::None) => {
                "READONLY You can't write against a read only replica."
            }
            (Does::Grow, Role::Primary, Room::None) => {
                "OOM command not allowed when used memory > 'maxmemory'."
            }
            (Does::Read, Role::Primary | Role::Replica, Room::Enough | Room::None)
            | (Does::Write, Role::Primary, Room::Enough | Room::None)
            | (Does::Grow, Role::Primary, Room::Enough) => return Ok(()),
        };
        Err(Failure(why.to_owned()))
    }

    /// Executes a command of a client or a script that may do it.
    pub(super) fn perform(&mut self, command: Command, words: &[&[u8]]) -> Result<Value, Failure> {
        (command.run)(self, &words[1..])
    }
}
