//! Whatever happens to the connection, every ask is answered once, in the order of its line.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::doubt::REPEATABLE;
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

/// A text becomes the event with its own number.
impl Decides for u32 {
    fn fate(&self) -> Fate {
        delivered(*self)
    }
}

fn delivered(job: u32) -> Fate {
    let n = job.into();
    Fate::Delivered {
        position: Position { epoch: 7, n },
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
    sent_at(window, Instant::now())
}

fn sent_at(window: &mut Tested, at: Instant) -> Vec<(u64, u32)> {
    let mut sent = Vec::new();
    let head = Position::START;
    window.send(Sending { at, head }, |seq, job| sent.push((seq, job.0)));
    sent
}

fn decide(window: &mut Tested) -> Option<Done<Job>> {
    let job = window.front().copied()?;
    window.decided(Some(Given::Decided(job.0)))
}

fn given(window: &mut Tested) -> Vec<(u32, Given<u32>)> {
    let given = std::iter::from_fn(|| window.next_given());
    let given = given.map(|handed| match handed {
        Handed::Answer { waiter, given } => (waiter.1, given),
        other @ Handed::Resolved { .. } => panic!("{other:?}"),
    });
    given.collect()
}

/// What is told about texts in doubt, and to whom.
fn resolved(window: &mut Tested) -> Vec<(u8, Fate)> {
    let given = std::iter::from_fn(|| window.next_given());
    let resolved = given.map(|handed| match handed {
        Handed::Resolved { line, fate } => (line, fate),
        other @ Handed::Answer { .. } => panic!("{other:?}"),
    });
    resolved.collect()
}

/// Alice said three things and Bob one, and all of them are in doubt; the connection is lost.
fn in_doubt() -> (Tested, Instant) {
    let (mut window, now) = open();
    for (line, job) in [(ALICE, 1), (BOB, 2), (ALICE, 3), (ALICE, 4)] {
        ask(&mut window, line, job, Kind::Text, now);
    }
    sent_at(&mut window, now);
    window.lost();
    window.expire(now + DEADLINE);
    let told = given(&mut window);
    assert!(told.iter().all(|(_, given)| *given == UNKNOWN), "{told:?}");
    assert_eq!(told.len(), 4);
    (window, now)
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

#[test]
fn a_text_in_doubt_goes_again_under_its_number_and_its_sender_is_told() {
    let (mut window, now) = in_doubt();
    let soon = now + REPEATABLE - DEADLINE / 10;
    assert_eq!(window.greets(soon), 0, "all of it may be decided");
    window.open();
    ask(&mut window, ALICE, 5, Kind::Text, soon);
    let again = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)];
    assert_eq!(sent_at(&mut window, soon), again);
    decide(&mut window);
    decide(&mut window);
    // Refused: it was in doubt, and is not done.
    let _refused = window.decided(Some(LOST));
    let told = [
        (1, delivered(1)),
        (2, delivered(2)),
        (1, Fate::NotDelivered),
    ];
    assert_eq!(resolved(&mut window), told);
    decide(&mut window);
    assert_eq!(resolved(&mut window), [(1, delivered(4))]);
    decide(&mut window);
    assert_eq!(given(&mut window), [(5, Given::Decided(5))]);
    assert!(window.is_idle());
}

#[test]
fn a_late_reply_resolves_what_is_in_doubt() {
    let (mut window, now) = open();
    ask(&mut window, ALICE, 1, Kind::Text, now);
    sent(&mut window);
    window.expire(now + DEADLINE);
    window.expire(now + DEADLINE * 2);
    assert_eq!(given(&mut window), [(1, UNKNOWN)]);
    assert!(!window.is_undecided(), "nobody is kept from reading by it");
    let late = decide(&mut window).expect("it was sent");
    assert_eq!((late.task.0, late.care), (1, Care::InDoubt));
    assert_eq!(resolved(&mut window), [(1, delivered(1))]);
    assert!(window.is_idle());
}

