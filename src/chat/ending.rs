//! Every reason for which a connection ends.

use std::time::Duration;

/// Why a connection ended: the same value feeds the person, the log and the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The person said goodbye.
    Quit,
    /// The peer closed the connection or it broke.
    Gone,
    /// The account has another live session and the policy is to keep that one.
    Duplicate,
    /// The account went live elsewhere.
    Replaced,
    /// An operator put it out.
    Killed,
    /// The store has lost its account, or what was to be told to it first.
    MessagesLost,
    /// The store went away over a login or a move: where the session stands is not known.
    Unconfirmed,
    /// Too many wrong passwords on one connection.
    TooManyFailures,
    /// Nobody logged in within `limits.login`.
    NoLogin {
        /// The deadline.
        within: Duration,
    },
    /// So many bytes without a line end that the framing is lost.
    FramingLost {
        /// The bound in bytes.
        most: usize,
    },
    /// The peer takes nothing of what waits for it, for `limits.stalled`.
    TooSlow,
    /// The node stops.
    GoingDown {
        /// When to come back; spread, so that not everybody comes at once.
        come_back_in: Duration,
    },
    /// A part of the node failed.
    Broken,
}

impl Ending {
    /// One word for logs and metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quit => "quit",
            Self::Gone => "gone",
            Self::Duplicate => "duplicate",
            Self::Replaced => "replaced",
            Self::Killed => "killed",
            Self::MessagesLost => "messages_lost",
            Self::Unconfirmed => "unconfirmed",
            Self::TooManyFailures => "too_many_failures",
            Self::NoLogin { .. } => "no_login",
            Self::FramingLost { .. } => "framing_lost",
            Self::TooSlow => "too_slow",
            Self::GoingDown { .. } => "going_down",
            Self::Broken => "broken",
        }
    }
}
