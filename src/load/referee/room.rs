//! The messages of one room in their order, as far as anybody may still tell of them.

use std::collections::{HashMap, VecDeque};

use super::{Fault, Micros, Person, Tally};
use crate::chat::Position;

/// How long a message is kept that everybody has heard: until nobody can still tell of another
/// one before it. An answer takes 10 s at most; behind what is in doubt all are kept.
const KEPT: Micros = 30_000_000;

/// Whose message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) talker: Person,
    /// The talker's how-many-eth.
    pub(super) number: u64,
}

/// One message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) position: Position,
    pub(super) identity: Identity,
    pub(super) due: Micros,
    /// How many have yet to hear it.
    pub(super) left: u32,
}

/// One room.
#[derive(Debug, Default)]
pub(super) struct Room {
    here: Vec<Person>,
    /// By position.
    order: VecDeque<Entry>,
    /// The last message that was taken off the front.
    settled: Option<Position>,
    /// The last number of each talker among those.
    numbers: HashMap<Person, u64>,
    /// Messages in the order that somebody has yet to hear.
    unheard: u64,
}

impl Room {
    pub(super) fn here(&self) -> &[Person] {
        &self.here
    }

    pub(super) fn came(&mut self, person: Person) {
        self.here.push(person);
    }

    /// A person is gone, and will not hear what `awaited` tells.
    pub(super) fn went(&mut self, person: Person, awaited: impl Fn(&Entry) -> bool) {
        self.here.retain(|other| *other != person);
        for entry in self.order.iter_mut().filter(|entry| awaited(entry)) {
            heard_by_one(entry, &mut self.unheard);
        }
    }

    /// The message at this position.
    pub(super) fn find(&self, position: Position) -> Option<&Entry> {
        let index = self.index(position);
        let entry = self.order.get(index);
        entry.filter(|entry| entry.position == position)
    }

    /// Where a message is, if it is here.
    pub(super) fn place_of(&self, identity: Identity) -> Option<Position> {
        let found = self.order.iter().find(|entry| entry.identity == identity);
        found.map(|entry| entry.position)
    }

    /// Whether a message at this position was heard by all and forgotten.
    pub(super) fn is_settled(&self, position: Position) -> bool {
        self.settled.is_some_and(|settled| settled >= position)
    }

    pub(super) fn insert(&mut self, entry: Entry) {
        self.unheard += u64::from(entry.left > 0);
        self.order.insert(self.index(entry.position), entry);
    }

    /// One more has heard it.
    pub(super) fn delivered(&mut self, position: Position) {
        let index = self.index(position);
        let found = self.order.get_mut(index);
        if let Some(entry) = found.filter(|entry| entry.position == position) {
            heard_by_one(entry, &mut self.unheard);
        }
    }

    /// Messages behind `last` and before `position`.
    pub(super) fn between(
        &self,
        last: Option<Position>,
        position: Position,
    ) -> impl Iterator<Item = &Entry> {
        let end = self.index(position);
        let begin = last.map_or(0, |last| self.behind_index(last)).min(end);
        self.order.range(begin..end)
    }

    /// Messages behind `last`.
    pub(super) fn behind(&self, last: Option<Position>) -> impl Iterator<Item = &Entry> {
        let begin = last.map_or(0, |last| self.behind_index(last));
        self.order.range(begin..)
    }

    /// Messages that somebody has yet to hear.
    pub(super) const fn unheard(&self) -> u64 {
        self.unheard
    }

    /// Takes off the front what all have heard long `before`, and looks whether each talker's
    /// messages stand in the order in which they were said.
    pub(super) fn settle(&mut self, before: Micros, tally: &mut Tally) {
        while let Some(entry) = self.order.front() {
            if entry.left > 0 || entry.due.saturating_add(KEPT) > before {
                return;
            }
            self.take_front(tally);
        }
    }

    /// The same for all of it, heard or not.
    pub(super) fn close(&mut self, tally: &mut Tally) {
        while !self.order.is_empty() {
            self.take_front(tally);
        }
    }

    fn take_front(&mut self, tally: &mut Tally) {
        let Some(entry) = self.order.pop_front() else {
            return;
        };
        self.settled = Some(entry.position);
        let Identity { talker, number } = entry.identity;
        let (person, position) = (talker, entry.position);
        match self.numbers.insert(talker, number) {
            Some(before) if before == number => tally.fault(Fault::Repeated { person, position }),
            Some(before) if before > number => tally.fault(Fault::Reordered { person, position }),
            Some(_) | None => {}
        }
    }

    fn index(&self, position: Position) -> usize {
        self.order
            .partition_point(|entry| entry.position < position)
    }

    fn behind_index(&self, last: Position) -> usize {
        self.order.partition_point(|entry| entry.position <= last)
    }
}

fn heard_by_one(entry: &mut Entry, unheard: &mut u64) {
    if entry.left == 1 {
        *unheard -= 1;
    }
    entry.left = entry.left.saturating_sub(1);
}
