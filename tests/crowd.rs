//! Many at once: one order for everybody, and nobody starves while a room is flooded.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

mod support;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use support::{Client, Ear, Home, Mouth, Node, Tls, all_at_once, password_of, soon};

/// What each of two senders says.
const EACH: usize = 1000;

#[tokio::test]
async fn everybody_sees_one_order_and_nothing_is_lost_or_twice() {
    let node = Node::start().await;
    let [anna, ben, c, d, e] = node.newcomers(["anna", "ben", "c", "d", "e"]).await;
    let mut talking = Vec::new();
    let mut listening = Vec::new();
    for (mut person, count) in [
        (anna, EACH),
        (ben, EACH),
        (c, 2 * EACH),
        (d, 2 * EACH),
        (e, 2 * EACH),
    ] {
        person.catches_up().await;
        let Client { mut ear, mut mouth } = person;
        listening.push(async move { (ear.hears_times(count).await, ear) });
        talking.push(async move {
            if count == EACH {
                let page: String = (0..EACH).map(|n| format!("{n}\n")).collect();
                mouth.sends(page.as_bytes()).await;
            }
            mouth
        });
    }
    let (_mouths, heard) = tokio::join!(all_at_once(talking), all_at_once(listening));
    let heard: Vec<_> = heard.into_iter().map(|(lines, _ear)| lines).collect();
    let order = heard.iter().find(|lines| lines.len() == 2 * EACH).unwrap();
    for sender in ["anna", "ben"] {
        let own = said_by(order, sender);
        let all: Vec<_> = (0..EACH)
            .map(|n| format!("[lobby] {sender}: {n}"))
            .collect();
        assert!(
            own.iter().eq(&all),
            "{sender}'s lines are not all there in order"
        );
    }
    for lines in &heard {
        match lines.len() {
            EACH => {
                let of_whom = if lines[0].contains("anna") {
                    "anna"
                } else {
                    "ben"
                };
                assert_eq!(*lines, said_by(order, of_whom));
            }
            _ => assert!(lines == order, "two members saw two orders"),
        }
    }
}

fn said_by(lines: &[String], sender: &str) -> Vec<String> {
    let start = format!("[lobby] {sender}: ");
    lines
        .iter()
        .filter(|line| line.starts_with(&start))
        .cloned()
        .collect()
}

/// Sessions in one room.
const CROWD: usize = 1000;

/// Lines of the flood between two breaths: all have heard them before the next ones are said.
const GUSH: usize = 32;

/// How long the room is flooded.
const FLOOD: Duration = Duration::from_secs(10);

/// What somebody in the crowd can tell afterwards.
#[derive(Default)]
struct Experience {
    heard: usize,
    worst_ping: Duration,
}

#[tokio::test]
async fn a_thousand_in_a_flooded_room_are_all_answered() {
    support::expect_a_crowd(CROWD as u64 + 256);
    // Who comes last is told of by everybody before: that is what waits for a slow machine.
    let node = Home::new()
        .set("limits.backlog", "1MiB")
        .set("limits.password_checks", "2000")
        .start()
        .await;
    let speaker = node.newcomer("speaker").await;
    let tls = Tls::trusting(&node);
    let came = Instant::now();
    let coming = (0..CROWD).map(|n| comes_in(node.address, tls.clone(), n));
    let crowd = all_at_once(coming).await;
    println!("{CROWD} sessions came in within {:?}", came.elapsed());

    let (caught_up, mut breaths) = mpsc::channel(CROWD);
    let listening = crowd
        .into_iter()
        .map(|member| listens(member, caught_up.clone()));
    let Client { ear, mouth } = speaker;
    let flood = floods(mouth, &mut breaths);
    let deaf = tokio::spawn(drains(ear));
    let (took, told) = tokio::join!(flood, all_at_once(listening));
    let deliveries: usize = told.iter().map(|one| one.heard).sum();
    let worst = told.iter().map(|one| one.worst_ping).max().unwrap();
    let a_second = deliveries as f64 / took.as_secs_f64();
    println!("{deliveries} deliveries in {took:?}, {a_second:.0} a second; worst ping {worst:?}");
    assert!(
        told.iter().all(|one| one.heard == told[0].heard),
        "somebody missed a line"
    );
    assert!(
        worst < Duration::from_secs(5),
        "somebody waited {worst:?} for an answer"
    );
    node.kill();
    let _ = deaf.await;
}

async fn comes_in(node: SocketAddr, tls: Tls, n: usize) -> Client {
    let name = format!("member-{n}");
    let mut member = Client::connect(node, &tls).await.named(&name);
    member.ear.is_greeted().await;
    member
        .says(&format!("/register {name} {}", password_of(&name)))
        .await;
    member.is_welcome(&name).await;
    member
}

/// Reads what its room says; asks a question in the middle of every gush.
async fn listens(member: Client, caught_up: mpsc::Sender<()>) -> Experience {
    let Client { mut ear, mut mouth } = member;
    let mut experience = Experience::default();
    let mut asked = None;
    loop {
        let line = ear.line("the flood").await;
        if line == "[lobby] speaker: last" {
            return experience;
        } else if line.starts_with("[lobby] speaker: ") {
            experience.heard += 1;
            match experience.heard % GUSH {
                1 if asked.is_none() => {
                    asked = Some(Instant::now());
                    mouth.says("/ping").await;
                }
                0 => caught_up.send(()).await.unwrap(),
                _ => {}
            }
        } else if line == "* pong" {
            let waited = asked.take().map_or(Duration::ZERO, |at| at.elapsed());
            experience.worst_ping = experience.worst_ping.max(waited);
        }
    }
}

/// Says a gush whenever everybody has heard the one before; returns how long it took.
async fn floods(mut mouth: Mouth, breaths: &mut mpsc::Receiver<()>) -> Duration {
    let began = Instant::now();
    let gush: String = (0..GUSH)
        .map(|n| format!("{n} of a flood in a full room\n"))
        .collect();
    while began.elapsed() < FLOOD {
        mouth.sends(gush.as_bytes()).await;
        for _ in 0..CROWD {
            soon("everybody to hear the flood", breaths.recv()).await;
        }
    }
    let took = began.elapsed();
    mouth.says("last").await;
    took
}

async fn drains(mut ear: Ear) {
    while let Ok(support::Heard::Line(_)) = ear.read().await {}
}
