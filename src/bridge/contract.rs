//! The suite: every sentence of the contract, for every bridge alike.
//!
//! A bridge passes it by implementing [`Subject`] and calling [`keeps_the_contract`]. Whatever a
//! test does, its [`World`] checks sentences 2 and 3 on all that arrives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context, Handler, Message, Recipient};
use tokio::sync::mpsc;

use crate::chat::answer::{KeyUse, Presence};
use crate::chat::command::{RoomKey, Where};
use crate::chat::event::Privacy;
use crate::chat::limits::{FOLLOWS_PER_USER, ROOM_KEY_BYTES};
use crate::chat::origin::{ConnId, Incarnation, Origin, SessionId};
use crate::chat::{
    Answer, Deed, Event, NodeName, Position, Refusal, RoomName, Secret, Text, UserName,
};
use crate::messages::{
    AccountAnswer, AccountAsk, Append, Arrival, Arrived, Ask, BATCH_EVENTS, Brings, Claim,
    DuplicateLogin, Outcome, PartFailed, PeopleRequest, Question, Request, RoomRequest,
    STORE_QUEUE, SessionMail, Shut, StoreFailed, Vital,
};

/// Rooms that a subject's settings allow, the lobby included.
pub(super) const ROOMS: u64 = 6;

/// Messages that a subject's settings keep of a room.
pub(super) const KEEP_MESSAGES: u64 = 100;

/// How long anything may take before a test has failed.
const DEADLINE: Duration = Duration::from_secs(20);

/// A bridge under test.
pub(super) trait Subject: Sized {
    /// A store with nothing in it.
    fn new() -> Self;

    /// Starts a run of the bridge on the store. `configured` names the accounts of the settings.
    async fn start(
        &self,
        configured: BTreeSet<UserName>,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Doors;
}

/// The ways into a running bridge.
pub(super) struct Doors {
    pub(super) ask: Recipient<Ask>,
    pub(super) account: Recipient<AccountAsk>,
    pub(super) shut: Recipient<Shut>,
}

/// Makes a test of each function below, for one subject.
macro_rules! keeps_the_contract {
    ($subject:ty) => {
        keeps_the_contract! { $subject:
            asks_of_a_session_are_decided_and_answered_in_order,
            what_is_said_arrives_once_where_the_answer_says,
            an_answer_comes_before_the_events_it_caused,
            ordinals_of_a_conversation_grow_by_one,
            what_was_acknowledged_is_there_after_a_restart,
            a_refused_ask_changes_nothing,
            a_change_that_changes_nothing_appends_nothing,
            of_a_hundred_claims_one_wins,
            a_claim_settles_the_rooms_around_its_event,
            a_claim_in_the_lobby_stays_there,
            a_void_claim_is_told_so_and_changes_nothing,
            a_release_leaves_every_room_first,
            a_fold_over_the_arrivals_equals_the_store,
            a_message_needs_membership,
            a_private_room_does_not_exist_for_others,
            rooms_vanish_when_nothing_is_left_of_them,
            rooms_are_entered_by_name_and_key,
            nothing_arrives_before_the_credit_is_back,
            settle_waits_for_the_events_and_is_not_overtaken,
            above_the_bound_asks_are_refused_in_order,
            a_start_begins_an_epoch_and_releases_the_run_before,
            shut_decides_what_was_asked_before,
            accounts_are_compared_without_case,
            whispers_and_posts_reach_those_they_can,
            people_are_shown_as_far_as_the_asker_may_know,
            history_is_the_last_messages_oldest_first,
        }
    };
    ($subject:ty: $($sentence:ident,)*) => {
        $(#[actix::test]
        async fn $sentence() {
            $crate::bridge::contract::$sentence::<$subject>().await;
        })*
    };
}

pub(super) use keeps_the_contract;

// ── Order ───────────────────────────────────────────────────────────────────────────────────

pub(super) async fn asks_of_a_session_are_decided_and_answered_in_order<S: Subject>() {
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
        assert_eq!(alice.answered().await, entered("den", 1));
        assert_eq!(alice.answered().await, who("den", &["alice"]));
        assert_eq!(alice.refused().await, no_room("nowhere"));
        assert_eq!(alice.answered().await, entered("lobby", 1));
        assert_eq!(alice.answered().await, who("lobby", &["alice"]));
    }
}

pub(super) async fn what_is_said_arrives_once_where_the_answer_says<S: Subject>() {
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

pub(super) async fn an_answer_comes_before_the_events_it_caused<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.events().await;
    for _ in 0..20 {
        alice.send_live(say("lobby", "hi"));
        let arrived = world.next_batch().await;
        let answer = alice.answers.try_recv().expect("the answer is there first");
        let Outcome::Done(answer) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(arrived.arrivals[0].event.position, position(&answer));
    }
}

