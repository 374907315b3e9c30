//! `[redis]`: where the log of a cluster is, and what it is called there.

use std::fmt;

use ::redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

use super::written::Written;

/// Bytes of `redis.prefix` and of `redis.channel`.
const NAME_BYTES: usize = 64;

/// What stands for a password where a URL is shown.
const HIDDEN: &str = "***";

/// `[redis]`: the store that the nodes of a cluster share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redis {
    /// Where it is.
    pub url: RedisUrl,
    /// What all names in it begin with.
    pub prefix: String,
    /// The channel of all events; the prefix comes before it.
    pub channel: String,
    /// Events that the log keeps.
    pub log_entries: u64,
}

impl Redis {
    /// The keys of this section.
    pub(super) const KEYS: [&'static str; 4] = [
        "redis.url",
        "redis.prefix",
        "redis.channel",
        "redis.log_entries",
    ];

    /// Reads the section, whether it has an effect or not.
    pub(super) fn read(written: &mut Written) -> Option<Self> {
        let url = written.secret("redis.url", RedisUrl::read);
        let prefix = written.text("redis.prefix", |text| name(text, 0));
        let channel = written.text("redis.channel", |text| name(text, 1));
        let log_entries = written.number("redis.log_entries");
        Some(Self {
            url: url?,
            prefix: prefix?,
            channel: channel?,
            log_entries: log_entries?,
        })
    }
}

/// Where a Redis is, and how to log in to it; shown without its password.
#[derive(Clone)]
pub struct RedisUrl {
    /// Boxed: it is large, and few settings have it.
    server: Box<ConnectionInfo>,
    shown: String,
}

impl RedisUrl {
    /// Takes what the `redis` crate can read, as far as all of it has an effect.
    fn read(text: &str) -> Result<Self, String> {
        let wanted = || {
            "\"redis://host:port/database\", \"rediss://…\" for TLS, or \
             \"redis+unix:///path/of/socket\"; user:password@ may stand before the host, \
             with ? and # in it as %3F and %23"
                .to_owned()
        };
        let is_socket = text.starts_with("redis+unix:");
        let is_ours = is_socket || text.starts_with("redis:") || text.starts_with("rediss:");
        if !is_ours || text.contains('#') || (text.contains('?') && !is_socket) {
            return Err(wanted());
        }
        let server = text.into_connection_info().map_err(|_| wanted())?;
        let shown = shown(&server).ok_or_else(wanted)?;
        let server = Box::new(server);
        Ok(Self { server, shown })
    }

    /// What was understood, the password too, for the client that connects.
    #[must_use]
    pub fn server(&self) -> ConnectionInfo {
        (*self.server).clone()
    }

    /// Whether there is a password that is not shown.
    #[must_use]
    pub fn hides_something(&self) -> bool {
        self.password().is_some()
    }

    fn password(&self) -> Option<&str> {
        self.server.redis_settings().password()
    }
}

/// Everything but the password is shown.
impl PartialEq for RedisUrl {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown && self.password() == other.password()
    }
}

impl Eq for RedisUrl {}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.shown, f)
    }
}

