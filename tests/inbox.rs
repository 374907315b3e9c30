//! What waits for people who are not there: private messages, and posts of whom they follow.

mod support;

use support::{Client, Home, Node, password_of};

/// A message that waited, without its time.
async fn waited(person: &mut Client) -> String {
    let line = person.hears_starting("20").await;
    match line.split_once(' ') {
        Some((time, said)) if time.len() == 20 && time.ends_with('Z') => said.to_owned(),
        _ => panic!("no time stands before it: {line}"),
    }
}

async fn waits(person: &mut Client, lines: &[&str]) {
    for line in lines {
        assert_eq!(waited(person).await, *line);
    }
}

#[tokio::test]
async fn a_message_to_who_is_not_there_waits_until_they_come() {
    let node = Node::start().await;
    let [mut anna, ben] = node.newcomers(["anna", "Ben"]).await;
    ben.quits().await;
    anna.hears("* Ben left lobby").await;
    anna.says("/msg ben one").await;
    anna.says("nobody hears this").await;
    anna.asks("/ids on", "* Positions are shown.").await;
    anna.says("/msg BEN  two").await;
    anna.hears_starting("* ok ").await;
    let mut ben = node.login("Ben").await;
    anna.hears("* Ben joined lobby").await;
    waits(&mut ben, &["[PM] anna: one", "[PM] anna:  two"]).await;
    anna.says("/msg ben three").await;
    ben.hears("[PM] anna: three").await;
    ben.quits().await;
    let mut ben = node.login("Ben").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn posts_wait_for_those_who_follow() {
    let node = Node::start().await;
    let [mut anna, mut ben, clara] = node.newcomers(["anna", "ben", "clara"]).await;
    anna.asks("/subscribe_only too early", "* Nobody subscribes to you.")
        .await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    ben.quits().await;
    clara.quits().await;
    anna.says("/subscribe_only one").await;
    anna.says("/msg ben two").await;
    anna.says("/subscribe_only three").await;
    let mut ben = node.login("ben").await;
    let lines = ["[Sub] anna: one", "[PM] anna: two", "[Sub] anna: three"];
    waits(&mut ben, &lines).await;
    ben.hears_nothing_else().await;
    let mut clara = node.login("clara").await;
    clara.hears_nothing_else().await;
}

#[tokio::test]
async fn a_message_waits_for_the_first_login_too() {
    let home = Home::new();
    let node = home.start().await;
    let mut anna = node.newcomer("anna").await;
    let add = |home: &Home| {
        let password = format!("{}\n", password_of("ben"));
        let said = home.run(&["user", "add", "ben"], &password);
        assert_eq!(said.code, Some(0), "{said:?}");
    };
    add(&home);
    anna.says("/msg ben welcome").await;
    anna.hears_nothing_else().await;
    let mut ben = node.login("ben").await;
    waits(&mut ben, &["[PM] anna: welcome"]).await;
    // Nothing of it is left for somebody else of the name.
    anna.hears("* ben joined lobby").await;
    ben.quits().await;
    anna.says("/msg ben are you there?").await;
    anna.hears("* ben left lobby").await;
    anna.hears_nothing_else().await;
    node.stop().await;
    let said = home.run(&["user", "remove", "ben"], "");
    assert_eq!(said.code, Some(0), "{said:?}");
    add(&home);
    let node = home.start().await;
    let mut ben = node.login("ben").await;
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn what_a_killed_node_was_telling_is_told_again() {
    let home = Home::new();
    let node = home.start().await;
    let [mut anna, ben] = node.newcomers(["anna", "ben"]).await;
    ben.quits().await;
    anna.hears("* ben left lobby").await;
    let long = "x".repeat(900);
    let texts: Vec<_> = (0..200).map(|n| format!("{n} {long}")).collect();
    for text in &texts {
        anna.says(&format!("/msg ben {text}")).await;
    }
    anna.hears_nothing_else().await;
    let mut ben = node.login("ben").await;
    for text in &texts[..3] {
        waits(&mut ben, &[&format!("[PM] anna: {text}")]).await;
    }
    node.kill();
    drop(ben);
    let node = home.start().await;
    let mut ben = node.login("ben").await;
    let mut told = Vec::new();
    while told.last() != texts.last() {
        let line = waited(&mut ben).await;
        told.push(line.strip_prefix("[PM] anna: ").unwrap().to_owned());
    }
    // Perhaps some of it again, but the rest for certain, once and in order.
    let again = texts.len() - told.len();
    assert!(again <= 3, "{again} are missing");
    assert_eq!(told, texts[again..]);
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn what_is_lost_is_said() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    ben.quits().await;
    anna.hears("* ben left lobby").await;
    for command in ["/msg ben", "/subscribe_only"] {
        let page: String = (0..1003).map(|n| format!("{command} {n}\n")).collect();
        anna.mouth.sends(page.as_bytes()).await;
        anna.hears_nothing_else().await;
    }
    let mut ben = node.login("ben").await;
    ben.hears_all(&[
        "[gap] 3 private messages are lost",
        "[gap] some posts are lost",
    ])
    .await;
    for n in 3..1003 {
        waits(&mut ben, &[&format!("[PM] anna: {n}")]).await;
    }
    for n in 3..1003 {
        waits(&mut ben, &[&format!("[Sub] anna: {n}")]).await;
    }
    ben.hears_nothing_else().await;
}
