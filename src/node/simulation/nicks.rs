//! As whom everybody is seen, as the log tells it: no two alike at any time, and nobody by the name
//! of somebody else's account.

use std::collections::BTreeMap;

use super::ACCOUNTS;
use super::fold::{lower, who};
use crate::chat::{Deed, UserName};

/// Who is seen as whom, from a claim or a change to the release or another change.
#[derive(Debug, Default)]
pub(super) struct Nicks {
    seen: BTreeMap<String, UserName>,
    /// An account that takes over what a guest is, and by which guest: that comes next.
    about_to: Option<(String, String)>,
}

impl Nicks {
    /// Somebody is seen so from here on.
    pub(super) fn takes(&mut self, user: &UserName) -> Result<(), String> {
        if let Some(other) = self.other(user) {
            return Err(format!("{other:?} is seen so"));
        }
        self.is_seen_from_here(user)
    }

    /// Somebody else who is seen so.
    fn other(&self, user: &UserName) -> Option<&UserName> {
        let (own, nick) = (who(user), lower(user));
        let mut others = self.seen.values().filter(|other| who(other) != own);
        others.find(|other| lower(*other) == nick)
    }

    fn is_seen_from_here(&mut self, user: &UserName) -> Result<(), String> {
        let (own, nick) = (who(user), lower(user));
        let mut accounts = ACCOUNTS.iter().map(|account| account.to_ascii_lowercase());
        if nick != own && accounts.any(|account| account == nick) {
            return Err("that is the name of an account".to_owned());
        }
        self.seen.insert(own, user.clone());
        Ok(())
    }

    /// Somebody is seen otherwise. An account that a guest logs in to, and whose place is kept, is seen
    /// as the guest right before it is the guest.
    pub(super) fn changes(&mut self, user: &UserName, was: &UserName) -> Result<(), String> {
        self.is_seen(was)?;
        if user.spelled() == was.spelled() {
            return Err("that changes nothing".to_owned());
        }
        match self.other(user) {
            Some(guest) if guest.account().is_none() && user.account().is_some() => {
                self.about_to = Some((who(user), who(guest)));
                self.is_seen_from_here(user)
            }
            Some(other) => Err(format!("{other:?} is seen so")),
            None => self.takes(user),
        }
    }

    /// Nothing comes between an account that is seen as a guest and the guest's login to it.
    pub(super) fn comes_next(&mut self, deed: &Deed) -> Result<(), String> {
        let Some((own, guest)) = self.about_to.take() else {
            return Ok(());
        };
        match deed {
            Deed::Claimed {
                user,
                was: Some(was),
                ..
            } if who(user) == own && who(was) == guest => Ok(()),
            _ => Err(format!("{own} is seen as {guest}")),
        }
    }

    /// A guest is an account from here on, and looks as before.
    pub(super) fn logs_in(&mut self, user: &UserName, was: &UserName) -> Result<(), String> {
        self.is_seen(was)?;
        self.gives_up(was);
        if user.as_str() != was.as_str() {
            return Err("it is seen otherwise by that".to_owned());
        }
        self.takes(user)
    }

    /// Nobody is seen so any more.
    pub(super) fn gives_up(&mut self, user: &UserName) {
        self.seen.remove(&who(user));
    }

    /// Who does something is named as everybody sees them.
    pub(super) fn is_seen(&self, user: &UserName) -> Result<(), String> {
        match self.seen.get(&who(user)) {
            Some(seen) if seen.spelled() == user.spelled() => Ok(()),
            seen => Err(format!("{user:?} is seen as {seen:?}")),
        }
    }

    /// What a store holds of it: whose each nick is that is no account's own name.
    pub(super) fn held(&self) -> BTreeMap<String, String> {
        let all = self
            .seen
            .iter()
            .map(|(own, seen)| (lower(seen), own.clone()));
        all.filter(|(nick, own)| nick != own).collect()
    }
}
