use super::desk::{
    Desk, FIRST, Line, RUN, claiming, greet, heard, load, on_both, rules, scripts, send, session,
};
use crate::bridge::contract::{moving, say, user};
use crate::bridge::redis::scripts::{Continuity, Farewell, Greeting, Hello, PAGE, Turn, Unwelcome};
use crate::bridge::redis::task::{Task, Verdict};
use crate::bridge::redis::testing::Server;
use crate::chat::event::Timestamp;
use crate::chat::{Deed, Position};
use crate::messages::{DuplicateLogin, Lost};

on_both! {
    the_first_hello_begins_the_log_and_the_next_finds_it,
    the_last_event_read_is_known_by_its_time,
    nothing_is_missing_where_just_the_last_event_read_was_trimmed,
    another_log_that_has_the_same_positions_is_another_one,
    a_node_has_its_name_for_itself_while_it_lives,
    of_one_name_one_run_lives_and_the_others_are_over,
    a_beat_renews_the_lease_and_tells_the_head,
    whose_lease_was_over_has_to_come_in_again,
    a_beat_tells_who_is_gone_but_not_behind_an_outage,
    who_has_just_come_back_is_neither_released_nor_forgotten,
    a_goodbye_leaves_what_is_held_to_be_found,
    a_page_is_bounded_and_goes_on_behind_the_last,
}

async fn the_first_hello_begins_the_log_and_the_next_finds_it(mut desk: Desk) {
    let Greeting {
        log, before, head, ..
    } = desk.greeting.clone();
    assert_eq!((log.len(), before, head.n), (8, Position::START, 0));
    assert_eq!(desk.greeting.epoch, head.epoch);
    desk.read = Position::START;
    let page = desk.scripts.page(Position::START);
    let page = send(&mut desk.redis, &page).await;
    let page = desk.scripts.read_page(page).expect("a page");
    let begun = page[0].event.as_ref().expect("a record");
    assert_eq!(begun.deed, Deed::Epoch { after: before });
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, say("lobby", "hi")).await;
    let said = desk.number(&["XLEN", "log"]).await;

    let second = scripts("", rules("node-2", 1));
    let greeting = greet(&mut desk.redis, &second, &FIRST).await.expect("in");
    assert_eq!((&greeting.log, greeting.epoch), (&log, head.epoch));
    assert_eq!(greeting.before, greeting.head);
    assert_eq!(greeting.head.n, said as u64 - 1);
    assert_eq!(greeting.last, Continuity::Kept);
    assert!(desk.number(&["PTTL", "lease:node-2.1"]).await > 7000);
}

async fn the_last_event_read_is_known_by_its_time(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, say("lobby", "hi")).await;
    desk.read = desk.greeting.head;
    let last = desk.events().await.pop().expect("an event");
    let later = Timestamp(last.at.0 + 1);
    let beyond = last.position.next();
    for (position, at, expected) in [
        (last.position, Some(last.at), Continuity::Kept),
        (last.position, None, Continuity::Kept),
        (last.position, Some(later), TAKEN_BACK),
        (beyond, Some(last.at), TAKEN_BACK),
        (Position::START, None, Continuity::Kept),
    ] {
        let log = desk.greeting.log.clone();
        let hello = Hello {
            turn: Turn::Again,
            seen: Position::START,
            last: position,
            log: &log,
            at,
            barred: 0,
        };
        let greeting = greet(&mut desk.redis, &desk.scripts, &hello).await;
        assert_eq!(greeting.expect("in").last, expected, "{position} {at:?}");
    }
}

const TRIMMED: Continuity = Continuity::Gone(Lost::Trimmed);

const TAKEN_BACK: Continuity = Continuity::Gone(Lost::TakenBack);

/// Whether the log still holds what comes after a position.
async fn continuity(desk: &mut Desk, last: Position) -> Continuity {
    let log = desk.greeting.log.clone();
    continuity_in(desk, &log, last).await
}

