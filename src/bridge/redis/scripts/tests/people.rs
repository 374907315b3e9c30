use super::desk::{Desk, on_both};
use crate::bridge::contract::{
    away, back, entering, follow, followers, following, introducing, nick, offline, online,
    online_are, room_named, shown, subscribed, subscriptions, text, unfollow, unsubscribed, user,
    users, whisper, who_is, who_was,
};
use crate::chat::answer::{Office, Presence};
use crate::chat::extras::Speaker;
use crate::chat::limits::{FOLLOWS_PER_USER, FORMER_KEPT};
use crate::chat::profile::Profile;
use crate::chat::{Answer, Deed, Refusal};
use crate::messages::{PeopleRequest, Request};

on_both! {
    follows_begin_and_end_once,
    followers_are_shown_as_registered_and_sorted,
    nobody_follows_more_than_the_bound,
    away_and_back_are_told_once,
    people_are_shown_as_far_as_the_asker_may_know,
    a_nick_of_nobody_who_is_here_is_free,
    a_guest_leaves_no_key,
    who_was_here_is_remembered_within_bounds,
}

/// As a program leaves it that knows no nicks.
async fn a_nick_of_nobody_who_is_here_is_free(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.raw(&["HSET", "nicks", "al", "bob"]).await;
    let no_user = Refusal::NoSuchUser { user: user("al") };
    assert_eq!(desk.refused(&alice, whisper("al", "hi")).await, no_user);
    desk.done(&alice, nick("Al")).await;
    assert_eq!(desk.word(&["HGET", "nicks", "al"]).await, "alice");
    desk.decide(&alice.release()).await;
    assert_eq!(desk.number(&["EXISTS", "nicks", "names"]).await, 0);
}

async fn a_guest_leaves_no_key(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, whisper("root", "hi")).await;
    let office = Office::Operator;
    let office = Request::People(PeopleRequest::TakeOffice { office });
    desk.done(&alice, office).await;
    let before = desk.keys().await;
    for is_put_out in [false, true] {
        let guest = desk.claim("~bob.0123456789ab/Bob", 2).await;
        desk.done(&alice, whisper("bob", "hi")).await;
        desk.done(&guest, nick("Rob")).await;
        desk.done(&guest, away("tea")).await;
        let profile = Profile {
            real_name: Some(text("Robert")),
            speaker: Speaker::Bot,
        };
        desk.done(&guest, introducing(&profile)).await;
        if is_put_out {
            let (user, words) = (user("rob"), None);
            let kill = PeopleRequest::Kill { user, words };
            desk.done(&alice, Request::People(kill)).await;
        } else {
            desk.decide(&guest.release()).await;
        }
        let mut kept = desk.keys().await;
        // What alice said stays with her, and that somebody was here is remembered.
        kept.retain(|key| key != "former");
        assert_eq!(kept, before);
        assert_eq!(desk.number(&["HLEN", "profiles"]).await, 0);
    }
}

async fn who_was_here_is_remembered_within_bounds(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    for n in 0..FORMER_KEPT {
        let id = format!("{}-0", n + 1);
        desk.raw(&["XADD", "former", &id, "u", "old", "p", "{}"])
            .await;
    }
    // They are older than anything is told.
    let told = desk.done(&alice, who_was("old", 9)).await;
    let nobody = Answer::WhoWas {
        user: user("old"),
        former: Vec::new(),
    };
    assert_eq!(told, nobody);
    desk.decide(&bob.release()).await;
    let left = desk.number(&["XLEN", "former"]).await;
    assert!(left < i64::try_from(FORMER_KEPT).expect("few"), "{left}");
    let Answer::WhoWas { former, .. } = desk.done(&alice, who_was("BOB", 9)).await else {
        panic!("no answer")
    };
    assert_eq!(shown(&former[0].user), "bob");
    desk.raw(&["DEL", "former"]).await;
    for n in 0..=FORMER_KEPT {
        let name = ["A", "B"][n % 2];
        desk.done(&alice, nick(name)).await;
    }
    let kept = desk.number(&["XLEN", "former"]).await;
    assert_eq!(usize::try_from(kept), Ok(FORMER_KEPT));
}

