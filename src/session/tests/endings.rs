use super::*;
use crate::chat::Ending;
use crate::testing::gone;

#[actix::test]
async fn a_goodbye_is_answered() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.client.says("/quit").await;
    stage.client.says("never heard").await;
    assert_eq!(stage.client.hears_the_rest().await, "* Goodbye.\n");
    stage.hangs_up();
    stage.leaves_nothing_behind().await;
}

#[actix::test]
async fn who_hangs_up_leaves_nothing_behind() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.hangs_up();
    stage
        .sends(&["forget 7", "ask release alice", "detach 7"])
        .await;
}

#[actix::test]
async fn who_hangs_up_before_the_login_only_detaches() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.hangs_up();
    stage.sent_alone("detach 7").await;
}

#[actix::test]
async fn a_panic_leaves_nothing_behind() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.bomb.take().unwrap().send(()).unwrap();
    stage.leaves_nothing_behind().await;
}

#[actix::test]
async fn an_endless_line_ends_the_connection() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    let chunk = [b'x'; 1024];
    for _ in 0..64 {
        stage.client.sends(&chunk).await;
    }
    let last_words = "! Line too long (65536 bytes without an end)\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
}

#[actix::test]
async fn a_node_that_goes_down_says_so_after_everything_else() {
    let mut stage = Stage::logged_in(rules()).await;
    drop(stage.deliver(&["[lobby] bob: hi\n"]));
    let come_back_in = Duration::from_secs(5);
    stage.tell(SessionMail::End(Ending::GoingDown { come_back_in }));
    // Number 7 of a crowd that is spread over ten seconds.
    let last_words = "[lobby] bob: hi\n! The node is going down. Come back in 12 s.\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
    stage.hangs_up();
    stage.leaves_nothing_behind().await;
}

#[actix::test]
async fn a_client_that_does_not_close_is_left_after_the_last_words() {
    let mut stage = Stage::logged_in(rules()).await;
    tokio::time::pause();
    stage.client.says("/quit").await;
    stage.leaves_nothing_behind().await;
    assert_eq!(stage.client.hears_the_rest().await, "* Goodbye.\n");
}

#[actix::test]
async fn a_store_that_is_gone_breaks_the_session() {
    let (outbox, sent) = inbox();
    let links = Links {
        ask: gone().await,
        ..links(&outbox, rules())
    };
    let mut stage = Stage::with(links, sent, 1024).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.proves(Ok(user("alice"))).await;
    let last_words = "! The node failed. Try again in a moment.\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
}

#[actix::test]
async fn a_registry_that_is_gone_breaks_the_session_before_it_claims() {
    let (outbox, sent) = inbox();
    let links = Links {
        introduce: gone().await,
        ..links(&outbox, rules())
    };
    let mut stage = Stage::with(links, sent, 1024).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.proves(Ok(user("alice"))).await;
    let last_words = "! The node failed. Try again in a moment.\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
    stage.hangs_up();
    stage
        .sends(&["forget 7", "ask release alice", "detach 7"])
        .await;
}
