use super::desk::{Desk, FIRST, Person, RUN, claiming, greet, on_both, rules, scripts, session};
use crate::bridge::contract::{
    away, entered_deed, follow, left_deed, made_by, members, moving, quit_deed, released_deed,
    room_named, say, standing, standing_since, user, whisper, who, who_is,
};
use crate::bridge::redis::scripts::{Hello, Turn};
use crate::bridge::redis::task::{Task, Verdict};
use crate::chat::answer::Presence;
use crate::chat::command::Since;
use crate::chat::origin::Origin;
use crate::chat::{Answer, Deed, Position, RoomName};
use crate::messages::{Contest, DuplicateLogin, Entrance, FirstRoom, Outcome, Parting};

on_both! {
    a_claim_settles_the_rooms_around_its_event,
    a_void_claim_is_told_so,
    the_same_session_may_claim_again_and_stays_in_the_lobby,
    a_claim_that_comes_again_under_its_number_is_answered_as_before,
    a_claim_that_comes_again_behind_a_later_one_is_over,
    a_guest_who_is_the_account_already_is_told_so_again,
    a_release_leaves_every_room_first_and_nothing_behind,
    what_another_run_left_is_released_by_the_store,
    a_claim_moves_from_run_to_run,
    a_run_that_is_not_known_any_more_claims_nothing,
    whoever_is_gone_keeps_nobody_out,
    ones_own_run_is_never_gone,
    behind_an_outage_all_may_come_back_first,
    whose_place_is_kept_is_void_and_seen_by_others_as_before,
    whose_place_is_kept_keeps_nobody_out_not_even_behind_an_outage,
    who_comes_back_to_a_kept_place_stays_in_the_rooms,
    what_a_run_left_is_detached_by_the_store_unless_it_is_back,
    who_does_not_answer_is_replaced_though_its_run_lives,
    the_later_of_two_claims_stands_whatever_the_store_was_taken_back_to,
}

async fn a_claim_settles_the_rooms_around_its_event(mut desk: Desk) {
    let old = desk.live("Alice", 1).await;
    desk.register("Bob").await;
    desk.done(&old, follow("bob")).await;
    desk.done(&old, away("tea")).await;
    desk.done(&old, moving("lobby", "Den")).await;
    desk.events().await;
    let new = session("node-1", RUN, 2);
    let reject = claiming(&new, "Alice", DuplicateLogin::Reject);
    assert!(matches!(
        desk.decide(&reject).await,
        Verdict::Outcome(Outcome::Duplicate)
    ));
    assert_eq!(desk.events().await, []);
    let replace = claiming(&new, "Alice", DuplicateLogin::Replace);
    let replaced = desk.attempt(&replace).await.expect("a decision");
    let Verdict::Claimed {
        claim,
        rooms,
        standing: brings,
    } = replaced.verdict
    else {
        panic!("{replaced:?}")
    };
    assert_eq!(rooms, [RoomName::lobby()]);
    assert_eq!(brings, standing(&[], &["bob"]));
    let events = desk.events().await;
    assert_eq!(replaced.head, Some(events[2].position));
    assert_eq!(claim.fence, events[1].position);
    let own = Origin::Session(new.clone());
    assert!(events.iter().all(|event| event.origin == own));
    let deeds: Vec<_> = events.into_iter().map(|event| event.deed).collect();
    let alice = user("alice");
    let claimed = Deed::Claimed {
        user: alice.clone(),
        session: new.clone(),
        was: None,
        rooms: Vec::new(),
    };
    assert_eq!(
        deeds,
        [
            left_deed(&room_named("den"), &alice),
            claimed,
            entered_deed(&RoomName::lobby(), &alice)
        ]
    );
    let new = Person {
        session: new,
        claim,
    };
    let Answer::WhoIs { presence, .. } = desk.done(&new, who_is("alice")).await else {
        panic!("no answer")
    };
    assert!(matches!(presence, Presence::Online { away: None, .. }));
}

async fn a_void_claim_is_told_so(mut desk: Desk) {
    let old = desk.live("alice", 1).await;
    let replace = claiming(&session("node-1", RUN, 2), "alice", DuplicateLogin::Replace);
    let Verdict::Claimed { claim, .. } = desk.decide(&replace).await else {
        panic!("not claimed")
    };
    // Another session cannot use the right fence either.
    let thief = Person {
        session: old.session.clone(),
        claim,
    };
    desk.events().await;
    for person in [&old, &thief] {
        for request in [
            say("lobby", "hi"),
            moving("lobby", "den"),
            away("tea"),
            who_is("alice"),
        ] {
            let outcome = desk.outcome(person, request).await;
            assert!(matches!(outcome, Outcome::Void), "{outcome:?}");
        }
    }
    assert_eq!(desk.events().await, []);
}

