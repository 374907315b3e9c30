//! Sentence 20: who wants an account asks whether its session is alive.

use super::Subject;
use super::words::{release, user};
use super::world::World;
use crate::chat::Deed;
use crate::chat::origin::SessionId;
use crate::messages::Question;

pub(in crate::bridge) async fn a_probe_is_told_once_until_it_is_answered<S: Subject>() {
    let mut world = World::<S>::new().await;
    let alice = world.live("Alice").await;
    let (newcomer, other) = (world.caller(), world.caller());
    let holder = alice.id.clone();
    let claim = alice.claim.clone().expect("live");
    let alive = || Question::Alive {
        claim: claim.clone(),
    };
    let probe = || Question::Probe {
        user: user("alice"),
    };
    world.events().await;

    alice.send(alive());
    alice.send(probe());
    assert_eq!(deeds(&mut world).await, [], "nobody asked but itself");
    newcomer.send(probe());
    other.send(probe());
    assert_eq!(deeds(&mut world).await, [probed(&holder)]);
    newcomer.send(alive());
    assert_eq!(deeds(&mut world).await, [], "it is not the live one");
    alice.send(alive());
    alice.send(alive());
    assert_eq!(deeds(&mut world).await, [is_alive(&holder)]);
    other.send(probe());
    assert_eq!(deeds(&mut world).await, [probed(&holder)], "asked anew");

    alice.send(release("alice"));
    world.events().await;
    other.send(probe());
    alice.send(alive());
    assert_eq!(deeds(&mut world).await, [], "it is free");
}

async fn deeds<S: Subject>(world: &mut World<S>) -> Vec<Deed> {
    let events = world.events().await;
    events.iter().map(|event| event.deed.clone()).collect()
}

fn probed(holder: &SessionId) -> Deed {
    Deed::Probed {
        user: user("alice"),
        session: holder.clone(),
    }
}

fn is_alive(holder: &SessionId) -> Deed {
    Deed::Alive {
        user: user("alice"),
        session: holder.clone(),
    }
}
