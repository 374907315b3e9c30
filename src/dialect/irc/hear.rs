//! What somebody who is in says: a message to what it means.
//!
//! <https://modern.ircdocs.horse/#client-messages>.

mod entries;
mod moderation;
mod modes;
mod people;
pub(super) mod profile;
mod tags;

use super::asked::{self, Asked, Item, Own, Said, told, unanswered};
use super::caps::Caps;
use super::cert;
use super::grammar::Message;
use super::history;
use super::isupport::{TARGETS, WORDS_BYTES};
use super::line::word;
use super::list::Wanted;
use super::markread;
use super::me::Me;
use super::numerics::Numeric;
use super::office;
use super::register;
use super::reply::Reply;
use super::room;
use super::said;
use super::service::{self, Teller};
use super::whowas;
use crate::chat::command::{Inquiry, RoomKey, Where};
use crate::chat::event::Manner;
use crate::chat::history::Conversation as Addressee;
use crate::chat::text::NothingToSay;
use crate::chat::{Command, Extras, RoomName, Secret, Text, UserName};
use crate::dialect::Heard;

pub(super) use entries::usages;
use entries::{ENTRIES, Verb};
pub(super) use people::none_given;

/// What goes with what is said by this message.
pub(super) fn extras(message: &Message<'_>, caps: Caps, me: &Me) -> Extras {
    tags::with(message, caps, me)
}

/// What a message of somebody means.
pub(super) fn hear(message: &Message<'_>, me: &Me, caps: Caps) -> Vec<Item> {
    let found = ENTRIES.iter().find(|entry| message.is(entry.name));
    let Some(entry) = found else {
        let params = [word(message.command), "Unknown command; HELP lists them"];
        return vec![own(Numeric::UnknownCommand, &params)];
    };
    let given = message.params.iter().take_while(|param| !param.is_empty());
    if given.count() < entry.least {
        return vec![too_few(entry.name)];
    }
    let extras = extras(message, caps, me);
    obey(entry.verb, message, (me, caps), extras)
}

fn obey(verb: Verb, message: &Message<'_>, (me, caps): (&Me, Caps), extras: Extras) -> Vec<Item> {
    let first = message.param(0).unwrap_or_default();
    match verb {
        Verb::Join if first == "0" => me.rooms.iter().cloned().map(leave).collect(),
        Verb::Join => join(first, message.param(1).unwrap_or_default()),
        Verb::Part => part(first, message.param(1).unwrap_or_default()),
        Verb::Privmsg => say((Manner::Message, extras), message, me),
        Verb::Notice => unanswered(say((Manner::Notice, extras), message, me)),
        Verb::TagMsg => tags::say(&extras, message, me),
        Verb::Topic => vec![topic(message)],
        Verb::Names => vec![names(first)],
        Verb::List => vec![list(message)],
        Verb::Who => vec![people::who(message, me)],
        Verb::WhoIs => vec![people::who_is(message)],
        Verb::WhoWas => whowas::hear(message),
        Verb::IsOn => vec![people::is_on(message)],
        Verb::UserHost => vec![people::user_host(message)],
        Verb::Cert => vec![cert::hear(&message.params, me.shown)],
        Verb::ChatHistory => vec![history::hear(&message.params, caps)],
        Verb::Away => vec![away(first)],
        Verb::MarkRead => vec![markread::hear(&message.params)],
        Verb::Mode => modes::mode(message, me),
        Verb::Kick => moderation::kick(message),
        Verb::Invite => vec![moderation::invite(message)],
        Verb::SetName => vec![profile::set_name(first, me)],
        Verb::Nick => vec![people::nick(first)],
        Verb::Ping => vec![ping(first)],
        Verb::Pong => vec![nothing()],
        Verb::TooLate => vec![own(Numeric::AlreadyRegistered, &["You are in already"])],
        Verb::Register => vec![register::hear(&message.params, me)],
        Verb::Verify => vec![register::hear_verify(&message.params, me)],
        Verb::Help => {
            let subject = first.to_owned();
            vec![asked::by_itself(Own::Help { subject })]
        }
        Verb::About(about) => vec![asked::by_itself(Own::About(about))],
        Verb::Lusers => vec![(Heard::Command(Command::Census), Asked::Census)],
        Verb::Oper => vec![office::oper(message)],
        Verb::Motd => vec![office::inquire(Inquiry::MessageOfTheDay)],
        Verb::Rehash => vec![office::inquire(Inquiry::Rehash)],
        Verb::Kill => vec![office::kill(message)],
        Verb::Wallops => vec![office::wallops(first)],
        Verb::Time => vec![(Heard::Command(Command::Census), Asked::Time)],
        Verb::Subscribe => vec![about("SUBSCRIBE", first, |author| Command::Subscribe {
            author,
        })],
        Verb::Unsubscribe => vec![about("UNSUBSCRIBE", first, |author| Command::Unsubscribe {
            author,
        })],
        Verb::Subscriptions => vec![subscription("SUBSCRIPTIONS", Command::Subscriptions)],
        Verb::Subscribers => vec![subscription("SUBSCRIBERS", Command::Subscribers)],
        Verb::Publish => vec![publish(first)],
        Verb::Quit => vec![quit(first)],
    }
}

