//! Sorted sets.

use std::str;

use redis::Value;

use super::{Arguments, Done, bulk, is, number, slice, unknown, whole_number};
use crate::bridge::redis::simulated::data::Bytes;
use crate::bridge::redis::simulated::engine::{Engine, Failure};
use crate::bridge::redis::simulated::sorted::{Score, Sorted};

/// From here on not every whole number is one of its own.
const EXACT: f64 = 1e17;

pub(super) fn add(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (key, pairs) = (arguments[0], &arguments[1..]);
    if !pairs.len().is_multiple_of(2) {
        return Err(Failure::syntax());
    }
    let pairs = pairs
        .chunks_exact(2)
        .map(|pair| Ok((score_of(pair[0])?, pair[1])));
    let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
    let added = engine.data.make(key, |sorted: &mut Sorted| {
        let pairs = pairs.into_iter();
        pairs
            .filter(|(score, member)| sorted.insert(member, *score))
            .count()
    })?;
    Ok(number(added))
}

pub(super) fn remove(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let removed = engine.data.change(arguments[0], |sorted: &mut Sorted| {
        let members = arguments[1..].iter();
        members.filter(|member| sorted.remove(member)).count()
    })?;
    Ok(number(removed.unwrap_or_default()))
}

pub(super) fn count(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let sorted = engine.data.get::<Sorted>(arguments[0])?;
    Ok(number(sorted.map_or(0, Sorted::len)))
}

pub(super) fn score(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let sorted = engine.data.get::<Sorted>(arguments[0])?;
    let score = sorted.and_then(|sorted| sorted.score(arguments[1]));
    Ok(score.map_or(Value::Nil, spelled))
}

pub(super) fn rank(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let sorted = engine.data.get::<Sorted>(arguments[0])?;
    let rank = sorted.and_then(|sorted| sorted.rank(arguments[1]));
    Ok(rank.map_or(Value::Nil, number))
}

pub(super) fn range(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (key, from, to, shows) = range_of("ZRANGE", arguments)?;
    let Some(sorted) = engine.data.get::<Sorted>(key)? else {
        return Ok(Value::Array(Vec::new()));
    };
    let places = slice(from, to, sorted.len());
    Ok(shows.reply(sorted.iter().skip(places.start).take(places.len())))
}

pub(super) fn range_back(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (key, from, to, shows) = range_of("ZREVRANGE", arguments)?;
    let Some(sorted) = engine.data.get::<Sorted>(key)? else {
        return Ok(Value::Array(Vec::new()));
    };
    let places = slice(from, to, sorted.len());
    Ok(shows.reply(sorted.iter().rev().skip(places.start).take(places.len())))
}

pub(super) fn range_by_score(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    // The bounds are looked at last.
    let (skipped, most) = match &arguments[3..] {
        [] => (0, i64::MAX),
        [limit, skipped, most] if is(limit, "LIMIT") => {
            (whole_number(skipped)?, whole_number(most)?)
        }
        [option, ..] => unknown("ZRANGEBYSCORE", option),
    };
    let (from, to) = (bound_of(arguments[1])?, bound_of(arguments[2])?);
    let sorted = engine.data.get::<Sorted>(arguments[0])?;
    // A negative offset finds nothing, a negative count everything.
    let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let members = sorted.into_iter().flat_map(Sorted::iter);
    let within = members.filter(|(score, _)| from <= *score && *score <= to);
    Ok(Shows::Members.reply(within.skip(skipped).take(most)))
}

/// What a range is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    Members,
    Scores,
}

impl Shows {
    fn reply<'a>(self, members: impl Iterator<Item = &'a (Score, Bytes)>) -> Value {
        Value::Array(match self {
            Self::Members => members.map(|(_, member)| bulk(member)).collect(),
            Self::Scores => {
                let words = |(score, member): &(Score, Bytes)| [bulk(member), spelled(*score)];
                members.flat_map(words).collect()
            }
        })
    }
}

fn range_of<'a>(
    command: &str,
    arguments: Arguments<'a>,
) -> Result<(&'a [u8], i64, i64, Shows), Failure> {
    let shows = match &arguments[3..] {
        [] => Shows::Members,
        [option] if is(option, "WITHSCORES") => Shows::Scores,
        [option, ..] => unknown(command, option),
    };
    let (from, to) = (whole_number(arguments[1])?, whole_number(arguments[2])?);
    Ok((arguments[0], from, to, shows))
}

fn spelled(score: Score) -> Value {
    let spelled = match score.get() {
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        score => {
            let is_spelled_alike = score.fract() == 0.0 && score.abs() < EXACT;
            assert!(is_spelled_alike, "the score {score} is not simulated");
            format!("{score:.0}")
        }
    };
    Value::BulkString(spelled.into_bytes())
}

fn float_of(word: &[u8]) -> Option<Score> {
    let number: f64 = str::from_utf8(word).ok()?.parse().ok()?;
    Score::new(number)
}

fn score_of(word: &[u8]) -> Result<Score, Failure> {
    float_of(word).ok_or_else(|| Failure::new("value is not a valid float"))
}

fn bound_of(word: &[u8]) -> Result<Score, Failure> {
    if word.starts_with(b"(") {
        unknown("ZRANGEBYSCORE", word);
    }
    float_of(word).ok_or_else(|| Failure::new("min or max is not a float"))
}
