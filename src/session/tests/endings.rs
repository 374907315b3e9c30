use super::*;
use crate::chat::Ending;
use crate::testing::{gone, settle};

const NOT_DELIVERED: &str = "! Not delivered: the cluster store is unreachable, try again";

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
async fn who_hangs_up_leaves_the_place_behind() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.hangs_up();
    stage.leaves_its_place(Parting::Broken).await;
}

#[actix::test]
async fn who_says_nothing_more_without_a_goodbye_leaves_the_place_behind() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.client.says_all().await;
    assert_eq!(stage.client.hears_the_rest().await, "");
    stage.hangs_up();
    stage.leaves_its_place(Parting::Broken).await;
}

#[actix::test]
async fn who_lives_elsewhere_leaves_nothing_behind() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.tell(SessionMail::End(Ending::Replaced));
    let last_words = "! Logged in elsewhere\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
    stage.hangs_up();
    stage.leaves_nothing_behind().await;
}

#[test]
fn every_ending_has_its_parting() {
    let (within, most) = (Duration::from_secs(30), 65_536);
    let come_back_in = Duration::from_secs(5);
    for (ending, parting) in [
        (Ending::Quit, Parting::Goodbye { words: None }),
        (Ending::Gone, Parting::Broken),
        (Ending::Duplicate, Parting::Goodbye { words: None }),
        (Ending::Replaced, Parting::Goodbye { words: None }),
        (Ending::Killed, Parting::Goodbye { words: None }),
        (Ending::MessagesLost, Parting::Broken),
        (Ending::Unconfirmed, Parting::Goodbye { words: None }),
        (Ending::TooManyFailures, Parting::Goodbye { words: None }),
        (Ending::NoLogin { within }, Parting::Goodbye { words: None }),
        (Ending::FramingLost { most }, Parting::Broken),
        (Ending::TooSlow, Parting::Broken),
        (Ending::GoingDown { come_back_in }, Parting::Moving),
        (Ending::Broken, Parting::Broken),
    ] {
        assert_eq!(super::super::parting(ending, None), parting, "{ending:?}");
    }
}

#[actix::test]
async fn who_hangs_up_before_the_login_only_detaches() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.hangs_up();
    stage.sent_alone("detach 7").await;
}

#[actix::test]
async fn a_panic_leaves_the_place_behind() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.bomb.take().unwrap().send(()).unwrap();
    stage.leaves_its_place(Parting::Broken).await;
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
    stage.leaves_its_place(Parting::Moving).await;
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
    stage.leaves_its_place(Parting::Broken).await;
}

#[actix::test]
async fn who_may_have_claimed_the_account_leaves_it_and_reads_why() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.proves(Ok(user("alice"))).await;
    stage.sends(&["introduce 7"]).await;
    let ask = stage.asked("claim alice, else Reject").await;
    answer(&ask, Outcome::Refused(Refusal::NotConfirmed));
    let last_words = "! Not confirmed: the cluster store went away; it may have been delivered\n\
                      ! What became of that is not known: log in again\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
    stage.hangs_up();
    stage.leaves_nothing_behind().await;
}

#[actix::test]
async fn a_void_claim_is_not_left_in_silence() {
    let mut stage = Stage::logged_in(rules()).await;
    tokio::time::pause();
    stage.client.says("hi").await;
    let ask = stage.asked("say in lobby: hi").await;
    answer(&ask, Outcome::Void);
    settle().await;
    tokio::time::advance(Duration::from_secs(4)).await;
    stage.client.hears(NOT_DELIVERED).await;
    drop(stage.deliver(&["[lobby] bob: before the end\n"]));
    stage.client.hears("[lobby] bob: before the end").await;
    tokio::time::advance(Duration::from_secs(2)).await;
    let last_words = "! Messages were lost: log in again\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
    stage.hangs_up();
    stage.leaves_its_place(Parting::Broken).await;
}

#[actix::test]
async fn a_void_claim_that_is_made_again_ends_nothing() {
    let mut stage = Stage::logged_in(rules()).await;
    tokio::time::pause();
    stage.client.says("hi").await;
    let ask = stage.asked("say in lobby: hi").await;
    answer(&ask, Outcome::Void);
    stage.client.hears(NOT_DELIVERED).await;
    for refusal in [Refusal::NotDelivered, Refusal::NotConfirmed] {
        stage.tell(SessionMail::Suspended);
        let ask = stage.asked("claim alice again, since 7-0 in lobby").await;
        answer(&ask, Outcome::Refused(refusal));
        settle().await;
    }
    // What the session cannot have now it tries to have a second later.
    tokio::time::advance(Duration::from_secs(1)).await;
    let ask = stage.asked("claim alice again, since 7-0 in lobby").await;
    answer(&ask, claimed("alice"));
    settle().await;
    tokio::time::advance(Duration::from_secs(9)).await;
    stage.client.says("ho").await;
    let ask = stage.asked("say in lobby: ho").await;
    answer(&ask, Outcome::Void);
    stage.client.hears(NOT_DELIVERED).await;
}

#[actix::test]
async fn a_void_claim_ends_as_the_log_says_if_it_says_it_in_time() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.client.says("hi").await;
    let ask = stage.asked("say in lobby: hi").await;
    answer(&ask, Outcome::Void);
    stage.tell(SessionMail::End(Ending::Replaced));
    stage.client.hears(NOT_DELIVERED).await;
    let last_words = "! Logged in elsewhere\n";
    assert_eq!(stage.client.hears_the_rest().await, last_words);
}
