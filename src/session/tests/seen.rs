use super::*;
use crate::chat::Ending;
use crate::session::RECORD_SEEN;
use crate::testing::{comes_back, settle};

#[actix::test]
async fn what_has_left_is_told_to_the_store_once_in_a_while() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.sent.all().await;
    tokio::time::pause();
    comes_back(stage.shows(&["one\n"], 5)).await;
    comes_back(stage.shows(&["two\n", "three\n"], 9)).await;
    for line in ["one", "two", "three"] {
        stage.client.hears(line).await;
    }
    stage.sent.is_quiet().await;
    tokio::time::advance(RECORD_SEEN).await;
    stage.asked("seen 7-9").await;
    // Nothing new is nothing to tell.
    tokio::time::advance(RECORD_SEEN * 3).await;
    stage.sent.is_quiet().await;
    comes_back(stage.shows(&["four\n"], 10)).await;
    stage.client.hears("four").await;
    tokio::time::advance(RECORD_SEEN).await;
    stage.asked("seen 7-10").await;
}

#[actix::test]
async fn who_says_goodbye_has_seen_what_it_read() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.sent.all().await;
    comes_back(stage.shows(&["one\n"], 5)).await;
    stage.client.hears("one").await;
    stage.client.says("/quit").await;
    assert_eq!(stage.client.hears_the_rest().await, "* Goodbye.\n");
    stage
        .sends(&["ask seen 7-5", "ask release alice", "forget 7"])
        .await;
}

#[actix::test]
async fn what_never_left_was_not_seen() {
    let backlog = 1008;
    let mut stage = Stage::narrow(Rules { backlog, ..rules() }, 64).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.log_in().await;
    stage
        .client
        .hears("* Welcome alice. You are in lobby on node-1. /help lists the commands.")
        .await;
    stage.sent.all().await;
    comes_back(stage.shows(&["one\n"], 5)).await;
    stage.client.hears("one").await;
    settle().await;
    comes_back(stage.shows(&["0123456789abcde\n"; 9], 6)).await;
    settle().await;
    stage.tell(SessionMail::End(Ending::TooSlow));
    stage
        .sends(&["ask seen 7-5", "ask release alice: Broken", "forget 7"])
        .await;
}
