//! A node that is gone keeps nobody out; one that comes back finds its people where they are.

use std::time::{Duration, Instant};

use crate::support::{
    Client, Cluster, KEPT, PREFIX, Redis, agrees_on, eventually, fits_together, password_of,
};

/// An account of a node that was killed is free by then.
const FREE: Duration = Duration::from_secs(10);

/// Before that nobody can know that it is gone.
const KNOWN: Duration = Duration::from_secs(5);

/// Of those who do not come back nobody knows for so long.
const NOT_YET: Duration = Duration::from_secs(15);

/// Longer than a lease, and than a node waits for a reply of a Redis that is frozen.
const AWAY: Duration = Duration::from_secs(10);

/// Longer than a node has to be gone before its people are let go.
const LONG_AWAY: Duration = Duration::from_secs(20);

/// Longer than nobody counts as gone behind an outage.
const CALM: Duration = Duration::from_secs(9);

/// So long a node does nothing at all; its people were let go by then.
const ASLEEP: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_people_of_a_killed_node_come_in_at_another() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut anna, mut ben] = cluster
        .newcomers([("anna", &cluster.one), ("ben", &cluster.two)])
        .await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    cluster.one.node.kill();
    let killed = Instant::now();
    drop(anna);
    let mut anna = Client::comes_in("anna", &cluster.two.node).await;
    let took = killed.elapsed();
    println!("free after {took:?}");
    assert!((KNOWN..FREE).contains(&took), "{took:?}");
    ben.hears("* anna left den").await;
    anna.asks("/join den", "* You are in den (2 here).").await;
    ben.hears("* anna joined den").await;
    anna.says("back again").await;
    ben.hears("[den] anna: back again").await;
    ben.asks("/users", "* online: anna, ben (2)").await;
    // Nobody was left behind in the lobby.
    ben.asks("/who lobby", "* lobby: (0)").await;
}

#[tokio::test]
async fn a_node_that_wakes_up_says_nothing_to_who_lives_elsewhere_by_now() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut old, mut ben] = cluster
        .newcomers([("anna", &cluster.one), ("ben", &cluster.two)])
        .await;
    let mut carl = cluster.one.node.newcomer("carl").await;
    ben.hears("* carl joined lobby").await;
    old.hears("* carl joined lobby").await;
    cluster.one.node.signal("STOP");
    let mut anna = Client::comes_in("anna", &cluster.two.node).await;
    ben.says("only for who is here").await;
    anna.hears("[lobby] ben: only for who is here").await;
    cluster.one.node.signal("CONT");
    old.hears("! Logged in elsewhere").await;
    old.hears_the_end().await;
    // Who stayed there and did not come in elsewhere missed nothing.
    carl.hears("[lobby] ben: only for who is here").await;
    carl.waits_for_the_store().await;
    carl.says("good morning").await;
    anna.hears("[lobby] carl: good morning").await;
    ben.hears("[lobby] carl: good morning").await;
    anna.says("hello").await;
    carl.hears("[lobby] anna: hello").await;
}

#[tokio::test]
async fn who_does_not_come_back_is_let_go() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let Cluster { one, two, redis } = cluster;
    let mut ben = two.node.newcomer("ben").await;
    let mut people = one.node.newcomers(["anna", "carl"]).await;
    ben.hears("* anna joined lobby").await;
    ben.hears("* carl joined lobby").await;
    people[0]
        .asks("/join den", "* You are in den (1 here).")
        .await;
    ben.hears("* anna left lobby").await;
    one.node.kill();
    tokio::time::sleep(NOT_YET).await;
    ben.hears_nothing_else().await;
    ben.hears("* carl left lobby").await;
    ben.asks("/users", "* online: ben (1)").await;
    ben.asks("/who den", "! No such room: den").await;
    let nodes = format!("{PREFIX}nodes");
    eventually("nothing to be left of it", || {
        let runs: Vec<String> = redis.ask_words(&["HKEYS", &nodes]);
        runs.len() == 1 && runs[0].starts_with("node-2.")
    })
    .await;
    let left: Vec<String> = redis.ask_words(&["KEYS", &format!("{PREFIX}*:node-1.*")]);
    assert_eq!(left, [""; 0]);
}

#[tokio::test]
async fn who_was_let_go_while_the_node_was_cut_off_is_back_and_told_that_something_is_missing() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut anna, mut bea, mut ben] = cluster
        .newcomers([
            ("anna", &cluster.one),
            ("bea", &cluster.one),
            ("ben", &cluster.two),
        ])
        .await;
    bea.asks("/join vault secret", "* You are in vault (1 here).")
        .await;
    anna.hears("* bea left lobby").await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears_all(&["* bea left lobby", "* anna left lobby"])
        .await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    anna.hears("* ben joined den").await;
    cluster.one.way.cut().await;
    tokio::time::sleep(NOT_YET).await;
    ben.hears("* anna left den").await;
    ben.says("without anna").await;
    cluster.one.way.mend().await;
    anna.hears("[gap] some messages in den are lost").await;
    ben.hears("* anna joined den").await;
    ben.says("with anna").await;
    anna.hears("[den] ben: with anna").await;
    anna.says("here I am").await;
    ben.hears("[den] anna: here I am").await;
    // A key was shown once.
    bea.hears("* You are in lobby now.").await;
    bea.hears("[gap] some messages in vault are lost").await;
    bea.asks("/join vault secret", "* You are in vault (1 here).")
        .await;
    ben.asks("/users", "* online: anna, bea, ben (3)").await;
}

