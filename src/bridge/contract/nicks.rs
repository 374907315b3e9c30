//! Sentences 28 and 29: as whom people are seen, and whom a word means.

use std::fmt::Debug;
use std::sync::Arc;

use super::Subject;
use super::words::{
    claim as claim_by, dialogue, follow, following, members, nick, online, parts, release, renew,
    resume, user, whisper, who_is,
};
use super::world::{Caller, World, new_claim};
use crate::chat::history::Span;
use crate::chat::{Answer, Deed, Event, Nick, Refusal, RoomName};
use crate::messages::{
    AccountAnswer, AccountAsk, Brings, Claim, DuplicateLogin, FirstRoom, Missed, Outcome, Parting,
    Question,
};

/// Names are equal whatever the nick, so it is compared how they are spelled.
pub(super) fn spelled(values: impl Debug) -> String {
    format!("{values:?}")
}

pub(super) fn deeds(events: &[Arc<Event>]) -> Vec<&Deed> {
    events.iter().map(|event| &event.deed).collect()
}

fn in_use(word: &str) -> Refusal {
    let nick = Nick::new(word).expect("a nick");
    Refusal::NickInUse { nick }
}

fn registered(word: &str) -> Refusal {
    let nick = Nick::new(word).expect("a nick");
    Refusal::NickRegistered { nick }
}

fn nicked(was: &str, now: &str) -> Answer {
    Answer::Nicked {
        user: user(now),
        was: user(was),
    }
}

async fn refused<S: Subject>(world: &mut World<S>, who: &mut Caller, word: &str, why: Refusal) {
    world.events().await;
    who.send_live(nick(word));
    assert_eq!(who.refused().await, why);
    assert_eq!(world.events().await, []);
}

pub(in crate::bridge) async fn a_nick_is_had_by_one_person_and_names_are_their_owners<
    S: Subject,
>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    world.account("carol").await;
    world.events().await;
    for (word, was, now) in [
        ("Al", "Alice", "Alice/Al"),
        ("aL", "Alice/Al", "Alice/aL"),
        ("[A]", "Alice/aL", "Alice/[A]"),
        ("alice", "Alice/[A]", "Alice/alice"),
        ("Al", "Alice/alice", "Alice/Al"),
    ] {
        let answer = alice.done(nick(word)).await;
        assert_eq!(spelled(answer), spelled(nicked(was, now)));
        let rooms = vec![RoomName::lobby()];
        let (user, was) = (user(now), user(was));
        let told = Deed::Nicked { user, was, rooms };
        assert_eq!(spelled(deeds(&world.events().await)), spelled([told]));
    }
    let same = alice.done(nick("Al")).await;
    assert_eq!(spelled(same), spelled(nicked("Alice/Al", "Alice/Al")));
    assert_eq!(world.events().await, []);
    for (word, why) in [
        ("AL", in_use("AL")),
        ("alice", registered("alice")),
        ("Carol", registered("Carol")),
        ("f1", registered("f1")),
    ] {
        refused(&mut world, &mut bob, word, why).await;
    }
    let (name, hash) = (user("al"), "$2b$".to_owned());
    let taken = AccountAsk::Create {
        user: name,
        hash,
        guest: None,
    };
    assert_eq!(world.accounts(taken).await, AccountAnswer::Conflict);
    alice.done(nick("Alice")).await;
    bob.done(nick("AL")).await;
    alice.send(release("alice"));
    let shown = bob.done(members("lobby")).await;
    assert!(matches!(&shown, Answer::Members { users, .. } if spelled(users) == "[bob/AL]"));
}

pub(in crate::bridge) async fn a_nick_leads_to_its_owner<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    alice.done(nick("Al")).await;
    world.events().await;
    for word in ["al", "ALICE"] {
        bob.done(whisper(word, "hi")).await;
        let events = world.events().await;
        let [Deed::Whisper { to, .. }] = deeds(&events)[..] else {
            panic!("{events:?}")
        };
        assert_eq!(to.spelled(), "Alice/Al");
        let Answer::WhoIs { user, .. } = bob.done(who_is(word)).await else {
            panic!("no answer")
        };
        assert_eq!(user.spelled(), "Alice/Al");
        bob.done(follow(word)).await;
        let Answer::Dialogue { messages, .. } = bob.done(dialogue(word, Span::Latest, 9)).await
        else {
            panic!("no answer")
        };
        assert!(!messages.is_empty());
        world.events().await;
    }
    assert_eq!(
        spelled(bob.done(following()).await),
        "Subscriptions { users: [Alice/Al] }"
    );
    let Answer::Online { users, .. } = bob.done(online()).await else {
        panic!("no answer")
    };
    assert_eq!(spelled(users), "[Alice/Al, bob]");
    alice.send_live(whisper("al", "me"));
    assert_eq!(alice.refused().await, Refusal::ToYourself);
    alice.send(release("alice"));
    bob.send_live(whisper("al", "still there?"));
    assert_eq!(
        bob.refused().await,
        Refusal::NoSuchUser { user: user("al") }
    );
    assert_eq!(
        spelled(bob.done(following()).await),
        "Subscriptions { users: [Alice] }"
    );
    bob.done(whisper("alice", "later")).await;
    is_told_under_the_nick(&mut world).await;
}

