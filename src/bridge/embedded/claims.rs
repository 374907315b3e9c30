//! Who is live: claims, their fences, and what happens when they end.

use super::log::{No, Store, StoreError};
use super::nicks::Admission;
use super::sql::{self, Int};
use crate::bridge::kept::Hold;
use crate::bridge::wire;
use crate::chat::answer::Office;
use crate::chat::command::Since;
use crate::chat::event::{Departure, Timestamp};
use crate::chat::origin::{Origin, SessionId};
use crate::chat::profile::Profile;
use crate::chat::{Deed, Position, RoomName, Text, UserName};
use crate::messages::{
    Brings, Claim, DuplicateLogin, Entrance, FirstRoom, Missed, Outcome, Parting, Request,
};

/// Who has an account: a session that lives, or one whose place is kept.
#[derive(Debug)]
pub(super) struct Held {
    /// The account as registered, or a guest, as others see them.
    pub(super) user: UserName,
    /// The claim event's position.
    pub(super) fence: Position,
    /// The session.
    pub(super) session: SessionId,
    /// Whether it lives.
    pub(super) hold: Hold,
    /// Since when.
    pub(super) since: Timestamp,
    /// What it left to be told, when away.
    pub(super) away: Option<Text>,
    /// What it says about itself.
    pub(super) profile: Profile,
    /// What its session is beside a person's.
    pub(super) office: Office,
}

/// Who asks for something that only a live session may ask.
#[derive(Debug)]
pub(super) struct Asker {
    /// The account as registered.
    pub(super) user: UserName,
    /// Its live session, as the origin of what it does.
    pub(super) origin: Origin,
    /// What it left to be told, when away.
    pub(super) away: Option<Text>,
    /// What it says about itself.
    pub(super) profile: Profile,
    /// What it is beside a person.
    pub(super) office: Office,
}

impl Store {
    /// Makes a session the account's live one. Whose place is only kept keeps nobody out.
    pub(super) fn claim(
        &mut self,
        session: &SessionId,
        user: UserName,
        entrance: Entrance,
    ) -> Result<Outcome, StoreError> {
        let held = self.held(&user)?;
        if let Entrance::InPlace { guest, contest } = entrance {
            return self.logs_in(session, &user, &guest, contest);
        }
        if let Some(outcome) = self.kept_out(session, &user, &entrance, held.as_ref())? {
            return Ok(outcome);
        }
        let user = match self.admit(user, &entrance, held.as_ref())? {
            Admission::As(user) => user,
            Admission::No(outcome) => return Ok(outcome),
        };
        let renamed = held
            .as_ref()
            .filter(|held| held.user.as_seen() != user.as_seen());
        if let Some(was) = renamed {
            self.remember(was)?;
        }
        let was = held.map_or_else(|| user.clone(), |held| held.user);
        let origin = Origin::Session(session.clone());
        let mut rooms = match &entrance {
            Entrance::Login { begins, .. } | Entrance::Insist { begins } => {
                self.settle_rooms(&was, *begins, &origin)?
            }
            Entrance::Resume { .. } | Entrance::Renew { .. } | Entrance::InPlace { .. } => {
                self.rooms_of(&user)?
            }
        };
        if !rooms.is_empty() && user.spelled() != was.spelled() {
            self.rename(&user, &was, &rooms, &origin)?;
        }
        let fence = self.go_live(session, &user, &entrance, rooms.clone())?;
        if rooms.is_empty() {
            rooms = self.begins_in(&user, &entrance)?;
            for room in &rooms {
                self.enter(room, &user, &origin)?;
            }
        }
        Ok(Outcome::Claimed {
            claim: Claim { user, fence },
            rooms,
        })
    }

