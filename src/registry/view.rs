//! What one account is in, and what of the log it hears by that. Pure.
//!
//! The same rules as those of [`Rooms`](super::rooms::Rooms), for one account and in both
//! directions: forward with the log, and back from what is known now to what was then.

use std::collections::HashSet;

use crate::chat::event::{Departure, Echo, Hearing, Privacy};
use crate::chat::history::Conversation;
use crate::chat::origin::{Origin, SessionId};
use crate::chat::{Deed, Event, Gap, GapSize, RoomName, UserName};

/// The rooms and follows of an account at one place of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    user: UserName,
    /// Whose view it is: of several sessions of an account one at most was a guest before.
    session: SessionId,
    /// The guest that it was at a place before it logged in where it was: the rooms are the guest's.
    guest: Option<UserName>,
    rooms: HashSet<RoomName>,
    follows: HashSet<UserName>,
    /// For whom its session watches, which is no matter of the log.
    watches: HashSet<UserName>,
}

/// Whether a room or an author is in a view behind an event.
enum Change<'a> {
    None,
    In(&'a RoomName),
    Out(&'a RoomName),
    Follows(&'a UserName),
    FollowsNot(&'a UserName),
    /// The session was a guest before.
    LogsIn {
        was: &'a UserName,
    },
    /// Another session of the account was: the account was in no room before.
    Takes(&'a [RoomName]),
}

impl View {
    /// What an account has.
    pub fn new(
        user: &UserName,
        session: &SessionId,
        rooms: impl IntoIterator<Item = RoomName>,
        follows: impl IntoIterator<Item = UserName>,
    ) -> Self {
        Self {
            user: user.clone(),
            session: session.clone(),
            guest: None,
            rooms: rooms.into_iter().collect(),
            follows: follows.into_iter().collect(),
            watches: HashSet::new(),
        }
    }

    /// Its session watches for these people and nobody else.
    pub fn watch(&mut self, people: HashSet<UserName>) {
        self.watches = people;
    }

    /// The rooms it is in.
    pub fn rooms(&self) -> impl Iterator<Item = &RoomName> {
        self.rooms.iter()
    }

    /// Whom it follows.
    pub fn follows(&self) -> impl Iterator<Item = &UserName> {
        self.follows.iter()
    }

    /// Goes one event on; as what the account hears it, if it does.
    pub fn take(&mut self, deed: &Deed) -> Option<Hearing> {
        match self.change(deed) {
            Change::None => return self.hears(deed),
            Change::In(room) => self.rooms.insert(room.clone()),
            Change::Out(room) => self.rooms.remove(room),
            Change::Follows(author) => self.follows.insert(author.clone()),
            Change::FollowsNot(author) => self.follows.remove(author),
            Change::LogsIn { .. } => self.guest.take().is_some(),
            Change::Takes(rooms) => {
                self.rooms.extend(rooms.iter().cloned());
                true
            }
        };
        self.is_put_out(deed)
    }

    /// Goes one event back; as what the account heard it, if it did.
    pub fn take_back(&mut self, deed: &Deed) -> Option<Hearing> {
        match self.change(deed) {
            Change::None => return self.hears(deed),
            Change::In(room) => self.rooms.remove(room),
            Change::Out(room) => self.rooms.insert(room.clone()),
            Change::Follows(author) => self.follows.remove(author),
            Change::FollowsNot(author) => self.follows.insert(author.clone()),
            Change::LogsIn { was } => self.guest.replace(was.clone()).is_none(),
            Change::Takes(rooms) => {
                self.rooms.retain(|room| !rooms.contains(room));
                true
            }
        };
        self.is_put_out(deed)
    }

    /// Of all that changes what it is in, the account hears what somebody else did: to put it out.
    fn is_put_out(&self, deed: &Deed) -> Option<Hearing> {
        match deed {
            Deed::Left {
                departure: Departure::Kicked { by, .. },
                ..
            } if !self.is(by) => Some(Hearing::Direct),
            Deed::Epoch { .. }
            | Deed::Claimed { .. }
            | Deed::Released { .. }
            | Deed::Entered { .. }
            | Deed::Left { .. }
            | Deed::RoomMessage { .. }
            | Deed::Whisper { .. }
            | Deed::Post { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::TopicSet { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::Announced { .. }
            | Deed::Tagged { .. }
            | Deed::RealNameSet { .. }
            | Deed::WentAway { .. }
            | Deed::CameBack { .. }
            | Deed::Nicked { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => None,
        }
    }

    /// What is missing behind this event: somebody else took the account for gone and out of a room.
    pub fn put_out(&self, event: &Event) -> Option<Gap> {
        match (&event.origin, self.change(&event.deed)) {
            (Origin::Store, Change::Out(room)) => Some(Gap::Room {
                room: room.clone(),
                size: GapSize::Unknown,
            }),
            (Origin::Store | Origin::Session(_), _) => None,
        }
    }

    /// Everything that may be missing where nobody can tell what is.
    pub fn all_gaps(&self) -> impl Iterator<Item = Gap> {
        let size = GapSize::Unknown;
        let mut rooms: Vec<_> = self.rooms.iter().cloned().collect();
        rooms.sort();
        let rooms = rooms.into_iter().map(move |room| Gap::Room { room, size });
        let posts = (!self.follows.is_empty()).then_some(Gap::Posts);
        rooms.chain([Gap::Whispers { size }]).chain(posts)
    }

    /// What an event changes. What changes nothing is no event, so it can be taken back.
    fn change<'a>(&self, deed: &'a Deed) -> Change<'a> {
        match deed {
            Deed::Entered { room, user, .. } if self.sits_as(user) => Change::In(room),
            Deed::Left { room, user, .. } if self.sits_as(user) => Change::Out(room),
            Deed::Claimed {
                user,
                session,
                was: Some(was),
                rooms,
            } if *user == self.user => {
                if *session == self.session {
                    Change::LogsIn { was }
                } else {
                    Change::Takes(rooms)
                }
            }
            Deed::Followed { author, follower } if self.sits_as(follower) => {
                Change::Follows(author)
            }
            Deed::Unfollowed { author, follower } if self.sits_as(follower) => {
                Change::FollowsNot(author)
            }
            Deed::Epoch { .. }
            | Deed::Claimed { .. }
            | Deed::Released { .. }
            | Deed::Entered { .. }
            | Deed::Left { .. }
            | Deed::RoomMessage { .. }
            | Deed::Whisper { .. }
            | Deed::Tagged { .. }
            | Deed::Post { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::TopicSet { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::Announced { .. }
            | Deed::WentAway { .. }
            | Deed::CameBack { .. }
            | Deed::Nicked { .. }
            | Deed::RealNameSet { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => Change::None,
        }
    }

    fn hears(&self, deed: &Deed) -> Option<Hearing> {
        match deed {
            Deed::Left {
                room,
                departure: Departure::Kicked { by, .. },
                ..
            }
            | Deed::TopicSet { room, by, .. }
            | Deed::ModesChanged { room, by, .. } => self.inside(room).filter(|_| !self.is(by)),
            Deed::Entered { room, .. } | Deed::Left { room, .. } => self.inside(room),
            Deed::Invited { user, .. } if self.is(user) => Some(Hearing::Direct),
            Deed::Invited { room, by, .. } => {
                let inside = self.inside(room).filter(|_| !self.is(by));
                inside.map(|_| Hearing::Witness)
            }
            Deed::Released { user, rooms, .. } => {
                match (self.beside(user, rooms), self.watching(user)) {
                    (Some(_), Some(_)) => Some(Hearing::DirectAndWatcher),
                    (beside, watching) => beside.or(watching),
                }
            }
            Deed::Nicked { user, was, rooms } => {
                let before = || self.watching(was).map(|_| Hearing::WatcherOfBefore);
                let beside = self.beside(user, rooms);
                beside.or_else(|| self.watching(user)).or_else(before)
            }
            Deed::WentAway { user, rooms, .. }
            | Deed::CameBack { user, rooms }
            | Deed::RealNameSet { user, rooms, .. }
            | Deed::Claimed { user, rooms, .. } => {
                self.beside(user, rooms).or_else(|| self.watching(user))
            }
            Deed::RoomMessage {
                room,
                sender,
                privacy,
                echo,
                ..
            } => {
                if self.rooms.contains(room) {
                    let hears = *echo == Echo::IncludeSender || !self.is(sender);
                    hears.then_some(Hearing::Direct)
                } else {
                    self.following(sender)
                        .filter(|_| *privacy == Privacy::Public && self.guest.is_none())
                }
            }
            Deed::Announced { .. } => Some(Hearing::Direct),
            Deed::Whisper { to, .. } => self.is(to).then_some(Hearing::Direct),
            Deed::Tagged { to, sender, .. } => match to {
                Conversation::Room { room } => self.inside(room).filter(|_| !self.is(sender)),
                Conversation::Person { user } => self.is(user).then_some(Hearing::Direct),
            },
            Deed::Post { sender, .. } => self.following(sender),
            Deed::Epoch { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => None,
        }
    }

    /// Whether somebody is the one whose view it is. What is said to the account counts before it is
    /// logged in to, too: that waited for it.
    fn is(&self, user: &UserName) -> bool {
        *user == self.user || self.guest.as_ref() == Some(user)
    }

    /// Whether it is this one whose rooms they are.
    fn sits_as(&self, user: &UserName) -> bool {
        self.guest.as_ref().unwrap_or(&self.user) == user
    }

    fn inside(&self, room: &RoomName) -> Option<Hearing> {
        self.rooms.contains(room).then_some(Hearing::Direct)
    }

    /// In one of these rooms with somebody else.
    fn beside(&self, user: &UserName, rooms: &[RoomName]) -> Option<Hearing> {
        let mut inside = rooms.iter().filter_map(|room| self.inside(room));
        inside.next().filter(|_| !self.is(user))
    }

    fn watching(&self, user: &UserName) -> Option<Hearing> {
        let watches = self.watches.contains(&user.as_seen());
        watches.then_some(Hearing::Watcher)
    }

    fn following(&self, author: &UserName) -> Option<Hearing> {
        self.follows.contains(author).then_some(Hearing::Subscriber)
    }
}
