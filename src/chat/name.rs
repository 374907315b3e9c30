//! Names of users, rooms and nodes: checked once, compared without case, shown as first written.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::ident::Ident;
use super::limits::{ROOM_NAME_BYTES, USER_NAME_BYTES};
use super::nick::Nick;
use super::origin::SessionId;

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

/// Who somebody is, and as whom others see them.
///
/// Who somebody is tells the *id*: the name of an account, 1 to 32 of `A-Z a-z 0-9 _ - .`, the first
/// a letter or digit; or a word with a `~` in front, which names a guest and which no account can
/// have. Others see a nick where there is another one than the id. Equality, order and hash know the
/// id alone, and ignore case; `Display` shows what others see.
#[derive(Clone)]
pub struct UserName {
    /// The id, and behind a slash the nick, where that is another word.
    spelled: Arc<str>,
    /// Bytes of the id.
    id_bytes: usize,
}

/// What the id of a guest begins with.
const GUEST: char = '~';

/// What stands between an id and a nick.
const BETWEEN: char = '/';

/// The name of a room: 1 to 64 of `A-Z a-z 0-9 _ - .`, the first a letter or digit.
///
/// Equality, order and hash ignore case; `Display` shows it as it was first entered.
#[derive(Clone)]
pub struct RoomName(Arc<str>);

impl UserName {
    /// Checks the name of an account.
    ///
    /// # Errors
    /// [`NameError`] when it is too long, holds another character or is reserved.
    pub fn new(name: &str) -> Result<Self, NameError> {
        check(name, USER_NAME_BYTES).map(Self::of_id)
    }

    /// Checks a word by which a person means another one: a nick, or the name of an account. Only
    /// the store knows whose it is.
    ///
    /// # Errors
    /// [`NameError`] when it can be neither of them.
    pub fn called(word: &str) -> Result<Self, NameError> {
        match Nick::new(word) {
            Ok(nick) => Ok(Self::of_id(Arc::from(nick.as_str()))),
            Err(_) => Self::new(word),
        }
    }

    /// Reads what [`Self::spelled`] told: for stores and logs, not for what people say.
    ///
    /// # Errors
    /// [`NameError`] when nobody is spelled so.
    pub fn stored(spelled: &str) -> Result<Self, NameError> {
        let (id, nick) = match spelled.split_once(BETWEEN) {
            Some((id, nick)) => (id, Some(nick)),
            None => (spelled, None),
        };
        if let Some(word) = id.strip_prefix(GUEST) {
            check(word, USER_NAME_BYTES)?;
        } else if nick.is_some() {
            check(id, USER_NAME_BYTES)?;
        } else {
            return Self::called(id);
        }
        if let Some(nick) = nick {
            Nick::new(nick).map_err(|_| NameError::Character)?;
        }
        Ok(Self {
            spelled: Arc::from(spelled),
            id_bytes: id.len(),
        })
    }

    /// A guest, who is nobody beyond this session. Of 10 000 guests at once, two have the same id
    /// about once in five million times, and then the later one does not get in.
    #[must_use]
    pub fn guest(session: &SessionId, ident: &Ident, nick: &Nick) -> Self {
        let mut hasher = DefaultHasher::new();
        session.hash(&mut hasher);
        let id = format!("{GUEST}{ident}.{:012x}", hasher.finish() >> 16);
        Self::of_id(Arc::from(id)).seen_as(nick)
    }

    /// The same person under this nick.
    #[must_use]
    pub fn seen_as(&self, nick: &Nick) -> Self {
        let (id, nick) = (self.id(), nick.as_str());
        if id == nick {
            return Self::of_id(Arc::from(id));
        }
        Self {
            spelled: Arc::from(format!("{id}{BETWEEN}{nick}")),
            id_bytes: id.len(),
        }
    }

    fn of_id(id: Arc<str>) -> Self {
        Self {
            id_bytes: id.len(),
            spelled: id,
        }
    }

