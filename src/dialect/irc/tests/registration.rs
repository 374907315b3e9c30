//! Conversations with somebody who is not in yet. `>` is what the peer sends, `<` what it is told,
//! `*` what the session is asked to do, `!` what the session found out.

use proptest::prelude::*;

use super::spelled;
use crate::chat::certificate::Certificate;
use crate::chat::limits::REAL_NAME_BYTES;
use crate::chat::{Secret, UserName};
use crate::dialect::irc::caps::Caps;
use crate::dialect::irc::grammar::read;
use crate::dialect::irc::registration::{Registration, Step};
use crate::dialect::irc::{Accounts, Door, Guests};

/// Plays a conversation, and compares all that happens.
fn talk(lines: &[&str]) -> Registration {
    talk_where(Guests::TurnedAway, lines)
}

pub(super) fn talk_where(guests: Guests, lines: &[&str]) -> Registration {
    talk_showing(guests, None, lines)
}

fn talk_showing(guests: Guests, certificate: Option<Certificate>, lines: &[&str]) -> Registration {
    let offered = Caps::offered(Accounts::Open);
    played(
        Registration::new(offered, (guests, Door::Open), certificate),
        lines,
    )
}

/// The same with a registration at its beginning.
pub(super) fn played(mut registration: Registration, lines: &[&str]) -> Registration {
    let mut played: Vec<String> = Vec::new();
    for line in lines {
        let (mark, text) = line.split_at(2);
        let steps = match mark {
            "> " => registration.hear(&read(text.as_bytes())),
            "! " => found_out(&mut registration, text),
            "< " | "* " => continue,
            other => panic!("{other}"),
        };
        played.push((*line).to_owned());
        for step in &steps {
            played.extend(shown(registration.nick(), step));
        }
    }
    assert_eq!(played, lines);
    registration
}

fn found_out(registration: &mut Registration, text: &str) -> Vec<Step> {
    match text {
        "not made" => return registration.not_made(),
        "let in" => return registration.let_in(),
        "kept out" => return registration.not_let_in("No"),
        _ => {}
    }
    match (
        text.strip_prefix("proved "),
        text.strip_prefix("not so called: "),
    ) {
        (Some(user), _) => registration.proved(UserName::new(user).unwrap()),
        (None, Some(why)) => registration.not_so_called(why),
        (None, None) => registration.not_proved(text),
    }
}

fn shown(nick: &str, step: &Step) -> Vec<String> {
    let is_told = |line: String| format!("< {}", line.replace(":irc.example ", ""));
    match step {
        Step::Tell { reply } => {
            let lines = spelled(nick, std::slice::from_ref(reply));
            lines.into_iter().map(is_told).collect()
        }
        Step::Knock { password, .. } => {
            let password = String::from_utf8_lossy(password.expose());
            vec![format!("* knock {password}")]
        }
        Step::ProveByCertificate { certificate, user } => {
            let user = user.as_ref().map_or("somebody", UserName::as_str);
            vec![format!("* prove {user} by {certificate}")]
        }
        Step::Prove { user, password } => {
            let password = String::from_utf8_lossy(password.expose());
            vec![format!("* prove {user} {password}")]
        }
        Step::Register { wish, password } => {
            let password = String::from_utf8_lossy(password.expose());
            vec![format!("* make {} {password}", wish.account)]
        }
        Step::Claim { nick } => vec![format!("* claim as {nick}")],
        Step::Visit { nick, ident } => vec![format!("* visit as {nick}, {ident}")],
        Step::Quit => vec!["* quit".to_owned()],
        Step::End => vec!["* end".to_owned()],
    }
}

const WHO_IS_NOT: &str = "This server is for people with an account: log in by SASL PLAIN, \
     or set the server password of your client to account:password";

#[test]
fn who_logs_in_by_sasl_gets_in() {
    let registration = talk(&[
        "> NICK jilles",
        "> CAP REQ :sasl",
        "< CAP jilles ACK :sasl",
        "> USER jilles 0 * :Jilles Tjoelker",
        "> AUTHENTICATE PLAIN",
        "< AUTHENTICATE +",
        "> AUTHENTICATE amlsbGVzAGppbGxlcwBzZXNhbWU=",
        "* prove jilles sesame",
        "! proved Jilles",
        "< 900 jilles jilles!Jilles@conclave Jilles :You are now logged in as Jilles",
        "< 903 jilles :SASL authentication successful",
        "> AUTHENTICATE PLAIN",
        "< 907 jilles :You have already authenticated using SASL",
        "> CAP END",
        "* claim as jilles",
    ]);
    assert_eq!(registration.realname(), "Jilles Tjoelker");
    assert_eq!(registration.nick(), "jilles");
}

