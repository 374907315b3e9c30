//! What a session's connection can do beside reading and writing.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::handshake::{doubt_life, notice_death};

/// A way to a peer.
pub trait Transport: AsyncRead + AsyncWrite + Unpin {
    /// Has it find out within some three seconds whether the peer is there; it breaks if not.
    ///
    /// # Errors
    /// The kernel's.
    fn doubt(&self) -> io::Result<()>;

    /// The peer is there: from now on it is looked after as usual.
    ///
    /// # Errors
    /// The kernel's.
    fn trust(&self) -> io::Result<()>;
}

impl Transport for TlsStream<TcpStream> {
    fn doubt(&self) -> io::Result<()> {
        doubt_life(self.get_ref().0)
    }

    fn trust(&self) -> io::Result<()> {
        notice_death(self.get_ref().0)
    }
}

/// A pipe's other end cannot vanish without a word.
impl Transport for DuplexStream {
    fn doubt(&self) -> io::Result<()> {
        Ok(())
    }

    fn trust(&self) -> io::Result<()> {
        Ok(())
    }
}
