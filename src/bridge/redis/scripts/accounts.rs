//! Accounts: for the authenticator, and for the operator, who has said no hello.

use redis::{Cmd, Value};

use super::reply::{Items, Lines, Nonsense, changed, text, whole};
use super::rules::Keeping;
use super::sources::{Lua, Sources};
use super::{MOST, Scripts};
use crate::bridge::redis::keys::Keys;
use crate::bridge::redis::task::{Decision, Stamp, Trouble, Verdict};
use crate::chat::UserName;
use crate::messages::{AccountAnswer, AccountAsk};

/// Follows that end in one call of a removal, so that nobody waits long for it.
const REMOVE_FOLLOWS: u64 = 100;

/// How far the removal of an account came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Removal {
    /// Nothing is left of it.
    Done,
    /// The account is gone; some follows are left for the next call.
    Going,
    /// It is logged in on this incarnation; nothing was done.
    Live(String),
    /// There is no such account.
    NoSuchAccount,
    /// There is no log to tell of the end of its follows in.
    NoLog,
}

/// Whether an account was made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge::redis) enum Stored {
    /// It was.
    Done,
    /// The name is taken, or nobody's.
    Conflict,
}

/// What the operator asks: in the log's own epoch, and never repeated.
#[derive(Debug)]
pub(in crate::bridge::redis) struct Operator {
    sources: Sources,
}

impl Operator {
    /// The operator's scripts.
    pub(in crate::bridge::redis) fn new(keys: &Keys) -> Self {
        Self {
            sources: Sources::new(keys, Keeping::NOTHING),
        }
    }

    /// All scripts, to be loaded first.
    pub(in crate::bridge::redis) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Makes an account.
    pub(in crate::bridge::redis) fn add(&self, user: &UserName, hash: &str) -> Cmd {
        let mut call = self.command(Lua::AccountCreate, user);
        call.arg(hash).arg("").arg("");
        call
    }

    /// The answer to [`Self::add`] and [`Self::password`]: stored, or a conflict.
    ///
    /// # Errors
    /// [`Trouble`] when it was not done.
    pub(in crate::bridge::redis) fn read_stored(reply: Value) -> Result<Stored, Trouble> {
        let reply = text(whole(reply)?).map_err(Nonsense::of_the_link)?;
        match reply.rsplit('\n').next() {
            Some("stored") => Ok(Stored::Done),
            Some("conflict") => Ok(Stored::Conflict),
            other => Err(Trouble::Link(format!("an account is {other:?}"))),
        }
    }

    /// Gives an account another password, and revokes its resume tokens; a conflict when there is
    /// no such account.
    pub(in crate::bridge::redis) fn password(&self, user: &UserName, hash: &str) -> Cmd {
        let mut call = self.command(Lua::AccountPassword, user);
        call.arg(hash);
        call
    }

    /// Removes an account, or what is left of it; again until it is [`Removal::Done`].
    pub(in crate::bridge::redis) fn remove(&self, user: &UserName) -> Cmd {
        let mut call = self.command(Lua::AccountRemove, user);
        call.arg(REMOVE_FOLLOWS);
        call
    }

    /// The answer to [`Self::remove`].
    ///
    /// # Errors
    /// [`Trouble`] when it was not done.
    pub(in crate::bridge::redis) fn read_remove(reply: Value) -> Result<Removal, Trouble> {
        let reply = text(whole(reply)?).map_err(Nonsense::of_the_link)?;
        let lines: Vec<_> = reply.split('\n').collect();
        match lines.as_slice() {
            ["ok", _, _, "0"] => Ok(Removal::Done),
            ["ok", ..] => Ok(Removal::Going),
            ["refused", _, _, "live", by] => Ok(Removal::Live((*by).to_owned())),
            ["refused", _, _, "no_account"] => Ok(Removal::NoSuchAccount),
            ["epoch", ..] => Ok(Removal::NoLog),
            other => Err(Trouble::Link(format!("a script says {other:?}"))),
        }
    }

