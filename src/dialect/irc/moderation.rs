//! What holds of rooms, who has a rank in them, who is put out and who is invited: as it is told.

use bytes::BytesMut;

use super::asked::Asked;
use super::caps::{Cap, Caps};
use super::conversation::Conversation;
use super::events::Head;
use super::numerics::Numeric;
use super::reply::Voice;
use super::{refuse, room};
use crate::chat::event::{Departure, Hearing};
use crate::chat::modes::{Flags, List, ListedMask, ModeChange, Rank, Ranks, RoomModes, Switch};
use crate::chat::{Answer, Deed, Event, Refusal, RoomName, Text, UserName};

/// Changes with a parameter in one line.
const CHANGES_OF_LINE: usize = 6;

/// Bytes of what stands behind the letters in one line: in front of it are a source and a room.
const ABOUT_BYTES: usize = 290;

/// The one mode that every room has: nobody speaks in it from outside.
const ALWAYS: &str = "+n";

/// What is shown instead of a key.
const HIDDEN: &str = "*";

/// What stands in front of a name for its ranks: <https://modern.ircdocs.horse/#prefix-parameter> and
/// <https://ircv3.net/specs/extensions/multi-prefix>.
#[must_use]
pub(super) fn prefix(caps: Caps, ranks: Ranks) -> String {
    let shown = if caps.has(Cap::MultiPrefix) { 2 } else { 1 };
    ranks.iter().take(shown).map(mark).collect()
}

const fn mark(rank: Rank) -> char {
    match rank {
        Rank::Operator => '@',
        Rank::Voice => '+',
    }
}

/// The ranks of somebody, or in some room, in a sorted list of them.
#[must_use]
pub(super) fn ranks_of<T: Ord>(ranked: &[(T, Ranks)], one: &T) -> Ranks {
    let found = ranked.binary_search_by(|(other, _)| other.cmp(one));
    found.map_or_else(|_| Ranks::default(), |at| ranked[at].1)
}

/// What 353 shows of the room itself.
#[must_use]
pub(super) const fn symbol(flags: Flags) -> &'static str {
    if flags.has(crate::chat::modes::Flag::Secret) {
        "@"
    } else {
        "="
    }
}

/// Writes what is answered about what holds of rooms; nothing to any other answer.
pub(super) fn answer(talk: &Conversation, asked: &Asked, answer: &Answer, out: &mut BytesMut) {
    let voice = talk.voice();
    if let (Answer::Kicked { room, user, words }, Some(me)) = (answer, talk.me()) {
        let by = &me.user;
        kick(&Head::own(by), room, (by, user), words.as_ref(), out);
    } else if let Answer::Invited { room, user, away } = answer {
        inviting(voice, room, user, away.as_ref(), out);
    } else if let Answer::Invitations { rooms } = answer {
        invitations(voice, rooms, out);
    } else if let Answer::Modes { room, modes: held } = answer {
        modes(voice, room, *held, out);
    } else if let Answer::ModesChanged {
        room,
        changes,
        refused,
    } = answer
    {
        changed(talk, asked, room, (changes, refused), out);
    } else if let Answer::ModeList { room, list, listed } = answer {
        mode_list(voice, room, *list, listed, out);
    }
}

/// Writes what happened to a room or to somebody in it; nothing of any other event.
pub(super) fn event(caps: Caps, event: &Event, hearing: Hearing, out: &mut BytesMut) {
    let head = |who| Head::of_event(caps, who, event);
    if let Deed::Left {
        room,
        user,
        departure: Departure::Kicked { by, words },
    } = &event.deed
    {
        kick(&head(by), room, (by, user), words.as_ref(), out);
    } else if let Deed::ModesChanged { room, by, changes } = &event.deed {
        mode_lines(&head(by), room, changes, out);
    } else if let Deed::Invited { room, by, user } = &event.deed {
        let is_told = match hearing {
            Hearing::Witness => caps.has(Cap::InviteNotify),
            Hearing::Direct
            | Hearing::Subscriber
            | Hearing::Watcher
            | Hearing::WatcherOfBefore
            | Hearing::DirectAndWatcher
            | Hearing::Victim => true,
        };
        if is_told {
            invite(&Head::of(caps, by, event.at), room, user, out);
        }
    }
}

/// Writes 324 and 329.
fn modes(voice: Voice<'_>, room: &RoomName, modes: RoomModes, out: &mut BytesMut) {
    let room = room::spelled(room);
    let mut letters = format!("{ALWAYS}{}", modes.flags.letters());
    let mut about = Vec::new();
    if modes.key == Switch::On {
        letters.push('k');
        about.push(HIDDEN.to_owned());
    }
    if let Some(most) = modes.limit {
        letters.push('l');
        about.push(most.to_string());
    }
    let mut params = vec![room.as_str(), &letters];
    params.extend(about.iter().map(String::as_str));
    voice.reply(Numeric::ChannelModeIs, &params, out);
    if let Some(made) = modes.made {
        let seconds = (made.0 / 1000).to_string();
        voice.reply(Numeric::CreationTime, &[&room, &seconds], out);
    }
}

