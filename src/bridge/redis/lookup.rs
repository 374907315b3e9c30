//! What became of texts that are not sent again: whatever Redis still knows of them. No Redis and no
//! clock inside.
//!
//! First the answers that it gave are looked through, then the log, a slice at a time: from the
//! position behind which the first of the texts could be, to the log's end at the hello, behind
//! which none of them can be.

use std::collections::BTreeMap;

use crate::chat::{Fate, Position};

/// The texts that are looked for, and how far that is.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// By number; each could stand behind this position.
    sought: BTreeMap<u64, Position>,
    progress: Progress,
}

#[derive(Debug, Default)]
enum Progress {
    #[default]
    Idle,
    Wanted(Search),
    Out(Search),
}

/// How far the log is looked through.
#[derive(Debug, Clone, Copy)]
struct Search {
    behind: Position,
    until: Position,
    /// What stood in front of this is not all there.
    torn: Position,
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The answers are looked through too.
    First,
    Later,
}

/// What is asked next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// What the answers are looked through for, in order.
    pub(super) numbers: Vec<u64>,
    /// The log is looked through from behind here.
    pub(super) behind: Position,
    /// Nothing behind this counts.
    pub(super) until: Position,
}

/// What is told of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slice {
    /// Commands of this run that were done or refused.
    pub(super) found: Vec<Found>,
    /// Before this entry some are missing that stood behind where the slice begins.
    pub(super) torn: Option<Position>,
    /// Where the next slice begins; there is none behind the last.
    pub(super) next: Option<Position>,
}

/// One command that was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Its number.
    pub(super) number: u64,
    /// The event that it became, if it became one.
    pub(super) position: Option<Position>,
}

impl Lookup {
    /// Looks for these numbers, each behind a position, in a log that ends at `until`. Whatever
    /// was looked for before is forgotten.
    pub(super) fn begin(
        &mut self,
        sought: impl IntoIterator<Item = (u64, Position)>,
        until: Position,
    ) {
        self.sought = sought.into_iter().collect();
        let first = self.sought.values().min();
        self.progress = first.map_or(Progress::Idle, |&behind| {
            Progress::Wanted(Search {
                behind,
                until,
                torn: Position::START,
                part: Part::First,
            })
        });
    }

    /// What has to be asked, once; then the answer is waited for.
    pub(super) fn asks(&mut self) -> Option<Question> {
        let Progress::Wanted(search) = self.progress else {
            return None;
        };
        self.progress = Progress::Out(search);
        let Search { behind, until, .. } = search;
        let numbers = match search.part {
            Part::First => self.sought.keys().copied().collect(),
            Part::Later => Vec::new(),
        };
        Some(Question {
            numbers,
            behind,
            until,
        })
    }

    /// What is known by the answer, by number.
    pub(super) fn told(&mut self, slice: &Slice) -> Vec<(u64, Fate)> {
        let Progress::Out(mut search) = self.progress else {
            return Vec::new();
        };
        let mut known = Vec::new();
        for Found { number, position } in &slice.found {
            if self.sought.remove(number).is_some() {
                let delivered = |&position| Fate::Delivered { position };
                known.push((
                    *number,
                    position.as_ref().map_or(Fate::NotDelivered, delivered),
                ));
            }
        }
        search.torn = slice.torn.map_or(search.torn, |torn| torn.max(search.torn));
        match slice.next {
            Some(behind) if !self.sought.is_empty() => {
                let part = Part::Later;
                self.progress = Progress::Wanted(Search {
                    behind,
                    part,
                    ..search
                });
            }
            Some(_) | None => {
                self.progress = Progress::Idle;
                let missing = std::mem::take(&mut self.sought).into_iter();
                known.extend(missing.map(|(number, behind)| {
                    let is_whole = behind >= search.torn;
                    let fate = if is_whole {
                        Fate::NotDelivered
                    } else {
                        Fate::Unknown
                    };
                    (number, fate)
                }));
            }
        }
        known
    }

    /// Redis cannot look: nothing is known of what is left.
    pub(super) fn failed(&mut self) -> Vec<(u64, Fate)> {
        self.progress = Progress::Idle;
        let left = std::mem::take(&mut self.sought).into_keys();
        left.map(|number| (number, Fate::Unknown)).collect()
    }

    /// The connection is lost: the next hello begins anew.
    pub(super) fn lost(&mut self) {
        self.sought.clear();
        self.progress = Progress::Idle;
    }
}

#[cfg(test)]
mod tests;
