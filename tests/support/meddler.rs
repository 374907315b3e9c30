//! Somebody between a node and its clients who decrypts, and does harm to one message.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use conclave::net::tls::{Files, Identity, Visitors};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::client::Tls;
use super::node::Node;
use super::soon;

/// What is done to one message on its way to one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meddling {
    Drop,
    Repeat,
    /// With the one behind it.
    Swap,
}

/// With which message it is done: late enough for everybody to be there.
const VICTIM: usize = 20;

/// A node's door, as far as its clients can tell.
pub(crate) struct Meddler {
    pub(crate) address: SocketAddr,
}

impl Meddler {
    /// Meddles once, with the first client that hears so much.
    pub(crate) async fn before(node: &Node, meddling: Meddling) -> Self {
        let files = Files {
            cert: node.home.path("certs/cert.pem"),
            key: node.home.path("certs/key.pem"),
        };
        let identity = Identity::load(&files)
            .unwrap()
            .server_config(Visitors::Unasked)
            .unwrap();
        let acceptor = TlsAcceptor::from(identity);
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = door.local_addr().unwrap();
        let (behind, tls) = (node.address, Tls::trusting(node));
        let done = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((client, _)) = door.accept().await {
                let (acceptor, tls, done) = (acceptor.clone(), tls.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    let client = acceptor.accept(client).await.unwrap();
                    let socket = TcpStream::connect(behind).await.unwrap();
                    let node = soon("a TLS handshake", tls.shake_hands(socket))
                        .await
                        .unwrap();
                    let (from_client, to_client) = tokio::io::split(client);
                    let (from_node, to_node) = tokio::io::split(node);
                    tokio::join!(
                        pass(from_client, to_node, |_| vec![]),
                        pass(from_node, to_client, meddle(meddling, &done)),
                    );
                });
            }
        });
        Self { address }
    }
}

/// What goes on instead of a line: nothing means the line itself, and [`SILENCE`] nothing.
type Instead = Vec<String>;

/// A line that is left out.
const SILENCE: &str = "";

fn meddle(meddling: Meddling, done: &AtomicUsize) -> impl FnMut(&str) -> Instead {
    let mut heard = 0;
    let mut kept = None;
    move |line| {
        // Positions are shown: what begins with a digit is a message.
        if !line.starts_with(|first: char| first.is_ascii_digit()) {
            return vec![];
        }
        if let Some(kept) = kept.take() {
            return vec![line.to_owned(), kept];
        }
        heard += 1;
        if heard != VICTIM || done.fetch_add(1, Ordering::Relaxed) > 0 {
            return vec![];
        }
        match meddling {
            Meddling::Drop => vec![SILENCE.to_owned()],
            Meddling::Repeat => vec![line.to_owned(), line.to_owned()],
            Meddling::Swap => {
                kept = Some(line.to_owned());
                vec![SILENCE.to_owned()]
            }
        }
    }
}

/// Line by line, until one side has had enough.
async fn pass(
    from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut instead: impl FnMut(&str) -> Instead,
) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let lines = match instead(&line) {
            lines if lines.is_empty() => vec![line],
            lines => lines,
        };
        for line in lines.iter().filter(|line| *line != SILENCE) {
            let sent = to.write_all(format!("{line}\n").as_bytes()).await;
            if sent.is_err() || to.flush().await.is_err() {
                return;
            }
        }
    }
    // Whoever is gone needs no goodbye.
    let _ = to.shutdown().await;
}
