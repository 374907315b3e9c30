use std::sync::Arc;

use actix::Addr;
use bytes::Bytes;

use super::*;
use crate::chat::command::Positions;
use crate::chat::event::Departure;
use crate::chat::modes::Ranks;
use crate::chat::origin::ConnId;
use crate::chat::profile::Profile;
use crate::chat::{Deed, RoomName};
use crate::dialect::Format;
use crate::messages::{
    Archive, BATCH_BYTES, BATCH_EVENTS, BATCH_FRAMES, Brings, CatchUp, Continuity, FellBehind,
    HubId, Kept, LookBack, LookedBack, Lost, Missed, Rest, Returned, Run, StoreFailed, Then,
};
use crate::testing::{
    Call, Inbox, at, comes_back, desk, event, event_at, inbox, probe, room, room_message,
    session_id, settle, user, vital, went_away, whisper,
};

const HIDDEN: Format = Format::Line {
    positions: Positions::Hidden,
};
const SHOWN: Format = Format::Line {
    positions: Positions::Shown,
};

#[actix::test]
async fn an_event_is_spelled_once_for_each_format_and_shared_by_all_hubs() {
    let mut stage = Stage::with_hubs(2);
    for conn in 0..8 {
        let format = if conn < 4 { HIDDEN } else { SHOWN };
        stage.comes(conn, conn % 2, format).await;
    }
    stage.happens(vec![lobby("hi")]);
    let mut spelled = Vec::new();
    for hub in &mut stage.hubs {
        let deliveries = hub.next().await.deliveries;
        let [
            Delivery::Run(Run { frames: one, .. }),
            Delivery::Run(Run { frames: other, .. }),
        ] = &deliveries[..]
        else {
            panic!("two formats are two frames: {deliveries:?}")
        };
        let mut both = [one[0].bytes.clone(), other[0].bytes.clone()];
        both.sort();
        assert_eq!(both[0], "1763850000-1041 [lobby] dave: hi\n");
        assert_eq!(both[1], "[lobby] dave: hi\n");
        spelled.push(both.map(|frame| frame.as_ptr()));
    }
    assert_eq!(spelled[0], spelled[1], "both hubs hand out the same bytes");
}

#[actix::test]
async fn members_and_subscribers_of_one_hub_are_told_apart() {
    let mut stage = Stage::with_hubs(1);
    for conn in 0..3 {
        stage.comes(conn, 0, HIDDEN).await;
    }
    let follower = user("person-1");
    let into_den = Deed::Entered {
        room: room("den"),
        user: user("person-0"),
        ranks: Ranks::default(),
        profile: Profile::default(),
        away: None,
    };
    stage.happens(vec![
        Deed::Followed {
            author: user("person-0"),
            follower,
        },
        into_den,
    ]);
    stage.happens(vec![
        room_message("den", "person-2", "hi"),
        room_message("den", "person-0", "x"),
    ]);
    let handoff = stage.hubs[0].next().await;
    assert_eq!(
        in_words(&handoff.deliveries),
        [
            "[den] person-2: hi\n to [0]",
            "[Sub] [den] person-0: x\n to [1]"
        ]
    );
}

#[actix::test]
async fn the_next_batch_waits_until_the_last_session_has_the_first() {
    let mut stage = Stage::with_hubs(2);
    stage.comes(0, 0, HIDDEN).await;
    stage.comes(1, 1, HIDDEN).await;
    let upstream = stage.happens(vec![lobby("1"), whisper("dave", "person-0", "2")]);
    let mut upstream = Box::pin(upstream.wait());
    let first = stage.hubs[0].next().await;
    let other = stage.hubs[1].next().await;
    assert_eq!(
        in_words(&first.deliveries),
        ["[lobby] dave: 1\n to [0]", "[PM] dave: 2\n to [0]"]
    );
    assert_eq!(in_words(&other.deliveries), ["[lobby] dave: 1\n to [1]"]);
    drop(first);
    settle().await;
    assert!(
        is_pending(&mut upstream).await,
        "one hub still holds its share"
    );
    drop(other);
    upstream.await;
    stage.is_quiet().await;
}

