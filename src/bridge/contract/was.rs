//! Sentence 34: who was here.

use super::Subject;
use super::words::{introducing, nick, parts, release, resume, user, who_was};
use super::world::{Caller, World};
use crate::chat::answer::{Former, Office};
use crate::chat::extras::Speaker;
use crate::chat::limits::FORMER_TOLD;
use crate::chat::profile::{Profile, real_name};
use crate::chat::{Answer, Text};
use crate::messages::{Outcome, Parting, PeopleRequest, Request};

/// Who was seen under a nick, as stores spell them, each with a real name.
async fn were(by: &mut Caller, nick: &str, count: u16) -> Vec<(String, String)> {
    let answer = by.done(who_was(nick, count)).await;
    let Answer::WhoWas {
        user: asked,
        former,
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!(asked.as_str(), nick);
    let is_newest_first = former.is_sorted_by(|one, next| one.until >= next.until);
    assert!(is_newest_first, "{former:?}");
    let told = former.into_iter().map(|Former { user, profile, .. }| {
        let name = profile.real_name.as_ref().map_or("", Text::as_str);
        (user.spelled().to_owned(), name.to_owned())
    });
    told.collect()
}

/// The same where all are asked for, without their real names.
async fn all(by: &mut Caller, nick: &str) -> Vec<String> {
    let all = were(by, nick, FORMER_TOLD).await;
    all.into_iter().map(|(spelled, _)| spelled).collect()
}

fn called(name: &str) -> Request {
    introducing(&Profile {
        real_name: real_name(name),
        speaker: Speaker::Person,
    })
}

pub(in crate::bridge) async fn who_is_gone_is_remembered_by_the_nick<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("Bob").await;
    assert_eq!(all(&mut alice, "bob").await, [""; 0]);
    bob.done(called("Bob \"B.\" \u{e9}")).await;
    bob.done(nick("Al")).await;
    let was_bob = || ("Bob".to_owned(), "Bob \"B.\" \u{e9}".to_owned());
    assert_eq!(were(&mut alice, "BOB", 9).await, [was_bob()]);
    // The same nick in other letters of the case is no other one.
    bob.done(nick("AL")).await;
    bob.done(called("Robert")).await;
    assert_eq!(all(&mut alice, "al").await, [""; 0]);
    // Whose place is kept has not gone.
    bob.send(parts("bob", Parting::Broken));
    assert_eq!(all(&mut alice, "al").await, [""; 0]);
    bob = world.caller();
    bob.claims("Bob/AL").await;
    assert_eq!(all(&mut alice, "al").await, [""; 0]);
    bob.send(release("bob"));
    assert_eq!(all(&mut alice, "Al").await, ["Bob/AL"]);
    bob.claims("Bob").await;
    bob.send(release("bob"));
    let later = ("Bob".to_owned(), String::new());
    let both = [later, was_bob()];
    assert_eq!(were(&mut alice, "bob", 1).await, both[..1]);
    assert_eq!(were(&mut alice, "bob", 2).await, both);
    world.restart().await;
    let mut back = world.caller();
    back.claims("alice").await;
    assert_eq!(all(&mut back, "bob").await, ["Bob", "Bob"]);
}

pub(in crate::bridge) async fn who_is_put_out_or_was_a_guest_is_remembered_too<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let office = Office::Operator;
    alice
        .done(Request::People(PeopleRequest::TakeOffice { office }))
        .await;
    let mut guest = world.caller();
    guest.claims("~bob.0123456789ab/Bob").await;
    guest.done(nick("Rob")).await;
    guest.send(release("~bob.0123456789ab"));
    assert_eq!(all(&mut alice, "bob").await, ["~bob.0123456789ab/Bob"]);
    assert_eq!(all(&mut alice, "rob").await, ["~bob.0123456789ab/Rob"]);
    let mut carol = world.live("carol").await;
    carol.done(nick("Caro")).await;
    carol.done(called("Carol")).await;
    let (user, words) = (user("caro"), None);
    let kill = Request::People(PeopleRequest::Kill { user, words });
    alice.done(kill).await;
    let was = ("carol/Caro".to_owned(), "Carol".to_owned());
    assert_eq!(were(&mut alice, "caro", 9).await, [was]);
    // Who comes back under another nick has gone under the one before.
    let mut carol = world.caller();
    carol.claims("carol/Caro").await;
    carol.send(parts("carol", Parting::Broken));
    carol.send(resume("carol"));
    assert!(matches!(carol.outcome().await, Outcome::Claimed { .. }));
    assert_eq!(all(&mut alice, "caro").await, ["carol/Caro", "carol/Caro"]);
    assert_eq!(all(&mut alice, "carol").await, ["carol"]);
}
