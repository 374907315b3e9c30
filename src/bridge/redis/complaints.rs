//! What goes wrong many times and is told to the operator seldom. No clock inside.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two lines of one kind: enough to see that it goes on.
pub(super) const BETWEEN_LINES: Duration = Duration::from_secs(1);

/// How often something is told.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    told: Option<Instant>,
    kept: u64,
}

impl Complaints {
    /// Something went wrong: how many times since it was told last, this one included, if it is
    /// to be told now.
    pub(super) fn another(&mut self, now: Instant) -> Option<u64> {
        self.kept += 1;
        let waits = self
            .told
            .is_some_and(|told| now.saturating_duration_since(told) < BETWEEN_LINES);
        if waits {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_and_then_a_count() {
        let mut complaints = Complaints::default();
        let start = Instant::now();
        assert_eq!(complaints.another(start), Some(1));
        assert_eq!(complaints.another(start), None);
        assert_eq!(complaints.another(start + BETWEEN_LINES / 2), None);
        assert_eq!(complaints.another(start + BETWEEN_LINES), Some(3));
    }
}
