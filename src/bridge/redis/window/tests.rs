//! Whatever happens to the connection, every ask is answered once, in the order of its line.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// A task: its number in the order of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Job(u32, Kind);

/// Who waits: the line, if any, and the task's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Who(Option<u8>, u32);

impl Load for Job {
    fn kind(&self) -> Kind {
        self.1
    }

    fn weight(&self) -> usize {
        1
    }
}

impl Waiter for Who {
    type Line = u8;

    fn line(&self) -> Option<u8> {
        self.0
    }
}

type Tested = Window<Job, Who, u32>;

const ALICE: Option<u8> = Some(1);
const BOB: Option<u8> = Some(2);

fn open() -> (Tested, Instant) {
    let mut window = Tested::new(1);
    window.open();
    (window, Instant::now())
}

fn ask(window: &mut Tested, line: Option<u8>, job: u32, kind: Kind, now: Instant) {
    window.ask(Job(job, kind), Who(line, job), now);
}

fn sent(window: &mut Tested) -> Vec<(u64, u32)> {
    let mut sent = Vec::new();
    window.send(|seq, job| sent.push((seq, job.0)));
    sent
}

fn decide(window: &mut Tested) -> Option<Done<Job>> {
    let job = window.front().copied()?;
    window.decided(Some(Given::Decided(job.0)))
}

fn given(window: &mut Tested) -> Vec<(u32, Given<u32>)> {
    let given = std::iter::from_fn(|| window.next_given());
    given.map(|(who, given)| (who.1, given)).collect()
}

const LOST: Given<u32> = Given::Refused(Refusal::NotDelivered);
const UNKNOWN: Given<u32> = Given::Refused(Refusal::NotConfirmed);

#[test]
fn a_lost_connection_refuses_what_was_not_sent_in_its_turn() {
    let (mut window, now) = open();
    ask(&mut window, ALICE, 1, Kind::Change, now);
    assert_eq!(sent(&mut window), [(1, 1)]);
    ask(&mut window, ALICE, 2, Kind::Change, now);
    ask(&mut window, BOB, 3, Kind::Change, now);
    window.lost();
    // What bob asked never left; alice's first may have been done, and goes first.
    assert_eq!(given(&mut window), [(3, LOST)]);
    ask(&mut window, BOB, 4, Kind::Change, now);
    assert_eq!(given(&mut window), [(4, LOST)]);
    window.open();
    assert_eq!(sent(&mut window), [(1, 1)]);
    decide(&mut window);
    assert_eq!(given(&mut window), [(1, Given::Decided(1)), (2, LOST)]);
    assert!(window.is_idle());
}

