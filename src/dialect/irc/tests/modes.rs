//! What holds of rooms, who has a rank in them, who is put out and who is invited: what is asked for,
//! how it is answered, and what others are told.
//! <https://modern.ircdocs.horse/#channel-modes>

use super::play::{answered, asks, changes, play};
use super::written;
use crate::chat::event::{Departure, Hearing};
use crate::chat::modes::Ranks;
use crate::chat::profile::Profile;
use crate::chat::{Deed, RoomName, Text, UserName};
use crate::dialect::irc::caps::{CAPS, Caps};
use crate::dialect::irc::events;
use crate::testing::event;

fn mean(lines: &[(&str, &[&str])]) {
    for (line, asked) in lines {
        assert_eq!(asks(line), *asked, "{line}");
    }
}

fn are_answered(lines: &[(&str, &[&str])]) {
    for (line, told) in lines {
        assert!(asks(line).is_empty(), "{line}");
        assert_eq!(answered(line), *told, "{line}");
    }
}

/// A change of the den by these wishes.
fn change(wishes: &str) -> String {
    format!("ChangeModes {{ room: Room(den), wishes: [{wishes}] }}")
}

#[test]
fn mode_asks_for_what_holds_and_for_lists() {
    let list = |list: &str| format!("ModeList {{ room: Room(den), list: {list} }}");
    let (bans, excepts, invex) = (
        list("Bans"),
        list("BanExceptions"),
        list("InviteExceptions"),
    );
    mean(&[
        ("MODE #den", &["Modes { room: Room(den) }"]),
        ("MODE #den :", &["Modes { room: Room(den) }"]),
        ("MODE #den b", &[&bans]),
        ("MODE #den +b", &[&bans]),
        ("MODE #den -b", &[&bans]),
        ("MODE #den bbeI", &[&bans, &excepts, &invex]),
    ]);
    are_answered(&[
        ("MODE #den +", &[]),
        ("MODE #den +n", &[]),
        (
            "MODE #den -n",
            &["696 anna #den n * :Nobody speaks in a room from outside"],
        ),
        ("MODE #", &["403 anna # :No such channel"]),
    ]);
}

#[test]
fn mode_wishes_letter_by_letter() {
    let flag = |flag: &str, to: &str| format!("Flag {{ flag: {flag}, to: {to} }}");
    let rank = |user: &str, rank: &str, to: &str| {
        format!("Rank {{ user: {user}, rank: {rank}, to: {to} }}")
    };
    let listed = |list: &str, mask: &str, to: &str| {
        format!("Listed {{ list: {list}, mask: {mask}, to: {to} }}")
    };
    let all = [
        flag("InviteOnly", "On"),
        flag("TopicLocked", "On"),
        flag("Moderated", "Off"),
        flag("Secret", "Off"),
    ];
    let several = [
        rank("ben", "Operator", "On"),
        rank("zoe", "Voice", "Off"),
        listed("Bans", "eve!*@*", "Off"),
    ];
    mean(&[
        ("MODE #den +int-ms", &[&change(&all.join(", "))]),
        ("MODE #den t", &[&change(&flag("TopicLocked", "On"))]),
        (
            "MODE #den +o-vb ben zoe eve",
            &[&change(&several.join(", "))],
        ),
        ("MODE #den +k key", &[&change("Lock { key: Secret(…) }")]),
        ("MODE #den -k", &[&change("Unlock")]),
        (
            "MODE #den -k+l any 7",
            &[&change("Unlock, Limit { most: 7 }")],
        ),
        ("MODE #den -l", &[&change("Unlimited")]),
        (
            "MODE #den +eI a@b *!c",
            &[&change(
                &[
                    listed("BanExceptions", "*!a@b", "On"),
                    listed("InviteExceptions", "*!c@*", "On"),
                ]
                .join(", "),
            )],
        ),
        (
            "MODE #den +bI-b ~A:eve ~a:ann* ~m:zoe",
            &[&change(
                &[
                    listed("Bans", "~a:eve", "On"),
                    listed("InviteExceptions", "~a:ann*", "On"),
                    listed("Bans", "~m:zoe!*@*", "Off"),
                ]
                .join(", "),
            )],
        ),
    ]);
}

