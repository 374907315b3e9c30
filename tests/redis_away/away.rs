//! Redis dies and comes back with all that it acknowledged.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::support::{
    Client, Cluster, KEPT, NOT_AFTER_ALL, NOT_CONFIRMED, NOT_DELIVERED, Redis, password_of,
};
use crate::{all_hear_anna, all_is_well, three_people};

/// Lines that are on their way when Redis dies, and how many of them are heard before.
const PAGE: usize = 1000;
const HEARD_BEFORE: usize = 100;

/// How late answers are, so that many are on their way when Redis dies.
const WADING: Duration = Duration::from_millis(30);

async fn cluster_that_keeps() -> Option<Cluster> {
    Some(Cluster::on(Redis::with(&KEPT).await?).await)
}

#[tokio::test]
async fn while_redis_is_away_nothing_is_taken_and_nobody_has_to_go() {
    let Some(mut cluster) = cluster_that_keeps().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    all_hear_anna(&mut people, "before").await;
    cluster.redis.kill();
    for person in &mut people {
        // What changes nothing is never in doubt, so this is how to learn that it is away.
        person.asks("/topic", NOT_DELIVERED).await;
        for line in [
            "hello",
            "/msg anna hello",
            "/join den",
            "/who",
            "/topic tea",
        ] {
            person.asks(line, NOT_DELIVERED).await;
        }
        person.says("/help ping").await;
        person.hears_starting("* /ping").await;
    }
    let back = Instant::now();
    cluster.redis.start_again().await;
    all_is_well(&mut people).await;
    println!("all are heard again after {:?}", back.elapsed());
}

#[tokio::test]
async fn what_was_acknowledged_is_read_once_and_what_was_refused_never() {
    let Some(mut cluster) = cluster_that_keeps().await else {
        return;
    };
    let [mut anna, mut bea, mut ben] = three_people(&cluster).await;
    let page: String = (0..PAGE).map(|n| format!("{n}\n")).collect();
    cluster.one.way.slow(WADING).await;
    anna.mouth.sends(page.as_bytes()).await;
    let mut heard = ben.ear.hears_times(HEARD_BEFORE).await;
    cluster.redis.kill();
    // Anna's next words wait behind those on their way, so another one is refused.
    bea.says("/topic").await;
    let mut heard_here = bea.ear.hears_until(NOT_DELIVERED).await;
    bea.asks("refused", NOT_DELIVERED).await;
    ben.says("/topic").await;
    heard.extend(ben.ear.hears_until(NOT_DELIVERED).await);
    assert!(heard.len() < PAGE, "it died too late for this test");
    cluster.redis.start_again().await;
    let answers = hears_all_answers(&mut anna).await;
    assert!(anna.waits_for_the_store().await.is_empty());
    heard.extend(ben.waits_for_the_store().await);
    let last = anna.says_for_sure("the end").await;
    let end = format!("{last} [lobby] anna: the end");
    heard.extend(ben.ear.hears_until(&end).await);
    heard_here.extend(bea.ear.hears_until(&end).await);
    assert!(heard_here == heard, "two orders");
    agree(&answers, &heard);
}

/// The answers to the page, each as it stands when nothing is in doubt any more.
async fn hears_all_answers(anna: &mut Client) -> Vec<String> {
    let (mut answers, mut doubts) = (Vec::new(), VecDeque::new());
    while answers.len() < PAGE || !doubts.is_empty() {
        let line = anna.ear.line("another answer").await;
        if let Some(position) = line.strip_prefix("* delivered ") {
            answers[doubts.pop_front().unwrap()] = format!("* ok {position}");
        } else if line == NOT_AFTER_ALL {
            answers[doubts.pop_front().unwrap()] = NOT_DELIVERED.to_owned();
        } else {
            if line == NOT_CONFIRMED {
                doubts.push_back(answers.len());
            }
            answers.push(line);
        }
    }
    answers
}

