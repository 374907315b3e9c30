//! The socket's turn: hears what the phase can take, writes what was queued, closes at the end.

use std::io;
use std::pin::Pin;
use std::task::{self, Poll};

use actix::fut::ActorFuture;
use actix::{ActorContext, Context};
use tokio::time::Instant;
use tracing::debug;

use super::{Leaving, Session};
use crate::chat::Ending;
use crate::dialect::Heard;
use crate::net::framing::{Framed, UNFRAMED_BYTES};
use crate::net::pace::Turn;
use crate::net::pump::Input;
use crate::net::transport::Transport;

/// Bytes that one session reads before others have their turn.
const READ_BUDGET: usize = 16 * 1024;

/// Lines that one session hears before others have their turn.
const LINE_BUDGET: usize = 32;

/// Polled after every turn of the mailbox: reads, then writes all that was queued.
pub(super) struct Work;

impl<IO: Transport + 'static> ActorFuture<Session<IO>> for Work {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        session: &mut Session<IO>,
        ctx: &mut Context<Session<IO>>,
        cx: &mut task::Context<'_>,
    ) -> Poll<()> {
        let work = session.work.get_or_insert_with(|| cx.waker().clone());
        work.clone_from(cx.waker());
        if let Some(nap) = &mut session.nap
            && nap.as_mut().poll(cx).is_ready()
        {
            session.nap = None;
        }
        // What found the bridge full goes first, and until it is gone nothing more is heard.
        session.send_asks(ctx);
        let turned = if session.nap.is_none() && session.asks.is_empty() {
            session.listen(ctx, cx)
        } else {
            Turned::Asleep
        };
        session.send_asks(ctx);
        // Full before or by what was just heard: reading stopped, and only writing resumes it.
        let was_full = session.pump.backlog() > session.links.rules.backlog / 2;
        if let Poll::Ready(Err(error)) = session.write(ctx, cx) {
            session.broken(&error, ctx);
        }
        session.ask_for_more(ctx);
        let has_room_again = was_full && session.may_listen();
        if matches!(turned, Turned::More) || has_room_again {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

/// What one turn of reading led to.
enum Turned {
    /// Nothing more can be done before something wakes the session.
    Asleep,
    /// There is more; others have their turn first.
    More,
}

impl<IO: Transport + 'static> Session<IO> {
    /// Hears what can be heard now.
    fn listen(&mut self, ctx: &mut Context<Self>, cx: &mut task::Context<'_>) -> Turned {
        let (mut lines, mut bytes) = (0, 0);
        while self.may_listen() {
            if let Some(heard) = self.dialect.next_heard() {
                self.hear(heard, ctx);
                continue;
            }
            if self.pump.lines().has_line() {
                if lines == LINE_BUDGET {
                    return Turned::More;
                }
                if !self.is_their_turn(cx) {
                    return Turned::Asleep;
                }
                lines += 1;
            }
            match self.pump.take_line() {
                Framed::Line(line) => self.dialect.hear(&line),
                Framed::TooLong => self.dialect.hear_too_long(self.pump.lines().most()),
                Framed::Lost => self.end(
                    Ending::FramingLost {
                        most: UNFRAMED_BYTES,
                    },
                    ctx,
                ),
                Framed::Incomplete if self.pump.input() == Input::Ended => {
                    if self.phase.is_settled() {
                        self.end(Ending::Gone, ctx);
                    }
                    return Turned::Asleep;
                }
                Framed::Incomplete if bytes >= READ_BUDGET => return Turned::More,
                Framed::Incomplete => match self.pump.poll_read(cx) {
                    Poll::Pending => return Turned::Asleep,
                    Poll::Ready(Ok(read)) => {
                        bytes += read;
                        self.is_heard();
                    }
                    Poll::Ready(Err(error)) => {
                        self.broken(&error, ctx);
                        return Turned::Asleep;
                    }
                },
            }
        }
        Turned::Asleep
    }

    fn hear(&mut self, heard: Heard, ctx: &mut Context<Self>) {
        let steps = self.phase.hear(heard);
        self.perform(steps, ctx);
    }

    /// A peer that does not read its answers is not heard further.
    fn may_listen(&self) -> bool {
        self.leaving == Leaving::Not
            && self.phase.is_ready()
            && self.pump.backlog() <= self.links.rules.backlog / 2
    }

    /// Takes a token of the pace, or has the work woken when there is one.
    fn is_their_turn(&mut self, cx: &mut task::Context<'_>) -> bool {
        let Some(pace) = &mut self.pace else {
            return true;
        };
        match pace.take(Instant::now()) {
            Turn::Now => true,
            Turn::In(wait) => {
                let mut nap = Box::pin(tokio::time::sleep(wait));
                let over = nap.as_mut().poll(cx).is_ready();
                self.nap = (!over).then_some(nap);
                if over {
                    cx.waker().wake_by_ref();
                }
                false
            }
        }
    }

    fn broken(&mut self, error: &io::Error, ctx: &mut Context<Self>) {
        debug!(session = %self.id, %error, "the connection broke");
        if self.leaving == Leaving::Not {
            self.leaving = Leaving::Closed(Ending::Gone);
        }
        ctx.stop();
    }

    /// Writes what is queued, and on the way out closes behind it.
    fn write(
        &mut self,
        ctx: &mut Context<Self>,
        cx: &mut task::Context<'_>,
    ) -> Poll<io::Result<()>> {
        task::ready!(self.pump.poll_write(cx))?;
        self.shows(ctx);
        if let Leaving::Saying(ending) = self.leaving {
            task::ready!(self.pump.poll_close(cx))?;
            self.leaving = Leaving::Closed(ending);
        }
        if let Leaving::Closed(_) = self.leaving {
            task::ready!(self.pump.poll_drain(cx))?;
            ctx.stop();
        }
        Poll::Ready(Ok(()))
    }
}
