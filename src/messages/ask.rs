//! 5 and 6: what a session asks the store, and what it is answered.

use actix::{Message, Recipient};

use super::{ProgramRequest, SessionMail};
use crate::chat::answer::Office;
use crate::chat::command::{RoomKey, Since};
use crate::chat::event::{Manner, Timestamp};
use crate::chat::history::{Mark, Past, Span};
use crate::chat::limits::KEPT_MESSAGES;
use crate::chat::modes::{List, ModeWish};
use crate::chat::origin::SessionId;
use crate::chat::{Answer, Extras, Nick, Position, Refusal, RoomName, Text, UserName};

/// Questions to the store: all that a session heard in one turn, so that what came together is
/// decided together. Each is answered by itself, in the order in which they were asked.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Ask {
    /// Who asks.
    pub session: SessionId,
    /// Where the answers go: straight into the mailbox, ahead of the events that it caused.
    pub reply: Recipient<SessionMail>,
    /// What is asked; never nothing, at most [`ASKS_IN_FLIGHT`](super::ASKS_IN_FLIGHT) that are
    /// answered, and two that are not.
    pub questions: Vec<Question>,
}

/// What a session asks the store, by what it must be for that.
#[derive(Debug)]
pub enum Question {
    /// Make this session the account's live one. Its password is proven; a guest needs none.
    Claim {
        /// The account as registered, seen as the person wants to be. Who renews keeps the nick that
        /// the store has; refused, where somebody else has it.
        user: UserName,
        /// By which way it comes in.
        entrance: Entrance,
    },
    /// Something that only the live session of an account may ask.
    Live {
        /// The claim that makes it so.
        claim: Claim,
        /// What is asked.
        request: Request,
    },
    /// Is the session alive that keeps this one out? What comes of it is in the log; not answered.
    Probe {
        /// The account, whose password is proven.
        user: UserName,
    },
    /// This session is alive, which was asked. Not answered, never refused.
    Alive {
        /// The claim that makes it the live one.
        claim: Claim,
    },
    /// The account was shown everything up to here. Not answered, and forgotten where the store
    /// is busy or away: what is not known to be seen is told again.
    Seen {
        /// The claim of the session that showed it; a void one changes nothing.
        claim: Claim,
        /// The last position; one before that known already changes nothing.
        position: Position,
    },
    /// Answered once every event so far has been handled by this node's sessions.
    Settle,
    /// The session ends. Not answered, never refused.
    Release {
        /// The account it claimed or was about to claim.
        user: UserName,
        /// Whether whatever it holds is free at once.
        parting: Parting,
    },
}

/// By which way a session comes to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// By a login: into the first room of its door, and out of every other room.
    Login {
        /// What becomes of a live session.
        on_duplicate: DuplicateLogin,
        /// Where it begins.
        begins: FirstRoom,
    },
    /// By a login after the live session was asked in vain whether it is alive: it is replaced, unless
    /// many are about to come back.
    Insist {
        /// Where it begins.
        begins: FirstRoom,
    },
    /// By coming back: into the rooms that the account is still in, or the lobby. A live session
    /// is replaced.
    Resume {
        /// Where it left off.
        since: Since,
    },
    /// By a guest who is there and has proven the account: its session stays in its rooms, and what
    /// it is and has there is the account's. Every other session and place of the account ends as by
    /// a login. [`Void`](Outcome::Void) where the guest's claim is.
    InPlace {
        /// The guest's claim, which ends with that.
        guest: Claim,
        /// What becomes of a live session of the account.
        contest: Contest,
    },
    /// By having been there: a session whose claim is in question claims again. Not where a later
    /// claim has the account, or where there is none any more.
    Renew {
        /// The position of its claim so far.
        fence: Position,
        /// The rooms it goes to, in this order, where the account is in none: those of them that
        /// are public and exist.
        rooms: Vec<RoomName>,
        /// Where it begins if there is no such room.
        begins: FirstRoom,
    },
}

/// How a guest who logs in deals with a live session of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contest {
    /// As the settings say.
    Settled(DuplicateLogin),
    /// It was asked in vain whether it is alive: it is replaced, unless many are about to come back.
    Insisted,
}

/// Where somebody begins who is in no room: the door decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstRoom {
    /// In the lobby.
    Lobby,
    /// In no room: rooms are entered one by one.
    Nowhere,
}

impl FirstRoom {
    /// The room, if it is one.
    #[must_use]
    pub fn room(self) -> Option<RoomName> {
        match self {
            Self::Lobby => Some(RoomName::lobby()),
            Self::Nowhere => None,
        }
    }
}

/// How a session parts from its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parting {
    /// It said goodbye, or is put out: what it holds is free at once.
    Goodbye {
        /// What it said, if it said anything.
        words: Option<Text>,
    },
    /// Its connection broke: its place is kept for `accounts.grace`.
    Broken,
    /// Its node goes down: its place is kept until it has come back elsewhere, or nobody has.
    Moving,
}

