//! Who is told that somebody comes and goes, in whatever rooms they are.

use super::*;
use crate::chat::command::Watch;
use crate::registry::behind::{Next, Told};
use crate::registry::past::Past;
use crate::testing::event_at;

fn came(who: &str) -> Deed {
    Deed::Claimed {
        user: user(who),
        session: session_id(9),
        was: None,
        rooms: Vec::new(),
    }
}

fn people(names: &[&str]) -> Vec<UserName> {
    names.iter().copied().map(user).collect()
}

fn for_people(names: &[&str]) -> Watch {
    let people = people(names);
    Watch::For { people }
}

impl Here {
    fn watches(&mut self, name: &str, change: Watch) {
        let conn = self.conn(name);
        self.rooms.watch(conn, change);
    }
}

#[test]
fn who_watches_is_told_of_coming_and_going_and_away() {
    let mut here = Here::with(&["alice", "bob"]);
    here.watches("alice", for_people(&["Dave", "eve"]));
    here.watches("bob", for_people(&["dave"]));
    here.check(came("dave"), &["alice as watcher", "bob as watcher"]);
    here.check(came("frank"), &[]);
    // It came back to a kept place, or somebody replaced it.
    here.check(came("DAVE"), &[]);
    here.watches("bob", Watch::ForNobody);
    here.check(went_away("dave", &["den"]), &["alice as watcher"]);
    here.check(came_back("dave", &["lobby"]), &["alice", "bob"]);
    here.check(
        released("dave", &["lobby"]),
        &["alice", "bob", "alice as watcher"],
    );
    here.check(released("dave", &[]), &[]);
    here.watches(
        "alice",
        Watch::NoMoreFor {
            people: people(&["DAVE"]),
        },
    );
    here.check(came("dave"), &[]);
    here.check(came("eve"), &["alice as watcher"]);
}

#[test]
fn who_was_found_to_be_here_does_not_come_again() {
    let mut here = Here::with(&["alice"]);
    here.watches("alice", for_people(&["dave", "eve"]));
    let found = |names: &[&str]| Watch::Found {
        here: people(names),
    };
    here.watches("alice", found(&["dave"]));
    here.check(came("dave"), &[]);
    // What happened since the store was asked is known better.
    here.check(released("eve", &[]), &["alice as watcher"]);
    here.watches("alice", found(&["eve"]));
    here.check(came("eve"), &["alice as watcher"]);
}

#[test]
fn a_list_ends_with_its_session_and_outlives_a_claim_in_question() {
    let mut here = Here::with(&["alice", "bob"]);
    here.watches("alice", for_people(&["dave"]));
    here.watches("bob", for_people(&["dave"]));
    let (alice, bob) = (here.conn("alice"), here.conn("bob"));
    here.rooms.forget(bob);
    assert!(here.rooms.suspend(alice, Position::START));
    here.check(came("dave"), &[]);
    let again = Deed::Claimed {
        user: user("alice"),
        session: session_id(alice.0),
        was: None,
        rooms: Vec::new(),
    };
    here.rooms.fold(&arrival(again, standing()));
    here.check(released("dave", &[]), &["alice as watcher"]);
    here.rooms.forget(alice);
    here.check(came("dave"), &[]);
    assert!(here.rooms.watching.is_empty());
}

/// Who reads slowly is told from the past, where one event may be for both.
#[test]
fn who_is_behind_is_told_when_it_has_caught_up() {
    let mut here = Here::with(&["alice"]);
    let alice = here.conn("alice");
    here.watches("alice", for_people(&["dave"]));
    let mut past = Past::keeping(100_000);
    here.rooms.fall_behind(alice, Missed::Nothing, &past);
    let missed = [
        ("2-1", came("dave"), Hearing::Watcher),
        ("2-2", went_away("dave", &["den"]), Hearing::Watcher),
        ("2-3", went_away("dave", &["lobby"]), Hearing::Direct),
        (
            "2-4",
            released("dave", &["lobby"]),
            Hearing::DirectAndWatcher,
        ),
    ];
    let events: Vec<_> = missed
        .iter()
        .map(|(at, deed, _)| Arc::new(event_at(at, deed.clone())))
        .collect();
    for event in &events {
        let arrival = Arrival {
            event: event.clone(),
            brings: Brings::Nothing,
        };
        assert_eq!(here.rooms.fold(&arrival), []);
        past.goes_on(event.before());
        past.push(event.clone());
    }
    here.rooms
        .fall_behind(alice, Missed::After(events[0].before()), &past);
    for (event, (_, _, hearing)) in events.iter().zip(&missed) {
        let told = Told::Missed(event.clone(), *hearing);
        assert_eq!(here.rooms.next_missed(alice, &past), Some(Next::Tell(told)));
    }
    assert_eq!(here.rooms.next_missed(alice, &past), Some(Next::Live));
}

#[test]
fn who_has_another_nick_has_come_under_it_and_gone_under_the_one_before() {
    let mut here = Here::with(&["alice", "bob"]);
    let nicked = |name: &str, was: &str| Deed::Nicked {
        user: UserName::stored(name).unwrap(),
        was: UserName::stored(was).unwrap(),
        rooms: Vec::new(),
    };
    here.watches("alice", for_people(&["dave", "al"]));
    here.watches("bob", for_people(&["AL"]));
    here.check(came("dave"), &["alice as watcher"]);
    here.check(
        nicked("dave/Al", "dave"),
        &[
            "alice as watcher of before",
            "alice as watcher",
            "bob as watcher",
        ],
    );
    here.check(nicked("dave/AL", "dave/Al"), &[]);
    let gone = Deed::Released {
        user: UserName::stored("dave/AL").unwrap(),
        rooms: Vec::new(),
        words: None,
        by: None,
    };
    here.check(gone, &["alice as watcher", "bob as watcher"]);
}
