//! IRC, as today's clients speak it: lines to what they mean, and what is told to lines.
//!
//! Followed are Modern IRC (<https://modern.ircdocs.horse>) and the extensions of IRCv3
//! (<https://ircv3.net/irc>). In the order of the road: [`grammar`] reads a line,
//! [`registration`] (with [`caps`] and [`sasl`]) hears those who are not in yet, [`welcome`]
//! greets those who are, [`reply`] and [`mod@line`] write what is told, `split` cuts long texts.

/// A section of Modern IRC.
macro_rules! modern {
    ($anchor:literal) => {
        concat!("https://modern.ircdocs.horse/#", $anchor)
    };
}

/// A section of the older specification, for what the newer one leaves out.
macro_rules! rfc2812 {
    ($anchor:literal) => {
        concat!("https://www.rfc-editor.org/rfc/rfc2812#", $anchor)
    };
}

/// A page of an extension.
macro_rules! ircv3 {
    ($name:literal) => {
        concat!("https://ircv3.net/specs/extensions/", $name)
    };
}

mod asked;
pub mod caps;
mod cert;
mod conversation;
pub mod events;
pub mod grammar;
mod hear;
pub mod history;
mod identity;
pub mod isupport;
mod labels;
pub mod line;
pub mod list;
mod listed;
mod login;
mod markread;
pub mod mask;
mod me;
mod members;
mod moderation;
mod monitor;
mod multiline;
pub mod numerics;
mod office;
mod online;
mod refuse;
mod register;
pub mod registration;
pub mod reply;
pub mod room;
mod said;
pub mod sasl;
pub mod service;
mod split;
mod tell;
#[cfg(test)]
mod tests;
pub mod umodes;
pub mod welcome;
pub mod who;
mod whowas;

pub use conversation::Conversation;
pub use identity::{Accounts, Door, Guests, Identity};

/// Bytes of a line with the tags that a client may put in front of it.
pub const LINE_WITH_TAGS_BYTES: usize = grammar::TAG_BYTES + 2 + grammar::LINE_BYTES;
