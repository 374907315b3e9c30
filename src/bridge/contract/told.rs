//! What goes with the words: in which manner they are said and when, who set a topic, who is away.

use super::Subject;
use super::words::{
    away, back, entering, follow, made_by, members, moving, no_room, no_topic, online, position,
    post, said_as, set_topic, subject, subject_set, taken_at, topic, user, users, whispered_as,
    who_and_away,
};
use super::world::World;
use crate::chat::event::Manner;
use crate::chat::{Answer, Deed};

pub(in crate::bridge) async fn what_is_said_is_told_in_its_manner_and_at_one_time<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    bob.done(follow("alice")).await;
    world.events().await;
    let mut said = Vec::new();
    for manner in [Manner::Message, Manner::Notice] {
        said.push(alice.done(said_as(manner, "lobby", "hi")).await);
        said.push(alice.done(whispered_as(manner, "bob", "hi")).await);
    }
    bob.done(away("tea")).await;
    let told = alice.done(whispered_as(Manner::Notice, "bob", "hi")).await;
    assert!(matches!(told, Answer::SaidToAway { .. }), "{told:?}");
    said.push(told);
    said.push(alice.done(post("hi")).await);
    let mut events = world.events().await;
    events.retain(|event| !matches!(event.deed, Deed::WentAway { .. }));
    assert_eq!(events.len(), said.len());
    for (answer, event) in said.iter().zip(&events) {
        assert_eq!(position(answer), event.position);
        assert_eq!(taken_at(answer), Some(event.at), "{event:?}");
    }
    let manners = events.iter().filter_map(|event| match &event.deed {
        Deed::RoomMessage { manner, .. } | Deed::Whisper { manner, .. } => Some(*manner),
        _ => None,
    });
    let (message, notice) = (Manner::Message, Manner::Notice);
    assert_eq!(
        manners.collect::<Vec<_>>(),
        [message, message, notice, notice, notice]
    );
}

pub(in crate::bridge) async fn a_topic_is_set_by_somebody_and_taken_away<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    alice.done(moving("lobby", "den")).await;
    bob.done(moving("lobby", "den")).await;
    world.events().await;
    // Each again, by somebody else: that changes nothing, not even who set it.
    for (request, again, about) in [
        (no_topic("den"), no_topic("den"), None),
        (
            set_topic("den", "tea"),
            set_topic("den", "tea"),
            Some("tea"),
        ),
        (
            set_topic("den", "Tea"),
            set_topic("den", "Tea"),
            Some("Tea"),
        ),
        (no_topic("den"), no_topic("den"), None),
        (
            set_topic("den", "cake"),
            set_topic("den", "cake"),
            Some("cake"),
        ),
    ] {
        let before = subject(&bob.done(topic("den")).await).map(str::to_owned);
        let set = alice.done(request).await;
        let events = world.events().await;
        let appended = usize::from(before.as_deref() != about);
        assert_eq!(events.len(), appended, "{about:?}");
        for event in &events {
            let Deed::TopicSet { by, text, .. } = &event.deed else {
                panic!("{event:?}")
            };
            assert_eq!(by, &user("alice"));
            assert_eq!(text.as_ref().map(|text| text.as_str()), about);
            let by_alice = about.map(|_| ("Alice", event.at));
            assert_eq!(subject_set(&set), by_alice);
        }
        let unchanged = bob.done(again).await;
        assert_eq!(world.events().await, []);
        for answer in [&unchanged, &bob.done(topic("DEN")).await] {
            assert_eq!(subject_set(answer), subject_set(&set));
            assert_eq!(subject(answer), about);
        }
    }
    // Who set it is known after a restart, too; and a room without a topic vanishes.
    let set = bob.done(topic("den")).await;
    bob.done(moving("den", "lobby")).await;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("Alice").await;
    assert_eq!(alice.done(topic("den")).await, set);
    alice.done(moving("lobby", "den")).await;
    alice.done(no_topic("den")).await;
    alice.done(moving("den", "lobby")).await;
    alice.send_live(topic("den"));
    assert_eq!(alice.refused().await, no_room("den"));
}

pub(in crate::bridge) async fn members_are_shown_with_who_of_them_is_away<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("Bob").await;
    let mut carol = world.live("carol").await;
    let everybody = ["alice", "Bob", "carol"];
    bob.done(away("tea")).await;
    carol.done(away("out")).await;
    let told = alice.done(members("lobby")).await;
    assert_eq!(told, who_and_away("lobby", &everybody, &["Bob", "carol"]));
    let Answer::Online { known, .. } = alice.done(online()).await else {
        panic!("no answer")
    };
    assert_eq!(known.away, users(&["Bob", "carol"]));
    carol.done(back()).await;
    carol.done(entering("lobby", "vault", "key")).await;
    let told = alice.done(members("lobby")).await;
    assert_eq!(told, who_and_away("lobby", &["alice", "Bob"], &["Bob"]));
    // Who is away is so in every room.
    bob.done(moving("lobby", "den")).await;
    let told = alice.done(members("den")).await;
    assert_eq!(
        told,
        made_by(&["Bob"], who_and_away("den", &["Bob"], &["Bob"]))
    );
}
