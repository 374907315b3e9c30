//! Between the node and the parts without which it cannot go on.

use actix::Message;
use tokio::sync::mpsc;

/// A core actor stops for good; answered when what it held is done.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Shut;

/// A part without which the node cannot go on has failed; the text is for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} failed: {why}")]
pub struct PartFailed {
    /// The part, by its name in the lexicon.
    pub part: &'static str,
    /// What happened.
    pub why: String,
}

/// Held by every core actor: reports to the node when the actor fails or panics.
#[derive(Debug)]
pub struct Vital {
    part: &'static str,
    node: mpsc::Sender<PartFailed>,
}

impl Vital {
    /// A guard for one part; `node` hears of its failure. Capacity 1 is enough: the first one
    /// ends the node.
    #[must_use]
    pub const fn new(part: &'static str, node: mpsc::Sender<PartFailed>) -> Self {
        Self { part, node }
    }

    /// Reports that the part cannot go on.
    pub fn failed(&self, why: impl Into<String>) {
        // A full channel holds an earlier failure, which ends the node just the same.
        let _ = self.node.try_send(PartFailed {
            part: self.part,
            why: why.into(),
        });
    }
}

impl Drop for Vital {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.failed("it panicked, which is a bug; the backtrace is in the log");
        }
    }
}
