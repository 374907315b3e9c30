//! Who was here, and under which nick.

use super::claims::{Held, profile};
use super::log::Store;
use super::sql::{self, Int};
use crate::bridge::wire;
use crate::chat::answer::Former;
use crate::chat::limits::FORMER_KEPT;
use crate::chat::{Answer, UserName};

impl Store {
    /// Remembers somebody who is gone, or seen under another nick from here on; nothing of it where
    /// nothing is kept for a day.
    pub(super) fn remember(&self, was: &Held) -> rusqlite::Result<()> {
        if self.rules.keep_days == 0 {
            return Ok(());
        }
        sql::change(
            &self.db,
            "INSERT INTO former (user, nick, at, profile) VALUES (?1, ?2, ?3, ?4)",
            (
                &was.user,
                was.user.nick(),
                self.now(),
                wire::profile::json(&was.profile),
            ),
        )?;
        // Older is lower, so both are one range at the beginning, which ends before the one just added.
        sql::change(
            &self.db,
            "DELETE FROM former WHERE seq < max(
                 (SELECT seq FROM former WHERE at >= ?1 ORDER BY seq LIMIT 1),
                 (SELECT max(seq) FROM former) - ?2 + 1)",
            (self.too_old_before(), Int(FORMER_KEPT as u64)),
        )?;
        Ok(())
    }

    /// Who was seen under a nick before, those who were so last in front.
    pub(super) fn who_was(&self, user: UserName, count: u16) -> rusqlite::Result<Answer> {
        let former = sql::rows(
            &self.db,
            "SELECT user || coalesce('/' || nick, ''), at, profile FROM former
             WHERE coalesce(nick, user) = ?1 COLLATE NOCASE AND at >= ?2 ORDER BY seq DESC LIMIT ?3",
            (user.as_str(), self.too_old_before(), count),
            |row| {
                Ok(Former {
                    user: row.get(0)?,
                    until: row.get(1)?,
                    profile: profile(&row.get::<_, String>(2)?),
                })
            },
        )?;
        Ok(Answer::WhoWas { user, former })
    }

    /// Forgets that somebody was here.
    pub(super) fn forget_former(&self, user: &UserName) -> rusqlite::Result<usize> {
        sql::change(&self.db, "DELETE FROM former WHERE user = ?1", [user])
    }
}
