//! Sentences 24 and 25: what was said before, in rooms and between people.

use std::sync::Arc;

use super::words::{
    conversations, dialogue, entering, entering_too, no_room, release, room_named, say, spans,
    user, whisper,
};
use super::world::{Caller, World};
use super::{KEEP_MESSAGES, Subject};
use crate::chat::event::Timestamp;
use crate::chat::history::{Conversation, Mark, Span};
use crate::chat::{Answer, Event, Position, Refusal};
use crate::messages::{Missed, Request};

/// Says all of it at once; what arrives of it.
pub(super) async fn says<S: Subject>(
    world: &mut World<S>,
    caller: &mut Caller,
    said: Vec<Request>,
) -> Vec<Arc<Event>> {
    let count = said.len();
    for request in said {
        caller.send_live(request);
    }
    for _ in 0..count {
        caller.answered().await;
    }
    world.events().await
}

pub(super) async fn tells(caller: &mut Caller, request: Request) -> Vec<Arc<Event>> {
    match caller.done(request).await {
        Answer::History { messages, .. } | Answer::Dialogue { messages, .. } => messages,
        other => panic!("{other:?}"),
    }
}

fn is_behind(mark: Mark, event: &Event) -> bool {
    match mark {
        Mark::Position { position } => event.position > position,
        Mark::Time { at } => event.at > at,
    }
}

fn is_before(mark: Mark, event: &Event) -> bool {
    match mark {
        Mark::Position { position } => event.position < position,
        Mark::Time { at } => event.at < at,
    }
}

/// What has to be told of a conversation that holds all this.
pub(super) fn expected(all: &[Arc<Event>], span: Span, count: usize) -> Vec<Arc<Event>> {
    let those = |fits: &dyn Fn(&Event) -> bool| -> Vec<Arc<Event>> {
        all.iter().filter(|event| fits(event)).cloned().collect()
    };
    let newest = |of: Vec<Arc<Event>>, count| of[of.len().saturating_sub(count)..].to_vec();
    let oldest = |of: Vec<Arc<Event>>, count: usize| of[..count.min(of.len())].to_vec();
    match span {
        Span::Latest => newest(all.to_vec(), count),
        Span::Since { mark } => newest(those(&|event| is_behind(mark, event)), count),
        Span::Before { mark } => newest(those(&|event| is_before(mark, event)), count),
        Span::After { mark } => oldest(those(&|event| is_behind(mark, event)), count),
        Span::Around { mark } => {
            let before = newest(those(&|event| is_before(mark, event)), count / 2);
            let from = those(&|event| !is_before(mark, event));
            [before, oldest(from, count - count / 2)].concat()
        }
        Span::Between { from, to } => {
            let forwards = those(&|event| is_behind(from, event) && is_before(to, event));
            let back = those(&|event| is_behind(to, event) && is_before(from, event));
            [oldest(forwards, count), newest(back, count)].concat()
        }
    }
}

/// Marks at some of these, before and behind all of them, and where nothing ever stood.
pub(super) fn marks(all: &[Arc<Event>]) -> Vec<Mark> {
    let at = |event: &Arc<Event>| {
        let (position, at) = (event.position, event.at);
        [Mark::Position { position }, Mark::Time { at }]
    };
    let far = [0, 1, i64::MAX as u64, u64::MAX].map(|n| Mark::Position {
        position: Position { epoch: n, n },
    });
    let times = [0, u64::MAX].map(|n| Mark::Time { at: Timestamp(n) });
    let middle = [0, all.len() / 3, all.len() / 2, all.len() - 1].map(|n| at(&all[n]));
    let epoch = all[0].position.epoch;
    let edge = Mark::Position {
        position: Position { epoch, n: 0 },
    };
    [middle.as_flattened(), &far, &times, &[edge]].concat()
}

pub(super) fn all_spans(marks: &[Mark]) -> Vec<Span> {
    let mut spans = vec![Span::Latest];
    for (n, mark) in marks.iter().copied().enumerate() {
        spans.extend([
            Span::Since { mark },
            Span::Before { mark },
            Span::After { mark },
            Span::Around { mark },
        ]);
        for step in [1, 3, 6] {
            let to = marks[(n + step) % marks.len()];
            spans.push(Span::Between { from: mark, to });
        }
    }
    spans
}

pub(in crate::bridge) async fn spans_of_a_room_are_told_by_position_and_time<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.events().await;
    let mut all = Vec::new();
    for burst in 0..10 {
        let said = |n| say("lobby", &format!("{burst} {n}"));
        let burst = (0..KEEP_MESSAGES / 10 + 3).map(said).collect();
        all.extend(says(&mut world, &mut alice, burst).await);
    }
    // Only the last ones are kept, and there is no mark among the others.
    let kept = &all[all.len() - usize::try_from(KEEP_MESSAGES).expect("few")..];
    for span in all_spans(&marks(kept)) {
        for count in [1, 7, 500] {
            let told = tells(&mut alice, spans("LOBBY", span, count)).await;
            assert_eq!(told, expected(kept, span, count.into()), "{count} {span:?}");
        }
    }
    let nothing = tells(&mut alice, spans("lobby", Span::Latest, 0)).await;
    assert_eq!(nothing, []);
}

