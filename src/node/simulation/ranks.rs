//! Who may put somebody out of a room, as the log tells it.

use std::collections::BTreeSet;

use super::fold::{lower, who};
use crate::chat::modes::{ModeChange, Rank, Ranks, Switch};
use crate::chat::{RoomName, UserName};

/// The operators of rooms, of those who are in them: rooms and people.
#[derive(Debug, Default)]
pub(super) struct Operators(BTreeSet<(String, String)>);

impl Operators {
    /// Somebody comes in with these ranks.
    pub(super) fn enters(&mut self, room: &RoomName, user: &UserName, ranks: Ranks) {
        self.0.remove(&(lower(room), who(user)));
        if ranks.iter().any(|rank| rank == Rank::Operator) {
            self.0.insert((lower(room), who(user)));
        }
    }

    /// What holds of a room is something else.
    pub(super) fn change(&mut self, room: &RoomName, changes: &[ModeChange]) {
        for change in changes {
            if let ModeChange::Rank {
                user,
                rank: Rank::Operator,
                to,
            } = change
            {
                let operator = (lower(room), who(user));
                match to {
                    Switch::On => self.0.insert(operator),
                    Switch::Off => self.0.remove(&operator),
                };
            }
        }
    }

    /// What a guest is in these rooms its account is.
    pub(super) fn logs_in(&mut self, rooms: &[RoomName], user: &UserName, was: &UserName) {
        for room in rooms {
            self.0.remove(&(lower(room), who(user)));
            if self.0.remove(&(lower(room), who(was))) {
                self.0.insert((lower(room), who(user)));
            }
        }
    }

    /// Only operators do what somebody does.
    pub(super) fn may(&self, room: &RoomName, by: &UserName) -> Result<(), String> {
        if self.0.contains(&(lower(room), who(by))) {
            Ok(())
        } else {
            Err(format!("{by:?} is no operator of {room}"))
        }
    }
}
