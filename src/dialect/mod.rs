//! How it is spelled: bytes to commands, events and answers to bytes. No I/O, no actor, no clock.
//!
//! Each door has its dialect. What differs between doors is one variant of [`Dialect`] (the
//! state of one conversation) and one of [`Format`] (how events are written to it).

pub mod irc;
pub mod line;

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::chat::certificate::Certificate;
use crate::chat::command::Positions;
use crate::chat::event::Hearing;
use crate::chat::{Answer, Command, Ending, Event, Fate, Gap, Refusal, RoomName};

use irc::caps::Caps;
use irc::umodes::Wallops;

/// How events are spelled for a session: a dialect and its switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The native line protocol.
    Line {
        /// Whether positions are shown.
        positions: Positions,
    },
    /// IRC.
    Irc {
        /// What is switched on.
        caps: Caps,
        /// Whether what operators say to all is told.
        wallops: Wallops,
    },
}

/// What one frame from the peer means, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A well-formed request.
    Command(Command),
    /// Events are to be spelled otherwise.
    Format(Format),
    /// More is needed, and the dialect asks for it itself.
    Prompt(Prompt),
    /// The dialect answers by itself, in its turn.
    Reply,
    /// A request that no wording could make acceptable, for example to a name that is none.
    Refused(Refusal),
    /// The peer broke the dialect; it is told how, and lives.
    Malformed(Malformed),
    /// Nothing, and nothing is answered.
    Nothing,
}

/// What a dialect asks for when it needs another line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Who are you?
    Username,
    /// Prove it.
    Password,
    /// The password so far, to change it.
    OldPassword,
    /// The wanted password.
    NewPassword,
    /// The wanted password once more.
    NewPasswordAgain,
}

/// How the peer broke the dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// A line of more bytes than the settings allow; it was skipped.
    LineTooLong {
        /// The bound in bytes.
        most: usize,
    },
    /// A line that is not UTF-8.
    NotUtf8,
    /// A word behind a slash that is no command.
    UnknownCommand {
        /// The word as typed.
        word: String,
    },
    /// A known command with missing or superfluous arguments.
    Usage {
        /// How it is used.
        usage: &'static str,
    },
}

/// One conversation with a peer: the dialect and where in its ceremonies it stands.
#[derive(Debug)]
pub enum Dialect {
    /// The native line protocol.
    Line {
        /// Where it stands.
        conversation: line::Conversation,
        /// What was heard and not taken.
        heard: Option<Heard>,
    },
    /// IRC.
    Irc(Box<irc::Conversation>),
}

impl Dialect {
    /// A conversation over the line door, at its beginning.
    #[must_use]
    pub fn line() -> Self {
        Self::Line {
            conversation: line::Conversation::default(),
            heard: None,
        }
    }

    /// A conversation over the IRC door, at its beginning, with somebody who showed this certificate.
    #[must_use]
    pub fn irc(identity: Arc<irc::Identity>, shown: Option<Certificate>) -> Self {
        Self::Irc(Box::new(irc::Conversation::new(identity, shown)))
    }

    /// How events are spelled for it.
    #[must_use]
    pub fn format(&self) -> Format {
        match self {
            Self::Irc(talk) => talk.format(),
            Self::Line { conversation, .. } => Format::Line {
                positions: conversation.positions,
            },
        }
    }

    /// Reads one frame of the peer, without its end. What it means is taken out by [`Self::next_heard`],
    /// before another one is read.
    pub fn hear(&mut self, frame: &[u8]) {
        match self {
            Self::Line {
                conversation,
                heard,
            } => *heard = Some(conversation.hear(frame)),
            Self::Irc(talk) => talk.hear(frame),
        }
    }

    /// The peer said a line of more bytes than `most`.
    pub fn hear_too_long(&mut self, most: usize) {
        match self {
            Self::Line { heard, .. } => {
                *heard = Some(Heard::Malformed(Malformed::LineTooLong { most }));
            }
            Self::Irc(talk) => talk.hear_too_long(),
        }
    }

    /// The next thing that was heard, in order.
    pub fn next_heard(&mut self) -> Option<Heard> {
        match self {
            Self::Line { heard, .. } => heard.take(),
            Self::Irc(talk) => talk.next_heard(),
        }
    }

    /// The first words to a peer that nobody asked anything.
    pub fn greet(&self, node: &str, out: &mut BytesMut) {
        match self {
            Self::Line { .. } => line::tell::greeting(node, out),
            Self::Irc(_) => {}
        }
    }

    /// The session is live; what comes now are requests.
    pub fn logged_in(&mut self) {
        match self {
            Self::Line { conversation, .. } => conversation.logged_in(),
            // Its welcome says so.
            Self::Irc(_) => {}
        }
    }

    /// A login or registration was refused; tells what to ask for next, if anything.
    pub const fn login_refused(&mut self, refusal: &Refusal) -> Option<Prompt> {
        match self {
            Self::Line { conversation, .. } => conversation.login_refused(refusal),
            Self::Irc(_) => None,
        }
    }

