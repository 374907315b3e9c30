//! From the settings as written to the settings as resolved, section by section.
//!
//! Every value of a section is read before any is missed, so that all mistakes are noted.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use rustls::pki_types::ServerName;

use super::irc::Irc;
use super::layers::Layer;
use super::redis::Redis;
use super::written::{Entry, Written};
use super::{
    Accounts, Bridge, Durability, Guests, History, KeyType, Limits, Listen, Node, Registration,
    Settings, Tls,
};
use crate::chat::{NodeName, UserName};
use crate::messages::DuplicateLogin;

/// A bcrypt cost below this is too cheap for whoever gets hold of the hashes.
const SENSIBLE_COST: u32 = 10;

/// The settings; `None` when something is wrong, which is then noted in `written`.
pub(super) fn settings(written: &mut Written) -> Option<Settings> {
    let node = node(written);
    let listen = listen(written);
    let tls = tls(written);
    let irc = Irc::read(written);
    let bridge = bridge(written);
    let accounts = accounts(written, listen.as_ref());
    let limits = limits(written);
    let history = history(written);
    Some(Settings {
        node: node?,
        listen: listen?,
        tls: tls?,
        irc: irc?,
        bridge: bridge?,
        accounts: accounts?,
        limits: limits?,
        history: history?,
    })
}

fn node(written: &mut Written) -> Option<Node> {
    let name = written.text("node.name", |text| {
        NodeName::new(text).map_err(|error| error.to_string())
    });
    let data_dir = path(written, "node.data_dir");
    let drain = written.duration("node.drain");
    Some(Node {
        name: name?,
        data_dir: data_dir?,
        drain: drain?,
    })
}

fn listen(written: &mut Written) -> Option<Listen> {
    let line = door(written, "listen.line");
    let irc = door(written, "listen.irc");
    let (line, irc) = (line?, irc?);
    // Port 0 is another one each time.
    let is_taken = |address: &&SocketAddr| address.port() != 0 && line.contains(address);
    if let Some(address) = irc.iter().find(is_taken) {
        let found = format!("{address}, where the line door is");
        written.mistake("listen.irc", found, "another address than in listen.line");
        return None;
    }
    if line.is_empty() && irc.is_empty() {
        written.warn("listen.line", "every door is closed: nobody can connect");
    }
    Some(Listen { line, irc })
}

/// The addresses of a door; none when it is off.
fn door(written: &mut Written, key: &str) -> Option<Vec<SocketAddr>> {
    let listed = written.list(key, address)?;
    let addresses: Vec<SocketAddr> = listed.iter().copied().flatten().collect();
    if addresses.len() < listed.len() && listed.len() > 1 {
        let found = "\"off\" among addresses".to_owned();
        written.mistake(key, found, "either \"off\" or addresses");
        return None;
    }
    Some(addresses)
}

fn address(text: &str) -> Result<Option<SocketAddr>, String> {
    if text == "off" {
        return Ok(None);
    }
    let wanted = "an address with a port, such as \"127.0.0.1:8001\" or \"[::]:8001\", or \"off\"";
    text.parse().map(Some).map_err(|_| wanted.to_owned())
}

fn tls(written: &mut Written) -> Option<Tls> {
    let cert = path(written, "tls.cert");
    let key = path(written, "tls.key");
    let names = written.list("tls.names", certificate_name);
    let names = match names {
        Some(names) if names.is_empty() => {
            written.mistake("tls.names", "none".to_owned(), "at least one name");
            None
        }
        names => names,
    };
    let key_type = written.word(
        "tls.key_type",
        &[
            ("ecdsa-p256", KeyType::EcdsaP256),
            ("rsa-2048", KeyType::Rsa2048),
        ],
    );
    Some(Tls {
        cert: cert?,
        key: key?,
        names: names?,
        key_type: key_type?,
    })
}

fn certificate_name(text: &str) -> Result<String, String> {
    match ServerName::try_from(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("a DNS name or an address".to_owned()),
    }
}

fn bridge(written: &mut Written) -> Option<Bridge> {
    let kind = written.word(
        "bridge.kind",
        &[("embedded", Kind::Embedded), ("redis", Kind::Redis)],
    );
    let durability = written.word(
        "bridge.durability",
        &[
            ("fsync", Durability::Fsync),
            ("relaxed", Durability::Relaxed),
        ],
    );
    let redis = Redis::read(written);
    match kind? {
        Kind::Embedded => {
            for key in Redis::KEYS {
                written.warn_if_chosen(key, "has no effect while bridge.kind is \"embedded\"");
            }
            Some(Bridge::Embedded {
                durability: durability?,
            })
        }
        Kind::Redis => {
            for key in ["node.data_dir", "bridge.durability"] {
                written.warn_if_chosen(key, "has no effect while bridge.kind is \"redis\"");
            }
            redis.map(Bridge::Redis)
        }
    }
}

/// `bridge.kind`.
#[derive(Clone, Copy)]
enum Kind {
    Embedded,
    Redis,
}

