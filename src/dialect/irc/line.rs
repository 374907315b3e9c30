//! The writer of lines: whatever it is given, one whole line leaves, and never two.
//!
//! <https://modern.ircdocs.horse/#message-format>. The texts of people are cut by
//! `split` before they come here.

use bytes::{BufMut as _, BytesMut};

use super::grammar::{LINE_BYTES, Tag, escape};
use super::split;
use crate::chat::limits::ECHO_BYTES;

/// The one host of everybody: where people connect from is nobody's business.
pub use crate::chat::mask::HOST as CLOAK;

/// Commands of which the last parameter has a colon also where it needs none.
const WITH_COLON: [&str; 6] = ["CAP", "ERROR", "PRIVMSG", "NOTICE", "TOPIC", "QUIT"];

/// Whether a colon stands in front of the last parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colon {
    Always,
    /// Where it could be taken for something else without one.
    WhereNeeded,
}

/// Whose words a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// Not said; the peer takes it as the server's.
    Unsaid,
    /// The server's.
    Server {
        /// Its name.
        name: &'a str,
    },
    /// A person's, spelled `nick!user@conclave`.
    Person {
        /// As whom others see them.
        nick: &'a str,
        /// Who they are: the account, or a guest's id.
        user: &'a str,
    },
}

/// A line to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// In this order; those that the server vouches for come first. Values are plain, not escaped.
    pub tags: &'a [Tag<'a>],
    /// Who said it.
    pub source: Source<'a>,
    /// Letters, or the three digits of a numeric.
    pub command: &'a str,
    /// All but the last are words: not empty, without a space, without a colon in front.
    pub params: &'a [&'a str],
}

impl Line<'_> {
    /// Writes it, with CR LF.
    ///
    /// A NUL, CR or LF in a parameter is left out. A parameter that should be a word and cannot be
    /// one is told as `*`. A last parameter that is too long ends at a character. The other parts
    /// fit into the line: names are short, and a person's words are told as [`word`] shortens them.
    pub fn spell(&self, out: &mut BytesMut) {
        self.spell_tags(out);
        let start = out.len();
        self.spell_source(out);
        out.put_slice(self.command.as_bytes());
        if let Some((last, words)) = self.params.split_last() {
            for word in words {
                out.put_u8(b' ');
                out.put_slice(spellable(word).as_bytes());
            }
            spell_last(last, self.colon(), start, out);
        }
        debug_assert!(out.len() - start <= LINE_BYTES - 2, "words are short");
        // Also a line that is a mistake of ours is no two lines, and no longer than the peer reads.
        out.truncate(out.len().min(start + LINE_BYTES - 2));
        out.put_slice(b"\r\n");
    }

    /// Writes a text in place of its last parameter, in as many lines as it needs.
    pub fn spell_text(&self, text: &str, out: &mut BytesMut) {
        for piece in split::pieces(text, self.overhead()) {
            let mut params = self.params.to_vec();
            params.pop();
            params.push(&piece);
            let params = &params;
            Line { params, ..*self }.spell(out);
        }
    }

    /// Bytes of it without tags, with CR LF, beside the text that the last parameter will be: what
    /// `split::pieces` needs to know. The last parameter here does not count.
    #[must_use]
    pub fn overhead(&self) -> usize {
        let mut out = BytesMut::new();
        self.spell_source(&mut out);
        let words = self.params.split_last().map_or(&[][..], |(_, words)| words);
        let words: usize = words.iter().map(|word| 1 + spellable(word).len()).sum();
        out.len() + self.command.len() + words + " :\r\n".len()
    }

    /// Programs that read no more than they need look for one in front of what is said.
    fn colon(&self) -> Colon {
        if WITH_COLON.contains(&self.command) {
            Colon::Always
        } else {
            Colon::WhereNeeded
        }
    }

    fn spell_tags(&self, out: &mut BytesMut) {
        let mut mark = b'@';
        for tag in self.tags {
            out.put_u8(mark);
            out.put_slice(tag.key.as_bytes());
            if !tag.value.is_empty() {
                out.put_u8(b'=');
                escape(&tag.value, out);
            }
            mark = b';';
        }
        if !self.tags.is_empty() {
            out.put_u8(b' ');
        }
    }

    fn spell_source(&self, out: &mut BytesMut) {
        match self.source {
            Source::Unsaid => {}
            Source::Server { name } => put_all(out, &[":", spellable(name), " "]),
            Source::Person { nick, user } => {
                let (nick, user) = (spellable(nick), spellable(user));
                put_all(out, &[":", nick, "!", user, "@", CLOAK, " "]);
            }
        }
    }
}

/// A person's word as an answer may repeat it: at most [`ECHO_BYTES`], ending at a character, and
/// `*` where it cannot be a parameter in the middle of a line.
#[must_use]
pub fn word(said: &str) -> &str {
    spellable(&said[..said.floor_char_boundary(ECHO_BYTES)])
}

/// The word, or `*` for what is none.
fn spellable(word: &str) -> &str {
    let breaks = |byte: u8| matches!(byte, b' ' | b'\0' | b'\r' | b'\n');
    if word.is_empty() || word.starts_with(':') || word.bytes().any(breaks) {
        "*"
    } else {
        word
    }
}

fn spell_last(last: &str, colon: Colon, start: usize, out: &mut BytesMut) {
    let kept = last.chars().filter(|c| !matches!(c, '\0' | '\r' | '\n'));
    let is_needed = || last.contains(' ') || matches!(kept.clone().next(), None | Some(':'));
    let has_one = colon == Colon::Always || is_needed();
    out.put_slice(if has_one { " :" } else { " " }.as_bytes());
    let mut left = (start + LINE_BYTES - 2).saturating_sub(out.len());
    for c in kept {
        if c.len_utf8() > left {
            break;
        }
        left -= c.len_utf8();
        out.put_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

fn put_all(out: &mut BytesMut, parts: &[&str]) {
    for part in parts {
        out.put_slice(part.as_bytes());
    }
}
