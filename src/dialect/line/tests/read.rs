//! What a client makes of lines: the way back of what `tell` spells.

use std::time::Duration;

use super::told;
use crate::chat::answer::{KeyUse, Known, Listed, Topic};
use crate::chat::command::Positions;
use crate::chat::event::{Hearing, Privacy, Timestamp};
use crate::chat::modes::{Flags, Ranks};
use crate::chat::profile::Profile;
use crate::chat::refusal::Throttled;
use crate::chat::{Answer, Deed, Ending, Fate, Position, Refusal, Secret, UserName};
use crate::dialect::line::read::{
    Audience, Message, Placed, Refused, Told, When, placed, read, words,
};
use crate::dialect::{self, Format, Prompt};
use crate::testing::{at, event, left, node, post, room, room_message, text, user, whisper};

#[test]
fn messages_are_told_apart() {
    for (line, to) in [
        ("[den] alice: hi: [x] ", Audience::Room(room("den"))),
        ("[PM] alice: hi: [x] ", Audience::Private),
        ("[Sub] alice: hi: [x] ", Audience::Subscribers),
        (
            "[Sub] [den] alice: hi: [x] ",
            Audience::OtherRoom(room("den")),
        ),
    ] {
        let said = |position, when| {
            Told::Message(Message {
                position,
                when,
                to: to.clone(),
                sender: user("alice"),
                text: "hi: [x] ",
            })
        };
        assert_eq!(read(line), said(None, When::Now));
        let placed = format!("1763850000-1041 {line}");
        assert_eq!(read(&placed), said(Some(at("1763850000-1041")), When::Now));
        let past = When::Past {
            at: Timestamp(1_763_847_005_000),
        };
        let dated = format!("2025-11-22T21:30:05Z {line}");
        assert_eq!(read(&dated), said(None, past));
        let both = format!("1763850000-1041 {dated}");
        assert_eq!(read(&both), said(Some(at("1763850000-1041")), past));
    }
}

#[test]
fn the_place_of_a_message_is_known_without_its_words() {
    let there = Placed::At(at("7-9"));
    for (line, place) in [
        ("7-9 [den] alice: hi", there),
        ("7-9 2025-11-22T21:30:05Z [den] alice: hi", there),
        ("[den] alice: 7-9 hi", Placed::Nowhere),
        ("2025-11-22T21:30:05Z [den] alice: hi", Placed::Nowhere),
        ("[gap] 12 messages in den are lost", Placed::NoMessage),
        ("* ok 7-9", Placed::NoMessage),
    ] {
        assert_eq!(placed(line), place, "{line}");
    }
}

#[test]
fn rooms_and_people_may_be_called_token() {
    for line in [
        "* token 3",
        "* token joined den",
        "* token left den.x",
        "* token: alice (1)",
        "* token is offline.",
        "* token is in a.b.",
    ] {
        assert!(!matches!(read(line), Told::Token { .. }), "{line}");
    }
}

#[test]
fn what_no_node_says_is_unknown() {
    for text in [
        "",
        "hello",
        "*",
        "[den]",
        "[den] alice",
        "[a b] alice: hi",
        "[den] a b: hi",
        "[server] alice: hi",
        "yesterday [den] alice: hi",
        "[gap]",
        "[gap] alice: hi",
        "[gap] twelve messages in den are lost",
        "[gap] 12 messages in den",
        "[gap] 12 messages in a b are lost",
    ] {
        assert_eq!(read(text), Told::Unknown { text });
    }
}

#[test]
fn a_change_of_nick_is_read_as_it_is_told() {
    let renamed = Deed::Nicked {
        user: UserName::stored("bob/[B]").unwrap(),
        was: user("bob"),
        rooms: vec![room("den")],
    };
    let (was, user) = (user("bob"), UserName::called("[B]").unwrap());
    check_event(&renamed, &Told::Renamed { was, user });
}

