//! What a node has in hand of a simulated server. It hands in what it sends, and what becomes of
//! that is up to the server; nothing here is bytes.

use futures_util::Stream;
use futures_util::stream::poll_fn;
use redis::{ErrorKind, Pipeline, RedisError, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::bridge::redis::connection::CONNECT_DEADLINE;
use crate::testing::Rule;
use crate::testing::dice::Dice;

/// A node's way to the server.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    pub(super) node: usize,
    pub(super) dice: Dice,
    pub(super) to: mpsc::Sender<Sent>,
    pub(super) breaks: Option<Rule>,
}

/// A connection for commands.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    number: u64,
    to: mpsc::Sender<Sent>,
}

/// What nodes hand in.
#[derive(Debug)]
pub(super) enum Sent {
    /// A connection is to be opened; it is known by this number.
    Connect {
        node: usize,
        answer: oneshot::Sender<u64>,
    },
    /// Commands on a connection.
    Ask {
        line: u64,
        pipeline: Pipeline,
        answer: oneshot::Sender<Vec<Value>>,
    },
    /// What is said on the channel is to be heard.
    Listen {
        node: usize,
        answer: oneshot::Sender<mpsc::Receiver<Vec<u8>>>,
    },
}

impl Wire {
    /// Opens a connection for commands.
    pub(crate) async fn connect(&self) -> Result<Line, RedisError> {
        let (answer, opened) = oneshot::channel();
        let node = self.node;
        self.hand_in(Sent::Connect { node, answer });
        let number = within(opened).await?;
        let to = self.to.clone();
        Ok(Line { number, to })
    }

    /// Subscribes to the one channel that there is.
    pub(crate) async fn subscribe(
        &self,
    ) -> Result<impl Stream<Item = Vec<u8>> + use<>, RedisError> {
        let (answer, opened) = oneshot::channel();
        let node = self.node;
        self.hand_in(Sent::Listen { node, answer });
        let mut messages = within(opened).await?;
        Ok(poll_fn(move |cx| messages.poll_recv(cx)))
    }

    /// Chance that can be repeated.
    pub(crate) fn chance(&mut self) -> u64 {
        self.dice.number()
    }

    /// What its node does wrong on purpose.
    pub(crate) fn breaks(&self) -> Option<Rule> {
        self.breaks
    }

    fn hand_in(&self, sent: Sent) {
        let taken = self.to.try_send(sent);
        taken.expect("a server with room for all that is sent");
    }
}

impl Line {
    /// Sends commands, at the first poll; their replies come when the server and the network want.
    pub(crate) async fn ask(&self, pipeline: &Pipeline) -> Result<Vec<Value>, RedisError> {
        let (answer, answered) = oneshot::channel();
        let sent = Sent::Ask {
            line: self.number,
            pipeline: pipeline.clone(),
            answer,
        };
        self.to
            .try_send(sent)
            .expect("a server with room for all that is sent");
        answered.await.map_err(|_| lost())
    }
}

async fn within<T>(opened: oneshot::Receiver<T>) -> Result<T, RedisError> {
    match timeout(CONNECT_DEADLINE, opened).await {
        Ok(opened) => opened.map_err(|_| lost()),
        Err(late) => Err(RedisError::from((
            ErrorKind::Io,
            "nobody answers",
            late.to_string(),
        ))),
    }
}

fn lost() -> RedisError {
    RedisError::from((ErrorKind::Io, "the connection was reset"))
}
