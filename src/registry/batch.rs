//! What goes to each hub next: each event spelled once for each format, and what the same
//! sessions hear in a row kept together.

use bytes::Bytes;

use super::rooms::{Effect, Rooms, Seat};
use crate::chat::Event;
use crate::chat::event::Hearing;
use crate::chat::origin::ConnId;
use crate::dialect::{self, Format};
use crate::messages::{BATCH_BYTES, BATCH_FRAMES, Delivery, Frame, HubId, MissedPart, Run};

/// Deliveries for all hubs, in log order for every session.
pub(super) struct Batch {
    deliveries: Vec<Vec<Delivery>>,
    frames: Vec<usize>,
    /// What one session gets so far at most.
    bytes: usize,
    /// Who heard the last event; mostly they hear the next one too.
    audience: Option<Audience>,
    room: Room,
}

/// Whether anything more fits in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Left,
    /// What some session has of it ends here: one that cannot take what comes behind goes back to the
    /// begin of the batch, and is told all of that again.
    None,
}

/// The sessions that hear an event, by what they get.
struct Audience {
    by: Vec<ConnId>,
    groups: Vec<Group>,
}

/// The sessions that get the same bytes from the same hub.
struct Group {
    hub: HubId,
    format: Format,
    to: Vec<ConnId>,
    run: RunAt,
}

/// Where the frames of a group go.
#[derive(Clone, Copy)]
enum RunAt {
    /// Nothing was spelled for it so far.
    Nowhere,
    /// The delivery of its hub with this index.
    Index(usize),
}

impl Batch {
    /// Nothing for so many hubs.
    pub(super) fn new(hubs: usize) -> Self {
        Self {
            deliveries: vec![Vec::new(); hubs],
            frames: vec![0; hubs],
            bytes: 0,
            audience: None,
            room: Room::Left,
        }
    }

    /// Whether no hub gets anything.
    pub(super) fn is_empty(&self) -> bool {
        self.deliveries.iter().all(Vec::is_empty)
    }

    /// Whether a hub, or a session of it, has as much as it gets at once.
    pub(super) fn is_full(&self) -> bool {
        self.room == Room::None
            || self.bytes >= BATCH_BYTES
            || self.frames.iter().any(|frames| *frames >= BATCH_FRAMES)
    }

    /// For each hub, in their order.
    pub(super) fn into_deliveries(self) -> impl Iterator<Item = Vec<Delivery>> {
        self.deliveries.into_iter()
    }

    /// Adds what an event means to sessions of this node.
    pub(super) fn add(&mut self, rooms: &Rooms, event: &Event, effect: Effect) {
        match effect {
            Effect::Heard {
                hearing,
                by,
                except,
            } => self.add_frames(rooms, event, hearing, by, except),
            Effect::Ended { conn, hub, ending } => {
                self.add_word(hub, Delivery::End { conn, ending });
            }
            Effect::Suspended { conn } => self.add_suspended(rooms, conn),
            Effect::PutOut { conn, room } => {
                let position = event.position;
                let out = Delivery::PutOut {
                    conn,
                    room,
                    position,
                };
                self.add_for(rooms, conn, out);
                self.room = Room::None;
            }
            Effect::Probed { conn } => self.add_for(rooms, conn, Delivery::Probe { conn }),
            Effect::HolderAlive { conn } => {
                self.add_for(rooms, conn, Delivery::HolderAlive { conn });
            }
        }
    }

    /// Adds the word that a session is suspended.
    pub(super) fn add_suspended(&mut self, rooms: &Rooms, conn: ConnId) {
        self.add_for(rooms, conn, Delivery::Suspended { conn });
    }

    fn add_for(&mut self, rooms: &Rooms, conn: ConnId, delivery: Delivery) {
        if let Some(Seat { hub, .. }) = rooms.seat(conn) {
            self.add_word(hub, delivery);
        }
    }

    /// Adds something for one session; what it hears later stays behind it.
    pub(super) fn add_word(&mut self, hub: HubId, delivery: Delivery) {
        self.audience = None;
        self.deliveries[hub.0].push(delivery);
    }

    /// Adds a part of what a session missed.
    pub(super) fn add_missed(&mut self, hub: HubId, conn: ConnId, part: MissedPart) {
        self.bytes += part.bytes.len();
        self.add_word(hub, Delivery::Missed { conn, part });
    }

    /// Spells the event once for each format, however many hear it.
    fn add_frames(
        &mut self,
        rooms: &Rooms,
        event: &Event,
        hearing: Hearing,
        by: Vec<ConnId>,
        except: Option<ConnId>,
    ) {
        let mut audience = match self.audience.take() {
            Some(same) if same.by == by => same,
            Some(_) | None => Audience::of(rooms, by),
        };
        let mut spelled: Vec<(Format, Option<Bytes>)> = Vec::new();
        for group in &mut audience.groups {
            let known = spelled.iter().find(|(format, _)| *format == group.format);
            let bytes = match known {
                Some((_, bytes)) => bytes.clone(),
                None => {
                    let bytes = dialect::tell_event(group.format, event, hearing);
                    spelled.push((group.format, bytes.clone()));
                    bytes
                }
            };
            if let Some(bytes) = bytes {
                self.add_frame(group, Frame { bytes, except });
            }
        }
        let longest = spelled.iter().flat_map(|(_, bytes)| bytes).map(Bytes::len);
        self.bytes += longest.max().unwrap_or_default();
        self.audience = Some(audience);
    }

    fn add_frame(&mut self, group: &mut Group, frame: Frame) {
        let HubId(hub) = group.hub;
        self.frames[hub] += group.to.len();
        let deliveries = &mut self.deliveries[hub];
        if let RunAt::Index(index) = group.run
            && let Some(Delivery::Run(run)) = deliveries.get_mut(index)
        {
            run.frames.push(frame);
            return;
        }
        group.run = RunAt::Index(deliveries.len());
        let (frames, to) = (vec![frame], group.to.clone());
        deliveries.push(Delivery::Run(Run { frames, to }));
    }
}

impl Audience {
    /// Few groups, so a list is searched faster than a map.
    fn of(rooms: &Rooms, by: Vec<ConnId>) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for conn in &by {
            let Some(Seat { hub, format }) = rooms.seat(*conn) else {
                continue;
            };
            let known = |group: &&mut Group| group.hub == hub && group.format == format;
            match groups.iter_mut().find(known) {
                Some(group) => group.to.push(*conn),
                None => groups.push(Group {
                    hub,
                    format,
                    to: vec![*conn],
                    run: RunAt::Nowhere,
                }),
            }
        }
        Self { by, groups }
    }
}
