//! What everybody should have heard, and what they heard. No socket, no clock.
//!
//! The positions of messages are the truth: a room's messages stand in the order of their
//! positions, whoever told of them first, their sender by `* ok` or somebody who heard them.
//! Everybody in the room has to hear each of them, but their own, once and in that order. Who came
//! later need not hear what was said before; who was thrown out, with a word why, is not judged by
//! what came behind that.

mod room;
mod tally;

use std::collections::{BTreeSet, VecDeque};

use hdrhistogram::Histogram;

pub use tally::{Fault, Tally, Verdict};

use room::{Entry, Identity, Room};

use crate::chat::{Fate, GapSize, Position};

/// Which of the people.
pub type Person = u32;

/// Microseconds since the run began.
pub type Micros = u64;

/// What a person heard of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    /// Where it stands in the log.
    pub position: Position,
    /// Who said it.
    pub talker: Person,
    /// The talker's how-many-eth.
    pub number: u64,
    /// When it was due.
    pub due: Micros,
    /// When it was heard.
    pub at: Micros,
}

/// What became of a message that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not in the log, so nobody may hear it.
    Certain,
    /// It may be.
    Unknown,
}

/// Everything that was said and heard in one run.
#[derive(Debug)]
pub struct Referee {
    rooms: Vec<Room>,
    /// What was said in each room and was not answered yet.
    waiting: Vec<u64>,
    people: Vec<Ear>,
    tally: Tally,
}

/// What one person said and heard.
#[derive(Debug, Default)]
struct Ear {
    room: usize,
    /// Nothing while they are not in the room.
    span: Option<Span>,
    /// What they said and was not answered yet, in the order in which it was said.
    pending: VecDeque<(u64, Micros)>,
    /// What was not confirmed, in the order in which it was said, until it is known what became of it.
    doubts: VecDeque<(u64, Micros)>,
    /// What certainly nobody may hear.
    refused: BTreeSet<u64>,
}

/// One stay in a room.
#[derive(Debug)]
struct Span {
    /// What is due from here on is heard.
    since: Micros,
    /// The last message heard.
    last: Option<Position>,
    /// Messages before that which were not.
    missing: BTreeSet<Position>,
    /// What was announced to be lost before the next message that is heard.
    announced: Option<GapSize>,
    gaps: Vec<Announced>,
}

/// A hole that was announced.
#[derive(Debug)]
struct Announced {
    after: Option<Position>,
    /// `None` where nothing was heard behind it.
    before: Option<Position>,
    size: GapSize,
}

impl Announced {
    fn has(&self, position: Position) -> bool {
        let is_behind = self.after.is_none_or(|after| after < position);
        is_behind && self.before.is_none_or(|before| position < before)
    }
}

impl Span {
    /// Whether this message has to be heard in this stay.
    fn expects(&self, person: Person, entry: &Entry) -> bool {
        entry.identity.talker != person && entry.due >= self.since
    }

    /// The hole that was announced, if one was, ends before this message.
    fn closes_gap(&mut self, before: Option<Position>) {
        if let Some(size) = self.announced.take() {
            let after = self.last;
            self.gaps.push(Announced {
                after,
                before,
                size,
            });
        }
    }

    /// Takes out what is missing where so much was announced to be, and says how many that were.
    fn forgives(&mut self) -> u64 {
        let mut forgiven = 0;
        for gap in &self.gaps {
            let inside: Vec<_> = self
                .missing
                .iter()
                .filter(|it| gap.has(**it))
                .copied()
                .collect();
            let count = inside.len() as u64;
            let is_told = match gap.size {
                // One's own messages are among them.
                GapSize::Exactly(most) => count <= most,
                GapSize::Unknown => true,
            };
            if is_told {
                forgiven += count;
                self.missing.retain(|position| !inside.contains(position));
            }
        }
        forgiven
    }

    /// Whether it was, or could have been.
    fn is_past(&self, position: Position) -> bool {
        self.last.is_some_and(|last| last >= position)
    }
}