pub(super) async fn ordinals_of_a_conversation_grow_by_one<S: Subject>() {
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

// ── Durability ──────────────────────────────────────────────────────────────────────────────

pub(super) async fn what_was_acknowledged_is_there_after_a_restart<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    world.account("bob").await;
    alice.done(moving("lobby", "Den")).await;
    let said = position(&alice.done(say("den", "hi")).await);
    alice.done(set_topic("den", "tea")).await;
    alice.done(follow("bob")).await;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("Alice").await;
    assert_eq!(alice.done(topic("den")).await, about("Den", "tea"));
    assert_eq!(alice.done(following()).await, subscriptions(&["bob"]));
    let Answer::History { messages, .. } = alice.done(history("den", 9)).await else {
        panic!("no history")
    };
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].position, said);
    assert_eq!(messages[0].origin, Origin::Session(world.session(1)));
}

pub(super) async fn a_refused_ask_changes_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.account("carol").await;
    bob.done(entering("lobby", "vault", "key")).await;
    let before = (world.events().await, alice.done(online()).await);
    drop(before);
    let (nobody, most) = (user("nobody"), ROOM_KEY_BYTES);
    let no_user = Refusal::NoSuchUser { user: nobody };
    let offline = Refusal::Offline {
        user: user("carol"),
    };
    for (request, refusal) in [
        (say("den", "hi"), not_in("den")),
        (whisper("nobody", "hi"), no_user.clone()),
        (whisper("carol", "hi"), offline),
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

pub(super) async fn a_change_that_changes_nothing_appends_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.account("Bob").await;
    for (request, answer, events) in [
        (back(), Answer::Back, [0, 0]),
        (away("tea"), Answer::Away { text: text("tea") }, [1, 0]),
        (away("more"), Answer::Away { text: text("more") }, [1, 0]),
        (back(), Answer::Back, [1, 0]),
        (set_topic("lobby", "x"), about("lobby", "x"), [1, 0]),
        (set_topic("lobby", "X"), about("lobby", "X"), [1, 0]),
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

// ── Claims ──────────────────────────────────────────────────────────────────────────────────

pub(super) async fn of_a_hundred_claims_one_wins<S: Subject>() {
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

pub(super) async fn a_claim_settles_the_rooms_around_its_event<S: Subject>() {
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
    let Outcome::Claimed { claim, room } = new.outcome().await else {
        panic!("not claimed")
    };
    assert_eq!(room, RoomName::lobby());
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
            session
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

pub(super) async fn a_claim_in_the_lobby_stays_there<S: Subject>() {
    let mut world = World::<S>::new().await;
    let _old = world.live("alice").await;
    world.events().await;
    let new = world.caller();
    new.send(claim("alice", DuplicateLogin::Replace));
    let arrivals = world.arrivals().await;
    assert_eq!(arrivals.len(), 1);
    assert_eq!(arrivals[0].brings, standing(&["lobby"], &[]));
}

pub(super) async fn a_void_claim_is_told_so_and_changes_nothing<S: Subject>() {
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

pub(super) async fn a_release_leaves_every_room_first<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    alice.done(moving("lobby", "den")).await;
    world.events().await;
    alice.send(release("alice"));
    let deeds: Vec<_> = world.events().await.into_iter().map(deed).collect();
    let name = user("alice");
    assert_eq!(
        deeds,
        [
            left_deed(&room_named("den"), &name),
            Deed::Released { user: name }
        ]
    );
    alice.send_live(say("den", "hi"));
    assert!(matches!(alice.outcome().await, Outcome::Void));
    let mut bob = world.live("bob").await;
    assert_eq!(bob.done(online()).await, online_are(&["bob"]));
}

pub(super) async fn a_fold_over_the_arrivals_equals_the_store<S: Subject>() {
    for seed in 1..=4 {
        random_history::<S>(seed).await;
    }
}

async fn random_history<S: Subject>(seed: u64) {
    const NAMES: [&str; 4] = ["Ann", "ben", "Cat", "dan"];
    const PLACES: [&str; 4] = ["lobby", "red", "Green", "blue"];
    let mut world = World::<S>::new().await;
    let mut random = Random(seed);
    let mut fold = Fold::default();
    let mut callers = Vec::new();
    for name in NAMES {
        callers.push((name, world.live(name).await, "lobby"));
    }
    for _ in 0..150 {
        let picked = random.below(NAMES.len());
        let (name, caller, place) = &mut callers[picked];
        let other = NAMES[random.below(NAMES.len())];
        match random.below(10) {
            0..4 => {
                let to = PLACES[random.below(PLACES.len())];
                caller.send_live(moving(place, to));
                *place = to;
                let _either = caller.outcome().await;
            }
            4..6 => caller.ask_live(follow(other)).await,
            6..8 => caller.ask_live(unfollow(other)).await,
            8 => {
                caller.send(release(name));
                *caller = world.caller();
                caller.claims(name).await;
                *place = "lobby";
            }
            _ => {
                let mut new = world.caller();
                new.claim = Some(new_claim(&mut new, name, DuplicateLogin::Replace).await);
                *caller = new;
                *place = "lobby";
            }
        }
    }
    callers[0].1.send(release("Ann"));
    fold.all(&world.arrivals().await);
    let (_, witness, _) = &mut callers[1];
    let online: Vec<_> = fold.online.iter().cloned().collect();
    assert_eq!(
        witness.done(self::online()).await,
        Answer::Online { users: online }
    );
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
    for (name, caller, _) in &mut callers[1..] {
        let folded = fold.follows.remove(&user(name)).unwrap_or_default();
        let users = Vec::from_iter(folded);
        assert_eq!(
            caller.done(following()).await,
            Answer::Subscriptions { users }
        );
    }
}

// ── Rooms ───────────────────────────────────────────────────────────────────────────────────

pub(super) async fn a_message_needs_membership<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    alice.send_live(moving("lobby", "den"));
    alice.send_live(say("lobby", "too late"));
    alice.send_live(say("DEN", "here"));
    assert_eq!(alice.answered().await, entered("den", 1));
    assert_eq!(alice.refused().await, not_in("lobby"));
    alice.answered().await;
    let said = world.events().await.pop().expect("the message");
    let Deed::RoomMessage {
        room,
        sender,
        privacy,
        ..
    } = &said.deed
    else {
        panic!("{said:?}")
    };
    assert_eq!(room.as_str(), "den");
    assert_eq!(sender.as_str(), "alice");
    assert_eq!(*privacy, Privacy::Public);
    assert_eq!(said.origin, Origin::Session(alice.id.clone()));
}

pub(super) async fn a_private_room_does_not_exist_for_others<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    alice.done(entering("lobby", "Vault", "key")).await;
    alice.done(say("vault", "secret")).await;
    alice.done(set_topic("vault", "gold")).await;
    let said = world.events().await;
    let privacies = said.iter().filter_map(|event| match &event.deed {
        Deed::RoomMessage { privacy, .. } => Some(*privacy),
        _ => None,
    });
    assert_eq!(privacies.collect::<Vec<_>>(), [Privacy::Private]);
    for request in [members("vault"), topic("vault"), history("vault", 5)] {
        bob.send_live(request);
        assert_eq!(bob.refused().await, no_room("vault"));
    }
    assert_eq!(bob.done(rooms()).await, listed(&[("lobby", 1)]));
    let inside = entering("lobby", "vault", "key");
    assert_eq!(bob.done(inside).await, entered("Vault", 2));
    assert_eq!(
        bob.done(members("vault")).await,
        who("Vault", &["alice", "bob"])
    );
    assert_eq!(bob.done(topic("vault")).await, about("Vault", "gold"));
}

pub(super) async fn rooms_vanish_when_nothing_is_left_of_them<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    alice.done(moving("lobby", "empty")).await;
    alice.done(moving("empty", "spoken")).await;
    alice.done(say("spoken", "hi")).await;
    alice.done(moving("spoken", "titled")).await;
    alice.done(set_topic("titled", "hi")).await;
    alice.done(entering("titled", "locked", "key")).await;
    alice.done(moving("locked", "lobby")).await;
    let there = listed(&[("lobby", 1), ("spoken", 0), ("titled", 0)]);
    assert_eq!(alice.done(rooms()).await, there);
    alice.send_live(moving("lobby", "locked"));
    assert_eq!(alice.refused().await, wrong_key("locked"));
    alice.send_live(members("empty"));
    assert_eq!(alice.refused().await, no_room("empty"));
    alice.send(release("alice"));
    let mut bob = world.live("bob").await;
    assert_eq!(bob.done(who_is("alice")).await, offline("alice"));
    assert_eq!(bob.done(members("lobby")).await, who("lobby", &["bob"]));
}

pub(super) async fn rooms_are_entered_by_name_and_key<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    assert_eq!(alice.done(moving("lobby", "Den")).await, entered("Den", 1));
    let needless = Answer::Entered {
        room: room_named("Den"),
        here: 2,
        key: KeyUse::Needless,
    };
    let answer = bob.done(entering("lobby", "dEN", "key")).await;
    assert_eq!(shown(&answer), shown(&needless));
    bob.send_live(moving("den", "DEN"));
    assert_eq!(shown(&bob.refused().await), shown(&already_in("Den")));
    let Answer::Entered { key, .. } = bob.done(entering("den", "lobby", "key")).await else {
        panic!("not entered")
    };
    assert_eq!(key, KeyUse::Needless, "the lobby is never private");
    for n in 2..ROOMS {
        let place = format!("r{n}");
        let from = if n == 2 {
            "lobby".into()
        } else {
            format!("r{}", n - 1)
        };
        bob.done(entering(&from, &place, "key")).await;
    }
    alice.send_live(moving("den", "one-too-many"));
    assert_eq!(alice.refused().await, Refusal::TooManyRooms { most: ROOMS });
}

