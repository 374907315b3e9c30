//! What those who are in may say, command by command, and what it means or is answered.
//! <https://modern.ircdocs.horse/#client-messages>

use super::play::{answered, asks, play};

/// Lines, and what each asks the session for.
fn mean(lines: &[(&str, &[&str])]) {
    for (line, asked) in lines {
        assert_eq!(asks(line), *asked, "{line}");
    }
}

/// Lines that ask for nothing of anybody else, and how each is answered.
fn are_answered(lines: &[(&str, &[&str])]) {
    for (line, told) in lines {
        assert!(asks(line).is_empty(), "{line}");
        let told: Vec<String> = told.iter().map(|told| (*told).to_owned()).collect();
        assert_eq!(answered(line), told, "{line}");
    }
}

#[test]
fn join_enters_rooms_with_keys() {
    let key = "Given(Secret(…))";
    let with = |name: &str| format!("Enter {{ room: {name}, key: {key} }}");
    mean(&[
        ("JOIN #den", &["Enter { room: den, key: None }"]),
        ("join #den", &["Enter { room: den, key: None }"]),
        (
            "JOIN #a,#b",
            &[
                "Enter { room: a, key: None }",
                "Enter { room: b, key: None }",
            ],
        ),
        ("JOIN ,#a,", &["Enter { room: a, key: None }"]),
        ("JOIN #a k", &[&with("a")]),
        (
            "JOIN #a,#b ,k",
            &["Enter { room: a, key: None }", &with("b")],
        ),
        (
            "JOIN #a,#b k",
            &[&with("a"), "Enter { room: b, key: None }"],
        ),
        ("JOIN #a k,l", &[&with("a")]),
        // Who is in no room leaves none.
        ("JOIN 0", &[]),
    ]);
    are_answered(&[
        ("JOIN", &["461 anna JOIN :Not enough parameters"]),
        ("JOIN :", &["461 anna JOIN :Not enough parameters"]),
        ("JOIN ,", &["461 anna JOIN :Not enough parameters"]),
        ("JOIN den", &["403 anna den :No such channel"]),
        ("JOIN #", &["403 anna # :No such channel"]),
        ("JOIN &den", &["403 anna &den :No such channel"]),
        ("JOIN :#d en", &["403 anna * :No such channel"]),
        ("JOIN #d\u{e9}n", &["403 anna #d\u{e9}n :No such channel"]),
        (
            "JOIN #a!,b",
            &[
                "403 anna #a! :No such channel",
                "403 anna b :No such channel",
            ],
        ),
        ("JOIN 0", &[]),
    ]);
}

#[test]
fn join_zero_leaves_all_rooms() {
    play(
        "no-implicit-names",
        &[
            "> JOIN #den,#zoo",
            "* Enter { room: den, key: None }",
            "! entered den",
            "< :anna!anna@conclave JOIN #den",
            "* Topic { room: Room(den) }",
            "! topic den",
            "* History { room: Room(den), past: Words, span: Before { mark: Position { position: Position { epoch: 7, n: 9 } } }, count: 20 }",
            "! history den",
            "* Enter { room: zoo, key: None }",
            "! entered zoo",
            "< :anna!anna@conclave JOIN #zoo",
            "* Topic { room: Room(zoo) }",
            "! topic zoo",
            "* History { room: Room(zoo), past: Words, span: Before { mark: Position { position: Position { epoch: 7, n: 9 } } }, count: 20 }",
            "! history zoo",
            "> JOIN 0",
            "* Leave { room: den, words: None }",
            "! left den",
            "< :anna!anna@conclave PART #den",
            "* Leave { room: zoo, words: None }",
            "! left zoo",
            "< :anna!anna@conclave PART #zoo",
            "> JOIN 0",
        ],
    );
}

