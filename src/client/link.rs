//! A connection that is kept up: to one of several nodes, and to the next when it breaks.

mod news;

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep};

use super::address::Address;
use super::connection::{ConnectError, Connection, Heard};
use super::door::Door;
use super::login::{Account, Login, Move};
use super::pass::Whose;
use super::seat::{Learnt, Seat};
use crate::backoff::{Backoff, random};
use crate::chat::{Ending, RoomName};
use crate::dialect::line::read::{Told, placed, read};

pub use news::{Down, News, Next, NotConnected};

/// The wait after the first failure: a node that restarts is often back by then.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait: what a person bears, and a node that comes back to a crowd.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Until a node has said its first line.
const GREETING: Duration = Duration::from_secs(10);

/// A connection that lived so long was a good one: the next failure is a first one again. A node
/// that lets everybody in and throws everybody out would else be stormed.
const HELD: Duration = Duration::from_secs(10);

/// Nodes, one of which this client is connected to, if any is there.
#[derive(Debug)]
pub struct Link {
    doors: Vec<Door>,
    /// The one that is tried, or used.
    current: usize,
    state: State,
    backoff: Backoff,
    login: Login,
    seat: Seat,
    /// A login that is tried again.
    login_wait: Option<Pin<Box<Sleep>>>,
    /// Attempts since the beginning or since anybody answered; whether anybody ever did.
    reached: Reached,
}

/// Whether anybody has answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// So many were tried in vain.
    Nobody { tried: usize },
    /// At least once.
    Somebody,
}

/// Who can still be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nobody,
    Somebody,
}

enum State {
    /// Until [`Link::connect`].
    Resting,
    Waiting(Pin<Box<Sleep>>),
    Connecting(Pin<Box<dyn Future<Output = Result<Connection, ConnectError>> + Send>>),
    Up(Box<Up>),
    Over,
}

#[derive(Debug)]
struct Up {
    connection: Connection,
    since: Instant,
    /// Why the node is about to close it, once it said so.
    ending: Option<Ending>,
    greeting: Greeting,
}

/// Whether the node has said anything.
#[derive(Debug)]
enum Greeting {
    /// Not yet; this long it may take.
    Due(Pin<Box<Sleep>>),
    Heard,
}

impl Link {
    /// Nodes to connect to, beginning with the `first` of them. Nothing happens before it is
    /// polled.
    #[must_use]
    pub fn new(doors: Vec<Door>, first: usize) -> Self {
        let current = first % doors.len().max(1);
        let mut link = Self {
            doors,
            current,
            state: State::Over,
            backoff: Backoff::new(FIRST_WAIT, LONGEST_WAIT),
            login: Login::new(random()),
            seat: Seat::default(),
            login_wait: None,
            reached: Reached::Nobody { tried: 0 },
        };
        if !link.doors.is_empty() {
            link.state = link.connecting();
        }
        link
    }

    /// What happens next. Nothing is lost when this is dropped and called again.
    pub async fn next(&mut self) -> News {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Comes in as this account, now and after every new connection.
    pub fn log_in(&mut self, account: Account) {
        let step = self.login.set(account);
        self.follow(step);
    }

    /// Who is in, or wants in.
    #[must_use]
    pub const fn account(&self) -> Option<&Account> {
        self.login.account()
    }

    /// Connects now, where nothing would happen, or only later.
    pub fn connect(&mut self) {
        if matches!(self.state, State::Resting | State::Waiting(_)) {
            self.state = self.connecting();
        }
    }

    /// Says a line without its end.
    ///
    /// # Errors
    /// [`NotConnected`]: it was not said.
    pub fn say(&mut self, line: &[u8]) -> Result<(), NotConnected> {
        self.up()?.connection.say(line);
        self.seat.said(line);
        Ok(())
    }

    /// Says whole lines that are texts: nothing that would have to be remembered.
    ///
    /// # Errors
    /// [`NotConnected`]: they were not said.
    pub fn say_all(&mut self, lines: Bytes) -> Result<(), NotConnected> {
        self.up()?.connection.push(lines);
        Ok(())
    }

    /// Nothing more is said on this connection; its end is the end of the link.
    ///
    /// # Errors
    /// [`NotConnected`]: there is nobody to tell.
    pub fn finish(&mut self) -> Result<(), NotConnected> {
        let up = self.up()?;
        up.ending = Some(Ending::Quit);
        up.connection.finish();
        Ok(())
    }

    /// Bytes that were said and wait to be sent.
    #[must_use]
    pub fn backlog(&self) -> usize {
        match &self.state {
            State::Up(up) => up.connection.backlog(),
            State::Resting | State::Waiting(_) | State::Connecting(_) | State::Over => 0,
        }
    }

    /// Whether something can be said.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self.state, State::Up(_))
    }

