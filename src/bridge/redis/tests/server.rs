//! A redis-server of a test's own, which can be killed, restarted with its data, and stopped.

use std::process::{Child, Command, Stdio};

use redis::aio::MultiplexedConnection;
use redis::{Client, FromRedisValue, cmd};

/// Whether there is a redis-server; a test that is left out for want of one says so.
pub(super) fn is_installed() -> bool {
    let runs = Command::new("redis-server")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let is_there = runs.is_ok();
    let is_required = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(is_there || !is_required, "redis-server is not installed");
    if !is_there {
        let test = std::thread::current();
        println!(
            "skipped for want of redis-server: {}",
            test.name().unwrap_or_default()
        );
    }
    is_there
}

/// A server on a socket in a directory of its own; killed when dropped.
#[derive(Debug)]
pub(super) struct Server {
    directory: tempfile::TempDir,
    child: Option<Child>,
}

impl Server {
    /// A server with nothing in it, which answers soon.
    pub(super) fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let child = None;
        let mut server = Self { directory, child };
        server.restart();
        server
    }

    /// Starts it again on the data that it had.
    pub(super) fn restart(&mut self) {
        let spawned = Command::new("redis-server")
            .args(["--port", "0", "--unixsocket", "redis.sock", "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(spawned.expect("redis-server runs"));
    }

    /// Kills it as a power cut does.
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that is dead already is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_file(self.directory.path().join("redis.sock"));
    }

    /// Throws its data away; it is not running.
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
        let socket = self.directory.path().join("redis.sock");
        format!("redis+unix://{}", socket.display())
    }

    /// A connection of the test's own.
    pub(super) async fn connect(&self) -> MultiplexedConnection {
        let client = Client::open(self.url()).expect("a URL");
        loop {
            if let Ok(connection) = client.get_multiplexed_async_connection().await {
                return connection;
            }
            tokio::task::yield_now().await;
        }
    }

    /// One command, split at its spaces.
    pub(super) async fn run<T: FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut run = cmd(words.next().expect("a command"));
        words.for_each(|word| {
            run.arg(word);
        });
        let mut connection = self.connect().await;
        run.query_async(&mut connection).await.expect(command)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
