//! What a node asks for itself: whether it may come in, that it is alive, what the log holds.

use redis::{Cmd, Value};

use super::Scripts;
use crate::bridge::redis::task::Trouble;
use crate::bridge::wire::NotARecord;
use crate::chat::event::Timestamp;
use crate::chat::origin::{Incarnation, SessionId};
use crate::chat::{Event, NodeName, Position, UserName};

/// How a connection is begun.
#[derive(Debug, Clone, Copy)]
pub(in crate::bridge::redis) struct Hello {
    /// Whether this incarnation was here before.
    pub(in crate::bridge::redis) turn: Turn,
    /// The greatest position that this node has seen, in an event or an answer.
    pub(in crate::bridge::redis) seen: Position,
    /// The last event that it has read.
    pub(in crate::bridge::redis) last: Position,
    /// That event's time, if it is known: by it the event is recognised.
    pub(in crate::bridge::redis) at: Option<Timestamp>,
}

/// Which hello of an incarnation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Turn {
    /// The first: it has sent no command yet.
    First,
    /// A later one: commands may wait to be sent again.
    Again,
}

/// The answer to a [`Hello`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge::redis) struct Greeting {
    /// The log's random name.
    pub(in crate::bridge::redis) log: String,
    /// The last event before the hello; `START` for an empty log.
    pub(in crate::bridge::redis) before: Position,
    /// The last event now: the same, or the epoch event that the hello appended.
    pub(in crate::bridge::redis) head: Position,
    /// The epoch to append in.
    pub(in crate::bridge::redis) epoch: u64,
    /// Whether the last event read is still in the log.
    pub(in crate::bridge::redis) last: Continuity,
}

/// Whether an event that was read is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Continuity {
    /// It is, or nothing was read yet.
    Kept,
    /// Trimmed, or taken back with all behind it.
    Gone,
}

/// Why a node may not come in; the words are for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::bridge::redis) enum Unwelcome {
    /// The server is too old.
    #[error("this Redis is version {found}; conclave needs Redis 7 or Valkey")]
    OldVersion {
        /// Its version.
        found: String,
    },
    /// The server throws keys away when its memory is full.
    #[error(
        "this Redis evicts keys (maxmemory-policy {policy}), and people and messages with them; \
         set it to noeviction"
    )]
    Evicts {
        /// Its policy.
        policy: String,
    },
    /// Another process has this node's name.
    #[error("another node is called {node} (its run is {by}); node.name must be its own")]
    Taken {
        /// The name.
        node: NodeName,
        /// The other incarnation, as it calls itself.
        by: String,
    },
    /// It could not be asked.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What a beat tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) struct Pulse {
    /// The log's last event; `START` for an empty log.
    pub(in crate::bridge::redis) head: Position,
    /// The store's time.
    pub(in crate::bridge::redis) now: Timestamp,
}

/// A claim that an incarnation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge::redis) struct Held {
    /// The account, in lower case.
    pub(in crate::bridge::redis) user: UserName,
    /// Its live session.
    pub(in crate::bridge::redis) session: SessionId,
    /// The claim event's position.
    pub(in crate::bridge::redis) fence: Position,
}

/// One entry of the log.
#[derive(Debug)]
pub(in crate::bridge::redis) struct Entry {
    /// Its position.
    pub(in crate::bridge::redis) position: Position,
    /// What it holds, if this program can read it.
    pub(in crate::bridge::redis) event: Result<Event, NotARecord>,
}

/// Entries in one page of the log; a shorter page is the last one.
pub(in crate::bridge::redis) const PAGE: usize = 500;

impl Scripts {
    /// Asks to come in.
    pub(in crate::bridge::redis) fn hello(&self, _hello: &Hello) -> Cmd {
        todo!()
    }

    /// The answer to [`Self::hello`].
    ///
    /// # Errors
    /// [`Unwelcome`], in words for the operator.
    pub(in crate::bridge::redis) fn read_hello(
        &self,
        _reply: Value,
    ) -> Result<Greeting, Unwelcome> {
        todo!()
    }

    /// Renews the lease.
    pub(in crate::bridge::redis) fn beat(&self) -> Cmd {
        todo!()
    }

    /// The answer to [`Self::beat`].
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_beat(&self, _reply: Value) -> Result<Pulse, Trouble> {
        todo!()
    }

    /// Takes this node out; what it still holds stays held, and its incarnation known. The reply
    /// says nothing; an error is read by [`Self::read_done`].
    pub(in crate::bridge::redis) fn goodbye(&self) -> Cmd {
        todo!()
    }

    /// Takes another incarnation out in the same way: a run of this node that is over.
    pub(in crate::bridge::redis) fn forget(&self, _incarnation: &Incarnation) -> Cmd {
        todo!()
    }

    /// The answer to [`Self::goodbye`] and [`Self::forget`].
    ///
    /// # Errors
    /// [`Trouble`] when it was not done.
    pub(in crate::bridge::redis) fn read_done(&self, _reply: Value) -> Result<(), Trouble> {
        todo!()
    }

    /// Asks what an incarnation holds.
    pub(in crate::bridge::redis) fn held(&self, _incarnation: &Incarnation) -> Cmd {
        todo!()
    }

    /// The answer to [`Self::held`], in the order of the names.
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_held(&self, _reply: Value) -> Result<Vec<Held>, Trouble> {
        todo!()
    }

    /// Asks for the next [`PAGE`] entries of the log.
    pub(in crate::bridge::redis) fn page(&self, _last: Position) -> Cmd {
        todo!()
    }

    /// The answer to [`Self::page`].
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_page(&self, _reply: Value) -> Result<Vec<Entry>, Trouble> {
        todo!()
    }

    /// Asks for all incarnations that are known.
    pub(in crate::bridge::redis) fn incarnations(&self) -> Cmd {
        todo!()
    }

    /// The answer to [`Self::incarnations`]: those of this node's name, its own run among them.
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_incarnations(
        &self,
        _reply: Value,
    ) -> Result<Vec<Incarnation>, Trouble> {
        todo!()
    }
}
