//! The tables, and how a file becomes one that this program can use.
//!
//! Names are compared without case by the columns themselves. The file's `user_version` is the
//! number of the last step of [`STEPS`] that it has seen; a file from a newer program is refused.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{Durability, OpenError};

/// The database in `data_dir`.
pub(super) const FILE: &str = "conclave.db";

/// How long a transaction waits for one of another process (`conclave user` beside a node).
const BUSY: Duration = Duration::from_secs(5);

/// Statements kept prepared: more than this program has.
const STATEMENTS: usize = 256;

/// One step for each version of the schema, in order; a step that was released never changes.
pub(super) const STEPS: &[&str] = &[
    "
    CREATE TABLE log (
        seq    INTEGER PRIMARY KEY,
        epoch  INTEGER NOT NULL,
        n      INTEGER NOT NULL,
        record TEXT    NOT NULL
    );
    CREATE TABLE conversations (
        kind TEXT    NOT NULL,
        name TEXT    NOT NULL COLLATE NOCASE,
        k    INTEGER NOT NULL,
        at   INTEGER NOT NULL,
        PRIMARY KEY (kind, name)
    ) WITHOUT ROWID;
    CREATE TABLE messages (
        room   TEXT    NOT NULL COLLATE NOCASE,
        k      INTEGER NOT NULL,
        epoch  INTEGER NOT NULL,
        n      INTEGER NOT NULL,
        at     INTEGER NOT NULL,
        record TEXT    NOT NULL,
        PRIMARY KEY (room, k)
    ) WITHOUT ROWID;
    CREATE TABLE rooms (
        name  TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
        seal  BLOB,
        topic TEXT,
        k     INTEGER NOT NULL DEFAULT 0,
        at    INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE TABLE members (
        room    TEXT    NOT NULL COLLATE NOCASE,
        user    TEXT    NOT NULL COLLATE NOCASE,
        entered INTEGER NOT NULL,
        PRIMARY KEY (room, user)
    ) WITHOUT ROWID;
    CREATE INDEX members_by_user ON members (user, entered);
    CREATE TABLE claims (
        user    TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
        epoch   INTEGER NOT NULL,
        n       INTEGER NOT NULL,
        session TEXT    NOT NULL,
        since   INTEGER NOT NULL,
        away    TEXT
    ) WITHOUT ROWID;
    CREATE TABLE follows (
        follower TEXT NOT NULL COLLATE NOCASE,
        author   TEXT NOT NULL COLLATE NOCASE,
        PRIMARY KEY (follower, author)
    ) WITHOUT ROWID;
    CREATE INDEX follows_by_author ON follows (author, follower);
    CREATE TABLE accounts (
        name    TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
        hash    TEXT    NOT NULL,
        created INTEGER NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO rooms (name) VALUES ('lobby');
",
    // What is kept for those who are not there, and how far each account has seen.
    "
    CREATE TABLE kept (
        kind   TEXT    NOT NULL,
        name   TEXT    NOT NULL COLLATE NOCASE,
        k      INTEGER NOT NULL,
        epoch  INTEGER NOT NULL,
        n      INTEGER NOT NULL,
        at     INTEGER NOT NULL,
        record TEXT    NOT NULL,
        PRIMARY KEY (kind, name, k)
    ) WITHOUT ROWID;
    CREATE INDEX kept_by_age ON kept (kind, at);
    CREATE TABLE seen (
        user    TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
        epoch   INTEGER NOT NULL,
        n       INTEGER NOT NULL,
        whisper INTEGER,
        first_epoch INTEGER NOT NULL,
        first_n     INTEGER NOT NULL
    ) WITHOUT ROWID;
    ALTER TABLE conversations ADD COLUMN gone_epoch INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversations ADD COLUMN gone_n INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE follows ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE follows ADD COLUMN n INTEGER NOT NULL DEFAULT 0;
",
    // Whether a claim's session lives, or only its place is kept.
    "
    ALTER TABLE claims ADD COLUMN hold TEXT NOT NULL DEFAULT 'live';
",
    // Resume tokens: of each family the last one.
    "
    CREATE TABLE tokens (
        family BLOB    NOT NULL PRIMARY KEY,
        user   TEXT    NOT NULL COLLATE NOCASE,
        hash   BLOB    NOT NULL,
        until  INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX tokens_by_user ON tokens (user, until);
    CREATE INDEX tokens_by_until ON tokens (until);
",
    // Who says what a room is about, and since when.
    "
    ALTER TABLE rooms ADD COLUMN topic_by TEXT;
    ALTER TABLE rooms ADD COLUMN topic_at INTEGER;
",
    // As whom others see somebody, where that is not the account's name.
    "
    ALTER TABLE claims ADD COLUMN nick TEXT COLLATE NOCASE;
    CREATE INDEX claims_by_nick ON claims (nick);
",
    // What holds of a room, who has a rank in it, who is listed, and who is invited where.
    "
    ALTER TABLE rooms ADD COLUMN modes TEXT NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN most INTEGER;
    ALTER TABLE rooms ADD COLUMN made INTEGER;
    CREATE TABLE ranks (
        room  TEXT NOT NULL COLLATE NOCASE,
        user  TEXT NOT NULL COLLATE NOCASE,
        ranks TEXT NOT NULL,
        PRIMARY KEY (room, user)
    ) WITHOUT ROWID;
    CREATE INDEX ranks_by_user ON ranks (user);
    CREATE TABLE masks (
        room TEXT    NOT NULL COLLATE NOCASE,
        list TEXT    NOT NULL,
        mask TEXT    NOT NULL COLLATE NOCASE,
        by   TEXT    NOT NULL,
        at   INTEGER NOT NULL,
        PRIMARY KEY (room, list, mask)
    ) WITHOUT ROWID;
    CREATE TABLE invites (
        user TEXT    NOT NULL COLLATE NOCASE,
        room TEXT    NOT NULL COLLATE NOCASE,
        at   INTEGER NOT NULL,
        PRIMARY KEY (user, room)
    ) WITHOUT ROWID;
",
    // Up to where each account has read its conversations.
    "
    CREATE TABLE read_marks (
        user         TEXT    NOT NULL COLLATE NOCASE,
        conversation TEXT    NOT NULL,
        at           INTEGER NOT NULL,
        PRIMARY KEY (user, conversation)
    ) WITHOUT ROWID;
    CREATE INDEX read_marks_by_age ON read_marks (user, at);
",
    // What those who are here say about themselves.
    "
    ALTER TABLE claims ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
",
    // By which certificates of clients an account can be proven.
    "
    CREATE TABLE certificates (
        certificate TEXT NOT NULL PRIMARY KEY,
        user        TEXT NOT NULL COLLATE NOCASE
    ) WITHOUT ROWID;
    CREATE INDEX certificates_by_user ON certificates (user);
",
    // Whether a claim's session is an operator's.
    "
    ALTER TABLE claims ADD COLUMN operator INTEGER NOT NULL DEFAULT 0;
",
    // Who was here, and under which nick.
    "
    CREATE TABLE former (
        seq     INTEGER PRIMARY KEY,
        user    TEXT    NOT NULL COLLATE NOCASE,
        nick    TEXT    COLLATE NOCASE,
        at      INTEGER NOT NULL,
        profile TEXT    NOT NULL
    );
",
    // What happened in rooms beside what was said.
    "
    CREATE TABLE events (
        room   TEXT    NOT NULL COLLATE NOCASE,
        k      INTEGER NOT NULL,
        epoch  INTEGER NOT NULL,
        n      INTEGER NOT NULL,
        at     INTEGER NOT NULL,
        record TEXT    NOT NULL,
        PRIMARY KEY (room, k)
    ) WITHOUT ROWID;
",
];

/// Opens the database in an existing `data_dir`, makes it if there is none, brings it up to date.
///
/// # Errors
/// [`OpenError::Newer`] for a file of a newer program, [`OpenError::Sqlite`] for everything else.
pub(super) fn open(data_dir: &Path, durability: Durability) -> Result<Connection, OpenError> {
    let path = data_dir.join(FILE);
    let sqlite = |source| OpenError::Sqlite {
        path: path.clone(),
        source,
    };
    let mut db = connect(&path, durability).map_err(sqlite)?;
    let tx = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(sqlite)?;
    let found: usize = tx
        .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))
        .map_err(sqlite)? as usize;
    if found > STEPS.len() {
        return Err(OpenError::Newer {
            found,
            known: STEPS.len(),
            path,
        });
    }
    upgrade(tx, found).map_err(sqlite)?;
    Ok(db)
}

fn connect(path: &Path, durability: Durability) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Fsync => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    db.pragma_update(None, "synchronous", synchronous)?;
    Ok(db)
}

fn upgrade(tx: Transaction<'_>, found: usize) -> rusqlite::Result<()> {
    for step in &STEPS[found..] {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", STEPS.len() as u32)?;
    tx.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_every_version_is_brought_up_to_date() {
        for seen in 0..=STEPS.len() {
            let directory = tempfile::tempdir().unwrap();
            let old = Connection::open(directory.path().join(FILE)).unwrap();
            for step in &STEPS[..seen] {
                old.execute_batch(step).unwrap();
            }
            old.pragma_update(None, "user_version", seen as u32)
                .unwrap();
            drop(old);
            let new = open(directory.path(), Durability::Relaxed).unwrap();
            let version: u32 = new
                .pragma_query_value(None, "user_version", |row| row.get(0))
                .unwrap();
            assert_eq!(version as usize, STEPS.len(), "from {seen}");
            new.prepare("SELECT gone_epoch, follows.epoch FROM conversations, follows")
                .unwrap();
        }
    }
}
