//! What Tab offers: commands, people, rooms.

use super::around::Around;
use super::talk::{Place, What};
use super::talks::Talks;
use crate::chat::UserName;
use crate::dialect::line::command_names;

/// Closes the conversation that is looked at; the node does not know it.
pub(super) const CLOSE: &str = "/close";

/// Lines among which those are looked for who spoke last.
const SPOKE_LATELY: usize = 200;

/// Words for the text `before` a word of which `word` is typed.
pub(super) fn words(
    before: &str,
    word: &str,
    around: &Around,
    talks: &Talks,
    me: Option<&UserName>,
) -> Vec<String> {
    let command = before.split(' ').next().unwrap_or_default();
    let begins = |other: &str| {
        let start = other.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let with = |end: &str, words: Vec<String>| {
        let fitting = words.into_iter().filter(|other| begins(other));
        fitting.map(|other| other + end).collect()
    };
    match command {
        "" if word.starts_with('/') => with(" ", commands()),
        "" if word.is_empty() => Vec::new(),
        "" => with(": ", people(around, talks, me)),
        "/join" | "/who" | "/history" => with(" ", rooms(around)),
        "/help" => {
            let names = commands().into_iter().map(|it| it.replace('/', ""));
            with("", names.collect())
        }
        _ if word.is_empty() && !command.starts_with('/') => Vec::new(),
        _ => with(" ", people(around, talks, me)),
    }
}

fn commands() -> Vec<String> {
    let names = command_names().map(|name| format!("/{name}"));
    names.chain([CLOSE.to_owned()]).collect()
}

fn rooms(around: &Around) -> Vec<String> {
    around
        .rooms
        .iter()
        .map(|(room, _)| room.to_string())
        .collect()
}

/// Who spoke last first, then who else is here, then with whom there are conversations.
fn people(around: &Around, talks: &Talks, me: Option<&UserName>) -> Vec<String> {
    let lines = talks.current().lines.iter().rev().take(SPOKE_LATELY);
    let spoke = lines.filter_map(|line| match &line.what {
        What::Said { by, .. } => Some(by),
        What::Came(_) | What::Went(_) | What::Information(_) | What::Refusal(_) | What::Note(_) => {
            None
        }
    });
    let partners = talks.all().iter().filter_map(|talk| match &talk.place {
        Place::Person(person) => Some(person),
        Place::Door | Place::Room(_) | Place::Posts => None,
    });
    let mut names: Vec<&UserName> = Vec::new();
    for name in spoke.chain(&around.people).chain(partners) {
        if Some(name) != me && !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(ToString::to_string).collect()
}
