//! Sentences 8 to 11 and 17: whose connection is lost, or whose node goes down, keeps the place.

use std::time::{Duration, Instant};

use super::Subject;
use super::words::{
    away, claim, entered, entered_deed, follow, left_deed, made_by, members, moving, online,
    online_are, parts, position, quit_deed, released_deed, resume, resume_since, room_named, say,
    standing_since, user, went_in, whisper, who, who_is,
};
use super::world::{Caller, World, new_claim};
use crate::chat::answer::Presence;
use crate::chat::origin::Origin;
use crate::chat::{Answer, Deed, Event, Position, RoomName};
use crate::messages::{DuplicateLogin, Outcome, Parting};

/// Short enough to be waited for.
const SHORT: Duration = Duration::from_millis(500);

fn deeds(events: &[std::sync::Arc<Event>]) -> Vec<Deed> {
    events.iter().map(|event| event.deed.clone()).collect()
}

/// Somebody in the den, and somebody who sees them there.
async fn two_in_the_den<S: Subject>(world: &mut World<S>) -> [Caller; 2] {
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    alice.done(moving("lobby", "den")).await;
    bob.done(moving("lobby", "den")).await;
    world.events().await;
    [alice, bob]
}

/// All that somebody can see of alice in the den.
async fn sees_alice(bob: &mut Caller) {
    assert_eq!(
        bob.done(members("den")).await,
        made_by(&["alice"], who("den", &["alice", "bob"]))
    );
    assert_eq!(bob.done(online()).await, online_are(&["alice", "bob"]));
    let Answer::WhoIs { presence, .. } = bob.done(who_is("alice")).await else {
        panic!("no answer")
    };
    let Presence::Online { rooms, .. } = presence else {
        panic!("{presence:?}")
    };
    assert_eq!(rooms, [room_named("den")]);
    position(&bob.done(whisper("alice", "are you there?")).await);
}

async fn keeps_the_place<S: Subject>(parting: Parting) {
    let mut world = World::<S>::new().await;
    let [mut alice, mut bob] = two_in_the_den(&mut world).await;
    alice.parts(parting);
    for request in [
        say("den", "hi"),
        moving("den", "lobby"),
        away("tea"),
        online(),
    ] {
        alice.send_live(request);
        assert!(matches!(alice.outcome().await, Outcome::Void));
    }
    sees_alice(&mut bob).await;
    let events = world.events().await;
    let [Deed::Whisper { .. }] = deeds(&events)[..] else {
        panic!("{events:?}")
    };
}

pub(in crate::bridge) async fn a_lost_connection_keeps_the_place<S: Subject>() {
    keeps_the_place::<S>(Parting::Broken).await;
}

pub(in crate::bridge) async fn a_node_that_goes_down_keeps_the_places<S: Subject>() {
    keeps_the_place::<S>(Parting::Moving).await;
}

pub(in crate::bridge) async fn who_is_lost_over_the_claim_keeps_the_place<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut bob = world.live("bob").await;
    world.account("alice").await;
    world.events().await;
    let alice = world.caller();
    alice.send(claim("alice", DuplicateLogin::Reject));
    alice.send(parts("alice", Parting::Broken));
    let name = user("alice");
    let events = deeds(&world.events().await);
    let [Deed::Claimed { .. }, entered] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(*entered, entered_deed(&RoomName::lobby(), &name));
    assert_eq!(bob.done(online()).await, online_are(&["alice", "bob"]));
    assert_eq!(world.events().await, []);
}

pub(in crate::bridge) async fn behind_the_grace_a_lost_connection_is_released_once<S: Subject>() {
    let mut world = World::<S>::with_grace(SHORT).await;
    let [alice, mut bob] = two_in_the_den(&mut world).await;
    let lost = Instant::now();
    alice.parts(Parting::Broken);
    let events = world.next_events(2).await;
    assert!(lost.elapsed() >= SHORT, "{:?}", lost.elapsed());
    let (den, name) = (room_named("den"), user("alice"));
    assert_eq!(
        deeds(&events),
        [quit_deed(&den, &name), released_deed(&name, &["den"])]
    );
    assert_eq!(bob.done(online()).await, online_are(&["bob"]));
    assert_eq!(
        bob.done(members("den")).await,
        made_by(&[], who("den", &["bob"]))
    );
    // The next one that is over comes later, and finds nothing more of alice.
    bob.parts(Parting::Broken);
    let events = world.next_events(2).await;
    let name = user("bob");
    assert_eq!(
        deeds(&events),
        [quit_deed(&den, &name), released_deed(&name, &["den"])]
    );
    assert_eq!(world.events().await, []);
}

