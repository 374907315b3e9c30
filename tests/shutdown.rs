//! How a node stops: everybody is told, nothing is lost, and the next run finds all in order.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use support::{Client, Home, Node};

async fn reads_goodbye(person: &mut Client) {
    let told = person
        .hears_starting("! The node is going down. Come back in ")
        .await;
    let seconds = told
        .rsplit("in ")
        .next()
        .and_then(|rest| rest.strip_suffix(" s."));
    let seconds: u32 = seconds.unwrap().parse().unwrap();
    assert!((1..60).contains(&seconds), "{told}");
    person.hears_the_end().await;
}

async fn is_a_clean_end(signal: &str) {
    let home = Home::new();
    let mut node = home.start().await;
    let mut people = node.newcomers(["anna", "ben"]).await;
    let mut visitor = node.visitor().await;
    people[0].says("last words").await;
    people[1].hears("[lobby] anna: last words").await;
    node.signal(signal);
    for person in &mut people {
        reads_goodbye(person).await;
    }
    reads_goodbye(&mut visitor).await;
    drop((people, visitor));
    let status = node.ends().await;
    assert_eq!(status.code(), Some(0));
    let log = home.log();
    // The visitor, who was nobody, is no news.
    assert_eq!(log.matches("ending=\"going_down\"").count(), 2, "{log}");

    let node = home.start().await;
    let mut anna = node.login("anna").await;
    anna.says("/history").await;
    let past = anna.catches_up().await;
    assert!(past[1].ends_with("[lobby] anna: last words"), "{past:#?}");
}

#[tokio::test]
async fn sigterm_is_a_clean_end() {
    is_a_clean_end("TERM").await;
}

#[tokio::test]
async fn sigint_is_a_clean_end() {
    is_a_clean_end("INT").await;
}

/// With a terminal goes what was started in it; where there is none, a hangup means something else.
#[test]
fn a_node_stops_whose_terminal_is_closed() {
    let home = Home::new();
    let (terminal, its_end) = pty_process::blocking::open().unwrap();
    let mut command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_conclave"))
        .current_dir(home.folder());
    for (name, value) in home.command(&[]).get_envs() {
        command = match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = command.spawn(its_end).unwrap();
    let mut lines = BufReader::new(&terminal).lines();
    while !lines.next().unwrap().unwrap().starts_with("  stop ") {}
    drop(lines);
    drop(terminal);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn the_door_is_closed_while_the_last_ones_go() {
    let mut node = Node::start().await;
    let mut anna = node.newcomer("anna").await;
    node.signal("TERM");
    reads_goodbye(&mut anna).await;
    // Anna keeps her side open, so the node still waits for her.
    let knock = tokio::net::TcpStream::connect(node.address).await;
    assert!(knock.is_err(), "the door is open");
    drop(anna);
    assert_eq!(node.ends().await.code(), Some(0));
}

#[tokio::test]
async fn who_does_not_go_is_not_waited_for_for_ever() {
    let mut node = Home::new().set("node.drain", "300ms").start().await;
    let _anna = node.newcomer("anna").await;
    node.signal("TERM");
    let status = node.ends().await;
    assert_eq!(status.code(), Some(1), "it was late and says so");
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let home = Home::new();
    let mut node = home.start().await;
    let mut anna = node.newcomer("anna").await;
    node.signal("TERM");
    reads_goodbye(&mut anna).await;
    node.signal("TERM");
    let status = node.ends().await;
    assert_eq!(status.code(), Some(1));
    let log = home.log();
    assert!(log.contains("stopped at once"), "{log}");
    home.start().await.login("anna").await;
}

#[tokio::test]
async fn who_shakes_hands_meanwhile_does_not_hold_the_node() {
    let mut node = Node::start().await;
    let _silent = node.knock().await;
    node.newcomer("anna").await.quits().await;
    node.signal("TERM");
    assert_eq!(node.ends().await.code(), Some(0));
}

#[test]
fn a_node_that_waits_for_its_store_stops_when_it_is_asked_to() {
    // Somebody who never answers.
    let store = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", store.local_addr().unwrap());
    let home = Home::new()
        .set("bridge.kind", "redis")
        .set("redis.url", &url);
    let mut command = home.command(&[]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut node = command.spawn().unwrap();
    let mut log = BufReader::new(node.stderr.take().unwrap()).lines();
    assert!(log.any(|line| line.unwrap().contains("opening the store")));
    let kill = format!("kill -TERM {}", node.id());
    let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(sent.success());
    let rest: Vec<_> = log.map_while(Result::ok).collect();
    assert_eq!(node.wait().unwrap().code(), Some(0), "{rest:#?}");
}
