//! What the log says, in its order and every event once. No Redis and no clock inside.
//!
//! The channel is the quick way and may leave out, repeat or invent; the log's pages are the
//! truth. What does not follow the last event read is looked up in the log before it counts, and
//! when the log no longer holds what comes next, that is said instead of passed over.

use std::collections::{BTreeMap, VecDeque};

use crate::chat::Position;
use crate::messages::Lost;
#[cfg(test)]
use crate::testing::Rule;

/// Events that may wait from the channel, and how far behind the log's head reading may be, before
/// the channel is closed and the log is read by pages instead: the crate's own queue of messages
/// has no bound.
pub(super) const FAR_BEHIND_EVENTS: usize = 10_000;

/// Bytes that may wait from the channel, with the same consequence.
pub(super) const FAR_BEHIND_BYTES: usize = 4 * 1024 * 1024;

/// Something that stands in the log.
pub(super) trait Logged {
    /// Where.
    fn position(&self) -> Position;
    /// For an event that begins an epoch: the last event before it.
    fn begins_after(&self) -> Option<Position>;
    /// Its bytes, roughly.
    fn size(&self) -> usize;
}

/// One entry of a page.
#[derive(Debug)]
pub(super) enum Paged<E> {
    /// An event.
    Event(E),
    /// Something that this program cannot read; it has its place all the same.
    Unread(Position),
}

/// Whether a page was the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// It was full: there may be more.
    Full,
    /// It was not.
    Short,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<E> {
    /// The next event.
    Event(E),
    /// Events were lost here: what follows does not follow on what was before.
    Broken(Lost),
}

/// What a beat shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lag {
    /// Nothing is missing, or it is on its way.
    None,
    /// The channel did not tell what the log holds for a while.
    Behind,
    /// The log ends before what it held already.
    Rewound,
}

/// Whether an event may be handed out yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// It may.
    Now,
    /// Not before something else happened.
    Later,
}

/// The reading of one log.
#[derive(Debug)]
pub(super) struct Reader<E> {
    /// The last event handed out.
    last: Position,
    /// The greatest position answered, by epoch, as far as it is not read.
    answered: BTreeMap<u64, u64>,
    /// The greatest position answered at all.
    greatest: Position,
    /// The greatest position that the log is known to have reached.
    head: Position,
    /// The head that the beat before told.
    beaten: Position,
    /// From the channel, unread.
    channel: VecDeque<E>,
    bytes: usize,
    /// How many of those were there before the last page was asked for: it has them or they are
    /// false.
    suspects: usize,
    /// From the log, unread.
    page: VecDeque<Paged<E>>,
    paging: Paging,
    /// The next step is that events were lost, and nobody was told yet.
    broken: Option<Lost>,
    /// What it does wrong on purpose.
    #[cfg(test)]
    pub(super) breaks: Option<Rule>,
}

/// What is asked of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paging {
    /// Nothing: the channel is enough.
    Idle,
    /// The next page is wanted.
    Wanted,
    /// It is asked for.
    Out,
    /// It is asked for, and one more is wanted, for something happened meanwhile.
    OutAndWanted,
}

impl<E: Logged> Reader<E> {
    /// Reads what comes after `last`.
    pub(super) const fn new(last: Position) -> Self {
        Self {
            last,
            answered: BTreeMap::new(),
            greatest: last,
            head: last,
            beaten: last,
            channel: VecDeque::new(),
            bytes: 0,
            suspects: 0,
            page: VecDeque::new(),
            paging: Paging::Wanted,
            broken: None,
            #[cfg(test)]
            breaks: None,
        }
    }

    /// The last event handed out, or skipped as lost.
    pub(super) const fn last(&self) -> Position {
        self.last
    }

    /// The greatest position in any answer.
    pub(super) const fn answered(&self) -> Position {
        self.greatest
    }

    /// The greatest position that this node knows of.
    pub(super) fn seen(&self) -> Position {
        self.last.max(self.greatest).max(self.head)
    }

    /// An answer told of events up to here.
    pub(super) fn answer(&mut self, position: Position) {
        self.greatest = self.greatest.max(position);
        self.reached(position);
        if position > self.last {
            let n = self.answered.entry(position.epoch).or_default();
            *n = position.n.max(*n);
        }
    }

