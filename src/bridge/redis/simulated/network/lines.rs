//! The connections of a simulated server, and what is held up on them.

use std::collections::VecDeque;

use redis::{Pipeline, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::server::UnderWay;

/// Whether anything passes in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Flow {
    #[default]
    Runs,
    /// It is held up, and neither end learns of that.
    Stops,
}

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Open,
    Closed,
}

/// A node's way to the server.
#[derive(Debug, Default)]
pub(super) struct Route {
    pub(super) up: Flow,
    pub(super) down: Flow,
    /// New connections are refused.
    pub(super) refuses: bool,
    /// Who tries to connect while nothing passes.
    pub(super) hanging: Vec<oneshot::Sender<u64>>,
}

impl Route {
    /// Whether no connection can be opened.
    pub(super) fn stops(&self) -> bool {
        self.up == Flow::Stops || self.down == Flow::Stops
    }
}

/// What keeps things in order that each take their time.
#[derive(Debug, Default)]
pub(super) struct InOrder(Option<Instant>);

impl InOrder {
    /// When something comes that would come then by itself.
    pub(super) fn behind(&mut self, at: Instant) -> Instant {
        let at = self.0.map_or(at, |before| before.max(at));
        self.0 = Some(at);
        at
    }
}

/// A connection for commands.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) node: usize,
    /// The node's end.
    pub(super) here: Side,
    /// The server's end.
    pub(super) there: Side,
    up: InOrder,
    pub(super) down: InOrder,
    /// Nothing arrives at the server before: what was held up is late.
    pub(super) not_before: Instant,
    /// What is on its way to the server in the order in which it was sent, whether it is held up
    /// or not, and when it would be there by itself.
    under_way: VecDeque<(Instant, Pipeline)>,
    pub(super) held_down: VecDeque<Vec<Value>>,
    /// Who waits for an answer; when they are dropped the node knows that the connection is lost.
    pub(super) waiting: VecDeque<oneshot::Sender<Vec<Value>>>,
}

impl Line {
    pub(super) fn new(node: usize) -> Self {
        Self {
            node,
            here: Side::Open,
            there: Side::Open,
            up: InOrder::default(),
            down: InOrder::default(),
            not_before: Instant::now(),
            under_way: VecDeque::new(),
            held_down: VecDeque::new(),
            waiting: VecDeque::new(),
        }
    }

    /// A pipeline is sent, which would be there then if it were the only one; when it is there if
    /// nothing is held up.
    pub(super) fn sends(&mut self, pipeline: Pipeline, at: Instant) -> Instant {
        let at = self.up.behind(at);
        match self.there {
            Side::Open => self.under_way.push_back((at, pipeline)),
            Side::Closed => {}
        }
        at
    }

    /// The next pipeline that is at the server by now. None overtakes another.
    pub(super) fn arrives(&mut self, now: Instant) -> Option<Pipeline> {
        let (_, pipeline) = self.under_way.pop_front_if(|(at, _)| *at <= now)?;
        Some(pipeline)
    }

    /// The node learns that it is lost.
    pub(super) fn reset(&mut self, under_way: UnderWay) {
        self.here = Side::Closed;
        self.waiting.clear();
        match under_way {
            UnderWay::Lost => self.close(),
            UnderWay::Arrives => {}
        }
    }

    /// The server takes nothing more of it.
    pub(super) fn close(&mut self) {
        self.there = Side::Closed;
        self.under_way.clear();
    }
}

/// A connection on which the channel is heard.
#[derive(Debug)]
pub(super) struct Ear {
    pub(super) node: usize,
    pub(super) to: mpsc::Sender<Vec<u8>>,
    pub(super) down: InOrder,
    pub(super) held: VecDeque<Vec<u8>>,
}

impl Ear {
    pub(super) fn new(node: usize, to: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            node,
            to,
            down: InOrder::default(),
            held: VecDeque::new(),
        }
    }
}
