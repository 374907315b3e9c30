//! A node as a client reaches it: where it is, and how it is known.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use super::address::Address;
use crate::net::tls::trust::{self, Pin};
use crate::net::tls::{Fingerprint, TlsError};

/// One node that can be connected to. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    address: Address,
    name: ServerName<'static>,
    tls: TlsConnector,
    acquaintance: Acquaintance,
}

/// How a node is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquaintance {
    /// An authority vouches for it.
    Vouched,
    /// By its certificate.
    Seen,
    /// Not yet: whatever certificate it shows is the one from then on.
    New,
}

/// Why there is no way to a node.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// A certificate is for a name or an address, and this is neither.
    #[error("{address}: not a name that a certificate can be for")]
    Name {
        /// The node.
        address: Address,
    },
    /// The TLS library refuses.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Door {
    /// A node that an authority vouches for, by [`trust::by_authority`].
    ///
    /// # Errors
    /// [`DoorError::Name`].
    pub fn vouched(address: Address, authority: Arc<ClientConfig>) -> Result<Self, DoorError> {
        Self::new(address, authority, Acquaintance::Vouched)
    }

    /// A node that is known by its certificate, or will be.
    ///
    /// # Errors
    /// [`DoorError`].
    pub fn pinned(address: Address, known: Option<Fingerprint>) -> Result<Self, DoorError> {
        let (pin, acquaintance) = match known {
            Some(known) => (Pin::Known(known), Acquaintance::Seen),
            None => (Pin::FirstTime, Acquaintance::New),
        };
        Self::new(address, trust::by_fingerprint(pin)?, acquaintance)
    }

    fn new(
        address: Address,
        config: Arc<ClientConfig>,
        acquaintance: Acquaintance,
    ) -> Result<Self, DoorError> {
        let name =
            ServerName::try_from(address.host().to_owned()).map_err(|_| DoorError::Name {
                address: address.clone(),
            })?;
        Ok(Self {
            address,
            name,
            tls: config.into(),
            acquaintance,
        })
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// How it is known.
    #[must_use]
    pub const fn acquaintance(&self) -> Acquaintance {
        self.acquaintance
    }

    pub(super) const fn tls(&self) -> &TlsConnector {
        &self.tls
    }

    pub(super) fn name(&self) -> ServerName<'static> {
        self.name.clone()
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door")
            .field("address", &self.address)
            .field("acquaintance", &self.acquaintance)
            .finish_non_exhaustive()
    }
}
