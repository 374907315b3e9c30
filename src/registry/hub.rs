//! Hands frames to the sessions of one thread.
//!
//! The registry sends one message for each hub and batch; the hub passes frames on by the
//! recipients that it keeps. A batch is at most [`BATCH_EVENTS`](crate::messages::BATCH_EVENTS)
//! frames for one session, so that a kept recipient is never full while its session lives.

use actix::dev::SendError;
use actix::{Actor, Context, Handler, Recipient, ResponseFuture};
use bytes::{Bytes, BytesMut};
use tokio::sync::oneshot;
use tracing::error;

use crate::chat::Ending;
use crate::chat::origin::ConnId;
use crate::messages::{
    ACTOR_MAILBOX, Attach, CloseAll, Credit, Delivery, Detach, Frame, Frames, Handoff, Run,
    SessionMail, Span, Vital,
};

use super::conns::ConnMap;

/// The sessions of one arbiter.
#[derive(Debug)]
pub struct Hub {
    sessions: ConnMap<Recipient<SessionMail>>,
    door: Door,
    #[expect(dead_code, reason = "its drop reports a panic")]
    vital: Vital,
}

/// Whether sessions may still come.
#[derive(Debug)]
enum Door {
    Open,
    /// They are told the ending at once; resolved when the last one is gone.
    Closed {
        ending: Ending,
        waiting: Vec<oneshot::Sender<()>>,
    },
}

impl Hub {
    /// A hub without sessions.
    #[must_use]
    pub fn new(vital: Vital) -> Self {
        Self {
            sessions: ConnMap::default(),
            door: Door::Open,
            vital,
        }
    }

    fn pass(&mut self, conn: ConnId, mail: SessionMail) {
        let Some(session) = self.sessions.get(&conn) else {
            return;
        };
        match session.try_send(mail) {
            Ok(()) => {}
            // It is stopping; its `Detach` is on the way.
            Err(SendError::Closed(_)) => {}
            Err(SendError::Full(_)) => self.give_up(conn),
        }
    }

    /// A session whose mailbox is full would miss a frame in silence: it is ended instead.
    #[expect(
        clippy::disallowed_methods,
        reason = "the last message to a full mailbox"
    )]
    fn give_up(&mut self, conn: ConnId) {
        error!(%conn, "a session's mailbox was full, which is a bug; the session is ended");
        if let Some(session) = self.sessions.get(&conn) {
            session.do_send(SessionMail::End(Ending::TooSlow));
        }
    }

    fn pass_all(&mut self, deliveries: Vec<Delivery>, span: Span, credit: &Credit) {
        let mut gathered = Gathered::default();
        for delivery in deliveries {
            match delivery {
                Delivery::Run(run) => share(run, |conn, bytes| gathered.add(conn, bytes)),
                Delivery::End { conn, ending } => {
                    self.pass_gathered(conn, gathered.take(conn), span, credit);
                    self.pass(conn, SessionMail::End(ending));
                }
                Delivery::FormatSet { conn } => {
                    self.pass_gathered(conn, gathered.take(conn), span, credit);
                    self.pass(conn, SessionMail::FormatSet);
                }
                Delivery::Suspended { conn } => {
                    self.pass_gathered(conn, gathered.take(conn), span, credit);
                    self.pass(conn, SessionMail::Suspended);
                }
                Delivery::PutOut {
                    conn,
                    room,
                    position,
                } => {
                    self.pass_gathered(conn, gathered.take(conn), span, credit);
                    self.pass(conn, SessionMail::PutOut { room, position });
                }
                Delivery::Probe { conn } => self.pass(conn, SessionMail::Probe),
                Delivery::HolderAlive { conn } => self.pass(conn, SessionMail::HolderAlive),
                Delivery::Missed { conn, part } => {
                    self.pass_gathered(conn, gathered.take(conn), span, credit);
                    self.pass(conn, SessionMail::Missed(part));
                }
            }
        }
        for (conn, frames) in gathered.0 {
            self.pass_gathered(conn, Some(frames), span, credit);
        }
    }

    fn pass_gathered(
        &mut self,
        conn: ConnId,
        frames: Option<Vec<Bytes>>,
        span: Span,
        credit: &Credit,
    ) {
        if let Some(frames) = frames {
            self.pass_frames(conn, Frames::Several(frames), span, credit);
        }
    }

    fn pass_frames(&mut self, conn: ConnId, frames: Frames, span: Span, credit: &Credit) {
        let credit = credit.clone();
        let mail = SessionMail::Frames {
            frames,
            span,
            credit,
        };
        self.pass(conn, mail);
    }

    fn look_whether_empty(&mut self) {
        if let Door::Closed { waiting, .. } = &mut self.door
            && self.sessions.is_empty()
        {
            for waiter in waiting.drain(..) {
                // Who asked may have given up waiting.
                let _ = waiter.send(());
            }
        }
    }
}

