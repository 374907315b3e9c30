//! Spans of a conversation as a store reads them: one or two stretches, each from one of its ends.

use std::sync::Arc;

use crate::chat::event::Timestamp;
use crate::chat::history::{Conversation, Mark, Span};
use crate::chat::{Event, Position};

/// The greatest number that both stores take; nothing stands behind it.
const MOST: u64 = i64::MAX as u64;

/// A stretch of a conversation, and which messages of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// It begins behind this position,
    pub(super) after: Position,
    /// and ends before this one;
    pub(super) before: Position,
    /// it was said later than this,
    pub(super) later: Timestamp,
    /// and earlier than this.
    pub(super) earlier: Timestamp,
    /// From where it is read.
    pub(super) end: End,
    /// Messages of it at most.
    pub(super) most: u16,
}

/// An end of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Its newest messages are wanted.
    Newest,
    /// Its oldest ones are.
    Oldest,
}

/// The stretches that a span is made of, in the order of the log.
pub(super) fn stretches(span: Span, count: u16) -> Vec<Stretch> {
    let newest = Stretch::whole(End::Newest, count);
    let oldest = Stretch::whole(End::Oldest, count);
    match span {
        Span::Latest => vec![newest],
        Span::Since { mark } => vec![newest.behind(mark)],
        Span::Before { mark } => vec![newest.in_front_of(mark)],
        Span::After { mark } => vec![oldest.behind(mark)],
        Span::Around { mark } => {
            let before = count / 2;
            let newest = Stretch::whole(End::Newest, before);
            let oldest = Stretch::whole(End::Oldest, count - before);
            vec![newest.in_front_of(mark), oldest.from(mark)]
        }
        // Which mark is the later one is not known before it is read, but one of these is empty.
        Span::Between { from, to } => vec![
            oldest.behind(from).in_front_of(to),
            newest.behind(to).in_front_of(from),
        ],
    }
}

impl Stretch {
    const fn whole(end: End, most: u16) -> Self {
        Self {
            after: Position::START,
            before: Position {
                epoch: MOST,
                n: MOST,
            },
            later: Timestamp(0),
            earlier: Timestamp(MOST),
            end,
            most,
        }
    }

    fn behind(self, mark: Mark) -> Self {
        match mark {
            Mark::Position { position } => Self {
                after: told(position),
                ..self
            },
            Mark::Time { at } => Self {
                later: Timestamp(at.0.min(MOST)),
                ..self
            },
        }
    }

    /// Before the first event of all stands nothing.
    fn in_front_of(self, mark: Mark) -> Self {
        match mark {
            Mark::Position { position } => Self {
                before: told(position).max(Position::START.next()),
                ..self
            },
            Mark::Time { at } => Self {
                earlier: Timestamp(at.0.min(MOST)),
                ..self
            },
        }
    }

    /// Behind a mark, and what stands there.
    fn from(self, mark: Mark) -> Self {
        self.behind(match mark {
            Mark::Position { position } => Mark::Position {
                position: right_before(told(position)),
            },
            Mark::Time { at } => Mark::Time {
                at: Timestamp(at.0.saturating_sub(1)),
            },
        })
    }

    /// The messages that it is for, oldest first, of more that lie in it.
    pub(super) fn cut(&self, mut messages: Vec<Arc<Event>>) -> Vec<Arc<Event>> {
        messages.sort_by_key(|message| message.position);
        let beyond = messages.len().saturating_sub(self.most.into());
        match self.end {
            End::Newest => messages.split_off(beyond),
            End::Oldest => {
                messages.truncate(messages.len() - beyond);
                messages
            }
        }
    }
}

/// The same place, in numbers that every store takes: a peer may name any.
fn told(position: Position) -> Position {
    Position {
        epoch: position.epoch.min(MOST),
        n: position.n.min(MOST),
    }
}

const fn right_before(Position { epoch, n }: Position) -> Position {
    match (epoch, n) {
        (0, 0) => Position::START,
        (epoch, 0) => Position {
            epoch: epoch - 1,
            n: MOST,
        },
        (epoch, n) => Position { epoch, n: n - 1 },
    }
}

/// Of conversations with the time of their last message those whose last one was said between two
/// times, counted from the first, which may be the later one; by their times.
pub(super) fn between(
    mut latest: Vec<(Conversation, Timestamp)>,
    from: Timestamp,
    to: Timestamp,
    count: u16,
) -> Vec<(Conversation, Timestamp)> {
    let (early, late) = (from.min(to), from.max(to));
    latest.retain(|(_, at)| early < *at && *at < late);
    latest.sort_by_key(|(_, at)| *at);
    let beyond = latest.len().saturating_sub(count.into());
    if from <= to {
        latest.truncate(latest.len() - beyond);
        latest
    } else {
        latest.split_off(beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::RoomName;

    const fn position(epoch: u64, n: u64) -> Position {
        Position { epoch, n }
    }

    #[test]
    fn no_mark_leads_out_of_what_a_store_takes() {
        for n in [0, 1, MOST, u64::MAX] {
            for epoch in [0, 1, MOST, u64::MAX] {
                let position = position(epoch, n);
                let at = Timestamp(n);
                for mark in [Mark::Position { position }, Mark::Time { at }] {
                    for span in [
                        Span::Since { mark },
                        Span::Before { mark },
                        Span::After { mark },
                        Span::Around { mark },
                        Span::Between {
                            from: mark,
                            to: mark,
                        },
                    ] {
                        for stretch in stretches(span, 7) {
                            let Stretch { after, before, .. } = stretch;
                            let numbers = [after.epoch, after.n, before.epoch, before.n];
                            assert!(numbers.iter().all(|number| *number <= MOST), "{stretch:?}");
                            assert!(before > Position::START, "{stretch:?}");
                            assert!(stretch.later.0.max(stretch.earlier.0) <= MOST);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn around_a_mark_is_half_before_it_and_the_rest_from_it_on() {
        let mark = Mark::Position {
            position: position(7, 3),
        };
        let around = stretches(Span::Around { mark }, 5);
        let [before, from] = around[..] else {
            panic!("{around:?}")
        };
        assert_eq!((before.end, before.most), (End::Newest, 2));
        assert_eq!(before.before, position(7, 3));
        assert_eq!((from.end, from.most), (End::Oldest, 3));
        assert_eq!(from.after, position(7, 2));
        assert_eq!(right_before(position(7, 0)), position(6, MOST));
    }

    #[test]
    fn conversations_are_counted_from_the_first_time() {
        let room = |name: &str| Conversation::Room {
            room: RoomName::new(name).expect("a name"),
        };
        let latest = vec![
            (room("c"), Timestamp(30)),
            (room("a"), Timestamp(10)),
            (room("b"), Timestamp(20)),
            (room("d"), Timestamp(40)),
        ];
        let names = |from, to, count| {
            let found = between(latest.clone(), Timestamp(from), Timestamp(to), count);
            let named = found
                .into_iter()
                .map(|(conversation, _)| match conversation {
                    Conversation::Room { room } => room.to_string(),
                    Conversation::Person { user } => user.to_string(),
                });
            named.collect::<String>()
        };
        assert_eq!(names(0, 99, 9), "abcd");
        assert_eq!(names(99, 0, 9), "abcd");
        assert_eq!(names(0, 99, 2), "ab");
        assert_eq!(names(99, 0, 2), "cd");
        assert_eq!(names(10, 40, 9), "bc");
        assert_eq!(names(20, 20, 9), "");
        assert_eq!(names(0, 99, 0), "");
    }
}
