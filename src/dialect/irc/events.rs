//! What happens, spelled once for all who hear it with the same capabilities.
//!
//! Whose doing it is does not hear of it here: that is told from the answer.

use std::borrow::Cow;

use bytes::BytesMut;
use time::OffsetDateTime;

use super::caps::{Cap, Caps};
use super::conversation::Me;
use super::grammar::{LINE_BYTES, Tag, all_tags};
use super::line::{Line, Source};
use super::multiline;
use super::room;
use super::split;
use crate::chat::event::{Departure, Hearing, Manner, Timestamp};
use crate::chat::extras::Speaker;
use crate::chat::profile::Profile;
use crate::chat::{Deed, Event, Extras, Gap, GapSize, Position, Text, UserName};

/// The tag of a post, which no room and no message to somebody is.
const POST_TAG: &str = "conclave/post";

/// Who is addressed by what goes to several people that are in no room together.
const YOU: &str = "*";

/// The account of who has none: <https://ircv3.net/specs/extensions/extended-join>.
const NO_ACCOUNT: &str = "*";

/// A line's tags and source, as an event gives them.
struct Head<'a> {
    tags: Vec<Tag<'a>>,
    source: Source<'a>,
}

impl<'a> Head<'a> {
    fn of(caps: Caps, who: &'a UserName, at: Timestamp) -> Self {
        let mut tags = Vec::new();
        if caps.has(Cap::ServerTime) {
            tags.push(tag("time", server_time(at)));
        }
        if caps.has(Cap::AccountTag) {
            tags.extend(who.account().map(|account| tag("account", account)));
        }
        Self {
            tags,
            source: person(who),
        }
    }

    /// Of what the answer tells, which says neither when nor at which place it was.
    fn own(me: &'a UserName) -> Self {
        Self {
            tags: Vec::new(),
            source: person(me),
        }
    }

    fn tell(&self, command: &str, params: &[&str], out: &mut BytesMut) {
        Line {
            tags: &self.tags,
            source: self.source,
            command,
            params,
        }
        .spell(out);
    }
}

/// Somebody as a source.
#[must_use]
pub(super) fn person(who: &UserName) -> Source<'_> {
    Source::Person {
        nick: who.as_str(),
        user: who.came_as(),
    }
}

fn tag<'a>(key: &'a str, value: impl Into<Cow<'a, str>>) -> Tag<'a> {
    Tag {
        key,
        value: value.into(),
    }
}

/// <https://ircv3.net/specs/extensions/server-time>: UTC with milliseconds.
pub(super) fn server_time(at: Timestamp) -> String {
    let nanoseconds = i128::from(at.0) * 1_000_000;
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// Spells an event; writes nothing for one that IRC does not show.
pub fn event(caps: Caps, event: &Event, hearing: Hearing, out: &mut BytesMut) {
    let head = |who| Head::of(caps, who, event.at);
    match &event.deed {
        Deed::Entered {
            room,
            user,
            profile,
        } => joined(
            caps,
            &head(user),
            &room::spelled(room),
            (user, profile),
            out,
        ),
        Deed::Left {
            room,
            user,
            departure: Departure::Parted { words },
        } => parted(&head(user), &room::spelled(room), words.as_ref(), out),
        Deed::Released { user, words, .. } => quit(&head(user), words.as_ref(), out),
        Deed::Nicked { user, was, .. } => head(was).tell("NICK", &[user.as_str()], out),
        Deed::RoomMessage { .. }
        | Deed::Whisper { .. }
        | Deed::Tagged { .. }
        | Deed::Post { .. } => said(caps, event, hearing, out),
        Deed::TopicSet { room, by, .. } => {
            head(by).tell("TOPIC", &[&room::spelled(room), event.text()], out);
        }
        Deed::WentAway { user, text, .. } if caps.has(Cap::AwayNotify) => {
            head(user).tell("AWAY", &[text.as_str()], out);
        }
        Deed::CameBack { user, .. } if caps.has(Cap::AwayNotify) => {
            head(user).tell("AWAY", &[], out);
        }
        Deed::RealNameSet {
            user, real_name, ..
        } if caps.has(Cap::SetName) => {
            head(user).tell("SETNAME", &[shown(user, real_name.as_ref())], out);
        }
        Deed::WentAway { .. }
        | Deed::CameBack { .. }
        | Deed::RealNameSet { .. }
        | Deed::Left {
            departure: Departure::Quit,
            ..
        }
        | Deed::Epoch { .. }
        | Deed::Claimed { .. }
        | Deed::Followed { .. }
        | Deed::Unfollowed { .. }
        | Deed::Probed { .. }
        | Deed::Alive { .. } => {}
    }
}

/// Spells what somebody said.
fn said(caps: Caps, event: &Event, hearing: Hearing, out: &mut BytesMut) {
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
        let (heard, plain) = (format!("[Sub] {}", text.as_str()), Extras::default());
        let said = Message::of(event, sender, (Manner::Message, &plain), (YOU, &heard));
        post(caps, said, out);
    }
}

