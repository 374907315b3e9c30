//! Answers that are for clients and not for people.

use bytes::BytesMut;

use crate::chat::event::Timestamp;
use crate::chat::extras::Speaker;
use crate::chat::profile::Profile;
use crate::chat::{Answer, Position};
use crate::dialect::irc::asked::{Asked, Introducing, Tagged};
use crate::dialect::irc::caps::Cap;
use crate::dialect::irc::cert;
use crate::dialect::irc::conversation::Conversation;
use crate::dialect::irc::events;
use crate::dialect::irc::hear::profile;
use crate::dialect::irc::isupport::BOT;
use crate::dialect::irc::markread;
use crate::dialect::irc::said;

/// Writes one of them; of all others nothing.
pub(super) fn answer(talk: &mut Conversation, asked: &Asked, answer: &Answer, out: &mut BytesMut) {
    if let Answer::Tagged { position, at } = answer {
        tagged(talk, asked, (*position, *at), out);
    } else if let Answer::ReadUpTo { at } = answer {
        markread::tell(talk.voice(), asked, *at, out);
    } else if let Answer::Introduced { profile } = answer {
        introduced(talk, asked, profile, out);
    } else if let Answer::Certificates { certificates } = answer {
        cert::tell(talk.voice(), certificates, out);
    }
}

fn tagged(talk: &Conversation, asked: &Asked, at: (Position, Timestamp), out: &mut BytesMut) {
    if let (Asked::Tag(Tagged { target, extras }), Some(me)) = (asked, talk.me())
        && talk.enabled().has(Cap::EchoMessage)
    {
        said::tagged(talk.enabled(), &me.user, at, target, extras, out);
    }
}

/// Says again what somebody said about themselves, where there is anything.
pub(super) fn introduces_again(talk: &mut Conversation) {
    let me = talk.me();
    let again = me.and_then(|me| profile::again(&me.user, &me.profile));
    talk.asks_first(again.into_iter());
}

fn introduced(talk: &mut Conversation, asked: &Asked, about: &Profile, out: &mut BytesMut) {
    talk.is_introduced(about);
    let (Asked::Introduce(how), Some(me)) = (asked, talk.me()) else {
        return;
    };
    match how {
        Introducing::Quietly => {}
        Introducing::ByName => events::own_name(talk.enabled(), me, out),
        Introducing::ByMode => {
            let sign = match about.speaker {
                Speaker::Bot => "+",
                Speaker::Person => "-",
            };
            events::own_mode(&me.user, &format!("{sign}{BOT}"), out);
        }
    }
}
