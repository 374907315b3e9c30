//! A node's name is one node's; who was on a killed node comes in when its name comes back.

use std::time::{Duration, Instant};

use crate::support::{Client, Cluster, Redis, Seat, is_refused, member, soon};

/// Longer than the proof of life of a node that was killed lasts, and a start.
const NAME_IS_FREE: Duration = Duration::from_secs(12);

/// Shorter than that proof: who starts within this did not wait for it.
const AT_ONCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_second_node_of_the_same_name_is_refused() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [mut a, mut b] = cluster.newcomers(people).await;
    let twin = member("node-1", &cluster.redis.url());
    let started = Instant::now();
    let words = is_refused(&twin).await;
    assert!(words.contains("node-1"), "{words}");
    assert!(started.elapsed() < NAME_IS_FREE, "it took too long");
    a.hears_nothing_else().await;
    a.says("I am still here").await;
    b.hears("[lobby] a: I am still here").await;
}

#[tokio::test]
async fn a_node_that_was_stopped_starts_again_at_once() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [mut a, mut b] = cluster.newcomers(people).await;
    let mut node = cluster.one.node;
    let home = node.home.clone();
    node.signal("TERM");
    a.hears_starting("! The node is going down.").await;
    a.hears_the_end().await;
    drop(a);
    assert_eq!(node.ends().await.code(), Some(0));
    let started = Instant::now();
    let node = home.start().await;
    assert!(started.elapsed() < AT_ONCE, "it waited");
    let mut a = node.login("a").await;
    // Nobody saw a leave.
    b.hears_nothing_else().await;
    a.says("back again").await;
    b.hears("[lobby] a: back again").await;
}

#[tokio::test]
async fn a_start_without_a_door_does_not_keep_the_name() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = member("node-1", &redis.url());
    let words = is_refused(&home.clone().set("listen.line", &address)).await;
    assert!(words.contains(&address), "{words}");
    let started = Instant::now();
    let node = home.start().await;
    assert!(started.elapsed() < AT_ONCE, "it waited");
    let [mut a, mut b] = node.newcomers(["a", "b"]).await;
    a.says("hello").await;
    b.hears("[lobby] a: hello").await;
}

#[tokio::test]
async fn a_node_that_was_killed_frees_its_users_when_it_comes_back() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [
        ("a", &cluster.one),
        ("c", &cluster.one),
        ("b", &cluster.two),
    ];
    let [a, mut c, mut b] = cluster.newcomers(people).await;
    c.asks("/join den", "* You are in den (1 here).").await;
    b.hears("* c left lobby").await;
    let home = cluster.one.node.home.clone();
    cluster.one.node.kill();
    drop((a, c));
    let started = Instant::now();
    let node = home.start().await;
    assert!(started.elapsed() < NAME_IS_FREE, "it took too long");
    // They keep their places, and keep nobody out.
    b.asks("/users", "* online: a, b, c (3)").await;
    let mut a = cluster.two.node.login("a").await;
    let mut c = node.login("c").await;
    b.hears("* c joined lobby").await;
    a.hears("* c joined lobby").await;
    c.asks("/who den", "! No such room: den").await;
    c.asks("/users", "* online: a, b, c (3)").await;
}

#[tokio::test]
async fn the_other_node_does_not_mind_a_killed_one() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    let [a, mut b] = cluster.newcomers(people).await;
    let mut clara: Client = cluster.two.node.newcomer("clara").await;
    b.hears("* clara joined lobby").await;
    cluster.one.node.kill();
    drop(a);
    clara.says("all is well here").await;
    soon("the message", b.hears("[lobby] clara: all is well here")).await;
}

#[tokio::test]
async fn a_node_whose_name_was_taken_while_it_was_frozen_ends_and_says_why() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut cluster = Cluster::on(redis).await;
    let [mut anna, mut ben] = cluster
        .newcomers([("anna", &cluster.one), ("ben", &cluster.two)])
        .await;
    cluster.one.node.signal("STOP");
    // It waits for the lease to end.
    let next = Seat::taken_by("node-1", &cluster.redis, &[]).await;
    cluster.one.node.signal("CONT");
    let status = cluster.one.node.ends().await;
    assert!(!status.success());
    let log = cluster.one.node.home.log();
    assert!(log.contains("another node is called node-1"), "{log}");
    let said = anna.ear.line("an ending").await;
    assert!(said.starts_with("! "), "{said}");
    let mut anna = next.node.login("anna").await;
    ben.hears_nothing_else().await;
    anna.says("hello again").await;
    ben.hears("[lobby] anna: hello again").await;
}
