//! An IRC client that enters a room, counts and asks.

use std::future::poll_fn;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use conclave::client::connection::{Connection, Heard};
use conclave::client::door::Door;

use crate::Failure;
use crate::server::{PASSWORD, PREFIX};

/// How a node says that a room cannot be entered just now.
const BUSY: &str = "437";

/// When somebody who was refused tries again.
const AGAIN: Duration = Duration::from_millis(20);

/// Which of two commands was heard.
enum Either {
    One,
    Other,
}

/// Somebody who is in.
pub(crate) struct Person {
    connection: Connection,
}

impl Person {
    /// Comes in as one of the accounts, which are numbered from 1.
    pub(crate) async fn comes(door: &Door, number: u32) -> Result<Self, Failure> {
        let mut person = Self {
            connection: Connection::open(door).await?,
        };
        let user = format!("{PREFIX}-{number}");
        let plain = STANDARD.encode(format!("\0{user}\0{PASSWORD}"));
        person.says("CAP REQ :sasl no-implicit-names");
        person.says(&format!("NICK {user}"));
        person.says(&format!("USER {user} 0 * :{user}"));
        person.says("AUTHENTICATE PLAIN");
        person.says(&format!("AUTHENTICATE {plain}"));
        person.hears("903").await?;
        person.says("CAP END");
        person.hears("001").await?;
        Ok(person)
    }

    /// Says a line.
    pub(crate) fn says(&mut self, line: &str) {
        self.connection.say(line.as_bytes());
    }

    /// All that was asked before is done, and was heard.
    pub(crate) async fn settles(&mut self) -> Result<(), Failure> {
        self.says("PING :settled");
        self.hears("PONG").await
    }

    /// Enters a room: the first that it hears of it is its own coming. A node has some thousands of
    /// questions at hand, and who is refused for that comes again.
    pub(crate) async fn enters(&mut self, room: &str) -> Result<(), Failure> {
        loop {
            self.says(&format!("JOIN {room}"));
            match self.hears_either("JOIN", BUSY).await? {
                Either::One => return Ok(()),
                Either::Other => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    /// Asks, and counts the lines of the answer.
    pub(crate) async fn asks(
        &mut self,
        question: &str,
        each: &str,
        end: &str,
    ) -> Result<u32, Failure> {
        self.says(question);
        let mut lines = 0;
        loop {
            let line = self.line().await?;
            let told = command(&line);
            if told == each {
                lines += 1;
            } else if told == end {
                return Ok(lines);
            }
        }
    }

    /// Reads whatever comes, until nobody needs it any more.
    pub(crate) async fn stays(mut self) {
        while self.line().await.is_ok() {}
    }

    async fn hears(&mut self, wanted: &str) -> Result<(), Failure> {
        self.hears_either(wanted, wanted).await.map(|_| ())
    }

    async fn hears_either(&mut self, one: &str, other: &str) -> Result<Either, Failure> {
        loop {
            let line = self.line().await?;
            match command(&line) {
                told if told == one => return Ok(Either::One),
                told if told == other => return Ok(Either::Other),
                _ => {}
            }
        }
    }

    async fn line(&mut self) -> Result<String, Failure> {
        match poll_fn(|cx| self.connection.poll_heard(cx)).await? {
            Heard::Line(line) => Ok(String::from_utf8(line.to_vec())?),
            Heard::End => Err("the node ended the connection".into()),
        }
    }
}

/// The command of a line, whatever stands in front of it.
fn command(line: &str) -> &str {
    let mut words = line.split(' ');
    words
        .find(|word| !word.starts_with([':', '@']))
        .unwrap_or_default()
}
