//! A person at the IRC door.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::{BATCH, Life, OTHER_PASSWORD, Report, What, micros};
use crate::backoff::{Backoff, random};
use crate::chat::{GapSize, Position};
use crate::client::connection::{Connection, Heard};
use crate::client::door::Door;
use crate::dialect::irc::caps::Cap;
use crate::dialect::irc::grammar::{Message, Read, read};
use crate::dialect::irc::{room, sasl};
use crate::load::referee::{Person, Refusal};
use crate::load::text::Numbered;

/// The waits behind a connection that ended.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// What every client needs here: positions, an answer to each text, and no history at the entrance.
const ALL_HAVE: [Cap; 5] = [
    Cap::Sasl,
    Cap::MessageTags,
    Cap::EchoMessage,
    Cap::Batch,
    Cap::ChatHistory,
];

/// What some have and others have not, so that a message is spelled in as many ways.
const SOME_HAVE: [Cap; 3] = [Cap::ServerTime, Cap::AccountTag, Cap::ExtendedJoin];

/// Lives until nobody wants reports any more, or there is no way to come in again.
pub(in crate::load) async fn live(mut life: Life, doors: Vec<Door>, first: usize) {
    let mut backoff = Backoff::new(WAITS.0, WAITS.1);
    let mut reached = Reached::Nobody;
    for at in first.. {
        let end = match Connection::open(&doors[at % doors.len()]).await {
            Ok(connection) => {
                reached = Reached::Somebody;
                let mut call = Call::new(&life, connection);
                let Some(end) = call.last(&mut life).await else {
                    return;
                };
                if call.place == Place::InTheRoom {
                    backoff.succeeded();
                }
                end
            }
            Err(error) if reached == Reached::Nobody && at + 1 - first == doors.len() => {
                let why = error.to_string();
                End::Over { why }
            }
            Err(error) => End::NotYet {
                said: error.to_string(),
            },
        };
        let (what, is_over) = match end {
            End::Gone { label } => (What::Gone { label }, false),
            End::NotYet { said } => (What::NotYet { said }, false),
            End::Over { why } => (What::Over { why }, true),
        };
        if !report(&life, vec![what]).await || is_over {
            return;
        }
        if !wait(&mut life, backoff.failed(random())).await {
            return;
        }
    }
}

/// False when nobody listens any more.
async fn report(life: &Life, what: Vec<What>) -> bool {
    let (person, at) = (life.person, micros(life.epoch));
    let report = Report { person, at, what };
    life.reports.send(report).await.is_ok()
}

/// What is to be said meanwhile is not said: the end of the connection was reported.
async fn wait(life: &mut Life, wait: Duration) -> bool {
    let until = Instant::now() + wait;
    loop {
        tokio::select! {
            () = sleep_until(until) => return true,
            order = life.orders.recv() => if order.is_none() { return false },
        }
    }
}

/// Whether anybody has answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Nobody,
    Somebody,
}

/// How a connection ended.
enum End {
    /// By itself.
    Gone { label: &'static str },
    /// Before anybody was in.
    NotYet { said: String },
    /// With no way back.
    Over { why: String },
}

/// Where a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    InTheRoom,
}

/// One connection.
struct Call {
    connection: Connection,
    person: Person,
    run: u32,
    /// The room as IRC spells it.
    room: String,
    credentials: Vec<u8>,
    place: Place,
    end: Option<End>,
}

impl Call {
    fn new(life: &Life, mut connection: Connection) -> Self {
        let user = life.account.user.to_string();
        let some = SOME_HAVE.iter().enumerate();
        let some = some.filter(|(bit, _)| life.person >> bit & 1 == 1);
        let caps = ALL_HAVE.iter().chain(some.map(|(_, cap)| cap));
        let caps: Vec<_> = caps.map(|cap| cap.name()).collect();
        for line in [
            format!("CAP REQ :{}", caps.join(" ")),
            format!("NICK {user}"),
            format!("USER {user} 0 * :conclave load"),
            format!("AUTHENTICATE {}", sasl::PLAIN),
        ] {
            connection.say(line.as_bytes());
        }
        let mut plain = format!("\0{user}\0").into_bytes();
        plain.extend_from_slice(life.account.password.expose());
        Self {
            connection,
            person: life.person,
            run: life.run,
            room: room::spelled(&life.room),
            credentials: STANDARD.encode(plain).into_bytes(),
            place: Place::Outside,
            end: None,
        }
    }

