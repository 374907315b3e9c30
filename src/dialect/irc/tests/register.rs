//! `REGISTER` and `VERIFY`: who wants an account, before being in and behind that.

use super::play::{answered, play};
use super::registration::{played, talk_where};
use crate::chat::Refusal;
use crate::dialect::irc::caps::{Cap, Caps};
use crate::dialect::irc::registration::Registration;
use crate::dialect::irc::{Accounts, Door, Guests};

#[test]
fn who_makes_an_account_on_the_way_in_is_logged_in_to_it() {
    talk_where(
        Guests::TurnedAway,
        &[
            "> CAP REQ draft/account-registration",
            "< CAP * ACK :draft/account-registration",
            "> NICK anna",
            "> REGISTER * * :a secret word",
            "* make anna a secret word",
            "! proved anna",
            "< 900 anna anna!anna@conclave anna :You are now logged in as anna",
            "< REGISTER SUCCESS anna :Your account is made, and you are logged in to it",
            "> REGISTER other * pw",
            "< FAIL REGISTER ALREADY_AUTHENTICATED anna :You are logged in already",
            "> VERIFY anna 1",
            "< FAIL VERIFY ALREADY_AUTHENTICATED anna :You are logged in already",
            "> AUTHENTICATE PLAIN",
            "< 907 anna :You have already authenticated using SASL",
            "> USER a 0 * a",
            "> CAP END",
            "* claim as anna",
        ],
    );
}

#[test]
fn an_account_that_is_not_made_stands_in_nobodys_way() {
    talk_where(
        Guests::Welcome,
        &[
            "> NICK anna",
            "> REGISTER Lena * pw",
            "* make Lena pw",
            // It is still being made.
            "> REGISTER Zoe * pw",
            "< FAIL REGISTER TEMPORARILY_UNAVAILABLE Zoe :Wait for the answer before",
            "> USER a 0 * a",
            "! not made",
            "* visit as anna, a",
            "> REGISTER Lena * pw",
            "< FAIL REGISTER TEMPORARILY_UNAVAILABLE Lena :Wait for the answer before",
        ],
    );
}

#[test]
fn what_no_account_can_come_of_is_answered_at_once() {
    let bad =
        "An account is called by 1 to 32 of A-Z a-z 0-9 _ - . and the first is a letter or digit";
    talk_where(
        Guests::Welcome,
        &[
            "> REGISTER * * pw",
            "< FAIL REGISTER NEED_NICK * :Say NICK first",
            "> REGISTER anna * pw",
            "< FAIL REGISTER NEED_NICK * :Say NICK first",
            "> NICK [anna]",
            "> REGISTER * * pw",
            &format!("< FAIL REGISTER BAD_ACCOUNT_NAME * :{bad}"),
            "> REGISTER [x] * pw",
            &format!("< FAIL REGISTER BAD_ACCOUNT_NAME [x] :{bad}"),
            "> REGISTER pm * pw",
            &format!("< FAIL REGISTER BAD_ACCOUNT_NAME pm :{bad}"),
            "> REGISTER anna anna@example.org pw",
            "< FAIL REGISTER INVALID_EMAIL anna :No emails are sent from here: say * in its place",
            "> REGISTER anna *",
            "< FAIL REGISTER NEED_MORE_PARAMS :<account, or * for your nick> * :<password>, to make \
             an account",
            "> VERIFY anna 123",
            "< FAIL VERIFY INVALID_CODE anna :Accounts are good at once: nothing has to be verified",
            "> VERIFY anna",
            "< FAIL VERIFY NEED_MORE_PARAMS :<account> <code>",
        ],
    );
}

#[test]
fn what_is_true_of_it_is_told_with_the_capability() {
    assert_eq!(
        (
            Cap::AccountRegistration.name(),
            Cap::AccountRegistration.value()
        ),
        (
            "draft/account-registration",
            "before-connect,custom-account-name"
        )
    );
    assert!(Caps::offered(Accounts::Open).has(Cap::AccountRegistration));
}

#[test]
fn where_the_operator_makes_them_nobody_else_does() {
    let offered = Caps::offered(Accounts::Closed);
    assert!(!offered.has(Cap::AccountRegistration));
    played(
        Registration::new(offered, (Guests::Welcome, Door::Open), None),
        &[
            "> NICK anna",
            "> CAP REQ draft/account-registration",
            "< CAP anna NAK :draft/account-registration",
            "> REGISTER * * pw",
            "< FAIL REGISTER DISALLOWED * :Accounts are made by the operator alone",
        ],
    );
}

#[test]
fn who_has_an_account_makes_no_other_one() {
    let no = ["FAIL REGISTER ALREADY_AUTHENTICATED anna :You are logged in already"];
    assert_eq!(answered("REGISTER lena * pw"), no);
    play(
        "labeled-response batch",
        &[
            "> @label=7 VERIFY anna 1",
            "< @label=7 FAIL VERIFY ALREADY_AUTHENTICATED anna :You are logged in already",
        ],
    );
}

#[test]
fn every_no_has_a_code() {
    let short = Refusal::PasswordLength { least: 8, most: 72 };
    let taken = || Refusal::NameTaken {
        user: crate::testing::user("lena"),
    };
    for (refusal, bytes, code) in [
        (taken(), 9, "ACCOUNT_EXISTS"),
        (short.clone(), 2, "WEAK_PASSWORD"),
        (short, 80, "UNACCEPTABLE_PASSWORD"),
        (Refusal::RegistrationClosed, 9, "DISALLOWED"),
        (Refusal::Busy, 9, "TEMPORARILY_UNAVAILABLE"),
        (Refusal::NotDelivered, 9, "TEMPORARILY_UNAVAILABLE"),
        (Refusal::NotConfirmed, 9, "NOT_CONFIRMED"),
    ] {
        let mut talk = super::play::stranger("lena", bytes);
        let told = super::written(|out| talk.tell_refusal(&refusal, out));
        let start = format!(":irc.example FAIL REGISTER {code} lena :");
        assert!(told[0].starts_with(&start), "{told:?}");
    }
}
