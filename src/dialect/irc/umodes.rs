//! The modes of people: `B` for bots, `o` for operators, `w` for who hears WALLOPS; all have `i`, for nobody is found
//! without being asked for.
//!
//! <https://modern.ircdocs.horse/#user-modes>.

use super::asked::{Asked, Item, Own};
use super::hear::{own, profile};
use super::me::Me;
use super::numerics::Numeric;
use crate::chat::Command;
use crate::chat::answer::Office;
use crate::chat::command::Operate;
use crate::chat::extras::Speaker;
use crate::dialect::{Format, Heard};

/// As 004 tells them.
pub(super) const ALL: &str = "Biow";

/// Whether somebody hears what operators say to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Wallops {
    /// They do not.
    #[default]
    Unheard,
    /// They do.
    Heard,
}

/// The modes that not everybody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Modes {
    pub(super) office: Office,
    pub(super) wallops: Wallops,
}

impl Modes {
    fn letters(self) -> String {
        let office = match self.office {
            Office::Operator => "o",
            Office::None => "",
        };
        let wallops = match self.wallops {
            Wallops::Heard => "w",
            Wallops::Unheard => "",
        };
        format!("{office}{wallops}")
    }
}

/// Somebody's modes, as 221 tells them.
pub(super) fn spelled(me: &Me) -> String {
    let bot = match me.profile.speaker {
        Speaker::Bot => "B",
        Speaker::Person => "",
    };
    format!("+i{bot}{}", me.modes.letters())
}

/// A change that somebody asks of the own modes; what is so already is not told. Nobody becomes an
/// operator by it.
pub(super) fn hear(change: &str, me: &Me, format: Format) -> Vec<Item> {
    let (mut items, mut adds, mut unknown) = (Vec::new(), true, false);
    for letter in change.chars() {
        match (letter, adds) {
            ('+', _) => adds = true,
            ('-', _) => adds = false,
            ('w', true) if me.modes.wallops == Wallops::Unheard => {
                items.push(switch(format, Wallops::Heard, "+w"));
            }
            ('w', false) if me.modes.wallops == Wallops::Heard => {
                items.push(switch(format, Wallops::Unheard, "-w"));
            }
            ('o', false) if me.modes.office == Office::Operator => {
                items.push((
                    Heard::Command(Command::Operate(Operate::Resign)),
                    Asked::Office,
                ));
            }
            ('B', true) if me.profile.speaker == Speaker::Person => {
                items.push(profile::speaks_as(Speaker::Bot, me));
            }
            ('B', false) if me.profile.speaker == Speaker::Bot => {
                items.push(profile::speaks_as(Speaker::Person, me));
            }
            ('B' | 'i' | 'o' | 'w', _) => {}
            (_, _) => unknown = true,
        }
    }
    if unknown {
        let why = "The modes of people are i, which all have, B, o and w";
        items.push(own(Numeric::UserModeUnknownFlag, &[why]));
    }
    items
}

/// What holds when events are spelled by it, and is told then.
pub(super) fn switch(format: Format, wallops: Wallops, told: &'static str) -> Item {
    let format = match format {
        Format::Irc { caps, .. } => Format::Irc { caps, wallops },
        line @ Format::Line { .. } => line,
    };
    let own = Own::Wallops { wallops, told };
    (Heard::Format(format), Asked::Own(own))
}
