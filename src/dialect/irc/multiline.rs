//! Messages of several lines: how they are heard line by line, and told as a batch.
//!
//! <https://ircv3.net/specs/extensions/multiline>. What is heard so is one message, with line ends in
//! its text; who does not know of such messages is told its lines one by one.

use bytes::BytesMut;

use super::asked::{Item, Own, by_itself, told, unanswered};
use super::caps::{Cap, Caps};
use super::grammar::{Message, Tag};
use super::hear;
use super::labels;
use super::line::word;
use super::me::Me;
use super::reply::{FailCode, Reply};
use crate::chat::event::Manner;
use crate::chat::{Extras, Text};

/// Bytes of such a message, its line ends included.
pub(super) const MOST_BYTES: usize = 4096;

/// Lines of such a message, also those that go on with the one before.
pub(super) const MOST_LINES: usize = 32;

/// What `CAP LS 302` tells of both.
pub(super) const LIMITS: &str = "max-bytes=4096,max-lines=32";

/// The type of such a batch.
const KIND: &str = "draft/multiline";

/// The tag of a line that goes on with the one before.
const CONCAT: &str = "draft/multiline-concat";

/// What somebody is in the middle of saying.
#[derive(Debug, Default)]
pub(super) enum Batch {
    /// Nothing.
    #[default]
    None,
    /// A message, of which these lines came.
    Open(Box<Open>),
    /// One that cannot be: the rest of it is skipped.
    Failed {
        /// By which name it would end.
        reference: String,
    },
}

/// The beginning of a message.
#[derive(Debug)]
pub(super) struct Open {
    reference: String,
    label: Option<String>,
    target: String,
    extras: Extras,
    manner: Option<Manner>,
    text: String,
    lines: usize,
}

/// What a line has to do with it.
#[derive(Debug)]
pub(super) enum Turn {
    /// Nothing.
    Other,
    /// It belongs to a message that is not at its end, or to none at all.
    Taken,
    /// This is to be asked, and the line is no part of it.
    Aborted(Vec<Item>),
    /// This is to be asked.
    Asked(Vec<Item>),
}

/// Why a message cannot be.
struct Fault {
    code: FailCode,
    about: Vec<String>,
    text: &'static str,
}

impl Fault {
    fn invalid(text: &'static str) -> Self {
        Self {
            code: FailCode::MultilineInvalid,
            about: Vec::new(),
            text,
        }
    }

    fn too_many(code: FailCode, most: usize) -> Self {
        Self {
            code,
            about: vec![most.to_string()],
            text: "That is too much for one message",
        }
    }
}

impl Batch {
    /// Hears a line of who is in.
    pub(super) fn hear(&mut self, message: &Message<'_>, me: &Me, caps: Caps) -> Turn {
        if !caps.has(Cap::Multiline) {
            return Turn::Other;
        }
        if message.is("BATCH") {
            return self.turns(message, me, caps);
        }
        let named = message.tag("batch");
        match (std::mem::take(self), named) {
            (Self::None, None) => Turn::Other,
            (Self::None, Some(_)) => {
                let fault = Fault::invalid("No such batch is open");
                Turn::Asked(vec![failed(fault)])
            }
            (Self::Failed { reference }, Some(named)) if named == reference => {
                *self = Self::Failed { reference };
                Turn::Taken
            }
            (Self::Failed { .. }, _) => Turn::Other,
            (Self::Open(mut open), Some(named)) => {
                let taken = open.take(named, message);
                self.goes_on(open, taken)
            }
            (Self::Open(open), None) if may_come_between(message) => {
                *self = Self::Open(open);
                Turn::Other
            }
            (Self::Open(open), None) => {
                let fault = Fault::invalid("Something else was said before its end");
                Turn::Aborted(open.labelled(vec![failed(fault)]))
            }
        }
    }

    fn goes_on(&mut self, open: Box<Open>, taken: Result<(), Fault>) -> Turn {
        match taken {
            Ok(()) => {
                *self = Self::Open(open);
                Turn::Taken
            }
            Err(fault) => {
                let reference = open.reference.clone();
                *self = Self::Failed { reference };
                Turn::Asked(open.labelled(vec![failed(fault)]))
            }
        }
    }

