//! Resume tokens: which are good, and for how long.

use redis::{Cmd, Value};

use super::Scripts;
use super::reply::{Lines, Nonsense, changed};
use super::sources::Lua;
use crate::bridge::redis::task::{Decision, Stamp, Trouble, Verdict};
use crate::chat::UserName;
use crate::chat::limits::{TOKEN_DAYS, TOKENS_PER_USER};
use crate::messages::{AccountAnswer, TokenAnswer, TokenAsk, TokenFamily, TokenHash};

/// Milliseconds that a token lives.
const LIFE: u64 = TOKEN_DAYS * 24 * 60 * 60 * 1000;

impl Scripts {
    pub(super) fn call_token(&self, stamp: &Stamp<'_>, ask: &TokenAsk) -> Cmd {
        match ask {
            TokenAsk::Issue { user, family, hash } => {
                let mut call = self.command(Lua::TokenIssue, stamp, None, user.id());
                call.arg(key(*family))
                    .arg(hex(*hash))
                    .arg(LIFE)
                    .arg(TOKENS_PER_USER);
                call
            }
            TokenAsk::Redeem { family, hash, next } => {
                let mut call = self.command(Lua::TokenRedeem, stamp, None, "");
                call.arg(key(*family))
                    .arg(hex(*hash))
                    .arg(hex(*next))
                    .arg(LIFE);
                call
            }
        }
    }

    pub(super) fn read_token(&self, reply: Value) -> Result<Decision, Trouble> {
        changed(&self.rules, reply, |lines, _| {
            let answer = self.token_answer(lines)?;
            Ok(Verdict::Account(AccountAnswer::Token(answer)))
        })
    }

    fn token_answer(&self, lines: &mut Lines<'_>) -> Result<TokenAnswer, Nonsense> {
        Ok(match lines.next::<String>()?.as_str() {
            "issued" => TokenAnswer::Issued,
            "redeemed" => self.owner(lines)?,
            "reused" => TokenAnswer::Reused,
            "unknown" => TokenAnswer::Unknown,
            other => return Err(Nonsense(format!("a token is {other:?}"))),
        })
    }

    /// The account in the settings or in the store, spelled as registered; it may be gone.
    fn owner(&self, lines: &mut Lines<'_>) -> Result<TokenAnswer, Nonsense> {
        let user: UserName = lines.next()?;
        let in_store = UserName::new(&lines.next::<String>()?).ok();
        let registered = self.rules.configured.get(&user).cloned().or(in_store);
        Ok(registered.map_or(TokenAnswer::Unknown, |user| TokenAnswer::Redeemed { user }))
    }
}

fn key(family: TokenFamily) -> String {
    format!("{:032x}", family.0)
}

fn hex(hash: TokenHash) -> String {
    let digits = hash.0.iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}
