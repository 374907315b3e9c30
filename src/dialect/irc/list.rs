//! `LIST` and which rooms it wants: <https://modern.ircdocs.horse/#list-message>.

use super::mask;

/// Which rooms are wanted. Nothing said wants all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One of these, if there are any.
    names: Vec<String>,
    /// None of these.
    not: Vec<String>,
    /// More members than this (`>n`).
    above: Option<u64>,
    /// Fewer members than this (`<n`).
    below: Option<u64>,
}

impl Wanted {
    /// Reads conditions. What cannot be read counts as a name that no room has.
    #[must_use]
    pub fn read<'a>(conditions: impl Iterator<Item = &'a str>) -> Self {
        let mut wanted = Self::default();
        for condition in conditions.filter(|word| !word.is_empty()) {
            wanted.take(condition);
        }
        wanted
    }

    fn take(&mut self, condition: &str) {
        let number = |rest: &str| rest.parse::<u64>().ok();
        if let Some(least) = condition.strip_prefix('>').and_then(number) {
            self.above = Some(least);
        } else if let Some(most) = condition.strip_prefix('<').and_then(number) {
            self.below = Some(most);
        } else if let Some(not) = condition.strip_prefix('!') {
            self.not.push(not.to_owned());
        } else {
            self.names.push(condition.to_owned());
        }
    }

    /// Whether a room is one of them; its name stands with `#`.
    #[must_use]
    pub fn has(&self, name: &str, members: u64) -> bool {
        let fits = |pattern: &String| mask::fits(pattern, name);
        (self.names.is_empty() || self.names.iter().any(fits))
            && !self.not.iter().any(fits)
            && self.above.is_none_or(|above| members > above)
            && self.below.is_none_or(|below| members < below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_wanted_by_name_and_by_number() {
        for (conditions, name, members, has) in [
            ("", "#den", 0, true),
            ("#den", "#Den", 3, true),
            ("#lobby,#den", "#den", 3, true),
            ("#lobby", "#den", 3, false),
            ("#d*", "#den", 3, true),
            ("!#d*", "#den", 3, false),
            (">2", "#den", 3, true),
            (">3", "#den", 3, false),
            ("<4", "#den", 3, true),
            ("<3", "#den", 3, false),
            (">1,<9,#d*", "#den", 3, true),
            (">x", "#den", 3, false),
        ] {
            assert_eq!(
                Wanted::read(conditions.split(',')).has(name, members),
                has,
                "{conditions}"
            );
        }
    }
}