/// An account and the position of the claim event that made a session its live one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The account as registered, or a guest, as others see them.
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
    /// About what holds of a room, and who is kept out of it.
    Moderation(ModerationRequest),
    /// About people.
    People(PeopleRequest),
    /// About what was said before.
    History(HistoryRequest),
    /// What people's programs need of each other.
    Program(ProgramRequest),
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
        /// In which manner.
        manner: Manner,
        /// What goes with it.
        extras: Extras,
    },
    /// To one person.
    Whisper {
        /// The person.
        to: UserName,
        /// What is said.
        text: Text,
        /// In which manner.
        manner: Manner,
        /// What goes with it.
        extras: Extras,
        /// Whether that may be oneself.
        oneself: ToOneself,
    },
    /// To one's subscribers.
    Post {
        /// What is said.
        text: Text,
    },
}

/// Whether somebody may say something to oneself in private: the door decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToOneself {
    /// It is refused as [`Refusal::ToYourself`].
    Refused,
    /// It is said and kept like what is said to anybody.
    Said,
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
    /// Into a room, and out of none.
    Enter {
        /// The room to enter.
        room: RoomName,
        /// The key for a private one.
        key: RoomKey,
    },
    /// Out of a room, and into none.
    Leave {
        /// The room to leave.
        room: RoomName,
        /// What is said on leaving, if anything.
        words: Option<Text>,
    },
    /// The rooms that the asker may know of.
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
        /// The topic; nothing takes it away.
        text: Option<Text>,
    },
}

/// Something about what holds of a room, and who is kept out of it.
#[derive(Debug)]
pub enum ModerationRequest {
    /// Put somebody out of a room.
    Kick {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
        /// Why, if that is said.
        words: Option<Text>,
    },
    /// Tell somebody that they may come into a room.
    Invite {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
    },
    /// To which rooms the asker is invited.
    Invitations,
    /// What holds of a room.
    Modes {
        /// The room.
        room: RoomName,
    },
    /// Change what holds of a room.
    Change {
        /// The room.
        room: RoomName,
        /// How; at most [`CHANGES_MOST`](crate::chat::limits::CHANGES_MOST).
        wishes: Vec<ModeWish>,
    },
    /// Who is in a list of a room.
    List {
        /// The room.
        room: RoomName,
        /// Which list.
        list: List,
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
    /// Those online who are in one of the asker's rooms, and the asker.
    Neighbours,
    /// To be an operator, which is proven, or none any more.
    TakeOffice {
        /// Which.
        office: Office,
    },
    /// As an operator, to end the session of somebody.
    Kill {
        /// The person.
        user: UserName,
        /// Why.
        words: Option<Text>,
    },
    /// As an operator, to say something to all who want to hear such things.
    Announce {
        /// What.
        text: Text,
    },
    /// Which of these are here.
    Presence {
        /// At most [`WATCHED`](crate::chat::limits::WATCHED).
        people: Vec<UserName>,
    },
    /// How many there are, which costs the same however many that is.
    Census,
    /// What is known about somebody.
    WhoIs {
        /// The person.
        user: UserName,
    },
    /// Who was seen under a nick before.
    WhoWas {
        /// The nick.
        user: UserName,
        /// How many at most.
        count: u16,
    },
    /// Not at the keyboard.
    Away {
        /// What others are told.
        text: Text,
    },
    /// At the keyboard again.
    Back,
    /// Seen under another nick from here on.
    Nick {
        /// The nick.
        nick: Nick,
    },
}

/// Something about what was said before.
#[derive(Debug)]
pub enum HistoryRequest {
    /// Messages of a room that the asker may know of.
    Room {
        /// The room.
        room: RoomName,
        /// Whether what else happened counts as a message.
        past: Past,
        /// Which.
        span: Span,
        /// How many at most.
        count: u16,
    },
    /// Private messages between the asker and somebody else.
    Person {
        /// The other one.
        user: UserName,
        /// Whether signs without words count as messages.
        past: Past,
        /// Which.
        span: Span,
        /// How many at most.
        count: u16,
    },
    /// The conversations of the asker whose last message was said between two times.
    Conversations {
        /// From where on they are counted; it may be the later one.
        from: Timestamp,
        /// The other one.
        to: Timestamp,
        /// How many at most.
        count: u16,
    },
}

impl HistoryRequest {
    /// Messages that the store looks at for it, about: what it finds by a time or a person it
    /// searches for.
    #[must_use]
    pub fn messages(&self) -> usize {
        let kept = KEPT_MESSAGES as usize;
        match self {
            Self::Room {
                past, span, count, ..
            } => {
                let searched = match span {
                    Span::Latest => 0,
                    Span::Since { mark }
                    | Span::Before { mark }
                    | Span::After { mark }
                    | Span::Around { mark } => searched(*mark),
                    Span::Between { from, to } => searched(*from).max(searched(*to)),
                };
                let looked_at = searched + usize::from(*count);
                match past {
                    Past::Words => looked_at,
                    Past::Everything => 2 * looked_at,
                }
            }
            Self::Person { past, .. } => match past {
                Past::Words => 2 * kept,
                Past::Everything => 3 * kept,
            },
            Self::Conversations { .. } => 2 * kept,
        }
    }
}

const fn searched(mark: Mark) -> usize {
    match mark {
        Mark::Position { .. } => 0,
        Mark::Time { .. } => KEPT_MESSAGES as usize,
    }
}

/// How an [`Ask`] ended.
#[derive(Debug)]
pub enum Outcome {
    /// The session is the account's live one.
    Claimed {
        /// The claim.
        claim: Claim,
        /// The rooms it is in, the one entered last at the end.
        rooms: Vec<RoomName>,
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
