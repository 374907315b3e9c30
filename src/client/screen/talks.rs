//! All conversations, and which of them is looked at. There is always one.

use super::talk::{Entry, Look, News, Place, Talk};
use crate::chat::RoomName;

/// Conversations at once: more than fit beside a screen, and a bound for who is told by many.
pub(super) const TALKS: usize = 100;

/// All conversations, in the order in which they began.
#[derive(Debug)]
pub(super) struct Talks {
    all: Vec<Talk>,
    current: usize,
}

impl Talks {
    pub(super) fn new() -> Self {
        Self {
            all: vec![Talk::new(Place::Door)],
            current: 0,
        }
    }

    pub(super) fn all(&self) -> &[Talk] {
        &self.all
    }

    /// Which is looked at.
    pub(super) const fn index(&self) -> usize {
        self.current
    }

    /// The one that is looked at.
    pub(super) fn current(&self) -> &Talk {
        &self.all[self.current]
    }

    pub(super) fn current_mut(&mut self) -> &mut Talk {
        &mut self.all[self.current]
    }

    pub(super) fn find(&self, place: &Place) -> Option<&Talk> {
        self.all.iter().find(|talk| talk.place == *place)
    }

    pub(super) fn find_mut(&mut self, place: &Place) -> Option<&mut Talk> {
        self.all.iter_mut().find(|talk| talk.place == *place)
    }

    /// The one of this place; it begins if there is none.
    pub(super) fn open(&mut self, place: &Place) -> &mut Talk {
        let index = self.index_of(place);
        &mut self.all[index]
    }

    /// Looks at the one of this place.
    pub(super) fn show_place(&mut self, place: &Place) {
        let index = self.index_of(place);
        self.show(index);
    }

    /// Looks at this one, if there is one.
    pub(super) fn show(&mut self, index: usize) {
        if index < self.all.len() && index != self.current {
            self.all[self.current].left();
            self.current = index;
            self.all[index].opened();
        }
    }

    /// Looks at the next one, or the first.
    pub(super) fn show_next(&mut self) {
        self.show((self.current + 1) % self.all.len());
    }

    /// Looks at the one before, or the last.
    pub(super) fn show_previous(&mut self) {
        let before = self.current.checked_sub(1);
        self.show(before.unwrap_or(self.all.len() - 1));
    }

    /// Adds a line to a conversation, which begins if there is none.
    pub(super) fn push(&mut self, place: &Place, entry: Entry, news: News, rows: usize) {
        let index = self.index_of(place);
        let look = if index == self.current {
            Look::Here
        } else {
            Look::Elsewhere
        };
        self.all[index].push(entry, news, look, rows);
    }

    /// Forgets the one that is looked at. There is always one left.
    pub(super) fn close(&mut self) {
        if self.all.len() > 1 {
            self.all.remove(self.current);
            self.current = self.current.saturating_sub(1);
            self.all[self.current].opened();
        }
    }

    /// What was before the first room becomes the first room.
    pub(super) fn enter(&mut self, room: &RoomName) {
        let place = Place::Room(room.clone());
        if self.find(&place).is_none()
            && let Some(door) = self.find_mut(&Place::Door)
        {
            door.place = place;
        }
    }

    /// Unread messages, and those of them that are for the person in particular.
    pub(super) fn unread(&self) -> (usize, usize) {
        let counts = self.all.iter().map(|talk| (talk.unread, talk.personal));
        counts.fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
    }

    fn index_of(&mut self, place: &Place) -> usize {
        let found = self.all.iter().position(|talk| talk.place == *place);
        found.unwrap_or_else(|| {
            self.make_room();
            self.all.push(Talk::new(place.clone()));
            self.all.len() - 1
        })
    }

    /// The one goes in which nothing was said for longest, but not the first nor what is seen.
    fn make_room(&mut self) {
        if self.all.len() < TALKS {
            return;
        }
        let last = |talk: &Talk| talk.lines.back().map_or(0, |line| line.id);
        let others = (1..self.all.len()).filter(|index| *index != self.current);
        if let Some(oldest) = others.min_by_key(|index| last(&self.all[*index])) {
            self.all.remove(oldest);
            self.current -= usize::from(oldest < self.current);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::talk::What;
    use super::*;
    use crate::chat::UserName;

    fn person(name: &str) -> Place {
        Place::Person(UserName::new(name).unwrap())
    }

    fn note(id: u64) -> Entry {
        Entry {
            id,
            at: 0,
            position: None,
            what: What::Note("x".to_owned()),
        }
    }

    #[test]
    fn what_is_new_is_counted_until_it_is_looked_at() {
        let mut talks = Talks::new();
        talks.push(&Place::Door, note(1), News::Unread, 1);
        talks.push(&person("bob"), note(2), News::Personal, 1);
        talks.push(&person("BOB"), note(3), News::Unread, 1);
        assert_eq!((talks.all().len(), talks.unread()), (2, (2, 1)));
        talks.show_previous();
        assert_eq!((talks.index(), talks.unread()), (1, (0, 0)));
        assert_eq!(talks.current().new_from, Some(2));
        talks.show_next();
        talks.show(1);
        assert_eq!(talks.current().new_from, None);
        talks.close();
        talks.close();
        assert_eq!(talks.current().place, Place::Door);
    }

    #[test]
    fn there_are_never_too_many() {
        let mut talks = Talks::new();
        talks.show_place(&person("first"));
        for n in 0..2 * TALKS as u64 {
            talks.push(&person(&format!("p{n}")), note(n + 1), News::Unread, 1);
        }
        assert_eq!(talks.all().len(), TALKS);
        assert_eq!(talks.current().place, person("first"));
        assert_eq!(talks.all()[0].place, Place::Door);
        assert!(talks.find(&person("p0")).is_none());
    }
}
