//! Where a session stands: a pure state machine. What comes in is a value, what is to be done
//! comes out as [`Step`]s.
//!
//! This file is the way in and out; what somebody who is logged in may do is in [`present`].

mod door;
mod entrance;
mod history;
mod lane;
mod moderation;
mod places;
mod present;
mod step;

use crate::chat::origin::SessionId;
use crate::chat::{Answer, Command, Ending, Fate, Position, Refusal, RoomName, Secret, UserName};
use crate::dialect::Heard;
use crate::messages::{Claim, DuplicateLogin, Entrance, Outcome, Redeemed};

pub(super) use door::DoorRules;
use entrance::{Known, Proof, Then};
use present::Present;
pub(super) use step::Step;

/// Wrong passwords and tokens on one connection before it ends.
const FAILURES: u8 = 3;

/// How often a newcomer looks, once a second, whether the account is free, before it insists: longer
/// than a session that is there takes to say so.
const LOOKS: u8 = 6;

/// Where a session stands.
#[derive(Debug)]
pub(super) struct Phase {
    state: State,
    failures: u8,
    /// What becomes of a live session of the account that logs in.
    on_duplicate: DuplicateLogin,
    /// What its door decides.
    door: DoorRules,
    /// Of whom a guest is told apart.
    session: SessionId,
}

#[derive(Debug)]
enum State {
    /// Nobody is live; the next line is heard.
    Arriving(Known),
    /// Somebody proves who they are, or an account is claimed.
    Proving(Proof),
    /// An account is live.
    Present(Box<Present>),
    /// It is over; nothing is heard.
    Leaving,
}

impl Phase {
    /// Nobody is logged in.
    pub(super) const fn new(
        on_duplicate: DuplicateLogin,
        door: DoorRules,
        session: SessionId,
    ) -> Self {
        Self {
            state: State::Arriving(Known::Nobody),
            failures: 0,
            on_duplicate,
            door,
            session,
        }
    }

    /// Whether another line can be heard.
    pub(super) fn is_ready(&self) -> bool {
        match &self.state {
            State::Arriving(_) => true,
            State::Proving(_) | State::Leaving => false,
            State::Present(present) => present.is_ready(),
        }
    }

    /// Whether everything that was heard has been answered.
    pub(super) fn is_settled(&self) -> bool {
        match &self.state {
            State::Arriving(_) | State::Leaving => true,
            State::Proving(_) => false,
            State::Present(present) => present.is_settled(),
        }
    }

    /// Whether nobody has logged in so far.
    pub(super) const fn is_anonymous(&self) -> bool {
        matches!(self.state, State::Arriving(_) | State::Proving(_))
    }

    /// The claim of a session that is live.
    pub(super) fn claim(&self) -> Option<Claim> {
        match &self.state {
            State::Present(present) => Some(present.claim().clone()),
            State::Arriving(_) | State::Proving(_) | State::Leaving => None,
        }
    }

    /// The event from which on a session that is live hears anything.
    pub(super) fn began(&self) -> Option<Position> {
        match &self.state {
            State::Present(present) => Some(present.began()),
            State::Arriving(_) | State::Proving(_) | State::Leaving => None,
        }
    }

