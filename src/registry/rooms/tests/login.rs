//! A guest who is an account from here on.

use super::*;
use crate::chat::command::Watch;
use crate::messages::Kept;
use crate::registry::behind::{Next, Told};
use crate::registry::past::Past;
use crate::testing::event_at;

const BOB: &str = "~b.1/Bob";

/// On this node the guest is the last of these.
fn here() -> Here {
    let mut here = Here::with(&["alice", "eve", "robert", BOB]);
    here.happens(left("lobby", "eve"));
    here
}

fn logs_in(session: u64) -> Deed {
    Deed::Claimed {
        user: stored("robert/Bob"),
        session: session_id(session),
        was: Some(stored(BOB)),
        rooms: vec![RoomName::lobby()],
    }
}

#[test]
fn members_and_watchers_hear_of_it_and_the_session_is_the_accounts() {
    let mut here = here();
    here.rooms.watch(
        here.conn("eve"),
        Watch::For {
            people: vec![user("Bob")],
        },
    );
    here.happens(left("lobby", "robert"));
    let effects = here.rooms.fold(&arrival(logs_in(3), standing()));
    assert_consistent(&here.rooms);
    let heard = |hearing, by: &[&str], except: Option<&str>| Effect::Heard {
        hearing,
        by: by.iter().map(|name| here.conn(name)).collect(),
        except: except.map(|name| here.conn(name)),
    };
    let ended = Effect::Ended {
        conn: here.conn("robert"),
        hub: seat(2).hub,
        ending: Ending::Replaced,
    };
    let mut effects = effects;
    for effect in &mut effects {
        if let Effect::Heard { by, .. } = effect {
            by.sort();
        }
    }
    assert_eq!(
        effects,
        [
            heard(Hearing::Direct, &["alice", BOB], Some(BOB)),
            heard(Hearing::Watcher, &["eve"], None),
            ended,
        ]
    );
    here.check(room_message("lobby", "alice", "hi"), &[BOB]);
    here.check(room_message("lobby", "robert", "hi"), &["alice"]);
    here.check(whisper("alice", "robert", "hi"), &[BOB]);
}

#[test]
fn a_guest_of_another_node_takes_the_account_away() {
    let mut here = here();
    here.happens(left("lobby", "robert"));
    let effects = here.rooms.fold(&arrival(logs_in(99), Brings::Nothing));
    assert_consistent(&here.rooms);
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::Ended {
            ending: Ending::Replaced,
            ..
        }
    )));
    here.check(whisper("alice", "robert", "hi"), &[]);
}

/// What waited comes first, then what the guest has missed, then what the account has.
#[test]
fn a_guest_who_is_behind_misses_nothing_by_it() {
    let mut here = Here::with(&["alice", BOB]);
    let conn = here.conn(BOB);
    let mut past = Past::keeping(usize::MAX);
    let mut n = 0;
    let mut happens = |rooms: &mut Rooms, past: &mut Past, deed, brings| {
        n += 1;
        let event = Arc::new(event_at(&format!("7-{n}"), deed));
        past.goes_on(event.before());
        let arrival = Arrival { event, brings };
        rooms.fold(&arrival);
        past.push(arrival.event);
    };
    let nothing = || Brings::Nothing;
    let said = |text| room_message("lobby", "alice", text);
    happens(&mut here.rooms, &mut past, said("zero"), nothing());
    here.rooms
        .fall_behind(conn, Missed::After(past.ends()), &past);
    let early = Arc::new(event_at("6-1", whisper("alice", "robert", "early")));
    let late = event_at("7-3", whisper("alice", "robert", "late"));
    happens(&mut here.rooms, &mut past, said("one"), nothing());
    happens(&mut here.rooms, &mut past, late.deed.clone(), nothing());
    let kept = Kept {
        gaps: Vec::new(),
        events: vec![early, Arc::new(late)],
    };
    let brings = Brings::Standing {
        rooms: vec![RoomName::lobby()],
        follows: Vec::new(),
        missed: Missed::Kept(kept.clone()),
    };
    happens(&mut here.rooms, &mut past, logs_in(1), brings);
    here.rooms.fall_behind(conn, Missed::Kept(kept), &past);
    happens(&mut here.rooms, &mut past, said("two"), nothing());
    let mut told = Vec::new();
    loop {
        match here.rooms.next_missed(conn, &past) {
            Some(Next::Tell(Told::Kept(event))) => told.push(format!("kept {}", event.text())),
            Some(Next::Tell(Told::Missed(event, _))) => told.push(event.text().to_owned()),
            Some(Next::Nothing) => {}
            Some(Next::Live) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told, ["kept early", "one", "late", "two"]);
    assert_consistent(&here.rooms);
}
