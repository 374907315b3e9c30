//! The scripts as they are sent: each made of parts, so that a rule stands once.

use std::fmt::Write;

use redis::{Cmd, Pipeline, Script, Value};

use super::reply::{Nonsense, whole};
use super::rules::{self, Keeping};
use crate::bridge::redis::keys::Keys;
use crate::bridge::redis::task::Trouble;

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
    Claim: Change ["command" "ids" "names" "registered" "rooms" "nicks" "permission" "masks" "door"
        "positions" "kept" "former" "login" "claim"];
    Seen: Change ["command" "live" "ids" "positions" "seen"];
    Release: MakeRoom ["command" "ids" "names" "registered" "rooms" "nicks" "former" "gone"
        "release"];
    Probe: Change ["command" "names" "probe"];
    Alive: Change ["command" "live" "alive"];
    Detach: MakeRoom ["command" "detach"];
    Say: Change ["say" "permission" "masks" "say_guarded" "say_on"];
    Whisper: Change ["command" "live" "ids" "registered" "resolve" "conversation" "whisper"];
    Tag: Change ["command" "live" "ids" "registered" "resolve" "conversation" "permission" "masks"
        "tag"];
    WhatIsRead: Read ["asker" "what_is_read"];
    Read: Change ["command" "live" "read"];
    Post: Change ["command" "live" "conversation" "post"];
    Move: Change ["command" "live" "rooms" "from" "permission" "masks" "door" "entry" "move"];
    Enter: Change ["command" "live" "rooms" "permission" "masks" "door" "entry" "enter"];
    Leave: Change ["command" "live" "rooms" "from" "leave"];
    SetTopic: Change ["command" "live" "permission" "topic_set"];
    Kick: Change ["command" "live" "ids" "registered" "resolve" "rooms" "inside" "permission" "kick"];
    Invite: Change ["command" "live" "ids" "registered" "resolve" "rooms" "inside" "permission"
        "invite"];
    SetModes: Change ["command" "live" "ids" "registered" "resolve" "rooms" "inside" "permission"
        "modes_set"];
    Follow: Change ["command" "live" "ids" "registered" "resolve" "follow"];
    Unfollow: Change ["command" "live" "ids" "names" "registered" "resolve" "unfollow"];
    Nick: Change ["command" "live" "ids" "names" "registered" "rooms" "nicks" "former" "nick"];
    Away: Change ["command" "live" "rooms" "away"];
    Introduce: Change ["command" "live" "rooms" "introduce"];
    Rooms: Read ["asker" "rooms_list"];
    Members: Read ["asker" "names" "known" "people" "members"];
    Topic: Read ["asker" "known" "topic"];
    Modes: Read ["asker" "known" "modes"];
    ModeList: Read ["asker" "known" "permission" "mode_list"];
    Invitations: Read ["asker" "invitations"];
    History: Read ["asker" "known" "positions" "stretch" "history"];
    Dialogue: Read ["asker" "ids" "registered" "resolve" "stretch" "dialogue"];
    Conversations: Read ["asker" "ids" "stretch" "conversations"];
    Following: Read ["asker" "names" "following"];
    Followers: Read ["asker" "names" "followers"];
    Online: Read ["asker" "names" "people" "online"];
    Neighbours: Read ["asker" "names" "people" "neighbours"];
    TakeOffice: Change ["command" "live" "office"];
    Kill: Change ["command" "live" "operator" "ids" "registered" "resolve" "rooms" "former" "gone"
        "kill"];
    Announce: Change ["command" "live" "operator" "announce"];
    Presence: Read ["asker" "ids" "names" "presence"];
    Census: Read ["asker" "census"];
    WhoIs: Read ["asker" "ids" "registered" "resolve" "who_is"];
    WhoWas: Read ["asker" "who_was"];
    Sweep: Change ["command" "rooms" "sweep"];
    Certificates: Read ["asker" "certificates"];
    CertificateAdd: Change ["command" "live" "certificate_add"];
    CertificateRemove: MakeRoom ["command" "live" "certificate_remove"];
    CertificateOwner: Read ["certificate_owner"];
    AccountFind: Read ["account_find"];
    AccountCreate: Change ["command" "registered" "proofs" "ranked" "account_create"];
    AccountRehash: Change ["command" "proofs" "account_rehash"];
    AccountPassword: Change ["command" "proofs" "account_password"];
    AccountRemove: MakeRoom ["command" "ids" "names" "proofs" "ranked" "account_remove"];
    TokenIssue: Change ["command" "token_issue"];
    TokenRedeem: Change ["command" "token_redeem"];
    Hello: MakeRoom ["follows" "leases" "hello"];
    Beat: MakeRoom ["leases" "beat"];
    Goodbye: MakeRoom ["goodbye"];
    Held: Read ["held"];
    Lookup: Read ["follows" "lookup"];
}

