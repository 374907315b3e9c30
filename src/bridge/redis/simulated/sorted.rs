//! A sorted set: members by their scores, and by themselves where these are alike.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::data::Bytes;

/// A score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score(f64);

impl Score {
    /// None for what is no number; a zero has no sign.
    pub(super) fn new(score: f64) -> Option<Self> {
        (!score.is_nan()).then_some(Self(score + 0.0))
    }

    pub(super) const fn get(self) -> f64 {
        self.0
    }
}

impl Eq for Score {}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Sorted {
    scores: BTreeMap<Bytes, Score>,
    order: BTreeSet<(Score, Bytes)>,
}

impl Sorted {
    /// Whether the member is new.
    pub(super) fn insert(&mut self, member: &[u8], score: Score) -> bool {
        let before = self.scores.insert(member.to_owned(), score);
        if let Some(before) = before {
            self.order.remove(&(before, member.to_owned()));
        }
        self.order.insert((score, member.to_owned()));
        before.is_none()
    }

    /// Whether there was such a member.
    pub(super) fn remove(&mut self, member: &[u8]) -> bool {
        let Some(score) = self.scores.remove(member) else {
            return false;
        };
        self.order.remove(&(score, member.to_owned()))
    }

    pub(super) fn score(&self, member: &[u8]) -> Option<Score> {
        self.scores.get(member).copied()
    }

    pub(super) fn rank(&self, member: &[u8]) -> Option<usize> {
        self.scores.get(member)?;
        self.iter().position(|(_, other)| other == member)
    }

    pub(super) fn len(&self) -> usize {
        self.scores.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// In order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &(Score, Bytes)> {
        self.order.iter()
    }
}
