//! A replica takes over from the Redis that the nodes talk to: with all that was acknowledged, or
//! without the last of it.

use std::time::{Duration, Instant};

use crate::support::{
    Client, Cluster, Crowd, KEPT, LOOK_AGAIN, NOT_DELIVERED, PREFIX, Redis, agrees_on, eventually,
    nobody_is_left,
};

/// People who talk meanwhile, and for how long.
const CROWD: usize = 40;
const TALK: Duration = Duration::from_secs(15);

/// Longer than what a Redis has said takes to the nodes; nothing tells when it is there.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// Two nodes on a Redis with a replica that has all of it.
async fn two_nodes() -> Option<(Cluster, Redis)> {
    let redis = Redis::with(&KEPT).await?;
    let replica = Redis::with(&KEPT).await?;
    replica.does(&format!("REPLICAOF 127.0.0.1 {}", redis.port()));
    eventually("the replica to have everything", || {
        replica
            .ask::<String>("INFO replication")
            .contains("master_link_status:up")
    })
    .await;
    Some((Cluster::on(redis).await, replica))
}

/// Anna and bea on the one node and ben on the other, in the den, where no crowd passes.
async fn three_in_the_den(cluster: &Cluster) -> [Client; 3] {
    let people = [
        ("anna", &cluster.one),
        ("bea", &cluster.one),
        ("ben", &cluster.two),
    ];
    let mut here: Vec<Client> = Vec::new();
    for (name, seat) in people {
        let mut person = seat.node.newcomer(name).await;
        person.wants_positions().await;
        let place = format!("* You are in den ({} here).", here.len() + 1);
        person.says("/join den").await;
        // Others may be on their way through the lobby.
        person.ear.hears_until(&place).await;
        for other in &mut here {
            other.hears(&format!("* {name} joined den")).await;
        }
        here.push(person);
    }
    here.try_into().ok().unwrap()
}

async fn reads_of_the_loss(person: &mut Client) {
    person.hears("[gap] some messages in den are lost").await;
    person.hears("[gap] some private messages are lost").await;
}

/// Anna's words reach the two others, next and once.
async fn all_hear_anna(people: &mut [Client; 3], text: &str) -> String {
    let [anna, bea, ben] = people;
    let position = anna.says_for_sure(text).await;
    for other in [bea, ben] {
        other.hears(&format!("{position} [den] anna: {text}")).await;
    }
    position
}

