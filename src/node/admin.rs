//! The operator's hand on the accounts of the store, for `conclave user`.

use std::path::PathBuf;

use crate::auth::StoredHash;
use crate::bridge::embedded::accounts::{self, Account, Accounts, AccountsError};
use crate::chat::UserName;
use crate::cli::{AccountAdmin, AdminError};
use crate::settings::Settings;

/// The accounts of the embedded store, opened anew for every change: a removal wants it closed.
#[derive(Debug)]
pub struct EmbeddedAdmin {
    data_dir: PathBuf,
}

impl EmbeddedAdmin {
    /// The accounts that these settings mean.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            data_dir: settings.node.data_dir.clone(),
        }
    }

    fn open(&self) -> Result<Accounts, AdminError> {
        Accounts::open(&self.data_dir).map_err(|error| AdminError::Store(error.into()))
    }
}

impl AccountAdmin for EmbeddedAdmin {
    fn add(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
        self.open()?.add(user, hash.as_str()).map_err(why)
    }

    fn set_password(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
        self.open()?.set_password(user, hash.as_str()).map_err(why)
    }

    fn remove(&mut self, user: &UserName) -> Result<(), AdminError> {
        accounts::remove(&self.data_dir, user).map_err(why)
    }

    fn list(&mut self) -> Result<Vec<UserName>, AdminError> {
        let accounts = self.open()?.list().map_err(why)?;
        Ok(accounts
            .into_iter()
            .map(|Account { user, .. }| user)
            .collect())
    }
}

fn why(error: AccountsError) -> AdminError {
    match error {
        AccountsError::Exists { user } => AdminError::NameTaken { user },
        AccountsError::NoSuchAccount { user } => AdminError::NoSuchUser { user },
        other @ (AccountsError::Open(_)
        | AccountsError::NodeRuns { .. }
        | AccountsError::Store { .. }) => AdminError::Store(other.into()),
    }
}
