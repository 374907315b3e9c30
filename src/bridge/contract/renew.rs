//! Sentence 9: a session whose claim is in question claims again.

use super::Subject;
use super::words::{
    entered_deed, entering, follow, moving, online, position, release, renew, room_named, say,
    standing_suspended, user,
};
use super::world::{Caller, World};
use crate::chat::{Deed, RoomName};
use crate::messages::{FirstRoom, Outcome};

impl Caller {
    /// Claims again; into which rooms, if it may.
    pub(in crate::bridge) async fn claims_again(
        &mut self,
        name: &str,
        rooms: &[&str],
        begins: FirstRoom,
    ) -> Result<Vec<RoomName>, Outcome> {
        let fence = self.claim.as_ref().expect("a claim").fence;
        self.send(renew(name, fence, rooms, begins));
        match self.outcome().await {
            Outcome::Claimed { claim, rooms } => {
                assert!(claim.fence > fence);
                self.claim = Some(claim);
                Ok(rooms)
            }
            other => Err(other),
        }
    }
}

pub(in crate::bridge) async fn who_claims_again_stays_where_it_was<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    let _bob = world.live("bob").await;
    alice.done(moving("lobby", "den")).await;
    alice.done(follow("bob")).await;
    world.events().await;
    let before = alice.claim.clone().expect("a claim");
    assert_eq!(
        alice
            .claims_again("alice", &["den"], FirstRoom::Lobby)
            .await
            .expect("hers"),
        [room_named("den")]
    );
    let arrivals = world.arrivals().await;
    let [claimed] = &arrivals[..] else {
        panic!("{arrivals:?}")
    };
    let session = alice.id.clone();
    let user = user("alice");
    assert_eq!(
        claimed.event.deed,
        Deed::Claimed {
            user,
            session,
            was: None,
            rooms: Vec::new()
        }
    );
    assert_eq!(claimed.brings, standing_suspended(&["den"], &["bob"]));
    position(&alice.done(say("den", "still here")).await);
    let now = alice.claim.replace(before);
    alice.send_live(say("den", "by the claim before"));
    assert!(matches!(alice.outcome().await, Outcome::Void));
    alice.claim = now;
    alice.done(online()).await;
}

pub(in crate::bridge) async fn a_later_claim_is_not_taken_back<S: Subject>() {
    let mut world = World::<S>::new().await;
    let mut alice = world.live("alice").await;
    alice.send(release("alice"));
    let mut elsewhere = world.caller();
    elsewhere.claims("alice").await;
    let refused = alice.claims_again("alice", &[], FirstRoom::Lobby).await;
    assert!(matches!(refused, Err(Outcome::Duplicate)), "{refused:?}");
    elsewhere.done(online()).await;
    // Without an account there is nothing to claim.
    let nobody = alice.claims_again("nobody", &[], FirstRoom::Lobby).await;
    assert!(matches!(nobody, Err(Outcome::Void)), "{nobody:?}");
}

pub(in crate::bridge) async fn who_was_let_go_claims_again_into_its_room_if_that_is_open<
    S: Subject,
>() {
    let mut world = World::<S>::new().await;
    let mut bob = world.live("bob").await;
    bob.done(moving("lobby", "den")).await;
    let mut carol = world.live("carol").await;
    carol.done(entering("lobby", "vault", "secret")).await;
    let mut alice = world.live("alice").await;
    for (wanted, room) in [("den", "den"), ("vault", "lobby"), ("attic", "lobby")] {
        alice.send(release("alice"));
        world.events().await;
        let found = alice
            .claims_again("alice", &[wanted], FirstRoom::Lobby)
            .await;
        assert_eq!(found.expect("free"), [room_named(room)], "{wanted}");
        let arrivals = world.arrivals().await;
        let deeds: Vec<_> = arrivals.iter().map(|arrival| &arrival.event.deed).collect();
        let [Deed::Claimed { .. }, entered] = deeds[..] else {
            panic!("{deeds:?}")
        };
        assert_eq!(*entered, entered_deed(&room_named(room), &user("alice")));
        assert_eq!(arrivals[0].brings, standing_suspended(&[], &[]));
    }
}
