//! Who is live: claims and their ends.

use redis::{Cmd, Value};

use super::reply::changed;
use super::sources::Lua;
use super::{Scripts, holder};
use crate::bridge::redis::task::{Decision, Stamp, Trouble, Verdict};
use crate::chat::command::Since;
use crate::chat::origin::SessionId;
use crate::chat::{RoomName, UserName};
use crate::messages::{Brings, Claim, DuplicateLogin, Entrance, Missed};

impl Scripts {
    pub(super) fn call_claim(
        &self,
        stamp: &Stamp<'_>,
        session: &SessionId,
        user: &UserName,
        entrance: Entrance,
    ) -> Cmd {
        let mut call = self.command(Lua::Claim, stamp, Some(session), user.as_str());
        call.arg(holder(session))
            .arg(session.incarnation.to_string())
            .arg(match entrance {
                Entrance::Login {
                    on_duplicate: DuplicateLogin::Reject,
                } => "reject",
                Entrance::Login {
                    on_duplicate: DuplicateLogin::Replace,
                } => "replace",
                Entrance::Insist => "insist",
                Entrance::Resume { .. } => "resume",
            });
        call
    }

    pub(super) fn read_claim(
        &self,
        user: &UserName,
        entrance: Entrance,
        reply: Value,
    ) -> Result<Decision, Trouble> {
        changed(&self.rules, reply, |lines, _| {
            let claim = Claim {
                user: user.clone(),
                fence: lines.next()?,
            };
            let rooms: Vec<RoomName> = lines.list()?;
            let mut follows = lines.list()?;
            follows.sort();
            Ok(Verdict::Claimed {
                claim,
                room: rooms.last().cloned().unwrap_or_else(RoomName::lobby),
                standing: Brings::Standing {
                    rooms,
                    follows,
                    missed: missed(entrance),
                },
            })
        })
    }

    /// What a session of this incarnation leaves is its own doing; the rest is housekeeping.
    pub(super) fn call_release(
        &self,
        stamp: &Stamp<'_>,
        session: &SessionId,
        user: &UserName,
    ) -> Cmd {
        let origin = Some(session).filter(|own| own.incarnation == self.rules.incarnation);
        let mut call = self.command(Lua::Release, stamp, origin, user.as_str());
        call.arg(holder(session))
            .arg(session.incarnation.to_string());
        call
    }
}

const fn missed(entrance: Entrance) -> Missed {
    match entrance {
        Entrance::Resume {
            since: Since::Position(last),
        } => Missed::After(last),
        Entrance::Resume { since: Since::Seen } | Entrance::Login { .. } | Entrance::Insist => {
            Missed::Nothing
        }
    }
}
