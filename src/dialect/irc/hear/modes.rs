//! `MODE`: rooms have keys, which are nobody's to see, and people are told of to those alone who ask
//! by name.
//!
//! <https://modern.ircdocs.horse/#mode-message>.

use super::{no_room, nothing, own, profile};
use crate::chat::extras::Speaker;
use crate::dialect::irc::asked::Item;
use crate::dialect::irc::conversation::Me;
use crate::dialect::irc::grammar::Message;
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::room;

pub(super) fn mode(message: &Message<'_>, me: &Me) -> Item {
    let target = message.param(0).unwrap_or_default();
    let change = message.param(1).unwrap_or_default();
    if !target.starts_with('#') {
        return of_person(target, change, me);
    }
    let wanted = change.chars().find(|c| !matches!(c, '+' | '-'));
    match room::read(target) {
        Some(room) => of_room(&room::spelled(&me.own_name(room)), wanted, message.param(2)),
        None => no_room(target),
    }
}

/// Lists can be asked for, and nothing is in them.
fn of_room(name: &str, wanted: Option<char>, argument: Option<&str>) -> Item {
    match (wanted, argument) {
        (None, _) => own(Numeric::ChannelModeIs, &[name, "+"]),
        (Some('b'), None) => own(Numeric::EndOfBanList, &[name, "End of channel ban list"]),
        (Some('b' | 'k'), _) => {
            let why = "A room gets its key from who enters it first: JOIN #room key";
            own(Numeric::ChanOPrivsNeeded, &[name, why])
        }
        (Some(other), _) => {
            let mode = other.to_string();
            own(Numeric::UnknownMode, &[&mode, "There is no such mode"])
        }
    }
}

fn of_person(nick: &str, change: &str, me: &Me) -> Item {
    if !nick.eq_ignore_ascii_case(me.user.as_str()) {
        return own(Numeric::UsersDontMatch, &["You are not that one"]);
    }
    match change {
        "" => own(Numeric::UserModeIs, &[modes(me.profile.speaker)]),
        "B" | "+B" => profile::speaks_as(Speaker::Bot, me),
        "-B" => profile::speaks_as(Speaker::Person, me),
        // Clients ask for it as soon as they are in, and everybody has it.
        "i" | "+i" => nothing(),
        _ => own(
            Numeric::UserModeUnknownFlag,
            &["The modes of people are i, which all have, and B for bots"],
        ),
    }
}

const fn modes(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Person => "+i",
        Speaker::Bot => "+Bi",
    }
}
