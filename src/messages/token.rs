//! Resume tokens, as far as the store knows them: never what a person holds.

use std::fmt;

use crate::chat::UserName;

/// What one token and those that follow it have in common: 128 bits that nobody guesses, by which
/// the store finds them. Whoever knows it can have them revoked, so that `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenFamily(pub u128);

/// The SHA-256 of what is secret in a token: 256 random bits, so it needs neither salt nor work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

/// What is asked of the store about resume tokens.
#[derive(Debug)]
pub enum TokenAsk {
    /// The first token of a new family. Of more than
    /// [`TOKENS_PER_USER`](crate::chat::limits::TOKENS_PER_USER) families of an account the one
    /// goes that was used least recently.
    Issue {
        /// The account as registered.
        user: UserName,
        /// The family.
        family: TokenFamily,
        /// What the token is known by.
        hash: TokenHash,
    },
    /// Uses a token up and puts the next one of its family in its place. One that is not the
    /// family's last was used before, perhaps by a thief: the whole family is revoked.
    Redeem {
        /// The family.
        family: TokenFamily,
        /// What the token is known by.
        hash: TokenHash,
        /// What the next one is known by.
        next: TokenHash,
    },
}

/// What the store answers about resume tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenAnswer {
    /// The token is good from now on.
    Issued,
    /// The token is used up, and the next one is good.
    Redeemed {
        /// The account as registered.
        user: UserName,
    },
    /// The token was used before; nothing of its family is good any more.
    Reused,
    /// There is no such family, or no account that it belongs to.
    Unknown,
}

impl fmt::Debug for TokenFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenFamily(…)")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}
