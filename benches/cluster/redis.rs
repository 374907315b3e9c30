//! A Redis of the bench's own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use conclave::load::process::Usage;
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, Client};
use tempfile::TempDir;

use crate::Failure;

/// What it may take to start.
const START: Duration = Duration::from_secs(10);

/// Commands written at once; the crate's default of 50 would be what is measured.
const PIPELINE: usize = 1024;

/// A `redis-server` that keeps nothing on disk, until it is dropped.
pub(crate) struct Redis {
    child: Child,
    port: u16,
    #[expect(dead_code, reason = "held for its drop alone")]
    dir: TempDir,
}

impl Redis {
    /// Starts it, and waits until it answers.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let dir = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--save", ""])
            .args(["--appendonly", "no", "--bind", "127.0.0.1"])
            .current_dir(dir.path())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("redis-server: {error}"))?;
        let redis = Self { child, port, dir };
        let until = Instant::now() + START;
        while let Err(error) = redis.connect().await {
            if Instant::now() > until {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(redis)
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// A connection for commands, as the bridge has one.
    pub(crate) async fn connect(&self) -> Result<MultiplexedConnection, Failure> {
        let config = AsyncConnectionConfig::new()
            .set_pipeline_buffer_size(PIPELINE)
            .set_response_timeout(None);
        let client = Client::open(self.url())?;
        Ok(client
            .get_multiplexed_async_connection_with_config(&config)
            .await?)
    }

    /// A connection that hears a channel.
    pub(crate) async fn hear(&self, channel: &str) -> Result<PubSub, Failure> {
        let mut ear = Client::open(self.url())?.get_async_pubsub().await?;
        ear.subscribe(channel).await?;
        Ok(ear)
    }

    /// Forgets everything.
    pub(crate) async fn flush(&self) -> Result<(), Failure> {
        let mut connection = self.connect().await?;
        Ok(redis::cmd("FLUSHALL").query_async(&mut connection).await?)
    }

    /// The processor time it has used so far.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        Ok(Usage::of(self.child.id())?.cpu)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing of it to save.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
