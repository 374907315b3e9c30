//! Rooms: who is in them, their keys and topics, and when they vanish.

use aws_lc_rs::digest::Digest;
use subtle::ConstantTimeEq;

use super::claims::Asker;
use super::guard::{Joined, Shown};
use super::known::{Seen, known_of};
use super::log::{No, Store, StoreError};
use super::sql::{self, Int};
use crate::bridge::seal::seal;
use crate::chat::answer::{KeyUse, Listed, Standing, Topic, TopicSet};
use crate::chat::command::RoomKey;
use crate::chat::event::{Departure, Privacy, Timestamp};
use crate::chat::limits::{ROOM_KEY_BYTES, ROOMS_PER_SESSION};
use crate::chat::modes::{Flags, Rank, Ranks, RoomModes, Switch};
use crate::chat::origin::Origin;
use crate::chat::permission::Act;
use crate::chat::{Answer, Deed, Position, Refusal, RoomName, Text, UserName};
use crate::messages::RoomRequest;

/// A room as it stands.
#[derive(Debug)]
pub(super) struct Room {
    /// Spelled as it was first entered.
    pub(super) name: RoomName,
    /// What its key is compared with, where it has one.
    pub(super) seal: Option<Vec<u8>>,
    topic: Option<Topic>,
    /// What holds of it.
    pub(super) flags: Flags,
    /// How many may be in it.
    pub(super) limit: Option<u32>,
    /// When it was made.
    made: Option<Timestamp>,
}

impl Room {
    /// All that holds of it.
    pub(super) const fn modes(&self) -> RoomModes {
        RoomModes {
            flags: self.flags,
            key: match self.seal {
                Some(_) => Switch::On,
                None => Switch::Off,
            },
            limit: self.limit,
            made: self.made,
        }
    }

    /// Whether anything of it reaches outsiders.
    fn privacy(&self) -> Privacy {
        if self.seal.is_some() || self.flags.are_private() {
            Privacy::Private
        } else {
            Privacy::Public
        }
    }
}

/// What becomes of the rooms that somebody is in who enters another one.
#[derive(Debug, Clone, Copy)]
enum Already {
    /// One is left for it.
    Leaving,
    /// They stay in all of them.
    Staying,
}

/// What entering a room takes.
#[derive(Debug)]
enum Entry {
    /// It exists, and may be entered.
    Open { room: RoomName, key: KeyUse },
    /// It has to be made, with this seal if it is to be private.
    New { seal: Option<Digest> },
}

impl Store {
    /// Does what somebody asks about rooms.
    pub(super) fn rooms(&mut self, asker: &Asker, request: RoomRequest) -> Result<Answer, No> {
        match request {
            RoomRequest::Move { from, to, key } => self.move_to(asker, from, to, key),
            RoomRequest::Enter { room, key } => self.enter_too(asker, &room, key),
            RoomRequest::Leave { room, words } => self.leave_one(asker, room, words),
            RoomRequest::List => Ok(self.list(&asker.user)?),
            RoomRequest::Members { room } => self.members(asker, room),
            RoomRequest::Topic { room } => {
                let room = self.known_room(&asker.user, room)?;
                Ok(Answer::Topic {
                    room: room.name,
                    topic: room.topic,
                    changed: None,
                })
            }
            RoomRequest::SetTopic { room, text } => self.set_topic(asker, room, text),
        }
    }

    /// Puts an account that is not in a room into it. Returns where that stands.
    pub(super) fn enter(
        &mut self,
        room: &RoomName,
        user: &UserName,
        origin: &Origin,
    ) -> Result<Position, StoreError> {
        let held = self.held(user)?.map(|held| (held.profile, held.away));
        let (profile, away) = held.unwrap_or_default();
        let deed = Deed::Entered {
            room: room.clone(),
            user: user.clone(),
            ranks: self.ranks(room, user)?,
            profile,
            away,
        };
        let entered = self.append(origin, deed)?;
        self.happened(room, &entered)?;
        self.uses_invitation(room, user)?;
        sql::change(
            &self.db,
            "INSERT INTO members (room, user, entered) VALUES (?1, ?2, ?3)",
            (room, user, Int(self.last_seq())),
        )?;
        Ok(entered.position)
    }

