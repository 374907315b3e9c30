//! Who watches for whom: told when somebody comes or goes, also where they share no room.

use std::collections::{HashMap, HashSet};

use super::{Effect, Hears, Rooms, heard};
use crate::chat::command::Watch;
use crate::chat::event::Hearing;
use crate::chat::origin::ConnId;
use crate::chat::{RoomName, UserName};
use crate::registry::conns::{ConnMap, ConnSet};

/// The lists of this node's sessions, and the same the other way round.
#[derive(Debug, Default)]
pub(super) struct Watching {
    lists: ConnMap<HashSet<UserName>>,
    watched: HashMap<UserName, Watched>,
}

/// Somebody for whom sessions of this node watch, by the name that others see.
#[derive(Debug, Default)]
struct Watched {
    by: ConnSet,
    known: Known,
}

/// Whether somebody is there who is watched: who is replaced or comes back to a kept place does not
/// come a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Known {
    #[default]
    Nothing,
    Here,
    Gone,
}

impl Watching {
    /// For whom a session watches.
    pub(super) fn list(&self, conn: ConnId) -> HashSet<UserName> {
        self.lists.get(&conn).cloned().unwrap_or_default()
    }

    /// Whether nobody watches for anybody.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.watched.is_empty()
    }

    fn add(&mut self, conn: ConnId, user: &UserName) {
        self.lists.entry(conn).or_default().insert(user.clone());
        let watched = self.watched.entry(user.clone()).or_default();
        watched.by.insert(conn);
    }

    fn remove(&mut self, conn: ConnId, user: &UserName) {
        if let Some(list) = self.lists.get_mut(&conn) {
            list.remove(user);
        }
        if let Some(watched) = self.watched.get_mut(user) {
            watched.by.remove(&conn);
            if watched.by.is_empty() {
                self.watched.remove(user);
            }
        }
    }

    /// A session watches for nobody any more.
    pub(super) fn forget(&mut self, conn: ConnId) {
        for user in self.lists.remove(&conn).unwrap_or_default() {
            self.remove(conn, &user);
        }
    }

    /// What the store says; events that were folded meanwhile know better.
    fn is_here(&mut self, user: &UserName) {
        if let Some(watched) = self.watched.get_mut(&user.as_seen())
            && watched.known == Known::Nothing
        {
            watched.known = Known::Here;
        }
    }
}

impl Rooms {
    /// A session watches for more people or for fewer.
    pub fn watch(&mut self, conn: ConnId, change: Watch) {
        match change {
            Watch::For { people } => {
                for user in &people {
                    self.watching.add(conn, user);
                }
            }
            Watch::NoMoreFor { people } => {
                for user in &people {
                    self.watching.remove(conn, user);
                }
            }
            Watch::ForNobody => self.watching.forget(conn),
            Watch::Found { here } => {
                for user in &here {
                    self.watching.is_here(user);
                }
            }
        }
        let list = self.watching.list(conn);
        if let Some(local) = self.local_of(conn) {
            local.view.watch(list);
        }
    }

    /// Somebody is there from here on.
    pub(super) fn is_seen_coming(&mut self, user: &UserName) -> Vec<Effect> {
        self.is_seen(user, Known::Here)
    }

    /// Somebody is there no longer.
    pub(super) fn is_seen_going(&mut self, user: &UserName) -> Vec<Effect> {
        self.is_seen(user, Known::Gone)
    }

    /// Who has another nick has gone under the one before.
    pub(super) fn is_seen_as(&mut self, user: &UserName, was: &UserName) -> Vec<Effect> {
        if user.as_seen() == was.as_seen() {
            return Vec::new();
        }
        let mut effects = self.is_seen(was, Known::Gone);
        for effect in &mut effects {
            if let Effect::Heard { hearing, .. } = effect {
                *hearing = Hearing::WatcherOfBefore;
            }
        }
        effects.extend(self.is_seen(user, Known::Here));
        effects
    }

    fn is_seen(&mut self, user: &UserName, now: Known) -> Vec<Effect> {
        let Some(watched) = self.watching.watched.get_mut(&user.as_seen()) else {
            return Vec::new();
        };
        let before = std::mem::replace(&mut watched.known, now);
        if before == now {
            return Vec::new();
        }
        heard(Hearing::Watcher, self.watching_for(user).collect(), None)
    }

    /// Who watches for somebody and is in none of these rooms, whose members hear of it anyway.
    pub(super) fn watchers_outside(&self, user: &UserName, rooms: &[RoomName]) -> Vec<Effect> {
        let is_inside = |conn: &ConnId| {
            let mut inside = rooms.iter().filter_map(|room| self.members.get(room));
            inside.any(|members| members.conns.contains(conn))
        };
        let outside = self.watching_for(user).filter(|conn| !is_inside(conn));
        heard(Hearing::Watcher, outside.collect(), None)
    }

    /// Who watches for somebody and hears what happens as it comes.
    fn watching_for(&self, user: &UserName) -> impl Iterator<Item = ConnId> {
        let watched = self.watching.watched.get(&user.as_seen()).into_iter();
        let by = watched.flat_map(|watched| &watched.by).copied();
        by.filter(|conn| self.is_live(*conn))
    }

    fn is_live(&self, conn: ConnId) -> bool {
        let user = self.sitting.get(&conn);
        let local = user.and_then(|user| self.users.get(user));
        local.is_some_and(|local| matches!(local.hears, Hears::Live))
    }
}
