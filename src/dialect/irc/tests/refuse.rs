//! Every no, as the command is told that asked.

use super::play::play;

/// Lines, what each asks for, what the session finds out, and what is told then.
fn are_refused(refusals: &[(&str, &str, &str, &str)]) {
    for (line, asked, found, told) in refusals {
        let (line, asked) = (format!("> {line}"), format!("* {asked}"));
        let (found, told) = (format!("! {found}"), format!("< {told}"));
        play("", &[&line, &asked, &found, &told]);
    }
}

#[test]
fn rooms_stay_closed() {
    let (line, asked) = ("JOIN #den", "Enter { room: den, key: None }");
    let unreachable = "Not delivered: the store is unreachable, try again";
    for (found, told) in [
        (
            "wrong-key den",
            "475 anna #den :Cannot join channel (+k): another key opens it",
        ),
        ("key-too-long", "525 anna #den :A key has at most 128 bytes"),
        (
            "enough-rooms",
            "405 anna #den :You are in 100 channels, which is enough",
        ),
        (
            "too-many-rooms",
            "NOTICE anna :JOIN: There are 9 channels already",
        ),
        ("busy", "437 anna #den :Busy: try again"),
        ("not-delivered", &format!("437 anna #den :{unreachable}")),
    ] {
        are_refused(&[(line, asked, found, told)]);
    }
}

#[test]
fn who_is_not_in_a_room_has_no_say_in_it() {
    let say = "Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }";
    let set = "SetTopic { room: Room(den), text: Some(\"tea\") }";
    let leave = "Leave { room: den, words: None }";
    let outside = "anna #den :You're not on that channel";
    let none = "403 anna #den :No such channel";
    are_refused(&[
        ("PART #den", leave, "not-in den", &format!("442 {outside}")),
        ("PART #den", leave, "no-such-room den", none),
        (
            "PRIVMSG #den hi",
            say,
            "not-in den",
            &format!("404 {outside}"),
        ),
        ("PRIVMSG #den hi", say, "no-such-room den", none),
        (
            "TOPIC #den",
            "Topic { room: Room(den) }",
            "no-such-room den",
            none,
        ),
        (
            "TOPIC #den :tea",
            set,
            "not-in den",
            &format!("442 {outside}"),
        ),
    ]);
}

#[test]
fn people_are_not_there_or_oneself() {
    let whisper = "Whisper { to: ben, text: \"hi\", manner: Message, extras: Plain }";
    let subscribe = "Subscribe { author: ben }";
    let (to, none) = ("PRIVMSG ben hi", "401 anna ben :No such nick");
    let oneself = "NOTICE anna :PRIVMSG: That would be to yourself";
    let busy = |command: &str| format!("NOTICE anna :{command}: Busy: try again");
    are_refused(&[
        (to, whisper, "no-such-user ben", none),
        (to, whisper, "to-yourself", oneself),
        (to, whisper, "busy", &busy("PRIVMSG")),
        ("SUBSCRIBE ben", subscribe, "no-such-user ben", none),
        (
            "PUBLISH x",
            "Post { text: \"x\" }",
            "busy",
            &busy("PUBLISH"),
        ),
    ]);
}

#[test]
fn a_nick_is_somebody_else_s() {
    let change = "ChangeNick { nick: Al }";
    let registered = "Nickname is registered: only who logs in to that account has it";
    are_refused(&[
        (
            "NICK Al",
            change,
            "nick-in-use Al",
            "433 anna Al :Nickname is already in use",
        ),
        (
            "NICK Al",
            change,
            "nick-registered Al",
            &format!("433 anna Al :{registered}"),
        ),
        (
            "SUBSCRIBERS",
            "Subscribers",
            "only-for-accounts",
            "NOTICE anna :SUBSCRIBERS: Only who has an account can have that",
        ),
    ]);
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
                "* Whisper { to: ben, text: \"hi\", manner: Message, extras: Plain }",
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
        ("WHO b*", "* Neighbours", "315 anna b* :End of WHO list"),
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
