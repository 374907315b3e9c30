//! Whether what the store holds fits together, and fits who is there.

use super::cluster::PREFIX;
use super::eventually;
use super::redis::Redis;

/// What in the store does not fit together.
const ODD: &str = include_str!("ledger.lua");

/// Waits until the sessions of the store are these people's and no others, all of them live; then
/// every claim, room and place has to fit.
pub(crate) async fn agrees_on(redis: &Redis, people: &[String]) {
    let mut wanted = people.to_vec();
    wanted.sort();
    let mut there = Vec::new();
    eventually("the sessions to be those of who is there", || {
        let sessions: Vec<(String, String)> = redis.ask(&format!("HGETALL {PREFIX}sessions"));
        let live = sessions
            .into_iter()
            .filter(|(_, held)| held.ends_with(" live"));
        there = live.map(|(user, _)| user).collect();
        there.sort();
        there == wanted
    })
    .await;
    fits_together(redis);
}

/// Every claim, room and place fits every other.
pub(crate) fn fits_together(redis: &Redis) {
    let odd: Vec<String> = redis.ask_words(&["EVAL", ODD, "0", PREFIX]);
    assert!(odd.is_empty(), "{odd:#?}");
}

/// Everybody said goodbye: the store knows nobody any more.
pub(crate) async fn nobody_is_left(redis: &Redis) {
    eventually("the store to be empty", || {
        let gone = |name: &str| redis.kind(&format!("{PREFIX}{name}")) == "none";
        let none = |name: &str| {
            redis
                .ask::<Vec<String>>(&format!("KEYS {PREFIX}{name}"))
                .is_empty()
        };
        ["sessions", "user:room", "room:lobby"]
            .into_iter()
            .all(gone)
            && ["held:*", "rooms:*"].into_iter().all(none)
    })
    .await;
    fits_together(redis);
}
