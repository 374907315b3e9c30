//! What a log means, told once more and independently of the registry: who is live, who is where,
//! who hears what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::door::Door;
use super::nicks::Nicks;
use super::ranks::Operators;
use crate::bridge::redis::simulated::network::Entry;
use crate::chat::event::{Departure, Hearing, Privacy};
use crate::chat::modes::Ranks;
use crate::chat::origin::{Origin, SessionId};
use crate::chat::{Deed, Event, Position, RoomName, UserName};
use crate::dialect::{Format, tell_event};

/// Somebody hears an event.
#[derive(Debug, Clone)]
pub(super) struct Hears {
    /// Where it stands in the log, counted from its begin.
    pub(super) place: usize,
    pub(super) position: Position,
    spelled: Arc<Spelled>,
}

/// How an event is spelled at each door: in no line, in one or in several.
#[derive(Debug)]
struct Spelled {
    line: Vec<String>,
    irc: Vec<String>,
}

/// The formats of both doors.
#[derive(Debug, Clone, Copy)]
struct Formats {
    line: Format,
    irc: Format,
}

impl Formats {
    fn spelled(self, event: &Event, hearing: Hearing) -> Spelled {
        let lines = |format| {
            let bytes = tell_event(format, event, hearing).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            text.lines().map(str::to_owned).collect()
        };
        Spelled {
            line: lines(self.line),
            irc: lines(self.irc),
        }
    }
}

impl Hears {
    /// What is heard of it at a door.
    pub(super) fn lines(&self, door: Door) -> &[String] {
        match door {
            Door::Line => &self.spelled.line,
            Door::Irc => &self.spelled.irc,
        }
    }
}

/// A log, folded to its end. Names are in lower case.
#[derive(Debug)]
pub(super) struct Fold {
    formats: Formats,
    pub(super) heard: BTreeMap<String, Vec<Hears>>,
    /// Claims and releases: where, of whom, and by which session if it is a claim.
    pub(super) turns: Vec<(usize, String, Option<SessionId>)>,
    /// Whose session is live, and by the event at which position.
    pub(super) live: BTreeMap<String, (Position, SessionId)>,
    pub(super) nicks: Nicks,
    operators: Operators,
    pub(super) members: BTreeMap<String, BTreeSet<String>>,
    pub(super) follows: BTreeMap<String, BTreeSet<String>>,
    /// Where each text stands, and who said it by which session.
    pub(super) texts: BTreeMap<String, (Position, SessionId)>,
    ordinals: BTreeMap<String, u64>,
    /// Who left rooms with a release that is to come, and which, in their order.
    quit: BTreeMap<String, Vec<String>>,
    last: Option<Position>,
}

impl Fold {
    /// Folds a whole log; the first thing in it that may not be.
    pub(super) fn of(chain: &[Arc<Entry>]) -> Result<Self, String> {
        let mut fold = Self::new();
        for (place, entry) in chain.iter().enumerate() {
            fold.take(place, &entry.event)
                .map_err(|wrong| format!("{wrong}: {:?} by {}", entry.event, entry.by))?;
        }
        Ok(fold)
    }

    fn new() -> Self {
        let (line, irc) = (Door::Line.format(), Door::Irc.format());
        Self {
            formats: Formats { line, irc },
            heard: BTreeMap::new(),
            turns: Vec::new(),
            live: BTreeMap::new(),
            nicks: Nicks::default(),
            operators: Operators::default(),
            members: BTreeMap::new(),
            follows: BTreeMap::new(),
            texts: BTreeMap::new(),
            ordinals: BTreeMap::new(),
            quit: BTreeMap::new(),
            last: None,
        }
    }

    fn take(&mut self, place: usize, event: &Event) -> Result<(), String> {
        self.follows_on(event)?;
        self.nicks.comes_next(&event.deed)?;
        match &event.deed {
            Deed::Claimed { .. } => self.is_claimed(place, event)?,
            Deed::Released { user, rooms, .. } => {
                self.is_released(place, user, rooms)?;
                self.others_in_any(place, event, rooms, &who(user));
            }
            Deed::Entered {
                room, user, ranks, ..
            } => self.is_entered(place, event, room, user, *ranks)?,
            Deed::Left {
                room,
                user,
                departure,
            } => self.leaves(place, event, room, user, departure)?,
            Deed::RoomMessage { .. } | Deed::Whisper { .. } | Deed::Post { .. } => {
                self.is_said(place, event)?;
            }
            Deed::Followed { author, follower } => {
                let follows = self.follows.entry(who(follower)).or_default();
                if !follows.insert(who(author)) {
                    return Err("it was followed already".to_owned());
                }
            }
            Deed::Unfollowed { author, follower } => {
                let follows = self.follows.entry(who(follower)).or_default();
                if !follows.remove(&who(author)) {
                    return Err("it was not followed".to_owned());
                }
            }
            Deed::Alive { user, session } => self.is_live(&who(user), session)?,
            Deed::Nicked { user, was, rooms } => {
                self.nicks.changes(user, was)?;
                self.is_in(&who(user), rooms)?;
                self.others_in_any(place, event, rooms, &who(user));
            }
            Deed::WentAway { user, rooms, .. }
            | Deed::CameBack { user, rooms }
            | Deed::RealNameSet { user, rooms, .. } => {
                self.nicks.is_seen(user)?;
                self.is_in(&who(user), rooms)?;
                self.others_in_any(place, event, rooms, &who(user));
            }
            Deed::TopicSet { room, by, .. } | Deed::ModesChanged { room, by, .. } => {
                self.operators.change(room, event.changes());
                self.others(place, event, &lower(room), &who(by));
            }
            Deed::Invited { .. }
            | Deed::Tagged { .. }
            | Deed::Announced { .. }
            | Deed::Probed { .. }
            | Deed::Epoch { .. } => {}
        }
        Ok(())
    }

