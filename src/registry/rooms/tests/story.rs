//! Any story at all, with what has to be so after each turn.

use proptest::prelude::*;

use super::*;
use crate::chat::profile::Profile;

proptest! {
    #[test]
    fn the_maps_agree_after_anything(turns in prop::collection::vec(turn(), 0..120)) {
        let mut story = Story::default();
        for turn in turns {
            story.take(turn);
            assert_consistent(&story.rooms);
        }
    }
}

/// What may happen, by small numbers for names.
#[derive(Debug, Clone)]
enum Turn {
    Claim {
        user: u8,
        rooms: Vec<u8>,
        follows: Vec<u8>,
    },
    ClaimElsewhere {
        user: u8,
    },
    Introduce,
    Forget {
        user: u8,
    },
    Release {
        user: u8,
        rooms: Vec<u8>,
    },
    Away {
        user: u8,
        rooms: Vec<u8>,
    },
    Enter {
        room: u8,
        user: u8,
    },
    Leave {
        room: u8,
        user: u8,
    },
    Follow {
        author: u8,
        follower: u8,
    },
    Unfollow {
        author: u8,
        follower: u8,
    },
    Say {
        room: u8,
        sender: u8,
        privacy: Privacy,
        echo: Echo,
    },
    Whisper {
        to: u8,
        sender: u8,
    },
    Post {
        sender: u8,
    },
}

fn turn() -> impl Strategy<Value = Turn> {
    let few = || prop::collection::vec(0..3u8, 0..3);
    let privacy = prop_oneof![Just(Privacy::Public), Just(Privacy::Private)];
    let echo = prop_oneof![Just(Echo::ExcludeSender), Just(Echo::IncludeSender)];
    let (user, room) = (|| 0..4u8, || 0..3u8);
    prop_oneof![
        4 => (user(), few(), few())
            .prop_map(|(user, rooms, follows)| Turn::Claim { user, rooms, follows }),
        1 => user().prop_map(|user| Turn::ClaimElsewhere { user }),
        1 => Just(Turn::Introduce),
        1 => user().prop_map(|user| Turn::Forget { user }),
        1 => (user(), few()).prop_map(|(user, rooms)| Turn::Release { user, rooms }),
        1 => (user(), few()).prop_map(|(user, rooms)| Turn::Away { user, rooms }),
        4 => (room(), user()).prop_map(|(room, user)| Turn::Enter { room, user }),
        2 => (room(), user()).prop_map(|(room, user)| Turn::Leave { room, user }),
        4 => (user(), user()).prop_map(|(author, follower)| Turn::Follow { author, follower }),
        2 => (user(), user()).prop_map(|(author, follower)| Turn::Unfollow { author, follower }),
        6 => (room(), user(), privacy, echo)
            .prop_map(|(room, sender, privacy, echo)| Turn::Say { room, sender, privacy, echo }),
        1 => (user(), user()).prop_map(|(to, sender)| Turn::Whisper { to, sender }),
        2 => user().prop_map(|sender| Turn::Post { sender }),
    ]
}

/// Rooms, and the sessions that were made and forgotten so far.
#[derive(Default)]
struct Story {
    rooms: Rooms,
    sessions: u64,
    forgotten: HashSet<ConnId>,
}

