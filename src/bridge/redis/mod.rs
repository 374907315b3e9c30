//! The bridge of a node among others: everything that nodes share lies in one Redis.
//!
//! - this file: the actor. It queues what is asked, answers, and feeds the registry.
//! - `turn`: what it does after every turn of its mailbox: reads, answers, sends.
//! - `replies`: what comes back, and what that means.
//! - `window`: what was asked, from queued to answered. `reader`: the log in order, every event
//!   once. `lookup`: what became of texts that are not sent again. `complaints`: when to tell the
//!   operator. `reaper`: whose people are let go. All of these are pure.
//! - `link`: the state of the way to Redis. `connection`: the two tasks that own its
//!   connections. `way`: where these lead.
//! - `load`, `claims`, `heard`: what the window, the reconciling and the reader need to know.
//! - `open`: how all of it starts. [`accounts`]: the operator's hand.
//! - `task`, `scripts`, `keys`: what the store is asked, and how it decides.
//! - `simulated`: a store in memory that runs the same scripts, for tests that hold the clock.

pub mod accounts;
mod claims;
mod complaints;
mod connection;
mod heard;
mod keys;
mod link;
mod load;
mod lookup;
mod open;
mod reader;
mod reaper;
mod replies;
mod scripts;
#[cfg(test)]
pub(crate) mod simulated;
mod task;
#[cfg(test)]
mod testing;
mod turn;
mod way;
mod window;

#[cfg(test)]
mod tests;

use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Recipient, ResponseFuture, WrapFuture,
    prelude::SendError,
};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::chat::event::Timestamp;
use crate::chat::origin::{ConnId, Incarnation, SessionId};
use crate::chat::{Fate, Position, Refusal, UserName};
use crate::messages::{
    ACTOR_MAILBOX, AccountAnswer, AccountAsk, Arrived, Ask, Credit, Entrance, LookBack, LookedBack,
    Outcome, Question, STORE_QUEUE, SessionMail, Shut, StoreFailed, Vital,
};
pub use open::{OpenError, Opened, Options};

use super::feed::{Feed, Reply};
use claims::Claims;
use complaints::Complaints;
use connection::{Mail, News};
use heard::Heard;
use link::Link;
use load::{Decided, Purpose, Waiting};
use lookup::Lookup;
use reader::Reader;
use reaper::Reaper;
use scripts::Scripts;
use task::Task;
use window::{Given, Handed, Window};

/// Between two looks for history that is too old and rooms that are void by that.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Between two looks at the deadlines: what may be late by that.
const TICK: Duration = Duration::from_millis(100);

/// How long the goodbye waits for what was asked before and for the events of it.
const LAST_READING: Duration = Duration::from_secs(5);

/// Everything that nodes share: the contract of [`bridge`](super) on Redis.
#[derive(Debug)]
pub struct RedisBridge {
    scripts: Scripts,
    incarnation: Incarnation,
    /// The log's name and epoch, as the last hello told them.
    log: String,
    epoch: u64,
    link: Link,
    window: Window<Task, Waiting, Decided>,
    reader: Reader<Heard>,
    lookup: Lookup,
    /// The last event read and its time, by which the log is recognised.
    recognised: Option<(Position, Timestamp)>,
    claims: Claims,
    reaper: Reaper,
    feed: Feed,
    grievances: Grievances,
    registry: Recipient<Arrived>,
    vital: Vital,
    state: State,
    /// Dropped when everything is said.
    shut: Vec<oneshot::Sender<()>>,
}

/// What is told to the operator seldom, by kind.
#[derive(Debug, Default)]
struct Grievances {
    /// Redis did not take something.
    failed: Complaints,
    /// Something behind the log was not written.
    damaged: Complaints,
    /// Something in the log or on the channel cannot be read.
    unread: Complaints,
}

/// What becomes of new asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// They are queued, unless Redis is away.
    Serving,
    /// They are refused; what was asked before is still decided, up to then at most.
    ShuttingDown { until: Instant },
    /// They are refused, and so was everything asked before.
    Failed,
    /// The same, because the bridge was shut: it ends when all events are delivered.
    Over,
}

