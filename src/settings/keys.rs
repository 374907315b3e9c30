//! Every key that the settings know, in one table: what is not here is a mistake.

use super::units::{show_duration, show_size};
use crate::messages::BATCH_BYTES;

/// One setting.
#[derive(Debug)]
pub(super) struct Key {
    /// Where it stands: section and name.
    pub(super) path: &'static str,
    /// What its value must be.
    pub(super) kind: Kind,
    /// Its value where nobody sets it, as TOML has it.
    pub(super) default: &'static str,
    /// What it does, in one sentence; the shipped file has the same words.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test holds the shipped file against it")
    )]
    pub(super) doc: &'static str,
}

/// What the value of a key must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// A text that its own type checks.
    Text,
    /// Texts, each checked by its own type; one alone needs no brackets.
    List,
    /// `true` or `false`.
    Flag,
    /// A number within bounds.
    Number {
        /// How it is written.
        unit: Unit,
        /// The smallest that makes sense.
        least: u64,
        /// The largest that makes sense.
        most: u64,
    },
    /// A section whose keys the operator chooses.
    Table,
    /// Of a part that this build has not got; named, so that the operator is told so.
    Later(&'static str),
}

/// How a number is written, and what it counts in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Plain.
    Count,
    /// `30s`; milliseconds.
    Duration,
    /// `64KiB`, or a plain number of bytes; bytes.
    Size,
}

impl Unit {
    /// A number of this unit as the operator would write it.
    pub(super) fn show(self, number: u64) -> String {
        match self {
            Self::Count => number.to_string(),
            Self::Duration => show_duration(number),
            Self::Size => show_size(number),
        }
    }
}

/// The key at a path.
pub(super) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// The key that somebody may have meant by an unknown path.
pub(super) fn near(path: &str) -> Option<&'static str> {
    let (distance, key) = KEYS
        .iter()
        .map(|key| (distance(path, key.path), key.path))
        .min()?;
    let same_name = || {
        let name = |path: &'_ str| path.rsplit('.').next().map(str::to_owned);
        KEYS.iter()
            .map(|key| key.path)
            .find(|known| name(known) == name(path))
    };
    if distance <= 2 {
        Some(key)
    } else {
        same_name()
    }
}

/// Letters to change, add or drop to make one text the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in other.chars().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.chars().count()]
}

const fn key(path: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key {
        path,
        kind,
        default,
        doc,
    }
}

const fn count(least: u64, most: u64) -> Kind {
    Kind::Number {
        unit: Unit::Count,
        least,
        most,
    }
}

const fn duration(least: u64, most: u64) -> Kind {
    Kind::Number {
        unit: Unit::Duration,
        least,
        most,
    }
}

const fn size(least: u64, most: u64) -> Kind {
    Kind::Number {
        unit: Unit::Size,
        least,
        most,
    }
}

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const KIB: u64 = 1024;
const MILLION: u64 = 1_000_000;

