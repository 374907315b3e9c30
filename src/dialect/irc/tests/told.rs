//! What goes with the words of people: notices, the time of an echo, who set a topic, who is away.

use std::sync::Arc;

use super::written;
use crate::chat::answer::{Known, Topic, TopicSet};
use crate::chat::event::{Echo, Hearing, Manner, Privacy, Timestamp};
use crate::chat::modes::Flags;
use crate::chat::{Answer, Command, Deed, Event, Extras, Refusal};
use crate::dialect::Heard;
use crate::dialect::irc::events;
use crate::dialect::irc::{Accounts, Conversation, Door, Guests, Identity};
use crate::testing::{at, event_at, room, room_message, text, user, whisper};

/// Anna's, with these capabilities.
fn conversation(caps: &str) -> Conversation {
    let identity = Identity {
        server: "irc.example".to_owned(),
        network: "Our".to_owned(),
        version: "conclave-0".to_owned(),
        created: "long ago".to_owned(),
        description: "Where people talk".to_owned(),
        guests: Guests::TurnedAway,
        accounts: Accounts::Open,
        door: Door::Open,
    };
    let mut talk = Conversation::new(Arc::new(identity), None);
    talk.comes_in(user("anna"));
    if !caps.is_empty() {
        hears(&mut talk, &format!("CAP REQ :{caps}"));
        written(|out| talk.tell_format_set(out));
    }
    talk
}

/// What a line asks for.
fn hears(talk: &mut Conversation, line: &str) -> Vec<Heard> {
    talk.hear(line.as_bytes());
    std::iter::from_fn(|| talk.next_heard()).collect()
}

fn answered(talk: &mut Conversation, line: &str, answer: &Answer) -> Vec<String> {
    assert_eq!(hears(talk, line).len(), 1, "{line}");
    written(|out| talk.tell_answer(answer, out))
}

fn refused(talk: &mut Conversation, line: &str, refusal: &Refusal) -> Vec<String> {
    assert_eq!(hears(talk, line).len(), 1, "{line}");
    written(|out| talk.tell_refusal(refusal, out))
}

#[test]
fn a_notice_is_heard_as_one() {
    let mut talk = conversation("");
    for (line, manner) in [
        ("PRIVMSG ben :hi", Manner::Message),
        ("notice ben :hi", Manner::Notice),
    ] {
        let (to, text) = (user("ben"), text("hi"));
        let whisper = Command::Whisper {
            to,
            text,
            manner,
            extras: Extras::default(),
        };
        assert_eq!(hears(&mut talk, line), [Heard::Command(whisper)]);
    }
    for line in ["PRIVMSG #den,ben :hi", "NOTICE #den,ben :hi"] {
        let heard = hears(&mut talk, line);
        let manners = heard.iter().map(|heard| match heard {
            Heard::Command(Command::Say { manner, .. } | Command::Whisper { manner, .. }) => {
                *manner
            }
            other => panic!("{other:?}"),
        });
        let manner = if line.starts_with('N') {
            Manner::Notice
        } else {
            Manner::Message
        };
        assert_eq!(manners.collect::<Vec<_>>(), [manner, manner], "{line}");
    }
}

#[test]
fn a_notice_that_cannot_be_is_answered_with_nothing() {
    let mut talk = conversation("");
    for line in [
        "NOTICE",
        "NOTICE ben",
        "NOTICE ben :",
        "NOTICE @ben :hi",
        "NOTICE #a:b :hi",
    ] {
        for heard in hears(&mut talk, line) {
            assert_eq!(heard, Heard::Reply, "{line}");
            let told = written(|out| talk.tell_reply(out));
            assert!(told.is_empty(), "{line}: {told:?}");
        }
    }
    let rest = hears(&mut talk, "NOTICE a,b,c,d,e,f,g,h,i :hi").into_iter();
    for _ in rest.filter(|heard| *heard == Heard::Reply) {
        let told = written(|out| talk.tell_reply(out));
        assert!(told.is_empty(), "{told:?}");
    }
}

#[test]
fn a_notice_is_refused_only_where_nobody_would_know() {
    let (den, ben) = (room("den"), user("ben"));
    for (refusal, message, notice) in [
        (Refusal::NoSuchUser { user: ben }, 1, 0),
        (Refusal::NotIn { room: den }, 1, 0),
        (Refusal::ToYourself, 1, 0),
        (Refusal::NotDelivered, 1, 1),
        (Refusal::NotConfirmed, 1, 1),
        (Refusal::Busy, 1, 1),
    ] {
        let mut talk = conversation("");
        let told = refused(&mut talk, "PRIVMSG ben :hi", &refusal);
        assert_eq!(told.len(), message, "{refusal:?}: {told:?}");
        let told = refused(&mut talk, "NOTICE ben :hi", &refusal);
        assert_eq!(told.len(), notice, "{refusal:?}: {told:?}");
    }
}

#[test]
fn who_is_away_is_told_of_for_a_message_and_not_for_a_notice() {
    let away = Answer::SaidToAway {
        position: at("7-3"),
        at: None,
        to: user("ben"),
        text: text("tea"),
    };
    let mut talk = conversation("");
    let told = answered(&mut talk, "PRIVMSG ben :hi", &away);
    assert_eq!(told, [":irc.example 301 anna ben tea"]);
    assert!(answered(&mut talk, "NOTICE ben :hi", &away).is_empty());
}

