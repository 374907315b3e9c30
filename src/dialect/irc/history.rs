//! What was said before, as clients ask for it and are told it.
//!
//! <https://ircv3.net/specs/extensions/chathistory>.

use std::sync::Arc;

use bytes::BytesMut;
use time::{Date, Month, PrimitiveDateTime, Time};

use super::asked::{Asked, Item, Own, by_itself};
use super::caps::{Cap, Caps};
use super::conversation::Conversation as Talk;
use super::events;
use super::labels;
use super::line::word;
use super::reply::{FailCode, Voice};
use super::room;
use crate::chat::command::Where;
use crate::chat::event::Timestamp;
use crate::chat::history::{Conversation, Mark, Past, Span};
use crate::chat::{Command, Event, Refusal, UserName};
use crate::dialect::Heard;

/// Messages that one command asks for at most.
pub const MOST: u16 = 100;

/// For `HELP`.
pub(super) const USAGE: &str = "LATEST|BEFORE|AFTER|AROUND <target> <mark> <n>, BETWEEN <target> <mark> <mark> <n>, \
     TARGETS <time> <time> <n>";

/// The command, as errors name it.
pub(super) const COMMAND: &str = "CHATHISTORY";

/// What is said where nothing is told; the code says why.
const NOT_RETRIEVED: &str = "Messages could not be retrieved";

/// A part of the command: its name, and how many words stand behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subcommand {
    Latest,
    Before,
    After,
    Around,
    Between,
    Targets,
}

impl Subcommand {
    const ALL: [Self; 6] = [
        Self::Latest,
        Self::Before,
        Self::After,
        Self::Around,
        Self::Between,
        Self::Targets,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Latest => "LATEST",
            Self::Before => "BEFORE",
            Self::After => "AFTER",
            Self::Around => "AROUND",
            Self::Between => "BETWEEN",
            Self::Targets => "TARGETS",
        }
    }

    const fn words(self) -> usize {
        match self {
            Self::Latest | Self::Before | Self::After | Self::Around | Self::Targets => 3,
            Self::Between => 4,
        }
    }
}

/// Why a command means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    code: FailCode,
    /// The subcommand, and what is wrong.
    about: Vec<String>,
    text: &'static str,
}

impl Fault {
    fn new(code: FailCode, about: &[&str], text: &'static str) -> Self {
        let about = about.iter().map(|said| word(said).to_owned()).collect();
        Self { code, about, text }
    }

    fn params(about: &[&str], text: &'static str) -> Self {
        Self::new(FailCode::InvalidParams, about, text)
    }
}

/// What the parameters of a command mean.
pub(super) fn hear(params: &[&str], caps: Caps) -> Item {
    let past = if caps.has_playback() {
        Past::Everything
    } else {
        Past::Words
    };
    match read(params, past) {
        Ok((command, about)) => (Heard::Command(command), Asked::History { about }),
        Err(fault) => by_itself(Own::NoHistory(fault)),
    }
}

/// The command, and what an error about it names.
fn read(params: &[&str], past: Past) -> Result<(Command, Vec<String>), Fault> {
    let (name, words) = params
        .split_first()
        .ok_or_else(|| Fault::params(&["*"], "Insufficient parameters"))?;
    let mut known = Subcommand::ALL.into_iter();
    let subcommand = known
        .find(|known| known.name().eq_ignore_ascii_case(name))
        .ok_or_else(|| Fault::params(&[name], "Unknown command"))?;
    let name = subcommand.name();
    if words.len() < subcommand.words() {
        return Err(Fault::params(&[name], "Insufficient parameters"));
    }
    if words.len() > subcommand.words() {
        return Err(Fault::params(&[name], "Too many parameters"));
    }
    let count = count(name, words[words.len() - 1])?;
    if subcommand == Subcommand::Targets {
        let from = moment(name, words[0])?;
        let to = moment(name, words[1])?;
        let command = Command::Conversations { from, to, count };
        return Ok((command, vec![name.to_owned()]));
    }
    let target = words[0];
    let span = span(subcommand, target, &words[1..])?;
    let about = vec![name.to_owned(), word(target).to_owned()];
    let command = if let Some(room) = room::read(target) {
        Command::History {
            room: Where::Room(room),
            past,
            span,
            count,
        }
    } else {
        let with = UserName::called(target)
            .map_err(|_| Fault::new(FailCode::InvalidTarget, &[name, target], NOT_RETRIEVED))?;
        Command::Dialogue {
            with,
            past,
            span,
            count,
        }
    };
    Ok((command, about))
}

fn span(subcommand: Subcommand, target: &str, words: &[&str]) -> Result<Span, Fault> {
    let mark = |at: usize| mark(subcommand.name(), target, words[at]);
    Ok(match subcommand {
        Subcommand::Latest if words[0] == "*" => Span::Latest,
        Subcommand::Latest | Subcommand::Targets => Span::Since { mark: mark(0)? },
        Subcommand::Before => Span::Before { mark: mark(0)? },
        Subcommand::After => Span::After { mark: mark(0)? },
        Subcommand::Around => Span::Around { mark: mark(0)? },
        Subcommand::Between => Span::Between {
            from: mark(0)?,
            to: mark(1)?,
        },
    })
}

/// More than [`MOST`] are as many as that.
fn count(subcommand: &str, digits: &str) -> Result<u16, Fault> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.parse().unwrap_or(MOST).min(MOST);
    if is_number && count > 0 {
        Ok(count)
    } else {
        Err(Fault::params(&[subcommand, digits], "Invalid limit"))
    }
}

