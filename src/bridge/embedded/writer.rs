//! The one thread that writes: it takes a batch, runs it in one transaction, and hands it back.
//!
//! One batch is in flight at a time, so a batch is whatever was asked while the one before was
//! being written: alone when there is little to do, and some [`BATCH_TASKS`] for one fsync when
//! there is much. It never waits to fill a batch.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tokio::sync::oneshot;

use super::lock::Lock;
use super::log::{Store, StoreError};
use crate::chat::origin::{Origin, SessionId};
use crate::chat::{Refusal, RoomName, UserName};
use crate::messages::{
    AccountAnswer, AccountAsk, Arrival, LOOK_EVENTS, LookBack, LookedBack, Outcome, Question,
    Request,
};

/// Tasks in one transaction: enough to make an fsync cheap, few enough to answer soon.
pub(super) const BATCH_TASKS: usize = 500;

/// Messages of a history that are read in the time of one other task.
const MESSAGES_PER_TASK: usize = 10;

/// Something for the store to decide.
#[derive(Debug)]
pub(super) enum Task {
    /// What a session asks.
    Ask {
        /// Who asks.
        session: SessionId,
        /// What is asked.
        question: Question,
    },
    /// What a session asked in vain: decided already, in the queue only to be answered in order.
    Refuse {
        /// Why.
        refusal: Refusal,
    },
    /// What the authenticator asks.
    Account {
        /// What is asked.
        ask: AccountAsk,
    },
    /// What the registry looks up.
    LookBack {
        /// What.
        look: LookBack,
    },
    /// Nobody came back to a place in time.
    LetGo {
        /// Whose place it was.
        session: SessionId,
        /// The account.
        user: UserName,
    },
    /// Some rooms are looked after.
    Sweep {
        /// The last one of the slice before.
        after: Option<RoomName>,
    },
}

impl Task {
    /// How much it counts against the bound of the queue: what is decided already and what the
    /// store asks of itself are few, for they are bounded elsewhere.
    pub(super) const fn counts(&self) -> usize {
        match self {
            Self::Ask { .. } | Self::Account { .. } | Self::LookBack { .. } => 1,
            Self::Refuse { .. } | Self::LetGo { .. } | Self::Sweep { .. } => 0,
        }
    }

    /// How many usual tasks it takes as long as.
    fn size(&self) -> usize {
        match self {
            Self::Ask {
                question:
                    Question::Live {
                        request: Request::History(request),
                        ..
                    },
                ..
            } => 1 + request.messages() / MESSAGES_PER_TASK,
            Self::LookBack { .. } => 1 + LOOK_EVENTS / MESSAGES_PER_TASK,
            Self::Ask { .. }
            | Self::Refuse { .. }
            | Self::Account { .. }
            | Self::LetGo { .. }
            | Self::Sweep { .. } => 1,
        }
    }
}

/// How many of the queued tasks are the next batch: at least one, and [`BATCH_TASKS`] where they
/// are of the usual size. Long histories count for more, so that they do not hold up the others.
pub(super) fn fitting<'a>(queued: impl Iterator<Item = &'a Task>) -> usize {
    let mut room = BATCH_TASKS;
    let fit = queued.take_while(|task| {
        let has_room = room > 0;
        room = room.saturating_sub(task.size());
        has_room
    });
    fit.count()
}

/// What became of a task.
#[derive(Debug)]
pub(super) enum Verdict {
    /// For the session.
    Outcome(Outcome),
    /// For the authenticator.
    Account(AccountAnswer),
    /// For the registry.
    LookedBack(LookedBack),
    /// For nobody.
    Silence,
    /// The sweep has more to do behind this room.
    SweepOn {
        /// The last room seen.
        after: RoomName,
    },
}

/// What became of a task, and the events that it caused.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) verdict: Verdict,
    pub(super) arrivals: Vec<Arrival>,
}

/// What became of all tasks of a batch, in their order.
pub(super) type Decided = Result<Vec<Decision>, StoreError>;

/// The way to the thread.
#[derive(Debug)]
pub(super) struct Writer {
    batches: SyncSender<Batch>,
    closed: oneshot::Receiver<()>,
}

#[derive(Debug)]
struct Batch {
    tasks: Vec<Task>,
    done: oneshot::Sender<Decided>,
}

