//! What becomes of a message whose answer does not come: it is in the log once or never, and
//! its sender is told no lies.

use std::time::Duration;

use crate::support::{
    Client, Cluster, KEPT, NOT_AFTER_ALL, NOT_CONFIRMED, NOT_DELIVERED, Redis, Seat, eventually,
    password_of, soon,
};
use crate::{all_is_well, three_people};

/// Longer than a node waits for the store to answer.
const TOO_LATE: Duration = Duration::from_secs(11);

/// The same, and longer than it takes to come back.
const LONG_TOO_LATE: Duration = Duration::from_secs(18);

/// So long after its first sending, nothing is sent again.
const NOT_REPEATED: Duration = Duration::from_secs(51);

impl Client {
    /// Hears that what was in doubt is in the log, and where.
    async fn hears_it_is_delivered(&mut self) -> String {
        let line = self.hears_starting("* delivered ").await;
        line["* delivered ".len()..].to_owned()
    }
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_appears_once() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    for round in 0..3 {
        let text = format!("spoken {round}");
        let lost = cluster.one.way.lose_answer_to(&text).await;
        let [anna, bea, ben] = &mut people;
        let position = anna.says_for_sure(&text).await;
        soon("the loss", lost).await.unwrap();
        for other in [bea, ben] {
            other
                .hears(&format!("{position} [lobby] anna: {text}"))
                .await;
        }
    }
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn a_login_whose_answer_was_lost_is_a_login() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut anna] = cluster.newcomers([("anna", &cluster.one)]).await;
    cluster.two.node.newcomer("clara").await.quits().await;
    anna.hears_all(&["* clara joined lobby", "* clara left lobby"])
        .await;
    cluster.is_free("clara").await;
    // The first request that names her asks for her account, the next claims it.
    for skip in 0..2 {
        let lost = cluster.two.way.lose_answer_behind(skip, "clara").await;
        let mut clara = Client::comes_in("clara", &cluster.two.node).await;
        soon("the loss", lost).await.unwrap();
        anna.hears("* clara joined lobby").await;
        clara.hears_nothing_else().await;
        clara.quits().await;
        anna.hears("* clara left lobby").await;
        cluster.is_free("clara").await;
    }
}

#[tokio::test]
async fn a_message_that_arrives_after_its_deadline_was_never_called_undelivered() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    let arrives = cluster
        .one
        .way
        .delay_request_with("spoken late", TOO_LATE)
        .await;
    // Or it would be said again on another connection.
    cluster.one.way.shut().await;
    let [anna, bea, ben] = &mut people;
    anna.asks("spoken late", NOT_CONFIRMED).await;
    soon("the late message", arrives).await.unwrap();
    cluster.one.way.mend().await;
    let position = anna.hears_it_is_delivered().await;
    for other in [bea, ben] {
        other
            .hears(&format!("{position} [lobby] anna: spoken late"))
            .await;
    }
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn a_message_in_doubt_is_said_once_when_the_node_is_back() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    let way = &cluster.one.way;
    let arrives = way.delay_request_with("spoken late", LONG_TOO_LATE).await;
    way.shut().await;
    let [anna, bea, ben] = &mut people;
    anna.asks("spoken late", NOT_CONFIRMED).await;
    way.mend().await;
    let position = anna.hears_it_is_delivered().await;
    // Redis reads the first copy no more, or answers it as the second.
    let _given_up = soon("the late message", arrives).await;
    for other in [bea, ben] {
        other
            .hears(&format!("{position} [lobby] anna: spoken late"))
            .await;
        other.hears_nothing_else().await;
    }
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn what_is_in_doubt_is_resolved_in_the_order_in_which_it_was_said() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    cluster.redis.freeze();
    let [anna, bea, ben] = &mut people;
    for line in ["one", "/msg nobody two", "three", "/subscribe_only four"] {
        anna.says(line).await;
    }
    for _ in 0..4 {
        anna.hears(NOT_CONFIRMED).await;
    }
    cluster.redis.thaw();
    let one = anna.hears_it_is_delivered().await;
    anna.hears(NOT_AFTER_ALL).await;
    let three = anna.hears_it_is_delivered().await;
    // Nobody subscribes to her.
    anna.hears(NOT_AFTER_ALL).await;
    for other in [bea, ben] {
        other.hears(&format!("{one} [lobby] anna: one")).await;
        other.hears(&format!("{three} [lobby] anna: three")).await;
    }
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn what_redis_can_no_longer_be_sent_is_looked_up() {
    let Some(redis) = Redis::with(&KEPT).await else {
        return;
    };
    let mut cluster = Cluster::on(redis).await;
    let mut people = three_people(&cluster).await;
    let [anna, bea, ben] = &mut people;
    // Anna's words arrive and are not answered; Ben's do not arrive.
    let lost = cluster.one.way.lose_answer_to("spoken").await;
    let never = cluster.two.way.delay_request_with("unheard", LONG_TOO_LATE);
    let _never = never.await;
    cluster.one.way.shut().await;
    cluster.two.way.shut().await;
    anna.says("spoken").await;
    soon("the loss", lost).await.unwrap();
    ben.says("unheard").await;
    anna.hears(NOT_CONFIRMED).await;
    // The channel may have told him of it before it was closed.
    let before = ben.ear.hears_until(NOT_CONFIRMED).await;
    cluster.redis.kill();
    tokio::time::sleep(NOT_REPEATED).await;
    anna.asks("refused", NOT_DELIVERED).await;
    cluster.redis.start_again().await;
    cluster.one.way.mend().await;
    cluster.two.way.mend().await;
    let position = anna.hears_it_is_delivered().await;
    let ends = ben.ear.hears_until(NOT_AFTER_ALL).await;
    let end = format!("{position} [lobby] anna: spoken");
    let heard: Vec<_> = before.into_iter().chain(ends).collect();
    assert!(heard.is_empty() || heard == [end.clone()], "{heard:?}");
    if heard.is_empty() {
        ben.hears(&end).await;
    }
    bea.hears(&end).await;
    bea.hears_nothing_else().await;
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn no_copy_is_done_behind_the_word_that_it_was_not_delivered() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    // So what is stuck on a connection given up still arrives.
    redis.does("ACL SETUSER default -client|kill");
    // Another node would let these people go meanwhile.
    let Seat { node, way } = Seat::taken_by("node-1", &redis, &[]).await;
    let mut anna = node.newcomer("anna").await;
    let mut bea = node.newcomer("bea").await;
    anna.hears("* bea joined lobby").await;
    anna.wants_positions().await;
    let arrives = way.delay_request_with("stuck", NOT_REPEATED + TOO_LATE);
    let arrives = arrives.await;
    way.shut().await;
    anna.asks("stuck", NOT_CONFIRMED).await;
    tokio::time::sleep(NOT_REPEATED - TOO_LATE).await;
    way.mend().await;
    anna.hears(NOT_AFTER_ALL).await;
    soon("the late copy", arrives).await.unwrap();
    bea.hears_nothing_else().await;
    anna.says_for_sure("unstuck").await;
    bea.hears("[lobby] anna: unstuck").await;
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn a_message_stuck_on_a_dead_connection_is_said_on_another_and_once() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    let arrives = cluster.one.way.delay_request_with("stuck", TOO_LATE).await;
    let [anna, bea, ben] = &mut people;
    let position = anna.says_for_sure("stuck").await;
    for other in [bea, ben] {
        other
            .hears(&format!("{position} [lobby] anna: stuck"))
            .await;
    }
    // The first copy comes to nothing, or to the answer of the second.
    let _either = soon("the late copy", arrives).await;
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn a_login_that_arrives_when_nobody_waits_for_it_takes_no_account() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut anna] = cluster.newcomers([("anna", &cluster.one)]).await;
    cluster.two.node.newcomer("clara").await.quits().await;
    anna.hears_all(&["* clara joined lobby", "* clara left lobby"])
        .await;
    cluster.is_free("clara").await;
    // Only a claim says what becomes of a live session.
    let way = &cluster.two.way;
    let arrives = way.delay_request_with("reject", TOO_LATE).await;
    // Or it would be asked again on another connection.
    way.shut().await;
    let mut clara = cluster.two.node.visitor().await.named("clara");
    let login = format!("/login clara {}", password_of("clara"));
    clara.asks(&login, NOT_CONFIRMED).await;
    clara
        .hears("! What became of that is not known: log in again")
        .await;
    clara.hears_the_end().await;
    soon("the late login", arrives).await.unwrap();
    way.mend().await;
    cluster.is_free("clara").await;
    let _clara = Client::comes_in("clara", &cluster.one.node).await;
}

