//! Sentences 8 to 12: claims.

use super::Subject;
use super::words::{
    away, claim, claimed_events, entered_deed, entering_too, follow, following, history, leaving,
    left_deed, members, moving, nick, online, online_are, quit_deed, release, released_deed,
    room_named, say, standing, unfollow, user, who_is,
};
use super::world::{Caller, Fold, Random, World, new_claim};
use crate::chat::answer::Presence;
use crate::chat::{Answer, Deed, Refusal, RoomName};
use crate::messages::{DuplicateLogin, Outcome};

pub(in crate::bridge) async fn of_a_hundred_claims_one_wins<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.account("alice").await;
    let mut callers: Vec<_> = (0..100).map(|_| world.caller()).collect();
    for caller in &callers {
        caller.send(claim("alice", DuplicateLogin::Reject));
    }
    let mut winners = Vec::new();
    for caller in &mut callers {
        match caller.outcome().await {
            Outcome::Claimed { claim, .. } => winners.push((caller.id.clone(), claim)),
            Outcome::Duplicate => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    let (session, claim) = winners.remove(0);
    assert_eq!(session, callers[0].id, "the first one");
    let claimed = claimed_events(&world.events().await);
    assert_eq!(claimed, [(claim.fence, session)]);
    let winner = &mut callers[0];
    winner.claim = Some(claim);
    winner.done(say("lobby", "not disturbed")).await;
}

pub(in crate::bridge) async fn a_claim_settles_the_rooms_around_its_event<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut old = world.live("Alice").await;
    world.account("bob").await;
    old.done(follow("bob")).await;
    old.done(away("tea")).await;
    old.done(moving("lobby", "Den")).await;
    world.events().await;
    let mut new = world.caller();
    new.send(claim("Alice", DuplicateLogin::Reject));
    assert!(matches!(new.outcome().await, Outcome::Duplicate));
    assert_eq!(world.events().await, []);
    new.send(claim("Alice", DuplicateLogin::Replace));
    let Outcome::Claimed { claim, rooms } = new.outcome().await else {
        panic!("not claimed")
    };
    assert_eq!(rooms, [RoomName::lobby()]);
    let arrivals = world.arrivals().await;
    let [left, claimed, entered] = arrivals.as_slice() else {
        panic!("{arrivals:?}")
    };
    let (den, lobby, alice) = (room_named("den"), RoomName::lobby(), user("alice"));
    let (user_name, session) = (alice.clone(), new.id.clone());
    assert_eq!(left.event.deed, left_deed(&den, &alice));
    assert_eq!(
        claimed.event.deed,
        Deed::Claimed {
            user: user_name,
            session,
            was: None,
            rooms: Vec::new()
        }
    );
    assert_eq!(claimed.event.position, claim.fence);
    assert_eq!(claimed.brings, standing(&[], &["bob"]));
    assert_eq!(entered.event.deed, entered_deed(&lobby, &alice));
    new.claim = Some(claim);
    let Answer::WhoIs { presence, .. } = new.done(who_is("alice")).await else {
        panic!("no answer")
    };
    let Presence::Online { away: None, .. } = presence else {
        panic!("{presence:?}")
    };
}

pub(in crate::bridge) async fn a_claim_in_the_lobby_stays_there<S: Subject>() {
    let mut world = World::<S>::new().await;
    let _old = world.live("alice").await;
    world.events().await;
    let new = world.caller();
    new.send(claim("alice", DuplicateLogin::Replace));
    let arrivals = world.arrivals().await;
    assert_eq!(arrivals.len(), 1);
    assert_eq!(arrivals[0].brings, standing(&["lobby"], &[]));
}

pub(in crate::bridge) async fn a_void_claim_is_told_so_and_changes_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut old = world.live("alice").await;
    world.account("bob").await;
    let mut new = world.caller();
    new.claim = Some(new_claim(&mut new, "alice", DuplicateLogin::Replace).await);
    world.events().await;
    for request in [
        say("lobby", "hi"),
        moving("lobby", "den"),
        follow("bob"),
        away("tea"),
        online(),
        history("lobby", 1),
    ] {
        old.send_live(request);
        assert!(matches!(old.outcome().await, Outcome::Void));
    }
    old.send(release("alice"));
    // Another session cannot use the right fence either.
    old.claim = new.claim.clone();
    old.send_live(say("lobby", "hi"));
    assert!(matches!(old.outcome().await, Outcome::Void));
    assert_eq!(world.events().await, []);
    new.done(say("lobby", "still here")).await;
}

