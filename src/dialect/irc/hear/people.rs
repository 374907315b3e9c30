//! What is asked about people, and by which name one is seen oneself.

use super::own;
use crate::chat::answer::Office;
use crate::chat::command::Where;
use crate::chat::{Command, Nick, UserName};
use crate::dialect::Heard;
use crate::dialect::irc::asked::{Asked, Item, told};
use crate::dialect::irc::grammar::Message;
use crate::dialect::irc::line::word;
use crate::dialect::irc::me::Me;
use crate::dialect::irc::numerics::Numeric;
use crate::dialect::irc::reply::Reply;
use crate::dialect::irc::room;
use crate::dialect::irc::service;
use crate::dialect::irc::who::Query;

/// People of whom one `USERHOST` asks at most; those behind them are not answered.
const USERHOST_NICKS: usize = 5;

/// A room, a person, or a pattern that is looked for among those with whom one shares a room; operators
/// look among all who are online.
pub(super) fn who(message: &Message<'_>, me: &Me) -> Item {
    let query = Query::read(&message.params);
    let command = match (room::read(&query.mask), UserName::called(&query.mask)) {
        (Some(room), _) => Command::Who {
            room: Where::Room(room),
        },
        (None, Ok(user)) => Command::WhoIs { user },
        (None, Err(_)) => match me.modes.office {
            Office::None => Command::Neighbours,
            Office::Operator => Command::Online,
        },
    };
    (Heard::Command(command), Asked::Who { query })
}

/// A server that is named before the nick is this one.
pub(super) fn who_is(message: &Message<'_>) -> Item {
    let wanted = match message.params[..] {
        [] => "",
        [nick] => nick,
        [_, nick, ..] => nick,
    };
    let nick = wanted.split(',').next().unwrap_or_default();
    if nick.is_empty() {
        return none_given();
    }
    if service::is_meant(nick) {
        return service::who_is();
    }
    match UserName::called(nick) {
        Ok(user) => (
            Heard::Command(Command::WhoIs { user: user.clone() }),
            Asked::WhoIs { user },
        ),
        Err(_) => both(
            Reply::numeric(Numeric::NoSuchNick, &[word(nick), "No such nick"]),
            Reply::numeric(Numeric::EndOfWhois, &[word(nick), "End of WHOIS"]),
        ),
    }
}

/// All of them may stand in one parameter, too.
pub(super) fn is_on(message: &Message<'_>) -> Item {
    let words = message.params.iter().flat_map(|param| param.split(' '));
    let nicks = words.map(str::to_owned).collect();
    (Heard::Command(Command::Online), Asked::IsOn { nicks })
}

pub(super) fn user_host(message: &Message<'_>) -> Item {
    let nicks = message.params.iter().take(USERHOST_NICKS);
    let nicks = nicks.map(|nick| (*nick).to_owned()).collect();
    (Heard::Command(Command::Online), Asked::UserHost { nicks })
}

/// Whether the nick is nobody else's is for the store to say.
pub(super) fn nick(wanted: &str) -> Item {
    if wanted.is_empty() {
        return none_given();
    }
    match Nick::new(wanted) {
        Ok(nick) => (Heard::Command(Command::ChangeNick { nick }), Asked::Nick),
        Err(why) => {
            let why = why.to_string();
            own(Numeric::ErroneusNickname, &[word(wanted), &why])
        }
    }
}

pub(in crate::dialect::irc) fn none_given() -> Item {
    own(Numeric::NoNicknameGiven, &["No nickname given"])
}

fn both(first: Reply, second: Reply) -> Item {
    told(vec![first, second])
}
