//! What people's programs need of each other, which nobody reads.

use super::Subject;
use super::words::{
    dialogue, dialogue_and, entering_too, history, introducing, introducing_to, leaving, members,
    not_in, position, reading, release, resume, room_named, said_with, tagging, user, what_is_read,
    whisper, whispered_with, who_is,
};
use super::world::{Caller, World};
use crate::chat::answer::Presence;
use crate::chat::certificate::Certificate;
use crate::chat::command::Certificates;
use crate::chat::event::{Manner, Timestamp};
use crate::chat::extras::{ClientTags, Speaker};
use crate::chat::history::{Conversation, Past, Span};
use crate::chat::limits::{CERTIFICATES_PER_USER, READ_MARKS_PER_USER};
use crate::chat::modes::{Rank, Ranks};
use crate::chat::profile::{Audience, Profile, real_name as real_name_of};
use crate::chat::{Answer, Deed, Event, Extras, Position, Refusal, RoomName};
use crate::messages::{AccountAnswer, AccountAsk, Outcome, Parting, ProgramRequest, Request};

pub(super) fn extras(tags: &str, speaker: Speaker) -> Extras {
    let tags = ClientTags::new(tags);
    Extras {
        tags,
        speaker,
        seams: Vec::new(),
    }
}

fn of(event: &Event) -> &Extras {
    event.extras().expect("something said")
}

pub(in crate::bridge) async fn what_goes_with_a_message_is_told_and_kept_with_it<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.account("bob").await;
    world.events().await;
    let nasty = "+draft/reply=7-3;+x=a\\s\"b\"\\\\\u{e9}\u{1f980}";
    for beside in [
        extras(nasty, Speaker::Person),
        extras("", Speaker::Bot),
        extras("+typing=done", Speaker::Bot),
        Extras {
            seams: vec![1, 300],
            ..Extras::default()
        },
        Extras::default(),
    ] {
        let manner = Manner::Notice;
        let said = alice
            .done(said_with(manner, "lobby", "h\ni", beside.clone()))
            .await;
        let whispered = alice
            .done(whispered_with(manner, "bob", "hi", beside.clone()))
            .await;
        let events = world.events().await;
        let [in_lobby, to_bob] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!((of(in_lobby), of(to_bob)), (&beside, &beside));
        assert_eq!(position(&said), in_lobby.position);
        assert_eq!(position(&whispered), to_bob.position);
        let kept = alice.done(history("lobby", 1)).await;
        let Answer::History { messages, .. } = kept else {
            panic!("{kept:?}")
        };
        assert_eq!(messages[..], events[..1]);
        let kept = alice.done(dialogue("bob", Span::Latest, 1)).await;
        let Answer::Dialogue { messages, .. } = kept else {
            panic!("{kept:?}")
        };
        assert_eq!(messages[..], events[1..]);
    }
}

pub(in crate::bridge) async fn what_has_no_words_is_for_who_is_there_and_not_kept<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let _bob = world.live("Bob").await;
    world.account("carol").await;
    world.events().await;
    let typing = extras("+typing=active", Speaker::Person);
    let in_room = |name: &str| Conversation::Room {
        room: room_named(name),
    };
    let to = |name: &str| Conversation::Person { user: user(name) };
    for (whom, meant) in [(in_room("LOBBY"), in_room("lobby")), (to("bob"), to("Bob"))] {
        let answer = alice.done(tagging(whom, typing.clone())).await;
        let events = world.events().await;
        let [event] = events.as_slice() else {
            panic!("{events:?}")
        };
        let deed = Deed::Tagged {
            to: meant,
            sender: user("alice"),
            extras: typing.clone(),
        };
        assert_eq!(format!("{:?}", event.deed), format!("{deed:?}"));
        let (position, at) = (event.position, event.at);
        assert_eq!(answer, Answer::Tagged { position, at });
    }
    let nobody = alice.done(tagging(to("carol"), typing.clone())).await;
    assert_eq!(nobody, Answer::NobodyTagged);
    for (whom, refusal) in [
        (in_room("den"), not_in("den")),
        (
            to("nobody"),
            Refusal::NoSuchUser {
                user: user("nobody"),
            },
        ),
    ] {
        alice.send_live(tagging(whom, typing.clone()));
        assert_eq!(alice.refused().await, refusal);
    }
    assert_eq!(world.events().await, []);
    let kept = alice.done(history("lobby", 9)).await;
    assert!(matches!(&kept, Answer::History { messages, .. } if messages.is_empty()));
    let kept = alice.done(dialogue("bob", Span::Latest, 9)).await;
    assert!(matches!(&kept, Answer::Dialogue { messages, .. } if messages.is_empty()));
    alice.done(leaving("lobby", None)).await;
    alice.send_live(tagging(in_room("lobby"), typing));
    assert_eq!(alice.refused().await, not_in("lobby"));
}

