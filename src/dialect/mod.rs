//! How it is spelled: bytes to commands, events and answers to bytes. No I/O, no actor, no clock.
//!
//! Each door has its dialect. What differs between doors is one variant of [`Dialect`] (the
//! state of one conversation) and one of [`Format`] (how events are written to it).

pub mod line;

use crate::chat::command::Positions;

/// How events are spelled for a session: a dialect and its switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The native line protocol.
    Line {
        /// Whether positions are shown.
        positions: Positions,
    },
}
