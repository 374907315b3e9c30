//! Everything that the screen shows, and what is done about keys, lines and time. No I/O and no
//! clock: what is to be done is told as [`Effect`]s, and the time is told with every input.

use std::time::Duration;

use time::UtcOffset;
use tui_input::InputRequest;

use super::around::Around;
use super::asked::Questions;
use super::draw::geometry::{self, Areas, Beside};
use super::draw::lines::{Paper, height};
use super::editor::{Editor, Pasted};
use super::entrance::{Entrance, Field, Outcome};
use super::keys::Wish;
use super::palette::Palette;
use super::talk::{Entry, News, Place, What, clean};
use super::talks::Talks;
use crate::chat::{NodeName, Position, Secret, UserName};
use crate::client::address::Address;
use crate::client::login::Account;

/// Between two Ctrl-C that are meant as one goodbye.
const TWICE: Duration = Duration::from_secs(2);

/// How long a hint stands.
const HINT: Duration = Duration::from_secs(5);

/// Between two pings.
const PING: Duration = Duration::from_secs(10);

/// A node that answers nothing for so long is given up.
const SILENCE: Duration = Duration::from_secs(20);

/// The time, as it is told with every input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Now {
    /// Since the program began.
    pub(super) running: Duration,
    /// Seconds since 1970.
    pub(super) unix: i64,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The node is told this line.
    Say(Secret),
    /// The link comes in as this account.
    LogIn(Account),
    /// The link connects now.
    Connect,
    /// The link gives its connection up.
    Abandon,
    /// Everything is drawn anew.
    Redraw,
    /// It is over.
    Leave,
}

/// How the connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// None yet, or none any more; the next one is tried.
    Connecting,
    /// Somebody is asked later.
    Waiting {
        /// Who.
        next: Address,
        /// When, since the program began.
        until: Duration,
    },
    /// Nobody is asked before somebody wants in.
    Resting,
    /// There is one; nobody is in.
    Up,
    /// The person is in.
    Inside,
}

/// What lies over the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlay {
    /// Nothing.
    None,
    /// The keys explained.
    Help,
}

/// What the environment tells about the terminal and the person at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// Columns and rows.
    pub(super) size: (u16, u16),
    pub(super) palette: Palette,
    /// Between the local time and UTC.
    pub(super) offset: UtcOffset,
    /// Something that no other run has.
    pub(super) mark: u64,
}

/// Everything that the screen shows.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) setting: Setting,
    pub(super) now: Now,
    pub(super) talks: Talks,
    pub(super) editor: Editor,
    pub(super) entrance: Entrance,
    pub(super) standing: Standing,
    pub(super) around: Around,
    pub(super) address: Option<Address>,
    pub(super) node: Option<NodeName>,
    pub(super) me: Option<UserName>,
    pub(super) latency: Option<Duration>,
    pub(super) overlay: Overlay,
    pub(super) asked: Questions,
    /// Lines that a history brought, while it comes.
    pub(super) brought: usize,
    pinged: Duration,
    hint: Option<(String, Duration)>,
    interrupted: Option<Duration>,
    effects: Vec<Effect>,
    ids: u64,
}

impl Model {
    pub(super) fn new(setting: Setting, user: Option<UserName>, now: Now) -> Self {
        Self {
            setting,
            now,
            talks: Talks::new(),
            editor: Editor::default(),
            entrance: Entrance::new(user),
            standing: Standing::Connecting,
            around: Around::default(),
            address: None,
            node: None,
            me: None,
            latency: None,
            overlay: Overlay::None,
            asked: Questions::new(setting.mark),
            brought: 0,
            pinged: Duration::ZERO,
            hint: None,
            interrupted: None,
            effects: Vec::new(),
            ids: 0,
        }
    }

    /// What is to be done since this was asked last.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// What a person should know for a moment.
    pub(super) fn hint(&self) -> Option<&str> {
        self.hint.as_ref().map(|(hint, _)| hint.as_str())
    }

    /// What stands where.
    pub(super) fn areas(&self) -> Areas {
        let beside = match self.me {
            Some(_) => Beside::Something,
            None => Beside::Nothing,
        };
        geometry::areas(self.setting.size, beside)
    }

    /// What the rows of the conversation are written on.
    pub(super) fn paper(&self) -> Paper {
        Paper {
            width: usize::from(self.areas().body.width),
            palette: self.setting.palette,
            offset: self.setting.offset,
            now: self.now.unix,
        }
    }

    /// Time has passed.
    pub(super) fn ticks(&mut self) {
        let now = self.now.running;
        if self.hint.as_ref().is_some_and(|(_, until)| now >= *until) {
            self.hint = None;
        }
        if let Standing::Waiting { until, .. } = &self.standing
            && now >= *until
        {
            self.standing = Standing::Connecting;
        }
        if self.standing != Standing::Inside {
            return;
        }
        let silent_since = self.asked.waiting_since();
        if silent_since.is_some_and(|since| now.saturating_sub(since) >= SILENCE) {
            self.does(Effect::Abandon);
        } else if self.entrance.field() == Field::Chat {
            self.asks_by_itself();
        }
    }

    fn asks_by_itself(&mut self) {
        let now = self.now.running;
        if self.around.wants_a_look(now) && self.asked.is_idle() {
            self.looks_around(&[]);
        } else if now.saturating_sub(self.pinged) >= PING && self.asked.waiting_since().is_none() {
            self.pings();
        }
    }

