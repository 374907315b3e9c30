//! The newest messages of several conversations together, in bounded time: each is read from its
//! end, a page at a time, and no further than what is told of it.

use std::collections::{BinaryHeap, VecDeque};

use super::kept::Kind;
use super::log::{Store, StoreError};
use super::sql::{self, Int};
use crate::chat::event::Timestamp;
use crate::chat::limits::{KEPT_BYTES, KEPT_MESSAGES};
use crate::chat::{Position, UserName};

/// Messages of one page; the first one has a single message, each next one twice as many.
const PAGE: u64 = 128;

/// A message as it is kept.
#[derive(Debug)]
pub(super) struct Message {
    /// Its place in the log.
    pub(super) position: Position,
    /// Its ordinal in its conversation.
    pub(super) k: u64,
    /// Its record.
    pub(super) record: String,
    at: Timestamp,
}

/// The newest messages.
#[derive(Debug)]
pub(super) struct Newest {
    /// Oldest first; at most [`KEPT_MESSAGES`] and [`KEPT_BYTES`].
    pub(super) messages: Vec<Message>,
    /// What there was before them.
    pub(super) older: Older,
}

/// Whether messages that should be told are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Older {
    /// There are none.
    Nothing,
    /// There are some: too many, too old, or not there any more.
    Gone,
}

/// One conversation, read from its end.
#[derive(Debug)]
pub(super) struct Cursor {
    kind: Kind,
    name: UserName,
    since: Position,
    /// Ordinals below this one are not read yet.
    below: Int,
    page: VecDeque<Message>,
    size: u64,
    ahead: Ahead,
    older: Older,
}

/// Whether there is another page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Perhaps,
    Nothing,
}

impl Cursor {
    /// At the end of a conversation; what is up to `since` is of no interest.
    pub(super) const fn new(kind: Kind, name: UserName, since: Position) -> Self {
        Self {
            kind,
            name,
            since,
            below: Int(i64::MAX as u64),
            page: VecDeque::new(),
            size: 1,
            ahead: Ahead::Perhaps,
            older: Older::Nothing,
        }
    }

    /// Where the next message stands, if there is one.
    fn next(&mut self, store: &Store) -> Result<Option<Position>, StoreError> {
        if self.page.is_empty() && self.ahead == Ahead::Perhaps {
            self.turn(store)?;
        }
        Ok(self.page.front().map(|message| message.position))
    }

    fn turn(&mut self, store: &Store) -> Result<(), StoreError> {
        let read = sql::rows(
            &store.db,
            "SELECT epoch, n, k, record, at FROM kept WHERE kind = ?1 AND name = ?2 AND k < ?3
             ORDER BY k DESC LIMIT ?4",
            (self.kind.column(), &self.name, self.below, Int(self.size)),
            |row| {
                let Int(k) = row.get(2)?;
                Ok(Message {
                    position: sql::position(row, 0)?,
                    k,
                    record: row.get(3)?,
                    at: row.get(4)?,
                })
            },
        )?;
        if (read.len() as u64) < self.size {
            self.ahead = Ahead::Nothing;
        }
        self.size = (self.size * 2).min(PAGE);
        for message in read {
            let is_old = message.at < store.too_old_before();
            if message.position <= self.since || is_old {
                self.ahead = Ahead::Nothing;
                if message.position > self.since {
                    self.older = Older::Gone;
                }
                break;
            }
            self.below = Int(message.k);
            self.page.push_back(message);
        }
        Ok(())
    }
}

/// The newest messages of all these conversations.
pub(super) fn newest(store: &Store, mut cursors: Vec<Cursor>) -> Result<Newest, StoreError> {
    let (mut messages, mut bytes, mut older) = (Vec::new(), 0, Older::Nothing);
    let mut next = BinaryHeap::new();
    for (index, cursor) in cursors.iter_mut().enumerate() {
        next.extend(cursor.next(store)?.map(|position| (position, index)));
    }
    while let Some((_, index)) = next.pop() {
        if messages.len() as u64 >= KEPT_MESSAGES || bytes >= KEPT_BYTES {
            older = Older::Gone;
            break;
        }
        let cursor = &mut cursors[index];
        if let Some(message) = cursor.page.pop_front() {
            bytes += message.record.len();
            messages.push(message);
        }
        next.extend(cursor.next(store)?.map(|position| (position, index)));
    }
    if cursors.iter().any(|cursor| cursor.older == Older::Gone) {
        older = Older::Gone;
    }
    messages.reverse();
    Ok(Newest { messages, older })
}