/// Put together from what was understood, never cut out of what was written. `None` for what the
/// bridge does not speak.
fn shown(info: &ConnectionInfo) -> Option<String> {
    let redis = info.redis_settings();
    if redis.protocol() != ProtocolVersion::RESP2 || redis.db() < 0 {
        return None;
    }
    let (db, user) = (redis.db(), redis.username());
    let password = redis.password().map(|_| HIDDEN);
    let login = match (user, password) {
        (None, None) => String::new(),
        (user, password) => {
            let colon = password.map(|hidden| format!(":{hidden}"));
            format!("{}{}@", user.unwrap_or(""), colon.unwrap_or_default())
        }
    };
    match info.addr() {
        ConnectionAddr::Tcp(host, port) => {
            Some(format!("redis://{login}{}:{port}/{db}", bracketed(host)))
        }
        ConnectionAddr::TcpTls { host, port, .. } => {
            Some(format!("rediss://{login}{}:{port}/{db}", bracketed(host)))
        }
        ConnectionAddr::Unix(path) => {
            let user = user.map(|user| format!("&user={user}"));
            let pass = password.map(|hidden| format!("&pass={hidden}"));
            let (user, pass) = (user.unwrap_or_default(), pass.unwrap_or_default());
            let path = path.display();
            Some(format!("redis+unix://{path}?db={db}{user}{pass}"))
        }
        // The crate may learn of more kinds of addresses.
        _ => None,
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// A part of the names in Redis, for people who look at them there.
fn name(text: &str, least: usize) -> Result<String, String> {
    let fits = (least..=NAME_BYTES).contains(&text.len());
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    if fits && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(format!("{least} to {NAME_BYTES} of A-Z a-z 0-9 _ - . : /"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_as(text: &str) -> String {
        RedisUrl::read(text).unwrap().to_string()
    }

    #[test]
    fn a_url_is_shown_as_it_was_understood() {
        for (written, shown) in [
            ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
            ("redis://store", "redis://store:6379/0"),
            ("redis://[::1]:7000/3", "redis://[::1]:7000/3"),
            (
                "rediss://store.example:6380",
                "rediss://store.example:6380/0",
            ),
            (
                "redis+unix:///run/redis.sock",
                "redis+unix:///run/redis.sock?db=0",
            ),
            (
                "redis+unix:///run/redis.sock?db=2",
                "redis+unix:///run/redis.sock?db=2",
            ),
            ("redis://alice@store", "redis://alice@store:6379/0"),
        ] {
            assert_eq!(shown_as(written), shown, "{written}");
            assert_eq!(shown_as(shown), shown, "{written}");
            assert!(!RedisUrl::read(written).unwrap().hides_something());
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (written, shown) in [
            ("redis://:hunter22@store", "redis://:***@store:6379/0"),
            (
                "redis://alice:hunter22@store/1",
                "redis://alice:***@store:6379/1",
            ),
            (
                "rediss://alice:%3Fhunter22%23@store/1",
                "rediss://alice:***@store:6379/1",
            ),
            (
                "redis+unix:///run/r.sock?user=alice&pass=hunter22",
                "redis+unix:///run/r.sock?db=0&user=alice&pass=***",
            ),
        ] {
            let url = RedisUrl::read(written).unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("{shown:?}"));
            let password = url.password().unwrap();
            assert!(password.contains("hunter22"), "{written}");
            assert!(url.hides_something(), "{written}");
            let other = written.replace("hunter22", "hunter23");
            assert_ne!(url, RedisUrl::read(&other).unwrap());
        }
    }

    #[test]
    fn a_url_that_would_not_do_what_it_says_is_refused() {
        for bad in [
            "",
            "127.0.0.1:6379",
            "http://store",
            "REDIS://store",
            "redis://",
            "redis:store",
            "redis://0.0.0.0",
            "redis://store/first",
            "redis://store/-1",
            "redis://store?protocol=resp3",
            "redis://store/0?db=1",
            "rediss://store#insecure",
            "redis://:hunter#22@store",
            "redis+unix:///run/r.sock?protocol=resp3",
            "redis+unix:///run/r.sock?db=x",
        ] {
            let wanted = RedisUrl::read(bad).expect_err(bad);
            assert!(!wanted.contains("hunter"), "{wanted}");
        }
    }

    #[test]
    fn names_in_redis_are_short_and_plain() {
        for good in ["", "chat:", "team/chat.1:", "A_b-c"] {
            assert_eq!(name(good, 0).as_deref(), Ok(good));
        }
        assert!(name("", 1).is_err());
        assert!(name(&"x".repeat(64), 1).is_ok());
        for bad in [
            "a b",
            "a\"",
            "a'",
            "a\\",
            "a\n",
            "{a}",
            "*",
            "ä",
            &"x".repeat(65),
        ] {
            assert!(name(bad, 0).is_err(), "{bad}");
        }
    }
}
