//! What a link tells: connections, lines, and why there is none and what comes next.

use std::io;
use std::time::Duration;

use crate::chat::Ending;
use crate::client::address::Address;
use crate::client::connection::ConnectError;
use crate::dialect::line::read::words;
use crate::net::tls::Fingerprint;

/// What became of the connection.
#[derive(Debug)]
pub enum News {
    /// There is one, encrypted.
    Connected {
        /// To whom.
        address: Address,
        /// The certificate by which the node will be known, where it was not known before.
        introduction: Option<Fingerprint>,
    },
    /// The node said something: a line without its end.
    Line(String),
    /// There is none, or none any more.
    Down {
        /// Why.
        why: Down,
        /// What comes next.
        next: Next,
    },
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Down {
    /// None could be made.
    #[error(transparent)]
    NotConnected(#[from] ConnectError),
    /// The node said why it ended.
    #[error("{address} ended the connection: {}", words(*ending))]
    Ended {
        /// Who.
        address: Address,
        /// Why.
        ending: Ending,
    },
    /// The node closed it without a reason.
    #[error("{address} closed the connection")]
    Closed {
        /// Who.
        address: Address,
    },
    /// It broke.
    #[error("the connection to {address} broke: {source}")]
    Broken {
        /// To whom.
        address: Address,
        /// The kernel's or the TLS library's reason.
        source: io::Error,
    },
}

/// What comes after a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another one.
    Again {
        /// To whom.
        address: Address,
        /// After this.
        wait: Duration,
    },
    /// Nothing until [`connect`](super::Link::connect): nobody was logged in.
    Rest,
    /// Nothing: it was meant to end, or nobody can be reached.
    Over,
}

/// There is no connection to say it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no connection")]
pub struct NotConnected;
