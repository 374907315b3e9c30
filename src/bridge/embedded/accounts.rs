//! Accounts: rows, not events. For the authenticator, and for the operator beside a running node.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::lock::{self, Lock};
use super::log::{self, No, Store, StoreError};
use super::sql;
use super::{Durability, OpenError, Options, certificates, schema, tokens};
use crate::chat::event::Timestamp;
use crate::chat::origin::Origin;
use crate::chat::{Deed, Refusal, UserName};
use crate::messages::{AccountAnswer, AccountAsk};

/// Why the operator's wish about an account was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The store cannot be opened; for [`remove`] also while a node runs on it.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A node runs on the store, and would go on with an account that is no more.
    #[error("a node is running on {}; stop the node first", .data_dir.display())]
    NodeRuns {
        /// The store's directory.
        data_dir: PathBuf,
    },
    /// The name is taken.
    #[error("the name {user} is taken: there is such an account, or somebody is called so now")]
    Exists {
        /// The name as registered.
        user: UserName,
    },
    /// There is no such account in the store.
    #[error("there is no account {user} in the store")]
    NoSuchAccount {
        /// The name as asked for.
        user: UserName,
    },
    /// The store could not.
    #[error("the accounts in {}: {source}", .file.display())]
    Store {
        /// The database.
        file: PathBuf,
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// One account of the store, as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name as registered.
    pub user: UserName,
    /// When it was made.
    pub created: Timestamp,
}

/// The operator's hand on the accounts, with a connection of its own: works beside a running
/// node, which sees every change at the next login.
#[derive(Debug)]
pub struct Accounts {
    db: Connection,
    file: PathBuf,
}

impl Accounts {
    /// Opens the accounts in `data_dir`; makes directory and store if there are none.
    ///
    /// # Errors
    /// [`OpenError`] when the directory or its database cannot be used.
    pub fn open(data_dir: &Path) -> Result<Self, OpenError> {
        lock::make(data_dir)?;
        Ok(Self {
            db: schema::open(data_dir, Durability::Fsync)?,
            file: log::file(data_dir),
        })
    }

    /// Makes an account with the stored form of its password.
    ///
    /// # Errors
    /// [`AccountsError::Exists`] when the name is taken, without case.
    pub fn add(&self, user: &UserName, hash: &str) -> Result<(), AccountsError> {
        let made = self.at_once(|db| create(db, user, hash, None, log::wall_clock()));
        match made.map_err(|error| self.failed(error))? {
            0 => Err(AccountsError::Exists { user: user.clone() }),
            _ => Ok(()),
        }
    }

    /// Gives an account the stored form of another password, and revokes its resume tokens and certificates.
    ///
    /// # Errors
    /// [`AccountsError::NoSuchAccount`] when the store has none of that name.
    pub fn set_password(&self, user: &UserName, hash: &str) -> Result<(), AccountsError> {
        let changed = self.at_once(|db| {
            revoke(db, user)?;
            let set = "UPDATE accounts SET hash = ?2 WHERE name = ?1";
            sql::change(db, set, (user, hash))
        });
        match changed.map_err(|error| self.failed(error))? {
            0 => Err(AccountsError::NoSuchAccount { user: user.clone() }),
            _ => Ok(()),
        }
    }

    /// All accounts of the store, sorted.
    ///
    /// # Errors
    /// [`AccountsError::Store`] when they cannot be read.
    pub fn list(&self) -> Result<Vec<Account>, AccountsError> {
        let accounts = sql::rows(
            &self.db,
            "SELECT name, created FROM accounts ORDER BY name",
            (),
            |row| {
                Ok(Account {
                    user: row.get(0)?,
                    created: row.get(1)?,
                })
            },
        );
        accounts.map_err(|error| self.failed(error))
    }

    /// All of it or nothing.
    fn at_once<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let transaction = self.db.unchecked_transaction()?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    fn failed(&self, error: rusqlite::Error) -> AccountsError {
        AccountsError::Store {
            file: self.file.clone(),
            source: error.into(),
        }
    }
}

/// Removes an account and all that names it but what it said; only while no node runs.
///
/// # Errors
/// [`AccountsError::NodeRuns`] while a node holds `data_dir`, [`AccountsError::NoSuchAccount`]
/// when the store has none of that name.
pub fn remove(data_dir: &Path, user: &UserName) -> Result<(), AccountsError> {
    let _lock = Lock::take(data_dir).map_err(|error| match error {
        OpenError::Locked { data_dir } => AccountsError::NodeRuns { data_dir },
        other => AccountsError::Open(other),
    })?;
    let mut store = Store::open(Options::bare(data_dir), log::wall_clock)?;
    let failed = |error: StoreError| AccountsError::Store {
        file: log::file(data_dir),
        source: error.into(),
    };
    match store.find_account(user).map_err(failed)? {
        Some(_) => store
            .transaction(|store| {
                store.begin()?;
                if let Some(held) = store.held(user)? {
                    store.end(&held.user, None, None, &Origin::Store)?;
                }
                store.remove_account(user)
            })
            .map_err(failed),
        None => Err(AccountsError::NoSuchAccount { user: user.clone() }),
    }
}

