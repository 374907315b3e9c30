//! A person at the line door.

use std::future::poll_fn;
use std::task::Poll;

use super::{BATCH, Life, OTHER_PASSWORD, Report, What, micros};
use crate::chat::{Gap, RoomName};
use crate::client::link::{Down, Link, News, Next};
use crate::dialect::line::read::{Message, Refused, Told, When, read};
use crate::load::referee::Refusal;
use crate::load::text::Numbered;

/// What can be done about a throttle.
const MADE_FOR_PEOPLE: &str = "its limits are made for people: see conclave load --help";

/// Where a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    /// Welcome, and on the way to the room.
    Inside,
    InTheRoom,
}

/// Lives until nobody wants reports any more, or there is no way to come in again.
pub(in crate::load) async fn live(life: Life, mut link: Link) {
    let Life {
        person,
        account,
        room,
        run,
        epoch,
        mut orders,
        reports,
    } = life;
    link.log_in(account);
    let mut mind = Mind {
        room,
        run,
        place: Place::Outside,
        visits: 0,
    };
    loop {
        let mut what = Vec::new();
        tokio::select! {
            () = mind.hears(&mut link, &mut what) => {}
            order = orders.recv() => match order {
                // Who is not there says nothing: the end of the connection was reported.
                Some(lines) => drop(link.say_all(lines)),
                None => return,
            },
        }
        if what.is_empty() {
            continue;
        }
        let at = micros(epoch);
        if reports.send(Report { person, at, what }).await.is_err() || mind.is_over(&link) {
            return;
        }
    }
}

struct Mind {
    room: RoomName,
    run: u32,
    place: Place,
    visits: u32,
}

impl Mind {
    /// All that is there to be heard, at most [`BATCH`], at least one.
    async fn hears(&mut self, link: &mut Link, what: &mut Vec<What>) {
        poll_fn(|cx| {
            while what.len() < BATCH {
                match link.poll_next(cx) {
                    Poll::Ready(news) => self.news(&news, link, what),
                    Poll::Pending if what.is_empty() => return Poll::Pending,
                    Poll::Pending => break,
                }
            }
            Poll::Ready(())
        })
        .await;
    }

    fn is_over(&self, link: &Link) -> bool {
        self.place == Place::Outside && link.is_over()
    }

    fn news(&mut self, news: &News, link: &mut Link, what: &mut Vec<What>) {
        match news {
            News::Connected { .. } => {}
            News::Line(line) => self.line(line, link, what),
            News::Down { why, next } => {
                self.place = Place::Outside;
                let label = label(why);
                what.push(What::Gone { label });
                if matches!(next, Next::Over | Next::Rest) {
                    let why = why.to_string();
                    what.push(What::Over { why });
                }
            }
        }
    }

    fn line(&mut self, line: &str, link: &mut Link, what: &mut Vec<What>) {
        match (read(line), self.place) {
            (Told::Message(message), _) => what.push(self.message(&message)),
            (Told::Gap(Gap::Room { room, size }), Place::InTheRoom) if room == self.room => {
                what.push(What::Announced { size });
            }
            (Told::Said { position }, Place::InTheRoom) => {
                what.push(What::Acknowledged { position });
            }
            (Told::Resolved { fate }, Place::InTheRoom) => what.push(What::Resolved { fate }),
            (Told::Refused(refused), Place::InTheRoom) => what.push(refusal(&refused)),
            (Told::Welcome { room, .. }, _) => self.welcome(&room, link, what),
            (Told::Entered { room }, Place::Inside) if room == self.room => {
                self.place = Place::InTheRoom;
                what.push(What::Entered);
            }
            // The node was cut off for so long that the room is gone.
            (Told::Entered { .. }, Place::InTheRoom) => {
                self.place = Place::Inside;
                let back = format!("/join {}", self.room);
                // It has just said something, so it is there.
                let _ = link.say(back.as_bytes());
            }
            (Told::Refused(refused), Place::Outside) => {
                what.extend(not_in(line, &refused, link));
            }
            (Told::Refused(_), Place::Inside) => {
                let said = line.to_owned();
                what.push(What::NotYet { said });
                // Where the room cannot be entered now, all of it begins anew, after a wait.
                if let Some(news) = link.abandon() {
                    self.news(&news, link, what);
                }
            }
            _ => {}
        }
    }

    /// Whatever somebody of this run said is for the referee, as whatever it comes: these people
    /// follow nobody and say nothing in private, so it has to be what was said in their room.
    fn message(&self, message: &Message<'_>) -> What {
        let said = Numbered::read(message.text).filter(|said| said.run == self.run);
        match (message.when, message.position, said) {
            (When::Now, Some(position), Some(said)) => What::Heard { position, said },
            (When::Now | When::Past { .. }, _, _) => What::Foreign,
        }
    }

    /// The first time; from then on the link remembers, or the node has kept the room.
    fn welcome(&mut self, room: &RoomName, link: &mut Link, what: &mut Vec<What>) {
        self.place = Place::Inside;
        if *room == self.room {
            self.place = Place::InTheRoom;
            what.push(What::Entered);
        }
        if self.visits == 0 {
            for line in ["/ids on".to_owned(), format!("/join {}", self.room)] {
                // It has just said something, so it is there.
                let _ = link.say(line.as_bytes());
            }
        }
        self.visits += 1;
    }
}

/// What a refusal means to somebody who wants in.
fn not_in(line: &str, refused: &Refused<'_>, link: &Link) -> Option<What> {
    let said = line.to_owned();
    match refused {
        Refused::Busy | Refused::NotDelivered | Refused::NotConfirmed => {
            Some(What::NotYet { said })
        }
        Refused::SlowDown { .. } => Some(What::NotYet {
            said: format!("{said} ({MADE_FOR_PEOPLE})"),
        }),
        // So the account is there, and is logged in to.
        Refused::NameTaken | Refused::RegistrationClosed if link.account().is_some() => None,
        // It is let in by its password then.
        Refused::WrongToken => None,
        Refused::WrongPassword => Some(What::Over {
            why: format!("{said}. {OTHER_PASSWORD}"),
        }),
        Refused::NameTaken | Refused::RegistrationClosed | Refused::Other { .. } => {
            Some(What::Over { why: said })
        }
    }
}

fn refusal(refused: &Refused<'_>) -> What {
    let refusal = match refused {
        Refused::NotConfirmed => Refusal::Unknown,
        Refused::WrongPassword
        | Refused::WrongToken
        | Refused::NameTaken
        | Refused::RegistrationClosed
        | Refused::Busy
        | Refused::SlowDown { .. }
        | Refused::NotDelivered
        | Refused::Other { .. } => Refusal::Certain,
    };
    let label = refused.label();
    What::Refused { label, refusal }
}

fn label(why: &Down) -> &'static str {
    match why {
        Down::NotConnected(_) => "not_connected",
        Down::Ended { ending, .. } => ending.label(),
        Down::Closed { .. } => "closed",
        Down::Broken { .. } => "broken",
    }
}
