//! A machine on which one node runs at a time: it can be frozen, lose its power and be started again.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix::{Actor, Addr, Handler, MessageResult};
use redis::IntoConnectionInfo;
use tokio::io::DuplexStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::timeout;

use super::door::Door;
use super::several::Several;
use crate::bridge::redis::simulated::network::Wire;
use crate::bridge::redis::{Options, RedisBridge};
use crate::chat::origin::{ConnId, Incarnation, SessionId};
use crate::chat::{Answer, Ending, NodeName, Refusal, Secret, UserName};
use crate::messages::{
    Archive, ChangePassword, CloseAll, DuplicateLogin, HubId, Inquire, IssueToken, Prove,
    ProveByCertificate, RedeemToken, Redeemed, Register, Shut, Vital,
};
use crate::registry::RoomRegistry;
use crate::registry::hub::Hub;
use crate::session::{Links, Rules, Session};

/// People on their way in.
const GUESTS: usize = 64;

/// How long a node that goes down waits for its people and for the store.
const DRAIN: Duration = Duration::from_secs(10);

/// What all nodes of a schedule have in common.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) people: BTreeSet<UserName>,
    pub(super) grace: Duration,
    pub(super) log_entries: u64,
    pub(super) backlog: usize,
}

/// A machine.
pub(super) struct Machine {
    pub(super) name: NodeName,
    runs: u32,
    node: Option<Node>,
}

/// A run of its node. All of it is one set of tasks: whoever does not poll that freezes it, and
/// whoever drops it cuts its power.
struct Node {
    incarnation: Incarnation,
    tasks: LocalSet,
    pace: Pace,
    guests: mpsc::Sender<Guest>,
    arrived: u64,
    stop: Option<oneshot::Sender<()>>,
    over: oneshot::Receiver<Over>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Runs,
    Frozen,
}

/// Somebody on the way in.
#[derive(Debug)]
struct Guest {
    conn: ConnId,
    door: Door,
    io: DuplexStream,
}

/// How a run ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Over {
    /// It did not come in.
    NotIn(String),
    /// A part of it failed.
    Failed(String),
    /// It was asked to.
    Stopped,
}

impl Machine {
    pub(super) fn new(number: usize) -> Self {
        let name = NodeName::new(&format!("node-{number}")).expect("a name");
        Self {
            name,
            runs: 0,
            node: None,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.node.is_some()
    }

    /// Starts the node, unless it is on.
    pub(super) fn start(&mut self, settings: &Settings, wire: Wire) {
        if self.is_on() {
            return;
        }
        self.runs += 1;
        let incarnation = Incarnation {
            node: self.name.clone(),
            run: self.runs,
        };
        let tasks = LocalSet::new();
        let (guests, coming) = mpsc::channel(GUESTS);
        let (stop, stopped) = oneshot::channel();
        let (tell, over) = oneshot::channel();
        let life = live(settings.clone(), incarnation.clone(), wire, coming, stopped);
        tasks.spawn_local(async move {
            // A machine that lost its power is told nothing.
            let _ = tell.send(life.await);
        });
        self.node = Some(Node {
            incarnation,
            tasks,
            pace: Pace::Runs,
            guests,
            arrived: 0,
            stop: Some(stop),
            over,
        });
    }

    /// The power is cut: nobody says goodbye.
    pub(super) fn kill(&mut self) {
        self.node = None;
    }

    /// The node is asked to go down in order.
    pub(super) fn shut(&mut self) {
        if let Some(stop) = self.node.as_mut().and_then(|node| node.stop.take()) {
            // One that does not come in has nobody to listen.
            let _ = stop.send(());
        }
    }

    /// Nothing of it goes on before it is thawed.
    pub(super) fn freeze(&mut self) {
        if let Some(node) = &mut self.node {
            node.pace = Pace::Frozen;
        }
    }

    pub(super) fn thaw(&mut self) {
        if let Some(node) = &mut self.node {
            node.pace = Pace::Runs;
        }
    }

    /// Somebody comes in, if it is on; as whom the node knows them.
    pub(super) fn enter(&mut self, door: Door, io: DuplexStream) -> Option<SessionId> {
        let node = self.node.as_mut()?;
        node.arrived += 1;
        let conn = ConnId(node.arrived);
        node.guests.try_send(Guest { conn, door, io }).ok()?;
        let incarnation = node.incarnation.clone();
        Some(SessionId { incarnation, conn })
    }

    /// Lets it do what it can; how it ended, if it did.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Option<Over> {
        let node = self.node.as_mut()?;
        if node.pace == Pace::Frozen {
            return None;
        }
        // Also a node that is over has tasks that go on.
        let _ = Pin::new(&mut node.tasks).poll(cx);
        let Poll::Ready(over) = Pin::new(&mut node.over).poll(cx) else {
            return None;
        };
        self.node = None;
        Some(over.unwrap_or(Over::Failed("it panicked".to_owned())))
    }
}

