//! What somebody who is logged in asks, and in which order it is answered.
//!
//! Texts are sent to the log without waiting for each other, at most [`ASKS_IN_FLIGHT`];
//! everything else waits until they are answered and then goes alone.

mod login;
mod network;
mod renewal;

use super::history;
use super::lane::{Asked, Lane};
use super::moderation;
use super::places::Places;
use super::{DoorRules, Step};
use crate::chat::answer::Office;
use crate::chat::command::{RoomKey, Where};
use crate::chat::{Answer, Command, Nick, Position, Refusal, RoomName};
use crate::dialect::Heard;
use crate::messages::{
    ASKS_IN_FLIGHT, Append, Claim, Outcome, PeopleRequest, ProgramRequest, Request, RoomRequest,
};

/// A session whose account is live.
#[derive(Debug)]
pub(super) struct Present {
    claim: Claim,
    places: Places,
    /// The event from which on it hears anything.
    began: Position,
    /// What its door decides.
    door: DoorRules,
    /// Texts that are on their way to the log.
    in_flight: usize,
    lane: Lane,
    standing: Standing,
    /// As far as the store has told.
    office: Office,
}

/// What is known of the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is the account's live one, or its end has not come yet.
    Firm,
    /// It is not; whether it is over or can be claimed again has to come yet.
    Void,
    /// It is in question: it is claimed again as soon as what was asked is answered.
    Suspended,
    /// It is claimed again, and that is not answered yet.
    Renewing,
}

impl Present {
    /// Just logged in.
    pub(super) fn new(claim: Claim, rooms: &[RoomName], door: DoorRules) -> Self {
        Self {
            places: Places::new(rooms, claim.fence),
            began: claim.fence,
            claim,
            door,
            in_flight: 0,
            lane: Lane::Free,
            standing: Standing::Firm,
            office: Office::None,
        }
    }

    /// The claim that makes it so.
    pub(super) const fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The event from which on it hears anything.
    pub(super) const fn began(&self) -> Position {
        self.began
    }

    /// Whether it has no account.
    fn is_guest(&self) -> bool {
        self.claim.user.account().is_none()
    }

    /// The room that is meant where none is named.
    pub(super) fn here(&self) -> RoomName {
        self.places.last().unwrap_or_else(RoomName::lobby)
    }

