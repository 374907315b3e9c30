//! The resolved settings in words, for `conclave check`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::time::Duration;

use super::units::{show_duration, show_size};
use super::{
    Accounts, Bridge, Durability, Guests, History, Irc, KeyType, Limits, Password, Redis,
    Registration, Settings,
};
use crate::chat::UserName;
use crate::messages::{ASKS_IN_FLIGHT, BATCH_EVENTS, BATCH_FRAMES, DuplicateLogin, STORE_QUEUE};

/// What a message takes in Redis beside its text: names, ids, and the stream's own bytes.
const ENTRY_BYTES: u64 = 512;

/// Every resolved setting as a line of TOML, then, as comments, the accounts by name and what the queues
/// hold at most. Holds no password and no hash of one.
#[must_use]
pub fn describe(settings: &Settings) -> String {
    let mut lines: Vec<String> = values(settings)
        .into_iter()
        .map(|(path, value)| format!("{path} = {value}"))
        .collect();
    lines.extend(names("accounts.users", &settings.accounts.users));
    lines.extend(names("irc.operators", &settings.irc.operators));
    lines.extend(of_the_door(&settings.irc.password));
    lines.extend(bounds(&settings.limits));
    lines.extend(in_redis(settings));
    lines.join("\n") + "\n"
}

/// Every resolved setting but the accounts, by its key and in the order of the manual; of `redis.url`
/// what can be shown.
pub(super) fn values(settings: &Settings) -> Lines {
    [
        node_and_doors(settings),
        irc(&settings.irc),
        bridge(&settings.bridge),
        accounts(&settings.accounts),
        limits(&settings.limits),
        history(settings.history),
    ]
    .concat()
}

