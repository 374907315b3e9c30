//! What a talker says: numbered texts, that whoever hears them can tell apart.

use std::fmt::Write as _;

use super::referee::{Hearing, Micros, Person};
use crate::chat::Position;

/// Bytes of the shortest text that every number fits in.
pub const SHORTEST: usize = 64;

/// Bytes of the longest text that a line of IRC is sure to hold.
pub const LONGEST_OF_IRC: usize = 400;

/// One text of one talker of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// Which run of the generator; texts of others are none of its business.
    pub run: u32,
    /// Which of its people says it.
    pub talker: Person,
    /// The talker's how-many-eth, from 0.
    pub number: u64,
    /// When it was due, in microseconds since the run began.
    pub due: Micros,
}

impl Numbered {
    /// What the referee is told when somebody hears it.
    #[must_use]
    pub const fn heard(&self, position: Position, at: Micros) -> Hearing {
        Hearing {
            position,
            talker: self.talker,
            number: self.number,
            due: self.due,
            at,
        }
    }

    /// Writes it as a line of so many bytes before its end, or more where the numbers need more.
    pub fn write(&self, bytes: usize, out: &mut String) {
        let start = out.len();
        let Self {
            run,
            talker,
            number,
            due,
        } = self;
        // Writing into memory cannot fail.
        let _ = write!(out, "load {run:08x} {talker} {number} {due} ");
        let rest = bytes.saturating_sub(out.len() - start);
        out.extend(std::iter::repeat_n('x', rest));
        out.push('\n');
    }

    /// Reads a text; `None` when nobody of a load generator said it, or somebody changed it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix("load ")?.split(' ');
        let run = u32::from_str_radix(words.next()?, 16).ok()?;
        let talker = words.next()?.parse().ok()?;
        let number = words.next()?.parse().ok()?;
        let due = words.next()?.parse().ok()?;
        let is_whole = words.next()?.bytes().all(|byte| byte == b'x') && words.next().is_none();
        is_whole.then_some(Self {
            run,
            talker,
            number,
            due,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(run: u32, talker: u32, number: u64, due: u64, bytes in 0..200usize) {
            let numbered = Numbered { run, talker, number, due };
            let mut line = String::new();
            numbered.write(bytes, &mut line);
            let text = line.strip_suffix('\n').unwrap();
            prop_assert_eq!(Numbered::read(text), Some(numbered));
            prop_assert!(text.len() >= bytes);
        }
    }

    #[test]
    fn the_shortest_is_long_enough_for_a_day_of_it() {
        let mut line = String::new();
        let numbered = Numbered {
            run: u32::MAX,
            talker: 99_999,
            number: 9_999_999_999,
            due: 86_400_000_000,
        };
        numbered.write(SHORTEST, &mut line);
        assert_eq!(line.len(), SHORTEST + 1);
    }

    #[test]
    fn anything_else_is_none_of_ours() {
        for text in [
            "",
            "hello",
            "load ",
            "load 1 2 3",
            "load 1 2 3 4 xxy",
            "load 1 2 3 4 x x",
        ] {
            assert_eq!(Numbered::read(text), None, "{text:?}");
        }
    }
}