/// All scripts under one prefix.
#[derive(Debug)]
pub(in crate::bridge::redis) struct Sources {
    /// In the order of [`Lua`].
    made: Vec<(String, Script)>,
}

impl Sources {
    /// Makes them.
    pub(in crate::bridge::redis) fn new(keys: &Keys, keeping: Keeping) -> Self {
        let made = |lua: &Lua| {
            let text = text(*lua, keys, keeping);
            let script = Script::new(&text);
            (text, script)
        };
        Self {
            made: Lua::ALL.iter().map(made).collect(),
        }
    }

    /// Makes them known to a server.
    pub(in crate::bridge::redis) fn load(&self) -> Pipeline {
        let mut pipeline = redis::pipe();
        for (text, _) in &self.made {
            pipeline.cmd("SCRIPT").arg("LOAD").arg(text);
        }
        pipeline
    }

    /// Whether the server took them: the replies to [`Self::load`].
    ///
    /// # Errors
    /// [`Trouble::Link`] when it did not, as an old server does not.
    pub(in crate::bridge::redis) fn loaded(&self, replies: Vec<Value>) -> Result<(), Trouble> {
        if replies.len() != self.made.len() {
            return Err(Trouble::Link("not all scripts were taken".to_owned()));
        }
        for ((_, script), reply) in self.made.iter().zip(replies) {
            match whole(reply) {
                Ok(Value::BulkString(taken)) if taken == script.get_hash().as_bytes() => {}
                Ok(other) => return Err(Nonsense::unexpected(&other).of_the_link()),
                Err(Trouble::Failed(told)) => {
                    return Err(Trouble::Link(format!(
                        "it does not take our scripts (Redis 7 or Valkey is needed): {told}"
                    )));
                }
                Err(link @ Trouble::Link(_)) => return Err(link),
            }
        }
        Ok(())
    }

    /// The beginning of a call, before its arguments.
    pub(in crate::bridge::redis) fn call(&self, lua: Lua) -> Cmd {
        let (_, script) = &self.made[lua as usize];
        let mut call = redis::cmd("EVALSHA");
        call.arg(script.get_hash()).arg(0);
        call
    }
}

fn text(lua: Lua, keys: &Keys, keeping: Keeping) -> String {
    let (does, parts) = lua.source();
    let mut text = match does {
        Does::Change => "#!lua\n",
        Does::MakeRoom => "#!lua flags=allow-oom\n",
        Does::Read => "#!lua flags=no-writes\n",
    }
    .to_owned();
    for part in parts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", rules::fill(&keys.fill(part), keeping));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_a_script_is_a_key_or_a_rule() {
        let keys = Keys::new("p:", "c");
        for lua in Lua::ALL {
            let text = text(*lua, &keys, Keeping::NOTHING);
            let left = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
            let is_name = |word: &&str| word.starts_with("K.") || word.starts_with("R.");
            let left: Vec<_> = left.filter(is_name).collect();
            assert!(left.is_empty(), "{lua:?}: {left:?}");
        }
    }
}