impl Referee {
    /// Nobody is in any of these rooms.
    #[must_use]
    pub fn new(rooms: usize) -> Self {
        Self {
            rooms: (0..rooms).map(|_| Room::default()).collect(),
            waiting: vec![0; rooms],
            people: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// What was counted so far.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How long deliveries took so far, in microseconds; from here on they are counted anew.
    pub fn take_latency(&mut self) -> Histogram<u64> {
        std::mem::replace(&mut self.tally.latency, tally::latency())
    }

    /// Another person, who will be in this room; not yet.
    pub fn add(&mut self, room: usize) -> Person {
        let person = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        self.people.push(Ear {
            room,
            ..Ear::default()
        });
        person
    }

    /// A person is in their room from now on.
    pub fn entered(&mut self, person: Person, since: Micros) {
        let ear = &mut self.people[person as usize];
        self.rooms[ear.room].came(person);
        ear.span = Some(Span {
            since,
            last: None,
            missing: BTreeSet::new(),
            announced: None,
            gaps: Vec::new(),
        });
    }

    /// A person's connection ended; what they said and was not answered has an unknown end, and what
    /// is in doubt stays so.
    pub fn left(&mut self, person: Person) {
        let ear = &mut self.people[person as usize];
        let unanswered = ear.pending.len() as u64;
        ear.pending.clear();
        ear.doubts.clear();
        self.tally.unanswered += unanswered;
        self.waiting[ear.room] -= unanswered;
        let Some(mut span) = ear.span.take() else {
            return;
        };
        self.rooms[ear.room].went(person, |entry| {
            span.expects(person, entry) && !(span.is_past(entry.position))
                || span.missing.contains(&entry.position)
        });
        span.closes_gap(None);
        self.tally.announced += span.forgives();
        for position in span.missing {
            self.tally.fault(Fault::Lost { person, position });
        }
    }

    /// A person was told that messages are lost before the next one that it hears.
    pub fn announced(&mut self, person: Person, size: GapSize) {
        if let Some(span) = &mut self.people[person as usize].span {
            span.announced = Some(size);
        }
    }

    /// A person says something, and waits for the answer.
    pub fn said(&mut self, talker: Person, number: u64, due: Micros) {
        let ear = &mut self.people[talker as usize];
        ear.pending.push_back((number, due));
        self.waiting[ear.room] += 1;
        self.tally.said += 1;
    }

    /// What a person said first of all that is unanswered is in the log.
    pub fn acknowledged(&mut self, talker: Person, position: Position) {
        let Some((number, due)) = self.answered(talker) else {
            let person = talker;
            return self.tally.fault(Fault::Repeated { person, position });
        };
        self.tally.acknowledged += 1;
        self.place(Entry {
            position,
            identity: Identity { talker, number },
            due,
            left: 0,
        });
    }

    /// What a person said first of all that is unanswered was refused.
    pub fn refused(&mut self, talker: Person, refusal: Refusal) {
        let Some((number, due)) = self.answered(talker) else {
            return;
        };
        match refusal {
            Refusal::Certain => {
                self.tally.refused += 1;
                self.people[talker as usize].refused.insert(number);
            }
            Refusal::Unknown => {
                self.tally.unconfirmed += 1;
                self.people[talker as usize].doubts.push_back((number, due));
            }
        }
    }

    /// It is known what became of what a person said first of all that is in doubt.
    pub fn resolved(&mut self, talker: Person, fate: Fate) {
        let ear = &mut self.people[talker as usize];
        let Some((number, due)) = ear.doubts.pop_front() else {
            return;
        };
        let identity = Identity { talker, number };
        match fate {
            Fate::Delivered { position } => {
                self.tally.unconfirmed -= 1;
                self.tally.acknowledged += 1;
                self.place(Entry {
                    position,
                    identity,
                    due,
                    left: 0,
                });
            }
            Fate::NotDelivered => {
                self.tally.unconfirmed -= 1;
                self.tally.refused += 1;
                ear.refused.insert(number);
                if let Some(position) = self.rooms[ear.room].place_of(identity) {
                    let person = talker;
                    self.tally.fault(Fault::Unsaid { person, position });
                }
            }
            Fate::Unknown => {}
        }
    }

    /// A person heard something of another.
    pub fn heard(&mut self, person: Person, hearing: Hearing) {
        let Hearing { position, due, .. } = hearing;
        let identity = Identity {
            talker: hearing.talker,
            number: hearing.number,
        };
        let here = self.people[person as usize].room;
        let talker = self.people.get(hearing.talker as usize);
        let Some(talker) = talker.filter(|talker| talker.room == here) else {
            return self.tally.fault(Fault::Unsaid { person, position });
        };
        if talker.refused.contains(&hearing.number) {
            self.tally.fault(Fault::Unsaid { person, position });
        }
        if hearing.talker == person {
            return self.tally.fault(Fault::Repeated { person, position });
        }
        self.place(Entry {
            position,
            identity,
            due,
            left: 0,
        });
        let ear = &mut self.people[person as usize];
        let room = &mut self.rooms[ear.room];
        let Some(span) = &mut ear.span else {
            return;
        };
        if span.is_past(position) {
            if !span.missing.remove(&position) {
                return self.tally.fault(Fault::Repeated { person, position });
            }
            self.tally.fault(Fault::Reordered { person, position });
        } else {
            for entry in room.between(span.last, position) {
                if span.expects(person, entry) {
                    span.missing.insert(entry.position);
                }
            }
            span.closes_gap(Some(position));
            span.last = Some(position);
        }
        if span.since <= due {
            room.delivered(position);
        }
        self.tally.delivered(hearing.at.saturating_sub(due));
    }

    /// How many of a room's messages are said, not refused, and not heard by all who have to, or in
    /// doubt.
    #[must_use]
    pub fn on_their_way(&self, room: usize) -> u64 {
        self.rooms[room].unheard() + self.waiting[room] + self.in_doubt(room).count() as u64
    }

    /// What a person said that was not answered yet.
    #[must_use]
    pub fn unanswered(&self, person: Person) -> usize {
        self.people[person as usize].pending.len()
    }

    /// Forgets what nothing can be learnt from any more.
    pub fn settle(&mut self, now: Micros) {
        for room in 0..self.rooms.len() {
            // What is in doubt may still get a place behind what was said before it.
            let before = self.in_doubt(room).min().map_or(now, |due| due.min(now));
            self.rooms[room].settle(before, &mut self.tally);
        }
    }

    /// Nothing more is said or heard: what is still missing is lost.
    pub fn close(&mut self) {
        for person in 0..u32::try_from(self.people.len()).unwrap_or(u32::MAX) {
            let ear = &mut self.people[person as usize];
            if let Some(span) = &mut ear.span {
                for entry in self.rooms[ear.room].behind(span.last) {
                    if span.expects(person, entry) {
                        span.missing.insert(entry.position);
                    }
                }
            }
            self.left(person);
        }
        for room in &mut self.rooms {
            room.close(&mut self.tally);
        }
    }

    /// When those messages of a room were due of which it is not known what became of them.
    fn in_doubt(&self, room: usize) -> impl Iterator<Item = Micros> {
        let people = self.people.iter().filter(move |ear| ear.room == room);
        people.flat_map(|ear| ear.doubts.iter().map(|(_, due)| *due))
    }

    /// What a person said first of all that is unanswered is answered.
    fn answered(&mut self, talker: Person) -> Option<(u64, Micros)> {
        let ear = &mut self.people[talker as usize];
        let answered = ear.pending.pop_front()?;
        self.waiting[ear.room] -= 1;
        Some(answered)
    }

    /// A message gets its place, whoever tells of it.
    fn place(&mut self, mut entry: Entry) {
        let Some(talker) = self.people.get(entry.identity.talker as usize) else {
            return;
        };
        let room = &mut self.rooms[talker.room];
        let (position, identity) = (entry.position, entry.identity);
        match room.find(position) {
            _ if room.is_settled(position) => return,
            Some(known) if known.identity == identity => return,
            Some(_) => return self.tally.fault(Fault::TwoAtOnePlace { position }),
            None => {}
        }
        for &person in room.here() {
            let Some(span) = &mut self.people[person as usize].span else {
                continue;
            };
            if span.expects(person, &entry) {
                entry.left += 1;
                if span.is_past(position) {
                    span.missing.insert(position);
                }
            }
        }
        room.insert(entry);
    }
}

#[cfg(test)]
mod tests;
