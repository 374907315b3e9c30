//! Sentence 35: guests who log in where they are.

use super::Subject;
use super::history::tells;
use super::moderation::change;
use super::nicks::{deeds, spelled};
use super::office::{office_of, takes};
use super::words::{
    away, entering_too, events_of, follow, logs_in, members, moving, parts, post, release, say,
    set_topic, user, whisper, who_is,
};
use super::world::{Caller, Fold, World};
use crate::chat::answer::{Office, Presence};
use crate::chat::history::Span;
use crate::chat::modes::Rank;
use crate::chat::{Answer, Deed, UserName};
use crate::messages::{Brings, Claim, Contest, DuplicateLogin, Missed, Outcome, Parting, Request};

const BOB: &str = "~0123456789ab/Bob";

const REJECT: Contest = Contest::Settled(DuplicateLogin::Reject);

const REPLACE: Contest = Contest::Settled(DuplicateLogin::Replace);

async fn guest<S: Subject>(world: &mut World<S>) -> Caller {
    let mut guest = world.caller();
    guest.claims(BOB).await;
    guest
}

/// Logs a guest in; as whom others see it, and in which rooms it is.
async fn is_in(caller: &mut Caller, name: &str, contest: Contest) -> (String, String) {
    let guest = caller.claim.clone().expect("a claim");
    caller.send(logs_in(name, &guest, contest));
    match caller.outcome().await {
        Outcome::Claimed { claim, rooms } => {
            let user = claim.user.spelled().to_owned();
            caller.claim = Some(claim);
            (user, spelled(rooms))
        }
        other => panic!("{other:?}"),
    }
}

/// The accounts of who are operators among the members of a room.
fn operators(answer: &Answer) -> Vec<String> {
    let Answer::Members { ranked, .. } = answer else {
        panic!("{answer:?}")
    };
    let ranked = ranked.iter().filter(|(_, ranks)| ranks.has(Rank::Operator));
    ranked
        .map(|(user, _): &(UserName, _)| user.id().to_owned())
        .collect()
}

async fn is_void(caller: &mut Caller, claim: &Claim, request: Request) {
    let now = caller.claim.replace(claim.clone());
    caller.send_live(request);
    assert!(matches!(caller.outcome().await, Outcome::Void));
    caller.claim = now;
}

/// It is and has what the guest was and had, and what only an account has.
async fn has_what_the_guest_had(alice: &mut Caller, bob: &mut Caller, as_guest: &Claim) {
    is_void(bob, as_guest, say("den", "as before?")).await;
    bob.done(say("den", "hello")).await;
    bob.done(post("news")).await;
    let there = alice.done(members("den")).await;
    assert_eq!(operators(&there), ["robert"]);
    let Answer::WhoIs { user, presence } = alice.done(who_is("bob")).await else {
        panic!("nobody")
    };
    assert_eq!(user.spelled(), "robert/Bob");
    assert!(matches!(presence, Presence::Online { away: Some(_), .. }));
    assert_eq!(
        office_of(&alice.done(who_is("robert")).await),
        Office::Operator
    );
    alice.done(follow("robert")).await;
}

/// And nothing is left of the guest.
async fn keeps_its_place<S: Subject>(world: &mut World<S>, bob: &Caller) {
    bob.send(parts("robert", Parting::Broken));
    assert_eq!(world.events().await, []);
    let mut again = world.caller();
    again.send(super::words::resume("robert/Bob"));
    let Outcome::Claimed { rooms, .. } = again.outcome().await else {
        panic!("not claimed")
    };
    assert_eq!(spelled(rooms), "[lobby, den]");
    again.send(release("robert"));
    let events = world.events().await;
    assert!(matches!(
        deeds(&events)[..],
        [
            Deed::Claimed { was: None, .. },
            Deed::Left { .. },
            Deed::Left { .. },
            Deed::Released { .. }
        ]
    ));
}

pub(in crate::bridge) async fn a_guest_logs_in_where_it_is<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    world.account("robert").await;
    alice.done(whisper("robert", "for later")).await;
    let mut bob = guest(&mut world).await;
    bob.done(entering_too("den")).await;
    bob.done(away("out")).await;
    bob.done(takes(Office::Operator)).await;
    alice.done(entering_too("den")).await;
    let as_guest = bob.claim.clone().expect("a claim");
    let mut fold = Fold::default();
    fold.all(&world.arrivals().await);
    let told = is_in(&mut bob, "robert", REJECT).await;
    assert_eq!(told, ("robert/Bob".to_owned(), "[lobby, den]".to_owned()));
    let arrivals = world.arrivals().await;
    let [arrival] = &arrivals[..] else {
        panic!("{arrivals:?}")
    };
    let claim = bob.claim.clone().expect("a claim");
    assert_eq!(arrival.event.position, claim.fence);
    let expected = Deed::Claimed {
        user: user("robert/Bob"),
        session: bob.id.clone(),
        was: Some(user(BOB)),
        rooms: super::words::rooms_named(&["lobby", "den"]),
    };
    assert_eq!(spelled(&arrival.event.deed), spelled(&expected));
    let Brings::Standing {
        rooms,
        missed: Missed::Kept(kept),
        ..
    } = &arrival.brings
    else {
        panic!("{arrivals:?}")
    };
    assert_eq!(spelled(rooms), "[lobby, den]");
    assert_eq!(kept.events[0].text(), "for later");

    has_what_the_guest_had(&mut alice, &mut bob, &as_guest).await;
    world.arrivals().await;
    keeps_its_place(&mut world, &bob).await;
}

