//! How what was asked is answered, question by question: numerics, their parameters, their order.

use super::play::{learns, newcomer, play};

#[test]
fn who_joins_is_told_the_topic_and_who_is_there() {
    // The room answers by its own name, however it was spelled.
    play(
        "",
        &[
            "> JOIN #DEN",
            "* Enter { room: DEN, key: None }",
            "! entered Den",
            "< :anna!anna@conclave JOIN #Den",
            "* Topic { room: Room(Den) }",
            "! topic Den tea at five",
            "< 332 anna #Den :tea at five",
            "* Who { room: Room(Den) }",
            "! members Den anna ben",
            "< 353 anna = #Den :anna ben",
            "< 366 anna #Den :End of NAMES list",
            "* History { room: Room(Den), past: Words, span: Before { mark: Position { position: Position { epoch: 7, n: 9 } } }, count: 20 }",
            "! history Den",
            "> MODE #dEN",
            "* Modes { room: Room(Den) }",
            "! modes Den +",
            "< 324 anna #Den +n",
            "< 329 anna #Den 1",
        ],
    );
}

#[test]
fn who_joins_a_room_without_a_topic_is_told_none_and_what_was_said() {
    play(
        "extended-join userhost-in-names",
        &[
            "> JOIN #den",
            "* Enter { room: den, key: None }",
            "! entered den",
            "< :anna!anna@conclave JOIN #den anna anna",
            "* Topic { room: Room(den) }",
            "! topic den",
            "* Who { room: Room(den) }",
            "! members den anna ben",
            "< 353 anna = #den :anna!anna@conclave ben!ben@conclave",
            "< 366 anna #den :End of NAMES list",
            "* History { room: Room(den), past: Words, span: Before { mark: Position { position: Position { epoch: 7, n: 9 } } }, count: 20 }",
            "! history den hi",
            "< NOTICE * :Said at 1970-01-01T00:00:01.500Z:",
            "< :ben!ben@conclave PRIVMSG #den :hi",
        ],
    );
    play(
        "batch server-time no-implicit-names",
        &[
            "> JOIN #den",
            "* Enter { room: den, key: None }",
            "! entered den",
            "< :anna!anna@conclave JOIN #den",
            "* Topic { room: Room(den) }",
            "! topic den",
            "* History { room: Room(den), past: Words, span: Before { mark: Position { position: Position { epoch: 7, n: 9 } } }, count: 20 }",
            "! history den hi ho",
            "< BATCH +history chathistory #den",
            "< @batch=history;time=1970-01-01T00:00:01.500Z :ben!ben@conclave PRIVMSG #den :hi",
            "< @batch=history;time=1970-01-01T00:00:01.500Z :ben!ben@conclave PRIVMSG #den :ho",
            "< BATCH -history",
        ],
    );
}

#[test]
fn who_is_put_into_rooms_or_out_of_them_is_told() {
    play(
        "no-implicit-names",
        &[
            "! put-in den",
            "< :anna!anna@conclave JOIN #den",
            "* Topic { room: Room(den) }",
            "! topic den",
            "* History { room: Room(den), past: Words, span: Latest, count: 20 }",
            "! history den",
            "! put-in Den",
            "! put-in zoo",
            "< :anna!anna@conclave PART #den",
            "< :anna!anna@conclave JOIN #zoo",
            "* Topic { room: Room(zoo) }",
        ],
    );
}

#[test]
fn an_own_part_and_topic_are_told_once() {
    play(
        "",
        &[
            "> PART #den :so long",
            "* Leave { room: den, words: Some(\"so long\") }",
            "! left Den so long",
            "< :anna!anna@conclave PART #Den :so long",
            "> TOPIC #den :tea at five",
            "* SetTopic { room: Room(den), text: Some(\"tea at five\") }",
            "! topic Den tea at five",
            "< :anna!anna@conclave TOPIC #Den :tea at five",
            "> TOPIC #den",
            "* Topic { room: Room(den) }",
            "! topic Den tea at five",
            "< 332 anna #Den :tea at five",
            "> TOPIC #den",
            "* Topic { room: Room(den) }",
            "! topic Den",
            "< 331 anna #Den :No topic is set",
        ],
    );
}

