//! Commands by chance, each kind of value with its own, now and then under a key of another one.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::both::{Both, command, runner};
use crate::bridge::redis::testing::Server;

type Words = Vec<String>;

/// Stories, and commands of each.
const CASES: u32 = 150;
const COMMANDS: usize = 60;

/// The same of streams, which are long before they are trimmed by the node.
const STREAMS: u32 = 60;
const ENTRIES: usize = 260;

#[tokio::test]
async fn collections_are_a_redis() {
    let Some(server) = Server::get().await else {
        return;
    };
    let story = vec(
        prop_oneof![hash(), set(), sorted(), plain(), expiry(), key()],
        1..COMMANDS,
    );
    tell(&server, CASES, &story);
}

#[tokio::test]
async fn streams_are_a_redis() {
    let Some(server) = Server::get().await else {
        return;
    };
    let short = vec(
        prop_oneof![8 => appended(), 3 => read(), 2 => removed(), 1 => key()],
        1..COMMANDS,
    );
    tell(&server, CASES, &short);
    let long = vec(
        prop_oneof![60 => long_entry(), 1 => read(), 1 => removed()],
        ENTRIES..ENTRIES * 2,
    );
    tell(&server, STREAMS, &long);
}

fn tell(server: &Server, cases: u32, story: &impl Strategy<Value = Vec<Words>>) {
    let told = runner(cases).run(story, |story| {
        let mut both = Both::on(server);
        for words in &story {
            both.asks(&command(words));
        }
        both.asks(&command(&["KEYS", "*"]));
        Ok(())
    });
    told.unwrap_or_else(|error| panic!("{error}"));
}

// ── words ───────────────────────────────────────────────────────────────────────────────────

fn words(words: &[&str]) -> Words {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn of(all: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(all).prop_map(str::to_owned)
}

/// A key of a kind, seldom one of another.
fn under(own: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![30 => of(own), 1 => any_key()]
}

fn any_key() -> impl Strategy<Value = String> {
    of(&[
        "hash", "hash:2", "set", "sorted", "stream", "text", "list", "none",
    ])
}

fn member() -> impl Strategy<Value = String> {
    of(&["a", "b", "c", "B", "", "10", "9", "\u{e9}"])
}

fn count() -> impl Strategy<Value = String> {
    of(&["0", "1", "2", "3", "-1", "-2", "-9", "9", "x", "01"])
}

/// A command of these parts, all in order.
fn all(parts: Vec<BoxedStrategy<String>>) -> BoxedStrategy<Words> {
    parts.boxed()
}

/// The same with more words behind.
fn followed<S: Strategy<Value = String> + 'static>(
    parts: Vec<BoxedStrategy<String>>,
    more: S,
    most: usize,
) -> BoxedStrategy<Words> {
    let more = vec(more, 1..=most);
    (parts, more)
        .prop_map(|(mut words, more)| {
            words.extend(more);
            words
        })
        .boxed()
}

macro_rules! parts {
    ($($part:expr),* $(,)?) => { vec![$($part.boxed()),*] };
}

// ── collections ─────────────────────────────────────────────────────────────────────────────

fn hash() -> impl Strategy<Value = Words> {
    let key = || under(&["hash", "hash:2"]);
    prop_oneof![
        4 => followed(parts![of(&["HSET"]), key()], member(), 5),
        1 => all(parts![of(&["HSETNX"]), key(), member(), member()]),
        2 => followed(parts![of(&["HDEL", "HMGET"]), key()], member(), 3),
        2 => all(parts![of(&["HGET", "HEXISTS"]), key(), member()]),
        2 => all(parts![of(&["HKEYS", "HLEN", "HGETALL"]), key()]),
    ]
}

fn set() -> impl Strategy<Value = Words> {
    let key = || under(&["set"]);
    prop_oneof![
        3 => followed(parts![of(&["SADD", "SREM"]), key()], member(), 3),
        1 => all(parts![of(&["SISMEMBER"]), key(), member()]),
        1 => all(parts![of(&["SMEMBERS", "SCARD"]), key()]),
        1 => all(parts![of(&["SRANDMEMBER"]), key(), of(&["0", "1", "9", "x"])]),
    ]
}

