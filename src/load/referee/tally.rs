//! What was counted, and what that amounts to.

use hdrhistogram::Histogram;

use super::{Micros, Person};
use crate::chat::Position;

/// The longest delivery that is told apart from longer ones: ten minutes.
const LONGEST: Micros = 600_000_000;

/// Digits of a latency that count.
const DIGITS: u8 = 3;

/// Faults that are told one by one.
const EVIDENCE: usize = 10;

/// What must not happen, and where it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A person was in the room and did not hear it.
    Lost {
        /// Who.
        person: Person,
        /// The message.
        position: Position,
    },
    /// A person heard it, or was told that it is in the log, more than once; or it is in the log
    /// twice.
    Repeated {
        /// Who.
        person: Person,
        /// The message.
        position: Position,
    },
    /// A person heard it behind a later one; or one person's messages are not in the log in the
    /// order in which they were said.
    Reordered {
        /// Who.
        person: Person,
        /// The message.
        position: Position,
    },
    /// A person heard what nobody said in their room, or what was certainly refused.
    Unsaid {
        /// Who.
        person: Person,
        /// The message.
        position: Position,
    },
    /// Two people heard different messages at one position.
    TwoAtOnePlace {
        /// The position.
        position: Position,
    },
}

/// Everything that was counted.
#[derive(Debug)]
pub struct Tally {
    /// Texts that were said.
    pub said: u64,
    /// Of these, those that were told to be in the log.
    pub acknowledged: u64,
    /// Of these, those that were certainly refused.
    pub refused: u64,
    /// Of these, those of which the node could not say whether they are in the log.
    pub unconfirmed: u64,
    /// Of these, those whose connection ended before their answer.
    pub unanswered: u64,
    /// Messages that people heard.
    pub delivered: u64,
    /// Messages that somebody did not hear, and was told so.
    pub announced: u64,
    /// Messages that somebody did not hear.
    pub lost: u64,
    /// Messages that somebody heard twice.
    pub repeated: u64,
    /// Messages that somebody heard too late.
    pub reordered: u64,
    /// Messages that should not be there, or are two at once.
    pub false_ones: u64,
    /// The first faults.
    pub evidence: Vec<Fault>,
    /// From when a message was due to when it was heard, in microseconds.
    pub latency: Histogram<u64>,
}

/// What a run amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All that was acknowledged was heard by everybody in the room, once and in order.
    Clean,
    /// Something was lost, repeated, reordered or invented.
    Faulty,
    /// Nobody heard anything, so nothing was tested.
    Silent,
}

/// An empty one.
#[expect(
    clippy::expect_used,
    reason = "the bounds are constants that fit each other"
)]
pub(super) fn latency() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, DIGITS).expect("1 < 600,000,000")
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            said: 0,
            acknowledged: 0,
            refused: 0,
            unconfirmed: 0,
            unanswered: 0,
            delivered: 0,
            announced: 0,
            lost: 0,
            repeated: 0,
            reordered: 0,
            false_ones: 0,
            evidence: Vec::new(),
            latency: latency(),
        }
    }
}

impl Tally {
    /// Somebody heard a message so long after it was due.
    pub(super) fn delivered(&mut self, after: Micros) {
        self.delivered += 1;
        self.latency.saturating_record(after.max(1));
    }

    /// Something happened that must not.
    pub(super) fn fault(&mut self, fault: Fault) {
        let count = match fault {
            Fault::Lost { .. } => &mut self.lost,
            Fault::Repeated { .. } => &mut self.repeated,
            Fault::Reordered { .. } => &mut self.reordered,
            Fault::Unsaid { .. } | Fault::TwoAtOnePlace { .. } => &mut self.false_ones,
        };
        *count += 1;
        if self.evidence.len() < EVIDENCE {
            self.evidence.push(fault);
        }
    }

    /// What it amounts to.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        if self.lost + self.repeated + self.reordered + self.false_ones > 0 {
            Verdict::Faulty
        } else if self.delivered == 0 {
            Verdict::Silent
        } else {
            Verdict::Clean
        }
    }
}
