//! Every message that crosses between actors, in the order of the road.
//!
//! | # | edge | carries | bound | when full |
//! |---|---|---|---|---|
//! | 1 | session → hub | [`Attach`], [`Detach`] | one each per session | never refused |
//! | 2 | session → registry | [`Introduce`], [`SetFormat`], [`Forget`], [`FellBehind`], [`CatchUp`] | one each in flight per session | never refused; the last is tried again |
//! | 3 | session → authenticator | [`Prove`], [`Register`], [`ChangePassword`] | `limits.password_checks` in flight | `Busy` |
//! | 3 | session → authenticator | [`IssueToken`], [`RedeemToken`] | [`TOKENS_IN_FLIGHT`] in flight | `Busy` |
//! | 3 | session → noticeboard | [`Inquire`] | one in flight per session | never refused |
//! | 4 | authenticator → bridge | [`AccountAsk`] | as 3, for it only asks for those | `Busy` |
//! | 5 | session → bridge | [`Ask`] | [`ASKS_IN_FLIGHT`] per session, [`STORE_QUEUE`] in all | `Busy` |
//! | 6 | bridge → session | [`SessionMail::Answered`], [`SessionMail::Resolved`] for each text in doubt, [`SessionMail::Suspended`] or [`SessionMail::End`] to one whose claim event was lost | as 5, twice [`ASKS_IN_FLIGHT`], and one | never refused; who has so many texts in doubt says no more |
//! | 7 | bridge → registry | [`Arrived`] | one batch of [`BATCH_EVENTS`] | the log is read no further |
//! | 7 | registry → bridge | [`LookBack`] | eight at once, [`LOOK_EVENTS`] in each answer | others who are behind wait |
//! | 8 | registry → hub | [`Handoff`] | one batch of [`BATCH_FRAMES`], [`BATCH_BYTES`] | the registry waits |
//! | 9 | hub → session | [`SessionMail::Frames`] | as 8 | the session falls behind |
//! | 9 | hub → session | [`SessionMail::Missed`], [`SessionMail::Probe`], [`SessionMail::HolderAlive`], [`SessionMail::Suspended`] | a part when it is asked for, one each | never refused |
//!
//! 7 to 9 are one loop of [`Credit`]: a batch is done when the last session addressed has
//! handled it. The way out of the session is bounded in bytes by `limits.backlog`: one that has no
//! room for a batch takes nothing of it, and is told again what it missed, part by part.

mod account;
mod ask;
mod certificate;
mod feed;
mod inquire;
mod near;
mod program;
mod token;
mod vital;

pub use account::{
    AccountAnswer, AccountAsk, ChangePassword, IssueToken, Peer, Prove, RedeemToken, Redeemed,
    Register, Role, StoreFailed,
};
pub use ask::{
    Append, Ask, Claim, Contest, DuplicateLogin, Entrance, FirstRoom, HistoryRequest,
    ModerationRequest, Outcome, Parting, PeopleRequest, Question, Request, RoomRequest, ToOneself,
};
pub use certificate::ProveByCertificate;
pub use feed::{
    Arrival, Arrived, Brings, Continuity, Credit, Delivery, Frame, Frames, Handoff, Kept, LookBack,
    LookedBack, Lost, Missed, MissedPart, Rest, Returned, Run, SessionMail, Span, Then,
};
pub use inquire::Inquire;
pub use near::{
    Archive, Attach, CatchUp, CloseAll, Detach, FellBehind, Forget, HubId, Introduce, SetFormat,
    SetWatch,
};
pub use program::ProgramRequest;
pub use token::{TokenAnswer, TokenAsk, TokenFamily, TokenHash};
pub use vital::{PartFailed, Shut, Vital};

/// Appends that one session has in flight; its next line is not read before one is answered.
pub const ASKS_IN_FLIGHT: usize = 32;

/// Asks that the bridge holds for all sessions; the next one is refused as busy.
pub const STORE_QUEUE: usize = 4096;

/// Resume tokens that are made or redeemed at once; the next one is refused as busy. Each is one
/// question to the store, so a crowd that comes back passes, and the store's queue has room left.
pub const TOKENS_IN_FLIGHT: usize = 1024;

/// Events in one batch from the log to the sessions: what comes together leaves in one write.
pub const BATCH_EVENTS: usize = 64;

/// Events that one look back into the log gives at most.
pub const LOOK_EVENTS: usize = 500;

/// Frames in one batch for one hub; a batch has at least one event, however many it addresses.
/// Its sessions take it in some ten milliseconds, and then their sockets and timers have a turn.
pub const BATCH_FRAMES: usize = 65_536;

/// Bytes for one session in one batch, its last event not counted: a fraction of the smallest
/// backlog, so that nobody who reads is ever too slow.
pub const BATCH_BYTES: usize = 32 * 1024;

/// Messages in a session's mailbox: a whole batch, all its answers, what became of all its texts in
/// doubt, and a few words of its own. One that has [`ASKS_IN_FLIGHT`] in doubt says no more, but as
/// many may be on their way.
pub const SESSION_MAILBOX: usize = BATCH_EVENTS + 3 * ASKS_IN_FLIGHT + 16;

/// Messages in the mailbox of any other actor; what they hold is bounded by the edges above.
pub const ACTOR_MAILBOX: usize = 8192;
