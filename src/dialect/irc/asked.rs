//! What a conversation remembers of a command until it is answered.

use super::caps::Negotiation;
use super::cert;
use super::history::{self, Fault};
use super::login;
use super::markread;
use super::register::{self, Wish};
use super::registration;
use super::reply::Reply;
use super::said;
use super::service::Teller;
use super::umodes::Wallops;
use super::who::Query;
use crate::chat::command::Inquiry;
use crate::chat::event::Manner;
use crate::chat::{Command, Extras, RoomName, Text, UserName};
use crate::dialect::Heard;

/// Something heard, and what has to be known to tell its answer.
pub(super) type Item = (Heard, Asked);

/// What needs nobody else.
pub(super) const fn by_itself(own: Own) -> Item {
    (Heard::Reply, Asked::Own(own))
}

/// What needs nobody else and is answered by these.
pub(super) const fn told(replies: Vec<Reply>) -> Item {
    by_itself(Own::Replies(replies))
}

/// What was asked. Every one is answered or refused exactly once, in order.
#[derive(Debug)]
pub(super) enum Asked {
    /// Nothing of anybody else.
    Own(Own),
    /// Whether a password is the node's.
    Knock,
    /// Whether a password is right.
    Proof,
    /// To be an account, for a guest who is in.
    LogIn,
    /// That there is an account.
    Register(Wish),
    /// The account.
    Claim,
    /// To be in a room.
    Enter {
        /// The room as it was spelled.
        room: RoomName,
    },
    /// What the room is about that was just entered.
    Subject,
    /// What was said last in the room that was just entered.
    Playback,
    /// What was said before, or with whom.
    History {
        /// What an error names: the subcommand, and the target.
        about: Vec<String>,
    },
    /// To be out of a room.
    Leave,
    /// That something is said.
    Say(Said),
    /// That something without words is said.
    Tag(Tagged),
    /// Up to where a conversation was read.
    Read {
        /// It, as it was spelled.
        target: String,
    },
    /// That something is known of oneself.
    Introduce(Introducing),
    /// By which certificates one's account is proven.
    Certificates,
    /// What a room is about.
    Topic,
    /// That a room is about something else.
    SetTopic,
    /// That somebody is put out of a room.
    Kick,
    /// That somebody is told that they may come in.
    Invite,
    /// To which rooms one is invited.
    Invitations,
    /// What holds of a room.
    Modes,
    /// That something else holds of a room.
    ChangeModes,
    /// Who is in a list of a room.
    ModeList,
    /// Who is in a room.
    Names {
        /// The room as it was spelled.
        room: RoomName,
    },
    /// Which rooms there are.
    List {
        /// Which of them are wanted.
        wanted: super::list::Wanted,
    },
    /// What is known about the members of a room, or one person.
    Who {
        /// The question.
        query: Query,
    },
    /// What is known about one person.
    WhoIs {
        /// Who.
        user: UserName,
    },
    /// Who was seen under a nick before.
    WhoWas,
    /// Which of these are here.
    IsOn {
        /// As they were spelled.
        nicks: Vec<String>,
    },
    /// Where these come from.
    UserHost {
        /// As they were spelled.
        nicks: Vec<String>,
    },
    /// How many people and rooms there are.
    Census,
    /// The same, for who has just come in: the rest of the welcome stands behind it.
    Arrival,
    /// What the node knows by itself.
    Inquiry(Inquiry),
    /// What time it is.
    Time,
    /// To be seen under another nick.
    Nick,
    /// To be an operator.
    Oper,
    /// To be none any more.
    Office,
    /// That somebody's session ends.
    Kill,
    /// That all hear something who want to.
    Announce,
    /// For whom to watch, or who of them is here.
    Monitor,
    /// That others are told of being away, or no more.
    Away,
    /// A sign that all before is done.
    Ping,
    /// Something about subscriptions.
    Subscription {
        /// As which command.
        command: &'static str,
        /// Who was asked.
        by: Teller,
    },
    /// The end.
    Quit,
}

/// What a conversation answers by itself, in its turn.
#[derive(Debug)]
pub(super) enum Own {
    /// This, in this order.
    Replies(Vec<Reply>),
    /// What the server says about itself.
    About(About),
    /// What can be asked.
    Help {
        /// Of which command; nothing is all of them.
        subject: String,
    },
    /// Other capabilities.
    Caps {
        /// What is agreed on when they hold.
        agreed: Negotiation,
        /// What is told then.
        replies: Vec<Reply>,
    },
    /// That history was asked for in words that mean nothing.
    NoHistory(Fault),
    /// To hear what operators say to all, or no more.
    Wallops {
        /// Whether it is heard when events are spelled so.
        wallops: Wallops,
        /// The change of modes that is told then.
        told: &'static str,
    },
    /// What was said to the service.
    ToService {
        /// In which manner.
        manner: Manner,
        /// What.
        text: Text,
    },
    /// Nothing: it was just said why the connection ends.
    Over,
    /// From here on answers are gathered under a label.
    LabelBegins {
        /// It.
        label: String,
    },
    /// They are all there.
    LabelEnds,
}

