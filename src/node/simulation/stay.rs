//! One connection of somebody: what was asked on it, and what was heard.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::door::Door;
use super::talk::Talk;
use crate::chat::origin::SessionId;
use crate::chat::{Ending, Fate, Position};
use crate::dialect::line::read::{self, Message, Refused, Told, When};

/// From a connection's first line to its last.
#[derive(Debug)]
pub(super) struct Stay {
    pub(super) session: SessionId,
    pub(super) door: Door,
    /// Whose it is from the login on; at the IRC door somebody is a guest before.
    pub(super) account: &'static str,
    pub(super) talk: Talk,
    /// Where it wants to go on, if it comes back.
    pub(super) since: Option<Position>,
    pub(super) welcomed: Option<Instant>,
    /// Asked and not answered.
    pub(super) asked: VecDeque<Asked>,
    /// Not confirmed, and not known since.
    doubts: VecDeque<String>,
    pub(super) heard: Vec<Heard>,
    /// What was typed, and not written down so far.
    pub(super) typed: Vec<String>,
    /// What became of each text that was asked, in the order of asking.
    pub(super) texts: Vec<(String, Outcome)>,
    /// The position of the last message that was heard. That of an answer is no such one: it may come
    /// before what others said earlier.
    pub(super) last: Option<Position>,
    /// It may not come in, for now.
    pub(super) is_turned_away: bool,
    /// What the node said why.
    pub(super) ending: Option<Ending>,
    /// It is over, from whichever end.
    pub(super) over: Option<Instant>,
    /// What no node may say.
    pub(super) wrong: Option<String>,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// To say this.
    Text(String),
    /// To go into this room.
    Move(String),
    /// To go out of this room, which is not the one that is talked in.
    Leave(String),
    /// To be seen otherwise.
    Nick,
    /// To be an account from here on.
    LogIn,
    Other,
}

/// What was told of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It stands there.
    At(Position),
    /// It was refused, or nobody was there to hear it: it stands nowhere.
    Nowhere,
    /// That is not known, and will not be.
    Unknown,
    /// It was not known, and then it was told that it is not there.
    NotAfterAll,
}

/// What was heard, as far as it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something that happened, without its position, which is told if positions are shown.
    Event {
        position: Option<Position>,
        line: String,
    },
    /// What was kept while nobody was here.
    Kept { line: String },
    /// Something is missing here.
    Gap { line: String },
    /// The answer to something said.
    Said { position: Position },
    /// This room is entered by what was asked.
    Room { room: String },
    /// It is in this room, without having asked for it.
    PutIn { room: String },
}

impl Stay {
    pub(super) fn new(session: SessionId, door: Door, account: &'static str) -> Self {
        Self {
            session,
            door,
            account,
            talk: Talk::default(),
            since: None,
            welcomed: None,
            asked: VecDeque::new(),
            doubts: VecDeque::new(),
            heard: Vec::new(),
            typed: Vec::new(),
            texts: Vec::new(),
            last: None,
            is_turned_away: false,
            ending: None,
            over: None,
            wrong: None,
        }
    }

