//! All keys, each with a value of one kind and perhaps an expiry.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Failure;
use super::sorted::Sorted;
use super::stream::Stream;

pub(super) type Bytes = Vec<u8>;
pub(super) type Hash = BTreeMap<Bytes, Bytes>;
pub(super) type Set = BTreeSet<Bytes>;
pub(super) type List = Vec<Bytes>;

/// What lies under a key.
#[derive(Debug, Clone)]
pub(super) enum Held {
    Text(Bytes),
    List(List),
    Hash(Hash),
    Set(Set),
    Sorted(Sorted),
    Stream(Stream),
}

/// One kind of what lies under a key.
pub(super) trait Kind: Default {
    fn of(held: &Held) -> Option<&Self>;
    fn of_mut(held: &mut Held) -> Option<&mut Self>;
    fn held(self) -> Held;
    /// Whether its key goes.
    fn is_void(&self) -> bool;
}

macro_rules! kinds {
    ($($kind:ty: $variant:ident, $is_void:expr;)*) => {
        $(impl Kind for $kind {
            fn of(held: &Held) -> Option<&Self> {
                match held {
                    Held::$variant(value) => Some(value),
                    _ => None,
                }
            }

            fn of_mut(held: &mut Held) -> Option<&mut Self> {
                match held {
                    Held::$variant(value) => Some(value),
                    _ => None,
                }
            }

            fn held(self) -> Held {
                Held::$variant(self)
            }

            fn is_void(&self) -> bool {
                $is_void(self)
            }
        })*
    };
}

kinds! {
    Bytes: Text, |_: &Self| false;
    List: List, |list: &Self| list.is_empty();
    Hash: Hash, |hash: &Self| hash.is_empty();
    Set: Set, |set: &Self| set.is_empty();
    Sorted: Sorted, |sorted: &Self| sorted.is_empty();
    Stream: Stream, |_: &Self| false;
}

/// All that a server holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Data {
    keys: BTreeMap<Bytes, Held>,
    /// In milliseconds since the Unix epoch.
    expiries: BTreeMap<Bytes, i64>,
    /// No key expires before this.
    none_before: i64,
}

impl Data {
    /// Lets go what has expired.
    pub(super) fn expire(&mut self, now: i64) {
        if now <= self.none_before {
            return;
        }
        let over = self.expiries.iter().filter(|(_, at)| now > **at);
        let over: Vec<_> = over.map(|(key, _)| key.clone()).collect();
        for key in over {
            self.remove(&key);
        }
        self.none_before = self.expiries.values().copied().min().unwrap_or(i64::MAX);
    }

    /// The value of that kind.
    ///
    /// # Errors
    /// [`Failure::wrong_type`] when it is of another one.
    pub(super) fn get<K: Kind>(&self, key: &[u8]) -> Result<Option<&K>, Failure> {
        let held = self.keys.get(key);
        held.map(|held| K::of(held).ok_or_else(Failure::wrong_type))
            .transpose()
    }

    /// Changes the value of that kind, if there is one; what becomes void goes.
    pub(super) fn change<K: Kind, T>(
        &mut self,
        key: &[u8],
        change: impl FnOnce(&mut K) -> T,
    ) -> Result<Option<T>, Failure> {
        let Some(held) = self.keys.get_mut(key) else {
            return Ok(None);
        };
        let value = K::of_mut(held).ok_or_else(Failure::wrong_type)?;
        let changed = change(value);
        if value.is_void() {
            self.remove(key);
        }
        Ok(Some(changed))
    }

    /// Adds to the value of that kind, which begins with nothing in it.
    pub(super) fn make<K: Kind, T>(
        &mut self,
        key: &[u8],
        change: impl FnOnce(&mut K) -> T,
    ) -> Result<T, Failure> {
        if let Some(held) = self.keys.get_mut(key) {
            let value = K::of_mut(held).ok_or_else(Failure::wrong_type)?;
            return Ok(change(value));
        }
        let mut value = K::default();
        let changed = change(&mut value);
        self.keys.insert(key.to_owned(), value.held());
        Ok(changed)
    }

    pub(super) fn contains(&self, key: &[u8]) -> bool {
        self.keys.contains_key(key)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &Bytes> {
        self.keys.keys()
    }

    pub(super) fn held(&self, key: &[u8]) -> Option<&Held> {
        self.keys.get(key)
    }

    /// Puts a value under a key, in place of whatever was there.
    pub(super) fn put(&mut self, key: &[u8], held: Held) {
        self.expiries.remove(key);
        self.keys.insert(key.to_owned(), held);
    }

    /// Whether there was something to remove.
    pub(super) fn remove(&mut self, key: &[u8]) -> bool {
        self.expiries.remove(key);
        self.keys.remove(key).is_some()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn expiry(&self, key: &[u8]) -> Option<i64> {
        self.expiries.get(key).copied()
    }

    /// Lets a key that is there expire.
    pub(super) fn expire_at(&mut self, key: &[u8], at: i64) {
        self.none_before = self.none_before.min(at);
        self.expiries.insert(key.to_owned(), at);
    }

    /// Whether it would have expired.
    pub(super) fn persist(&mut self, key: &[u8]) -> bool {
        self.expiries.remove(key).is_some()
    }
}