/// A message of one's own, for who wants to see it again.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// To whom, as a parameter.
    pub(super) target: String,
    /// What.
    pub(super) text: Text,
    /// In which manner.
    pub(super) manner: Manner,
    /// What goes with it.
    pub(super) extras: Extras,
}

/// The same without words.
#[derive(Debug, Clone)]
pub(super) struct Tagged {
    /// To whom, as a parameter.
    pub(super) target: String,
    /// What.
    pub(super) extras: Extras,
}

/// How somebody says something about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Introducing {
    /// By what was said at the login; nothing is told.
    Quietly,
    /// By another real name.
    ByName,
    /// By a mode.
    ByMode,
}

/// What a server tells about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Its version and its features.
    Version,
    /// Whom to ask.
    Admin,
    /// What it is.
    Info,
    /// The servers of the network: one, for people see no nodes.
    Links,
}

/// Nothing is answered to a notice by the conversation itself:
/// <https://modern.ircdocs.horse/#notice-message>.
pub(super) fn unanswered(mut items: Vec<Item>) -> Vec<Item> {
    for (_, asked) in &mut items {
        if let Asked::Own(Own::Replies(replies)) = asked {
            replies.clear();
        }
    }
    items
}

impl Asked {
    /// The room that it is about, if it is about one.
    pub(super) const fn room(&self) -> Option<&RoomName> {
        if let Self::Enter { room } | Self::Names { room } = self {
            Some(room)
        } else {
            None
        }
    }

    /// The command that it came from, as errors name it.
    pub(super) const fn command(&self) -> &'static str {
        match self {
            Self::Own(_) => "*",
            Self::Knock => "PASS",
            Self::Proof | Self::LogIn => login::COMMAND,
            Self::Register(_) => register::COMMAND,
            Self::Claim => "USER",
            Self::Enter { .. } | Self::Subject | Self::Playback => "JOIN",
            Self::History { .. } => history::COMMAND,
            Self::Leave => "PART",
            Self::Say(said) => said::command(said.manner),
            Self::Tag(_) => "TAGMSG",
            Self::Read { .. } => markread::COMMAND,
            Self::Certificates => cert::COMMAND,
            Self::Introduce(Introducing::Quietly) => "USER",
            Self::Introduce(Introducing::ByName) => "SETNAME",
            Self::Introduce(Introducing::ByMode) => "MODE",
            Self::Topic | Self::SetTopic => "TOPIC",
            Self::Kick => "KICK",
            Self::Invite | Self::Invitations => "INVITE",
            Self::Modes | Self::ChangeModes | Self::ModeList => "MODE",
            Self::Names { .. } => "NAMES",
            Self::List { .. } => "LIST",
            Self::Who { .. } => "WHO",
            Self::WhoIs { .. } => "WHOIS",
            Self::WhoWas => "WHOWAS",
            Self::IsOn { .. } => "ISON",
            Self::UserHost { .. } => "USERHOST",
            Self::Census | Self::Arrival => "LUSERS",
            Self::Inquiry(Inquiry::MessageOfTheDay) => "MOTD",
            Self::Inquiry(Inquiry::Rehash) => "REHASH",
            Self::Time => "TIME",
            Self::Monitor => "MONITOR",
            Self::Oper => "OPER",
            Self::Office => "MODE",
            Self::Kill => "KILL",
            Self::Announce => "WALLOPS",
            Self::Away => "AWAY",
            Self::Nick => "NICK",
            Self::Ping => "PING",
            Self::Subscription { command, .. } => command,
            Self::Quit => "QUIT",
        }
    }
}

/// What a step of a registration has the session hear.
pub(super) fn of_registration(step: registration::Step) -> Item {
    match step {
        registration::Step::Tell { reply } => told(vec![reply]),
        registration::Step::Prove { user, password } => (
            Heard::Command(Command::Prove { user, password }),
            Asked::Proof,
        ),
        registration::Step::Knock { nick, password } => (
            Heard::Command(Command::Knock { nick, password }),
            Asked::Knock,
        ),
        registration::Step::ProveByCertificate { certificate, user } => (
            Heard::Command(Command::ProveByCertificate { certificate, user }),
            Asked::Proof,
        ),
        registration::Step::Register { wish, password } => register::asked(wish, password),
        registration::Step::Claim { nick } => {
            (Heard::Command(Command::Claim { nick }), Asked::Claim)
        }
        registration::Step::Visit { nick, ident } => {
            (Heard::Command(Command::Visit { nick, ident }), Asked::Claim)
        }
        registration::Step::Quit | registration::Step::End => {
            (Heard::Command(Command::Quit { words: None }), Asked::Quit)
        }
    }
}
