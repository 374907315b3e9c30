//! What only a simulated server can: it is told the time, and goes on with other data.

use std::time::Duration;

use redis::Value;

use super::both::command;
use crate::bridge::redis::simulated::{Data, Published, Store};

/// A time to begin at.
const NOW: Duration = Duration::from_micros(1_763_850_000_123_456);

fn ask(store: &mut Store, now: Duration, words: &str) -> Value {
    store.ask(now, &command(&words.split(' ').collect::<Vec<_>>()))
}

fn word(word: &str) -> Value {
    Value::BulkString(word.as_bytes().to_vec())
}

#[test]
fn its_time_is_what_it_is_told() {
    let mut store = Store::new("run");
    let told = Value::Array(vec![word("1763850000"), word("123456")]);
    assert_eq!(ask(&mut store, NOW, "TIME"), told);
}

#[test]
fn a_key_expires_by_the_clock_that_is_told() {
    let mut store = Store::new("run");
    let ms = Duration::from_millis;
    ask(&mut store, NOW, "SET lease 1 PX 8000");
    ask(&mut store, NOW, "SET other 1 PX 9000");
    assert_eq!(ask(&mut store, NOW + ms(8000), "PTTL lease"), Value::Int(0));
    assert_eq!(ask(&mut store, NOW, "PTTL lease"), Value::Int(8000));
    assert_eq!(
        ask(&mut store, NOW + ms(8001), "EXISTS lease"),
        Value::Int(0)
    );
    // A clock that goes back brings nobody back.
    assert_eq!(ask(&mut store, NOW, "EXISTS lease"), Value::Int(0));
    ask(&mut store, NOW, "SET lease 1 PX 500");
    assert_eq!(
        ask(&mut store, NOW + ms(501), "KEYS *"),
        Value::Array(vec![word("other")])
    );
    assert_eq!(ask(&mut store, NOW + ms(9001), "DBSIZE"), Value::Int(0));
}

#[test]
fn what_is_published_can_be_taken_once() {
    let mut store = Store::new("run");
    ask(&mut store, NOW, "PUBLISH events one");
    ask(&mut store, NOW, "PUBLISH events two");
    let published = |payload: &[u8]| Published {
        channel: b"events".to_vec(),
        payload: payload.to_vec(),
    };
    assert_eq!(store.published(), [published(b"one"), published(b"two")]);
    assert_eq!(store.published(), []);
}

#[test]
fn a_server_starts_again_on_the_data_it_is_given_and_knows_no_script() {
    let mut store = Store::new("first");
    let text = "#!lua\nreturn redis.call('RPUSH', 'list', 'a')";
    let sha = redis::Script::new(text).get_hash().to_owned();
    let mut load = redis::pipe();
    load.cmd("SCRIPT").arg("LOAD").arg(text);
    assert_eq!(store.run(NOW, &load), [word(&sha)]);
    let call = format!("EVALSHA {sha} 0");
    assert_eq!(ask(&mut store, NOW, &call), Value::Int(1));
    let before = store.data().clone();
    assert_eq!(ask(&mut store, NOW, &call), Value::Int(2));

    store.restarted(before, "second");
    let told = format!("{:?}", ask(&mut store, NOW, &call));
    assert!(told.contains("No matching script"), "{told}");
    store.run(NOW, &load);
    assert_eq!(ask(&mut store, NOW, &call), Value::Int(2));
    let Value::BulkString(info) = ask(&mut store, NOW, "INFO server") else {
        panic!("no info")
    };
    assert!(String::from_utf8_lossy(&info).contains("\r\nrun_id:second\r\n"));

    store.restarted(Data::default(), "third");
    assert_eq!(ask(&mut store, NOW, "DBSIZE"), Value::Int(0));
}

#[test]
#[should_panic(expected = "GETEX is not simulated")]
fn a_command_that_it_does_not_know_ends_the_test() {
    ask(&mut Store::new("run"), NOW, "GETEX a");
}

#[test]
#[should_panic(expected = "GETEX is not simulated")]
fn so_does_one_of_a_script_even_where_errors_are_replies() {
    let mut store = Store::new("run");
    let text = "#!lua\nreturn redis.pcall('GETEX', 'a')";
    let sha = redis::Script::new(text).get_hash().to_owned();
    store.ask(NOW, &command(&["SCRIPT", "LOAD", text]));
    ask(&mut store, NOW, &format!("EVALSHA {sha} 0"));
}
