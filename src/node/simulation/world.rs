//! A schedule: nodes, their server, people and what goes wrong, on one clock that nobody waits for.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::duplex;
use tokio::time::{Instant, Sleep, sleep_until};

use super::ACCOUNTS;
use super::door::Door;
use super::judge::judge_quiet;
use super::machine::{Machine, Over, Settings};
use super::person::{Person, Seat, Wish};
use super::plan::{Fault, Kept, Kind, Plan};
use super::rules::edits;
use super::stay::Stay;
use crate::bridge::redis::simulated::network::{Entry, Kills, Server, Snapshot};
use crate::chat::UserName;
use crate::testing::Rule;
use crate::testing::dice::Dice;

/// How long it is quiet behind the last fault before anything is compared.
const QUIET: Duration = Duration::from_secs(60);

/// How long everybody has to come in at the end and say something.
const LAST_ROUND: Duration = Duration::from_secs(8);

/// When a node is started again that ended by itself.
const SUPERVISED: Duration = Duration::from_secs(1);

/// All of a schedule.
pub(super) struct World {
    pub(super) server: Server,
    pub(super) machines: Vec<Machine>,
    pub(super) people: Vec<Person>,
    pub(super) plan: Plan,
    pub(super) settings: Settings,
    /// What was heard, by connections that are over.
    pub(super) stays: Vec<Stay>,
    /// What nodes said of their ends.
    pub(super) overs: Vec<(usize, Over)>,
    restarts: Vec<(Instant, usize)>,
    done: usize,
    snapshot: Snapshot,
    server_runs: usize,
    began: Instant,
    act: Act,
    dice: Dice,
    nap: Pin<Box<Sleep>>,
    /// What was found when it was quiet.
    pub(super) quiet: Result<(), String>,
    trace: Trace,
}

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crowd {
    /// People at the line door, who have accounts.
    Lines,
    /// And guests at the IRC door, who log in sometimes.
    Guests,
}

/// What people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// They come and go and talk.
    Talk,
    /// They stay where they are.
    Quiet,
    /// Whoever is away comes in.
    Return,
}

/// Whether what happens is written down.
#[derive(Debug)]
pub(super) enum Trace {
    No,
    Yes(Vec<String>),
}

impl Trace {
    fn note(&mut self, began: Instant, what: impl FnOnce() -> String) {
        if let Self::Yes(lines) = self {
            lines.push(format!("{:8.3} {}", began.elapsed().as_secs_f64(), what()));
        }
    }

    /// The last lines of it.
    pub(super) fn last(&self, lines: usize) -> String {
        match self {
            Self::No => String::new(),
            Self::Yes(all) => all[all.len().saturating_sub(lines)..].join("\n"),
        }
    }
}

impl World {
    pub(super) fn new(
        seed: u64,
        crowd: Crowd,
        kinds: &[Kind],
        breaks: Option<Rule>,
        trace: Trace,
    ) -> Self {
        let mut dice = Dice::new(seed);
        let nodes = 2 + dice.below(2);
        let kills = if dice.one_in(3) {
            Kills::Forbidden
        } else {
            Kills::Allowed
        };
        let plan = Plan::draw(nodes, kinds, &mut dice);
        let name = |name: &&str| UserName::new(name).expect("a name");
        let settings = Settings {
            people: ACCOUNTS.iter().map(name).collect::<BTreeSet<_>>(),
            grace: Duration::from_secs(dice.one_of(&[15, 15, 4, 0])),
            log_entries: dice.one_of(&[100_000, 100_000, 100]),
            backlog: dice.one_of(&[256 * 1024, 256 * 1024, 1024, 200]),
        };
        let count = 3 + dice.below(5);
        let person = |number: usize| {
            let account = ACCOUNTS[number % ACCOUNTS.len()];
            Person::new(number, Door::Line, account, dice.fork())
        };
        let mut people: Vec<_> = (0..count).map(person).collect();
        people.extend(guests(seed, crowd, count));
        let server = Server::new(nodes, breaks, edits(breaks), kills, dice.fork());
        let snapshot = server.snapshot();
        Self {
            server,
            machines: (0..nodes).map(Machine::new).collect(),
            people,
            plan,
            settings,
            stays: Vec::new(),
            overs: Vec::new(),
            restarts: Vec::new(),
            done: 0,
            snapshot,
            server_runs: 0,
            began: Instant::now(),
            act: Act::Talk,
            dice,
            nap: Box::pin(sleep_until(Instant::now())),
            quiet: Ok(()),
            trace,
        }
    }

