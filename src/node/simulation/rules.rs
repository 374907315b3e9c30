//! How a rule is broken that the scripts keep: by what stands in them instead.

use super::plan::Kind;
use crate::bridge::redis::simulated::network::Edit;
use crate::testing::Rule;

const NOTHING: &str = "";

/// What is edited to break a rule; nothing where it is kept by the nodes.
pub(super) const fn edits(breaks: Option<Rule>) -> &'static [Edit] {
    let Some(rule) = breaks else {
        return &[];
    };
    match rule {
        Rule::FenceAtAppend => &[FENCE_OF_SAYING, FENCE_OF_COMMAND],
        Rule::RetriesOnce => &[
            Edit {
                of: "if string.sub(kept[1], 1, at - 1) == seq then return string.sub(kept[1], at + 1) end",
                to: NOTHING,
            },
            LATE_SAYING,
            Edit {
                of: "if string.sub(kept[1], 1, at - 1) == seq then before = string.sub(kept[1], at + 1) end",
                to: NOTHING,
            },
            LATE_COMMAND,
        ],
        Rule::HolderKeepsOut => &[Edit {
            of: " and waits and not is_gone then",
            to: " and false then",
        }],
        Rule::LaterClaimStands => &[Edit {
            of: "if fence and is_behind(fence, ARGV[15]) and",
            to: "if false and",
        }],
        Rule::Calm => &[Edit {
            of: "if was_away then also",
            to: "if false then also",
        }],
        Rule::TakeOverSettlesRooms => &[Edit {
            of: "elseif not leave(room, me, was, '') then",
            to: "elseif false then",
        }],
        Rule::EpochAtRewind => &[Edit {
            of: " ~= head_epoch or is_behind",
            to: " ~= head_epoch",
        }],
        Rule::ReleaseOfItsOwn => &[Edit {
            of: "if not held or string.match(held, '^%S+ (%S+ %S+)') ~= ARGV[8] then",
            to: "if not held then",
        }],
        Rule::ResendsInOrder => &[LATE_SAYING, LATE_COMMAND],
        Rule::ReleaseNamesRooms => &[NAMES],
        Rule::NickOfOne => &[NICK_IN_USE],
        Rule::NickNamesRooms => &[NICK_ROOMS],
        Rule::GuestsLeaveNothing => &[SWEPT],
        Rule::LoginKeepsRooms => &[TAKEN_ROOMS],
        Rule::LoginEndsGuest => &[GUEST_ENDS],
        Rule::KickByOperators => &[KICK_DENIED],
        Rule::ReadOnce
        | Rule::HolesLookedUp
        | Rule::AnswersFirst
        | Rule::VoidEnds
        | Rule::HolesSuspend => &[],
    }
}

/// By which faults it shows soon that a rule is broken; any where there are none.
pub(super) const fn kinds(rule: Rule) -> &'static [Kind] {
    match rule {
        Rule::EpochAtRewind | Rule::HolesSuspend => &[Kind::Forget],
        Rule::Calm => &[Kind::Outage],
        Rule::FenceAtAppend
        | Rule::RetriesOnce
        | Rule::HolderKeepsOut
        | Rule::LaterClaimStands
        | Rule::TakeOverSettlesRooms
        | Rule::ReadOnce
        | Rule::HolesLookedUp
        | Rule::AnswersFirst
        | Rule::VoidEnds
        | Rule::ReleaseOfItsOwn
        | Rule::ResendsInOrder
        | Rule::ReleaseNamesRooms
        | Rule::NickOfOne
        | Rule::NickNamesRooms
        | Rule::GuestsLeaveNothing
        | Rule::LoginKeepsRooms
        | Rule::LoginEndsGuest
        | Rule::KickByOperators => &[],
    }
}

/// Behind what a release says of itself.
const NAMES: Edit = Edit {
    of: " .. named(rooms)\nif",
    to: "\nif",
};

/// What comes behind a later number is too late, in the script that says something in a room.
const LATE_SAYING: Edit = Edit {
    of: r"if #behind > #seq or #behind == #seq and behind >= seq then return 'old\n-\n' end",
    to: NOTHING,
};

/// The same, in all others.
const LATE_COMMAND: Edit = Edit {
    of: r"if not before and tonumber(kept[2]) >= tonumber(seq) then return 'old\n-\n' end",
    to: NOTHING,
};

/// Why a nick cannot be had that somebody else has.
const NICK_IN_USE: Edit = Edit {
    of: "if by and by ~= me then return 'nick_in_use' end",
    to: NOTHING,
};

/// Behind what a change of nick says of itself.
const NICK_ROOMS: Edit = Edit {
    of: "was .. '\"' .. named(rooms)\n  local id",
    to: "was .. '\"'\n  local id",
};

/// What is swept behind a guest.
const SWEPT: Edit = Edit {
    of: "if is_guest(user) then also(",
    to: "if false then also(",
};

/// In which rooms an account is that a guest logs in to.
const TAKEN_ROOMS: Edit = Edit {
    of: "also('SADD', key, me)\n    also('ZADD', 'rooms:' .. me, order, room.room)",
    to: NOTHING,
};

/// Where the guest is not any more.
const GUEST_ENDS: Edit = Edit {
    of: "also('HDEL', kept, user)\n  end\n  also('DEL', 'rooms:'",
    to: "\n  end\n  also('DEL', 'rooms:'",
};

/// Whether a claim still stands.
const FENCE_OF_SAYING: Edit = Edit {
    of: "if call('HGET', 'sessions', user) ~= ARGV[8] then",
    to: "if false then",
};

/// The same, in all others.
const FENCE_OF_COMMAND: Edit = Edit {
    of: "if redis.call('HGET', 'sessions', me) ~= ARGV[8] then return answer('void') end",
    to: NOTHING,
};

/// Whether somebody may put others out.
const KICK_DENIED: Edit = Edit {
    of: "denied('kick', conditions_of(room.room, room.modes), mine)\nif why then",
    to: "nil\nif why then",
};
