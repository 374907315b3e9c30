//! As whom people are seen, and whom a word means.

use super::claims::{Asker, Held};
use super::log::{No, Store, StoreError};
use super::sql;
use crate::chat::origin::Origin;
use crate::chat::{Answer, Deed, Nick, Refusal, RoomName, UserName};
use crate::messages::{Entrance, Outcome};

/// As whom somebody comes in.
#[derive(Debug)]
pub(super) enum Admission {
    /// As this.
    As(UserName),
    /// Not at all.
    No(Outcome),
}

impl Store {
    /// Whom a person means by a word, as others see them now: the account of that name, else who has
    /// it as a nick. Nobody has another's name as a nick, unless the settings name an account only
    /// now: then it is the account.
    pub(super) fn resolve(&self, word: UserName) -> Result<UserName, No> {
        let user = match self.registered(word) {
            Ok(user) => user,
            Err(No::Refused(Refusal::NoSuchUser { user: word })) => {
                let by_nick = sql::value(
                    &self.db,
                    "SELECT user || '/' || nick FROM claims WHERE nick = ?1",
                    [&word],
                )?;
                return by_nick.ok_or_else(|| Refusal::NoSuchUser { user: word }.into());
            }
            Err(no) => return Err(no),
        };
        let held = self.held(&user)?.map(|held| held.user);
        let seen = held.filter(|seen| seen.nick().is_some());
        Ok(seen.unwrap_or(user))
    }

    /// As whom somebody comes in. Who renews keeps the nick that the store has, and is there under
    /// the account's name where the nick is somebody else's by now; a guest has no other name.
    pub(super) fn admit(
        &self,
        user: UserName,
        entrance: &Entrance,
        held: Option<&Held>,
    ) -> Result<Admission, StoreError> {
        let renews = matches!(entrance, Entrance::Renew { .. });
        if let Some(held) = held.filter(|_| renews) {
            return Ok(Admission::As(held.user.clone()));
        }
        let wanted = user.nick().and_then(|nick| Nick::new(nick).ok());
        let refusal = match wanted.map(|nick| self.may_have(&user, &nick)) {
            None | Some(Ok(())) => return Ok(Admission::As(user)),
            Some(Err(No::Refused(refusal))) => refusal,
            Some(Err(No::Failed(error))) => return Err(error),
        };
        Ok(match (entrance, user.account()) {
            (Entrance::Renew { .. }, Some(_)) => Admission::As(user.plain()),
            (Entrance::Renew { .. }, None) => Admission::No(Outcome::Void),
            (
                Entrance::Login { .. }
                | Entrance::Insist { .. }
                | Entrance::Resume { .. }
                | Entrance::InPlace { .. },
                Some(_) | None,
            ) => Admission::No(Outcome::Refused(refusal)),
        })
    }

    /// Tells those in these rooms, if there are any, that somebody is seen otherwise.
    pub(super) fn rename(
        &mut self,
        user: &UserName,
        was: &UserName,
        rooms: &[RoomName],
        origin: &Origin,
    ) -> Result<(), StoreError> {
        let deed = Deed::Nicked {
            user: user.clone(),
            was: was.clone(),
            rooms: rooms.to_vec(),
        };
        let nicked = self.append(origin, deed)?;
        for room in rooms {
            self.happened(room, &nicked)?;
        }
        Ok(())
    }

    pub(super) fn change_nick(&mut self, asker: &Asker, nick: &Nick) -> Result<Answer, No> {
        self.may_have(&asker.user, nick)?;
        let (user, was) = (asker.user.seen_as(nick), asker.user.clone());
        if user.spelled() != was.spelled() {
            let rooms = self.rooms_of(&was)?;
            self.rename(&user, &was, &rooms, &asker.origin)?;
            if user.as_seen() != was.as_seen()
                && let Some(held) = self.held(&was)?
            {
                self.remember(&held)?;
            }
            sql::change(
                &self.db,
                "UPDATE claims SET nick = ?2 WHERE user = ?1",
                (&user, user.nick()),
            )?;
        }
        Ok(Answer::Nicked { user, was })
    }

    /// Whether a nick is nobody else's, neither now nor as the name of an account.
    fn may_have(&self, user: &UserName, nick: &Nick) -> Result<(), No> {
        if nick.as_str().eq_ignore_ascii_case(user.id()) {
            return Ok(());
        }
        let is_anothers = self
            .db
            .prepare_cached("SELECT 1 FROM claims WHERE nick = ?1 AND user <> ?2")?
            .exists((nick.as_str(), user))?;
        let nick = nick.clone();
        if is_anothers {
            return Err(Refusal::NickInUse { nick }.into());
        }
        match UserName::new(nick.as_str()) {
            Ok(name) if self.is_registered(name.clone())? => {
                Err(Refusal::NickRegistered { nick }.into())
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }
}
