//! What the window needs to know of tasks and of those who wait for them.

use actix::Recipient;
use tokio::sync::oneshot;

use super::task::Task;
use super::window::{Decides, Kind, Load, Waiter};
use crate::chat::command::Certificates;
use crate::chat::origin::{ConnId, SessionId};
use crate::chat::{Answer, Fate};
use crate::messages::{
    AccountAnswer, AccountAsk, LOOK_EVENTS, LookedBack, ModerationRequest, Outcome, PeopleRequest,
    ProgramRequest, Request, RoomRequest, SessionMail, StoreFailed,
};

/// Messages of a history that are read in the time of one other task.
const MESSAGES_PER_TASK: usize = 10;

/// Who waits for an answer.
#[derive(Debug)]
pub(super) enum Waiting {
    /// A session, and whether its claim is at stake.
    Session {
        session: SessionId,
        to: Recipient<SessionMail>,
        purpose: Purpose,
    },
    /// The registry.
    Registry(oneshot::Sender<Result<LookedBack, StoreFailed>>),
    /// The authenticator.
    Authenticator(oneshot::Sender<Result<AccountAnswer, StoreFailed>>),
}

/// What a session waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To become live.
    Claim,
    /// To become live as an account, where a guest is.
    InPlace,
    /// To be live again.
    Renewal,
    /// Anything else.
    Other,
}

/// What the store decided for somebody who waits.
#[derive(Debug)]
pub(super) enum Decided {
    /// For a session.
    Outcome(Outcome),
    /// For the authenticator.
    Account(AccountAnswer),
    /// For the registry.
    LookedBack(LookedBack),
}

impl Waiter for Waiting {
    type Line = ConnId;

    fn line(&self) -> Option<ConnId> {
        match self {
            Self::Session { session, .. } => Some(session.conn),
            Self::Authenticator(_) | Self::Registry(_) => None,
        }
    }
}

impl Decides for Decided {
    fn fate(&self) -> Fate {
        match self {
            Self::Outcome(Outcome::Done(
                Answer::Said { position, .. } | Answer::SaidToAway { position, .. },
            )) => {
                let position = *position;
                Fate::Delivered { position }
            }
            // Refused, void, or nobody was there to hear it.
            Self::Outcome(_) | Self::Account(_) | Self::LookedBack(_) => Fate::NotDelivered,
        }
    }
}

impl Load for Task {
    fn kind(&self) -> Kind {
        match self {
            Self::Claim { .. } => Kind::Change,
            Self::Live { request, .. } => kind_of(request),
            Self::Account { ask } => match ask {
                AccountAsk::Find { .. } | AccountAsk::Owner { .. } => Kind::Read,
                AccountAsk::Create { .. }
                | AccountAsk::Rehash { .. }
                | AccountAsk::ChangePassword { .. }
                | AccountAsk::Token(_) => Kind::Change,
            },
            Self::LookBack { .. } => Kind::Read,
            Self::Seen { .. }
            | Self::Probe { .. }
            | Self::Alive { .. }
            | Self::Release { .. }
            | Self::Sweep { .. } => Kind::Chore,
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Live {
                request: Request::History(request),
                ..
            } => 1 + request.messages() / MESSAGES_PER_TASK,
            Self::LookBack { .. } => 1 + LOOK_EVENTS / MESSAGES_PER_TASK,
            Self::Claim { .. }
            | Self::Live { .. }
            | Self::Seen { .. }
            | Self::Probe { .. }
            | Self::Alive { .. }
            | Self::Release { .. }
            | Self::Account { .. }
            | Self::Sweep { .. } => 1,
        }
    }
}

const fn kind_of(request: &Request) -> Kind {
    match request {
        Request::Append(_) => Kind::Text,
        Request::Program(
            ProgramRequest::Tag { .. }
            | ProgramRequest::Read { .. }
            | ProgramRequest::Introduce { .. },
        ) => Kind::Change,
        Request::Program(
            ProgramRequest::WhatIsRead { .. } | ProgramRequest::Certificates(Certificates::List),
        ) => Kind::Read,
        Request::Program(ProgramRequest::Certificates(
            Certificates::Add(_) | Certificates::Remove(_),
        )) => Kind::Change,
        Request::Rooms(
            RoomRequest::Move { .. }
            | RoomRequest::Enter { .. }
            | RoomRequest::Leave { .. }
            | RoomRequest::SetTopic { .. },
        )
        | Request::Moderation(
            ModerationRequest::Kick { .. }
            | ModerationRequest::Invite { .. }
            | ModerationRequest::Change { .. },
        )
        | Request::People(
            PeopleRequest::Follow { .. }
            | PeopleRequest::Unfollow { .. }
            | PeopleRequest::TakeOffice { .. }
            | PeopleRequest::Kill { .. }
            | PeopleRequest::Announce { .. }
            | PeopleRequest::Away { .. }
            | PeopleRequest::Back
            | PeopleRequest::Nick { .. },
        ) => Kind::Change,
        Request::Rooms(
            RoomRequest::List | RoomRequest::Members { .. } | RoomRequest::Topic { .. },
        )
        | Request::Moderation(
            ModerationRequest::Invitations
            | ModerationRequest::Modes { .. }
            | ModerationRequest::List { .. },
        )
        | Request::People(
            PeopleRequest::Following
            | PeopleRequest::Followers
            | PeopleRequest::Online
            | PeopleRequest::Neighbours
            | PeopleRequest::Census
            | PeopleRequest::Presence { .. }
            | PeopleRequest::WhoIs { .. }
            | PeopleRequest::WhoWas { .. },
        )
        | Request::History(_) => Kind::Read,
    }
}
