//! The certificate of the first start, the versions of TLS, and a client that is not ours.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use rustls::ProtocolVersion;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::{TLS12, TLS13};

use support::{Client, Home, Node, Tls, soon};

#[tokio::test]
async fn the_first_start_makes_a_certificate_and_the_second_uses_it() {
    let home = Home::new();
    let node = home.start().await;
    assert_eq!(node.said("certificate"), "certs/cert.pem (made just now)");
    let mode = std::fs::metadata(home.path("certs/key.pem"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let first = fingerprint(&home);
    assert_eq!(node.said("fingerprint"), format!("SHA-256 {first}"));
    let key = home.read("certs/key.pem");
    node.stop().await;

    let node = home.start().await;
    assert_eq!(node.said("certificate"), "certs/cert.pem");
    assert_eq!(node.said("fingerprint"), format!("SHA-256 {first}"));
    assert_eq!(home.read("certs/key.pem"), key);
}

/// As people compare it: bytes in hexadecimal with colons between.
fn fingerprint(home: &Home) -> String {
    let certificate = CertificateDer::from_pem_file(home.path("certs/cert.pem")).unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &certificate);
    let bytes: Vec<_> = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    bytes.join(":")
}

#[tokio::test]
async fn both_versions_work() {
    let node = Node::start().await;
    for (version, spoken) in [
        (&TLS13, ProtocolVersion::TLSv1_3),
        (&TLS12, ProtocolVersion::TLSv1_2),
    ] {
        let tls = Tls::with(&node, &[version]);
        let stream = soon("a handshake", tls.shake_hands(node.knock().await))
            .await
            .unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
        let mut client = Client::connect(node.address, &tls).await;
        client.ear.is_greeted().await;
        client.asks("/ping", "* pong").await;
        client.asks("/quit", "* Goodbye.").await;
        client.hears_the_end().await;
    }
}

#[tokio::test]
async fn an_rsa_key_works_too() {
    let node = Home::new().set("tls.key_type", "rsa-2048").start().await;
    node.newcomer("anna").await.quits().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start() {
    let home = Home::new();
    let made = home.run(&["cert"], "");
    assert_eq!(made.code, Some(0), "{}", made.err);
    let other = Home::new();
    other.run(&["cert"], "");
    let (cert, key) = (home.read("certs/cert.pem"), home.read("certs/key.pem"));
    let foreign = other.read("certs/key.pem");
    let hollow = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (cert, key, named) in [
        (
            cert.as_str(),
            foreign.as_str(),
            "is not the key of the certificate in certs/cert.pem",
        ),
        ("this is no certificate", &key, "certs/cert.pem: "),
        (hollow, &key, "certs/cert.pem: "),
        ("", &key, "certs/cert.pem: "),
        (&cert, "this is no key", "certs/key.pem: "),
        (&cert, "", "certs/key.pem: "),
        (&key, &cert, "certs/cert.pem: "),
    ] {
        home.write("certs/cert.pem", cert);
        home.write("certs/key.pem", key);
        let said = home.run(&[], "");
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.out.is_empty(), "{}", said.out);
        let why = said.err.lines().last().unwrap();
        assert!(why.contains(named), "{why}");
    }
}

#[tokio::test]
async fn half_a_certificate_is_not_made_whole() {
    for (missing, present) in [("cert", "key"), ("key", "cert")] {
        let home = Home::new();
        home.run(&["cert"], "");
        let kept = home.read(&format!("certs/{present}.pem"));
        std::fs::remove_file(home.path(&format!("certs/{missing}.pem"))).unwrap();
        let said = home.run(&[], "");
        assert_eq!(said.code, Some(1), "{said:?}");
        let why = format!("certs/{present}.pem is there but certs/{missing}.pem is not");
        assert!(said.err.contains(&why), "{}", said.err);
        assert_eq!(home.read(&format!("certs/{present}.pem")), kept);
    }
}

#[tokio::test]
async fn cert_makes_keeps_and_replaces() {
    let home = Home::new();
    let made = home.run(&["cert"], "");
    let first = fingerprint(&home);
    assert!(made.out.contains(&first), "{}", made.out);
    let kept = home.run(&["cert"], "");
    assert_eq!((kept.code, fingerprint(&home)), (Some(0), first.clone()));
    let replaced = home.run(&["cert", "--force"], "");
    assert_eq!(replaced.code, Some(0), "{}", replaced.err);
    assert_ne!(fingerprint(&home), first);
}

#[tokio::test]
async fn openssl_is_a_usable_client() {
    if Command::new("openssl").arg("version").output().is_err() {
        let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!required, "openssl is missing");
        eprintln!("SKIPPED: openssl is missing, so no client but ours was tried");
        return;
    }
    let node = Node::start().await;
    let mut ben = node.newcomer("ben").await;
    let mut openssl = openssl(&node);
    let mut stdin = openssl.stdin.take().unwrap();
    let mut lines = support::lines_of(openssl.stdout.take().unwrap());
    for (typed, answers) in CONVERSATION {
        stdin.write_all(typed.as_bytes()).unwrap();
        for answer in *answers {
            let heard = soon(answer, lines.recv()).await;
            assert_eq!(heard.as_deref(), Some(*answer));
        }
    }
    assert_eq!(soon("the end", lines.recv()).await, None);
    ben.hears_all(&["* anna joined lobby", "[lobby] anna: hello ben"])
        .await;
    drop(stdin);
    let ended = openssl.wait_with_output().unwrap();
    ben.hears("* anna left lobby").await;
    let why = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{why}");
}

/// What is typed, and what is read then.
const CONVERSATION: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "* conclave on node-1. What you say is encrypted on its way to this node.",
            "* Log in, or make an account: /register <user> <password>",
            "* Username:",
        ],
    ),
    ("anna\n", &["* Password:"]),
    (
        "no such account\n",
        &["! Wrong username or password", "* Username:"],
    ),
    (
        "/register anna something\n",
        &["* Welcome anna. You are in lobby on node-1. /help lists the commands."],
    ),
    ("/who\n", &["* lobby: anna, ben (2)"]),
    ("hello ben\n/quit\n", &["* Goodbye."]),
];

/// As an operator would try a node, and stricter: the certificate has to be right.
fn openssl(node: &Node) -> Child {
    let door = format!("localhost:{}", node.address.port());
    Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error"])
        .args(["-CAfile", "certs/cert.pem", "-verify_hostname", "localhost"])
        .args(["-connect", &door])
        .current_dir(node.home.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}