    /// What others see: the nick, or the name as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.nick().unwrap_or(&self.spelled)
    }

    /// Who it is: the name as it was registered, or a guest's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.spelled[..self.id_bytes]
    }

    /// The nick, where that is another word than the id.
    #[must_use]
    pub fn nick(&self) -> Option<&str> {
        self.spelled[self.id_bytes..].strip_prefix(BETWEEN)
    }

    /// The name of the account; a guest has none.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        Some(self.id()).filter(|id| !id.starts_with(GUEST))
    }

    /// Under which name somebody came in: the account's, or `~` and what a guest said, which is true
    /// or not.
    #[must_use]
    pub fn came_as(&self) -> &str {
        match (self.account(), self.id().rsplit_once('.')) {
            (Some(account), _) => account,
            (None, Some((said, _))) => said,
            (None, None) => self.id(),
        }
    }

    /// The same person without a nick.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self::of_id(Arc::from(self.id()))
    }

    /// As what a person means who says what others see: [`Self::called`] of that.
    #[must_use]
    pub fn as_seen(&self) -> Self {
        Self::of_id(Arc::from(self.as_str()))
    }

    /// All of it, as stores and logs spell it: an id, or an id, a slash and a nick.
    #[must_use]
    pub fn spelled(&self) -> &str {
        &self.spelled
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
    if is_reserved(name) {
        return Err(NameError::Reserved);
    }
    Ok(Arc::from(name))
}

/// Whether a word is the server's own.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|own| own.eq_ignore_ascii_case(word))
}

/// All kinds of names compare alike, by one word of each; the types only keep them apart.
macro_rules! compared_without_case {
    ($name:ident by $key:ident, written as $whole:ident) => {
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.$key().eq_ignore_ascii_case(other.$key())
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                let key = self.$key().as_bytes();
                let mut lower = [0; ROOM_NAME_BYTES];
                let lower = &mut lower[..key.len()];
                lower.copy_from_slice(key);
                lower.make_ascii_lowercase();
                lower.hash(state);
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                let lower = |byte: u8| byte.to_ascii_lowercase();
                let own = self.$key().bytes().map(lower);
                own.cmp(other.$key().bytes().map(lower))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.$whole())
            }
        }
    };
}

compared_without_case!(UserName by id, written as spelled);
compared_without_case!(RoomName by as_str, written as as_str);
compared_without_case!(NodeName by as_str, written as as_str);

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

    #[test]
    fn somebody_is_told_apart_by_the_id_and_seen_by_the_nick() {
        let al = UserName::stored("Alice/Al").unwrap();
        assert_eq!(al, UserName::new("alice").unwrap());
        assert_eq!(al.to_string(), "Al");
        assert_eq!((al.id(), al.nick()), ("Alice", Some("Al")));
        assert_eq!(al.account(), Some("Alice"));
        assert_eq!(format!("{al:?}"), "Alice/Al");
        let alice = al.seen_as(&Nick::new("Alice").unwrap());
        assert_eq!(alice.spelled(), "Alice");
        let lower = alice.seen_as(&Nick::new("alice").unwrap());
        assert_eq!(lower.spelled(), "Alice/alice");
    }

    #[test]
    fn a_guest_is_nobody_whom_a_person_can_name() {
        let session: SessionId = "node-1.8c1f/77".parse().unwrap();
        let bob = UserName::guest(&session, &Ident::of("bob"), &Nick::new("[Bob]").unwrap());
        assert_eq!((bob.account(), bob.as_str()), (None, "[Bob]"));
        assert_eq!(
            UserName::stored(bob.spelled()).unwrap().spelled(),
            bob.spelled()
        );
        assert_eq!(UserName::stored(bob.id()).unwrap(), bob);
        for word in [bob.id(), bob.spelled(), "a/b"] {
            assert!(UserName::new(word).is_err(), "{word}");
            assert!(UserName::called(word).is_err(), "{word}");
        }
        let other: SessionId = "node-1.8c1f/78".parse().unwrap();
        assert_ne!(
            UserName::guest(&other, &Ident::of("bob"), &Nick::new("[Bob]").unwrap()),
            bob
        );
        for bad in ["~", "~/Bob", "a/", "/b", "a/b/c", "~a b/c", "a/pm"] {
            assert!(UserName::stored(bad).is_err(), "{bad}");
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
