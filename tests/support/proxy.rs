//! Somebody between a node and Redis who can hold back, slow down, lose and cut what passes.
//!
//! It reads both directions message by message, so that it knows the channel's connection (where
//! SUBSCRIBE was said) from the others, and the answer to a request from those before it.
//! It lives on a thread of its own, so that a test that blocks does not hold anything up.

mod line;

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::LocalSet;

use super::dice::Dice;
use super::{resp, soon};
use line::carry;

/// One way between one node and Redis.
pub(crate) struct Proxy {
    port: u16,
    orders: mpsc::Sender<(Order, oneshot::Sender<()>)>,
}

enum Order {
    Hold(Held),
    Slow(Slowness),
    Answer(Option<&'static str>),
    /// What has these bytes in it, what is done with it, and whom to tell.
    Catch(Trap),
    Door(Door),
    Break,
    Harm(Link, Way, Half),
    Lead(SocketAddr),
}

/// How much longer an answer takes.
#[derive(Clone, Copy)]
enum Slowness {
    Always(Duration),
    /// Up to so much, by chance.
    UpTo(Duration),
}

/// Which of a node's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Commands,
    Channel,
}

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    ToRedis,
    ToTheNode,
}

/// What happens to one direction while the other stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// It ends, and who reads there is told.
    Closes,
    /// What goes that way is lost, and nobody is told.
    Swallows,
}

/// Harm to what is connected now.
#[derive(Clone, Copy)]
struct Harm {
    link: Link,
    way: Way,
    half: Half,
    /// The last connection that it is done to.
    upto: u64,
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
                let rules = Rc::new(Rules::new(redis));
                tokio::task::spawn_local(welcome(door, Rc::clone(&rules)));
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
        self.order(Order::Slow(Slowness::Always(by))).await;
    }

    /// Each answer takes up to so much longer, by chance; they stay in order.
    pub(crate) async fn wavers(&self, by: Duration) {
        self.order(Order::Slow(Slowness::UpTo(by))).await;
    }

    /// One direction of what is connected now is of no use any more.
    pub(crate) async fn harms(&self, link: Link, way: Way, half: Half) {
        self.order(Order::Harm(link, way, half)).await;
    }

    /// Who comes from now on gets to another Redis.
    pub(crate) async fn leads_to(&self, redis: SocketAddr) {
        self.order(Order::Lead(redis)).await;
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
    redis: Cell<SocketAddr>,
    /// Connections so far.
    lines: Cell<u64>,
    harm: Cell<Option<Harm>>,
    held: Cell<Held>,
    slowness: Cell<Slowness>,
    /// By which chance answers waver.
    chance: Cell<u64>,
    answer: Cell<Option<&'static str>>,
    trap: Cell<Option<Trap>>,
    door: Cell<Door>,
    breaks: Cell<u64>,
    changed: Notify,
}

impl Rules {
    fn new(redis: SocketAddr) -> Self {
        Self {
            redis: Cell::new(redis),
            lines: Cell::new(0),
            harm: Cell::new(None),
            held: Cell::new(Held::Nobodys),
            slowness: Cell::new(Slowness::Always(Duration::ZERO)),
            chance: Cell::new(0),
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
            Order::Slow(slowness) => self.slowness.set(slowness),
            Order::Answer(answer) => self.answer.set(answer),
            Order::Catch(trap) => self.trap.set(Some(trap)),
            Order::Door(door) => self.door.set(door),
            Order::Break => self.breaks.set(self.breaks.get() + 1),
            Order::Harm(link, way, half) => self.harm.set(Some(Harm {
                link,
                way,
                half,
                upto: self.lines.get(),
            })),
            Order::Lead(redis) => self.redis.set(redis),
        }
        self.changed.notify_waiters();
    }

    /// How much longer the next answer takes.
    fn latency(&self) -> Duration {
        match self.slowness.get() {
            Slowness::Always(by) => by,
            Slowness::UpTo(by) => {
                let mut dice = Dice::new(self.chance.get());
                self.chance.set(self.chance.get() + 1);
                dice.up_to(by)
            }
        }
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

async fn welcome(door: TcpListener, rules: Rc<Rules>) {
    while let Ok((node, _)) = door.accept().await {
        if rules.door.get() == Door::Shut {
            continue;
        }
        let number = rules.lines.get() + 1;
        rules.lines.set(number);
        let rules = Rc::clone(&rules);
        tokio::task::spawn_local(async move {
            let breaks = rules.breaks.get();
            if let Ok(redis) = TcpStream::connect(rules.redis.get()).await {
                tokio::select! {
                    () = carry(number, node, redis, &rules) => {}
                    () = rules.until(|rules| rules.breaks.get() != breaks) => {}
                }
            }
        });
    }
}