async fn the_same_session_may_claim_again_and_stays_in_the_lobby(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    let again = claiming(&alice.session, "alice", DuplicateLogin::Reject);
    let Verdict::Claimed {
        claim,
        standing: brings,
        ..
    } = desk.decide(&again).await
    else {
        panic!("not claimed")
    };
    assert!(claim.fence > alice.claim.fence);
    assert_eq!(brings, standing(&["lobby"], &[]));
    assert_eq!(desk.events().await.len(), 1);
}

async fn a_claim_that_comes_again_under_its_number_is_answered_as_before(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.register("bob").await;
    desk.done(&alice, follow("bob")).await;
    let other = claiming(&session("node-1", RUN, 2), "alice", DuplicateLogin::Replace);
    let first = desk.attempt(&other).await.expect("a decision");
    let again = desk.try_as(desk.seq, &other).await.expect("a decision");
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert!(format!("{again:?}").contains("bob"));
    let refused = claiming(&session("node-1", RUN, 3), "alice", DuplicateLogin::Reject);
    let first = desk.attempt(&refused).await.expect("a decision");
    let again = desk.try_as(desk.seq, &refused).await.expect("a decision");
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
}

async fn a_claim_that_comes_again_behind_a_later_one_is_over(mut desk: Desk) {
    desk.register("alice").await;
    desk.register("bob").await;
    let unheard = claiming(&session("node-1", RUN, 1), "alice", DuplicateLogin::Reject);
    desk.attempt(&unheard).await.expect("a decision");
    let number = desk.seq;
    let later = claiming(&session("node-1", RUN, 2), "alice", DuplicateLogin::Replace);
    let Verdict::Claimed { claim, .. } = desk.decide(&later).await else {
        panic!("it replaces");
    };
    let later = Person {
        session: session("node-1", RUN, 2),
        claim,
    };
    // Whom she follows is another matter by now.
    desk.done(&later, follow("bob")).await;
    let again = desk.try_as(number, &unheard).await.expect("a decision");
    let refused = matches!(again.verdict, Verdict::Outcome(Outcome::Duplicate));
    assert!(refused, "{again:?}");
    assert_eq!(again.damage, None);
    desk.done(&later, say("lobby", "still here")).await;
    // The order of what this node asks is not disturbed.
    desk.done(&later, follow("bob")).await;
}

/// The answer was lost, and by now the guest is nobody.
async fn a_guest_who_is_the_account_already_is_told_so_again(mut desk: Desk) {
    desk.register("robert").await;
    let session = session("node-1", RUN, 1);
    let visit = claiming(&session, "~0123456789ab/Bob", DuplicateLogin::Reject);
    let Verdict::Claimed { claim: guest, .. } = desk.decide(&visit).await else {
        panic!("a guest is welcome");
    };
    let bob = Person {
        session: session.clone(),
        claim: guest.clone(),
    };
    desk.done(&bob, moving("lobby", "den")).await;
    desk.events().await;
    let logs_in = Task::Claim {
        session,
        user: user("robert"),
        entrance: Entrance::InPlace {
            guest,
            contest: Contest::Settled(DuplicateLogin::Reject),
        },
    };
    let first = desk.attempt(&logs_in).await.expect("a decision");
    assert!(
        matches!(first.verdict, Verdict::Claimed { .. }),
        "{first:?}"
    );
    assert_eq!(desk.events().await.len(), 1);
    let again = desk.try_as(desk.seq, &logs_in).await.expect("a decision");
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert_eq!(desk.events().await, []);
}