/// Spells an event of a while ago. Who is not told the time by a tag is told it in words.
pub fn kept(caps: Caps, past: &Event, out: &mut BytesMut) {
    let mut said = BytesMut::new();
    event(caps, past, Hearing::Direct, &mut said);
    if !said.is_empty() && !caps.has(Cap::ServerTime) {
        let text = format!("Said at {}:", server_time(past.at));
        notice(YOU, &text, out);
    }
    out.extend_from_slice(&said);
}

/// Spells that something can no longer be told.
pub fn gap(gap: &Gap, out: &mut BytesMut) {
    let many = |size: &GapSize| match size {
        GapSize::Exactly(1) => "1 message is".to_owned(),
        GapSize::Exactly(missing) => format!("{missing} messages are"),
        GapSize::Unknown => "some messages are".to_owned(),
    };
    match gap {
        Gap::Room { room, size } => {
            let text = format!("[gap] {} lost here", many(size));
            notice(&room::spelled(room), &text, out);
        }
        Gap::Whispers { size } => {
            notice(
                YOU,
                &format!("[gap] {} lost that were to you", many(size)),
                out,
            );
        }
        Gap::Posts => notice(YOU, "[gap] some posts are lost", out),
    }
}

/// A word of the server, whose name the peer knows.
fn notice(target: &str, text: &str, out: &mut BytesMut) {
    Line {
        tags: &[],
        source: Source::Unsaid,
        command: "NOTICE",
        params: &[target, text],
    }
    .spell(out);
}

/// The real name that is shown of somebody: where none was said, the name of the account.
pub(super) fn shown<'a>(user: &'a UserName, real_name: Option<&'a Text>) -> &'a str {
    real_name.map_or_else(|| user.as_str(), Text::as_str)
}

fn joined(
    caps: Caps,
    head: &Head<'_>,
    room: &str,
    (user, profile): (&UserName, &Profile),
    out: &mut BytesMut,
) {
    if caps.has(Cap::ExtendedJoin) {
        let account = user.account().unwrap_or(NO_ACCOUNT);
        let name = shown(user, profile.real_name.as_ref());
        head.tell("JOIN", &[room, account, name], out);
    } else {
        head.tell("JOIN", &[room], out);
    }
}

fn quit(head: &Head<'_>, words: Option<&Text>, out: &mut BytesMut) {
    let said = words.map_or_else(
        || "Gone".to_owned(),
        |words| format!("Quit: {}", words.as_str()),
    );
    head.tell("QUIT", &[&said], out);
}

fn parted(head: &Head<'_>, room: &str, words: Option<&Text>, out: &mut BytesMut) {
    match words {
        Some(words) => head.tell("PART", &[room, words.as_str()], out),
        None => head.tell("PART", &[room], out),
    }
}

/// The own way into a room, which the answer tells.
pub(super) fn own_join(caps: Caps, me: &Me, room: &str, out: &mut BytesMut) {
    let about = (&me.user, &me.profile);
    joined(caps, &Head::own(&me.user), room, about, out);
}

/// The real name that one has now.
pub(super) fn own_name(caps: Caps, me: &Me, out: &mut BytesMut) {
    if caps.has(Cap::SetName) {
        let name = shown(&me.user, me.profile.real_name.as_ref());
        Head::own(&me.user).tell("SETNAME", &[name], out);
    }
}

/// A mode that one has now, or no more.
pub(super) fn own_mode(me: &UserName, change: &str, out: &mut BytesMut) {
    Head::own(me).tell("MODE", &[me.as_str(), change], out);
}

/// The own way out of a room.
pub(super) fn own_part(me: &UserName, room: &str, words: Option<&Text>, out: &mut BytesMut) {
    parted(&Head::own(me), room, words, out);
}

/// The topic that one has set; empty where one took it away.
pub(super) fn own_topic(me: &UserName, room: &str, topic: &str, out: &mut BytesMut) {
    Head::own(me).tell("TOPIC", &[room, topic], out);
}

/// The nick by which one is seen from here on.
pub(super) fn own_nick(was: &UserName, nick: &str, out: &mut BytesMut) {
    Head::own(was).tell("NICK", &[nick], out);
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
        Hearing::Direct => message(caps, &said, out),
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
        tags.push(tag("msgid", message.position.to_string()));
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
        head.tags.push(tag("msgid", position.to_string()));
        head.tags.extend(beside(extras));
        head.tell("TAGMSG", &[target], out);
    }
}
