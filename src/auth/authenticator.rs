//! The actor in front of the password threads: it lets in, counts and refuses.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use actix::fut::{ActorFutureExt as _, WrapFuture as _};
use actix::{Actor, Addr, AsyncContext as _, Context, Handler, Recipient, ResponseActFuture};

use super::accounts::{Accounts, Door, Proven, Setback, Upkeep};
use super::hasher::Pool;
use super::password::{PasswordRule, StoredHash};
use super::throttle::Throttle;
use super::tickets::{Ticket, Tickets};
use crate::chat::refusal::Throttled;
use crate::chat::{Refusal, Secret, UserName};
use crate::messages::{
    ACTOR_MAILBOX, AccountAsk, ChangePassword, IssueToken, Peer, Prove, ProveByCertificate,
    RedeemToken, Redeemed, Register, Role, TOKENS_IN_FLIGHT, Vital,
};

/// Wrong passwords a minute from one address: more than people mistype, far too few to
/// guess by. Also how many at once.
const FAILURES_PER_MINUTE: Option<NonZeroU32> = NonZeroU32::new(20);

/// The operator's choices, as far as they are about passwords.
#[derive(Debug)]
pub struct AuthOptions {
    /// The work factor of new hashes, one of [`COSTS`](super::password::COSTS).
    pub cost: u32,
    /// Fewest bytes of a new password.
    pub min_password: usize,
    /// Whether people make accounts themselves.
    pub registration: Registration,
    /// New accounts a minute from one address; `None` or 0 holds nobody up.
    pub registrations_per_minute: Option<u32>,
    /// Checks in flight, those that wait for a thread included; the next one is refused as busy.
    pub password_checks: usize,
    /// Threads that hash, at least one. Half the cores leave the other half to everybody else.
    pub workers: usize,
    /// Accounts whose password stands in the settings. They win over the store.
    pub configured: BTreeMap<UserName, StoredHash>,
    /// Operators of the network, by names that are no accounts.
    pub operators: BTreeMap<UserName, StoredHash>,
    /// What is asked of all who come in by the IRC door.
    pub door: Door,
}

/// Whether people make accounts themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Whoever comes.
    Open,
    /// The operator alone makes them.
    Closed,
}

/// Answers [`Prove`], [`Register`] and [`ChangePassword`], and [`IssueToken`], [`RedeemToken`] and
/// [`ProveByCertificate`], which need no thread and so have tickets of their own: whoever comes back by a token does not
/// wait behind those who come by a password.
///
/// Every check holds a ticket from its first step to its last, and there are
/// `password_checks` of them. The work goes on when the session that asked is gone, and so does
/// its ticket: what counts is what the threads still have to do.
#[derive(Debug)]
pub struct Authenticator {
    accounts: Arc<Accounts>,
    rule: PasswordRule,
    registration: Registration,
    tickets: Tickets,
    token_tickets: Tickets,
    failures: Throttle,
    registrations: Throttle,
    vital: Vital,
}

impl Authenticator {
    /// Starts the actor on the current arbiter, and its threads; all end when the last address
    /// is dropped. The node hears by `vital` if no password can be checked any more.
    #[must_use]
    pub fn start(
        options: AuthOptions,
        accounts: Recipient<AccountAsk>,
        vital: Vital,
    ) -> Addr<Self> {
        let pool = Pool::start(options.workers);
        Self::with_pool(options, accounts, vital, pool)
    }

    /// As [`Authenticator::start`], with other threads.
    pub(super) fn with_pool(
        options: AuthOptions,
        store: Recipient<AccountAsk>,
        vital: Vital,
        pool: Pool,
    ) -> Addr<Self> {
        let registrations = options.registrations_per_minute.and_then(NonZeroU32::new);
        let authenticator = Self {
            accounts: Arc::new(Accounts {
                configured: options.configured,
                operators: options.operators,
                door: options.door,
                store,
                pool,
                cost: options.cost,
            }),
            rule: PasswordRule::at_least(options.min_password),
            registration: options.registration,
            tickets: Tickets::new(options.password_checks),
            token_tickets: Tickets::new(TOKENS_IN_FLIGHT),
            failures: Throttle::per_minute(FAILURES_PER_MINUTE),
            registrations: Throttle::per_minute(registrations),
            vital,
        };
        Actor::start(authenticator)
    }

    /// A password may be tried: the address has not failed too often, and there is a ticket.
    fn admit_try(&self, peer: Peer) -> Result<Ticket, Refusal> {
        self.check_failures(peer)?;
        self.tickets.take().ok_or(Refusal::Busy)
    }