#[test]
fn what_means_nothing_is_told_and_the_rest_is_asked_for() {
    let key = "696 anna #den k * :A key is 1 to 128 bytes without spaces and commas";
    let long = format!("MODE #den +k {}", "x".repeat(129));
    are_answered(&[
        ("MODE #den +q", &["472 anna q :There is no such mode"]),
        (
            "MODE #den +\u{e9}",
            &["472 anna \u{e9} :There is no such mode"],
        ),
        ("MODE #den +k", &[key]),
        ("MODE #den +k :", &[key]),
        ("MODE #den +k :a key", &[key]),
        ("MODE #den +k a,b", &[key]),
        (&long, &[key]),
        (
            "MODE #den +l",
            &["696 anna #den l * :How many may be in has to be said"],
        ),
        (
            "MODE #den +l 0",
            &["696 anna #den l 0 :That is no number of people"],
        ),
        (
            "MODE #den +l x",
            &["696 anna #den l x :That is no number of people"],
        ),
        (
            "MODE #den +o",
            &["696 anna #den o * :Whose rank it is has to be said"],
        ),
        ("MODE #den +v -x", &["401 anna -x :No such nick"]),
        (
            "MODE #den +b :a b",
            &[
                "696 anna #den b * :nick!account@host with * and ?, or ~a:account, or ~m: and one of these; at \
                 most 128 printable characters, no spaces",
            ],
        ),
    ]);
    // Of 21 changes the last one is not done.
    let many = format!("MODE #den {}", "t".repeat(21));
    let flag = "Flag { flag: TopicLocked, to: On }";
    let too_many = "20 changes at once at most: this one and the rest are not done";
    play(
        "",
        &[
            &format!("> {many}"),
            &format!("< 696 anna #den t * :{too_many}"),
            &format!("* {}", change(&[flag; 20].join(", "))),
        ],
    );
    let asked = asks("MODE #den +qt");
    assert_eq!(asked, [change("Flag { flag: TopicLocked, to: On }")]);
}

#[test]
fn kick_and_invite_name_people_and_rooms() {
    let kick = |user: &str, words: &str| {
        format!("Kick {{ room: Room(den), user: {user}, words: {words} }}")
    };
    let long = "w".repeat(400);
    mean(&[
        ("KICK #den ben", &[&kick("ben", "None")]),
        ("KICK #den ben :", &[&kick("ben", "None")]),
        (
            "KICK #den ben :be nice",
            &[&kick("ben", "Some(\"be nice\")")],
        ),
        (
            "KICK #den ben,zoe x",
            &[&kick("ben", "Some(\"x\")"), &kick("zoe", "Some(\"x\")")],
        ),
        (
            "KICK #den,#den ben,zoe",
            &[&kick("ben", "None"), &kick("zoe", "None")],
        ),
        (
            &format!("KICK #den ben {long}"),
            &[&kick("ben", &format!("Some({:?})", "w".repeat(390)))],
        ),
        (
            "INVITE ben #den",
            &["Invite { room: Room(den), user: ben }"],
        ),
        ("INVITE", &["Invitations"]),
    ]);
    are_answered(&[
        ("KICK", &["461 anna KICK :Not enough parameters"]),
        ("KICK #den", &["461 anna KICK :Not enough parameters"]),
        ("KICK #den ,", &["461 anna KICK :Not enough parameters"]),
        ("KICK den ben", &["403 anna den :No such channel"]),
        (
            "KICK #den,#pit ben",
            &["461 anna KICK :Not enough parameters"],
        ),
        ("KICK #den -x", &["401 anna -x :No such nick"]),
        ("INVITE ben", &["461 anna INVITE :Not enough parameters"]),
        ("INVITE ben den", &["403 anna den :No such channel"]),
        ("INVITE -x #den", &["401 anna -x :No such nick"]),
    ]);
    assert_eq!(asks("KICK #den a,b,c,d,e").len(), 4, "the rest stay");
}