    fn is_entered(
        &mut self,
        place: usize,
        event: &Event,
        room: &RoomName,
        user: &UserName,
        ranks: Ranks,
    ) -> Result<(), String> {
        self.nicks.is_seen(user)?;
        self.operators.enters(room, user, ranks);
        let (room, user) = (lower(room), who(user));
        self.others(place, event, &room, &user);
        if self.members.entry(room).or_default().insert(user) {
            Ok(())
        } else {
            Err("it was there already".to_owned())
        }
    }

    /// A session is live as one person: as a guest until it logs in where it is, and as the account
    /// from there on.
    fn is_claimed(&mut self, place: usize, event: &Event) -> Result<(), String> {
        let Deed::Claimed {
            user: name,
            session,
            was,
            rooms,
        } = &event.deed
        else {
            return Ok(());
        };
        let user = who(name);
        self.has_not_quit(&user)?;
        match was {
            Some(was) => self.logs_in(place, event, name, was, rooms)?,
            None => self.nicks.takes(name)?,
        }
        let mut others = self.live.iter().filter(|(other, _)| **other != user);
        if let Some((other, _)) = others.find(|(_, (_, live))| live == session) {
            return Err(format!("it is live as {other} too"));
        }
        self.turns
            .push((place, user.clone(), Some(session.clone())));
        self.live.insert(user, (event.position, session.clone()));
        Ok(())
    }

    fn logs_in(
        &mut self,
        place: usize,
        event: &Event,
        name: &UserName,
        was: &UserName,
        rooms: &[RoomName],
    ) -> Result<(), String> {
        let (user, guest) = (who(name), who(was));
        if let Origin::Session(session) = &event.origin {
            self.is_live(&guest, session)?;
        }
        self.has_not_quit(&guest)?;
        self.is_in(&guest, rooms)?;
        self.is_in(&user, &[])?;
        self.nicks.logs_in(name, was)?;
        self.operators.logs_in(rooms, name, was);
        self.others_in_any(place, event, rooms, &guest);
        self.live.remove(&guest);
        for members in self.members.values_mut() {
            if members.remove(&guest) {
                members.insert(user.clone());
            }
        }
        Ok(())
    }

    fn is_released(
        &mut self,
        place: usize,
        user: &UserName,
        rooms: &[RoomName],
    ) -> Result<(), String> {
        self.nicks.is_seen(user)?;
        self.nicks.gives_up(user);
        let user = who(user);
        let left = self.quit.remove(&user).unwrap_or_default();
        self.live.remove(&user);
        self.turns.push((place, user, None));
        if rooms.iter().map(lower).eq(left.iter().cloned()) {
            Ok(())
        } else {
            Err(format!("it left {left:?} right before"))
        }
    }

    /// Who is put out hears that, and nothing of the room behind it.
    fn leaves(
        &mut self,
        place: usize,
        event: &Event,
        room: &RoomName,
        user: &UserName,
        how: &Departure,
    ) -> Result<(), String> {
        self.nicks.is_seen(user)?;
        if let Departure::Kicked { by, .. } = how {
            self.nicks.is_seen(by)?;
            self.operators.may(room, by)?;
            self.others(place, event, &lower(room), &who(by));
            return self.is_left(lower(room), who(user), how);
        }
        self.is_left(lower(room), who(user), how)?;
        self.others(place, event, &lower(room), &who(user));
        Ok(())
    }

    fn is_left(&mut self, room: String, user: String, how: &Departure) -> Result<(), String> {
        let members = self.members.get_mut(&room);
        if !members.is_some_and(|all| all.remove(&user)) {
            return Err("it was not there".to_owned());
        }
        match how {
            Departure::Parted { .. } | Departure::Kicked { .. } => self.has_not_quit(&user)?,
            Departure::Quit => self.quit.entry(user).or_default().push(room),
        }
        Ok(())
    }

    fn is_in(&self, user: &str, rooms: &[RoomName]) -> Result<(), String> {
        let inside = self.members.iter().filter(|(_, all)| all.contains(user));
        let inside: BTreeSet<_> = inside.map(|(room, _)| room.clone()).collect();
        if rooms.iter().map(lower).collect::<BTreeSet<_>>() == inside {
            Ok(())
        } else {
            Err(format!("it is in {inside:?}"))
        }
    }

