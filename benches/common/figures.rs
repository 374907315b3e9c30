//! Where something was measured, and how its figures are summed up.

use std::fmt;
use std::fs;

use crate::Failure;

/// The machine, and how busy it was before and after.
pub(crate) struct Machine {
    name: String,
    load: [String; 2],
}

impl Machine {
    /// Before the measurements.
    pub(crate) fn begin() -> Result<Self, Failure> {
        let cores = std::thread::available_parallelism()?;
        let cpus = fs::read_to_string("/proc/cpuinfo")?;
        let model = cpus
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, model)| model);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
        Ok(Self {
            name: format!("{cores} × {model}, Linux {}", kernel.trim()),
            load: [load()?, String::new()],
        })
    }

    /// After them.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        self.load[1] = load()?;
        Ok(())
    }
}

fn load() -> Result<String, Failure> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').take(1).collect())
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after] = &self.load;
        writeln!(f, "\n{}", self.name)?;
        writeln!(f, "load average {before} before, {after} after")
    }
}

/// Some figures for the same thing.
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(figures: impl Iterator<Item = f64>) -> Self {
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
