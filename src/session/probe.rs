//! Two who want one account: the live session shows whether it is alive, and the newcomer waits for
//! that, but not for ever.

use std::time::Duration;

use actix::{AsyncContext, Context};
use tokio::time::Instant;
use tracing::debug;

use super::{Leaving, Session};
use crate::messages::Question;
use crate::net::transport::Transport;

/// Whoever was heard within this is alive.
const HEARD: Duration = Duration::from_secs(10);

/// How long a doubted connection has to break: a little longer than the kernel asks.
const DOUBTED: Duration = Duration::from_millis(3500);

/// When a newcomer looks again whether the account is free.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

impl<IO: Transport + 'static> Session<IO> {
    /// Somebody else wants this account. The peer is heard, or its connection breaks, or it is there.
    pub(super) fn probed(&mut self, ctx: &mut Context<Self>) {
        if self.heard_at.elapsed() < HEARD {
            return self.say_alive();
        }
        if let Err(error) = self.pump.io().doubt() {
            debug!(session = %self.id, %error, "the connection cannot be doubted");
        }
        ctx.run_later(DOUBTED, |session, _| {
            if let Err(error) = session.pump.io().trust() {
                debug!(session = %session.id, %error, "the connection cannot be trusted again");
            }
            session.say_alive();
            session.wake_work();
        });
    }

    fn say_alive(&mut self) {
        if self.leaving != Leaving::Not {
            return;
        }
        if let Some(claim) = self.phase.claim() {
            self.asks.push(Question::Alive { claim });
        }
    }

    /// The peer was heard.
    pub(super) fn is_heard(&mut self) {
        self.heard_at = Instant::now();
    }

    /// Has the phase look again in a moment whether the account is free.
    pub(super) fn look_again(&self, ctx: &mut Context<Self>) {
        ctx.run_later(LOOK_AGAIN, |session, ctx| {
            let steps = session.phase.looks_again();
            session.perform(steps, ctx);
            session.wake_work();
        });
    }
}
