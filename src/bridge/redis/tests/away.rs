//! Redis goes away and comes back.

use super::*;
use crate::bridge::contract::{
    moving, offline, online, online_are, release, user, whisper, who_is,
};
use crate::chat::{Answer, Fate};
use crate::messages::{AccountAnswer, AccountAsk, Parting, Question, Shut};

#[actix::test]
async fn a_restart_of_redis_ends_no_session() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let before = says(&mut alice, "before").await;
    world.server_mut().kill();
    is_refused(&mut alice).await;
    world.server_mut().restart();
    let after = says(&mut alice, "after").await;
    assert!(after.epoch > before.epoch, "another run of the server");
    // The world checks that the epoch goes on where the log was.
    assert_eq!(said(&world.events().await), ["before", "after"]);
    assert_eq!(alice.done(online()).await, online_are(&["alice"]));
}

#[actix::test]
async fn what_was_sent_and_not_answered_is_done_once() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    world.events().await;
    world.server().signal("STOP");
    let texts: Vec<_> = (0..20).map(|n| n.to_string()).collect();
    for text in &texts {
        alice.send_live(say("lobby", text));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.server_mut().kill();
    world.server_mut().restart();
    for _ in &texts {
        position(&alice.answered().await);
    }
    assert_eq!(said(&world.events().await), texts);
}

#[actix::test]
async fn a_lost_reply_is_asked_for_again_and_nothing_is_done_twice() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    world.events().await;
    let mut texts = Vec::new();
    for round in 0..10 {
        for n in 0..20 {
            texts.push(format!("{round}.{n}"));
            alice.send_live(say("lobby", texts.last().expect("one")));
        }
        // On their way; some are done and not answered when the connections are cut.
        tokio::task::yield_now().await;
        let _: i64 = world.server().run("CLIENT KILL TYPE normal").await;
        says(settled(&mut alice, 20).await, "round").await;
    }
    let arrived = said(&world.events().await);
    let mut heard: Vec<_> = arrived.iter().filter(|text| *text != "round").collect();
    let sent = heard.len();
    heard.dedup();
    assert_eq!(heard.len(), sent, "nothing twice");
    assert!(heard.iter().all(|text| texts.contains(text)));
}

/// Waits for as many answers, whatever they are.
async fn settled(caller: &mut Caller, answers: usize) -> &mut Caller {
    for _ in 0..answers {
        match caller.outcome().await {
            Outcome::Done(_) | Outcome::Refused(Refusal::NotDelivered) => {}
            other => panic!("{other:?}"),
        }
    }
    caller
}

#[actix::test]
async fn a_channel_that_is_cut_loses_nothing() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    for n in 0..5 {
        let _: i64 = world.server().run("CLIENT KILL TYPE pubsub").await;
        alice.done(say("lobby", &n.to_string())).await;
    }
    assert_eq!(said(&world.events().await), ["0", "1", "2", "3", "4"]);
}

#[actix::test]
async fn scripts_that_were_forgotten_are_loaded_again() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let _: String = world.server().run("SCRIPT FLUSH").await;
    alice.done(say("lobby", "hi")).await;
    assert_eq!(said(&world.events().await), ["hi"]);
}

#[actix::test]
async fn who_left_while_redis_was_away_is_gone_when_it_is_back() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    world.server_mut().kill();
    is_refused(&mut bob).await;
    bob.send(release("bob"));
    let name = user("carol");
    let hash = String::new();
    let refused = world.doors.account.send(AccountAsk::Create {
        user: name,
        hash,
        guest: None,
    });
    assert!(refused.await.expect("alive").is_err());
    bob.send(Question::Settle);
    assert_eq!(bob.refused().await, Refusal::NotDelivered);
    world.server_mut().restart();
    says(&mut alice, "back").await;
    assert_eq!(alice.done(who_is("bob")).await, offline("bob"));
    assert_eq!(alice.done(online()).await, online_are(&["alice"]));
    let mut bob = world.caller();
    bob.claims("bob").await;
    let made = world.accounts(AccountAsk::Find { user: user("bob") }).await;
    assert!(matches!(made, AccountAnswer::Found { .. }));
}

/// What the store holds of an account.
async fn held(world: &World<OnRedis>, name: &str) -> String {
    let held: Option<String> = world.server().run(&format!("HGET t:sessions {name}")).await;
    held.unwrap_or_default()
}

#[actix::test]
async fn who_is_lost_while_redis_is_away_keeps_the_place() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let bob = world.live("bob").await;
    let carol = world.live("carol").await;
    carol.parts(Parting::Broken);
    says(&mut alice, "before").await;
    assert!(held(&world, "carol").await.ends_with(" detached"));
    world.events().await;
    world.server_mut().kill();
    is_refused(&mut alice).await;
    bob.parts(Parting::Moving);
    world.server_mut().restart();
    says(&mut alice, "back").await;
    let all = online_are(&["alice", "bob", "carol"]);
    assert_eq!(alice.done(online()).await, all);
    let words = [
        ("alice", " live"),
        ("bob", " moving"),
        ("carol", " detached"),
    ];
    for (name, word) in words {
        let held = held(&world, name).await;
        assert!(held.ends_with(word), "{held}");
    }
    let events = world.events().await;
    let leaves = |event: &Arc<Event>| matches!(event.deed, Deed::Released { .. });
    assert!(!events.iter().any(leaves), "{events:?}");
    let mut bob = world.caller();
    bob.claims("bob").await;
}

