//! Somebody who talks to a node over TLS.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::node::Node;
use super::{PATIENCE, soon};

/// Lines that a failing expectation shows.
const LAST_HEARD: usize = 30;

/// The password of everybody here.
pub(crate) fn password_of(name: &str) -> String {
    format!("{name} has a secret")
}

/// What a client makes of TLS.
#[derive(Clone)]
pub(crate) struct Tls(TlsConnector);

impl Tls {
    /// Trusts the certificate that the node made, and nothing else.
    pub(crate) fn trusting(node: &Node) -> Self {
        Self::with(node, &[&TLS13, &TLS12])
    }

    pub(crate) fn with(node: &Node, versions: &[&'static SupportedProtocolVersion]) -> Self {
        Self::naming(node, versions, &[])
    }

    /// The same, naming protocols (ALPN).
    pub(crate) fn naming(
        node: &Node,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
    ) -> Self {
        let mut trusted = RootCertStore::empty();
        let pem = node.home.path("certs/cert.pem");
        trusted
            .add(CertificateDer::from_pem_file(pem).unwrap())
            .unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(trusted)
            .with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().into())
            .collect();
        Self(TlsConnector::from(Arc::new(config)))
    }

    /// As an IRC client that shows this certificate.
    pub(crate) fn showing(node: &Node, own: &Own) -> Self {
        let mut trusted = RootCertStore::empty();
        let pem = node.home.path("certs/cert.pem");
        trusted
            .add(CertificateDer::from_pem_file(pem).unwrap())
            .unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[own.version])
            .unwrap()
            .with_root_certificates(trusted)
            .with_client_auth_cert(vec![own.certificate.clone()], own.key.clone_key())
            .unwrap();
        config.alpn_protocols = vec![b"irc".to_vec()];
        Self(TlsConnector::from(Arc::new(config)))
    }

    pub(crate) async fn shake_hands(&self, socket: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from("localhost").unwrap();
        self.0.connect(name, socket).await
    }
}

/// A client's own certificate, with its key.
pub(crate) struct Own {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    version: &'static SupportedProtocolVersion,
}

impl Own {
    /// One that nobody has signed, shown in this version of TLS.
    pub(crate) fn new(version: &'static SupportedProtocolVersion) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["client".to_owned()]).unwrap();
        Self {
            certificate: made.cert.der().clone(),
            key: PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap(),
            version,
        }
    }
}

/// One connection, with its two ways.
pub(crate) struct Client {
    pub(crate) ear: Ear,
    pub(crate) mouth: Mouth,
}

/// What comes from the node.
pub(crate) struct Ear {
    name: String,
    /// The node's name, which it says when it greets.
    node: String,
    from: BufReader<ReadHalf<TlsStream<TcpStream>>>,
    heard: Vec<String>,
    pings: u32,
}

/// What goes to the node.
pub(crate) struct Mouth {
    to: WriteHalf<TlsStream<TcpStream>>,
}

/// What an ear hears next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Line(String),
    /// The node closed as TLS wants it.
    End,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, tls: &Tls) -> Self {
        let socket = soon("a connection", TcpStream::connect(address)).await;
        Self::over(socket.unwrap(), tls).await
    }

    pub(crate) async fn over(socket: TcpStream, tls: &Tls) -> Self {
        socket.set_nodelay(true).unwrap();
        let stream = soon("a TLS handshake", tls.shake_hands(socket))
            .await
            .unwrap();
        let (from, to) = tokio::io::split(stream);
        let ear = Ear {
            name: "visitor".to_owned(),
            node: "node-1".to_owned(),
            from: BufReader::new(from),
            heard: Vec::new(),
            pings: 0,
        };
        Self {
            ear,
            mouth: Mouth { to },
        }
    }

    /// Says who this is when an expectation fails.
    pub(crate) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.ear.name);
        self
    }

    /// Says which node this is connected to.
    pub(crate) fn at(mut self, node: &str) -> Self {
        node.clone_into(&mut self.ear.node);
        self
    }

    pub(crate) async fn says(&mut self, line: &str) {
        self.mouth.says(line).await;
    }

    pub(crate) async fn hears(&mut self, line: &str) {
        self.ear.hears(line).await;
    }

    /// Several lines, in this order.
    pub(crate) async fn hears_all(&mut self, lines: &[&str]) {
        for line in lines {
            self.ear.hears(line).await;
        }
    }

    pub(crate) async fn hears_starting(&mut self, start: &str) -> String {
        self.ear.hears_starting(start).await
    }

    /// A question with an answer of one line.
    pub(crate) async fn asks(&mut self, question: &str, answer: &str) {
        self.says(question).await;
        self.hears(answer).await;
    }

    /// What came so far: all that was said to this person before this is in it.
    pub(crate) async fn catches_up(&mut self) -> Vec<String> {
        self.ear.pings += 1;
        let token = format!("{} {}", self.ear.name, self.ear.pings);
        self.says(&format!("/ping {token}")).await;
        self.ear.hears_until(&format!("* pong {token}")).await
    }

    pub(crate) async fn hears_nothing_else(&mut self) {
        let heard = self.catches_up().await;
        assert!(heard.is_empty(), "{} heard more: {heard:#?}", self.ear);
    }

    pub(crate) async fn hears_the_end(&mut self) {
        self.ear.hears_the_end().await;
    }

    pub(crate) async fn is_welcome(&mut self, name: &str) {
        let place = format!("You are in lobby on {}.", self.ear.node);
        self.hears(&format!(
            "* Welcome {name}. {place} /help lists the commands."
        ))
        .await;
    }

    /// Says goodbye and is gone, which its room hears.
    pub(crate) async fn quits(mut self) {
        self.asks("/quit", "* Goodbye.").await;
        self.hears_the_end().await;
    }
}

