//! Where people come in, talk and are listened to; one owner of everything that is counted.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use hdrhistogram::Histogram;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::pace::{Pace, Until, WINDOW, due};
use super::person::{Life, ORDERS, Report, What, live, micros};
use super::progress::Progress;
use super::referee::{Micros, Person, Referee, Tally};
use super::text::Numbered;
use super::{LoadError, People};
use crate::client::link::Link;
use crate::client::login::{Account, Entry, Patience};

/// Reports that wait for the referee.
const REPORTS: usize = 1024;

/// What one talker said and was not answered, at most: enough to fill a room alone.
const UNANSWERED: usize = WINDOW as usize;

/// A turn of the talkers ends when so much was said, so that what was heard meanwhile is read.
const TURN: u64 = 512;

/// So long after anything happened at all, what is missing will not come any more.
const STALL: Duration = Duration::from_secs(10);

/// So long after anybody came in, nobody will any more: longer than a throttle of a minute.
const NOBODY_COMES: Duration = Duration::from_secs(90);

/// Between two looks at the clock.
const TICK: Duration = Duration::from_millis(500);

/// People, rooms, and what is known about them.
#[derive(Debug)]
pub struct Stage {
    people: People,
    run: u32,
    epoch: Instant,
    referee: Referee,
    cast: Vec<Actor>,
    tasks: JoinSet<()>,
    reports: mpsc::Receiver<Report>,
    report: mpsc::Sender<Report>,
    /// Who says the next message, of each room.
    next: Vec<usize>,
    counts: Counts,
    progress: Progress,
    /// Whoever watches has seen enough.
    enough: mpsc::Receiver<()>,
}

/// One of the people, seen from here.
#[derive(Debug)]
struct Actor {
    orders: mpsc::Sender<Bytes>,
    presence: Presence,
    said: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Away,
    Here,
}

/// What is counted beside what the referee counts.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Refusals of texts and logins, by label.
    pub refusals: BTreeMap<&'static str, u64>,
    /// Connections that ended, by label.
    pub endings: BTreeMap<&'static str, u64>,
    /// Messages of others that were heard.
    pub foreign: u64,
    /// How many people were in their room, each time they came.
    pub entries: u64,
    /// What was last answered to somebody who wanted in.
    pub last_no: Option<String>,
}

impl Stage {
    /// An empty stage; something on `enough` ends a talk early.
    #[must_use]
    pub fn new(people: People, run: u32, progress: Progress, enough: mpsc::Receiver<()>) -> Self {
        let (report, reports) = mpsc::channel(REPORTS);
        let rooms = people.rooms as usize;
        Self {
            people,
            run,
            epoch: Instant::now(),
            referee: Referee::new(rooms),
            cast: Vec::new(),
            tasks: JoinSet::new(),
            reports,
            report,
            next: vec![0; rooms],
            counts: Counts::default(),
            progress,
            enough,
        }
    }

