//! What became of commands that are not sent again.

use redis::{Cmd, Value};

use super::reply::{Items, Nonsense};
use super::sources::Lua;
use super::{PAGE, Scripts};
use crate::bridge::redis::lookup::{Found, Question, Slice};
use crate::bridge::redis::task::Trouble;
use crate::chat::Position;

impl Scripts {
    /// Asks what a slice of the log, at most [`PAGE`] entries, and the answers tell of commands.
    pub(in crate::bridge::redis) fn lookup(&self, question: &Question) -> Cmd {
        let mut call = self.sources.call(Lua::Lookup);
        call.arg(self.rules.incarnation.to_string())
            .arg(question.behind.to_string())
            .arg(question.until.to_string())
            .arg(PAGE)
            .arg(&question.numbers);
        call
    }

    /// The answer to [`Self::lookup`].
    ///
    /// # Errors
    /// [`Trouble`] when there is none.
    pub(in crate::bridge::redis) fn read_lookup(&self, reply: Value) -> Result<Slice, Trouble> {
        slice(Items::of(reply)?).map_err(Nonsense::of_this)
    }
}

fn slice(mut items: Items) -> Result<Slice, Nonsense> {
    let (torn, next) = (place(&mut items)?, place(&mut items)?);
    let (mut pairs, mut found) = (items.array()?, Vec::new());
    while !pairs.is_empty() {
        let (number, position) = (pairs.next()?, place(&mut pairs)?);
        found.push(Found { number, position });
    }
    Ok(Slice { found, torn, next })
}

/// A position, or nothing where there is none.
fn place(items: &mut Items) -> Result<Option<Position>, Nonsense> {
    match items.next::<String>()?.as_str() {
        "" | "-" => Ok(None),
        position => position
            .parse()
            .map(Some)
            .map_err(|_| Nonsense(format!("a script names {position:?}"))),
    }
}
