//! Streams.

use std::ops::RangeInclusive;
use std::str;

use redis::Value;

use super::{Arguments, Done, bulk, is, number, unknown, whole_number};
use crate::bridge::redis::simulated::engine::{Engine, Failure, Version};
use crate::bridge::redis::simulated::stream::{Entry, Fields, Id, Stream, Trim};

/// An id that is to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Exactly this.
    Exactly(Id),
    /// The next one of this epoch.
    NextOf(u64),
    /// The next one by the clock, in milliseconds.
    Next(u64),
}

/// What to do where there is no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Make,
    Leave,
}

pub(super) fn add(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (key, mut rest) = (arguments[0], &arguments[1..]);
    let (mut missing, mut trim) = (Missing::Make, None);
    let asked = loop {
        rest = match rest {
            [option, rest @ ..] if is(option, "NOMKSTREAM") => {
                missing = Missing::Leave;
                rest
            }
            [option, rest @ ..] if is(option, "MAXLEN") => {
                let (how, behind) = trim_of(rest)?;
                trim = Some(how);
                behind
            }
            [id, fields @ ..] => {
                rest = fields;
                break asked_of(id, engine)?;
            }
            [] => return Err(wrong_count()),
        };
    };
    if rest.is_empty() || !rest.len().is_multiple_of(2) {
        return Err(wrong_count());
    }
    if asked == Asked::Exactly(Id::LEAST) {
        let why = "The ID specified in XADD must be greater than 0-0";
        return Err(Failure::new(why));
    }
    let last = match engine.data.get::<Stream>(key)? {
        None if missing == Missing::Leave => return Ok(Value::Nil),
        None => Id::LEAST,
        Some(stream) => stream.last,
    };
    let id = given(asked, last)?;
    let fields: Fields = rest.iter().map(|word| word.to_vec()).collect();
    engine.data.make(key, |stream: &mut Stream| {
        stream.append(id, fields);
        if let Some(trim) = trim {
            stream.trim(trim);
        }
    })?;
    Ok(bulk(id.to_string().as_bytes()))
}

fn wrong_count() -> Failure {
    Failure::new("wrong number of arguments for 'xadd' command")
}

/// The id that is given behind the last one.
fn given(asked: Asked, last: Id) -> Result<Id, Failure> {
    if last == Id::MOST {
        let why = "The stream has exhausted the last possible ID, unable to add more items";
        return Err(Failure::new(why));
    }
    let id = match asked {
        Asked::Exactly(id) => Some(id),
        Asked::NextOf(ms) if ms == last.ms => last.next().filter(|next| next.ms == ms),
        Asked::Next(ms) if ms <= last.ms => last.next(),
        Asked::NextOf(ms) | Asked::Next(ms) => Some(Id { ms, seq: 0 }),
    };
    id.filter(|id| *id > last).ok_or_else(|| {
        let why = "The ID specified in XADD is equal or smaller than the target stream top item";
        Failure::new(why)
    })
}

pub(super) fn count(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let stream = engine.data.get::<Stream>(arguments[0])?;
    Ok(number(stream.map_or(0, Stream::len)))
}

pub(super) fn delete(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    if engine.data.get::<Stream>(arguments[0])?.is_none() {
        return Ok(Value::Int(0));
    }
    let ids = arguments[1..].iter().map(|id| exact_id(id));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    let deleted = engine.data.change(arguments[0], |stream: &mut Stream| {
        ids.into_iter().filter(|id| stream.delete(*id)).count()
    })?;
    Ok(number(deleted.unwrap_or_default()))
}

pub(super) fn trim(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let trim = match &arguments[1..] {
        [option, rest @ ..] if is(option, "MAXLEN") => match trim_of(rest)? {
            (trim, []) => trim,
            (_, [option, ..]) => unknown("XTRIM", option),
        },
        rest => unknown("XTRIM", rest[0]),
    };
    let trimmed = engine
        .data
        .change(arguments[0], |stream: &mut Stream| stream.trim(trim))?;
    Ok(number(trimmed.unwrap_or_default()))
}

/// How far to trim, and what stands behind that.
fn trim_of<'a>(words: Arguments<'a>) -> Result<(Trim, Arguments<'a>), Failure> {
    let (how, words): (fn(usize) -> Trim, _) = match words {
        [b"~", rest @ ..] => (Trim::About, rest),
        [b"=", rest @ ..] => (Trim::To, rest),
        _ => (Trim::To, words),
    };
    let [most, rest @ ..] = words else {
        return Err(Failure::syntax());
    };
    let most = usize::try_from(whole_number(most)?)
        .map_err(|_| Failure::new("The MAXLEN argument must be >= 0."))?;
    Ok((how(most), rest))
}

pub(super) fn set_last(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let &[key, id] = arguments else {
        unknown("XSETID", arguments[2])
    };
    let id = exact_id(id)?;
    let floor = |stream: &Stream| match engine.version {
        Version::Seven => Id::LEAST,
        Version::Later => stream.greatest_deleted,
    };
    let floor = engine.data.get::<Stream>(key)?.map_or(Id::LEAST, floor);
    let set = engine.data.change(key, |stream: &mut Stream| {
        let top = stream.range(Id::LEAST..=Id::MOST).next_back();
        let top = top.map_or(Id::LEAST, |entry| entry.id);
        let bound = if id < floor {
            "current max_deleted_entry_id"
        } else if id < top {
            "the target stream top item"
        } else {
            stream.last = id;
            return Ok(Value::Okay);
        };
        let why = format!("The ID specified in XSETID is smaller than {bound}");
        Err(Failure::new(&why))
    })?;
    set.unwrap_or_else(|| Err(Failure::new("no such key")))
}

