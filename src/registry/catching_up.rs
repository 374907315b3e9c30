//! What sessions missed, on its way to them: one part after the other, as they have room for it.

use std::collections::VecDeque;
use std::time::Duration;

use actix::{
    ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, Recipient, WrapFuture,
};
use bytes::BytesMut;
use tracing::debug;

use super::RoomRegistry;
use super::batch::Batch;
use super::behind::{Next, Told};
use super::past::Past;
use super::rooms::{Rooms, Seat};
use crate::chat::Deed;
use crate::chat::origin::ConnId;
use crate::dialect::{self, Format};
use crate::messages::{
    Archive, Arrival, BATCH_BYTES, Brings, CatchUp, FellBehind, HubId, LookBack, LookedBack,
    Missed, MissedPart, StoreFailed, Then,
};

/// Events that are looked at for one part; the rest is for the next one.
const PART_EVENTS: usize = 4096;

/// Looks into the log that are out at once: the store has other things to do.
const LOOKS: usize = 8;

/// When the log is looked at again that could not be read: Redis is away.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What is looked up in the log for those who missed more than the past holds.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    archive: Option<Recipient<LookBack>>,
    out: usize,
    /// For whom, when there is room again.
    waiting: VecDeque<ConnId>,
}

/// The next part for a session that is behind.
enum Part {
    Ready(HubId, MissedPart),
    LookBack(LookBack),
    /// It is not behind, or gone.
    None,
}

/// The session that goes live with this event and is told first what it missed.
pub(super) fn comes_back(arrival: &Arrival) -> Option<(ConnId, Missed)> {
    match (&arrival.event.deed, &arrival.brings) {
        // A guest who logs in may be behind.
        (
            Deed::Claimed {
                session,
                was: Some(_),
                ..
            },
            Brings::Standing { missed, .. },
        ) => Some((session.conn, missed.clone())),
        (_, Brings::Standing { missed, .. }) if *missed == Missed::Nothing => None,
        (Deed::Claimed { session, .. }, Brings::Standing { missed, .. }) => {
            Some((session.conn, missed.clone()))
        }
        (_, Brings::Nothing | Brings::Standing { .. }) => None,
    }
}

impl RoomRegistry {
    /// Puts the next part for a session into a batch, or has it looked up.
    pub(super) fn catch_up(&mut self, conn: ConnId, batch: &mut Batch, ctx: &mut Context<Self>) {
        match next_part(&mut self.rooms, &self.past, conn) {
            Part::Ready(hub, part) => batch.add_missed(hub, conn, part),
            Part::LookBack(look) => self.look_back(conn, look, ctx),
            Part::None => {}
        }
    }

    /// The same, at once.
    fn hand_part(&mut self, conn: ConnId, ctx: &mut Context<Self>) {
        let mut batch = self.empty_batch();
        self.catch_up(conn, &mut batch, ctx);
        self.hand_word(batch);
    }

    fn look_back(&mut self, conn: ConnId, look: LookBack, ctx: &mut Context<Self>) {
        if self.lookups.out >= LOOKS {
            return self.lookups.waiting.push_back(conn);
        }
        let Some(archive) = &self.lookups.archive else {
            return again_later(conn, ctx);
        };
        self.lookups.out += 1;
        archive
            .send(look)
            .into_actor(self)
            .map(move |found, registry, ctx| {
                registry.lookups.out -= 1;
                let found = found.unwrap_or(Err(StoreFailed::NotDone));
                registry.looked_back(conn, look, found, ctx);
                while registry.lookups.out < LOOKS
                    && let Some(next) = registry.lookups.waiting.pop_front()
                {
                    registry.hand_part(next, ctx);
                }
            })
            .spawn(ctx);
    }

    fn looked_back(
        &mut self,
        conn: ConnId,
        look: LookBack,
        found: Result<LookedBack, StoreFailed>,
        ctx: &mut Context<Self>,
    ) {
        match found {
            Ok(found) => {
                // One that was suspended meanwhile has asked for something else.
                let reader = self.rooms.reader(conn);
                if reader.is_some_and(|reader| reader.looked_back(look, found)) {
                    self.hand_part(conn, ctx);
                }
            }
            Err(error) => {
                debug!(%conn, %error, "what a session missed cannot be read now");
                again_later(conn, ctx);
            }
        }
    }
}

fn again_later(conn: ConnId, ctx: &mut Context<RoomRegistry>) {
    ctx.run_later(LOOK_AGAIN, move |registry, ctx| {
        registry.hand_part(conn, ctx)
    });
}

fn next_part(rooms: &mut Rooms, past: &Past, conn: ConnId) -> Part {
    let Some(Seat { hub, format }) = rooms.seat(conn) else {
        return Part::None;
    };
    let mut out = BytesMut::new();
    let mut then = Then::More;
    for _ in 0..PART_EVENTS {
        match rooms.next_missed(conn, past) {
            None => return Part::None,
            Some(Next::Tell(told)) => spell(format, &told, &mut out),
            Some(Next::Nothing) => {}
            Some(Next::LookBack(look)) if out.is_empty() => return Part::LookBack(look),
            Some(Next::LookBack(_)) => break,
            Some(Next::Live) => {
                then = Then::Live;
                break;
            }
        }
        if out.len() >= BATCH_BYTES {
            break;
        }
    }
    let upto = rooms
        .reader(conn)
        .map_or(past.ends(), |reader| reader.told());
    let bytes = out.freeze();
    Part::Ready(hub, MissedPart { bytes, upto, then })
}

fn spell(format: Format, told: &Told, out: &mut BytesMut) {
    match told {
        Told::Gap(gap) => dialect::tell_gap(format, gap, out),
        Told::Kept(event) => dialect::tell_kept(format, event, out),
        Told::Missed(event, hearing) => {
            out.extend(dialect::tell_event(format, event, *hearing));
        }
    }
}

impl Handler<Archive> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, Archive(archive): Archive, _: &mut Self::Context) {
        self.lookups.archive = Some(archive);
    }
}

impl Handler<FellBehind> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, FellBehind { conn, after }: FellBehind, _: &mut Self::Context) {
        self.rooms.takes_back(conn, after);
        let missed = Missed::After(after);
        self.rooms.fall_behind(conn, missed, &self.past);
    }
}

impl Handler<CatchUp> for RoomRegistry {
    type Result = ();

    fn handle(&mut self, CatchUp { conn }: CatchUp, ctx: &mut Self::Context) {
        self.hand_part(conn, ctx);
    }
}