    fn command(&self, lua: Lua, user: &UserName) -> Cmd {
        let mut call = self.sources.call(lua);
        call.arg("").arg("").arg("operator").arg("");
        call.arg(MOST).arg("").arg(user.id());
        call
    }
}

impl Scripts {
    pub(super) fn call_account(&self, stamp: &Stamp<'_>, ask: &AccountAsk) -> Cmd {
        match ask {
            AccountAsk::Find { user } => {
                let mut call = self.sources.call(Lua::AccountFind);
                call.arg(user.id().to_ascii_lowercase());
                call
            }
            AccountAsk::Owner { certificate } => {
                let mut call = self.sources.call(Lua::CertificateOwner);
                call.arg(certificate.to_string());
                call
            }
            AccountAsk::Create { user, hash, guest } => {
                let is_configured = self.rules.configured.contains(user);
                let mut call = self.command(Lua::AccountCreate, stamp, None, user.id());
                call.arg(hash)
                    .arg(if is_configured { "taken" } else { "" })
                    .arg(
                        guest
                            .as_ref()
                            .map_or_else(String::new, |guest| guest.id().to_ascii_lowercase()),
                    );
                call
            }
            AccountAsk::Rehash { user, old, new } => {
                let mut call = self.command(Lua::AccountRehash, stamp, None, user.id());
                call.arg(old).arg(new).arg("");
                call
            }
            AccountAsk::ChangePassword { user, old, new } => {
                let mut call = self.command(Lua::AccountRehash, stamp, None, user.id());
                call.arg(old).arg(new).arg("revoke");
                call
            }
            AccountAsk::Token(ask) => self.call_token(stamp, ask),
        }
    }

    pub(super) fn read_account(&self, ask: &AccountAsk, reply: Value) -> Result<Decision, Trouble> {
        match ask {
            AccountAsk::Find { .. } => {
                let found = found(Items::of(reply)?).map_err(Nonsense::of_this)?;
                Ok(Decision {
                    verdict: Verdict::Account(found),
                    head: None,
                    damage: None,
                })
            }
            AccountAsk::Owner { .. } => {
                let owner = self
                    .owner_of(Items::of(reply)?)
                    .map_err(Nonsense::of_this)?;
                Ok(Decision {
                    verdict: Verdict::Account(owner),
                    head: None,
                    damage: None,
                })
            }
            AccountAsk::Create { .. }
            | AccountAsk::Rehash { .. }
            | AccountAsk::ChangePassword { .. } => {
                changed(&self.rules, reply, |lines, _| stored(lines))
            }
            AccountAsk::Token(_) => self.read_token(reply),
        }
    }

    /// The account in the settings or in the store, spelled as registered; it may be gone.
    fn owner_of(&self, mut items: Items) -> Result<AccountAnswer, Nonsense> {
        let user = items.next_if_any::<UserName>()?;
        let in_store = items.next_if_any::<UserName>()?;
        let in_settings = user.and_then(|user| self.rules.configured.get(&user).cloned());
        let owner = in_settings.or(in_store);
        Ok(
            owner.map_or(AccountAnswer::NotFound, |user| AccountAnswer::Owner {
                user,
            }),
        )
    }
}

fn stored(lines: &mut Lines<'_>) -> Result<Verdict, Nonsense> {
    let answer = match lines.next::<String>()?.as_str() {
        "stored" => AccountAnswer::Stored,
        "conflict" => AccountAnswer::Conflict,
        other => return Err(Nonsense(format!("an account is {other:?}"))),
    };
    Ok(Verdict::Account(answer))
}

fn found(mut items: Items) -> Result<AccountAnswer, Nonsense> {
    let (user, hash) = (items.next_if_any()?, items.next_if_any()?);
    Ok(match (user, hash) {
        (Some(user), Some(hash)) => AccountAnswer::Found { user, hash },
        (None, _) | (_, None) => AccountAnswer::NotFound,
    })
}
