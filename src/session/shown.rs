//! How far the peer was shown the log: which part of it the frames come from that have left. Pure.

use std::collections::VecDeque;

use crate::chat::Position;

/// Parts of the log whose frames are told apart on their way; the last one grows beyond that.
const PARTS: usize = 32;

/// What is on its way to the peer, and what has left.
#[derive(Debug)]
pub(super) struct Shown {
    on_their_way: VecDeque<Part>,
    /// Everything up to here has left.
    upto: Position,
    /// And this was said to the store.
    recorded: Position,
    /// What ends before was shown to who the peer was then.
    begins: Position,
}

/// The frames of a part of the log.
#[derive(Debug)]
struct Part {
    /// Where they end, in bytes since the connection began.
    end: u64,
    /// The last event of it.
    upto: Position,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            on_their_way: VecDeque::new(),
            upto: Position::START,
            recorded: Position::START,
            begins: Position::START,
        }
    }
}

impl Shown {
    /// The peer is somebody else from this event on: what was shown to a guest says nothing of what
    /// waits for the account.
    pub(super) fn begins_at(&mut self, event: Position) {
        *self = Self {
            begins: event,
            ..Self::default()
        };
    }

    /// Frames up to a position are queued, and end at this byte.
    pub(super) fn queued(&mut self, end: u64, upto: Position) {
        if upto < self.begins {
            return;
        }
        if self.on_their_way.len() == PARTS {
            self.on_their_way.pop_back();
        }
        self.on_their_way.push_back(Part { end, upto });
    }

    /// So many bytes have left since the connection began.
    pub(super) fn left(&mut self, bytes: u64) {
        while let Some(part) = self.on_their_way.pop_front_if(|part| part.end <= bytes) {
            self.upto = part.upto;
        }
    }

    /// Whether the store should know more.
    pub(super) fn has_news(&self) -> bool {
        self.upto > self.recorded
    }

    /// What the store should know, if it does not.
    pub(super) fn take_news(&mut self) -> Option<Position> {
        let news = self.has_news().then_some(self.upto);
        self.recorded = self.upto;
        news
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(n: u64) -> Position {
        Position { epoch: 7, n }
    }

    #[test]
    fn what_has_left_is_told_once() {
        let mut shown = Shown::default();
        shown.queued(10, at(1));
        shown.queued(30, at(5));
        shown.left(9);
        assert_eq!(shown.take_news(), None);
        shown.left(29);
        assert_eq!(shown.take_news(), Some(at(1)));
        assert_eq!(shown.take_news(), None);
        shown.queued(40, at(6));
        shown.left(40);
        assert_eq!(shown.take_news(), Some(at(6)));
    }

    #[test]
    fn what_a_guest_was_shown_is_not_what_its_account_was() {
        let mut shown = Shown::default();
        shown.queued(10, at(7));
        shown.left(10);
        shown.queued(20, at(8));
        shown.begins_at(at(10));
        shown.queued(30, at(9));
        shown.left(30);
        assert_eq!(shown.take_news(), None);
        shown.queued(40, at(10));
        shown.left(39);
        assert_eq!(shown.take_news(), None, "what waited has not left");
        shown.left(40);
        assert_eq!(shown.take_news(), Some(at(10)));
    }

    proptest! {
        /// Whatever comes and goes, nothing is told that has not left, and in the end all of it.
        #[test]
        fn nothing_is_told_too_early(steps in proptest::collection::vec((1..50_u64, 0..4_u64), 1..200)) {
            let (mut shown, mut queued, mut left, mut ends) = (Shown::default(), 0, 0, Vec::new());
            for (n, (bytes, quarter)) in (1..).zip(steps) {
                queued += bytes;
                shown.queued(queued, at(n));
                ends.push(queued);
                left += (queued - left) * quarter / 4;
                shown.left(left);
                prop_assert!(shown.on_their_way.len() <= PARTS);
                if let Some(told) = shown.take_news() {
                    prop_assert!(ends[usize::try_from(told.n).unwrap() - 1] <= left);
                }
            }
            shown.left(queued);
            prop_assert_eq!(shown.upto, at(ends.len() as u64));
        }
    }
}
