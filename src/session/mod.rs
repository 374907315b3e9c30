//! One connection, one actor.
//!
//! A session owns its transport and polls it itself: after every turn of its mailbox the
//! [`Work`] future reads what the [`Phase`] can take and writes all that was queued, so that
//! frames which came together leave together. What is decided is decided by the phase.

mod phase;
#[cfg(test)]
mod tests;

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{self, Poll, Waker};
use std::time::Duration;

use actix::fut::ActorFuture;
use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, MailboxError, Recipient,
    Running, SpawnHandle, WrapFuture,
};
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep};
use tracing::{debug, info};

use crate::chat::command::Positions;
use crate::chat::origin::SessionId;
use crate::chat::{Answer, Ending, Refusal, UserName};
use crate::dialect::{Dialect, Heard, Malformed};
use crate::messages::{
    Ask, Attach, ChangePassword, Detach, DuplicateLogin, Forget, Frames, HubId, Introduce, Peer,
    Prove, Question, Register, SESSION_MAILBOX, SessionMail, SetFormat,
};
use crate::net::framing::{Framed, UNFRAMED_BYTES};
use crate::net::listener::Place;
use crate::net::pace::{Pace, Turn};
use crate::net::pump::{Input, Pump};

use self::phase::{Phase, Step};

/// Bytes that one session reads before others have their turn.
const READ_BUDGET: usize = 16 * 1024;

/// Lines that one session hears before others have their turn.
const LINE_BUDGET: usize = 32;

/// How long last words may take to leave.
pub const LAST_WORDS: Duration = Duration::from_secs(2);

/// When a full mailbox is tried again.
const RETRY: Duration = Duration::from_millis(20);

/// How many seconds a crowd is spread over when its node goes down.
const COME_BACK_SPREAD: u64 = 10;

/// Where the sessions of one arbiter send to: kept for life, shared by all of them.
#[derive(Debug)]
pub struct Links {
    /// The arbiter's hub.
    pub hub: HubId,
    /// To it: here I am.
    pub attach: Recipient<Attach>,
    /// To it: I am gone.
    pub detach: Recipient<Detach>,
    /// To the registry: I am about to claim.
    pub introduce: Recipient<Introduce>,
    /// To the registry: spell otherwise.
    pub set_format: Recipient<SetFormat>,
    /// To the registry: I am gone.
    pub forget: Recipient<Forget>,
    /// To the authenticator.
    pub prove: Recipient<Prove>,
    /// To the authenticator.
    pub register: Recipient<Register>,
    /// To the authenticator.
    pub change_password: Recipient<ChangePassword>,
    /// To the bridge.
    pub ask: Recipient<Ask>,
    /// What the operator allows.
    pub rules: Rules,
}

/// What the operator allows a session.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Bytes of a line.
    pub line_bytes: usize,
    /// Bytes that wait for the peer before it is too slow.
    pub backlog: usize,
    /// From encrypted to logged in.
    pub login: Duration,
    /// Lines a second in the long run; `None` for any number.
    pub messages_per_second: Option<u32>,
    /// Lines at once after a pause.
    pub message_burst: u32,
    /// What becomes of a live session of the same account.
    pub duplicate_login: DuplicateLogin,
}

/// One connection.
#[derive(Debug)]
pub struct Session<IO: 'static> {
    id: SessionId,
    peer: Peer,
    links: Rc<Links>,
    pump: Pump<IO>,
    dialect: Dialect,
    phase: Phase,
    pace: Option<Pace>,
    /// Wakes the work when the pace allows the next line.
    nap: Option<Pin<Box<Sleep>>>,
    /// The account that was claimed and has to be released.
    claimed: Option<UserName>,
    /// Has the [`Work`] polled again.
    work: Option<Waker>,
    /// An ask that found the bridge's mailbox full.
    unsent: Option<Question>,
    login_deadline: Option<SpawnHandle>,
    leaving: Leaving,
    #[expect(dead_code, reason = "counted as long as the connection lives")]
    place: Option<Place>,
}

