//! Who is lost or moves keeps the place, whatever becomes of the node.

use std::time::{Duration, Instant};

use crate::support::{Client, Cluster, PREFIX, Redis, eventually};

/// How long a place is kept where a test waits for the end of it.
const SHORT: Duration = Duration::from_secs(3);

/// Before that nobody lets the people of a node go that is gone.
const NOT_YET: Duration = Duration::from_secs(12);

/// Anna on the one node and ben on the other, together in the den.
async fn two_in_the_den(cluster: &Cluster) -> [Client; 2] {
    let people = [("anna", &cluster.one), ("ben", &cluster.two)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    anna.hears("* ben joined den").await;
    [anna, ben]
}

/// The last word of a claim.
fn word(redis: &Redis, name: &str) -> String {
    let key = format!("{PREFIX}sessions");
    let held: Option<String> = redis.ask_words(&["HGET", &key, name]);
    let held = held.unwrap_or_default();
    held.rsplit(' ').next().unwrap().to_owned()
}

async fn becomes(redis: &Redis, name: &str, wanted: &str) {
    eventually(wanted, || word(redis, name) == wanted).await;
}

#[tokio::test]
async fn who_is_cut_off_keeps_the_place_until_the_grace_is_over() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let cluster = Cluster::with(redis, &[("accounts.grace", "3s")]).await;
    let [anna, mut ben] = two_in_the_den(&cluster).await;
    let cut = Instant::now();
    drop(anna);
    becomes(&cluster.redis, "anna", "detached").await;
    ben.asks("/who", "* den: anna, ben (2)").await;
    ben.hears("* anna left den").await;
    assert!(cut.elapsed() >= SHORT, "after {:?}", cut.elapsed());
    ben.asks("/users", "* online: ben (1)").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_is_cut_off_comes_in_at_the_other_node_at_once() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [anna, mut ben] = two_in_the_den(&cluster).await;
    drop(anna);
    becomes(&cluster.redis, "anna", "detached").await;
    ben.hears_nothing_else().await;
    let mut anna = cluster.two.node.login("anna").await;
    ben.hears("* anna left den").await;
    assert_eq!(word(&cluster.redis, "anna"), "live");
    anna.asks("/join den", "* You are in den (2 here).").await;
    ben.hears("* anna joined den").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn a_node_that_stops_leaves_its_people_where_they_are() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut anna, mut ben] = two_in_the_den(&cluster).await;
    let Cluster {
        mut one,
        two,
        redis,
    } = cluster;
    let mut carl = one.node.newcomer("carl").await;
    carl.asks("/join den", "* You are in den (3 here).").await;
    for other in [&mut anna, &mut ben] {
        other.hears("* carl joined den").await;
    }
    let stopped = Instant::now();
    let home = one.node.home.clone();
    one.node.signal("TERM");
    for person in [&mut anna, &mut carl] {
        person
            .hears_starting("! The node is going down. Come back in ")
            .await;
        person.hears_the_end().await;
    }
    drop((anna, carl));
    assert_eq!(one.node.ends().await.code(), Some(0));
    for name in ["anna", "carl"] {
        assert_eq!(word(&redis, name), "moving");
    }
    ben.asks("/who", "* den: anna, ben, carl (3)").await;
    // Anna comes in elsewhere, by her password, and so into the lobby.
    let mut anna = two.node.login("anna").await;
    ben.hears("* anna left den").await;
    assert_eq!(word(&redis, "anna"), "live");
    tokio::time::sleep(NOT_YET.saturating_sub(stopped.elapsed())).await;
    ben.hears_nothing_else().await;
    // Who does not come back is let go, also while the next run of the node is there already.
    let node = home.start().await;
    ben.hears("* carl left den").await;
    assert!(stopped.elapsed() >= NOT_YET);
    ben.asks("/users", "* online: anna, ben (2)").await;
    anna.asks("/who lobby", "* lobby: anna (1)").await;
    node.stop().await;
}

#[tokio::test]
async fn without_a_grace_a_node_that_stops_frees_its_people_at_once() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut cluster = Cluster::with(redis, &[("accounts.grace", "0s")]).await;
    let [anna, mut ben] = two_in_the_den(&cluster).await;
    cluster.one.node.signal("TERM");
    ben.hears("* anna left den").await;
    assert_eq!(word(&cluster.redis, "anna"), "");
    drop(anna);
    assert_eq!(cluster.one.node.ends().await.code(), Some(0));
}
