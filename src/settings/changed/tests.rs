use super::*;
use crate::settings::{Loaded, load};

fn read(text: &str) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conclave.toml");
    std::fs::write(&file, text).unwrap();
    let Loaded { settings, .. } = load(Some(&file), std::iter::empty()).unwrap();
    settings
}

const HASH: &str = "$2b$04$abcdefghijklmnopqrstuuxq0gK5R7mIjR0kW1rWZpGkT0xX0Yz5u";

#[test]
fn what_is_written_otherwise_is_named_by_its_key() {
    let redis = |password: &str| {
        format!("bridge.kind = \"redis\"\nredis.url = \"redis://:{password}@127.0.0.1/0\"")
    };
    let users = format!("[accounts.users]\nanna = \"{HASH}\"");
    let operators = format!("[irc.operators]\nroot = \"{HASH}\"");
    for (before, now, keys) in [
        ("", "", &[] as &[&str]),
        ("", "limits.rooms = 7", &["limits.rooms"]),
        (
            "irc.network = \"a\"",
            "irc.network = \"b\"\nnode.name = \"n\"",
            &["node.name", "irc.network"],
        ),
        ("", &users, &["accounts.users"]),
        (&operators, "", &["irc.operators"]),
        (&redis("a"), &redis("b"), &["redis.url"]),
        (&redis("a"), &redis("a"), &[]),
    ] {
        assert_eq!(changed(&read(before), &read(now)), keys, "{before} / {now}");
    }
}

#[test]
fn another_kind_of_bridge_is_told_with_what_belongs_to_it() {
    let redis = read("bridge.kind = \"redis\"");
    let keys = [
        "bridge.kind",
        "redis.url",
        "redis.prefix",
        "redis.channel",
        "redis.log_entries",
    ];
    assert_eq!(changed(&read(""), &redis), keys);
    assert_eq!(
        changed(&redis, &read("")),
        ["bridge.kind", "bridge.durability"]
    );
}
