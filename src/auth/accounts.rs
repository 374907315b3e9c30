//! The steps of one check: what the settings say, what the store says, what bcrypt says.

use std::collections::BTreeMap;
use std::time::Duration;

use actix::Recipient;
use tokio::time::timeout;

use super::hasher::{Hash, JobFailed, Pool, Verify};
use super::password::StoredHash;
use super::tickets::Ticket;
use super::token::{CannotMake, Token};
use crate::chat::certificate::Certificate;
use crate::chat::{Refusal, Secret, UserName};
use crate::messages::{AccountAnswer, AccountAsk, Redeemed, StoreFailed, TokenAnswer, TokenAsk};

/// How long the store may take for one account; a session that waits for a login gives up later.
const STORE_DEADLINE: Duration = Duration::from_secs(10);

/// All accounts there are, and the way to their passwords. It never changes.
#[derive(Debug)]
pub(super) struct Accounts {
    /// From the settings; they win over the store.
    pub(super) configured: BTreeMap<UserName, StoredHash>,
    /// Operators of the network, who need no account.
    pub(super) operators: BTreeMap<UserName, StoredHash>,
    /// What all show who come in.
    pub(super) door: Door,
    /// All the others.
    pub(super) store: Recipient<AccountAsk>,
    pub(super) pool: Pool,
    /// The work factor of new hashes.
    pub(super) cost: u32,
}

/// What is asked of all who come in by a door, whoever they are.
#[derive(Debug, Clone)]
pub enum Door {
    /// Nothing.
    Open,
    /// The password of this hash.
    Locked(StoredHash),
}

/// A password that was right.
#[derive(Debug)]
pub(super) struct Proven {
    /// The account as registered.
    pub(super) user: UserName,
    /// What there is left to do.
    pub(super) upkeep: Upkeep,
}

/// What a stored hash needs once its password is known to be right.
#[derive(Debug)]
pub(super) enum Upkeep {
    /// Nothing.
    Nothing,
    /// Its cost is not the configured one.
    Rehash {
        /// The stored form so far.
        old: String,
    },
}

/// Why a check did not come to a yes.
#[derive(Debug)]
pub(super) enum Setback {
    /// This is the person's answer.
    Refused(Refusal),
    /// No password can be checked any more: the node's trouble, not the person's.
    PoolGone,
}

impl From<Refusal> for Setback {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Accounts {
    /// Is this the password of that account? The same work for an account that does not exist.
    pub(super) async fn prove(
        &self,
        user: &UserName,
        password: &Secret,
        ticket: &Ticket,
    ) -> Result<Proven, Setback> {
        let account = self.verified(user, password.clone(), ticket).await?;
        Ok(Proven {
            upkeep: account.upkeep(self.cost),
            user: account.name,
        })
    }

    /// Whose certificate is this? The same answer where it is nobody's and where it is not the named
    /// account's.
    pub(super) async fn owner(
        &self,
        certificate: Certificate,
        named: Option<UserName>,
    ) -> Result<UserName, Refusal> {
        match self.asked(AccountAsk::Owner { certificate }).await? {
            AccountAnswer::Owner { user } if named.is_none_or(|named| named == user) => Ok(user),
            AccountAnswer::Owner { .. } | AccountAnswer::NotFound => {
                Err(Refusal::UnknownCertificate)
            }
            answer @ (AccountAnswer::Found { .. }
            | AccountAnswer::Stored
            | AccountAnswer::Conflict
            | AccountAnswer::Token(_)) => {
                tracing::error!(
                    ?answer,
                    "a bug: no answer to a question about a certificate"
                );
                Err(Refusal::NotDelivered)
            }
        }
    }

    /// Is this the password of that operator? The same work for one who does not exist.
    pub(super) async fn prove_operator(
        &self,
        name: UserName,
        password: &Secret,
        ticket: &Ticket,
    ) -> Result<Proven, Setback> {
        let known = self.operators.get(&name);
        let decoy = || StoredHash::decoy(self.cost);
        let verify = Verify {
            password: password.clone(),
            against: known.cloned().unwrap_or_else(decoy),
            ticket: ticket.clone(),
        };
        let right = job_done(self.pool.verify.send(verify).await)?;
        if right && known.is_some() {
            let upkeep = Upkeep::Nothing;
            Ok(Proven { user: name, upkeep })
        } else {
            Err(Refusal::WrongPassword.into())
        }
    }

    /// Is this the password of the door?
    pub(super) async fn prove_visitor(
        &self,
        user: UserName,
        password: &Secret,
        ticket: &Ticket,
    ) -> Result<Proven, Setback> {
        let upkeep = Upkeep::Nothing;
        let Door::Locked(hash) = &self.door else {
            return Ok(Proven { user, upkeep });
        };
        let verify = Verify {
            password: password.clone(),
            against: hash.clone(),
            ticket: ticket.clone(),
        };
        if job_done(self.pool.verify.send(verify).await)? {
            Ok(Proven { user, upkeep })
        } else {
            Err(Refusal::WrongPassword.into())
        }
    }

