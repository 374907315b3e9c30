//! Patterns with `*` and `?`: <https://modern.ircdocs.horse/#wildcard-expressions>.

/// Whether a name fits a pattern, in which `*` stands for anything and `?` for one character;
/// without the case of ASCII letters. Linear in both but for each `*` that was tried in vain.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_others() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "den"),
            ("d*", "den"),
            ("*N", "den"),
            ("d?n", "den"),
            ("*e*", "den"),
            ("a*b*c", "axxbyyc"),
            ("", ""),
            ("**", "x"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("?", ""),
            ("d", "den"),
            ("d?", "den"),
            ("a*b", "abc"),
            ("", "x"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
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
    }
}
