//! The server. Whoever has it in hand decides what goes wrong; chance decides the rest.

mod faults;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use redis::{Cmd, Pipeline, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::edits::{Edit, Edited, Edits};
use super::journal::{Entry, Journal};
use super::lines::{Ear, Flow, Line, Route, Side};
use super::wire::{Sent, Wire};
use crate::bridge::redis::simulated::{Data, Store};
use crate::testing::Rule;
use crate::testing::dice::Dice;

/// What nodes may have handed in that is not looked at yet; more than they ever have.
const MAIL: usize = 65_536;

/// What an ear may have waiting; one that lets more wait is closed, as Redis does it.
const EAR: usize = 65_536;

/// The server's clock when it is switched on: 2025-11-22.
const BEGIN: Duration = Duration::from_secs(1_763_850_000);

/// The longest that a pipeline, an answer or a message is under way, if nothing is wrong.
const LATENCY: Duration = Duration::from_millis(4);

/// The latest that something arrives behind an end of its being held up.
const LATEST: Duration = Duration::from_secs(70);

/// The server, its connections and all that is under way on them.
#[derive(Debug)]
pub(crate) struct Server {
    store: Store,
    edits: Edits,
    breaks: Option<Rule>,
    journal: Journal,
    power: Power,
    kills: Kills,
    /// How often a message of the channel is lost, or comes twice.
    hearing: Hearing,
    began: Instant,
    /// How far the clock goes wrong, forwards and backwards.
    ahead: Duration,
    behind: Duration,
    routes: Vec<Route>,
    lines: BTreeMap<u64, Line>,
    ears: BTreeMap<u64, Ear>,
    numbers: u64,
    coming: BinaryHeap<Reverse<Coming>>,
    mail: mpsc::Receiver<Sent>,
    to: mpsc::Sender<Sent>,
    dice: Dice,
}

/// All that a server holds at a time, and its log as if nothing of it were ever trimmed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    data: Data,
    log: Vec<Arc<Entry>>,
}

/// Whether it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    On,
    Off,
}

/// Whether a node may have its old connections closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kills {
    Allowed,
    Forbidden,
}

/// How well the channel passes on what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hearing {
    Well,
    /// One of so many messages is lost, and as many come twice.
    Badly(usize),
}

/// What becomes of what is under way to the server when a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnderWay {
    Lost,
    /// It arrives, and nobody hears of it.
    Arrives,
}

/// Something that happens at its time; what is due at the same time happens in this order.
#[derive(Debug)]
struct Coming {
    at: Instant,
    number: u64,
    what: Happening,
}

#[derive(Debug)]
enum Happening {
    Opened {
        node: usize,
        line: u64,
        answer: oneshot::Sender<u64>,
    },
    /// Something may be at the server's end of a line.
    Asked {
        line: u64,
    },
    Answered {
        line: u64,
        values: Vec<Value>,
    },
    Listens {
        node: usize,
        answer: oneshot::Sender<mpsc::Receiver<Vec<u8>>>,
    },
    Heard {
        ear: u64,
        payload: Vec<u8>,
    },
}

impl PartialEq for Coming {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Coming {}

impl PartialOrd for Coming {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Coming {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl Server {
    /// A server with nothing in it, and a way to it for each of so many nodes. What breaks a rule on
    /// purpose is edited in its scripts, or done by the nodes.
    pub(crate) fn new(
        nodes: usize,
        breaks: Option<Rule>,
        edits: &'static [Edit],
        kills: Kills,
        dice: Dice,
    ) -> Self {
        let (to, mail) = mpsc::channel(MAIL);
        Self {
            store: Store::new("run-0"),
            edits: Edits::new(edits),
            breaks,
            journal: Journal::default(),
            power: Power::On,
            kills,
            hearing: Hearing::Well,
            began: Instant::now(),
            ahead: Duration::ZERO,
            behind: Duration::ZERO,
            routes: (0..nodes).map(|_| Route::default()).collect(),
            lines: BTreeMap::new(),
            ears: BTreeMap::new(),
            numbers: 0,
            coming: BinaryHeap::new(),
            mail,
            to,
            dice,
        }
    }

