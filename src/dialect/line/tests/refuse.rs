use std::time::Duration;

use super::told;
use crate::chat::name::NameError;
use crate::chat::refusal::Throttled;
use crate::chat::{Ending, Fate, Nick, Refusal};
use crate::dialect::{Malformed, Prompt};
use crate::testing::{at, room, user};

fn nick(word: &str) -> Nick {
    Nick::new(word).unwrap()
}

#[test]
fn refusals_of_logins() {
    let slow = |what, wait| Refusal::SlowDown { what, wait };
    check_refusals(&[
        (Refusal::WrongPassword, "! Wrong username or password\n"),
        (
            Refusal::WrongToken,
            "! That token is not good any more: log in with your password\n",
        ),
        (
            Refusal::NameTaken {
                user: user("alice"),
            },
            "! That name is taken: alice\n",
        ),
        (Refusal::RegistrationClosed, "! Registration is closed\n"),
        (
            slow(Throttled::Failures, Duration::from_millis(7001)),
            "! Slow down: too many failed logins, try again in 8 s\n",
        ),
        (
            slow(Throttled::Registrations, Duration::from_secs(60)),
            "! Slow down: too many new accounts, try again in 60 s\n",
        ),
        (Refusal::Busy, "! Busy, try again\n"),
        (
            Refusal::PasswordLength {
                least: 8,
                most: 1024,
            },
            "! A password has 8 to 1024 bytes\n",
        ),
        (Refusal::PasswordsDiffer, "! The two new passwords differ\n"),
        (
            Refusal::PasswordFixed,
            "! Your password stands in the node's settings: its operator changes it\n",
        ),
        (
            Refusal::LoginFirst,
            "! Log in first: /login <user> <password> or /register <user> <password>\n",
        ),
        (
            Refusal::LoggedInAlready {
                user: user("alice"),
            },
            "! You are logged in as alice\n",
        ),
    ]);
}

#[test]
fn refusals_of_nicks_and_to_guests() {
    check_refusals(&[
        (
            Refusal::NickInUse { nick: nick("[b]") },
            "! Somebody else is [b]\n",
        ),
        (
            Refusal::NickRegistered { nick: nick("bob") },
            "! bob is registered\n",
        ),
        (Refusal::OnlyForAccounts, "! Only for accounts\n"),
        (
            Refusal::UnknownCertificate,
            "! Not a certificate of that account\n",
        ),
        (
            Refusal::CertificateTaken,
            "! That is another account's certificate\n",
        ),
        (
            Refusal::TooManyCertificates { most: 16 },
            "! Your account has 16 certificates already\n",
        ),
    ]);
}

#[test]
fn refusals_of_requests() {
    let (x, den) = (|| user("x"), || room("den"));
    let not_a_name = |word: &str, why| Refusal::NotAName {
        word: word.to_owned(),
        why,
    };
    check_refusals(&[
        (
            not_a_name("#x\u{1b}[0m", NameError::Character),
            "! Not a name: #x (A-Z a-z 0-9 _ - . only, the first a letter or digit)\n",
        ),
        (
            not_a_name("pm", NameError::Reserved),
            "! Not a name: pm (that word belongs to the server)\n",
        ),
        (
            not_a_name(&"y".repeat(65), NameError::Length { most: 64 }),
            &format!("! Not a name: {}… (1 to 64 characters)\n", "y".repeat(64)),
        ),
        (Refusal::NoSuchUser { user: x() }, "! No such user: x\n"),
        (Refusal::NoSuchRoom { room: den() }, "! No such room: den\n"),
        (Refusal::WrongKey { room: den() }, "! Wrong key for den\n"),
        (
            Refusal::KeyTooLong { most: 128 },
            "! A key has at most 128 bytes\n",
        ),
        (
            Refusal::AlreadyIn { room: den() },
            "! You are in den already\n",
        ),
        (Refusal::NotIn { room: den() }, "! You are not in den\n"),
        (
            Refusal::TooManyRooms { most: 9 },
            "! There are 9 rooms already, which is the bound of this node\n",
        ),
        (
            Refusal::InEnoughRooms { most: 100 },
            "! You are in 100 rooms already, which is the bound\n",
        ),
        (
            Refusal::TooManySubscriptions { most: 1000 },
            "! You subscribe to 1000 users already, which is the bound\n",
        ),
        (Refusal::ToYourself, "! That is yourself\n"),
        (Refusal::NothingToSay, "! Nothing to say\n"),
        (
            Refusal::NotDelivered,
            "! Not delivered: the cluster store is unreachable, try again\n",
        ),
        (
            Refusal::NotConfirmed,
            "! Not confirmed: the cluster store went away; it may have been delivered\n",
        ),
    ]);
}