    /// Takes an account that is in a room out of it; the room may vanish with that.
    pub(super) fn leave(
        &mut self,
        room: &RoomName,
        user: &UserName,
        departure: Departure,
        origin: &Origin,
    ) -> Result<(), StoreError> {
        // Who quits is told once, by the release.
        let quits = departure == Departure::Quit;
        let deed = Deed::Left {
            room: room.clone(),
            user: user.clone(),
            departure,
        };
        let left = self.append(origin, deed)?;
        sql::change(
            &self.db,
            "DELETE FROM members WHERE room = ?1 AND user = ?2",
            (room, user),
        )?;
        // A guest's rank ends with leaving: nobody comes back to it.
        if user.account().is_none() {
            self.set_ranks(room, user, Ranks::default())?;
        }
        self.remove_if_void(room)?;
        if !quits {
            self.happened(room, &left)?;
        }
        Ok(())
    }

    /// Removes a room that is empty and has neither key, topic nor history; never the lobby.
    /// What was kept of it goes too.
    pub(super) fn remove_if_void(&self, room: &RoomName) -> rusqlite::Result<usize> {
        let removed = sql::change(
            &self.db,
            "DELETE FROM rooms
             WHERE name = ?1 AND name <> 'lobby' AND seal IS NULL AND topic IS NULL
               AND NOT EXISTS (SELECT 1 FROM members WHERE room = ?1)
               AND NOT EXISTS (SELECT 1 FROM messages WHERE room = ?1)",
            [room],
        )?;
        if removed > 0 {
            sql::change(&self.db, "DELETE FROM ranks WHERE room = ?1", [room])?;
            sql::change(&self.db, "DELETE FROM masks WHERE room = ?1", [room])?;
            sql::change(&self.db, "DELETE FROM events WHERE room = ?1", [room])?;
        }
        Ok(removed)
    }

    /// The rooms that an account is in, the one entered last at the end.
    pub(super) fn rooms_of(&self, user: &UserName) -> rusqlite::Result<Vec<RoomName>> {
        sql::values(
            &self.db,
            "SELECT room FROM members WHERE user = ?1 ORDER BY entered",
            [user],
        )
    }

    /// A room by its name, if it exists, is public, and lets somebody in who shows nothing.
    pub(super) fn open_room(
        &self,
        room: &RoomName,
        user: &UserName,
    ) -> Result<Option<RoomName>, StoreError> {
        let Some(found) = self.room(room)? else {
            return Ok(None);
        };
        if found.privacy() == Privacy::Private {
            return Ok(None);
        }
        match self.may_enter(&found, user, Shown::Key) {
            Ok(()) => Ok(Some(found.name)),
            Err(No::Refused(_)) => Ok(None),
            Err(No::Failed(error)) => Err(error),
        }
    }

    /// A room that its asker may know of: a public one, or one it is in.
    pub(super) fn known_room(&self, user: &UserName, room: RoomName) -> Result<Room, No> {
        match self.room(&room)? {
            Some(found) if found.privacy() == Privacy::Public => Ok(found),
            Some(found) if self.is_member(&room, user)? => Ok(found),
            Some(_) | None => Err(Refusal::NoSuchRoom { room }.into()),
        }
    }

    fn move_to(
        &mut self,
        asker: &Asker,
        from: RoomName,
        to: RoomName,
        key: RoomKey,
    ) -> Result<Answer, No> {
        let from = self.joined_room(&asker.user, from)?.name;
        let entry = self.entry(&asker.user, &to, key, Already::Leaving)?;
        let departure = Departure::Parted { words: None };
        self.leave(&from, &asker.user, departure, &asker.origin)?;
        self.go_in(asker, &to, entry)
    }

    fn enter_too(&mut self, asker: &Asker, room: &RoomName, key: RoomKey) -> Result<Answer, No> {
        let entry = self.entry(&asker.user, room, key, Already::Staying)?;
        self.go_in(asker, room, entry)
    }

