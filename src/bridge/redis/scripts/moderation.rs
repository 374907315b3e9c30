//! What holds of rooms, who is put out of them, and who is invited.

use redis::{Cmd, Value};

use super::reply::{Items, Lines, Nonsense, asked, changed, read, refusal};
use super::rooms::{flags, sealed};
use super::sources::Lua;
use super::words::json_if_any;
use super::{Asker, Rules, Scripts};
use crate::bridge::changes::{self, KEY, LIMIT, sign};
use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::chat::event::Timestamp;
use crate::chat::modes::{List, ListedMask, ModeChange, ModeWish, RoomModes, Switch};
use crate::chat::permission::Act;
use crate::chat::{Answer, Mask, RoomName};
use crate::messages::{ModerationRequest, Outcome};

/// Whether, which letter, what it is about, and an account as configured.
type Wish<'a> = (Switch, char, String, &'a str);

impl Scripts {
    pub(super) fn call_moderation(&self, asker: Asker<'_>, request: &ModerationRequest) -> Cmd {
        match request {
            ModerationRequest::Kick { room, user, words } => {
                let mut call = self.live(Lua::Kick, asker);
                call.arg(room.as_str())
                    .arg(user.as_str())
                    .arg(self.configured(user))
                    .arg(json_if_any(words.as_ref()));
                call
            }
            ModerationRequest::Invite { room, user } => {
                let mut call = self.live(Lua::Invite, asker);
                call.arg(room.as_str())
                    .arg(user.as_str())
                    .arg(self.configured(user));
                call
            }
            ModerationRequest::Invitations => self.question(Lua::Invitations, asker),
            ModerationRequest::Modes { room } => self.about(Lua::Modes, asker, room),
            ModerationRequest::Change { room, wishes } => {
                let mut call = self.live(Lua::SetModes, asker);
                call.arg(room.as_str());
                for wish in wishes {
                    self.add_wish(&mut call, room, wish);
                }
                call
            }
            ModerationRequest::List { room, list } => {
                let mut call = self.about(Lua::ModeList, asker, room);
                call.arg(list.letter().to_string());
                call
            }
        }
    }

    fn add_wish(&self, call: &mut Cmd, room: &RoomName, wish: &ModeWish) {
        let (to, letter, about, configured) = self.wish(room, wish);
        call.arg(Act::of_wish(wish).word())
            .arg(sign(to).to_string())
            .arg(letter.to_string())
            .arg(about)
            .arg(configured);
    }

    fn wish(&self, room: &RoomName, wish: &ModeWish) -> Wish<'_> {
        let nothing = String::new;
        match wish {
            ModeWish::Flag { flag, to } => (*to, flag.letter(), nothing(), ""),
            ModeWish::Lock { key } => (Switch::On, KEY, sealed(room, key), ""),
            ModeWish::Unlock => (Switch::Off, KEY, nothing(), ""),
            ModeWish::Limit { most } => (Switch::On, LIMIT, most.to_string(), ""),
            ModeWish::Unlimited => (Switch::Off, LIMIT, nothing(), ""),
            ModeWish::Rank { user, rank, to } => {
                let name = user.as_str().to_owned();
                (*to, rank.letter(), name, self.configured(user))
            }
            ModeWish::Listed { list, mask, to } => {
                (*to, list.letter(), mask.as_str().to_owned(), "")
            }
        }
    }

    pub(super) fn read_moderation(
        &self,
        request: &ModerationRequest,
        reply: Value,
    ) -> Result<Decision, Trouble> {
        match request {
            ModerationRequest::Kick { words, .. } => changed(&self.rules, reply, |lines, _| {
                let (room, user, words) = (lines.next()?, lines.next()?, words.clone());
                Ok(done(Answer::Kicked { room, user, words }))
            }),
            ModerationRequest::Invite { .. } => changed(&self.rules, reply, |lines, _| {
                let (room, user) = (lines.next()?, lines.next()?);
                let away = lines.next_if_any()?;
                Ok(done(Answer::Invited { room, user, away }))
            }),
            ModerationRequest::Change { .. } => changed(&self.rules, reply, |lines, _| {
                modes_changed(&self.rules, lines).map(done)
            }),
            ModerationRequest::Invitations => asked(&self.rules, reply, |items| {
                let rooms = items.sorted()?;
                Ok((Answer::Invitations { rooms }, None))
            }),
            ModerationRequest::Modes { .. } => {
                asked(&self.rules, reply, |items| Ok((modes(items)?, None)))
            }
            ModerationRequest::List { list, .. } => asked(&self.rules, reply, |items| {
                Ok((mode_list(*list, items)?, None))
            }),
        }
    }
}

const fn done(answer: Answer) -> Verdict {
    Verdict::Outcome(Outcome::Done(answer))
}

fn modes_changed(rules: &Rules, lines: &mut Lines<'_>) -> Result<Answer, Nonsense> {
    let (room, count) = (lines.next()?, lines.next::<u64>()?);
    let mut changes: Vec<ModeChange> = Vec::new();
    for _ in 0..count {
        let word: String = lines.next()?;
        let change = changes::read(&word);
        changes.push(change.ok_or_else(|| Nonsense(format!("a script changes {word:?}")))?);
    }
    let mut refused = Vec::new();
    while let Some(told) = lines.next_if_any::<String>()? {
        let (why, about) = told.split_once(' ').unwrap_or((&told, ""));
        refused.push(refusal(rules, why, about)?);
    }
    Ok(Answer::ModesChanged {
        room,
        changes,
        refused,
    })
}

fn modes(items: &mut Items) -> Result<Answer, Nonsense> {
    let (room, letters) = (items.next()?, items.next::<String>()?);
    let key = if items.next::<String>()?.is_empty() {
        Switch::Off
    } else {
        Switch::On
    };
    let limit = items.next_if_any::<String>()?;
    let modes = RoomModes {
        flags: flags(&letters),
        key,
        limit: limit.and_then(|most| most.parse().ok()),
        made: items.next_if_any()?.map(Timestamp),
    };
    Ok(Answer::Modes { room, modes })
}

fn mode_list(list: List, items: &mut Items) -> Result<Answer, Nonsense> {
    let (room, kept) = (items.next()?, items.list::<String>()?);
    let mut listed = kept
        .iter()
        .map(|entry| entry_of(entry))
        .collect::<Result<Vec<_>, _>>()?;
    listed.sort_by(|one, other| (one.at, one.mask.as_str()).cmp(&(other.at, other.mask.as_str())));
    Ok(Answer::ModeList { room, list, listed })
}

/// When, by whom, and the mask.
fn entry_of(kept: &str) -> Result<ListedMask, Nonsense> {
    let nonsense = || Nonsense(format!("a list of a room has {kept:?}"));
    let words: Vec<&str> = kept.split(' ').collect();
    let [at, by, mask] = words[..] else {
        return Err(nonsense());
    };
    Ok(ListedMask {
        mask: Mask::stored(mask).map_err(|_| nonsense())?,
        by: read(by)?,
        at: Timestamp(read(at)?),
    })
}
