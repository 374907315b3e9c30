//! Which sessions here are live or about to be, and what their claim events bring.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use actix::Recipient;
use tokio::time::Instant;

use crate::bridge::kept::Kept;
use crate::chat::origin::{ConnId, SessionId};
use crate::chat::{Ending, Position, UserName};
use crate::messages::{Brings, Lost, Missed, Parting, SessionMail};

/// What the bridge has to remember of claims.
#[derive(Debug)]
pub(super) struct Claims {
    /// Sessions that asked for an account and neither were refused nor gave it back.
    here: HashMap<ConnId, Here>,
    /// Sessions that are gone, and whose place is kept.
    kept: Kept,
    /// Claims answered whose event is not read yet.
    answered: BTreeMap<Position, Answered>,
}

/// A claim that was answered.
#[derive(Debug)]
struct Answered {
    conn: ConnId,
    brings: Brings,
    by: By,
}

/// By what a session came to its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// The registry hears of it by the event.
    Claim,
    /// The registry knew it before, as a guest.
    LogIn,
}

/// What is to become of a claim that the store holds for a session of this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due {
    /// It stays: the session is here.
    Stays,
    /// The session is gone in this way, and its place is still kept.
    Kept(Parting),
    /// It ends: nobody is there.
    Ends,
}

/// A session that is live or about to be.
#[derive(Debug)]
struct Here {
    user: UserName,
    /// The account to which a guest is about to log in.
    wants: Option<UserName>,
    to: Recipient<SessionMail>,
    life: Life,
}

/// Whether a session was told that it is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// Its claim is not answered yet.
    Asked,
    /// It was.
    Live,
    /// It was, but its claim event was lost in this way, and with it that it is told what stands
    /// behind this.
    Owed { since: Position, lost: Lost },
}

impl Claims {
    /// Keeps the place of who is gone for `grace`; of nobody when that is zero.
    pub(super) fn new(grace: Duration) -> Self {
        Self {
            here: HashMap::new(),
            kept: Kept::new(grace),
            answered: BTreeMap::new(),
        }
    }

    /// A session asks for an account.
    pub(super) fn asked(
        &mut self,
        session: &SessionId,
        user: UserName,
        to: Recipient<SessionMail>,
    ) {
        let here = Here {
            user,
            wants: None,
            to,
            life: Life::Asked,
        };
        self.here.insert(session.conn, here);
    }

    /// A session asks for the account that it has or had.
    pub(super) fn asked_again(
        &mut self,
        session: &SessionId,
        user: UserName,
        to: Recipient<SessionMail>,
    ) {
        if !self.here.contains_key(&session.conn) {
            self.asked(session, user, to);
        }
    }

    /// A guest asks to be an account.
    pub(super) fn wants(&mut self, session: &SessionId, user: UserName) {
        if let Some(here) = self.here.get_mut(&session.conn) {
            here.wants = Some(user);
        }
    }

    /// It stays a guest.
    pub(super) fn stays(&mut self, conn: ConnId) {
        if let Some(here) = self.here.get_mut(&conn) {
            here.wants = None;
        }
    }

    /// It does not get it.
    pub(super) fn refused(&mut self, conn: ConnId) {
        self.here.remove(&conn);
    }

    /// Where a session that is here is told something.
    pub(super) fn mailbox(&self, conn: ConnId) -> Option<Recipient<SessionMail>> {
        self.here.get(&conn).map(|here| here.to.clone())
    }

    /// It gives it back, or its place is kept. Returns how the store is to take it.
    pub(super) fn parts(
        &mut self,
        session: &SessionId,
        user: &UserName,
        parting: Parting,
        now: Instant,
    ) -> Parting {
        let is_this = |own: &UserName| own == user;
        match self.here.get_mut(&session.conn) {
            Some(here) if here.wants.as_ref().is_some_and(is_this) => here.wants = None,
            Some(here) if here.user == *user => {
                self.here.remove(&session.conn);
            }
            // It was told that it is nobody: whatever it holds all the same is free.
            Some(_) | None => return Parting::Goodbye { words: None },
        }
        self.kept.parts(session, user, parting, now)
    }

