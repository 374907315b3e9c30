//! What holds when there is too much of something, or a part is gone.

use std::time::Duration;

use super::*;
use crate::chat::refusal::Throttled;

// ── bounds ──────────────────────────────────────────────────────────────────────────────────

#[actix::test]
async fn above_the_bound_it_is_busy_and_the_count_comes_back() {
    let mut options = options();
    options.password_checks = 2;
    let house = House::with(options);
    house.threads_are_to(Do::Stop).await;
    let waiting = house.auth.send(prove("alice", "right one"));
    let waiting = actix::spawn(waiting);
    // Somebody who asks and goes away at once leaves the work behind.
    drop(actix::spawn(house.auth.send(prove("nobody", "right one"))));
    settle().await;
    let busy = Err(Refusal::Busy);
    assert_eq!(house.login("alice", "right one").await, busy);
    assert_eq!(house.register("bob", "long enough").await, busy);
    assert_eq!(
        house.change("alice", "right one", "another one").await,
        Err(Refusal::Busy)
    );

    house.threads_are_to(Do::GoOn).await;
    assert!(waiting.await.unwrap().unwrap().is_ok());
    settle().await;
    let (one, other) = tokio::join!(
        house.login("alice", "right one"),
        house.register("bob", "long enough"),
    );
    assert!(one.is_ok() && other.is_ok());
}

#[actix::test]
async fn work_whose_asker_is_gone_still_counts() {
    let mut options = options();
    options.password_checks = 1;
    let house = House::with(options);
    house.threads_are_to(Do::Stop).await;
    let asker = actix::spawn(house.auth.send(prove("alice", "right one")));
    settle().await;
    asker.abort();
    settle().await;
    assert_eq!(house.login("alice", "right one").await, Err(Refusal::Busy));
    house.threads_are_to(Do::GoOn).await;
    settle().await;
    assert!(house.login("alice", "right one").await.is_ok());
}

#[actix::test]
async fn a_rehash_holds_the_ticket_of_its_login() {
    let mut options = options();
    options.password_checks = 1;
    let house = House::with(options);
    house.set("bob", &hashed("right one", COST + 1)).await;
    house.store_is(Mood::SilentOnChange).await;
    assert!(house.login("bob", "right one").await.is_ok());
    settle().await;
    assert_eq!(house.login("alice", "right one").await, Err(Refusal::Busy));
}

#[actix::test]
async fn every_refusal_gives_its_ticket_back() {
    let mut options = options();
    options.password_checks = 1;
    let house = House::with(options);
    assert_eq!(house.login("alice", "wrong one").await, Err(WRONG));
    assert!(house.register("alice", "long enough").await.is_err());
    assert!(
        house
            .change("alice", "wrong one", "another one")
            .await
            .is_err()
    );
    house.store_is(Mood::Failing).await;
    assert!(house.login("alice", "right one").await.is_err());
    house.store_is(Mood::Fine).await;
    house.threads_are_to(Do::Panic).await;
    assert_eq!(house.login("alice", "right one").await, Err(Refusal::Busy));
    house.threads_are_to(Do::GoOn).await;
    assert!(house.login("alice", "right one").await.is_ok());
}

#[actix::test]
async fn only_failures_are_counted_and_by_address() {
    tokio::time::pause();
    let house = House::open();
    for _ in 0..20 {
        assert!(house.login("alice", "right one").await.is_ok());
        assert_eq!(house.login("alice", "wrong one").await, Err(WRONG));
    }
    let slow_down = Refusal::SlowDown {
        what: Throttled::Failures,
        wait: Duration::from_secs(3),
    };
    house.jobs().await;
    assert_eq!(
        house.login("alice", "right one").await,
        Err(slow_down.clone())
    );
    assert_eq!(
        house.change("alice", "right one", "another one").await,
        Err(slow_down)
    );
    assert_eq!(house.jobs().await, [], "no work for whoever is held up");

    let elsewhere = Prove {
        peer: peer(2),
        ..prove("alice", "right one")
    };
    assert!(house.auth.send(elsewhere).await.unwrap().is_ok());
    tokio::time::advance(Duration::from_secs(3)).await;
    assert!(house.login("alice", "right one").await.is_ok());
}

