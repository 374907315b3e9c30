//! The last events of the log, for those who have to catch up. Pure.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::chat::limits::MASK_BYTES;
use crate::chat::{Event, Position};

/// Bytes of events that are kept: a minute of a busy cluster, some hours of a quiet one. Whoever
/// is further behind is told from the log itself.
const PAST_BYTES: usize = 16 * 1024 * 1024;

/// What an event takes beside its text, the tags with it, the rooms that it names, and what became
/// different.
const EVENT_BYTES: usize = 256;

/// The last events that were folded, without a hole.
#[derive(Debug)]
pub struct Past {
    events: VecDeque<Arc<Event>>,
    bytes: usize,
    most: usize,
    /// The last event before them.
    begins: Position,
}

/// Where the events behind a position are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Here, from this one on; behind the last one, nothing is missing yet.
    Here(usize),
    /// The same, but what stood right behind the position was taken back.
    Torn(usize),
    /// Further back than what is kept.
    Before,
}

impl Default for Past {
    fn default() -> Self {
        Self::keeping(PAST_BYTES)
    }
}

impl Past {
    /// A past of so many bytes.
    #[must_use]
    pub const fn keeping(most: usize) -> Self {
        Self {
            events: VecDeque::new(),
            bytes: 0,
            most,
            begins: Position::START,
        }
    }

    /// What comes next stands behind this position.
    pub fn goes_on(&mut self, before: Position) {
        if self.events.is_empty() {
            self.begins = before;
        }
    }

    /// The next event of the log.
    pub fn push(&mut self, event: Arc<Event>) {
        self.goes_on(event.before());
        self.bytes += size(&event);
        self.events.push_back(event);
        while self.bytes > self.most
            && let Some(oldest) = self.events.pop_front()
        {
            self.bytes -= size(&oldest);
            self.begins = oldest.position;
        }
    }

    /// Events are lost: what comes next does not follow on these.
    pub fn forget(&mut self) {
        *self = Self::keeping(self.most);
    }

    /// The last event before those that are kept.
    #[must_use]
    pub const fn begins(&self) -> Position {
        self.begins
    }

    /// The last event.
    #[must_use]
    pub fn ends(&self) -> Position {
        self.events
            .back()
            .map_or(self.begins, |event| event.position)
    }

    /// An event by its number, as [`Past::behind`] gives it.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Arc<Event>> {
        self.events.get(index)
    }

    /// The events, the last one first.
    pub fn backwards(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.events.iter().rev()
    }

    /// Where the events behind a position begin.
    #[must_use]
    pub fn behind(&self, position: Position) -> Reach {
        if position < self.begins {
            return Reach::Before;
        }
        let first = self
            .events
            .partition_point(|event| event.position <= position);
        let is_torn = match self.events.get(first) {
            Some(event) => is_torn(position, event),
            None => position > self.ends(),
        };
        if is_torn {
            Reach::Torn(first)
        } else {
            Reach::Here(first)
        }
    }
}

/// Whether what stood right behind a position is not what follows now: an epoch began further
/// back.
fn is_torn(position: Position, next: &Event) -> bool {
    next.position.n == 0 && next.before() < position
}

/// Its bytes in memory, roughly.
pub(super) fn size(event: &Event) -> usize {
    let names = event.rooms().iter().map(|room| room.as_str().len());
    let tags = event
        .extras()
        .map_or(0, |extras| extras.tags.as_str().len());
    let changes = event.changes().len() * MASK_BYTES;
    EVENT_BYTES + event.text().len() + tags + names.sum::<usize>() + changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Deed;
    use crate::testing::{at, event_at, post};

    fn past(positions: &[&str]) -> Past {
        let mut past = Past::default();
        for position in positions {
            past.push(Arc::new(event_at(position, post("alice", "x"))));
        }
        past
    }

    #[test]
    fn what_stands_behind_a_position_is_found() {
        let past = past(&["5-3", "5-4", "5-5"]);
        for (position, reach) in [
            ("0-0", Reach::Before),
            ("5-1", Reach::Before),
            ("5-2", Reach::Here(0)),
            ("5-4", Reach::Here(2)),
            ("5-5", Reach::Here(3)),
            ("5-6", Reach::Torn(3)),
            ("9-1", Reach::Torn(3)),
        ] {
            assert_eq!(past.behind(at(position)), reach, "{position}");
        }
    }

    #[test]
    fn an_epoch_shows_what_was_taken_back() {
        let mut past = past(&["5-3", "5-4"]);
        let after = at("5-4");
        past.push(Arc::new(event_at("9-0", Deed::Epoch { after })));
        for (position, reach) in [
            ("5-3", Reach::Here(1)),
            ("5-4", Reach::Here(2)),
            ("5-5", Reach::Torn(2)),
            ("8-7", Reach::Torn(2)),
            ("9-0", Reach::Here(3)),
        ] {
            assert_eq!(past.behind(at(position)), reach, "{position}");
        }
    }

    #[test]
    fn the_oldest_go_and_it_is_known_from_where_on() {
        let event = |n| Arc::new(event_at(&format!("5-{n}"), post("alice", "x")));
        let mut past = Past::keeping(3 * size(&event(1)));
        (1..=5).for_each(|n| past.push(event(n)));
        assert_eq!((past.begins(), past.ends()), (at("5-2"), at("5-5")));
        past.forget();
        assert_eq!(past.get(0), None);
    }
}