impl Story {
    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Introduce => drop(self.introduce(0)),
            Turn::Forget { user } => {
                if let Some(conn) = self.rooms.conn_of(&person(user)) {
                    self.rooms.forget(conn);
                    self.forgotten.insert(conn);
                }
            }
            Turn::Claim {
                user,
                rooms,
                follows,
            } => {
                let session = session_id(self.introduce(user).0);
                let follows = follows.into_iter().filter(|author| *author != user);
                let brings = Brings::Standing {
                    rooms: rooms.into_iter().map(place).collect(),
                    follows: follows.map(person).collect(),
                    missed: Missed::Nothing,
                };
                self.fold(
                    Deed::Claimed {
                        user: person(user),
                        session,
                        was: None,
                        rooms: Vec::new(),
                    },
                    brings,
                );
            }
            // Nobody follows themselves: the bridge refuses it.
            Turn::Follow { author, follower } if author == follower => {}
            other => {
                if let Some(deed) = deed_of(&other) {
                    self.fold(deed, Brings::Nothing);
                }
            }
        }
    }

    fn introduce(&mut self, user: u8) -> ConnId {
        let conn = ConnId(self.sessions);
        self.sessions += 1;
        self.rooms.introduce(conn, &person(user), seat(conn.0));
        conn
    }

    /// Folds, and looks whether the effects are right by what was so before and after.
    fn fold(&mut self, deed: Deed, brings: Brings) {
        let before = match &deed {
            Deed::Claimed { user, .. } | Deed::Released { user, .. } => self.rooms.conn_of(user),
            _ => None,
        };
        let before = before.filter(|conn| self.rooms.seat(*conn).is_some());
        let effects = self.rooms.fold(&arrival(deed.clone(), brings));
        let mut hearers = HashSet::new();
        for effect in &effects {
            match effect {
                Effect::Heard {
                    hearing,
                    by,
                    except,
                } => {
                    let by: Vec<_> = by.iter().filter(|conn| Some(**conn) != *except).collect();
                    assert!(!by.is_empty(), "nobody hears {deed:?}");
                    for conn in by {
                        assert!(hearers.insert(*conn), "{conn} hears {deed:?} twice");
                        self.may_hear(*conn, &deed, *hearing);
                    }
                }
                Effect::Suspended { conn } | Effect::Ended { conn, .. } => {
                    assert_eq!(Some(*conn), before, "{deed:?}")
                }
                Effect::PutOut { .. } => panic!("nobody is put out"),
                Effect::Probed { .. } | Effect::HolderAlive { .. } => panic!("nobody asks"),
            }
        }
        let ended = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Ended { .. } | Effect::Suspended { .. }));
        assert_eq!(
            ended,
            before.is_some(),
            "a session ends or is suspended when its account is another's or nobody's, and only then"
        );
    }

    fn may_hear(&self, conn: ConnId, deed: &Deed, hearing: Hearing) {
        assert!(
            !self.forgotten.contains(&conn) || self.rooms.seat(conn).is_none(),
            "a forgotten session is addressed"
        );
        if let Deed::Released { user, rooms, .. } | Deed::WentAway { user, rooms, .. } = deed {
            let mut members = rooms.iter().flat_map(|room| self.rooms.members_of(room));
            assert!(
                members.any(|member| member == conn),
                "{deed:?} is overheard"
            );
            assert_ne!(self.rooms.conn_of(user), Some(conn), "{deed:?}");
            assert_eq!(hearing, Hearing::Direct);
        }
        if let Deed::RoomMessage {
            room,
            sender,
            privacy,
            echo,
            ..
        } = deed
        {
            let is_inside = self.rooms.members_of(room).any(|member| member == conn);
            assert_eq!(is_inside, hearing == Hearing::Direct, "{deed:?}");
            assert!(
                is_inside || *privacy == Privacy::Public,
                "a private room is overheard"
            );
            let is_sender = self.rooms.conn_of(sender) == Some(conn);
            assert!(
                !is_sender || *echo == Echo::IncludeSender,
                "an excluded sender hears"
            );
        }
    }
}

fn deed_of(turn: &Turn) -> Option<Deed> {
    let places = |rooms: &[u8]| rooms.iter().copied().map(place).collect();
    Some(match *turn {
        Turn::ClaimElsewhere { user } => Deed::Claimed {
            user: person(user),
            session: session_id(1_000_000),
            was: None,
            rooms: Vec::new(),
        },
        Turn::Release { user, ref rooms } => Deed::Released {
            user: person(user),
            rooms: places(rooms),
            words: None,
            by: None,
        },
        Turn::Away { user, ref rooms } => Deed::WentAway {
            user: person(user),
            text: text("x"),
            rooms: places(rooms),
        },
        Turn::Enter { room, user } => Deed::Entered {
            room: place(room),
            user: person(user),
            ranks: Ranks::default(),
            profile: Profile::default(),
            away: None,
        },
        Turn::Leave { room, user } => left(place(room).as_str(), person(user).as_str()),
        Turn::Follow { author, follower } => Deed::Followed {
            author: person(author),
            follower: person(follower),
        },
        Turn::Unfollow { author, follower } => Deed::Unfollowed {
            author: person(author),
            follower: person(follower),
        },
        Turn::Say {
            room,
            sender,
            privacy,
            echo,
        } => said_in(place(room).as_str(), person(sender).as_str(), privacy, echo),
        Turn::Whisper { to, sender } => whisper(person(sender).as_str(), person(to).as_str(), "x"),
        Turn::Post { sender } => post(person(sender).as_str(), "x"),
        Turn::Introduce | Turn::Claim { .. } | Turn::Forget { .. } => return None,
    })
}

fn person(number: u8) -> UserName {
    user(["alice", "bob", "carol", "dave"][usize::from(number)])
}

fn place(number: u8) -> RoomName {
    room(["lobby", "den", "attic"][usize::from(number)])
}