#[actix::test]
async fn what_the_same_sessions_hear_in_a_row_is_one_run() {
    let mut stage = Stage::with_hubs(1);
    for conn in 0..2 {
        stage.comes(conn, 0, HIDDEN).await;
    }
    stage.happens(vec![
        lobby("one"),
        room_message("lobby", "person-1", "two"),
        whisper("dave", "person-0", "hush"),
        lobby("three"),
    ]);
    assert_eq!(
        in_words(&stage.hubs[0].next().await.deliveries),
        [
            "[lobby] dave: one\n[lobby] person-1: two\n(not to 1) to [0, 1]",
            "[PM] dave: hush\n to [0]",
            "[lobby] dave: three\n to [0, 1]",
        ]
    );
}

#[actix::test]
async fn a_batch_ends_when_it_has_enough_bytes_for_one_session() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    let long = "x".repeat(BATCH_BYTES / 4);
    stage.happens((0..6).map(|_| lobby(&long)).collect());
    let first = stage.hubs[0].next().await;
    assert_eq!(events_in(&first.deliveries), 4);
    drop(first.credit);
    let second = stage.hubs[0].next().await;
    assert_eq!(events_in(&second.deliveries), 2);
}

#[actix::test]
async fn a_batch_is_not_shorter_because_some_want_it_spelled_otherwise() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    stage.comes(1, 0, SHOWN).await;
    let long = "x".repeat(BATCH_BYTES / 4);
    stage.happens((0..6).map(|_| lobby(&long)).collect());
    for events in [4, 2] {
        let Handoff { deliveries, .. } = stage.hubs[0].next().await;
        for run in deliveries {
            assert_eq!(events_in(&[run]), events);
        }
    }
}

#[actix::test]
async fn a_batch_ends_when_it_has_enough_frames_for_one_hub() {
    let mut stage = Stage::with_hubs(1);
    let people = u64::try_from(BATCH_FRAMES / 40).unwrap() + 1;
    for conn in 0..people {
        stage.comes(conn, 0, HIDDEN).await;
    }
    let events = (0..BATCH_EVENTS).map(|n| lobby(&n.to_string())).collect();
    let upstream = stage.happens(events);
    let mut upstream = Box::pin(upstream.wait());
    let first = stage.hubs[0].next().await;
    assert_eq!(events_in(&first.deliveries), 40);
    stage.is_quiet().await;
    drop(first.credit);
    let second = stage.hubs[0].next().await;
    assert_eq!(events_in(&second.deliveries), BATCH_EVENTS - 40);
    assert!(in_words(&second.deliveries)[0].starts_with("[lobby] dave: 40\n"));
    assert!(is_pending(&mut upstream).await, "not all is handled");
    drop(second);
    upstream.await;
}

#[actix::test]
async fn an_event_for_nobody_here_costs_no_hub_anything() {
    let mut stage = Stage::with_hubs(2);
    stage.comes(0, 0, HIDDEN).await;
    let nobody = vec![
        room_message("den", "dave", "hi"),
        room_message("lobby", "person-0", "hi"),
        whisper("person-0", "dave", "hi"),
        went_away("dave", &["den"]),
        Deed::Epoch {
            after: crate::testing::at("7-1"),
        },
    ];
    comes_back(stage.happens(nobody)).await;
    comes_back(stage.happens(Vec::new())).await;
    stage.is_quiet().await;
}

#[actix::test]
async fn a_hub_without_hearers_gets_no_batch() {
    let mut stage = Stage::with_hubs(2);
    stage.comes(0, 0, HIDDEN).await;
    stage.happens(vec![lobby("hi")]);
    assert_eq!(
        in_words(&stage.hubs[0].next().await.deliveries),
        ["[lobby] dave: hi\n to [0]"]
    );
    stage.is_quiet().await;
}

#[actix::test]
async fn a_format_is_confirmed_behind_the_frames_before_it() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    stage.happens(vec![lobby("1")]);
    stage
        .tell(SetFormat {
            conn: ConnId(0),
            format: SHOWN,
        })
        .await;
    let old = stage.hubs[0].next().await;
    assert_eq!(in_words(&old.deliveries), ["[lobby] dave: 1\n to [0]"]);
    let confirmed = stage.hubs[0].next().await;
    assert_eq!(in_words(&confirmed.deliveries), ["format set for 0"]);
    drop(old);
    settle().await;
    stage.happens(vec![lobby("2")]);
    let new = stage.hubs[0].next().await;
    assert_eq!(
        in_words(&new.deliveries),
        ["1763850000-1041 [lobby] dave: 2\n to [0]"]
    );
    stage
        .tell(SetFormat {
            conn: ConnId(77),
            format: SHOWN,
        })
        .await;
    stage.is_quiet().await;
}

