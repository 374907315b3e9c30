//! What is kept for people who may not be there: private messages and posts, beside the log,
//! which forgets them sooner; and how far each account was shown what was said.

use std::sync::Arc;

use super::log::{Store, StoreError};
use super::newest::{Cursor, Newest, Older, newest};
use super::sql::{self, Int};
use crate::bridge::addressee::told_to;
use crate::bridge::wire;
use crate::chat::event::Timestamp;
use crate::chat::limits::KEPT_MESSAGES;
use crate::chat::origin::SessionId;
use crate::chat::{Event, Gap, GapSize, Position, UserName};
use crate::messages::{Claim, Kept};

/// Messages looked at in one transaction of the sweep, so that nobody waits long for it.
const SWEEP_MESSAGES: u64 = 500;

/// A conversation that is no room's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The private messages to a person.
    Whisper,
    /// The private messages of a person, for that person to look up.
    Sent,
    /// The posts of an author.
    Post,
    /// What a person said to another one without words, and was said, for that person to look up.
    Tagged,
}

impl Kind {
    /// As it stands in its column.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Whisper => "whisper",
            Self::Sent => "sent",
            Self::Post => "post",
            Self::Tagged => "tagged",
        }
    }
}

/// Whether the sweep has seen all that is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swept {
    /// It has.
    All,
    /// Perhaps not.
    Some,
}

/// How far an account was shown what was said.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Everything up to here.
    position: Position,
    /// The ordinal of the last private message up to there; `None` when that went before it could
    /// be known whether it was shown.
    whisper: Option<u64>,
}

/// What an account that comes in is told, and from where on.
#[derive(Debug)]
pub(super) struct Waiting {
    /// What is told.
    pub(super) kept: Kept,
    /// Where it begins to see, if it never did.
    begins: Option<Beginning>,
}

/// Where an account begins to see.
#[derive(Debug, Clone, Copy)]
struct Beginning {
    /// Right before what waits for it; `None` for its claim.
    before: Option<Position>,
    /// The ordinal of the last private message up to there.
    whisper: u64,
}

impl Store {
    /// Keeps the event that was appended last for those who are not there; a guest is nobody who could
    /// come back for it.
    pub(super) fn keep_for_later(
        &self,
        kind: Kind,
        name: &UserName,
        k: u64,
        said: &Event,
    ) -> Result<(), StoreError> {
        if name.account().is_none() {
            return Ok(());
        }
        if self.rules.keep_days == 0 {
            return Ok(self.is_gone(kind, name, said.position)?);
        }
        sql::change(
            &self.db,
            "INSERT INTO kept (kind, name, k, epoch, n, at, record)
             SELECT ?1, ?2, ?3, epoch, n, ?4, record FROM log WHERE seq = ?5",
            (kind.column(), name, Int(k), said.at, Int(self.last_seq())),
        )?;
        if let Some(beyond) = k.checked_sub(KEPT_MESSAGES) {
            self.forget_up_to(kind, name, beyond)?;
        }
        Ok(())
    }

    /// What waits for an account that comes in now.
    pub(super) fn waiting_for(&self, user: &UserName) -> Result<Waiting, StoreError> {
        let seen = self.seen(user)?;
        let since = seen.map_or(Position::START, |seen| seen.position);
        let whispers = self.whispers(user, since)?;
        let last = self.last_ordinal(user)?;
        let before_first = whispers.messages.first().map_or(last, |first| first.k - 1);
        let (posts, older) = self.posts_for(user, since)?;
        let gaps = private_gap(seen, before_first)
            .into_iter()
            .chain(posts_gap(older));
        let gaps = gaps.collect();
        let mut events = Vec::new();
        for message in whispers.messages.into_iter().chain(posts) {
            let event = wire::read(message.position, &message.record)?;
            events.push(Arc::new(told_to(user, event)));
        }
        events.sort_by_key(|event| event.position);
        let beginning = Beginning {
            before: events.first().map(|first| right_before(first.position)),
            whisper: before_first,
        };
        Ok(Waiting {
            kept: Kept { gaps, events },
            begins: seen.is_none().then_some(beginning),
        })
    }

    /// Who comes in for the first time has seen what was before that, but nothing of what waits.
    pub(super) fn begins_to_see(
        &self,
        user: &UserName,
        waiting: &Waiting,
        fence: Position,
    ) -> rusqlite::Result<()> {
        let beginning = waiting.begins.filter(|_| user.account().is_some());
        let Some(Beginning { before, whisper }) = beginning else {
            return Ok(());
        };
        let seen = Seen {
            position: before.unwrap_or(fence),
            whisper: Some(whisper),
        };
        self.set_seen(user, seen)
    }

