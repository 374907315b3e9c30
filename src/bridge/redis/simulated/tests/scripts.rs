//! What scripts can do, one by one.

use redis::Value;

use super::both::{Both, command};
use crate::bridge::redis::testing::Server;

const CHANGE: &str = "#!lua\n";
const READ: &str = "#!lua flags=no-writes\n";
const MAKE_ROOM: &str = "#!lua flags=allow-oom\n";

/// A script's first line, the script, and what it is given.
type Case = (&'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (READ, "return 1", &[]),
    (READ, "return 3.99", &[]),
    (READ, "return -3.99", &[]),
    (READ, "return nil", &[]),
    (READ, "return true", &[]),
    (READ, "return false", &[]),
    (READ, "return 'a\\nb'", &[]),
    (READ, "return {}", &[]),
    (READ, "return {1, 'two', {3, false, {}}, true, 4.5}", &[]),
    (READ, "return {1, nil, 3}", &[]),
    (READ, "return {ok = 'FINE'}", &[]),
    (READ, "return {ok = 'OK'}", &[]),
    (READ, "return {err = 'BAD luck'}", &[]),
    (READ, "return {1, {err = 'BAD luck'}}", &[]),
    (READ, "return redis.status_reply('WELL')", &[]),
    (READ, "return redis.error_reply('BAD luck')", &[]),
    (READ, "return redis.error_reply('-BAD luck')", &[]),
    (READ, "return redis.error_reply('luckless')", &[]),
    (READ, "return redis.sha1hex('')", &[]),
    (READ, "return redis.sha1hex(ARGV[1] .. #KEYS)", &["x"]),
    (
        READ,
        "return {#ARGV, ARGV[1], ARGV[2], ARGV[3]}",
        &["a", ""],
    ),
    (READ, "return ARGV[1] + 1", &["41"]),
    (READ, "return ARGV[1] % 1024", &["4097"]),
    (
        READ,
        "return string.format('%d|%.0f|%03d', 7.9, 7.9, 7)",
        &[],
    ),
    (
        READ,
        "return {tonumber('0x10'), tostring(1e15), 1e15 .. ''}",
        &[],
    ),
    (
        READ,
        "return {math.floor(-1.5), math.max(1, 2), table.concat({1, 2}, ' ')}",
        &[],
    ),
    (READ, "return {string.match('1-2', '^(%d+)-(%d+)$')}", &[]),
    (READ, "return type(redis.call('GET', 'none'))", &[]),
    (READ, "return redis.call('HMGET', 'none', 'a', 'b')", &[]),
    (
        READ,
        "return type(redis.call('HMGET', 'none', 'a')[1])",
        &[],
    ),
    (READ, "return redis.call('SET', 'a', 1)", &[]),
    (READ, "return redis.pcall('SET', 'a', 1)", &[]),
    (CHANGE, "return redis.call('SET', 'a', 1)", &[]),
    (CHANGE, "return redis.call('SET', 'a', 1).ok", &[]),
    (
        CHANGE,
        "return redis.call('SET', 'a', 12345678901234567)",
        &[],
    ),
    (
        CHANGE,
        "redis.call('SET', 'a', -7) return redis.call('get', 'a')",
        &[],
    ),
    (
        CHANGE,
        "redis.call('HSET', 'a', 'b', 1)\nreturn redis.call('GET', 'a')",
        &[],
    ),
    (
        CHANGE,
        "redis.call('HSET', 'a', 'b', 1)\nreturn redis.pcall('GET', 'a')",
        &[],
    ),
    (
        CHANGE,
        "redis.call('HSET', 'a', 'b', 1)\nreturn redis.pcall('GET', 'a').err",
        &[],
    ),
    (
        CHANGE,
        "redis.call('RPUSH', 'a', 'b')\n\nlocal function f()\n  redis.call('GET', 'a')\nend\nf()",
        &[],
    ),
    (
        CHANGE,
        "redis.call('RPUSH', 'a', 'b')\nlocal e = redis.pcall('GET', 'a')\n\nerror(e)",
        &[],
    ),
    (CHANGE, "redis.call('SET', 'a', 1)\nerror('it ends')", &[]),
    (CHANGE, "redis.call('SET', 'a', 1)\nlocal x = nil + 1", &[]),
    (
        CHANGE,
        "redis.call('SET', 'a', 1)\nreturn #redis.call('GET', 'none')",
        &[],
    ),
    (READ, "return ('x' .. {})", &[]),
    (READ, "return nowhere", &[]),
    (READ, "somewhere = 1", &[]),
    (READ, "return redis.call('GET')", &[]),
    (READ, "return redis.pcall('GET')", &[]),
    (
        CHANGE,
        "return redis.call('XADD', 'x', 'MAXLEN', '~', '3', '7-*', 'e', '1')",
        &[],
    ),
    (
        CHANGE,
        "return redis.call('XADD', 'x', 'NOMKSTREAM', '7-*', 'e', '1')",
        &[],
    ),
    (
        CHANGE,
        "redis.call('XADD', 'x', '7-1', 'e', '1') return redis.call('XRANGE', 'x', '-', '+')",
        &[],
    ),
    (
        CHANGE,
        "redis.call('XADD', 'x', '7-1', 'e', '1') redis.call('XADD', 'x', '7-1', 'e', '1')",
        &[],
    ),
    (
        CHANGE,
        "redis.call('ZADD', 'z', 3, 'a') return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')",
        &[],
    ),
    (
        CHANGE,
        "redis.call('ZADD', 'z', 3, 'a') return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')[2] + 1",
        &[],
    ),
    (MAKE_ROOM, "return redis.call('SET', 'a', 1)", &[]),
];

