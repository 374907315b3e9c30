//! Who comes, goes, is put out, or is seen otherwise: members of rooms hear of it, and who watches.

use super::{Effect, Rooms, Seat, heard};
use crate::chat::event::Hearing;
use crate::chat::origin::{ConnId, SessionId};
use crate::chat::{Deed, Ending, Event, Position, RoomName, UserName};
use crate::messages::Arrival;

impl Rooms {
    pub(super) fn comes(
        &mut self,
        user: &UserName,
        was: Option<&UserName>,
        session: &SessionId,
        at: &Arrival,
    ) -> Vec<Effect> {
        let Some(was) = was else {
            let mut effects = self.claimed(user, session, at);
            effects.extend(self.is_seen_coming(user));
            return effects;
        };
        let rooms = at.event.rooms();
        let mut effects = self.others_in_any(rooms, was);
        effects.extend(self.watchers_outside(user, rooms));
        self.is_guest_no_more(was, session.conn, at.event.before());
        // Who watches for the nick knows that it is there.
        effects.extend(self.claimed(user, session, at));
        effects
    }

    /// What the guest's session was told is kept in mind where it does not hear what happens as it
    /// comes.
    fn is_guest_no_more(&mut self, was: &UserName, conn: ConnId, folded: Position) {
        if self.sitting.get(&conn) == Some(was) && self.conn_of(was).is_none() {
            self.suspend(conn, folded);
        } else {
            self.remove_user(was);
        }
    }

    pub(super) fn goes(&mut self, user: &UserName, left: &[RoomName], at: &Event) -> Vec<Effect> {
        let is_put_out = matches!(&at.deed, Deed::Released { by: Some(_), .. });
        let mut effects = if is_put_out {
            self.killed(user, left)
        } else {
            self.released(user, left, at.before())
        };
        effects.extend(self.is_seen_going(user));
        effects
    }

    pub(super) fn nicked(
        &mut self,
        user: &UserName,
        was: &UserName,
        rooms: &[RoomName],
    ) -> Vec<Effect> {
        let mut effects = self.others_in_any(rooms, user);
        effects.extend(self.is_seen_as(user, was));
        effects
    }

    pub(super) fn others_and_watchers(&self, rooms: &[RoomName], user: &UserName) -> Vec<Effect> {
        let mut effects = self.others_in_any(rooms, user);
        effects.extend(self.watchers_outside(user, rooms));
        effects
    }

    /// It is told why before it ends, and nothing behind that.
    fn killed(&mut self, user: &UserName, left: &[RoomName]) -> Vec<Effect> {
        let victim = self.conn_of(user).into_iter().collect();
        let mut effects = heard(Hearing::Victim, victim, None);
        // Its seat stays until it is gone: by that it hears why.
        let conn = self.remove_user(user);
        let seat = conn.and_then(|conn| Some((conn, self.seat(conn)?)));
        effects.extend(seat.map(|(conn, Seat { hub, .. })| Effect::Ended {
            conn,
            hub,
            ending: Ending::Killed,
        }));
        effects.extend(self.others_in_any(left, user));
        effects
    }
}
