//! Short words for what is asked and answered.

use std::sync::Arc;

use crate::chat::answer::{KeyUse, Known, Listed, Presence};
use crate::chat::command::{RoomKey, Since};
use crate::chat::event::{Departure, Manner, Privacy, Timestamp};
use crate::chat::history::{Conversation, Past, Span};
use crate::chat::modes::{Flags, Rank, Ranks};
use crate::chat::origin::SessionId;
use crate::chat::profile::{Audience, Profile};
use crate::chat::{
    Answer, Deed, Event, Extras, Nick, Position, Refusal, RoomName, Secret, Text, UserName,
};
use crate::messages::{
    Append, Brings, Claim, Contest, DuplicateLogin, Entrance, FirstRoom, HistoryRequest, Missed,
    Parting, PeopleRequest, ProgramRequest, Question, Request, RoomRequest, ToOneself,
};

/// Somebody, perhaps with a slash and a nick behind the name.
pub(in crate::bridge) fn user(name: &str) -> UserName {
    UserName::stored(name).expect("a name")
}

pub(in crate::bridge) fn users(names: &[&str]) -> Vec<UserName> {
    names.iter().copied().map(user).collect()
}

pub(in crate::bridge) fn room_named(name: &str) -> RoomName {
    RoomName::new(name).expect("a name")
}

pub(in crate::bridge) fn rooms_named(names: &[&str]) -> Vec<RoomName> {
    names.iter().copied().map(room_named).collect()
}

pub(in crate::bridge) fn text(said: &str) -> Text {
    Text::new(said).expect("a text")
}

pub(in crate::bridge) fn claim(name: &str, on_duplicate: DuplicateLogin) -> Question {
    let user = user(name);
    let entrance = login(on_duplicate, FirstRoom::Lobby);
    Question::Claim { user, entrance }
}

/// The same at a door that begins in no room.
pub(in crate::bridge) fn claim_nowhere(name: &str, on_duplicate: DuplicateLogin) -> Question {
    let user = user(name);
    let entrance = login(on_duplicate, FirstRoom::Nowhere);
    Question::Claim { user, entrance }
}

pub(in crate::bridge) const fn login(on_duplicate: DuplicateLogin, begins: FirstRoom) -> Entrance {
    Entrance::Login {
        on_duplicate,
        begins,
    }
}

pub(in crate::bridge) fn release(name: &str) -> Question {
    parts(name, Parting::Goodbye { words: None })
}

pub(in crate::bridge) fn parts(name: &str, parting: Parting) -> Question {
    let user = user(name);
    Question::Release { user, parting }
}

pub(in crate::bridge) fn resume(name: &str) -> Question {
    comes_back(name, Since::Seen)
}

pub(in crate::bridge) fn resume_since(name: &str, position: Position) -> Question {
    comes_back(name, Since::Position(position))
}

pub(in crate::bridge) fn renew(
    name: &str,
    fence: Position,
    rooms: &[&str],
    begins: FirstRoom,
) -> Question {
    let entrance = Entrance::Renew {
        fence,
        rooms: rooms_named(rooms),
        begins,
    };
    let user = user(name);
    Question::Claim { user, entrance }
}

/// A guest logs in where it is.
pub(in crate::bridge) fn logs_in(name: &str, guest: &Claim, contest: Contest) -> Question {
    let (user, guest) = (user(name), guest.clone());
    let entrance = Entrance::InPlace { guest, contest };
    Question::Claim { user, entrance }
}

fn comes_back(name: &str, since: Since) -> Question {
    let user = user(name);
    let entrance = Entrance::Resume { since };
    Question::Claim { user, entrance }
}

pub(in crate::bridge) fn say(room: &str, said: &str) -> Request {
    said_as(Manner::Message, room, said)
}

/// Said in a room in a manner.
pub(in crate::bridge) fn said_as(manner: Manner, room: &str, said: &str) -> Request {
    said_with(manner, room, said, Extras::default())
}

