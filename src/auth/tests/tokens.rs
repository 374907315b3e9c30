//! Who comes back by a token, and who does not.

use super::*;
use crate::auth::token::Token;
use crate::chat::refusal::Throttled;

const NOT_GOOD: Refusal = Refusal::WrongToken;

#[actix::test]
async fn a_token_is_good_once_and_needs_no_thread() {
    let house = House::open();
    let first = house.issue("Alice").await.unwrap();
    let Redeemed { user, next } = house.redeem(&first).await.unwrap();
    assert_eq!(user.as_str(), "Alice");
    let then = house.redeem(&next).await.unwrap();
    assert_ne!(then.next, next);
    assert_eq!(house.redeem(&first).await, Err(NOT_GOOD), "a second time");
    assert_eq!(house.redeem(&then.next).await, Err(NOT_GOOD), "its family");
    assert_eq!(house.jobs().await, []);
}

#[actix::test]
async fn a_certificate_lets_its_owner_in_and_needs_no_thread() {
    let house = House::open();
    for (certificate, named, owner) in [
        (ALICES, None, true),
        (ALICES, Some("alice"), true),
        (ALICES, Some("bob"), false),
        (Certificate([8; 32]), None, false),
    ] {
        let owner = owner
            .then(|| user("alice"))
            .ok_or(Refusal::UnknownCertificate);
        assert_eq!(house.shows(certificate, named).await, owner, "{named:?}");
    }
    assert_eq!(house.jobs().await, []);
}

#[actix::test]
async fn whatever_is_wrong_with_a_token_is_one_answer() {
    let house = House::open();
    let unknown = Token::new().unwrap().spelled();
    for token in [
        unknown,
        Secret::new(""),
        Secret::new("x"),
        Secret::new("x.y"),
    ] {
        assert_eq!(house.redeem(&token).await, Err(NOT_GOOD));
    }
}

#[actix::test]
async fn the_store_never_sees_what_lets_one_in() {
    let house = House::open();
    let told = house.issue("alice").await.unwrap();
    let token = Token::read(&told).unwrap();
    let family = token.family();
    let stolen = TokenAsk::Redeem {
        family,
        hash: token.hash(),
        next: TokenHash([0; 32]),
    };
    let shown = format!("{stolen:?}");
    assert!(!shown.contains(&family.0.to_string()), "{shown}");
    let answer = house.store.send(AccountAsk::Token(stolen)).await.unwrap();
    let user = user("alice");
    let redeemed = AccountAnswer::Token(TokenAnswer::Redeemed { user });
    assert_eq!(answer, Ok(redeemed), "known by its hash alone");
}

#[actix::test]
async fn another_password_revokes_and_another_hash_does_not() {
    let house = House::open();
    house.set("bob", &hashed("right one", COST + 1)).await;
    let token = house.issue("bob").await.unwrap();
    assert!(house.login("bob", "right one").await.is_ok());
    settle().await;
    assert!(house.stored("bob").await.starts_with("$2b$04$"), "rehashed");
    let Redeemed { next, .. } = house.redeem(&token).await.unwrap();
    let changed = house.change("bob", "right one", "another one").await;
    assert_eq!(changed, Ok(()));
    assert_eq!(house.redeem(&next).await, Err(NOT_GOOD));
}

#[actix::test]
async fn another_password_in_the_settings_voids_the_tokens_of_before() {
    let house = House::open();
    let token = house.issue("root").await.unwrap();
    let Redeemed { next, .. } = house.redeem(&token).await.unwrap();
    let (report, _failed) = mpsc::channel(1);
    let mut options = options();
    let another = StoredHash::parse(&hashed("another one", COST)).unwrap();
    options.configured = BTreeMap::from([(user("root"), another)]);
    let pool = Pool {
        verify: house.threads.clone().recipient(),
        hash: house.threads.clone().recipient(),
    };
    let vital = Vital::new("authenticator", report);
    let store = house.store.clone().recipient();
    let later = Authenticator::with_pool(options, store, vital, pool);
    let redeem = |token| RedeemToken {
        token,
        peer: peer(1),
    };
    assert_eq!(later.send(redeem(next)).await.unwrap(), Err(NOT_GOOD));
    let user = user("root");
    let token = later.send(IssueToken { user }).await.unwrap().unwrap();
    assert!(later.send(redeem(token)).await.unwrap().is_ok());
}

#[actix::test]
async fn tokens_that_are_not_good_count_like_wrong_passwords() {
    tokio::time::pause();
    let house = House::open();
    let good = house.issue("alice").await.unwrap();
    for _ in 0..20 {
        assert_eq!(house.redeem(&Secret::new("x.y")).await, Err(NOT_GOOD));
    }
    let slow_down = Refusal::SlowDown {
        what: Throttled::Failures,
        wait: std::time::Duration::from_secs(3),
    };
    assert_eq!(
        house.login("alice", "right one").await,
        Err(slow_down.clone())
    );
    assert_eq!(house.redeem(&good).await, Err(slow_down));
    let elsewhere = RedeemToken {
        token: good,
        peer: peer(2),
    };
    let redeemed = house.auth.send(elsewhere).await.unwrap();
    assert!(redeemed.is_ok(), "it was not used up by that");
}

#[actix::test]
async fn who_comes_by_a_token_does_not_wait_behind_passwords() {
    let mut options = options();
    options.password_checks = 1;
    let house = House::with(options);
    let token = house.issue("alice").await.unwrap();
    house.threads_are_to(Do::Stop).await;
    let waiting = actix::spawn(house.auth.send(prove("alice", "right one")));
    settle().await;
    assert_eq!(house.login("alice", "right one").await, Err(Refusal::Busy));
    assert!(house.redeem(&token).await.is_ok());
    house.threads_are_to(Do::GoOn).await;
    assert!(waiting.await.unwrap().unwrap().is_ok());
}

#[actix::test]
async fn above_the_bound_tokens_are_busy_and_the_count_comes_back() {
    let house = House::open();
    house.store_is(Mood::Silent).await;
    let mut waiting = Vec::new();
    for _ in 0..crate::messages::TOKENS_IN_FLIGHT {
        let issue = IssueToken {
            user: user("alice"),
        };
        waiting.push(actix::spawn(house.auth.send(issue)));
    }
    settle().await;
    assert_eq!(house.issue("alice").await, Err(Refusal::Busy));
    assert_eq!(house.redeem(&Secret::new("x.y")).await, Err(Refusal::Busy));
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(11)).await;
    for asked in waiting {
        assert_eq!(asked.await.unwrap().unwrap(), Err(Refusal::NotConfirmed));
    }
    house.store_is(Mood::Fine).await;
    assert!(house.issue("alice").await.is_ok());
}

#[actix::test]
async fn a_store_that_is_away_is_no_wrong_token() {
    let house = House::open();
    let token = house.issue("alice").await.unwrap();
    for (mood, refusal) in [
        (Mood::Failing, Refusal::NotDelivered),
        (Mood::LostOnChange, Refusal::NotConfirmed),
    ] {
        house.store_is(mood).await;
        for _ in 0..30 {
            assert_eq!(house.redeem(&token).await, Err(refusal.clone()));
            assert_eq!(house.issue("alice").await, Err(refusal.clone()));
        }
    }
    house.store_is(Mood::Fine).await;
    assert!(house.redeem(&token).await.is_ok());
}
