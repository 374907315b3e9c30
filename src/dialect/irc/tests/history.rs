//! What clients ask about what was said before, and how it is told. `>` is what the peer sends, `*`
//! what the session is asked to do, `<` what the peer is told.

use std::sync::Arc;

use bytes::BytesMut;

use super::written;
use crate::chat::answer::{Standing, Topic};
use crate::chat::event::{Departure, Echo, Hearing, Manner, Privacy, Timestamp};
use crate::chat::history::{Conversation as Of, Mark, Past, Span};
use crate::chat::modes::{List, ModeChange, Ranks, Switch};
use crate::chat::origin::Origin;
use crate::chat::profile::Profile;
use crate::chat::{
    Answer, Command, Deed, Event, Extras, Mask, Position, Refusal, RoomName, Text, UserName,
};
use crate::dialect::Heard;
use crate::dialect::irc::{Accounts, Conversation, Door, Guests, Identity, events};

/// The 4th of January 2019, 14:33:26.123.
const THEN: u64 = 1_546_612_406_123;

fn user(name: &str) -> UserName {
    UserName::new(name).unwrap()
}

fn room(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

/// Alice, who is in with these capabilities.
fn alice(caps: &str) -> Conversation {
    let identity = Identity {
        server: "irc.example".to_owned(),
        network: "Example".to_owned(),
        version: "conclave-1".to_owned(),
        created: "today".to_owned(),
        description: "Where people talk".to_owned(),
        guests: Guests::TurnedAway,
        accounts: Accounts::Open,
        door: Door::Open,
    };
    let mut talk = Conversation::new(Arc::new(identity), None);
    let mut out = BytesMut::new();
    for line in ["PASS alice:secret-word", "NICK alice", "USER a 0 * a"] {
        talk.hear(line.as_bytes());
    }
    let user = user("alice");
    let welcome = Answer::Welcome {
        user: user.clone(),
        room: RoomName::lobby(),
        node: crate::chat::NodeName::new("node-1").unwrap(),
    };
    while let Some(heard) = talk.next_heard() {
        match heard {
            Heard::Command(Command::Prove { .. }) => {
                let user = user.clone();
                talk.tell_answer(&Answer::Proved { user }, &mut out);
            }
            Heard::Command(Command::Claim { .. }) => talk.tell_answer(&welcome, &mut out),
            Heard::Command(_) => talk.tell_refusal(&Refusal::Busy, &mut out),
            _ => talk.tell_reply(&mut out),
        }
    }
    talk.hear(format!("CAP REQ :{caps}").as_bytes());
    while talk.next_heard().is_some() {
        talk.tell_format_set(&mut out);
    }
    talk
}

/// What one line means, and how each of that is answered.
fn asks(
    talk: &mut Conversation,
    line: &str,
    told: impl Fn(&mut Conversation, &Command, &mut BytesMut),
) -> (Vec<Command>, Vec<String>) {
    talk.hear(line.as_bytes());
    let mut asked = Vec::new();
    let heard = written(|out| {
        while let Some(heard) = talk.next_heard() {
            match heard {
                Heard::Command(command) => {
                    told(talk, &command, out);
                    asked.push(command);
                }
                _ => talk.tell_reply(out),
            }
        }
    });
    (asked, heard)
}

fn nothing(talk: &mut Conversation, _: &Command, out: &mut BytesMut) {
    let (room, messages) = (RoomName::lobby(), Vec::new());
    let count = 0;
    talk.tell_answer(
        &Answer::History {
            room,
            count,
            messages,
        },
        out,
    );
}

const ALL: &str = "draft/chathistory batch server-time message-tags labeled-response \
                   standard-replies";

fn said(n: u64, deed: Deed) -> Arc<Event> {
    Arc::new(Event {
        position: Position { epoch: 7, n },
        at: Timestamp(THEN + n),
        origin: Origin::Store,
        deed,
    })
}

fn in_den(n: u64) -> Arc<Event> {
    let deed = Deed::RoomMessage {
        room: room("den"),
        sender: user("bob"),
        text: Text::new("hello").unwrap(),
        manner: Manner::Message,
        extras: Extras::default(),
        k: n,
        privacy: Privacy::Public,
        echo: Echo::ExcludeSender,
    };
    said(n, deed)
}

fn with_bob(span: Span, count: u16) -> Command {
    Command::Dialogue {
        with: user("Bob"),
        past: Past::Words,
        span,
        count,
    }
}

#[test]
fn every_subcommand_is_understood() {
    let at = |n| Mark::Position {
        position: Position { epoch: 7, n },
    };
    let then = Mark::Time {
        at: Timestamp(THEN),
    };
    let time = "timestamp=2019-01-04T14:33:26.123Z";
    for (words, span, count) in [
        ("LATEST #den * 50", Span::Latest, 50),
        ("latest #den msgid=7-1 5", Span::Since { mark: at(1) }, 5),
        (
            "BEFORE #den msgid=7-1 100",
            Span::Before { mark: at(1) },
            100,
        ),
        ("AFTER #den msgid=7-1 101", Span::After { mark: at(1) }, 100),
        (
            "AROUND #den msgid=7-1 99999999999999999999999",
            Span::Around { mark: at(1) },
            100,
        ),
        (
            &format!("BETWEEN #den msgid=7-2 {time} 1"),
            Span::Between {
                from: at(2),
                to: then,
            },
            1,
        ),
        (
            &format!("BEFORE #den {time} 1"),
            Span::Before { mark: then },
            1,
        ),
    ] {
        for (target, in_room) in [("#den", true), ("Bob", false)] {
            let words = words.replace("#den", target);
            let (asked, _) = asks(&mut alice(ALL), &format!("CHATHISTORY {words}"), nothing);
            let expected = if in_room {
                let room = crate::chat::command::Where::Room(room("den"));
                Command::History {
                    room,
                    past: Past::Words,
                    span,
                    count,
                }
            } else {
                with_bob(span, count)
            };
            assert_eq!(asked, [expected], "{words}");
        }
    }
    let line = format!("CHATHISTORY TARGETS {time} timestamp=1970-01-01T00:00:00.000Z 9");
    let (asked, _) = asks(&mut alice(ALL), &line, nothing);
    let (from, to, count) = (Timestamp(THEN), Timestamp(0), 9);
    assert_eq!(asked, [Command::Conversations { from, to, count }]);
}

/// Words that mean nothing, and the error.
const FAULTS: [(&str, &str); 17] = [
    ("", "INVALID_PARAMS * :Insufficient parameters"),
    ("DANCE", "INVALID_PARAMS DANCE :Unknown command"),
    (
        "LATEST #den *",
        "INVALID_PARAMS LATEST :Insufficient parameters",
    ),
    (
        "LATEST #den * 5 5",
        "INVALID_PARAMS LATEST :Too many parameters",
    ),
    (
        "BETWEEN #den msgid=7-1 5",
        "INVALID_PARAMS BETWEEN :Insufficient parameters",
    ),
    ("LATEST #den * 0", "INVALID_PARAMS LATEST 0 :Invalid limit"),
    (
        "LATEST #den * -1",
        "INVALID_PARAMS LATEST -1 :Invalid limit",
    ),
    ("LATEST #den * :", "INVALID_PARAMS LATEST * :Invalid limit"),
    (
        "BEFORE #den * 5",
        "INVALID_PARAMS BEFORE * :A msgid or timestamp is missing",
    ),
    (
        "BEFORE #den msgid=x 5",
        "INVALID_PARAMS BEFORE msgid=x :Invalid msgid",
    ),
    (
        "BEFORE #den id=7-1 5",
        "INVALID_MSGREFTYPE BEFORE #den id=7-1 :Messages are found by msgid and timestamp",
    ),
    (
        "AFTER #den timestamp=2019-02-30T14:33:26.123Z 5",
        "INVALID_PARAMS AFTER timestamp=2019-02-30T14:33:26.123Z :Invalid timestamp",
    ),
    (
        "AFTER #den timestamp=2019-02-03T14:33:26Z 5",
        "INVALID_PARAMS AFTER timestamp=2019-02-03T14:33:26Z :Invalid timestamp",
    ),
    (
        "AFTER #den timestamp=1969-12-31T23:59:59.999Z 5",
        "INVALID_PARAMS AFTER timestamp=1969-12-31T23:59:59.999Z :Invalid timestamp",
    ),
    (
        "TARGETS msgid=7-1 msgid=7-2 5",
        "INVALID_PARAMS TARGETS msgid=7-1 :Invalid timestamp",
    ),
    (
        "LATEST # * 5",
        "INVALID_TARGET LATEST # :Messages could not be retrieved",
    ),
    (
        "LATEST * * 5",
        "INVALID_TARGET LATEST * :Messages could not be retrieved",
    ),
];

#[test]
fn what_means_nothing_fails_with_its_code() {
    let longest = "x".repeat(100);
    let named = &longest[..64];
    let too_long = (
        format!("LATEST {longest} * 5"),
        format!("INVALID_TARGET LATEST {named} :Messages could not be retrieved"),
    );
    let faults = FAULTS.iter().copied();
    for (words, fail) in faults.chain([(&*too_long.0, &*too_long.1)]) {
        let line = format!("CHATHISTORY {words}");
        let (asked, told) = asks(&mut alice(ALL), &line, nothing);
        assert_eq!(asked, [], "{line}");
        assert_eq!(told, [format!(":irc.example FAIL CHATHISTORY {fail}")]);
        // Who understands no such errors is told in words.
        let (_, told) = asks(&mut alice("batch"), &line, nothing);
        let starts = ":irc.example NOTICE alice :CHATHISTORY ";
        assert!(told.len() == 1 && told[0].starts_with(starts), "{told:?}");
    }
}

#[test]
fn who_may_not_or_cannot_be_told_is_told_why() {
    for (refusal, code) in [
        (Refusal::NoSuchRoom { room: room("den") }, "INVALID_TARGET"),
        (Refusal::NoSuchUser { user: user("den") }, "INVALID_TARGET"),
        (Refusal::NotDelivered, "MESSAGE_ERROR"),
        (Refusal::Busy, "MESSAGE_ERROR"),
    ] {
        let refuse = |talk: &mut Conversation, _: &Command, out: &mut BytesMut| {
            talk.tell_refusal(&refusal, out);
        };
        let line = "@label=x CHATHISTORY AFTER #den msgid=7-1 5";
        let (_, told) = asks(&mut alice(ALL), line, refuse);
        let text = "Messages could not be retrieved";
        let fail = format!(":irc.example FAIL CHATHISTORY {code} AFTER #den :{text}");
        assert_eq!(told, [format!("@label=x {fail}")]);
    }
    let refuse = |talk: &mut Conversation, _: &Command, out: &mut BytesMut| {
        talk.tell_refusal(&Refusal::Busy, out);
    };
    let time = "timestamp=2019-01-04T14:33:26.123Z";
    let line = format!("CHATHISTORY TARGETS {time} {time} 5");
    let (_, told) = asks(&mut alice(ALL), &line, refuse);
    let text = "Messages could not be retrieved";
    let fail = format!(":irc.example FAIL CHATHISTORY MESSAGE_ERROR TARGETS :{text}");
    assert_eq!(told, [fail]);
}

#[test]
fn all_that_happened_is_asked_for_where_that_and_ids_are_understood() {
    let pasts = |caps: &str| {
        let (asked, _) = asks(&mut alice(caps), "CHATHISTORY LATEST #den * 5", nothing);
        match &asked[..] {
            [Command::History { past, .. }] => *past,
            other => panic!("{other:?}"),
        }
    };
    for (caps, past) in [
        (ALL, Past::Words),
        ("draft/event-playback batch", Past::Words),
        ("draft/event-playback message-tags", Past::Everything),
    ] {
        assert_eq!(pasts(caps), past, "{caps}");
    }
}

/// How people can have come and gone, and how it is told later.
fn came_and_went() -> Vec<(Deed, &'static str)> {
    let words = || Text::new("see you").ok();
    let left = |departure| Deed::Left {
        room: room("den"),
        user: user("bob"),
        departure,
    };
    let (rooms, by) = (vec![room("den")], user("bob"));
    vec![
        (
            Deed::Entered {
                room: room("den"),
                user: user("bob"),
                ranks: Ranks::of_letters("o"),
                profile: Profile::default(),
                away: Text::new("tea").ok(),
            },
            "JOIN #den bob bob",
        ),
        (
            left(Departure::Parted { words: words() }),
            "PART #den :see you",
        ),
        (
            left(Departure::Kicked { by, words: words() }),
            "KICK #den bob :see you",
        ),
        (
            Deed::Released {
                user: user("bob"),
                rooms,
                words: words(),
                by: None,
            },
            "QUIT :Quit: see you",
        ),
    ]
}

/// What else can have become different, and how it is told later.
fn changed() -> Vec<(Deed, &'static str)> {
    let (room, by) = (room("den"), user("bob"));
    let nicked = Deed::Nicked {
        user: UserName::stored("bob/Rob").unwrap(),
        was: by.clone(),
        rooms: vec![room.clone()],
    };
    let topic = Deed::TopicSet {
        room: room.clone(),
        by: by.clone(),
        text: Text::new("tea").ok(),
    };
    let modes = Deed::ModesChanged {
        room,
        by,
        changes: vec![ModeChange::Unlimited],
    };
    vec![
        (nicked, "NICK Rob"),
        (topic, "TOPIC #den :tea"),
        (modes, "MODE #den -l"),
    ]
}

#[test]
fn what_happened_is_told_at_its_place_with_its_id_and_time() {
    let (deeds, lines): (Vec<_>, Vec<_>) =
        [came_and_went(), changed()].concat().into_iter().unzip();
    let messages: Vec<_> = (1..).zip(deeds).map(|(n, deed)| said(n, deed)).collect();
    let caps = format!("{ALL} extended-join away-notify draft/event-playback");
    let answer = |talk: &mut Conversation, _: &Command, out: &mut BytesMut| {
        let (room, count) = (room("den"), 9);
        let messages = messages.clone();
        talk.tell_answer(
            &Answer::History {
                room,
                count,
                messages,
            },
            out,
        );
    };
    let line = "CHATHISTORY LATEST #den * 9";
    let (_, told) = asks(&mut alice(&caps), line, answer);
    let expected = (1..).zip(lines).map(|(n, line)| {
        format!(
            "@batch=history;time=2019-01-04T14:33:26.{}Z;msgid=7-{n} :bob!bob@conclave {line}",
            123 + n
        )
    });
    assert_eq!(told[1..told.len() - 1], expected.collect::<Vec<_>>());
}

#[test]
fn who_sets_a_topic_is_told_its_id_and_time() {
    let answer = |talk: &mut Conversation, _: &Command, out: &mut BytesMut| {
        let text = Text::new("tea").unwrap();
        let (room, topic) = (room("den"), Some(Topic { text, set: None }));
        let (position, at) = (Position { epoch: 7, n: 1 }, Timestamp(THEN));
        let changed = Some(Standing { position, at });
        talk.tell_answer(
            &Answer::Topic {
                room,
                topic,
                changed,
            },
            out,
        );
    };
    for (caps, tags) in [
        ("server-time message-tags", ""),
        (
            "server-time message-tags draft/event-playback",
            "@time=2019-01-04T14:33:26.123Z;msgid=7-1 ",
        ),
    ] {
        let (_, told) = asks(&mut alice(caps), "TOPIC #den tea", answer);
        assert_eq!(
            told,
            [format!("{tags}:alice!alice@conclave TOPIC #den :tea")]
        );
    }
}

#[test]
fn no_two_lines_of_one_event_have_the_same_id() {
    let changes = (0..9).map(|n| ModeChange::Listed {
        list: List::Bans,
        mask: Mask::new(&format!("{n}{}!*@*", "x".repeat(60))).unwrap(),
        to: Switch::On,
    });
    let deed = Deed::ModesChanged {
        room: room("den"),
        by: user("bob"),
        changes: changes.collect(),
    };
    let (caps, talk) = ("message-tags draft/event-playback", &mut BytesMut::new());
    let format = alice(caps).enabled();
    events::event(format, &said(1, deed), Hearing::Direct, talk);
    let told = String::from_utf8(talk.to_vec()).unwrap();
    assert!(told.lines().count() > 1, "{told}");
    assert!(told.starts_with("@msgid=7-1 "), "{told}");
    assert_eq!(told.matches("msgid").count(), 1, "{told}");
}

#[test]
fn messages_come_in_a_batch_with_their_ids_and_times() {
    let answer = |talk: &mut Conversation, _: &Command, out: &mut BytesMut| {
        let (room, count) = (room("Den"), 5);
        let messages = vec![in_den(1), in_den(2)];
        talk.tell_answer(
            &Answer::History {
                room,
                count,
                messages,
            },
            out,
        );
    };
    let line = "CHATHISTORY LATEST #den * 5";
    let (_, told) = asks(&mut alice(ALL), line, answer);
    assert_eq!(
        told,
        [
            ":irc.example BATCH +history chathistory #den",
            "@batch=history;time=2019-01-04T14:33:26.124Z;msgid=7-1 \
             :bob!bob@conclave PRIVMSG #den :hello",
            "@batch=history;time=2019-01-04T14:33:26.125Z;msgid=7-2 \
             :bob!bob@conclave PRIVMSG #den :hello",
            ":irc.example BATCH -history",
        ]
    );
    // Inside the batch of a label, each batch is opened before it is used.
    let (_, told) = asks(&mut alice(ALL), &format!("@label=x {line}"), answer);
    assert_eq!(
        told[0],
        "@label=x :irc.example BATCH +labelled labeled-response"
    );
    let inner = "@batch=labelled :irc.example BATCH +history chathistory #den";
    assert_eq!(told[1], inner);
    assert!(told[2].starts_with("@batch=history;time="), "{told:?}");
    assert_eq!(told[4], "@batch=labelled :irc.example BATCH -history");
    assert_eq!(told[5], ":irc.example BATCH -labelled");
    // Without batches and tags there are lines, and words for the time.
    let (_, told) = asks(&mut alice("draft/chathistory"), line, answer);
    assert_eq!(told[0], "NOTICE * :Said at 2019-01-04T14:33:26.124Z:");
    assert_eq!(told[1], ":bob!bob@conclave PRIVMSG #den :hello");
    let (_, told) = asks(&mut alice(ALL), line, nothing);
    let empty = [
        ":irc.example BATCH +history chathistory #den",
        ":irc.example BATCH -history",
    ];
    assert_eq!(told, empty);
}

#[test]
fn a_dialogue_is_told_in_both_directions() {
    let whisper = |n, from, to| {
        let deed = Deed::Whisper {
            to: user(to),
            sender: user(from),
            text: Text::new("hi").unwrap(),
            manner: Manner::Message,
            extras: Extras::default(),
            k: 1,
        };
        said(n, deed)
    };
    let answer = |talk: &mut Conversation, _: &Command, out: &mut BytesMut| {
        let with = user("Bob");
        let messages = vec![whisper(1, "Bob", "alice"), whisper(2, "alice", "Bob")];
        talk.tell_answer(&Answer::Dialogue { with, messages }, out);
    };
    let mut talk = alice("draft/chathistory batch message-tags");
    let (_, told) = asks(&mut talk, "CHATHISTORY LATEST bob * 5", answer);
    assert_eq!(
        told,
        [
            ":irc.example BATCH +history chathistory bob",
            "@batch=history;msgid=7-1 :Bob!Bob@conclave PRIVMSG alice :hi",
            "@batch=history;msgid=7-2 :alice!alice@conclave PRIVMSG Bob :hi",
            ":irc.example BATCH -history",
        ]
    );
}

#[test]
fn targets_are_told_with_the_time_of_their_last_message() {
    let answer = |talk: &mut Conversation, _: &Command, out: &mut BytesMut| {
        let of_den = (Of::Room { room: room("den") }, Timestamp(THEN));
        let with_bob = (Of::Person { user: user("bob") }, Timestamp(THEN + 1));
        let latest = vec![of_den, with_bob];
        talk.tell_answer(&Answer::Conversations { latest }, out);
    };
    let time = "timestamp=2019-01-04T14:33:26.123Z";
    let line = format!("CHATHISTORY TARGETS {time} {time} 5");
    let rows = [
        ":irc.example CHATHISTORY TARGETS #den 2019-01-04T14:33:26.123Z",
        ":irc.example CHATHISTORY TARGETS bob 2019-01-04T14:33:26.124Z",
    ];
    let (_, told) = asks(&mut alice(ALL), &line, answer);
    assert_eq!(
        told[0],
        ":irc.example BATCH +history draft/chathistory-targets"
    );
    for (line, row) in told[1..3].iter().zip(rows) {
        assert_eq!(*line, format!("@batch=history {row}"));
    }
    assert_eq!(told[3..], [":irc.example BATCH -history"]);
    let (_, told) = asks(&mut alice("draft/chathistory"), &line, answer);
    assert_eq!(told, rows);
}

#[test]
fn who_can_ask_for_history_is_not_told_it_on_joining() {
    let answer = |talk: &mut Conversation, command: &Command, out: &mut BytesMut| {
        let room = room("den");
        let answer = match command {
            Command::Enter { .. } => Answer::Entered {
                room,
                here: 1,
                key: crate::chat::answer::KeyUse::Fitting,
                position: Position { epoch: 7, n: 9 },
            },
            Command::History { .. } => Answer::History {
                room,
                count: 1,
                messages: vec![in_den(1)],
            },
            _ => return talk.tell_refusal(&Refusal::Busy, out),
        };
        talk.tell_answer(&answer, out);
    };
    for (caps, plays) in [("batch", true), ("batch draft/chathistory", false)] {
        let (asked, told) = asks(&mut alice(caps), "JOIN #den", answer);
        let asks = |command: &Command| matches!(command, Command::History { .. });
        assert_eq!(asked.iter().any(asks), plays, "{caps}");
        let batch = ":irc.example BATCH +history chathistory #den";
        assert_eq!(told.iter().any(|line| line == batch), plays, "{told:?}");
    }
}
