//! `MONITOR`: who comes and goes, whatever rooms they are in.
//!
//! <https://ircv3.net/specs/extensions/monitor>.

use bytes::BytesMut;

use super::asked::{Asked, Item, told};
use super::grammar::{LINE_BYTES, Message};
use super::hear::{nothing, own, too_few};
use super::line::{CLOAK, Line, Source, word};
use super::numerics::Numeric;
use super::reply::{Reply, Voice};
use crate::chat::command::Watch;
use crate::chat::limits::WATCHED;
use crate::chat::{Command, UserName};
use crate::dialect::Heard;

/// The command.
pub(super) const COMMAND: &str = "MONITOR";

/// For `HELP`.
pub(super) const USAGE: &str = "+ <nick>[,...], - <nick>[,...], C, L or S";

/// Who is addressed where the same line goes to several people.
const YOU: &str = "*";

/// Bytes of people in one line: what stands in front of them is a server and a nick.
const LIST_BYTES: usize = LINE_BYTES - 120;

/// For whom somebody watches, in the order in which that was asked for.
#[derive(Debug, Default)]
pub(super) struct Watched(Vec<UserName>);

impl Watched {
    /// Hears a command; the list is what was asked for from here on.
    pub(super) fn hear(&mut self, message: &Message<'_>) -> Vec<Item> {
        let targets = message.param(1).unwrap_or_default();
        match message.param(0) {
            Some("+") => self.add(targets),
            Some("-") => vec![self.remove(targets)],
            Some("C" | "c") => {
                self.0.clear();
                vec![watches(Watch::ForNobody)]
            }
            Some("L" | "l") => vec![self.list()],
            Some("S" | "s") => self.status(),
            Some(_) | None => vec![too_few(COMMAND)],
        }
    }

    /// What does not fit is told, and what cannot be a nick.
    fn add(&mut self, targets: &str) -> Vec<Item> {
        let (mut people, mut items, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
        for target in targets.split(',').filter(|target| !target.is_empty()) {
            match UserName::called(target) {
                Err(_) => items.push(own(
                    Numeric::ErroneusNickname,
                    &[word(target), "This is no nick"],
                )),
                Ok(user) if people.contains(&user) => {}
                Ok(user) if self.0.contains(&user) => people.push(user),
                Ok(_) if self.0.len() >= WATCHED => beyond.push(target),
                Ok(user) => {
                    self.0.push(user.clone());
                    people.push(user);
                }
            }
        }
        if !people.is_empty() {
            items.push(watches(Watch::For { people }));
        }
        items.extend(rows(beyond.into_iter()).map(full));
        items
    }

    fn remove(&mut self, targets: &str) -> Item {
        let meant = targets
            .split(',')
            .filter_map(|target| UserName::called(target).ok());
        let mut people: Vec<UserName> = meant.collect();
        people.retain(|user| self.0.contains(user));
        self.0.retain(|user| !people.contains(user));
        watches(Watch::NoMoreFor { people })
    }

    fn list(&self) -> Item {
        let rows = rows(self.0.iter().map(UserName::as_str));
        let mut replies: Vec<Reply> = rows
            .map(|row| Reply::numeric(Numeric::MonList, &[&row]))
            .collect();
        let end = ["End of MONITOR list"];
        replies.push(Reply::numeric(Numeric::EndOfMonList, &end));
        told(replies)
    }

    fn status(&self) -> Vec<Item> {
        if self.0.is_empty() {
            return vec![nothing()];
        }
        let people = self.0.clone();
        vec![(Heard::Command(Command::Presence { people }), Asked::Monitor)]
    }
}

const fn watches(change: Watch) -> Item {
    (Heard::Command(Command::Watch { change }), Asked::Monitor)
}

fn full(targets: String) -> Item {
    let most = WATCHED.to_string();
    own(
        Numeric::MonListFull,
        &[&most, &targets, "Monitor list is full"],
    )
}

/// Writes who of those who were asked for is here, and who is not.
pub(super) fn status(voice: Voice<'_>, here: &[UserName], gone: &[UserName], out: &mut BytesMut) {
    let here: Vec<String> = here.iter().map(whole).collect();
    for row in rows(here.iter().map(String::as_str)) {
        voice.reply(Numeric::MonOnline, &[&row], out);
    }
    for row in rows(gone.iter().map(UserName::as_str)) {
        voice.reply(Numeric::MonOffline, &[&row], out);
    }
}

/// Writes that somebody has come, for all who watch for them.
pub(super) fn came(user: &UserName, out: &mut BytesMut) {
    tell(Numeric::MonOnline, &whole(user), out);
}

/// Writes that somebody has gone.
pub(super) fn went(user: &UserName, out: &mut BytesMut) {
    tell(Numeric::MonOffline, user.as_str(), out);
}

/// A word of the server, whose name the peer knows.
fn tell(numeric: Numeric, target: &str, out: &mut BytesMut) {
    Line {
        tags: &[],
        source: Source::Unsaid,
        command: &numeric.code().to_string(),
        params: &[YOU, target],
    }
    .spell(out);
}

fn whole(user: &UserName) -> String {
    format!("{}!{}@{CLOAK}", user.as_str(), user.came_as())
}

/// Targets with commas between, as many to a row as fit.
fn rows<'a>(targets: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let mut rows: Vec<String> = Vec::new();
    for target in targets {
        match rows.last_mut() {
            Some(row) if row.len() + 1 + target.len() <= LIST_BYTES => {
                row.push(',');
                row.push_str(target);
            }
            Some(_) | None => rows.push(target.to_owned()),
        }
    }
    rows.into_iter()
}
