//! Masks: patterns of people, by which a room keeps somebody out or lets somebody in.

use std::fmt;
use std::sync::Arc;

use super::UserName;
use super::limits::MASK_BYTES;

/// The host that everybody has: where people connect from is nobody's business.
pub const HOST: &str = "conclave";

/// The word cannot be a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "nick!account@host with * and ?, or ~a:account, or ~m: and one of these; at most {MASK_BYTES} printable \
     characters, no spaces"
)]
pub struct NotAMask;

/// What stands in front of a mask that only keeps quiet.
pub const MUTE: &str = "~m:";

/// What stands in front of the pattern of an account.
pub const ACCOUNT: &str = "~a:";

/// In front of anything else it is a kind of mask that is not known: no nick begins so.
const KIND: char = '~';

/// A pattern of people, in which `*` stands for anything and `?` for one character: at most
/// [`MASK_BYTES`] bytes of printable ASCII, without a space. Compared and matched without case.
///
/// It is `nick!account@host`, or [`ACCOUNT`] and the account alone, which no guest has; with [`MUTE`]
/// in front of either of them it means somebody only when they speak.
///
/// <https://modern.ircdocs.horse/#ban-channel-mode>, <https://modern.ircdocs.horse/#extban-parameter>,
/// <https://ircv3.net/specs/extensions/account-extban>.
#[derive(Clone)]
pub struct Mask(Arc<str>);

impl Mask {
    /// Takes a mask as typed. What is missing stands for anybody: `bob` is `bob!*@*`, and `*@host` is
    /// `*!*@host`. Several stars in a row are one.
    ///
    /// # Errors
    /// [`NotAMask`] when it is empty, too long, of a kind that is not known, or holds another character.
    pub fn new(typed: &str) -> Result<Self, NotAMask> {
        let (mute, pattern) = behind(MUTE, typed).map_or(("", typed), |pattern| (MUTE, pattern));
        match behind(ACCOUNT, pattern) {
            Some("") => Err(NotAMask),
            Some(account) if account.contains(['!', '@', ':']) => Err(NotAMask),
            Some(account) => Self::whole(format!("{mute}{ACCOUNT}{}", part(account))),
            None if pattern.starts_with(KIND) && pattern.contains(':') => Err(NotAMask),
            None => Self::of_person(mute, pattern),
        }
    }

    /// Takes a mask as it is kept. An earlier version knew one kind alone, which anything could be.
    ///
    /// # Errors
    /// As of [`Mask::new`], but of what is of no known kind it is a mask that means nobody.
    pub fn stored(kept: &str) -> Result<Self, NotAMask> {
        Self::new(kept).or_else(|NotAMask| Self::of_person("", kept))
    }

    fn whole(spelled: String) -> Result<Self, NotAMask> {
        let is_spelled = spelled.bytes().all(|byte| byte.is_ascii_graphic());
        if spelled.len() > MASK_BYTES || !is_spelled {
            return Err(NotAMask);
        }
        Ok(Self(Arc::from(spelled)))
    }

    fn of_person(mute: &str, typed: &str) -> Result<Self, NotAMask> {
        if typed.is_empty() {
            return Err(NotAMask);
        }
        let (nick, rest) = match typed.split_once('!') {
            Some((nick, rest)) => (nick, rest),
            None if typed.contains('@') => ("*", typed),
            None => (typed, "*"),
        };
        let (account, host) = rest.split_once('@').unwrap_or((rest, "*"));
        let [nick, account, host] = [nick, account, host].map(part);
        Self::whole(format!("{mute}{nick}!{account}@{host}"))
    }

    /// The mask as it was typed, in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it keeps somebody only quiet.
    #[must_use]
    pub fn is_mute(&self) -> bool {
        behind(MUTE, &self.0).is_some()
    }

    /// Whether it means somebody, whatever they do.
    #[must_use]
    pub fn means(&self, person: &Person<'_>) -> bool {
        let pattern = behind(MUTE, &self.0).unwrap_or(&self.0);
        match behind(ACCOUNT, pattern) {
            Some(account) => person.account.is_some_and(|name| fits(account, name)),
            None => person.forms.iter().any(|form| fits(pattern, form)),
        }
    }
}

/// Somebody as masks mean them.
#[derive(Debug, Clone)]
pub struct Person<'a> {
    /// `nick!account@host`, by the nick, and where that is another word than the account's name, by that
    /// too.
    forms: Vec<String>,
    /// Guests have none.
    account: Option<&'a str>,
}

impl<'a> Person<'a> {
    /// Somebody.
    #[must_use]
    pub fn of(user: &'a UserName) -> Self {
        let (came_as, account) = (user.came_as(), user.account());
        let other = account.filter(|_| user.nick().is_some());
        let names = std::iter::once(user.as_str()).chain(other);
        Self {
            forms: names
                .map(|name| format!("{name}!{came_as}@{HOST}"))
                .collect(),
            account,
        }
    }
}

/// What stands behind a word at the beginning, if that is there.
fn behind<'a>(word: &str, text: &'a str) -> Option<&'a str> {
    let (front, rest) = text.split_at_checked(word.len())?;
    front.eq_ignore_ascii_case(word).then_some(rest)
}

/// Nothing stands for anything, and several stars in a row for no more than one.
fn part(typed: &str) -> String {
    let mut part = String::with_capacity(typed.len().max(1));
    for c in typed.chars() {
        if c != '*' || !part.ends_with('*') {
            part.push(c);
        }
    }
    if part.is_empty() {
        "*".to_owned()
    } else {
        part
    }
}

