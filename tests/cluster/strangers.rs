//! What others put into the log or on the channel: ignored, and never the end of anything.

use serde_json::json;

use crate::support::{Client, Cluster, eventually};

/// Something is said on both nodes, and everybody hears it next.
async fn chat_goes_on(a: &mut Client, b: &mut Client) {
    a.says("from the one").await;
    b.hears("[lobby] a: from the one").await;
    b.says("from the other").await;
    a.hears("[lobby] b: from the other").await;
    for person in [a, b] {
        person.hears_nothing_else().await;
    }
}

async fn two_people(cluster: &Cluster) -> [Client; 2] {
    let people = [("a", &cluster.one), ("b", &cluster.two)];
    cluster.newcomers(people).await
}

#[tokio::test]
async fn what_is_no_event_on_the_channel_is_ignored() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut a, mut b] = two_people(&cluster).await;
    let channel = cluster.key("global_chat_events");
    let log: String = cluster
        .redis
        .ask_words(&["HGET", &cluster.key("lineage"), "log"]);
    let message = json!({
        "type": "room_message", "room": "lobby", "k": 1, "public": true, "sender": "b",
        "text": "forged", "exclude_sender": false, "at": 1_763_850_123_456_u64,
    });
    let with = |more: serde_json::Value| {
        let mut event = message.clone();
        for (key, value) in more.as_object().unwrap() {
            event[key] = value.clone();
        }
        event.to_string()
    };
    let first = "1-1";
    let far = "99999999999-7";
    let deep = "[".repeat(10_000);
    for said in [
        "",
        "hello",
        "{}",
        "null",
        "[1,2,3]",
        "{\"v\":1,\"log\":",
        &deep,
        // The old form, without a place in the log.
        &with(json!({})),
        &with(json!({"v": 1, "log": log})),
        &with(json!({"v": 1, "log": "other", "id": far})),
        &with(json!({"v": 1, "log": log, "id": "somewhere"})),
        &with(json!({"v": 1, "log": log, "id": 7})),
        // Long ago for everybody.
        &with(json!({"v": 1, "log": log, "id": first})),
        // A place that the log does not have.
        &with(json!({"v": 1, "log": log, "id": far})),
        &with(json!({"v": 2, "log": log, "id": far})),
        &with(json!({"v": 1, "log": log, "id": far, "type": "dance"})),
        &with(json!({"v": "one", "log": log, "id": far})),
    ] {
        eventually("both nodes to listen", || {
            let (_, ears): (String, u64) = cluster.redis.ask_words(&["PUBSUB", "NUMSUB", &channel]);
            ears == 2
        })
        .await;
        let _heard: u64 = cluster.redis.ask_words(&["PUBLISH", &channel, said]);
        chat_goes_on(&mut a, &mut b).await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_on_the_channel_are_ignored() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut a, mut b] = two_people(&cluster).await;
    let mut talk = cluster.redis.talk();
    redis::cmd("PUBLISH")
        .arg(cluster.key("global_chat_events"))
        .arg(&[0xff_u8, 0xfe, 0, b'{'][..])
        .exec(&mut talk)
        .unwrap();
    chat_goes_on(&mut a, &mut b).await;
}

/// Somebody appends this entry to the log, and what is said next is read all the same.
async fn is_passed_over(field: &str, value: &[u8]) {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut a, mut b] = two_people(&cluster).await;
    a.wants_positions().await;
    let position = a.says_for_sure("before").await;
    b.hears("[lobby] a: before").await;
    let epoch = position.split_once('-').unwrap().0;
    redis::cmd("XADD")
        .arg(cluster.key("log"))
        .arg(format!("{epoch}-*"))
        .arg(field)
        .arg(value)
        .exec(&mut cluster.redis.talk())
        .unwrap();
    // The next event has no neighbour that the nodes have read: they look it up.
    a.says_for_sure("after").await;
    b.hears("[lobby] a: after").await;
    b.hears_nothing_else().await;
}

#[tokio::test]
async fn an_unknown_type_in_the_log_is_passed_over() {
    is_passed_over(
        "e",
        br#"{"v":1,"type":"dance","user":"a","at":1763850123456}"#,
    )
    .await;
}

#[tokio::test]
async fn a_newer_version_in_the_log_is_passed_over() {
    is_passed_over("e", br#"{"v":2,"type":"room_message","at":1763850123456}"#).await;
}

#[tokio::test]
async fn a_record_that_is_none_is_passed_over() {
    is_passed_over("e", b"hello").await;
}

#[tokio::test]
async fn a_record_that_is_no_text_is_passed_over() {
    is_passed_over("e", b"\xff\xfe").await;
}

#[tokio::test]
async fn an_entry_without_a_record_is_passed_over() {
    is_passed_over("other", b"field").await;
}

#[tokio::test]
async fn a_message_with_more_fields_than_known_is_a_message() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let [mut a, mut b] = two_people(&cluster).await;
    a.wants_positions().await;
    let position = a.says_for_sure("before").await;
    b.hears("[lobby] a: before").await;
    let epoch = position.split_once('-').unwrap().0;
    let record = json!({
        "v": 1, "type": "room_message", "room": "lobby", "k": 2, "public": true, "sender": "a",
        "text": "from a newer node", "exclude_sender": true, "colour": {"r": 1},
        "at": 1_763_850_123_456_u64,
    });
    let words = [
        "XADD",
        &cluster.key("log"),
        &format!("{epoch}-*"),
        "e",
        &record.to_string(),
    ];
    let _id: String = cluster.redis.ask_words(&words);
    // Nobody published it: a beat finds it.
    b.hears("[lobby] a: from a newer node").await;
    a.says_for_sure("after").await;
    b.hears("[lobby] a: after").await;
}
