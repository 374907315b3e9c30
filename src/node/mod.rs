//! Puts a node together, top to bottom in the order in which its parts need each other.
//!
//! The only place that names all concrete actors; everything else holds recipients.

pub mod admin;
pub mod banner;
mod bridge;
pub mod logging;
mod noticeboard;
mod parts;
pub mod probe;
mod reception;
mod running;
pub mod serve;
#[cfg(test)]
mod simulation;

use std::io;
use std::net::SocketAddr;

use actix::{Actor, Addr, Arbiter};
use tokio::sync::{mpsc, oneshot};

use crate::auth::{Authenticator, BadHash};
use crate::bridge::{embedded, redis};
use crate::chat::UserName;
use crate::chat::origin::Incarnation;
use crate::messages::{Archive, Vital};
use crate::net::door::Door;
use crate::net::listener::{self, Listener};
use crate::net::tls::{Existing, Identity, TlsError};
use crate::registry::RoomRegistry;
use crate::registry::hub::Hub;
use crate::settings::{Listen, Loaded, Settings};

pub use running::{Reason, Running, Stopped};

use bridge::Opened;
use noticeboard::Noticeboard;
use reception::{Doors, Reception, Road};

/// Why a node did not start; for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The embedded store.
    #[error(transparent)]
    Store(#[from] embedded::OpenError),
    /// The store that the cluster shares.
    #[error(transparent)]
    Redis(#[from] redis::OpenError),
    /// A door.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The wanted address.
        address: SocketAddr,
        /// The kernel's reason.
        source: io::Error,
    },
    /// A password hash in the settings.
    #[error("{section}.{user}: {source}")]
    Hash {
        /// Where it stands.
        section: &'static str,
        /// The account.
        user: UserName,
        /// What is wrong with it.
        source: BadHash,
    },
    /// The password of the IRC door in the settings.
    #[error("irc.password: {source}")]
    Password {
        /// What is wrong with its hash.
        source: BadHash,
    },
    /// The kernel has no entropy for the node's incarnation.
    #[error("the system gives no random numbers")]
    NoEntropy,
}

/// Starts a node on the current actix system.
///
/// Everything that can fail is done before the door opens. An embedded store is opened on this
/// thread, which blocks for as long as it takes to see to an earlier run's claims; a Redis is
/// waited for, and so is a node of the same name that was just there.
///
/// # Errors
/// [`StartError`]; nothing is left running, also when the future is dropped.
pub async fn start(loaded: Loaded) -> Result<Running, StartError> {
    let Loaded {
        settings, source, ..
    } = loaded;
    let (identity, origin) = parts::identity(&settings.tls)?;
    let tls = Doors::new(
        &identity,
        parts::irc_identity(&settings.irc, &settings.accounts),
    )?;
    let passwords = parts::passwords(&settings)?;
    let incarnation = Incarnation {
        node: settings.node.name.clone(),
        run: random()?,
    };
    let (opened, doors) = open(&settings, incarnation.clone()).await?;
    let addresses = doors.iter().filter_map(|it| it.address().ok()).collect();

    let (failed, failures) = mpsc::channel(1);
    let vital = |part| Vital::new(part, failed.clone());
    let arbiters: Vec<_> = (0..cores()).map(|_| Arbiter::new()).collect();
    let hubs = start_hubs(&arbiters, &vital);
    let handoffs = hubs.iter().map(|hub| hub.clone().recipient()).collect();
    let registry = RoomRegistry::new(handoffs, vital("registry")).start();
    let bridge = opened.start(registry.clone().recipient(), vital("bridge"));
    // One that is gone already has reported itself.
    let _ = registry.try_send(Archive(bridge.archive()));
    let authenticator = Authenticator::start(
        parts::authentication(&settings, passwords),
        bridge.account_asks(),
        vital("authenticator"),
    );

    let noticeboard = Noticeboard::new(settings.clone(), source).start();
    let road = Road {
        incarnation,
        registry,
        authenticator,
        noticeboard: noticeboard.clone(),
        bridge: bridge.clone(),
        rules: parts::rules(&settings),
        handshake: settings.limits.handshake,
        doors: tls,
    };
    let mut reception = Reception::open(&arbiters, &hubs, &road);
    let (stop, stopped) = oneshot::channel();
    let enter = move |accepted| reception.enter(accepted);
    let listening = listener::listen(doors, parts::crowd(&settings), stopped, enter);
    Ok(Running {
        addresses,
        identity,
        origin,
        doors: stop,
        listening: actix_rt::spawn(listening),
        hubs,
        bridge,
        noticeboard: noticeboard.recipient(),
        arbiters,
        failures,
        drain: settings.node.drain,
    })
}

/// `conclave cert`: makes the certificate and key that the settings name, or reads those there.
///
/// # Errors
/// [`TlsError`] when one of the two is missing, broken or cannot be written.
pub fn make_certificate(settings: &Settings, existing: Existing) -> Result<Identity, TlsError> {
    match existing {
        Existing::Keep => parts::identity(&settings.tls).map(|(identity, _)| identity),
        Existing::Replace => Identity::generate(
            &parts::files(&settings.tls),
            &parts::generation(&settings.tls),
            existing,
        ),
    }
}

fn start_hubs(arbiters: &[Arbiter], vital: &impl Fn(&'static str) -> Vital) -> Vec<Addr<Hub>> {
    let start = |arbiter: &Arbiter| {
        let vital = vital("hub");
        Hub::start_in_arbiter(&arbiter.handle(), move |_| Hub::new(vital))
    };
    arbiters.iter().map(start).collect()
}

/// Opens the store and then the doors; without the doors the store is left again.
async fn open(
    settings: &Settings,
    incarnation: Incarnation,
) -> Result<(Opened, Vec<Listener>), StartError> {
    let opened = Opened::open(settings, incarnation).await?;
    match bind(&settings.listen) {
        Ok(doors) => Ok((opened, doors)),
        Err(error) => {
            opened.leave().await;
            Err(error)
        }
    }
}

fn bind(listen: &Listen) -> Result<Vec<Listener>, StartError> {
    let open = |door: Door, address: SocketAddr| {
        Listener::bind(door, address).map_err(|source| StartError::Bind { address, source })
    };
    let line = listen.line.iter().map(|at| open(Door::Line, *at));
    let irc = listen.irc.iter().map(|at| open(Door::Irc, *at));
    line.chain(irc).collect()
}

/// One arbiter for each core; the registry and the bridge share the system's own.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn random() -> Result<u32, StartError> {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| StartError::NoEntropy)?;
    Ok(u32::from_ne_bytes(bytes))
}