#[actix::test]
async fn who_is_replaced_hears_what_was_before_and_nothing_after() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    let session = session_id(9);
    let elsewhere = Deed::Claimed {
        user: user("person-0"),
        session,
        was: None,
        rooms: Vec::new(),
    };
    stage.happens(vec![lobby("before"), elsewhere, lobby("after")]);
    let handoff = stage.hubs[0].next().await;
    assert_eq!(
        in_words(&handoff.deliveries),
        ["[lobby] dave: before\n to [0]", "end 0: replaced"]
    );
}

const TRIMMED: Continuity = Continuity::Broken {
    lost: Lost::Trimmed,
};

/// What is told to somebody in the lobby where nobody can tell what is missing.
const GAPS: &str = "[gap] some messages in lobby are lost\n[gap] some private messages are lost\n";

const TAKEN_BACK: Continuity = Continuity::Broken {
    lost: Lost::TakenBack,
};

#[actix::test]
async fn when_events_are_lost_all_claim_again_and_hear_nothing_before() {
    let mut stage = Stage::with_hubs(2);
    stage.comes(0, 0, HIDDEN).await;
    stage.comes(1, 1, HIDDEN).await;
    let upstream = stage.goes_on(TRIMMED, vec![lobby("after the hole")]);
    for hub in 0..2 {
        let told = stage.hubs[hub].next().await;
        let suspended = format!("{hub} has to claim again");
        assert_eq!(in_words(&told.deliveries), [suspended]);
    }
    comes_back(upstream).await;
    stage.is_quiet().await;
}

#[actix::test]
async fn who_claims_again_is_told_what_was_said_meanwhile_and_nothing_twice() {
    let mut stage = Stage::with_hubs(1);
    stage.comes_back(1, 1, Missed::Nothing).await;
    stage.log_goes_on(&[(2, lobby("before"))]);
    stage.hears(&["[lobby] dave: before\n to [1]"]).await;
    let conns = vec![ConnId(1)];
    stage.goes_on(Continuity::Doubtful { conns }, Vec::new());
    stage.hears(&["1 has to claim again"]).await;
    stage.log_goes_on(&[(3, lobby("meanwhile"))]);
    stage.is_quiet().await;
    stage.claims_again(1, 4).await;
    let told = "[lobby] dave: meanwhile\n to 1, then Live";
    stage.hears(&[told]).await;
    stage.log_goes_on(&[(5, lobby("after"))]);
    stage.hears(&["[lobby] dave: after\n to [1]"]).await;
}

#[actix::test]
async fn who_claims_again_behind_a_hole_is_told_what_the_log_has_and_what_it_has_not() {
    let mut stage = Stage::with_hubs(1);
    let (outbox, mut looks) = inbox();
    stage.tell(Archive(desk::<LookBack, _>(&outbox))).await;
    stage.comes_back(1, 1, Missed::Nothing).await;
    stage.log_goes_on(&[(2, said("seventh", 7))]);
    stage.hears(&["[lobby] dave: seventh\n to [1]"]).await;
    stage.goes_on(TRIMMED, Vec::new());
    stage.hears(&["1 has to claim again"]).await;
    stage.claims_again(1, 9).await;
    let look: Call<LookBack> = looks.next().await;
    let (after, upto) = (place(2), place(8));
    assert_eq!(look.asked, LookBack { after, upto });
    let event = |n, deed| Arc::new(event_at(&format!("{EPOCH}-{n}"), deed));
    look.answer(Ok(LookedBack {
        events: vec![event(8, said("tenth", 10))],
        rest: Rest::Nothing,
    }));
    let told = "[gap] 2 messages in lobby are lost\n[gap] some private messages are lost\n\
                [lobby] dave: tenth\n to 1, then Live";
    stage.hears(&[told]).await;
}