#[test]
fn what_holds_is_told_with_what_is_hidden_of_it() {
    play(
        "",
        &[
            "> MODE #den",
            "* Modes { room: Room(den) }",
            "! modes den +itk 7",
            "< 324 anna #den +nitkl * 7",
            "< 329 anna #den 1",
            "> MODE #den b",
            "* ModeList { room: Room(den), list: Bans }",
            "! bans den eve *@b",
            "< 367 anna #den eve!*@* ben 2",
            "< 367 anna #den *!*@b ben 2",
            "< 368 anna #den :End of channel ban list",
            "> MODE #den e",
            "* ModeList { room: Room(den), list: BanExceptions }",
            "! exceptions den eve",
            "< 348 anna #den eve!*@* ben 2",
            "< 349 anna #den :End of channel exception list",
            "> MODE #den I",
            "* ModeList { room: Room(den), list: InviteExceptions }",
            "! invites den",
            "< 347 anna #den :End of channel invite exception list",
            "> INVITE",
            "* Invitations",
            "! invitations den zoo",
            "< 336 anna #den",
            "< 336 anna #zoo",
            "< 337 anna :End of INVITE list",
        ],
    );
}

#[test]
fn who_changes_something_is_told_as_everybody_is() {
    play(
        "",
        &[
            "> MODE #den +t-m",
            &format!(
                "* {}",
                change("Flag { flag: TopicLocked, to: On }, Flag { flag: Moderated, to: Off }")
            ),
            "! changed den +t,-m,+k,+o ben,-b eve,-l",
            "< :anna!anna@conclave MODE #den +t-m+ko-bl * ben eve!*@*",
            "> MODE #den +o-t zoe",
            &format!(
                "* {}",
                change(
                    "Rank { user: zoe, rank: Operator, to: On }, Flag { flag: TopicLocked, to: Off }"
                )
            ),
            "! changed-but den -t",
            "< :anna!anna@conclave MODE #den -t",
            "< 441 anna zoe #den :They aren't on that channel",
            "> MODE #den +t",
            &format!("* {}", change("Flag { flag: TopicLocked, to: On }")),
            "! changed den",
            "> KICK #den ben :out",
            "* Kick { room: Room(den), user: ben, words: Some(\"out\") }",
            "! kicked den ben out",
            "< :anna!anna@conclave KICK #den ben out",
            "> INVITE ben #den",
            "* Invite { room: Room(den), user: ben }",
            "! invited den ben at lunch",
            "< 341 anna ben #den",
            "< 301 anna ben :at lunch",
        ],
    );
}

const SAY: [&str; 2] = [
    "> PRIVMSG #den hi",
    "* Say { room: Room(den), text: \"hi\", manner: Message, extras: Plain }",
];
const ENTER: [&str; 2] = ["> JOIN #den", "* Enter { room: den, key: None }"];
const KICK: [&str; 2] = [
    "> KICK #den ben",
    "* Kick { room: Room(den), user: ben, words: None }",
];
const INVITE: [&str; 2] = [
    "> INVITE ben #den",
    "* Invite { room: Room(den), user: ben }",
];

/// What is asked, why it is not granted, and how that is told.
const REFUSED: [([&str; 2], &str, &str); 12] = [
    (
        SAY,
        "denied den moderated",
        "404 anna #den :Cannot send to channel (+m): it is moderated",
    ),
    (
        SAY,
        "denied den banned",
        "404 anna #den :You are banned (+b)",
    ),
    (
        ENTER,
        "denied den banned",
        "474 anna #den :You are banned (+b)",
    ),
    (
        ENTER,
        "denied den uninvited",
        "473 anna #den :Cannot join channel (+i): you are not invited",
    ),
    (
        ENTER,
        "denied den full",
        "471 anna #den :Cannot join channel (+l): it is full",
    ),
    (
        KICK,
        "denied den not_operator",
        "482 anna #den :You're not channel operator",
    ),
    (
        KICK,
        "denied lobby open_lobby",
        "482 anna #lobby :The lobby stays open to everybody",
    ),
    (
        KICK,
        "not-there ben",
        "441 anna ben #den :They aren't on that channel",
    ),
    (
        INVITE,
        "there-already ben",
        "443 anna ben #den :is already on channel",
    ),
    (INVITE, "is-offline ben", "401 anna ben :Not here"),
    (
        INVITE,
        "not-in den",
        "442 anna #den :You're not on that channel",
    ),
    (
        INVITE,
        "list-full den",
        "NOTICE anna :INVITE: Nobody else fits into that list",
    ),
];