    /// The position that an account was shown everything up to, if it ever came in.
    pub(super) fn seen_position(&self, user: &UserName) -> rusqlite::Result<Option<Position>> {
        Ok(self.seen(user)?.map(|seen| seen.position))
    }

    /// Where an account came in for the first time: what was before that is none of its business.
    pub(super) fn first_seen(&self, user: &UserName) -> rusqlite::Result<Option<Position>> {
        sql::row(
            &self.db,
            "SELECT first_epoch, first_n FROM seen WHERE user = ?1",
            [user],
            |row| sql::position(row, 0),
        )
    }

    /// An account was shown everything up to here by its live session; that never moves back.
    pub(super) fn has_seen(
        &self,
        session: &SessionId,
        claim: &Claim,
        position: Position,
    ) -> Result<(), StoreError> {
        if claim.user.account().is_none() || self.holder(session, claim)?.is_none() {
            return Ok(());
        }
        let known = self.seen(&claim.user)?;
        if known.is_some_and(|known| known.position >= position) {
            return Ok(());
        }
        let whisper = self.last_whisper(&claim.user, position, known)?;
        let seen = Seen { position, whisper };
        Ok(self.set_seen(&claim.user, seen)?)
    }

    /// Forgets what is too old of some conversations.
    pub(super) fn sweep_kept(&self) -> rusqlite::Result<Swept> {
        let mut swept = Swept::All;
        for kind in [Kind::Whisper, Kind::Sent, Kind::Post, Kind::Tagged] {
            let old = sql::rows(
                &self.db,
                "SELECT name, max(k), count(*) FROM (
                     SELECT name, k FROM kept WHERE kind = ?1 AND at < ?2 ORDER BY at LIMIT ?3)
                 GROUP BY name",
                (kind.column(), self.too_old_before(), Int(SWEEP_MESSAGES)),
                |row| {
                    let (Int(k), Int(count)) = (row.get(1)?, row.get(2)?);
                    Ok((row.get::<_, UserName>(0)?, k, count))
                },
            )?;
            for (name, k, _) in &old {
                self.forget_up_to(kind, name, *k)?;
            }
            if old.iter().map(|(_, _, count)| count).sum::<u64>() == SWEEP_MESSAGES {
                swept = Swept::Some;
            }
        }
        Ok(swept)
    }

    /// Forgets all that was kept for an account and of it.
    pub(super) fn forget_person(&self, user: &UserName) -> rusqlite::Result<()> {
        sql::change(
            &self.db,
            "DELETE FROM kept WHERE kind IN ('whisper', 'sent', 'post', 'tagged') AND name = ?1",
            [user],
        )?;
        sql::change(&self.db, "DELETE FROM seen WHERE user = ?1", [user])?;
        Ok(())
    }

    /// Nothing is left of a guest.
    pub(super) fn forget_guest(&self, user: &UserName) -> rusqlite::Result<()> {
        if user.account().is_none() {
            let sql = "DELETE FROM conversations WHERE name = ?1";
            sql::change(&self.db, sql, [user])?;
            sql::change(&self.db, "DELETE FROM invites WHERE user = ?1", [user])?;
            self.forget_read(user)?;
        }
        Ok(())
    }

    fn whispers(&self, user: &UserName, since: Position) -> Result<Newest, StoreError> {
        newest(self, vec![Cursor::new(Kind::Whisper, user.clone(), since)])
    }

    /// The posts of whom an account follows, since it follows them.
    fn posts_for(
        &self,
        user: &UserName,
        since: Position,
    ) -> Result<(Vec<super::newest::Message>, Older), StoreError> {
        let followed = sql::rows(
            &self.db,
            "SELECT author, epoch, follows.n, coalesce(gone_epoch, 0), coalesce(gone_n, 0)
             FROM follows LEFT JOIN conversations ON kind = 'post' AND name = author
             WHERE follower = ?1",
            [user],
            |row| {
                let since = since.max(sql::position(row, 1)?);
                let older = if sql::position(row, 3)? > since {
                    Older::Gone
                } else {
                    Older::Nothing
                };
                Ok((Cursor::new(Kind::Post, row.get(0)?, since), older))
            },
        )?;
        let (cursors, older): (Vec<_>, Vec<_>) = followed.into_iter().unzip();
        let Newest {
            messages,
            older: read,
        } = newest(self, cursors)?;
        let is_gone = older
            .into_iter()
            .chain([read])
            .any(|older| older == Older::Gone);
        let older = if is_gone { Older::Gone } else { Older::Nothing };
        Ok((messages, older))
    }

    fn seen(&self, user: &UserName) -> rusqlite::Result<Option<Seen>> {
        sql::row(
            &self.db,
            "SELECT epoch, n, whisper FROM seen WHERE user = ?1",
            [user],
            |row| {
                Ok(Seen {
                    position: sql::position(row, 0)?,
                    whisper: row.get::<_, Option<Int>>(2)?.map(|Int(k)| k),
                })
            },
        )
    }

    fn set_seen(&self, user: &UserName, seen: Seen) -> rusqlite::Result<()> {
        let Seen { position, whisper } = seen;
        sql::change(
            &self.db,
            "INSERT INTO seen (user, epoch, n, whisper, first_epoch, first_n)
             VALUES (?1, ?2, ?3, ?4, ?2, ?3) ON CONFLICT (user) DO UPDATE
             SET epoch = excluded.epoch, n = excluded.n, whisper = excluded.whisper",
            (user, Int(position.epoch), Int(position.n), whisper.map(Int)),
        )?;
        Ok(())
    }

    /// The ordinal of the last private message up to a position, where it can be told.
    fn last_whisper(
        &self,
        user: &UserName,
        position: Position,
        known: Option<Seen>,
    ) -> rusqlite::Result<Option<u64>> {
        let last = sql::value(
            &self.db,
            "SELECT k FROM kept WHERE kind = 'whisper' AND name = ?1 AND (epoch, n) <= (?2, ?3)
             ORDER BY k DESC LIMIT 1",
            (user, Int(position.epoch), Int(position.n)),
        )?;
        if let Some(Int(k)) = last {
            return Ok(Some(k));
        }
        let first = sql::value(
            &self.db,
            "SELECT k FROM kept WHERE kind = 'whisper' AND name = ?1 ORDER BY k LIMIT 1",
            [user],
        )?;
        let Some(Int(first)) = first else {
            return self.last_ordinal(user).map(Some);
        };
        // Otherwise some went between the two, shown or not.
        let known = known.and_then(|known| known.whisper);
        Ok(known.filter(|known| first <= known + 1))
    }

    /// The ordinal of the last private message to somebody.
    fn last_ordinal(&self, user: &UserName) -> rusqlite::Result<u64> {
        let last = sql::value(
            &self.db,
            "SELECT k FROM conversations WHERE kind = 'whisper' AND name = ?1",
            [user],
        )?;
        Ok(last.map_or(0, |Int(k)| k))
    }

    /// Forgets the oldest messages of a conversation, up to this ordinal.
    fn forget_up_to(&self, kind: Kind, name: &UserName, k: u64) -> rusqlite::Result<()> {
        let last = sql::row(
            &self.db,
            "SELECT epoch, n FROM kept WHERE kind = ?1 AND name = ?2 AND k <= ?3
             ORDER BY k DESC LIMIT 1",
            (kind.column(), name, Int(k)),
            |row| sql::position(row, 0),
        )?;
        let Some(last) = last else {
            return Ok(());
        };
        self.is_gone(kind, name, last)?;
        sql::change(
            &self.db,
            "DELETE FROM kept WHERE kind = ?1 AND name = ?2 AND k <= ?3",
            (kind.column(), name, Int(k)),
        )?;
        Ok(())
    }

    /// Remembers up to where a conversation is not kept any more.
    fn is_gone(&self, kind: Kind, name: &UserName, up_to: Position) -> rusqlite::Result<()> {
        sql::change(
            &self.db,
            "UPDATE conversations SET gone_epoch = ?3, gone_n = ?4 WHERE kind = ?1 AND name = ?2",
            (kind.column(), name, Int(up_to.epoch), Int(up_to.n)),
        )?;
        Ok(())
    }

    /// The next ordinal of a conversation, and a time not before its last.
    pub(super) fn next_of(
        &self,
        kind: Kind,
        name: &UserName,
    ) -> Result<(u64, Timestamp), StoreError> {
        let next = self
            .db
            .prepare_cached(
                "INSERT INTO conversations (kind, name, k, at) VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT DO UPDATE SET k = k + 1, at = max(at, excluded.at)
                 RETURNING k, at",
            )?
            .query_row((kind.column(), name, self.now()), |row| {
                let Int(k) = row.get(0)?;
                Ok((k, row.get(1)?))
            })?;
        Ok(next)
    }
}

/// What is missing between what an account has seen and the first message that it is told.
fn private_gap(seen: Option<Seen>, before_first: u64) -> Option<Gap> {
    let size = match seen?.whisper {
        Some(last) if before_first <= last => return None,
        Some(last) => GapSize::Exactly(before_first - last),
        None => GapSize::Unknown,
    };
    Some(Gap::Whispers { size })
}

fn posts_gap(older: Older) -> Option<Gap> {
    match older {
        Older::Nothing => None,
        Older::Gone => Some(Gap::Posts),
    }
}

/// The place right before an event that begins no epoch.
const fn right_before(position: Position) -> Position {
    Position {
        epoch: position.epoch,
        n: position.n.saturating_sub(1),
    }
}
