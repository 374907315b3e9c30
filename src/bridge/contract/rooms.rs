//! Sentences 13 and 14: rooms.

use super::words::{
    already_in, census, counted, entered, entering, entering_too, history, leaving, listed,
    listed_about, made_by, members, moving, no_room, not_in, offline, release, room_named, rooms,
    say, set_topic, shown, subject, topic, user, users, went_in, who, who_is, wrong_key,
};
use super::world::World;
use super::{ROOMS, Subject};
use crate::chat::answer::KeyUse;
use crate::chat::event::Privacy;
use crate::chat::origin::Origin;
use crate::chat::profile::Profile;
use crate::chat::{Answer, Deed, Refusal, Text};
use crate::messages::{Parting, PeopleRequest, Request};

pub(in crate::bridge) async fn a_message_needs_membership<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    alice.send_live(moving("lobby", "den"));
    alice.send_live(say("lobby", "too late"));
    alice.send_live(say("DEN", "here"));
    assert_eq!(went_in(&alice.answered().await), entered("den", 1));
    assert_eq!(alice.refused().await, not_in("lobby"));
    alice.answered().await;
    let said = world.events().await.pop().expect("the message");
    let Deed::RoomMessage {
        room,
        sender,
        privacy,
        ..
    } = &said.deed
    else {
        panic!("{said:?}")
    };
    assert_eq!(room.as_str(), "den");
    assert_eq!(sender.as_str(), "alice");
    assert_eq!(*privacy, Privacy::Public);
    assert_eq!(said.origin, Origin::Session(alice.id.clone()));
}

pub(in crate::bridge) async fn a_private_room_does_not_exist_for_others<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    alice.done(entering("lobby", "Vault", "key")).await;
    alice.done(say("vault", "secret")).await;
    alice.done(set_topic("vault", "gold")).await;
    let said = world.events().await;
    let privacies = said.iter().filter_map(|event| match &event.deed {
        Deed::RoomMessage { privacy, .. } => Some(*privacy),
        _ => None,
    });
    assert_eq!(privacies.collect::<Vec<_>>(), [Privacy::Private]);
    for request in [members("vault"), topic("vault"), history("vault", 5)] {
        bob.send_live(request);
        assert_eq!(bob.refused().await, no_room("vault"));
    }
    assert_eq!(bob.done(rooms()).await, listed(&[("lobby", 1)]));
    let Answer::Rooms { rooms: known } = alice.done(rooms()).await else {
        panic!("no answer")
    };
    let known = known.iter().map(|listed| {
        let topic = listed.topic.as_ref().map(Text::as_str);
        (listed.room.as_str(), listed.here, topic, listed.privacy)
    });
    assert_eq!(
        known.collect::<Vec<_>>(),
        [
            ("lobby", 1, None, Privacy::Public),
            ("Vault", 1, Some("gold"), Privacy::Private),
        ]
    );
    let inside = entering("lobby", "vault", "key");
    assert_eq!(went_in(&bob.done(inside).await), entered("Vault", 2));
    assert_eq!(
        bob.done(members("vault")).await,
        made_by(&["alice"], who("Vault", &["alice", "bob"]))
    );
    assert_eq!(subject(&bob.done(topic("vault")).await), Some("gold"));
}

pub(in crate::bridge) async fn rooms_vanish_when_nothing_is_left_of_them<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    alice.done(moving("lobby", "empty")).await;
    alice.done(moving("empty", "spoken")).await;
    alice.done(say("spoken", "hi")).await;
    alice.done(moving("spoken", "titled")).await;
    alice.done(set_topic("titled", "hi")).await;
    alice.done(entering("titled", "locked", "key")).await;
    alice.done(moving("locked", "lobby")).await;
    let titled = ("titled", 0, Some("hi"));
    let there = listed_about(&[("lobby", 1, None), ("spoken", 0, None), titled]);
    assert_eq!(alice.done(rooms()).await, there);
    alice.send_live(moving("lobby", "locked"));
    assert_eq!(alice.refused().await, wrong_key("locked"));
    alice.send_live(members("empty"));
    assert_eq!(alice.refused().await, no_room("empty"));
    alice.send(release("alice"));
    let mut bob = world.live("bob").await;
    assert_eq!(bob.done(who_is("alice")).await, offline("alice"));
    assert_eq!(bob.done(members("lobby")).await, who("lobby", &["bob"]));
}

pub(in crate::bridge) async fn rooms_are_entered_by_name_and_key<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    assert_eq!(
        went_in(&alice.done(moving("lobby", "Den")).await),
        entered("Den", 1)
    );
    let needless = (room_named("Den"), 2, KeyUse::Needless);
    let answer = bob.done(entering("lobby", "dEN", "key")).await;
    assert_eq!(shown(&went_in(&answer)), shown(&needless));
    bob.send_live(moving("den", "DEN"));
    assert_eq!(shown(&bob.refused().await), shown(&already_in("Den")));
    let Answer::Entered { key, .. } = bob.done(entering("den", "lobby", "key")).await else {
        panic!("not entered")
    };
    assert_eq!(key, KeyUse::Needless, "the lobby is never private");
    for n in 2..ROOMS {
        let place = format!("r{n}");
        let from = if n == 2 {
            "lobby".into()
        } else {
            format!("r{}", n - 1)
        };
        bob.done(entering(&from, &place, "key")).await;
    }
    alice.send_live(moving("den", "one-too-many"));
    assert_eq!(alice.refused().await, Refusal::TooManyRooms { most: ROOMS });
}

pub(in crate::bridge) async fn an_entering_is_answered_with_where_it_stands<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.events().await;
    for request in [entering_too("den"), moving("den", "zoo")] {
        let Answer::Entered { position, room, .. } = alice.done(request).await else {
            panic!("not entered")
        };
        let events = world.events().await;
        let entered = events.last().expect("the event");
        assert_eq!(entered.position, position);
        let user = user("alice");
        let Deed::Entered { ranks, .. } = entered.deed else {
            panic!("{entered:?}")
        };
        let profile = Profile::default();
        let deed = Deed::Entered {
            room,
            user,
            ranks,
            profile,
            away: None,
        };
        assert_eq!(entered.deed, deed);
    }
}

pub(in crate::bridge) async fn people_and_public_rooms_are_counted<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let bob = world.live("bob").await;
    alice.done(entering("lobby", "vault", "key")).await;
    alice.done(entering_too("den")).await;
    assert_eq!(counted(&alice.done(census()).await), (2, 2));
    bob.send(release("bob"));
    alice.done(leaving("den", None)).await;
    assert_eq!(counted(&alice.done(census()).await), (1, 1));
}

pub(in crate::bridge) async fn who_is_here_is_told_of_those_who_are_asked_for<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let bob = world.live("Bob").await;
    let carol = world.live("carol").await;
    // Who may come back to a kept place is here, as rooms show it.
    bob.parts(Parting::Broken);
    carol.send(release("carol"));
    let people = users(&["nobody", "ALICE", "bob", "Carol"]);
    let asked = Request::People(PeopleRequest::Presence { people });
    let answer = Answer::Presence {
        here: users(&["alice", "Bob"]),
        gone: users(&["nobody", "Carol"]),
    };
    assert_eq!(shown(&alice.done(asked).await), shown(&answer));
    let people = Vec::new();
    let nobody = Request::People(PeopleRequest::Presence { people });
    let (here, gone) = (Vec::new(), Vec::new());
    assert_eq!(alice.done(nobody).await, Answer::Presence { here, gone });
}