    /// Who leaves rooms because the account is live no longer does nothing before it is released.
    fn has_not_quit(&self, user: &str) -> Result<(), String> {
        match self.quit.get(user) {
            None => Ok(()),
            Some(left) => Err(format!("it left {left:?} and was not released")),
        }
    }

    fn is_said(&mut self, place: usize, event: &Event) -> Result<(), String> {
        match &event.deed {
            Deed::RoomMessage {
                room,
                sender,
                text,
                k,
                privacy,
                ..
            } => {
                self.nicks.is_seen(sender)?;
                let (room, sender) = (lower(room), who(sender));
                self.says(event, &sender, text.as_str())?;
                self.counts(format!("room {room}"), *k)?;
                let inside = self.members.get(&room).cloned().unwrap_or_default();
                if !inside.contains(&sender) {
                    return Err("its sender is not in the room".to_owned());
                }
                self.others(place, event, &room, &sender);
                if *privacy == Privacy::Public {
                    let outside = self.followers(&sender).filter(|it| !inside.contains(it));
                    for follower in outside.collect::<Vec<_>>() {
                        self.hears(place, event, follower, Hearing::Subscriber);
                    }
                }
            }
            Deed::Whisper {
                to,
                sender,
                text,
                k,
                manner: _,
                extras: _,
            } => {
                self.nicks.is_seen(sender)?;
                let (to, sender) = (who(to), who(sender));
                self.says(event, &sender, text.as_str())?;
                self.counts(format!("to {to}"), *k)?;
                self.hears(place, event, to, Hearing::Direct);
            }
            Deed::Post { sender, text, k } => {
                let sender = who(sender);
                self.says(event, &sender, text.as_str())?;
                self.counts(format!("of {sender}"), *k)?;
                for follower in self.followers(&sender).collect::<Vec<_>>() {
                    self.hears(place, event, follower, Hearing::Subscriber);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn follows_on(&mut self, event: &Event) -> Result<(), String> {
        let before = self.last.replace(event.position).unwrap_or(Position::START);
        let follows = match event.deed {
            Deed::Epoch { after } => after == before && event.position > before,
            _ => event.position == before.next(),
        };
        if follows {
            Ok(())
        } else {
            Err(format!("it does not follow on {before}"))
        }
    }

    /// Only the live session of an account says anything.
    fn says(&mut self, event: &Event, sender: &str, text: &str) -> Result<(), String> {
        let Origin::Session(session) = &event.origin else {
            return Err("nobody says it".to_owned());
        };
        self.is_live(sender, session)?;
        let said = (event.position, session.clone());
        match self.texts.insert(text.to_owned(), said) {
            None => Ok(()),
            Some((before, _)) => Err(format!("it stands at {before} too")),
        }
    }

    fn is_live(&self, user: &str, session: &SessionId) -> Result<(), String> {
        match self.live.get(user) {
            Some((_, live)) if live == session => Ok(()),
            other => Err(format!("{other:?} is live")),
        }
    }

    fn counts(&mut self, conversation: String, k: u64) -> Result<(), String> {
        let before = self.ordinals.insert(conversation, k).unwrap_or(0);
        if k == before + 1 {
            Ok(())
        } else {
            Err(format!("its ordinal before was {before}"))
        }
    }

    fn followers(&self, author: &str) -> impl Iterator<Item = String> {
        let follow = self
            .follows
            .iter()
            .filter(move |(_, all)| all.contains(author));
        follow.map(|(follower, _)| follower.clone())
    }

    fn others(&mut self, place: usize, event: &Event, room: &str, but: &str) {
        let members = self.members.get(room).cloned().unwrap_or_default();
        self.all_but(place, event, members, but);
    }

    /// Who shares several of these rooms hears it once.
    fn others_in_any(&mut self, place: usize, event: &Event, rooms: &[RoomName], but: &str) {
        let members = rooms
            .iter()
            .filter_map(|room| self.members.get(&lower(room)));
        let members = members.flatten().cloned().collect();
        self.all_but(place, event, members, but);
    }

    fn all_but(&mut self, place: usize, event: &Event, members: BTreeSet<String>, but: &str) {
        let others = members.into_iter().filter(|member| member != but);
        self.hear(place, event, others, Hearing::Direct);
    }

    fn hears(&mut self, place: usize, event: &Event, who: String, hearing: Hearing) {
        self.hear(place, event, std::iter::once(who), hearing);
    }

    fn hear(
        &mut self,
        place: usize,
        event: &Event,
        all: impl Iterator<Item = String>,
        hearing: Hearing,
    ) {
        let mut all = all.peekable();
        if all.peek().is_none() {
            return;
        }
        let spelled = Arc::new(self.formats.spelled(event, hearing));
        for who in all {
            self.heard.entry(who).or_default().push(Hears {
                place,
                position: event.position,
                spelled: spelled.clone(),
            });
        }
    }
}

/// Whether somebody has no account.
pub(super) fn is_guest(who: &str) -> bool {
    who.starts_with('~')
}

/// Who somebody is, whatever they are called.
pub(super) fn who(user: &UserName) -> String {
    user.id().to_ascii_lowercase()
}

pub(super) fn lower(name: &impl ToString) -> String {
    name.to_string().to_ascii_lowercase()
}
