//! What Redis itself can do: the least that an append to a log with readers is.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use redis::Script;
use tokio::task::JoinSet;

use crate::Failure;
use crate::redis::Redis;

/// The log and its channel, and nothing of what conclave checks and keeps.
const APPEND: &str = "
    local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', 100000, '*', 'e', ARGV[1])
    redis.call('PUBLISH', KEYS[2], id .. ' ' .. ARGV[1])
    return id";

const LOG: &str = "bare_log";
const CHANNEL: &str = "bare_channel";

/// As long as the record of a message of 100 bytes.
const RECORD_BYTES: usize = 280;

/// Appends so many records, so many in flight; returns how long each took.
pub(crate) async fn appends(
    redis: &Redis,
    in_flight: u32,
    count: u32,
) -> Result<(Duration, Vec<Duration>), Failure> {
    let connection = redis.connect().await?;
    let ear = tokio::task::spawn_local(drain(redis.hear(CHANNEL).await?));
    let started = Instant::now();
    let mut lanes = JoinSet::new();
    for _ in 0..in_flight {
        lanes.spawn_local(lane(connection.clone(), count / in_flight));
    }
    let mut each = Vec::new();
    while let Some(lane) = lanes.join_next().await {
        each.extend(lane??);
    }
    let spent = started.elapsed();
    ear.abort();
    Ok((spent, each))
}

async fn lane(
    mut connection: redis::aio::MultiplexedConnection,
    count: u32,
) -> Result<Vec<Duration>, redis::RedisError> {
    let script = Script::new(APPEND);
    let record = "x".repeat(RECORD_BYTES);
    let mut call = script.key(LOG);
    call.key(CHANNEL).arg(record);
    let mut each = Vec::new();
    for _ in 0..count {
        let asked = Instant::now();
        let _id: String = call.invoke_async(&mut connection).await?;
        each.push(asked.elapsed());
    }
    Ok(each)
}

async fn drain(mut ear: redis::aio::PubSub) {
    let mut said = ear.on_message();
    while said.next().await.is_some() {}
}

/// The time from publishing to receiving on another connection, one at a time.
pub(crate) async fn publishes(redis: &Redis, count: u32) -> Result<Vec<Duration>, Failure> {
    let mut connection = redis.connect().await?;
    let mut ear = redis.hear(CHANNEL).await?;
    let mut said = ear.on_message();
    let record = "x".repeat(RECORD_BYTES);
    let mut each = Vec::new();
    for _ in 0..count {
        let published = Instant::now();
        let mut publish = redis::cmd("PUBLISH");
        publish.arg(CHANNEL).arg(&record);
        let _heard_by: u32 = publish.query_async(&mut connection).await?;
        said.next().await.ok_or("the channel closed")?;
        each.push(published.elapsed());
    }
    Ok(each)
}