#[tokio::test]
async fn scripts_are_those_of_a_redis() {
    let Some(server) = Server::get().await else {
        return;
    };
    for full in ["0", "100kb"] {
        for (head, body, arguments) in CASES {
            let mut both = Both::on(&server);
            both.asks(&command(&["CONFIG", "SET", "maxmemory", full]));
            let loaded = both.asks(&command(&["SCRIPT", "LOAD", &format!("{head}{body}")]));
            let Value::BulkString(sha) = loaded else {
                panic!("{loaded:?}")
            };
            let mut call = command(&[b"EVALSHA".as_slice(), &sha, b"0"]);
            call.arg(*arguments);
            both.asks(&call);
            both.asks(&command(&["KEYS", "*"]));
            both.asks(&command(&["GET", "a"]));
            both.asks(&command(&["CONFIG", "SET", "maxmemory", "0"]));
        }
    }
}

#[tokio::test]
async fn what_a_server_is_set_to_counts_for_commands_and_scripts() {
    let Some(server) = Server::get().await else {
        return;
    };
    let mut both = Both::on(&server);
    let load = |head: &str| {
        let text = format!("{head}return redis.call('HGET', 'hash', 'a')");
        let sha = redis::Script::new(&text).get_hash().to_owned();
        (
            command(&["SCRIPT", "LOAD", &text]),
            command(&["EVALSHA", &sha, "0"]),
        )
    };
    both.asks(&command(&["HSET", "hash", "a", "1"]));
    let settings: [&[&str]; 4] = [
        &["CONFIG", "SET", "maxmemory", "100kb"],
        &["REPLICAOF", "127.0.0.1", "1"],
        &["CONFIG", "SET", "maxmemory", "0"],
        &["REPLICAOF", "NO", "ONE"],
    ];
    for setting in settings {
        both.asks(&command(setting));
        for head in [READ, CHANGE, MAKE_ROOM] {
            let (load, call) = load(head);
            both.asks(&load);
            both.asks(&call);
        }
        both.asks(&command(&["HSET", "hash", "a", "1"]));
        both.asks(&command(&["HDEL", "hash", "b"]));
        both.asks(&command(&["HGET", "hash", "a"]));
        both.asks(&command(&["SCRIPT", "FLUSH"]));
        both.asks(&load(READ).1);
    }
}
