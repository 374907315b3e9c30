use redis::Value;

use super::desk::{Desk, FIRST, ROOMS, greet, on_both, rules, scripts};
use crate::bridge::contract::{
    already_in, away, back, entered, entering, entering_too, history, leaving, listed,
    listed_about, made_by, members, moving, no_room, no_topic, not_in, room_named, rooms, say,
    set_topic, shown, subject, subject_set, text, topic, went_in, who, who_and_away, wrong_key,
};
use crate::bridge::redis::task::{Task, Verdict};
use crate::bridge::wire;
use crate::chat::answer::KeyUse;
use crate::chat::limits::ROOM_KEY_BYTES;
use crate::chat::{Answer, Deed, Refusal};

on_both! {
    rooms_are_entered_by_name_and_key,
    the_current_room_is_the_one_entered_last_of_those_one_is_in,
    there_are_only_so_many_rooms_public_and_private,
    rooms_vanish_when_nothing_is_left_of_them,
    a_sweep_sees_every_empty_room_slice_by_slice,
    a_private_room_does_not_exist_for_others,
    a_topic_that_is_there_already_is_no_event,
    a_topic_that_an_earlier_version_kept_is_nobodys,
    members_are_shown_with_who_of_them_is_away,
    who_was_away_before_there_was_a_list_of_them_is_shown_so,
}

async fn rooms_are_entered_by_name_and_key(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    let made = desk.done(&alice, moving("lobby", "Den")).await;
    assert_eq!(shown(&went_in(&made)), shown(&entered("Den", 1)));
    let needless = (room_named("Den"), 2, KeyUse::Needless);
    let joined = desk.done(&bob, entering("LOBBY", "dEN", "key")).await;
    assert_eq!(shown(&went_in(&joined)), shown(&needless));
    let there = desk.refused(&bob, moving("den", "DEN")).await;
    assert_eq!(shown(&there), shown(&already_in("Den")));
    let lobby = desk.done(&bob, entering("den", "lobby", "key")).await;
    let Answer::Entered { here: 1, key, .. } = lobby else {
        panic!("{lobby:?}")
    };
    assert_eq!(key, KeyUse::Needless, "the lobby is never private");
    desk.done(&bob, entering("lobby", "Vault", "key")).await;
    for (request, refusal) in [
        (moving("den", "vault"), wrong_key("Vault")),
        (entering("den", "vault", "Key"), wrong_key("Vault")),
        (moving("lobby", "vault"), not_in("lobby")),
        (
            entering("den", "vault", &"k".repeat(ROOM_KEY_BYTES + 1)),
            Refusal::KeyTooLong {
                most: ROOM_KEY_BYTES,
            },
        ),
    ] {
        let refused = desk.refused(&alice, request).await;
        assert_eq!(shown(&refused), shown(&refusal));
    }
    let inside = desk.done(&alice, entering("den", "VAULT", "key")).await;
    assert_eq!(shown(&went_in(&inside)), shown(&entered("Vault", 2)));
    assert_eq!(desk.word(&["HGET", "user:room", "alice"]).await, "vault");
    assert_eq!(desk.number(&["SCARD", "room:vault"]).await, 2);
}

async fn the_current_room_is_the_one_entered_last_of_those_one_is_in(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    for (request, rooms) in [
        (entering_too("Den"), &["lobby", "den"][..]),
        (entering_too("attic"), &["lobby", "den", "attic"]),
        (leaving("den", None), &["lobby", "attic"]),
        (entering_too("den"), &["lobby", "attic", "den"]),
        (leaving("DEN", Some("tea")), &["lobby", "attic"]),
        (moving("attic", "den"), &["lobby", "den"]),
        (leaving("den", None), &["lobby"]),
        (leaving("lobby", None), &[]),
        (entering_too("attic"), &["attic"]),
    ] {
        desk.done(&alice, request).await;
        let there = desk.raw(&["ZRANGE", "rooms:alice", "0", "-1"]).await;
        let there: Vec<String> = redis::from_redis_value(there).expect("names");
        assert_eq!(there, rooms);
        let current = desk.raw(&["HGET", "user:room", "alice"]).await;
        let current: Option<String> = redis::from_redis_value(current).expect("a name");
        assert_eq!(current.as_deref(), rooms.last().copied());
    }
}

