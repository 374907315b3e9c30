//! `conclave chat`: what was asked for, and which of its two faces it gets.

use std::io::{self, IsTerminal as _};

use super::address::Destination;
use super::error::ChatError;
use super::link::Link;
use super::trust::{self, Trust};
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