/// All keys, in the order of the shipped file.
#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    key("node.name", Kind::Text, r#""node-1""#,
        "The name of this node, unique in its cluster."),
    key("node.data_dir", Kind::Text, r#""data""#,
        "The folder of the embedded store; it is made when it is missing."),
    key("node.drain", duration(0, HOUR), r#""10s""#,
        "How long a stopping node waits for its sessions to take their last words."),

    key("listen.line", Kind::List, r#""127.0.0.1:8001""#,
        "Where line clients connect, with TLS: an address with a port, a list of them, or \"off\"."),
    key("listen.irc", Kind::List, r#""127.0.0.1:6697""#,
        "Where IRC clients connect, with TLS: other addresses than those of the line door, or \"off\"."),
    key("listen.web", Kind::Later("web door"), r#""127.0.0.1:8443""#,
        "Where browsers connect, with TLS."),
    key("listen.ops", Kind::Later("operators' door"), r#""127.0.0.1:9600""#,
        "Where operators read health and metrics."),

    key("tls.cert", Kind::Text, r#""certs/cert.pem""#,
        "The certificate chain in PEM, the server's own first."),
    key("tls.key", Kind::Text, r#""certs/key.pem""#,
        "The private key of the certificate in PEM, not encrypted."),
    key("tls.names", Kind::List, r#"["localhost", "127.0.0.1", "::1"]"#,
        "DNS names and addresses that a certificate made at the first start is for."),
    key("tls.key_type", Kind::Text, r#""ecdsa-p256""#,
        "The key of a certificate made at the first start: \"ecdsa-p256\" or \"rsa-2048\"."),

    key("irc.network", Kind::Text, r#""conclave""#,
        "The name by which IRC clients know all nodes together."),
    key("irc.server_name", Kind::Text, r#""conclave.local""#,
        "The name of the server as IRC clients see it, the same on all nodes."),
    key("irc.description", Kind::Text, r#""A conclave""#,
        "What the server is for, in a few words that IRC clients show."),
    key("irc.motd", Kind::Text, r#""""#,
        "A file with the message of the day, which IRC clients read when they are in."),
    key("irc.password", Kind::Text, r#""""#,
        "The bcrypt hash of a password that all show who come in by the IRC door; empty asks for none."),

    key("irc.operators", Kind::Table, "{}",
        "Operators of the network, by names of their own, with the bcrypt hash of the password of each."),

    key("bridge.kind", Kind::Text, r#""embedded""#,
        "What keeps the log: \"embedded\" is a SQLite file in node.data_dir, for one node; with \"redis\" the nodes that share a Redis and a prefix are one cluster."),
    key("bridge.durability", Kind::Text, r#""fsync""#,
        "What a message that the embedded store acknowledged survives: \"fsync\" a power cut, \"relaxed\" a killed process."),

    key("redis.url", Kind::Text, r#""redis://127.0.0.1:6379/0""#,
        "The Redis or Valkey that the nodes of a cluster share."),
    key("redis.prefix", Kind::Text, r#""""#,
        "What all names in Redis begin with, the channel's too."),
    key("redis.channel", Kind::Text, r#""global_chat_events""#,
        "The channel that carries every event."),
    key("redis.log_entries", count(1000, 100 * MILLION), "100000",
        "Events that the log in Redis keeps."),

    key("accounts.registration", Kind::Text, r#""open""#,
        "Who makes accounts: \"open\" lets people /register, \"closed\" leaves it to the operator."),
    key("accounts.allow_public_registration", Kind::Flag, "false",
        "Whether registration may be open on an address that is not this machine's own."),
    key("accounts.bcrypt_cost", count(4, 31), "12",
        "The work factor of new password hashes; one more doubles the time of every login."),
    key("accounts.min_password", count(1, 128), "8",
        "The fewest bytes that a new password may have."),
    key("accounts.duplicate_login", Kind::Text, r#""reject""#,
        "What a login to an account in use does: \"reject\" the newcomer, or \"replace\" the session."),
    key("accounts.grace", duration(0, 10 * MINUTE), r#""15s""#,
        "How long an account keeps its rooms after its connection is lost; 0s is not at all."),
    key("accounts.guests", Kind::Flag, "false",
        "Whether IRC clients come in without an account, under any nick that is nobody else's."),
    key("accounts.users", Kind::Table, "{}",
        "Accounts whose bcrypt hash stands here; they win over the store and cannot /passwd."),

    key("limits.line_bytes", size(512, 16 * KIB), "4096",
        "The most bytes that a client's line may have before its end."),
    key("limits.backlog", size(2 * BATCH_BYTES as u64, KIB * KIB * KIB), r#""256KiB""#,
        "Bytes that wait for one slow reader; what is said beyond is told when they are read."),
    key("limits.stalled", duration(100, HOUR), r#""60s""#,
        "How long a slow reader may take nothing of what waits; the kernel gives it up after 20 s."),
    key("limits.connections_per_ip", count(0, MILLION), "64",
        "Connections from one IPv4 address or IPv6 /64; 0 is no limit."),
    key("limits.handshake", duration(10, 10 * MINUTE), r#""10s""#,
        "How long a connection has from its first packet to being encrypted."),
    key("limits.login", duration(10, HOUR), r#""30s""#,
        "How long a connection has from being encrypted to being logged in."),
    key("limits.messages_per_second", count(0, MILLION), "20",
        "Lines a second that are read from one connection in the long run; 0 is no limit."),
    key("limits.message_burst", count(1, MILLION), "60",
        "Lines that are read at once from a connection that was quiet before."),
    key("limits.registrations_per_minute", count(0, MILLION), "10",
        "New accounts a minute from one IPv4 address or IPv6 /64; 0 is no limit."),
    key("limits.password_checks", count(1, 65_536), "128",
        "Password checks under way or waiting; the next one is told to try again."),
    key("limits.rooms", count(1, 10 * MILLION), "10000",
        "Rooms that may exist at once."),

    key("history.keep_messages", count(1, 10 * MILLION), "1000",
        "Messages that are kept of each room."),
    key("history.keep_days", count(1, 36_500), "30",
        "Days that a message is kept."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_when_it_is_near() {
        for (written, meant) in [
            ("listen.lime", Some("listen.line")),
            ("limit.backlog", Some("limits.backlog")),
            ("Node.name", Some("node.name")),
            ("backlog", Some("limits.backlog")),
            ("limits.bcrypt_cost", Some("accounts.bcrypt_cost")),
            ("weather.today", None),
        ] {
            assert_eq!(near(written), meant, "{written}");
        }
    }

    #[test]
    fn distances_are_counted_in_letters() {
        for (one, other, letters) in [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3)] {
            assert_eq!(distance(one, other), letters);
            assert_eq!(distance(other, one), letters);
        }
    }

    #[test]
    fn paths_are_unique() {
        for (i, key) in KEYS.iter().enumerate() {
            assert!(
                KEYS[i + 1..].iter().all(|other| other.path != key.path),
                "{}",
                key.path
            );
        }
    }
}
