//! What holds of rooms, who is put out of them, and who is invited.

use super::claims::Asker;
use super::guard::of_room;
use super::log::{No, Store};
use super::rooms::Room;
use super::sql::{self, Int};
use crate::bridge::seal::seal;
use crate::chat::event::Departure;
use crate::chat::limits::{INVITES_MOST, LISTED_MOST, RANKED_MOST, ROOM_KEY_BYTES};
use crate::chat::modes::{Flags, List, ListedMask, ModeChange, ModeWish, Rank, Switch};
use crate::chat::permission::{Act, denied};
use crate::chat::{Answer, Deed, Mask, Refusal, RoomName, Secret, Text, UserName};
use crate::messages::ModerationRequest;

impl Store {
    /// Does what somebody asks about what holds of a room.
    pub(super) fn moderation(
        &mut self,
        asker: &Asker,
        request: ModerationRequest,
    ) -> Result<Answer, No> {
        match request {
            ModerationRequest::Kick { room, user, words } => self.kick(asker, room, user, words),
            ModerationRequest::Invite { room, user } => self.invite(asker, room, user),
            ModerationRequest::Invitations => Ok(Answer::Invitations {
                rooms: self.invitations(&asker.user)?,
            }),
            ModerationRequest::Modes { room } => {
                let room = self.known_room(&asker.user, room)?;
                let modes = room.modes();
                Ok(Answer::Modes {
                    room: room.name,
                    modes,
                })
            }
            ModerationRequest::Change { room, wishes } => self.change_modes(asker, room, wishes),
            ModerationRequest::List { room, list } => self.listed(asker, room, list),
        }
    }

    fn kick(
        &mut self,
        asker: &Asker,
        room: RoomName,
        user: UserName,
        words: Option<Text>,
    ) -> Result<Answer, No> {
        let room = self.known_room_of(&asker.user, room)?;
        self.may(Act::Kick, &room.name, room.flags, &asker.user)?;
        let user = self.resolve(user)?;
        let room = room.name;
        if !self.is_member(&room, &user)? {
            return Err(Refusal::NotThere { room, user }.into());
        }
        let departure = Departure::Kicked {
            by: asker.user.clone(),
            words: words.clone(),
        };
        self.leave(&room, &user, departure, &asker.origin)?;
        Ok(Answer::Kicked { room, user, words })
    }

    /// A room that somebody is in. Of one that they may not know of, they are not told even that
    /// they are not in it.
    fn known_room_of(&self, user: &UserName, room: RoomName) -> Result<Room, No> {
        let room = self.known_room(user, room)?;
        if self.is_member(&room.name, user)? {
            Ok(room)
        } else {
            Err(Refusal::NotIn { room: room.name }.into())
        }
    }

    fn invite(&mut self, asker: &Asker, room: RoomName, user: UserName) -> Result<Answer, No> {
        let Room {
            name: room, flags, ..
        } = self.known_room_of(&asker.user, room)?;
        self.may(Act::Invite, &room, flags, &asker.user)?;
        let user = self.resolve(user)?;
        if self.is_member(&room, &user)? {
            return Err(Refusal::ThereAlready { room, user }.into());
        }
        let Some(held) = self.held(&user)? else {
            return Err(Refusal::Offline { user }.into());
        };
        let deed = Deed::Invited {
            room: room.clone(),
            by: asker.user.clone(),
            user: user.clone(),
        };
        let at = self.append(&asker.origin, deed)?.at;
        // Only who may let everybody in opens a door by it.
        if self.ranks(&room, &asker.user)?.has(Rank::Operator) {
            sql::change(
                &self.db,
                "INSERT OR REPLACE INTO invites (user, room, at) VALUES (?1, ?2, ?3)",
                (&user, &room, at),
            )?;
            self.forget_invitations(&user)?;
        }
        Ok(Answer::Invited {
            room,
            user,
            away: held.away,
        })
    }

