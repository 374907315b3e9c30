//! Whose people are let go, because their node has shown no sign of life for long. No clock.
//!
//! Every node looks, and whoever is first does it: Redis releases only what a run still holds
//! that has no lease.

use std::time::Duration;

use tokio::time::Instant;

use crate::chat::origin::Incarnation;

/// How long at least a run has to be without a lease, seen from here without a pause, before its
/// people are let go: those who come back have come in elsewhere by then, and nobody sees them
/// leave for nothing. With a longer `accounts.grace` it is that.
const GONE_FOR: Duration = Duration::from_secs(15);

/// Nodes look at the same run so much apart by chance, so that as a rule one does it.
const SCATTER: Duration = Duration::from_secs(3);

/// Between two looks at a run that still held somebody.
const AGAIN: Duration = Duration::from_secs(1);

/// People who are let go at one look: some 50 ms of Redis's time.
pub(super) const LET_GO: usize = 500;

/// Runs without a lease, and what is to be done about them.
#[derive(Debug)]
pub(super) struct Reaper {
    gone_for: Duration,
    gone: Vec<Gone>,
    /// What was asked and not answered.
    out: Option<Step>,
    /// The run that holds nobody any more, to be forgotten next.
    void: Option<Incarnation>,
}

#[derive(Debug)]
struct Gone {
    run: Incarnation,
    due: Instant,
}

/// What is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Whom does this run hold?
    Look(Incarnation),
    /// Nobody: is anything else of it left?
    Forget(Incarnation),
}

/// What a look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Somebody,
    Nobody,
}

impl Reaper {
    /// Lets nobody go before `grace` is over.
    pub(super) fn new(grace: Duration) -> Self {
        Self {
            gone_for: GONE_FOR.max(grace),
            gone: Vec::new(),
            out: None,
            void: None,
        }
    }

    /// The runs that a beat tells to have no lease.
    pub(super) fn beat(&mut self, gone: Vec<Incarnation>, random: u64, now: Instant) {
        self.gone.retain(|known| gone.contains(&known.run));
        for run in gone {
            if !self.gone.iter().any(|known| known.run == run) {
                let scatter = u64::try_from(SCATTER.as_millis()).unwrap_or(u64::MAX);
                let due = now + self.gone_for + Duration::from_millis(random % scatter);
                self.gone.push(Gone { run, due });
            }
        }
    }

    /// What is to be asked now; one thing at a time.
    pub(super) fn step(&mut self, now: Instant) -> Option<Step> {
        if self.out.is_some() {
            return None;
        }
        let void = self.void.take().map(Step::Forget);
        let due = || {
            let due = self.gone.iter().find(|gone| gone.due <= now)?;
            Some(Step::Look(due.run.clone()))
        };
        self.out = void.or_else(due);
        self.out.clone()
    }

    /// What was asked is answered.
    pub(super) fn looked(&mut self, found: Found, now: Instant) {
        let Some(Step::Look(run)) = self.out.take() else {
            return;
        };
        for gone in self.gone.iter_mut().filter(|gone| gone.run == run) {
            gone.due = now + AGAIN;
        }
        self.void = match found {
            Found::Nobody => Some(run),
            Found::Somebody => None,
        };
    }

    /// It is forgotten.
    pub(super) fn forgotten(&mut self) {
        self.out = None;
    }

    /// The connection is another one, and what was seen on the one before counts no more.
    pub(super) fn lost(&mut self) {
        self.gone.clear();
        (self.out, self.void) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::NodeName;

    fn run(run: u32) -> Incarnation {
        let node = NodeName::new("node-2").unwrap();
        Incarnation { node, run }
    }

    fn after(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn who_is_gone_for_long_is_looked_at_until_nobody_is_left() {
        let (mut reaper, begin) = (Reaper::new(Duration::ZERO), Instant::now());
        for second in 0..16 {
            assert_eq!(reaper.step(begin + after(second)), None, "{second}");
            reaper.beat(vec![run(1)], 999, begin + after(second));
        }
        let now = begin + after(16);
        assert_eq!(reaper.step(now), Some(Step::Look(run(1))));
        assert_eq!(reaper.step(now), None, "it was asked");
        reaper.looked(Found::Somebody, now);
        assert_eq!(reaper.step(now), None, "not at once again");
        let now = now + AGAIN;
        assert_eq!(reaper.step(now), Some(Step::Look(run(1))));
        reaper.looked(Found::Nobody, now);
        assert_eq!(reaper.step(now), Some(Step::Forget(run(1))));
        reaper.forgotten();
        reaper.beat(vec![], 0, now);
        assert_eq!(reaper.step(now + after(60)), None);
    }

    #[test]
    fn who_shows_a_sign_of_life_begins_anew() {
        let (mut reaper, begin) = (Reaper::new(Duration::ZERO), Instant::now());
        reaper.beat(vec![run(1), run(2)], 0, begin);
        reaper.beat(vec![run(2)], 0, begin + after(14));
        reaper.beat(vec![run(1), run(2)], 0, begin + after(15));
        assert_eq!(reaper.step(begin + after(15)), Some(Step::Look(run(2))));
        reaper.looked(Found::Somebody, begin + after(15));
        reaper.lost();
        reaper.beat(vec![run(1), run(2)], 0, begin + after(16));
        assert_eq!(reaper.step(begin + after(30)), None);
        let next = reaper.step(begin + after(31));
        assert_eq!(next, Some(Step::Look(run(1))));
    }

    #[test]
    fn a_longer_grace_is_waited_for() {
        let (mut reaper, begin) = (Reaper::new(after(60)), Instant::now());
        reaper.beat(vec![run(1)], 0, begin);
        assert_eq!(reaper.step(begin + after(59)), None);
        let look = reaper.step(begin + after(60));
        assert_eq!(look, Some(Step::Look(run(1))));
    }
}
