//! Many clients in one room, of whom one talks: the load generator, as the benches use it.

use std::fmt;
use std::time::Duration;

use conclave::chat::Secret;
use conclave::client::door::Door;
use conclave::load::pace::{Pace, Until};
use conclave::load::referee::Verdict;
use conclave::load::stage::Stage;
use conclave::load::{People, Progress, Speech};
use tokio::sync::mpsc;

use crate::Failure;
use crate::server::{PASSWORD, PREFIX};

/// Bytes of a text.
const TEXT_BYTES: usize = 100;

/// Messages before a measurement.
const WARM_UP: u32 = 20;

/// Clients that log in at the same time.
const AT_ONCE: u32 = 64;

/// How messages follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The next one when everybody has the one before.
    Alone,
    /// Ten at once, then as above.
    Burst,
    /// As fast as the server takes them.
    Saturated,
}

impl Mode {
    const fn pace(self) -> Pace {
        match self {
            Self::Alone => Pace::Burst { of: 1 },
            Self::Burst => Pace::Burst { of: 10 },
            Self::Saturated => Pace::Saturated,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Alone => "one at a time",
            Self::Burst => "bursts of 10",
            Self::Saturated => "saturated",
        })
    }
}

/// A talker at the first door, and those who hear it, spread over all from the second on.
pub(crate) struct Crowd {
    stage: Stage,
    #[expect(
        dead_code,
        reason = "held: without it a talk would be told that it is enough"
    )]
    enough: mpsc::Sender<()>,
}

impl Crowd {
    /// A talker without an audience, at line doors.
    pub(crate) async fn new(doors: Vec<Door>) -> Result<Self, Failure> {
        Self::speaking(Speech::Line, doors).await
    }

    /// A talker without an audience.
    pub(crate) async fn speaking(speech: Speech, doors: Vec<Door>) -> Result<Self, Failure> {
        let people = People {
            doors,
            speech,
            prefix: PREFIX.to_owned(),
            password: Secret::new(PASSWORD),
            rooms: 1,
            talkers: 1,
            text_bytes: TEXT_BYTES,
            at_once: AT_ONCE,
        };
        let (told, enough) = mpsc::channel(1);
        let mut stage = Stage::new(people, std::process::id(), Progress::silent(), enough);
        stage.grow_to(1).await?;
        Ok(Self {
            stage,
            enough: told,
        })
    }

    /// How many hear the talker.
    pub(crate) fn receivers(&self) -> u32 {
        u32::try_from(self.stage.people() - 1).unwrap_or(u32::MAX)
    }

    /// Brings more receivers in.
    pub(crate) async fn grow_to(&mut self, receivers: u32) -> Result<(), Failure> {
        Ok(self.stage.grow_to(receivers + 1).await?)
    }

    /// Everything said or shown before has arrived when this is done.
    pub(crate) async fn warm_up(&mut self) -> Result<(), Failure> {
        self.say(Mode::Burst, WARM_UP).await
    }

    /// Says so many messages and waits until everybody has them, each once and in order.
    pub(crate) async fn say(&mut self, mode: Mode, messages: u32) -> Result<(), Failure> {
        let before = self.stage.tally().delivered;
        let until = Until::Said(messages.into());
        self.stage.talk(mode.pace(), until).await?;
        let tally = self.stage.tally();
        let due = u64::from(messages) * u64::from(self.receivers());
        let heard = tally.delivered - before;
        if heard == due && matches!(tally.verdict(), Verdict::Clean | Verdict::Silent) {
            Ok(())
        } else {
            let counts = self.stage.counts();
            Err(format!(
                "{heard} of {due} deliveries; {counts:?}; {:?}",
                tally.evidence
            )
            .into())
        }
    }

    /// From when a message was said to when it was heard, half of the times since this was asked
    /// for last.
    pub(crate) fn median_latency(&mut self) -> Duration {
        let latency = self.stage.take_latency();
        Duration::from_micros(latency.value_at_quantile(0.5))
    }
}
