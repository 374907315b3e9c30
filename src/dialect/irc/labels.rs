//! Answers gathered under the label of the command that they answer.
//!
//! <https://ircv3.net/specs/extensions/labeled-response> and
//! <https://ircv3.net/specs/extensions/batch>.

use bytes::{BufMut as _, BytesMut};

use super::caps::{Cap, Caps};
use super::grammar::{Message, escape};
use super::multiline;

/// Bytes of a label; a longer one is none.
const LABEL_BYTES: usize = 64;

/// The label of a command, where it is one: without batches, answers of several lines have none.
pub(super) fn of<'a>(message: &'a Message<'_>, caps: Caps) -> Option<&'a str> {
    let understood = caps.has(Cap::LabeledResponse) && caps.has(Cap::Batch);
    let fits = |label: &&str| (1..=LABEL_BYTES).contains(&label.len());
    message.tag("label").filter(|_| understood).filter(fits)
}

/// The answers to one labelled command so far.
#[derive(Debug)]
pub(super) struct Labelled {
    label: String,
    /// Whole lines that are not written yet.
    lines: BytesMut,
    batch: Batch,
}

/// Whether the batch in which the answers are has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Batch {
    /// Perhaps there is no need of one.
    Unopened,
    Open,
}

impl Labelled {
    /// Nothing is answered yet.
    #[must_use]
    pub(super) fn new(label: &str) -> Self {
        let mut escaped = BytesMut::new();
        escape(label, &mut escaped);
        Self {
            label: String::from_utf8_lossy(&escaped).into_owned(),
            lines: BytesMut::new(),
            batch: Batch::Unopened,
        }
    }

    /// Where more answers go.
    pub(super) const fn lines(&mut self) -> &mut BytesMut {
        &mut self.lines
    }

    /// Begins the batch with what there is: what happens next may be told before the last answer.
    pub(super) fn open(&mut self, server: &str, out: &mut BytesMut) {
        if self.batch == Batch::Unopened {
            self.batch = Batch::Open;
            self.begin(server, out);
        }
        self.go_on(out);
    }

    /// Writes what was answered, where the batch is open.
    pub(super) fn go_on(&mut self, out: &mut BytesMut) {
        if self.batch == Batch::Open {
            in_batch(BATCH, &self.lines.split(), out);
        }
    }

    fn begin(&self, server: &str, out: &mut BytesMut) {
        let begin = format!(":{server} BATCH +{BATCH} labeled-response\r\n");
        tagged(&format!("label={}", self.label), begin.as_bytes(), out);
    }

    /// Writes the rest: nothing as an `ACK`, one line with the label, several as a batch.
    pub(super) fn end(mut self, server: &str, out: &mut BytesMut) {
        let end = format!(":{server} BATCH -{BATCH}\r\n");
        if self.batch == Batch::Open {
            self.go_on(out);
            return out.put_slice(end.as_bytes());
        }
        let label = format!("label={}", self.label);
        let lines: Vec<&[u8]> = whole_lines(&self.lines).collect();
        match lines[..] {
            [] => out.put_slice(format!("@{label} :{server} ACK\r\n").as_bytes()),
            [line] => tagged(&label, line, out),
            [first, .., last] if multiline::is_whole(first, last) => {
                tagged(&label, first, out);
                out.put_slice(&self.lines[first.len()..]);
            }
            [..] => {
                self.begin(server, out);
                in_batch(BATCH, &self.lines, out);
                out.put_slice(end.as_bytes());
            }
        }
    }
}

/// The name of the batch; it is over before another one can begin.
const BATCH: &str = "labelled";

/// Writes whole lines as those of a batch; what is in another one already is in this one by that.
pub(super) fn in_batch(name: &str, lines: &[u8], out: &mut BytesMut) {
    let batch = format!("batch={name}");
    for line in whole_lines(lines) {
        if line.starts_with(b"@batch=") {
            out.put_slice(line);
        } else {
            tagged(&batch, line, out);
        }
    }
}

fn whole_lines(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines.split_inclusive(|byte| *byte == b'\n')
}

/// Writes a line with one tag more, in front.
fn tagged(tag: &str, line: &[u8], out: &mut BytesMut) {
    out.put_u8(b'@');
    out.put_slice(tag.as_bytes());
    match line.strip_prefix(b"@") {
        Some(rest) => {
            out.put_u8(b';');
            out.put_slice(rest);
        }
        None => {
            out.put_u8(b' ');
            out.put_slice(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(lines: &str) -> String {
        let mut labelled = Labelled::new("a b");
        labelled.lines().put_slice(lines.as_bytes());
        let mut out = BytesMut::new();
        labelled.end("irc.test", &mut out);
        String::from_utf8(out.to_vec()).expect("text")
    }

    #[test]
    fn no_answer_one_and_several_carry_the_label_once() {
        assert_eq!(spelled(""), "@label=a\\sb :irc.test ACK\r\n");
        assert_eq!(spelled(":x PONG\r\n"), "@label=a\\sb :x PONG\r\n");
        assert_eq!(
            spelled("@time=1 :x PONG\r\n"),
            "@label=a\\sb;time=1 :x PONG\r\n"
        );
        assert_eq!(
            spelled(":x 1\r\n@time=1 :x 2\r\n"),
            "@label=a\\sb :irc.test BATCH +labelled labeled-response\r\n\
             @batch=labelled :x 1\r\n\
             @batch=labelled;time=1 :x 2\r\n\
             :irc.test BATCH -labelled\r\n"
        );
    }
}