/// The same of a position in the log of this name.
async fn continuity_in(desk: &mut Desk, log: &str, last: Position) -> Continuity {
    let hello = Hello {
        turn: Turn::Again,
        seen: last,
        last,
        log,
        at: Some(Timestamp(1)),
        barred: 0,
    };
    let greeting = greet(&mut desk.redis, &desk.scripts, &hello).await;
    greeting.expect("in").last
}

async fn nothing_is_missing_where_just_the_last_event_read_was_trimmed(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    let before = desk.read;
    for text in ["one", "two"] {
        desk.done(&alice, say("lobby", text)).await;
    }
    desk.raw(&["XTRIM", "log", "MAXLEN", "=", "2"]).await;
    assert_eq!(continuity(&mut desk, before).await, Continuity::Kept);
    desk.raw(&["XTRIM", "log", "MAXLEN", "=", "1"]).await;
    assert_eq!(continuity(&mut desk, before).await, TRIMMED);
    let another = continuity_in(&mut desk, "another", before).await;
    assert_eq!(another, TAKEN_BACK, "it only looks like the same log");

    // The same where the next event is the beginning of an epoch.
    let last = before.next().next();
    desk.raw(&["HSET", "lineage", "run_id", "another"]).await;
    let greeting = greet(&mut desk.redis, &desk.scripts, &FIRST).await;
    assert_eq!(greeting.expect("in").before, last);
    desk.raw(&["XTRIM", "log", "MAXLEN", "=", "1"]).await;
    assert_eq!(continuity(&mut desk, last).await, Continuity::Kept);
    assert_eq!(continuity(&mut desk, before.next()).await, TRIMMED);
    assert_eq!(continuity(&mut desk, before).await, TRIMMED);
    let beyond = last.next();
    assert_eq!(continuity(&mut desk, beyond).await, TAKEN_BACK);

    // Where the beginning of the epoch is trimmed too, nobody can tell what it took back.
    let epoch = desk.word(&["HGET", "lineage", "epoch"]).await;
    desk.greeting.epoch = epoch.parse().expect("a number");
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, say("lobby", "three")).await;
    desk.raw(&["XTRIM", "log", "MAXLEN", "=", "1"]).await;
    assert_eq!(continuity(&mut desk, last).await, TAKEN_BACK);
}

/// A Redis came up empty, and its log began at the very position at which the one before had begun.
async fn another_log_that_has_the_same_positions_is_another_one(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, say("lobby", "hi")).await;
    let (head, log) = (desk.greeting.head, desk.greeting.log.clone());
    for last in [head, head.next(), head.next().next()] {
        for at in [None, Some(Timestamp(1))] {
            let hello = Hello {
                turn: Turn::Again,
                seen: last,
                last,
                log: "the one before",
                at,
                barred: 0,
            };
            let greeting = greet(&mut desk.redis, &desk.scripts, &hello)
                .await
                .expect("in");
            assert_eq!(greeting.last, TAKEN_BACK, "{last} {at:?}");
            assert_eq!(greeting.log, log);
        }
    }
}

#[tokio::test]
async fn a_head_that_was_taken_back_begins_an_epoch() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let mut ear = desk.listen("events").await;
    let head = desk.greeting.head;
    let seen = Position {
        epoch: head.epoch + 1000,
        n: 3,
    };
    let hello = Hello {
        turn: Turn::Again,
        seen,
        last: seen,
        log: &desk.greeting.log,
        at: None,
        barred: 0,
    };
    let greeting = greet(&mut desk.redis, &desk.scripts, &hello)
        .await
        .expect("in");
    assert_eq!((greeting.before, greeting.last), (head, TAKEN_BACK));
    let begun = Position {
        epoch: seen.epoch + 1,
        n: 0,
    };
    assert_eq!((greeting.head, greeting.epoch), (begun, begun.epoch));
    assert_eq!(greeting.log, desk.greeting.log);
    let heard: serde_json::Value = serde_json::from_str(&heard(&mut ear).await).expect("JSON");
    assert_eq!(heard["type"], "epoch");
    assert_eq!(heard["after"], head.to_string());
    assert_eq!(heard["id"], begun.to_string());
    desk.greeting = greeting;
    let alice = desk.claim("alice", 1).await;
    assert_eq!(alice.claim.fence, begun.next());
}

