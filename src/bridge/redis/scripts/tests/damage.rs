use super::desk::{Desk, claiming, on_both, session};
use crate::bridge::contract::{
    away, entering, entering_too, follow, history, leaving, members, moving, post, say, set_topic,
    whisper,
};
use crate::bridge::redis::task::{Task, Trouble, Verdict};
use crate::messages::{DuplicateLogin, Outcome, Parting, Request};

on_both! {
    a_wrong_type_is_noticed_before_anything_is_written,
    a_claim_notices_a_wrong_type_before_anything_is_written,
    an_ordinal_that_is_no_number_is_noticed_before_anything_is_written,
    what_fails_behind_the_log_is_told_and_the_event_stands,
    a_full_redis_takes_nothing_and_lets_people_leave,
    scripts_that_a_server_has_forgotten_are_a_matter_of_the_link,
    a_replica_is_a_matter_of_the_link,
}

/// A key, and what is asked that needs it.
type Case = (&'static str, fn() -> Request);

/// What lies under a key is not what it should be: nothing is done, and nothing in the log.
async fn a_wrong_type_is_noticed_before_anything_is_written(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    desk.events().await;
    let cases: [Case; 26] = [
        ("sessions", || say("lobby", "hi")),
        ("room:lobby", || say("lobby", "hi")),
        ("room:lobby:meta", || say("lobby", "hi")),
        ("room:lobby:log", || say("lobby", "hi")),
        ("log", || say("lobby", "hi")),
        ("answers:node-1.8c1f", || say("lobby", "hi")),
        ("ordinals:bob", || whisper("bob", "hi")),
        ("inbox:bob", || whisper("bob", "hi")),
        ("sent:alice", || whisper("bob", "hi")),
        ("posts:alice", || post("hi")),
        ("ordinals:alice", || post("hi")),
        ("log", || moving("lobby", "den")),
        ("rooms", || moving("lobby", "den")),
        ("rooms:alice", || moving("lobby", "den")),
        ("private_rooms", || entering("lobby", "den", "key")),
        ("log", || entering_too("den")),
        ("user:room", || entering_too("den")),
        ("rooms:alice", || entering_too("den")),
        ("log", || leaving("lobby", None)),
        ("user:room", || leaving("lobby", None)),
        ("rooms:alice", || leaving("lobby", None)),
        ("rooms", || leaving("lobby", None)),
        ("rooms:alice", || away("tea")),
        ("subs:bob", || follow("bob")),
        ("presence:alice", || away("tea")),
        ("room:lobby:meta", || set_topic("lobby", "tea")),
    ];
    for (key, request) in cases {
        desk.raw(&["COPY", key, "kept", "REPLACE"]).await;
        desk.raw(&["DEL", key]).await;
        desk.raw(&["RPUSH", key, "rubbish"]).await;
        let length = match key {
            "log" => 0,
            _ => desk.number(&["XLEN", "log"]).await,
        };
        let refused = desk.attempt(&alice.asks(request())).await;
        let Err(Trouble::Failed(told)) = &refused else {
            panic!("{key}: {refused:?}")
        };
        assert!(told.starts_with("WRONGTYPE"), "{told}");
        if key != "log" {
            assert_eq!(desk.number(&["XLEN", "log"]).await, length, "{key}");
        }
        desk.raw(&["DEL", key]).await;
        desk.raw(&["RENAME", "kept", key]).await;
    }
    assert_eq!(desk.events().await, []);
    desk.done(&alice, say("lobby", "all is well")).await;
}

async fn a_claim_notices_a_wrong_type_before_anything_is_written(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    let claimed = [
        "held:node-1.8c1f",
        "presence:carol",
        "follows:carol",
        "inbox:carol",
        "ordinals:carol",
        "seen",
    ];
    for key in claimed {
        desk.raw(&["COPY", key, "kept", "REPLACE"]).await;
        desk.raw(&["DEL", key]).await;
        desk.raw(&["RPUSH", key, "rubbish"]).await;
        let carol = claiming(
            &session("node-1", 0x8c1f, 3),
            "carol",
            DuplicateLogin::Reject,
        );
        let refused = desk.attempt(&carol).await;
        assert!(matches!(refused, Err(Trouble::Failed(_))), "{key}");
        desk.raw(&["DEL", key]).await;
        desk.raw(&["RENAME", "kept", key]).await;
    }
    assert_eq!(desk.events().await, []);
    desk.done(&alice, say("lobby", "all is well")).await;
}

async fn an_ordinal_that_is_no_number_is_noticed_before_anything_is_written(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    desk.raw(&["HSET", "room:lobby:meta", "k", "many"]).await;
    let refused = desk.attempt(&alice.asks(say("lobby", "hi"))).await;
    assert!(matches!(refused, Err(Trouble::Failed(_))), "{refused:?}");
    assert_eq!(desk.events().await, []);
}

async fn what_fails_behind_the_log_is_told_and_the_event_stands(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    let cases: [Case; 2] = [
        ("room:lobby:log", || say("lobby", "hi")),
        ("room:lobby:events", || set_topic("lobby", "tea")),
    ];
    for (stream, request) in cases {
        // The newest id of the stream is beyond anything that the log gives.
        desk.raw(&["XADD", stream, "99999999999-1", "e", "{}"])
            .await;
        let task = alice.asks(request());
        let decision = desk.attempt(&task).await.expect("a decision");
        assert!(matches!(
            decision.verdict,
            Verdict::Outcome(Outcome::Done(_))
        ));
        let told = decision.damage.expect("told");
        assert!(told.contains("equal or smaller"), "{told}");
        let events = desk.events().await;
        assert_eq!(decision.head, Some(events[0].position));
        let again = desk.try_as(desk.seq, &task).await.expect("a decision");
        assert_eq!(again.head, decision.head);
        assert_eq!(desk.events().await, []);
    }
}

async fn a_full_redis_takes_nothing_and_lets_people_leave(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.events().await;
    desk.raw(&["CONFIG", "SET", "maxmemory", "100kb"]).await;
    for request in [say("lobby", "hi"), moving("lobby", "den"), away("tea")] {
        let refused = desk.attempt(&alice.asks(request)).await;
        let Err(Trouble::Failed(told)) = &refused else {
            panic!("{refused:?}")
        };
        assert!(told.starts_with("OOM"), "{told}");
    }
    assert_eq!(desk.events().await, []);
    desk.done(&alice, members("lobby")).await;
    desk.done(&alice, history("lobby", 9)).await;
    assert!(matches!(
        desk.decide(&bob.release()).await,
        Verdict::Silence
    ));
    assert_eq!(desk.events().await.len(), 2);
    desk.decide(&alice.parts(Parting::Broken)).await;
    let held = desk.word(&["HGET", "sessions", "alice"]).await;
    assert!(held.ends_with(" detached"), "{held}");
    let beat = super::desk::send(&mut desk.redis, &desk.scripts.beat()).await;
    desk.scripts.read_beat(beat).expect("a pulse");
    desk.raw(&["CONFIG", "SET", "maxmemory", "0"]).await;
    let alice = desk.claim("alice", 3).await;
    desk.done(&alice, say("lobby", "hi")).await;
}

async fn scripts_that_a_server_has_forgotten_are_a_matter_of_the_link(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.raw(&["SCRIPT", "FLUSH"]).await;
    let lost = desk.attempt(&alice.asks(say("lobby", "hi"))).await;
    assert!(matches!(lost, Err(Trouble::Link(_))), "{lost:?}");
    let lost = desk.attempt(&Task::Sweep { after: None }).await;
    assert!(matches!(lost, Err(Trouble::Link(_))), "{lost:?}");
}

async fn a_replica_is_a_matter_of_the_link(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.raw(&["REPLICAOF", "127.0.0.1", "1"]).await;
    let lost = desk.attempt(&alice.asks(say("lobby", "hi"))).await;
    assert!(matches!(lost, Err(Trouble::Link(_))), "{lost:?}");
}
