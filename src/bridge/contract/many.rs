//! Sentences 9, 11 and 13: several rooms at once.

use std::sync::Arc;

use super::words::{
    already_in, away, back, claim, claim_nowhere, entered, entered_deed, entering, entering_too,
    leaving, left_deed, members, moving, no_room, not_in, online, parted_deed, parts, position,
    quit_deed, release, resume, room_named, rooms_named, say, text, user, went_in, who,
};
use super::world::{Caller, World};
use super::{ROOMS, Subject};
use crate::chat::limits::ROOMS_PER_SESSION;
use crate::chat::modes::{Rank, Ranks};
use crate::chat::profile::Profile;
use crate::chat::{Answer, Deed, Event, Refusal, RoomName};
use crate::messages::{Brings, DuplicateLogin, FirstRoom, Outcome, Parting};

fn deeds(events: &[Arc<Event>]) -> Vec<Deed> {
    events.iter().map(|event| event.deed.clone()).collect()
}

/// Somebody in the lobby, the den and the attic.
async fn in_three_rooms<S: Subject>(world: &mut World<S>, name: &str) -> Caller {
    let mut caller = world.live(name).await;
    for room in ["den", "attic"] {
        caller.done(entering_too(room)).await;
    }
    world.events().await;
    caller
}

/// Takes the answer to a claim; the rooms that it tells.
async fn claimed(caller: &mut Caller) -> Vec<RoomName> {
    match caller.outcome().await {
        Outcome::Claimed { claim, rooms } => {
            caller.claim = Some(claim);
            rooms
        }
        other => panic!("{other:?}"),
    }
}

pub(in crate::bridge) async fn rooms_are_entered_and_left_one_by_one<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    assert_eq!(
        went_in(&alice.done(entering_too("Den")).await),
        entered("Den", 1)
    );
    world.events().await;
    for room in ["lobby", "den"] {
        position(&alice.done(say(room, "in both")).await);
    }
    alice.send_live(entering_too("DEN"));
    assert_eq!(alice.refused().await, already_in("Den"));
    let said = world.events().await;
    let places = said.iter().filter_map(|event| match &event.deed {
        Deed::RoomMessage { room, .. } => Some(room.clone()),
        _ => None,
    });
    assert_eq!(places.collect::<Vec<_>>(), rooms_named(&["lobby", "den"]));
    let left = Answer::Left {
        room: room_named("lobby"),
        words: Some(text("\"tea\"")),
    };
    let parted = parted_deed(&RoomName::lobby(), &user("alice"), Some("\"tea\""));
    assert_eq!(alice.done(leaving("lobby", Some("\"tea\""))).await, left);
    assert_eq!(deeds(&world.events().await), [parted]);
    for request in [leaving("lobby", None), say("lobby", "too late")] {
        alice.send_live(request);
        assert_eq!(alice.refused().await, not_in("lobby"));
    }
    position(&alice.done(say("den", "still here")).await);
    // In none at all one is still somebody, and what nobody is in vanishes.
    alice.done(entering_too("attic")).await;
    alice.done(leaving("attic", None)).await;
    alice.done(leaving("den", None)).await;
    alice.send_live(members("attic"));
    assert_eq!(alice.refused().await, no_room("attic"));
    alice.done(online()).await;
    alice.send_live(moving("den", "attic"));
    assert_eq!(alice.refused().await, not_in("den"));
    assert_eq!(
        went_in(&alice.done(entering_too("den")).await),
        entered("Den", 1)
    );
}

pub(in crate::bridge) async fn a_login_leaves_all_rooms_and_begins_where_its_door_says<
    S: Subject,
>() {
    let mut world = World::<S>::new().await;
    let mut alice = in_three_rooms(&mut world, "alice").await;
    let name = user("alice");
    let to_the_lobby = || claim("alice", DuplicateLogin::Replace);
    let nowhere = || claim_nowhere("alice", DuplicateLogin::Replace);
    for (question, leaves, rooms) in [
        (to_the_lobby(), &["den", "attic"][..], &["lobby"][..]),
        (nowhere(), &["lobby"], &[]),
        (nowhere(), &[], &[]),
    ] {
        let mut new = world.caller();
        new.send(question);
        assert_eq!(claimed(&mut new).await, rooms_named(rooms));
        let mut deeds = deeds(&world.events().await);
        let last = deeds.pop();
        assert!(matches!(last, Some(Deed::Claimed { .. })), "{last:?}");
        let left = leaves
            .iter()
            .map(|room| left_deed(&room_named(room), &name));
        assert_eq!(deeds, left.collect::<Vec<_>>());
        alice.send_live(say("den", "too late"));
        assert!(matches!(alice.outcome().await, Outcome::Void));
        alice = new;
    }
    alice.done(entering_too("lobby")).await;
    let in_the_lobby = alice.done(members("lobby")).await;
    assert_eq!(in_the_lobby, who("lobby", &["alice"]));
}

