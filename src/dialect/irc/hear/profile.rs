//! What somebody says about themselves: the real name, and whether they are a program.
//!
//! <https://ircv3.net/specs/extensions/setname>, <https://ircv3.net/specs/extensions/bot-mode>.

use super::nothing;
use crate::chat::extras::Speaker;
use crate::chat::limits::REAL_NAME_BYTES;
use crate::chat::profile::{Audience, Profile, real_name};
use crate::chat::{Command, UserName};
use crate::dialect::Heard;
use crate::dialect::irc::asked::{Asked, Introducing, Item, told};
use crate::dialect::irc::me::Me;
use crate::dialect::irc::reply::{FailCode, Reply};

/// Another real name. One that is too long is not shortened in silence.
pub(super) fn set_name(name: &str, me: &Me) -> Item {
    let fitting = Some(name).filter(|name| name.len() <= REAL_NAME_BYTES);
    let Some(real_name) = fitting.and_then(real_name) else {
        let reply = Reply::FailOf {
            command: "SETNAME",
            code: FailCode::InvalidRealName,
            about: Vec::new(),
            text: "That is too long, or there is nothing to see in it",
        };
        return told(vec![reply]);
    };
    let profile = Profile {
        real_name: Some(real_name),
        ..me.profile.clone()
    };
    introduce(profile, Introducing::ByName)
}

/// `MODE <nick> +B` and `-B`.
pub(in crate::dialect::irc) fn speaks_as(speaker: Speaker, me: &Me) -> Item {
    if me.profile.speaker == speaker {
        return nothing();
    }
    let profile = Profile {
        speaker,
        ..me.profile.clone()
    };
    introduce(profile, Introducing::ByMode)
}

/// What somebody said about themselves before they were in, and what a store may have forgotten.
/// Whose real name is that of the account has said nothing.
pub(in crate::dialect::irc) fn again(user: &UserName, profile: &Profile) -> Option<Item> {
    let says_more = |name: &str| name != user.as_str();
    let named = profile.real_name.as_ref();
    let has_news = named.is_some_and(|name| says_more(name.as_str()));
    (has_news || profile.speaker == Speaker::Bot)
        .then(|| introduce(profile.clone(), Introducing::Quietly))
}

const fn introduce(profile: Profile, how: Introducing) -> Item {
    let audience = match how {
        Introducing::Quietly | Introducing::ByMode => Audience::Rooms,
        Introducing::ByName => Audience::Watchers,
    };
    (
        Heard::Command(Command::Introduce { profile, audience }),
        Asked::Introduce(how),
    )
}
