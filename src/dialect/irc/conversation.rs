//! One IRC conversation: what was heard and waits, and what was asked and is not answered.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::BytesMut;

use super::asked::{Asked, Item, Own, by_itself, of_registration, told};
use super::caps::{Caps, Mechanisms, Negotiation};
use super::events;
use super::grammar::{self, Message, Read};
use super::hear;
use super::history;
use super::identity::Identity;
use super::labels::{self, Labelled};
use super::login;
use super::me::Me;
use super::monitor::{self, Watched};
use super::multiline;
use super::numerics::Numeric;
use super::refuse;
use super::registration::{self, Registration};
use super::reply::{Reply, Voice, misread};
use super::sasl::Exchange;
use super::service;
use super::tell;
use super::umodes::{self, Modes, Wallops};
use crate::chat::answer::Office;
use crate::chat::certificate::Certificate;
use crate::chat::profile::{Profile, real_name};
use crate::chat::{Answer, Ending, Fate, Refusal, RoomName, UserName};
use crate::dialect::{Format, Heard};

mod arriving;

/// Where an IRC conversation stands.
#[derive(Debug)]
pub struct Conversation {
    pub(super) identity: Arc<Identity>,
    stage: Stage,
    caps: Negotiation,
    /// What was heard and not taken yet.
    heard: VecDeque<Item>,
    /// What was taken and is not answered yet, oldest first.
    asked: VecDeque<Asked>,
    labelled: Option<Labelled>,
    /// What the client showed in the handshake.
    shown: Option<Certificate>,
    /// A message of which not all lines came yet.
    batch: multiline::Batch,
}

#[derive(Debug)]
enum Stage {
    /// Nobody is in yet.
    Registering(Box<Registration>),
    /// Somebody is.
    Present(Me),
    /// It was said why the connection ends.
    Over,
}

impl Conversation {
    /// A conversation at its beginning.
    #[must_use]
    pub fn new(identity: Arc<Identity>, shown: Option<Certificate>) -> Self {
        let offered = Caps::offered(identity.accounts);
        Self {
            stage: Stage::Registering(Box::new(Registration::new(
                offered,
                (identity.guests, identity.door),
                shown,
            ))),
            caps: Negotiation::new(offered, Mechanisms::of(shown.as_ref())).at(identity.door),
            identity,
            heard: VecDeque::new(),
            asked: VecDeque::new(),
            labelled: None,
            shown,
            batch: multiline::Batch::None,
        }
    }

    /// What is switched on.
    #[must_use]
    pub const fn enabled(&self) -> Caps {
        self.caps.enabled()
    }

    /// How events are spelled for it.
    #[must_use]
    pub fn format(&self) -> Format {
        Format::Irc {
            caps: self.enabled(),
            wallops: self.wallops(),
        }
    }

    fn wallops(&self) -> Wallops {
        self.me().map(|me| me.modes.wallops).unwrap_or_default()
    }

    /// It is an operator from here on, or none.
    pub(super) fn takes_office(&mut self, office: Office) {
        if let Stage::Present(me) = &mut self.stage {
            me.modes.office = office;
        }
    }

    /// Writes a change of the own modes.
    pub(super) fn tell_mode(&self, change: &str, out: &mut BytesMut) {
        if let Stage::Present(me) = &self.stage {
            events::own_mode(&me.user, change, out);
        }
    }

    /// Reads one line; what it means comes from [`Self::next_heard`].
    pub fn hear(&mut self, line: &[u8]) {
        let read = grammar::read(line);
        match &mut self.stage {
            Stage::Registering(registration) => {
                let steps = registration.hear(&read);
                self.caps = registration.caps();
                for step in steps {
                    if step == registration::Step::End {
                        self.heard.push_back(by_itself(Own::Over));
                    }
                    self.heard.push_back(of_registration(step));
                }
            }
            Stage::Present(_) => self.hear_present(&read),
            Stage::Over => {}
        }
    }

    /// A line of more bytes than fit was skipped.
    pub fn hear_too_long(&mut self) {
        let why = ["Input line was too long"];
        self.heard.push_back(hear::own(Numeric::InputTooLong, &why));
    }

    fn hear_present(&mut self, read: &Read<'_>) {
        let Read::Message(message) = read else {
            let replies = misread(read).into_iter().collect();
            self.heard.push_back(told(replies));
            return;
        };
        match self.turn(message) {
            multiline::Turn::Taken => return,
            multiline::Turn::Asked(items) => return self.heard.extend(items),
            multiline::Turn::Aborted(items) => self.heard.extend(items),
            multiline::Turn::Other => {}
        }
        let label = labels::of(message, self.enabled()).map(str::to_owned);
        let ends = label.is_some().then_some(by_itself(Own::LabelEnds));
        let begins = label.map(|label| by_itself(Own::LabelBegins { label }));
        let items = self.items(message);
        self.heard
            .extend(begins.into_iter().chain(items).chain(ends));
    }

