//! What people's programs ask the store, which people do not read.

use crate::chat::Extras;
use crate::chat::command::Certificates;
use crate::chat::event::Timestamp;
use crate::chat::history::Conversation;
use crate::chat::profile::{Audience, Profile};

/// Something that programs need of each other, or of the next one that somebody uses.
#[derive(Debug)]
pub enum ProgramRequest {
    /// Say something without words.
    Tag {
        /// Where, or to whom.
        to: Conversation,
        /// What.
        extras: Extras,
    },
    /// Up to where the asker has read a conversation.
    WhatIsRead {
        /// Which; it need not exist.
        of: Conversation,
    },
    /// The asker has read a conversation up to a moment. That never moves back, nor beyond now; of
    /// more than [`READ_MARKS_PER_USER`](crate::chat::limits::READ_MARKS_PER_USER) the oldest go.
    Read {
        /// Which; it need not exist.
        of: Conversation,
        /// The moment.
        upto: Timestamp,
    },
    /// Say something about oneself, in place of what was said before.
    Introduce {
        /// What.
        profile: Profile,
        /// Who hears of it.
        audience: Audience,
    },
    /// Something about the certificates by which the asker's account can be proven: of one account at
    /// most [`CERTIFICATES_PER_USER`](crate::chat::limits::CERTIFICATES_PER_USER), and one of one alone.
    Certificates(Certificates),
}
