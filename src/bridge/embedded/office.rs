//! Operators: what they may, and who is one.

use super::claims::Asker;
use super::log::{No, Store};
use super::sql;
use crate::chat::answer::Office;
use crate::chat::{Answer, Deed, Refusal, Text, UserName};

impl Store {
    /// The session is an operator's from here on, which was proven, or nobody's but a person's. No
    /// event: nobody is told.
    pub(super) fn take_office(&self, asker: &Asker, office: Office) -> Result<Answer, No> {
        sql::change(
            &self.db,
            "UPDATE claims SET operator = ?2 WHERE user = ?1",
            (&asker.user, office == Office::Operator),
        )?;
        Ok(Answer::InOffice { office })
    }

    /// Ends the session of somebody, or the place that is kept for one.
    pub(super) fn kill(
        &mut self,
        asker: &Asker,
        user: UserName,
        words: Option<Text>,
    ) -> Result<Answer, No> {
        only_operators(asker)?;
        let meant = self.resolve(user.clone())?;
        let Some(held) = self.held(&meant)? else {
            return Err(Refusal::NoSuchUser { user }.into());
        };
        let (user, by) = (held.user, asker.user.clone());
        self.end(&user, words, Some(by), &asker.origin)?;
        Ok(Answer::Killed { user })
    }

    /// Says something to all who want to hear it.
    pub(super) fn announce(&mut self, asker: &Asker, text: Text) -> Result<Answer, No> {
        only_operators(asker)?;
        let by = asker.user.clone();
        self.append(&asker.origin, Deed::Announced { by, text })?;
        Ok(Answer::Announced)
    }
}

fn only_operators(asker: &Asker) -> Result<(), No> {
    match asker.office {
        Office::Operator => Ok(()),
        Office::None => Err(Refusal::NoOperator.into()),
    }
}
