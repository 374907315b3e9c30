//! What became of a text whose sender was told that this is not known.

use super::Position;

/// The last word about a text, behind [`super::Refusal::NotConfirmed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is in the log.
    Delivered {
        /// Where.
        position: Position,
    },
    /// It is not in the log and never will be.
    NotDelivered,
    /// The log no longer goes back so far: nobody will ever know.
    Unknown,
}
