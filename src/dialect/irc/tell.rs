//! Granted answers, each told as the command wants it that asked.

use bytes::BytesMut;

use super::asked::{Asked, Said};
use super::caps::Cap;
use super::conversation::Conversation;
use super::events::{self, Head};
use super::grammar::LINE_BYTES;
use super::history;
use super::line::CLOAK;
use super::listed::{self, counted, listed};
use super::login;
use super::markread;
use super::members;
use super::moderation;
use super::monitor;
use super::numerics::Numeric;
use super::office;
use super::online;
use super::reply::Voice;
use super::room;
use super::said;
use super::welcome::{self, Welcome};
use super::who::{Here, Person};
use super::whowas;
use crate::chat::answer::{Office, Presence, Topic, TopicSet};
use crate::chat::command::{Inquiry, Where};
use crate::chat::event::{Manner, Timestamp};
use crate::chat::extras::Speaker;
use crate::chat::history::{Mark, Past, Span};
use crate::chat::limits::HISTORY_DEFAULT;
use crate::chat::{Answer, Command, Position, RoomName, Text, UserName};
use crate::dialect::Heard;

mod program;
mod server;
mod subscriptions;

pub(super) use server::{about, help};

/// Bytes of names in one line: what stands in front of them is a server, a nick and a room.
const NAMES_BYTES: usize = LINE_BYTES - 180;

const NOW_AWAY: [&str; 1] = ["You have been marked as being away"];

const NOT_AWAY: [&str; 1] = ["You are no longer marked as being away"];

/// Writes an answer to what was asked.
pub(super) fn answer(talk: &mut Conversation, asked: Asked, answer: &Answer, out: &mut BytesMut) {
    match answer {
        Answer::Proved { user } => talk.proved(user.clone(), out),
        Answer::LetIn => talk.let_in(out),
        Answer::Welcome { user, .. } => welcomed(talk, user, out),
        Answer::Entered { room, position, .. } => entered(talk, room, before(*position), out),
        Answer::Left { room, words } => left(talk, room, words.as_ref(), out),
        Answer::Said { position, at } => said(talk, &asked, *position, *at, out),
        Answer::SaidToAway {
            position,
            at,
            to,
            text,
        } => {
            said(talk, &asked, *position, *at, out);
            is_away(talk, &asked, to, text, out);
        }
        Answer::Tagged { .. }
        | Answer::NobodyTagged
        | Answer::ReadUpTo { .. }
        | Answer::Introduced { .. }
        | Answer::Certificates { .. } => program::answer(talk, &asked, answer, out),
        Answer::Topic { .. } => about_topic(talk, &asked, answer, out),
        Answer::Members { .. } => members::tell(talk, &asked, answer, out),
        Answer::Kicked { .. }
        | Answer::Invited { .. }
        | Answer::Invitations { .. }
        | Answer::Modes { .. }
        | Answer::ModesChanged { .. }
        | Answer::ModeList { .. } => moderation::answer(talk, &asked, answer, out),
        Answer::Rooms { rooms } => listed(talk, &asked, rooms, out),
        Answer::Online { users, known } => online::tell(talk, &asked, users, known, out),
        Answer::Census(census) => counted(talk, &asked, *census, out),
        Answer::WhoIs { user, presence } => about_person(talk, &asked, user, presence, out),
        Answer::WhoWas { user, former } => whowas::tell(talk.voice(), user, former, out),
        Answer::Nicked { user, was } => nicked(talk, user, was, out),
        Answer::LoggedIn { user, was } => login::logged_in(talk, &asked, user, was, out),
        Answer::Away { .. } => talk.voice().reply(Numeric::NowAway, &NOW_AWAY, out),
        Answer::Back => talk.voice().reply(Numeric::UnAway, &NOT_AWAY, out),
        Answer::Pong { token } => pong(talk.voice(), token, out),
        Answer::NobodySubscribes
        | Answer::Subscribed { .. }
        | Answer::Unsubscribed { .. }
        | Answer::Subscriptions { .. }
        | Answer::Subscribers { .. } => subscriptions::answer(talk, &asked, answer, out),
        Answer::History { room, messages, .. } => listed::told(talk, &asked, room, messages, out),
        Answer::Dialogue { with, messages } => history::dialogue(talk, &asked, with, messages, out),
        Answer::Conversations { latest } => history::targets(talk, latest, out),
        Answer::MessageOfTheDay { lines } => welcome::motd(talk.voice(), lines, out),
        Answer::Rehashed { .. } | Answer::InOffice { .. } => office::answer(talk, answer, out),
        Answer::Presence { here, gone } => monitor::status(talk.voice(), here, gone, out),
        // These are not asked for by IRC, or need no word.
        Answer::Watching
        | Answer::Killed { .. }
        | Answer::Announced
        | Answer::PutIn { .. }
        | Answer::SeenAs { .. }
        | Answer::Token { .. }
        | Answer::PasswordChanged
        | Answer::Help { .. } => {}
    }
}

