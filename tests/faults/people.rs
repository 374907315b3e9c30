//! Who talks and listens meanwhile, and what they remember of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::Dice;
use crate::support::{
    Client, Cluster, Ear, Heard, Mouth, NOT_AFTER_ALL, NOT_CONFIRMED, NOT_DELIVERED, Node,
    PATIENCE, password_of,
};
use crate::{Peace, REST};

/// Lines that somebody says without waiting for the answers.
const IN_FLIGHT: usize = 20;

/// Longer than two asks take that wait for each other, whatever happens.
const ANSWERED: Duration = Duration::from_secs(25);

/// Between two things that somebody does.
const MUSING: Duration = Duration::from_millis(60);

/// Lines that somebody has not looked at yet; the node waits with more.
const UNREAD: usize = 4096;

/// A message as it was read: its position, if shown, what stands before the text, and the text.
pub(crate) struct Read {
    pub(crate) position: Option<(u64, u64)>,
    pub(crate) place: String,
    pub(crate) text: String,
}

/// What became of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    At((u64, u64)),
    Refused,
    /// Its connection ended before more was known.
    InDoubt,
}

/// What somebody remembers.
pub(crate) struct Told {
    pub(crate) name: &'static str,
    /// The only room that it was in, if it was in no other.
    pub(crate) stayed: Option<&'static str>,
    /// Room, text and fate of everything said, in order.
    pub(crate) said: Vec<(String, String, Fate)>,
    /// How many of these were in doubt, and then told after all.
    pub(crate) resolved: usize,
    /// What each connection read.
    pub(crate) read: Vec<Vec<Read>>,
}

enum Asked {
    Line(String),
    Join,
    Follow,
    Ping(String),
    Quit,
}

/// What an answer says about the connection.
#[derive(PartialEq, Eq)]
enum Goes {
    On,
    /// It ends as was asked for.
    Goodbye,
}

/// Somebody who is in.
pub(crate) struct Person {
    told: Told,
    mouth: Mouth,
    lines: mpsc::Receiver<Heard>,
    asked: VecDeque<(Instant, Asked)>,
    /// Which of what was said is in doubt on this connection.
    doubts: VecDeque<usize>,
    room: String,
    pings: u32,
}

impl Person {
    fn is_in(name: &'static str, client: Client) -> Self {
        let told = Told {
            name,
            stayed: None,
            said: Vec::new(),
            resolved: 0,
            read: vec![Vec::new()],
        };
        Self {
            told,
            lines: listened(client.ear),
            mouth: client.mouth,
            asked: VecDeque::new(),
            doubts: VecDeque::new(),
            room: "lobby".to_owned(),
            pings: 0,
        }
    }

    async fn asks(&mut self, line: &str, what: Asked) {
        self.asked.push_back((Instant::now(), what));
        self.mouth.says(line).await;
    }

    async fn says(&mut self, text: String) {
        self.asks(&text.clone(), Asked::Line(text)).await;
    }

    async fn pings(&mut self) {
        self.pings += 1;
        let token = format!("{} {}", self.told.name, self.pings);
        self.asks(&format!("/ping {token}"), Asked::Ping(token))
            .await;
    }

    /// Listens for so long, or until the connection ends for a good reason.
    async fn listens(&mut self, time: Duration) -> Goes {
        let end = tokio::time::Instant::now() + time;
        while let Ok(heard) = tokio::time::timeout_at(end, self.lines.recv()).await {
            let goes = self.understands(heard.expect("the end was heard"));
            if goes != Goes::On {
                self.hears_the_end().await;
                return goes;
            }
        }
        let oldest = self.asked.front().map(|(at, _)| at.elapsed());
        assert!(
            oldest.is_none_or(|age| age < ANSWERED),
            "{} is not answered for {oldest:?}",
            self.told.name
        );
        Goes::On
    }

