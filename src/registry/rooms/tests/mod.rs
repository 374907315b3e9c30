//! Who hears what, and that both directions of every map agree.

mod login;
mod story;
mod watching;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::*;
use crate::chat::command::Positions;
use crate::chat::modes::Ranks;
use crate::chat::profile::Profile;
use crate::chat::{Event, Extras, UserName};
use crate::messages::Missed;
use crate::testing::{
    event, left, post, released, room, room_message, said_in, session_id, text, user, went_away,
    whisper,
};

#[test]
fn who_is_in_the_room_hears_what_others_say_there() {
    let mut here = Here::with(&["alice", "bob", "carol"]);
    here.happens(left("lobby", "carol"));
    here.check(room_message("lobby", "alice", "hi"), &["bob"]);
    here.check(room_message("lobby", "bob", "hi"), &["alice"]);
    here.check(
        room_message("lobby", "dave", "hi from another node"),
        &["alice", "bob"],
    );
    here.check(room_message("den", "alice", "hi"), &[]);
    let echoed = said_in("lobby", "alice", Privacy::Public, Echo::IncludeSender);
    here.check(echoed, &["alice", "bob"]);
}

#[test]
fn who_enters_or_leaves_is_announced_to_the_others() {
    let mut here = Here::with(&["alice", "bob"]);
    let den = || room("den");
    here.check(
        Deed::Entered {
            room: den(),
            user: user("alice"),
            ranks: Ranks::default(),
            profile: Profile::default(),
            away: None,
        },
        &[],
    );
    here.check(
        Deed::Entered {
            room: den(),
            user: user("bob"),
            ranks: Ranks::default(),
            profile: Profile::default(),
            away: None,
        },
        &["alice"],
    );
    here.check(
        Deed::Entered {
            room: den(),
            user: user("dave"),
            ranks: Ranks::default(),
            profile: Profile::default(),
            away: None,
        },
        &["alice", "bob"],
    );
    let tagged = |to| Deed::Tagged {
        to,
        sender: user("bob"),
        extras: Extras::default(),
    };
    here.check(tagged(Conversation::Room { room: den() }), &["alice"]);
    let alice = user("alice");
    here.check(tagged(Conversation::Person { user: alice }), &["alice"]);
    let topic = Deed::TopicSet {
        room: den(),
        by: user("bob"),
        text: Some(text("cats")),
    };
    here.check(topic, &["alice"]);
    here.check(left("den", "alice"), &["bob"]);
    here.check(left("den", "dave"), &["bob"]);
    here.check(room_message("den", "bob", "anybody?"), &[]);
}

#[test]
fn what_operators_say_to_all_reaches_everybody() {
    let mut here = Here::with(&["alice", "bob"]);
    here.happens(left("lobby", "bob"));
    let said = Deed::Announced {
        by: user("alice"),
        text: text("hi"),
    };
    here.check(said, &["alice", "bob"]);
}

#[test]
fn who_is_put_out_is_told_why_before_it_ends() {
    let mut here = Here::with(&["alice", "bob"]);
    let killed = |who| Deed::Released {
        user: user(who),
        rooms: vec![RoomName::lobby()],
        words: None,
        by: Some(user("eve")),
    };
    here.happens(left("lobby", "alice"));
    let effects = here.rooms.fold(&arrival(killed("alice"), Brings::Nothing));
    let conn = here.conn("alice");
    let told = |hearing, by| Effect::Heard {
        hearing,
        by,
        except: None,
    };
    let ended = Effect::Ended {
        conn,
        hub: HubId(0),
        ending: Ending::Killed,
    };
    let bob = here.conn("bob");
    assert_eq!(
        effects,
        [
            told(Hearing::Victim, vec![conn]),
            ended,
            told(Hearing::Direct, vec![bob])
        ]
    );
    // Its seat is there until it has gone, for what it is told.
    assert!(here.rooms.seat(conn).is_some());
    here.check(killed("dave"), &["bob"]);
}

fn came_back(who: &str, places: &[&str]) -> Deed {
    Deed::CameBack {
        user: user(who),
        rooms: places.iter().copied().map(room).collect(),
    }
}

