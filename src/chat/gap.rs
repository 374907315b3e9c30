//! What a person can no longer be told: said once, never hidden.

use super::RoomName;

/// Messages that a person would have heard and that can no longer be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// Of a room.
    Room {
        /// The room.
        room: RoomName,
        /// How many.
        size: GapSize,
    },
    /// Private ones.
    Whispers {
        /// How many.
        size: GapSize,
    },
    /// Posts of those whom the person follows.
    Posts,
}

/// How many messages are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapSize {
    /// So many, by their ordinals.
    Exactly(u64),
    /// Perhaps none: nobody can tell.
    Unknown,
}
