//! Who is live: claims and their ends.

use std::sync::Arc;

use redis::{Cmd, Value};

use super::reply::{Lines, Nonsense, changed};
use super::sources::Lua;
use super::words::json_if_any;
use super::{Asker, MOST, Scripts, held, holder};
use crate::bridge::addressee::told_to;
use crate::bridge::kept::Hold;
use crate::bridge::redis::task::{Decision, Stamp, Trouble, Verdict};
use crate::bridge::wire;
use crate::chat::command::Since;
use crate::chat::limits::{KEPT_BYTES, KEPT_MESSAGES};
use crate::chat::origin::SessionId;
use crate::chat::{Gap, GapSize, Position, RoomName, UserName};
use crate::messages::{
    Brings, Claim, Contest, DuplicateLogin, Entrance, FirstRoom, Kept, Missed, Parting,
};

impl Scripts {
    pub(super) fn call_claim(
        &self,
        stamp: &Stamp<'_>,
        session: &SessionId,
        user: &UserName,
        entrance: &Entrance,
    ) -> Cmd {
        let mut call = self.command(Lua::Claim, stamp, Some(session), user.spelled());
        call.arg(holder(session))
            .arg(session.incarnation.to_string())
            .arg(match entrance {
                Entrance::Login {
                    on_duplicate: DuplicateLogin::Reject,
                    ..
                } => "reject",
                Entrance::Login {
                    on_duplicate: DuplicateLogin::Replace,
                    ..
                } => "replace",
                Entrance::InPlace { contest, .. } => match contest {
                    Contest::Settled(DuplicateLogin::Reject) => "reject",
                    Contest::Settled(DuplicateLogin::Replace) => "replace",
                    Contest::Insisted => "insist",
                },
                Entrance::Insist { .. } => "insist",
                Entrance::Resume { .. } => "resume",
                Entrance::Renew { .. } => "renew",
            })
            .arg(KEPT_MESSAGES)
            .arg(KEPT_BYTES)
            .arg(self.rules.kept_for().min(MOST))
            .arg(first_room(entrance));
        match entrance {
            Entrance::Renew { fence, rooms, .. } => {
                let names: Vec<_> = rooms.iter().map(RoomName::as_str).collect();
                call.arg(fence.to_string()).arg(names.join(" "));
            }
            Entrance::Login { .. }
            | Entrance::Insist { .. }
            | Entrance::Resume { .. }
            | Entrance::InPlace { .. } => {
                call.arg("").arg("");
            }
        }
        call.arg(self.configured(user))
            .arg(self.configured_as(user.as_str()));
        match entrance {
            Entrance::InPlace { guest, .. } => {
                let holds = held(guest, session);
                call.arg(guest.user.id().to_ascii_lowercase()).arg(holds);
            }
            Entrance::Login { .. }
            | Entrance::Insist { .. }
            | Entrance::Resume { .. }
            | Entrance::Renew { .. } => {
                call.arg("").arg("");
            }
        }
        call.arg(self.remembered_for());
        call
    }

    pub(super) fn read_claim(
        &self,
        entrance: &Entrance,
        reply: Value,
    ) -> Result<Decision, Trouble> {
        let mut unread = None;
        let mut decision = changed(&self.rules, reply, |lines, _| {
            let fence = lines.next()?;
            let rooms: Vec<RoomName> = lines.list()?;
            let enters: Vec<RoomName> = lines.list()?;
            let seen = known(lines)?;
            let user: UserName = lines.next()?;
            let claim = Claim {
                user: user.clone(),
                fence,
            };
            let mut follows = lines.list()?;
            follows.sort();
            let first: Position = lines.next()?;
            let missed = match entrance {
                Entrance::Login { .. } | Entrance::Insist { .. } | Entrance::InPlace { .. } => {
                    kept(&user, lines, &mut unread)?.into()
                }
                Entrance::Resume {
                    since: Since::Position(last),
                } => Missed::After(first.max(*last)),
                Entrance::Resume { since: Since::Seen } => {
                    seen.map_or(Missed::Nothing, Missed::After)
                }
                Entrance::Renew { .. } => Missed::SinceSuspended,
            };
            Ok(Verdict::Claimed {
                claim,
                rooms: rooms.iter().chain(&enters).cloned().collect(),
                standing: Brings::Standing {
                    rooms,
                    follows,
                    missed,
                },
            })
        })?;
        decision.damage = decision.damage.or(unread);
        Ok(decision)
    }