    /// What was counted so far.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        self.referee.tally()
    }

    /// What was counted beside that.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How long deliveries took since this was asked for last, in microseconds.
    pub fn take_latency(&mut self) -> Histogram<u64> {
        self.referee.take_latency()
    }

    /// How many people there are.
    #[must_use]
    pub const fn people(&self) -> usize {
        self.cast.len()
    }

    /// Brings people in until there are so many.
    ///
    /// # Errors
    /// [`LoadError`] when one of them cannot come in.
    pub async fn grow_to(&mut self, people: u32) -> Result<(), LoadError> {
        let wanted = people as usize;
        let mut last = (self.counts.entries, Instant::now());
        while self.here() < wanted {
            let coming = self.cast.len() - self.here();
            let more = (self.people.at_once as usize).saturating_sub(coming);
            for _ in 0..more.min(wanted - self.cast.len()) {
                self.invite()?;
            }
            self.listen(Instant::now() + TICK).await?;
            if self.counts.entries > last.0 {
                last = (self.counts.entries, Instant::now());
            } else if last.1.elapsed() > NOBODY_COMES {
                let said = self.counts.last_no.clone();
                return Err(LoadError::NobodyComes { said });
            }
            let last_no = self.counts.last_no.as_deref();
            self.progress.coming(self.here(), wanted, last_no);
        }
        self.progress.done();
        Ok(())
    }

    /// Talks, and listens until all of it is heard, or nothing comes any more; returns for how
    /// long there was talk.
    ///
    /// # Errors
    /// [`LoadError`] when one of the people can never come back.
    pub async fn talk(&mut self, pace: Pace, until: Until) -> Result<Duration, LoadError> {
        let mut talk = Talk {
            pace,
            begun: self.now(),
            said: 0,
            moved: (self.movement(), Instant::now()),
            given_up: vec![0; self.people.rooms as usize],
        };
        let begun = Instant::now();
        while !self.is_over(&talk, until) {
            self.say(&mut talk, until)?;
            let wake = match pace {
                Pace::Rate { per_second } => {
                    let next = Duration::from_micros(talk.begun + due(per_second, talk.said));
                    (self.epoch + next).max(Instant::now() + Duration::from_millis(1))
                }
                Pace::Burst { .. } | Pace::Saturated => Instant::now() + TICK,
            };
            self.listen(wake.min(Instant::now() + TICK)).await?;
            self.watch(&mut talk);
            self.progress
                .talking(begun.elapsed(), until, self.referee.tally());
        }
        let lasted = begun.elapsed();
        while (0..talk.given_up.len()).any(|room| self.on_their_way(&talk, room) > 0) {
            self.listen(Instant::now() + TICK).await?;
            self.watch(&mut talk);
        }
        self.progress.done();
        Ok(lasted)
    }

    /// Everybody goes, and what is missing is lost.
    pub fn close(&mut self) {
        self.tasks.abort_all();
        self.referee.close();
    }

    fn now(&self) -> Micros {
        micros(self.epoch)
    }

    fn here(&self) -> usize {
        let here = |actor: &&Actor| actor.presence == Presence::Here;
        self.cast.iter().filter(here).count()
    }

    /// One more person sets out.
    fn invite(&mut self) -> Result<(), LoadError> {
        let index = self.cast.len();
        let rooms = self.people.rooms as usize;
        let person = self.referee.add(index % rooms);
        let (order, orders) = mpsc::channel(ORDERS);
        let account = Account {
            user: self.people.name(person)?,
            password: self.people.password.clone(),
            entry: Entry::Either,
            patience: Patience::Program,
        };
        // Neighbours in a room are on different nodes.
        let link = Link::new(self.people.doors.clone(), index / rooms);
        self.tasks.spawn(live(Life {
            person,
            link,
            account,
            room: self.people.room(index % rooms)?,
            run: self.run,
            epoch: self.epoch,
            orders,
            reports: self.report.clone(),
        }));
        self.cast.push(Actor {
            orders: order,
            presence: Presence::Away,
            said: 0,
        });
        Ok(())
    }

    /// Takes all reports that are there, at least one of them unless it is late.
    async fn listen(&mut self, until: Instant) -> Result<(), LoadError> {
        let mut reports = Vec::new();
        let received = self.reports.recv_many(&mut reports, REPORTS);
        // Nobody can have hung up: this owns a sender of its own.
        let _ = timeout_at(until, received).await;
        for report in reports {
            self.take(report)?;
        }
        let now = self.now();
        self.referee.settle(now);
        Ok(())
    }

    fn take(&mut self, report: Report) -> Result<(), LoadError> {
        let Report { person, at, what } = report;
        for what in what {
            match what {
                What::Heard { position, said } => {
                    self.referee.heard(person, said.heard(position, at));
                }
                What::Acknowledged { position } => self.referee.acknowledged(person, position),
                What::Refused { label, refusal } => {
                    *self.counts.refusals.entry(label).or_default() += 1;
                    self.referee.refused(person, refusal);
                }
                What::Entered => {
                    self.counts.entries += 1;
                    self.cast[person as usize].presence = Presence::Here;
                    self.referee.entered(person, at);
                }
                What::Gone { label } => {
                    *self.counts.endings.entry(label).or_default() += 1;
                    self.cast[person as usize].presence = Presence::Away;
                    self.referee.left(person);
                }
                What::Foreign => self.counts.foreign += 1,
                What::NotYet { said } => self.counts.last_no = Some(said),
                What::Over { why } => {
                    let who = self.people.name(person)?;
                    return Err(LoadError::ShutOut { who, why });
                }
            }
        }
        Ok(())
    }

    /// Says what is due.
    fn say(&mut self, talk: &mut Talk, until: Until) -> Result<(), LoadError> {
        let mut texts: BTreeMap<Person, String> = BTreeMap::new();
        let most = match until {
            Until::Elapsed(_) => TURN,
            Until::Said(count) => TURN.min(count - talk.said),
        };
        match talk.pace {
            Pace::Rate { per_second } => self.say_what_is_due(talk, per_second, most, &mut texts),
            Pace::Burst { .. } | Pace::Saturated => self.fill_rooms(talk, most, &mut texts),
        }
        for (person, lines) in texts {
            // There was room for it when it was written, and nobody else sends there.
            let sent = self.cast[person as usize].orders.try_send(lines.into());
            sent.map_err(|_| LoadError::Gone)?;
        }
        Ok(())
    }

    fn say_what_is_due(
        &mut self,
        talk: &mut Talk,
        per_second: f64,
        most: u64,
        texts: &mut BTreeMap<Person, String>,
    ) {
        let (now, rooms) = (self.now(), self.people.rooms as usize);
        let end = talk.said + most;
        while talk.said < end {
            let due = talk.begun + due(per_second, talk.said);
            if due > now {
                return;
            }
            // The rooms take turns; one in which nobody can talk leaves its turn to the next.
            let turn = usize::try_from(talk.said).unwrap_or_default();
            let mut order = (turn..turn + rooms).map(|room| room % rooms);
            let Some(talker) = order.find_map(|room| self.talker(room)) else {
                return;
            };
            self.write(talker, due, texts);
            talk.said += 1;
        }
    }

    fn fill_rooms(&mut self, talk: &mut Talk, most: u64, texts: &mut BTreeMap<Person, String>) {
        let (due, end) = (self.now(), talk.said + most);
        for room in 0..talk.given_up.len() {
            let room_for = talk
                .pace
                .room_for(self.on_their_way(talk, room), self.people.rooms.into());
            for _ in 0..room_for.min(end - talk.said) {
                let Some(talker) = self.talker(room) else {
                    break;
                };
                self.write(talker, due, texts);
                talk.said += 1;
            }
        }
    }

    fn write(&mut self, talker: Person, due: Micros, texts: &mut BTreeMap<Person, String>) {
        let actor = &mut self.cast[talker as usize];
        let said = Numbered {
            run: self.run,
            talker,
            number: actor.said,
            due,
        };
        actor.said += 1;
        said.write(self.people.text_bytes, texts.entry(talker).or_default());
        self.referee.said(talker, said.number, due);
    }

    /// Who can say the next message in a room.
    fn talker(&mut self, room: usize) -> Option<Person> {
        let rooms = self.people.rooms as usize;
        let talkers = self.cast.len().min(self.people.talkers as usize);
        let seats = talkers.saturating_sub(room).div_ceil(rooms);
        for _ in 0..seats {
            let seat = self.next[room] % seats;
            self.next[room] = seat + 1;
            let index = room + seat * rooms;
            let actor = &self.cast[index];
            let person = u32::try_from(index).ok()?;
            let is_free = self.referee.unanswered(person) < UNANSWERED;
            if actor.presence == Presence::Here && actor.orders.capacity() > 0 && is_free {
                return Some(person);
            }
        }
        None
    }

    fn is_over(&mut self, talk: &Talk, until: Until) -> bool {
        if self.enough.try_recv().is_ok() {
            return true;
        }
        match until {
            Until::Elapsed(time) => {
                let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
                self.now() - talk.begun >= time
            }
            Until::Said(count) => talk.said >= count,
        }
    }

    fn on_their_way(&self, talk: &Talk, room: usize) -> u64 {
        let waiting = self.referee.on_their_way(room);
        waiting.saturating_sub(talk.given_up[room])
    }

    /// What nothing was heard of for long will not come any more, and is not waited for.
    fn watch(&self, talk: &mut Talk) {
        let movement = self.movement();
        if movement != talk.moved.0 {
            talk.moved = (movement, Instant::now());
        } else if talk.moved.1.elapsed() > STALL {
            for (room, given_up) in talk.given_up.iter_mut().enumerate() {
                *given_up = self.referee.on_their_way(room);
            }
        }
    }

    /// Grows whenever anything happens.
    fn movement(&self) -> u64 {
        let tally = self.referee.tally();
        tally.delivered + tally.acknowledged + tally.refused + tally.unconfirmed
    }
}

/// A talk under way.
struct Talk {
    pace: Pace,
    begun: Micros,
    said: u64,
    /// What had happened when anything last did, and when that was.
    moved: (u64, Instant),
    /// Messages of each room that are not waited for any more.
    given_up: Vec<u64>,
}