#[test]
fn part_leaves_rooms_with_words() {
    mean(&[
        ("PART #a", &["Leave { room: a, words: None }"]),
        ("PART #a :", &["Leave { room: a, words: None }"]),
        (
            "PART #a,#b :so long",
            &[
                "Leave { room: a, words: Some(\"so long\") }",
                "Leave { room: b, words: Some(\"so long\") }",
            ],
        ),
    ]);
    are_answered(&[
        ("PART", &["461 anna PART :Not enough parameters"]),
        ("PART ,", &["461 anna PART :Not enough parameters"]),
        ("PART den", &["403 anna den :No such channel"]),
    ]);
}

#[test]
fn privmsg_says_something_to_a_few() {
    mean(&[
        (
            "PRIVMSG #den :a b",
            &["Say { room: Room(den), text: \"a b\", manner: Message, extras: Plain }"],
        ),
        (
            "PRIVMSG #den hi",
            &["Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }"],
        ),
        (
            "PRIVMSG ben ::-)",
            &["Whisper { to: ben, text: \":-)\", manner: Message, extras: Plain }"],
        ),
        (
            "PRIVMSG ben,#den hi",
            &[
                "Whisper { to: ben, text: \"hi\", manner: Message, extras: Plain }",
                "Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }",
            ],
        ),
        (
            "PRIVMSG a,b,c,d,e,f hi",
            &[
                "Whisper { to: a, text: \"hi\", manner: Message, extras: Plain }",
                "Whisper { to: b, text: \"hi\", manner: Message, extras: Plain }",
                "Whisper { to: c, text: \"hi\", manner: Message, extras: Plain }",
                "Whisper { to: d, text: \"hi\", manner: Message, extras: Plain }",
            ],
        ),
        (
            "@+x=y :ben!b@c PRIVMSG #den hi",
            &["Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }"],
        ),
    ]);
    are_answered(&[
        ("PRIVMSG", &["411 anna :No recipient given (PRIVMSG)"]),
        ("PRIVMSG : hi", &["412 anna :No text to send"]),
        ("PRIVMSG , hi", &["411 anna :No recipient given (PRIVMSG)"]),
        ("PRIVMSG #den", &["412 anna :No text to send"]),
        ("PRIVMSG #den :", &["412 anna :No text to send"]),
        ("PRIVMSG #den :\u{2}\u{f}", &["412 anna :No text to send"]),
        ("PRIVMSG # hi", &["403 anna # :No such channel"]),
        ("PRIVMSG @#den hi", &["401 anna @#den :No such nick"]),
        ("PRIVMSG $* hi", &["401 anna $* :No such nick"]),
        ("PRIVMSG ben!b@c hi", &["401 anna ben!b@c :No such nick"]),
    ]);
}

#[test]
fn a_notice_is_never_complained_about() {
    mean(&[
        (
            "NOTICE #den hi",
            &["Say { room: Room(den), text: \"hi\", manner: Notice, extras: Plain }"],
        ),
        (
            "NOTICE ben hi",
            &["Whisper { to: ben, text: \"hi\", manner: Notice, extras: Plain }"],
        ),
    ]);
    for line in [
        "NOTICE",
        "NOTICE #den",
        "NOTICE , hi",
        "NOTICE # hi",
        "NOTICE $* hi",
    ] {
        are_answered(&[(line, &[])]);
    }
    for refusal in ["no-such-user ben", "not-in den"] {
        let found = format!("! {refusal}");
        play(
            "",
            &[
                "> NOTICE ben hi",
                "* Whisper { to: ben, text: \"hi\", manner: Notice, extras: Plain }",
                &found,
            ],
        );
    }
    // Whether it was kept is another matter.
    play(
        "",
        &[
            "> NOTICE ben hi",
            "* Whisper { to: ben, text: \"hi\", manner: Notice, extras: Plain }",
            "! not-delivered",
            "< NOTICE anna :NOTICE: Not delivered: the store is unreachable, try again",
        ],
    );
}