    /// Why somebody does not come in, whatever they are called, if that is so.
    fn kept_out(
        &self,
        session: &SessionId,
        user: &UserName,
        entrance: &Entrance,
        held: Option<&Held>,
    ) -> Result<Option<Outcome>, StoreError> {
        let another = held.filter(|held| held.session != *session);
        let by_another = another.is_some_and(|held| held.hold == Hold::Live);
        let by_another_since = |fence| another.is_some_and(|held| held.fence > fence);
        Ok(match entrance {
            Entrance::Login {
                on_duplicate: DuplicateLogin::Reject,
                ..
            } if by_another => Some(Outcome::Duplicate),
            Entrance::Renew { fence, .. } if by_another_since(*fence) => Some(Outcome::Duplicate),
            Entrance::Renew { .. } if !self.exists(user)? => Some(Outcome::Void),
            Entrance::Login { .. }
            | Entrance::Insist { .. }
            | Entrance::Resume { .. }
            | Entrance::Renew { .. }
            | Entrance::InPlace { .. } => None,
        })
    }

    /// Whether there is such an account; there is always such a guest.
    fn exists(&self, user: &UserName) -> Result<bool, StoreError> {
        Ok(user.account().is_none() || self.is_registered(user.plain())?)
    }

    /// Where somebody goes who is in no room.
    fn begins_in(&self, user: &UserName, entrance: &Entrance) -> Result<Vec<RoomName>, StoreError> {
        let (was_in, begins) = match entrance {
            Entrance::Renew { rooms, begins, .. } => (rooms.as_slice(), *begins),
            Entrance::Login { begins, .. } | Entrance::Insist { begins } => (&[][..], *begins),
            Entrance::Resume { .. } => (&[][..], FirstRoom::Lobby),
            Entrance::InPlace { .. } => (&[][..], FirstRoom::Nowhere),
        };
        let mut open = Vec::new();
        for room in was_in {
            if let Some(room) = self.open_room(room, user)?
                && !open.contains(&room)
            {
                open.push(room);
            }
        }
        if open.is_empty() {
            open.extend(begins.room());
        }
        Ok(open)
    }

    /// Parts a session from its account; of any other session it leaves everything as it is.
    pub(super) fn part(
        &mut self,
        session: &SessionId,
        user: &UserName,
        parting: Parting,
    ) -> Result<(), StoreError> {
        match parting {
            Parting::Goodbye { words } => {
                let origin = Origin::Session(session.clone());
                self.release(session, user, words, &origin)
            }
            Parting::Broken => self.keep_place(session, user, Hold::Detached),
            Parting::Moving => self.keep_place(session, user, Hold::Moving),
        }
    }

    /// Ends the claim of exactly this session; of any other it leaves everything as it is.
    pub(super) fn release(
        &mut self,
        session: &SessionId,
        user: &UserName,
        words: Option<Text>,
        origin: &Origin,
    ) -> Result<(), StoreError> {
        match self.held(user)? {
            Some(held) if held.session == *session => self.end(&held.user, words, None, origin),
            Some(_) | None => Ok(()),
        }
    }

    /// Takes over what the run before left claimed: detached, or released where no place is kept.
    /// Returns whose place is kept.
    pub(super) fn inherit(&mut self) -> Result<Vec<(SessionId, UserName)>, StoreError> {
        let left_behind = sql::rows(
            &self.db,
            "SELECT session, user || coalesce('/' || nick, '') FROM claims ORDER BY epoch, n",
            (),
            |row| Ok((row.get(0)?, row.get::<_, UserName>(1)?)),
        )?;
        let is_kept = |user: &UserName| !self.rules.grace.is_zero() && user.account().is_some();
        let (left_behind, gone): (Vec<_>, Vec<_>) =
            left_behind.into_iter().partition(|(_, user)| is_kept(user));
        for (_, user) in &gone {
            self.end(user, None, None, &Origin::Store)?;
        }
        sql::change(
            &self.db,
            "UPDATE claims SET hold = ?2 WHERE hold = ?1",
            (Hold::Live, Hold::Detached),
        )?;
        Ok(left_behind)
    }

    /// The session of a claim is gone, and nobody sees it leave.
    fn keep_place(
        &self,
        session: &SessionId,
        user: &UserName,
        hold: Hold,
    ) -> Result<(), StoreError> {
        sql::change(
            &self.db,
            "UPDATE claims SET hold = ?3 WHERE user = ?1 AND session = ?2",
            (user, session, hold),
        )?;
        Ok(())
    }

