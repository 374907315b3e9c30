//! What a session that is live waits for before it hears the next line.

use crate::chat::UserName;
use crate::dialect::Heard;

/// What the next line has to wait for.
#[derive(Debug)]
pub(super) enum Lane {
    /// Nothing.
    Free,
    /// This was heard and waits for the texts before it to be answered.
    Held(Heard),
    /// The answer to what went alone.
    Asked(Asked),
}

/// What went alone, as far as its answer alone does not say it.
#[derive(Debug)]
pub(super) enum Asked {
    /// The answer says it all.
    Request,
    /// Another room; without an answer nobody knows in which one the session is.
    Move,
    /// One room more or less; the same.
    Rooms,
    /// Another nick; without an answer nobody knows as whom the session is seen.
    Nick,
    /// A ping.
    Settle { token: String },
    /// Another format.
    Format,
    /// Another password.
    Password,
    /// A resume token.
    Token,
    /// Something that the node knows without the store.
    Inquiry,
    /// Whether somebody is the operator who they say they are.
    Office,
    /// To be an account, for a guest.
    LogIn(LogIn),
}

/// How far a guest is on its way to an account.
#[derive(Debug)]
pub(super) enum LogIn {
    /// It is being proven, or made.
    Proving,
    /// It is being claimed.
    Claiming { user: UserName, looks: u8 },
    /// It has a live session, which is asked whether it is alive.
    Waiting { user: UserName, looks: u8 },
}