/// The new log looks as if it went on right behind what was told, in memory or in the log.
#[actix::test]
async fn who_claims_again_in_a_log_that_was_taken_back_is_told_that_something_is_missing() {
    for is_suspended_before in [false, true] {
        let mut stage = Stage::with_hubs(1);
        stage.comes_back(1, 1, Missed::Nothing).await;
        stage.log_goes_on(&[(2, said("seventh", 7))]);
        stage.hears(&["[lobby] dave: seventh\n to [1]"]).await;
        if is_suspended_before {
            let conns = vec![ConnId(1)];
            stage.goes_on(Continuity::Doubtful { conns }, Vec::new());
            stage.hears(&["1 has to claim again"]).await;
        }
        stage.goes_on(TAKEN_BACK, Vec::new());
        stage.hears(&["1 has to claim again"]).await;
        stage.log_goes_on(&[(3, said("another eighth", 8))]);
        stage.claims_again(1, 4).await;
        let told = format!("{GAPS}[lobby] dave: another eighth\n to 1, then Live");
        stage.hears(&[&told]).await;
        stage.log_goes_on(&[(5, lobby("after"))]);
        stage.hears(&["[lobby] dave: after\n to [1]"]).await;
    }
}

#[actix::test]
async fn a_look_into_a_log_that_was_taken_back_does_not_close_the_gap() {
    let mut stage = Stage::with_hubs(1);
    let (outbox, mut looks) = inbox();
    stage.tell(Archive(desk::<LookBack, _>(&outbox))).await;
    stage.comes_back(1, 1, Missed::Nothing).await;
    stage.log_goes_on(&[(2, said("seventh", 7))]);
    stage.hears(&["[lobby] dave: seventh\n to [1]"]).await;
    stage.goes_on(TAKEN_BACK, Vec::new());
    stage.hears(&["1 has to claim again"]).await;
    stage.claims_again(1, 9).await;
    // It is suspended once more before it was told that.
    let _dropped: Call<LookBack> = looks.next().await;
    let conns = vec![ConnId(1)];
    stage.goes_on(Continuity::Doubtful { conns }, Vec::new());
    stage.hears(&["1 has to claim again"]).await;
    stage.claims_again(1, 10).await;
    let look: Call<LookBack> = looks.next().await;
    let all = (3..=8).rev().map(|n| {
        let deed = said(&format!("new {n}"), n + 5);
        Arc::new(event_at(&format!("{EPOCH}-{n}"), deed))
    });
    assert_eq!(look.asked.after, place(2));
    look.answer(Ok(LookedBack {
        events: all.collect(),
        rest: Rest::Nothing,
    }));
    let mut told = GAPS.to_owned();
    told.extend((3..=8).map(|n| format!("[lobby] dave: new {n}\n")));
    told.push_str(" to 1, then Live");
    stage.hears(&[&told]).await;
}

/// Who cannot take what comes behind goes back to the begin of its batch: there stands nothing then
/// that it took before.
#[actix::test]
async fn a_guest_who_logs_in_and_who_is_put_out_are_told_the_rest_in_another_batch() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    let person = user("person-0");
    let kick = Deed::Left {
        room: RoomName::lobby(),
        user: person.clone(),
        departure: Departure::Kicked {
            by: user("dave"),
            words: None,
        },
    };
    let whispered = || whisper("dave", "person-0", "psst");
    stage.happens(vec![lobby("one"), kick, whispered()]);
    stage
        .hears(&[
            "[lobby] dave: one\n* dave put person-0 out of lobby\n to [0]",
            "0 is out of lobby",
        ])
        .await;
    stage.hears(&["[PM] dave: psst\n to [0]"]).await;

    let logs_in = Deed::Claimed {
        user: user("alice"),
        session: session_id(0),
        was: Some(person),
        rooms: Vec::new(),
    };
    let standing = Brings::Standing {
        rooms: vec![RoomName::lobby()],
        follows: Vec::new(),
        missed: Missed::Nothing,
    };
    let nothing = || Brings::Nothing;
    let arrivals = [
        (whispered(), nothing()),
        (logs_in, standing),
        (lobby("two"), nothing()),
    ];
    let arrivals = arrivals.map(|(deed, brings)| Arrival {
        event: event(deed),
        brings,
    });
    let (credit, _) = Credit::new();
    let continuity = Continuity::Unbroken;
    stage
        .tell(Arrived {
            continuity,
            arrivals: arrivals.into(),
            credit,
        })
        .await;
    stage.hears(&["[PM] dave: psst\n to [0]"]).await;
    stage
        .hears(&[" to 0, then Live", "[lobby] dave: two\n to [0]"])
        .await;
}

