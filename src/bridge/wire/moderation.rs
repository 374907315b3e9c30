//! What records tell of ranks, modes, and how somebody went out of a room.

/// Their letters, and nothing for who has no rank.
pub(super) mod ranks {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::chat::modes::Ranks;

    pub(in crate::bridge::wire) fn are_none(ranks: &Ranks) -> bool {
        ranks.is_empty()
    }

    pub(in crate::bridge::wire) fn serialize<S: Serializer>(
        ranks: &Ranks,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&ranks.letters())
    }

    pub(in crate::bridge::wire) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Ranks, D::Error> {
        let letters = Cow::<'de, str>::deserialize(from)?;
        Ok(Ranks::of_letters(&letters))
    }
}

/// Each in words; what only a newer program knows is left out.
pub(super) mod mode_changes {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::bridge::changes;
    use crate::chat::modes::ModeChange;

    pub(in crate::bridge::wire) fn serialize<S: Serializer>(
        all: &[ModeChange],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().map(changes::word))
    }

    pub(in crate::bridge::wire) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<ModeChange>, D::Error> {
        let words = Vec::<Cow<'de, str>>::deserialize(from)?;
        Ok(words
            .iter()
            .filter_map(|word| changes::read(word))
            .collect())
    }
}

/// `"how":"quit"`, `"how":"kicked"` with `"by"`, or neither; and `"text"` with what was said. A
/// reason that this program does not know is one to part.
pub(super) mod departure {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::bridge::wire::word_if_any;
    use crate::chat::event::Departure;
    use crate::chat::{Text, UserName};

    const QUIT: &str = "quit";
    const KICKED: &str = "kicked";

    #[derive(Serialize, Deserialize)]
    struct Fields {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
        by: Option<UserName>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "word_if_any")]
        text: Option<Text>,
    }

    pub(in crate::bridge::wire) fn serialize<S: Serializer>(
        departure: &Departure,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let fields = match departure {
            Departure::Parted { words } => Fields {
                how: None,
                by: None,
                text: words.clone(),
            },
            Departure::Kicked { by, words } => Fields {
                how: Some(KICKED.to_owned()),
                by: Some(by.clone()),
                text: words.clone(),
            },
            Departure::Quit => Fields {
                how: Some(QUIT.to_owned()),
                by: None,
                text: None,
            },
        };
        fields.serialize(to)
    }

    pub(in crate::bridge::wire) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Departure, D::Error> {
        let fields = Fields::deserialize(from)?;
        let (by, words) = (fields.by, fields.text);
        Ok(match (fields.how.as_deref(), by) {
            (Some(QUIT), _) => Departure::Quit,
            (Some(KICKED), Some(by)) => Departure::Kicked { by, words },
            (Some(_) | None, _) => Departure::Parted { words },
        })
    }
}
