//! A Redis of a test's own, as the system has it: it can be killed, started again with or without
//! its data, and stopped.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, FromRedisValue, Value};

/// How long a server may take to start.
const DEADLINE: Duration = Duration::from_secs(10);

/// Between two looks whether it has started.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What a test prints when it is left out.
const SKIPPED: &str = "skipped: no redis-server";

/// What makes a server keep all that it acknowledged.
const KEPT: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

/// Whether there is a redis-server; a test that is left out for want of one says so.
///
/// # Panics
/// Where none is installed but should be (`CI=true`).
pub(super) fn is_installed() -> bool {
    let version = Command::new("redis-server")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let is_there = version.is_ok();
    let is_required = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(is_there || !is_required, "redis-server is not installed");
    if !is_there {
        let test = std::thread::current();
        println!("{SKIPPED}: {}", test.name().unwrap_or_default());
    }
    is_there
}

/// A server on a socket in a directory of its own; killed when dropped.
#[derive(Debug)]
pub(super) struct Server {
    directory: tempfile::TempDir,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// A server with nothing in it that answers and keeps nothing; none, with a line of print,
    /// where no redis-server is installed.
    pub(super) async fn get() -> Option<Self> {
        Self::with(&[]).await
    }

    /// The same with more arguments.
    pub(super) async fn with(arguments: &[&str]) -> Option<Self> {
        if !is_installed() {
            return None;
        }
        let server = Self::start(arguments);
        server.connect().await;
        Some(server)
    }

    /// A server with nothing in it that keeps what it acknowledges, and answers soon.
    pub(super) fn that_keeps() -> Self {
        Self::start(&KEPT)
    }

    fn start(arguments: &[&str]) -> Self {
        let mut server = Self {
            directory: tempfile::tempdir().expect("a directory"),
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
            child: None,
        };
        server.restart();
        server
    }

    /// Starts it again on the data that it kept.
    pub(super) fn restart(&mut self) {
        let spawned = Command::new("redis-server")
            .args(["--port", "0", "--unixsocket", "redis.sock", "--save", ""])
            .args(&self.arguments)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(spawned.expect("redis-server runs"));
    }

    /// Kills it, and starts it again with nothing in it.
    pub(super) async fn replace(&mut self) {
        self.kill();
        self.wipe();
        self.restart();
        self.connect().await;
    }

    /// Kills it as a power cut does.
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that is dead already is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_file(self.socket());
    }

    /// Throws its data away, if it keeps any; it is not running.
    pub(super) fn wipe(&self) {
        let _ = std::fs::remove_dir_all(self.directory.path().join("appendonlydir"));
    }

    /// Sends it a signal: `STOP`, `CONT`.
    pub(super) fn signal(&self, signal: &str) {
        let child = self.child.as_ref().expect("a running server");
        let sent = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(child.id().to_string())
            .status();
        assert!(sent.expect("kill runs").success());
    }

    /// How to reach it.
    pub(super) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// A client of it.
    pub(super) fn client(&self) -> Client {
        Client::open(self.url()).expect("a URL")
    }

    /// A connection of the test's own, as soon as it answers.
    pub(super) async fn connect(&self) -> MultiplexedConnection {
        let answers = async {
            loop {
                if let Some(connection) = self.answers().await {
                    return connection;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let answered = tokio::time::timeout(DEADLINE, answers).await;
        answered.expect("redis-server starts")
    }

    async fn answers(&self) -> Option<MultiplexedConnection> {
        let client = self.client();
        let mut connection = client.get_multiplexed_async_connection().await.ok()?;
        let pong: Result<Value, _> = redis::cmd("PING").query_async(&mut connection).await;
        pong.is_ok().then_some(connection)
    }

    /// One command, split at its spaces.
    pub(super) async fn run<T: FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut run = redis::cmd(words.next().expect("a command"));
        words.for_each(|word| {
            run.arg(word);
        });
        let mut connection = self.connect().await;
        run.query_async(&mut connection).await.expect(command)
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("redis.sock")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
