use crate::chat::Command::{
    self, Away, Back, ChangePassword, Help, History, Login, Move, Online, Ping, Post, Quit,
    Register, Resume, Return, Rooms, Say, SetTopic, Subscribe, Subscribers, Subscriptions, Topic,
    Unsubscribe, Whisper, Who, WhoIs,
};
use crate::chat::command::{HelpTopic, Positions, RoomKey, Since, Where};
use crate::chat::event::Manner;
use crate::chat::history::{Past, Span};
use crate::chat::name::NameError;
use crate::chat::{Extras, Refusal, Secret};
use crate::dialect::line::Conversation;
use crate::dialect::{Format, Heard, Malformed, Prompt};
use crate::testing::{at, room, text, user};

#[test]
fn rooms_are_asked_for_by_slash_and_word() {
    check(&[
        ("/join den", join("den", RoomKey::None)),
        ("/join den 42", join("den", RoomKey::Given(secret("42")))),
        (
            "/JOIN  Den  Key ",
            join("Den", RoomKey::Given(secret("Key"))),
        ),
        ("/leave", Return),
        ("/Leave  ", Return),
        ("/rooms", Rooms),
        ("/who", Who { room: Where::Here }),
        ("/who den", Who { room: there("den") }),
        ("/topic", Topic { room: Where::Here }),
        ("/topic   ", Topic { room: Where::Here }),
        (
            "/topic cats & dogs ",
            SetTopic {
                room: Where::Here,
                text: Some(text("cats & dogs ")),
            },
        ),
    ]);
}

#[test]
fn tokens_are_asked_for_and_shown() {
    let resume = |token, since| Resume {
        token: secret(token),
        since,
    };
    let position = Since::Position(at("1763850000-1041"));
    check(&[
        ("/token", Command::Token),
        ("/TOKEN  ", Command::Token),
        ("/resume a_-.B9", resume("a_-.B9", Since::Seen)),
        ("/Resume  a.1 1763850000-1041 ", resume("a.1", position)),
        // What is no token is for the node to say, in the same words as of a bad one.
        ("/resume x", resume("x", Since::Seen)),
    ]);
}

#[test]
fn people_are_asked_for_by_name() {
    check(&[
        ("/users", Online),
        ("/whois bob", WhoIs { user: user("bob") }),
        (
            "/subscribe bob",
            Subscribe {
                author: user("bob"),
            },
        ),
        (
            "/unsubscribe  bob ",
            Unsubscribe {
                author: user("bob"),
            },
        ),
        ("/subscriptions", Subscriptions),
        ("/subs", Subscriptions),
        ("/SUBS", Subscriptions),
        ("/subscribers", Subscribers),
        (
            "/away lunch, back at 2",
            Away {
                text: text("lunch, back at 2"),
            },
        ),
        ("/away", Back),
        ("/away  ", Back),
    ]);
}

#[test]
fn a_text_is_kept_as_it_was_typed() {
    check(&[
        ("hi", say("hi")),
        ("  two  spaces  ", say("  two  spaces  ")),
        (" /join den", say(" /join den")),
        ("//join den", say("/join den")),
        ("///", say("//")),
        ("tab\tand \u{e9}", say("tab\tand \u{e9}")),
        ("nul\0 and \rcr", say("nul and cr")),
        ("/msg bob hi", whisper("bob", "hi")),
        ("/msg  bob  two  spaces ", whisper("bob", " two  spaces ")),
        ("/MSG bob /join", whisper("bob", "/join")),
        ("/subscribe_only  hi ", Post { text: text(" hi ") }),
    ]);
}

