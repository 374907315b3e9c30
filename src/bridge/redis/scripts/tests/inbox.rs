use redis::Value;

use super::desk::{Desk, Person, claiming, on_both, session};
use crate::bridge::contract::{follow, position, post, text, user, whisper};
use crate::bridge::redis::task::{Decision, Task, Verdict};
use crate::chat::{Deed, Gap, GapSize, Position};
use crate::messages::{Brings, DuplicateLogin, Kept, Missed};

on_both! {
    what_is_kept_stands_under_the_ids_of_the_log_and_expires,
    a_claim_that_comes_again_brings_the_same_again,
    what_is_too_old_is_not_told_and_said_to_be_lost,
    what_cannot_be_read_is_said_to_be_lost,
    rubbish_keeps_nobody_out,
}

/// Bob's second session.
const BOB: u64 = 9;

impl Desk {
    async fn comes(&mut self) -> Missed {
        let task = bob_comes();
        let decision = self.attempt(&task).await.expect("a decision");
        assert_eq!(decision.damage, None);
        missed(decision)
    }

    async fn sees(&mut self, person: &Person, position: Position) {
        let task = Task::Seen {
            session: person.session.clone(),
            claim: person.claim.clone(),
            position,
        };
        self.decide(&task).await;
    }

    /// The ids of a stream.
    async fn ids(&mut self, stream: &str) -> Vec<String> {
        let Value::Array(entries) = self.raw(&["XRANGE", stream, "-", "+"]).await else {
            panic!("no stream")
        };
        let ids = entries.into_iter().map(|entry| match entry {
            Value::Array(entry) => match &entry[0] {
                Value::BulkString(id) => String::from_utf8(id.clone()).expect("an id"),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        });
        ids.collect()
    }
}

fn bob_comes() -> Task {
    let session = session("node-1", super::desk::RUN, BOB);
    claiming(&session, "bob", DuplicateLogin::Replace)
}

fn missed(decision: Decision) -> Missed {
    let Verdict::Claimed { standing, .. } = decision.verdict else {
        panic!("{decision:?}")
    };
    let Brings::Standing { missed, .. } = standing else {
        panic!("{standing:?}")
    };
    missed
}

fn told(missed: Missed) -> (Vec<Gap>, Vec<Position>) {
    match missed {
        Missed::Kept(Kept { gaps, events }) => {
            (gaps, events.iter().map(|event| event.position).collect())
        }
        other => panic!("{other:?}"),
    }
}

async fn what_is_kept_stands_under_the_ids_of_the_log_and_expires(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("Bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    let psst = position(&desk.done(&alice, whisper("BOB", "psst")).await);
    let news = position(&desk.done(&alice, post("news")).await);
    for (stream, said) in [
        ("inbox:bob", psst),
        ("sent:alice", psst),
        ("posts:alice", news),
    ] {
        assert_eq!(desk.ids(stream).await, [said.to_string()]);
        let expires = desk.number(&["TTL", stream]).await;
        let days = 30 * 86_400;
        assert!((days..=days + 3600).contains(&expires), "{expires}");
    }
    let fence = bob.claim.fence;
    assert_eq!(
        desk.word(&["HGET", "seen", "bob"]).await,
        format!("{fence} 0")
    );
    desk.sees(&bob, psst).await;
    assert_eq!(
        desk.word(&["HGET", "seen", "bob"]).await,
        format!("{psst} 1")
    );
    let followed: Position = desk
        .word(&["HGET", "followed:bob", "alice"])
        .await
        .parse()
        .expect("a position");
    assert!(fence < followed && followed < psst);
    let (gaps, events) = told(desk.comes().await);
    assert_eq!((gaps, events), (vec![], vec![news]));
}

async fn a_claim_that_comes_again_brings_the_same_again(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.register("bob").await;
    let one = desk.live("ann", 2).await;
    let two = desk.live("Ben", 3).await;
    for n in 0..3 {
        desk.done(&alice, whisper("bob", &n.to_string())).await;
    }
    let first = desk.attempt(&bob_comes()).await.expect("a decision");
    let seq = desk.seq;
    // What is said behind the claim comes by itself.
    desk.done(&alice, whisper("bob", "later")).await;
    let again = desk.try_as(seq, &bob_comes()).await.expect("a decision");
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert_eq!(told(missed(first)).1.len(), 3);
    drop((one, two));
}

async fn what_is_too_old_is_not_told_and_said_to_be_lost(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    desk.decide(&bob.release()).await;
    desk.raw(&["HSET", "ordinals:bob", "whisper", "4"]).await;
    desk.raw(&["HSET", "seen", "bob", "1-1 2"]).await;
    desk.raw(&["HSET", "followed:bob", "alice", "1-2"]).await;
    let said = r#"{"v":1,"type":"whisper","to":"bob","k":3,"sender":"alice","text":"x","at":1000}"#;
    desk.raw(&["XADD", "inbox:bob", "1-3", "e", said]).await;
    let said = said.replace("\"k\":3", "\"k\":4");
    desk.raw(&["XADD", "inbox:bob", "1-4", "e", &said]).await;
    let said = r#"{"v":1,"type":"post","k":1,"sender":"alice","text":"x","at":1000}"#;
    desk.raw(&["XADD", "posts:alice", "1-5", "e", said]).await;
    desk.raw(&["HSET", "ordinals:alice", "post_last", "1-5"])
        .await;
    let new = position(&desk.done(&alice, whisper("bob", "new")).await);
    let size = GapSize::Exactly(2);
    let gaps = vec![Gap::Whispers { size }, Gap::Posts];
    assert_eq!(told(desk.comes().await), (gaps.clone(), vec![new]));
    // The streams may be gone altogether.
    desk.raw(&["DEL", "inbox:bob", "posts:alice"]).await;
    let size = GapSize::Exactly(3);
    let gaps = vec![Gap::Whispers { size }, Gap::Posts];
    assert_eq!(told(desk.comes().await), (gaps, vec![]));
    // Who was told has seen, whatever is gone.
    let Verdict::Claimed { claim, .. } = desk.decide(&bob_comes()).await else {
        panic!("not claimed")
    };
    let session = session("node-1", super::desk::RUN, BOB);
    let bob = Person { session, claim };
    desk.sees(&bob, bob.claim.fence).await;
    assert_eq!(desk.comes().await, Missed::Nothing);
}

async fn what_cannot_be_read_is_said_to_be_lost(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    desk.register("bob").await;
    desk.raw(&["XADD", "inbox:bob", "1-3", "e", "garb\nage \"k\":7"])
        .await;
    desk.done(&alice, whisper("bob", "new")).await;
    let decision = desk.attempt(&bob_comes()).await.expect("a decision");
    assert!(decision.damage.as_ref().expect("told").contains("1-3"));
    let Missed::Kept(Kept { gaps, events }) = missed(decision) else {
        panic!("nothing kept")
    };
    let size = GapSize::Unknown;
    assert_eq!(gaps, [Gap::Whispers { size }]);
    let Deed::Whisper { text: said, .. } = &events[0].deed else {
        panic!("{events:?}")
    };
    assert_eq!((events.len(), said), (1, &text("new")));
}

async fn rubbish_keeps_nobody_out(mut desk: Desk) {
    let alice = desk.live("alice", 1).await;
    let bob = desk.live("bob", 2).await;
    desk.done(&bob, follow("alice")).await;
    for (hash, field) in [("seen", "bob"), ("followed:bob", "alice")] {
        desk.raw(&["HSET", hash, field, "rubbish"]).await;
    }
    let said = position(&desk.done(&alice, whisper("bob", "hi")).await);
    assert_eq!(told(desk.comes().await), (vec![], vec![said]));
    let Verdict::Claimed { claim, .. } = desk.decide(&bob_comes()).await else {
        panic!("not claimed")
    };
    assert_eq!(claim.user, user("bob"));
    let session = session("node-1", super::desk::RUN, BOB);
    let bob = Person { session, claim };
    desk.sees(&bob, said).await;
    assert_eq!(desk.comes().await, Missed::Nothing);
}
