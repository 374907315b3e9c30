use super::desk::{Desk, Person, RUN, claiming, session};
use crate::bridge::contract::{
    away, entered_deed, follow, left_deed, moving, room_named, say, standing, user, who_is,
};
use crate::bridge::redis::task::{Task, Verdict};
use crate::chat::answer::Presence;
use crate::chat::origin::Origin;
use crate::chat::{Answer, Deed, RoomName};
use crate::messages::{DuplicateLogin, Outcome};

#[tokio::test]
async fn a_claim_settles_the_rooms_around_its_event() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let old = desk.live("Alice", 1).await;
    desk.register("Bob").await;
    desk.done(&old, follow("bob")).await;
    desk.done(&old, away("tea")).await;
    desk.done(&old, moving("lobby", "Den")).await;
    desk.events().await;
    let new = session("node-1", RUN, 2);
    let reject = claiming(&new, "Alice", DuplicateLogin::Reject);
    assert!(matches!(
        desk.decide(&reject).await,
        Verdict::Outcome(Outcome::Duplicate)
    ));
    assert_eq!(desk.events().await, []);
    let replace = claiming(&new, "Alice", DuplicateLogin::Replace);
    let replaced = desk.attempt(&replace).await.expect("a decision");
    let Verdict::Claimed {
        claim,
        room,
        standing: brings,
    } = replaced.verdict
    else {
        panic!("{replaced:?}")
    };
    assert_eq!((room, brings), (RoomName::lobby(), standing(&[], &["bob"])));
    let events = desk.events().await;
    assert_eq!(replaced.head, Some(events[2].position));
    assert_eq!(claim.fence, events[1].position);
    let own = Origin::Session(new.clone());
    assert!(events.iter().all(|event| event.origin == own));
    let deeds: Vec<_> = events.into_iter().map(|event| event.deed).collect();
    let alice = user("alice");
    let claimed = Deed::Claimed {
        user: alice.clone(),
        session: new.clone(),
    };
    assert_eq!(
        deeds,
        [
            left_deed(&room_named("den"), &alice),
            claimed,
            entered_deed(&RoomName::lobby(), &alice)
        ]
    );
    let new = Person {
        session: new,
        claim,
    };
    let Answer::WhoIs { presence, .. } = desk.done(&new, who_is("alice")).await else {
        panic!("no answer")
    };
    assert!(matches!(presence, Presence::Online { away: None, .. }));
}

#[tokio::test]
async fn a_void_claim_is_told_so() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let old = desk.live("alice", 1).await;
    let replace = claiming(&session("node-1", RUN, 2), "alice", DuplicateLogin::Replace);
    let Verdict::Claimed { claim, .. } = desk.decide(&replace).await else {
        panic!("not claimed")
    };
    // Another session cannot use the right fence either.
    let thief = Person {
        session: old.session.clone(),
        claim,
    };
    desk.events().await;
    for person in [&old, &thief] {
        for request in [
            say("lobby", "hi"),
            moving("lobby", "den"),
            away("tea"),
            who_is("alice"),
        ] {
            let outcome = desk.outcome(person, request).await;
            assert!(matches!(outcome, Outcome::Void), "{outcome:?}");
        }
    }
    assert_eq!(desk.events().await, []);
}

#[tokio::test]
async fn the_same_session_may_claim_again_and_stays_in_the_lobby() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    let again = claiming(&alice.session, "alice", DuplicateLogin::Reject);
    let Verdict::Claimed {
        claim,
        standing: brings,
        ..
    } = desk.decide(&again).await
    else {
        panic!("not claimed")
    };
    assert!(claim.fence > alice.claim.fence);
    assert_eq!(brings, standing(&["lobby"], &[]));
    assert_eq!(desk.events().await.len(), 1);
}

#[tokio::test]
async fn a_claim_that_comes_again_under_its_number_is_answered_as_before() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let alice = desk.live("alice", 1).await;
    desk.register("bob").await;
    desk.done(&alice, follow("bob")).await;
    let other = claiming(&session("node-1", RUN, 2), "alice", DuplicateLogin::Replace);
    let first = desk.attempt(&other).await.expect("a decision");
    let again = desk.try_as(desk.seq, &other).await.expect("a decision");
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert!(format!("{again:?}").contains("bob"));
    let refused = claiming(&session("node-1", RUN, 3), "alice", DuplicateLogin::Reject);
    let first = desk.attempt(&refused).await.expect("a decision");
    let again = desk.try_as(desk.seq, &refused).await.expect("a decision");
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
}

#[tokio::test]
async fn a_release_leaves_every_room_first_and_nothing_behind() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let before = desk.keys().await;
    let alice = desk.claim("Alice", 1).await;
    desk.done(&alice, moving("lobby", "den")).await;
    desk.done(&alice, away("tea")).await;
    desk.events().await;
    assert!(matches!(
        desk.decide(&alice.release()).await,
        Verdict::Silence
    ));
    let name = user("alice");
    let deeds = desk.deeds().await;
    let released = Deed::Released { user: name.clone() };
    assert_eq!(deeds, [left_deed(&room_named("den"), &name), released]);
    assert!(format!("{deeds:?}").contains("Alice"), "{deeds:?}");
    let mut left = desk.keys().await;
    left.retain(|key| !key.starts_with("answers:") && key != "names");
    assert_eq!(left, before);
    // Of a void claim nothing is released.
    assert!(matches!(
        desk.decide(&alice.release()).await,
        Verdict::Silence
    ));
    let alice = desk.claim("Alice", 2).await;
    desk.events().await;
    let stranger = Task::Release {
        session: session("node-1", RUN, 1),
        user: user("alice"),
    };
    desk.decide(&stranger).await;
    assert_eq!(desk.events().await, []);
    desk.done(&alice, say("lobby", "still here")).await;
}

#[tokio::test]
async fn what_another_run_left_is_released_by_the_store() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let before = session("node-1", 7, 1);
    desk.number(&["HSET", "nodes", "node-1.7", "0"]).await;
    desk.decide(&claiming(&before, "alice", DuplicateLogin::Reject))
        .await;
    assert!(desk.keys().await.contains(&"held:node-1.7".to_owned()));
    desk.events().await;
    let release = Task::Release {
        session: before,
        user: user("ALICE"),
    };
    desk.decide(&release).await;
    let events = desk.events().await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.origin == Origin::Store));
    assert!(!desk.keys().await.contains(&"held:node-1.7".to_owned()));
}

#[tokio::test]
async fn a_claim_moves_from_run_to_run() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    desk.claim("alice", 1).await;
    let elsewhere = session("node-2", 9, 1);
    desk.number(&["HSET", "nodes", "node-2.9", "0"]).await;
    desk.decide(&claiming(&elsewhere, "alice", DuplicateLogin::Replace))
        .await;
    let keys = desk.keys().await;
    assert!(keys.contains(&"held:node-2.9".to_owned()), "{keys:?}");
    assert!(!keys.contains(&"held:node-1.8c1f".to_owned()), "{keys:?}");
    let held = desk.word(&["HGET", "sessions", "alice"]).await;
    assert!(held.ends_with(" node-2.9 1 live"), "{held}");
}

#[tokio::test]
async fn a_run_that_is_not_known_any_more_claims_nothing() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let thawed = session("node-1", 7, 1);
    let claim = claiming(&thawed, "alice", DuplicateLogin::Reject);
    assert!(matches!(desk.decide(&claim).await, Verdict::Epoch));
    assert_eq!(desk.events().await, []);
}
