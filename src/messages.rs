//! Every message that crosses between actors, in the order of the road.
//!
//! | # | edge | carries | bound | when full |
//! |---|---|---|---|---|
//! | 1 | session → hub | [`Attach`], [`Detach`] | one each per session | never refused |
//! | 2 | session → registry | [`Introduce`], [`SetFormat`], [`Forget`] | one each in flight per session | never refused |
//! | 3 | session → authenticator | [`Prove`], [`Register`], [`ChangePassword`] | `limits.password_checks` in flight | `Busy` |
//! | 4 | authenticator → bridge | [`AccountAsk`] | as 3, for it only asks for those | `Busy` |
//! | 5 | session → bridge | [`Ask`] | [`ASKS_IN_FLIGHT`] per session, [`STORE_QUEUE`] in all | `Busy` |
//! | 6 | bridge → session | [`SessionMail::Answered`] | as 5 | never refused |
//! | 7 | bridge → registry | [`Arrived`] | one batch of [`BATCH_EVENTS`] | the log is read no further |
//! | 8 | registry → hub | [`Handoff`] | one batch of [`BATCH_FRAMES`] | the registry waits |
//! | 9 | hub → session | [`SessionMail::Frames`] | as 8 | the session ends as too slow |
//!
//! 7 to 9 are one loop of [`Credit`]: a batch is done when the last session addressed has
//! handled it. The way out of the session is bounded in bytes by `limits.backlog`.

use std::sync::Arc;

use actix::{Message, Recipient};
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::chat::command::{RoomKey, Where};
use crate::chat::origin::{ConnId, SessionId};
use crate::chat::{Answer, Ending, Event, Position, Refusal, RoomName, Secret, Text, UserName};
use crate::dialect::Format;

/// Appends that one session has in flight; its next line is not read before one is answered.
pub const ASKS_IN_FLIGHT: usize = 32;

/// Asks that the bridge holds for all sessions; the next one is refused as busy.
pub const STORE_QUEUE: usize = 4096;

/// Events in one batch from the log to the sessions.
pub const BATCH_EVENTS: usize = 16;

/// Frames in one batch for one hub; a batch has at least one event, however many it addresses.
pub const BATCH_FRAMES: usize = 16_384;

/// Messages in a session's mailbox: a whole batch, all its answers and a few words of its own.
pub const SESSION_MAILBOX: usize = BATCH_EVENTS + ASKS_IN_FLIGHT + 16;

/// Messages in the mailbox of any other actor; what they hold is bounded by the edges above.
pub const ACTOR_MAILBOX: usize = 8192;

// ── 1 ── session → hub ──────────────────────────────────────────────────────────────────────

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

// ── 2 ── session → registry ─────────────────────────────────────────────────────────────────

/// A session is about to claim an account; sent before the claim, so that the claim finds it.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Introduce {
    /// The connection.
    pub conn: ConnId,
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

// ── 3 ── session → authenticator ────────────────────────────────────────────────────────────

/// Is this the password of that account? Answered with the account's name as registered.
#[derive(Debug, Message)]
#[rtype(result = "Result<UserName, Refusal>")]
pub struct Prove {
    /// The account.
    pub user: UserName,
    /// The password.
    pub password: Secret,
    /// Whose failures are counted.
    pub peer: Peer,
}

/// Makes an account.
#[derive(Debug, Message)]
#[rtype(result = "Result<UserName, Refusal>")]
pub struct Register {
    /// The wanted name.
    pub user: UserName,
    /// The wanted password.
    pub password: Secret,
    /// Whose registrations are counted.
    pub peer: Peer,
}

/// Changes the password of an account.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), Refusal>")]
pub struct ChangePassword {
    /// The account.
    pub user: UserName,
    /// The password so far.
    pub old: Secret,
    /// The wanted one.
    pub new: Secret,
    /// Whose failures are counted.
    pub peer: Peer,
}

/// Where a connection comes from, as coarse as throttles count: an IPv4 address or an IPv6 /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(std::net::IpAddr);

impl From<std::net::IpAddr> for Peer {
    fn from(address: std::net::IpAddr) -> Self {
        match address.to_canonical() {
            std::net::IpAddr::V6(v6) => {
                let prefix = u128::from(v6) & !u128::from(u64::MAX);
                Self(std::net::IpAddr::V6(prefix.into()))
            }
            v4 @ std::net::IpAddr::V4(_) => Self(v4),
        }
    }
}

// ── 4 ── authenticator → bridge: accounts are rows, not events ──────────────────────────────

