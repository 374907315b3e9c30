//! The service: subscriptions by private messages, for people whose clients know no other commands.
//!
//! No specification has it. Its nick is one that nobody can have, so no name is taken from people.

use bytes::BytesMut;

use super::asked::{Asked, Item, Own, by_itself, told};
use super::caps::Cap;
use super::conversation::Conversation;
use super::events::person;
use super::line::{CLOAK, Line, Source};
use super::numerics::Numeric;
use super::reply::{Reply, Voice};
use super::said;
use crate::chat::event::Manner;
use crate::chat::{Command, Text, UserName};
use crate::dialect::Heard;

/// Its nick, and where others have their account.
const NICK: &str = "*subs";
const USER: &str = "subs";

/// What it understands, and what that does.
const HELP: &[(&str, &str)] = &[
    (
        "SUBSCRIBE <nick>",
        "hear what somebody says in public, and their posts",
    ),
    ("UNSUBSCRIBE <nick>", "hear it no more"),
    ("SUBSCRIPTIONS", "to whom you subscribe"),
    ("SUBSCRIBERS", "who subscribes to you"),
    ("PUBLISH <text>", "a post to your subscribers alone"),
];

/// Who answers about subscriptions: whoever was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Teller {
    /// The server, for a command.
    Server,
    /// The service, for a message.
    Service,
}

/// Whether a word means it.
pub(super) fn is_meant(target: &str) -> bool {
    target.eq_ignore_ascii_case(NICK)
}

/// What a message to it means.
pub(super) fn hear(manner: Manner, text: &Text) -> Vec<Item> {
    let heard = Own::ToService {
        manner,
        text: text.clone(),
    };
    match manner {
        Manner::Message => vec![by_itself(heard), understood(text)],
        // Who answers notices may be answered for ever.
        Manner::Notice => vec![by_itself(heard)],
    }
}

fn understood(words: &Text) -> Item {
    let (first, rest) = words
        .as_str()
        .split_once(' ')
        .unwrap_or((words.as_str(), ""));
    let rest = rest.trim();
    let is = |name: &str| first.eq_ignore_ascii_case(name);
    let about = |command: fn(UserName) -> Command| match UserName::called(rest) {
        Ok(user) => asks(command(user)),
        Err(_) => says(&["Say the nick of somebody behind that".to_owned()]),
    };
    if is("SUBSCRIBE") {
        about(|author| Command::Subscribe { author })
    } else if is("UNSUBSCRIBE") {
        about(|author| Command::Unsubscribe { author })
    } else if is("SUBSCRIPTIONS") {
        asks(Command::Subscriptions)
    } else if is("SUBSCRIBERS") {
        asks(Command::Subscribers)
    } else if is("PUBLISH") {
        match Text::new(rest) {
            Ok(text) => asks(Command::Post { text }),
            Err(_) => says(&["Say the text behind that".to_owned()]),
        }
    } else if is("HELP") {
        says(&explains())
    } else {
        says(&does_not_know())
    }
}

fn asks(command: Command) -> Item {
    (
        Heard::Command(command),
        Asked::Subscription {
            command: "PRIVMSG",
            by: Teller::Service,
        },
    )
}

fn explains() -> Vec<String> {
    let known = HELP.iter().map(|(usage, what)| format!("{usage}: {what}"));
    known.collect()
}

fn does_not_know() -> Vec<String> {
    let unknown = "I do not know that. What I know is:".to_owned();
    std::iter::once(unknown).chain(explains()).collect()
}

fn says(texts: &[String]) -> Item {
    let of = |text: &String| Reply::Service { text: text.clone() };
    told(texts.iter().map(of).collect())
}

/// Writes one's own message, for who wants to see it again; it has no place in the log.
pub(super) fn echo(talk: &Conversation, manner: Manner, text: &Text, out: &mut BytesMut) {
    if let Some(me) = talk.me()
        && talk.enabled().has(Cap::EchoMessage)
    {
        Line {
            tags: &[],
            source: person(&me.user),
            command: said::command(manner),
            params: &[NICK, ""],
        }
        .spell_text(text.as_str(), out);
    }
}

/// Writes what the service says.
pub(super) fn notice(voice: Voice<'_>, text: &str, out: &mut BytesMut) {
    let source = Source::Person {
        nick: NICK,
        user: USER,
    };
    Line {
        tags: voice.tags,
        source,
        command: "NOTICE",
        params: &[voice.nick, ""],
    }
    .spell_text(text, out);
}

/// What it is.
pub(super) fn who_is() -> Item {
    let what = [NICK, USER, CLOAK, "*", "Subscriptions: say help"];
    told(vec![
        Reply::numeric(Numeric::WhoisUser, &what),
        Reply::numeric(Numeric::EndOfWhois, &[NICK, "End of WHOIS"]),
    ])
}
