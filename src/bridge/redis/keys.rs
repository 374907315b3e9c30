//! Every name that conclave uses in Redis. They stand here and nowhere else.
//!
//! Names of users and rooms inside keys, fields and set members are lower case, but for `rooms`,
//! which holds them as they are shown. The scripts write
//! `K.sessions` or `K.room .. name`, and [`Keys::fill`] puts the prefixed, quoted name there once,
//! so that it costs nothing when they run. Names are computed in scripts: not for Redis Cluster.

use std::fmt::Write;

/// What a script writes behind `K.`, and the name under the prefix.
const UNDER_PREFIX: &[(&str, &str)] = &[
    // Hash: user → `<fence> <incarnation> <conn> <live|detached|moving>`.
    ("sessions", "sessions"),
    // Hash: user → the room entered last.
    ("user_room", "user:room"),
    // Set: members. With `META` behind it a hash (name, seal, topic, k, at, modes, limit, made), with
    // `LOG` a stream of what was said, with `EVENTS` one of what else happened, with `RANKS` a hash of
    // users and with `MASKS` one of list and mask.
    ("room", "room:"),
    // Set: subscribers of a user.
    ("subs", "subs:"),
    // Set: whom a user follows.
    ("follows", "follows:"),
    // Hash: whom a user follows → since when, as a position.
    ("followed", "followed:"),
    // Stream: private messages to a user, under the log's ids.
    ("inbox", "inbox:"),
    // Stream: private messages of a user, for that user to look up, under the log's ids.
    ("sent", "sent:"),
    // Stream: what a user said to people without words, and was said, under the log's ids.
    ("tagged", "tagged:"),
    // Stream: posts of a user, under the log's ids.
    ("posts", "posts:"),
    // Hash: user → the position that everything up to was shown, and the ordinal of the last private
    // message up to there, or `-`.
    ("seen", "seen"),
    // Sorted set: rooms of a live user in the order in which they were entered.
    ("rooms_of", "rooms:"),
    // Sorted set: public rooms as shown, by their number of members.
    ("rooms", "rooms"),
    // Set: rooms with a key, by invitation, or not listed.
    ("private_rooms", "private_rooms"),
    // Set: rooms in which a user has a rank.
    ("ranked", "ranked:"),
    // Sorted set with an expiry: rooms to which a user is invited, by when.
    ("invites", "invites:"),
    // Hash: last k and at of the conversations "to user" and "posts of user", where the last post
    // stands, and where the user came in for the first time.
    ("ordinals", "ordinals:"),
    // Hash: since when a user is live, and what it left to be told when away.
    ("presence", "presence:"),
    // Hash: users who are away, by which the members of a room are asked for in one call → what they
    // left to be told (JSON), or `1` where an earlier version kept it.
    ("away", "away"),
    // Hash: users whose session is an operator's.
    ("operators", "operators"),
    // Hash: name as registered, hash, created.
    ("account", "account:"),
    // Hash with an expiry: the account of a family of resume tokens, and the hash of its last one.
    ("token", "token:"),
    // Sorted set with an expiry: families of an account, by when the last token of each was told.
    ("tokens", "tokens:"),
    // Sorted set: conversations of an account (`#room` or a nick, lower case), by the milliseconds up
    // to which it has read them.
    ("read", "read:"),
    // Hash: certificate → the user whose account it proves.
    ("certificates", "certificates"),
    // Set: the certificates of an account.
    ("certificates_of", "certificates:"),
    // Hash: user → what a session says about itself (JSON), only where it does.
    ("profiles", "profiles"),
    // Hash: id → as registered or, with a slash and the nick behind it, as seen; only where that differs.
    ("names", "names"),
    // Hash: nick in lower case → id; only where the nick is not the account's own name.
    ("nicks", "nicks"),
    // Stream: who went or took another nick, under the clock's ids: `u` as they were spelled, `p` what
    // they said about themselves (JSON).
    ("former", "former"),
    // Stream: all events.
    ("log", "log"),
    // Hash: the server's run, the log's random name and its epoch; until when nobody counts as gone.
    ("lineage", "lineage"),
    // Hash: incarnation → when it started; `over` when another one has its node's name by now.
    ("nodes", "nodes"),
    // String with an expiry: an incarnation that is alive.
    ("lease", "lease:"),
    // Set: users whose claim an incarnation holds.
    ("held", "held:"),
    // Hash: the last answers to an incarnation.
    ("answers", "answers:"),
];

