use super::*;
use crate::testing::settle;

#[actix::test]
async fn what_is_said_goes_to_the_log_and_is_confirmed_if_wanted() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.client.says("hi").await;
    let ask = stage.asked("say in lobby: hi").await;
    assert_eq!(ask.session, session_id(7));
    answer(&ask, said(1));
    stage.client.says("/ids on").await;
    stage
        .sends(&["spell for 7 as Line { positions: Shown }"])
        .await;
    stage.client.says("hello").await;
    stage.sent.is_quiet().await;
    stage.tell(SessionMail::FormatSet);
    stage.client.hears("* Positions are shown.").await;
    let ask = stage.asked("say in lobby: hello").await;
    answer(&ask, said(2));
    stage.client.hears("* ok 7-2").await;
}

#[actix::test]
async fn what_became_of_a_text_in_doubt_is_told_with_or_without_positions() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.client.says("hi").await;
    let ask = stage.asked("say in lobby: hi").await;
    answer(&ask, Outcome::Refused(Refusal::NotConfirmed));
    let unknown = "! Not confirmed: the cluster store went away; it may have been delivered";
    stage.client.hears(unknown).await;
    let position = at("7-5");
    stage.tell(SessionMail::Resolved(Fate::Delivered { position }));
    stage.client.hears("* delivered 7-5").await;
}

#[actix::test]
async fn a_pong_comes_behind_the_frames_before_it() {
    let mut stage = Stage::logged_in(rules()).await;
    stage.client.says("/ping x").await;
    let ask = stage.asked("settle").await;
    drop(stage.deliver(&["[lobby] bob: hi\n"]));
    answer(&ask, Outcome::Settled);
    stage.client.hears("[lobby] bob: hi").await;
    stage.client.hears("* pong x").await;
}

#[actix::test]
async fn a_changed_password_is_confirmed() {
    let mut stage = Stage::logged_in(rules()).await;
    for (outcome, line) in [
        (Err(Refusal::WrongPassword), "! Wrong username or password"),
        (
            Err(Refusal::PasswordFixed),
            "! Your password stands in the node's settings: its operator changes it",
        ),
        (Ok(()), "* Password changed."),
    ] {
        stage.client.says("/passwd secret-word other-word").await;
        let Sent::ChangePassword(call) = stage.sent.next().await else {
            panic!("the authenticator changes passwords")
        };
        assert_eq!(call.asked.user, user("alice"));
        call.answer(outcome);
        stage.client.hears(line).await;
    }
}

#[actix::test]
async fn who_breaks_the_dialect_is_told_and_lives() {
    let mut stage = Stage::logged_in(rules()).await;
    let long = "x".repeat(4097);
    stage.client.says(&long).await;
    stage
        .client
        .hears("! Line too long (4096 bytes at most)")
        .await;
    stage.client.sends(b"caf\xe9\n").await;
    stage.client.hears("! Not UTF-8").await;
    stage.client.says("/foo").await;
    stage
        .client
        .hears("! Unknown command /foo. /help lists the commands.")
        .await;
    stage.client.says("/msg bob").await;
    stage.client.hears("! Usage: /msg <user> <text>").await;
    stage.client.says(&long[1..]).await;
    stage
        .sends(&[format!("ask say in lobby: {}", &long[1..]).as_str()])
        .await;
}

#[actix::test]
async fn a_flood_of_texts_is_asked_in_order_and_within_its_bound() {
    let mut stage = Stage::logged_in(rules()).await;
    let lines: String = (0..100).map(|n| format!("{n}\n")).collect();
    stage.client.sends(lines.as_bytes()).await;
    let mut asks = Vec::new();
    for n in 0..32 {
        asks.push(stage.asked(&format!("say in lobby: {n}")).await);
    }
    stage.sent.is_quiet().await;
    for n in 32..100 {
        answer(&asks[usize::try_from(n).unwrap() - 32], said(n));
        asks.push(stage.asked(&format!("say in lobby: {n}")).await);
    }
    stage.sent.is_quiet().await;
}

