//! The commands of those who are in, each with what it needs and how it is used.

use crate::dialect::irc::asked::About;
use crate::dialect::irc::{cert, history, login, markread, monitor, register};

/// A command of those who are in.
pub(super) struct Entry {
    pub(super) name: &'static str,
    /// Parameters that have to be there, and not be empty.
    pub(super) least: usize,
    pub(super) verb: Verb,
    /// For `HELP`.
    usage: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
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
    Cert,
    IsOn,
    UserHost,
    Away,
    MarkRead,
    Mode,
    Kick,
    Invite,
    SetName,
    Nick,
    Ping,
    Pong,
    TooLate,
    TagMsg,
    Register,
    Verify,
    About(About),
    Help,
    Lusers,
    Time,
    Motd,
    Oper,
    Rehash,
    Kill,
    Wallops,
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

pub(super) const ENTRIES: &[Entry] = &[
    entry("ADMIN", 0, Verb::About(About::Admin), ""),
    entry("AWAY", 0, Verb::Away, "[:words], without them you are back"),
    entry(cert::COMMAND, 0, Verb::Cert, cert::USAGE),
    entry(history::COMMAND, 0, Verb::ChatHistory, history::USAGE),
    entry("HELP", 0, Verb::Help, "[<command>]"),
    entry("HELPOP", 0, Verb::Help, "[<command>]"),
    entry("INFO", 0, Verb::About(About::Info), ""),
    entry(
        "INVITE",
        0,
        Verb::Invite,
        "[<nick> <#room>], alone it lists where you are invited",
    ),
    entry("ISON", 1, Verb::IsOn, "<nick> ..."),
    entry(
        "JOIN",
        1,
        Verb::Join,
        "<#room>[,...] [<key>[,...]], or 0 to leave all",
    ),
    entry("KICK", 2, Verb::Kick, "<#room> <nick>[,...] [:words]"),
    entry("KILL", 1, Verb::Kill, "<nick> [:why], for operators"),
    entry("LINKS", 0, Verb::About(About::Links), ""),
    entry("LIST", 0, Verb::List, "[<#room or mask or >n or <n>[,...]]"),
    entry("LUSERS", 0, Verb::Lusers, ""),
    entry(markread::COMMAND, 0, Verb::MarkRead, markread::USAGE),
    entry(
        "MODE",
        1,
        Verb::Mode,
        "<#room> [<changes>], or <nick> [+B or -B for a bot]",
    ),
    entry("MOTD", 0, Verb::Motd, ""),
    entry("NAMES", 0, Verb::Names, "<#room>"),
    entry("NICK", 0, Verb::Nick, "<nick>"),
    entry("NOTICE", 0, Verb::Notice, "<#room or nick>[,...] :<text>"),
    entry("OPER", 2, Verb::Oper, "<name> <password>"),
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
    entry(register::COMMAND, 0, Verb::Register, register::USAGE),
    entry(
        "REHASH",
        0,
        Verb::Rehash,
        "for operators: the settings are read again",
    ),
    entry("SETNAME", 1, Verb::SetName, ":<real name>"),
    entry(
        "SUBSCRIBE",
        1,
        Verb::Subscribe,
        "<nick>, to hear what they say in public",
    ),
    entry("SUBSCRIBERS", 0, Verb::Subscribers, ""),
    entry("SUBSCRIPTIONS", 0, Verb::Subscriptions, ""),
    entry(
        "TAGMSG",
        1,
        Verb::TagMsg,
        "<#room or nick>[,...], with tags for other clients",
    ),
    entry("TIME", 0, Verb::Time, ""),
    entry("TOPIC", 1, Verb::Topic, "<#room> [:topic]"),
    entry("UNSUBSCRIBE", 1, Verb::Unsubscribe, "<nick>"),
    entry(
        "USER",
        0,
        Verb::TooLate,
        "<user> 0 * :<name>, before you are in",
    ),
    entry("USERHOST", 1, Verb::UserHost, "<nick> ..."),
    entry(
        register::VERIFY,
        0,
        Verb::Verify,
        "<account> <code>, which nothing needs here",
    ),
    entry("VERSION", 0, Verb::About(About::Version), ""),
    entry("WALLOPS", 1, Verb::Wallops, ":<text>, for operators"),
    entry(
        "WHO",
        0,
        Verb::Who,
        "<#room or nick or mask> [%<fields>[,<token>]]",
    ),
    entry("WHOIS", 0, Verb::WhoIs, "<nick>"),
    entry("WHOWAS", 0, Verb::WhoWas, "<nick>[,...] [<count>]"),
];

/// The commands, each as it is used.
pub(in crate::dialect::irc) fn usages(subject: &str) -> impl Iterator<Item = String> {
    let is_meant =
        move |(name, _): &(&str, &str)| subject.is_empty() || name.eq_ignore_ascii_case(subject);
    let entries = ENTRIES.iter().map(|entry| (entry.name, entry.usage));
    entries
        .chain([
            (monitor::COMMAND, monitor::USAGE),
            (login::COMMAND, login::USAGE),
        ])
        .filter(is_meant)
        .map(|(name, usage)| format!("{name} {usage}"))
}
