//! What guards a room: who has which rank in it, whom its lists mean, and who is invited.

use super::log::{No, Store};
use super::rooms::Room;
use super::sql::{self, Int};
use crate::chat::event::Privacy;
use crate::chat::limits::INVITE_DAYS;
use crate::chat::modes::{Flag, Flags, List, Ranks};
use crate::chat::permission::{Act, Condition, Conditions, denied};
use crate::chat::{Mask, Refusal, RoomName, UserName, mask};

/// Milliseconds for which an invitation is good.
const INVITED_FOR: u64 = INVITE_DAYS * 24 * 60 * 60 * 1000;

/// Whether somebody shows what opens a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Its key, or it has none.
    Key,
    /// Another key, or none.
    WrongKey,
}

/// A room that somebody is in.
#[derive(Debug)]
pub(super) struct Joined {
    /// Spelled as it was first entered.
    pub(super) name: RoomName,
    /// What holds of it.
    pub(super) flags: Flags,
    /// Whether what is said reaches outsiders.
    pub(super) privacy: Privacy,
    /// Whether everybody who is in it is heard.
    pub(super) speech: Speech,
}

/// Whether everybody who is in a room is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    /// Everybody is.
    Free,
    /// It depends on who it is.
    Guarded,
}

/// By which masks of a list somebody is meant.
#[derive(Debug, Clone, Copy, Default)]
struct ListedAs {
    /// By one that means them whatever they do.
    always: bool,
    /// By one that means them when they speak.
    speaking: bool,
}

impl Store {
    /// A room that somebody is in, as far as what is said in it depends on it.
    pub(super) fn joined_room(&self, user: &UserName, room: RoomName) -> Result<Joined, No> {
        let found = sql::row(
            &self.db,
            "SELECT name, seal IS NULL, modes,
                 EXISTS (SELECT 1 FROM masks WHERE masks.room = ?1 AND list = 'b')
             FROM members JOIN rooms ON name = room
             WHERE room = ?1 AND user = ?2",
            (&room, user),
            |row| {
                let (is_open, flags): (bool, Flags) = (row.get(1)?, row.get(2)?);
                let is_public = is_open && !flags.are_private();
                let has_bans: bool = row.get(3)?;
                let is_moderated = has_bans || flags.has(Flag::Moderated);
                Ok(Joined {
                    name: row.get(0)?,
                    flags,
                    privacy: if is_public {
                        Privacy::Public
                    } else {
                        Privacy::Private
                    },
                    speech: if is_moderated {
                        Speech::Guarded
                    } else {
                        Speech::Free
                    },
                })
            },
        )?;
        found.ok_or_else(|| Refusal::NotIn { room }.into())
    }

    /// Whether somebody who is in a room may do something there.
    pub(super) fn may(
        &self,
        act: Act,
        room: &RoomName,
        flags: Flags,
        user: &UserName,
    ) -> Result<(), No> {
        self.is_let(act, room, of_room(room, flags), user)
    }

    /// Whether somebody who is in a room may say something there.
    pub(super) fn may_say(&self, room: &RoomName, flags: Flags, user: &UserName) -> Result<(), No> {
        let kept = self.kept_quiet(room, user)?;
        let conditions = of_room(room, flags);
        let conditions = kept.fold(conditions, Conditions::with);
        self.is_let(Act::Say, room, conditions, user)
    }

    /// Whether somebody may come in who shows this.
    pub(super) fn may_enter(&self, room: &Room, user: &UserName, shown: Shown) -> Result<(), No> {
        if self.is_invited(&room.name, user)? {
            return Ok(());
        }
        let mut met = Conditions::default();
        let listed = |list| self.listed_as(&room.name, list, user);
        if listed(List::Bans)?.always && !listed(List::BanExceptions)?.always {
            met = met.with(Condition::Banned);
        }
        if room.flags.has(Flag::InviteOnly) && !listed(List::InviteExceptions)?.always {
            met = met.with(Condition::Uninvited);
        }
        if shown == Shown::WrongKey {
            met = met.with(Condition::Locked);
        }
        let here = self.count_members(&room.name)?;
        if room.limit.is_some_and(|most| here >= u64::from(most)) {
            met = met.with(Condition::Full);
        }
        self.is_let(Act::Enter, &room.name, met, user)
    }

    fn is_let(
        &self,
        act: Act,
        room: &RoomName,
        conditions: Conditions,
        user: &UserName,
    ) -> Result<(), No> {
        // Who has no rank needs none most of the time, and then it is not looked up.
        if denied(act, conditions, Ranks::default()).is_none() {
            return Ok(());
        }
        match denied(act, conditions, self.ranks(room, user)?) {
            None => Ok(()),
            Some(denial) => Err(denial.about(room.clone()).into()),
        }
    }