/// What is asked of the store about one account.
#[derive(Debug, Message)]
#[rtype(result = "Result<AccountAnswer, StoreFailed>")]
pub enum AccountAsk {
    /// The account, if there is one.
    Find {
        /// Its name.
        user: UserName,
    },
    /// A new account.
    Create {
        /// The wanted name.
        user: UserName,
        /// The stored form of its password.
        hash: String,
    },
    /// Another password, if it is still the old one.
    Rehash {
        /// The account.
        user: UserName,
        /// The stored form so far.
        old: String,
        /// The new stored form.
        new: String,
    },
}

/// What the store answers about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountAnswer {
    /// The account.
    Found {
        /// Its name as registered.
        user: UserName,
        /// The stored form of its password.
        hash: String,
    },
    /// There is none.
    NotFound,
    /// The change is stored.
    Stored,
    /// Somebody else was first: the name is taken, or the password is another one by now.
    Conflict,
}

/// The store is gone; the cause is in the operator's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store does not answer")]
pub struct StoreFailed;

// ── 5 ── session → bridge ───────────────────────────────────────────────────────────────────

/// A question to the store; answers of one session come in the order of its asks.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Ask {
    /// Who asks.
    pub session: SessionId,
    /// Where the answer goes: straight into the mailbox, ahead of the events that it caused.
    pub reply: Recipient<SessionMail>,
    /// What is asked.
    pub question: Question,
}

/// What a session asks the store, by what it must be for that.
#[derive(Debug)]
pub enum Question {
    /// Make this session the account's live one. Its password is proven.
    Claim {
        /// The account as registered.
        user: UserName,
        /// What becomes of a live one.
        on_duplicate: DuplicateLogin,
    },
    /// Something that only the live session of an account may ask.
    Live {
        /// The claim that makes it so.
        claim: Claim,
        /// What is asked.
        request: Request,
    },
    /// Answered once every event so far has been handled by this node's sessions.
    Settle,
    /// The session ends: whatever it holds is free. Not answered, never refused.
    Release {
        /// The account it claimed or was about to claim.
        user: UserName,
    },
}

/// An account and the position of the claim event that made a session its live one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The account as registered.
    pub user: UserName,
    /// The claim event's position; older claims are void.
    pub fence: Position,
}

/// What becomes of the live session of an account when somebody else logs in to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicateLogin {
    /// The newcomer is rejected.
    Reject,
    /// The newcomer takes over.
    Replace,
}

/// What a live session asks, by theme.
#[derive(Debug)]
pub enum Request {
    /// Say something.
    Append(Append),
    /// About rooms.
    Rooms(RoomRequest),
    /// About people.
    People(PeopleRequest),
    /// The last messages of a room.
    History {
        /// The room, or the current one.
        room: Where,
        /// How many at most.
        count: u16,
    },
}

/// Something to be said.
#[derive(Debug)]
pub enum Append {
    /// In a room of the sender.
    RoomMessage {
        /// The room.
        room: RoomName,
        /// What is said.
        text: Text,
    },
    /// To one person.
    Whisper {
        /// The person.
        to: UserName,
        /// What is said.
        text: Text,
    },
    /// To one's subscribers.
    Post {
        /// What is said.
        text: Text,
    },
}

/// Something about rooms.
#[derive(Debug)]
pub enum RoomRequest {
    /// Out of one room and into another, at once.
    Move {
        /// The room to leave.
        from: RoomName,
        /// The room to enter.
        to: RoomName,
        /// The key for a private one.
        key: RoomKey,
    },
    /// The public rooms.
    List,
    /// Who is in a room.
    Members {
        /// The room.
        room: RoomName,
    },
    /// What a room is about.
    Topic {
        /// The room.
        room: RoomName,
    },
    /// Says what a room is about.
    SetTopic {
        /// The room.
        room: RoomName,
        /// The topic.
        text: Text,
    },
}

/// Something about people.
#[derive(Debug)]
pub enum PeopleRequest {
    /// Follow somebody.
    Follow {
        /// The person.
        author: UserName,
    },
    /// Stop following somebody.
    Unfollow {
        /// The person.
        author: UserName,
    },
    /// Whom the asker follows.
    Following,
    /// Who follows the asker.
    Followers,
    /// Everyone online.
    Online,
    /// What is known about somebody.
    WhoIs {
        /// The person.
        user: UserName,
    },
    /// Not at the keyboard.
    Away {
        /// What others are told.
        text: Text,
    },
    /// At the keyboard again.
    Back,
}

// ── 6 and 9 ── bridge → session, hub → session ──────────────────────────────────────────────