    pub(super) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Writes down the log, and before it what it was each time that it was taken back.
    pub(super) fn note_log(&mut self) {
        let chains = self.server.journal().chains().enumerate();
        let entries = chains.flat_map(|(number, chain)| {
            let told =
                move |entry: &Entry| format!("log {number}: {:?} by {}", entry.event, entry.by);
            chain.iter().map(move |entry| told(entry))
        });
        for entry in entries.collect::<Vec<_>>() {
            self.note(|| entry);
        }
    }

    /// Runs it to its end.
    pub(super) async fn run(&mut self) {
        for node in 0..self.machines.len() {
            self.start(node);
        }
        let talked = self.began + self.plan.over + Duration::from_secs(1);
        self.until(talked).await;
        self.note(|| "it is quiet".to_owned());
        self.act = Act::Quiet;
        self.until(talked + QUIET).await;
        self.quiet = judge_quiet(self);
        for node in 0..self.machines.len() {
            self.start(node);
        }
        self.note(|| "everybody comes in".to_owned());
        self.act = Act::Return;
        let speak = talked + QUIET + LAST_ROUND / 2;
        self.until(speak).await;
        for person in &mut self.people {
            person.says(1);
        }
        self.until(talked + QUIET + LAST_ROUND).await;
    }

    /// Who is at a node, and has been heard there.
    pub(super) fn present(&self) -> impl Iterator<Item = &Stay> {
        self.people.iter().filter_map(|person| match &person.seat {
            Seat::At(at) if at.stay.welcomed.is_some() && at.stay.over.is_none() => Some(&at.stay),
            Seat::At(_) | Seat::Away => None,
        })
    }

    fn is_present(&self, account: &str) -> bool {
        self.present().any(|stay| stay.holds() == Some(account))
    }

    /// What was heard on every connection.
    pub(super) fn all_stays(&self) -> impl Iterator<Item = &Stay> {
        let seated = self.people.iter().filter_map(|person| match &person.seat {
            Seat::At(at) => Some(&at.stay),
            Seat::Away => None,
        });
        self.stays.iter().chain(seated)
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        self.trace.note(self.began, what);
    }

