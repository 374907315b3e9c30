//! A simulated server's network: what nodes send takes its time, is held up, gets lost, or is done
//! without anybody hearing of it.
//!
//! - `server`: the store, its network and all that goes wrong. `lines`: the connections.
//! - `wire`: what a node has in hand of it. `journal`: what ever stood in the log.
//! - `edits`: scripts that are wrong on purpose.

mod edits;
mod journal;
mod lines;
mod server;
mod wire;

use redis::{Arg, Cmd, Value};

use crate::chat::Position;

pub(crate) use edits::Edit;
pub(crate) use journal::Entry;
pub(crate) use lines::Flow;
pub(crate) use server::{Hearing, Kills, Server, Snapshot, UnderWay};
pub(crate) use wire::{Line, Wire};

/// The words of a command.
fn words(command: &Cmd) -> Vec<&[u8]> {
    let word = |word| match word {
        Arg::Simple(word) => word,
        _ => panic!("a cursor is a word of its own"),
    };
    command.args_iter().map(word).collect()
}

/// What a server says that does not do something.
fn refusal(why: &str) -> Value {
    let reply = redis::parse_redis_value(format!("-{why}\r\n").as_bytes());
    reply.expect("an error is a reply")
}

/// Entries of the log: each its position, its record, and what it came of.
fn entries(reply: Value) -> impl Iterator<Item = (Position, String, String)> {
    let entries: Vec<(String, Vec<String>)> = redis::from_redis_value(reply).expect("entries");
    entries.into_iter().map(|(id, fields)| {
        let position = id.parse().expect("a position");
        let [_, record, _, by] = <[String; 4]>::try_from(fields).expect("two fields");
        (position, record, by)
    })
}
