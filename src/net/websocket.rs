//! Lines as messages of a WebSocket, for clients in browsers: RFC 6455, and for IRC
//! <https://ircv3.net/specs/extensions/websocket>.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::framing::UNFRAMED_BYTES;
use super::handshake::tell_and_close;
use super::transport::Transport;

/// Bytes read at once; the room for them is kept.
const READ_BYTES: usize = 4096;

/// Bytes of messages that leave together: one TLS record.
const WRITE_BYTES: usize = 16 * 1024;

/// The header by which both sides agree on how lines are spelled.
const SUBPROTOCOL: &str = "Sec-WebSocket-Protocol";

/// What a peer is told that wants no WebSocket.
const HINT: &str = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: close\r\n\
    Content-Type: text/plain\r\n\r\nThis is a door for IRC clients: over TLS, or as a WebSocket.\n";

/// How a line is spelled as a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Text,
    Binary,
}

/// Whether the other side was told that this is the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goodbye {
    Unsaid,
    Said,
}

/// A way to a peer on which each line is a message.
#[derive(Debug)]
pub struct WebSocket<IO> {
    socket: WebSocketStream<IO>,
    spelling: Spelling,
    /// What was heard, as lines, and is not read yet.
    heard: Bytes,
    /// The beginning of a line of which the end is not written yet.
    begun: BytesMut,
    goodbye: Goodbye,
}

/// Makes a WebSocket of a connection whose peer asks for one; one that asks for something else reads
/// why it is sent away. It has no deadline of its own.
///
/// # Errors
/// The peer asks for something else, or went away.
pub async fn upgrade<IO>(mut io: IO) -> Result<WebSocket<IO>, Error>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let mut spelling = Spelling::Text;
    #[expect(clippy::result_large_err, reason = "the callback's signature")]
    let agree = |request: &Request, response| -> Result<Response, ErrorResponse> {
        let (chosen, response) = agreed(request, response);
        spelling = chosen;
        Ok(response)
    };
    if let Err(error) = accept_hdr_async_with_config(&mut io, agree, Some(bounds())).await {
        tell_and_close(&mut io, HINT).await;
        return Err(error);
    }
    Ok(WebSocket {
        // Nothing was read beyond the request: a peer waits for the answer to it.
        socket: WebSocketStream::from_raw_socket(io, Role::Server, Some(bounds())).await,
        spelling,
        heard: Bytes::new(),
        begun: BytesMut::new(),
        goodbye: Goodbye::Unsaid,
    })
}

/// A message is at most as long as what counts as a line somewhere, so that too long a one is told.
fn bounds() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(WRITE_BYTES)
        .max_message_size(Some(UNFRAMED_BYTES))
        .max_frame_size(Some(UNFRAMED_BYTES))
}

/// The first spelling that the peer names and we know; lines are text where it names none.
fn agreed(request: &Request, mut response: Response) -> (Spelling, Response) {
    let named = request.headers().get_all(SUBPROTOCOL);
    let named = named.iter().filter_map(|value| value.to_str().ok());
    let mut words = named.flat_map(|value| value.split(',')).map(str::trim);
    let chosen = words.find_map(|word| match word {
        "text.ircv3.net" => Some((Spelling::Text, "text.ircv3.net")),
        "binary.ircv3.net" => Some((Spelling::Binary, "binary.ircv3.net")),
        _ => None,
    });
    let Some((spelling, name)) = chosen else {
        return (Spelling::Text, response);
    };
    let headers = response.headers_mut();
    headers.insert(SUBPROTOCOL, HeaderValue::from_static(name));
    (spelling, response)
}

/// A message as a line with its end, or as several where it holds ends itself.
fn line(message: &[u8]) -> Bytes {
    let bare = bare(message);
    let mut line = BytesMut::with_capacity(bare.len() + 2);
    line.extend_from_slice(bare);
    line.extend_from_slice(b"\r\n");
    line.freeze()
}

/// A line without its end.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn broken(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        error => io::Error::other(error),
    }
}

