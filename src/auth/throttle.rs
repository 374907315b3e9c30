//! How much of something one address may do in a minute.
//!
//! A token bucket for each peer, kept as the one instant at which it will be full again. What
//! was counted moves it a token's time further; time itself fills the bucket, so nothing has to
//! run for that, and a bucket whose instant has passed need not be kept.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use crate::messages::Peer;

/// Peers that are remembered, some 700 KiB; beyond it the one with least to answer for is
/// forgotten. A guesser with more addresses than this is not held up by counting addresses.
const PEERS: usize = 16_384;

/// The time in which an empty bucket fills.
const PERIOD: Duration = Duration::from_secs(60);

/// One bucket for each peer, of as many tokens as are allowed a minute.
#[derive(Debug)]
pub(super) struct Throttle {
    /// The time in which one token comes; `None` when nothing is held up.
    per_token: Option<Duration>,
    full_at: HashMap<Peer, Instant>,
}

impl Throttle {
    /// So many a minute for each peer, and as many at once; `None` holds nobody up.
    pub(super) fn per_minute(rate: Option<NonZeroU32>) -> Self {
        Self {
            per_token: rate.map(|rate| PERIOD / rate.get()),
            full_at: HashMap::new(),
        }
    }

    /// Whether this peer may go on.
    ///
    /// # Errors
    /// How long it has to wait, if nothing else is counted meanwhile.
    pub(super) fn check(&self, peer: Peer, now: Instant) -> Result<(), Duration> {
        let (Some(per_token), Some(full_at)) = (self.per_token, self.full_at.get(&peer)) else {
            return Ok(());
        };
        let wait = (*full_at + per_token).saturating_duration_since(now + PERIOD);
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }

    /// Counts one.
    ///
    /// Also for a peer that may not go on: what it had under way when its bucket went empty is
    /// a debt that it waits for too, so in the long run the rate holds however much it does at once.
    pub(super) fn count(&mut self, peer: Peer, now: Instant) {
        let Some(per_token) = self.per_token else {
            return;
        };
        if self.full_at.len() >= PEERS && !self.full_at.contains_key(&peer) {
            self.forget_some(now);
        }
        let full_at = self.full_at.entry(peer).or_insert(now);
        *full_at = (*full_at).max(now) + per_token;
    }

