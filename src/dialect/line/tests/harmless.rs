//! Whatever anybody says by whichever door: whole lines leave, and nothing that drives a terminal.

use bytes::BytesMut;
use proptest::prelude::*;

use crate::chat::answer::{KeyUse, Known, Listed, Office, Presence, Topic};
use crate::chat::command::{HelpTopic, Positions};
use crate::chat::event::{Departure, Echo, Hearing, Manner, Privacy, Timestamp};
use crate::chat::modes::{Flags, Ranks};
use crate::chat::name::NameError;
use crate::chat::profile::Profile;
use crate::chat::{Answer, Deed, Event, Extras, Position, Refusal, RoomName, Text, UserName};
use crate::dialect::line::read::{Audience, Told, read};
use crate::dialect::{self, Dialect, Format, Heard, Malformed};
use crate::testing::{event, node, room_message};

proptest! {
    #[test]
    fn no_bytes_are_too_much_for_the_ear(turns in prop::collection::vec(turn(), 0..20)) {
        let mut talk = Dialect::line();
        for turn in turns {
            match turn {
                Turn::LoggedIn => talk.logged_in(),
                Turn::Refused => drop(talk.login_refused(&Refusal::WrongPassword)),
                Turn::Heard(line) => is_harmless(&told_back(&mut talk, &line))?,
            }
        }
    }

    #[test]
    fn an_event_is_one_whole_line(deed in deed(), at: u64, n: u64, hearing in hearing()) {
        let event = at_any_place(deed, at, n);
        for positions in [Positions::Hidden, Positions::Shown] {
            let told = dialect::tell_event(Format::Line { positions }, &event, hearing).unwrap();
            let told = String::from_utf8(told.to_vec()).unwrap();
            is_harmless(&told)?;
            prop_assert_eq!(told.lines().count(), 1);
        }
    }

    #[test]
    fn an_answer_is_whole_lines(answer in answer(), shown: bool) {
        let mut talk = Dialect::line();
        talk.begins_with(if shown { Positions::Shown } else { Positions::Hidden });
        let mut out = BytesMut::new();
        talk.tell_answer(&answer, &mut out);
        is_harmless(std::str::from_utf8(&out).unwrap())?;
    }

    #[test]
    fn a_word_is_repeated_harmlessly_and_shortened(word in nasty()) {
        let mut talk = Dialect::line();
        let mut out = BytesMut::new();
        let why = NameError::Character;
        talk.tell_refusal(&Refusal::NotAName { word: word.clone(), why }, &mut out);
        talk.tell_malformed(&Malformed::UnknownCommand { word }, &mut out);
        let told = String::from_utf8(out.to_vec()).unwrap();
        is_harmless(&told)?;
        prop_assert_eq!(told.lines().count(), 2);
        prop_assert!(told.len() < 300, "{}", told);
    }

    #[test]
    fn nobody_forges_a_line_of_another_kind(deed in deed(), hearing in hearing()) {
        let told = dialect::tell_event(
            Format::Line { positions: Positions::Hidden },
            &event(deed.clone()),
            hearing,
        );
        let told = String::from_utf8(told.unwrap().to_vec()).unwrap();
        let line = told.trim_end_matches('\n');
        match (read(line), what_it_is(&deed, hearing)) {
            (Told::Message(message), Some((to, sender, text))) => {
                prop_assert_eq!((&message.to, &message.sender), (&to, sender));
                prop_assert_eq!(message.text, text.visible());
            }
            (Told::Message(message), None) => prop_assert!(false, "forged: {message:?}"),
            (_, said) => prop_assert!(said.is_none() && line.starts_with("* "), "{line:?}"),
        }
    }
}

/// What may happen to a conversation.
#[derive(Debug, Clone)]
enum Turn {
    Heard(Vec<u8>),
    LoggedIn,
    Refused,
}

fn turn() -> impl Strategy<Value = Turn> {
    let words =
        "/(login|resume|passwd|token|msg|history|join|ids|topic|ping|help|subs) ?[a-z0-9 .]{0,9}";
    let line = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        words.prop_map(String::into_bytes),
        nasty().prop_map(String::into_bytes),
        nasty().prop_map(|word| format!("/{word}").into_bytes()),
    ];
    prop_oneof![
        8 => line.prop_map(Turn::Heard),
        1 => Just(Turn::LoggedIn),
        1 => Just(Turn::Refused),
    ]
}

/// Hears a line, and spells whatever the node says to that at once.
fn told_back(talk: &mut Dialect, line: &[u8]) -> String {
    let mut out = BytesMut::new();
    talk.hear(line);
    match talk.next_heard().expect("a line is one thing") {
        Heard::Command(_) | Heard::Format(_) | Heard::Reply | Heard::Nothing => {}
        Heard::Prompt(prompt) => talk.tell_prompt(prompt, &mut out),
        Heard::Refused(refusal) => talk.tell_refusal(&refusal, &mut out),
        Heard::Malformed(malformed) => talk.tell_malformed(&malformed, &mut out),
    }
    String::from_utf8(out.to_vec()).unwrap()
}

