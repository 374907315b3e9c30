//! What somebody asks that is about the network or the account rather than a room.

use super::{Asked, Lane, Present};
use crate::chat::answer::Office;
use crate::chat::command::{Inquiry, Operate, Watch};
use crate::chat::profile::{Audience, Profile};
use crate::chat::{Answer, Refusal, Secret, UserName};
use crate::messages::{PeopleRequest, ProgramRequest, Role};
use crate::session::phase::Step;

impl Present {
    pub(super) fn changes_password(&mut self, old: Secret, new: Secret) -> Vec<Step> {
        let user = self.claim.user.clone();
        self.waiting(Asked::Password, Step::ChangePassword { user, old, new })
    }

    pub(super) fn wants_token(&mut self) -> Vec<Step> {
        let user = self.claim.user.clone();
        self.waiting(Asked::Token, Step::Issue { user })
    }

    pub(super) fn introduces(&mut self, profile: Profile, audience: Audience) -> Vec<Step> {
        self.program(ProgramRequest::Introduce { profile, audience })
    }

    pub(super) fn operates(&mut self, what: Operate) -> Vec<Step> {
        match what {
            Operate::Become { name, password } => self.is_to_prove(name, password),
            Operate::Resign => self.takes(Office::None),
            Operate::Kill { user, words } => self.people(PeopleRequest::Kill { user, words }),
            Operate::Announce { text } => self.people(PeopleRequest::Announce { text }),
        }
    }

    fn is_to_prove(&mut self, user: UserName, password: Secret) -> Vec<Step> {
        let of = Role::Operator;
        self.waiting(Asked::Office, Step::Prove { user, password, of })
    }

    pub(super) fn inquires(&mut self, what: Inquiry) -> Vec<Step> {
        match (what, self.office) {
            (Inquiry::Rehash, Office::None) => vec![Step::Refuse(Refusal::NoOperator)],
            (Inquiry::MessageOfTheDay, _) | (Inquiry::Rehash, Office::Operator) => {
                self.waiting(Asked::Inquiry, Step::Inquire(what))
            }
        }
    }

    fn takes(&mut self, office: Office) -> Vec<Step> {
        self.people(PeopleRequest::TakeOffice { office })
    }

    /// Takes whether somebody is the operator who they say they are.
    pub(in crate::session::phase) fn operator_proved(
        &mut self,
        proof: Result<UserName, Refusal>,
    ) -> Vec<Step> {
        match (&self.lane, proof) {
            (Lane::Asked(Asked::Office), Ok(_)) => self.takes(Office::Operator),
            (Lane::Asked(Asked::Office), Err(refusal)) => {
                self.alone_answered(Step::Refuse(refusal))
            }
            (Lane::Free | Lane::Held(_) | Lane::Asked(_), _) => Vec::new(),
        }
    }

    /// Who is added is looked for in the store, behind the word to the registry.
    pub(super) fn watches(&mut self, change: Watch) -> Vec<Step> {
        let looks = match &change {
            Watch::For { people } => {
                let people = people.clone();
                self.people(PeopleRequest::Presence { people })
            }
            Watch::NoMoreFor { .. } | Watch::ForNobody | Watch::Found { .. } => {
                vec![Step::Answer(Answer::Watching)]
            }
        };
        std::iter::once(Step::Watch(change)).chain(looks).collect()
    }
}

/// Who was found to be here is not told to have come once more.
pub(super) fn found(answer: &Answer) -> Option<Step> {
    if let Answer::Presence { here, .. } = answer {
        let here = here.clone();
        Some(Step::Watch(Watch::Found { here }))
    } else {
        None
    }
}