    /// Whether there will not be another connection.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Whether something can be said and no login is under way that it would come before.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.is_up() && (self.login.is_inside() || !self.login.wants_in())
    }

    /// Gives a connection up that is of no use any more.
    pub fn abandon(&mut self) -> Option<News> {
        let address = self.address().clone();
        let source = io::ErrorKind::TimedOut.into();
        self.is_up()
            .then(|| self.lost(Down::Broken { address, source }))
    }

    /// As [`Link::next`], polled.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<News> {
        loop {
            match &mut self.state {
                State::Resting | State::Over => return Poll::Pending,
                State::Waiting(timer) => {
                    ready!(timer.as_mut().poll(cx));
                    self.state = self.connecting();
                }
                State::Connecting(attempt) => {
                    let opened = ready!(attempt.as_mut().poll(cx));
                    return Poll::Ready(self.opened(opened));
                }
                State::Up(up) => match ready!(Self::poll_up(&mut self.login_wait, up, cx)) {
                    Some(Ok(Heard::Line(line))) => {
                        if let Some(news) = self.heard(&line) {
                            return Poll::Ready(news);
                        }
                    }
                    Some(Ok(Heard::End)) => return Poll::Ready(self.closed()),
                    Some(Err(source)) => {
                        let address = self.address().clone();
                        return Poll::Ready(self.lost(Down::Broken { address, source }));
                    }
                    None => {
                        let step = self.login.again();
                        self.follow(step);
                    }
                },
            }
        }
    }

    /// What is heard, or nothing when it is time to log in again.
    fn poll_up(
        login_wait: &mut Option<Pin<Box<Sleep>>>,
        up: &mut Up,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Heard>>> {
        if let Some(timer) = login_wait
            && timer.as_mut().poll(cx).is_ready()
        {
            *login_wait = None;
            return Poll::Ready(None);
        }
        if let Poll::Ready(heard) = up.connection.poll_heard(cx) {
            up.greeting = Greeting::Heard;
            return Poll::Ready(Some(heard));
        }
        match &mut up.greeting {
            Greeting::Heard => Poll::Pending,
            Greeting::Due(timer) => timer
                .as_mut()
                .poll(cx)
                .map(|()| Some(Err(io::ErrorKind::TimedOut.into()))),
        }
    }

    fn up(&mut self) -> Result<&mut Up, NotConnected> {
        match &mut self.state {
            State::Up(up) => Ok(up),
            State::Resting | State::Waiting(_) | State::Connecting(_) | State::Over => {
                Err(NotConnected)
            }
        }
    }

    fn connecting(&self) -> State {
        let door = self.doors[self.current].clone();
        State::Connecting(Box::pin(async move { Connection::open(&door).await }))
    }

    fn opened(&mut self, opened: Result<Connection, ConnectError>) -> News {
        let mut connection = match opened {
            Ok(connection) => connection,
            Err(error) => return self.not_connected(error),
        };
        self.reached = Reached::Somebody;
        self.login.begins_anew(self.seat.since());
        self.seat.begins_anew();
        let introduction = connection.take_introduction();
        let address = self.address().clone();
        if let Some(shown) = introduction
            && let Ok(door) = Door::pinned(address.clone(), Some(shown))
        {
            self.doors[self.current] = door;
        }
        self.state = State::Up(Box::new(Up {
            connection,
            since: Instant::now(),
            ending: None,
            greeting: Greeting::Due(Box::pin(sleep(GREETING))),
        }));
        News::Connected {
            address,
            introduction,
        }
    }

    /// What is told of a line; nothing of what is this link's own.
    fn heard(&mut self, line: &[u8]) -> Option<News> {
        let is_message = !matches!(line.first(), Some(b'*' | b'!'));
        let line = String::from_utf8_lossy(line).into_owned();
        if is_message {
            self.seat.heard(placed(&line));
            return Some(News::Line(line));
        }
        let told = read(&line);
        let whose = self.login.hears(&told);
        if let (Ok(up), Told::Ended(ending)) = (self.up(), &told) {
            up.ending.get_or_insert(*ending);
        }
        if !self.login.is_inside() {
            let step = self.login.told(&told);
            self.follow(step);
        }
        match self.seat.told(&told) {
            Learnt::Nothing => {}
            Learnt::LoggedIn { user, password } => self.login.succeeded(user, password),
            Learnt::PasswordChanged { password } => {
                self.login.password_changed(password);
                self.asks_for_a_token();
            }
        }
        if let Told::Welcome { room, .. } = &told {
            self.goes_back(room);
            self.asks_for_a_token();
        }
        match whose {
            Whose::Own => None,
            Whose::Readers => Some(News::Line(line)),
        }
    }

    /// So that it comes back without a password. Where the next line may be taken for one, or
    /// nothing more is to be said, it does without.
    fn asks_for_a_token(&mut self) {
        let is_open = self.up().is_ok_and(|up| up.ending.is_none());
        if !is_open || !self.seat.is_at_commands() {
            return;
        }
        for line in self.login.ask_for_a_token() {
            // It has just said something, so it is there.
            let _ = self.say(&line);
        }
    }

    fn follow(&mut self, step: Move) {
        match step {
            Move::Nothing => {}
            Move::Wait(wait) => self.login_wait = Some(Box::pin(sleep(wait))),
            // Where there is no connection, the next one begins with it.
            Move::Say(line) => drop(self.say(line.expose())),
        }
    }

    fn goes_back(&mut self, welcomed_in: &RoomName) {
        for line in self.seat.way_back(welcomed_in) {
            // The welcome was heard on a connection that is up.
            let _ = self.say(&line);
        }
    }

    fn closed(&mut self) -> News {
        let address = self.address().clone();
        let said = self.up().ok().and_then(|up| up.ending);
        self.lost(match said {
            Some(ending) => Down::Ended { address, ending },
            None => Down::Closed { address },
        })
    }

    fn lost(&mut self, why: Down) -> News {
        self.login_wait = None;
        if self.up().is_ok_and(|up| up.since.elapsed() >= HELD) {
            self.backoff.succeeded();
        }
        let was_inside = self.login.is_inside();
        let next = match &why {
            Down::Ended { ending, .. } => self.after(*ending, was_inside),
            Down::NotConnected(_) | Down::Closed { .. } | Down::Broken { .. } => {
                self.again(Duration::ZERO)
            }
        };
        News::Down { why, next }
    }

    /// Whether a connection that ended so is followed by another.
    fn after(&mut self, ending: Ending, was_inside: bool) -> Next {
        match ending {
            // Two clients of one account would throw each other out for ever.
            Ending::Quit | Ending::Replaced | Ending::Killed | Ending::TooManyFailures => {
                self.over()
            }
            // One's own session of before may still be there; somebody else's is somebody's.
            Ending::Duplicate if self.login.is_patient() => self.again(Duration::ZERO),
            Ending::Duplicate => self.over(),
            Ending::NoLogin { .. } if !self.login.wants_in() => {
                self.state = State::Resting;
                Next::Rest
            }
            Ending::GoingDown { come_back_in } if self.doors.len() == 1 && was_inside => {
                self.again(come_back_in)
            }
            Ending::GoingDown { .. }
            | Ending::NoLogin { .. }
            | Ending::Gone
            | Ending::MessagesLost
            | Ending::Unconfirmed
            | Ending::FramingLost { .. }
            | Ending::TooSlow
            | Ending::Broken => self.again(Duration::ZERO),
        }
    }

    fn not_connected(&mut self, error: ConnectError) -> News {
        let mut nobody_left = false;
        if let Reached::Nobody { tried } = &mut self.reached {
            *tried += 1;
            nobody_left = *tried >= self.doors.len();
        }
        if let ConnectError::Stranger { .. } = error {
            nobody_left |= self.shun() == Left::Nobody;
        }
        let why = Down::NotConnected(error);
        if nobody_left {
            let next = self.over();
            return News::Down { why, next };
        }
        self.lost(why)
    }

    /// Who is not who it was is not asked again.
    fn shun(&mut self) -> Left {
        if self.doors.len() == 1 {
            return Left::Nobody;
        }
        self.doors.remove(self.current);
        // Back by one, for what comes next is the one behind.
        self.current = self.current.checked_sub(1).unwrap_or(self.doors.len() - 1);
        if let Reached::Nobody { tried } = &mut self.reached {
            *tried -= 1;
        }
        Left::Somebody
    }

    /// The next node, after a wait of `at_least` so long.
    fn again(&mut self, at_least: Duration) -> Next {
        self.current = (self.current + 1) % self.doors.len();
        let wait = self.backoff.failed(random()).max(at_least);
        self.state = State::Waiting(Box::pin(sleep(wait)));
        let address = self.address().clone();
        Next::Again { address, wait }
    }

    fn over(&mut self) -> Next {
        self.state = State::Over;
        Next::Over
    }

    fn address(&self) -> &Address {
        self.doors[self.current].address()
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Resting => "Resting",
            Self::Waiting(_) => "Waiting",
            Self::Connecting(_) => "Connecting",
            Self::Up(_) => "Up",
            Self::Over => "Over",
        })
    }
}

#[cfg(test)]
mod tests;