    async fn until(&mut self, end: Instant) {
        poll_fn(|cx| self.poll(cx, end)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>, end: Instant) -> Poll<()> {
        let now = Instant::now();
        self.goes_wrong(now);
        for node in 0..self.machines.len() {
            if let Some(over) = self.machines[node].poll(cx) {
                self.is_over(node, over, now);
            }
        }
        self.people_act(cx, now);
        let mut next = self.server.poll(cx).map_or(end, |at| at.min(end));
        if now >= end {
            return Poll::Ready(());
        }
        if let Some((at, _)) = self.plan.faults.get(self.done) {
            next = next.min(self.began + *at);
        }
        next = self
            .restarts
            .iter()
            .fold(next, |next, (at, _)| next.min(*at));
        let people = self
            .people
            .iter()
            .filter_map(|person| self.is_due(person, now));
        next = people.fold(next, Instant::min);
        self.nap.as_mut().reset(next);
        match self.nap.as_mut().poll(cx) {
            Poll::Ready(()) => cx.waker().wake_by_ref(),
            Poll::Pending => {}
        }
        Poll::Pending
    }

    /// When somebody does something next, or reads on.
    fn is_due(&self, person: &Person, now: Instant) -> Option<Instant> {
        let reads = match &person.seat {
            Seat::At(at) => at.rests_until.filter(|until| *until > now),
            Seat::Away => None,
        };
        let acts = match (self.act, &person.seat) {
            (Act::Talk, _) | (Act::Return, Seat::Away) => Some(person.next),
            (Act::Return, Seat::At(_)) | (Act::Quiet, _) => None,
        };
        reads.into_iter().chain(acts).min()
    }

    fn start(&mut self, node: usize) {
        let wire = self.server.wire(node);
        if !self.machines[node].is_on() {
            self.note(|| format!("node-{node} starts"));
        }
        self.machines[node].start(&self.settings, wire);
    }

    fn is_over(&mut self, node: usize, over: Over, now: Instant) {
        self.note(|| format!("node-{node} is over: {over:?}"));
        if over != Over::Stopped {
            self.restarts.push((now + SUPERVISED, node));
        }
        self.overs.push((node, over));
    }

    fn goes_wrong(&mut self, now: Instant) {
        while let Some((at, fault)) = self.plan.faults.get(self.done).copied()
            && self.began + at <= now
        {
            self.done += 1;
            self.note(|| format!("{fault:?}"));
            self.happens(fault);
        }
        let due = |(at, _): &mut (Instant, usize)| *at <= now;
        let due: Vec<_> = self.restarts.extract_if(.., due).collect();
        for (_, node) in due {
            self.start(node);
        }
    }

    fn happens(&mut self, fault: Fault) {
        match fault {
            Fault::Reset(node, under_way) => self.server.reset(node, under_way),
            Fault::Refuse(node, under_way) => self.server.refuse(node, under_way),
            Fault::Stop(node, up, down) => self.server.stop(node, up, down),
            Fault::Heal(node) => self.server.heal(node),
            Fault::Freeze(node) => self.machines[node].freeze(),
            Fault::Thaw(node) => self.machines[node].thaw(),
            Fault::Kill(node) => {
                self.machines[node].kill();
            }
            Fault::Shut(node) => self.machines[node].shut(),
            Fault::Start(node) => self.start(node),
            Fault::PowerOff => self.server.power_off(),
            Fault::PowerOn(kept) => self.power_on(kept),
            Fault::Snapshot => self.snapshot = self.server.snapshot(),
            Fault::Deafen => self.server.deafen(),
            Fault::Hear(hearing) => self.server.hear(hearing),
            Fault::Ahead(by) => self.server.jump_ahead(by),
            Fault::Back(by) => self.server.jump_back(by),
            Fault::Trim(entries) => self.server.trim(entries),
        }
    }

    fn power_on(&mut self, kept: Kept) {
        let holds = match kept {
            Kept::All => self.server.snapshot(),
            Kept::Nothing => Snapshot::default(),
            Kept::Snapshot | Kept::SnapshotOfTheRun => self.snapshot.clone(),
        };
        if kept != Kept::SnapshotOfTheRun {
            self.server_runs += 1;
        }
        let run_id = format!("run-{}", self.server_runs);
        self.server.power_on(holds, &run_id);
    }

    fn people_act(&mut self, cx: &mut Context<'_>, now: Instant) {
        for number in 0..self.people.len() {
            let person = &mut self.people[number];
            if let Seat::At(at) = &mut person.seat {
                let before = at.stay.heard.len();
                let is_over = at.poll(cx, now).is_ready();
                if let Trace::Yes(_) = self.trace {
                    let (account, session) = (at.stay.account, at.stay.session.to_string());
                    for line in std::mem::take(&mut at.stay.typed) {
                        let tell = || format!("{account} {session} types {line}");
                        self.trace.note(self.began, tell);
                    }
                    let news = at.stay.heard[before..].to_vec();
                    for heard in news {
                        let tell = || format!("{account} {session} hears {heard:?}");
                        self.trace.note(self.began, tell);
                    }
                }
                if is_over {
                    self.gets_up(number, now, "is cut off");
                }
            }
            let person = &mut self.people[number];
            if person.next > now || self.act == Act::Quiet {
                continue;
            }
            let is_away = matches!(person.seat, Seat::Away);
            let is_back = match person.door {
                Door::Line => self.is_present(self.people[number].account),
                Door::Irc => false,
            };
            if self.act == Act::Return && (!is_away || is_back) {
                self.people[number].next = now + Duration::from_secs(1);
                continue;
            }
            let person = &mut self.people[number];
            match person.acts(now) {
                Wish::Nothing => {}
                Wish::Enter => self.enters(number),
                Wish::Break => {
                    // What has come by then is heard.
                    if let Seat::At(at) = &mut self.people[number].seat {
                        at.rests_until = None;
                        let _ = at.poll(cx, now);
                    }
                    self.gets_up(number, now, "goes without a word");
                }
            }
        }
    }

    fn gets_up(&mut self, number: usize, now: Instant, how: &str) {
        let person = &mut self.people[number];
        if let Some(mut stay) = person.gets_up(now) {
            stay.over = Some(now);
            let (account, session, ending) = (stay.account, stay.session.clone(), stay.ending);
            self.stays.push(stay);
            self.note(|| format!("{account} {session} {how}: {ending:?}"));
        }
    }

    fn enters(&mut self, number: usize) {
        let node = self.dice.below(self.machines.len());
        let pipe = self.dice.one_of(&[64 * 1024, 64 * 1024, 256]);
        let (here, there) = duplex(pipe);
        let Person { account, door, .. } = self.people[number];
        if let Some(session) = self.machines[node].enter(door, there) {
            let stay = Stay::new(session.clone(), door, account);
            let person = &mut self.people[number];
            person.sits(here, stay);
            let since = match &person.seat {
                Seat::At(at) => at.stay.since,
                Seat::Away => None,
            };
            self.note(|| format!("{account} {session} comes, since {since:?}"));
        }
    }
}

/// Who comes by the IRC door, by dice of their own: all else is as it is without them.
fn guests(seed: u64, crowd: Crowd, others: usize) -> Vec<Person> {
    let mut dice = Dice::new(!seed);
    let count = match crowd {
        Crowd::Lines => 0,
        Crowd::Guests => 1 + dice.below(4),
    };
    let mut person = |number: usize| {
        let account = dice.one_of(&ACCOUNTS);
        Person::new(others + number, Door::Irc, account, dice.fork())
    };
    (0..count).map(&mut person).collect()
}