    async fn hears_the_end(&mut self) {
        let name = self.told.name;
        match timeout(PATIENCE, self.lines.recv()).await {
            Ok(Some(Heard::End)) => {}
            other => panic!("{name} wanted the end and heard {other:?}"),
        }
    }

    /// Whether this is no answer; remembers it if so.
    fn is_news(&mut self, line: &str) -> bool {
        let words: Vec<_> = line.split(' ').collect();
        if let ["*", _, "joined" | "left", _] = words[..] {
            return true;
        }
        let Some((place, text)) = line.split_once(": ") else {
            return false;
        };
        let (position, place) = match place.split_once(' ') {
            Some((position, place)) if !position.starts_with('[') => (Some(position), place),
            _ => (None, place),
        };
        if !place.starts_with('[') {
            return false;
        }
        let position = position.map(position_of);
        let (place, text) = (place.to_owned(), text.to_owned());
        let read = Read {
            position,
            place,
            text,
        };
        self.told.read.last_mut().unwrap().push(read);
        true
    }

    /// Whether this tells where somebody is behind a move that was not confirmed; remembers it if so.
    fn is_found(&mut self, line: &str) -> bool {
        let place = line.strip_prefix("* You are in ");
        let place = place.and_then(|place| place.strip_suffix(" now."));
        if let Some(place) = place {
            place.clone_into(&mut self.room);
        }
        place.is_some()
    }

    /// Whether this is the end of a doubt; remembers it if so.
    fn is_resolved(&mut self, line: &str) -> bool {
        let fate = match line.strip_prefix("* delivered ") {
            Some(position) => Fate::At(position_of(position)),
            None if line == NOT_AFTER_ALL => Fate::Refused,
            None => return false,
        };
        let Some(said) = self.doubts.pop_front() else {
            panic!("{} is in no doubt and heard {line}", self.told.name);
        };
        self.told.said[said].2 = fate;
        self.told.resolved += 1;
        true
    }

    fn understands(&mut self, heard: Heard) -> Goes {
        let name = self.told.name;
        let line = match heard {
            Heard::Line(line) => line,
            Heard::End => panic!("{name} heard the end"),
        };
        if self.is_news(&line) || self.is_found(&line) || self.is_resolved(&line) {
            return Goes::On;
        }
        let Some((_, asked)) = self.asked.pop_front() else {
            panic!("{name} asked nothing and heard {line}");
        };
        let is_away = [NOT_DELIVERED, NOT_CONFIRMED].contains(&line.as_str());
        match asked {
            Asked::Line(text) => {
                let fate = match line.strip_prefix("* ok ") {
                    Some(position) => Fate::At(position_of(position)),
                    None if line == NOT_DELIVERED => Fate::Refused,
                    None if line == NOT_CONFIRMED => Fate::InDoubt,
                    None => panic!("{name} said {text} and heard {line}"),
                };
                if fate == Fate::InDoubt {
                    self.doubts.push_back(self.told.said.len());
                }
                self.told.said.push((self.room.clone(), text, fate));
            }
            Asked::Join => match line.strip_prefix("* You are in ") {
                Some(place) => place.split(' ').next().unwrap().clone_into(&mut self.room),
                None => assert!(is_away, "{name}: {line}"),
            },
            Asked::Follow => {
                assert!(is_away || line.starts_with("* You subscribe to "), "{line}");
            }
            Asked::Ping(token) => {
                assert!(
                    is_away || line == format!("* pong {token}"),
                    "{name}: {line}"
                );
            }
            Asked::Quit => {
                assert_eq!(line, "* Goodbye.", "{name}");
                return Goes::Goodbye;
            }
        }
        Goes::On
    }

