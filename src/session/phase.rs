//! Where a session stands: a pure state machine. What comes in is a value, what is to be done
//! comes out as [`Step`]s.
//!
//! This file is the way in and out; what somebody who is logged in may do is in [`present`].

mod present;

use crate::chat::command::Positions;
use crate::chat::{Answer, Command, Ending, Fate, Refusal, RoomName, Secret, UserName};
use crate::dialect::{Heard, Malformed, Prompt};
use crate::messages::{Claim, Outcome, Request};

use present::Present;

/// Wrong passwords on one connection before it ends.
const FAILURES: u8 = 3;

/// How often a newcomer looks, once a second, whether the account is free, before it insists: longer
/// than a session that is there takes to say so.
const LOOKS: u8 = 6;

/// What a session has to do, in this order.
#[derive(Debug)]
pub(super) enum Step {
    /// Spell a granted answer.
    Answer(Answer),
    /// Spell a refusal.
    Refuse(Refusal),
    /// Spell what became of a text in doubt.
    Resolve(Fate),
    /// Spell a refused login and ask for what the dialect wants next.
    RefuseLogin(Refusal),
    /// Spell how the peer broke the dialect.
    Malformed(Malformed),
    /// Ask for more, as the dialect wants it.
    Prompt(Prompt),
    /// Have a password checked.
    Prove {
        /// The account.
        user: UserName,
        /// The password.
        password: Secret,
    },
    /// Have an account made.
    Register {
        /// The wanted name.
        user: UserName,
        /// The wanted password.
        password: Secret,
    },
    /// Have a password changed.
    ChangePassword {
        /// The account.
        user: UserName,
        /// The password so far.
        old: Secret,
        /// The wanted one.
        new: Secret,
    },
    /// Claim the account whose password is proven.
    Claim {
        /// The account as registered.
        user: UserName,
        /// Whether a live session has to go.
        insists: Insists,
    },
    /// Ask whether the session is alive that keeps this one out, and look again in a moment.
    Probe {
        /// The account as registered.
        user: UserName,
    },
    /// The session is live: welcome.
    Welcome {
        /// The account as registered.
        user: UserName,
        /// The room it is in.
        room: RoomName,
    },
    /// Ask the store.
    Ask {
        /// As whom.
        claim: Claim,
        /// What.
        request: Request,
    },
    /// Have it told when everything so far is handled.
    Settle,
    /// Have events spelled otherwise.
    SetPositions(Positions),
    /// The end is on its way; it is not waited for for ever.
    AwaitEnd,
    /// It is over.
    End(Ending),
}

/// Whether a newcomer waits for a live session of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Insists {
    /// The operator's policy decides.
    No,
    /// It was asked whether it is alive and did not say so in time.
    Yes,
}

/// Where a session stands.
#[derive(Debug)]
pub(super) struct Phase {
    state: State,
    failures: u8,
}

#[derive(Debug)]
enum State {
    /// Nobody is logged in; the next line is heard.
    Arriving,
    /// A password is being checked.
    Proving,
    /// An account is being claimed.
    Claiming { user: UserName, looks: u8 },
    /// It has a live session, which is asked whether it is alive.
    Waiting { user: UserName, looks: u8 },
    /// An account is live.
    Present(Box<Present>),
    /// It is over; nothing is heard.
    Leaving,
}

impl Default for Phase {
    fn default() -> Self {
        Self {
            state: State::Arriving,
            failures: 0,
        }
    }
}

impl Phase {
    /// Whether another line can be heard.
    pub(super) fn is_ready(&self) -> bool {
        match &self.state {
            State::Arriving => true,
            State::Proving | State::Claiming { .. } | State::Waiting { .. } | State::Leaving => {
                false
            }
            State::Present(present) => present.is_ready(),
        }
    }

