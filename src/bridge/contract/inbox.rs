//! Sentences 21 to 23: what is kept for those who are not there.

use std::sync::Arc;

use super::Subject;
use super::words::{
    claim, dialogue, follow, login, moving, position, post, release, say, to_oneself, unfollow,
    user, whisper,
};
use super::world::{Caller, World};
use crate::chat::command::Since;
use crate::chat::history::Span;
use crate::chat::limits::{KEPT_BYTES, KEPT_MESSAGES};
use crate::chat::{Answer, Deed, Event, Gap, GapSize, Position, Refusal};
use crate::messages::{
    Brings, DuplicateLogin, Entrance, FirstRoom, Kept, Missed, Outcome, Question, Request,
};

impl<S: Subject> World<S> {
    /// Somebody comes in, and what they are told.
    pub(in crate::bridge) async fn comes(&mut self, name: &str) -> (Caller, Missed) {
        let entrance = login(DuplicateLogin::Reject, FirstRoom::Lobby);
        self.comes_by(name, entrance).await
    }

    async fn comes_by(&mut self, name: &str, entrance: Entrance) -> (Caller, Missed) {
        self.events().await;
        let mut caller = self.caller();
        let user = user(name);
        caller.send(Question::Claim { user, entrance });
        let Outcome::Claimed { claim, .. } = caller.outcome().await else {
            panic!("not claimed")
        };
        let arrivals = self.arrivals().await;
        let own = arrivals
            .into_iter()
            .find(|it| it.event.position == claim.fence);
        let Brings::Standing { missed, .. } = own.expect("the claim event").brings else {
            panic!("it brings nothing")
        };
        caller.claim = Some(claim);
        (caller, missed)
    }
}

impl Caller {
    pub(in crate::bridge) fn sees(&self, position: Position) {
        let claim = self.claim.clone().expect("a claim");
        self.send(Question::Seen { claim, position });
    }

    pub(in crate::bridge) fn goes(self, name: &str) {
        self.send(release(name));
    }

    pub(in crate::bridge) fn fence(&self) -> Position {
        self.claim.clone().expect("a claim").fence
    }

    /// Says it, and returns where it stands.
    async fn says(&mut self, request: Request) -> Position {
        position(&self.done(request).await)
    }

    /// Says all of it at once.
    async fn says_all(&mut self, requests: impl Iterator<Item = Request>) -> Vec<Position> {
        let mut asked = 0;
        for request in requests {
            self.send_live(request);
            asked += 1;
        }
        let mut said = Vec::new();
        for _ in 0..asked {
            said.push(position(&self.answered().await));
        }
        said
    }
}

fn kept(missed: &Missed) -> (&[Gap], Vec<Position>) {
    match missed {
        Missed::Kept(Kept { gaps, events }) => {
            (gaps, events.iter().map(|event| event.position).collect())
        }
        Missed::Nothing => (&[], Vec::new()),
        Missed::After(_) | Missed::AfterTakenBack(_) | Missed::SinceSuspended => {
            panic!("{missed:?}")
        }
    }
}

fn nothing_lost(positions: &[Position]) -> (&[Gap], Vec<Position>) {
    (&[], positions.to_vec())
}

fn private(lost: u64) -> [Gap; 1] {
    let size = GapSize::Exactly(lost);
    [Gap::Whispers { size }]
}

pub(in crate::bridge) async fn what_one_says_to_oneself_is_said_like_all_else<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    alice.send_live(whisper("alice", "no"));
    assert_eq!(alice.refused().await, Refusal::ToYourself);
    let said = alice.says(to_oneself("ALICE", "milk")).await;
    let events = world.events().await;
    assert_eq!(
        events
            .iter()
            .map(|event| event.position)
            .collect::<Vec<_>>(),
        [said]
    );
    let Deed::Whisper {
        to, sender, k: 1, ..
    } = &events[0].deed
    else {
        panic!("{events:?}")
    };
    assert_eq!((to, sender), (&user("Alice"), &user("Alice")));
    let to_bob = alice.says(to_oneself("bob", "hi")).await;
    let answered = bob.says(whisper("alice", "hi")).await;
    // Once, and not among what is said with others.
    for (with, positions) in [("Alice", &[said][..]), ("bob", &[to_bob, answered])] {
        let Answer::Dialogue { messages, .. } = alice.done(dialogue(with, Span::Latest, 9)).await
        else {
            panic!("no answer")
        };
        let told: Vec<_> = messages.iter().map(|event| event.position).collect();
        assert_eq!(told, positions, "{with}");
    }
    alice.goes("Alice");
    let (_, missed) = world.comes("alice").await;
    assert_eq!(kept(&missed), nothing_lost(&[said, answered]));
}

