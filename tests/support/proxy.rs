//! Somebody between a node and Redis who can hold back, slow down, lose and cut what passes.
//!
//! It reads both directions message by message, so that it knows the channel's connection (where
//! SUBSCRIBE was said) from the others, and the answer to a request from those before it.
//! It lives on a thread of its own, so that a test that blocks does not hold anything up.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::resp;
use super::soon;

/// Answers on their way to a node; more only wait in the sockets.
const ON_THE_WAY: usize = 4096;

/// One way between one node and Redis.
pub(crate) struct Proxy {
    port: u16,
    orders: mpsc::Sender<(Order, oneshot::Sender<()>)>,
}

enum Order {
    Hold(Held),
    Slow(Duration),
    Answer(Option<&'static str>),
    /// What has these bytes in it, what is done with it, and whom to tell.
    Catch(Trap),
    Door(Door),
    Break,
}

/// Whose answers wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Nobodys,
    TheChannels,
    All,
}

/// What somebody who connects meets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Open,
    Shut,
}

/// A request with these bytes in it, and its fate.
struct Trap {
    bytes: String,
    /// Requests with these bytes that are let through before.
    skip: usize,
    fate: Fate,
    /// Told when Redis has answered it.
    done: oneshot::Sender<()>,
}

#[derive(Clone, Copy)]
enum Fate {
    /// It arrives, and the connection breaks before its answer does.
    AnswerLost,
    /// It arrives so much later, and everything behind it.
    Late(Duration),
}

impl Proxy {
    pub(crate) async fn start(redis: SocketAddr) -> Self {
        let (orders, mut received) = mpsc::channel::<(Order, oneshot::Sender<()>)>(1);
        let (opened, port) = oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let life = async move {
                let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                opened.send(door.local_addr().unwrap().port()).unwrap();
                let rules = Rc::new(Rules::new());
                tokio::task::spawn_local(welcome(door, redis, Rc::clone(&rules)));
                while let Some((order, done)) = received.recv().await {
                    rules.follow(order);
                    // Who gave the order may have given up.
                    let _ = done.send(());
                }
            };
            LocalSet::new().block_on(&runtime, life);
        });
        let port = soon("the proxy", port).await.unwrap();
        Self { port, orders }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Nothing that Redis sends reaches the node.
    pub(crate) async fn hold_replies(&self) {
        self.order(Order::Hold(Held::All)).await;
    }

    /// Nothing that is published reaches the node; its commands are answered.
    pub(crate) async fn hold_channel(&self) {
        self.order(Order::Hold(Held::TheChannels)).await;
    }

    /// What was held goes on, in order.
    pub(crate) async fn let_go(&self) {
        self.order(Order::Hold(Held::Nobodys)).await;
    }

    /// Each answer takes so much longer.
    pub(crate) async fn slow(&self, by: Duration) {
        self.order(Order::Slow(by)).await;
    }

    /// Redis hears nothing of what the node asks; this is the answer to all of it.
    pub(crate) async fn answers(&self, all: &'static str) {
        self.order(Order::Answer(Some(all))).await;
    }

    /// Redis answers again.
    pub(crate) async fn is_honest(&self) {
        self.order(Order::Answer(None)).await;
    }

    /// No way to Redis, for those connected now and for those who come.
    pub(crate) async fn cut(&self) {
        self.shut().await;
        self.order(Order::Break).await;
    }

    /// No way to Redis for those who come.
    pub(crate) async fn shut(&self) {
        self.order(Order::Door(Door::Shut)).await;
    }

    /// Who comes gets through again.
    pub(crate) async fn mend(&self) {
        self.order(Order::Door(Door::Open)).await;
    }

    /// Breaks what is connected now.
    pub(crate) async fn breaks(&self) {
        self.order(Order::Break).await;
    }

    /// The next request with these bytes arrives; the connection breaks before its answer does.
    /// Returns what tells that this has happened.
    pub(crate) async fn lose_answer_to(&self, bytes: &str) -> oneshot::Receiver<()> {
        self.catch(bytes, 0, Fate::AnswerLost).await
    }

    /// The same, but so many requests with these bytes are let through before.
    pub(crate) async fn lose_answer_behind(
        &self,
        skip: usize,
        bytes: &str,
    ) -> oneshot::Receiver<()> {
        self.catch(bytes, skip, Fate::AnswerLost).await
    }

    /// The next request with these bytes arrives so much later, whatever the node does meanwhile.
    /// Returns what tells that Redis has answered it.
    pub(crate) async fn delay_request_with(
        &self,
        bytes: &str,
        by: Duration,
    ) -> oneshot::Receiver<()> {
        self.catch(bytes, 0, Fate::Late(by)).await
    }

    async fn catch(&self, bytes: &str, skip: usize, fate: Fate) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        let bytes = bytes.to_owned();
        let trap = Trap {
            bytes,
            skip,
            fate,
            done,
        };
        self.order(Order::Catch(trap)).await;
        is_done
    }

    async fn order(&self, order: Order) {
        let (done, is_done) = oneshot::channel();
        self.orders.send((order, done)).await.unwrap();
        soon("the proxy to obey", is_done).await.unwrap();
    }
}

