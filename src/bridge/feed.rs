//! What waits to be handed to the registry, and the answers that may not overtake it.

use std::collections::{HashMap, VecDeque};

use actix::Recipient;

use crate::chat::origin::{ConnId, SessionId};
use crate::messages::{Arrival, BATCH_EVENTS, Continuity, Lost, SessionMail};

/// Events that wait for the registry; above it the store decides nothing, so that a slow reader
/// slows the writers down and not the node's memory up. The last batch may go beyond it.
pub(super) const FEED_EVENTS: usize = 8192;

/// An answer or what else a session is told, and where it goes.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) session: SessionId,
    pub(super) to: Recipient<SessionMail>,
    pub(super) mail: SessionMail,
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
    /// How what follows goes on from what is before, where it does not simply do so.
    Seam(Continuity),
}

/// What the registry is given at once.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) continuity: Continuity,
    /// At most [`BATCH_EVENTS`]; none when all that is to be told is that events were lost.
    pub(super) arrivals: Vec<Arrival>,
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
        arrivals.into_iter().for_each(|arrival| self.push(arrival));
    }

    /// Appends one event.
    pub(super) fn push(&mut self, arrival: Arrival) {
        self.events += 1;
        self.items.push_back(Item::Event(arrival));
    }

    /// Says that events were lost: what follows does not follow on what is here.
    pub(super) fn breaks(&mut self, lost: Lost) {
        let seam = Continuity::Broken { lost };
        self.items.push_back(Item::Seam(seam));
    }

    /// Says that the store does not hold the claims of these sessions any more.
    pub(super) fn doubts(&mut self, conns: Vec<ConnId>) {
        if !conns.is_empty() {
            let seam = Continuity::Doubtful { conns };
            self.items.push_back(Item::Seam(seam));
        }
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

    /// The next batch up to the next answer or seam, if none is out and there is one.
    pub(super) fn next_batch(&mut self) -> Option<Batch> {
        if self.flow == Flow::Out {
            return None;
        }
        let seam = |item: &mut Item| matches!(item, Item::Seam(_));
        let continuity = match self.items.pop_front_if(seam) {
            Some(Item::Seam(continuity)) => continuity,
            Some(Item::Event(_) | Item::Answer(_)) | None => Continuity::Unbroken,
        };
        let mut arrivals = Vec::new();
        while arrivals.len() < BATCH_EVENTS
            && let Some(Item::Event(arrival)) = self
                .items
                .pop_front_if(|item| matches!(item, Item::Event(_)))
        {
            arrivals.push(arrival);
        }
        if arrivals.is_empty() && continuity == Continuity::Unbroken {
            return None;
        }
        self.events -= arrivals.len();
        self.flow = Flow::Out;
        Some(Batch {
            continuity,
            arrivals,
        })
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
