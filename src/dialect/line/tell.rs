//! Events, answers and refusals to lines.
//!
//! Every line ends with LF. Whatever a person typed passes [`visible`] on its way out, so that
//! nobody drives somebody else's terminal.

use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::chat::answer::{KeyUse, Listed, Presence, Topic};
use crate::chat::command::{HelpTopic, Positions};
use crate::chat::event::{Hearing, Timestamp};
use crate::chat::limits::ECHO_BYTES;
use crate::chat::refusal::Throttled;
use crate::chat::text::visible;
use crate::chat::{
    Answer, Deed, Ending, Event, Fate, Gap, GapSize, NodeName, Position, Refusal, RoomName, Text,
    UserName,
};

use super::super::{Malformed, Prompt};
use super::help::{self, COMMANDS};

/// Writes one line; writing into memory cannot fail.
macro_rules! line {
    ($out:expr, $($args:tt)*) => {{
        let _ = write!($out, $($args)*);
        $out.put_u8(b'\n');
    }};
}

/// What is said of a resume token, whatever is wrong with it.
pub(super) const WRONG_TOKEN: &str = "That token is not good any more: log in with your password";

/// Why an account's password cannot be changed here.
const PASSWORD_FIXED: &str = "Your password stands in the node's settings: its operator changes it";

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
            let mark = match hearing {
                Hearing::Direct => "",
                Hearing::Subscriber => "[Sub] ",
            };
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
        Deed::Left { room, user, .. } => line!(out, "* {user} left {room}"),
        Deed::TopicSet {
            room,
            by,
            text: Some(text),
        } => {
            let text = text.visible();
            line!(out, "* {by} changed the topic of {room}: {text}");
        }
        Deed::TopicSet {
            room,
            by,
            text: None,
        } => line!(out, "* {by} took away the topic of {room}"),
        Deed::Nicked { user, was, .. } => line!(out, "* {was} is now {user}"),
        Deed::Epoch { .. }
        | Deed::Claimed { .. }
        | Deed::Released { .. }
        | Deed::Tagged { .. }
        | Deed::Followed { .. }
        | Deed::Unfollowed { .. }
        | Deed::WentAway { .. }
        | Deed::CameBack { .. }
        | Deed::RealNameSet { .. }
        | Deed::Probed { .. }
        | Deed::Alive { .. } => {}
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
        } => {
            said(positions, position, out);
            away(to, text, out);
        }
        Answer::NobodySubscribes => line!(out, "* Nobody subscribes to you."),
        Answer::Entered {
            room, here, key, ..
        } => entered(room, *here, *key, out),
        Answer::Left { room, .. } => line!(out, "* You are not in {room} any more."),
        Answer::PutIn { rooms } => {
            if let Some(room) = rooms.last() {
                line!(out, "* You are in {room} now.");
            }
        }
        Answer::Rooms { rooms: list } => rooms(list, out),
        Answer::Members { room, users, .. } => people(room, users, out),
        Answer::Online { users } => people("online", users, out),
        Answer::Subscriptions { users } => people("subscriptions", users, out),
        Answer::Subscribers { users } => people("subscribers", users, out),
        Answer::Subscribed { author } => line!(out, "* You subscribe to {author}."),
        Answer::Unsubscribed { author } => line!(out, "* You no longer subscribe to {author}."),
        Answer::History {
            room,
            count,
            messages,
        } => {
            history(positions, room, *count, messages, out);
        }
        // These are not asked for by lines.
        Answer::Dialogue { .. }
        | Answer::Conversations { .. }
        | Answer::Census(_)
        | Answer::Tagged { .. }
        | Answer::ReadUpTo { .. }
        | Answer::Introduced { .. }
        | Answer::Certificates { .. }
        | Answer::NobodyTagged => {}
        Answer::Topic { room, topic: about } => topic(room, about.as_ref(), out),
        Answer::Away { text } => line!(out, "* You are away: {}", text.visible()),
        Answer::Back => line!(out, "* You are back."),
        Answer::Nicked { user, .. } | Answer::SeenAs { user, .. } => {
            line!(out, "* You are {user} now.")
        }
        Answer::WhoIs { user, presence } => whois(user, presence, out),
        Answer::Token { token } => {
            line!(out, "* token {}", String::from_utf8_lossy(token.expose()));
        }
        Answer::PasswordChanged => line!(out, "* Password changed."),
        Answer::Pong { token } if token.is_empty() => line!(out, "* pong"),
        Answer::Pong { token } => line!(out, "* pong {}", visible(token)),
        Answer::Help { topic } => help(topic, out),
    }
}

