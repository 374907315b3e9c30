use super::*;
use crate::chat::{Ending, Position};
use crate::messages::{MissedPart, Then};
use crate::testing::{SPAN, comes_back, settle};

#[actix::test]
async fn frames_are_written_in_order_and_those_that_came_together_at_once() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.writes.all().await;
    drop(stage.deliver(&["one\n"]));
    drop(stage.deliver(&["two\n", "three\n"]));
    drop(stage.deliver_bytes(Frames::One(Bytes::from_static(b"four\n"))));
    for line in ["one", "two", "three", "four"] {
        stage.client.hears(line).await;
    }
    assert_eq!(stage.writes.all().await, [19]);
}

#[actix::test]
async fn credit_comes_back_when_frames_are_queued() {
    let stage = Stage::logged_in(rules()).await;
    comes_back(stage.deliver(&["one\n"])).await;
    comes_back(stage.deliver(&["two\n", "three\n"])).await;
}

#[actix::test]
async fn credit_comes_back_from_a_session_that_ends_or_is_dead() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.tell(SessionMail::End(Ending::Replaced));
    comes_back(stage.deliver(&["too late\n"])).await;
    assert_eq!(
        stage.client.hears_the_rest().await,
        "! Logged in elsewhere\n"
    );
    stage.hangs_up();
    settle().await;
    let (credit, returned) = Credit::new();
    let frames = Frames::One(Bytes::from_static(b"much too late\n"));
    assert!(
        stage
            .mail
            .try_send(SessionMail::Frames {
                frames,
                span: SPAN,
                credit,
            })
            .is_err()
    );
    comes_back(returned).await;
}

#[actix::test]
async fn credit_comes_back_from_a_session_that_panics() {
    let mut stage = Stage::logged_in(rules()).await;
    let returned = stage.deliver(&["one\n"]);
    stage.bomb.take().unwrap().send(()).unwrap();
    comes_back(returned).await;
    stage.leaves_its_place(Parting::Broken).await;
}

#[actix::test]
async fn an_end_comes_behind_the_frames_before_it() {
    let mut stage = Stage::logged_in(rules()).await;
    drop(stage.deliver(&["one\n", "two\n"]));
    stage.tell(SessionMail::End(Ending::Replaced));
    let rest = stage.client.hears_the_rest().await;
    assert_eq!(rest, "one\ntwo\n! Logged in elsewhere\n");
}

#[actix::test]
async fn who_reads_less_than_is_said_is_told_the_rest_as_it_reads() {
    let mut stage = slow_reader().await;
    let flood = Frames::Several(vec![Bytes::from_static(b"0123456789abcde\n"); 63]);
    comes_back(stage.deliver_bytes(flood)).await;
    // The first frames are on their way; at the bound all stay.
    settle().await;
    comes_back(stage.deliver_bytes(Frames::One(vec![b'.'; 1000].into()))).await;
    stage.sends(&["7 fell behind 7-0"]).await;
    comes_back(stage.deliver(&["this too is told again\n"])).await;
    for _ in 0..63 {
        assert_eq!(stage.client.line().await, "0123456789abcde\n");
    }
    stage.sends(&["7 catches up"]).await;
    stage.tell(missed("one\n", Then::More));
    stage.sends(&["7 catches up"]).await;
    comes_back(stage.deliver(&["not yet\n"])).await;
    stage.tell(missed("two\n", Then::Live));
    comes_back(stage.deliver(&["three\n"])).await;
    for expected in ["one\n", "two\n", "three\n"] {
        assert_eq!(stage.client.line().await, expected);
    }
}

#[actix::test]
async fn who_comes_back_is_told_in_parts_what_it_missed() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.tell(missed("one\n", Then::More));
    comes_back(stage.deliver(&["not yet\n"])).await;
    stage.sends(&["7 catches up"]).await;
    stage.tell(missed("", Then::Live));
    comes_back(stage.deliver(&["two\n"])).await;
    for expected in ["one\n", "two\n"] {
        assert_eq!(stage.client.line().await, expected);
    }
}

fn missed(bytes: &'static str, then: Then) -> SessionMail {
    SessionMail::Missed(MissedPart {
        bytes: Bytes::from_static(bytes.as_bytes()),
        upto: Position::START,
        then,
    })
}

#[actix::test]
async fn who_asked_for_a_long_answer_is_not_slow() {
    let mut stage = slow_reader().await;
    stage.client.says("/help").await;
    comes_back(stage.deliver(&["hello\n"])).await;
    let mut heard = String::new();
    while heard != "hello\n" {
        heard = stage.client.line().await;
        assert!(!heard.starts_with('!'), "{heard}");
    }
}

#[actix::test]
async fn who_reads_nothing_at_all_is_ended() {
    let mut stage = slow_reader().await;
    for _ in 0..3 {
        comes_back(stage.deliver_bytes(Frames::One(vec![b'.'; 510].into()))).await;
        settle().await;
    }
    stage.sends(&["7 fell behind 7-0"]).await;
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    stage.leaves_its_place(Parting::Broken).await;
    let most = STALLED + crate::session::LAST_WORDS * 2;
    assert!(start.elapsed() <= most, "{:?}", start.elapsed());
}

/// How long the slow reader may take nothing.
const STALLED: Duration = Duration::from_secs(2);

/// Alice, who has 512 bytes on their way and 1008 behind them before she is told nothing more.
async fn slow_reader() -> Stage {
    let backlog = 1008;
    let rules = Rules {
        backlog,
        stalled: STALLED,
        ..rules()
    };
    let mut stage = Stage::narrow(rules, 512).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.log_in().await;
    assert!(stage.client.line().await.starts_with("* Welcome"));
    stage
}
