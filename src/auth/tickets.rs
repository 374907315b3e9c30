//! Work in flight, counted by the tickets that are still held.

use std::sync::Arc;

/// A bounded number of tickets.
///
/// Nothing is ever given back by hand: a ticket that is dropped, with a future, a message in a
/// queue or a panic, is free again, so the count cannot drift.
#[derive(Debug)]
pub(super) struct Tickets {
    most: usize,
    /// One strong reference for each ticket that is out, and this one.
    counted: Arc<()>,
}

/// The right to one piece of work; its clones are the same piece.
#[derive(Debug, Clone)]
pub(super) struct Ticket(#[expect(dead_code, reason = "held for its drop alone")] Arc<Out>);

/// That one ticket is out.
#[derive(Debug)]
struct Out(#[expect(dead_code, reason = "counted by its owner")] Arc<()>);

impl Tickets {
    /// `most` at a time.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            counted: Arc::new(()),
        }
    }

    /// One more, unless all are out.
    pub(super) fn take(&self) -> Option<Ticket> {
        // Only the owner takes and others only drop, so a count read here can only be too high.
        let out = Arc::strong_count(&self.counted) - 1;
        (out < self.most).then(|| Ticket(Arc::new(Out(Arc::clone(&self.counted)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_out_until_its_last_clone_is_dropped() {
        let tickets = Tickets::new(2);
        let (one, _two) = (tickets.take().unwrap(), tickets.take().unwrap());
        let same = one.clone();
        assert!(tickets.take().is_none());
        drop(one);
        assert!(tickets.take().is_none());
        drop(same);
        assert!(tickets.take().is_some());
    }

    #[test]
    fn a_panic_gives_it_back() {
        let tickets = Tickets::new(1);
        let ticket = tickets.take().unwrap();
        let broke = std::thread::spawn(move || {
            let _held = ticket;
            std::panic::panic_any("on purpose");
        });
        assert!(broke.join().is_err());
        assert!(tickets.take().is_some());
    }
}