#[actix::test]
async fn who_is_forgotten_is_addressed_no_more() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    stage.tell(Forget { conn: ConnId(0) }).await;
    let elsewhere = Deed::Claimed {
        user: user("person-0"),
        session: session_id(9),
        was: None,
        rooms: Vec::new(),
    };
    comes_back(stage.happens(vec![lobby("hi"), elsewhere])).await;
    stage.is_quiet().await;
}

#[actix::test]
async fn a_hub_that_is_gone_holds_up_nobody() {
    let (outbox, hub) = inbox();
    let gone = crate::testing::gone::<Handoff>().await;
    let hubs = vec![gone, probe::<Handoff, _>(&outbox)];
    let registry = RoomRegistry::new(hubs, vital()).start();
    let mut stage = Stage {
        registry,
        hubs: vec![hub],
    };
    stage.comes(0, 0, HIDDEN).await;
    stage.comes(1, 1, HIDDEN).await;
    let upstream = stage.happens(vec![lobby("hi")]);
    assert_eq!(
        in_words(&stage.hubs[0].next().await.deliveries),
        ["[lobby] dave: hi\n to [1]"]
    );
    comes_back(upstream).await;
}

#[actix::test]
async fn who_comes_back_is_told_what_it_missed_and_then_what_happens() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    stage.log_goes_on(&[(1, lobby("one")), (2, lobby("two"))]);
    stage
        .hears(&["[lobby] dave: one\n[lobby] dave: two\n to [0]"])
        .await;
    let missed = Missed::After(place(1));
    stage.comes_back(1, 3, missed).await;
    let back = in_words(&stage.hubs[0].next().await.deliveries);
    assert_eq!(back, ["[lobby] dave: two\n to 1, then Live"]);
    stage.log_goes_on(&[(4, lobby("three"))]);
    stage.hears(&["[lobby] dave: three\n to [0, 1]"]).await;
}

#[actix::test]
async fn who_fell_behind_is_told_part_by_part_without_a_seam() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    let long = "x".repeat(1000);
    let said = |n: u64| lobby(&format!("{n} {long}"));
    stage.log_goes_on(&[(1, said(1)), (2, said(2))]);
    drop(stage.hubs[0].next().await);
    let conn = ConnId(0);
    let after = place(1);
    stage.tell(FellBehind { conn, after }).await;
    for n in 3..=60 {
        stage.log_goes_on(&[(n, said(n))]);
    }
    stage.hubs[0].is_quiet().await;
    let (mut told, mut parts) = (String::new(), 0);
    loop {
        stage.tell(CatchUp { conn }).await;
        let handoff = stage.hubs[0].next().await;
        let [Delivery::Missed { part, .. }] = &handoff.deliveries[..] else {
            panic!("{:?}", handoff.deliveries)
        };
        told += &utf8(&part.bytes);
        parts += 1;
        if part.then == Then::Live {
            break;
        }
    }
    let numbers: Vec<u64> = told
        .lines()
        .map(|line| line.split(' ').nth(2).unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers, (2..=60).collect::<Vec<_>>());
    assert!(parts > 1, "more than fits one part");
    stage.log_goes_on(&[(61, lobby("live"))]);
    stage.hears(&["[lobby] dave: live\n to [0]"]).await;
}

#[actix::test]
async fn what_was_kept_is_told_alone_by_a_node_that_has_just_begun_to_read() {
    let mut stage = Stage::with_hubs(1);
    let (outbox, mut looks) = inbox::<Call<LookBack>>();
    stage.tell(Archive(desk::<LookBack, _>(&outbox))).await;
    let hush = event_at("8-2", whisper("dave", "person-0", "hush"));
    let kept = Kept {
        gaps: Vec::new(),
        events: vec![Arc::new(hush)],
    };
    stage.comes_back(0, 3, Missed::Kept(kept)).await;
    stage
        .hears(&["2026-11-22T21:30:05Z [PM] dave: hush\n to 0, then Live"])
        .await;
    looks.is_quiet().await;
}

