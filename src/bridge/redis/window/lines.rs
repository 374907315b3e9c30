//! Who waits in a line, and what waits there for those before it.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Places in lines: what is given to a place leaves when all places before it have left.
#[derive(Debug)]
pub(super) struct Lines<L, W, G> {
    next_ticket: u64,
    lines: HashMap<L, VecDeque<Slot<W, G>>>,
}

/// A place in a line, in the order of the tickets.
#[derive(Debug)]
struct Slot<W, G> {
    ticket: u64,
    waiter: W,
    given: Option<G>,
}

impl<L, W, G> Default for Lines<L, W, G> {
    fn default() -> Self {
        Self {
            next_ticket: 0,
            lines: HashMap::new(),
        }
    }
}

impl<L: Copy + Eq + Hash, W, G> Lines<L, W, G> {
    /// Stands at the end of a line; returns the ticket.
    pub(super) fn stand(&mut self, line: L, waiter: W) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.lines.entry(line).or_default().push_back(Slot {
            ticket,
            waiter,
            given: None,
        });
        ticket
    }

    /// How many stand in a line.
    pub(super) fn length(&self, line: L) -> usize {
        self.lines.get(&line).map_or(0, VecDeque::len)
    }

    /// Gives something to a place, and hands out all that need not wait any more.
    pub(super) fn give(&mut self, line: L, ticket: u64, given: G, mut hand_out: impl FnMut(W, G)) {
        let Some(slots) = self.lines.get_mut(&line) else {
            return;
        };
        if let Ok(at) = slots.binary_search_by_key(&ticket, |slot| slot.ticket) {
            slots[at].given = Some(given);
        }
        while let Some(slot) = slots.pop_front_if(|slot| slot.given.is_some()) {
            if let Some(given) = slot.given {
                hand_out(slot.waiter, given);
            }
        }
        if slots.is_empty() {
            self.lines.remove(&line);
        }
    }

    /// Nobody stands anywhere any more.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }
}
