//! Hashes.

use super::{Arguments, Done, bulk, bulk_or_nil, bulks, number};
use crate::bridge::redis::simulated::data::Hash;
use crate::bridge::redis::simulated::engine::{Engine, Failure};

use redis::Value;

pub(super) fn get(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let hash = engine.data.get::<Hash>(arguments[0])?;
    Ok(bulk_or_nil(hash.and_then(|hash| hash.get(arguments[1]))))
}

pub(super) fn get_several(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let hash = engine.data.get::<Hash>(arguments[0])?;
    let fields = arguments[1..].iter();
    let values = fields.map(|field| bulk_or_nil(hash.and_then(|hash| hash.get(*field))));
    Ok(Value::Array(values.collect()))
}

pub(super) fn exists(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let hash = engine.data.get::<Hash>(arguments[0])?;
    let exists = hash.is_some_and(|hash| hash.contains_key(arguments[1]));
    Ok(number(exists.into()))
}

pub(super) fn count(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let hash = engine.data.get::<Hash>(arguments[0])?;
    Ok(number(hash.map_or(0, Hash::len)))
}

pub(super) fn names(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let hash = engine.data.get::<Hash>(arguments[0])?;
    Ok(bulks(hash.into_iter().flat_map(Hash::keys)))
}

pub(super) fn all(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let hash = engine.data.get::<Hash>(arguments[0])?;
    let pairs = hash.into_iter().flatten();
    let words = pairs.flat_map(|(field, value)| [bulk(field), bulk(value)]);
    Ok(Value::Array(words.collect()))
}

pub(super) fn set(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let (key, pairs) = (arguments[0], &arguments[1..]);
    if !pairs.len().is_multiple_of(2) {
        let why = "wrong number of arguments for 'hset' command";
        return Err(Failure::new(why));
    }
    let added = engine.data.make(key, |hash: &mut Hash| {
        let pairs = pairs.chunks_exact(2);
        let is_new = pairs.filter(|pair| {
            hash.insert(pair[0].to_owned(), pair[1].to_owned())
                .is_none()
        });
        is_new.count()
    })?;
    Ok(number(added))
}

pub(super) fn set_new(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let &[key, field, value] = arguments else {
        unreachable!("its words were counted")
    };
    let is_new = engine.data.make(key, |hash: &mut Hash| {
        let is_new = !hash.contains_key(field);
        if is_new {
            hash.insert(field.to_owned(), value.to_owned());
        }
        is_new
    })?;
    Ok(number(is_new.into()))
}

pub(super) fn delete(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let deleted = engine.data.change(arguments[0], |hash: &mut Hash| {
        let fields = arguments[1..].iter();
        fields
            .filter(|field| hash.remove(**field).is_some())
            .count()
    })?;
    Ok(number(deleted.unwrap_or_default()))
}
