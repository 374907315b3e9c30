//! Who does not hear what happens as it comes: whose claim is in question, how far each was told,
//! and how it is told the rest.

use super::{Hears, Local, Rooms};
use crate::chat::origin::ConnId;
use crate::chat::{Deed, Position, RoomName, UserName};
use crate::messages::{Arrival, Brings, Kept, Missed};
use crate::registry::behind::{Ground, Mark, Next, Reader};
use crate::registry::past::Past;

impl Rooms {
    /// The sessions that have an account or had one, and are still there.
    #[must_use]
    pub fn live_or_suspended(&self) -> Vec<ConnId> {
        let all = self.sitting.keys().chain(self.suspended.keys());
        all.copied().collect()
    }

    /// Whether a session claims by this that hears what happens already.
    #[must_use]
    pub fn claims_live(&self, next: &Arrival) -> bool {
        match (&next.event.deed, &next.brings) {
            (Deed::Claimed { session, .. }, Brings::Standing { .. }) => {
                self.sitting.contains_key(&session.conn)
            }
            (_, Brings::Standing { .. } | Brings::Nothing) => false,
        }
    }

    /// The claim of a session is in question, and all that is known of its account with it: it hears
    /// nothing before it has claimed again. `folded` is the last event that was taken. Returns
    /// whether it has to be told.
    pub fn suspend(&mut self, conn: ConnId, folded: Position) -> bool {
        let Some(user) = self.sitting.get(&conn).cloned() else {
            return self.suspended.contains_key(&conn);
        };
        let mark = self.mark(&user, folded);
        self.remove_user(&user);
        if !self.seats.contains_key(&conn) {
            return false;
        }
        self.wanting.insert(conn, user);
        self.suspended.extend(mark.map(|mark| (conn, mark)));
        true
    }

    /// What the session of an account was told so far.
    fn mark(&self, user: &UserName, folded: Position) -> Option<Mark> {
        let local = self.users.get(user)?;
        let last = |room: &RoomName| Some((room.clone(), self.members.get(room)?.last?));
        Some(match &local.hears {
            Hears::Live => Mark {
                upto: folded,
                ground: Ground::Whole {
                    ordinals: local.view.rooms().filter_map(last).collect(),
                },
            },
            Hears::Behind(reader) => reader.mark(),
        })
    }

    /// The log was taken back: what it holds by now where a suspended session was told something
    /// may be something else.
    pub fn tear_marks(&mut self) {
        for mark in self.suspended.values_mut() {
            mark.ground = Ground::Torn;
        }
    }

    /// A suspended session has not even taken what it was told behind this position.
    pub fn takes_back(&mut self, conn: ConnId, after: Position) {
        if let Some(mark) = self.suspended.get_mut(&conn)
            && after < mark.upto
        {
            mark.goes_back(after);
        }
    }

    /// A session has missed what the past holds behind a position, or was kept for it: from here
    /// on it hears nothing before it has [caught up](Self::next_missed).
    pub fn fall_behind(&mut self, conn: ConnId, missed: Missed, past: &Past) {
        let Some(user) = self.sitting.get(&conn).cloned() else {
            return;
        };
        let suspended = self.suspended.remove(&conn);
        self.stop_hearing(&user);
        if let Some(local) = self.users.get_mut(&user) {
            let since = suspended.unwrap_or_else(|| Mark::upto(past.ends()));
            let reader = match missed {
                // A guest who logs in may be behind.
                Missed::Nothing | Missed::SinceSuspended => Reader::since(since, &local.view, past),
                Missed::After(last) => {
                    let untold = match &mut local.hears {
                        Hears::Live => Kept::default(),
                        Hears::Behind(before) => before.untold(last),
                    };
                    Reader::behind(last, &local.view, past).with_kept(untold)
                }
                Missed::AfterTakenBack(last) => Reader::since(Mark::torn(last), &local.view, past),
                Missed::Kept(kept) => {
                    let kept = kept.up_to(since.upto);
                    Reader::since(since, &local.view, past).with_kept(kept)
                }
            };
            local.hears = Hears::Behind(Box::new(reader));
        }
    }

    /// The next thing that a session has missed; nothing for one that is not behind.
    pub fn next_missed(&mut self, conn: ConnId, past: &Past) -> Option<Next> {
        let local = self.local_of(conn)?;
        let Hears::Behind(reader) = &mut local.hears else {
            return None;
        };
        let next = reader.next(&local.view, past);
        if next == Next::Live {
            local.hears = Hears::Live;
            let Local { conn, view, .. } = local;
            let (conn, view) = (*conn, view.clone());
            self.start_hearing(conn, &view);
        }
        Some(next)
    }

    /// A session that is behind, while it is.
    pub fn reader(&mut self, conn: ConnId) -> Option<&mut Reader> {
        match &mut self.local_of(conn)?.hears {
            Hears::Live => None,
            Hears::Behind(reader) => Some(reader),
        }
    }
}
