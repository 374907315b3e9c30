//! The password that the node asks of all who come in, whoever they are.

use super::{Door, Pass, Proof, Registration, Step, end, say};
use crate::chat::{Nick, Secret};
use crate::dialect::irc::numerics::Numeric;

/// What is missing of it.
#[derive(Debug)]
pub(super) enum Gate {
    /// Nothing: the node asks for none, or it was right.
    Open,
    /// It was not said.
    Locked,
    /// It was said, and is not checked yet.
    Shown {
        /// It.
        password: Secret,
    },
    /// It is being checked.
    Asked,
}

const LOCKED: &str =
    "This server asks for a password: set it as the server password of your client";

impl Gate {
    pub(super) const fn of(door: Door) -> Self {
        match door {
            Door::Open => Self::Open,
            Door::Locked => Self::Locked,
        }
    }
}

impl Registration {
    /// A password without an account is the node's, or that of the account with the name of the nick.
    pub(super) fn hear_password(&mut self, password: Secret) {
        match self.door {
            Door::Locked => self.gate = Gate::Shown { password },
            Door::Open => self.pass = Some(Pass::OfNick { password }),
        }
    }

    /// Goes on to the claim behind an open gate, once nothing of the peer is missing.
    pub(super) fn pass_gate(&mut self, nick: Nick, steps: &mut Vec<Step>) {
        match std::mem::replace(&mut self.gate, Gate::Asked) {
            Gate::Open => {
                self.gate = Gate::Open;
                self.enter(nick, steps);
            }
            Gate::Shown { password } => steps.push(Step::Knock { nick, password }),
            Gate::Locked => steps.extend(end(say(Numeric::PasswdMismatch, &[LOCKED]))),
            Gate::Asked => {}
        }
    }

    fn enter(&mut self, nick: Nick, steps: &mut Vec<Step>) {
        if matches!(self.proof, Proof::Given { .. }) {
            steps.push(Step::Claim { nick });
        } else {
            self.prove_by_pass(nick, steps);
        }
    }

    /// The password was the node's.
    pub fn let_in(&mut self) -> Vec<Step> {
        self.gate = Gate::Open;
        let mut steps = Vec::new();
        if let Some(nick) = self.nick.clone() {
            self.enter(nick, &mut steps);
        }
        steps
    }

    /// It was not, or could not be checked; the words say which.
    pub fn not_let_in(&mut self, why: &str) -> Vec<Step> {
        self.gate = Gate::Locked;
        end(say(Numeric::PasswdMismatch, &[why])).into()
    }
}
