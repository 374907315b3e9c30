//! What somebody who is in says: a message to what it means.
//!
//! <https://modern.ircdocs.horse/#client-messages>.

use super::asked::{About, Asked, Item, Said};
use super::conversation::Me;
use super::grammar::Message;
use super::history;
use super::isupport::TARGETS;
use super::line::word;
use super::list::Wanted;
use super::mask;
use super::numerics::Numeric;
use super::reply::Reply;
use super::room;
use super::who::{self, Query};
use crate::chat::command::{RoomKey, Where};
use crate::chat::{Command, RoomName, Secret, Text, UserName};
use crate::dialect::Heard;

/// A command of those who are in.
struct Entry {
    name: &'static str,
    /// Parameters that have to be there, and not be empty.
    least: usize,
    verb: Verb,
    /// For `HELP`.
    usage: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Verb {
    Join,
    Part,
    Privmsg,
    Notice,
    Topic,
    Names,
    List,
    Who,
    WhoIs,
    WhoWas,
    ChatHistory,
    IsOn,
    UserHost,
    Away,
    Mode,
    Nick,
    Ping,
    Pong,
    TooLate,
    Authenticate,
    About(About),
    Lusers,
    Subscribe,
    Unsubscribe,
    Subscriptions,
    Subscribers,
    Publish,
    Quit,
}

const fn entry(name: &'static str, least: usize, verb: Verb, usage: &'static str) -> Entry {
    Entry {
        name,
        least,
        verb,
        usage,
    }
}

const ENTRIES: [Entry; 34] = [
    entry("ADMIN", 0, Verb::About(About::Admin), ""),
    entry(
        "AUTHENTICATE",
        0,
        Verb::Authenticate,
        "<mechanism>, before you are in",
    ),
    entry("AWAY", 0, Verb::Away, "[:words], without them you are back"),
    entry(history::COMMAND, 0, Verb::ChatHistory, history::USAGE),
    entry("HELP", 0, Verb::About(About::Help), ""),
    entry("INFO", 0, Verb::About(About::Info), ""),
    entry("ISON", 1, Verb::IsOn, "<nick> ..."),
    entry(
        "JOIN",
        1,
        Verb::Join,
        "<#room>[,...] [<key>[,...]], or 0 to leave all",
    ),
    entry("LINKS", 0, Verb::About(About::Links), ""),
    entry("LIST", 0, Verb::List, "[<#room or mask or >n or <n>[,...]]"),
    entry("LUSERS", 0, Verb::Lusers, ""),
    entry("MODE", 1, Verb::Mode, "<#room or nick>"),
    entry("MOTD", 0, Verb::About(About::Motd), ""),
    entry("NAMES", 0, Verb::Names, "<#room>"),
    entry("NICK", 0, Verb::Nick, "<nick>"),
    entry("NOTICE", 0, Verb::Notice, "<#room or nick>[,...] :<text>"),
    entry("PART", 1, Verb::Part, "<#room>[,...] [:words]"),
    entry(
        "PASS",
        0,
        Verb::TooLate,
        "<account>:<password>, before you are in",
    ),
    entry("PING", 0, Verb::Ping, "<token>"),
    entry("PONG", 0, Verb::Pong, "<token>"),
    entry("PRIVMSG", 0, Verb::Privmsg, "<#room or nick>[,...] :<text>"),
    entry(
        "PUBLISH",
        1,
        Verb::Publish,
        ":<text>, to your subscribers alone",
    ),
    entry("QUIT", 0, Verb::Quit, "[:words]"),
    entry(
        "SUBSCRIBE",
        1,
        Verb::Subscribe,
        "<nick>, to hear what they say in public",
    ),
    entry("SUBSCRIBERS", 0, Verb::Subscribers, ""),
    entry("SUBSCRIPTIONS", 0, Verb::Subscriptions, ""),
    entry("TOPIC", 1, Verb::Topic, "<#room> [:topic]"),
    entry("UNSUBSCRIBE", 1, Verb::Unsubscribe, "<nick>"),
    entry(
        "USER",
        0,
        Verb::TooLate,
        "<user> 0 * :<name>, before you are in",
    ),
    entry("USERHOST", 1, Verb::UserHost, "<nick> ..."),
    entry("VERSION", 0, Verb::About(About::Version), ""),
    entry(
        "WHO",
        0,
        Verb::Who,
        "<#room or nick or mask> [%<fields>[,<token>]]",
    ),
    entry("WHOIS", 0, Verb::WhoIs, "<nick>"),
    entry("WHOWAS", 0, Verb::WhoWas, "<nick>"),
];

/// The commands, each as it is used.
pub(super) fn usages() -> impl Iterator<Item = String> {
    ENTRIES
        .iter()
        .map(|entry| format!("{} {}", entry.name, entry.usage))
}

/// What a message of somebody means.
pub(super) fn hear(message: &Message<'_>, me: &Me) -> Vec<Item> {
    let found = ENTRIES.iter().find(|entry| message.is(entry.name));
    let Some(entry) = found else {
        let params = [word(message.command), "Unknown command; HELP lists them"];
        return vec![own(Numeric::UnknownCommand, &params)];
    };
    let given = message.params.iter().take_while(|param| !param.is_empty());
    if given.count() < entry.least {
        return vec![too_few(entry.name)];
    }
    obey(entry.verb, message, me)
}

fn obey(verb: Verb, message: &Message<'_>, me: &Me) -> Vec<Item> {
    let first = message.param(0).unwrap_or_default();
    match verb {
        Verb::Join if first == "0" => me.rooms.iter().cloned().map(leave).collect(),
        Verb::Join => join(first, message.param(1).unwrap_or_default()),
        Verb::Part => part(first, message.param(1).unwrap_or_default()),
        Verb::Privmsg => say("PRIVMSG", message),
        Verb::Notice => say("NOTICE", message),
        Verb::Topic => vec![topic(message)],
        Verb::Names => vec![names(first)],
        Verb::List => {
            let wanted = Wanted::read(first);
            vec![(Heard::Command(Command::Rooms), Asked::List { wanted })]
        }
        Verb::Who => vec![who_are(message)],
        Verb::WhoIs => vec![who_is(message)],
        Verb::WhoWas => vec![who::was(first)],
        Verb::ChatHistory => vec![history::hear(&message.params)],
        Verb::IsOn => {
            let nicks = words(message);
            vec![(Heard::Command(Command::Online), Asked::IsOn { nicks })]
        }
        Verb::UserHost => {
            let nicks = words(message);
            vec![(Heard::Command(Command::Online), Asked::UserHost { nicks })]
        }
        Verb::Away => vec![away(first)],
        Verb::Mode => vec![mode(message, &me.user)],
        Verb::Nick => nick(first, &me.user),
        Verb::Ping => vec![ping(first)],
        Verb::Pong => vec![nothing()],
        Verb::TooLate => vec![own(Numeric::AlreadyRegistered, &["You are in already"])],
        Verb::Authenticate => {
            let why = ["You have already authenticated using SASL"];
            vec![own(Numeric::SaslAlready, &why)]
        }
        Verb::About(about) => vec![(Heard::Reply, Asked::About(about))],
        Verb::Lusers => vec![(Heard::Command(Command::Online), Asked::People)],
        Verb::Subscribe => vec![about(first, |author| Command::Subscribe { author })],
        Verb::Unsubscribe => vec![about(first, |author| Command::Unsubscribe { author })],
        Verb::Subscriptions => vec![subscription(Command::Subscriptions)],
        Verb::Subscribers => vec![subscription(Command::Subscribers)],
        Verb::Publish => vec![publish(first)],
        Verb::Quit => vec![quit(first)],
    }
}

fn join(rooms: &str, keys: &str) -> Vec<Item> {
    let mut keys = keys.split(',');
    let named = rooms.split(',').filter(|name| !name.is_empty());
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
    named.map(enter).collect()
}

fn leave(room: RoomName) -> Item {
    let words = None;
    (Heard::Command(Command::Leave { room, words }), Asked::Leave)
}

fn part(rooms: &str, words: &str) -> Vec<Item> {
    let words = Text::new(words).ok();
    let named = rooms.split(',').filter(|name| !name.is_empty());
    let leave_one = |name| match room::read(name) {
        Some(room) => {
            let words = words.clone();
            (Heard::Command(Command::Leave { room, words }), Asked::Leave)
        }
        None => no_room(name),
    };
    named.map(leave_one).collect()
}

fn say(command: &'static str, message: &Message<'_>) -> Vec<Item> {
    let Some(targets) = message.param(0).filter(|targets| !targets.is_empty()) else {
        let why = format!("No recipient given ({command})");
        return vec![own(Numeric::NoRecipient, &[&why])];
    };
    let Ok(text) = Text::new(message.param(1).unwrap_or_default()) else {
        return vec![own(Numeric::NoTextToSend, &["No text to send"])];
    };
    let mut targets = targets.split(',').filter(|target| !target.is_empty());
    let mut items: Vec<_> = targets
        .by_ref()
        .take(TARGETS)
        .map(|target| say_to(command, target, &text))
        .collect();
    if let Some(target) = targets.next() {
        let why =
            format!("To {TARGETS} targets at once at most: not sent to this one and the rest");
        items.push(own(Numeric::UnknownError, &[command, word(target), &why]));
    }
    items
}

fn say_to(command: &'static str, target: &str, text: &Text) -> Item {
    let said = |target| {
        Asked::Say(Said {
            target,
            text: text.clone(),
            command,
        })
    };
    let text = text.clone();
    if target.starts_with('#') {
        return match room::read(target) {
            Some(room) => {
                let spelled = room::spelled(&room);
                let room = Where::Room(room);
                (Heard::Command(Command::Say { room, text }), said(spelled))
            }
            None => no_room(target),
        };
    }
    match UserName::new(target) {
        Ok(to) => {
            let spelled = to.to_string();
            (Heard::Command(Command::Whisper { to, text }), said(spelled))
        }
        Err(_) => no_nick(target),
    }
}

fn topic(message: &Message<'_>) -> Item {
    let name = message.param(0).unwrap_or_default();
    let Some(room) = room::read(name) else {
        return no_room(name);
    };
    let room = Where::Room(room);
    match message.param(1) {
        None => (Heard::Command(Command::Topic { room }), Asked::Topic),
        Some(words) => match Text::new(words) {
            Ok(text) => (
                Heard::Command(Command::SetTopic { room, text }),
                Asked::SetTopic,
            ),
            Err(_) => own(
                Numeric::UnknownError,
                &["TOPIC", "A topic is changed here, not taken away"],
            ),
        },
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

fn who_are(message: &Message<'_>) -> Item {
    let query = Query::read(&message.params);
    let mask = query.mask.as_str();
    let command = if let Some(room) = room::read(mask) {
        Command::Who {
            room: Where::Room(room),
        }
    } else if mask::is_pattern(mask) || UserName::new(mask).is_err() {
        Command::Online
    } else {
        match UserName::new(mask) {
            Ok(user) => Command::WhoIs { user },
            Err(_) => Command::Online,
        }
    };
    (Heard::Command(command), Asked::Who { query })
}

/// A server that is named before the nick is this one.
fn who_is(message: &Message<'_>) -> Item {
    let wanted = match message.params[..] {
        [] => "",
        [nick] => nick,
        [_, nick, ..] => nick,
    };
    let nick = wanted.split(',').next().unwrap_or_default();
    if nick.is_empty() {
        return own(Numeric::NoNicknameGiven, &["No nickname given"]);
    }
    match UserName::new(nick) {
        Ok(user) => (
            Heard::Command(Command::WhoIs { user: user.clone() }),
            Asked::WhoIs { user },
        ),
        Err(_) => {
            let replies = vec![
                Reply::numeric(Numeric::NoSuchNick, &[word(nick), "No such nick"]),
                Reply::numeric(Numeric::EndOfWhois, &[word(nick), "End of WHOIS"]),
            ];
            (Heard::Reply, Asked::Own { replies })
        }
    }
}

fn away(words: &str) -> Item {
    let command = match Text::new(words) {
        Ok(text) => Command::Away { text },
        Err(_) => Command::Back,
    };
    (Heard::Command(command), Asked::Away)
}

/// Rooms have keys, which are nobody's to see, and people are told of to those alone who ask by name.
fn mode(message: &Message<'_>, me: &UserName) -> Item {
    let target = message.param(0).unwrap_or_default();
    let change = message.param(1).unwrap_or_default();
    if target.starts_with('#') {
        let name = word(target);
        return match (room::read(target), change.trim_start_matches('+')) {
            (None, _) => no_room(target),
            (Some(_), "") => own(Numeric::ChannelModeIs, &[name, "+"]),
            (Some(_), "b") if message.param(2).is_none() => {
                own(Numeric::EndOfBanList, &[name, "End of channel ban list"])
            }
            (Some(_), _) => {
                let why = "A room gets its key from who enters it first: JOIN #room key";
                own(Numeric::ChanOPrivsNeeded, &[name, why])
            }
        };
    }
    if !target.eq_ignore_ascii_case(me.as_str()) {
        return own(Numeric::UsersDontMatch, &["You are not that one"]);
    }
    match change {
        "" => own(Numeric::UserModeIs, &["+i"]),
        // Clients ask for it as soon as they are in, and everybody has it.
        "i" | "+i" => nothing(),
        _ => own(
            Numeric::UserModeUnknownFlag,
            &["The only mode of people is i, and all have it"],
        ),
    }
}

/// The nick is the account's name.
fn nick(wanted: &str, me: &UserName) -> Vec<Item> {
    if wanted.is_empty() {
        vec![own(Numeric::NoNicknameGiven, &["No nickname given"])]
    } else if wanted.eq_ignore_ascii_case(me.as_str()) {
        vec![nothing()]
    } else {
        let why = "Your nick is the name of your account";
        vec![own(Numeric::NicknameInUse, &[word(wanted), why])]
    }
}

fn ping(token: &str) -> Item {
    if token.is_empty() {
        return own(Numeric::NoOrigin, &["A PING needs a token"]);
    }
    let token = token.to_owned();
    (Heard::Command(Command::Ping { token }), Asked::Ping)
}

fn about(name: &str, command: impl FnOnce(UserName) -> Command) -> Item {
    match UserName::new(name) {
        Ok(user) => subscription(command(user)),
        Err(_) => no_nick(name),
    }
}

const fn subscription(command: Command) -> Item {
    (Heard::Command(command), Asked::Subscription)
}

fn publish(words: &str) -> Item {
    match Text::new(words) {
        Ok(text) => subscription(Command::Post { text }),
        Err(_) => own(Numeric::NoTextToSend, &["No text to send"]),
    }
}

fn quit(words: &str) -> Item {
    let words = Text::new(words).ok();
    (Heard::Command(Command::Quit { words }), Asked::Quit)
}

fn words(message: &Message<'_>) -> Vec<String> {
    let all = message.params.iter();
    let words = all.flat_map(|param| param.split_ascii_whitespace());
    words.map(str::to_owned).collect()
}

/// Said by the conversation itself.
pub(super) fn own(numeric: Numeric, params: &[&str]) -> Item {
    let replies = vec![Reply::numeric(numeric, params)];
    (Heard::Reply, Asked::Own { replies })
}

/// Nothing, which is an answer where one is waited for.
const fn nothing() -> Item {
    let replies = Vec::new();
    (Heard::Reply, Asked::Own { replies })
}

fn too_few(command: &str) -> Item {
    own(Numeric::NeedMoreParams, &[command, "Not enough parameters"])
}

fn no_room(name: &str) -> Item {
    own(Numeric::NoSuchChannel, &[word(name), "No such channel"])
}

fn no_nick(name: &str) -> Item {
    own(Numeric::NoSuchNick, &[word(name), "No such nick"])
}