impl<IO> WebSocket<IO> {
    /// Takes the next whole line of what was written, as a message.
    fn next_message(&mut self) -> Option<Message> {
        let end = self.begun.iter().position(|byte| *byte == b'\n')?;
        let line = self.begun.split_to(end + 1).freeze();
        let bare = line.slice(..bare(&line).len());
        Some(match (self.spelling, Utf8Bytes::try_from(bare.clone())) {
            (Spelling::Text, Ok(text)) => Message::Text(text),
            (Spelling::Text, Err(_)) | (Spelling::Binary, _) => Message::Binary(bare),
        })
    }
}

impl<IO: Transport> Transport for WebSocket<IO> {
    fn doubt(&self) -> io::Result<()> {
        self.socket.get_ref().doubt()
    }

    fn trust(&self) -> io::Result<()> {
        self.socket.get_ref().trust()
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for WebSocket<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.heard.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
                Some(Ok(Message::Text(text))) => self.heard = line(text.as_bytes()),
                Some(Ok(Message::Binary(bytes))) => self.heard = line(&bytes),
                // Answered by the library.
                Some(Ok(
                    Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_),
                )) => {}
                Some(Err(error)) => return Poll::Ready(Err(broken(error))),
                None => return Poll::Ready(Ok(())),
            }
        }
        let read = self.heard.len().min(into.remaining());
        into.put_slice(&self.heard[..read]);
        self.heard.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WebSocket<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.socket).poll_ready(cx)).map_err(broken)?;
        let taken = bytes.len().min(WRITE_BYTES);
        self.begun.extend_from_slice(&bytes[..taken]);
        while let Some(message) = self.next_message() {
            let sent = Pin::new(&mut self.socket).start_send(message);
            sent.map_err(broken)?;
        }
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx).map_err(broken)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.goodbye == Goodbye::Unsaid {
            ready!(Pin::new(&mut self.socket).poll_close(cx)).map_err(broken)?;
            self.goodbye = Goodbye::Said;
        }
        Pin::new(self.socket.get_mut()).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{SinkExt as _, StreamExt as _};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio_tungstenite::client_async;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

    use super::*;

    /// A browser that asks for these spellings: what it is answered, and both ends.
    async fn asks(
        named: &'static str,
    ) -> (
        Option<HeaderValue>,
        WebSocketStream<DuplexStream>,
        WebSocket<DuplexStream>,
    ) {
        let (near, far) = duplex(2 * UNFRAMED_BYTES);
        let mut request = "ws://chat.example/".into_client_request().unwrap();
        if !named.is_empty() {
            let headers = request.headers_mut();
            headers.insert(SUBPROTOCOL, HeaderValue::from_static(named));
        }
        let (ours, theirs) = tokio::join!(upgrade(near), client_async(request, far));
        let (browser, response) = theirs.unwrap();
        let agreed = response.headers().get(SUBPROTOCOL).cloned();
        (agreed, browser, ours.unwrap())
    }

    async fn reads(socket: &mut WebSocket<DuplexStream>, bytes: usize) -> String {
        let mut read = vec![0; bytes];
        socket.read_exact(&mut read).await.unwrap();
        String::from_utf8(read).unwrap()
    }

    fn text(line: &str) -> Message {
        Message::text(line)
    }

    fn binary(line: &str) -> Message {
        Message::binary(line.as_bytes().to_vec())
    }

    #[actix::test]
    async fn the_first_spelling_that_both_know_is_agreed_on() {
        for (named, agreed, told) in [
            ("text.ircv3.net", Some("text.ircv3.net"), text("PING x")),
            (
                "binary.ircv3.net",
                Some("binary.ircv3.net"),
                binary("PING x"),
            ),
            (
                "xmpp, binary.ircv3.net,text.ircv3.net",
                Some("binary.ircv3.net"),
                binary("PING x"),
            ),
        ] {
            let (answered, mut browser, mut socket) = asks(named).await;
            let answered = answered.as_ref().map(|name| name.to_str().unwrap());
            assert_eq!(answered, agreed, "{named}");
            socket.write_all(b"PING x\r\n").await.unwrap();
            socket.flush().await.unwrap();
            assert_eq!(browser.next().await.unwrap().unwrap(), told, "{named}");
        }
        let (answered, mut browser, mut socket) = asks("").await;
        assert_eq!(answered, None);
        socket.write_all(b"PING x\r\n").await.unwrap();
        socket.flush().await.unwrap();
        assert_eq!(browser.next().await.unwrap().unwrap(), text("PING x"));
    }

    #[actix::test]
    async fn lines_are_messages_whatever_they_are_written_in() {
        let (_, mut browser, mut socket) = asks("text.ircv3.net").await;
        for part in [&b"one \r\ntw"[..], b"o\r", b"\nth\xc3\xa9\nbad \xff\r\n"] {
            socket.write_all(part).await.unwrap();
        }
        socket.flush().await.unwrap();
        let bad = Message::binary(b"bad \xff".to_vec());
        for told in [text("one "), text("two"), text("th\u{e9}"), bad] {
            assert_eq!(browser.next().await.unwrap().unwrap(), told);
        }
    }

    #[actix::test]
    async fn messages_are_lines_whatever_they_end_with() {
        let (_, mut browser, mut socket) = asks("text.ircv3.net").await;
        for message in [text("one "), binary("two\r\n"), text("three\n")] {
            browser.send(message).await.unwrap();
        }
        browser.send(Message::Ping("alive?".into())).await.unwrap();
        browser.send(text("four")).await.unwrap();
        let lines = "one \r\ntwo\r\nthree\r\nfour\r\n";
        assert_eq!(reads(&mut socket, lines.len()).await, lines);
        socket.flush().await.unwrap();
        let pong = Message::Pong("alive?".into());
        assert_eq!(browser.next().await.unwrap().unwrap(), pong);
    }

    #[actix::test]
    async fn both_sides_say_goodbye() {
        let (_, mut browser, mut socket) = asks("text.ircv3.net").await;
        socket.write_all(b"ERROR :bye\r\n").await.unwrap();
        socket.shutdown().await.unwrap();
        assert_eq!(browser.next().await.unwrap().unwrap(), text("ERROR :bye"));
        let closed = browser.next().await.unwrap().unwrap();
        assert!(closed.is_close(), "{closed}");
        let (_, mut browser, mut socket) = asks("text.ircv3.net").await;
        browser.close(None).await.unwrap();
        let mut rest = String::new();
        socket.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "");
    }

    #[actix::test]
    async fn too_much_and_nonsense_end_the_connection() {
        let (_, mut browser, mut socket) = asks("text.ircv3.net").await;
        let long = "x".repeat(UNFRAMED_BYTES + 1);
        browser.send(text(&long)).await.unwrap();
        let why = socket.read_u8().await.unwrap_err().to_string();
        assert!(why.contains("too long"), "{why}");
        let (_, mut browser, mut socket) = asks("text.ircv3.net").await;
        browser
            .get_mut()
            .write_all(&[0x83, 0x80, 0, 0, 0, 0])
            .await
            .unwrap();
        let why = socket.read_u8().await.unwrap_err().to_string();
        assert!(why.contains("invalid opcode"), "{why}");
    }

    #[actix::test]
    async fn who_asks_for_something_else_is_told_what_this_is() {
        for request in [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.1\r\n\r\n",
            "x\r\n\r\n",
        ] {
            let (near, mut far) = duplex(64 * 1024);
            far.write_all(request.as_bytes()).await.unwrap();
            far.shutdown().await.unwrap();
            let (refused, told) = tokio::join!(upgrade(near), async {
                let mut told = String::new();
                far.read_to_string(&mut told).await.unwrap();
                told
            });
            assert!(refused.is_err(), "{request}");
            assert_eq!(told, HINT, "{request}");
        }
    }
}
