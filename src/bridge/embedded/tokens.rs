//! Resume tokens: which are good, and for how long.

use rusqlite::Connection;
use subtle::ConstantTimeEq;

use super::log::{No, Store, StoreError};
use super::sql::{self, Int};
use crate::chat::UserName;
use crate::chat::event::Timestamp;
use crate::chat::limits::{TOKEN_DAYS, TOKENS_PER_USER};
use crate::messages::{TokenAnswer, TokenAsk, TokenFamily, TokenHash};

/// Milliseconds that a token lives.
const LIFE: u64 = TOKEN_DAYS * 24 * 60 * 60 * 1000;

impl Store {
    /// Does what is asked about resume tokens.
    pub(super) fn token(&self, ask: TokenAsk) -> Result<TokenAnswer, StoreError> {
        match ask {
            TokenAsk::Issue { user, family, hash } => self.issue(&user, family, hash),
            TokenAsk::Redeem { family, hash, next } => self.redeem(family, hash, next),
        }
    }

    fn issue(
        &self,
        user: &UserName,
        family: TokenFamily,
        hash: TokenHash,
    ) -> Result<TokenAnswer, StoreError> {
        sql::change(
            &self.db,
            "DELETE FROM tokens WHERE until <= ?1",
            [self.now()],
        )?;
        sql::change(
            &self.db,
            "INSERT INTO tokens (family, user, hash, until) VALUES (?1, ?2, ?3, ?4)",
            (key(family), user, hash.0, self.token_end()),
        )?;
        sql::change(
            &self.db,
            "DELETE FROM tokens WHERE family IN
             (SELECT family FROM tokens WHERE user = ?1 AND family <> ?2
              ORDER BY until DESC LIMIT -1 OFFSET ?3)",
            (user, key(family), Int(TOKENS_PER_USER as u64 - 1)),
        )?;
        Ok(TokenAnswer::Issued)
    }

    fn redeem(
        &self,
        family: TokenFamily,
        hash: TokenHash,
        next: TokenHash,
    ) -> Result<TokenAnswer, StoreError> {
        let found: Option<(UserName, [u8; 32])> = sql::row(
            &self.db,
            "SELECT user, hash FROM tokens WHERE family = ?1 AND until > ?2",
            (key(family), self.now()),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let Some((user, last)) = found else {
            return Ok(TokenAnswer::Unknown);
        };
        if !bool::from(last.ct_eq(&hash.0)) {
            sql::change(
                &self.db,
                "DELETE FROM tokens WHERE family = ?1",
                [key(family)],
            )?;
            return Ok(TokenAnswer::Reused);
        }
        let user = match self.registered(user) {
            Ok(user) => user,
            Err(No::Refused(_)) => return Ok(TokenAnswer::Unknown),
            Err(No::Failed(error)) => return Err(error),
        };
        sql::change(
            &self.db,
            "UPDATE tokens SET hash = ?2, until = ?3 WHERE family = ?1",
            (key(family), next.0, self.token_end()),
        )?;
        Ok(TokenAnswer::Redeemed { user })
    }

    fn token_end(&self) -> Timestamp {
        Timestamp(self.now().0.saturating_add(LIFE))
    }
}

/// Nothing that was told for this account is good any more.
pub(super) fn revoke(db: &Connection, user: &UserName) -> rusqlite::Result<()> {
    sql::change(db, "DELETE FROM tokens WHERE user = ?1", [user]).map(drop)
}

const fn key(family: TokenFamily) -> [u8; 16] {
    family.0.to_be_bytes()
}
