//! The bridge of a node that is alone: SQLite in a directory, one thread that writes.
//!
//! - this file: the actor. It queues what is asked, hands batches to the writer, answers, and
//!   feeds the registry. It never touches the database.
//! - `writer`: the thread, and what a batch is. `feed`: what waits for the registry.
//! - `log`: the store and the end of the log. `schema`, `sql`, `wire`: how things are kept.
//! - `claims`, `rooms`, `people`, `history`, [`accounts`]: what is decided, by theme.
//! - `lock`: one node per directory.

pub mod accounts;
mod claims;
mod feed;
mod history;
mod lock;
mod log;
mod people;
mod rooms;
mod schema;
mod sql;
mod wire;
mod writer;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Recipient,
    ResponseFuture, WrapFuture, prelude::SendError,
};
use tokio::sync::oneshot;

use crate::chat::origin::SessionId;
use crate::chat::{Refusal, UserName};
use crate::messages::{
    ACTOR_MAILBOX, AccountAnswer, AccountAsk, Arrival, Arrived, Ask, Credit, Outcome, Question,
    STORE_QUEUE, SessionMail, Shut, StoreFailed, Vital,
};
use feed::{Feed, Reply};
use lock::Lock;
use log::Store;
use writer::{BATCH_TASKS, Decided, Decision, Task, Verdict, Writer};

/// Between two looks for history that is too old and rooms that are void by that.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it lives; made if it does not exist.
    pub data_dir: PathBuf,
    /// What an acknowledged change survives.
    pub durability: Durability,
    /// Rooms that there may be, the lobby included.
    pub rooms: u64,
    /// Messages of a room that its history keeps; 0 keeps none.
    pub keep_messages: u64,
    /// Days that history keeps a message; 0 keeps none.
    pub keep_days: u64,
    /// Accounts whose password stands in the settings: people like all others, without a row.
    pub configured: BTreeSet<UserName>,
}

/// What an acknowledged change survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A power cut: each batch is synced to the disk before it is acknowledged.
    Fsync,
    /// A killed process: the system writes it to the disk when it likes.
    Relaxed,
}

/// Why the store does not open; the words are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or written.
    #[error("cannot use the data directory {}: {source}", .data_dir.display())]
    DataDir {
        /// The directory.
        data_dir: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process holds the directory.
    #[error("another node is running on {}", .data_dir.display())]
    Locked {
        /// The directory.
        data_dir: PathBuf,
    },
    /// A newer program has been here.
    #[error(
        "{} has schema {found}; this program knows schemas up to {known}: use a newer one",
        .path.display()
    )]
    Newer {
        /// The version found.
        found: usize,
        /// The newest one known.
        known: usize,
        /// The database.
        path: PathBuf,
    },
    /// SQLite cannot use the file.
    #[error("cannot open the store {}: {source}", .path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The store is open, but its first transaction failed.
    #[error("cannot begin a new epoch in {}: {source}", .path.display())]
    Begin {
        /// The database.
        path: PathBuf,
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no thread for the writer.
    #[error("cannot start the store's thread: {source}")]
    Thread {
        /// What the system says.
        source: io::Error,
    },
}

impl Options {
    /// For work on a store that no node uses.
    fn bare(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            durability: Durability::Fsync,
            rooms: u64::MAX,
            keep_messages: u64::MAX,
            keep_days: u64::MAX,
            configured: BTreeSet::new(),
        }
    }
}

/// A store that is locked, up to date and in its new epoch; what the run before left claimed is
/// released. It has only to be started.
#[derive(Debug)]
pub struct Opened {
    writer: Writer,
    arrivals: Vec<Arrival>,
}

