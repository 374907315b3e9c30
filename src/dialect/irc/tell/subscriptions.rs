//! Who subscribes to whom.

use bytes::BytesMut;

use super::rows;
use crate::chat::{Answer, UserName};
use crate::dialect::irc::conversation::Conversation;

/// Writes an answer about subscriptions; of all others nothing.
pub(super) fn answer(talk: &Conversation, answer: &Answer, out: &mut BytesMut) {
    if let Answer::NobodySubscribes = answer {
        note(talk, "Nobody subscribes to you", out);
    } else if let Answer::Subscribed { author } = answer {
        note(talk, &format!("You subscribe to {author}"), out);
    } else if let Answer::Unsubscribed { author } = answer {
        note(talk, &format!("You no longer subscribe to {author}"), out);
    } else if let Answer::Subscriptions { users } = answer {
        people(talk, "You subscribe to", users, out);
    } else if let Answer::Subscribers { users } = answer {
        people(talk, "Subscribers of yours", users, out);
    }
}

fn note(talk: &Conversation, text: &str, out: &mut BytesMut) {
    let voice = talk.voice();
    voice.tell("NOTICE", &[voice.nick, text], out);
}

fn people(talk: &Conversation, what: &str, users: &[UserName], out: &mut BytesMut) {
    let names = users.iter().map(ToString::to_string);
    for names in rows(names) {
        note(talk, &format!("{what}: {names}"), out);
    }
    note(talk, &format!("{what}: {} in all", users.len()), out);
}
