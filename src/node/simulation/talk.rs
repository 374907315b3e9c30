//! What an IRC client reads, as far as it is judged.
//!
//! Everything that is asked has a label but a `JOIN`: a label would hold back that one is in a room
//! until all is told of the room, and what is said in it would come first.

use std::collections::HashMap;

use bytes::BytesMut;
use tokio::time::Instant;

use super::door::Door;
use super::stay::{Asked, Heard, Outcome, Stay};
use crate::chat::{Ending, Fate, Position};

/// Where an IRC client stands.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// As whom it is seen.
    pub(super) me: String,
    pub(super) rooms: Vec<String>,
    /// It logged in.
    pub(super) is_account: bool,
    /// The nick that it wanted is another one's, and it is not in.
    pub(super) wants_nick: bool,
    labels: u64,
    answered: u64,
    /// The answer that has begun, and is not over.
    batch: Vec<String>,
    batch_of: String,
}

/// Why a session ended, as far as it says so.
const ENDINGS: [Ending; 7] = [
    Ending::Quit,
    Ending::Duplicate,
    Ending::Replaced,
    Ending::MessagesLost,
    Ending::Unconfirmed,
    Ending::TooSlow,
    Ending::Broken,
];

/// A line, taken apart.
struct Line<'a> {
    tags: HashMap<&'a str, &'a str>,
    /// The nick, or the server.
    source: &'a str,
    command: &'a str,
    params: Vec<&'a str>,
    whole: &'a str,
}

impl<'a> Line<'a> {
    fn read(whole: &'a str) -> Self {
        let (tags, rest) = match whole.strip_prefix('@') {
            Some(tagged) => tagged.split_once(' ').unwrap_or((tagged, "")),
            None => ("", whole),
        };
        let (source, rest) = match rest.strip_prefix(':') {
            Some(from) => from.split_once(' ').unwrap_or((from, "")),
            None => ("", rest),
        };
        let (words, trailing) = match rest.split_once(" :") {
            Some((words, trailing)) => (words, Some(trailing)),
            None => (rest, None),
        };
        let mut words = words.split(' ');
        Self {
            tags: tags
                .split(';')
                .filter_map(|tag| tag.split_once('='))
                .collect(),
            source: source.split('!').next().unwrap_or_default(),
            command: words.next().unwrap_or_default(),
            params: words.chain(trailing).collect(),
            whole,
        }
    }

    fn param(&self, at: usize) -> &'a str {
        self.params.get(at).copied().unwrap_or_default()
    }

    fn position(&self) -> Option<Position> {
        self.tags.get("msgid").and_then(|id| id.parse().ok())
    }

    fn is_refusal(&self) -> bool {
        self.command == "FAIL" || self.command.starts_with('4')
    }
}

impl Talk {
    /// Behind which word something is asked.
    pub(super) fn label(&mut self) -> String {
        self.labels += 1;
        format!("@label={} ", self.labels)
    }

    /// It is in a room no longer, if that is what a line tells.
    fn is_put_out(&mut self, line: &Line<'_>) {
        if line.command == "KICK" && line.param(1) == self.me {
            let room = line.param(0).trim_start_matches('#');
            self.rooms.retain(|other| other != room);
        }
    }
}

impl Stay {
    /// Takes a line of the node at the IRC door.
    pub(super) fn hears_irc(&mut self, whole: &str, now: Instant) {
        let line = Line::read(whole);
        if let Some(label) = line.tags.get("label") {
            if line.command == "BATCH" {
                (*label).clone_into(&mut self.talk.batch_of);
            } else {
                self.answered(label, &[whole.to_owned()]);
            }
        } else if line.tags.contains_key("batch") {
            self.talk.batch.push(whole.to_owned());
        } else if line.command == "BATCH" {
            let (label, lines) = (
                std::mem::take(&mut self.talk.batch_of),
                std::mem::take(&mut self.talk.batch),
            );
            self.answered(&label, &lines);
        } else {
            self.unasked(&line, now);
        }
    }

