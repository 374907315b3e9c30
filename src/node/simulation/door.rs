//! By which door somebody comes, and how what happens is spelled there.

use std::sync::Arc;

use bytes::BytesMut;

use crate::chat::command::Positions;
use crate::dialect::irc::{self, Accounts, Guests, Identity};
use crate::dialect::{Dialect, Format};

/// What IRC clients switch on: by this everything that they are told has its place in the log, and
/// every answer tells of what.
pub(super) const CAPS: &str = "account-notify away-notify batch chghost draft/chathistory \
     draft/event-playback echo-message labeled-response message-tags no-implicit-names sasl \
     server-time standard-replies";

/// A door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Line,
    Irc,
}

impl Door {
    /// A conversation at its beginning.
    pub(super) fn dialect(self) -> Dialect {
        match self {
            Self::Line => Dialect::line(),
            Self::Irc => Dialect::irc(identity(), None),
        }
    }

    /// How events are spelled; at the line door without their positions, for not everybody asks for
    /// them at once.
    pub(super) fn format(self) -> Format {
        match self {
            Self::Line => Format::Line {
                positions: Positions::Hidden,
            },
            Self::Irc => {
                let mut talk = self.dialect();
                talk.hear(format!("CAP REQ :{CAPS}").as_bytes());
                while talk.next_heard().is_some() {
                    talk.tell_reply(&mut BytesMut::new());
                }
                talk.format()
            }
        }
    }
}

/// As what the server is known.
pub(super) const SERVER: &str = "conclave.test";

fn identity() -> Arc<Identity> {
    Arc::new(Identity {
        server: SERVER.to_owned(),
        network: "conclave".to_owned(),
        description: "A conclave".to_owned(),
        version: "conclave-test".to_owned(),
        created: "today".to_owned(),
        guests: Guests::Welcome,
        accounts: Accounts::Closed,
        door: irc::Door::Open,
    })
}