#[actix::test]
async fn what_is_not_kept_is_looked_up_and_said_to_be_missing_where_it_is() {
    let mut stage = Stage::with_hubs(1);
    let (outbox, mut looks) = inbox();
    stage.tell(Archive(desk::<LookBack, _>(&outbox))).await;
    stage.comes(0, 0, HIDDEN).await;
    stage.comes_back(1, 3, Missed::After(at("8-1"))).await;
    let first: Call<LookBack> = looks.next().await;
    let (after, upto) = (at("8-1"), at("1763850000-1040"));
    assert_eq!(first.asked, LookBack { after, upto });
    first.answer(Err(StoreFailed::NotDone));
    stage.log_goes_on(&[(4, lobby("meanwhile"))]);
    stage.hears(&["[lobby] dave: meanwhile\n to [0]"]).await;
    let again = looks.next().await;
    again.answer(Ok(LookedBack {
        events: vec![Arc::new(event_at("8-2", lobby("two")))],
        rest: Rest::Nothing,
    }));
    stage
        .hears(&["[lobby] dave: two\n[lobby] dave: meanwhile\n to 1, then Live"])
        .await;
}

#[actix::test]
async fn whose_account_goes_elsewhere_is_told_nothing_more_of_what_it_missed() {
    let mut stage = Stage::with_hubs(1);
    stage.comes(0, 0, HIDDEN).await;
    stage.log_goes_on(&[(1, lobby("one"))]);
    drop(stage.hubs[0].next().await);
    let (conn, after) = (ConnId(0), place(0));
    stage.tell(FellBehind { conn, after }).await;
    let elsewhere = Deed::Claimed {
        user: user("person-0"),
        session: session_id(99),
        was: None,
        rooms: Vec::new(),
    };
    stage.log_goes_on(&[(2, elsewhere), (3, lobby("two"))]);
    stage.hears(&["end 0: replaced"]).await;
    stage.tell(CatchUp { conn }).await;
    stage.is_quiet().await;
}

/// An epoch behind that of the people who came first.
const EPOCH: u64 = 1_763_850_001;

const fn place(n: u64) -> Position {
    Position { epoch: EPOCH, n }
}

/// A registry, and what reaches its hubs.
struct Stage {
    registry: Addr<RoomRegistry>,
    hubs: Vec<Inbox<Handoff>>,
}