#[test]
fn who_goes_or_is_away_is_told_once_to_everybody_who_shares_a_room() {
    let mut here = Here::with(&["alice", "bob", "carol"]);
    for name in ["alice", "bob"] {
        here.at(name, |user| Deed::Entered {
            room: room("den"),
            user,
            ranks: Ranks::default(),
            profile: Profile::default(),
            away: None,
        });
    }
    // Carol is only in the lobby, bob also in the den.
    let both = ["lobby", "den"];
    here.check(went_away("alice", &both), &["bob", "carol"]);
    here.check(came_back("alice", &["den"]), &["bob"]);
    here.check(came_back("alice", &[]), &[]);
    let nicked = Deed::Nicked {
        user: UserName::stored("alice/Al").unwrap(),
        was: user("alice"),
        rooms: vec![room("lobby"), room("den")],
    };
    here.check(nicked, &["bob", "carol"]);
    here.check(went_away("dave", &["den", "attic"]), &["alice", "bob"]);
    let alice = here.conn("alice");
    here.rooms.forget(alice);
    here.happens(left("lobby", "alice"));
    here.happens(left("den", "alice"));
    here.check(released("alice", &both), &["bob", "carol"]);
    here.check(released("dave", &both), &["bob", "carol"]);
}

fn kicked(place: &str, who: &str, by: &str) -> Deed {
    Deed::Left {
        room: room(place),
        user: user(who),
        departure: Departure::Kicked {
            by: user(by),
            words: None,
        },
    }
}

#[test]
fn who_is_put_out_hears_it_and_then_nothing_of_the_room() {
    let mut here = Here::with(&["alice", "bob", "carol"]);
    let bob = here.conn("bob");
    let effects = here
        .rooms
        .fold(&arrival(kicked("lobby", "bob", "alice"), Brings::Nothing));
    let out = Effect::PutOut {
        conn: bob,
        room: room("lobby"),
    };
    assert_eq!(effects.last(), Some(&out));
    here.check(room_message("lobby", "alice", "he is gone"), &["carol"]);
    // Who put them out, and who was put out, may be on other nodes; and one may put out oneself.
    here.check(kicked("lobby", "carol", "dave"), &["alice", "carol"]);
    here.check(kicked("lobby", "dave", "alice"), &[]);
    here.check(kicked("lobby", "alice", "alice"), &[]);
}

#[test]
fn what_changes_is_heard_by_the_others_and_an_invitation_by_two_kinds_of_people() {
    let mut here = Here::with(&["alice", "bob"]);
    here.at("carol", |user| left("lobby", user.as_str()));
    let changed = Deed::ModesChanged {
        room: room("lobby"),
        by: user("alice"),
        changes: Vec::new(),
    };
    here.check(changed, &["bob"]);
    let invited = |who: &str| Deed::Invited {
        room: room("lobby"),
        by: user("alice"),
        user: user(who),
    };
    here.check(invited("dave"), &["bob as witness"]);
    here.check(left("lobby", "bob"), &["alice"]);
    here.check(invited("bob"), &["bob"]);
}

#[test]
fn a_whisper_reaches_one_person() {
    let mut here = Here::with(&["alice", "bob"]);
    here.check(whisper("alice", "BOB", "psst"), &["bob"]);
    here.check(whisper("dave", "alice", "psst"), &["alice"]);
    here.check(whisper("alice", "dave", "psst"), &[]);
}

#[test]
fn subscribers_hear_what_is_public_wherever_they_are() {
    let mut here = Here::with(&["alice", "bob", "carol"]);
    for name in ["bob", "carol"] {
        here.at(name, |follower| Deed::Followed {
            author: user("alice"),
            follower,
        });
    }
    here.check(
        post("alice", "news"),
        &["bob as subscriber", "carol as subscriber"],
    );
    here.check(post("bob", "news"), &[]);
    here.at("alice", |user| Deed::Entered {
        room: room("den"),
        user,
        ranks: Ranks::default(),
        profile: Profile::default(),
        away: None,
    });
    here.at("bob", |user| Deed::Entered {
        room: room("den"),
        user,
        ranks: Ranks::default(),
        profile: Profile::default(),
        away: None,
    });
    here.check(
        room_message("den", "alice", "hi"),
        &["bob", "carol as subscriber"],
    );
    let private = said_in("den", "alice", Privacy::Private, Echo::ExcludeSender);
    here.check(private, &["bob"]);
    here.at("carol", |follower| Deed::Unfollowed {
        author: user("alice"),
        follower,
    });
    here.check(room_message("den", "alice", "hi"), &["bob"]);
    here.check(post("alice", "news"), &["bob as subscriber"]);
}

