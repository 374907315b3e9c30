//! A guest who logs in behind the registration, and what others are told.

use super::events::told;
use super::play::{answered, play_as_guest};
use crate::chat::event::Hearing;
use crate::chat::{Deed, RoomName, UserName};
use crate::testing::session_id;

const PROVE: &str = "* Prove { user: anna, password: Secret(…) }";

#[test]
fn a_guest_logs_in_by_sasl() {
    play_as_guest(
        "sasl account-notify chghost",
        &[
            "> AUTHENTICATE",
            "< 461 anna AUTHENTICATE :Not enough parameters",
            "> AUTHENTICATE EXTERNAL",
            "< 908 anna PLAIN :are available SASL mechanisms",
            "< 904 anna :SASL authentication failed",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            "> AUTHENTICATE *",
            "< 906 anna :SASL authentication aborted",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            "> AUTHENTICATE AGFubmEAcHc=",
            PROVE,
            "! wrong-password",
            "< 904 anna :Wrong account or password",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            "> AUTHENTICATE AGFubmEAcHc=",
            PROVE,
            "! in-use anna",
            "< 904 anna :anna is logged in elsewhere",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            "> AUTHENTICATE AGFubmEAcHc=",
            PROVE,
            "! logged-in lena/anna ~a.1/anna",
            "< 900 anna anna!lena@conclave lena :You are now logged in as lena",
            "< 903 anna :SASL authentication successful",
            "< :anna!~a@conclave CHGHOST lena conclave",
            "< :anna!lena@conclave ACCOUNT lena",
            "> AUTHENTICATE PLAIN",
            "< 907 anna :You have already authenticated using SASL",
        ],
    );
    assert_eq!(
        answered("AUTHENTICATE PLAIN"),
        ["907 anna :You have already authenticated using SASL"]
    );
}

#[test]
fn without_the_capabilities_only_the_numerics_tell() {
    play_as_guest(
        "sasl labeled-response batch",
        &[
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            "> @label=7 AUTHENTICATE AGFubmEAcHc=",
            PROVE,
            "! logged-in-already anna",
            "< @label=7 907 anna :You have already authenticated using SASL",
            "> AUTHENTICATE PLAIN",
            "< AUTHENTICATE +",
            "> AUTHENTICATE AGFubmEAcHc=",
            PROVE,
            "! logged-in anna ~a.1/anna",
            "< 900 anna anna!anna@conclave anna :You are now logged in as anna",
            "< 903 anna :SASL authentication successful",
        ],
    );
    play_as_guest(
        "chghost",
        &[
            "> AUTHENTICATE PLAIN",
            "< 904 anna :Ask for it first: CAP REQ sasl",
        ],
    );
}

#[test]
fn a_guest_makes_an_account_and_is_in_it() {
    play_as_guest(
        "account-notify",
        &[
            "> REGISTER Lena * :a secret word",
            "* MakeAccount { user: Lena, password: Secret(…) }",
            "! name-taken Lena",
            "< FAIL REGISTER ACCOUNT_EXISTS Lena :There is an account Lena already",
            "> REGISTER * * :a secret word",
            "* MakeAccount { user: anna, password: Secret(…) }",
            "! logged-in anna ~a.1/anna",
            "< 900 anna anna!anna@conclave anna :You are now logged in as anna",
            "< REGISTER SUCCESS anna :Your account is made, and you are logged in to it",
            "< :anna!anna@conclave ACCOUNT anna",
            "> REGISTER * * pw",
            "< FAIL REGISTER ALREADY_AUTHENTICATED anna :You are logged in already",
        ],
    );
}

/// <https://ircv3.net/specs/extensions/extended-monitor>.
#[test]
fn others_hear_of_it_who_want_to() {
    let deed = || Deed::Claimed {
        user: UserName::stored("Lena/anna").unwrap(),
        session: session_id(1),
        was: Some(UserName::stored("~a.1/anna").unwrap()),
        rooms: vec![RoomName::lobby()],
    };
    let (host, account) = (
        ":anna!~a@conclave CHGHOST Lena conclave",
        ":anna!Lena@conclave ACCOUNT Lena",
    );
    let tagged = "@account=Lena :anna!Lena@conclave ACCOUNT Lena";
    let cases: [(&str, Hearing, &[&str]); 7] = [
        ("", Hearing::Direct, &[]),
        ("chghost account-notify", Hearing::Direct, &[host, account]),
        ("chghost", Hearing::Direct, &[host]),
        ("account-notify account-tag", Hearing::Direct, &[tagged]),
        ("chghost account-notify", Hearing::Watcher, &[]),
        ("extended-monitor", Hearing::Watcher, &[]),
        (
            "extended-monitor account-notify",
            Hearing::Watcher,
            &[account],
        ),
    ];
    for (caps, hearing, lines) in cases {
        assert_eq!(told(caps, deed(), hearing), lines, "{caps} {hearing:?}");
    }
}