#[test]
fn a_message_is_echoed_to_who_wants_it() {
    let asked = "* Say { room: Room(DEN), text: \"hi\", manner: Message, extras: Plain }";
    play("", &["> PRIVMSG #DEN hi", asked, "! said"]);
    play(
        "echo-message",
        &[
            "> PRIVMSG #DEN hi",
            asked,
            "! said",
            "< :anna!anna@conclave PRIVMSG #DEN :hi",
        ],
    );
    play(
        "echo-message message-tags no-implicit-names",
        &[
            "! put-in den",
            "< :anna!anna@conclave JOIN #den",
            "* Topic { room: Room(den) }",
            "! topic den",
            "* History { room: Room(den), past: Words, span: Latest, count: 20 }",
            "! history den",
            // By the room's own name.
            "> PRIVMSG #DEN hi",
            "* Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }",
            "! said",
            "< @msgid=7-1 :anna!anna@conclave PRIVMSG #den :hi",
            "> NOTICE ben hi",
            "* Whisper { to: ben, text: \"hi\", manner: Notice, extras: Plain }",
            "! said",
            "< @msgid=7-1 :anna!anna@conclave NOTICE ben :hi",
        ],
    );
}

#[test]
fn who_is_away_is_told_to_who_writes_to_them() {
    play(
        "",
        &[
            "> AWAY :out for tea",
            "* Away { text: \"out for tea\" }",
            "! away out for tea",
            "< 306 anna :You have been marked as being away",
            "> AWAY",
            "* Back",
            "! back",
            "< 305 anna :You are no longer marked as being away",
            "> PRIVMSG ben hi",
            "* Whisper { to: ben, text: \"hi\", manner: Message, extras: Plain }",
            "! said-to-away Ben out for tea",
            "< 301 anna Ben :out for tea",
            "> NOTICE ben hi",
            "* Whisper { to: ben, text: \"hi\", manner: Notice, extras: Plain }",
            "! said-to-away Ben out for tea",
        ],
    );
}

#[test]
fn names_come_as_many_to_a_line_as_fit() {
    let members: Vec<String> = (0..20).map(|n| format!("{n:0>32}")).collect();
    let (first, rest) = members.split_at(10);
    let (second, third) = (first.join(" "), rest.join(" "));
    play(
        "",
        &[
            "> NAMES #den",
            "* Who { room: Room(den) }",
            &format!("! members Den {second} {third}"),
            &format!("< 353 anna = #Den :{second}"),
            &format!("< 353 anna = #Den :{third}"),
            "< 366 anna #Den :End of NAMES list",
        ],
    );
}

#[test]
fn list_tells_the_rooms_that_are_wanted() {
    let start = "< 321 anna Channel :Users  Name";
    let (den, lobby) = ("< 322 anna #den 3 tea", "< 322 anna #lobby 5 :");
    let end = "< 323 anna :End of LIST";
    for (line, told) in [
        ("> LIST", &[den, lobby][..]),
        ("> LIST #DEN", &[den]),
        ("> LIST #den,#lobby", &[den, lobby]),
        ("> LIST >3", &[lobby]),
        ("> LIST <5", &[den]),
        ("> LIST #* <5", &[den]),
        ("> LIST !*e*", &[lobby]),
        ("> LIST #zoo", &[]),
    ] {
        let asked = [line, "* Rooms", "! rooms den:tea lobby", start];
        play("", &[&asked[..], told, &[end]].concat());
    }
}

