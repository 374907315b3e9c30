//! The figures, as a plain table.

use std::fmt;

use crate::crowd::Mode;
use crate::figures::{Machine, Spread};

/// Everything that was measured, and where.
pub(crate) struct Table {
    pub(crate) machine: Machine,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) idle: Vec<Idle>,
    /// Microseconds of a connect and of a login.
    pub(crate) connects: Vec<(f64, f64)>,
}

/// What one delivery cost.
pub(crate) struct Delivery {
    pub(crate) receivers: u32,
    pub(crate) mode: Mode,
    pub(crate) rounds: Vec<Round>,
}

/// Microseconds of one delivery at each side.
pub(crate) struct Round {
    pub(crate) line: f64,
    pub(crate) irc: f64,
    pub(crate) floor: f64,
}

/// Memory of one session among so many.
pub(crate) struct Idle {
    pub(crate) sessions: u32,
    pub(crate) kib_each: f64,
}

impl Table {
    /// Nothing measured yet.
    pub(crate) const fn on(machine: Machine) -> Self {
        Self {
            machine,
            deliveries: Vec::new(),
            idle: Vec::new(),
            connects: Vec::new(),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        writeln!(
            f,
            "processor time of the server for one delivery of 100 bytes over TLS 1.3, in µs;\n\
             medians of {} rounds; the line door beside the floor, the IRC door beside the line door,\n\
             the spread of the ratio in brackets\n",
            self.connects.len()
        )?;
        writeln!(
            f,
            "{:>9}  {:<13}  {:>6}  {:>6}  {:>6}  {:<21}  {:<21}",
            "receivers", "", "line", "IRC", "floor", "line / floor", "IRC / line"
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
        let micros = |of: fn(&Round) -> f64| Spread::of(self.rounds.iter().map(of));
        writeln!(
            f,
            "{:>9}  {:<13}  {:>6.2}  {:>6.2}  {:>6.2}  {:<21}  {:<21}",
            self.receivers,
            self.mode,
            micros(|round| round.line).median,
            micros(|round| round.irc).median,
            micros(|round| round.floor).median,
            ratio(&micros(|round| round.line / round.floor)),
            ratio(&micros(|round| round.irc / round.line)),
        )
    }
}

fn ratio(of: &Spread) -> String {
    format!("{:.2}  ({:.2} to {:.2})", of.median, of.least, of.most)
}
