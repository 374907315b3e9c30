//! What one delivery, one idle session and one connect cost a node; `cargo bench`.
//!
//! The node is a process of its own, and so is another one whose people speak IRC with different
//! capabilities, and the [`floor`]: a bare broadcast over the same TLS, which keeps nothing and knows
//! nobody. This process is their crowd: thousands of clients on
//! one thread. It asserts nothing about speed, but fails when a message is lost, repeated or out
//! of order. `cargo bench -- --quick` is a look at whether it works.

#[path = "../common/crowd.rs"]
#[expect(dead_code, reason = "each bench uses a part of it")]
mod crowd;
#[path = "../common/figures.rs"]
mod figures;
mod floor;
#[path = "../common/server.rs"]
mod server;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use conclave::client::connection::{Connection, Heard};
use conclave::client::door::Door;
use conclave::load::Speech;
use crowd::{Crowd, Mode};
use figures::Machine;
use server::{PASSWORD, PREFIX, Place, Server};
use table::{Delivery, Idle, Round, Table};

/// What ends the bench.
type Failure = Box<dyn std::error::Error>;

/// The argument that makes this binary the floor.
const FLOOR: &str = "--floor";

/// Settings of the node beyond those of every bench: none, its store is its own.
const EMBEDDED: &str = "";

/// How long things are given to come to rest before they are weighed.
const REST: Duration = Duration::from_millis(1500);

/// What is compared: the line door, the IRC door, the floor.
const SIDES: usize = 3;

/// How much is done.
struct Plan {
    /// Receivers at which deliveries are measured.
    receivers: &'static [u32],
    /// Turns of all sides for each figure.
    rounds: u32,
    /// Deliveries in one measurement, by mode.
    deliveries: fn(Mode) -> u32,
    /// Connections for the price of one.
    connects: u32,
    /// Sessions at which memory is measured.
    idle: &'static [u32],
}

const WHOLE: Plan = Plan {
    receivers: &[200, 1000],
    rounds: 5,
    deliveries: |mode| match mode {
        Mode::Alone => 60_000,
        Mode::Burst => 300_000,
        Mode::Saturated => 1_000_000,
    },
    connects: 300,
    idle: &[2000, 5000],
};

const QUICK: Plan = Plan {
    receivers: &[200],
    rounds: 1,
    deliveries: |mode| match mode {
        Mode::Alone => 10_000,
        Mode::Burst => 50_000,
        Mode::Saturated => 200_000,
    },
    connects: 50,
    idle: &[500],
};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [FLOOR, cert, key] => floor::serve(cert, key),
        _ if arguments.iter().any(|argument| argument == "--quick") => bench(&QUICK),
        _ => bench(&WHOLE),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn bench(plan: &Plan) -> Result<(), Failure> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let table = runtime.block_on(measure(plan))?;
    println!("{table}");
    Ok(())
}

async fn measure(plan: &Plan) -> Result<Table, Failure> {
    let mut table = Table::on(Machine::begin()?);
    let place = Place::new(plan.idle.iter().chain(plan.receivers).copied().max())?;
    deliveries(plan, &place, &mut table).await?;
    let node = Server::conclave(&place, EMBEDDED)?;
    let door = node.door(&place)?;
    connects(plan, &node, &door, &mut table).await?;
    idle(plan, &node, &door, &mut table).await?;
    table.machine.end()?;
    Ok(table)
}

