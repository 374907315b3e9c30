//! How the store is opened, what can be wrong with it, and how the bridge starts on it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix::{Actor, Addr, Recipient};
use tokio::time::Instant;

use super::EmbeddedBridge;
use super::lock::Lock;
use super::log::{self, Store};
use super::writer::Writer;
use crate::bridge::kept::Kept;
use crate::chat::UserName;
use crate::chat::origin::SessionId;
use crate::messages::{Arrival, Arrived, Parting, Vital};

impl EmbeddedBridge {
    /// Opens the store: takes its lock, brings it up to date, begins an epoch and takes over what
    /// the run before left claimed. Blocks; for the time before any door is open.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(options: Options) -> Result<Opened, OpenError> {
        Self::open_at(options, log::wall_clock)
    }

    pub(super) fn open_at(options: Options, clock: log::Clock) -> Result<Opened, OpenError> {
        let lock = Lock::take(&options.data_dir)?;
        let (path, grace) = (log::file(&options.data_dir), options.grace);
        let mut store = Store::open(options, clock)?;
        let left_behind = store
            .transaction(|store| {
                store.begin()?;
                store.inherit()
            })
            .map_err(|error| OpenError::Begin {
                path,
                source: error.into(),
            })?;
        let arrivals = store.take_arrivals();
        let writer = Writer::spawn(store, lock).map_err(|source| OpenError::Thread { source })?;
        Ok(Opened {
            writer,
            arrivals,
            left_behind,
            grace,
        })
    }
}

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it lives; made if it does not exist.
    pub data_dir: PathBuf,
    /// What an acknowledged change survives.
    pub durability: Durability,
    /// Rooms that there may be, the lobby included.
    pub rooms: u64,
    /// Messages of a room that its history keeps; 0 keeps none.
    pub keep_messages: u64,
    /// Days that history keeps a message; 0 keeps none.
    pub keep_days: u64,
    /// How long the place of somebody is kept whose connection is lost; zero for not at all.
    pub grace: Duration,
    /// Accounts whose password stands in the settings: people like all others, without a row.
    pub configured: BTreeSet<UserName>,
}

/// What an acknowledged change survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A power cut: each batch is synced to the disk before it is acknowledged.
    Fsync,
    /// A killed process: the system writes it to the disk when it likes.
    Relaxed,
}

/// Why the store does not open; the words are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or written.
    #[error("cannot use the data directory {}: {source}", .data_dir.display())]
    DataDir {
        /// The directory.
        data_dir: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process holds the directory.
    #[error("another node is running on {}", .data_dir.display())]
    Locked {
        /// The directory.
        data_dir: PathBuf,
    },
    /// A newer program has been here.
    #[error(
        "{} has schema {found}; this program knows schemas up to {known}: use a newer one",
        .path.display()
    )]
    Newer {
        /// The version found.
        found: usize,
        /// The newest one known.
        known: usize,
        /// The database.
        path: PathBuf,
    },
    /// SQLite cannot use the file.
    #[error("cannot open the store {}: {source}", .path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The store is open, but its first transaction failed.
    #[error("cannot begin a new epoch in {}: {source}", .path.display())]
    Begin {
        /// The database.
        path: PathBuf,
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no thread for the writer.
    #[error("cannot start the store's thread: {source}")]
    Thread {
        /// What the system says.
        source: io::Error,
    },
}

impl Options {
    /// For work on a store that no node uses.
    pub(super) fn bare(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            durability: Durability::Fsync,
            rooms: u64::MAX,
            keep_messages: u64::MAX,
            keep_days: u64::MAX,
            grace: Duration::ZERO,
            configured: BTreeSet::new(),
        }
    }
}

/// A store that is locked, up to date and in its new epoch; nobody is live. It has only to be
/// started.
#[derive(Debug)]
pub struct Opened {
    pub(super) writer: Writer,
    arrivals: Vec<Arrival>,
    /// Whose place is kept from now on.
    left_behind: Vec<(SessionId, UserName)>,
    grace: Duration,
}

impl Opened {
    /// Starts the bridge on the current arbiter. `registry` is kept for its life; `vital` hears
    /// when the store fails, after which nothing more is decided.
    pub fn start(self, registry: Recipient<Arrived>, vital: Vital) -> Addr<EmbeddedBridge> {
        let (mut kept, now) = (Kept::new(self.grace), Instant::now());
        for (session, user) in self.left_behind {
            kept.parts(&session, &user, Parting::Broken, now);
        }
        EmbeddedBridge::new(self.writer, self.arrivals, kept, registry, vital).start()
    }
}