/// Everything that reaches a session from the rest of the node.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub enum SessionMail {
    /// What happened, spelled in the session's format.
    Frames {
        /// In log order.
        frames: Frames,
        /// Given back when the session has taken them.
        credit: Credit,
    },
    /// The answer to the oldest unanswered ask.
    Answered(Outcome),
    /// From here on frames come in the format asked for last.
    FormatSet,
    /// It is over.
    End(Ending),
}

/// One frame or several; one is the common case and costs nothing extra.
#[derive(Debug, Clone)]
pub enum Frames {
    /// One.
    One(Bytes),
    /// Several, in log order.
    Several(Vec<Bytes>),
}

/// How an [`Ask`] ended.
#[derive(Debug)]
pub enum Outcome {
    /// The session is the account's live one.
    Claimed {
        /// The claim.
        claim: Claim,
        /// The room it is in.
        room: RoomName,
    },
    /// The account has a live session, which stays.
    Duplicate,
    /// Granted.
    Done(Answer),
    /// Not granted; nothing was done.
    Refused(Refusal),
    /// The claim is no longer the account's live one: only the session's end is to come.
    Void,
    /// The answer to [`Question::Settle`].
    Settled,
}

// ── 7 ── bridge → registry ──────────────────────────────────────────────────────────────────

/// The next events of the log, in log order.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Arrived {
    /// At most [`BATCH_EVENTS`].
    pub arrivals: Vec<Arrival>,
    /// Given back when all of them are handled; until then nothing more comes.
    pub credit: Credit,
}

/// One event as it comes to the registry.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The event.
    pub event: Arc<Event>,
    /// What a claim brings along; `Nothing` for every other event and for claims of other nodes.
    pub brings: Brings,
}

/// What an account has when it goes live, as of its claim event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brings {
    /// The event says it all.
    Nothing,
    /// For a claim made by this node.
    Standing {
        /// The rooms it stays in; rooms it enters now come as events of their own.
        rooms: Vec<RoomName>,
        /// Whom it follows.
        follows: Vec<UserName>,
    },
}

// ── 8 ── registry → hub ─────────────────────────────────────────────────────────────────────

/// Frames and endings for sessions of one hub, in log order.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Handoff {
    /// What goes where.
    pub deliveries: Vec<Delivery>,
    /// Given back when the last session addressed has taken its frames.
    pub credit: Credit,
}

/// One thing for some sessions of a hub.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// A frame, encoded once.
    Frame {
        /// The bytes.
        frame: Bytes,
        /// Who gets it.
        to: Vec<ConnId>,
    },
    /// The session ends here: nothing later in the log reaches it.
    End {
        /// The session.
        conn: ConnId,
        /// Why.
        ending: Ending,
    },
    /// The session's new format holds from here on.
    FormatSet {
        /// The session.
        conn: ConnId,
    },
}

/// A share of one batch in flight; when the last clone is dropped, by whomever, the batch is done.
#[derive(Debug, Clone)]
pub struct Credit(
    #[expect(dead_code, reason = "held for its drop alone")] Arc<oneshot::Sender<()>>,
);

impl Credit {
    /// A credit, and what resolves when all its clones are gone.
    #[must_use]
    pub fn new() -> (Self, Returned) {
        let (held, returned) = oneshot::channel();
        (Self(Arc::new(held)), Returned(returned))
    }
}

/// Resolves when all clones of a [`Credit`] are gone.
#[derive(Debug)]
pub struct Returned(oneshot::Receiver<()>);

impl Returned {
    /// Waits until the batch is done.
    pub async fn wait(self) {
        let _closed = self.0.await;
    }
}

// ── the node ────────────────────────────────────────────────────────────────────────────────

/// A core actor stops for good; answered when what it held is done.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Shut;

/// A part without which the node cannot go on has failed; the text is for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} failed: {why}")]
pub struct PartFailed {
    /// The part, by its name in the lexicon.
    pub part: &'static str,
    /// What happened.
    pub why: String,
}

/// Held by every core actor: reports to the node when the actor fails or panics.
#[derive(Debug)]
pub struct Vital {
    part: &'static str,
    node: mpsc::Sender<PartFailed>,
}

impl Vital {
    /// A guard for one part; `node` hears of its failure. Capacity 1 is enough: the first one
    /// ends the node.
    #[must_use]
    pub const fn new(part: &'static str, node: mpsc::Sender<PartFailed>) -> Self {
        Self { part, node }
    }

    /// Reports that the part cannot go on.
    pub fn failed(&self, why: impl Into<String>) {
        // A full channel holds an earlier failure, which ends the node just the same.
        let _ = self.node.try_send(PartFailed {
            part: self.part,
            why: why.into(),
        });
    }
}

impl Drop for Vital {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.failed("it panicked, which is a bug; the backtrace is in the log");
        }
    }
}