// ── Back-pressure ───────────────────────────────────────────────────────────────────────────

pub(super) async fn nothing_arrives_before_the_credit_is_back<S: Subject>() {
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

pub(super) async fn settle_waits_for_the_events_and_is_not_overtaken<S: Subject>() {
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

pub(super) async fn above_the_bound_asks_are_refused_in_order<S: Subject>() {
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
    assert_eq!(released, Deed::Released { user: user("bob") });
    bob.send(Question::Settle);
    assert!(matches!(bob.outcome().await, Outcome::Settled));
}

// ── Start and end ───────────────────────────────────────────────────────────────────────────

pub(super) async fn a_start_begins_an_epoch_and_releases_the_run_before<S: Subject>() {
    let mut world = World::<S>::new().await;
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
    let deeds: Vec<_> = begun.iter().cloned().map(deed).collect();
    let name = user("alice");
    assert_eq!(
        deeds,
        [
            Deed::Epoch { after: last },
            left_deed(&room_named("den"), &name),
            Deed::Released { user: name },
        ]
    );
    assert!(begun[0].position.epoch > last.epoch);
    assert!(begun.iter().all(|event| event.origin == Origin::Store));
    let mut alice = world.caller();
    alice.claims("alice").await;
    assert_eq!(alice.done(online()).await, online_are(&["alice"]));
}

pub(super) async fn shut_decides_what_was_asked_before<S: Subject>() {
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

// ── What is asked ───────────────────────────────────────────────────────────────────────────

pub(super) async fn accounts_are_compared_without_case<S: Subject>() {
    let world = World::<S>::new().await;
    let create = |name, hash: &str| AccountAsk::Create {
        user: user(name),
        hash: hash.to_owned(),
    };
    let rehash = |old: &str, new: &str| AccountAsk::Rehash {
        user: user("alice"),
        old: old.to_owned(),
        new: new.to_owned(),
    };
    let found = |hash: &str| AccountAnswer::Found {
        user: user("Alice"),
        hash: hash.to_owned(),
    };
    let find = || AccountAsk::Find {
        user: user("aLICE"),
    };
    assert_eq!(world.accounts(find()).await, AccountAnswer::NotFound);
    assert_eq!(
        world.accounts(create("Alice", "1")).await,
        AccountAnswer::Stored
    );
    assert_eq!(
        world.accounts(create("ALICE", "2")).await,
        AccountAnswer::Conflict
    );
    assert_eq!(
        world.accounts(create("F1", "2")).await,
        AccountAnswer::Conflict
    );
    assert_eq!(world.accounts(find()).await, found("1"));
    assert_eq!(
        world.accounts(rehash("2", "3")).await,
        AccountAnswer::Conflict
    );
    assert_eq!(world.accounts(find()).await, found("1"));
    assert_eq!(
        world.accounts(rehash("1", "3")).await,
        AccountAnswer::Stored
    );
    assert_eq!(shown(&world.accounts(find()).await), shown(&found("3")));
}

pub(super) async fn whispers_and_posts_reach_those_they_can<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("Bob").await;
    alice.done(follow("BOB")).await;
    assert_eq!(
        bob.done(followers()).await,
        Answer::Subscribers {
            users: vec![user("alice")]
        }
    );
    world.events().await;
    let said = bob.done(whisper("ALICE", "psst")).await;
    let posted = bob.done(post("news")).await;
    alice.done(away("tea")).await;
    let told = bob.done(whisper("alice", "psst")).await;
    let Answer::SaidToAway { to, text: tea, .. } = &told else {
        panic!("{told:?}")
    };
    assert_eq!((to.as_str(), tea.as_str()), ("Alice", "tea"));
    let events = world.events().await;
    assert_eq!(events[0].position, position(&said));
    assert_eq!(events[1].position, position(&posted));
    let Deed::Whisper { to, sender, k, .. } = &events[0].deed else {
        panic!("{events:?}")
    };
    assert_eq!((to.as_str(), sender.as_str(), *k), ("Alice", "Bob", 1));
    // Accounts of the settings are people too, as far as one may follow them.
    for n in 1..FOLLOWS_PER_USER {
        alice.send_live(follow(&format!("f{n}")));
    }
    for _ in 1..FOLLOWS_PER_USER {
        alice.answered().await;
    }
    alice.send_live(follow("f0"));
    let most = FOLLOWS_PER_USER;
    assert_eq!(
        alice.refused().await,
        Refusal::TooManySubscriptions { most }
    );
    assert_eq!(alice.done(follow("f1")).await, subscribed("f1"));
}

pub(super) async fn people_are_shown_as_far_as_the_asker_may_know<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    bob.done(away("tea")).await;
    assert_eq!(alice.done(who_is("f1")).await, offline("f1"));
    for (rooms, together) in [(vec!["lobby"], "lobby"), (vec![], "vault")] {
        if together == "vault" {
            bob.done(entering("lobby", "vault", "key")).await;
        }
        let Answer::WhoIs { presence, .. } = alice.done(who_is("BOB")).await else {
            panic!("no answer")
        };
        let Presence::Online {
            node,
            rooms: seen,
            away,
            since,
        } = presence
        else {
            panic!("{presence:?}")
        };
        assert_eq!(node, bob.id.incarnation.node);
        assert_eq!(seen, rooms.into_iter().map(room_named).collect::<Vec<_>>());
        assert_eq!(away, Some(text("tea")));
        assert!(since.0 > 0);
    }
    alice.done(entering("lobby", "vault", "key")).await;
    let Answer::WhoIs { presence, .. } = alice.done(who_is("bob")).await else {
        panic!("no answer")
    };
    let Presence::Online { rooms, .. } = presence else {
        panic!("{presence:?}")
    };
    assert_eq!(rooms, [room_named("vault")]);
}

pub(super) async fn history_is_the_last_messages_oldest_first<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let said = KEEP_MESSAGES + 30;
    for n in 1..=said {
        alice.send_live(say("lobby", &n.to_string()));
    }
    for _ in 1..=said {
        alice.answered().await;
    }
    let live = world.events().await;
    for (count, expected) in [(3, 3), (500, KEEP_MESSAGES), (0, 0)] {
        alice.send_live(Request::History {
            room: Where::Here,
            count,
        });
        let Answer::History {
            room,
            count: asked,
            messages,
        } = alice.answered().await
        else {
            panic!("no history")
        };
        assert_eq!((room, asked), (RoomName::lobby(), count));
        let tail = &live[live.len() - usize::try_from(expected).expect("few")..];
        assert_eq!(messages, tail);
    }
}