    /// Forgets invitations that are too old or too many.
    pub(super) fn forget_invitations(&self, user: &UserName) -> rusqlite::Result<usize> {
        sql::change(
            &self.db,
            "DELETE FROM invites WHERE user = ?1 AND (at < ?2 OR room NOT IN
                 (SELECT room FROM invites WHERE user = ?1 ORDER BY at DESC LIMIT ?3))",
            (user, self.invited_since(), Int(INVITES_MOST as u64)),
        )
    }

    fn listed(&self, asker: &Asker, room: RoomName, list: List) -> Result<Answer, No> {
        let room = self.known_room(&asker.user, room)?;
        match list {
            List::Bans => {}
            List::BanExceptions | List::InviteExceptions => {
                self.may(Act::SeeList, &room.name, room.flags, &asker.user)?;
            }
        }
        let listed = sql::rows(
            &self.db,
            "SELECT mask, by, at FROM masks WHERE room = ?1 AND list = ?2 ORDER BY at, mask",
            (&room.name, list),
            |row| {
                Ok(ListedMask {
                    mask: row.get(0)?,
                    by: row.get(1)?,
                    at: row.get(2)?,
                })
            },
        )?;
        Ok(Answer::ModeList {
            room: room.name,
            list,
            listed,
        })
    }

    /// What is granted of several wishes is one event. Who was an operator when they were said is
    /// one for all of them.
    fn change_modes(
        &mut self,
        asker: &Asker,
        room: RoomName,
        wishes: Vec<ModeWish>,
    ) -> Result<Answer, No> {
        let mut room = self.known_room_of(&asker.user, room)?;
        let (mut changes, mut refused) = (Vec::new(), Vec::new());
        let ranks = self.ranks(&room.name, &asker.user)?;
        let met = of_room(&room.name, room.flags);
        for wish in wishes {
            let granted = match denied(Act::of_wish(&wish), met, ranks) {
                Some(denial) => Err(denial.about(room.name.clone()).into()),
                None => self.grant(asker, &mut room, wish),
            };
            match granted {
                Ok(change) => changes.extend(change),
                Err(No::Refused(refusal)) if refused.contains(&refusal) => {}
                Err(No::Refused(refusal)) => refused.push(refusal),
                Err(failed @ No::Failed(_)) => return Err(failed),
            }
        }
        let room = room.name;
        if changes.is_empty() && refused.len() == 1 {
            return Err(refused.remove(0).into());
        }
        if !changes.is_empty() {
            let deed = Deed::ModesChanged {
                room: room.clone(),
                by: asker.user.clone(),
                changes: changes.clone(),
            };
            let changed = self.append(&asker.origin, deed)?;
            self.happened(&room, &changed)?;
        }
        Ok(Answer::ModesChanged {
            room,
            changes,
            refused,
        })
    }

    /// Does what is wished; nothing where it is so already.
    fn grant(
        &self,
        asker: &Asker,
        room: &mut Room,
        wish: ModeWish,
    ) -> Result<Option<ModeChange>, No> {
        match wish {
            ModeWish::Flag { flag, to } => {
                let flags = room.flags.switched(flag, to);
                Ok(self
                    .set_flags(room, flags)?
                    .then_some(ModeChange::Flag { flag, to }))
            }
            ModeWish::Lock { key } => self.lock(room, &key),
            ModeWish::Unlock => {
                let was_locked = room.seal.is_some();
                self.set_seal(room, None)?;
                let to = Switch::Off;
                Ok(was_locked.then_some(ModeChange::Key { to }))
            }
            ModeWish::Limit { most } => {
                let was = room.limit.replace(most);
                self.set_limit(room)?;
                Ok((was != Some(most)).then_some(ModeChange::Limit { most }))
            }
            ModeWish::Unlimited => {
                let was = room.limit.take();
                self.set_limit(room)?;
                Ok(was.map(|_| ModeChange::Unlimited))
            }
            ModeWish::Rank { user, rank, to } => self.give_rank(&room.name, user, rank, to),
            ModeWish::Listed { list, mask, to } => match to {
                Switch::On => self.list_mask(asker, &room.name, list, mask),
                Switch::Off => self.unlist_mask(&room.name, list, mask),
            },
        }
    }

    /// Returns whether anything is different by it.
    fn set_flags(&self, room: &mut Room, flags: Flags) -> rusqlite::Result<bool> {
        if flags == room.flags {
            return Ok(false);
        }
        room.flags = flags;
        sql::change(
            &self.db,
            "UPDATE rooms SET modes = ?2 WHERE name = ?1",
            (&room.name, flags),
        )?;
        Ok(true)
    }

    fn lock(&self, room: &mut Room, key: &Secret) -> Result<Option<ModeChange>, No> {
        if key.expose().len() > ROOM_KEY_BYTES {
            let most = ROOM_KEY_BYTES;
            return Err(Refusal::KeyTooLong { most }.into());
        }
        let seal = seal(&room.name, key).as_ref().to_vec();
        if room.seal.as_ref() == Some(&seal) {
            return Ok(None);
        }
        self.set_seal(room, Some(seal))?;
        Ok(Some(ModeChange::Key { to: Switch::On }))
    }

    fn set_seal(&self, room: &mut Room, seal: Option<Vec<u8>>) -> rusqlite::Result<usize> {
        room.seal = seal;
        sql::change(
            &self.db,
            "UPDATE rooms SET seal = ?2 WHERE name = ?1",
            (&room.name, &room.seal),
        )
    }

    fn set_limit(&self, room: &Room) -> rusqlite::Result<usize> {
        sql::change(
            &self.db,
            "UPDATE rooms SET most = ?2 WHERE name = ?1",
            (&room.name, room.limit),
        )
    }

    /// Only who is in the room is given a rank or loses one, as far as anybody asks for it.
    fn give_rank(
        &self,
        room: &RoomName,
        user: UserName,
        rank: Rank,
        to: Switch,
    ) -> Result<Option<ModeChange>, No> {
        let user = self.resolve(user)?;
        if !self.is_member(room, &user)? {
            let room = room.clone();
            return Err(Refusal::NotThere { room, user }.into());
        }
        let before = self.ranks(room, &user)?;
        let ranks = before.switched(rank, to);
        if ranks == before {
            return Ok(None);
        }
        if before.is_empty() {
            self.has_place_for_a_rank(room)?;
        }
        self.set_ranks(room, &user, ranks)?;
        Ok(Some(ModeChange::Rank { user, rank, to }))
    }

    fn has_place_for_a_rank(&self, room: &RoomName) -> Result<(), No> {
        let count = sql::value(
            &self.db,
            "SELECT count(*) FROM ranks WHERE room = ?1",
            [room],
        )?;
        has_place(room, count, RANKED_MOST)
    }

    fn list_mask(
        &self,
        asker: &Asker,
        room: &RoomName,
        list: List,
        mask: Mask,
    ) -> Result<Option<ModeChange>, No> {
        let is_there = self
            .db
            .prepare_cached("SELECT 1 FROM masks WHERE room = ?1 AND list = ?2 AND mask = ?3")?
            .exists((room, list, &mask))?;
        if is_there {
            return Ok(None);
        }
        let count = sql::value(
            &self.db,
            "SELECT count(*) FROM masks WHERE room = ?1 AND list = ?2",
            (room, list),
        )?;
        has_place(room, count, LISTED_MOST)?;
        sql::change(
            &self.db,
            "INSERT INTO masks (room, list, mask, by, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            (room, list, &mask, asker.user.spelled(), self.now()),
        )?;
        let to = Switch::On;
        Ok(Some(ModeChange::Listed { list, mask, to }))
    }

    /// The mask is told as it was listed.
    fn unlist_mask(
        &self,
        room: &RoomName,
        list: List,
        mask: Mask,
    ) -> Result<Option<ModeChange>, No> {
        let listed: Option<Mask> = sql::value(
            &self.db,
            "DELETE FROM masks WHERE room = ?1 AND list = ?2 AND mask = ?3 RETURNING mask",
            (room, list, &mask),
        )?;
        let to = Switch::Off;
        Ok(listed.map(|mask| ModeChange::Listed { list, mask, to }))
    }
}

fn has_place(room: &RoomName, count: Option<Int>, most: usize) -> Result<(), No> {
    if count.is_some_and(|Int(count)| count >= most as u64) {
        let room = room.clone();
        return Err(Refusal::ListFull { room }.into());
    }
    Ok(())
}
