//! The load generator against real nodes: what it counts, and that it can fail.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use std::process::Command;

use serde_json::Value;
use support::{Cluster, Home, Meddler, Meddling, NOT_DELIVERED, Node, Program, Said, free_port};

/// A run of some seconds in a test is long enough; it ends by itself.
fn load(home: &Home, arguments: &[&str]) -> Command {
    let mut all = vec!["load", "--ca", "certs/cert.pem"];
    all.extend(arguments);
    let mut command = home.command(&all);
    command.env("XDG_CONFIG_HOME", home.path("config"));
    command
}

async fn run(home: &Home, arguments: &[&str]) -> Said {
    let command = load(home, arguments);
    let running = tokio::task::spawn_blocking(|| Said::of(command, ""));
    running.await.expect("the run does not panic")
}

/// What the report says, which has to be one.
fn report(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"))
}

fn count(report: &Value, what: &str) -> u64 {
    report[what]
        .as_u64()
        .unwrap_or_else(|| panic!("{what}: {report:#}"))
}

/// Lost, repeated, reordered, false.
fn faults(report: &Value) -> [u64; 4] {
    ["lost", "repeated", "reordered", "false"].map(|what| count(report, what))
}

#[tokio::test]
async fn a_node_on_which_all_is_well() {
    let node = Node::start().await;
    let (address, pid) = (node.address.to_string(), node.pid().to_string());
    let quick = [
        "--users",
        "12",
        "--rooms",
        "3",
        "--duration",
        "1s",
        "--rate",
        "300",
    ];
    let said = run(
        &node.home,
        &[&[&*address, "--json", "--pid", &pid], &quick[..]].concat(),
    )
    .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let told = report(&said);
    assert_eq!((faults(&told), &told["verdict"]), ([0; 4], &"clean".into()));
    let acknowledged = count(&told, "acknowledged");
    assert!((200..=301).contains(&acknowledged), "{told:#}");
    assert_eq!(count(&told, "said"), acknowledged);
    assert_eq!(
        count(&told, "delivered"),
        3 * acknowledged,
        "four in each room"
    );
    assert!(told["latency_us"]["p50"].as_u64() > Some(0), "{told:#}");
    assert!(
        told["servers"][0]["resident_bytes"].as_u64() > Some(1 << 20),
        "{told:#}"
    );
    // The accounts are there now, and the table is for people.
    let said = run(&node.home, &[&[&*address], &quick[..]].concat()).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out
            .starts_with("12 people in 3 rooms on 1 node, 12 of them talk: 300/s")
    );
    let verdict = "clean: everybody in a room heard all that was acknowledged, once and in order";
    assert_eq!(said.out.lines().last(), Some(verdict));
}

#[tokio::test]
async fn people_who_speak_irc_hear_as_much() {
    let node = Node::start().await;
    let (line, irc) = (node.address.to_string(), node.irc.to_string());
    let quick = [
        "--users",
        "9",
        "--duration",
        "1s",
        "--rate",
        "100",
        "--json",
    ];
    // Only who has an account comes in.
    let said = run(&node.home, &[&[&*irc, "--irc"], &quick[..]].concat()).await;
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    assert!(said.err.contains("904"), "{said:?}");
    for door in [&[&*line][..], &[&irc, "--irc"]] {
        let said = run(&node.home, &[door, &quick[..]].concat()).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        let told = report(&said);
        assert_eq!((faults(&told), &told["verdict"]), ([0; 4], &"clean".into()));
        let acknowledged = count(&told, "acknowledged");
        assert!((50..=101).contains(&acknowledged), "{told:#}");
        assert_eq!(count(&told, "delivered"), 8 * acknowledged, "{told:#}");
    }
}

#[tokio::test]
async fn every_pace_is_kept() {
    let node = Node::start().await;
    let address = node.address.to_string();
    for pace in [&["--saturate"][..], &["--burst", "7"], &["--rate", "50"]] {
        let usual = [
            &*address,
            "--users",
            "5",
            "--talkers",
            "2",
            "--duration",
            "500ms",
            "--json",
        ];
        let said = run(&node.home, &[&usual, pace].concat()).await;
        assert_eq!(said.code, Some(0), "{pace:?}: {said:?}");
        let told = report(&said);
        assert!(count(&told, "said") >= 7, "{pace:?}: {told:#}");
        assert_eq!(
            count(&told, "delivered"),
            4 * count(&told, "said"),
            "{told:#}"
        );
    }
}

#[tokio::test]
async fn what_is_done_to_one_message_is_seen() {
    let node = Node::start().await;
    for (meddling, seen) in [
        (Meddling::Drop, [1, 0, 0, 0]),
        (Meddling::Repeat, [0, 1, 0, 0]),
        (Meddling::Swap, [0, 0, 1, 0]),
    ] {
        let meddler = Meddler::before(&node, meddling).await;
        let address = format!("localhost:{}", meddler.address.port());
        let quick = ["--users", "4", "--rate", "200", "--duration", "1s"];
        let said = run(&node.home, &[&[&*address, "--json"], &quick[..]].concat()).await;
        assert_eq!(said.code, Some(1), "{meddling:?}: {said:?}");
        let told = report(&said);
        assert_eq!(faults(&told), seen, "{meddling:?}: {told:#}");
        assert_eq!(told["verdict"], "faulty");
        assert_eq!(told["evidence"].as_array().unwrap().len(), 1, "{told:#}");
    }
}