    /// Whether everything that was heard has been answered.
    pub(super) fn is_settled(&self) -> bool {
        match &self.state {
            State::Arriving | State::Leaving => true,
            State::Proving | State::Claiming { .. } | State::Waiting { .. } => false,
            State::Present(present) => present.is_settled(),
        }
    }

    /// Whether nobody has logged in so far.
    pub(super) const fn is_anonymous(&self) -> bool {
        match self.state {
            State::Arriving | State::Proving | State::Claiming { .. } | State::Waiting { .. } => {
                true
            }
            State::Present(_) | State::Leaving => false,
        }
    }

    /// The claim of a session that is live.
    pub(super) fn claim(&self) -> Option<Claim> {
        match &self.state {
            State::Present(present) => Some(present.claim().clone()),
            State::Arriving
            | State::Proving
            | State::Claiming { .. }
            | State::Waiting { .. }
            | State::Leaving => None,
        }
    }

    /// Takes what the peer said. Only when [`Phase::is_ready`].
    pub(super) fn hear(&mut self, heard: Heard) -> Vec<Step> {
        match &mut self.state {
            State::Arriving => match heard {
                Heard::Command(command) => self.first_command(command),
                Heard::Refused(refusal) => vec![Step::RefuseLogin(refusal)],
                Heard::Prompt(prompt) => vec![Step::Prompt(prompt)],
                Heard::Malformed(malformed) => vec![Step::Malformed(malformed)],
                Heard::Nothing => Vec::new(),
            },
            State::Present(present) => present.hear(heard),
            State::Proving | State::Claiming { .. } | State::Waiting { .. } | State::Leaving => {
                Vec::new()
            }
        }
    }

    /// Takes the answer to [`Step::Prove`] or [`Step::Register`].
    pub(super) fn proved(&mut self, proof: Result<UserName, Refusal>) -> Vec<Step> {
        match (&self.state, proof) {
            (State::Proving, Ok(user)) => self.claims(user, 0),
            (State::Proving, Err(refusal)) => self.login_refused(refusal),
            (
                State::Arriving
                | State::Claiming { .. }
                | State::Waiting { .. }
                | State::Present(_)
                | State::Leaving,
                _,
            ) => Vec::new(),
        }
    }

    /// The session that keeps this one out is alive.
    pub(super) fn holder_alive(&self) -> Vec<Step> {
        match &self.state {
            State::Waiting { .. } => vec![Step::End(Ending::Duplicate)],
            // It may have been asked by somebody else.
            State::Arriving
            | State::Proving
            | State::Claiming { .. }
            | State::Present(_)
            | State::Leaving => Vec::new(),
        }
    }

    /// A moment after [`Step::Probe`]: perhaps the account is free.
    pub(super) fn looks_again(&mut self) -> Vec<Step> {
        match &self.state {
            State::Waiting { user, looks } => {
                let (user, looks) = (user.clone(), *looks);
                self.claims(user, looks + 1)
            }
            State::Arriving
            | State::Proving
            | State::Claiming { .. }
            | State::Present(_)
            | State::Leaving => Vec::new(),
        }
    }

    fn claims(&mut self, user: UserName, looks: u8) -> Vec<Step> {
        let insists = if looks < LOOKS {
            Insists::No
        } else {
            Insists::Yes
        };
        let claim = Step::Claim {
            user: user.clone(),
            insists,
        };
        self.state = State::Claiming { user, looks };
        vec![claim]
    }

    /// Takes the answer to [`Step::ChangePassword`].
    pub(super) fn password_changed(&mut self, outcome: Result<(), Refusal>) -> Vec<Step> {
        let step = match outcome {
            Ok(()) => Step::Answer(Answer::PasswordChanged),
            Err(refusal) => Step::Refuse(refusal),
        };
        match &mut self.state {
            State::Present(present) => present.alone_answered(step),
            State::Arriving
            | State::Proving
            | State::Claiming { .. }
            | State::Waiting { .. }
            | State::Leaving => Vec::new(),
        }
    }

