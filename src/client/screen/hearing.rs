//! What the node says, and what becomes of the connection.

use std::time::Duration;

use super::asked::{Asked, Text};
use super::entrance::Step;
use super::model::{Model, Standing};
use super::talk::{Merged, News, Place, State, What, clean};
use crate::chat::{Fate, Gap, NodeName, Position, RoomName, UserName};
use crate::client::address::Address;
use crate::client::link::{Down, Next};
use crate::dialect::line::read::{Audience, Message, Refused, Told, When, read};

/// Messages of the past that a conversation begins with.
const BEGINS_WITH: &str = "/history 20";

/// Messages of the past among which those are that were missed.
const MISSED_AMONG: &str = "/history 100";

/// How the answer to a post begins that nobody got.
const NOBODY: &str = "Nobody subscribes";

/// Whether a login that is refused is tried again without anybody being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// It is.
    ByItself,
    /// It is not.
    Never,
}

impl Model {
    /// There is a connection; perhaps something is to be known about it.
    pub(super) fn connected(&mut self, address: &Address, note: Option<&str>) {
        self.address = Some(address.clone());
        self.standing = Standing::Up;
        if let Some(note) = note {
            self.notes(note);
        }
        self.entrance.connected();
    }

    /// The node said something.
    pub(super) fn hears(&mut self, line: &str, retry: Retry) {
        let told = read(line);
        match told {
            Told::Message(message) => self.message(&message),
            Told::Gap(gap) => self.gap(&gap, line),
            Told::Joined { room, user } => self.moves(room, user, Move::In),
            Told::Left { room, user } => self.moves(room, user, Move::Out),
            Told::Renamed { was, user } => self.renamed(&was, user, line),
            Told::TopicChanged { room, topic } => {
                self.talks.open(&Place::Room(room.clone())).topic = topic.map(clean);
                let what = What::Information(words(line));
                self.adds(&Place::Room(room), what, None, News::Nothing);
            }
            Told::Pong { token } => self.pong(token, line),
            Told::Resolved { fate } => self.resolved(fate, line),
            Told::Ended(_) => self.parts(line),
            Told::Welcome { user, room, node } => self.welcome(user, &room, node, line),
            Told::Greeting { node } => self.node = Some(node),
            _ if self.standing != Standing::Inside => self.outside(&told, line, retry),
            Told::Entered { room } => self.entered(&room, line),
            Told::Prompt(prompt) => self.entrance.step = Step::Changing(Some(prompt)),
            Told::Said { position } => self.said(position),
            told => self.answered(&told, line),
        }
    }

    /// There is no connection any more, or there was none.
    pub(super) fn is_down(&mut self, why: &Down, next: &Next) {
        let was_inside = self.standing == Standing::Inside;
        for text in self.asked.lost() {
            self.settles(&text, State::Unconfirmed, None);
        }
        self.latency = None;
        self.entrance.lost();
        match next {
            Next::Again { address, wait } => {
                let until = self.now.running + *wait;
                let next = address.clone();
                self.standing = Standing::Waiting { next, until };
                if was_inside {
                    let seconds = wait.as_secs_f32();
                    let next = format!("next: {address} in {seconds:.1} s");
                    self.notes(&format!("connection lost: {why}; {next}"));
                } else if self.entrance.step != Step::Inside {
                    self.entrance.trouble = Some(clean(&why.to_string()));
                }
            }
            Next::Rest => {
                self.standing = Standing::Resting;
                self.entrance.trouble = Some("that took too long; go on, it connects again".into());
            }
            Next::Over => {}
        }
    }

    /// The node closes the connection.
    fn parts(&mut self, line: &str) {
        if self.standing == Standing::Inside {
            self.shows(line);
        } else {
            self.troubles(&words(line));
        }
    }

    /// Something about coming in, where the person sees it.
    fn troubles(&mut self, trouble: &str) {
        if self.entrance.step == Step::Inside {
            self.hints(trouble);
        } else {
            self.entrance.trouble = Some(trouble.to_owned());
        }
    }

    fn message(&mut self, message: &Message<'_>) {
        let text = clean(message.text);
        let (place, text) = match &message.to {
            Audience::Room(room) => (Place::Room(room.clone()), text),
            Audience::Private => (Place::Person(message.sender.clone()), text),
            Audience::Subscribers => (Place::Posts, text),
            Audience::OtherRoom(room) => (Place::Posts, format!("[{room}] {text}")),
        };
        let by = message.sender.clone();
        if let When::Past { at } = message.when {
            let at = i64::try_from(at.0 / 1000).unwrap_or(i64::MAX);
            return match message.to {
                Audience::Room(_) => self.past(&place, by, text, message.position, at),
                // What a history has was said in a room; this waited for the person.
                Audience::Private | Audience::Subscribers | Audience::OtherRoom(_) => {
                    self.kept(&place, by, text, message.position, at);
                }
            };
        }
        if self.has(&place, message.position) {
            return;
        }
        let (state, news) = match (&message.to, calls(&text, self.me.as_ref())) {
            (Audience::Private, _) => (State::Heard, News::Personal),
            (_, true) => (State::CallsMe, News::Personal),
            (_, false) => (State::Heard, News::Unread),
        };
        let what = What::Said { by, text, state };
        self.adds(&place, what, message.position, news);
    }