#[test]
fn what_is_too_old_is_looked_up_and_never_sent_again() {
    let (mut window, now) = in_doubt();
    window.open();
    ask(&mut window, BOB, 5, Kind::Text, now + DEADLINE);
    window.chore(Job(6, Kind::Chore), now + DEADLINE);
    // The four go again, and these two for the first time.
    assert_eq!(sent_at(&mut window, now + DEADLINE).len(), 6);
    window.lost();
    let late = now + REPEATABLE;
    window.expire(late);
    assert_eq!(given(&mut window), [(5, UNKNOWN)]);
    assert_eq!(window.greets(late), 4, "the fifth may still be decided");
    let sought: Vec<_> = window.looked_up().map(|(seq, _)| seq).collect();
    assert_eq!(sought, [1, 2, 3, 4]);
    assert_eq!(sent_at(&mut window, late), [(5, 5), (6, 6)]);
    // Told in the order in which they were said, whatever is found first.
    window.found(4, Fate::NotDelivered);
    window.found(3, Fate::Unknown);
    assert_eq!(resolved(&mut window), []);
    window.found(1, delivered(1));
    let told = [
        (1, delivered(1)),
        (1, Fate::Unknown),
        (1, Fate::NotDelivered),
    ];
    assert_eq!(resolved(&mut window), told);
    window.lost();
    let later = now + DEADLINE + REPEATABLE;
    assert_eq!(window.greets(later), 6, "the chore is forgotten");
    let sought: Vec<_> = window.looked_up().map(|(seq, _)| seq).collect();
    assert_eq!(sought, [2, 5]);
    assert_eq!(sent_at(&mut window, later), []);
    window.found(2, delivered(2));
    window.found(5, delivered(5));
    assert_eq!(
        resolved(&mut window),
        [(2, delivered(2)), (2, delivered(5))]
    );
    assert!(window.is_idle());
}

#[test]
fn who_has_too_much_in_doubt_says_no_more() {
    let (mut window, now) = open();
    let most = u32::try_from(ASKS_IN_FLIGHT).expect("few");
    for job in 0..most {
        ask(&mut window, ALICE, job, Kind::Text, now);
    }
    sent(&mut window);
    window.expire(now + DEADLINE);
    assert_eq!(given(&mut window).len(), ASKS_IN_FLIGHT);
    ask(&mut window, ALICE, 100, Kind::Text, now + DEADLINE);
    assert_eq!(given(&mut window), [(100, Given::Refused(Refusal::Busy))]);
    ask(&mut window, ALICE, 101, Kind::Read, now + DEADLINE);
    ask(&mut window, BOB, 102, Kind::Text, now + DEADLINE);
    decide(&mut window);
    assert_eq!(resolved(&mut window), [(1, delivered(0))]);
    ask(&mut window, ALICE, 103, Kind::Text, now + DEADLINE);
    assert_eq!(given(&mut window), []);
}

#[test]
fn a_copy_that_is_not_taken_says_nothing_about_the_one_before() {
    let (mut window, now) = open();
    ask(&mut window, ALICE, 1, Kind::Text, now);
    ask(&mut window, BOB, 2, Kind::Change, now);
    sent(&mut window);
    window.lost();
    window.open();
    ask(&mut window, BOB, 3, Kind::Text, now);
    assert_eq!(sent(&mut window).len(), 3);
    assert_eq!(window.failed(), Remedy::Hello);
    assert_eq!(window.failed(), Remedy::None);
    assert_eq!(window.failed(), Remedy::None);
    assert_eq!(given(&mut window), [(1, UNKNOWN), (2, UNKNOWN), (3, LOST)]);
    assert_eq!(window.greets(now), 3);
    assert_eq!(window.looked_up().count(), 1);
    window.found(1, delivered(1));
    assert_eq!(resolved(&mut window), [(1, delivered(1))]);
}

#[test]
fn what_is_not_taken_behind_what_goes_again_goes_again() {
    let (mut window, now) = open();
    for job in 1..=3 {
        ask(&mut window, ALICE, job, Kind::Text, now);
    }
    sent(&mut window);
    window.lost();
    window.greets(now);
    window.open();
    sent(&mut window);
    decide(&mut window);
    window.again();
    assert_eq!(window.failed(), Remedy::Hello);
    // Before the second is decided, the third may be done.
    assert_eq!(window.greets(now), 1);
    assert_eq!(window.looked_up().count(), 0);
    assert_eq!(sent(&mut window), [(2, 2), (3, 3)]);
    decide(&mut window);
    decide(&mut window);
    window.expire(now);
    let told = std::iter::from_fn(|| window.next_given()).collect::<Vec<_>>();
    let answer = |job: u32, given| {
        let waiter = Who(ALICE, job);
        Handed::Answer { waiter, given }
    };
    let third = Handed::Resolved {
        line: 1,
        fate: delivered(3),
    };
    let decided = |job| answer(job, Given::Decided(job));
    assert_eq!(told, [decided(1), decided(2), answer(3, UNKNOWN), third]);
}

#[test]
fn what_is_looked_up_keeps_no_ping_waiting() {
    let (mut window, now) = in_doubt();
    let late = now + REPEATABLE;
    window.greets(late);
    window.open();
    let at = |n| Position { epoch: 7, n };
    window.ask_settle(Who(ALICE, 5), late);
    window.settle(at(1), at(1));
    assert_eq!(given(&mut window), [(5, Given::Settled)]);
    ask(&mut window, BOB, 6, Kind::Change, late);
    window.ask_settle(Who(ALICE, 7), late);
    sent(&mut window);
    window.settle(at(1), at(1));
    assert_eq!(given(&mut window), []);
    decide(&mut window);
    window.settle(at(2), at(2));
    let told = given(&mut window);
    assert_eq!(told, [(6, Given::Decided(6)), (7, Given::Settled)]);
}

