use super::desk::{Desk, FIRST, KEEP_MESSAGES, greet, heard, on_both};
use crate::bridge::contract::{
    away, entering, follow, history, moving, not_in, position, post, said_as, say, taken_at, text,
    user, whisper, whispered_as,
};
use crate::bridge::redis::scripts::{Hello, Turn};
use crate::bridge::redis::simulated::Version;
use crate::bridge::redis::task::Verdict;
use crate::bridge::wire;
use crate::chat::event::{Echo, Manner, Privacy};
use crate::chat::origin::Origin;
use crate::chat::{Answer, Deed, Extras, Refusal};
use crate::messages::Outcome;

on_both! {
    ordinals_grow_by_one_and_time_never_goes_back,
    who_is_not_in_the_room_says_nothing_there,
    whispers_and_posts_reach_those_they_can,
    a_command_that_comes_again_is_answered_as_before_and_done_once,
    in_another_epoch_nothing_is_done,
    no_word_begins_an_epoch_and_a_hello_does_where_one_tried,
    history_is_the_last_messages_oldest_first_and_bounded,
    what_is_too_old_or_unreadable_is_not_shown,
    a_notice_stands_in_the_log_as_every_bridge_writes_it,
    an_answer_that_an_earlier_version_kept_is_read,
}

#[tokio::test]
async fn what_is_said_is_in_the_log_in_history_and_on_the_channel() {
    let Some(mut desk) = Desk::new().await else {
        return;
    };
    let alice = desk.live("Alice", 1).await;
    desk.events().await;
    let mut ear = desk.listen("events").await;
    let said = "tea & \"cake\" \\ \u{1b}[1m \u{2028} caf\u{e9} \u{1f980}\t</script>";
    let answer = desk.done(&alice, say("LOBBY", said)).await;
    let events = desk.events().await;
    let [event] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(event.position, position(&answer));
    assert_eq!(event.origin, Origin::Session(alice.session.clone()));
    let Deed::RoomMessage {
        room,
        sender,
        text: words,
        manner,
        extras,
        k,
        privacy,
        echo,
    } = &event.deed
    else {
        panic!("{event:?}")
    };
    assert_eq!((room.as_str(), sender.as_str()), ("lobby", "Alice"));
    assert_eq!((words, *k), (&text(said), 1));
    assert_eq!(*extras, Extras::default());
    assert_eq!((*privacy, *echo), (Privacy::Public, Echo::ExcludeSender));
    assert_eq!(
        (*manner, taken_at(&answer)),
        (Manner::Message, Some(event.at))
    );

    let heard = heard(&mut ear).await;
    let json: serde_json::Value = serde_json::from_str(&heard).expect("JSON");
    assert_eq!(json["id"], event.position.to_string());
    assert_eq!(json["log"], desk.greeting.log);
    assert_eq!(json["exclude_sender"], true);
    assert_eq!(
        wire::read(event.position, &heard).expect("a record"),
        *event
    );

    let Answer::History { messages, .. } = desk.done(&alice, history("lobby", 9)).await else {
        panic!("no history")
    };
    assert_eq!(*messages[0], *event);
    // In the log it stands as every bridge writes it.
    let written = wire::write(event).expect("a record");
    let entry = desk
        .raw(&["XREVRANGE", "log", "+", "-", "COUNT", "1"])
        .await;
    let entry = format!("{entry:?}");
    assert!(heard.ends_with(written.trim_start_matches("{\"v\":1,")));
    assert!(entry.contains("node-1.8c1f:"), "{entry}");
}