    /// Whose account it has.
    pub(super) fn holds(&self) -> Option<&'static str> {
        match self.door {
            Door::Line => Some(self.account),
            Door::Irc => self.talk.is_account.then_some(self.account),
        }
    }

    /// Takes a line of the node.
    pub(super) fn hears(&mut self, line: &str, now: Instant) {
        match self.door {
            Door::Line => self.hears_line(line, now),
            Door::Irc => self.hears_irc(line.trim_end_matches('\r'), now),
        }
    }

    fn hears_line(&mut self, line: &str, now: Instant) {
        match read::read(line) {
            Told::Message(message) => self.message(&message, line),
            Told::Joined { .. }
            | Told::Left { .. }
            | Told::Renamed { .. }
            | Told::TopicChanged { .. } => {
                self.heard.push(Heard::Event {
                    position: None,
                    line: line.to_owned(),
                });
            }
            Told::Gap(_) => {
                let line = line.to_owned();
                self.heard.push(Heard::Gap { line });
            }
            Told::Welcome { .. } => self.welcomed = Some(now),
            Told::Said { position } => {
                self.heard.push(Heard::Said { position });
                self.text(Outcome::At(position), line);
            }
            Told::Resolved { fate } => self.resolved(fate),
            Told::Entered { room } if line.ends_with(" now.") => {
                let room = room.to_string();
                self.heard.push(Heard::PutIn { room });
            }
            Told::Entered { room } => {
                let room = room.to_string();
                match self.asked.pop_front() {
                    Some(Asked::Move(to)) if to == room => {}
                    other => self.is_wrong(line, &format!("{other:?} was asked")),
                }
                self.heard.push(Heard::Room { room });
            }
            Told::Refused(refused) => self.refused(&refused, line),
            Told::Ended(ending) => self.ending = Some(ending),
            Told::Pong { .. } => self.other(line),
            Told::Info { text } => self.information(text, line),
            Told::Greeting { .. } | Told::Prompt(_) | Told::Token { .. } => {}
            Told::People { .. }
            | Told::Room { .. }
            | Told::RoomsEnd
            | Told::Topic { .. }
            | Told::HistoryBegins
            | Told::HistoryEnds
            | Told::PasswordChanged
            | Told::Unknown { .. } => self.is_wrong(line, "nobody asked for that"),
        }
    }

    fn message(&mut self, message: &Message<'_>, line: &str) {
        let position = message.position;
        self.last = self.last.max(position);
        let line = match position {
            Some(position) => &line[position.to_string().len() + 1..],
            None => line,
        };
        let line = line.to_owned();
        self.heard.push(match message.when {
            When::Now => Heard::Event { position, line },
            When::Past { .. } => Heard::Kept { line },
        });
    }

    fn information(&mut self, text: &str, line: &str) {
        if text.starts_with("Nobody subscribes") {
            return self.text(Outcome::Nowhere, line);
        }
        if text.starts_with("You are not in") {
            return self.left(text, line);
        }
        if text.contains(" made ") {
            let (position, line) = (None, line.to_owned());
            return self.heard.push(Heard::Event { position, line });
        }
        let answers = [
            "You subscribe to",
            "You no longer subscribe",
            "You are away",
            "You are back",
            "Positions are",
        ];
        if answers.iter().any(|answer| text.starts_with(answer)) {
            self.other(line);
        }
    }

    fn refused(&mut self, refused: &Refused<'_>, line: &str) {
        if self.welcomed.is_none() {
            // The login; what was asked behind it is never heard.
            self.is_turned_away = true;
            return;
        }
        match (self.asked.front(), refused) {
            (Some(Asked::Text(_)), Refused::NotConfirmed) => {
                if let Some(Asked::Text(text)) = self.asked.pop_front() {
                    self.is_in_doubt(text);
                }
            }
            (Some(Asked::Text(_)), _) => self.text(Outcome::Nowhere, line),
            (
                Some(Asked::Move(_) | Asked::Leave(_) | Asked::Nick | Asked::LogIn | Asked::Other),
                _,
            ) => drop(self.asked.pop_front()),
            (None, _) => self.is_wrong(line, "nothing was asked"),
        }
    }

    pub(super) fn is_in_doubt(&mut self, text: String) {
        self.texts.push((text.clone(), Outcome::Unknown));
        self.doubts.push_back(text);
    }

    pub(super) fn resolved(&mut self, fate: Fate) {
        let Some(text) = self.doubts.pop_front() else {
            return self.is_wrong(&format!("{fate:?}"), "nothing was in doubt");
        };
        let outcome = match fate {
            Fate::Delivered { position } => Outcome::At(position),
            Fate::NotDelivered => Outcome::NotAfterAll,
            Fate::Unknown => Outcome::Unknown,
        };
        if let Some((_, known)) = self.texts.iter_mut().find(|(said, _)| *said == text) {
            *known = outcome;
        }
    }

    fn text(&mut self, outcome: Outcome, line: &str) {
        match self.asked.pop_front() {
            Some(Asked::Text(text)) => self.texts.push((text, outcome)),
            other => self.is_wrong(line, &format!("{other:?} was asked")),
        }
    }

    fn left(&mut self, text: &str, line: &str) {
        match self.asked.pop_front() {
            Some(Asked::Leave(room)) if text == format!("You are not in {room} any more.") => {}
            other => self.is_wrong(line, &format!("{other:?} was asked")),
        }
    }

    fn other(&mut self, line: &str) {
        match self.asked.pop_front() {
            Some(Asked::Other) => {}
            other => self.is_wrong(line, &format!("{other:?} was asked")),
        }
    }

    pub(super) fn is_wrong(&mut self, line: &str, why: &str) {
        let wrong = format!("`{line}`: {why}");
        self.wrong.get_or_insert(wrong);
    }
}
