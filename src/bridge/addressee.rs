//! Whom a private message names as its addressee, when it is told later than it was said.

use crate::chat::{Deed, Event, UserName};

/// The same event as it is told to somebody: what was said to that person names them as they are
/// seen now, for by that a client knows that it is addressed.
pub(super) fn told_to(user: &UserName, mut event: Event) -> Event {
    if let Deed::Whisper { to, .. } = &mut event.deed
        && to == user
    {
        *to = user.clone();
    }
    event
}