#[test]
fn a_claim_brings_rooms_and_follows() {
    let mut here = Here::with(&["alice"]);
    here.names.push("bob");
    here.rooms.introduce(ConnId(1), &user("bob"), seat(1));
    let brings = Brings::Standing {
        rooms: vec![room("den"), room("lobby")],
        follows: vec![user("alice")],
        missed: Missed::Nothing,
    };
    let claimed = Deed::Claimed {
        user: user("bob"),
        session: session_id(1),
        was: None,
        rooms: Vec::new(),
    };
    assert_eq!(here.rooms.fold(&arrival(claimed, brings)), []);
    assert_consistent(&here.rooms);
    here.check(room_message("den", "dave", "hi"), &["bob"]);
    here.check(room_message("lobby", "alice", "hi"), &["bob"]);
    here.check(post("alice", "news"), &["bob as subscriber"]);
}

#[test]
fn an_older_session_ends_at_the_next_claim_wherever_that_is() {
    for brings in [Brings::Nothing, standing()] {
        let mut here = Here::with(&["alice", "bob"]);
        let old = here.conn("alice");
        here.rooms.introduce(ConnId(9), &user("alice"), seat(9));
        let claimed = Deed::Claimed {
            user: user("ALICE"),
            session: session_id(9),
            was: None,
            rooms: Vec::new(),
        };
        let ended = Effect::Ended {
            conn: old,
            hub: seat(old.0).hub,
            ending: Ending::Replaced,
        };
        assert_eq!(here.rooms.fold(&arrival(claimed, brings.clone())), [ended]);
        assert_consistent(&here.rooms);
        assert_eq!(here.rooms.seat(old), None);
        let still_here = here.rooms.conn_of(&user("alice"));
        assert_eq!(still_here, (brings != Brings::Nothing).then_some(ConnId(9)));
    }
}

#[test]
fn who_is_asked_whether_it_lives_and_who_waits_for_that() {
    let mut here = Here::with(&["alice"]);
    here.rooms.introduce(ConnId(8), &user("alice"), seat(8));
    here.rooms.introduce(ConnId(9), &user("bob"), seat(9));
    let session = session_id(0);
    let probed = |session| Deed::Probed {
        user: user("Alice"),
        session,
    };
    let mut fold = |deed| here.rooms.fold(&arrival(deed, Brings::Nothing));
    let (conn, waits) = (ConnId(0), ConnId(8));
    assert_eq!(fold(probed(session.clone())), [Effect::Probed { conn }]);
    assert_eq!(fold(probed(session_id(5))), [], "that one is elsewhere");
    let alive = Deed::Alive {
        user: user("alice"),
        session,
    };
    let told = [Effect::HolderAlive { conn: waits }];
    assert_eq!(fold(alive.clone()), told);
    here.rooms.forget(waits);
    assert_eq!(here.rooms.fold(&arrival(alive, Brings::Nothing)), []);
}

#[test]
fn who_is_released_hears_nothing_more() {
    let mut here = Here::with(&["alice", "bob"]);
    here.at("bob", |follower| Deed::Followed {
        author: user("alice"),
        follower,
    });
    let bob = here.conn("bob");
    here.rooms.forget(bob);
    here.happens(released("bob", &[]));
    here.check(room_message("lobby", "alice", "hi"), &[]);
    here.check(post("alice", "news"), &[]);
    here.check(whisper("alice", "bob", "psst"), &[]);
    here.check(released("bob", &[]), &[]);
}

#[test]
fn who_is_released_by_somebody_else_is_not_left_in_silence() {
    let mut here = Here::with(&["alice", "bob"]);
    let conn = here.conn("bob");
    let released = released("bob", &[]);
    assert_eq!(
        here.rooms.fold(&arrival(released, Brings::Nothing)),
        [Effect::Suspended { conn }]
    );
    assert_consistent(&here.rooms);
    here.check(room_message("lobby", "alice", "hi"), &[]);
}

