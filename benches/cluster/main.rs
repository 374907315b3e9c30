//! What a cluster costs: appends through Redis, the way from node to node, a room on two nodes.
//!
//! Beside each figure, in turns in the same run and on the same Redis, stands what Redis itself
//! does: a script that appends and publishes and checks nothing, a bare publish. It asserts
//! nothing about speed, but fails when a message is lost, repeated or out of order.
//! `cargo bench --bench cluster -- --quick` is a look at whether it works. With `--logins 10000` so
//! many people come in, and nothing else is measured; `--cost 4` says what their passwords cost.

mod appends;
mod bare;
#[path = "../common/crowd.rs"]
mod crowd;
#[path = "../common/figures.rs"]
mod figures;
mod logins;
mod redis;
#[path = "../common/server.rs"]
#[expect(dead_code, reason = "each bench uses a part of it")]
mod server;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use appends::Appends;
use crowd::{Crowd, Mode};
use figures::{Machine, Spread};
use redis::Redis;
use server::{Place, Server};
use table::{Append, Delivery, Latency, Rate, Table};

/// What ends the bench.
type Failure = Box<dyn std::error::Error>;

/// Readers of the room that is on both nodes.
const RECEIVERS: u32 = 200;

/// How much is done.
struct Plan {
    /// Pairs for each figure.
    rounds: u32,
    /// Appends in one measurement, by how many are in flight.
    appends: [(u32, u32); 3],
    /// Messages from node to node.
    messages: u32,
    /// Deliveries in one measurement.
    deliveries: u32,
    /// Who comes in.
    logins: Logins,
}

/// How many come in, and the cost of bcrypt for their passwords.
#[derive(Clone, Copy)]
struct Logins {
    people: u32,
    cost: u32,
}

const WHOLE: Plan = Plan {
    rounds: 5,
    appends: [(1, 10_000), (64, 200_000), (1024, 200_000)],
    messages: 2000,
    deliveries: 200_000,
    logins: Logins {
        people: 1000,
        cost: 10,
    },
};

const QUICK: Plan = Plan {
    rounds: 1,
    appends: [(1, 1000), (64, 20_000), (1024, 20_000)],
    messages: 200,
    deliveries: 20_000,
    logins: Logins {
        people: 100,
        cost: 4,
    },
};

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let plan = if quick { &QUICK } else { &WHOLE };
    let measuring = async {
        match asked_for(plan)? {
            Some(asked) => measure_logins(asked).await,
            None => measure(plan).await,
        }
    };
    match actix::System::new().block_on(measuring) {
        Ok(table) => {
            println!("{table}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The logins that are asked for, if only they are to be measured.
fn asked_for(plan: &Plan) -> Result<Option<Logins>, Failure> {
    let behind = |name: &str| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1).map(|number| number.parse()).transpose()
    };
    let cost = behind("--cost")?.unwrap_or(plan.logins.cost);
    let people = behind("--logins")?;
    Ok(people.map(|people| Logins { people, cost }))
}

async fn measure_logins(asked: Logins) -> Result<Table, Failure> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let redis = Redis::start().await?;
    let mut table = Table::on(Machine::begin()?);
    logins(asked, &redis, &mut table).await?;
    table.machine.end()?;
    Ok(table)
}

async fn measure(plan: &Plan) -> Result<Table, Failure> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let redis = Redis::start().await?;
    let mut table = Table::on(Machine::begin()?);
    appends(plan, &redis, &mut table).await?;
    redis.flush().await?;
    let place = Place::new(Some(RECEIVERS))?;
    latencies(plan, &redis, &place, &mut table).await?;
    // Nodes that were killed leave their people claimed.
    redis.flush().await?;
    deliveries(plan, &redis, &place, &mut table).await?;
    redis.flush().await?;
    logins(plan.logins, &redis, &mut table).await?;
    table.machine.end()?;
    Ok(table)
}

/// People who come in by a token, by a password, or not at all.
async fn logins(asked: Logins, redis: &Redis, table: &mut Table) -> Result<(), Failure> {
    let Logins { people, cost } = asked;
    let place = Place::with_hashes_of(cost, Some(people))?;
    let node = node(redis, &place, "door")?;
    let rows = logins::measure(&node, &node.door(&place)?, people).await?;
    table.logins = Some(table::Logins { cost, rows });
    Ok(())
}