async fn a_release_leaves_every_room_first_and_nothing_behind(mut desk: Desk) {
    let before = desk.keys().await;
    let alice = desk.claim("Alice", 1).await;
    desk.done(&alice, moving("lobby", "den")).await;
    desk.done(&alice, away("tea")).await;
    desk.events().await;
    assert!(matches!(
        desk.decide(&alice.release()).await,
        Verdict::Silence
    ));
    let name = user("alice");
    let deeds = desk.deeds().await;
    let quits = quit_deed(&room_named("den"), &name);
    assert_eq!(deeds, [quits, released_deed(&name, &["den"])]);
    assert!(format!("{deeds:?}").contains("Alice"), "{deeds:?}");
    let mut left = desk.keys().await;
    // How far the account has seen, since when, and that it was here stays, also in the lobby.
    let stays = [
        "former",
        "names",
        "ordinals:alice",
        "room:lobby:events",
        "seen",
    ];
    left.retain(|key| !stays.contains(&key.as_str()));
    assert_eq!(left, before);
    // Of a void claim nothing is released.
    assert!(matches!(
        desk.decide(&alice.release()).await,
        Verdict::Silence
    ));
    let alice = desk.claim("Alice", 2).await;
    desk.events().await;
    let stranger = Task::let_go(session("node-1", RUN, 1), user("alice"));
    desk.decide(&stranger).await;
    assert_eq!(desk.events().await, []);
    desk.done(&alice, say("lobby", "still here")).await;
}

async fn what_another_run_left_is_released_by_the_store(mut desk: Desk) {
    let before = session("node-1", 7, 1);
    desk.number(&["HSET", "nodes", "node-1.7", "0"]).await;
    desk.decide(&claiming(&before, "alice", DuplicateLogin::Reject))
        .await;
    assert!(desk.keys().await.contains(&"held:node-1.7".to_owned()));
    desk.events().await;
    let release = Task::let_go(before, user("ALICE"));
    desk.decide(&release).await;
    let events = desk.events().await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.origin == Origin::Store));
    assert!(!desk.keys().await.contains(&"held:node-1.7".to_owned()));
}

async fn a_claim_moves_from_run_to_run(mut desk: Desk) {
    desk.claim("alice", 1).await;
    let elsewhere = session("node-2", 9, 1);
    desk.number(&["HSET", "nodes", "node-2.9", "0"]).await;
    desk.decide(&claiming(&elsewhere, "alice", DuplicateLogin::Replace))
        .await;
    let keys = desk.keys().await;
    assert!(keys.contains(&"held:node-2.9".to_owned()), "{keys:?}");
    assert!(!keys.contains(&"held:node-1.8c1f".to_owned()), "{keys:?}");
    let held = desk.word(&["HGET", "sessions", "alice"]).await;
    assert!(held.ends_with(" node-2.9 1 live"), "{held}");
}

async fn a_run_that_is_not_known_any_more_claims_nothing(mut desk: Desk) {
    let thawed = session("node-1", 7, 1);
    let claim = claiming(&thawed, "alice", DuplicateLogin::Reject);
    assert!(matches!(desk.decide(&claim).await, Verdict::Epoch));
    assert_eq!(desk.events().await, []);
}

async fn whoever_is_gone_keeps_nobody_out(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, moving("lobby", "den")).await;
    desk.number(&["HSET", "nodes", "node-2.9", "0"]).await;
    let elsewhere = session("node-2", 9, 1);
    let wants = claiming(&elsewhere, "alice", DuplicateLogin::Reject);
    let duplicate = Verdict::Outcome(Outcome::Duplicate);
    assert_eq!(
        format!("{:?}", desk.decide(&wants).await),
        format!("{duplicate:?}")
    );
    desk.number(&["DEL", "lease:node-1.8c1f"]).await;
    desk.events().await;
    let Verdict::Claimed { rooms, .. } = desk.decide(&wants).await else {
        panic!("not claimed")
    };
    assert_eq!(rooms, [RoomName::lobby()]);
    let deeds = desk.deeds().await;
    let name = user("alice");
    assert_eq!(deeds[0], left_deed(&room_named("den"), &name));
    assert!(matches!(&deeds[1], Deed::Claimed { session, .. } if *session == elsewhere));
    assert!(!desk.keys().await.contains(&"held:node-1.8c1f".to_owned()));
    let outcome = desk.outcome(&alice, say("den", "hi")).await;
    assert!(matches!(outcome, Outcome::Void), "{outcome:?}");
}

async fn ones_own_run_is_never_gone(mut desk: Desk) {
    desk.live("alice", 1).await;
    desk.number(&["DEL", "lease:node-1.8c1f"]).await;
    let again = claiming(&session("node-1", RUN, 2), "alice", DuplicateLogin::Reject);
    let verdict = desk.decide(&again).await;
    assert!(
        matches!(verdict, Verdict::Outcome(Outcome::Duplicate)),
        "{verdict:?}"
    );
}

