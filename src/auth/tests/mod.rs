//! The authenticator between a store and threads that tests can watch and stop.

mod bounds;
mod passwords;
mod tokens;

use std::collections::BTreeMap;
use std::future::pending;

use actix::{Actor, Addr, Context, Handler, Message, ResponseFuture};
use tokio::sync::{mpsc, oneshot};

use super::hasher::{Hash, JobFailed, Pool, Verify};
use super::password::StoredHash;
use super::{AuthOptions, Authenticator, Door, Registration};
use crate::chat::certificate::Certificate;
use crate::chat::{Refusal, Secret, UserName};
use crate::messages::{
    AccountAnswer, AccountAsk, ChangePassword, IssueToken, PartFailed, Peer, Prove,
    ProveByCertificate, RedeemToken, Redeemed, Register, Role, StoreFailed, TokenAnswer, TokenAsk,
    TokenHash, Vital,
};

const COST: u32 = 4;

// ── a store ─────────────────────────────────────────────────────────────────────────────────

/// The certificate that is Alice's.
const ALICES: Certificate = Certificate([7; 32]);

#[derive(Default)]
struct Store {
    accounts: BTreeMap<UserName, (UserName, String)>,
    tokens: BTreeMap<u128, (UserName, TokenHash)>,
    certificates: BTreeMap<Certificate, UserName>,
    mood: Mood,
}

#[derive(Clone, Copy, Default, Message)]
#[rtype(result = "()")]
enum Mood {
    #[default]
    Fine,
    /// It says that it is gone.
    Failing,
    /// It finds, and goes away over changes.
    LostOnChange,
    /// It finds, and takes changes without ever answering.
    SilentOnChange,
    /// It never answers.
    Silent,
    /// It finds nothing, and somebody else was always first.
    Outrun,
}

impl Actor for Store {
    type Context = Context<Self>;
}

impl Handler<Mood> for Store {
    type Result = ();

    fn handle(&mut self, mood: Mood, _: &mut Self::Context) {
        self.mood = mood;
    }
}

impl Handler<AccountAsk> for Store {
    type Result = ResponseFuture<Result<AccountAnswer, StoreFailed>>;

    fn handle(&mut self, ask: AccountAsk, _: &mut Self::Context) -> Self::Result {
        let finding = matches!(ask, AccountAsk::Find { .. });
        match self.mood {
            Mood::Fine => {
                let answer = self.decide(ask);
                Box::pin(async { Ok(answer) })
            }
            Mood::SilentOnChange | Mood::LostOnChange if finding => {
                let answer = self.decide(ask);
                Box::pin(async { Ok(answer) })
            }
            Mood::Failing => Box::pin(async { Err(StoreFailed::NotDone) }),
            Mood::LostOnChange => Box::pin(async { Err(StoreFailed::Unknown) }),
            Mood::Outrun if finding => Box::pin(async { Ok(AccountAnswer::NotFound) }),
            Mood::Outrun => Box::pin(async { Ok(AccountAnswer::Conflict) }),
            Mood::Silent | Mood::SilentOnChange => Box::pin(pending()),
        }
    }
}

impl Store {
    fn decide(&mut self, ask: AccountAsk) -> AccountAnswer {
        match ask {
            AccountAsk::Find { user } => match self.accounts.get(&user).cloned() {
                Some((user, hash)) => AccountAnswer::Found { user, hash },
                None => AccountAnswer::NotFound,
            },
            AccountAsk::Owner { certificate } => {
                let owner = self.certificates.get(&certificate).cloned();
                owner.map_or(AccountAnswer::NotFound, |user| AccountAnswer::Owner {
                    user,
                })
            }
            AccountAsk::Create { user, .. } if self.accounts.contains_key(&user) => {
                AccountAnswer::Conflict
            }
            AccountAsk::Create { user, hash, .. } => {
                self.accounts.insert(user.clone(), (user, hash));
                AccountAnswer::Stored
            }
            AccountAsk::ChangePassword { user, old, new } => {
                self.tokens.retain(|_, (owner, _)| *owner != user);
                self.decide(AccountAsk::Rehash { user, old, new })
            }
            AccountAsk::Token(ask) => AccountAnswer::Token(self.decide_token(ask)),
            AccountAsk::Rehash { user, old, new } => match self.accounts.get_mut(&user) {
                Some((_, hash)) if *hash == old => {
                    *hash = new;
                    AccountAnswer::Stored
                }
                Some(_) => AccountAnswer::Conflict,
                None => AccountAnswer::NotFound,
            },
        }
    }
}