/// What holds for all connections now; one thread has it.
struct Rules {
    held: Cell<Held>,
    latency: Cell<Duration>,
    answer: Cell<Option<&'static str>>,
    trap: Cell<Option<Trap>>,
    door: Cell<Door>,
    breaks: Cell<u64>,
    changed: Notify,
}

impl Rules {
    fn new() -> Self {
        Self {
            held: Cell::new(Held::Nobodys),
            latency: Cell::new(Duration::ZERO),
            answer: Cell::new(None),
            trap: Cell::new(None),
            door: Cell::new(Door::Open),
            breaks: Cell::new(0),
            changed: Notify::new(),
        }
    }

    fn follow(&self, order: Order) {
        match order {
            Order::Hold(held) => self.held.set(held),
            Order::Slow(latency) => self.latency.set(latency),
            Order::Answer(answer) => self.answer.set(answer),
            Order::Catch(trap) => self.trap.set(Some(trap)),
            Order::Door(door) => self.door.set(door),
            Order::Break => self.breaks.set(self.breaks.get() + 1),
        }
        self.changed.notify_waiters();
    }

    /// The trap, if this request is in it.
    fn caught(&self, request: &[u8]) -> Option<Trap> {
        let mut trap = self.trap.take()?;
        if resp::contains(request, trap.bytes.as_bytes()) {
            if trap.skip == 0 {
                return Some(trap);
            }
            trap.skip -= 1;
        }
        self.trap.set(Some(trap));
        None
    }

    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if is_so(self) {
                return;
            }
            changed.await;
        }
    }
}

async fn welcome(door: TcpListener, redis: SocketAddr, rules: Rc<Rules>) {
    while let Ok((node, _)) = door.accept().await {
        if rules.door.get() == Door::Shut {
            continue;
        }
        let rules = Rc::clone(&rules);
        tokio::task::spawn_local(async move {
            let breaks = rules.breaks.get();
            if let Ok(redis) = TcpStream::connect(redis).await {
                tokio::select! {
                    () = carry(node, redis, &rules) => {}
                    () = rules.until(|rules| rules.breaks.get() != breaks) => {}
                }
            }
        });
    }
}

/// One connection of the node, and what the two directions tell each other.
struct Line<'a> {
    rules: &'a Rules,
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

async fn carry(node: TcpStream, redis: TcpStream, rules: &Rules) {
    // A proxy that collects small packets would be slow unasked.
    if node.set_nodelay(true).is_err() || redis.set_nodelay(true).is_err() {
        return;
    }
    let (from_node, to_node) = node.into_split();
    let (from_redis, to_redis) = redis.into_split();
    let (answer, answers) = mpsc::channel(ON_THE_WAY);
    let line = Line {
        rules,
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
        while let Some(request) = requests.next().await {
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
        while let Some(reply) = replies.next().await {
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

    async fn deliver(&self, mut answers: mpsc::Receiver<Answer>, mut node: OwnedWriteHalf) {
        while let Some((given, answer)) = answers.recv().await {
            tokio::time::sleep_until(given + self.rules.latency.get()).await;
            self.rules.until(|rules| !self.is_held(rules)).await;
            if node.write_all(&answer).await.is_err() {
                // What is on its way to Redis may still have to arrive.
                return std::future::pending().await;
            }
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
}
