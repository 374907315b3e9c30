//! `conclave user` and `conclave hash`: what they do and what they print.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, IsTerminal as _, Write};

use super::{CliError, Passwords, UserCommand};
use crate::auth::StoredHash;
use crate::chat::UserName;

/// The accounts in the store, as the operator changes them.
pub trait AccountAdmin {
    /// Makes an account.
    ///
    /// # Errors
    /// [`AdminError::NameTaken`], [`AdminError::Store`].
    fn add(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError>;

    /// Replaces the password of an account, whatever it was.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], [`AdminError::Store`].
    fn set_password(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError>;

    /// Removes an account.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], [`AdminError::Store`].
    fn remove(&mut self, user: &UserName) -> Result<(), AdminError>;

    /// All accounts as registered, in any order.
    ///
    /// # Errors
    /// [`AdminError::Store`].
    fn list(&mut self) -> Result<Vec<UserName>, AdminError>;
}

/// Why the store did not do what the operator wanted.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is such an account.
    #[error("that name is taken: {user}")]
    NameTaken {
        /// Its name, as registered where that is known.
        user: UserName,
    },
    /// There is no such account.
    #[error("no such user: {user}")]
    NoSuchUser {
        /// The name as typed.
        user: UserName,
    },
    /// The store itself failed.
    #[error("{0}")]
    Store(Box<dyn Error + Send + Sync>),
}

/// Where a command writes, and for whom.
#[derive(Debug)]
pub struct Output<W> {
    to: W,
    reader: Reader,
}

/// Who reads what a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody at a terminal, who likes a word more.
    Person,
    /// A pipe or a file, which wants the bare things.
    Program,
}

impl Output<io::Stdout> {
    /// Standard output, whoever reads it.
    #[must_use]
    pub fn stdout() -> Self {
        let to = io::stdout();
        let reader = if to.is_terminal() {
            Reader::Person
        } else {
            Reader::Program
        };
        Self { to, reader }
    }
}

impl<W: Write> Output<W> {
    /// Something else to write to.
    #[must_use]
    pub const fn new(to: W, reader: Reader) -> Self {
        Self { to, reader }
    }
}

/// `conclave hash`: prints the stored form of a new password and nothing else.
///
/// # Errors
/// [`CliError`] when there is no fitting password, or it cannot be hashed or written.
pub fn run_hash(passwords: &Passwords, out: &mut Output<impl Write>) -> Result<(), CliError> {
    writeln!(out.to, "{}", passwords.hash()?.as_str())?;
    Ok(())
}

/// `conclave user …`: one change to the accounts of the store and one line about it, or all
/// accounts, those `in_settings` included.
///
/// # Errors
/// [`CliError`] when the account is in the settings or the store does not do it, or for want of
/// a fitting password.
pub fn run_user(
    command: UserCommand,
    store: &mut dyn AccountAdmin,
    in_settings: &BTreeSet<UserName>,
    passwords: &Passwords,
    out: &mut Output<impl Write>,
) -> Result<(), CliError> {
    let changeable = |user: &UserName| match in_settings.get(user).cloned() {
        Some(user) => Err(CliError::InSettings { user }),
        None => Ok(()),
    };
    match command {
        UserCommand::Add { user } => {
            changeable(&user)?;
            store.add(&user, &passwords.hash()?)?;
            writeln!(out.to, "Account {user} is made.")?;
        }
        UserCommand::Passwd { user } => {
            changeable(&user)?;
            store.set_password(&user, &passwords.hash()?)?;
            writeln!(out.to, "The password of {user} is changed.")?;
        }
        UserCommand::Remove { user } => {
            changeable(&user)?;
            store.remove(&user)?;
            writeln!(out.to, "Account {user} is removed.")?;
        }
        UserCommand::List => list(store.list()?, in_settings, out)?,
    }
    Ok(())
}

pub(super) fn list(
    stored: Vec<UserName>,
    in_settings: &BTreeSet<UserName>,
    out: &mut Output<impl Write>,
) -> io::Result<()> {
    let mut all: BTreeMap<_, _> = stored.into_iter().map(|user| (user, "")).collect();
    for user in in_settings {
        // Not only the note: a name that is in both is shown as the settings spell it.
        all.remove(user);
        all.insert(user.clone(), "  (in the settings)");
    }
    match out.reader {
        Reader::Program => all.keys().try_for_each(|user| writeln!(out.to, "{user}")),
        Reader::Person if all.is_empty() => {
            writeln!(
                out.to,
                "No accounts yet: `conclave user add NAME` makes one."
            )
        }
        Reader::Person => {
            for (user, note) in &all {
                writeln!(out.to, "{user}{note}")?;
            }
            let noun = if all.len() == 1 {
                "account"
            } else {
                "accounts"
            };
            writeln!(out.to, "{} {noun}", all.len())
        }
    }
}
