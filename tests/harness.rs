//! What the tests of a cluster rely on: a Redis that dies and comes back, and a way to it that
//! holds back, slows down, loses and cuts.

mod support;

use std::time::{Duration, Instant};

use redis::{Client, Connection, RedisResult};
use support::{KEPT, Papers, Proxy, Redis, free_port, soon};

/// What is held stays held for so long, as far as these tests look.
const HELD: Duration = Duration::from_millis(300);

/// How much slower a slow Redis is here.
const SLOWER: Duration = Duration::from_millis(200);

/// Longer than an answer ever takes, and short enough to wait for its absence.
const NO_ANSWER: Duration = Duration::from_secs(2);

fn connect(way: &Proxy) -> RedisResult<Connection> {
    let client = Client::open(format!("redis://127.0.0.1:{}/", way.port()))?;
    let talk = client.get_connection_with_timeout(NO_ANSWER)?;
    talk.set_read_timeout(Some(NO_ANSWER))?;
    Ok(talk)
}

fn set(talk: &mut Connection, key: &str, value: &str) -> RedisResult<String> {
    redis::cmd("SET").arg(key).arg(value).query(talk)
}

#[tokio::test]
async fn what_was_written_is_there_after_a_kill_if_it_was_kept() {
    let Some(mut redis) = Redis::with(&KEPT).await else {
        return;
    };
    redis.does("SET a kept");
    redis.kill();
    redis.start_again().await;
    assert_eq!(redis.ask::<String>("GET a"), "kept");
}

#[tokio::test]
async fn a_kill_takes_it_back_to_its_snapshot() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    redis.does("SET a old");
    redis.save();
    redis.does("SET a new");
    redis.kill();
    redis.start_again().await;
    assert_eq!(redis.ask::<String>("GET a"), "old");
}

#[tokio::test]
async fn what_is_said_on_a_channel_is_overheard() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut overheard = redis.overhear("channel");
    assert_eq!(redis.ask::<u64>("PUBLISH channel hello"), 1);
    assert_eq!(overheard.next(), "hello");
    assert_eq!(redis.kind("nothing"), "none");
}

#[tokio::test]
async fn a_frozen_redis_answers_when_it_thaws() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut talk = redis.talk();
    talk.set_read_timeout(Some(HELD)).unwrap();
    redis.freeze();
    assert!(set(&mut talk, "a", "1").is_err(), "it is frozen");
    redis.thaw();
    support::eventually("the frozen command", || {
        redis.ask::<Option<String>>("GET a").is_some()
    })
    .await;
}

#[tokio::test]
async fn passwords_and_certificates_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let papers = Papers::made_in(folder.path());
    let port = free_port();
    let mut options = papers.options(port);
    options.extend(["--requirepass".to_owned(), "sesame".to_owned()]);
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    let Some(redis) = Redis::with(&options).await else {
        return;
    };
    redis.does("SET a 1");
    assert!(redis.url().contains(":sesame@"));
    let certificates = redis::TlsCertificates {
        client_tls: None,
        root_cert: Some(std::fs::read(&papers.authority).unwrap()),
    };
    let url = format!("rediss://:sesame@127.0.0.1:{port}/");
    let client = Client::build_with_tls(url, certificates).unwrap();
    let mut talk = client.get_connection_with_timeout(NO_ANSWER).unwrap();
    assert_eq!(
        redis::cmd("GET").arg("a").query::<u8>(&mut talk).unwrap(),
        1
    );
}

#[tokio::test]
async fn replies_are_held_and_let_go_in_order() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let way = Proxy::start(redis.address()).await;
    let mut talk = connect(&way).unwrap();
    way.hold_replies().await;
    talk.set_read_timeout(Some(HELD)).unwrap();
    assert!(set(&mut talk, "a", "1").is_err(), "the answer is held");
    assert_eq!(redis.ask::<u8>("GET a"), 1);
    way.let_go().await;
    let mut talk = connect(&way).unwrap();
    set(&mut talk, "a", "2").unwrap();
}

#[tokio::test]
async fn the_channel_alone_is_held() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let way = Proxy::start(redis.address()).await;
    let mut talk = connect(&way).unwrap();
    let mut listener = connect(&way).unwrap();
    let mut channel = listener.as_pubsub();
    channel.subscribe("channel").unwrap();
    way.hold_channel().await;
    assert_eq!(redis.ask::<u64>("PUBLISH channel hello"), 1);
    channel.set_read_timeout(Some(HELD)).unwrap();
    assert!(channel.get_message().is_err(), "it is held");
    set(&mut talk, "a", "1").unwrap();
    way.let_go().await;
    channel.set_read_timeout(Some(NO_ANSWER)).unwrap();
    let heard = channel.get_message().unwrap();
    assert_eq!(heard.get_payload::<String>().unwrap(), "hello");
}

#[tokio::test]
async fn a_cut_way_is_mended() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let way = Proxy::start(redis.address()).await;
    let mut talk = connect(&way).unwrap();
    way.cut().await;
    assert!(set(&mut talk, "a", "1").is_err(), "it is cut");
    assert!(connect(&way).is_err(), "it is shut");
    way.mend().await;
    set(&mut connect(&way).unwrap(), "a", "1").unwrap();
    way.breaks().await;
    set(&mut connect(&way).unwrap(), "a", "1").unwrap();
}

#[tokio::test]
async fn a_slow_way_delays_every_answer_but_not_one_behind_the_other() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let way = Proxy::start(redis.address()).await;
    let mut talk = connect(&way).unwrap();
    way.slow(SLOWER).await;
    let started = Instant::now();
    let mut many = redis::pipe();
    for n in 0..20 {
        many.cmd("SET").arg("a").arg(n).ignore();
    }
    many.exec(&mut talk).unwrap();
    let took = started.elapsed();
    assert!(took >= SLOWER && took < 10 * SLOWER, "{took:?}");
}

#[tokio::test]
async fn a_lost_answer_is_to_a_request_that_was_done() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let way = Proxy::start(redis.address()).await;
    let mut talk = connect(&way).unwrap();
    let lost = way.lose_answer_behind(1, "spoken").await;
    set(&mut talk, "a", "other").unwrap();
    set(&mut talk, "a", "spoken of").unwrap();
    assert!(set(&mut talk, "a", "spoken").is_err(), "the answer is lost");
    soon("the loss", lost).await.unwrap();
    assert_eq!(redis.ask::<String>("GET a"), "spoken");
    set(&mut connect(&way).unwrap(), "a", "spoken").unwrap();
}

#[tokio::test]
async fn a_late_request_arrives_though_nobody_waits_any_more() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let way = Proxy::start(redis.address()).await;
    let mut talk = connect(&way).unwrap();
    talk.set_read_timeout(Some(HELD)).unwrap();
    let arrived = way.delay_request_with("spoken", 2 * HELD).await;
    assert!(set(&mut talk, "a", "spoken").is_err(), "it is late");
    drop(talk);
    assert_eq!(redis.ask::<Option<String>>("GET a"), None);
    soon("the late request", arrived).await.unwrap();
    assert_eq!(redis.ask::<String>("GET a"), "spoken");
}

#[tokio::test]
async fn a_dishonest_way_answers_for_redis() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let way = Proxy::start(redis.address()).await;
    let mut talk = connect(&way).unwrap();
    way.answers("-LOADING Redis is loading the dataset in memory")
        .await;
    let error = set(&mut talk, "a", "1").unwrap_err();
    assert_eq!(error.code(), Some("LOADING"));
    way.is_honest().await;
    set(&mut talk, "a", "1").unwrap();
}
