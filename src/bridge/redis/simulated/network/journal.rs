//! All that ever stood in a simulated server's log, also what the server forgot.

use std::sync::Arc;

use crate::bridge::wire;
use crate::chat::{Event, Position};

/// An entry of the log as it was when it was appended.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) event: Event,
    /// The run and the number of the command that it came of: `<incarnation>:<number>`.
    pub(crate) by: String,
}

/// The log, and what it was before it was taken back.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    chain: Vec<Arc<Entry>>,
    before: Vec<Vec<Arc<Entry>>>,
}

impl Journal {
    /// The log in order, as if nothing of it were ever trimmed.
    pub(crate) fn chain(&self) -> &[Arc<Entry>] {
        &self.chain
    }

    /// The log as it was whenever something of it was taken back, the first time first, and as it
    /// is now.
    pub(crate) fn chains(&self) -> impl DoubleEndedIterator<Item = &[Arc<Entry>]> {
        let before = self.before.iter().map(Vec::as_slice);
        before.chain(std::iter::once(self.chain.as_slice()))
    }

    /// The position of the last entry.
    pub(super) fn head(&self) -> Position {
        let last = self.chain.last();
        last.map_or(Position::START, |entry| entry.event.position)
    }

    /// Something was appended.
    pub(super) fn append(&mut self, position: Position, record: &str, by: String) {
        let event = wire::read(position, record);
        let event = event.unwrap_or_else(|error| panic!("{position}: {error}: {record}"));
        self.chain.push(Arc::new(Entry { event, by }));
    }

    /// The log is another one now: as a rule the begin of what it was.
    pub(super) fn is_taken_back(&mut self, log: Vec<Arc<Entry>>) {
        let before = std::mem::replace(&mut self.chain, log);
        let is_the_same = match (before.last(), self.chain.last()) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_the_same {
            self.before.push(before);
        }
    }
}