async fn there_are_only_so_many_rooms_public_and_private(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, moving("lobby", "open")).await;
    desk.done(&alice, entering("lobby", "one", "key")).await;
    desk.done(&alice, entering("one", "two", "key")).await;
    let most = Refusal::TooManyRooms { most: ROOMS };
    assert_eq!(desk.refused(&alice, moving("two", "three")).await, most);
    assert_eq!(
        desk.refused(&alice, entering("two", "three", "k")).await,
        most
    );
    desk.done(&alice, moving("two", "open")).await;
}

async fn rooms_vanish_when_nothing_is_left_of_them(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, moving("lobby", "Empty")).await;
    desk.done(&alice, moving("empty", "Spoken")).await;
    desk.done(&alice, say("spoken", "hi")).await;
    desk.done(&alice, moving("spoken", "titled")).await;
    let set = desk.done(&alice, set_topic("TITLED", "Tea")).await;
    assert_eq!(subject(&set), Some("Tea"));
    desk.done(&alice, moving("titled", "lobby")).await;
    let titled = ("titled", 0, Some("Tea"));
    let there = listed_about(&[("lobby", 1, None), ("Spoken", 0, None), titled]);
    let listed_now = desk.done(&alice, rooms()).await;
    assert_eq!(shown(&listed_now), shown(&there));
    assert_eq!(
        desk.refused(&alice, members("empty")).await,
        no_room("empty")
    );
    let keys = desk.keys().await;
    let of_rooms: Vec<_> = keys.iter().filter(|key| key.starts_with("room:")).collect();
    assert_eq!(
        of_rooms,
        [
            "room:lobby",
            "room:lobby:events",
            "room:lobby:meta",
            "room:spoken:events",
            "room:spoken:log",
            "room:spoken:meta",
            "room:spoken:ranks",
            "room:titled:events",
            "room:titled:meta",
            "room:titled:ranks"
        ]
    );
    // Its history expires: the next sweep takes the room.
    desk.raw(&["DEL", "room:spoken:log"]).await;
    let swept = desk.decide(&Task::Sweep { after: None }).await;
    assert!(matches!(swept, Verdict::Silence), "{swept:?}");
    assert_eq!(desk.number(&["EXISTS", "room:spoken:events"]).await, 0);
    let expires = desk.number(&["TTL", "room:titled:events"]).await;
    assert!((1..=30 * 86_400).contains(&expires), "{expires}");
    let there = listed_about(&[("lobby", 1, None), ("titled", 0, Some("Tea"))]);
    assert_eq!(desk.done(&alice, rooms()).await, there);
    let ranked = desk.raw(&["SMEMBERS", "ranked:alice"]).await;
    assert_eq!(
        ranked,
        Value::Array(vec![Value::BulkString(b"titled".to_vec())])
    );
}

async fn a_sweep_sees_every_empty_room_slice_by_slice(mut desk: Desk) {
    let mut kept = 0;
    for n in 0..300 {
        let name = format!("R{n:03}");
        let meta = format!("room:{}:meta", name.to_lowercase());
        desk.raw(&["HSET", &meta, "name", &name]).await;
        desk.raw(&["ZADD", "rooms", "0", &name]).await;
        if n % 3 == 0 {
            desk.raw(&["HSET", &meta, "topic", "tea"]).await;
            kept += 1;
        }
    }
    let (mut after, mut calls) = (None, 0);
    loop {
        calls += 1;
        match desk.decide(&Task::Sweep { after }).await {
            Verdict::SweepOn { after: next } => after = Some(next),
            Verdict::Silence => break,
            other => panic!("{other:?}"),
        }
        assert!(calls < 20);
    }
    assert_eq!(desk.number(&["ZCARD", "rooms"]).await, kept + 1);
    assert!(calls >= 5, "{calls}");
}