#[test]
fn every_denial_has_its_number() {
    for ([line, asked], found, told) in REFUSED {
        let (found, told) = (format!("! {found}"), format!("< {told}"));
        play("", &[line, asked, &found, &told]);
    }
}

#[test]
fn ranks_stand_in_front_of_names() {
    let names = |caps: &str, members: &str, told: &str| {
        play(
            caps,
            &[
                "> NAMES #den",
                "* Who { room: Room(den) }",
                members,
                told,
                "< 366 anna #den :End of NAMES list",
            ],
        );
    };
    let all = "! members den @+anna +ben zoe";
    names("", all, "< 353 anna = #den :@anna +ben zoe");
    names("multi-prefix", all, "< 353 anna = #den :@+anna +ben zoe");
    names(
        "userhost-in-names",
        all,
        "< 353 anna = #den :@anna!anna@conclave +ben!ben@conclave zoe!zoe@conclave",
    );
    names("", "! hidden-members den @anna", "< 353 anna @ #den @anna");
    play(
        "",
        &[
            "> WHO #den %nf",
            "* Who { room: Room(den) }",
            all,
            "< 354 anna anna H@",
            "< 354 anna ben H+",
            "< 354 anna zoe H",
            "< 315 anna #den :End of WHO list",
        ],
    );
}

fn told(names: &str, deed: Deed, hearing: Hearing) -> Vec<String> {
    let named = CAPS
        .iter()
        .filter(|cap| names.split(' ').any(|name| name == cap.name()));
    let caps = named.fold(Caps::default(), |caps, cap| caps.with(*cap));
    let happened = event(deed);
    written(|out| events::event(caps, &happened, hearing, out))
}

#[test]
fn others_are_told_what_happens() {
    let (room, by) = (
        RoomName::new("den").unwrap(),
        UserName::new("anna").unwrap(),
    );
    let user = UserName::new("ben").unwrap();
    let kicked = |words: Option<&str>| Deed::Left {
        room: room.clone(),
        user: user.clone(),
        departure: Departure::Kicked {
            by: by.clone(),
            words: words.map(|words| Text::new(words).unwrap()),
        },
    };
    let changed = |words: &str| Deed::ModesChanged {
        room: room.clone(),
        by: by.clone(),
        changes: changes(words),
    };
    let entered = |letters: &str| Deed::Entered {
        room: room.clone(),
        user: user.clone(),
        ranks: Ranks::of_letters(letters),
        profile: Profile::default(),
        away: None,
    };
    for (deed, lines) in [
        (
            kicked(Some("be nice")),
            &[":anna!anna@conclave KICK #den ben :be nice"][..],
        ),
        (kicked(None), &[":anna!anna@conclave KICK #den ben anna"]),
        (changed("+i,+l 3"), &[":anna!anna@conclave MODE #den +il 3"]),
        (
            changed("+v a,+v b,+v c,+v d,+v e,+v f,+v g,-t"),
            &[
                ":anna!anna@conclave MODE #den +vvvvvv a b c d e f",
                ":anna!anna@conclave MODE #den +v-t g",
            ],
        ),
        (entered(""), &[":ben!ben@conclave JOIN #den"]),
        (
            entered("ov"),
            &[":ben!ben@conclave JOIN #den", "MODE #den +ov ben ben"],
        ),
    ] {
        let shown = format!("{deed:?}");
        assert_eq!(told("", deed, Hearing::Direct), lines, "{shown}");
    }
}

#[test]
fn an_invitation_is_for_one_and_for_those_who_want_to_know() {
    let deed = || Deed::Invited {
        room: RoomName::new("den").unwrap(),
        by: UserName::new("anna").unwrap(),
        user: UserName::new("ben").unwrap(),
    };
    let line = [":anna!anna@conclave INVITE ben #den"];
    for caps in ["", "invite-notify"] {
        assert_eq!(told(caps, deed(), Hearing::Direct), line);
    }
    assert_eq!(told("invite-notify", deed(), Hearing::Witness), line);
    assert_eq!(told("", deed(), Hearing::Witness), [""; 0]);
}
