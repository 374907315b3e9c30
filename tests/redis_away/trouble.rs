//! Redis answers, but not as it should: late, full, read-only, loading, or with somebody
//! else's values under our keys.

use std::time::Duration;

use crate::support::{Cluster, NOT_DELIVERED, eventually};
use crate::{all_hear_anna, all_is_well, meets_no_store, three_people};

/// How much later each answer comes; less than any deadline of a node.
const SLOWER: Duration = Duration::from_secs(1);

/// What two people say at the same time, each.
const PAGE: usize = 100;

/// A distant Redis, by a way that is busy now and then.
const FAR: Duration = Duration::from_millis(300);
const WAVERING: Duration = Duration::from_millis(600);

/// How long Redis may do nothing at all without being taken for lost.
const STANDSTILL: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_slow_redis_makes_a_slow_chat_and_nothing_worse() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    for seat in [&cluster.one, &cluster.two] {
        seat.way.slow(SLOWER).await;
    }
    for round in 0..5 {
        all_hear_anna(&mut people, &format!("slowly {round}")).await;
    }
    let mut clara = cluster.two.node.newcomer("clara").await;
    for person in &mut people {
        person.hears("* clara joined lobby").await;
    }
    people[0].says_for_sure("hello clara").await;
    clara.hears("[lobby] anna: hello clara").await;
    clara.quits().await;
    for person in &mut people[1..] {
        person.hears_placed("[lobby] anna: hello clara").await;
    }
    for person in &mut people {
        person.hears("* clara left lobby").await;
    }
    for seat in [&cluster.one, &cluster.two] {
        seat.way.slow(Duration::ZERO).await;
    }
    all_is_well(&mut people).await;
}

/// How answers come.
#[derive(Clone, Copy)]
enum Way {
    Far,
    Wavering,
}

#[tokio::test]
async fn a_far_way_on_one_side_changes_neither_order_nor_number() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    for way in [Way::Far, Way::Wavering] {
        match way {
            Way::Far => cluster.one.way.slow(FAR).await,
            Way::Wavering => cluster.one.way.wavers(WAVERING).await,
        }
        let [anna, bea, ben] = &mut people;
        let page: String = (0..PAGE).map(|n| format!("{n}\n")).collect();
        for speaker in [&mut *anna, &mut *ben] {
            speaker.mouth.sends(page.as_bytes()).await;
        }
        let all = bea.ear.hears_times(2 * PAGE).await;
        // Whoever speaks hears of both: what became of theirs, and what the other says.
        for (speaker, other) in [(anna, "ben"), (ben, "anna")] {
            let heard = speaker.ear.hears_times(2 * PAGE).await;
            let part = format!(" [lobby] {other}: ");
            let (news, answers): (Vec<_>, Vec<_>) =
                heard.into_iter().partition(|line| line.contains(&part));
            let wanted: Vec<_> = all.iter().filter(|line| line.contains(&part)).collect();
            assert!(news.iter().eq(wanted), "two orders: {news:#?}");
            assert_eq!(news.len(), PAGE);
            assert!(
                answers.iter().all(|line| line.starts_with("* ok ")),
                "{answers:#?}"
            );
        }
        // Each page is in the order in which it was said, and the whole in that of the log.
        for speaker in ["anna", "ben"] {
            let part = format!(" [lobby] {speaker}: ");
            let said = all.iter().filter_map(|line| line.split_once(&part));
            let said: Vec<_> = said.map(|(_, text)| text.to_owned()).collect();
            let wanted: Vec<_> = (0..PAGE).map(|n| n.to_string()).collect();
            assert_eq!(said, wanted, "of {speaker}");
        }
    }
    cluster.one.way.slow(Duration::ZERO).await;
    all_is_well(&mut people).await;
    for seat in [&cluster.one, &cluster.two] {
        let log = seat.node.home.log();
        assert!(!log.contains("Redis is away"), "{log}");
    }
}