#[test]
fn events_are_read_as_they_are_told() {
    let (den, bob) = (room("den"), user("bob"));
    let joined = Deed::Entered {
        room: den.clone(),
        user: bob.clone(),
        ranks: Ranks::default(),
        profile: Profile::default(),
        away: None,
    };
    let left = left("den", "bob");
    let topic = Deed::TopicSet {
        room: den.clone(),
        by: bob.clone(),
        text: Some(text("tea: at 5")),
    };
    let no_topic = Deed::TopicSet {
        room: den.clone(),
        by: bob.clone(),
        text: None,
    };
    let (room, user) = (den.clone(), bob.clone());
    check_event(&joined, &Told::Joined { room, user });
    let (room, user) = (den.clone(), bob);
    check_event(&left, &Told::Left { room, user });
    let topic_changed = Told::TopicChanged {
        room: den.clone(),
        topic: Some("tea: at 5"),
    };
    check_event(&topic, &topic_changed);
    let (room, topic) = (den, None);
    check_event(&no_topic, &Told::TopicChanged { room, topic });
    for deed in [
        room_message("den", "alice", "hi"),
        whisper("alice", "bob", "hi"),
        post("alice", "hi"),
    ] {
        let line = spelled(&deed);
        assert!(matches!(read(line.trim_end()), Told::Message(_)), "{line}");
    }
}

#[test]
fn answers_are_read_as_they_are_told() {
    let (den, alice) = (room("den"), user("alice"));
    let welcome = Answer::Welcome {
        user: alice.clone(),
        room: den.clone(),
        node: node("node.1"),
    };
    let (user, room, node) = (alice.clone(), den.clone(), node("node.1"));
    check_answer(&welcome, &[Told::Welcome { user, room, node }]);
    let entered = Answer::Entered {
        room: den.clone(),
        here: 3,
        key: KeyUse::Fitting,
        position: Position::START,
    };
    let room = den.clone();
    check_answer(&entered, &[Told::Entered { room: room.clone() }]);
    let put_in = Answer::PutIn {
        rooms: vec![room.clone()],
    };
    check_answer(&put_in, &[Told::Entered { room }]);
    let rooms = Answer::Rooms {
        rooms: vec![Listed {
            room: den.clone(),
            here: 3,
            topic: None,
            privacy: Privacy::Public,
        }],
    };
    let room = den.clone();
    check_answer(&rooms, &[Told::Room { room, here: 3 }, Told::RoomsEnd]);
    check_answer(&Answer::Rooms { rooms: vec![] }, &[Told::RoomsEnd]);
    let members = |users: &[_]| Answer::Members {
        room: den.clone(),
        users: users.to_vec(),
        flags: Flags::default(),
        ranked: Vec::new(),
        known: Known::default(),
    };
    let people = |users: &[_]| Told::People {
        of: "den",
        users: users.to_vec(),
    };
    let bob = crate::testing::user("bob");
    let both = [alice, bob];
    check_answer(&members(&both), &[people(&both)]);
    check_answer(&members(&[]), &[people(&[])]);
    let position = at("1763850000-1041");
    let at = None;
    check_answer(&Answer::Said { position, at }, &[Told::Said { position }]);
    for token in ["", "a b"] {
        let pong = Answer::Pong {
            token: token.to_owned(),
        };
        check_answer(&pong, &[Told::Pong { token }]);
    }
    check_answer(&Answer::PasswordChanged, &[Told::PasswordChanged]);
    let token = Secret::new("a_-.B9");
    check_answer(&Answer::Token { token }, &[Told::Token { token: "a_-.B9" }]);
}

#[test]
fn what_is_only_for_people_is_a_line_for_them() {
    let text = "You are back.";
    check_answer(&Answer::Back, &[Told::Info { text }]);
}

#[test]
fn topics_and_histories_are_read_as_they_are_told() {
    let den = room("den");
    for topic in [Some("tea: at 5"), None] {
        let answer = Answer::Topic {
            room: den.clone(),
            topic: topic.map(|topic| Topic {
                text: text(topic),
                set: None,
            }),
            changed: None,
        };
        let room = den.clone();
        check_answer(&answer, &[Told::Topic { room, topic }]);
    }
    let history = Answer::History {
        room: den.clone(),
        count: 20,
        messages: vec![event(room_message("den", "alice", "hi"))],
    };
    let told = spelled_answer(&history);
    let read: Vec<_> = told.lines().map(read).collect();
    let [
        Told::HistoryBegins,
        Told::Message(message),
        Told::HistoryEnds,
    ] = &read[..]
    else {
        panic!("{read:?}");
    };
    assert_eq!((&message.to, message.text), (&Audience::Room(den), "hi"));
    assert!(matches!(message.when, When::Past { .. }), "{message:?}");
}

