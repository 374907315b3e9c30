//! Where a session stands: a pure state machine. What comes in is a value, what is to be done
//! comes out as [`Step`]s.
//!
//! This file is the way in and out; what somebody who is logged in may do is in [`present`].

mod present;

use crate::chat::command::{Positions, Since};
use crate::chat::{Answer, Command, Ending, Fate, Refusal, RoomName, Secret, UserName};
use crate::dialect::{Heard, Malformed, Prompt};
use crate::messages::{Claim, DuplicateLogin, Entrance, Outcome, Redeemed, Request};

use present::Present;

/// Wrong passwords and tokens on one connection before it ends.
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
    /// Spell a refused login and ask for what the dialect wants next.
    RefuseLogin(Refusal),
    /// Spell what became of a text in doubt.
    Resolve(Fate),
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
    /// Have a resume token redeemed.
    Redeem {
        /// The token.
        token: Secret,
    },
    /// Have a resume token made.
    Issue {
        /// The account.
        user: UserName,
    },
    /// Claim the account that is proven.
    Claim {
        /// The account as registered.
        user: UserName,
        /// By which way it comes in.
        entrance: Entrance,
    },
    /// Claim the account again.
    Renew {
        /// The account as registered.
        user: UserName,
        /// By having been there.
        entrance: Entrance,
    },
    /// Try that again in a moment.
    RenewLater,
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

/// Where a session stands.
#[derive(Debug)]
pub(super) struct Phase {
    state: State,
    failures: u8,
    /// What becomes of a live session of the account that logs in.
    on_duplicate: DuplicateLogin,
}

#[derive(Debug)]
enum State {
    /// Nobody is logged in; the next line is heard.
    Arriving,
    /// Somebody proves who they are, or an account is claimed.
    Proving(Proof),
    /// An account is live.
    Present(Box<Present>),
    /// It is over; nothing is heard.
    Leaving,
}

/// By what somebody comes in.
#[derive(Debug)]
enum Proof {
    /// By a password, which is being checked.
    Password,
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
    /// Nobody is logged in.
    pub(super) const fn new(on_duplicate: DuplicateLogin) -> Self {
        Self {
            state: State::Arriving,
            failures: 0,
            on_duplicate,
        }
    }

    /// Whether another line can be heard.
    pub(super) fn is_ready(&self) -> bool {
        match &self.state {
            State::Arriving => true,
            State::Proving(_) | State::Leaving => false,
            State::Present(present) => present.is_ready(),
        }
    }

    /// Whether everything that was heard has been answered.
    pub(super) fn is_settled(&self) -> bool {
        match &self.state {
            State::Arriving | State::Leaving => true,
            State::Proving(_) => false,
            State::Present(present) => present.is_settled(),
        }
    }

    /// Whether nobody has logged in so far.
    pub(super) const fn is_anonymous(&self) -> bool {
        matches!(self.state, State::Arriving | State::Proving(_))
    }

