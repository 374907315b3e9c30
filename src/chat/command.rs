//! Everything a person can ask, whatever the door and its spelling.

use super::certificate::Certificate;
use super::event::{Manner, Timestamp};
use super::history::{Conversation, Past, Span};
use super::modes::{List, ModeWish};
use super::profile::{Audience, Profile};
use super::{Extras, Ident, Nick, Position, RoomName, Secret, Text, UserName};

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
    /// Make an account, and no more for now: it is proven by that.
    MakeAccount {
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
    /// Prove an account by its password, and no more for now.
    Prove {
        /// The account.
        user: UserName,
        /// Its password.
        password: Secret,
    },
    /// Prove an account by the certificate that the client showed, and no more for now.
    ProveByCertificate {
        /// The certificate.
        certificate: Certificate,
        /// The account, where one was named.
        user: Option<UserName>,
    },
    /// Show the password that the node asks of all who come in by this door.
    Knock {
        /// As whom others are to see who comes in.
        nick: Nick,
        /// The password.
        password: Secret,
    },
    /// Go live as who was proven.
    Claim {
        /// As whom others see them.
        nick: Nick,
    },
    /// Go live without an account.
    Visit {
        /// As whom others see them.
        nick: Nick,
        /// What its client says it is called.
        ident: Ident,
    },
    /// Be seen under another nick.
    ChangeNick {
        /// The nick.
        nick: Nick,
    },
    /// Say something in a room.
    Say {
        /// Which room.
        room: Where,
        /// What is said.
        text: Text,
        /// In which manner.
        manner: Manner,
        /// What goes with it.
        extras: Extras,
    },
    /// Leave the current room and enter another one.
    Move {
        /// The room to enter; made when it does not exist.
        room: RoomName,
        /// What a private room asks for; a new room with a key is private.
        key: RoomKey,
    },
    /// Leave the current room and go back to the first one.
    Return,
    /// Enter a room and leave none.
    Enter {
        /// The room to enter; made when it does not exist.
        room: RoomName,
        /// What a private room asks for; a new room with a key is private.
        key: RoomKey,
    },
    /// Leave a room and enter none.
    Leave {
        /// The room.
        room: RoomName,
        /// What is said on leaving, if anything.
        words: Option<Text>,
    },
    /// The rooms that one may know of.
    Rooms,
    /// Who is in a room, on all nodes.
    Who {
        /// Which room.
        room: Where,
    },
    /// Who is online, on all nodes.
    Online,
    /// Who is in one of the own rooms, on all nodes.
    Neighbours,
    /// How many people and rooms there are, and what time it is.
    Census,
    /// Say something to one person.
    Whisper {
        /// The person.
        to: UserName,
        /// What is said.
        text: Text,
        /// In which manner.
        manner: Manner,
        /// What goes with it.
        extras: Extras,
    },
    /// Say something without words, for programs alone; nothing keeps it.
    Tag {
        /// Where, or to whom.
        to: Conversation,
        /// What.
        extras: Extras,
    },
    /// Up to where the person has read a conversation.
    WhatIsRead {
        /// Which.
        of: Conversation,
    },
    /// The person has read a conversation up to a moment; that never moves back.
    Read {
        /// Which.
        of: Conversation,
        /// The moment.
        upto: Timestamp,
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
    /// What was said in a room.
    History {
        /// Which room.
        room: Where,
        /// Whether what else happened is told, too.
        past: Past,
        /// Which of its messages.
        span: Span,
        /// How many, at most [`super::limits::HISTORY_MOST`].
        count: u16,
    },
    /// What was said in private between the person and another one.
    Dialogue {
        /// The other one.
        with: UserName,
        /// Whether signs without words count as messages.
        past: Past,
        /// Which of their messages.
        span: Span,
        /// How many, at most [`super::limits::HISTORY_MOST`].
        count: u16,
    },
    /// In which rooms of one's own, and with whom in private, something was said last between two
    /// times.
    Conversations {
        /// From where on they are counted; it may be the later one.
        from: Timestamp,
        /// The other one.
        to: Timestamp,
        /// How many, at most [`super::limits::HISTORY_MOST`].
        count: u16,
    },
    /// What a room is about.
    Topic {
        /// Which room.
        room: Where,
    },
    /// Says what a room is about.
    SetTopic {
        /// Which room.
        room: Where,
        /// The new topic; nothing takes it away.
        text: Option<Text>,
    },
    /// Puts somebody out of a room.
    Kick {
        /// The room.
        room: Where,
        /// The person.
        user: UserName,
        /// Why, if that is said.
        words: Option<Text>,
    },
    /// Tells somebody that they may come into a room.
    Invite {
        /// The room.
        room: Where,
        /// The person.
        user: UserName,
    },
    /// To which rooms one is invited.
    Invitations,
    /// What holds of a room.
    Modes {
        /// Which room.
        room: Where,
    },
    /// Changes what holds of a room.
    ChangeModes {
        /// Which room.
        room: Where,
        /// How; at most [`super::limits::CHANGES_MOST`].
        wishes: Vec<ModeWish>,
    },
    /// Who is in a list of a room.
    ModeList {
        /// Which room.
        room: Where,
        /// Which list.
        list: List,
    },
    /// Not at the keyboard, and why.
    Away {
        /// What others are told.
        text: Text,
    },
    /// At the keyboard again.
    Back,
    /// Says something about oneself, in place of what one said before.
    Introduce {
        /// What.
        profile: Profile,
        /// Who hears of it.
        audience: Audience,
    },
    /// What is for operators of the network.
    Operate(Operate),
    /// Something that the node knows by itself.
    Inquire(Inquiry),
    /// Be told when people come and go, or no more.
    Watch {
        /// For whom.
        change: Watch,
    },
    /// Which of these people are here.
    Presence {
        /// At most [`super::limits::WATCHED`].
        people: Vec<UserName>,
    },
    /// What is known about a person.
    WhoIs {
        /// The person.
        user: UserName,
    },
    /// Who was seen under a nick before.
    WhoWas {
        /// The nick.
        user: UserName,
        /// How many at most, those who were so last; at most [`super::limits::FORMER_TOLD`].
        count: u16,
    },
    /// Something about the certificates of one's account.
    Certificates(Certificates),
    /// Another password for one's account.
    ChangePassword {
        /// The password so far.
        old: Secret,
        /// The wanted one.
        new: Secret,
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
    Quit {
        /// What is said on leaving, if anything.
        words: Option<Text>,
    },
}

/// What somebody wants of the certificates by which their account can be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificates {
    /// To know them.
    List,
    /// One more.
    Add(Certificate),
    /// Without this one.
    Remove(Certificate),
}

/// For whom somebody watches: is told when they come and go, in whatever rooms they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch {
    /// For these people too; a session watches for [`super::limits::WATCHED`] at most.
    For {
        /// They.
        people: Vec<UserName>,
    },
    /// No more for these.
    NoMoreFor {
        /// They.
        people: Vec<UserName>,
    },
    /// For nobody any more.
    ForNobody,
    /// For the same as before, of whom these were found to be here.
    Found {
        /// They.
        here: Vec<UserName>,
    },
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

/// What a node is asked that it knows without the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inquiry {
    /// Its message of the day.
    MessageOfTheDay,
    /// As an operator: to read its settings again.
    Rehash,
}

/// What is for operators of the network, and how somebody becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operate {
    /// Prove to be an operator of the network, and be one for this session.
    Become {
        /// The operator's name, which is no account's.
        name: UserName,
        /// Its password.
        password: Secret,
    },
    /// Be no operator any more.
    Resign,
    /// As an operator, end somebody's session.
    Kill {
        /// The person.
        user: UserName,
        /// Why.
        words: Option<Text>,
    },
    /// As an operator, say something to all who want to hear such things.
    Announce {
        /// What.
        text: Text,
    },
}
