//! Who may do what in a room: one table, by which every store decides.
//!
//! The embedded store asks [`denied`]; in Redis the same table stands in the scripts, which are made
//! with it. That somebody is in the room at all is asked before.

use super::modes::{Flag, List, ModeWish, Ranks};
use super::{Refusal, RoomName};

/// Something that somebody wants to do in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Come in.
    Enter,
    /// Say something, also as a notice.
    Say,
    /// Say what it is about.
    SetTopic,
    /// Put somebody out.
    Kick,
    /// Tell somebody that they may come in.
    Invite,
    /// Change how it is talked in: the flags that are not [private](Flag::is_private), and ranks.
    Change,
    /// Change whom it lets in: all else.
    Close,
    /// See who is listed, except for bans, which everybody may see who may know of the room.
    SeeList,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 8] = [
        Self::Enter,
        Self::Say,
        Self::SetTopic,
        Self::Kick,
        Self::Invite,
        Self::Change,
        Self::Close,
        Self::SeeList,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Say => "say",
            Self::SetTopic => "topic",
            Self::Kick => "kick",
            Self::Invite => "invite",
            Self::Change => "change",
            Self::Close => "close",
            Self::SeeList => "see",
        }
    }

    /// What it takes to have a wish granted.
    #[must_use]
    pub const fn of_wish(wish: &ModeWish) -> Self {
        match wish {
            ModeWish::Flag { flag, .. } if !flag.is_private() => Self::Change,
            ModeWish::Rank { .. } => Self::Change,
            ModeWish::Flag { .. }
            | ModeWish::Lock { .. }
            | ModeWish::Unlock
            | ModeWish::Limit { .. }
            | ModeWish::Unlimited
            | ModeWish::Listed { .. } => Self::Close,
        }
    }
}

/// What a rule may depend on, of the room or of who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The flag holds, and neither an invitation nor a list says otherwise.
    Uninvited,
    /// The flag holds.
    Moderated,
    /// The flag holds.
    TopicLocked,
    /// A ban means the person, and no exception does.
    Banned,
    /// A ban that only keeps quiet means the person, and no exception does.
    Muted,
    /// There is a key, and another one was shown, or none.
    Locked,
    /// As many are inside as may be.
    Full,
    /// It is the lobby, which is open to everybody.
    Lobby,
}

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 8] = [
        Self::Uninvited,
        Self::Moderated,
        Self::TopicLocked,
        Self::Banned,
        Self::Muted,
        Self::Locked,
        Self::Full,
        Self::Lobby,
    ];

    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Uninvited => Flag::InviteOnly.letter(),
            Self::Moderated => Flag::Moderated.letter(),
            Self::TopicLocked => Flag::TopicLocked.letter(),
            Self::Banned => List::Bans.letter(),
            Self::Muted => 'q',
            Self::Locked => 'k',
            Self::Full => 'l',
            Self::Lobby => 'L',
        }
    }
}

/// The conditions that are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Conditions(u8);

impl Conditions {
    /// Whether it is met.
    #[must_use]
    pub const fn has(self, condition: Condition) -> bool {
        self.0 & (1 << condition as u8) != 0
    }

    /// With another one.
    #[must_use]
    pub const fn with(self, condition: Condition) -> Self {
        Self(self.0 | (1 << condition as u8))
    }
}

/// When a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// While this is so.
    While(Condition),
}

/// Whom a rule lets do it all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// Whoever has any rank.
    Voice,
    /// Operators.
    Operator,
    /// Nobody.
    Nobody,
}

impl Least {
    /// The letters of the ranks that are enough.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Voice => "ov",
            Self::Operator => "o",
            Self::Nobody => "",
        }
    }

    fn is_held(self, ranks: Ranks) -> bool {
        let mut held = ranks.iter();
        held.any(|rank| self.letters().contains(rank.letter()))
    }
}

/// Why somebody may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// It takes an operator of the room.
    NotOperator,
    /// The room is moderated.
    Moderated,
    /// A ban means them.
    Banned,
    /// A ban that only keeps quiet means them.
    Muted,
    /// They are not invited.
    Uninvited,
    /// Another key opens it.
    WrongKey,
    /// As many are inside as may be.
    Full,
    /// The lobby is open to everybody.
    OpenLobby,
}

impl Denial {
    /// Every denial.
    pub const ALL: [Self; 8] = [
        Self::NotOperator,
        Self::Moderated,
        Self::Banned,
        Self::Muted,
        Self::Uninvited,
        Self::WrongKey,
        Self::Full,
        Self::OpenLobby,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotOperator => "not_operator",
            Self::Moderated => "moderated",
            Self::Banned => "banned",
            Self::Muted => "muted",
            Self::Uninvited => "uninvited",
            Self::WrongKey => "wrong_key",
            Self::Full => "full",
            Self::OpenLobby => "open_lobby",
        }
    }

    /// The denial of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|denial| denial.word() == word)
    }

    /// As it is told about a room.
    #[must_use]
    pub const fn about(self, room: RoomName) -> Refusal {
        match self {
            Self::WrongKey => Refusal::WrongKey { room },
            Self::NotOperator
            | Self::Moderated
            | Self::Banned
            | Self::Muted
            | Self::Uninvited
            | Self::Full
            | Self::OpenLobby => Refusal::Denied { room, why: self },
        }
    }
}

/// One row of the table: something that takes a rank.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What.
    pub act: Act,
    /// When.
    pub when: When,
    /// Which.
    pub least: Least,
    /// What everybody else is told.
    pub denial: Denial,
}