#[tokio::test]
async fn another_server_or_a_lost_log_begins_an_epoch() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let first = desk.greeting.clone();
    let again = Hello {
        turn: Turn::Again,
        ..FIRST
    };
    desk.raw(&["HSET", "lineage", "run_id", "another"]).await;
    let moved = greet(&mut desk.redis, &desk.scripts, &again)
        .await
        .expect("in");
    assert_eq!((moved.before, &moved.log), (first.head, &first.log));
    assert!(moved.epoch > first.epoch);
    desk.raw(&["DEL", "log"]).await;
    let lost = greet(&mut desk.redis, &desk.scripts, &again)
        .await
        .expect("in");
    assert_eq!(lost.before, Position::START);
    assert_ne!(lost.log, first.log);
    desk.replace().await;
    let hello = Hello {
        seen: lost.head,
        last: lost.head,
        log: &lost.log,
        ..again
    };
    let empty = greet(&mut desk.redis, &desk.scripts, &hello)
        .await
        .expect("in");
    assert!(empty.epoch > lost.epoch);
    assert_eq!((empty.before, empty.last), (Position::START, TAKEN_BACK));
}

async fn a_node_has_its_name_for_itself_while_it_lives(mut desk: Desk) {
    let other = scripts("", rules("Node-1", 7));
    let refused = greet(&mut desk.redis, &other, &FIRST).await;
    let Err(Unwelcome::Taken { node, by }) = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!((node.as_str(), by.as_str()), ("Node-1", "node-1.8c1f"));
    assert!(!desk.keys().await.contains(&"lease:Node-1.7".to_owned()));
    // The same run again, and others, are welcome.
    greet(&mut desk.redis, &desk.scripts, &FIRST)
        .await
        .expect("in");
    let neighbour = scripts("", rules("node-1.b", 7));
    greet(&mut desk.redis, &neighbour, &FIRST)
        .await
        .expect("in");
    desk.raw(&["DEL", "lease:node-1.8c1f"]).await;
    greet(&mut desk.redis, &other, &FIRST).await.expect("in");
    let known = send(&mut desk.redis, &other.incarnations()).await;
    let mut runs: Vec<_> = other
        .read_incarnations(known)
        .expect("runs")
        .into_iter()
        .map(|incarnation| incarnation.run)
        .collect();
    runs.sort_unstable();
    assert_eq!(runs, [7, RUN]);
}

async fn of_one_name_one_run_lives_and_the_others_are_over(mut desk: Desk) {
    let next = scripts("", rules("Node-1", 7));
    desk.raw(&["DEL", "lease:node-1.8c1f"]).await;
    greet(&mut desk.redis, &next, &FIRST).await.expect("in");
    assert_eq!(desk.word(&["HGET", "nodes", "node-1.8c1f"]).await, "over");
    // The run before wakes up: its beat renews nothing, and it claims nothing.
    let beat = send(&mut desk.redis, &desk.scripts.beat()).await;
    let pulse = desk.scripts.read_beat(beat).expect("a pulse");
    assert_eq!(pulse.head, Position::START);
    assert_eq!(desk.number(&["EXISTS", "lease:node-1.8c1f"]).await, 0);
    let mine = session("node-1", RUN, 1);
    let verdict = desk
        .decide(&claiming(&mine, "alice", DuplicateLogin::Reject))
        .await;
    assert!(matches!(verdict, Verdict::Epoch), "{verdict:?}");
    // It comes in only where the next one is gone, which is over then.
    let again = Hello {
        turn: Turn::Again,
        ..FIRST
    };
    let refused = greet(&mut desk.redis, &desk.scripts, &again).await;
    assert!(matches!(refused, Err(Unwelcome::Taken { .. })));
    desk.raw(&["DEL", "lease:Node-1.7"]).await;
    greet(&mut desk.redis, &desk.scripts, &again)
        .await
        .expect("in");
    assert_eq!(desk.word(&["HGET", "nodes", "Node-1.7"]).await, "over");
    let since = desk.word(&["HGET", "nodes", "node-1.8c1f"]).await;
    assert!(since.parse::<u64>().is_ok(), "{since}");
    desk.claim("alice", 1).await;
}