    /// The log is known to have reached this position.
    pub(super) fn reached(&mut self, head: Position) {
        self.head = self.head.max(head);
    }

    /// A beat told the log's head. What the beat before told must be read by now.
    pub(super) fn beat(&mut self, head: Position) -> Lag {
        let before = std::mem::replace(&mut self.beaten, head);
        self.reached(head);
        if head < before || head < self.greatest {
            return Lag::Rewound;
        }
        let nothing_waits = self.channel.is_empty() && self.page.is_empty();
        if self.last < before && nothing_waits && self.paging == Paging::Idle {
            self.want();
            return Lag::Behind;
        }
        Lag::None
    }

    /// An event came by the channel.
    pub(super) fn heard(&mut self, event: E) {
        if event.position() > self.last {
            self.bytes += event.size();
            self.channel.push_back(event);
        }
    }

    /// The log may hold something that the channel did not tell.
    pub(super) const fn want(&mut self) {
        self.paging = match self.paging {
            Paging::Idle | Paging::Wanted => Paging::Wanted,
            Paging::Out | Paging::OutAndWanted => Paging::OutAndWanted,
        };
    }

    /// The event behind which a page is wanted now, if one is.
    pub(super) fn wants(&self) -> Option<Position> {
        (self.paging == Paging::Wanted && self.page.is_empty()).then_some(self.last)
    }

    /// The page is asked for.
    pub(super) fn asked(&mut self) {
        self.paging = Paging::Out;
        self.suspects = self.channel.len();
    }

    /// The page came.
    pub(super) fn paged(&mut self, entries: impl IntoIterator<Item = Paged<E>>, page: Page) {
        self.page.extend(entries);
        self.paging = match (self.paging, page) {
            (Paging::Out | Paging::Idle, Page::Short) => Paging::Idle,
            (Paging::Out | Paging::Idle, Page::Full)
            | (Paging::OutAndWanted | Paging::Wanted, Page::Full | Page::Short) => Paging::Wanted,
        };
    }

    /// The connection on which pages are asked for is lost.
    pub(super) const fn lost(&mut self) {
        self.paging = match self.paging {
            Paging::Idle => Paging::Idle,
            Paging::Wanted | Paging::Out | Paging::OutAndWanted => Paging::Wanted,
        };
    }

    /// The log no longer holds what was read last, or what comes after it.
    pub(super) fn breaks(&mut self, lost: Lost) {
        let paged = self.page.back().map(Paged::position);
        self.last = self.seen().max(paged.unwrap_or(self.last));
        self.page.clear();
        self.answered.clear();
        self.broken = self.broken.max(Some(lost));
        self.want();
    }

    /// Whether the channel has to be closed, for the log is read too slowly.
    pub(super) fn is_far_behind(&self) -> bool {
        self.channel.len() > FAR_BEHIND_EVENTS
            || self.bytes > FAR_BEHIND_BYTES
            || self.behind() > FAR_BEHIND_EVENTS as u64
    }

    /// Whether the channel may be opened: nearly everything is read.
    pub(super) fn is_near(&self) -> bool {
        self.behind() <= FAR_BEHIND_EVENTS as u64 / 2
    }

    /// Events that the log is known to hold and that are not read; across epochs it is a guess.
    fn behind(&self) -> u64 {
        if self.head.epoch == self.last.epoch {
            self.head.n.saturating_sub(self.last.n)
        } else {
            self.head.n
        }
    }

    /// The channel is closed; what it told is read from the log.
    pub(super) fn forget_channel(&mut self) {
        self.channel.clear();
        (self.bytes, self.suspects) = (0, 0);
        self.want();
    }

