//! How the bridge comes in: it reaches Redis, waits for its name, parts earlier runs of this node
//! from what they left claimed, and only then takes asks.

use std::collections::BTreeSet;
use std::time::Duration;

use actix::{Actor, Addr, AsyncContext, Context, Recipient};
use redis::{Client, Cmd, ConnectionAddr, ConnectionInfo, Pipeline, Value};
use tokio::time::Instant;
use tokio::time::timeout;

use super::claims::Claims;
use super::connection;
use super::keys::Keys;
use super::link::{self, Link};
use super::lookup::Lookup;
use super::reader::Reader;
use super::reaper::Reaper;
use super::replies;
use super::scripts::{Greeting, Hello, Rules, Scripts, Turn, Unwelcome};
use super::task::{Stamp, Task, Trouble, Verdict};
use super::way::{Connection, Way};
use super::window::Window;
use super::{Grievances, RedisBridge, State};
use crate::bridge::feed::Feed;
use crate::chat::origin::Incarnation;
use crate::chat::{Position, UserName};
use crate::messages::{Arrived, Parting, Vital};

/// How long a start waits for Redis, and for the name of a run before whose lease still lives: a
/// lease lasts 8 s.
pub(super) const START_DEADLINE: Duration = Duration::from_secs(10);

/// How long one step of a start may take.
const STEP_DEADLINE: Duration = Duration::from_secs(5);

/// How the bridge reaches Redis, and what it keeps there.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it is, and how to log in to it; the crate shows no password of that.
    pub server: ConnectionInfo,
    /// Stands before every name in Redis, the channel's too.
    pub prefix: String,
    /// The channel on which every event is published.
    pub channel: String,
    /// Events that the log keeps, about.
    pub log_entries: u64,
    /// This run of this node.
    pub incarnation: Incarnation,
    /// Rooms that there may be, the lobby included.
    pub rooms: u64,
    /// Messages of a room that its history keeps; 0 keeps none.
    pub keep_messages: u64,
    /// Days that history keeps a message; 0 keeps none.
    pub keep_days: u64,
    /// How long the place of somebody is kept whose connection is lost; zero for not at all.
    pub grace: Duration,
    /// Accounts whose password stands in the settings: people like all others, without a key.
    pub configured: BTreeSet<UserName>,
}

/// Why the bridge does not come in; the words are for the operator and hold no password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nobody answers there, or not in time.
    #[error("cannot reach Redis at {place}: {why}")]
    Unreachable {
        /// Where, without the password.
        place: String,
        /// What was wrong with the last attempt.
        why: String,
    },
    /// It answers, but cannot be used.
    #[error("cannot use Redis at {place}: {why}")]
    Unusable {
        /// Where, without the password.
        place: String,
        /// What somebody has to change.
        why: String,
    },
    /// The node's name belongs to somebody else.
    #[error("{why}")]
    NameTaken {
        /// Who that is.
        why: String,
    },
}

/// Redis was reached and this run of the node is in: it has only to be started.
#[derive(Debug)]
pub struct Opened(Box<Entered>);

/// What a start leaves to the bridge.
#[derive(Debug)]
struct Entered {
    way: Way,
    place: String,
    connection: Connection,
    scripts: Scripts,
    incarnation: Incarnation,
    grace: Duration,
    greeting: Greeting,
    next_seq: u64,
}

/// Why one attempt failed.
enum Setback {
    /// It may be otherwise soon.
    Wait(OpenError),
    /// It will not.
    Never(OpenError),
}

impl RedisBridge {
    /// Reaches Redis, lets this run of the node in, and keeps the places of whom earlier runs of it
    /// held, or releases them.
    /// Waits for up to 10 s for Redis and for the node's name.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub async fn open(options: Options) -> Result<Opened, OpenError> {
        let tcp = options.server.tcp_settings().clone().set_nodelay(true);
        let server = options.server.clone().set_tcp_settings(tcp);
        let client = Client::open(server).map_err(|error| {
            let (place, why) = (place(&options.server), error.to_string());
            OpenError::Unusable { place, why }
        })?;
        Entrance::new(Way::Socket(client), options).enter().await
    }

    /// The same, with a server in the test's own thread.
    ///
    /// # Errors
    /// The same.
    #[cfg(test)]
    pub(crate) async fn open_simulated(
        options: Options,
        wire: super::simulated::network::Wire,
    ) -> Result<Opened, OpenError> {
        Entrance::new(Way::Simulated(wire), options).enter().await
    }
}

