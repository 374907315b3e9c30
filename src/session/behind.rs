//! A peer that reads more slowly than is said to it: it is told nothing for a while, and then, part
//! by part as it reads, what it missed. Nothing is left out, and nobody else waits for it.

use actix::{AsyncContext, Context};

use super::{Leaving, RETRY, Session};
use crate::chat::Ending;
use crate::messages::{CatchUp, FellBehind, Frames, MissedPart, Span, Then};
use crate::net::transport::Transport;

/// Whether a session keeps up with what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeepsUp {
    /// It takes what happens as it comes.
    Live,
    /// Its backlog is full; what comes is told again later.
    Full,
    /// It has asked for the next part of what it missed.
    Asked,
}

impl<IO: Transport + 'static> Session<IO> {
    /// Queues frames of what happens, as long as there is room for all of them.
    pub(super) fn take_frames(&mut self, frames: Frames, span: Span, ctx: &mut Context<Self>) {
        if self.leaving != Leaving::Not || self.keeps_up != KeepsUp::Live {
            return;
        }
        self.granted = self.granted.min(self.pump.backlog());
        let waits = self.pump.backlog() - self.granted;
        if waits + frames.bytes() > self.links.rules.backlog {
            return self.fall_behind(span, ctx);
        }
        match frames {
            Frames::One(frame) => self.pump.push(frame),
            Frames::Several(frames) => frames.into_iter().for_each(|frame| self.pump.push(frame)),
        }
        self.shown.queued(self.pump.pushed(), span.upto);
    }

    fn fall_behind(&mut self, Span { after, .. }: Span, ctx: &mut Context<Self>) {
        let conn = self.id.conn;
        // What was before its claim it was told already, or never.
        let claimed = self.phase.began();
        let after = claimed.map_or(after, |claimed| claimed.max(after));
        if self
            .links
            .fell_behind
            .try_send(FellBehind { conn, after })
            .is_err()
        {
            // What it misses now would never be told.
            return self.end(Ending::TooSlow, ctx);
        }
        self.keeps_up = KeepsUp::Full;
        self.watch(ctx);
    }

    /// Ends a session whose peer takes nothing of what waits for it.
    fn watch(&self, ctx: &mut Context<Self>) {
        let written = self.pump.written();
        ctx.run_later(
            self.links.rules.stalled,
            move |session, ctx| match session.keeps_up {
                KeepsUp::Live => {}
                KeepsUp::Full if session.pump.written() == written => {
                    session.end(Ending::TooSlow, ctx);
                    session.wake_work();
                }
                KeepsUp::Full | KeepsUp::Asked => session.watch(ctx),
            },
        );
    }

    /// Queues a part of what was missed; there is room for it.
    pub(super) fn take_missed(&mut self, part: MissedPart, ctx: &mut Context<Self>) {
        if self.leaving != Leaving::Not {
            return;
        }
        if !part.bytes.is_empty() {
            self.pump.push(part.bytes);
        }
        self.shown.queued(self.pump.pushed(), part.upto);
        match (part.then, self.keeps_up) {
            (Then::Live, _) => self.keeps_up = KeepsUp::Live,
            (Then::More, KeepsUp::Live) => {
                self.keeps_up = KeepsUp::Full;
                self.watch(ctx);
            }
            (Then::More, KeepsUp::Full | KeepsUp::Asked) => self.keeps_up = KeepsUp::Full,
        }
    }

    /// Asks for the next part of what was missed, once half of the backlog is free.
    pub(super) fn ask_for_more(&mut self, ctx: &mut Context<Self>) {
        if self.keeps_up != KeepsUp::Full
            || self.leaving != Leaving::Not
            || self.pump.backlog() > self.links.rules.backlog / 2
        {
            return;
        }
        let conn = self.id.conn;
        match self.links.catch_up.try_send(CatchUp { conn }) {
            Ok(()) => self.keeps_up = KeepsUp::Asked,
            // The registry is gone or has too much to do; a node without one ends.
            Err(_) => {
                ctx.run_later(RETRY, |session, _| session.wake_work());
            }
        }
    }
}
