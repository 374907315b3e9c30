//! The members of a room, as `NAMES` and `WHO` tell them.

use bytes::BytesMut;

use super::asked::Asked;
use super::caps::{Cap, Caps};
use super::conversation::Conversation;
use super::line::CLOAK;
use super::numerics::Numeric;
use super::reply::Voice;
use super::tell::rows;
use super::who::Person;
use super::{moderation, room};
use crate::chat::modes::Flags;
use crate::chat::{Answer, RoomName, UserName};

/// Writes who is in a room, as it was asked; nothing to any other answer.
pub(super) fn tell(talk: &Conversation, asked: &Asked, answer: &Answer, out: &mut BytesMut) {
    let Answer::Members {
        room,
        users,
        ranked,
        flags,
        known,
    } = answer
    else {
        return;
    };
    let (voice, caps) = (talk.voice(), talk.enabled());
    let prefix = |user: &UserName| moderation::prefix(caps, moderation::ranks_of(ranked, user));
    if let Asked::Who { query } = asked {
        for user in users {
            let prefix = prefix(user);
            let person = Person {
                room: Some(room),
                prefix: &prefix,
                ..Person::of(user, known)
            };
            query.tell(voice, person, out);
        }
        query.end(voice, out);
    } else {
        let members = users.iter().map(|user| (user, prefix(user)));
        names(voice, caps, (room, *flags), members, out);
    }
}

fn names<'a>(
    voice: Voice<'_>,
    caps: Caps,
    (room, flags): (&RoomName, Flags),
    members: impl Iterator<Item = (&'a UserName, String)>,
    out: &mut BytesMut,
) {
    let room = room::spelled(room);
    let whole = caps.has(Cap::UserhostInNames);
    let spelled = members.map(|(user, prefix)| {
        if whole {
            format!("{prefix}{user}!{}@{CLOAK}", user.came_as())
        } else {
            format!("{prefix}{user}")
        }
    });
    let symbol = moderation::symbol(flags);
    for row in rows(spelled) {
        voice.reply(Numeric::NamReply, &[symbol, &room, &row], out);
    }
    let params = [room.as_str(), "End of NAMES list"];
    voice.reply(Numeric::EndOfNames, &params, out);
}
