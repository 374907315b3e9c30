//! Sentence 19: the log is read back.

use std::sync::Arc;

use super::Subject;
use super::words::{position, say};
use super::world::{World, within};
use crate::chat::{Event, Position};
use crate::messages::{LOOK_EVENTS, LookBack, LookedBack, Rest};

pub(in crate::bridge) async fn the_log_is_read_back_from_its_end<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    for n in 0..LOOK_EVENTS + 20 {
        alice.send_live(say("lobby", &n.to_string()));
        if n % 16 == 15 {
            for _ in 0..16 {
                position(&alice.answered().await);
            }
        }
    }
    let mut log = world.events().await;
    let (upto, after) = (log[log.len() - 3].position, log[4].position);
    log.retain(|event| event.position > after && event.position <= upto);
    log.reverse();

    let first = look_back(&world, after, upto).await;
    assert_eq!(first.events, log[..LOOK_EVENTS]);
    let next = log[LOOK_EVENTS].position;
    assert_eq!(first.rest, Rest::More { upto: next });
    let second = look_back(&world, after, next).await;
    assert_eq!(second.events, log[LOOK_EVENTS..]);
    assert_eq!(second.rest, Rest::Nothing);
    let oldest: &Arc<Event> = second.events.last().expect("some");
    assert_eq!(oldest.before(), after);

    let nothing = look_back(&world, upto, upto).await;
    assert_eq!((nothing.events.len(), nothing.rest), (0, Rest::Nothing));
    let never = Position {
        epoch: after.epoch,
        n: after.n + 1_000_000,
    };
    let nothing = look_back(&world, never, never.next()).await;
    assert_eq!((nothing.events.len(), nothing.rest), (0, Rest::Nothing));
    let whole = look_back(&world, Position::START, next).await;
    let first = whole.events.last().expect("some");
    assert_eq!(first.position.n, 0, "the epoch event");
}

async fn look_back<S>(world: &World<S>, after: Position, upto: Position) -> LookedBack {
    let look = LookBack { after, upto };
    let found = within(world.doors.archive.send(look)).await.expect("alive");
    found.expect("the store answers")
}
