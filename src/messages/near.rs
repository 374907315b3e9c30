//! 1 and 2: between a session and its own node: the hub of its thread, the registry.

use actix::{Message, Recipient};

use super::{LookBack, SessionMail};
use crate::chat::command::Watch;
use crate::chat::origin::ConnId;
use crate::chat::{Ending, Position, UserName};
use crate::dialect::Format;

/// A session is there and takes frames.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Attach {
    /// The connection.
    pub conn: ConnId,
    /// Where its frames go, kept for its life.
    pub session: Recipient<SessionMail>,
}

/// A session is gone.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Detach {
    /// The connection.
    pub conn: ConnId,
}

/// The node goes down: every session of the hub ends; answered when the last one is gone.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct CloseAll {
    /// What the sessions are told.
    pub ending: Ending,
}

/// A session is about to claim an account; sent before the claim, so that the claim finds it.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Introduce {
    /// The connection.
    pub conn: ConnId,
    /// The account that it is about to claim.
    pub user: UserName,
    /// The hub of its arbiter.
    pub hub: HubId,
    /// How it wants events spelled.
    pub format: Format,
}

/// A session wants events spelled otherwise; answered by [`SessionMail::FormatSet`] behind the
/// last frame in the old format.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct SetFormat {
    /// The connection.
    pub conn: ConnId,
    /// The new format.
    pub format: Format,
}

/// A session watches for more people or for fewer. What it then asks of the store is asked behind
/// this, so that nobody comes or goes unseen in between.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct SetWatch {
    /// The connection.
    pub conn: ConnId,
    /// For whom.
    pub change: Watch,
}

/// A session has more to write than it may hold: what comes behind `after` is told again when it
/// asks for it, and until then nothing.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct FellBehind {
    /// The connection.
    pub conn: ConnId,
    /// The last event of which it has taken all.
    pub after: Position,
}

/// A session that is behind has room again; answered by [`SessionMail::Missed`].
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct CatchUp {
    /// The connection.
    pub conn: ConnId,
}

/// Where the registry looks up what it does not keep itself.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Archive(pub Recipient<LookBack>);

/// A session is gone and is addressed no more.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Forget {
    /// The connection.
    pub conn: ConnId,
}

/// The number of a hub, which is that of its arbiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HubId(pub usize);