/// Said in a room, with something that is not to be read.
pub(in crate::bridge) fn said_with(
    manner: Manner,
    room: &str,
    said: &str,
    extras: Extras,
) -> Request {
    Request::Append(Append::RoomMessage {
        room: room_named(room),
        text: Text::with_lines(said).expect("a text"),
        manner,
        extras,
    })
}

pub(in crate::bridge) fn whisper(to: &str, said: &str) -> Request {
    whispered_as(Manner::Message, to, said)
}

/// Said to a person in a manner.
pub(in crate::bridge) fn whispered_as(manner: Manner, to: &str, said: &str) -> Request {
    whispered_with(manner, to, said, Extras::default())
}

/// Said to a person, with something that is not to be read.
pub(in crate::bridge) fn whispered_with(
    manner: Manner,
    to: &str,
    said: &str,
    extras: Extras,
) -> Request {
    Request::Append(Append::Whisper {
        to: user(to),
        text: text(said),
        manner,
        extras,
        oneself: ToOneself::Refused,
    })
}

/// What one says to oneself, where that may be.
pub(in crate::bridge) fn to_oneself(to: &str, said: &str) -> Request {
    Request::Append(Append::Whisper {
        to: user(to),
        text: text(said),
        manner: Manner::Message,
        extras: Extras::default(),
        oneself: ToOneself::Said,
    })
}

/// Said without words.
pub(in crate::bridge) const fn tagging(to: Conversation, extras: Extras) -> Request {
    Request::Program(ProgramRequest::Tag { to, extras })
}

/// Somebody says this about themselves.
pub(in crate::bridge) fn introducing(profile: &Profile) -> Request {
    introducing_to(Audience::Watchers, profile)
}

/// The same for another audience.
pub(in crate::bridge) fn introducing_to(audience: Audience, profile: &Profile) -> Request {
    let profile = profile.clone();
    Request::Program(ProgramRequest::Introduce { profile, audience })
}

/// Who was seen under a nick.
pub(in crate::bridge) fn who_was(nick: &str, count: u16) -> Request {
    let user = user(nick);
    Request::People(PeopleRequest::WhoWas { user, count })
}

/// Up to where a conversation was read.
pub(in crate::bridge) const fn what_is_read(of: Conversation) -> Request {
    Request::Program(ProgramRequest::WhatIsRead { of })
}

/// A conversation was read up to these milliseconds.
pub(in crate::bridge) const fn reading(of: Conversation, ms: u64) -> Request {
    let upto = Timestamp(ms);
    Request::Program(ProgramRequest::Read { of, upto })
}

pub(in crate::bridge) fn post(said: &str) -> Request {
    Request::Append(Append::Post { text: text(said) })
}

pub(in crate::bridge) fn moving(from: &str, to: &str) -> Request {
    Request::Rooms(RoomRequest::Move {
        from: room_named(from),
        to: room_named(to),
        key: RoomKey::None,
    })
}

pub(in crate::bridge) fn entering(from: &str, to: &str, key: &str) -> Request {
    Request::Rooms(RoomRequest::Move {
        from: room_named(from),
        to: room_named(to),
        key: RoomKey::Given(Secret::new(key)),
    })
}

/// Into a room, and out of none.
pub(in crate::bridge) fn entering_too(room: &str) -> Request {
    let (room, key) = (room_named(room), RoomKey::None);
    Request::Rooms(RoomRequest::Enter { room, key })
}

/// Out of a room, and into none.
pub(in crate::bridge) fn leaving(room: &str, words: Option<&str>) -> Request {
    let (room, words) = (room_named(room), words.map(text));
    Request::Rooms(RoomRequest::Leave { room, words })
}

pub(in crate::bridge) fn rooms() -> Request {
    Request::Rooms(RoomRequest::List)
}

