//! A store whose clock is not what it was: the log, claims, leases and answers go on.

use super::desk::{Desk, FIRST, RUN, claiming, greet, rules, scripts, send, session};
use crate::bridge::contract::{history, say};
use crate::bridge::redis::scripts::{Hello, Turn, Unwelcome};
use crate::bridge::redis::task::Verdict;
use crate::chat::{Answer, Deed, Position};
use crate::messages::DuplicateLogin;

/// By so much the clock was ahead when it was set right, in milliseconds: a year.
const AHEAD: u64 = 365 * 24 * 3600 * 1000;

/// As long as a lease lasts.
const LEASE: i64 = 8000;

impl Desk {
    /// Milliseconds since 1970, as the store has them.
    async fn clock(&mut self) -> u64 {
        let beat = send(&mut self.redis, &self.scripts.beat()).await;
        self.scripts.read_beat(beat).expect("a pulse").now.0
    }
}

#[tokio::test]
async fn behind_a_log_of_the_future_positions_still_rise() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let future = (desk.clock().await + AHEAD) / 1000;
    let id = format!("{future}-5");
    let record = format!(r#"{{"v":1,"type":"came_back","user":"x","at":{future}000}}"#);
    desk.raw(&["XADD", "log", &id, "e", &record]).await;
    let hello = Hello {
        turn: Turn::Again,
        ..FIRST
    };
    desk.greeting = greet(&mut desk.redis, &desk.scripts, &hello)
        .await
        .expect("in");
    let begun = Position {
        epoch: future + 1,
        n: 0,
    };
    assert_eq!(desk.greeting.head, begun);
    desk.read = begun;
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, say("lobby", "hi")).await;
    let events = desk.events().await;
    assert!(
        events
            .iter()
            .all(|event| event.position.epoch == begun.epoch)
    );
    // Another hello has no reason for another epoch.
    let again = greet(&mut desk.redis, &desk.scripts, &hello).await;
    assert_eq!(again.expect("in").epoch, begun.epoch);
}

#[tokio::test]
async fn in_a_conversation_no_time_is_before_the_one_before() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let alice = desk.live("alice", 1).await;
    let ahead = (desk.clock().await + AHEAD).to_string();
    desk.raw(&["HSET", "room:lobby:meta", "at", &ahead]).await;
    desk.events().await;
    for text in ["one", "two"] {
        desk.done(&alice, say("lobby", text)).await;
    }
    let times: Vec<_> = desk
        .events()
        .await
        .into_iter()
        .map(|event| event.at.0.to_string())
        .collect();
    assert_eq!(times, [&*ahead, &*ahead]);
    // What seems to be of the future is not too old to be kept.
    let Answer::History { messages, .. } = desk.done(&alice, history("lobby", 9)).await else {
        panic!("no history")
    };
    assert_eq!(messages.len(), 2);
}

#[tokio::test]
async fn an_answer_is_kept_whatever_the_clock_says() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let alice = desk.live("alice", 1).await;
    let task = alice.asks(say("lobby", "once"));
    let first = desk.attempt(&task).await.expect("a decision");
    // So it lasts when the clock went back behind it.
    let ahead = (desk.clock().await + AHEAD).to_string();
    desk.raw(&["PEXPIREAT", "answers:node-1.8c1f", &ahead])
        .await;
    let again = desk.try_as(desk.seq, &task).await.expect("a decision");
    assert_eq!(again.head, first.head);
    let events = desk.events().await;
    let said = events
        .iter()
        .filter(|event| Some(event.position) == first.head);
    assert_eq!(said.count(), 1);
}

/// A lease, and the calm behind an outage, of before the clock went back.
async fn clock_went_back(desk: &mut Desk, run: &str) {
    let ahead = desk.clock().await + AHEAD;
    let lease = format!("lease:{run}");
    desk.raw(&["SET", &lease, "1", "PXAT", &ahead.to_string()])
        .await;
    let calm = (ahead + 8000).to_string();
    desk.raw(&["HSET", "lineage", "calm", &calm]).await;
}

