//! How an event stands in the log: one JSON record, without the position, which is the entry's own.
//!
//! `{"v":1,"type":"room_message","room":"lobby","k":312,"public":true,"sender":"alice",
//! "text":"…","exclude_sender":true,"origin":"node-1.8c1f/77","at":1763850123456}`
//!
//! The record's shape stands here and not on [`Deed`], so that the domain knows no serialisation;
//! the compiler still sees that both have the same variants and fields.

mod choices;
mod moderation;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::chat::event::{Departure, Echo, Manner, Privacy, Timestamp};
use crate::chat::history::Conversation;
use crate::chat::modes::{ModeChange, Ranks};
use crate::chat::origin::{Origin, SessionId};
use crate::chat::profile::Profile;
use crate::chat::{Deed, Event, Extras, Position, RoomName, Text, UserName};
use choices::{exclude_sender, manner, public};
use moderation::{departure, mode_changes, ranks};

/// The version that this program writes, and the newest that it reads.
const VERSION: u32 = 1;

/// A record that cannot be read back.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotARecord {
    /// It is not the JSON of a record, or a name or text in it is none.
    #[error("a log record is not what it should be")]
    Json(#[from] serde_json::Error),
    /// A newer program wrote it.
    #[error("a log record has version {found}; this program reads up to {VERSION}")]
    Newer {
        /// Its version.
        found: u32,
    },
}

/// The record of an event.
///
/// # Errors
/// [`NotARecord::Json`], which no event that exists can cause.
pub(super) fn write(event: &Event) -> Result<String, NotARecord> {
    let record = Written {
        v: VERSION,
        deed: &event.deed,
        origin: match &event.origin {
            Origin::Store => None,
            Origin::Session(session) => Some(session.to_string()),
        },
        at: event.at.0,
    };
    Ok(serde_json::to_string(&record)?)
}

/// The event of a record at its position. Fields that this program does not know are ignored.
///
/// # Errors
/// [`NotARecord`] for anything that [`write()`] did not make.
pub(super) fn read(position: Position, record: &str) -> Result<Event, NotARecord> {
    let Version { v } = serde_json::from_str(record)?;
    read_as(v, position, record)
}

/// The same for a record whose version was read already.
///
/// # Errors
/// Those of [`read()`].
pub(super) fn read_as(found: u32, position: Position, record: &str) -> Result<Event, NotARecord> {
    if found > VERSION {
        return Err(NotARecord::Newer { found });
    }
    let record: Kept = serde_json::from_str(record)?;
    Ok(Event {
        position,
        at: Timestamp(record.at),
        origin: record.origin.0,
        deed: record.deed,
    })
}

#[derive(Serialize)]
struct Written<'a> {
    v: u32,
    #[serde(flatten, with = "WireDeed")]
    deed: &'a Deed,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    at: u64,
}

/// Read before the rest, whose shape depends on it.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

#[derive(Deserialize)]
struct Kept {
    #[serde(flatten, with = "WireDeed")]
    deed: Deed,
    #[serde(default)]
    origin: KeptOrigin,
    at: u64,
}

/// An origin that is left out is the store's.
struct KeptOrigin(Origin);

impl Default for KeptOrigin {
    fn default() -> Self {
        Self(Origin::Store)
    }
}

impl<'de> Deserialize<'de> for KeptOrigin {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word::deserialize(from).map(|session| Self(Origin::Session(session)))
    }
}

