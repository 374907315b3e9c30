//! A player of conversations with somebody called anna who is in. `>` is what she sends, `<` what
//! she is told, `*` what the session is asked to do, `!` what it found out.

use std::sync::Arc;

use bytes::BytesMut;

use super::whole::whole_lines;
use super::written;
use crate::chat::answer::{Census, KeyUse, Known, Listed, Office, Presence, Rehash, Topic};
use crate::chat::event::{Echo, Manner, Privacy, Timestamp};
use crate::chat::extras::Speaker;
use crate::chat::modes::{Flags, List, ListedMask, ModeChange, Ranks, RoomModes, Switch};
use crate::chat::permission::Denial;
use crate::chat::profile::Profile;
use crate::chat::{
    Answer, Deed, Event, Extras, Mask, Nick, Position, Refusal, RoomName, Text, UserName,
};
use crate::dialect::Heard;
use crate::dialect::irc::{Accounts, Conversation, Door, Guests, Identity};
use crate::testing::{event, node};

/// As what the server is known.
pub(super) fn identity() -> Arc<Identity> {
    Arc::new(Identity {
        server: "irc.example".to_owned(),
        network: "Example".to_owned(),
        version: "conclave-1".to_owned(),
        created: "today".to_owned(),
        description: "Where people talk".to_owned(),
        guests: Guests::TurnedAway,
        accounts: Accounts::Open,
        door: Door::Open,
    })
}

/// Anna, who is in with these capabilities.
pub(super) fn anna(caps: &str) -> Conversation {
    let mut talk = newcomer(caps);
    let mut played = Vec::new();
    learns(&mut talk, "census 2 1", &mut played);
    learns(&mut talk, "motd Be kind.", &mut played);
    let last = played.last().map(String::as_str);
    assert_eq!(
        last,
        Some("< 376 anna :End of /MOTD command."),
        "{played:#?}"
    );
    talk
}

/// Somebody who is not in and wants an account, with a password of so many bytes.
pub(super) fn stranger(account: &str, bytes: usize) -> Conversation {
    let mut talk = Conversation::new(identity(), None);
    let wish = format!("REGISTER {account} * {}", "x".repeat(bytes));
    let mut played = Vec::new();
    for line in ["NICK zoe", &wish] {
        says(&mut talk, line, &mut played);
    }
    talk
}

/// The same of a guest who is in.
#[track_caller]
pub(super) fn play_as_guest(caps: &str, lines: &[&str]) {
    let identity = Identity {
        guests: Guests::Welcome,
        ..(*identity()).clone()
    };
    let mut talk = Conversation::new(Arc::new(identity), None);
    let mut played = Vec::new();
    let wish = format!("CAP REQ :{caps}");
    for line in [&wish, "CAP END", "NICK anna", "USER a 0 * anna"] {
        says(&mut talk, line, &mut played);
    }
    for answer in ["welcome ~a.1/anna", "census 2 1", "motd Be kind."] {
        learns(&mut talk, answer, &mut played);
    }
    compare(talk, lines);
}

/// The same before it is known how many there are.
pub(super) fn newcomer(caps: &str) -> Conversation {
    let mut talk = Conversation::new(identity(), None);
    let mut played = Vec::new();
    let wish = format!("CAP REQ :{caps}");
    for line in [
        wish.as_str(),
        "CAP END",
        "PASS pw",
        "NICK anna",
        "USER a 0 * anna",
    ] {
        says(&mut talk, line, &mut played);
    }
    for answer in ["proved anna", "welcome anna"] {
        learns(&mut talk, answer, &mut played);
    }
    assert_eq!(played.last().map(String::as_str), Some("* Census"));
    talk
}

/// Plays a conversation, and compares all that happens.
#[track_caller]
pub(super) fn play(caps: &str, lines: &[&str]) {
    compare(anna(caps), lines);
}

