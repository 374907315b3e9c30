//! The two connections to Redis: that of the commands and that of the channel. Each is a task
//! that passes on what it is given and reports what comes back; neither decides anything, and
//! neither comes back when it is lost.

use std::pin::pin;
use std::time::Duration;

use actix::{Message, Recipient};
use futures_util::stream::FuturesOrdered;
use futures_util::{Stream, StreamExt};
use redis::{Pipeline, RedisError, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::task::unconstrained;
use tokio::time::timeout;

use super::way::{self, Connection, Way};

/// How long a connection may take, with TLS and password.
pub(super) const CONNECT_DEADLINE: Duration = Duration::from_secs(2);

/// Pipelines that wait for the task of the command connection, which takes them at once; when
/// there is no room the bridge sends no more until the next turn.
pub(super) const PIPELINES: usize = 64;

/// Messages of the channel that are passed on at once.
pub(super) const CHANNEL_BATCH: usize = 256;

/// Which connection it was: mail of one that was given up is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation(pub(super) u64);

/// From a connection to the bridge, in the order in which it happened.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Mail {
    pub(super) generation: Generation,
    pub(super) news: News,
}

/// What happened on a connection.
#[derive(Debug)]
pub(super) enum News {
    /// The replies to the oldest pipeline, each a value or a server's error.
    Replies(Vec<Value>),
    /// The channel is subscribed to.
    Subscribed,
    /// Payloads of the channel.
    Heard(Vec<Vec<u8>>),
    /// It is over; the words are for the operator.
    Lost(String),
}

/// The way to the command connection, which is closed when this is dropped.
#[derive(Debug)]
pub(super) struct Commands {
    pub(super) generation: Generation,
    pipelines: mpsc::Sender<Pipeline>,
}

impl Commands {
    /// Opens a connection; what is sent meanwhile waits for it.
    pub(super) fn open(way: Way, generation: Generation, to: Recipient<Mail>) -> Self {
        Self::start(async move { way.connect().await }, generation, to)
    }

    /// Goes on with a connection that is open.
    pub(super) fn on(connection: Connection, generation: Generation, to: Recipient<Mail>) -> Self {
        Self::start(std::future::ready(Ok(connection)), generation, to)
    }

    fn start(
        opening: impl Future<Output = Result<Connection, RedisError>> + 'static,
        generation: Generation,
        to: Recipient<Mail>,
    ) -> Self {
        let (pipelines, waiting) = mpsc::channel(PIPELINES);
        let post = Post { generation, to };
        actix::spawn(async move {
            if let Err(error) = drive(opening, waiting, &post).await {
                post.tell(News::Lost(error.to_string())).await;
            }
        });
        Self {
            generation,
            pipelines,
        }
    }

    /// Whether another pipeline can be sent.
    pub(super) fn has_room(&self) -> bool {
        self.pipelines.capacity() > 0
    }

    /// Sends a pipeline; its replies come as one [`News::Replies`].
    pub(super) fn send(&self, pipeline: Pipeline) {
        // There is room, or the task has ended: that is reported by itself.
        let _ = self.pipelines.try_send(pipeline);
    }
}

/// Sends pipelines in order and reports their replies in order, until nobody sends any more.
async fn drive(
    opening: impl Future<Output = Result<Connection, RedisError>>,
    mut waiting: mpsc::Receiver<Pipeline>,
    post: &Post,
) -> Result<(), RedisError> {
    let connection = opening.await?;
    let mut flights = FuturesOrdered::new();
    loop {
        tokio::select! {
            biased;
            pipeline = waiting.recv() => match pipeline {
                // A pipeline is on its way after its first poll, and first polls come in the
                // order of this queue as long as none of them is told to yield.
                Some(pipeline) => flights.push_back(unconstrained(fly(connection.clone(), pipeline))),
                None => return Ok(()),
            },
            Some(replies) = flights.next() => post.tell(News::Replies(replies?)).await,
        }
    }
}

pub(super) async fn fly(
    mut connection: Connection,
    pipeline: Pipeline,
) -> Result<Vec<Value>, RedisError> {
    connection.ask(&pipeline).await
}

/// The channel's connection, which is closed when this is dropped.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) generation: Generation,
    #[expect(dead_code, reason = "held for its drop alone")]
    open: oneshot::Sender<()>,
}

impl Channel {
    /// Subscribes to a channel, on a connection of its own.
    pub(super) fn open(
        way: Way,
        name: String,
        generation: Generation,
        to: Recipient<Mail>,
    ) -> Self {
        let (open, closed) = oneshot::channel();
        let post = Post { generation, to };
        actix::spawn(async move {
            tokio::select! {
                biased;
                why = listen(way, name, &post) => post.tell(News::Lost(why)).await,
                _ = closed => {}
            }
        });
        Self { generation, open }
    }
}

/// Passes on what is said on a channel, as fast as the bridge takes it.
async fn listen(way: Way, name: String, post: &Post) -> String {
    match way {
        Way::Socket(client) => pass_on(way::subscribe(&client, name), post).await,
        #[cfg(test)]
        Way::Simulated(wire) => pass_on(wire.subscribe(), post).await,
    }
}

async fn pass_on<M>(subscribing: impl Future<Output = Result<M, RedisError>>, post: &Post) -> String
where
    M: Stream<Item = Vec<u8>>,
{
    let messages = match timeout(CONNECT_DEADLINE, subscribing).await {
        Ok(Ok(messages)) => messages,
        Ok(Err(error)) => return error.to_string(),
        Err(late) => return late.to_string(),
    };
    post.tell(News::Subscribed).await;
    let mut batches = pin!(messages.ready_chunks(CHANNEL_BATCH));
    while let Some(payloads) = batches.next().await {
        post.tell(News::Heard(payloads)).await;
    }
    "the connection was closed".to_owned()
}

/// The way to the bridge.
struct Post {
    generation: Generation,
    to: Recipient<Mail>,
}

impl Post {
    /// Waits until the bridge has heard it, so that nothing piles up in its mailbox.
    async fn tell(&self, news: News) {
        let generation = self.generation;
        // A bridge that is gone has closed the connection too.
        let _gone = self.to.send(Mail { generation, news }).await;
    }
}
