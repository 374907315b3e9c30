//! What was said in rooms and between people: kept beside the log, which forgets it sooner.

use std::sync::Arc;

use rusqlite::Row;

use super::claims::Asker;
use super::kept::{Kind, Swept};
use super::log::{No, Store, StoreError};
use super::sql::{self, Int};
use crate::bridge::span::{self, End, Stretch};
use crate::bridge::wire;
use crate::chat::event::Timestamp;
use crate::chat::history::{Conversation, Past, Span};
use crate::chat::limits::HISTORY_MOST;
use crate::chat::{Answer, Event, Position, RoomName, UserName};
use crate::messages::HistoryRequest;

/// Messages between two trims of a room; so many more than `keep_messages` lie in the file.
const TRIM_EVERY: u64 = 64;

/// Rooms looked after in one transaction of the sweep, so that nobody waits long for it.
const SWEEP_ROOMS: u64 = 64;

const DAY: u64 = 24 * 60 * 60 * 1000;

impl Store {
    /// Tells what was said before.
    pub(super) fn history(&self, asker: &Asker, request: HistoryRequest) -> Result<Answer, No> {
        match request {
            HistoryRequest::Room {
                room,
                past,
                span,
                count,
            } => {
                let room = self.known_room(&asker.user, room)?.name;
                let count = count.min(HISTORY_MOST);
                Ok(Answer::History {
                    messages: self.spans(span, count, |part| self.past_of(&room, past, part))?,
                    room,
                    count,
                })
            }
            HistoryRequest::Person {
                user,
                past,
                span,
                count,
            } => {
                let with = self.resolve(user)?;
                let count = count.min(HISTORY_MOST);
                let between = |part: &Stretch| self.said_between(&asker.user, &with, past, part);
                Ok(Answer::Dialogue {
                    messages: self.spans(span, count, between)?,
                    with,
                })
            }
            HistoryRequest::Conversations { from, to, count } => {
                let count = count.min(HISTORY_MOST);
                let latest = self.conversations(&asker.user)?;
                Ok(Answer::Conversations {
                    latest: span::between(latest, from, to, count),
                })
            }
        }
    }

    /// The next ordinal among a room's messages, and a time not before its last.
    pub(super) fn next_in_room(&self, room: &RoomName) -> rusqlite::Result<(u64, Timestamp)> {
        self.db
            .prepare_cached(
                "UPDATE rooms SET k = k + 1, at = max(at, ?2) WHERE name = ?1 RETURNING k, at",
            )?
            .query_row((room, self.now()), |row| {
                let Int(k) = row.get(0)?;
                Ok((k, row.get(1)?))
            })
    }

    /// Keeps the room message that was appended last as long as the settings say.
    pub(super) fn keep(&self, room: &RoomName, k: u64, at: Timestamp) -> Result<(), StoreError> {
        if self.rules.keep_messages == 0 || self.rules.keep_days == 0 {
            return Ok(());
        }
        sql::change(
            &self.db,
            "INSERT INTO messages (room, k, epoch, n, at, record)
             SELECT ?1, ?2, epoch, n, ?3, record FROM log WHERE seq = ?4",
            (room, Int(k), at, Int(self.last_seq())),
        )?;
        if k.is_multiple_of(TRIM_EVERY) {
            self.forget(room, k)?;
        }
        Ok(())
    }

    /// Forgets what is too old in the next rooms in order, and rooms that are void by that, and
    /// behind the last room what is too old of all else; returns where to go on, or nothing when
    /// all was seen.
    pub(super) fn sweep(&self, after: Option<&RoomName>) -> Result<Option<RoomName>, StoreError> {
        let rooms = sql::rows(
            &self.db,
            "SELECT name, k FROM rooms WHERE name > ?1 ORDER BY name LIMIT ?2",
            (after.map_or("", RoomName::as_str), Int(SWEEP_ROOMS)),
            |row| {
                let Int(k) = row.get(1)?;
                Ok((row.get::<_, RoomName>(0)?, k))
            },
        )?;
        for (room, k) in &rooms {
            self.forget(room, *k)?;
            self.forget_events(room)?;
            self.remove_if_void(room)?;
        }
        let is_last = (rooms.len() as u64) < SWEEP_ROOMS && self.sweep_kept()? == Swept::All;
        let last = rooms.into_iter().next_back().map(|(room, _)| room);
        Ok(last.or(after.cloned()).filter(|_| !is_last))
    }

    /// The messages of a span, by what reads the stretches of it.
    fn spans(
        &self,
        span: Span,
        count: u16,
        read: impl Fn(&Stretch) -> rusqlite::Result<Vec<(Position, String)>>,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let mut messages = Vec::new();
        for mut stretch in span::stretches(span, count) {
            let too_old = Timestamp(self.too_old_before().0.saturating_sub(1));
            stretch.later = stretch.later.max(too_old);
            let mut read_of_it = Vec::new();
            for (position, record) in read(&stretch)? {
                read_of_it.push(Arc::new(wire::read(position, &record)?));
            }
            messages.extend(stretch.cut(read_of_it));
        }
        messages.truncate(count.into());
        Ok(messages)
    }

    fn past_of(
        &self,
        room: &RoomName,
        past: Past,
        stretch: &Stretch,
    ) -> rusqlite::Result<Vec<(Position, String)>> {
        let last = sql::value(&self.db, "SELECT k FROM rooms WHERE name = ?1", [room])?;
        let last = last.map_or(0, |Int(k)| k);
        let gone = last.saturating_sub(self.rules.keep_messages);
        let mut told = self.kept_in("messages", room, gone, stretch)?;
        match past {
            Past::Words => {}
            Past::Everything => told.extend(self.kept_in("events", room, 0, stretch)?),
        }
        Ok(told)
    }