    fn admit_proof(&self, of: Role, peer: Peer) -> Result<Ticket, Refusal> {
        match of {
            Role::Operator if self.accounts.operators.is_empty() => Err(Refusal::NoOperators),
            Role::Operator | Role::Account | Role::Visitor => self.admit_try(peer),
        }
    }

    fn admit_registration(&self, register: &Register) -> Result<Ticket, Refusal> {
        match self.registration {
            Registration::Open => (),
            Registration::Closed => return Err(Refusal::RegistrationClosed),
        }
        self.rule.check(&register.password)?;
        self.check_registrations(register.peer)?;
        self.tickets.take().ok_or(Refusal::Busy)
    }

    fn admit_change(&self, change: &ChangePassword) -> Result<Ticket, Refusal> {
        if self.accounts.configured(&change.user).is_some() {
            return Err(Refusal::PasswordFixed);
        }
        self.rule.check(&change.new)?;
        self.admit_try(change.peer)
    }

    fn admit_redemption(&self, peer: Peer) -> Result<Ticket, Refusal> {
        self.check_failures(peer)?;
        self.admit_token()
    }

    fn admit_token(&self) -> Result<Ticket, Refusal> {
        self.token_tickets.take().ok_or(Refusal::Busy)
    }

    fn check_failures(&self, peer: Peer) -> Result<(), Refusal> {
        let what = Throttled::Failures;
        let allowed = self.failures.check(peer, now());
        allowed.map_err(|wait| Refusal::SlowDown { what, wait })
    }

    fn check_registrations(&self, peer: Peer) -> Result<(), Refusal> {
        let what = Throttled::Registrations;
        let allowed = self.registrations.check(peer, now());
        allowed.map_err(|wait| Refusal::SlowDown { what, wait })
    }

    /// The name is free, so now it costs a hash: checked again, for others came meanwhile.
    fn count_registration(&mut self, peer: Peer) -> Result<(), Refusal> {
        self.check_registrations(peer)?;
        self.registrations.count(peer, now());
        Ok(())
    }

    /// What the person is answered. A wrong password or token is counted, whichever way it was
    /// tried.
    fn conclude<T>(&mut self, peer: Peer, outcome: Result<T, Setback>) -> Result<T, Refusal> {
        match outcome {
            Ok(done) => Ok(done),
            Err(Setback::Refused(refusal)) => {
                if matches!(
                    refusal,
                    Refusal::WrongPassword | Refusal::WrongToken | Refusal::UnknownCertificate
                ) {
                    self.failures.count(peer, now());
                }
                Err(refusal)
            }
            Err(Setback::PoolGone) => {
                self.vital.failed("the password threads are gone");
                Err(Refusal::Busy)
            }
        }
    }

    /// Does what a stored hash needs after the answer, under the ticket of the check before.
    fn keep_up(&self, proven: Proven, password: Secret, ticket: Ticket, ctx: &mut Context<Self>) {
        let Upkeep::Rehash { old } = proven.upkeep else {
            return;
        };
        let (accounts, user) = (Arc::clone(&self.accounts), proven.user);
        let rehash = async move {
            if let Err(why) = accounts.rehash(user.clone(), old, password, ticket).await {
                tracing::warn!(%user, ?why, "the password keeps its hash of another cost");
            }
        };
        ctx.spawn(rehash.into_actor(self));
    }
}

impl Actor for Authenticator {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
    }
}

impl Handler<Prove> for Authenticator {
    type Result = ResponseActFuture<Self, Result<UserName, Refusal>>;

    fn handle(&mut self, prove: Prove, _: &mut Self::Context) -> Self::Result {
        let Prove {
            user,
            password,
            of,
            peer,
        } = prove;
        let ticket = match self.admit_proof(of, peer) {
            Ok(ticket) => ticket,
            Err(refusal) => return refuse(refusal),
        };
        let accounts = Arc::clone(&self.accounts);
        let check = async move {
            let proven = match of {
                Role::Account => accounts.prove(&user, &password, &ticket).await,
                Role::Operator => accounts.prove_operator(user, &password, &ticket).await,
                Role::Visitor => accounts.prove_visitor(user, &password, &ticket).await,
            };
            (proven, password, ticket)
        };
        let answer = move |(proven, password, ticket), this: &mut Self, ctx: &mut _| {
            let proven: Proven = this.conclude(peer, proven)?;
            let user = proven.user.clone();
            this.keep_up(proven, password, ticket, ctx);
            Ok(user)
        };
        Box::pin(check.into_actor(self).map(answer))
    }
}

