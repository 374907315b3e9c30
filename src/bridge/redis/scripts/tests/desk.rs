//! A node without its link: it asks the scripts one by one, and reads the log and the channel.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use redis::Value;
use redis::aio::{ConnectionLike, MultiplexedConnection, PubSub};

use crate::bridge::contract::{login, user};
use crate::bridge::redis::keys::Keys;
use crate::bridge::redis::scripts::{Greeting, Hello, Rules, Scripts, Turn, Unwelcome, received};
use crate::bridge::redis::simulated::{Store, Version};
use crate::bridge::redis::task::{Decision, Stamp, Task, Trouble, Verdict};
use crate::bridge::redis::testing::Server;
use crate::chat::origin::{ConnId, Incarnation, SessionId};
use crate::chat::{Answer, Deed, Event, NodeName, Position, Refusal};
use crate::messages::{
    AccountAnswer, AccountAsk, Claim, DuplicateLogin, FirstRoom, Outcome, Parting, Request,
};

/// Who a test is without saying it.
pub(super) const RUN: u32 = 0x8c1f;

/// What a test's rules keep.
pub(super) const KEEP_MESSAGES: u64 = 100;
pub(super) const ROOMS: u64 = 4;

/// Makes a test of each story on a Redis of its own, and one on a simulated Redis.
macro_rules! on_both {
    ($($story:ident,)*) => {
        mod on_redis {
            $(#[tokio::test]
            async fn $story() {
                if let Some(desk) = super::Desk::new().await {
                    super::$story(desk).await;
                }
            })*
        }

        mod simulated {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Desk::simulated().await).await;
            })*
        }
    };
}

pub(super) use on_both;

/// Where a desk's commands go.
pub(super) enum Line {
    Redis(MultiplexedConnection),
    /// On the system's clock.
    Simulated(Box<Store>),
}

pub(super) struct Desk {
    server: Option<Server>,
    pub(super) scripts: Scripts,
    pub(super) redis: Line,
    pub(super) greeting: Greeting,
    pub(super) seq: u64,
    pub(super) read: Position,
}

/// A live session.
pub(super) struct Person {
    pub(super) session: SessionId,
    pub(super) claim: Claim,
}

pub(super) fn rules(node: &str, run: u32) -> Rules {
    let node = NodeName::new(node).expect("a name");
    Rules {
        incarnation: Incarnation { node, run },
        rooms: ROOMS,
        keep_messages: KEEP_MESSAGES,
        keep_days: 30,
        log_entries: 100_000,
        configured: BTreeSet::from([user("Root")]),
    }
}

pub(super) fn scripts(prefix: &str, rules: Rules) -> Scripts {
    Scripts::new(Keys::new(prefix, "events"), rules)
}

pub(super) const FIRST: Hello<'static> = Hello {
    turn: Turn::First,
    seen: Position::START,
    last: Position::START,
    log: "",
    at: None,
    barred: 0,
};

/// Sends one command; what a server says is a reply, errors too.
pub(super) async fn send(redis: &mut Line, cmd: &redis::Cmd) -> Value {
    match redis {
        Line::Redis(redis) => received(redis.req_packed_command(cmd).await).expect("a connection"),
        Line::Simulated(store) => store.ask(since_epoch(), cmd),
    }
}

pub(super) async fn load(redis: &mut Line, scripts: &Scripts) {
    let load = scripts.load();
    let replies = match redis {
        Line::Redis(redis) => {
            let replies = redis.req_packed_commands(&load, 0, load.len()).await;
            replies.expect("replies")
        }
        Line::Simulated(store) => store.run(since_epoch(), &load),
    };
    scripts.loaded(replies).expect("loaded");
}

fn since_epoch() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.expect("a time of this age")
}

pub(super) async fn greet(
    redis: &mut Line,
    scripts: &Scripts,
    hello: &Hello<'_>,
) -> Result<Greeting, Unwelcome> {
    scripts.read_hello(send(redis, &scripts.hello(hello)).await)
}

impl Desk {
    /// A node on a Redis of its own; none where there is no Redis.
    pub(super) async fn new() -> Option<Self> {
        Self::on(Server::get().await?, "").await
    }

    pub(super) async fn on(server: Server, prefix: &str) -> Option<Self> {
        let redis = Line::Redis(server.connect().await);
        Some(Self::at(Some(server), redis, prefix).await)
    }

    /// A node on a Redis of its own that is simulated.
    pub(super) async fn simulated() -> Self {
        Self::like(Version::Seven).await
    }

    /// The same of a version.
    pub(super) async fn like(version: Version) -> Self {
        let redis = Line::Simulated(Box::new(Store::like(version, "run")));
        Self::at(None, redis, "").await
    }

    async fn at(server: Option<Server>, mut redis: Line, prefix: &str) -> Self {
        let scripts = scripts(prefix, rules("node-1", RUN));
        load(&mut redis, &scripts).await;
        let greeting = greet(&mut redis, &scripts, &FIRST).await.expect("welcome");
        Self {
            server,
            scripts,
            redis,
            read: greeting.head,
            greeting,
            seq: 0,
        }
    }

    pub(super) fn server(&self) -> &Server {
        self.server.as_ref().expect("one that is not simulated")
    }

    /// Another server in place of its own, with nothing in it.
    pub(super) async fn replace(&mut self) {
        let server = self.server.as_mut().expect("one that is not simulated");
        server.replace().await;
        self.redis = Line::Redis(server.connect().await);
        load(&mut self.redis, &self.scripts).await;
    }

