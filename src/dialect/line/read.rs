//! Lines of a node to what they mean: the way back of `tell`, for clients.
//!
//! Every line means something: what a client need not tell apart is [`Told::Info`],
//! [`Refused::Other`] or [`Told::Unknown`], so that a newer node never breaks an older client.

mod no;

use std::time::Duration;

use bytes::BytesMut;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::Prompt;
use super::{refuse, tell};
use crate::chat::event::Timestamp;
use crate::chat::{Ending, Fate, Gap, GapSize, NodeName, Position, RoomName, UserName};

/// What one line of a node says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<'a> {
    /// Somebody said something.
    Message(Message<'a>),
    /// Messages that the client would have heard are lost.
    Gap(Gap),
    /// The first words of a node.
    Greeting {
        /// How it calls itself.
        node: NodeName,
    },
    /// The node needs another line.
    Prompt(Prompt),
    /// Logged in.
    Welcome {
        /// As whom.
        user: UserName,
        /// Where.
        room: RoomName,
        /// At which node.
        node: NodeName,
    },
    /// The client's own room is another one.
    Entered {
        /// The room.
        room: RoomName,
    },
    /// Somebody came into the client's room.
    Joined {
        /// The room.
        room: RoomName,
        /// Who.
        user: UserName,
    },
    /// Somebody went out of the client's room.
    Left {
        /// The room.
        room: RoomName,
        /// Who.
        user: UserName,
    },
    /// Somebody in the client's room is seen under another nick.
    Renamed {
        /// As whom so far.
        was: UserName,
        /// As whom from here on.
        user: UserName,
    },
    /// What was said is in the log.
    Said {
        /// Where.
        position: Position,
    },
    /// What became of the first text that was not confirmed and is in doubt since.
    Resolved {
        /// That.
        fate: Fate,
    },
    /// The answer to a ping.
    Pong {
        /// What the ping carried.
        token: &'a str,
    },
    /// A list of people, for example of those in a room.
    People {
        /// What they have in common: a room, `online`, `subscriptions`, `subscribers`.
        of: &'a str,
        /// Who they are.
        users: Vec<UserName>,
    },
    /// One of the public rooms.
    Room {
        /// Its name.
        room: RoomName,
        /// How many are there.
        here: u64,
    },
    /// The list of public rooms is complete.
    RoomsEnd,
    /// What a room is about.
    Topic {
        /// The room.
        room: RoomName,
        /// Nothing when it is about nothing.
        topic: Option<&'a str>,
    },
    /// Somebody changed what the client's room is about.
    TopicChanged {
        /// The room.
        room: RoomName,
        /// What it is about now; nothing when it is about nothing any more.
        topic: Option<&'a str>,
    },
    /// Past messages follow.
    HistoryBegins,
    /// They are complete.
    HistoryEnds,
    /// A resume token, told once.
    Token {
        /// The token.
        token: &'a str,
    },
    /// The new password holds.
    PasswordChanged,
    /// Another confirmation or piece of information.
    Info {
        /// Its words.
        text: &'a str,
    },
    /// Nothing was done.
    Refused(Refused<'a>),
    /// The node is about to close the connection.
    Ended(Ending),
    /// Nothing that this client knows.
    Unknown {
        /// The line.
        text: &'a str,
    },
}

/// What somebody said, as a client hears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its place in the log, where the client asked for it.
    pub position: Option<Position>,
    /// Whether it is new.
    pub when: When,
    /// To whom it was said.
    pub to: Audience,
    /// Who said it.
    pub sender: UserName,
    /// What was said.
    pub text: &'a str,
}

/// Whether a message is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It was just said.
    Now,
    /// It is part of a history.
    Past {
        /// When it was said, in whole seconds.
        at: Timestamp,
    },
}

/// To whom something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// To the room that the client is in.
    Room(RoomName),
    /// To the client alone.
    Private,
    /// To the sender's subscribers alone.
    Subscribers,
    /// To a public room that the client, a subscriber of the sender, is not in.
    OtherRoom(RoomName),
}

/// Which refusal it is, as far as a client acts on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused<'a> {
    /// The name or the password is wrong.
    WrongPassword,
    /// The resume token is good no more.
    WrongToken,
    /// There is such an account.
    NameTaken,
    /// Accounts are made by the operator.
    RegistrationClosed,
    /// A queue is full.
    Busy,
    /// A throttle holds.
    SlowDown {
        /// For so long.
        wait: Duration,
    },
    /// The store did not take it.
    NotDelivered,
    /// Whether the store took it is not known.
    NotConfirmed,
    /// Any other.
    Other {
        /// Its words.
        text: &'a str,
    },
}

