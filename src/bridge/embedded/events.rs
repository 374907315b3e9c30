//! What happened in rooms beside what was said: kept in a table of its own, so that comings and goings
//! push no message out.

use std::sync::Arc;

use super::log::{Store, StoreError};
use super::sql::{self, Int};
use crate::chat::{Event, RoomName};

impl Store {
    /// Keeps the event that was appended last, which is about this room, as long as the settings say;
    /// not where the room has vanished by it. Of each room the last `keep_messages` are kept.
    pub(super) fn happened(&self, room: &RoomName, event: &Arc<Event>) -> Result<(), StoreError> {
        if self.rules.keep_messages == 0 || self.rules.keep_days == 0 {
            return Ok(());
        }
        let kept = self
            .db
            .prepare_cached(
                "INSERT INTO events (room, k, epoch, n, at, record)
                 SELECT name, coalesce((SELECT max(k) FROM events WHERE room = ?1), 0) + 1,
                     epoch, n, ?2, record
                 FROM rooms, log WHERE name = ?1 AND seq = ?3 RETURNING k",
            )?
            .query_map((room, event.at, Int(self.last_seq())), |row| row.get(0))?
            .collect::<Result<Vec<Int>, _>>()?;
        for Int(k) in kept {
            let beyond = k.saturating_sub(self.rules.keep_messages);
            let sql = "DELETE FROM events WHERE room = ?1 AND k <= ?2";
            sql::change(&self.db, sql, (room, Int(beyond)))?;
        }
        Ok(())
    }

    /// Forgets what is too old of a room: one range at its beginning.
    pub(super) fn forget_events(&self, room: &RoomName) -> rusqlite::Result<usize> {
        sql::change(
            &self.db,
            "DELETE FROM events WHERE room = ?1 AND k < coalesce(
                 (SELECT k FROM events WHERE room = ?1 AND at >= ?2 ORDER BY k LIMIT 1),
                 (SELECT max(k) + 1 FROM events WHERE room = ?1))",
            (room, self.too_old_before()),
        )
    }
}
