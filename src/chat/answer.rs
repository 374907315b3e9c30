//! Everything a person can be answered when the request was granted.

use std::sync::Arc;

use super::certificate::Certificate;
use super::command::HelpTopic;
use super::event::{Privacy, Timestamp};
use super::history::Conversation;
use super::modes::{Flags, List, ListedMask, ModeChange, Ranks, RoomModes};
use super::profile::Profile;
use super::{Event, NodeName, Position, Refusal, RoomName, Secret, Text, UserName};

/// The granted answer to one [`super::Command`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The login succeeded and the session is live.
    Welcome {
        /// The account as registered.
        user: UserName,
        /// The room it is in.
        room: RoomName,
        /// The node it is on.
        node: NodeName,
    },
    /// The password is the account's; it is not live yet.
    Proved {
        /// The account as registered.
        user: UserName,
    },
    /// The password is the node's; that proves no account.
    LetIn,
    /// What was said is in the log.
    Said {
        /// Where.
        position: Position,
        /// When the store took it, as everybody is told; not known where an earlier version of this
        /// program kept the answer.
        at: Option<Timestamp>,
    },
    /// What was said is in the log, but the addressee is not at the keyboard.
    SaidToAway {
        /// Where.
        position: Position,
        /// When, as of [`Self::Said`].
        at: Option<Timestamp>,
        /// The addressee.
        to: UserName,
        /// What they left to be told.
        text: Text,
    },
    /// What was said without words is in the log.
    Tagged {
        /// Where.
        position: Position,
        /// When the store took it.
        at: Timestamp,
    },
    /// The addressee of what was said without words is not here; nothing was stored.
    NobodyTagged,
    /// Up to where the person has read a conversation, if that was ever said.
    ReadUpTo {
        /// The moment.
        at: Option<Timestamp>,
    },
    /// There is nobody to post to; nothing was stored.
    NobodySubscribes,
    /// The room was entered.
    Entered {
        /// The room, spelled as it was first entered.
        room: RoomName,
        /// Members on all nodes, the person included.
        here: u64,
        /// What became of the key that was shown.
        key: KeyUse,
        /// Where the entering stands: what is behind it is heard from there on.
        position: Position,
    },
    /// The room was left, and no other one.
    Left {
        /// The room, spelled as it was first entered.
        room: RoomName,
        /// What was said on leaving.
        words: Option<Text>,
    },
    /// The account is in these rooms now, without having asked for it, and in none of those before
    /// that are not among them.
    PutIn {
        /// The rooms, the one entered last at the end.
        rooms: Vec<RoomName>,
    },
    /// The rooms that one may know of: the public ones, and the private ones that one is in. Sorted.
    Rooms {
        /// Each with what is told of it.
        rooms: Vec<Listed>,
    },
    /// The members of a room on all nodes, sorted.
    Members {
        /// The room.
        room: RoomName,
        /// Its members.
        users: Vec<UserName>,
        /// Those of them who have a rank, sorted.
        ranked: Vec<(UserName, Ranks)>,
        /// What holds of the room.
        flags: Flags,
        /// What else there is to know of them.
        known: Known,
    },
    /// How many there are, on all nodes.
    Census(Census),
    /// Of people who were asked for, who is here and who is not.
    Presence {
        /// Who is, as registered, in the order of the question.
        here: Vec<UserName>,
        /// Who is not, as asked for and in its order.
        gone: Vec<UserName>,
    },
    /// The session holds this office from here on.
    InOffice {
        /// Which.
        office: Office,
    },
    /// Somebody's session is over.
    Killed {
        /// Whose, as registered.
        user: UserName,
    },
    /// All who want to hear it do.
    Announced,
    /// The message of the day of the node.
    MessageOfTheDay {
        /// Its lines; none of them where there is none.
        lines: Arc<[String]>,
    },
    /// The node has read its settings again.
    Rehashed {
        /// Where they come from, for the operator.
        source: String,
        /// What came of it.
        outcome: Rehash,
    },
    /// Watched for is who was asked for, and nobody else.
    Watching,
    /// Everyone online on all nodes, sorted.
    Online {
        /// The accounts.
        users: Vec<UserName>,
        /// What there is to know of them.
        known: Known,
    },
    /// Follows from now on, or did already.
    Subscribed {
        /// Who is followed.
        author: UserName,
    },
    /// Follows no longer, or never did.
    Unsubscribed {
        /// Who is not followed.
        author: UserName,
    },
    /// Whom the person follows, sorted.
    Subscriptions {
        /// The authors.
        users: Vec<UserName>,
    },
    /// Who follows the person, sorted.
    Subscribers {
        /// The followers.
        users: Vec<UserName>,
    },
    /// Messages of a room, oldest first.
    History {
        /// The room.
        room: RoomName,
        /// How many were asked for, after the bound.
        count: u16,
        /// The messages: [`super::Deed::RoomMessage`] only, unless
        /// [everything](super::history::Past::Everything) was asked for.
        messages: Vec<Arc<Event>>,
    },
    /// Messages between the person and another one, oldest first.
    Dialogue {
        /// The other one, as registered.
        with: UserName,
        /// The messages, to either of them: [`super::Deed::Whisper`] only.
        messages: Vec<Arc<Event>>,
    },
    /// Conversations, by the times at which something was said in them last.
    Conversations {
        /// Each with its time.
        latest: Vec<(Conversation, Timestamp)>,
    },
    /// What a room is about.
    Topic {
        /// The room.
        room: RoomName,
        /// The topic, if there is one.
        topic: Option<Topic>,
        /// The event by which it was set or taken away, where that was done now.
        changed: Option<Standing>,
    },
    /// Somebody was put out of a room.
    Kicked {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
        /// Why, if that was said.
        words: Option<Text>,
    },
    /// Somebody was told that they may come into a room.
    Invited {
        /// The room.
        room: RoomName,
        /// The person.
        user: UserName,
        /// What they left to be told, when away.
        away: Option<Text>,
    },
    /// The rooms to which one is invited, sorted.
    Invitations {
        /// The rooms.
        rooms: Vec<RoomName>,
    },
    /// What holds of a room.
    Modes {
        /// The room.
        room: RoomName,
        /// That.
        modes: RoomModes,
    },
    /// What holds of a room is different, as far as it was granted.
    ModesChanged {
        /// The room.
        room: RoomName,
        /// What became different.
        changes: Vec<ModeChange>,
        /// Why the rest was not granted.
        refused: Vec<Refusal>,
    },
    /// Who is in a list of a room, in the order in which they came into it.
    ModeList {
        /// The room.
        room: RoomName,
        /// Which list.
        list: List,
        /// Those in it.
        listed: Vec<ListedMask>,
    },
    /// Others are told that the person is away.
    Away {
        /// What they are told.
        text: Text,
    },
    /// Others are told nothing any more.
    Back,
    /// Others see the person under the nick that was asked for.
    Nicked {
        /// As others see the person now.
        user: UserName,
        /// As they saw the person so far.
        was: UserName,
    },
    /// Who was here as a guest is here as an account, where it was.
    LoggedIn {
        /// The account, as others see it.
        user: UserName,
        /// The guest.
        was: UserName,
    },
    /// Others see the person under another nick, without it having been asked for.
    SeenAs {
        /// As others see the person now.
        user: UserName,
        /// As they saw the person so far.
        was: UserName,
    },
    /// The certificates by which one's account can be proven, sorted.
    Certificates {
        /// They.
        certificates: Vec<Certificate>,
    },
    /// What one says about oneself is another by now.
    Introduced {
        /// It.
        profile: Profile,
    },
    /// What is known about a person.
    WhoIs {
        /// The account as registered.
        user: UserName,
        /// Whether and where it is online.
        presence: Presence,
    },
    /// Who was seen under a nick before, those who were so last in front.
    WhoWas {
        /// The nick, as it was asked for.
        user: UserName,
        /// They; nobody where nobody is remembered.
        former: Vec<Former>,
    },
    /// A resume token, told this once.
    Token {
        /// The token: one word.
        token: Secret,
    },
    /// The password is another one.
    PasswordChanged,
    /// All that was asked before is decided and queued to this node's members.
    Pong {
        /// What the ping carried.
        token: String,
    },
    /// What can be asked.
    Help {
        /// All, or one command.
        topic: HelpTopic,
    },
}

