//! What is asked of Redis: one script for each thing that the store decides.
//!
//! Everything is checked before the first write, which is the log's; what fails behind it is told
//! as damage. So an error of a script always means that nothing was written.

mod node;

use std::collections::BTreeSet;

use redis::{Cmd, Pipeline, Value};

use super::keys::Keys;
use super::task::{Decision, Stamp, Task, Trouble};
use crate::chat::UserName;
use crate::chat::origin::Incarnation;

pub(super) use node::{Continuity, Entry, Greeting, Held, Hello, Pulse, Turn, Unwelcome};

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

/// All scripts under one prefix.
#[derive(Debug)]
pub(super) struct Scripts {
    keys: Keys,
    rules: Rules,
}

impl Scripts {
    /// The scripts of a node.
    pub(super) fn new(keys: Keys, rules: Rules) -> Self {
        Self { keys, rules }
    }

    /// The names, for whoever subscribes to the channel.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Makes the scripts known to the server; for each new connection, before anything else.
    pub(super) fn load(&self) -> Pipeline {
        todo!()
    }

    /// Whether the server took the scripts: the replies to [`Self::load`].
    ///
    /// # Errors
    /// [`Trouble::Link`] when it did not, as an old server does not.
    pub(super) fn loaded(&self, _replies: &[Value]) -> Result<(), Trouble> {
        todo!()
    }

    /// The call that decides a task.
    pub(super) fn call(&self, _task: &Task, _stamp: &Stamp<'_>) -> Cmd {
        todo!()
    }

    /// What was decided; the reply may be a server's error.
    ///
    /// # Errors
    /// [`Trouble`] when nothing was; nothing was written then.
    pub(super) fn read(&self, _task: &Task, _reply: Value) -> Result<Decision, Trouble> {
        todo!()
    }
}