    fn leave_one(
        &mut self,
        asker: &Asker,
        room: RoomName,
        words: Option<Text>,
    ) -> Result<Answer, No> {
        let room = self.joined_room(&asker.user, room)?.name;
        let departure = Departure::Parted {
            words: words.clone(),
        };
        self.leave(&room, &asker.user, departure, &asker.origin)?;
        Ok(Answer::Left { room, words })
    }

    fn go_in(&mut self, asker: &Asker, asked: &RoomName, entry: Entry) -> Result<Answer, No> {
        let (room, key) = match entry {
            Entry::Open { room, key } => (room, key),
            Entry::New { seal } => {
                self.make_room(asked, seal)?;
                let founder = Ranks::default().with(Rank::Operator);
                self.set_ranks(asked, &asker.user, founder)?;
                (asked.clone(), KeyUse::Fitting)
            }
        };
        let position = self.enter(&room, &asker.user, &asker.origin)?;
        Ok(Answer::Entered {
            here: self.count_members(&room)?,
            room,
            key,
            position,
        })
    }

    /// Whether and how somebody may enter a room; changes nothing.
    fn entry(
        &self,
        user: &UserName,
        to: &RoomName,
        key: RoomKey,
        already: Already,
    ) -> Result<Entry, No> {
        let key = match key {
            RoomKey::Given(key) if key.expose().len() > ROOM_KEY_BYTES => {
                let most = ROOM_KEY_BYTES;
                return Err(Refusal::KeyTooLong { most }.into());
            }
            RoomKey::Given(key) => Some(seal(to, &key)),
            RoomKey::None => None,
        };
        let room = self.room(to)?;
        if let Some(Room { name, .. }) = &room
            && self.is_member(name, user)?
        {
            let room = name.clone();
            return Err(Refusal::AlreadyIn { room }.into());
        }
        match already {
            Already::Leaving => {}
            Already::Staying => self.may_be_in_another(user)?,
        }
        let Some(room) = room else {
            self.has_place_for_a_room()?;
            return Ok(Entry::New { seal: key });
        };
        let (key, shown) = match (&room.seal, key) {
            (None, None) => (KeyUse::Fitting, Shown::Key),
            (None, Some(_)) => (KeyUse::Needless, Shown::Key),
            (Some(seal), Some(shown)) if bool::from(seal.ct_eq(shown.as_ref())) => {
                (KeyUse::Fitting, Shown::Key)
            }
            (Some(_), Some(_) | None) => (KeyUse::Fitting, Shown::WrongKey),
        };
        self.may_enter(&room, user, shown)?;
        let room = room.name;
        Ok(Entry::Open { room, key })
    }

    fn may_be_in_another(&self, user: &UserName) -> Result<(), No> {
        let most = ROOMS_PER_SESSION;
        let count: Option<Int> = sql::value(
            &self.db,
            "SELECT count(*) FROM members WHERE user = ?1",
            [user],
        )?;
        if count.is_some_and(|Int(count)| count >= most as u64) {
            return Err(Refusal::InEnoughRooms { most }.into());
        }
        Ok(())
    }

    fn has_place_for_a_room(&self) -> Result<(), No> {
        let most = self.rules.rooms;
        let count = sql::value(&self.db, "SELECT count(*) FROM rooms", ())?;
        if count.is_some_and(|Int(count)| count >= most) {
            return Err(Refusal::TooManyRooms { most }.into());
        }
        Ok(())
    }

    fn make_room(&self, name: &RoomName, seal: Option<Digest>) -> rusqlite::Result<usize> {
        sql::change(
            &self.db,
            "INSERT INTO rooms (name, seal, modes, made) VALUES (?1, ?2, ?3, ?4)",
            (
                name,
                seal.as_ref().map(Digest::as_ref),
                Flags::of_new_room(),
                self.now(),
            ),
        )
    }

    fn list(&self, asker: &UserName) -> rusqlite::Result<Answer> {
        let rooms = sql::rows(
            &self.db,
            "SELECT name, (SELECT count(*) FROM members WHERE room = name), topic,
                 seal IS NULL AND modes NOT GLOB '*[is]*' AS is_public
             FROM rooms
             WHERE is_public OR EXISTS (SELECT 1 FROM members WHERE room = name AND user = ?1)
             ORDER BY name",
            [asker],
            |row| {
                let Int(here) = row.get(1)?;
                Ok(Listed {
                    room: row.get(0)?,
                    here,
                    topic: row.get(2)?,
                    privacy: if row.get(3)? {
                        Privacy::Public
                    } else {
                        Privacy::Private
                    },
                })
            },
        )?;
        Ok(Answer::Rooms { rooms })
    }