    /// Makes room: whoever has a full bucket again, or else the one who is nearest to it.
    ///
    /// A pass over all peers is some 100 µs; what is counted here costs a bcrypt hash each.
    fn forget_some(&mut self, now: Instant) {
        self.full_at.retain(|_, full_at| *full_at > now);
        if self.full_at.len() < PEERS {
            return;
        }
        let nearest = self.full_at.iter().min_by_key(|(_, full_at)| **full_at);
        if let Some(peer) = nearest.map(|(peer, _)| *peer) {
            self.full_at.remove(&peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn peer(number: u32) -> Peer {
        Peer::from(std::net::IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    fn throttle(rate: u32) -> Throttle {
        Throttle::per_minute(NonZeroU32::new(rate))
    }

    #[test]
    fn a_minutes_worth_at_once_and_then_one_after_another() {
        let start = Instant::now();
        let mut throttle = throttle(20);
        for _ in 0..20 {
            assert_eq!(throttle.check(peer(1), start), Ok(()));
            throttle.count(peer(1), start);
        }
        let token = Duration::from_secs(3);
        assert_eq!(throttle.check(peer(1), start), Err(token));
        assert_eq!(throttle.check(peer(1), start + token), Ok(()));
        throttle.count(peer(1), start + token);
        assert_eq!(throttle.check(peer(1), start + token), Err(token));
        assert_eq!(throttle.check(peer(2), start), Ok(()), "nobody else waits");
    }

    #[test]
    fn what_was_under_way_is_owed() {
        let start = Instant::now();
        let mut throttle = throttle(20);
        for _ in 0..50 {
            throttle.count(peer(1), start);
        }
        assert_eq!(
            throttle.check(peer(1), start),
            Err(Duration::from_secs(31 * 3))
        );
    }

    #[test]
    fn without_a_rate_nobody_waits_and_nothing_is_kept() {
        let now = Instant::now();
        let mut throttle = throttle(0);
        for _ in 0..1000 {
            throttle.count(peer(1), now);
        }
        assert_eq!(throttle.check(peer(1), now), Ok(()));
        assert!(throttle.full_at.is_empty());
    }

    #[test]
    fn full_buckets_are_forgotten_first() {
        let start = Instant::now();
        let mut throttle = throttle(20);
        let newest = u32::try_from(PEERS).unwrap();
        for number in 0..newest {
            throttle.count(peer(number), start);
        }
        throttle.count(peer(7), start);
        throttle.count(peer(newest), start + Duration::from_secs(3));
        let mut kept: Vec<_> = throttle.full_at.keys().copied().collect();
        kept.sort_by_key(|kept| *kept != peer(7));
        assert_eq!(kept, [peer(7), peer(newest)]);
    }

    #[test]
    fn a_full_map_forgets_who_has_least_to_answer_for() {
        let now = Instant::now();
        let mut throttle = throttle(20);
        let newest = u32::try_from(PEERS).unwrap();
        for number in 0..newest {
            throttle.count(peer(number), now);
            throttle.count(peer(number), now);
        }
        throttle.count(peer(newest), now);
        throttle.count(peer(newest + 1), now);
        assert_eq!(throttle.full_at.len(), PEERS);
        assert!(throttle.full_at.contains_key(&peer(newest + 1)));
        assert!(!throttle.full_at.contains_key(&peer(newest)));
    }

    /// The bucket as a book tells it: tokens in nanoseconds of filling.
    struct Book {
        tokens: i128,
        at: Instant,
    }

    impl Book {
        fn fill(&mut self, now: Instant) {
            let came = i128::try_from((now - self.at).as_nanos()).unwrap();
            let full = i128::try_from(PERIOD.as_nanos()).unwrap();
            self.tokens = (self.tokens + came).min(full);
            self.at = now;
        }
    }

    proptest! {
        #[test]
        fn it_is_the_bucket_of_the_book(
            rate in 1u32..100,
            steps in prop::collection::vec((0u64..8_000, any::<bool>()), 1..200)
        ) {
            let mut now = Instant::now();
            let mut throttle = throttle(rate);
            let token = i128::try_from((PERIOD / rate).as_nanos()).unwrap();
            let full = i128::try_from(PERIOD.as_nanos()).unwrap();
            let mut book = Book { tokens: full, at: now };
            for (millis, also_when_refused) in steps {
                now += Duration::from_millis(millis);
                book.fill(now);
                let allowed = throttle.check(peer(1), now).is_ok();
                prop_assert_eq!(allowed, book.tokens >= token);
                if allowed || also_when_refused {
                    throttle.count(peer(1), now);
                    book.tokens -= token;
                }
            }
        }

        #[test]
        fn the_wait_is_exactly_long_enough(rate in 1u32..1000, counted in 1u32..3000) {
            let now = Instant::now();
            let mut throttle = throttle(rate);
            for _ in 0..counted {
                throttle.count(peer(1), now);
            }
            if let Err(wait) = throttle.check(peer(1), now) {
                prop_assert!(throttle.check(peer(1), now + wait).is_ok());
                let short = wait.saturating_sub(Duration::from_nanos(1));
                prop_assert!(throttle.check(peer(1), now + short).is_err());
            }
        }

        #[test]
        fn within_the_bound_peers_do_not_touch_each_other(
            counts in prop::collection::vec((0u32..50, 0u64..4_000), 0..300)
        ) {
            let mut now = Instant::now();
            let (mut all, mut alone) = (throttle(5), throttle(5));
            for (number, millis) in counts {
                now += Duration::from_millis(millis);
                all.count(peer(number), now);
                if number == 3 {
                    alone.count(peer(3), now);
                }
                prop_assert_eq!(all.check(peer(3), now), alone.check(peer(3), now));
            }
        }
    }
}
