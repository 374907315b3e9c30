use std::time::Duration;

use super::*;
use crate::chat::Secret;
use crate::chat::command::Positions;
use crate::chat::refusal::Throttled;
use crate::dialect::Format;
use crate::messages::Redeemed;
use crate::testing::{gone, settle};

#[actix::test]
async fn whoever_comes_is_greeted_and_asked_for_a_name() {
    let mut stage = Stage::new(rules()).await;
    let greeting = stage.client.line().await;
    assert!(greeting.starts_with("* conclave on node-1."), "{greeting}");
    stage.client.is_greeted().await;
    stage.sent.is_quiet().await;
}

#[actix::test]
async fn a_login_is_proven_introduced_claimed_and_welcomed() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.client.says("alice").await;
    stage.client.hears("* Password:").await;
    stage.client.says("secret-word").await;
    let Sent::Prove(call) = stage.sent.next().await else {
        panic!("a password is proven first")
    };
    assert_eq!(call.asked.password.expose(), b"secret-word");
    stage.sent.is_quiet().await;
    call.answer(Ok(user("Alice")));
    stage.sends(&["introduce 7"]).await;
    let ask = stage.asked("claim Alice, else Reject").await;
    stage.sent.is_quiet().await;
    answer(&ask, claimed("Alice"));
    let welcome = "* Welcome Alice. You are in lobby on node-1. /help lists the commands.";
    stage.client.hears(welcome).await;
}

#[actix::test]
async fn three_wrong_passwords_end_the_connection() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    for _ in 0..2 {
        stage.client.says("/login alice guess").await;
        stage.proves(Err(Refusal::WrongPassword)).await;
        stage.client.hears("! Wrong username or password").await;
        stage.client.hears("* Username:").await;
    }
    stage.client.says("alice").await;
    stage.client.hears("* Password:").await;
    stage.client.says("guess").await;
    stage.proves(Err(Refusal::WrongPassword)).await;
    assert_eq!(stage.client.hears_the_rest().await, "! Too many failures\n");
    stage.hangs_up();
    stage.sent_alone("detach 7").await;
}

#[actix::test]
async fn other_refusals_leave_the_connection_as_it_is() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    let wait = Duration::from_secs(9);
    for (refusal, line) in [
        (Refusal::Busy, "! Busy, try again"),
        (Refusal::RegistrationClosed, "! Registration is closed"),
        (
            Refusal::NameTaken {
                user: user("alice"),
            },
            "! That name is taken: alice",
        ),
        (
            Refusal::PasswordLength {
                least: 8,
                most: 1024,
            },
            "! A password has 8 to 1024 bytes",
        ),
        (
            Refusal::SlowDown {
                what: Throttled::Registrations,
                wait,
            },
            "! Slow down: too many new accounts, try again in 9 s",
        ),
    ] {
        stage.client.says("/register alice secret-word").await;
        let Sent::Register(call) = stage.sent.next().await else {
            panic!("an account is made")
        };
        call.answer(Err(refusal));
        stage.client.hears(line).await;
    }
    stage.client.says("/login alice secret-word").await;
    stage.log_in().await;
}

#[actix::test]
async fn an_authenticator_that_is_gone_refuses() {
    let (outbox, sent) = inbox();
    let links = Links {
        prove: gone().await,
        ..links(&outbox, rules())
    };
    let mut stage = Stage::with(links, sent, 1024).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    let line = "! Not delivered: the cluster store is unreachable, try again";
    stage.client.hears(line).await;
}

#[actix::test]
async fn an_account_that_is_live_elsewhere_ends_the_newcomer() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.proves(Ok(user("alice"))).await;
    stage.sends(&["introduce 7"]).await;
    let ask = stage.asked("claim alice, else Reject").await;
    answer(&ask, Outcome::Duplicate);
    stage.sends(&["ask probe alice"]).await;
    stage.tell(SessionMail::HolderAlive);
    assert_eq!(
        stage.client.hears_the_rest().await,
        "! User already logged in\n"
    );
    stage.hangs_up();
    stage
        .sends(&["forget 7", "ask release alice", "detach 7"])
        .await;
}

#[actix::test]
async fn the_policy_for_duplicates_goes_with_the_claim() {
    let duplicate_login = DuplicateLogin::Replace;
    let mut stage = Stage::new(Rules {
        duplicate_login,
        ..rules()
    })
    .await;
    stage.client.says("/login alice secret-word").await;
    stage.proves(Ok(user("alice"))).await;
    stage
        .sends(&["introduce 7", "ask claim alice, else Replace"])
        .await;
}

