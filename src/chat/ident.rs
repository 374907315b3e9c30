//! What a guest's client says its person is called on their own machine.

use std::fmt;

/// The most characters of it that are kept.
const MOST: usize = 10;

/// Where nothing of what was said can be kept.
const NOBODY: &str = "guest";

/// 1 to 10 letters, digits, `-` and `_`; nobody checks whether it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident(String);

impl Ident {
    /// What is left of whatever was said.
    #[must_use]
    pub fn of(said: &str) -> Self {
        let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let kept: String = said.chars().filter(fits).take(MOST).collect();
        if kept.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            Self(kept)
        } else {
            Self(NOBODY.to_owned())
        }
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_stand_between_nick_and_host_is_left_out() {
        for (said, kept) in [
            ("bob", "bob"),
            ("~b.o@b!", "bob"),
            ("bob_the-builder", "bob_the-bu"),
            ("\u{e9}", "guest"),
            ("-x", "guest"),
            ("", "guest"),
        ] {
            assert_eq!(Ident::of(said).to_string(), kept, "{said}");
        }
    }
}