async fn a_notice_stands_in_the_log_as_every_bridge_writes_it(mut desk: Desk) {
    let alice = desk.live("Alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    desk.events().await;
    for (request, told) in [
        (
            said_as(Manner::Notice, "lobby", "hi"),
            "\"hi\",\"notice\":true,\"exclude",
        ),
        (
            whispered_as(Manner::Notice, "bob", "hi"),
            "\"hi\",\"notice\":true,\"origin",
        ),
        (say("lobby", "hi"), "\"hi\",\"exclude"),
        (whisper("bob", "hi"), "\"hi\",\"origin"),
    ] {
        let answer = desk.done(&alice, request).await;
        let events = desk.events().await;
        let [event] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!(taken_at(&answer), Some(event.at));
        let written = wire::write(event).expect("a record");
        assert!(written.contains(told), "{written}");
        let entry = desk
            .raw(&["XREVRANGE", "log", "+", "-", "COUNT", "1"])
            .await;
        let entry = format!("{entry:?}");
        assert!(
            entry.contains(&written.escape_debug().to_string()),
            "{entry}"
        );
    }
    let posted = desk.done(&alice, post("news")).await;
    let events = desk.events().await;
    assert_eq!(taken_at(&posted), Some(events[0].at));
}

/// Such an answer has no time, and whoever takes it for something else takes a time for a name.
async fn an_answer_that_an_earlier_version_kept_is_read(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    for (is_away, request) in [
        (false, say("lobby", "hi")),
        (false, whisper("bob", "hi")),
        (false, post("hi")),
        (true, whisper("bob", "hi")),
    ] {
        if is_away {
            desk.done(&bob, away("tea")).await;
        }
        let task = alice.asks(request);
        let first = desk.attempt(&task).await.expect("a decision");
        let slot = (desk.seq % 1024).to_string();
        let kept = desk.word(&["HGET", "answers:node-1.8c1f", &slot]).await;
        let (without_time, time) = kept.rsplit_once('\n').expect("lines");
        time.parse::<u64>().expect("the time");
        desk.raw(&["HSET", "answers:node-1.8c1f", &slot, without_time])
            .await;
        let again = desk.try_as(desk.seq, &task).await.expect("a decision");
        let (Verdict::Outcome(Outcome::Done(first)), Verdict::Outcome(Outcome::Done(again))) =
            (first.verdict, again.verdict)
        else {
            panic!("not done")
        };
        assert!(taken_at(&first).is_some());
        assert_eq!(taken_at(&again), None);
        assert_eq!(position(&again), position(&first));
        let to = |answer: &Answer| match answer {
            Answer::SaidToAway { to, text, .. } => Some((to.clone(), text.clone())),
            _ => None,
        };
        assert_eq!(to(&again), to(&first));
        assert_eq!(to(&again).is_some(), is_away);
    }
}

async fn ordinals_grow_by_one_and_time_never_goes_back(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    let future = "99999999999999";
    desk.raw(&["HSET", "room:lobby:meta", "k", "41", "at", future])
        .await;
    desk.raw(&["HSET", "ordinals:bob", "whisper", "6", "whisper_at", future])
        .await;
    desk.events().await;
    desk.done(&alice, say("lobby", "hi")).await;
    desk.done(&alice, whisper("bob", "hi")).await;
    desk.done(&alice, post("hi")).await;
    desk.done(&alice, post("hi")).await;
    let events = desk.events().await;
    assert_eq!(events[0].at.0.to_string(), future);
    assert_eq!(events[1].at.0.to_string(), future);
    let ordinals = events.iter().map(|event| match &event.deed {
        Deed::RoomMessage { k, .. } | Deed::Whisper { k, .. } | Deed::Post { k, .. } => *k,
        other => panic!("{other:?}"),
    });
    assert_eq!(ordinals.collect::<Vec<_>>(), [42, 7, 1, 2]);
}

async fn who_is_not_in_the_room_says_nothing_there(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.done(&alice, entering("lobby", "Vault", "key")).await;
    desk.events().await;
    assert_eq!(
        desk.refused(&alice, say("Lobby", "hi")).await,
        not_in("lobby")
    );
    assert_eq!(desk.events().await, []);
    desk.done(&alice, say("vault", "hi")).await;
    let deeds = desk.deeds().await;
    let [Deed::RoomMessage { room, privacy, .. }] = deeds.as_slice() else {
        panic!("{deeds:?}")
    };
    assert_eq!((room.as_str(), *privacy), ("Vault", Privacy::Private));
}

async fn whispers_and_posts_reach_those_they_can(mut desk: Desk) {
    let alice = desk.live("Alice", 1).await;
    desk.register("Bob").await;
    for (to, refusal) in [
        ("ALICE", Refusal::ToYourself),
        (
            "nobody",
            Refusal::NoSuchUser {
                user: user("nobody"),
            },
        ),
    ] {
        assert_eq!(desk.refused(&alice, whisper(to, "hi")).await, refusal);
    }
    let bob = desk.claim("Bob", 2).await;
    assert_eq!(
        desk.done(&alice, post("hi")).await,
        Answer::NobodySubscribes
    );
    desk.done(&bob, away("tea & cake")).await;
    desk.events().await;
    let Answer::SaidToAway { to, text: left, .. } = desk.done(&alice, whisper("BOB", "hi")).await
    else {
        panic!("not away")
    };
    assert_eq!((to.as_str(), left), ("Bob", text("tea & cake")));
    let deeds = desk.deeds().await;
    let [Deed::Whisper { to, sender, .. }] = deeds.as_slice() else {
        panic!("{deeds:?}")
    };
    assert_eq!((to.as_str(), sender.as_str()), ("Bob", "Alice"));
}

async fn a_command_that_comes_again_is_answered_as_before_and_done_once(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.events().await;
    for (request, events) in [
        (say("lobby", "hi"), 1),
        (say("nowhere", "hi"), 0),
        (whisper("bob", "hi"), 1),
        (follow("bob"), 1),
        (moving("lobby", "den"), 2),
    ] {
        let task = alice.asks(request);
        let first = desk.attempt(&task).await.expect("a decision");
        assert_eq!(desk.events().await.len(), events);
        let again = desk.try_as(desk.seq, &task).await.expect("a decision");
        assert_eq!(format!("{first:?}"), format!("{again:?}"));
        assert_eq!(desk.events().await.len(), 0);
    }
    // After a round of the ring the slot is another's: a copy of the old one does nothing.
    for request in [say("den", "old"), follow("bob")] {
        let task = alice.asks(request);
        let old = desk.seq;
        desk.try_as(old + 1024, &task).await.expect("a decision");
        desk.events().await;
        let copy = desk.try_as(old, &task).await.expect("a decision");
        assert!(matches!(copy.verdict, Verdict::Old), "{copy:?}");
        assert_eq!(desk.events().await, []);
        desk.seq += 2000;
    }
    drop(bob);
}

async fn in_another_epoch_nothing_is_done(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    desk.events().await;
    let real = desk.greeting.epoch;
    // An older epoch, then one that the log has not reached.
    for epoch in [real - 1, real + 5] {
        desk.greeting.epoch = epoch;
        for request in [
            say("lobby", "hi"),
            whisper("bob", "hi"),
            post("hi"),
            moving("lobby", "den"),
            follow("bob"),
            away("tea"),
        ] {
            let decision = desk.attempt(&alice.asks(request)).await.expect("one");
            assert!(matches!(decision.verdict, Verdict::Epoch), "{decision:?}");
        }
        let released = desk.attempt(&alice.release()).await.expect("one");
        assert!(matches!(released.verdict, Verdict::Epoch));
        assert_eq!(desk.events().await, []);
    }
    // A foreign log, and none at all.
    desk.greeting.epoch = real;
    let log = std::mem::take(&mut desk.greeting.log);
    let foreign = desk.attempt(&alice.asks(moving("lobby", "den"))).await;
    assert!(matches!(foreign.expect("one").verdict, Verdict::Epoch));
    desk.greeting.log = log;
    desk.raw(&["DEL", "log"]).await;
    let lost = desk.attempt(&alice.asks(say("lobby", "hi"))).await;
    assert!(matches!(lost.expect("one").verdict, Verdict::Epoch));
    assert_eq!(desk.number(&["EXISTS", "log"]).await, 0);
}

/// The log was taken back under a node that goes on in its epoch, and is gone before it comes back.
async fn no_word_begins_an_epoch_and_a_hello_does_where_one_tried(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    let real = desk.greeting.epoch;
    desk.greeting.epoch = real + 5;
    for text in ["one", "two", "three"] {
        let decision = desk.attempt(&alice.asks(say("lobby", text))).await;
        let verdict = decision.expect("one").verdict;
        assert!(matches!(verdict, Verdict::Epoch), "{verdict:?}");
    }
    assert_eq!(desk.events().await, []);
    let again = Hello {
        turn: Turn::Again,
        ..FIRST
    };
    let greeting = greet(&mut desk.redis, &desk.scripts, &again).await;
    desk.greeting = greeting.expect("in");
    desk.done(&alice, say("lobby", "four")).await;
}

#[tokio::test]
async fn nor_does_a_word_to_a_later_redis() {
    let desk = Desk::like(Version::Later).await;
    no_word_begins_an_epoch_and_a_hello_does_where_one_tried(desk).await;
}

async fn history_is_the_last_messages_oldest_first_and_bounded(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.events().await;
    for n in 1..=KEEP_MESSAGES + 30 {
        desk.done(&alice, say("lobby", &n.to_string())).await;
    }
    let live = desk.events().await;
    for (count, expected) in [
        (3, 3),
        (500, KEEP_MESSAGES),
        (0, 0),
        (u16::MAX, KEEP_MESSAGES),
    ] {
        let Answer::History {
            count: asked,
            messages,
            ..
        } = desk.done(&alice, history("LOBBY", count)).await
        else {
            panic!("no history")
        };
        assert_eq!(asked, count.min(500));
        let messages: Vec<_> = messages.iter().map(|event| (**event).clone()).collect();
        let expected = usize::try_from(expected).expect("few");
        assert_eq!(messages, live[live.len() - expected..]);
    }
    let kept = desk.number(&["XLEN", "room:lobby:log"]).await;
    assert!(kept < 250, "{kept}");
    let expires = desk.number(&["TTL", "room:lobby:log"]).await;
    assert!(
        (30 * 86_400..=30 * 86_400 + 3600).contains(&expires),
        "{expires}"
    );
}

async fn what_is_too_old_or_unreadable_is_not_shown(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let record = |at: &str| {
        format!(
            r#"{{"v":1,"type":"room_message","room":"lobby","k":1,"public":true,"sender":"a","text":"x","exclude_sender":true,"at":{at}}}"#
        )
    };
    for (id, e) in [
        ("1-1", record("1000")),
        ("1-2", "garbage".to_owned()),
        ("1-3", record("99999999999999")),
    ] {
        desk.raw(&["XADD", "room:lobby:log", id, "e", &e]).await;
    }
    let decision = desk.attempt(&alice.asks(history("lobby", 9))).await;
    let decision = decision.expect("a decision");
    let Verdict::Outcome(Outcome::Done(Answer::History { messages, .. })) = decision.verdict else {
        panic!("no history")
    };
    assert_eq!(messages.len(), 1);
    assert!(decision.damage.expect("told").contains("1-2"));
}
