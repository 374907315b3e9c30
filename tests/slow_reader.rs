//! A person who reads late misses nothing, one who does not read is sent away; it costs the node a
//! bounded amount of memory and the others nothing.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use tokio::net::TcpSocket;

use support::{Client, Home, Node, Tls, eventually, password_of, soon};

/// Bytes of the kernel for a reader that is to be slow; more would hide that it is.
const SMALL: u32 = 4096;

/// What may wait for one reader: `limits.backlog`.
const BACKLOG: u64 = 256 * 1024;

/// What the node keeps in memory for all who are behind.
const PAST: u64 = 16 * 1024 * 1024;

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
async fn who_reads_late_is_told_everything_in_order() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let mut slow = slow_newcomer(&node, "slow").await;
    anna.hears("* slow joined lobby").await;
    // Four times of what may wait for one reader.
    for n in 0..250 {
        anna.says(&format!("{n} {}", "x".repeat(4000))).await;
    }
    anna.hears_nothing_else().await;
    for n in 0..250 {
        let heard = slow.ear.line("what was said").await;
        let start = format!("[lobby] anna: {n} xxx");
        assert!(heard.starts_with(&start), "{n}: {}", &heard[..40]);
    }
    anna.says("and now live").await;
    slow.hears("[lobby] anna: and now live").await;
    slow.hears_nothing_else().await;
}

#[tokio::test]
async fn who_reads_much_too_late_is_told_from_the_log_and_of_the_rest_how_much_it_was() {
    let node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    let mut slow = slow_newcomer(&node, "slow").await;
    anna.hears("* slow joined lobby").await;
    // More than the node keeps in its memory for those who are behind.
    let lines: u64 = 6000;
    for n in 0..lines {
        anna.says(&format!("{n} {}", "x".repeat(4000))).await;
    }
    anna.hears_nothing_else().await;
    let (mut next, mut lost) = (0, 0);
    while next < lines {
        let heard = slow.ear.line("what was said").await;
        if let Some(gap) = heard.strip_prefix("[gap] ") {
            let (missing, rest) = gap.split_once(' ').unwrap();
            assert_eq!(rest, "messages in lobby are lost");
            let missing: u64 = missing.parse().unwrap();
            (next, lost) = (next + missing, lost + missing);
        } else {
            let start = format!("[lobby] anna: {next} xxx");
            assert!(heard.starts_with(&start), "{next}: {}", &heard[..40]);
            next += 1;
        }
    }
    println!("{lost} of {lines} were told as lost");
    assert!(lost > 0 && lost < lines / 2, "{lost}");
    slow.hears_nothing_else().await;
}

#[tokio::test]
async fn who_never_reads_costs_a_bounded_amount_and_nobody_else_notices() {
    let home = Home::new().set("limits.stalled", "2s");
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
    let bound = BACKLOG * 12 + PAST + 32 * 1024 * 1024;
    println!(
        "10 of 12 never read 16 MiB: the node grew by {} KiB",
        grown / 1024
    );
    assert!(grown < bound, "{grown} bytes for 12 sessions");
    let too_slow = || home.log().matches("ending=\"too_slow\"").count();
    eventually("all who never read are gone", || too_slow() == 10).await;
    drop(slow);
    node.stop().await;
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