#[test]
fn who_is_suspended_hears_nothing_before_it_has_claimed_again() {
    let mut here = Here::with(&["alice", "bob"]);
    let folded = event(post("x", "x")).position;
    here.rooms.introduce(ConnId(9), &user("carol"), seat(9));
    let (alice, bob) = (here.conn("alice"), here.conn("bob"));
    let mut all = here.rooms.live_or_suspended();
    all.sort();
    assert_eq!(all, [alice, bob], "who only wants to be somebody is not");
    assert!(here.rooms.suspend(bob, folded));
    assert!(here.rooms.suspend(bob, folded), "told once more");
    assert!(!here.rooms.suspend(ConnId(9), folded));
    assert_consistent(&here.rooms);
    here.check(room_message("lobby", "alice", "hi"), &[]);
    here.check(whisper("alice", "bob", "psst"), &[]);
    let claimed = Deed::Claimed {
        user: user("bob"),
        session: session_id(bob.0),
        was: None,
        rooms: Vec::new(),
    };
    let standing = Brings::Standing {
        rooms: vec![room("lobby")],
        follows: Vec::new(),
        missed: Missed::SinceSuspended,
    };
    let again = arrival(claimed, standing);
    assert_eq!(here.rooms.fold(&again), []);
    here.check(room_message("lobby", "alice", "hi"), &["bob"]);
    assert_eq!(here.rooms.fold(&again), [], "nobody replaces itself");
    here.check(room_message("lobby", "alice", "hi"), &["bob"]);
    here.rooms.suspend(bob, folded);
    here.rooms.forget(bob);
    assert!(!here.rooms.suspend(bob, folded), "it is gone");
    assert_consistent(&here.rooms);
}

#[test]
fn nobody_is_addressed_who_is_forgotten() {
    let mut here = Here::with(&["alice", "bob", "carol"]);
    here.at("bob", |follower| Deed::Followed {
        author: user("alice"),
        follower,
    });
    here.rooms.forget(here.conn("bob"));
    assert_consistent(&here.rooms);
    here.check(room_message("lobby", "alice", "hi"), &["carol"]);
    here.check(post("alice", "news"), &[]);
    here.check(whisper("alice", "bob", "psst"), &[]);
    let elsewhere = Deed::Claimed {
        user: user("bob"),
        session: session_id(9),
        was: None,
        rooms: Vec::new(),
    };
    assert_eq!(here.rooms.fold(&arrival(elsewhere, Brings::Nothing)), []);
}

#[test]
fn who_is_gone_before_its_claim_arrives_gets_no_account() {
    let mut rooms = Rooms::default();
    rooms.introduce(ConnId(1), &user("bob"), seat(1));
    rooms.forget(ConnId(1));
    let claimed = Deed::Claimed {
        user: user("alice"),
        session: session_id(1),
        was: None,
        rooms: Vec::new(),
    };
    assert_eq!(rooms.fold(&arrival(claimed, standing())), []);
    assert!(rooms.users.is_empty() && rooms.members.is_empty());
}

#[test]
fn a_format_is_kept_with_the_seat() {
    let mut here = Here::with(&["alice"]);
    let shown = Format::Line {
        positions: Positions::Shown,
    };
    assert_eq!(here.rooms.set_format(ConnId(0), shown), Some(HubId(0)));
    assert_eq!(here.rooms.seat(ConnId(0)).unwrap().format, shown);
    assert_eq!(here.rooms.set_format(ConnId(7), shown), None);
}

#[test]
fn what_is_for_nobody_here_has_no_effect() {
    let mut here = Here::with(&["alice"]);
    for deed in [
        Deed::Epoch {
            after: crate::testing::at("7-1"),
        },
        Deed::Claimed {
            user: user("dave"),
            session: session_id(70),
            was: None,
            rooms: Vec::new(),
        },
        released("dave", &["den"]),
        Deed::Entered {
            room: room("den"),
            user: user("dave"),
            ranks: Ranks::default(),
            profile: Profile::default(),
            away: None,
        },
        left("den", "dave"),
        room_message("den", "dave", "hi"),
        room_message("lobby", "alice", "hi"),
        whisper("alice", "dave", "hi"),
        post("dave", "hi"),
        Deed::Followed {
            author: user("alice"),
            follower: user("dave"),
        },
        Deed::Unfollowed {
            author: user("alice"),
            follower: user("dave"),
        },
        Deed::TopicSet {
            room: room("den"),
            by: user("dave"),
            text: Some(text("cats")),
        },
        went_away("dave", &["den"]),
        came_back("dave", &["den"]),
    ] {
        here.check(deed, &[]);
    }
}