    /// Whether positions are shown from the beginning, where that is a matter of the dialect.
    pub const fn begins_with(&mut self, positions: Positions) {
        match self {
            Self::Line { conversation, .. } => conversation.positions = positions,
            Self::Irc(_) => {}
        }
    }

    /// Events are to be spelled so, from the next frame on.
    pub const fn set_format(&mut self, format: Format) {
        match (self, format) {
            (Self::Line { conversation, .. }, Format::Line { positions }) => {
                conversation.positions = positions;
            }
            // Told and switched at once: by `tell_format_set`.
            (Self::Irc(_), _) | (Self::Line { .. }, Format::Irc { .. }) => {}
        }
    }

    /// Spells that events are spelled in its format now.
    pub fn tell_format_set(&mut self, out: &mut BytesMut) {
        match self {
            Self::Line { conversation, .. } => line::tell::format_set(conversation.positions, out),
            Self::Irc(talk) => talk.tell_format_set(out),
        }
    }

    /// Spells what the dialect answers by itself.
    pub fn tell_reply(&mut self, out: &mut BytesMut) {
        match self {
            Self::Line { .. } => {}
            Self::Irc(talk) => talk.tell_reply(out),
        }
    }

    /// Spells a granted answer.
    pub fn tell_answer(&mut self, answer: &Answer, out: &mut BytesMut) {
        match self {
            Self::Line { conversation, .. } => {
                line::tell::answer(conversation.positions, answer, out);
            }
            Self::Irc(talk) => talk.tell_answer(answer, out),
        }
    }

    /// Somebody put its peer out of a room, and told it so.
    pub fn put_out(&mut self, room: &RoomName) {
        match self {
            Self::Line { .. } => {}
            Self::Irc(talk) => talk.put_out(room),
        }
    }

    /// Spells a refusal.
    pub fn tell_refusal(&mut self, refusal: &Refusal, out: &mut BytesMut) {
        match self {
            Self::Line { .. } => line::refuse::refusal(refusal, out),
            Self::Irc(talk) => talk.tell_refusal(refusal, out),
        }
    }

    /// Spells what became of a text that was not confirmed.
    pub fn tell_fate(&self, fate: Fate, out: &mut BytesMut) {
        match self {
            Self::Line { .. } => line::refuse::fate(fate, out),
            Self::Irc(talk) => talk.tell_fate(fate, out),
        }
    }

    /// Spells how the peer broke the dialect.
    pub fn tell_malformed(&self, malformed: &Malformed, out: &mut BytesMut) {
        match self {
            Self::Line { .. } => line::refuse::malformed(malformed, out),
            // It says so itself, by its replies.
            Self::Irc(_) => {}
        }
    }

    /// Spells what more is needed.
    pub fn tell_prompt(&self, prompt: Prompt, out: &mut BytesMut) {
        match self {
            Self::Line { .. } => line::tell::prompt(prompt, out),
            Self::Irc(_) => {}
        }
    }

    /// Spells why the connection ends; nothing where there is nobody left to tell.
    pub fn tell_ending(&self, ending: Ending, out: &mut BytesMut) {
        match self {
            Self::Line { .. } => line::refuse::ending(ending, out),
            Self::Irc(talk) => talk.tell_ending(ending, out),
        }
    }

    /// Bytes of the longest line that is heard, without its end; `allowed` is what the settings
    /// allow where the dialect has no bound of its own.
    #[must_use]
    pub const fn line_bytes(&self, allowed: usize) -> usize {
        match self {
            Self::Line { .. } => allowed,
            Self::Irc(_) => irc::LINE_WITH_TAGS_BYTES,
        }
    }
}

/// Spells an event for all sessions of one format; `None` if that dialect does not show it.
#[must_use]
pub fn tell_event(format: Format, event: &Event, hearing: Hearing) -> Option<Bytes> {
    let mut out = BytesMut::new();
    match format {
        Format::Line { positions } => line::tell::event(positions, event, hearing, &mut out),
        Format::Irc { caps, wallops } if irc::events::is_wanted(wallops, event) => {
            irc::events::event(caps, event, hearing, &mut out);
        }
        Format::Irc { .. } => {}
    }
    (!out.is_empty()).then(|| out.freeze())
}

/// Spells an event of a while ago, with its time; nothing if that dialect does not show it.
pub fn tell_kept(format: Format, event: &Event, out: &mut BytesMut) {
    match format {
        Format::Line { positions } => line::tell::past(positions, event, out),
        Format::Irc { caps, .. } => irc::events::kept(caps, event, out),
    }
}

/// Spells that something can no longer be told.
pub fn tell_gap(format: Format, gap: &Gap, out: &mut BytesMut) {
    match format {
        Format::Line { .. } => line::gaps::gap(gap, out),
        Format::Irc { .. } => irc::events::gap(gap, out),
    }
}
