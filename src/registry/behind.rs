//! A session that is behind the log, and what it is told until it is not. Pure.
//!
//! It comes back and has missed something, or it reads more slowly than is said. What it missed
//! is read from the [`Past`]; what is further back is looked up in the log, from the last event
//! to the first, for what an account was in then is only known from what it is in now.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::past::{Past, Reach, size};
use super::view::View;
use crate::chat::event::Hearing;
use crate::chat::{Deed, Event, Gap, GapSize, Position, RoomName};
use crate::messages::{Kept, LookBack, LookedBack, Rest};

/// Bytes of events that one session is told from the log itself at most; of what is before them
/// it is told how much that was.
const LOOK_BYTES: usize = 256 * 1024;

/// How far a session was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Everything up to here.
    pub upto: Position,
    /// What that is worth.
    pub ground: Ground,
}

/// Whether the log still is the one in which a session was told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// It is, though it may not go back so far.
    Whole {
        /// The ordinal of the last message that was told, of the rooms of which it is known.
        ordinals: BTreeMap<RoomName, u64>,
    },
    /// It was taken back: that something is missing is told whatever it holds now, also where what
    /// it holds looks as if it went on right behind.
    Torn,
}

impl Mark {
    /// Without a word about rooms.
    pub const fn upto(upto: Position) -> Self {
        let ordinals = BTreeMap::new();
        Self {
            upto,
            ground: Ground::Whole { ordinals },
        }
    }

    /// In a log that was taken back.
    pub const fn torn(upto: Position) -> Self {
        Self {
            upto,
            ground: Ground::Torn,
        }
    }

    /// Not even what stands behind this was told.
    pub fn goes_back(&mut self, after: Position) {
        *self = match self.ground {
            Ground::Whole { .. } => Self::upto(after),
            Ground::Torn => Self::torn(after),
        };
    }
}

/// Where a session stands that is behind, and what it has to be told first.
#[derive(Debug)]
pub struct Reader {
    /// The last event that it was told of, or would have been.
    at: Position,
    /// What it is in there.
    view: View,
    /// What stands before that and is yet to be told, oldest first.
    early: VecDeque<Told>,
    look: Look,
}

/// What is looked up in the log.
#[derive(Debug)]
enum Look {
    Nothing,
    /// All between the last event that the session was told of and where it goes on.
    Back(Box<Back>),
}

/// A look back into the log.
#[derive(Debug)]
struct Back {
    after: Position,
    upto: Position,
    /// What the account is in at `upto`.
    view: View,
    heard: VecDeque<Told>,
    bytes: usize,
    /// What was heard too, and is too much.
    beyond: Beyond,
    /// What is known of the log up to `after`.
    ground: Ground,
    /// The first ordinals that the log holds.
    first: BTreeMap<RoomName, u64>,
}

/// Messages that are counted only.
#[derive(Debug, Default)]
struct Beyond {
    rooms: BTreeMap<RoomName, u64>,
    whispers: u64,
    posts: u64,
}

/// One thing that a session is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Something is missing here.
    Gap(Gap),
    /// What was kept while nobody was here.
    Kept(Arc<Event>),
    /// What was missed.
    Missed(Arc<Event>, Hearing),
}

/// What comes next for a session that is behind.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// It is told this.
    Tell(Told),
    /// It hears nothing of the event that was looked at.
    Nothing,
    /// This has to be looked up in the log first.
    LookBack(LookBack),
    /// It is not behind any more.
    Live,
}

impl Reader {
    /// A session that was told everything up to `after` and has `now` at the end of the past.
    pub fn behind(after: Position, now: &View, past: &Past) -> Self {
        let mut view = now.clone();
        for event in past.backwards().take_while(|event| event.position > after) {
            view.take_back(&event.deed);
        }
        let (at, look) = match past.behind(after) {
            Reach::Here(_) | Reach::Torn(_) => (after, Look::Nothing),
            Reach::Before => (
                past.begins(),
                Look::back(after, past.begins(), view.clone()),
            ),
        };
        Self {
            at,
            view,
            early: VecDeque::new(),
            look,
        }
    }