/// A room as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The room.
    pub room: RoomName,
    /// Its members on all nodes.
    pub here: u64,
    /// What it is about, if it is about anything.
    pub topic: Option<Text>,
    /// Whether it is listed for everybody, or for those who are in it alone.
    pub privacy: Privacy,
}

/// Somebody who was seen under a nick, and then went or took another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// As others saw them.
    pub user: UserName,
    /// What they said about themselves.
    pub profile: Profile,
    /// Until when.
    pub until: Timestamp,
}

/// How many there are, on all nodes together, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// Accounts that are online, those included whose place is only kept.
    pub people: u64,
    /// Public rooms, those included that nobody is in.
    pub rooms: u64,
    /// Operators among them.
    pub operators: u64,
    /// The moment, on the store's clock.
    pub at: Timestamp,
}

/// What there is to know of several people, who are sorted in each part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Those of them who are away.
    pub away: Vec<UserName>,
    /// Those of them who are operators of the network.
    pub operators: Vec<UserName>,
    /// What those say about themselves who say anything.
    pub profiles: Vec<(UserName, Profile)>,
}

impl Known {
    /// Whether one of them is away.
    #[must_use]
    pub fn is_away(&self, user: &UserName) -> bool {
        self.away.binary_search(user).is_ok()
    }

