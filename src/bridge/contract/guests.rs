//! Sentence 30: guests.

use super::Subject;
use super::nicks::{deeds, spelled};
use super::programs::extras;
use super::words::{
    claim as claim_by, conversations, dialogue, follow, members, nick, parts, release, renew,
    tagging, user, whisper,
};
use super::world::{Caller, World};
use crate::chat::event::Timestamp;
use crate::chat::extras::Speaker;
use crate::chat::history::{Conversation, Span};
use crate::chat::{Answer, Deed, Refusal};
use crate::messages::{
    AccountAnswer, AccountAsk, Brings, DuplicateLogin, FirstRoom, Missed, Outcome, Parting,
};

const BOB: &str = "~0123456789ab/Bob";

async fn guest<S: Subject>(world: &mut World<S>) -> Caller {
    let mut guest = world.caller();
    guest.claims(BOB).await;
    guest
}

fn nobody(word: &str) -> Refusal {
    Refusal::NoSuchUser { user: user(word) }
}

pub(in crate::bridge) async fn a_guest_is_there_and_leaves_nothing<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = guest(&mut world).await;
    let Answer::Members { users, .. } = alice.done(members("lobby")).await else {
        panic!("no answer")
    };
    assert_eq!(spelled(users), format!("[alice, {BOB}]"));
    alice.send_live(follow("bob"));
    assert_eq!(alice.refused().await, Refusal::OnlyForAccounts);
    let name = AccountAsk::Create {
        user: user("bob"),
        hash: "$2b$".to_owned(),
        guest: None,
    };
    assert_eq!(world.accounts(name).await, AccountAnswer::Conflict);
    world.events().await;
    alice.done(whisper("BOB", "hi")).await;
    bob.done(whisper("alice", "hello")).await;
    let events = world.events().await;
    let both: Vec<_> = deeds(&events).iter().map(spelled).collect();
    assert!(both.iter().all(|deed| deed.contains(BOB)), "{both:?}");
    let to_bob = Conversation::Person { user: user("BOB") };
    let typing = extras("+typing=active", Speaker::Person);
    let told = alice.done(tagging(to_bob, typing)).await;
    assert!(matches!(told, Answer::Tagged { .. }), "{told:?}");
    let deed = spelled(&world.events().await[0].deed);
    assert!(deed.contains(BOB), "{deed}");
    let Answer::Dialogue { messages, .. } = alice.done(dialogue("bob", Span::Latest, 9)).await
    else {
        panic!("no answer")
    };
    assert_eq!(messages.len(), 2);
    bob.done(nick("Rob")).await;
    bob.send(release("~0123456789ab"));
    world.events().await;
    for word in ["bob", "rob"] {
        alice.send_live(whisper(word, "hi"));
        assert_eq!(alice.refused().await, nobody(word));
    }
    let (from, to) = (Timestamp(0), Timestamp(u64::MAX / 2));
    let latest = alice.done(conversations(from, to, 9)).await;
    assert!(!spelled(&latest).contains("Person"), "{latest:?}");
    alice.done(nick("Rob")).await;
}

pub(in crate::bridge) async fn a_guest_does_not_come_back<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = guest(&mut world).await;
    world.events().await;
    let fence = bob.claim.clone().expect("a claim").fence;
    bob.send(renew(BOB, fence, &["lobby"], FirstRoom::Lobby));
    let Outcome::Claimed { claim, .. } = bob.outcome().await else {
        panic!("not claimed")
    };
    assert_eq!(claim.user.spelled(), BOB);
    world.events().await;
    bob.send(parts(BOB, Parting::Broken));
    let events = world.events().await;
    assert!(matches!(
        deeds(&events)[..],
        [Deed::Left { .. }, Deed::Released { .. }]
    ));
    alice.done(nick("Bob")).await;
    bob.send(renew(BOB, claim.fence, &["lobby"], FirstRoom::Lobby));
    assert!(matches!(bob.outcome().await, Outcome::Void));
    alice.done(nick("alice")).await;
    alice.send(release("alice"));
    let mut bob = guest(&mut world).await;
    bob.done(whisper("alice", "there?")).await;
    world.restart().await;
    let alice = world.caller();
    alice.send(claim_by("alice", DuplicateLogin::Reject));
    let arrivals = world.arrivals().await;
    let released = arrivals.iter().filter(|arrival| {
        matches!(&arrival.event.deed, Deed::Released { user, .. } if user.account().is_none())
    });
    assert_eq!(released.count(), 1);
    let told = arrivals.iter().find_map(|arrival| match &arrival.brings {
        Brings::Standing {
            missed: Missed::Kept(kept),
            ..
        } => Some(spelled(&kept.events)),
        Brings::Standing { .. } | Brings::Nothing => None,
    });
    assert!(told.is_some_and(|told| told.contains(BOB)));
}
