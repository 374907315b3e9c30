//! What holds of a room, which ranks people have in it, and who is kept out of it or let in.
//!
//! Each of these has a letter, by which stores and records know it; the letters are those that IRC
//! has for the same. Who may change what is in [`permission`](super::permission).

use super::event::Timestamp;
use super::{Mask, Secret, UserName};

/// Something that holds of a room or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Who is not invited stays outside.
    InviteOnly,
    /// Only those with a rank are heard.
    Moderated,
    /// It is not listed.
    Secret,
    /// Only operators say what it is about.
    TopicLocked,
}

impl Flag {
    /// Every flag, in the order of their letters.
    pub const ALL: [Self; 4] = [
        Self::InviteOnly,
        Self::Moderated,
        Self::Secret,
        Self::TopicLocked,
    ];

    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::InviteOnly => 'i',
            Self::Moderated => 'm',
            Self::Secret => 's',
            Self::TopicLocked => 't',
        }
    }

    /// Whether a room of which it holds is [private](super::event::Privacy::Private).
    #[must_use]
    pub const fn is_private(self) -> bool {
        match self {
            Self::InviteOnly | Self::Secret => true,
            Self::Moderated | Self::TopicLocked => false,
        }
    }
}

/// A rank that somebody has in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// May change the room.
    Operator,
    /// Is heard where not everybody is.
    Voice,
}

impl Rank {
    /// Every rank, the highest first.
    pub const ALL: [Self; 2] = [Self::Operator, Self::Voice];

    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Operator => 'o',
            Self::Voice => 'v',
        }
    }
}

/// A list of masks that a room has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Who stays outside, and is not heard without a rank.
    Bans,
    /// To whom bans do not apply.
    BanExceptions,
    /// Who needs no invitation.
    InviteExceptions,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 3] = [Self::Bans, Self::BanExceptions, Self::InviteExceptions];

    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Bans => 'b',
            Self::BanExceptions => 'e',
            Self::InviteExceptions => 'I',
        }
    }
}

/// Makes a set of a few values that have letters.
macro_rules! set_of {
    ($(#[$doc:meta])* $set:ident of $one:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Default)]
        pub struct $set(u8);

        impl $set {
            /// Whether it is in the set.
            #[must_use]
            pub const fn has(self, one: $one) -> bool {
                self.0 & (1 << one as u8) != 0
            }

            /// The set with it.
            #[must_use]
            pub const fn with(self, one: $one) -> Self {
                Self(self.0 | (1 << one as u8))
            }

            /// The set without it.
            #[must_use]
            pub const fn without(self, one: $one) -> Self {
                Self(self.0 & !(1 << one as u8))
            }

            /// The set with it or without it.
            #[must_use]
            pub const fn switched(self, one: $one, to: Switch) -> Self {
                match to {
                    Switch::On => self.with(one),
                    Switch::Off => self.without(one),
                }
            }

            /// Whether nothing is in it.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Those in the set, in their order.
            pub fn iter(self) -> impl Iterator<Item = $one> {
                $one::ALL.into_iter().filter(move |one| self.has(*one))
            }

            /// The set as its letters.
            #[must_use]
            pub fn letters(self) -> String {
                self.iter().map($one::letter).collect()
            }

            /// The set of these letters; others mean nothing.
            #[must_use]
            pub fn of_letters(letters: &str) -> Self {
                let known = $one::ALL.into_iter();
                let named = known.filter(|one| letters.contains(one.letter()));
                named.fold(Self::default(), Self::with)
            }
        }

        impl std::fmt::Debug for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "+{}", self.letters())
            }
        }
    };
}

set_of! {
    /// What holds of a room.
    Flags of Flag
}

set_of! {
    /// The ranks of somebody in a room.
    Ranks of Rank
}

impl Flags {
    /// What holds of a new room: nothing, so that whoever is in it may say what it is about.
    #[must_use]
    pub const fn of_new_room() -> Self {
        Self(0)
    }

    /// Whether a room of which these hold is private, also without a key.
    #[must_use]
    pub fn are_private(self) -> bool {
        self.iter().any(Flag::is_private)
    }
}

impl Ranks {
    /// The highest one.
    #[must_use]
    pub fn highest(self) -> Option<Rank> {
        self.iter().next()
    }
}

/// Whether something is to hold from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// What somebody wants to be different about a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeWish {
    /// Something holds or does not.
    Flag {
        /// What.
        flag: Flag,
        /// Whether.
        to: Switch,
    },
    /// A key opens it, and no other one.
    Lock {
        /// 1 to [`ROOM_KEY_BYTES`](super::limits::ROOM_KEY_BYTES) bytes.
        key: Secret,
    },
    /// No key is needed.
    Unlock,
    /// So many may be in it.
    Limit {
        /// At least one.
        most: u32,
    },
    /// Any number may be in it.
    Unlimited,
    /// Somebody has a rank or has not.
    Rank {
        /// Who.
        user: UserName,
        /// Which.
        rank: Rank,
        /// Whether.
        to: Switch,
    },
    /// A mask is in a list or is not.
    Listed {
        /// In which.
        list: List,
        /// Which mask.
        mask: Mask,
        /// Whether.
        to: Switch,
    },
}

/// What became different about a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeChange {
    /// Something holds or does not.
    Flag {
        /// What.
        flag: Flag,
        /// Whether.
        to: Switch,
    },
    /// Another key opens it, or none is needed any more.
    Key {
        /// Whether there is one.
        to: Switch,
    },
    /// So many may be in it.
    Limit {
        /// At least one.
        most: u32,
    },
    /// Any number may be in it.
    Unlimited,
    /// Somebody has a rank or has not.
    Rank {
        /// Who.
        user: UserName,
        /// Which.
        rank: Rank,
        /// Whether.
        to: Switch,
    },
    /// A mask is in a list or is not.
    Listed {
        /// In which.
        list: List,
        /// Which mask.
        mask: Mask,
        /// Whether.
        to: Switch,
    },
}

/// All that holds of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomModes {
    /// What holds.
    pub flags: Flags,
    /// Whether it takes a key to enter; which one is nobody's to see, for only its seal is kept.
    pub key: Switch,
    /// How many may be in it, where that is bounded.
    pub limit: Option<u32>,
    /// When it was made; not known of a room that an earlier version of this program made.
    pub made: Option<Timestamp>,
}

/// A mask in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedMask {
    /// The mask.
    pub mask: Mask,
    /// Who put it there.
    pub by: UserName,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_things_have_one_letter() {
        let flags = Flag::ALL.map(Flag::letter);
        let (ranks, lists) = (Rank::ALL.map(Rank::letter), List::ALL.map(List::letter));
        // Key and limit have theirs too.
        let letters = [&flags[..], &ranks, &lists, &['k', 'l']].concat();
        let different: std::collections::BTreeSet<_> = letters.iter().collect();
        assert_eq!(different.len(), letters.len());
    }

    #[test]
    fn a_set_is_what_its_letters_say() {
        for bits in 0..1 << Flag::ALL.len() {
            let set = Flags(bits);
            assert_eq!(Flags::of_letters(&set.letters()), set);
            assert_eq!(Flags::of_letters(&format!("x{}b", set.letters())), set);
        }
        assert_eq!(Ranks::of_letters("vo").highest(), Some(Rank::Operator));
        assert_eq!(Ranks::of_letters("ov").letters(), "ov");
        assert_eq!(Ranks::default().highest(), None);
        assert!(Flags::of_letters("ms").are_private());
        assert!(!Flags::of_new_room().are_private());
    }
}
