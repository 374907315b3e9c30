//! The ways to an account, and to a session without one.

use super::{Known, Phase, Proof, State, Step};
use crate::chat::command::Since;
use crate::chat::{Ident, Nick, Refusal, Secret, UserName};

impl Phase {
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
