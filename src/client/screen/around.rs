//! What is known of the node beside what is said: the rooms, and who is here.

use std::time::Duration;

use crate::chat::{RoomName, UserName};

/// Names that are kept of a crowd: nobody reads more, and they have to be sorted.
const NAMES: usize = 1000;

/// Rooms that are kept.
const ROOMS: usize = 1000;

/// Between two looks while people come and go.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Between two looks while nobody does, for rooms that others make.
const LOOK_ANYHOW: Duration = Duration::from_secs(120);

/// What is known.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// Where the person is.
    pub(super) here: Option<RoomName>,
    /// Who else is here, sorted.
    pub(super) people: Vec<UserName>,
    /// How many there are beside those.
    pub(super) more: usize,
    /// The public rooms, and how many are in each.
    pub(super) rooms: Vec<(RoomName, u64)>,
    /// A list of rooms of which the end has not come.
    coming: Vec<(RoomName, u64)>,
    looked: Duration,
    changes: u32,
}

impl Around {
    /// The person is somewhere else now.
    pub(super) fn enter(&mut self, room: &RoomName) {
        if self.here.as_ref() != Some(room) {
            self.people.clear();
            self.more = 0;
        }
        self.here = Some(room.clone());
    }

    /// Whether the person is there.
    pub(super) fn is_here(&self, room: &RoomName) -> bool {
        self.here.as_ref() == Some(room)
    }

    /// How many are here.
    pub(super) const fn count(&self) -> usize {
        self.people.len() + self.more
    }

    pub(super) fn came(&mut self, room: &RoomName, user: &UserName) {
        self.changes += 1;
        if !self.is_here(room) {
            return;
        }
        if self.people.len() >= NAMES {
            self.more += 1;
        } else if let Err(at) = self.people.binary_search(user) {
            self.people.insert(at, user.clone());
        }
    }

    pub(super) fn went(&mut self, room: &RoomName, user: &UserName) {
        self.changes += 1;
        if !self.is_here(room) {
            return;
        }
        match self.people.binary_search(user) {
            Ok(at) => drop(self.people.remove(at)),
            Err(_) => self.more = self.more.saturating_sub(1),
        }
    }

    /// Somebody who is here is seen under another nick.
    pub(super) fn renamed(&mut self, was: &UserName, user: UserName) {
        self.changes += 1;
        if let Ok(at) = self.people.binary_search(was) {
            self.people.remove(at);
            let at = self.people.partition_point(|other| *other < user);
            self.people.insert(at, user);
        }
    }

    /// Who is in a room, or something else that is a list of people.
    pub(super) fn people(&mut self, of: &str, mut users: Vec<UserName>) {
        if self.here.as_ref().map(RoomName::as_str) != Some(of) {
            return;
        }
        users.sort();
        self.more = users.len().saturating_sub(NAMES);
        users.truncate(NAMES);
        self.people = users;
    }

    /// One of the rooms.
    pub(super) fn room(&mut self, room: &RoomName, here: u64) {
        if self.coming.len() < ROOMS {
            self.coming.push((room.clone(), here));
        }
    }

    /// These were all.
    pub(super) fn rooms_end(&mut self) {
        self.rooms = std::mem::take(&mut self.coming);
    }

    /// Whether it is time to look again.
    pub(super) fn wants_a_look(&self, now: Duration) -> bool {
        let wait = if self.changes > 0 {
            LOOK_AGAIN
        } else {
            LOOK_ANYHOW
        };
        now.saturating_sub(self.looked) >= wait
    }

    /// The node was asked.
    pub(super) const fn looks(&mut self, now: Duration) {
        self.looked = now;
        self.changes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_and_go_and_are_sorted() {
        let den = RoomName::new("den").unwrap();
        let user = |name: &str| UserName::new(name).unwrap();
        let mut around = Around::default();
        around.enter(&den);
        around.people("den", vec![user("Dora"), user("bob")]);
        around.people("online", vec![user("x")]);
        around.came(&den, &user("carl"));
        around.came(&den, &user("CARL"));
        around.came(&RoomName::lobby(), &user("x"));
        around.went(&den, &user("dora"));
        assert_eq!(around.people, [user("bob"), user("carl")]);
        around.renamed(&user("bob"), user("dave"));
        around.renamed(&user("nobody"), user("x"));
        assert_eq!(around.people, [user("carl"), user("dave")]);
        let crowd = (0..NAMES + 5).map(|n| user(&format!("p{n}"))).collect();
        around.people("den", crowd);
        assert_eq!((around.people.len(), around.more), (NAMES, 5));
        around.went(&den, &user("nobody"));
        assert_eq!(around.count(), NAMES + 4);
        assert!(around.wants_a_look(LOOK_AGAIN));
        around.looks(LOOK_AGAIN);
        assert!(!around.wants_a_look(2 * LOOK_AGAIN));
    }
}
