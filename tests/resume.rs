//! Coming back by a token: without a password, once, and to the rooms one is still in.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use support::{Client, Home, Node, password_of};

const NOT_GOOD: &str = "! That token is not good any more: log in with your password";

/// A token, which is told on one line.
async fn token_of(person: &mut Client) -> String {
    person.says("/token").await;
    told(person).await
}

/// The token in the next line.
async fn told(person: &mut Client) -> String {
    let line = person.hears_starting("* token ").await;
    line["* token ".len()..].to_owned()
}

/// Somebody who comes back, and the next token.
async fn resumes(node: &Node, name: &str, token: &str, room: &str) -> (Client, String) {
    let mut person = node.visitor().await.named(name);
    person.says(&format!("/resume {token}")).await;
    let place = format!("You are in {room} on {}.", node.name());
    person
        .hears(&format!(
            "* Welcome {name}. {place} /help lists the commands."
        ))
        .await;
    let next = told(&mut person).await;
    (person, next)
}

/// A token that is refused, and the password that is asked for instead.
async fn is_refused(node: &Node, token: &str) {
    let mut visitor = node.visitor().await;
    visitor.says(&format!("/resume {token}")).await;
    visitor.hears_all(&[NOT_GOOD, "* Username:"]).await;
    visitor.quits().await;
}

#[tokio::test]
async fn a_token_lets_its_owner_in_once_and_is_followed_by_the_next() {
    let node = Node::start().await;
    let mut anna = node.newcomer("Anna").await;
    let first = token_of(&mut anna).await;
    anna.quits().await;
    let (anna, second) = resumes(&node, "Anna", &first, "lobby").await;
    anna.quits().await;
    let (mut anna, third) = resumes(&node, "Anna", &second, "lobby").await;
    anna.asks("/users", "* online: Anna (1)").await;
    anna.asks(&format!("/resume {third}"), "! You are logged in as Anna")
        .await;
    anna.quits().await;
    let log = node.home.log();
    for token in [first, second, third] {
        assert!(!log.contains(&token), "{log}");
    }
}

#[tokio::test]
async fn a_live_session_is_replaced_and_its_room_kept() {
    let node = Node::start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    anna.asks("/join den sesame", "* You are in den (1 here).")
        .await;
    ben.hears("* anna left lobby").await;
    ben.asks("/join den sesame", "* You are in den (2 here).")
        .await;
    anna.hears("* ben joined den").await;
    let token = token_of(&mut anna).await;
    let (mut again, _) = resumes(&node, "anna", &token, "den").await;
    anna.hears("! Logged in elsewhere").await;
    anna.hears_the_end().await;
    // What the first connection was shown in the last seconds may come again.
    again.catches_up().await;
    again.says("here I am").await;
    // Nobody saw her leave, and nobody had to know the key again.
    ben.hears("[den] anna: here I am").await;
    ben.says("welcome back").await;
    again.hears("[den] ben: welcome back").await;
}

#[tokio::test]
async fn with_a_position_positions_are_shown() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    anna.asks("/ids on", "* Positions are shown.").await;
    anna.says("hello").await;
    let position = anna.hears_starting("* ok ").await["* ok ".len()..].to_owned();
    let token = token_of(&mut anna).await;
    anna.quits().await;
    let mut anna = node.visitor().await;
    anna.says(&format!("/resume {token} {position}")).await;
    anna.is_welcome("anna").await;
    told(&mut anna).await;
    anna.says("again").await;
    anna.hears_starting("* ok ").await;
}

#[tokio::test]
async fn a_token_that_comes_twice_takes_all_that_followed_it_along() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let other = token_of(&mut anna).await;
    let stolen = token_of(&mut anna).await;
    let (mut anna, next) = resumes(&node, "anna", &stolen, "lobby").await;
    is_refused(&node, &stolen).await;
    is_refused(&node, &next).await;
    // She who is in stays in, and what she has on another device is good.
    anna.asks("/who", "* lobby: anna (1)").await;
    anna.quits().await;
    resumes(&node, "anna", &other, "lobby").await;
}