pub(in crate::bridge) async fn who_comes_back_keeps_all_its_rooms<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = in_three_rooms(&mut world, "alice").await;
    let all = rooms_named(&["lobby", "den", "attic"]);
    let nowhere = FirstRoom::Nowhere;
    let again = alice.claims_again("alice", &["den"], nowhere).await;
    assert_eq!(again.expect("hers"), all);
    alice.parts(Parting::Broken);
    let mut back = world.caller();
    back.send(resume("alice"));
    assert_eq!(claimed(&mut back).await, all);
    let arrivals = world.arrivals().await;
    assert_eq!(arrivals.len(), 2);
    for arrival in arrivals {
        let Brings::Standing { rooms, .. } = arrival.brings else {
            panic!("{arrival:?}")
        };
        assert_eq!(rooms, all);
    }
    for room in ["lobby", "den", "attic"] {
        position(&back.done(say(room, "as if nothing had been")).await);
    }
    // The one entered last is the last one.
    back.done(leaving("attic", None)).await;
    back.done(moving("lobby", "cellar")).await;
    let again = back.claims_again("alice", &[], nowhere).await;
    assert_eq!(again.expect("hers"), rooms_named(&["den", "cellar"]));
}

pub(in crate::bridge) async fn who_was_let_go_claims_again_into_all_rooms_that_are_open<
    S: Subject,
>() {
    let mut world = World::<S>::new().await;
    let mut bob = in_three_rooms(&mut world, "bob").await;
    bob.done(entering("lobby", "vault", "secret")).await;
    let mut alice = world.live("alice").await;
    let many = ["attic", "vault", "DEN", "Attic", "none"];
    let closed = ["vault", "none"];
    for (wanted, begins, rooms) in [
        (&many[..], FirstRoom::Nowhere, &["attic", "den"][..]),
        (&closed, FirstRoom::Nowhere, &[]),
        (&closed, FirstRoom::Lobby, &["lobby"]),
    ] {
        alice.send(release("alice"));
        world.events().await;
        let found = alice.claims_again("alice", wanted, begins).await;
        assert_eq!(found.expect("free"), rooms_named(rooms), "{wanted:?}");
        let deeds = deeds(&world.events().await);
        let name = user("alice");
        let entered = rooms
            .iter()
            .map(|room| entered_deed(&room_named(room), &name));
        assert_eq!(deeds[1..], entered.collect::<Vec<_>>());
        for room in rooms {
            position(&alice.done(say(room, "here")).await);
        }
    }
}

pub(in crate::bridge) async fn a_release_says_its_words_and_names_all_rooms<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.account("alice").await;
    let (name, rooms) = (user("alice"), rooms_named(&["den", "attic"]));
    for words in [None, Some(text("\"gone\" fishing"))] {
        let mut alice = world.caller();
        alice.send(claim_nowhere("alice", DuplicateLogin::Reject));
        claimed(&mut alice).await;
        for room in ["den", "attic"] {
            alice.done(entering_too(room)).await;
        }
        world.events().await;
        let parting = Parting::Goodbye {
            words: words.clone(),
        };
        alice.send(parts("alice", parting));
        let mut expected: Vec<_> = rooms.iter().map(|room| quit_deed(room, &name)).collect();
        expected.push(Deed::Released {
            user: name.clone(),
            rooms: rooms.clone(),
            words,
            by: None,
        });
        assert_eq!(deeds(&world.events().await), expected);
    }
}

pub(in crate::bridge) async fn who_is_away_names_all_rooms<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = in_three_rooms(&mut world, "alice").await;
    for request in [
        away("tea"),
        leaving("den", None),
        back(),
        leaving("lobby", None),
        leaving("attic", None),
        away("\"nowhere\" \\ \u{2}\u{e9}"),
        entering_too("den"),
    ] {
        alice.done(request).await;
    }
    let name = user("alice");
    let went = |said: &str, rooms: &[&str]| Deed::WentAway {
        user: name.clone(),
        text: text(said),
        rooms: rooms_named(rooms),
    };
    let left = |room: &str| left_deed(&room_named(room), &name);
    let came = Deed::CameBack {
        user: name.clone(),
        rooms: rooms_named(&["lobby", "attic"]),
    };
    assert_eq!(
        deeds(&world.events().await),
        [
            went("tea", &["lobby", "den", "attic"]),
            left("den"),
            came,
            left("lobby"),
            left("attic"),
            went("\"nowhere\" \\ \u{2}\u{e9}", &[]),
            // Who comes in away is shown so.
            Deed::Entered {
                room: room_named("den"),
                user: name.clone(),
                ranks: Ranks::default().with(Rank::Operator),
                profile: Profile::default(),
                away: Some(text("\"nowhere\" \\ \u{2}\u{e9}")),
            },
        ]
    );
}

pub(in crate::bridge) async fn one_is_in_a_bounded_number_of_rooms<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let most = ROOMS_PER_SESSION;
    assert!(ROOMS > most as u64, "there may be more rooms than that");
    for n in 1..most {
        alice.done(entering_too(&format!("r{n}"))).await;
    }
    for (asked, refusal) in [
        (entering_too("one-more"), Refusal::InEnoughRooms { most }),
        (entering_too("r7"), already_in("r7")),
    ] {
        alice.send_live(asked);
        assert_eq!(alice.refused().await, refusal);
    }
    // One for another is none more.
    alice.done(moving("r7", "one-more")).await;
    alice.done(leaving("lobby", None)).await;
    alice.done(entering_too("r7")).await;
    world.events().await;
    alice.send(release("alice"));
    let events = world.events().await;
    assert_eq!(events.len(), most + 1);
    assert_eq!(events[most].rooms().len(), most);
}
