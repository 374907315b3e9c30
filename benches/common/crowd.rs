//! Many clients in one room, of whom one talks; what they hear is checked.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{JoinSet, spawn_local};

use crate::Failure;
use crate::client::{Mouth, Target};

/// Bytes of a text.
const TEXT_BYTES: usize = 100;

/// Messages in flight when the talker does not wait: hundreds, and yet below what a server may
/// hold for one slow reader, for the crowd shares the machine with it.
const WINDOW: u64 = 512;

/// Messages of a burst.
const BURST: u64 = 10;

/// Messages before a measurement.
const WARM_UP: u32 = 20;

/// Clients that log in at the same time.
const AT_ONCE: u32 = 64;

/// When a message counts as lost: so long after anything was heard at all.
const LOST: Duration = Duration::from_secs(30);

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

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Alone => "one at a time",
            Self::Burst => "bursts of 10",
            Self::Saturated => "saturated",
        })
    }
}

/// A talker at the first target, and those who hear it, spread over all from the second on.
pub(crate) struct Crowd {
    targets: Vec<Target>,
    talker: Mouth,
    board: Rc<Board>,
    said: u64,
}

impl Crowd {
    /// A talker without an audience.
    pub(crate) async fn new(targets: Vec<Target>) -> Result<Self, Failure> {
        let first = targets.first().ok_or("nobody to connect to")?;
        let (ear, talker) = first.connect().await?.log_in(0).await?.split();
        let board = Rc::new(Board::default());
        let failing = board.clone();
        spawn_local(async move { failing.fail(ear.listen(|_| Ok(())).await) });
        Ok(Self {
            targets,
            talker,
            board,
            said: 0,
        })
    }

    /// How many hear the talker.
    pub(crate) fn receivers(&self) -> u32 {
        self.board.receivers.get()
    }

    /// Brings more receivers in.
    pub(crate) async fn grow_to(&mut self, receivers: u32) -> Result<(), Failure> {
        while self.receivers() < receivers {
            let here = self.receivers();
            let mut coming = JoinSet::new();
            for number in here..receivers.min(here + AT_ONCE) {
                let target = self.targets[(number as usize + 1) % self.targets.len()].clone();
                coming.spawn_local(async move {
                    let guest = target.connect().await?;
                    guest.log_in(number + 1).await
                });
            }
            while let Some(come) = coming.join_next().await {
                let ear = come??.listen();
                let board = self.board.clone();
                board.receivers.set(board.receivers.get() + 1);
                let mut next = self.said;
                spawn_local(async move {
                    let heard = ear.listen(|line| board.hear(line, &mut next));
                    board.fail(heard.await);
                });
            }
            self.board.check()?;
        }
        Ok(())
    }

    /// Everything said or shown before has arrived when this is done.
    pub(crate) async fn warm_up(&mut self) -> Result<(), Failure> {
        self.say(Mode::Burst, WARM_UP).await
    }

    /// Says so many messages and waits until everybody has them.
    pub(crate) async fn say(&mut self, mode: Mode, messages: u32) -> Result<(), Failure> {
        let end = self.said + u64::from(messages);
        while self.said < end {
            let room = match mode {
                Mode::Alone => 1,
                Mode::Burst => BURST,
                Mode::Saturated => self.board.done.get() + WINDOW - self.said,
            };
            let upto = end.min(self.said + room);
            let texts: String = (self.said..upto).map(text).collect();
            self.said = upto;
            self.talker.send(texts.as_bytes()).await?;
            let wanted = match mode {
                Mode::Alone | Mode::Burst => upto,
                // So the talker neither waits for all nor goes on for each.
                Mode::Saturated => upto.saturating_sub(WINDOW / 2),
            };
            self.board.until(wanted).await?;
        }
        self.board.until(end).await
    }
}

/// A message: its number, and no more than it takes to be 100 bytes long.
fn text(number: u64) -> String {
    format!("{number:0>width$}\n", width = TEXT_BYTES)
}

/// What has arrived; shared by the tasks of this thread.
struct Board {
    receivers: Cell<u32>,
    /// How many have heard each message in flight, by its number modulo the length.
    heard: [Cell<u32>; WINDOW as usize],
    /// Messages that everybody has heard.
    done: Cell<u64>,
    /// Lines of any kind that anybody has heard.
    lines: Cell<u64>,
    failure: Cell<Option<String>>,
    changed: Notify,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            receivers: Cell::new(0),
            heard: [const { Cell::new(0) }; WINDOW as usize],
            done: Cell::new(0),
            lines: Cell::new(0),
            failure: Cell::new(None),
            changed: Notify::new(),
        }
    }
}

impl Board {
    /// Takes a line that somebody heard who has heard all messages before `next`.
    fn hear(&self, line: &[u8], next: &mut u64) -> Result<(), Failure> {
        self.lines.set(self.lines.get() + 1);
        if !line.starts_with(b"[") {
            return Ok(());
        }
        let number = number_of(line).ok_or("a message is torn")?;
        if number != *next {
            return Err(format!("message {number} came where {next} was due").into());
        }
        *next += 1;
        let heard = &self.heard[(number % WINDOW) as usize];
        heard.set(heard.get() + 1);
        if heard.get() == self.receivers.get() {
            heard.set(0);
            self.done.set(number + 1);
            self.changed.notify_one();
        }
        Ok(())
    }

    fn fail(&self, ended: Result<(), Failure>) {
        if let Err(failure) = ended {
            self.failure.set(Some(failure.to_string()));
            self.changed.notify_one();
        }
    }

    fn check(&self) -> Result<(), Failure> {
        match self.failure.take() {
            Some(failure) => Err(failure.into()),
            None => Ok(()),
        }
    }

    /// Waits until everybody has heard all messages before this one.
    async fn until(&self, number: u64) -> Result<(), Failure> {
        while self.done.get() < number {
            let lines = self.lines.get();
            let changed = tokio::time::timeout(LOST, self.changed.notified()).await;
            self.check()?;
            if changed.is_err() && self.lines.get() == lines {
                return Err(format!("message {} is lost", self.done.get()).into());
            }
        }
        self.check()
    }
}

fn number_of(line: &[u8]) -> Option<u64> {
    let (_, digits) = line.split_at_checked(line.len().checked_sub(TEXT_BYTES)?)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