#[tokio::test]
async fn a_lease_of_before_the_clock_went_back_keeps_nobody_out_for_long() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    desk.register("alice").await;
    desk.number(&["HSET", "nodes", "node-2.9", "0"]).await;
    let there = session("node-2", 9, 1);
    desk.decide(&claiming(&there, "alice", DuplicateLogin::Reject))
        .await;
    clock_went_back(&mut desk, "node-2.9").await;
    let here = claiming(&session("node-1", RUN, 1), "alice", DuplicateLogin::Reject);
    let verdict = desk.decide(&here).await;
    assert!(matches!(verdict, Verdict::Outcome(_)), "{verdict:?}");
    // A beat of anybody sees that no lease lasts so long, and no calm either.
    let now = desk.clock().await;
    let left = desk.number(&["PTTL", "lease:node-2.9"]).await;
    assert!((1..=LEASE).contains(&left), "{left}");
    let calm = desk.word(&["HGET", "lineage", "calm"]).await;
    let calm: u64 = calm.parse().expect("a time");
    assert!(calm <= now + 8000, "{calm} at {now}");
    desk.raw(&["DEL", "lease:node-2.9"]).await;
    desk.raw(&["HSET", "lineage", "calm", &now.to_string()])
        .await;
    let verdict = desk.decide(&here).await;
    assert!(matches!(verdict, Verdict::Claimed { .. }), "{verdict:?}");
}

#[tokio::test]
async fn a_node_comes_in_though_the_clock_went_back_behind_its_last_lease() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    clock_went_back(&mut desk, "node-1.8c1f").await;
    let next = scripts("", rules("node-1", 7));
    let refused = greet(&mut desk.redis, &next, &FIRST).await;
    assert!(
        matches!(refused, Err(Unwelcome::Taken { .. })),
        "{refused:?}"
    );
    let left = desk.number(&["PTTL", "lease:node-1.8c1f"]).await;
    assert!((1..=LEASE).contains(&left), "{left}");
}

#[tokio::test]
async fn a_lease_that_lasts_as_it_should_is_left_alone() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    desk.number(&["HSET", "nodes", "node-2.9", "0"]).await;
    desk.raw(&["SET", "lease:node-2.9", "1", "PX", "3000"])
        .await;
    desk.clock().await;
    let left = desk.number(&["PTTL", "lease:node-2.9"]).await;
    assert!((1..=3000).contains(&left), "{left}");
    let now = desk.clock().await;
    let calm = (now + 5000).to_string();
    desk.raw(&["HSET", "lineage", "calm", &calm]).await;
    desk.clock().await;
    assert_eq!(desk.word(&["HGET", "lineage", "calm"]).await, calm);
}

#[tokio::test]
async fn two_nodes_that_saw_more_begin_one_epoch_or_two_that_follow_each_other() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let head = desk.greeting.head;
    let other = scripts("", rules("node-2", 1));
    greet(&mut desk.redis, &other, &FIRST).await.expect("in");
    let log = desk.greeting.log.clone();
    let saw = |epoch: u64, n: u64| {
        let seen = Position { epoch, n };
        Hello {
            turn: Turn::Again,
            seen,
            last: head,
            log: &log,
            at: None,
            barred: 0,
        }
    };
    // Both saw what is lost; the second finds the epoch of the first.
    let one = greet(&mut desk.redis, &desk.scripts, &saw(head.epoch, 9))
        .await
        .expect("in");
    let two = greet(&mut desk.redis, &other, &saw(head.epoch, 12))
        .await
        .expect("in");
    assert!(one.epoch > head.epoch);
    assert_eq!((two.epoch, two.log == one.log), (one.epoch, true));
    // One saw an epoch that is lost too: it begins another, right behind.
    let three = greet(&mut desk.redis, &other, &saw(one.epoch + 5, 3))
        .await
        .expect("in");
    assert_eq!((three.before, three.epoch), (one.head, one.epoch + 6));
    desk.read = head;
    let page = desk.scripts.page(head);
    let page = send(&mut desk.redis, &page).await;
    let page = desk.scripts.read_page(page).expect("a page");
    let begun: Vec<_> = page
        .into_iter()
        .map(|entry| entry.event.expect("a record").deed)
        .collect();
    let after = [head, one.head].map(|after| Deed::Epoch { after });
    assert_eq!(begun, after);
    // The first of them goes on where the last one is.
    let verdict = desk
        .attempt(&claiming(
            &session("node-1", RUN, 1),
            "alice",
            DuplicateLogin::Reject,
        ))
        .await;
    assert!(matches!(
        verdict.expect("a decision").verdict,
        Verdict::Epoch
    ));
    desk.greeting = greet(&mut desk.redis, &desk.scripts, &saw(one.epoch, 0))
        .await
        .expect("in");
    assert_eq!(desk.greeting.epoch, three.epoch);
    desk.live("alice", 1).await;
}
