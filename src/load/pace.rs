//! How messages follow each other. No clock.

use std::time::Duration;

use super::referee::Micros;

/// Messages of a room that are on their way at once when it is saturated: hundreds, and yet below
/// what a node may hold for one slow reader, for the crowd shares the machine with it.
pub const WINDOW: u64 = 512;

/// The same for all rooms together: below what a node takes before it says that it is busy.
const WINDOWS: u64 = 2048;

/// How messages follow each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// So many a second over all rooms, whether they are heard in time or not.
    Rate {
        /// Above 0.
        per_second: f64,
    },
    /// So many at once in every room, and the next ones when everybody has heard them.
    Burst {
        /// At least 1.
        of: u64,
    },
    /// As fast as everybody hears it.
    Saturated,
}

/// When it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// After this time.
    Elapsed(Duration),
    /// After so many messages.
    Said(u64),
}

impl Pace {
    /// How many more may be said in one of so many rooms, of which so many messages are on their
    /// way.
    #[must_use]
    pub fn room_for(self, on_their_way: u64, rooms: u64) -> u64 {
        let window = (WINDOWS / rooms.max(1)).clamp(2, WINDOW);
        match self {
            Self::Rate { .. } => u64::MAX,
            Self::Burst { of } if on_their_way == 0 => of,
            Self::Burst { .. } => 0,
            // So that the talkers neither wait for all nor go on for each.
            Self::Saturated if on_their_way <= window / 2 => window - on_their_way,
            Self::Saturated => 0,
        }
    }
}

/// When the `number`th message of a rate is due, from 0.
#[must_use]
pub fn due(per_second: f64, number: u64) -> Micros {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "2^52 microseconds are a century, and a float that is too large saturates"
    )]
    {
        (number as f64 * 1e6 / per_second) as Micros
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_waits_for_the_one_before() {
        let burst = Pace::Burst { of: 10 };
        assert_eq!(
            [0, 1, 10].map(|waiting| burst.room_for(waiting, 1)),
            [10, 0, 0]
        );
    }

    #[test]
    fn a_saturated_room_is_filled_up_when_it_is_half_empty() {
        let one = |waiting| Pace::Saturated.room_for(waiting, 1);
        assert_eq!([0, 256, 257, 512, 9999].map(one), [512, 256, 0, 0, 0]);
        let many = |waiting| Pace::Saturated.room_for(waiting, 64);
        assert_eq!([0, 16, 17].map(many), [32, 16, 0]);
        assert_eq!(Pace::Saturated.room_for(0, 100_000), 2);
    }

    #[test]
    fn a_rate_is_kept_over_a_day() {
        assert_eq!([0, 1, 7].map(|number| due(1000.0, number)), [0, 1000, 7000]);
        assert_eq!(due(3.0, 3 * 86_400), 86_400_000_000);
    }
}
