//! `MONITOR`, as <https://ircv3.net/specs/extensions/monitor> has it.

use super::play::{anna, play, says};
use super::written;
use crate::chat::event::Hearing;
use crate::chat::limits::WATCHED;
use crate::chat::{Deed, Event, UserName};
use crate::dialect::irc::caps::{Cap, Caps};
use crate::dialect::irc::events;
use crate::testing::{event, released, session_id, user, went_away};

#[test]
fn who_is_watched_for_is_told_listed_and_told_again() {
    play(
        "",
        &[
            "> MONITOR + ben,Clara,ben",
            "* Watch { change: For { people: [ben, Clara] } }",
            "! presence Ben|Clara",
            "< 730 anna Ben!Ben@conclave",
            "< 731 anna Clara",
            "> MONITOR L",
            "< 732 anna ben,Clara",
            "< 733 anna :End of MONITOR list",
            "> MONITOR S",
            "* Presence { people: [ben, Clara] }",
            "! presence Ben clara|",
            "< 730 anna Ben!Ben@conclave,clara!clara@conclave",
            "> MONITOR - BEN,nobody",
            "* Watch { change: NoMoreFor { people: [BEN] } }",
            "! watching",
            "> MONITOR l",
            "< 732 anna Clara",
            "< 733 anna :End of MONITOR list",
            "> MONITOR C",
            "* Watch { change: ForNobody }",
            "! watching",
            "> MONITOR L",
            "< 733 anna :End of MONITOR list",
            "> MONITOR S",
        ],
    );
}

#[test]
fn what_is_no_nick_or_no_command_is_refused() {
    play(
        "",
        &[
            "> MONITOR + *!user@host",
            "< 432 anna *!user@host :This is no nick",
            "> MONITOR",
            "< 461 anna MONITOR :Not enough parameters",
            "> MONITOR X",
            "< 461 anna MONITOR :Not enough parameters",
        ],
    );
}

#[test]
fn nobody_watches_for_more_than_is_promised() {
    let mut talk = anna("");
    let names: Vec<String> = (0..WATCHED + 2).map(|n| format!("n{n}")).collect();
    let mut played = Vec::new();
    says(
        &mut talk,
        &format!("MONITOR + {}", names.join(",")),
        &mut played,
    );
    assert!(played[1].starts_with("* Watch { change: For { people: [n0, n1,"));
    assert!(played[1].ends_with("n99] } }"), "{}", played[1]);
    let mut played = Vec::new();
    super::play::learns(&mut talk, "presence |n0", &mut played);
    assert_eq!(
        played[1..],
        [
            "< 731 anna n0",
            "< 734 anna 100 n100,n101 :Monitor list is full"
        ]
    );
}

fn told(caps: Caps, deed: Deed, hearing: Hearing) -> Vec<String> {
    let event = Event {
        deed,
        ..(*event(went_away("ben", &[]))).clone()
    };
    written(|out| events::event(caps, &event, hearing, out))
}

#[test]
fn coming_and_going_is_the_same_line_for_all_who_watch() {
    let none = Caps::default();
    let came = Deed::Claimed {
        user: UserName::new("Ben").unwrap(),
        session: session_id(1),
        was: None,
        rooms: Vec::new(),
    };
    let online = "730 * Ben!Ben@conclave";
    assert_eq!(told(none, came.clone(), Hearing::Watcher), [online]);
    assert_eq!(told(none, came, Hearing::Direct), Vec::<String>::new());
    let went = || released("ben", &["den"]);
    let quit = ":ben!ben@conclave QUIT :Gone";
    assert_eq!(told(none, went(), Hearing::Watcher), ["731 * ben"]);
    assert_eq!(
        told(none, went(), Hearing::DirectAndWatcher),
        [quit, "731 * ben"]
    );
}

/// <https://ircv3.net/specs/extensions/extended-monitor>.
#[test]
fn who_is_away_is_told_to_who_watches_and_asked_for_both() {
    let away = || went_away("ben", &["den"]);
    let both = Caps::default()
        .with(Cap::AwayNotify)
        .with(Cap::ExtendedMonitor);
    let back = || Deed::CameBack {
        user: user("ben"),
        rooms: Vec::new(),
    };
    assert_eq!(
        told(both, away(), Hearing::Watcher),
        [":ben!ben@conclave AWAY lunch"]
    );
    assert_eq!(
        told(both, back(), Hearing::Watcher),
        [":ben!ben@conclave AWAY"]
    );
    for caps in [
        both.without(Cap::AwayNotify),
        both.without(Cap::ExtendedMonitor),
    ] {
        assert_eq!(told(caps, away(), Hearing::Watcher), Vec::<String>::new());
    }
}
