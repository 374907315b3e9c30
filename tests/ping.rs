//! `conclave ping`: what an operator, or a health check, learns of a node.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use support::{Home, Node, Said};

#[tokio::test]
async fn a_node_that_serves_answers() {
    let node = Home::new().set("node.name", "n.1-a").start().await;
    for address in [
        node.address.to_string(),
        format!("localhost:{}", node.address.port()),
    ] {
        let said = ping(&node.home, &address);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        let time = said.out.strip_prefix("n.1-a answers: ").unwrap();
        let ms = time.strip_suffix(" ms\n").unwrap();
        assert!(ms.parse::<u32>().unwrap() < 5000, "{time}");
    }
}

#[tokio::test]
async fn without_an_address_it_asks_the_first_door_of_the_settings() {
    let node = Node::start().await;
    let port = node.address.port();
    for doors in [
        format!("0.0.0.0:{port}"),
        format!("127.0.0.1:{port}, 127.0.0.1:1"),
    ] {
        let mut command = node.home.command(&["ping"]);
        command.env("CONCLAVE_LISTEN__LINE", doors);
        command.env("CONCLAVE_ACCOUNTS__REGISTRATION", "closed");
        let said = Said::of(command, "");
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
}

#[tokio::test]
async fn an_rsa_key_and_names_that_do_not_fit_are_no_obstacle() {
    let node = Home::new()
        .set("tls.key_type", "rsa-2048")
        .set("tls.names", "elsewhere.example")
        .start()
        .await;
    let said = ping(&node.home, &node.address.to_string());
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[tokio::test]
async fn a_node_at_work_answers_without_an_effect() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let log = node.home.log();
    assert_eq!(ping(&node.home, &node.address.to_string()).code, Some(0));
    anna.hears_nothing_else().await;
    anna.asks("/users", "* online: anna (1)").await;
    // A health check that asks every few seconds would be all that the log tells.
    assert_eq!(node.home.log(), log);
}

#[tokio::test]
async fn a_node_that_is_gone_does_not_answer() {
    let node = Node::start().await;
    let (home, address) = (node.home.clone(), node.address);
    node.stop().await;
    fails(&home, address, "cannot connect to {}: Connection refused");
}

#[test]
fn a_name_that_is_none_is_told() {
    let said = ping(&certified(), "nobody.invalid:8001");
    assert_eq!(said.code, Some(1), "{said:?}");
    // Which of the two is up to the resolver.
    let unknown = said
        .err
        .starts_with("conclave: cannot connect to nobody.invalid:8001: ");
    let late = said.err == "conclave: nobody.invalid:8001 did not answer within 5 s\n";
    assert!(unknown || late, "{}", said.err);
}

#[tokio::test]
async fn another_node_is_not_taken_for_this_one() {
    let node = Node::start().await;
    let why = "{} shows another certificate than certs/cert.pem";
    fails(&certified(), node.address, why);
}

#[test]
fn somebody_who_speaks_no_tls_is_no_node() {
    let home = certified();
    let why = "{} does not speak TLS as a node does: ";
    fails(&home, somebody(echo), why);
    let greets = somebody(|mut socket| {
        let _ = socket.write_all(b"* conclave on node-1. What you say is not encrypted.\n");
        echo(socket);
    });
    fails(&home, greets, why);
}

#[test]
fn somebody_who_hangs_up_is_told() {
    fails(&certified(), somebody(drop), "{} hung up: ");
}

#[test]
fn somebody_who_says_nothing_is_not_waited_for() {
    let begun = Instant::now();
    let silent = somebody(|mut socket| {
        let _ = socket.read_to_end(&mut Vec::new());
    });
    fails(&certified(), silent, "{} did not answer within 5 s");
    assert!(begun.elapsed() >= Duration::from_secs(5));
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_node_without_door_or_certificate_is_not_asked() {
    let closed = certified().set("listen.line", "off");
    let said = closed.run(&["ping"], "");
    assert_eq!(said.code, Some(1));
    let why = "conclave: listen.line is \"off\"; say which address is meant";
    assert_eq!(said.err.lines().last(), Some(why));
    let said = ping(&Home::new(), "127.0.0.1:1");
    assert_eq!(said.code, Some(1));
    let why = "conclave: certs/cert.pem: cannot be read: ";
    assert!(said.err.starts_with(why), "{}", said.err);
}

#[test]
fn an_address_is_a_host_and_a_port() {
    for address in [
        "",
        "8001",
        ":8001",
        "localhost",
        "localhost:",
        "::1:8001",
        "[::1]",
        "a b:1",
        "a:0",
        "a:65536",
    ] {
        let said = ping(&Home::new(), address);
        assert_eq!(said.code, Some(64), "{address}: {said:?}");
    }
}

fn ping(home: &Home, address: &str) -> Said {
    let mut said = home.run(&["ping", address], "");
    // The settings of tests are cheap, which every command warns of.
    let warning = |line: &&str| line.starts_with("warning: ");
    let lines: Vec<_> = said.err.lines().skip_while(warning).collect();
    said.err = lines.iter().map(|line| format!("{line}\n")).collect();
    said
}

/// One line on standard error that begins so, with the address where `{}` stands, and 1.
fn fails(home: &Home, address: SocketAddr, why: &str) {
    let address = address.to_string();
    let said = ping(home, &address);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    let start = format!("conclave: {}", why.replace("{}", &address));
    assert!(said.err.starts_with(&start), "{start}: {}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

/// A folder with a certificate, and no node in it.
fn certified() -> Home {
    let home = Home::new();
    assert_eq!(home.run(&["cert"], "").code, Some(0));
    home
}

/// Somebody who is no node, for one connection.
fn somebody(does: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        if let Ok((socket, _)) = listener.accept() {
            does(socket);
        }
    });
    address
}

fn echo(socket: TcpStream) {
    let _ = std::io::copy(&mut &socket, &mut &socket);
}