    /// The claim of a session that is live.
    pub(super) fn claim(&self) -> Option<Claim> {
        match &self.state {
            State::Present(present) => Some(present.claim().clone()),
            State::Arriving | State::Proving(_) | State::Leaving => None,
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
            State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// Takes the answer to [`Step::Prove`] or [`Step::Register`].
    pub(super) fn proved(&mut self, proof: Result<UserName, Refusal>) -> Vec<Step> {
        match (&self.state, proof) {
            (State::Proving(_), Ok(user)) => self.claims(user, 0),
            (State::Proving(_), Err(refusal)) => self.login_refused(refusal),
            (State::Arriving | State::Present(_) | State::Leaving, _) => Vec::new(),
        }
    }

    /// The session that keeps this one out is alive.
    pub(super) fn holder_alive(&self) -> Vec<Step> {
        match &self.state {
            State::Proving(Proof::Waiting { .. }) => vec![Step::End(Ending::Duplicate)],
            // It may have been asked by somebody else.
            State::Arriving | State::Proving(_) | State::Present(_) | State::Leaving => Vec::new(),
        }
    }

    /// A moment after [`Step::Probe`]: perhaps the account is free.
    pub(super) fn looks_again(&mut self) -> Vec<Step> {
        match &self.state {
            State::Proving(Proof::Waiting { user, looks }) => {
                let (user, looks) = (user.clone(), *looks);
                self.claims(user, looks + 1)
            }
            State::Arriving | State::Proving(_) | State::Present(_) | State::Leaving => Vec::new(),
        }
    }

    fn claims(&mut self, user: UserName, looks: u8) -> Vec<Step> {
        let on_duplicate = self.on_duplicate;
        let entrance = if looks < LOOKS {
            Entrance::Login { on_duplicate }
        } else {
            Entrance::Insist
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
        let step = match token {
            Ok(token) => Step::Answer(Answer::Token { token }),
            Err(refusal) => Step::Refuse(refusal),
        };
        self.alone_answered(step)
    }

    /// Takes the answer to [`Step::ChangePassword`].
    pub(super) fn password_changed(&mut self, outcome: Result<(), Refusal>) -> Vec<Step> {
        let step = match outcome {
            Ok(()) => Step::Answer(Answer::PasswordChanged),
            Err(refusal) => Step::Refuse(refusal),
        };
        self.alone_answered(step)
    }

    fn alone_answered(&mut self, step: Step) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.alone_answered(step),
            State::Arriving | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// The claim is in question: nothing is heard before it is renewed.
    pub(super) fn suspended(&mut self) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.suspended(),
            State::Arriving | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// Whether it waits for an end that has not come.
    pub(super) fn awaits_end(&self) -> bool {
        match &self.state {
            State::Present(present) => present.awaits_end(),
            State::Arriving | State::Proving(_) | State::Leaving => false,
        }
    }

    /// Frames come in the format asked for from here on.
    pub(super) fn format_set(&mut self) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => present.format_set(),
            State::Arriving | State::Proving(_) | State::Leaving => Vec::new(),
        }
    }

    /// Takes the answer of the store to the oldest unanswered ask.
    pub(super) fn answered(&mut self, outcome: Outcome) -> Vec<Step> {
        match (&mut self.state, outcome) {
            (State::Proving(Proof::Waiting { .. }), _) => Vec::new(),
            (State::Proving(_), outcome) => self.claim_answered(outcome),
            (State::Present(present), outcome) => present.answered(outcome),
            (State::Arriving | State::Leaving, _) => Vec::new(),
        }
    }

    /// Takes what became of a text of which that was not known; it changes nothing else.
    pub(super) fn resolved(&self, fate: Fate) -> Vec<Step> {
        match &self.state {
            State::Present(_) => vec![Step::Resolve(fate)],
            State::Arriving | State::Proving(_) | State::Leaving => Vec::new(),
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
                Proof::Password
                | Proof::Proven { .. }
                | Proof::Waiting { .. }
                | Proof::Token { .. },
            )
            | State::Arriving
            | State::Present(_)
            | State::Leaving => None,
        }
    }

    fn first_command(&mut self, command: Command) -> Vec<Step> {
        match command {
            Command::Login { user, password } => {
                self.state = State::Proving(Proof::Password);
                vec![Step::Prove { user, password }]
            }
            Command::Register { user, password } => {
                self.state = State::Proving(Proof::Password);
                vec![Step::Register { user, password }]
            }
            Command::Resume { token, since } => {
                self.state = State::Proving(Proof::Token { since });
                vec![Step::Redeem { token }]
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
            | Command::Token
            | Command::Positions { .. } => vec![Step::Refuse(Refusal::LoginFirst)],
        }
    }

    fn login_refused(&mut self, refusal: Refusal) -> Vec<Step> {
        self.state = State::Arriving;
        if matches!(refusal, Refusal::WrongPassword | Refusal::WrongToken) {
            self.failures += 1;
        }
        if self.failures >= FAILURES {
            return vec![Step::End(Ending::TooManyFailures)];
        }
        vec![Step::RefuseLogin(refusal)]
    }

    /// The next token is told behind the welcome, and before every refusal: the one that it
    /// follows is used up.
    fn claim_answered(&mut self, outcome: Outcome) -> Vec<Step> {
        if let (Outcome::Duplicate, State::Proving(Proof::Proven { user, looks })) =
            (&outcome, &self.state)
        {
            return self.kept_out(user.clone(), *looks);
        }
        let token = self.take_token(State::Proving(Proof::Password));
        match outcome {
            Outcome::Claimed { claim, room } => {
                let welcome = Step::Welcome {
                    user: claim.user.clone(),
                    room: room.clone(),
                };
                self.state = State::Present(Box::new(Present::new(claim, room)));
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

/// Where the session stands is not known any more: it can only begin anew.
fn unconfirmed() -> Vec<Step> {
    vec![
        Step::Refuse(Refusal::NotConfirmed),
        Step::End(Ending::Unconfirmed),
    ]
}

#[cfg(test)]
mod tests;
