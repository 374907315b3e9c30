//! Accounts: for the authenticator, and for the operator, who has said no hello.

use redis::{Cmd, Value};

use super::reply::{Items, Lines, Nonsense, changed, text, whole};
use super::sources::Lua;
use super::{MOST, Scripts};
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
    /// The account is gone; so many follows are left for the next call.
    Left(u64),
    /// It is logged in on this incarnation; nothing was done.
    Live(String),
    /// There is no such account.
    NoSuchAccount,
    /// There are follows but no log to tell of their end in, or a new one began just now.
    Epoch,
}

impl Scripts {
    pub(super) fn call_account(&self, stamp: &Stamp<'_>, ask: &AccountAsk) -> Cmd {
        match ask {
            AccountAsk::Find { user } => {
                let mut call = self.sources.call(Lua::AccountFind);
                call.arg(user.as_str().to_ascii_lowercase());
                call
            }
            AccountAsk::Create { user, hash } => {
                let is_configured = self.rules.configured.contains(user);
                let mut call = self.command(Lua::AccountCreate, stamp, None, user.as_str());
                call.arg(hash).arg(if is_configured { "taken" } else { "" });
                call
            }
            AccountAsk::Rehash { user, old, new } => {
                let mut call = self.command(Lua::AccountRehash, stamp, None, user.as_str());
                call.arg(old).arg(new);
                call
            }
        }
    }

    /// The operator's new account; the answer is read by [`Self::read_operator_add`].
    pub(in crate::bridge::redis) fn operator_add(&self, user: &UserName, hash: &str) -> Cmd {
        let mut call = self.operator(Lua::AccountCreate, user);
        call.arg(hash).arg("");
        call
    }

    /// The answer to [`Self::operator_add`].
    ///
    /// # Errors
    /// [`Trouble`] when it was not done.
    pub(in crate::bridge::redis) fn read_operator_add(
        &self,
        reply: Value,
    ) -> Result<AccountAnswer, Trouble> {
        match changed(&self.rules, reply, |lines, _| stored(lines))?.verdict {
            Verdict::Account(answer) => Ok(answer),
            other => Err(Nonsense(format!("an account is {other:?}")).of_the_link()),
        }
    }

    /// Gives an account another password; the reply is 0 when there is no such account.
    pub(in crate::bridge::redis) fn operator_password(&self, user: &UserName, hash: &str) -> Cmd {
        let mut call = self.sources.call(Lua::AccountPassword);
        call.arg(user.as_str().to_ascii_lowercase()).arg(hash);
        call
    }

    /// Removes an account, or what is left of it; again until it is [`Removal::Done`].
    pub(in crate::bridge::redis) fn operator_remove(&self, user: &UserName) -> Cmd {
        let mut call = self.operator(Lua::AccountRemove, user);
        call.arg(REMOVE_FOLLOWS);
        call
    }

    /// The answer to [`Self::operator_remove`].
    ///
    /// # Errors
    /// [`Trouble`] when it was not done.
    pub(in crate::bridge::redis) fn read_operator_remove(
        &self,
        reply: Value,
    ) -> Result<Removal, Trouble> {
        let reply = text(whole(reply)?).map_err(Nonsense::of_the_link)?;
        let lines: Vec<_> = reply.split('\n').collect();
        match lines.as_slice() {
            ["ok", _, _, "0"] => Ok(Removal::Done),
            ["ok", _, _, left] => match left.parse() {
                Ok(left) => Ok(Removal::Left(left)),
                Err(_) => Err(Trouble::Link(format!("a script leaves {left:?}"))),
            },
            ["refused", _, _, "live", by] => Ok(Removal::Live((*by).to_owned())),
            ["refused", _, _, "no_account"] => Ok(Removal::NoSuchAccount),
            ["epoch", ..] => Ok(Removal::Epoch),
            other => Err(Trouble::Link(format!("a script says {other:?}"))),
        }
    }

    /// A change by somebody who has said no hello: in the log's own epoch, never repeated.
    fn operator(&self, lua: Lua, user: &UserName) -> Cmd {
        let mut call = self.sources.call(lua);
        call.arg("").arg("").arg("operator").arg("");
        call.arg(MOST).arg("").arg(user.as_str());
        call
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
            AccountAsk::Create { .. } | AccountAsk::Rehash { .. } => {
                changed(&self.rules, reply, |lines, _| stored(lines))
            }
        }
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