// ── The world of a test ─────────────────────────────────────────────────────────────────────

/// A bridge, everything it is connected to, and what has to be true of all that arrives.
struct World<S> {
    subject: S,
    doors: Doors,
    heard: mpsc::Receiver<Arrived>,
    failures: mpsc::Receiver<PartFailed>,
    callers: u64,
    last: Position,
}

impl<S: Subject> World<S> {
    async fn new() -> Self {
        let subject = S::new();
        let (doors, heard, failures) = Self::run(&subject).await;
        Self {
            subject,
            doors,
            heard,
            failures,
            callers: 0,
            last: Position::START,
        }
    }

    async fn run(subject: &S) -> (Doors, mpsc::Receiver<Arrived>, mpsc::Receiver<PartFailed>) {
        let (ear, heard) = Ear::new();
        let (node, failures) = mpsc::channel(1);
        let configured = (0..=FOLLOWS_PER_USER).map(|n| user(&format!("f{n}")));
        let vital = Vital::new("bridge", node);
        let doors = within(subject.start(configured.collect(), ear, vital)).await;
        (doors, heard, failures)
    }

    /// Stops the bridge, with everybody still claimed, and starts the next run.
    async fn restart(&mut self) {
        self.arrivals().await;
        within(self.doors.shut.send(Shut)).await.expect("shut");
        self.start().await;
    }

