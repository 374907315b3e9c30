//! Who is in: what a conversation knows of its own side.

use super::identity::Accounts;
use super::monitor::Watched;
use super::sasl::Exchange;
use super::umodes::Modes;
use crate::chat::certificate::Certificate;
use crate::chat::profile::Profile;
use crate::chat::{RoomName, UserName};

/// Who is in, and where.
#[derive(Debug)]
pub(super) struct Me {
    /// Who it is, as others see them.
    pub(super) user: UserName,
    /// The rooms, as far as it was told.
    pub(super) rooms: Vec<RoomName>,
    /// What one says about oneself.
    pub(super) profile: Profile,
    /// The certificate that the client showed.
    pub(super) shown: Option<Certificate>,
    /// For whom it watches.
    pub(super) watched: Watched,
    /// The modes that not everybody has.
    pub(super) modes: Modes,
    /// Whether people make accounts themselves.
    pub(super) accounts: Accounts,
    /// A login that is under way.
    pub(super) exchange: Exchange,
}

impl Me {
    /// A room's own name, however it was spelled, where one is in it.
    pub(super) fn own_name(&self, room: RoomName) -> RoomName {
        let own = self.rooms.iter().find(|other| **other == room).cloned();
        own.unwrap_or(room)
    }
}
