//! What holds of rooms, who has a rank in them, who is put out and who is invited: in words.

use std::fmt::Write;

use bytes::{BufMut, BytesMut};

use super::{refuse, tell};
use crate::chat::modes::{Flag, List, ListedMask, ModeChange, Rank, RoomModes, Switch};
use crate::chat::permission::Denial;
use crate::chat::{Answer, Refusal, RoomName, Text, UserName};

/// What is answered about what holds of rooms; nothing to any other answer.
pub(super) fn answer(answer: &Answer, out: &mut BytesMut) {
    if let Answer::Kicked { room, user, .. } = answer {
        line!(out, "* You put {user} out of {room}.");
    } else if let Answer::Invited { room, user, away } = answer {
        line!(out, "* You invited {user} to {room}.");
        if let Some(text) = away {
            tell::away(user, text, out);
        }
    } else if let Answer::Invitations { rooms } = answer {
        invitations(rooms, out);
    } else if let Answer::Modes { room, modes: held } = answer {
        modes(room, *held, out);
    } else if let Answer::ModesChanged {
        room,
        changes,
        refused,
    } = answer
    {
        changes_granted(room, changes, refused, out);
    } else if let Answer::ModeList { room, listed, .. } = answer {
        mode_list(room, listed, out);
    }
}

/// Somebody is put out of a room.
pub(super) fn kicked(
    room: &RoomName,
    (by, user): (&UserName, &UserName),
    words: Option<&Text>,
    out: &mut BytesMut,
) {
    match words {
        Some(words) => line!(out, "* {by} put {user} out of {room}: {}", words.visible()),
        None => line!(out, "* {by} put {user} out of {room}"),
    }
}

/// The reader is invited.
pub(super) fn invited(room: &RoomName, by: &UserName, out: &mut BytesMut) {
    line!(out, "* {by} invites you to {room}");
}

/// What became different about a room, a line for each.
pub(super) fn changed(room: &RoomName, by: &UserName, changes: &[ModeChange], out: &mut BytesMut) {
    for change in changes {
        line!(out, "* {by} {}", told(room, change));
    }
}

/// What the reader changed, and what was not granted of it.
fn changes_granted(
    room: &RoomName,
    changes: &[ModeChange],
    refused: &[Refusal],
    out: &mut BytesMut,
) {
    for change in changes {
        line!(out, "* You {}", told(room, change));
    }
    if changes.is_empty() && refused.is_empty() {
        line!(out, "* That is so already.");
    }
    for refusal in refused {
        refuse::refusal(refusal, out);
    }
}

/// What somebody did, behind their name.
fn told(room: &RoomName, change: &ModeChange) -> String {
    match change {
        ModeChange::Flag { flag, to } => flag_told(room, *flag, *to),
        ModeChange::Key { to: Switch::On } => format!("locked {room} with a key"),
        ModeChange::Key { to: Switch::Off } => format!("took the key off {room}"),
        ModeChange::Limit { most } => format!("let {most} people into {room} and no more"),
        ModeChange::Unlimited => format!("let any number of people into {room}"),
        ModeChange::Rank { user, rank, to } => rank_told(room, user, *rank, *to),
        ModeChange::Listed { list, mask, to } => {
            let (did, what) = listed_told(*list, *to);
            format!("{did} {mask} {what} {room}")
        }
    }
}

fn flag_told(room: &RoomName, flag: Flag, to: Switch) -> String {
    match (flag, to) {
        (Flag::InviteOnly, Switch::On) => format!("made {room} a room for invited people only"),
        (Flag::InviteOnly, Switch::Off) => format!("opened {room} to people who are not invited"),
        (Flag::Moderated, Switch::On) => {
            format!("made {room} moderated: who has no rank only listens")
        }
        (Flag::Moderated, Switch::Off) => format!("lets everybody speak in {room}"),
        (Flag::Secret, Switch::On) => format!("took {room} off the list of rooms"),
        (Flag::Secret, Switch::Off) => format!("put {room} on the list of rooms"),
        (Flag::TopicLocked, Switch::On) => format!("left the topic of {room} to its operators"),
        (Flag::TopicLocked, Switch::Off) => format!("left the topic of {room} to everybody"),
    }
}

fn rank_told(room: &RoomName, user: &UserName, rank: Rank, to: Switch) -> String {
    match (rank, to) {
        (Rank::Operator, Switch::On) => format!("made {user} an operator of {room}"),
        (Rank::Operator, Switch::Off) => format!("made {user} no operator of {room} any more"),
        (Rank::Voice, Switch::On) => format!("gave {user} a voice in {room}"),
        (Rank::Voice, Switch::Off) => format!("took the voice of {user} in {room}"),
    }
}

const fn listed_told(list: List, to: Switch) -> (&'static str, &'static str) {
    match (list, to) {
        (List::Bans, Switch::On) => ("banned", "from"),
        (List::Bans, Switch::Off) => ("lifted the ban of", "from"),
        (List::BanExceptions, Switch::On) => ("excepted", "from the bans of"),
        (List::BanExceptions, Switch::Off) => ("no longer excepts", "from the bans of"),
        (List::InviteExceptions, Switch::On) => ("invited", "for good to"),
        (List::InviteExceptions, Switch::Off) => ("no longer invites", "for good to"),
    }
}

/// What holds of a room, in one line.
fn modes(room: &RoomName, modes: RoomModes, out: &mut BytesMut) {
    let mut holds: Vec<String> = modes
        .flags
        .iter()
        .map(|flag| holds(flag).to_owned())
        .collect();
    if modes.key == Switch::On {
        holds.push("locked with a key".to_owned());
    }
    if let Some(most) = modes.limit {
        holds.push(format!("{most} people at most"));
    }
    if holds.is_empty() {
        line!(out, "* {room} is open.");
    } else {
        line!(out, "* modes of {room}: {}", holds.join(", "));
    }
}

const fn holds(flag: Flag) -> &'static str {
    match flag {
        Flag::InviteOnly => "for invited people only",
        Flag::Moderated => "moderated",
        Flag::Secret => "not listed",
        Flag::TopicLocked => "topic by operators",
    }
}

/// Who is in a list of a room.
fn mode_list(room: &RoomName, listed: &[ListedMask], out: &mut BytesMut) {
    for ListedMask { mask, by, .. } in listed {
        line!(out, "* {mask} by {by}");
    }
    line!(out, "* {} listed in {room}", listed.len());
}

/// To which rooms the reader is invited.
fn invitations(rooms: &[RoomName], out: &mut BytesMut) {
    let names: Vec<String> = rooms.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => line!(out, "* You are invited nowhere."),
        names => line!(out, "* You are invited to {}.", names.join(", ")),
    }
}

/// Why a room does not let somebody do something.
pub(super) fn denied(room: &RoomName, why: Denial, out: &mut BytesMut) {
    match why {
        Denial::NotOperator => line!(out, "! Only operators of {room} may do that"),
        Denial::Moderated => line!(out, "! {room} is moderated: you may listen"),
        Denial::Banned => line!(out, "! You are banned from {room}"),
        Denial::Muted => line!(out, "! You may only listen in {room}"),
        Denial::Uninvited => line!(out, "! {room} is for invited people only"),
        Denial::WrongKey => line!(out, "! Wrong key for {room}"),
        Denial::Full => line!(out, "! {room} is full"),
        Denial::OpenLobby => line!(out, "! {room} stays open to everybody"),
    }
}
