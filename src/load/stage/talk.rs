//! What people on a stage say, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::{Presence, Stage, TICK};
use crate::load::LoadError;
use crate::load::pace::{Pace, Until, WINDOW, due};
use crate::load::referee::{Micros, Person};
use crate::load::text::Numbered;

/// What one talker said and was not answered, at most: enough to fill a room alone.
const UNANSWERED: usize = WINDOW as usize;

/// A turn of the talkers ends when so much was said, so that what was heard meanwhile is read.
const TURN: u64 = 512;

/// So long after anything happened at all, what is missing will not come any more.
const STALL: Duration = Duration::from_secs(10);

/// How long a talk was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted {
    /// From its beginning to the last text.
    pub talked: Duration,
    /// From its beginning to the last thing that was heard.
    pub heard: Duration,
}

/// A talk under way.
struct Talk {
    pace: Pace,
    begun: Micros,
    said: u64,
    /// What had happened when anything last did, and when that was.
    moved: (u64, Instant),
    /// Messages of each room that are not waited for any more.
    given_up: Vec<u64>,
}

impl Stage {
    /// Talks, and listens until all of it is heard, or nothing comes any more.
    ///
    /// # Errors
    /// [`LoadError::Gone`], which is a bug.
    pub async fn talk(&mut self, pace: Pace, until: Until) -> Result<Lasted, LoadError> {
        let mut talk = Talk {
            pace,
            begun: self.now(),
            said: 0,
            moved: (self.movement(), Instant::now()),
            given_up: vec![0; self.people.rooms as usize],
        };
        let begun = Instant::now();
        while !self.is_over(&talk, until) {
            self.say(&mut talk, until)?;
            let wake = match pace {
                Pace::Rate { per_second } => {
                    let next = Duration::from_micros(talk.begun + due(per_second, talk.said));
                    (self.epoch + next).max(Instant::now() + Duration::from_millis(1))
                }
                Pace::Burst { .. } | Pace::Saturated => Instant::now() + TICK,
            };
            self.listen(wake.min(Instant::now() + TICK)).await?;
            self.watch(&mut talk);
            self.progress
                .talking(begun.elapsed(), until, self.referee.tally());
        }
        let talked = begun.elapsed();
        while (0..talk.given_up.len()).any(|room| self.on_their_way(&talk, room) > 0) {
            self.listen(Instant::now() + TICK).await?;
            self.watch(&mut talk);
            self.progress
                .talking(begun.elapsed(), until, self.referee.tally());
        }
        self.progress.done();
        let heard = talk.moved.1.duration_since(begun).max(talked);
        Ok(Lasted { talked, heard })
    }

    /// Says what is due.
    fn say(&mut self, talk: &mut Talk, until: Until) -> Result<(), LoadError> {
        let mut texts: BTreeMap<Person, String> = BTreeMap::new();
        let most = match until {
            Until::Elapsed(_) => TURN,
            Until::Said(count) => TURN.min(count - talk.said),
        };
        match talk.pace {
            Pace::Rate { per_second } => self.say_what_is_due(talk, per_second, most, &mut texts),
            Pace::Burst { .. } | Pace::Saturated => self.fill_rooms(talk, most, &mut texts),
        }
        for (person, lines) in texts {
            // There was room for it when it was written, and nobody else sends there.
            let sent = self.cast[person as usize].orders.try_send(lines.into());
            sent.map_err(|_| LoadError::Gone)?;
        }
        Ok(())
    }

    fn say_what_is_due(
        &mut self,
        talk: &mut Talk,
        per_second: f64,
        most: u64,
        texts: &mut BTreeMap<Person, String>,
    ) {
        let (now, rooms) = (self.now(), self.people.rooms as usize);
        let end = talk.said + most;
        while talk.said < end {
            let due = talk.begun + due(per_second, talk.said);
            if due > now {
                return;
            }
            // The rooms take turns; one in which nobody can talk leaves its turn to the next.
            let turn = usize::try_from(talk.said).unwrap_or_default();
            let mut order = (turn..turn + rooms).map(|room| room % rooms);
            let Some(talker) = order.find_map(|room| self.talker(room)) else {
                return;
            };
            self.write(talker, due, texts);
            talk.said += 1;
        }
    }

    fn fill_rooms(&mut self, talk: &mut Talk, most: u64, texts: &mut BTreeMap<Person, String>) {
        let (due, end) = (self.now(), talk.said + most);
        for room in 0..talk.given_up.len() {
            let room_for = talk
                .pace
                .room_for(self.on_their_way(talk, room), self.people.rooms.into());
            for _ in 0..room_for.min(end - talk.said) {
                let Some(talker) = self.talker(room) else {
                    break;
                };
                self.write(talker, due, texts);
                talk.said += 1;
            }
        }
    }

    fn write(&mut self, talker: Person, due: Micros, texts: &mut BTreeMap<Person, String>) {
        let player = &mut self.cast[talker as usize];
        let said = Numbered {
            run: self.run,
            talker,
            number: player.said,
            due,
        };
        player.said += 1;
        said.write(self.people.text_bytes, texts.entry(talker).or_default());
        self.referee.said(talker, said.number, due);
    }

    /// Who can say the next message in a room.
    fn talker(&mut self, room: usize) -> Option<Person> {
        let rooms = self.people.rooms as usize;
        let talkers = self.cast.len().min(self.people.talkers as usize);
        let seats = talkers.saturating_sub(room).div_ceil(rooms);
        for _ in 0..seats {
            let seat = self.next[room] % seats;
            self.next[room] = seat + 1;
            let index = room + seat * rooms;
            let player = &self.cast[index];
            let person = u32::try_from(index).ok()?;
            let is_free = self.referee.unanswered(person) < UNANSWERED;
            if player.presence == Presence::Here && player.orders.capacity() > 0 && is_free {
                return Some(person);
            }
        }
        None
    }

    fn is_over(&mut self, talk: &Talk, until: Until) -> bool {
        if self.enough.try_recv().is_ok() {
            return true;
        }
        match until {
            Until::Elapsed(time) => {
                let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
                self.now() - talk.begun >= time
            }
            Until::Said(count) => talk.said >= count,
        }
    }

    fn on_their_way(&self, talk: &Talk, room: usize) -> u64 {
        let waiting = self.referee.on_their_way(room);
        waiting.saturating_sub(talk.given_up[room])
    }

    /// What nothing was heard of for long will not come any more, and is not waited for.
    fn watch(&self, talk: &mut Talk) {
        let movement = self.movement();
        if movement != talk.moved.0 {
            talk.moved = (movement, Instant::now());
        } else if talk.moved.1.elapsed() > STALL {
            for (room, given_up) in talk.given_up.iter_mut().enumerate() {
                *given_up = self.referee.on_their_way(room);
            }
        }
    }

    /// Grows whenever anything happens.
    fn movement(&self) -> u64 {
        let tally = self.referee.tally();
        tally.delivered + tally.acknowledged + tally.refused + tally.unconfirmed
    }
}
