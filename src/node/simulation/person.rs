//! Somebody at a line client, who does this and that, and writes down every line that is heard.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::time::Instant;

use super::door::Door;
use super::several::{OUT, TOO};
use super::stay::{Asked, Stay};
use crate::chat::{Ending, Position};
use crate::testing::dice::Dice;

mod visitor;

/// Where people meet.
pub(super) const ROOMS: [&str; 3] = ["lobby", "den", "attic"];

/// What is read at once.
const READ: usize = 4096;

/// Somebody with an account.
pub(super) struct Person {
    pub(super) account: &'static str,
    pub(super) door: Door,
    pub(super) seat: Seat,
    dice: Dice,
    /// When something is done next.
    pub(super) next: Instant,
    /// The last position that was shown, for coming back.
    last: Option<Position>,
    texts: u64,
    number: usize,
}

/// Where somebody is.
pub(super) enum Seat {
    /// At no node.
    Away,
    /// At one, by this connection.
    At(Box<Connection>),
}

/// A connection, from the person's end.
pub(super) struct Connection {
    io: DuplexStream,
    heard: Vec<u8>,
    unsent: VecDeque<u8>,
    /// Nothing is read before.
    pub(super) rests_until: Option<Instant>,
    pub(super) stay: Stay,
    /// By which it can be seen at the IRC door, if not as it wants to.
    spare_nick: String,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Nothing,
    /// To come in.
    Enter,
    /// To go, without a word.
    Break,
}

impl Person {
    pub(super) fn new(number: usize, door: Door, account: &'static str, mut dice: Dice) -> Self {
        let next = Instant::now() + dice.up_to(Duration::from_secs(2));
        Self {
            account,
            door,
            seat: Seat::Away,
            dice,
            next,
            last: None,
            texts: 0,
            number,
        }
    }

    /// What is done now, and when again.
    pub(super) fn acts(&mut self, now: Instant) -> Wish {
        self.next = now + Duration::from_millis(40) + self.dice.up_to(Duration::from_millis(700));
        match &self.seat {
            Seat::Away => Wish::Enter,
            Seat::At(at) if at.stay.is_turned_away => Wish::Break,
            Seat::At(at) if at.stay.welcomed.is_none() || at.stay.over.is_some() => Wish::Nothing,
            Seat::At(_) => match self.door {
                Door::Line => self.does_something(now),
                Door::Irc => self.does_something_irc(now),
            },
        }
    }

    /// Comes in by a connection: by a login, or where somebody left off.
    pub(super) fn sits(&mut self, io: DuplexStream, mut stay: Stay) {
        let since = match self.door {
            Door::Line => self.last.filter(|_| self.dice.one_in(2)),
            Door::Irc => None,
        };
        stay.since = since;
        let mut at = Connection {
            io,
            heard: Vec::new(),
            unsent: VecDeque::new(),
            rests_until: None,
            stay,
            spare_nick: String::new(),
        };
        match (self.door, since) {
            (Door::Irc, _) => self.registers(&mut at),
            (Door::Line, Some(position)) => {
                at.types(&format!("/resume {}.x {position}", self.account));
                at.asks("/ids on", Asked::Other);
            }
            (Door::Line, None) => {
                at.types(&format!("/login {} secret", self.account));
                at.asks("/ids on", Asked::Other);
            }
        }
        self.seat = Seat::At(Box::new(at));
    }

    /// The connection is over, from this end or the other; what was heard on it.
    pub(super) fn gets_up(&mut self, now: Instant) -> Option<Stay> {
        let Seat::At(at) = std::mem::replace(&mut self.seat, Seat::Away) else {
            return None;
        };
        let stay = at.stay;
        self.last = stay.last.or(self.last);
        let wait = match stay.ending {
            Some(Ending::Replaced | Ending::Duplicate) => Duration::from_secs(6),
            _ => Duration::from_secs(2),
        };
        self.next = now + self.dice.up_to(wait);
        Some(stay)
    }

    /// A word of which there is no other.
    fn text(&mut self) -> String {
        self.texts += 1;
        format!("{}t{}", self.number, self.texts)
    }

