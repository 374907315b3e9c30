//! Bytes through a conversation of the IRC dialect, before somebody is in and behind that: whatever
//! comes, and whatever the session answers, whole lines are told.
//!
//! The first byte says whether somebody is in, the second one how many of those behind it choose the
//! answers, and the rest is lines.
#![no_main]

#[path = "../../src/dialect/irc/tests/whole.rs"]
mod whole;

use std::sync::Arc;

use bytes::BytesMut;
use conclave::chat::answer::{KeyUse, Known, Listed, Office, Presence, Standing, Topic};
use conclave::chat::event::{Privacy, Timestamp};
use conclave::chat::modes::Flags;
use conclave::chat::profile::Profile;
use conclave::chat::{Answer, Ending, NodeName, Position, Refusal, RoomName, Text, UserName};
use conclave::dialect::Heard;
use conclave::dialect::irc::{Accounts, Conversation, Door, Guests, Identity};
use libfuzzer_sys::fuzz_target;

const LOGIN: [&str; 5] = [
    "CAP REQ :batch labeled-response echo-message message-tags server-time extended-join",
    "CAP END",
    "PASS pw",
    "NICK anna",
    "USER a 0 * a",
];

fuzz_target!(|data: &[u8]| {
    let [is_in, answers, rest @ ..] = data else {
        return;
    };
    let (answers, lines) = rest.split_at(rest.len().min(usize::from(*answers)));
    let mut out = BytesMut::new();
    let mut talk = Conversation::new(identity(), None);
    if is_in % 2 == 1 {
        for line in LOGIN {
            hears(&mut talk, line.as_bytes(), &mut [0, 1].iter(), &mut out);
        }
    }
    let mut answers = answers.iter();
    for line in lines.split(|byte| *byte == b'\n') {
        hears(&mut talk, line, &mut answers, &mut out);
    }
    talk.tell_ending(Ending::Quit, &mut out);
    whole::whole_lines(&out).expect("whole lines are told");
});

fn identity() -> Arc<Identity> {
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

fn hears<'a>(
    talk: &mut Conversation,
    line: &[u8],
    answers: &mut impl Iterator<Item = &'a u8>,
    out: &mut BytesMut,
) {
    talk.hear(line);
    while let Some(heard) = talk.next_heard() {
        match heard {
            Heard::Reply => talk.tell_reply(out),
            Heard::Format(_) => talk.tell_format_set(out),
            Heard::Command(_) => match found(answers.next(), line) {
                Ok(answer) => talk.tell_answer(&answer, out),
                Err(refusal) => talk.tell_refusal(&refusal, out),
            },
            Heard::Prompt(_) | Heard::Refused(_) | Heard::Malformed(_) | Heard::Nothing => {
                panic!("not of this dialect")
            }
        }
    }
}

/// What the session found out; a question to which there is no byte is refused, so that it ends.
fn found(chosen: Option<&u8>, line: &[u8]) -> Result<Answer, Refusal> {
    let user = UserName::new("anna").expect("a name");
    let room = RoomName::new("den").expect("a name");
    let node = NodeName::new("node").expect("a name");
    let token = String::from_utf8_lossy(line).repeat(3);
    let text = Text::new(&token)
        .or_else(|_| Text::new("hi"))
        .expect("something to see");
    let (position, users) = (Position::START, vec![user.clone(); 40]);
    let rooms = vec![room.clone(); 20];
    let at = Some(Timestamp(1_500));
    Ok(match chosen.map_or(u8::MAX, |chosen| chosen % 20) {
        0 => Answer::Proved { user },
        1 => Answer::Welcome { user, room, node },
        2 => Answer::Entered {
            room,
            here: 1,
            key: KeyUse::Fitting,
            position,
        },
        3 => Answer::Left {
            room,
            words: Some(text),
        },
        4 => Answer::Said { position, at },
        5 => Answer::SaidToAway {
            position,
            at,
            to: user,
            text,
        },
        6 => Answer::Topic {
            room,
            topic: Some(Topic { text, set: None }),
            changed: at.map(|at| Standing { position, at }),
        },
        7 => Answer::Members {
            room,
            users,
            ranked: Vec::new(),
            flags: Flags::default(),
            known: Known {
                away: vec![user],
                ..Known::default()
            },
        },
        8 => Answer::Rooms {
            rooms: rooms.into_iter().map(listed).collect(),
        },
        9 => {
            let known = Known::default();
            Answer::Online { users, known }
        }
        10 => {
            let (since, away) = (Timestamp(u64::MAX), Some(text));
            let presence = Presence::Online {
                node,
                since,
                rooms,
                away,
                ranked: Vec::new(),
                office: Office::Operator,
                profile: Profile::default(),
            };
            Answer::WhoIs { user, presence }
        }
        11 => Answer::WhoIs {
            user,
            presence: Presence::Offline,
        },
        12 => Answer::Away { text },
        13 => Answer::Back,
        14 => Answer::Pong { token },
        15 => Answer::PutIn { rooms },
        16 => Answer::Subscribers { users },
        17 => return Err(Refusal::NoSuchRoom { room }),
        18 => return Err(Refusal::NoSuchUser { user }),
        _ => return Err(Refusal::Busy),
    })
}

fn listed(room: RoomName) -> Listed {
    Listed {
        room,
        here: 1,
        topic: None,
        privacy: Privacy::Public,
    }
}
