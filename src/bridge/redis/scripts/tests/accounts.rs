use super::desk::{Desk, on_both};
use crate::bridge::contract::{
    follow, followers, following, post, shown, subscriptions, user, users, whisper,
};
use crate::bridge::redis::accounts::{Accounts, AccountsError};
use crate::chat::{Answer, Deed};
use crate::messages::{AccountAnswer, AccountAsk};

on_both! {
    accounts_are_compared_without_case,
}

async fn accounts_are_compared_without_case(mut desk: Desk) {
    let find = || AccountAsk::Find {
        user: user("aLICE"),
    };
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
    for (ask, answer) in [
        (find(), AccountAnswer::NotFound),
        (rehash("1", "2"), AccountAnswer::Conflict),
        (create("Alice", "1"), AccountAnswer::Stored),
        (create("ALICE", "2"), AccountAnswer::Conflict),
        (create("rOOT", "2"), AccountAnswer::Conflict),
        (find(), found("1")),
        (rehash("2", "3"), AccountAnswer::Conflict),
        (rehash("1", "3"), AccountAnswer::Stored),
        (find(), found("3")),
    ] {
        assert_eq!(shown(&desk.account(ask).await), shown(&answer));
    }
}

#[tokio::test]
async fn a_removed_account_leaves_nothing_but_what_it_said() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let bob = desk.live("Bob", 1).await;
    let alice = desk.live("alice", 2).await;
    desk.done(&alice, follow("bob")).await;
    desk.done(&bob, follow("alice")).await;
    desk.done(&bob, follow("root")).await;
    desk.done(&bob, post("I was here")).await;
    desk.done(&alice, whisper("bob", "psst")).await;
    desk.done(&bob, whisper("alice", "hush")).await;
    for kind in ["inbox:bob", "sent:bob", "posts:bob", "followed:bob"] {
        assert_eq!(desk.number(&["EXISTS", kind]).await, 1, "{kind}");
    }
    for n in 0..250 {
        desk.raw(&["SADD", "subs:bob", &format!("u{n}")]).await;
        desk.raw(&["SADD", &format!("follows:u{n}"), "bob"]).await;
    }
    let mut accounts = Accounts::open(&desk.server().client(), "", "events").expect("open");
    let refused = accounts.remove(&user("bob"));
    let Err(AccountsError::LoggedIn { node, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(node, "node-1");
    desk.decide(&bob.release()).await;
    desk.events().await;
    accounts.remove(&user("BOB")).expect("removed");
    let deeds = desk.deeds().await;
    assert_eq!(deeds.len(), 253);
    for deed in &deeds {
        let Deed::Unfollowed { author, follower } = deed else {
            panic!("{deed:?}")
        };
        let names = [author.as_str(), follower.as_str()];
        assert!(names.contains(&"Bob"), "{deed:?}");
    }
    let keys = desk.keys().await;
    let left: Vec<_> = keys.iter().filter(|key| key.contains("bob")).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(desk.number(&["XLEN", "former"]).await, 0);
    for (hash, field) in [("names", "bob"), ("seen", "bob"), ("followed:alice", "bob")] {
        assert_eq!(desk.number(&["HEXISTS", hash, field]).await, 0, "{hash}");
    }
    assert_eq!(desk.done(&alice, following()).await, subscriptions(&[]));
    let nobody = Answer::Subscribers { users: users(&[]) };
    assert_eq!(desk.done(&alice, followers()).await, nobody);
    let again = accounts.remove(&user("bob"));
    assert!(matches!(again, Err(AccountsError::NoSuchAccount { .. })));
}