    /// Does what a live session asks, or says that it is no longer the live one.
    pub(super) fn live(
        &mut self,
        session: &SessionId,
        claim: &Claim,
        request: Request,
    ) -> Result<Outcome, StoreError> {
        let Some(held) = self.holder(session, claim)? else {
            return Ok(Outcome::Void);
        };
        let asker = Asker {
            user: held.user,
            origin: Origin::Session(held.session),
            away: held.away,
            profile: held.profile,
            office: held.office,
        };
        let granted = match request {
            Request::Append(append) => self.say(&asker, append),
            Request::Rooms(request) => self.rooms(&asker, request),
            Request::Moderation(request) => self.moderation(&asker, request),
            Request::Program(request) => self.program(&asker, request),
            Request::People(request) => self.people(&asker, request),
            Request::History(request) => self.history(&asker, request),
        };
        match granted {
            Ok(answer) => Ok(Outcome::Done(answer)),
            Err(No::Refused(refusal)) => Ok(Outcome::Refused(refusal)),
            Err(No::Failed(error)) => Err(error),
        }
    }

    /// Asks the live session of an account whether it is alive, unless it is asked already.
    pub(super) fn probe(&mut self, by: &SessionId, user: &UserName) -> Result<(), StoreError> {
        let is_asked = |held: &Held| held.session != *by && held.hold == Hold::Live;
        let Some(Held { user, session, .. }) = self.held(user)?.filter(is_asked) else {
            return Ok(());
        };
        if self.probed.insert(user.clone()) {
            let origin = Origin::Session(by.clone());
            self.append(&origin, Deed::Probed { user, session })?;
        }
        Ok(())
    }

    /// A live session says that it is.
    pub(super) fn alive(&mut self, session: &SessionId, claim: &Claim) -> Result<(), StoreError> {
        if self.holder(session, claim)?.is_some() && self.probed.remove(&claim.user) {
            let (user, session) = (claim.user.clone(), session.clone());
            let origin = Origin::Session(session.clone());
            self.append(&origin, Deed::Alive { user, session })?;
        }
        Ok(())
    }

    /// The live session of an account, if it is this one by this claim.
    pub(super) fn holder(
        &self,
        session: &SessionId,
        claim: &Claim,
    ) -> rusqlite::Result<Option<Held>> {
        let is_this = |held: &Held| {
            held.fence == claim.fence && held.session == *session && held.hold == Hold::Live
        };
        Ok(self.held(&claim.user)?.filter(is_this))
    }

    /// Who has an account, if anybody has.
    pub(super) fn held(&self, user: &UserName) -> rusqlite::Result<Option<Held>> {
        sql::row(
            &self.db,
            "SELECT user || coalesce('/' || nick, ''), epoch, n, session, hold, since, away, profile,
                 operator
             FROM claims WHERE user = ?1",
            [user],
            |row| {
                Ok(Held {
                    user: row.get(0)?,
                    fence: sql::position(row, 1)?,
                    session: row.get(3)?,
                    hold: row.get(4)?,
                    since: row.get(5)?,
                    away: row.get(6)?,
                    profile: profile(&row.get::<_, String>(7)?),
                    office: office(row.get(8)?),
                })
            },
        )
    }

    /// Leaves all rooms but the one where it begins; returns that if the account is in it.
    pub(super) fn settle_rooms(
        &mut self,
        user: &UserName,
        begins: FirstRoom,
        origin: &Origin,
    ) -> Result<Vec<RoomName>, StoreError> {
        let first = begins.room();
        let (stays_in, leaves): (Vec<_>, Vec<_>) = self
            .rooms_of(user)?
            .into_iter()
            .partition(|room| first.as_ref() == Some(room));
        for room in &leaves {
            let departure = Departure::Parted { words: None };
            self.leave(room, user, departure, origin)?;
        }
        Ok(stays_in)
    }

