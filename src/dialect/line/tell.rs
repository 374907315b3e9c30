//! Events, answers and refusals to lines.
//!
//! Every line ends with LF. Whatever a person typed passes [`visible`] on its way out, so that
//! nobody drives somebody else's terminal.

use std::fmt::{self, Write};
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::chat::answer::{KeyUse, Listed, Presence};
use crate::chat::command::{HelpTopic, Positions};
use crate::chat::event::{Departure, Hearing, Privacy, Timestamp};
use crate::chat::limits::ECHO_BYTES;
use crate::chat::text::visible;
use crate::chat::{Answer, Deed, Event, NodeName, Position, RoomName, Secret, Text, UserName};

use super::super::{Malformed, Prompt};
use super::help::{self, COMMANDS};
use super::moderation;
use super::refuse;

/// What is said of a resume token, whatever is wrong with it.
pub(super) const WRONG_TOKEN: &str = "That token is not good any more: log in with your password";

pub(in crate::dialect) fn greeting(node: &str, out: &mut BytesMut) {
    line!(
        out,
        "* conclave on {node}. What you say is encrypted on its way to this node."
    );
    line!(
        out,
        "* Log in, or make an account: /register <user> <password>"
    );
    prompt(Prompt::Username, out);
}

pub(in crate::dialect) fn prompt(prompt: Prompt, out: &mut BytesMut) {
    line!(out, "* {}", asks(prompt));
}

pub(super) const fn asks(prompt: Prompt) -> &'static str {
    match prompt {
        Prompt::Username => "Username:",
        Prompt::Password => "Password:",
        Prompt::OldPassword => "Old password:",
        Prompt::NewPassword => "New password:",
        Prompt::NewPasswordAgain => "New password again:",
    }
}

pub(in crate::dialect) fn event(
    positions: Positions,
    event: &Event,
    hearing: Hearing,
    out: &mut BytesMut,
) {
    match &event.deed {
        Deed::RoomMessage {
            room, sender, text, ..
        } => {
            position(positions, event, out);
            let mark = from_outside(hearing);
            line!(out, "{mark}[{room}] {sender}: {}", text.visible());
        }
        Deed::Whisper { sender, text, .. } => {
            position(positions, event, out);
            line!(out, "[PM] {sender}: {}", text.visible());
        }
        Deed::Post { sender, text, .. } => {
            position(positions, event, out);
            line!(out, "[Sub] {sender}: {}", text.visible());
        }
        Deed::Entered { room, user, .. } => line!(out, "* {user} joined {room}"),
        Deed::Left {
            room,
            user,
            departure: Departure::Kicked { by, words },
        } => moderation::kicked(room, (by, user), words.as_ref(), out),
        Deed::ModesChanged { room, by, changes } => {
            moderation::changed(room, by, changes, out);
        }
        Deed::Invited { room, by, .. } if hearing == Hearing::Direct => {
            moderation::invited(room, by, out);
        }
        Deed::Left { room, user, .. } => line!(out, "* {user} left {room}"),
        Deed::TopicSet { room, by, text } => topic_set(room, by, text.as_ref(), out),
        Deed::Nicked { user, was, .. } => line!(out, "* {was} is now {user}"),
        Deed::Released { by: Some(by), .. } if hearing == Hearing::Victim => {
            line!(out, "* {by} puts you out: {}", visible(event.text()));
        }
        Deed::Epoch { .. }
        | Deed::Claimed { .. }
        | Deed::Released { .. }
        | Deed::Invited { .. }
        | Deed::Tagged { .. }
        | Deed::Announced { .. }
        | Deed::Followed { .. }
        | Deed::Unfollowed { .. }
        | Deed::WentAway { .. }
        | Deed::CameBack { .. }
        | Deed::RealNameSet { .. }
        | Deed::Probed { .. }
        | Deed::Alive { .. } => {}
    }
}

fn topic_set(room: &RoomName, by: &UserName, text: Option<&Text>, out: &mut BytesMut) {
    match text.map(Text::visible) {
        Some(text) => line!(out, "* {by} changed the topic of {room}: {text}"),
        None => line!(out, "* {by} took away the topic of {room}"),
    }
}

/// What stands before a message of a room that one is not in.
const fn from_outside(hearing: Hearing) -> &'static str {
    match hearing {
        Hearing::Subscriber => "[Sub] ",
        Hearing::Direct
        | Hearing::Witness
        | Hearing::DirectAndWatcher
        | Hearing::Watcher
        | Hearing::WatcherOfBefore
        | Hearing::Victim => "",
    }
}

