//! What it costs a node when many IRC clients enter one room at once, and when one of them asks who
//! is there; `cargo bench --bench crowded`.
//!
//! In a storm of joins the deliveries grow with the square of the crowd, for everybody is told of
//! everybody; the work for each of them must not grow too. `-- --quick` is a look at whether it works.

#[path = "../common/figures.rs"]
#[expect(dead_code, reason = "each bench uses a part of it")]
mod figures;
mod person;
#[path = "../common/server.rs"]
#[expect(dead_code, reason = "each bench uses a part of it")]
mod server;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use conclave::client::door::Door;
use figures::Machine;
use person::Person;
use server::{Place, Server};
use tokio::task::JoinSet;

/// What ends the bench.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A node of its own, with nothing beyond the settings of every bench.
const EMBEDDED: &str = "";

/// People who come in at the same time.
const AT_ONCE: usize = 64;

/// How often each question is asked; what is told is the mean.
const QUESTIONS: u32 = 50;

/// People of each storm, and of each crowd that is asked for.
struct Plan {
    storms: &'static [u32],
    crowds: &'static [u32],
}

const WHOLE: Plan = Plan {
    storms: &[250, 500, 1000, 2000, 5000],
    crowds: &[1250, 2500, 5000],
};

const QUICK: Plan = Plan {
    storms: &[50, 100],
    crowds: &[100],
};

fn main() -> ExitCode {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    match bench(if is_quick { &QUICK } else { &WHOLE }) {
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
    runtime.block_on(measure(plan))
}

async fn measure(plan: &Plan) -> Result<(), Failure> {
    let mut machine = Machine::begin()?;
    let all = plan.storms.iter().chain(plan.crowds).copied().max();
    let place = Place::new(all)?;
    let mut table = String::from("joins at once     ms each    µs a delivery    took\n");
    for &people in plan.storms {
        let (each, delivery, took) = storm(&place, people).await?;
        table += &format!("{people:>13}  {each:>10.2}  {delivery:>15.2}  {took:>5.1} s\n");
        eprintln!("{people} joins: {each:.2} ms each, {delivery:.2} µs a delivery, {took:.1} s");
    }
    table += "\n      members  NAMES: µs a member     WHO: µs a member\n";
    for &people in plan.crowds {
        let (names, who) = crowd(&place, people).await?;
        table += &format!("{people:>13}  {names:>18.2}  {who:>19.2}\n");
        eprintln!("{people} members: NAMES {names:.2} µs each, WHO {who:.2} µs each");
    }
    machine.end()?;
    println!("{machine}\nprocessor time of the node\n\n{table}");
    Ok(())
}

/// Milliseconds of a join, microseconds of telling one person of one, and seconds of all.
async fn storm(place: &Place, people: u32) -> Result<(f64, f64, f64), Failure> {
    let node = Server::conclave(place, EMBEDDED)?;
    let mut crowd = Vec::new();
    for mut person in come(&node.irc_door(place)?, people).await? {
        person.settles().await?;
        crowd.push(person);
    }
    let (before, begun) = (node.cpu()?, Instant::now());
    let mut storm = JoinSet::new();
    for mut person in crowd {
        storm.spawn(async move {
            person.enters("#storm").await?;
            Ok::<_, Failure>(person)
        });
    }
    let there = all_of(storm).await?;
    // All are in, so that each of them has heard of all when it is answered now.
    let mut settling = JoinSet::new();
    for mut person in there {
        settling.spawn(async move {
            person.settles().await?;
            Ok::<_, Failure>(person)
        });
    }
    let stayed = all_of(settling).await?;
    let (spent, took) = (micros(node.cpu()? - before), begun.elapsed().as_secs_f64());
    drop(stayed);
    let (joins, deliveries) = (
        f64::from(people),
        f64::from(people) * f64::from(people) / 2.0,
    );
    Ok((spent / joins / 1000.0, spent / deliveries, took))
}

/// Microseconds for each member of a room in which somebody asks who is there.
async fn crowd(place: &Place, people: u32) -> Result<(f64, f64), Failure> {
    let node = Server::conclave(place, EMBEDDED)?;
    let door = node.irc_door(place)?;
    let (mut coming, mut there) = (JoinSet::new(), JoinSet::new());
    for number in 1..=people {
        let door = door.clone();
        coming.spawn(async move {
            let mut person = Person::comes(&door, number).await?;
            person.enters("#crowd").await?;
            Ok::<_, Failure>(person)
        });
        // Who is in reads from there on, so that nobody falls behind.
        if coming.len() == AT_ONCE
            && let Some(person) = coming.join_next().await
        {
            there.spawn(person??.stays());
        }
    }
    for person in all_of(coming).await? {
        there.spawn(person.stays());
    }
    let number = people + 1;
    let mut asker = Person::comes(&node.irc_door(place)?, number).await?;
    asker.says("JOIN #crowd");
    asker.settles().await?;
    let each = |spent: Duration| micros(spent) / f64::from(QUESTIONS) / f64::from(people);
    let before = node.cpu()?;
    for _ in 0..QUESTIONS {
        asker.asks("NAMES #crowd", "353", "366").await?;
    }
    let named = node.cpu()?;
    for _ in 0..QUESTIONS {
        let lines = asker.asks("WHO #crowd", "352", "315").await?;
        if lines != people + 1 {
            return Err(format!("WHO tells of {lines} of {}", people + 1).into());
        }
    }
    Ok((each(named - before), each(node.cpu()? - named)))
}

/// So many people, some dozens at the same time.
async fn come(door: &Door, people: u32) -> Result<Vec<Person>, Failure> {
    let mut all = Vec::new();
    let mut coming = JoinSet::new();
    for number in 1..=people {
        let door = door.clone();
        coming.spawn(async move { Person::comes(&door, number).await });
        if coming.len() == AT_ONCE {
            all.extend(coming.join_next().await.transpose()?.transpose()?);
        }
    }
    all.extend(all_of(coming).await?);
    Ok(all)
}

/// What all of them came to; they stay until then.
async fn all_of(mut people: JoinSet<Result<Person, Failure>>) -> Result<Vec<Person>, Failure> {
    let mut all = Vec::new();
    while let Some(person) = people.join_next().await {
        all.push(person??);
    }
    Ok(all)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