#[tokio::test]
async fn a_server_that_evicts_is_refused_before_anything_is_written() {
    let Some(server) = Server::with(&["--maxmemory-policy", "allkeys-lru"]).await else {
        return;
    };
    let scripts = scripts("", rules("node-1", 1));
    let mut redis = Line::Redis(server.connect().await);
    load(&mut redis, &scripts).await;
    let refused = greet(&mut redis, &scripts, &FIRST).await;
    let policy = "allkeys-lru".to_owned();
    assert_eq!(refused, Err(Unwelcome::Evicts { policy }));
    let size = send(&mut redis, &redis::cmd("DBSIZE")).await;
    assert_eq!(size, redis::Value::Int(0));
}

async fn a_beat_renews_the_lease_and_tells_the_head(mut desk: Desk) {
    desk.claim("alice", 1).await;
    desk.raw(&["PEXPIRE", "lease:node-1.8c1f", "1000"]).await;
    let beat = send(&mut desk.redis, &desk.scripts.beat()).await;
    let pulse = desk.scripts.read_beat(beat).expect("a pulse");
    desk.events().await;
    assert_eq!(pulse.head, desk.read);
    assert!(pulse.now.0 > 1_700_000_000_000);
    assert!(desk.number(&["PTTL", "lease:node-1.8c1f"]).await > 7000);
    let ring = desk.number(&["PTTL", "answers:node-1.8c1f"]).await;
    assert!((59_000..=60_000).contains(&ring), "{ring}");
}

async fn whose_lease_was_over_has_to_come_in_again(mut desk: Desk) {
    desk.claim("alice", 1).await;
    desk.raw(&["DEL", "lease:node-1.8c1f"]).await;
    let beat = send(&mut desk.redis, &desk.scripts.beat()).await;
    let pulse = desk.scripts.read_beat(beat).expect("a pulse");
    assert_eq!(pulse.head, Position::START);
    assert_eq!(desk.number(&["EXISTS", "lease:node-1.8c1f"]).await, 0);
}

async fn a_beat_tells_who_is_gone_but_not_behind_an_outage(mut desk: Desk) {
    for run in ["node-2.9", "node-3.a"] {
        desk.number(&["HSET", "nodes", run, "0"]).await;
    }
    desk.raw(&["SET", "lease:node-3.a", "1"]).await;
    for (calm, gone) in [("0", &[9][..]), ("99999999999999", &[])] {
        desk.number(&["HSET", "lineage", "calm", calm]).await;
        let beat = send(&mut desk.redis, &desk.scripts.beat()).await;
        let pulse = desk.scripts.read_beat(beat).expect("a pulse");
        let runs: Vec<_> = pulse.gone.iter().map(|gone| gone.run).collect();
        assert_eq!(runs, gone);
    }
}

async fn who_has_just_come_back_is_neither_released_nor_forgotten(mut desk: Desk) {
    desk.number(&["HSET", "nodes", "node-2.9", "0"]).await;
    desk.register("alice").await;
    let there = session("node-2", 9, 1);
    desk.decide(&claiming(&there, "alice", DuplicateLogin::Reject))
        .await;
    desk.raw(&["SET", "lease:node-2.9", "1"]).await;
    desk.events().await;
    let (run, user) = (there.incarnation.clone(), user("alice"));
    let release = Task::let_go(there, user);
    for (lease, events, farewell) in [(1, 0, Farewell::Holds), (0, 2, Farewell::Gone)] {
        if lease == 0 {
            desk.number(&["DEL", "lease:node-2.9"]).await;
        }
        desk.decide(&release).await;
        assert_eq!(desk.events().await.len(), events);
        let forget = send(&mut desk.redis, &desk.scripts.forget(&run)).await;
        let told = desk.scripts.read_farewell(forget).expect("an answer");
        assert_eq!(told, farewell);
        assert_eq!(desk.number(&["EXISTS", "lease:node-2.9"]).await, lease);
    }
}