    /// Appends the claim event and stores the claim; an older one is overwritten.
    fn go_live(
        &mut self,
        session: &SessionId,
        user: &UserName,
        entrance: &Entrance,
        rooms: Vec<RoomName>,
    ) -> Result<Position, StoreError> {
        let missed = match entrance {
            Entrance::Login { .. } | Entrance::Insist { .. } => {
                let mut waiting = self.waiting_for(user)?;
                let missed = std::mem::take(&mut waiting.kept).into();
                let fence = self.append_claim(session, user, rooms, missed, None)?;
                self.begins_to_see(user, &waiting, fence)?;
                return Ok(fence);
            }
            Entrance::Resume { since } => {
                let last = match since {
                    Since::Position(last) => Some(*last).max(self.first_seen(user)?),
                    Since::Seen => self.seen_position(user)?,
                };
                last.map_or(Missed::Nothing, Missed::After)
            }
            Entrance::Renew { .. } | Entrance::InPlace { .. } => Missed::SinceSuspended,
        };
        let before = self.held(user)?;
        self.append_claim(session, user, rooms, missed, before)
    }

    /// Who comes back to a place is there since `before`, and away as before, and so is a guest who
    /// logs in. An office is that of the session alone.
    pub(super) fn append_claim(
        &mut self,
        session: &SessionId,
        user: &UserName,
        rooms: Vec<RoomName>,
        missed: Missed,
        before: Option<Held>,
    ) -> Result<Position, StoreError> {
        let was = before
            .as_ref()
            .map(|before| before.user.clone())
            .filter(|before| before != user);
        let stays_in = was.as_ref().map(|_| rooms.clone()).unwrap_or_default();
        let brings = Brings::Standing {
            rooms,
            follows: self.follows_of(user)?,
            missed,
        };
        let deed = Deed::Claimed {
            user: user.clone(),
            session: session.clone(),
            was,
            rooms: stays_in,
        };
        let origin = Origin::Session(session.clone());
        self.probed.remove(user);
        let event = self.append_at(self.now(), &origin, deed, brings)?;
        let own = before.as_ref().filter(|held| held.session == *session);
        let office = own.map(|held| held.office).unwrap_or_default();
        let (since, away, profile) = match before {
            Some(Held {
                since,
                away,
                profile,
                ..
            }) => (since, away, profile),
            None => (event.at, None, Profile::default()),
        };
        sql::change(
            &self.db,
            "INSERT OR REPLACE INTO claims
                 (user, epoch, n, session, hold, since, away, nick, profile, operator)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                user,
                Int(event.position.epoch),
                Int(event.position.n),
                session,
                Hold::Live,
                since,
                away,
                user.nick(),
                wire::profile::json(&profile),
                office == Office::Operator,
            ),
        )?;
        Ok(event.position)
    }

    /// Ends whatever claim an account has: out of every room, then released; perhaps by somebody
    /// else.
    pub(super) fn end(
        &mut self,
        user: &UserName,
        words: Option<Text>,
        by: Option<UserName>,
        origin: &Origin,
    ) -> Result<(), StoreError> {
        let rooms = self.rooms_of(user)?;
        for room in &rooms {
            self.leave(room, user, Departure::Quit, origin)?;
        }
        if let Some(was) = self.held(user)? {
            self.remember(&was)?;
        }
        sql::change(&self.db, "DELETE FROM claims WHERE user = ?1", [user])?;
        self.forget_guest(user)?;
        let user = user.clone();
        let deed = Deed::Released {
            user,
            rooms,
            words,
            by,
        };
        let released = self.append(origin, deed)?;
        for room in released.rooms() {
            self.happened(room, &released)?;
        }
        Ok(())
    }
}

/// What somebody says about themselves, as it stands in its column.
pub(super) fn profile(kept: &str) -> Profile {
    wire::profile::read(kept).unwrap_or_default()
}

/// As a column says it.
const fn office(is_operator: bool) -> Office {
    if is_operator {
        Office::Operator
    } else {
        Office::None
    }
}