#[test]
fn an_echo_is_what_everybody_else_reads() {
    let caps = "echo-message message-tags server-time account-tag";
    for (command, manner) in [("PRIVMSG", Manner::Message), ("NOTICE", Manner::Notice)] {
        for (target, deed) in [
            (
                "#den",
                Deed::RoomMessage {
                    room: room("den"),
                    sender: user("anna"),
                    text: text("hi all"),
                    manner,
                    extras: Extras::default(),
                    k: 1,
                    privacy: Privacy::Public,
                    echo: Echo::ExcludeSender,
                },
            ),
            (
                "ben",
                Deed::Whisper {
                    to: user("ben"),
                    sender: user("anna"),
                    text: text("hi all"),
                    manner,
                    extras: Extras::default(),
                    k: 1,
                },
            ),
        ] {
            let mut talk = conversation(caps);
            let event = Event {
                at: Timestamp(1_763_850_123_456),
                ..event_at("7-3", deed)
            };
            let said = Answer::Said {
                position: event.position,
                at: Some(event.at),
            };
            let line = format!("{command} {target} :hi all");
            let echo = answered(&mut talk, &line, &said);
            let caps = talk.enabled();
            let heard = written(|out| events::event(caps, &event, Hearing::Direct, out));
            assert_eq!(echo, heard);
            assert_eq!(
                echo,
                [format!(
                    "@time=2025-11-22T22:22:03.456Z;account=anna;msgid=7-3 :anna!anna@conclave {line}"
                )]
            );
        }
    }
}

#[test]
fn an_echo_without_a_time_is_told_all_the_same() {
    let mut talk = conversation("echo-message server-time");
    let said = Answer::Said {
        position: at("7-3"),
        at: None,
    };
    let told = answered(&mut talk, "PRIVMSG #den hi", &said);
    assert_eq!(told, [":anna!anna@conclave PRIVMSG #den :hi"]);
}

#[test]
fn notices_are_told_as_notices() {
    let caps = conversation("").enabled();
    let as_notice = |mut deed: Deed| {
        if let Deed::RoomMessage { manner, .. } | Deed::Whisper { manner, .. } = &mut deed {
            *manner = Manner::Notice;
        }
        deed
    };
    for (deed, hearing, line) in [
        (
            room_message("den", "ben", "hi"),
            Hearing::Direct,
            "#den :hi",
        ),
        (whisper("ben", "anna", "hi"), Hearing::Direct, "anna :hi"),
        (
            room_message("den", "ben", "hi"),
            Hearing::Subscriber,
            "* :[Sub] [#den] hi",
        ),
    ] {
        for (command, deed) in [("PRIVMSG", deed.clone()), ("NOTICE", as_notice(deed))] {
            let event = event_at("7-3", deed);
            let told = written(|out| events::event(caps, &event, hearing, out));
            assert_eq!(told, [format!(":ben!ben@conclave {command} {line}")]);
        }
    }
}

#[test]
fn a_topic_is_told_with_who_set_it_and_taken_away() {
    let mut talk = conversation("");
    let set = TopicSet {
        by: user("Ben"),
        at: Timestamp(1_763_850_123_456),
    };
    let about = |topic| Answer::Topic {
        room: room("den"),
        topic,
        changed: None,
    };
    let topic = |set| {
        let text = text("tea at five");
        about(Some(Topic { text, set }))
    };
    let told = answered(&mut talk, "TOPIC #den", &topic(Some(set)));
    let is_about = ":irc.example 332 anna #den :tea at five";
    assert_eq!(
        told,
        [is_about, ":irc.example 333 anna #den Ben 1763850123"]
    );
    assert_eq!(answered(&mut talk, "TOPIC #den", &topic(None)), [is_about]);
    let told = answered(&mut talk, "TOPIC #den", &about(None));
    assert_eq!(told, [":irc.example 331 anna #den :No topic is set"]);

    let taken_away = Command::SetTopic {
        room: crate::chat::command::Where::Room(room("den")),
        text: None,
    };
    assert_eq!(
        hears(&mut talk, "TOPIC #den :"),
        [Heard::Command(taken_away)]
    );
    let told = written(|out| talk.tell_answer(&about(None), out));
    assert_eq!(told, [":anna!anna@conclave TOPIC #den :"]);
    let gone = event_at(
        "7-3",
        Deed::TopicSet {
            room: room("den"),
            by: user("ben"),
            text: None,
        },
    );
    let told = written(|out| events::event(talk.enabled(), &gone, Hearing::Direct, out));
    assert_eq!(told, [":ben!ben@conclave TOPIC #den :"]);
}

#[test]
fn who_is_in_a_room_is_told_with_who_is_away() {
    let mut talk = conversation("");
    let members = Answer::Members {
        room: room("den"),
        users: vec![user("anna"), user("Ben"), user("clara")],
        flags: Flags::default(),
        ranked: Vec::new(),
        known: Known {
            away: vec![user("ben")],
            operators: vec![user("BEN"), user("clara")],
            ..Known::default()
        },
    };
    let told = answered(&mut talk, "WHO #den %nf", &members);
    assert_eq!(
        told,
        [
            ":irc.example 354 anna anna H",
            ":irc.example 354 anna Ben G*",
            ":irc.example 354 anna clara H*",
            ":irc.example 315 anna #den :End of WHO list",
        ]
    );
    let plain = answered(&mut talk, "WHO #den", &members);
    assert!(plain[1].contains(" Ben G* "), "{plain:?}");
    assert!(plain[2].contains(" clara H* "), "{plain:?}");
}