    /// What a line has to do with a message of several.
    fn turn(&mut self, message: &Message<'_>) -> multiline::Turn {
        let caps = self.caps.enabled();
        match &self.stage {
            Stage::Present(me) => self.batch.hear(message, me, caps),
            Stage::Registering(_) | Stage::Over => multiline::Turn::Other,
        }
    }

    fn items(&mut self, message: &Message<'_>) -> Vec<Item> {
        if message.is("CAP") {
            return vec![self.negotiate(message)];
        }
        let format = self.format();
        let caps = self.enabled();
        let Stage::Present(me) = &mut self.stage else {
            return Vec::new();
        };
        if message.is("MODE")
            && let Some(nick) = message.param(0)
            && nick.eq_ignore_ascii_case(me.user.as_str())
            && let Some(change) = message.param(1)
        {
            let me = &*me;
            return umodes::hear(change, me, format);
        }
        if message.is(login::COMMAND) {
            return vec![login::hear(message, me, caps)];
        }
        if message.is(monitor::COMMAND) {
            me.watched.hear(message)
        } else {
            hear::hear(message, me, caps)
        }
    }

    /// What is switched holds for events only when the registry knows of it.
    fn negotiate(&self, message: &Message<'_>) -> Item {
        let mut agreed = self.caps;
        let (replies, _) = agreed.hear(&message.params);
        let caps = agreed.enabled();
        let asked = Own::Caps { agreed, replies };
        if caps == self.enabled() {
            by_itself(asked)
        } else {
            let wallops = self.wallops();
            (
                Heard::Format(Format::Irc { caps, wallops }),
                Asked::Own(asked),
            )
        }
    }

    /// The next thing that was heard. It has to be answered or refused, once.
    pub fn next_heard(&mut self) -> Option<Heard> {
        let (heard, asked) = self.heard.pop_front()?;
        self.asked.push_back(asked);
        Some(heard)
    }

    /// Asks this before anything else that was heard.
    pub(super) fn asks_first(&mut self, items: impl DoubleEndedIterator<Item = Item>) {
        for item in items.rev() {
            self.heard.push_front(item);
        }
    }