#[test]
fn who_tells_about_members_and_people() {
    play(
        "",
        &[
            "> WHO #DEN",
            "* Who { room: Room(DEN) }",
            "! members den anna ben",
            "< 352 anna #den anna conclave irc.example anna H :0 anna",
            "< 352 anna #den ben conclave irc.example ben H :0 ben",
            "< 315 anna #DEN :End of WHO list",
            "> WHO ben",
            "* WhoIs { user: ben }",
            "! gone Ben tea",
            "< 352 anna * Ben conclave irc.example Ben G :0 Ben",
            "< 315 anna ben :End of WHO list",
            "> WHO ben",
            "* WhoIs { user: ben }",
            "! offline ben",
            "< 315 anna ben :End of WHO list",
            "> WHO b*",
            "* Neighbours",
            "! online anna Ben bo|Ben",
            "< 352 anna * Ben conclave irc.example Ben G :0 Ben",
            "< 352 anna * bo conclave irc.example bo H :0 bo",
            "< 315 anna b* :End of WHO list",
            "> WHO",
            "* Neighbours",
            "! online anna",
            "< 352 anna * anna conclave irc.example anna H :0 anna",
            "< 315 anna * :End of WHO list",
        ],
    );
}

#[test]
fn whox_tells_the_fields_in_their_own_order() {
    let all = "42 #den ben 255.255.255.255 conclave irc.example ben H 0 0 ben n/a ben";
    for (options, told) in [
        ("%tcuihsnfdlaor,42", all),
        ("%roaldfnshiuct,42", all),
        ("%tna,42", "42 ben ben"),
        ("%tn", "0 ben"),
        ("%tn,", "0 ben"),
        ("%tn,4242", "0 ben"),
        ("%nf", "ben H"),
        ("o%n", "ben"),
        ("%nxyz", "ben"),
    ] {
        play(
            "",
            &[
                &format!("> WHO #den {options}"),
                "* Who { room: Room(den) }",
                "! members den ben",
                &format!("< 354 anna {told}"),
                "< 315 anna #den :End of WHO list",
            ],
        );
    }
}

#[test]
fn whois_tells_what_is_known() {
    play(
        "",
        &[
            "> WHOIS ben",
            "* WhoIs { user: ben }",
            "! here Ben den zoo",
            "< 311 anna Ben Ben conclave * Ben",
            "< 319 anna Ben :#den #zoo",
            "< 312 anna Ben irc.example :The whole network",
            "< 330 anna Ben Ben :is logged in as",
            "< 671 anna Ben :is using a secure connection",
            "< 317 anna Ben 0 1 :seconds idle, signon time",
            "< 318 anna Ben :End of WHOIS",
            "> WHOIS ben",
            "* WhoIs { user: ben }",
            "! gone Ben out for tea",
            "< 311 anna Ben Ben conclave * Ben",
            "< 312 anna Ben irc.example :The whole network",
            "< 301 anna Ben :out for tea",
            "< 330 anna Ben Ben :is logged in as",
            "< 671 anna Ben :is using a secure connection",
            "< 317 anna Ben 0 1 :seconds idle, signon time",
            "< 318 anna Ben :End of WHOIS",
            "> WHOIS ben",
            "* WhoIs { user: ben }",
            "! offline Ben",
            "< 401 anna Ben :Not here; a message is kept",
            "< 318 anna Ben :End of WHOIS",
        ],
    );
}

#[test]
fn ison_and_userhost_tell_who_is_here() {
    play(
        "",
        &[
            "> ISON ben :clara DORA",
            "* Online",
            "! online anna Ben dora",
            "< 303 anna :Ben dora",
            "> ISON clara",
            "* Online",
            "! online anna",
            "< 303 anna :",
            "> USERHOST BEN clara anna",
            "* Online",
            "! online anna Ben|Ben",
            "< 302 anna :Ben=-Ben@conclave anna=+anna@conclave",
            // Of five at most.
            "> USERHOST a b c d e anna",
            "* Online",
            "! online anna",
            "< 302 anna :",
        ],
    );
}

