//! How fast it decides what is asked most; `--nocapture` shows it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::bridge::contract::{members, say, user};
use crate::bridge::redis::keys::Keys;
use crate::bridge::redis::scripts::{Hello, Rules, Scripts, Turn};
use crate::bridge::redis::simulated::Store;
use crate::bridge::redis::task::{Stamp, Task, Verdict};
use crate::chat::origin::{ConnId, Incarnation, SessionId};
use crate::chat::{Answer, NodeName, Position};
use crate::messages::{Claim, DuplicateLogin, Entrance, FirstRoom, Outcome, Parting};

const NOW: Duration = Duration::from_secs(1_763_850_000);

/// People who come in, say something, and go.
const PEOPLE: u64 = 1000;

/// Members of a room that is larger than most.
const MEMBERS: usize = 5000;

/// A node that asks a store without a link between.
struct Node {
    store: Store,
    scripts: Scripts,
    log: String,
    epoch: u64,
    seq: u64,
}

impl Node {
    fn new() -> Self {
        let rules = Rules {
            incarnation: incarnation(),
            rooms: 10,
            keep_messages: 100,
            keep_days: 30,
            log_entries: 10_000,
            configured: BTreeSet::new(),
        };
        let scripts = Scripts::new(Keys::new("", "events"), rules);
        let mut store = Store::new("run");
        let replies = store.run(NOW, &scripts.load());
        scripts.loaded(replies).expect("loaded");
        let hello = Hello {
            turn: Turn::First,
            seen: Position::START,
            last: Position::START,
            log: "",
            at: None,
            barred: 0,
        };
        let reply = store.ask(NOW, &scripts.hello(&hello));
        let greeting = scripts.read_hello(reply).expect("welcome");
        Self {
            store,
            scripts,
            log: greeting.log,
            epoch: greeting.epoch,
            seq: 0,
        }
    }

    fn decides(&mut self, task: &Task, took: &mut Duration) -> Verdict {
        self.seq += 1;
        let stamp = Stamp {
            epoch: self.epoch,
            log: &self.log,
            seq: self.seq,
        };
        let call = self.scripts.call(task, &stamp);
        let started = Instant::now();
        let reply = self.store.ask(NOW, &call);
        *took += started.elapsed();
        let decision = self.scripts.read(task, reply).expect("a decision");
        assert_eq!(decision.damage, None);
        decision.verdict
    }
}

fn incarnation() -> Incarnation {
    let node = NodeName::new("node-1").expect("a name");
    Incarnation { node, run: 1 }
}

impl Node {
    /// Somebody who is in the lobby.
    fn comes_in(&mut self) -> (SessionId, Claim) {
        let session = SessionId {
            incarnation: incarnation(),
            conn: ConnId(1),
        };
        let claiming = Task::Claim {
            session: session.clone(),
            user: user("user-0"),
            entrance: Entrance::Login {
                on_duplicate: DuplicateLogin::Reject,
                begins: FirstRoom::Lobby,
            },
        };
        let mut took = Duration::ZERO;
        match self.decides(&claiming, &mut took) {
            Verdict::Claimed { claim, .. } => (session, claim),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_thousand_people_come_in_say_something_and_go() {
    let mut node = Node::new();
    let (mut claims, mut words, mut releases) = <(Duration, Duration, Duration)>::default();
    for n in 0..PEOPLE {
        let (conn, user) = (ConnId(n), user(&format!("user-{n}")));
        let session = SessionId {
            incarnation: incarnation(),
            conn,
        };
        let claiming = Task::Claim {
            session: session.clone(),
            user: user.clone(),
            entrance: Entrance::Login {
                on_duplicate: DuplicateLogin::Reject,
                begins: FirstRoom::Lobby,
            },
        };
        let claim: Claim = match node.decides(&claiming, &mut claims) {
            Verdict::Claimed { claim, .. } => claim,
            other => panic!("{other:?}"),
        };
        let saying = Task::Live {
            session: session.clone(),
            claim,
            request: say("lobby", "hello to all of you"),
        };
        let said = node.decides(&saying, &mut words);
        assert!(
            matches!(said, Verdict::Outcome(Outcome::Done(_))),
            "{said:?}"
        );
        let release = Task::Release {
            session,
            user,
            parting: Parting::Goodbye { words: None },
        };
        let released = node.decides(&release, &mut releases);
        assert!(matches!(released, Verdict::Silence), "{released:?}");
    }
    for (what, took) in [("claim", claims), ("say", words), ("release", releases)] {
        let each = took.as_secs_f64() * 1e6 / PEOPLE as f64;
        println!("{what}: {each:.1} us, {:.0} a second", 1e6 / each);
    }
}

/// Every tenth of them is away.
#[test]
fn five_thousand_members_are_listed_with_who_is_away() {
    let mut node = Node::new();
    let (session, claim) = node.comes_in();
    let (mut came, mut left) = (redis::cmd("SADD"), redis::pipe());
    came.arg("room:lobby");
    for n in 1..MEMBERS {
        came.arg(format!("user-{n}"));
        if n % 10 == 0 {
            left.cmd("HSET")
                .arg("away")
                .arg(format!("user-{n}"))
                .arg("1");
        }
    }
    node.store.ask(NOW, &came);
    node.store.run(NOW, &left);
    let listing = Task::Live {
        session,
        claim,
        request: members("lobby"),
    };
    let mut took = Duration::ZERO;
    let Verdict::Outcome(Outcome::Done(Answer::Members { users, known, .. })) =
        node.decides(&listing, &mut took)
    else {
        panic!("not listed")
    };
    assert_eq!((users.len(), known.away.len()), (MEMBERS, MEMBERS / 10 - 1));
    println!("{MEMBERS} members: {:.2} ms", took.as_secs_f64() * 1e3);
}