    async fn start(&mut self) {
        while let Ok(batch) = self.heard.try_recv() {
            self.check(&batch.arrivals);
        }
        (self.doors, self.heard, self.failures) = Self::run(&self.subject).await;
    }

    async fn accounts(&self, ask: AccountAsk) -> AccountAnswer {
        let answer: Result<_, StoreFailed> =
            within(self.doors.account.send(ask)).await.expect("alive");
        answer.expect("the store answers")
    }

    async fn account(&self, name: &str) {
        let (user, hash) = (user(name), "$2b$".to_owned());
        let made = self.accounts(AccountAsk::Create { user, hash }).await;
        assert_eq!(made, AccountAnswer::Stored);
    }

    /// An account and its live session.
    async fn live(&mut self, name: &str) -> Caller {
        self.account(name).await;
        let mut caller = self.caller();
        caller.claims(name).await;
        caller
    }

    /// A session that has claimed nothing.
    fn caller(&mut self) -> Caller {
        self.callers += 1;
        let (mailbox, answers) = Mouth::new();
        Caller {
            id: self.session(self.callers),
            ask: self.doors.ask.clone(),
            mailbox,
            answers,
            claim: None,
        }
    }

    fn session(&self, number: u64) -> SessionId {
        SessionId {
            incarnation: Incarnation {
                node: NodeName::new("node-1").expect("a name"),
                run: 0x8c1f,
            },
            conn: ConnId(number),
        }
    }

