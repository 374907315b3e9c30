//! Where a session stands: a pure state machine. What comes in is a value, what is to be done
//! comes out as [`Step`]s.
//!
//! Requests of one connection are answered in order. Texts are sent to the log without waiting
//! for each other, at most [`ASKS_IN_FLIGHT`]; everything else waits until they are answered
//! and then goes alone.

use crate::chat::command::{Positions, RoomKey, Where};
use crate::chat::{Answer, Command, Ending, Refusal, RoomName, Secret, UserName};
use crate::dialect::{Heard, Malformed, Prompt};
use crate::messages::{
    ASKS_IN_FLIGHT, Append, Claim, Outcome, PeopleRequest, Request, RoomRequest,
};

/// Wrong passwords on one connection before it ends.
const FAILURES: u8 = 3;

/// What a session has to do, in this order.
#[derive(Debug)]
pub(super) enum Step {
    /// Spell a granted answer.
    Answer(Answer),
    /// Spell a refusal.
    Refuse(Refusal),
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
    /// It is over.
    End(Ending),
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
    /// A password is being checked, or an account claimed.
    Proving,
    /// An account is live.
    Present(Box<Present>),
    /// It is over; nothing is heard.
    Leaving,
}

#[derive(Debug)]
struct Present {
    claim: Claim,
    room: RoomName,
    /// Texts that are on their way to the log.
    in_flight: usize,
    lane: Lane,
}

/// What the next line has to wait for.
#[derive(Debug)]
enum Lane {
    /// Nothing.
    Free,
    /// This was heard and waits for the texts before it to be answered.
    Held(Heard),
    /// The answer to what went alone.
    Asked(Asked),
    /// The end of the session, which is on its way.
    End,
}

