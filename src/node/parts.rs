//! From the operator's settings to what each part wants to know.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::auth::{AuthOptions, Door, Registration, StoredHash};
use crate::bridge::{embedded, redis};
use crate::chat::UserName;
use crate::chat::origin::Incarnation;
use crate::dialect::irc;
use crate::net::listener::Crowd;
use crate::net::tls::{self, Identity, TlsError};
use crate::session::Rules;
use crate::settings::{self, Settings};

use super::StartError;

/// File descriptors that are not connections: doors, store, logs.
const RESERVED_FILES: u64 = 64;

/// Connections that one node holds at most, whatever the system allows.
const MOST_CONNECTIONS: u64 = 1 << 17;

/// Files a process may have open where the system does not tell.
const USUAL_FILES: u64 = 1024;

/// The certificate and key, made when both are missing.
pub(crate) fn identity(settings: &settings::Tls) -> Result<(Identity, tls::Origin), TlsError> {
    Identity::load_or_generate(&files(settings), &generation(settings))
}

pub(crate) fn files(settings: &settings::Tls) -> tls::Files {
    tls::Files {
        cert: settings.cert.clone(),
        key: settings.key.clone(),
    }
}

pub(crate) fn generation(settings: &settings::Tls) -> tls::Generation {
    let key_type = match settings.key_type {
        settings::KeyType::EcdsaP256 => tls::KeyType::EcdsaP256,
        settings::KeyType::Rsa2048 => tls::KeyType::Rsa2048,
    };
    tls::Generation {
        names: settings.names.clone(),
        key_type,
    }
}

/// What the IRC door says of the server; this run of it begins now.
pub(super) fn irc_identity(
    settings: &settings::Irc,
    accounts: &settings::Accounts,
) -> irc::Identity {
    let now = OffsetDateTime::now_utc();
    irc::Identity {
        server: settings.server_name.as_str().to_owned(),
        network: settings.network.as_str().to_owned(),
        description: settings.description.as_str().to_owned(),
        version: concat!("conclave-", env!("CARGO_PKG_VERSION")).to_owned(),
        created: format!("{} {:02}:{:02} UTC", now.date(), now.hour(), now.minute()),
        guests: match accounts.guests {
            settings::Guests::Welcome => irc::Guests::Welcome,
            settings::Guests::TurnedAway => irc::Guests::TurnedAway,
        },
        accounts: match accounts.registration {
            settings::Registration::Open => irc::Accounts::Open,
            settings::Registration::Closed => irc::Accounts::Closed,
        },
        door: match settings.password {
            settings::Password::None => irc::Door::Open,
            settings::Password::Hash(_) => irc::Door::Locked,
        },
    }
}

/// Whose password stands in the settings.
pub(super) struct Passwords {
    /// Accounts.
    users: BTreeMap<UserName, StoredHash>,
    /// Operators, who are no accounts.
    operators: BTreeMap<UserName, StoredHash>,
    /// That of the IRC door.
    door: Door,
}

/// Reads the hashes.
pub(super) fn passwords(settings: &Settings) -> Result<Passwords, StartError> {
    Ok(Passwords {
        users: hashes("accounts.users", &settings.accounts.users)?,
        operators: hashes("irc.operators", &settings.irc.operators)?,
        door: door(&settings.irc.password)?,
    })
}

fn door(password: &settings::Password) -> Result<Door, StartError> {
    match password {
        settings::Password::None => Ok(Door::Open),
        settings::Password::Hash(hash) => StoredHash::parse(hash)
            .map(Door::Locked)
            .map_err(|source| StartError::Password { source }),
    }
}

fn hashes(
    section: &'static str,
    written: &BTreeMap<UserName, String>,
) -> Result<BTreeMap<UserName, StoredHash>, StartError> {
    let parse = |(user, hash): (&UserName, &String)| match StoredHash::parse(hash) {
        Ok(hash) => Ok((user.clone(), hash)),
        Err(source) => Err(StartError::Hash {
            section,
            user: user.clone(),
            source,
        }),
    };
    written.iter().map(parse).collect()
}

pub(super) fn authentication(settings: &Settings, passwords: Passwords) -> AuthOptions {
    AuthOptions {
        cost: settings.accounts.bcrypt_cost,
        min_password: settings.accounts.min_password,
        registration: match settings.accounts.registration {
            settings::Registration::Open => Registration::Open,
            settings::Registration::Closed => Registration::Closed,
        },
        registrations_per_minute: settings.limits.registrations_per_minute,
        password_checks: settings.limits.password_checks,
        workers: super::cores().div_ceil(2),
        configured: passwords.users,
        operators: passwords.operators,
        door: passwords.door,
    }
}

pub(super) fn embedded(settings: &Settings, durability: settings::Durability) -> embedded::Options {
    embedded::Options {
        data_dir: settings.node.data_dir.clone(),
        durability: match durability {
            settings::Durability::Fsync => embedded::Durability::Fsync,
            settings::Durability::Relaxed => embedded::Durability::Relaxed,
        },
        rooms: settings.limits.rooms,
        keep_messages: settings.history.keep_messages,
        keep_days: settings.history.keep_days,
        grace: settings.accounts.grace,
        configured: settings.accounts.users.keys().cloned().collect(),
    }
}

pub(super) fn redis(
    settings: &Settings,
    redis: &settings::Redis,
    incarnation: Incarnation,
) -> redis::Options {
    redis::Options {
        server: redis.url.server(),
        prefix: redis.prefix.clone(),
        channel: redis.channel.clone(),
        log_entries: redis.log_entries,
        incarnation,
        rooms: settings.limits.rooms,
        keep_messages: settings.history.keep_messages,
        keep_days: settings.history.keep_days,
        grace: settings.accounts.grace,
        configured: settings.accounts.users.keys().cloned().collect(),
    }
}

pub(super) fn rules(settings: &Settings) -> Rules {
    let limits = &settings.limits;
    Rules {
        line_bytes: limits.line_bytes,
        backlog: limits.backlog,
        stalled: limits.stalled,
        login: limits.login,
        messages_per_second: limits.messages_per_second,
        message_burst: limits.message_burst,
        duplicate_login: settings.accounts.duplicate_login,
    }
}

/// As many connections as the system gives files for.
pub(super) fn crowd(settings: &Settings) -> Crowd {
    let wanted = MOST_CONNECTIONS + RESERVED_FILES;
    let files = rlimit::increase_nofile_limit(wanted).unwrap_or(USUAL_FILES);
    let most = files
        .saturating_sub(RESERVED_FILES)
        .clamp(1, MOST_CONNECTIONS);
    Crowd {
        most: usize::try_from(most).unwrap_or(usize::MAX),
        per_peer: settings.limits.connections_per_ip,
    }
}
