//! The operator's hand on the accounts of the store, for `conclave user`.

use std::error::Error;
use std::path::PathBuf;

use crate::auth::StoredHash;
use crate::bridge::embedded::accounts as embedded;
use crate::bridge::redis::accounts as redis;
use crate::chat::UserName;
use crate::cli::{AccountAdmin, AdminError};
use crate::settings::{self, Settings};

/// The accounts that these settings mean.
#[must_use]
pub fn accounts(settings: &Settings) -> Box<dyn AccountAdmin> {
    match &settings.bridge {
        settings::Bridge::Embedded { .. } => Box::new(EmbeddedAdmin {
            data_dir: settings.node.data_dir.clone(),
        }),
        settings::Bridge::Redis(redis) => Box::new(RedisAdmin {
            redis: redis.clone(),
        }),
    }
}

/// The accounts of the embedded store, opened anew for every change: a removal wants it closed.
#[derive(Debug)]
struct EmbeddedAdmin {
    data_dir: PathBuf,
}

impl EmbeddedAdmin {
    fn open(&self) -> Result<embedded::Accounts, AdminError> {
        embedded::Accounts::open(&self.data_dir).map_err(store)
    }
}

impl AccountAdmin for EmbeddedAdmin {
    fn add(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
        let added = self.open()?.add(user, hash.as_str());
        added.map_err(why_not_embedded)
    }

    fn set_password(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
        let set = self.open()?.set_password(user, hash.as_str());
        set.map_err(why_not_embedded)
    }

    fn remove(&mut self, user: &UserName) -> Result<(), AdminError> {
        embedded::remove(&self.data_dir, user).map_err(why_not_embedded)
    }

    fn list(&mut self) -> Result<Vec<UserName>, AdminError> {
        let accounts = self.open()?.list().map_err(why_not_embedded)?;
        Ok(accounts.into_iter().map(|account| account.user).collect())
    }
}

/// The accounts of the cluster, over a connection of its own for every change.
#[derive(Debug)]
struct RedisAdmin {
    redis: settings::Redis,
}

impl RedisAdmin {
    fn open(&self) -> Result<redis::Accounts, AdminError> {
        let settings::Redis {
            url,
            prefix,
            channel,
            ..
        } = &self.redis;
        let client = ::redis::Client::open(url.server()).map_err(store)?;
        redis::Accounts::open(&client, prefix, channel).map_err(why_not_redis)
    }
}

impl AccountAdmin for RedisAdmin {
    fn add(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
        self.open()?.add(user, hash.as_str()).map_err(why_not_redis)
    }

    fn set_password(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
        let set = self.open()?.set_password(user, hash.as_str());
        set.map_err(why_not_redis)
    }

    fn remove(&mut self, user: &UserName) -> Result<(), AdminError> {
        self.open()?.remove(user).map_err(why_not_redis)
    }

    fn list(&mut self) -> Result<Vec<UserName>, AdminError> {
        let accounts = self.open()?.list().map_err(why_not_redis)?;
        Ok(accounts.into_iter().map(|account| account.user).collect())
    }
}

fn why_not_embedded(error: embedded::AccountsError) -> AdminError {
    use embedded::AccountsError;
    match error {
        AccountsError::Exists { user } => AdminError::NameTaken { user },
        AccountsError::NoSuchAccount { user } => AdminError::NoSuchUser { user },
        other @ (AccountsError::Open(_)
        | AccountsError::NodeRuns { .. }
        | AccountsError::Store { .. }) => store(other),
    }
}

fn why_not_redis(error: redis::AccountsError) -> AdminError {
    use redis::AccountsError;
    match error {
        AccountsError::Exists { user } => AdminError::NameTaken { user },
        AccountsError::NoSuchAccount { user } => AdminError::NoSuchUser { user },
        other @ (AccountsError::Connect { .. }
        | AccountsError::LoggedIn { .. }
        | AccountsError::NoLog { .. }
        | AccountsError::Store { .. }) => store(other),
    }
}

fn store(error: impl Error + Send + Sync + 'static) -> AdminError {
    AdminError::Store(error.into())
}
