//! What is said on a node is heard there when it comes back from the log, and not before.

use std::time::{Duration, Instant};

use crate::support::Cluster;
use crate::three_people;

/// How long everything is held: longer than anything takes, shorter than every deadline of a node.
const HELD: Duration = Duration::from_secs(3);

/// How long a message may take whose announcement was lost: three looks at the log, one each
/// second, and something for a busy machine.
const THREE_BEATS: Duration = Duration::from_secs(3);
const NOISE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn nobody_hears_what_has_not_come_back_from_the_log() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut anna, mut bea, mut ben] = three_people(&cluster).await;
    cluster.one.way.hold_replies().await;
    anna.says("hello").await;
    // The log has it: the other node tells of it.
    ben.hears_placed("[lobby] anna: hello").await;
    // Silence is the point here, so the time has to pass.
    let (anna_too, bea_too) = (&mut anna, &mut bea);
    tokio::join!(
        anna_too.hears_nothing_for(HELD),
        bea_too.hears_nothing_for(HELD),
    );
    cluster.one.way.let_go().await;
    let ok = anna.hears_starting("* ok ").await;
    let position = ok.strip_prefix("* ok ").unwrap();
    bea.hears(&format!("{position} [lobby] anna: hello")).await;
    for person in [&mut anna, &mut bea, &mut ben] {
        person.hears_nothing_else().await;
    }
}

#[tokio::test]
async fn a_silent_channel_delays_a_message_by_a_few_beats() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut anna, mut bea, mut ben] = three_people(&cluster).await;
    cluster.one.way.hold_channel().await;
    let hearing = async {
        anna.says_for_sure("hello").await;
        bea.hears_placed("[lobby] anna: hello").await;
        ben.hears_placed("[lobby] anna: hello").await;
        ben.says_for_sure("hello yourself").await;
        anna.hears_placed("[lobby] ben: hello yourself").await;
        bea.hears_placed("[lobby] ben: hello yourself").await;
    };
    let in_time = tokio::time::timeout(2 * THREE_BEATS + NOISE, hearing).await;
    assert!(in_time.is_ok(), "two messages took longer than three beats");
    cluster.one.way.let_go().await;
    anna.says_for_sure("let go").await;
    for person in [&mut bea, &mut ben] {
        person.hears_placed("[lobby] anna: let go").await;
        person.hears_nothing_else().await;
    }
    anna.hears_nothing_else().await;
}

#[tokio::test]
async fn a_lost_channel_is_found_again() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    for round in 0..3 {
        let killed = Instant::now();
        cluster.redis.ask::<u64>("CLIENT KILL TYPE pubsub");
        crate::all_hear_anna(&mut people, &format!("round {round}")).await;
        println!("heard again after {:?}", killed.elapsed());
    }
    crate::all_is_well(&mut people).await;
}
