//! 7, 8 and 9: from the log to the sessions, in one loop of credit.

use std::sync::Arc;

use actix::Message;
use bytes::Bytes;
use tokio::sync::oneshot;

use super::{Outcome, StoreFailed};
use crate::chat::origin::ConnId;
use crate::chat::{Ending, Event, Fate, Gap, Position, RoomName, UserName};

/// The next events of the log, in log order.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Arrived {
    /// Whether anything is missing before them.
    pub continuity: Continuity,
    /// At most [`BATCH_EVENTS`](super::BATCH_EVENTS).
    pub arrivals: Vec<Arrival>,
    /// Given back when all of them are handled; until then nothing more comes.
    pub credit: Credit,
}

/// Whether a batch goes on where the one before ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Continuity {
    /// The first event stands right behind the last one of the batch before.
    Unbroken,
    /// The same, but the store does not hold the claims of these sessions any more: each is
    /// suspended.
    Doubtful {
        /// The sessions.
        conns: Vec<ConnId>,
    },
    /// Events before these are lost: every session is suspended.
    Broken {
        /// How.
        lost: Lost,
    },
}

/// How events are lost; the worse way is the greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// The log does not go back so far any more. What was read of it is as it was.
    Trimmed,
    /// The log forgot some of what it had, or is another one, or nobody can tell that it is not:
    /// where something was read, something else may stand.
    TakenBack,
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
        /// What it is told of what was said before.
        missed: Missed,
    },
}

/// What a session that goes live is told of what was said before its claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// Nothing: it begins here.
    Nothing,
    /// What was kept for it while nobody was here: told with its time.
    Kept(Kept),
    /// What its account would have heard behind this position.
    After(Position),
    /// The same, and that something is missing, for the log of that position was taken back.
    AfterTakenBack(Position),
    /// What its account would have heard since the session was suspended.
    SinceSuspended,
}

/// What does the log hold behind `after` and up to `upto`? Answered by the end of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Message)]
#[rtype(result = "Result<LookedBack, StoreFailed>")]
pub struct LookBack {
    /// Behind this.
    pub after: Position,
    /// Up to this, included.
    pub upto: Position,
}

/// The end of a part of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedBack {
    /// At most [`LOOK_EVENTS`](super::LOOK_EVENTS), the last one first. What this program cannot
    /// read is left out.
    pub events: Vec<Arc<Event>>,
    /// What is before them.
    pub rest: Rest,
}

/// What a look back leaves to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Perhaps something up to here.
    More {
        /// The next last event.
        upto: Position,
    },
    /// Nothing.
    Nothing,
}

/// What was kept for an account while nobody was here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// What should be among it and is lost, told before it: at most one for private messages and
    /// one for posts.
    pub gaps: Vec<Gap>,
    /// Private messages to it, and posts of whom it follows, in log order. At most
    /// [`KEPT_MESSAGES`](crate::chat::limits::KEPT_MESSAGES) and
    /// [`KEPT_BYTES`](crate::chat::limits::KEPT_BYTES) of each.
    pub events: Vec<Arc<Event>>,
}

impl Kept {
    /// What of it stands no further than this.
    #[must_use]
    pub fn up_to(mut self, last: Position) -> Self {
        self.events.retain(|event| event.position <= last);
        self
    }
}

impl From<Kept> for Missed {
    /// What there is to tell of it, if there is anything.
    fn from(kept: Kept) -> Self {
        if kept == Kept::default() {
            Self::Nothing
        } else {
            Self::Kept(kept)
        }
    }
}

/// Frames and endings for sessions of one hub, in log order.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Handoff {
    /// What goes where.
    pub deliveries: Vec<Delivery>,
    /// The part of the log that it comes from.
    pub span: Span,
    /// Given back when the last session addressed has taken its frames.
    pub credit: Credit,
}

/// A part of the log, by its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The last event before it.
    pub after: Position,
    /// Its last event.
    pub upto: Position,
}

/// One thing for some sessions of a hub.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Frames that the same sessions get in a row.
    Run(Run),
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
    /// Somebody wants to come in to the session's account: is it alive?
    Probe {
        /// The session.
        conn: ConnId,
    },
    /// The session that keeps this one out is alive.
    HolderAlive {
        /// The session that waits.
        conn: ConnId,
    },
    /// Somebody put the session out of a room.
    PutOut {
        /// The session.
        conn: ConnId,
        /// The room.
        room: RoomName,
        /// Where that stands in the log.
        position: Position,
    },
    /// A part of what the session missed.
    Missed {
        /// The session.
        conn: ConnId,
        /// The part.
        part: MissedPart,
    },
    /// The session is suspended: its claim is in question, and it hears nothing before it has
    /// claimed again.
    Suspended {
        /// The session.
        conn: ConnId,
    },
}

/// A part of what a session missed, spelled in its format.
#[derive(Debug, Clone)]
pub struct MissedPart {
    /// In log order; may be empty.
    pub bytes: Bytes,
    /// With it the session was told all up to here.
    pub upto: Position,
    /// What comes after it.
    pub then: Then,
}

/// What comes after a part of what a session missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// More, when it asks for that by [`CatchUp`](super::CatchUp).
    More,
    /// What happens from here on.
    Live,
}

/// Frames that come in a row for the same sessions.
#[derive(Debug, Clone)]
pub struct Run {
    /// In log order.
    pub frames: Vec<Frame>,
    /// Who gets them.
    pub to: Vec<ConnId>,
}

/// An event, spelled once for all who hear it in the same format.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its bytes.
    pub bytes: Bytes,
    /// Who of the run does not get it: its sender, as a rule.
    pub except: Option<ConnId>,
}

/// Everything that reaches a session from the rest of the node.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub enum SessionMail {
    /// What happened, spelled in the session's format.
    Frames {
        /// In log order.
        frames: Frames,
        /// The part of the log that they come from; all that the session hears of it.
        span: Span,
        /// Given back when the session has taken them.
        credit: Credit,
    },
    /// The answer to the oldest unanswered ask.
    Answered(Outcome),
    /// Somebody wants to come in to its account: is it alive?
    Probe,
    /// The session that keeps it out of its account is alive.
    HolderAlive,
    /// A part of what it missed.
    Missed(MissedPart),
    /// Its claim is in question: it hears nothing before it has claimed again.
    Suspended,
    /// Somebody put it out of a room, which it is told in words by what happened.
    PutOut {
        /// The room.
        room: RoomName,
        /// Where that stands in the log.
        position: Position,
    },
    /// What became of the oldest text that was not confirmed and is in doubt since.
    Resolved(Fate),
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

impl Frames {
    /// Their bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::One(frame) => frame.len(),
            Self::Several(frames) => frames.iter().map(Bytes::len).sum(),
        }
    }
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