/// The shape of a [`Deed`] in a record; serde checks it against the original.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Deed", tag = "type", rename_all = "snake_case")]
enum WireDeed {
    Epoch {
        #[serde(with = "word")]
        after: Position,
    },
    Claimed {
        #[serde(with = "word")]
        user: UserName,
        #[serde(with = "word")]
        session: SessionId,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
        was: Option<UserName>,
        #[serde(default, skip_serializing_if = "Vec::is_empty", with = "words")]
        rooms: Vec<RoomName>,
    },
    Released {
        #[serde(with = "word")]
        user: UserName,
        #[serde(default, skip_serializing_if = "Vec::is_empty", with = "words")]
        rooms: Vec<RoomName>,
        #[serde(rename = "text", default)]
        #[serde(skip_serializing_if = "Option::is_none", with = "word_if_any")]
        words: Option<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
        by: Option<UserName>,
    },
    Entered {
        #[serde(with = "word")]
        room: RoomName,
        #[serde(with = "word")]
        user: UserName,
        #[serde(
            rename = "rank",
            default,
            skip_serializing_if = "ranks::are_none",
            with = "ranks"
        )]
        ranks: Ranks,
        #[serde(default, skip_serializing_if = "Profile::is_empty", with = "profile")]
        profile: Profile,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
        away: Option<Text>,
    },
    Left {
        #[serde(with = "word")]
        room: RoomName,
        #[serde(with = "word")]
        user: UserName,
        #[serde(flatten, with = "departure")]
        departure: Departure,
    },
    RoomMessage {
        #[serde(with = "word")]
        room: RoomName,
        k: u64,
        #[serde(rename = "public", with = "public")]
        privacy: Privacy,
        #[serde(with = "word")]
        sender: UserName,
        #[serde(with = "word")]
        text: Text,
        #[serde(rename = "notice", default = "manner::message")]
        #[serde(skip_serializing_if = "manner::is_message", with = "manner")]
        manner: Manner,
        #[serde(rename = "with", default)]
        #[serde(skip_serializing_if = "Extras::is_plain", with = "beside")]
        extras: Extras,
        #[serde(rename = "exclude_sender", with = "exclude_sender")]
        echo: Echo,
    },
    Whisper {
        #[serde(with = "word")]
        to: UserName,
        k: u64,
        #[serde(with = "word")]
        sender: UserName,
        #[serde(with = "word")]
        text: Text,
        #[serde(rename = "notice", default = "manner::message")]
        #[serde(skip_serializing_if = "manner::is_message", with = "manner")]
        manner: Manner,
        #[serde(rename = "with", default)]
        #[serde(skip_serializing_if = "Extras::is_plain", with = "beside")]
        extras: Extras,
    },
    Tagged {
        #[serde(flatten, with = "conversation")]
        to: Conversation,
        #[serde(with = "word")]
        sender: UserName,
        #[serde(rename = "with", default, with = "beside")]
        extras: Extras,
    },
    Post {
        k: u64,
        #[serde(with = "word")]
        sender: UserName,
        #[serde(with = "word")]
        text: Text,
    },
    Followed {
        #[serde(with = "word")]
        author: UserName,
        #[serde(with = "word")]
        follower: UserName,
    },
    Unfollowed {
        #[serde(with = "word")]
        author: UserName,
        #[serde(with = "word")]
        follower: UserName,
    },
    TopicSet {
        #[serde(with = "word")]
        room: RoomName,
        #[serde(with = "word")]
        by: UserName,
        #[serde(with = "word_or_empty")]
        text: Option<Text>,
    },
    ModesChanged {
        #[serde(with = "word")]
        room: RoomName,
        #[serde(with = "word")]
        by: UserName,
        #[serde(with = "mode_changes")]
        changes: Vec<ModeChange>,
    },
    Invited {
        #[serde(with = "word")]
        room: RoomName,
        #[serde(with = "word")]
        by: UserName,
        #[serde(with = "word")]
        user: UserName,
    },
    Announced {
        #[serde(with = "word")]
        by: UserName,
        #[serde(with = "word")]
        text: Text,
    },
    WentAway {
        #[serde(with = "word")]
        user: UserName,
        #[serde(with = "word")]
        text: Text,
        #[serde(default, skip_serializing_if = "Vec::is_empty", with = "words")]
        rooms: Vec<RoomName>,
    },
    CameBack {
        #[serde(with = "word")]
        user: UserName,
        #[serde(default, skip_serializing_if = "Vec::is_empty", with = "words")]
        rooms: Vec<RoomName>,
    },
    Nicked {
        #[serde(with = "word")]
        user: UserName,
        #[serde(with = "word")]
        was: UserName,
        #[serde(default, skip_serializing_if = "Vec::is_empty", with = "words")]
        rooms: Vec<RoomName>,
    },
    RealNameSet {
        #[serde(with = "word")]
        user: UserName,
        #[serde(rename = "text", default)]
        #[serde(skip_serializing_if = "Option::is_none", with = "word_if_any")]
        real_name: Option<Text>,
        #[serde(default, skip_serializing_if = "Vec::is_empty", with = "words")]
        rooms: Vec<RoomName>,
    },
    Probed {
        #[serde(with = "word")]
        user: UserName,
        #[serde(with = "word")]
        session: SessionId,
    },
    Alive {
        #[serde(with = "word")]
        user: UserName,
        #[serde(with = "word")]
        session: SessionId,
    },
}

