//! `conclave chat` on a terminal: a screen with conversations, drawn anew whenever something
//! happens.
//!
//! - [`model`]: everything that is known, with `hearing` (what the node says), `saying` (what is
//!   typed) and `entrance` (the login). Pure.
//! - [`asked`]: what the node has not answered yet; [`talk`], [`talks`]: conversations;
//!   [`around`]: rooms and people; [`editor`], [`complete`]: the line that is typed. Pure.
//! - [`keys`]: what a terminal tells; [`draw`], [`palette`]: what it shows.
//! - [`terminal`]: taken and given back. What is here is the loop around it all.

mod around;
mod asked;
mod complete;
mod draw;
mod editor;
mod entrance;
mod hearing;
mod keys;
mod model;
mod palette;
mod saying;
mod talk;
mod talks;
mod terminal;
#[cfg(test)]
mod tests;

use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt as _;
use time::{OffsetDateTime, UtcOffset};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use self::hearing::Retry;
use self::keys::Wish;
use self::model::{Effect, Model, Now, Setting};
use self::palette::Palette;
use self::terminal::Terminal;
use super::error::ChatError;
use super::link::{Down, Link, News, Next};
use super::trust::Acquaintances;
use crate::backoff::random;
use crate::chat::{Ending, UserName};

/// Between two looks at what only time changes.
const TICK: Duration = Duration::from_secs(1);

/// How long a node may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// News and keys that are taken in before the screen is drawn: nobody reads faster.
const BURST: usize = 256;

/// Talks until the person leaves, or it cannot go on.
///
/// # Errors
/// [`ChatError`] when it ends otherwise; the terminal is as it was before.
pub(super) async fn run(
    link: Link,
    acquaintances: Acquaintances,
    user: Option<UserName>,
) -> Result<(), ChatError> {
    // The system tells it only while nothing else runs in this process.
    let offset = UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC);
    let terminal = Terminal::take()?;
    let setting = Setting {
        size: terminal.size()?,
        palette: Palette::of_the_environment(),
        offset,
        mark: random(),
    };
    let begin = Instant::now();
    let screen = Screen {
        link,
        acquaintances,
        terminal,
        model: Model::new(setting, user, now(begin)),
        begin,
    };
    screen.talks().await
}

struct Screen {
    link: Link,
    acquaintances: Acquaintances,
    terminal: Terminal,
    model: Model,
    begin: Instant,
}

/// What can happen.
enum Happens {
    News(News),
    Key(Option<io::Result<Event>>),
    Tick,
    /// The system wants this program to end.
    Terminated,
}

/// Where it comes from, beside the link.
struct Sources {
    keys: EventStream,
    ticks: Interval,
    terminated: Signal,
    hung_up: Signal,
}

type Done = Option<Result<(), ChatError>>;

impl Screen {
    async fn talks(mut self) -> Result<(), ChatError> {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sources = Sources {
            keys: EventStream::new(),
            ticks,
            terminated: signal(SignalKind::terminate())?,
            hung_up: signal(SignalKind::hangup())?,
        };
        loop {
            self.draws()?;
            let happens = tokio::select! {
                news = self.link.next() => Happens::News(news),
                key = sources.keys.next() => Happens::Key(key),
                _ = sources.ticks.tick() => Happens::Tick,
                _ = sources.terminated.recv() => Happens::Terminated,
                _ = sources.hung_up.recv() => Happens::Terminated,
            };
            if let Some(done) = self.takes(happens).await {
                return done;
            }
            if let Some(done) = self.takes_what_is_there(&mut sources).await {
                return done;
            }
        }
    }

    fn draws(&mut self) -> io::Result<()> {
        let (columns, rows) = self.terminal.size()?;
        if self.model.setting.size != (columns, rows) {
            self.model.wishes(Wish::Resize(columns, rows));
        }
        self.terminal.draw(&self.model)
    }

    /// Everything that needs no waiting.
    async fn takes_what_is_there(&mut self, sources: &mut Sources) -> Done {
        for _ in 0..BURST {
            let happens = self.is_there(sources).await?;
            let done = self.takes(happens).await;
            if done.is_some() {
                return done;
            }
        }
        None
    }