#[tokio::test]
async fn another_password_revokes_every_token() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let (one, other) = (token_of(&mut anna).await, token_of(&mut anna).await);
    let old = password_of("anna").replace(' ', "-");
    anna.says("/passwd").await;
    for line in [&password_of("anna"), &old, &old] {
        anna.hears_starting("* ").await;
        anna.says(line).await;
    }
    anna.hears("* Password changed.").await;
    is_refused(&node, &one).await;
    let fresh = token_of(&mut anna).await;
    anna.asks(
        &format!("/passwd {old} something-else"),
        "* Password changed.",
    )
    .await;
    anna.quits().await;
    is_refused(&node, &other).await;
    is_refused(&node, &fresh).await;
}

#[tokio::test]
async fn an_operator_who_changes_a_password_revokes_every_token() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let token = token_of(&mut anna).await;
    anna.quits().await;
    let said = node
        .home
        .run(&["user", "passwd", "anna"], "another password\n");
    assert_eq!(said.code, Some(0), "{said:?}");
    is_refused(&node, &token).await;
}

#[tokio::test]
async fn an_account_of_the_settings_has_tokens_while_it_stands_there_unchanged() {
    let home = Home::new();
    let root = |password: &str| {
        let hash = home.run(&["hash"], password).out;
        format!("[accounts.users]\nroot = \"{}\"\n", hash.trim())
    };
    home.write("first.toml", root(&password_of("root")));
    home.write("second.toml", root("another password"));
    let starts = async |settings: &str| {
        let command = home.command(&["--config", settings]);
        home.start_with(command).await
    };
    let node = starts("first.toml").await;
    let mut root = node.login("root").await;
    let (one, other) = (token_of(&mut root).await, token_of(&mut root).await);
    root.quits().await;
    node.stop().await;
    let node = starts("first.toml").await;
    let (root, next) = resumes(&node, "root", &one, "lobby").await;
    root.quits().await;
    node.stop().await;
    let node = starts("second.toml").await;
    is_refused(&node, &next).await;
    node.stop().await;
    // Neither in the settings nor in the store.
    let node = home.start().await;
    is_refused(&node, &other).await;
}

#[tokio::test]
async fn three_tokens_that_are_not_good_end_the_connection() {
    let node = Node::start().await;
    let mut visitor = node.visitor().await;
    for _ in 0..2 {
        visitor.says("/resume nonsense").await;
        visitor.hears_all(&[NOT_GOOD, "* Username:"]).await;
    }
    visitor.says("/resume nonsense 7-9").await;
    visitor.hears("! Too many failures").await;
    visitor.hears_the_end().await;
    let mut visitor = node.visitor().await;
    visitor
        .asks(
            "/token",
            "! Log in first: /login <user> <password> or /register <user> <password>",
        )
        .await;
}

#[tokio::test]
async fn a_token_outlives_a_node_that_is_killed() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let token = token_of(&mut anna).await;
    let home = node.home.clone();
    node.kill();
    let node = home.start().await;
    resumes(&node, "anna", &token, "lobby").await;
}

#[tokio::test]
async fn of_many_who_come_by_the_same_token_one_is_let_in() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let token = token_of(&mut anna).await;
    anna.quits().await;
    let mut visitors = Vec::new();
    for _ in 0..8 {
        visitors.push(node.visitor().await);
    }
    for visitor in &mut visitors {
        visitor.says(&format!("/resume {token}")).await;
    }
    let mut let_in = 0;
    for visitor in &mut visitors {
        let line = visitor.ear.line("an answer").await;
        if line.starts_with("* Welcome anna.") {
            let_in += 1;
        } else {
            assert_eq!(line, NOT_GOOD);
        }
    }
    assert_eq!(let_in, 1);
}
