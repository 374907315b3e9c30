use super::written;
use crate::chat::answer::Census;
use crate::chat::event::Timestamp;
use crate::dialect::irc::isupport;
use crate::dialect::irc::reply::Voice;
use crate::dialect::irc::welcome::{self, Welcome};

fn voice() -> Voice<'static> {
    Voice {
        server: "irc.example",
        nick: "Bob",
        tags: &[],
    }
}

#[test]
fn somebody_who_is_in_is_greeted() {
    let welcome = Welcome {
        server: "irc.example",
        network: "Our Net",
        version: "conclave-0.1.0",
        created: "2026-11-26 10:00:00 UTC",
        nick: "Bob",
    };
    let lines = written(|out| welcome::spell(&welcome, out));
    let (head, features) = lines.split_at(4);
    assert_eq!(
        head,
        [
            ":irc.example 001 Bob :Welcome to the Our Net Network, Bob",
            ":irc.example 002 Bob :Your host is irc.example, running version conclave-0.1.0",
            ":irc.example 003 Bob :This server was created 2026-11-26 10:00:00 UTC",
            ":irc.example 004 Bob irc.example conclave-0.1.0 Biow Ibeiklmnostv Ibeklov",
        ]
    );
    assert_eq!(features.len(), isupport::lines("x").len());
    for line in features {
        assert!(line.starts_with(":irc.example 005 Bob "), "{line}");
        assert!(line.ends_with(" :are supported by this server"), "{line}");
    }
}

#[test]
fn people_and_rooms_are_counted_as_of_one_server() {
    let census = Census {
        people: 7,
        rooms: 3,
        operators: 2,
        at: Timestamp(1_500),
    };
    assert_eq!(
        written(|out| welcome::census(voice(), census, out)),
        [
            ":irc.example 251 Bob :There are 7 users and 0 invisible on 1 servers",
            ":irc.example 252 Bob 2 :operator(s) online",
            ":irc.example 254 Bob 3 :channels formed",
            ":irc.example 255 Bob :I have 7 clients and 0 servers",
            ":irc.example 265 Bob :Current local users 7",
            ":irc.example 266 Bob :Current global users 7",
        ]
    );
}

#[test]
fn a_message_of_the_day_is_told_line_by_line() {
    assert_eq!(
        written(|out| welcome::motd(voice(), &["Be kind.".to_owned(), String::new()], out)),
        [
            ":irc.example 375 Bob :- irc.example Message of the day - ",
            ":irc.example 372 Bob :Be kind.",
            ":irc.example 372 Bob :",
            ":irc.example 376 Bob :End of /MOTD command.",
        ]
    );
    assert_eq!(
        written(|out| welcome::motd(voice(), &[], out)),
        [":irc.example 422 Bob :There is no message of the day"]
    );
}
