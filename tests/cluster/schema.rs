//! What other programs may read in the store: four keys and a channel.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Cluster, PREFIX, Redis, eventually};

type Set = BTreeSet<String>;
type Hash = BTreeMap<String, String>;

fn set<const N: usize>(members: [&str; N]) -> Set {
    members.map(str::to_owned).into()
}

/// Whether it is `<epoch>-<n>`.
fn is_position(word: &str) -> bool {
    let is_number = |part: &str| part.parse::<u64>().is_ok();
    word.split_once('-')
        .is_some_and(|(epoch, n)| is_number(epoch) && is_number(n))
}

/// Whether it is a run of this node.
fn is_incarnation(word: &str, node: &str) -> bool {
    let run = word
        .strip_prefix(node)
        .and_then(|rest| rest.strip_prefix('.'));
    run.is_some_and(|run| u32::from_str_radix(run, 16).is_ok())
}

#[tokio::test]
async fn sessions_rooms_and_subscribers_are_where_they_were_always() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("anna", &cluster.one), ("Ben", &cluster.two)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    let key = |name: &str| cluster.key(name);
    let redis = &cluster.redis;

    assert_eq!(redis.kind(&key("sessions")), "hash");
    let sessions: Hash = redis.ask_words(&["HGETALL", &key("sessions")]);
    let who: Set = sessions.keys().cloned().collect();
    assert_eq!(who, set(["anna", "ben"]));
    for (user, node) in [("anna", "node-1"), ("ben", "node-2")] {
        let words: Vec<_> = sessions[user].split(' ').collect();
        let [fence, incarnation, conn, state] = words[..] else {
            panic!("{words:?}");
        };
        assert!(is_position(fence), "{fence}");
        assert!(is_incarnation(incarnation, node), "{incarnation}");
        assert!(conn.parse::<u64>().is_ok(), "{conn}");
        assert_eq!(state, "live");
    }

    assert_eq!(redis.kind(&key("user:room")), "hash");
    let rooms: Hash = redis.ask_words(&["HGETALL", &key("user:room")]);
    let rooms: Vec<_> = rooms
        .iter()
        .map(|(user, room)| format!("{user} in {room}"))
        .collect();
    assert_eq!(rooms, ["anna in den", "ben in lobby"]);

    for (name, members) in [
        ("room:den", set(["anna"])),
        ("room:lobby", set(["ben"])),
        ("subs:anna", set(["ben"])),
    ] {
        assert_eq!(redis.kind(&key(name)), "set", "{name}");
        let found: Set = redis.ask_words(&["SMEMBERS", &key(name)]);
        assert_eq!(found, members, "{name}");
    }
}

#[tokio::test]
async fn nothing_stays_behind_but_subscriptions() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let cluster = Cluster::with(redis, &[("accounts.grace", "1s")]).await;
    let people = [("anna", &cluster.one), ("ben", &cluster.two)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    ben.asks("/subscribe anna", "* You subscribe to anna.")
        .await;
    anna.asks("/join den", "* You are in den (1 here).").await;
    ben.hears("* anna left lobby").await;
    anna.quits().await;
    // This one does not say goodbye, and keeps the place for a second.
    drop(ben);
    let gone = ["sessions", "user:room", "room:den", "room:lobby"];
    eventually("everybody to have left", || {
        gone.iter()
            .all(|name| cluster.redis.kind(&cluster.key(name)) == "none")
    })
    .await;
    let subs = cluster.key("subs:anna");
    let left: Set = cluster.redis.ask_words(&["SMEMBERS", &subs]);
    assert_eq!(left, set(["ben"]));
    let mut ben = cluster.one.node.login("ben").await;
    ben.asks("/unsubscribe anna", "* You no longer subscribe to anna.")
        .await;
    assert_eq!(cluster.redis.kind(&subs), "none");
}

#[tokio::test]
async fn everything_stands_under_the_prefix() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("anna", &cluster.one), ("ben", &cluster.two)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    anna.says("hello").await;
    ben.hears("[lobby] anna: hello").await;
    anna.says("/msg ben psst").await;
    ben.hears("[PM] anna: psst").await;
    ben.asks("/away tea", "* You are away: tea").await;
    let keys: Vec<String> = cluster.redis.ask("KEYS *");
    let strange: Vec<_> = keys.iter().filter(|key| !key.starts_with(PREFIX)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    let channels: Vec<String> = cluster.redis.ask("PUBSUB CHANNELS");
    assert_eq!(channels, [cluster.key("global_chat_events")]);
}

#[tokio::test]
async fn a_message_is_on_the_channel_as_it_always_was() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let people = [("anna", &cluster.one), ("ben", &cluster.two)];
    let [mut anna, mut ben] = cluster.newcomers(people).await;
    anna.wants_positions().await;
    let mut overheard = cluster.redis.overhear(&cluster.key("global_chat_events"));
    let text = r#"he said "hello", \o/ ünd so weiter"#;
    let position = anna.says_for_sure(text).await;
    ben.hears(&format!("[lobby] anna: {text}")).await;

    let event: Value = serde_json::from_str(&overheard.next()).unwrap();
    assert_eq!(event["room"], "lobby");
    assert_eq!(event["sender"], "anna");
    assert_eq!(event["type"], "room_message");
    assert_eq!(event["text"], text);
    assert_eq!(event["exclude_sender"], true);
    assert_eq!(event["v"], 1);
    assert_eq!(event["id"], position);
    assert_eq!(event["k"], 1);
    assert_eq!(event["public"], true);
    assert!(event["at"].as_u64().unwrap() > 1_700_000_000_000, "{event}");
    let log: String = cluster
        .redis
        .ask_words(&["HGET", &cluster.key("lineage"), "log"]);
    assert_eq!(event["log"], log);
    let (incarnation, conn) = event["origin"].as_str().unwrap().split_once('/').unwrap();
    assert!(is_incarnation(incarnation, "node-1"), "{incarnation}");
    assert!(conn.parse::<u64>().is_ok(), "{conn}");

    // The log has the same, without what the entry itself says.
    type Entries = Vec<(String, Hash)>;
    let entries: Entries =
        cluster
            .redis
            .ask_words(&["XRANGE", &cluster.key("log"), &position, &position]);
    let record: Value = serde_json::from_str(&entries[0].1["e"]).unwrap();
    let mut wanted = event.clone();
    for own in ["id", "log"] {
        wanted.as_object_mut().unwrap().remove(own);
    }
    assert_eq!(record, wanted);
}
