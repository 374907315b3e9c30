//! What becomes of a line that a person types.

use super::asked::{Asked, Text};
use super::complete;
use super::editor::{Keep, LINE_END};
use super::entrance::Step;
use super::model::{Effect, Model, Standing};
use super::talk::{News, Place, State, What, clean};
use crate::chat::command::{Positions, RoomKey};
use crate::chat::{Command, UserName};
use crate::dialect::{Format, Heard, line};

impl Model {
    /// Sends what is typed, or says why not and leaves it there.
    pub(super) fn sends(&mut self) {
        if self.editor.is_empty() {
            return;
        }
        let typed = self.editor.text().to_owned();
        if typed.trim() == complete::CLOSE {
            self.editor.take(Keep::Forgotten);
            return self.closes();
        }
        let lines: Vec<&str> = typed.split(LINE_END).filter(|it| !it.is_empty()).collect();
        if let Some(why) = self.not_now(&lines) {
            return self.hints(why);
        }
        self.hints_nothing();
        match lines.as_slice() {
            [line] if line.starts_with('/') && !line.starts_with("//") => self.commands(line),
            lines => self.talks_on(lines),
        }
    }

    /// Completes the word that is typed.
    pub(super) fn completes(&mut self) {
        let (around, talks) = (&self.around, &self.talks);
        let me = self.me.as_ref();
        self.editor
            .complete(|before, word| complete::words(before, word, around, talks, me));
    }

    fn not_now(&self, lines: &[&str]) -> Option<&'static str> {
        let is_command = |line: &&str| line.starts_with('/') && !line.starts_with("//");
        if self.standing != Standing::Inside {
            Some("not connected, not sent")
        } else if lines.len() > 1 && lines.iter().any(is_command) {
            Some("several lines cannot be commands; not sent")
        } else if self.asked.has_room_for(lines.len()) {
            None
        } else {
            Some("the node has not answered yet; not sent")
        }
    }

    fn closes(&mut self) {
        match &self.talks.current().place {
            Place::Room(room) if self.around.is_here(room) => {
                self.hints("you are in this room; /leave or /join another one first");
            }
            Place::Door => {}
            Place::Room(_) | Place::Person(_) | Place::Posts => self.talks.close(),
        }
    }

    /// Texts for the conversation that is looked at.
    fn talks_on(&mut self, lines: &[&str]) {
        match self.talks.current().place.clone() {
            Place::Room(room) if self.around.is_here(&room) => {
                self.editor.take(Keep::Remembered);
                for line in lines {
                    self.texts(&Place::Room(room.clone()), unslashed(line), line);
                }
            }
            Place::Person(person) => {
                self.editor.take(Keep::Remembered);
                for line in lines {
                    let text = unslashed(line);
                    let line = format!("/msg {person} {text}");
                    self.texts(&Place::Person(person.clone()), text, &line);
                }
            }
            Place::Room(room) => {
                self.hints(&format!(
                    "you are not there any more: /join {room}; not sent"
                ));
            }
            Place::Posts => self.hints("/subscribe_only and a text posts; not sent"),
            Place::Door => self.hints("nobody hears you here; not sent"),
        }
    }

    /// Shows a text at once, and tells the node.
    fn texts(&mut self, place: &Place, text: &str, line: &str) {
        let Some(by) = self.me.clone() else {
            return;
        };
        self.talks.current_mut().scroll_to_the_end();
        let (text, state) = (clean(text), State::Sent);
        let what = What::Said { by, text, state };
        let id = self.adds(place, what, None, News::Nothing);
        let place = place.clone();
        self.asked.push(Asked::Text(Text { place, id }));
        self.says(line);
    }

    fn commands(&mut self, line: &str) {
        let mut ear = line::Conversation::default();
        ear.logged_in();
        match ear.hear(line.as_bytes()) {
            Heard::Command(Command::Whisper { to, text, .. }) => {
                self.editor.take(Keep::Remembered);
                let place = self.person(&to);
                self.talks.show_place(&place);
                self.texts(&place, text.as_str(), line);
            }
            Heard::Command(Command::Post { text }) => {
                self.editor.take(Keep::Remembered);
                self.talks.show_place(&Place::Posts);
                self.texts(&Place::Posts, text.as_str(), line);
            }
            Heard::Command(Command::Quit { .. }) => {
                self.editor.take(Keep::Forgotten);
                self.does(Effect::Leave);
            }
            Heard::Prompt(_) => {
                self.editor.take(Keep::Forgotten);
                self.entrance.step = Step::Changing(None);
                self.asked.push(Asked::Command);
                // A ping behind it would be taken for the password.
                self.says(line);
            }
            heard => {
                self.editor.take(keep(line, &heard));
                self.asked.push(Asked::Command);
                self.says(line);
                self.pings();
                self.shows_positions_again(&heard);
            }
        }
    }

    /// The name as it is known already, if it is.
    fn person(&self, to: &UserName) -> Place {
        let known = self.around.people.iter().find(|user| *user == to);
        Place::Person(known.unwrap_or(to).clone())
    }

    /// Without positions it is not known what arrived.
    fn shows_positions_again(&mut self, heard: &Heard) {
        let hides = Heard::Format(Format::Line {
            positions: Positions::Hidden,
        });
        if *heard == hides {
            self.notes("this screen needs positions, never shows them, and turns them on again");
            self.looks_around(&["/ids on"]);
        }
    }
}

/// What the node reads: `//` is a text that begins with `/`.
fn unslashed(line: &str) -> &str {
    match line.strip_prefix('/') {
        Some(text) if text.starts_with('/') => text,
        Some(_) | None => line,
    }
}

/// Whether a command may be had again: not what holds a password, a token or a key, or nearly does.
fn keep(line: &str, heard: &Heard) -> Keep {
    let word = line.split(' ').next().unwrap_or_default();
    let secret = ["/login", "/register", "/resume", "/passwd"];
    let holds_a_proof = secret.iter().any(|it| it.eq_ignore_ascii_case(word));
    let holds_a_key =
        matches!(heard, Heard::Command(Command::Move { key, .. }) if *key != RoomKey::None);
    if holds_a_proof || holds_a_key {
        Keep::Forgotten
    } else {
        Keep::Remembered
    }
}
