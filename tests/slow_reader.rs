//! A person who does not read is sent away; it costs the node a bounded amount of memory and the
//! others nothing.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use tokio::net::TcpSocket;

use support::{Client, Home, Node, Tls, password_of, soon};

/// Bytes of the kernel for a reader that is to be slow; more would hide that it is.
const SMALL: u32 = 4096;

/// What may wait for one reader: `limits.backlog`.
const BACKLOG: u64 = 256 * 1024;

/// Somebody in the lobby with small buffers.
async fn slow_newcomer(node: &Node, name: &str) -> Client {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(SMALL).unwrap();
    let socket = soon("a connection", socket.connect(node.address))
        .await
        .unwrap();
    let mut slow = Client::over(socket, &Tls::trusting(node)).await.named(name);
    slow.ear.is_greeted().await;
    slow.says(&format!("/register {name} {}", password_of(name)))
        .await;
    slow.is_welcome(name).await;
    slow
}

/// Says so many lines of 4000 bytes until they are queued to everybody; returns what came meanwhile.
async fn floods(speaker: &mut Client, lines: usize) -> Vec<String> {
    let line = format!("{}\n", "x".repeat(4000));
    for _ in 0..lines {
        speaker.mouth.sends(line.as_bytes()).await;
    }
    speaker.catches_up().await
}

#[tokio::test]
async fn who_starts_to_read_in_time_reads_why_it_is_over() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let mut slow = slow_newcomer(&node, "slow").await;
    anna.hears("* slow joined lobby").await;
    let mut told = floods(&mut anna, 250).await;
    let heard = slow.ear.hears_out().await;
    assert_eq!(
        heard.last().unwrap(),
        "! Too slow: you read less than was said"
    );
    assert!(
        heard.len() < 250,
        "{} lines, so none was dropped",
        heard.len()
    );
    told.extend(anna.catches_up().await);
    assert_eq!(told, ["* slow left lobby"]);
}

#[tokio::test]
async fn who_never_reads_costs_a_bounded_amount_and_nobody_else_notices() {
    let home = Home::new();
    let node = home.start().await;
    let mut anna = node.newcomer("anna").await;
    let mut ben = node.newcomer("ben").await;
    let mut slow = Vec::new();
    for n in 0..10 {
        slow.push(slow_newcomer(&node, &format!("slow-{n}")).await);
    }
    anna.catches_up().await;
    ben.catches_up().await;
    let before = node.resident();
    // 16 MiB for everybody; ten readers would make it 160 MiB if it were kept for them.
    let mut heard = 0;
    for _ in 0..40 {
        floods(&mut anna, 100).await;
        heard += said_in(&ben.catches_up().await);
    }
    assert_eq!(heard, 4000, "lines that ben heard");
    let grown = node.resident().saturating_sub(before);
    let bound = BACKLOG * 12 + 32 * 1024 * 1024;
    println!(
        "10 of 12 never read 16 MiB: the node grew by {} KiB",
        grown / 1024
    );
    assert!(grown < bound, "{grown} bytes for 12 sessions");
    drop(slow);
    node.stop().await;
    let log = home.log();
    assert_eq!(log.matches("ending=\"too_slow\"").count(), 10, "{log}");
}

fn said_in(lines: &[String]) -> usize {
    lines
        .iter()
        .filter(|line| line.starts_with("[lobby] anna: "))
        .count()
}

#[tokio::test]
async fn who_reads_is_not_slow_however_long_the_lines() {
    let home = Home::new().set("limits.line_bytes", "16KiB");
    let home = home.set("limits.backlog", "2MiB");
    let node = home.start().await;
    let [mut anna, mut ben] = node.newcomers(["anna", "ben"]).await;
    let line = format!("{}\n", "x".repeat(16 * 1024));
    let Client { ear, .. } = &mut ben;
    let page = line.repeat(64);
    let listening = async {
        for _ in 0..64 {
            assert!(
                ear.line("a long line")
                    .await
                    .starts_with("[lobby] anna: xxx")
            );
        }
    };
    tokio::join!(anna.mouth.sends(page.as_bytes()), listening);
    ben.hears_nothing_else().await;
}