pub(in crate::bridge) async fn who_logs_in_where_it_is_has_the_ranks_of_both<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut fold = Fold::default();
    let mut robert = world.live("robert").await;
    robert.done(moving("lobby", "den")).await;
    robert.done(set_topic("den", "bears")).await;
    robert.send(release("robert"));
    let mut bob = guest(&mut world).await;
    bob.done(entering_too("attic")).await;
    bob.done(entering_too("den")).await;
    fold.all(&world.arrivals().await);
    is_in(&mut bob, "robert", REPLACE).await;
    let arrivals = world.arrivals().await;
    fold.all(&arrivals);
    let events: Vec<_> = arrivals.into_iter().map(|arrival| arrival.event).collect();
    let [Deed::Claimed { rooms, .. }, gained] = deeds(&events)[..] else {
        panic!("{events:?}")
    };
    assert_eq!(spelled(rooms), "[lobby, attic, den]");
    let Deed::ModesChanged { room, by, changes } = gained else {
        panic!("{events:?}")
    };
    assert_eq!((room.as_str(), spelled(by)), ("den", BOB.to_owned()));
    let expected = "[Rank { user: robert/Bob, rank: Operator, to: On }]";
    assert_eq!(spelled(changes), expected);
    let told = tells(&mut bob, events_of("den", Span::Latest, 1)).await;
    assert_eq!(told[0].deed, *gained, "it is told later too");
    for room in ["attic", "den"] {
        assert_eq!(operators(&bob.done(members(room)).await), ["robert"]);
    }
    bob.done(change("den", &["+v robert"])).await;
}

pub(in crate::bridge) async fn a_guest_is_kept_out_as_everybody_is<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut robert = world.live("robert").await;
    let mut bob = guest(&mut world).await;
    world.events().await;
    let as_guest = bob.claim.clone().expect("a claim");
    bob.send(logs_in("robert", &as_guest, REJECT));
    assert!(matches!(bob.outcome().await, Outcome::Duplicate));
    assert_eq!(world.events().await, []);
    // Both are where they were.
    bob.done(say("lobby", "hello")).await;
    robert.done(say("lobby", "hello yourself")).await;
    bob.send(release(BOB));
    world.events().await;
    bob.send(logs_in("robert", &as_guest, Contest::Insisted));
    assert!(matches!(bob.outcome().await, Outcome::Void));
    assert_eq!(world.events().await, []);
    robert.done(say("lobby", "still here")).await;
}

pub(in crate::bridge) async fn who_logs_in_in_place_ends_what_the_account_has_elsewhere<
    S: Subject,
>() {
    let mut world = World::<S>::new().await;
    let mut fold = Fold::default();
    let mut robert = world.live("robert").await;
    robert.done(entering_too("attic")).await;
    let mut bob = guest(&mut world).await;
    fold.all(&world.arrivals().await);
    is_in(&mut bob, "robert", REPLACE).await;
    let arrivals = world.arrivals().await;
    fold.all(&arrivals);
    let events: Vec<_> = arrivals.into_iter().map(|arrival| arrival.event).collect();
    let [lobby, attic, nicked, claimed] = deeds(&events)[..] else {
        panic!("{events:?}")
    };
    for left in [lobby, attic] {
        assert!(matches!(left, Deed::Left { .. }), "{left:?}");
    }
    assert!(matches!(nicked, Deed::Nicked { rooms, .. } if rooms.is_empty()));
    assert!(matches!(claimed, Deed::Claimed { was: Some(_), .. }));
    robert.send_live(say("lobby", "hello?"));
    assert!(matches!(robert.outcome().await, Outcome::Void));
    // The same once more, by a place that is only kept.
    bob.send(parts("robert", Parting::Broken));
    let mut other = world.caller();
    other.claims("~0123456789ac/Rob").await;
    world.events().await;
    let told = is_in(&mut other, "robert", REJECT).await;
    assert_eq!(told, ("robert/Rob".to_owned(), "[lobby]".to_owned()));
}