    fn past(
        &mut self,
        place: &Place,
        by: UserName,
        text: String,
        position: Option<Position>,
        at: i64,
    ) {
        let state = State::Past;
        let entry = self.entry(What::Said { by, text, state }, position, at);
        let merged = self.talks.open(place).merge(entry);
        self.brought += usize::from(merged == Merged::Added);
    }

    /// What was said while the person was not there is as new as what is said now.
    fn kept(
        &mut self,
        place: &Place,
        by: UserName,
        text: String,
        position: Option<Position>,
        at: i64,
    ) {
        if self.has(place, position) {
            return;
        }
        let news = match place {
            Place::Person(_) => News::Personal,
            Place::Door | Place::Room(_) | Place::Posts => News::Unread,
        };
        let state = State::Heard;
        let entry = self.entry(What::Said { by, text, state }, position, at);
        self.puts(place, entry, news);
    }

    /// Whether a message is there already; without a position nobody can tell.
    fn has(&self, place: &Place, position: Option<Position>) -> bool {
        let talk = self.talks.find(place);
        position.is_some_and(|position| talk.is_some_and(|talk| talk.has(position)))
    }

    fn gap(&mut self, gap: &Gap, line: &str) {
        let place = match gap {
            Gap::Room { room, .. } => Place::Room(room.clone()),
            Gap::Posts => Place::Posts,
            Gap::Whispers { .. } => self.talks.current().place.clone(),
        };
        let what = What::Information(words(line));
        self.adds(&place, what, None, News::Nothing);
    }

    fn moves(&mut self, room: RoomName, user: UserName, to: Move) {
        let what = match to {
            Move::In => {
                self.around.came(&room, &user);
                What::Came(user)
            }
            Move::Out => {
                self.around.went(&room, &user);
                What::Went(user)
            }
        };
        self.adds(&Place::Room(room), what, None, News::Nothing);
    }

    fn renamed(&mut self, was: &UserName, user: UserName, line: &str) {
        self.around.renamed(was, user);
        if let Some(room) = self.around.here.clone() {
            let what = What::Information(words(line));
            self.adds(&Place::Room(room), what, None, News::Nothing);
        }
    }

    fn welcome(&mut self, user: UserName, room: &RoomName, node: NodeName, line: &str) {
        let is_first = self.me.is_none();
        self.me = Some(user);
        self.node = Some(node);
        self.standing = Standing::Inside;
        self.entrance.welcome();
        self.around.enter(room);
        self.asked.lost();
        self.asked.push(Asked::WayBack);
        if is_first {
            self.talks.enter(room);
            self.talks.show_place(&Place::Room(room.clone()));
            self.shows(line);
            self.notes("F1 shows the keys, Tab completes, Alt-1…9 shows a conversation");
            self.looks_around(&["/ids on", BEGINS_WITH]);
        } else {
            let address = self.address.as_ref().map(ToString::to_string);
            let address = address.unwrap_or_default();
            self.notes(&format!("connected again, to {address}"));
            self.looks_around(&["/ids on", MISSED_AMONG]);
        }
    }

    fn entered(&mut self, room: &RoomName, line: &str) {
        self.around.enter(room);
        let place = Place::Room(room.clone());
        if self.asked.next() == Some(&Asked::WayBack) {
            self.talks.open(&place);
            return;
        }
        self.talks.show_place(&place);
        self.shows(line);
        self.looks_around(&[BEGINS_WITH]);
    }

    /// Asks what there is to know, and `also` this, between two pings.
    pub(super) fn looks_around(&mut self, also: &[&str]) {
        self.pings();
        self.asked.push(Asked::Own);
        for line in also.iter().chain(&["/rooms", "/who", "/topic"]) {
            self.says(line);
        }
        self.pings();
        self.around.looks(self.now.running);
    }

    fn pong(&mut self, token: &str, line: &str) {
        let Some(pong) = self.asked.pong(token, self.now.running) else {
            return self.shows(line);
        };
        self.latency = Some(pong.after);
        for text in pong.passed {
            self.settles(&text, State::Delivered, None);
        }
        if let Some(room) = self.around.here.clone() {
            self.talks.open(&Place::Room(room));
        }
    }

