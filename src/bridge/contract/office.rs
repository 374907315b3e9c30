//! Operators: what only they may do, and who is one.

use super::Subject;
use super::words::{
    census, entering_too, leaving, members, nick, no_room, online, quit_deed, release, renew,
    resume, rooms_named, text, user, users, who, who_is,
};
use super::world::World;
use crate::chat::answer::{Known, Office, Presence};
use crate::chat::modes::Flags;
use crate::chat::{Answer, Deed, Refusal, RoomName, UserName};
use crate::messages::{FirstRoom, Outcome, PeopleRequest, Request};

pub(super) fn takes(office: Office) -> Request {
    Request::People(PeopleRequest::TakeOffice { office })
}

fn kill(name: &str, words: Option<&str>) -> Request {
    let words = words.map(text);
    let user = user(name);
    Request::People(PeopleRequest::Kill { user, words })
}

fn announce(said: &str) -> Request {
    let text = text(said);
    Request::People(PeopleRequest::Announce { text })
}

pub(super) fn office_of(answer: &Answer) -> Office {
    match answer {
        Answer::WhoIs {
            presence: Presence::Online { office, .. },
            ..
        } => *office,
        other => panic!("nobody is here: {other:?}"),
    }
}

fn operators(answer: &Answer) -> u64 {
    match answer {
        Answer::Census(census) => census.operators,
        other => panic!("nothing was counted: {other:?}"),
    }
}

pub(in crate::bridge) async fn an_office_is_that_of_a_session<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    assert_eq!(office_of(&bob.done(who_is("alice")).await), Office::None);
    let office = Office::Operator;
    world.events().await;
    assert_eq!(alice.done(takes(office)).await, Answer::InOffice { office });
    assert!(world.events().await.is_empty(), "nobody is told");
    assert_eq!(office_of(&bob.done(who_is("ALICE")).await), office);
    let there = Answer::Members {
        room: RoomName::lobby(),
        users: users(&["alice", "bob"]),
        flags: Flags::default(),
        ranked: Vec::new(),
        known: Known {
            operators: users(&["alice"]),
            ..Known::default()
        },
    };
    assert_eq!(bob.done(members("lobby")).await, there);
    assert_eq!(operators(&bob.done(census()).await), 1);
    let Answer::Online { known, .. } = bob.done(online()).await else {
        panic!("no answer")
    };
    assert_eq!(known.operators, users(&["alice"]));
    // Who claims again because its claim was in question is the same session.
    let fence = alice.claim.as_ref().expect("a claim").fence;
    alice.send(renew("alice", fence, &["lobby"], FirstRoom::Lobby));
    alice.outcome().await;
    assert_eq!(office_of(&bob.done(who_is("alice")).await), office);
    // Another one is not.
    let mut another = world.caller();
    another.send(resume("alice"));
    another.outcome().await;
    assert_eq!(office_of(&bob.done(who_is("alice")).await), Office::None);
    assert_eq!(operators(&bob.done(census()).await), 0);
    bob.done(takes(office)).await;
    bob.done(takes(Office::None)).await;
    assert_eq!(operators(&bob.done(census()).await), 0);
    bob.done(takes(office)).await;
    bob.send(release("bob"));
    bob.claims("bob").await;
    assert_eq!(office_of(&bob.done(who_is("bob")).await), Office::None);
}

pub(in crate::bridge) async fn only_operators_put_people_out_and_speak_to_all<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("Bob").await;
    bob.done(entering_too("den")).await;
    world.events().await;
    for request in [kill("bob", None), announce("hi")] {
        alice.send_live(request);
        assert_eq!(alice.refused().await, Refusal::NoOperator);
    }
    assert!(world.events().await.is_empty());
    alice.done(takes(Office::Operator)).await;
    assert_eq!(alice.done(announce("hi")).await, Answer::Announced);
    let answer = alice.done(kill("BOB", Some("enough"))).await;
    let Answer::Killed { user: killed } = &answer else {
        panic!("{answer:?}")
    };
    assert_eq!(killed.as_str(), "Bob");
    let told: Vec<Deed> = world
        .events()
        .await
        .iter()
        .map(|event| event.deed.clone())
        .collect();
    let rooms = rooms_named(&["lobby", "den"]);
    let said = text("hi");
    let by = || user("alice");
    let mut expected = vec![Deed::Announced {
        by: by(),
        text: said,
    }];
    expected.extend(rooms.iter().map(|room| quit_deed(room, killed)));
    expected.push(Deed::Released {
        user: killed.clone(),
        rooms,
        words: Some(text("enough")),
        by: Some(by()),
    });
    assert_eq!(told, expected);
    let left = alice.done(online()).await;
    assert!(matches!(left, Answer::Online { users, .. } if users == [by()]));
    assert_eq!(alice.done(members("lobby")).await, {
        let mut there = who("lobby", &["alice"]);
        if let Answer::Members { known, .. } = &mut there {
            known.operators.push(by());
        }
        there
    });
    // Its session has nothing left to give back, and is not the live one.
    bob.send(release("bob"));
    bob.send_live(leaving("den", None));
    assert!(matches!(bob.outcome().await, Outcome::Void));
    alice.send_live(kill("bob", None));
    assert_eq!(
        alice.refused().await,
        Refusal::NoSuchUser { user: user("bob") }
    );
    alice.send_live(members("den"));
    assert_eq!(alice.refused().await, no_room("den"));
    assert!(world.events().await.is_empty());
}

pub(in crate::bridge) async fn who_is_meant_by_a_nick_is_found_and_put_out<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("Bob").await;
    bob.done(nick("Al")).await;
    let people = ["bob", "AL", "alice"].map(user).to_vec();
    let asked = Request::People(PeopleRequest::Presence { people });
    let answer = alice.done(asked).await;
    let Answer::Presence { here, gone } = &answer else {
        panic!("{answer:?}")
    };
    let spelled: Vec<&str> = here.iter().map(UserName::spelled).collect();
    assert_eq!(spelled, ["Bob/Al", "alice"]);
    // Nobody is seen under that name, though it is an account's.
    assert_eq!(*gone, users(&["bob"]));
    alice.done(takes(Office::Operator)).await;
    for (word, again) in [("al", "carol"), ("bob", "dave")] {
        alice.done(kill(word, None)).await;
        // The nick is free.
        let mut other = world.live(again).await;
        other.done(nick("al")).await;
        other.send(release(again));
        bob = world.caller();
        bob.claims("bob").await;
        bob.done(nick("Al")).await;
    }
}
