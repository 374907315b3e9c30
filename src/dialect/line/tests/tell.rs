use bytes::BytesMut;

use super::told;
use crate::chat::answer::{KeyUse, Known, Listed, Office, Presence, Topic};
use crate::chat::command::{HelpTopic, Positions};
use crate::chat::event::{Echo, Hearing, Manner, Privacy, Timestamp};
use crate::chat::modes::{Flags, Ranks};
use crate::chat::profile::Profile;
use crate::chat::{Answer, Deed, Extras, Gap, GapSize, Position, Secret, UserName};
use crate::dialect::line::read::{Told, read};
use crate::dialect::{self, Format};
use crate::testing::{
    at, event, left, node, post, released, room, room_message, session_id, text, user, went_away,
    whisper,
};

#[test]
fn messages_are_marked_by_their_first_characters() {
    let said = room_message("den", "alice", "hi");
    check_event(&said, Hearing::Direct, "[den] alice: hi\n");
    check_event(&said, Hearing::Subscriber, "[Sub] [den] alice: hi\n");
    check_event(
        &whisper("alice", "bob", " hi "),
        Hearing::Direct,
        "[PM] alice:  hi \n",
    );
    check_event(
        &post("alice", "news"),
        Hearing::Subscriber,
        "[Sub] alice: news\n",
    );
    let nasty = room_message("den", "alice", "\u{1b}[31mred\u{202e} \u{7}bell");
    check_event(&nasty, Hearing::Direct, "[den] alice: red bell\n");
}

#[test]
fn positions_stand_before_messages_when_they_are_shown() {
    for (deed, hearing, line) in [
        (
            room_message("den", "alice", "hi"),
            Hearing::Direct,
            "[den] alice: hi",
        ),
        (
            room_message("den", "alice", "hi"),
            Hearing::Subscriber,
            "[Sub] [den] alice: hi",
        ),
        (
            whisper("alice", "bob", "hi"),
            Hearing::Direct,
            "[PM] alice: hi",
        ),
        (post("alice", "hi"), Hearing::Subscriber, "[Sub] alice: hi"),
    ] {
        let told = spelled(Positions::Shown, &deed, hearing);
        assert_eq!(told, format!("1763850000-1041 {line}\n"));
    }
}

#[test]
fn comings_and_goings_are_information() {
    let (den, bob) = (room("den"), user("bob"));
    for positions in [Positions::Hidden, Positions::Shown] {
        for (deed, line) in [
            (
                Deed::Entered {
                    room: den.clone(),
                    user: bob.clone(),
                    ranks: Ranks::default(),
                    profile: Profile::default(),
                    away: None,
                },
                "* bob joined den\n",
            ),
            (left("den", "bob"), "* bob left den\n"),
            (
                Deed::Nicked {
                    user: UserName::stored("bob/B").unwrap(),
                    was: bob.clone(),
                    rooms: vec![den.clone()],
                },
                "* bob is now B\n",
            ),
            (
                Deed::TopicSet {
                    room: den.clone(),
                    by: bob.clone(),
                    text: Some(text("cats")),
                },
                "* bob changed the topic of den: cats\n",
            ),
            (
                Deed::TopicSet {
                    room: den.clone(),
                    by: bob.clone(),
                    text: None,
                },
                "* bob took away the topic of den\n",
            ),
        ] {
            assert_eq!(spelled(positions, &deed, Hearing::Direct), line);
        }
    }
}

#[test]
fn what_only_the_node_needs_is_not_shown() {
    let (bob, alice) = (user("bob"), user("alice"));
    for deed in [
        Deed::Epoch { after: at("7-1") },
        Deed::Claimed {
            user: bob.clone(),
            session: session_id(7),
            was: None,
            rooms: Vec::new(),
        },
        released("bob", &["den"]),
        Deed::Followed {
            author: alice.clone(),
            follower: bob.clone(),
        },
        Deed::Unfollowed {
            author: alice,
            follower: bob.clone(),
        },
        went_away("bob", &["den"]),
        Deed::CameBack {
            user: bob,
            rooms: vec![room("den")],
        },
    ] {
        let format = Format::Line {
            positions: Positions::Shown,
        };
        assert_eq!(
            dialect::tell_event(format, &event(deed), Hearing::Direct),
            None
        );
    }
}

#[test]
fn what_was_said_is_confirmed_only_with_its_position() {
    let position = at("1763850000-1041");
    let at = Some(Timestamp(7));
    let said = Answer::Said { position, at };
    let away = Answer::SaidToAway {
        position,
        at,
        to: user("bob"),
        text: text("lunch"),
    };
    assert_eq!(answered(Positions::Hidden, &said), "");
    assert_eq!(answered(Positions::Shown, &said), "* ok 1763850000-1041\n");
    assert_eq!(answered(Positions::Hidden, &away), "* bob is away: lunch\n");
    assert_eq!(
        answered(Positions::Shown, &away),
        "* ok 1763850000-1041\n* bob is away: lunch\n"
    );
}

#[test]
fn who_left_a_room_is_told_so() {
    let left = Answer::Left {
        room: room("den"),
        words: Some(text("tea")),
    };
    check_answers(&[(left, "* You are not in den any more.\n")]);
}

