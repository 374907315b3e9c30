//! The ways to an account, and to a session without one.

use super::{Phase, State, Step};
use crate::chat::command::Since;
use crate::chat::{Answer, Command, Ident, Nick, Refusal, Secret, UserName};
use crate::messages::Role;

/// Who it is that arrives.
#[derive(Debug)]
pub(super) enum Known {
    /// Nobody that is known.
    Nobody,
    /// Who has proven it and has not said yet that they go live.
    Proven { user: UserName },
}

/// What comes behind a password that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The account is claimed.
    Claim,
    /// The next line.
    Listen,
}

/// By what somebody comes in.
#[derive(Debug)]
pub(super) enum Proof {
    /// By a password, which is being checked.
    Password { then: Then },
    /// They show the password of the node, which is being checked.
    Door { known: Known },
    /// By a password that was right: the account is being claimed.
    Proven { user: UserName, looks: u8 },
    /// The same, but it has a live session, which is asked whether it is alive.
    Waiting { user: UserName, looks: u8 },
    /// By a resume token, which is being redeemed.
    Token {
        /// Where they left off.
        since: Since,
    },
    /// By a resume token that is used up.
    Redeemed {
        /// The one that is good now; it has to be told whatever becomes of the claim.
        next: Secret,
    },
}

impl Phase {
    /// Who it is that arrives is known as before; the door itself knows nobody.
    pub(super) fn knocks(&mut self, nick: &Nick, password: Secret) -> Vec<Step> {
        self.state = match std::mem::replace(&mut self.state, State::Leaving) {
            State::Arriving(known) => State::Proving(Proof::Door { known }),
            other @ (State::Proving(_) | State::Present(_) | State::Leaving) => other,
        };
        vec![Step::Prove {
            user: UserName::guest(&self.session, &Ident::of(nick.as_str()), nick),
            password,
            of: Role::Visitor,
        }]
    }

    pub(super) fn knocked(&mut self, proof: Result<UserName, Refusal>) -> Vec<Step> {
        if let Err(refusal) = proof {
            return self.login_refused(refusal);
        }
        self.state = match std::mem::replace(&mut self.state, State::Leaving) {
            State::Proving(Proof::Door { known }) => State::Arriving(known),
            other => other,
        };
        vec![Step::Answer(Answer::LetIn)]
    }

    pub(super) fn begins_to_prove(&mut self, command: Command) -> Vec<Step> {
        let claims = matches!(command, Command::Login { .. } | Command::Register { .. });
        let then = if claims { Then::Claim } else { Then::Listen };
        let step = proof(command, None);
        step.map_or_else(Vec::new, |step| self.proves(then, step))
    }

    pub(super) fn claims_as_proven(&mut self, nick: &Nick) -> Vec<Step> {
        match &self.state {
            State::Arriving(Known::Proven { user }) => self.claims(user.seen_as(nick), 0),
            State::Arriving(Known::Nobody)
            | State::Proving(_)
            | State::Present(_)
            | State::Leaving => vec![Step::RefuseLogin(Refusal::LoginFirst)],
        }
    }

    pub(super) fn visits(&mut self, nick: &Nick, ident: &Ident) -> Vec<Step> {
        self.claims(UserName::guest(&self.session, ident, nick), 0)
    }

    pub(super) fn resumes(&mut self, token: Secret, since: Since) -> Vec<Step> {
        self.state = State::Proving(Proof::Token { since });
        vec![Step::Redeem { token }]
    }
}

/// By what an account is proven, if a command is about that; who makes one has proven it, and may be
/// a guest.
pub(super) fn proof(command: Command, guest: Option<UserName>) -> Option<Step> {
    if let Command::Login { user, password } | Command::Prove { user, password } = command {
        let of = Role::Account;
        Some(Step::Prove { user, password, of })
    } else if let Command::ProveByCertificate { certificate, user } = command {
        Some(Step::ProveByCertificate { certificate, user })
    } else if let Command::Register { user, password } | Command::MakeAccount { user, password } =
        command
    {
        Some(Step::Register {
            user,
            password,
            guest,
        })
    } else {
        None
    }
}
