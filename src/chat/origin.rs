//! Where an event came from: a run of a node, or one connection of it.

use std::fmt;
use std::str::FromStr;

use super::name::NodeName;

/// One run of a node: `<node>.<run in hex>`.
///
/// A restarted node is another incarnation, so nothing of the run before is taken for its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incarnation {
    /// The node's name from its settings.
    pub node: NodeName,
    /// Random for every run.
    pub run: u32,
}

/// The number of a connection, unique in one incarnation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// One connection of one incarnation: `<node>.<run>/<conn>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionId {
    /// The run of the node that holds the connection.
    pub incarnation: Incarnation,
    /// The connection.
    pub conn: ConnId,
}

/// Who made an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The store itself or a node's housekeeping.
    Store,
    /// A connection, whose sender a door may want to echo to.
    Session(SessionId),
}

/// The text is not `<node>.<run>/<conn>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a session is <node>.<run>/<conn>, for example node-1.8c1f/77")]
pub struct NotASession;

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:x}", self.node, self.run)
    }
}

impl fmt::Display for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.incarnation, self.conn)
    }
}

impl FromStr for SessionId {
    type Err = NotASession;

    fn from_str(text: &str) -> Result<Self, NotASession> {
        let (incarnation, conn) = text.split_once('/').ok_or(NotASession)?;
        let (node, run) = incarnation.rsplit_once('.').ok_or(NotASession)?;
        let node = NodeName::new(node).map_err(|_| NotASession)?;
        let run = u32::from_str_radix(run, 16).map_err(|_| NotASession)?;
        let conn = ConnId(conn.parse().map_err(|_| NotASession)?);
        Ok(Self {
            incarnation: Incarnation { node, run },
            conn,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        for text in [
            "node-1.8c1f/77",
            "eu.west.1.0/0",
            "n.ffffffff/18446744073709551615",
        ] {
            assert_eq!(text.parse::<SessionId>().unwrap().to_string(), text);
        }
        for bad in ["", "node-1", "node-1/7", "node-1.x/7", "node-1.8/", "-.8/7"] {
            assert!(bad.parse::<SessionId>().is_err(), "{bad}");
        }
    }
}