#[test]
fn greetings_and_prompts_are_read_as_they_are_told() {
    let greeting = told(|talk, out| talk.greet("node.1", out));
    let lines: Vec<_> = greeting.lines().map(read).collect();
    let node = node("node.1");
    assert_eq!(lines[0], Told::Greeting { node });
    assert_eq!(lines[2], Told::Prompt(Prompt::Username));
    for prompt in [
        Prompt::Username,
        Prompt::Password,
        Prompt::OldPassword,
        Prompt::NewPassword,
        Prompt::NewPasswordAgain,
    ] {
        let line = told(|talk, out| talk.tell_prompt(prompt, out));
        assert_eq!(read(line.trim_end()), Told::Prompt(prompt));
    }
}

#[test]
fn endings_are_read_as_they_are_told() {
    for ending in [
        Ending::Quit,
        Ending::Duplicate,
        Ending::Replaced,
        Ending::Killed,
        Ending::MessagesLost,
        Ending::Unconfirmed,
        Ending::TooManyFailures,
        Ending::NoLogin {
            within: Duration::from_secs(30),
        },
        Ending::FramingLost { most: 65536 },
        Ending::TooSlow,
        Ending::GoingDown {
            come_back_in: Duration::from_secs(7),
        },
        Ending::Broken,
    ] {
        let line = told(|talk, out| talk.tell_ending(ending, out));
        assert_eq!(read(line.trim_end()), Told::Ended(ending));
        assert_eq!(words(ending), line[2..].trim_end());
    }
}

#[test]
fn refusals_are_told_apart_where_it_matters() {
    for (refusal, refused) in [
        (Refusal::WrongPassword, Refused::WrongPassword),
        (Refusal::WrongToken, Refused::WrongToken),
        (Refusal::NameTaken { user: user("bob") }, Refused::NameTaken),
        (Refusal::RegistrationClosed, Refused::RegistrationClosed),
        (Refusal::Busy, Refused::Busy),
        (
            Refusal::SlowDown {
                what: Throttled::Registrations,
                wait: Duration::from_secs(7),
            },
            Refused::SlowDown {
                wait: Duration::from_secs(7),
            },
        ),
        (Refusal::NotDelivered, Refused::NotDelivered),
        (Refusal::NotConfirmed, Refused::NotConfirmed),
        (
            Refusal::WrongKey { room: room("den") },
            Refused::Other {
                text: "Wrong key for den",
            },
        ),
    ] {
        let line = told(|talk, out| talk.tell_refusal(&refusal, out));
        assert_eq!(read(line.trim_end()), Told::Refused(refused));
    }
}

#[test]
fn what_became_of_a_text_is_read_back() {
    let position = at("1763850000-1041");
    for fate in [
        Fate::Delivered { position },
        Fate::NotDelivered,
        Fate::Unknown,
    ] {
        let line = told(|talk, out| talk.tell_fate(fate, out));
        assert_eq!(read(line.trim_end()), Told::Resolved { fate });
    }
    let joined = read("* delivered joined den");
    assert!(matches!(joined, Told::Joined { .. }), "{joined:?}");
    let members = read("* delivered 3");
    assert!(matches!(members, Told::Room { .. }), "{members:?}");
}

fn check_event(deed: &Deed, read_as: &Told<'_>) {
    assert_eq!(&read(spelled(deed).trim_end()), read_as);
}

fn spelled(deed: &Deed) -> String {
    let positions = Positions::Hidden;
    let told = dialect::tell_event(
        Format::Line { positions },
        &event(deed.clone()),
        Hearing::Direct,
    );
    String::from_utf8(told.unwrap().to_vec()).unwrap()
}

fn check_answer(answer: &Answer, read_as: &[Told<'_>]) {
    let told = spelled_answer(answer);
    let lines: Vec<_> = told.lines().map(read).collect();
    assert_eq!(lines, read_as);
}

fn spelled_answer(answer: &Answer) -> String {
    told(|talk, out| {
        talk.begins_with(Positions::Shown);
        talk.tell_answer(answer, out);
    })
}
