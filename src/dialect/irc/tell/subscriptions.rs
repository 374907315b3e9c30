//! Who subscribes to whom.

use bytes::BytesMut;

use super::rows;
use crate::chat::{Answer, UserName};
use crate::dialect::irc::asked::Asked;
use crate::dialect::irc::conversation::Conversation;
use crate::dialect::irc::service::{self, Teller};

/// Writes an answer about subscriptions; of all others nothing.
pub(super) fn answer(talk: &Conversation, asked: &Asked, answer: &Answer, out: &mut BytesMut) {
    let by = teller(asked);
    let mut note = |text: &str| note(talk, by, text, out);
    if let Answer::NobodySubscribes = answer {
        note("Nobody subscribes to you");
    } else if let Answer::Subscribed { author } = answer {
        note(&format!("You subscribe to {author}"));
    } else if let Answer::Unsubscribed { author } = answer {
        note(&format!("You no longer subscribe to {author}"));
    } else if let Answer::Subscriptions { users } = answer {
        people("You subscribe to", users, note);
    } else if let Answer::Subscribers { users } = answer {
        people("Subscribers of yours", users, note);
    }
}

/// Who posted by a private message is told that it was done.
pub(super) fn posted(talk: &Conversation, asked: &Asked, out: &mut BytesMut) {
    match teller(asked) {
        Teller::Service => note(talk, Teller::Service, "Your subscribers are told", out),
        Teller::Server => {}
    }
}

const fn teller(asked: &Asked) -> Teller {
    if let Asked::Subscription { by, .. } = asked {
        *by
    } else {
        Teller::Server
    }
}

fn note(talk: &Conversation, by: Teller, text: &str, out: &mut BytesMut) {
    match by {
        Teller::Server => talk.voice().note(text, out),
        Teller::Service => service::notice(talk.voice(), text, out),
    }
}

fn people(what: &str, users: &[UserName], mut note: impl FnMut(&str)) {
    let names = users.iter().map(ToString::to_string);
    for names in rows(names) {
        note(&format!("{what}: {names}"));
    }
    note(&format!("{what}: {} in all", users.len()));
}
