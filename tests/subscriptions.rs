//! Following: who hears what a person says elsewhere, and posts for followers alone.

mod support;

use support::{Home, Node};

#[tokio::test]
async fn a_post_reaches_subscribers_and_nobody_else() {
    let node = Node::start().await;
    let [mut anna, mut ben, mut clara] = node.newcomers(["anna", "ben", "clara"]).await;
    anna.asks("/subscribe_only hello", "* Nobody subscribes to you.")
        .await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    anna.says("/subscribe_only hello").await;
    ben.hears("[Sub] anna: hello").await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    anna.hears("* ben left lobby").await;
    clara.hears("* ben left lobby").await;
    anna.says("/subscribe_only  wherever you are ").await;
    ben.hears("[Sub] anna:  wherever you are ").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.hears_nothing_else().await;
    }
}

#[tokio::test]
async fn what_is_said_in_a_public_room_reaches_subscribers_elsewhere() {
    let node = Node::start().await;
    let [mut anna, mut ben, mut clara] = node.newcomers(["anna", "ben", "clara"]).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    clara
        .asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    anna.hears("* ben left lobby").await;
    clara.hears("* ben left lobby").await;
    anna.says("hello").await;
    ben.hears("[Sub] [lobby] anna: hello").await;
    clara.hears("[lobby] anna: hello").await;
    for person in [&mut anna, &mut ben, &mut clara] {
        person.hears_nothing_else().await;
    }
}

#[tokio::test]
async fn what_is_said_in_a_private_room_stays_there() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    anna.asks("/join vault sesame", "* You are in vault (1 here).")
        .await;
    ben.hears("* anna left lobby").await;
    anna.says("a secret").await;
    anna.hears_nothing_else().await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn following_ends_when_it_is_ended() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    ben.asks("/subscribe ANNA", "* You subscribe to anna.")
        .await;
    anna.says("/subscribe_only once").await;
    ben.hears("[Sub] anna: once").await;
    ben.asks("/unsubscribe Anna", "* You no longer subscribe to anna.")
        .await;
    ben.asks("/unsubscribe anna", "* You no longer subscribe to anna.")
        .await;
    anna.asks("/subscribe_only hello", "* Nobody subscribes to you.")
        .await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_follows_whom_is_listed_sorted() {
    let node = Node::start().await;
    let [mut anna, mut ben, mut clara] = node.newcomers(["anna", "Ben", "clara"]).await;
    anna.asks("/subscriptions", "* subscriptions: (0)").await;
    anna.asks("/subscribers", "* subscribers: (0)").await;
    anna.asks("/subscribe clara", "* You subscribe to clara.")
        .await;
    anna.asks("/subscribe ben", "* You subscribe to Ben.").await;
    ben.asks("/subscribe clara", "* You subscribe to clara.")
        .await;
    anna.asks("/subs", "* subscriptions: Ben, clara (2)").await;
    clara
        .asks("/subscribers", "* subscribers: anna, Ben (2)")
        .await;
    anna.asks("/subscribe anna", "! That is yourself").await;
    anna.asks("/subscribe nobody", "! No such user: nobody")
        .await;
    anna.asks("/unsubscribe nobody", "! No such user: nobody")
        .await;
    anna.asks("/whois nobody", "! No such user: nobody").await;
}

#[tokio::test]
async fn following_outlives_logins_and_the_node() {
    let home = Home::new();
    let node = home.start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    ben.quits().await;
    anna.hears("* ben left lobby").await;
    anna.says("/subscribe_only nobody is there to hear").await;
    let mut ben = node.login("ben").await;
    let waited = ben.hears_starting("20").await;
    assert!(
        waited.ends_with("Z [Sub] anna: nobody is there to hear"),
        "{waited}"
    );
    anna.hears("* ben joined lobby").await;
    anna.says("/subscribe_only back again").await;
    ben.hears("[Sub] anna: back again").await;
    drop((anna, ben));
    node.stop().await;
    let node = home.start().await;
    let mut ben = node.login("ben").await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    let mut anna = node.login("anna").await;
    anna.says("hello").await;
    ben.hears("[Sub] [lobby] anna: hello").await;
    ben.asks("/subs", "* subscriptions: anna (1)").await;
}
