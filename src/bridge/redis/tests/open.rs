//! How a node comes in, or does not.

use super::*;
use crate::bridge::redis::OpenError;
use crate::bridge::redis::way::Way;
use crate::chat::NodeName;
use crate::messages::Parting;
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

fn incarnation(run: u32) -> Incarnation {
    let node = NodeName::new("node-1").expect("a name");
    Incarnation { node, run }
}

#[actix::test]
async fn a_lease_that_lives_is_waited_for() {
    if !OnRedis::is_here() {
        return;
    }
    let server = Server::that_keeps();
    let first = RedisBridge::open(options(&server, incarnation(1))).await;
    first.expect("the first one");
    let _: i64 = server.run("PEXPIRE t:lease:node-1.1 300").await;
    let second = RedisBridge::open(options(&server, incarnation(2))).await;
    second.expect("the lease is over");
    let nodes: Vec<String> = server.run("HKEYS t:nodes").await;
    assert_eq!(nodes, ["node-1.2"], "the run before is forgotten");
}

#[actix::test]
async fn a_name_that_stays_taken_is_refused() {
    if !OnRedis::is_here() {
        return;
    }
    let server = Server::that_keeps();
    let first = RedisBridge::open(options(&server, incarnation(1))).await;
    first.expect("the first one");
    let _: i64 = server.run("PERSIST t:lease:node-1.1").await;
    let refused = RedisBridge::open(options(&server, incarnation(2))).await;
    let why = refused.expect_err("taken").to_string();
    assert!(why.starts_with("another node is called node-1"), "{why}");
}

#[actix::test]
async fn a_run_that_left_somebody_stays_known_for_the_reaper() {
    let Some(mut world) = world().await else {
        return;
    };
    let alice = world.live("alice").await;
    alice.parts(Parting::Moving);
    let before = alice.id.incarnation.to_string();
    world.live("bob").await;
    world.restart().await;
    let nodes: Vec<String> = world.server().run("HKEYS t:nodes").await;
    assert_eq!(nodes.len(), 2, "{nodes:?}");
    let known: String = world.server().run(&format!("HGET t:nodes {before}")).await;
    assert_eq!(known, "over");
    for (name, word) in [("alice", " moving"), ("bob", " detached")] {
        let held: String = world.server().run(&format!("HGET t:sessions {name}")).await;
        assert!(held.contains(&before) && held.ends_with(word), "{held}");
    }
    for name in ["alice", "bob"] {
        world.caller().claims(name).await;
    }
    assert_eq!(world.events().await.len(), 2, "both stay in the lobby");
}

#[actix::test]
async fn a_redis_that_throws_keys_away_is_refused_at_once() {
    if !OnRedis::is_here() {
        return;
    }
    let server = Server::that_keeps();
    let _: String = server.run("CONFIG SET maxmemory-policy allkeys-lru").await;
    let refused = RedisBridge::open(options(&server, incarnation(1))).await;
    let refused = refused.expect_err("it evicts");
    assert!(matches!(refused, OpenError::Unusable { .. }), "{refused}");
    assert!(refused.to_string().contains("noeviction"), "{refused}");
}

#[actix::test]
async fn nothing_shows_the_password() {
    let options = Options {
        server: at("redis://:hunter2@127.0.0.1:1/3"),
        prefix: String::new(),
        channel: "c".to_owned(),
        log_entries: 1,
        incarnation: incarnation(1),
        rooms: 1,
        keep_messages: 0,
        keep_days: 0,
        grace: Duration::ZERO,
        configured: BTreeSet::new(),
    };
    let shown = format!("{options:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let refused = RedisBridge::open(options).await;
    let why = refused.expect_err("nobody listens").to_string();
    assert!(
        why.starts_with("cannot reach Redis at redis://127.0.0.1:1/3: "),
        "{why}"
    );
    assert!(!why.contains("hunter2"), "{why}");
}

/// What the task of the command connection relies on: pipelines leave in the order in which
/// their futures were pushed, more of them than the crate's queue holds, and a server's error is
/// an answer like any other.
#[actix::test]
async fn pipelines_leave_in_order() {
    if !OnRedis::is_here() {
        return;
    }
    let server = Server::that_keeps();
    server.connect().await;
    let way = Way::Socket(server.client());
    let connection = way.connect().await.expect("a connection");
    let mut flights = FuturesOrdered::new();
    for n in 0..3000 {
        let mut pipeline = redis::Pipeline::new();
        pipeline.cmd("RPUSH").arg("list").arg(n);
        pipeline.cmd("NONSENSE");
        let flight = crate::bridge::redis::connection::fly(connection.clone(), pipeline);
        flights.push_back(tokio::task::unconstrained(flight));
    }
    let mut length = 0;
    while let Some(replies) = flights.next().await {
        length += 1;
        let replies = replies.expect("a connection");
        assert_eq!(replies[0], redis::Value::Int(length));
        assert!(matches!(replies[1], redis::Value::ServerError(_)));
    }
    let list: Vec<i64> = server.run("LRANGE list 0 -1").await;
    assert_eq!(list, Vec::from_iter(0..3000));
}
