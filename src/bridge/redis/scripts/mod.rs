//! What is asked of Redis: one script for each thing that the store decides.
//!
//! Everything is checked before the first write, which is the log's; what fails behind it is told
//! as damage. So an error of a script always means that nothing was written.

mod accounts;
mod claims;
mod history;
mod lookup;
mod moderation;
mod node;
mod people;
mod program;
mod reply;
mod rooms;
mod rules;
mod sources;
mod tokens;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use redis::{Cmd, Pipeline, Value};

use super::keys::Keys;
use super::task::{Decision, Stamp, Task, Trouble, Verdict};
use crate::bridge::kept::Hold;
use crate::chat::origin::{Incarnation, SessionId};
use crate::chat::{RoomName, UserName};
use crate::messages::{Claim, Request};
use reply::changed;
use rules::Keeping;
use sources::{Lua, Sources};
use words::MOST_SECONDS;

pub(super) use accounts::{Operator, Removal, Stored};
pub(super) use node::{
    Continuity, Entry, Farewell, Greeting, Held, Hello, PAGE, Pulse, Turn, Unwelcome,
};
pub(super) use reply::received;

/// Rooms looked after in one call of the sweep, so that nobody waits long for it.
const SWEEP_ROOMS: u64 = 64;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// What Redis takes where it takes a number: settings may say more.
const MOST: u64 = i64::MAX as u64;

/// By what the scripts decide.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Who asks.
    pub(super) incarnation: Incarnation,
    /// Rooms that there may be, the lobby included.
    pub(super) rooms: u64,
    /// Messages of a room that its history keeps; 0 keeps none.
    pub(super) keep_messages: u64,
    /// Days that history keeps a message; 0 keeps none.
    pub(super) keep_days: u64,
    /// Entries that the log keeps, about.
    pub(super) log_entries: u64,
    /// Accounts whose password stands in the settings: people like all others, without a key.
    pub(super) configured: BTreeSet<UserName>,
}

impl Rules {
    /// Milliseconds for which a message is told.
    fn kept_for(&self) -> u64 {
        self.keep_days.saturating_mul(DAY * 1000)
    }

    /// How long what happened in a room is kept.
    fn keeping(&self) -> Keeping {
        Keeping {
            events: self.keep_messages.min(MOST),
            seconds: self.keep_days.saturating_mul(DAY).min(MOST_SECONDS),
        }
    }
}

/// All scripts under one prefix, and how their replies are read.
#[derive(Debug)]
pub(super) struct Scripts {
    keys: Keys,
    rules: Rules,
    sources: Sources,
}

/// Who asks for something that only a live session may ask.
#[derive(Debug, Clone, Copy)]
struct Asker<'a> {
    session: &'a SessionId,
    claim: &'a Claim,
    stamp: &'a Stamp<'a>,
}

impl Scripts {
    /// The scripts of a node.
    pub(super) fn new(keys: Keys, rules: Rules) -> Self {
        let sources = Sources::new(&keys, rules.keeping());
        Self {
            keys,
            rules,
            sources,
        }
    }

    /// The names, for whoever subscribes to the channel.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Makes the scripts known to the server; for each new connection, before anything else.
    pub(super) fn load(&self) -> Pipeline {
        self.sources.load()
    }

    /// Whether the server took the scripts: the replies to [`Self::load`].
    ///
    /// # Errors
    /// [`Trouble::Link`] when it did not, as an old server does not.
    pub(super) fn loaded(&self, replies: Vec<Value>) -> Result<(), Trouble> {
        self.sources.loaded(replies)
    }

    /// The call that decides a task.
    pub(super) fn call(&self, task: &Task, stamp: &Stamp<'_>) -> Cmd {
        match task {
            Task::Claim {
                session,
                user,
                entrance,
            } => self.call_claim(stamp, session, user, entrance),
            Task::Live {
                session,
                claim,
                request,
            } => {
                let asker = Asker {
                    session,
                    claim,
                    stamp,
                };
                self.call_live(asker, request)
            }
            Task::Probe { session, user } => {
                let mut call = self.command(Lua::Probe, stamp, Some(session), user.spelled());
                call.arg(holder(session));
                call
            }
            Task::Alive { session, claim } => {
                let asker = Asker {
                    session,
                    claim,
                    stamp,
                };
                self.live(Lua::Alive, asker)
            }
            Task::Seen {
                session,
                claim,
                position,
            } => {
                let asker = Asker {
                    session,
                    claim,
                    stamp,
                };
                self.call_seen(asker, *position)
            }
            Task::Release {
                session,
                user,
                parting,
            } => self.call_release(stamp, session, user, parting),
            Task::Account { ask } => self.call_account(stamp, ask),
            Task::LookBack { look } => self.call_look_back(*look),
            Task::Sweep { after } => {
                let after = after.as_ref().map_or("", RoomName::as_str);
                let mut sweep = self.command(Lua::Sweep, stamp, None, after);
                sweep.arg(SWEEP_ROOMS);
                sweep
            }
        }
    }

