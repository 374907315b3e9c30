//! What the bridge does after every turn of its mailbox, and now and then.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use actix::fut::ActorFuture;
use actix::{ActorContext, AsyncContext, Context};
use redis::Pipeline;
use tokio::time::Instant;

use super::claims::Due;
use super::heard::Heard;
use super::link::{Expect, Phase, Replies};
use super::reader::{self, Pass};
use super::reaper::{self, Step};
use super::scripts::{Hello, Turn as Greeted};
use super::task::{Stamp, Task};
use super::window::Sending;
use super::{RedisBridge, State};
use crate::bridge::kept::LET_GO;
use crate::chat::origin::{Origin, SessionId};
use crate::chat::{Deed, UserName};
use crate::messages::{Arrival, Brings};
#[cfg(test)]
use crate::{chat::Position, testing::Rule};

/// Polled after every turn of the mailbox, so that what was asked together is sent together: a
/// pasted page is one pipeline, and what it is answered is read before anything new is sent.
pub(super) struct Turn;

impl ActorFuture<RedisBridge> for Turn {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        bridge: &mut RedisBridge,
        ctx: &mut Context<RedisBridge>,
        _: &mut task::Context<'_>,
    ) -> Poll<()> {
        bridge.advance(ctx);
        Poll::Pending
    }
}

impl RedisBridge {
    /// Answers, reads and sends what there is. Answers go first: a session has its own before
    /// the events that it caused.
    pub(super) fn advance(&mut self, ctx: &mut Context<Self>) {
        self.answer();
        if !self.link.is_closed() {
            self.read();
            self.window
                .settle(self.reader.answered(), self.reader.last());
            self.answer();
            self.send(Instant::now());
        }
        self.feed_registry(ctx);
    }

    /// Hands the log's next events to the feed; none while others may have taken over the accounts of
    /// whom they would reach.
    fn read(&mut self) {
        if self.link.is_suspended(Instant::now()) {
            return;
        }
        while !self.feed.is_full() {
            let (answered, here) = (self.reader.answered(), &self.incarnation);
            let window = &self.window;
            #[cfg(test)]
            let answered = self.reader.breaks.map_or(answered, |rule| match rule {
                Rule::AnswersFirst => Position {
                    epoch: u64::MAX,
                    n: 0,
                },
                _ => answered,
            });
            let may = |heard: &Heard| match &heard.event.origin {
                // Its answer comes first, and may still be on its way.
                Origin::Session(session)
                    if session.incarnation == *here
                        && heard.event.position > answered
                        && window.is_undecided() =>
                {
                    Pass::Later
                }
                Origin::Session(_) | Origin::Store => Pass::Now,
            };
            match self.reader.pull(may) {
                Some(reader::Step::Event(heard)) => self.arrived(heard),
                Some(reader::Step::Broken(lost)) => self.broken(lost),
                None => break,
            }
        }
        if self.reader.is_far_behind() && self.link.has_ear() {
            self.link.deaf(Instant::now());
            self.reader.forget_channel();
        }
    }

