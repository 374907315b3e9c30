//! Sets.

use super::{Arguments, Done, bulks, number, whole_number};
use crate::bridge::redis::simulated::data::Set;
use crate::bridge::redis::simulated::engine::Engine;

pub(super) fn add(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let added = engine.data.make(arguments[0], |set: &mut Set| {
        let members = arguments[1..].iter();
        members.filter(|member| set.insert(member.to_vec())).count()
    })?;
    Ok(number(added))
}

pub(super) fn remove(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let removed = engine.data.change(arguments[0], |set: &mut Set| {
        let members = arguments[1..].iter();
        members.filter(|member| set.remove(**member)).count()
    })?;
    Ok(number(removed.unwrap_or_default()))
}

pub(super) fn count(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let set = engine.data.get::<Set>(arguments[0])?;
    Ok(number(set.map_or(0, Set::len)))
}

pub(super) fn contains(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let set = engine.data.get::<Set>(arguments[0])?;
    let contains = set.is_some_and(|set| set.contains(arguments[1]));
    Ok(number(contains.into()))
}

pub(super) fn members(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let set = engine.data.get::<Set>(arguments[0])?;
    Ok(bulks(set.into_iter().flatten()))
}

/// As many members as are asked for: a server takes any, and so these are the first ones.
pub(super) fn some(engine: &mut Engine, arguments: Arguments<'_>) -> Done {
    let &[key, count] = arguments else {
        panic!("SRANDMEMBER is simulated with a count only")
    };
    let count = usize::try_from(whole_number(count)?);
    let count = count.expect("SRANDMEMBER is not simulated with repetitions");
    let set = engine.data.get::<Set>(key)?;
    Ok(bulks(set.into_iter().flatten().take(count)))
}