impl Stage {
    fn with_hubs(count: usize) -> Self {
        let (mut recipients, mut hubs) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (outbox, hub) = inbox();
            recipients.push(probe::<Handoff, _>(&outbox));
            hubs.push(hub);
        }
        let registry = RoomRegistry::new(recipients, vital()).start();
        Self { registry, hubs }
    }

    /// `person-<conn>` logs in on this node and is in the lobby.
    async fn comes(&self, conn: u64, hub: u64, format: Format) {
        let (conn, hub) = (ConnId(conn), HubId(usize::try_from(hub).unwrap()));
        let person = user(&format!("person-{conn}"));
        self.tell(Introduce {
            conn,
            user: person.clone(),
            hub,
            format,
        })
        .await;
        let deed = Deed::Claimed {
            user: person,
            session: session_id(conn.0),
            was: None,
            rooms: Vec::new(),
        };
        let (rooms, follows) = (vec![RoomName::lobby()], Vec::new());
        let arrivals = vec![Arrival {
            event: event(deed),
            brings: Brings::Standing {
                rooms,
                follows,
                missed: Missed::Nothing,
            },
        }];
        let (credit, returned) = Credit::new();
        self.tell(Arrived {
            continuity: Continuity::Unbroken,
            arrivals,
            credit,
        })
        .await;
        comes_back(returned).await;
    }

    async fn tell<M>(&self, message: M)
    where
        M: actix::Message<Result = ()> + Send + 'static,
        RoomRegistry: Handler<M>,
    {
        self.registry.send(message).await.unwrap();
    }

    /// The log goes on.
    fn happens(&self, deeds: Vec<Deed>) -> Returned {
        self.goes_on(Continuity::Unbroken, deeds)
    }

    fn goes_on(&self, continuity: Continuity, deeds: Vec<Deed>) -> Returned {
        let arrival = |deed| Arrival {
            event: event(deed),
            brings: Brings::Nothing,
        };
        let arrivals = deeds.into_iter().map(arrival).collect();
        let (credit, returned) = Credit::new();
        self.registry
            .try_send(Arrived {
                continuity,
                arrivals,
                credit,
            })
            .unwrap();
        returned
    }

    /// Events at these ordinals of the next epoch.
    fn log_goes_on(&self, events: &[(u64, Deed)]) {
        let arrival = |(n, deed): &(u64, Deed)| Arrival {
            event: Arc::new(event_at(&format!("{EPOCH}-{n}"), deed.clone())),
            brings: Brings::Nothing,
        };
        let (credit, _) = Credit::new();
        let arrived = Arrived {
            continuity: Continuity::Unbroken,
            arrivals: events.iter().map(arrival).collect(),
            credit,
        };
        self.registry.try_send(arrived).unwrap();
    }

    /// `person-<conn>` comes back at this ordinal of the next epoch, and is still in the lobby.
    async fn comes_back(&self, conn: u64, n: u64, missed: Missed) {
        let (hub, format) = (HubId(0), HIDDEN);
        let introduce = Introduce {
            conn: ConnId(conn),
            user: user(&format!("person-{conn}")),
            hub,
            format,
        };
        self.tell(introduce).await;
        self.claims(conn, n, missed).await;
    }

    /// The same who was suspended.
    async fn claims_again(&self, conn: u64, n: u64) {
        self.claims(conn, n, Missed::SinceSuspended).await;
    }

    async fn claims(&self, conn: u64, n: u64, missed: Missed) {
        let deed = Deed::Claimed {
            user: user(&format!("person-{conn}")),
            session: session_id(conn),
            was: None,
            rooms: Vec::new(),
        };
        let brings = Brings::Standing {
            rooms: vec![RoomName::lobby()],
            follows: Vec::new(),
            missed,
        };
        let arrivals = vec![Arrival {
            event: Arc::new(event_at(&format!("{EPOCH}-{n}"), deed)),
            brings,
        }];
        let (credit, _) = Credit::new();
        let continuity = Continuity::Unbroken;
        self.tell(Arrived {
            continuity,
            arrivals,
            credit,
        })
        .await;
    }

    async fn hears(&mut self, expected: &[&str]) {
        let handoff = self.hubs[0].next().await;
        assert_eq!(in_words(&handoff.deliveries), expected);
    }

    async fn is_quiet(&mut self) {
        for hub in &mut self.hubs {
            hub.is_quiet().await;
        }
    }
}

/// The same with its ordinal.
fn said(said: &str, ordinal: u64) -> Deed {
    let mut deed = lobby(said);
    if let Deed::RoomMessage { k, .. } = &mut deed {
        *k = ordinal;
    }
    deed
}

/// Said in the lobby on another node.
fn lobby(said: &str) -> Deed {
    room_message("lobby", "dave", said)
}

async fn is_pending(future: &mut (impl Future<Output = ()> + Unpin)) -> bool {
    settle().await;
    tokio::time::timeout(std::time::Duration::ZERO, future)
        .await
        .is_err()
}

/// Of one room whose members all want the same format.
fn events_in(deliveries: &[Delivery]) -> usize {
    let [Delivery::Run(run)] = deliveries else {
        panic!("one room is one run: {deliveries:?}")
    };
    run.frames.len()
}

fn in_words(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(words).collect()
}

fn words(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Run(Run { frames, to }) => {
            let mut to: Vec<_> = to.iter().map(|conn| conn.0).collect();
            to.sort_unstable();
            let said = frames.iter().map(|frame| match frame.except {
                None => utf8(&frame.bytes),
                Some(except) => format!("{}(not to {except})", utf8(&frame.bytes)),
            });
            format!("{} to {to:?}", said.collect::<String>())
        }
        Delivery::End { conn, ending } => format!("end {conn}: {}", ending.label()),
        Delivery::FormatSet { conn } => format!("format set for {conn}"),
        Delivery::Suspended { conn } => format!("{conn} has to claim again"),
        Delivery::PutOut { conn, room, .. } => format!("{conn} is out of {room}"),
        Delivery::Probe { conn } => format!("is {conn} alive?"),
        Delivery::HolderAlive { conn } => format!("{conn} waits in vain"),
        Delivery::Missed { conn, part } => {
            format!("{} to {conn}, then {:?}", utf8(&part.bytes), part.then)
        }
    }
}

fn utf8(bytes: &Bytes) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
