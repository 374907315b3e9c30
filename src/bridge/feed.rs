//! What waits to be handed to the registry, and the answers that may not overtake it.

use std::collections::{HashMap, VecDeque};

use actix::Recipient;

use crate::chat::origin::SessionId;
use crate::messages::{Arrival, BATCH_EVENTS, Outcome, SessionMail};

/// Events that wait for the registry; above it the store decides nothing, so that a slow reader
/// slows the writers down and not the node's memory up. The last batch may go beyond it.
pub(super) const FEED_EVENTS: usize = 8192;

/// An answer, and where it goes.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) session: SessionId,
    pub(super) to: Recipient<SessionMail>,
    pub(super) outcome: Outcome,
}

/// The events in log order, and between them the answers that wait for those before them.
///
/// Such an answer is that to `Settle`, and every later one to the same session, because answers
/// come in the order of the asks. The events it caused stand behind it.
#[derive(Debug, Default)]
pub(super) struct Feed {
    items: VecDeque<Item>,
    events: usize,
    /// Waiting answers by session.
    held: HashMap<SessionId, usize>,
    flow: Flow,
}

#[derive(Debug)]
enum Item {
    Event(Arrival),
    Answer(Reply),
}

/// Whether a batch is with the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Flow {
    #[default]
    Idle,
    Out,
}

impl Feed {
    /// Appends events.
    pub(super) fn extend(&mut self, arrivals: Vec<Arrival>) {
        self.events += arrivals.len();
        self.items.extend(arrivals.into_iter().map(Item::Event));
    }

    /// Holds an answer back until everything before it is handled.
    pub(super) fn hold(&mut self, reply: Reply) {
        *self.held.entry(reply.session.clone()).or_default() += 1;
        self.items.push_back(Item::Answer(reply));
    }

    /// Whether an answer to this session waits, so that the next one has to wait behind it.
    pub(super) fn holds(&self, session: &SessionId) -> bool {
        self.held.contains_key(session)
    }

    /// The next answer before which everything is handled.
    pub(super) fn due(&mut self) -> Option<Reply> {
        let is_due = self.flow == Flow::Idle && matches!(self.items.front(), Some(Item::Answer(_)));
        let Some(Item::Answer(reply)) = self.items.pop_front_if(|_| is_due) else {
            return None;
        };
        if let Some(waiting) = self.held.get_mut(&reply.session) {
            *waiting -= 1;
            if *waiting == 0 {
                self.held.remove(&reply.session);
            }
        }
        Some(reply)
    }

    /// The next batch up to the next answer, if none is out and there is one.
    pub(super) fn next_batch(&mut self) -> Option<Vec<Arrival>> {
        if self.flow == Flow::Out {
            return None;
        }
        let mut arrivals = Vec::new();
        while arrivals.len() < BATCH_EVENTS
            && let Some(Item::Event(arrival)) = self
                .items
                .pop_front_if(|item| matches!(item, Item::Event(_)))
        {
            arrivals.push(arrival);
        }
        if arrivals.is_empty() {
            return None;
        }
        self.events -= arrivals.len();
        self.flow = Flow::Out;
        Some(arrivals)
    }

    /// The batch that was out is handled.
    pub(super) const fn returned(&mut self) {
        self.flow = Flow::Idle;
    }

    /// Whether the store should decide nothing more for now.
    pub(super) const fn is_full(&self) -> bool {
        self.events >= FEED_EVENTS
    }

    /// Whether nothing waits and nothing is out.
    pub(super) fn is_done(&self) -> bool {
        self.items.is_empty() && self.flow == Flow::Idle
    }
}