fn accounts(written: &mut Written, listen: Option<&Listen>) -> Option<Accounts> {
    let registration = registration(written, listen);
    let bcrypt_cost = written.number("accounts.bcrypt_cost");
    if bcrypt_cost.is_some_and(|cost| cost < SENSIBLE_COST) {
        let why = format!("under {SENSIBLE_COST} stolen hashes are cheap to guess; for tests only");
        written.warn("accounts.bcrypt_cost", &why);
    }
    let min_password = written.number("accounts.min_password");
    let duplicate_login = written.word(
        "accounts.duplicate_login",
        &[
            ("reject", DuplicateLogin::Reject),
            ("replace", DuplicateLogin::Replace),
        ],
    );
    let grace = written.duration("accounts.grace");
    let guests = written.flag("accounts.guests");
    let users = hashes(written, "accounts.users");
    Some(Accounts {
        registration: registration?,
        bcrypt_cost: bcrypt_cost?,
        min_password: min_password?,
        duplicate_login: duplicate_login?,
        grace: grace?,
        guests: if guests? {
            Guests::Welcome
        } else {
            Guests::TurnedAway
        },
        users: users?,
    })
}

fn registration(written: &mut Written, listen: Option<&Listen>) -> Option<Registration> {
    let registration = written.word(
        "accounts.registration",
        &[
            ("open", Registration::Open),
            ("closed", Registration::Closed),
        ],
    );
    let public_is_meant = written.flag("accounts.allow_public_registration")?;
    let is_public = |(_, address): &(&str, SocketAddr)| !address.ip().to_canonical().is_loopback();
    let public = listen?.addresses().find(is_public);
    match (registration?, public) {
        (Registration::Open, Some((door, address))) if !public_is_meant => {
            let found = format!("\"open\" while {door} has {address}");
            let wanted = "\"closed\", loopback addresses only, or allow_public_registration = true";
            written.mistake("accounts.registration", found, wanted);
            None
        }
        (registration, _) => Some(registration),
    }
}

/// A section of names with a password hash each.
pub(super) fn hashes(
    written: &mut Written,
    section: &'static str,
) -> Option<BTreeMap<UserName, String>> {
    let entries = written.entries(section)?;
    let mut users = BTreeMap::new();
    for entry in &entries {
        if let Some((name, hash)) = user(written, entry) {
            let twice = users.remove(&name).is_some() && entry.layer == Layer::File;
            if twice {
                let wanted = "each name once; case does not tell two apart".to_owned();
                written.entry_mistake(entry, "the name twice", wanted);
            }
            users.insert(name, hash);
        }
    }
    Some(users)
}

fn user(written: &mut Written, entry: &Entry) -> Option<(UserName, String)> {
    let name = UserName::new(&entry.name)
        .map_err(|error| written.entry_mistake(entry, "another name", error.to_string()))
        .ok();
    let hash = entry.value.clone().filter(|text| is_bcrypt(text));
    if hash.is_none() {
        let wanted = "a bcrypt hash, as `conclave hash` prints it".to_owned();
        written.entry_mistake(entry, "something else", wanted);
    }
    Some((name?, hash?))
}

/// `$2a$`, `$2b$` or `$2y$`, two digits of cost, `$`, and 53 characters of salt and hash; behind
/// `sha384` where the password is hashed before, because it is longer than bcrypt takes.
pub(super) fn is_bcrypt(text: &str) -> bool {
    let text = text.strip_prefix("sha384").unwrap_or(text);
    let [
        b'$',
        b'2',
        b'a' | b'b' | b'y',
        b'$',
        tens @ b'0'..=b'3',
        ones @ b'0'..=b'9',
        b'$',
        rest @ ..,
    ] = text.as_bytes()
    else {
        return false;
    };
    let cost = (tens - b'0') * 10 + (ones - b'0');
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    (4..=31).contains(&cost) && rest.len() == 53 && rest.iter().all(allowed)
}

fn limits(written: &mut Written) -> Option<Limits> {
    let line_bytes = written.number("limits.line_bytes");
    let backlog = written.number("limits.backlog");
    let stalled = written.duration("limits.stalled");
    let connections_per_ip = unless_zero(written, "limits.connections_per_ip");
    let handshake = written.duration("limits.handshake");
    let login = written.duration("limits.login");
    let messages_per_second = unless_zero(written, "limits.messages_per_second");
    let message_burst = written.number("limits.message_burst");
    let registrations_per_minute = unless_zero(written, "limits.registrations_per_minute");
    let password_checks = written.number("limits.password_checks");
    let rooms = written.number("limits.rooms");
    Some(Limits {
        line_bytes: line_bytes?,
        backlog: backlog?,
        stalled: stalled?,
        connections_per_ip: connections_per_ip?,
        handshake: handshake?,
        login: login?,
        messages_per_second: messages_per_second?,
        message_burst: message_burst?,
        registrations_per_minute: registrations_per_minute?,
        password_checks: password_checks?,
        rooms: rooms?,
    })
}

/// A limit that the operator may switch off: the inner `None`.
#[expect(
    clippy::option_option,
    reason = "outside: whether it could be read; inside: the limit"
)]
fn unless_zero(written: &mut Written, path: &str) -> Option<Option<u32>> {
    let number = written.number(path)?;
    Some((number > 0).then_some(number))
}

fn history(written: &mut Written) -> Option<History> {
    let keep_messages = written.number("history.keep_messages");
    let keep_days = written.number("history.keep_days");
    Some(History {
        keep_messages: keep_messages?,
        keep_days: keep_days?,
    })
}

fn path(written: &mut Written, key: &str) -> Option<PathBuf> {
    written.text(key, |text| {
        if text.is_empty() {
            return Err("a path".to_owned());
        }
        Ok(PathBuf::from(text))
    })
}
