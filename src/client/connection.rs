//! One connection to a node: encrypted, lines in and out, bounded.

use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use super::address::Address;
use super::door::{Acquaintance, Door};
use crate::net::framing::Framed;
use crate::net::handshake::notice_death;
use crate::net::pump::{Input, Pump};
use crate::net::tls::Fingerprint;
use crate::net::tls::trust::{self, Stranger};

/// From the first packet to an encrypted connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// Bytes of one line of a node: a list of everybody online in a large cluster.
const LINE_BYTES: usize = 16 * 1024 * 1024;

/// Why there is no connection; for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody is there.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// Who was asked.
        address: Address,
        /// The kernel's or the resolver's reason.
        source: io::Error,
    },
    /// It is not who it was.
    #[error(
        "{address} shows another certificate than before, so this may be somebody else.\n  \
         before  SHA-256 {}\n  now     SHA-256 {}", stranger.known, stranger.shown
    )]
    Stranger {
        /// Who was asked.
        address: Address,
        /// What was known, and what was shown.
        stranger: Stranger,
    },
    /// No TLS, none that this program accepts, or a certificate nobody vouches for.
    #[error("no encrypted connection to {address}: {source}")]
    Tls {
        /// Who was asked.
        address: Address,
        /// What the TLS library says.
        source: io::Error,
    },
    /// It took too long.
    #[error("{address} did not answer within {} s", CONNECT_DEADLINE.as_secs())]
    Silent {
        /// Who was asked.
        address: Address,
    },
}

impl ConnectError {
    /// Whether the node is another one than it was.
    #[must_use]
    pub const fn is_stranger(&self) -> bool {
        matches!(self, Self::Stranger { .. })
    }
}

/// What comes of a connection.
#[derive(Debug)]
pub enum Heard {
    /// A line without its end.
    Line(BytesMut),
    /// The node closed.
    End,
}

/// One open connection.
#[derive(Debug)]
pub struct Connection {
    pump: Pump<TlsStream<TcpStream>>,
    /// What was shown, where it was not known before.
    introduction: Option<Fingerprint>,
    mouth: Mouth,
}

/// Whether anything more is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mouth {
    Open,
    /// Once all is written it is closed.
    Closing,
    Closed,
}

impl Connection {
    /// Connects and encrypts.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn open(door: &Door) -> Result<Self, ConnectError> {
        let address = door.address().clone();
        timeout(CONNECT_DEADLINE, Self::opened(door))
            .await
            .unwrap_or(Err(ConnectError::Silent { address }))
    }

    async fn opened(door: &Door) -> Result<Self, ConnectError> {
        let address = door.address();
        let connected = TcpStream::connect(address.endpoint()).await;
        let connected = connected.and_then(|socket| {
            notice_death(&socket)?;
            Ok(socket)
        });
        let socket = connected.map_err(|source| ConnectError::Connect {
            address: address.clone(),
            source,
        })?;
        let stream = door.tls().connect(door.name(), socket).await;
        let stream = stream.map_err(|source| no_handshake(address.clone(), source))?;
        let introduction = match door.acquaintance() {
            Acquaintance::Vouched | Acquaintance::Seen => None,
            Acquaintance::New => shown(&stream),
        };
        Ok(Self {
            pump: Pump::new(stream, LINE_BYTES),
            introduction,
            mouth: Mouth::Open,
        })
    }

    /// The certificate of a node that was not known before; told once.
    pub const fn take_introduction(&mut self) -> Option<Fingerprint> {
        self.introduction.take()
    }

    /// Queues a line without its end; [`Connection::poll_heard`] sends it.
    pub fn say(&mut self, line: &[u8]) {
        let mut frame = BytesMut::with_capacity(line.len() + 1);
        frame.extend_from_slice(line);
        frame.extend_from_slice(b"\n");
        self.push(frame.freeze());
    }

    /// Queues whole lines.
    pub fn push(&mut self, frame: Bytes) {
        self.pump.push(frame);
    }

    /// Bytes that wait to be sent.
    #[must_use]
    pub const fn backlog(&self) -> usize {
        self.pump.backlog()
    }

    /// Nothing more is said; what was said is sent, and the node hears the end of it.
    pub fn finish(&mut self) {
        if self.mouth == Mouth::Open {
            self.mouth = Mouth::Closing;
        }
    }

    /// Sends what waits, and hears what comes next. Nothing is lost between two calls.
    ///
    /// # Errors
    /// The connection broke.
    pub fn poll_heard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Heard>> {
        self.poll_say(cx)?;
        loop {
            match self.pump.take_line() {
                Framed::Line(line) => return Poll::Ready(Ok(Heard::Line(line))),
                Framed::TooLong | Framed::Lost => {
                    let error = io::Error::other("the node sends an endless line");
                    return Poll::Ready(Err(error));
                }
                Framed::Incomplete => {}
            }
            if self.pump.input() == Input::Ended {
                return Poll::Ready(Ok(Heard::End));
            }
            match self.pump.poll_read(cx) {
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(ended(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_say(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if let Poll::Ready(written) = self.pump.poll_write(cx) {
            written?;
            if self.mouth == Mouth::Closing && self.pump.poll_close(cx)?.is_ready() {
                self.mouth = Mouth::Closed;
            }
        }
        Ok(())
    }
}

/// Many a peer ends without a goodbye of TLS.
fn ended(error: io::Error) -> io::Result<Heard> {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Ok(Heard::End),
        _ => Err(error),
    }
}

fn shown(stream: &TlsStream<TcpStream>) -> Option<Fingerprint> {
    let (_, tls) = stream.get_ref();
    let certificate = tls.peer_certificates()?.first()?;
    Some(Fingerprint::of(certificate))
}

fn no_handshake(address: Address, source: io::Error) -> ConnectError {
    let inner = source
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner.and_then(trust::stranger) {
        Some(stranger) => ConnectError::Stranger {
            stranger: *stranger,
            address,
        },
        None => ConnectError::Tls { address, source },
    }
}
