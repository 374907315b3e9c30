//! Operators, as <https://modern.ircdocs.horse/#operator-messages> has them.

use super::play::play;
use super::written;
use crate::chat::event::Hearing;
use crate::chat::{Deed, Event, RoomName, Text};
use crate::dialect::irc::caps::Caps;
use crate::dialect::irc::events;
use crate::dialect::irc::umodes::Wallops;
use crate::dialect::{Format, tell_event};
use crate::testing::{event, user, went_away};

const PASSWORD: &str = "* Operate(Become { name: root, password: Secret(…) })";

#[test]
fn who_proves_it_becomes_an_operator_and_hears_what_they_say() {
    play(
        "",
        &[
            "> MODE anna",
            "< 221 anna +i",
            "> OPER root secret",
            PASSWORD,
            "! operator",
            "< 381 anna :You are now an IRC operator",
            "* spell otherwise",
            "< :anna!anna@conclave MODE anna +ow",
            "> MODE anna",
            "< 221 anna +iow",
            "> MODE anna -o",
            "* Operate(Resign)",
            "! no-operator",
            "< :anna!anna@conclave MODE anna -o",
            "> MODE ANNA -w",
            "* spell otherwise",
            "< :anna!anna@conclave MODE anna -w",
        ],
    );
}

#[test]
fn who_does_not_prove_it_is_told_so() {
    play(
        "",
        &[
            "> OPER root secret",
            PASSWORD,
            "! wrong-password",
            "< 464 anna :Wrong account or password",
            "> OPER root secret",
            PASSWORD,
            "! without-operators",
            "< 491 anna :There are no operators here",
            "> OPER ro/ot secret",
            "< 464 anna :Wrong name or password",
            "> OPER root",
            "< 461 anna OPER :Not enough parameters",
        ],
    );
}

#[test]
fn only_operators_end_sessions_and_speak_to_all() {
    play(
        "",
        &[
            "> KILL ben :enough of it",
            "* Operate(Kill { user: ben, words: Some(\"enough of it\") })",
            "! not-an-operator",
            "< 481 anna :Permission denied: you are no IRC operator",
            "> KILL ben",
            "* Operate(Kill { user: ben, words: None })",
            "! killed ben",
            "> KILL nobody",
            "* Operate(Kill { user: nobody, words: None })",
            "! no-such-user nobody",
            "< 401 anna nobody :No such nick",
            "> WALLOPS :to all of you",
            "* Operate(Announce { text: \"to all of you\" })",
            "! not-an-operator",
            "< 481 anna :Permission denied: you are no IRC operator",
            "> WALLOPS :hi",
            "* Operate(Announce { text: \"hi\" })",
            "! announced",
        ],
    );
}

#[test]
fn modes_of_people_are_asked_for_and_changed_by_themselves_alone() {
    play(
        "",
        &[
            "> MODE anna +i",
            "> MODE anna +o",
            "> MODE anna -ow",
            "> MODE anna +w",
            "* spell otherwise",
            "< :anna!anna@conclave MODE anna +w",
            "> MODE anna +x",
            "< 501 anna :The modes of people are i, which all have, B, o and w",
            "> MODE ben",
            "< 502 anna :You are not that one",
            "> MODE ben +w",
            "< 502 anna :You are not that one",
        ],
    );
}

fn happened(deed: Deed) -> Event {
    Event {
        deed,
        ..(*event(went_away("ben", &[]))).clone()
    }
}

#[test]
fn what_operators_say_is_told_to_who_wants_to_hear_it() {
    let said = happened(Deed::Announced {
        by: user("root"),
        text: Text::new("tea at five").unwrap(),
    });
    let told = |wallops| {
        let caps = Caps::default();
        tell_event(Format::Irc { caps, wallops }, &said, Hearing::Direct)
    };
    assert_eq!(told(Wallops::Unheard), None);
    let line = ":root!root@conclave WALLOPS :tea at five\r\n";
    assert_eq!(told(Wallops::Heard).unwrap(), line);
}

#[test]
fn who_is_put_out_hears_by_whom_and_others_see_it_quit() {
    let killed = |words: Option<&str>| {
        happened(Deed::Released {
            user: user("ben"),
            rooms: vec![RoomName::lobby()],
            words: words.map(|words| Text::new(words).unwrap()),
            by: Some(user("root")),
        })
    };
    for (words, hearing, line) in [
        (
            Some("enough"),
            Hearing::Direct,
            ":ben!ben@conclave QUIT :Killed (root (enough))",
        ),
        (
            None,
            Hearing::Direct,
            ":ben!ben@conclave QUIT :Killed (root (no reason given))",
        ),
        (
            Some("enough"),
            Hearing::Victim,
            ":root!root@conclave KILL ben enough",
        ),
        (Some("enough"), Hearing::Watcher, "731 * ben"),
    ] {
        let told = written(|out| events::event(Caps::default(), &killed(words), hearing, out));
        assert_eq!(told, [line]);
    }
}

#[test]
fn an_operator_has_the_settings_read_again() {
    play(
        "",
        &[
            "> REHASH",
            "* Inquire(Rehash)",
            "! not-an-operator",
            "< 481 anna :Permission denied: you are no IRC operator",
            "> REHASH",
            "* Inquire(Rehash)",
            "! rehashed cost is low",
            "< 382 anna config/conclave.toml Rehashing",
            "< NOTICE anna :The message of the day was read again, on this node",
            "< NOTICE anna :Changed, and good from the next start of the node on:",
            "< NOTICE anna :listen.irc",
            "< NOTICE anna :cost is low",
            "> REHASH",
            "* Inquire(Rehash)",
            "! not-rehashed no such file",
            "< 382 anna * Rehashing",
            "< NOTICE anna :Nothing was changed, for the settings have mistakes:",
            "< NOTICE anna :no such file",
        ],
    );
}
