//! A thousand sessions on one thread, their room flooded: everybody's timers, sockets and
//! mailboxes stay alive, because the log is read no faster than the last session takes it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorFutureExt, Arbiter, AsyncContext, Context, ContextFutureSpawner, Handler,
    MessageResult, Recipient, WrapFuture,
};
use conclave::bridge::embedded::{Durability, EmbeddedBridge, Options};
use conclave::chat::origin::{ConnId, Incarnation, SessionId};
use conclave::chat::{Answer, NodeName, Refusal, Secret, UserName};
use conclave::dialect::Dialect;
use conclave::messages::{
    BATCH_FRAMES, ChangePassword, Credit, Delivery, DuplicateLogin, Handoff, HubId, Inquire,
    IssueToken, Prove, ProveByCertificate, RedeemToken, Redeemed, Register, Vital,
};
use conclave::registry::RoomRegistry;
use conclave::registry::hub::Hub;
use conclave::session::{Links, Rules, Session};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::sync::mpsc;

const SESSIONS: usize = 1000;
const TALKERS: usize = 4;
const FLOOD: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

#[actix::test]
async fn a_flooded_room_starves_nobody() {
    let measured = Arc::new(Measured::new());
    let folder = tempfile::tempdir().unwrap();
    let clients = start_node(folder.path(), &measured);

    let (ready, mut everybody) = mpsc::channel(SESSIONS);
    let crowd = {
        let measured = measured.clone();
        std::thread::spawn(move || run_crowd(clients, ready, &measured))
    };
    for _ in 0..SESSIONS {
        everybody.recv().await.expect("every client logs in");
    }
    measured.start();
    tokio::time::sleep(FLOOD).await;
    let seen = measured.stop();
    crowd.join().unwrap();

    println!("{seen:?}");
    assert!(seen.deliveries > 0, "nothing was delivered");
    assert!(
        seen.longest_pause < LONGEST_PAUSE,
        "a timer waited {:?}",
        seen.longest_pause
    );
    // A batch may go over by the last event that it took.
    assert!(
        seen.most_frames <= BATCH_FRAMES + SESSIONS,
        "{} frames in mailboxes",
        seen.most_frames
    );
    let fewest = u64::try_from(FLOOD.as_millis() / LONGEST_PAUSE.as_millis()).unwrap();
    assert!(
        seen.fewest_ticks >= fewest,
        "a timer fired {} times only",
        seen.fewest_ticks
    );
}

/// What the flood is judged by; written by several threads, so these are counters.
#[derive(Debug)]
struct Measured {
    /// 0 before the flood, 1 during it, 2 after it.
    stage: AtomicUsize,
    deliveries: AtomicU64,
    frames: AtomicUsize,
    most_frames: AtomicUsize,
    longest_pause_ms: AtomicU64,
    /// How often each session's timer fired.
    ticks: Vec<AtomicU64>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "printed")]
struct Seen {
    deliveries: u64,
    deliveries_per_second: u64,
    most_frames: usize,
    longest_pause: Duration,
    fewest_ticks: u64,
}