#[test]
fn history_takes_a_room_and_a_number_and_digits_alone_are_the_number() {
    let history = |room, count| History {
        room,
        past: Past::Words,
        span: Span::Latest,
        count,
    };
    check(&[
        ("/history", history(Where::Here, 20)),
        ("/history 7", history(Where::Here, 7)),
        ("/history 501", history(Where::Here, 500)),
        ("/history 99999999999", history(Where::Here, 500)),
        ("/history den", history(there("den"), 20)),
        ("/history den 7", history(there("den"), 7)),
        ("/history 2024 7", history(there("2024"), 7)),
        ("/history den 65536", history(there("den"), 500)),
    ]);
}

#[test]
fn the_rest_is_about_the_connection() {
    check(&[
        ("/passwd old new", passwd("old", "new")),
        ("/ping", ping("")),
        ("/ping  x y ", ping(" x y ")),
        (
            "/help",
            Help {
                topic: HelpTopic::All,
            },
        ),
        ("/help /Join", help("Join")),
        ("/help nonsense", help("nonsense")),
        ("/quit", Quit { words: None }),
        (
            "/quit see you",
            Quit {
                words: Some(text("see you")),
            },
        ),
    ]);
}

#[test]
fn positions_are_a_matter_of_the_format() {
    let positions = |positions| Heard::Format(Format::Line { positions });
    let mut talk = present();
    assert_eq!(talk.hear(b"/ids on"), positions(Positions::Shown));
    assert_eq!(talk.hear(b"/ids OFF "), positions(Positions::Hidden));
}

#[test]
fn a_command_that_is_none_or_is_used_wrongly_is_malformed() {
    let usage = |usage| Malformed::Usage { usage };
    for (line, malformed) in [
        ("/foo", unknown("foo")),
        ("/Foo bar", unknown("Foo")),
        ("/", unknown("")),
        ("/ join den", unknown("")),
        ("/join\tden", unknown("join\tden")),
        ("/login", usage("/login <user> <password>")),
        ("/login alice", usage("/login <user> <password>")),
        ("/login alice ", usage("/login <user> <password>")),
        ("/register alice", usage("/register <user> <password>")),
        ("/resume", usage("/resume <token> [position]")),
        ("/resume a.1 x", usage("/resume <token> [position]")),
        ("/resume a.1 7-", usage("/resume <token> [position]")),
        ("/resume a.1 7-9 x", usage("/resume <token> [position]")),
        ("/token x", usage("/token")),
        ("/join", usage("/join <room> [key]")),
        ("/join den my key", usage("/join <room> [key]")),
        ("/leave now", usage("/leave")),
        ("/rooms x", usage("/rooms")),
        ("/who a b", usage("/who [room]")),
        ("/users x", usage("/users")),
        ("/whois", usage("/whois <user>")),
        ("/msg", usage("/msg <user> <text>")),
        ("/msg bob", usage("/msg <user> <text>")),
        ("/msg bob ", usage("/msg <user> <text>")),
        ("/subscribe", usage("/subscribe <user>")),
        ("/subscribe a b", usage("/subscribe <user>")),
        ("/unsubscribe", usage("/unsubscribe <user>")),
        ("/subscriptions x", usage("/subscriptions")),
        ("/subscribers x", usage("/subscribers")),
        ("/subscribe_only", usage("/subscribe_only <text>")),
        ("/history den x", usage("/history [room] [n]")),
        ("/history 7 den", usage("/history [room] [n]")),
        ("/history a 1 2", usage("/history [room] [n]")),
        ("/passwd old", usage("/passwd [old new]")),
        ("/passwd a b c", usage("/passwd [old new]")),
        ("/ids", usage("/ids on|off")),
        ("/ids maybe", usage("/ids on|off")),
        ("/help a b", usage("/help [command]")),
    ] {
        assert_eq!(
            present().hear(line.as_bytes()),
            Heard::Malformed(malformed),
            "{line}"
        );
    }
    assert_eq!(
        present().hear(b"caf\xe9"),
        Heard::Malformed(Malformed::NotUtf8)
    );
    assert_eq!(
        Conversation::default().hear(b"caf\xe9"),
        Heard::Malformed(Malformed::NotUtf8)
    );
}