fn position(positions: Positions, event: &Event, out: &mut BytesMut) {
    match positions {
        Positions::Hidden => {}
        // Writing into memory cannot fail.
        Positions::Shown => drop(write!(out, "{} ", event.position)),
    }
}

/// Events are spelled in this format from here on.
pub(in crate::dialect) fn format_set(positions: Positions, out: &mut BytesMut) {
    match positions {
        Positions::Shown => line!(out, "* Positions are shown."),
        Positions::Hidden => line!(out, "* Positions are hidden."),
    }
}

fn welcome(user: &UserName, room: &RoomName, node: &NodeName, out: &mut BytesMut) {
    line!(
        out,
        "* Welcome {user}. You are in {room} on {node}. /help lists the commands."
    );
}

pub(in crate::dialect) fn answer(positions: Positions, answer: &Answer, out: &mut BytesMut) {
    match answer {
        Answer::Welcome { user, room, node } => welcome(user, room, node, out),
        Answer::Proved { user } => line!(out, "* You are {user}."),
        Answer::Said { position, .. } => said(positions, position, out),
        Answer::SaidToAway {
            position, to, text, ..
        } => said_to_away(positions, position, (to, text), out),
        Answer::NobodySubscribes => line!(out, "* Nobody subscribes to you."),
        Answer::Entered {
            room, here, key, ..
        } => entered(room, *here, *key, out),
        Answer::Left { room, .. } => line!(out, "* You are not in {room} any more."),
        Answer::PutIn { rooms } => put_in(rooms, out),
        Answer::Rooms { rooms: list } => rooms(list, out),
        Answer::Members { room, users, .. } => people(room, users, out),
        Answer::Online { users, .. } => people("online", users, out),
        Answer::Subscriptions { users } => people("subscriptions", users, out),
        Answer::Subscribers { users } => people("subscribers", users, out),
        Answer::Subscribed { author } => line!(out, "* You subscribe to {author}."),
        Answer::Unsubscribed { author } => line!(out, "* You no longer subscribe to {author}."),
        Answer::History { .. } => history(positions, answer, out),
        // These are not asked for by lines.
        Answer::LetIn
        | Answer::Dialogue { .. }
        | Answer::Conversations { .. }
        | Answer::Census(_)
        | Answer::WhoWas { .. }
        | Answer::LoggedIn { .. }
        | Answer::Tagged { .. }
        | Answer::ReadUpTo { .. }
        | Answer::Introduced { .. }
        | Answer::Certificates { .. }
        | Answer::NobodyTagged
        | Answer::Presence { .. }
        | Answer::Watching
        | Answer::InOffice { .. }
        | Answer::MessageOfTheDay { .. }
        | Answer::Rehashed { .. }
        | Answer::Killed { .. }
        | Answer::Announced => {}
        Answer::Topic { .. } => topic(answer, out),
        Answer::Kicked { .. }
        | Answer::Invited { .. }
        | Answer::Invitations { .. }
        | Answer::Modes { .. }
        | Answer::ModesChanged { .. }
        | Answer::ModeList { .. } => moderation::answer(answer, out),
        Answer::Away { text } => line!(out, "* You are away: {}", text.visible()),
        Answer::Back => line!(out, "* You are back."),
        Answer::Nicked { user, .. } | Answer::SeenAs { user, .. } => {
            line!(out, "* You are {user} now.")
        }
        Answer::WhoIs { user, presence } => whois(user, presence, out),
        Answer::Token { token } => told_token(token, out),
        Answer::PasswordChanged => line!(out, "* Password changed."),
        Answer::Pong { token } => pong(token, out),
        Answer::Help { topic } => help(topic, out),
    }
}

fn pong(token: &str, out: &mut BytesMut) {
    if token.is_empty() {
        line!(out, "* pong");
    } else {
        line!(out, "* pong {}", visible(token));
    }
}

fn told_token(token: &Secret, out: &mut BytesMut) {
    line!(out, "* token {}", String::from_utf8_lossy(token.expose()));
}

fn said_to_away(
    positions: Positions,
    position: &Position,
    (to, text): (&UserName, &Text),
    out: &mut BytesMut,
) {
    said(positions, position, out);
    away(to, text, out);
}