    /// What one of them is beside a person.
    #[must_use]
    pub fn office(&self, user: &UserName) -> Office {
        match self.operators.binary_search(user) {
            Ok(_) => Office::Operator,
            Err(_) => Office::None,
        }
    }

    /// What one of them says about itself, if anything.
    #[must_use]
    pub fn profile(&self, user: &UserName) -> Option<&Profile> {
        let found = self.profiles.binary_search_by(|(other, _)| other.cmp(user));
        found.ok().map(|at| &self.profiles[at].1)
    }
}

/// Where an event stands, and when it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its position in the log.
    pub position: Position,
    /// On the store's clock.
    pub at: Timestamp,
}

/// What a room is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// In words.
    pub text: Text,
    /// Who says so; not known of a topic that an earlier version of this program kept.
    pub set: Option<TopicSet>,
}

/// Who said what a room is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSet {
    /// The person.
    pub by: UserName,
    /// When.
    pub at: Timestamp,
}

/// What became of the key that came with a request to enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// No key was given or it was needed.
    Fitting,
    /// The room is public: the key keeps nobody out.
    Needless,
}

/// Whether and where an account is online.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// No live session.
    Offline,
    /// One live session.
    Online {
        /// The node that holds it.
        node: NodeName,
        /// Since when.
        since: Timestamp,
        /// The rooms it is in, as far as the asker may know them.
        rooms: Vec<RoomName>,
        /// Those of them in which it has a rank, sorted.
        ranked: Vec<(RoomName, Ranks)>,
        /// What it left to be told, when away.
        away: Option<Text>,
        /// What it says about itself.
        profile: Profile,
        /// What it is beside a person.
        office: Office,
    },
}

/// What the session of a person is allowed beside what everybody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Office {
    /// Nothing.
    #[default]
    None,
    /// What an operator of the network is: it ends sessions, and speaks to all who want to hear it.
    Operator,
}

/// What came of reading a node's settings again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rehash {
    /// The message of the day is that of now.
    Done {
        /// The settings that are others by now and hold from the next start on, by their keys.
        restart: Vec<&'static str>,
        /// What is doubtful about the settings, a line each.
        warnings: Vec<String>,
    },
    /// The settings have mistakes, and everything is as it was.
    Mistaken {
        /// Them, a line each.
        mistakes: Vec<String>,
    },
}