#[actix::test]
async fn a_wrong_old_password_is_a_failure_too() {
    tokio::time::pause();
    let house = House::open();
    for _ in 0..20 {
        let changed = house.change("alice", "wrong one", "another one").await;
        assert_eq!(changed, Err(WRONG));
    }
    assert!(matches!(
        house.login("alice", "right one").await,
        Err(Refusal::SlowDown { .. })
    ));
}

#[actix::test]
async fn registrations_are_counted_once_they_cost_a_hash() {
    tokio::time::pause();
    let mut options = options();
    options.registrations_per_minute = Some(2);
    let house = House::with(options);
    for _ in 0..5 {
        assert!(house.register("alice", "long enough").await.is_err());
        assert!(house.register("bob", "short").await.is_err());
    }
    let (one, two, three) = tokio::join!(
        house.register("bob", "long enough"),
        house.register("carol", "long enough"),
        house.register("dave", "long enough"),
    );
    assert!(one.is_ok() && two.is_ok());
    let slow_down = Refusal::SlowDown {
        what: Throttled::Registrations,
        wait: Duration::from_secs(30),
    };
    assert_eq!(three, Err(slow_down));
    assert!(house.login("alice", "right one").await.is_ok());
    tokio::time::advance(Duration::from_secs(30)).await;
    assert!(house.register("dave", "long enough").await.is_ok());
}

#[actix::test]
async fn a_rate_of_zero_holds_nobody_up() {
    let mut options = options();
    options.registrations_per_minute = Some(0);
    let house = House::with(options);
    for number in 0..30 {
        let made = house.register(&format!("bob{number}"), "long enough").await;
        assert!(made.is_ok());
    }
}

// ── trouble ─────────────────────────────────────────────────────────────────────────────────

#[actix::test]
async fn a_store_that_fails_is_no_wrong_password() {
    let house = House::open();
    house.store_is(Mood::Failing).await;
    let not_delivered = Err(Refusal::NotDelivered);
    for _ in 0..30 {
        assert_eq!(house.login("alice", "right one").await, not_delivered);
    }
    assert_eq!(house.register("bob", "long enough").await, not_delivered);
    assert_eq!(
        house.change("alice", "right one", "another one").await,
        Err(Refusal::NotDelivered)
    );
    assert!(house.login("root", "right one").await.is_ok());
}

#[actix::test]
async fn a_change_whose_answer_is_lost_is_not_confirmed() {
    let house = House::open();
    house.store_is(Mood::LostOnChange).await;
    let unknown = Err(Refusal::NotConfirmed);
    assert_eq!(house.register("bob", "long enough").await, unknown);
    assert_eq!(
        house.change("alice", "right one", "another one").await,
        Err(Refusal::NotConfirmed)
    );
}

#[actix::test]
async fn a_store_that_does_not_answer_is_waited_for_only_so_long() {
    tokio::time::pause();
    let house = House::open();
    house.store_is(Mood::Silent).await;
    assert_eq!(
        house.login("alice", "right one").await,
        Err(Refusal::NotDelivered)
    );
    house.store_is(Mood::SilentOnChange).await;
    let unknown = Err(Refusal::NotConfirmed);
    assert_eq!(house.register("bob", "long enough").await, unknown);
    assert_eq!(
        house.change("alice", "right one", "another one").await,
        Err(Refusal::NotConfirmed)
    );
}

#[actix::test]
async fn threads_that_are_gone_end_the_node() {
    let mut house = House::open();
    house.threads_are_to(Do::Die).await;
    settle().await;
    assert_eq!(house.login("alice", "right one").await, Err(Refusal::Busy));
    let failed = house.failed.recv().await.unwrap();
    assert_eq!(failed.part, "authenticator");
}

#[actix::test]
async fn with_threads_of_its_own_it_does_the_same() {
    let store = Store::default().start();
    let (report, _failed) = mpsc::channel(1);
    let vital = Vital::new("authenticator", report);
    let auth = Authenticator::start(options(), store.recipient(), vital);
    let register = Register {
        user: user("bob"),
        password: Secret::new("a".repeat(100)),
        peer: peer(1),
        guest: None,
    };
    assert!(auth.send(register).await.unwrap().is_ok());
    let cut = auth.send(prove("bob", "a".repeat(99))).await.unwrap();
    assert_eq!(cut, Err(WRONG));
    assert!(
        auth.send(prove("bob", "a".repeat(100)))
            .await
            .unwrap()
            .is_ok()
    );
}
