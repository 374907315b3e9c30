//! The rooms that a session is in, and where it goes if somebody puts it out of them.

use crate::chat::{Position, RoomName};

/// Rooms and since when, the one entered last at the end.
#[derive(Debug)]
pub(super) struct Places {
    all: Vec<Inside>,
    way: Way,
}

#[derive(Debug)]
struct Inside {
    room: RoomName,
    /// What happened before this is not about it.
    since: Position,
}

/// Where it goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nowhere.
    Own,
    /// To where it began, if it is in no room by then. That is tried once.
    Home,
}

impl Places {
    /// In these rooms.
    pub(super) fn new(rooms: &[RoomName], since: Position) -> Self {
        let inside = |room: &RoomName| Inside {
            room: room.clone(),
            since,
        };
        Self {
            all: rooms.iter().map(inside).collect(),
            way: Way::Own,
        }
    }

    /// The one entered last.
    pub(super) fn last(&self) -> Option<RoomName> {
        self.all.last().map(|inside| inside.room.clone())
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them.
    pub(super) fn names(&self) -> Vec<RoomName> {
        self.all.iter().map(|inside| inside.room.clone()).collect()
    }

    /// Out of all of them.
    pub(super) fn clear(&mut self) {
        self.all.clear();
    }

    /// Into one more.
    pub(super) fn enter(&mut self, room: RoomName, since: Position) {
        self.all.push(Inside { room, since });
    }

    /// Out of one.
    pub(super) fn leave(&mut self, room: &RoomName) {
        self.all.retain(|inside| inside.room != *room);
    }

    /// Out of one by somebody else's doing, at this place of the log; returns whether it is: it may
    /// have entered again behind that.
    pub(super) fn put_out(&mut self, room: &RoomName, position: Position) -> bool {
        let before = self.all.len();
        let stays = |inside: &Inside| inside.room != *room || inside.since > position;
        self.all.retain(stays);
        let is_out = self.all.len() < before;
        if is_out {
            self.way = Way::Home;
        }
        is_out
    }

    /// Whether it has to go back to where it began; said once.
    pub(super) fn is_lost(&mut self) -> bool {
        let way = std::mem::replace(&mut self.way, Way::Own);
        way == Way::Home && self.all.is_empty()
    }
}