fn pong(voice: Voice<'_>, token: &str, out: &mut BytesMut) {
    voice.tell("PONG", &[voice.server, token], out);
}

fn welcomed(talk: &mut Conversation, user: &UserName, out: &mut BytesMut) {
    talk.comes_in(user.clone());
    let identity = talk.identity.clone();
    let welcome = Welcome {
        server: &identity.server,
        network: &identity.network,
        version: &identity.version,
        created: &identity.created,
        nick: user.as_str(),
    };
    welcome::spell(&welcome, out);
    let census = (Heard::Command(Command::Census), Asked::Arrival);
    let motd = office::inquire(Inquiry::MessageOfTheDay);
    talk.asks_first([census, motd].into_iter());
    program::introduces_again(talk);
}

const fn before(position: Position) -> Span {
    let mark = Mark::Position { position };
    Span::Before { mark }
}

/// Who is in is told who else is, what it is about, and what was said before.
fn entered(talk: &mut Conversation, room: &RoomName, before: Span, out: &mut BytesMut) {
    talk.is_in(room);
    let caps = talk.enabled();
    if let Some(me) = talk.me() {
        events::own_join(caps, me, &room::spelled(room), out);
    }
    let here = || Where::Room(room.clone());
    let subject = (
        Heard::Command(Command::Topic { room: here() }),
        Asked::Subject,
    );
    let names = (
        Heard::Command(Command::Who { room: here() }),
        Asked::Names { room: room.clone() },
    );
    let implicit = (!caps.has(Cap::NoImplicitNames)).then_some(names);
    let playback = (
        Heard::Command(Command::History {
            room: here(),
            past: Past::Words,
            span: before,
            count: HISTORY_DEFAULT,
        }),
        Asked::Playback,
    );
    // Who can ask for it does.
    let playback = (!caps.has(Cap::ChatHistory)).then_some(playback);
    let mark = caps.has(Cap::ReadMarker).then(|| markread::ask(room));
    let asks = [Some(subject), mark, implicit, playback];
    talk.asks_first(asks.into_iter().flatten());
}

fn left(talk: &mut Conversation, room: &RoomName, words: Option<&Text>, out: &mut BytesMut) {
    talk.is_out_of(room);
    if let Some(me) = talk.me() {
        events::own_part(&me.user, &room::spelled(room), words, out);
    }
}

/// The account is in these rooms now, without having asked for it.
pub(super) fn put_in(talk: &mut Conversation, rooms: &[RoomName], out: &mut BytesMut) {
    let before: Vec<RoomName> = talk.me().map(|me| me.rooms.clone()).unwrap_or_default();
    for room in before.iter().filter(|room| !rooms.contains(room)) {
        left(talk, room, None, out);
    }
    for room in rooms.iter().filter(|room| !before.contains(room)) {
        // Where that stands is not known.
        entered(talk, room, Span::Latest, out);
    }
    program::introduces_again(talk);
}

/// Others see one under another nick; nothing is told where it is the same.
pub(super) fn nicked(talk: &mut Conversation, user: &UserName, was: &UserName, out: &mut BytesMut) {
    if user.spelled() != was.spelled() {
        events::own_nick(was, user.as_str(), out);
        talk.is_seen_as(user);
    }
}

fn is_away(talk: &Conversation, asked: &Asked, to: &UserName, words: &Text, out: &mut BytesMut) {
    if !is_notice(asked) {
        let params = [to.as_str(), words.as_str()];
        talk.voice().reply(Numeric::Away, &params, out);
    }
}

fn is_notice(asked: &Asked) -> bool {
    matches!(asked, Asked::Say(said) if said.manner == Manner::Notice)
}

/// Who wants to see its own messages does, as everybody else does.
fn said(
    talk: &Conversation,
    asked: &Asked,
    position: Position,
    at: Option<Timestamp>,
    out: &mut BytesMut,
) {
    let (Asked::Say(said), Some(me)) = (asked, talk.me()) else {
        return subscriptions::posted(talk, asked, out);
    };
    let Said {
        target,
        text,
        manner,
        extras,
    } = said;
    if talk.enabled().has(Cap::EchoMessage) {
        let message = said::Message {
            position,
            at,
            sender: &me.user,
            manner: *manner,
            target,
            text: text.as_str(),
            extras,
            seams: &extras.seams,
            tag: None,
        };
        said::message(talk.enabled(), &message, out);
    }
}

