//! What the store is asked and what it decides: the words between the scripts and the link.

use crate::chat::origin::SessionId;
use crate::chat::{Position, RoomName, UserName};
use crate::messages::{
    AccountAnswer, AccountAsk, Brings, Claim, Entrance, LookBack, LookedBack, Outcome, Parting,
    Request,
};

/// Something for the store to decide: one call of one script.
#[derive(Debug)]
pub(super) enum Task {
    /// Make a session the account's live one.
    Claim {
        /// The session.
        session: SessionId,
        /// The account as registered.
        user: UserName,
        /// By which way it comes in.
        entrance: Entrance,
    },
    /// What a live session asks.
    Live {
        /// The session.
        session: SessionId,
        /// The claim that makes it live.
        claim: Claim,
        /// What is asked.
        request: Request,
    },
    /// Ask an account's live session whether it is alive.
    Probe {
        /// Who wants to come in.
        session: SessionId,
        /// The account as registered.
        user: UserName,
    },
    /// A live session says that it is alive.
    Alive {
        /// The session.
        session: SessionId,
        /// The claim that makes it live.
        claim: Claim,
    },
    /// A live session has shown everything up to a position.
    Seen {
        /// The session.
        session: SessionId,
        /// The claim that makes it live.
        claim: Claim,
        /// The position.
        position: Position,
    },
    /// End the claim of exactly this session, or only its life: then its place is kept. That of
    /// another incarnation is a node's housekeeping, and its events are the store's.
    Release {
        /// The session.
        session: SessionId,
        /// The account, in any spelling.
        user: UserName,
        /// How it parts.
        parting: Parting,
    },
    /// Something about one account.
    Account {
        /// What is asked.
        ask: AccountAsk,
    },
    /// Read a part of the log again.
    LookBack {
        /// Which.
        look: LookBack,
    },
    /// Remove rooms of which nothing is left: at most a slice of them.
    Sweep {
        /// Where the slice before ended.
        after: Option<RoomName>,
    },
}

impl Task {
    /// Nothing of this session is kept.
    pub(super) const fn let_go(session: SessionId, user: UserName) -> Self {
        Self::Release {
            session,
            user,
            parting: Parting::Goodbye { words: None },
        }
    }
}

/// What a task is stamped with whenever it is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    /// The epoch that events are appended in, as the last hello told.
    pub(super) epoch: u64,
    /// The log's name, as the last hello told.
    pub(super) log: &'a str,
    /// The command's own number: grows, and stays with it when it is sent again.
    pub(super) seq: u64,
}

/// What the store decided.
#[derive(Debug)]
pub(super) struct Decision {
    /// The answer.
    pub(super) verdict: Verdict,
    /// The last event that it appended, if any.
    pub(super) head: Option<Position>,
    /// What could not be written behind the log, for the operator; the event is done all the same.
    pub(super) damage: Option<String>,
}

/// The answer to a [`Task`].
#[derive(Debug)]
pub(super) enum Verdict {
    /// What a session is answered.
    Outcome(Outcome),
    /// The session is live: `Outcome::Claimed`, and what its claim event brings.
    Claimed {
        /// The claim; its fence is the claim event's position.
        claim: Claim,
        /// The rooms that the session is in, the one entered last at the end.
        rooms: Vec<RoomName>,
        /// Rooms it stays in and follows, as of the claim event.
        standing: Brings,
    },
    /// What the authenticator is answered.
    Account(AccountAnswer),
    /// What the registry is answered.
    LookedBack(LookedBack),
    /// The sweep goes on behind this room.
    SweepOn {
        /// The room.
        after: RoomName,
    },
    /// It is done, and nobody is answered.
    Silence,
    /// The log's epoch is another one; nothing was done: hello, then the same again.
    Epoch,
    /// Something asked later is decided already, so it is not and never will be: a copy that a
    /// dead connection delivered late, or one that Redis refused while it knew no script.
    Old,
}

/// Why a task was not done; nothing was written in any of them. The words are for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// This one alone: the memory is full, something else lies under one of our keys.
    #[error("Redis did not take it: {0}")]
    Failed(String),
    /// The connection is of no use any more: a replica, a server that still loads, an answer
    /// that makes no sense.
    #[error("the connection to Redis is of no use: {0}")]
    Link(String),
}
