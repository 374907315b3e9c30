//! Who is here: the local part of the log's state, as plain maps. Pure.
//!
//! [`Rooms::fold`] takes the events of the log in log order and tells who of this node hears
//! each. Only accounts whose live session is on this node are in the maps.

mod people;
mod suspended;
mod watching;

use std::collections::HashMap;

use crate::chat::event::{Departure, Echo, Hearing, Privacy};
use crate::chat::history::Conversation;
use crate::chat::origin::{ConnId, SessionId};
use crate::chat::{Deed, Ending, Position, RoomName, UserName};
use crate::dialect::Format;
use crate::messages::{Arrival, Brings, HubId};

#[cfg(test)]
use crate::testing::Rule;

use super::behind::{Mark, Reader};
use super::conns::{ConnMap, ConnSet};
use super::view::View;
use watching::Watching;

/// Local sessions, their accounts, rooms and follows.
#[derive(Debug, Default)]
pub struct Rooms {
    seats: ConnMap<Seat>,
    /// Whose live session a seat is.
    sitting: ConnMap<UserName>,
    /// Who is about to claim an account, and does not have it.
    wanting: ConnMap<UserName>,
    /// Whose claim is in question.
    suspended: ConnMap<Mark>,
    users: HashMap<UserName, Local>,
    members: HashMap<RoomName, Members>,
    followers: HashMap<UserName, ConnSet>,
    watching: Watching,
    /// What is done wrong on purpose.
    #[cfg(test)]
    pub(super) breaks: Option<Rule>,
}

/// Where a session sits and how events are spelled for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// The hub that reaches it.
    pub hub: HubId,
    /// How it wants events spelled.
    pub format: Format,
}

/// An account whose live session is here.
#[derive(Debug)]
struct Local {
    conn: ConnId,
    view: View,
    hears: Hears,
}

/// The members of a room that hear what happens in it.
#[derive(Debug, Default)]
struct Members {
    conns: ConnSet,
    /// The ordinal of the last message, once there was one.
    last: Option<u64>,
}

/// From where a live session is told what happens.
#[derive(Debug)]
enum Hears {
    /// From the log as it comes: it is in `members` and `followers`.
    Live,
    /// From what it missed so far.
    Behind(Box<Reader>),
}

/// What an event means to the sessions of this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Some of them hear it.
    Heard {
        /// As what.
        hearing: Hearing,
        /// Who; each at most once.
        by: Vec<ConnId>,
        /// Who of them does not; there is always somebody who does.
        except: Option<ConnId>,
    },
    /// One of them is over.
    Ended {
        /// Which.
        conn: ConnId,
        /// The hub that reaches it.
        hub: HubId,
        /// Why.
        ending: Ending,
    },
    /// The claim of one of them is in question.
    Suspended {
        /// Which.
        conn: ConnId,
    },
    /// One of them is out of a room, by somebody else's doing.
    PutOut {
        /// Which.
        conn: ConnId,
        /// The room.
        room: RoomName,
    },
    /// One of them is asked whether it is alive.
    Probed {
        /// Which.
        conn: ConnId,
    },
    /// Somebody who waits for an account is told that its session is alive.
    HolderAlive {
        /// Who waits.
        conn: ConnId,
    },
}

impl Rooms {
    /// A session is about to claim; its claim event makes it somebody.
    pub fn introduce(&mut self, conn: ConnId, user: &UserName, seat: Seat) {
        self.seats.insert(conn, seat);
        self.wanting.insert(conn, user.clone());
    }

    /// Changes how events are spelled for a session; `None` if it is not known.
    pub fn set_format(&mut self, conn: ConnId, format: Format) -> Option<HubId> {
        let seat = self.seats.get_mut(&conn)?;
        seat.format = format;
        Some(seat.hub)
    }

    /// A session is gone. Its account stays until its release or next claim is in the log, but
    /// nobody is addressed for it.
    pub fn forget(&mut self, conn: ConnId) {
        self.seats.remove(&conn);
        self.wanting.remove(&conn);
        self.suspended.remove(&conn);
        self.watching.forget(conn);
        if let Some(local) = self.local_of(conn) {
            local.hears = Hears::Live;
        }
    }

