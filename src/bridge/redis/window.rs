//! What was asked of Redis, from queued over sent to answered. No Redis and no clock inside.
//!
//! Tasks are sent in the order in which they were asked, each under a number that stays with it.
//! When a connection is lost, or the log turns out to have another epoch, what is undecided is
//! sent again in the same order under the same numbers: the store answers a number twice, but
//! does it once. Answers leave in the order of the asks of their line, whatever becomes of them.
//!
//! A text whose answer is late is in doubt: it stays here until it is known what became of it, and
//! that leaves in the order of the texts of its line ([`doubt`]).

mod doubt;
mod entry;
mod lines;
mod terms;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::chat::{Fate, Position, Refusal};
use crate::messages::{ASKS_IN_FLIGHT, STORE_QUEUE};
#[cfg(test)]
use crate::testing::Rule;
pub(super) use doubt::Remedy;
pub(super) use entry::Sending;
use entry::{Asked, Copies, Flight, Place, Queued, Sent, What};
use lines::Lines;
pub(super) use terms::{Care, Decides, Done, Given, Handed, Kind, Load, Waiter};

/// Numbers of commands that may be undecided at once, and the weight of what is out: as many as
/// Redis decides in some 20 ms, and as many answers as it keeps. More wait in the queue.
pub(super) const WINDOW: usize = 1024;

/// How long an ask may stay unanswered. Then its session is told that nothing was delivered, or
/// that this is not known.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

/// Whether new asks are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
}

/// Asks between queued and answered. `T` is what is sent, `W` who waits, `A` what is decided.
#[derive(Debug)]
pub(super) struct Window<T, W: Waiter, A> {
    gate: Gate,
    /// Sent and undecided in the order of their numbers, and between them what settles.
    sent: VecDeque<Sent<T, W>>,
    queued: VecDeque<Queued<T, W>>,
    /// What settles, with everything before it decided, and up to where has to be read.
    settling: VecDeque<(Asked<W>, Position)>,
    /// What the sent tasks weigh, and how many of them go again.
    weight: usize,
    to_repeat: usize,
    next_seq: u64,
    lines: Lines<W::Line, W, Given<A>>,
    /// Who is to be told what became of a text.
    doubts: Lines<W::Line, (), Fate>,
    /// In the order in which they are to be handed out.
    given: VecDeque<Handed<W, A>>,
    /// What it does wrong on purpose.
    #[cfg(test)]
    pub(super) breaks: Option<Rule>,
}

impl<T: Load, W: Waiter, A: Decides> Window<T, W, A> {
    /// A window that takes nothing yet. `next_seq` is the first number not used before, at least 1.
    pub(super) fn new(next_seq: u64) -> Self {
        Self {
            gate: Gate::Closed,
            sent: VecDeque::new(),
            queued: VecDeque::new(),
            settling: VecDeque::new(),
            weight: 0,
            to_repeat: 0,
            next_seq,
            lines: Lines::default(),
            doubts: Lines::default(),
            given: VecDeque::new(),
            #[cfg(test)]
            breaks: None,
        }
    }

    /// Takes asks from now on.
    pub(super) const fn open(&mut self) {
        self.gate = Gate::Open;
    }

    /// Refuses asks from now on; those before are decided still.
    pub(super) const fn close(&mut self) {
        self.gate = Gate::Closed;
    }