async fn a_private_room_does_not_exist_for_others(mut desk: Desk) {
    let alice = desk.live("Alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&alice, entering("lobby", "Vault", "key")).await;
    desk.done(&alice, say("vault", "secret")).await;
    desk.done(&alice, set_topic("vault", "gold")).await;
    for request in [members("vault"), topic("vault"), history("vault", 5)] {
        assert_eq!(desk.refused(&bob, request).await, no_room("vault"));
    }
    assert_eq!(
        desk.refused(&bob, set_topic("vault", "x")).await,
        not_in("vault")
    );
    assert_eq!(desk.done(&bob, rooms()).await, listed(&[("lobby", 1)]));
    desk.done(&bob, entering("lobby", "vault", "key")).await;
    let inside = desk.done(&bob, members("vault")).await;
    assert_eq!(
        shown(&inside),
        shown(&made_by(&["Alice"], who("Vault", &["Alice", "bob"])))
    );
    let inside = desk.done(&bob, topic("vault")).await;
    assert_eq!(subject(&inside), Some("gold"));
    let nobody = desk.done(&bob, moving("vault", "lobby")).await;
    assert_eq!(went_in(&nobody), entered("lobby", 1));
}

async fn a_topic_that_is_there_already_is_no_event(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    let nothing = Answer::Topic {
        room: room_named("lobby"),
        topic: None,
        changed: None,
    };
    assert_eq!(desk.done(&alice, topic("lobby")).await, nothing);
    for (said, events) in [("\"tea\"", 1), ("\"tea\"", 0), ("Tea", 1)] {
        let set = desk.done(&alice, set_topic("lobby", said)).await;
        assert_eq!(subject(&set), Some(said));
        assert_eq!(desk.events().await.len(), events, "{said}");
    }
    let told = desk.done(&alice, topic("lobby")).await;
    assert_eq!(subject(&told), Some("Tea"));
}

async fn a_topic_that_an_earlier_version_kept_is_nobodys(mut desk: Desk) {
    let alice = desk.live("Alice", 1).await;
    let meta = "room:lobby:meta";
    desk.raw(&["HSET", meta, "topic", "tea"]).await;
    for request in [topic("lobby"), set_topic("lobby", "tea")] {
        let told = desk.done(&alice, request).await;
        assert_eq!((subject(&told), subject_set(&told)), (Some("tea"), None));
    }
    desk.events().await;
    let set = desk.done(&alice, set_topic("lobby", "cake")).await;
    let at = desk.events().await[0].at;
    assert_eq!(subject_set(&set), Some(("Alice", at)));
    let told = desk.done(&alice, topic("lobby")).await;
    assert_eq!(subject(&told), Some("cake"));
    assert_eq!(subject_set(&told), Some(("Alice", at)));
    let gone = desk.done(&alice, no_topic("lobby")).await;
    assert_eq!((subject(&gone), subject_set(&gone)), (None, None));
    let events = desk.events().await;
    let written = wire::write(&events[0]).expect("a record");
    assert!(
        written.contains("\"by\":\"Alice\",\"text\":\"\""),
        "{written}"
    );
    // Nothing of it is left that would keep a room.
    for field in ["topic", "topic_by", "topic_at"] {
        assert_eq!(desk.number(&["HEXISTS", meta, field]).await, 0, "{field}");
    }
}

async fn members_are_shown_with_who_of_them_is_away(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("Bob", 2).await;
    desk.done(&bob, away("tea")).await;
    let told = desk.done(&alice, members("lobby")).await;
    let expected = who_and_away("lobby", &["alice", "Bob"], &["Bob"]);
    assert_eq!(shown(&told), shown(&expected));
    desk.done(&bob, back()).await;
    let told = desk.done(&alice, members("lobby")).await;
    assert_eq!(told, who("lobby", &["alice", "Bob"]));
}

async fn who_was_away_before_there_was_a_list_of_them_is_shown_so(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, away("tea")).await;
    desk.raw(&["DEL", "away"]).await;
    // The next node that starts puts it right.
    let second = scripts("", rules("node-2", 1));
    greet(&mut desk.redis, &second, &FIRST).await.expect("in");
    let told = desk.done(&alice, members("lobby")).await;
    assert_eq!(told, who_and_away("lobby", &["alice", "bob"], &["bob"]));
    // In which words is not known of those, and stays known of all others.
    desk.done(&alice, away("cake")).await;
    greet(&mut desk.redis, &second, &FIRST).await.expect("in");
    for (person, words) in [(&bob, None), (&alice, Some("cake"))] {
        desk.events().await;
        desk.done(person, entering_too("den")).await;
        let entered = desk.events().await;
        let entered = entered.last().map(|event| event.deed.clone());
        let Some(Deed::Entered { away, .. }) = entered else {
            panic!("{entered:?}")
        };
        assert_eq!(away, words.map(text));
    }
    desk.done(&alice, back()).await;
    let gone = desk.decide(&bob.release()).await;
    assert!(matches!(gone, Verdict::Silence), "{gone:?}");
    assert_eq!(desk.number(&["EXISTS", "away"]).await, 0);
}
