//! A stream, with its entries in nodes as a server packs them: "about so many entries" means as
//! many as there are in whole nodes, and how many these are depends on how long the entries are.

use std::collections::VecDeque;
use std::fmt;
use std::ops::RangeInclusive;
use std::rc::Rc;

use super::data::Bytes;

/// Entries of a node at most, those that were deleted included.
const NODE_ENTRIES: usize = 100;

/// Bytes of a node at most.
const NODE_BYTES: usize = 4096;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) ms: u64,
    pub(super) seq: u64,
}

impl Id {
    pub(super) const LEAST: Self = Self { ms: 0, seq: 0 };
    pub(super) const MOST: Self = Self {
        ms: u64::MAX,
        seq: u64::MAX,
    };

    pub(super) fn next(self) -> Option<Self> {
        match (self.ms.checked_add(1), self.seq.checked_add(1)) {
            (_, Some(seq)) => Some(Self { seq, ..self }),
            (Some(ms), None) => Some(Self { ms, seq: 0 }),
            (None, None) => None,
        }
    }

    pub(super) fn before(self) -> Option<Self> {
        match (self.ms.checked_sub(1), self.seq.checked_sub(1)) {
            (_, Some(seq)) => Some(Self { seq, ..self }),
            (Some(ms), None) => Some(Self { ms, seq: u64::MAX }),
            (None, None) => None,
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ms, self.seq)
    }
}

/// What an entry holds: field, value, field, value …
pub(super) type Fields = Rc<[Bytes]>;

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: Id,
    pub(super) fields: Fields,
}

/// How far to trim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trim {
    /// To exactly so many entries.
    To(usize),
    /// To so many, and those that share a node with one of them.
    About(usize),
}

/// Entries that are packed together.
#[derive(Debug, Clone)]
struct Node {
    /// The first id that it was given, and the fields that need not be repeated.
    master: Entry,
    entries: Vec<Entry>,
    deleted: usize,
    bytes: usize,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    nodes: VecDeque<Node>,
    length: usize,
    pub(super) last: Id,
    pub(super) greatest_deleted: Id,
    pub(super) added: u64,
}

impl Stream {
    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// Puts an entry at the end; its id is above the last one.
    pub(super) fn append(&mut self, id: Id, fields: Fields) {
        let entry = Entry { id, fields };
        match self.nodes.back_mut().filter(|node| node.has_room(&entry)) {
            Some(node) => node.push(entry),
            None => self.nodes.push_back(Node::new(entry)),
        }
        self.length += 1;
        self.added += 1;
        self.last = id;
    }

    /// The entries from one id to another, in order.
    pub(super) fn range(&self, ids: RangeInclusive<Id>) -> impl DoubleEndedIterator<Item = &Entry> {
        let (from, to) = (*ids.start(), *ids.end());
        let end = self.nodes.partition_point(|node| node.master.id <= to);
        let begin = self.nodes.partition_point(|node| node.master.id <= from);
        let begin = begin.saturating_sub(1).min(end);
        let entries = self.nodes.range(begin..end);
        entries
            .flat_map(|node| &node.entries)
            .filter(move |entry| ids.contains(&entry.id))
    }

    /// Whether there was such an entry.
    pub(super) fn delete(&mut self, id: Id) -> bool {
        let at = self.nodes.partition_point(|node| node.master.id <= id);
        let Some(at) = at.checked_sub(1) else {
            return false;
        };
        let node = &mut self.nodes[at];
        let Some(entry) = node.entries.iter().position(|entry| entry.id == id) else {
            return false;
        };
        node.entries.remove(entry);
        node.deleted += 1;
        if node.entries.is_empty() {
            self.nodes.remove(at);
        }
        self.length -= 1;
        self.greatest_deleted = self.greatest_deleted.max(id);
        true
    }

    /// How many entries went.
    pub(super) fn trim(&mut self, trim: Trim) -> usize {
        let before = self.length;
        let (Trim::To(most) | Trim::About(most)) = trim;
        while let Some(node) = self.nodes.front_mut() {
            let entries = node.entries.len();
            if self.length <= most {
                break;
            }
            if self.length - entries >= most {
                self.nodes.pop_front();
                self.length -= entries;
                continue;
            }
            match trim {
                Trim::To(most) => {
                    let over = self.length - most;
                    node.entries.drain(..over);
                    node.deleted += over;
                    self.length = most;
                }
                Trim::About(_) => {}
            }
            break;
        }
        before - self.length
    }
}

impl Node {
    fn new(first: Entry) -> Self {
        let names = first.fields.iter().step_by(2);
        // A header and an end, how many there are and were, how many fields, these, and a zero.
        let bytes = 7 + 2 + 2 + length_of_number((first.fields.len() / 2) as i64);
        let bytes = bytes + names.map(|name| length_of(name)).sum::<usize>() + 2;
        let mut node = Self {
            master: first.clone(),
            entries: Vec::new(),
            deleted: 0,
            bytes,
        };
        node.push(first);
        node
    }

    fn has_room(&self, entry: &Entry) -> bool {
        let bytes: usize = entry.fields.iter().map(Vec::len).sum();
        self.bytes + bytes < NODE_BYTES && self.entries.len() + self.deleted < NODE_ENTRIES
    }

    fn push(&mut self, entry: Entry) {
        self.bytes += self.length_of_entry(&entry);
        self.entries.push(entry);
    }

    /// Flags, how far the id is from the first one, what it holds, and how many elements these are.
    fn length_of_entry(&self, entry: &Entry) -> usize {
        let (id, first) = (entry.id, self.master.id);
        let ids = length_of_number(id.ms.wrapping_sub(first.ms) as i64)
            + length_of_number(id.seq.wrapping_sub(first.seq) as i64);
        let names = || entry.fields.iter().step_by(2);
        let values = entry.fields.iter().skip(1).step_by(2);
        let values: usize = values.map(|value| length_of(value)).sum();
        let count = entry.fields.len() / 2;
        let is_alike = names().eq(self.master.fields.iter().step_by(2));
        let (elements, names) = if is_alike {
            (count + 3, 0)
        } else {
            let names: usize = names().map(|name| length_of(name)).sum();
            (2 * count + 4, length_of_number(count as i64) + names)
        };
        2 + ids + names + values + length_of_number(elements as i64)
    }
}

/// Bytes of an element; what looks like a number is packed as one.
fn length_of(element: &[u8]) -> usize {
    if let Some(number) = as_number(element) {
        return length_of_number(number);
    }
    with_back_length(match element.len() {
        length @ 0..64 => 1 + length,
        length @ 64..4096 => 2 + length,
        length => 5 + length,
    })
}

fn as_number(element: &[u8]) -> Option<i64> {
    let number: i64 = std::str::from_utf8(element).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == element).then_some(number)
}

fn length_of_number(number: i64) -> usize {
    with_back_length(match number {
        0..=127 => 1,
        -4096..=4095 => 2,
        -32_768..=32_767 => 3,
        -8_388_608..=8_388_607 => 4,
        -2_147_483_648..=2_147_483_647 => 5,
        _ => 9,
    })
}

/// Behind an element stands its length, for whoever comes from behind.
fn with_back_length(length: usize) -> usize {
    length
        + match length {
            0..=127 => 1,
            128..16_383 => 2,
            16_383..2_097_151 => 3,
            2_097_151..268_435_455 => 4,
            _ => 5,
        }
}