#[test]
fn answers_about_rooms() {
    let den = || room("den");
    let entered = |key| Answer::Entered {
        room: den(),
        here: 3,
        key,
        position: Position::START,
    };
    check_answers(&[
        (
            Answer::Welcome {
                user: user("alice"),
                room: room("lobby"),
                node: node("node-1"),
            },
            "* Welcome alice. You are in lobby on node-1. /help lists the commands.\n",
        ),
        (entered(KeyUse::Fitting), "* You are in den (3 here).\n"),
        (
            entered(KeyUse::Needless),
            "* You are in den (3 here).\n* den is public: the key keeps nobody out.\n",
        ),
    ]);
}

#[test]
fn answers_about_which_rooms_there_are_and_who_is_in_them() {
    let den = || room("den");
    // What it is about is asked for by `/topic`.
    let listed = |room, here| Listed {
        room,
        here,
        topic: Some(text("cats")),
        privacy: Privacy::Public,
    };
    let private = Listed {
        privacy: Privacy::Private,
        ..listed(room("vault"), 2)
    };
    check_answers(&[
        (
            Answer::Rooms {
                rooms: vec![listed(den(), 3), listed(room("lobby"), 1)],
            },
            "* den 3\n* lobby 1\n* 2 rooms\n",
        ),
        (
            Answer::Rooms {
                rooms: vec![listed(den(), 3), private],
            },
            "* den 3\n* 1 room\n",
        ),
        (Answer::Rooms { rooms: vec![] }, "* 0 rooms\n"),
        (
            Answer::Members {
                room: den(),
                users: vec![user("alice"), user("bob")],
                flags: Flags::default(),
                ranked: Vec::new(),
                known: Known::default(),
            },
            "* den: alice, bob (2)\n",
        ),
        (
            Answer::Topic {
                room: den(),
                topic: Some(Topic {
                    text: text("cats"),
                    set: None,
                }),
                changed: None,
            },
            "* topic of den: cats\n",
        ),
        (
            Answer::Topic {
                room: den(),
                topic: None,
                changed: None,
            },
            "* den has no topic.\n",
        ),
    ]);
}

#[test]
fn answers_about_people() {
    let two = || vec![user("alice"), user("bob")];
    check_answers(&[
        (
            Answer::Online {
                users: two(),
                known: Known::default(),
            },
            "* online: alice, bob (2)\n",
        ),
        (
            Answer::Subscriptions {
                users: vec![user("bob")],
            },
            "* subscriptions: bob (1)\n",
        ),
        (
            Answer::Subscriptions { users: vec![] },
            "* subscriptions: (0)\n",
        ),
        (
            Answer::Subscribers { users: two() },
            "* subscribers: alice, bob (2)\n",
        ),
        (
            Answer::Subscribed {
                author: user("bob"),
            },
            "* You subscribe to bob.\n",
        ),
        (
            Answer::Unsubscribed {
                author: user("bob"),
            },
            "* You no longer subscribe to bob.\n",
        ),
        (Answer::NobodySubscribes, "* Nobody subscribes to you.\n"),
        (
            Answer::Away {
                text: text("lunch"),
            },
            "* You are away: lunch\n",
        ),
        (Answer::Back, "* You are back.\n"),
        (
            Answer::SeenAs {
                user: UserName::stored("bob/B").unwrap(),
                was: user("bob"),
            },
            "* You are B now.\n",
        ),
    ]);
}

#[test]
fn what_is_known_about_somebody() {
    let online = Presence::Online {
        node: node("node-1"),
        since: Timestamp(1_795_383_005_678),
        rooms: vec![room("lobby"), room("den")],
        away: Some(text("lunch")),
        ranked: Vec::new(),
        profile: Profile::default(),
        office: Office::None,
    };
    check_answers(&[
        (
            Answer::WhoIs {
                user: user("bob"),
                presence: Presence::Offline,
            },
            "* bob is offline.\n",
        ),
        (
            Answer::WhoIs {
                user: user("bob"),
                presence: online,
            },
            "* bob is online on node-1 since 2026-11-22T21:30:05Z.\n\
             * bob is in lobby, den.\n\
             * bob is away: lunch\n",
        ),
    ]);
}

#[test]
fn answers_about_the_connection() {
    let pong = |token: &str| Answer::Pong {
        token: token.to_owned(),
    };
    let explained = |word: &str| Answer::Help {
        topic: HelpTopic::Command(word.to_owned()),
    };
    check_answers(&[
        (Answer::PasswordChanged, "* Password changed.\n"),
        (
            Answer::Token {
                token: Secret::new("a_-.B9"),
            },
            "* token a_-.B9\n",
        ),
        (pong(""), "* pong\n"),
        (pong("x"), "* pong x\n"),
        (pong(" \u{1b}[2Jx "), "* pong  x \n"),
        (
            explained("SUBS"),
            "* /subscriptions  tells whom you follow\n",
        ),
        (
            explained("foo"),
            "! Unknown command /foo. /help lists the commands.\n",
        ),
    ]);
}