/// The parts of a list; where there are none, what is missing is said.
fn each<'a>(command: &str, list: &'a str, item: impl FnMut(&'a str) -> Item) -> Vec<Item> {
    let items: Vec<Item> = list
        .split(',')
        .filter(|name| !name.is_empty())
        .map(item)
        .collect();
    if items.is_empty() {
        vec![too_few(command)]
    } else {
        items
    }
}

fn join(rooms: &str, keys: &str) -> Vec<Item> {
    let mut keys = keys.split(',');
    let enter = |name: &str| {
        let key = match keys.next() {
            None | Some("") => RoomKey::None,
            Some(key) => RoomKey::Given(Secret::new(key)),
        };
        match room::read(name) {
            Some(room) => (
                Heard::Command(Command::Enter {
                    room: room.clone(),
                    key,
                }),
                Asked::Enter { room },
            ),
            None => no_room(name),
        }
    };
    each("JOIN", rooms, enter)
}

fn leave(room: RoomName) -> Item {
    let words = None;
    (Heard::Command(Command::Leave { room, words }), Asked::Leave)
}

fn part(rooms: &str, words: &str) -> Vec<Item> {
    let words = Text::new(words).ok();
    let leave_one = |name| match room::read(name) {
        Some(room) => {
            let words = words.clone();
            (Heard::Command(Command::Leave { room, words }), Asked::Leave)
        }
        None => no_room(name),
    };
    each("PART", rooms, leave_one)
}

fn say(how: (Manner, Extras), message: &Message<'_>, me: &Me) -> Vec<Item> {
    let command = said::command(how.0);
    let targets = message.param(0).unwrap_or_default();
    if targets.split(',').all(str::is_empty) {
        let why = format!("No recipient given ({command})");
        return vec![own(Numeric::NoRecipient, &[&why])];
    }
    let Ok(text) = Text::new(message.param(1).unwrap_or_default()) else {
        return vec![own(Numeric::NoTextToSend, &["No text to send"])];
    };
    to_each(command, targets, |target| {
        if service::is_meant(target) {
            service::hear(how.0, &text)
        } else {
            vec![say_to(&how, target, &text, me)]
        }
    })
}

/// For each of a few targets.
fn to_each(command: &str, targets: &str, items: impl FnMut(&str) -> Vec<Item>) -> Vec<Item> {
    let mut targets = targets.split(',').filter(|target| !target.is_empty());
    let mut items: Vec<_> = targets.by_ref().take(TARGETS).flat_map(items).collect();
    if let Some(target) = targets.next() {
        let why =
            format!("To {TARGETS} targets at once at most: not sent to this one and the rest");
        items.push(own(Numeric::UnknownError, &[command, word(target), &why]));
    }
    items
}

pub(super) fn say_to(
    (manner, extras): &(Manner, Extras),
    target: &str,
    text: &Text,
    me: &Me,
) -> Item {
    let (manner, extras) = (*manner, extras.clone());
    let said = |target| {
        Asked::Say(Said {
            target,
            text: text.clone(),
            manner,
            extras: extras.clone(),
        })
    };
    let Some(to) = addressee(target, me) else {
        return nobody(target);
    };
    let said = said(room::target(&to));
    let text = text.clone();
    let command = match to {
        Addressee::Room { room } => Command::Say {
            room: Where::Room(room),
            text,
            manner,
            extras,
        },
        Addressee::Person { user: to } => Command::Whisper {
            to,
            text,
            manner,
            extras,
        },
    };
    (Heard::Command(command), said)
}