#[test]
fn who_is_gone_leaves_nothing_behind_in_the_end() {
    let (mut window, now) = in_doubt();
    ask(&mut window, BOB, 5, Kind::Text, now + DEADLINE);
    assert_eq!(given(&mut window), [(5, LOST)]);
    window.refuse_all();
    assert_eq!(window.next_given(), None, "what is in doubt stays so");
    assert!(window.is_idle());
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
    MuchLater,
    Found,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0..3_u8).prop_map(|line| Happens::Ask(line, Kind::Text)),
        2 => (0..3_u8).prop_map(|line| Happens::Ask(line, Kind::Change)),
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
        1 => Just(Happens::MuchLater),
        1 => Just(Happens::Found),
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
    /// Up to where the last hello said that nothing comes, and what is looked up.
    barred: u64,
    sought: BTreeSet<u64>,
    /// Texts that somebody was told to be in doubt, and those of which the end was told.
    kinds: BTreeMap<u32, Kind>,
    doubts: BTreeMap<u8, Vec<u32>>,
    resolved: BTreeMap<u8, Vec<u32>>,
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
            barred: 0,
            sought: BTreeSet::new(),
            kinds: BTreeMap::new(),
            doubts: BTreeMap::new(),
            resolved: BTreeMap::new(),
        }
    }

    fn number(&mut self, line: Option<u8>) -> u32 {
        self.next += 1;
        self.asked.entry(line).or_default().push(self.next);
        self.next
    }

    fn ask(&mut self, line: Option<u8>, kind: Kind) {
        let job = self.number(line);
        self.kinds.insert(job, kind);
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
                if !self.is_up {
                    self.greets();
                }
                self.is_up = true;
                self.window.open();
            }
            Happens::Later => self.passes(DEADLINE / 3),
            Happens::MuchLater => self.passes(REPEATABLE / 2),
            Happens::Found => self.finds(),
        }
        self.window.settle(Position::START, Position::START);
        while let Some(handed) = self.window.next_given() {
            self.hands_out(handed);
        }
    }

    fn hands_out(&mut self, handed: Handed<Who, u32>) {
        match handed {
            Handed::Answer { waiter, given } => {
                self.told.entry(waiter.0).or_default().push(waiter.1);
                let is_text = self.kinds.get(&waiter.1) == Some(&Kind::Text);
                if let (Some(line), true, UNKNOWN) = (waiter.0, is_text, given) {
                    self.doubts.entry(line).or_default().push(waiter.1);
                }
            }
            Handed::Resolved { line, fate } => {
                let Fate::Delivered { position } = fate else {
                    panic!("{fate:?}")
                };
                let job = u32::try_from(position.n).expect("a job");
                self.resolved.entry(line).or_default().push(job);
            }
        }
    }

    fn passes(&mut self, time: Duration) {
        self.now += time;
        self.window.expire(self.now);
    }

    /// A hello, with nothing on the wire.
    fn greets(&mut self) {
        self.barred = self.window.greets(self.now);
        self.sought = self.window.looked_up().map(|(seq, _)| seq).collect();
    }

    /// The end of one of the texts that are looked up, the last one first.
    fn finds(&mut self) {
        if let Some(seq) = self.sought.pop_last() {
            let job = self.numbers.iter().find(|(_, number)| **number == seq);
            let job = *job.expect("it was sent").0;
            self.window.found(seq, delivered(job));
        }
    }

    fn send(&mut self) {
        if self.drains && self.wire.is_empty() {
            self.greets();
            self.drains = false;
        }
        if !self.is_up || self.drains {
            return;
        }
        let sent = sent_at(&mut self.window, self.now);
        let seqs: Vec<_> = sent.iter().map(|(seq, _)| *seq).collect();
        assert!(seqs.is_sorted(), "{seqs:?}");
        for (seq, job) in sent {
            let kept = *self.numbers.entry(job).or_insert(seq);
            assert_eq!(kept, seq, "a number stays");
            assert!(seq > self.barred, "Redis was told that it does not come");
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
        model.one(Happens::Lost);
        model.one(Happens::Up);
        while !model.window.is_idle() {
            for happens in [Happens::Send, Happens::Reply, Happens::Found] {
                model.one(happens);
            }
        }
        prop_assert_eq!(&model.resolved, &model.doubts, "the end of every doubt, in order");
        let sorted = |map: BTreeMap<Option<u8>, Vec<u32>>| {
            map.into_iter().map(|(line, mut jobs)| {
                jobs.sort_unstable();
                (line, jobs)
            }).collect::<Vec<_>>()
        };
        prop_assert_eq!(sorted(model.told), sorted(model.asked));
    }
}
