//! A guest who logs in without leaving.

use super::{Asked, Lane, Places, Present, Standing};
use crate::chat::{Command, Ending, Refusal, UserName};
use crate::messages::{Contest, DuplicateLogin, Entrance, Outcome};
use crate::session::phase::entrance::proof;
use crate::session::phase::lane::LogIn;
use crate::session::phase::{LOOKS, Step};

impl Present {
    /// Has an account proven, or made; whoever has one keeps it.
    pub(super) fn is_to_log_in(&mut self, command: Command) -> Vec<Step> {
        if !self.is_guest() {
            return self.is_in_already();
        }
        let guest = self.claim.user.clone();
        match proof(command, Some(guest)) {
            Some(step) => self.waiting(Asked::LogIn(LogIn::Proving), step),
            None => Vec::new(),
        }
    }

    /// Whether it is on its way to an account.
    pub(in crate::session::phase) const fn is_logging_in(&self) -> bool {
        matches!(self.lane, Lane::Asked(Asked::LogIn(_)))
    }

    pub(super) const fn is_claiming(&self) -> bool {
        matches!(
            self.lane,
            Lane::Asked(Asked::LogIn(LogIn::Claiming { .. } | LogIn::Waiting { .. }))
        )
    }

    /// Takes whose account it is, or that it is nobody's.
    pub(in crate::session::phase) fn proved(
        &mut self,
        proof: Result<UserName, Refusal>,
        on_duplicate: DuplicateLogin,
    ) -> Vec<Step> {
        match (&self.lane, proof) {
            (Lane::Asked(Asked::LogIn(LogIn::Proving)), Ok(user)) => {
                self.logs_in(user, 0, on_duplicate)
            }
            (Lane::Asked(Asked::LogIn(LogIn::Proving)), Err(refusal)) => {
                self.alone_answered(Step::Refuse(refusal))
            }
            (Lane::Free | Lane::Held(_) | Lane::Asked(_), proof) => self.operator_proved(proof),
        }
    }

    /// What is in question is not made an account: the guest claims again first.
    fn logs_in(&mut self, user: UserName, looks: u8, on_duplicate: DuplicateLogin) -> Vec<Step> {
        match self.standing {
            Standing::Firm => {}
            Standing::Void | Standing::Suspended | Standing::Renewing => {
                return self.alone_answered(Step::Refuse(Refusal::NotDelivered));
            }
        }
        let contest = if looks < LOOKS {
            Contest::Settled(on_duplicate)
        } else {
            Contest::Insisted
        };
        let entrance = Entrance::InPlace {
            guest: self.claim.clone(),
            contest,
        };
        let claiming = LogIn::Claiming {
            user: user.clone(),
            looks,
        };
        self.waiting(Asked::LogIn(claiming), Step::LogIn { user, entrance })
    }

    /// Takes the answer to [`Step::LogIn`].
    pub(super) fn log_in_answered(&mut self, outcome: Outcome) -> Vec<Step> {
        let Lane::Asked(Asked::LogIn(LogIn::Claiming { user, looks })) =
            std::mem::replace(&mut self.lane, Lane::Free)
        else {
            return Vec::new();
        };
        match outcome {
            Outcome::Claimed { claim, rooms } => {
                self.places = Places::new(&rooms, claim.fence);
                let was = std::mem::replace(&mut self.claim, claim).user;
                let user = self.claim.user.clone();
                self.alone_answered(Step::LoggedIn { user, was })
            }
            Outcome::Duplicate => {
                let probe = Step::Probe { user: user.clone() };
                self.waiting(Asked::LogIn(LogIn::Waiting { user, looks }), probe)
            }
            // The account may be claimed; the releases at the session's end settle it.
            Outcome::Refused(Refusal::NotConfirmed) => vec![
                Step::Refuse(Refusal::NotConfirmed),
                Step::End(Ending::Unconfirmed),
            ],
            Outcome::Refused(refusal) => self.alone_answered(Step::Refuse(refusal)),
            Outcome::Void => {
                let mut steps = self.void();
                steps.extend(self.goes_on());
                steps
            }
            // Nothing else was asked.
            Outcome::Done(_) | Outcome::Settled => Vec::new(),
        }
    }

    /// The session that has the account is alive.
    pub(in crate::session::phase) fn holder_alive(&mut self) -> Vec<Step> {
        match std::mem::replace(&mut self.lane, Lane::Free) {
            Lane::Asked(Asked::LogIn(LogIn::Waiting { user, .. })) => {
                self.alone_answered(Step::Refuse(Refusal::InUse { user }))
            }
            other @ (Lane::Free | Lane::Held(_) | Lane::Asked(_)) => {
                self.lane = other;
                Vec::new()
            }
        }
    }

    /// A moment after [`Step::Probe`]: perhaps the account is free.
    pub(in crate::session::phase) fn looks_again(
        &mut self,
        on_duplicate: DuplicateLogin,
    ) -> Vec<Step> {
        match std::mem::replace(&mut self.lane, Lane::Free) {
            Lane::Asked(Asked::LogIn(LogIn::Waiting { user, looks })) => {
                self.logs_in(user, looks + 1, on_duplicate)
            }
            other @ (Lane::Free | Lane::Held(_) | Lane::Asked(_)) => {
                self.lane = other;
                Vec::new()
            }
        }
    }
}
