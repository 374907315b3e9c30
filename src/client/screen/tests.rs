//! Conversations between a person, the screen and a node: what is typed, what is told, and what
//! is then shown and said.

use std::time::Duration;

use time::UtcOffset;
use tui_input::InputRequest;

use super::hearing::Retry;
use super::keys::Wish;
use super::model::{Effect, Model, Now, Setting, Standing};
use super::palette::Palette;
use super::talk::{Place, State, What};
use crate::chat::UserName;
use crate::client::link::{Down, Next};

const ADDRESS: &str = "localhost:8001";
const WELCOME: &str = "* Welcome anna. You are in lobby on node-1. /help lists the commands.";

/// A person at a screen, and a node that answers what the test says.
pub(super) struct Desk {
    pub(super) model: Model,
    /// What the node was told and has not answered.
    said: Vec<String>,
    effects: Vec<Effect>,
}

impl Desk {
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let setting = Setting {
            size: (columns, rows),
            palette: Palette::Plain,
            offset: UtcOffset::UTC,
            mark: 7,
        };
        let now = Now {
            running: Duration::ZERO,
            unix: 21 * 3600,
        };
        Self {
            model: Model::new(setting, None, now),
            said: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// Somebody who came in, in the lobby with bob, and whose screen has asked what it asks.
    pub(super) fn inside(columns: u16, rows: u16) -> Self {
        let mut desk = Self::new(columns, rows);
        desk.connects();
        desk.types("anna");
        desk.types("secret");
        desk.comes_in();
        desk.does();
        desk
    }

    pub(super) fn connects(&mut self) {
        self.model.connected(&ADDRESS.parse().unwrap(), None);
        self.hears("* conclave on node-1. What you say is encrypted on its way to this node.");
        self.hears("* Username:");
    }

    pub(super) fn comes_in(&mut self) {
        self.hears(WELCOME);
        let asked = self.says();
        let wanted = ["/ids on", "/history", "/rooms", "/who", "/topic"];
        assert_eq!(asked.len(), 7, "{asked:?}");
        for (line, start) in asked[1..].iter().zip(wanted) {
            assert!(line.starts_with(start), "{line}");
        }
        self.pongs(&asked[0]);
        for line in [
            "* Positions are shown.",
            "* history lobby 20",
            "1-1 1970-01-01T20:59:00Z [lobby] bob: before",
            "* end of history",
            "* den 3",
            "* lobby 2",
            "* 2 rooms",
            "* lobby: anna, bob (2)",
            "* lobby has no topic.",
        ] {
            self.hears(line);
        }
        self.pongs(&asked[6]);
    }

    pub(super) fn hears(&mut self, line: &str) {
        self.model.hears(line, Retry::Never);
    }

    pub(super) fn hears_all(&mut self, lines: &[&str]) {
        lines.iter().for_each(|line| self.hears(line));
    }

    pub(super) fn wishes(&mut self, wish: Wish) {
        self.model.wishes(wish);
    }

    /// Types without Enter.
    pub(super) fn writes(&mut self, text: &str) {
        for c in text.chars() {
            self.wishes(Wish::Edit(InputRequest::InsertChar(c)));
        }
    }

    pub(super) fn types(&mut self, text: &str) {
        self.writes(text);
        self.wishes(Wish::Send);
    }

    pub(super) fn waits(&mut self, time: Duration) {
        self.model.now.running += time;
        self.model.now.unix += i64::try_from(time.as_secs()).unwrap();
        self.model.ticks();
    }

    pub(super) fn loses_the_connection(&mut self) {
        let why = Down::Closed {
            address: ADDRESS.parse().unwrap(),
        };
        let next = Next::Again {
            address: ADDRESS.parse().unwrap(),
            wait: Duration::from_millis(2300),
        };
        self.model.is_down(&why, &next);
    }

    /// What was said to the node since this was asked last.
    fn says(&mut self) -> Vec<String> {
        for effect in self.model.take_effects() {
            match effect {
                Effect::Say(line) => {
                    let line = String::from_utf8(line.expose().to_vec()).unwrap();
                    self.said.push(line);
                }
                other => self.effects.push(other),
            }
        }
        std::mem::take(&mut self.said)
    }

    fn does(&mut self) -> Vec<Effect> {
        self.said = self.says();
        std::mem::take(&mut self.effects)
    }

    fn pongs(&mut self, ping: &str) {
        let token = ping.strip_prefix("/ping ").expect(ping).to_owned();
        self.hears(&format!("* pong {token}"));
    }

    /// The lines of a conversation, each with a mark for what it is.
    fn lines(&self, place: &Place) -> Vec<String> {
        let talk = self.model.talks.find(place).expect("there is none");
        let line = |what: &What| match what {
            What::Said { by, text, state } => match state {
                State::Heard => format!("{by}: {text}"),
                State::CallsMe => format!("{by}! {text}"),
                State::Past => format!("({by}: {text})"),
                State::Sent => format!("{by}… {text}"),
                State::Delivered => format!("{by}✓ {text}"),
                State::Failed(why) => format!("{by}✗ {text}: {why}"),
                State::Unconfirmed => format!("{by}? {text}"),
            },
            What::Came(user) => format!("→ {user}"),
            What::Went(user) => format!("← {user}"),
            What::Information(text) => format!("* {text}"),
            What::Refusal(text) => format!("! {text}"),
            What::Note(text) => format!("· {text}"),
        };
        talk.lines.iter().map(|entry| line(&entry.what)).collect()
    }

    /// What came into the lobby since it was entered.
    fn lobby(&self) -> Vec<String> {
        self.lines(&room("lobby")).split_off(3)
    }

    fn shown(&self) -> Place {
        self.model.talks.current().place.clone()
    }
}

fn room(name: &str) -> Place {
    Place::Room(crate::chat::RoomName::new(name).unwrap())
}

fn person(name: &str) -> Place {
    Place::Person(UserName::new(name).unwrap())
}

#[test]
fn what_the_screen_asks_itself_is_not_shown_and_what_is_said_meanwhile_is() {
    let mut desk = Desk::new(80, 24);
    desk.connects();
    desk.types("anna");
    desk.types("secret");
    desk.hears(WELCOME);
    let asked = desk.says();
    desk.pongs(&asked[0]);
    desk.hears_all(&[
        "* Positions are shown.",
        "1-2 [lobby] bob: between",
        "* history lobby 20",
        "1-1 1970-01-01T20:59:00Z [lobby] bob: before",
        "1-2 1970-01-01T21:00:00Z [lobby] bob: between",
        "* end of history",
        "* den 3",
        "* carl joined lobby",
        "* lobby 3",
        "* 2 rooms",
        "* lobby: anna, bob, carl (3)",
        "* topic of lobby: tea",
    ]);
    desk.pongs(&asked[6]);
    let lobby = desk.lines(&room("lobby"));
    assert_eq!(lobby[0], "(bob: before)");
    assert_eq!(lobby[1], format!("{WELCOME}"));
    assert_eq!(lobby[3..], ["bob: between", "→ carl"]);
    assert_eq!(desk.model.talks.current().topic.as_deref(), Some("tea"));
    assert_eq!(desk.model.around.count(), 3);
    assert_eq!(desk.model.around.rooms.len(), 2);
    assert_eq!(desk.says(), [""; 0]);
}

#[test]
fn what_was_not_confirmed_is_marked_by_what_became_of_it() {
    let mut desk = Desk::inside(80, 24);
    for line in ["one", "two", "three", "four"] {
        desk.types(line);
    }
    let unknown = "! Not confirmed: the cluster store went away; it may have been delivered";
    desk.hears_all(&[unknown, unknown, unknown, "* ok 1-9"]);
    assert_eq!(
        desk.lobby(),
        ["anna? one", "anna? two", "anna? three", "anna✓ four"]
    );
    let never = "! Never confirmed: the log no longer goes back so far; it may have been delivered";
    desk.hears_all(&["* delivered 1-7", "! Not delivered after all", never]);
    assert_eq!(
        desk.lobby(),
        [
            "anna✓ one",
            "anna✗ two: Not delivered after all",
            "anna? three",
            "anna✓ four",
            never,
        ]
    );
    desk.hears("* delivered 1-8");
    assert_eq!(desk.lobby().last().unwrap(), "* delivered 1-8");
}

#[test]
fn what_one_says_is_marked_by_its_own_answer() {
    let mut desk = Desk::inside(80, 24);
    for line in ["one", "/msg bob two", "/foo", "/msg carl three"] {
        desk.types(line);
    }
    let asked = desk.says();
    assert_eq!(asked[..3], ["one", "/msg bob two", "/foo"]);
    assert_eq!(asked[4..], ["/msg carl three"]);
    assert_eq!(desk.lobby(), ["anna… one"]);
    assert_eq!(desk.lines(&person("bob")), ["anna… two"]);
    desk.hears_all(&[
        "* ok 1-5",
        "1-6 [PM] bob: yes?",
        "* ok 1-7",
        "* bob is away: lunch",
        "! Unknown command /foo. /help lists the commands.",
    ]);
    desk.pongs(&asked[3]);
    desk.hears("! No such user: carl");
    assert_eq!(desk.lobby(), ["anna✓ one"]);
    assert_eq!(desk.lines(&person("BOB")), ["anna✓ two", "bob: yes?"]);
    assert_eq!(
        desk.lines(&person("carl")),
        [
            "anna✗ three: No such user: carl",
            "* bob is away: lunch",
            "! Unknown command /foo. /help lists the commands.",
        ]
    );
    assert_eq!(desk.shown(), person("carl"));
}

#[test]
fn what_waited_for_a_person_is_new_and_comes_once() {
    let mut desk = Desk::inside(80, 24);
    desk.hears_all(&[
        "[gap] 12 private messages are lost",
        "1-2 1970-01-01T20:00:00Z [PM] bob: are you there?",
        "1-3 1970-01-01T20:30:00Z [Sub] carl: a post",
        "1-2 1970-01-01T20:00:00Z [PM] bob: are you there?",
    ]);
    assert_eq!(desk.lobby(), ["* [gap] 12 private messages are lost"]);
    assert_eq!(desk.lines(&person("bob")), ["bob: are you there?"]);
    assert_eq!(desk.lines(&Place::Posts), ["carl: a post"]);
    assert_eq!(desk.model.talks.unread(), (2, 1));
    desk.hears_all(&[
        "[gap] some posts are lost",
        "[gap] 2 messages in den are lost",
    ]);
    assert_eq!(
        desk.lines(&Place::Posts)[1..],
        ["* [gap] some posts are lost"]
    );
    assert_eq!(
        desk.lines(&room("den")),
        ["* [gap] 2 messages in den are lost"]
    );
}

#[test]
fn a_text_goes_where_the_person_looks() {
    let mut desk = Desk::inside(80, 24);
    desk.hears("1-6 [PM] bob: hi");
    assert_eq!(desk.model.talks.unread(), (1, 1));
    desk.wishes(Wish::Show(1));
    desk.types("//me too");
    assert_eq!(desk.says(), ["/msg bob /me too"]);
    desk.hears("1-7 [Sub] [tea] carl: elsewhere");
    desk.hears("1-8 [Sub] carl: a post");
    desk.wishes(Wish::ShowNext);
    let posts = ["carl: [tea] elsewhere", "carl: a post"];
    assert_eq!(desk.lines(&Place::Posts), posts);
    desk.types("nobody hears this");
    assert_eq!(desk.says(), [""; 0]);
    assert_eq!(desk.model.editor.text(), "nobody hears this");
    assert!(desk.model.hint().unwrap().contains("/subscribe_only"));
}

#[test]
fn a_room_that_was_left_takes_no_text() {
    let mut desk = Desk::inside(80, 24);
    desk.types("/join den");
    let asked = desk.says();
    desk.hears("* You are in den (1 here).");
    let more = desk.says();
    assert_eq!(more[1], "/history 20");
    desk.pongs(&asked[1]);
    desk.pongs(&more[0]);
    desk.pongs(more.last().unwrap());
    assert_eq!(desk.lines(&room("den")), ["* You are in den (1 here)."]);
    desk.wishes(Wish::Show(0));
    desk.types("hello?");
    assert_eq!(desk.says(), [""; 0]);
    assert!(desk.model.hint().unwrap().contains("/join lobby"));
    desk.wishes(Wish::Edit(InputRequest::DeleteLine));
    desk.types("/close");
    assert_eq!(desk.shown(), room("den"));
    desk.types("/close");
    assert!(desk.model.hint().unwrap().contains("you are in this room"));
}

#[test]
fn a_lost_connection_loses_no_text() {
    let mut desk = Desk::inside(80, 24);
    desk.types("did this arrive?");
    desk.types("and this?");
    desk.writes("half a l");
    desk.says();
    desk.loses_the_connection();
    desk.wishes(Wish::Send);
    assert_eq!(desk.model.hint(), Some("not connected, not sent"));
    desk.loses_the_connection();
    desk.waits(Duration::from_secs(3));
    assert_eq!(desk.model.standing, Standing::Connecting);
    desk.connects();
    desk.hears(WELCOME);
    let asked = desk.says();
    assert_eq!(asked[1..3], ["/ids on", "/history 100"]);
    // The way back, as the link says it.
    desk.hears_all(&["* Positions are shown.", "* You are in den (1 here)."]);
    desk.pongs(&asked[0]);
    desk.hears_all(&[
        "* history lobby 100",
        "1-9 1970-01-01T21:00:00Z [lobby] anna: did this arrive?",
        "1-10 1970-01-01T21:00:01Z [lobby] bob: anna?",
        "* end of history",
    ]);
    assert_eq!(
        desk.lobby(),
        [
            "anna✓ did this arrive?",
            "anna? and this?",
            "· connection lost: localhost:8001 closed the connection; next: localhost:8001 in 2.3 s",
            "(bob: anna?)",
            "· connected again, to localhost:8001",
        ]
    );
    assert_eq!(desk.model.editor.text(), "half a l");
    assert_eq!(desk.shown(), room("lobby"));
    assert!(desk.model.talks.find(&room("den")).is_some());
}

#[test]
fn a_silent_node_is_given_up() {
    let mut desk = Desk::inside(80, 24);
    desk.waits(Duration::from_secs(10));
    let asked = desk.says();
    assert_eq!(asked.len(), 1);
    desk.model.now.running += Duration::from_millis(42);
    desk.pongs(&asked[0]);
    assert_eq!(desk.model.latency, Some(Duration::from_millis(42)));
    desk.waits(Duration::from_secs(10));
    desk.waits(Duration::from_secs(19));
    assert_eq!(desk.does(), []);
    desk.waits(Duration::from_secs(1));
    assert_eq!(desk.does(), [Effect::Abandon]);
}

#[test]
fn passwords_are_asked_without_being_kept() {
    let mut desk = Desk::inside(80, 24);
    desk.types("too late");
    desk.types("/passwd");
    assert_eq!(desk.says(), ["too late", "/passwd"]);
    desk.hears("! Nothing to say");
    assert_eq!(desk.says(), [""; 0]);
    for prompt in [
        "* Old password:",
        "* New password:",
        "* New password again:",
    ] {
        desk.hears(prompt);
        // Nothing of the screen's own may be taken for a password.
        desk.waits(Duration::from_secs(40));
        assert_eq!(desk.says(), [""; 0]);
        desk.types("a b c");
        assert_eq!(desk.says(), ["a b c"]);
    }
    desk.hears("* Password changed.");
    assert_eq!(desk.says().len(), 1);
    desk.types("/passwd one two");
    desk.types("/join den key");
    desk.types("hello");
    let mut seen = Vec::new();
    for _ in 0..4 {
        desk.wishes(Wish::Back);
        seen.push(desk.model.editor.text().to_owned());
    }
    assert_eq!(seen, ["hello", "too late", "too late", "too late"]);
    assert_eq!(desk.lobby()[1], "* Password changed.");
}

#[test]
fn a_wrong_password_is_asked_again_and_a_rest_ends_with_one() {
    let mut desk = Desk::new(80, 24);
    desk.connects();
    desk.types("anna");
    desk.types("wrong");
    assert!(matches!(desk.does()[..], [Effect::LogIn(_)]));
    desk.hears("! Wrong username or password");
    let trouble = desk.model.entrance.trouble.clone();
    assert_eq!(trouble.as_deref(), Some("Wrong username or password"));
    let why = Down::Closed {
        address: ADDRESS.parse().unwrap(),
    };
    desk.model.is_down(&why, &Next::Rest);
    desk.types("right");
    assert!(matches!(
        desk.does()[..],
        [Effect::LogIn(_), Effect::Connect]
    ));
    desk.connects();
    desk.comes_in();
    assert_eq!(desk.shown(), room("lobby"));
}

#[test]
fn positions_are_turned_on_again() {
    let mut desk = Desk::inside(80, 24);
    desk.types("/ids off");
    let asked = desk.says();
    assert_eq!(
        (asked[0].as_str(), asked[3].as_str()),
        ("/ids off", "/ids on")
    );
}

#[test]
fn several_lines_are_texts_and_wait_for_enter() {
    let mut desk = Desk::inside(80, 24);
    desk.wishes(Wish::Paste("one\n\ntwo\n".to_owned()));
    assert_eq!(desk.says(), [""; 0]);
    assert!(desk.model.hint().unwrap().starts_with("3 lines"));
    desk.wishes(Wish::Send);
    assert_eq!(desk.says(), ["one", "two"]);
    desk.wishes(Wish::Paste("one\n/quit".to_owned()));
    desk.wishes(Wish::Send);
    assert_eq!((desk.says(), desk.does()), (vec![], vec![]));
    assert_eq!(desk.model.editor.text(), "one⏎/quit");
}

#[test]
fn whoever_asks_too_much_waits_for_the_node() {
    let mut desk = Desk::inside(80, 24);
    (0..1000).for_each(|n| desk.types(&format!("{n}")));
    let said = desk.says().len();
    assert!((100..300).contains(&said), "{said}");
    assert!(desk.model.editor.text().starts_with("239"));
}

#[test]
fn names_commands_and_rooms_are_completed() {
    let mut desk = Desk::inside(80, 24);
    for (typed, completed) in [
        ("/subscri", "/subscribe "),
        ("/clo", "/close "),
        ("/join D", "/join den "),
        ("b", "bob: "),
        ("hi b", "hi bob "),
        ("/msg ", "/msg bob "),
        ("x ", "x "),
    ] {
        desk.writes(typed);
        desk.wishes(Wish::Complete);
        assert_eq!(desk.model.editor.text(), completed);
        desk.wishes(Wish::Edit(InputRequest::DeleteLine));
    }
}

#[test]
fn leaving_is_meant() {
    let mut desk = Desk::inside(80, 24);
    desk.wishes(Wish::Interrupt);
    desk.waits(Duration::from_secs(3));
    desk.wishes(Wish::Interrupt);
    assert_eq!(desk.does(), []);
    desk.wishes(Wish::Interrupt);
    assert_eq!(desk.does(), [Effect::Leave]);
    desk.writes("x");
    desk.wishes(Wish::EndOfInput);
    assert_eq!(desk.does(), []);
    desk.wishes(Wish::Edit(InputRequest::DeleteLine));
    desk.wishes(Wish::EndOfInput);
    desk.types("/quit");
    assert_eq!(desk.does(), [Effect::Leave, Effect::Leave]);
}
