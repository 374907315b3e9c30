//! The last messages of rooms: kept beside the log, which forgets them sooner.

use std::sync::Arc;

use super::claims::Asker;
use super::kept::Swept;
use super::log::{No, Store, StoreError};
use super::sql::{self, Int};
use crate::bridge::wire;
use crate::chat::event::Timestamp;
use crate::chat::limits::HISTORY_MOST;
use crate::chat::{Answer, Event, RoomName};

/// Messages between two trims of a room; so many more than `keep_messages` lie in the file.
const TRIM_EVERY: u64 = 64;

/// Rooms looked after in one transaction of the sweep, so that nobody waits long for it.
const SWEEP_ROOMS: u64 = 64;

const DAY: u64 = 24 * 60 * 60 * 1000;

impl Store {
    /// The last messages of a room that the asker may know of, oldest first.
    pub(super) fn history(&self, asker: &Asker, room: RoomName, count: u16) -> Result<Answer, No> {
        let room = self.known_room(&asker.user, room)?.name;
        let count = count.min(HISTORY_MOST);
        Ok(Answer::History {
            messages: self.last_messages(&room, count)?,
            room,
            count,
        })
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
            self.remove_if_void(room)?;
        }
        let is_last = (rooms.len() as u64) < SWEEP_ROOMS && self.sweep_kept()? == Swept::All;
        let last = rooms.into_iter().next_back().map(|(room, _)| room);
        Ok(last.or(after.cloned()).filter(|_| !is_last))
    }

    fn last_messages(&self, room: &RoomName, count: u16) -> Result<Vec<Arc<Event>>, StoreError> {
        let most = self.rules.keep_messages.min(count.into());
        let mut records = sql::rows(
            &self.db,
            "SELECT epoch, n, record FROM messages WHERE room = ?1 AND at >= ?2
             ORDER BY k DESC LIMIT ?3",
            (room, self.too_old_before(), Int(most)),
            |row| Ok((sql::position(row, 0)?, row.get::<_, String>(2)?)),
        )?;
        records.reverse();
        let messages = records.iter().map(|(position, record)| {
            let event = wire::read(*position, record)?;
            Ok(Arc::new(event))
        });
        messages.collect()
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
