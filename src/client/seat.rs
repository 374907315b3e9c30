//! Where a client was before its connection broke: what it has to say to be there again.
//!
//! It listens to both sides of a conversation, with the dialect's own ear for what is typed.

use crate::chat::command::{Positions, RoomKey, Since};
use crate::chat::{Command, Refusal, RoomName, Secret, UserName};
use crate::dialect::line::read::{Placed, Told};
use crate::dialect::{Format, Heard, line};

/// What is remembered of a conversation.
#[derive(Debug)]
pub struct Seat {
    dialect: line::Conversation,
    place: Place,
    /// The same when the connection before this one ended.
    before: Place,
    /// A room that was asked for last, and its key.
    wanted: Option<(RoomName, RoomKey)>,
    /// The account that was named last, and its password, until it is known whether they fit.
    credentials: Option<(UserName, Secret)>,
    /// The password that was asked for last.
    password: Option<Secret>,
    /// The last message that was heard as it was said, or told of what was missed.
    last: Since,
    reading: Reading,
    ahead: Ahead,
}

/// What the messages that come are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// News.
    News,
    /// The answer to a question about the past.
    History,
}

/// What was said before the node had let anybody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    /// Nothing that asks for another line.
    Commands,
    /// The wish to change a password: which of the lines behind it are passwords is not known.
    Passwords,
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
            dialect: line::Conversation::default(),
            place: Place::default(),
            before: Place::default(),
            wanted: None,
            credentials: None,
            password: None,
            last: Since::Seen,
            reading: Reading::News,
            ahead: Ahead::Commands,
        }
    }
}

impl Seat {
    /// A new connection, on which nothing was said.
    pub fn begins_anew(&mut self) {
        self.dialect = line::Conversation::default();
        self.before = self.place.clone();
        self.wanted = None;
        self.credentials = None;
        self.password = None;
        self.reading = Reading::News;
        self.ahead = Ahead::Commands;
    }

    /// Where it left off: at the last message that was heard with its position.
    #[must_use]
    pub const fn since(&self) -> Since {
        self.last
    }

    /// Whether the node takes the next line for a command or a text, for certain.
    #[must_use]
    pub fn is_at_commands(&self) -> bool {
        self.dialect.expects_commands() && self.ahead == Ahead::Commands
    }

    /// Hears a message, of which only the place counts.
    pub const fn heard(&mut self, placed: Placed) {
        match (self.reading, placed) {
            (Reading::News, Placed::At(position)) => self.last = Since::Position(position),
            // From here on it is not known what was heard.
            (Reading::News, Placed::Nowhere) => self.last = Since::Seen,
            (Reading::News, Placed::NoMessage) | (Reading::History, _) => {}
        }
    }

    /// Hears a line that the client says.
    pub fn said(&mut self, line: &[u8]) {
        let command = match self.dialect.hear(line) {
            Heard::Command(command) => command,
            Heard::Refused(Refusal::LoginFirst) => {
                self.ahead = Ahead::Passwords;
                return;
            }
            Heard::Format(Format::Line { positions }) => {
                self.place.positions = positions;
                return;
            }
            Heard::Format(Format::Irc { .. })
            | Heard::Refused(_)
            | Heard::Prompt(_)
            | Heard::Reply
            | Heard::Malformed(_)
            | Heard::Nothing => return,
        };
        match command {
            Command::Login { user, password } | Command::Register { user, password } => {
                self.credentials = Some((user, password));
            }
            Command::Resume { .. } => self.credentials = None,
            Command::Move { room, key } => self.wanted = Some((room, key)),
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
                if proof.is_some() {
                    // A login begins anew, perhaps as somebody else.
                    self.last = Since::Seen;
                }
                return proof.map_or(Learnt::Nothing, |(user, password)| Learnt::LoggedIn {
                    user,
                    password,
                });
            }
            Told::Entered { room } => self.entered(room),
            Told::HistoryBegins => self.reading = Reading::History,
            Told::HistoryEnds => self.reading = Reading::News,
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
    use crate::dialect::line::read::{placed, read};

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

    #[test]
    fn it_left_off_at_the_last_news_that_had_a_position() {
        let mut seat = Seat::default();
        let hears = |seat: &mut Seat, lines: &[&str]| {
            for line in lines {
                match line.as_bytes()[0] {
                    b'*' => drop(seat.told(&read(line))),
                    _ => seat.heard(placed(line)),
                }
            }
            match seat.since() {
                Since::Seen => "seen".to_owned(),
                Since::Position(position) => position.to_string(),
            }
        };
        talk(&mut seat, &["› /login anna x", WELCOME]);
        assert_eq!(hears(&mut seat, &[]), "seen");
        assert_eq!(hears(&mut seat, &["7-4 [den] ben: hi"]), "7-4");
        // Asked for, and perhaps before something that was not told yet.
        let history = [
            "* history den 20",
            "7-2 2026-11-22T21:30:05Z [den] ben: hi",
            "7-6 2026-11-22T21:30:05Z [den] ben: hi",
            "* end of history",
        ];
        assert_eq!(hears(&mut seat, &history), "7-4");
        assert_eq!(hears(&mut seat, &["7-5 [PM] ben: hi"]), "7-5");
        let missed = ["7-7 2026-11-22T21:30:05Z [den] ben: hi", "[gap] 3 are lost"];
        assert_eq!(hears(&mut seat, &missed), "7-7");
        seat.begins_anew();
        talk(&mut seat, &["› /resume a.1 7-7", WELCOME]);
        assert_eq!(hears(&mut seat, &[]), "7-7");
        assert_eq!(hears(&mut seat, &["[den] ben: unplaced"]), "seen");
        assert_eq!(hears(&mut seat, &["7-9 [den] ben: hi"]), "7-9");
        seat.begins_anew();
        talk(
            &mut seat,
            &[
                "› /login ben y",
                "* Welcome ben. You are in lobby on node-1. /help …",
            ],
        );
        assert_eq!(hears(&mut seat, &[]), "seen", "somebody else");
    }

    #[test]
    fn nothing_is_asked_where_it_may_be_taken_for_a_password() {
        let mut seat = Seat::default();
        assert!(!seat.is_at_commands());
        talk(&mut seat, &["› /login anna x", "› hello", WELCOME]);
        assert!(seat.is_at_commands());
        for line in ["› /passwd", "› x", "› y"] {
            talk(&mut seat, &[line]);
            assert!(!seat.is_at_commands(), "{line}");
        }
        talk(&mut seat, &["› y"]);
        assert!(seat.is_at_commands());
        seat.begins_anew();
        talk(&mut seat, &["› /login anna x", "› /passwd", "› x", WELCOME]);
        assert!(!seat.is_at_commands(), "it was typed ahead");
        seat.begins_anew();
        talk(&mut seat, &["› /login anna x", WELCOME]);
        assert!(seat.is_at_commands());
    }
}
