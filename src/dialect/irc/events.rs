//! What happens, spelled once for all who hear it with the same capabilities.
//!
//! Whose doing it is does not hear of it here: that is told from the answer.

use std::borrow::Cow;

use bytes::BytesMut;
use time::OffsetDateTime;

use super::caps::{Cap, Caps};
use super::grammar::Tag;
use super::line::{Line, Source};
use super::login;
use super::me::Me;
use super::moderation;
use super::monitor;
use super::room;
use super::said;
use super::umodes::Wallops;
use crate::chat::answer::Standing;
use crate::chat::event::{Departure, Hearing, Timestamp};
use crate::chat::profile::Profile;
use crate::chat::{Deed, Event, Gap, GapSize, Text, UserName};

/// Who is addressed by what goes to several people that are in no room together.
pub(super) const YOU: &str = "*";

/// The account of who has none: <https://ircv3.net/specs/extensions/extended-join>.
const NO_ACCOUNT: &str = "*";

/// The tag that says which event it is: <https://ircv3.net/specs/extensions/message-ids>.
pub(super) const ID: &str = "msgid";

/// A line's tags and source, as an event gives them.
pub(super) struct Head<'a> {
    pub(super) tags: Vec<Tag<'a>>,
    source: Source<'a>,
}

impl<'a> Head<'a> {
    pub(super) fn of(caps: Caps, who: &'a UserName, at: Timestamp) -> Self {
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

    /// Of an event that is told again later, with its id where the other end may ask for it.
    pub(super) fn of_event(caps: Caps, who: &'a UserName, event: &Event) -> Self {
        let (position, at) = (event.position, event.at);
        if caps.has_playback() {
            Self::with_id(caps, who, Standing { position, at })
        } else {
            Self::of(caps, who, at)
        }
    }

    fn with_id(caps: Caps, who: &'a UserName, stands: Standing) -> Self {
        let mut head = Self::of(caps, who, stands.at);
        head.tags.push(tag(ID, stands.position.to_string()));
        head
    }

    /// The same for a line behind the first one of an event: no two lines have one id.
    pub(super) fn again(&self) -> Self {
        let others = self.tags.iter().filter(|tag| tag.key != ID);
        Self {
            tags: others.cloned().collect(),
            source: self.source,
        }
    }

    /// Of what the server does by itself; who hears it knows its name.
    fn of_server(caps: Caps, at: Timestamp) -> Self {
        let time = caps.has(Cap::ServerTime);
        Self {
            tags: time
                .then(|| tag("time", server_time(at)))
                .into_iter()
                .collect(),
            source: Source::Unsaid,
        }
    }

    /// Of what the answer tells, which says neither when nor at which place it was.
    pub(super) fn own(me: &'a UserName) -> Self {
        Self {
            tags: Vec::new(),
            source: person(me),
        }
    }

    /// The same with what the answer does say, for who may ask for it later.
    pub(super) fn own_at(caps: Caps, me: &'a UserName, stands: Option<Standing>) -> Self {
        match stands.filter(|_| caps.has_playback()) {
            Some(stands) => Self::with_id(caps, me, stands),
            None => Self::own(me),
        }
    }

    pub(super) fn tell(&self, command: &str, params: &[&str], out: &mut BytesMut) {
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

pub(super) fn tag<'a>(key: &'a str, value: impl Into<Cow<'a, str>>) -> Tag<'a> {
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
    match hearing {
        Hearing::Direct | Hearing::Subscriber | Hearing::Witness => {
            happened(caps, event, hearing, out);
        }
        Hearing::Watcher => watched(caps, event, out),
        Hearing::WatcherOfBefore => {
            if let Deed::Nicked { was, .. } = &event.deed {
                monitor::went(was, out);
            }
        }
        Hearing::Victim => killing(caps, event, out),
        Hearing::DirectAndWatcher => {
            happened(caps, event, Hearing::Direct, out);
            watched(caps, event, out);
        }
    }
}

/// What happened with somebody who is watched for, beside what members of a room are told.
fn watched(caps: Caps, event: &Event, out: &mut BytesMut) {
    if let Deed::Claimed {
        user, was: None, ..
    }
    | Deed::Nicked { user, .. } = &event.deed
    {
        monitor::came(user, out);
    } else if let Deed::Released { user, .. } = &event.deed {
        monitor::went(user, out);
    } else if caps.has(Cap::ExtendedMonitor) {
        happened(caps, event, Hearing::Direct, out);
    }
}

fn happened(caps: Caps, event: &Event, hearing: Hearing, out: &mut BytesMut) {
    let head = |who| Head::of(caps, who, event.at);
    let kept = |who| Head::of_event(caps, who, event);
    match &event.deed {
        Deed::Entered { .. } => entered(caps, event, out),
        Deed::Claimed {
            user,
            was: Some(was),
            ..
        } => login::changes(caps, &head(was), &head(user), user, out),
        Deed::Left {
            departure: Departure::Kicked { .. },
            ..
        }
        | Deed::ModesChanged { .. }
        | Deed::Invited { .. } => moderation::event(caps, event, hearing, out),
        Deed::Left {
            room,
            user,
            departure: Departure::Parted { words },
        } => parted(&kept(user), &room::spelled(room), words.as_ref(), out),
        Deed::Released {
            user, words, by, ..
        } => quit(&kept(user), words.as_ref(), by.as_ref(), out),
        Deed::Announced { by, text } => announced(caps, event, by, text, out),
        Deed::Nicked { user, was, .. } => kept(was).tell("NICK", &[user.as_str()], out),
        Deed::RoomMessage { .. }
        | Deed::Whisper { .. }
        | Deed::Tagged { .. }
        | Deed::Post { .. } => said::said(caps, event, hearing, out),
        Deed::TopicSet { room, by, .. } => {
            kept(by).tell("TOPIC", &[&room::spelled(room), event.text()], out);
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

/// Spells an event of the past. Of a way into a room nothing stands behind it: which ranks somebody
/// has, and whether they are away, may be otherwise by now.
pub(super) fn past(caps: Caps, past: &Event, out: &mut BytesMut) {
    if matches!(past.deed, Deed::Entered { .. }) {
        came(caps, past, out);
    } else {
        event(caps, past, Hearing::Direct, out);
    }
}

/// Spells an event of a while ago. Who is not told the time by a tag is told it in words.
pub fn kept(caps: Caps, before: &Event, out: &mut BytesMut) {
    let mut said = BytesMut::new();
    past(caps, before, &mut said);
    if !said.is_empty() && !caps.has(Cap::ServerTime) {
        let text = format!("Said at {}:", server_time(before.at));
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

/// Writes a way into a room, and behind it the ranks that somebody has there and that they are away;
/// nothing of any other event.
fn entered(caps: Caps, event: &Event, out: &mut BytesMut) {
    if let Deed::Entered {
        room,
        user,
        ranks,
        away,
        ..
    } = &event.deed
    {
        came(caps, event, out);
        let head = Head::of(caps, user, event.at);
        let server = Head::of_server(caps, event.at);
        moderation::ranks_given(&server, room, user, *ranks, out);
        if let Some(text) = away
            && caps.has(Cap::AwayNotify)
        {
            head.tell("AWAY", &[text.as_str()], out);
        }
    }
}

/// Writes a way into a room alone.
fn came(caps: Caps, event: &Event, out: &mut BytesMut) {
    if let Deed::Entered {
        room,
        user,
        profile,
        ..
    } = &event.deed
    {
        let head = Head::of_event(caps, user, event);
        joined(caps, &head, &room::spelled(room), (user, profile), out);
    }
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

/// <https://modern.ircdocs.horse/#quit-message>, and how it is told of who is put out.
fn quit(head: &Head<'_>, words: Option<&Text>, by: Option<&UserName>, out: &mut BytesMut) {
    if let Some(by) = by {
        let why = words.map_or("no reason given", Text::as_str);
        return head.tell("QUIT", &[&format!("Killed ({by} ({why}))")], out);
    }
    let said = words.map_or_else(
        || "Gone".to_owned(),
        |words| format!("Quit: {}", words.as_str()),
    );
    head.tell("QUIT", &[&said], out);
}

/// The one who is killed is told so before the connection ends:
/// <https://modern.ircdocs.horse/#kill-message>.
fn killing(caps: Caps, event: &Event, out: &mut BytesMut) {
    if let Deed::Released {
        user, by: Some(by), ..
    } = &event.deed
    {
        let why = event.text();
        Head::of(caps, by, event.at).tell("KILL", &[user.as_str(), why], out);
    }
}

/// What an operator says to all, in as many lines as it needs.
fn announced(caps: Caps, event: &Event, by: &UserName, text: &Text, out: &mut BytesMut) {
    let head = Head::of(caps, by, event.at);
    Line {
        tags: &head.tags,
        source: head.source,
        command: "WALLOPS",
        params: &[""],
    }
    .spell_text(text.as_str(), out);
}

/// Whether an event is told to who hears what operators say to all, or does not.
#[must_use]
pub const fn is_wanted(wallops: Wallops, event: &Event) -> bool {
    match wallops {
        Wallops::Heard => true,
        Wallops::Unheard => !matches!(event.deed, Deed::Announced { .. }),
    }
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

/// The nick by which one is seen from here on.
pub(super) fn own_nick(was: &UserName, nick: &str, out: &mut BytesMut) {
    Head::own(was).tell("NICK", &[nick], out);
}