impl Measured {
    fn new() -> Self {
        Self {
            stage: AtomicUsize::new(0),
            deliveries: AtomicU64::new(0),
            frames: AtomicUsize::new(0),
            most_frames: AtomicUsize::new(0),
            longest_pause_ms: AtomicU64::new(0),
            ticks: (0..SESSIONS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn start(&self) {
        self.most_frames.store(0, Ordering::SeqCst);
        self.deliveries.store(0, Ordering::SeqCst);
        self.stage.store(1, Ordering::SeqCst);
    }

    fn is_on(&self) -> bool {
        self.stage.load(Ordering::SeqCst) == 1
    }

    fn is_over(&self) -> bool {
        self.stage.load(Ordering::SeqCst) == 2
    }

    fn stop(&self) -> Seen {
        self.stage.store(2, Ordering::SeqCst);
        let deliveries = self.deliveries.load(Ordering::SeqCst);
        let ticks = self.ticks.iter().map(|ticks| ticks.load(Ordering::SeqCst));
        Seen {
            deliveries,
            deliveries_per_second: deliveries / FLOOD.as_secs(),
            most_frames: self.most_frames.load(Ordering::SeqCst),
            longest_pause: Duration::from_millis(self.longest_pause_ms.load(Ordering::SeqCst)),
            fewest_ticks: ticks.min().unwrap_or(u64::MAX),
        }
    }
}

// ── the node: all sessions on one arbiter ───────────────────────────────────────────────────

fn start_node(folder: &std::path::Path, measured: &Arc<Measured>) -> Vec<DuplexStream> {
    let (failed, _failures) = mpsc::channel(1);
    let arbiter = Arbiter::new();
    let vital = Vital::new("hub", failed.clone());
    let hub = Hub::start_in_arbiter(&arbiter.handle(), move |_| Hub::new(vital));
    let meter = Meter {
        hub: hub.clone().recipient(),
        measured: measured.clone(),
    }
    .start();
    let vital = Vital::new("registry", failed.clone());
    let registry = RoomRegistry::new(vec![meter.recipient()], vital).start();
    let bridge = EmbeddedBridge::open(store(folder))
        .unwrap()
        .start(registry.clone().recipient(), Vital::new("bridge", failed));
    let doorkeeper = Doorkeeper.start();

    let (near, far): (Vec<_>, Vec<_>) = (0..SESSIONS).map(|_| duplex(64 * 1024)).unzip();
    let measured = measured.clone();
    arbiter.spawn_fn(move || {
        let links = Rc::new(Links {
            hub: HubId(0),
            attach: hub.clone().recipient(),
            detach: hub.recipient(),
            introduce: registry.clone().recipient(),
            set_format: registry.clone().recipient(),
            set_watch: registry.clone().recipient(),
            fell_behind: registry.clone().recipient(),
            catch_up: registry.clone().recipient(),
            forget: registry.recipient(),
            prove: doorkeeper.clone().recipient(),
            prove_by_certificate: doorkeeper.clone().recipient(),
            register: doorkeeper.clone().recipient(),
            change_password: doorkeeper.clone().recipient(),
            issue_token: doorkeeper.clone().recipient(),
            redeem_token: doorkeeper.clone().recipient(),
            inquire: doorkeeper.recipient(),
            ask: bridge.recipient(),
            rules: rules(),
        });
        let clock = Rc::new(RunningTime::default());
        for (number, io) in near.into_iter().enumerate() {
            start_session(number, io, links.clone(), clock.clone(), measured.clone());
        }
    });
    far
}

/// A session like any other, with a timer of its own beside it.
fn start_session(
    number: usize,
    io: DuplexStream,
    links: Rc<Links>,
    clock: Rc<RunningTime>,
    measured: Arc<Measured>,
) {
    Session::create(|ctx: &mut Context<Session<DuplexStream>>| {
        let mut last = clock.now();
        ctx.run_interval(TICK, move |_, _| {
            let now = clock.now();
            let pause = now.saturating_sub(last);
            last = now;
            if measured.is_on() {
                let pause = u64::try_from(pause.as_millis()).unwrap();
                measured.longest_pause_ms.fetch_max(pause, Ordering::SeqCst);
                measured.ticks[number].fetch_add(1, Ordering::SeqCst);
            }
        });
        let id = SessionId {
            incarnation: incarnation(),
            conn: ConnId(number as u64),
        };
        let peer = std::net::IpAddr::from([127, 0, 0, 1]).into();
        Session::new(id, peer, io, Dialect::line(), links, None)
    });
}

/// Time in which this thread ran or could have run: without what the system gave to others, so
/// that a busy machine is not taken for a starved session.
struct RunningTime {
    start: Instant,
    read_at: Cell<Instant>,
    kept_waiting: Cell<Duration>,
}

impl Default for RunningTime {
    fn default() -> Self {
        let start = Instant::now();
        Self {
            start,
            read_at: Cell::new(start),
            kept_waiting: Cell::new(Duration::ZERO),
        }
    }
}

impl RunningTime {
    fn now(&self) -> Duration {
        let now = Instant::now();
        // Reading it for every tick would be most of the load.
        if now.duration_since(self.read_at.get()) > Duration::from_millis(1) {
            self.read_at.set(now);
            self.kept_waiting.set(kept_waiting());
        }
        (now - self.start).saturating_sub(self.kept_waiting.get())
    }
}

/// How long this thread was ready and had no core, so far; the second number of schedstat.
fn kept_waiting() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = told
        .split_whitespace()
        .nth(1)
        .and_then(|waited| waited.parse().ok());
    Duration::from_nanos(waited.unwrap_or(0))
}

fn incarnation() -> Incarnation {
    Incarnation {
        node: NodeName::new("node-1").unwrap(),
        run: 1,
    }
}

fn rules() -> Rules {
    Rules {
        line_bytes: 4096,
        backlog: 4 * 1024 * 1024,
        stalled: Duration::from_secs(60),
        login: Duration::from_secs(600),
        messages_per_second: None,
        message_burst: 60,
        duplicate_login: DuplicateLogin::Reject,
    }
}

fn store(folder: &std::path::Path) -> Options {
    Options {
        data_dir: folder.to_owned(),
        durability: Durability::Relaxed,
        rooms: 100,
        keep_messages: 1000,
        keep_days: 30,
        grace: Duration::ZERO,
        configured: BTreeSet::new(),
    }
}

/// Stands between registry and hub, and counts the frames that are in mailboxes.
struct Meter {
    hub: Recipient<Handoff>,
    measured: Arc<Measured>,
}

impl Actor for Meter {
    type Context = Context<Self>;
}

impl Handler<Handoff> for Meter {
    type Result = ();

    fn handle(&mut self, handoff: Handoff, ctx: &mut Context<Self>) {
        let Handoff {
            deliveries,
            span,
            credit,
        } = handoff;
        let frames: usize = deliveries.iter().map(frames_in).sum();
        let now = self.measured.frames.fetch_add(frames, Ordering::SeqCst) + frames;
        self.measured.most_frames.fetch_max(now, Ordering::SeqCst);
        let (metered, returned) = Credit::new();
        self.hub
            .try_send(Handoff {
                deliveries,
                span,
                credit: metered,
            })
            .unwrap();
        let done = returned
            .wait()
            .into_actor(self)
            .map(move |(), meter: &mut Self, _| {
                meter.measured.frames.fetch_sub(frames, Ordering::SeqCst);
                drop(credit);
            });
        done.spawn(ctx);
    }
}

fn frames_in(delivery: &Delivery) -> usize {
    match delivery {
        Delivery::Run(run) => run.frames.len() * run.to.len(),
        Delivery::End { .. }
        | Delivery::FormatSet { .. }
        | Delivery::Suspended { .. }
        | Delivery::PutOut { .. }
        | Delivery::Probe { .. }
        | Delivery::HolderAlive { .. }
        | Delivery::Missed { .. } => 0,
    }
}

/// Lets everybody in: passwords are not what is tested here.
struct Doorkeeper;

impl Actor for Doorkeeper {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(SESSIONS);
    }
}

impl Handler<Prove> for Doorkeeper {
    type Result = Result<UserName, Refusal>;