#[track_caller]
fn compare(mut talk: Conversation, lines: &[&str]) {
    let mut played = Vec::new();
    for line in lines {
        let (mark, text) = line.split_at(2);
        match mark {
            "> " => says(&mut talk, text, &mut played),
            "! " => learns(&mut talk, text, &mut played),
            "< " | "* " => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(played, lines, "{played:#?}");
}

/// What a line of anna means, as far as it is not answered by itself.
pub(super) fn asks(line: &str) -> Vec<String> {
    let mut talk = anna("");
    talk.hear(line.as_bytes());
    let heard = std::iter::from_fn(|| talk.next_heard());
    heard
        .filter_map(|heard| match heard {
            Heard::Command(command) => Some(format!("{command:?}")),
            Heard::Reply => None,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// How a line of anna is answered that asks for nothing of anybody else.
pub(super) fn answered(line: &str) -> Vec<String> {
    let mut played = Vec::new();
    says(&mut anna(""), line, &mut played);
    let told = |line: &String| line.strip_prefix("< ").expect("an answer").to_owned();
    played[1..].iter().map(told).collect()
}

pub(super) fn says(talk: &mut Conversation, line: &str, played: &mut Vec<String>) {
    played.push(format!("> {line}"));
    talk.hear(line.as_bytes());
    goes_on(talk, played);
}

pub(super) fn learns(talk: &mut Conversation, answer: &str, played: &mut Vec<String>) {
    played.push(format!("! {answer}"));
    let found = found(answer);
    is_told(played, |out| match found {
        Ok(answer) => talk.tell_answer(&answer, out),
        Err(refusal) => talk.tell_refusal(&refusal, out),
    });
    goes_on(talk, played);
}

/// Goes on to the next thing that the session is asked to do.
fn goes_on(talk: &mut Conversation, played: &mut Vec<String>) {
    while let Some(heard) = talk.next_heard() {
        match heard {
            Heard::Reply => is_told(played, |out| talk.tell_reply(out)),
            Heard::Format(_) => {
                played.push("* spell otherwise".to_owned());
                is_told(played, |out| talk.tell_format_set(out));
            }
            Heard::Command(command) => return played.push(format!("* {command:?}")),
            other => panic!("{other:?}"),
        }
    }
}

fn is_told(played: &mut Vec<String>, tell: impl FnOnce(&mut BytesMut)) {
    let lines = written(|out| {
        tell(out);
        whole_lines(out).unwrap();
    });
    let told = |line: &String| format!("< {}", line.replace(":irc.example ", ""));
    played.extend(lines.iter().map(told));
}

fn room(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

fn user(name: &str) -> UserName {
    UserName::stored(name).unwrap()
}

fn nick(word: &str) -> Nick {
    Nick::new(word).unwrap()
}

fn ranked(names: &str) -> Vec<(UserName, Ranks)> {
    let ranked = names.split_whitespace().filter_map(|marked| {
        let name = marked.trim_start_matches(['@', '+']);
        let marks = marked[..marked.len() - name.len()]
            .replace('@', "o")
            .replace('+', "v");
        (!marks.is_empty()).then(|| (user(name), Ranks::of_letters(&marks)))
    });
    ranked.collect()
}

fn users(names: &str) -> Vec<UserName> {
    names.split_whitespace().map(user).collect()
}

fn rooms(names: &str) -> Vec<RoomName> {
    names.split_whitespace().map(room).collect()
}

fn online(rooms: Vec<RoomName>, away: Option<Text>) -> Presence {
    Presence::Online {
        node: node("node-1"),
        since: Timestamp(1_500),
        rooms,
        away,
        ranked: Vec::new(),
        profile: Profile::default(),
        office: Office::None,
    }
}

/// What ben said in a room.
pub(super) fn said(name: &str, text: &str) -> Event {
    let deed = Deed::RoomMessage {
        room: room(name),
        sender: user("ben"),
        text: Text::new(text).unwrap(),
        manner: Manner::Message,
        extras: Extras::default(),
        k: 1,
        privacy: Privacy::Public,
        echo: Echo::IncludeSender,
    };
    Event {
        position: Position { epoch: 7, n: 1 },
        at: Timestamp(1_500),
        ..(*event(deed)).clone()
    }
}

/// What the session found out, in few words.
fn found(words: &str) -> Result<Answer, Refusal> {
    let (what, rest) = words.split_once(' ').unwrap_or((words, ""));
    if let Some(refusal) = refused(what, rest) {
        return Err(refusal);
    }
    let answer = of_people(what, rest)
        .or_else(|| of_programs(what, rest))
        .or_else(|| of_network(what, rest))
        .or_else(|| of_rooms(what, rest));
    Ok(answer.unwrap_or_else(|| panic!("{words}")))
}

fn of_programs(what: &str, rest: &str) -> Option<Answer> {
    let position = Position { epoch: 7, n: 1 };
    Some(match what {
        "tagged" => Answer::Tagged {
            position,
            at: Timestamp(1_500),
        },
        "read" => Answer::ReadUpTo {
            at: rest.parse().ok().map(Timestamp),
        },
        "introduced" | "introduced-bot" => Answer::Introduced {
            profile: Profile {
                real_name: Text::new(rest).ok(),
                speaker: if what == "introduced" {
                    Speaker::Person
                } else {
                    Speaker::Bot
                },
            },
        },
        "certificates" => Answer::Certificates {
            certificates: rest
                .split_whitespace()
                .map(|told| told.parse().unwrap())
                .collect(),
        },
        "nobody-tagged" => Answer::NobodyTagged,
        _ => return None,
    })
}

fn of_rooms(what: &str, rest: &str) -> Option<Answer> {
    let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let (here, key) = (1, KeyUse::Fitting);
    let position = Position { epoch: 7, n: 9 };
    let words = Text::new(behind).ok();
    if what == "rooms" {
        // As many are there as the name has letters, and behind a colon stands what it is about.
        let counted = |name: &str| {
            let (name, topic) = name.split_once(':').unwrap_or((name, ""));
            Listed {
                room: room(name),
                here: name.len() as u64,
                topic: Text::new(topic).ok(),
                privacy: Privacy::Public,
            }
        };
        let rooms = rest.split_whitespace().map(counted).collect();
        return Some(Answer::Rooms { rooms });
    }
    if what == "put-in" {
        return Some(Answer::PutIn { rooms: rooms(rest) });
    }
    if let Some(answer) = of_moderation(what, rest) {
        return Some(answer);
    }
    let room = RoomName::new(first).ok()?;
    Some(match what {
        "entered" => Answer::Entered {
            room,
            here,
            key,
            position,
        },
        "left" => Answer::Left { room, words },
        "topic" => Answer::Topic {
            room,
            topic: words.map(|text| Topic { text, set: None }),
            changed: None,
        },
        // Marks stand in front of names, and of a room that is not listed.
        "members" | "hidden-members" => Answer::Members {
            room,
            users: users(&behind.replace(['@', '+'], "")),
            flags: Flags::of_letters(if what == "members" { "t" } else { "s" }),
            ranked: ranked(behind),
            known: Known::default(),
        },
        "history" => {
            let messages = behind
                .split_whitespace()
                .map(|word| said(first, word).into());
            Answer::History {
                room,
                count: 20,
                messages: messages.collect(),
            }
        }
        _ => return None,
    })
}

fn of_moderation(what: &str, rest: &str) -> Option<Answer> {
    if what == "invitations" {
        return Some(Answer::Invitations { rooms: rooms(rest) });
    }
    let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let room = RoomName::new(first).ok()?;
    Some(match what {
        "modes" => Answer::Modes {
            room,
            modes: modes(behind),
        },
        "changed" => Answer::ModesChanged {
            room,
            changes: changes(behind),
            refused: Vec::new(),
        },
        "changed-but" => Answer::ModesChanged {
            room: room.clone(),
            changes: changes(behind),
            refused: vec![Refusal::NotThere {
                room,
                user: user("zoe"),
            }],
        },
        "bans" | "exceptions" | "invites" => Answer::ModeList {
            room,
            list: match what {
                "bans" => List::Bans,
                "exceptions" => List::BanExceptions,
                _ => List::InviteExceptions,
            },
            listed: behind.split_whitespace().map(listed).collect(),
        },
        "kicked" => {
            let (name, words) = behind.split_once(' ').unwrap_or((behind, ""));
            Answer::Kicked {
                room,
                user: user(name),
                words: Text::new(words).ok(),
            }
        }
        "invited" => {
            let (name, words) = behind.split_once(' ').unwrap_or((behind, ""));
            Answer::Invited {
                room,
                user: user(name),
                away: Text::new(words).ok(),
            }
        }
        _ => return None,
    })
}

/// `+tk 3`: what holds, whether there is a key, and a limit.
fn modes(words: &str) -> RoomModes {
    let (letters, limit) = words.split_once(' ').unwrap_or((words, ""));
    RoomModes {
        flags: Flags::of_letters(letters),
        key: if letters.contains('k') {
            Switch::On
        } else {
            Switch::Off
        },
        limit: limit.parse().ok(),
        made: Some(Timestamp(1_500)),
    }
}

/// Changes with commas between.
pub(super) fn changes(words: &str) -> Vec<ModeChange> {
    words
        .split(',')
        .filter(|word| !word.is_empty())
        .map(change)
        .collect()
}

fn change(word: &str) -> ModeChange {
    let (what, about) = word.split_once(' ').unwrap_or((word, ""));
    let to = if what.starts_with('+') {
        Switch::On
    } else {
        Switch::Off
    };
    match (&what[1..], to) {
        ("k", to) => ModeChange::Key { to },
        ("l", Switch::On) => ModeChange::Limit {
            most: about.parse().unwrap(),
        },
        ("l", Switch::Off) => ModeChange::Unlimited,
        (letter @ ("o" | "v"), to) => ModeChange::Rank {
            user: user(about),
            rank: Ranks::of_letters(letter).highest().unwrap(),
            to,
        },
        (letter, to) if about.is_empty() => ModeChange::Flag {
            flag: Flags::of_letters(letter).iter().next().unwrap(),
            to,
        },
        (letter, to) => ModeChange::Listed {
            list: *List::ALL
                .iter()
                .find(|list| letter.contains(list.letter()))
                .unwrap(),
            mask: Mask::new(about).unwrap(),
            to,
        },
    }
}

fn listed(mask: &str) -> ListedMask {
    ListedMask {
        mask: Mask::new(mask).unwrap(),
        by: user("ben"),
        at: Timestamp(2_500),
    }
}

fn of_network(what: &str, rest: &str) -> Option<Answer> {
    let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(match what {
        "census" => Answer::Census(Census {
            people: first.parse().unwrap(),
            rooms: behind.parse().unwrap(),
            operators: 1,
            at: Timestamp(1_500),
        }),
        "operator" => Answer::InOffice {
            office: Office::Operator,
        },
        "no-operator" => Answer::InOffice {
            office: Office::None,
        },
        "killed" => Answer::Killed { user: user(first) },
        "announced" => Answer::Announced,
        "rehashed" => Answer::Rehashed {
            source: "config/conclave.toml".to_owned(),
            outcome: Rehash::Done {
                restart: vec!["listen.irc"],
                warnings: vec![rest.to_owned()],
            },
        },
        "not-rehashed" => Answer::Rehashed {
            source: "built-in settings".to_owned(),
            outcome: Rehash::Mistaken {
                mistakes: vec![rest.to_owned()],
            },
        },
        "motd" => Answer::MessageOfTheDay {
            lines: [rest.to_owned()].into(),
        },
        "presence" => {
            let (here, gone) = rest.split_once('|').unwrap();
            Answer::Presence {
                here: users(here),
                gone: users(gone),
            }
        }
        "watching" => Answer::Watching,
        _ => return None,
    })
}

fn of_people(what: &str, rest: &str) -> Option<Answer> {
    let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let position = Position { epoch: 7, n: 1 };
    let one = || user(first);
    let words = || Text::new(behind).unwrap();
    let is = |presence| Answer::WhoIs {
        user: one(),
        presence,
    };
    Some(match what {
        "proved" => Answer::Proved { user: one() },
        "logged-in" => Answer::LoggedIn {
            user: one(),
            was: user(behind),
        },
        "welcome" => Answer::Welcome {
            user: one(),
            room: room("lobby"),
            node: node("n"),
        },
        "said" => Answer::Said { position, at: None },
        "said-to-away" => Answer::SaidToAway {
            position,
            at: None,
            to: one(),
            text: words(),
        },
        "online" => {
            let (here, away) = rest.split_once('|').unwrap_or((rest, ""));
            let known = Known {
                away: users(away),
                ..Known::default()
            };
            let users = users(here);
            Answer::Online { users, known }
        }
        "offline" => is(Presence::Offline),
        "here" => is(online(rooms(behind), None)),
        "gone" => is(online(Vec::new(), Some(words()))),
        "away" => Answer::Away {
            text: Text::new(rest).unwrap(),
        },
        "back" => Answer::Back,
        "nicked" => Answer::Nicked {
            user: user(behind),
            was: user(first),
        },
        "seen-as" => Answer::SeenAs {
            user: user(behind),
            was: user(first),
        },
        "pong" => Answer::Pong {
            token: rest.to_owned(),
        },
        "subscribed" => Answer::Subscribed { author: one() },
        "unsubscribed" => Answer::Unsubscribed { author: one() },
        "subscriptions" => Answer::Subscriptions { users: users(rest) },
        "subscribers" => Answer::Subscribers { users: users(rest) },
        "nobody-subscribes" => Answer::NobodySubscribes,
        _ => return None,
    })
}

fn refused(what: &str, name: &str) -> Option<Refusal> {
    Some(match what {
        "no-such-room" => Refusal::NoSuchRoom { room: room(name) },
        "no-such-user" => Refusal::NoSuchUser { user: user(name) },
        "not-in" => Refusal::NotIn { room: room(name) },
        "already-in" => Refusal::AlreadyIn { room: room(name) },
        "wrong-key" => Refusal::WrongKey { room: room(name) },
        "denied" => {
            let (name, why) = name.split_once(' ').unwrap();
            let why = Denial::of_word(why).unwrap();
            Refusal::Denied {
                room: room(name),
                why,
            }
        }
        "not-there" => Refusal::NotThere {
            room: room("den"),
            user: user(name),
        },
        "there-already" => Refusal::ThereAlready {
            room: room("den"),
            user: user(name),
        },
        "is-offline" => Refusal::Offline { user: user(name) },
        "list-full" => Refusal::ListFull { room: room(name) },
        "key-too-long" => Refusal::KeyTooLong { most: 128 },
        "enough-rooms" => Refusal::InEnoughRooms { most: 100 },
        "too-many-rooms" => Refusal::TooManyRooms { most: 9 },
        "nick-in-use" => Refusal::NickInUse { nick: nick(name) },
        "nick-registered" => Refusal::NickRegistered { nick: nick(name) },
        "certificate-taken" => Refusal::CertificateTaken,
        "in-use" => Refusal::InUse { user: user(name) },
        "logged-in-already" => Refusal::LoggedInAlready { user: user(name) },
        "name-taken" => Refusal::NameTaken { user: user(name) },
        "only-for-accounts" => Refusal::OnlyForAccounts,
        "to-yourself" => Refusal::ToYourself,
        "busy" => Refusal::Busy,
        "wrong-password" => Refusal::WrongPassword,
        "not-an-operator" => Refusal::NoOperator,
        "without-operators" => Refusal::NoOperators,
        "not-delivered" => Refusal::NotDelivered,
        "not-confirmed" => Refusal::NotConfirmed,
        _ => return None,
    })
}