    /// Something that is no script.
    pub(super) async fn raw(&mut self, words: &[&str]) -> Value {
        let mut cmd = redis::cmd(words[0]);
        for word in &words[1..] {
            cmd.arg(word);
        }
        send(&mut self.redis, &cmd).await
    }

    pub(super) async fn number(&mut self, words: &[&str]) -> i64 {
        match self.raw(words).await {
            Value::Int(number) => number,
            other => panic!("{words:?}: {other:?}"),
        }
    }

    pub(super) async fn word(&mut self, words: &[&str]) -> String {
        match self.raw(words).await {
            Value::BulkString(bytes) => String::from_utf8(bytes).expect("words"),
            other => panic!("{words:?}: {other:?}"),
        }
    }

    /// All keys, sorted.
    pub(super) async fn keys(&mut self) -> Vec<String> {
        let Value::Array(keys) = self.raw(&["KEYS", "*"]).await else {
            panic!("no keys")
        };
        let names = keys.into_iter().map(|key| match key {
            Value::BulkString(name) => String::from_utf8(name).expect("a name"),
            other => panic!("{other:?}"),
        });
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// Sends a task under a number that may have been used before.
    pub(super) async fn try_as(&mut self, seq: u64, task: &Task) -> Result<Decision, Trouble> {
        let (epoch, log) = (self.greeting.epoch, self.greeting.log.clone());
        let stamp = Stamp {
            epoch,
            log: &log,
            seq,
        };
        let reply = send(&mut self.redis, &self.scripts.call(task, &stamp)).await;
        self.scripts.read(task, reply)
    }

    pub(super) async fn attempt(&mut self, task: &Task) -> Result<Decision, Trouble> {
        self.seq += 1;
        self.try_as(self.seq, task).await
    }

    pub(super) async fn decide(&mut self, task: &Task) -> Verdict {
        let decision = self.attempt(task).await.expect("a decision");
        assert_eq!(decision.damage, None);
        decision.verdict
    }

    pub(super) async fn account(&mut self, ask: AccountAsk) -> AccountAnswer {
        match self.decide(&Task::Account { ask }).await {
            Verdict::Account(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn register(&mut self, name: &str) {
        let (user, hash) = (user(name), "$2b$".to_owned());
        let made = self
            .account(AccountAsk::Create {
                user,
                hash,
                guest: None,
            })
            .await;
        assert_eq!(made, AccountAnswer::Stored);
    }

    pub(super) async fn claim(&mut self, name: &str, conn: u64) -> Person {
        let session = session("node-1", RUN, conn);
        let task = claiming(&session, name, DuplicateLogin::Reject);
        match self.decide(&task).await {
            Verdict::Claimed { claim, .. } => Person { session, claim },
            other => panic!("{other:?}"),
        }
    }

    /// An account and its live session.
    pub(super) async fn live(&mut self, name: &str, conn: u64) -> Person {
        self.register(name).await;
        self.claim(name, conn).await
    }

    pub(super) async fn outcome(&mut self, person: &Person, request: Request) -> Outcome {
        match self.decide(&person.asks(request)).await {
            Verdict::Outcome(outcome) => outcome,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn done(&mut self, person: &Person, request: Request) -> Answer {
        match self.outcome(person, request).await {
            Outcome::Done(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn refused(&mut self, person: &Person, request: Request) -> Refusal {
        match self.outcome(person, request).await {
            Outcome::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    /// What was appended since this was asked last.
    pub(super) async fn events(&mut self) -> Vec<Event> {
        let reply = send(&mut self.redis, &self.scripts.page(self.read)).await;
        let page = self.scripts.read_page(reply).expect("a page");
        let events = page.into_iter().map(|entry| {
            assert_eq!(entry.position, self.read.next());
            self.read = entry.position;
            entry.event.expect("a record")
        });
        events.collect()
    }

    pub(super) async fn deeds(&mut self) -> Vec<Deed> {
        let events = self.events().await;
        events.into_iter().map(|event| event.deed).collect()
    }

    pub(super) async fn listen(&self, channel: &str) -> PubSub {
        let mut ear = self
            .server()
            .client()
            .get_async_pubsub()
            .await
            .expect("an ear");
        ear.subscribe(channel).await.expect("subscribed");
        ear
    }
}

impl Person {
    pub(super) fn asks(&self, request: Request) -> Task {
        Task::Live {
            session: self.session.clone(),
            claim: self.claim.clone(),
            request,
        }
    }

    pub(super) fn release(&self) -> Task {
        self.parts(Parting::Goodbye { words: None })
    }

    pub(super) fn parts(&self, parting: Parting) -> Task {
        Task::Release {
            session: self.session.clone(),
            user: self.claim.user.clone(),
            parting,
        }
    }
}

pub(super) fn session(node: &str, run: u32, conn: u64) -> SessionId {
    SessionId {
        incarnation: rules(node, run).incarnation,
        conn: ConnId(conn),
    }
}

pub(super) fn claiming(session: &SessionId, name: &str, on_duplicate: DuplicateLogin) -> Task {
    Task::Claim {
        session: session.clone(),
        user: user(name),
        entrance: login(on_duplicate, FirstRoom::Lobby),
    }
}

pub(super) async fn heard(ear: &mut PubSub) -> String {
    let mut messages = ear.on_message();
    let message = tokio::time::timeout(Duration::from_secs(5), messages.next()).await;
    let message = message.expect("in time").expect("a message");
    message.get_payload().expect("words")
}
