use super::desk::{Desk, on_both};
use crate::bridge::contract::{ISSUED, REUSED, UNKNOWN, issue, redeem, redeemed, user};
use crate::bridge::redis::accounts::Accounts;
use crate::bridge::redis::task::{Task, Trouble, Verdict};
use crate::messages::AccountAnswer;

on_both! {
    what_is_asked_again_under_its_number_is_no_second_use,
    a_token_lives_for_a_month_from_its_last_use,
    only_a_hash_is_stored,
    a_wrong_type_is_noticed_before_anything_is_written,
}

/// A month in milliseconds, and what may have passed of it since.
const MONTH: i64 = 30 * 24 * 60 * 60 * 1000;
const PASSED: i64 = 60_000;

const SEVEN: &str = "token:00000000000000000000000000000007";
const EIGHT: &str = "token:00000000000000000000000000000008";

async fn what_is_asked_again_under_its_number_is_no_second_use(mut desk: Desk) {
    desk.register("Alice").await;
    let ask = |ask| Task::Account { ask };
    let numbered = [
        (1000, ask(issue("Alice", 7, 1)), ISSUED),
        (1001, ask(redeem(7, 1, 2)), redeemed("Alice")),
        (1002, ask(redeem(7, 2, 3)), redeemed("Alice")),
        (1003, ask(redeem(7, 2, 4)), REUSED),
    ];
    for (seq, task, answer) in &numbered {
        for _ in 0..3 {
            let decision = desk.try_as(*seq, task).await.expect("a decision");
            let Verdict::Account(told) = decision.verdict else {
                panic!("{decision:?}")
            };
            assert_eq!(&told, answer, "{seq}");
        }
    }
    // A copy that came late changes nothing any more.
    let late = desk.try_as(900, &ask(issue("Alice", 7, 1))).await;
    assert!(matches!(late.expect("told").verdict, Verdict::Old));
    assert_eq!(desk.number(&["EXISTS", SEVEN]).await, 0);
}

async fn a_token_lives_for_a_month_from_its_last_use(mut desk: Desk) {
    desk.register("alice").await;
    for family in [7, 8] {
        assert_eq!(desk.account(issue("alice", family, 1)).await, ISSUED);
    }
    for key in [SEVEN, "tokens:alice"] {
        let left = desk.number(&["PTTL", key]).await;
        assert!((MONTH - PASSED..=MONTH).contains(&left), "{key}: {left}");
        desk.raw(&["PEXPIRE", key, "100000"]).await;
    }
    assert_eq!(desk.account(redeem(7, 1, 2)).await, redeemed("alice"));
    for key in [SEVEN, "tokens:alice"] {
        let left = desk.number(&["PTTL", key]).await;
        assert!((MONTH - PASSED..=MONTH).contains(&left), "{key}: {left}");
    }
    // Expired, and so long ago that its family is forgotten too.
    desk.raw(&["DEL", EIGHT]).await;
    assert_eq!(desk.account(redeem(8, 1, 2)).await, UNKNOWN);
    let family = EIGHT.trim_start_matches("token:");
    desk.raw(&["ZADD", "tokens:alice", "1", family]).await;
    assert_eq!(desk.account(issue("alice", 9, 1)).await, ISSUED);
    assert_eq!(desk.number(&["ZCARD", "tokens:alice"]).await, 2);
}

async fn only_a_hash_is_stored(mut desk: Desk) {
    desk.register("Alice").await;
    desk.account(issue("Alice", 7, 0xab)).await;
    assert_eq!(desk.word(&["HGET", SEVEN, "user"]).await, "alice");
    assert_eq!(desk.word(&["HGET", SEVEN, "hash"]).await, "ab".repeat(32));
    assert_eq!(desk.number(&["HLEN", SEVEN]).await, 2);
}

#[tokio::test]
async fn the_operator_revokes_tokens_with_the_password_and_the_account() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    for (name, family) in [("Alice", 7), ("bob", 8)] {
        desk.register(name).await;
        assert_eq!(desk.account(issue(name, family, 1)).await, ISSUED);
    }
    let mut accounts = Accounts::open(&desk.server().client(), "", "events").expect("open");
    accounts.set_password(&user("alice"), "3").expect("changed");
    assert_eq!(desk.account(redeem(7, 1, 2)).await, UNKNOWN);
    accounts.remove(&user("bob")).expect("removed");
    assert_eq!(desk.account(redeem(8, 1, 2)).await, UNKNOWN);
    let keys = desk.keys().await;
    let left: Vec<_> = keys.iter().filter(|key| key.starts_with("token")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What lies under a key is not what it should be: nothing is done.
async fn a_wrong_type_is_noticed_before_anything_is_written(mut desk: Desk) {
    desk.register("alice").await;
    assert_eq!(desk.account(issue("alice", 7, 1)).await, ISSUED);
    let changed = |ask| Task::Account { ask };
    let password = || crate::messages::AccountAsk::ChangePassword {
        user: user("alice"),
        old: "$2b$".to_owned(),
        new: "new".to_owned(),
    };
    for (key, task) in [
        ("tokens:alice", changed(issue("alice", 8, 1))),
        ("tokens:alice", changed(redeem(7, 1, 2))),
        ("tokens:alice", changed(redeem(7, 9, 2))),
        ("tokens:alice", changed(password())),
        ("account:alice", changed(redeem(7, 1, 2))),
        (SEVEN, changed(redeem(7, 1, 2))),
    ] {
        desk.raw(&["COPY", key, "kept", "REPLACE"]).await;
        desk.raw(&["DEL", key]).await;
        desk.raw(&["RPUSH", key, "rubbish"]).await;
        let refused = desk.attempt(&task).await;
        let Err(Trouble::Failed(told)) = &refused else {
            panic!("{key}: {refused:?}")
        };
        assert!(told.starts_with("WRONGTYPE"), "{told}");
        desk.raw(&["DEL", key]).await;
        desk.raw(&["RENAME", "kept", key]).await;
    }
    assert_eq!(desk.number(&["EXISTS", EIGHT]).await, 0);
    assert_eq!(desk.word(&["HGET", "account:alice", "hash"]).await, "$2b$");
    assert_eq!(desk.account(redeem(7, 1, 2)).await, redeemed("alice"));
    assert_eq!(desk.account(password()).await, AccountAnswer::Stored);
}