async fn behind_an_outage_all_may_come_back_first(mut desk: Desk) {
    desk.live("alice", 1).await;
    let second = scripts("", rules("node-2", 9));
    greet(&mut desk.redis, &second, &FIRST).await.expect("in");
    let back = Hello {
        turn: Turn::Again,
        ..FIRST
    };
    // It comes back to a lease that lives: nothing was away.
    greet(&mut desk.redis, &second, &back).await.expect("in");
    let calm = ["HEXISTS", "lineage", "calm"];
    assert_eq!(desk.number(&calm).await, 0);
    for lease in ["lease:node-1.8c1f", "lease:node-2.9"] {
        desk.number(&["DEL", lease]).await;
    }
    greet(&mut desk.redis, &second, &back).await.expect("in");
    assert_eq!(desk.number(&calm).await, 1);
    let wants = claiming(&session("node-2", 9, 1), "alice", DuplicateLogin::Reject);
    let verdict = desk.decide(&wants).await;
    assert!(
        matches!(verdict, Verdict::Outcome(Outcome::Duplicate)),
        "{verdict:?}"
    );
    let insists = Task::Claim {
        session: session("node-2", 9, 1),
        user: user("alice"),
        entrance: Entrance::Insist {
            begins: FirstRoom::Lobby,
        },
    };
    let verdict = desk.decide(&insists).await;
    assert!(
        matches!(verdict, Verdict::Outcome(Outcome::Duplicate)),
        "{verdict:?}"
    );
    desk.number(&["HSET", "lineage", "calm", "0"]).await;
    let verdict = desk.decide(&wants).await;
    assert!(matches!(verdict, Verdict::Claimed { .. }), "{verdict:?}");
}

async fn whose_place_is_kept_is_void_and_seen_by_others_as_before(mut desk: Desk) {
    for (conn, name, parting, word) in [
        (1, "alice", Parting::Broken, "detached"),
        (2, "bob", Parting::Moving, "moving"),
    ] {
        let person = desk.live(name, conn).await;
        desk.done(&person, moving("lobby", "den")).await;
        desk.events().await;
        let keys = desk.keys().await;
        desk.decide(&person.parts(parting)).await;
        assert_eq!(desk.events().await, []);
        assert_eq!(desk.keys().await, keys);
        let wanted = format!("{} node-1.8c1f {conn} {word}", person.claim.fence);
        assert_eq!(desk.word(&["HGET", "sessions", name]).await, wanted);
        let outcome = desk.outcome(&person, say("den", "hi")).await;
        assert!(matches!(outcome, Outcome::Void), "{outcome:?}");
        // The first word stands.
        for parting in [Parting::Moving, Parting::Broken] {
            desk.decide(&person.parts(parting)).await;
        }
        assert_eq!(desk.word(&["HGET", "sessions", name]).await, wanted);
    }
    let carol = desk.live("carol", 3).await;
    desk.done(&carol, moving("lobby", "den")).await;
    let there = desk.done(&carol, members("den")).await;
    assert_eq!(
        there,
        made_by(&["alice"], who("den", &["alice", "bob", "carol"]))
    );
    for name in ["alice", "bob"] {
        let said = desk.done(&carol, whisper(name, "hi")).await;
        assert!(matches!(said, Answer::Said { .. }), "{said:?}");
        let Answer::WhoIs { presence, .. } = desk.done(&carol, who_is(name)).await else {
            panic!("no answer")
        };
        assert!(matches!(presence, Presence::Online { .. }), "{presence:?}");
    }
}

async fn whose_place_is_kept_keeps_nobody_out_not_even_behind_an_outage(mut desk: Desk) {
    desk.number(&["HSET", "nodes", "node-2.9", "0"]).await;
    desk.number(&["HSET", "lineage", "calm", "99999999999999"])
        .await;
    let old = desk.live("alice", 1).await;
    desk.done(&old, moving("lobby", "den")).await;
    desk.decide(&old.parts(Parting::Broken)).await;
    desk.events().await;
    let elsewhere = session("node-2", 9, 1);
    let wants = claiming(&elsewhere, "alice", DuplicateLogin::Reject);
    let Verdict::Claimed { claim, rooms, .. } = desk.decide(&wants).await else {
        panic!("not claimed")
    };
    assert_eq!(rooms, [RoomName::lobby()]);
    assert_eq!(desk.events().await.len(), 3);
    let keys = desk.keys().await;
    assert!(!keys.contains(&"held:node-1.8c1f".to_owned()), "{keys:?}");
    // Nothing that the session before leaves touches the newer claim.
    let goodbye = Parting::Goodbye { words: None };
    for parting in [Parting::Broken, Parting::Moving, goodbye] {
        desk.decide(&old.parts(parting)).await;
    }
    assert_eq!(desk.events().await, []);
    let held = desk.word(&["HGET", "sessions", "alice"]).await;
    assert_eq!(held, format!("{} node-2.9 1 live", claim.fence));
}