fn sorted() -> impl Strategy<Value = Words> {
    let key = || under(&["sorted"]);
    let score = || {
        of(&[
            "0",
            "-0",
            "1",
            "2",
            "-3",
            "1700000000123",
            "1e3",
            "inf",
            "-inf",
            "nan",
            "x",
            "",
        ])
    };
    let bound = || of(&["-inf", "0", "1", "+inf", "x"]);
    let range = || parts![of(&["ZRANGE", "ZREVRANGE"]), key(), count(), count()];
    prop_oneof![
        4 => all(parts![of(&["ZADD"]), key(), score(), member()]),
        1 => all(parts![of(&["ZADD"]), key(), score(), member(), score(), member()]),
        1 => followed(parts![of(&["ZREM"]), key()], member(), 3),
        1 => all(parts![of(&["ZSCORE", "ZRANK"]), key(), member()]),
        1 => all(parts![of(&["ZCARD"]), key()]),
        2 => all(range()),
        2 => followed(range(), of(&["WITHSCORES"]), 1),
        1 => all(parts![of(&["ZRANGEBYSCORE"]), key(), bound(), bound()]),
        2 => all(parts![
            of(&["ZRANGEBYSCORE"]), key(), bound(), bound(), of(&["LIMIT"]), count(), count()
        ]),
    ]
}

fn plain() -> impl Strategy<Value = Words> {
    let time = || of(&["0", "-1", "100000", "9223372036854775807", "x"]);
    let set = || parts![of(&["SET"]), under(&["text"]), member()];
    prop_oneof![
        1 => all(set()),
        1 => followed(set(), of(&["NX", "XX", "nx"]), 2),
        1 => all(parts![of(&["SET"]), under(&["text"]), member(), of(&["PX", "EX"]), time()]),
        1 => all(parts![of(&["GET"]), under(&["text"])]),
        1 => followed(parts![of(&["RPUSH"]), under(&["list"])], member(), 3),
        1 => all(parts![of(&["LRANGE"]), under(&["list"]), count(), count()]),
    ]
}

fn expiry() -> impl Strategy<Value = Words> {
    let time = || {
        of(&[
            "0",
            "-5",
            "100000",
            "9000000000000000",
            "9223372036854775807",
            "x",
        ])
    };
    prop_oneof![
        2 => all(parts![of(&["EXPIRE", "PEXPIRE"]), any_key(), time()]),
        1 => all(parts![of(&["TTL", "PTTL", "PERSIST"]), any_key()]),
    ]
}

fn key() -> impl Strategy<Value = Words> {
    prop_oneof![
        2 => followed(parts![of(&["DEL", "EXISTS"])], any_key(), 3),
        1 => all(parts![of(&["COPY", "RENAME"]), any_key(), any_key()]),
        1 => all(parts![of(&["COPY"]), any_key(), any_key(), of(&["REPLACE"])]),
        1 => all(parts![of(&["KEYS"]), of(&["*", "h*", "?ash", "hash:*", "h\\ash", "*t", "**", "text"])]),
        1 => of(&["DBSIZE"]).prop_map(|word| words(&[&word])),
        1 => of(&["HGET", "XADD", "ZRANK", "DBSIZE"]).prop_map(|word| words(&[&word, "hash"])),
    ]
}

// ── streams ─────────────────────────────────────────────────────────────────────────────────

fn id() -> impl Strategy<Value = String> {
    const MOST: &str = "18446744073709551615-18446744073709551615";
    prop_oneof![
        20 => (0_u64..4, 0_u64..6).prop_map(|(ms, seq)| format!("{ms}-{seq}")),
        2 => (0_u64..4).prop_map(|ms| ms.to_string()),
        1 => of(&[MOST, "x", "1-x", "-1", "1-2-3", ""]),
    ]
}

