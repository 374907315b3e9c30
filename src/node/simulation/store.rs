//! Whether what a store holds in the end is what its log says.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::{Fold, is_guest};
use super::judge::Verdict;
use crate::bridge::redis::simulated::network::Server;

/// Hashes by people, who are in them while they are there.
const BY_PEOPLE: [&str; 7] = [
    "sessions",
    "names",
    "user:room",
    "away",
    "profiles",
    "operators",
    "seen",
];

/// Whether all that the store holds is what its log says.
pub(super) fn agrees(server: &mut Server, fold: &Fold) -> Verdict {
    let live = fold.live.iter().map(|(user, (fence, session))| {
        let (run, conn) = (&session.incarnation, session.conn);
        (user.clone(), format!("{fence} {run} {conn} live"))
    });
    same(
        "sessions",
        &live.collect::<BTreeMap<_, _>>(),
        &hash(server, "sessions"),
    )?;
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (user, (_, session)) in &fold.live {
        held.entry(session.incarnation.to_string())
            .or_default()
            .insert(user.clone());
    }
    for run in hash(server, "nodes").into_keys() {
        let expected = held.remove(&run).unwrap_or_default();
        same(
            &format!("held:{run}"),
            &expected,
            &set(server, &format!("held:{run}")),
        )?;
    }
    same("what runs hold that are not known", &BTreeMap::new(), &held)?;
    same("nicks", &fold.nicks.held(), &hash(server, "nicks"))?;
    places_agree(server, fold)?;
    nothing_is_left(server, fold)
}

/// The same of who is where and follows whom.
fn places_agree(server: &mut Server, fold: &Fold) -> Verdict {
    let mut rooms_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for room in super::person::ROOMS {
        let expected = fold.members.get(room).cloned().unwrap_or_default();
        same(
            &format!("room:{room}"),
            &expected,
            &set(server, &format!("room:{room}")),
        )?;
        for user in expected {
            rooms_of.entry(user).or_default().insert(room.to_owned());
        }
    }
    let guests = fold.live.keys().filter(|user| is_guest(user)).cloned();
    let accounts = super::ACCOUNTS
        .iter()
        .map(|account| account.to_ascii_lowercase());
    for user in accounts.chain(guests) {
        let expected = rooms_of.remove(&user).unwrap_or_default();
        let key = format!("rooms:{user}");
        let there = server.look(&["ZRANGE", &key, "0", "-1"]);
        let there: Vec<String> = redis::from_redis_value(there).expect("a list");
        let current = hash(server, "user:room").remove(&user);
        same(
            &format!("user:room of {user}"),
            &there.last().cloned(),
            &current,
        )?;
        same(&key, &expected, &there.into_iter().collect())?;
        let expected = fold.follows.get(&user).cloned().unwrap_or_default();
        same(
            &format!("follows:{user}"),
            &expected,
            &set(server, &format!("follows:{user}")),
        )?;
        let followers = fold.follows.iter().filter(|(_, all)| all.contains(&user));
        let expected = followers.map(|(follower, _)| follower.clone()).collect();
        same(
            &format!("subs:{user}"),
            &expected,
            &set(server, &format!("subs:{user}")),
        )?;
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, there: &T) -> Verdict {
    if expected == there {
        return Ok(());
    }
    Err(format!(
        "{what}: by the log {expected:?}, in the store {there:?}"
    ))
}

fn hash(server: &mut Server, key: &str) -> BTreeMap<String, String> {
    redis::from_redis_value(server.look(&["HGETALL", key])).expect("a hash")
}

fn set(server: &mut Server, key: &str) -> BTreeSet<String> {
    redis::from_redis_value(server.look(&["SMEMBERS", key])).expect("a set")
}

/// Of a guest who is gone there is nothing but what the log and the rooms remember.
fn nothing_is_left(server: &mut Server, fold: &Fold) -> Verdict {
    let keys: Vec<String> =
        redis::from_redis_value(server.look(&["KEYS", "*"])).expect("a list of keys");
    let mut known = BTreeMap::new();
    for key in &keys {
        if let Some((_, guest)) = key.split_once(":~") {
            known.insert(format!("~{guest}"), key.clone());
        }
        if key.ends_with(":ranks") {
            let there = hash(server, key)
                .into_keys()
                .map(|user| (user, key.clone()));
            known.extend(there);
        }
    }
    for key in BY_PEOPLE {
        let there = hash(server, key).into_keys();
        known.extend(there.map(|user| (user, key.to_owned())));
    }
    let mut gone = known.iter().filter(|(user, _)| is_guest(user));
    match gone.find(|(user, _)| !fold.live.contains_key(*user)) {
        Some((user, key)) => Err(format!("{user} is gone, and in {key}")),
        None => Ok(()),
    }
}