#[test]
fn a_name_is_told_whole_or_not_at_all() {
    let name = "n".repeat(32);
    let line = format!("> ISON {}", [name.as_str(); 15].join(" "));
    let told = format!("< 303 anna :{}", [name.as_str(); 10].join(" "));
    play("", &[&line, "* Online", &format!("! online {name}"), &told]);
}

#[test]
fn people_and_rooms_are_counted_and_the_time_is_that_of_the_store() {
    play(
        "",
        &[
            "> LUSERS",
            "* Census",
            "! census 2 1",
            "< 251 anna :There are 2 users and 0 invisible on 1 servers",
            "< 252 anna 1 :operator(s) online",
            "< 254 anna 1 :channels formed",
            "< 255 anna :I have 2 clients and 0 servers",
            "< 265 anna :Current local users 2",
            "< 266 anna :Current global users 2",
            "> TIME",
            "* Census",
            "! census 2 1",
            "< 391 anna irc.example 1970-01-01T00:00:01.500Z",
        ],
    );
}

/// The message of the day, or that there is none, is what clients wait for.
#[test]
fn a_welcome_comes_to_its_end_also_where_nobody_can_be_counted() {
    let mut talk = newcomer("");
    let mut played = Vec::new();
    learns(&mut talk, "busy", &mut played);
    learns(&mut talk, "motd Be kind.", &mut played);
    let end = [
        "! busy",
        "* Inquire(MessageOfTheDay)",
        "! motd Be kind.",
        "< 375 anna :- irc.example Message of the day - ",
        "< 372 anna :Be kind.",
        "< 376 anna :End of /MOTD command.",
    ];
    assert_eq!(played, end);
}

#[test]
fn pings_and_subscriptions_are_answered() {
    play(
        "",
        &[
            "> PING :a b",
            "* Ping { token: \"a b\" }",
            "! pong a b",
            "< PONG irc.example :a b",
            "> SUBSCRIBE ben",
            "* Subscribe { author: ben }",
            "! subscribed Ben",
            "< NOTICE anna :You subscribe to Ben",
            "> UNSUBSCRIBE ben",
            "* Unsubscribe { author: ben }",
            "! unsubscribed Ben",
            "< NOTICE anna :You no longer subscribe to Ben",
            "> SUBSCRIPTIONS",
            "* Subscriptions",
            "! subscriptions Ben clara",
            "< NOTICE anna :You subscribe to: Ben clara",
            "< NOTICE anna :You subscribe to: 2 in all",
            "> SUBSCRIBERS",
            "* Subscribers",
            "! subscribers",
            "< NOTICE anna :Subscribers of yours: 0 in all",
            "> PUBLISH :news",
            "* Post { text: \"news\" }",
            "! said",
            "> PUBLISH :news",
            "* Post { text: \"news\" }",
            "! nobody-subscribes",
            "< NOTICE anna :Nobody subscribes to you",
        ],
    );
}

#[test]
fn the_server_tells_about_itself() {
    play(
        "",
        &[
            "> MOTD",
            "* Inquire(MessageOfTheDay)",
            "! motd Be kind.",
            "< 375 anna :- irc.example Message of the day - ",
            "< 372 anna :Be kind.",
            "< 376 anna :End of /MOTD command.",
            "> ADMIN",
            "< 256 anna irc.example :Administrative info about Example",
            "< 259 anna :Ask whoever gave you your account",
            "> INFO",
            "< 371 anna conclave-1",
            "< 371 anna :Where people talk",
            "< 371 anna :Running since today",
            "< 374 anna :End of INFO",
            "> LINKS",
            "< 364 anna irc.example irc.example :0 Where people talk",
            "< 365 anna * :End of LINKS",
            "> HELP privmsg",
            "< 704 anna privmsg :What can be asked here",
            "< 705 anna privmsg :PRIVMSG <#room or nick>[,...] :<text>",
            "< 706 anna privmsg :End of HELP",
            "> HELPOP dance",
            "< 524 anna dance :There is no such command; HELP lists them",
        ],
    );
}
