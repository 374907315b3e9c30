//! What was said before: which conversation is meant, and which part of it.

use super::event::Timestamp;
use super::{Position, RoomName, UserName};

/// A conversation that somebody takes part in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conversation {
    /// What is said in a room.
    Room {
        /// The room.
        room: RoomName,
    },
    /// The private messages with one person, in both directions.
    Person {
        /// The person.
        user: UserName,
    },
}

/// What is told of the past of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// What was said in it.
    Words,
    /// What else happened in it, too: who came, went and was put out, who took another nick, modes,
    /// topics, and what programs told each other.
    Everything,
}

/// A place in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Where an event stands, or would.
    Position {
        /// Its position.
        position: Position,
    },
    /// A moment on the store's clock.
    Time {
        /// It.
        at: Timestamp,
    },
}

/// Which messages of a conversation. A number that comes with it says how many at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The newest ones.
    Latest,
    /// The newest ones behind a mark.
    Since {
        /// It; what stands there is not meant.
        mark: Mark,
    },
    /// Those right before a mark.
    Before {
        /// It; what stands there is not meant.
        mark: Mark,
    },
    /// Those right behind a mark.
    After {
        /// It; what stands there is not meant.
        mark: Mark,
    },
    /// Those on both sides of a mark, half of them each, and what stands there.
    Around {
        /// It.
        mark: Mark,
    },
    /// Those between two marks, counted from the first one, which may be the later one.
    Between {
        /// Where it is counted from; what stands there is not meant.
        from: Mark,
        /// Where it ends; nor is what stands there.
        to: Mark,
    },
}
