//! A real server and a simulated one that are asked the same.

use std::time::{Duration, SystemTime};

use proptest::test_runner::{Config, TestRunner};
use redis::{Arg, Cmd, Connection, ConnectionLike, Value};

use crate::bridge::redis::scripts::received;
use crate::bridge::redis::simulated::Store;
use crate::bridge::redis::testing::Server;

/// Both of them.
pub(super) struct Both {
    real: Connection,
    simulated: Store,
}

impl Both {
    /// Both of them with nothing in them.
    pub(super) fn on(server: &Server) -> Self {
        let real = server.client().get_connection().expect("a connection");
        let simulated = Store::new("run");
        let mut both = Self { real, simulated };
        both.asks(&redis::cmd("FLUSHALL"));
        both
    }

    /// Asks both, and looks whether they answer alike; what they answer.
    pub(super) fn asks(&mut self, command: &Cmd) -> Value {
        let real = self.real.req_command(command);
        let real = received(real).expect("a reply");
        let simulated = self.simulated.ask(since_epoch(), command);
        assert_eq!(
            comparable(command, simulated.clone()),
            comparable(command, real),
            "{}",
            spelled(command)
        );
        simulated
    }
}

/// The time of the system's clock, by which the real server goes.
pub(super) fn since_epoch() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.expect("a time of this age")
}

/// Tells stories of which none is kept in a file.
pub(super) fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

/// A command by its words.
pub(super) fn command(words: &[impl AsRef<[u8]>]) -> Cmd {
    let mut command = Cmd::new();
    for word in words {
        command.arg(word.as_ref());
    }
    command
}

fn spelled(command: &Cmd) -> String {
    words(command).join(" ")
}

fn words(command: &Cmd) -> Vec<String> {
    let words = command.args_iter().map(|word| match word {
        Arg::Simple(word) => String::from_utf8_lossy(word).into_owned(),
        _ => String::new(),
    });
    words.collect()
}

/// A reply without what a server may say in any order, by chance, or by its clock.
fn comparable(command: &Cmd, reply: Value) -> Value {
    let words = words(command);
    let mut reply = reply;
    match (words[0].as_str(), &mut reply) {
        ("HKEYS" | "SMEMBERS" | "KEYS", Value::Array(members)) => sort(members),
        ("HGETALL", Value::Array(fields)) => {
            let pairs = fields.chunks(2).map(|pair| Value::Array(pair.to_vec()));
            *fields = pairs.collect();
            sort(fields);
        }
        ("SRANDMEMBER", Value::Array(members)) => members.fill(Value::Nil),
        ("TTL" | "PTTL", Value::Int(left)) => *left = left.signum(),
        // How a tree of nodes is laid out is nobody's business.
        ("XINFO", Value::Array(told)) if told.len() > 5 => told[5] = Value::Nil,
        _ => {}
    }
    reply
}

fn sort(values: &mut [Value]) {
    values.sort_by_key(|value| format!("{value:?}"));
}