impl Client {
    /// Says it until it is taken; only the store's absence is an excuse.
    async fn is_heard_again(&mut self, text: &str) {
        loop {
            self.says(text).await;
            let answer = self.ear.line("an answer").await;
            if answer.starts_with("* ok ") {
                return;
            }
            assert_eq!(answer, NOT_DELIVERED);
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

fn everybody() -> Vec<String> {
    let crowd = (1..=CROWD).map(|number| format!("load-{number}"));
    let people = ["anna", "bea", "ben"].map(str::to_owned);
    crowd.chain(people).collect()
}

/// The Redis that the nodes talk to is gone, and the other one is in its place. What it had done
/// was told before.
async fn takes_over(cluster: &mut Cluster, other: Redis) {
    cluster.redis.does("CLIENT PAUSE 60000 ALL");
    tokio::time::sleep(ON_ITS_WAY).await;
    is_replaced(cluster, other).await;
}

/// The same, whatever was on its way.
async fn is_replaced(cluster: &mut Cluster, other: Redis) {
    for seat in [&cluster.one, &cluster.two] {
        seat.way.cut().await;
    }
    cluster.redis.kill();
    for seat in [&cluster.one, &cluster.two] {
        seat.way.leads_to(other.address()).await;
        seat.way.mend().await;
    }
    cluster.redis = other;
}

/// Everybody goes, and nothing is left of anybody.
async fn all_go(cluster: &Cluster, people: [Client; 3]) {
    for mut person in people {
        person.says("/quit").await;
        person.ear.hears_until("* Goodbye.").await;
    }
    nobody_is_left(&cluster.redis).await;
}

#[tokio::test]
async fn a_replica_that_has_everything_takes_over_and_nobody_has_to_go() {
    let Some((mut cluster, replica)) = two_nodes().await else {
        return;
    };
    let mut people = three_in_the_den(&cluster).await;
    let nodes = [&cluster.one.node, &cluster.two.node];
    let mut crowd = Crowd::talks(nodes, CROWD, TALK).await;
    all_hear_anna(&mut people, "before").await;
    for seat in [&cluster.one, &cluster.two] {
        seat.way.leads_to(replica.address()).await;
    }
    let began = Instant::now();
    let port = replica.port();
    cluster.redis.does(&format!("FAILOVER TO 127.0.0.1 {port}"));
    eventually("the replica to take over", || {
        replica
            .ask::<String>("INFO replication")
            .contains("role:master")
    })
    .await;
    cluster.redis.kill();
    cluster.redis = replica;
    people[0].is_heard_again("behind").await;
    println!("heard again after {:?}", began.elapsed());
    for other in &mut people[1..] {
        other.hears_placed("[den] anna: behind").await;
    }
    agrees_on(&cluster.redis, &everybody()).await;
    crowd.is_content().await;
    for person in &mut people {
        person.hears_nothing_else().await;
    }
    all_go(&cluster, people).await;
}

#[tokio::test]
async fn a_replica_that_lacks_the_last_words_takes_over_and_that_is_announced() {
    let Some((mut cluster, replica)) = two_nodes().await else {
        return;
    };
    let mut people = three_in_the_den(&cluster).await;
    let nodes = [&cluster.one.node, &cluster.two.node];
    let mut crowd = Crowd::talks(nodes, CROWD, TALK).await;
    all_hear_anna(&mut people, "kept").await;
    let kept = cluster.redis.ask::<u64>(&format!("XLEN {PREFIX}log"));
    eventually("the replica to have so much", || {
        replica.ask::<u64>(&format!("XLEN {PREFIX}log")) >= kept
    })
    .await;
    // From here on it hears nothing more.
    replica.does("REPLICAOF NO ONE");
    for n in 0..10 {
        all_hear_anna(&mut people, &format!("lost {n}")).await;
    }
    let began = Instant::now();
    takes_over(&mut cluster, replica).await;
    for person in &mut people {
        reads_of_the_loss(person).await;
    }
    println!("told of the loss after {:?}", began.elapsed());
    all_hear_anna(&mut people, "new").await;
    people[2].says("/history").await;
    let past = people[2].catches_up().await;
    let texts = past.iter().filter_map(|line| line.split_once("[den] "));
    let texts: Vec<_> = texts.map(|(_, said)| said).collect();
    assert_eq!(texts, ["anna: kept", "anna: new"], "{past:#?}");
    agrees_on(&cluster.redis, &everybody()).await;
    crowd.is_told_the_truth().await;
    for person in &mut people {
        person.hears_nothing_else().await;
    }
    all_go(&cluster, people).await;
}

#[tokio::test]
async fn what_is_said_again_because_it_was_lost_comes_behind_the_word_that_it_was() {
    let Some((mut cluster, replica)) = two_nodes().await else {
        return;
    };
    let [mut anna, mut bea, mut ben] = three_in_the_den(&cluster).await;
    let log = format!("XLEN {PREFIX}log");
    let kept = cluster.redis.ask::<u64>(&log);
    eventually("the replica to have so much", || {
        replica.ask::<u64>(&log) >= kept
    })
    .await;
    replica.does("REPLICAOF NO ONE");
    // Ben hears it, and nobody tells anna that it was said.
    cluster.one.way.hold_replies().await;
    anna.says("once more").await;
    let first = ben.ear.line("what is lost").await;
    let (lost, said) = first.split_once(' ').unwrap();
    assert_eq!(said, "[den] anna: once more");
    is_replaced(&mut cluster, replica).await;
    cluster.one.way.let_go().await;
    let ok = anna.hears_starting("* ok ").await;
    let position = ok["* ok ".len()..].to_owned();
    assert_ne!(position, lost);
    let again = format!("{position} [den] anna: once more");
    bea.hears(&again).await;
    reads_of_the_loss(&mut ben).await;
    ben.hears(&again).await;
    let mut people = [anna, bea, ben];
    all_hear_anna(&mut people, "and on").await;
    agrees_on(&cluster.redis, &["anna", "bea", "ben"].map(str::to_owned)).await;
    all_go(&cluster, people).await;
}
