//! The doors of a node: what is different between them before anybody has said a word.

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;

/// The protocol of the IRC door as a handshake names it: <https://ircv3.net/specs/extensions/alpn>.
const IRC: &[u8] = b"irc";

/// A door: listeners whose peers all speak one dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// For people and scripts, who speak in lines.
    Line,
    /// For IRC clients.
    Irc,
}

impl Door {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 2] = [Self::Line, Self::Irc];

    /// What TLS does at this door, made of what it does at every one.
    ///
    /// The IRC door names its protocol (ALPN, RFC 7301): who names it too, or none, comes in; who
    /// names only others, as a browser would that was lured here, is refused. At the line door
    /// nobody is asked.
    #[must_use]
    pub fn tls(self, common: &Arc<ServerConfig>) -> Arc<ServerConfig> {
        match self {
            Self::Line => common.clone(),
            Self::Irc => {
                let mut own = ServerConfig::clone(common);
                own.alpn_protocols = vec![IRC.to_vec()];
                Arc::new(own)
            }
        }
    }

    /// One line for a peer that does not speak TLS, with its end.
    pub(super) fn hint(self, port: u16) -> String {
        match self {
            Self::Line => format!(
                "! This port speaks TLS only. Try: openssl s_client -quiet -connect <host>:{port}\n"
            ),
            Self::Irc => format!(
                "ERROR :This port speaks TLS: switch it on in your client, for <host>/{port}\r\n"
            ),
        }
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Line => "line door",
            Self::Irc => "IRC door",
        })
    }
}