    /// Where a session sits.
    #[must_use]
    pub fn seat(&self, conn: ConnId) -> Option<Seat> {
        self.seats.get(&conn).copied()
    }

    /// Takes the next event of the log; tells what it means to the sessions of this node.
    pub fn fold(&mut self, arrival: &Arrival) -> Vec<Effect> {
        match &arrival.event.deed {
            Deed::Claimed {
                user, session, was, ..
            } => self.comes(user, was.as_ref(), session, arrival),
            // One that gave its account back has no seat any more; one that still has was released
            // by somebody else, who took it for gone.
            Deed::Released { user, rooms, .. } => self.goes(user, rooms, &arrival.event),
            Deed::Entered { room, user, .. } => self.entered(room, user, &arrival.event.deed),
            Deed::Left {
                room,
                user,
                departure,
            } => self.left(room, user, departure, &arrival.event.deed),
            Deed::RoomMessage {
                room,
                sender,
                privacy,
                echo,
                k,
                ..
            } => {
                if let Some(members) = self.members.get_mut(room) {
                    members.last = Some(*k);
                }
                self.room_message(room, sender, *privacy, *echo)
            }
            Deed::Whisper { to, .. } => direct(self.conn_of(to).into_iter().collect()),
            Deed::Tagged { to, sender, .. } => self.tagged(to, sender),
            Deed::Post { sender, .. } => {
                let by = self.followers.get(sender).into_iter().flatten();
                heard(Hearing::Subscriber, by.copied().collect(), None)
            }
            Deed::Followed { author, follower } => {
                if let Some(conn) = self.change(follower, &arrival.event.deed) {
                    follow(&mut self.followers, author, conn);
                }
                Vec::new()
            }
            Deed::Unfollowed { author, follower } => {
                if let Some(conn) = self.change(follower, &arrival.event.deed) {
                    unfollow(&mut self.followers, author, conn);
                }
                Vec::new()
            }
            Deed::TopicSet { room, by, .. } | Deed::ModesChanged { room, by, .. } => {
                self.others_in(room, by)
            }
            Deed::Invited { room, by, user } => self.invited(room, by, user),
            Deed::Announced { .. } => direct(self.all_who_hear()),
            Deed::Probed { user, session } => self.probed(user, session.conn).into_iter().collect(),
            Deed::Alive { user, .. } => self.holder_alive(user).collect(),
            Deed::WentAway { user, rooms, .. }
            | Deed::CameBack { user, rooms }
            | Deed::RealNameSet { user, rooms, .. } => self.others_and_watchers(rooms, user),
            Deed::Nicked { user, was, rooms } => self.nicked(user, was, rooms),
            Deed::Epoch { .. } => Vec::new(),
        }
    }

    fn entered(&mut self, room: &RoomName, user: &UserName, deed: &Deed) -> Vec<Effect> {
        let heard = self.others_in(room, user);
        if let Some(conn) = self.change(user, deed) {
            self.join(room, conn);
        }
        heard
    }

    pub(super) fn claimed(
        &mut self,
        user: &UserName,
        session: &SessionId,
        arrival: &Arrival,
    ) -> Vec<Effect> {
        #[cfg(test)]
        if self.breaks == Some(Rule::VoidEnds) && arrival.brings == Brings::Nothing {
            return Vec::new();
        }
        let Brings::Standing { rooms, follows, .. } = &arrival.brings else {
            return self.void(user).into_iter().collect();
        };
        let conn = session.conn;
        // One that claims again is told what it would have heard meanwhile.
        let ended = if self.sitting.get(&conn) == Some(user) {
            self.suspend(conn, arrival.event.before());
            None
        } else {
            self.void(user)
        };
        let mut view = View::new(user, session, rooms.clone(), follows.clone());
        view.watch(self.watching.list(conn));
        self.seat_user(user, conn, view);
        ended.into_iter().collect()
    }

