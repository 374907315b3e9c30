//! What stands in the window: an ask before and after it was sent.

use tokio::time::Instant;

use super::{Care, Kind, Load, Waiter};
use crate::chat::{Position, Refusal};

/// What is not sent yet.
#[derive(Debug)]
pub(super) struct Queued<T, W: Waiter> {
    pub(super) asked: Asked<W>,
    pub(super) what: What<T>,
}

/// What is asked for.
#[derive(Debug)]
pub(super) enum What<T> {
    Task(T),
    Settle,
}

/// What was sent, and between it what only waits for that.
#[derive(Debug)]
pub(super) enum Sent<T, W: Waiter> {
    Task {
        seq: u64,
        task: T,
        asked: Asked<W>,
        first: Sending,
        copies: Copies,
        flight: Flight,
        care: Care,
    },
    Settle(Asked<W>),
}

/// When something is sent, and up to where the log is known to go by then.
#[derive(Debug, Clone, Copy)]
pub(in crate::bridge::redis) struct Sending {
    pub(in crate::bridge::redis) at: Instant,
    /// An event that this becomes stands behind it.
    pub(in crate::bridge::redis) head: Position,
}

/// How often a task was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copies {
    One,
    /// What the last copy is answered says nothing about those before it.
    More,
}

/// Where a sent task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flight {
    /// On the connection; its reply is to come.
    Out,
    /// To be sent again.
    Again,
    /// Never sent again, but looked up.
    LookedUp,
}

/// When it was asked, and who waits.
#[derive(Debug)]
pub(super) struct Asked<W: Waiter> {
    pub(super) at: Instant,
    pub(super) place: Place<W>,
}

/// Who waits, and where the answer goes.
#[derive(Debug)]
pub(super) enum Place<W: Waiter> {
    InLine {
        line: W::Line,
        ticket: u64,
    },
    Alone(W),
    /// In line for the end of a doubt.
    InDoubt {
        line: W::Line,
        ticket: u64,
    },
    Nobody,
}

impl<T, W: Waiter> Queued<T, W> {
    /// Whether it only waits for what is before it.
    pub(super) const fn settles(&self) -> bool {
        matches!(self.what, What::Settle)
    }
}

impl<T: Load, W: Waiter> Sent<T, W> {
    /// Its number.
    pub(super) const fn seq(&self) -> Option<u64> {
        match self {
            Self::Task { seq, .. } => Some(*seq),
            Self::Settle(_) => None,
        }
    }

    /// Whether it is a task that is here.
    pub(super) fn is(&self, here: Flight) -> bool {
        match self {
            Self::Task { flight, .. } => *flight == here,
            Self::Settle(_) => false,
        }
    }

    /// How many usual tasks it takes as long as, if it is to be decided.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Task { flight, .. } if *flight == Flight::LookedUp => 0,
            Self::Task { task, .. } => task.weight(),
            Self::Settle(_) => 0,
        }
    }

    /// When it was asked.
    pub(super) const fn at(&self) -> Instant {
        match self {
            Self::Task { asked, .. } | Self::Settle(asked) => asked.at,
        }
    }

    /// What is told when no reply comes.
    pub(super) fn unknown(&self) -> Refusal {
        match self {
            Self::Task { task, .. } if task.kind() == Kind::Read => Refusal::NotDelivered,
            Self::Task { .. } | Self::Settle(_) => Refusal::NotConfirmed,
        }
    }

    /// Takes out whoever waits for an answer; chores go on, and who said something is in doubt
    /// about it and gets a ticket for the end of that.
    pub(super) fn give_up(&mut self, doubt: impl FnOnce(W::Line) -> u64) -> Option<Place<W>> {
        let (Self::Task { asked, .. } | Self::Settle(asked)) = self;
        if matches!(asked.place, Place::Nobody | Place::InDoubt { .. }) {
            return None;
        }
        let place = std::mem::replace(&mut asked.place, Place::Nobody);
        if let Self::Task {
            task, asked, care, ..
        } = self
        {
            *care = Care::GivenUp;
            if let (Kind::Text, Place::InLine { line, .. }) = (task.kind(), &place) {
                let (line, ticket) = (*line, doubt(*line));
                asked.place = Place::InDoubt { line, ticket };
                *care = Care::InDoubt;
            }
        }
        Some(place)
    }

    /// Who waits.
    pub(super) fn into_place(self) -> Place<W> {
        match self {
            Self::Task { asked, .. } | Self::Settle(asked) => asked.place,
        }
    }
}
