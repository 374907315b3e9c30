//! An account that is made on the way in.

use super::{By, Proof, Registration, Stage, Step, tell};
use crate::chat::{Nick, UserName};
use crate::dialect::irc::caps::Cap;
use crate::dialect::irc::identity::{Accounts, Door};
use crate::dialect::irc::register;

impl Registration {
    /// The account whose owner the peer has proven to be.
    pub(super) const fn account(&self) -> Option<&UserName> {
        match &self.proof {
            Proof::Given { user } => Some(user),
            Proof::Missing | Proof::Asked { .. } => None,
        }
    }

    pub(super) fn register(&mut self, params: &[&str]) -> Step {
        if self.door == Door::Locked {
            return tell(register::outside(params));
        }
        if matches!(self.proof, Proof::Asked { .. }) || self.stage == Stage::Complete {
            return tell(register::too_soon(params));
        }
        let accounts = if self.caps.offered().has(Cap::AccountRegistration) {
            Accounts::Open
        } else {
            Accounts::Closed
        };
        let nick = self.nick.as_ref().map(Nick::as_str);
        match register::read(params, accounts, nick, self.account()) {
            Ok((wish, password)) => {
                self.proof = Proof::Asked { by: By::Register };
                Step::Register { wish, password }
            }
            Err(reply) => tell(reply),
        }
    }

    /// There is no such account by that; why was told.
    pub fn not_made(&mut self) -> Vec<Step> {
        self.proof = Proof::Missing;
        let mut steps = Vec::new();
        self.complete(&mut steps);
        steps
    }
}