/// Whether a name fits a pattern, in which `*` stands for anything and `?` for one character;
/// without the case of ASCII letters. Linear in both but for each `*` that was tried in vain.
///
/// <https://modern.ircdocs.horse/#wildcard-expressions>. `lua/masks.lua` has the same once more.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut in_name) = (0, 0);
    // Where the last `*` stands, and how much of the name it has taken.
    let mut star: Option<(usize, usize)> = None;
    while in_name < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, in_name));
                at += 1;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&name[in_name]) => {
                at += 1;
                in_name += 1;
            }
            Some(_) | None => {
                let Some((star_at, taken)) = star else {
                    return false;
                };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                in_name = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Mask {}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Patterns, names, and whether one fits the other: for every place that has the rule.
#[cfg(test)]
pub(crate) const FITTING: [(&str, &str, bool); 18] = [
    ("*", "", true),
    ("*", "den", true),
    ("d*", "den", true),
    ("*n", "den", true),
    ("d?n", "den", true),
    ("*e*", "den", true),
    ("a*b*c", "axxbyyc", true),
    ("", "", true),
    ("**", "x", true),
    ("*.*", "a.b", true),
    ("%a", "%a", true),
    ("?", "", false),
    ("d", "den", false),
    ("d?", "den", false),
    ("a*b", "abc", false),
    ("", "x", false),
    (".", "x", false),
    ("[a-z]", "b", false),
];

/// Masks, people as they are stored, and whether one means the other: for every place that has the
/// rule.
#[cfg(test)]
pub(crate) const MEANT: [(&str, &str, bool); 15] = [
    ("bob", "Bob", true),
    ("bob", "bob/Al", true),
    ("al", "bob/Al", true),
    ("*!bob@*", "bob/Al", true),
    ("*@conclave", "bob/Al", true),
    ("b?b!*@elsewhere", "bob", false),
    ("*!~*@*", "~ann.00ab/Zoe", true),
    ("~a:bob", "Bob", true),
    ("~A:B?B", "bob/Al", true),
    ("~a:al", "bob/Al", false),
    ("~a:*", "~ann.00ab/Zoe", false),
    ("~a:bob", "~bob.00ab/bob", false),
    ("~m:al", "bob/Al", true),
    ("~m:~a:bob", "bob/Al", true),
    ("~m:~a:*", "~ann.00ab/Zoe", false),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_others() {
        for (pattern, name, does) in FITTING {
            assert_eq!(fits(pattern, name), does, "{pattern} {name}");
        }
        assert!(fits("*N", "den"), "case tells nothing apart");
    }

    #[test]
    fn what_is_missing_of_a_mask_stands_for_anybody() {
        for (typed, whole) in [
            ("Bob", "Bob!*@*"),
            ("bob!x", "bob!x@*"),
            ("bob@host", "*!bob@host"),
            ("*!*@h", "*!*@h"),
            ("a!b@c", "a!b@c"),
            ("!@", "*!*@*"),
            ("b**b", "b*b!*@*"),
            ("a!b@c@d!e", "a!b@c@d!e"),
            ("~a:Bob", "~a:Bob"),
            ("~A:**", "~a:*"),
            ("~m:bob", "~m:bob!*@*"),
            ("~M:~A:bob", "~m:~a:bob"),
            ("*!~a@*", "*!~a@*"),
        ] {
            assert_eq!(Mask::new(typed).unwrap().as_str(), whole, "{typed}");
        }
        let long = "x".repeat(MASK_BYTES);
        let kinds = [
            "~a:",
            "~m:",
            "~m:~a:",
            "~m:~m:bob",
            "~a:bob!*@*",
            "~q:bob",
            "~a:~m:bob",
        ];
        for bad in ["", "a b", "a\n", "\u{e9}", &long].into_iter().chain(kinds) {
            assert_eq!(Mask::new(bad).unwrap_err(), NotAMask, "{bad:?}");
        }
    }

    #[test]
    fn a_mask_means_people_by_nick_and_account() {
        for (typed, stored, does) in MEANT {
            let user = UserName::stored(stored).unwrap();
            let does_mean = Mask::new(typed).unwrap().means(&Person::of(&user));
            assert_eq!(does_mean, does, "{typed} {stored}");
        }
    }

    #[test]
    fn what_an_earlier_version_kept_is_read_and_means_nobody() {
        let (kept, user) = ("~q:bob!*@*", UserName::stored("bob").unwrap());
        let mask = Mask::stored(kept).unwrap();
        assert_eq!(mask.as_str(), kept);
        assert!(!mask.means(&Person::of(&user)));
        assert_eq!(Mask::stored("a b").unwrap_err(), NotAMask);
    }

    #[test]
    fn people_are_meant_by_nick_and_by_account() {
        for (stored, forms) in [
            ("bob", &["bob!bob@conclave"][..]),
            ("bob/Al", &["Al!bob@conclave", "bob!bob@conclave"]),
            ("~ann.00ab/Zoe", &["Zoe!~ann@conclave"]),
        ] {
            let user = UserName::stored(stored).unwrap();
            assert_eq!(Person::of(&user).forms, forms);
        }
    }

    proptest! {
        #[test]
        fn a_name_fits_itself_and_whatever_is_cut_out(name in "[a-z]{0,20}", from in 0_usize..21) {
            prop_assert!(fits(&name, &name));
            let from = from.min(name.len());
            let pattern = format!("{}*", &name[..from]);
            prop_assert!(fits(&pattern, &name));
        }

        #[test]
        fn a_mask_is_what_it_is_spelled_as(typed in "\\PC{0,40}") {
            if let Ok(mask) = Mask::new(&typed) {
                let again = Mask::new(mask.as_str()).unwrap();
                prop_assert_eq!(again.as_str(), mask.as_str());
            }
        }
    }
}
