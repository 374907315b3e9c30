//! What a run amounts to, for people and for machines.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use super::pace::Pace;
use super::process::{Usage, UsageError};
use super::referee::{Fault, Tally, Verdict};
use super::stage::{Lasted, Stage};
use super::{LoadError, People, Plan};

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    plan: Plan,
    lasted: Lasted,
    counts: Numbers,
    latency: Latency,
    refusals: BTreeMap<&'static str, u64>,
    endings: BTreeMap<&'static str, u64>,
    servers: Vec<Server>,
    evidence: Vec<String>,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy)]
struct Numbers {
    said: u64,
    acknowledged: u64,
    refused: u64,
    unconfirmed: u64,
    unanswered: u64,
    delivered: u64,
    foreign: u64,
    announced: u64,
    lost: u64,
    repeated: u64,
    reordered: u64,
    false_ones: u64,
}

/// From when a message was due to when it was heard, in microseconds.
#[derive(Debug, Clone, Copy)]
struct Latency {
    p50: u64,
    p99: u64,
    p999: u64,
    most: u64,
}

/// What a server used while there was talk.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    pid: u32,
    begin: Usage,
    end: Usage,
}

impl Server {
    /// Before the talk.
    ///
    /// # Errors
    /// [`UsageError`] when there is no such process.
    pub fn begin(pid: u32) -> Result<Self, UsageError> {
        let begin = Usage::of(pid)?;
        let end = begin;
        Ok(Self { pid, begin, end })
    }

    /// Behind it. A server that is gone keeps what it had used before.
    ///
    /// # Errors
    /// [`UsageError`] when the kernel tells it in another way.
    pub fn end(&mut self) -> Result<(), UsageError> {
        match Usage::of(self.pid) {
            Ok(usage) => self.end = usage,
            Err(UsageError::Unreadable { .. }) => {}
            Err(strange @ UsageError::Strange { .. }) => return Err(strange),
        }
        Ok(())
    }

    fn cpu(&self) -> Duration {
        self.end.cpu.saturating_sub(self.begin.cpu)
    }
}

impl Report {
    /// Of a stage that is closed.
    ///
    /// # Errors
    /// [`LoadError::Name`]: not of people who came in.
    pub(super) fn new(
        plan: &Plan,
        people: &People,
        stage: &Stage,
        lasted: Lasted,
        servers: Vec<Server>,
    ) -> Result<Self, LoadError> {
        let (tally, counts) = (stage.tally(), stage.counts());
        let evidence = tally.evidence.iter().map(|fault| tell(fault, people));
        Ok(Self {
            plan: plan.clone(),
            lasted,
            counts: Numbers::of(tally, counts.foreign),
            latency: Latency::of(tally),
            refusals: counts.refusals.clone(),
            endings: counts.endings.clone(),
            servers,
            evidence: evidence.collect::<Result<_, _>>()?,
            verdict: tally.verdict(),
        })
    }

    /// Whether all that was acknowledged was heard by everybody, once and in order.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The same for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let Numbers {
            said,
            acknowledged,
            refused,
            unconfirmed,
            unanswered,
            delivered,
            foreign,
            announced,
            lost,
            repeated,
            reordered,
            false_ones,
        } = self.counts;
        let Latency {
            p50,
            p99,
            p999,
            most,
        } = self.latency;
        let servers: Vec<_> = self.servers.iter().map(|it| it.json(delivered)).collect();
        json!({
            "nodes": self.plan.nodes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "users": self.plan.users,
            "talkers": self.plan.talkers,
            "rooms": self.plan.rooms,
            "text_bytes": self.plan.text_bytes,
            "pace": pace(self.plan.pace),
            "seconds": self.lasted.talked.as_secs_f64(),
            "seconds_until_heard": self.lasted.heard.as_secs_f64(),
            "said": said,
            "acknowledged": acknowledged,
            "refused": refused,
            "unconfirmed": unconfirmed,
            "unanswered": unanswered,
            "delivered": delivered,
            "acknowledged_per_second": per_second(acknowledged, self.lasted.heard),
            "delivered_per_second": per_second(delivered, self.lasted.heard),
            "latency_us": { "p50": p50, "p99": p99, "p999": p999, "max": most },
            "refusals": self.refusals,
            "endings": self.endings,
            "foreign": foreign,
            "announced": announced,
            "lost": lost,
            "repeated": repeated,
            "reordered": reordered,
            "false": false_ones,
            "evidence": self.evidence,
            "servers": servers,
            "verdict": match self.verdict {
                Verdict::Clean => "clean",
                Verdict::Faulty => "faulty",
                Verdict::Silent => "silent",
            },
        })
    }
}

impl Numbers {
    const fn of(tally: &Tally, foreign: u64) -> Self {
        Self {
            said: tally.said,
            acknowledged: tally.acknowledged,
            refused: tally.refused,
            unconfirmed: tally.unconfirmed,
            unanswered: tally.unanswered,
            delivered: tally.delivered,
            foreign,
            announced: tally.announced,
            lost: tally.lost,
            repeated: tally.repeated,
            reordered: tally.reordered,
            false_ones: tally.false_ones,
        }
    }
}

impl Latency {
    fn of(tally: &Tally) -> Self {
        let at = |quantile| tally.latency.value_at_quantile(quantile);
        Self {
            p50: at(0.5),
            p99: at(0.99),
            p999: at(0.999),
            most: tally.latency.max(),
        }
    }
}