    /// Whether anything is taken now.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.gate, Gate::Open)
    }

    /// Takes a task that somebody waits for, or refuses it in its turn.
    pub(super) fn ask(&mut self, task: T, waiter: W, now: Instant) {
        self.enqueue(What::Task(task), waiter, now);
    }

    /// Takes a task that nobody waits for; forgets it while nothing can be sent.
    pub(super) fn chore(&mut self, task: T, now: Instant) {
        if self.gate == Gate::Open {
            let asked = Asked {
                at: now,
                place: Place::Nobody,
            };
            let what = What::Task(task);
            self.queued.push_back(Queued { asked, what });
        }
    }

    /// Takes the wish to know when everything before it is decided and read.
    pub(super) fn ask_settle(&mut self, waiter: W, now: Instant) {
        self.enqueue(What::Settle, waiter, now);
    }

    fn enqueue(&mut self, what: What<T>, waiter: W, at: Instant) {
        let refusal = self.refusal(&what, waiter.line());
        let place = self.stand(waiter);
        match refusal {
            Some(refusal) => self.give(place, Given::Refused(refusal)),
            None => self.queued.push_back(Queued {
                asked: Asked { at, place },
                what,
            }),
        }
    }

    fn refusal(&self, what: &What<T>, line: Option<W::Line>) -> Option<Refusal> {
        let doubts = match what {
            What::Task(task) if task.kind() == Kind::Text => {
                line.map_or(0, |line| self.doubts.length(line))
            }
            What::Task(_) | What::Settle => 0,
        };
        match self.gate {
            Gate::Closed => Some(Refusal::NotDelivered),
            Gate::Open if self.held() >= STORE_QUEUE || doubts >= ASKS_IN_FLIGHT => {
                Some(Refusal::Busy)
            }
            Gate::Open => None,
        }
    }

    /// Asks that are queued or undecided.
    pub(super) fn held(&self) -> usize {
        self.queued.len() + self.sent.len() + self.settling.len()
    }

    /// Calls `put` for everything that may be sent now, in order: first what has to go again.
    pub(super) fn send(&mut self, first: Sending, mut put: impl FnMut(u64, &T)) {
        self.repeat(&mut put);
        let limit = self.oldest().unwrap_or(self.next_seq) + WINDOW as u64;
        while self.weight < WINDOW
            && self.next_seq < limit
            && let Some(Queued { asked, what }) = self.queued.pop_front()
        {
            self.sent.push_back(match what {
                What::Settle => Sent::Settle(asked),
                What::Task(task) => {
                    self.weight += task.weight();
                    let seq = self.next_seq;
                    self.next_seq += 1;
                    put(seq, &task);
                    Sent::Task {
                        seq,
                        task,
                        asked,
                        first,
                        copies: Copies::One,
                        flight: Flight::Out,
                        care: Care::Wanted,
                    }
                }
            });
        }
    }

    fn repeat(&mut self, put: &mut impl FnMut(u64, &T)) {
        if self.to_repeat == 0 {
            return;
        }
        #[cfg(test)]
        if self.breaks == Some(Rule::ResendsInOrder) {
            self.sent.make_contiguous().reverse();
        }
        for sent in &mut self.sent {
            if let Sent::Task {
                seq,
                task,
                flight,
                copies,
                ..
            } = sent
                && *flight == Flight::Again
            {
                (*flight, *copies) = (Flight::Out, Copies::More);
                put(*seq, task);
            }
        }
        self.to_repeat = 0;
    }

    /// Counts again what is sent, after some of it was dropped.
    fn weigh(&mut self) {
        self.weight = self.sent.iter().map(Sent::weight).sum();
        self.to_repeat = self.sent.iter().filter(|s| s.is(Flight::Again)).count();
    }

    fn oldest(&self) -> Option<u64> {
        self.sent.iter().find_map(Sent::seq)
    }

    /// The task that the next reply on the connection answers.
    pub(super) fn front(&self) -> Option<&T> {
        match self.sent.get(self.first_out()?)? {
            Sent::Task { task, .. } => Some(task),
            Sent::Settle(_) => None,
        }
    }

    fn first_out(&self) -> Option<usize> {
        self.sent.iter().position(|sent| sent.is(Flight::Out))
    }

    /// The next reply decided its task; `given` is for whoever waits.
    pub(super) fn decided(&mut self, given: Option<Given<A>>) -> Option<Done<T>> {
        let first = self.first_out()?;
        match self.sent.remove(first)? {
            Sent::Task {
                task, asked, care, ..
            } => {
                self.weight -= task.weight();
                // A waiter whom the answer does not fit is not left without one.
                let given = given.unwrap_or(Given::Refused(Refusal::NotConfirmed));
                self.give(asked.place, given);
                Some(Done { task, care })
            }
            Sent::Settle(_) => None,
        }
    }

    /// The next reply says that the epoch is another one: its task goes again after a hello.
    pub(super) fn again(&mut self) {
        let Some(first) = self.first_out() else {
            return;
        };
        if let Some(Sent::Task { flight, care, .. }) = self.sent.get_mut(first) {
            match care {
                Care::Wanted | Care::InDoubt => *flight = Flight::Again,
                Care::GivenUp => drop(self.sent.remove(first)),
            }
        }
        self.weigh();
    }

    /// Whether something was sent that somebody waits for and no reply decided: an event of this
    /// node may be its doing.
    pub(super) fn is_undecided(&self) -> bool {
        let waits = |sent: &Sent<T, W>| match sent {
            Sent::Task { care, .. } => *care == Care::Wanted,
            Sent::Settle(_) => false,
        };
        self.sent.iter().any(waits)
    }

    /// Whether nothing is queued or undecided.
    pub(super) fn is_idle(&self) -> bool {
        self.held() == 0
    }

    /// Lets what settles go: behind all replies so far, of which `answered` is the greatest
    /// position, once everything up to it is `read`.
    pub(super) fn settle(&mut self, answered: Position, read: Position) {
        if self.first_undecided().is_none()
            && matches!(self.queued.front(), Some(queued) if queued.settles())
        {
            let first = self.queued.pop_front();
            self.sent
                .extend(first.map(|queued| Sent::Settle(queued.asked)));
        }
        while let Some(first) = self.first_undecided()
            && self.sent[first].seq().is_none()
            && let Some(Sent::Settle(asked)) = self.sent.remove(first)
        {
            self.settling.push_back((asked, answered));
        }
        while let Some((asked, _)) = self.settling.pop_front_if(|(_, until)| *until <= read) {
            self.give(asked.place, Given::Settled);
        }
    }

    /// What is looked up is decided, and keeps nothing waiting.
    fn first_undecided(&self) -> Option<usize> {
        let mut sent = self.sent.iter();
        sent.position(|sent| !sent.is(Flight::LookedUp))
    }

    /// The connection is lost: what was not sent is refused, what was waits to be sent again.
    pub(super) fn lost(&mut self) {
        self.gate = Gate::Closed;
        self.refuse_queued();
        self.sent.retain_mut(|sent| match sent {
            Sent::Task { flight, care, .. } => {
                if *flight == Flight::Out {
                    *flight = Flight::Again;
                }
                *care != Care::GivenUp
            }
            Sent::Settle(_) => true,
        });
        self.weigh();
    }

    /// Nothing will ever be decided again: nobody is left without an answer, and what is in doubt
    /// stays so.
    pub(super) fn refuse_all(&mut self) {
        self.lost();
        self.doubts.clear();
        for sent in std::mem::take(&mut self.sent) {
            let unknown = sent.unknown();
            self.give(sent.into_place(), Given::Refused(unknown));
        }
        self.weigh();
        for (asked, _) in std::mem::take(&mut self.settling) {
            self.give(asked.place, Given::Refused(Refusal::NotConfirmed));
        }
    }

    fn refuse_queued(&mut self) {
        for queued in std::mem::take(&mut self.queued) {
            self.give(queued.asked.place, Given::Refused(Refusal::NotDelivered));
        }
    }

    /// Answers whoever has waited for [`DEADLINE`].
    pub(super) fn expire(&mut self, now: Instant) {
        let is_late = |at: Instant| now.saturating_duration_since(at) >= DEADLINE;
        while let Some((asked, _)) = self.settling.pop_front_if(|(asked, _)| is_late(asked.at)) {
            self.give(asked.place, Given::Refused(Refusal::NotConfirmed));
        }
        self.expire_sent(is_late);
        // In the order of asking: behind one that is not late none is.
        let late = self.queued.iter().take_while(|q| is_late(q.asked.at));
        let late = late.count();
        let mut kept = VecDeque::new();
        for queued in self.queued.drain(..late).collect::<Vec<_>>() {
            match queued.asked.place {
                Place::Nobody => kept.push_back(queued),
                place @ (Place::InLine { .. } | Place::Alone(_) | Place::InDoubt { .. }) => {
                    self.give(place, Given::Refused(Refusal::NotDelivered));
                }
            }
        }
        kept.append(&mut self.queued);
        self.queued = kept;
    }

    fn expire_sent(&mut self, is_late: impl Fn(Instant) -> bool) {
        let mut told = Vec::new();
        for sent in self.sent.iter_mut().take_while(|sent| is_late(sent.at())) {
            let unknown = sent.unknown();
            if let Some(place) = sent.give_up(|line| self.doubts.stand(line, ())) {
                told.push((place, unknown));
            }
        }
        for (place, unknown) in told {
            self.give(place, Given::Refused(unknown));
        }
        let is_over = |sent: &Sent<T, W>| match sent {
            Sent::Settle(asked) => matches!(asked.place, Place::Nobody),
            // A reply is to come for what is out, and needs its task.
            Sent::Task { flight, care, .. } => *flight == Flight::Again && *care == Care::GivenUp,
        };
        self.sent.retain(|sent| !is_over(sent));
        self.weigh();
    }

    /// What is to be handed out next.
    pub(super) fn next_given(&mut self) -> Option<Handed<W, A>> {
        self.given.pop_front()
    }

    fn stand(&mut self, waiter: W) -> Place<W> {
        match waiter.line() {
            None => Place::Alone(waiter),
            Some(line) => {
                let ticket = self.lines.stand(line, waiter);
                Place::InLine { line, ticket }
            }
        }
    }

    fn give(&mut self, place: Place<W>, given: Given<A>) {
        let out = &mut self.given;
        match place {
            Place::Nobody => {}
            Place::Alone(waiter) => out.push_back(Handed::Answer { waiter, given }),
            Place::InLine { line, ticket } => {
                self.lines.give(line, ticket, given, |waiter, given| {
                    out.push_back(Handed::Answer { waiter, given });
                });
            }
            Place::InDoubt { line, ticket } => self.resolve(line, ticket, given.fate()),
        }
    }

    fn resolve(&mut self, line: W::Line, ticket: u64, fate: Fate) {
        let out = &mut self.given;
        self.doubts.give(line, ticket, fate, |(), fate| {
            out.push_back(Handed::Resolved { line, fate });
        });
    }
}

#[cfg(test)]
mod tests;
