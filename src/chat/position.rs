//! Where an event stands in the log.

use std::fmt;
use std::str::FromStr;

/// The place of an event in the log: `<epoch>-<n>`.
///
/// The epoch is in seconds of the store's clock and grows whenever continuity cannot be
/// proven; `n` counts without holes inside an epoch. Outside the bridge a position is opaque:
/// it is compared for equality, and for "after" within one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Seconds since 1970 when this stretch of the log began.
    pub epoch: u64,
    /// Ordinal in the epoch; the epoch event itself is 0.
    pub n: u64,
}

impl Position {
    /// The place before everything: nothing was read yet.
    pub const START: Self = Self { epoch: 0, n: 0 };

    /// The place right behind this one in the same epoch.
    #[must_use]
    pub const fn next(self) -> Self {
        Self {
            epoch: self.epoch,
            n: self.n + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.n)
    }
}

/// The text is not `<epoch>-<n>` in plain decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a position is <epoch>-<n>, for example 1763850000-1041")]
pub struct NotAPosition;

impl FromStr for Position {
    type Err = NotAPosition;

    fn from_str(text: &str) -> Result<Self, NotAPosition> {
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain
                .then(|| digits.parse::<u64>().ok())
                .flatten()
                .ok_or(NotAPosition)
        };
        let (epoch, n) = text.split_once('-').ok_or(NotAPosition)?;
        Ok(Self {
            epoch: number(epoch)?,
            n: number(n)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_compared_as_numbers() {
        let at = |text: &str| text.parse::<Position>().unwrap();
        assert!(at("1763850000-9") < at("1763850000-10"));
        assert!(at("1763850000-10") < at("1763850001-0"));
        assert_eq!(at("7-1").next(), at("7-2"));
    }

    #[test]
    fn anything_else_is_no_position() {
        for bad in [
            "",
            "1",
            "-",
            "1-",
            "-1",
            "+1-1",
            "1-1-1",
            "1 -1",
            "a-1",
            "99999999999999999999-0",
        ] {
            assert_eq!(bad.parse::<Position>(), Err(NotAPosition), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(epoch: u64, n: u64) {
            let position = Position { epoch, n };
            prop_assert_eq!(position.to_string().parse(), Ok(position));
        }
    }
}