    /// Whether another line can be heard.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.lane, Lane::Free)
            && self.in_flight < ASKS_IN_FLIGHT
            && self.standing == Standing::Firm
    }

    /// Whether everything that was heard has been answered.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self.lane, Lane::Free) && self.in_flight == 0
    }

    /// Takes what the peer said.
    pub(super) fn hear(&mut self, heard: Heard) -> Vec<Step> {
        match heard {
            Heard::Nothing => Vec::new(),
            Heard::Command(Command::Say {
                room,
                text,
                manner,
                extras,
            }) => {
                let room = self.meant(room);
                self.append(Append::RoomMessage {
                    room,
                    text,
                    manner,
                    extras,
                })
            }
            Heard::Command(Command::Post { text }) if !self.is_guest() => {
                self.append(Append::Post { text })
            }
            Heard::Command(Command::Whisper {
                to,
                text,
                manner,
                extras,
            }) => self.append(Append::Whisper {
                to,
                text,
                manner,
                extras,
                oneself: self.door.oneself,
            }),
            other if self.in_flight > 0 => {
                self.lane = Lane::Held(other);
                Vec::new()
            }
            Heard::Command(command) if self.is_guest() && is_only_for_accounts(&command) => {
                vec![Step::Refuse(Refusal::OnlyForAccounts)]
            }
            Heard::Command(command) => self.alone(command),
            Heard::Format(format) => self.waiting(Asked::Format, Step::SetFormat(format)),
            Heard::Reply => vec![Step::Reply],
            Heard::Refused(refusal) => vec![Step::Refuse(refusal)],
            Heard::Prompt(prompt) => vec![Step::Prompt(prompt)],
            Heard::Malformed(malformed) => vec![Step::Malformed(malformed)],
        }
    }

    /// Takes what answers a request that went alone and not to the store.
    pub(super) fn alone_answered(&mut self, step: Step) -> Vec<Step> {
        self.lane = Lane::Free;
        std::iter::once(step).chain(self.goes_on()).collect()
    }

    /// Frames come in the format asked for from here on.
    pub(super) fn format_set(&mut self) -> Vec<Step> {
        match self.lane {
            Lane::Asked(Asked::Format) => self.alone_answered(Step::FormatSet),
            Lane::Free | Lane::Held(_) | Lane::Asked(_) => Vec::new(),
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
            Command::Move { room, key } => self.move_to(room, key),
            Command::Return => self.move_to(RoomName::lobby(), RoomKey::None),
            Command::Enter { room, key } => self.changes(RoomRequest::Enter { room, key }),
            Command::Leave { room, words } => self.changes(RoomRequest::Leave { room, words }),
            Command::Rooms => self.rooms(RoomRequest::List),
            Command::Who { room } => self.about(room, |room| RoomRequest::Members { room }),
            Command::Topic { room } => self.about(room, |room| RoomRequest::Topic { room }),
            Command::SetTopic { room, text } => {
                self.about(room, |room| RoomRequest::SetTopic { room, text })
            }
            moderation @ (Command::Kick { .. }
            | Command::Invite { .. }
            | Command::Invitations
            | Command::Modes { .. }
            | Command::ChangeModes { .. }
            | Command::ModeList { .. }) => self.moderates(moderation),
            told @ (Command::History { .. }
            | Command::Dialogue { .. }
            | Command::Conversations { .. }) => self.looks_back(told),
            Command::Online => self.people(PeopleRequest::Online),
            Command::Neighbours => self.people(PeopleRequest::Neighbours),
            Command::Census => self.people(PeopleRequest::Census),
            Command::Operate(what) => self.operates(what),
            Command::Inquire(what) => self.inquires(what),
            Command::Watch { change } => self.watches(change),
            Command::Presence { people } => self.people(PeopleRequest::Presence { people }),
            Command::Subscribe { author } => self.people(PeopleRequest::Follow { author }),
            Command::Unsubscribe { author } => self.people(PeopleRequest::Unfollow { author }),
            Command::Subscriptions => self.people(PeopleRequest::Following),
            Command::Subscribers => self.people(PeopleRequest::Followers),
            Command::WhoIs { user } => self.people(PeopleRequest::WhoIs { user }),
            Command::WhoWas { user, count } => self.people(PeopleRequest::WhoWas { user, count }),
            Command::Away { text } => self.people(PeopleRequest::Away { text }),
            Command::Back => self.people(PeopleRequest::Back),
            Command::ChangeNick { nick } => self.changes_nick(nick),
            Command::Tag { to, extras } => self.program(ProgramRequest::Tag { to, extras }),
            Command::WhatIsRead { of } => self.program(ProgramRequest::WhatIsRead { of }),
            Command::Read { of, upto } => self.program(ProgramRequest::Read { of, upto }),
            Command::Certificates(wanted) => self.program(ProgramRequest::Certificates(wanted)),
            Command::Introduce { profile, audience } => self.introduces(profile, audience),
            Command::Ping { token } => self.waiting(Asked::Settle { token }, Step::Settle),
            Command::ChangePassword { old, new } => self.changes_password(old, new),
            Command::Token => self.wants_token(),
            Command::Help { topic } => vec![Step::Answer(Answer::Help { topic })],
            Command::Quit { words } => vec![Step::Quit { words }],
            proof @ (Command::Prove { .. }
            | Command::ProveByCertificate { .. }
            | Command::MakeAccount { .. }) => self.is_to_log_in(proof),
            Command::Login { .. }
            | Command::Knock { .. }
            | Command::Claim { .. }
            | Command::Visit { .. }
            | Command::Register { .. }
            | Command::Resume { .. } => self.is_in_already(),
            append @ (Command::Say { .. } | Command::Whisper { .. } | Command::Post { .. }) => {
                self.hear(Heard::Command(append))
            }
        }
    }

    fn is_in_already(&self) -> Vec<Step> {
        let user = self.claim.user.clone();
        vec![Step::Refuse(Refusal::LoggedInAlready { user })]
    }

    /// Who was put out of its only room leaves none for another one.
    fn move_to(&mut self, to: RoomName, key: RoomKey) -> Vec<Step> {
        if self.places.is_empty() {
            return self.changes(RoomRequest::Enter { room: to, key });
        }
        let claim = self.claim.clone();
        let from = self.here();
        let request = Request::Rooms(RoomRequest::Move { from, to, key });
        self.waiting(Asked::Move, Step::Ask { claim, request })
    }

    fn changes_nick(&mut self, nick: Nick) -> Vec<Step> {
        let claim = self.claim.clone();
        let request = Request::People(PeopleRequest::Nick { nick });
        self.waiting(Asked::Nick, Step::Ask { claim, request })
    }

    /// An answer says in which rooms, as whom, or in which office it is from here on.
    fn moves(&mut self, answer: &Answer) {
        if let Answer::Entered { room, position, .. } = answer {
            if self.is_moving() {
                self.places.clear();
            }
            self.places.enter(room.clone(), *position);
        } else if let Answer::Left { room, .. } = answer {
            self.places.leave(room);
        } else if let Answer::Nicked { user, .. } = answer {
            self.claim.user = user.clone();
        } else if let Answer::InOffice { office } = answer {
            self.office = *office;
        }
    }

    fn meant(&self, room: Where) -> RoomName {
        match room {
            Where::Here => self.here(),
            Where::Room(room) => room,
        }
    }

    /// Asks something about the room that is meant.
    fn about(&mut self, room: Where, ask: impl FnOnce(RoomName) -> RoomRequest) -> Vec<Step> {
        let request = ask(self.meant(room));
        self.rooms(request)
    }

    fn rooms(&mut self, request: RoomRequest) -> Vec<Step> {
        self.ask(Request::Rooms(request))
    }

    /// One room more or less.
    fn changes(&mut self, request: RoomRequest) -> Vec<Step> {
        let claim = self.claim.clone();
        let request = Request::Rooms(request);
        self.waiting(Asked::Rooms, Step::Ask { claim, request })
    }

    /// Asks for something about what holds of the room that is meant.
    fn moderates(&mut self, command: Command) -> Vec<Step> {
        let request = moderation::request(command, |room| self.meant(room));
        request.map_or_else(Vec::new, |request| self.ask(Request::Moderation(request)))
    }

    fn people(&mut self, request: PeopleRequest) -> Vec<Step> {
        self.ask(Request::People(request))
    }

    fn program(&mut self, request: ProgramRequest) -> Vec<Step> {
        self.ask(Request::Program(request))
    }

    /// Asks for what was said before.
    fn looks_back(&mut self, command: Command) -> Vec<Step> {
        let request = history::request(command, |room| self.meant(room));
        request.map_or_else(Vec::new, |request| self.ask(Request::History(request)))
    }

    fn ask(&mut self, request: Request) -> Vec<Step> {
        let claim = self.claim.clone();
        self.waiting(Asked::Request, Step::Ask { claim, request })
    }

    fn waiting(&mut self, asked: Asked, step: Step) -> Vec<Step> {
        self.lane = Lane::Asked(asked);
        vec![step]
    }

    /// Takes the answer of the store to the oldest unanswered ask.
    pub(super) fn answered(&mut self, outcome: Outcome) -> Vec<Step> {
        if self.standing == Standing::Renewing {
            return self.renewed(outcome);
        }
        if self.is_claiming() {
            return self.log_in_answered(outcome);
        }
        let mut steps = match outcome {
            Outcome::Done(answer) => {
                self.moves(&answer);
                let found = network::found(&answer);
                found.into_iter().chain([Step::Answer(answer)]).collect()
            }
            Outcome::Refused(refusal @ Refusal::NotConfirmed) if self.changes_standing() => {
                // The claim tells in which rooms it is, and as whom.
                self.standing = Standing::Suspended;
                vec![Step::Refuse(refusal)]
            }
            Outcome::Refused(refusal) => vec![Step::Refuse(refusal)],
            Outcome::Settled => return self.settled(),
            Outcome::Void => self.void(),
            // Only a claim is answered so.
            Outcome::Claimed { .. } | Outcome::Duplicate => return Vec::new(),
        };
        match self.in_flight {
            0 => self.lane = Lane::Free,
            _ => self.in_flight -= 1,
        }
        steps.extend(self.goes_on());
        steps
    }

    const fn is_moving(&self) -> bool {
        matches!(self.lane, Lane::Asked(Asked::Move))
    }

    const fn changes_standing(&self) -> bool {
        matches!(
            self.lane,
            Lane::Asked(Asked::Move | Asked::Rooms | Asked::Nick)
        )
    }

    /// Not done, for the claim is another one's or nobody's by now.
    fn void(&mut self) -> Vec<Step> {
        let refused = Step::Refuse(Refusal::NotDelivered);
        match self.standing {
            Standing::Firm => {
                self.standing = Standing::Void;
                vec![refused, Step::AwaitEnd]
            }
            Standing::Void | Standing::Suspended | Standing::Renewing => vec![refused],
        }
    }

    /// Whether neither the end nor anything else has come since the claim was found void.
    pub(super) fn awaits_end(&self) -> bool {
        self.standing == Standing::Void
    }

    /// The claim is in question.
    pub(super) fn suspended(&mut self) -> Vec<Step> {
        match self.standing {
            Standing::Firm | Standing::Void | Standing::Suspended => {
                self.standing = Standing::Suspended;
                self.goes_on()
            }
            Standing::Renewing => Vec::new(),
        }
    }

    /// Does what can be done now: nothing is asked before the claim is firm.
    fn goes_on(&mut self) -> Vec<Step> {
        let is_quiet = self.in_flight == 0 && !matches!(self.lane, Lane::Asked(_));
        match self.standing {
            Standing::Suspended if is_quiet => self.renews(),
            Standing::Firm if is_quiet => {
                let resumed = self.resume();
                let home = self.goes_home();
                resumed.into_iter().chain(home).collect()
            }
            Standing::Firm | Standing::Void | Standing::Suspended | Standing::Renewing => {
                Vec::new()
            }
        }
    }

    /// Somebody put the session out of a room, at this place of the log: it may be in there again.
    pub(super) fn put_out(&mut self, room: RoomName, position: Position) -> Vec<Step> {
        if !self.places.put_out(&room, position) {
            return Vec::new();
        }
        let out = Step::PutOut { room };
        std::iter::once(out).chain(self.goes_on()).collect()
    }

    /// Who is in no room any more, and came by a door whose people are always in one, goes back to
    /// where it began.
    fn goes_home(&mut self) -> Vec<Step> {
        let is_quiet = matches!(self.lane, Lane::Free) && self.in_flight == 0;
        match self.door.begins.room() {
            Some(room) if is_quiet && self.places.is_lost() => {
                let key = RoomKey::None;
                self.changes(RoomRequest::Enter { room, key })
            }
            Some(_) | None => Vec::new(),
        }
    }

    fn settled(&mut self) -> Vec<Step> {
        match std::mem::replace(&mut self.lane, Lane::Free) {
            Lane::Asked(Asked::Settle { token }) => {
                self.alone_answered(Step::Answer(Answer::Pong { token }))
            }
            other @ (Lane::Free | Lane::Held(_) | Lane::Asked(_)) => {
                self.lane = other;
                Vec::new()
            }
        }
    }

    /// The texts are answered: what waited for them goes on.
    fn resume(&mut self) -> Vec<Step> {
        match std::mem::replace(&mut self.lane, Lane::Free) {
            Lane::Held(heard) => self.hear(heard),
            other @ (Lane::Free | Lane::Asked(_)) => {
                self.lane = other;
                Vec::new()
            }
        }
    }
}

/// Whether somebody without an account cannot have it: what lasts longer than a connection.
const fn is_only_for_accounts(command: &Command) -> bool {
    matches!(
        command,
        Command::Post { .. }
            | Command::Subscribe { .. }
            | Command::Unsubscribe { .. }
            | Command::Subscriptions
            | Command::Subscribers
            | Command::ChangePassword { .. }
            | Command::Token
            | Command::Certificates(_)
    )
}
