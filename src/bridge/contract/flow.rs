//! Sentences 15 to 18: back-pressure, start and end.

use std::time::Duration;

use super::words::{
    history, members, moving, no_room, online, online_are, position, quit_deed, release,
    released_deed, room_named, say, user,
};
use super::world::{World, within};
use super::{Epochs, Subject};
use crate::chat::origin::Origin;
use crate::chat::{Answer, Deed, Position, Refusal};
use crate::messages::{BATCH_EVENTS, Outcome, Question, STORE_QUEUE, Shut};

pub(in crate::bridge) async fn nothing_arrives_before_the_credit_is_back<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.events().await;
    alice.done(say("lobby", "first")).await;
    let first = world.next_batch().await;
    for _ in 0..BATCH_EVENTS + 1 {
        alice.done(say("lobby", "next")).await;
    }
    // Each answer above was a chance for a second batch.
    assert!(world.heard.try_recv().is_err());
    let share = first.credit.clone();
    drop(first);
    alice.done(say("lobby", "last")).await;
    assert!(world.heard.try_recv().is_err(), "a share is still out");
    drop(share);
    let second = world.next_batch().await;
    assert_eq!(second.arrivals.len(), BATCH_EVENTS);
    drop(second);
    assert_eq!(world.events().await.len(), 2);
}

pub(in crate::bridge) async fn settle_waits_for_the_events_and_is_not_overtaken<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    alice.done(say("lobby", "hi")).await;
    let held = world.next_batch().await;
    alice.send(Question::Settle);
    alice.send_live(say("lobby", "after"));
    alice.send_live(online());
    for _ in 0..5 {
        bob.done(say("lobby", "others go on")).await;
    }
    assert!(alice.answers.try_recv().is_err(), "the batch is still out");
    drop(held);
    assert!(matches!(alice.outcome().await, Outcome::Settled));
    let after = position(&alice.answered().await);
    let arrived = world.events().await;
    assert!(matches!(alice.answered().await, Answer::Online { .. }));
    assert_eq!(arrived.len(), 6);
    assert!(arrived.iter().any(|event| event.position == after));
    bob.send(Question::Settle);
    let nothing_waits = bob.outcome().await;
    assert!(matches!(nothing_waits, Outcome::Settled));
}

pub(in crate::bridge) async fn above_the_bound_asks_are_refused_in_order<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    let asked = STORE_QUEUE * 2;
    for n in 0..asked {
        alice.send_live(members(&format!("nowhere{n}")));
    }
    bob.send(release("bob"));
    let mut busy = 0;
    for n in 0..asked {
        match alice.refused().await {
            Refusal::Busy => busy += 1,
            decided => assert_eq!(decided, no_room(&format!("nowhere{n}"))),
        }
    }
    assert!((1..=STORE_QUEUE).contains(&busy), "{busy}");
    let released = world.events().await.pop().expect("a release").deed.clone();
    assert_eq!(released, released_deed(&user("bob"), &["lobby"]));
    bob.send(Question::Settle);
    assert!(matches!(bob.outcome().await, Outcome::Settled));
}

pub(in crate::bridge) async fn without_a_grace_a_start_releases_the_run_before<S: Subject>() {
    let mut world = World::<S>::with_grace(Duration::ZERO).await;
    let first = world.events().await;
    let Deed::Epoch { after } = first[0].deed else {
        panic!("{first:?}")
    };
    assert_eq!((first.len(), after), (1, Position::START));
    let mut alice = world.live("alice").await;
    let bob = world.live("bob").await;
    alice.done(moving("lobby", "den")).await;
    bob.send(release("bob"));
    let last = world.events().await.pop().expect("a release").position;
    world.restart().await;
    let begun = world.events().await;
    let deeds: Vec<_> = begun.iter().map(|event| event.deed.clone()).collect();
    let name = user("alice");
    let mut expected = vec![
        quit_deed(&room_named("den"), &name),
        released_deed(&name, &["den"]),
    ];
    match S::EPOCHS {
        Epochs::EveryStart => {
            expected.insert(0, Deed::Epoch { after: last });
            assert!(begun[0].position.epoch > last.epoch);
        }
        Epochs::LogsOwn => assert_eq!(begun[0].position, last.next()),
    }
    assert_eq!(deeds, expected);
    assert!(begun.iter().all(|event| event.origin == Origin::Store));
    let mut alice = world.caller();
    alice.claims("alice").await;
    assert_eq!(alice.done(online()).await, online_are(&["alice"]));
}

pub(in crate::bridge) async fn shut_decides_what_was_asked_before<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    for _ in 0..20 {
        alice.send_live(say("lobby", "before"));
    }
    let shut = actix::spawn(world.doors.shut.send(Shut));
    actix::spawn(std::future::ready(()))
        .await
        .expect("a turn for the request to be sent");
    alice.send_live(say("lobby", "after"));
    within(shut).await.expect("no panic").expect("shut");
    for _ in 0..20 {
        position(&alice.answered().await);
    }
    assert_eq!(alice.refused().await, Refusal::NotDelivered);
    world.start().await;
    let mut bob = world.live("bob").await;
    let Answer::History { messages, .. } = bob.done(history("lobby", 50)).await else {
        panic!("no history")
    };
    assert_eq!(messages.len(), 20);
}