impl Opened {
    /// Starts the bridge on the current arbiter. `registry` is kept for its life; `vital` hears
    /// when the store fails, after which nothing more is decided.
    pub fn start(self, registry: Recipient<Arrived>, vital: Vital) -> Addr<EmbeddedBridge> {
        let mut feed = Feed::default();
        feed.extend(self.arrivals);
        EmbeddedBridge {
            link: Link::Open(self.writer),
            queue: VecDeque::new(),
            asks_queued: 0,
            in_flight: Vec::new(),
            feed,
            registry,
            vital,
            state: State::Serving,
            shut: Vec::new(),
        }
        .start()
    }
}

/// Everything that a node alone keeps: the contract of [`bridge`](super) on SQLite.
#[derive(Debug)]
pub struct EmbeddedBridge {
    link: Link,
    /// What the next batches are made of.
    queue: VecDeque<Job>,
    /// How many of them count against [`STORE_QUEUE`].
    asks_queued: usize,
    /// Who waits for the batch that is being written, in its order; empty when none is.
    in_flight: Vec<Waiting>,
    feed: Feed,
    registry: Recipient<Arrived>,
    vital: Vital,
    state: State,
    /// Dropped when the store is closed.
    shut: Vec<oneshot::Sender<()>>,
}

/// The way to the writer.
#[derive(Debug)]
enum Link {
    Open(Writer),
    Closing,
    Closed,
}

/// What becomes of new asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// They are queued.
    Serving,
    /// They are refused; what was queued before is still decided.
    ShuttingDown,
    /// They are refused, and so was everything queued.
    Failed,
}

/// One task and who waits for it.
#[derive(Debug)]
struct Job {
    task: Task,
    waiting: Waiting,
}

/// Who waits for a task.
#[derive(Debug)]
enum Waiting {
    Session {
        session: SessionId,
        to: Recipient<SessionMail>,
    },
    Authenticator(oneshot::Sender<Result<AccountAnswer, StoreFailed>>),
    Nobody,
}

