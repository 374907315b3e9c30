//! The program's rules, as they stand in scripts: `R.rules` is the table of who may do what, and
//! numbers have the names that they have here. So do those of the settings that many scripts need.

use std::fmt::Write;

use crate::chat::limits::{FORMER_KEPT, INVITE_DAYS, INVITES_MOST, LISTED_MOST, RANKED_MOST};
use crate::chat::mask::{ACCOUNT, HOST, MUTE};
use crate::chat::modes::{Flag, Flags};
use crate::chat::permission::{Act, Condition, RULES, Rule, When};

/// How long a room remembers what happened in it beside what was said.
#[derive(Debug, Clone, Copy)]
pub(in crate::bridge::redis) struct Keeping {
    /// Events, at most.
    pub(super) events: u64,
    /// Seconds behind the last of them, at most.
    pub(super) seconds: u64,
}

impl Keeping {
    /// It remembers nothing of the kind.
    pub(in crate::bridge::redis) const NOTHING: Self = Self {
        events: 0,
        seconds: 0,
    };
}

/// Puts the rules into a script.
pub(super) fn fill(script: &str, keeping: Keeping) -> String {
    if !script.contains("R.") {
        return script.to_owned();
    }
    let invited_for = INVITE_DAYS * super::DAY * 1000;
    let words: [(&str, String); 14] = [
        ("R.rules", rules()),
        ("R.private", private()),
        ("R.guarded", guarded()),
        ("R.host", format!("'@{HOST}'")),
        ("R.mute", format!("'{MUTE}'")),
        ("R.account", format!("'{ACCOUNT}'")),
        (
            "R.new_modes",
            format!("'{}'", Flags::of_new_room().letters()),
        ),
        ("R.invited_for", invited_for.to_string()),
        ("R.invites", INVITES_MOST.to_string()),
        ("R.listed", LISTED_MOST.to_string()),
        ("R.ranked", RANKED_MOST.to_string()),
        ("R.former", FORMER_KEPT.to_string()),
        ("R.events_most", format!("'{}'", keeping.events)),
        ("R.events_for", format!("'{}'", keeping.seconds)),
    ];
    let filled = script.to_owned();
    words
        .iter()
        .fold(filled, |script, (word, rule)| script.replace(word, rule))
}

/// `{say = {{'m', '[ov]', 'moderated'}, …}, …}`: when it applies, who may all the same, what everybody
/// else is told.
fn rules() -> String {
    let mut all = "{".to_owned();
    for act in Act::ALL {
        // Writing to a string cannot fail.
        let _ = write!(all, "{} = {{", act.word());
        for rule in RULES.iter().filter(|rule| rule.act == act) {
            all.push_str(&row(rule));
        }
        all.push_str("}, ");
    }
    all + "}"
}

fn row(rule: &Rule) -> String {
    let when = match rule.when {
        When::Always => String::new(),
        When::While(condition) => condition.letter().to_string(),
    };
    let least = match rule.least.letters() {
        "" => String::new(),
        letters => format!("[{letters}]"),
    };
    format!("{{'{when}', '{least}', '{}'}}, ", rule.denial.word())
}

/// What is looked for in the modes of a room that may be private without a key.
fn private() -> String {
    let private = Flag::ALL.into_iter().filter(|flag| flag.is_private());
    format!("'[{}]'", private.map(Flag::letter).collect::<String>())
}

/// What is looked for in the modes of a room in which not everybody may be heard.
fn guarded() -> String {
    let may_deny = |rule: &&Rule| rule.act == Act::Say;
    let letter = |rule: &Rule| match rule.when {
        When::Always => None,
        When::While(condition) => Some(condition),
    };
    let conditions = RULES.iter().filter(may_deny).filter_map(letter);
    format!(
        "'[{}]'",
        conditions.map(Condition::letter).collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use mlua::{Function, Lua};

    use super::*;
    use crate::chat::Mask;
    use crate::chat::mask::{FITTING, MEANT};
    use crate::chat::modes::Ranks;
    use crate::chat::permission::{Conditions, denied};

    /// A function of a part, as a script has it.
    fn function(part: &str, name: &str) -> (Lua, Function) {
        let lua = Lua::new();
        // The names of keys are never asked for here.
        let text = fill(&part.replace("K.", "'' .. "), Keeping::NOTHING);
        let found = lua.load(format!("{text}\nreturn {name}")).eval();
        (lua, found.expect("a function"))
    }

    #[test]
    fn scripts_decide_by_the_table() {
        let (_lua, in_script) = function(include_str!("../lua/permission.lua"), "denied");
        for act in Act::ALL {
            for bits in 0..1_u32 << Condition::ALL.len() {
                let all = Condition::ALL.into_iter().enumerate();
                let met: Vec<_> = all.filter(|(n, _)| bits & (1 << n) != 0).collect();
                let letters: String = met.iter().map(|(_, one)| one.letter()).collect();
                let conditions = met
                    .iter()
                    .fold(Conditions::default(), |met, (_, one)| met.with(*one));
                for ranks in ["", "v", "o", "ov", "vo"] {
                    let said: Option<String> = in_script
                        .call((act.word(), letters.as_str(), ranks))
                        .unwrap();
                    let is = denied(act, conditions, Ranks::of_letters(ranks));
                    assert_eq!(
                        said.as_deref(),
                        is.map(|why| why.word()),
                        "{act:?} {letters}"
                    );
                }
            }
        }
    }

    #[test]
    fn scripts_match_masks_as_the_program_does() {
        let (_lua, in_script) = function(include_str!("../lua/masks.lua"), "fits");
        for (pattern, name, does) in FITTING {
            let said: bool = in_script.call((pattern, name)).unwrap();
            assert_eq!(said, does, "{pattern} {name}");
        }
    }

    #[test]
    fn scripts_mean_by_masks_whom_the_program_does() {
        let part = include_str!("../lua/masks.lua");
        let whole = "function(mask, who) return means(mask, forms_of(who)) end";
        let (_lua, in_script) = function(part, whole);
        for (typed, who, does) in MEANT {
            let mask = Mask::new(typed).unwrap();
            let kept = mask.as_str().to_ascii_lowercase();
            let (said, quiet): (bool, bool) = in_script.call((kept, who)).unwrap();
            assert_eq!(said, does, "{typed} {who}");
            assert!(!does || quiet == mask.is_mute(), "{typed} {who}");
        }
    }

    #[test]
    fn what_is_looked_for_in_modes_is_what_the_table_asks_for() {
        assert_eq!(private(), "'[is]'");
        assert_eq!(guarded(), "'[mbq]'");
    }
}