impl RedisBridge {
    /// Queues a question of a session for the next turn.
    fn ask(&mut self, session: SessionId, to: Recipient<SessionMail>, question: Question) {
        let now = Instant::now();
        let waiting = |session, to, purpose| Waiting::Session {
            session,
            to,
            purpose,
        };
        match question {
            Question::Claim { user, entrance } => self.ask_claim(session, user, entrance, to),
            Question::Live { claim, request } => {
                let waiter = waiting(session.clone(), to, Purpose::Other);
                let task = Task::Live {
                    session,
                    claim,
                    request,
                };
                self.window.ask(task, waiter, now);
            }
            Question::Probe { user } => self.window.chore(Task::Probe { session, user }, now),
            Question::Alive { claim } => self.window.chore(Task::Alive { session, claim }, now),
            Question::Seen { claim, position } => {
                // What is not known to be seen is told again: nothing that has to find a place.
                if self.window.held() < STORE_QUEUE {
                    let task = Task::Seen {
                        session,
                        claim,
                        position,
                    };
                    self.window.chore(task, now);
                }
            }
            Question::Settle => {
                let waiter = waiting(session, to, Purpose::Other);
                self.window.ask_settle(waiter, now);
            }
            Question::Release { user, parting } => {
                let parting = self.claims.parts(&session, &user, parting, now);
                let release = Task::Release {
                    session,
                    user,
                    parting,
                };
                self.window.chore(release, now);
            }
        }
    }

    fn ask_claim(
        &mut self,
        session: SessionId,
        user: UserName,
        entrance: Entrance,
        to: Recipient<SessionMail>,
    ) {
        let purpose = match entrance {
            Entrance::Renew { .. } => {
                self.claims.asked_again(&session, user.clone(), to.clone());
                Purpose::Renewal
            }
            Entrance::InPlace { .. } => {
                self.claims.wants(&session, user.clone());
                Purpose::InPlace
            }
            Entrance::Login { .. } | Entrance::Insist { .. } | Entrance::Resume { .. } => {
                self.claims.asked(&session, user.clone(), to.clone());
                Purpose::Claim
            }
        };
        let waiter = Waiting::Session {
            session: session.clone(),
            to,
            purpose,
        };
        let task = Task::Claim {
            session,
            user,
            entrance,
        };
        self.window.ask(task, waiter, Instant::now());
    }

    /// Hands out the answers that are decided.
    fn answer(&mut self) {
        while let Some(handed) = self.window.next_given() {
            match handed {
                Handed::Answer { waiter, given } => self.answer_one(waiter, given),
                Handed::Resolved { line, fate } => self.resolve(line, fate),
            }
        }
    }

    fn answer_one(&mut self, waiter: Waiting, given: Given<Decided>) {
        match waiter {
            Waiting::Session {
                session,
                to,
                purpose,
            } => self.answer_session(session, to, purpose, given),
            Waiting::Authenticator(to) => {
                let answer = match given {
                    Given::Decided(Decided::Account(answer)) => Ok(answer),
                    Given::Refused(Refusal::NotConfirmed) => Err(StoreFailed::Unknown),
                    Given::Decided(Decided::Outcome(_) | Decided::LookedBack(_))
                    | Given::Refused(_)
                    | Given::Settled => Err(StoreFailed::NotDone),
                };
                // It stopped waiting: then it does not want to know.
                let _ = to.send(answer);
            }
            Waiting::Registry(to) => {
                let found = match given {
                    Given::Decided(Decided::LookedBack(found)) => Ok(found),
                    Given::Decided(Decided::Outcome(_) | Decided::Account(_))
                    | Given::Refused(_)
                    | Given::Settled => Err(StoreFailed::NotDone),
                };
                let _ = to.send(found);
            }
        }
    }

    /// Tells a session what became of its oldest text in doubt.
    fn resolve(&mut self, conn: ConnId, fate: Fate) {
        let incarnation = self.incarnation.clone();
        let session = SessionId { incarnation, conn };
        let Some(to) = self.claims.mailbox(conn) else {
            tracing::debug!(%session, ?fate, "a text was in doubt, and its sender is gone");
            return;
        };
        let mail = SessionMail::Resolved(fate);
        self.reply(Reply { session, to, mail });
    }

    fn answer_session(
        &mut self,
        session: SessionId,
        to: Recipient<SessionMail>,
        purpose: Purpose,
        given: Given<Decided>,
    ) {
        let outcome = match given {
            Given::Decided(Decided::Outcome(outcome)) => outcome,
            Given::Settled => Outcome::Settled,
            Given::Refused(refusal) => Outcome::Refused(refusal),
            Given::Decided(Decided::Account(_) | Decided::LookedBack(_)) => {
                Outcome::Refused(Refusal::NotConfirmed)
            }
        };
        let is_live = matches!(outcome, Outcome::Claimed { .. });
        let is_in_doubt = matches!(outcome, Outcome::Refused(Refusal::NotConfirmed));
        match purpose {
            Purpose::Claim if !is_live => self.claims.refused(session.conn),
            // What is in doubt may be done later: then it is given back.
            Purpose::InPlace if !is_live && !is_in_doubt => self.claims.stays(session.conn),
            Purpose::Claim | Purpose::InPlace | Purpose::Renewal | Purpose::Other => {}
        }
        let late = match &outcome {
            Outcome::Claimed { claim, .. } => self.claims.came_late(claim.fence),
            Outcome::Done(_)
            | Outcome::Refused(_)
            | Outcome::Settled
            | Outcome::Duplicate
            | Outcome::Void => None,
        };
        let mails = [Some(SessionMail::Answered(outcome)), late];
        for mail in mails.into_iter().flatten() {
            let (session, to) = (session.clone(), to.clone());
            self.reply(Reply { session, to, mail });
        }
    }