    /// Whether a new account may have this name.
    pub(super) async fn expect_free(&self, user: &UserName) -> Result<(), Refusal> {
        let taken = match self.configured(user) {
            Some((name, _)) => Some(name.clone()),
            None => self.find(user).await?.map(|(name, _)| name),
        };
        taken.map_or(Ok(()), |user| Err(Refusal::NameTaken { user }))
    }

    /// Makes an account.
    pub(super) async fn create(
        &self,
        user: UserName,
        password: Secret,
        guest: Option<UserName>,
        ticket: Ticket,
    ) -> Result<UserName, Setback> {
        let hash = self.hash(password, &ticket).await?.as_str().to_owned();
        let create = AccountAsk::Create {
            user: user.clone(),
            hash,
            guest,
        };
        match self.change(create).await? {
            Changed::Done => Ok(user),
            Changed::TooLate => Err(Refusal::NameTaken { user }.into()),
        }
    }

    /// Puts a new password in the place of one that is right.
    pub(super) async fn change_password(
        &self,
        user: &UserName,
        old: Secret,
        new: Secret,
        ticket: Ticket,
    ) -> Result<(), Setback> {
        let account = self.verified(user, old, &ticket).await?;
        let change = AccountAsk::ChangePassword {
            user: account.name,
            old: account.hash.as_str().to_owned(),
            new: self.hash(new, &ticket).await?.as_str().to_owned(),
        };
        match self.change(change).await? {
            Changed::Done => Ok(()),
            // Somebody changed it meanwhile, so the old one is not the old one any more.
            Changed::TooLate => Err(Refusal::WrongPassword.into()),
        }
    }

    /// Brings a stored hash to the configured cost; its password was right a moment ago.
    pub(super) async fn rehash(
        &self,
        user: UserName,
        old: String,
        password: Secret,
        ticket: Ticket,
    ) -> Result<(), Setback> {
        let new = self.hash(password, &ticket).await?.as_str().to_owned();
        // Too late is as good: the password is another one now, or somebody else did this.
        self.change(AccountAsk::Rehash { user, old, new }).await?;
        Ok(())
    }

    /// Makes a resume token, the first of its family.
    pub(super) async fn issue_token(&self, user: UserName) -> Result<Secret, Refusal> {
        let token = match self.configured(&user) {
            Some((_, password)) => Token::bound_to(password),
            None => Token::new(),
        }
        .map_err(not_made)?;
        let issue = TokenAsk::Issue {
            user,
            family: token.family(),
            hash: token.hash(),
        };
        match self.token(issue).await? {
            TokenAnswer::Issued => Ok(token.spelled()),
            answer
            @ (TokenAnswer::Redeemed { .. } | TokenAnswer::Reused | TokenAnswer::Unknown) => {
                tracing::error!(?answer, "a bug: no answer to a new resume token");
                Err(Refusal::NotConfirmed)
            }
        }
    }

    /// Uses a resume token up, and makes the next one of its family. Costs no hashing.
    pub(super) async fn redeem_token(&self, told: &Secret) -> Result<Redeemed, Refusal> {
        let token = Token::read(told).map_err(|_| Refusal::WrongToken)?;
        let next = token.another().map_err(not_made)?;
        let redeem = TokenAsk::Redeem {
            family: token.family(),
            hash: token.hash(),
            next: next.hash(),
        };
        match self.token(redeem).await? {
            TokenAnswer::Redeemed { user } if self.is_void(&user, &token) => {
                Err(Refusal::WrongToken)
            }
            TokenAnswer::Redeemed { user } => Ok(Redeemed {
                user,
                next: next.spelled(),
            }),
            TokenAnswer::Reused => {
                tracing::warn!(
                    "a resume token came a second time: all that followed it are revoked"
                );
                Err(Refusal::WrongToken)
            }
            TokenAnswer::Unknown => Err(Refusal::WrongToken),
            TokenAnswer::Issued => {
                tracing::error!("a bug: a token issued is no answer to one redeemed");
                Err(Refusal::NotConfirmed)
            }
        }
    }

    /// Whether the settings have another password for its account than when it was made.
    fn is_void(&self, user: &UserName, token: &Token) -> bool {
        self.configured(user)
            .is_some_and(|(_, password)| !token.is_bound_to(password))
    }

    /// The account in the settings, if it stands there: its name as written, and its hash.
    pub(super) fn configured(&self, user: &UserName) -> Option<(&UserName, &StoredHash)> {
        self.configured.get_key_value(user)
    }

    /// The account, if this is its password.
    async fn verified(
        &self,
        user: &UserName,
        password: Secret,
        ticket: &Ticket,
    ) -> Result<Account, Setback> {
        let account = self.account(user).await?;
        let verify = Verify {
            password,
            against: account.hash.clone(),
            ticket: ticket.clone(),
        };
        let right = job_done(self.pool.verify.send(verify).await)?;
        match account.kind {
            Kind::Configured | Kind::Stored if right => Ok(account),
            Kind::Configured | Kind::Stored | Kind::Nobodys => Err(Refusal::WrongPassword.into()),
        }
    }

