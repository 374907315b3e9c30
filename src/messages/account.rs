//! 3 and 4: who people are: from the session to the authenticator, and on to the store.

use std::fmt;
use std::net::IpAddr;

use actix::Message;

use super::token::{TokenAnswer, TokenAsk};
use crate::chat::certificate::Certificate;
use crate::chat::{Refusal, Secret, UserName};

/// Is this the password of that account, of that operator, or of the door? Answered with the name as registered.
#[derive(Debug, Message)]
#[rtype(result = "Result<UserName, Refusal>")]
pub struct Prove {
    /// The account.
    pub user: UserName,
    /// The password.
    pub password: Secret,
    /// As what.
    pub of: Role,
    /// Whose failures are counted.
    pub peer: Peer,
}

/// As what somebody proves to be somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// As a person with an account.
    Account,
    /// As an operator of the network, whose name and password stand in the settings.
    Operator,
    /// As nobody in particular, by the password that the node asks of all who come in by a door; where it
    /// asks for none, any one is right. The name says nothing.
    Visitor,
}

/// Makes an account.
#[derive(Debug, Message)]
#[rtype(result = "Result<UserName, Refusal>")]
pub struct Register {
    /// The wanted name.
    pub user: UserName,
    /// The wanted password.
    pub password: Secret,
    /// Who may have its name as a nick: the guest who is to be it.
    pub guest: Option<UserName>,
    /// Whose registrations are counted.
    pub peer: Peer,
}

/// Changes the password of an account.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), Refusal>")]
pub struct ChangePassword {
    /// The account.
    pub user: UserName,
    /// The password so far.
    pub old: Secret,
    /// The wanted one.
    pub new: Secret,
    /// Whose failures are counted.
    pub peer: Peer,
}

/// Makes a resume token for an account that is live. Answered with the token, which is told once.
#[derive(Debug, Message)]
#[rtype(result = "Result<Secret, Refusal>")]
pub struct IssueToken {
    /// The account.
    pub user: UserName,
}

/// Is this a good resume token? It is used up by the question.
#[derive(Debug, Message)]
#[rtype(result = "Result<Redeemed, Refusal>")]
pub struct RedeemToken {
    /// The token as typed.
    pub token: Secret,
    /// Whose failures are counted.
    pub peer: Peer,
}

/// A resume token that was good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// The account as registered.
    pub user: UserName,
    /// The token that is good from now on.
    pub next: Secret,
}

/// Where a connection comes from, as coarse as throttles count: an IPv4 address or an IPv6 /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(IpAddr);

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let prefix = u128::from(v6) & !u128::from(u64::MAX);
                Self(IpAddr::V6(prefix.into()))
            }
            v4 @ IpAddr::V4(_) => Self(v4),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(network) => write!(f, "{network}/64"),
        }
    }
}

/// What is asked of the store about one account.
#[derive(Debug, Message)]
#[rtype(result = "Result<AccountAnswer, StoreFailed>")]
pub enum AccountAsk {
    /// The account, if there is one.
    Find {
        /// Its name.
        user: UserName,
    },
    /// A new account; resume tokens that an earlier one of the name left are revoked.
    Create {
        /// The wanted name.
        user: UserName,
        /// The stored form of its password.
        hash: String,
        /// Who may have its name as a nick.
        guest: Option<UserName>,
    },
    /// The same password in another stored form, if it is still the old one.
    Rehash {
        /// The account.
        user: UserName,
        /// The stored form so far.
        old: String,
        /// The new stored form.
        new: String,
    },
    /// Another password, if it is still the old one. All resume tokens of the account are revoked.
    ChangePassword {
        /// The account.
        user: UserName,
        /// The stored form so far.
        old: String,
        /// The new stored form.
        new: String,
    },
    /// Whose a certificate is.
    Owner {
        /// The certificate.
        certificate: Certificate,
    },
    /// About its resume tokens.
    Token(TokenAsk),
}

/// What the store answers about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountAnswer {
    /// The account.
    Found {
        /// Its name as registered.
        user: UserName,
        /// The stored form of its password.
        hash: String,
    },
    /// The account that a certificate belongs to.
    Owner {
        /// Its name as registered.
        user: UserName,
    },
    /// There is none.
    NotFound,
    /// The change is stored.
    Stored,
    /// Somebody else was first: the name is taken, or the password is another one by now.
    Conflict,
    /// About its resume tokens.
    Token(TokenAnswer),
}

/// The store did not answer; the cause is in the operator's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreFailed {
    /// Nothing was done, for certain.
    #[error("the store does not answer")]
    NotDone,
    /// It was asked, and its answer is lost: a change may have been made.
    #[error("the store went away before it answered")]
    Unknown,
}