pub(super) fn info(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let &[of, key] = arguments else {
        unknown("XINFO", arguments[0])
    };
    if !is(of, "STREAM") {
        unknown("XINFO", of);
    }
    let stream = engine.data.get::<Stream>(key)?;
    let stream = stream.ok_or_else(|| Failure::new("no such key"))?;
    let all = || stream.range(Id::LEAST..=Id::MOST);
    let (first, last) = (all().next(), all().next_back());
    let spelled = |id: Id| bulk(id.to_string().as_bytes());
    let shown = |entry: Option<&Entry>| entry.map_or(Value::Nil, reply);
    let added = i64::try_from(stream.added).expect("no stream is that long");
    let told = [
        ("length", number(stream.len())),
        ("radix-tree-keys", number(stream.nodes())),
        ("radix-tree-nodes", number(stream.nodes() + 1)),
        ("last-generated-id", spelled(stream.last)),
        ("max-deleted-entry-id", spelled(stream.greatest_deleted)),
        ("entries-added", Value::Int(added)),
        (
            "recorded-first-entry-id",
            spelled(first.map_or(Id::LEAST, |entry| entry.id)),
        ),
        ("groups", Value::Int(0)),
        ("first-entry", shown(first)),
        ("last-entry", shown(last)),
    ];
    let told = told
        .into_iter()
        .flat_map(|(name, value)| [bulk(name.as_bytes()), value]);
    Ok(Value::Array(told.collect()))
}

pub(super) fn range(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (ids, most) = (ids(arguments[1], arguments[2])?, most(&arguments[3..])?);
    let stream = engine.data.get::<Stream>(arguments[0])?;
    let entries = stream
        .into_iter()
        .flat_map(|stream| stream.range(ids.clone()));
    Ok(entries_reply(entries, most, stream))
}

pub(super) fn range_back(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (ids, most) = (ids(arguments[2], arguments[1])?, most(&arguments[3..])?);
    let stream = engine.data.get::<Stream>(arguments[0])?;
    let entries = stream
        .into_iter()
        .flat_map(|stream| stream.range(ids.clone()).rev());
    Ok(entries_reply(entries, most, stream))
}

/// Where none are asked for there is no array, unless there is no stream either.
fn entries_reply<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    most: usize,
    stream: Option<&Stream>,
) -> Value {
    match (most, stream) {
        (0, Some(_)) => Value::Nil,
        _ => Value::Array(entries.take(most).map(reply).collect()),
    }
}

fn most(words: Arguments<'_>) -> Result<usize, Failure> {
    match words {
        [] => Ok(usize::MAX),
        [option, count] if is(option, "COUNT") => {
            Ok(usize::try_from(whole_number(count)?).unwrap_or(0))
        }
        [option, ..] => unknown("XRANGE", option),
    }
}

fn reply(entry: &Entry) -> Value {
    let id = bulk(entry.id.to_string().as_bytes());
    let fields = entry.fields.iter().map(|word| bulk(word));
    Value::Array(vec![id, Value::Array(fields.collect())])
}

// ── ids ─────────────────────────────────────────────────────────────────────────────────────

fn ids(from: &[u8], to: &[u8]) -> Result<RangeInclusive<Id>, Failure> {
    let invalid = |which: &str| Failure::new(&format!("invalid {which} ID for the interval"));
    let from = match from {
        [b'(', id @ ..] => {
            let next = strict_id(id, 0)?.next();
            next.ok_or_else(|| invalid("start"))?
        }
        _ => id_of(from, 0)?,
    };
    let to = match to {
        [b'(', id @ ..] => {
            let before = strict_id(id, u64::MAX)?.before();
            before.ok_or_else(|| invalid("end"))?
        }
        _ => id_of(to, u64::MAX)?,
    };
    Ok(from..=to)
}

fn id_of(word: &[u8], seq: u64) -> Result<Id, Failure> {
    match word {
        b"-" => Ok(Id::LEAST),
        b"+" => Ok(Id::MOST),
        _ => strict_id(word, seq),
    }
}

/// An id that may lack its second half.
fn strict_id(word: &[u8], seq: u64) -> Result<Id, Failure> {
    let read = || {
        let word = str::from_utf8(word).ok()?;
        let (ms, seq) = match word.split_once('-') {
            Some((ms, seq)) => (digits(ms)?, digits(seq)?),
            None => (digits(word)?, seq),
        };
        Some(Id { ms, seq })
    };
    read().ok_or_else(invalid_id)
}

fn exact_id(word: &[u8]) -> Result<Id, Failure> {
    strict_id(word, 0)
}

fn asked_of(word: &[u8], engine: &Engine) -> Result<Asked, Failure> {
    if word == b"*" {
        return Ok(Asked::Next(engine.millis().unsigned_abs()));
    }
    match word.strip_suffix(b"-*") {
        Some(ms) => {
            let ms = str::from_utf8(ms).ok().and_then(digits);
            ms.map(Asked::NextOf).ok_or_else(invalid_id)
        }
        None => Ok(Asked::Exactly(strict_id(word, 0)?)),
    }
}

fn digits(word: &str) -> Option<u64> {
    let is_plain = word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_plain)
}

fn invalid_id() -> Failure {
    Failure::new("Invalid stream ID specified as stream command argument")
}
