//! Tokens are the cluster's: good on any node, once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::support::{Client, Cluster, NOT_DELIVERED, Seat, soon};

const NOT_GOOD: &str = "! That token is not good any more: log in with your password";

async fn told(person: &mut Client) -> String {
    let line = person.hears_starting("* token ").await;
    line["* token ".len()..].to_owned()
}

async fn resumes(seat: &Seat, token: &str, room: &str) -> (Client, String) {
    let mut anna = seat.node.visitor().await.named("anna");
    anna.says(&format!("/resume {token}")).await;
    let place = format!("You are in {room} on {}.", seat.node.name());
    anna.hears(&format!(
        "* Welcome anna. {place} /help lists the commands."
    ))
    .await;
    let next = told(&mut anna).await;
    (anna, next)
}

#[tokio::test]
async fn who_has_a_token_comes_back_on_the_other_node() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("anna", &cluster.one), ("ben", &cluster.two)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    anna.asks("/join den sesame", "* You are in den (1 here).")
        .await;
    ben.hears("* anna left lobby").await;
    anna.says("/token").await;
    let first = told(&mut anna).await;
    let (mut again, second) = resumes(&cluster.two, &first, "den").await;
    anna.hears("! Logged in elsewhere").await;
    anna.hears_the_end().await;
    // What the first connection was shown in the last seconds may come again.
    again.catches_up().await;
    again.asks("/who", "* den: anna (1)").await;
    ben.hears_nothing_else().await;
    // The first one again, on the node that made it: somebody else has it.
    let mut thief = cluster.one.node.visitor().await;
    for token in [&first, &second] {
        thief.says(&format!("/resume {token}")).await;
        thief.hears(NOT_GOOD).await;
        thief.hears("* Username:").await;
    }
    let key = cluster.key("token:*");
    let left: Vec<String> = cluster.redis.ask_words(&["KEYS", &key]);
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn another_password_on_one_node_revokes_what_was_told_on_the_other() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut anna = cluster.one.node.newcomer("anna").await;
    anna.says("/token").await;
    let token = told(&mut anna).await;
    let (mut anna, next) = resumes(&cluster.two, &token, "lobby").await;
    anna.says("/passwd").await;
    for line in ["anna has a secret", "anna has another", "anna has another"] {
        anna.hears_starting("* ").await;
        anna.says(line).await;
    }
    anna.hears("* Password changed.").await;
    let mut other = cluster.one.node.visitor().await;
    other.says(&format!("/resume {next}")).await;
    other.hears(NOT_GOOD).await;
}

#[tokio::test]
async fn while_the_store_is_away_a_token_is_neither_good_nor_used_up() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut anna = cluster.one.node.newcomer("anna").await;
    anna.says("/token").await;
    let token = told(&mut anna).await;
    cluster.one.way.cut().await;
    anna.asks("/topic", NOT_DELIVERED).await;
    let mut visitor = cluster.one.node.visitor().await;
    visitor
        .asks(&format!("/resume {token}"), NOT_DELIVERED)
        .await;
    resumes(&cluster.two, &token, "lobby").await;
}

/// By which the store knows the token.
fn family(token: &str) -> String {
    let (family, _) = token.split_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(family).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn an_answer_of_the_store_that_is_lost_is_no_second_use() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut anna = cluster.one.node.newcomer("anna").await;
    anna.says("/token").await;
    let token = told(&mut anna).await;
    anna.quits().await;
    let lost = cluster.one.way.lose_answer_to(&family(&token)).await;
    let (_, next) = resumes(&cluster.one, &token, "lobby").await;
    soon("the loss", lost).await.unwrap();
    resumes(&cluster.two, &next, "lobby").await;
}