#[test]
fn sasl_may_come_before_the_nick_and_in_one_go_with_the_rest() {
    talk(&[
        "> CAP REQ sasl",
        "< CAP * ACK :sasl",
        "> AUTHENTICATE PLAIN",
        "< AUTHENTICATE +",
        "> AUTHENTICATE AGJvYgBwdw==",
        "* prove bob pw",
        // The password is still being checked.
        "> CAP END",
        "> USER b 0 * b",
        "! proved bob",
        "< 900 * *!bob@conclave bob :You are now logged in as bob",
        "< 903 * :SASL authentication successful",
        "> NICK bob",
        "* claim as bob",
    ]);
}

#[test]
fn a_wrong_password_by_sasl_can_be_mended() {
    talk(&[
        "> CAP REQ sasl",
        "< CAP * ACK :sasl",
        "> NICK bob",
        "> USER b 0 * b",
        "> AUTHENTICATE EXTERNAL",
        "< 908 bob PLAIN :are available SASL mechanisms",
        "< 904 bob :SASL authentication failed",
        "> AUTHENTICATE PLAIN",
        "< AUTHENTICATE +",
        "> AUTHENTICATE *",
        "< 906 bob :SASL authentication aborted",
        "> AUTHENTICATE PLAIN",
        "< AUTHENTICATE +",
        "> AUTHENTICATE AGJvYgBwdw==",
        "* prove bob pw",
        "! Unknown user or wrong password",
        "< 904 bob :Unknown user or wrong password",
        "> AUTHENTICATE PLAIN",
        "< AUTHENTICATE +",
        "> AUTHENTICATE AGJvYgBwdw==",
        "* prove bob pw",
        "! proved bob",
        "< 900 bob bob!bob@conclave bob :You are now logged in as bob",
        "< 903 bob :SASL authentication successful",
        "> CAP END",
        "* claim as bob",
    ]);
}

#[test]
fn sasl_has_to_be_asked_for_and_needs_words() {
    talk(&[
        "> AUTHENTICATE PLAIN",
        "< 904 * :Ask for it first: CAP REQ sasl",
        "> AUTHENTICATE",
        "< 461 * AUTHENTICATE :Not enough parameters",
    ]);
}

#[test]
fn an_exchange_that_is_not_finished_is_aborted_at_the_end() {
    talk(&[
        "> CAP REQ sasl",
        "< CAP * ACK :sasl",
        "> PASS bob:pw",
        "> NICK bob",
        "> USER b 0 * b",
        "> AUTHENTICATE PLAIN",
        "< AUTHENTICATE +",
        "> CAP END",
        "< 906 bob :SASL authentication aborted",
        "* prove bob pw",
        "! proved bob",
        "< 900 bob bob!bob@conclave bob :You are now logged in as bob",
        "* claim as bob",
    ]);
}

#[test]
fn a_server_password_names_the_account_or_the_nick_does() {
    for (pass, nick, prove) in [
        ("bob:pw", "somebody", "* prove bob pw"),
        ("bob:p:w", "somebody", "* prove bob p:w"),
        ("pw", "Bob", "* prove Bob pw"),
        (":p w", "Bob", "* prove Bob p w"),
        // What stands before the colon names nobody.
        ("p!w:x", "Bob", "* prove Bob p!w:x"),
    ] {
        let pass = format!("> PASS {pass}");
        let nick = format!("> NICK {nick}");
        talk(&["> PASS an:other", &pass, &nick, "> USER b 0 * b", prove]);
    }
}

#[test]
fn a_wrong_server_password_ends_it() {
    talk(&[
        "> PASS pw",
        "> USER b 0 * b",
        "> NICK bob",
        "* prove bob pw",
        "! Unknown user or wrong password",
        "< 464 bob :Unknown user or wrong password",
        "< ERROR :You are not logged in",
        "* end",
    ]);
    talk(&[
        "> PASS pw",
        "> USER b 0 * b",
        "> NICK [bob]",
        &format!("< 464 [bob] :{WHO_IS_NOT}"),
        "< ERROR :You are not logged in",
        "* end",
    ]);
}

