//! Sentence 36: what happened in rooms beside what was said.

use std::sync::Arc;

use super::history::{all_spans, expected, marks, says, tells};
use super::moderation::{change, kick};
use super::words::{
    away, claim, entering, entering_too, events_of, history, leaving, moving, nick, no_room,
    no_topic, parts, release, room_named, say, set_topic, spans, tagging, text, whisper,
};
use super::world::{Caller, World};
use super::{KEEP_MESSAGES, Subject};
use crate::chat::answer::Standing;
use crate::chat::event::Departure;
use crate::chat::extras::{ClientTags, Extras, Lifetime};
use crate::chat::history::{Conversation, Span};
use crate::chat::{Answer, Deed, Event, RoomName};
use crate::messages::{DuplicateLogin, Parting, Request};

fn tagged(room: &str, tags: &str) -> Request {
    let room = room_named(room);
    let tags = ClientTags::new(tags);
    let extras = Extras {
        tags,
        ..Extras::default()
    };
    tagging(Conversation::Room { room }, extras)
}

/// Whether an event is one that a room tells later.
fn is_of(about: &RoomName, event: &Event) -> bool {
    match &event.deed {
        Deed::Left {
            departure: Departure::Quit,
            ..
        } => false,
        Deed::Entered { room, .. }
        | Deed::Left { room, .. }
        | Deed::RoomMessage { room, .. }
        | Deed::TopicSet { room, .. }
        | Deed::ModesChanged { room, .. } => room == about,
        Deed::Tagged { to, extras, .. } => {
            let room = about.clone();
            *to == Conversation::Room { room } && extras.tags.lifetime() == Lifetime::Lasting
        }
        Deed::Released { rooms, .. } | Deed::Nicked { rooms, .. } => rooms.contains(about),
        _ => false,
    }
}

/// All that can happen in a room, done by three people.
async fn lives<S: Subject>(
    world: &mut World<S>,
    [alice, bob, carol]: [&mut Caller; 3],
) -> Vec<Arc<Event>> {
    let react = "+draft/react=x";
    for (who, request) in [
        (&mut *alice, entering_too("Den")),
        (&mut *bob, entering_too("den")),
        (&mut *carol, entering_too("den")),
    ] {
        who.done(request).await;
    }
    for request in [
        say("den", "one"),
        set_topic("den", "tea"),
        change("den", &["+m", "+v bob", "+k key"]),
        change("den", &["-k", "+b x!*@*"]),
        tagged("den", react),
        tagged("den", "+typing=active"),
        tagged("lobby", react),
        nick("Al"),
        say("den", "two"),
        no_topic("den"),
        kick("den", "bob", Some("why")),
    ] {
        alice.done(request).await;
    }
    let mut all = world.events().await;
    bob.done(moving("lobby", "den")).await;
    bob.done(away("tea")).await;
    bob.done(whisper("alice", "psst")).await;
    bob.done(leaving("den", Some("bye"))).await;
    bob.done(entering_too("den")).await;
    let words = Some(text("bye"));
    carol.send(parts("carol", Parting::Goodbye { words }));
    // A login leaves the rooms of the session before.
    bob.send(claim("bob", DuplicateLogin::Replace));
    alice.done(say("den", "three")).await;
    all.extend(world.events().await);
    all
}

pub(in crate::bridge) async fn what_happened_in_a_room_stands_among_its_messages<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    let mut carol = world.live("carol").await;
    let mut all = world.events().await;
    all.extend(lives(&mut world, [&mut alice, &mut bob, &mut carol]).await);
    let den = room_named("den");
    let (of_den, words): (Vec<_>, Vec<_>) = {
        let of_den = all.iter().filter(|event| is_of(&den, event)).cloned();
        let of_den: Vec<Arc<Event>> = of_den.collect();
        let is_said = |event: &&Arc<Event>| matches!(event.deed, Deed::RoomMessage { .. });
        let words = of_den.iter().filter(is_said).cloned().collect();
        (of_den, words)
    };
    assert_eq!((of_den.len(), words.len()), (18, 3), "{of_den:#?}");
    for span in all_spans(&marks(&of_den)) {
        for count in [1, 7, 500] {
            let told = tells(&mut alice, events_of("DEN", span, count)).await;
            let wanted = expected(&of_den, span, count.into());
            assert_eq!(told, wanted, "{count} {span:?}");
        }
    }
    assert_eq!(tells(&mut alice, history("den", 500)).await, words);
    // It outlives the node.
    world.restart().await;
    let (mut alice, _) = world.comes("alice").await;
    let told = tells(&mut alice, events_of("den", Span::Latest, 500)).await;
    assert_eq!(told[..of_den.len()], of_den);
}

pub(in crate::bridge) async fn what_happened_pushes_no_message_out_and_keeps_no_room<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    let said = says(&mut world, &mut alice, vec![say("lobby", "hi")]).await;
    let many = (0..KEEP_MESSAGES + 3).map(|n| set_topic("lobby", &n.to_string()));
    let happened = says(&mut world, &mut alice, many.collect()).await;
    assert_eq!(tells(&mut bob, history("lobby", 9)).await, said);
    // Nobody learns by it of what is no business of theirs.
    let told = tells(&mut bob, events_of("lobby", Span::Latest, 500)).await;
    assert_eq!(told[..1], said);
    assert_eq!(told[1..], happened[3..]);
    // Who sets a topic is told where that stands; what it would be anyway stands nowhere.
    for is_news in [true, false] {
        let told = alice.done(no_topic("lobby")).await;
        let stands = world.events().await.first().map(|event| Standing {
            position: event.position,
            at: event.at,
        });
        assert_eq!(stands.is_some(), is_news);
        assert!(matches!(told, Answer::Topic { changed, .. } if changed == stands));
    }
    alice.done(entering("lobby", "vault", "key")).await;
    bob.send_live(events_of("vault", Span::Latest, 9));
    assert_eq!(bob.refused().await, no_room("vault"));
    // A room of which nothing else is left is gone, and the next one of its name begins anew.
    for leaves in [false, true] {
        alice.done(entering_too("attic")).await;
        if leaves {
            alice.done(leaving("attic", None)).await;
        } else {
            alice.send(release("alice"));
            (alice, _) = world.comes("alice").await;
        }
        bob.send_live(spans("attic", Span::Latest, 9));
        assert_eq!(bob.refused().await, no_room("attic"));
    }
    world.events().await;
    bob.done(entering_too("attic")).await;
    let came = world.events().await;
    let told = tells(&mut bob, events_of("attic", Span::Latest, 9)).await;
    assert_eq!(told, came);
}
