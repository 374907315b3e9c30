//! Redis comes back with less than it had: who saw more is told, who did not goes on.

use crate::support::{Client, Cluster, NOT_DELIVERED, Redis};
use crate::{all_hear_anna, all_is_well, three_people};

async fn reads_of_the_loss(person: &mut Client) {
    person.hears("[gap] some messages in lobby are lost").await;
    person.hears("[gap] some private messages are lost").await;
}

#[tokio::test]
async fn who_saw_what_is_lost_is_told_so_and_all_go_on() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut cluster = Cluster::on(redis).await;
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
    for person in [&mut anna, &mut bea] {
        reads_of_the_loss(person).await;
        person.hears_placed("[lobby] ben: instead").await;
    }

    anna.says_for_sure("new").await;
    for other in [&mut bea, &mut ben] {
        other.hears_placed("[lobby] anna: new").await;
    }
    ben.says_for_sure("news from here").await;
    for other in [&mut anna, &mut bea] {
        other.hears_placed("[lobby] ben: news from here").await;
    }
    anna.says("/history").await;
    let past = anna.catches_up().await;
    let texts: Vec<_> = past
        .iter()
        .filter_map(|line| line.split_once("[lobby] "))
        .map(|(_, said)| said)
        .collect();
    let wanted = ["anna: kept", "ben: instead", "anna: new"];
    assert_eq!(texts[..3], wanted, "{past:#?}");
    for person in [&mut anna, &mut bea, &mut ben] {
        person.hears_nothing_else().await;
    }
}

#[tokio::test]
async fn who_comes_back_first_and_saw_more_is_told_too() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut cluster = Cluster::on(redis).await;
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
    all_is_well(&mut people).await;
}

#[tokio::test]
async fn who_logged_in_after_what_the_store_went_back_to_stays() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut cluster = Cluster::on(redis).await;
    let [_anna, mut bea, _ben] = three_people(&cluster).await;
    bea.asks("/join den", "* You are in den (1 here).").await;
    cluster.redis.save();
    bea.quits().await;
    let mut bea = Client::comes_in("bea", &cluster.two.node).await;
    cluster.redis.kill();
    cluster.redis.start_again().await;
    // The store took her for the session before, on the other node and in another room.
    let before = bea
        .ear
        .hears_until("[gap] some private messages are lost")
        .await;
    assert!(
        before
            .iter()
            .any(|line| line.starts_with("[gap] some messages in "))
    );
    bea.says("/join attic").await;
    bea.hears_starting("* You are in attic (1 here)").await;
    bea.asks("/users", "* online: anna, bea, ben (3)").await;
    let sessions = cluster.key("sessions");
    let held: String = cluster.redis.ask(&format!("HGET {sessions} bea"));
    assert!(
        held.contains(" node-2.") && held.ends_with(" live"),
        "{held}"
    );
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
    drop(bea);
    cluster.redis.kill();
    cluster.redis.start_again().await;
    cluster.two.way.mend().await;
    ben.waits_for_the_store().await;
    ben.says_for_sure("instead").await;
    cluster.one.way.mend().await;
    anna.hears("[gap] some messages in lobby are lost").await;

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
async fn who_was_away_for_longer_than_the_log_goes_back_is_told_how_much_is_missing() {
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
    for person in [&mut anna, &mut bea] {
        let gap = person.hears_starting("[gap] ").await;
        let lost = gap
            .strip_prefix("[gap] ")
            .and_then(|gap| gap.strip_suffix(" messages in lobby are lost"));
        let lost: usize = lost.and_then(|lost| lost.parse().ok()).expect(&gap);
        person.hears("[gap] some private messages are lost").await;
        for n in lost..MORE {
            person.hears_placed(&format!("[lobby] ben: {n}")).await;
        }
    }
    all_is_well(&mut [anna, bea, Client { ear, mouth }]).await;
}
