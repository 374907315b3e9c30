//! The bridge of a node that is alone: SQLite in a directory, one thread that writes.
//!
//! - this file: the actor. It queues what is asked, hands batches to the writer, answers, and
//!   feeds the registry. It never touches the database.
//! - `asked`: what sessions, the authenticator and the registry ask it.
//! - `writer`: the thread, and what a batch is.
//! - `log`: the store and the end of the log. `schema`, `sql`: how things are kept.
//! - `claims`, `nicks`, `rooms`, `guard`, `moderation`, `people`, `kept`, `history`, [`accounts`], `tokens`:
//!   what is decided, by
//!   theme. `newest`: how what is kept is read.
//! - `open`: how all of it starts. `lock`: one node per directory.

pub mod accounts;
mod asked;
mod certificates;
mod claims;
mod events;
mod guard;
mod history;
mod kept;
mod known;
mod lock;
mod log;
mod login;
mod moderation;
mod newest;
mod nicks;
mod office;
mod open;
mod people;
mod program;
mod rooms;
mod schema;
mod sql;
mod tokens;
mod was;
mod writer;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{self, Poll};
use std::time::Duration;

use actix::fut::ActorFuture;
use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Recipient, ResponseFuture,
    WrapFuture, prelude::SendError,
};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::chat::Refusal;
use crate::chat::origin::SessionId;
use crate::messages::{
    ACTOR_MAILBOX, AccountAnswer, Arrival, Arrived, Credit, LookedBack, Outcome, Question,
    STORE_QUEUE, SessionMail, Shut, StoreFailed, Vital,
};
pub use open::{Durability, OpenError, Opened, Options};

use super::feed::{Feed, Reply};
use super::kept::{Kept, LET_GO};
use writer::{Decided, Decision, Task, Verdict, Writer};

/// Between two looks for history that is too old and rooms that are void by that.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Between two looks for places whose grace is over: what may be late by that.
const LOOK: Duration = Duration::from_millis(100);

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
    kept: Kept,
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
    Registry(oneshot::Sender<Result<LookedBack, StoreFailed>>),
    Nobody,
}

impl EmbeddedBridge {
    fn new(
        writer: Writer,
        arrivals: Vec<Arrival>,
        kept: Kept,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Self {
        let mut feed = Feed::default();
        feed.extend(arrivals);
        Self {
            link: Link::Open(writer),
            queue: VecDeque::new(),
            asks_queued: 0,
            in_flight: Vec::new(),
            feed,
            kept,
            registry,
            vital,
            state: State::Serving,
            shut: Vec::new(),
        }
    }

    /// Why the next ask is refused, if it is.
    fn refusal(&self) -> Option<Refusal> {
        match self.state {
            State::ShuttingDown | State::Failed => Some(Refusal::NotDelivered),
            State::Serving if self.asks_queued >= STORE_QUEUE => Some(Refusal::Busy),
            State::Serving => None,
        }
    }

    fn job(&mut self, session: SessionId, to: Recipient<SessionMail>, question: Question) -> Job {
        let question = self.as_settings_say(&session, question);
        let waiting = match question {
            Question::Seen { .. }
            | Question::Release { .. }
            | Question::Probe { .. }
            | Question::Alive { .. } => Waiting::Nobody,
            Question::Claim { .. } | Question::Live { .. } | Question::Settle => {
                let session = session.clone();
                Waiting::Session { session, to }
            }
        };
        let task = match (self.refusal(), &waiting) {
            // Refused in its turn, for its session may still wait for earlier answers.
            (Some(refusal), Waiting::Session { .. }) => Task::Refuse { refusal },
            (Some(_) | None, _) => Task::Ask { session, question },
        };
        Job { task, waiting }
    }

    /// A session that parts keeps its place, if the settings keep any.
    fn as_settings_say(&mut self, session: &SessionId, question: Question) -> Question {
        match question {
            Question::Release { user, parting } => {
                let parting = self.kept.parts(session, &user, parting, Instant::now());
                Question::Release { user, parting }
            }
            Question::Claim { .. }
            | Question::Live { .. }
            | Question::Seen { .. }
            | Question::Probe { .. }
            | Question::Alive { .. }
            | Question::Settle => question,
        }
    }

    /// Lets go those who did not come back in time.
    fn let_go(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        for _ in 0..LET_GO {
            let Some((session, user)) = self.kept.over(now) else {
                break;
            };
            self.enqueue(Job::of_nobody(Task::LetGo { session, user }));
        }
        self.advance(ctx);
    }

    /// Queues a job for the next [`Turn`].
    fn enqueue(&mut self, job: Job) {
        self.asks_queued += job.task.counts();
        self.queue.push_back(job);
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
        let jobs = self
            .queue
            .drain(..writer::fitting(self.queue.iter().map(|job| &job.task)));
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
            (Waiting::Session { session, to }, Verdict::Outcome(outcome)) => {
                let mail = SessionMail::Answered(outcome);
                self.reply(Reply { session, to, mail });
            }
            (Waiting::Authenticator(to), Verdict::Account(answer)) => {
                // It stopped waiting: then it does not want to know.
                let _ = to.send(Ok(answer));
            }
            (Waiting::Registry(to), Verdict::LookedBack(found)) => {
                let _ = to.send(Ok(found));
            }
            (Waiting::Nobody, Verdict::SweepOn { after }) => {
                let after = Some(after);
                self.queue.push_back(Job::sweep(after));
            }
            // A release; and what no task is answered with.
            (
                Waiting::Session { .. }
                | Waiting::Authenticator(_)
                | Waiting::Registry(_)
                | Waiting::Nobody,
                Verdict::Silence
                | Verdict::LookedBack(_)
                | Verdict::Outcome(_)
                | Verdict::Account(_)
                | Verdict::SweepOn { .. },
            ) => {}
        }
        self.feed.extend(decision.arrivals);
    }

