//! What the server tells about itself in 005: one table of tokens, values and specifications.
//!
//! <https://modern.ircdocs.horse/#feature-advertisement>. A token stands here when what it
//! promises is kept, and not before.

use crate::chat::limits::{
    CHANGES_MOST, REAL_NAME_BYTES, ROOM_NAME_BYTES, USER_NAME_BYTES, WATCHED,
};

use super::history::MOST;
use super::line::word;

/// Tokens of one line.
pub const TOKENS_PER_LINE: usize = 13;

/// Bytes of a topic, of the words of who is away, and of who throws somebody out: with the names
/// around them they fit into one line.
pub const WORDS_BYTES: usize = 390;

/// People or rooms that one message may be for.
pub const TARGETS: usize = 4;

/// The modes of rooms by their kinds: lists, with a parameter always, when it is set, and never.
const CHANMODES: &str = "beI,k,l,imnst";

/// Targets of one command; nothing behind a colon is no bound, but that of the line.
const TARGMAX: &str = "JOIN:,PART:,NAMES:1,LIST:,WHOIS:1,PRIVMSG:4,NOTICE:4,TAGMSG:4,KICK:4";

/// The modes of members, and what is shown in front of their names.
const PREFIX: &str = "(ov)@+";

/// What begins a mask that is no `nick!account@host`, and its kinds: accounts, and what only keeps quiet.
const EXTBAN: &str = "~,am";

/// How long the lists of a room are.
const MAXLIST: &str = "b:100,e:100,I:100";

/// The mode of programs among people.
pub const BOT: &str = "B";

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

/// The table.
macro_rules! tokens {
    ($($name:literal, $value:expr, $specification:expr;)*) => {
        /// Every token, in the order in which they are told.
        pub const TOKENS: &[Token] = &[
            $(Token { name: $name, value: $value, specification: $specification },)*
        ];
    };
}

tokens! {
    "NETWORK", Value::Network, modern!("network-parameter");
    "CASEMAPPING", Value::Words("ascii"), modern!("casemapping-parameter");
    "CHANTYPES", Value::Words("#"), modern!("chantypes-parameter");
    "CHANMODES", Value::Words(CHANMODES), modern!("chanmodes-parameter");
    "PREFIX", Value::Words(PREFIX), modern!("prefix-parameter");
    "MODES", Value::Number(CHANGES_MOST), modern!("modes-parameter");
    "MAXLIST", Value::Words(MAXLIST), modern!("maxlist-parameter");
    "EXCEPTS", Value::Words("e"), modern!("excepts-parameter");
    "INVEX", Value::Words("I"), modern!("invex-parameter");
    "EXTBAN", Value::Words(EXTBAN), modern!("extban-parameter");
    "ACCOUNTEXTBAN", Value::Words("a"), ircv3!("account-extban");
    "CHANLIMIT", Value::Words("#:"), modern!("chanlimit-parameter");
    "CHANNELLEN", Value::Number("#".len() + ROOM_NAME_BYTES), modern!("channellen-parameter");
    "NICKLEN", Value::Number(USER_NAME_BYTES), modern!("nicklen-parameter");
    "TOPICLEN", Value::Number(WORDS_BYTES), modern!("topiclen-parameter");
    "KICKLEN", Value::Number(WORDS_BYTES), modern!("kicklen-parameter");
    "AWAYLEN", Value::Number(WORDS_BYTES), modern!("awaylen-parameter");
    "MAXTARGETS", Value::Number(TARGETS), modern!("maxtargets-parameter");
    "TARGMAX", Value::Words(TARGMAX), modern!("targmax-parameter");
    "CHATHISTORY", Value::Number(MOST as usize), ircv3!("chathistory");
    "MSGREFTYPES", Value::Words("msgid,timestamp"), ircv3!("chathistory");
    "MONITOR", Value::Number(WATCHED), ircv3!("monitor");
    "ELIST", Value::Words("MNU"), modern!("elist-parameter");
    "NAMELEN", Value::Number(REAL_NAME_BYTES), ircv3!("setname");
    "BOT", Value::Words(BOT), ircv3!("bot-mode");
    "UTF8ONLY", Value::Absent, ircv3!("utf8-only");
    "WHOX", Value::Absent, ircv3!("whox");
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