#[test]
fn who_proves_nothing_is_told_how_to() {
    talk(&[
        "> NICK bob",
        "> USER b 0 * b",
        &format!("< FAIL * ACCOUNT_REQUIRED :{WHO_IS_NOT}"),
        &format!("< 464 bob :{WHO_IS_NOT}"),
        "< ERROR :You are not logged in",
        "* end",
    ]);
    // Also who gave up a failed login, without waiting for its end.
    talk(&[
        "> CAP REQ sasl",
        "< CAP * ACK :sasl",
        "> NICK bob",
        "> USER b 0 * b",
        "> AUTHENTICATE PLAIN",
        "< AUTHENTICATE +",
        "> AUTHENTICATE AGJvYgBwdw==",
        "* prove bob pw",
        "> CAP END",
        "! Too busy",
        "< 904 bob :Too busy",
        &format!("< FAIL * ACCOUNT_REQUIRED :{WHO_IS_NOT}"),
        &format!("< 464 bob :{WHO_IS_NOT}"),
        "< ERROR :You are not logged in",
        "* end",
    ]);
}

#[test]
fn who_proves_nothing_is_a_guest_where_these_are_welcome() {
    talk_where(
        Guests::Welcome,
        &["> NICK [bob]", "> USER b 0 * b", "* visit as [bob], b"],
    );
    talk_where(
        Guests::Welcome,
        &[
            "> PASS pw",
            "> NICK bob",
            "> USER b 0 * b",
            "* prove bob pw",
        ],
    );
}

#[test]
fn who_is_called_as_somebody_else_chooses_again() {
    talk_where(
        Guests::Welcome,
        &[
            "> NICK bob",
            "> USER b 0 * b",
            "* visit as bob, b",
            "! not so called: Taken",
            "< 433 * bob Taken",
            "> NICK #b",
            "< 432 * #b :1 to 32 of A-Z a-z 0-9 [ ] { } | ^ ` _ - ., the first no - or .",
            "> NICK bob_",
            "* visit as bob_, b",
        ],
    );
    talk(&[
        "> PASS alice:pw",
        "> NICK bob",
        "> USER b 0 * b",
        "* prove alice pw",
        "! proved alice",
        "< 900 bob bob!alice@conclave alice :You are now logged in as alice",
        "* claim as bob",
        "! not so called: Taken",
        "< 433 * bob Taken",
        "> NICK al",
        "* claim as al",
    ]);
}

#[test]
fn negotiation_holds_a_registration_up() {
    talk(&[
        "> PASS pw",
        "> CAP LS",
        "< CAP * LS :account-notify draft/account-registration account-tag away-notify batch cap-notify draft/chathistory chghost echo-message \
         draft/event-playback extended-join extended-monitor invite-notify labeled-response message-tags draft/multiline multi-prefix \
         no-implicit-names draft/read-marker sasl server-time setname standard-replies userhost-in-names",
        "> NICK bob",
        "> USER b 0 * b",
        "> CAP LIST",
        "< CAP bob LIST :",
        "> CAP END",
        "* prove bob pw",
    ]);
}

#[test]
fn nicks_and_names_are_looked_at() {
    talk(&[
        "> NICK",
        "< 431 * :No nickname given",
        "> NICK :",
        "< 431 * :No nickname given",
        "> NICK #bob",
        "< 432 * #bob :1 to 32 of A-Z a-z 0-9 [ ] { } | ^ ` _ - ., the first no - or .",
        "> NICK :a b",
        "< 432 * * :1 to 32 of A-Z a-z 0-9 [ ] { } | ^ ` _ - ., the first no - or .",
        "> NICK bob",
        "> nick carol",
        "> USER a 0 *",
        "< 461 carol USER :Not enough parameters",
        "> USER a 0 * :",
        "< 461 carol USER :Not enough parameters",
        "> PASS",
        "< 461 carol PASS :Not enough parameters",
    ]);
}

#[test]
fn what_was_said_for_good_is_not_said_again() {
    talk(&[
        "> USER b 0 * b",
        "> USER b 0 * c",
        "< 462 * :That was said, and cannot be changed",
        "> PASS pw",
        "> NICK bob",
        "* prove bob pw",
        "> PASS other",
        "< 462 bob :That was said, and cannot be changed",
        "> AUTHENTICATE PLAIN",
        "< 907 bob :You have already authenticated using SASL",
    ]);
}

