//! The commands of the line protocol: names, usage and help in one table.

/// One command as people know it.
#[derive(Debug)]
pub(super) struct Entry {
    /// What it is to the parser.
    pub(super) verb: Verb,
    /// What is typed behind the slash.
    pub(super) name: &'static str,
    /// Another name for it, or nothing.
    pub(super) alias: &'static str,
    /// How it is typed.
    pub(super) usage: &'static str,
    /// What it does.
    pub(super) does: &'static str,
}

/// The commands, for the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Login,
    Register,
    Resume,
    Join,
    Leave,
    Rooms,
    Who,
    Users,
    WhoIs,
    Msg,
    Subscribe,
    Unsubscribe,
    Subscriptions,
    Subscribers,
    SubscribeOnly,
    History,
    Topic,
    Away,
    Moderate(Moderate),
    Passwd,
    Token,
    Ids,
    Ping,
    Help,
    Quit,
}

/// What people with a rank do in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moderate {
    Kick,
    Invite,
    Op,
    Deop,
    Voice,
    Devoice,
    Ban,
    Unban,
}

/// Every command, in the order in which a newcomer needs them.
pub(super) const COMMANDS: &[Entry] = &[
    entry(
        Verb::Login,
        "login",
        "/login <user> <password>",
        "logs in; the password goes to the end of the line",
    ),
    entry(
        Verb::Register,
        "register",
        "/register <user> <password>",
        "makes an account and logs in",
    ),
    entry(
        Verb::Resume,
        "resume",
        "/resume <token> [position]",
        "comes back with a token instead of a password, to the rooms you are still in",
    ),
    entry(
        Verb::Join,
        "join",
        "/join <room> [key]",
        "leaves this room and enters that one; a new room with a key is private",
    ),
    entry(Verb::Leave, "leave", "/leave", "goes back to lobby"),
    entry(Verb::Rooms, "rooms", "/rooms", "lists the public rooms"),
    entry(Verb::Who, "who", "/who [room]", "tells who is in a room"),
    entry(Verb::Users, "users", "/users", "tells who is online"),
    entry(
        Verb::WhoIs,
        "whois",
        "/whois <user>",
        "tells what is known about a person",
    ),
    entry(
        Verb::Msg,
        "msg",
        "/msg <user> <text>",
        "says something to one person",
    ),
    entry(
        Verb::Subscribe,
        "subscribe",
        "/subscribe <user>",
        "follows what a person says in public rooms and posts",
    ),
    entry(
        Verb::Unsubscribe,
        "unsubscribe",
        "/unsubscribe <user>",
        "stops following",
    ),
    Entry {
        verb: Verb::Subscriptions,
        name: "subscriptions",
        alias: "subs",
        usage: "/subscriptions",
        does: "tells whom you follow",
    },
    entry(
        Verb::Subscribers,
        "subscribers",
        "/subscribers",
        "tells who follows you",
    ),
    entry(
        Verb::SubscribeOnly,
        "subscribe_only",
        "/subscribe_only <text>",
        "says something to your subscribers alone",
    ),
    entry(
        Verb::History,
        "history",
        "/history [room] [n]",
        "shows the last n messages, 20 if not said, at most 500",
    ),
    entry(
        Verb::Topic,
        "topic",
        "/topic [text]",
        "shows or sets what the room is about",
    ),
    entry(
        Verb::Away,
        "away",
        "/away [text]",
        "tells others that you are away; without a text, that you are back",
    ),
    entry(
        Verb::Moderate(Moderate::Kick),
        "kick",
        "/kick <user> [words]",
        "puts somebody out of the room, if you are its operator",
    ),
    entry(
        Verb::Moderate(Moderate::Invite),
        "invite",
        "/invite <user>",
        "tells somebody that they may come in",
    ),
    entry(
        Verb::Moderate(Moderate::Op),
        "op",
        "/op <user>",
        "makes somebody an operator of the room",
    ),
    entry(
        Verb::Moderate(Moderate::Deop),
        "deop",
        "/deop <user>",
        "makes somebody no operator of the room any more",
    ),
    entry(
        Verb::Moderate(Moderate::Voice),
        "voice",
        "/voice <user>",
        "lets somebody speak where not everybody may",
    ),
    entry(
        Verb::Moderate(Moderate::Devoice),
        "devoice",
        "/devoice <user>",
        "takes that back",
    ),
    entry(
        Verb::Moderate(Moderate::Ban),
        "ban",
        "/ban [mask]",
        "keeps somebody out of the room; without a mask, tells who is",
    ),
    entry(
        Verb::Moderate(Moderate::Unban),
        "unban",
        "/unban <mask>",
        "keeps somebody out no longer",
    ),
    entry(
        Verb::Passwd,
        "passwd",
        "/passwd [old new]",
        "changes your password; bare, it asks for them",
    ),
    entry(
        Verb::Token,
        "token",
        "/token",
        "shows a token for /resume: good once, for 30 days",
    ),
    entry(
        Verb::Ids,
        "ids",
        "/ids on|off",
        "shows the position of each message, and confirms yours",
    ),
    entry(
        Verb::Ping,
        "ping",
        "/ping [text]",
        "answered once all you asked before is done",
    ),
    entry(
        Verb::Help,
        "help",
        "/help [command]",
        "lists the commands or explains one",
    ),
    entry(Verb::Quit, "quit", "/quit", "says goodbye"),
];

const fn entry(verb: Verb, name: &'static str, usage: &'static str, does: &'static str) -> Entry {
    Entry {
        verb,
        name,
        alias: "",
        usage,
        does,
    }
}

/// The entry of a name or alias, without case.
pub(super) fn find(word: &str) -> Option<&'static Entry> {
    let named = |name: &str| !name.is_empty() && name.eq_ignore_ascii_case(word);
    COMMANDS
        .iter()
        .find(|entry| named(entry.name) || named(entry.alias))
}
