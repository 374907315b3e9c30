//! What goes with a message, and `TAGMSG`, which is nothing else.
//!
//! <https://ircv3.net/specs/extensions/message-tags>.

use bytes::BytesMut;

use super::{addressee, nobody, nothing, own, to_each};
use crate::chat::extras::ClientTags;
use crate::chat::{Command, Extras};
use crate::dialect::Heard;
use crate::dialect::irc::asked::{Asked, Item, Tagged};
use crate::dialect::irc::caps::{Cap, Caps};
use crate::dialect::irc::grammar::{Message, Tag, escape};
use crate::dialect::irc::me::Me;
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::room;
use crate::dialect::irc::service;

/// What goes with what is said by this message. Who has not agreed on tags sends none.
pub(super) fn with(message: &Message<'_>, caps: Caps, me: &Me) -> Extras {
    let tags = if caps.has(Cap::MessageTags) {
        tags(message.client_only())
    } else {
        ClientTags::default()
    };
    let speaker = me.profile.speaker;
    Extras {
        tags,
        speaker,
        seams: Vec::new(),
    }
}

fn tags<'a>(tags: impl Iterator<Item = &'a Tag<'a>>) -> ClientTags {
    let mut spelled = BytesMut::new();
    for tag in tags {
        if !spelled.is_empty() {
            spelled.extend_from_slice(b";");
        }
        spelled.extend_from_slice(tag.key.as_bytes());
        if !tag.value.is_empty() {
            spelled.extend_from_slice(b"=");
            escape(&tag.value, &mut spelled);
        }
    }
    match str::from_utf8(&spelled) {
        Ok(spelled) if !spelled.is_empty() => ClientTags::new(spelled),
        Ok(_) | Err(_) => ClientTags::default(),
    }
}

/// Without a tag there is nothing to say.
pub(super) fn say(extras: &Extras, message: &Message<'_>, me: &Me) -> Vec<Item> {
    let targets = message.param(0).unwrap_or_default();
    if targets.split(',').all(str::is_empty) {
        let why = "No recipient given (TAGMSG)";
        return vec![own(Numeric::NoRecipient, &[why])];
    }
    if extras.tags.is_empty() {
        return vec![nothing()];
    }
    to_each("TAGMSG", targets, |target| {
        if service::is_meant(target) {
            vec![nothing()]
        } else {
            vec![say_to(extras, target, me)]
        }
    })
}

fn say_to(extras: &Extras, target: &str, me: &Me) -> Item {
    let Some(to) = addressee(target, me) else {
        return nobody(target);
    };
    let extras = extras.clone();
    let tagged = Tagged {
        target: room::target(&to),
        extras: extras.clone(),
    };
    (
        Heard::Command(Command::Tag { to, extras }),
        Asked::Tag(tagged),
    )
}