    /// What happened already, if anything did. It is asked as by the loop, so that whoever has
    /// nothing wakes the loop later.
    async fn is_there(&mut self, sources: &mut Sources) -> Option<Happens> {
        let mut news = pin!(self.link.next());
        poll_fn(|cx| {
            if let Poll::Ready(news) = news.as_mut().poll(cx) {
                return Poll::Ready(Some(Happens::News(news)));
            }
            match sources.keys.poll_next_unpin(cx) {
                Poll::Ready(key) => Poll::Ready(Some(Happens::Key(key))),
                Poll::Pending => Poll::Ready(None),
            }
        })
        .await
    }

    async fn takes(&mut self, happens: Happens) -> Done {
        self.model.now = now(self.begin);
        let done = match happens {
            Happens::News(news) => self.hears(news),
            Happens::Key(Some(Ok(event))) => {
                if let Some(wish) = keys::wish(event) {
                    self.model.wishes(wish);
                }
                None
            }
            Happens::Key(Some(Err(error))) => Some(Err(error.into())),
            Happens::Key(None) => Some(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())),
            Happens::Tick => {
                self.model.ticks();
                None
            }
            Happens::Terminated => {
                self.model.does(Effect::Leave);
                None
            }
        };
        match done {
            Some(done) => Some(done),
            None => self.acts().await,
        }
    }

    fn hears(&mut self, news: News) -> Done {
        match news {
            News::Connected {
                address,
                introduction,
            } => {
                let kept = introduction.map(|shown| self.acquaintances.keep(&address, shown));
                match kept.transpose() {
                    Ok(note) => self.model.connected(&address, note.as_deref()),
                    Err(error) => return Some(Err(error.into())),
                }
                None
            }
            News::Line(line) => {
                let retry = match self.link.account() {
                    Some(_) => Retry::ByItself,
                    None => Retry::Never,
                };
                self.model.hears(&line, retry);
                None
            }
            News::Down { why, next } => self.is_down(why, &next),
        }
    }

    fn is_down(&mut self, why: Down, next: &Next) -> Done {
        if let Down::Ended {
            ending: Ending::Quit,
            ..
        } = why
        {
            return Some(Ok(()));
        }
        self.model.is_down(&why, next);
        match next {
            Next::Again { .. } | Next::Rest => None,
            Next::Over => Some(Err(self.acquaintances.explain(why))),
        }
    }

    /// Does what the model wants done.
    async fn acts(&mut self) -> Done {
        loop {
            let effects = self.model.take_effects();
            if effects.is_empty() {
                return None;
            }
            for effect in effects {
                let done = self.act(effect).await;
                if done.is_some() {
                    return done;
                }
            }
        }
    }

    async fn act(&mut self, effect: Effect) -> Done {
        match effect {
            // The model says nothing where it knows of no connection; what it does not know yet
            // comes as news.
            Effect::Say(line) => drop(self.link.say(line.expose())),
            Effect::LogIn(account) => self.link.log_in(account),
            Effect::Connect => self.link.connect(),
            Effect::Abandon => {
                if let Some(news) = self.link.abandon() {
                    return self.hears(news);
                }
            }
            Effect::Redraw => {
                if let Err(error) = self.terminal.clear() {
                    return Some(Err(error.into()));
                }
            }
            Effect::Leave => {
                self.says_goodbye().await;
                return Some(Ok(()));
            }
        }
        None
    }

    /// The node hears it, if it is there and listens.
    async fn says_goodbye(&mut self) {
        if self.link.say(b"/quit").is_err() {
            return;
        }
        let end = async { while !matches!(self.link.next().await, News::Down { .. }) {} };
        // A node that says nothing will notice by itself.
        let _ = timeout(GOODBYE, end).await;
    }
}

fn now(begin: Instant) -> Now {
    Now {
        running: begin.elapsed(),
        unix: OffsetDateTime::now_utc().unix_timestamp(),
    }
}
