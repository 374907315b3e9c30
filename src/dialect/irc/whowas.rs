//! `WHOWAS`: who was seen under a nick before they went, or took another one.
//!
//! <https://modern.ircdocs.horse/#whowas-message>.

use bytes::BytesMut;

use super::asked::{Asked, Item, told};
use super::events::{self, server_time};
use super::grammar::Message;
use super::hear::none_given;
use super::isupport::TARGETS;
use super::line::{CLOAK, word};
use super::numerics::Numeric;
use super::reply::{Reply, Voice};
use crate::chat::answer::Former;
use crate::chat::limits::FORMER_TOLD;
use crate::chat::{Command, UserName};
use crate::dialect::Heard;

const NOBODY: &str = "There was no such nickname";
const END: &str = "End of WHOWAS";

/// A few nicks, each answered by itself, and how many people of each. A server that is named behind
/// that is this one.
pub(super) fn hear(message: &Message<'_>) -> Vec<Item> {
    let nicks = message.param(0).unwrap_or_default().split(',');
    let nicks = nicks.filter(|nick| !nick.is_empty()).take(TARGETS);
    let count = count(message.param(1));
    let items: Vec<Item> = nicks.map(|nick| ask(nick, count)).collect();
    if items.is_empty() {
        return vec![none_given()];
    }
    items
}

/// What is no number above 0 asks for all.
fn count(said: Option<&str>) -> u16 {
    let count = said.and_then(|said| said.parse().ok());
    count.map_or(FORMER_TOLD, |count: u16| match count {
        0 => FORMER_TOLD,
        count => count.min(FORMER_TOLD),
    })
}

fn ask(nick: &str, count: u16) -> Item {
    match UserName::called(nick) {
        Ok(user) => (
            Heard::Command(Command::WhoWas { user, count }),
            Asked::WhoWas,
        ),
        Err(_) => {
            let nobody = Reply::numeric(Numeric::WasNoSuchNick, &[word(nick), NOBODY]);
            let end = Reply::numeric(Numeric::EndOfWhowas, &[word(nick), END]);
            told(vec![nobody, end])
        }
    }
}

/// Writes who they were; of the server, which is one for all, until when.
pub(super) fn tell(voice: Voice<'_>, asked: &UserName, former: &[Former], out: &mut BytesMut) {
    let mut tell = |numeric, params: &[&str]| voice.reply(numeric, params, out);
    let nick = asked.as_str();
    if former.is_empty() {
        tell(Numeric::WasNoSuchNick, &[nick, NOBODY]);
    }
    for Former {
        user,
        profile,
        until,
    } in former
    {
        let name = user.as_str();
        let real_name = events::shown(user, profile.real_name.as_ref());
        let params = [name, user.came_as(), CLOAK, "*", real_name];
        tell(Numeric::WhowasUser, &params);
        if let Some(account) = user.account() {
            tell(Numeric::WhoisAccount, &[name, account, "was logged in as"]);
        }
        let until = server_time(*until);
        tell(Numeric::WhoisServer, &[name, voice.server, &until]);
    }
    tell(Numeric::EndOfWhowas, &[nick, END]);
}