    async fn next_batch(&mut self) -> Arrived {
        let batch = within(self.heard.recv()).await.expect("a registry");
        self.check(&batch.arrivals);
        batch
    }

    /// Everything that arrives up to now.
    async fn arrivals(&mut self) -> Vec<Arrival> {
        let mut settler = self.caller();
        settler.send(Question::Settle);
        let mut arrivals = Vec::new();
        let all = async {
            loop {
                tokio::select! {
                    biased;
                    batch = self.heard.recv() => {
                        arrivals.extend(batch.expect("a registry").arrivals);
                    }
                    outcome = settler.answers.recv() => {
                        assert!(matches!(outcome, Some(Outcome::Settled)), "{outcome:?}");
                        break;
                    }
                    failure = self.failures.recv() => panic!("{failure:?}"),
                }
            }
        };
        within(all).await;
        self.check(&arrivals);
        arrivals
    }

    async fn events(&mut self) -> Vec<Arc<Event>> {
        let arrivals = self.arrivals().await;
        arrivals.into_iter().map(|arrival| arrival.event).collect()
    }

    /// Sentences 2 and 3.
    fn check(&mut self, arrivals: &[Arrival]) {
        for Arrival { event, brings } in arrivals {
            let (last, here) = (self.last, event.position);
            match &event.deed {
                Deed::Epoch { after } => {
                    assert_eq!((*after, here.n), (last, 0));
                    assert!(here.epoch > last.epoch, "{here} after {last}");
                }
                _ => assert_eq!(here, last.next()),
            }
            let is_claim = matches!(event.deed, Deed::Claimed { .. });
            assert_eq!(is_claim, *brings != Brings::Nothing);
            self.last = here;
        }
    }
}

/// What a session does, without its socket.
struct Caller {
    id: SessionId,
    ask: Recipient<Ask>,
    mailbox: Recipient<SessionMail>,
    answers: mpsc::Receiver<Outcome>,
    claim: Option<Claim>,
}

impl Caller {
    fn send(&self, question: Question) {
        let ask = Ask {
            session: self.id.clone(),
            reply: self.mailbox.clone(),
            question,
        };
        // A clone has a place of its own: what a flood of asks meets is the bridge's bound.
        self.ask.clone().try_send(ask).expect("a running bridge");
    }

    fn send_live(&self, request: Request) {
        let claim = self.claim.clone().expect("a claim");
        self.send(Question::Live { claim, request });
    }

    async fn outcome(&mut self) -> Outcome {
        within(self.answers.recv()).await.expect("an answer")
    }