    /// The same, for one that was told so far.
    pub fn since(mark: Mark, now: &View, past: &Past) -> Self {
        let mut reader = Self::behind(mark.upto, now, past);
        match (&mut reader.look, mark.ground) {
            (Look::Back(back), ground) => back.ground = ground,
            (Look::Nothing, Ground::Whole { .. }) => {}
            (Look::Nothing, Ground::Torn) => match past.behind(reader.at) {
                Reach::Here(index) | Reach::Torn(index) => reader.tells_all_gaps(index, past),
                Reach::Before => {}
            },
        }
        reader
    }

    /// The same, and it is told this first.
    pub fn with_kept(mut self, kept: Kept) -> Self {
        let Kept { gaps, events } = kept;
        let gaps = gaps.into_iter().map(Told::Gap);
        let kept = gaps.chain(events.into_iter().map(Told::Kept));
        self.early = kept.chain(std::mem::take(&mut self.early)).collect();
        self
    }

    /// What was kept up to a position and is not told yet.
    pub fn untold(&mut self, upto: Position) -> Kept {
        let mut untold = Kept::default();
        for told in std::mem::take(&mut self.early) {
            match told {
                Told::Gap(gap) => untold.gaps.push(gap),
                Told::Kept(event) => untold.events.push(event),
                Told::Missed(..) => {}
            }
        }
        untold.up_to(upto)
    }

    /// How far it was told, and whether it is yet to be told that the log was taken back.
    pub fn mark(&self) -> Mark {
        match &self.look {
            Look::Back(back) if back.ground == Ground::Torn => Mark::torn(back.after),
            Look::Back(_) | Look::Nothing => Mark::upto(self.told()),
        }
    }

    /// Everything up to here was told.
    pub fn told(&self) -> Position {
        if let Look::Back(back) = &self.look {
            return back.after;
        }
        let before = self.early.iter().find_map(|told| match told {
            Told::Kept(event) | Told::Missed(event, _) => Some(event.before()),
            Told::Gap(_) => None,
        });
        before.unwrap_or(self.at)
    }

    /// Takes the next thing out. `now` is what its account is in at the end of the past.
    pub fn next(&mut self, now: &View, past: &Past) -> Next {
        if let Look::Back(back) = &self.look {
            return Next::LookBack(back.wanted());
        }
        if let Some(told) = self.early.pop_front() {
            return Next::Tell(told);
        }
        match past.behind(self.at) {
            Reach::Here(index) => match past.get(index) {
                Some(event) => self.read(event),
                None => Next::Live,
            },
            Reach::Torn(index) => {
                self.tells_all_gaps(index, past);
                Next::Nothing
            }
            Reach::Before => {
                *self = Self::behind(self.at, now, past);
                Next::Nothing
            }
        }
    }

    /// Something is missing, and what comes next stands there in the past.
    fn tells_all_gaps(&mut self, index: usize, past: &Past) {
        self.early.extend(self.view.all_gaps().map(Told::Gap));
        self.at = past.get(index).map_or(past.ends(), |event| event.before());
    }

    fn read(&mut self, event: &Arc<Event>) -> Next {
        self.at = event.position;
        let put_out = self.view.put_out(event);
        let heard = self.view.take(&event.deed);
        if let Some(gap) = put_out {
            return Next::Tell(Told::Gap(gap));
        }
        match heard {
            Some(hearing) => Next::Tell(Told::Missed(Arc::clone(event), hearing)),
            None => Next::Nothing,
        }
    }

    /// Takes what the log holds of what was asked for. Returns whether that is still wanted.
    pub fn looked_back(&mut self, asked: LookBack, found: LookedBack) -> bool {
        let is_wanted = matches!(&self.look, Look::Back(back) if back.wanted() == asked);
        if is_wanted && let Look::Back(back) = &mut self.look {
            for event in &found.events {
                back.take(event);
            }
            match found.rest {
                Rest::More { upto } => back.upto = upto,
                Rest::Nothing => {
                    let oldest = found.events.last();
                    let reaches = oldest.map_or(back.upto, |event| event.before());
                    back.tell_gaps(reaches);
                    self.early.append(&mut back.heard);
                    self.look = Look::Nothing;
                }
            }
        }
        is_wanted
    }
}