/// A node from its start to its end: as `node` puts it together, but for the sockets.
async fn live(
    settings: Settings,
    incarnation: Incarnation,
    wire: Wire,
    mut guests: mpsc::Receiver<Guest>,
    mut stop: oneshot::Receiver<()>,
) -> Over {
    let options = options(&settings, incarnation.clone());
    let breaks = wire.breaks();
    let opened = match RedisBridge::open_simulated(options, wire).await {
        Ok(opened) => opened,
        Err(error) => return Over::NotIn(error.to_string()),
    };
    let (failed, mut failures) = mpsc::channel(1);
    let vital = |part| Vital::new(part, failed.clone());
    let hub = Hub::new(vital("hub")).start();
    let registry = RoomRegistry::new(vec![hub.clone().recipient()], vital("registry"));
    let registry = registry.breaking(breaks).start();
    let bridge = opened.start(registry.clone().recipient(), vital("bridge"));
    let archive = registry.try_send(Archive(bridge.clone().recipient()));
    archive.expect("a registry that has just been started");
    let store = Several::before(bridge.clone().recipient(), bridge.recipient()).start();
    let links = Rc::new(links(&settings, &hub, &registry, &store));
    loop {
        tokio::select! {
            biased;
            failure = failures.recv() => {
                let why = failure.map_or_else(String::new, |failure| failure.to_string());
                return Over::Failed(why);
            }
            // An end that is dropped was not asked for.
            Ok(()) = &mut stop => break,
            Some(Guest { conn, door, io }) = guests.recv() => {
                let incarnation = incarnation.clone();
                let id = SessionId { incarnation, conn };
                let peer = std::net::IpAddr::from([127, 0, 0, 1]).into();
                Session::new(id, peer, io, door.dialect(), links.clone(), None).start();
            }
        }
    }
    let ending = Ending::GoingDown {
        come_back_in: Duration::from_secs(2),
    };
    // What does not end in time is left.
    let _ = timeout(DRAIN, hub.send(CloseAll { ending })).await;
    let _ = timeout(DRAIN, store.send(Shut)).await;
    Over::Stopped
}

fn options(settings: &Settings, incarnation: Incarnation) -> Options {
    Options {
        server: "redis://simulated/".into_connection_info().expect("a URL"),
        prefix: String::new(),
        channel: "events".to_owned(),
        log_entries: settings.log_entries,
        incarnation,
        rooms: 100,
        keep_messages: 1000,
        keep_days: 30,
        grace: settings.grace,
        configured: settings.people.clone(),
    }
}

fn links(
    settings: &Settings,
    hub: &Addr<Hub>,
    registry: &Addr<RoomRegistry>,
    store: &Addr<Several>,
) -> Links {
    let porter = Porter.start();
    Links {
        hub: HubId(0),
        attach: hub.clone().recipient(),
        detach: hub.clone().recipient(),
        introduce: registry.clone().recipient(),
        set_format: registry.clone().recipient(),
        set_watch: registry.clone().recipient(),
        fell_behind: registry.clone().recipient(),
        catch_up: registry.clone().recipient(),
        forget: registry.clone().recipient(),
        prove: porter.clone().recipient(),
        prove_by_certificate: porter.clone().recipient(),
        register: porter.clone().recipient(),
        change_password: porter.clone().recipient(),
        issue_token: porter.clone().recipient(),
        redeem_token: porter.clone().recipient(),
        inquire: porter.recipient(),
        ask: store.clone().recipient(),
        rules: Rules {
            line_bytes: 4096,
            backlog: settings.backlog,
            stalled: Duration::from_secs(60),
            login: Duration::from_secs(30),
            messages_per_second: None,
            message_burst: 0,
            duplicate_login: DuplicateLogin::Reject,
        },
    }
}

/// Lets in everybody as whom they say they are: a token is a name and something behind a dot.
struct Porter;

impl Actor for Porter {
    type Context = actix::Context<Self>;
}

impl Handler<Prove> for Porter {
    type Result = Result<UserName, Refusal>;

    fn handle(&mut self, prove: Prove, _: &mut Self::Context) -> Self::Result {
        Ok(prove.user)
    }
}

impl Handler<Register> for Porter {
    type Result = Result<UserName, Refusal>;

    fn handle(&mut self, _: Register, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::RegistrationClosed)
    }
}

impl Handler<ProveByCertificate> for Porter {
    type Result = Result<UserName, Refusal>;

    fn handle(&mut self, _: ProveByCertificate, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::UnknownCertificate)
    }
}

impl Handler<ChangePassword> for Porter {
    type Result = Result<(), Refusal>;

    fn handle(&mut self, _: ChangePassword, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::PasswordFixed)
    }
}

impl Handler<Inquire> for Porter {
    type Result = MessageResult<Inquire>;

    fn handle(&mut self, _: Inquire, _: &mut Self::Context) -> Self::Result {
        let lines = [].into();
        MessageResult(Answer::MessageOfTheDay { lines })
    }
}

impl Handler<IssueToken> for Porter {
    type Result = Result<Secret, Refusal>;

    fn handle(&mut self, _: IssueToken, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::Busy)
    }
}

impl Handler<RedeemToken> for Porter {
    type Result = Result<Redeemed, Refusal>;

    fn handle(&mut self, redeem: RedeemToken, _: &mut Self::Context) -> Self::Result {
        let name = std::str::from_utf8(redeem.token.expose()).ok();
        let name = name.and_then(|token| token.split_once('.'));
        let user = name.and_then(|(name, _)| UserName::new(name).ok());
        let user = user.ok_or(Refusal::WrongToken)?;
        let next = redeem.token;
        Ok(Redeemed { user, next })
    }
}
