//! `"room":"den"` or `"to":"bob"`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::word_if_any;
use crate::chat::history::Conversation;
use crate::chat::{RoomName, UserName};

#[derive(Serialize, Deserialize)]
struct Fields {
    #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
    room: Option<RoomName>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
    to: Option<UserName>,
}

pub(super) fn serialize<S: Serializer>(
    conversation: &Conversation,
    to: S,
) -> Result<S::Ok, S::Error> {
    let fields = match conversation {
        Conversation::Room { room } => Fields {
            room: Some(room.clone()),
            to: None,
        },
        Conversation::Person { user } => Fields {
            room: None,
            to: Some(user.clone()),
        },
    };
    fields.serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Conversation, D::Error> {
    match Fields::deserialize(from)? {
        Fields {
            room: Some(room), ..
        } => Ok(Conversation::Room { room }),
        Fields { to: Some(user), .. } => Ok(Conversation::Person { user }),
        Fields {
            room: None,
            to: None,
        } => Err(D::Error::custom("it is for nobody")),
    }
}
