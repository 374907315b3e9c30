//! Sentences 1 to 7: order and durability.

use std::collections::BTreeMap;

use super::Subject;
use super::words::{
    already_in, away, back, copy, entered, entering, follow, following, history, listed, made_by,
    members, moving, no_room, not_in, online, position, post, rooms, say, set_topic, shown,
    subject, subscribed, subscriptions, text, topic, unfollow, unsubscribed, user, went_in,
    whisper, who, who_is, wrong_key,
};
use super::world::World;
use crate::chat::limits::ROOM_KEY_BYTES;
use crate::chat::origin::Origin;
use crate::chat::{Answer, Deed, Refusal};
use crate::messages::{Outcome, SessionMail};

pub(in crate::bridge) async fn asks_of_a_session_are_decided_and_answered_in_order<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    for _ in 0..5 {
        alice.send_live(moving("lobby", "den"));
        alice.send_live(members("den"));
        alice.send_live(topic("nowhere"));
        alice.send_live(moving("den", "lobby"));
        alice.send_live(members("lobby"));
    }
    for _ in 0..5 {
        assert_eq!(went_in(&alice.answered().await), entered("den", 1));
        assert_eq!(
            alice.answered().await,
            made_by(&["alice"], who("den", &["alice"]))
        );
        assert_eq!(alice.refused().await, no_room("nowhere"));
        assert_eq!(went_in(&alice.answered().await), entered("lobby", 1));
        assert_eq!(alice.answered().await, who("lobby", &["alice"]));
    }
}

pub(in crate::bridge) async fn what_is_said_arrives_once_where_the_answer_says<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    let mut answered = Vec::new();
    for _ in 0..50 {
        alice.send_live(say("lobby", "hi"));
        bob.send_live(say("lobby", "ho"));
    }
    for _ in 0..50 {
        answered.push(position(&alice.answered().await));
        answered.push(position(&bob.answered().await));
    }
    answered.sort();
    let arrived: Vec<_> = world.events().await.iter().map(|e| e.position).collect();
    assert_eq!(arrived, answered);
}

pub(in crate::bridge) async fn an_answer_comes_before_the_events_it_caused<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.events().await;
    for _ in 0..20 {
        alice.send_live(say("lobby", "hi"));
        let arrived = world.next_batch().await;
        let answer = alice.answers.try_recv().expect("the answer is there first");
        let SessionMail::Answered(Outcome::Done(answer)) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(arrived.arrivals[0].event.position, position(&answer));
    }
}

pub(in crate::bridge) async fn ordinals_of_a_conversation_grow_by_one<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    alice.done(moving("lobby", "den")).await;
    bob.done(follow("alice")).await;
    for _ in 0..5 {
        alice.done(say("den", "room")).await;
        alice.done(whisper("bob", "private")).await;
        bob.done(say("lobby", "other room")).await;
        alice.done(post("post")).await;
    }
    let mut last = BTreeMap::new();
    for event in world.events().await {
        let (conversation, k) = match &event.deed {
            Deed::RoomMessage { room, k, .. } => (room.to_string(), *k),
            Deed::Whisper { to, k, .. } => (format!("to {to}"), *k),
            Deed::Post { sender, k, .. } => (format!("of {sender}"), *k),
            _ => continue,
        };
        let before = last.insert(conversation.clone(), (k, event.at));
        let (k_before, at_before) = before.unwrap_or((0, event.at));
        assert_eq!(k, k_before + 1, "{conversation}");
        assert!(event.at >= at_before, "{conversation}");
    }
    assert_eq!(last.len(), 4);
}

pub(in crate::bridge) async fn what_was_acknowledged_is_there_after_a_restart<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    world.account("bob").await;
    alice.done(moving("lobby", "Den")).await;
    let said = position(&alice.done(say("den", "hi")).await);
    let sender = alice.id.clone();
    alice.done(set_topic("den", "tea")).await;
    alice.done(follow("bob")).await;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("Alice").await;
    assert_eq!(subject(&alice.done(topic("den")).await), Some("tea"));
    assert_eq!(alice.done(following()).await, subscriptions(&["bob"]));
    let Answer::History { messages, .. } = alice.done(history("den", 9)).await else {
        panic!("no history")
    };
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].position, said);
    assert_eq!(messages[0].origin, Origin::Session(sender));
}

pub(in crate::bridge) async fn a_refused_ask_changes_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.account("carol").await;
    bob.done(entering("lobby", "vault", "key")).await;
    let before = (world.events().await, alice.done(online()).await);
    drop(before);
    let (nobody, most) = (user("nobody"), ROOM_KEY_BYTES);
    let no_user = Refusal::NoSuchUser { user: nobody };
    for (request, refusal) in [
        (say("den", "hi"), not_in("den")),
        (whisper("nobody", "hi"), no_user.clone()),
        (whisper("ALICE", "hi"), Refusal::ToYourself),
        (moving("den", "lobby"), not_in("den")),
        (moving("lobby", "lobby"), already_in("lobby")),
        (moving("lobby", "vault"), wrong_key("vault")),
        (entering("lobby", "vault", "Key"), wrong_key("vault")),
        (
            entering("lobby", "den", &"k".repeat(most + 1)),
            Refusal::KeyTooLong { most },
        ),
        (members("vault"), no_room("vault")),
        (topic("vault"), no_room("vault")),
        (history("vault", 1), no_room("vault")),
        (members("nowhere"), no_room("nowhere")),
        (set_topic("vault", "hi"), not_in("vault")),
        (follow("nobody"), no_user.clone()),
        (follow("Alice"), Refusal::ToYourself),
        (unfollow("nobody"), no_user.clone()),
        (who_is("nobody"), no_user),
    ] {
        let shown = format!("{request:?}");
        alice.send_live(request);
        assert_eq!(alice.refused().await, refusal, "{shown}");
    }
    assert_eq!(world.events().await, []);
    assert_eq!(alice.done(rooms()).await, listed(&[("lobby", 1)]));
    assert_eq!(alice.done(following()).await, subscriptions(&[]));
}

pub(in crate::bridge) async fn a_change_that_changes_nothing_appends_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.account("Bob").await;
    for (request, answer, events) in [
        (back(), Answer::Back, [0, 0]),
        (away("tea"), Answer::Away { text: text("tea") }, [1, 0]),
        (away("more"), Answer::Away { text: text("more") }, [1, 0]),
        (back(), Answer::Back, [1, 0]),
        (unfollow("bob"), unsubscribed("Bob"), [0, 0]),
        (follow("bob"), subscribed("Bob"), [1, 0]),
        (unfollow("bob"), unsubscribed("Bob"), [1, 0]),
        (post("hi"), Answer::NobodySubscribes, [0, 0]),
    ] {
        world.events().await;
        let again = copy(&request);
        assert_eq!(shown(&alice.done(request).await), shown(&answer));
        assert_eq!(world.events().await.len(), events[0], "{answer:?}");
        assert_eq!(shown(&alice.done(again).await), shown(&answer));
        assert_eq!(world.events().await.len(), events[1], "{answer:?} again");
    }
}