    /// Takes what the peer said. Only when [`Phase::is_ready`].
    pub(super) fn hear(&mut self, heard: Heard) -> Vec<Step> {
        match &mut self.state {
            State::Arriving(_) => match heard {
                Heard::Command(command) => self.first_command(command),
                Heard::Format(_) => vec![Step::Refuse(Refusal::LoginFirst)],
                Heard::Reply => vec![Step::Reply],
                Heard::Refused(refusal) => vec![Step::RefuseLogin(refusal)],
                Heard::Prompt(prompt) => vec![Step::Prompt(prompt)],
                Heard::Malformed(malformed) => vec![Step::Malformed(malformed)],
                Heard::Nothing => Vec::new(),
            },
            State::Present(present) => present.hear(heard),
            State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// Takes the answer to [`Step::Prove`] or [`Step::Register`].
    pub(super) fn proved(&mut self, proof: Result<UserName, Refusal>) -> Vec<Step> {
        if let State::Present(present) = &mut self.state {
            let (logs_in, is_wrong) = (present.is_logging_in(), is_wrong(&proof));
            let steps = present.proved(proof, self.on_duplicate);
            return if logs_in && is_wrong {
                self.failed(steps)
            } else {
                steps
            };
        }
        if matches!(self.state, State::Proving(Proof::Door { .. })) {
            return self.knocked(proof);
        }
        match (&self.state, proof) {
            (State::Proving(Proof::Password { then: Then::Listen }), Ok(user)) => {
                self.state = State::Arriving(Known::Proven { user: user.clone() });
                vec![Step::Answer(Answer::Proved { user })]
            }
            (State::Proving(_), Ok(user)) => self.claims(user, 0),
            (State::Proving(_), Err(refusal)) => self.login_refused(refusal),
            (State::Arriving(_) | State::Present(_) | State::Leaving, _) => Vec::new(),
        }
    }

    /// The session that keeps this one out is alive.
    pub(super) fn holder_alive(&mut self) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.holder_alive(),
            State::Proving(Proof::Waiting { .. }) => vec![Step::End(Ending::Duplicate)],
            // It may have been asked by somebody else.
            State::Arriving(_) | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// A moment after [`Step::Probe`]: perhaps the account is free.
    pub(super) fn looks_again(&mut self) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.looks_again(self.on_duplicate),
            State::Proving(Proof::Waiting { user, looks }) => {
                let (user, looks) = (user.clone(), *looks);
                self.claims(user, looks + 1)
            }
            State::Arriving(_) | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    fn claims(&mut self, user: UserName, looks: u8) -> Vec<Step> {
        let (on_duplicate, begins) = (self.on_duplicate, self.door.begins);
        let entrance = if looks < LOOKS {
            Entrance::Login {
                on_duplicate,
                begins,
            }
        } else {
            Entrance::Insist { begins }
        };
        self.state = State::Proving(Proof::Proven {
            user: user.clone(),
            looks,
        });
        vec![Step::Claim { user, entrance }]
    }

    /// Takes the answer to [`Step::Redeem`].
    pub(super) fn redeemed(&mut self, redeemed: Result<Redeemed, Refusal>) -> Vec<Step> {
        let State::Proving(Proof::Token { since }) = self.state else {
            return Vec::new();
        };
        match redeemed {
            Ok(Redeemed { user, next }) => {
                self.state = State::Proving(Proof::Redeemed { next });
                let entrance = Entrance::Resume { since };
                vec![Step::Claim { user, entrance }]
            }
            Err(refusal) => self.login_refused(refusal),
        }
    }

    /// Takes the answer to [`Step::Issue`].
    pub(super) fn issued(&mut self, token: Result<Secret, Refusal>) -> Vec<Step> {
        self.told(token.map(|token| Answer::Token { token }))
    }

    /// Takes the answer to [`Step::ChangePassword`].
    pub(super) fn password_changed(&mut self, outcome: Result<(), Refusal>) -> Vec<Step> {
        self.told(outcome.map(|()| Answer::PasswordChanged))
    }

    /// Takes the answer to [`Step::Inquire`].
    pub(super) fn told(&mut self, answer: Result<Answer, Refusal>) -> Vec<Step> {
        self.alone_answered(answer.map_or_else(Step::Refuse, Step::Answer))
    }

    fn alone_answered(&mut self, step: Step) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.alone_answered(step),
            State::Arriving(_) | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// The claim is in question: nothing is heard before it is renewed.
    pub(super) fn suspended(&mut self) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.suspended(),
            State::Arriving(_) | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// Whether it waits for an end that has not come.
    pub(super) fn awaits_end(&self) -> bool {
        match &self.state {
            State::Present(present) => present.awaits_end(),
            State::Arriving(_) | State::Proving(_) | State::Leaving => false,
        }
    }

    /// Somebody put the session out of a room.
    pub(super) fn put_out(&mut self, room: RoomName, position: Position) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.put_out(room, position),
            State::Arriving(_) | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// Frames come in the format asked for from here on.
    pub(super) fn format_set(&mut self) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.format_set(),
            State::Arriving(_) | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// Takes the answer of the store to the oldest unanswered ask.
    pub(super) fn answered(&mut self, outcome: Outcome) -> Vec<Step> {
        match (&mut self.state, outcome) {
            (State::Proving(Proof::Waiting { .. }), _) => Vec::new(),
            (State::Proving(_), outcome) => self.claim_answered(outcome),
            (State::Present(present), outcome) => present.answered(outcome),
            (State::Arriving(_) | State::Leaving, _) => Vec::new(),
        }
    }

    /// Takes what became of a text of which that was not known; it changes nothing else.
    pub(super) fn resolved(&self, fate: Fate) -> Vec<Step> {
        match &self.state {
            State::Present(_) => vec![Step::Resolve(fate)],
            State::Arriving(_) | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// It is over, whatever was under way; what has to be told all the same.
    pub(super) fn leave(&mut self) -> Vec<Step> {
        self.take_token(State::Leaving).into_iter().collect()
    }

    /// The next token, if one was used up; whatever was under way is over.
    fn take_token(&mut self, then: State) -> Option<Step> {
        match std::mem::replace(&mut self.state, then) {
            State::Proving(Proof::Redeemed { next: token }) => {
                Some(Step::Answer(Answer::Token { token }))
            }
            State::Proving(
                Proof::Password { .. }
                | Proof::Proven { .. }
                | Proof::Waiting { .. }
                | Proof::Token { .. }
                | Proof::Door { .. },
            )
            | State::Arriving(_)
            | State::Present(_)
            | State::Leaving => None,
        }
    }

    fn first_command(&mut self, command: Command) -> Vec<Step> {
        match command {
            proof @ (Command::Login { .. }
            | Command::Prove { .. }
            | Command::ProveByCertificate { .. }
            | Command::Register { .. }
            | Command::MakeAccount { .. }) => self.begins_to_prove(proof),
            Command::Knock { nick, password } => self.knocks(&nick, password),
            Command::Claim { nick } => self.claims_as_proven(&nick),
            Command::Visit { nick, ident } => self.visits(&nick, &ident),
            Command::Resume { token, since } => self.resumes(token, since),
            Command::Help { topic } => vec![Step::Answer(Answer::Help { topic })],
            Command::Ping { token } => vec![Step::Answer(Answer::Pong { token })],
            Command::Quit { words } => vec![Step::Quit { words }],
            Command::Say { .. }
            | Command::Move { .. }
            | Command::Return
            | Command::Enter { .. }
            | Command::Leave { .. }
            | Command::Rooms
            | Command::Who { .. }
            | Command::Online
            | Command::Neighbours
            | Command::Census
            | Command::WhoWas { .. }
            | Command::Operate(_)
            | Command::Inquire(_)
            | Command::Watch { .. }
            | Command::Presence { .. }
            | Command::Whisper { .. }
            | Command::Tag { .. }
            | Command::WhatIsRead { .. }
            | Command::Introduce { .. }
            | Command::Certificates(_)
            | Command::Read { .. }
            | Command::Post { .. }
            | Command::Subscribe { .. }
            | Command::Unsubscribe { .. }
            | Command::Subscriptions
            | Command::Subscribers
            | Command::History { .. }
            | Command::Dialogue { .. }
            | Command::Conversations { .. }
            | Command::Topic { .. }
            | Command::SetTopic { .. }
            | Command::Kick { .. }
            | Command::Invite { .. }
            | Command::Invitations
            | Command::Modes { .. }
            | Command::ChangeModes { .. }
            | Command::ModeList { .. }
            | Command::Away { .. }
            | Command::Back
            | Command::ChangeNick { .. }
            | Command::WhoIs { .. }
            | Command::ChangePassword { .. }
            | Command::Token => vec![Step::Refuse(Refusal::LoginFirst)],
        }
    }

    fn proves(&mut self, then: Then, step: Step) -> Vec<Step> {
        self.state = State::Proving(Proof::Password { then });
        vec![step]
    }

    fn login_refused(&mut self, refusal: Refusal) -> Vec<Step> {
        self.state = State::Arriving(Known::Nobody);
        let proof = Err(refusal.clone());
        let steps = vec![Step::RefuseLogin(refusal)];
        if is_wrong(&proof) {
            self.failed(steps)
        } else {
            steps
        }
    }

    /// Somebody has not proven to be who they say, and is told so, but for the last time.
    fn failed(&mut self, told: Vec<Step>) -> Vec<Step> {
        self.failures += 1;
        if self.failures >= FAILURES {
            return vec![Step::End(Ending::TooManyFailures)];
        }
        told
    }

    /// The next token is told behind the welcome, and before every refusal: the one that it
    /// follows is used up.
    fn claim_answered(&mut self, outcome: Outcome) -> Vec<Step> {
        if let (Outcome::Duplicate, State::Proving(Proof::Proven { user, looks })) =
            (&outcome, &self.state)
        {
            return self.kept_out(user.clone(), *looks);
        }
        if let (Outcome::Refused(refusal), State::Proving(Proof::Proven { user, .. })) =
            (&outcome, &self.state)
            && is_about_nick(refusal)
        {
            return self.chooses_again(user.plain(), refusal.clone());
        }
        let token = self.take_token(State::Proving(Proof::Password { then: Then::Claim }));
        match outcome {
            Outcome::Claimed { claim, rooms } => {
                let present = Present::new(claim, &rooms, self.door);
                let welcome = Step::Welcome {
                    user: present.claim().user.clone(),
                    room: present.here(),
                };
                self.state = State::Present(Box::new(present));
                std::iter::once(welcome).chain(token).collect()
            }
            other => token.into_iter().chain(self.not_claimed(other)).collect(),
        }
    }

    fn kept_out(&mut self, user: UserName, looks: u8) -> Vec<Step> {
        let probe = Step::Probe { user: user.clone() };
        self.state = State::Proving(Proof::Waiting { user, looks });
        vec![probe]
    }

    /// Who it is stays as proven as it was; only the nick is another one's.
    fn chooses_again(&mut self, user: UserName, refusal: Refusal) -> Vec<Step> {
        self.state = State::Arriving(match user.account() {
            Some(_) => Known::Proven { user },
            None => Known::Nobody,
        });
        vec![Step::RefuseLogin(refusal)]
    }

    fn not_claimed(&mut self, outcome: Outcome) -> Vec<Step> {
        match outcome {
            Outcome::Duplicate => vec![Step::End(Ending::Duplicate)],
            // The account may be claimed; the release at the session's end settles it.
            Outcome::Refused(Refusal::NotConfirmed) => unconfirmed(),
            Outcome::Refused(refusal) => self.login_refused(refusal),
            Outcome::Claimed { .. } | Outcome::Done(_) | Outcome::Void | Outcome::Settled => {
                Vec::new()
            }
        }
    }
}

const fn is_wrong(proof: &Result<UserName, Refusal>) -> bool {
    matches!(
        proof,
        Err(Refusal::WrongPassword | Refusal::WrongToken | Refusal::UnknownCertificate)
    )
}

const fn is_about_nick(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NickInUse { .. } | Refusal::NickRegistered { .. }
    )
}

/// Where the session stands is not known any more: it can only begin anew.
fn unconfirmed() -> Vec<Step> {
    vec![
        Step::Refuse(Refusal::NotConfirmed),
        Step::End(Ending::Unconfirmed),
    ]
}

#[cfg(test)]
mod tests;