pub(in crate::bridge) fn members(room: &str) -> Request {
    let room = room_named(room);
    Request::Rooms(RoomRequest::Members { room })
}

pub(in crate::bridge) fn topic(room: &str) -> Request {
    let room = room_named(room);
    Request::Rooms(RoomRequest::Topic { room })
}

pub(in crate::bridge) fn set_topic(room: &str, said: &str) -> Request {
    let (room, text) = (room_named(room), Some(text(said)));
    Request::Rooms(RoomRequest::SetTopic { room, text })
}

pub(in crate::bridge) fn no_topic(room: &str) -> Request {
    let (room, text) = (room_named(room), None);
    Request::Rooms(RoomRequest::SetTopic { room, text })
}

pub(in crate::bridge) fn follow(name: &str) -> Request {
    Request::People(PeopleRequest::Follow { author: user(name) })
}

pub(in crate::bridge) fn unfollow(name: &str) -> Request {
    Request::People(PeopleRequest::Unfollow { author: user(name) })
}

pub(in crate::bridge) fn following() -> Request {
    Request::People(PeopleRequest::Following)
}

pub(in crate::bridge) fn followers() -> Request {
    Request::People(PeopleRequest::Followers)
}

pub(in crate::bridge) fn online() -> Request {
    Request::People(PeopleRequest::Online)
}

pub(in crate::bridge) fn neighbours() -> Request {
    Request::People(PeopleRequest::Neighbours)
}

pub(in crate::bridge) fn who_is(name: &str) -> Request {
    Request::People(PeopleRequest::WhoIs { user: user(name) })
}

pub(in crate::bridge) fn away(said: &str) -> Request {
    Request::People(PeopleRequest::Away { text: text(said) })
}

pub(in crate::bridge) fn back() -> Request {
    Request::People(PeopleRequest::Back)
}

pub(in crate::bridge) fn nick(word: &str) -> Request {
    let nick = Nick::new(word).expect("a nick");
    Request::People(PeopleRequest::Nick { nick })
}

pub(in crate::bridge) fn history(room: &str, count: u16) -> Request {
    spans(room, Span::Latest, count)
}

/// A part of what was said in a room.
pub(in crate::bridge) fn spans(room: &str, span: Span, count: u16) -> Request {
    past_of(room, Past::Words, span, count)
}

/// A part of all that happened in a room.
pub(in crate::bridge) fn events_of(room: &str, span: Span, count: u16) -> Request {
    past_of(room, Past::Everything, span, count)
}

fn past_of(room: &str, past: Past, span: Span, count: u16) -> Request {
    Request::History(HistoryRequest::Room {
        room: room_named(room),
        past,
        span,
        count,
    })
}

/// A part of what was said with somebody.
pub(in crate::bridge) fn dialogue(with: &str, span: Span, count: u16) -> Request {
    dialogue_and(Past::Words, with, span, count)
}

/// The same, perhaps with what has no words.
pub(in crate::bridge) fn dialogue_and(past: Past, with: &str, span: Span, count: u16) -> Request {
    let user = user(with);
    Request::History(HistoryRequest::Person {
        user,
        past,
        span,
        count,
    })
}

pub(in crate::bridge) fn conversations(from: Timestamp, to: Timestamp, count: u16) -> Request {
    Request::History(HistoryRequest::Conversations { from, to, count })
}

/// A request again, for those that are asked twice.
pub(in crate::bridge) fn copy(request: &Request) -> Request {
    match request {
        Request::Append(Append::Post { text }) => post(text.as_str()),
        Request::Rooms(RoomRequest::SetTopic { room, text }) => {
            let (room, text) = (room.clone(), text.clone());
            Request::Rooms(RoomRequest::SetTopic { room, text })
        }
        Request::People(PeopleRequest::Follow { author }) => follow(author.as_str()),
        Request::People(PeopleRequest::Unfollow { author }) => unfollow(author.as_str()),
        Request::People(PeopleRequest::Away { text }) => away(text.as_str()),
        Request::People(PeopleRequest::Back) => back(),
        other => panic!("nobody asks this twice: {other:?}"),
    }
}