pub(in crate::bridge) async fn what_was_read_is_kept_and_never_moves_back<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let den = || Conversation::Room {
        room: room_named("den"),
    };
    let person = |name: &str| Conversation::Person { user: user(name) };
    let at = |ms| Answer::ReadUpTo {
        at: Some(Timestamp(ms)),
    };
    let nowhere = Answer::ReadUpTo { at: None };
    world.events().await;
    for (of, upto, answer) in [
        (den(), 5, 5),
        (den(), 3, 5),
        (person("den"), 4, 4),
        (den(), 1_546_613_366_123, 1_546_613_366_123),
        (person("bob"), 7, 7),
    ] {
        assert_eq!(alice.done(reading(of, upto)).await, at(answer));
    }
    // Not even the one who says so has read what is not said yet.
    let now = alice.done(reading(person("carol"), u64::MAX)).await;
    let Answer::ReadUpTo { at: Some(now) } = now else {
        panic!("{now:?}")
    };
    assert!(now.0 < 1 << 45, "{now:?}");
    assert_eq!(world.events().await, []);
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("ALICE").await;
    let mut bob = world.live("bob").await;
    let den_of_another = Conversation::Room {
        room: room_named("DEN"),
    };
    for (of, answer) in [
        (den_of_another, at(1_546_613_366_123)),
        (person("Den"), at(4)),
        (person("bob"), at(7)),
        (person("nobody"), nowhere.clone()),
    ] {
        assert_eq!(bob.done(what_is_read(of.clone())).await, nowhere);
        assert_eq!(alice.done(what_is_read(of)).await, answer);
    }
}

pub(in crate::bridge) async fn of_too_many_conversations_those_read_longest_ago_go<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let of = |n: usize| Conversation::Person {
        user: user(&format!("u{n}")),
    };
    let most = READ_MARKS_PER_USER;
    for n in 0..most + 2 {
        alice.send_live(reading(of(n), 10 + n as u64));
    }
    for _ in 0..most + 2 {
        alice.answered().await;
    }
    for (n, is_kept) in [(0, false), (1, false), (2, true), (most + 1, true)] {
        let at = is_kept.then_some(Timestamp(10 + n as u64));
        let answer = alice.done(what_is_read(of(n))).await;
        assert_eq!(answer, Answer::ReadUpTo { at }, "{n}");
    }
}

/// What somebody is seen to say about themselves: by name, and in the lobby.
async fn seen<S: Subject>(world: &mut World<S>, by: &mut Caller, name: &str) -> (Profile, Profile) {
    let known = by.done(who_is(name)).await;
    let Answer::WhoIs {
        presence: Presence::Online { profile, .. },
        ..
    } = known
    else {
        panic!("{known:?}")
    };
    let there = by.done(members("lobby")).await;
    let Answer::Members { known, .. } = there else {
        panic!("{there:?}")
    };
    let inside = known.profile(&user(name)).cloned();
    world.events().await;
    (profile, inside.unwrap_or_default())
}

fn says(real_name: &str, speaker: Speaker) -> Profile {
    let real_name = real_name_of(real_name);
    Profile { real_name, speaker }
}

pub(in crate::bridge) async fn what_somebody_says_about_themselves_is_told_as_long_as_they_are_here<
    S: Subject,