pub(in crate::bridge) async fn a_release_leaves_every_room_first<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    alice.done(moving("lobby", "den")).await;
    world.events().await;
    alice.send(release("alice"));
    let deeds: Vec<_> = world
        .events()
        .await
        .into_iter()
        .map(|event| event.deed.clone())
        .collect();
    let name = user("alice");
    assert_eq!(
        deeds,
        [
            quit_deed(&room_named("den"), &name),
            released_deed(&name, &["den"])
        ]
    );
    alice.send_live(say("den", "hi"));
    assert!(matches!(alice.outcome().await, Outcome::Void));
    let mut bob = world.live("bob").await;
    assert_eq!(bob.done(online()).await, online_are(&["bob"]));
}

pub(in crate::bridge) async fn a_fold_over_the_arrivals_equals_the_store<S: Subject>() {
    for seed in 1..=4 {
        random_history::<S>(seed).await;
    }
}

const NAMES: [&str; 4] = ["Ann", "ben", "Cat", "dan"];
/// Some are the names of somebody else.
const NICKS: [&str; 4] = ["Ann", "BEN", "Al", "[al]"];
const PLACES: [&str; 4] = ["lobby", "red", "Green", "blue"];

/// Somebody who does one thing after another, and a room that they believe to be in.
struct Restless {
    name: &'static str,
    caller: Caller,
    place: &'static str,
}

async fn random_history<S: Subject>(seed: u64) {
    let mut world = World::<S>::new().await;
    let mut random = Random(seed);
    let mut people = Vec::new();
    for name in NAMES {
        let (caller, place) = (world.live(name).await, "lobby");
        people.push(Restless {
            name,
            caller,
            place,
        });
    }
    for _ in 0..150 {
        let picked = random.below(NAMES.len());
        something(&mut world, &mut people[picked], &mut random).await;
    }
    let gone = people.remove(0);
    gone.caller.send(release(gone.name));
    let mut fold = Fold::default();
    fold.all(&world.arrivals().await);
    compare(fold, &mut people).await;
}

async fn something<S: Subject>(world: &mut World<S>, who: &mut Restless, random: &mut Random) {
    let other = NAMES[random.below(NAMES.len())];
    let to = PLACES[random.below(PLACES.len())];
    match random.below(18) {
        0..4 => {
            who.caller.ask_live(moving(who.place, to)).await;
            who.place = to;
            return;
        }
        4..7 => return who.caller.ask_live(entering_too(to)).await,
        7 | 8 if to == who.place => return,
        7 | 8 => return who.caller.ask_live(leaving(to, None)).await,
        9..11 => return who.caller.ask_live(follow(other)).await,
        11..13 => return who.caller.ask_live(unfollow(other)).await,
        13 => return who.caller.ask_live(away(to)).await,
        14 => who.caller.send(release(who.name)),
        15 | 16 => {
            return who
                .caller
                .ask_live(nick(NICKS[random.below(NICKS.len())]))
                .await;
        }
        _ => {}
    }
    let mut new = world.caller();
    new.claim = Some(new_claim(&mut new, who.name, DuplicateLogin::Replace).await);
    who.caller = new;
    who.place = "lobby";
}

async fn compare(mut fold: Fold, people: &mut [Restless]) {
    for person in &mut *people {
        let folded = fold.follows.remove(&user(person.name)).unwrap_or_default();
        let users = Vec::from_iter(folded);
        let answer = person.caller.done(following()).await;
        assert_eq!(answer, Answer::Subscriptions { users });
    }
    let witness = &mut people[0].caller;
    let users = Vec::from_iter(fold.online);
    let Answer::Online { users: found, .. } = witness.done(online()).await else {
        panic!("no answer")
    };
    assert_eq!(found, users);
    for place in PLACES {
        let folded = fold.rooms.remove(&room_named(place)).unwrap_or_default();
        witness.send_live(members(place));
        match witness.outcome().await {
            Outcome::Done(Answer::Members { users, .. }) => {
                assert_eq!(users, Vec::from_iter(folded), "{place}");
            }
            Outcome::Refused(Refusal::NoSuchRoom { .. }) => assert!(folded.is_empty(), "{place}"),
            other => panic!("{other:?}"),
        }
    }
}