fn mark(subcommand: &str, target: &str, said: &str) -> Result<Mark, Fault> {
    match said.split_once('=') {
        Some(("msgid", id)) => match id.parse() {
            Ok(position) => Ok(Mark::Position { position }),
            Err(_) => Err(Fault::params(&[subcommand, said], "Invalid msgid")),
        },
        Some(("timestamp", _)) => {
            let at = moment(subcommand, said)?;
            Ok(Mark::Time { at })
        }
        Some(_) => Err(Fault::new(
            FailCode::InvalidReference,
            &[subcommand, target, said],
            "Messages are found by msgid and timestamp",
        )),
        None => Err(Fault::params(
            &[subcommand, said],
            "A msgid or timestamp is missing",
        )),
    }
}

fn moment(subcommand: &str, said: &str) -> Result<Timestamp, Fault> {
    said.strip_prefix("timestamp=")
        .and_then(server_time)
        .ok_or_else(|| Fault::params(&[subcommand, said], "Invalid timestamp"))
}

/// A time as the server tells it, with milliseconds; none before 1970.
pub(super) fn server_time(told: &str) -> Option<Timestamp> {
    let shape: String = told
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    if shape != "0000-00-00T00:00:00.000Z" {
        return None;
    }
    let number = |from: usize, to: usize| told[from..to].parse::<u16>().ok();
    let small = |from: usize| u8::try_from(number(from, from + 2)?).ok();
    let month = Month::try_from(small(5)?).ok()?;
    let date = Date::from_calendar_date(number(0, 4)?.into(), month, small(8)?).ok()?;
    let time = Time::from_hms_milli(small(11)?, small(14)?, small(17)?, number(20, 23)?).ok()?;
    let at = PrimitiveDateTime::new(date, time).assume_utc();
    let ms = at.unix_timestamp_nanos() / 1_000_000;
    u64::try_from(ms).ok().map(Timestamp)
}

/// Writes why a command means nothing.
pub(super) fn fault(voice: Voice<'_>, caps: Caps, fault: &Fault, out: &mut BytesMut) {
    fail(voice, caps, fault.code, &fault.about, fault.text, out);
}

/// Writes why nothing is told.
pub(super) fn refusal(
    voice: Voice<'_>,
    caps: Caps,
    about: &[String],
    refusal: &Refusal,
    out: &mut BytesMut,
) {
    let is_target = matches!(
        refusal,
        Refusal::NoSuchRoom { .. } | Refusal::NoSuchUser { .. }
    );
    let code = if is_target {
        FailCode::InvalidTarget
    } else {
        FailCode::MessageError
    };
    fail(voice, caps, code, about, NOT_RETRIEVED, out);
}

/// Who has agreed on the extension understands its errors.
fn fail(
    voice: Voice<'_>,
    caps: Caps,
    code: FailCode,
    about: &[String],
    text: &str,
    out: &mut BytesMut,
) {
    if caps.has(Cap::StandardReplies) || caps.has(Cap::ChatHistory) {
        voice.fail_about(COMMAND, code, about, text, out);
    } else {
        let text = format!("{COMMAND} {}: {text}", about.join(" "));
        voice.note(&text, out);
    }
}

/// The conversation as the question spelled it, by which the client knows the answer.
pub(super) fn target(asked: &Asked, spelled: impl FnOnce() -> String) -> String {
    match asked {
        Asked::History { about } => about.get(1).cloned().unwrap_or_else(spelled),
        _ => spelled(),
    }
}

/// Whether a history is told that has nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// It was asked for.
    Told,
    /// It was not.
    Untold,
}

/// What was said before, in a batch where that is understood: clients then know it for old.
/// <https://ircv3.net/specs/batches/chathistory>
pub(super) fn messages(
    talk: &Talk,
    target: &str,
    messages: &[Arc<Event>],
    empty: Empty,
    out: &mut BytesMut,
) {
    let (caps, voice) = (talk.enabled(), talk.voice());
    if messages.is_empty() && empty == Empty::Untold {
        return;
    }
    if !caps.has(Cap::Batch) {
        return messages
            .iter()
            .for_each(|past| events::kept(caps, past, out));
    }
    let mut lines = BytesMut::new();
    for message in messages {
        events::past(caps, message, &mut lines);
    }
    batch(voice, &["chathistory", target], &lines, out);
}

/// What was said in private with somebody.
pub(super) fn dialogue(
    talk: &Talk,
    asked: &Asked,
    with: &UserName,
    said: &[Arc<Event>],
    out: &mut BytesMut,
) {
    let target = target(asked, || with.to_string());
    messages(talk, &target, said, Empty::Told, out);
}

/// Conversations, each with the time of its last message.
pub(super) fn targets(talk: &Talk, latest: &[(Conversation, Timestamp)], out: &mut BytesMut) {
    let (caps, voice) = (talk.enabled(), talk.voice());
    let mut lines = BytesMut::new();
    for (conversation, at) in latest {
        let target = room::target(conversation);
        let params = ["TARGETS", &target, &events::server_time(*at)];
        voice.tell(COMMAND, &params, &mut lines);
    }
    if caps.has(Cap::Batch) {
        batch(voice, &["draft/chathistory-targets"], &lines, out);
    } else {
        out.extend_from_slice(&lines);
    }
}

/// The name of the batch; it is over before another one can begin.
const BATCH: &str = "history";

fn batch(voice: Voice<'_>, kind: &[&str], lines: &[u8], out: &mut BytesMut) {
    let begin = format!("+{BATCH}");
    voice.tell("BATCH", &[&[begin.as_str()], kind].concat(), out);
    labels::in_batch(BATCH, lines, out);
    voice.tell("BATCH", &[&format!("-{BATCH}")], out);
}
