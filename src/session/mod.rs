//! One connection, one actor.
//!
//! A session owns its transport and polls it itself: after every turn of its mailbox the
//! `Work` future reads what the `Phase` can take and writes all that was queued, so that
//! frames which came together leave together. What is decided is decided by the phase; `steps`
//! does it.

mod behind;
mod phase;
mod probe;
mod shown;
mod steps;
#[cfg(test)]
mod tests;
mod work;

use std::pin::Pin;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Recipient, Running, SpawnHandle};
use tokio::time::{Instant, Sleep};
use tracing::{debug, info};

use crate::chat::origin::SessionId;
use crate::chat::{Ending, Text, UserName};
use crate::dialect::Dialect;
use crate::messages::{
    Ask, Attach, CatchUp, ChangePassword, Detach, DuplicateLogin, FellBehind, Forget, HubId,
    Inquire, Introduce, IssueToken, Parting, Peer, Prove, ProveByCertificate, Question,
    RedeemToken, Register, SESSION_MAILBOX, SessionMail, SetFormat, SetWatch,
};
use crate::net::listener::Place;
use crate::net::pace::Pace;
use crate::net::pump::Pump;
use crate::net::transport::Transport;

use self::behind::KeepsUp;
use self::phase::{DoorRules, Phase};
use self::shown::Shown;
use self::work::Work;

/// How long last words may take to leave.
pub const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long a session whose claim is void waits for its end to come from the log.
const END_TO_COME: Duration = Duration::from_secs(5);

/// When a suspended session claims again that could not: the store is away.
const RENEW_AGAIN: Duration = Duration::from_secs(1);

/// Between two words to the store about how far its peer was shown the log: what a crash of the
/// node may tell again, and a fraction of what the store does for a message.
const RECORD_SEEN: Duration = Duration::from_secs(2);

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
    /// To the registry: tell me of these people.
    pub set_watch: Recipient<SetWatch>,
    /// To the registry: I have more to write than I may hold.
    pub fell_behind: Recipient<FellBehind>,
    /// To the registry: I have room again.
    pub catch_up: Recipient<CatchUp>,
    /// To the registry: I am gone.
    pub forget: Recipient<Forget>,
    /// To the authenticator.
    pub prove: Recipient<Prove>,
    /// To the authenticator.
    pub prove_by_certificate: Recipient<ProveByCertificate>,
    /// To the authenticator.
    pub register: Recipient<Register>,
    /// To the authenticator.
    pub change_password: Recipient<ChangePassword>,
    /// To the authenticator.
    pub issue_token: Recipient<IssueToken>,
    /// To the authenticator.
    pub redeem_token: Recipient<RedeemToken>,
    /// To the node's noticeboard.
    pub inquire: Recipient<Inquire>,
    /// To the bridge.
    pub ask: Recipient<Ask>,
    /// What the operator allows.
    pub rules: Rules,
}

/// What the operator allows a session.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Bytes of a line, where the dialect has no bound of its own.
    pub line_bytes: usize,
    /// Bytes that wait for the peer before it is told nothing more.
    pub backlog: usize,
    /// How long a peer may take nothing of what waits for it.
    pub stalled: Duration,
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
    /// When the peer was heard last.
    heard_at: Instant,
    /// Wakes the work when the pace allows the next line.
    nap: Option<Pin<Box<Sleep>>>,
    /// What it said as its goodbye.
    goodbye: Option<Text>,
    /// The account that was claimed and has to be released.
    claimed: Option<UserName>,
    /// The account that a guest may have become, of which that is not known yet.
    wanted: Option<UserName>,
    /// Whether it keeps up with what is said.
    keeps_up: KeepsUp,
    shown: Shown,
    /// Has the store told how far the peer was shown the log.
    recording: Option<SpawnHandle>,
    /// Bytes of answers that may still wait to be written: who asked for a long one is not slow.
    granted: usize,
    /// Has the [`Work`] polled again.
    work: Option<Waker>,
    /// What was heard in this turn and goes to the bridge at its end, or later if that is full.
    asks: Vec<Question>,
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

impl Leaving {
    /// Why the session ends; one that stays and ends all the same has panicked.
    const fn ending(self) -> Ending {
        match self {
            Self::Not => Ending::Broken,
            Self::Saying(ending) | Self::Closed(ending) => ending,
        }
    }
}

impl<IO: Transport + 'static> Session<IO> {
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
            peer,
            pump: Pump::new(io, dialect.line_bytes(rules.line_bytes)),
            phase: Phase::new(rules.duplicate_login, DoorRules::of(&dialect), id.clone()),
            dialect,
            pace: rules.messages_per_second.map(pace),
            heard_at: Instant::now(),
            nap: None,
            goodbye: None,
            claimed: None,
            wanted: None,
            keeps_up: KeepsUp::Live,
            shown: Shown::default(),
            recording: None,
            granted: 0,
            work: None,
            asks: Vec::new(),
            login_deadline: None,
            leaving: Leaving::Not,
            id,
            links,
            place,
        }
    }
}

impl<IO: Transport + 'static> Actor for Session<IO> {
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
        self.greet();
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
        let ending = self.leaving.ending();
        // Who never logged in may be a health check, and comes again in a moment.
        if self.login_deadline.is_some() {
            debug!(session = %self.id, ending = ending.label(), "visitor gone");
        } else {
            info!(session = %self.id, ending = ending.label(), "session ended");
        }
        self.release(ctx);
        // Last: who waits for the hub to be empty then finds every release with the bridge.
        self.links.detach.do_send(Detach { conn });
    }
}

impl<IO: Transport + 'static> Handler<SessionMail> for Session<IO> {
    type Result = ();

    fn handle(&mut self, mail: SessionMail, ctx: &mut Self::Context) {
        match mail {
            SessionMail::Frames {
                frames,
                span,
                credit,
            } => {
                self.take_frames(frames, span, ctx);
                drop(credit);
            }
            SessionMail::Probe => self.probed(ctx),
            SessionMail::HolderAlive => {
                let steps = self.phase.holder_alive();
                self.perform(steps, ctx);
            }
            SessionMail::Suspended => {
                let steps = self.phase.suspended();
                self.perform(steps, ctx);
            }
            SessionMail::Missed(part) => self.take_missed(part, ctx),
            SessionMail::Answered(outcome) => {
                let steps = self.phase.answered(outcome);
                self.perform(steps, ctx);
            }
            SessionMail::Resolved(fate) => {
                let steps = self.phase.resolved(fate);
                self.perform(steps, ctx);
            }
            SessionMail::PutOut { room, position } => {
                let steps = self.phase.put_out(room, position);
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

/// How a session parts from its account that ends for this reason: who did not want to go, and was
/// not put out, keeps the place.
fn parting(ending: Ending, words: Option<Text>) -> Parting {
    match ending {
        Ending::Gone
        | Ending::FramingLost { .. }
        | Ending::MessagesLost
        | Ending::TooSlow
        | Ending::Broken => Parting::Broken,
        Ending::GoingDown { .. } => Parting::Moving,
        Ending::Quit
        | Ending::Duplicate
        | Ending::Replaced
        | Ending::Killed
        | Ending::Unconfirmed
        | Ending::TooManyFailures
        | Ending::NoLogin { .. } => Parting::Goodbye { words },
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
        | Ending::Killed
        | Ending::MessagesLost
        | Ending::Unconfirmed
        | Ending::TooManyFailures
        | Ending::NoLogin { .. }
        | Ending::FramingLost { .. }
        | Ending::TooSlow
        | Ending::Broken => ending,
    }
}