/// How far a session is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaving {
    /// It stays.
    Not,
    /// The last words are being written.
    Saying(Ending),
    /// They are written; the peer closes.
    Closed(Ending),
}

/// What one turn of reading led to.
enum Turned {
    /// Nothing more can be done before something wakes the session.
    Asleep,
    /// There is more; others have their turn first.
    More,
}

impl<IO: AsyncRead + AsyncWrite + Unpin + 'static> Session<IO> {
    /// A session over an encrypted transport; start it with [`Actor::start`].
    pub fn new(
        id: SessionId,
        peer: Peer,
        io: IO,
        dialect: Dialect,
        links: Rc<Links>,
        place: Option<Place>,
    ) -> Self {
        let rules = links.rules;
        let pace = |per_second| Pace::new(per_second, rules.message_burst, Instant::now());
        Self {
            id,
            peer,
            pump: Pump::new(io, rules.line_bytes),
            dialect,
            phase: Phase::default(),
            pace: rules.messages_per_second.map(pace),
            nap: None,
            claimed: None,
            work: None,
            unsent: None,
            login_deadline: None,
            leaving: Leaving::Not,
            links,
            place,
        }
    }

    fn perform(&mut self, steps: Vec<Step>, ctx: &mut Context<Self>) {
        for step in steps {
            self.step(step, ctx);
        }
    }

    fn step(&mut self, step: Step, ctx: &mut Context<Self>) {
        match step {
            Step::Answer(answer) => self.answer(&answer),
            Step::Refuse(refusal) => self.tell(|dialect, out| dialect.tell_refusal(&refusal, out)),
            Step::RefuseLogin(refusal) => self.refuse_login(&refusal),
            Step::Malformed(fault) => self.tell(|dialect, out| dialect.tell_malformed(&fault, out)),
            Step::Prompt(prompt) => self.tell(|dialect, out| dialect.tell_prompt(prompt, out)),
            Step::Prove { user, password } => {
                let prove = Prove {
                    user,
                    password,
                    peer: self.peer,
                };
                let answer = self.links.prove.send(prove).into_actor(self);
                ctx.spawn(answer.map(Self::proved));
            }
            Step::Register { user, password } => {
                let register = Register {
                    user,
                    password,
                    peer: self.peer,
                };
                let answer = self.links.register.send(register).into_actor(self);
                ctx.spawn(answer.map(Self::proved));
            }
            Step::ChangePassword { user, old, new } => {
                let change = ChangePassword {
                    user,
                    old,
                    new,
                    peer: self.peer,
                };
                let answer = self.links.change_password.send(change).into_actor(self);
                ctx.spawn(answer.map(|outcome, session, ctx| {
                    let outcome = outcome.unwrap_or(Err(Refusal::NotDelivered));
                    let steps = session.phase.password_changed(outcome);
                    session.perform(steps, ctx);
                    session.wake_work();
                }));
            }
            Step::Claim { user } => self.claim(user, ctx),
            Step::Welcome { user, room } => {
                self.welcome(ctx);
                let node = self.id.incarnation.node.clone();
                self.answer(&Answer::Welcome { user, room, node });
            }
            Step::Ask { claim, request } => self.ask(Question::Live { claim, request }, ctx),
            Step::Settle => self.ask(Question::Settle, ctx),
            Step::SetPositions(shown) => self.set_positions(shown, ctx),
            Step::End(ending) => self.end(ending, ctx),
        }
    }

    fn tell(&mut self, spell: impl FnOnce(&Dialect, &mut BytesMut)) {
        let mut out = BytesMut::new();
        spell(&self.dialect, &mut out);
        if !out.is_empty() {
            self.pump.push(out.freeze());
        }
    }

    fn answer(&mut self, answer: &Answer) {
        self.tell(|dialect, out| dialect.tell_answer(answer, out));
    }

    fn refuse_login(&mut self, refusal: &Refusal) {
        let prompt = self.dialect.login_refused(refusal);
        self.tell(|dialect, out| {
            dialect.tell_refusal(refusal, out);
            if let Some(prompt) = prompt {
                dialect.tell_prompt(prompt, out);
            }
        });
    }

    fn proved(
        proof: Result<Result<UserName, Refusal>, MailboxError>,
        session: &mut Self,
        ctx: &mut Context<Self>,
    ) {
        let proof = proof.unwrap_or(Err(Refusal::NotDelivered));
        let steps = session.phase.proved(proof);
        session.perform(steps, ctx);
        session.wake_work();
    }

    /// The mailbox is polled before the work, but what was spawned later is polled behind it: what
    /// that led to would be neither written nor followed by the next line until something else
    /// happens.
    fn wake_work(&self) {
        if let Some(work) = &self.work {
            work.wake_by_ref();
        }
    }

    fn claim(&mut self, user: UserName, ctx: &mut Context<Self>) {
        self.claimed = Some(user.clone());
        let (conn, hub, format) = (self.id.conn, self.links.hub, self.dialect.format());
        if self
            .links
            .introduce
            .try_send(Introduce { conn, hub, format })
            .is_err()
        {
            // Without an introduction nothing would ever be delivered.
            return self.end(Ending::Broken, ctx);
        }
        let on_duplicate = self.links.rules.duplicate_login;
        self.ask(Question::Claim { user, on_duplicate }, ctx);
    }

    fn welcome(&mut self, ctx: &mut Context<Self>) {
        if let Some(deadline) = self.login_deadline.take() {
            ctx.cancel_future(deadline);
        }
        self.dialect.logged_in();
    }

    /// Asks the bridge; at most one ask waits here, for nothing is heard meanwhile.
    fn ask(&mut self, question: Question, ctx: &mut Context<Self>) {
        let reply = ctx.address().recipient();
        let ask = Ask {
            session: self.id.clone(),
            reply,
            question,
        };
        match self.links.ask.try_send(ask) {
            Ok(()) => {}
            Err(actix::dev::SendError::Full(ask)) => {
                self.unsent = Some(ask.question);
                ctx.run_later(RETRY, |session, ctx| {
                    if let Some(question) = session.unsent.take() {
                        session.ask(question, ctx);
                        session.wake_work();
                    }
                });
            }
            Err(actix::dev::SendError::Closed(_)) => self.end(Ending::Broken, ctx),
        }
    }

    fn set_positions(&mut self, shown: Positions, ctx: &mut Context<Self>) {
        self.dialect.set_positions(shown);
        let (conn, format) = (self.id.conn, self.dialect.format());
        if self
            .links
            .set_format
            .try_send(SetFormat { conn, format })
            .is_err()
        {
            self.end(Ending::Broken, ctx);
        }
    }

    /// Says the last words; the work closes the connection once they are out.
    fn end(&mut self, ending: Ending, ctx: &mut Context<Self>) {
        if self.leaving != Leaving::Not {
            return;
        }
        self.leaving = Leaving::Saying(ending);
        self.phase.leave();
        if ending == Ending::TooSlow {
            self.pump.drop_backlog();
        }
        self.tell(|dialect, out| dialect.tell_ending(ending, out));
        ctx.run_later(LAST_WORDS, |_, ctx| ctx.stop());
    }

    fn take_frames(&mut self, frames: Frames, ctx: &mut Context<Self>) {
        if self.leaving != Leaving::Not {
            return;
        }
        match frames {
            Frames::One(frame) => self.pump.push(frame),
            Frames::Several(frames) => frames.into_iter().for_each(|frame| self.pump.push(frame)),
        }
        if self.pump.backlog() > self.links.rules.backlog {
            self.end(Ending::TooSlow, ctx);
        }
    }

    /// Hears what can be heard now.
    fn listen(&mut self, ctx: &mut Context<Self>, cx: &mut task::Context<'_>) -> Turned {
        let (mut lines, mut bytes) = (0, 0);
        while self.may_listen() {
            if self.pump.lines().has_line() {
                if lines == LINE_BUDGET {
                    return Turned::More;
                }
                if !self.is_their_turn(cx) {
                    return Turned::Asleep;
                }
                lines += 1;
            }
            match self.pump.take_line() {
                Framed::Line(line) => {
                    let heard = self.dialect.hear(&line);
                    self.hear(heard, ctx);
                }
                Framed::TooLong => {
                    let most = self.pump.lines().most();
                    self.hear(Heard::Malformed(Malformed::LineTooLong { most }), ctx);
                }
                Framed::Lost => self.end(
                    Ending::FramingLost {
                        most: UNFRAMED_BYTES,
                    },
                    ctx,
                ),
                Framed::Incomplete if self.pump.input() == Input::Ended => {
                    if self.phase.is_settled() {
                        self.end(Ending::Gone, ctx);
                    }
                    return Turned::Asleep;
                }
                Framed::Incomplete if bytes >= READ_BUDGET => return Turned::More,
                Framed::Incomplete => match self.pump.poll_read(cx) {
                    Poll::Pending => return Turned::Asleep,
                    Poll::Ready(Ok(read)) => bytes += read,
                    Poll::Ready(Err(error)) => {
                        self.broken(&error, ctx);
                        return Turned::Asleep;
                    }
                },
            }
        }
        Turned::Asleep
    }

    fn hear(&mut self, heard: Heard, ctx: &mut Context<Self>) {
        let steps = self.phase.hear(heard);
        self.perform(steps, ctx);
    }

    /// A peer that does not read its answers is not heard further.
    fn may_listen(&self) -> bool {
        self.leaving == Leaving::Not
            && self.unsent.is_none()
            && self.phase.is_ready()
            && self.pump.backlog() <= self.links.rules.backlog / 2
    }

    /// Takes a token of the pace, or has the work woken when there is one.
    fn is_their_turn(&mut self, cx: &mut task::Context<'_>) -> bool {
        let Some(pace) = &mut self.pace else {
            return true;
        };
        match pace.take(Instant::now()) {
            Turn::Now => true,
            Turn::In(wait) => {
                let mut nap = Box::pin(tokio::time::sleep(wait));
                let over = nap.as_mut().poll(cx).is_ready();
                self.nap = (!over).then_some(nap);
                if over {
                    cx.waker().wake_by_ref();
                }
                false
            }
        }
    }

    fn broken(&mut self, error: &io::Error, ctx: &mut Context<Self>) {
        debug!(session = %self.id, %error, "the connection broke");
        if self.leaving == Leaving::Not {
            self.leaving = Leaving::Closed(Ending::Gone);
        }
        ctx.stop();
    }

    /// Writes what is queued, and on the way out closes behind it.
    fn write(
        &mut self,
        ctx: &mut Context<Self>,
        cx: &mut task::Context<'_>,
    ) -> Poll<io::Result<()>> {
        task::ready!(self.pump.poll_write(cx))?;
        if let Leaving::Saying(ending) = self.leaving {
            task::ready!(self.pump.poll_close(cx))?;
            self.leaving = Leaving::Closed(ending);
        }
        if let Leaving::Closed(_) = self.leaving {
            task::ready!(self.pump.poll_drain(cx))?;
            ctx.stop();
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin + 'static> Actor for Session<IO> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(SESSION_MAILBOX);
        let attach = Attach {
            conn: self.id.conn,
            session: ctx.address().recipient(),
        };
        if self.links.attach.try_send(attach).is_err() {
            return ctx.stop();
        }
        self.tell_greeting();
        let within = self.links.rules.login;
        self.login_deadline = Some(ctx.run_later(within, move |session, ctx| {
            if session.phase.is_anonymous() {
                session.end(Ending::NoLogin { within }, ctx);
            }
        }));
        ctx.spawn(Work);
    }

    fn stopping(&mut self, _: &mut Self::Context) -> Running {
        Running::Stop
    }

    /// Runs however the session ended, a panic included: nothing is left behind.
    #[expect(
        clippy::disallowed_methods,
        reason = "a goodbye is one message and must not be lost"
    )]
    fn stopped(&mut self, ctx: &mut Self::Context) {
        let conn = self.id.conn;
        let ending = match self.leaving {
            Leaving::Not => Ending::Broken,
            Leaving::Saying(ending) | Leaving::Closed(ending) => ending,
        };
        info!(session = %self.id, ending = ending.label(), "session ended");
        if let Some(user) = self.claimed.take() {
            self.links.forget.do_send(Forget { conn });
            let reply = ctx.address().recipient();
            let question = Question::Release { user };
            self.links.ask.do_send(Ask {
                session: self.id.clone(),
                reply,
                question,
            });
        }
        // Last: who waits for the hub to be empty then finds every release with the bridge.
        self.links.detach.do_send(Detach { conn });
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin + 'static> Session<IO> {
    fn tell_greeting(&mut self) {
        let node = self.id.incarnation.node.clone();
        self.tell(|dialect, out| dialect.greet(node.as_str(), out));
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin + 'static> Handler<SessionMail> for Session<IO> {
    type Result = ();

    fn handle(&mut self, mail: SessionMail, ctx: &mut Self::Context) {
        match mail {
            SessionMail::Frames { frames, credit } => {
                self.take_frames(frames, ctx);
                drop(credit);
            }
            SessionMail::Answered(outcome) => {
                let steps = self.phase.answered(outcome);
                self.perform(steps, ctx);
            }
            SessionMail::FormatSet => {
                let steps = self.phase.format_set();
                self.perform(steps, ctx);
            }
            SessionMail::End(ending) => self.end(spread(ending, &self.id), ctx),
        }
    }
}

/// Not everybody comes back at once.
fn spread(ending: Ending, id: &SessionId) -> Ending {
    match ending {
        Ending::GoingDown { come_back_in } => {
            let later = Duration::from_secs(id.conn.0 % COME_BACK_SPREAD);
            Ending::GoingDown {
                come_back_in: come_back_in + later,
            }
        }
        Ending::Quit
        | Ending::Gone
        | Ending::Duplicate
        | Ending::Replaced
        | Ending::TooManyFailures
        | Ending::NoLogin { .. }
        | Ending::FramingLost { .. }
        | Ending::TooSlow
        | Ending::Broken => ending,
    }
}

/// Polled after every turn of the mailbox: reads, then writes all that was queued.
struct Work;

impl<IO: AsyncRead + AsyncWrite + Unpin + 'static> ActorFuture<Session<IO>> for Work {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        session: &mut Session<IO>,
        ctx: &mut Context<Session<IO>>,
        cx: &mut task::Context<'_>,
    ) -> Poll<()> {
        let work = session.work.get_or_insert_with(|| cx.waker().clone());
        work.clone_from(cx.waker());
        if let Some(nap) = &mut session.nap
            && nap.as_mut().poll(cx).is_ready()
        {
            session.nap = None;
        }
        let turned = if session.nap.is_none() {
            session.listen(ctx, cx)
        } else {
            Turned::Asleep
        };
        // Full before or by what was just heard: reading stopped, and only writing resumes it.
        let was_full = session.pump.backlog() > session.links.rules.backlog / 2;
        if let Poll::Ready(Err(error)) = session.write(ctx, cx) {
            session.broken(&error, ctx);
        }
        let has_room_again = was_full && session.may_listen();
        if matches!(turned, Turned::More) || has_room_again {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}