#[test]
fn after_another_epoch_what_it_refused_goes_again_in_order() {
    let (mut window, now) = open();
    for job in 1..=4 {
        ask(&mut window, ALICE, job, Kind::Change, now);
    }
    sent(&mut window);
    decide(&mut window);
    window.again();
    decide(&mut window);
    window.again();
    assert!(window.front().is_none());
    assert_eq!(given(&mut window), [(1, Given::Decided(1))]);
    assert_eq!(sent(&mut window), [(2, 2), (4, 4)]);
    decide(&mut window);
    decide(&mut window);
    let told = given(&mut window).into_iter().map(|(job, _)| job);
    assert_eq!(told.collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn who_waited_too_long_is_told_what_is_known() {
    let (mut window, now) = open();
    ask(&mut window, ALICE, 1, Kind::Change, now);
    ask(&mut window, BOB, 2, Kind::Read, now);
    sent(&mut window);
    ask(&mut window, None, 3, Kind::Change, now);
    window.expire(now + DEADLINE / 2);
    assert_eq!(given(&mut window), []);
    window.expire(now + DEADLINE);
    assert_eq!(given(&mut window), [(1, UNKNOWN), (2, LOST), (3, LOST)]);
    // The late reply is taken in its order, and is of no use.
    let late = decide(&mut window).expect("it was sent");
    assert_eq!((late.task.0, late.care), (1, Care::GivenUp));
    window.lost();
    window.open();
    assert_eq!(sent(&mut window), []);
    assert_eq!(given(&mut window), []);
    assert!(window.is_idle());
}

#[test]
fn chores_are_never_refused_and_sent_ones_go_again() {
    let (mut window, now) = open();
    for job in 0..=u32::try_from(STORE_QUEUE).expect("few") {
        ask(&mut window, BOB, job, Kind::Change, now);
    }
    window.chore(Job(9999, Kind::Chore), now);
    let busy = Given::Refused(Refusal::Busy);
    window.expire(now + DEADLINE);
    let told = given(&mut window);
    assert_eq!(told.iter().filter(|(_, given)| *given == busy).count(), 1);
    assert_eq!(sent(&mut window), [(1, 9999)]);
    window.chore(Job(10_000, Kind::Chore), now);
    window.expire(now + DEADLINE * 3);
    window.lost();
    // It would be forgotten: what is not here is given back after the next hello.
    window.chore(Job(10_001, Kind::Chore), now);
    window.open();
    assert_eq!(sent(&mut window), [(1, 9999)]);
}

#[test]
fn the_window_bounds_what_may_be_repeated() {
    let (mut window, now) = open();
    for job in 0..2000 {
        ask(&mut window, ALICE, job, Kind::Change, now);
    }
    assert_eq!(sent(&mut window).len(), WINDOW);
    window.again();
    for _ in 1..WINDOW {
        decide(&mut window);
    }
    // The first one is to be repeated: no number may pass it by as many as are remembered.
    assert_eq!(sent(&mut window), [(1, 0)]);
    decide(&mut window);
    assert_eq!(sent(&mut window).len(), 2000 - WINDOW);
}

#[test]
fn what_settles_waits_for_all_before_it_and_for_the_reading() {
    let (mut window, now) = open();
    let at = |n| Position { epoch: 7, n };
    ask(&mut window, BOB, 1, Kind::Change, now);
    window.ask_settle(Who(ALICE, 2), now);
    ask(&mut window, ALICE, 3, Kind::Read, now);
    ask(&mut window, BOB, 4, Kind::Read, now);
    assert_eq!(sent(&mut window).len(), 3);
    window.settle(at(1), at(1));
    assert_eq!(given(&mut window), []);
    decide(&mut window);
    window.settle(at(5), at(4));
    decide(&mut window);
    decide(&mut window);
    let told = given(&mut window);
    assert_eq!(told, [(1, Given::Decided(1)), (4, Given::Decided(4))]);
    window.settle(at(6), at(5));
    let told = given(&mut window);
    assert_eq!(told, [(2, Given::Settled), (3, Given::Decided(3))]);
    window.ask_settle(Who(ALICE, 5), now);
    window.settle(at(6), at(6));
    assert_eq!(given(&mut window), [(5, Given::Settled)]);
}

/// What may happen.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Ask(u8, Kind),
    AskAlone,
    Chore,
    Settle(u8),
    Send,
    Reply,
    Epoch,
    Lost,
    Up,
    Later,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0..3_u8).prop_map(|line| Happens::Ask(line, Kind::Change)),
        2 => (0..3_u8).prop_map(|line| Happens::Ask(line, Kind::Read)),
        1 => Just(Happens::AskAlone),
        1 => Just(Happens::Chore),
        1 => (0..3_u8).prop_map(Happens::Settle),
        6 => Just(Happens::Send),
        6 => Just(Happens::Reply),
        1 => Just(Happens::Epoch),
        1 => Just(Happens::Lost),
        2 => Just(Happens::Up),
        1 => Just(Happens::Later),
    ]
}

/// The window, and a store that does each number once.
struct Model {
    window: Tested,
    now: Instant,
    next: u32,
    is_up: bool,
    /// Epoch replies came: nothing is sent before all replies are there.
    drains: bool,
    /// On the connection, in order.
    wire: VecDeque<(u64, u32)>,
    numbers: BTreeMap<u32, u64>,
    asked: BTreeMap<Option<u8>, Vec<u32>>,
    told: BTreeMap<Option<u8>, Vec<u32>>,
}