async fn a_goodbye_leaves_what_is_held_to_be_found(mut desk: Desk) {
    let alice = desk.claim("Alice", 1).await;
    let bob = desk.claim("bob", 2).await;
    let bye = send(&mut desk.redis, &desk.scripts.goodbye()).await;
    assert_eq!(desk.scripts.read_farewell(bye), Ok(Farewell::Holds));
    assert_eq!(desk.number(&["EXISTS", "lease:node-1.8c1f"]).await, 0);
    let mine = session("node-1", RUN, 0).incarnation;
    let held = send(&mut desk.redis, &desk.scripts.held(&mine)).await;
    let held = desk.scripts.read_held(held).expect("two");
    assert_eq!(held.len(), 2);
    assert_eq!(held[0].user, user("alice"));
    assert_eq!(held[0].session, alice.session);
    assert_eq!(held[0].fence, alice.claim.fence);
    desk.decide(&alice.release()).await;
    desk.decide(&bob.release()).await;
    let bye = send(&mut desk.redis, &desk.scripts.forget(&mine)).await;
    assert_eq!(desk.scripts.read_farewell(bye), Ok(Farewell::Gone));
    let keys = desk.keys().await;
    let of_the_node: Vec<_> = keys.iter().filter(|key| key.contains("8c1f")).collect();
    assert!(of_the_node.is_empty(), "{of_the_node:?}");
    assert_eq!(desk.number(&["EXISTS", "nodes"]).await, 0);
}

async fn a_page_is_bounded_and_goes_on_behind_the_last(mut desk: Desk) {
    let alice = desk.claim("alice", 1).await;
    desk.events().await;
    for _ in 0..PAGE + 7 {
        desk.done(&alice, say("lobby", "hi")).await;
    }
    assert_eq!(desk.events().await.len(), PAGE);
    assert_eq!(desk.events().await.len(), 7);
    assert_eq!(desk.events().await.len(), 0);
    desk.raw(&["XADD", "log", "*", "e", "garbage"]).await;
    let page = desk.scripts.page(desk.read);
    let page = send(&mut desk.redis, &page).await;
    let page = desk.scripts.read_page(page).expect("a page");
    assert!(page[0].event.is_err());
}

#[tokio::test]
async fn two_prefixes_hear_nothing_of_each_other() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let mut ear = desk.listen("events").await;
    let mut other = Desk::on(Server::get().await.expect("another"), "b:")
        .await
        .expect("a desk");
    other.redis = Line::Redis(desk.server().connect().await);
    load(&mut other.redis, &other.scripts).await;
    other.greeting = greet(&mut other.redis, &other.scripts, &FIRST)
        .await
        .expect("in");
    let mut other_ear = desk.listen("b:events").await;
    let alice = desk.claim("alice", 1).await;
    let also_alice = other.claim("alice", 1).await;
    other.done(&also_alice, moving("lobby", "den")).await;
    desk.done(&alice, say("lobby", "hi")).await;
    let kinds = |told: &str| {
        let json: serde_json::Value = serde_json::from_str(told).expect("JSON");
        json["type"].as_str().expect("a type").to_owned()
    };
    for kind in ["claimed", "entered", "room_message"] {
        assert_eq!(kinds(&heard(&mut ear).await), kind);
    }
    for kind in ["claimed", "entered", "left", "entered"] {
        assert_eq!(kinds(&heard(&mut other_ear).await), kind);
    }
    let keys = desk.keys().await;
    let (theirs, ours): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.starts_with("b:"));
    assert!(theirs.len() > 5 && ours.len() > 5, "{keys:?}");
}
