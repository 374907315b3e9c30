//! What people say to each other, spelled once for all who hear it with the same capabilities.

use bytes::BytesMut;

use super::caps::{Cap, Caps};
use super::events::{Head, ID, YOU, person, tag};
use super::grammar::{LINE_BYTES, Tag, all_tags};
use super::line::Line;
use super::multiline;
use super::room;
use super::split;
use crate::chat::event::{Hearing, Manner, Timestamp};
use crate::chat::extras::Speaker;
use crate::chat::{Deed, Event, Extras, Position, Text, UserName};

/// The tag of a post, which no room and no message to somebody is.
const POST_TAG: &str = "conclave/post";

/// Spells what somebody said.
pub(super) fn said(caps: Caps, event: &Event, hearing: Hearing, out: &mut BytesMut) {
    if let Deed::RoomMessage {
        room,
        sender,
        text,
        manner,
        extras,
        ..
    } = &event.deed
    {
        let said = (&*room::spelled(room), text.as_str());
        let said = Message::of(event, sender, (*manner, extras), said);
        in_room(caps, said, hearing, out);
    } else if let Deed::Whisper {
        to,
        sender,
        text,
        manner,
        extras,
        ..
    } = &event.deed
    {
        let said = (to.as_str(), text.as_str());
        let said = Message::of(event, sender, (*manner, extras), said);
        message(caps, &said, out);
    } else if let Deed::Tagged { to, sender, extras } = &event.deed {
        let (at, target) = ((event.position, event.at), room::target(to));
        tagged(caps, sender, at, &target, extras, out);
    } else if let Deed::Post { sender, text, .. } = &event.deed {
        posted(caps, event, sender, text, out);
    }
}

/// A message, whoever spells it.
pub(super) struct Message<'a> {
    pub(super) position: Position,
    /// When the store took it, where that is known.
    pub(super) at: Option<Timestamp>,
    pub(super) sender: &'a UserName,
    pub(super) manner: Manner,
    pub(super) target: &'a str,
    pub(super) text: &'a str,
    pub(super) extras: &'a Extras,
    /// Where it was cut.
    pub(super) seams: &'a [u16],
    /// Beside those that every message has.
    pub(super) tag: Option<&'a str>,
}

impl<'a> Message<'a> {
    fn of(
        event: &Event,
        sender: &'a UserName,
        (manner, extras): (Manner, &'a Extras),
        (target, text): (&'a str, &'a str),
    ) -> Self {
        Self {
            position: event.position,
            at: Some(event.at),
            sender,
            manner,
            target,
            text,
            extras,
            seams: &extras.seams,
            tag: None,
        }
    }
}

/// The command by which something is said in a manner.
#[must_use]
pub(super) const fn command(manner: Manner) -> &'static str {
    match manner {
        Manner::Message => "PRIVMSG",
        Manner::Notice => "NOTICE",
    }
}

/// Who is not in the room reads which one it was.
fn in_room(caps: Caps, said: Message<'_>, hearing: Hearing, out: &mut BytesMut) {
    match hearing {
        Hearing::Direct
        | Hearing::Witness
        | Hearing::Watcher
        | Hearing::WatcherOfBefore
        | Hearing::DirectAndWatcher
        | Hearing::Victim => {
            message(caps, &said, out);
        }
        Hearing::Subscriber => {
            let text = &format!("[Sub] [{}] {}", said.target, said.text);
            let target = YOU;
            post(
                caps,
                Message {
                    target,
                    text,
                    // They were for the text without what stands in front.
                    seams: &[],
                    ..said
                },
                out,
            );
        }
    }
}

fn posted(caps: Caps, event: &Event, sender: &UserName, text: &Text, out: &mut BytesMut) {
    let (heard, plain) = (format!("[Sub] {}", text.as_str()), Extras::default());
    let said = Message::of(event, sender, (Manner::Message, &plain), (YOU, &heard));
    post(caps, said, out);
}

fn post(caps: Caps, said: Message<'_>, out: &mut BytesMut) {
    let tag = Some(POST_TAG);
    message(caps, &Message { tag, ..said }, out);
}

/// Writes a message, in as many lines as it needs, and as one where that is understood; else the
/// position is the id of the first line.
pub(super) fn message(caps: Caps, message: &Message<'_>, out: &mut BytesMut) {
    let source = person(message.sender);
    let command = command(message.manner);
    let tell = |tags: &[Tag<'_>], command, params: &[&str], out: &mut BytesMut| {
        Line {
            tags,
            source,
            command,
            params,
        }
        .spell(out);
    };
    let line = |tags: &[Tag<'_>], text: &str, out: &mut BytesMut| {
        tell(tags, command, &[message.target, text], out);
    };
    let overhead = Line {
        tags: &[],
        source,
        command,
        params: &[message.target, ""],
    }
    .overhead();
    let mut tags = message_tags(caps, message);
    let room = if multiline::is_understood(caps) && !split::is_action(message.text) {
        LINE_BYTES.saturating_sub(overhead)
    } else {
        usize::MAX
    };
    let parts = multiline::parts(message.text, message.seams, room);
    if parts.len() > 1 && room < usize::MAX {
        let edge = |tags: &[Tag<'_>], params: &[&str], out: &mut BytesMut| {
            tell(tags, "BATCH", params, out);
        };
        return multiline::spell(&parts, &tags, message.target, line, edge, out);
    }
    let pieces = parts.iter().map(|part| split::pieces(part.text, overhead));
    for piece in pieces.flatten() {
        line(&tags, &piece, out);
        multiline::repeated(&mut tags);
    }
}

fn message_tags<'a>(caps: Caps, message: &Message<'a>) -> Vec<Tag<'a>> {
    let mut tags = match message.at {
        Some(at) => Head::of(caps, message.sender, at).tags,
        None => Vec::new(),
    };
    if caps.has(Cap::MessageTags) {
        tags.push(tag(ID, message.position.to_string()));
        tags.extend(message.tag.map(|key| tag(key, "")));
        tags.extend(beside(message.extras));
    }
    tags
}

/// The tags of what goes with a message: that of the server first.
fn beside(extras: &Extras) -> impl Iterator<Item = Tag<'_>> {
    let bot = match extras.speaker {
        Speaker::Person => None,
        Speaker::Bot => Some(tag("bot", "")),
    };
    bot.into_iter().chain(all_tags(extras.tags.as_str()))
}

/// Writes what is nothing but tags, for who understands them.
pub(super) fn tagged(
    caps: Caps,
    sender: &UserName,
    (position, at): (Position, Timestamp),
    target: &str,
    extras: &Extras,
    out: &mut BytesMut,
) {
    if caps.has(Cap::MessageTags) {
        let mut head = Head::of(caps, sender, at);
        head.tags.push(tag(ID, position.to_string()));
        head.tags.extend(beside(extras));
        head.tell("TAGMSG", &[target], out);
    }
}
