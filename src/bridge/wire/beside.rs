//! `"with":{"tags":"+a=b","bot":true,"seams":[13]}`: what goes with a message, each part where there is one.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::chat::Extras;
use crate::chat::extras::{ClientTags, Speaker};

#[derive(Serialize, Deserialize)]
struct Fields<'a> {
    #[serde(default, skip_serializing_if = "str::is_empty")]
    tags: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    bot: bool,
    #[serde(default, skip_serializing_if = "<[u16]>::is_empty")]
    seams: Cow<'a, [u16]>,
}

impl<'a> Fields<'a> {
    fn of(extras: &'a Extras) -> Self {
        Self {
            tags: extras.tags.as_str().into(),
            bot: extras.speaker == Speaker::Bot,
            seams: extras.seams.as_slice().into(),
        }
    }
}

pub(super) fn serialize<S: Serializer>(extras: &Extras, to: S) -> Result<S::Ok, S::Error> {
    Fields::of(extras).serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Extras, D::Error> {
    let Fields { tags, bot, seams } = Fields::deserialize(from)?;
    Ok(Extras {
        tags: ClientTags::new(&tags),
        speaker: if bot { Speaker::Bot } else { Speaker::Person },
        seams: seams.into_owned(),
    })
}

/// The same as it stands in a record.
pub(in crate::bridge) fn json(extras: &Extras) -> String {
    // Strings and bools are always JSON.
    serde_json::to_string(&Fields::of(extras)).unwrap_or_else(|_| "{}".to_owned())
}