#[test]
fn topic_asks_or_sets_and_is_as_long_as_promised() {
    let long = format!("TOPIC #den :{}", "\u{e9}".repeat(200));
    let kept = "\u{e9}".repeat(195);
    let set = format!("SetTopic {{ room: Room(den), text: Some({kept:?}) }}");
    mean(&[
        ("TOPIC #den", &["Topic { room: Room(den) }"]),
        (
            "TOPIC #den :a b",
            &["SetTopic { room: Room(den), text: Some(\"a b\") }"],
        ),
        (&long, &[&set]),
        (
            "TOPIC #den :",
            &["SetTopic { room: Room(den), text: None }"],
        ),
    ]);
    are_answered(&[
        ("TOPIC", &["461 anna TOPIC :Not enough parameters"]),
        ("TOPIC den", &["403 anna den :No such channel"]),
    ]);
}

#[test]
fn away_is_as_long_as_promised_and_empty_is_back() {
    let long = format!("AWAY :{}", "x".repeat(400));
    let kept = format!("Away {{ text: \"{}\" }}", "x".repeat(390));
    mean(&[
        ("AWAY :out for tea", &["Away { text: \"out for tea\" }"]),
        ("AWAY tea", &["Away { text: \"tea\" }"]),
        (&long, &[&kept]),
        ("AWAY", &["Back"]),
        ("AWAY :", &["Back"]),
    ]);
}

#[test]
fn names_list_and_who_ask_about_rooms_and_people() {
    mean(&[
        ("NAMES #den", &["Who { room: Room(den) }"]),
        ("NAMES #a,#b", &["Who { room: Room(a) }"]),
        ("LIST", &["Rooms"]),
        ("LIST >3", &["Rooms"]),
        ("LIST #a,#b >3", &["Rooms"]),
        ("WHO #den", &["Who { room: Room(den) }"]),
        ("WHO #den %tna,42", &["Who { room: Room(den) }"]),
        ("WHO ben", &["WhoIs { user: ben }"]),
        ("WHO b*", &["Neighbours"]),
        ("WHO", &["Neighbours"]),
        ("WHO :", &["Neighbours"]),
        ("WHOIS ben", &["WhoIs { user: ben }"]),
        ("WHOIS irc.example ben", &["WhoIs { user: ben }"]),
        ("WHOIS ben ben", &["WhoIs { user: ben }"]),
        ("WHOIS ben,clara", &["WhoIs { user: ben }"]),
        ("WHOWAS ben", &["WhoWas { user: ben, count: 50 }"]),
        (
            "WHOWAS ben 2 irc.example",
            &["WhoWas { user: ben, count: 2 }"],
        ),
        ("WHOWAS ben 0", &["WhoWas { user: ben, count: 50 }"]),
        ("WHOWAS ben -1", &["WhoWas { user: ben, count: 50 }"]),
        ("WHOWAS ben 70000", &["WhoWas { user: ben, count: 50 }"]),
        ("WHOWAS ben many", &["WhoWas { user: ben, count: 50 }"]),
        (
            "WHOWAS ben,clara 1",
            &[
                "WhoWas { user: ben, count: 1 }",
                "WhoWas { user: clara, count: 1 }",
            ],
        ),
        ("ISON ben clara", &["Online"]),
        ("USERHOST ben", &["Online"]),
        ("LUSERS", &["Census"]),
        ("TIME", &["Census"]),
    ]);
    are_answered(&[
        ("NAMES", &["366 anna * :End of NAMES list"]),
        ("NAMES den", &["366 anna den :End of NAMES list"]),
        ("WHOIS", &["431 anna :No nickname given"]),
        (
            "WHOIS #den",
            &["401 anna #den :No such nick", "318 anna #den :End of WHOIS"],
        ),
        ("WHOWAS", &["431 anna :No nickname given"]),
        ("WHOWAS ,", &["431 anna :No nickname given"]),
        (
            "WHOWAS #den 2",
            &[
                "406 anna #den :There was no such nickname",
                "369 anna #den :End of WHOWAS",
            ],
        ),
        ("ISON", &["461 anna ISON :Not enough parameters"]),
        ("USERHOST", &["461 anna USERHOST :Not enough parameters"]),
    ]);
}