    pub(super) fn voice(&self) -> Voice<'_> {
        let nick = match &self.stage {
            Stage::Registering(registration) => registration.nick(),
            Stage::Present(me) => me.user.as_str(),
            Stage::Over => super::reply::NO_NICK,
        };
        Voice {
            server: &self.identity.server,
            nick,
            tags: &[],
        }
    }

    /// Who is in, while somebody is.
    pub(super) const fn me(&self) -> Option<&Me> {
        match &self.stage {
            Stage::Present(me) => Some(me),
            Stage::Registering(_) | Stage::Over => None,
        }
    }

    pub(super) fn is_in(&mut self, room: &RoomName) {
        if let Stage::Present(me) = &mut self.stage
            && !me.rooms.contains(room)
        {
            me.rooms.push(room.clone());
        }
    }

    pub(super) fn is_out_of(&mut self, room: &RoomName) {
        if let Stage::Present(me) = &mut self.stage {
            me.rooms.retain(|other| other != room);
        }
    }

    pub(super) fn is_seen_as(&mut self, user: &UserName) {
        if let Stage::Present(me) = &mut self.stage {
            me.user = user.clone();
        }
    }

    /// Somebody put the peer out of a room, and told it so.
    pub fn put_out(&mut self, room: &RoomName) {
        self.is_out_of(room);
    }

    /// Somebody is in.
    pub(super) fn comes_in(&mut self, user: UserName) {
        let said = match &self.stage {
            Stage::Registering(registration) => registration.realname(),
            Stage::Present(_) | Stage::Over => "",
        };
        let profile = Profile {
            real_name: real_name(said),
            ..Profile::default()
        };
        self.stage = Stage::Present(Me {
            user,
            rooms: Vec::new(),
            profile,
            shown: self.shown,
            watched: Watched::default(),
            modes: Modes::default(),
            accounts: self.identity.accounts,
            exchange: Exchange::new(),
        });
    }

    /// One said something about oneself.
    pub(super) fn is_introduced(&mut self, by: &Profile) {
        if let Stage::Present(me) = &mut self.stage {
            me.profile.clone_from(by);
        }
    }

    /// Spells a granted answer.
    pub fn tell_answer(&mut self, answer: &Answer, out: &mut BytesMut) {
        // Nobody asked for it.
        if let Answer::PutIn { rooms } = answer {
            return tell::put_in(self, rooms, out);
        }
        if let Answer::SeenAs { user, was } = answer {
            return tell::nicked(self, user, was, out);
        }
        if let Some(asked) = self.asked.pop_front() {
            // What is said from here on in a room that was entered is told as it comes.
            let cannot_wait = matches!(asked, Asked::Enter { .. });
            self.gathered(out, |this, out| tell::answer(this, asked, answer, out));
            if let Some(labelled) = self.labelled.as_mut().filter(|_| cannot_wait) {
                labelled.open(&self.identity.server, out);
            }
        }
    }

    /// Spells a refusal.
    pub fn tell_refusal(&mut self, refusal: &Refusal, out: &mut BytesMut) {
        match self.asked.pop_front() {
            None => {}
            Some(Asked::Proof) => self.not_proved(refusal, out),
            Some(Asked::Knock) => self.not_let_in(refusal, out),
            Some(Asked::Register(wish)) => self.not_made(&wish, refusal, out),
            // Nobody asked for it.
            Some(Asked::Arrival) => {}
            Some(Asked::Claim) if refuse::is_about_nick(refusal) => {
                self.not_so_called(refusal, out)
            }
            Some(asked @ Asked::Claim) => {
                refuse::refusal(self.voice(), self.enabled(), &asked, refusal, out);
                self.heard
                    .push_back(of_registration(registration::Step::Quit));
            }
            Some(asked) => self.gathered(out, |this, out| {
                refuse::refusal(this.voice(), this.enabled(), &asked, refusal, out);
            }),
        }
    }

    /// Spells what the conversation answers by itself.
    pub fn tell_reply(&mut self, out: &mut BytesMut) {
        let Some(Asked::Own(own)) = self.asked.pop_front() else {
            return;
        };
        if let Own::LabelBegins { .. } | Own::LabelEnds = own {
            self.own(own, out);
        } else {
            self.gathered(out, |this, out| this.own(own, out));
        }
    }

    /// Spells that events are spelled otherwise from here on.
    pub fn tell_format_set(&mut self, out: &mut BytesMut) {
        self.tell_reply(out);
    }

    fn own(&mut self, own: Own, out: &mut BytesMut) {
        match own {
            Own::Replies(replies) => self.reply(&replies, out),
            Own::Caps { agreed, replies } => {
                self.caps = agreed;
                self.reply(&replies, out);
            }
            Own::About(about) => tell::about(self, about, out),
            Own::Help { subject } => tell::help(self.voice(), &subject, out),
            Own::ToService { manner, text } => service::echo(self, manner, &text, out),
            Own::NoHistory(fault) => history::fault(self.voice(), self.enabled(), &fault, out),
            Own::Wallops { wallops, told } => self.hears_wallops(wallops, told, out),
            Own::Over => self.stage = Stage::Over,
            Own::LabelBegins { label } => self.labelled = Some(Labelled::new(&label)),
            Own::LabelEnds => self.tell_labelled(out),
        }
    }

    fn tell_labelled(&mut self, out: &mut BytesMut) {
        if let Some(labelled) = self.labelled.take() {
            labelled.end(&self.identity.server, out);
        }
    }

    fn hears_wallops(&mut self, wallops: Wallops, told: &str, out: &mut BytesMut) {
        if let Stage::Present(me) = &mut self.stage {
            me.modes.wallops = wallops;
        }
        self.tell_mode(told, out);
    }

    fn reply(&self, replies: &[Reply], out: &mut BytesMut) {
        for reply in replies {
            reply.spell(self.voice(), out);
        }
    }

    /// Spells into what waits for its label, or out at once.
    fn gathered(&mut self, out: &mut BytesMut, spell: impl FnOnce(&mut Self, &mut BytesMut)) {
        match self.labelled.take() {
            Some(mut labelled) => {
                spell(self, labelled.lines());
                labelled.go_on(out);
                self.labelled = Some(labelled);
            }
            None => spell(self, out),
        }
    }

    /// Spells what became of a text that was not confirmed.
    pub fn tell_fate(&self, fate: Fate, out: &mut BytesMut) {
        refuse::fate(self.voice(), fate, out);
    }

    /// Spells why the connection ends; nothing where that was said.
    pub fn tell_ending(&self, ending: Ending, out: &mut BytesMut) {
        match self.stage {
            Stage::Registering(_) | Stage::Present(_) => refuse::ending(self.voice(), ending, out),
            Stage::Over => {}
        }
    }
}