    /// Frames come in the format asked for from here on.
    pub(super) fn format_set(&mut self) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.format_set(),
            State::Arriving
            | State::Proving
            | State::Claiming { .. }
            | State::Waiting { .. }
            | State::Leaving => Vec::new(),
        }
    }

    /// Takes the answer of the store to the oldest unanswered ask.
    pub(super) fn answered(&mut self, outcome: Outcome) -> Vec<Step> {
        match (&mut self.state, outcome) {
            (State::Claiming { .. }, outcome) => self.claim_answered(outcome),
            (State::Present(present), outcome) => present.answered(outcome),
            (State::Arriving | State::Proving | State::Waiting { .. } | State::Leaving, _) => {
                Vec::new()
            }
        }
    }

    /// Takes what became of a text of which that was not known; it changes nothing else.
    pub(super) fn resolved(&self, fate: Fate) -> Vec<Step> {
        match &self.state {
            State::Present(_) => vec![Step::Resolve(fate)],
            State::Arriving
            | State::Proving
            | State::Claiming { .. }
            | State::Waiting { .. }
            | State::Leaving => Vec::new(),
        }
    }

    /// It is over, whatever was under way.
    pub(super) fn leave(&mut self) {
        self.state = State::Leaving;
    }

    fn first_command(&mut self, command: Command) -> Vec<Step> {
        match command {
            Command::Login { user, password } => {
                self.state = State::Proving;
                vec![Step::Prove { user, password }]
            }
            Command::Register { user, password } => {
                self.state = State::Proving;
                vec![Step::Register { user, password }]
            }
            Command::Help { topic } => vec![Step::Answer(Answer::Help { topic })],
            Command::Ping { token } => vec![Step::Answer(Answer::Pong { token })],
            Command::Quit => vec![Step::End(Ending::Quit)],
            Command::Say { .. }
            | Command::Join { .. }
            | Command::Leave
            | Command::Rooms
            | Command::Who { .. }
            | Command::Online
            | Command::Whisper { .. }
            | Command::Post { .. }
            | Command::Subscribe { .. }
            | Command::Unsubscribe { .. }
            | Command::Subscriptions
            | Command::Subscribers
            | Command::History { .. }
            | Command::Topic
            | Command::SetTopic { .. }
            | Command::Away { .. }
            | Command::Back
            | Command::WhoIs { .. }
            | Command::ChangePassword { .. }
            | Command::Positions { .. } => vec![Step::Refuse(Refusal::LoginFirst)],
        }
    }

    fn login_refused(&mut self, refusal: Refusal) -> Vec<Step> {
        self.state = State::Arriving;
        if refusal == Refusal::WrongPassword {
            self.failures += 1;
        }
        if self.failures >= FAILURES {
            return vec![Step::End(Ending::TooManyFailures)];
        }
        vec![Step::RefuseLogin(refusal)]
    }

    fn kept_out(&mut self) -> Vec<Step> {
        let State::Claiming { user, looks } = &self.state else {
            return Vec::new();
        };
        let (user, looks) = (user.clone(), *looks);
        let probe = Step::Probe { user: user.clone() };
        self.state = State::Waiting { user, looks };
        vec![probe]
    }

    fn claim_answered(&mut self, outcome: Outcome) -> Vec<Step> {
        match outcome {
            Outcome::Claimed { claim, room } => {
                let welcome = Step::Welcome {
                    user: claim.user.clone(),
                    room: room.clone(),
                };
                self.state = State::Present(Box::new(Present::new(claim, room)));
                vec![welcome]
            }
            Outcome::Duplicate => self.kept_out(),
            // The account may be claimed; the release at the session's end settles it.
            Outcome::Refused(Refusal::NotConfirmed) => unconfirmed(),
            Outcome::Refused(refusal) => self.login_refused(refusal),
            Outcome::Done(_) | Outcome::Void | Outcome::Settled => Vec::new(),
        }
    }
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
