//! A Redis of a test's own, as the system has it.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, Value};

/// How long a server may take to start.
const DEADLINE: Duration = Duration::from_secs(10);

/// What a test prints when it is left out; whoever runs all tests counts these lines.
pub(super) const SKIPPED: &str = "skipped for want of redis-server";

/// A running server, on a socket in a directory of its own; killed when dropped.
#[derive(Debug)]
pub(super) struct Server {
    directory: tempfile::TempDir,
    child: Child,
}

impl Server {
    /// A server with nothing in it; none, with a line of print, where no redis-server is installed.
    ///
    /// # Panics
    /// Where none is installed but should be (`CI=true`), and when it does not start.
    pub(super) async fn get() -> Option<Self> {
        Self::with(&[]).await
    }

    /// The same with more arguments.
    pub(super) async fn with(arguments: &[&str]) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let child = spawn(&directory, arguments)?;
        let server = Self { directory, child };
        server.answers().await;
        Some(server)
    }

    /// How to reach it.
    pub(super) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// A client of it.
    pub(super) fn client(&self) -> Client {
        Client::open(self.url()).expect("a URL")
    }

    /// A connection of its own.
    pub(super) async fn connect(&self) -> MultiplexedConnection {
        let client = self.client();
        let connection = client.get_multiplexed_async_connection();
        connection.await.expect("a connection")
    }

    /// Kills it, and starts another one with nothing in it in its place.
    pub(super) async fn replace(&mut self) {
        self.kill();
        self.child = spawn(&self.directory, &[]).expect("redis-server was there before");
        self.answers().await;
    }

    /// Kills it.
    pub(super) fn kill(&mut self) {
        // One that is dead already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(self.socket());
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("redis.sock")
    }

    async fn answers(&self) {
        let answers = async {
            loop {
                let connection = self.client().get_multiplexed_async_connection().await;
                if let Ok(mut connection) = connection {
                    let pong: Result<Value, _> =
                        redis::cmd("PING").query_async(&mut connection).await;
                    if pong.is_ok() {
                        break;
                    }
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let answered = tokio::time::timeout(DEADLINE, answers).await;
        answered.expect("redis-server starts");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(directory: &tempfile::TempDir, arguments: &[&str]) -> Option<Child> {
    let spawned = Command::new("redis-server")
        .args(["--port", "0", "--unixsocket", "redis.sock"])
        .args(["--save", "", "--appendonly", "no"])
        .args(arguments)
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    match spawned {
        Ok(child) => Some(child),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let is_required = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!is_required, "redis-server is not installed");
            let test = std::thread::current();
            println!("{SKIPPED}: {}", test.name().unwrap_or_default());
            None
        }
        Err(error) => panic!("redis-server: {error}"),
    }
}