impl Store {
    /// Answers the authenticator.
    pub(super) fn account(&self, ask: AccountAsk) -> Result<AccountAnswer, StoreError> {
        match ask {
            AccountAsk::Find { user } => {
                Ok(self.find_account(&user)?.unwrap_or(AccountAnswer::NotFound))
            }
            AccountAsk::Create { user, .. } if self.rules.configured.contains(&user) => {
                Ok(AccountAnswer::Conflict)
            }
            AccountAsk::Create { user, hash, guest } => {
                let made = create(&self.db, &user, &hash, guest.as_ref(), self.now())?;
                Ok(stored_if(made))
            }
            AccountAsk::Rehash { user, old, new } => {
                Ok(stored_if(self.put_in_place(&user, &old, &new)?))
            }
            AccountAsk::ChangePassword { user, old, new } => {
                let changed = self.put_in_place(&user, &old, &new)?;
                if changed > 0 {
                    revoke(&self.db, &user)?;
                }
                Ok(stored_if(changed))
            }
            AccountAsk::Owner { certificate } => self.certificate_owner(certificate),
            AccountAsk::Token(ask) => self.token(ask).map(AccountAnswer::Token),
        }
    }

    /// Whether there is an account of that name.
    pub(super) fn is_registered(&self, user: UserName) -> Result<bool, StoreError> {
        match self.registered(user) {
            Ok(_) => Ok(true),
            Err(No::Refused(_)) => Ok(false),
            Err(No::Failed(error)) => Err(error),
        }
    }

    /// The account of that name, spelled as registered: in the settings or in the store.
    pub(super) fn registered(&self, user: UserName) -> Result<UserName, No> {
        if let Some(configured) = self.rules.configured.get(&user) {
            return Ok(configured.clone());
        }
        let found = sql::value(
            &self.db,
            "SELECT name FROM accounts WHERE name = ?1",
            [&user],
        )?;
        found.ok_or_else(|| Refusal::NoSuchUser { user }.into())
    }

    /// Another stored form for an account, if it still has the old one; how many changed.
    fn put_in_place(&self, user: &UserName, old: &str, new: &str) -> rusqlite::Result<usize> {
        sql::change(
            &self.db,
            "UPDATE accounts SET hash = ?3 WHERE name = ?1 AND hash = ?2",
            (user, old, new),
        )
    }

    fn find_account(&self, user: &UserName) -> Result<Option<AccountAnswer>, StoreError> {
        let found = sql::row(
            &self.db,
            "SELECT name, hash FROM accounts WHERE name = ?1",
            [user],
            |row| {
                Ok(AccountAnswer::Found {
                    user: row.get(0)?,
                    hash: row.get(1)?,
                })
            },
        )?;
        Ok(found)
    }

    fn remove_account(&mut self, user: &UserName) -> Result<(), StoreError> {
        sql::change(&self.db, "DELETE FROM accounts WHERE name = ?1", [user])?;
        forget_ranks(&self.db, user)?;
        revoke(&self.db, user)?;
        let pairs: Vec<(UserName, UserName)> = sql::rows(
            &self.db,
            "DELETE FROM follows WHERE follower = ?1 OR author = ?1 RETURNING author, follower",
            [user],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        for (author, follower) in pairs {
            self.append(&Origin::Store, Deed::Unfollowed { author, follower })?;
        }
        sql::change(
            &self.db,
            "DELETE FROM conversations WHERE name = ?1",
            [user],
        )?;
        self.forget_person(user)?;
        self.forget_read(user)?;
        self.forget_former(user)?;
        Ok(())
    }
}

/// What proves an account beside its password is not good any more.
fn revoke(db: &Connection, user: &UserName) -> rusqlite::Result<()> {
    tokens::revoke(db, user)?;
    certificates::revoke(db, user)
}

/// Whoever has the name of an account next is somebody else.
fn forget_ranks(db: &Connection, user: &UserName) -> rusqlite::Result<()> {
    sql::change(db, "DELETE FROM ranks WHERE user = ?1", [user])?;
    sql::change(db, "DELETE FROM invites WHERE user = ?1", [user]).map(drop)
}

/// Makes an account unless the name is taken, be it as a nick; returns how many were made. What an earlier account
/// of that name left in proofs, for example one of the settings, is not good for this one.
fn create(
    db: &Connection,
    user: &UserName,
    hash: &str,
    guest: Option<&UserName>,
    created: Timestamp,
) -> rusqlite::Result<usize> {
    let made = sql::change(
        db,
        "INSERT INTO accounts (name, hash, created) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM claims WHERE nick = ?1 AND user <> ?1 AND user IS NOT ?4)
         ON CONFLICT DO NOTHING",
        (user, hash, created, guest),
    )?;
    if made > 0 {
        revoke(db, user)?;
        forget_ranks(db, user)?;
    }
    Ok(made)
}

const fn stored_if(rows: usize) -> AccountAnswer {
    if rows == 0 {
        AccountAnswer::Conflict
    } else {
        AccountAnswer::Stored
    }
}