impl EmbeddedBridge {
    /// Opens the store: takes its lock, brings it up to date, begins an epoch and releases what
    /// the run before left claimed. Blocks; for the time before any door is open.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(options: Options) -> Result<Opened, OpenError> {
        Self::open_at(options, log::wall_clock)
    }

    fn open_at(options: Options, clock: log::Clock) -> Result<Opened, OpenError> {
        let lock = Lock::take(&options.data_dir)?;
        let path = log::file(&options.data_dir);
        let mut store = Store::open(options, clock)?;
        store
            .transaction(Store::begin)
            .map_err(|error| OpenError::Begin {
                path,
                source: error.into(),
            })?;
        let arrivals = store.take_arrivals();
        let writer = Writer::spawn(store, lock).map_err(|source| OpenError::Thread { source })?;
        Ok(Opened { writer, arrivals })
    }

    /// Why the next ask is refused, if it is.
    fn refusal(&self) -> Option<Refusal> {
        match self.state {
            State::ShuttingDown | State::Failed => Some(Refusal::NotDelivered),
            State::Serving if self.asks_queued >= STORE_QUEUE => Some(Refusal::Busy),
            State::Serving => None,
        }
    }

    fn enqueue(&mut self, job: Job, ctx: &mut Context<Self>) {
        self.asks_queued += job.task.counts();
        self.queue.push_back(job);
        self.advance(ctx);
    }

    /// Hands the next batch to the writer, if it is idle and the registry keeps up.
    fn advance(&mut self, ctx: &mut Context<Self>) {
        if !self.in_flight.is_empty() || self.feed.is_full() {
            return;
        }
        if self.queue.is_empty() {
            return self.close_if_shut(ctx);
        }
        let Link::Open(writer) = &self.link else {
            return self.refuse_all();
        };
        let jobs = self.queue.drain(..self.queue.len().min(BATCH_TASKS));
        let (tasks, waiting): (Vec<_>, Vec<_>) = jobs.map(|job| (job.task, job.waiting)).unzip();
        self.asks_queued -= tasks.iter().map(Task::counts).sum::<usize>();
        self.in_flight = waiting;
        let decided = writer.hand_over(tasks).into_actor(self);
        ctx.spawn(decided.map(|decided, bridge, ctx| match decided {
            Ok(decided) => bridge.decided(decided, ctx),
            Err(_) => bridge.fail("its thread panicked, which is a bug", ctx),
        }));
    }

    /// Answers a batch, then feeds its events: a session has its answer before what it caused.
    fn decided(&mut self, decided: Decided, ctx: &mut Context<Self>) {
        match decided {
            Ok(decisions) => {
                let waiting = std::mem::take(&mut self.in_flight);
                for (waiting, decision) in waiting.into_iter().zip(decisions) {
                    self.settle(waiting, decision);
                }
                self.feed_registry(ctx);
                self.advance(ctx);
            }
            Err(error) => self.fail(&error.to_string(), ctx),
        }
    }

    fn settle(&mut self, waiting: Waiting, decision: Decision) {
        match (waiting, decision.verdict) {
            (Waiting::Session { session, to }, Verdict::Outcome(outcome)) => self.reply(Reply {
                session,
                to,
                outcome,
            }),
            (Waiting::Authenticator(to), Verdict::Account(answer)) => {
                // It stopped waiting: then it does not want to know.
                let _ = to.send(Ok(answer));
            }
            (Waiting::Nobody, Verdict::SweepOn { after }) => {
                let after = Some(after);
                self.queue.push_back(Job::sweep(after));
            }
            // A release; and what no task is answered with.
            (
                Waiting::Session { .. } | Waiting::Authenticator(_) | Waiting::Nobody,
                Verdict::Silence
                | Verdict::Outcome(_)
                | Verdict::Account(_)
                | Verdict::SweepOn { .. },
            ) => {}
        }
        self.feed.extend(decision.arrivals);
    }

    /// Answers a session now, or behind the events and answers that have to come first.
    fn reply(&mut self, reply: Reply) {
        let settles = matches!(reply.outcome, Outcome::Settled);
        if settles || self.feed.holds(&reply.session) {
            self.feed.hold(reply);
        } else {
            deliver(reply);
        }
    }

    /// Hands out the answers that are due, then the next batch of events.
    fn feed_registry(&mut self, ctx: &mut Context<Self>) {
        while let Some(reply) = self.feed.due() {
            deliver(reply);
        }
        let Some(arrivals) = self.feed.next_batch() else {
            return self.stop_if_done(ctx);
        };
        let (credit, returned) = Credit::new();
        // A clone is a place of its own in the mailbox, so this waits behind nobody; one batch
        // out is the bound. A registry that is gone has reported itself, and the credit comes
        // back with the error.
        let given = self.registry.clone().try_send(Arrived { arrivals, credit });
        if let Err(SendError::Full(_)) = given {
            return self.fail("the registry had no place for a batch, which is a bug", ctx);
        }
        let handled = returned.wait().into_actor(self);
        ctx.spawn(handled.map(|(), bridge, ctx| {
            bridge.feed.returned();
            bridge.feed_registry(ctx);
            bridge.advance(ctx);
        }));
    }

    /// The store failed: nobody is left without an answer, and the node hears of it.
    fn fail(&mut self, why: &str, ctx: &mut Context<Self>) {
        self.state = State::Failed;
        self.vital.failed(why);
        self.refuse_all();
        self.close(ctx);
    }

    fn refuse_all(&mut self) {
        self.asks_queued = 0;
        let queued = self.queue.drain(..).map(|job| job.waiting);
        let waiting: Vec<_> = self.in_flight.drain(..).chain(queued).collect();
        for waiting in waiting {
            match waiting {
                Waiting::Session { session, to } => self.reply(Reply {
                    session,
                    to,
                    outcome: Outcome::Refused(Refusal::NotDelivered),
                }),
                Waiting::Authenticator(to) => {
                    // It stopped waiting: then it does not want to know.
                    let _ = to.send(Err(StoreFailed));
                }
                Waiting::Nobody => {}
            }
        }
    }

    fn close_if_shut(&mut self, ctx: &mut Context<Self>) {
        if !self.shut.is_empty() {
            self.close(ctx);
        }
    }

    /// Closes the store, and tells those who asked for it.
    fn close(&mut self, ctx: &mut Context<Self>) {
        match std::mem::replace(&mut self.link, Link::Closing) {
            Link::Open(writer) => {
                let closed = writer.close().into_actor(self);
                ctx.spawn(closed.map(|(), bridge, ctx| bridge.closed(ctx)));
            }
            Link::Closing => {}
            Link::Closed => self.closed(ctx),
        }
    }

    fn closed(&mut self, ctx: &mut Context<Self>) {
        self.link = Link::Closed;
        if !self.shut.is_empty() {
            self.shut.clear();
            self.state = State::ShuttingDown;
        }
        self.feed_registry(ctx);
    }

    /// A bridge that was shut ends when the registry has had all of its events.
    fn stop_if_done(&self, ctx: &mut Context<Self>) {
        let was_shut = self.state == State::ShuttingDown && matches!(self.link, Link::Closed);
        if was_shut && self.feed.is_done() {
            ctx.stop();
        }
    }
}

