//! What the server tells about itself in 005: one table of tokens, values and specifications.
//!
//! <https://modern.ircdocs.horse/#feature-advertisement>. A token stands here when what it
//! promises is kept, and not before.

use crate::chat::limits::{ROOM_NAME_BYTES, USER_NAME_BYTES};

use super::line::word;

/// Tokens of one line.
pub const TOKENS_PER_LINE: usize = 13;

/// Bytes of a topic, of the words of who is away, and of who throws somebody out: with the names
/// around them they fit into one line.
pub const WORDS_BYTES: usize = 390;

/// People or rooms that one message may be for.
pub const TARGETS: usize = 4;

/// Modes with a parameter that one `MODE` may set.
pub const MODES: usize = 4;

/// People that one session may watch.
pub const MONITORED: usize = 100;

/// Messages that one `CHATHISTORY` may ask for: its answer stays below any sensible backlog.
pub const CHATHISTORY: usize = 100;

/// The modes of rooms by their kinds; the key is the only one yet.
const CHANMODES: &str = ",k,,";

/// The modes of members, and what is shown in front of their names.
const PREFIX: &str = "(ov)@+";

/// What stands behind a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Nothing; that the token is there says it.
    Absent,
    /// These words.
    Words(&'static str),
    /// This number.
    Number(usize),
    /// The name of the network.
    Network,
}

/// A token of the table.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// Its name.
    pub name: &'static str,
    /// What stands behind it.
    pub value: Value,
    /// Where it is specified.
    pub specification: &'static str,
}

/// The table, in the order in which it is told.
pub const TOKENS: &[Token] = &[
    modern("NETWORK", Value::Network),
    modern("CASEMAPPING", Value::Words("ascii")),
    modern("CHANTYPES", Value::Words("#")),
    modern("CHANMODES", Value::Words(CHANMODES)),
    modern("PREFIX", Value::Words(PREFIX)),
    modern("MODES", Value::Number(MODES)),
    modern("CHANLIMIT", Value::Words("#:")),
    modern("CHANNELLEN", Value::Number("#".len() + ROOM_NAME_BYTES)),
    modern("NICKLEN", Value::Number(USER_NAME_BYTES)),
    modern("TOPICLEN", Value::Number(WORDS_BYTES)),
    modern("AWAYLEN", Value::Number(WORDS_BYTES)),
    modern("KICKLEN", Value::Number(WORDS_BYTES)),
    modern("MAXTARGETS", Value::Number(TARGETS)),
    modern(
        "TARGMAX",
        Value::Words("JOIN:,PART:,NAMES:1,LIST:1,WHOIS:1,KICK:1,PRIVMSG:4,NOTICE:4,TAGMSG:4"),
    ),
    modern("ELIST", Value::Words("MNU")),
    ircv3(
        "UTF8ONLY",
        Value::Absent,
        "https://ircv3.net/specs/extensions/utf8-only",
    ),
    ircv3(
        "WHOX",
        Value::Absent,
        "https://ircv3.net/specs/extensions/whox",
    ),
    ircv3(
        "MONITOR",
        Value::Number(MONITORED),
        "https://ircv3.net/specs/extensions/monitor",
    ),
    ircv3(
        "CHATHISTORY",
        Value::Number(CHATHISTORY),
        "https://ircv3.net/specs/extensions/chathistory",
    ),
    ircv3(
        "MSGREFTYPES",
        Value::Words("msgid,timestamp"),
        "https://ircv3.net/specs/extensions/chathistory",
    ),
];

const fn modern(name: &'static str, value: Value) -> Token {
    ircv3(
        name,
        value,
        "https://modern.ircdocs.horse/#rplisupport-parameters",
    )
}

const fn ircv3(name: &'static str, value: Value, specification: &'static str) -> Token {
    Token {
        name,
        value,
        specification,
    }
}

/// The tokens as they are spelled, by lines of at most [`TOKENS_PER_LINE`].
#[must_use]
pub fn lines(network: &str) -> Vec<Vec<String>> {
    let spelled: Vec<String> = TOKENS.iter().map(|token| spell(token, network)).collect();
    spelled
        .chunks(TOKENS_PER_LINE)
        .map(<[String]>::to_vec)
        .collect()
}

fn spell(token: &Token, network: &str) -> String {
    let name = token.name;
    match token.value {
        Value::Absent => name.to_owned(),
        Value::Words(words) => format!("{name}={words}"),
        Value::Number(number) => format!("{name}={number}"),
        Value::Network => {
            // What a value cannot hold is spelled by its number.
            let network = network.replace('\\', "\\x5C").replace('=', "\\x3D");
            let network = network.replace(' ', "\\x20");
            format!("{name}={}", word(&network))
        }
    }
}