fn entered(room: &RoomName, here: u64, key: KeyUse, out: &mut BytesMut) {
    line!(out, "* You are in {room} ({here} here).");
    match key {
        KeyUse::Fitting => {}
        KeyUse::Needless => line!(out, "* {room} is public: the key keeps nobody out."),
    }
}

fn rooms(rooms: &[Listed], out: &mut BytesMut) {
    for Listed { room, here, .. } in rooms {
        line!(out, "* {room} {here}");
    }
    line!(
        out,
        "* {} {}",
        rooms.len(),
        if rooms.len() == 1 { "room" } else { "rooms" }
    );
}

fn history(
    positions: Positions,
    room: &RoomName,
    count: u16,
    messages: &[Arc<Event>],
    out: &mut BytesMut,
) {
    line!(out, "* history {room} {count}");
    for message in messages {
        past(positions, message, out);
    }
    line!(out, "* end of history");
}

fn topic(room: &RoomName, topic: Option<&Topic>, out: &mut BytesMut) {
    match topic {
        Some(topic) => line!(out, "* topic of {room}: {}", topic.text.visible()),
        None => line!(out, "* {room} has no topic."),
    }
}

fn away(user: &UserName, text: &Text, out: &mut BytesMut) {
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

/// What can no longer be told.
pub(in crate::dialect) fn gap(gap: &Gap, out: &mut BytesMut) {
    let many = |size: GapSize| match size {
        GapSize::Exactly(missing) => missing.to_string(),
        GapSize::Unknown => "some".to_owned(),
    };
    match gap {
        Gap::Room { room, size } => {
            let (messages, are) = plural(*size);
            line!(out, "[gap] {} {messages} in {room} {are} lost", many(*size));
        }
        Gap::Whispers { size } => {
            let (messages, are) = plural(*size);
            line!(out, "[gap] {} private {messages} {are} lost", many(*size));
        }
        Gap::Posts => line!(out, "[gap] some posts are lost"),
    }
}

const fn plural(size: GapSize) -> (&'static str, &'static str) {
    match size {
        GapSize::Exactly(1) => ("message", "is"),
        GapSize::Exactly(_) | GapSize::Unknown => ("messages", "are"),
    }
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
            None => malformed(&Malformed::UnknownCommand { word: word.clone() }, out),
        },
    }
}

/// The store did not take it, for certain.
const NOT_DELIVERED: &str = "Not delivered: the cluster store is unreachable, try again";

/// Whether the store took it is not known.
const NOT_CONFIRMED: &str =
    "Not confirmed: the cluster store went away; it may have been delivered";

