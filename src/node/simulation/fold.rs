//! What a log means, told once more and independently of the registry: who is live, who is where,
//! who hears what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::bridge::redis::simulated::network::Entry;
use crate::chat::command::Positions;
use crate::chat::event::{Departure, Hearing, Privacy};
use crate::chat::origin::{Origin, SessionId};
use crate::chat::{Deed, Event, Position, RoomName, UserName};
use crate::dialect::{Format, tell_event};

/// Somebody hears an event.
#[derive(Debug, Clone)]
pub(super) struct Hears {
    /// Where it stands in the log, counted from its begin.
    pub(super) place: usize,
    pub(super) position: Position,
    pub(super) line: String,
}

/// A log, folded to its end. Names are in lower case.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pub(super) heard: BTreeMap<String, Vec<Hears>>,
    /// Claims and releases: where, of whom, and by which session if it is a claim.
    pub(super) turns: Vec<(usize, String, Option<SessionId>)>,
    /// Whose session is live, and by the event at which position.
    pub(super) live: BTreeMap<String, (Position, SessionId)>,
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
        let mut fold = Self::default();
        for (place, entry) in chain.iter().enumerate() {
            fold.take(place, &entry.event)
                .map_err(|wrong| format!("{wrong}: {:?} by {}", entry.event, entry.by))?;
        }
        Ok(fold)
    }

    fn take(&mut self, place: usize, event: &Event) -> Result<(), String> {
        self.follows_on(event)?;
        match &event.deed {
            // Nobody here is a guest.
            Deed::Claimed { user, session, .. } => {
                let user = who(user);
                self.has_not_quit(&user)?;
                self.turns
                    .push((place, user.clone(), Some(session.clone())));
                self.live.insert(user, (event.position, session.clone()));
            }
            Deed::Released { user, rooms, .. } => self.is_released(place, user, rooms)?,
            Deed::Entered { room, user, .. } => {
                let (room, user) = (lower(room), who(user));
                self.others(place, event, &room, &user);
                if !self.members.entry(room).or_default().insert(user) {
                    return Err("it was there already".to_owned());
                }
            }
            Deed::Left {
                room,
                user,
                departure,
            } => {
                self.is_left(lower(room), who(user), departure)?;
                self.others(place, event, &lower(room), &who(user));
            }
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
            Deed::WentAway { user, rooms, .. }
            | Deed::CameBack { user, rooms }
            | Deed::Nicked { user, rooms, .. }
            | Deed::RealNameSet { user, rooms, .. } => {
                self.is_in(&who(user), rooms)?;
            }
            Deed::TopicSet { .. }
            | Deed::ModesChanged { .. }
            | Deed::Invited { .. }
            | Deed::Tagged { .. }
            | Deed::Announced { .. }
            | Deed::Probed { .. }
            | Deed::Epoch { .. } => {}
        }
        Ok(())
    }

    fn is_released(
        &mut self,
        place: usize,
        user: &UserName,
        rooms: &[RoomName],
    ) -> Result<(), String> {
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
        for member in members.into_iter().filter(|member| member != but) {
            self.hears(place, event, member, Hearing::Direct);
        }
    }

    fn hears(&mut self, place: usize, event: &Event, who: String, hearing: Hearing) {
        let format = Format::Line {
            positions: Positions::Hidden,
        };
        let line = tell_event(format, event, hearing).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let position = event.position;
        self.heard.entry(who).or_default().push(Hears {
            place,
            position,
            line,
        });
    }
}

/// Who somebody is, whatever they are called.
fn who(user: &UserName) -> String {
    user.id().to_ascii_lowercase()
}

fn lower(name: &impl ToString) -> String {
    name.to_string().to_ascii_lowercase()
}