#[test]
fn a_real_name_is_cut_at_a_character() {
    let line = format!("> USER b 0 * :x{}", "\u{e9}".repeat(90));
    let registration = talk(&[&line]);
    assert_eq!(registration.realname().len(), REAL_NAME_BYTES - 1);
}

#[test]
fn other_commands_wait() {
    talk(&[
        "> JOIN #a",
        "< 451 * :You are not in yet",
        "> PING token",
        "< PONG irc.example token",
        "> PING :two words",
        "< PONG irc.example :two words",
        "> PING",
        "< 409 * :A PING needs a token",
        "> PONG token",
        "> ",
        "> /login bob",
        "< 421 * /login :Unknown command",
        "> CAP FOO",
        "< 410 * FOO :Only LS, LIST, REQ and END are for you",
        "> QUIT :bye",
        "* quit",
    ]);
}

#[test]
fn lines_that_are_no_messages_are_answered() {
    let mut registration = Registration::new(
        Caps::offered(Accounts::Open),
        (Guests::TurnedAway, Door::Open),
        None,
    );
    for (line, told) in [
        (
            &b"NICK \xff"[..],
            "< FAIL * INVALID_UTF8 :Nothing was done, for this server takes UTF-8 only",
        ),
        (&[b'x'; 600], "< 417 * :Input line was too long"),
        (b"NICK a\0", "< 400 * * :A line may not hold NUL or CR"),
    ] {
        let steps = registration.hear(&read(line));
        let lines: Vec<String> = steps.iter().flat_map(|step| shown("*", step)).collect();
        assert_eq!(lines, [told]);
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("NICK bob".to_owned()),
        Just("USER b 0 * b".to_owned()),
        Just("PASS bob:pw".to_owned()),
        Just("CAP REQ sasl".to_owned()),
        Just("CAP LS 302".to_owned()),
        Just("CAP END".to_owned()),
        Just("AUTHENTICATE PLAIN".to_owned()),
        Just("AUTHENTICATE AGJvYgBwdw==".to_owned()),
        Just("AUTHENTICATE *".to_owned()),
        Just("right".to_owned()),
        Just("wrong".to_owned()),
        "(CAP|NICK|USER|PASS|AUTHENTICATE|PING|JOIN) ?\\PC{0,20}",
    ]
}

/// Plays it at a node that asks all for a password.
fn behind_a_door(guests: Guests, lines: &[&str]) {
    let offered = Caps::offered(Accounts::Open);
    played(
        Registration::new(offered, (guests, Door::Locked), None),
        lines,
    );
}

#[test]
fn who_shows_the_password_of_the_node_comes_in_as_elsewhere() {
    behind_a_door(
        Guests::Welcome,
        &[
            "> PASS :open sesame",
            "> NICK anna",
            "> USER a 0 * a",
            "* knock open sesame",
            "! let in",
            "* visit as anna, a",
            "! not so called: it is taken",
            "< 433 * anna :it is taken",
            // It is asked for once.
            "> NICK lena",
            "* visit as lena, a",
        ],
    );
    behind_a_door(
        Guests::TurnedAway,
        &[
            "> NICK anna",
            "> PASS anna:pw",
            "> PASS sesame",
            "> USER a 0 * a",
            "* knock sesame",
            "! let in",
            "* prove anna pw",
            "! proved anna",
            "< 900 anna anna!anna@conclave anna :You are now logged in as anna",
            "* claim as anna",
        ],
    );
}

#[test]
fn who_does_not_show_it_stays_outside_whoever_it_is() {
    let end = "< ERROR :You are not logged in";
    let locked =
        "< 464 anna :This server asks for a password: set it as the server password of your client";
    for pass in ["> PING 1", "> PASS anna:pw"] {
        let mut lines = vec![pass];
        if pass == "> PING 1" {
            lines.push("< PONG irc.example 1");
        }
        lines.extend(["> NICK anna", "> USER a 0 * a", locked, end, "* end"]);
        behind_a_door(Guests::Welcome, &lines);
    }
    behind_a_door(
        Guests::Welcome,
        &[
            "> PASS wrong",
            "> NICK anna",
            "> CAP REQ sasl",
            "< CAP anna ACK :sasl",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            "> AUTHENTICATE AGFubmEAcHc=",
            "* prove anna pw",
            "! proved anna",
            "< 900 anna anna!anna@conclave anna :You are now logged in as anna",
            "< 903 anna :SASL authentication successful",
            "> USER a 0 * a",
            "> CAP END",
            "* knock wrong",
            "! kept out",
            "< 464 anna No",
            end,
            "* end",
        ],
    );
}

