//! Who is live: claims and their ends.

use redis::{Cmd, Value};

use super::reply::changed;
use super::sources::Lua;
use super::{Scripts, holder};
use crate::bridge::redis::task::{Decision, Stamp, Trouble, Verdict};
use crate::chat::origin::SessionId;
use crate::chat::{RoomName, UserName};
use crate::messages::{Brings, Claim, DuplicateLogin};

impl Scripts {
    pub(super) fn call_claim(
        &self,
        stamp: &Stamp<'_>,
        session: &SessionId,
        user: &UserName,
        on_duplicate: DuplicateLogin,
    ) -> Cmd {
        let mut call = self.command(Lua::Claim, stamp, Some(session), user.as_str());
        call.arg(holder(session))
            .arg(session.incarnation.to_string())
            .arg(match on_duplicate {
                DuplicateLogin::Reject => "reject",
                DuplicateLogin::Replace => "replace",
            });
        call
    }

    pub(super) fn read_claim(&self, user: &UserName, reply: Value) -> Result<Decision, Trouble> {
        changed(&self.rules, reply, |lines, _| {
            let claim = Claim {
                user: user.clone(),
                fence: lines.next()?,
            };
            let rooms = lines.list()?;
            let mut follows = lines.list()?;
            follows.sort();
            Ok(Verdict::Claimed {
                claim,
                room: RoomName::lobby(),
                standing: Brings::Standing { rooms, follows },
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