pub(in crate::bridge) async fn a_dialogue_has_both_directions_and_nobody_else<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("Bob").await;
    let mut cleo = world.live("cleo").await;
    world.events().await;
    let many = |to: &'static str| (0..70).map(|n| whisper(to, &n.to_string())).collect();
    let mut theirs = Vec::new();
    for n in 0..9 {
        let to_bob = whisper("BOB", "\"to\":\"cleo\",\"sender\":\"cleo\"");
        theirs.extend(says(&mut world, &mut alice, vec![to_bob]).await);
        says(&mut world, &mut cleo, many("alice")).await;
        says(
            &mut world,
            &mut bob,
            vec![whisper("cleo", "psst"), say("lobby", "hi")],
        )
        .await;
        let to_alice = (0..n % 3).map(|n| whisper("alice", &n.to_string()));
        theirs.extend(says(&mut world, &mut bob, to_alice.collect()).await);
    }
    for span in all_spans(&marks(&theirs)) {
        for count in [2, 500] {
            let wanted = expected(&theirs, span, count.into());
            let told = tells(&mut alice, dialogue("bob", span, count)).await;
            assert_eq!(told, wanted, "{count} {span:?}");
        }
    }
    let asked = dialogue("ALICE", Span::Latest, 500);
    let Answer::Dialogue { with, messages } = bob.done(asked).await else {
        panic!("no dialogue")
    };
    assert_eq!((with.as_str(), messages), ("Alice", theirs));
}

pub(in crate::bridge) async fn what_is_sent_is_not_told_at_a_login<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    alice.sees(alice.fence());
    let sent = (0..3).map(|_| whisper("bob", "hi")).collect();
    says(&mut world, &mut alice, sent).await;
    alice.send(release("alice"));
    let (alice, missed) = world.comes("alice").await;
    assert_eq!(missed, Missed::Nothing);
    alice.sees(alice.fence());
    alice.send(release("alice"));
    let waits = says(&mut world, &mut bob, vec![whisper("alice", "ho")]).await;
    let (_, missed) = world.comes("alice").await;
    let Missed::Kept(kept) = missed else {
        panic!("{missed:?}")
    };
    assert_eq!(kept.gaps, []);
    assert_eq!(kept.events.last(), waits.last());
    assert_eq!(kept.events.len(), 1);
    // And both are there to be looked up, also behind a restart.
    world.restart().await;
    let (mut alice, _) = world.comes("alice").await;
    let told = tells(&mut alice, dialogue("bob", Span::Latest, 9)).await;
    assert_eq!(told.len(), 4);
    assert_eq!(told.last(), waits.last());
}

pub(in crate::bridge) async fn conversations_are_told_by_their_last_message<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("Bob").await;
    let mut cleo = world.live("cleo").await;
    alice.done(entering_too("Den")).await;
    alice.done(entering_too("quiet")).await;
    cleo.done(entering_too("attic")).await;
    world.events().await;
    let last = |events: Vec<Arc<Event>>| events.last().expect("an event").at;
    says(&mut world, &mut bob, vec![whisper("alice", "psst")]).await;
    let lobby = last(says(&mut world, &mut bob, vec![say("lobby", "hi")]).await);
    let with_cleo = last(says(&mut world, &mut cleo, vec![whisper("alice", "oh")]).await);
    says(
        &mut world,
        &mut cleo,
        vec![say("attic", "hi"), whisper("bob", "ho")],
    )
    .await;
    let den = last(says(&mut world, &mut alice, vec![say("den", "hi")]).await);
    let with_bob = last(says(&mut world, &mut alice, vec![whisper("bob", "yes")]).await);
    let room = |name| Conversation::Room {
        room: room_named(name),
    };
    let person = |name| Conversation::Person { user: user(name) };
    let all = [
        (room("lobby"), lobby),
        (person("cleo"), with_cleo),
        (room("Den"), den),
        (person("Bob"), with_bob),
    ];
    let (start, end) = (Timestamp(0), Timestamp(u64::MAX));
    let mut told = latest(&mut alice, conversations(start, end, 9)).await;
    assert!(told.is_sorted_by_key(|(_, at)| *at), "{told:?}");
    // What was said in one millisecond has no order here.
    for conversation in &all {
        assert!(told.contains(conversation), "{conversation:?}: {told:?}");
    }
    assert_eq!(told.len(), all.len());
    let back = latest(&mut alice, conversations(end, start, 1)).await;
    assert_eq!(back, [told.pop().expect("the newest")]);
    let forth = latest(&mut alice, conversations(start, end, 1)).await;
    assert_eq!(forth, [told.swap_remove(0)]);
    let none = latest(&mut alice, conversations(with_bob, end, 9)).await;
    assert_eq!(none, []);
}

async fn latest(caller: &mut Caller, request: Request) -> Vec<(Conversation, Timestamp)> {
    match caller.done(request).await {
        Answer::Conversations { latest } => latest,
        other => panic!("{other:?}"),
    }
}

pub(in crate::bridge) async fn no_history_is_told_to_whom_it_does_not_concern<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    alice.done(entering("lobby", "vault", "key")).await;
    alice.done(say("vault", "gold")).await;
    alice.done(say("vault", "silver")).await;
    for span in [Span::Latest, all_spans(&marks(&world.events().await))[3]] {
        bob.send_live(spans("vault", span, 9));
        assert_eq!(bob.refused().await, no_room("vault"));
        bob.send_live(dialogue("nobody", span, 9));
        let user = user("nobody");
        assert_eq!(bob.refused().await, Refusal::NoSuchUser { user });
        for name in ["alice", "f1", "bob"] {
            assert_eq!(tells(&mut bob, dialogue(name, span, 9)).await, []);
        }
    }
    let all = conversations(Timestamp(0), Timestamp(u64::MAX), 9);
    assert_eq!(latest(&mut bob, all).await, []);
}
