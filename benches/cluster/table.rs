//! The figures, as plain tables.

use std::fmt::{self, Display as _};
use std::time::Duration;

use crate::crowd::Mode;
use crate::figures::{Machine, Spread};
use crate::logins::{LANES, Proof};
use crate::{median, micros};

/// Everything that was measured, and where.
pub(crate) struct Table {
    pub(crate) machine: Machine,
    pub(crate) appends: Vec<Append>,
    pub(crate) latencies: Vec<Latency>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) logins: Option<Logins>,
}

/// How people came in.
pub(crate) struct Logins {
    /// Of bcrypt.
    pub(crate) cost: u32,
    pub(crate) rows: Vec<Entrance>,
}

/// All of them, in one way.
pub(crate) struct Entrance {
    pub(crate) proof: Proof,
    /// From the first to the last.
    pub(crate) time: Duration,
    /// The node's processor time.
    pub(crate) cpu: Duration,
    /// From the first packet to the welcome.
    pub(crate) each: Vec<Duration>,
}

/// Appends with so many in flight, round by round: the bridge's, and the bare script's.
pub(crate) struct Append {
    in_flight: u32,
    pub(crate) rounds: Vec<(Rate, Rate)>,
}

/// How fast appends were.
pub(crate) struct Rate {
    /// All of them together.
    pub(crate) per_second: f64,
    /// The median of one, in microseconds.
    pub(crate) p50: f64,
}

/// Median times of one round in microseconds.
pub(crate) struct Latency {
    /// From client to client over two nodes.
    pub(crate) ours: f64,
    /// From a publish to its receipt.
    pub(crate) bare: f64,
}

/// Microseconds for one delivery, round by round: of both nodes and of Redis; of a node alone.
pub(crate) struct Delivery {
    mode: Mode,
    pub(crate) rounds: Vec<([f64; 2], f64)>,
}

impl Table {
    /// Nothing measured yet.
    pub(crate) const fn on(machine: Machine) -> Self {
        Self {
            machine,
            appends: Vec::new(),
            latencies: Vec::new(),
            deliveries: Vec::new(),
            logins: None,
        }
    }
}

impl Append {
    pub(crate) const fn of(in_flight: u32) -> Self {
        Self {
            in_flight,
            rounds: Vec::new(),
        }
    }
}

impl Delivery {
    pub(crate) const fn of(mode: Mode) -> Self {
        Self {
            mode,
            rounds: Vec::new(),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        if !self.latencies.is_empty() {
            self.talk(f)?;
        }
        self.logins.as_ref().map_or(Ok(()), |logins| logins.fmt(f))
    }
}

impl Table {
    fn talk(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "medians of {} rounds, the spread of the ratio in brackets\n",
            self.latencies.len()
        )?;
        writeln!(
            f,
            "{:>9}  {:>10}  {:>10}  {:>5}  {:<14}  {:>8}  {:>8}  {:>5}",
            "in flight", "appends/s", "bare/s", "ratio", "", "p50 µs", "bare", "ratio"
        )?;
        for append in &self.appends {
            append.fmt(f)?;
        }
        let ours = Spread::of(self.latencies.iter().map(|latency| latency.ours));
        let bare = Spread::of(self.latencies.iter().map(|latency| latency.bare));
        writeln!(
            f,
            "\nclient to client over two nodes: {:.0} µs; bare publish to receipt: {:.0} µs\n",
            ours.median, bare.median
        )?;
        writeln!(
            f,
            "processor time for one delivery in a room of {} on two nodes, in µs\n{:<13}  \
             {:>9}  {:>9}  {:>10}  {:>5}",
            crate::RECEIVERS,
            "",
            "nodes",
            "Redis",
            "node alone",
            "ratio"
        )?;
        self.deliveries
            .iter()
            .try_for_each(|delivery| delivery.fmt(f))
    }
}

impl fmt::Display for Append {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |figure: fn(&(Rate, Rate)) -> f64| Spread::of(self.rounds.iter().map(figure));
        let ratio = all(|(ours, bare)| ours.per_second / bare.per_second);
        writeln!(
            f,
            "{:>9}  {:>10.0}  {:>10.0}  {:>5.2}  {:<14}  {:>8.0}  {:>8.0}  {:>5.2}",
            self.in_flight,
            all(|(ours, _)| ours.per_second).median,
            all(|(_, bare)| bare.per_second).median,
            ratio.median,
            format!("({:.2} to {:.2})", ratio.least, ratio.most),
            all(|(ours, _)| ours.p50).median,
            all(|(_, bare)| bare.p50).median,
            all(|(ours, bare)| ours.p50 / bare.p50).median,
        )
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |figure: fn(&([f64; 2], f64)) -> f64| Spread::of(self.rounds.iter().map(figure));
        let ratio = all(|(two, alone)| (two[0] + two[1]) / alone);
        writeln!(
            f,
            "{:<13}  {:>9.2}  {:>9.2}  {:>10.2}  {:>5.2}  ({:.2} to {:.2})",
            self.mode,
            all(|(two, _)| two[0]).median,
            all(|(two, _)| two[1]).median,
            all(|(_, alone)| *alone).median,
            ratio.median,
            ratio.least,
            ratio.most
        )
    }
}

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nconnections, {LANES} at a time, bcrypt cost {}\n{:<12}  {:>7}  {:>9}  {:>10}  {:>8}",
            self.cost, "", "people", "a second", "node's µs", "p50 ms"
        )?;
        self.rows.iter().try_for_each(|row| row.fmt(f))
    }
}

impl fmt::Display for Entrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = self.each.len() as f64;
        writeln!(
            f,
            "{:<12}  {:>7}  {:>9.0}  {:>10.0}  {:>8.1}",
            self.proof,
            self.each.len(),
            people / self.time.as_secs_f64(),
            micros(self.cpu) / people,
            median(&self.each) / 1000.0,
        )
    }
}
