//! A node that runs, and how it is taken apart: the start, backwards, within one deadline.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use actix::{Addr, Arbiter, Recipient};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};

use crate::chat::Ending;
use crate::chat::command::Inquiry;
use crate::messages::{CloseAll, Inquire, PartFailed};
use crate::net::door::Door;
use crate::net::tls::{Identity, Origin};
use crate::registry::hub::Hub;

use super::bridge::Bridge;

/// When the first of the crowd may come back; the others come later, spread.
const COME_BACK_IN: Duration = Duration::from_secs(5);

/// A node with open doors.
#[derive(Debug)]
pub struct Running {
    /// Where which door is open, with the port that the system chose for port 0.
    pub addresses: Vec<(Door, SocketAddr)>,
    /// What the node proves to its clients.
    pub identity: Identity,
    /// Whether that was there already.
    pub origin: Origin,
    pub(super) doors: oneshot::Sender<()>,
    pub(super) listening: JoinHandle<()>,
    pub(super) hubs: Vec<Addr<Hub>>,
    pub(super) bridge: Bridge,
    pub(super) noticeboard: Recipient<Inquire>,
    pub(super) arbiters: Vec<Arbiter>,
    pub(super) failures: mpsc::Receiver<PartFailed>,
    pub(super) drain: Duration,
}

/// How a node stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Everybody was told and everything is stored.
    Clean,
    /// The deadline passed first.
    Late,
}

impl Running {
    /// Resolves when a part fails without which the node cannot go on.
    pub async fn failed(&mut self) -> PartFailed {
        let gone = || PartFailed {
            part: "node",
            why: "all its parts are gone".to_owned(),
        };
        self.failures.recv().await.unwrap_or_else(gone)
    }

    /// Has the settings read again, as an operator's `REHASH` does; what came of it is logged.
    pub async fn rehash(&self) {
        // Its answer is for people; that it is gone is told by what it does not log.
        let _told = self.noticeboard.send(Inquire(Inquiry::Rehash)).await;
    }

    /// Closes the door, tells the sessions, waits for their last words and for the store.
    pub async fn stop(self, reason: Reason) -> Stopped {
        let until = Instant::now() + self.drain;
        // The listener may have ended by itself.
        let _ = self.doors.send(());
        let closed = within(until, "doors", async {
            // One that panicked holds no socket either.
            let _ended = self.listening.await;
        })
        .await;
        let told = within(until, "sessions", close_all(&self.hubs, reason.ending())).await;
        let stored = within(until, "store", self.bridge.shut()).await;
        for arbiter in self.arbiters {
            arbiter.stop();
            // A panicked arbiter has nothing left to stop.
            let _ended = arbiter.join();
        }
        if [closed, told, stored].contains(&Stopped::Late) {
            Stopped::Late
        } else {
            Stopped::Clean
        }
    }
}

/// Why a node stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The operator wants it.
    Asked,
    /// A part failed.
    Failed,
}

impl Reason {
    const fn ending(self) -> Ending {
        match self {
            Self::Asked => Ending::GoingDown {
                come_back_in: COME_BACK_IN,
            },
            Self::Failed => Ending::Broken,
        }
    }
}

async fn close_all(hubs: &[Addr<Hub>], ending: Ending) {
    // All are told before any is waited for.
    let closing: Vec<_> = hubs
        .iter()
        .map(|hub| hub.send(CloseAll { ending }))
        .collect();
    for closed in closing {
        // A hub that failed has no sessions left.
        let _gone = closed.await;
    }
}

async fn within(until: Instant, what: &str, work: impl Future<Output = ()>) -> Stopped {
    match timeout_at(until, work).await {
        Ok(()) => {
            info!("{what} closed");
            Stopped::Clean
        }
        Err(_) => {
            warn!("{what} did not close within node.drain");
            Stopped::Late
        }
    }
}
