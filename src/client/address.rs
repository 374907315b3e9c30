//! Which node is meant, and as whom: `[user@]host[:port]`.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use super::DEFAULT_PORT;
use crate::chat::UserName;
use crate::chat::name::NameError;

/// A host and a port, as a person types them and as a resolver takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name, an IPv4 address, or an IPv6 address without its brackets.
    host: String,
    port: u16,
}

/// A node, and perhaps who wants in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Nobody in particular when only the node was named.
    pub user: Option<UserName>,
    /// The node.
    pub address: Address,
}

/// Why a text names no node; the words are for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// No host, or a port that is none.
    #[error("not HOST[:PORT], such as localhost, localhost:8001 or [::1]:8001")]
    Shape,
    /// No port where there has to be one.
    #[error("not HOST:PORT, such as localhost:8001 or [::1]:8001")]
    NoPort,
    /// What stands before the `@` is no name.
    #[error("{word:?} is not a name: {why}")]
    User {
        /// The word.
        word: String,
        /// What is wrong with it.
        why: NameError,
    },
}

impl Address {
    /// Reads `HOST:PORT`.
    ///
    /// # Errors
    /// [`NoAddress`] when either is missing or impossible.
    pub fn with_port(text: &str) -> Result<Self, NoAddress> {
        let (host, port) = text.rsplit_once(':').ok_or(NoAddress::NoPort)?;
        match (bare_host(host), port.parse()) {
            (Some(host), Ok(port @ 1..)) => Ok(Self {
                host: host.to_owned(),
                port,
            }),
            _ => Err(NoAddress::NoPort),
        }
    }

    /// The host without brackets: what a certificate is for.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What a socket connects to.
    #[must_use]
    pub fn endpoint(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}

impl FromStr for Address {
    type Err = NoAddress;

    /// Reads `HOST[:PORT]`; without a port it is [`DEFAULT_PORT`].
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        match bare_host(text) {
            Some(host) => Ok(Self {
                host: host.to_owned(),
                port: DEFAULT_PORT,
            }),
            None => Self::with_port(text).map_err(|_| NoAddress::Shape),
        }
    }
}

impl FromStr for Destination {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let (user, address) = match text.rsplit_once('@') {
            Some((word, address)) => (Some(user(word)?), address),
            None => (None, text),
        };
        let address = address.parse()?;
        Ok(Self { user, address })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(f, "[{host}]:{port}")
        } else {
            write!(f, "{host}:{port}")
        }
    }
}

fn user(word: &str) -> Result<UserName, NoAddress> {
    UserName::new(word).map_err(|why| NoAddress::User {
        word: word.to_owned(),
        why,
    })
}

/// A host as it is typed; an IPv6 address in brackets.
fn bare_host(text: &str) -> Option<&str> {
    let bracketed = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(|_| inner),
        None => (!text.is_empty() && !text.contains([':', '@', '[', ']', ' '])).then_some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_shown() {
        for (text, shown) in [
            ("localhost", "localhost:8001"),
            ("localhost:9", "localhost:9"),
            ("192.0.2.1", "192.0.2.1:8001"),
            ("[::1]", "[::1]:8001"),
            ("[2001:db8::1]:9", "[2001:db8::1]:9"),
            ("chat.example:65535", "chat.example:65535"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(shown.parse(), Ok(address));
        }
    }

    #[test]
    fn what_names_no_node_is_told() {
        for text in [
            "", ":8001", "a b", "::1", "[::1", "[x]:1", "a:0", "a:65536", "a:", "a:b",
        ] {
            assert_eq!(text.parse::<Address>(), Err(NoAddress::Shape), "{text}");
        }
        for text in ["localhost", "[::1]", ":1"] {
            assert_eq!(Address::with_port(text), Err(NoAddress::NoPort), "{text}");
        }
    }

    #[test]
    fn a_person_stands_before_the_node() {
        let alice: Destination = "alice@[::1]".parse().unwrap();
        assert_eq!(alice.user, UserName::new("alice").ok());
        assert_eq!(alice.address.to_string(), "[::1]:8001");
        let nobody: Destination = "localhost:9".parse().unwrap();
        assert_eq!(nobody.user, None);
        let error = "a b@localhost".parse::<Destination>().unwrap_err();
        let why = "\"a b\" is not a name: A-Z a-z 0-9 _ - . only, the first a letter or digit";
        assert_eq!(error.to_string(), why);
    }
}