#[test]
fn who_was_in_doubt_is_told_what_became_of_it() {
    let position = at("1763850000-1041");
    for (fate, line) in [
        (
            Fate::Delivered { position },
            "* delivered 1763850000-1041\n",
        ),
        (Fate::NotDelivered, "! Not delivered after all\n"),
        (
            Fate::Unknown,
            "! Never confirmed: the log no longer goes back so far; it may have been delivered\n",
        ),
    ] {
        assert_eq!(told(|talk, out| talk.tell_fate(fate, out)), line);
    }
}

#[test]
fn who_breaks_the_dialect_is_told_how() {
    for (malformed, line) in [
        (
            Malformed::LineTooLong { most: 4096 },
            "! Line too long (4096 bytes at most)\n",
        ),
        (Malformed::NotUtf8, "! Not UTF-8\n"),
        (
            Malformed::UnknownCommand {
                word: "foo".to_owned(),
            },
            "! Unknown command /foo. /help lists the commands.\n",
        ),
        (
            Malformed::Usage {
                usage: "/msg <user> <text>",
            },
            "! Usage: /msg <user> <text>\n",
        ),
    ] {
        assert_eq!(told(|talk, out| talk.tell_malformed(&malformed, out)), line);
    }
}

#[test]
fn whoever_comes_is_greeted_and_asked() {
    let greeting = told(|talk, out| talk.greet("node-1", out));
    assert!(
        greeting.lines().all(|line| line.starts_with("* ")),
        "{greeting}"
    );
    assert!(greeting.contains("node-1"), "{greeting}");
    assert!(greeting.ends_with("* Username:\n"), "{greeting}");
    for (prompt, line) in [
        (Prompt::Username, "* Username:\n"),
        (Prompt::Password, "* Password:\n"),
        (Prompt::OldPassword, "* Old password:\n"),
        (Prompt::NewPassword, "* New password:\n"),
        (Prompt::NewPasswordAgain, "* New password again:\n"),
    ] {
        assert_eq!(told(|talk, out| talk.tell_prompt(prompt, out)), line);
    }
}

#[test]
fn whoever_goes_is_told_why() {
    let within = Duration::from_secs(30);
    let come_back_in = Duration::from_millis(4001);
    for (ending, line, label) in [
        (Ending::Quit, "* Goodbye.\n", "quit"),
        (Ending::Gone, "", "gone"),
        (Ending::Duplicate, "! User already logged in\n", "duplicate"),
        (Ending::Replaced, "! Logged in elsewhere\n", "replaced"),
        (Ending::Killed, "! An operator put you out\n", "killed"),
        (
            Ending::MessagesLost,
            "! Messages were lost: log in again\n",
            "messages_lost",
        ),
        (
            Ending::Unconfirmed,
            "! What became of that is not known: log in again\n",
            "unconfirmed",
        ),
        (
            Ending::TooManyFailures,
            "! Too many failures\n",
            "too_many_failures",
        ),
        (
            Ending::NoLogin { within },
            "! No login within 30 s\n",
            "no_login",
        ),
        (
            Ending::FramingLost { most: 65_536 },
            "! Line too long (65536 bytes without an end)\n",
            "framing_lost",
        ),
        (
            Ending::TooSlow,
            "! Too slow: you read less than was said\n",
            "too_slow",
        ),
        (
            Ending::GoingDown { come_back_in },
            "! The node is going down. Come back in 5 s.\n",
            "going_down",
        ),
        (
            Ending::Broken,
            "! The node failed. Try again in a moment.\n",
            "broken",
        ),
    ] {
        assert_eq!(told(|talk, out| talk.tell_ending(ending, out)), line);
        assert_eq!(ending.label(), label);
    }
}

fn check_refusals(table: &[(Refusal, &str)]) {
    for (refusal, line) in table {
        assert_eq!(told(|talk, out| talk.tell_refusal(refusal, out)), *line);
    }
}