    fn arrived(&mut self, Heard { event, .. }: Heard) {
        self.recognised = Some((event.position, event.at));
        let brings = match &event.deed {
            Deed::Claimed { session, user, .. } if session.incarnation == self.incarnation => {
                match self.claims.due(session, user) {
                    Due::Stays | Due::Kept(_) => {}
                    Due::Ends => self.gives_back(session.clone(), user.clone()),
                }
                self.claims.brings(event.position)
            }
            Deed::Claimed { .. }
            | Deed::Epoch { .. }
            | Deed::Released { .. }
            | Deed::Entered { .. }
            | Deed::Left { .. }
            | Deed::RoomMessage { .. }
            | Deed::Whisper { .. }
            | Deed::Tagged { .. }
            | Deed::Post { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::TopicSet { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::Announced { .. }
            | Deed::WentAway { .. }
            | Deed::CameBack { .. }
            | Deed::Nicked { .. }
            | Deed::RealNameSet { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => Brings::Nothing,
        };
        let event = Arc::new(event);
        self.feed.push(Arrival { event, brings });
    }

    /// A claim that took so long that nobody waits for it any more: the account is free again.
    fn gives_back(&mut self, session: SessionId, user: UserName) {
        self.window
            .chore(Task::let_go(session, user), Instant::now());
    }

    /// Sends one pipeline of all that may be sent.
    fn send(&mut self, now: Instant) {
        if !self.link.has_room() {
            return;
        }
        match self.link.phase() {
            Some(Phase::Up) => self.send_tasks(now),
            Some(Phase::Draining) if self.link.is_quiet() => {
                self.link.turn(Phase::Greeting);
                self.greet(now);
            }
            Some(Phase::Greeting | Phase::Draining | Phase::Leaving) | None => {}
        }
    }

    fn send_tasks(&mut self, now: Instant) {
        let (mut pipeline, mut expects) = (Pipeline::new(), Vec::new());
        if !self.feed.is_full() {
            let (scripts, epoch, log) = (&self.scripts, self.epoch, self.log.as_str());
            let first = Sending {
                at: now,
                head: self.reader.seen(),
            };
            self.window.send(first, |seq, task| {
                pipeline.add_command(scripts.call(task, &Stamp { epoch, log, seq }));
                expects.push(Expect::Task);
            });
            if let Some(last) = self.reader.wants() {
                self.reader.asked();
                pipeline.add_command(self.scripts.page(last));
                expects.push(Expect::Page);
            }
        }
        if let Some(question) = self.lookup.asks() {
            pipeline.add_command(self.scripts.lookup(&question));
            expects.push(Expect::Lookup);
        }
        if self.link.beats(now) {
            pipeline.add_command(self.scripts.beat());
            expects.push(Expect::Beat);
        }
        if self.window.held() < reaper::LET_GO
            && let Some(step) = self.reaper.step(now)
        {
            expects.push(match step {
                Step::Look(run) => {
                    pipeline.add_command(self.scripts.held(&run));
                    Expect::Orphans
                }
                Step::Forget(run) => {
                    pipeline.add_command(self.scripts.forget(&run));
                    Expect::Forgotten
                }
            });
        }
        if self.may_leave(now) {
            self.link.turn(Phase::Leaving);
            pipeline.add_command(self.scripts.goodbye());
            expects.push(Expect::Goodbye);
        }
        if !expects.is_empty() {
            self.link.send(pipeline, Replies::Each(expects), now);
        }
    }

    /// Whether everything is decided and read, or has had its time.
    fn may_leave(&self, now: Instant) -> bool {
        let State::ShuttingDown { until } = self.state else {
            return false;
        };
        let is_done = self.window.is_idle() && self.reader.last() >= self.reader.answered();
        is_done || now >= until
    }

    /// Makes the scripts known, and asks to come in.
    fn greet(&mut self, now: Instant) {
        self.link.send(self.scripts.load(), Replies::Loaded, now);
        let last = self.reader.last();
        let hello = Hello {
            turn: Greeted::Again,
            seen: self.reader.seen(),
            last,
            log: &self.log,
            at: self
                .recognised
                .and_then(|(position, at)| (position == last).then_some(at)),
            barred: self.window.greets(now),
        };
        let (mut pipeline, mut expects) = (Pipeline::new(), Vec::new());
        for id in self.link.given_up() {
            let kill = pipeline.cmd("CLIENT").arg("KILL");
            kill.arg("ID").arg(&id.number).arg("ADDR").arg(&id.from);
            expects.push(Expect::Closed);
        }
        pipeline.cmd("CLIENT").arg("INFO");
        pipeline.add_command(self.scripts.hello(&hello));
        pipeline.add_command(self.scripts.held(&self.incarnation));
        expects.extend([Expect::Info, Expect::Hello, Expect::Held]);
        self.link.send(pipeline, Replies::Each(expects), now);
    }

    /// Asks as what the server knows the connection on which the node was let in.
    pub(super) fn ask_info(&mut self) {
        let mut pipeline = Pipeline::new();
        pipeline.cmd("CLIENT").arg("INFO");
        let replies = Replies::Each(vec![Expect::Info]);
        self.link.send(pipeline, replies, Instant::now());
    }

    /// Looks at the deadlines.
    pub(super) fn tick(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        self.window.expire(now);
        if self.link.is_silent(now) {
            self.lost("it does not answer");
        }
        self.let_go(now);
        if let State::ShuttingDown { until } = self.state
            && (self.link.phase().is_none() || now >= until + super::TICK * 10)
        {
            self.end();
        }
        let to = ctx.address().recipient();
        if self.link.opens(&to, now).is_some() {
            self.greet(now);
        }
        if self.link.phase() == Some(Phase::Up) && self.reader.is_near() {
            self.link.listen(&to, now);
        }
        self.advance(ctx);
    }

    /// Lets go those who did not come back in time; while Redis is away they wait for it.
    fn let_go(&mut self, now: Instant) {
        for _ in 0..LET_GO {
            if !self.window.is_open() {
                return;
            }
            let Some((session, user)) = self.claims.over(now) else {
                return;
            };
            self.window.chore(Task::let_go(session, user), now);
        }
    }

    /// A bridge that was shut ends when the registry has had all of its events.
    pub(super) fn stop_if_done(&self, ctx: &mut Context<Self>) {
        if self.state == State::Over && self.feed.is_done() {
            ctx.stop();
        }
    }
}
