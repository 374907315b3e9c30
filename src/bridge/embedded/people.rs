//! People: what they say to each other, whom they follow, who is there.

use super::claims::Asker;
use super::guard::{Joined, Speech};
use super::kept::Kind;
use super::known::{Seen, known_of};
use super::log::{No, Store};

use super::sql::{self, Int};
use crate::chat::answer::{Census, Presence};
use crate::chat::event::{Echo, Manner};
use crate::chat::limits::FOLLOWS_PER_USER;
use crate::chat::modes::Ranks;
use crate::chat::{Answer, Deed, Extras, Position, Refusal, RoomName, Text, UserName};
use crate::messages::{Append, Brings, PeopleRequest, ToOneself};

impl Store {
    /// Appends what somebody says.
    pub(super) fn say(&mut self, asker: &Asker, append: Append) -> Result<Answer, No> {
        match append {
            Append::RoomMessage {
                room,
                text,
                manner,
                extras,
            } => self.say_in_room(asker, room, text, (manner, extras)),
            Append::Whisper {
                to,
                text,
                manner,
                extras,
                oneself,
            } => {
                let to = self.addressed(asker, to, oneself)?;
                self.whisper(asker, to, text, (manner, extras))
            }
            Append::Post { text } => self.post(asker, text),
        }
    }

    /// Does what somebody asks about people.
    pub(super) fn people(&mut self, asker: &Asker, request: PeopleRequest) -> Result<Answer, No> {
        match request {
            PeopleRequest::Follow { author } => self.follow(asker, author),
            PeopleRequest::Unfollow { author } => self.unfollow(asker, author),
            PeopleRequest::Following => Ok(Answer::Subscriptions {
                users: self.follows_of(&asker.user)?,
            }),
            PeopleRequest::Followers => Ok(Answer::Subscribers {
                users: self.followers_of(&asker.user)?,
            }),
            PeopleRequest::Online => Ok(self.online()?),
            PeopleRequest::Neighbours => Ok(self.neighbours(asker)?),
            PeopleRequest::TakeOffice { office } => self.take_office(asker, office),
            PeopleRequest::Kill { user, words } => self.kill(asker, user, words),
            PeopleRequest::Announce { text } => self.announce(asker, text),
            PeopleRequest::Presence { people } => Ok(self.who_is_here(people)?),
            PeopleRequest::Census => Ok(Answer::Census(self.census()?)),
            PeopleRequest::WhoIs { user } => self.who_is(asker, user),
            PeopleRequest::WhoWas { user, count } => Ok(self.who_was(user, count)?),
            PeopleRequest::Away { text } => self.go_away(asker, text),
            PeopleRequest::Back => self.come_back(asker),
            PeopleRequest::Nick { nick } => self.change_nick(asker, &nick),
        }
    }

    fn online(&self) -> rusqlite::Result<Answer> {
        let all = sql::rows(
            &self.db,
            "SELECT user || coalesce('/' || nick, ''), away IS NOT NULL, operator, profile
             FROM claims ORDER BY user",
            (),
            Seen::read,
        )?;
        let (users, known) = known_of(all);
        Ok(Answer::Online { users, known })
    }

    fn neighbours(&self, asker: &Asker) -> rusqlite::Result<Answer> {
        let all = sql::rows(
            &self.db,
            "SELECT user || coalesce('/' || nick, ''), away IS NOT NULL, operator, profile
             FROM claims WHERE user = ?1 OR user IN (
                 SELECT others.user FROM members AS own JOIN members AS others USING (room)
                 WHERE own.user = ?1)
             ORDER BY user",
            [&asker.user],
            Seen::read,
        )?;
        let (users, known) = known_of(all);
        Ok(Answer::Online { users, known })
    }

    /// Whom an account follows, sorted.
    pub(super) fn follows_of(&self, user: &UserName) -> rusqlite::Result<Vec<UserName>> {
        sql::values(
            &self.db,
            "SELECT author || coalesce('/' || nick, '') FROM follows LEFT JOIN claims ON user = author
             WHERE follower = ?1 ORDER BY author",
            [user],
        )
    }

    /// Who follows an account, sorted.
    pub(super) fn followers_of(&self, user: &UserName) -> rusqlite::Result<Vec<UserName>> {
        sql::values(
            &self.db,
            "SELECT follower || coalesce('/' || nick, '') FROM follows
             LEFT JOIN claims ON user = follower WHERE author = ?1 ORDER BY follower",
            [user],
        )
    }