    /// The next step, if there is one and its event may pass.
    pub(super) fn pull(&mut self, may: impl Fn(&E) -> Pass) -> Option<Step<E>> {
        loop {
            if let Some(lost) = self.broken.take() {
                return Some(Step::Broken(lost));
            }
            if let Some(entry) = self.page.front() {
                let (position, begins_after) = (entry.position(), entry.begins_after());
                match self.judge(position, begins_after) {
                    Place::Read => drop(self.page.pop_front()),
                    Place::Elsewhere => self.breaks(self.lost_before(position, begins_after)),
                    Place::Next => match self.take_paged(&may) {
                        Taken::Step(step) => return Some(step),
                        Taken::Skipped => {}
                        Taken::Later => return None,
                    },
                }
                continue;
            }
            if self.paging != Paging::Idle {
                return None;
            }
            let event = self.channel.front()?;
            match self.judge(event.position(), event.begins_after()) {
                Place::Read => drop(self.pop_channel()),
                Place::Next if may(event) == Pass::Later => return None,
                Place::Next => return self.pop_channel().map(|event| self.step(event)),
                // The log was asked after this came, and does not know it.
                Place::Elsewhere if self.suspects > 0 => drop(self.pop_channel()),
                Place::Elsewhere => self.want(),
            }
        }
    }

    fn take_paged(&mut self, may: &impl Fn(&E) -> Pass) -> Taken<E> {
        let is_later = |entry: &Paged<E>| match entry {
            Paged::Event(event) => may(event) == Pass::Later,
            Paged::Unread(_) => false,
        };
        match self.page.pop_front_if(|entry| !is_later(entry)) {
            None => Taken::Later,
            Some(Paged::Event(event)) => Taken::Step(self.step(event)),
            Some(Paged::Unread(position)) => {
                self.last = position;
                Taken::Skipped
            }
        }
    }

    fn step(&mut self, event: E) -> Step<E> {
        self.last = event.position();
        self.head = self.head.max(self.last);
        if event.begins_after().is_some() {
            self.answered = self.answered.split_off(&self.last.epoch);
        }
        Step::Event(event)
    }

    fn pop_channel(&mut self) -> Option<E> {
        let event = self.channel.pop_front()?;
        self.bytes = self.bytes.saturating_sub(event.size());
        self.suspects = self.suspects.saturating_sub(1);
        Some(event)
    }

    /// Where something stands, seen from the last event handed out.
    fn judge(&self, position: Position, begins_after: Option<Position>) -> Place {
        let follows = match begins_after {
            None => position == self.last.next(),
            Some(after) => after == self.last && position.n == 0 && self.kept(position, after),
        };
        #[cfg(test)]
        if self.takes_all_the_same(position, begins_after) {
            return Place::Next;
        }
        if position <= self.last {
            Place::Read
        } else if follows {
            Place::Next
        } else {
            Place::Elsewhere
        }
    }

    #[cfg(test)]
    fn takes_all_the_same(&self, position: Position, begins_after: Option<Position>) -> bool {
        match self.breaks {
            Some(Rule::ReadOnce) => position <= self.last && begins_after.is_none(),
            Some(Rule::HolesLookedUp) => position > self.last && begins_after.is_none(),
            Some(_) | None => false,
        }
    }

    /// How was lost what stood between the last event handed out and this one, which is the next of
    /// the log. Only within one epoch nothing can have been taken back.
    fn lost_before(&self, position: Position, begins_after: Option<Position>) -> Lost {
        let goes_on = match begins_after {
            None => position,
            Some(after) if self.kept(position, after) => after,
            Some(_) => return Lost::TakenBack,
        };
        if goes_on.epoch == self.last.epoch && goes_on > self.last {
            Lost::Trimmed
        } else {
            Lost::TakenBack
        }
    }

    /// Whether an epoch that begins after this position keeps all that was answered before it.
    fn kept(&self, epoch: Position, after: Position) -> bool {
        let before = self.answered.range(..epoch.epoch).next_back();
        before.is_none_or(|(&epoch, &n)| Position { epoch, n } <= after)
    }
}

enum Place {
    Read,
    Next,
    Elsewhere,
}

enum Taken<E> {
    Step(Step<E>),
    Skipped,
    Later,
}

impl<E: Logged> Paged<E> {
    fn position(&self) -> Position {
        match self {
            Self::Event(event) => event.position(),
            Self::Unread(position) => *position,
        }
    }

    fn begins_after(&self) -> Option<Position> {
        match self {
            Self::Event(event) => event.begins_after(),
            Self::Unread(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
