//! Two nodes that share a Redis, each with its own way to it.

use std::io::Read as _;
use std::process::{Command, Stdio};

use tokio::sync::oneshot;

use super::client::{Client, Heard};
use super::node::{Home, Node, Said};
use super::proxy::Proxy;
use super::redis::Redis;
use super::{LOOK_AGAIN, PATIENCE, soon};

/// Before every key of the cluster, and before its channel.
pub(crate) const PREFIX: &str = "ours:";

/// What is answered to whoever says something while the store is away.
pub(crate) const NOT_DELIVERED: &str =
    "! Not delivered: the cluster store is unreachable, try again";

/// What is answered to whoever said something that the store may have taken.
pub(crate) const NOT_CONFIRMED: &str =
    "! Not confirmed: the cluster store went away; it may have been delivered";

/// What is told later to whoever said something that the store did not take.
pub(crate) const NOT_AFTER_ALL: &str = "! Not delivered after all";

/// Two nodes and what is between them.
pub(crate) struct Cluster {
    pub(crate) one: Seat,
    pub(crate) two: Seat,
    pub(crate) redis: Redis,
}

/// A node and its way to Redis.
pub(crate) struct Seat {
    pub(crate) node: Node,
    pub(crate) way: Proxy,
}

impl Cluster {
    /// Two nodes on a Redis that keeps nothing; `None` where there is no Redis.
    pub(crate) async fn start() -> Option<Self> {
        Some(Self::on(Redis::start().await?).await)
    }

    pub(crate) async fn on(redis: Redis) -> Self {
        Self::with(redis, &[]).await
    }

    /// The same with other settings, for both.
    pub(crate) async fn with(redis: Redis, settings: &[(&str, &str)]) -> Self {
        let (one, two) = tokio::join!(
            Seat::taken_by("node-1", &redis, settings),
            Seat::taken_by("node-2", &redis, settings),
        );
        Self { one, two, redis }
    }

    /// Newcomers in the lobby, on the node that stands beside each name, who have seen each
    /// other come.
    pub(crate) async fn newcomers<const N: usize>(
        &self,
        people: [(&str, &Seat); N],
    ) -> [Client; N] {
        let mut here: Vec<Client> = Vec::new();
        for (name, seat) in people {
            let person = seat.node.newcomer(name).await;
            for other in &mut here {
                other.hears(&format!("* {name} joined lobby")).await;
            }
            here.push(person);
        }
        here.try_into().ok().unwrap()
    }

    /// The full name of a key.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{PREFIX}{name}")
    }

    /// Waits until an account is nobody's: who logs in now is the first.
    pub(crate) async fn is_free(&self, name: &str) {
        let key = self.key("sessions");
        super::eventually("the account to be free", || {
            !self.redis.ask_words::<bool>(&["HEXISTS", &key, name])
        })
        .await;
    }
}

impl Seat {
    pub(crate) async fn taken_by(name: &str, redis: &Redis, settings: &[(&str, &str)]) -> Self {
        let way = Proxy::start(redis.address()).await;
        let mut home = member(name, &redis.url_at(way.port(), 0));
        for (key, value) in settings {
            home = home.set(key, value);
        }
        let node = home.start().await;
        Self { node, way }
    }
}

/// A folder for a node of a cluster.
pub(crate) fn member(name: &str, url: &str) -> Home {
    Home::new()
        .set("node.name", name)
        .set("bridge.kind", "redis")
        .set("redis.url", url)
        .set("redis.prefix", PREFIX)
}

impl Client {
    /// Asks until the node has its store again; only the store's absence is an excuse.
    /// Returns what was heard meanwhile. The lobby may have no topic.
    pub(crate) async fn waits_for_the_store(&mut self) -> Vec<String> {
        let mut heard = Vec::new();
        let asking = async {
            loop {
                self.says("/topic").await;
                let answers = ["* lobby has no topic.", NOT_DELIVERED];
                let mut line = self.ear.line("an answer").await;
                while !answers.contains(&line.as_str()) {
                    heard.push(line);
                    line = self.ear.line("an answer").await;
                }
                if line == answers[0] {
                    return;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        soon("the store to come back", asking).await;
        heard
    }

    /// Says it and has it acknowledged. Positions have to be shown.
    pub(crate) async fn says_for_sure(&mut self, text: &str) -> String {
        self.says(text).await;
        let ok = self.hears_starting("* ok ").await;
        ok["* ok ".len()..].to_owned()
    }

    pub(crate) async fn wants_positions(&mut self) {
        self.asks("/ids on", "* Positions are shown.").await;
    }

    /// A line of the log behind its position.
    pub(crate) async fn hears_placed(&mut self, wanted: &str) {
        let line = self.ear.line(wanted).await;
        let said = line.split_once(' ').map(|(_, said)| said);
        assert_eq!(said, Some(wanted), "{} heard {line}", self.ear);
    }

    /// Tries to log in on a node until nobody else has the account.
    pub(crate) async fn comes_in(name: &str, node: &Node) -> Self {
        Self::enters_by("/login", name, node).await
    }

    /// Tries to make an account on a node until its store takes it.
    pub(crate) async fn comes_anew(name: &str, node: &Node) -> Self {
        Self::enters_by("/register", name, node).await
    }

    async fn enters_by(word: &str, name: &str, node: &Node) -> Self {
        let password = super::password_of(name);
        let tries = async {
            loop {
                let mut person = node.visitor().await.named(name);
                person.says(&format!("{word} {name} {password}")).await;
                let answer = person.ear.line("a welcome").await;
                if answer.starts_with("* Welcome ") {
                    return person;
                }
                let excuses = ["! User already logged in", NOT_DELIVERED, NOT_CONFIRMED];
                assert!(excuses.contains(&answer.as_str()), "{answer}");
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        soon("the account to be free", tries).await
    }

    /// For so long, nothing at all is heard.
    pub(crate) async fn hears_nothing_for(&mut self, time: std::time::Duration) {
        if let Ok(heard) = tokio::time::timeout(time, self.ear.read()).await {
            let heard: Heard = heard.unwrap();
            panic!("{} wanted silence and heard {heard:?}", self.ear);
        }
    }
}

/// Runs a program that should end by itself soon; kills it and fails if it does not.
pub(crate) async fn ends_by_itself(mut command: Command) -> Said {
    command.stdin(Stdio::null());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (read, has_read) = oneshot::channel();
    std::thread::spawn(move || {
        let mut said = (String::new(), String::new());
        out.read_to_string(&mut said.0).unwrap();
        err.read_to_string(&mut said.1).unwrap();
        // Who wanted to know may have lost patience.
        let _ = read.send(said);
    });
    let Ok(said) = tokio::time::timeout(PATIENCE, has_read).await else {
        child.kill().unwrap();
        panic!("it runs for {PATIENCE:?} and should have ended: {command:?}");
    };
    let (out, err) = said.unwrap();
    let code = child.wait().unwrap().code();
    Said { code, out, err }
}

/// A node that does not start, and its last words.
pub(crate) async fn is_refused(home: &Home) -> String {
    let said = ends_by_itself(home.command(&[])).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.is_empty(), "{}", said.out);
    let last = said.err.lines().last().unwrap_or_default().to_owned();
    assert!(last.starts_with("conclave: "), "{said:?}");
    println!("{last}");
    last
}