    fn handle(&mut self, prove: Prove, _: &mut Self::Context) -> Self::Result {
        Ok(prove.user)
    }
}

impl Handler<ProveByCertificate> for Doorkeeper {
    type Result = Result<UserName, Refusal>;

    fn handle(&mut self, _: ProveByCertificate, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::UnknownCertificate)
    }
}

impl Handler<Register> for Doorkeeper {
    type Result = Result<UserName, Refusal>;

    fn handle(&mut self, _: Register, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::RegistrationClosed)
    }
}

impl Handler<ChangePassword> for Doorkeeper {
    type Result = Result<(), Refusal>;

    fn handle(&mut self, _: ChangePassword, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::PasswordFixed)
    }
}

impl Handler<Inquire> for Doorkeeper {
    type Result = MessageResult<Inquire>;

    fn handle(&mut self, _: Inquire, _: &mut Self::Context) -> Self::Result {
        let lines = [].into();
        MessageResult(Answer::MessageOfTheDay { lines })
    }
}

impl Handler<IssueToken> for Doorkeeper {
    type Result = Result<Secret, Refusal>;

    fn handle(&mut self, _: IssueToken, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::Busy)
    }
}

impl Handler<RedeemToken> for Doorkeeper {
    type Result = Result<Redeemed, Refusal>;

    fn handle(&mut self, _: RedeemToken, _: &mut Self::Context) -> Self::Result {
        Err(Refusal::WrongToken)
    }
}

// ── the crowd: all clients on a thread of their own ─────────────────────────────────────────

fn run_crowd(clients: Vec<DuplexStream>, ready: mpsc::Sender<()>, measured: &Arc<Measured>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let clients = clients.into_iter().enumerate().map(|(number, io)| {
            let (ready, measured) = (ready.clone(), measured.clone());
            tokio::task::spawn_local(client(number, io, ready, measured))
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.unwrap();
        }
    });
}

async fn client(number: usize, io: DuplexStream, ready: mpsc::Sender<()>, measured: Arc<Measured>) {
    let (read, mut write) = tokio::io::split(io);
    let mut lines = BufReader::new(read).lines();
    write
        .write_all(format!("/login u{number} password\n").as_bytes())
        .await
        .unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("* Welcome") {
            break;
        }
    }
    ready.send(()).await.unwrap();
    if number < TALKERS {
        tokio::task::spawn_local(talk(write, measured.clone()));
    }
    let pause = Duration::from_millis(100);
    while !measured.is_over() {
        // The deadline only lets a quiet client see that the flood is over.
        if let Ok(line) = tokio::time::timeout(pause, lines.next_line()).await {
            let Some(line) = line.unwrap() else { return };
            measured
                .deliveries
                .fetch_add(u64::from(line.starts_with('[')), Ordering::SeqCst);
        }
    }
}

async fn talk(mut write: tokio::io::WriteHalf<DuplexStream>, measured: Arc<Measured>) {
    while !measured.is_on() {
        tokio::time::sleep(TICK).await;
    }
    let text = "x".repeat(100) + "\n";
    while measured.is_on() && write.write_all(text.as_bytes()).await.is_ok() {}
}