#[actix::test]
async fn who_does_not_log_in_in_time_is_sent_away() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    tokio::time::pause();
    stage.client.says("/login alice secret-word").await;
    settle().await;
    tokio::time::advance(Duration::from_secs(29)).await;
    stage.client.says("/ping").await;
    settle().await;
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(
        stage.client.hears_the_rest().await,
        "! No login within 30 s\n"
    );
}

#[actix::test]
async fn who_is_logged_in_may_be_silent() {
    let mut stage = Stage::logged_in(rules()).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(3600)).await;
    stage.client.says("hi").await;
    stage.sends(&["ask say in lobby: hi"]).await;
}

#[actix::test]
async fn whose_other_session_is_gone_comes_in_at_the_next_look() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.proves(Ok(user("alice"))).await;
    stage.sends(&["introduce 7"]).await;
    let ask = stage.asked("claim alice, else Reject").await;
    answer(&ask, Outcome::Duplicate);
    stage.sends(&["ask probe alice"]).await;
    tokio::time::pause();
    stage.sends(&["introduce 7"]).await;
    let _again = stage.asked("claim alice, else Reject").await;
}

#[actix::test]
async fn who_was_heard_a_moment_ago_is_alive() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.tell(SessionMail::Probe);
    stage.sends(&["ask alice is alive"]).await;
}

#[actix::test]
async fn who_was_silent_has_some_seconds_to_vanish() {
    let mut stage = Stage::logged_in(rules()).await;
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(11)).await;
    let start = tokio::time::Instant::now();
    stage.tell(SessionMail::Probe);
    stage.sends(&["ask alice is alive"]).await;
    let waited = start.elapsed();
    assert!((3..5).contains(&waited.as_secs()), "{waited:?}");
}

fn good(name: &str, next: &str) -> Result<Redeemed, Refusal> {
    Ok(Redeemed {
        user: user(name),
        next: Secret::new(next),
    })
}

#[actix::test]
async fn a_token_is_redeemed_introduced_claimed_and_welcomed() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.client.says("/resume a.1").await;
    let Sent::RedeemToken(call) = stage.sent.next().await else {
        panic!("a token is redeemed first")
    };
    assert_eq!(call.asked.token.expose(), b"a.1");
    stage.sent.is_quiet().await;
    call.answer(good("Alice", "a.2"));
    let Sent::Introduce(introduce) = stage.sent.next().await else {
        panic!("not introduced")
    };
    let positions = Positions::Hidden;
    assert_eq!(introduce.format, Format::Line { positions });
    let ask = stage.asked("claim Alice, since Seen").await;
    answer(&ask, claimed("Alice"));
    let welcome = "* Welcome Alice. You are in lobby on node-1. /help lists the commands.";
    stage.client.hears(welcome).await;
    stage.client.hears("* token a.2").await;
    stage.client.says("/token").await;
    let Sent::IssueToken(call) = stage.sent.next().await else {
        panic!("a token is made")
    };
    assert_eq!(call.asked.user, user("Alice"));
    call.answer(Ok(Secret::new("b.1")));
    stage.client.hears("* token b.1").await;
}

#[actix::test]
async fn who_names_a_position_is_shown_them_from_the_start() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.client.says("/resume a.1 7-9").await;
    let Sent::RedeemToken(call) = stage.sent.next().await else {
        panic!("a token is redeemed first")
    };
    call.answer(good("alice", "a.2"));
    let Sent::Introduce(introduce) = stage.sent.next().await else {
        panic!("not introduced")
    };
    let positions = Positions::Shown;
    assert_eq!(introduce.format, Format::Line { positions });
    let since = "claim alice, since Position(Position { epoch: 7, n: 9 })";
    let ask = stage.asked(since).await;
    answer(&ask, claimed("alice"));
    stage.client.line().await;
    stage.client.hears("* token a.2").await;
    stage.client.says("hi").await;
    let ask = stage.asked("say in lobby: hi").await;
    answer(&ask, said(12));
    stage.client.hears("* ok 7-12").await;
}

#[actix::test]
async fn a_token_that_is_not_good_asks_for_the_password() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    stage.client.says("/resume a.1").await;
    let Sent::RedeemToken(call) = stage.sent.next().await else {
        panic!("a token is redeemed first")
    };
    call.answer(Err(Refusal::WrongToken));
    let line = "! That token is not good any more: log in with your password";
    stage.client.hears(line).await;
    stage.client.hears("* Username:").await;
    stage.client.says("/login alice secret-word").await;
    stage.log_in().await;
}