    /// A node's way to it.
    pub(crate) fn wire(&mut self, node: usize) -> Wire {
        Wire {
            node,
            dice: self.dice.fork(),
            to: self.to.clone(),
            breaks: self.breaks,
        }
    }

    /// Whether everything that was to be edited in its scripts was found.
    pub(crate) fn is_edited(&self) -> bool {
        self.edits.are_made()
    }

    /// All that ever stood in its log.
    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What it answers to one command of somebody who is no node; no time passes by that.
    pub(crate) fn look(&mut self, words: &[&str]) -> Value {
        let words: Vec<_> = words.iter().map(|word| word.as_bytes()).collect();
        let now = self.clock();
        self.store.call(now, &words)
    }

    /// Does what is due; returns when something is due next.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Option<Instant> {
        while let Poll::Ready(Some(sent)) = self.mail.poll_recv(cx) {
            self.take(sent);
        }
        let now = Instant::now();
        while let Some(Reverse(next)) = self.coming.peek() {
            if next.at > now {
                return Some(next.at);
            }
            if let Some(Reverse(due)) = self.coming.pop() {
                self.happens(due.what);
            }
        }
        None
    }

    fn clock(&self) -> Duration {
        (BEGIN + self.began.elapsed() + self.ahead).saturating_sub(self.behind)
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn soon(&mut self) -> Instant {
        Instant::now() + self.dice.up_to(LATENCY)
    }

    fn comes(&mut self, at: Instant, what: Happening) {
        let number = self.number();
        self.coming.push(Reverse(Coming { at, number, what }));
    }

    /// What a node hands in goes on its way.
    fn take(&mut self, sent: Sent) {
        let at = self.soon();
        match sent {
            Sent::Connect { node, answer } => {
                let line = self.number();
                self.comes(at, Happening::Opened { node, line, answer });
            }
            Sent::Listen { node, answer } => self.comes(at, Happening::Listens { node, answer }),
            Sent::Ask {
                line: number,
                pipeline,
                answer,
            } => {
                if let Some(line) = self.lines.get_mut(&number)
                    && line.here == Side::Open
                {
                    line.waiting.push_back(answer);
                    let at = line.sends(pipeline, at);
                    self.comes(at, Happening::Asked { line: number });
                }
            }
        }
    }

    fn happens(&mut self, what: Happening) {
        match what {
            Happening::Opened { node, line, answer } => {
                let route = &mut self.routes[node];
                if self.power == Power::Off || route.refuses {
                    // Refused: the answer is dropped.
                } else if route.stops() {
                    route.hanging.push(answer);
                } else if answer.send(line).is_ok() {
                    self.lines.insert(line, Line::new(node));
                }
            }
            Happening::Listens { node, answer } => {
                let route = &self.routes[node];
                if self.power == Power::On && !route.refuses && !route.stops() {
                    let (to, heard) = mpsc::channel(EAR);
                    let number = self.number();
                    if answer.send(heard).is_ok() {
                        self.ears.insert(number, Ear::new(node, to));
                    }
                }
            }
            Happening::Asked { line } => self.asked(line),
            Happening::Answered { line, values } => self.answered(line, values),
            Happening::Heard { ear, payload } => self.heard(ear, payload),
        }
    }

    /// Executes all that has come to the server's end of a line.
    fn asked(&mut self, number: u64) {
        let now = Instant::now();
        while let Some(line) = self.lines.get_mut(&number) {
            if self.routes[line.node].up == Flow::Stops {
                // It is looked at again when the way is healed.
                return;
            }
            if now < line.not_before {
                let at = line.not_before;
                return self.comes(at, Happening::Asked { line: number });
            }
            let Some(pipeline) = line.arrives(now) else {
                return;
            };
            let values = self.execute(number, &pipeline);
            let at = self.soon();
            if let Some(line) = self.lines.get_mut(&number) {
                let at = line.down.behind(at);
                let line = number;
                self.comes(at, Happening::Answered { line, values });
            }
        }
    }

    /// An answer has come to the node's end of the network.
    fn answered(&mut self, number: u64, values: Vec<Value>) {
        let Some(line) = self.lines.get_mut(&number) else {
            return;
        };
        if self.routes[line.node].down == Flow::Stops {
            line.held_down.push_back(values);
            return;
        }
        if let Some(answer) = line.waiting.pop_front() {
            // Its node may have given the connection up.
            let _ = answer.send(values);
        }
    }

    fn heard(&mut self, number: u64, payload: Vec<u8>) {
        let Some(ear) = self.ears.get_mut(&number) else {
            return;
        };
        if self.routes[ear.node].down == Flow::Stops {
            ear.held.push_back(payload);
        } else if ear.to.try_send(payload).is_err() {
            self.ears.remove(&number);
        }
    }

    fn execute(&mut self, line: u64, pipeline: &Pipeline) -> Vec<Value> {
        let now = self.clock();
        let mut values = Vec::with_capacity(pipeline.len());
        for command in pipeline.cmd_iter() {
            values.push(self.execute_one(line, now, command));
        }
        self.note_new();
        self.pass_on();
        values
    }

    fn execute_one(&mut self, line: u64, now: Duration, command: &Cmd) -> Value {
        let mut words: Vec<&[u8]> = super::words(command);
        match words.as_slice() {
            [b"CLIENT", b"INFO"] => {
                let node = self.lines.get(&line).map_or(0, |line| line.node);
                let info = format!("id={line} addr=node-{node}:{line} laddr=redis:6379 name=");
                Value::BulkString(info.into_bytes())
            }
            [b"CLIENT", b"KILL", b"ID", id, b"ADDR", _] => match self.kills {
                Kills::Allowed => {
                    let id = std::str::from_utf8(id).ok().and_then(|id| id.parse().ok());
                    let killed = id.and_then(|id: u64| self.lines.get_mut(&id));
                    Value::Int(killed.map_or(0, |line| {
                        line.close();
                        1
                    }))
                }
                Kills::Forbidden => super::refusal("NOPERM this user may not run 'client|kill'"),
            },
            _ => {
                let edited = self.edits.edited(&words);
                match edited {
                    None => self.store.call(now, &words),
                    Some(Edited::Call { name }) => {
                        words[1] = name.as_bytes();
                        self.store.call(now, &words)
                    }
                    Some(Edited::Text { text, known_as }) => {
                        words[2] = text.as_bytes();
                        self.store.call(now, &words);
                        Value::BulkString(known_as.into_bytes())
                    }
                }
            }
        }
    }

    /// Whatever is new in the log is written down.
    fn note_new(&mut self) {
        let begin = format!("({}", self.journal.head());
        let new = self.look(&["XRANGE", "log", &begin, "+"]);
        for (position, record, by) in super::entries(new) {
            self.journal.append(position, &record, by);
        }
    }

    /// What was published goes on its way to all ears.
    fn pass_on(&mut self) {
        let published = self.store.published();
        let ears: Vec<_> = self.ears.keys().copied().collect();
        for said in published {
            for &ear in &ears {
                let times = match self.hearing {
                    Hearing::Well => 1,
                    Hearing::Badly(one_in) if self.dice.one_in(one_in) => 0,
                    Hearing::Badly(one_in) if self.dice.one_in(one_in) => 2,
                    Hearing::Badly(_) => 1,
                };
                for _ in 0..times {
                    let at = self.soon();
                    if let Some(there) = self.ears.get_mut(&ear) {
                        let at = there.down.behind(at);
                        let payload = said.payload.clone();
                        self.comes(at, Happening::Heard { ear, payload });
                    }
                }
            }
        }
    }
}

/// How much later than it could be something arrives that was held up.
fn lateness(dice: &mut Dice) -> Duration {
    match dice.below(8) {
        0 => dice.up_to(LATEST),
        1 | 2 => dice.up_to(Duration::from_secs(10)),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests;
