//! Where people come in, talk and are listened to; one owner of everything that is counted.

mod talk;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use hdrhistogram::Histogram;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::person::{Life, ORDERS, Report, What, live_by_irc, live_by_line, micros};
use super::progress::Progress;
use super::referee::{Micros, Referee, Tally};
use super::{LoadError, People, Speech};
use crate::client::link::Link;
use crate::client::login::{Account, Entry, Patience};

pub use talk::Lasted;

/// Reports that wait for the referee.
const REPORTS: usize = 1024;

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
    cast: Vec<Player>,
    tasks: JoinSet<()>,
    reports: mpsc::Receiver<Report>,
    report: mpsc::Sender<Report>,
    /// Who says the next message, of each room.
    next: Vec<usize>,
    counts: Counts,
    /// Somebody who cannot come in, or not any more: while all are to come, that is the end.
    shut_out: Option<LoadError>,
    progress: Progress,
    /// Whoever watches has seen enough.
    enough: mpsc::Receiver<()>,
}

/// One of the people, seen from here.
#[derive(Debug)]
struct Player {
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
            shut_out: None,
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
            if let Some(error) = self.shut_out.take() {
                return Err(error);
            }
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

    /// Everybody goes, and what is missing is lost.
    pub fn close(&mut self) {
        self.tasks.abort_all();
        self.referee.close();
    }

    fn now(&self) -> Micros {
        micros(self.epoch)
    }

    fn here(&self) -> usize {
        let here = |player: &&Player| player.presence == Presence::Here;
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
        let life = Life {
            person,
            account,
            room: self.people.room(index % rooms)?,
            run: self.run,
            epoch: self.epoch,
            orders,
            reports: self.report.clone(),
        };
        // Neighbours in a room are on different nodes.
        let (doors, first) = (self.people.doors.clone(), index / rooms);
        match self.people.speech {
            Speech::Line => self
                .tasks
                .spawn(live_by_line(life, Link::new(doors, first))),
            Speech::Irc => self.tasks.spawn(live_by_irc(life, doors, first)),
        };
        self.cast.push(Player {
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
                What::Announced { size } => self.referee.announced(person, size),
                What::Acknowledged { position } => self.referee.acknowledged(person, position),
                What::Refused { label, refusal } => {
                    *self.counts.refusals.entry(label).or_default() += 1;
                    self.referee.refused(person, refusal);
                }
                What::Resolved { fate } => self.referee.resolved(person, fate),
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
                    self.shut_out = Some(LoadError::ShutOut { who, why });
                }
            }
        }
        Ok(())
    }
}
