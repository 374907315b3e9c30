//! The scripts as they are sent: each made of parts, so that a rule stands once.

use std::fmt::Write;

use redis::{Cmd, Script};

use crate::bridge::redis::keys::Keys;

/// What a script may do, in its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It changes something; refused while the memory is full.
    Change,
    /// It changes something that makes room; people can leave a full Redis.
    MakeRoom,
    /// It changes nothing.
    Read,
}

/// Makes the list of all scripts: name, what it does, parts in order.
macro_rules! scripts {
    ($($script:ident: $does:ident [$($part:literal)*];)*) => {
        /// One script.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::bridge::redis) enum Lua {
            $(
                #[doc = concat!("`", stringify!($script), "`, of the parts named in the list.")]
                $script,
            )*
        }

        impl Lua {
            const ALL: &[Self] = &[$(Self::$script),*];

            const fn source(self) -> (Does, &'static [&'static str]) {
                match self {
                    $(Self::$script => (
                        Does::$does,
                        &[$(include_str!(concat!("../lua/", $part, ".lua"))),*],
                    ),)*
                }
            }
        }
    };
}

scripts! {
    Claim: Change ["command" "names" "rooms" "claim"];
    Release: MakeRoom ["command" "names" "rooms" "release"];
    Say: Change ["say"];
    Whisper: Change ["command" "live" "registered" "conversation" "whisper"];
    Post: Change ["command" "live" "conversation" "post"];
    Move: Change ["command" "live" "rooms" "move"];
    SetTopic: Change ["command" "live" "topic_set"];
    Follow: Change ["command" "live" "registered" "follow"];
    Unfollow: Change ["command" "live" "names" "registered" "unfollow"];
    Away: Change ["command" "live" "away"];
    Rooms: Read ["asker" "rooms_list"];
    Members: Read ["asker" "names" "known" "members"];
    Topic: Read ["asker" "known" "topic"];
    History: Read ["asker" "known" "history"];
    Following: Read ["asker" "names" "following"];
    Followers: Read ["asker" "names" "followers"];
    Online: Read ["asker" "names" "online"];
    WhoIs: Read ["asker" "registered" "who_is"];
    Sweep: Change ["command" "rooms" "sweep"];
    AccountFind: Read ["account_find"];
    AccountCreate: Change ["command" "account_create"];
    AccountRehash: Change ["command" "account_rehash"];
    AccountPassword: Change ["account_password"];
    AccountRemove: MakeRoom ["command" "names" "account_remove"];
    Hello: MakeRoom ["hello"];
    Beat: MakeRoom ["beat"];
    Goodbye: MakeRoom ["goodbye"];
    Held: Read ["held"];
}

/// All scripts under one prefix.
#[derive(Debug)]
pub(in crate::bridge::redis) struct Sources {
    /// In the order of [`Lua`].
    made: Vec<(String, Script)>,
}

impl Sources {
    /// Makes them.
    pub(in crate::bridge::redis) fn new(keys: &Keys) -> Self {
        let made = |lua: &Lua| {
            let text = text(*lua, keys);
            let script = Script::new(&text);
            (text, script)
        };
        Self {
            made: Lua::ALL.iter().map(made).collect(),
        }
    }

    /// The commands that make them known to a server.
    pub(in crate::bridge::redis) fn load(&self) -> impl Iterator<Item = Cmd> {
        self.made.iter().map(|(text, _)| {
            let mut load = redis::cmd("SCRIPT");
            load.arg("LOAD").arg(text);
            load
        })
    }

    /// Their digests, in the same order.
    pub(in crate::bridge::redis) fn digests(&self) -> impl ExactSizeIterator<Item = &str> {
        self.made.iter().map(|(_, script)| script.get_hash())
    }

    /// The beginning of a call, before its arguments.
    pub(in crate::bridge::redis) fn call(&self, lua: Lua) -> Cmd {
        let (_, script) = &self.made[lua as usize];
        let mut call = redis::cmd("EVALSHA");
        call.arg(script.get_hash()).arg(0);
        call
    }
}

fn text(lua: Lua, keys: &Keys) -> String {
    let (does, parts) = lua.source();
    let mut text = match does {
        Does::Change => "#!lua\n",
        Does::MakeRoom => "#!lua flags=allow-oom\n",
        Does::Read => "#!lua flags=no-writes\n",
    }
    .to_owned();
    for part in parts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", keys.fill(part));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_a_script_is_a_key() {
        let keys = Keys::new("p:", "c");
        for lua in Lua::ALL {
            let text = text(*lua, &keys);
            let left = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
            let left: Vec<_> = left.filter(|word| word.starts_with("K.")).collect();
            assert!(left.is_empty(), "{lua:?}: {left:?}");
        }
    }
}