    /// Tells a session something now, or behind what has to come first.
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
            return self.fail("the registry had no place for a batch, which is a bug");
        }
        let handled = returned.wait().into_actor(self);
        ctx.spawn(handled.map(|(), bridge, ctx| {
            bridge.feed.returned();
            bridge.advance(ctx);
        }));
    }

    /// The bridge cannot go on: nobody is left without an answer, and the node hears of it.
    fn fail(&mut self, why: &str) {
        self.vital.failed(why);
        let was_shut = !self.shut.is_empty();
        self.end();
        self.state = if was_shut { State::Over } else { State::Failed };
    }

    /// Nothing more is decided or read; whoever shut the bridge is told.
    fn end(&mut self) {
        self.window.refuse_all();
        self.link.close(Instant::now());
        self.state = State::Over;
        self.answer();
        self.shut.clear();
    }
}

impl Actor for RedisBridge {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
        self.ask_info();
        self.window
            .chore(Task::Sweep { after: None }, Instant::now());
        ctx.spawn(turn::Turn);
        ctx.run_interval(TICK, |bridge, ctx| bridge.tick(ctx));
        ctx.run_interval(SWEEP, |bridge, _| {
            bridge
                .window
                .chore(Task::Sweep { after: None }, Instant::now());
        });
    }
}

impl Handler<Ask> for RedisBridge {
    type Result = ();

    fn handle(&mut self, ask: Ask, _: &mut Context<Self>) {
        let Ask {
            session,
            reply,
            questions,
        } = ask;
        for question in questions {
            self.ask(session.clone(), reply.clone(), question);
        }
    }
}

impl Handler<AccountAsk> for RedisBridge {
    type Result = ResponseFuture<Result<AccountAnswer, StoreFailed>>;

    fn handle(&mut self, ask: AccountAsk, _: &mut Context<Self>) -> Self::Result {
        let (to, answer) = oneshot::channel();
        let waiter = Waiting::Authenticator(to);
        self.window
            .ask(Task::Account { ask }, waiter, Instant::now());
        Box::pin(async { answer.await.unwrap_or(Err(StoreFailed::Unknown)) })
    }
}

impl Handler<LookBack> for RedisBridge {
    type Result = ResponseFuture<Result<LookedBack, StoreFailed>>;

    fn handle(&mut self, look: LookBack, _: &mut Context<Self>) -> Self::Result {
        let (to, found) = oneshot::channel();
        let waiter = Waiting::Registry(to);
        self.window
            .ask(Task::LookBack { look }, waiter, Instant::now());
        Box::pin(async { found.await.unwrap_or(Err(StoreFailed::NotDone)) })
    }
}

impl Handler<Mail> for RedisBridge {
    type Result = ();

    fn handle(&mut self, Mail { generation, news }: Mail, _: &mut Context<Self>) {
        if self.link.is_line(generation) {
            match news {
                News::Replies(values) => self.replied(values),
                News::Lost(why) => self.lost(&why),
                // It does not listen.
                News::Subscribed | News::Heard(_) => {}
            }
        } else if self.link.is_ear(generation) {
            match news {
                News::Subscribed => self.subscribed(),
                News::Heard(payloads) => self.heard(&payloads),
                News::Lost(why) => self.deaf(&why),
                // It asks nothing.
                News::Replies(_) => {}
            }
        }
    }
}

impl Handler<Shut> for RedisBridge {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Shut, _: &mut Context<Self>) -> Self::Result {
        let (done, closed) = oneshot::channel();
        match self.state {
            State::Serving => {
                self.window.close();
                let until = Instant::now() + LAST_READING;
                self.state = State::ShuttingDown { until };
                self.shut.push(done);
            }
            State::ShuttingDown { .. } => self.shut.push(done),
            // Answered at once: dropped.
            State::Failed | State::Over => self.state = State::Over,
        }
        Box::pin(async {
            // Dropped when the goodbye is said, and when the bridge is gone altogether.
            let _closed = closed.await;
        })
    }
}

fn deliver(reply: Reply) {
    // Full it cannot be, for each ask has brought its own place; a session that is gone has
    // nobody left to tell.
    let _ = reply.to.try_send(reply.mail);
}