#[test]
fn people_have_one_mode_which_is_their_own_business() {
    are_answered(&[
        ("MODE", &["461 anna MODE :Not enough parameters"]),
        ("MODE anna", &["221 anna +i"]),
        ("MODE Anna", &["221 anna +i"]),
        ("MODE anna +i", &[]),
        (
            "MODE anna -x",
            &["501 anna :The modes of people are i, which all have, B, o and w"],
        ),
        ("MODE ben", &["502 anna :You are not that one"]),
        ("MODE ben +i", &["502 anna :You are not that one"]),
    ]);
}

#[test]
fn a_nick_is_looked_at_before_it_is_asked_for() {
    are_answered(&[
        ("NICK", &["431 anna :No nickname given"]),
        ("NICK :", &["431 anna :No nickname given"]),
        (
            "NICK #ben",
            &["432 anna #ben :1 to 32 of A-Z a-z 0-9 [ ] { } | ^ ` _ - ., the first no - or ."],
        ),
    ]);
}

#[test]
fn what_belongs_to_the_login_comes_too_late() {
    are_answered(&[
        ("PASS x", &["462 anna :You are in already"]),
        ("USER a 0 * a", &["462 anna :You are in already"]),
        (
            "AUTHENTICATE PLAIN",
            &["907 anna :You have already authenticated using SASL"],
        ),
    ]);
}

#[test]
fn pings_subscriptions_and_goodbyes() {
    mean(&[
        ("PING x", &["Ping { token: \"x\" }"]),
        ("PING :a b", &["Ping { token: \"a b\" }"]),
        ("PING x irc.example", &["Ping { token: \"x\" }"]),
        ("SUBSCRIBE ben", &["Subscribe { author: ben }"]),
        ("UNSUBSCRIBE ben", &["Unsubscribe { author: ben }"]),
        ("SUBSCRIPTIONS", &["Subscriptions"]),
        ("SUBSCRIBERS", &["Subscribers"]),
        ("PUBLISH :a b", &["Post { text: \"a b\" }"]),
        ("QUIT", &["Quit { words: None }"]),
        ("QUIT :", &["Quit { words: None }"]),
        ("QUIT :so long", &["Quit { words: Some(\"so long\") }"]),
    ]);
    are_answered(&[
        ("PING", &["409 anna :A PING needs a token"]),
        ("PING :", &["409 anna :A PING needs a token"]),
        ("PONG x", &[]),
        ("TAGMSG #den", &[]),
        ("@+a=b TAGMSG #den", &[]),
        ("TAGMSG", &["461 anna TAGMSG :Not enough parameters"]),
        ("SUBSCRIBE", &["461 anna SUBSCRIBE :Not enough parameters"]),
        ("SUBSCRIBE #den", &["401 anna #den :No such nick"]),
        ("PUBLISH :", &["461 anna PUBLISH :Not enough parameters"]),
        ("PUBLISH \u{2}", &["412 anna :No text to send"]),
    ]);
}

#[test]
fn what_is_no_command_is_answered() {
    let long = "X".repeat(100);
    let shortened = format!("421 anna {} :Unknown command; HELP lists them", &long[..64]);
    are_answered(&[
        (
            "DANCE",
            &["421 anna DANCE :Unknown command; HELP lists them"],
        ),
        (
            "001 anna :hi",
            &["421 anna 001 :Unknown command; HELP lists them"],
        ),
        ("/join #den", &["421 anna /join :Unknown command"]),
        (
            "PRIVMSG\u{1}x",
            &["421 anna PRIVMSG\u{1}x :Unknown command"],
        ),
        (&long, &[&shortened]),
        (
            "JOIN #den\0",
            &["400 anna * :A line may not hold NUL or CR"],
        ),
        ("", &[]),
        (":ben!b@c", &[]),
        ("@label=1", &[]),
    ]);
    let too_long = format!("PRIVMSG #den :{}", "x".repeat(498));
    are_answered(&[(&too_long, &["417 anna :Input line was too long"])]);
}
