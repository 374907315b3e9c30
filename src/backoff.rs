//! How long to wait before the next attempt to reach somebody. No clock inside.

use std::time::Duration;

/// Waits that double up to the longest, and scatter, so that many do not come at once.
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// Waits of at most `first`, then of at most twice that, up to `longest`.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            failures: 0,
        }
    }

    /// The wait after one more failure: between a half and the whole of what it doubled to.
    pub fn failed(&mut self, random: u64) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        let half = doubled.min(self.longest) / 2;
        let scatter = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis(random % (scatter + 1))
    }

    /// It worked: the next failure is a first one.
    pub const fn succeeded(&mut self) {
        self.failures = 0;
    }
}

/// Chance for [`Backoff::failed`]; where the system gives none, waits do not scatter.
#[must_use]
pub fn random() -> u64 {
    let mut bytes = [0; 8];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => u64::from_ne_bytes(bytes),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(5);

    #[test]
    fn waits_double_up_to_the_longest() {
        let mut backoff = Backoff::new(FIRST, LONGEST);
        let waits: Vec<_> = (0..9).map(|_| backoff.failed(0).as_millis()).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1600, 2500, 2500, 2500]);
        backoff.succeeded();
        assert_eq!(backoff.failed(50), FIRST);
    }

    proptest! {
        #[test]
        fn no_wait_is_nothing_or_endless(dice: Vec<u64>) {
            let mut backoff = Backoff::new(FIRST, LONGEST);
            for random in dice {
                let wait = backoff.failed(random);
                prop_assert!((FIRST / 2..=LONGEST).contains(&wait));
            }
        }
    }
}