    async fn answered(&mut self) -> Answer {
        match self.outcome().await {
            Outcome::Done(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    async fn refused(&mut self) -> Refusal {
        match self.outcome().await {
            Outcome::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    async fn done(&mut self, request: Request) -> Answer {
        self.send_live(request);
        self.answered().await
    }

    /// Asks, whatever the answer.
    async fn ask_live(&mut self, request: Request) {
        self.send_live(request);
        let _either = self.outcome().await;
    }

    async fn claims(&mut self, name: &str) {
        self.claim = Some(new_claim(self, name, DuplicateLogin::Reject).await);
    }
}

async fn new_claim(caller: &mut Caller, name: &str, on_duplicate: DuplicateLogin) -> Claim {
    caller.send(claim(name, on_duplicate));
    match caller.outcome().await {
        Outcome::Claimed { claim, .. } => claim,
        other => panic!("{other:?}"),
    }
}

/// Passes on what the registry is handed.
struct Ear(mpsc::Sender<Arrived>);

/// Passes on what a session is answered.
struct Mouth(mpsc::Sender<Outcome>);

impl Ear {
    fn new() -> (Recipient<Arrived>, mpsc::Receiver<Arrived>) {
        let (ear, heard) = mpsc::channel(16);
        (Self(ear).start().recipient(), heard)
    }
}

impl Mouth {
    fn new() -> (Recipient<SessionMail>, mpsc::Receiver<Outcome>) {
        let (mouth, answers) = mpsc::channel(STORE_QUEUE * 3);
        (Self(mouth).start().recipient(), answers)
    }
}

impl Actor for Ear {
    type Context = Context<Self>;
}

impl Actor for Mouth {
    type Context = Context<Self>;
}

impl Handler<Arrived> for Ear {
    type Result = <Arrived as Message>::Result;

    fn handle(&mut self, batch: Arrived, _: &mut Context<Self>) {
        // The test may be over.
        let _ = self.0.try_send(batch);
    }
}

impl Handler<SessionMail> for Mouth {
    type Result = <SessionMail as Message>::Result;

    fn handle(&mut self, mail: SessionMail, _: &mut Context<Self>) {
        let SessionMail::Answered(outcome) = mail else {
            panic!("a bridge only answers: {mail:?}")
        };
        // The test may be over.
        let _ = self.0.try_send(outcome);
    }
}

/// What a registry makes of the arrivals, and a check of what each claim brings.
#[derive(Default)]
struct Fold {
    online: BTreeSet<UserName>,
    rooms: BTreeMap<RoomName, BTreeSet<UserName>>,
    follows: BTreeMap<UserName, BTreeSet<UserName>>,
}

impl Fold {
    fn all(&mut self, arrivals: &[Arrival]) {
        for arrival in arrivals {
            self.one(arrival);
        }
    }

    fn one(&mut self, arrival: &Arrival) {
        match &arrival.event.deed {
            Deed::Claimed { user, .. } => {
                self.online.insert(user.clone());
                assert_eq!(arrival.brings, self.standing(user));
            }
            Deed::Released { user } => {
                assert!(self.online.remove(user));
                let left = self.standing(user);
                assert!(matches!(left, Brings::Standing { rooms, .. } if rooms.is_empty()));
            }
            Deed::Entered { room, user } => {
                assert!(
                    self.rooms
                        .entry(room.clone())
                        .or_default()
                        .insert(user.clone())
                );
            }
            Deed::Left { room, user } => {
                assert!(self.rooms.entry(room.clone()).or_default().remove(user));
            }
            Deed::Followed { author, follower } => {
                let follows = self.follows.entry(follower.clone()).or_default();
                assert!(follows.insert(author.clone()));
            }
            Deed::Unfollowed { author, follower } => {
                let follows = self.follows.entry(follower.clone()).or_default();
                assert!(follows.remove(author));
            }
            _ => {}
        }
    }

    fn standing(&self, user: &UserName) -> Brings {
        let inside = self.rooms.iter().filter(|(_, users)| users.contains(user));
        let follows = self.follows.get(user).cloned().unwrap_or_default();
        Brings::Standing {
            rooms: inside.map(|(room, _)| room.clone()).collect(),
            follows: follows.into_iter().collect(),
        }
    }
}

/// Xorshift: the same history for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a usize")
    }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("within the deadline")
}

// ── Short words for what is asked and answered ──────────────────────────────────────────────

fn user(name: &str) -> UserName {
    UserName::new(name).expect("a name")
}

fn users(names: &[&str]) -> Vec<UserName> {
    names.iter().copied().map(user).collect()
}

fn room_named(name: &str) -> RoomName {
    RoomName::new(name).expect("a name")
}

fn text(said: &str) -> Text {
    Text::new(said).expect("a text")
}

fn claim(name: &str, on_duplicate: DuplicateLogin) -> Question {
    let user = user(name);
    Question::Claim { user, on_duplicate }
}

fn release(name: &str) -> Question {
    Question::Release { user: user(name) }
}

fn say(room: &str, said: &str) -> Request {
    let (room, text) = (room_named(room), text(said));
    Request::Append(Append::RoomMessage { room, text })
}

fn whisper(to: &str, said: &str) -> Request {
    let (to, text) = (user(to), text(said));
    Request::Append(Append::Whisper { to, text })
}

fn post(said: &str) -> Request {
    Request::Append(Append::Post { text: text(said) })
}

fn moving(from: &str, to: &str) -> Request {
    Request::Rooms(RoomRequest::Move {
        from: room_named(from),
        to: room_named(to),
        key: RoomKey::None,
    })
}

fn entering(from: &str, to: &str, key: &str) -> Request {
    Request::Rooms(RoomRequest::Move {
        from: room_named(from),
        to: room_named(to),
        key: RoomKey::Given(Secret::new(key)),
    })
}

fn rooms() -> Request {
    Request::Rooms(RoomRequest::List)
}

fn members(room: &str) -> Request {
    let room = room_named(room);
    Request::Rooms(RoomRequest::Members { room })
}

fn topic(room: &str) -> Request {
    let room = room_named(room);
    Request::Rooms(RoomRequest::Topic { room })
}

fn set_topic(room: &str, said: &str) -> Request {
    let (room, text) = (room_named(room), text(said));
    Request::Rooms(RoomRequest::SetTopic { room, text })
}

fn follow(name: &str) -> Request {
    Request::People(PeopleRequest::Follow { author: user(name) })
}

fn unfollow(name: &str) -> Request {
    Request::People(PeopleRequest::Unfollow { author: user(name) })
}

fn following() -> Request {
    Request::People(PeopleRequest::Following)
}

fn followers() -> Request {
    Request::People(PeopleRequest::Followers)
}

fn online() -> Request {
    Request::People(PeopleRequest::Online)
}

fn who_is(name: &str) -> Request {
    Request::People(PeopleRequest::WhoIs { user: user(name) })
}

fn away(said: &str) -> Request {
    Request::People(PeopleRequest::Away { text: text(said) })
}

fn back() -> Request {
    Request::People(PeopleRequest::Back)
}

fn history(room: &str, count: u16) -> Request {
    let room = Where::Room(room_named(room));
    Request::History { room, count }
}

/// A request again, for those that are asked twice.
fn copy(request: &Request) -> Request {
    match request {
        Request::Append(Append::Post { text }) => post(text.as_str()),
        Request::Rooms(RoomRequest::SetTopic { room, text }) => {
            set_topic(room.as_str(), text.as_str())
        }
        Request::People(PeopleRequest::Follow { author }) => follow(author.as_str()),
        Request::People(PeopleRequest::Unfollow { author }) => unfollow(author.as_str()),
        Request::People(PeopleRequest::Away { text }) => away(text.as_str()),
        Request::People(PeopleRequest::Back) => back(),
        other => panic!("nobody asks this twice: {other:?}"),
    }
}

fn entered(room: &str, here: u64) -> Answer {
    Answer::Entered {
        room: room_named(room),
        here,
        key: KeyUse::Fitting,
    }
}

fn who(room: &str, names: &[&str]) -> Answer {
    Answer::Members {
        room: room_named(room),
        users: users(names),
    }
}

fn about(room: &str, said: &str) -> Answer {
    Answer::Topic {
        room: room_named(room),
        topic: Some(text(said)),
    }
}

fn listed(rooms: &[(&str, u64)]) -> Answer {
    let rooms = rooms.iter().map(|(room, here)| (room_named(room), *here));
    Answer::Rooms {
        rooms: rooms.collect(),
    }
}

fn online_are(names: &[&str]) -> Answer {
    Answer::Online {
        users: users(names),
    }
}

fn subscriptions(names: &[&str]) -> Answer {
    Answer::Subscriptions {
        users: users(names),
    }
}

fn subscribed(name: &str) -> Answer {
    Answer::Subscribed { author: user(name) }
}

fn unsubscribed(name: &str) -> Answer {
    Answer::Unsubscribed { author: user(name) }
}

fn offline(name: &str) -> Answer {
    Answer::WhoIs {
        user: user(name),
        presence: Presence::Offline,
    }
}

fn no_room(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::NoSuchRoom { room }
}

fn not_in(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::NotIn { room }
}

fn already_in(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::AlreadyIn { room }
}

fn wrong_key(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::WrongKey { room }
}

fn standing(rooms: &[&str], follows: &[&str]) -> Brings {
    Brings::Standing {
        rooms: rooms.iter().copied().map(room_named).collect(),
        follows: users(follows),
    }
}

fn left_deed(room: &RoomName, user: &UserName) -> Deed {
    let (room, user) = (room.clone(), user.clone());
    Deed::Left { room, user }
}

fn entered_deed(room: &RoomName, user: &UserName) -> Deed {
    let (room, user) = (room.clone(), user.clone());
    Deed::Entered { room, user }
}

fn claimed_events(events: &[Arc<Event>]) -> Vec<(Position, SessionId)> {
    let claims = events.iter().filter_map(|event| match &event.deed {
        Deed::Claimed { session, .. } => Some((event.position, session.clone())),
        _ => None,
    });
    claims.collect()
}

fn deed(event: Arc<Event>) -> Deed {
    event.deed.clone()
}

fn position(answer: &Answer) -> Position {
    match answer {
        Answer::Said { position } | Answer::SaidToAway { position, .. } => *position,
        other => panic!("nothing was said: {other:?}"),
    }
}

/// Names are equal without case; how they are shown is compared like this.
fn shown(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}