    /// What has a label is answered once, in the order of asking.
    fn answered(&mut self, label: &str, lines: &[String]) {
        let whole = lines.concat();
        while let Some(Asked::Move(_)) = self.asked.front() {
            // It was in there, of which nothing is told.
            self.asked.pop_front();
        }
        self.talk.answered += 1;
        if label != self.talk.answered.to_string() {
            return self.is_wrong(&whole, "something else was asked");
        }
        let lines: Vec<_> = lines.iter().map(|line| Line::read(line)).collect();
        let tells = |command: &str| lines.iter().find(|line| line.command == command);
        match self.asked.pop_front() {
            Some(Asked::Text(text)) => {
                let is_open = lines.iter().any(|line| line.param(1) == "NOT_CONFIRMED");
                match tells("PRIVMSG").and_then(Line::position) {
                    Some(position) => {
                        self.heard.push(Heard::Said { position });
                        self.texts.push((text, Outcome::At(position)));
                    }
                    None if is_open => self.is_in_doubt(text),
                    None if lines.iter().any(Line::is_refusal) => {
                        self.texts.push((text, Outcome::Nowhere));
                    }
                    None => self.is_wrong(&whole, "that is no answer to a text"),
                }
            }
            Some(Asked::Leave(room)) => match tells("PART") {
                Some(_) => self.talk.rooms.retain(|other| *other != room),
                None if lines.iter().any(Line::is_refusal) => {}
                None => self.is_wrong(&whole, "that is no answer to a PART"),
            },
            Some(Asked::Nick) => {
                if let Some(line) = tells("NICK") {
                    line.param(0).clone_into(&mut self.talk.me);
                }
            }
            Some(Asked::LogIn) => self.talk.is_account |= tells("903").is_some(),
            Some(Asked::Other) => lines.iter().for_each(|line| self.talk.is_put_out(line)),
            Some(Asked::Move(_)) | None => self.is_wrong(&whole, "nothing was asked"),
        }
    }

    fn unasked(&mut self, line: &Line<'_>, now: Instant) {
        match line.command {
            "001" => {
                self.welcomed = Some(now);
                line.param(0).clone_into(&mut self.talk.me);
            }
            "433" if self.welcomed.is_none() => self.talk.wants_nick = true,
            "ERROR" => self.is_ended(line),
            "NOTICE" if line.source.is_empty() || line.source == super::door::SERVER => {
                self.is_noticed(line);
            }
            _ if self.welcomed.is_none() => {}
            _ if line.source == super::door::SERVER => {
                if line.is_refusal() && matches!(self.asked.front(), Some(Asked::Move(_))) {
                    self.asked.pop_front();
                }
            }
            "JOIN" | "PART" | "NICK"
                if line.source == self.talk.me && line.position().is_none() =>
            {
                self.is_put(line);
            }
            _ => {
                self.talk.is_put_out(line);
                self.heard.push(Heard::Event {
                    position: line.position(),
                    line: line.whole.to_owned(),
                });
            }
        }
    }

    /// Into a room as it asked for, or because that is how things stand.
    fn is_put(&mut self, line: &Line<'_>) {
        let room = line.param(0).trim_start_matches('#').to_owned();
        match line.command {
            "NICK" => line.param(0).clone_into(&mut self.talk.me),
            "PART" => self.talk.rooms.retain(|other| *other != room),
            _ => {
                self.talk.rooms.push(room.clone());
                let is_asked = self.asked.front() == Some(&Asked::Move(room.clone()));
                self.heard.push(if is_asked {
                    self.asked.pop_front();
                    Heard::Room { room }
                } else {
                    Heard::PutIn { room }
                });
            }
        }
    }

    fn is_noticed(&mut self, line: &Line<'_>) {
        let text = line.param(1);
        if text.starts_with("[gap]") {
            let line = line.whole.to_owned();
            self.heard.push(Heard::Gap { line });
        } else if let Some(position) = text.strip_prefix("What was in doubt is delivered: ") {
            let position = position.parse().expect("a position");
            self.resolved(Fate::Delivered { position });
        } else if text == "What was in doubt is not delivered after all" {
            self.resolved(Fate::NotDelivered);
        } else if text == "What became of what was in doubt will never be known" {
            self.resolved(Fate::Unknown);
        }
    }

    fn is_ended(&mut self, line: &Line<'_>) {
        let spelled = |ending: &Ending| {
            let mut out = BytesMut::new();
            Door::Irc.dialect().tell_ending(*ending, &mut out);
            String::from_utf8_lossy(&out).trim_end() == line.whole
        };
        self.ending = ENDINGS.into_iter().find(spelled);
    }
}