/// Both directions of every map say the same, and nothing empty is kept.
fn assert_consistent(rooms: &Rooms) {
    let mut conns = HashSet::new();
    for (user, local) in &rooms.users {
        assert!(conns.insert(local.conn), "{user} shares a session");
        for room in local.view.rooms() {
            assert!(
                rooms.members[room].conns.contains(&local.conn),
                "{user} is not in {room}"
            );
        }
        for author in local.view.follows() {
            assert!(
                rooms.followers[author].contains(&local.conn),
                "{user}, {author}"
            );
        }
    }
    let local_of = |conn: &ConnId| {
        rooms
            .users
            .values()
            .find(|local| local.conn == *conn)
            .unwrap()
    };
    for (room, members) in &rooms.members {
        assert!(!members.conns.is_empty(), "{room} is kept for nobody");
        assert!(
            members
                .conns
                .iter()
                .all(|conn| local_of(conn).view.rooms().any(|its| its == room)),
            "{room}"
        );
    }
    for (author, followers) in &rooms.followers {
        assert!(!followers.is_empty(), "{author} is kept for nobody");
        assert!(
            followers
                .iter()
                .all(|conn| local_of(conn).view.follows().any(|its| its == author)),
            "{author}"
        );
    }
}

/// Some people whose live sessions are on this node, numbered in their order, all in the lobby.
struct Here {
    rooms: Rooms,
    names: Vec<&'static str>,
}

impl Here {
    fn with(names: &[&'static str]) -> Self {
        let mut rooms = Rooms::default();
        for (conn, name) in (0..).zip(names) {
            rooms.introduce(ConnId(conn), &stored(name), seat(conn));
            let claimed = Deed::Claimed {
                user: stored(name),
                session: session_id(conn),
                was: None,
                rooms: Vec::new(),
            };
            assert_eq!(rooms.fold(&arrival(claimed, standing())), []);
        }
        assert_consistent(&rooms);
        let names = names.to_vec();
        Self { rooms, names }
    }

    fn conn(&self, name: &str) -> ConnId {
        let found = (0..).zip(&self.names).find(|(_, known)| **known == name);
        ConnId(found.unwrap().0)
    }

    /// Something happens that is not looked at.
    fn at(&mut self, name: &str, deed: impl FnOnce(UserName) -> Deed) {
        self.happens(deed(user(name)));
    }

    fn happens(&mut self, deed: Deed) {
        self.rooms.fold(&arrival(deed, Brings::Nothing));
        assert_consistent(&self.rooms);
    }

    /// Something happens, and these are addressed.
    #[track_caller]
    fn check(&mut self, deed: Deed, heard_by: &[&str]) {
        let mut addressed = BTreeSet::new();
        for effect in self.rooms.fold(&arrival(deed.clone(), Brings::Nothing)) {
            let Effect::Heard {
                hearing,
                by,
                except,
            } = effect
            else {
                assert!(
                    matches!(effect, Effect::PutOut { .. }),
                    "{deed:?}: {effect:?}"
                );
                continue;
            };
            for conn in by
                .into_iter()
                .filter(|conn| Some(*conn) != except && self.rooms.seat(*conn).is_some())
            {
                let name = self.names[usize::try_from(conn.0).unwrap()];
                let heard = match hearing {
                    Hearing::Direct => name.to_owned(),
                    Hearing::Subscriber => format!("{name} as subscriber"),
                    Hearing::Witness => format!("{name} as witness"),
                    Hearing::Watcher => format!("{name} as watcher"),
                    Hearing::WatcherOfBefore => format!("{name} as watcher of before"),
                    Hearing::Victim => format!("{name} as victim"),
                    Hearing::DirectAndWatcher => format!("{name} as both"),
                };
                assert!(addressed.insert(heard), "{name} hears {deed:?} twice");
            }
        }
        assert_consistent(&self.rooms);
        assert_eq!(
            addressed,
            heard_by.iter().map(ToString::to_string).collect(),
            "{deed:?}"
        );
    }
}

/// Somebody, perhaps a guest.
fn stored(name: &str) -> UserName {
    UserName::stored(name).unwrap()
}

fn arrival(deed: Deed, brings: Brings) -> Arrival {
    let event: Arc<Event> = event(deed);
    Arrival { event, brings }
}

/// A claim of somebody who follows nobody yet: the room is entered with it.
fn standing() -> Brings {
    Brings::Standing {
        rooms: vec![RoomName::lobby()],
        follows: Vec::new(),
        missed: Missed::Nothing,
    }
}

fn seat(conn: u64) -> Seat {
    let hub = HubId(usize::try_from(conn % 2).unwrap());
    let format = Format::Line {
        positions: Positions::Hidden,
    };
    Seat { hub, format }
}
