//! Everything a person can ask, whatever the door and its spelling.

use super::{Position, RoomName, Secret, Text, UserName};

/// A well-formed request of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Prove an account by its password and go live.
    Login {
        /// The account.
        user: UserName,
        /// Its password.
        password: Secret,
    },
    /// Make an account and go live.
    Register {
        /// The wanted name.
        user: UserName,
        /// The wanted password.
        password: Secret,
    },
    /// Come back to an account by a resume token, without its password.
    Resume {
        /// The token.
        token: Secret,
        /// Where the session left off.
        since: Since,
    },
    /// A resume token for one's account.
    Token,
    /// Say something in the current room.
    Say {
        /// What is said.
        text: Text,
    },
    /// Leave the current room and enter another one.
    Join {
        /// The room to enter; made when it does not exist.
        room: RoomName,
        /// What a private room asks for; a new room with a key is private.
        key: RoomKey,
    },
    /// Go back to the first room.
    Leave,
    /// The public rooms.
    Rooms,
    /// Who is in a room, on all nodes.
    Who {
        /// Which room.
        room: Where,
    },
    /// Who is online, on all nodes.
    Online,
    /// Say something to one person.
    Whisper {
        /// The person.
        to: UserName,
        /// What is said.
        text: Text,
    },
    /// Say something to one's subscribers alone.
    Post {
        /// What is said.
        text: Text,
    },
    /// Follow what a person says in public.
    Subscribe {
        /// The person.
        author: UserName,
    },
    /// Stop following.
    Unsubscribe {
        /// The person.
        author: UserName,
    },
    /// Whom I follow.
    Subscriptions,
    /// Who follows me.
    Subscribers,
    /// The last messages of a room.
    History {
        /// Which room.
        room: Where,
        /// How many, at most [`super::limits::HISTORY_MOST`].
        count: u16,
    },
    /// What the current room is about.
    Topic,
    /// Says what the current room is about.
    SetTopic {
        /// The new topic.
        text: Text,
    },
    /// Not at the keyboard, and why.
    Away {
        /// What others are told.
        text: Text,
    },
    /// At the keyboard again.
    Back,
    /// What is known about a person.
    WhoIs {
        /// The person.
        user: UserName,
    },
    /// Another password for one's account.
    ChangePassword {
        /// The password so far.
        old: Secret,
        /// The wanted one.
        new: Secret,
    },
    /// Whether each message is shown with its position.
    Positions {
        /// The wanted switch.
        shown: Positions,
    },
    /// Answered once all that was asked before is decided and queued to this node's members.
    Ping {
        /// Repeated in the answer; may be empty.
        token: String,
    },
    /// What can be asked.
    Help {
        /// All of it, or one command.
        topic: HelpTopic,
    },
    /// A clean goodbye.
    Quit,
}

/// A room that is meant by its name or by being in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// The current room.
    Here,
    /// The room of this name.
    Room(RoomName),
}

/// What is shown at the door of a private room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomKey {
    /// Nothing.
    None,
    /// 1 to [`super::limits::ROOM_KEY_BYTES`] bytes.
    Given(Secret),
}

/// Whether the position stands before each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Positions {
    /// Only the messages.
    #[default]
    Hidden,
    /// The position and a space before each message.
    Shown,
}

/// Where a session that comes back left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// At the last position recorded as shown to the account.
    Seen,
    /// At this one.
    Position(Position),
}

/// What help was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpTopic {
    /// The list of commands.
    All,
    /// One command, as typed, without its slash.
    Command(String),
}
