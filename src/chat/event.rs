//! Everything that happens: what the log holds, in the order in which everybody hears it.

use super::history::Conversation;
use super::modes::{ModeChange, Ranks};
use super::origin::{Origin, SessionId};
use super::profile::Profile;
use super::{Extras, Position, RoomName, Text, UserName};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the log.
    pub position: Position,
    /// When the store took it; never goes back within one conversation.
    pub at: Timestamp,
    /// Who made it.
    pub origin: Origin,
    /// What happened.
    pub deed: Deed,
}

impl Event {
    /// The last position before it.
    #[must_use]
    pub const fn before(&self) -> Position {
        if let Deed::Epoch { after } = self.deed {
            return after;
        }
        let Position { epoch, n } = self.position;
        Position {
            epoch,
            n: n.saturating_sub(1),
        }
    }

    /// What somebody wrote in it; empty where nobody did.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.deed {
            Deed::RoomMessage { text, .. }
            | Deed::Whisper { text, .. }
            | Deed::Post { text, .. }
            | Deed::Announced { text, .. }
            | Deed::WentAway { text, .. } => text.as_str(),
            Deed::TopicSet { text, .. }
            | Deed::Entered { away: text, .. }
            | Deed::RealNameSet {
                real_name: text, ..
            } => text.as_ref().map_or("", Text::as_str),
            Deed::Released { words, .. }
            | Deed::Left {
                departure: Departure::Parted { words } | Departure::Kicked { words, .. },
                ..
            } => words.as_ref().map_or("", Text::as_str),
            Deed::Epoch { .. }
            | Deed::Claimed { .. }
            | Deed::Left {
                departure: Departure::Quit,
                ..
            }
            | Deed::Tagged { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::CameBack { .. }
            | Deed::Nicked { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => "",
        }
    }

    /// What became different about a room by it; nothing by most events.
    #[must_use]
    pub fn changes(&self) -> &[ModeChange] {
        if let Deed::ModesChanged { changes, .. } = &self.deed {
            changes
        } else {
            &[]
        }
    }

    /// What goes with what somebody said in it, if anybody said anything that anything can go with.
    #[must_use]
    pub const fn extras(&self) -> Option<&Extras> {
        if let Deed::RoomMessage { extras, .. }
        | Deed::Whisper { extras, .. }
        | Deed::Tagged { extras, .. } = &self.deed
        {
            Some(extras)
        } else {
            None
        }
    }

