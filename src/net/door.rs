//! The doors of a node: what is different between them before anybody has said a word.

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;

use super::tls::{Identity, TlsError, Visitors};

/// The protocol of the IRC door as a handshake names it: <https://ircv3.net/specs/extensions/alpn>.
const IRC: &[u8] = b"irc";

/// What a browser names, for a WebSocket begins as a request of HTTP.
const HTTP: &[u8] = b"http/1.1";

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

    /// What TLS does at this door with a node's certificate.
    ///
    /// The IRC door names its protocols (ALPN, RFC 7301): who names IRC, or none, speaks in lines;
    /// a browser names HTTP, and gets a WebSocket or nothing, so that whoever was lured here does no
    /// harm; who names only others is refused. At the line door nobody is asked.
    ///
    /// # Errors
    /// [`TlsError::Setup`], as of [`Identity::server_config`].
    pub fn tls(self, own: &Identity) -> Result<Handshakes, TlsError> {
        let unasked = own.server_config(Visitors::Unasked)?;
        Ok(match self {
            Self::Line => Handshakes {
                programs: unasked.clone(),
                browsers: unasked,
            },
            Self::Irc => Handshakes {
                programs: naming(own.server_config(Visitors::Asked)?),
                browsers: naming(unasked),
            },
        })
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

/// What TLS does at a door, by who comes.
#[derive(Debug, Clone)]
pub struct Handshakes {
    programs: Arc<ServerConfig>,
    /// Nobody is asked for a certificate: browsers that are give a WebSocket up.
    browsers: Arc<ServerConfig>,
}

impl Handshakes {
    /// For a peer that names these protocols.
    #[must_use]
    pub fn with<'a>(&self, named: impl IntoIterator<Item = &'a [u8]>) -> Arc<ServerConfig> {
        let known = named.into_iter().find(|name| [IRC, HTTP].contains(name));
        if known == Some(HTTP) {
            self.browsers.clone()
        } else {
            self.programs.clone()
        }
    }
}

fn naming(common: Arc<ServerConfig>) -> Arc<ServerConfig> {
    let mut own = Arc::unwrap_or_clone(common);
    own.alpn_protocols = vec![IRC.to_vec(), HTTP.to_vec()];
    Arc::new(own)
}

/// How lines come from a peer and go to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carriage {
    /// As they are, each with its end.
    Lines,
    /// Each as a message of a [WebSocket](super::websocket).
    WebSocket,
}

impl Carriage {
    /// What was agreed on in the handshake.
    #[must_use]
    pub fn agreed(alpn: Option<&[u8]>) -> Self {
        if alpn == Some(HTTP) {
            Self::WebSocket
        } else {
            Self::Lines
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