impl Store {
    fn decide_token(&mut self, ask: TokenAsk) -> TokenAnswer {
        match ask {
            TokenAsk::Issue { user, family, hash } => {
                self.tokens.insert(family.0, (user, hash));
                TokenAnswer::Issued
            }
            TokenAsk::Redeem { family, hash, next } => match self.tokens.get_mut(&family.0) {
                Some((user, last)) if *last == hash => {
                    *last = next;
                    TokenAnswer::Redeemed { user: user.clone() }
                }
                Some(_) => {
                    self.tokens.remove(&family.0);
                    TokenAnswer::Reused
                }
                None => TokenAnswer::Unknown,
            },
        }
    }
}

// ── threads ─────────────────────────────────────────────────────────────────────────────────

/// Does the jobs on the test's own thread, notes them, and can be stopped before them.
#[derive(Default)]
struct Threads {
    jobs: Vec<Job>,
    stopped: Vec<oneshot::Sender<()>>,
    stopping: bool,
    panicking: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    /// Against a hash of this cost.
    Verify(u32),
    /// To a hash of this cost.
    Hash(u32),
}

#[derive(Message)]
#[rtype(result = "Vec<Job>")]
struct JobsDone;

#[derive(Clone, Copy, Message)]
#[rtype(result = "()")]
enum Do {
    Stop,
    GoOn,
    Panic,
    Die,
}

impl Actor for Threads {
    type Context = Context<Self>;
}

impl Threads {
    fn note<T: 'static>(
        &mut self,
        job: Job,
        work: impl FnOnce() -> T + 'static,
    ) -> ResponseFuture<Result<T, JobFailed>> {
        self.jobs.push(job);
        let (go, gone) = oneshot::channel();
        if self.stopping {
            self.stopped.push(go);
        }
        let panicking = self.panicking;
        Box::pin(async move {
            let _ = gone.await;
            if panicking {
                return Err(JobFailed::Panicked);
            }
            Ok(work())
        })
    }
}

impl Handler<Verify> for Threads {
    type Result = ResponseFuture<Result<bool, JobFailed>>;

    fn handle(&mut self, job: Verify, _: &mut Self::Context) -> Self::Result {
        self.note(Job::Verify(job.against.cost()), move || {
            job.against.verifies(&job.password)
        })
    }
}

impl Handler<Hash> for Threads {
    type Result = ResponseFuture<Result<StoredHash, JobFailed>>;

    fn handle(&mut self, job: Hash, _: &mut Self::Context) -> Self::Result {
        self.note(Job::Hash(job.cost), move || {
            StoredHash::make(&job.password, job.cost).unwrap()
        })
    }
}

impl Handler<JobsDone> for Threads {
    type Result = Vec<Job>;

    fn handle(&mut self, _: JobsDone, _: &mut Self::Context) -> Vec<Job> {
        std::mem::take(&mut self.jobs)
    }
}

impl Handler<Do> for Threads {
    type Result = ();

    fn handle(&mut self, what: Do, ctx: &mut Self::Context) {
        self.stopping = matches!(what, Do::Stop);
        self.panicking = matches!(what, Do::Panic);
        self.stopped.clear();
        if matches!(what, Do::Die) {
            actix::ActorContext::stop(ctx);
        }
    }
}

// ── a house with both ───────────────────────────────────────────────────────────────────────

struct House {
    auth: Addr<Authenticator>,
    store: Addr<Store>,
    threads: Addr<Threads>,
    failed: mpsc::Receiver<PartFailed>,
}

impl House {
    /// `Alice` is in the store, `root` in the settings; both with the password `right one`.
    fn open() -> Self {
        Self::with(options())
    }

    fn with(options: AuthOptions) -> Self {
        let alice = (user("Alice"), hashed("right one", COST));
        let store = Store {
            accounts: BTreeMap::from([(alice.0.clone(), alice)]),
            tokens: BTreeMap::new(),
            certificates: BTreeMap::from([(ALICES, user("Alice"))]),
            mood: Mood::Fine,
        }
        .start();
        let threads = Threads::default().start();
        let pool = Pool {
            verify: threads.clone().recipient(),
            hash: threads.clone().recipient(),
        };
        let (report, failed) = mpsc::channel(1);
        let vital = Vital::new("authenticator", report);
        let auth = Authenticator::with_pool(options, store.clone().recipient(), vital, pool);
        Self {
            auth,
            store,
            threads,
            failed,
        }
    }