fn scripts_of(options: &Options) -> Scripts {
    let rules = Rules {
        incarnation: options.incarnation.clone(),
        rooms: options.rooms,
        keep_messages: options.keep_messages,
        keep_days: options.keep_days,
        log_entries: options.log_entries,
        configured: options.configured.clone(),
    };
    Scripts::new(Keys::new(&options.prefix, &options.channel), rules)
}

/// Where Redis is, as far as it may be shown.
fn place(info: &ConnectionInfo) -> String {
    let database = info.redis_settings().db();
    match info.addr() {
        address @ ConnectionAddr::TcpTls { .. } => format!("rediss://{address}/{database}"),
        ConnectionAddr::Unix(path) => format!("redis+unix://{}?db={database}", path.display()),
        address => format!("redis://{address}/{database}"),
    }
}

/// What a start needs until it is in.
struct Entrance {
    way: Way,
    place: String,
    scripts: Scripts,
    incarnation: Incarnation,
    grace: Duration,
}

impl Entrance {
    fn new(way: Way, options: Options) -> Self {
        Self {
            way,
            place: place(&options.server),
            scripts: scripts_of(&options),
            incarnation: options.incarnation,
            grace: options.grace,
        }
    }

    async fn enter(mut self) -> Result<Opened, OpenError> {
        let started = Instant::now();
        let mut backoff = link::backoff();
        let mut told = String::new();
        loop {
            match self.attempt().await {
                Ok((connection, greeting, next_seq)) => {
                    return Ok(Opened(Box::new(Entered {
                        way: self.way,
                        place: self.place,
                        connection,
                        scripts: self.scripts,
                        incarnation: self.incarnation,
                        grace: self.grace,
                        greeting,
                        next_seq,
                    })));
                }
                Err(Setback::Never(error)) => return Err(error),
                Err(Setback::Wait(error)) if started.elapsed() >= START_DEADLINE => {
                    return Err(error);
                }
                Err(Setback::Wait(error)) => {
                    let why = error.to_string();
                    if why != told {
                        let most = START_DEADLINE.as_secs();
                        tracing::warn!("not in yet, trying for {most} s: {why}");
                        told = why;
                    }
                    let left = START_DEADLINE.saturating_sub(started.elapsed());
                    tokio::time::sleep(backoff.failed(self.way.chance()).min(left)).await;
                }
            }
        }
    }

    async fn attempt(&self) -> Result<(Connection, Greeting, u64), Setback> {
        let mut connection = self
            .way
            .connect()
            .await
            .map_err(|error| self.away(error.to_string()))?;
        let replies = self.ask(&mut connection, self.scripts.load()).await?;
        self.scripts
            .loaded(replies)
            .map_err(|trouble| self.trouble(&trouble))?;
        let greeting = self.greet(&mut connection).await?;
        if let Some(damage) = &greeting.damage {
            tracing::error!("{}: {damage}", replies::DAMAGED);
        }
        let next_seq = self.part_earlier_runs(&mut connection, &greeting).await?;
        Ok((connection, greeting, next_seq))
    }

    async fn greet(&self, connection: &mut Connection) -> Result<Greeting, Setback> {
        let hello = Hello {
            turn: Turn::First,
            seen: Position::START,
            last: Position::START,
            log: "",
            at: None,
            barred: 0,
        };
        let reply = self.ask_one(connection, self.scripts.hello(&hello)).await?;
        self.scripts.read_hello(reply).map_err(|unwelcome| {
            let why = unwelcome.to_string();
            let place = self.place.clone();
            match unwelcome {
                Unwelcome::Taken { .. } => Setback::Wait(OpenError::NameTaken { why }),
                Unwelcome::OldVersion { .. } | Unwelcome::Evicts { .. } => {
                    Setback::Never(OpenError::Unusable { place, why })
                }
                Unwelcome::Trouble(trouble) => self.trouble(&trouble),
            }
        })
    }