async fn who_comes_back_to_a_kept_place_stays_in_the_rooms(mut desk: Desk) {
    let old = desk.live("alice", 1).await;
    desk.done(&old, moving("lobby", "den")).await;
    desk.decide(&old.parts(Parting::Moving)).await;
    desk.events().await;
    let again = Task::Claim {
        session: session("node-1", RUN, 2),
        user: user("alice"),
        entrance: Entrance::Resume { since: Since::Seen },
    };
    let Verdict::Claimed {
        claim,
        rooms,
        standing: brings,
    } = desk.decide(&again).await
    else {
        panic!("not claimed")
    };
    let stands = standing_since(old.claim.fence, &["den"], &[]);
    assert_eq!((rooms, brings), (vec![room_named("den")], stands));
    assert_eq!(desk.events().await.len(), 1);
    let held = desk.word(&["HGET", "sessions", "alice"]).await;
    assert_eq!(held, format!("{} node-1.8c1f 2 live", claim.fence));
}

async fn what_a_run_left_is_detached_by_the_store_unless_it_is_back(mut desk: Desk) {
    desk.number(&["HSET", "nodes", "node-1.7", "0"]).await;
    let before = session("node-1", 7, 1);
    let claim = claiming(&before, "alice", DuplicateLogin::Reject);
    desk.decide(&claim).await;
    let detach = Task::Release {
        session: before,
        user: user("alice"),
        parting: Parting::Broken,
    };
    for (lease, word) in [
        (&["SET", "lease:node-1.7", "1"][..], " live"),
        (&["DEL", "lease:node-1.7"], " detached"),
    ] {
        desk.raw(lease).await;
        desk.decide(&detach).await;
        let held = desk.word(&["HGET", "sessions", "alice"]).await;
        assert!(held.ends_with(word), "{held}");
    }
}

async fn who_does_not_answer_is_replaced_though_its_run_lives(mut desk: Desk) {
    let old = desk.live("alice", 1).await;
    let newcomer = session("node-1", RUN, 2);
    let insists = Task::Claim {
        session: newcomer.clone(),
        user: user("alice"),
        entrance: Entrance::Insist {
            begins: FirstRoom::Lobby,
        },
    };
    let verdict = desk.decide(&insists).await;
    assert!(matches!(verdict, Verdict::Claimed { .. }), "{verdict:?}");
    let outcome = desk.outcome(&old, say("lobby", "hi")).await;
    assert!(matches!(outcome, Outcome::Void), "{outcome:?}");
}

async fn the_later_of_two_claims_stands_whatever_the_store_was_taken_back_to(mut desk: Desk) {
    let old = desk.live("alice", 1).await;
    let renew = |conn, fence| Task::Claim {
        session: session("node-1", RUN, conn),
        user: user("alice"),
        entrance: Entrance::Renew {
            fence,
            rooms: Vec::new(),
            begins: FirstRoom::Lobby,
        },
    };
    let later = Position {
        n: old.claim.fence.n + 1,
        ..old.claim.fence
    };
    // Another session of hers, which the store does not know any more.
    let verdict = desk.decide(&renew(2, later)).await;
    assert!(matches!(verdict, Verdict::Claimed { .. }), "{verdict:?}");
    let outcome = desk.outcome(&old, say("lobby", "hi")).await;
    assert!(matches!(outcome, Outcome::Void), "{outcome:?}");
    let verdict = desk.decide(&renew(1, old.claim.fence)).await;
    let refused = matches!(verdict, Verdict::Outcome(Outcome::Duplicate));
    assert!(refused, "{verdict:?}");
    // Her own claim, of which she was not told.
    let verdict = desk.decide(&renew(2, later)).await;
    assert!(matches!(verdict, Verdict::Claimed { .. }), "{verdict:?}");
    // One that is released by now counts all the same.
    let let_go = Task::let_go(session("node-1", RUN, 2), user("alice"));
    desk.decide(&let_go).await;
    let verdict = desk.decide(&renew(1, old.claim.fence)).await;
    let refused = matches!(verdict, Verdict::Outcome(Outcome::Duplicate));
    assert!(refused, "{verdict:?}");
}