#[test]
fn what_no_wording_could_make_acceptable_is_refused() {
    let length = |most| NameError::Length { most };
    let long = "x".repeat(65);
    for (line, refusal) in [
        ("/join -den", not_a_name("-den", NameError::Character)),
        ("/join pm", not_a_name("pm", NameError::Reserved)),
        (&format!("/who {long}"), not_a_name(&long, length(64))),
        ("/history Server", not_a_name("Server", NameError::Reserved)),
        ("/msg ~bob hi", not_a_name("~bob", NameError::Character)),
        ("/msg bob/b hi", not_a_name("bob/b", NameError::Character)),
        ("/whois gap", not_a_name("gap", NameError::Reserved)),
        (&format!("/subscribe {long}"), not_a_name(&long, length(32))),
        ("/unsubscribe #x", not_a_name("#x", NameError::Character)),
        (
            "/register sub secret-word",
            not_a_name("sub", NameError::Reserved),
        ),
        (
            "/login a:b secret-word",
            not_a_name("a:b", NameError::Character),
        ),
        ("\u{202e}", Refusal::NothingToSay),
        ("/msg bob \u{1b}[0m", Refusal::NothingToSay),
        ("/subscribe_only \u{2}", Refusal::NothingToSay),
        ("/topic \u{1}", Refusal::NothingToSay),
        ("/away \u{1}", Refusal::NothingToSay),
    ] {
        assert_eq!(
            present().hear(line.as_bytes()),
            Heard::Refused(refusal),
            "{line:?}"
        );
    }
}

#[test]
fn an_empty_line_is_nothing() {
    assert_eq!(present().hear(b""), Heard::Nothing);
    assert_eq!(Conversation::default().hear(b""), Heard::Nothing);
}

#[test]
fn a_login_is_typed_in_one_line() {
    let mut talk = Conversation::default();
    for (line, command) in [
        (
            "/login alice correct horse ",
            login("alice", "correct horse "),
        ),
        ("/LOGIN  Alice  x", login("Alice", " x")),
        ("/register alice two words", register("alice", "two words")),
    ] {
        assert_eq!(
            talk.hear(line.as_bytes()),
            Heard::Command(command),
            "{line}"
        );
        assert_eq!(talk.login_refused(&Refusal::Busy), None);
        assert_eq!(
            talk.login_refused(&Refusal::WrongPassword),
            Some(Prompt::Username)
        );
    }
}

#[test]
fn a_login_is_typed_as_answers_to_prompts() {
    let mut talk = Conversation::default();
    for (name, password) in [
        ("alice", "secret-word"),
        (" alice ", "/quit"),
        ("alice", ""),
    ] {
        assert_eq!(talk.hear(name.as_bytes()), Heard::Prompt(Prompt::Password));
        let asked = Heard::Command(login("alice", password));
        assert_eq!(talk.hear(password.as_bytes()), asked);
        assert_eq!(talk.login_refused(&Refusal::Busy), Some(Prompt::Username));
    }
    assert_eq!(
        talk.hear(b"-"),
        Heard::Refused(not_a_name("-", NameError::Character))
    );
    assert_eq!(talk.hear(b"alice"), Heard::Prompt(Prompt::Password));
    let any_bytes = Heard::Command(Login {
        user: user("alice"),
        password: secret(b"\xff\0"),
    });
    assert_eq!(talk.hear(b"\xff\0"), any_bytes);
    talk.logged_in();
    assert_eq!(talk.hear(b"alice"), Heard::Command(say("alice")));
}

#[test]
fn before_the_login_commands_are_read_as_ever() {
    let mut talk = Conversation::default();
    assert_eq!(talk.hear(b"/ping x"), Heard::Command(ping("x")));
    assert_eq!(
        talk.hear(b"/nonsense"),
        Heard::Malformed(unknown("nonsense"))
    );
    assert_eq!(
        talk.hear(b"/join den"),
        Heard::Command(join("den", RoomKey::None))
    );
    assert_eq!(talk.hear(b"/quit"), Heard::Command(Quit { words: None }));
}

