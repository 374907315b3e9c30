//! One line of a client to a message: tags, command, parameters.
//!
//! Grammar and bounds: <https://modern.ircdocs.horse/#message-format> and
//! <https://ircv3.net/specs/extensions/message-tags#format>.

use std::borrow::Cow;

/// Bytes of a line without its tags, with the CR LF that ends it.
pub const LINE_BYTES: usize = 512;

/// Bytes of tags that one side may put on a line, between `@` and the space.
pub const TAG_BYTES: usize = 4094;

/// Parameters of one line; the last one takes whatever is left.
pub const PARAMETERS: usize = 15;

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<'a> {
    /// A message.
    Message(Message<'a>),
    /// Nothing but spaces, tags or a source; nothing is answered.
    Nothing,
    /// More than [`LINE_BYTES`] without tags, or more than [`TAG_BYTES`] of tags.
    TooLong,
    /// Not UTF-8.
    NotUtf8,
    /// It holds NUL, CR or LF, which no parameter can hold.
    Forbidden,
    /// Where the command should be stands a word that is neither letters nor three digits.
    NoCommand {
        /// The word as it was sent.
        word: &'a str,
    },
}

/// A message of a client. The source that it may have named is not its own to choose, and gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// Each key once, with its last value.
    pub tags: Vec<Tag<'a>>,
    /// Letters, with underscores where somebody made one up, or three digits, as they were sent; see [`Message::is`].
    pub command: &'a str,
    /// At most [`PARAMETERS`], without NUL, CR and LF; all but the last without spaces.
    pub params: Vec<&'a str>,
}

/// A tag: a key, and a value that is empty where none was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The key; with `+` in front it is for other clients alone.
    pub key: &'a str,
    /// The value, unescaped; it may hold every character but NUL.
    pub value: Cow<'a, str>,
}

impl<'a> Message<'a> {
    /// Whether it is this command, in whatever case.
    #[must_use]
    pub const fn is(&self, command: &str) -> bool {
        self.command.eq_ignore_ascii_case(command)
    }

    /// The parameter at this place, counted from 0.
    #[must_use]
    pub fn param(&self, at: usize) -> Option<&'a str> {
        self.params.get(at).copied()
    }

    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        let tag = self.tags.iter().find(|tag| tag.key == key)?;
        Some(&tag.value)
    }

    /// The tags that are passed on to other clients as they are.
    pub fn client_only(&self) -> impl Iterator<Item = &Tag<'a>> {
        self.tags.iter().filter(|tag| tag.key.starts_with('+'))
    }
}

/// Reads a line without its end.
#[must_use]
pub fn read(line: &[u8]) -> Read<'_> {
    let (tags, rest) = halves(line);
    if tags.len() > TAG_BYTES || rest.len() > LINE_BYTES - 2 {
        return Read::TooLong;
    }
    if line
        .iter()
        .any(|byte| matches!(byte, b'\0' | b'\r' | b'\n'))
    {
        return Read::Forbidden;
    }
    match (str::from_utf8(tags), str::from_utf8(rest)) {
        (Ok(tags), Ok(rest)) => message(tags, rest),
        (Err(_), _) | (_, Err(_)) => Read::NotUtf8,
    }
}

/// The tags without `@`, and what follows the space behind them.
fn halves(line: &[u8]) -> (&[u8], &[u8]) {
    let Some(tagged) = line.strip_prefix(b"@") else {
        return (b"", line);
    };
    let end = tagged.iter().position(|byte| *byte == b' ');
    end.map_or((tagged, b""), |end| (&tagged[..end], &tagged[end + 1..]))
}

fn message<'a>(tags: &'a str, rest: &'a str) -> Read<'a> {
    let rest = rest.trim_start_matches(' ');
    let rest = if rest.starts_with(':') {
        word(rest).1
    } else {
        rest
    };
    let (command, rest) = word(rest);
    if command.is_empty() {
        Read::Nothing
    } else if is_command(command) {
        Read::Message(Message {
            tags: all_tags(tags),
            command,
            params: parameters(rest),
        })
    } else {
        Read::NoCommand { word: command }
    }
}

fn is_command(word: &str) -> bool {
    let digits = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    digits || word.bytes().all(letter)
}

/// The first word, and what follows without the spaces between.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    (word, rest.trim_start_matches(' '))
}

fn parameters(mut rest: &str) -> Vec<&str> {
    let mut params = Vec::new();
    while !rest.is_empty() {
        let trailing = rest.strip_prefix(':');
        if trailing.is_some() || params.len() == PARAMETERS - 1 {
            params.push(trailing.unwrap_or(rest));
            break;
        }
        let (param, next) = word(rest);
        params.push(param);
        rest = next;
    }
    params
}

/// Tags as they are spelled, without `@`.
pub(super) fn all_tags(text: &str) -> Vec<Tag<'_>> {
    let mut tags: Vec<Tag<'_>> = Vec::new();
    for text in text.split(';').filter(|text| !text.is_empty()) {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        let value = unescaped(value);
        match tags.iter_mut().find(|tag| tag.key == key) {
            Some(earlier) => earlier.value = value,
            None => tags.push(Tag { key, value }),
        }
    }
    tags
}

/// <https://ircv3.net/specs/extensions/message-tags#escaping-values>
fn unescaped(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(next) = chars.next() {
        if next != '\\' {
            plain.push(next);
            continue;
        }
        match chars.next() {
            Some(':') => plain.push(';'),
            Some('s') => plain.push(' '),
            Some('r') => plain.push('\r'),
            Some('n') => plain.push('\n'),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    Cow::Owned(plain)
}

/// A value as it stands in a tag: the other way round.
pub(super) fn escape(value: &str, out: &mut bytes::BytesMut) {
    for c in value.chars() {
        match c {
            ';' => out.extend_from_slice(b"\\:"),
            ' ' => out.extend_from_slice(b"\\s"),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\0' => {}
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}