    /// The ranks that somebody has in a room.
    pub(super) fn ranks(&self, room: &RoomName, user: &UserName) -> rusqlite::Result<Ranks> {
        let ranks = sql::value(
            &self.db,
            "SELECT ranks FROM ranks WHERE room = ?1 AND user = ?2",
            (room, user),
        )?;
        Ok(ranks.unwrap_or_default())
    }

    /// Gives somebody these ranks and no others.
    pub(super) fn set_ranks(
        &self,
        room: &RoomName,
        user: &UserName,
        ranks: Ranks,
    ) -> rusqlite::Result<usize> {
        if ranks.is_empty() {
            return sql::change(
                &self.db,
                "DELETE FROM ranks WHERE room = ?1 AND user = ?2",
                (room, user),
            );
        }
        sql::change(
            &self.db,
            "INSERT OR REPLACE INTO ranks (room, user, ranks) VALUES (?1, ?2, ?3)",
            (room, user, ranks),
        )
    }

    /// What keeps somebody quiet in a room where nothing else does.
    fn kept_quiet(
        &self,
        room: &RoomName,
        user: &UserName,
    ) -> rusqlite::Result<impl Iterator<Item = Condition>> {
        let bans = self.listed_as(room, List::Bans, user)?;
        let excepted = self.listed_as(room, List::BanExceptions, user)?;
        let is_heard = excepted.always || excepted.speaking;
        let all = [
            (bans.always, Condition::Banned),
            (bans.speaking, Condition::Muted),
        ];
        let met = all.into_iter().filter(move |(is, _)| *is && !is_heard);
        Ok(met.map(|(_, condition)| condition))
    }

    fn listed_as(
        &self,
        room: &RoomName,
        list: List,
        user: &UserName,
    ) -> rusqlite::Result<ListedAs> {
        let masks: Vec<Mask> = sql::values(
            &self.db,
            "SELECT mask FROM masks WHERE room = ?1 AND list = ?2",
            (room, list),
        )?;
        let mut listed = ListedAs::default();
        if masks.is_empty() {
            return Ok(listed);
        }
        let person = mask::Person::of(user);
        for mask in masks.iter().filter(|mask| mask.means(&person)) {
            if mask.is_mute() {
                listed.speaking = true;
            } else {
                listed.always = true;
            }
        }
        Ok(listed)
    }

    /// Whether somebody is invited to a room, since it was made and not too long ago.
    fn is_invited(&self, room: &RoomName, user: &UserName) -> rusqlite::Result<bool> {
        self.db
            .prepare_cached(
                "SELECT 1 FROM invites JOIN rooms ON name = room
                 WHERE user = ?1 AND room = ?2 AND invites.at >= ?3
                   AND invites.at >= coalesce(made, 0)",
            )?
            .exists((user, room, self.invited_since()))
    }

    /// The rooms to which somebody is invited, sorted.
    pub(super) fn invitations(&self, user: &UserName) -> rusqlite::Result<Vec<RoomName>> {
        sql::values(
            &self.db,
            "SELECT name FROM invites JOIN rooms ON name = room
             WHERE user = ?1 AND invites.at >= ?2 AND invites.at >= coalesce(made, 0)
             ORDER BY name",
            (user, self.invited_since()),
        )
    }

    /// Invitations from then on are good.
    pub(super) fn invited_since(&self) -> Int {
        Int(self.now().0.saturating_sub(INVITED_FOR))
    }

    /// Somebody is in: an invitation is good once.
    pub(super) fn uses_invitation(
        &self,
        room: &RoomName,
        user: &UserName,
    ) -> rusqlite::Result<usize> {
        sql::change(
            &self.db,
            "DELETE FROM invites WHERE user = ?1 AND room = ?2",
            (user, room),
        )
    }
}

/// What holds of a room for everybody.
pub(super) fn of_room(room: &RoomName, flags: Flags) -> Conditions {
    let all = [
        (Flag::InviteOnly, Condition::Uninvited),
        (Flag::Moderated, Condition::Moderated),
        (Flag::TopicLocked, Condition::TopicLocked),
    ];
    let hold = all.into_iter().filter(|(flag, _)| flags.has(*flag));
    let met = hold.fold(Conditions::default(), |met, (_, one)| met.with(one));
    if *room == RoomName::lobby() {
        met.with(Condition::Lobby)
    } else {
        met
    }
}