#[tokio::test]
async fn a_redis_that_stands_still_for_a_while_is_waited_for() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    cluster.redis.freeze();
    people[0].says("hello").await;
    // The standstill is the point here, so the time has to pass.
    people[1].hears_nothing_for(STANDSTILL).await;
    cluster.redis.thaw();
    let ok = people[0].hears_starting("* ok ").await;
    let position = ok.strip_prefix("* ok ").unwrap();
    for other in &mut people[1..] {
        other
            .hears(&format!("{position} [lobby] anna: hello"))
            .await;
    }
    all_is_well(&mut people).await;
    for seat in [&cluster.one, &cluster.two] {
        let log = seat.node.home.log();
        assert!(!log.contains("Redis is away"), "{log}");
    }
}

#[tokio::test]
async fn a_full_redis_takes_nothing_but_lets_people_go() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    cluster.redis.does("CONFIG SET maxmemory 1");
    let [anna, _, ben] = &mut people;
    anna.asks("hello", NOT_DELIVERED).await;
    ben.asks("hello", NOT_DELIVERED).await;
    anna.asks("/join den", NOT_DELIVERED).await;
    let [mut anna, bea, mut ben] = people;
    bea.quits().await;
    for other in [&mut anna, &mut ben] {
        other.hears("* bea left lobby").await;
    }
    cluster.redis.does("CONFIG SET maxmemory 0");
    let mut bea = cluster.two.node.login("bea").await;
    for other in [&mut anna, &mut ben] {
        other.hears("* bea joined lobby").await;
    }
    bea.wants_positions().await;
    all_is_well(&mut [anna, bea, ben]).await;
    let log = cluster.one.node.home.log();
    assert!(log.contains("OOM"), "{log}");
}

#[tokio::test]
async fn a_redis_that_became_a_replica_is_as_good_as_away() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    cluster.redis.does("REPLICAOF 127.0.0.1 1");
    for person in &mut people {
        meets_no_store(person).await;
    }
    cluster.redis.does("REPLICAOF NO ONE");
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn a_redis_that_is_loading_is_as_good_as_away() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    let loading = "-LOADING Redis is loading the dataset in memory";
    cluster.one.way.answers(loading).await;
    let [anna, bea, ben] = &mut people;
    meets_no_store(anna).await;
    meets_no_store(bea).await;
    ben.says_for_sure("not here").await;
    cluster.one.way.is_honest().await;
    for other in [anna, bea] {
        let mut heard = other.waits_for_the_store().await;
        if heard.is_empty() {
            heard = other.ear.hears_times(1).await;
        }
        assert!(heard[0].ends_with(" [lobby] ben: not here"), "{heard:?}");
        assert_eq!(heard.len(), 1, "{heard:?}");
    }
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn a_foreign_value_under_a_rooms_history_silences_that_room_alone() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    let history = cluster.key("room:lobby:log");
    cluster.redis.does(&format!("SET {history} foreign"));
    let [anna, bea, _] = &mut people;
    anna.asks("hello", NOT_DELIVERED).await;
    let log = || cluster.one.node.home.log();
    eventually("the operator to be told", || log().contains("WRONGTYPE")).await;
    anna.says("/history").await;
    anna.hears_starting("! ").await;
    anna.says_for_sure("/msg bea psst").await;
    bea.hears_placed("[PM] anna: psst").await;
    cluster.redis.ask::<u64>(&format!("DEL {history}"));
    all_is_well(&mut people).await;
    people[0].asks("/history 1", "* history lobby 1").await;
    let line = people[0].ear.line("the last message").await;
    assert!(line.ends_with("[lobby] ben: so it is"), "{line}");
    people[0].hears("* end of history").await;
}

#[tokio::test]
async fn a_foreign_value_under_a_room_closes_that_room_alone() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    let den = cluster.key("room:den");
    cluster
        .redis
        .ask::<u64>(&format!("HSET {den} foreign value"));
    people[0].says("/join den").await;
    people[0].hears_starting("! ").await;
    let log = || cluster.one.node.home.log();
    eventually("the operator to be told", || log().contains("WRONGTYPE")).await;
    all_is_well(&mut people).await;
    cluster.redis.ask::<u64>(&format!("DEL {den}"));
    people[0]
        .asks("/join den", "* You are in den (1 here).")
        .await;
}
