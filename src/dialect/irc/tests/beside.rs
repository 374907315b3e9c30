//! What goes with messages: tags of clients, and those that are nothing else.
//! <https://ircv3.net/specs/extensions/message-tags>

use super::events::told;
use super::play::{anna, play};
use crate::chat::event::Hearing;
use crate::chat::extras::{ClientTags, Speaker};
use crate::chat::history::Conversation;
use crate::chat::{Deed, Extras};
use crate::dialect::Heard;
use crate::testing::{room, room_message, user};

const CAPS: &str = "message-tags echo-message";

fn with(tags: &str, speaker: Speaker) -> Extras {
    let tags = ClientTags::new(tags);
    Extras {
        tags,
        speaker,
        seams: Vec::new(),
    }
}

/// What goes with what a line says, as it is spelled.
fn beside(caps: &str, line: &str) -> String {
    let mut talk = anna(caps);
    talk.hear(line.as_bytes());
    let heard = talk.next_heard();
    let Some(Heard::Command(command)) = &heard else {
        panic!("{heard:?}")
    };
    format!("{command:?}")
}

#[test]
fn tags_of_clients_are_heard_and_all_others_are_not() {
    for (line, tags) in [
        ("@+draft/reply=7-1 PRIVMSG #den hi", "+draft/reply=7-1"),
        ("@time=now;+a=b\\sc;msgid=x;+d NOTICE ben hi", "+a=b\\sc;+d"),
        ("@+a=1;+a=2 TAGMSG #den", "+a=2"),
        ("@+a=x\\:y\\\\;+b=z\\ TAGMSG ben", "+a=x\\:y\\\\;+b=z"),
    ] {
        let asked = beside("message-tags", line);
        let extras = format!("extras: {:?}", with(tags, Speaker::Person));
        assert!(asked.contains(&extras), "{line}: {asked}");
    }
    for (caps, line) in [
        ("", "@+a=b PRIVMSG #den hi"),
        ("message-tags", "@a=b;+/x=1;+=2 PRIVMSG #den hi"),
        ("message-tags", "PRIVMSG #den hi"),
    ] {
        let asked = beside(caps, line);
        assert!(asked.contains("extras: Plain"), "{line}: {asked}");
    }
}

#[test]
fn what_has_no_words_is_asked_and_told_as_one() {
    let extras = "Extras { tags: \"+typing=active\", speaker: Person, seams: [] }";
    let in_den = format!("* Tag {{ to: Room {{ room: den }}, extras: {extras} }}");
    let to_ben = format!("* Tag {{ to: Person {{ user: ben }}, extras: {extras} }}");
    play(
        CAPS,
        &[
            "> @+typing=active TAGMSG #den",
            &in_den,
            "! tagged",
            "< @msgid=7-1;+typing=active :anna!anna@conclave TAGMSG #den",
            "> @+typing=active TAGMSG ben",
            &to_ben,
            "! nobody-tagged",
            "> @+typing=active TAGMSG ben,#den",
            &to_ben,
            "! no-such-user ben",
            "< 401 anna ben :No such nick",
            &in_den,
            "! not-in den",
            "< 404 anna #den :You're not on that channel",
            // It is for now or never.
            "> @+typing=active TAGMSG #den",
            &in_den,
            "! not-confirmed",
        ],
    );
    play(
        "message-tags",
        &[
            "> @+typing=active TAGMSG #den",
            &in_den,
            "! tagged",
            "> TAGMSG #den",
            "> @time=now TAGMSG #den",
            "> @+a TAGMSG :",
            "< 461 anna TAGMSG :Not enough parameters",
            "> @+a TAGMSG ,",
            "< 411 anna :No recipient given (TAGMSG)",
            "> @+a TAGMSG #",
            "< 403 anna # :No such channel",
        ],
    );
}

#[test]
fn an_echo_has_what_went_with_it() {
    let extras = "Extras { tags: \"+a=b\", speaker: Person, seams: [] }";
    let whisper =
        format!("* Whisper {{ to: ben, text: \"hi\", manner: Message, extras: {extras} }}");
    play(
        CAPS,
        &[
            "> @+a=b;c PRIVMSG ben hi",
            &whisper,
            "! said",
            "< @msgid=7-1;+a=b :anna!anna@conclave PRIVMSG ben :hi",
        ],
    );
}

#[test]
fn who_understands_tags_is_told_them() {
    let beside = || with("+draft/reply=7-1;+x=a\\sb", Speaker::Bot);
    let mut said = room_message("den", "ben", "hi");
    if let Deed::RoomMessage { extras, .. } = &mut said {
        *extras = beside();
    }
    let tagged = |to| Deed::Tagged {
        to,
        sender: user("ben"),
        extras: beside(),
    };
    let in_den = tagged(Conversation::Room { room: room("den") });
    let to_anna = tagged(Conversation::Person { user: user("anna") });
    let id = "msgid=1763850000-1041;bot;+draft/reply=7-1;+x=a\\sb";
    for (deed, line) in [
        (said, ":ben!ben@conclave PRIVMSG #den :hi"),
        (in_den, ":ben!ben@conclave TAGMSG #den"),
        (to_anna, ":ben!ben@conclave TAGMSG anna"),
    ] {
        let tagged = [format!("@{id} {line}")];
        assert_eq!(told("message-tags", deed.clone(), Hearing::Direct), tagged);
        let plain: &[&str] = if line.contains("TAGMSG") {
            &[]
        } else {
            &[line]
        };
        assert_eq!(told("", deed, Hearing::Direct), plain);
    }
}