#[tokio::test]
async fn behind_an_outage_of_redis_nobody_is_thrown_out() {
    let Some(redis) = Redis::with(&KEPT).await else {
        return;
    };
    let mut cluster = Cluster::on(redis).await;
    let [mut anna, mut ben] = cluster
        .newcomers([("anna", &cluster.one), ("ben", &cluster.two)])
        .await;
    cluster.redis.kill();
    // The point is that for longer than a lease nobody can renew one.
    tokio::time::sleep(AWAY).await;
    // The node of anna is the last that comes back.
    cluster.one.way.cut().await;
    cluster.redis.start_again().await;
    ben.waits_for_the_store().await;
    let mut thief = cluster.two.node.visitor().await;
    let login = format!("/login anna {}", password_of("anna"));
    thief.says(&login).await;
    cluster.one.way.mend().await;
    anna.waits_for_the_store().await;
    thief.hears("! User already logged in").await;
    anna.says("still here").await;
    ben.hears("[lobby] anna: still here").await;
}

#[tokio::test]
async fn behind_an_outage_that_is_longer_than_any_grace_nobody_is_thrown_out_either() {
    let Some(redis) = Redis::with(&KEPT).await else {
        return;
    };
    let mut cluster = Cluster::on(redis).await;
    let people = [
        ("anna", &cluster.one),
        ("bea", &cluster.one),
        ("ben", &cluster.two),
    ];
    let mut people = cluster.newcomers(people).await;
    cluster.redis.kill();
    // The point is that for so long nobody can show that they live.
    tokio::time::sleep(LONG_AWAY).await;
    let back = Instant::now();
    cluster.redis.start_again().await;
    for person in &mut people {
        assert!(person.waits_for_the_store().await.is_empty());
    }
    println!("all are heard again after {:?}", back.elapsed());
    // And when whoever is gone counts as gone again.
    tokio::time::sleep(CALM).await;
    let [anna, bea, ben] = &mut people;
    anna.says("still here").await;
    bea.hears("[lobby] anna: still here").await;
    ben.hears("[lobby] anna: still here").await;
    ben.says("so am I").await;
    anna.hears("[lobby] ben: so am I").await;
    bea.hears("[lobby] ben: so am I").await;
    for person in &mut people {
        person.hears_nothing_else().await;
    }
    agrees_on(&cluster.redis, &["anna", "bea", "ben"].map(str::to_owned)).await;
}

#[tokio::test]
async fn who_came_in_elsewhere_before_the_others_were_let_go_leaves_no_ghost() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let Cluster { one, two, redis } = cluster;
    let mut ben = two.node.newcomer("ben").await;
    let mut people = one.node.newcomers(["anna", "carl"]).await;
    for name in ["anna", "carl"] {
        ben.hears(&format!("* {name} joined lobby")).await;
    }
    for (person, name) in people.iter_mut().zip(["anna", "carl"]) {
        person.says(&format!("/join {name}s-den")).await;
        person
            .ear
            .hears_until(&format!("* You are in {name}s-den (1 here)."))
            .await;
        ben.hears(&format!("* {name} left lobby")).await;
    }
    one.node.kill();
    drop(people);
    let mut anna = Client::comes_in("anna", &two.node).await;
    ben.hears("* anna joined lobby").await;
    // The room that she left is empty, and carl is still where he was.
    ben.asks("/who annas-den", "! No such room: annas-den")
        .await;
    ben.asks("/who carls-den", "* carls-den: carl (1)").await;
    fits_together(&redis);
    let nodes = format!("{PREFIX}nodes");
    tokio::time::sleep(NOT_YET).await;
    eventually("the node to be forgotten", || {
        let runs: Vec<String> = redis.ask_words(&["HKEYS", &nodes]);
        runs.iter().all(|run| run.starts_with("node-2."))
    })
    .await;
    // She who is here was not let go with him.
    ben.hears_nothing_else().await;
    anna.hears_nothing_else().await;
    anna.says("here I am").await;
    ben.hears("[lobby] anna: here I am").await;
    ben.asks("/who carls-den", "! No such room: carls-den")
        .await;
    agrees_on(&redis, &["anna", "ben"].map(str::to_owned)).await;
}

#[tokio::test]
async fn a_node_that_slept_through_all_of_it_tells_nobody_what_is_not_theirs_any_more() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("anna", &cluster.one), ("ben", &cluster.two)];
    let [mut old, mut ben] = cluster.newcomers(people).await;
    let mut carl = cluster.one.node.newcomer("carl").await;
    for other in [&mut ben, &mut old] {
        other.hears("* carl joined lobby").await;
    }
    let asleep = Instant::now();
    cluster.one.node.signal("STOP");
    let mut anna = Client::comes_in("anna", &cluster.two.node).await;
    ben.says("only for anna here").await;
    anna.hears("[lobby] ben: only for anna here").await;
    tokio::time::sleep(NOT_YET.saturating_sub(asleep.elapsed())).await;
    for person in [&mut ben, &mut anna] {
        person.hears("* carl left lobby").await;
    }
    ben.says("not for carl any more").await;
    anna.hears("[lobby] ben: not for carl any more").await;
    tokio::time::sleep(ASLEEP.saturating_sub(asleep.elapsed())).await;
    let woken = Instant::now();
    cluster.one.node.signal("CONT");
    assert_eq!(old.ear.hears_out().await, ["! Logged in elsewhere"]);
    // What was said while he was there is his, however late.
    carl.hears("[lobby] ben: only for anna here").await;
    carl.hears("[gap] some messages in lobby are lost").await;
    println!("back within {:?}", woken.elapsed());
    for person in [&mut ben, &mut anna] {
        person.hears("* carl joined lobby").await;
    }
    carl.says("good morning").await;
    for person in [&mut ben, &mut anna] {
        person.hears("[lobby] carl: good morning").await;
    }
    agrees_on(&cluster.redis, &["anna", "ben", "carl"].map(str::to_owned)).await;
}
