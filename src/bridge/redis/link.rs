//! The state of the way to Redis: what is open, what was sent, and which replies are to come.
//!
//! Everything on the command connection is answered in the order in which it was sent, so what a
//! reply means is what was sent first of all that is unanswered.

use std::collections::VecDeque;
use std::time::Duration;

use actix::Recipient;
use redis::Pipeline;
use tokio::time::Instant;

use super::connection::{Channel, Commands, Generation, Mail};
use super::way::{Connection, Way};
use crate::backoff::Backoff;

/// The wait after the first failure: a restart of Redis is often over by then.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The longest wait: what a person at the other end notices least, and Redis too.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Between two attempts to reach Redis.
pub(super) const fn backoff() -> Backoff {
    Backoff::new(FIRST_WAIT, LONGEST_WAIT)
}

/// Between two beats, each of which renews the lease and tells the log's head.
pub(super) const BEAT: Duration = Duration::from_secs(1);

/// How long a reply may be missing before the connection counts as lost. The lease of 8 s was
/// renewed at most a beat before what is missing was sent, so the node knows before it is over.
/// What was sent goes again on the next connection, before its session has waited too long.
pub(super) const SILENCE: Duration = Duration::from_secs(6);

/// While Redis is away the operator is told so again that often.
const REMINDER: Duration = Duration::from_secs(60);

/// What a reply is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// The first task of the window that is out.
    Task,
    /// Whether this node may come in.
    Hello,
    /// What the store holds for this node.
    Held,
    /// A part of the log.
    Page,
    /// That this node lives.
    Beat,
    /// Whom a run holds that is gone.
    Orphans,
    /// That nothing is left of a run that is gone.
    Forgotten,
    /// That it is gone.
    Goodbye,
    /// As what the server knows the connection.
    Info,
    /// That a connection given up is closed at the server's end too.
    Closed,
    /// What became of texts that are not sent again.
    Lookup,
}

/// One pipeline on its way.
#[derive(Debug)]
pub(super) struct Flight {
    sent: Instant,
    /// What its replies are about.
    pub(super) replies: Replies,
}

/// What the replies to a pipeline are about.
#[derive(Debug)]
pub(super) enum Replies {
    /// All of them together: whether the scripts are known.
    Loaded,
    /// Each by itself.
    Each(Vec<Expect>),
}

/// Where the command connection is.
#[derive(Debug)]
enum Line {
    /// Not before then is it tried again.
    Down { until: Instant },
    /// It is open, or being opened.
    On {
        commands: Commands,
        phase: Phase,
        flights: VecDeque<Flight>,
    },
    /// It is not opened again.
    Closed,
}

/// What a connection is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It is asked whether this node may come in.
    Greeting,
    /// Everything.
    Up,
    /// The log has another epoch: all replies are awaited, then it is greeted again.
    Draining,
    /// The node says goodbye.
    Leaving,
}

/// The channel's connection.
#[derive(Debug)]
enum Ear {
    /// Not before then is it tried again.
    Closed {
        until: Instant,
    },
    Open(Channel),
}

/// Since when Redis is away, and what the operator was told last.
#[derive(Debug)]
struct Away {
    since: Instant,
    why: String,
    told: Instant,
}

/// Command connections given up that the server may still read from; more than ever are.
const GIVEN_UP: usize = 16;

/// As what the server knows a connection. The number alone could be another one's, on a server
/// that was started again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Id {
    /// `id` in the server's own words.
    pub(super) number: String,
    /// `addr`: from where it came.
    pub(super) from: String,
}

/// As what the server knows command connections.
#[derive(Debug, Default)]
struct Ids {
    current: Option<Id>,
    /// What was sent on these may still be on its way to the server.
    given_up: VecDeque<Id>,
}

/// Both connections to Redis.
#[derive(Debug)]
pub(super) struct Link {
    way: Way,
    ids: Ids,
    /// For the operator, without a password.
    place: String,
    channel: String,
    generations: u64,
    line: Line,
    ear: Ear,
    away: Option<Away>,
    backoff: Backoff,
    ear_backoff: Backoff,
    beat_due: Instant,
    /// When what was answered last was sent.
    asked: Instant,
    /// When the last thing was sent that renewed the lease.
    leased: Instant,
}

impl Id {
    /// Reads what `CLIENT INFO` tells: words with `=` in them.
    pub(super) fn read(info: &str) -> Option<Self> {
        let word = |name: &str| {
            let mut words = info.split_whitespace();
            words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
        };
        Some(Self {
            number: word("id")?.to_owned(),
            from: word("addr")?.to_owned(),
        })
    }
}