impl Refused<'_> {
    /// One word for tables and metrics.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::WrongToken => "wrong_token",
            Self::NameTaken => "name_taken",
            Self::RegistrationClosed => "registration_closed",
            Self::Busy => "busy",
            Self::SlowDown { .. } => "slow_down",
            Self::NotDelivered => "not_delivered",
            Self::NotConfirmed => "not_confirmed",
            Self::Other { .. } => "other",
        }
    }
}

/// Why a connection ended, as the node says it; nothing where it says nothing.
#[must_use]
pub fn words(ending: Ending) -> String {
    let mut out = BytesMut::new();
    refuse::ending(ending, &mut out);
    let line = String::from_utf8_lossy(&out);
    line.trim_end()
        .trim_start_matches(['*', '!', ' '])
        .to_owned()
}

/// What a line of a node means; without its end.
#[must_use]
pub fn read(line: &str) -> Told<'_> {
    let told = match line.as_bytes() {
        [b'*', b' ', ..] => Some(information(&line[2..])),
        [b'!', b' ', ..] => Some(no::refusal(&line[2..])),
        [b'[', b'g', b'a', b'p', b']', b' ', ..] => gap(&line[6..]).map(Told::Gap),
        _ => message(line).map(Told::Message),
    };
    told.unwrap_or(Told::Unknown { text: line })
}

/// Where a message stands, as far as the line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// There.
    At(Position),
    /// Positions are hidden.
    Nowhere,
    /// It is no message.
    NoMessage,
}

/// Where a message stands, without a look at the rest of it: for who hears very many.
#[must_use]
pub fn placed(line: &str) -> Placed {
    match first_if(line, |word| word.parse().ok()) {
        (Some(position), _) => Placed::At(position),
        (None, line) if line.starts_with("[gap]") || line.starts_with(['*', '!']) => {
            Placed::NoMessage
        }
        (None, _) => Placed::Nowhere,
    }
}

fn message(line: &str) -> Option<Message<'_>> {
    let (position, line) = first_if(line, |word| word.parse().ok());
    let (at, line) = first_if(line, utc);
    let (mark, rest) = bracket(line)?;
    let (to, rest) = match (mark, bracket(rest)) {
        ("PM", _) => (Audience::Private, rest),
        ("Sub", None) => (Audience::Subscribers, rest),
        ("Sub", Some((room, rest))) => (Audience::OtherRoom(self::room(room)?), rest),
        (room, _) => (Audience::Room(self::room(room)?), rest),
    };
    let (sender, text) = rest.split_once(": ")?;
    Some(Message {
        position,
        when: at.map_or(When::Now, |at| When::Past { at }),
        to,
        sender: user(sender)?,
        text,
    })
}

/// The first word, if it is something before the first bracket, and what stands behind it.
fn first_if<T>(line: &str, is: impl Fn(&str) -> Option<T>) -> (Option<T>, &str) {
    let word = line.split_once(' ').filter(|_| !line.starts_with('['));
    match word.and_then(|(word, rest)| Some((is(word)?, rest))) {
        Some((found, rest)) => (Some(found), rest),
        None => (None, line),
    }
}

fn bracket(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('[')?.split_once("] ")
}

fn utc(word: &str) -> Option<Timestamp> {
    let seconds = OffsetDateTime::parse(word, &Rfc3339).ok()?.unix_timestamp();
    Some(Timestamp(u64::try_from(seconds).ok()?.checked_mul(1000)?))
}

fn gap(text: &str) -> Option<Gap> {
    let (count, rest) = text.split_once(' ')?;
    let rest = rest
        .strip_suffix(" are lost")
        .or(rest.strip_suffix(" is lost"))?;
    let size = match count {
        "some" => GapSize::Unknown,
        count => GapSize::Exactly(count.parse().ok()?),
    };
    match rest {
        "posts" => Some(Gap::Posts),
        "private messages" | "private message" => Some(Gap::Whispers { size }),
        _ => {
            let of_room = rest.strip_prefix("messages in ");
            let name = of_room.or(rest.strip_prefix("message in "))?;
            let room = room(name)?;
            Some(Gap::Room { room, size })
        }
    }
}

fn information(text: &str) -> Told<'_> {
    let said = prompt(text).or_else(|| answer(text));
    let told = said.or_else(|| event(text)).or_else(|| list(text));
    told.unwrap_or(Told::Info { text })
}

fn prompt(text: &str) -> Option<Told<'_>> {
    let prompts = [
        Prompt::Username,
        Prompt::Password,
        Prompt::OldPassword,
        Prompt::NewPassword,
        Prompt::NewPasswordAgain,
    ];
    let prompt = prompts.into_iter().find(|it| tell::asks(*it) == text);
    prompt.map(Told::Prompt)
}

