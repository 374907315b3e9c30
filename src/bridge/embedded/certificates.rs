//! The certificates of clients, and whose they are.

use rusqlite::Connection;

use super::claims::Asker;
use super::log::{No, Store, StoreError};
use super::sql::{self, Int};
use crate::chat::certificate::Certificate;
use crate::chat::limits::CERTIFICATES_PER_USER;
use crate::chat::{Answer, Refusal, UserName};
use crate::messages::AccountAnswer;

impl Store {
    /// Whose a certificate is.
    pub(super) fn certificate_owner(
        &self,
        certificate: Certificate,
    ) -> Result<AccountAnswer, StoreError> {
        let Some(user) = self.owner(certificate)? else {
            return Ok(AccountAnswer::NotFound);
        };
        match self.registered(user) {
            Ok(user) => Ok(AccountAnswer::Owner { user }),
            Err(No::Refused(_)) => Ok(AccountAnswer::NotFound),
            Err(No::Failed(error)) => Err(error),
        }
    }

    pub(super) fn add_certificate(
        &self,
        asker: &Asker,
        certificate: Certificate,
    ) -> Result<Answer, No> {
        let most = CERTIFICATES_PER_USER;
        match self.owner(certificate)? {
            Some(owner) if owner == asker.user => {}
            Some(_) => return Err(Refusal::CertificateTaken.into()),
            None => {
                let count: Option<Int> = sql::value(
                    &self.db,
                    "SELECT count(*) FROM certificates WHERE user = ?1",
                    [&asker.user],
                )?;
                if count.is_some_and(|Int(count)| count >= most as u64) {
                    return Err(Refusal::TooManyCertificates { most }.into());
                }
                sql::change(
                    &self.db,
                    "INSERT INTO certificates (certificate, user) VALUES (?1, ?2)",
                    (certificate.to_string(), &asker.user),
                )?;
            }
        }
        Ok(self.certificates(&asker.user)?)
    }

    pub(super) fn remove_certificate(
        &self,
        asker: &Asker,
        certificate: Certificate,
    ) -> rusqlite::Result<Answer> {
        sql::change(
            &self.db,
            "DELETE FROM certificates WHERE certificate = ?1 AND user = ?2",
            (certificate.to_string(), &asker.user),
        )?;
        self.certificates(&asker.user)
    }

    /// All of an account, sorted.
    pub(super) fn certificates(&self, user: &UserName) -> rusqlite::Result<Answer> {
        let told: Vec<String> = sql::values(
            &self.db,
            "SELECT certificate FROM certificates WHERE user = ?1 ORDER BY certificate",
            [user],
        )?;
        let certificates = told.iter().filter_map(|told| told.parse().ok()).collect();
        Ok(Answer::Certificates { certificates })
    }

    fn owner(&self, certificate: Certificate) -> rusqlite::Result<Option<UserName>> {
        sql::value(
            &self.db,
            "SELECT user FROM certificates WHERE certificate = ?1",
            [certificate.to_string()],
        )
    }
}

/// None of those of an account is good any more.
pub(super) fn revoke(db: &Connection, user: &UserName) -> rusqlite::Result<()> {
    sql::change(db, "DELETE FROM certificates WHERE user = ?1", [user]).map(drop)
}