impl Actor for EmbeddedBridge {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
        self.feed_registry(ctx);
        self.enqueue(Job::sweep(None), ctx);
        ctx.run_interval(SWEEP, |bridge, ctx| {
            if bridge.state == State::Serving {
                bridge.enqueue(Job::sweep(None), ctx);
            }
        });
    }
}

impl Handler<Ask> for EmbeddedBridge {
    type Result = ();

    fn handle(&mut self, ask: Ask, ctx: &mut Context<Self>) {
        let Ask {
            session,
            reply: to,
            question,
        } = ask;
        let is_release = matches!(question, Question::Release { .. });
        let job = match self.refusal() {
            _ if is_release => Job {
                task: Task::Ask { session, question },
                waiting: Waiting::Nobody,
            },
            // Refused in its turn, for its session may still wait for earlier answers.
            Some(refusal) => Job {
                task: Task::Refuse { refusal },
                waiting: Waiting::Session { session, to },
            },
            None => Job {
                task: Task::Ask {
                    session: session.clone(),
                    question,
                },
                waiting: Waiting::Session { session, to },
            },
        };
        self.enqueue(job, ctx);
    }
}

impl Handler<AccountAsk> for EmbeddedBridge {
    type Result = ResponseFuture<Result<AccountAnswer, StoreFailed>>;

    fn handle(&mut self, ask: AccountAsk, ctx: &mut Context<Self>) -> Self::Result {
        let (to, answer) = oneshot::channel();
        if self.refusal().is_none() {
            let task = Task::Account { ask };
            let waiting = Waiting::Authenticator(to);
            self.enqueue(Job { task, waiting }, ctx);
        }
        Box::pin(async { answer.await.unwrap_or(Err(StoreFailed)) })
    }
}

impl Handler<Shut> for EmbeddedBridge {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Shut, ctx: &mut Context<Self>) -> Self::Result {
        let (done, closed) = oneshot::channel();
        self.shut.push(done);
        if self.state == State::Serving {
            self.state = State::ShuttingDown;
        }
        self.advance(ctx);
        Box::pin(async {
            // Dropped when the store is closed, and when the bridge is gone altogether.
            let _closed = closed.await;
        })
    }
}

impl Job {
    const fn sweep(after: Option<crate::chat::RoomName>) -> Self {
        Self {
            task: Task::Sweep { after },
            waiting: Waiting::Nobody,
        }
    }
}

fn deliver(reply: Reply) {
    // Full it cannot be, for each ask has brought its own place; a session that is gone has
    // nobody left to tell.
    let _ = reply.to.try_send(SessionMail::Answered(reply.outcome));
}
