//! Names of users, rooms and nodes: checked once, compared without case, shown as first written.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::limits::{ROOM_NAME_BYTES, USER_NAME_BYTES};

/// Words that open a server line and therefore name nobody, so that no line can be forged.
const RESERVED: [&str; 5] = ["pm", "sub", "gap", "server", "history"];

/// Why a text is no name; the words are for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or more than `most` bytes.
    #[error("1 to {most} characters")]
    Length {
        /// The most bytes that such a name may have.
        most: usize,
    },
    /// A character outside `A-Z a-z 0-9 _ - .`, or a first one that is no letter or digit.
    #[error("A-Z a-z 0-9 _ - . only, the first a letter or digit")]
    Character,
    /// One of the words that the server uses in brackets itself.
    #[error("that word belongs to the server")]
    Reserved,
}

/// The name of a user: 1 to 32 of `A-Z a-z 0-9 _ - .`, the first a letter or digit.
///
/// Equality, order and hash ignore case; `Display` shows it as it was registered.
#[derive(Clone)]
pub struct UserName(Arc<str>);

/// The name of a room: 1 to 64 of `A-Z a-z 0-9 _ - .`, the first a letter or digit.
///
/// Equality, order and hash ignore case; `Display` shows it as it was first entered.
#[derive(Clone)]
pub struct RoomName(Arc<str>);

impl UserName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`NameError`] when it is too long, holds another character or is reserved.
    pub fn new(name: &str) -> Result<Self, NameError> {
        check(name, USER_NAME_BYTES).map(Self)
    }

    /// The name as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RoomName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`NameError`] when it is too long, holds another character or is reserved.
    pub fn new(name: &str) -> Result<Self, NameError> {
        check(name, ROOM_NAME_BYTES).map(Self)
    }

    /// The first room of the line door, which always exists and is always public.
    #[must_use]
    pub fn lobby() -> Self {
        Self(Arc::from("lobby"))
    }

    /// The name as it was first entered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a node, unique in its cluster: spelled like a room's.
#[derive(Clone)]
pub struct NodeName(Arc<str>);

impl NodeName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`NameError`] when it is too long, holds another character or is reserved.
    pub fn new(name: &str) -> Result<Self, NameError> {
        check(name, ROOM_NAME_BYTES).map(Self)
    }

    /// The name as the settings have it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(name: &str, most: usize) -> Result<Arc<str>, NameError> {
    if name.is_empty() || name.len() > most {
        return Err(NameError::Length { most });
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if !name.as_bytes()[0].is_ascii_alphanumeric() || !name.bytes().all(allowed) {
        return Err(NameError::Character);
    }
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name)) {
        return Err(NameError::Reserved);
    }
    Ok(Arc::from(name))
}

/// All kinds of names compare alike; the types only keep them apart.
macro_rules! compared_without_case {
    ($name:ident) => {
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                let mut lower = [0; ROOM_NAME_BYTES];
                let lower = &mut lower[..self.0.len()];
                lower.copy_from_slice(self.0.as_bytes());
                lower.make_ascii_lowercase();
                lower.hash(state);
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                let lower = |byte: u8| byte.to_ascii_lowercase();
                self.0.bytes().map(lower).cmp(other.0.bytes().map(lower))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

compared_without_case!(UserName);
compared_without_case!(RoomName);
compared_without_case!(NodeName);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_checked_at_the_door() {
        for good in [
            "a",
            "Alice",
            "bob.2",
            "0x",
            "under_score",
            "a-b",
            &"x".repeat(32),
        ] {
            assert!(UserName::new(good).is_ok(), "{good}");
        }
        let long = "x".repeat(33);
        for bad in [
            "",
            "-a",
            "_a",
            ".a",
            "a b",
            "al\u{ed}ce",
            "a\n",
            "a:",
            "#a",
            "[a]",
            &long,
        ] {
            assert!(UserName::new(bad).is_err(), "{bad:?}");
        }
        assert!(RoomName::new(&"x".repeat(64)).is_ok());
        assert_eq!(
            RoomName::new(&"x".repeat(65)),
            Err(NameError::Length { most: 64 })
        );
    }

    #[test]
    fn words_of_the_server_name_nobody() {
        for word in ["pm", "PM", "Sub", "gap", "server", "HISTORY"] {
            assert_eq!(UserName::new(word), Err(NameError::Reserved));
            assert_eq!(RoomName::new(word), Err(NameError::Reserved));
        }
    }

    proptest! {
        #[test]
        fn case_never_tells_two_names_apart(name in "[A-Za-z0-9][A-Za-z0-9_.-]{0,20}x") {
            let one = UserName::new(&name).unwrap();
            let other = UserName::new(&name.to_ascii_uppercase()).unwrap();
            prop_assert_eq!(&one, &other);
            prop_assert_eq!(one.cmp(&other), Ordering::Equal);
            prop_assert!(HashSet::from([one.clone()]).contains(&other));
            prop_assert_eq!(one.to_string(), name);
        }

        #[test]
        fn no_input_panics_and_every_name_is_plain(input in any::<String>()) {
            if let Ok(name) = RoomName::new(&input) {
                prop_assert!(name.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(name.as_str().len() <= ROOM_NAME_BYTES);
            }
        }
    }
}
