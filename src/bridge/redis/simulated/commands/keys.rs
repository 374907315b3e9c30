//! Keys whatever lies under them, their expiry, strings, and lists as far as tests spoil with them.

use redis::Value;

use super::{Arguments, Done, bulk, bulk_or_nil, bulks, is, number, slice, unknown, whole_number};
use crate::bridge::redis::simulated::data::{Bytes, Held, List};
use crate::bridge::redis::simulated::engine::{Engine, Failure};

pub(super) fn delete(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let deleted = arguments.iter().filter(|key| engine.data.remove(key));
    Ok(number(deleted.count()))
}

pub(super) fn exist(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let there = arguments.iter().filter(|key| engine.data.contains(key));
    Ok(number(there.count()))
}

pub(super) fn count(engine: &mut Engine, _: Arguments<'_>) -> Done {
    Ok(number(engine.data.names().count()))
}

pub(super) fn clear(engine: &mut Engine, _: Arguments<'_>) -> Done {
    engine.data.clear();
    Ok(Value::Okay)
}

pub(super) fn names(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let names = engine.data.names();
    Ok(bulks(names.filter(|name| matches(arguments[0], name))))
}

/// All at once, whatever count is asked for.
pub(super) fn scan(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let mut pattern: &[u8] = b"*";
    for option in arguments[1..].chunks(2) {
        match option {
            [name, like] if is(name, "MATCH") => pattern = like,
            [name, _] if is(name, "COUNT") => {}
            _ => unknown("SCAN", option[0]),
        }
    }
    let names = engine.data.names().filter(|name| matches(pattern, name));
    Ok(Value::Array(vec![bulk(b"0"), bulks(names)]))
}

pub(super) fn rename(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (from, to) = (arguments[0], arguments[1]);
    put_copy(engine, from, to).ok_or_else(|| Failure::new("no such key"))?;
    if from != to {
        engine.data.remove(from);
    }
    Ok(Value::Okay)
}

pub(super) fn copy(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (from, to) = (arguments[0], arguments[1]);
    if from == to {
        return Err(Failure::new("source and destination objects are the same"));
    }
    let may_replace = match &arguments[2..] {
        [] => false,
        [option] if is(option, "REPLACE") => true,
        [option, ..] => unknown("COPY", option),
    };
    if engine.data.contains(to) && !may_replace {
        return Ok(Value::Int(0));
    }
    let copied = put_copy(engine, from, to);
    Ok(number(copied.is_some().into()))
}

fn put_copy(engine: &mut Engine, from: &[u8], to: &[u8]) -> Option<()> {
    let held = engine.data.held(from)?.clone();
    let expiry = engine.data.expiry(from);
    engine.data.put(to, held);
    if let Some(at) = expiry {
        engine.data.expire_at(to, at);
    }
    Some(())
}

// ── expiry ──────────────────────────────────────────────────────────────────────────────────

pub(super) fn expire(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    expire_in("expire", engine, arguments, 1000)
}

pub(super) fn expire_in_millis(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    expire_in("pexpire", engine, arguments, 1)
}

fn expire_in(name: &str, engine: &mut Engine, arguments: Arguments<'_>, unit: i64) -> Done {
    let &[key, time] = arguments else {
        unknown(name, arguments[2])
    };
    let at = expiry(name, engine, whole_number(time)?, unit)?;
    if !engine.data.contains(key) {
        return Ok(Value::Int(0));
    }
    if at <= engine.millis() {
        engine.data.remove(key);
    } else {
        engine.data.expire_at(key, at);
    }
    Ok(Value::Int(1))
}

fn expiry(name: &str, engine: &Engine, time: i64, unit: i64) -> Result<i64, Failure> {
    let at = time.checked_mul(unit);
    let at = at.and_then(|time| time.checked_add(engine.millis()));
    at.ok_or_else(|| Failure::new(&format!("invalid expire time in '{name}' command")))
}

pub(super) fn persist(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    Ok(number(engine.data.persist(arguments[0]).into()))
}

pub(super) fn millis_left(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    Ok(Value::Int(left(engine, arguments[0])))
}

pub(super) fn seconds_left(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let left = left(engine, arguments[0]);
    Ok(Value::Int(if left < 0 {
        left
    } else {
        (left + 500) / 1000
    }))
}

fn left(engine: &Engine, key: &[u8]) -> i64 {
    match engine.data.expiry(key) {
        Some(at) => (at - engine.millis()).max(0),
        None if engine.data.contains(key) => -1,
        None => -2,
    }
}

// ── strings ─────────────────────────────────────────────────────────────────────────────────

/// When a string is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    New,
    There,
}

pub(super) fn set(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let &[key, value, ref options @ ..] = arguments else {
        unreachable!("its words were counted")
    };
    let (mut when, mut expires) = (When::Always, None);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        let unit = match option.to_ascii_uppercase().as_slice() {
            b"NX" if when != When::There => {
                when = When::New;
                continue;
            }
            b"XX" if when != When::New => {
                when = When::There;
                continue;
            }
            b"NX" | b"XX" => return Err(Failure::syntax()),
            b"EX" => 1000,
            b"PX" => 1,
            _ => unknown("SET", option),
        };
        let time = whole_number(options.next().ok_or_else(Failure::syntax)?)?;
        if time <= 0 {
            return Err(Failure::new("invalid expire time in 'set' command"));
        }
        expires = Some(expiry("set", engine, time, unit)?);
    }
    let is_there = engine.data.contains(key);
    if when == When::New && is_there || when == When::There && !is_there {
        return Ok(Value::Nil);
    }
    engine.data.put(key, Held::Text(value.to_owned()));
    if let Some(at) = expires {
        engine.data.expire_at(key, at);
    }
    Ok(Value::Okay)
}

pub(super) fn get(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    Ok(bulk_or_nil(engine.data.get::<Bytes>(arguments[0])?))
}

// ── lists ───────────────────────────────────────────────────────────────────────────────────

pub(super) fn push(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let length = engine.data.make(arguments[0], |list: &mut List| {
        list.extend(arguments[1..].iter().map(|element| element.to_vec()));
        list.len()
    })?;
    Ok(number(length))
}

pub(super) fn list(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (from, to) = (whole_number(arguments[1])?, whole_number(arguments[2])?);
    let list = engine.data.get::<List>(arguments[0])?;
    let list = list.map_or(&[][..], Vec::as_slice);
    Ok(bulks(&list[slice(from, to, list.len())]))
}

/// Whether a pattern fits: `*` is anything, `?` one byte, and behind `\` stands what it is.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], _) => name.is_empty(),
        ([b'[', ..], _) => unknown("a pattern", pattern),
        ([b'*', rest @ ..], _) => (0..=name.len()).any(|from| matches(rest, &name[from..])),
        ([b'?', rest @ ..], [_, behind @ ..]) => matches(rest, behind),
        ([b'\\', plain, rest @ ..], [first, behind @ ..])
        | ([plain, rest @ ..], [first, behind @ ..]) => plain == first && matches(rest, behind),
        (_, []) => false,
    }
}
