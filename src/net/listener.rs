//! The listeners: who may connect by which door, and how many.

use std::collections::HashMap;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tracing::{debug, error, warn};

use super::door::Door;
use crate::messages::Peer;

/// How long the doors wait when the kernel has no socket to give, instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Addresses that are counted before those without connections are forgotten.
const COUNTED_ADDRESSES: usize = 1024;

/// Sockets that wait in the kernel to be accepted: a reconnecting crowd.
const BACKLOG: u32 = 1024;

/// How many connections there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// In all; the node's file descriptors set it.
    pub most: usize,
    /// From one address; `None` for any number.
    pub per_peer: Option<u32>,
}

/// A socket that was let in.
#[derive(Debug)]
pub struct Accepted {
    /// By which door.
    pub door: Door,
    /// The socket, on no runtime yet.
    pub socket: std::net::TcpStream,
    /// Its other end.
    pub address: SocketAddr,
    /// Held as long as the connection lives.
    pub place: Place,
}

/// One connection's place among those that are counted; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    #[expect(dead_code, reason = "counted by its existence")]
    of_peer: Arc<()>,
    #[expect(dead_code, reason = "counted by its existence")]
    of_all: Arc<()>,
}

/// An address at which a door is open.
#[derive(Debug)]
pub struct Listener {
    door: Door,
    socket: TcpListener,
}

impl Listener {
    /// Opens a door at an address.
    ///
    /// # Errors
    /// The kernel's, for example when the port is taken.
    pub fn bind(door: Door, address: SocketAddr) -> io::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
            SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let socket = socket.listen(BACKLOG)?;
        Ok(Self { door, socket })
    }

    /// The door, and its address with the port that the system chose for port 0.
    ///
    /// # Errors
    /// The kernel's.
    pub fn address(&self) -> io::Result<(Door, SocketAddr)> {
        Ok((self.door, self.socket.local_addr()?))
    }
}

/// Lets people in by all doors until `stop` resolves; `enter` takes each one on.
pub async fn listen(
    doors: Vec<Listener>,
    crowd: Crowd,
    stop: oneshot::Receiver<()>,
    mut enter: impl FnMut(Accepted),
) {
    let mut counts = Counts::new(crowd);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            _ = &mut stop => return,
            accepted = poll_fn(|cx| knock(&doors, cx)) => accepted,
        };
        match accepted.and_then(|(door, socket, address)| counts.admit(door, socket, address)) {
            Ok(Some(accepted)) => enter(accepted),
            Ok(None) => {}
            Err(error) => {
                error!(%error, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The next one at any door.
fn knock(
    doors: &[Listener],
    cx: &mut Context<'_>,
) -> Poll<io::Result<(Door, TcpStream, SocketAddr)>> {
    let mut knock = |listener: &Listener| {
        let came = listener.socket.poll_accept(cx);
        came.map_ok(|(socket, address)| (listener.door, socket, address))
    };
    let ready = doors.iter().map(&mut knock).find(Poll::is_ready);
    ready.unwrap_or(Poll::Pending)
}

/// Who is here, counted by the places that are held.
struct Counts {
    crowd: Crowd,
    all: Arc<()>,
    peers: HashMap<Peer, Arc<()>>,
}

impl Counts {
    fn new(crowd: Crowd) -> Self {
        Self {
            crowd,
            all: Arc::new(()),
            peers: HashMap::new(),
        }
    }

    /// `None` when there are too many; the socket is closed before it costs a handshake.
    fn admit(
        &mut self,
        door: Door,
        socket: TcpStream,
        address: SocketAddr,
    ) -> io::Result<Option<Accepted>> {
        let Some(place) = self.place(address.ip().into()) else {
            warn!(%address, "too many connections: one more was closed");
            return Ok(None);
        };
        debug!(%address, %door, "connected");
        Ok(Some(Accepted {
            door,
            socket: socket.into_std()?,
            address,
            place,
        }))
    }

    fn place(&mut self, peer: Peer) -> Option<Place> {
        if self.peers.len() >= COUNTED_ADDRESSES {
            self.peers.retain(|_, held| held_by_others(held) > 0);
        }
        let of_peer = self.peers.entry(peer).or_default();
        let full = self
            .crowd
            .per_peer
            .is_some_and(|most| held_by_others(of_peer) >= most as usize)
            || held_by_others(&self.all) >= self.crowd.most;
        (!full).then(|| Place {
            of_peer: of_peer.clone(),
            of_all: self.all.clone(),
        })
    }
}

fn held_by_others(count: &Arc<()>) -> usize {
    Arc::strong_count(count) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        address.parse::<std::net::IpAddr>().unwrap().into()
    }

    #[test]
    fn places_are_counted_by_address_and_given_back() {
        let mut counts = Counts::new(Crowd {
            most: 10,
            per_peer: Some(2),
        });
        let first = counts.place(peer("10.0.0.1")).unwrap();
        let _second = counts.place(peer("10.0.0.1")).unwrap();
        assert!(counts.place(peer("10.0.0.1")).is_none());
        assert!(counts.place(peer("10.0.0.2")).is_some());
        drop(first);
        assert!(counts.place(peer("10.0.0.1")).is_some());
    }

    #[test]
    fn one_household_of_ipv6_is_one_address() {
        let mut counts = Counts::new(Crowd {
            most: 10,
            per_peer: Some(1),
        });
        let _held = counts.place(peer("2001:db8:1:2::1")).unwrap();
        assert!(counts.place(peer("2001:db8:1:2:ffff::9")).is_none());
        assert!(counts.place(peer("2001:db8:1:3::1")).is_some());
        assert_eq!(peer("::ffff:10.0.0.1"), peer("10.0.0.1"));
    }

    #[test]
    fn there_is_a_bound_on_all_and_zero_addresses_are_forgotten() {
        let mut counts = Counts::new(Crowd {
            most: 3000,
            per_peer: None,
        });
        let ip = |n: u32| Peer::from(std::net::IpAddr::from(std::net::Ipv4Addr::from(n)));
        for n in 0..10_000 {
            assert!(counts.place(ip(n)).is_some());
        }
        assert!(counts.peers.len() <= COUNTED_ADDRESSES + 1);
        let held: Vec<_> = (0..3000).map(|n| counts.place(ip(n)).unwrap()).collect();
        assert!(counts.place(ip(9999)).is_none());
        drop(held);
        assert!(counts.place(ip(9999)).is_some());
    }
}
