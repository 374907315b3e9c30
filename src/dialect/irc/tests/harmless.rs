//! Whatever anybody says at the IRC door, and whatever the session finds out: whole lines are told,
//! one answer for each command, and no more than was switched on.

use bytes::BytesMut;
use proptest::prelude::*;

use super::play::{anna, changes, identity, said};
use super::whole::whole_lines;
use crate::chat::answer::{KeyUse, Known, Listed, Office, Presence, Topic};
use crate::chat::event::{Departure, Hearing, Manner, Privacy, Timestamp};
use crate::chat::modes::{Flags, Ranks};
use crate::chat::profile::Profile;
use crate::chat::{
    Answer, Deed, Ending, Event, Extras, Position, Refusal, RoomName, Text, UserName,
};
use crate::dialect::Heard;
use crate::dialect::irc::caps::{Cap, Caps};
use crate::dialect::irc::events;
use crate::dialect::irc::{Accounts, Conversation};
use crate::testing::node;

type Found = Result<Answer, Refusal>;

proptest! {
    #[test]
    fn no_bytes_are_too_much_in_any_stage(
        is_in: bool,
        caps in caps(),
        lines in prop::collection::vec(line(), 0..20),
        found in prop::collection::vec(anything(), 0..40),
    ) {
        let names: Vec<&str> = caps.iter().map(Cap::name).collect();
        let mut talk = if is_in { anna(&names.join(" ")) } else { Conversation::new(identity(), None) };
        let mut found = found.into_iter();
        let mut out = BytesMut::new();
        for line in lines {
            talk.hear(&line);
            goes_on(&mut talk, &mut found, &mut out);
        }
        talk.hear_too_long();
        goes_on(&mut talk, &mut found, &mut out);
        talk.tell_ending(Ending::Quit, &mut out);
        whole_lines(&out).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn each_command_is_answered_once_and_in_its_turn(
        commands in prop::collection::vec(command(), 1..12),
        found in prop::collection::vec(found(), 0..40),
    ) {
        let mut talk = anna("batch labeled-response echo-message message-tags server-time");
        let mut found = found.into_iter();
        let mut out = BytesMut::new();
        for (at, command) in commands.iter().enumerate() {
            talk.hear(format!("@label=n{at} {command}").as_bytes());
            goes_on(&mut talk, &mut found, &mut out);
        }
        let lines = whole_lines(&out).map_err(TestCaseError::fail)?;
        let label = |line: &&str| {
            let tagged = line.strip_prefix("@label=")?;
            tagged.split([' ', ';']).next().map(str::to_owned)
        };
        let labels: Vec<String> = lines.iter().filter_map(label).collect();
        let all: Vec<String> = (0..commands.len()).map(|at| format!("n{at}")).collect();
        prop_assert_eq!(labels, all, "{:#?}", lines);
    }

    #[test]
    fn an_event_shows_what_was_switched_on_and_no_more(
        caps in caps(), deed in deed(), hearing in hearing(), at: u64, n: u64,
    ) {
        let event = Event {
            position: Position { epoch: at, n },
            at: Timestamp(at),
            ..said("den", "hi")
        };
        let event = Event { deed, ..event };
        let mut out = BytesMut::new();
        events::event(caps, &event, hearing, &mut out);
        for line in whole_lines(&out).map_err(TestCaseError::fail)? {
            let (tags, rest) = line.strip_prefix('@').map_or(("", line), |tagged| {
                tagged.split_once(' ').unwrap()
            });
            for tag in tags.split(';').filter(|tag| !tag.is_empty()) {
                let allowed = match tag.split('=').next().unwrap() {
                    "time" => Cap::ServerTime,
                    "account" => Cap::AccountTag,
                    "msgid" | "conclave/post" => Cap::MessageTags,
                    "batch" => Cap::Batch,
                    "draft/multiline-concat" => Cap::Multiline,
                    other => panic!("{other}"),
                };
                prop_assert!(caps.has(allowed), "{line:?}");
            }
            let words: Vec<&str> = rest.split_whitespace().collect();
            prop_assert!(words[1] != "JOIN" || (words.len() == 5) == caps.has(Cap::ExtendedJoin));
            prop_assert!(words[1] != "AWAY" || caps.has(Cap::AwayNotify));
        }
        let mut kept = BytesMut::new();
        events::kept(caps, &event, &mut kept);
        whole_lines(&kept).map_err(TestCaseError::fail)?;
    }
}

/// Does all that was heard; a question to which nothing was found is refused.
fn goes_on(talk: &mut Conversation, found: &mut impl Iterator<Item = Found>, out: &mut BytesMut) {
    while let Some(heard) = talk.next_heard() {
        match heard {
            Heard::Reply => talk.tell_reply(out),
            Heard::Format(_) => talk.tell_format_set(out),
            Heard::Command(_) => match found.next().unwrap_or(Err(Refusal::Busy)) {
                Ok(answer) => talk.tell_answer(&answer, out),
                Err(refusal) => talk.tell_refusal(&refusal, out),
            },
            Heard::Prompt(_) | Heard::Refused(_) | Heard::Malformed(_) | Heard::Nothing => {
                panic!("not of this dialect")
            }
        }
    }
}

fn caps() -> impl Strategy<Value = Caps> {
    let offered: Vec<Cap> = Caps::offered(Accounts::Open).iter().collect();
    let all = offered.len();
    prop::sample::subsequence(offered, 0..=all)
        .prop_map(|caps| caps.into_iter().fold(Caps::default(), Caps::with))
}

/// Colours, escapes, line ends, half of a tag, and much of it.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[\u{0}-\u{1f}:;@=\\\\ ]{1,4}",
        "[a-z ]{0,80}",
        "\u{1}ACTION [a-z]{0,9}\u{1}?",
        (1_usize..1200).prop_map(|many| "\u{e9}".repeat(many)),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = Text> {
    nasty().prop_map(|said| Text::new(&said).unwrap_or_else(|_| Text::new("hi").unwrap()))
}

fn user() -> impl Strategy<Value = UserName> {
    "[A-Za-z0-9][A-Za-z0-9_.-]{4,31}"
        .prop_filter_map("a word of the server's", |name| UserName::new(&name).ok())
}

fn room() -> impl Strategy<Value = RoomName> {
    "(den|[A-Za-z0-9][A-Za-z0-9_.-]{7,63})"
        .prop_filter_map("a word of the server's", |name| RoomName::new(&name).ok())
}

fn hearing() -> impl Strategy<Value = Hearing> {
    prop_oneof![
        Just(Hearing::Direct),
        Just(Hearing::Subscriber),
        Just(Hearing::Witness),
        Just(Hearing::Watcher),
        Just(Hearing::WatcherOfBefore),
        Just(Hearing::Victim),
        Just(Hearing::DirectAndWatcher)
    ]
}

/// A command that is answered, with whatever behind it.
fn command() -> impl Strategy<Value = String> {
    let names: Vec<&str> =
        "ADMIN AWAY HELP INFO INVITE ISON JOIN KICK LINKS LIST LUSERS TIME OPER KILL WALLOPS MONITOR MODE MOTD NAMES NICK \
        NOTICE PART PASS PING PONG PRIVMSG PUBLISH QUIT SUBSCRIBE SUBSCRIBERS SUBSCRIPTIONS TAGMSG \
        TOPIC UNSUBSCRIBE USER USERHOST VERSION WHO WHOIS WHOWAS AUTHENTICATE DANCE"
            .split_whitespace()
            .collect();
    let target = "(#den|#den,#zoo|den|anna,ben|0|\\*|,|#|:)?";
    let rest = "( :?[a-zA-Z0-9#%+,:* ]{0,20})?";
    (prop::sample::select(names), target, rest)
        .prop_map(|(name, target, rest)| format!("{name} {target}{rest}"))
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let login = prop::sample::select(vec![
        "NICK anna",
        "USER a 0 * a",
        "PASS pw",
        "CAP LS 302",
        "CAP REQ :sasl batch labeled-response",
        "CAP END",
        "AUTHENTICATE PLAIN",
        "AUTHENTICATE AGJvYgBwdw==",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        login.prop_map(|line| line.as_bytes().to_vec()),
        command().prop_map(String::into_bytes),
        (command(), nasty()).prop_map(|(line, rest)| format!("{line} {rest}").into_bytes()),
        (nasty(), command()).prop_map(|(tag, line)| format!("@label={tag} {line}").into_bytes()),
    ]
}

/// Whatever the session may find out of itself, too.
fn anything() -> impl Strategy<Value = Found> {
    let rooms = prop::collection::vec(room(), 0..30);
    prop_oneof![
        1 => rooms.prop_map(|rooms| Ok(Answer::PutIn { rooms })),
        20 => found(),
    ]
}

/// Whatever answers a question.
fn found() -> impl Strategy<Value = Found> {
    let refusal = (0..4_u8, room(), user()).prop_map(|(kind, room, user)| match kind {
        0 => Refusal::NoSuchRoom { room },
        1 => Refusal::NotIn { room },
        2 => Refusal::NoSuchUser { user },
        _ => Refusal::NotConfirmed,
    });
    prop_oneof![
        4 => of_rooms().prop_map(Ok),
        4 => of_people().prop_map(Ok),
        2 => refusal.prop_map(Err),
    ]
}

fn of_rooms() -> impl Strategy<Value = Answer> {
    let many = (
        prop::collection::vec(user(), 0..30),
        prop::collection::vec(room(), 0..30),
    );
    let parts = (room(), prop::option::of(text()), any::<u64>());
    (0..7_u8, parts, many).prop_map(|(kind, (room, words, at), (users, rooms))| match kind {
        0 | 1 => Answer::Entered {
            room,
            here: at,
            key: KeyUse::Fitting,
            position: Position { epoch: 7, n: at },
        },
        2 => Answer::Left { room, words },
        3 => Answer::Topic {
            room,
            topic: words.map(|text| Topic { text, set: None }),
            changed: None,
        },
        4 => Answer::Members {
            room,
            known: Known {
                away: users.first().cloned().into_iter().collect(),
                operators: users.last().cloned().into_iter().collect(),
                profiles: Vec::new(),
            },
            users,
            flags: Flags::default(),
            ranked: Vec::new(),
        },
        5 => Answer::Rooms {
            rooms: rooms
                .into_iter()
                .map(|room| Listed {
                    room,
                    here: at,
                    topic: words.clone(),
                    privacy: Privacy::Private,
                })
                .collect(),
        },
        _ => {
            let said = words.map(|words| said("den", words.as_str()).into());
            Answer::History {
                room,
                count: 1,
                messages: said.into_iter().collect(),
            }
        }
    })
}

fn of_people() -> impl Strategy<Value = Answer> {
    let many = (
        prop::collection::vec(user(), 0..30),
        prop::collection::vec(room(), 0..30),
    );
    let parts = (user(), room(), text(), nasty(), any::<u64>());
    (0..11_u8, parts, many).prop_map(|(kind, (user, room, text, token, at), (users, rooms))| {
        let position = Position { epoch: at, n: at };
        let (node, since) = (node("n"), Timestamp(at));
        match kind {
            0 => Answer::Proved { user },
            1 => Answer::Welcome { user, room, node },
            2 => Answer::Said {
                position,
                at: Some(since),
            },
            3 => Answer::SaidToAway {
                position,
                at: Some(since),
                to: user,
                text,
            },
            4 => Answer::Online {
                users,
                known: Known::default(),
            },
            5 => {
                let presence = Presence::Online {
                    node,
                    since,
                    rooms,
                    away: Some(text.clone()),
                    ranked: Vec::new(),
                    profile: Profile {
                        real_name: Some(text),
                        ..Profile::default()
                    },
                    office: Office::Operator,
                };
                Answer::WhoIs { user, presence }
            }
            6 => Answer::WhoIs {
                user,
                presence: Presence::Offline,
            },
            7 => Answer::Away { text },
            8 => Answer::Nicked {
                user: user.clone(),
                was: user,
            },
            9 => Answer::Pong { token },
            _ => Answer::Subscriptions { users },
        }
    })
}

fn of_moderation(kind: u8, room: RoomName, who: (UserName, UserName), words: Text) -> Deed {
    let (user, by) = who;
    match kind {
        9 => Deed::Left {
            room,
            user,
            departure: Departure::Kicked {
                by,
                words: Some(words),
            },
        },
        10 => Deed::ModesChanged {
            room,
            by,
            changes: changes(&format!("+t,-l,+b {user}!x,+o {user},+k")),
        },
        _ => Deed::Invited { room, by, user },
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    let parts = (room(), user(), user(), text());
    (0..12_u8, parts).prop_map(|(kind, (room, user, to, text))| match kind {
        9.. => of_moderation(kind, room, (user, to), text),
        0 => said(room.as_str(), text.as_str()).deed,
        1 => Deed::Whisper {
            to,
            sender: user,
            text,
            manner: Manner::Notice,
            extras: Extras::default(),
            k: 1,
        },
        2 => Deed::Post {
            sender: user,
            text,
            k: 1,
        },
        3 => Deed::Entered {
            room,
            user,
            ranks: Ranks::default(),
            profile: Profile::default(),
            away: None,
        },
        4 => {
            let departure = Departure::Parted { words: Some(text) };
            Deed::Left {
                room,
                user,
                departure,
            }
        }
        5 => Deed::TopicSet {
            room,
            by: user,
            text: Some(text),
        },
        6 => Deed::WentAway {
            user,
            text,
            rooms: vec![room],
        },
        7 => Deed::Nicked {
            user,
            was: to,
            rooms: vec![room],
        },
        _ => Deed::Released {
            rooms: vec![room],
            by: Some(user.clone()),
            words: Some(text),
            user,
        },
    })
}
