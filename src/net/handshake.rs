//! From an accepted socket to an encrypted one, within a deadline.

use std::io;
use std::time::Duration;

use rustls::server::Acceptor;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::door::{Carriage, Door, Handshakes};
use super::tls::Fingerprint;
use crate::chat::certificate::Certificate;

/// First byte of every TLS handshake record (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 22;

/// Ciphertext that rustls holds for a peer that does not read: one record.
const TLS_BUFFER: usize = 16 * 1024;

/// Bytes that the kernel takes ahead of a peer that does not read; by default it is megabytes.
const NOTSENT_LOWAT: u32 = 16 * 1024;

/// How long a dead peer with unanswered bytes keeps its socket.
const USER_TIMEOUT: Duration = Duration::from_secs(20);

/// The same while it is doubted whether the other side is there.
const DOUBT: Duration = Duration::from_secs(3);

/// How long a peer in the wrong place may take to read why it is sent away.
const HINT_GRACE: Duration = Duration::from_secs(1);

/// Why a socket did not become an encrypted connection.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The deadline passed.
    #[error("no TLS handshake within the deadline")]
    Deadline,
    /// The first byte was not that of a handshake; the peer was told.
    #[error("the peer does not speak TLS")]
    Plaintext,
    /// The peer closed, broke off, or offered nothing acceptable.
    #[error("the TLS handshake failed: {0}")]
    Failed(#[from] io::Error),
    /// The peer names the protocol of browsers, and asks for no WebSocket; it was told.
    #[error("the peer asks for no WebSocket: {0}")]
    NoWebSocket(#[from] tokio_tungstenite::tungstenite::Error),
}

/// Encrypts a socket that was accepted at a door. A peer that speaks plain text, or says nothing until the
/// deadline, reads one line that tells how to connect.
///
/// # Errors
/// [`HandshakeError`]; the socket is closed.
pub async fn handshake(
    mut socket: TcpStream,
    door: Door,
    tls: &Handshakes,
    until: Instant,
) -> Result<TlsStream<TcpStream>, HandshakeError> {
    prepare(&socket)?;
    let mut first = [0];
    match timeout_at(until, socket.peek(&mut first)).await {
        Err(_) => {
            send_away(&mut socket, door).await;
            return Err(HandshakeError::Deadline);
        }
        Ok(Ok(0)) => return Err(HandshakeError::Failed(io::ErrorKind::UnexpectedEof.into())),
        Ok(Ok(_)) if first[0] == TLS_HANDSHAKE => {}
        Ok(Ok(_)) => {
            send_away(&mut socket, door).await;
            return Err(HandshakeError::Plaintext);
        }
        Ok(Err(error)) => return Err(error.into()),
    }
    let mut stream = timeout_at(until, accept(socket, tls))
        .await
        .map_err(|_| HandshakeError::Deadline)??;
    stream.get_mut().1.set_buffer_limit(Some(TLS_BUFFER));
    Ok(stream)
}

async fn accept(socket: TcpStream, tls: &Handshakes) -> io::Result<TlsStream<TcpStream>> {
    let begun = LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
    let named = begun.client_hello().alpn().into_iter().flatten();
    let config = tls.with(named);
    begun.into_stream(config).await
}

/// What was agreed on about how lines are carried.
#[must_use]
pub fn carriage(stream: &TlsStream<TcpStream>) -> Carriage {
    Carriage::agreed(stream.get_ref().1.alpn_protocol())
}

/// The certificate that a peer showed, if it showed one; it has the key.
#[must_use]
pub fn certificate(stream: &TlsStream<TcpStream>) -> Option<Certificate> {
    let shown = stream.get_ref().1.peer_certificates()?.first()?;
    Some(Fingerprint::of(shown).of_visitor())
}

/// Small writes leave at once, dead peers are found, and a slow one fills our backlog rather
/// than the kernel's memory.
fn prepare(socket: &TcpStream) -> io::Result<()> {
    notice_death(socket)?;
    SockRef::from(socket).set_tcp_notsent_lowat(NOTSENT_LOWAT)
}

/// Has the kernel end the connection when the other side is gone without a word, and send
/// without waiting for more.
///
/// # Errors
/// The kernel's.
pub fn notice_death(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let socket = SockRef::from(socket);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3);
    socket.set_tcp_keepalive(&keepalive)?;
    socket.set_tcp_user_timeout(Some(USER_TIMEOUT))
}

/// Has the kernel ask the other side at once and end the connection when it says nothing for some
/// three seconds; until [`notice_death`] again.
///
/// # Errors
/// The kernel's.
pub fn doubt_life(socket: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(socket);
    let second = Duration::from_secs(1);
    let keepalive = TcpKeepalive::new()
        .with_time(second)
        .with_interval(second)
        .with_retries(2);
    socket.set_tcp_keepalive(&keepalive)?;
    socket.set_tcp_user_timeout(Some(DOUBT))
}

/// One readable line for a peer that does not speak TLS.
async fn send_away(socket: &mut TcpStream, door: Door) {
    let Ok(address) = socket.local_addr() else {
        return;
    };
    tell_and_close(socket, &door.hint(address.port())).await;
}

/// Tells a peer that is in the wrong place what this is, and closes. Best effort: it may be gone.
pub(super) async fn tell_and_close(io: &mut (impl AsyncRead + AsyncWrite + Unpin), hint: &str) {
    let say = async {
        io.write_all(hint.as_bytes()).await?;
        io.shutdown().await?;
        // Unread bytes would make the kernel take the hint back.
        let mut scratch = [0; 512];
        while io.read(&mut scratch).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(HINT_GRACE, say).await;
}