    async fn knocks(&self, password: &str) -> Result<(), Refusal> {
        let knock = Prove {
            of: Role::Visitor,
            ..prove("whoever", password)
        };
        self.auth.send(knock).await.unwrap().map(|_| ())
    }

    async fn login(&self, name: &str, password: impl Into<Vec<u8>>) -> Result<String, Refusal> {
        let proven = self.auth.send(prove(name, password)).await.unwrap();
        proven.map(|user| user.to_string())
    }

    async fn register(&self, name: &str, password: &str) -> Result<String, Refusal> {
        let register = Register {
            user: user(name),
            password: Secret::new(password),
            peer: peer(1),
            guest: None,
        };
        let made = self.auth.send(register).await.unwrap();
        made.map(|user| user.to_string())
    }

    async fn change(&self, name: &str, old: &str, new: &str) -> Result<(), Refusal> {
        let change = ChangePassword {
            user: user(name),
            old: Secret::new(old),
            new: Secret::new(new),
            peer: peer(1),
        };
        self.auth.send(change).await.unwrap()
    }

    async fn issue(&self, name: &str) -> Result<Secret, Refusal> {
        let issue = IssueToken { user: user(name) };
        self.auth.send(issue).await.unwrap()
    }

    async fn shows(
        &self,
        certificate: Certificate,
        named: Option<&str>,
    ) -> Result<UserName, Refusal> {
        let prove = ProveByCertificate {
            certificate,
            user: named.map(user),
            peer: peer(1),
        };
        self.auth.send(prove).await.unwrap()
    }

    async fn redeem(&self, token: &Secret) -> Result<Redeemed, Refusal> {
        let token = token.clone();
        let peer = peer(1);
        self.auth.send(RedeemToken { token, peer }).await.unwrap()
    }

    async fn set(&self, name: &str, hash: &str) {
        let create = AccountAsk::Create {
            user: user(name),
            hash: hash.to_owned(),
            guest: None,
        };
        self.store.send(create).await.unwrap().unwrap();
    }

    async fn stored(&self, name: &str) -> String {
        let find = AccountAsk::Find { user: user(name) };
        match self.store.send(find).await.unwrap().unwrap() {
            AccountAnswer::Found { hash, .. } => hash,
            other => panic!("{name}: {other:?}"),
        }
    }

    async fn jobs(&self) -> Vec<Job> {
        self.threads.send(JobsDone).await.unwrap()
    }

    async fn threads_are_to(&self, what: Do) {
        self.threads.send(what).await.unwrap();
    }

    async fn store_is(&self, mood: Mood) {
        self.store.send(mood).await.unwrap();
    }
}

fn options() -> AuthOptions {
    let root = StoredHash::parse(&hashed("right one", COST)).unwrap();
    AuthOptions {
        cost: COST,
        min_password: 8,
        registration: Registration::Open,
        registrations_per_minute: None,
        password_checks: 128,
        workers: 1,
        configured: BTreeMap::from([(user("root"), root.clone())]),
        operators: BTreeMap::from([(user("oper"), root.clone())]),
        door: Door::Locked(root),
    }
}

fn prove(name: &str, password: impl Into<Vec<u8>>) -> Prove {
    Prove {
        user: user(name),
        password: Secret::new(password),
        of: Role::Account,
        peer: peer(1),
    }
}

fn user(name: &str) -> UserName {
    UserName::new(name).unwrap()
}

fn peer(last: u8) -> Peer {
    Peer::from(std::net::IpAddr::from([192, 0, 2, last]))
}

fn hashed(password: &str, cost: u32) -> String {
    let made = StoredHash::make(&Secret::new(password), cost).unwrap();
    made.as_str().to_owned()
}

/// Lets everything run that is not waiting for a test.
async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

const WRONG: Refusal = Refusal::WrongPassword;

/// An operator has a name that is no account's, and a password that stands in the settings.
#[actix::test]
async fn an_operator_proves_a_name_and_a_password() {
    let house = House::open();
    let asks = |name, password: &str| Prove {
        of: Role::Operator,
        ..prove(name, password)
    };
    let wrong = Err(Refusal::WrongPassword);
    for (name, password, answer) in [
        ("oper", "right one", Ok(user("oper"))),
        ("oper", "wrong one", wrong.clone()),
        ("nobody", "right one", wrong.clone()),
        ("root", "right one", wrong.clone()),
    ] {
        let asked = house.auth.send(asks(name, password)).await.unwrap();
        assert_eq!(asked, answer, "{name}");
    }
    let as_a_person = house.login("oper", "right one").await;
    assert_eq!(as_a_person, Err(Refusal::WrongPassword));
}
