//! Every no, as the command is told that asked.

use super::play::play;

#[test]
fn each_command_has_its_own_no() {
    let enter = "* Enter { room: den, key: None }";
    let say = "* Say { room: Room(den), text: \"hi\" }";
    let topic = "* Topic { room: Room(den) }";
    let set = "* SetTopic { room: Room(den), text: \"tea\" }";
    let leave = "* Leave { room: den, words: None }";
    let whisper = "* Whisper { to: ben, text: \"hi\" }";
    for (line, asked, found, told) in [
        (
            "JOIN #den",
            enter,
            "wrong-key den",
            "475 anna #den :Cannot join channel (+k): another key opens it",
        ),
        (
            "JOIN #den",
            enter,
            "key-too-long",
            "525 anna #den :A key has at most 128 bytes",
        ),
        (
            "JOIN #den",
            enter,
            "enough-rooms",
            "405 anna #den :You are in 100 channels, which is enough",
        ),
        (
            "JOIN #den",
            enter,
            "too-many-rooms",
            "NOTICE anna :JOIN: There are 9 channels already",
        ),
        (
            "JOIN #den",
            enter,
            "not-delivered",
            "NOTICE anna :JOIN: Not delivered: the store is unreachable, try again",
        ),
        (
            "PART #den",
            leave,
            "not-in den",
            "442 anna #den :You're not on that channel",
        ),
        (
            "PART #den",
            leave,
            "no-such-room den",
            "403 anna #den :No such channel",
        ),
        (
            "PRIVMSG #den hi",
            say,
            "not-in den",
            "404 anna #den :You're not on that channel",
        ),
        (
            "PRIVMSG #den hi",
            say,
            "no-such-room den",
            "403 anna #den :No such channel",
        ),
        (
            "PRIVMSG ben hi",
            whisper,
            "no-such-user ben",
            "401 anna ben :No such nick",
        ),
        (
            "PRIVMSG ben hi",
            whisper,
            "to-yourself",
            "NOTICE anna :PRIVMSG: That would be to yourself",
        ),
        (
            "PRIVMSG ben hi",
            whisper,
            "busy",
            "NOTICE anna :PRIVMSG: Busy: try again",
        ),
        (
            "TOPIC #den",
            topic,
            "no-such-room den",
            "403 anna #den :No such channel",
        ),
        (
            "TOPIC #den :tea",
            set,
            "not-in den",
            "442 anna #den :You're not on that channel",
        ),
        (
            "SUBSCRIBE ben",
            "* Subscribe { author: ben }",
            "no-such-user ben",
            "401 anna ben :No such nick",
        ),
        (
            "PUBLISH x",
            "* Post { text: \"x\" }",
            "busy",
            "NOTICE anna :PUBLISH: Busy: try again",
        ),
    ] {
        let (line, found, told) = (
            format!("> {line}"),
            format!("! {found}"),
            format!("< {told}"),
        );
        play("", &[&line, asked, &found, &told]);
    }
}

#[test]
fn who_understands_standard_replies_gets_a_code() {
    for (found, code) in [
        ("busy", "TEMPORARILY_UNAVAILABLE :Busy: try again"),
        ("to-yourself", "INVALID_TARGET :That would be to yourself"),
        (
            "not-delivered",
            "REFUSED :Not delivered: the store is unreachable, try again",
        ),
        (
            "not-confirmed",
            "NOT_CONFIRMED :Not confirmed: the store went away; it may have been delivered",
        ),
    ] {
        play(
            "standard-replies",
            &[
                "> PRIVMSG ben hi",
                "* Whisper { to: ben, text: \"hi\" }",
                &format!("! {found}"),
                &format!("< FAIL PRIVMSG {code}"),
            ],
        );
    }
}

#[test]
fn who_is_in_a_room_already_hears_nothing_of_it() {
    play(
        "",
        &[
            "> JOIN #den",
            "* Enter { room: den, key: None }",
            "! already-in den",
        ],
    );
}

#[test]
fn an_answer_with_an_end_has_it_also_where_there_is_no_answer() {
    let busy = |command: &str| format!("< NOTICE anna :{command}: Busy: try again");
    for (command, asked, found, end) in [
        (
            "NAMES #den",
            "* Who { room: Room(den) }",
            "no-such-room den",
            "366 anna #den :End of NAMES list",
        ),
        (
            "WHO #den",
            "* Who { room: Room(den) }",
            "no-such-room den",
            "315 anna #den :End of WHO list",
        ),
        (
            "WHO ben",
            "* WhoIs { user: ben }",
            "no-such-user ben",
            "315 anna ben :End of WHO list",
        ),
    ] {
        let (line, found, end) = (
            format!("> {command}"),
            format!("! {found}"),
            format!("< {end}"),
        );
        play("", &[&line, asked, &found, &end]);
    }
    for (command, asked, end) in [
        (
            "NAMES #den",
            "* Who { room: Room(den) }",
            "366 anna #den :End of NAMES list",
        ),
        ("WHO b*", "* Online", "315 anna b* :End of WHO list"),
        (
            "WHOIS ben",
            "* WhoIs { user: ben }",
            "318 anna ben :End of WHOIS",
        ),
        ("LIST", "* Rooms", "323 anna :End of LIST"),
    ] {
        let name = command.split(' ').next().unwrap();
        let (line, end) = (format!("> {command}"), format!("< {end}"));
        play("", &[&line, asked, "! busy", &busy(name), &end]);
    }
    play(
        "",
        &[
            "> WHOIS ben",
            "* WhoIs { user: ben }",
            "! no-such-user ben",
            "< 401 anna ben :No such nick",
            "< 318 anna ben :End of WHOIS",
        ],
    );
}
