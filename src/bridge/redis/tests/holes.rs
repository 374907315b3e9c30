//! The log and the channel hold what they should not, or no longer what they did.

use super::*;
use crate::bridge::contract::{new_claim, online, online_are};
use crate::messages::{Arrival, Continuity, DuplicateLogin, Lost};

/// What arrives up to and with the batch behind a hole.
async fn up_to_a_hole(world: &mut World<OnRedis>, how: Lost) -> Vec<Arrival> {
    let mut before = Vec::new();
    loop {
        let batch = within(world.heard.recv()).await.expect("a registry");
        match batch.continuity {
            Continuity::Unbroken | Continuity::Doubtful { .. } => before.extend(batch.arrivals),
            Continuity::Broken { lost } => {
                assert_eq!(lost, how);
                world.check(&before);
                return batch.arrivals;
            }
        }
    }
}

#[actix::test]
async fn what_is_no_event_is_passed_over() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let last = says(&mut alice, "0").await;
    let log: String = world.server().run("HGET t:lineage log").await;
    let epoch = last.epoch;
    for (n, message) in [
        "nonsense".to_owned(),
        format!(r#"{{"v":1,"log":"another","id":"{epoch}-9","type":"x"}}"#),
        format!(r#"{{"v":1,"log":"{log}","id":"{epoch}-9000","type":"danced"}}"#),
        format!(r#"{{"v":9,"log":"{log}","id":"{epoch}-9000"}}"#),
        format!(
            r#"{{"v":1,"log":"{log}","id":"{epoch}-9000","type":"came_back","user":"x","at":1}}"#
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let publish = format!("PUBLISH t:global_chat_events {message}");
        // The channel is opened when the bridge runs already.
        let is_heard = async { while world.server().run::<i64>(&publish).await == 0 {} };
        within(is_heard).await;
        says(&mut alice, &(n + 1).to_string()).await;
    }
    assert_eq!(said(&world.events().await), ["0", "1", "2", "3", "4", "5"]);
}

#[actix::test]
async fn an_entry_of_a_newer_program_has_its_place() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let last = says(&mut alice, "before").await;
    world.events().await;
    let entry = last.next();
    let record = r#"{"v":1,"type":"danced","at":1}"#;
    let _: String = world
        .server()
        .run(&format!("XADD t:log {entry} e {record}"))
        .await;
    world.last = entry;
    assert_eq!(says(&mut alice, "after").await, entry.next());
    assert_eq!(said(&world.events().await), ["after"]);
}

#[actix::test]
async fn a_log_that_was_trimmed_too_far_is_a_hole() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let last = says(&mut alice, "before").await;
    world.events().await;
    let record = r#"{"v":1,"type":"came_back","user":"x","at":1}"#;
    let mut lost = last;
    for _ in 0..3 {
        lost = lost.next();
        let add = format!("XADD t:log MAXLEN = 1 {lost} e {record}");
        let _: String = world.server().run(&add).await;
    }
    // Nothing was published: a beat or the next event shows it.
    let after = says(&mut alice, "after").await;
    let mut arrived = up_to_a_hole(&mut world, Lost::Trimmed).await;
    world.last = after;
    if arrived.is_empty() {
        arrived = world
            .heard
            .try_recv()
            .map(|batch| batch.arrivals)
            .unwrap_or_default();
    }
    assert!(arrived.iter().all(|arrival| arrival.event.position > lost));
    says(&mut alice, "on").await;
}

#[actix::test]
async fn a_redis_that_lost_everything_is_a_hole() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let last = says(&mut alice, "before").await;
    world.events().await;
    world.server_mut().kill();
    world.server_mut().wipe();
    world.server_mut().restart();
    let arrived = up_to_a_hole(&mut world, Lost::TakenBack).await;
    assert!(
        arrived
            .iter()
            .all(|arrival| arrival.event.position.epoch > last.epoch)
    );
    alice.send_live(say("lobby", "lost"));
    assert!(matches!(alice.outcome().await, Outcome::Void));
    let behind = arrived.last().map(|arrival| arrival.event.position);
    world.account("bob").await;
    let mut bob = world.caller();
    let claim = new_claim(&mut bob, "bob", DuplicateLogin::Reject).await;
    assert!(behind.is_none_or(|behind| behind < claim.fence));
    bob.claim = Some(claim);
    assert_eq!(bob.done(online()).await, online_are(&["bob"]));
}

#[actix::test]
async fn a_log_that_is_deleted_under_a_running_node_is_a_hole() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let before = says(&mut alice, "before").await;
    world.events().await;
    let _: i64 = world.server().run("DEL t:log").await;
    let after = says(&mut alice, "after").await;
    assert!(after.epoch > before.epoch);
    let arrived = up_to_a_hole(&mut world, Lost::TakenBack).await;
    assert!(
        arrived
            .iter()
            .all(|arrival| arrival.event.position > before)
    );
}

#[actix::test]
async fn a_claim_that_the_store_does_not_hold_any_more_is_in_question() {
    let Some(mut world) = world().await else {
        return;
    };
    let alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    let _: i64 = world.server().run("HDEL t:sessions alice").await;
    let _: i64 = world.server().run("CLIENT KILL TYPE normal").await;
    let conns = vec![alice.id.conn];
    let doubtful = Continuity::Doubtful { conns };
    loop {
        let batch = within(world.heard.recv()).await.expect("a registry");
        world.check(&batch.arrivals);
        if batch.continuity == doubtful {
            break;
        }
        assert_eq!(batch.continuity, Continuity::Unbroken);
    }
    says(&mut bob, "still here").await;
}

#[actix::test]
async fn two_nodes_see_one_order() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    world.events().await;
    let server = world.subject.server.clone();
    let mut other = World::on(Beside { server }).await;
    other.last = world.last;
    let mut bob = other.live("bob").await;
    for _ in 0..50 {
        alice.send_live(say("lobby", "hi"));
        bob.send_live(say("lobby", "ho"));
    }
    for _ in 0..50 {
        position(&alice.answered().await);
        position(&bob.answered().await);
    }
    // Bob's claim and entrance, and what both said. What was said on the other node may come later
    // than what was said here is settled.
    let (mut here, mut there) = (Vec::new(), Vec::new());
    let all = async {
        while here.len() < 102 || there.len() < 102 {
            here.extend(world.events().await);
            there.extend(other.events().await);
        }
    };
    within(all).await;
    assert_eq!(here, there);
    assert_eq!(alice.done(online()).await, online_are(&["alice", "bob"]));
}
