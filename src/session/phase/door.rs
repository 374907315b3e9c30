//! What is otherwise at each door.

use crate::dialect::Dialect;
use crate::messages::{FirstRoom, ToOneself};

/// What a door decides for those who come in by it.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct DoorRules {
    /// Where somebody begins who is in no room.
    pub(super) begins: FirstRoom,
    /// Whether somebody may say something to oneself.
    pub(super) oneself: ToOneself,
}

impl DoorRules {
    /// The rules of the line door.
    pub(super) const LINE: Self = Self {
        begins: FirstRoom::Lobby,
        oneself: ToOneself::Refused,
    };

    const IRC: Self = Self {
        begins: FirstRoom::Nowhere,
        oneself: ToOneself::Said,
    };

    /// The rules of the door at which a dialect is spoken.
    pub(in crate::session) const fn of(dialect: &Dialect) -> Self {
        match dialect {
            Dialect::Line { .. } => Self::LINE,
            Dialect::Irc(_) => Self::IRC,
        }
    }
}
