//! Does what the phase decided: spells answers, asks the authenticator and the bridge.

use actix::{ActorContext, ActorFutureExt, AsyncContext, Context, MailboxError, WrapFuture};
use bytes::BytesMut;
use tracing::{debug, info};

use super::phase::Step;
use super::{END_TO_COME, LAST_WORDS, Leaving, RECORD_SEEN, RENEW_AGAIN, RETRY, Session, parting};
use crate::chat::certificate::Certificate;
use crate::chat::command::{Inquiry, Positions, Since, Watch};
use crate::chat::{Answer, Ending, Refusal, Secret, UserName};
use crate::dialect::{Dialect, Format};
use crate::messages::{
    Ask, ChangePassword, Entrance, Forget, Inquire, Introduce, IssueToken, Prove,
    ProveByCertificate, Question, RedeemToken, Register, SetFormat, SetWatch,
};
use crate::net::transport::Transport;

impl<IO: Transport + 'static> Session<IO> {
    pub(super) fn perform(&mut self, steps: Vec<Step>, ctx: &mut Context<Self>) {
        for step in steps {
            self.step(step, ctx);
        }
    }

    fn step(&mut self, step: Step, ctx: &mut Context<Self>) {
        match step {
            Step::Answer(answer) => self.answer(&answer),
            Step::Reply => self.tell(Dialect::tell_reply),
            Step::Refuse(refusal) => self.tell(|dialect, out| dialect.tell_refusal(&refusal, out)),
            Step::Resolve(fate) => self.tell(|dialect, out| dialect.tell_fate(fate, out)),
            Step::RefuseLogin(refusal) => self.refuse_login(&refusal),
            Step::Malformed(fault) => self.tell(|dialect, out| dialect.tell_malformed(&fault, out)),
            Step::Prompt(prompt) => self.tell(|dialect, out| dialect.tell_prompt(prompt, out)),
            Step::Prove { user, password, of } => {
                let prove = Prove {
                    user,
                    password,
                    of,
                    peer: self.peer,
                };
                let answer = self.links.prove.send(prove).into_actor(self);
                ctx.spawn(answer.map(Self::proved));
            }
            Step::ProveByCertificate { certificate, user } => {
                self.prove_by_certificate(certificate, user, ctx);
            }
            Step::Register { .. } => self.register(step, ctx),
            Step::LogIn { user, entrance } => self.log_in(user, entrance, ctx),
            Step::LoggedIn { user, was } => self.logged_in(user, was),
            Step::ChangePassword { user, old, new } => self.change_password(user, old, new, ctx),
            Step::Probe { user } => {
                self.asks.push(Question::Probe { user });
                self.look_again(ctx);
            }
            Step::Redeem { token } => self.redeem(token, ctx),
            Step::Issue { user } => self.issue(user, ctx),
            Step::Claim { user, entrance } => self.claim(user, entrance, ctx),
            Step::Renew { user, entrance } => {
                debug!(session = %self.id, "claims its account again");
                self.asks.push(Question::Claim { user, entrance });
            }
            Step::RenewLater => self.renew_later(ctx),
            Step::Welcome { user, room } => {
                info!(session = %self.id, peer = %self.peer, ?user, "logged in");
                self.welcome(ctx);
                let node = self.id.incarnation.node.clone();
                self.answer(&Answer::Welcome { user, room, node });
            }
            Step::Inquire(what) => self.inquire(what, ctx),
            Step::Ask { claim, request } => self.asks.push(Question::Live { claim, request }),
            Step::PutOut { room } => self.dialect.put_out(&room),
            Step::Settle => self.asks.push(Question::Settle),
            Step::Watch(change) => self.set_watch(change, ctx),
            Step::SetFormat(format) => self.set_format(format, ctx),
            Step::FormatSet => self.tell(Dialect::tell_format_set),
            Step::AwaitEnd => self.await_end(ctx),
            Step::Quit { words } => {
                self.goodbye = words;
                self.end(Ending::Quit, ctx);
            }
            Step::End(ending) => self.end(ending, ctx),
        }
    }

    pub(super) fn greet(&mut self) {
        let node = self.id.incarnation.node.clone();
        self.tell(|dialect, out| dialect.greet(node.as_str(), out));
    }

    fn tell(&mut self, spell: impl FnOnce(&mut Dialect, &mut BytesMut)) {
        let mut out = BytesMut::new();
        spell(&mut self.dialect, &mut out);
        if !out.is_empty() {
            self.granted = self.granted.min(self.pump.backlog()) + out.len();
            self.pump.push(out.freeze());
        }
    }

    fn answer(&mut self, answer: &Answer) {
        self.tell(|dialect, out| dialect.tell_answer(answer, out));
    }

    fn refuse_login(&mut self, refusal: &Refusal) {
        info!(session = %self.id, peer = %self.peer, ?refusal, "login refused");
        let prompt = self.dialect.login_refused(refusal);
        self.tell(|dialect, out| {
            dialect.tell_refusal(refusal, out);
            if let Some(prompt) = prompt {
                dialect.tell_prompt(prompt, out);
            }
        });
    }

    fn prove_by_certificate(
        &self,
        certificate: Certificate,
        user: Option<UserName>,
        ctx: &mut Context<Self>,
    ) {
        let prove = ProveByCertificate {
            certificate,
            user,
            peer: self.peer,
        };
        let answer = self.links.prove_by_certificate.send(prove).into_actor(self);
        ctx.spawn(answer.map(Self::proved));
    }

    fn register(&self, step: Step, ctx: &mut Context<Self>) {
        let Step::Register {
            user,
            password,
            guest,
        } = step
        else {
            return;
        };
        let register = Register {
            user,
            password,
            guest,
            peer: self.peer,
        };
        let answer = self.links.register.send(register).into_actor(self);
        ctx.spawn(answer.map(Self::proved));
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
    pub(super) fn wake_work(&self) {
        if let Some(work) = &self.work {
            work.wake_by_ref();
        }
    }

    fn change_password(&self, user: UserName, old: Secret, new: Secret, ctx: &mut Context<Self>) {
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

    fn redeem(&self, token: Secret, ctx: &mut Context<Self>) {
        let peer = self.peer;
        let redeem = RedeemToken { token, peer };
        let answer = self.links.redeem_token.send(redeem).into_actor(self);
        ctx.spawn(answer.map(|redeemed, session, ctx| {
            let redeemed = redeemed.unwrap_or(Err(Refusal::NotDelivered));
            let steps = session.phase.redeemed(redeemed);
            session.perform(steps, ctx);
            session.wake_work();
        }));
    }

    fn issue(&self, user: UserName, ctx: &mut Context<Self>) {
        let answer = self.links.issue_token.send(IssueToken { user });
        ctx.spawn(answer.into_actor(self).map(|token, session, ctx| {
            let token = token.unwrap_or(Err(Refusal::NotDelivered));
            let steps = session.phase.issued(token);
            session.perform(steps, ctx);
            session.wake_work();
        }));
    }

    fn inquire(&self, what: Inquiry, ctx: &mut Context<Self>) {
        let answer = self.links.inquire.send(Inquire(what)).into_actor(self);
        ctx.spawn(answer.map(|answer, session, ctx| {
            let answer = answer.map_err(|_| Refusal::NotDelivered);
            let steps = session.phase.told(answer);
            session.perform(steps, ctx);
            session.wake_work();
        }));
    }

    fn claim(&mut self, user: UserName, entrance: Entrance, ctx: &mut Context<Self>) {
        self.claimed = Some(user.clone());
        self.dialect.begins_with(positions(&entrance));
        self.asks_to_be(user, entrance, ctx);
    }

    /// Whatever becomes of it, both are given back in the end.
    fn log_in(&mut self, user: UserName, entrance: Entrance, ctx: &mut Context<Self>) {
        self.wanted = Some(user.clone());
        self.asks_to_be(user, entrance, ctx);
    }

    fn logged_in(&mut self, user: UserName, was: UserName) {
        info!(session = %self.id, peer = %self.peer, ?user, ?was, "logged in");
        self.wanted = None;
        self.claimed = Some(user.clone());
        if let Some(claim) = self.phase.claim() {
            self.shown.begins_at(claim.fence);
        }
        self.answer(&Answer::LoggedIn { user, was });
    }

    fn asks_to_be(&mut self, user: UserName, entrance: Entrance, ctx: &mut Context<Self>) {
        let introduce = Introduce {
            conn: self.id.conn,
            user: user.clone(),
            hub: self.links.hub,
            format: self.dialect.format(),
        };
        if self.links.introduce.try_send(introduce).is_err() {
            // Without an introduction nothing would ever be delivered.
            return self.end(Ending::Broken, ctx);
        }
        self.asks.push(Question::Claim { user, entrance });
    }

    fn welcome(&mut self, ctx: &mut Context<Self>) {
        if let Some(deadline) = self.login_deadline.take() {
            ctx.cancel_future(deadline);
        }
        self.dialect.logged_in();
    }

    /// Asks the bridge all that was heard in this turn; nothing more is heard before it has it.
    pub(super) fn send_asks(&mut self, ctx: &mut Context<Self>) {
        if self.asks.is_empty() {
            return;
        }
        let ask = Ask {
            session: self.id.clone(),
            reply: ctx.address().recipient(),
            questions: std::mem::take(&mut self.asks),
        };
        match self.links.ask.try_send(ask) {
            Ok(()) => {}
            Err(actix::dev::SendError::Full(ask)) => {
                self.asks = ask.questions;
                ctx.run_later(RETRY, |session, _| session.wake_work());
            }
            Err(actix::dev::SendError::Closed(_)) => self.end(Ending::Broken, ctx),
        }
    }

    fn set_format(&mut self, format: Format, ctx: &mut Context<Self>) {
        self.dialect.set_format(format);
        let conn = self.id.conn;
        if self
            .links
            .set_format
            .try_send(SetFormat { conn, format })
            .is_err()
        {
            self.end(Ending::Broken, ctx);
        }
    }

    fn set_watch(&mut self, change: Watch, ctx: &mut Context<Self>) {
        let conn = self.id.conn;
        let set_watch = SetWatch { conn, change };
        if self.links.set_watch.try_send(set_watch).is_err() {
            self.end(Ending::Broken, ctx);
        }
    }

    /// Parts from the account, once: who reads the last words may log in again at once.
    #[expect(
        clippy::disallowed_methods,
        reason = "a goodbye is one message and must not be lost"
    )]
    pub(super) fn release(&mut self, ctx: &mut Context<Self>) {
        if let Some(user) = self.claimed.take() {
            let conn = self.id.conn;
            self.links.forget.do_send(Forget { conn });
            let reply = ctx.address().recipient();
            let mut questions = Vec::from_iter(self.news_of_the_shown());
            let parting = parting(self.leaving.ending(), self.goodbye.take());
            for user in self.wanted.take().into_iter().chain([user]) {
                let parting = parting.clone();
                questions.push(Question::Release { user, parting });
            }
            self.links.ask.do_send(Ask {
                session: self.id.clone(),
                reply,
                questions,
            });
        }
    }

    /// What was written has left: the store hears of it in a while, or when the session ends.
    pub(super) fn shows(&mut self, ctx: &mut Context<Self>) {
        self.shown.left(self.pump.flushed());
        if self.leaving == Leaving::Not && self.recording.is_none() && self.shown.has_news() {
            self.recording = Some(ctx.run_later(RECORD_SEEN, |session, _| {
                session.recording = None;
                // What could not be asked so far goes first.
                if session.asks.is_empty() {
                    let news = session.news_of_the_shown();
                    session.asks.extend(news);
                }
                session.wake_work();
            }));
        }
    }

    fn news_of_the_shown(&mut self) -> Option<Question> {
        let claim = self.phase.claim()?;
        let position = self.shown.take_news()?;
        Some(Question::Seen { claim, position })
    }

    /// The log has the end of this session, or will; a node that cannot read it says so itself.
    fn await_end(&self, ctx: &mut Context<Self>) {
        ctx.run_later(END_TO_COME, |session, ctx| {
            if session.phase.awaits_end() {
                session.end(Ending::MessagesLost, ctx);
                session.wake_work();
            }
        });
    }

    fn renew_later(&self, ctx: &mut Context<Self>) {
        ctx.run_later(RENEW_AGAIN, |session, ctx| {
            let steps = session.phase.suspended();
            session.perform(steps, ctx);
            session.wake_work();
        });
    }

    /// Says the last words; the work closes the connection once they are out.
    pub(super) fn end(&mut self, ending: Ending, ctx: &mut Context<Self>) {
        if self.leaving != Leaving::Not {
            return;
        }
        self.leaving = Leaving::Saying(ending);
        let news = self.news_of_the_shown();
        self.asks.extend(news);
        let last = self.phase.leave();
        self.perform(last, ctx);
        if ending == Ending::TooSlow {
            self.pump.drop_backlog();
        }
        // What waits to be asked has to come before the release; then `stopped` sends it.
        self.send_asks(ctx);
        if self.asks.is_empty() {
            self.release(ctx);
        }
        self.tell(|dialect, out| dialect.tell_ending(ending, out));
        ctx.run_later(LAST_WORDS, |_, ctx| ctx.stop());
    }
}

/// Who names a position is shown them from the start, also with what was missed.
const fn positions(entrance: &Entrance) -> Positions {
    match entrance {
        Entrance::Resume {
            since: Since::Position(_),
        } => Positions::Shown,
        Entrance::Resume { since: Since::Seen }
        | Entrance::Login { .. }
        | Entrance::Insist { .. }
        | Entrance::InPlace { .. }
        | Entrance::Renew { .. } => Positions::Hidden,
    }
}