#[test]
fn nobody_makes_an_account_before_the_password_of_the_node_is_shown() {
    behind_a_door(
        Guests::Welcome,
        &[
            "> PASS sesame",
            "> NICK anna",
            "> REGISTER * * password",
            "< FAIL REGISTER COMPLETE_CONNECTION_REQUIRED * :Come in first: this server asks for a password",
        ],
    );
    let offered = Caps::offered(Accounts::Open);
    let mut registration = Registration::new(offered, (Guests::Welcome, Door::Locked), None);
    let told = registration.hear(&read(b"CAP LS 302"));
    let told: Vec<String> = told.iter().flat_map(|step| shown("anna", step)).collect();
    let told = told.join(" ");
    assert!(
        told.contains("draft/account-registration=custom-account-name "),
        "{told}"
    );
}

proptest! {
    #[test]
    fn nobody_gets_in_without_proof_and_nobody_twice(lines in prop::collection::vec(line(), 0..40)) {
        let mut registration = Registration::new(Caps::offered(Accounts::Open), (Guests::TurnedAway, Door::Open), None);
        let (mut asked, mut proven, mut claims) = (0, false, 0);
        for line in lines {
            let steps = match line.as_str() {
                "right" | "wrong" if asked == 0 => continue,
                "right" => {
                    (asked, proven) = (0, true);
                    registration.proved(UserName::new("bob").unwrap())
                }
                "wrong" => {
                    asked = 0;
                    registration.not_proved("wrong")
                }
                line => registration.hear(&read(line.as_bytes())),
            };
            for step in &steps {
                shown(registration.nick(), step);
                match step {
                    Step::Prove { user, password } => {
                        asked += 1;
                        prop_assert!(!proven && asked == 1);
                        prop_assert!(user.as_str().len() < 33 && *password != Secret::new(""));
                    }
                    Step::Claim { .. } => {
                        claims += 1;
                        prop_assert!(proven && claims == 1);
                    }
                    Step::Visit { .. } => prop_assert!(false, "no guests are welcome"),
                    Step::ProveByCertificate { .. } => prop_assert!(false, "none was shown"),
                    Step::Register { .. } => prop_assert!(false, "nobody asked for one"),
                    Step::Knock { .. } => prop_assert!(false, "the door is open"),
                    Step::Tell { .. } | Step::Quit => {}
                    Step::End => return Ok(()),
                }
            }
        }
    }
}

#[test]
fn who_showed_a_certificate_may_come_in_by_it() {
    let shown = Certificate([0xab; 32]);
    let by = |who: &str| format!("* prove {who} by {shown}");
    talk_showing(
        Guests::TurnedAway,
        Some(shown),
        &[
            "> CAP REQ :sasl",
            "< CAP * ACK :sasl",
            "> AUTHENTICATE external",
            "< AUTHENTICATE +",
            "> AUTHENTICATE +",
            &by("somebody"),
            "! No account is proven by this certificate",
            "< 904 * :No account is proven by this certificate",
            "> AUTHENTICATE EXTERNAL",
            "< AUTHENTICATE +",
            "> AUTHENTICATE Ym9i",
            &by("bob"),
            "! proved bob",
            "< 900 * *!bob@conclave bob :You are now logged in as bob",
            "< 903 * :SASL authentication successful",
        ],
    );
    talk_showing(
        Guests::TurnedAway,
        Some(shown),
        &[
            "> CAP REQ :sasl",
            "< CAP * ACK :sasl",
            "> AUTHENTICATE EXTERNAL",
            "< AUTHENTICATE +",
            "> AUTHENTICATE -",
            "< 904 * :SASL authentication failed",
            "> AUTHENTICATE SCRAM-SHA-256",
            "< 908 * PLAIN,EXTERNAL :are available SASL mechanisms",
            "< 904 * :SASL authentication failed",
        ],
    );
    talk(&[
        "> CAP REQ :sasl",
        "< CAP * ACK :sasl",
        "> AUTHENTICATE EXTERNAL",
        "< 908 * PLAIN :are available SASL mechanisms",
        "< 904 * :SASL authentication failed",
    ]);
}
