//! Redis away, slow, full, rewound or misused: people keep their connections and are told the
//! truth, and everything goes on by itself when it is well again.

#![expect(clippy::unwrap_used, reason = "a test says where it stopped")]

#[path = "../support/mod.rs"]
mod support;

mod away;
mod half;
mod one_road;
mod outcomes;
mod promoted;
mod rewind;
mod start;
mod trouble;

use support::{Client, Cluster, NOT_DELIVERED};

/// Anna and Bea on the first node, Ben on the second, all with positions shown.
async fn three_people(cluster: &Cluster) -> [Client; 3] {
    let people = [
        ("anna", &cluster.one),
        ("bea", &cluster.one),
        ("ben", &cluster.two),
    ];
    let mut people = cluster.newcomers(people).await;
    for person in &mut people {
        person.wants_positions().await;
    }
    people
}

/// Anna's words reach the two others, next and once.
async fn all_hear_anna(people: &mut [Client; 3], text: &str) {
    let [anna, bea, ben] = people;
    anna.says_for_sure(text).await;
    for other in [bea, ben] {
        other.hears_placed(&format!("[lobby] anna: {text}")).await;
    }
}

/// The store is there again for both nodes, nobody missed anything, and everybody hears everybody.
async fn all_is_well(people: &mut [Client; 3]) {
    for person in &mut *people {
        let missed = person.waits_for_the_store().await;
        assert!(missed.is_empty(), "{missed:#?}");
    }
    all_hear_anna(people, "all is well").await;
    let [anna, bea, ben] = people;
    ben.says_for_sure("so it is").await;
    for other in [anna, bea] {
        other.hears_placed("[lobby] ben: so it is").await;
        other.hears_nothing_else().await;
    }
    ben.hears_nothing_else().await;
}

/// What is said now is refused. Words could have been on their way when the node learned of it, and
/// be in doubt; a question never is.
async fn meets_no_store(person: &mut Client) {
    let mut answer = "* lobby has no topic.".to_owned();
    while answer == "* lobby has no topic." {
        person.says("/topic").await;
        answer = person.ear.line("a refusal").await;
    }
    assert_eq!(answer, NOT_DELIVERED);
    person.asks("hello", NOT_DELIVERED).await;
}