pub(in crate::dialect) fn refusal(refusal: &Refusal, out: &mut BytesMut) {
    match refusal {
        Refusal::WrongPassword => line!(out, "! Wrong username or password"),
        Refusal::WrongToken => line!(out, "! {WRONG_TOKEN}"),
        Refusal::NameTaken { user } => line!(out, "! That name is taken: {user}"),
        Refusal::RegistrationClosed => line!(out, "! Registration is closed"),
        Refusal::SlowDown { what, wait } => slow_down(*what, *wait, out),
        Refusal::Busy => line!(out, "! Busy, try again"),
        Refusal::PasswordLength { least, most } => {
            line!(out, "! A password has {least} to {most} bytes");
        }
        Refusal::PasswordsDiffer => line!(out, "! The two new passwords differ"),
        Refusal::PasswordFixed => line!(out, "! {PASSWORD_FIXED}"),
        Refusal::LoginFirst => {
            line!(
                out,
                "! Log in first: /login <user> <password> or /register <user> <password>"
            );
        }
        Refusal::LoggedInAlready { user } => line!(out, "! You are logged in as {user}"),
        Refusal::NotAName { word, why } => line!(out, "! Not a name: {} ({why})", echo(word)),
        Refusal::NickInUse { nick } => line!(out, "! Somebody else is {nick}"),
        Refusal::NickRegistered { nick } => line!(out, "! {nick} is registered"),
        Refusal::OnlyForAccounts => line!(out, "! Only for accounts"),
        Refusal::UnknownCertificate => line!(out, "! Not a certificate of that account"),
        Refusal::CertificateTaken => line!(out, "! That is another account's certificate"),
        Refusal::TooManyCertificates { most } => {
            line!(out, "! Your account has {most} certificates already");
        }
        Refusal::NoSuchUser { user } => line!(out, "! No such user: {user}"),
        Refusal::NoSuchRoom { room } => line!(out, "! No such room: {room}"),
        Refusal::WrongKey { room } => line!(out, "! Wrong key for {room}"),
        Refusal::KeyTooLong { most } => line!(out, "! A key has at most {most} bytes"),
        Refusal::AlreadyIn { room } => line!(out, "! You are in {room} already"),
        Refusal::NotIn { room } => line!(out, "! You are not in {room}"),
        Refusal::TooManyRooms { most } => {
            line!(
                out,
                "! There are {most} rooms already, which is the bound of this node"
            );
        }
        Refusal::InEnoughRooms { most } => {
            line!(out, "! You are in {most} rooms already, which is the bound");
        }
        Refusal::TooManySubscriptions { most } => {
            line!(
                out,
                "! You subscribe to {most} users already, which is the bound"
            );
        }
        Refusal::ToYourself => line!(out, "! That is yourself"),
        Refusal::NothingToSay => line!(out, "! Nothing to say"),
        Refusal::NotDelivered => line!(out, "! {NOT_DELIVERED}"),
        Refusal::NotConfirmed => line!(out, "! {NOT_CONFIRMED}"),
    }
}

/// Told whether positions are shown or not: nothing else says which text it was.
pub(in crate::dialect) fn fate(fate: Fate, out: &mut BytesMut) {
    match fate {
        Fate::Delivered { position } => line!(out, "* delivered {position}"),
        Fate::NotDelivered => line!(out, "! Not delivered after all"),
        Fate::Unknown => {
            line!(
                out,
                "! Never confirmed: the log no longer goes back so far; it may have been delivered"
            );
        }
    }
}

fn slow_down(what: Throttled, wait: Duration, out: &mut BytesMut) {
    let what = match what {
        Throttled::Failures => "failed logins",
        Throttled::Registrations => "new accounts",
    };
    line!(
        out,
        "! Slow down: too many {what}, try again in {} s",
        seconds(wait)
    );
}

pub(in crate::dialect) fn malformed(malformed: &Malformed, out: &mut BytesMut) {
    match malformed {
        Malformed::LineTooLong { most } => line!(out, "! Line too long ({most} bytes at most)"),
        Malformed::NotUtf8 => line!(out, "! Not UTF-8"),
        Malformed::UnknownCommand { word } => {
            line!(
                out,
                "! Unknown command /{}. /help lists the commands.",
                echo(word)
            );
        }
        Malformed::Usage { usage } => line!(out, "! Usage: {usage}"),
    }
}

pub(in crate::dialect) fn ending(ending: Ending, out: &mut BytesMut) {
    match ending {
        Ending::Quit => line!(out, "* Goodbye."),
        Ending::Gone => {}
        Ending::Duplicate => line!(out, "! User already logged in"),
        Ending::Replaced => line!(out, "! Logged in elsewhere"),
        Ending::MessagesLost => line!(out, "! Messages were lost: log in again"),
        Ending::Unconfirmed => {
            line!(out, "! What became of that is not known: log in again");
        }
        Ending::TooManyFailures => line!(out, "! Too many failures"),
        Ending::NoLogin { within } => line!(out, "! No login within {} s", seconds(within)),
        Ending::FramingLost { most } => line!(out, "! Line too long ({most} bytes without an end)"),
        Ending::TooSlow => line!(out, "! Too slow: you read less than was said"),
        Ending::GoingDown { come_back_in } => {
            line!(
                out,
                "! The node is going down. Come back in {} s.",
                seconds(come_back_in)
            );
        }
        Ending::Broken => line!(out, "! The node failed. Try again in a moment."),
    }
}

/// Whole seconds, rounded up: who waits that long has waited enough.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// What somebody typed, harmless and short enough to be repeated to them.
fn echo(word: &str) -> String {
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
