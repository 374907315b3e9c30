//! What goes wrong in a schedule, and when: drawn from its seed.

use std::time::Duration;

use crate::bridge::redis::simulated::network::{Flow, Hearing, UnderWay};
use crate::testing::dice::Dice;

/// Something that goes wrong, or is well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A node's connections are reset.
    Reset(usize, UnderWay),
    /// The same, and it can have no other.
    Refuse(usize, UnderWay),
    /// Nothing passes between a node and the server, in one direction or both.
    Stop(usize, Flow, Flow),
    /// A node's way is well.
    Heal(usize),
    /// A node's process stands still.
    Freeze(usize),
    Thaw(usize),
    /// A node's power is cut.
    Kill(usize),
    /// A node goes down in order.
    Shut(usize),
    /// A node is started, if it is not on.
    Start(usize),
    /// The server is killed.
    PowerOff,
    /// It is started on this.
    PowerOn(Kept),
    /// What the server holds is put aside.
    Snapshot,
    /// All that listen to the channel are cut off.
    Deafen,
    Hear(Hearing),
    /// The server's clock jumps.
    Ahead(Duration),
    Back(Duration),
    /// The log is cut to so many entries.
    Trim(usize),
}

/// What a server still has that is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    All,
    Nothing,
    /// What was put aside, in another run: a backup, a replica.
    Snapshot,
    /// The same in the same run: a machine that was taken back.
    SnapshotOfTheRun,
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Reset,
    Refuse,
    Stop,
    Freeze,
    Kill,
    Shut,
    /// The server is started again, with all that it had.
    Outage,
    /// The same, without some of it.
    Forget,
    /// The server answers nobody for a while.
    StandStill,
    Hearing,
    Clock,
    Trim,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Reset,
        Self::Refuse,
        Self::Stop,
        Self::Freeze,
        Self::Kill,
        Self::Shut,
        Self::Outage,
        Self::Forget,
        Self::StandStill,
        Self::Hearing,
        Self::Clock,
        Self::Trim,
    ];
}

/// A schedule's faults, in the order of their times.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) faults: Vec<(Duration, Fault)>,
    /// When the last one is over.
    pub(super) over: Duration,
}

/// Until when people talk at least.
const TALK: Duration = Duration::from_secs(14);

impl Plan {
    /// Draws one for so many nodes, of faults of these kinds; where there are none, of a few kinds
    /// that are drawn too, so that what goes together by chance is met often.
    pub(super) fn draw(nodes: usize, kinds: &[Kind], dice: &mut Dice) -> Self {
        let mut plan = Self {
            faults: Vec::new(),
            over: TALK,
        };
        let (few, most) = (1 + dice.below(3), dice.below(5));
        let drawn: Vec<_> = (0..few).map(|_| dice.one_of(&Kind::ALL)).collect();
        let (kinds, most) = if kinds.is_empty() {
            (&drawn[..], most)
        } else {
            (kinds, most.max(kinds.len()))
        };
        for number in 0..most {
            // Each kind once, and then any.
            let kind = kinds.get(number).copied();
            let kind = kind.unwrap_or_else(|| dice.one_of(kinds));
            plan.add_one(kind, nodes, dice);
        }
        plan.faults.sort_by_key(|(at, _)| *at);
        plan
    }

    /// Whether something is among them.
    pub(super) fn has(&self, is: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(|(_, fault)| is(fault))
    }

    /// Whether all that goes wrong is that the server is started again, or connections are reset.
    pub(super) fn is_of_outages(&self) -> bool {
        !self.has(|fault| {
            !matches!(
                fault,
                Fault::PowerOff | Fault::PowerOn(Kept::All) | Fault::Reset(..)
            )
        })
    }

    /// Whether the server forgets something that it had.
    pub(super) fn forgets(&self) -> bool {
        self.has(|fault| match fault {
            Fault::PowerOn(kept) => *kept != Kept::All,
            Fault::Trim(_) => true,
            _ => false,
        })
    }

    fn add(&mut self, at: Duration, fault: Fault) {
        self.faults.push((at, fault));
        self.over = self.over.max(at);
    }

    fn add_one(&mut self, kind: Kind, nodes: usize, dice: &mut Dice) {
        let at = Duration::from_secs(2) + dice.up_to(TALK.saturating_sub(Duration::from_secs(4)));
        let node = dice.below(nodes);
        let seconds = dice.one_of(&[0, 1, 3, 5, 7, 9, 12, 15, 25, 40, 55]);
        let until = at + Duration::from_secs(seconds) + dice.up_to(Duration::from_secs(1));
        let under_way = dice.one_of(&[UnderWay::Lost, UnderWay::Arrives]);
        match kind {
            Kind::Reset => self.add(at, Fault::Reset(node, under_way)),
            Kind::Refuse => {
                self.add(at, Fault::Refuse(node, under_way));
                self.add(until, Fault::Heal(node));
            }
            Kind::Stop => {
                let (up, down) = dice.one_of(&[
                    (Flow::Stops, Flow::Stops),
                    (Flow::Stops, Flow::Stops),
                    (Flow::Runs, Flow::Stops),
                    (Flow::Stops, Flow::Runs),
                ]);
                self.add(at, Fault::Stop(node, up, down));
                self.add(until, Fault::Heal(node));
            }
            Kind::Freeze => {
                self.add(at, Fault::Freeze(node));
                self.add(until, Fault::Thaw(node));
            }
            Kind::Kill => self.goes(at, until, Fault::Kill(node), node, dice),
            Kind::Shut => self.goes(at, until, Fault::Shut(node), node, dice),
            Kind::Outage => {
                self.add(at, Fault::PowerOff);
                self.add(until, Fault::PowerOn(Kept::All));
            }
            Kind::Forget => self.forgets_something(at, until, dice),
            Kind::StandStill => {
                for node in 0..nodes {
                    self.add(at, Fault::Stop(node, Flow::Stops, Flow::Stops));
                    self.add(until, Fault::Heal(node));
                }
            }
            Kind::Hearing => {
                self.add(at, Fault::Hear(Hearing::Badly(2 + dice.below(4))));
                self.add(until, Fault::Hear(Hearing::Well));
                self.add(at, Fault::Deafen);
            }
            Kind::Clock => {
                let by = dice.up_to(Duration::from_secs(15));
                let jump = dice.one_of(&[Fault::Ahead(by), Fault::Back(by)]);
                self.add(at, jump);
            }
            Kind::Trim => self.add(at, Fault::Trim(1 + dice.below(20))),
        }
    }

    /// A node goes, and often comes back.
    fn goes(&mut self, at: Duration, until: Duration, how: Fault, node: usize, dice: &mut Dice) {
        self.add(at, how);
        if !dice.one_in(3) {
            self.add(until, Fault::Start(node));
        }
    }

    fn forgets_something(&mut self, at: Duration, until: Duration, dice: &mut Dice) {
        let before = at.saturating_sub(dice.up_to(Duration::from_secs(3)));
        let kept = dice.one_of(&[Kept::Nothing, Kept::Snapshot, Kept::SnapshotOfTheRun]);
        self.add(before, Fault::Snapshot);
        self.add(at, Fault::PowerOff);
        self.add(until, Fault::PowerOn(kept));
    }
}