    fn say_in_room(
        &mut self,
        asker: &Asker,
        room: RoomName,
        text: Text,
        (manner, extras): (Manner, Extras),
    ) -> Result<Answer, No> {
        let Joined {
            name: room,
            flags,
            privacy,
            speech,
        } = self.joined_room(&asker.user, room)?;
        match speech {
            Speech::Free => {}
            Speech::Guarded => self.may_say(&room, flags, &asker.user)?,
        }
        let (k, at) = self.next_in_room(&room)?;
        let deed = Deed::RoomMessage {
            room: room.clone(),
            sender: asker.user.clone(),
            text,
            manner,
            extras,
            k,
            privacy,
            echo: Echo::ExcludeSender,
        };
        let event = self.append_at(at, &asker.origin, deed, Brings::Nothing)?;
        self.keep(&room, k, at)?;
        Ok(Answer::Said {
            position: event.position,
            at: Some(event.at),
        })
    }

    /// Whom somebody says something to.
    fn addressed(&self, asker: &Asker, to: UserName, oneself: ToOneself) -> Result<UserName, No> {
        let to = self.resolve(to)?;
        match oneself {
            ToOneself::Refused if to == asker.user => Err(Refusal::ToYourself.into()),
            ToOneself::Refused | ToOneself::Said => Ok(to),
        }
    }

    /// What one says to oneself is kept once.
    fn whisper(
        &mut self,
        asker: &Asker,
        to: UserName,
        text: Text,
        (manner, extras): (Manner, Extras),
    ) -> Result<Answer, No> {
        let away = self.held(&to)?.and_then(|held| held.away);
        let (k, at) = self.next_of(Kind::Whisper, &to)?;
        let deed = Deed::Whisper {
            to: to.clone(),
            sender: asker.user.clone(),
            text,
            manner,
            extras,
            k,
        };
        let said = self.append_at(at, &asker.origin, deed, Brings::Nothing)?;
        self.keep_for_later(Kind::Whisper, &to, k, &said)?;
        if to != asker.user {
            let (k, _) = self.next_of(Kind::Sent, &asker.user)?;
            self.keep_for_later(Kind::Sent, &asker.user, k, &said)?;
        }
        let (position, at) = (said.position, Some(said.at));
        Ok(match away {
            None => Answer::Said { position, at },
            Some(text) => Answer::SaidToAway {
                position,
                at,
                to,
                text,
            },
        })
    }

    fn post(&mut self, asker: &Asker, text: Text) -> Result<Answer, No> {
        let heard = self
            .db
            .prepare_cached("SELECT 1 FROM follows WHERE author = ?1")?
            .exists([&asker.user])?;
        if !heard {
            return Ok(Answer::NobodySubscribes);
        }
        let (k, at) = self.next_of(Kind::Post, &asker.user)?;
        let deed = Deed::Post {
            sender: asker.user.clone(),
            text,
            k,
        };
        let said = self.append_at(at, &asker.origin, deed, Brings::Nothing)?;
        self.keep_for_later(Kind::Post, &asker.user, k, &said)?;
        Ok(Answer::Said {
            position: said.position,
            at: Some(said.at),
        })
    }

    fn follow(&mut self, asker: &Asker, author: UserName) -> Result<Answer, No> {
        let author = self.resolve(author)?;
        if author == asker.user {
            return Err(Refusal::ToYourself.into());
        }
        if author.account().is_none() {
            return Err(Refusal::OnlyForAccounts.into());
        }
        if !self.does_follow(&asker.user, &author)? {
            self.has_place_for_a_follow(&asker.user)?;
            let deed = Deed::Followed {
                author: author.clone(),
                follower: asker.user.clone(),
            };
            let Position { epoch, n } = self.append(&asker.origin, deed)?.position;
            sql::change(
                &self.db,
                "INSERT INTO follows (follower, author, epoch, n) VALUES (?1, ?2, ?3, ?4)",
                (&asker.user, &author, Int(epoch), Int(n)),
            )?;
        }
        Ok(Answer::Subscribed { author })
    }

    /// Whom somebody follows may have no account any more; that can be undone all the same.
    fn unfollow(&mut self, asker: &Asker, author: UserName) -> Result<Answer, No> {
        let meant = self.resolve(author.clone());
        let author = match &meant {
            Ok(somebody) => somebody.clone(),
            Err(No::Refused(_) | No::Failed(_)) => author,
        };
        let followed = sql::value(
            &self.db,
            "DELETE FROM follows WHERE follower = ?1 AND author = ?2 RETURNING author",
            (&asker.user, &author),
        )?;
        let author = match (followed, meant) {
            (Some(_), Ok(author)) => author,
            (Some(author), Err(_)) => author,
            (None, meant) => {
                return Ok(Answer::Unsubscribed { author: meant? });
            }
        };
        let deed = Deed::Unfollowed {
            author: author.clone(),
            follower: asker.user.clone(),
        };
        self.append(&asker.origin, deed)?;
        Ok(Answer::Unsubscribed { author })
    }

