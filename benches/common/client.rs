//! One client: connects, logs in, reads lines.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Failure;
use crate::server::{PASSWORD, Place, Server, user};

/// Bytes read at once: a whole TLS record.
const READ_BYTES: usize = 16 * 1024;

/// Where to connect, and whom to trust there.
#[derive(Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    tls: TlsConnector,
}

impl Target {
    /// A server that shows the certificate of this place.
    pub(crate) fn new(server: &Server, place: &Place) -> Result<Self, Failure> {
        let mut trusted = RootCertStore::empty();
        trusted.add(CertificateDer::from_pem_file(place.cert())?)?;
        let mut config = ClientConfig::builder_with_protocol_versions(&[&TLS13])
            .with_root_certificates(trusted)
            .with_no_client_auth();
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Self {
            address: server.address(),
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    /// A connection that has read the greeting to its end.
    pub(crate) async fn connect(&self) -> Result<Guest, Failure> {
        let socket = TcpStream::connect(self.address).await?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("localhost")?;
        let stream = self.tls.connect(name, socket).await?;
        let mut client = Client {
            stream,
            lines: Lines::default(),
        };
        client.until("* Username:").await?;
        Ok(Guest(client))
    }
}

/// A client that has not logged in.
pub(crate) struct Guest(Client);

impl Guest {
    /// Logs in as one of the users of the settings.
    pub(crate) async fn log_in(self, number: u32) -> Result<Client, Failure> {
        let Self(mut client) = self;
        let login = format!("/login {} {PASSWORD}\n", user(number));
        client.send(login.as_bytes()).await?;
        client.until("* Welcome").await?;
        Ok(client)
    }
}

/// A client that is logged in.
pub(crate) struct Client {
    stream: TlsStream<TcpStream>,
    lines: Lines,
}

impl Client {
    /// Sends and flushes.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }

    /// Reads until the server closes.
    pub(crate) async fn until_closed(mut self) -> Result<(), Failure> {
        while self.read().await? > 0 {
            while self.lines.next()?.is_some() {}
        }
        Ok(())
    }

    /// The way in and the way out, for two tasks.
    pub(crate) fn split(self) -> (Ear<ReadHalf<TlsStream<TcpStream>>>, Mouth) {
        let (read, write) = tokio::io::split(self.stream);
        let ear = Ear {
            stream: read,
            lines: self.lines,
        };
        (ear, Mouth(write))
    }

    /// The way in alone.
    pub(crate) fn listen(self) -> Ear<TlsStream<TcpStream>> {
        Ear {
            stream: self.stream,
            lines: self.lines,
        }
    }

    async fn until(&mut self, wanted: &str) -> Result<(), Failure> {
        loop {
            while let Some(line) = self.lines.next()? {
                if line.starts_with(wanted.as_bytes()) {
                    return Ok(());
                }
            }
            if self.read().await? == 0 {
                return Err(format!("closed before {wanted:?}").into());
            }
        }
    }

    async fn read(&mut self) -> Result<usize, Failure> {
        read(&mut self.stream, &mut self.lines).await
    }
}

/// Where a client sends to.
pub(crate) struct Mouth(WriteHalf<TlsStream<TcpStream>>);

impl Mouth {
    /// Sends and flushes.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.write_all(bytes).await?;
        Ok(self.0.flush().await?)
    }
}

/// What a client hears.
pub(crate) struct Ear<R> {
    stream: R,
    lines: Lines,
}

impl<R: AsyncReadExt + Unpin> Ear<R> {
    /// Gives every line to `hear` until the server closes, which is a failure.
    pub(crate) async fn listen(
        mut self,
        mut hear: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            while let Some(line) = self.lines.next()? {
                hear(line)?;
            }
            if read(&mut self.stream, &mut self.lines).await? == 0 {
                return Err("the server closed".into());
            }
        }
    }
}

async fn read(
    stream: &mut (impl AsyncReadExt + Unpin),
    lines: &mut Lines,
) -> Result<usize, Failure> {
    lines.bytes.drain(..lines.taken);
    lines.taken = 0;
    lines.bytes.reserve(READ_BYTES);
    Ok(stream.read_buf(&mut lines.bytes).await?)
}

/// Bytes cut into lines.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    taken: usize,
}

impl Lines {
    /// The next whole line without its end; a refusal is a failure.
    fn next(&mut self) -> Result<Option<&[u8]>, Failure> {
        let rest = &self.bytes[self.taken..];
        let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        self.taken += length + 1;
        let line = &rest[..length];
        if line.starts_with(b"!") {
            return Err(String::from_utf8_lossy(line).into());
        }
        Ok(Some(line))
    }
}
