//! What became of commands that are not sent again.

use super::desk::{Desk, FIRST, Person, greet, on_both, rules, scripts, send};
use crate::bridge::contract::{post, say};
use crate::bridge::redis::lookup::{Found, Question, Slice};
use crate::bridge::redis::scripts::{Greeting, Hello, PAGE, Turn};
use crate::bridge::redis::task::{Trouble, Verdict};
use crate::chat::Position;

on_both! {
    what_was_decided_is_found_in_the_answers,
    what_was_said_is_found_in_the_log_a_slice_at_a_time,
    what_is_behind_the_end_that_counts_is_left_alone,
    where_the_log_is_gone_that_is_told,
    a_hello_bars_what_is_still_on_its_way,
    without_its_answers_a_run_is_decided_nothing_before_a_hello,
}

const RING: &str = "answers:node-1.8c1f";

impl Desk {
    async fn looks(&mut self, numbers: &[u64], behind: Position) -> Result<Slice, Trouble> {
        let question = Question {
            numbers: numbers.to_vec(),
            behind,
            until: self.head().await,
        };
        let reply = send(&mut self.redis, &self.scripts.lookup(&question)).await;
        self.scripts.read_lookup(reply)
    }

    async fn head(&mut self) -> Position {
        let beat = send(&mut self.redis, &self.scripts.beat()).await;
        self.scripts.read_beat(beat).expect("a pulse").head
    }

    /// Says it under the next number: that, and where it is.
    async fn puts(&mut self, person: &Person, text: &str) -> Found {
        let decision = self.attempt(&person.asks(say("lobby", text))).await;
        Found {
            number: self.seq,
            position: decision.expect("a decision").head,
        }
    }

    async fn comes_back(&mut self, barred: u64) -> Greeting {
        let hello = Hello {
            turn: Turn::Again,
            barred,
            ..FIRST
        };
        let greeting = greet(&mut self.redis, &self.scripts, &hello).await;
        greeting.expect("in")
    }
}

async fn what_was_decided_is_found_in_the_answers(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let said = desk.puts(&alice, "hi").await;
    let decided = |number| Found {
        number,
        position: None,
    };
    desk.refused(&alice, say("nowhere", "hi")).await;
    let refused = decided(desk.seq);
    desk.done(&alice, post("nobody hears it")).await;
    let in_vain = decided(desk.seq);
    // From the end of the log nothing is found there.
    let head = desk.head().await;
    let numbers = [said.number, refused.number, in_vain.number, desk.seq + 1];
    let slice = desk.looks(&numbers, head).await.expect("a slice");
    assert_eq!(slice.found, [said, refused, in_vain]);
    assert_eq!((slice.torn, slice.next), (None, None));
    // A number whose place in the ring is another's.
    let slice = desk.looks(&[said.number + 1024], head).await;
    assert_eq!(slice.expect("a slice").found, []);
}

async fn what_was_said_is_found_in_the_log_a_slice_at_a_time(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let before = desk.head().await;
    let first = desk.puts(&alice, "hi").await;
    // Others say something too: another run, and the operator, whose commands have no number.
    for by in [
        "node-1.8c1e:7",
        "node-1.8c1f0:7",
        "node-2.8c1f:7",
        "node-1.8c1f:",
        ":",
    ] {
        let beyond = format!("{}-*", desk.greeting.epoch);
        desk.raw(&["XADD", "log", &beyond, "e", "{}", "i", by])
            .await;
    }
    desk.raw(&["XADD", "log", "*", "odd", "entry"]).await;
    let mut rest = Vec::new();
    desk.comes_back(0).await;
    desk.greeting.epoch = desk.head().await.epoch;
    for n in 0..PAGE {
        rest.push(desk.puts(&alice, &n.to_string()).await);
    }
    desk.raw(&["DEL", RING]).await;
    let slice = desk.looks(&[first.number], before).await.expect("one");
    assert_eq!((slice.torn, slice.found[0]), (None, first));
    assert_eq!(slice.found.len(), 1 + PAGE - 8, "with what is between");
    let next = slice.next.expect("more");
    assert_eq!(slice.found.last().expect("one").position, Some(next));
    let slice = desk.looks(&[], next).await.expect("another");
    assert_eq!(slice.found, rest[PAGE - 8..]);
    assert_eq!((slice.torn, slice.next), (None, None));
}

