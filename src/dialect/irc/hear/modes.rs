//! `MODE`: what holds of rooms is changed letter by letter, and people are told of to those alone who
//! ask by name.
//!
//! <https://modern.ircdocs.horse/#mode-message>.

use super::{no_nick, no_room, nothing, own};
use crate::chat::command::Where;
use crate::chat::limits::{CHANGES_MOST, ROOM_KEY_BYTES};
use crate::chat::modes::{Flag, List, ModeWish, Rank, Switch};
use crate::chat::{Command, Mask, RoomName, Secret, UserName};
use crate::dialect::Heard;
use crate::dialect::irc::asked::{Asked, Item};
use crate::dialect::irc::grammar::Message;
use crate::dialect::irc::line::word;
use crate::dialect::irc::me::Me;
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::{room, umodes};

/// The letters of what has no flag, rank or list.
const KEY: char = 'k';
const LIMIT: char = 'l';

/// Nobody speaks in a room from outside, whatever anybody asks for.
const NO_OUTSIDERS: char = 'n';

pub(super) fn mode(message: &Message<'_>, me: &Me) -> Vec<Item> {
    let target = message.param(0).unwrap_or_default();
    if !target.starts_with('#') {
        return vec![of_person(target, me)];
    }
    let Some(room) = room::read(target) else {
        return vec![no_room(target)];
    };
    let room = me.own_name(room);
    match message
        .params
        .get(1)
        .copied()
        .filter(|change| !change.is_empty())
    {
        None => {
            let room = Where::Room(room);
            vec![(Heard::Command(Command::Modes { room }), Asked::Modes)]
        }
        Some(letters) => {
            let mut wanted = Wanted::new(room, &message.params[2..]);
            wanted.read(letters);
            wanted.items()
        }
    }
}

/// What a `MODE` of a room asks for.
struct Wanted<'a> {
    room: RoomName,
    /// What is not read yet of what stands behind the letters.
    about: std::slice::Iter<'a, &'a str>,
    wishes: Vec<ModeWish>,
    /// Each once.
    lists: Vec<List>,
    /// What is not understood.
    faults: Vec<Item>,
}

