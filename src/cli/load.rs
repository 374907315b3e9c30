//! `conclave load`: its arguments.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::client::address::Address;
use crate::client::trust::Trust;
use crate::load::pace::Pace;
use crate::load::text::{LONGEST_OF_IRC, SHORTEST};
use crate::load::{Plan, Speech};
use crate::settings::units;

pub(super) const LOAD_HELP: &str = "\
People come in over ordinary connections, each with an account of its own that is made
when there is none, and enter rooms of their own. Their password is the same for all,
made at the first run and kept in ~/.config/conclave/load_password.

A node that is meant for people slows such a crowd down. For a fair run it needs:
  limits.connections_per_ip = 0, limits.messages_per_second = 0,
  limits.registrations_per_minute = 0, limits.password_checks = 4096
and a quick accounts.bcrypt_cost, if it is a node for tests alone.

At the IRC doors (--irc) there is nobody but who has an account: a run at the line doors
with the same --prefix makes them. Their clients have different capabilities switched on,
in turns; who is cut off there hears nothing of what was said meanwhile, and it counts as
lost.

The latency is counted from when a text was due, not from when it could be said. Ctrl-C
ends the talk early; what was said so far is judged.";

/// What a run is asked to be.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct LoadArguments {
    /// Nodes of one cluster.
    #[arg(
        required = true,
        value_name = "NODE",
        help = "HOST[:PORT] of the nodes of one cluster, among which the people are spread"
    )]
    nodes: Vec<Address>,
    /// People
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one())]
    users: u32,
    /// How many of them talk; all of them when nothing is said
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    talkers: Option<u32>,
    /// Rooms among which they are spread
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one())]
    rooms: u32,
    /// Texts a second over all rooms
    #[arg(long, value_name = "N", default_value_t = 100.0, value_parser = rate)]
    rate: f64,
    /// As fast as everybody hears it
    #[arg(long, conflicts_with_all = ["rate", "burst"])]
    saturate: bool,
    /// So many texts at once in every room, and the next ones when everybody has heard them
    #[arg(long, value_name = "N", conflicts_with = "rate", value_parser = at_least_one())]
    burst: Option<u32>,
    /// How long there is talk, such as 30s or 5m
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    duration: Duration,
    /// People speak IRC: the nodes are named with the ports of their IRC doors
    #[arg(long)]
    irc: bool,
    /// Bytes of a text; at an IRC door at most 400
    #[arg(long, value_name = "BYTES", default_value_t = 100, value_parser = text_bytes)]
    size: usize,
    /// How many log in at the same time
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = at_least_one())]
    at_once: u32,
    /// What the names of people and rooms begin with
    #[arg(long, value_name = "NAME", default_value = "load")]
    prefix: String,
    /// The first line of this file is the password of all accounts; made when there is none
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Trust the certificates in this PEM file and whom they vouch for, and no others
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Tell what this process, a node or a Redis of this machine, used meanwhile
    #[arg(long = "pid", value_name = "PID")]
    pids: Vec<u32>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

impl LoadArguments {
    /// What is meant by them.
    #[must_use]
    pub fn plan(self) -> Plan {
        let (speech, longest) = if self.irc {
            (Speech::Irc, LONGEST_OF_IRC)
        } else {
            (Speech::Line, usize::MAX)
        };
        let pace = match (self.saturate, self.burst) {
            (true, _) => Pace::Saturated,
            (false, Some(of)) => Pace::Burst { of: of.into() },
            (false, None) => Pace::Rate {
                per_second: self.rate,
            },
        };
        Plan {
            nodes: self.nodes,
            trust: self.ca.map_or(Trust::FirstSeen, Trust::Authority),
            speech,
            users: self.users,
            talkers: self.talkers.unwrap_or(self.users).min(self.users),
            rooms: self.rooms,
            pace,
            duration: self.duration,
            text_bytes: self.size.min(longest),
            prefix: self.prefix,
            password_file: self.password_file,
            at_once: self.at_once,
            pids: self.pids,
        }
    }
}

fn at_least_one() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

fn rate(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("not a number above 0"),
    }
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    match units::read_duration(text) {
        Some(milliseconds @ 1..) => Ok(Duration::from_millis(milliseconds)),
        _ => Err("not a duration such as 30s or 5m"),
    }
}

fn text_bytes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bytes) if bytes >= SHORTEST => Ok(bytes),
        _ => Err(format!(
            "not a number of at least {SHORTEST}: the numbers of a text need them"
        )),
    }
}