    /// `BATCH` itself: `+<reference> <type> <target>` or `-<reference>`.
    fn turns(&mut self, message: &Message<'_>, me: &Me, caps: Caps) -> Turn {
        let first = message.param(0).unwrap_or_default();
        match (std::mem::take(self), first.split_at_checked(1)) {
            (Self::None | Self::Failed { .. }, Some(("+", reference))) => {
                self.begins(reference, message, me, caps)
            }
            (Self::Failed { reference }, Some(("-", ended))) if ended == reference => Turn::Taken,
            (Self::Open(open), Some(("-", ended))) if ended == open.reference => {
                Turn::Asked(open.ends(me))
            }
            (Self::Open(open), _) => {
                let fault = Fault::invalid("Another one is open");
                self.goes_on(open, Err(fault))
            }
            (Self::None | Self::Failed { .. }, _) => {
                let fault = Fault::invalid("No such batch is open");
                Turn::Asked(vec![failed(fault)])
            }
        }
    }

    fn begins(&mut self, reference: &str, message: &Message<'_>, me: &Me, caps: Caps) -> Turn {
        let target = message.param(2).unwrap_or_default();
        if message.param(1) != Some(KIND) || target.is_empty() || reference.is_empty() {
            let reference = reference.to_owned();
            *self = Self::Failed { reference };
            let fault = Fault::invalid("A batch is of the type draft/multiline, for one target");
            return Turn::Asked(vec![failed(fault)]);
        }
        *self = Self::Open(Box::new(Open {
            reference: reference.to_owned(),
            label: labels::of(message, caps).map(str::to_owned),
            target: target.to_owned(),
            extras: hear::extras(message, caps, me),
            manner: None,
            text: String::new(),
            lines: 0,
        }));
        Turn::Taken
    }
}

/// Who says something for long is asked whether it is there, and may leave.
const fn may_come_between(message: &Message<'_>) -> bool {
    message.is("PING") || message.is("PONG") || message.is("QUIT")
}

fn failed(fault: Fault) -> Item {
    let Fault { code, about, text } = fault;
    let reply = Reply::FailOf {
        command: "BATCH",
        code,
        about,
        text,
    };
    told(vec![reply])
}

impl Open {
    /// Takes one line more.
    fn take(&mut self, named: &str, message: &Message<'_>) -> Result<(), Fault> {
        let manner = match (message.is("PRIVMSG"), message.is("NOTICE")) {
            (true, _) => Manner::Message,
            (_, true) => Manner::Notice,
            (false, false) => return Err(Fault::invalid("It holds messages only")),
        };
        if named != self.reference || self.manner.is_some_and(|other| other != manner) {
            return Err(Fault::invalid("That is a part of something else"));
        }
        let target = message.param(0).unwrap_or_default();
        if !target.eq_ignore_ascii_case(&self.target) {
            return Err(Fault {
                code: FailCode::MultilineInvalidTarget,
                about: vec![word(&self.target).to_owned(), word(target).to_owned()],
                text: "One message has one target",
            });
        }
        self.manner = Some(manner);
        let line = message.param(1).unwrap_or_default();
        self.add(line, message.tag(CONCAT).is_some())
    }

    fn add(&mut self, line: &str, goes_on: bool) -> Result<(), Fault> {
        if goes_on && line.is_empty() {
            return Err(Fault::invalid("Nothing goes on with nothing"));
        }
        match (self.lines, goes_on) {
            (0, _) => {}
            (_, true) => self
                .extras
                .seams
                .extend(u16::try_from(self.text.len()).ok()),
            (_, false) => self.text.push('\n'),
        }
        self.lines += 1;
        self.text.push_str(line);
        if self.lines > MOST_LINES {
            return Err(Fault::too_many(FailCode::MultilineMaxLines, MOST_LINES));
        }
        if self.text.len() > MOST_BYTES {
            return Err(Fault::too_many(FailCode::MultilineMaxBytes, MOST_BYTES));
        }
        Ok(())
    }

    fn ends(self, me: &Me) -> Vec<Item> {
        let (Some(manner), Ok(text)) = (self.manner, Text::with_lines(&self.text)) else {
            let fault = Fault::invalid("There is nothing to see in it");
            return self.labelled(vec![failed(fault)]);
        };
        let how = (manner, self.extras.clone());
        let item = vec![hear::say_to(&how, &self.target, &text, me)];
        let items = match manner {
            Manner::Message => item,
            Manner::Notice => unanswered(item),
        };
        self.labelled(items)
    }