pub(in crate::bridge) async fn what_is_said_to_who_is_not_there_is_kept<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    world.account("Bob").await;
    world.events().await;
    for n in 1..=3 {
        alice.says(whisper("BOB", &format!("{n}"))).await;
        alice.says(say("lobby", "to all")).await;
    }
    let said: Vec<Arc<Event>> = world.events().await.into_iter().step_by(2).collect();
    assert_eq!(said.len(), 3);
    let (bob, missed) = world.comes("Bob").await;
    let gaps = Vec::new();
    let events = said.clone();
    assert_eq!(missed, Missed::Kept(Kept { gaps, events }));
    // Who has not seen it is told again, who has seen a part only the rest.
    bob.goes("Bob");
    let (bob, missed) = world.comes("bob").await;
    let places: Vec<_> = said.iter().map(|event| event.position).collect();
    assert_eq!(kept(&missed), nothing_lost(&places));
    bob.sees(places[1]);
    bob.goes("Bob");
    let (bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), nothing_lost(&places[2..]));
    bob.sees(bob.fence());
    let last = alice.says(whisper("bob", "while he is here")).await;
    bob.goes("Bob");
    let (bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), nothing_lost(&[last]));
    bob.sees(last);
    bob.goes("Bob");
    assert_eq!(world.comes("bob").await.1, Missed::Nothing);
}

pub(in crate::bridge) async fn who_comes_for_the_first_time_begins_there<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.account("bob").await;
    let (bob, missed) = world.comes("bob").await;
    assert_eq!(missed, Missed::Nothing);
    let fence = bob.fence();
    let said = alice.says(whisper("bob", "not seen")).await;
    bob.goes("bob");
    let entrance = Entrance::Resume { since: Since::Seen };
    let (bob, missed) = world.comes_by("bob", entrance.clone()).await;
    assert_eq!(missed, Missed::After(fence));
    bob.goes("bob");
    assert_eq!(kept(&world.comes("bob").await.1), nothing_lost(&[said]));
    // An account of the settings has its inbox from the first word on.
    let first = alice.says(whisper("F7", "welcome")).await;
    let (root, missed) = world.comes("f7").await;
    assert_eq!(kept(&missed), nothing_lost(&[first]));
    root.goes("f7");
    let (_root, missed) = world.comes_by("f7", entrance).await;
    let before = Position {
        n: first.n - 1,
        ..first
    };
    assert_eq!(missed, Missed::After(before), "nothing of it was seen");
    let since = Since::Position(said);
    let (_bob, missed) = world.comes_by("bob", Entrance::Resume { since }).await;
    assert_eq!(missed, Missed::After(said));
}

pub(in crate::bridge) async fn posts_wait_for_those_who_follow<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    let mut cleo = world.live("cleo").await;
    // Somebody always listens, so that it is said at all.
    cleo.done(follow("alice")).await;
    cleo.done(follow("bob")).await;
    alice.says(post("before he follows")).await;
    bob.done(follow("ALICE")).await;
    bob.sees(bob.fence());
    let mut waits = vec![alice.says(post("one")).await];
    bob.goes("bob");
    world.events().await;
    waits.push(cleo.says(whisper("bob", "two")).await);
    cleo.says(say("lobby", "not for him")).await;
    waits.push(alice.says(post("three")).await);
    let (mut bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), nothing_lost(&waits));
    // What was posted while he did not follow is not for him, now that he follows again.
    bob.done(unfollow("alice")).await;
    alice.says(post("nor this")).await;
    bob.done(follow("alice")).await;
    let four = alice.says(post("four")).await;
    bob.goes("bob");
    let (mut bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), nothing_lost(&[waits[1], four]));
    bob.done(unfollow("alice")).await;
    bob.goes("bob");
    assert_eq!(kept(&world.comes("bob").await.1), nothing_lost(&[waits[1]]));
}

