//! How replies are read. One that a changing script gave is lines: status, last position
//! appended, damage, and the script's own; a question is answered by an array.

use std::str::{FromStr, Split};

use redis::{RedisResult, ServerError, Value};

use crate::bridge::redis::task::{Decision, Trouble, Verdict};
use crate::chat::certificate::Certificate;
use crate::chat::limits::{
    CERTIFICATES_PER_USER, FOLLOWS_PER_USER, ROOM_KEY_BYTES, ROOMS_PER_SESSION,
};
use crate::chat::permission::Denial;
use crate::chat::{Answer, Nick, Position, Refusal, RoomName, Text, UserName};
use crate::messages::Outcome;

use super::Rules;

/// What makes no sense, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Nonsense(pub(super) String);

/// What one line or element of a reply is read as.
pub(super) trait Word: Sized {
    /// Reads it, if it is one.
    fn of(word: &str) -> Option<Self>;
}

macro_rules! words {
    ($($kind:ty: $of:expr;)*) => {
        $(impl Word for $kind {
            fn of(word: &str) -> Option<Self> {
                $of(word)
            }
        })*
    };
}

words! {
    String: |word: &str| Some(word.to_owned());
    u64: |word: &str| word.parse().ok();
    UserName: |word: &str| UserName::stored(word).ok();
    Nick: |word: &str| Nick::new(word).ok();
    RoomName: |word: &str| RoomName::new(word).ok();
    Text: |word: &str| Text::new(word).ok();
    Certificate: |word: &str| word.parse().ok();
    Position: |word: &str| Position::from_str(word).ok();
}

/// Lines that are yet to be read.
pub(super) struct Lines<'a>(Split<'a, char>);

impl Lines<'_> {
    /// The next line.
    pub(super) fn next<W: Word>(&mut self) -> Result<W, Nonsense> {
        let line = self.line()?;
        W::of(line).ok_or_else(|| Nonsense(format!("a script says {line:?}")))
    }

    /// The next line, if there is one.
    pub(super) fn next_if_any<W: Word>(&mut self) -> Result<Option<W>, Nonsense> {
        match self.0.clone().next() {
            Some(_) => self.next().map(Some),
            None => Ok(None),
        }
    }

    /// The names in the next line.
    pub(super) fn list<W: Word>(&mut self) -> Result<Vec<W>, Nonsense> {
        let line = self.line()?;
        let words = line.split(' ').filter(|word| !word.is_empty());
        let read = words.map(W::of).collect::<Option<_>>();
        read.ok_or_else(|| Nonsense(format!("a script lists {line:?}")))
    }

    fn line(&mut self) -> Result<&str, Nonsense> {
        let line = self.0.next();
        line.ok_or_else(|| Nonsense("a script says less than it should".to_owned()))
    }
}

