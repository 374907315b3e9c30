//! What people's programs need of each other.

use std::sync::Arc;

use super::claims::Asker;
use super::guard::{Joined, Speech};
use super::kept::Kind;
use super::log::{No, Store, StoreError};
use super::sql::{self, Int};
use crate::bridge::conversation::kept_as;
use crate::bridge::wire;
use crate::chat::command::Certificates;
use crate::chat::event::Timestamp;
use crate::chat::extras::Lifetime;
use crate::chat::history::Conversation;
use crate::chat::limits::READ_MARKS_PER_USER;
use crate::chat::profile::{Audience, Profile};
use crate::chat::{Answer, Deed, Event, Extras, UserName};
use crate::messages::ProgramRequest;

impl Store {
    /// Does what somebody's program asks.
    pub(super) fn program(&mut self, asker: &Asker, request: ProgramRequest) -> Result<Answer, No> {
        match request {
            ProgramRequest::Tag { to, extras } => self.tag(asker, to, extras),
            ProgramRequest::WhatIsRead { of } => Ok(Answer::ReadUpTo {
                at: self.read_up_to(&asker.user, &kept_as(&of))?,
            }),
            ProgramRequest::Certificates(wanted) => match wanted {
                Certificates::List => Ok(self.certificates(&asker.user)?),
                Certificates::Add(certificate) => self.add_certificate(asker, certificate),
                Certificates::Remove(certificate) => {
                    Ok(self.remove_certificate(asker, certificate)?)
                }
            },
            ProgramRequest::Introduce { profile, audience } => {
                self.introduce(asker, profile, audience)
            }
            ProgramRequest::Read { of, upto } => Ok(self.has_read(&asker.user, &of, upto)?),
        }
    }

    /// Others are told of another name; whether somebody is a program they see when they ask.
    fn introduce(
        &mut self,
        asker: &Asker,
        profile: Profile,
        audience: Audience,
    ) -> Result<Answer, No> {
        if asker.profile == profile {
            return Ok(Answer::Introduced { profile });
        }
        sql::change(
            &self.db,
            "UPDATE claims SET profile = ?2 WHERE user = ?1",
            (&asker.user, wire::profile::json(&profile)),
        )?;
        let rooms = self.rooms_of(&asker.user)?;
        let is_news = match audience {
            Audience::Rooms => !rooms.is_empty(),
            Audience::Watchers => true,
        };
        if asker.profile.real_name != profile.real_name && is_news {
            let deed = Deed::RealNameSet {
                user: asker.user.clone(),
                real_name: profile.real_name.clone(),
                rooms,
            };
            self.append(&asker.origin, deed)?;
        }
        Ok(Answer::Introduced { profile })
    }

    fn read_up_to(&self, user: &UserName, of: &str) -> rusqlite::Result<Option<Timestamp>> {
        sql::value(
            &self.db,
            "SELECT at FROM read_marks WHERE user = ?1 AND conversation = ?2",
            (user, of),
        )
    }

    fn has_read(
        &self,
        user: &UserName,
        of: &Conversation,
        upto: Timestamp,
    ) -> rusqlite::Result<Answer> {
        let of = kept_as(of);
        let upto = upto.min(self.now());
        let known = self.read_up_to(user, &of)?;
        if known.is_some_and(|known| known >= upto) {
            return Ok(Answer::ReadUpTo { at: known });
        }
        sql::change(
            &self.db,
            "INSERT OR REPLACE INTO read_marks (user, conversation, at) VALUES (?1, ?2, ?3)",
            (user, of, upto),
        )?;
        sql::change(
            &self.db,
            "DELETE FROM read_marks WHERE (user, conversation) IN (
                 SELECT user, conversation FROM read_marks WHERE user = ?1
                 ORDER BY at DESC, conversation DESC LIMIT -1 OFFSET ?2)",
            (user, Int(READ_MARKS_PER_USER as u64)),
        )?;
        Ok(Answer::ReadUpTo { at: Some(upto) })
    }

    /// Forgets up to where an account has read.
    pub(super) fn forget_read(&self, user: &UserName) -> rusqlite::Result<usize> {
        sql::change(&self.db, "DELETE FROM read_marks WHERE user = ?1", [user])
    }

    /// Tells those who are there now: what has no words waits for nobody, and is kept only where it
    /// means something later.
    fn tag(&mut self, asker: &Asker, to: Conversation, extras: Extras) -> Result<Answer, No> {
        let lifetime = extras.tags.lifetime();
        let to = match to {
            Conversation::Room { room } => {
                let Joined {
                    name: room,
                    flags,
                    speech,
                    ..
                } = self.joined_room(&asker.user, room)?;
                match speech {
                    Speech::Free => {}
                    Speech::Guarded => self.may_say(&room, flags, &asker.user)?,
                }
                Conversation::Room { room }
            }
            Conversation::Person { user } => {
                let user = self.resolve(user)?;
                let is_kept = user.account().is_some() && lifetime == Lifetime::Lasting;
                if !is_kept && self.held(&user)?.is_none() {
                    return Ok(Answer::NobodyTagged);
                }
                Conversation::Person { user }
            }
        };
        let sender = asker.user.clone();
        let deed = Deed::Tagged {
            to: to.clone(),
            sender,
            extras,
        };
        let event = self.append(&asker.origin, deed)?;
        match lifetime {
            Lifetime::Lasting => self.keep_tagged(&asker.user, &to, &event)?,
            Lifetime::Passing => {}
        }
        let (position, at) = (event.position, event.at);
        Ok(Answer::Tagged { position, at })
    }

    /// Once for each of the two.
    fn keep_tagged(
        &self,
        sender: &UserName,
        to: &Conversation,
        event: &Arc<Event>,
    ) -> Result<(), StoreError> {
        let to = match to {
            Conversation::Room { room } => return self.happened(room, event),
            Conversation::Person { user } => user,
        };
        let other = (to != sender).then_some(sender);
        for user in std::iter::once(to).chain(other) {
            if user.account().is_some() {
                let (k, _) = self.next_of(Kind::Tagged, user)?;
                self.keep_for_later(Kind::Tagged, user, k, event)?;
            }
        }
        Ok(())
    }
}