    /// What one of a room's tables keeps of a stretch, behind the ordinal of what counts as gone.
    fn kept_in(
        &self,
        table: &'static str,
        room: &RoomName,
        gone: u64,
        stretch: &Stretch,
    ) -> rusqlite::Result<Vec<(Position, String)>> {
        let order = match stretch.end {
            End::Newest => "k DESC",
            End::Oldest => "k",
        };
        let sql = format!(
            "SELECT epoch, n, record FROM {table} WHERE room = ?1 AND k > ?2
             AND (epoch, n) > (?3, ?4) AND (epoch, n) < (?5, ?6) AND at > ?7 AND at < ?8
             ORDER BY {order} LIMIT ?9"
        );
        let (after, before) = (stretch.after, stretch.before);
        let params = (
            room,
            Int(gone),
            Int(after.epoch),
            Int(after.n),
            Int(before.epoch),
            Int(before.n),
            stretch.later,
            stretch.earlier,
            stretch.most,
        );
        sql::rows(&self.db, &sql, params, entry)
    }

    /// What is kept of two people for the first one, in both directions.
    fn said_between(
        &self,
        user: &UserName,
        other: &UserName,
        past: Past,
        stretch: &Stretch,
    ) -> rusqlite::Result<Vec<(Position, String)>> {
        let (after, before) = (stretch.after, stretch.before);
        let params = (
            user,
            other,
            Int(after.epoch),
            Int(after.n),
            Int(before.epoch),
            Int(before.n),
            stretch.later,
            stretch.earlier,
            match past {
                Past::Words => "",
                Past::Everything => Kind::Tagged.column(),
            },
        );
        // How many are told is cut from it: no more than `KEPT_MESSAGES` are kept of each kind.
        sql::rows(
            &self.db,
            "SELECT epoch, n, record FROM (
                 SELECT *, CASE kind WHEN 'whisper' THEN sender
                                     WHEN 'sent' THEN addressee
                                     WHEN ?9 THEN CASE WHEN sender = ?1 COLLATE NOCASE
                                                  THEN addressee ELSE sender END END AS other
                 FROM (
                     SELECT *, substr(said, 1, instr(said || '/', '/') - 1) AS sender,
                         substr(heard, 1, instr(heard || '/', '/') - 1) AS addressee
                     FROM (
                         SELECT *, json_extract(record, '$.sender') AS said,
                             json_extract(record, '$.to') AS heard
                         FROM kept WHERE name = ?1)))
             WHERE other = ?2 COLLATE NOCASE
               AND (epoch, n) > (?3, ?4) AND (epoch, n) < (?5, ?6) AND at > ?7 AND at < ?8",
            params,
            entry,
        )
    }

    /// The conversations of an account, each with the time of its last message. People are told as
    /// they are seen now; whoever was a guest and is gone cannot be told at all.
    fn conversations(&self, user: &UserName) -> rusqlite::Result<Vec<(Conversation, Timestamp)>> {
        let mut latest = sql::rows(
            &self.db,
            "SELECT rooms.name, messages.at FROM members
             JOIN rooms ON rooms.name = members.room
             JOIN messages ON messages.room = rooms.name AND messages.k = rooms.k
             WHERE members.user = ?1 AND messages.at >= ?2",
            (user, self.too_old_before()),
            |row| Ok((Conversation::Room { room: row.get(0)? }, row.get(1)?)),
        )?;
        latest.extend(sql::rows(
            &self.db,
            "SELECT person || coalesce('/' || nick, ''), last FROM (
                 SELECT substr(other, 1, instr(other || '/', '/') - 1) AS person, max(at) AS last
                 FROM (
                     SELECT json_extract(record, '$.sender') AS other, at FROM kept
                     WHERE kind = 'whisper' AND name = ?1
                     UNION ALL
                     SELECT json_extract(record, '$.to'), at FROM kept
                     WHERE kind = 'sent' AND name = ?1)
                 WHERE at >= ?2 GROUP BY person COLLATE NOCASE)
             LEFT JOIN claims ON user = person WHERE user IS NOT NULL OR person NOT LIKE '~%'",
            (user, self.too_old_before()),
            |row| Ok((Conversation::Person { user: row.get(0)? }, row.get(1)?)),
        )?);
        Ok(latest)
    }

    /// Drops what is beyond `keep_messages` or `keep_days`; `k` is the room's last ordinal.
    ///
    /// Within a room older is lower, so both are one range at its beginning.
    fn forget(&self, room: &RoomName, k: u64) -> rusqlite::Result<usize> {
        let beyond = k.saturating_sub(self.rules.keep_messages);
        sql::change(
            &self.db,
            "DELETE FROM messages WHERE room = ?1 AND (k <= ?2 OR k < coalesce(
                 (SELECT k FROM messages WHERE room = ?1 AND at >= ?3 ORDER BY k LIMIT 1),
                 ?4 + 1))",
            (room, Int(beyond), self.too_old_before(), Int(k)),
        )
    }

    /// What is older is not told any more.
    pub(super) fn too_old_before(&self) -> Timestamp {
        let kept = self.rules.keep_days.saturating_mul(DAY);
        Timestamp(self.now().0.saturating_sub(kept))
    }
}

/// Where something stands, and its record.
fn entry(row: &Row<'_>) -> rusqlite::Result<(Position, String)> {
    Ok((sql::position(row, 0)?, row.get(2)?))
}
