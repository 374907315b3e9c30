//! `"profile":{"real":"Anna","bot":true}`: what somebody said about themselves, each part where
//! there is one.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::word_if_any;
use crate::chat::Text;
use crate::chat::extras::Speaker;
use crate::chat::profile::Profile;

#[derive(Serialize, Deserialize)]
struct Fields {
    #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
    real: Option<Text>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    bot: bool,
}

impl Fields {
    fn of(profile: &Profile) -> Self {
        Self {
            real: profile.real_name.clone(),
            bot: profile.speaker == Speaker::Bot,
        }
    }

    fn into_profile(self) -> Profile {
        let Self {
            real: real_name,
            bot,
        } = self;
        let speaker = if bot { Speaker::Bot } else { Speaker::Person };
        Profile { real_name, speaker }
    }
}

pub(super) fn serialize<S: Serializer>(profile: &Profile, to: S) -> Result<S::Ok, S::Error> {
    Fields::of(profile).serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Profile, D::Error> {
    Fields::deserialize(from).map(Fields::into_profile)
}

/// A profile as it stands in a store: what begins alike up to the real name has the same one.
pub(in crate::bridge) fn json(profile: &Profile) -> String {
    // Strings and bools are always JSON.
    serde_json::to_string(&Fields::of(profile)).unwrap_or_else(|_| "{}".to_owned())
}

/// A profile as it stood in a store, if it is one.
pub(in crate::bridge) fn read(json: &str) -> Option<Profile> {
    let fields: Fields = serde_json::from_str(json).ok()?;
    Some(fields.into_profile())
}