    /// Nobody can be live by a run that is over; nor by this one, which only begins. Whose place is
    /// kept is let go by the reaper, of this node or another.
    async fn part_earlier_runs(
        &self,
        connection: &mut Connection,
        greeting: &Greeting,
    ) -> Result<u64, Setback> {
        let (scripts, mut seq) = (&self.scripts, 1);
        let parting = |user: &UserName| {
            if self.grace.is_zero() || user.account().is_none() {
                Parting::Goodbye { words: None }
            } else {
                Parting::Broken
            }
        };
        let reply = self.ask_one(connection, scripts.incarnations()).await?;
        let runs = scripts
            .read_incarnations(reply)
            .map_err(|trouble| self.trouble(&trouble))?;
        for run in runs {
            let reply = self.ask_one(connection, scripts.held(&run)).await?;
            let held = scripts
                .read_held(reply)
                .map_err(|trouble| self.trouble(&trouble))?;
            for held in held {
                let task = Task::Release {
                    session: held.session,
                    parting: parting(&held.user),
                    user: held.user,
                };
                let stamp = Stamp {
                    epoch: greeting.epoch,
                    log: &greeting.log,
                    seq,
                };
                seq += 1;
                let reply = self
                    .ask_one(connection, scripts.call(&task, &stamp))
                    .await?;
                let decision = scripts
                    .read(&task, reply)
                    .map_err(|trouble| self.trouble(&trouble))?;
                if matches!(decision.verdict, Verdict::Epoch) {
                    return Err(self.away("its log began anew meanwhile".to_owned()));
                }
            }
            if run != self.incarnation {
                self.ask_one(connection, scripts.forget(&run)).await?;
            }
        }
        Ok(seq)
    }

    async fn ask_one(&self, connection: &mut Connection, command: Cmd) -> Result<Value, Setback> {
        let mut pipeline = Pipeline::new();
        pipeline.add_command(command);
        let mut replies = self.ask(connection, pipeline).await?;
        let reply = replies.pop();
        reply.ok_or_else(|| self.away("it answers nothing".to_owned()))
    }

    async fn ask(
        &self,
        connection: &mut Connection,
        pipeline: Pipeline,
    ) -> Result<Vec<Value>, Setback> {
        match timeout(STEP_DEADLINE, connection.ask(&pipeline)).await {
            Ok(Ok(replies)) => Ok(replies),
            Ok(Err(error)) => Err(self.away(error.to_string())),
            Err(late) => Err(self.away(late.to_string())),
        }
    }

    fn away(&self, why: String) -> Setback {
        let place = self.place.clone();
        Setback::Wait(OpenError::Unreachable { place, why })
    }

    fn trouble(&self, trouble: &Trouble) -> Setback {
        self.away(trouble.to_string())
    }
}

impl Opened {
    /// Takes this run of the node out again, so that the next one need not wait for its lease.
    /// Where Redis does not take that, the lease ends by itself.
    pub async fn leave(self) {
        let Entered {
            connection,
            scripts,
            ..
        } = *self.0;
        let mut goodbye = Pipeline::new();
        goodbye.add_command(scripts.goodbye());
        match timeout(STEP_DEADLINE, connection::fly(connection, goodbye)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!("no goodbye to Redis: {error}"),
            Err(late) => tracing::debug!("no goodbye to Redis: {late}"),
        }
    }

    /// Starts the bridge on the current arbiter. `registry` is kept for its life; `vital` hears
    /// when the node cannot go on, after which nothing more is decided.
    pub fn start(self, registry: Recipient<Arrived>, vital: Vital) -> Addr<RedisBridge> {
        RedisBridge::create(|ctx| self.0.bridge(registry, vital, ctx))
    }
}

impl Entered {
    fn bridge(
        self,
        registry: Recipient<Arrived>,
        vital: Vital,
        ctx: &mut Context<RedisBridge>,
    ) -> RedisBridge {
        let mut window = Window::new(self.next_seq);
        window.open();
        let mut reader = Reader::new(self.greeting.before);
        reader.reached(self.greeting.head);
        #[cfg(test)]
        {
            window.breaks = self.way.breaks();
            reader.breaks = self.way.breaks();
        }
        let link = Link::new(
            self.way,
            self.place,
            self.scripts.keys().channel().to_owned(),
            self.connection,
            ctx.address().recipient(),
            Instant::now(),
        );
        RedisBridge {
            scripts: self.scripts,
            incarnation: self.incarnation,
            log: self.greeting.log,
            epoch: self.greeting.epoch,
            link,
            window,
            reader,
            lookup: Lookup::default(),
            recognised: None,
            claims: Claims::new(self.grace),
            reaper: Reaper::new(self.grace),
            feed: Feed::default(),
            grievances: Grievances::default(),
            registry,
            vital,
            state: State::Serving,
            shut: Vec::new(),
        }
    }
}
