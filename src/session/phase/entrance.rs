//! The ways to an account, and to a session without one.

use super::{Known, Phase, Proof, State, Step, Then};
use crate::chat::command::Since;
use crate::chat::{Command, Ident, Nick, Refusal, Secret, UserName};
use crate::messages::Role;

impl Phase {
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
