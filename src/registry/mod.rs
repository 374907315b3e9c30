//! Who is here, and what they hear: the fold over the log and its way to the sessions.
//!
//! The registry owns the local membership ([`rooms`]), spells each event once for each format
//! present, and gives the frames to the [`hub`]s. It takes the next events only when the last
//! session addressed has taken those before.

mod conns;
pub mod hub;
pub mod rooms;

use std::collections::VecDeque;

use actix::{Actor, ActorFutureExt, Context, ContextFutureSpawner, Handler, Recipient, WrapFuture};
use bytes::Bytes;
use tracing::error;

use crate::chat::Event;
use crate::chat::event::Hearing;
use crate::chat::origin::ConnId;
use crate::dialect::{self, Format};
use crate::messages::{
    ACTOR_MAILBOX, Arrival, Arrived, BATCH_FRAMES, Credit, Delivery, Forget, Handoff, HubId,
    Introduce, SetFormat, Vital,
};

use self::rooms::{Effect, Rooms, Seat};

/// The one owner of this node's membership.
#[derive(Debug)]
pub struct RoomRegistry {
    rooms: Rooms,
    hubs: Vec<Recipient<Handoff>>,
    /// Arrived and not yet folded.
    pending: VecDeque<Arrival>,
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
            hubs,
            pending: VecDeque::new(),
            upstream: None,
            vital,
        }
    }

    /// Folds until a batch for the hubs is full or nothing is pending, and goes on when the
    /// hubs' sessions have taken it.
    fn advance(&mut self, ctx: &mut Context<Self>) {
        let mut batch = Batch::new(self.hubs.len());
        while !batch.is_full()
            && let Some(arrival) = self.pending.pop_front()
        {
            for effect in self.rooms.fold(&arrival) {
                batch.add(&self.rooms, &arrival.event, effect);
            }
        }
        if batch.is_empty() {
            self.upstream = None;
            return;
        }
        let (credit, returned) = Credit::new();
        self.hand_off(batch, &credit);
        drop(credit);
        returned
            .wait()
            .into_actor(self)
            .map(|(), registry, ctx| registry.advance(ctx))
            .spawn(ctx);
    }

    fn hand_off(&self, batch: Batch, credit: &Credit) {
        for (hub, deliveries) in self.hubs.iter().zip(batch.deliveries) {
            if deliveries.is_empty() {
                continue;
            }
            if hub
                .try_send(Handoff {
                    deliveries,
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

/// What goes to each hub next.
struct Batch {
    deliveries: Vec<Vec<Delivery>>,
    frames: Vec<usize>,
}

/// The sessions that get the same bytes from the same hub.
struct Group {
    hub: HubId,
    format: Format,
    to: Vec<ConnId>,
}

impl Batch {
    fn new(hubs: usize) -> Self {
        Self {
            deliveries: vec![Vec::new(); hubs],
            frames: vec![0; hubs],
        }
    }

    fn is_empty(&self) -> bool {
        self.deliveries.iter().all(Vec::is_empty)
    }

    fn is_full(&self) -> bool {
        self.frames.iter().any(|frames| *frames >= BATCH_FRAMES)
    }

    fn add(&mut self, rooms: &Rooms, event: &Event, effect: Effect) {
        match effect {
            Effect::Heard { hearing, by } => self.add_frames(rooms, event, hearing, &by),
            Effect::Ended { conn, hub, ending } => {
                self.deliveries[hub.0].push(Delivery::End { conn, ending });
            }
        }
    }

    /// Spells the event once for each format, however many hear it.
    fn add_frames(&mut self, rooms: &Rooms, event: &Event, hearing: Hearing, by: &[ConnId]) {
        let mut spelled: Vec<(Format, Option<Bytes>)> = Vec::new();
        for Group { hub, format, to } in groups(rooms, by) {
            let known = spelled.iter().find(|(known, _)| *known == format);
            let frame = match known {
                Some((_, frame)) => frame.clone(),
                None => {
                    let frame = dialect::tell_event(format, event, hearing);
                    spelled.push((format, frame.clone()));
                    frame
                }
            };
            if let Some(frame) = frame {
                self.frames[hub.0] += to.len();
                self.deliveries[hub.0].push(Delivery::Frame { frame, to });
            }
        }
    }
}

/// Few groups, so a list is searched faster than a map.
fn groups(rooms: &Rooms, by: &[ConnId]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for conn in by {
        let Some(Seat { hub, format }) = rooms.seat(*conn) else {
            continue;
        };
        match groups
            .iter_mut()
            .find(|group| group.hub == hub && group.format == format)
        {
            Some(group) => group.to.push(*conn),
            None => groups.push(Group {
                hub,
                format,
                to: vec![*conn],
            }),
        }
    }
    groups
}

impl Actor for RoomRegistry {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
    }
}

impl Handler<Arrived> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, Arrived { arrivals, credit }: Arrived, ctx: &mut Self::Context) {
        self.pending.extend(arrivals);
        self.upstream = Some(credit);
        self.advance(ctx);
    }
}

impl Handler<Introduce> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, Introduce { conn, hub, format }: Introduce, _: &mut Self::Context) {
        self.rooms.introduce(conn, Seat { hub, format });
    }
}

impl Handler<SetFormat> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, SetFormat { conn, format }: SetFormat, _: &mut Self::Context) {
        let Some(hub) = self.rooms.set_format(conn, format) else {
            return;
        };
        let mut batch = Batch::new(self.hubs.len());
        batch.deliveries[hub.0].push(Delivery::FormatSet { conn });
        // Nobody waits for this credit: the session itself waits for the confirmation.
        self.hand_off(batch, &Credit::new().0);
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
