//! What waits for people waits for them on every node.

use crate::support::{Client, Cluster, eventually};

async fn waits(person: &mut Client, wanted: &str) {
    let line = person.hears_starting("20").await;
    let (_, said) = line.split_once("Z ").unwrap();
    assert_eq!(said, wanted);
}

#[tokio::test]
async fn what_waits_comes_in_order_wherever_one_comes_in() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [
        ("anna", &cluster.one),
        ("carl", &cluster.two),
        ("ben", &cluster.one),
    ];
    let [mut anna, mut carl, mut ben] = cluster.newcomers(people).await;
    ben.asks("/subscribe carl", "* You subscribe to carl.")
        .await;
    ben.quits().await;
    anna.hears("* ben left lobby").await;
    carl.hears("* ben left lobby").await;
    for n in 0..5 {
        // Each is in the log before the next one is said.
        anna.says(&format!("/msg ben {n}")).await;
        anna.hears_nothing_else().await;
        carl.says(&format!("/subscribe_only {n}")).await;
        carl.hears_nothing_else().await;
    }
    let mut ben = cluster.two.node.login("ben").await;
    for n in 0..5 {
        waits(&mut ben, &format!("[PM] anna: {n}")).await;
        waits(&mut ben, &format!("[Sub] carl: {n}")).await;
    }
    ben.hears_nothing_else().await;
    ben.quits().await;
    let mut ben = cluster.one.node.login("ben").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn what_was_recorded_as_seen_does_not_come_again() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("anna", &cluster.two), ("ben", &cluster.one)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    anna.wants_positions().await;
    let seen = anna.says_for_sure("/msg ben seen").await;
    ben.hears("[PM] anna: seen").await;
    let key = cluster.key("seen");
    eventually("what was shown to be recorded", || {
        let recorded: String = cluster.redis.ask_words(&["HGET", &key, "ben"]);
        recorded == format!("{seen} 1")
    })
    .await;
    cluster.one.node.kill();
    anna.says_for_sure("/msg ben not seen").await;
    let mut ben = Client::comes_in("ben", &cluster.two.node).await;
    waits(&mut ben, "[PM] anna: not seen").await;
    ben.hears_nothing_else().await;
}