/// What was said to who was not there is told as said to whom they are now.
async fn is_told_under_the_nick<S: Subject>(world: &mut World<S>) {
    world.events().await;
    let new = world.caller();
    new.send(claim_by("Alice/New", DuplicateLogin::Reject));
    let arrivals = world.arrivals().await;
    let Brings::Standing { missed, .. } = &arrivals[0].brings else {
        panic!("{arrivals:?}")
    };
    let Missed::Kept(kept) = missed else {
        panic!("{missed:?}")
    };
    let last = kept.events.last().map(|event| &event.deed);
    let Some(Deed::Whisper { to, text, .. }) = last else {
        panic!("{last:?}")
    };
    assert_eq!((to.spelled(), text.as_str()), ("Alice/New", "later"));
}

pub(in crate::bridge) async fn a_claim_brings_its_nick<S: Subject>() {
    let mut world = World::<S>::new().await;
    let _bob = world.live("bob").await;
    world.account("Alice").await;
    world.account("carol").await;
    let mut alice = world.caller();
    let claim = new_claim(&mut alice, "Alice/Al", DuplicateLogin::Reject).await;
    assert_eq!(claim.user.spelled(), "Alice/Al");
    world.events().await;
    let mut carol = world.caller();
    for (name, why) in [
        ("carol/AL", in_use("AL")),
        ("carol/bob", registered("bob")),
        ("~0a1b/al", in_use("al")),
        ("~0a1b/Carol", registered("Carol")),
    ] {
        carol.send(claim_by(name, DuplicateLogin::Reject));
        assert_eq!(carol.refused().await, why);
        assert_eq!(world.events().await, []);
    }
    carol.claims("carol/Caro").await;
    let events = world.events().await;
    let spelled_in: Vec<_> = deeds(&events).iter().map(spelled).collect();
    assert!(
        spelled_in.iter().all(|deed| deed.contains("carol/Caro")),
        "{spelled_in:?}"
    );
}

fn place(claim: &Claim) -> Question {
    renew("alice", claim.fence, &["lobby"], FirstRoom::Lobby)
}

pub(in crate::bridge) async fn a_kept_place_keeps_its_nick<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut bob = world.live("bob").await;
    world.account("alice").await;
    let mut alice = world.caller();
    alice.claims("alice/Al").await;
    alice.send(parts("alice", Parting::Broken));
    refused(&mut world, &mut bob, "Al", in_use("Al")).await;
    let mut back = world.caller();
    back.send(resume("alice"));
    let Outcome::Claimed { claim, .. } = back.outcome().await else {
        panic!("not claimed")
    };
    assert_eq!(claim.user.spelled(), "alice");
    let events = world.events().await;
    let [
        Deed::Nicked { user: now, was, .. },
        Deed::Claimed { user, .. },
    ] = deeds(&events)[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((now.spelled(), was.spelled()), ("alice", "alice/Al"));
    assert_eq!(user.spelled(), "alice");
    back.claim = Some(claim.clone());
    back.done(nick("Al")).await;
    world.events().await;
    back.send(place(&claim));
    let Outcome::Claimed { claim, .. } = back.outcome().await else {
        panic!("not claimed")
    };
    assert_eq!(claim.user.spelled(), "alice/Al");
    assert_eq!(world.events().await.len(), 1);
    // Let go, and somebody else has the nick by now.
    back.send(release("alice"));
    bob.done(nick("Al")).await;
    back.send(renew("alice/Al", claim.fence, &["lobby"], FirstRoom::Lobby));
    let Outcome::Claimed { claim, .. } = back.outcome().await else {
        panic!("not claimed")
    };
    assert_eq!(claim.user.spelled(), "alice");
}
