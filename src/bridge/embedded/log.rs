//! The log itself: what is appended, at which position, in which transaction.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;

use super::sql::{self, Int};
use super::{OpenError, Options, schema};
use crate::bridge::wire::{self, NotARecord};
use crate::chat::event::Timestamp;
use crate::chat::origin::Origin;
use crate::chat::{Deed, Event, Position, Refusal, UserName};
use crate::messages::{Arrival, Brings, LOOK_EVENTS, LookBack, LookedBack, Rest};

/// Entries that the log keeps: what a client that was away can catch up with.
pub(super) const LOG_ENTRIES: u64 = 100_000;

/// Entries between two trims of the log; so many more than [`LOG_ENTRIES`] lie in the file.
const TRIM_EVERY: u64 = 1024;

/// The store itself could not do it; after this it decides nothing more.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    /// SQLite could not.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What is stored cannot be read.
    #[error("{0}")]
    Record(#[from] NotARecord),
}

/// Why something was not done.
#[derive(Debug)]
pub(super) enum No {
    /// The person may not have it; nothing was changed.
    Refused(Refusal),
    /// The store could not.
    Failed(StoreError),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<E: Into<StoreError>> From<E> for No {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Milliseconds since 1970; the program's own is [`wall_clock`].
pub(super) type Clock = fn() -> Timestamp;

/// The connection, and what of the log's end is known without asking it.
///
/// The themes (claims, rooms, people, history, accounts) each add what they decide.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) db: Connection,
    pub(super) rules: Options,
    clock: Clock,
    head: Head,
    /// Ordinal of the last entry when the log was trimmed last.
    trimmed_at: u64,
    arrivals: Vec<Arrival>,
    /// Accounts whose live session is asked whether it is alive.
    pub(super) probed: HashSet<UserName>,
}

/// The end of the log.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// Ordinal of the last entry since the file was made.
    seq: u64,
    /// Its position.
    position: Position,
}

