//! Who is here, and what they hear: the fold over the log and its way to the sessions.
//!
//! The registry owns the local membership ([`rooms`]), spells each event once for each format
//! present, and gives the frames to the [`hub`]s. It takes the next events only when the last
//! session addressed has taken those before.

mod batch;
mod behind;
mod catching_up;
mod conns;
pub mod hub;
mod past;
pub mod rooms;
mod view;

use std::collections::VecDeque;

use actix::{Actor, ActorFutureExt, Context, ContextFutureSpawner, Handler, Recipient, WrapFuture};
use tracing::error;

use crate::chat::Position;
use crate::chat::origin::ConnId;
use crate::messages::{
    ACTOR_MAILBOX, Arrival, Arrived, Continuity, Credit, Delivery, Forget, Handoff, Introduce,
    Lost, SetFormat, SetWatch, Span, Vital,
};

use self::batch::Batch;
use self::catching_up::{Lookups, comes_back};
use self::past::Past;
use self::rooms::{Rooms, Seat};

/// The one owner of this node's membership.
#[derive(Debug)]
pub struct RoomRegistry {
    rooms: Rooms,
    /// What was folded, for those who are behind.
    past: Past,
    lookups: Lookups,
    hubs: Vec<Recipient<Handoff>>,
    /// Arrived and not yet folded.
    pending: VecDeque<Arrival>,
    /// The last event folded.
    folded: Position,
    /// Given back to the bridge when nothing is pending.
    upstream: Option<Credit>,
    #[expect(dead_code, reason = "its drop reports a panic")]
    vital: Vital,
}

impl RoomRegistry {
    /// A registry for these hubs, numbered from 0.
    #[must_use]
    pub fn new(hubs: Vec<Recipient<Handoff>>, vital: Vital) -> Self {
        Self {
            rooms: Rooms::default(),
            past: Past::default(),
            lookups: Lookups::default(),
            hubs,
            pending: VecDeque::new(),
            folded: Position::START,
            upstream: None,
            vital,
        }
    }

    /// The same, with something that it does wrong on purpose.
    #[cfg(test)]
    pub(crate) fn breaking(mut self, rule: Option<crate::testing::Rule>) -> Self {
        self.rooms.breaks = rule;
        self
    }

    /// Folds until a batch for the hubs is full or nothing is pending, and goes on when the
    /// hubs' sessions have taken it.
    fn advance(&mut self, mut batch: Batch, ctx: &mut Context<Self>) {
        let after = self.folded;
        while !batch.is_full()
            && let Some(arrival) = self.pending.pop_front_if(|next| {
                // What a live session was told before is in its hands by then.
                batch.is_empty() || !self.rooms.claims_live(next)
            })
        {
            self.fold(arrival, &mut batch, ctx);
        }
        if batch.is_empty() {
            self.upstream = None;
            return;
        }
        let upto = self.folded;
        let (credit, returned) = Credit::new();
        self.hand_off(batch, Span { after, upto }, &credit);
        drop(credit);
        returned
            .wait()
            .into_actor(self)
            .map(|(), registry, ctx| registry.advance(registry.empty_batch(), ctx))
            .spawn(ctx);
    }

    fn fold(&mut self, arrival: Arrival, batch: &mut Batch, ctx: &mut Context<Self>) {
        self.folded = arrival.event.position;
        self.past.goes_on(arrival.event.before());
        for effect in self.rooms.fold(&arrival) {
            batch.add(&self.rooms, &arrival.event, effect);
        }
        let comes_back = comes_back(&arrival);
        // What it missed ends with this event.
        self.past.push(arrival.event);
        if let Some((conn, missed)) = comes_back {
            self.rooms.fall_behind(conn, missed, &self.past);
            self.catch_up(conn, batch, ctx);
        }
    }

    fn empty_batch(&self) -> Batch {
        Batch::new(self.hubs.len())
    }

    /// Suspends all: each of them may have missed something, the claim of another included.
    fn suspend_all(&mut self, lost: Lost) -> Batch {
        #[cfg(test)]
        if self.rooms.breaks == Some(crate::testing::Rule::HolesSuspend) {
            return self.empty_batch();
        }
        self.past.forget();
        let all = self.rooms.live_or_suspended();
        let told = self.suspend(all);
        match lost {
            Lost::Trimmed => {}
            Lost::TakenBack => self.rooms.tear_marks(),
        }
        told
    }

    fn suspend(&mut self, conns: Vec<ConnId>) -> Batch {
        let mut batch = self.empty_batch();
        for conn in conns {
            if self.rooms.suspend(conn, self.folded) {
                batch.add_suspended(&self.rooms, conn);
            }
        }
        batch
    }

    /// Hands off what a session waits for; nobody waits for the credit.
    fn hand_word(&self, batch: Batch) {
        let (after, upto) = (self.folded, self.folded);
        self.hand_off(batch, Span { after, upto }, &Credit::new().0);
    }

    fn hand_off(&self, batch: Batch, span: Span, credit: &Credit) {
        for (hub, deliveries) in self.hubs.iter().zip(batch.into_deliveries()) {
            if deliveries.is_empty() {
                continue;
            }
            if hub
                .try_send(Handoff {
                    deliveries,
                    span,
                    credit: credit.clone(),
                })
                .is_err()
            {
                // One batch is in flight at most, so only a hub that failed takes none, and
                // then the node ends.
                error!("a hub took no batch");
            }
        }
    }
}

impl Actor for RoomRegistry {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
    }
}

impl Handler<Arrived> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, arrived: Arrived, ctx: &mut Self::Context) {
        let batch = match arrived.continuity {
            Continuity::Unbroken => self.empty_batch(),
            Continuity::Doubtful { conns } => self.suspend(conns),
            Continuity::Broken { lost } => self.suspend_all(lost),
        };
        self.pending.extend(arrived.arrivals);
        self.upstream = Some(arrived.credit);
        self.advance(batch, ctx);
    }
}

impl Handler<Introduce> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, introduce: Introduce, _: &mut Self::Context) {
        let Introduce {
            conn,
            user,
            hub,
            format,
        } = introduce;
        self.rooms.introduce(conn, &user, Seat { hub, format });
    }
}

impl Handler<SetFormat> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, SetFormat { conn, format }: SetFormat, _: &mut Self::Context) {
        let Some(hub) = self.rooms.set_format(conn, format) else {
            return;
        };
        let mut batch = self.empty_batch();
        batch.add_word(hub, Delivery::FormatSet { conn });
        self.hand_word(batch);
    }
}

impl Handler<SetWatch> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, SetWatch { conn, change }: SetWatch, _: &mut Self::Context) {
        self.rooms.watch(conn, change);
    }
}

impl Handler<Forget> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, Forget { conn }: Forget, _: &mut Self::Context) {
        self.rooms.forget(conn);
    }
}

#[cfg(test)]
mod tests;
