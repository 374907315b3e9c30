//! What the kernel knows about a server under load.

use std::fs;
use std::io;
use std::time::Duration;

/// Ticks of the kernel's accounting a second: a constant of Linux's interface.
const TICKS: u64 = 100;

/// What a process has used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Processor time, its own and the kernel's for it.
    pub cpu: Duration,
    /// Resident memory in bytes, now.
    pub resident: u64,
}

/// Why nothing is known about a process.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// There is none of that number, or no `/proc`.
    #[error("process {pid}: {source}")]
    Unreadable {
        /// Its number.
        pid: u32,
        /// What the system says.
        source: io::Error,
    },
    /// The kernel tells it in another way.
    #[error("process {pid}: /proc tells nothing that is understood")]
    Strange {
        /// Its number.
        pid: u32,
    },
}

impl Usage {
    /// Of this process, by `/proc` (Linux).
    ///
    /// # Errors
    /// [`UsageError`].
    pub fn of(pid: u32) -> Result<Self, UsageError> {
        let strange = || UsageError::Strange { pid };
        let cpu = cpu(&proc(pid, "stat")?).ok_or_else(strange)?;
        let resident = resident(&proc(pid, "status")?).ok_or_else(strange)?;
        Ok(Self { cpu, resident })
    }
}

fn proc(pid: u32, file: &str) -> Result<String, UsageError> {
    fs::read_to_string(format!("/proc/{pid}/{file}"))
        .map_err(|source| UsageError::Unreadable { pid, source })
}

fn cpu(stat: &str) -> Option<Duration> {
    // Behind the name, which may hold anything: the fields from the third on.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: Option<Vec<u64>> = ticks.map(|field| field.parse().ok()).collect();
    let ticks = ticks.filter(|ticks| ticks.len() == 2)?;
    Some(Duration::from_millis(
        ticks.iter().sum::<u64>() * 1000 / TICKS,
    ))
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_a_nasty_name_is_read() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 0 10 0 0 0 250 50 3 4 20 0 9 0 5 6 7";
        assert_eq!(cpu(stat), Some(Duration::from_secs(3)));
        assert_eq!(cpu("7 (a) S 1"), None);
    }

    #[test]
    fn this_process_is_known_and_none_is_not() {
        let usage = Usage::of(std::process::id()).unwrap();
        assert!(usage.resident > 1024 * 1024);
        let error = Usage::of(u32::MAX).unwrap_err().to_string();
        assert!(error.starts_with("process 4294967295: "), "{error}");
    }
}
