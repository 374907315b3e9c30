//! One direction of a connection to Redis is of no use any more, and the other looks as it did.

use std::time::{Duration, Instant};

use crate::support::{Cluster, Half, Link, Way};
use crate::{all_hear_anna, all_is_well, three_people};

/// A node waits 6 s for an answer, and a beat or two for what the channel does not tell.
const MENDED: Duration = Duration::from_secs(9);

/// The same, one connection after the other: what is said meanwhile is heard once, by everybody,
/// before its speaker would have to be told that it is in doubt.
async fn mends_itself(way: Way, half: Half) {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    for link in [Link::Commands, Link::Channel] {
        let harmed = Instant::now();
        cluster.one.way.harms(link, way, half).await;
        all_hear_anna(&mut people, "from here").await;
        let [anna, bea, ben] = &mut people;
        ben.says_for_sure("from there").await;
        for other in [anna, bea] {
            other.hears_placed("[lobby] ben: from there").await;
        }
        let took = harmed.elapsed();
        println!("{way:?} {half:?} of {link:?}: heard again after {took:?}");
        assert!(took < MENDED, "after {took:?}");
        all_is_well(&mut people).await;
    }
}

#[tokio::test]
async fn a_link_that_hangs_up_on_the_node_is_replaced() {
    mends_itself(Way::ToTheNode, Half::Closes).await;
}

#[tokio::test]
async fn a_link_that_hangs_up_on_redis_is_replaced() {
    mends_itself(Way::ToRedis, Half::Closes).await;
}

#[tokio::test]
async fn a_link_that_swallows_what_redis_says_is_replaced() {
    mends_itself(Way::ToTheNode, Half::Swallows).await;
}

#[tokio::test]
async fn a_link_that_swallows_what_the_node_says_is_replaced() {
    mends_itself(Way::ToRedis, Half::Swallows).await;
}
