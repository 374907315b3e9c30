//! What somebody types at an IRC client, who is a guest and may log in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::time::Instant;

use super::{Connection, Person, ROOMS, Seat, Wish};
use crate::node::simulation::ACCOUNTS;
use crate::node::simulation::door::CAPS;
use crate::node::simulation::stay::Asked;

/// Who is seen so is at an IRC client, and is put out of rooms or made an operator.
const MODERATED: [&str; 3] = ["Al", "bo", "[eve]"];

/// By which people want to be seen: too few, and some are of accounts.
const NICKS: [&str; 6] = ["Al", "bo", "[eve]", "ann", "Dan", "AL"];

impl Person {
    /// Comes in as a guest.
    pub(super) fn registers(&mut self, at: &mut Connection) {
        let nick = self.dice.one_of(&NICKS);
        at.types(&format!("CAP REQ :{CAPS}"));
        at.types(&format!("NICK {nick}"));
        at.types(&format!("USER said{} 0 * :somebody", self.number));
        at.types("CAP END");
        self.texts += 1;
        at.spare_nick = format!("v{}x{}", self.number, self.texts);
    }

    pub(super) fn does_something_irc(&mut self, now: Instant) -> Wish {
        match self.dice.below(100) {
            0..36 => self.says(1),
            36..40 => {
                let many = 2 + self.dice.below(8);
                self.says(many);
            }
            40..58 => self.joins_or_parts(),
            58..62 => self.whispers(),
            62..64 => self.moderates(),
            64..74 => {
                let nick = self.dice.one_of(&NICKS);
                self.asks_irc(&format!("NICK {nick}"), Asked::Nick);
            }
            74..84 => self.logs_in(),
            84..87 => {
                let line = self.dice.one_of(&["AWAY :tea", "AWAY :lunch", "AWAY"]);
                self.asks_irc(line, Asked::Other);
            }
            87..91 => self.asks_irc("PING x", Asked::Other),
            91..93 => self.rests(now),
            93..96 => self.asks_irc("QUIT :bye", Asked::Other),
            _ => return Wish::Break,
        }
        Wish::Nothing
    }

    /// Somewhere that it is in; into the lobby where that is nowhere.
    pub(super) fn says_irc(&mut self, text: String) {
        let room = match &self.seat {
            Seat::At(at) => match at.stay.talk.rooms.as_slice() {
                [] => None,
                rooms => Some(rooms[self.dice.below(rooms.len())].clone()),
            },
            Seat::Away => None,
        };
        let room = room.unwrap_or_else(|| {
            self.joins("lobby");
            "lobby".to_owned()
        });
        self.asks_irc(&format!("PRIVMSG #{room} :{text}"), Asked::Text(text));
    }

    fn whispers(&mut self) {
        let to = if self.dice.one_in(2) {
            self.dice.one_of(&NICKS)
        } else {
            self.dice.one_of(&ACCOUNTS)
        };
        let text = self.text();
        self.asks_irc(&format!("PRIVMSG {to} :{text}"), Asked::Text(text));
    }

    fn moderates(&mut self) {
        let room = self.dice.one_of(&ROOMS);
        let nick = self.dice.one_of(&MODERATED);
        if self.dice.one_in(2) {
            self.asks_irc(&format!("MODE #{room} +o {nick}"), Asked::Other);
        } else {
            self.asks_irc(&format!("KICK #{room} {nick} :out"), Asked::Other);
        }
    }

    fn joins_or_parts(&mut self) {
        let room = self.dice.one_of(&ROOMS);
        if self.dice.one_in(4) {
            let asked = Asked::Leave(room.to_owned());
            self.asks_irc(&format!("PART #{room} :bye"), asked);
        } else {
            self.joins(room);
        }
    }

    /// Behind what has no label stands something that has one.
    fn joins(&mut self, room: &str) {
        self.asks(&format!("JOIN #{room}"), Asked::Move(room.to_owned()));
        self.asks_irc("PING joined", Asked::Other);
    }

    fn logs_in(&mut self) {
        let proof = STANDARD.encode(format!("\0{}\0secret", self.account));
        self.asks_irc("AUTHENTICATE PLAIN", Asked::Other);
        self.asks_irc(&format!("AUTHENTICATE {proof}"), Asked::LogIn);
    }

    fn asks_irc(&mut self, line: &str, asked: Asked) {
        if let Seat::At(at) = &mut self.seat {
            let label = at.stay.talk.label();
            at.asks(&(label + line), asked);
        }
    }
}

impl Connection {
    /// Who may not be seen as it wants to is seen otherwise, and so in.
    pub(super) fn takes_other_nick(&mut self) {
        if std::mem::take(&mut self.stay.talk.wants_nick) {
            let nick = self.spare_nick.clone();
            self.types(&format!("NICK {nick}"));
        }
    }
}
