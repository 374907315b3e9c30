//! Whom a client trusts: what it was told, and what it keeps.

use std::path::PathBuf;

use super::address::Address;
use super::connection::{ConnectError, Connection};
use super::door::{Acquaintance, Door, DoorError};
use super::home::{self, NoHome};
use super::known::{KnownError, KnownNodes};
use crate::net::tls::trust::by_authority;
use crate::net::tls::{Fingerprint, TlsError};

/// How nodes are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// By the certificates in this PEM file and whom they vouch for.
    Authority(PathBuf),
    /// By what they showed the first time.
    FirstSeen,
}

/// Why it is not known whom to trust.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file with the certificates.
    #[error(transparent)]
    Authority(#[from] TlsError),
    /// A node that cannot be one.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// There is nowhere to keep certificates.
    #[error("{0}, or name a certificate with --ca")]
    NoHome(#[from] NoHome),
    /// The certificates seen before.
    #[error(transparent)]
    Known(#[from] KnownError),
    /// A node that is to be met for the first time is not there, or not who it was.
    #[error(transparent)]
    NotMet(#[from] ConnectError),
}

/// Where it is kept whom this client has seen.
#[derive(Debug)]
pub enum Acquaintances {
    /// An authority knows them all.
    Vouched,
    /// Here.
    Kept(KnownNodes),
}

impl Acquaintances {
    /// Keeps what a node showed the first time; what a person is told about that.
    ///
    /// # Errors
    /// [`KnownError::File`].
    pub fn keep(&mut self, address: &Address, shown: Fingerprint) -> Result<String, KnownError> {
        match self {
            Self::Vouched => Ok(String::new()),
            Self::Kept(known) => {
                known.keep(address.clone(), shown)?;
                let path = known.path().display();
                Ok(format!(
                    "first time at {address}: its certificate is SHA-256 {shown}, kept in {path}"
                ))
            }
        }
    }

    /// Meets every node that was not seen before, so that many connections at once agree on what
    /// it showed first; what a person is told about each.
    ///
    /// # Errors
    /// [`TrustError`].
    pub async fn introduce(&mut self, doors: &mut [Door]) -> Result<Vec<String>, TrustError> {
        let mut notes = Vec::new();
        for door in doors {
            match door.acquaintance() {
                Acquaintance::Vouched | Acquaintance::Seen => continue,
                Acquaintance::New => {}
            }
            let mut connection = Connection::open(door).await?;
            if let Some(shown) = connection.take_introduction() {
                notes.push(self.keep(door.address(), shown)?);
                *door = Door::pinned(door.address().clone(), Some(shown))?;
            }
        }
        Ok(notes)
    }
}

/// The nodes at these addresses, and whom this client has seen so far.
///
/// # Errors
/// [`TrustError`].
pub fn doors(
    addresses: impl Iterator<Item = Address>,
    trust: &Trust,
) -> Result<(Vec<Door>, Acquaintances), TrustError> {
    match trust {
        Trust::Authority(file) => {
            let authority = by_authority(file)?;
            let doors = addresses.map(|address| Door::vouched(address, authority.clone()));
            Ok((doors.collect::<Result<_, _>>()?, Acquaintances::Vouched))
        }
        Trust::FirstSeen => {
            let known = KnownNodes::read(&home::folder()?)?;
            let doors = addresses.map(|address| {
                let seen = known.fingerprint(&address);
                Door::pinned(address, seen)
            });
            let doors = doors.collect::<Result<_, _>>()?;
            Ok((doors, Acquaintances::Kept(known)))
        }
    }
}