impl Server {
    fn json(&self, delivered: u64) -> Value {
        json!({
            "pid": self.pid,
            "cpu_seconds": self.cpu().as_secs_f64(),
            "cpu_us_per_delivery": micros_each(self.cpu(), delivered),
            "resident_bytes": self.end.resident,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        let Numbers {
            said,
            acknowledged,
            delivered,
            ..
        } = self.counts;
        let Lasted { talked, heard } = self.lasted;
        for (what, count, time) in [
            ("said", said, talked),
            ("acknowledged", acknowledged, heard),
            ("delivered", delivered, heard),
        ] {
            let rate = per_second(count, time);
            writeln!(f, "{what:<14}{count:>12}  {rate:>10.1}/s")?;
        }
        self.latency.fmt(f)?;
        for server in &self.servers {
            server.line(delivered, heard, f)?;
        }
        writeln!(f, "{:<14}{}", "refusals", Labels(&self.refusals))?;
        writeln!(f, "{:<14}{}", "endings", Labels(&self.endings))?;
        self.uncertain(f)?;
        self.judgement(f)
    }
}

impl Report {
    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan {
            users,
            talkers,
            rooms,
            text_bytes,
            ..
        } = &self.plan;
        writeln!(
            f,
            "{users} people in {rooms} {} on {} {}, {talkers} of them talk: {}, {text_bytes} bytes, \
             {:.1} s\n",
            plural(u64::from(*rooms), "room"),
            self.plan.nodes.len(),
            plural(self.plan.nodes.len() as u64, "node"),
            pace(self.plan.pace),
            self.lasted.talked.as_secs_f64(),
        )
    }

    /// Lines that are there only when there is something to say.
    fn uncertain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in [
            ("not confirmed", self.counts.unconfirmed),
            ("not answered", self.counts.unanswered),
            ("of others", self.counts.foreign),
            ("announced", self.counts.announced),
        ] {
            if count > 0 {
                writeln!(f, "{what:<14}{count:>12}")?;
            }
        }
        Ok(())
    }

    fn judgement(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Numbers {
            lost,
            repeated,
            reordered,
            false_ones,
            ..
        } = self.counts;
        writeln!(
            f,
            "\nlost {lost}, repeated {repeated}, reordered {reordered}, false {false_ones}"
        )?;
        for fault in &self.evidence {
            writeln!(f, "  {fault}")?;
        }
        f.write_str(match self.verdict {
            Verdict::Clean => {
                "clean: everybody in a room heard all that was acknowledged, once and in order"
            }
            Verdict::Faulty => {
                "FAULTY: not everybody heard all that was acknowledged, once and in order"
            }
            Verdict::Silent => "SILENT: nobody heard anything, so nothing was tested",
        })
    }
}

impl Server {
    fn line(&self, delivered: u64, lasted: Duration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpu = self.cpu();
        writeln!(
            f,
            "{:<14}{:>10.2} s CPU ({:.0} %), {:.2} µs a delivery, {:.1} MiB",
            format!("pid {}", self.pid),
            cpu.as_secs_f64(),
            100.0 * cpu.as_secs_f64() / lasted.as_secs_f64().max(f64::MIN_POSITIVE),
            micros_each(cpu, delivered),
            count(self.end.resident) / f64::from(1 << 20),
        )
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |micros| count(micros) / 1e3;
        writeln!(
            f,
            "{:<14}{:>10.2} ms p50, {:.2} ms p99, {:.2} ms p99.9, {:.2} ms max",
            "latency",
            ms(self.p50),
            ms(self.p99),
            ms(self.p999),
            ms(self.most),
        )
    }
}

/// `busy 3, not_delivered 7`.
struct Labels<'a>(&'a BTreeMap<&'static str, u64>);

impl fmt::Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("        none");
        }
        for (index, (label, count)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{label} {count}")?;
        }
        Ok(())
    }
}

fn tell(fault: &Fault, people: &People) -> Result<String, LoadError> {
    Ok(match *fault {
        Fault::Lost { person, position } => {
            format!("{} did not hear {position}", people.name(person)?)
        }
        Fault::Repeated { person, position } => {
            format!("{} met {position} twice", people.name(person)?)
        }
        Fault::Reordered { person, position } => {
            format!("{} met {position} too late", people.name(person)?)
        }
        Fault::Unsaid { person, position } => {
            format!(
                "{} heard {position}, which nobody said there",
                people.name(person)?
            )
        }
        Fault::TwoAtOnePlace { position } => format!("two messages stand at {position}"),
    })
}

fn pace(pace: Pace) -> String {
    match pace {
        Pace::Rate { per_second } => format!("{per_second}/s"),
        Pace::Burst { of: 1 } => "one at a time".to_owned(),
        Pace::Burst { of } => format!("bursts of {of}"),
        Pace::Saturated => "saturated".to_owned(),
    }
}

fn plural(count: u64, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{noun}{end}")
}

fn per_second(number: u64, lasted: Duration) -> f64 {
    count(number) / lasted.as_secs_f64().max(f64::MIN_POSITIVE)
}

fn micros_each(cpu: Duration, number: u64) -> f64 {
    cpu.as_secs_f64() * 1e6 / count(number.max(1))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is counted here is far below 2^52"
)]
const fn count(number: u64) -> f64 {
    number as f64
}