>() {
    let mut world = World::<S>::new().await;
    let mut bob = world.live("bob").await;
    let mut alice = world.live("Alice").await;
    let name = user("alice");
    world.events().await;
    // Another name is news for others, and only then.
    for (profile, is_news) in [
        (Profile::default(), false),
        (says("", Speaker::Bot), false),
        (says("Al \"the\" \\ \u{e9}", Speaker::Bot), true),
        (says("Al \"the\" \\ \u{e9}", Speaker::Person), false),
        (says("Al \"the\"", Speaker::Person), true),
        (says("Al \"the\"", Speaker::Person), false),
        (Profile::default(), true),
        (says("Alice", Speaker::Bot), true),
    ] {
        let introduced = Answer::Introduced {
            profile: profile.clone(),
        };
        assert_eq!(alice.done(introducing(&profile)).await, introduced);
        let deed = is_news.then(|| Deed::RealNameSet {
            user: name.clone(),
            real_name: profile.real_name.clone(),
            rooms: vec![RoomName::lobby()],
        });
        let events = world.events().await;
        let deeds = events.iter().map(|event| event.deed.clone());
        assert_eq!(deeds.collect::<Vec<_>>(), Vec::from_iter(deed));
        let both = (profile.clone(), profile);
        assert_eq!(seen(&mut world, &mut bob, "alice").await, both);
    }
    // It comes along into other rooms, and with who comes back; a new login has said nothing.
    let profile = says("Alice", Speaker::Bot);
    alice.done(entering_too("den")).await;
    let entered = Deed::Entered {
        room: room_named("den"),
        user: name,
        ranks: Ranks::default().with(Rank::Operator),
        profile: profile.clone(),
        away: None,
    };
    assert_eq!(world.events().await[0].deed, entered);
    alice.parts(Parting::Broken);
    let mut back = world.caller();
    back.send(resume("alice"));
    let Outcome::Claimed { claim, .. } = back.outcome().await else {
        panic!("not back")
    };
    back.claim = Some(claim);
    let both = (profile.clone(), profile);
    assert_eq!(seen(&mut world, &mut bob, "alice").await, both);
    back.send(release("alice"));
    alice = world.caller();
    alice.claims("alice").await;
    let nothing = <(Profile, Profile)>::default();
    assert_eq!(seen(&mut world, &mut bob, "alice").await, nothing);
}

/// Whoever watches from outside hears of another name, but not with the coming.
pub(in crate::bridge) async fn another_real_name_is_news_for_who_watches<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.events().await;
    let name = says("Alice", Speaker::Person);
    for (request, events) in [
        (leaving("lobby", None), 1),
        (introducing_to(Audience::Rooms, &name), 0),
        (introducing(&name), 0),
        (introducing(&says("Al", Speaker::Person)), 1),
        (introducing(&says("Al", Speaker::Bot)), 0),
        (entering_too("lobby"), 1),
        (introducing_to(Audience::Rooms, &name), 1),
    ] {
        alice.done(request).await;
        assert_eq!(world.events().await.len(), events);
    }
}

fn certificate(n: usize) -> Certificate {
    let bytes = (n as u64).to_be_bytes().repeat(4);
    Certificate(bytes.try_into().expect("32 bytes"))
}

fn certificates(numbers: &[usize]) -> Answer {
    let certificates = numbers.iter().copied().map(certificate).collect();
    Answer::Certificates { certificates }
}

async fn owner<S: Subject>(world: &World<S>, n: usize) -> AccountAnswer {
    let certificate = certificate(n);
    world.accounts(AccountAsk::Owner { certificate }).await
}