    /// What is answered to its end carries the label of its beginning.
    fn labelled(self, items: Vec<Item>) -> Vec<Item> {
        let ends = self.label.is_some().then_some(by_itself(Own::LabelEnds));
        let begins = self
            .label
            .map(|label| by_itself(Own::LabelBegins { label }));
        begins.into_iter().chain(items).chain(ends).collect()
    }
}

/// The name of the batch; it is over before another one can begin.
const NAME: &str = "multiline";

/// Bytes of tags of clients that every line of a message carries where it is told line by line; of
/// more the first one does alone.
const REPEATED_TAG_BYTES: usize = 512;

/// One line of a message as it is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// What stands in it.
    pub(super) text: &'a str,
    /// Whether it goes on with the one before.
    pub(super) seam: Seam,
}

/// How a line of a message follows on the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seam {
    /// It is another line.
    LineEnd,
    /// It is the same one.
    None,
}

/// The parts of a text of which each fits into `room` bytes: its lines, cut where they were cut by
/// who said it, and behind a space or a character where that is too long. Together they are all of it.
pub(super) fn parts<'a>(text: &'a str, seams: &[u16], room: usize) -> Vec<Part<'a>> {
    let (mut parts, mut at) = (Vec::new(), 0);
    for line in text.split('\n') {
        let end = at + line.len();
        let inside = |seam: &&u16| (at + 1..end).contains(&usize::from(**seam));
        let cuts = seams.iter().filter(inside).map(|seam| usize::from(*seam));
        let cuts = cuts.filter(|cut| text.is_char_boundary(*cut)).chain([end]);
        let (mut from, mut seam) = (at, Seam::LineEnd);
        for to in cuts.filter(|_| !line.is_empty()) {
            while from < to {
                let next = from + fitting(&text[from..to], room);
                let text = &text[from..next];
                parts.push(Part { text, seam });
                (from, seam) = (next, Seam::None);
            }
        }
        if line.is_empty() {
            parts.push(Part { text: line, seam });
        }
        at = end + 1;
    }
    parts
}

/// Bytes of the first part of it.
fn fitting(text: &str, room: usize) -> usize {
    if text.len() <= room {
        return text.len();
    }
    let end = text.floor_char_boundary(room);
    text[..end].rfind(' ').map_or(end, |space| space + 1)
}

/// Whether who has these capabilities is told a message of several lines as one.
pub(super) const fn is_understood(caps: Caps) -> bool {
    caps.has(Cap::Multiline) && caps.has(Cap::Batch)
}

/// Writes several lines as one message. `line` writes a line with these tags, `edge` the beginning
/// and the end of the batch.
pub(super) fn spell(
    parts: &[Part<'_>],
    tags: &[Tag<'_>],
    target: &str,
    line: impl Fn(&[Tag<'_>], &str, &mut BytesMut),
    edge: impl Fn(&[Tag<'_>], &[&str], &mut BytesMut),
    out: &mut BytesMut,
) {
    edge(tags, &[&format!("+{NAME}"), KIND, target], out);
    let tag = |key, value: &'static str| Tag {
        key,
        value: value.into(),
    };
    for part in parts {
        let mut tags = vec![tag("batch", NAME)];
        tags.extend((part.seam == Seam::None).then(|| tag(CONCAT, "")));
        line(&tags, part.text, out);
    }
    edge(&[], &[&format!("-{NAME}")], out);
}

/// Whether such a message begins and ends with these lines.
pub(super) fn is_whole(first: &[u8], last: &[u8]) -> bool {
    let begins = format!(" BATCH +{NAME} {KIND} ");
    let ends = format!(" BATCH -{NAME}\r\n");
    let is_begun = first
        .windows(begins.len())
        .any(|part| part == begins.as_bytes());
    is_begun && last.ends_with(ends.as_bytes())
}

/// The tags of the lines behind the first one, where a message is told line by line.
pub(super) fn repeated(tags: &mut Vec<Tag<'_>>) {
    tags.retain(|tag| tag.key != "msgid");
    let of_clients = tags.iter().filter(|tag| tag.key.starts_with('+'));
    let bytes: usize = of_clients.map(|tag| tag.key.len() + tag.value.len()).sum();
    if bytes > REPEATED_TAG_BYTES {
        tags.retain(|tag| !tag.key.starts_with('+'));
    }
}