const fn rule(act: Act, when: When, least: Least, denial: Denial) -> Rule {
    Rule {
        act,
        when,
        least,
        denial,
    }
}

/// The table. Of the rules of an act the first one that denies is told; what no rule denies may be
/// done.
pub const RULES: [Rule; 15] = {
    use Act::*;
    use When::{Always, While};
    [
        rule(
            Enter,
            While(Condition::Banned),
            Least::Operator,
            Denial::Banned,
        ),
        rule(
            Enter,
            While(Condition::Uninvited),
            Least::Operator,
            Denial::Uninvited,
        ),
        rule(
            Enter,
            While(Condition::Locked),
            Least::Nobody,
            Denial::WrongKey,
        ),
        rule(Enter, While(Condition::Full), Least::Operator, Denial::Full),
        rule(
            Say,
            While(Condition::Moderated),
            Least::Voice,
            Denial::Moderated,
        ),
        rule(Say, While(Condition::Banned), Least::Voice, Denial::Banned),
        rule(Say, While(Condition::Muted), Least::Voice, Denial::Muted),
        rule(
            SetTopic,
            While(Condition::TopicLocked),
            Least::Operator,
            Denial::NotOperator,
        ),
        rule(Kick, Always, Least::Operator, Denial::NotOperator),
        rule(
            Kick,
            While(Condition::Lobby),
            Least::Nobody,
            Denial::OpenLobby,
        ),
        rule(
            Invite,
            While(Condition::Uninvited),
            Least::Operator,
            Denial::NotOperator,
        ),
        rule(Change, Always, Least::Operator, Denial::NotOperator),
        rule(Close, Always, Least::Operator, Denial::NotOperator),
        rule(
            Close,
            While(Condition::Lobby),
            Least::Nobody,
            Denial::OpenLobby,
        ),
        rule(SeeList, Always, Least::Operator, Denial::NotOperator),
    ]
};

/// Why somebody of these ranks may not do something under these conditions; nothing where they may.
#[must_use]
pub fn denied(act: Act, conditions: Conditions, ranks: Ranks) -> Option<Denial> {
    let denies = |rule: &&Rule| {
        let applies = match rule.when {
            When::Always => true,
            When::While(condition) => conditions.has(condition),
        };
        rule.act == act && applies && !rule.least.is_held(ranks)
    };
    RULES.iter().find(denies).map(|rule| rule.denial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::modes::Rank;

    fn met(letters: &str) -> Conditions {
        let all = Condition::ALL.into_iter();
        let met = all.filter(|condition| letters.contains(condition.letter()));
        met.fold(Conditions::default(), Conditions::with)
    }

    /// What may be done by nobody in particular, by who has a voice, and by an operator.
    #[test]
    fn ranks_open_what_conditions_close() {
        use Denial::*;
        for (act, conditions, [nobody, voice, operator]) in [
            (Act::Enter, "", [None, None, None]),
            (Act::Enter, "mtL", [None, None, None]),
            (Act::Enter, "b", [Some(Banned), Some(Banned), None]),
            (Act::Enter, "i", [Some(Uninvited), Some(Uninvited), None]),
            (Act::Enter, "k", [Some(WrongKey); 3]),
            (Act::Enter, "l", [Some(Full), Some(Full), None]),
            (Act::Say, "itkl", [None, None, None]),
            (Act::Say, "m", [Some(Moderated), None, None]),
            (Act::Say, "b", [Some(Banned), None, None]),
            (Act::Say, "q", [Some(Muted), None, None]),
            (Act::Enter, "q", [None, None, None]),
            (Act::SetTopic, "imb", [None, None, None]),
            (
                Act::SetTopic,
                "t",
                [Some(NotOperator), Some(NotOperator), None],
            ),
            (Act::Kick, "", [Some(NotOperator), Some(NotOperator), None]),
            (
                Act::Kick,
                "L",
                [Some(NotOperator), Some(NotOperator), Some(OpenLobby)],
            ),
            (Act::Invite, "mtb", [None, None, None]),
            (
                Act::Invite,
                "i",
                [Some(NotOperator), Some(NotOperator), None],
            ),
            (
                Act::Change,
                "L",
                [Some(NotOperator), Some(NotOperator), None],
            ),
            (Act::Close, "", [Some(NotOperator), Some(NotOperator), None]),
            (
                Act::Close,
                "L",
                [Some(NotOperator), Some(NotOperator), Some(OpenLobby)],
            ),
            (
                Act::SeeList,
                "",
                [Some(NotOperator), Some(NotOperator), None],
            ),
        ] {
            let ranks = ["", "v", "o"].map(Ranks::of_letters);
            let told = ranks.map(|ranks| denied(act, met(conditions), ranks));
            assert_eq!(told, [nobody, voice, operator], "{act:?} {conditions:?}");
        }
    }

    #[test]
    fn who_has_more_ranks_may_do_no_less() {
        let both = Ranks::of_letters("ov");
        for act in Act::ALL {
            for bits in 0..=u8::MAX {
                let conditions = Conditions(bits);
                let alone = denied(act, conditions, Ranks::default().with(Rank::Operator));
                assert_eq!(denied(act, conditions, both), alone);
            }
        }
    }

    #[test]
    fn every_word_and_letter_means_one_thing() {
        for denial in Denial::ALL {
            assert_eq!(Denial::of_word(denial.word()), Some(denial));
        }
        let letters: std::collections::BTreeSet<_> =
            Condition::ALL.into_iter().map(Condition::letter).collect();
        assert_eq!(letters.len(), Condition::ALL.len());
    }
}