#[tokio::test]
async fn scripts_that_are_forgotten_change_no_order() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    let [anna, bea, ben] = &mut people;
    // Redis does not know what the first line asks, but the second: the other node told it again.
    cluster.one.way.hold_replies().await;
    cluster.redis.does("SCRIPT FLUSH");
    anna.says("the first").await;
    let calls = || {
        let info: String = cluster.redis.ask("INFO commandstats");
        let calls = info
            .lines()
            .find(|line| line.starts_with("cmdstat_evalsha:"));
        calls.map_or(0, |line| {
            let failed = line.rsplit("failed_calls=").next().unwrap();
            failed.trim().parse::<u64>().unwrap()
        })
    };
    eventually("Redis to refuse it", || calls() >= 1).await;
    ben.waits_for_the_store().await;
    ben.says_for_sure("in between").await;
    anna.says("the second").await;
    let log = cluster.key("log");
    eventually("the second line", || {
        let entries: Vec<(String, Vec<String>)> =
            cluster.redis.ask(&format!("XREVRANGE {log} + - COUNT 1"));
        entries[0].1[1].contains("the second")
    })
    .await;
    cluster.one.way.breaks().await;
    cluster.one.way.let_go().await;
    let mut answers = Vec::new();
    while answers.len() < 2 {
        let line = anna.ear.line("an answer").await;
        if !line.contains("[lobby] ben: in between") {
            answers.push(line);
        }
    }
    assert_eq!(answers[0], NOT_DELIVERED, "it came too late for good");
    assert!(answers[1].starts_with("* ok "), "{answers:?}");
    bea.hears_placed("[lobby] ben: in between").await;
    for other in [bea, ben] {
        other.hears_placed("[lobby] anna: the second").await;
    }
    anna.catches_up().await;
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn a_message_to_a_frozen_redis_is_delivered_when_it_goes_on() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    cluster.redis.freeze();
    let [anna, bea, ben] = &mut people;
    anna.asks("into the ice", NOT_CONFIRMED).await;
    cluster.redis.thaw();
    let position = anna.hears_it_is_delivered().await;
    for other in [bea, ben] {
        other
            .hears(&format!("{position} [lobby] anna: into the ice"))
            .await;
    }
    all_is_well(&mut people).await;
}
