//! Sentences 26 and 27: resume tokens.

use futures_util::future::join_all;

use super::Subject;
use super::words::user;
use super::world::World;
use crate::chat::limits::TOKENS_PER_USER;
use crate::messages::{AccountAnswer, AccountAsk, TokenAnswer, TokenAsk, TokenFamily, TokenHash};

pub(in crate::bridge) fn issue(name: &str, family: u128, token: u8) -> AccountAsk {
    AccountAsk::Token(TokenAsk::Issue {
        user: user(name),
        family: TokenFamily(family),
        hash: TokenHash([token; 32]),
    })
}

pub(in crate::bridge) fn redeem(family: u128, token: u8, next: u8) -> AccountAsk {
    AccountAsk::Token(TokenAsk::Redeem {
        family: TokenFamily(family),
        hash: TokenHash([token; 32]),
        next: TokenHash([next; 32]),
    })
}

pub(in crate::bridge) fn redeemed(name: &str) -> AccountAnswer {
    AccountAnswer::Token(TokenAnswer::Redeemed { user: user(name) })
}

pub(in crate::bridge) const ISSUED: AccountAnswer = AccountAnswer::Token(TokenAnswer::Issued);
pub(in crate::bridge) const REUSED: AccountAnswer = AccountAnswer::Token(TokenAnswer::Reused);
pub(in crate::bridge) const UNKNOWN: AccountAnswer = AccountAnswer::Token(TokenAnswer::Unknown);

pub(in crate::bridge) async fn a_token_is_good_once_and_is_followed_by_the_next<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.account("Alice").await;
    world.events().await;
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, UNKNOWN);
    assert_eq!(world.accounts(issue("Alice", 7, 1)).await, ISSUED);
    assert_eq!(world.accounts(issue("Alice", 8, 1)).await, ISSUED);
    for token in 1..5 {
        let next = world.accounts(redeem(7, token, token + 1)).await;
        assert_eq!(next, redeemed("Alice"));
    }
    // Without a row of its own: the settings have it, and spell it.
    assert_eq!(world.accounts(issue("F1", 9, 1)).await, ISSUED);
    assert_eq!(world.accounts(redeem(9, 1, 2)).await, redeemed("f1"));
    // Who is neither in the settings nor in the store has none.
    assert_eq!(world.accounts(issue("ghost", 10, 1)).await, ISSUED);
    assert_eq!(world.accounts(redeem(10, 1, 2)).await, UNKNOWN);
    assert_eq!(world.events().await, [], "nothing of it is an event");
}

pub(in crate::bridge) async fn a_token_used_twice_takes_its_family_along<S: Subject>() {
    let world = World::<S>::new().await;
    world.account("alice").await;
    for family in [7, 8] {
        assert_eq!(world.accounts(issue("alice", family, 1)).await, ISSUED);
    }
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, redeemed("alice"));
    assert_eq!(world.accounts(redeem(7, 1, 3)).await, REUSED);
    assert_eq!(world.accounts(redeem(7, 2, 4)).await, UNKNOWN);
    assert_eq!(world.accounts(redeem(7, 3, 4)).await, UNKNOWN);
    assert_eq!(world.accounts(redeem(8, 1, 2)).await, redeemed("alice"));
}

pub(in crate::bridge) async fn of_a_hundred_redemptions_one_wins<S: Subject>() {
    let world = World::<S>::new().await;
    world.account("alice").await;
    assert_eq!(world.accounts(issue("alice", 7, 1)).await, ISSUED);
    let asks = (0..100).map(|n| world.accounts(redeem(7, 1, 100 + n)));
    let answers = join_all(asks).await;
    let count = |wanted: &AccountAnswer| answers.iter().filter(|it| *it == wanted).count();
    let (won, reused) = (count(&redeemed("alice")), count(&REUSED));
    assert_eq!((won, reused, count(&UNKNOWN)), (1, 1, 98));
    assert_eq!(answers[0], redeemed("alice"), "the first one");
}

pub(in crate::bridge) async fn another_password_revokes_all_tokens<S: Subject>() {
    let world = World::<S>::new().await;
    for name in ["Alice", "bob"] {
        world.account(name).await;
    }
    for (name, family) in [("Alice", 7), ("alice", 8), ("bob", 9)] {
        assert_eq!(world.accounts(issue(name, family, 1)).await, ISSUED);
    }
    let changed = |old: &str, new: &str| AccountAsk::ChangePassword {
        user: user("alice"),
        old: old.to_owned(),
        new: new.to_owned(),
    };
    let wrong = world.accounts(changed("wrong", "new")).await;
    assert_eq!(wrong, AccountAnswer::Conflict);
    let rehash = AccountAsk::Rehash {
        user: user("alice"),
        old: "$2b$".to_owned(),
        new: "$2b$13".to_owned(),
    };
    assert_eq!(world.accounts(rehash).await, AccountAnswer::Stored);
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, redeemed("Alice"));
    let right = world.accounts(changed("$2b$13", "new")).await;
    assert_eq!(right, AccountAnswer::Stored);
    assert_eq!(world.accounts(redeem(7, 2, 3)).await, UNKNOWN);
    assert_eq!(world.accounts(redeem(8, 1, 2)).await, UNKNOWN);
    assert_eq!(world.accounts(redeem(9, 1, 2)).await, redeemed("bob"));
    assert_eq!(world.accounts(issue("Alice", 7, 1)).await, ISSUED);
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, redeemed("Alice"));
}

pub(in crate::bridge) async fn a_new_account_inherits_no_tokens<S: Subject>() {
    let world = World::<S>::new().await;
    // The account stood in the settings then, and is made anew by somebody else.
    assert_eq!(world.accounts(issue("alice", 7, 1)).await, ISSUED);
    world.account("Alice").await;
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, UNKNOWN);
}

pub(in crate::bridge) async fn of_too_many_families_the_one_used_least_recently_goes<S: Subject>() {
    let world = World::<S>::new().await;
    world.account("alice").await;
    world.account("bob").await;
    assert_eq!(world.accounts(issue("bob", 1000, 1)).await, ISSUED);
    let most = TOKENS_PER_USER as u128;
    for family in 0..most {
        assert_eq!(world.accounts(issue("alice", family, 1)).await, ISSUED);
        a_moment_passes().await;
    }
    // Used again: not the oldest any more.
    assert_eq!(world.accounts(redeem(0, 1, 2)).await, redeemed("alice"));
    a_moment_passes().await;
    assert_eq!(world.accounts(issue("alice", most, 1)).await, ISSUED);
    assert_eq!(world.accounts(redeem(1, 1, 2)).await, UNKNOWN);
    for family in (2..=most).chain([1000]) {
        let owner = if family == 1000 { "bob" } else { "alice" };
        assert_eq!(world.accounts(redeem(family, 1, 2)).await, redeemed(owner));
    }
    assert_eq!(world.accounts(redeem(0, 2, 3)).await, redeemed("alice"));
}

/// Stores count milliseconds.
async fn a_moment_passes() {
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
}

pub(in crate::bridge) async fn tokens_outlive_a_restart<S: Subject>() {
    let mut world = World::<S>::new().await;
    world.account("alice").await;
    assert_eq!(world.accounts(issue("alice", 7, 1)).await, ISSUED);
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, redeemed("alice"));
    world.restart().await;
    assert_eq!(world.accounts(redeem(7, 2, 3)).await, redeemed("alice"));
    assert_eq!(world.accounts(redeem(7, 1, 3)).await, REUSED);
}