fn about_topic(talk: &Conversation, asked: &Asked, answer: &Answer, out: &mut BytesMut) {
    let Answer::Topic {
        room,
        topic,
        changed,
    } = answer
    else {
        return;
    };
    let name = room::spelled(room);
    let voice = talk.voice();
    match (asked, topic, talk.me()) {
        (Asked::SetTopic, topic, Some(me)) => {
            let text = topic.as_ref().map_or("", |topic| topic.text.as_str());
            let head = Head::own_at(talk.enabled(), &me.user, *changed);
            head.tell("TOPIC", &[&name, text], out);
        }
        (Asked::Subject, None, _) => {}
        (_, Some(Topic { text, set }), _) => {
            voice.reply(Numeric::Topic, &[&name, text.as_str()], out);
            if let Some(TopicSet { by, at }) = set {
                let seconds = (at.0 / 1000).to_string();
                let params = [name.as_str(), by.as_str(), &seconds];
                voice.reply(Numeric::TopicWhoTime, &params, out);
            }
        }
        (_, None, _) => voice.reply(Numeric::NoTopic, &[&name, "No topic is set"], out),
    }
}

/// Names, as many to a row as fit.
pub(super) fn rows(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for name in names {
        match rows.last_mut() {
            Some(row) if row.len() + 1 + name.len() <= NAMES_BYTES => {
                row.push(' ');
                row.push_str(&name);
            }
            Some(_) | None => rows.push(name),
        }
    }
    rows
}

fn about_person(
    talk: &Conversation,
    asked: &Asked,
    user: &UserName,
    presence: &Presence,
    out: &mut BytesMut,
) {
    let voice = talk.voice();
    match (asked, presence) {
        (
            Asked::Who { query },
            Presence::Online {
                away,
                profile,
                office,
                ..
            },
        ) => {
            let presence = if away.is_some() {
                Here::Gone
            } else {
                Here::Here
            };
            let person = Person {
                user,
                room: None,
                presence,
                prefix: "",
                profile,
                office: *office,
            };
            query.tell(voice, person, out);
            query.end(voice, out);
        }
        (Asked::Who { query }, Presence::Offline) => query.end(voice, out),
        (_, presence) => who_is(talk, user, presence, out),
    }
}

fn who_is(talk: &Conversation, user: &UserName, presence: &Presence, out: &mut BytesMut) {
    let (voice, name) = (talk.voice(), user.as_str());
    let mut tell = |numeric, params: &[&str]| voice.reply(numeric, params, out);
    match presence {
        Presence::Offline => tell(Numeric::NoSuchNick, &[name, "Not here; a message is kept"]),
        Presence::Online {
            since,
            rooms,
            ranked,
            away,
            profile,
            office,
            ..
        } => {
            let spelled = |room: &RoomName| {
                let ranks = moderation::ranks_of(ranked, room);
                moderation::prefix(talk.enabled(), ranks) + &room::spelled(room)
            };
            let real_name = events::shown(user, profile.real_name.as_ref());
            tell(
                Numeric::WhoisUser,
                &[name, user.came_as(), CLOAK, "*", real_name],
            );
            match profile.speaker {
                Speaker::Bot => tell(Numeric::WhoisBot, &[name, "is a bot"]),
                Speaker::Person => {}
            }
            for row in self::rows(rooms.iter().map(spelled)) {
                tell(Numeric::WhoisChannels, &[name, &row]);
            }
            tell(
                Numeric::WhoisServer,
                &[name, voice.server, "The whole network"],
            );
            if let Some(text) = away {
                tell(Numeric::Away, &[name, text.as_str()]);
            }
            match office {
                Office::Operator => {
                    tell(Numeric::WhoisOperator, &[name, "is an IRC operator"]);
                }
                Office::None => {}
            }
            if let Some(account) = user.account() {
                tell(Numeric::WhoisAccount, &[name, account, "is logged in as"]);
            }
            tell(
                Numeric::WhoisSecure,
                &[name, "is using a secure connection"],
            );
            // How long somebody was silent is not kept.
            let since = (since.0 / 1000).to_string();
            let idle = [name, "0", &since, "seconds idle, signon time"];
            tell(Numeric::WhoisIdle, &idle);
        }
    }
    tell(Numeric::EndOfWhois, &[name, "End of WHOIS"]);
}