    fn said(&mut self, position: Position) {
        if let Some(text) = self.asked.answered() {
            self.settles(&text, State::Delivered, Some(position));
        }
    }

    /// What became of the first text that was not confirmed.
    fn resolved(&mut self, fate: Fate, line: &str) {
        let Some(text) = self.asked.resolved() else {
            return self.shows(line);
        };
        match fate {
            Fate::Delivered { position } => {
                self.settles(&text, State::Delivered, Some(position));
            }
            Fate::NotDelivered => self.settles(&text, State::Failed(words(line)), None),
            Fate::Unknown => self.shows(line),
        }
    }

    /// What the node says to somebody who is not in.
    fn outside(&mut self, told: &Told<'_>, line: &str, retry: Retry) {
        match (told, retry) {
            (Told::Refused(_), Retry::ByItself) => {
                self.troubles(&format!("{}; it is tried again", words(line)));
            }
            (Told::Refused(_), Retry::Never) => {
                self.entrance.refused(&words(line), self.me.as_ref());
            }
            // Greetings and prompts: the screen asks by itself.
            _ => {}
        }
    }

    fn answered(&mut self, told: &Told<'_>, line: &str) {
        self.learns(told);
        let about_passwords = self.asked.are_one_command();
        match (self.asked.next(), told) {
            (Some(Asked::Own), _) => {}
            (Some(Asked::WayBack), Told::Refused(_)) => self.shows(line),
            (Some(Asked::WayBack), _) => {}
            (Some(Asked::Text(_)), Told::Refused(refused)) => self.in_vain(refused, line),
            (Some(Asked::Text(of)), Told::Info { text })
                if of.place == Place::Posts && text.starts_with(NOBODY) =>
            {
                self.in_vain(&Refused::Other { text }, line);
            }
            (_, Told::HistoryBegins) => self.brought = 0,
            (_, Told::HistoryEnds) => {
                let brought = self.brought;
                self.notes(&format!(
                    "the history had {brought} messages that were not here"
                ));
            }
            _ => self.shows(line),
        }
        if about_passwords {
            self.changes_no_more(told);
        }
    }

    fn in_vain(&mut self, refused: &Refused<'_>, line: &str) {
        let Some(text) = self.asked.answered() else {
            return;
        };
        if *refused == Refused::NotConfirmed {
            self.settles(&text, State::Unconfirmed, None);
            self.asked.doubted(text);
        } else {
            self.settles(&text, State::Failed(words(line)), None);
        }
    }

    /// The last word about a password that was to be changed.
    fn changes_no_more(&mut self, told: &Told<'_>) {
        let is_last = matches!(told, Told::PasswordChanged | Told::Refused(_));
        if is_last && self.entrance.step == Step::Changing(None) {
            self.entrance.lost();
            self.pings();
        }
    }

    fn learns(&mut self, told: &Told<'_>) {
        match told {
            Told::Room { room, here } => self.around.room(room, *here),
            Told::RoomsEnd => self.around.rooms_end(),
            Told::People { of, users } => self.around.people(of, users.clone()),
            Told::Topic { room, topic } => {
                if let Some(talk) = self.talks.find_mut(&Place::Room(room.clone())) {
                    talk.topic = topic.map(clean);
                }
            }
            _ => {}
        }
    }

    /// Shows a line of the node where the person looks.
    fn shows(&mut self, line: &str) {
        let place = self.talks.current().place.clone();
        let what = if line.starts_with('!') {
            What::Refusal(words(line))
        } else {
            What::Information(words(line))
        };
        self.adds(&place, what, None, News::Nothing);
    }

    fn settles(&mut self, text: &Text, state: State, position: Option<Position>) {
        if let Some(talk) = self.talks.find_mut(&text.place) {
            talk.settle(text.id, state, position);
        }
    }

    /// How long it takes until somebody is asked again.
    pub(super) fn wait(&self, until: Duration) -> Duration {
        until.saturating_sub(self.now.running)
    }
}

/// Whither somebody goes.
#[derive(Clone, Copy)]
enum Move {
    In,
    Out,
}

/// What stands behind the first characters of a line.
fn words(line: &str) -> String {
    let line = line
        .strip_prefix("* ")
        .or_else(|| line.strip_prefix("! "))
        .unwrap_or(line);
    clean(line)
}

/// Whether a text has somebody's name in it, as a word.
fn calls(text: &str, me: Option<&UserName>) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let Some(me) = me else {
        return false;
    };
    text.split(|c| !is_name(c))
        .any(|word| word.trim_end_matches('.').eq_ignore_ascii_case(me.as_str()))
}
