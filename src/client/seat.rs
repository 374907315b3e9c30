//! Where a client was before its connection broke: what it has to say to be there again.
//!
//! It listens to both sides of a conversation, with the dialect's own ear for what is typed.

use crate::chat::command::{Positions, RoomKey};
use crate::chat::{Command, RoomName, Secret, UserName};
use crate::dialect::line::read::Told;
use crate::dialect::{Dialect, Heard};

/// What is remembered of a conversation.
#[derive(Debug)]
pub struct Seat {
    dialect: Dialect,
    place: Place,
    /// The same when the connection before this one ended.
    before: Place,
    /// A room that was asked for last, and its key.
    wanted: Option<(RoomName, RoomKey)>,
    /// The account that was named last, and its password, until it is known whether they fit.
    credentials: Option<(UserName, Secret)>,
    /// The password that was asked for last.
    password: Option<Secret>,
}

/// Where a client is, as far as it has to ask for it.
#[derive(Debug, Clone)]
struct Place {
    positions: Positions,
    room: RoomName,
    key: RoomKey,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            positions: Positions::Hidden,
            room: RoomName::lobby(),
            key: RoomKey::None,
        }
    }
}

/// What a conversation tells about the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Learnt {
    /// Nothing.
    Nothing,
    /// The account is this one, with this password.
    LoggedIn {
        /// Who.
        user: UserName,
        /// The proof that fitted.
        password: Secret,
    },
    /// The password is another one now.
    PasswordChanged {
        /// The new one.
        password: Secret,
    },
}

impl Default for Seat {
    fn default() -> Self {
        Self {
            dialect: Dialect::line(),
            place: Place::default(),
            before: Place::default(),
            wanted: None,
            credentials: None,
            password: None,
        }
    }
}

impl Seat {
    /// A new connection, on which nothing was said.
    pub fn begins_anew(&mut self) {
        self.dialect = Dialect::line();
        self.before = self.place.clone();
        self.wanted = None;
        self.credentials = None;
        self.password = None;
    }

    /// Hears a line that the client says.
    pub fn said(&mut self, line: &[u8]) {
        let Heard::Command(command) = self.dialect.hear(line) else {
            return;
        };
        match command {
            Command::Login { user, password } | Command::Register { user, password } => {
                self.credentials = Some((user, password));
            }
            Command::Join { room, key } => self.wanted = Some((room, key)),
            Command::Positions { shown } => self.place.positions = shown,
            Command::ChangePassword { new, .. } => self.password = Some(new),
            _ => {}
        }
    }

    /// Hears what the node says.
    pub fn told(&mut self, told: &Told<'_>) -> Learnt {
        match told {
            Told::Welcome { user, .. } => {
                self.dialect.logged_in();
                let proof = self.credentials.take().filter(|(named, _)| named == user);
                return proof.map_or(Learnt::Nothing, |(user, password)| Learnt::LoggedIn {
                    user,
                    password,
                });
            }
            Told::Entered { room } => self.entered(room),
            Told::PasswordChanged => {
                let changed = self.password.take();
                return changed.map_or(Learnt::Nothing, |password| Learnt::PasswordChanged {
                    password,
                });
            }
            _ => {}
        }
        Learnt::Nothing
    }

    /// The lines that lead back to where it was before this connection, from where a login
    /// begins; they have to be said next.
    #[must_use]
    pub fn way_back(&self, welcomed_in: &RoomName) -> Vec<Vec<u8>> {
        let Place {
            positions,
            room,
            key,
        } = &self.before;
        let mut lines = Vec::new();
        if *positions == Positions::Shown {
            lines.push(b"/ids on".to_vec());
        }
        if room != welcomed_in {
            let mut join = format!("/join {room}").into_bytes();
            if let RoomKey::Given(key) = key {
                join.push(b' ');
                join.extend_from_slice(key.expose());
            }
            lines.push(join);
        }
        lines
    }

