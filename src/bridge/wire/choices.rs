//! What is one of two things, as records say it: true or false.

/// `"notice":true`, and nothing for a message.
pub(super) mod manner {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::chat::event::Manner;

    pub(in super::super) const fn message() -> Manner {
        Manner::Message
    }

    pub(in super::super) fn is_message(manner: &Manner) -> bool {
        *manner == Manner::Message
    }

    pub(in super::super) fn serialize<S: Serializer>(
        manner: &Manner,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bool(match manner {
            Manner::Notice => true,
            Manner::Message => false,
        })
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Manner, D::Error> {
        let notice = bool::deserialize(from)?;
        Ok(if notice {
            Manner::Notice
        } else {
            Manner::Message
        })
    }
}

pub(super) mod public {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::chat::event::Privacy;

    pub(in super::super) fn serialize<S: Serializer>(
        privacy: &Privacy,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bool(match privacy {
            Privacy::Public => true,
            Privacy::Private => false,
        })
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Privacy, D::Error> {
        let public = bool::deserialize(from)?;
        Ok(if public {
            Privacy::Public
        } else {
            Privacy::Private
        })
    }
}

pub(super) mod exclude_sender {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::chat::event::Echo;

    pub(in super::super) fn serialize<S: Serializer>(
        echo: &Echo,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bool(match echo {
            Echo::ExcludeSender => true,
            Echo::IncludeSender => false,
        })
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Echo, D::Error> {
        let excluded = bool::deserialize(from)?;
        Ok(if excluded {
            Echo::ExcludeSender
        } else {
            Echo::IncludeSender
        })
    }
}
