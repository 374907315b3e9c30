//! How values of the domain stand in columns, and the few shapes in which they are read.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Params, Result, Row, ToSql};

use crate::bridge::kept::Hold;
use crate::chat::event::Timestamp;
use crate::chat::modes::{Flags, List, Ranks};
use crate::chat::origin::SessionId;
use crate::chat::{Mask, Position, RoomName, Text, UserName};

/// The only row, if there is one.
pub(super) fn row<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    db.prepare_cached(sql)?.query_row(params, read).optional()
}

/// The first column of the only row, if there is one.
pub(super) fn value<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>> {
    row(db, sql, params, |row| row.get(0))
}

/// All rows.
pub(super) fn rows<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    db.prepare_cached(sql)?.query_map(params, read)?.collect()
}

/// The first column of all rows.
pub(super) fn values<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>> {
    rows(db, sql, params, |row| row.get(0))
}

/// Changes rows, and says how many.
pub(super) fn change(db: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    db.prepare_cached(sql)?.execute(params)
}

/// A count or an ordinal. SQLite's integers are signed; anything beyond them is a corrupt file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Int(pub(super) u64);

impl ToSql for Int {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        i64::try_from(self.0)
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    }
}

impl FromSql for Int {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(number))
    }
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        i64::try_from(self.0)
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Int::column_result(value).map(|Int(ms)| Self(ms))
    }
}

impl ToSql for Hold {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.word()))
    }
}

impl FromSql for Hold {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::of_word(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

/// Sets that stand as their letters.
macro_rules! stands_as_letters {
    ($($kind:ty),*) => {
        $(impl ToSql for $kind {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.letters()))
            }
        }

        impl FromSql for $kind {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Ok(Self::of_letters(value.as_str()?))
            }
        })*
    };
}

stands_as_letters!(Flags, Ranks);

impl ToSql for List {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.letter().to_string()))
    }
}

/// Values that are one checked text.
macro_rules! stands_as_text {
    ($($kind:ty, $read:expr;)*) => {
        $(impl FromSql for $kind {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                $read(value.as_str()?).map_err(FromSqlError::other)
            }
        })*
    };
}

stands_as_text! {
    UserName, UserName::stored;
    RoomName, RoomName::new;
    Text, Text::new;
    Mask, Mask::stored;
    SessionId, str::parse::<SessionId>;
}

macro_rules! is_borrowed_as_text {
    ($($kind:ty),*) => {
        $(impl ToSql for $kind {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        })*
    };
}

is_borrowed_as_text!(RoomName, Text, Mask);

/// Who it is; a nick stands in a column of its own.
impl ToSql for UserName {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.id()))
    }
}

impl ToSql for SessionId {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.to_string()))
    }
}

/// A position in two columns, the first of which is `column`.
pub(super) fn position(row: &Row<'_>, column: usize) -> Result<Position> {
    let Int(epoch) = row.get(column)?;
    let Int(n) = row.get(column + 1)?;
    Ok(Position { epoch, n })
}