pub(in crate::bridge) async fn the_posts_of_many_come_in_log_order<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut reader = world.live("reader").await;
    let mut authors = Vec::new();
    for name in ["ann", "Ben", "cat", "dan", "eva"] {
        authors.push(world.live(name).await);
        reader.done(follow(name)).await;
    }
    world.events().await;
    reader.goes("reader");
    let mut said = Vec::new();
    for n in 0..90_usize {
        // Some post much, some little.
        let author = [0, 0, 0, 1, 1, 2, 0, 3, 4][n * n % 9];
        said.push(authors[author].says(post(&n.to_string())).await);
    }
    let (_, missed) = world.comes("READER").await;
    assert_eq!(kept(&missed), nothing_lost(&said));
}

pub(in crate::bridge) async fn what_was_seen_never_moves_back<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let old = world.live("bob").await;
    let said = alice.says_all((0..3).map(|_| whisper("bob", "hi"))).await;
    old.sees(said[1]);
    old.sees(said[0]);
    let mut new = world.caller();
    new.send(claim("bob", DuplicateLogin::Replace));
    let Outcome::Claimed { claim, .. } = new.outcome().await else {
        panic!("not claimed")
    };
    new.claim = Some(claim);
    // The claim is void, and another session's does not make it better.
    old.sees(said[2]);
    let thief = Caller {
        claim: new.claim.clone(),
        ..old
    };
    thief.sees(said[2]);
    new.goes("bob");
    let (bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), nothing_lost(&said[2..]));
    bob.sees(said[2]);
    bob.goes("bob");
    assert_eq!(world.comes("bob").await.1, Missed::Nothing);
}

pub(in crate::bridge) async fn an_inbox_is_bounded_and_says_what_it_lost<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    bob.done(follow("alice")).await;
    bob.sees(bob.fence());
    bob.done(moving("lobby", "den")).await;
    bob.goes("bob");
    let most = usize::try_from(KEPT_MESSAGES).expect("few");
    let said = alice
        .says_all((0..most + 7).map(|_| whisper("bob", "hi")))
        .await;
    let (bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), (&private(7)[..], said[7..].to_vec()));
    // Of those that are lost some were seen, and then fewer are missing.
    bob.sees(said[2]);
    bob.goes("bob");
    let (bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed).1, said[7..]);
    bob.sees(said[most]);
    bob.goes("bob");
    let (bob, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), nothing_lost(&said[most + 1..]));
    bob.sees(said[most + 6]);
    bob.goes("bob");
    let posted = alice.says_all((0..=most).map(|_| post("hi"))).await;
    let (bob, missed) = world.comes("bob").await;
    let gone = [Gap::Posts];
    assert_eq!(kept(&missed), (&gone[..], posted[1..].to_vec()));
    bob.sees(posted[0]);
    bob.goes("bob");
    assert_eq!(
        kept(&world.comes("bob").await.1),
        nothing_lost(&posted[1..])
    );
}

pub(in crate::bridge) async fn a_login_is_told_a_bounded_number_of_bytes<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let bob = world.live("bob").await;
    bob.sees(bob.fence());
    bob.goes("bob");
    let long = "x".repeat(4000);
    let count = KEPT_BYTES / 4000 + 10;
    let said = alice
        .says_all((0..count).map(|_| whisper("bob", &long)))
        .await;
    let (_, missed) = world.comes("bob").await;
    let (gaps, told) = kept(&missed);
    assert!(
        told.len() < count && told.len() > count / 2,
        "{}",
        told.len()
    );
    assert_eq!(told, said[count - told.len()..]);
    assert_eq!(gaps, private((count - told.len()) as u64));
}

pub(in crate::bridge) async fn what_waits_outlives_a_restart<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    bob.done(follow("alice")).await;
    bob.sees(bob.fence());
    bob.goes("bob");
    let seen = alice.says(whisper("bob", "seen")).await;
    let said = [
        alice.says(whisper("bob", "hi")).await,
        alice.says(post("ho")).await,
    ];
    let (bob, _) = world.comes("bob").await;
    bob.sees(seen);
    world.restart().await;
    world.events().await;
    let (_, missed) = world.comes("bob").await;
    assert_eq!(kept(&missed), nothing_lost(&said));
    let Missed::Kept(Kept { events, .. }) = missed else {
        panic!("nothing kept")
    };
    let Deed::Whisper { k: 2, .. } = events[0].deed else {
        panic!("{events:?}")
    };
}
