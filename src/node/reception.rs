//! Takes accepted sockets to their arbiters and makes sessions of them.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr, Arbiter};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tracing::{debug, info, warn};

use crate::auth::Authenticator;
use crate::chat::certificate::Certificate;
use crate::chat::origin::{ConnId, Incarnation, SessionId};
use crate::dialect::{Dialect, irc};
use crate::messages::HubId;
use crate::net::door::{Carriage, Door, Handshakes};
use crate::net::handshake::{HandshakeError, carriage, certificate, handshake};
use crate::net::listener::{Accepted, Place};
use crate::net::tls::{Identity, TlsError};
use crate::net::transport::Transport;
use crate::net::websocket::upgrade;
use crate::registry::RoomRegistry;
use crate::registry::hub::Hub;
use crate::session::{Links, Rules, Session};

use super::bridge::Bridge;
use super::noticeboard::Noticeboard;

/// Sockets that wait for their arbiter; beyond it they are closed.
const WAITING_SOCKETS: usize = 1024;

/// What every session needs to take its part in the road.
#[derive(Clone)]
pub(super) struct Road {
    pub(super) incarnation: Incarnation,
    pub(super) registry: Addr<RoomRegistry>,
    pub(super) authenticator: Addr<Authenticator>,
    pub(super) noticeboard: Addr<Noticeboard>,
    pub(super) bridge: Bridge,
    pub(super) rules: Rules,
    pub(super) handshake: Duration,
    pub(super) doors: Doors,
}

/// What is different between the doors.
#[derive(Clone)]
pub(super) struct Doors {
    line: Handshakes,
    irc: Handshakes,
    identity: Arc<irc::Identity>,
}

impl Doors {
    pub(super) fn new(own: &Identity, identity: irc::Identity) -> Result<Self, TlsError> {
        Ok(Self {
            line: Door::Line.tls(own)?,
            irc: Door::Irc.tls(own)?,
            identity: Arc::new(identity),
        })
    }

    const fn tls(&self, door: Door) -> &Handshakes {
        match door {
            Door::Line => &self.line,
            Door::Irc => &self.irc,
        }
    }

    fn dialect(&self, door: Door, shown: Option<Certificate>) -> Dialect {
        match door {
            Door::Line => Dialect::line(),
            Door::Irc => Dialect::irc(self.identity.clone(), shown),
        }
    }
}

/// Spreads connections evenly over the arbiters.
pub(super) struct Reception {
    desks: Vec<mpsc::Sender<Arrival>>,
    arrived: u64,
}

struct Arrival {
    conn: ConnId,
    accepted: Accepted,
}

impl Reception {
    /// A desk on every arbiter.
    pub(super) fn open(arbiters: &[Arbiter], hubs: &[Addr<Hub>], road: &Road) -> Self {
        let desks = arbiters
            .iter()
            .zip(hubs)
            .enumerate()
            .map(|(number, (arbiter, hub))| {
                let (desk, arrivals) = mpsc::channel(WAITING_SOCKETS);
                let (hub, road) = (hub.clone(), road.clone());
                arbiter.spawn_fn(move || {
                    let links = Rc::new(links(HubId(number), &hub, &road));
                    actix_rt::spawn(receive(arrivals, road, links));
                });
                desk
            });
        Self {
            desks: desks.collect(),
            arrived: 0,
        }
    }

    /// Sends a socket to the next arbiter.
    pub(super) fn enter(&mut self, accepted: Accepted) {
        self.arrived += 1;
        let conn = ConnId(self.arrived);
        let next = usize::try_from(self.arrived).unwrap_or(0) % self.desks.len();
        if let Err(error) = self.desks[next].try_send(Arrival { conn, accepted }) {
            warn!(%error, "connections come faster than they can be taken: one was closed");
        }
    }
}

/// One arbiter's desk.
async fn receive(mut arrivals: mpsc::Receiver<Arrival>, road: Road, links: Rc<Links>) {
    while let Some(arrival) = arrivals.recv().await {
        let (road, links) = (road.clone(), links.clone());
        actix_rt::spawn(async move {
            let address = arrival.accepted.address;
            match encrypt(arrival, road, links).await {
                Ok(()) => {}
                Err(error @ HandshakeError::Plaintext) => info!(%address, %error, "sent away"),
                Err(
                    error @ (HandshakeError::Deadline
                    | HandshakeError::Failed(_)
                    | HandshakeError::NoWebSocket(_)),
                ) => debug!(%address, %error, "no session"),
            }
        });
    }
}

async fn encrypt(arrival: Arrival, road: Road, links: Rc<Links>) -> Result<(), HandshakeError> {
    let Arrival { conn, accepted } = arrival;
    let (door, until) = (accepted.door, Instant::now() + road.handshake);
    let socket = TcpStream::from_std(accepted.socket)?;
    let stream = handshake(socket, door, road.doors.tls(door), until).await?;
    let shown = certificate(&stream);
    let newcomer = Newcomer {
        id: SessionId {
            incarnation: road.incarnation,
            conn,
        },
        address: accepted.address,
        place: accepted.place,
        dialect: road.doors.dialect(door, shown),
        links,
    };
    let carriage = carriage(&stream);
    debug!(session = %newcomer.id, address = %newcomer.address, %door, ?carriage, "session began");
    match carriage {
        Carriage::Lines => newcomer.begins(stream),
        Carriage::WebSocket => {
            let upgraded = timeout_at(until, upgrade(stream)).await;
            newcomer.begins(upgraded.map_err(|_| HandshakeError::Deadline)??);
        }
    }
    Ok(())
}

/// Somebody to whom there is a way.
struct Newcomer {
    id: SessionId,
    address: SocketAddr,
    place: Place,
    dialect: Dialect,
    links: Rc<Links>,
}

impl Newcomer {
    fn begins(self, way: impl Transport + 'static) {
        let (peer, place) = (self.address.ip().into(), Some(self.place));
        Session::new(self.id, peer, way, self.dialect, self.links, place).start();
    }
}

fn links(number: HubId, hub: &Addr<Hub>, road: &Road) -> Links {
    Links {
        hub: number,
        attach: hub.clone().recipient(),
        detach: hub.clone().recipient(),
        introduce: road.registry.clone().recipient(),
        set_format: road.registry.clone().recipient(),
        set_watch: road.registry.clone().recipient(),
        fell_behind: road.registry.clone().recipient(),
        catch_up: road.registry.clone().recipient(),
        forget: road.registry.clone().recipient(),
        prove: road.authenticator.clone().recipient(),
        prove_by_certificate: road.authenticator.clone().recipient(),
        register: road.authenticator.clone().recipient(),
        change_password: road.authenticator.clone().recipient(),
        issue_token: road.authenticator.clone().recipient(),
        redeem_token: road.authenticator.clone().recipient(),
        inquire: road.noticeboard.clone().recipient(),
        ask: road.bridge.asks(),
        rules: road.rules,
    }
}