/// Both doors and the floor take turns, so that what disturbs the machine disturbs all.
async fn deliveries(plan: &Plan, place: &Place, table: &mut Table) -> Result<(), Failure> {
    let (node, other) = (
        Server::conclave(place, EMBEDDED)?,
        Server::conclave(place, EMBEDDED)?,
    );
    let floor = floor::start(place)?;
    let (line, irc, bare) = (
        node.door(place)?,
        other.irc_door(place)?,
        floor.door(place)?,
    );
    let mut sides = [
        Side::new(node, Speech::Line, line).await?,
        Side::new(other, Speech::Irc, irc).await?,
        Side::new(floor, Speech::Line, bare).await?,
    ];
    for &receivers in plan.receivers {
        for side in &mut sides {
            side.crowd.grow_to(receivers).await?;
        }
        for mode in [Mode::Alone, Mode::Burst, Mode::Saturated] {
            let messages = (plan.deliveries)(mode) / receivers;
            let mut rounds = Vec::new();
            for round in 0..plan.rounds as usize {
                let mut micros = [0.0; SIDES];
                for turn in (round..round + SIDES).map(|turn| turn % SIDES) {
                    micros[turn] = sides[turn].micros_a_delivery(mode, messages).await?;
                }
                let [line, irc, floor] = micros;
                eprintln!(
                    "{receivers} receivers, {mode}: {line:.2} µs, IRC {irc:.2} µs, floor {floor:.2} µs"
                );
                rounds.push(Round { line, irc, floor });
            }
            table.deliveries.push(Delivery {
                receivers,
                mode,
                rounds,
            });
        }
    }
    Ok(())
}

/// A server and its crowd.
struct Side {
    server: Server,
    crowd: Crowd,
}

impl Side {
    async fn new(server: Server, speech: Speech, door: Door) -> Result<Self, Failure> {
        let crowd = Crowd::speaking(speech, vec![door]).await?;
        Ok(Self { server, crowd })
    }

    async fn micros_a_delivery(&mut self, mode: Mode, messages: u32) -> Result<f64, Failure> {
        self.crowd.warm_up().await?;
        let before = self.server.cpu()?;
        self.crowd.say(mode, messages).await?;
        let spent = self.server.cpu()? - before;
        Ok(micros(spent) / f64::from(messages) / f64::from(self.crowd.receivers()))
    }
}

/// What it costs to come: encrypted and greeted, and apart from it logged in and out again.
async fn connects(
    plan: &Plan,
    node: &Server,
    door: &Door,
    table: &mut Table,
) -> Result<(), Failure> {
    for _ in 0..plan.rounds {
        let mut guests = Vec::new();
        let before = node.cpu()?;
        for _ in 0..plan.connects {
            let mut guest = Connection::open(door).await?;
            until(&mut guest, "* Username:").await?;
            guests.push(guest);
        }
        let connected = node.cpu()?;
        for (number, mut guest) in (1..).zip(guests) {
            guest.say(format!("/login {PREFIX}-{number} {PASSWORD}").as_bytes());
            until(&mut guest, "* Welcome").await?;
            guest.say(b"/quit");
            until(&mut guest, "* Goodbye.").await?;
        }
        let each = |spent| micros(spent) / f64::from(plan.connects);
        let (connect, login) = (each(connected - before), each(node.cpu()? - connected));
        eprintln!("a connect: {connect:.0} µs, a login: {login:.0} µs");
        table.connects.push((connect, login));
    }
    Ok(())
}

/// The node has had guests before this, so that what it needs only once is there already.
async fn idle(plan: &Plan, node: &Server, door: &Door, table: &mut Table) -> Result<(), Failure> {
    tokio::time::sleep(REST).await;
    let empty = node.rss()?;
    let mut crowd = Crowd::new(vec![door.clone()]).await?;
    for &sessions in plan.idle {
        crowd.grow_to(sessions - 1).await?;
        crowd.warm_up().await?;
        tokio::time::sleep(REST).await;
        let bytes = node.rss()?.saturating_sub(empty);
        #[expect(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
        let kib_each = bytes as f64 / 1024.0 / f64::from(sessions);
        eprintln!("{sessions} idle sessions: {kib_each:.1} KiB each");
        table.idle.push(Idle { sessions, kib_each });
    }
    Ok(())
}

/// Hears what the node says up to a line that begins so.
async fn until(connection: &mut Connection, wanted: &str) -> Result<(), Failure> {
    loop {
        match std::future::poll_fn(|cx| connection.poll_heard(cx)).await? {
            Heard::Line(line) if line.starts_with(wanted.as_bytes()) => return Ok(()),
            Heard::Line(_) => {}
            Heard::End => return Err(format!("closed before {wanted:?}").into()),
        }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