    /// The rooms that it names as those whose members it is for; most events are for one room, or
    /// for none, and name none so.
    #[must_use]
    pub fn rooms(&self) -> &[RoomName] {
        match &self.deed {
            Deed::Released { rooms, .. }
            | Deed::WentAway { rooms, .. }
            | Deed::CameBack { rooms, .. }
            | Deed::Nicked { rooms, .. }
            | Deed::RealNameSet { rooms, .. }
            | Deed::Claimed { rooms, .. } => rooms,
            Deed::Epoch { .. }
            | Deed::Entered { .. }
            | Deed::Left { .. }
            | Deed::RoomMessage { .. }
            | Deed::Whisper { .. }
            | Deed::Tagged { .. }
            | Deed::Post { .. }
            | Deed::Followed { .. }
            | Deed::Unfollowed { .. }
            | Deed::TopicSet { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::Announced { .. }
            | Deed::Probed { .. }
            | Deed::Alive { .. } => &[],
        }
    }
}

/// Milliseconds since 1970 on the store's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

/// What happened. What each means to the receiver stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A new stretch of the log begins.
    Epoch {
        /// The last position before it.
        after: Position,
    },
    /// An account went live: every older session of it hears and says nothing from here on.
    Claimed {
        /// The account.
        user: UserName,
        /// Its one live session.
        session: SessionId,
        /// The guest as whom that session was there before, and who is nobody from here on: it logged
        /// in without leaving. Nothing by any other way.
        was: Option<UserName>,
        /// The rooms in which it stays by that, with the ranks that it has there.
        rooms: Vec<RoomName>,
    },
    /// An account is no longer live.
    Released {
        /// The account.
        user: UserName,
        /// The rooms that it left right before, by [`Departure::Quit`]; whoever is in several of
        /// them hears of it once.
        rooms: Vec<RoomName>,
        /// What it said as its goodbye, if it said one; or why it was put out.
        words: Option<Text>,
        /// The operator who put it out, where it did not go by itself.
        by: Option<UserName>,
    },
    /// A person came into a room and hears what is said in it from here on.
    Entered {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
        /// The ranks that the person has there.
        ranks: Ranks,
        /// What the person says about itself.
        profile: Profile,
        /// What the person left to be told, when away.
        away: Option<Text>,
    },
    /// A person went out of a room and hears nothing of it from here on.
    Left {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
        /// In which way.
        departure: Departure,
    },
    /// Somebody said something in a room.
    RoomMessage {
        /// The room.
        room: RoomName,
        /// Who said it.
        sender: UserName,
        /// What was said.
        text: Text,
        /// In which manner.
        manner: Manner,
        /// What goes with it.
        extras: Extras,
        /// Its ordinal among the room's messages.
        k: u64,
        /// Whether subscribers outside the room hear it too.
        privacy: Privacy,
        /// Whether the sender hears it.
        echo: Echo,
    },
    /// Somebody said something to one person.
    Whisper {
        /// The person.
        to: UserName,
        /// Who said it.
        sender: UserName,
        /// What was said.
        text: Text,
        /// In which manner.
        manner: Manner,
        /// What goes with it.
        extras: Extras,
        /// Its ordinal among the messages to that person.
        k: u64,
    },
    /// Somebody said something without words, for programs alone; nothing but the log keeps it.
    Tagged {
        /// Where, or to whom.
        to: Conversation,
        /// Who said it.
        sender: UserName,
        /// What.
        extras: Extras,
    },
    /// Somebody said something to their subscribers alone.
    Post {
        /// Who said it.
        sender: UserName,
        /// What was said.
        text: Text,
        /// Its ordinal among the author's posts.
        k: u64,
    },
    /// A person follows another from here on.
    Followed {
        /// Who is followed.
        author: UserName,
        /// Who follows.
        follower: UserName,
    },
    /// A person follows another no longer.
    Unfollowed {
        /// Who was followed.
        author: UserName,
        /// Who followed.
        follower: UserName,
    },
    /// A room is about something else, or about nothing any more.
    TopicSet {
        /// The room.
        room: RoomName,
        /// Who says so.
        by: UserName,
        /// The topic; nothing where it was taken away.
        text: Option<Text>,
    },
    /// Somebody changed what holds of a room.
    ModesChanged {
        /// The room.
        room: RoomName,
        /// Who.
        by: UserName,
        /// What became different, in this order; never nothing.
        changes: Vec<ModeChange>,
    },
    /// Somebody told somebody else that they may come into a room.
    Invited {
        /// The room.
        room: RoomName,
        /// Who says so.
        by: UserName,
        /// The person.
        user: UserName,
    },
    /// An operator says something to all who want to hear such things, in whatever rooms they are.
    Announced {
        /// Who says so.
        by: UserName,
        /// What.
        text: Text,
    },
    /// A person is not at the keyboard.
    WentAway {
        /// The person.
        user: UserName,
        /// What others are told.
        text: Text,
        /// The rooms that the person is in.
        rooms: Vec<RoomName>,
    },
    /// A person is at the keyboard again.
    CameBack {
        /// The person.
        user: UserName,
        /// The rooms that the person is in.
        rooms: Vec<RoomName>,
    },
    /// A person is seen under another nick from here on.
    Nicked {
        /// The person, as others see them from here on.
        user: UserName,
        /// The same person, as others saw them so far.
        was: UserName,
        /// The rooms that the person is in.
        rooms: Vec<RoomName>,
    },
    /// A person has another real name, or none any more.
    RealNameSet {
        /// The person.
        user: UserName,
        /// The name.
        real_name: Option<Text>,
        /// The rooms that the person is in.
        rooms: Vec<RoomName>,
    },
    /// Somebody with the account's password wants to come in: is its live session still there?
    Probed {
        /// The account.
        user: UserName,
        /// Its live session.
        session: SessionId,
    },
    /// It is.
    Alive {
        /// The account.
        user: UserName,
        /// Its live session.
        session: SessionId,
    },
}

/// In which way somebody went out of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Departure {
    /// Out of this room alone, or into another one. So is what a login leaves, and what an earlier
    /// version or one that knows more reasons wrote down.
    Parted {
        /// What they said on leaving, if they said anything.
        words: Option<Text>,
    },
    /// Somebody put them out of this room. They hear that, and nothing of the room behind it.
    Kicked {
        /// Who.
        by: UserName,
        /// Why, if that was said.
        words: Option<Text>,
    },
    /// Out of all rooms, for the account is no longer live: [`Deed::Released`] follows.
    Quit,
}

/// Whether a room is for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Listed; its senders' subscribers hear it from outside.
    Public,
    /// Entered with a key, by invitation, or not listed; nothing of it reaches outsiders.
    Private,
}

/// In which manner somebody says something in a room or to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Like most of what is said, and all that an earlier version wrote down.
    Message,
    /// To take note of: no program answers it by itself, so that two of them cannot talk to each
    /// other for ever.
    Notice,
}

/// Whether the sender of a message hears it too (`exclude_sender` where it is stored).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// Everybody but the sender.
    ExcludeSender,
    /// Everybody.
    IncludeSender,
}

/// As what somebody hears an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hearing {
    /// As a member of the room, or as the person addressed.
    Direct,
    /// As a subscriber of the sender who is not in the room.
    Subscriber,
    /// As a member of the room that somebody else is invited to.
    Witness,
    /// As one who watches for the person who comes, goes, is away or is back.
    Watcher,
    /// As one who watches for the name that the person had before.
    WatcherOfBefore,
    /// As the one to whom it is done, by somebody else.
    Victim,
    /// As a member of the room who watches for the person too; only where what was missed is told.
    DirectAndWatcher,
}
