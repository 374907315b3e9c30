//! Who is online on all nodes, as `ISON`, `USERHOST` and `WHO` of a pattern tell it.

use bytes::BytesMut;

use super::asked::Asked;
use super::conversation::Conversation;
use super::line::CLOAK;
use super::numerics::Numeric;
use super::reply::Voice;
use super::tell::rows;
use super::who::{Person, Query};
use crate::chat::UserName;
use crate::chat::answer::{Known, Office};

/// Writes what was asked of all who are online.
pub(super) fn tell(
    talk: &Conversation,
    asked: &Asked,
    users: &[UserName],
    known: &Known,
    out: &mut BytesMut,
) {
    let is_here = |nick: &String| {
        let here = |user: &&UserName| user.as_str().eq_ignore_ascii_case(nick);
        users.iter().find(here)
    };
    let voice = talk.voice();
    if let Asked::IsOn { nicks } = asked {
        let here = nicks.iter().filter_map(is_here).map(UserName::to_string);
        // One line answers; of a name that does not fit, not even a part is told.
        let here = rows(here).into_iter().next().unwrap_or_default();
        voice.reply(Numeric::IsOn, &[&here], out);
    } else if let Asked::UserHost { nicks } = asked {
        let here = nicks.iter().filter_map(is_here);
        let here: Vec<String> = here.map(|user| host_of(user, known)).collect();
        voice.reply(Numeric::UserHost, &[&here.join(" ")], out);
    } else if let Asked::Who { query } = asked {
        who(voice, query, users, known, out);
    }
}

/// <https://modern.ircdocs.horse/#rpluserhost-302>
fn host_of(user: &UserName, known: &Known) -> String {
    let office = match known.office(user) {
        Office::Operator => "*",
        Office::None => "",
    };
    let here = if known.is_away(user) { '-' } else { '+' };
    format!("{user}{office}={here}{}@{CLOAK}", user.came_as())
}

fn who(voice: Voice<'_>, query: &Query, users: &[UserName], known: &Known, out: &mut BytesMut) {
    for user in users.iter().filter(|user| query.fits(user)) {
        query.tell(voice, Person::of(user, known), out);
    }
    query.end(voice, out);
}