#[tokio::test]
async fn a_node_that_is_killed_loses_nothing_that_it_acknowledged() {
    let door = format!("127.0.0.1:{}", free_port());
    let home = Home::new().set("listen.line", &door);
    let node = home.start().await;
    let arguments = [
        &*door,
        "--users",
        "6",
        "--rate",
        "100",
        "--duration",
        "10s",
        "--json",
    ];
    let mut load = Program::start(load(&home, &arguments));
    someone_is_in(&node, 6).await;
    node.kill();
    let node = home.start().await;
    someone_is_in(&node, 6).await;
    let said = load.speaks_out().await.join("\n");
    assert_eq!(load.ends().await.code(), Some(0), "{said}");
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(faults(&told), [0; 4], "{told:#}");
    let endings = told["endings"].as_object().unwrap();
    let broken: u64 = endings.values().filter_map(Value::as_u64).sum();
    assert!(broken >= 6, "{told:#}");
    node.stop().await;
}

/// Waits until so many are in the room of the load.
async fn someone_is_in(node: &Node, count: usize) {
    let mut watcher = node.newcomer(&format!("watcher-{}", node.pid())).await;
    let all = format!("({count})");
    let watching = async {
        loop {
            watcher.says("/who load-1").await;
            let line = watcher.ear.line("who is there").await;
            if line.starts_with("* load-1: ") && line.ends_with(&all) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    support::soon("everybody to be in", watching).await;
}

#[tokio::test]
async fn a_cluster_whose_store_goes_away_refuses_and_loses_nothing() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let nodes = [&cluster.one, &cluster.two].map(|seat| seat.node.address.to_string());
    let home = &cluster.one.node.home;
    let usual = [
        "--users",
        "8",
        "--rate",
        "200",
        "--duration",
        "8s",
        "--json",
    ];
    // Both nodes were started in folders of their own, with certificates of their own.
    let mut command = home.bare_command(&["load"]);
    command.env("XDG_CONFIG_HOME", home.path("config"));
    command.args(&nodes).args(usual);
    let mut load = Program::start(command);
    load.notes("conclave: first time at 127.0.0.1:").await;
    load.notes("conclave: first time at 127.0.0.1:").await;
    someone_is_in(&cluster.one.node, 8).await;
    let mut anna = cluster.one.node.newcomer("anna").await;
    cluster.one.way.cut().await;
    support::eventually("the node to notice", || {
        home.log().contains("Redis is away")
    })
    .await;
    anna.says("hello").await;
    anna.hears(NOT_DELIVERED).await;
    cluster.one.way.mend().await;
    let said = load.speaks_out().await.join("\n");
    assert_eq!(load.ends().await.code(), Some(0), "{said}");
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(faults(&told), [0; 4], "{told:#}");
    assert!(
        told["refusals"]["not_delivered"].as_u64() > Some(0),
        "{told:#}"
    );
    let kept = count(&told, "acknowledged") + count(&told, "unconfirmed");
    assert_eq!(
        count(&told, "said"),
        kept + count(&told, "refused"),
        "{told:#}"
    );
}

#[tokio::test]
async fn a_run_that_cannot_be_is_told() {
    let node = Node::start().await;
    let address = node.address.to_string();
    let home = &node.home;
    // One after the other, so that it is always the same who fails.
    let quick = ["--users", "2", "--duration", "100ms", "--at-once", "1"];
    let fails = async |arguments: &[&str], why: &str| {
        let said = run(home, &[arguments, &quick[..]].concat()).await;
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
        let last = said.err.lines().last().unwrap_or_default();
        assert!(last.starts_with(why), "{why}: {said:?}");
    };
    fails(
        &[&address, "--prefix", "a b"],
        "conclave: \"a b-1\" is not a name: ",
    )
    .await;
    fails(
        &[&address, "--pid", "4294967295"],
        "conclave: process 4294967295: ",
    )
    .await;
    let nobody = format!("127.0.0.1:{}", free_port());
    let why = format!("conclave: load-1: cannot connect to {nobody}: Connection refused");
    fails(&[&nobody], &why).await;
    fails(&[&nobody, "--irc"], &why).await;
    // The accounts are made, with the password of this user; another's is another.
    assert_eq!(
        run(home, &[&[&*address], &quick[..]].concat()).await.code,
        Some(0)
    );
    home.write("other", "another password\n");
    let why = "conclave: load-1: ! Wrong username or password. The account has another one: ";
    fails(&[&address, "--password-file", "other"], why).await;
}

#[tokio::test]
async fn one_who_talks_alone_proves_nothing() {
    let node = Node::start().await;
    let address = node.address.to_string();
    let said = run(
        &node.home,
        &[&address, "--users", "1", "--duration", "200ms"],
    )
    .await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let verdict = "SILENT: nobody heard anything, so nothing was tested";
    assert_eq!(said.out.lines().last(), Some(verdict));
}

#[test]
fn arguments_that_make_no_run_are_64() {
    let home = Home::new();
    for arguments in [
        &[][..],
        &["localhost", "--users", "0"],
        &["localhost", "--rate", "0"],
        &["localhost", "--rate", "inf"],
        &["localhost", "--size", "10"],
        &["localhost", "--duration", "soon"],
        &["localhost", "--saturate", "--burst", "3"],
        &["::1"],
    ] {
        let said = Said::of(load(&home, arguments), "");
        assert_eq!(said.code, Some(64), "{arguments:?}: {said:?}");
    }
}
