//! `conclave ping`: asks a node that serves whether it answers, by its own line door.
//!
//! All the way: TCP, TLS with the node's own certificate, the greeting, and a `/ping` that comes
//! back from a session. A node that only listens does not pass.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
    BufReader, Lines,
};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use crate::chat::NodeName;
use crate::client::address::Address;
use crate::dialect::line::read::{Told, read};
use crate::net::tls::TlsError;
use crate::net::tls::trust::{self, Pin};
use crate::settings::Settings;

/// From the first packet to the answer.
const DEADLINE: Duration = Duration::from_secs(5);

/// Bytes that a node says before its answer, at most; a greeting is a few hundred.
const MOST: u64 = 16 * 1024;

/// Characters of a strange line that the operator is shown.
const SHOWN: usize = 100;

const PING: &[u8] = b"/ping conclave\n";
const TOKEN: &str = "conclave";

/// A node answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The name by which it greets.
    pub node: NodeName,
    /// From the first packet to the answer.
    pub took: Duration,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers: {} ms", self.node, self.took.as_millis())
    }
}

/// Why there is no answer; for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// There is no door to ask at.
    #[error("listen.line is \"off\"; say which address is meant")]
    NoDoor,
    /// The certificate by which the node is known.
    #[error(transparent)]
    Certificate(#[from] TlsError),
    /// The system gives no sockets or timers.
    #[error("cannot ask: {0}")]
    Runtime(#[source] io::Error),
    /// Nobody is there.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// Who was asked.
        address: String,
        /// The kernel's or the resolver's reason.
        source: io::Error,
    },
    /// Somebody else is there, or the certificate was changed under the node.
    #[error("{address} shows another certificate than {}", cert.display())]
    Stranger {
        /// Who was asked.
        address: String,
        /// The certificate by which the node is known.
        cert: PathBuf,
    },
    /// No TLS, or none that this program accepts.
    #[error("{address} does not speak TLS as a node does: {source}")]
    NoTls {
        /// Who was asked.
        address: String,
        /// What the TLS library says.
        source: io::Error,
    },
    /// The connection ended before the answer.
    #[error("{address} hung up: {source}")]
    HungUp {
        /// Who was asked.
        address: String,
        /// The kernel's or the TLS library's reason.
        source: io::Error,
    },
    /// Encrypted, but no line door, or one that does not let anybody in.
    #[error("{address} said {said:?} instead of an answer")]
    Strange {
        /// Who was asked.
        address: String,
        /// The beginning of the line.
        said: String,
    },
    /// It was still not there at the deadline.
    #[error("{address} did not answer within {} s", DEADLINE.as_secs())]
    Silent {
        /// Who was asked.
        address: String,
    },
}

/// Asks the node of these settings, or the one at an address that has the same certificate.
///
/// # Errors
/// [`ProbeError`] when no answer came in 5 s.
pub fn ping(settings: &Settings, address: Option<Address>) -> Result<Answer, ProbeError> {
    let own = || settings.listen.line.first().map(|door| reached(*door));
    let address = address.map(|address| address.to_string());
    let address = address.or_else(own).ok_or(ProbeError::NoDoor)?;
    let known = trust::fingerprint_of(&settings.tls.cert)?;
    let config = trust::by_fingerprint(Pin::Known(known))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ProbeError::Runtime)?;
    let probe = Probe {
        address,
        cert: settings.tls.cert.clone(),
        tls: config.into(),
    };
    let outcome = runtime.block_on(probe.ask_in_time());
    // A resolver that still looks for a name has missed its deadline; nobody waits for it.
    runtime.shutdown_background();
    outcome
}

/// A door that is open on all addresses is reached on this machine's own.
fn reached(door: SocketAddr) -> String {
    let ip = match door.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, door.port()).to_string()
}

struct Probe {
    address: String,
    cert: PathBuf,
    tls: TlsConnector,
}

impl Probe {
    async fn ask_in_time(&self) -> Result<Answer, ProbeError> {
        let address = self.address.clone();
        timeout(DEADLINE, self.ask())
            .await
            .unwrap_or(Err(ProbeError::Silent { address }))
    }

    async fn ask(&self) -> Result<Answer, ProbeError> {
        let start = Instant::now();
        let socket =
            TcpStream::connect(&self.address)
                .await
                .map_err(|source| ProbeError::Connect {
                    address: self.address.clone(),
                    source,
                })?;
        // It is sent, but nobody compares it: the certificate is known.
        let name = ServerName::from(IpAddr::from(Ipv4Addr::LOCALHOST));
        let stream = self.tls.connect(name, socket).await;
        let (from, mut to) = tokio::io::split(stream.map_err(|error| self.no_handshake(error))?);
        let mut lines = BufReader::new(from.take(MOST)).lines();
        let node = self.greeted(&mut lines).await?;
        self.answered(&mut lines, &mut to).await?;
        let took = start.elapsed();
        // What it makes of a goodbye is its own affair.
        let _ = to.shutdown().await;
        Ok(Answer { node, took })
    }

    /// The node's name.
    async fn greeted(
        &self,
        lines: &mut Lines<impl AsyncBufRead + Unpin>,
    ) -> Result<NodeName, ProbeError> {
        let line = self.line(lines).await?;
        match read(&line) {
            Told::Greeting { node } => Ok(node),
            _ => Err(self.strange(&line)),
        }
    }

    async fn answered(
        &self,
        lines: &mut Lines<impl AsyncBufRead + Unpin>,
        to: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(), ProbeError> {
        let asked = async {
            to.write_all(PING).await?;
            to.flush().await
        };
        asked.await.map_err(|source| self.hung_up(source))?;
        loop {
            let line = self.line(lines).await?;
            match read(&line) {
                Told::Pong { token: TOKEN } => return Ok(()),
                Told::Info { .. } | Told::Prompt(_) => {}
                _ => return Err(self.strange(&line)),
            }
        }
    }

    async fn line(
        &self,
        lines: &mut Lines<impl AsyncBufRead + Unpin>,
    ) -> Result<String, ProbeError> {
        let read = lines.next_line().await;
        read.and_then(|line| line.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()))
            .map_err(|source| self.hung_up(source))
    }

    fn no_handshake(&self, source: io::Error) -> ProbeError {
        let address = self.address.clone();
        let tls = source
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(error) if trust::stranger(error).is_some() => ProbeError::Stranger {
                address,
                cert: self.cert.clone(),
            },
            Some(_) => ProbeError::NoTls { address, source },
            None => ProbeError::HungUp { address, source },
        }
    }

    fn hung_up(&self, source: io::Error) -> ProbeError {
        ProbeError::HungUp {
            address: self.address.clone(),
            source,
        }
    }

    fn strange(&self, line: &str) -> ProbeError {
        ProbeError::Strange {
            address: self.address.clone(),
            said: line.chars().take(SHOWN).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_on_all_addresses_is_reached_on_this_machine() {
        for (door, address) in [
            ("0.0.0.0:8001", "127.0.0.1:8001"),
            ("[::]:8001", "[::1]:8001"),
            ("127.0.0.2:9", "127.0.0.2:9"),
            ("[2001:db8::1]:9", "[2001:db8::1]:9"),
        ] {
            assert_eq!(reached(door.parse().unwrap()), address);
        }
    }

    #[test]
    fn an_answer_is_one_line() {
        let answer = Answer {
            node: NodeName::new("node-1").unwrap(),
            took: Duration::from_micros(2700),
        };
        assert_eq!(answer.to_string(), "node-1 answers: 2 ms");
    }
}