    fn released(&mut self, user: &UserName, left: &[RoomName], before: Position) -> Vec<Effect> {
        let conn = self.users.get(user).map(|local| local.conn);
        let suspended = conn.filter(|conn| self.suspend(*conn, before));
        let mut effects = self.others_in_any(left, user);
        effects.extend(suspended.map(|conn| Effect::Suspended { conn }));
        effects
    }

    fn left(
        &mut self,
        room: &RoomName,
        user: &UserName,
        departure: &Departure,
        deed: &Deed,
    ) -> Vec<Effect> {
        if let Departure::Kicked { by, .. } = departure {
            return self.kicked(room, user, by, deed);
        }
        if let Some(conn) = self.change(user, deed) {
            self.part(room, conn);
        }
        self.others_in(room, user)
    }

    /// Who is put out hears that, as the last of the room.
    fn kicked(
        &mut self,
        room: &RoomName,
        user: &UserName,
        by: &UserName,
        deed: &Deed,
    ) -> Vec<Effect> {
        let mut effects = self.others_in(room, by);
        if let Some(conn) = self.change(user, deed) {
            self.part(room, conn);
        }
        let out = self.users.get(user).map(|local| Effect::PutOut {
            conn: local.conn,
            room: room.clone(),
        });
        effects.extend(out);
        effects
    }

    fn invited(&self, room: &RoomName, by: &UserName, user: &UserName) -> Vec<Effect> {
        let own = self.conn_of(by);
        let mut effects = direct(self.conn_of(user).into_iter().collect());
        effects.extend(heard(
            Hearing::Witness,
            self.members_of(room).collect(),
            own,
        ));
        effects
    }

    /// All sessions of this node that hear what happens as it comes.
    fn all_who_hear(&self) -> Vec<ConnId> {
        let live = |local: &&Local| matches!(local.hears, Hears::Live);
        let conns = self.users.values().filter(live).map(|local| local.conn);
        conns.collect()
    }

    fn probed(&self, user: &UserName, asked: ConnId) -> Option<Effect> {
        let local = self.users.get(user)?;
        (local.conn == asked).then_some(Effect::Probed { conn: asked })
    }

    fn holder_alive(&self, user: &UserName) -> impl Iterator<Item = Effect> {
        let waiting = self
            .wanting
            .iter()
            .filter(move |(_, wanted)| *wanted == user);
        waiting.map(|(conn, _)| Effect::HolderAlive { conn: *conn })
    }

    fn room_message(
        &self,
        room: &RoomName,
        sender: &UserName,
        privacy: Privacy,
        echo: Echo,
    ) -> Vec<Effect> {
        let mut effects = match echo {
            Echo::ExcludeSender => self.others_in(room, sender),
            Echo::IncludeSender => direct(self.members_of(room).collect()),
        };
        match privacy {
            Privacy::Private => {}
            Privacy::Public => effects.extend(self.subscribers_outside(room, sender)),
        }
        effects
    }

    fn tagged(&self, to: &Conversation, sender: &UserName) -> Vec<Effect> {
        match to {
            Conversation::Room { room } => self.others_in(room, sender),
            Conversation::Person { user } => direct(self.conn_of(user).into_iter().collect()),
        }
    }

    fn subscribers_outside(&self, room: &RoomName, sender: &UserName) -> Vec<Effect> {
        let Some(followers) = self.followers.get(sender) else {
            return Vec::new();
        };
        let inside = self.members.get(room);
        let outside = |conn: &&ConnId| !inside.is_some_and(|inside| inside.conns.contains(*conn));
        let by = followers.iter().filter(outside).copied().collect();
        heard(Hearing::Subscriber, by, None)
    }

    fn others_in(&self, room: &RoomName, user: &UserName) -> Vec<Effect> {
        let own = self.conn_of(user);
        heard(Hearing::Direct, self.members_of(room).collect(), own)
    }

    /// The others in one of these rooms; who is in several of them is there once.
    fn others_in_any(&self, rooms: &[RoomName], user: &UserName) -> Vec<Effect> {
        if let [room] = rooms {
            return self.others_in(room, user);
        }
        let all: ConnSet = rooms
            .iter()
            .flat_map(|room| self.members_of(room))
            .collect();
        let own = self.conn_of(user);
        heard(Hearing::Direct, all.into_iter().collect(), own)
    }

