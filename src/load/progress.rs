//! How far it is, for who waits: a line that changes on a terminal, now and then one for a log.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use super::pace::Until;
use super::referee::Tally;

/// Between two lines on a terminal.
const ON_A_TERMINAL: Duration = Duration::from_millis(250);

/// Between two lines in a log.
const IN_A_LOG: Duration = Duration::from_secs(10);

/// Where progress is shown.
#[derive(Debug)]
pub struct Progress {
    reader: Reader,
    shown: Instant,
    line: Line,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Person,
    Log,
    Nobody,
}

/// Whether a line on the terminal waits to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Ended,
    Open,
}

impl Progress {
    /// On standard error, for whoever reads that.
    #[must_use]
    pub fn on_stderr() -> Self {
        Self::for_reader(if io::stderr().is_terminal() {
            Reader::Person
        } else {
            Reader::Log
        })
    }

    /// For nobody.
    #[must_use]
    pub fn silent() -> Self {
        Self::for_reader(Reader::Nobody)
    }

    fn for_reader(reader: Reader) -> Self {
        Self {
            reader,
            shown: Instant::now(),
            line: Line::Ended,
        }
    }

    /// People come in.
    pub(super) fn coming(&mut self, here: usize, wanted: usize, last_no: Option<&str>) {
        if self.is_due() {
            let why = last_no.filter(|_| here < wanted);
            let why = why.map_or_else(String::new, |said| format!("; last answer: {said}"));
            self.show(&format!("{here} of {wanted} people are in{why}"));
        }
    }

    /// There is talk.
    pub(super) fn talking(&mut self, since: Duration, until: Until, tally: &Tally) {
        if self.is_due() {
            let far = match until {
                Until::Elapsed(time) => {
                    format!("{:.0} of {:.0} s", since.as_secs_f32(), time.as_secs_f32())
                }
                Until::Said(count) => format!("{} of {count} texts", tally.said),
            };
            let p99 = Duration::from_micros(tally.latency.value_at_quantile(0.99));
            self.show(&format!(
                "{far}: {} said, {} delivered, p99 {:.1} ms, {} lost, {} repeated, {} reordered",
                tally.said,
                tally.delivered,
                p99.as_secs_f64() * 1e3,
                tally.lost,
                tally.repeated,
                tally.reordered,
            ));
        }
    }

    /// What comes next is another thing.
    pub(super) fn done(&mut self) {
        if self.line == Line::Open {
            self.line = Line::Ended;
            // Where it cannot be shown, nobody wants to know.
            let _ = writeln!(io::stderr());
        }
    }

    fn is_due(&mut self) -> bool {
        let pause = match self.reader {
            Reader::Person => ON_A_TERMINAL,
            Reader::Log => IN_A_LOG,
            Reader::Nobody => return false,
        };
        let is_due = self.shown.elapsed() >= pause;
        if is_due {
            self.shown = Instant::now();
        }
        is_due
    }

    fn show(&mut self, text: &str) {
        // Where it cannot be shown, nobody wants to know.
        let _ = match self.reader {
            Reader::Person => {
                self.line = Line::Open;
                // Back to the beginning of the line, and nothing left of what stood there.
                write!(io::stderr(), "\r\u{1b}[K{text}")
            }
            Reader::Log | Reader::Nobody => writeln!(io::stderr(), "{text}"),
        };
    }
}
