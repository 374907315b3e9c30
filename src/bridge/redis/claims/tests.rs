//! What a session is owed whose claim event was lost.

use super::*;
use crate::messages::Lost::{TakenBack, Trimmed};
use crate::testing::{at, gone, session_id, user};

fn standing(missed: Missed) -> Brings {
    Brings::Standing {
        rooms: Vec::new(),
        follows: Vec::new(),
        missed,
    }
}

#[actix::test]
async fn whose_claim_event_was_lost_is_told_what_stands_behind_it_when_it_has_claimed_again() {
    let (fence, seen, again) = (at("5-4"), at("5-2"), at("7-1"));
    let to = gone::<SessionMail>().await;
    let session = session_id(1);
    for (missed, holes, told) in [
        (Missed::Nothing, &[Trimmed][..], Missed::After(fence)),
        (Missed::Nothing, &[TakenBack], Missed::AfterTakenBack(fence)),
        (Missed::After(seen), &[Trimmed], Missed::After(seen)),
        (
            Missed::After(seen),
            &[TakenBack],
            Missed::AfterTakenBack(seen),
        ),
        // The worst that happens before it has claimed again.
        (
            Missed::Nothing,
            &[Trimmed, TakenBack],
            Missed::AfterTakenBack(fence),
        ),
        (
            Missed::Nothing,
            &[TakenBack, Trimmed],
            Missed::AfterTakenBack(fence),
        ),
        (
            Missed::AfterTakenBack(seen),
            &[Trimmed],
            Missed::AfterTakenBack(seen),
        ),
    ] {
        let mut claims = Claims::new(Duration::ZERO);
        claims.asked(&session, user("alice"), to.clone());
        claims.answered(fence, standing(missed), session.conn);
        for lost in holes {
            claims.lost(at("6-0"), *lost);
        }
        claims.answered(again, standing(Missed::SinceSuspended), session.conn);
        assert_eq!(claims.brings(again), standing(told), "{holes:?}");
    }
}

/// The answer had been lost with the connection, and the event with the log behind it.
#[actix::test]
async fn whose_claim_is_answered_behind_the_loss_of_its_event_claims_again_too() {
    let (fence, again, later) = (at("5-4"), at("7-1"), at("7-2"));
    let to = gone::<SessionMail>().await;
    let session = session_id(1);
    let missed_kept = Missed::Kept(crate::messages::Kept::default());
    for (missed, told) in [
        (Missed::Nothing, "Suspended"),
        (Missed::After(at("5-2")), "Suspended"),
        (Missed::SinceSuspended, "Suspended"),
        (missed_kept, "End(MessagesLost)"),
    ] {
        let mut claims = Claims::new(Duration::ZERO);
        claims.asked(&session, user("alice"), to.clone());
        assert!(claims.lost(at("6-0"), Trimmed).is_empty(), "it is not live");
        claims.answered(fence, standing(missed), session.conn);
        let mail = claims.came_late(fence);
        assert_eq!(format!("{mail:?}"), format!("Some({told})"));
        // What it claims behind the loss is read in the log.
        for fence in [again, later] {
            claims.answered(fence, standing(Missed::SinceSuspended), session.conn);
            assert!(claims.came_late(fence).is_none());
            assert_ne!(claims.brings(fence), Brings::Nothing);
        }
    }
}

/// A store that went back holds what a session was before it logged in.
#[actix::test]
async fn a_guest_whom_the_store_got_back_ends_and_the_account_claims_again() {
    let guest = UserName::stored("~al.0/Al").unwrap();
    let (session, conn) = (session_id(1), session_id(1).conn);
    let mut claims = Claims::new(Duration::from_secs(15));
    claims.asked(&session, guest.clone(), gone().await);
    claims.answered(at("5-1"), standing(Missed::Nothing), conn);
    claims.wants(&session, user("alice"));
    let holds = |user: &UserName| HashSet::from([(conn, user.clone())]);
    for by_now in [&guest, &user("alice")] {
        assert_eq!(
            claims.doubtful(&holds(by_now)),
            [],
            "whether that is answered or not"
        );
        assert_eq!(claims.due(&session, by_now), Due::Stays);
    }
    claims.answered(at("5-2"), standing(Missed::Nothing), conn);
    assert_eq!(claims.doubtful(&holds(&user("alice"))), []);
    assert_eq!(claims.doubtful(&holds(&guest)), [conn]);
    assert_eq!(claims.due(&session, &guest), Due::Ends);

    claims.parts(&session, &user("alice"), Parting::Broken, Instant::now());
    let kept = Due::Kept(Parting::Broken);
    assert_eq!(claims.due(&session, &user("alice")), kept);
    assert_eq!(
        claims.due(&session, &guest),
        Due::Ends,
        "nobody lets it go later"
    );
}