mod beside;
mod conversation;
pub(super) mod profile;

pub(super) use beside::json as extras;

/// A value that stands in a record as one string.
trait Word: Sized {
    fn word(&self) -> Cow<'_, str>;
    fn of_word(word: &str) -> Result<Self, impl std::fmt::Display>;
}

macro_rules! words {
    ($($kind:ty, $word:expr, $of_word:expr;)*) => {
        $(impl Word for $kind {
            fn word(&self) -> Cow<'_, str> {
                let word: fn(&$kind) -> Cow<'_, str> = $word;
                word(self)
            }
            fn of_word(word: &str) -> Result<Self, impl std::fmt::Display> {
                $of_word(word)
            }
        })*
    };
}

words! {
    UserName, |name| name.spelled().into(), UserName::stored;
    RoomName, |name| name.as_str().into(), RoomName::new;
    Text, |text| text.as_str().into(), Text::with_lines;
    Position, |position| position.to_string().into(), str::parse::<Position>;
    SessionId, |session| session.to_string().into(), str::parse::<SessionId>;
}

mod word {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Word;

    pub(super) fn serialize<S: Serializer>(value: &impl Word, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&value.word())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, W: Word>(from: D) -> Result<W, D::Error> {
        let word = Cow::<'de, str>::deserialize(from)?;
        W::of_word(&word).map_err(D::Error::custom)
    }
}

/// Several values, each as one string.
mod words {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Word;

    pub(super) fn serialize<S: Serializer>(values: &[impl Word], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(Word::word))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, W: Word>(
        from: D,
    ) -> Result<Vec<W>, D::Error> {
        let all = Vec::<Cow<'de, str>>::deserialize(from)?;
        let values = all.iter().map(|word| W::of_word(word));
        values.collect::<Result<_, _>>().map_err(D::Error::custom)
    }
}

/// A value that may be left out.
mod word_if_any {
    use serde::{Deserializer, Serializer};

    use super::{Word, word};