    fn does_something(&mut self, now: Instant) -> Wish {
        match self.dice.below(100) {
            0..45 => self.says(1),
            45..51 => {
                let many = 2 + self.dice.below(8);
                self.says(many);
            }
            51..69 => self.goes_somewhere(),
            69..74 => {
                let to = self.dice.one_of(&super::ACCOUNTS);
                let text = self.text();
                self.asks(&format!("/msg {to} {text}"), Asked::Text(text));
            }
            74..76 => {
                let line = self.dice.one_of(&["/away tea", "/away lunch", "/back"]);
                self.asks(line, Asked::Other);
            }
            76..80 => {
                let text = self.text();
                self.asks(&format!("/post {text}"), Asked::Text(text));
            }
            80..85 => {
                let author = self.dice.one_of(&super::ACCOUNTS);
                self.asks(&format!("/subscribe {author}"), Asked::Other);
            }
            85..87 => {
                let author = self.dice.one_of(&super::ACCOUNTS);
                self.asks(&format!("/unsubscribe {author}"), Asked::Other);
            }
            87..91 => self.asks("/ping x", Asked::Other),
            91..93 => self.rests(now),
            93..96 => self.asks("/quit", Asked::Other),
            _ => return Wish::Break,
        }
        Wish::Nothing
    }

    /// Reads nothing for a while.
    fn rests(&mut self, now: Instant) {
        let rest = self.dice.up_to(Duration::from_secs(12));
        if let Seat::At(at) = &mut self.seat {
            at.rests_until = Some(now + rest);
        }
    }

    /// Into another room, into one more, or out of one of several.
    fn goes_somewhere(&mut self) {
        let room = self.dice.one_of(&ROOMS);
        let asked = Asked::Move(room.to_owned());
        match self.dice.below(18) {
            0..9 => self.asks(&format!("/join {room}"), asked),
            9..14 => self.asks(&format!("/join {room} {TOO}"), asked),
            _ => self.asks(
                &format!("/join {room} {OUT}"),
                Asked::Leave(room.to_owned()),
            ),
        }
    }

    /// Says something so many times at once.
    pub(super) fn says(&mut self, times: usize) {
        for _ in 0..times {
            let text = self.text();
            match self.door {
                Door::Line => self.asks(&text.clone(), Asked::Text(text)),
                Door::Irc => self.says_irc(text),
            }
        }
    }

    fn asks(&mut self, line: &str, asked: Asked) {
        if let Seat::At(at) = &mut self.seat {
            at.asks(line, asked);
        }
    }
}

impl Connection {
    fn types(&mut self, line: &str) {
        self.unsent.extend(line.bytes());
        self.unsent.push_back(b'\n');
    }

    fn asks(&mut self, line: &str, asked: Asked) {
        self.stay.asked.push_back(asked);
        self.stay.typed.push(line.to_owned());
        self.types(line);
    }

    /// Writes and reads what can be written and read; whether the other end is gone.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, now: Instant) -> Poll<()> {
        while !self.unsent.is_empty() {
            let (first, _) = self.unsent.as_slices();
            match Pin::new(&mut self.io).poll_write(cx, first) {
                Poll::Ready(Ok(written)) => drop(self.unsent.drain(..written)),
                // Nobody reads it any more; what was said is still read.
                Poll::Ready(Err(_)) => self.unsent.clear(),
                Poll::Pending => break,
            }
        }
        if self.rests_until.is_some_and(|until| until > now) {
            return Poll::Pending;
        }
        self.rests_until = None;
        loop {
            let mut bytes = [0; READ];
            let mut read = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.io).poll_read(cx, &mut read) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !read.filled().is_empty() => {
                    self.heard.extend_from_slice(read.filled());
                    self.hear(now);
                }
                Poll::Ready(_) => return Poll::Ready(()),
            }
        }
    }

    fn hear(&mut self, now: Instant) {
        while let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            let line = std::str::from_utf8(&line[..end]).expect("UTF-8");
            self.stay.hears(line, now);
        }
        self.takes_other_nick();
    }
}