impl Ids {
    fn give_up(&mut self) {
        self.given_up.extend(self.current.take());
        if self.given_up.len() > GIVEN_UP {
            self.given_up.pop_front();
        }
    }
}

impl Link {
    /// A link that goes on with a connection on which the node was let in.
    pub(super) fn new(
        way: Way,
        place: String,
        channel: String,
        connection: Connection,
        to: Recipient<Mail>,
        now: Instant,
    ) -> Self {
        Self {
            way,
            ids: Ids::default(),
            place,
            channel,
            generations: 1,
            line: Line::On {
                commands: Commands::on(connection, Generation(0), to),
                phase: Phase::Up,
                flights: VecDeque::new(),
            },
            ear: Ear::Closed { until: now },
            away: None,
            backoff: backoff(),
            ear_backoff: backoff(),
            beat_due: now,
            asked: now,
            leased: now,
        }
    }

    fn generation(&mut self) -> Generation {
        self.generations += 1;
        Generation(self.generations)
    }

    /// What the command connection is good for; nothing without one.
    pub(super) const fn phase(&self) -> Option<Phase> {
        match &self.line {
            Line::On { phase, .. } => Some(*phase),
            Line::Down { .. } | Line::Closed => None,
        }
    }

    /// It is good for something else now.
    pub(super) const fn turn(&mut self, to: Phase) {
        if let Line::On { phase, .. } = &mut self.line {
            *phase = to;
        }
    }

    /// Whether something can be sent now.
    pub(super) fn has_room(&self) -> bool {
        matches!(&self.line, Line::On { commands, .. } if commands.has_room())
    }

    /// Sends a pipeline.
    pub(super) fn send(&mut self, pipeline: Pipeline, replies: Replies, now: Instant) {
        if let Line::On {
            commands, flights, ..
        } = &mut self.line
        {
            commands.send(pipeline);
            flights.push_back(Flight { sent: now, replies });
        }
    }

    /// What the next replies are about.
    pub(super) fn answered(&mut self) -> Option<Replies> {
        match &mut self.line {
            Line::On { flights, .. } => {
                let Flight { sent, replies } = flights.pop_front()?;
                self.asked = sent;
                Some(replies)
            }
            Line::Down { .. } | Line::Closed => None,
        }
    }