pub(in crate::bridge) async fn a_certificate_proves_one_account<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    let of = |wanted| Request::Program(ProgramRequest::Certificates(wanted));
    let add = |n| of(Certificates::Add(certificate(n)));
    let remove = |n| of(Certificates::Remove(certificate(n)));
    for (request, answer) in [
        (of(Certificates::List), certificates(&[])),
        (add(2), certificates(&[2])),
        (add(1), certificates(&[1, 2])),
        (add(2), certificates(&[1, 2])),
        (remove(7), certificates(&[1, 2])),
        (remove(1), certificates(&[2])),
        (of(Certificates::List), certificates(&[2])),
    ] {
        assert_eq!(alice.done(request).await, answer);
    }
    bob.send_live(add(2));
    assert_eq!(bob.refused().await, Refusal::CertificateTaken);
    assert_eq!(bob.done(remove(2)).await, certificates(&[]));
    let most = CERTIFICATES_PER_USER;
    for n in 0..most {
        bob.done(add(100 + n)).await;
    }
    bob.send_live(add(99));
    assert_eq!(bob.refused().await, Refusal::TooManyCertificates { most });
    assert_eq!(world.events().await, []);
    world.restart().await;
    let user = user("alice");
    assert_eq!(owner(&world, 2).await, AccountAnswer::Owner { user });
    assert_eq!(owner(&world, 1).await, AccountAnswer::NotFound);
}

pub(in crate::bridge) async fn another_password_revokes_all_certificates<S: Subject>() {
    let mut world = World::<S>::new().await;
    for (name, n) in [("alice", 1), ("bob", 2)] {
        let mut owner = world.live(name).await;
        let added = Certificates::Add(certificate(n));
        let request = Request::Program(ProgramRequest::Certificates(added));
        assert_eq!(owner.done(request).await, certificates(&[n]));
    }
    let (old, new) = ("$2b$".to_owned(), "$2b$13".to_owned());
    let user = user("alice");
    let rehash = AccountAsk::Rehash {
        user: user.clone(),
        old,
        new: new.clone(),
    };
    assert_eq!(world.accounts(rehash).await, AccountAnswer::Stored);
    let proven = AccountAnswer::Owner { user: user.clone() };
    assert_eq!(owner(&world, 1).await, proven);
    let changed = AccountAsk::ChangePassword {
        user,
        old: new,
        new: "new".to_owned(),
    };
    assert_eq!(world.accounts(changed).await, AccountAnswer::Stored);
    assert_eq!(owner(&world, 1).await, AccountAnswer::NotFound);
    let others = AccountAnswer::Owner {
        user: self::user("bob"),
    };
    assert_eq!(owner(&world, 2).await, others);
}

pub(in crate::bridge) async fn what_has_no_words_stands_among_what_two_people_said<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("Bob").await;
    world.account("carol").await;
    let to = |name: &str| Conversation::Person { user: user(name) };
    let smile = || extras("+draft/react=:-)", Speaker::Person);
    let tagged = |answer: Answer| {
        let Answer::Tagged { position, .. } = answer else {
            panic!("{answer:?}")
        };
        position
    };
    let hi = position(&alice.done(whisper("bob", "hi")).await);
    let smiled = tagged(bob.done(tagging(to("alice"), smile())).await);
    let typing = extras("+typing=active", Speaker::Person);
    bob.done(tagging(to("alice"), typing)).await;
    // Also to who is not there, and to oneself.
    let for_carol = tagged(alice.done(tagging(to("carol"), smile())).await);
    let for_me = tagged(alice.done(tagging(to("ALICE"), smile())).await);
    let back = tagged(alice.done(tagging(to("bob"), smile())).await);
    let mut carol = world.caller();
    carol.claims("carol").await;
    for (caller, with, all) in [
        (&mut alice, "bob", &[hi, smiled, back][..]),
        (&mut bob, "alice", &[hi, smiled, back]),
        (&mut carol, "alice", &[for_carol]),
    ] {
        assert_eq!(told(caller, Past::Everything, with).await, all, "{with}");
    }
    assert_eq!(told(&mut alice, Past::Everything, "alice").await, [for_me]);
    assert_eq!(told(&mut bob, Past::Words, "alice").await, [hi]);
    assert_eq!(told(&mut carol, Past::Words, "alice").await, []);
}

/// Where what two people said to each other stands.
async fn told(caller: &mut Caller, past: Past, with: &str) -> Vec<Position> {
    let answer = caller.done(dialogue_and(past, with, Span::Latest, 9)).await;
    let Answer::Dialogue { messages, .. } = answer else {
        panic!("{answer:?}")
    };
    messages.iter().map(|event| event.position).collect()
}
