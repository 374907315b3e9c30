//! Maps and sets of connections, which is what the registry walks through for every delivery.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::chat::origin::ConnId;

/// A map by connection.
pub(super) type ConnMap<V> = HashMap<ConnId, V, BuildHasherDefault<Numbers>>;

/// A set of connections.
pub(super) type ConnSet = HashSet<ConnId, BuildHasherDefault<Numbers>>;

/// Odd, and without a pattern: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Hashes numbers that the node gave itself: nobody outside can choose them to collide, so they
/// need none of the default hasher's defences.
#[derive(Debug, Default)]
pub(super) struct Numbers(u64);

impl Hasher for Numbers {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(SPREAD);
    }

    fn finish(&self) -> u64 {
        // A table looks at the lowest bits first, which the product mixes least.
        self.0.rotate_left(32)
    }
}
