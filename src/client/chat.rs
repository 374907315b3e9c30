//! `conclave chat`: what was asked for, and which of its two faces it gets.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use super::address::Destination;
use super::known::KnownError;
use super::link::{Down, Link};
use super::trust::{self, Acquaintances, Trust, TrustError};
use super::{plain, screen};
use crate::backoff::random;
use crate::chat::UserName;

/// What a client is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Nodes of one cluster; at least one.
    pub nodes: Vec<Destination>,
    /// How they are known.
    pub trust: Trust,
    /// How people see them.
    pub face: Face,
}

/// How people see a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// A screen where there is a terminal, lines where there is none.
    Fitting,
    /// Lines.
    Plain,
}

impl Face {
    /// Whether there is a terminal for a screen, and one is wanted.
    fn has_a_screen(self) -> bool {
        match self {
            Self::Fitting => io::stdin().is_terminal() && io::stdout().is_terminal(),
            Self::Plain => false,
        }
    }
}

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

/// Talks until it is over.
///
/// # Errors
/// [`ChatError`].
pub fn chat(options: &Options) -> Result<(), ChatError> {
    let user = one_user(&options.nodes)?;
    let addresses = options.nodes.iter().map(|node| node.address.clone());
    let (doors, acquaintances) = trust::doors(addresses, &options.trust)?;
    // Clients that are told the same list spread over it.
    let first = usize::try_from(random()).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        let link = Link::new(doors, first);
        if options.face.has_a_screen() {
            screen::run(link, acquaintances, user).await
        } else {
            plain::run(link, acquaintances, user).await
        }
    });
    // Whoever still reads the terminal is not waited for.
    runtime.shutdown_background();
    done
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

fn one_user(nodes: &[Destination]) -> Result<Option<UserName>, ChatError> {
    let mut users = nodes.iter().filter_map(|node| node.user.as_ref());
    let Some(one) = users.next() else {
        return Ok(None);
    };
    match users.find(|user| *user != one) {
        Some(other) => Err(ChatError::TwoUsers {
            one: one.clone(),
            other: other.clone(),
        }),
        None => Ok(Some(one.clone())),
    }
}