/// Every line is whole and shows a terminal nothing but characters.
fn is_harmless(told: &str) -> Result<(), TestCaseError> {
    prop_assert!(told.is_empty() || told.ends_with('\n'), "{told:?}");
    for c in told.chars() {
        let controls = c.is_control() && !matches!(c, '\n' | '\t');
        let reorders = matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assert!(!controls && !reorders, "{c:?} in {told:?}");
    }
    Ok(())
}

/// To whom and by whom something was said, where it was said by anybody.
fn what_it_is(deed: &Deed, hearing: Hearing) -> Option<(Audience, &UserName, &Text)> {
    match (deed, hearing) {
        (
            Deed::RoomMessage {
                room, sender, text, ..
            },
            Hearing::Direct,
        ) => Some((Audience::Room(room.clone()), sender, text)),
        (
            Deed::RoomMessage {
                room, sender, text, ..
            },
            Hearing::Subscriber,
        ) => Some((Audience::OtherRoom(room.clone()), sender, text)),
        (Deed::Whisper { sender, text, .. }, _) => Some((Audience::Private, sender, text)),
        (Deed::Post { sender, text, .. }, _) => Some((Audience::Subscribers, sender, text)),
        _ => None,
    }
}

/// Escape sequences, colours, bidi controls, line ends and forged beginnings.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{2028}-\u{202e}\u{2066}-\u{2069}]",
        "\u{1b}[\\[\\]P_^(]?[0-9;]{0,3}[a-z\u{7}]?",
        "\n?(\\[PM\\]|\\[Sub\\]|\\[gap\\]|[*!]) [a-z]{0,3}: ",
        "[a-z ]{0,80}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn said() -> impl Strategy<Value = Text> {
    nasty().prop_map(|said| Text::new(&said).unwrap_or_else(|_| Text::new("hi").unwrap()))
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9][A-Za-z0-9_.-]{0,31}",
        "(pm|PM|sub|Sub|gap|server|history)[a-z.]?",
    ]
    .prop_filter("the server's own words are no names", |name| {
        UserName::new(name).is_ok()
    })
}

fn user() -> impl Strategy<Value = UserName> {
    name().prop_map(|name| UserName::new(&name).unwrap())
}

fn room() -> impl Strategy<Value = RoomName> {
    name().prop_map(|name| RoomName::new(&name).unwrap())
}

fn hearing() -> impl Strategy<Value = Hearing> {
    prop_oneof![Just(Hearing::Direct), Just(Hearing::Subscriber)]
}

/// Everything that a line client is shown.
fn deed() -> impl Strategy<Value = Deed> {
    let parts = (room(), user(), user(), said());
    (parts, 0..6u8).prop_map(|((room, user, to, text), kind)| match kind {
        0 => Deed::RoomMessage {
            room,
            sender: user,
            text,
            manner: Manner::Message,
            extras: Extras::default(),
            k: 1,
            privacy: Privacy::Public,
            echo: Echo::IncludeSender,
        },
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
        4 => Deed::Left {
            room,
            user,
            departure: Departure::Parted { words: Some(text) },
        },
        _ => Deed::TopicSet {
            room,
            by: user,
            text: Some(text),
        },
    })
}

fn at_any_place(deed: Deed, at: u64, n: u64) -> Event {
    Event {
        position: Position { epoch: at, n },
        at: Timestamp(at),
        ..(*event(deed)).clone()
    }
}

fn members(room: RoomName, user: UserName) -> Answer {
    Answer::Members {
        room,
        users: vec![user],
        flags: Flags::default(),
        ranked: Vec::new(),
        known: Known::default(),
    }
}

fn listed(room: RoomName, here: u64, topic: Text) -> Answer {
    let topic = Some(topic);
    Answer::Rooms {
        rooms: vec![Listed {
            room,
            here,
            topic,
            privacy: Privacy::Public,
        }],
    }
}

/// Every answer that repeats what somebody typed.
fn answer() -> impl Strategy<Value = Answer> {
    let parts = (room(), user(), said(), nasty(), any::<u64>());
    (parts, 0..10u8).prop_map(|((room, user, text, token, at), kind)| match kind {
        0 => Answer::SaidToAway {
            position: Position::START,
            at: None,
            to: user,
            text,
        },
        1 => Answer::Topic {
            room,
            topic: Some(Topic { text, set: None }),
            changed: None,
        },
        2 => Answer::Away { text },
        3 => Answer::WhoIs {
            user,
            presence: Presence::Online {
                node: node("node-1"),
                since: Timestamp(at),
                rooms: vec![room],
                away: Some(text),
                ranked: Vec::new(),
                profile: Profile::default(),
                office: Office::None,
            },
        },
        4 => Answer::Pong { token },
        5 => Answer::Help {
            topic: HelpTopic::Command(token),
        },
        6 => Answer::Entered {
            room,
            here: at,
            key: KeyUse::Needless,
            position: Position::START,
        },
        7 => members(room, user),
        8 => listed(room, at, text),
        _ => {
            let said = room_message(room.as_str(), user.as_str(), text.as_str());
            let message = at_any_place(said, at, at);
            Answer::History {
                room,
                count: 1,
                messages: vec![message.into()],
            }
        }
    })
}
