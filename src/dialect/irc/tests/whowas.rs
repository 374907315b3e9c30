//! `WHOWAS`, as <https://modern.ircdocs.horse/#whowas-message> has it.

use super::play::anna;
use super::written;
use crate::chat::answer::Former;
use crate::chat::event::Timestamp;
use crate::chat::profile::{Profile, real_name};
use crate::chat::{Answer, UserName};
use crate::testing::user;

/// How anna is told of them, without the name of the server in front.
fn told(former: Vec<Former>) -> Vec<String> {
    let mut talk = anna("");
    talk.hear(b"WHOWAS al");
    talk.next_heard();
    let answer = Answer::WhoWas {
        user: user("al"),
        former,
    };
    let lines = written(|out| talk.tell_answer(&answer, out));
    let told = |line: &String| line.replace(":irc.example ", "");
    lines.iter().map(told).collect()
}

fn was(spelled: &str, name: &str, until: u64) -> Former {
    Former {
        user: UserName::stored(spelled).expect("somebody"),
        profile: Profile {
            real_name: real_name(name),
            ..Profile::default()
        },
        until: Timestamp(until),
    }
}

#[test]
fn who_was_here_is_told_with_the_account_and_until_when() {
    assert_eq!(
        told(vec![
            was("alice/Al", "Alice B.", 1_763_850_123_456),
            was("~bob.0123456789ab/AL", "", 0),
        ]),
        [
            "314 anna Al alice conclave * :Alice B.",
            "330 anna Al alice :was logged in as",
            "312 anna Al irc.example 2025-11-22T22:22:03.456Z",
            "314 anna AL ~bob conclave * AL",
            "312 anna AL irc.example 1970-01-01T00:00:00.000Z",
            "369 anna al :End of WHOWAS",
        ]
    );
    assert_eq!(
        told(Vec::new()),
        [
            "406 anna al :There was no such nickname",
            "369 anna al :End of WHOWAS",
        ]
    );
}
