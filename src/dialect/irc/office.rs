//! Operators: `OPER`, `KILL`, `WALLOPS`, and what they are answered.
//!
//! <https://modern.ircdocs.horse/#operator-messages>.

use bytes::BytesMut;

use super::asked::{Asked, Item};
use super::conversation::Conversation;
use super::grammar::Message;
use super::hear::{no_nick, own, short};
use super::line::word;
use super::numerics::Numeric;
use super::umodes::{self, Wallops};
use crate::chat::answer::{Office, Rehash};
use crate::chat::command::{Inquiry, Operate};
use crate::chat::{Answer, Command, Secret, Text, UserName};
use crate::dialect::Heard;

/// What no name of an operator can be is told like a wrong password.
pub(super) fn oper(message: &Message<'_>) -> Item {
    let name = message.param(0).unwrap_or_default();
    match UserName::new(name) {
        Ok(name) => {
            let password = Secret::new(message.param(1).unwrap_or_default());
            (operate(Operate::Become { name, password }), Asked::Oper)
        }
        Err(_) => own(Numeric::PasswdMismatch, &["Wrong name or password"]),
    }
}

pub(super) fn kill(message: &Message<'_>) -> Item {
    let nick = message.param(0).unwrap_or_default();
    let words = short(message.param(1).unwrap_or_default()).ok();
    match UserName::called(nick) {
        Ok(user) => (operate(Operate::Kill { user, words }), Asked::Kill),
        Err(_) => no_nick(nick),
    }
}

pub(super) fn wallops(words: &str) -> Item {
    match Text::new(words) {
        Ok(text) => (operate(Operate::Announce { text }), Asked::Announce),
        Err(_) => own(Numeric::NoTextToSend, &["No text to send"]),
    }
}

const fn operate(what: Operate) -> Heard {
    Heard::Command(Command::Operate(what))
}

pub(super) const fn inquire(what: Inquiry) -> Item {
    (Heard::Command(Command::Inquire(what)), Asked::Inquiry(what))
}

/// Writes an answer about offices; of all others nothing.
pub(super) fn answer(talk: &mut Conversation, answer: &Answer, out: &mut BytesMut) {
    if let Answer::InOffice { office } = answer {
        in_office(talk, *office, out);
    } else if let Answer::Rehashed { source, outcome } = answer {
        rehashed(talk, source, outcome, out);
    }
}

/// What came of reading the settings again: <https://modern.ircdocs.horse/#rehash-message>.
fn rehashed(talk: &Conversation, source: &str, outcome: &Rehash, out: &mut BytesMut) {
    let voice = talk.voice();
    voice.reply(Numeric::Rehashing, &[word(source), "Rehashing"], out);
    let mut note = |text: &str| voice.note(text, out);
    match outcome {
        Rehash::Done { restart, warnings } => {
            note("The message of the day was read again, on this node");
            if !restart.is_empty() {
                note("Changed, and good from the next start of the node on:");
            }
            restart.iter().for_each(|key| note(key));
            warnings.iter().for_each(|warning| note(warning));
        }
        Rehash::Mistaken { mistakes } => {
            note("Nothing was changed, for the settings have mistakes:");
            mistakes.iter().for_each(|mistake| note(mistake));
        }
    }
}

/// Who has become an operator hears what operators say, too; who is none any more may still.
fn in_office(talk: &mut Conversation, office: Office, out: &mut BytesMut) {
    let wallops = talk.me().map(|me| me.modes.wallops).unwrap_or_default();
    talk.takes_office(office);
    match (office, wallops) {
        (Office::None, _) => talk.tell_mode("-o", out),
        (Office::Operator, wallops) => {
            let you_are = ["You are now an IRC operator"];
            talk.voice().reply(Numeric::YoureOper, &you_are, out);
            match wallops {
                Wallops::Heard => talk.tell_mode("+o", out),
                Wallops::Unheard => {
                    let format = talk.format();
                    let item = umodes::switch(format, Wallops::Heard, "+ow");
                    talk.asks_first(std::iter::once(item));
                }
            }
        }
    }
}
