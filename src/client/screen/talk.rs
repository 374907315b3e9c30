//! One conversation: what was said in it, what is new, and which part of it is looked at.

use std::collections::VecDeque;

use crate::chat::text::visible;
use crate::chat::{Position, RoomName, UserName};

/// Lines that are kept of one conversation: a long evening, at some hundred bytes each.
pub(super) const LINES: usize = 2000;

/// With whom, or where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Before anybody was let in; it becomes the first room.
    Door,
    /// In a room.
    Room(RoomName),
    /// With one person.
    Person(UserName),
    /// What those say whom one subscribes to.
    Posts,
}

impl Place {
    /// As people see it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Door => "conclave".to_owned(),
            Self::Room(room) => room.to_string(),
            Self::Person(person) => format!("@{person}"),
            Self::Posts => "posts".to_owned(),
        }
    }
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// By which it is found again.
    pub(super) id: u64,
    /// Seconds since 1970.
    pub(super) at: i64,
    /// Its place in the log, where it has one.
    pub(super) position: Option<Position>,
    /// What it is.
    pub(super) what: What,
}

/// What a line of a conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Somebody said something.
    Said {
        /// Who.
        by: UserName,
        /// What.
        text: String,
        /// What became of it.
        state: State,
    },
    /// Somebody came.
    Came(UserName),
    /// Somebody went.
    Went(UserName),
    /// The node informs.
    Information(String),
    /// The node refuses.
    Refusal(String),
    /// This program has something to say.
    Note(String),
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It was heard when it was said.
    Heard,
    /// It was heard, and somebody is meant by name.
    CallsMe,
    /// It is from the history.
    Past,
    /// It was said here, and its answer is not there yet.
    Sent,
    /// It was said here and is in the log.
    Delivered,
    /// It was said here in vain.
    Failed(String),
    /// It was said here, and the answer will not come.
    Unconfirmed,
}

/// Whether a line is something new to a person who looks elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// It is.
    Unread,
    /// It is for the person in particular.
    Personal,
    /// It is not.
    Nothing,
}

/// Whether a person looks at a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It is on the screen.
    Here,
    /// Another one is.
    Elsewhere,
}

/// One conversation.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) place: Place,
    /// What it is about.
    pub(super) topic: Option<String>,
    pub(super) lines: VecDeque<Entry>,
    /// Messages that were not looked at.
    pub(super) unread: usize,
    /// Of them, those for the person in particular.
    pub(super) personal: usize,
    /// The line before which the new ones begin.
    pub(super) new_from: Option<u64>,
    /// Rows between the bottom of the view and the last line; 0 is the end.
    pub(super) scrolled: usize,
    /// Lines that came below the view.
    pub(super) below: usize,
}

impl Talk {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            topic: None,
            lines: VecDeque::new(),
            unread: 0,
            personal: 0,
            new_from: None,
            scrolled: 0,
            below: 0,
        }
    }

    /// Adds a line at the end. `rows` is how many rows it has on the screen.
    pub(super) fn push(&mut self, entry: Entry, news: News, look: Look, rows: usize) {
        let is_seen = look == Look::Here && self.scrolled == 0;
        if !is_seen && news != News::Nothing {
            self.new_from.get_or_insert(entry.id);
            if look == Look::Elsewhere {
                self.unread += 1;
                self.personal += usize::from(news == News::Personal);
            }
        }
        if self.scrolled > 0 {
            // What is looked at stays where it is.
            self.scrolled += rows;
            self.below += 1;
        }
        self.lines.push_back(entry);
        self.trim();
    }

    /// Adds a line of the history where it belongs, if it is not there.
    pub(super) fn merge(&mut self, entry: Entry) -> Merged {
        let Some(position) = entry.position else {
            return Merged::Known;
        };
        if self.has(position) {
            return Merged::Known;
        }
        if self.confirm_by(&entry.what, position) {
            return Merged::Known;
        }
        // What has no position has its time.
        let is_later = |line: &&Entry| match line.position {
            Some(other) => other > position,
            None => line.at > entry.at,
        };
        let later = self.lines.iter().rev().take_while(is_later).count();
        let at = self.lines.len() - later;
        if at == 0 && self.lines.len() >= LINES {
            return Merged::Known;
        }
        self.lines.insert(at, entry);
        self.trim();
        Merged::Added
    }

    /// Whether a message is there already.
    pub(super) fn has(&self, position: Position) -> bool {
        let mut positions = self.lines.iter().rev().filter_map(|line| line.position);
        positions.any(|other| other == position)
    }

    /// What a line became.
    pub(super) fn settle(&mut self, id: u64, became: State, at: Option<Position>) {
        let found = self.lines.iter_mut().rev().find(|line| line.id == id);
        if let Some(line) = found
            && let What::Said { state, .. } = &mut line.what
        {
            *state = became;
            line.position = at.or(line.position);
        }
    }

    /// It is looked at now.
    pub(super) fn opened(&mut self) {
        self.unread = 0;
        self.personal = 0;
    }

    /// It is not looked at any more.
    pub(super) fn left(&mut self) {
        self.new_from = None;
        self.scroll_to_the_end();
    }

    /// The last line is looked at.
    pub(super) fn scroll_to_the_end(&mut self) {
        self.scrolled = 0;
        self.below = 0;
    }

    /// A message of one's own that nobody confirmed, and that the history has.
    fn confirm_by(&mut self, past: &What, position: Position) -> bool {
        let What::Said { by, text, .. } = past else {
            return false;
        };
        let is_it = |line: &&mut Entry| {
            matches!(
                &line.what,
                What::Said { by: other, text: said, state: State::Unconfirmed }
                    if other == by && said == text
            )
        };
        let Some(line) = self.lines.iter_mut().find(is_it) else {
            return false;
        };
        line.position = Some(position);
        if let What::Said { state, .. } = &mut line.what {
            *state = State::Delivered;
        }
        true
    }

    fn trim(&mut self) {
        while self.lines.len() > LINES {
            self.lines.pop_front();
        }
    }
}

