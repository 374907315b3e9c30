//! A lost connection keeps its place for a while: nobody sees those leave who come back in time.

mod support;

use std::time::{Duration, Instant};

use support::{Client, Home, Node};

/// How long a place is kept where a test waits for the end of it.
const SHORT: Duration = Duration::from_secs(3);

/// How long it is kept where nobody says otherwise.
const USUAL: Duration = Duration::from_secs(15);

fn short_home() -> Home {
    Home::new().set("accounts.grace", "3s")
}

/// Anna and ben, together in the den.
async fn two_in_the_den(node: &Node) -> [Client; 2] {
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    anna.hears("* ben joined den").await;
    [anna, ben]
}

#[tokio::test]
async fn who_is_cut_off_keeps_the_place_until_the_grace_is_over() {
    let node = short_home().start().await;
    let [anna, mut ben] = two_in_the_den(&node).await;
    let cut = Instant::now();
    drop(anna);
    ben.asks("/who", "* den: anna, ben (2)").await;
    ben.asks("/users", "* online: anna, ben (2)").await;
    ben.hears("* anna left den").await;
    assert!(cut.elapsed() >= SHORT, "after {:?}", cut.elapsed());
    ben.asks("/users", "* online: ben (1)").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn what_is_said_to_somebody_who_is_cut_off_is_taken() {
    let node = Node::start().await;
    let [anna, mut ben] = two_in_the_den(&node).await;
    ben.asks("/ids on", "* Positions are shown.").await;
    drop(anna);
    ben.says("/msg anna are you there?").await;
    ben.hears_starting("* ok ").await;
    ben.says("/whois anna").await;
    let known = ben.catches_up().await;
    assert!(known[0].contains("on node-1"), "{known:#?}");
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_logs_in_again_is_in_at_once_and_leaves_the_old_room_then() {
    let node = Node::start().await;
    let [anna, mut ben] = two_in_the_den(&node).await;
    let cut = Instant::now();
    drop(anna);
    let mut anna = Client::comes_in("anna", &node).await;
    ben.hears("* anna left den").await;
    assert!(cut.elapsed() < USUAL, "after {:?}", cut.elapsed());
    anna.asks("/who", "* lobby: anna (1)").await;
    anna.asks("/join den", "* You are in den (2 here).").await;
    ben.hears("* anna joined den").await;
    ben.says("welcome back").await;
    anna.hears("[den] ben: welcome back").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_came_back_is_not_let_go_for_what_was_before() {
    let node = short_home().start().await;
    let [anna, mut ben] = two_in_the_den(&node).await;
    drop(anna);
    let mut anna = Client::comes_in("anna", &node).await;
    ben.hears("* anna left den").await;
    // Whoever is lost later is let go later, so by then anna would have been.
    drop(ben);
    anna.asks("/join den", "* You are in den (2 here).").await;
    anna.hears("* ben left den").await;
    anna.says("still here").await;
    anna.asks("/who", "* den: anna (1)").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn who_says_goodbye_leaves_at_once() {
    let node = Node::start().await;
    let [anna, mut ben] = two_in_the_den(&node).await;
    let gone = Instant::now();
    anna.quits().await;
    ben.hears("* anna left den").await;
    assert!(gone.elapsed() < USUAL, "after {:?}", gone.elapsed());
    ben.asks("/users", "* online: ben (1)").await;
}

#[tokio::test]
async fn who_says_nothing_that_can_be_understood_keeps_the_place_as_well() {
    let node = Node::start().await;
    let [mut anna, mut ben] = two_in_the_den(&node).await;
    let endless = vec![b'x'; 1024 * 1024];
    let last = "! Line too long (65536 bytes without an end)";
    let Client { ear, mouth } = &mut anna;
    // The node may hang up before it was told all of it.
    let (_sent, ()) = tokio::join!(mouth.tries_to_send(&endless), ear.hears(last));
    ben.asks("/who", "* den: anna, ben (2)").await;
    ben.hears_nothing_else().await;
}

/// Another run of the node, and ben in the den of it.
async fn ben_again(home: &Home) -> (Node, Client) {
    let node = home.start().await;
    let mut ben = node.login("ben").await;
    ben.asks("/join den", "* You are in den (2 here).").await;
    (node, ben)
}

#[tokio::test]
async fn who_does_not_come_back_to_a_killed_node_is_let_go_behind_the_grace() {
    let home = short_home();
    let node = home.start().await;
    let people = two_in_the_den(&node).await;
    node.kill();
    drop(people);
    let begin = Instant::now();
    let (_node, mut ben) = ben_again(&home).await;
    ben.hears("* anna left den").await;
    assert!(begin.elapsed() >= SHORT, "after {:?}", begin.elapsed());
    ben.asks("/users", "* online: ben (1)").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn a_node_that_stops_keeps_the_places_for_its_next_run() {
    let home = Home::new();
    let mut node = home.start().await;
    let [mut anna, mut ben] = two_in_the_den(&node).await;
    node.signal("TERM");
    for person in [&mut anna, &mut ben] {
        person
            .hears_starting("! The node is going down. Come back in ")
            .await;
        person.hears_the_end().await;
    }
    drop((anna, ben));
    assert_eq!(node.ends().await.code(), Some(0));
    let (node, mut ben) = ben_again(&home).await;
    ben.asks("/who", "* den: anna, ben (2)").await;
    let _anna = node.login("anna").await;
    ben.hears("* anna left den").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn without_a_grace_nobody_keeps_anything() {
    let home = Home::new().set("accounts.grace", "0s");
    let node = home.start().await;
    let [anna, mut ben] = two_in_the_den(&node).await;
    drop(anna);
    ben.hears("* anna left den").await;
    node.kill();
    let node = home.start().await;
    let mut anna = node.login("anna").await;
    anna.asks("/users", "* online: anna (1)").await;
    anna.asks("/join den", "* You are in den (1 here).").await;
}
