//! What each command does, and the list of them all.

mod hashes;
mod keys;
mod server;
mod sets;
mod sorted;
mod streams;

use std::str;

use redis::Value;

use super::engine::{Engine, Failure};

/// What a command was given behind its name.
pub(super) type Arguments<'a> = &'a [&'a [u8]];

/// How a command ends.
pub(super) type Done = Result<Value, Failure>;

/// What a command does to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    Read,
    /// It changes something, and needs no room for it.
    Write,
    /// It changes something, and may need room.
    Grow,
}

/// How many words a command has, its name included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    Exactly(usize),
    AtLeast(usize),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Command {
    name: &'static str,
    words: Words,
    pub(super) does: Does,
    pub(super) run: fn(&mut Engine, Arguments<'_>) -> Done,
}

/// Makes the list of commands: name, what it does, words, where it stands.
macro_rules! commands {
    ($($name:literal $does:ident $words:ident($count:literal) $run:path;)*) => {
        const COMMANDS: &[Command] = &[
            $(Command {
                name: $name,
                words: Words::$words($count),
                does: Does::$does,
                run: $run,
            },)*
        ];
    };
}

// Sorted by name.
commands! {
    "CLIENT" Read AtLeast(2) server::client;
    "CONFIG" Read AtLeast(2) server::config;
    "COPY" Grow AtLeast(3) keys::copy;
    "DBSIZE" Read Exactly(1) keys::count;
    "DEL" Write AtLeast(2) keys::delete;
    "EXISTS" Read AtLeast(2) keys::exist;
    "EXPIRE" Write AtLeast(3) keys::expire;
    "FLUSHALL" Write AtLeast(1) keys::clear;
    "GET" Read Exactly(2) keys::get;
    "HDEL" Write AtLeast(3) hashes::delete;
    "HEXISTS" Read Exactly(3) hashes::exists;
    "HGET" Read Exactly(3) hashes::get;
    "HGETALL" Read Exactly(2) hashes::all;
    "HKEYS" Read Exactly(2) hashes::names;
    "HLEN" Read Exactly(2) hashes::count;
    "HMGET" Read AtLeast(3) hashes::get_several;
    "HSET" Grow AtLeast(4) hashes::set;
    "HSETNX" Grow Exactly(4) hashes::set_new;
    "INFO" Read AtLeast(1) server::info;
    "KEYS" Read Exactly(2) keys::names;
    "LRANGE" Read Exactly(4) keys::list;
    "PERSIST" Write Exactly(2) keys::persist;
    "PEXPIRE" Write AtLeast(3) keys::expire_in_millis;
    "PING" Read AtLeast(1) server::ping;
    "PTTL" Read Exactly(2) keys::millis_left;
    "PUBLISH" Read Exactly(3) server::publish;
    "RENAME" Write Exactly(3) keys::rename;
    "REPLICAOF" Read Exactly(3) server::replicate;
    "RPUSH" Grow AtLeast(3) keys::push;
    "SADD" Grow AtLeast(3) sets::add;
    "SCAN" Read AtLeast(2) keys::scan;
    "SCARD" Read Exactly(2) sets::count;
    "SET" Grow AtLeast(3) keys::set;
    "SISMEMBER" Read Exactly(3) sets::contains;
    "SMEMBERS" Read Exactly(2) sets::members;
    "SRANDMEMBER" Read AtLeast(2) sets::some;
    "SREM" Write AtLeast(3) sets::remove;
    "TIME" Read Exactly(1) server::time;
    "TTL" Read Exactly(2) keys::seconds_left;
    "XADD" Grow AtLeast(5) streams::add;
    "XDEL" Write AtLeast(3) streams::delete;
    "XINFO" Read AtLeast(2) streams::info;
    "XLEN" Read Exactly(2) streams::count;
    "XRANGE" Read AtLeast(4) streams::range;
    "XREVRANGE" Read AtLeast(4) streams::range_back;
    "XSETID" Grow AtLeast(3) streams::set_last;
    "XTRIM" Write AtLeast(4) streams::trim;
    "ZADD" Grow AtLeast(4) sorted::add;
    "ZCARD" Read Exactly(2) sorted::count;
    "ZRANGE" Read AtLeast(4) sorted::range;
    "ZRANGEBYSCORE" Read AtLeast(4) sorted::range_by_score;
    "ZRANK" Read Exactly(3) sorted::rank;
    "ZREM" Write AtLeast(3) sorted::remove;
    "ZREVRANGE" Read AtLeast(4) sorted::range_back;
    "ZSCORE" Read Exactly(3) sorted::score;
}

/// The command of that name.
///
/// # Panics
/// Where there is none: a real server may know it.
pub(super) fn find(name: &[u8]) -> Command {
    let at = |name: &[u8]| COMMANDS.binary_search_by(|command| command.name.as_bytes().cmp(name));
    match at(name).or_else(|_| at(&name.to_ascii_uppercase())) {
        Ok(at) => COMMANDS[at],
        Err(_) => panic!("{} is not simulated", String::from_utf8_lossy(name)),
    }
}

impl Command {
    /// Whether that many words can be of it.
    pub(super) fn takes(&self, words: usize) -> bool {
        match self.words {
            Words::Exactly(count) => words == count,
            Words::AtLeast(count) => words >= count,
        }
    }

    /// # Errors
    /// Where the number of words is wrong.
    pub(super) fn check(&self, words: &[&[u8]]) -> Result<(), Failure> {
        if self.takes(words.len()) {
            return Ok(());
        }
        let name = self.name.to_ascii_lowercase();
        let why = format!("wrong number of arguments for '{name}' command");
        Err(Failure::new(&why))
    }
}

/// An option that a real server may know.
fn unknown(command: &str, option: &[u8]) -> ! {
    let option = String::from_utf8_lossy(option);
    panic!("{command} is not simulated with {option}")
}

fn is(word: &[u8], name: &str) -> bool {
    word.eq_ignore_ascii_case(name.as_bytes())
}

fn whole_number(word: &[u8]) -> Result<i64, Failure> {
    let number = str::from_utf8(word).ok().and_then(|word| {
        let number: i64 = word.parse().ok()?;
        // Neither `+1` nor `01` is one.
        (number.to_string() == word).then_some(number)
    });
    number.ok_or_else(|| Failure::new("value is not an integer or out of range"))
}

fn bulk(bytes: &[u8]) -> Value {
    Value::BulkString(bytes.to_owned())
}

fn bulk_or_nil(bytes: Option<&Vec<u8>>) -> Value {
    bytes.map_or(Value::Nil, |bytes| bulk(bytes))
}

fn bulks<'a>(all: impl IntoIterator<Item = &'a Vec<u8>>) -> Value {
    Value::Array(all.into_iter().map(|bytes| bulk(bytes)).collect())
}

fn number(count: usize) -> Value {
    Value::Int(i64::try_from(count).expect("no collection is that large"))
}

/// Where a range of a sequence of so many begins, and where it ends: both may count from behind.
fn slice(from: i64, to: i64, length: usize) -> std::ops::Range<usize> {
    let length = i64::try_from(length).expect("no collection is that large");
    let at = |index: i64| if index < 0 { index + length } else { index };
    let (from, to) = (at(from).clamp(0, length), (at(to) + 1).clamp(0, length));
    let place = |index: i64| usize::try_from(index).expect("it is not below zero");
    place(from)..place(to.max(from))
}

#[cfg(test)]
mod tests {
    use super::COMMANDS;

    #[test]
    fn every_command_can_be_found() {
        assert!(COMMANDS.is_sorted_by_key(|command| command.name));
    }
}
