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
    /// Up to where events were lost last, and in which way.
    passed: Option<(Position, Lost)>,
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
            passed: None,
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
        let kept = self.kept.parting(session, user);
        kept.map_or(Due::Ends, Due::Kept)
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
    /// it `holds` the claims of these. What a guest wants to be it may be by now.
    pub(super) fn doubtful(&self, holds: &HashSet<(ConnId, UserName)>) -> Vec<ConnId> {
        let live = self
            .here
            .iter()
            .filter(|(_, here)| here.life != Life::Asked);
        let is_held = |conn: ConnId, here: &Here| {
            let mut own = std::iter::once(&here.user).chain(&here.wants);
            own.any(|user| holds.contains(&(conn, user.clone())))
        };
        let doubtful = live.filter(|(conn, here)| !is_held(**conn, here));
        doubtful.map(|(conn, _)| *conn).collect()
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
        self.passed = Some((up_to, how));
        for here in self.here.values_mut() {
            if let Life::Owed { lost, .. } = &mut here.life {
                *lost = how.max(*lost);
            }
        }
        let later = self.answered.split_off(&up_to.next());
        let lost = std::mem::replace(&mut self.answered, later);
        let told = lost.into_iter().filter_map(|(fence, answered)| {
            let here = self.here.get_mut(&answered.conn)?;
            let mail = here.loses(fence, answered, how)?;
            Some((here.to.clone(), mail))
        });
        told.collect()
    }

    /// What a session is told behind the answer that it is live by the event at `fence`, where that was
    /// lost before it was answered: the answer came by the connection behind, and nobody else is told.
    pub(super) fn came_late(&mut self, fence: Position) -> Option<SessionMail> {
        let (_, how) = self.passed.filter(|(up_to, _)| fence <= *up_to)?;
        let answered = self.answered.remove(&fence)?;
        let here = self.here.get_mut(&answered.conn)?;
        let mail = here.loses(fence, answered, how);
        Some(mail.unwrap_or(SessionMail::Suspended))
    }
}

impl Here {
    /// Its claim event was lost. Returns what it is told, if the registry does not tell it.
    fn loses(&mut self, fence: Position, answered: Answered, how: Lost) -> Option<SessionMail> {
        let Brings::Standing { missed, .. } = answered.brings else {
            return None;
        };
        let (since, lost) = match missed {
            // The registry knows how far the guest was told.
            Missed::Nothing if answered.by == By::LogIn => return None,
            Missed::Nothing => (fence, how),
            Missed::After(since) => (since, how),
            Missed::AfterTakenBack(since) => (since, Lost::TakenBack),
            Missed::Kept(_) => return Some(SessionMail::End(Ending::MessagesLost)),
            // The registry knows of it.
            Missed::SinceSuspended => return None,
        };
        self.life = Life::Owed { since, lost };
        Some(SessionMail::Suspended)
    }
}

#[cfg(test)]
mod tests;
