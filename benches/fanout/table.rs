//! The figures, as a plain table.

use std::fmt;
use std::fs;

use crate::Failure;
use crate::crowd::Mode;

/// Everything that was measured, and where.
#[derive(Default)]
pub(crate) struct Table {
    machine: String,
    load: [String; 2],
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) idle: Vec<Idle>,
    /// Microseconds of a connect and of a login.
    pub(crate) connects: Vec<(f64, f64)>,
}

/// Microseconds of the node and of the floor, round by round.
pub(crate) struct Delivery {
    pub(crate) receivers: u32,
    pub(crate) mode: Mode,
    pub(crate) pairs: Vec<(f64, f64)>,
}

/// Memory of one session among so many.
pub(crate) struct Idle {
    pub(crate) sessions: u32,
    pub(crate) kib_each: f64,
}

impl Table {
    pub(crate) fn begin() -> Result<Self, Failure> {
        let cores = std::thread::available_parallelism()?;
        let cpus = fs::read_to_string("/proc/cpuinfo")?;
        let model = cpus
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, model)| model);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
        Ok(Self {
            machine: format!("{cores} × {model}, Linux {}", kernel.trim()),
            load: [load()?, String::new()],
            ..Self::default()
        })
    }

    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        self.load[1] = load()?;
        Ok(())
    }
}

fn load() -> Result<String, Failure> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').take(1).collect())
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after] = &self.load;
        writeln!(f, "\n{}", self.machine)?;
        writeln!(f, "load average {before} before, {after} after\n")?;
        writeln!(
            f,
            "processor time of the server for one delivery of 100 bytes over TLS 1.3, in µs;\n\
             medians of {} rounds, the spread of the ratio in brackets\n",
            self.connects.len()
        )?;
        writeln!(
            f,
            "{:>9}  {:<13}  {:>8}  {:>8}  {:>5}",
            "receivers", "", "conclave", "floor", "ratio"
        )?;
        for delivery in &self.deliveries {
            delivery.fmt(f)?;
        }
        writeln!(f)?;
        for Idle { sessions, kib_each } in &self.idle {
            writeln!(
                f,
                "idle session among {sessions}: {kib_each:.1} KiB resident"
            )?;
        }
        let connect = Spread::of(self.connects.iter().map(|(connect, _)| *connect));
        let login = Spread::of(self.connects.iter().map(|(_, login)| *login));
        writeln!(f, "connect until greeted: {:.0} µs", connect.median)?;
        write!(
            f,
            "login and logout, bcrypt at cost 4: {:.0} µs",
            login.median
        )
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = Spread::of(self.pairs.iter().map(|(node, _)| *node));
        let floor = Spread::of(self.pairs.iter().map(|(_, floor)| *floor));
        let ratio = Spread::of(self.pairs.iter().map(|(node, floor)| node / floor));
        writeln!(
            f,
            "{:>9}  {:<13}  {:>8.2}  {:>8.2}  {:>5.2}  ({:.2} to {:.2})",
            self.receivers,
            self.mode,
            node.median,
            floor.median,
            ratio.median,
            ratio.least,
            ratio.most
        )
    }
}

/// Some figures for the same thing.
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl Spread {
    fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<_> = figures.collect();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        Self {
            least: at(0),
            median: at(sorted.len() / 2),
            most: at(sorted.len().saturating_sub(1)),
        }
    }
}