    /// What is to become of what the store holds for this session.
    pub(super) fn due(&self, session: &SessionId, user: &UserName) -> Due {
        let here = self.here.get(&session.conn);
        if here.is_some_and(|here| here.user == *user || here.wants.as_ref() == Some(user)) {
            return Due::Stays;
        }
        self.kept.parting(session).map_or(Due::Ends, Due::Kept)
    }

    /// The next session whose place is kept no longer.
    pub(super) fn over(&mut self, now: Instant) -> Option<(SessionId, UserName)> {
        self.kept.over(now)
    }

    /// A session was told that it is live by the event at `fence`.
    pub(super) fn answered(&mut self, fence: Position, mut brings: Brings, conn: ConnId) {
        let mut by = By::Claim;
        if let Some(here) = self.here.get_mut(&conn) {
            if let Some(user) = here.wants.take() {
                here.user = user;
                by = By::LogIn;
            }
            let before = std::mem::replace(&mut here.life, Life::Live);
            if let (Life::Owed { since, lost }, Brings::Standing { missed, .. }) =
                (before, &mut brings)
                && !matches!(missed, Missed::Kept(_))
            {
                *missed = match lost {
                    Lost::Trimmed => Missed::After(since),
                    Lost::TakenBack => Missed::AfterTakenBack(since),
                };
            }
        }
        self.answered.insert(fence, Answered { conn, brings, by });
    }

    /// The sessions here that were told that they are live and of which the store says otherwise:
    /// it `holds` the claims of these.
    pub(super) fn doubtful(&self, holds: &HashSet<ConnId>) -> Vec<ConnId> {
        let live = self
            .here
            .iter()
            .filter(|(_, here)| here.life != Life::Asked);
        let conns = live.map(|(conn, _)| *conn);
        conns.filter(|conn| !holds.contains(conn)).collect()
    }

    /// What the claim event at this position brings.
    pub(super) fn brings(&mut self, fence: Position) -> Brings {
        let answered = self.answered.remove(&fence);
        answered.map_or(Brings::Nothing, |answered| answered.brings)
    }

    /// Events up to here were lost in this way: what the sessions are told whose claim event was
    /// among them, and of which the registry has not heard before. Each claims again, but one to
    /// which messages were to be told that were kept for it: these wait for its next login.
    pub(super) fn lost(
        &mut self,
        up_to: Position,
        how: Lost,
    ) -> Vec<(Recipient<SessionMail>, SessionMail)> {
        for here in self.here.values_mut() {
            if let Life::Owed { lost, .. } = &mut here.life {
                *lost = how.max(*lost);
            }
        }
        let later = self.answered.split_off(&up_to.next());
        let lost = std::mem::replace(&mut self.answered, later);
        let mut told = Vec::new();
        for (fence, Answered { conn, brings, by }) in lost {
            let Some(here) = self.here.get_mut(&conn) else {
                continue;
            };
            let (since, lost) = match brings {
                Brings::Standing { missed, .. } => match missed {
                    // The registry knows how far the guest was told.
                    Missed::Nothing if by == By::LogIn => continue,
                    Missed::Nothing => (fence, how),
                    Missed::After(since) => (since, how),
                    Missed::AfterTakenBack(since) => (since, Lost::TakenBack),
                    Missed::Kept(_) => {
                        let end = SessionMail::End(Ending::MessagesLost);
                        told.push((here.to.clone(), end));
                        continue;
                    }
                    // The registry knows of it.
                    Missed::SinceSuspended => continue,
                },
                Brings::Nothing => continue,
            };
            here.life = Life::Owed { since, lost };
            told.push((here.to.clone(), SessionMail::Suspended));
        }
        told
    }
}

#[cfg(test)]
mod tests;