    /// A person wants something.
    pub(super) fn wishes(&mut self, wish: Wish) {
        match wish {
            Wish::Resize(columns, rows) => self.resized(columns, rows),
            Wish::Redraw => self.does(Effect::Redraw),
            Wish::Interrupt => self.interrupted(),
            Wish::Help => {
                self.overlay = match self.overlay {
                    Overlay::None => Overlay::Help,
                    Overlay::Help => Overlay::None,
                }
            }
            Wish::Escape if self.overlay == Overlay::Help => self.overlay = Overlay::None,
            Wish::Escape => self.entrance.escape(),
            Wish::PageUp => self.scrolls_up(),
            Wish::PageDown => self.scrolls_down(),
            other => match self.entrance.field() {
                Field::Chat => self.types(other),
                Field::Name | Field::Hidden | Field::Nowhere => self.enters(other),
            },
        }
    }

    fn types(&mut self, wish: Wish) {
        match wish {
            Wish::Edit(request) => self.editor.edit(request),
            Wish::Paste(text) => self.pastes(&text),
            Wish::Send => self.sends(),
            Wish::Back => self.editor.back(),
            Wish::Forward => self.editor.forward(),
            Wish::Complete => self.completes(),
            Wish::Show(index) => self.talks.show(index),
            Wish::ShowNext => self.talks.show_next(),
            Wish::ShowPrevious => self.talks.show_previous(),
            Wish::End if self.editor.is_at_the_end() => {
                self.talks.current_mut().scroll_to_the_end();
            }
            Wish::End => self.editor.edit(InputRequest::GoToEnd),
            Wish::EndOfInput if self.editor.is_empty() => self.does(Effect::Leave),
            Wish::EndOfInput => self.editor.edit(InputRequest::DeleteNextChar),
            Wish::PageUp
            | Wish::PageDown
            | Wish::Help
            | Wish::Escape
            | Wish::Interrupt
            | Wish::Redraw
            | Wish::Resize(..) => {}
        }
    }

    fn enters(&mut self, wish: Wish) {
        match self.entrance.takes(wish) {
            Outcome::Nothing => {}
            Outcome::Leave => self.does(Effect::Leave),
            Outcome::Help => self.overlay = Overlay::Help,
            Outcome::Tell(password) => self.does(Effect::Say(password)),
            Outcome::LogIn(account) => {
                self.does(Effect::LogIn(account));
                if let Standing::Resting | Standing::Waiting { .. } = self.standing {
                    self.standing = Standing::Connecting;
                    self.does(Effect::Connect);
                }
            }
        }
    }

    fn pastes(&mut self, text: &str) {
        match (self.editor.paste(text), self.editor.lines()) {
            (Pasted::Cut, _) => self.hints("that is too much for one time; its end is missing"),
            (Pasted::Whole, 1) => {}
            (Pasted::Whole, lines) => self.hints(&format!("{lines} lines; Enter sends them all")),
        }
    }

    fn interrupted(&mut self) {
        let now = self.now.running;
        let before = self.interrupted.replace(now);
        if before.is_some_and(|before| now.saturating_sub(before) <= TWICE) {
            self.does(Effect::Leave);
        } else {
            self.hints("Ctrl-C once more leaves");
        }
    }

    fn resized(&mut self, columns: u16, rows: u16) {
        self.setting.size = (columns, rows);
        // What was looked at has other rows now.
        let scrolled = self.talks.current().scrolled;
        if scrolled > 0 {
            self.scrolls_to(scrolled);
        }
    }

    fn page(&self) -> usize {
        let rows = usize::from(self.areas().body.height);
        rows.saturating_sub(2).max(1)
    }

    fn scrolls_up(&mut self) {
        let wanted = self.talks.current().scrolled.saturating_add(self.page());
        self.scrolls_to(wanted);
    }

    fn scrolls_down(&mut self) {
        let wanted = self.talks.current().scrolled.saturating_sub(self.page());
        self.scrolls_to(wanted);
    }

    fn scrolls_to(&mut self, wanted: usize) {
        let paper = self.paper();
        let view = usize::from(self.areas().body.height);
        let talk = self.talks.current_mut();
        let all: usize = talk.lines.iter().map(|line| height(line, paper)).sum();
        let all = all + usize::from(talk.new_from.is_some());
        talk.scrolled = wanted.min(all.saturating_sub(view));
        if talk.scrolled == 0 {
            talk.scroll_to_the_end();
        }
    }

    /// Something to be done.
    pub(super) fn does(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Tells the node a line.
    pub(super) fn says(&mut self, line: &str) {
        self.does(Effect::Say(Secret::new(line)));
    }

    /// Asks for what shows that everything before was answered.
    pub(super) fn pings(&mut self) {
        self.pinged = self.now.running;
        let line = self.asked.barrier(self.now.running);
        self.says(&line);
    }

    /// Tells a person something for a moment.
    pub(super) fn hints(&mut self, hint: &str) {
        self.hint = Some((hint.to_owned(), self.now.running + HINT));
    }

    /// The person knows it.
    pub(super) fn hints_nothing(&mut self) {
        self.hint = None;
    }

    /// Adds something of this program's own to what is looked at.
    pub(super) fn notes(&mut self, note: &str) {
        let place = self.talks.current().place.clone();
        self.adds(&place, What::Note(clean(note)), None, News::Nothing);
    }

    /// Adds a line to a conversation.
    pub(super) fn adds(
        &mut self,
        place: &Place,
        what: What,
        position: Option<Position>,
        news: News,
    ) -> u64 {
        let entry = self.entry(what, position, self.now.unix);
        let id = entry.id;
        self.puts(place, entry, news);
        id
    }

    pub(super) fn puts(&mut self, place: &Place, entry: Entry, news: News) {
        let rows = height(&entry, self.paper());
        self.talks.push(place, entry, news, rows);
    }

    pub(super) fn entry(&mut self, what: What, position: Option<Position>, at: i64) -> Entry {
        self.ids += 1;
        Entry {
            id: self.ids,
            at,
            position,
            what,
        }
    }
}