fn appended() -> impl Strategy<Value = Words> {
    let key = || under(&["stream"]);
    let next = || prop_oneof![3 => id(), 3 => (0_u64..4).prop_map(|ms| format!("{ms}-*")), 1 => of(&["x-*"])];
    let pair = || vec(member(), 1..5);
    let trim = prop_oneof![
        3 => Just(Vec::new()),
        1 => Just(words(&["NOMKSTREAM"])),
        1 => count().prop_map(|count| words(&["MAXLEN", &count])),
        1 => count().prop_map(|count| words(&["NOMKSTREAM", "MAXLEN", "~", &count])),
        1 => count().prop_map(|count| words(&["maxlen", "=", &count])),
    ];
    (key(), trim, next(), pair()).prop_map(|(key, trim, next, pair)| {
        let mut all = words(&["XADD", &key]);
        all.extend(trim);
        all.push(next);
        all.extend(pair);
        all
    })
}

/// One as the log has them, and some others; short, long, and numbers.
fn long_entry() -> impl Strategy<Value = Words> {
    let length = prop_oneof![6 => 60_usize..260, 2 => 0_usize..20, 1 => 3900_usize..5000];
    let number = of(&[
        "0",
        "-1",
        "127",
        "128",
        "4096",
        "-40000",
        "9000000",
        "3000000000",
    ]);
    let value = prop_oneof![4 => length.prop_map(|length| "x".repeat(length)), 1 => number];
    let most = of(&["20", "100", "150", "1000"]);
    let fields = prop_oneof![
        8 => value.clone().prop_map(|value| words(&["e", &value, "i", "node-1.8c1f:77"])),
        1 => value.clone().prop_map(|value| words(&["e", &value])),
        1 => value.prop_map(|value| words(&["another", &value, "i", ""])),
    ];
    let id = prop_oneof![12 => Just("1763850000-*"), 1 => Just("1763850001-*")];
    (most, id, fields).prop_map(|(most, id, fields)| {
        let mut all = words(&["XADD", "stream", "MAXLEN", "~", &most, id]);
        all.extend(fields);
        all
    })
}

fn bound() -> impl Strategy<Value = String> {
    const FAR: &[&str] = &[
        "1763850000-5",
        "(1763850000-50",
        "(-",
        "1-18446744073709551615",
        "(1-18446744073709551615",
        "(18446744073709551615-18446744073709551615",
    ];
    prop_oneof![
        2 => of(&["-", "+"]),
        2 => id(),
        2 => id().prop_map(|id| format!("({id}")),
        1 => of(FAR),
    ]
}

fn read() -> impl Strategy<Value = Words> {
    let key = || under(&["stream"]);
    let range = || parts![of(&["XRANGE", "XREVRANGE"]), key(), bound(), bound()];
    prop_oneof![
        2 => all(range()),
        2 => (all(range()), count()).prop_map(|(mut range, count)| {
            range.extend(words(&["COUNT", &count]));
            range
        }),
        1 => all(parts![of(&["XLEN"]), key()]),
        2 => all(parts![of(&["XINFO"]), of(&["STREAM"]), key()]),
    ]
}

fn removed() -> impl Strategy<Value = Words> {
    let key = || under(&["stream"]);
    let logged = || (0_u64..300).prop_map(|n| format!("1763850000-{n}"));
    let trim = || of(&["0", "1", "3", "37", "120", "-1", "x"]);
    prop_oneof![
        2 => followed(parts![of(&["XDEL"]), key()], prop_oneof![id(), logged()], 3),
        1 => all(parts![of(&["XSETID"]), key(), prop_oneof![id(), logged()]]),
        1 => all(parts![of(&["XTRIM"]), key(), of(&["MAXLEN"]), trim()]),
        1 => all(parts![of(&["XTRIM"]), key(), of(&["MAXLEN"]), of(&["=", "~"]), trim()]),
    ]
}