    fn does_follow(&self, follower: &UserName, author: &UserName) -> rusqlite::Result<bool> {
        self.db
            .prepare_cached("SELECT 1 FROM follows WHERE follower = ?1 AND author = ?2")?
            .exists((follower, author))
    }

    fn has_place_for_a_follow(&self, follower: &UserName) -> Result<(), No> {
        let most = FOLLOWS_PER_USER;
        let count: Option<Int> = sql::value(
            &self.db,
            "SELECT count(*) FROM follows WHERE follower = ?1",
            [follower],
        )?;
        if count.is_some_and(|Int(count)| count >= most as u64) {
            return Err(Refusal::TooManySubscriptions { most }.into());
        }
        Ok(())
    }

    fn who_is(&self, asker: &Asker, user: UserName) -> Result<Answer, No> {
        let user = self.resolve(user)?;
        let presence = match self.held(&user)? {
            None => Presence::Offline,
            Some(claim) => Presence::Online {
                node: claim.session.incarnation.node,
                since: claim.since,
                rooms: self.rooms_in_sight(&asker.user, &user)?,
                ranked: self.ranked_in_sight(&asker.user, &user)?,
                away: claim.away,
                profile: claim.profile,
                office: claim.office,
            },
        };
        Ok(Answer::WhoIs { user, presence })
    }

    fn who_is_here(&self, people: Vec<UserName>) -> rusqlite::Result<Answer> {
        let (mut here, mut gone) = (Vec::new(), Vec::new());
        for user in people {
            let seen = sql::value(
                &self.db,
                "SELECT user || coalesce('/' || nick, '') FROM claims
                 WHERE nick = ?1 OR user = ?1 AND nick IS NULL",
                [user.as_str()],
            )?;
            match seen {
                Some(seen) => here.push(seen),
                None => gone.push(user),
            }
        }
        Ok(Answer::Presence { here, gone })
    }

    fn census(&self) -> rusqlite::Result<Census> {
        let count = |query| {
            let counted = sql::value(&self.db, query, ())?;
            Ok::<_, rusqlite::Error>(counted.map_or(0, |Int(counted)| counted))
        };
        Ok(Census {
            people: count("SELECT count(*) FROM claims")?,
            rooms: count(
                "SELECT count(*) FROM rooms WHERE seal IS NULL AND modes NOT GLOB '*[is]*'",
            )?,
            operators: count("SELECT count(*) FROM claims WHERE operator")?,
            at: self.now(),
        })
    }

    /// The rooms of somebody that are public or that the asker is in too, sorted.
    fn rooms_in_sight(&self, asker: &UserName, user: &UserName) -> rusqlite::Result<Vec<RoomName>> {
        sql::values(
            &self.db,
            "SELECT name FROM members JOIN rooms ON name = room
             WHERE user = ?1 AND (seal IS NULL AND modes NOT GLOB '*[is]*'
                 OR EXISTS (SELECT 1 FROM members AS own WHERE own.room = name AND own.user = ?2))
             ORDER BY name",
            (user, asker),
        )
    }

    /// Those of them in which they have a rank.
    fn ranked_in_sight(
        &self,
        asker: &UserName,
        user: &UserName,
    ) -> rusqlite::Result<Vec<(RoomName, Ranks)>> {
        let mut ranked = Vec::new();
        for room in self.rooms_in_sight(asker, user)? {
            let ranks = self.ranks(&room, user)?;
            if !ranks.is_empty() {
                ranked.push((room, ranks));
            }
        }
        Ok(ranked)
    }

    fn go_away(&mut self, asker: &Asker, text: Text) -> Result<Answer, No> {
        if asker.away.as_ref() != Some(&text) {
            self.set_away(&asker.user, Some(&text))?;
            let deed = Deed::WentAway {
                user: asker.user.clone(),
                text: text.clone(),
                rooms: self.rooms_of(&asker.user)?,
            };
            self.append(&asker.origin, deed)?;
        }
        Ok(Answer::Away { text })
    }

    fn come_back(&mut self, asker: &Asker) -> Result<Answer, No> {
        if asker.away.is_some() {
            self.set_away(&asker.user, None)?;
            let (user, rooms) = (asker.user.clone(), self.rooms_of(&asker.user)?);
            self.append(&asker.origin, Deed::CameBack { user, rooms })?;
        }
        Ok(Answer::Back)
    }

    fn set_away(&self, user: &UserName, text: Option<&Text>) -> rusqlite::Result<usize> {
        sql::change(
            &self.db,
            "UPDATE claims SET away = ?2 WHERE user = ?1",
            (user, text),
        )
    }
}