/// Where something is said, or to whom.
fn addressee(target: &str, me: &Me) -> Option<Addressee> {
    if target.starts_with('#') {
        let room = me.own_name(room::read(target)?);
        Some(Addressee::Room { room })
    } else {
        let user = UserName::called(target).ok()?;
        Some(Addressee::Person { user })
    }
}

/// That there is nothing of that name.
fn nobody(target: &str) -> Item {
    if target.starts_with('#') {
        no_room(target)
    } else {
        no_nick(target)
    }
}

/// A topic of which nothing is left takes the one before away.
fn topic(message: &Message<'_>) -> Item {
    let name = message.param(0).unwrap_or_default();
    let Some(room) = room::read(name) else {
        return no_room(name);
    };
    let room = Where::Room(room);
    match message.param(1) {
        None => (Heard::Command(Command::Topic { room }), Asked::Topic),
        Some(words) => {
            let text = short(words).ok();
            let command = Command::SetTopic { room, text };
            (Heard::Command(command), Asked::SetTopic)
        }
    }
}

fn names(name: &str) -> Item {
    let first = name.split(',').next().unwrap_or_default();
    match room::read(first) {
        Some(room) => {
            let meant = Where::Room(room.clone());
            let command = Command::Who { room: meant };
            (Heard::Command(command), Asked::Names { room })
        }
        None => {
            let spelled = if first.is_empty() { "*" } else { word(first) };
            own(Numeric::EndOfNames, &[spelled, "End of NAMES list"])
        }
    }
}

/// Rooms by name come first, and conditions behind them or in their place.
fn list(message: &Message<'_>) -> Item {
    let conditions = message.params.iter().take(2);
    let wanted = Wanted::read(conditions.flat_map(|list| list.split(',')));
    (Heard::Command(Command::Rooms), Asked::List { wanted })
}

/// Words that are promised to fit into a line: `TOPICLEN` and `AWAYLEN`.
pub(super) fn short(words: &str) -> Result<Text, NothingToSay> {
    Text::new(&words[..words.floor_char_boundary(WORDS_BYTES)])
}

fn away(words: &str) -> Item {
    let command = match short(words) {
        Ok(text) => Command::Away { text },
        Err(_) => Command::Back,
    };
    (Heard::Command(command), Asked::Away)
}

fn ping(token: &str) -> Item {
    if token.is_empty() {
        return own(Numeric::NoOrigin, &["A PING needs a token"]);
    }
    let token = token.to_owned();
    (Heard::Command(Command::Ping { token }), Asked::Ping)
}

fn about(asked: &'static str, name: &str, command: impl FnOnce(UserName) -> Command) -> Item {
    match UserName::called(name) {
        Ok(user) => subscription(asked, command(user)),
        Err(_) => no_nick(name),
    }
}

const fn subscription(asked: &'static str, command: Command) -> Item {
    (
        Heard::Command(command),
        Asked::Subscription {
            command: asked,
            by: Teller::Server,
        },
    )
}

fn publish(words: &str) -> Item {
    match Text::new(words) {
        Ok(text) => subscription("PUBLISH", Command::Post { text }),
        Err(_) => own(Numeric::NoTextToSend, &["No text to send"]),
    }
}

fn quit(words: &str) -> Item {
    let words = Text::new(words).ok();
    (Heard::Command(Command::Quit { words }), Asked::Quit)
}

/// Said by the conversation itself.
pub(super) fn own(numeric: Numeric, params: &[&str]) -> Item {
    told(vec![Reply::numeric(numeric, params)])
}

/// Nothing, which is an answer where one is waited for.
pub(super) const fn nothing() -> Item {
    told(Vec::new())
}

pub(super) fn too_few(command: &str) -> Item {
    own(Numeric::NeedMoreParams, &[command, "Not enough parameters"])
}

fn no_room(name: &str) -> Item {
    own(Numeric::NoSuchChannel, &[word(name), "No such channel"])
}

pub(super) fn no_nick(name: &str) -> Item {
    own(Numeric::NoSuchNick, &[word(name), "No such nick"])
}