/// Gives each session of a run its frames in one piece, which all share but those who are left
/// out of one.
fn share(Run { frames, to }: Run, mut give: impl FnMut(ConnId, Bytes)) {
    let whole = joined(frames.iter());
    for conn in to {
        let gets = |frame: &&Frame| frame.except != Some(conn);
        let bytes = if frames.iter().all(|frame| gets(&frame)) {
            whole.clone()
        } else {
            joined(frames.iter().filter(gets))
        };
        if !bytes.is_empty() {
            give(conn, bytes);
        }
    }
}

/// One frame as it is, several behind each other.
fn joined<'a>(mut frames: impl Iterator<Item = &'a Frame>) -> Bytes {
    let Some(first) = frames.next() else {
        return Bytes::new();
    };
    let Some(second) = frames.next() else {
        return first.bytes.clone();
    };
    let mut all = BytesMut::new();
    for frame in [first, second].into_iter().chain(frames) {
        all.extend_from_slice(&frame.bytes);
    }
    all.freeze()
}

/// Frames by session, so that each session is woken once for a batch.
#[derive(Default)]
struct Gathered(ConnMap<Vec<Bytes>>);

impl Gathered {
    fn add(&mut self, conn: ConnId, frame: Bytes) {
        self.0.entry(conn).or_default().push(frame);
    }

    fn take(&mut self, conn: ConnId) -> Option<Vec<Bytes>> {
        self.0.remove(&conn)
    }
}

impl Actor for Hub {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
    }
}

impl Handler<Attach> for Hub {
    type Result = ();

    fn handle(&mut self, Attach { conn, session }: Attach, _: &mut Self::Context) {
        self.sessions.insert(conn, session);
        if let Door::Closed { ending, .. } = self.door {
            self.pass(conn, SessionMail::End(ending));
        }
    }
}

impl Handler<Detach> for Hub {
    type Result = ();

    fn handle(&mut self, Detach { conn }: Detach, _: &mut Self::Context) {
        self.sessions.remove(&conn);
        self.look_whether_empty();
    }
}

impl Handler<Handoff> for Hub {
    type Result = ();

    fn handle(&mut self, handoff: Handoff, _: &mut Self::Context) {
        let Handoff {
            deliveries,
            span,
            credit,
        } = handoff;
        match <[Delivery; 1]>::try_from(deliveries) {
            // The common case: one room talks, and no frame has to be gathered.
            Ok([Delivery::Run(run)]) => {
                share(run, |conn, bytes| {
                    self.pass_frames(conn, Frames::One(bytes), span, &credit)
                });
            }
            Ok(other) => self.pass_all(other.into(), span, &credit),
            Err(several) => self.pass_all(several, span, &credit),
        }
    }
}

impl Handler<CloseAll> for Hub {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, CloseAll { ending }: CloseAll, _: &mut Self::Context) -> Self::Result {
        let (done, closed) = oneshot::channel();
        self.door = Door::Closed {
            ending,
            waiting: vec![done],
        };
        let conns: Vec<_> = self.sessions.keys().copied().collect();
        for conn in conns {
            self.pass(conn, SessionMail::End(ending));
        }
        self.look_whether_empty();
        Box::pin(async move {
            let _gone = closed.await;
        })
    }
}

#[cfg(test)]
mod tests;