/// How long a place is kept, and a while in which that is over.
const SHORT: Duration = Duration::from_millis(500);
const BEHIND_IT: Duration = Duration::from_millis(700);

#[actix::test]
async fn a_release_that_falls_due_while_redis_is_away_comes_when_it_is_back() {
    if !OnRedis::is_here() {
        return;
    }
    let mut world = World::<OnRedis>::with_grace(SHORT).await;
    let mut alice = world.live("alice").await;
    let bob = world.live("bob").await;
    let carol = world.live("carol").await;
    world.events().await;
    bob.parts(Parting::Broken);
    world.server_mut().kill();
    is_refused(&mut alice).await;
    carol.parts(Parting::Broken);
    // The point is that the time passes while nothing can be decided.
    tokio::time::sleep(BEHIND_IT).await;
    world.server_mut().restart();
    let mut released = Vec::new();
    while released.len() < 2 {
        let events = world.next_events(1).await;
        released.extend(events.iter().filter_map(|event| match &event.deed {
            Deed::Released { user, .. } => Some(user.to_string()),
            _ => None,
        }));
    }
    released.sort();
    assert_eq!(released, ["bob", "carol"]);
    says(&mut alice, "once").await;
    let last = world.events().await;
    assert_eq!(said(&last), ["once"]);
    assert_eq!(last.len(), 1, "{last:?}");
    assert_eq!(alice.done(online()).await, online_are(&["alice"]));
}

#[actix::test]
async fn a_redis_that_hangs_leaves_nobody_waiting() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    world.events().await;
    world.server().signal("STOP");
    alice.send_live(say("lobby", "hi"));
    bob.send_live(online());
    assert_eq!(alice.refused().await, Refusal::NotConfirmed);
    assert_eq!(bob.refused().await, Refusal::NotDelivered);
    world.server().signal("CONT");
    // It was there, and is done as soon as Redis goes on.
    let Fate::Delivered { position: hi } = alice.fate().await else {
        panic!("not delivered")
    };
    let back = says(&mut alice, "back").await;
    assert_eq!(back, hi.next());
    assert_eq!(said(&world.events().await), ["hi", "back"]);
}

#[actix::test]
async fn who_is_in_doubt_is_told_the_end_of_it_in_order() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    bob.done(moving("lobby", "den")).await;
    world.events().await;
    world.server().signal("STOP");
    alice.send_live(say("lobby", "one"));
    alice.send_live(whisper("nobody", "two"));
    alice.send_live(say("lobby", "three"));
    bob.send_live(say("den", "four"));
    for _ in 0..3 {
        assert_eq!(alice.refused().await, Refusal::NotConfirmed);
    }
    assert_eq!(bob.refused().await, Refusal::NotConfirmed);
    // Bob goes: nobody is told what became of his.
    bob.send(release("bob"));
    world.server_mut().kill();
    world.server_mut().restart();
    let mut fates = Vec::new();
    for _ in 0..3 {
        fates.push(alice.fate().await);
    }
    let [
        Fate::Delivered { position: one },
        Fate::NotDelivered,
        Fate::Delivered { position: three },
    ] = fates[..]
    else {
        panic!("{fates:?}")
    };
    assert!(three > one);
    let after = says(&mut alice, "after").await;
    assert!(after > three);
    let events = world.events().await;
    assert_eq!(said(&events), ["one", "three", "four", "after"]);
    assert!(events.iter().any(|event| event.position == one));
    assert!(bob.answers.try_recv().is_err());
}

#[actix::test]
async fn a_name_that_was_taken_meanwhile_ends_the_node() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    let _: i64 = world.server().run("HSET t:nodes node-1.ffff 1").await;
    let _: String = world
        .server()
        .run("SET t:lease:node-1.ffff 1 PX 60000")
        .await;
    let _: i64 = world.server().run("CLIENT KILL TYPE normal").await;
    let failure = within(world.failures.recv()).await.expect("a failure");
    assert!(
        failure.why.contains("another node is called node-1"),
        "{failure}"
    );
    is_refused(&mut alice).await;
    within(world.doors.shut.send(Shut)).await.expect("shut");
}

#[actix::test]
async fn a_bridge_is_shut_while_redis_is_away() {
    let Some(mut world) = world().await else {
        return;
    };
    let mut alice = world.live("alice").await;
    world.server().signal("STOP");
    alice.send_live(say("lobby", "hi"));
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.server_mut().kill();
    within(world.doors.shut.send(Shut)).await.expect("shut");
    assert_eq!(alice.refused().await, Refusal::NotConfirmed);
    world.server_mut().restart();
    world.start().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    assert!(matches!(alice.done(online()).await, Answer::Online { .. }));
}