    /// Answers a session now, or behind the events and answers that have to come first.
    fn reply(&mut self, reply: Reply) {
        let settles = matches!(reply.mail, SessionMail::Answered(Outcome::Settled));
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
        let Some(batch) = self.feed.next_batch() else {
            return self.stop_if_done(ctx);
        };
        let (credit, returned) = Credit::new();
        // A clone is a place of its own in the mailbox, so this waits behind nobody; one batch
        // out is the bound. A registry that is gone has reported itself, and the credit comes
        // back with the error.
        let given = self.registry.clone().try_send(Arrived {
            continuity: batch.continuity,
            arrivals: batch.arrivals,
            credit,
        });
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
                Waiting::Session { session, to } => {
                    let refused = Outcome::Refused(Refusal::NotDelivered);
                    let mail = SessionMail::Answered(refused);
                    self.reply(Reply { session, to, mail });
                }
                Waiting::Authenticator(to) => {
                    // It stopped waiting: then it does not want to know.
                    let _ = to.send(Err(StoreFailed::NotDone));
                }
                Waiting::Registry(to) => {
                    let _ = to.send(Err(StoreFailed::NotDone));
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
        self.enqueue(Job::sweep(None));
        ctx.spawn(Turn);
        ctx.run_interval(LOOK, |bridge, ctx| {
            if bridge.state == State::Serving {
                bridge.let_go(ctx);
            }
        });
        ctx.run_interval(SWEEP, |bridge, ctx| {
            if bridge.state == State::Serving {
                bridge.enqueue(Job::sweep(None));
                bridge.advance(ctx);
            }
        });
    }
}

/// Polled after every turn of the mailbox, so that what was asked together is decided, delivered
/// and written together: a pasted page is one transaction, not its first line and the rest.
struct Turn;

impl ActorFuture<EmbeddedBridge> for Turn {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        bridge: &mut EmbeddedBridge,
        ctx: &mut Context<EmbeddedBridge>,
        _: &mut task::Context<'_>,
    ) -> Poll<()> {
        bridge.advance(ctx);
        Poll::Pending
    }
}

impl Handler<Shut> for EmbeddedBridge {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Shut, _: &mut Context<Self>) -> Self::Result {
        let (done, closed) = oneshot::channel();
        self.shut.push(done);
        if self.state == State::Serving {
            self.state = State::ShuttingDown;
        }
        Box::pin(async {
            // Dropped when the store is closed, and when the bridge is gone altogether.
            let _closed = closed.await;
        })
    }
}

impl Job {
    const fn sweep(after: Option<crate::chat::RoomName>) -> Self {
        Self::of_nobody(Task::Sweep { after })
    }

    /// A task that nobody waits for.
    const fn of_nobody(task: Task) -> Self {
        Self {
            task,
            waiting: Waiting::Nobody,
        }
    }
}

fn deliver(reply: Reply) {
    // Full it cannot be, for each ask has brought its own place; a session that is gone has
    // nobody left to tell.
    let _ = reply.to.try_send(reply.mail);
}
