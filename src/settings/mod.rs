//! The operator's choices, as resolved: every value is there, checked and in its own type.
//!
//! The way there: `keys` (the table of all settings) → `layers` (defaults, file, environment) →
//! `written` (read key by key) → `resolve` (into the types below), with every mistake on the way
//! in one list. And back to words: `describe`.

mod changed;
mod describe;
mod irc;
mod keys;
mod layers;
mod load;
mod mistakes;
mod redis;
mod resolve;
pub mod units;
mod written;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::chat::{NodeName, UserName};
use crate::messages::DuplicateLogin;

pub use changed::changed;
pub use describe::describe;
pub use irc::{Irc, Motd, NetworkName, Password, ServerName};
pub use load::{Loaded, Source, environment, load, load_again};
pub use mistakes::{Mistake, Mistakes, Warning};
pub use redis::{Redis, RedisUrl};

/// All settings of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `[node]`
    pub node: Node,
    /// `[listen]`
    pub listen: Listen,
    /// `[tls]`
    pub tls: Tls,
    /// `[irc]`
    pub irc: Irc,
    /// `[bridge]`
    pub bridge: Bridge,
    /// `[accounts]`
    pub accounts: Accounts,
    /// `[limits]`
    pub limits: Limits,
    /// `[history]`
    pub history: History,
}

/// `[node]`: who this node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Unique in the cluster; part of every session's id.
    pub name: NodeName,
    /// Where the embedded store lives.
    pub data_dir: PathBuf,
    /// How long a stopping node waits for its sessions.
    pub drain: Duration,
}

/// `[listen]`: the doors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Addresses of the line door; none when it is off.
    pub line: Vec<SocketAddr>,
    /// Addresses of the IRC door; none when it is off.
    pub irc: Vec<SocketAddr>,
}

impl Listen {
    /// Every address with the key where it stands.
    pub fn addresses(&self) -> impl Iterator<Item = (&'static str, SocketAddr)> {
        let line = self.line.iter().map(|address| ("listen.line", *address));
        let irc = self.irc.iter().map(|address| ("listen.irc", *address));
        line.chain(irc)
    }
}

/// `[tls]`: the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate chain, PEM.
    pub cert: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// DNS names and addresses of a certificate made at the first start.
    pub names: Vec<String>,
    /// The kind of key made at the first start.
    pub key_type: KeyType,
}

/// The kind of a generated key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// Small and fast.
    EcdsaP256,
    /// For old clients.
    Rsa2048,
}

/// `[bridge]`: where the log is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bridge {
    /// SQLite in `node.data_dir`.
    Embedded {
        /// What an acknowledgement promises.
        durability: Durability,
    },
    /// `[redis]`: a Redis that the nodes of a cluster share.
    Redis(Redis),
}

/// What an acknowledged change survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A power cut.
    Fsync,
    /// A killed process.
    Relaxed,
}

/// `[accounts]`: who may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// Whether people make accounts themselves.
    pub registration: Registration,
    /// The work factor of new password hashes.
    pub bcrypt_cost: u32,
    /// Fewest bytes of a new password.
    pub min_password: usize,
    /// What becomes of a live session when its account logs in again.
    pub duplicate_login: DuplicateLogin,
    /// How long an account keeps its rooms after its connection is lost; zero for not at all.
    pub grace: Duration,
    /// Whether people come in without an account.
    pub guests: Guests,
    /// `[accounts.users]`: accounts whose password hash stands in the settings.
    pub users: BTreeMap<UserName, String>,
}

/// Whether people come in without an account, at the doors that know of guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guests {
    /// They do.
    Welcome,
    /// They do not.
    TurnedAway,
}

/// Whether people make accounts themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// By `/register`.
    Open,
    /// The operator alone makes them.
    Closed,
}

/// `[limits]`: bounds and deadlines; `None` where the operator switched one off with `0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a client's line before its end.
    pub line_bytes: usize,
    /// Bytes that wait for one slow reader before it is told nothing more.
    pub backlog: usize,
    /// How long it may take nothing of them.
    pub stalled: Duration,
    /// Connections from one address.
    pub connections_per_ip: Option<u32>,
    /// From accepted to encrypted.
    pub handshake: Duration,
    /// From encrypted to logged in.
    pub login: Duration,
    /// Lines a second that are read from one connection in the long run.
    pub messages_per_second: Option<u32>,
    /// Lines that are read at once after a pause.
    pub message_burst: u32,
    /// New accounts a minute from one address.
    pub registrations_per_minute: Option<u32>,
    /// Password checks in flight.
    pub password_checks: usize,
    /// Rooms in the store.
    pub rooms: u64,
}

/// `[history]`: how much of each conversation is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Messages.
    pub keep_messages: u64,
    /// Days.
    pub keep_days: u64,
}
