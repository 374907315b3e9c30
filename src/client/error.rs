//! Why a chat ends otherwise than by a goodbye.

use std::io;
use std::path::PathBuf;

use super::known::KnownError;
use super::link::Down;
use super::trust::{Acquaintances, TrustError};
use crate::chat::UserName;

/// Why there is nobody to talk to, or nobody any more; for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// By what nodes are known.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The certificates seen before.
    #[error(transparent)]
    Known(#[from] KnownError),
    /// A node can be talked to as one person only.
    #[error("{one} or {other}: one connection has one user")]
    TwoUsers {
        /// One of them.
        one: UserName,
        /// The other.
        other: UserName,
    },
    /// The node is another one than before, and how to say that it is right.
    #[error("{why}\nIf its operator made a new certificate, remove the old one from {}", path.display())]
    Stranger {
        /// What was shown.
        why: Down,
        /// Where the old one is kept.
        path: PathBuf,
    },
    /// The connection ended, and there will not be another.
    #[error(transparent)]
    Down(#[from] Down),
    /// The connection broke behind the last line of a pipe.
    #[error("{0}; what was sent last may not have arrived")]
    CutOff(#[source] Down),
    /// The terminal or a pipe.
    #[error("cannot talk to the terminal: {0}")]
    Terminal(#[from] io::Error),
}

impl Acquaintances {
    /// Why it is over, with what can be done about it.
    #[must_use]
    pub fn explain(&self, why: Down) -> ChatError {
        match (self, &why) {
            (Self::Kept(known), Down::NotConnected(error)) if error.is_stranger() => {
                let path = known.path().to_owned();
                ChatError::Stranger { why, path }
            }
            _ => ChatError::Down(why),
        }
    }
}
