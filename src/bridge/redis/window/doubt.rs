//! Texts in doubt: those whose sender was told that it is not known what became of them.
//!
//! As long as Redis is sure to remember what it answered, they are sent again with everything else.
//! After that a copy could be done a second time, so they are only looked up, and no copy that is
//! still on its way may be done behind that: the hello before it says up to which number nothing is
//! sent any more, and Redis then decides nothing up to that number.

use std::time::Duration;

use tokio::time::Instant;

use super::{Care, Copies, Decides, Flight, Given, Kind, Load, Place, Sent, Waiter, Window};
use crate::chat::{Fate, Position, Refusal};

/// How long after its first sending something is sent again. Redis keeps the answers to a run for
/// 60 s after its last beat or hello, and there was one a few seconds before that at most.
pub(super) const REPEATABLE: Duration = Duration::from_secs(50);

/// What helps a task that the store did not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Remedy {
    /// Nothing is left to be done.
    None,
    /// A hello, and then it is looked up.
    Hello,
}

impl<A: Decides> Given<A> {
    /// What this says to the sender of a text in doubt.
    pub(super) fn fate(&self) -> Fate {
        match self {
            Self::Decided(decided) => decided.fate(),
            Self::Refused(Refusal::NotConfirmed) | Self::Settled => Fate::Unknown,
            Self::Refused(_) => Fate::NotDelivered,
        }
    }
}

impl<T: Load, W: Waiter, A: Decides> Window<T, W, A> {
    /// A hello is about to be said, and no reply is to come: what was first sent too long ago is
    /// not sent again. A text is looked up; a chore is found again by who needs it. Returns the
    /// number up to which nothing is sent any more.
    pub(in crate::bridge::redis) fn greets(&mut self, now: Instant) -> u64 {
        let mut first = None;
        self.sent.retain_mut(|sent| {
            let Sent::Task {
                seq,
                task,
                first: sending,
                flight,
                care,
                ..
            } = sent
            else {
                return true;
            };
            let is_old = now.saturating_duration_since(sending.at) >= REPEATABLE;
            if is_old && *care == Care::InDoubt {
                *flight = Flight::LookedUp;
            } else if first.is_some() {
                // Behind what goes again everything does.
                *flight = Flight::Again;
            }
            let is_over = is_old && task.kind() == Kind::Chore;
            if !is_over && *flight == Flight::Again {
                first = first.or(Some(*seq));
            }
            !is_over
        });
        self.weigh();
        first.unwrap_or(self.next_seq) - 1
    }

    /// The numbers to be looked up, in order, and behind which position of the log each could be.
    pub(in crate::bridge::redis) fn looked_up(&self) -> impl Iterator<Item = (u64, Position)> {
        self.sent.iter().filter_map(|sent| match sent {
            Sent::Task {
                seq, first, flight, ..
            } if *flight == Flight::LookedUp => Some((*seq, first.head)),
            Sent::Task { .. } | Sent::Settle(_) => None,
        })
    }

    /// What became of one that was looked up.
    pub(in crate::bridge::redis) fn found(&mut self, seq: u64, fate: Fate) {
        let is_it = |sent: &Sent<T, W>| sent.seq() == Some(seq) && sent.is(Flight::LookedUp);
        let at = self.sent.iter().position(is_it);
        let sent = at.and_then(|at| self.sent.remove(at));
        if let Some(Place::InDoubt { line, ticket }) = sent.map(Sent::into_place) {
            self.resolve(line, ticket, fate);
        }
    }

    /// The next reply says that the store did not take its task, and that this copy of it did
    /// nothing. One before it may have.
    pub(in crate::bridge::redis) fn failed(&mut self) -> Remedy {
        let first = self.first_out();
        let Some(sent) = first.and_then(|first| self.sent.get_mut(first)) else {
            return Remedy::None;
        };
        let unknown = sent.unknown();
        match sent {
            Sent::Task { copies, .. } if *copies == Copies::One => {
                drop(self.decided(Some(Given::Refused(Refusal::NotDelivered))));
                return Remedy::None;
            }
            Sent::Task { task, flight, .. } if task.kind() == Kind::Text => {
                *flight = Flight::LookedUp;
            }
            Sent::Task { .. } | Sent::Settle(_) => {
                drop(self.decided(Some(Given::Refused(unknown))));
                return Remedy::None;
            }
        }
        if let Some(place) = sent.give_up(|line| self.doubts.stand(line, ())) {
            self.give(place, Given::Refused(unknown));
        }
        self.weigh();
        Remedy::Hello
    }
}