pub(in crate::bridge) async fn a_login_to_a_kept_place_begins_in_the_lobby<S: Subject>() {
    for parting in [Parting::Broken, Parting::Moving] {
        let mut world = World::<S>::new().await;
        let [alice, mut bob] = two_in_the_den(&mut world).await;
        alice.parts(parting);
        assert_eq!(world.events().await, []);
        let mut again = world.caller();
        again.send(claim("alice", DuplicateLogin::Reject));
        let Outcome::Claimed { claim, rooms } = again.outcome().await else {
            panic!("a kept place keeps nobody out")
        };
        assert_eq!(rooms, [RoomName::lobby()]);
        let (name, session) = (user("alice"), again.id.clone());
        let claimed = Deed::Claimed {
            user: name.clone(),
            session,
            was: None,
            rooms: Vec::new(),
        };
        assert_eq!(
            deeds(&world.events().await),
            [
                left_deed(&room_named("den"), &name),
                claimed,
                entered_deed(&RoomName::lobby(), &name)
            ]
        );
        again.claim = Some(claim);
        again.done(say("lobby", "here again")).await;
        assert_eq!(
            bob.done(members("den")).await,
            made_by(&[], who("den", &["bob"]))
        );
        // It lives, and a live session is not disturbed.
        let mut third = world.caller();
        third.send(super::words::claim("alice", DuplicateLogin::Reject));
        assert!(matches!(third.outcome().await, Outcome::Duplicate));
        // Nothing of the session before counts any more.
        alice.parts(Parting::Goodbye { words: None });
        again.done(say("lobby", "still here")).await;
    }
}

pub(in crate::bridge) async fn who_comes_back_to_a_kept_place_finds_everything_as_it_was<
    S: Subject,
>() {
    for parting in [Parting::Broken, Parting::Moving] {
        let mut world = World::<S>::new().await;
        let [mut alice, mut bob] = two_in_the_den(&mut world).await;
        alice.done(follow("bob")).await;
        world.events().await;
        // It has seen nothing since it came in.
        let seen = alice.claim.as_ref().expect("live").fence;
        alice.parts(parting);
        let mut again = world.caller();
        again.send(resume("alice"));
        let Outcome::Claimed { claim, rooms } = again.outcome().await else {
            panic!("not claimed")
        };
        assert_eq!(rooms, [room_named("den")]);
        let arrivals = world.arrivals().await;
        let [claimed] = arrivals.as_slice() else {
            panic!("{arrivals:?}")
        };
        assert_eq!(claimed.event.position, claim.fence);
        assert_eq!(claimed.brings, standing_since(seen, &["den"], &["bob"]));
        again.claim = Some(claim);
        again.done(say("den", "as if nothing had been")).await;
        sees_alice(&mut bob).await;
        alice.send_live(say("den", "too late"));
        assert!(matches!(alice.outcome().await, Outcome::Void));
    }
}

/// A name may have been somebody else's before.
pub(in crate::bridge) async fn who_comes_back_is_told_nothing_of_before_the_first_time<
    S: Subject,
>() {
    let mut world = World::<S>::new().await;
    let mut bob = world.live("bob").await;
    bob.done(say("lobby", "before")).await;
    let alice = world.live("alice").await;
    let first = alice.claim.as_ref().expect("live").fence;
    bob.done(say("lobby", "behind")).await;
    world.events().await;
    let mut again = world.caller();
    again.send(resume_since("alice", Position::START));
    assert!(matches!(again.outcome().await, Outcome::Claimed { .. }));
    let arrivals = world.arrivals().await;
    let brings = standing_since(first, &["lobby"], &[]);
    assert_eq!(arrivals[0].brings, brings);
}

pub(in crate::bridge) async fn who_came_back_is_not_released<S: Subject>() {
    let mut world = World::<S>::with_grace(SHORT).await;
    let [alice, bob] = two_in_the_den(&mut world).await;
    alice.parts(Parting::Broken);
    let mut again = world.caller();
    again.send(resume("alice"));
    let Outcome::Claimed { claim, .. } = again.outcome().await else {
        panic!("not claimed")
    };
    again.claim = Some(claim);
    // Whoever is lost later is let go later, so by then alice would have been.
    bob.parts(Parting::Broken);
    let events = world.next_events(3).await;
    let (den, name) = (room_named("den"), user("bob"));
    assert_eq!(
        deeds(&events)[1..],
        [quit_deed(&den, &name), released_deed(&name, &["den"])]
    );
    assert_eq!(world.events().await, []);
    again.done(say("den", "still here")).await;
}