    pub(super) fn serialize<S: Serializer>(
        value: &Option<impl Word>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => word::serialize(value, to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, W: Word>(
        from: D,
    ) -> Result<Option<W>, D::Error> {
        word::deserialize(from).map(Some)
    }
}

/// A value that is there, though it may be none: then it is the empty string.
mod word_or_empty {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{Word, word};

    pub(super) fn serialize<S: Serializer>(
        value: &Option<impl Word>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => word::serialize(value, to),
            None => to.serialize_str(""),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, W: Word>(
        from: D,
    ) -> Result<Option<W>, D::Error> {
        let word = Cow::<'de, str>::deserialize(from)?;
        if word.is_empty() {
            return Ok(None);
        }
        W::of_word(&word).map(Some).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::NodeName;
    use crate::chat::extras::{ClientTags, Speaker};
    use crate::chat::origin::{ConnId, Incarnation};

    fn user() -> impl Strategy<Value = UserName> {
        let spelled =
            "(u[A-Za-z0-9_.-]{0,31}|u[a-z]{0,31}/[A-Z{}|^`_]{1,32}|~[0-9a-f]{12}/B[]x.-]?)";
        spelled.prop_map(|name| UserName::stored(&name).unwrap())
    }

    fn room() -> impl Strategy<Value = RoomName> {
        "r[A-Za-z0-9_.-]{0,63}".prop_map(|name| RoomName::new(&name).unwrap())
    }

    fn text() -> impl Strategy<Value = Text> {
        any::<String>().prop_map(|said| Text::with_lines(&format!("x{said}")).unwrap())
    }

    fn rooms() -> impl Strategy<Value = Vec<RoomName>> {
        prop::collection::vec(room(), 0..3)
    }

    fn words() -> impl Strategy<Value = Option<Text>> {
        prop::option::of(text())
    }

    fn manner() -> impl Strategy<Value = Manner> {
        prop_oneof![Just(Manner::Message), Just(Manner::Notice)]
    }

    fn extras() -> impl Strategy<Value = Extras> {
        let tags = "[+;=a-z\\PC]{0,20}";
        let seams = prop::collection::vec(any::<u16>(), 0..3);
        (tags, speaker(), seams).prop_map(|(tags, speaker, seams)| Extras {
            tags: ClientTags::new(&tags),
            speaker,
            seams,
        })
    }

    fn speaker() -> impl Strategy<Value = Speaker> {
        prop_oneof![Just(Speaker::Person), Just(Speaker::Bot)]
    }

    fn profile() -> impl Strategy<Value = Profile> {
        (words(), speaker()).prop_map(|(real_name, speaker)| Profile { real_name, speaker })
    }

    fn conversation() -> impl Strategy<Value = Conversation> {
        prop_oneof![
            room().prop_map(|room| Conversation::Room { room }),
            user().prop_map(|user| Conversation::Person { user }),
        ]
    }

    fn departure() -> impl Strategy<Value = Departure> {
        let parted = words().prop_map(|words| Departure::Parted { words });
        let kicked = (user(), words()).prop_map(|(by, words)| Departure::Kicked { by, words });
        prop_oneof![parted, kicked, Just(Departure::Quit)]
    }

    fn ranks() -> impl Strategy<Value = Ranks> {
        prop::sample::select(vec!["", "o", "v", "ov"]).prop_map(Ranks::of_letters)
    }

    fn changes() -> impl Strategy<Value = Vec<ModeChange>> {
        let about = (user(), "[!-~]{1,40}").prop_map(|(user, mask)| {
            let masks = format!("+b {}", crate::chat::Mask::new(&mask).unwrap());
            let words = ["+t", "-i", "+k", "-k", "+l 3", "-l", "-v bob", &masks].map(str::to_owned);
            let given = format!("+o {user}");
            let all = words.into_iter().chain([given]);
            all.map(|word| super::super::changes::read(&word).unwrap())
                .collect::<Vec<_>>()
        });
        about.prop_flat_map(|all| prop::sample::subsequence(all.clone(), 1..=all.len()))
    }

    fn position() -> impl Strategy<Value = Position> {
        (any::<u64>(), any::<u64>()).prop_map(|(epoch, n)| Position { epoch, n })
    }

    fn session() -> impl Strategy<Value = SessionId> {
        (any::<u32>(), any::<u64>()).prop_map(|(run, conn)| SessionId {
            incarnation: Incarnation {
                node: NodeName::new("node-1").unwrap(),
                run,
            },
            conn: ConnId(conn),
        })
    }

    fn room_message() -> impl Strategy<Value = Deed> {
        let privacy = prop_oneof![Just(Privacy::Public), Just(Privacy::Private)];
        let echo = prop_oneof![Just(Echo::ExcludeSender), Just(Echo::IncludeSender)];
        (
            room(),
            user(),
            text(),
            manner(),
            extras(),
            any::<u64>(),
            privacy,
            echo,
        )
            .prop_map(|(room, sender, text, manner, extras, k, privacy, echo)| {
                Deed::RoomMessage {
                    room,
                    sender,
                    text,
                    manner,
                    extras,
                    k,
                    privacy,
                    echo,
                }
            })
    }

    fn of_programs() -> impl Strategy<Value = Deed> {
        prop_oneof![
            (conversation(), user(), extras()).prop_map(|(to, sender, extras)| Deed::Tagged {
                to,
                sender,
                extras
            }),
            (user(), words(), rooms()).prop_map(|(user, real_name, rooms)| Deed::RealNameSet {
                user,
                real_name,
                rooms
            }),
        ]
    }

    fn about_rooms() -> impl Strategy<Value = Deed> {
        prop_oneof![
            (room(), user(), changes()).prop_map(|(room, by, changes)| Deed::ModesChanged {
                room,
                by,
                changes
            }),
            (room(), user(), user()).prop_map(|(room, by, user)| Deed::Invited { room, by, user }),
            (room(), user(), words()).prop_map(|(room, by, text)| Deed::TopicSet {
                room,
                by,
                text
            }),
        ]
    }

    fn claimed() -> impl Strategy<Value = Deed> {
        let parts = (user(), session(), prop::option::of(user()), rooms());
        parts.prop_map(|(user, session, was, rooms)| Deed::Claimed {
            user,
            session,
            was,
            rooms,
        })
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let k = any::<u64>;
        prop_oneof![
            room_message(),
            position().prop_map(|after| Deed::Epoch { after }),
            claimed(),
            (user(), rooms(), words(), prop::option::of(user())).prop_map(
                |(user, rooms, words, by)| Deed::Released {
                    user,
                    rooms,
                    words,
                    by,
                }
            ),
            (user(), text()).prop_map(|(by, text)| Deed::Announced { by, text }),
            (room(), user(), ranks(), profile(), words()).prop_map(
                |(room, user, ranks, profile, away)| Deed::Entered {
                    room,
                    user,
                    ranks,
                    profile,
                    away,
                }
            ),
            about_rooms(),
            (room(), user(), departure()).prop_map(|(room, user, departure)| Deed::Left {
                room,
                user,
                departure
            }),
            (user(), user(), text(), manner(), extras(), k()).prop_map(
                |(to, sender, text, manner, extras, k)| Deed::Whisper {
                    to,
                    sender,
                    text,
                    manner,
                    extras,
                    k,
                }
            ),
            (user(), text(), k()).prop_map(|(sender, text, k)| Deed::Post { sender, text, k }),
            (user(), user()).prop_map(|(author, follower)| Deed::Followed { author, follower }),
            (user(), user()).prop_map(|(author, follower)| Deed::Unfollowed { author, follower }),
            (user(), text(), rooms()).prop_map(|(user, text, rooms)| Deed::WentAway {
                user,
                text,
                rooms
            }),
            (user(), rooms()).prop_map(|(user, rooms)| Deed::CameBack { user, rooms }),
            (user(), user(), rooms()).prop_map(|(user, was, rooms)| Deed::Nicked {
                user,
                was,
                rooms
            }),
            of_programs(),
            (user(), session()).prop_map(|(user, session)| Deed::Probed { user, session }),
            (user(), session()).prop_map(|(user, session)| Deed::Alive { user, session }),
        ]
    }

    fn event() -> impl Strategy<Value = Event> {
        let origin = prop_oneof![Just(Origin::Store), session().prop_map(Origin::Session)];
        (position(), any::<u64>(), origin, deed()).prop_map(|(position, at, origin, deed)| Event {
            position,
            at: Timestamp(at),
            origin,
            deed,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(event in event()) {
            let record = write(&event).unwrap();
            // Names are equal without case; their spelling has to survive too.
            let read = read(event.position, &record).unwrap();
            prop_assert_eq!(format!("{read:?}"), format!("{event:?}"));
        }

        #[test]
        fn anything_else_is_an_error(record in "\\PC{0,60}") {
            prop_assert!(read(Position::START, &record).is_err());
        }
    }

    const ONE: &str = r#"{"v":1,"type":"room_message","room":"lobby","k":312,"public":true,"sender":"alice","text":"…","exclude_sender":true,"origin":"node-1.8c1f/77","at":1763850123456}"#;

    #[test]
    fn a_record_looks_as_documented() {
        let event = read(Position::START, ONE).unwrap();
        assert_eq!(write(&event).unwrap(), ONE);
        let more = ONE.replacen('{', r#"{"unheard_of":[1],"#, 1);
        assert_eq!(read(Position::START, &more).unwrap(), event);
    }

    /// What was written so is read as this, and written so again if it is how we write it.
    #[test]
    fn departures_look_as_documented_and_those_before_are_read() {
        let (room, user) = (RoomName::new("den").unwrap(), UserName::new("bob").unwrap());
        let (rooms, words) = (vec![room.clone()], Some(Text::new("bye").unwrap()));
        let left = |departure| Deed::Left {
            room: room.clone(),
            user: user.clone(),
            departure,
        };
        let released = |rooms, words| Deed::Released {
            user: user.clone(),
            rooms,
            words,
            by: None,
        };
        let left_den = r#""type":"left","room":"den","user":"bob""#;
        let released_bob = r#""type":"released","user":"bob""#;
        for (fields, more, deed) in [
            (left_den, "", left(Departure::Parted { words: None })),
            (
                left_den,
                r#","text":"bye""#,
                left(Departure::Parted {
                    words: words.clone(),
                }),
            ),
            (left_den, r#","how":"quit""#, left(Departure::Quit)),
            (released_bob, "", released(Vec::new(), None)),
            (
                released_bob,
                r#","rooms":["den"]"#,
                released(rooms.clone(), None),
            ),
            (
                released_bob,
                r#","rooms":["den"],"text":"bye""#,
                released(rooms.clone(), words),
            ),
        ] {
            let record = format!(r#"{{"v":1,{fields}{more},"at":7}}"#);
            let event = read(Position::START, &record).unwrap();
            assert_eq!(event.deed, deed, "{record}");
            assert_eq!(write(&event).unwrap(), record);
        }
        let newer = format!(r#"{{"v":1,{left_den},"how":"otherwise","by":"eve","at":7}}"#);
        let event = read(Position::START, &newer).unwrap();
        assert_eq!(event.deed, left(Departure::Parted { words: None }));
    }

    /// What was written before there were notices is a message.
    #[test]
    fn notices_and_topics_look_as_documented_and_messages_as_before() {
        let (room, user) = (RoomName::new("den").unwrap(), UserName::new("bob").unwrap());
        let text = || Text::new("tea").unwrap();
        let said = |manner| Deed::RoomMessage {
            room: room.clone(),
            sender: user.clone(),
            text: text(),
            manner,
            extras: Extras::default(),
            k: 3,
            privacy: Privacy::Public,
            echo: Echo::ExcludeSender,
        };
        let whispered = |manner| Deed::Whisper {
            to: user.clone(),
            sender: user.clone(),
            text: text(),
            manner,
            extras: Extras::default(),
            k: 3,
        };
        let topic = |text| Deed::TopicSet {
            room: room.clone(),
            by: user.clone(),
            text,
        };
        let in_den = r#""type":"room_message","room":"den","k":3,"public":true,"sender":"bob""#;
        let to_bob = r#""type":"whisper","to":"bob","k":3,"sender":"bob","text":"tea""#;
        let by_bob = r#""type":"topic_set","room":"den","by":"bob","text""#;
        for (fields, deed) in [
            (
                format!(r#"{in_den},"text":"tea","exclude_sender":true"#),
                said(Manner::Message),
            ),
            (
                format!(r#"{in_den},"text":"tea","notice":true,"exclude_sender":true"#),
                said(Manner::Notice),
            ),
            (to_bob.to_owned(), whispered(Manner::Message)),
            (
                format!(r#"{to_bob},"notice":true"#),
                whispered(Manner::Notice),
            ),
            (format!(r#"{by_bob}:"tea""#), topic(Some(text()))),
            (format!(r#"{by_bob}:"""#), topic(None)),
        ] {
            let record = format!(r#"{{"v":1,{fields},"at":7}}"#);
            let event = read(Position::START, &record).unwrap();
            assert_eq!(event.deed, deed, "{record}");
            assert_eq!(write(&event).unwrap(), record);
        }
    }

    /// Where nothing is said of ranks there are none, as before there were any.
    #[test]
    fn ranks_kicks_and_modes_look_as_documented() {
        let (room, user) = (RoomName::new("den").unwrap(), UserName::new("bob").unwrap());
        let by = UserName::new("alice").unwrap();
        let comes = |letters, away: Option<&str>| Deed::Entered {
            room: room.clone(),
            user: user.clone(),
            ranks: Ranks::of_letters(letters),
            profile: Profile::default(),
            away: away.map(|words| Text::new(words).unwrap()),
        };
        let changes = ["+t", "+o bob", "+b Eve!*@*"].map(super::super::changes::read);
        for (fields, deed) in [
            (
                r#""type":"entered","room":"den","user":"bob""#,
                comes("", None),
            ),
            (
                r#""type":"entered","room":"den","user":"bob","rank":"o","away":"tea""#,
                comes("o", Some("tea")),
            ),
            (
                r#""type":"left","room":"den","user":"bob","how":"kicked","by":"alice","text":"out""#,
                Deed::Left {
                    room: room.clone(),
                    user: user.clone(),
                    departure: Departure::Kicked {
                        by: by.clone(),
                        words: Some(Text::new("out").unwrap()),
                    },
                },
            ),
            (
                r#""type":"modes_changed","room":"den","by":"alice","changes":["+t","+o bob","+b Eve!*@*"]"#,
                Deed::ModesChanged {
                    room: room.clone(),
                    by: by.clone(),
                    changes: changes.into_iter().flatten().collect(),
                },
            ),
            (
                r#""type":"invited","room":"den","by":"alice","user":"bob""#,
                Deed::Invited {
                    room: room.clone(),
                    by: by.clone(),
                    user: user.clone(),
                },
            ),
        ] {
            let record = format!(r#"{{"v":1,{fields},"at":7}}"#);
            let event = read(Position::START, &record).unwrap();
            assert_eq!(event.deed, deed, "{record}");
            assert_eq!(write(&event).unwrap(), record);
        }
        let newer = r#"{"v":1,"type":"modes_changed","room":"den","by":"bob","changes":["+q x","+t"],"at":7}"#;
        let event = read(Position::START, newer).unwrap();
        assert_eq!(event.changes().len(), 1, "what is not known is left out");
    }

    #[test]
    fn what_goes_with_a_message_looks_as_documented() {
        let (room, user) = (RoomName::new("den").unwrap(), UserName::new("bob").unwrap());
        let tags = ClientTags::new("+typing=active");
        let of = |speaker| Extras {
            tags: tags.clone(),
            speaker,
            seams: vec![3, 7],
        };
        let tagged = |to, extras| Deed::Tagged {
            to,
            sender: user.clone(),
            extras,
        };
        let in_den = Conversation::Room { room };
        let to_bob = Conversation::Person { user: user.clone() };
        for (fields, deed) in [
            (
                r#""room":"den","sender":"bob","with":{"tags":"+typing=active","seams":[3,7]}"#,
                tagged(in_den, of(Speaker::Person)),
            ),
            (
                r#""to":"bob","sender":"bob","with":{"tags":"+typing=active","bot":true,"seams":[3,7]}"#,
                tagged(to_bob, of(Speaker::Bot)),
            ),
        ] {
            let record = format!(r#"{{"v":1,"type":"tagged",{fields},"at":7}}"#);
            let event = read(Position::START, &record).unwrap();
            assert_eq!(event.deed, deed, "{record}");
            assert_eq!(write(&event).unwrap(), record);
        }
        let to_nobody = r#"{"v":1,"type":"tagged","sender":"bob","with":{},"at":7}"#;
        assert!(read(Position::START, to_nobody).is_err());
    }

    #[test]
    fn what_a_newer_program_wrote_is_refused() {
        let newer = ONE.replace(r#""v":1"#, r#""v":2"#);
        let refused = read(Position::START, &newer);
        assert!(matches!(refused, Err(NotARecord::Newer { found: 2 })));
    }
}