/// Whether everything acknowledged was heard in its place, nothing refused, and all in order.
fn agree(answers: &[String], heard: &[String]) {
    let texts = heard.iter().map(|line| {
        let (position, said) = line.split_once(' ').unwrap();
        let n: usize = said["[lobby] anna: ".len()..].parse().unwrap();
        (n, position)
    });
    let texts: Vec<_> = texts.collect();
    assert!(
        texts.windows(2).all(|two| two[0].0 < two[1].0),
        "out of order or twice: {texts:?}"
    );
    for (n, answer) in answers.iter().enumerate() {
        let place = texts.iter().find(|text| text.0 == n).map(|text| text.1);
        match answer.strip_prefix("* ok ") {
            Some(position) => assert_eq!(place, Some(position), "{n}"),
            None => {
                assert_eq!(answer, NOT_DELIVERED, "{n}");
                assert_eq!(place, None, "{n} was refused");
            }
        }
    }
    let refused = answers.iter().filter(|answer| *answer == NOT_DELIVERED);
    println!("{} refused, {} heard", refused.count(), heard.len());
}

#[tokio::test]
async fn who_left_while_redis_was_away_is_free_afterwards() {
    let Some(mut cluster) = cluster_that_keeps().await else {
        return;
    };
    let [mut anna, mut bea, mut ben] = three_people(&cluster).await;
    bea.asks("/join den", "* You are in den (1 here).").await;
    for other in [&mut anna, &mut ben] {
        other.hears("* bea left lobby").await;
    }
    cluster.redis.kill();
    anna.asks("/topic", NOT_DELIVERED).await;
    drop(bea);
    // Its node has heard of that when it has done what came behind.
    cluster.one.node.visitor().await;
    cluster.redis.start_again().await;
    let _bea = Client::comes_in("bea", &cluster.two.node).await;
    let mut heard = ben.waits_for_the_store().await;
    heard.extend(ben.catches_up().await);
    assert_eq!(heard, ["* bea joined lobby"]);
    // Nothing of her is left where she was.
    ben.asks("/who den", "! No such room: den").await;
}

#[tokio::test]
async fn a_visitor_waits_at_the_door_until_redis_is_back() {
    let Some(mut cluster) = cluster_that_keeps().await else {
        return;
    };
    let [mut anna, bea, _ben] = three_people(&cluster).await;
    bea.quits().await;
    anna.hears("* bea left lobby").await;
    cluster.redis.kill();
    anna.asks("/topic", NOT_DELIVERED).await;
    let mut visitor = cluster.one.node.visitor().await;
    let login = format!("/login bea {}", password_of("bea"));
    visitor.asks(&login, NOT_DELIVERED).await;
    cluster.redis.start_again().await;
    assert!(anna.waits_for_the_store().await.is_empty());
    visitor.says(&login).await;
    let welcome = "* Welcome bea. You are in lobby on node-1. /help lists the commands.";
    let before = visitor.ear.hears_until(welcome).await;
    // It may have been asked for a name again.
    assert!(
        before.iter().all(|line| line == "* Username:"),
        "{before:?}"
    );
    anna.hears("* bea joined lobby").await;
}

/// More than a node reads of the log at once.
const MISSED: usize = 700;

#[tokio::test]
async fn a_node_that_was_cut_off_catches_up() {
    let Some(cluster) = cluster_that_keeps().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    cluster.one.way.cut().await;
    let [anna, bea, ben] = &mut people;
    anna.asks("/topic", NOT_DELIVERED).await;
    let page: String = (0..MISSED).map(|n| format!("{n}\n")).collect();
    ben.mouth.sends(page.as_bytes()).await;
    let acknowledged = ben.ear.hears_times(MISSED).await;
    cluster.one.way.mend().await;
    for person in [anna, bea] {
        let mut heard = person.waits_for_the_store().await;
        heard.extend(person.ear.hears_times(MISSED - heard.len()).await);
        for (n, (ok, line)) in acknowledged.iter().zip(&heard).enumerate() {
            let position = ok.strip_prefix("* ok ").unwrap();
            assert_eq!(*line, format!("{position} [lobby] ben: {n}"));
        }
    }
    all_is_well(&mut people).await;
}