async fn what_is_behind_the_end_that_counts_is_left_alone(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let behind = desk.head().await;
    let first = desk.puts(&alice, "one").await;
    desk.puts(&alice, "two").await;
    let question = Question {
        numbers: Vec::new(),
        behind,
        until: first.position.expect("said"),
    };
    let reply = send(&mut desk.redis, &desk.scripts.lookup(&question)).await;
    let slice = desk.scripts.read_lookup(reply).expect("a slice");
    assert_eq!(slice.found, [first]);
}

async fn where_the_log_is_gone_that_is_told(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let before = desk.head().await;
    let mut said = Vec::new();
    for text in ["one", "two", "three"] {
        said.push(desk.puts(&alice, text).await);
    }
    let place = |n: usize| said[n].position.expect("said");
    // Just the position itself is gone, and nothing behind it.
    desk.raw(&["XTRIM", "log", "MAXLEN", "=", "3"]).await;
    let slice = desk.looks(&[], before).await.expect("a slice");
    assert_eq!((slice.torn, slice.found), (None, said.clone()));
    desk.raw(&["XTRIM", "log", "MAXLEN", "=", "2"]).await;
    let slice = desk.looks(&[], before).await.expect("a slice");
    assert_eq!((slice.torn, slice.found.len()), (Some(place(1)), 2));
    let slice = desk.looks(&[], place(0)).await.expect("a slice");
    assert_eq!(slice.torn, None, "what comes next is there");
    // A log that was taken back: the position is not in it, though older ones are.
    let lost = Position {
        n: before.n + 100,
        ..before
    };
    desk.raw(&["HSET", "lineage", "run_id", "another"]).await;
    let anew = desk.comes_back(0).await.head;
    let slice = desk.looks(&[], lost).await.expect("a slice");
    assert_eq!(slice.torn, Some(anew));
    desk.raw(&["DEL", "log"]).await;
    let question = Question {
        numbers: Vec::new(),
        behind: before,
        until: anew,
    };
    let reply = send(&mut desk.redis, &desk.scripts.lookup(&question)).await;
    let gone = desk.scripts.read_lookup(reply);
    assert!(matches!(gone, Err(Trouble::Failed(_))), "{gone:?}");
}

async fn a_hello_bars_what_is_still_on_its_way(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, say("lobby", "hi")).await;
    desk.events().await;
    let seq = desk.seq;
    let asked = [say("lobby", "late"), post("late"), say("nowhere", "late")];
    let late = asked.map(|request| alice.asks(request));
    desk.comes_back(seq + 3).await;
    for task in &late {
        for number in 1..=3 {
            let copy = desk.try_as(seq + number, task).await.expect("a decision");
            assert!(matches!(copy.verdict, Verdict::Old), "{copy:?}");
        }
    }
    // A number that is lower bars nothing anew, and a higher one is decided.
    desk.comes_back(0).await;
    let copy = desk.try_as(seq + 3, &late[0]).await.expect("a decision");
    assert!(matches!(copy.verdict, Verdict::Old), "{copy:?}");
    assert_eq!(desk.events().await, []);
    let next = desk.try_as(seq + 4, &late[0]).await.expect("a decision");
    assert!(matches!(next.verdict, Verdict::Outcome(_)), "{next:?}");
    assert_eq!(desk.events().await.len(), 1);
}

async fn without_its_answers_a_run_is_decided_nothing_before_a_hello(mut desk: Desk) {
    let ring = desk.number(&["PTTL", RING]).await;
    assert!((59_000..=60_000).contains(&ring), "{ring}");
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    desk.raw(&["DEL", RING]).await;
    for request in [say("lobby", "hi"), say("nowhere", "hi"), post("hi")] {
        let decision = desk.attempt(&alice.asks(request)).await.expect("one");
        assert!(matches!(decision.verdict, Verdict::Epoch), "{decision:?}");
    }
    let barred = desk.seq - 1;
    let greeting = desk.comes_back(barred).await;
    assert_eq!(greeting.epoch, desk.greeting.epoch, "the log goes on");
    let ring = desk.number(&["PTTL", RING]).await;
    assert!((59_000..=60_000).contains(&ring), "{ring}");
    let task = alice.asks(say("lobby", "hi"));
    let old = desk.try_as(barred, &task).await.expect("a decision");
    assert!(matches!(old.verdict, Verdict::Old), "{old:?}");
    let said = desk.try_as(barred + 1, &task).await.expect("a decision");
    assert!(matches!(said.verdict, Verdict::Outcome(_)), "{said:?}");
    // Another run begins at its beginning.
    let other = scripts("", rules("node-2", 1));
    greet(&mut desk.redis, &other, &FIRST).await.expect("in");
    let last = desk.word(&["HGET", "answers:node-2.1", "last"]).await;
    assert_eq!(last, "0");
}