impl Writer {
    /// Starts the thread, which owns the store and its lock until it ends.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub(super) fn spawn(store: Store, lock: Lock) -> io::Result<Self> {
        let (batches, inbox) = sync_channel(1);
        let (closing, closed) = oneshot::channel();
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                run(store, &inbox);
                drop(lock);
                // Nobody waits for it when the node ends in another way.
                let _ = closing.send(());
            })?;
        Ok(Self { batches, closed })
    }

    /// Hands over the next batch, when the one before is decided. What is returned resolves with
    /// its decisions; to an error, when the thread ended without deciding it.
    pub(super) fn hand_over(&self, tasks: Vec<Task>) -> oneshot::Receiver<Decided> {
        let (done, decided) = oneshot::channel();
        // A thread that is gone drops the batch, and `done` with it: that is the report.
        let _ = self.batches.try_send(Batch { tasks, done });
        decided
    }

    /// Lets the thread end, and waits until the store is closed.
    pub(super) async fn close(self) {
        drop(self.batches);
        // An error is a thread that panicked; the store is closed by that too.
        let _ = self.closed.await;
    }
}

fn run(mut store: Store, inbox: &Receiver<Batch>) {
    while let Ok(Batch { tasks, done }) = inbox.recv() {
        let decided = store.decide_all(tasks);
        let failed = decided.is_err();
        // The bridge is gone when it has gone without being shut: then nobody is left to tell.
        let _ = done.send(decided);
        if failed {
            return;
        }
    }
}

impl Store {
    /// Decides all tasks in order, in one transaction.
    pub(super) fn decide_all(&mut self, tasks: Vec<Task>) -> Decided {
        self.transaction(|store| {
            let decisions = tasks.into_iter().map(|task| {
                Ok(Decision {
                    verdict: store.decide(task)?,
                    arrivals: store.take_arrivals(),
                })
            });
            decisions.collect()
        })
    }

    fn decide(&mut self, task: Task) -> Result<Verdict, StoreError> {
        match task {
            Task::Ask { session, question } => self.answer(&session, question),
            Task::Refuse { refusal } => Ok(Verdict::Outcome(Outcome::Refused(refusal))),
            Task::Account { ask } => self.account(ask).map(Verdict::Account),
            Task::LookBack { look } => self.look_back(look).map(Verdict::LookedBack),
            Task::LetGo { session, user } => {
                self.release(&session, &user, None, &Origin::Store)?;
                Ok(Verdict::Silence)
            }
            Task::Sweep { after } => Ok(self
                .sweep(after.as_ref())?
                .map_or(Verdict::Silence, |after| Verdict::SweepOn { after })),
        }
    }

    fn answer(&mut self, session: &SessionId, question: Question) -> Result<Verdict, StoreError> {
        match question {
            Question::Claim { user, entrance } => {
                self.claim(session, user, entrance).map(Verdict::Outcome)
            }
            Question::Live { claim, request } => {
                self.live(session, &claim, request).map(Verdict::Outcome)
            }
            Question::Probe { user } => {
                self.probe(session, &user)?;
                Ok(Verdict::Silence)
            }
            Question::Alive { claim } => {
                self.alive(session, &claim)?;
                Ok(Verdict::Silence)
            }
            Question::Seen { claim, position } => {
                self.has_seen(session, &claim, position)?;
                Ok(Verdict::Silence)
            }
            Question::Settle => Ok(Verdict::Outcome(Outcome::Settled)),
            Question::Release { user, parting } => {
                self.part(session, &user, parting)?;
                Ok(Verdict::Silence)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::history::{Past, Span};
    use crate::chat::limits::HISTORY_MOST;
    use crate::chat::origin::{ConnId, Incarnation};
    use crate::chat::{NodeName, Position};
    use crate::messages::{Claim, HistoryRequest};

    fn history(count: u16) -> Task {
        let node = NodeName::new("node-1").expect("a name");
        let user = UserName::new("alice").expect("a name");
        let incarnation = Incarnation { node, run: 1 };
        let (conn, fence) = (ConnId(1), Position::START);
        let request = Request::History(HistoryRequest::Room {
            room: RoomName::lobby(),
            past: Past::Words,
            span: Span::Latest,
            count,
        });
        Task::Ask {
            session: SessionId { incarnation, conn },
            question: Question::Live {
                claim: Claim { user, fence },
                request,
            },
        }
    }

    #[test]
    fn long_histories_make_short_batches() {
        let small: Vec<_> = (0..BATCH_TASKS * 2).map(|_| history(1)).collect();
        assert_eq!(fitting(small.iter()), BATCH_TASKS);
        assert_eq!(fitting(small[..7].iter()), 7);
        let long: Vec<_> = (0..BATCH_TASKS).map(|_| history(HISTORY_MOST)).collect();
        assert_eq!(fitting(long.iter()), 10);
        assert_eq!(fitting(std::iter::once(&history(u16::MAX))), 1);
    }
}
