//! How fast a peer is read: a token bucket in which time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// Tokens that refill evenly; one is taken for each line, good or bad.
#[derive(Debug)]
pub struct Pace {
    per_second: f32,
    burst: f32,
    tokens: f32,
    filled_at: Instant,
}

/// Whether a line may be read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Yes; the token is taken.
    Now,
    /// Not before that time has passed.
    In(Duration),
}

impl Pace {
    /// A full bucket: `burst` lines at once, then `per_second`.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "rates far below 2^24 lines a second"
    )]
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let burst = burst.max(1) as f32;
        Self {
            per_second: per_second.max(1) as f32,
            burst,
            tokens: burst,
            filled_at: now,
        }
    }

    /// Takes a token if there is one.
    pub fn take(&mut self, now: Instant) -> Turn {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f32();
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst);
        self.filled_at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Turn::Now;
        }
        let missing = (1.0 - self.tokens) / self.per_second;
        Turn::In(Duration::from_secs_f32(missing).max(Duration::from_millis(1)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_burst_goes_through_and_then_the_rate_holds() {
        let start = Instant::now();
        let mut pace = Pace::new(10, 3, start);
        assert_eq!(
            [pace.take(start), pace.take(start), pace.take(start)],
            [Turn::Now; 3]
        );
        let Turn::In(wait) = pace.take(start) else {
            panic!("the bucket is empty")
        };
        assert!(wait <= Duration::from_millis(101), "{wait:?}");
        assert_eq!(pace.take(start + Duration::from_millis(101)), Turn::Now);
        assert_ne!(pace.take(start + Duration::from_millis(102)), Turn::Now);
    }

    proptest! {
        #[test]
        fn never_more_than_burst_and_rate(pauses in prop::collection::vec(0u64..400, 1..200)) {
            let start = Instant::now();
            let (mut pace, mut now, mut taken) = (Pace::new(20, 60, start), start, 0u32);
            for pause in pauses {
                now += Duration::from_millis(pause);
                taken += u32::from(pace.take(now) == Turn::Now);
                let allowed = 60.5 + 20.0 * (now - start).as_secs_f64();
                prop_assert!(f64::from(taken) <= allowed, "{taken} > {allowed}");
            }
        }
    }
}