/// What stands behind a room's key: names of users and rooms hold no colon.
const BEHIND: &[(&str, &str)] = &[
    ("meta", ":meta"),
    ("history", ":log"),
    ("events", ":events"),
    ("ranks", ":ranks"),
    ("masks", ":masks"),
];

/// The names under one prefix.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    prefix: String,
    channel: String,
}

impl Keys {
    /// The names under `prefix`, which stands before the channel's name too.
    pub(super) fn new(prefix: &str, channel: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            channel: format!("{prefix}{channel}"),
        }
    }

    /// The channel on which every event is published.
    pub(super) fn channel(&self) -> &str {
        &self.channel
    }

    /// The stream of all events.
    pub(super) fn log(&self) -> String {
        self.under("log")
    }

    /// The hash of incarnations.
    pub(super) fn nodes(&self) -> String {
        self.under("nodes")
    }

    /// What accounts are stored under, with the name behind it.
    pub(super) fn account(&self) -> String {
        self.under("account:")
    }

    /// The pattern that finds the accounts, with nothing of the prefix taken for a pattern.
    pub(super) fn accounts(&self) -> String {
        let mut pattern = String::new();
        for c in self.account().chars() {
            if r"*?[]\^-".contains(c) {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern + "*"
    }

    /// Puts the names into a script; a word that is none stays as it is.
    pub(super) fn fill(&self, script: &str) -> String {
        let mut filled = String::with_capacity(script.len() * 2);
        let mut rest = script;
        while let Some(at) = rest.find("K.") {
            let (before, behind) = (&rest[..at], &rest[at + 2..]);
            let end = behind.find(|c: char| !c.is_ascii_lowercase() && c != '_');
            let (word, behind) = behind.split_at(end.unwrap_or(behind.len()));
            filled.push_str(before);
            match self.name(word) {
                Some(name) if !before.ends_with(is_of_a_word) => quote(&name, &mut filled),
                Some(_) | None => {
                    filled.push_str("K.");
                    filled.push_str(word);
                }
            }
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }

    fn name(&self, word: &str) -> Option<String> {
        let of = |table: &[(&str, &'static str)]| {
            let row = table.iter().find(|(known, _)| *known == word);
            row.map(|(_, name)| *name)
        };
        match word {
            "channel" => Some(self.channel.clone()),
            _ => of(UNDER_PREFIX)
                .map(|name| self.under(name))
                .or_else(|| of(BEHIND).map(str::to_owned)),
        }
    }

    fn under(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A Lua string: whatever is not plain stands as the number of its byte.
fn quote(name: &str, to: &mut String) {
    to.push('\'');
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b":_-.{}/".contains(&byte) {
            to.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(to, "\\{byte:03}");
        }
    }
    to.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_a_script_with_their_prefix() {
        let keys = Keys::new("chat:", "events");
        let filled = keys.fill("call(K.sessions, K.room .. name .. K.meta, K.channel)");
        let expected = "call('chat:sessions', 'chat:room:' .. name .. ':meta', 'chat:events')";
        assert_eq!(filled, expected);
        assert_eq!(keys.channel(), "chat:events");
    }

    #[test]
    fn no_prefix_leaves_the_quotes() {
        let filled = Keys::new("a'\\\n\u{e9}", "x").fill("K.log");
        assert_eq!(filled, "'a\\039\\092\\010\\195\\169log'");
    }

    /// Who looks into Redis at night looks there.
    #[test]
    fn the_readme_tells_of_every_name() {
        let readme = include_str!("../../../README.md");
        let behind = BEHIND.iter().map(|(_, name)| format!("room:<name>{name}`"));
        let others = UNDER_PREFIX.iter().map(|(_, name)| match *name {
            "room:" => "`room:<name>`".to_owned(),
            name if name.ends_with(':') => format!("`{name}<"),
            name => format!("`{name}`"),
        });
        for name in others.chain(behind) {
            assert!(readme.contains(&name), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_stays() {
        let keys = Keys::new("", "x");
        for script in ["K.nothing", "OK.log", "K", "K.", "local K = 1"] {
            assert_eq!(keys.fill(script), script);
        }
    }
}