    fn entered(&mut self, room: &RoomName) {
        let wanted = self.wanted.take().filter(|(wanted, _)| wanted == room);
        self.place.key = wanted.map_or(RoomKey::None, |(_, key)| key);
        self.place.room = room.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::line::read::read;

    const WELCOME: &str = "* Welcome anna. You are in lobby on node-1. /help lists the commands.";

    /// Lines with `›` are the client's. What was learnt last.
    fn talk(seat: &mut Seat, lines: &[&str]) -> Learnt {
        let mut learnt = Learnt::Nothing;
        for line in lines {
            match line.strip_prefix("› ") {
                Some(said) => seat.said(said.as_bytes()),
                None => learnt = seat.told(&read(line)),
            }
        }
        learnt
    }

    /// What is said on a new connection, after its welcome.
    fn way_back(seat: &mut Seat) -> Vec<String> {
        seat.begins_anew();
        talk(seat, &["› /login anna x", WELCOME]);
        let lines = seat.way_back(&RoomName::lobby());
        for line in &lines {
            seat.said(line);
        }
        let lines = lines.into_iter();
        lines.map(|line| String::from_utf8(line).unwrap()).collect()
    }

    #[test]
    fn a_room_is_found_again_with_its_key() {
        let mut seat = Seat::default();
        talk(&mut seat, &["› /login anna x", WELCOME]);
        talk(
            &mut seat,
            &["› /JOIN Den sesame", "* You are in den (1 here)."],
        );
        assert_eq!(way_back(&mut seat), ["/join den sesame"]);
        talk(&mut seat, &["* You are in den (1 here).", "› /ids on"]);
        talk(&mut seat, &["› /join other key", "! Wrong key for other"]);
        assert_eq!(way_back(&mut seat), ["/ids on", "/join den sesame"]);
        talk(&mut seat, &["* You are in den (1 here).", "› /ids off"]);
        talk(&mut seat, &["› /join tea", "* You are in tea (1 here)."]);
        assert_eq!(way_back(&mut seat), ["/join tea"]);
        talk(
            &mut seat,
            &[
                "* You are in tea (1 here).",
                "› /leave",
                "* You are in lobby (1 here).",
            ],
        );
        assert!(way_back(&mut seat).is_empty());
    }

    #[test]
    fn what_was_just_said_is_no_way_back() {
        let mut seat = Seat::default();
        talk(
            &mut seat,
            &["› /login anna x", "› /ids on", "› /join den", WELCOME],
        );
        assert!(seat.way_back(&RoomName::lobby()).is_empty());
        talk(&mut seat, &["* You are in den (1 here)."]);
        assert_eq!(way_back(&mut seat), ["/ids on", "/join den"]);
    }

    #[test]
    fn a_connection_that_did_not_let_one_in_changes_nothing() {
        let mut seat = Seat::default();
        talk(&mut seat, &["› /login anna x", WELCOME, "› /join den"]);
        talk(&mut seat, &["* You are in den (1 here)."]);
        seat.begins_anew();
        talk(&mut seat, &["! Busy, try again"]);
        assert_eq!(way_back(&mut seat), ["/join den"]);
    }

    #[test]
    fn who_logged_in_is_learnt_however_it_was_typed() {
        let user = || UserName::new("anna").unwrap();
        let password = || Secret::new("a b");
        let learnt = || Learnt::LoggedIn {
            user: user(),
            password: password(),
        };
        for lines in [
            &["› /login anna a b", WELCOME][..],
            &["› /register anna a b", WELCOME],
            &["› anna", "* Password:", "› a b", WELCOME],
            &[
                "› anna",
                "* Password:",
                "› x",
                "! Wrong username or password",
                "* Username:",
                "› anna",
                "* Password:",
                "› a b",
                WELCOME,
            ],
        ] {
            assert_eq!(talk(&mut Seat::default(), lines), learnt(), "{lines:?}");
        }
    }

    #[test]
    fn a_password_counts_when_it_is_confirmed() {
        let changed = |password| Learnt::PasswordChanged {
            password: Secret::new(password),
        };
        let mut seat = Seat::default();
        talk(&mut seat, &["› /login anna x", WELCOME]);
        let refused = talk(
            &mut seat,
            &["› /passwd x y", "! Wrong username or password"],
        );
        assert_eq!(refused, Learnt::Nothing);
        let told = talk(&mut seat, &["› /passwd x z", "* Password changed."]);
        assert_eq!(told, changed("z"));
        let asked = [
            "› /passwd",
            "* Old password:",
            "› z",
            "* New password:",
            "› new one",
            "* New password again:",
            "› new one",
            "* Password changed.",
        ];
        assert_eq!(talk(&mut seat, &asked), changed("new one"));
    }
}