#[test]
fn help_lists_every_command() {
    let all = answered(
        Positions::Hidden,
        &Answer::Help {
            topic: HelpTopic::All,
        },
    );
    for command in [
        "login",
        "register",
        "resume",
        "join",
        "leave",
        "rooms",
        "who",
        "users",
        "msg",
        "subscribe",
        "unsubscribe",
        "subscriptions",
        "subscribers",
        "subscribe_only",
        "history",
        "topic",
        "away",
        "whois",
        "passwd",
        "token",
        "ids",
        "ping",
        "help",
        "quit",
    ] {
        assert!(
            all.contains(&format!("* /{command} ")),
            "{command} in {all}"
        );
    }
    assert!(all.lines().all(|line| line.starts_with("* ")), "{all}");
}

#[test]
fn history_has_its_time_behind_the_position() {
    let messages = vec![
        event(room_message("den", "alice", "hi")),
        event(private("den", "bob", "hello")),
    ];
    let history = Answer::History {
        room: room("den"),
        count: 20,
        messages,
    };
    assert_eq!(
        answered(Positions::Hidden, &history),
        "* history den 20\n\
         2026-11-22T21:30:05Z [den] alice: hi\n\
         2026-11-22T21:30:05Z [den] bob: hello\n\
         * end of history\n"
    );
    assert_eq!(
        answered(Positions::Shown, &history),
        "* history den 20\n\
         1763850000-1041 2026-11-22T21:30:05Z [den] alice: hi\n\
         1763850000-1041 2026-11-22T21:30:05Z [den] bob: hello\n\
         * end of history\n"
    );
}

#[test]
fn what_was_kept_has_its_time_too() {
    for (deed, line) in [
        (whisper("alice", "bob", " hi "), "[PM] alice:  hi "),
        (post("alice", "\u{1b}[31mnews"), "[Sub] alice: news"),
    ] {
        for (positions, before) in [
            (Positions::Hidden, "2026-11-22T21:30:05Z"),
            (Positions::Shown, "1763850000-1041 2026-11-22T21:30:05Z"),
        ] {
            let mut told = BytesMut::new();
            let format = Format::Line { positions };
            dialect::tell_kept(format, &event(deed.clone()), &mut told);
            assert_eq!(told, format!("{before} {line}\n"));
        }
    }
}

#[test]
fn gaps_are_said_with_their_size() {
    let exactly = GapSize::Exactly;
    for (gap, line) in [
        (in_den(exactly(12)), "[gap] 12 messages in den are lost\n"),
        (in_den(exactly(1)), "[gap] 1 message in den is lost\n"),
        (
            in_den(GapSize::Unknown),
            "[gap] some messages in den are lost\n",
        ),
        (
            Gap::Whispers { size: exactly(12) },
            "[gap] 12 private messages are lost\n",
        ),
        (
            Gap::Whispers { size: exactly(1) },
            "[gap] 1 private message is lost\n",
        ),
        (
            Gap::Whispers {
                size: GapSize::Unknown,
            },
            "[gap] some private messages are lost\n",
        ),
        (Gap::Posts, "[gap] some posts are lost\n"),
    ] {
        for positions in [Positions::Hidden, Positions::Shown] {
            let mut told = BytesMut::new();
            dialect::tell_gap(Format::Line { positions }, &gap, &mut told);
            assert_eq!(told, line);
        }
        assert_eq!(read(line.trim_end()), Told::Gap(gap));
    }
}

fn in_den(size: GapSize) -> Gap {
    let room = room("den");
    Gap::Room { room, size }
}

fn check_event(deed: &Deed, hearing: Hearing, line: &str) {
    assert_eq!(spelled(Positions::Hidden, deed, hearing), line);
}

fn check_answers(table: &[(Answer, &str)]) {
    for (answer, lines) in table {
        assert_eq!(answered(Positions::Hidden, answer), *lines);
        assert_eq!(answered(Positions::Shown, answer), *lines);
    }
}

#[test]
fn which_format_holds_is_told() {
    for (positions, expected) in [
        (Positions::Shown, "* Positions are shown.\n"),
        (Positions::Hidden, "* Positions are hidden.\n"),
    ] {
        let telling = told(|talk, out| {
            talk.set_format(Format::Line { positions });
            talk.tell_format_set(out);
        });
        assert_eq!(telling, expected);
    }
}

fn spelled(positions: Positions, deed: &Deed, hearing: Hearing) -> String {
    let format = Format::Line { positions };
    let frame = dialect::tell_event(format, &event(deed.clone()), hearing).unwrap();
    String::from_utf8(frame.to_vec()).unwrap()
}

fn answered(positions: Positions, answer: &Answer) -> String {
    told(|talk, out| {
        talk.begins_with(positions);
        assert_eq!(talk.format(), Format::Line { positions });
        talk.tell_answer(answer, out);
    })
}

fn private(place: &str, sender: &str, said: &str) -> Deed {
    Deed::RoomMessage {
        room: room(place),
        sender: user(sender),
        text: text(said),
        manner: Manner::Notice,
        extras: Extras::default(),
        k: 2,
        privacy: Privacy::Private,
        echo: Echo::IncludeSender,
    }
}
