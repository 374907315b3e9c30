//! What the window needs to know of tasks and of those who wait, and what it tells.

use std::fmt::Debug;
use std::hash::Hash;

use crate::chat::{Fate, Refusal};

/// Something to be sent.
pub(in crate::bridge::redis) trait Load {
    /// What is at stake.
    fn kind(&self) -> Kind;
    /// How many usual tasks it takes as long as; at least 1.
    fn weight(&self) -> usize;
}

/// What is at stake with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Kind {
    /// It says something: whoever asked is told what became of it, however late.
    Text,
    /// It may change something else.
    Change,
    /// It changes nothing.
    Read,
    /// Nobody waits for it: never refused, and forgotten when it cannot be sent.
    Chore,
}

/// Somebody who waits for an answer.
pub(in crate::bridge::redis) trait Waiter {
    /// Whose answers have to come in the order of the asks.
    type Line: Copy + Eq + Hash + Debug;
    /// The line it stands in; `None` for somebody who asks one thing at a time.
    fn line(&self) -> Option<Self::Line>;
}

/// Something that the store decides.
pub(in crate::bridge::redis) trait Decides {
    /// What became of a text by it.
    fn fate(&self) -> Fate;
}

/// How a wait ends.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Given<A> {
    /// The store decided.
    Decided(A),
    /// Nothing was done, or that is not known.
    Refused(Refusal),
    /// Everything before it is decided and read.
    Settled,
}

/// What is to be handed out.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Handed<W: Waiter, A> {
    /// The answer to an ask.
    Answer {
        /// Who waits for it.
        waiter: W,
        /// The answer.
        given: Given<A>,
    },
    /// What became of the oldest text in doubt of this line.
    Resolved {
        /// The line.
        line: W::Line,
        /// That.
        fate: Fate,
    },
}

/// A task that was decided, and whether anybody still waited.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::bridge::redis) struct Done<T> {
    /// The task.
    pub(in crate::bridge::redis) task: T,
    /// Whether its answer was of use.
    pub(in crate::bridge::redis) care: Care,
}

/// Whether a task's answer is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Care {
    /// Somebody waits, or it is a chore.
    Wanted,
    /// Whoever waited was told that it is not known, and is told more when it is.
    InDoubt,
    /// Whoever waited was told otherwise.
    GivenUp,
}
