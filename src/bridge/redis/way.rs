//! The way to the server, and what is open on it: the one place that knows the crate's connections.

use futures_util::{Stream, StreamExt};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Client, Msg, Pipeline, RedisError, Value};

use super::connection::CONNECT_DEADLINE;
#[cfg(test)]
use super::simulated::network::{Line, Wire};
use super::window::WINDOW;
use crate::backoff::random;

/// The way to the server.
#[derive(Debug, Clone)]
#[cfg_attr(
    test,
    expect(clippy::large_enum_variant, reason = "only a test has more than one")
)]
pub(super) enum Way {
    /// A socket.
    Socket(Client),
    /// A server in the test's own thread.
    #[cfg(test)]
    Simulated(Wire),
}

/// A connection for commands. A clone is the same connection.
#[derive(Debug, Clone)]
pub(super) enum Connection {
    /// On a socket.
    Socket(MultiplexedConnection),
    /// To a server in the test's own thread.
    #[cfg(test)]
    Simulated(Line),
}

impl Way {
    /// Opens a connection for commands.
    ///
    /// # Errors
    /// What the system, TLS or Redis has against it.
    pub(super) async fn connect(&self) -> Result<Connection, RedisError> {
        match self {
            Self::Socket(client) => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(CONNECT_DEADLINE))
                    // The bridge has deadlines of its own, which do not forget that an answer is
                    // to come.
                    .set_response_timeout(None)
                    .set_pipeline_buffer_size(WINDOW);
                client
                    .get_multiplexed_async_connection_with_config(&config)
                    .await
                    .map(Connection::Socket)
            }
            #[cfg(test)]
            Self::Simulated(wire) => wire.connect().await.map(Connection::Simulated),
        }
    }

    /// What is done wrong on purpose.
    #[cfg(test)]
    pub(super) fn breaks(&self) -> Option<crate::testing::Rule> {
        match self {
            Self::Socket(_) => None,
            Self::Simulated(wire) => wire.breaks(),
        }
    }

    /// Chance for waits that are not to be the same everywhere.
    pub(super) fn chance(&mut self) -> u64 {
        match self {
            Self::Socket(_) => random(),
            #[cfg(test)]
            Self::Simulated(wire) => wire.chance(),
        }
    }
}

impl Connection {
    /// Sends a pipeline, at its first poll; each reply is a value or a server's error.
    ///
    /// # Errors
    /// The connection is lost.
    pub(super) async fn ask(&mut self, pipeline: &Pipeline) -> Result<Vec<Value>, RedisError> {
        match self {
            Self::Socket(connection) => {
                let count = pipeline.len();
                connection.req_packed_commands(pipeline, 0, count).await
            }
            #[cfg(test)]
            Self::Simulated(line) => line.ask(pipeline).await,
        }
    }
}

/// Subscribes to a channel on a connection of its own; what comes are payloads.
///
/// # Errors
/// What the system, TLS or Redis has against it.
pub(super) async fn subscribe(
    client: &Client,
    channel: String,
) -> Result<impl Stream<Item = Vec<u8>> + use<>, RedisError> {
    let mut pubsub = client.get_async_pubsub().await?;
    pubsub.subscribe(channel).await?;
    let messages = pubsub.into_on_message();
    Ok(messages.map(|message: Msg| message.get_payload_bytes().to_vec()))
}
