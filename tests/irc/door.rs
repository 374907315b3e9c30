//! Before anybody has said a word: TLS, its protocols, and who does not speak it.

use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Client, Home, Irc, Node, Said, Tls, soon};

async fn knock(node: &Node) -> TcpStream {
    soon("a connection", TcpStream::connect(node.irc))
        .await
        .unwrap()
}

/// All that comes, up to the end.
async fn reads(socket: &mut TcpStream) -> String {
    let mut heard = String::new();
    soon("the end", socket.read_to_string(&mut heard))
        .await
        .unwrap();
    heard
}

fn hint(node: &Node) -> String {
    let port = node.irc.port();
    format!("ERROR :This port speaks TLS: switch it on in your client, for <host>/{port}\r\n")
}

#[tokio::test]
async fn who_names_irc_or_a_browser_s_protocol_or_nothing_comes_in() {
    let node = Node::start().await;
    for version in [&TLS12, &TLS13] {
        let (irc, http) = (Some(&b"irc"[..]), Some(&b"http/1.1"[..]));
        for (named, agreed) in [
            (&["irc"][..], irc),
            (&["h2", "irc"], irc),
            (&["h2", "http/1.1"], http),
            (&[], None),
        ] {
            let tls = Tls::naming(&node, &[version], named);
            let shaken = soon("a handshake", tls.shake_hands(knock(&node).await)).await;
            let stream = shaken.unwrap();
            assert_eq!(stream.get_ref().1.alpn_protocol(), agreed, "{named:?}");
        }
        let other = Tls::naming(&node, &[version], &["h2"]);
        let shaken = soon("a refusal", other.shake_hands(knock(&node).await)).await;
        let refused = shaken.err().map(|error| error.to_string());
        let why = refused.unwrap_or_default();
        assert!(why.contains("NoApplicationProtocol"), "{why}");
    }
}

#[tokio::test]
async fn at_the_line_door_nobody_is_asked_for_a_protocol() {
    let node = Node::start().await;
    let tls = Tls::naming(&node, &[&TLS13], &["http/1.1"]);
    let mut visitor = Client::connect(node.address, &tls).await;
    visitor.ear.is_greeted().await;
}

#[tokio::test]
async fn whoever_speaks_no_tls_reads_an_error_that_a_client_shows() {
    let node = Node::start().await;
    let mut socket = knock(&node).await;
    let plain = b"CAP LS 302\r\nNICK anna\r\nUSER anna 0 * :Anna\r\n";
    socket.write_all(plain).await.unwrap();
    assert_eq!(reads(&mut socket).await, hint(&node));
}

#[tokio::test]
async fn whoever_is_silent_reads_it_too() {
    let node = Home::new().set("limits.handshake", "200ms").start().await;
    let mut socket = knock(&node).await;
    assert_eq!(reads(&mut socket).await, hint(&node));
}

#[tokio::test]
async fn a_door_that_is_off_is_off() {
    let node = Home::new().set("listen.irc", "off").start().await;
    assert_eq!(node.said("IRC door"), "off");
    node.newcomer("anna").await.quits().await;
    let node = Home::new().set("listen.line", "off").start().await;
    assert_eq!(node.said("line door"), "off");
    let mut visitor = Irc::connect(&node).await;
    visitor.hears_nothing_else().await;
}

#[tokio::test]
async fn several_addresses_are_one_door() {
    let several = "127.0.0.1:0, [::1]:0";
    let node = Home::new().set("listen.irc", several).start().await;
    let told = node.banner.iter().filter(|line| line.contains("IRC door"));
    let addresses: Vec<_> = told.map(|line| line.split_whitespace().nth(2)).collect();
    assert_eq!(addresses.len(), 2, "{:#?}", node.banner);
    Irc::connect(&node).await.hears_nothing_else().await;
}

#[tokio::test]
async fn a_message_of_the_day_that_cannot_be_read_stops_the_start() {
    let home = Home::new().set("irc.motd", "motd.txt");
    let mistake = "CONCLAVE_IRC__MOTD: found \"motd.txt\", wanted a file of text that can be read: \
                   No such file or directory (os error 2)\n";
    for arguments in [&["check"][..], &[]] {
        let said = Said::of(home.command(arguments), "");
        assert_eq!((said.code, said.err.as_str()), (Some(78), mistake));
    }
}
