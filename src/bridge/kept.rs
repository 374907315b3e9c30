//! Whose place is kept behind a lost connection, and until when. No clock.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::chat::UserName;
use crate::chat::origin::SessionId;
use crate::messages::Parting;

/// Places that are let go at one look, of which there are ten a second: when a network breaks for
/// thousands, their releases are no flood between what the others say.
pub(super) const LET_GO: usize = 50;

/// What has become of a claim, by the word that stands beside it in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Its session lives.
    Live,
    /// Its connection is lost, or its node was.
    Detached,
    /// Its node has gone down in order.
    Moving,
}

impl Hold {
    /// Its word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Detached => "detached",
            Self::Moving => "moving",
        }
    }

    /// What a word means, if it is one.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Live, Self::Detached, Self::Moving];
        all.into_iter().find(|hold| hold.word() == word)
    }
}

/// Sessions that are gone and whose account keeps its rooms, for `accounts.grace`: one for each
/// claim of that time at most.
#[derive(Debug)]
pub(super) struct Kept {
    grace: Duration,
    places: HashMap<SessionId, Place>,
    /// In the order in which they are over, which is that in which the sessions parted.
    ends: VecDeque<(Instant, SessionId)>,
}

#[derive(Debug)]
struct Place {
    user: UserName,
    parting: Parting,
}

impl Kept {
    /// Keeps every place for `grace`; none when that is zero.
    pub(super) fn new(grace: Duration) -> Self {
        Self {
            grace,
            places: HashMap::new(),
            ends: VecDeque::new(),
        }
    }

    /// A session parts from its account. Returns how the store is to take it: without a grace
    /// everybody is gone at once, and so is a guest, who cannot prove to be the same one again.
    pub(super) fn parts(
        &mut self,
        session: &SessionId,
        user: &UserName,
        parting: Parting,
        now: Instant,
    ) -> Parting {
        let may_come_back = !self.grace.is_zero() && user.account().is_some();
        match parting {
            Parting::Broken | Parting::Moving if may_come_back => {
                let place = Place {
                    user: user.clone(),
                    parting: parting.clone(),
                };
                self.places.insert(session.clone(), place);
                self.ends.push_back((now + self.grace, session.clone()));
                parting
            }
            Parting::Goodbye { .. } => parting,
            Parting::Broken | Parting::Moving => Parting::Goodbye { words: None },
        }
    }

    /// How a session parted from an account whose place is kept; nothing of any other. A store that
    /// went back may hold the guest as whom it came.
    pub(super) fn parting(&self, session: &SessionId, user: &UserName) -> Option<Parting> {
        let place = self.places.get(session)?;
        (place.user == *user).then(|| place.parting.clone())
    }

    /// The next place whose time is over; it is kept no longer.
    pub(super) fn over(&mut self, now: Instant) -> Option<(SessionId, UserName)> {
        while let Some((_, session)) = self.ends.pop_front_if(|(until, _)| *until <= now) {
            if let Some(Place { user, .. }) = self.places.remove(&session) {
                return Some((session, user));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{session_id, user};

    const GRACE: Duration = Duration::from_secs(15);

    #[test]
    fn a_place_is_kept_for_the_grace_and_let_go_once() {
        let (mut kept, begin) = (Kept::new(GRACE), Instant::now());
        let after = |seconds| begin + Duration::from_secs(seconds);
        for (conn, name, parting, second) in [
            (1, "anna", Parting::Broken, 0),
            (2, "ben", Parting::Moving, 5),
            (3, "carl", Parting::Goodbye { words: None }, 5),
        ] {
            let session = session_id(conn);
            let taken = kept.parts(&session, &user(name), parting.clone(), after(second));
            assert_eq!(taken, parting);
        }
        let parted = |kept: &Kept| {
            let people = [(1, "anna"), (2, "ben"), (3, "carl")];
            people.map(|(conn, name)| kept.parting(&session_id(conn), &user(name)))
        };
        let both = [Some(Parting::Broken), Some(Parting::Moving), None];
        assert_eq!(parted(&kept), both);
        assert_eq!(
            kept.parting(&session_id(1), &user("ben")),
            None,
            "another one's"
        );
        assert_eq!(kept.over(after(14)), None);
        assert_eq!(kept.over(after(15)), Some((session_id(1), user("anna"))));
        assert_eq!(kept.over(after(15)), None);
        assert_eq!(parted(&kept), [None, Some(Parting::Moving), None]);
        assert_eq!(kept.over(after(99)), Some((session_id(2), user("ben"))));
        assert_eq!(kept.over(after(99)), None);
    }

    #[test]
    fn without_a_grace_everybody_is_gone_at_once() {
        let (mut kept, now) = (Kept::new(Duration::ZERO), Instant::now());
        let goodbye = Parting::Goodbye { words: None };
        for parting in [Parting::Broken, Parting::Moving, goodbye.clone()] {
            let taken = kept.parts(&session_id(1), &user("anna"), parting, now);
            assert_eq!(taken, goodbye);
        }
        assert_eq!(kept.parting(&session_id(1), &user("anna")), None);
        assert_eq!(kept.over(now + GRACE), None);
    }

    #[test]
    fn every_hold_has_a_word_of_its_own() {
        for hold in [Hold::Live, Hold::Detached, Hold::Moving] {
            assert_eq!(Hold::of_word(hold.word()), Some(hold));
        }
        assert_eq!(Hold::of_word("gone"), None);
    }
}