impl Mouth {
    pub(crate) async fn says(&mut self, line: &str) {
        self.sends(format!("{line}\n").as_bytes()).await;
    }

    /// Bytes as they are.
    pub(crate) async fn sends(&mut self, bytes: &[u8]) {
        soon("the node to read", self.tries_to_send(bytes))
            .await
            .unwrap();
    }

    /// Bytes as they are, to a node that may have hung up.
    pub(crate) async fn tries_to_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes).await?;
        self.to.flush().await
    }

    /// Says that nothing more comes from here.
    pub(crate) async fn closes(&mut self) {
        soon("the end of what is said", self.to.shutdown())
            .await
            .unwrap();
    }
}

impl Ear {
    /// The next line, or the end if it is a clean one.
    pub(crate) async fn next(&mut self) -> Heard {
        match tokio::time::timeout(PATIENCE, self.read()).await {
            Ok(Ok(heard)) => heard,
            Ok(Err(error)) => panic!("{self} was cut off: {error}"),
            Err(_) => panic!("{self} heard nothing more for {PATIENCE:?}"),
        }
    }

    /// The same with the connection's error, and without a deadline.
    pub(crate) async fn read(&mut self) -> io::Result<Heard> {
        let mut line = String::new();
        if self.from.read_line(&mut line).await? == 0 {
            return Ok(Heard::End);
        }
        assert_eq!(line.pop(), Some('\n'), "{self} heard half a line: {line}");
        self.heard.push(shortened(&line));
        if self.heard.len() > 2 * LAST_HEARD {
            self.heard.drain(..LAST_HEARD);
        }
        Ok(Heard::Line(line))
    }

    pub(crate) async fn line(&mut self, wanted: &str) -> String {
        match self.next().await {
            Heard::Line(line) => line,
            Heard::End => panic!("{self} wanted {wanted:?} and heard the end"),
        }
    }

    pub(crate) async fn hears(&mut self, wanted: &str) {
        let line = self.line(wanted).await;
        assert!(
            line == wanted,
            "{self} wanted {wanted:?} and heard {line:?}"
        );
    }

    pub(crate) async fn hears_starting(&mut self, start: &str) -> String {
        let line = self.line(start).await;
        assert!(
            line.starts_with(start),
            "{self} wanted {start:?}… and heard {line:?}"
        );
        line
    }

    /// The next line that has this in it, whatever comes before.
    pub(crate) async fn hears_matching(&mut self, part: &str) -> String {
        loop {
            let line = self.line(part).await;
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Everything before this line.
    pub(crate) async fn hears_until(&mut self, wanted: &str) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            let line = self.line(wanted).await;
            if line == wanted {
                return before;
            }
            before.push(line);
        }
    }

    /// So many lines in time, or what was missing.
    pub(crate) async fn hears_times(&mut self, count: usize) -> Vec<String> {
        let mut lines = Vec::with_capacity(count);
        while lines.len() < count {
            lines.push(self.line("another line").await);
        }
        lines
    }

    pub(crate) async fn hears_the_end(&mut self) {
        match self.next().await {
            Heard::End => {}
            Heard::Line(line) => panic!("{self} wanted the end and heard {line:?}"),
        }
    }

    /// Everything up to the end.
    pub(crate) async fn hears_out(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Heard::Line(line) = self.next().await {
            lines.push(line);
        }
        lines
    }

    pub(crate) async fn is_greeted(&mut self) {
        let what = "What you say is encrypted on its way to this node.";
        self.hears(&format!("* conclave on {}. {what}", self.node))
            .await;
        self.hears("* Log in, or make an account: /register <user> <password>")
            .await;
        self.hears("* Username:").await;
    }
}

/// Long lines are told apart by their beginnings.
fn shortened(line: &str) -> String {
    line.chars().take(200).collect()
}

impl fmt::Display for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.heard.len().saturating_sub(LAST_HEARD);
        writeln!(f, "{}, who heard so far", self.name)?;
        for line in &self.heard[last..] {
            writeln!(f, "  | {line}")?;
        }
        write!(f, "{}", self.name)
    }
}