fn put_in(rooms: &[RoomName], out: &mut BytesMut) {
    if let Some(room) = rooms.last() {
        line!(out, "* You are in {room} now.");
    }
}

fn entered(room: &RoomName, here: u64, key: KeyUse, out: &mut BytesMut) {
    line!(out, "* You are in {room} ({here} here).");
    match key {
        KeyUse::Fitting => {}
        KeyUse::Needless => line!(out, "* {room} is public: the key keeps nobody out."),
    }
}

/// The public ones alone: the protocol of this door leaves out those with a key, also for who is in.
fn rooms(rooms: &[Listed], out: &mut BytesMut) {
    let public = rooms.iter().filter(|room| room.privacy == Privacy::Public);
    let count = public.clone().count();
    for Listed { room, here, .. } in public {
        line!(out, "* {room} {here}");
    }
    line!(
        out,
        "* {count} {}",
        if count == 1 { "room" } else { "rooms" }
    );
}

fn history(positions: Positions, answer: &Answer, out: &mut BytesMut) {
    if let Answer::History {
        room,
        count,
        messages,
    } = answer
    {
        line!(out, "* history {room} {count}");
        for message in messages {
            past(positions, message, out);
        }
        line!(out, "* end of history");
    }
}

fn topic(answer: &Answer, out: &mut BytesMut) {
    if let Answer::Topic { room, topic, .. } = answer {
        match topic {
            Some(topic) => line!(out, "* topic of {room}: {}", topic.text.visible()),
            None => line!(out, "* {room} has no topic."),
        }
    }
}

pub(super) fn away(user: &UserName, text: &Text, out: &mut BytesMut) {
    line!(out, "* {user} is away: {}", text.visible());
}

fn said(positions: Positions, position: &Position, out: &mut BytesMut) {
    match positions {
        Positions::Hidden => {}
        Positions::Shown => line!(out, "* ok {position}"),
    }
}

fn people(of: impl fmt::Display, users: &[UserName], out: &mut BytesMut) {
    let names: Vec<_> = users.iter().map(UserName::as_str).collect();
    let separator = if names.is_empty() { "" } else { " " };
    line!(
        out,
        "* {of}: {}{separator}({})",
        names.join(", "),
        names.len()
    );
}

pub(in crate::dialect) fn past(positions: Positions, message: &Event, out: &mut BytesMut) {
    position(positions, message, out);
    let _ = write!(out, "{} ", utc(message.at));
    event(Positions::Hidden, message, Hearing::Direct, out);
}

fn whois(user: &UserName, presence: &Presence, out: &mut BytesMut) {
    match presence {
        Presence::Offline => line!(out, "* {user} is offline."),
        Presence::Online {
            node,
            since,
            rooms,
            away: note,
            profile: _,
            office: _,
            ..
        } => {
            line!(out, "* {user} is online on {node} since {}.", utc(*since));
            if !rooms.is_empty() {
                let rooms: Vec<_> = rooms.iter().map(ToString::to_string).collect();
                line!(out, "* {user} is in {}.", rooms.join(", "));
            }
            if let Some(text) = note {
                away(user, text, out);
            }
        }
    }
}

fn help(topic: &HelpTopic, out: &mut BytesMut) {
    match topic {
        HelpTopic::All => {
            for entry in COMMANDS {
                line!(out, "* {:<28} {}", entry.usage, entry.does);
            }
            line!(
                out,
                "* Anything else is said in the room; //text says /text."
            );
        }
        HelpTopic::Command(word) => match help::find(word) {
            Some(entry) => line!(out, "* {}  {}", entry.usage, entry.does),
            None => refuse::malformed(&Malformed::UnknownCommand { word: word.clone() }, out),
        },
    }
}

/// Whole seconds, rounded up: who waits that long has waited enough.
pub(super) fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// What somebody typed, harmless and short enough to be repeated to them.
pub(super) fn echo(word: &str) -> String {
    let mut shown = visible(word).replace(['\n', '\r'], "");
    if shown.len() > ECHO_BYTES {
        shown.truncate(shown.floor_char_boundary(ECHO_BYTES));
        shown.push('…');
    }
    shown
}

/// RFC 3339 in UTC, whole seconds: `2026-11-22T21:30:05Z`.
fn utc(at: Timestamp) -> String {
    let seconds = i64::try_from(at.0 / 1000).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{seconds}s"))
}