/// Writes a list of a room, and its end.
fn mode_list(
    voice: Voice<'_>,
    room: &RoomName,
    list: List,
    listed: &[ListedMask],
    out: &mut BytesMut,
) {
    let room = room::spelled(room);
    let (one, end, text) = match list {
        List::Bans => (
            Numeric::BanList,
            Numeric::EndOfBanList,
            "End of channel ban list",
        ),
        List::BanExceptions => (
            Numeric::ExceptList,
            Numeric::EndOfExceptList,
            "End of channel exception list",
        ),
        List::InviteExceptions => (
            Numeric::InvexList,
            Numeric::EndOfInvexList,
            "End of channel invite exception list",
        ),
    };
    for ListedMask { mask, by, at } in listed {
        let seconds = (at.0 / 1000).to_string();
        let params = [room.as_str(), mask.as_str(), by.as_str(), &seconds];
        voice.reply(one, &params, out);
    }
    voice.reply(end, &[&room, text], out);
}

/// The rooms to which one is invited.
fn invitations(voice: Voice<'_>, rooms: &[RoomName], out: &mut BytesMut) {
    for room in rooms {
        voice.reply(Numeric::InviteList, &[&room::spelled(room)], out);
    }
    let end = ["End of INVITE list"];
    voice.reply(Numeric::EndOfInviteList, &end, out);
}

/// Somebody is told that they may come in.
fn inviting(
    voice: Voice<'_>,
    room: &RoomName,
    user: &UserName,
    away: Option<&Text>,
    out: &mut BytesMut,
) {
    let name = user.as_str();
    voice.reply(Numeric::Inviting, &[name, &room::spelled(room)], out);
    if let Some(text) = away {
        voice.reply(Numeric::Away, &[name, text.as_str()], out);
    }
}

/// What was asked for is done, as far as it was granted.
fn changed(
    talk: &Conversation,
    asked: &Asked,
    room: &RoomName,
    (changes, refused): (&[ModeChange], &[Refusal]),
    out: &mut BytesMut,
) {
    if let Some(me) = talk.me() {
        mode_lines(&Head::own(&me.user), room, changes, out);
    }
    for refusal in refused {
        refuse::refusal(talk.voice(), talk.enabled(), asked, refusal, out);
    }
}

/// Writes a `KICK`; who gives no reason is the reason.
fn kick(
    head: &Head<'_>,
    room: &RoomName,
    (by, user): (&UserName, &UserName),
    words: Option<&Text>,
    out: &mut BytesMut,
) {
    let why = words.map_or(by.as_str(), Text::as_str);
    head.tell("KICK", &[&room::spelled(room), user.as_str(), why], out);
}

/// Writes an `INVITE`.
fn invite(head: &Head<'_>, room: &RoomName, user: &UserName, out: &mut BytesMut) {
    head.tell("INVITE", &[user.as_str(), &room::spelled(room)], out);
}

/// Writes what became different, in as many lines as it needs.
fn mode_lines(head: &Head<'_>, room: &RoomName, changes: &[ModeChange], out: &mut BytesMut) {
    let room = room::spelled(room);
    let again = head.again();
    let mut head = head;
    let mut line = ModeLine::default();
    for (to, letter, about) in changes.iter().map(spelled) {
        if !line.has_place_for(about.as_deref()) {
            std::mem::take(&mut line).tell(head, &room, out);
            head = &again;
        }
        line.add(to, letter, about);
    }
    line.tell(head, &room, out);
}

/// The ranks that somebody has who has just come in, as others see them come.
pub(super) fn ranks_given(
    voice: &Head<'_>,
    room: &RoomName,
    user: &UserName,
    ranks: Ranks,
    out: &mut BytesMut,
) {
    let to = Switch::On;
    let given = ranks.iter().map(|rank| ModeChange::Rank {
        user: user.clone(),
        rank,
        to,
    });
    mode_lines(voice, room, &given.collect::<Vec<_>>(), out);
}

/// The letters of a line, and what they are about.
#[derive(Default)]
struct ModeLine {
    letters: String,
    sign: Option<Switch>,
    about: Vec<String>,
}

impl ModeLine {
    fn has_place_for(&self, about: Option<&str>) -> bool {
        let bytes = |said: &str| said.len() + 1;
        let there: usize = self.about.iter().map(|said| bytes(said)).sum();
        match about {
            None => true,
            Some(about) => {
                self.about.len() < CHANGES_OF_LINE && there + bytes(about) <= ABOUT_BYTES
            }
        }
    }

    fn add(&mut self, to: Switch, letter: char, about: Option<String>) {
        if self.sign != Some(to) {
            self.sign = Some(to);
            self.letters.push(match to {
                Switch::On => '+',
                Switch::Off => '-',
            });
        }
        self.letters.push(letter);
        self.about.extend(about);
    }

    fn tell(self, head: &Head<'_>, room: &str, out: &mut BytesMut) {
        if self.letters.is_empty() {
            return;
        }
        let mut params = vec![room, self.letters.as_str()];
        params.extend(self.about.iter().map(String::as_str));
        head.tell("MODE", &params, out);
    }
}

fn spelled(change: &ModeChange) -> (Switch, char, Option<String>) {
    match change {
        ModeChange::Flag { flag, to } => (*to, flag.letter(), None),
        ModeChange::Key { to } => (*to, 'k', Some(HIDDEN.to_owned())),
        ModeChange::Limit { most } => (Switch::On, 'l', Some(most.to_string())),
        ModeChange::Unlimited => (Switch::Off, 'l', None),
        ModeChange::Rank { user, rank, to } => (*to, rank.letter(), Some(user.as_str().to_owned())),
        ModeChange::Listed { list, mask, to } => {
            (*to, list.letter(), Some(mask.as_str().to_owned()))
        }
    }
}