/// What became of a line of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merged {
    /// It was missing.
    Added,
    /// It was there, or is older than what is kept.
    Known,
}

/// A text as cells of a terminal take it.
pub(super) fn clean(text: &str) -> String {
    visible(text).replace('\t', "    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(id: u64, text: &str, position: &str, state: State) -> Entry {
        Entry {
            id,
            at: 0,
            position: position.parse().ok(),
            what: What::Said {
                by: UserName::new("anna").unwrap(),
                text: text.to_owned(),
                state,
            },
        }
    }

    fn texts(talk: &Talk) -> Vec<&str> {
        let lines = talk.lines.iter();
        let texts = lines.filter_map(|line| match &line.what {
            What::Said { text, .. } => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn a_history_fills_the_gaps_and_repeats_nothing() {
        let mut talk = Talk::new(Place::Posts);
        for (id, text, position) in [(1, "b", "1-2"), (2, "d", "1-4")] {
            let entry = said(id, text, position, State::Heard);
            talk.push(entry, News::Nothing, Look::Here, 1);
        }
        let merged: Vec<_> = [("a", "1-1"), ("b", "1-2"), ("c", "1-3"), ("e", "1-10")]
            .into_iter()
            .map(|(text, position)| talk.merge(said(9, text, position, State::Past)))
            .collect();
        assert_eq!(texts(&talk), ["a", "b", "c", "d", "e"]);
        assert_eq!(
            merged,
            [Merged::Added, Merged::Known, Merged::Added, Merged::Added]
        );
    }

    #[test]
    fn a_message_that_nobody_confirmed_is_found_in_the_history() {
        let mut talk = Talk::new(Place::Posts);
        let lost = said(1, "was it?", "", State::Unconfirmed);
        talk.push(lost, News::Nothing, Look::Here, 1);
        talk.merge(said(2, "was it?", "1-7", State::Past));
        assert_eq!(talk.lines.len(), 1);
        assert_eq!(talk.lines[0], said(1, "was it?", "1-7", State::Delivered));
    }

    #[test]
    fn what_is_kept_has_a_bound_and_what_is_looked_at_stays() {
        let mut talk = Talk::new(Place::Posts);
        for id in 0..LINES as u64 + 5 {
            let entry = said(id, "x", "", State::Heard);
            talk.push(entry, News::Unread, Look::Elsewhere, 1);
        }
        assert_eq!((talk.lines.len(), talk.lines[0].id), (LINES, 5));
        assert_eq!((talk.unread, talk.new_from), (LINES + 5, Some(0)));
        talk.left();
        talk.opened();
        talk.scrolled = 7;
        talk.push(said(1, "x", "", State::Heard), News::Unread, Look::Here, 3);
        assert_eq!((talk.scrolled, talk.below, talk.unread), (10, 1, 0));
    }
}
