//! How many come in, and at what price: who is only greeted, who has a token, who has a password.
//!
//! Each of them is a connection of its own, with its TLS handshake, and is gone before the next one
//! of its lane comes. Who came in has a token when it leaves, as every chat that can come back.

use std::fmt;
use std::future::poll_fn;
use std::time::{Duration, Instant};

use conclave::client::connection::{Connection, Heard};
use conclave::client::door::Door;
use conclave::dialect::Prompt;
use conclave::dialect::line::read::{Told, read};
use tokio::task::JoinSet;

use crate::Failure;
use crate::server::{PASSWORD, PREFIX, Server};
use crate::table::Entrance;

/// Connections at the same time.
pub(crate) const LANES: u32 = 64;

/// How somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Not at all.
    None,
    Token,
    Password,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "only greeted",
            Self::Token => "by token",
            Self::Password => "by password",
        })
    }
}

/// Somebody, and the token that was told last.
struct Person {
    name: String,
    token: String,
}

/// Has so many people come in, each in each way once.
pub(crate) async fn measure(
    node: &Server,
    door: &Door,
    people: u32,
) -> Result<Vec<Entrance>, Failure> {
    let mut lanes: Vec<Vec<Person>> = (0..LANES).map(|_| Vec::new()).collect();
    for number in 1..=people {
        lanes[(number % LANES) as usize].push(Person {
            name: format!("{PREFIX}-{number}"),
            token: String::new(),
        });
    }
    let mut entrances = Vec::new();
    for proof in [Proof::None, Proof::Password, Proof::Token] {
        let (cpu, began) = (node.cpu()?, Instant::now());
        let mut coming = JoinSet::new();
        for lane in lanes.drain(..) {
            coming.spawn_local(lane_of(door.clone(), proof, lane));
        }
        let mut each = Vec::new();
        while let Some(lane) = coming.join_next().await {
            let (lane, times) = lane?.map_err(|why| format!("{proof}: {why}"))?;
            lanes.push(lane);
            each.extend(times);
        }
        if each.len() != people as usize {
            return Err(format!("{proof}: {} of {people} came in", each.len()).into());
        }
        let entrance = Entrance {
            proof,
            time: began.elapsed(),
            cpu: node.cpu()? - cpu,
            each,
        };
        eprintln!("{proof}: {people} in {:.1} s", entrance.time.as_secs_f64());
        entrances.push(entrance);
    }
    Ok(entrances)
}

async fn lane_of(
    door: Door,
    proof: Proof,
    mut lane: Vec<Person>,
) -> Result<(Vec<Person>, Vec<Duration>), String> {
    let mut each = Vec::new();
    for person in &mut lane {
        let began = Instant::now();
        comes(&door, proof, person, began, &mut each)
            .await
            .map_err(|why| why.to_string())?;
    }
    Ok((lane, each))
}

/// Comes in, is told a token, and goes.
async fn comes(
    door: &Door,
    proof: Proof,
    person: &mut Person,
    began: Instant,
    each: &mut Vec<Duration>,
) -> Result<(), Failure> {
    let mut connection = Connection::open(door).await?;
    let Person { name, token } = person;
    loop {
        let line = match poll_fn(|cx| connection.poll_heard(cx)).await? {
            Heard::Line(line) => line,
            Heard::End => return Ok(()),
        };
        let line = String::from_utf8_lossy(&line);
        match (read(&line), proof) {
            (Told::Prompt(Prompt::Username), Proof::None) => {
                each.push(began.elapsed());
                connection.say(b"/quit");
            }
            (Told::Prompt(Prompt::Username), Proof::Token) => {
                connection.say(format!("/resume {token}").as_bytes());
            }
            (Told::Prompt(Prompt::Username), Proof::Password) => {
                connection.say(format!("/login {name} {PASSWORD}").as_bytes());
            }
            (Told::Welcome { .. }, _) => {
                each.push(began.elapsed());
                if proof == Proof::Password {
                    connection.say(b"/token");
                }
            }
            (Told::Token { token: told }, _) => {
                told.clone_into(token);
                connection.say(b"/quit");
            }
            (Told::Refused(_), _) => return Err(line.into()),
            _ => {}
        }
    }
}
