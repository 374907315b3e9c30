//! Two nodes, one Redis, and everything that can happen between them at random, while people
//! talk. When it is over, what they were told and what they read has to be one story.
//!
//! `FAULTS_SEED` repeats a plan, as far as chance allows; `FAULTS_SECONDS` makes it longer.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says where it stopped"
)]

#[path = "../support/mod.rs"]
mod support;

mod nemesis;
mod people;
mod story;

use std::cell::Cell;
use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nemesis::Nemesis;
use people::{Listener, Sender};
use support::{Cluster, Dice, KEPT, Redis, nobody_is_left};

/// How long the faults last unless somebody says otherwise.
const USUAL_SECONDS: u64 = 25;

/// Within this time everybody is answered when the faults are over.
const REST: Duration = Duration::from_secs(15);

/// Lines that a node may log as errors in one second.
const ERRORS_PER_SECOND: usize = 10;

/// When the faults ended, once they have.
type Peace = Cell<Option<Instant>>;

fn wish<T: FromStr>(name: &str, otherwise: T) -> T {
    let said = std::env::var(name).ok();
    said.map_or(otherwise, |said| said.parse().ok().expect("a number"))
}

#[tokio::test]
async fn whatever_happens_to_redis_what_people_were_told_is_what_others_read() {
    let Some(redis) = Redis::with(&KEPT).await else {
        return;
    };
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = wish(
        "FAULTS_SEED",
        clock.as_secs() ^ u64::from(clock.subsec_nanos()),
    );
    let time = Duration::from_secs(wish("FAULTS_SECONDS", USUAL_SECONDS));
    println!("FAULTS_SEED={seed} for {time:?}");
    let mut cluster = Cluster::on(redis).await;
    let mut dice = Dice::new(seed);
    let [one, two] = [&cluster.one.node, &cluster.two.node];
    let listeners = [
        Listener::comes("lia", "lobby", one, &cluster).await,
        Listener::comes("lev", "lobby", two, &cluster).await,
        Listener::comes("dia", "den", one, &cluster).await,
        Listener::comes("dan", "den", two, &cluster).await,
    ];
    let senders = [
        Sender::comes("sam", [one, two], dice.fork()).await,
        Sender::comes("sue", [two, one], dice.fork()).await,
        Sender::comes("sid", [one, two], dice.fork()).await,
    ];
    let peace = Peace::new(None);
    let ways = [&cluster.one.way, &cluster.two.way];
    let nemesis = Nemesis::new(&mut cluster.redis, ways, time);
    let [lia, lev, dia, dan] = listeners;
    let [sam, sue, sid] = senders;
    let (_, lia, lev, dia, dan, sam, sue, sid) = tokio::join!(
        nemesis.rages(dice.fork(), &peace),
        lia.lives(&peace),
        lev.lives(&peace),
        dia.lives(&peace),
        dan.lives(&peace),
        sam.lives(&peace),
        sue.lives(&peace),
        sid.lives(&peace),
    );
    let mut pairs = [(lia, lev), (dia, dan)];
    for (here, there) in &mut pairs {
        here.is_heard_by(there).await;
        there.is_heard_by(here).await;
    }
    let everybody = pairs.into_iter().flat_map(|(a, b)| [a, b]);
    let everybody: Vec<_> = everybody.chain([sam, sue, sid]).collect();
    let mut told = Vec::new();
    for person in everybody {
        told.push(person.quits().await);
    }
    story::is_one(&told, &cluster);
    nobody_is_left(&cluster.redis).await;
    for node in [&cluster.one.node, &cluster.two.node] {
        has_a_quiet_log(&node.home.log());
    }
    cluster.one.node.stop().await;
    cluster.two.node.stop().await;
}

fn has_a_quiet_log(log: &str) {
    assert!(!log.contains("panicked"), "{log}");
    let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    println!(
        "{} lines in the log, {} errors",
        log.lines().count(),
        errors.len()
    );
    // `2026-11-23T04:27:17`
    let mut in_a_second = errors.chunk_by(|a, b| a.get(..19) == b.get(..19));
    assert!(
        in_a_second.all(|lines| lines.len() <= ERRORS_PER_SECOND),
        "a flood: {errors:#?}"
    );
}