/// What a changing script decided.
pub(super) fn changed(
    rules: &Rules,
    reply: Value,
    granted: impl FnOnce(&mut Lines<'_>, Option<Position>) -> Result<Verdict, Nonsense>,
) -> Result<Decision, Trouble> {
    let text = text(whole(reply)?).map_err(Nonsense::of_the_link)?;
    let mut lines = Lines(text.split('\n'));
    decision(rules, &mut lines, granted).map_err(Nonsense::of_the_link)
}

fn decision(
    rules: &Rules,
    lines: &mut Lines<'_>,
    granted: impl FnOnce(&mut Lines<'_>, Option<Position>) -> Result<Verdict, Nonsense>,
) -> Result<Decision, Nonsense> {
    let status: String = lines.next()?;
    let head = match lines.next::<String>()?.as_str() {
        "-" => None,
        position => Some(read(position)?),
    };
    let damage = Some(lines.next::<String>()?).filter(|damage| !damage.is_empty());
    let verdict = match status.as_str() {
        "ok" => granted(lines, head)?,
        "refused" => {
            let (why, about) = (lines.next::<String>()?, lines.next_if_any::<String>()?);
            let refusal = refusal(rules, &why, about.as_deref().unwrap_or_default())?;
            Verdict::Outcome(Outcome::Refused(refusal))
        }
        "void" => Verdict::Outcome(Outcome::Void),
        "duplicate" => Verdict::Outcome(Outcome::Duplicate),
        "epoch" => Verdict::Epoch,
        "old" => Verdict::Old,
        other => return Err(Nonsense(format!("a script ends with {other:?}"))),
    };
    Ok(Decision {
        verdict,
        head,
        damage,
    })
}

/// What a question is answered; `granted` may tell damage beside the answer.
pub(super) fn asked(
    rules: &Rules,
    reply: Value,
    granted: impl FnOnce(&mut Items) -> Result<(Answer, Option<String>), Nonsense>,
) -> Result<Decision, Trouble> {
    let mut items = Items::of(reply)?;
    let (outcome, damage) = outcome(rules, &mut items, granted).map_err(Nonsense::of_this)?;
    Ok(Decision {
        verdict: Verdict::Outcome(outcome),
        head: None,
        damage,
    })
}

fn outcome(
    rules: &Rules,
    items: &mut Items,
    granted: impl FnOnce(&mut Items) -> Result<(Answer, Option<String>), Nonsense>,
) -> Result<(Outcome, Option<String>), Nonsense> {
    let status: String = items.next()?;
    match status.as_str() {
        "ok" => granted(items).map(|(answer, damage)| (Outcome::Done(answer), damage)),
        "refused" => {
            let (why, about): (String, String) = (items.next()?, items.next()?);
            Ok((Outcome::Refused(refusal(rules, &why, &about)?), None))
        }
        "void" => Ok((Outcome::Void, None)),
        other => Err(Nonsense(format!("a question ends with {other:?}"))),
    }
}

pub(super) fn refusal(rules: &Rules, why: &str, about: &str) -> Result<Refusal, Nonsense> {
    let user = || read::<UserName>(about);
    let room = || read::<RoomName>(about);
    let nick = || read::<Nick>(about);
    Ok(match why {
        "no_operator" => Refusal::NoOperator,
        "to_yourself" => Refusal::ToYourself,
        "no_such_user" => Refusal::NoSuchUser { user: user()? },
        "nick_in_use" => Refusal::NickInUse { nick: nick()? },
        "nick_registered" => Refusal::NickRegistered { nick: nick()? },
        "only_for_accounts" => Refusal::OnlyForAccounts,
        "no_such_room" => Refusal::NoSuchRoom { room: room()? },
        "not_in" => Refusal::NotIn { room: room()? },
        "already_in" => Refusal::AlreadyIn { room: room()? },
        "key_too_long" => Refusal::KeyTooLong {
            most: ROOM_KEY_BYTES,
        },
        "too_many_rooms" => Refusal::TooManyRooms { most: rules.rooms },
        "in_enough_rooms" => Refusal::InEnoughRooms {
            most: ROOMS_PER_SESSION,
        },
        "certificate_taken" => Refusal::CertificateTaken,
        "too_many_certificates" => Refusal::TooManyCertificates {
            most: CERTIFICATES_PER_USER,
        },
        "too_many_subscriptions" => Refusal::TooManySubscriptions {
            most: FOLLOWS_PER_USER,
        },
        "offline" => Refusal::Offline { user: user()? },
        "list_full" => Refusal::ListFull { room: room()? },
        "not_there" => {
            let (room, user) = both(about)?;
            Refusal::NotThere { room, user }
        }
        "there_already" => {
            let (room, user) = both(about)?;
            Refusal::ThereAlready { room, user }
        }
        other => match Denial::of_word(other) {
            Some(denial) => denial.about(room()?),
            None => return Err(Nonsense(format!("a script refuses with {other:?}"))),
        },
    })
}

/// A room and somebody.
fn both(about: &str) -> Result<(RoomName, UserName), Nonsense> {
    let (room, user) = about.split_once(' ').unwrap_or((about, ""));
    Ok((read(room)?, read(user)?))
}

/// Elements of an array that are yet to be read.
pub(super) struct Items(std::vec::IntoIter<Value>);

impl Items {
    /// The elements of a reply.
    ///
    /// # Errors
    /// [`Trouble`] when it is an error or no array.
    pub(super) fn of(reply: Value) -> Result<Self, Trouble> {
        match reply {
            Value::Array(items) => Ok(Self(items.into_iter())),
            Value::ServerError(error) => Err(trouble(&error)),
            other => Err(Nonsense::unexpected(&other).of_the_link()),
        }
    }

    /// The next element.
    pub(super) fn next<W: Word>(&mut self) -> Result<W, Nonsense> {
        word(&self.value()?)
    }

    /// The next element, unless it is nil or missing.
    pub(super) fn next_if_any<W: Word>(&mut self) -> Result<Option<W>, Nonsense> {
        match self.0.next() {
            None | Some(Value::Nil) => Ok(None),
            Some(value) => word(&value).map(Some),
        }
    }

    /// The next element, which is an array.
    pub(super) fn array(&mut self) -> Result<Self, Nonsense> {
        match self.value()? {
            Value::Array(items) => Ok(Self(items.into_iter())),
            other => Err(Nonsense::unexpected(&other)),
        }
    }

    /// The elements of the next element.
    pub(super) fn list<W: Word>(&mut self) -> Result<Vec<W>, Nonsense> {
        self.array()?.0.map(|value| word(&value)).collect()
    }

    /// The names in the next element, sorted.
    pub(super) fn sorted<W: Word + Ord>(&mut self) -> Result<Vec<W>, Nonsense> {
        let mut names = self.list()?;
        names.sort();
        Ok(names)
    }

    /// Whether there is no more.
    pub(super) fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// The next element as an entry of a stream: its id and the record in it. What somebody else
    /// put there has an empty record, which is none.
    pub(super) fn entry(&mut self) -> Result<(Position, String), Nonsense> {
        let mut entry = self.array()?;
        let position = entry.next()?;
        let mut fields = entry.array()?;
        while !fields.is_empty() {
            let (field, value) = (fields.bytes()?, fields.bytes()?);
            if field == b"e" {
                return Ok((position, String::from_utf8(value).unwrap_or_default()));
            }
        }
        Ok((position, String::new()))
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Nonsense> {
        match self.value()? {
            Value::BulkString(bytes) => Ok(bytes),
            other => Err(Nonsense::unexpected(&other)),
        }
    }

    fn value(&mut self) -> Result<Value, Nonsense> {
        let value = self.0.next();
        value.ok_or_else(|| Nonsense("an answer is shorter than it should be".to_owned()))
    }
}

impl Nonsense {
    /// A value of another kind than it should be.
    pub(super) fn unexpected(value: &Value) -> Self {
        Self(format!("an answer is {value:?}"))
    }

    /// Nonsense of somebody who is no Redis with our scripts, or after which it is unknown what
    /// was done: asking again on a new connection tells.
    pub(super) fn of_the_link(self) -> Trouble {
        Trouble::Link(self.0)
    }

    /// Nonsense that lies under our keys, and will be there on a new connection too.
    pub(super) fn of_this(self) -> Trouble {
        Trouble::Failed(self.0)
    }
}

/// What came back on a connection, for the reader of the call's reply.
///
/// # Errors
/// [`Trouble::Link`] for everything that no server says.
pub(in crate::bridge::redis) fn received(result: RedisResult<Value>) -> Result<Value, Trouble> {
    match result.map_err(ServerError::try_from) {
        Ok(value) => Ok(value),
        Err(Ok(error)) => Ok(Value::ServerError(error)),
        Err(Err(other)) => Err(Trouble::Link(other.to_string())),
    }
}

/// What a server's error means: whether it is about this command or about the connection.
pub(super) fn trouble(error: &ServerError) -> Trouble {
    let told = format!("{} {}", error.code(), error.details().unwrap_or_default());
    match error.code() {
        "READONLY" | "LOADING" | "NOSCRIPT" | "NOAUTH" | "WRONGPASS" | "NOPERM" | "MASTERDOWN"
        | "CLUSTERDOWN" | "MOVED" | "ASK" | "TRYAGAIN" | "CROSSSLOT" => Trouble::Link(told),
        _ => Trouble::Failed(told),
    }
}

/// A reply that is one string.
pub(super) fn text(reply: Value) -> Result<String, Nonsense> {
    match reply {
        Value::BulkString(bytes) => {
            String::from_utf8(bytes).map_err(|_| Nonsense("an answer is not in UTF-8".to_owned()))
        }
        Value::SimpleString(text) => Ok(text),
        other => Err(Nonsense::unexpected(&other)),
    }
}

/// The reply, unless it is a server's error.
pub(super) fn whole(reply: Value) -> Result<Value, Trouble> {
    match reply {
        Value::ServerError(error) => Err(trouble(&error)),
        other => Ok(other),
    }
}

fn word<W: Word>(value: &Value) -> Result<W, Nonsense> {
    let read = match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok().and_then(W::of),
        Value::SimpleString(word) => W::of(word),
        Value::Int(number) => W::of(&number.to_string()),
        _ => None,
    };
    read.ok_or_else(|| Nonsense::unexpected(value))
}

/// What a word of a script is read as.
pub(super) fn read<W: Word>(word: &str) -> Result<W, Nonsense> {
    W::of(word).ok_or_else(|| Nonsense(format!("a script names {word:?}")))
}
