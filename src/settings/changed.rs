//! Which settings are others than before.

use super::describe::values;
use super::{Bridge, Settings};

/// The keys whose values are not the same, in the order of the manual; of what an IRC server is asked
/// to read again without a start, `irc.motd`, nothing is said. A section of accounts is one key.
#[must_use]
pub fn changed(before: &Settings, now: &Settings) -> Vec<&'static str> {
    let (was, is) = (values(before), values(now));
    let differs = |entry: &&(&str, String)| !was.contains(entry);
    let mut keys: Vec<&'static str> = is.iter().filter(differs).map(|(key, _)| *key).collect();
    keys.retain(|key| *key != "irc.motd");
    if url_differs(&before.bridge, &now.bridge) && !keys.contains(&"redis.url") {
        keys.push("redis.url");
    }
    if before.accounts.users != now.accounts.users {
        keys.push("accounts.users");
    }
    if before.irc.password != now.irc.password {
        keys.push("irc.password");
    }
    if before.irc.operators != now.irc.operators {
        keys.push("irc.operators");
    }
    keys
}

/// Also where the password alone differs, which no words show.
fn url_differs(before: &Bridge, now: &Bridge) -> bool {
    match (before, now) {
        (Bridge::Redis(before), Bridge::Redis(now)) => before.url != now.url,
        (Bridge::Embedded { .. } | Bridge::Redis(_), _) => false,
    }
}

#[cfg(test)]
mod tests;