impl Store {
    /// Opens the file as the run before left it.
    pub(super) fn open(options: Options, clock: Clock) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Sqlite {
            path: options.data_dir.join(schema::FILE),
            source,
        };
        let db = schema::open(&options.data_dir, options.durability)?;
        let head = Head::read(&db).map_err(failed)?;
        Ok(Self {
            db,
            rules: options,
            clock,
            head,
            trimmed_at: 0,
            arrivals: Vec::new(),
            probed: HashSet::new(),
        })
    }

    /// Begins an epoch.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        let after = self.head.position;
        let seconds = self.now().0 / 1000;
        let position = Position {
            epoch: seconds.max(after.epoch + 1),
            n: 0,
        };
        let epoch = Event {
            position,
            at: self.now(),
            origin: Origin::Store,
            deed: Deed::Epoch { after },
        };
        self.put(epoch, Brings::Nothing)?;
        Ok(())
    }

    /// Runs `work` in one transaction: on an error nothing of it is stored.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        sql::change(&self.db, "BEGIN IMMEDIATE", ())?;
        let done = work(self).and_then(|done| {
            self.trim()?;
            sql::change(&self.db, "COMMIT", ())?;
            Ok(done)
        });
        if done.is_err() {
            // Closing the connection, which is what follows, takes it back just the same.
            let _ = self.db.execute_batch("ROLLBACK");
        }
        done
    }

    /// Appends an event that belongs to no conversation.
    pub(super) fn append(&mut self, origin: &Origin, deed: Deed) -> Result<Arc<Event>, StoreError> {
        self.append_at(self.now(), origin, deed, Brings::Nothing)
    }

    /// Appends an event with its time and what it brings.
    pub(super) fn append_at(
        &mut self,
        at: Timestamp,
        origin: &Origin,
        deed: Deed,
        brings: Brings,
    ) -> Result<Arc<Event>, StoreError> {
        let event = Event {
            position: self.head.position.next(),
            at,
            origin: origin.clone(),
            deed,
        };
        self.put(event, brings)
    }

    /// The events appended since this was asked last.
    pub(super) fn take_arrivals(&mut self) -> Vec<Arrival> {
        std::mem::take(&mut self.arrivals)
    }

    /// The end of a part of the log.
    pub(super) fn look_back(&self, look: LookBack) -> Result<LookedBack, StoreError> {
        let records = sql::rows(
            &self.db,
            "SELECT epoch, n, record FROM log WHERE seq <= ?1 ORDER BY seq DESC LIMIT ?2",
            (Int(self.seq_of(look.upto)?), Int(LOOK_EVENTS as u64)),
            |row| Ok((sql::position(row, 0)?, row.get::<_, String>(2)?)),
        )?;
        let is_full = records.len() == LOOK_EVENTS;
        let mut events = Vec::new();
        for (position, record) in &records {
            if *position > look.after {
                events.push(Arc::new(wire::read(*position, record)?));
            }
        }
        let oldest = events
            .last()
            .filter(|_| is_full)
            .map(|event| event.before());
        let rest = match oldest.filter(|before| *before > look.after) {
            Some(upto) => Rest::More { upto },
            None => Rest::Nothing,
        };
        Ok(LookedBack { events, rest })
    }

    /// The ordinal of the last entry up to a position. Positions grow with the ordinals, which have
    /// no holes, so it is halved until it is found.
    fn seq_of(&self, upto: Position) -> Result<u64, StoreError> {
        let first = sql::value(&self.db, "SELECT min(seq) FROM log", ())?;
        let mut from = first.flatten().map_or(0, |Int(seq)| seq);
        let mut to = self.head.seq + 1;
        while from < to {
            let middle = from + (to - from) / 2;
            let there = sql::row(
                &self.db,
                "SELECT epoch, n FROM log WHERE seq = ?1",
                [Int(middle)],
                |row| sql::position(row, 0),
            )?;
            if there.is_some_and(|position| position <= upto) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        Ok(from.saturating_sub(1))
    }

    /// The time of the store.
    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The ordinal of the last entry; grows with every event.
    pub(super) const fn last_seq(&self) -> u64 {
        self.head.seq
    }

    fn put(&mut self, event: Event, brings: Brings) -> Result<Arc<Event>, StoreError> {
        let head = Head {
            seq: self.head.seq + 1,
            position: event.position,
        };
        sql::change(
            &self.db,
            "INSERT INTO log (seq, epoch, n, record) VALUES (?1, ?2, ?3, ?4)",
            (
                Int(head.seq),
                Int(head.position.epoch),
                Int(head.position.n),
                wire::write(&event)?,
            ),
        )?;
        self.head = head;
        let event = Arc::new(event);
        self.arrivals.push(Arrival {
            event: Arc::clone(&event),
            brings,
        });
        Ok(event)
    }

    /// Drops what the log holds beyond its bound, now and then: a range is planned anew each time.
    fn trim(&mut self) -> rusqlite::Result<()> {
        if self.head.seq < self.trimmed_at + TRIM_EVERY {
            return Ok(());
        }
        self.trimmed_at = self.head.seq;
        let last_to_go = self.head.seq.saturating_sub(LOG_ENTRIES);
        sql::change(
            &self.db,
            "DELETE FROM log WHERE seq <= ?1",
            [Int(last_to_go)],
        )?;
        Ok(())
    }
}

impl Head {
    fn read(db: &Connection) -> rusqlite::Result<Self> {
        let last = sql::row(
            db,
            "SELECT seq, epoch, n FROM log ORDER BY seq DESC LIMIT 1",
            (),
            |row| {
                let Int(seq) = row.get(0)?;
                let position = sql::position(row, 1)?;
                Ok(Self { seq, position })
            },
        )?;
        Ok(last.unwrap_or(Self {
            seq: 0,
            position: Position::START,
        }))
    }
}

/// The machine's clock; a machine that lives before 1970 has no time at all.
pub(super) fn wall_clock() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Where the database of a `data_dir` is, for the operator's eyes.
pub(super) fn file(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join(schema::FILE)
}
