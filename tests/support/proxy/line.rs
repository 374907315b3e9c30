//! One connection of a node to Redis, and what is done to its two directions.

use std::cell::Cell;
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::Instant;

use super::{Fate, Half, Held, Link, Rules, Trap, Way};
use crate::support::resp;

/// Answers on their way to a node; more only wait in the sockets.
const ON_THE_WAY: usize = 4096;

/// One connection of the node, and what the two directions tell each other.
struct Line<'a> {
    rules: &'a Rules,
    number: u64,
    /// What became of its two directions.
    to_redis: Cell<Option<Half>>,
    to_the_node: Cell<Option<Half>>,
    is_channel: Cell<bool>,
    /// Requests that Redis was given, and answers that came; pushed messages count as none.
    asked: Cell<u64>,
    answered: Cell<u64>,
    answer_came: Notify,
    /// With this answer the connection breaks, and somebody is told.
    last_answer: Cell<Option<(u64, oneshot::Sender<()>)>>,
}

/// An answer, and when Redis gave it.
type Answer = (Instant, Bytes);

/// Carries everything between a node and Redis, until one of the two has had enough.
pub(super) async fn carry(number: u64, node: TcpStream, redis: TcpStream, rules: &Rules) {
    // A proxy that collects small packets would be slow unasked.
    if node.set_nodelay(true).is_err() || redis.set_nodelay(true).is_err() {
        return;
    }
    let (from_node, to_node) = node.into_split();
    let (from_redis, to_redis) = redis.into_split();
    let (answer, answers) = mpsc::channel(ON_THE_WAY);
    let line = Line {
        rules,
        number,
        to_redis: Cell::new(None),
        to_the_node: Cell::new(None),
        is_channel: Cell::new(false),
        asked: Cell::new(0),
        answered: Cell::new(0),
        answer_came: Notify::new(),
        last_answer: Cell::new(None),
    };
    tokio::select! {
        () = line.requests(from_node, to_redis, answer.clone()) => {}
        () = line.replies(from_redis, answer) => {}
        () = line.deliver(answers, to_node) => {}
    }
}

impl Line<'_> {
    async fn requests(
        &self,
        node: OwnedReadHalf,
        mut redis: OwnedWriteHalf,
        answer: mpsc::Sender<Answer>,
    ) {
        let mut requests = Messages::of(node);
        loop {
            let request = tokio::select! {
                request = requests.next() => request,
                () = self.closes(Way::ToRedis) => {
                    // Redis may be gone already.
                    let _ = redis.shutdown().await;
                    requests.drain().await;
                    return;
                }
            };
            let Some(request) = request else {
                return;
            };
            if self.half(Way::ToRedis).is_some() {
                continue;
            }
            if resp::is_subscribe(&request) {
                self.is_channel.set(true);
            }
            if let Some(canned) = self.rules.answer.get() {
                let canned = Bytes::from(format!("{canned}\r\n"));
                if answer.send((Instant::now(), canned)).await.is_err() {
                    return;
                }
                continue;
            }
            let number = self.asked.get() + 1;
            self.asked.set(number);
            let late = self.meets_its_fate(&request, number).await;
            if redis.write_all(&request).await.is_err() {
                return;
            }
            if let Some(done) = late {
                self.is_answered(number).await;
                // Who set the trap may not care.
                let _ = done.send(());
            }
        }
    }

    /// What happens to a request in a trap before it goes on; returns whom to tell when it is
    /// answered.
    async fn meets_its_fate(&self, request: &[u8], number: u64) -> Option<oneshot::Sender<()>> {
        let Trap { fate, done, .. } = self.rules.caught(request)?;
        match fate {
            Fate::AnswerLost => {
                self.last_answer.set(Some((number, done)));
                None
            }
            Fate::Late(by) => {
                tokio::time::sleep(by).await;
                Some(done)
            }
        }
    }

    async fn replies(&self, redis: OwnedReadHalf, answer: mpsc::Sender<Answer>) {
        let mut replies = Messages::of(redis);
        while let Some(reply) = self.reply(&mut replies).await {
            if !resp::is_push(&reply) {
                self.answered.set(self.answered.get() + 1);
                self.answer_came.notify_waiters();
            }
            match self.last_answer.take() {
                Some((number, done)) if number == self.answered.get() => {
                    // Who set the trap may not care.
                    let _ = done.send(());
                    return;
                }
                other => self.last_answer.set(other),
            }
            if answer.send((Instant::now(), reply)).await.is_err() {
                return;
            }
        }
    }

    /// The next one; of a Redis that hung up because nothing came to it any more, none.
    async fn reply(&self, replies: &mut Messages) -> Option<Bytes> {
        let reply = replies.next().await;
        if reply.is_none() && self.half(Way::ToRedis).is_some() {
            return std::future::pending().await;
        }
        reply
    }

    async fn deliver(&self, mut answers: mpsc::Receiver<Answer>, mut node: OwnedWriteHalf) {
        loop {
            let (given, answer) = tokio::select! {
                Some(answer) = answers.recv() => answer,
                () = self.closes(Way::ToTheNode) => {
                    // The node may be gone already.
                    let _ = node.shutdown().await;
                    while answers.recv().await.is_some() {}
                    return std::future::pending().await;
                }
            };
            if self.half(Way::ToTheNode).is_some() {
                continue;
            }
            tokio::time::sleep_until(given + self.rules.latency()).await;
            self.rules.until(|rules| !self.is_held(rules)).await;
            if node.write_all(&answer).await.is_err() {
                // What is on its way to Redis may still have to arrive.
                return std::future::pending().await;
            }
        }
    }

    /// Until this direction is closed.
    async fn closes(&self, way: Way) {
        self.rules
            .until(|_| self.half(way) == Some(Half::Closes))
            .await;
    }

    /// What became of a direction, now and for ever.
    fn half(&self, way: Way) -> Option<Half> {
        let known = match way {
            Way::ToRedis => &self.to_redis,
            Way::ToTheNode => &self.to_the_node,
        };
        let harm =
            self.rules.harm.get().filter(|harm| {
                harm.way == way && harm.link == self.link() && self.number <= harm.upto
            });
        if let Some(harm) = harm {
            known.set(Some(harm.half));
        }
        known.get()
    }

    fn link(&self) -> Link {
        if self.is_channel.get() {
            Link::Channel
        } else {
            Link::Commands
        }
    }

    fn is_held(&self, rules: &Rules) -> bool {
        match rules.held.get() {
            Held::Nobodys => false,
            Held::TheChannels => self.is_channel.get(),
            Held::All => true,
        }
    }

    async fn is_answered(&self, number: u64) {
        loop {
            let mut came = pin!(self.answer_came.notified());
            came.as_mut().enable();
            if self.answered.get() >= number {
                return;
            }
            came.await;
        }
    }
}

/// What comes over a socket, message by message.
struct Messages {
    from: OwnedReadHalf,
    read: BytesMut,
}

impl Messages {
    fn of(from: OwnedReadHalf) -> Self {
        Self {
            from,
            read: BytesMut::new(),
        }
    }

    /// `None` when the connection is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(length) = resp::length(&self.read) {
                return Some(self.read.split_to(length).freeze());
            }
            if self.from.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Reads on in vain, until the connection is over.
    async fn drain(&mut self) {
        while self.next().await.is_some() {}
    }
}