impl<'a> Wanted<'a> {
    fn new(room: RoomName, about: &'a [&'a str]) -> Self {
        Self {
            room,
            about: about.iter(),
            wishes: Vec::new(),
            lists: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn read(&mut self, letters: &str) {
        let mut to = Switch::On;
        for letter in letters.chars() {
            match letter {
                '+' => to = Switch::On,
                '-' => to = Switch::Off,
                letter if self.wishes.len() < CHANGES_MOST => self.letter(letter, to),
                letter => return self.too_many(letter),
            }
        }
    }

    fn letter(&mut self, letter: char, to: Switch) {
        let is = |other: char| other == letter;
        if let Some(flag) = Flag::ALL.into_iter().find(|flag| is(flag.letter())) {
            self.wishes.push(ModeWish::Flag { flag, to });
        } else if let Some(rank) = Rank::ALL.into_iter().find(|rank| is(rank.letter())) {
            self.rank(rank, to);
        } else if let Some(list) = List::ALL.into_iter().find(|list| is(list.letter())) {
            self.list(list, to);
        } else {
            self.other(letter, to);
        }
    }

    fn other(&mut self, letter: char, to: Switch) {
        match (letter, to) {
            (KEY, Switch::On) => self.key(),
            (KEY, Switch::Off) => {
                // Any word may stand there, for the key is nobody's to see.
                let _any = self.about.next();
                self.wishes.push(ModeWish::Unlock);
            }
            (LIMIT, Switch::On) => self.limit(),
            (LIMIT, Switch::Off) => self.wishes.push(ModeWish::Unlimited),
            (NO_OUTSIDERS, Switch::On) => {}
            (NO_OUTSIDERS, Switch::Off) => {
                self.fault(letter, "*", "Nobody speaks in a room from outside");
            }
            (_, Switch::On | Switch::Off) => {
                let mode = letter.to_string();
                let why = [word(&mode), "There is no such mode"];
                self.faults.push(own(Numeric::UnknownMode, &why));
            }
        }
    }

    fn rank(&mut self, rank: Rank, to: Switch) {
        match self.about.next() {
            None => self.fault(rank.letter(), "*", "Whose rank it is has to be said"),
            Some(nick) => match UserName::called(nick) {
                Ok(user) => self.wishes.push(ModeWish::Rank { user, rank, to }),
                Err(_) => self.faults.push(no_nick(nick)),
            },
        }
    }

    /// A letter alone asks who is in the list.
    fn list(&mut self, list: List, to: Switch) {
        match self.about.next() {
            None if self.lists.contains(&list) => {}
            None => self.lists.push(list),
            Some(typed) => match Mask::new(typed) {
                Ok(mask)
                    if mask.is_mute() && list == List::InviteExceptions && to == Switch::On =>
                {
                    let why = "Who only may not speak is let in by no list";
                    self.fault(list.letter(), word(typed), why);
                }
                Ok(mask) => self.wishes.push(ModeWish::Listed { list, mask, to }),
                Err(why) => self.fault(list.letter(), word(typed), &why.to_string()),
            },
        }
    }

    fn key(&mut self) {
        match self.about.next() {
            Some(key) if is_key(key) => {
                let key = Secret::new(*key);
                self.wishes.push(ModeWish::Lock { key });
            }
            Some(_) | None => {
                let why = format!("A key is 1 to {ROOM_KEY_BYTES} bytes without spaces and commas");
                self.fault(KEY, "*", &why);
            }
        }
    }

    fn limit(&mut self) {
        match self.about.next().map(|most| (most, most.parse::<u32>())) {
            Some((_, Ok(most))) if most > 0 => self.wishes.push(ModeWish::Limit { most }),
            Some((typed, _)) => self.fault(LIMIT, word(typed), "That is no number of people"),
            None => self.fault(LIMIT, "*", "How many may be in has to be said"),
        }
    }

    fn fault(&mut self, letter: char, about: &str, why: &str) {
        let room = room::spelled(&self.room);
        let params = [room.as_str(), &letter.to_string(), about, why];
        self.faults.push(own(Numeric::InvalidModeParam, &params));
    }

    fn too_many(&mut self, letter: char) {
        let why =
            format!("{CHANGES_MOST} changes at once at most: this one and the rest are not done");
        self.fault(letter, "*", &why);
    }

    /// What is not understood is told first. There is always an answer to wait for.
    fn items(self) -> Vec<Item> {
        let room = || Where::Room(self.room.clone());
        let mut items = self.faults;
        if !self.wishes.is_empty() {
            let command = Command::ChangeModes {
                room: room(),
                wishes: self.wishes,
            };
            items.push((Heard::Command(command), Asked::ChangeModes));
        }
        for list in self.lists {
            let command = Command::ModeList { room: room(), list };
            items.push((Heard::Command(command), Asked::ModeList));
        }
        if items.is_empty() {
            items.push(nothing());
        }
        items
    }
}

/// Whether it can be shown with a `JOIN`.
fn is_key(key: &str) -> bool {
    let breaks = |byte: u8| byte.is_ascii_whitespace() || byte == b',' || byte == 0;
    (1..=ROOM_KEY_BYTES).contains(&key.len()) && !key.starts_with(':') && !key.bytes().any(breaks)
}

/// A change of the own modes is heard by [`super::super::umodes`].
fn of_person(nick: &str, me: &Me) -> Item {
    if !nick.eq_ignore_ascii_case(me.user.as_str()) {
        return own(Numeric::UsersDontMatch, &["You are not that one"]);
    }
    own(Numeric::UserModeIs, &[&umodes::spelled(me)])
}
