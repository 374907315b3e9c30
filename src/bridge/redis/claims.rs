//! Which sessions here are live or about to be, and what their claim events bring.

use std::collections::{BTreeMap, HashMap};

use actix::Recipient;

use crate::chat::origin::{ConnId, SessionId};
use crate::chat::{Position, UserName};
use crate::messages::{Brings, SessionMail};

/// What the bridge has to remember of claims.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Sessions that asked for an account and neither were refused nor gave it back.
    here: HashMap<ConnId, Here>,
    /// Claims answered whose event is not read yet.
    answered: BTreeMap<Position, (ConnId, Brings)>,
}

/// A session that is live or about to be.
#[derive(Debug)]
struct Here {
    user: UserName,
    to: Recipient<SessionMail>,
}

impl Claims {
    /// A session asks for an account.
    pub(super) fn asked(
        &mut self,
        session: &SessionId,
        user: UserName,
        to: Recipient<SessionMail>,
    ) {
        self.here.insert(session.conn, Here { user, to });
    }

    /// It does not get it, or gives it back.
    pub(super) fn ended(&mut self, conn: ConnId) {
        self.here.remove(&conn);
    }

    /// Where a session that is here is told something.
    pub(super) fn mailbox(&self, conn: ConnId) -> Option<Recipient<SessionMail>> {
        self.here.get(&conn).map(|here| here.to.clone())
    }

    /// Whether what the store holds for this session may stay.
    pub(super) fn is_here(&self, session: &SessionId, user: &UserName) -> bool {
        let here = self.here.get(&session.conn);
        here.is_some_and(|here| here.user == *user)
    }

    /// A session was told that it is live by the event at `fence`.
    pub(super) fn answered(&mut self, fence: Position, brings: Brings, conn: ConnId) {
        self.answered.insert(fence, (conn, brings));
    }

    /// What the claim event at this position brings.
    pub(super) fn brings(&mut self, fence: Position) -> Brings {
        let answered = self.answered.remove(&fence);
        answered.map_or(Brings::Nothing, |(_, brings)| brings)
    }

    /// Events up to here were lost: the sessions whose claim event was among them.
    pub(super) fn lost(&mut self, up_to: Position) -> Vec<Recipient<SessionMail>> {
        let later = self.answered.split_off(&up_to.next());
        let lost = std::mem::replace(&mut self.answered, later);
        let conns = lost.into_values().map(|(conn, _)| conn);
        conns
            .filter_map(|conn| self.here.get(&conn).map(|here| here.to.clone()))
            .collect()
    }
}