    /// What a password is to be checked against, whether there is such an account or not.
    async fn account(&self, user: &UserName) -> Result<Account, Refusal> {
        if let Some((name, hash)) = self.configured(user) {
            return Ok(Account {
                name: name.clone(),
                hash: hash.clone(),
                kind: Kind::Configured,
            });
        }
        let found = self.find(user).await?;
        Ok(found.and_then(Account::stored).unwrap_or_else(|| Account {
            name: user.clone(),
            hash: StoredHash::decoy(self.cost),
            kind: Kind::Nobodys,
        }))
    }

    async fn find(&self, user: &UserName) -> Result<Option<(UserName, String)>, Refusal> {
        let ask = AccountAsk::Find { user: user.clone() };
        match timeout(STORE_DEADLINE, self.store.send(ask)).await {
            Ok(Ok(Ok(AccountAnswer::Found { user, hash }))) => Ok(Some((user, hash))),
            Ok(Ok(Ok(AccountAnswer::NotFound))) => Ok(None),
            Ok(Ok(Ok(
                answer @ (AccountAnswer::Stored
                | AccountAnswer::Conflict
                | AccountAnswer::Owner { .. }
                | AccountAnswer::Token(_)),
            ))) => {
                tracing::error!(?answer, "a bug: no answer to a question about an account");
                Err(Refusal::NotDelivered)
            }
            // Nothing was to be changed, so it is certain that nothing was.
            Ok(Ok(Err(_)) | Err(_)) | Err(_) => Err(Refusal::NotDelivered),
        }
    }

    async fn change(&self, ask: AccountAsk) -> Result<Changed, Refusal> {
        match self.asked(ask).await? {
            AccountAnswer::Stored => Ok(Changed::Done),
            // An account that was removed meanwhile is like one that was changed.
            AccountAnswer::Conflict | AccountAnswer::NotFound => Ok(Changed::TooLate),
            AccountAnswer::Found { .. } | AccountAnswer::Owner { .. } | AccountAnswer::Token(_) => {
                tracing::error!("a bug: the store answers a change as a question");
                Err(Refusal::NotConfirmed)
            }
        }
    }

    async fn token(&self, ask: TokenAsk) -> Result<TokenAnswer, Refusal> {
        match self.asked(AccountAsk::Token(ask)).await? {
            AccountAnswer::Token(answer) => Ok(answer),
            AccountAnswer::Found { .. }
            | AccountAnswer::NotFound
            | AccountAnswer::Owner { .. }
            | AccountAnswer::Stored
            | AccountAnswer::Conflict => {
                tracing::error!("a bug: what is no token answers one");
                Err(Refusal::NotConfirmed)
            }
        }
    }

    /// The store's answer to something that may change it.
    async fn asked(&self, ask: AccountAsk) -> Result<AccountAnswer, Refusal> {
        match timeout(STORE_DEADLINE, self.store.send(ask)).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(StoreFailed::NotDone))) => Err(Refusal::NotDelivered),
            Ok(Ok(Err(StoreFailed::Unknown))) => Err(Refusal::NotConfirmed),
            // It may have been taken: by a store that is slow, or that ended over it.
            Ok(Err(_)) | Err(_) => Err(Refusal::NotConfirmed),
        }
    }

    async fn hash(&self, password: Secret, ticket: &Ticket) -> Result<StoredHash, Setback> {
        let hash = Hash {
            password,
            cost: self.cost,
            ticket: ticket.clone(),
        };
        job_done(self.pool.hash.send(hash).await)
    }
}

fn not_made(why: CannotMake) -> Refusal {
    tracing::error!(%why, "no resume token was made");
    Refusal::Busy
}

/// What became of a change to an account.
enum Changed {
    Done,
    TooLate,
}

/// What a password is checked against.
struct Account {
    name: UserName,
    hash: StoredHash,
    kind: Kind,
}

/// Where the hash of an account comes from.
#[derive(Clone, Copy)]
enum Kind {
    /// The settings: only the operator changes it.
    Configured,
    /// The store.
    Stored,
    /// Nowhere: there is no such account, or nobody can read its hash.
    Nobodys,
}

impl Account {
    fn stored((name, text): (UserName, String)) -> Option<Self> {
        match StoredHash::parse(&text) {
            Ok(hash) => Some(Self {
                name,
                hash,
                kind: Kind::Stored,
            }),
            Err(why) => {
                tracing::error!(user = %name, %why, "nobody can log in: the stored password cannot be read");
                None
            }
        }
    }

    fn upkeep(&self, cost: u32) -> Upkeep {
        match self.kind {
            Kind::Stored if self.hash.cost() != cost => Upkeep::Rehash {
                old: self.hash.as_str().to_owned(),
            },
            Kind::Stored | Kind::Configured | Kind::Nobodys => Upkeep::Nothing,
        }
    }
}

/// Jobs are bounded by their tickets, so waiting for one needs no deadline.
fn job_done<T>(answer: Result<Result<T, JobFailed>, actix::MailboxError>) -> Result<T, Setback> {
    match answer {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(why)) => {
            tracing::error!(%why, "a password was not checked");
            Err(Refusal::Busy.into())
        }
        Err(_) => Err(Setback::PoolGone),
    }
}