/// What went alone, as far as its answer alone does not say it.
#[derive(Debug)]
enum Asked {
    /// The answer says it all.
    Request,
    /// A ping.
    Settle { token: String },
    /// The switch for positions.
    Positions(Positions),
    /// Another password.
    Password,
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
            State::Proving | State::Leaving => false,
            State::Present(present) => present.is_ready(),
        }
    }

    /// Whether everything that was heard has been answered.
    pub(super) fn is_settled(&self) -> bool {
        match &self.state {
            State::Arriving | State::Leaving => true,
            State::Proving => false,
            State::Present(present) => present.is_ready() && present.in_flight == 0,
        }
    }

    /// Whether nobody has logged in so far.
    pub(super) const fn is_anonymous(&self) -> bool {
        matches!(self.state, State::Arriving | State::Proving)
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
            State::Proving | State::Leaving => Vec::new(),
        }
    }

    /// Takes the answer to [`Step::Prove`] or [`Step::Register`].
    pub(super) fn proved(&mut self, proof: Result<UserName, Refusal>) -> Vec<Step> {
        match (&self.state, proof) {
            (State::Proving, Ok(user)) => vec![Step::Claim { user }],
            (State::Proving, Err(refusal)) => self.login_refused(refusal),
            (State::Arriving | State::Present(_) | State::Leaving, _) => Vec::new(),
        }
    }

    /// Takes the answer to [`Step::ChangePassword`].
    pub(super) fn password_changed(&mut self, outcome: Result<(), Refusal>) -> Vec<Step> {
        let step = match outcome {
            Ok(()) => Step::Answer(Answer::PasswordChanged),
            Err(refusal) => Step::Refuse(refusal),
        };
        self.alone_answered(step)
    }

    /// Frames come in the format asked for from here on.
    pub(super) fn format_set(&mut self) -> Vec<Step> {
        match &self.state {
            State::Present(present) => match present.lane {
                Lane::Asked(Asked::Positions(shown)) => {
                    self.alone_answered(Step::Answer(Answer::Positions { shown }))
                }
                Lane::Free | Lane::Held(_) | Lane::Asked(_) | Lane::End => Vec::new(),
            },
            State::Arriving | State::Proving | State::Leaving => Vec::new(),
        }
    }

    /// Takes the answer of the store to the oldest unanswered ask.
    pub(super) fn answered(&mut self, outcome: Outcome) -> Vec<Step> {
        match (&mut self.state, outcome) {
            (State::Proving, outcome) => self.claim_answered(outcome),
            (State::Present(present), outcome) => present.answered(outcome),
            (State::Arriving | State::Leaving, _) => Vec::new(),
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

    fn claim_answered(&mut self, outcome: Outcome) -> Vec<Step> {
        match outcome {
            Outcome::Claimed { claim, room } => {
                let welcome = Step::Welcome {
                    user: claim.user.clone(),
                    room: room.clone(),
                };
                let present = Present {
                    claim,
                    room,
                    in_flight: 0,
                    lane: Lane::Free,
                };
                self.state = State::Present(Box::new(present));
                vec![welcome]
            }
            Outcome::Duplicate => vec![Step::End(Ending::Duplicate)],
            Outcome::Refused(refusal) => self.login_refused(refusal),
            Outcome::Done(_) | Outcome::Void | Outcome::Settled => Vec::new(),
        }
    }

    fn alone_answered(&mut self, step: Step) -> Vec<Step> {
        match &mut self.state {
            State::Present(present) => {
                present.lane = Lane::Free;
                vec![step]
            }
            State::Arriving | State::Proving | State::Leaving => Vec::new(),
        }
    }
}

impl Present {
    fn is_ready(&self) -> bool {
        matches!(self.lane, Lane::Free) && self.in_flight < ASKS_IN_FLIGHT
    }

    fn hear(&mut self, heard: Heard) -> Vec<Step> {
        match heard {
            Heard::Nothing => Vec::new(),
            Heard::Command(Command::Say { text }) => {
                let room = self.room.clone();
                self.append(Append::RoomMessage { room, text })
            }
            Heard::Command(Command::Whisper { to, text }) => {
                self.append(Append::Whisper { to, text })
            }
            Heard::Command(Command::Post { text }) => self.append(Append::Post { text }),
            other if self.in_flight > 0 => {
                self.lane = Lane::Held(other);
                Vec::new()
            }
            Heard::Command(command) => self.alone(command),
            Heard::Refused(refusal) => vec![Step::Refuse(refusal)],
            Heard::Prompt(prompt) => vec![Step::Prompt(prompt)],
            Heard::Malformed(malformed) => vec![Step::Malformed(malformed)],
        }
    }

    fn append(&mut self, append: Append) -> Vec<Step> {
        self.in_flight += 1;
        vec![Step::Ask {
            claim: self.claim.clone(),
            request: Request::Append(append),
        }]
    }

    fn alone(&mut self, command: Command) -> Vec<Step> {
        match command {
            Command::Join { room, key } => self.move_to(room, key),
            Command::Leave => self.move_to(RoomName::lobby(), RoomKey::None),
            Command::Rooms => self.rooms(RoomRequest::List),
            Command::Who { room } => {
                let room = self.meant(room);
                self.rooms(RoomRequest::Members { room })
            }
            Command::Topic => self.rooms(RoomRequest::Topic {
                room: self.room.clone(),
            }),
            Command::SetTopic { text } => self.rooms(RoomRequest::SetTopic {
                room: self.room.clone(),
                text,
            }),
            Command::History { room, count } => {
                let room = self.meant(room);
                self.ask(Request::History { room, count })
            }
            Command::Online => self.people(PeopleRequest::Online),
            Command::Subscribe { author } => self.people(PeopleRequest::Follow { author }),
            Command::Unsubscribe { author } => self.people(PeopleRequest::Unfollow { author }),
            Command::Subscriptions => self.people(PeopleRequest::Following),
            Command::Subscribers => self.people(PeopleRequest::Followers),
            Command::WhoIs { user } => self.people(PeopleRequest::WhoIs { user }),
            Command::Away { text } => self.people(PeopleRequest::Away { text }),
            Command::Back => self.people(PeopleRequest::Back),
            Command::Ping { token } => self.waiting(Asked::Settle { token }, Step::Settle),
            Command::Positions { shown } => {
                self.waiting(Asked::Positions(shown), Step::SetPositions(shown))
            }
            Command::ChangePassword { old, new } => {
                let user = self.claim.user.clone();
                self.waiting(Asked::Password, Step::ChangePassword { user, old, new })
            }
            Command::Help { topic } => vec![Step::Answer(Answer::Help { topic })],
            Command::Quit => vec![Step::End(Ending::Quit)],
            Command::Login { .. } | Command::Register { .. } => {
                vec![Step::Refuse(Refusal::LoggedInAlready {
                    user: self.claim.user.clone(),
                })]
            }
            append @ (Command::Say { .. } | Command::Whisper { .. } | Command::Post { .. }) => {
                self.hear(Heard::Command(append))
            }
        }
    }

    fn move_to(&mut self, to: RoomName, key: RoomKey) -> Vec<Step> {
        let from = self.room.clone();
        self.rooms(RoomRequest::Move { from, to, key })
    }

    fn meant(&self, room: Where) -> RoomName {
        match room {
            Where::Here => self.room.clone(),
            Where::Room(room) => room,
        }
    }

    fn rooms(&mut self, request: RoomRequest) -> Vec<Step> {
        self.ask(Request::Rooms(request))
    }

    fn people(&mut self, request: PeopleRequest) -> Vec<Step> {
        self.ask(Request::People(request))
    }

    fn ask(&mut self, request: Request) -> Vec<Step> {
        let claim = self.claim.clone();
        self.waiting(Asked::Request, Step::Ask { claim, request })
    }

    fn waiting(&mut self, asked: Asked, step: Step) -> Vec<Step> {
        self.lane = Lane::Asked(asked);
        vec![step]
    }

    fn answered(&mut self, outcome: Outcome) -> Vec<Step> {
        let step = match outcome {
            Outcome::Done(answer) => {
                if let Answer::Entered { room, .. } = &answer {
                    self.room = room.clone();
                }
                Step::Answer(answer)
            }
            Outcome::Refused(refusal) => Step::Refuse(refusal),
            Outcome::Settled => return self.settled(),
            Outcome::Void => {
                self.lane = Lane::End;
                return Vec::new();
            }
            // Only a claim is answered so.
            Outcome::Claimed { .. } | Outcome::Duplicate => return Vec::new(),
        };
        if self.in_flight == 0 {
            self.lane = Lane::Free;
            return vec![step];
        }
        self.in_flight -= 1;
        let mut steps = vec![step];
        if self.in_flight == 0 {
            steps.extend(self.resume());
        }
        steps
    }

    fn settled(&mut self) -> Vec<Step> {
        match std::mem::replace(&mut self.lane, Lane::Free) {
            Lane::Asked(Asked::Settle { token }) => vec![Step::Answer(Answer::Pong { token })],
            other @ (Lane::Free | Lane::Held(_) | Lane::Asked(_) | Lane::End) => {
                self.lane = other;
                Vec::new()
            }
        }
    }

    /// The texts are answered: what waited for them goes on.
    fn resume(&mut self) -> Vec<Step> {
        match std::mem::replace(&mut self.lane, Lane::Free) {
            Lane::Held(heard) => self.hear(heard),
            other @ (Lane::Free | Lane::Asked(_) | Lane::End) => {
                self.lane = other;
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests;