/// Bridge and bare script take turns.
async fn appends(plan: &Plan, redis: &Redis, table: &mut Table) -> Result<(), Failure> {
    let mut bridge = Appends::start(redis).await?;
    for (in_flight, count) in plan.appends {
        let mut append = Append::of(in_flight);
        // Warm both.
        bridge.say(in_flight, count / 10).await?;
        bare::appends(redis, in_flight, count / 10).await?;
        for _ in 0..plan.rounds {
            let (time, each) = bridge.say(in_flight, count).await?;
            let ours = rate(count, time, &each);
            let (time, each) = bare::appends(redis, in_flight, count).await?;
            let bare = rate(count, time, &each);
            eprintln!(
                "{in_flight} in flight: {:.0}/s, bare {:.0}/s",
                ours.per_second, bare.per_second
            );
            append.rounds.push((ours, bare));
        }
        table.appends.push(append);
    }
    bridge.stop().await
}

/// From a client of one node to a client of the other, beside a publish and its receipt.
async fn latencies(
    plan: &Plan,
    redis: &Redis,
    place: &Place,
    table: &mut Table,
) -> Result<(), Failure> {
    let (one, other) = nodes(redis, place, ["near", "far"])?;
    let mut crowd = Crowd::new(vec![one.door(place)?, other.door(place)?]).await?;
    crowd.grow_to(1).await?;
    crowd.warm_up().await?;
    crowd.median_latency();
    for _ in 0..plan.rounds {
        crowd.say(Mode::Alone, plan.messages).await?;
        let ours = micros(crowd.median_latency());
        let bare = median(&bare::publishes(redis, plan.messages).await?);
        eprintln!("node to node: {ours:.0} µs, publish to receipt: {bare:.0} µs");
        table.latencies.push(Latency { ours, bare });
    }
    Ok(())
}

/// A room on two nodes, beside the same room on a node alone.
async fn deliveries(
    plan: &Plan,
    redis: &Redis,
    place: &Place,
    table: &mut Table,
) -> Result<(), Failure> {
    let (one, other) = nodes(redis, place, ["one", "two"])?;
    let alone = Server::conclave(place, "")?;
    let mut shared = Crowd::new(vec![one.door(place)?, other.door(place)?]).await?;
    let mut single = Crowd::new(vec![alone.door(place)?]).await?;
    shared.grow_to(RECEIVERS).await?;
    single.grow_to(RECEIVERS).await?;
    for mode in [Mode::Alone, Mode::Burst, Mode::Saturated] {
        let mut delivery = Delivery::of(mode);
        let messages = plan.deliveries / RECEIVERS;
        for _ in 0..plan.rounds {
            let of_two = || Ok::<_, Failure>([one.cpu()?, other.cpu()?, redis.cpu()?]);
            shared.warm_up().await?;
            let before = of_two()?;
            shared.say(mode, messages).await?;
            let after = of_two()?;
            let spent = |index: usize| micros_each(after[index] - before[index], messages);
            let two = [spent(0) + spent(1), spent(2)];
            single.warm_up().await?;
            let before = alone.cpu()?;
            single.say(mode, messages).await?;
            let single = micros_each(alone.cpu()? - before, messages);
            eprintln!(
                "{mode}: nodes {:.2} µs, Redis {:.2} µs, alone {single:.2} µs",
                two[0], two[1]
            );
            delivery.rounds.push((two, single));
        }
        table.deliveries.push(delivery);
    }
    Ok(())
}

/// Two nodes on one Redis.
fn nodes(redis: &Redis, place: &Place, names: [&str; 2]) -> Result<(Server, Server), Failure> {
    Ok((node(redis, place, names[0])?, node(redis, place, names[1])?))
}

fn node(redis: &Redis, place: &Place, name: &str) -> Result<Server, Failure> {
    let url = redis.url();
    let settings = format!("node.name = {name:?}\nbridge.kind = \"redis\"\nredis.url = {url:?}");
    Server::conclave(place, &settings)
}

fn rate(count: u32, time: Duration, each: &[Duration]) -> Rate {
    Rate {
        per_second: f64::from(count) / time.as_secs_f64(),
        p50: median(each),
    }
}

/// In microseconds.
fn median(times: &[Duration]) -> f64 {
    Spread::of(times.iter().copied().map(micros)).median
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn micros_each(spent: Duration, messages: u32) -> f64 {
    micros(spent) / f64::from(messages) / f64::from(RECEIVERS)
}