#[actix::test]
async fn a_full_store_is_asked_again_without_losing_the_order() {
    tokio::time::pause();
    let mut stage = Stage::logged_in(rules()).await;
    // More at once than the probe's mailbox holds, before it had its turn.
    let lines: String = (0..30).map(|n| format!("{n}\n")).collect();
    stage.client.sends(lines.as_bytes()).await;
    for n in 0..30 {
        stage.asked(&format!("say in lobby: {n}")).await;
    }
}

#[actix::test]
async fn who_ends_after_many_lines_is_heard_and_answered_to_the_last() {
    let mut stage = Stage::new(rules()).await;
    stage.client.is_greeted().await;
    let texts: String = (0..40).map(|n| format!("{n}\n")).collect();
    let script = format!("/login alice secret-word\n{texts}/ping done\n/nonsense");
    stage.client.sends(script.as_bytes()).await;
    stage.client.says_all().await;
    stage.log_in().await;
    for n in 0..40 {
        let ask = stage.asked(&format!("say in lobby: {n}")).await;
        answer(
            &ask,
            Outcome::Refused(Refusal::NotIn {
                room: RoomName::lobby(),
            }),
        );
    }
    let ask = stage.asked("settle").await;
    answer(&ask, Outcome::Settled);
    let rest = stage.client.hears_the_rest().await;
    let lines: Vec<_> = rest.lines().collect();
    assert!(lines[0].starts_with("* Welcome alice."), "{rest}");
    assert_eq!(lines[1..41], ["! You are not in lobby"; 40]);
    assert_eq!(lines[41..], ["* pong done"]);
    stage.hangs_up();
    stage.leaves_its_place(Parting::Broken).await;
}

#[actix::test]
async fn a_paste_is_slowed_and_nothing_of_it_refused() {
    tokio::time::pause();
    let mut stage = Stage::logged_in(Rules {
        messages_per_second: Some(10),
        message_burst: 3,
        ..rules()
    })
    .await;
    let start = tokio::time::Instant::now();
    stage.client.sends(b"1\n2\n3\n4\n5\n6\n").await;
    // The login took one of three.
    for (text, earliest) in [(1, 0), (2, 0), (3, 100), (4, 200), (5, 300), (6, 400)] {
        stage.asked(&format!("say in lobby: {text}")).await;
        let passed = start.elapsed().as_millis();
        assert!(
            (earliest..earliest + 20).contains(&passed),
            "{text} after {passed} ms"
        );
    }
    stage.sent.is_quiet().await;
}

#[actix::test]
async fn who_does_not_read_is_not_heard() {
    let backlog = 1000;
    let mut stage = Stage::narrow(Rules { backlog, ..rules() }, 512).await;
    stage.client.is_greeted().await;
    stage.client.says("/login alice secret-word").await;
    stage.log_in().await;
    assert!(stage.client.line().await.starts_with("* Welcome"));
    let returned = stage.deliver_bytes(Frames::One(vec![b'.'; 500].into()));
    returned.wait().await;
    let returned = stage.deliver_bytes(Frames::One(vec![b'.'; 600].into()));
    returned.wait().await;
    stage.client.says("hi").await;
    stage.sent.is_quiet().await;
    let mut read = [0; 1100];
    stage.client.0.read_exact(&mut read).await.unwrap();
    stage.sends(&["ask say in lobby: hi"]).await;
}

#[actix::test]
async fn long_answers_to_many_lines_do_not_stop_the_conversation() {
    let backlog = 4096;
    let mut stage = Stage::new(Rules { backlog, ..rules() }).await;
    stage.client.is_greeted().await;
    stage.client.sends("/help\n".repeat(30).as_bytes()).await;
    stage.client.says("/ping done").await;
    for _ in 0..30 {
        while !stage.client.line().await.contains("//text says /text") {}
    }
    stage.client.hears("* pong done").await;
    settle().await;
    stage.client.says("/quit").await;
    assert_eq!(stage.client.hears_the_rest().await, "* Goodbye.\n");
}