    /// As long as it holds; nothing when nobody wants to hear of it any more.
    async fn last(&mut self, life: &mut Life) -> Option<End> {
        while self.end.is_none() {
            let mut what = Vec::new();
            tokio::select! {
                () = self.hears(&mut what) => {}
                order = life.orders.recv() => self.say(&order?),
            }
            if !what.is_empty() && !report(life, what).await {
                return None;
            }
        }
        self.end.take()
    }

    /// The texts of an order, each on a line.
    fn say(&mut self, order: &Bytes) {
        if self.place == Place::Outside {
            return;
        }
        for text in order
            .split(|byte| *byte == b'\n')
            .filter(|text| !text.is_empty())
        {
            let mut line = format!("PRIVMSG {} :", self.room).into_bytes();
            line.extend_from_slice(text);
            self.connection.say(&line);
        }
    }

    /// All that is there to be heard, at most [`BATCH`], at least one thing or the end.
    async fn hears(&mut self, what: &mut Vec<What>) {
        poll_fn(|cx| {
            while what.len() < BATCH && self.end.is_none() {
                match self.connection.poll_heard(cx) {
                    Poll::Ready(Ok(Heard::Line(line))) => self.line(&line, what),
                    Poll::Ready(Ok(Heard::End)) => self.end = Some(self.gone("closed")),
                    Poll::Ready(Err(_)) => self.end = Some(self.gone("broken")),
                    Poll::Pending if what.is_empty() => return Poll::Pending,
                    Poll::Pending => break,
                }
            }
            Poll::Ready(())
        })
        .await;
    }

    fn gone(&self, label: &'static str) -> End {
        match self.place {
            Place::Outside => End::NotYet {
                said: label.to_owned(),
            },
            Place::InTheRoom => End::Gone { label },
        }
    }

    fn line(&mut self, line: &[u8], what: &mut Vec<What>) {
        let Read::Message(message) = read(line) else {
            return;
        };
        let said = || String::from_utf8_lossy(line).into_owned();
        match (message.command, self.place) {
            ("PRIVMSG", _) => what.extend(self.message(&message)),
            ("PING", _) => {
                let token = message.param(0).unwrap_or_default();
                self.connection.say(format!("PONG :{token}").as_bytes());
            }
            ("AUTHENTICATE", Place::Outside) => self.connection.say(&sasl_line(&self.credentials)),
            ("903", Place::Outside) => self.connection.say(b"CAP END"),
            ("904" | "905", Place::Outside) => {
                let why = format!("{}. {OTHER_PASSWORD}", said());
                self.end = Some(End::Over { why });
            }
            ("001", Place::Outside) => {
                let join = format!("JOIN {}", self.room);
                self.connection.say(join.as_bytes());
            }
            ("366", Place::Outside) => {
                self.place = Place::InTheRoom;
                what.push(What::Entered);
            }
            ("ERROR", Place::Outside) => self.end = Some(End::NotYet { said: said() }),
            ("404" | "FAIL", Place::InTheRoom) => what.push(refused(&message)),
            ("NOTICE", Place::InTheRoom) => what.extend(gap(&message, &self.room)),
            _ => {}
        }
    }

    /// What the person said itself is the answer to it.
    fn message(&self, message: &Message<'_>) -> Option<What> {
        let text = message.param(1)?;
        let said = Numbered::read(text).filter(|said| said.run == self.run);
        let position = message.tag("msgid").and_then(|id| id.parse().ok());
        let position: Option<Position> = position;
        Some(match (said, position) {
            (Some(said), Some(position)) if said.talker == self.person => {
                What::Acknowledged { position }
            }
            (Some(said), Some(position)) => What::Heard { position, said },
            (Some(_) | None, _) => What::Foreign,
        })
    }
}

/// Passwords of people are short enough for one line of `AUTHENTICATE`.
fn sasl_line(credentials: &[u8]) -> Vec<u8> {
    [b"AUTHENTICATE ", credentials].concat()
}

fn refused(message: &Message<'_>) -> What {
    let (label, refusal) = match message.param(1) {
        Some("NOT_CONFIRMED") => ("not_confirmed", Refusal::Unknown),
        Some(_) | None => ("refused", Refusal::Certain),
    };
    What::Refused { label, refusal }
}

fn gap(message: &Message<'_>, room: &str) -> Option<What> {
    let text = message.param(1)?.strip_prefix("[gap] ")?;
    let is_here = message.param(0) == Some(room);
    let size = match text.split(' ').next()?.parse() {
        Ok(missing) => GapSize::Exactly(missing),
        Err(_) => GapSize::Unknown,
    };
    is_here.then_some(What::Announced { size })
}
