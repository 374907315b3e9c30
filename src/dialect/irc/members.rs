//! The members of a room, as `NAMES` and `WHO` tell them.

use bytes::BytesMut;

use super::asked::Asked;
use super::caps::{Cap, Caps};
use super::conversation::Conversation;
use super::line::CLOAK;
use super::numerics::Numeric;
use super::reply::Voice;
use super::tell::rows;
use super::who::{Here, Person};
use super::{moderation, room};
use crate::chat::answer::Office;
use crate::chat::modes::{Flags, Ranks};
use crate::chat::profile::Profile;
use crate::chat::{Answer, RoomName, UserName};

/// Who is in a room, and what there is to know of that.
struct Members<'a> {
    users: &'a [UserName],
    away: &'a [UserName],
    ranked: &'a [(UserName, Ranks)],
    operators: &'a [UserName],
    flags: Flags,
    profiles: &'a [(UserName, Profile)],
}

impl Members<'_> {
    fn prefix(&self, caps: Caps, user: &UserName) -> String {
        moderation::prefix(caps, moderation::ranks_of(self.ranked, user))
    }
}

/// Writes who is in a room, as it was asked; nothing to any other answer.
pub(super) fn tell(talk: &Conversation, asked: &Asked, answer: &Answer, out: &mut BytesMut) {
    let Answer::Members {
        room,
        users,
        away,
        operators,
        ranked,
        flags,
        profiles,
    } = answer
    else {
        return;
    };
    let members = &Members {
        users,
        away,
        ranked,
        operators,
        flags: *flags,
        profiles,
    };
    let voice = talk.voice();
    if let Asked::Who { query } = asked {
        let nothing = Profile::default();
        for user in members.users {
            let introduced = members
                .profiles
                .binary_search_by(|(other, _)| other.cmp(user));
            let presence = match members.away.binary_search(user) {
                Ok(_) => Here::Gone,
                Err(_) => Here::Here,
            };
            let person = Person {
                user,
                room: Some(room),
                presence,
                office: match members.operators.binary_search(user) {
                    Ok(_) => Office::Operator,
                    Err(_) => Office::None,
                },
                prefix: &members.prefix(talk.enabled(), user),
                profile: introduced.map_or(&nothing, |at| &members.profiles[at].1),
            };
            query.tell(voice, person, out);
        }
        query.end(voice, out);
    } else {
        names(voice, talk.enabled(), room, members, out);
    }
}

fn names(voice: Voice<'_>, caps: Caps, room: &RoomName, members: &Members<'_>, out: &mut BytesMut) {
    let room = room::spelled(room);
    let whole = caps.has(Cap::UserhostInNames);
    let spelled = members.users.iter().map(|user| {
        let prefix = members.prefix(caps, user);
        if whole {
            format!("{prefix}{user}!{}@{CLOAK}", user.came_as())
        } else {
            format!("{prefix}{user}")
        }
    });
    let symbol = moderation::symbol(members.flags);
    for row in rows(spelled) {
        voice.reply(Numeric::NamReply, &[symbol, &room, &row], out);
    }
    let params = [room.as_str(), "End of NAMES list"];
    voice.reply(Numeric::EndOfNames, &params, out);
}
