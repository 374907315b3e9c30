//! Redis comes back with less than it had: who saw more is told, who did not goes on.

use crate::support::{Client, Cluster, NOT_DELIVERED, Redis};
use crate::{all_hear_anna, three_people};

/// Whoever does not come back is let go soon.
const SHORT_GRACE: [(&str, &str); 1] = [("accounts.grace", "1s")];

async fn reads_of_the_loss(person: &mut Client) {
    person.hears("! Messages were lost: log in again").await;
    person.hears_the_end().await;
}

#[tokio::test]
async fn who_saw_what_is_lost_logs_in_again_and_the_others_go_on() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut cluster = Cluster::with(redis, &SHORT_GRACE).await;
    let mut people = three_people(&cluster).await;
    all_hear_anna(&mut people, "kept").await;
    let [mut anna, mut bea, mut ben] = people;
    ben.hears_nothing_else().await;
    cluster.redis.save();
    cluster.two.way.cut().await;
    anna.says_for_sure("lost").await;
    bea.hears_placed("[lobby] anna: lost").await;
    cluster.one.way.cut().await;
    cluster.redis.kill();
    cluster.redis.start_again().await;

    // The other node comes first, and writes where the lost message was.
    cluster.two.way.mend().await;
    assert!(ben.waits_for_the_store().await.is_empty());
    ben.says_for_sure("instead").await;
    ben.hears_nothing_else().await;
    cluster.one.way.mend().await;
    reads_of_the_loss(&mut anna).await;
    reads_of_the_loss(&mut bea).await;
    let mut left = ben.ear.hears_times(2).await;
    left.sort();
    assert_eq!(left, ["* anna left lobby", "* bea left lobby"]);

    let mut anna = cluster.one.node.login("anna").await;
    ben.hears("* anna joined lobby").await;
    anna.says("new").await;
    ben.hears_placed("[lobby] anna: new").await;
    ben.says_for_sure("news from here").await;
    anna.hears("[lobby] ben: news from here").await;
    anna.says("/history").await;
    let past = anna.catches_up().await;
    let texts: Vec<_> = past
        .iter()
        .filter_map(|line| line.split_once("[lobby] "))
        .map(|(_, said)| said)
        .collect();
    let wanted = ["anna: kept", "ben: instead", "anna: new"];
    assert_eq!(texts[..3], wanted, "{past:#?}");
    ben.hears_nothing_else().await;
}

#[tokio::test]
async fn who_comes_back_first_and_saw_more_is_told_too() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut cluster = Cluster::with(redis, &SHORT_GRACE).await;
    let mut people = three_people(&cluster).await;
    all_hear_anna(&mut people, "kept").await;
    cluster.redis.save();
    all_hear_anna(&mut people, "lost").await;
    cluster.redis.kill();
    people[0].asks("/topic", NOT_DELIVERED).await;
    cluster.redis.start_again().await;
    for person in &mut people {
        reads_of_the_loss(person).await;
    }
    for name in ["anna", "bea", "ben"] {
        cluster.is_free(name).await;
    }
    let mut anna = Client::comes_in("anna", &cluster.one.node).await;
    let mut ben = Client::comes_in("ben", &cluster.two.node).await;
    anna.hears("* ben joined lobby").await;
    ben.says("new").await;
    anna.hears("[lobby] ben: new").await;
    ben.asks("/users", "* online: anna, ben (2)").await;
}

#[tokio::test]
async fn a_redis_that_forgot_everything_is_a_new_beginning() {
    let Some(mut cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    all_hear_anna(&mut people, "lost").await;
    cluster.redis.kill();
    cluster.redis.start_again().await;
    for person in &mut people {
        let before = person
            .ear
            .hears_until("! Messages were lost: log in again")
            .await;
        assert!(before.is_empty(), "{before:?}");
        person.hears_the_end().await;
    }
    // The accounts are gone as well.
    let mut anna = Client::comes_anew("anna", &cluster.one.node).await;
    let mut ben = Client::comes_anew("ben", &cluster.two.node).await;
    anna.hears("* ben joined lobby").await;
    ben.says("a new beginning").await;
    anna.hears("[lobby] ben: a new beginning").await;
}

#[tokio::test]
async fn who_comes_back_to_where_nothing_is_any_more_is_told_so_and_goes_on_from_there() {
    let Some(mut cluster) = Cluster::start().await else {
        return;
    };
    let mut people = three_people(&cluster).await;
    people[1].says("/token").await;
    let told = people[1].hears_starting("* token ").await;
    let token = &told["* token ".len()..];
    all_hear_anna(&mut people, "kept").await;
    let [mut anna, mut bea, mut ben] = people;
    ben.hears_nothing_else().await;
    cluster.redis.save();
    cluster.two.way.cut().await;
    anna.says_for_sure("lost").await;
    let lost = bea.ear.line("what is lost").await;
    let (position, _) = lost.split_once(" [lobby] anna: lost").unwrap();
    cluster.one.way.cut().await;
    cluster.redis.kill();
    cluster.redis.start_again().await;
    cluster.two.way.mend().await;
    ben.waits_for_the_store().await;
    ben.says_for_sure("instead").await;
    cluster.one.way.mend().await;
    reads_of_the_loss(&mut bea).await;

    let mut bea = cluster.one.node.visitor().await.named("bea");
    bea.says(&format!("/resume {token} {position}")).await;
    bea.is_welcome("bea").await;
    bea.hears_starting("* token ").await;
    bea.hears("[gap] some messages in lobby are lost").await;
    bea.hears("[gap] some private messages are lost").await;
    bea.hears_placed("[lobby] ben: instead").await;
    // Nobody saw her leave.
    bea.says("here I am").await;
    ben.hears_placed("[lobby] bea: here I am").await;
}

/// The fewest entries that a log may keep, and more lines than it keeps then.
const SHORT_LOG: &str = "1000";
const MORE: usize = 3000;

#[tokio::test]
async fn who_was_away_for_longer_than_the_log_goes_back_is_told() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let cluster = Cluster::with(redis, &[("redis.log_entries", SHORT_LOG)]).await;
    let mut people = three_people(&cluster).await;
    all_hear_anna(&mut people, "before").await;
    let [mut anna, mut bea, ben] = people;
    cluster.one.way.cut().await;
    let Client { mut ear, mut mouth } = ben;
    let page: String = (0..MORE).map(|n| format!("{n}\n")).collect();
    let (_sent, acknowledged) = tokio::join!(mouth.sends(page.as_bytes()), ear.hears_times(MORE));
    assert!(acknowledged.iter().all(|line| line.starts_with("* ok ")));
    cluster.one.way.mend().await;
    reads_of_the_loss(&mut anna).await;
    reads_of_the_loss(&mut bea).await;
    let mut anna = Client::comes_in("anna", &cluster.one.node).await;
    mouth.says("welcome back").await;
    anna.hears("[lobby] ben: welcome back").await;
}
