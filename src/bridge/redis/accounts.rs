//! The operator's hand on the accounts in Redis, beside the nodes that run on it.

use std::collections::BTreeMap;
use std::time::Duration;

use redis::{Client, Cmd, Connection, ConnectionLike, RedisError, Value};

use super::keys::Keys;
use super::scripts::{Operator, Removal, Stored, received};
use super::task::Trouble;
use crate::chat::UserName;
use crate::chat::event::Timestamp;

/// How long the server may take for anything.
const DEADLINE: Duration = Duration::from_secs(10);

/// Accounts that are looked at in one turn of the server.
const SCAN: usize = 1000;

/// Why the operator's wish about an account was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The server cannot be reached.
    #[error("cannot reach Redis at {at}: {source}")]
    Connect {
        /// Its address.
        at: String,
        /// What happened.
        source: RedisError,
    },
    /// The name is taken.
    #[error("the name {user} is taken: there is such an account, or somebody is called so now")]
    Exists {
        /// The name as asked for.
        user: UserName,
    },
    /// There is no such account in the store.
    #[error("there is no account {user} in the store")]
    NoSuchAccount {
        /// The name as asked for.
        user: UserName,
    },
    /// Somebody is logged in to it.
    #[error(
        "{user} is logged in on the node {node}; an account is removed when nobody is. \
         If that node was killed, start it again: it lets its people go"
    )]
    LoggedIn {
        /// The name as asked for.
        user: UserName,
        /// The node.
        node: String,
    },
    /// It has follows, but nothing to tell of their end in.
    #[error("there is no log at {at}; start a node on it first")]
    NoLog {
        /// The server's address.
        at: String,
    },
    /// The server could not.
    #[error("the accounts at {at}: {source}")]
    Store {
        /// Its address.
        at: String,
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

/// The accounts, on a connection of their own. Blocks.
pub struct Accounts {
    connection: Connection,
    keys: Keys,
    operator: Operator,
    at: String,
}

impl Accounts {
    /// Connects, under the prefix and with the channel's name of the settings.
    ///
    /// # Errors
    /// [`AccountsError::Connect`] when the server cannot be reached, [`AccountsError::Store`] when
    /// it is too old.
    pub fn open(client: &Client, prefix: &str, channel: &str) -> Result<Self, AccountsError> {
        let at = client.get_connection_info().addr().to_string();
        let connect = |source| AccountsError::Connect {
            at: at.clone(),
            source,
        };
        let connection = client
            .get_connection_with_timeout(DEADLINE)
            .map_err(connect)?;
        let timeout = Some(DEADLINE);
        connection.set_read_timeout(timeout).map_err(connect)?;
        connection.set_write_timeout(timeout).map_err(connect)?;
        let keys = Keys::new(prefix, channel);
        let operator = Operator::new(&keys);
        let mut accounts = Self {
            connection,
            keys,
            operator,
            at,
        };
        accounts.load()?;
        Ok(accounts)
    }

    /// Makes an account with the stored form of its password.
    ///
    /// # Errors
    /// [`AccountsError::Exists`] when the name is taken, without case.
    pub fn add(&mut self, user: &UserName, hash: &str) -> Result<(), AccountsError> {
        let reply = self.ask(&self.operator.add(user, hash))?;
        match self.stored(reply)? {
            Stored::Done => Ok(()),
            Stored::Conflict => Err(AccountsError::Exists { user: user.clone() }),
        }
    }

    /// Gives an account the stored form of another password, and revokes its resume tokens.
    ///
    /// # Errors
    /// [`AccountsError::NoSuchAccount`] when the store has none of that name.
    pub fn set_password(&mut self, user: &UserName, hash: &str) -> Result<(), AccountsError> {
        let reply = self.ask(&self.operator.password(user, hash))?;
        match self.stored(reply)? {
            Stored::Done => Ok(()),
            Stored::Conflict => Err(AccountsError::NoSuchAccount { user: user.clone() }),
        }
    }

    /// All accounts of the store, sorted.
    ///
    /// # Errors
    /// [`AccountsError::Store`] when they cannot be read.
    pub fn list(&mut self) -> Result<Vec<Account>, AccountsError> {
        let mut accounts = BTreeMap::new();
        let mut cursor = 0_u64;
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(self.keys.accounts());
            scan.arg("COUNT").arg(SCAN);
            let (next, keys): (u64, Vec<String>) = self.query(&scan)?;
            for key in keys {
                let mut read = redis::cmd("HMGET");
                read.arg(key).arg("name").arg("created");
                let (name, created): (Option<String>, Option<u64>) = self.query(&read)?;
                if let Some(user) = name.and_then(|name| UserName::new(&name).ok()) {
                    accounts.insert(user, Timestamp(created.unwrap_or_default()));
                }
            }
            if next == 0 {
                break;
            }
            cursor = next;
        }
        let accounts = accounts
            .into_iter()
            .map(|(user, created)| Account { user, created });
        Ok(accounts.collect())
    }

    /// Removes an account and all that names it but what it said. The end of its follows is told
    /// to all nodes; where this was cut off, it goes on when it is asked again.
    ///
    /// # Errors
    /// [`AccountsError::LoggedIn`] while somebody uses it, [`AccountsError::NoSuchAccount`] when
    /// the store has none of that name.
    pub fn remove(&mut self, user: &UserName) -> Result<(), AccountsError> {
        loop {
            let reply = self.ask(&self.operator.remove(user))?;
            let user = user.clone();
            match Operator::read_remove(reply).map_err(|source| self.failed(source))? {
                Removal::Going => {}
                Removal::Done => return Ok(()),
                Removal::Live(by) => {
                    let node = by.rsplit_once('.').map_or(by.as_str(), |(node, _)| node);
                    let node = node.to_owned();
                    return Err(AccountsError::LoggedIn { user, node });
                }
                Removal::NoSuchAccount => return Err(AccountsError::NoSuchAccount { user }),
                Removal::NoLog => {
                    let at = self.at.clone();
                    return Err(AccountsError::NoLog { at });
                }
            }
        }
    }

    fn load(&mut self) -> Result<(), AccountsError> {
        let sources = self.operator.sources();
        let load = sources.load();
        let replies = self
            .connection
            .req_packed_commands(&load.get_packed_pipeline(), 0, load.len())
            .map_err(|source| self.failed(source))?;
        let loaded: Result<(), Trouble> = sources.loaded(replies);
        loaded.map_err(|source| self.failed(source))
    }

    fn ask(&mut self, cmd: &Cmd) -> Result<Value, AccountsError> {
        let reply = self.connection.req_command(cmd);
        received(reply).map_err(|source| self.failed(source))
    }

    fn query<T: redis::FromRedisValue>(&mut self, cmd: &Cmd) -> Result<T, AccountsError> {
        let read = cmd.query(&mut self.connection);
        read.map_err(|source| self.failed(source))
    }

    fn stored(&self, reply: Value) -> Result<Stored, AccountsError> {
        Operator::read_stored(reply).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: impl std::error::Error + Send + Sync + 'static) -> AccountsError {
        AccountsError::Store {
            at: self.at.clone(),
            source: source.into(),
        }
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Server;
    use super::*;
    use crate::bridge::contract::user;

    #[tokio::test]
    async fn the_operator_minds_accounts_beside_running_nodes() {
        let Some(server) = Server::get().await else {
            return;
        };
        let mut accounts = Accounts::open(&server.client(), "a*[b]:", "c").expect("open");
        let mut others = Accounts::open(&server.client(), "a", "c").expect("open");
        others.add(&user("Zoe"), "1").expect("a new account");
        accounts.add(&user("Bob"), "1").expect("a new account");
        accounts.add(&user("alice"), "1").expect("a new account");
        let again = accounts.add(&user("BOB"), "2");
        assert!(matches!(again, Err(AccountsError::Exists { .. })));
        accounts
            .set_password(&user("bOB"), "3")
            .expect("an account");
        let nobody = accounts.set_password(&user("nobody"), "3");
        assert!(matches!(nobody, Err(AccountsError::NoSuchAccount { .. })));
        let listed = accounts.list().expect("a list");
        let names: Vec<_> = listed.iter().map(|account| account.user.as_str()).collect();
        assert_eq!(names, ["alice", "Bob"]);
        assert!(listed[0].created.0 > 1_700_000_000_000);
        accounts.remove(&user("BOB")).expect("removed");
        let again = accounts.remove(&user("bob"));
        assert!(matches!(again, Err(AccountsError::NoSuchAccount { .. })));
    }

    #[test]
    fn a_server_that_is_not_there_is_named_without_its_password() {
        let client = Client::open("redis://:hunter22@127.0.0.1:1/").expect("a URL");
        let refused = Accounts::open(&client, "", "c").expect_err("nobody there");
        let told = refused.to_string();
        assert!(told.contains("127.0.0.1:1"), "{told}");
        assert!(!told.contains("hunter22"), "{told}");
    }
}
