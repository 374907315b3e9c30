//! A guest who logs in without leaving.

use super::claims::Held;
use super::log::{Store, StoreError};
use super::sql;
use crate::bridge::kept::Hold;
use crate::chat::modes::{ModeChange, Ranks, Switch};
use crate::chat::origin::{Origin, SessionId};
use crate::chat::{Deed, Nick, RoomName, UserName};
use crate::messages::{Claim, Contest, DuplicateLogin, FirstRoom, Outcome};

/// The ranks of a guest who is an account from here on.
struct Ranked {
    room: RoomName,
    /// All that it has in the room, the account's own too.
    all: Ranks,
    /// Those that the guest did not have.
    gained: Ranks,
}

impl Store {
    /// Makes a guest's session the live one of an account, where the guest is.
    pub(super) fn logs_in(
        &mut self,
        session: &SessionId,
        user: &UserName,
        guest: &Claim,
        contest: Contest,
    ) -> Result<Outcome, StoreError> {
        let Some(was) = self.holder(session, guest)? else {
            return Ok(Outcome::Void);
        };
        let held = self.held(user)?;
        let is_live = |held: &Held| held.session != *session && held.hold == Hold::Live;
        if contest == Contest::Settled(DuplicateLogin::Reject) && held.as_ref().is_some_and(is_live)
        {
            return Ok(Outcome::Duplicate);
        }
        let origin = Origin::Session(session.clone());
        let nick = Nick::new(was.user.as_str());
        let user = nick.map_or_else(|_| user.plain(), |nick| user.seen_as(&nick));
        if let Some(held) = held {
            self.settle_rooms(&held.user, FirstRoom::Nowhere, &origin)?;
            if held.user.spelled() != user.spelled() {
                self.rename(&user, &held.user, &[], &origin)?;
            }
        }
        self.becomes(session, was, user)
    }

    fn becomes(
        &mut self,
        session: &SessionId,
        guest: Held,
        user: UserName,
    ) -> Result<Outcome, StoreError> {
        let (was, rooms) = (guest.user.clone(), self.rooms_of(&guest.user)?);
        let ranked = self.ranks_of_both(&was, &user, &rooms)?;
        sql::change(&self.db, "DELETE FROM claims WHERE user = ?1", [&was])?;
        self.probed.remove(&was);
        let mut waiting = self.waiting_for(&user)?;
        let missed = std::mem::take(&mut waiting.kept).into();
        let fence = self.append_claim(session, &user, rooms.clone(), missed, Some(guest))?;
        self.begins_to_see(&user, &waiting, fence)?;
        self.takes_over(&was, &user, &ranked)?;
        let origin = Origin::Session(session.clone());
        for Ranked { room, gained, .. } in ranked {
            self.tells_gained(room, &was, &user, gained, &origin)?;
        }
        let claim = Claim { user, fence };
        Ok(Outcome::Claimed { claim, rooms })
    }

    fn ranks_of_both(
        &self,
        was: &UserName,
        user: &UserName,
        rooms: &[RoomName],
    ) -> Result<Vec<Ranked>, StoreError> {
        let mut ranked = Vec::new();
        for room in rooms {
            let (guests, own) = (self.ranks(room, was)?, self.ranks(room, user)?);
            let gained = own.iter().filter(|rank| !guests.has(*rank));
            let gained = gained.fold(Ranks::default(), Ranks::with);
            ranked.push(Ranked {
                room: room.clone(),
                all: gained.iter().fold(guests, Ranks::with),
                gained,
            });
        }
        Ok(ranked)
    }

    /// What the guest is and has is the account's.
    fn takes_over(
        &self,
        was: &UserName,
        user: &UserName,
        ranked: &[Ranked],
    ) -> Result<(), StoreError> {
        for Ranked { room, all, .. } in ranked {
            self.set_ranks(room, was, Ranks::default())?;
            self.set_ranks(room, user, *all)?;
        }
        for sql in [
            "UPDATE members SET user = ?2 WHERE user = ?1",
            "UPDATE OR REPLACE invites SET user = ?2 WHERE user = ?1",
        ] {
            sql::change(&self.db, sql, (was, user))?;
        }
        self.forget_invitations(user)?;
        Ok(self.forget_guest(was)?)
    }

    /// It is the guest who is told to have given them: so the account's session hears of it too.
    fn tells_gained(
        &mut self,
        room: RoomName,
        was: &UserName,
        user: &UserName,
        gained: Ranks,
        origin: &Origin,
    ) -> Result<(), StoreError> {
        let to = Switch::On;
        let given = |rank| ModeChange::Rank {
            user: user.clone(),
            rank,
            to,
        };
        let changes: Vec<_> = gained.iter().map(given).collect();
        if !changes.is_empty() {
            let by = was.clone();
            let deed = Deed::ModesChanged {
                room: room.clone(),
                by,
                changes,
            };
            let changed = self.append(origin, deed)?;
            self.happened(&room, &changed)?;
        }
        Ok(())
    }
}
