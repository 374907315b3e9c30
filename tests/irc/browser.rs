//! IRC clients in browsers: the same door, each line a message of a WebSocket.

use futures_util::{SinkExt as _, StreamExt as _};
use rustls::version::TLS13;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::support::{Home, Node, Tls, soon};

/// A page in a browser with a WebSocket.
struct Page(WebSocketStream<TlsStream<TcpStream>>);

async fn encrypted(node: &Node) -> TlsStream<TcpStream> {
    let socket = TcpStream::connect(node.irc).await.unwrap();
    let browser = Tls::naming(node, &[&TLS13], &["h2", "http/1.1"]);
    browser.shake_hands(socket).await.unwrap()
}

impl Page {
    async fn opens(node: &Node) -> Self {
        let mut request = "wss://localhost/".into_client_request().unwrap();
        let spelling = "text.ircv3.net".parse().unwrap();
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", spelling);
        headers.insert("Origin", "https://chat.example".parse().unwrap());
        let opening = client_async(request, encrypted(node).await);
        let (socket, response) = soon("a WebSocket", opening).await.unwrap();
        let agreed = &response.headers()["Sec-WebSocket-Protocol"];
        assert_eq!(agreed, "text.ircv3.net");
        Self(socket)
    }

    async fn says(&mut self, line: &str) {
        self.0.send(Message::text(line)).await.unwrap();
    }

    async fn hears(&mut self, wanted: &str) {
        let hearing =
            async { while self.0.next().await.unwrap().unwrap() != Message::text(wanted) {} };
        soon(wanted, hearing).await;
    }

    async fn hears_goodbye(&mut self) {
        let hearing = async { while !self.0.next().await.unwrap().unwrap().is_close() {} };
        soon("goodbye", hearing).await;
    }
}

#[tokio::test]
async fn a_page_in_a_browser_talks_with_people_at_the_line_door() {
    let node = Home::new().set("accounts.guests", "true").start().await;
    let mut ben = node.newcomer("ben").await;
    let mut page = Page::opens(&node).await;
    for line in ["NICK anna", "USER anna 0 * :Anna\r\n", "JOIN #lobby"] {
        page.says(line).await;
    }
    ben.hears("* anna joined lobby").await;
    page.hears(":anna!~anna@conclave JOIN #lobby").await;
    let long = "é".repeat(150);
    for text in ["hi", "two  spaces ", &long] {
        ben.says(text).await;
        page.hears(&format!(":ben!ben@conclave PRIVMSG #lobby :{text}"))
            .await;
    }
    page.says("PRIVMSG #lobby :hello ben").await;
    ben.hears("[lobby] anna: hello ben").await;
    page.says("QUIT :tea").await;
    page.hears_goodbye().await;
    ben.hears_starting("* anna left").await;
}

#[tokio::test]
async fn a_page_that_goes_is_gone() {
    let node = Home::new().set("accounts.guests", "true").start().await;
    let mut ben = node.newcomer("ben").await;
    let mut page = Page::opens(&node).await;
    for line in ["NICK anna", "USER anna 0 * :Anna", "JOIN #lobby"] {
        page.says(line).await;
    }
    ben.hears("* anna joined lobby").await;
    page.0.close(None).await.unwrap();
    ben.hears_starting("* anna left").await;
}

#[tokio::test]
async fn too_long_a_line_is_told_and_the_next_one_is_heard() {
    let node = Home::new().set("accounts.guests", "true").start().await;
    let mut page = Page::opens(&node).await;
    for line in ["NICK anna", "USER anna 0 * :Anna"] {
        page.says(line).await;
    }
    page.says(&"x".repeat(10_000)).await;
    page.hears(":conclave.local 417 anna :Input line was too long")
        .await;
    page.says("PING next").await;
    page.hears(":conclave.local PONG conclave.local next").await;
}

#[tokio::test]
async fn who_looks_for_a_page_reads_what_this_is() {
    let node = Node::start().await;
    let mut browser = encrypted(&node).await;
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    browser.write_all(request).await.unwrap();
    let mut told = String::new();
    soon("an answer", browser.read_to_string(&mut told))
        .await
        .unwrap();
    assert!(told.starts_with("HTTP/1.1 426 "), "{told}");
    assert!(told.contains("IRC clients"), "{told}");
}

#[tokio::test]
async fn who_asks_for_nothing_is_let_go() {
    let node = Home::new().set("limits.handshake", "300ms").start().await;
    let mut browser = encrypted(&node).await;
    let mut told = Vec::new();
    let end = soon("the end", browser.read_to_end(&mut told)).await;
    // Ended without the goodbye of TLS, as a socket that is dropped.
    assert!(end.is_err() || told.is_empty(), "{told:?}");
}
