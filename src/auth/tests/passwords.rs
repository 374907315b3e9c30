//! What people are answered: logging in, registering, changing a password.

use super::*;

// ── logging in ──────────────────────────────────────────────────────────────────────────────

#[actix::test]
async fn the_right_password_answers_the_name_as_registered() {
    let house = House::open();
    assert_eq!(
        house.login("aLICE", "right one").await,
        Ok("Alice".to_owned())
    );
    assert_eq!(
        house.login("ROOT", "right one").await,
        Ok("root".to_owned())
    );
}

#[actix::test]
async fn wrong_unknown_and_unreadable_are_one_answer_and_one_work() {
    let house = House::open();
    house.set("broken", "right one").await;
    for (name, password) in [
        ("alice", "wrong one"),
        ("root", "wrong one"),
        ("nobody", "right one"),
        ("broken", "right one"),
        ("alice", ""),
        ("nobody", ""),
        ("alice", &"a".repeat(80)),
        ("alice", &"a".repeat(4000)),
        ("nobody", &"a".repeat(4000)),
    ] {
        assert_eq!(house.login(name, password).await, Err(WRONG), "{name}");
        assert_eq!(house.jobs().await, [Job::Verify(COST)], "{name}");
    }
}

#[actix::test]
async fn settings_win_over_the_store() {
    let house = House::open();
    house.set("root", &hashed("from the store", COST)).await;
    assert_eq!(house.login("root", "from the store").await, Err(WRONG));
    assert!(house.login("root", "right one").await.is_ok());
}

#[actix::test]
async fn long_passwords_are_never_cut() {
    let house = House::open();
    for length in [72, 73, 80, 1024] {
        let name = format!("long{length}");
        let password = "a".repeat(length);
        let other = format!("{}b", "a".repeat(length - 1));
        house.register(&name, &password).await.unwrap();
        assert_eq!(house.login(&name, other).await, Err(WRONG), "{length}");
        assert_eq!(house.login(&name, password).await, Ok(name));
    }
}

#[actix::test]
async fn a_hash_of_another_cost_is_made_anew_behind_the_answer() {
    let house = House::open();
    house.set("bob", &hashed("right one", COST + 1)).await;
    assert_eq!(house.login("bob", "wrong one").await, Err(WRONG));
    settle().await;
    assert_eq!(house.jobs().await, [Job::Verify(COST + 1)]);

    assert!(house.login("bob", "right one").await.is_ok());
    settle().await;
    assert_eq!(house.jobs().await, [Job::Verify(COST + 1), Job::Hash(COST)]);
    assert!(house.stored("bob").await.starts_with("$2b$04$"));

    assert!(house.login("bob", "right one").await.is_ok());
    settle().await;
    assert_eq!(house.jobs().await, [Job::Verify(COST)]);
}

#[actix::test]
async fn a_hash_in_the_settings_stays_as_it_is() {
    let mut options = options();
    options.cost = COST + 1;
    let house = House::with(options);
    assert!(house.login("root", "right one").await.is_ok());
    settle().await;
    assert_eq!(house.jobs().await, [Job::Verify(COST)]);
}

// ── registering ─────────────────────────────────────────────────────────────────────────────

#[actix::test]
async fn who_registers_can_log_in() {
    let house = House::open();
    assert_eq!(
        house.register("Bob", "long enough").await,
        Ok("Bob".to_owned())
    );
    assert_eq!(
        house.login("bob", "long enough").await,
        Ok("Bob".to_owned())
    );
    assert!(!house.stored("bob").await.contains("long enough"));
}

#[actix::test]
async fn a_taken_name_costs_no_hash_and_is_shown_as_registered() {
    let house = House::open();
    for (typed, registered) in [("ALICE", "Alice"), ("Root", "root")] {
        let Err(Refusal::NameTaken { user }) = house.register(typed, "long enough").await else {
            panic!("{typed} is not taken");
        };
        assert_eq!(user.as_str(), registered);
    }
    assert_eq!(house.jobs().await, []);
}

#[actix::test]
async fn of_two_who_want_a_name_the_store_takes_the_first() {
    let house = House::open();
    house.store_is(Mood::Outrun).await;
    let Err(Refusal::NameTaken { user }) = house.register("Carol", "long enough").await else {
        panic!("Carol is not taken");
    };
    assert_eq!(user.as_str(), "Carol");
}

#[actix::test]
async fn a_closed_registration_looks_at_nothing() {
    let mut options = options();
    options.registration = Registration::Closed;
    let house = House::with(options);
    for name in ["alice", "bob"] {
        assert_eq!(
            house.register(name, "x").await,
            Err(Refusal::RegistrationClosed)
        );
    }
    assert_eq!(house.jobs().await, []);
}

#[actix::test]
async fn new_passwords_have_a_length() {
    let house = House::open();
    let refused = Refusal::PasswordLength {
        least: 8,
        most: 1024,
    };
    for password in ["", "1234567", &"a".repeat(1025)] {
        assert_eq!(house.register("bob", password).await, Err(refused.clone()));
        assert_eq!(
            house.change("alice", "right one", password).await,
            Err(refused.clone())
        );
    }
    assert_eq!(house.jobs().await, []);
}

// ── changing the password ───────────────────────────────────────────────────────────────────

#[actix::test]
async fn a_changed_password_is_the_only_one() {
    let house = House::open();
    assert_eq!(
        house.change("alice", "wrong one", "another one").await,
        Err(WRONG)
    );
    assert_eq!(
        house.change("nobody", "wrong one", "another one").await,
        Err(WRONG)
    );
    assert_eq!(
        house.change("alice", "right one", "another one").await,
        Ok(())
    );
    assert_eq!(house.login("alice", "right one").await, Err(WRONG));
    assert!(house.login("alice", "another one").await.is_ok());
}

#[actix::test]
async fn a_password_in_the_settings_is_fixed() {
    let house = House::open();
    assert_eq!(
        house.change("Root", "right one", "another one").await,
        Err(Refusal::PasswordFixed)
    );
}

#[actix::test]
async fn of_two_changes_at_once_one_wins() {
    let house = House::open();
    let (one, other) = tokio::join!(
        house.change("alice", "right one", "another one"),
        house.change("alice", "right one", "different one"),
    );
    assert_eq!((one, other), (Ok(()), Err(WRONG)));
    assert!(house.login("alice", "another one").await.is_ok());
}

#[actix::test]
async fn a_door_is_opened_by_its_password_alone() {
    let house = House::open();
    for (password, told) in [
        ("right one", Ok(())),
        ("wrong one", Err(WRONG)),
        ("", Err(WRONG)),
    ] {
        assert_eq!(house.knocks(password).await, told, "{password}");
        assert_eq!(house.jobs().await, [Job::Verify(COST)]);
    }
}