impl Handler<ProveByCertificate> for Authenticator {
    type Result = ResponseActFuture<Self, Result<UserName, Refusal>>;

    fn handle(&mut self, prove: ProveByCertificate, _: &mut Self::Context) -> Self::Result {
        let ProveByCertificate {
            certificate,
            user,
            peer,
        } = prove;
        let ticket = match self.admit_redemption(peer) {
            Ok(ticket) => ticket,
            Err(refusal) => return refuse(refusal),
        };
        let accounts = Arc::clone(&self.accounts);
        let work = async move {
            let owner = accounts.owner(certificate, user).await;
            drop(ticket);
            owner
        };
        let answer = move |owner: Result<_, Refusal>, this: &mut Self, _: &mut _| {
            this.conclude(peer, owner.map_err(Setback::from))
        };
        Box::pin(work.into_actor(self).map(answer))
    }
}

impl Handler<Register> for Authenticator {
    type Result = ResponseActFuture<Self, Result<UserName, Refusal>>;

    fn handle(&mut self, register: Register, _: &mut Self::Context) -> Self::Result {
        let ticket = match self.admit_registration(&register) {
            Ok(ticket) => ticket,
            Err(refusal) => return refuse(refusal),
        };
        let Register {
            user,
            password,
            guest,
            peer,
        } = register;
        let accounts = Arc::clone(&self.accounts);
        let look = async move { accounts.expect_free(&user).await.map(|()| user) };
        let make = move |free: Result<UserName, Refusal>, this: &mut Self, _: &mut _| {
            let counted = free.and_then(|user| this.count_registration(peer).map(|()| user));
            let accounts = Arc::clone(&this.accounts);
            async move { accounts.create(counted?, password, guest, ticket).await }.into_actor(this)
        };
        let answer = move |made, this: &mut Self, _: &mut _| this.conclude(peer, made);
        Box::pin(look.into_actor(self).then(make).map(answer))
    }
}

impl Handler<ChangePassword> for Authenticator {
    type Result = ResponseActFuture<Self, Result<(), Refusal>>;

    fn handle(&mut self, change: ChangePassword, _: &mut Self::Context) -> Self::Result {
        let ticket = match self.admit_change(&change) {
            Ok(ticket) => ticket,
            Err(refusal) => return refuse(refusal),
        };
        let ChangePassword {
            user,
            old,
            new,
            peer,
        } = change;
        let accounts = Arc::clone(&self.accounts);
        let work = async move { accounts.change_password(&user, old, new, ticket).await };
        let answer = move |changed, this: &mut Self, _: &mut _| this.conclude(peer, changed);
        Box::pin(work.into_actor(self).map(answer))
    }
}

impl Handler<IssueToken> for Authenticator {
    type Result = ResponseActFuture<Self, Result<Secret, Refusal>>;

    fn handle(&mut self, IssueToken { user }: IssueToken, _: &mut Self::Context) -> Self::Result {
        let ticket = match self.admit_token() {
            Ok(ticket) => ticket,
            Err(refusal) => return refuse(refusal),
        };
        let accounts = Arc::clone(&self.accounts);
        let work = async move {
            let issued = accounts.issue_token(user).await;
            drop(ticket);
            issued
        };
        Box::pin(work.into_actor(self))
    }
}

impl Handler<RedeemToken> for Authenticator {
    type Result = ResponseActFuture<Self, Result<Redeemed, Refusal>>;

    fn handle(&mut self, redeem: RedeemToken, _: &mut Self::Context) -> Self::Result {
        let RedeemToken { token, peer } = redeem;
        let ticket = match self.admit_redemption(peer) {
            Ok(ticket) => ticket,
            Err(refusal) => return refuse(refusal),
        };
        let accounts = Arc::clone(&self.accounts);
        let work = async move {
            let redeemed = accounts.redeem_token(&token).await;
            drop(ticket);
            redeemed
        };
        let answer = move |redeemed: Result<_, Refusal>, this: &mut Self, _: &mut _| {
            this.conclude(peer, redeemed.map_err(Setback::from))
        };
        Box::pin(work.into_actor(self).map(answer))
    }
}

/// An answer that needs no work.
fn refuse<T: 'static>(refusal: Refusal) -> ResponseActFuture<Authenticator, Result<T, Refusal>> {
    Box::pin(actix::fut::ready(Err(refusal)))
}

/// The runtime's clock, so that tests can move it.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