/// A room that was entered, with how many are there and what became of the key.
pub(in crate::bridge) type WentIn = (RoomName, u64, KeyUse);

pub(in crate::bridge) fn entered(room: &str, here: u64) -> WentIn {
    (room_named(room), here, KeyUse::Fitting)
}

/// What an answer tells of a room that was entered, wherever that stands.
pub(in crate::bridge) fn went_in(answer: &Answer) -> WentIn {
    match answer {
        Answer::Entered {
            room, here, key, ..
        } => (room.clone(), *here, *key),
        other => panic!("no room was entered: {other:?}"),
    }
}

/// How many people and rooms an answer counts.
pub(in crate::bridge) fn counted(answer: &Answer) -> (u64, u64) {
    match answer {
        Answer::Census(census) => (census.people, census.rooms),
        other => panic!("nothing was counted: {other:?}"),
    }
}

pub(in crate::bridge) fn census() -> Request {
    Request::People(PeopleRequest::Census)
}

pub(in crate::bridge) fn who(room: &str, names: &[&str]) -> Answer {
    who_and_away(room, names, &[])
}

/// The same in a room that one of these has made, or somebody who is not there any more.
pub(in crate::bridge) fn made_by(makers: &[&str], answer: Answer) -> Answer {
    let Answer::Members {
        room,
        users: all,
        known,
        ..
    } = answer
    else {
        panic!("{answer:?}")
    };
    let operator = Ranks::default().with(Rank::Operator);
    Answer::Members {
        room,
        users: all,
        known,
        ranked: users(makers)
            .into_iter()
            .map(|maker| (maker, operator))
            .collect(),
        flags: Flags::of_new_room(),
    }
}

/// The same where some are away.
pub(in crate::bridge) fn who_and_away(room: &str, names: &[&str], away: &[&str]) -> Answer {
    Answer::Members {
        room: room_named(room),
        users: users(names),
        flags: Flags::default(),
        ranked: Vec::new(),
        known: Known {
            away: users(away),
            ..Known::default()
        },
    }
}

/// What an answer tells of a room's topic, whoever set it.
pub(in crate::bridge) fn subject(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Topic { topic, .. } => topic.as_ref().map(|topic| topic.text.as_str()),
        other => panic!("no topic: {other:?}"),
    }
}

/// What an answer tells of who set a topic.
pub(in crate::bridge) fn subject_set(answer: &Answer) -> Option<(&str, Timestamp)> {
    match answer {
        Answer::Topic { topic, .. } => {
            let set = topic.as_ref().and_then(|topic| topic.set.as_ref());
            set.map(|set| (set.by.as_str(), set.at))
        }
        other => panic!("no topic: {other:?}"),
    }
}

pub(in crate::bridge) fn listed(rooms: &[(&str, u64)]) -> Answer {
    let named: Vec<_> = rooms
        .iter()
        .map(|(room, here)| (*room, *here, None))
        .collect();
    listed_about(&named)
}

/// The same with what the rooms are about.
pub(in crate::bridge) fn listed_about(rooms: &[(&str, u64, Option<&str>)]) -> Answer {
    let rooms = rooms.iter().map(|(room, here, topic)| Listed {
        room: room_named(room),
        here: *here,
        topic: topic.map(text),
        privacy: Privacy::Public,
    });
    Answer::Rooms {
        rooms: rooms.collect(),
    }
}

pub(in crate::bridge) fn online_are(names: &[&str]) -> Answer {
    Answer::Online {
        users: users(names),
        known: Known::default(),
    }
}

pub(in crate::bridge) fn subscriptions(names: &[&str]) -> Answer {
    Answer::Subscriptions {
        users: users(names),
    }
}