    fn members_of(&self, room: &RoomName) -> impl Iterator<Item = ConnId> {
        let members = self.members.get(room).into_iter();
        members.flat_map(|members| &members.conns).copied()
    }

    /// The session of an account that hears what happens.
    fn conn_of(&self, user: &UserName) -> Option<ConnId> {
        let local = self.users.get(user)?;
        matches!(local.hears, Hears::Live).then_some(local.conn)
    }

    fn local_of(&mut self, conn: ConnId) -> Option<&mut Local> {
        self.users.get_mut(self.sitting.get(&conn)?)
    }

    /// The live session of an account is replaced, if it is one of this node.
    fn void(&mut self, user: &UserName) -> Option<Effect> {
        let conn = self.remove_user(user)?;
        let Seat { hub, .. } = self.seats.remove(&conn)?;
        let ending = Ending::Replaced;
        Some(Effect::Ended { conn, hub, ending })
    }

    /// A session that is gone by now gets no account: its release is on its way.
    fn seat_user(&mut self, user: &UserName, conn: ConnId, view: View) {
        if !self.seats.contains_key(&conn) {
            return;
        }
        self.wanting.remove(&conn);
        self.start_hearing(conn, &view);
        self.sitting.insert(conn, user.clone());
        let hears = Hears::Live;
        self.users.insert(user.clone(), Local { conn, view, hears });
    }

    fn remove_user(&mut self, user: &UserName) -> Option<ConnId> {
        self.stop_hearing(user);
        let Local { conn, .. } = self.users.remove(user)?;
        self.sitting.remove(&conn);
        Some(conn)
    }

    fn start_hearing(&mut self, conn: ConnId, view: &View) {
        for room in view.rooms() {
            self.join(room, conn);
        }
        for author in view.follows() {
            follow(&mut self.followers, author, conn);
        }
    }

    fn stop_hearing(&mut self, user: &UserName) {
        let Some(Local { conn, view, .. }) = self.users.get(user) else {
            return;
        };
        let (conn, view) = (*conn, view.clone());
        for room in view.rooms() {
            self.part(room, conn);
        }
        for author in view.follows() {
            unfollow(&mut self.followers, author, conn);
        }
    }

    fn join(&mut self, room: &RoomName, conn: ConnId) {
        let members = self.members.entry(room.clone()).or_default();
        members.conns.insert(conn);
    }

    /// Takes a session out of a room, and the room out of the map when nobody is left.
    fn part(&mut self, room: &RoomName, conn: ConnId) {
        if let Some(members) = self.members.get_mut(room) {
            members.conns.remove(&conn);
            if members.conns.is_empty() {
                self.members.remove(room);
            }
        }
    }

    /// Takes what an event changes for its account; the session, if it hears of it as it comes.
    fn change(&mut self, user: &UserName, deed: &Deed) -> Option<ConnId> {
        let local = self.users.get_mut(user)?;
        local.view.take(deed);
        matches!(local.hears, Hears::Live).then_some(local.conn)
    }
}

fn direct(by: Vec<ConnId>) -> Vec<Effect> {
    heard(Hearing::Direct, by, None)
}

fn heard(hearing: Hearing, by: Vec<ConnId>, except: Option<ConnId>) -> Vec<Effect> {
    let except = except.filter(|conn| by.contains(conn));
    if by.len() == usize::from(except.is_some()) {
        return Vec::new();
    }
    vec![Effect::Heard {
        hearing,
        by,
        except,
    }]
}

fn follow(sets: &mut HashMap<UserName, ConnSet>, author: &UserName, conn: ConnId) {
    sets.entry(author.clone()).or_default().insert(conn);
}

/// Takes a session out of a set, and the set out of the map when it is empty.
fn unfollow(sets: &mut HashMap<UserName, ConnSet>, author: &UserName, conn: ConnId) {
    if let Some(set) = sets.get_mut(author) {
        set.remove(&conn);
        if set.is_empty() {
            sets.remove(author);
        }
    }
}

#[cfg(test)]
mod tests;