    pub(super) fn call_seen(&self, asker: Asker<'_>, position: Position) -> Cmd {
        let mut call = self.live(Lua::Seen, asker);
        call.arg(position.to_string());
        call
    }

    /// What a session of this incarnation leaves is its own doing; the rest is housekeeping.
    pub(super) fn call_release(
        &self,
        stamp: &Stamp<'_>,
        session: &SessionId,
        user: &UserName,
        parting: &Parting,
    ) -> Cmd {
        let own = Some(session).filter(|own| own.incarnation == self.rules.incarnation);
        let (run, holder) = (session.incarnation.to_string(), holder(session));
        let call = |lua| {
            let mut call = self.command(lua, stamp, own, user.spelled());
            call.arg(&holder).arg(&run);
            call
        };
        let detach = |hold: Hold| {
            let mut detach = call(Lua::Detach);
            detach.arg(hold.word());
            detach
        };
        match parting {
            Parting::Goodbye { words } => {
                let mut release = call(Lua::Release);
                release
                    .arg(json_if_any(words.as_ref()))
                    .arg(self.remembered_for());
                release
            }
            Parting::Broken => detach(Hold::Detached),
            Parting::Moving => detach(Hold::Moving),
        }
    }
}

/// The room where somebody begins who is in none, in lower case; empty where that is nowhere.
fn first_room(entrance: &Entrance) -> String {
    let begins = match entrance {
        Entrance::Login { begins, .. }
        | Entrance::Insist { begins }
        | Entrance::Renew { begins, .. } => *begins,
        Entrance::Resume { .. } => FirstRoom::Lobby,
        Entrance::InPlace { .. } => FirstRoom::Nowhere,
    };
    begins
        .room()
        .map_or_else(String::new, |room| room.as_str().to_ascii_lowercase())
}

/// How far the account had seen, if it ever came in; and what only the script itself wants back.
fn known(lines: &mut Lines<'_>) -> Result<Option<Position>, Nonsense> {
    let seen: Position = lines.next()?;
    let (_shown, _last) = (lines.next::<String>()?, lines.next::<String>()?);
    Ok(Some(seen).filter(|seen| *seen != Position::START))
}

/// What was kept, in log order. What cannot be read is lost, and told to the operator too: a newer
/// program may have written it.
fn kept(
    user: &UserName,
    lines: &mut Lines<'_>,
    unread: &mut Option<String>,
) -> Result<Kept, Nonsense> {
    let mut private = private_gap(&lines.next::<String>()?)?;
    let mut posts = posts_gap(&lines.next::<String>()?)?;
    let mut private_left: u64 = lines.next()?;
    let mut events = Vec::new();
    while let Some(entry) = lines.next_if_any::<String>()? {
        let (position, record) = entry.split_once(' ').unwrap_or((&entry, ""));
        let position = position
            .parse()
            .map_err(|_| Nonsense(format!("a script keeps {entry:?}")))?;
        match wire::read(position, record) {
            Ok(event) => events.push(Arc::new(told_to(user, event))),
            Err(error) => {
                let size = GapSize::Unknown;
                match private_left {
                    0 => posts = Some(Gap::Posts),
                    _ => private = Some(Gap::Whispers { size }),
                }
                *unread = Some(format!("the message {position}: {error}"));
            }
        }
        private_left = private_left.saturating_sub(1);
    }
    events.sort_by_key(|event| event.position);
    let gaps = private.into_iter().chain(posts).collect();
    Ok(Kept { gaps, events })
}

/// How many private messages are lost before those that are kept, if any.
fn private_gap(lost: &str) -> Result<Option<Gap>, Nonsense> {
    let size = match (lost, lost.parse()) {
        ("", _) => return Ok(None),
        ("some", _) => GapSize::Unknown,
        (_, Ok(number)) => GapSize::Exactly(number),
        (other, Err(_)) => return Err(Nonsense(format!("a script has lost {other:?}"))),
    };
    Ok(Some(Gap::Whispers { size }))
}

fn posts_gap(lost: &str) -> Result<Option<Gap>, Nonsense> {
    match lost {
        "" => Ok(None),
        "some" => Ok(Some(Gap::Posts)),
        other => Err(Nonsense(format!("a script has lost {other:?}"))),
    }
}