async fn follows_begin_and_end_once(mut desk: Desk) {
    let alice = desk.live("Alice", 1).await;
    desk.register("Bob").await;
    desk.events().await;
    let no_user = Refusal::NoSuchUser {
        user: user("nobody"),
    };
    assert_eq!(desk.refused(&alice, follow("nobody")).await, no_user);
    assert_eq!(desk.refused(&alice, unfollow("nobody")).await, no_user);
    assert_eq!(
        desk.refused(&alice, follow("ALICE")).await,
        Refusal::ToYourself
    );
    for (request, answer, events) in [
        (unfollow("bob"), unsubscribed("Bob"), 0),
        (follow("BOB"), subscribed("Bob"), 1),
        (follow("bob"), subscribed("Bob"), 0),
        (follow("root"), subscribed("Root"), 1),
        (following(), subscriptions(&["Bob", "Root"]), 0),
        (unfollow("BOB"), unsubscribed("Bob"), 1),
        (following(), subscriptions(&["Root"]), 0),
    ] {
        assert_eq!(shown(&desk.done(&alice, request).await), shown(&answer));
        assert_eq!(desk.events().await.len(), events, "{answer:?}");
    }
    desk.done(&alice, follow("bob")).await;
    // Whom somebody follows may have no account any more.
    desk.raw(&["DEL", "account:bob"]).await;
    let undone = desk.done(&alice, unfollow("bob")).await;
    assert_eq!(shown(&undone), shown(&unsubscribed("Bob")));
}

async fn followers_are_shown_as_registered_and_sorted(mut desk: Desk) {
    let root = desk.claim("Root", 1).await;
    for (n, name) in ["Zoe", "adam", "Bert"].into_iter().enumerate() {
        let person = desk.live(name, n as u64 + 2).await;
        desk.done(&person, follow("root")).await;
    }
    let subscribers = Answer::Subscribers {
        users: users(&["adam", "Bert", "Zoe"]),
    };
    let told = desk.done(&root, followers()).await;
    assert_eq!(shown(&told), shown(&subscribers));
    let there = desk.done(&root, online()).await;
    let all = online_are(&["adam", "Bert", "Root", "Zoe"]);
    assert_eq!(shown(&there), shown(&all));
}

async fn nobody_follows_more_than_the_bound(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.register("bob").await;
    for n in 0..FOLLOWS_PER_USER {
        desk.raw(&["SADD", "follows:alice", &format!("u{n}")]).await;
    }
    let most = FOLLOWS_PER_USER;
    let refusal = Refusal::TooManySubscriptions { most };
    assert_eq!(desk.refused(&alice, follow("bob")).await, refusal);
    desk.raw(&["SREM", "follows:alice", "u1"]).await;
    assert_eq!(desk.done(&alice, follow("bob")).await, subscribed("bob"));
    let Answer::Subscriptions { users } = desk.done(&alice, following()).await else {
        panic!("no answer")
    };
    assert_eq!(users.len(), FOLLOWS_PER_USER);
    assert!(users.is_sorted());
}

async fn away_and_back_are_told_once(mut desk: Desk) {
    let alice = desk.live("Alice", 1).await;
    desk.events().await;
    let tea = || Answer::Away {
        text: text("\"tea\""),
    };
    for (request, answer, events) in [
        (back(), Answer::Back, 0),
        (away("\"tea\""), tea(), 1),
        (away("\"tea\""), tea(), 0),
        (back(), Answer::Back, 1),
        (back(), Answer::Back, 0),
    ] {
        assert_eq!(desk.done(&alice, request).await, answer);
        let deeds = desk.deeds().await;
        assert_eq!(deeds.len(), events);
        if let [Deed::WentAway { text: told, .. }] = deeds.as_slice() {
            assert_eq!(*told, text("\"tea\""));
        }
    }
}

async fn people_are_shown_as_far_as_the_asker_may_know(mut desk: Desk) {
    let alice = desk.live("Alice", 1).await;
    let bob = desk.live("Bob", 2).await;
    assert_eq!(desk.done(&alice, who_is("root")).await, offline("root"));
    desk.done(&bob, away("tea")).await;
    desk.done(&bob, entering("lobby", "Vault", "key")).await;
    for inside in [false, true] {
        if inside {
            desk.done(&alice, entering("lobby", "vault", "key")).await;
        }
        let Answer::WhoIs { user, presence } = desk.done(&alice, who_is("BOB")).await else {
            panic!("no answer")
        };
        let Presence::Online {
            node,
            since,
            rooms,
            away,
            profile: _,
            office: Office::None,
            ..
        } = presence
        else {
            panic!("{presence:?}")
        };
        assert_eq!((user.as_str(), node.as_str()), ("Bob", "node-1"));
        assert_eq!(away, Some(text("tea")));
        assert!(since.0 > 1_700_000_000_000);
        let seen: Vec<_> = inside.then(|| room_named("vault")).into_iter().collect();
        assert_eq!(rooms, seen);
    }
}