    /// What was decided; the reply may be a server's error.
    ///
    /// # Errors
    /// [`Trouble`] when it is unknown or nothing was. A server's error means that nothing was
    /// written; after a changing script's nonsense, asking again under the same number tells.
    pub(super) fn read(&self, task: &Task, reply: Value) -> Result<Decision, Trouble> {
        match task {
            Task::Claim { entrance, .. } => self.read_claim(entrance, reply),
            Task::Live { request, .. } => self.read_live(request, reply),
            Task::Seen { .. } | Task::Probe { .. } | Task::Alive { .. } | Task::Release { .. } => {
                changed(&self.rules, reply, |_, _| Ok(Verdict::Silence))
            }
            Task::Account { ask } => self.read_account(ask, reply),
            Task::LookBack { look } => self.read_look_back(*look, reply),
            Task::Sweep { .. } => changed(&self.rules, reply, |lines, _| {
                let after = lines.next_if_any()?;
                Ok(after.map_or(Verdict::Silence, |after| Verdict::SweepOn { after }))
            }),
        }
    }

    fn call_live(&self, asker: Asker<'_>, request: &Request) -> Cmd {
        match request {
            Request::Append(append) => self.call_append(asker, append),
            Request::Program(request) => self.call_program(asker, request),
            Request::Rooms(request) => self.call_rooms(asker, request),
            Request::Moderation(request) => self.call_moderation(asker, request),
            Request::People(request) => self.call_people(asker, request),
            Request::History(request) => self.call_history(asker, request),
        }
    }

    fn read_live(&self, request: &Request, reply: Value) -> Result<Decision, Trouble> {
        match request {
            Request::Append(append) => self.read_append(append, reply),
            Request::Program(request) => self.read_program(request, reply),
            Request::Rooms(request) => self.read_rooms(request, reply),
            Request::Moderation(request) => self.read_moderation(request, reply),
            Request::People(request) => self.read_people(request, reply),
            Request::History(request) => self.read_history(request, reply),
        }
    }

    /// The call of a script that changes something, with what all of those begin with.
    fn command(&self, lua: Lua, stamp: &Stamp<'_>, session: Option<&SessionId>, name: &str) -> Cmd {
        let mut call = self.sources.call(lua);
        call.arg(stamp.epoch)
            .arg(stamp.log)
            .arg(self.rules.incarnation.to_string())
            .arg(stamp.seq)
            .arg(self.rules.log_entries.min(MOST))
            .arg(session.map_or_else(String::new, SessionId::to_string))
            .arg(name);
        call
    }

    /// The same for what only a live session may ask.
    fn live(&self, lua: Lua, asker: Asker<'_>) -> Cmd {
        let user = asker.claim.user.spelled();
        let mut call = self.command(lua, asker.stamp, Some(asker.session), user);
        call.arg(asker.held());
        call
    }

    /// The call of a script that only a live session may ask, and that changes nothing.
    fn question(&self, lua: Lua, asker: Asker<'_>) -> Cmd {
        let mut call = self.sources.call(lua);
        call.arg(asker.claim.user.id().to_ascii_lowercase())
            .arg(asker.held());
        call
    }

    /// Milliseconds for which it is remembered who was here.
    fn remembered_for(&self) -> u64 {
        self.rules.kept_for().min(MOST)
    }

    /// The account of the settings of that name, as a script expects it.
    fn configured(&self, user: &UserName) -> &str {
        let configured = self.rules.configured.get(user);
        configured.map_or("", UserName::id)
    }

    /// The account of the settings with the name of a nick, as a script expects it.
    fn configured_as(&self, nick: &str) -> &str {
        let user = UserName::new(nick).ok();
        user.map_or("", |user| self.configured(&user))
    }
}

impl Asker<'_> {
    /// Its claim as `sessions` holds it.
    fn held(self) -> String {
        held(self.claim, self.session)
    }
}

/// A claim as `sessions` holds it.
fn held(claim: &Claim, session: &SessionId) -> String {
    let (fence, holder) = (claim.fence, holder(session));
    format!("{fence} {holder} {}", Hold::Live.word())
}

/// A session as it stands in `sessions`.
fn holder(session: &SessionId) -> String {
    format!("{} {}", session.incarnation, session.conn)
}