    /// Everything asked is answered, nothing is in doubt, and a ping is answered too, soon after the faults are over.
    async fn rests(&mut self, since: Instant) {
        let name = self.told.name;
        loop {
            self.pings().await;
            let mark = self.pings;
            let mut is_answered = false;
            while !self.asked.is_empty() {
                let late = since.elapsed();
                assert!(late < REST, "{name} is not answered {late:?} after the end");
                let heard = timeout(REST, self.lines.recv()).await.expect(name).unwrap();
                is_answered =
                    matches!(&heard, Heard::Line(line) if *line == format!("* pong {name} {mark}"));
                let goes = self.understands(heard);
                assert!(
                    goes == Goes::On,
                    "{name} has to go after the faults are over"
                );
            }
            if is_answered && self.doubts.is_empty() {
                return;
            }
            tokio::time::sleep(MUSING).await;
        }
    }

    /// Says a last line, which the other one reads: then it has read everything before.
    pub(crate) async fn is_heard_by(&mut self, other: &mut Self) {
        let text = format!("{} is done", self.told.name);
        self.says(text.clone()).await;
        let end = Instant::now() + REST;
        let is_read = |other: &Self| {
            let read = other.told.read.last().unwrap();
            read.iter().any(|read| read.text == text)
        };
        while !self.asked.is_empty() || !is_read(other) {
            assert!(
                Instant::now() < end,
                "{text}, and {} does not know",
                other.told.name
            );
            assert!(self.listens(MUSING).await == Goes::On);
            assert!(other.listens(MUSING).await == Goes::On);
        }
    }

    pub(crate) async fn quits(mut self) -> Told {
        self.asks("/quit", Asked::Quit).await;
        assert!(self.listens(PATIENCE).await == Goes::Goodbye);
        self.told
    }
}

/// Somebody who stays in one room and hears everything.
pub(crate) struct Listener(Person);

impl Listener {
    pub(crate) async fn comes(
        name: &'static str,
        room: &'static str,
        node: &Node,
        cluster: &Cluster,
    ) -> Self {
        let mut person = Person::is_in(name, node.newcomer(name).await);
        person.told.stayed = Some(room);
        person.mouth.says("/ids on").await;
        while !matches!(person.lines.recv().await, Some(Heard::Line(line)) if line == "* Positions are shown.")
        {
        }
        if room != "lobby" {
            person.asks(&format!("/join {room}"), Asked::Join).await;
        }
        person.rests(Instant::now()).await;
        let room: bool =
            cluster
                .redis
                .ask_words(&["SISMEMBER", &cluster.key(&format!("room:{room}")), name]);
        assert!(room);
        Self(person)
    }

    pub(crate) async fn lives(self, peace: &Peace) -> Person {
        let Self(mut person) = self;
        loop {
            if let Some(since) = peace.get() {
                person.rests(since).await;
                return person;
            }
            if person.asked.is_empty() {
                person.pings().await;
            }
            assert!(person.listens(10 * MUSING).await == Goes::On);
        }
    }
}

/// Somebody who talks, and is now here, now there.
pub(crate) struct Sender<'a> {
    person: Person,
    nodes: [&'a Node; 2],
    dice: Dice,
    count: u32,
}

