//! What is said about the store of a cluster.

use super::*;

#[test]
fn a_store_of_a_cluster_is_read_and_no_mistake_in_it_shows_a_password() {
    let text =
        "bridge.kind = \"redis\"\n[redis]\nurl = \"rediss://a:hunter22@r:7\"\nprefix = \"x:\"";
    let Bridge::Redis(redis) = settings(text).bridge else {
        panic!("a Redis is meant");
    };
    assert_eq!(redis.url.to_string(), "rediss://a:***@r:7/0");
    let server = redis.url.server();
    assert_eq!(server.redis_settings().password(), Some("hunter22"));
    assert_eq!((redis.prefix.as_str(), redis.log_entries), ("x:", 100_000));
    assert_eq!(redis.channel, "global_chat_events");
    let shown = format!("{redis:?}{}", describe(&settings(text)));
    assert!(!shown.contains("hunter22"), "{shown}");
    for elsewhere in [
        "redis",
        "redis.prefix",
        "redis.channel",
        "redis.log_entries",
        "bridge.kind",
        "listen.line",
        "node.name",
        "bridge.url",
    ] {
        let lines = told(read(&format!("{elsewhere} = \"redis://:hunter22@r\"")));
        assert!(!lines.concat().contains("hunter22"), "{lines:?}");
    }
    let lines = told(read("redis.url = \"http://:hunter22@r\""));
    assert!(
        lines[0].starts_with("redis.url: found something else, wanted \"redis://"),
        "{lines:?}"
    );
    assert!(!lines[0].contains("hunter22"), "{lines:?}");
}

#[test]
fn names_that_are_none_are_mistakes() {
    for (text, line) in [
        (
            "redis.prefix = \"a b\"",
            "redis.prefix: found \"a b\", wanted 0 to 64 of A-Z a-z 0-9 _ - . : /",
        ),
        (
            "redis.channel = \"\"",
            "redis.channel: found \"\", wanted 1 to 64 of A-Z a-z 0-9 _ - . : /",
        ),
        (
            "redis.log_entries = 1",
            "redis.log_entries: found 1, wanted a number from 1000 to 100000000",
        ),
    ] {
        assert_eq!(told(read(text)), [line], "{text}");
    }
}

#[test]
fn settings_of_the_other_kind_of_bridge_are_warned_of_where_somebody_chose_them() {
    let loaded = read_with("", &[("CONCLAVE_REDIS__URL", "redis://:hunter22@r/0")]).unwrap();
    let warning = &loaded.warnings[0];
    assert_eq!(warning.place, "CONCLAVE_REDIS__URL");
    assert_eq!(
        warning.why,
        "has no effect while bridge.kind is \"embedded\""
    );
    assert_eq!(warned("redis.log_entries = 100000"), [""; 0]);
    assert_eq!(warned("redis.prefix = \"a:\"").len(), 1);
    let with_redis = |more: &str| warned(&format!("bridge.kind = \"redis\"\n{more}"));
    assert_eq!(with_redis("redis.prefix = \"a:\""), [""; 0]);
    assert_eq!(with_redis("bridge.durability = \"fsync\""), [""; 0]);
    let line = "bridge.durability: has no effect while bridge.kind is \"redis\"";
    assert_eq!(with_redis("bridge.durability = \"relaxed\""), [line]);
    let line = "node.data_dir: has no effect while bridge.kind is \"redis\"";
    assert_eq!(with_redis("node.data_dir = \"/srv\""), [line]);
}

#[test]
fn the_example_of_a_cluster_is_one() {
    let example = include_str!("../../../../config/cluster.toml");
    let node = |name: &str, line: &str, irc: &str| {
        let variables = [
            ("CONCLAVE_NODE__NAME", name),
            ("CONCLAVE_LISTEN__LINE", line),
            ("CONCLAVE_LISTEN__IRC", irc),
        ];
        let loaded = read_with(example, &variables).unwrap();
        assert_eq!(loaded.warnings, []);
        loaded.settings
    };
    let (one, two) = (
        node("node-1", "127.0.0.1:8001", "127.0.0.1:6697"),
        node("node-2", "127.0.0.1:8002", "127.0.0.1:6698"),
    );
    assert!(matches!(&one.bridge, Bridge::Redis(redis) if redis.prefix == "chat:"));
    assert_eq!((&one.bridge, &one.irc), (&two.bridge, &two.irc));
    assert_ne!(one.node.name, two.node.name);
}

#[test]
fn what_redis_may_have_to_hold_is_told() {
    let text = "bridge.kind = \"redis\"\nredis.log_entries = 2000\nlimits.rooms = 10\n\
                history.keep_messages = 100\nlimits.line_bytes = 512";
    let description = describe(&settings(text));
    assert!(
        description.contains("\n# At most 3 MiB in Redis for the log and "),
        "{description}"
    );
    assert!(!describe(&settings("")).contains("in Redis"));
    let most = "bridge.kind = \"redis\"\nredis.log_entries = 100000000\nlimits.rooms = 10000000\n\
                history.keep_messages = 10000000\nlimits.line_bytes = 16384";
    assert!(describe(&settings(most)).contains(" MiB in Redis"));
}
