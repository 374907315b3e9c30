//! Changes of a room as words: so they stand in records of the log, and in what scripts answer.
//!
//! `+t`, `-k`, `+l 20`, `+o bob`, `-b bob!*@*`: whether, the letter, and what it is about.

use crate::chat::modes::{Flag, List, ModeChange, Rank, Switch};
use crate::chat::{Mask, UserName};

/// The letter of the key.
pub(super) const KEY: char = 'k';

/// The letter of the limit.
pub(super) const LIMIT: char = 'l';

/// A change in words.
pub(super) fn word(change: &ModeChange) -> String {
    match change {
        ModeChange::Flag { flag, to } => format!("{}{}", sign(*to), flag.letter()),
        ModeChange::Key { to } => format!("{}{KEY}", sign(*to)),
        ModeChange::Limit { most } => format!("+{LIMIT} {most}"),
        ModeChange::Unlimited => format!("-{LIMIT}"),
        ModeChange::Rank { user, rank, to } => {
            format!("{}{} {}", sign(*to), rank.letter(), user.spelled())
        }
        ModeChange::Listed { list, mask, to } => {
            format!("{}{} {}", sign(*to), list.letter(), mask.as_str())
        }
    }
}

/// The change that words tell of; nothing where only a newer program knows what they mean.
pub(super) fn read(word: &str) -> Option<ModeChange> {
    let (what, about) = word.split_once(' ').unwrap_or((word, ""));
    let mut what = what.chars();
    let to = switch(what.next()?)?;
    let letter = what.next().filter(|_| what.as_str().is_empty())?;
    let is = |other: char| other == letter;
    if let Some(flag) = Flag::ALL.into_iter().find(|flag| is(flag.letter())) {
        return Some(ModeChange::Flag { flag, to });
    }
    if let Some(rank) = Rank::ALL.into_iter().find(|rank| is(rank.letter())) {
        let user = UserName::stored(about).ok()?;
        return Some(ModeChange::Rank { user, rank, to });
    }
    if let Some(list) = List::ALL.into_iter().find(|list| is(list.letter())) {
        let mask = Mask::stored(about).ok()?;
        return Some(ModeChange::Listed { list, mask, to });
    }
    match (letter, to) {
        (KEY, to) => Some(ModeChange::Key { to }),
        (LIMIT, Switch::On) => about.parse().ok().map(|most| ModeChange::Limit { most }),
        (LIMIT, Switch::Off) => Some(ModeChange::Unlimited),
        (_, Switch::On | Switch::Off) => None,
    }
}

/// The sign of a switch.
pub(super) const fn sign(to: Switch) -> char {
    match to {
        Switch::On => '+',
        Switch::Off => '-',
    }
}

const fn switch(sign: char) -> Option<Switch> {
    match sign {
        '+' => Some(Switch::On),
        '-' => Some(Switch::Off),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_they_said() {
        for said in [
            "+t",
            "-i",
            "+k",
            "-k",
            "+l 20",
            "-l",
            "+o Bob",
            "-v bob",
            "+v bob/Al",
            "+b Bob!*@*",
            "-I *!bob@conclave",
        ] {
            let change = read(said).unwrap_or_else(|| panic!("{said}"));
            assert_eq!(word(&change), said);
        }
        for nonsense in [
            "", "t", "+", "+x", "+o", "+o -", "+l", "+l x", "+ti", "*t", "+b",
        ] {
            assert_eq!(read(nonsense), None, "{nonsense:?}");
        }
    }
}