impl<'a> Sender<'a> {
    pub(crate) async fn comes(name: &'static str, nodes: [&'a Node; 2], dice: Dice) -> Self {
        let mut person = Person::is_in(name, nodes[0].newcomer(name).await);
        person.mouth.says("/ids on").await;
        person.is_shown().await;
        Self {
            person,
            nodes,
            dice,
            count: 0,
        }
    }

    pub(crate) async fn lives(mut self, peace: &Peace) -> Person {
        loop {
            if let Some(since) = peace.get()
                && !self.is_moving()
            {
                self.person.rests(since).await;
                return self.person;
            }
            if peace.get().is_none() {
                self.does_something().await;
            }
            let time = self.dice.up_to(MUSING);
            match self.person.listens(time).await {
                Goes::On => {}
                Goes::Goodbye => {
                    self.nodes.reverse();
                    self.comes_back(peace).await;
                }
            }
        }
    }

    /// Whether the connection may end by itself.
    fn is_moving(&self) -> bool {
        let moves = |asked: &Asked| matches!(asked, Asked::Join | Asked::Quit);
        self.person.asked.iter().any(|(_, asked)| moves(asked))
    }

    async fn does_something(&mut self) {
        if self
            .person
            .asked
            .iter()
            .any(|(_, asked)| matches!(asked, Asked::Quit))
        {
            return;
        }
        let free = IN_FLIGHT.saturating_sub(self.person.asked.len());
        if free == 0 {
            return;
        }
        // Who is in doubt mostly waits for the end of it.
        let wanderlust = if self.person.doubts.is_empty() {
            150
        } else {
            1500
        };
        if self.dice.one_in(wanderlust) {
            return self.person.asks("/quit", Asked::Quit).await;
        }
        if self.dice.one_in(40) {
            // Where somebody is is known when nothing is under way.
            if !self.is_moving() {
                let to = if self.person.room == "den" {
                    "lobby"
                } else {
                    "den"
                };
                self.person.asks(&format!("/join {to}"), Asked::Join).await;
            }
        } else if self.dice.one_in(80) {
            let whom = self.dice.one_of(&["sam", "sue", "sid", "lia"]);
            if whom != self.person.told.name {
                let line = format!("/subscribe {whom}");
                self.person.asks(&line, Asked::Follow).await;
            }
        } else if self.dice.one_in(40) {
            self.person.pings().await;
        } else {
            for _ in 0..=self.dice.below(free) {
                self.count += 1;
                let text = format!("{} {}", self.person.told.name, self.count);
                self.person.says(text).await;
            }
        }
    }

    /// Logs in until it is in.
    async fn comes_back(&mut self, peace: &Peace) {
        let name = self.person.told.name;
        let login = format!("/login {name} {}", password_of(name));
        self.person.asked.clear();
        self.person.doubts.clear();
        self.person.room = "lobby".to_owned();
        self.person.told.read.push(Vec::new());
        loop {
            let late = peace.get().map_or(Duration::ZERO, |since| since.elapsed());
            assert!(late < REST, "{name} does not get in {late:?} after the end");
            let mut client = self.nodes[0].visitor().await.named(name);
            client.says(&login).await;
            let answer = client.ear.line("a welcome").await;
            if answer.starts_with("* Welcome ") {
                self.person.lines = listened(client.ear);
                self.person.mouth = client.mouth;
                self.person.mouth.says("/ids on").await;
                return self.person.is_shown().await;
            }
            let excuses = ["! User already logged in", NOT_DELIVERED, NOT_CONFIRMED];
            assert!(excuses.contains(&answer.as_str()), "{name}: {answer}");
            if self.dice.one_in(3) {
                self.nodes.reverse();
            }
            tokio::time::sleep(MUSING).await;
        }
    }
}

impl Person {
    /// Reads until positions are shown.
    async fn is_shown(&mut self) {
        loop {
            match timeout(PATIENCE, self.lines.recv()).await {
                Ok(Some(Heard::Line(line))) if line == "* Positions are shown." => return,
                Ok(Some(Heard::Line(line))) => assert!(self.is_news(&line), "{line}"),
                other => panic!("{} heard {other:?}", self.told.name),
            }
        }
    }
}

/// A task that reads, for a line half read must not be forgotten.
fn listened(mut ear: Ear) -> mpsc::Receiver<Heard> {
    let (to, lines) = mpsc::channel(UNREAD);
    tokio::spawn(async move {
        loop {
            let heard = ear.read().await.expect("a clean end");
            let is_over = heard == Heard::End;
            if to.send(heard).await.is_err() || is_over {
                return;
            }
        }
    });
    lines
}

pub(crate) fn position_of(word: &str) -> (u64, u64) {
    let (epoch, n) = word.split_once('-').expect("a position");
    (epoch.parse().unwrap(), n.parse().unwrap())
}
