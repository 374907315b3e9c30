//! Masks: patterns of people, by which a room keeps somebody out or lets somebody in.

use std::fmt;
use std::sync::Arc;

use super::UserName;
use super::limits::MASK_BYTES;

/// The host that everybody has: where people connect from is nobody's business.
pub const HOST: &str = "conclave";

/// The word cannot be a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nick!account@host with * and ?, at most {MASK_BYTES} printable characters, no spaces")]
pub struct NotAMask;

/// A pattern `nick!account@host`, in which `*` stands for anything and `?` for one character: at most
/// [`MASK_BYTES`] bytes of printable ASCII, without a space. Compared and matched without case.
///
/// <https://modern.ircdocs.horse/#ban-channel-mode>.
#[derive(Clone)]
pub struct Mask(Arc<str>);

impl Mask {
    /// Takes a mask as typed. What is missing stands for anybody: `bob` is `bob!*@*`, and `*@host` is
    /// `*!*@host`. Several stars in a row are one.
    ///
    /// # Errors
    /// [`NotAMask`] when it is empty, too long, or holds another character.
    pub fn new(typed: &str) -> Result<Self, NotAMask> {
        if typed.is_empty() || !typed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotAMask);
        }
        let (nick, rest) = match typed.split_once('!') {
            Some((nick, rest)) => (nick, rest),
            None if typed.contains('@') => ("*", typed),
            None => (typed, "*"),
        };
        let (account, host) = rest.split_once('@').unwrap_or((rest, "*"));
        let [nick, account, host] = [nick, account, host].map(part);
        let whole = format!("{nick}!{account}@{host}");
        if whole.len() > MASK_BYTES {
            return Err(NotAMask);
        }
        Ok(Self(Arc::from(whole)))
    }

    /// The mask as it was typed, in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it means somebody, spelled `nick!account@host`.
    #[must_use]
    pub fn means(&self, who: &str) -> bool {
        fits(&self.0, who)
    }
}

/// Somebody as masks mean them: by the nick, and where that is another word than the account's name,
/// by that too.
pub fn spelled(user: &UserName) -> impl Iterator<Item = String> {
    let came_as = user.came_as();
    let account = user.account().filter(|_| user.nick().is_some());
    let names = std::iter::once(user.as_str()).chain(account);
    names.map(move |name| format!("{name}!{came_as}@{HOST}"))
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
        ] {
            assert_eq!(Mask::new(typed).unwrap().as_str(), whole, "{typed}");
        }
        let long = "x".repeat(MASK_BYTES);
        for bad in ["", "a b", "a\n", "\u{e9}", &long] {
            assert_eq!(Mask::new(bad).unwrap_err(), NotAMask, "{bad:?}");
        }
    }

    #[test]
    fn a_mask_means_people_by_nick_and_account() {
        for (typed, who, does) in [
            ("bob", "Bob!bob@conclave", true),
            ("bob", "al!bob@conclave", false),
            ("*!bob@*", "al!bob@conclave", true),
            ("*@conclave", "al!bob@conclave", true),
            ("b?b!*@elsewhere", "bob!bob@conclave", false),
        ] {
            assert_eq!(Mask::new(typed).unwrap().means(who), does, "{typed} {who}");
        }
    }

    #[test]
    fn people_are_meant_by_nick_and_by_account() {
        for (stored, forms) in [
            ("bob", &["bob!bob@conclave"][..]),
            ("bob/Al", &["Al!bob@conclave", "bob!bob@conclave"]),
            ("~ann.00ab/Zoe", &["Zoe!~ann@conclave"]),
        ] {
            let user = UserName::stored(stored).unwrap();
            assert_eq!(spelled(&user).collect::<Vec<_>>(), forms);
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