impl Model {
    fn new() -> Self {
        Self {
            window: Tested::new(1),
            now: Instant::now(),
            next: 0,
            is_up: false,
            drains: false,
            wire: VecDeque::new(),
            numbers: BTreeMap::new(),
            asked: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    fn number(&mut self, line: Option<u8>) -> u32 {
        self.next += 1;
        self.asked.entry(line).or_default().push(self.next);
        self.next
    }

    fn ask(&mut self, line: Option<u8>, kind: Kind) {
        let job = self.number(line);
        ask(&mut self.window, line, job, kind, self.now);
    }

    fn one(&mut self, happens: Happens) {
        match happens {
            Happens::Ask(line, kind) => self.ask(Some(line), kind),
            Happens::AskAlone => self.ask(None, Kind::Change),
            Happens::Chore => {
                self.next += 1;
                self.window.chore(Job(self.next, Kind::Chore), self.now);
            }
            Happens::Settle(line) => {
                let job = self.number(Some(line));
                self.window.ask_settle(Who(Some(line), job), self.now);
            }
            Happens::Send => self.send(),
            Happens::Reply => self.reply(),
            Happens::Epoch => {
                if self.wire.pop_front().is_some() {
                    self.window.again();
                    self.drains = true;
                }
            }
            Happens::Lost => {
                self.window.lost();
                self.wire.clear();
                (self.is_up, self.drains) = (false, false);
            }
            Happens::Up => {
                self.is_up = true;
                self.window.open();
            }
            Happens::Later => {
                self.now += DEADLINE / 3;
                self.window.expire(self.now);
            }
        }
        self.window.settle(Position::START, Position::START);
        while let Some((who, _)) = self.window.next_given() {
            self.told.entry(who.0).or_default().push(who.1);
        }
    }

    fn send(&mut self) {
        self.drains &= !self.wire.is_empty();
        if !self.is_up || self.drains {
            return;
        }
        let sent = sent(&mut self.window);
        let seqs: Vec<_> = sent.iter().map(|(seq, _)| *seq).collect();
        assert!(seqs.is_sorted(), "{seqs:?}");
        for (seq, job) in sent {
            let kept = *self.numbers.entry(job).or_insert(seq);
            assert_eq!(kept, seq, "a number stays");
            self.wire.push_back((seq, job));
        }
        let out: BTreeSet<_> = self.wire.iter().map(|(seq, _)| seq).collect();
        assert_eq!(out.len(), self.wire.len(), "nothing is out twice");
    }

    fn reply(&mut self) {
        let Some((_, job)) = self.wire.pop_front() else {
            return assert!(self.window.front().is_none());
        };
        assert_eq!(self.window.front().map(|job| job.0), Some(job));
        decide(&mut self.window);
    }
}

proptest! {
    #[test]
    fn every_ask_is_answered_once_and_in_order(
        story in proptest::collection::vec(happens(), 0..200),
    ) {
        let mut model = Model::new();
        for happens in story {
            model.one(happens);
            for (line, told) in &model.told {
                let asked = &model.asked[line];
                match line {
                    Some(_) => prop_assert_eq!(told, &asked[..told.len()]),
                    // One thing at a time is all that such a waiter asks.
                    None => prop_assert!(told.iter().all(|job| asked.contains(job))),
                }
            }
        }
        for _ in 0..4 {
            model.one(Happens::Later);
        }
        let sorted = |map: BTreeMap<Option<u8>, Vec<u32>>| {
            map.into_iter().map(|(line, mut jobs)| {
                jobs.sort_unstable();
                (line, jobs)
            }).collect::<Vec<_>>()
        };
        prop_assert_eq!(sorted(model.told), sorted(model.asked));
    }
}
