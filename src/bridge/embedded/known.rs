//! What there is to know of several people.

use rusqlite::Row;

use super::claims::profile;
use crate::chat::UserName;
use crate::chat::answer::Known;
use crate::chat::profile::Profile;

/// One of them.
pub(super) struct Seen {
    user: UserName,
    is_away: bool,
    is_operator: bool,
    profile: Profile,
}

impl Seen {
    /// Reads it: who it is, whether away, whether an operator of the network, and what is said.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            user: row.get(0)?,
            is_away: row.get(1)?,
            is_operator: row.get(2)?,
            profile: profile(&row.get::<_, String>(3)?),
        })
    }
}

/// The people, in their order, and what there is to know of them.
pub(super) fn known_of(people: Vec<Seen>) -> (Vec<UserName>, Known) {
    let (mut users, mut known) = (Vec::new(), Known::default());
    for Seen {
        user,
        is_away,
        is_operator,
        profile,
    } in people
    {
        known.away.extend(is_away.then(|| user.clone()));
        known.operators.extend(is_operator.then(|| user.clone()));
        if !profile.is_empty() {
            known.profiles.push((user.clone(), profile));
        }
        users.push(user);
    }
    (users, known)
}