pub(in crate::bridge) async fn without_a_grace_a_lost_connection_is_released_at_once<S: Subject>() {
    let mut world = World::<S>::with_grace(Duration::ZERO).await;
    let [alice, bob] = two_in_the_den(&mut world).await;
    let den = room_named("den");
    for (caller, name, parting) in [
        (alice, user("alice"), Parting::Broken),
        (bob, user("bob"), Parting::Moving),
    ] {
        caller.parts(parting);
        assert_eq!(
            deeds(&world.events().await),
            [quit_deed(&den, &name), released_deed(&name, &["den"])]
        );
    }
}

/// A run that ends with one connection lost, one on the move and one alive, and the next one.
async fn restarts_with_three<S: Subject>(world: &mut World<S>) {
    for (name, parting) in [
        ("alice", Some(Parting::Broken)),
        ("bob", Some(Parting::Moving)),
        ("carol", None),
    ] {
        let mut caller = world.live(name).await;
        caller.done(moving("lobby", "den")).await;
        if let Some(parting) = parting {
            caller.parts(parting);
        }
    }
    world.restart().await;
}

pub(in crate::bridge) async fn a_start_keeps_the_places_of_the_run_before<S: Subject>() {
    let mut world = World::<S>::new().await;
    restarts_with_three(&mut world).await;
    let mut dan = world.live("dan").await;
    let begun = deeds(&world.events().await);
    let leaves = |deed: &Deed| matches!(deed, Deed::Left { .. } | Deed::Released { .. });
    assert!(!begun.iter().any(leaves), "{begun:?}");
    assert_eq!(
        went_in(&dan.done(moving("lobby", "den")).await),
        entered("den", 4)
    );
    let all = ["alice", "bob", "carol", "dan"];
    assert_eq!(dan.done(online()).await, online_are(&all));
    world.events().await;
    // They keep nobody out, and whoever comes back finds the rooms.
    let mut alice = world.caller();
    alice.send(resume("alice"));
    assert!(
        matches!(alice.outcome().await, Outcome::Claimed { rooms, .. } if rooms == [room_named("den")])
    );
    assert_eq!(world.arrivals().await.len(), 1);
    for name in ["bob", "carol"] {
        let mut again = world.caller();
        again.claim = Some(new_claim(&mut again, name, DuplicateLogin::Reject).await);
        again.done(say("lobby", "here again")).await;
    }
    assert_eq!(
        dan.done(members("den")).await,
        made_by(&["alice"], who("den", &["alice", "dan"]))
    );
}

pub(in crate::bridge) async fn behind_the_grace_the_run_before_is_released_once<S: Subject>() {
    let mut world = World::<S>::with_grace(SHORT).await;
    // Nobody is let go by the run before.
    let mut alice = world.live("alice").await;
    alice.done(moving("lobby", "den")).await;
    let mut bob = world.live("bob").await;
    bob.done(moving("lobby", "den")).await;
    let stopped = Instant::now();
    world.restart().await;
    let mut bob = world.caller();
    bob.claims("bob").await;
    let is_of_alice = |event: &std::sync::Arc<Event>| match &event.deed {
        Deed::Left { user, .. } | Deed::Released { user, .. } => user.as_str() == "alice",
        _ => false,
    };
    let mut let_go = Vec::new();
    while let_go.len() < 2 {
        let_go.extend(world.next_events(1).await.into_iter().filter(is_of_alice));
    }
    assert!(stopped.elapsed() >= SHORT, "{:?}", stopped.elapsed());
    let name = user("alice");
    assert_eq!(
        deeds(&let_go),
        [
            quit_deed(&room_named("den"), &name),
            released_deed(&name, &["den"])
        ]
    );
    assert!(let_go.iter().all(|event| event.origin == Origin::Store));
    bob.done(say("lobby", "still here")).await;
    assert_eq!(bob.done(online()).await, online_are(&["bob"]));
    assert_eq!(world.events().await.len(), 1, "only what bob said");
}
