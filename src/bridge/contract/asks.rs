//! What is asked and answered beside the sentences.

use super::words::{
    away, entering, entering_too, follow, followers, history, leaving, moving, neighbours, offline,
    position, post, room_named, say, shown, subscribed, text, user, whisper, who_is,
};
use super::world::World;
use super::{KEEP_MESSAGES, Subject};
use crate::chat::answer::{Office, Presence};
use crate::chat::limits::FOLLOWS_PER_USER;
use crate::chat::{Answer, Deed, Refusal, RoomName, UserName};
use crate::messages::{AccountAnswer, AccountAsk};

pub(in crate::bridge) async fn accounts_are_compared_without_case<S: Subject>() {
    let world = World::<S>::new().await;
    let create = |name, hash: &str| AccountAsk::Create {
        user: user(name),
        hash: hash.to_owned(),
        guest: None,
    };
    let rehash = |old: &str, new: &str| AccountAsk::Rehash {
        user: user("alice"),
        old: old.to_owned(),
        new: new.to_owned(),
    };
    let found = |hash: &str| AccountAnswer::Found {
        user: user("Alice"),
        hash: hash.to_owned(),
    };
    let find = || AccountAsk::Find {
        user: user("aLICE"),
    };
    assert_eq!(world.accounts(find()).await, AccountAnswer::NotFound);
    assert_eq!(
        world.accounts(create("Alice", "1")).await,
        AccountAnswer::Stored
    );
    assert_eq!(
        world.accounts(create("ALICE", "2")).await,
        AccountAnswer::Conflict
    );
    assert_eq!(
        world.accounts(create("F1", "2")).await,
        AccountAnswer::Conflict
    );
    assert_eq!(world.accounts(find()).await, found("1"));
    assert_eq!(
        world.accounts(rehash("2", "3")).await,
        AccountAnswer::Conflict
    );
    assert_eq!(world.accounts(find()).await, found("1"));
    assert_eq!(
        world.accounts(rehash("1", "3")).await,
        AccountAnswer::Stored
    );
    assert_eq!(shown(&world.accounts(find()).await), shown(&found("3")));
}

pub(in crate::bridge) async fn neighbours_are_in_a_room_with_the_asker<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    let mut carol = world.live("carol").await;
    carol.done(moving("lobby", "den")).await;
    carol.done(away("tea")).await;
    let told = |answer: Answer| {
        let Answer::Online { users, known } = answer else {
            panic!("{answer:?}")
        };
        let spelled = |users: &[UserName]| {
            let names = users.iter().map(UserName::as_str);
            names.collect::<Vec<_>>().join(" ")
        };
        (spelled(&users), spelled(&known.away))
    };
    let both = |users: &str, away: &str| (users.to_owned(), away.to_owned());
    assert_eq!(told(alice.done(neighbours()).await), both("Alice bob", ""));
    assert_eq!(told(carol.done(neighbours()).await), both("carol", "carol"));
    // Whoever is in several rooms with one is there once.
    for somebody in [&mut alice, &mut bob] {
        somebody.done(entering_too("den")).await;
    }
    let all = both("Alice bob carol", "carol");
    assert_eq!(told(alice.done(neighbours()).await), all);
    alice.done(leaving("lobby", None)).await;
    alice.done(leaving("den", None)).await;
    assert_eq!(told(alice.done(neighbours()).await), both("Alice", ""));
}

pub(in crate::bridge) async fn whispers_and_posts_reach_those_they_can<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("Bob").await;
    alice.done(follow("BOB")).await;
    assert_eq!(
        bob.done(followers()).await,
        Answer::Subscribers {
            users: vec![user("alice")]
        }
    );
    world.events().await;
    let said = bob.done(whisper("ALICE", "psst")).await;
    let posted = bob.done(post("news")).await;
    alice.done(away("tea")).await;
    let told = bob.done(whisper("alice", "psst")).await;
    let Answer::SaidToAway { to, text: tea, .. } = &told else {
        panic!("{told:?}")
    };
    assert_eq!((to.as_str(), tea.as_str()), ("Alice", "tea"));
    let events = world.events().await;
    assert_eq!(events[0].position, position(&said));
    assert_eq!(events[1].position, position(&posted));
    let Deed::Whisper { to, sender, k, .. } = &events[0].deed else {
        panic!("{events:?}")
    };
    assert_eq!((to.as_str(), sender.as_str(), *k), ("Alice", "Bob", 1));
    // Accounts of the settings are people too, as far as one may follow them.
    for n in 1..FOLLOWS_PER_USER {
        alice.send_live(follow(&format!("f{n}")));
    }
    for _ in 1..FOLLOWS_PER_USER {
        alice.answered().await;
    }
    alice.send_live(follow("f0"));
    let most = FOLLOWS_PER_USER;
    assert_eq!(
        alice.refused().await,
        Refusal::TooManySubscriptions { most }
    );
    assert_eq!(alice.done(follow("f1")).await, subscribed("f1"));
}

pub(in crate::bridge) async fn people_are_shown_as_far_as_the_asker_may_know<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("Alice").await;
    let mut bob = world.live("bob").await;
    bob.done(away("tea")).await;
    assert_eq!(alice.done(who_is("f1")).await, offline("f1"));
    for (rooms, together) in [(vec!["lobby"], "lobby"), (vec![], "vault")] {
        if together == "vault" {
            bob.done(entering("lobby", "vault", "key")).await;
        }
        let Answer::WhoIs { presence, .. } = alice.done(who_is("BOB")).await else {
            panic!("no answer")
        };
        let Presence::Online {
            node,
            rooms: seen,
            away,
            since,
            profile: _,
            office: Office::None,
            ..
        } = presence
        else {
            panic!("{presence:?}")
        };
        assert_eq!(node, bob.id.incarnation.node);
        assert_eq!(seen, rooms.into_iter().map(room_named).collect::<Vec<_>>());
        assert_eq!(away, Some(text("tea")));
        assert!(since.0 > 0);
    }
    alice.done(entering("lobby", "vault", "key")).await;
    let Answer::WhoIs { presence, .. } = alice.done(who_is("bob")).await else {
        panic!("no answer")
    };
    let Presence::Online { rooms, .. } = presence else {
        panic!("{presence:?}")
    };
    assert_eq!(rooms, [room_named("vault")]);
}

pub(in crate::bridge) async fn history_is_the_last_messages_oldest_first<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let said = KEEP_MESSAGES + 30;
    for n in 1..=said {
        alice.send_live(say("lobby", &n.to_string()));
    }
    for _ in 1..=said {
        alice.answered().await;
    }
    let live = world.events().await;
    for (count, expected) in [(3, 3), (500, KEEP_MESSAGES), (0, 0)] {
        alice.send_live(history("lobby", count));
        let Answer::History {
            room,
            count: asked,
            messages,
        } = alice.answered().await
        else {
            panic!("no history")
        };
        assert_eq!((room, asked), (RoomName::lobby(), count));
        let tail = &live[live.len() - usize::try_from(expected).expect("few")..];
        assert_eq!(messages, tail);
    }
}