    /// Whether the lease may be over, and people of this node live elsewhere by now: it stood still,
    /// or was cut off.
    pub(super) fn is_suspended(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.leased) >= SILENCE
    }

    /// The server knows the command connection as this.
    pub(super) fn is_known_as(&mut self, id: Id) {
        self.ids.current = Some(id);
    }

    /// Connections that have to be closed at the server's end before anything is sent again:
    /// nothing that is held up on them may be done later.
    pub(super) fn given_up(&self) -> impl Iterator<Item = &Id> {
        self.ids.given_up.iter()
    }

    /// The first of them is closed.
    pub(super) fn is_closed_there(&mut self) {
        self.ids.given_up.pop_front();
    }

    /// Whether no reply is to come.
    pub(super) fn is_quiet(&self) -> bool {
        match &self.line {
            Line::On { flights, .. } => flights.is_empty(),
            Line::Down { .. } | Line::Closed => true,
        }
    }

    /// Whether a reply is missing for too long.
    pub(super) fn is_silent(&self, now: Instant) -> bool {
        let first = match &self.line {
            Line::On { flights, .. } => flights.front(),
            Line::Down { .. } | Line::Closed => None,
        };
        first.is_some_and(|flight| now.saturating_duration_since(flight.sent) >= SILENCE)
    }

    /// Whether mail is of the command connection that is in use.
    pub(super) fn is_line(&self, of: Generation) -> bool {
        matches!(&self.line, Line::On { commands, .. } if commands.generation == of)
    }

    /// Whether mail is of the channel's connection that is in use.
    pub(super) fn is_ear(&self, of: Generation) -> bool {
        matches!(&self.ear, Ear::Open(channel) if channel.generation == of)
    }

    /// Opens the command connection if it is time. Whoever is told so greets on it.
    pub(super) fn opens(&mut self, to: &Recipient<Mail>, now: Instant) -> Option<Phase> {
        if !matches!(self.line, Line::Down { until } if until <= now) {
            return None;
        }
        let generation = self.generation();
        self.line = Line::On {
            commands: Commands::open(self.way.clone(), generation, to.clone()),
            phase: Phase::Greeting,
            flights: VecDeque::new(),
        };
        Some(Phase::Greeting)
    }

    /// The command connection is of no use any more.
    pub(super) fn lost(&mut self, why: &str, now: Instant) {
        match &self.line {
            Line::On { .. } => {
                let until = now + self.backoff.failed(self.way.chance());
                self.line = Line::Down { until };
                self.ids.give_up();
            }
            Line::Down { .. } | Line::Closed => return,
        }
        let Some(away) = &mut self.away else {
            let place = &self.place;
            tracing::error!(
                "Redis is away ({place}): {why}; people stay connected, what they say is refused"
            );
            return self.is_away(why, now);
        };
        if now.saturating_duration_since(away.told) >= REMINDER {
            let seconds = now.saturating_duration_since(away.since).as_secs();
            tracing::warn!("Redis is still away, since {seconds} s: {why}");
            away.told = now;
        } else if away.why != why {
            // What is wrong can change from "refused" to "loading"; that is no news every time.
            tracing::debug!("Redis is still away: {why}");
        }
        why.clone_into(&mut away.why);
    }

    fn is_away(&mut self, why: &str, now: Instant) {
        let since = self.away.as_ref().map_or(now, |away| away.since);
        self.away = Some(Away {
            since,
            why: why.to_owned(),
            told: now,
        });
    }

    /// The node may not come in, for a reason that somebody has to do something about.
    pub(super) fn unwelcome(&mut self, why: &str, now: Instant) {
        if self.away.as_ref().is_none_or(|away| away.why != why) {
            let place = &self.place;
            tracing::error!("Redis cannot be used ({place}): {why}; what people say is refused");
            self.is_away(why, now);
        }
        self.lost(why, now);
    }

    /// The node was let in.
    pub(super) fn up(&mut self, now: Instant) {
        self.turn(Phase::Up);
        self.leased = self.asked;
        if let Some(away) = self.away.take() {
            let seconds = now.saturating_duration_since(away.since).as_secs();
            tracing::info!("Redis is back after {seconds} s; people are heard again");
        }
    }

    /// Whether a beat is due; if so the next one is counted from now.
    pub(super) fn beats(&mut self, now: Instant) -> bool {
        let is_due = self.beat_due <= now;
        if is_due {
            self.beat_due = now + BEAT;
        }
        is_due
    }

    /// A beat at once: something looks as if Redis were gone.
    pub(super) const fn beat_soon(&mut self, now: Instant) {
        self.beat_due = now;
    }

    /// A beat was answered: whatever was wrong is over.
    pub(super) const fn is_well(&mut self) {
        self.leased = self.asked;
        self.backoff.succeeded();
    }

    /// Subscribes if it is time.
    pub(super) fn listen(&mut self, to: &Recipient<Mail>, now: Instant) {
        if matches!(self.ear, Ear::Closed { until } if until <= now) {
            let generation = self.generation();
            let (way, name) = (self.way.clone(), self.channel.clone());
            self.ear = Ear::Open(Channel::open(way, name, generation, to.clone()));
        }
    }

    /// The channel is subscribed to.
    pub(super) const fn listens(&mut self) {
        self.ear_backoff.succeeded();
    }

    /// The channel's connection is of no use any more.
    pub(super) fn deaf(&mut self, now: Instant) {
        let until = now + self.ear_backoff.failed(self.way.chance());
        self.ear = Ear::Closed { until };
    }

    /// Whether the channel's connection is open or being opened.
    pub(super) const fn has_ear(&self) -> bool {
        matches!(self.ear, Ear::Open(_))
    }

    /// Chance for what is not to happen at the same time everywhere.
    pub(super) fn chance(&mut self) -> u64 {
        self.way.chance()
    }

    /// Closes both connections for good.
    pub(super) fn close(&mut self, now: Instant) {
        self.line = Line::Closed;
        self.ear = Ear::Closed { until: now };
    }

    /// Whether it was closed for good.
    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.line, Line::Closed)
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn a_connection_is_known_by_number_and_address() {
        let info = "id=3 addr=127.0.0.1:55555 laddr=127.0.0.1:6379 fd=8 name= lib-name=x\n";
        let id = Id::read(info).expect("both");
        assert_eq!(
            (id.number.as_str(), id.from.as_str()),
            ("3", "127.0.0.1:55555")
        );
        assert_eq!(Id::read("OK"), None);
    }
}