fn answer(text: &str) -> Option<Told<'_>> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match first {
        "ok" => rest.parse().ok().map(|position| Told::Said { position }),
        "delivered" => rest.parse().ok().map(|position| {
            let fate = Fate::Delivered { position };
            Told::Resolved { fate }
        }),
        "pong" => Some(Told::Pong { token: rest }),
        "Welcome" => welcome(rest),
        "conclave" => greeting(rest),
        "You" => entered(rest),
        "topic" => topic(rest),
        // Rooms and people may have that name too.
        "token" if is_token(rest) => Some(Told::Token { token: rest }),
        "history" => Some(Told::HistoryBegins),
        _ => match text {
            "end of history" => Some(Told::HistoryEnds),
            "Password changed." => Some(Told::PasswordChanged),
            "Goodbye." => Some(Told::Ended(Ending::Quit)),
            _ => None,
        },
    }
}

/// One word of two parts.
fn is_token(rest: &str) -> bool {
    let parts = rest.split_once('.').filter(|_| !rest.contains(' '));
    parts.is_some_and(|(family, secret)| !family.is_empty() && !secret.is_empty())
}

fn welcome(rest: &str) -> Option<Told<'_>> {
    let (name, rest) = rest.split_once(". You are in ")?;
    let (place, _) = rest.split_once(". /help")?;
    let (at, node) = place.split_once(" on ")?;
    Some(Told::Welcome {
        user: user(name)?,
        room: room(at)?,
        node: NodeName::new(node).ok()?,
    })
}

fn greeting(rest: &str) -> Option<Told<'_>> {
    // A name may hold dots, but no spaces.
    let (name, _) = rest.strip_prefix("on ")?.split_once(". ")?;
    let node = NodeName::new(name).ok()?;
    Some(Told::Greeting { node })
}

fn entered(rest: &str) -> Option<Told<'_>> {
    let rest = rest.strip_prefix("are in ")?;
    let counted = rest
        .strip_suffix(" here).")
        .and_then(|rest| rest.split_once(" ("));
    let name = match counted {
        Some((name, _)) => name,
        None => rest.strip_suffix(" now.")?,
    };
    let room = room(name)?;
    Some(Told::Entered { room })
}

fn topic(rest: &str) -> Option<Told<'_>> {
    let (name, topic) = rest.strip_prefix("of ")?.split_once(": ")?;
    let room = room(name)?;
    let topic = Some(topic);
    Some(Told::Topic { room, topic })
}

fn event(text: &str) -> Option<Told<'_>> {
    let (name, rest) = text.split_once(' ')?;
    if rest == "has no topic." {
        let (room, topic) = (room(name)?, None);
        return Some(Told::Topic { room, topic });
    }
    if let Some(nick) = rest.strip_prefix("is now ") {
        let (was, user) = (user(name)?, user(nick)?);
        return Some(Told::Renamed { was, user });
    }
    let user = user(name)?;
    if let Some(rest) = rest.strip_prefix("changed the topic of ") {
        let (name, topic) = rest.split_once(": ")?;
        let (room, topic) = (room(name)?, Some(topic));
        return Some(Told::TopicChanged { room, topic });
    }
    if let Some(name) = rest.strip_prefix("took away the topic of ") {
        let (room, topic) = (room(name)?, None);
        return Some(Told::TopicChanged { room, topic });
    }
    if let Some((name, room)) = rest
        .strip_prefix("put ")
        .and_then(|it| it.split_once(" out of "))
    {
        return put_out(name, room);
    }
    match rest.split_once(' ')? {
        ("joined", name) => room(name).map(|room| Told::Joined { room, user }),
        ("left", name) => room(name).map(|room| Told::Left { room, user }),
        _ => None,
    }
}

/// Somebody put somebody out of the client's room, perhaps in so many words.
fn put_out<'a>(name: &str, rest: &str) -> Option<Told<'a>> {
    let name_of_room = rest.split_once(": ").map_or(rest, |(room, _)| room);
    let (room, user) = (room(name_of_room)?, user(name)?);
    Some(Told::Left { room, user })
}

fn list(text: &str) -> Option<Told<'_>> {
    if let Some((of, list)) = text.split_once(": ") {
        let (names, count) = list.strip_suffix(')')?.rsplit_once('(')?;
        let names = names.trim_end().split(", ").filter(|name| !name.is_empty());
        let users: Vec<_> = names.map(user).collect::<Option<_>>()?;
        return (count.parse() == Ok(users.len())).then_some(Told::People { of, users });
    }
    let (first, second) = text.split_once(' ')?;
    if matches!(second, "room" | "rooms") && first.parse::<u64>().is_ok() {
        return Some(Told::RoomsEnd);
    }
    let (room, here) = (room(first)?, second.parse().ok()?);
    Some(Told::Room { room, here })
}

/// Somebody as others see them.
fn user(name: &str) -> Option<UserName> {
    UserName::called(name).ok()
}

fn room(name: &str) -> Option<RoomName> {
    RoomName::new(name).ok()
}