    fn members(&self, asker: &Asker, room: RoomName) -> Result<Answer, No> {
        let Room {
            name: room, flags, ..
        } = self.known_room(&asker.user, room)?;
        let members = sql::rows(
            &self.db,
            "SELECT m.user || coalesce('/' || c.nick, ''), c.away IS NOT NULL,
                    coalesce(c.operator, 0), coalesce(c.profile, '{}')
             FROM members m LEFT JOIN claims c ON c.user = m.user
             WHERE m.room = ?1 ORDER BY m.user",
            [&room],
            Seen::read,
        )?;
        let (users, known) = known_of(members);
        let ranked = sql::rows(
            &self.db,
            "SELECT m.user, ranks FROM members m JOIN ranks r ON r.room = m.room AND r.user = m.user
             WHERE m.room = ?1 ORDER BY m.user",
            [&room],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(Answer::Members {
            room,
            users,
            ranked,
            flags,
            known,
        })
    }

    fn set_topic(
        &mut self,
        asker: &Asker,
        room: RoomName,
        text: Option<Text>,
    ) -> Result<Answer, No> {
        let Joined {
            name: room, flags, ..
        } = self.joined_room(&asker.user, room)?;
        self.may(Act::SetTopic, &room, flags, &asker.user)?;
        let before = self.room(&room)?.and_then(|found| found.topic);
        if before.as_ref().map(|topic| &topic.text) == text.as_ref() {
            return Ok(Answer::Topic {
                room,
                topic: before,
                changed: None,
            });
        }
        let by = asker.user.clone();
        let deed = Deed::TopicSet {
            room: room.clone(),
            by: by.clone(),
            text: text.clone(),
        };
        let event = self.append(&asker.origin, deed)?;
        self.happened(&room, &event)?;
        let (position, at) = (event.position, event.at);
        sql::change(
            &self.db,
            "UPDATE rooms SET topic = ?2, topic_by = ?3, topic_at = ?4 WHERE name = ?1",
            (&room, &text, by.spelled(), at),
        )?;
        let set = Some(TopicSet { by, at });
        let topic = text.map(|text| Topic { text, set });
        Ok(Answer::Topic {
            room,
            topic,
            changed: Some(Standing { position, at }),
        })
    }

    fn room(&self, name: &RoomName) -> rusqlite::Result<Option<Room>> {
        sql::row(
            &self.db,
            "SELECT name, seal, topic, topic_by, topic_at, modes, most, made
             FROM rooms WHERE name = ?1",
            [name],
            |row| {
                Ok(Room {
                    name: row.get(0)?,
                    seal: row.get(1)?,
                    topic: topic(row)?,
                    flags: row.get(5)?,
                    limit: row.get(6)?,
                    made: row.get(7)?,
                })
            },
        )
    }

    pub(super) fn is_member(&self, room: &RoomName, user: &UserName) -> rusqlite::Result<bool> {
        self.db
            .prepare_cached("SELECT 1 FROM members WHERE room = ?1 AND user = ?2")?
            .exists((room, user))
    }

    pub(super) fn count_members(&self, room: &RoomName) -> rusqlite::Result<u64> {
        let count = sql::value(
            &self.db,
            "SELECT count(*) FROM members WHERE room = ?1",
            [room],
        )?;
        Ok(count.map_or(0, |Int(count)| count))
    }
}

/// The topic of a room whose row has it and who set it behind name and seal.
fn topic(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Topic>> {
    let by: Option<UserName> = row.get(3)?;
    let set = match (by, row.get(4)?) {
        (Some(by), Some(at)) => Some(TopicSet { by, at }),
        (Some(_) | None, Some(_) | None) => None,
    };
    let text: Option<Text> = row.get(2)?;
    Ok(text.map(|text| Topic { text, set }))
}