impl Look {
    fn back(after: Position, upto: Position, view: View) -> Self {
        Self::Back(Box::new(Back {
            after,
            upto,
            view,
            heard: VecDeque::new(),
            bytes: 0,
            beyond: Beyond::default(),
            ground: Mark::upto(after).ground,
            first: BTreeMap::new(),
        }))
    }
}

impl Back {
    const fn wanted(&self) -> LookBack {
        LookBack {
            after: self.after,
            upto: self.upto,
        }
    }

    fn take(&mut self, event: &Arc<Event>) {
        if let Deed::RoomMessage { room, k, .. } = &event.deed {
            self.first.insert(room.clone(), *k);
        }
        let hearing = self.view.take_back(&event.deed);
        if let Some(gap) = self.view.put_out(event) {
            self.heard.push_front(Told::Gap(gap));
        }
        let Some(hearing) = hearing else {
            return;
        };
        self.bytes += size(event);
        if self.bytes <= LOOK_BYTES {
            let told = Told::Missed(Arc::clone(event), hearing);
            self.heard.push_front(told);
        } else {
            self.beyond.count(&event.deed);
        }
    }

    /// The log was looked at back to behind `reaches`.
    fn tell_gaps(&mut self, reaches: Position) {
        let all = self.view.all_gaps();
        let gaps: Vec<_> = match &self.ground {
            Ground::Whole { .. } if reaches == self.after => {
                std::mem::take(&mut self.beyond).into_gaps().collect()
            }
            Ground::Whole { ordinals }
                if reaches > self.after && reaches.epoch == self.after.epoch =>
            {
                all.filter_map(|gap| self.sized(gap, ordinals)).collect()
            }
            Ground::Whole { .. } | Ground::Torn => all.collect(),
        };
        for gap in gaps.into_iter().rev() {
            self.heard.push_front(Told::Gap(gap));
        }
    }
}

impl Back {
    /// A gap between what was told and what the log still holds, as far as the ordinals of a room
    /// tell how large it is; none where they show that nothing is missing.
    fn sized(&self, gap: Gap, told: &BTreeMap<RoomName, u64>) -> Option<Gap> {
        let Gap::Room { room, .. } = gap else {
            return Some(gap);
        };
        let size = match (told.get(&room), self.first.get(&room)) {
            (Some(before), Some(first)) => {
                let untold = self.beyond.rooms.get(&room).copied().unwrap_or_default();
                GapSize::Exactly(first.saturating_sub(before + 1) + untold)
            }
            (Some(_), None) | (None, _) => GapSize::Unknown,
        };
        (size != GapSize::Exactly(0)).then_some(Gap::Room { room, size })
    }
}

impl Beyond {
    fn count(&mut self, deed: &Deed) {
        match deed {
            Deed::RoomMessage { room, .. } => *self.rooms.entry(room.clone()).or_default() += 1,
            Deed::Whisper { .. } => self.whispers += 1,
            Deed::Post { .. } => self.posts += 1,
            // Nobody said anything.
            Deed::Epoch { .. }
            | Deed::Claimed { .. }
            | Deed::Released { .. }
            | Deed::Entered { .. }
            | Deed::Left { .. }
            | Deed::Tagged { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::TopicSet { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::Announced { .. }
            | Deed::WentAway { .. }
            | Deed::CameBack { .. }
            | Deed::Nicked { .. }
            | Deed::RealNameSet { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => {}
        }
    }

    fn into_gaps(self) -> impl Iterator<Item = Gap> {
        let rooms = self.rooms.into_iter().map(|(room, missing)| Gap::Room {
            room,
            size: GapSize::Exactly(missing),
        });
        let whispers = (self.whispers > 0).then_some(Gap::Whispers {
            size: GapSize::Exactly(self.whispers),
        });
        let posts = (self.posts > 0).then_some(Gap::Posts);
        rooms.chain(whispers).chain(posts)
    }
}

#[cfg(test)]
mod tests;