type Lines = Vec<(&'static str, String)>;

fn node_and_doors(settings: &Settings) -> Lines {
    let Settings {
        node, listen, tls, ..
    } = settings;
    vec![
        ("node.name", quoted(node.name.as_str())),
        ("node.data_dir", quoted(&node.data_dir)),
        ("node.drain", duration(node.drain)),
        ("listen.line", addresses(&listen.line)),
        ("listen.irc", addresses(&listen.irc)),
        ("tls.cert", quoted(&tls.cert)),
        ("tls.key", quoted(&tls.key)),
        ("tls.names", quoted(&tls.names)),
        (
            "tls.key_type",
            quoted(match tls.key_type {
                KeyType::EcdsaP256 => "ecdsa-p256",
                KeyType::Rsa2048 => "rsa-2048",
            }),
        ),
    ]
}

fn addresses(door: &[SocketAddr]) -> String {
    let addresses: Vec<_> = door.iter().map(ToString::to_string).collect();
    if addresses.is_empty() {
        quoted("off")
    } else {
        quoted(addresses)
    }
}

fn irc(irc: &Irc) -> Lines {
    let mut lines = vec![
        ("irc.network", quoted(irc.network.as_str())),
        ("irc.server_name", quoted(irc.server_name.as_str())),
        ("irc.description", quoted(irc.description.as_str())),
        ("irc.motd", quoted(irc.motd.path())),
    ];
    match irc.password {
        Password::None => lines.push(("irc.password", quoted(""))),
        Password::Hash(_) => {}
    }
    lines
}

/// What has an effect; what the other kind of bridge would take is left out.
fn bridge(bridge: &Bridge) -> Lines {
    match bridge {
        Bridge::Embedded { durability } => vec![
            ("bridge.kind", quoted("embedded")),
            (
                "bridge.durability",
                quoted(match durability {
                    Durability::Fsync => "fsync",
                    Durability::Relaxed => "relaxed",
                }),
            ),
        ],
        Bridge::Redis(redis) => vec![
            ("bridge.kind", quoted("redis")),
            ("redis.url", quoted(&redis.url)),
            ("redis.prefix", quoted(&redis.prefix)),
            ("redis.channel", quoted(&redis.channel)),
            ("redis.log_entries", redis.log_entries.to_string()),
        ],
    }
}

fn accounts(accounts: &Accounts) -> Lines {
    vec![
        (
            "accounts.registration",
            quoted(match accounts.registration {
                Registration::Open => "open",
                Registration::Closed => "closed",
            }),
        ),
        ("accounts.bcrypt_cost", accounts.bcrypt_cost.to_string()),
        ("accounts.min_password", accounts.min_password.to_string()),
        (
            "accounts.duplicate_login",
            quoted(match accounts.duplicate_login {
                DuplicateLogin::Reject => "reject",
                DuplicateLogin::Replace => "replace",
            }),
        ),
        ("accounts.grace", duration(accounts.grace)),
        (
            "accounts.guests",
            match accounts.guests {
                Guests::Welcome => "true".to_owned(),
                Guests::TurnedAway => "false".to_owned(),
            },
        ),
    ]
}

fn limits(limits: &Limits) -> Lines {
    let or_zero = |limit: Option<u32>| limit.unwrap_or(0).to_string();
    vec![
        ("limits.line_bytes", limits.line_bytes.to_string()),
        ("limits.backlog", quoted(show_size(limits.backlog as u64))),
        ("limits.stalled", duration(limits.stalled)),
        (
            "limits.connections_per_ip",
            or_zero(limits.connections_per_ip),
        ),
        ("limits.handshake", duration(limits.handshake)),
        ("limits.login", duration(limits.login)),
        (
            "limits.messages_per_second",
            or_zero(limits.messages_per_second),
        ),
        ("limits.message_burst", limits.message_burst.to_string()),
        (
            "limits.registrations_per_minute",
            or_zero(limits.registrations_per_minute),
        ),
        ("limits.password_checks", limits.password_checks.to_string()),
        ("limits.rooms", limits.rooms.to_string()),
    ]
}

fn history(history: History) -> Lines {
    vec![
        ("history.keep_messages", history.keep_messages.to_string()),
        ("history.keep_days", history.keep_days.to_string()),
    ]
}

fn names(section: &str, hashes: &BTreeMap<UserName, String>) -> Vec<String> {
    let names: Vec<_> = hashes.keys().map(ToString::to_string).collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![format!("# {section}: {}", names.join(", "))]
}

fn of_the_door(password: &Password) -> Option<String> {
    match password {
        Password::None => None,
        Password::Hash(_) => Some("# irc.password is set, and not shown.".to_owned()),
    }
}

fn bounds(limits: &Limits) -> Vec<String> {
    let asks = (STORE_QUEUE * limits.line_bytes) as u64;
    let session = (limits.backlog + (ASKS_IN_FLIGHT + 1) * limits.line_bytes) as u64;
    vec![
        "# At most, and then somebody is refused or disconnected:".to_owned(),
        format!(
            "#   {session} bytes of queues for one session: its backlog, {ASKS_IN_FLIGHT} asks and a line"
        ),
        format!("#   {asks} bytes for {STORE_QUEUE} asks that wait for the store"),
        format!(
            "#   {BATCH_EVENTS} events and {BATCH_FRAMES} frames on their way from the log to one thread's sessions"
        ),
        format!("#   {} password checks", limits.password_checks),
    ]
}

/// What Redis has room for, and what of its URL is not shown.
fn in_redis(settings: &Settings) -> Vec<String> {
    let Bridge::Redis(redis) = &settings.bridge else {
        return Vec::new();
    };
    let mebibytes = redis_bytes(redis, settings).div_ceil(1 << 20);
    let mut lines = vec![format!(
        "# At most {mebibytes} MiB in Redis for the log and the history of every room, all full of the longest lines;\n\
         # accounts, subscriptions, sessions and what waits for people come on top"
    )];
    if redis.url.hides_something() {
        lines.push("# The password of redis.url is not shown.".to_owned());
    }
    lines
}

/// (`redis.log_entries` + `limits.rooms` × `history.keep_messages`) × (`limits.line_bytes` +
/// [`ENTRY_BYTES`]), for lines of plain text: one of nothing but quotes takes twice, of control
/// characters six times as much. Accounts, subscriptions, claims and what waits for people come on top.
fn redis_bytes(redis: &Redis, settings: &Settings) -> u64 {
    let entry = (settings.limits.line_bytes as u64).saturating_add(ENTRY_BYTES);
    let history = settings
        .limits
        .rooms
        .saturating_mul(settings.history.keep_messages);
    redis
        .log_entries
        .saturating_add(history)
        .saturating_mul(entry)
}

fn quoted(value: impl Debug) -> String {
    format!("{value:?}")
}

fn duration(duration: Duration) -> String {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    quoted(show_duration(milliseconds))
}