#[test]
fn a_bare_passwd_asks_for_the_old_password_and_twice_for_the_new_one() {
    let mut talk = present();
    assert_eq!(talk.hear(b"/passwd "), Heard::Prompt(Prompt::OldPassword));
    assert_eq!(talk.hear(b"/old word"), Heard::Prompt(Prompt::NewPassword));
    assert_eq!(
        talk.hear(b"new word"),
        Heard::Prompt(Prompt::NewPasswordAgain)
    );
    assert_eq!(
        talk.hear(b"new word"),
        Heard::Command(passwd("/old word", "new word"))
    );
    assert_eq!(talk.hear(b"hi"), Heard::Command(say("hi")));
}

#[test]
fn two_new_passwords_that_differ_are_refused() {
    let mut talk = present();
    for line in ["/passwd", "old", "new"] {
        assert!(
            matches!(talk.hear(line.as_bytes()), Heard::Prompt(_)),
            "{line}"
        );
    }
    assert_eq!(talk.hear(b"New"), Heard::Refused(Refusal::PasswordsDiffer));
    assert_eq!(talk.hear(b"hi"), Heard::Command(say("hi")));
}

#[test]
fn who_is_not_logged_in_has_no_password_to_change() {
    let mut talk = Conversation::default();
    assert_eq!(talk.hear(b"/passwd"), Heard::Refused(Refusal::LoginFirst));
    assert_eq!(talk.login_refused(&Refusal::LoginFirst), None);
    assert_eq!(talk.hear(b"alice"), Heard::Prompt(Prompt::Password));
}

/// What a person who is logged in types, and what it means.
fn check(table: &[(&str, Command)]) {
    for (line, command) in table {
        let heard = present().hear(line.as_bytes());
        // Names are equal without case; here they have to be kept as typed.
        assert_eq!(
            format!("{heard:?}"),
            format!("{:?}", Heard::Command(command.clone()))
        );
        assert_eq!(heard, Heard::Command(command.clone()), "{line}");
    }
}

fn present() -> Conversation {
    let mut talk = Conversation::default();
    talk.logged_in();
    talk
}

fn secret(bytes: impl AsRef<[u8]>) -> Secret {
    Secret::new(bytes.as_ref())
}

fn there(name: &str) -> Where {
    Where::Room(room(name))
}

fn join(name: &str, key: RoomKey) -> Command {
    Move {
        room: room(name),
        key,
    }
}

fn say(said: &str) -> Command {
    Say {
        room: Where::Here,
        text: text(said),
        manner: Manner::Message,
        extras: Extras::default(),
    }
}

fn whisper(to: &str, said: &str) -> Command {
    Whisper {
        to: user(to),
        text: text(said),
        manner: Manner::Message,
        extras: Extras::default(),
    }
}

fn login(name: &str, password: &str) -> Command {
    Login {
        user: user(name),
        password: secret(password),
    }
}

fn register(name: &str, password: &str) -> Command {
    Register {
        user: user(name),
        password: secret(password),
    }
}

fn passwd(old: &str, new: &str) -> Command {
    ChangePassword {
        old: secret(old),
        new: secret(new),
    }
}

fn ping(token: &str) -> Command {
    Ping {
        token: token.to_owned(),
    }
}

fn help(word: &str) -> Command {
    Help {
        topic: HelpTopic::Command(word.to_owned()),
    }
}

fn unknown(word: &str) -> Malformed {
    Malformed::UnknownCommand {
        word: word.to_owned(),
    }
}

fn not_a_name(word: &str, why: NameError) -> Refusal {
    Refusal::NotAName {
        word: word.to_owned(),
        why,
    }
}
