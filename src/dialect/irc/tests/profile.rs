//! What people say about themselves.
//! <https://ircv3.net/specs/extensions/setname>, <https://ircv3.net/specs/extensions/bot-mode>

use super::events::told;
use super::play::{anna, answered, identity, play};
use super::written;
use crate::chat::answer::{Known, Office, Presence};
use crate::chat::event::{Hearing, Timestamp};
use crate::chat::extras::Speaker;
use crate::chat::modes::{Flags, Ranks};
use crate::chat::profile::{Profile, real_name};
use crate::chat::{Answer, Deed};
use crate::dialect::Heard;
use crate::dialect::irc::Conversation;
use crate::testing::{node, room, user};

fn says(name: &str, speaker: Speaker) -> Profile {
    let real_name = real_name(name);
    Profile { real_name, speaker }
}

#[test]
fn the_real_name_is_said_at_the_login_where_it_says_more_than_the_account() {
    for (said, asks) in [("anna", 0), ("Anna B.", 1), ("\u{2}", 0)] {
        let mut talk = Conversation::new(identity(), None);
        talk.hear(b"PASS pw");
        talk.hear(b"NICK anna");
        talk.hear(format!("USER a 0 * :{said}").as_bytes());
        while talk.next_heard().is_some() {}
        let mut asked = Vec::new();
        for answer in [
            Answer::Proved { user: user("anna") },
            Answer::Welcome {
                user: user("anna"),
                room: room("lobby"),
                node: node("n"),
            },
        ] {
            written(|out| talk.tell_answer(&answer, out));
            asked.extend(std::iter::from_fn(|| talk.next_heard()));
        }
        let is_introduction = |heard: &&Heard| format!("{heard:?}").contains("Introduce");
        assert_eq!(asked.iter().filter(is_introduction).count(), asks, "{said}");
    }
}

#[test]
fn another_real_name_is_told_to_who_asked_and_understands() {
    let introduce = "* Introduce { profile: Profile { real_name: Some(\"Anna B.\"), speaker: Person }, audience: Watchers }";
    for (caps, told) in [
        ("setname", Some("< :anna!anna@conclave SETNAME :Anna B.")),
        ("", None),
    ] {
        let lines = ["> SETNAME :Anna B.", introduce, "! introduced Anna B."];
        let lines: Vec<_> = lines.into_iter().chain(told).collect();
        play(caps, &lines);
    }
    play(
        "standard-replies",
        &[
            "> SETNAME :Anna B.",
            introduce,
            "! not-delivered",
            "< FAIL SETNAME CANNOT_CHANGE_REALNAME :Not delivered: the store is unreachable, try again",
        ],
    );
    let invalid =
        "FAIL SETNAME INVALID_REALNAME :That is too long, or there is nothing to see in it";
    assert_eq!(answered("SETNAME :\u{2}"), [invalid]);
    assert_eq!(
        answered(&format!("SETNAME :{}", "x".repeat(151))),
        [invalid]
    );
    let few = "461 anna SETNAME :Not enough parameters";
    assert_eq!(answered("SETNAME"), [few]);
}

#[test]
fn a_bot_says_so_by_a_mode_and_with_what_it_says() {
    let bot = "* Introduce { profile: Profile { real_name: Some(\"anna\"), speaker: Bot }, audience: Rooms }";
    let person = "* Introduce { profile: Profile { real_name: Some(\"anna\"), speaker: Person }, audience: Rooms }";
    play(
        "message-tags echo-message",
        &[
            "> MODE anna -B",
            "> MODE anna +B",
            bot,
            "! introduced-bot anna",
            "< :anna!anna@conclave MODE anna +B",
            "> MODE anna +B",
            "> MODE anna",
            "< 221 anna +iB",
            "> PRIVMSG ben :beep",
            "* Whisper { to: ben, text: \"beep\", manner: Message, extras: Extras { tags: \"\", speaker: Bot, seams: [] } }",
            "! said",
            "< @msgid=7-1;bot :anna!anna@conclave PRIVMSG ben :beep",
            "> MODE anna -B",
            person,
            "! introduced anna",
            "< :anna!anna@conclave MODE anna -B",
        ],
    );
}

#[test]
fn others_are_told() {
    let anna_b = says("Anna B.", Speaker::Bot);
    let named = |real_name| Deed::RealNameSet {
        user: user("anna"),
        real_name,
        rooms: vec![room("den")],
    };
    let entered = Deed::Entered {
        room: room("den"),
        user: user("anna"),
        ranks: Ranks::default(),
        profile: anna_b.clone(),
        away: None,
    };
    for (caps, deed, line) in [
        (
            "setname",
            named(anna_b.real_name.clone()),
            Some(":anna!anna@conclave SETNAME :Anna B."),
        ),
        (
            "setname",
            named(None),
            Some(":anna!anna@conclave SETNAME anna"),
        ),
        ("", named(None), None),
        (
            "extended-join",
            entered,
            Some(":anna!anna@conclave JOIN #den anna :Anna B."),
        ),
    ] {
        let lines = Vec::from_iter(line.map(str::to_owned));
        assert_eq!(told(caps, deed, Hearing::Direct), lines, "{caps}");
    }
}

/// How anna is answered, without the name of the server.
fn answers(line: &str, answer: &Answer) -> Vec<String> {
    let mut talk = anna("");
    talk.hear(line.as_bytes());
    talk.next_heard();
    let lines = written(|out| talk.tell_answer(answer, out));
    let told = |line: &String| line.replace(":irc.example ", "");
    lines.iter().map(told).collect()
}

#[test]
fn who_and_whois_tell_it() {
    let profile = says("Ben the \u{1f916}", Speaker::Bot);
    let ben = Answer::WhoIs {
        user: user("ben"),
        presence: Presence::Online {
            node: node("n"),
            since: Timestamp(0),
            rooms: Vec::new(),
            away: None,
            ranked: Vec::new(),
            office: Office::None,
            profile: profile.clone(),
        },
    };
    let told = answers("WHOIS ben", &ben);
    for line in [
        "311 anna ben ben conclave * :Ben the \u{1f916}",
        "335 anna ben :is a bot",
    ] {
        assert!(told.iter().any(|told| told == line), "{told:#?}");
    }
    let both = Answer::Members {
        room: room("den"),
        users: vec![user("anna"), user("Ben")],
        ranked: Vec::new(),
        flags: Flags::default(),
        known: Known {
            profiles: vec![(user("ben"), profile)],
            ..Known::default()
        },
    };
    assert_eq!(
        answers("WHO #den", &both)[..2],
        [
            "352 anna #den anna conclave irc.example anna H :0 anna",
            "352 anna #den Ben conclave irc.example Ben HB :0 Ben the \u{1f916}",
        ]
    );
    let told = answers("WHO #den %nfr", &both);
    assert_eq!(told[1], "354 anna Ben HB :Ben the \u{1f916}");
}