pub(in crate::bridge) fn subscribed(name: &str) -> Answer {
    Answer::Subscribed { author: user(name) }
}

pub(in crate::bridge) fn unsubscribed(name: &str) -> Answer {
    Answer::Unsubscribed { author: user(name) }
}

pub(in crate::bridge) fn offline(name: &str) -> Answer {
    Answer::WhoIs {
        user: user(name),
        presence: Presence::Offline,
    }
}

pub(in crate::bridge) fn no_room(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::NoSuchRoom { room }
}

pub(in crate::bridge) fn not_in(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::NotIn { room }
}

pub(in crate::bridge) fn already_in(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::AlreadyIn { room }
}

pub(in crate::bridge) fn wrong_key(room: &str) -> Refusal {
    let room = room_named(room);
    Refusal::WrongKey { room }
}

pub(in crate::bridge) fn standing(rooms: &[&str], follows: &[&str]) -> Brings {
    standing_and(Missed::Nothing, rooms, follows)
}

/// The same of who claims again.
pub(in crate::bridge) fn standing_suspended(rooms: &[&str], follows: &[&str]) -> Brings {
    standing_and(Missed::SinceSuspended, rooms, follows)
}

/// The same of who comes back and has seen everything up to there.
pub(in crate::bridge) fn standing_since(
    seen: Position,
    rooms: &[&str],
    follows: &[&str],
) -> Brings {
    standing_and(Missed::After(seen), rooms, follows)
}

fn standing_and(missed: Missed, rooms: &[&str], follows: &[&str]) -> Brings {
    Brings::Standing {
        rooms: rooms_named(rooms),
        follows: users(follows),
        missed,
    }
}

pub(in crate::bridge) fn left_deed(room: &RoomName, user: &UserName) -> Deed {
    parted_deed(room, user, None)
}

pub(in crate::bridge) fn parted_deed(
    room: &RoomName,
    user: &UserName,
    words: Option<&str>,
) -> Deed {
    Deed::Left {
        room: room.clone(),
        user: user.clone(),
        departure: Departure::Parted {
            words: words.map(text),
        },
    }
}

/// Out of a room with the release of the account.
pub(in crate::bridge) fn quit_deed(room: &RoomName, user: &UserName) -> Deed {
    Deed::Left {
        room: room.clone(),
        user: user.clone(),
        departure: Departure::Quit,
    }
}

pub(in crate::bridge) fn entered_deed(room: &RoomName, user: &UserName) -> Deed {
    let (room, user) = (room.clone(), user.clone());
    Deed::Entered {
        room,
        user,
        ranks: Ranks::default(),
        profile: Profile::default(),
        away: None,
    }
}

/// A release without a word, which left these rooms.
pub(in crate::bridge) fn released_deed(user: &UserName, rooms: &[&str]) -> Deed {
    Deed::Released {
        user: user.clone(),
        rooms: rooms_named(rooms),
        words: None,
        by: None,
    }
}

pub(in crate::bridge) fn claimed_events(events: &[Arc<Event>]) -> Vec<(Position, SessionId)> {
    let claims = events.iter().filter_map(|event| match &event.deed {
        Deed::Claimed { session, .. } => Some((event.position, session.clone())),
        _ => None,
    });
    claims.collect()
}

/// When what was said was taken.
pub(in crate::bridge) fn taken_at(answer: &Answer) -> Option<Timestamp> {
    match answer {
        Answer::Said { at, .. } | Answer::SaidToAway { at, .. } => *at,
        other => panic!("nothing was said: {other:?}"),
    }
}

pub(in crate::bridge) fn position(answer: &Answer) -> Position {
    match answer {
        Answer::Said { position, .. } | Answer::SaidToAway { position, .. } => *position,
        other => panic!("nothing was said: {other:?}"),
    }
}

/// Names are equal without case; how they are shown is compared like this.
pub(in crate::bridge) fn shown(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}
