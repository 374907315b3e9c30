//! What goes with something that is said beside its words: for programs, not to be read.

use std::borrow::Cow;
use std::fmt;

use super::limits::CLIENT_TAGS_BYTES;

/// What goes with a message beside its words; mostly nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// What the sender's program tells those of the others.
    pub tags: ClientTags,
    /// Who speaks.
    pub speaker: Speaker,
    /// Bytes of the words behind which the sender's program cut them, inside of a line; for programs
    /// that cut them too.
    pub seams: Vec<u16>,
}

impl Extras {
    /// Whether there is nothing but the words.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.tags.is_empty() && self.speaker == Speaker::Person && self.seams.is_empty()
    }
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_plain() {
            return f.write_str("Plain");
        }
        f.debug_struct("Extras")
            .field("tags", &self.tags)
            .field("speaker", &self.speaker)
            .field("seams", &self.seams)
            .finish()
    }
}

/// Who speaks, by their own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speaker {
    /// A person, as far as is known.
    #[default]
    Person,
    /// A program: <https://ircv3.net/specs/extensions/bot-mode>.
    Bot,
}

/// Tags of a client for other clients, at most [`CLIENT_TAGS_BYTES`], spelled and escaped as they
/// stand in a line: <https://ircv3.net/specs/extensions/message-tags>.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ClientTags(Cow<'static, str>);

impl ClientTags {
    /// Takes tags as they are spelled in a line, between semicolons. What is none of a client, and
    /// what does not fit any more, is left out.
    #[must_use]
    pub fn new(spelled: &str) -> Self {
        let mut kept = String::new();
        for tag in spelled.split(';').filter(|tag| is_of_a_client(tag)) {
            let seam = usize::from(!kept.is_empty());
            if kept.len() + seam + tag.len() > CLIENT_TAGS_BYTES {
                break;
            }
            kept.push_str(&";"[..seam]);
            kept.push_str(tag);
        }
        Self(Cow::Owned(kept))
    }

    /// The tags as they are spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For how long they mean something where no words come with them.
    #[must_use]
    pub fn lifetime(&self) -> Lifetime {
        let mut keys = self.0.split(';').map(|tag| tag.split('=').next());
        if keys.all(|key| key.is_some_and(|key| TYPING.contains(&key))) {
            Lifetime::Passing
        } else {
            Lifetime::Lasting
        }
    }
}

impl fmt::Debug for ClientTags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What says that somebody types: <https://ircv3.net/specs/client-tags/typing>.
const TYPING: [&str; 2] = ["+typing", "+draft/typing"];

/// For how long tags without words mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// For this moment, and never again: somebody types.
    Passing,
    /// Also later.
    Lasting,
}

/// `+`, perhaps a vendor and a slash, a key, and perhaps a value in which nothing ends a line.
fn is_of_a_client(tag: &str) -> bool {
    let (key, value) = tag.split_once('=').unwrap_or((tag, ""));
    let Some(key) = key.strip_prefix('+') else {
        return false;
    };
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_vendor = |c: char| is_key(c) || c == '.';
    let (vendor, name) = key.rsplit_once('/').unwrap_or(("v", key));
    let is_named = !name.is_empty() && name.chars().all(is_key);
    let is_vended = !vendor.is_empty() && vendor.chars().all(is_vendor);
    is_named && is_vended && !value.contains(['\0', '\r', '\n', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_tag_of_a_client_is_kept() {
        for (spelled, kept) in [
            ("", ""),
            ("+typing=active", "+typing=active"),
            ("+draft/reply=7-3;+a", "+draft/reply=7-3;+a"),
            ("time=now;+a=b;label=1", "+a=b"),
            (
                "+a=b\\sc\\:;+example.com/x-y=",
                "+a=b\\sc\\:;+example.com/x-y=",
            ),
            ("+;+/x;+x/;+a b=c;+a=b c;+a=b\rc;+\u{e9}", ""),
            ("+x=\u{1f600}", "+x=\u{1f600}"),
        ] {
            assert_eq!(ClientTags::new(spelled).as_str(), kept, "{spelled:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out_whole() {
        let long = format!("+a={}", "x".repeat(CLIENT_TAGS_BYTES - 3));
        assert_eq!(ClientTags::new(&long).as_str(), long);
        assert_eq!(ClientTags::new(&format!("+b;{long}")).as_str(), "+b");
        assert!(ClientTags::new(&format!("{long}x")).is_empty());
    }

    #[test]
    fn that_somebody_types_means_nothing_later() {
        for (spelled, lifetime) in [
            ("+typing=active", Lifetime::Passing),
            ("+typing;+draft/typing=done", Lifetime::Passing),
            ("+draft/react=x", Lifetime::Lasting),
            ("+typing=done;+draft/reply=7-3", Lifetime::Lasting),
            ("+typings", Lifetime::Lasting),
        ] {
            assert_eq!(ClientTags::new(spelled).lifetime(), lifetime, "{spelled}");
        }
    }

    #[test]
    fn nothing_beside_the_words_is_plain() {
        assert!(Extras::default().is_plain());
        assert_eq!(format!("{:?}", Extras::default()), "Plain");
        let speaker = Speaker::Bot;
        let bot = Extras {
            speaker,
            ..Extras::default()
        };
        assert!(!bot.is_plain());
    }
}
