//! How long to wait before the next attempt to reach Redis. No clock and no dice inside.

use std::time::Duration;

/// The wait after the first failure: a restart of Redis is often over by then.
pub(super) const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The longest wait: what a person at the other end notices least, and Redis too.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Waits that double, up to [`LONGEST_WAIT`], and scatter, so that many nodes do not come at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure: between a half and the whole of what it doubled to.
    pub(super) fn failed(&mut self, random: u64) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        let half = doubled.min(LONGEST_WAIT) / 2;
        let scatter = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis(random % (scatter + 1))
    }

    /// It worked: the next failure is a first one.
    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..9).map(|_| backoff.failed(0).as_millis()).collect();
        assert_eq!(waits, [50, 100, 200, 400, 800, 1600, 2500, 2500, 2500]);
        backoff.succeeded();
        assert_eq!(backoff.failed(50), FIRST_WAIT);
    }

    proptest! {
        #[test]
        fn no_wait_is_nothing_or_endless(dice: Vec<u64>) {
            let mut backoff = Backoff::default();
            for random in dice {
                let wait = backoff.failed(random);
                prop_assert!((FIRST_WAIT / 2..=LONGEST_WAIT).contains(&wait));
            }
        }
    }
}
