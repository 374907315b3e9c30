//! A guest who logs in without leaving.

use super::*;
use crate::messages::Role;

const CLAIM: &str = "claim robert for ~b.1: Settled(Replace)";

fn robert() -> UserName {
    UserName::stored("robert/Bob").unwrap()
}

fn is_robert() -> Outcome {
    Outcome::Claimed {
        claim: Claim {
            user: robert(),
            fence: at("7-9"),
        },
        rooms: vec![RoomName::lobby(), room("den")],
    }
}

fn proves() -> Command {
    Command::Prove {
        user: user("robert"),
        password: Secret::new("pw"),
    }
}

impl Talk {
    /// Bob, who has no account.
    fn guest() -> Self {
        let mut talk = Self::present();
        talk.phase.state = State::Arriving(Known::Nobody);
        talk.phase.visits(&nick("Bob"), &Ident::of("b"));
        talk.answered(claimed("~b.1/Bob"));
        talk
    }
}

#[test]
fn a_guest_is_an_account_where_it_is() {
    let mut talk = Talk::guest();
    talk.hears(proves()).does(&["prove robert"]);
    assert!(!talk.phase.is_ready() && !talk.phase.is_settled());
    talk.proved(Ok(user("robert"))).does(&[CLAIM]);
    assert!(!talk.phase.is_ready());
    talk.answered(is_robert())
        .does(&["~b.1 is robert/Bob from here on"]);
    assert!(talk.phase.is_ready());
    let claim = talk.phase.claim().unwrap();
    assert_eq!((claim.user.id(), claim.fence), ("robert", at("7-9")));
    // What was told to the guest was told.
    assert_eq!(talk.phase.began(), Some(at("7-0")));
    // And it stays that one.
    talk.hears(proves()).does(&["! You are logged in as Bob"]);
    talk.says("/subscribers").does(&["ask People(Followers)"]);
}

#[test]
fn who_does_not_get_in_stays_a_guest() {
    let mut talk = Talk::guest();
    talk.hears(proves()).does(&["prove robert"]);
    talk.proved(Err(Refusal::Busy)).does(&["! Busy, try again"]);
    talk.hears(proves()).does(&["prove robert"]);
    talk.proved(Ok(user("robert"))).does(&[CLAIM]);
    talk.answered(Outcome::Refused(Refusal::NotDelivered))
        .does(&[NOT_DELIVERED]);
    assert_eq!(talk.phase.claim().unwrap().user.id(), "~b.1");
    talk.says("hello");
    assert!(talk.phase.is_ready());
}

#[test]
fn the_third_wrong_password_is_the_last_one_here_too() {
    let mut talk = Talk::guest();
    let wrong = "! Wrong username or password";
    for told in [wrong, wrong, "end too_many_failures"] {
        talk.hears(proves()).does(&["prove robert"]);
        talk.proved(Err(Refusal::WrongPassword)).does(&[told]);
    }
}

#[test]
fn who_has_the_account_is_asked_whether_it_is_alive() {
    let mut talk = Talk::guest();
    talk.hears(proves());
    talk.proved(Ok(user("robert"))).does(&[CLAIM]);
    talk.answered(Outcome::Duplicate).does(&["probe robert"]);
    for _ in 1..LOOKS {
        talk.phase_does(Phase::looks_again).does(&[CLAIM]);
        talk.answered(Outcome::Duplicate).does(&["probe robert"]);
    }
    talk.phase_does(Phase::looks_again)
        .does(&["claim robert for ~b.1: Insisted"]);
    talk.answered(is_robert())
        .does(&["~b.1 is robert/Bob from here on"]);

    let mut talk = Talk::guest();
    talk.hears(proves());
    talk.proved(Ok(user("robert")));
    talk.answered(Outcome::Duplicate).does(&["probe robert"]);
    talk.phase_does(Phase::holder_alive)
        .does(&["! robert is logged in elsewhere"]);
    assert!(talk.phase.is_ready());
    talk.phase_does(Phase::looks_again).does(&[]);
}

#[test]
fn what_is_not_known_ends_the_session() {
    let mut talk = Talk::guest();
    talk.hears(proves());
    talk.proved(Ok(user("robert")));
    talk.answered(Outcome::Refused(Refusal::NotConfirmed))
        .does(&[NOT_CONFIRMED, "end unconfirmed"]);
}

#[test]
fn a_guest_in_question_claims_again_first() {
    let mut talk = Talk::guest();
    talk.hears(proves());
    talk.suspended().does(&[]);
    talk.proved(Ok(user("robert")))
        .does(&[NOT_DELIVERED, "claim Bob again in lobby"]);
    // One that becomes an account meanwhile claims that again.
    let mut talk = Talk::guest();
    talk.hears(proves());
    talk.proved(Ok(user("robert"))).does(&[CLAIM]);
    talk.suspended().does(&[]);
    talk.answered(is_robert()).does(&[
        "~b.1 is robert/Bob from here on",
        "claim Bob again in lobby, den",
    ]);
}

#[test]
fn who_makes_an_account_is_in_it() {
    let mut talk = Talk::guest();
    let make = Command::MakeAccount {
        user: user("bob"),
        password: Secret::new("pw"),
    };
    talk.hears(make).does(&["register bob"]);
    talk.proved(Ok(user("bob")))
        .does(&["claim bob for ~b.1: Settled(Replace)"]);
}

#[test]
fn who_shows_the_password_of_the_node_is_who_was_proven_before() {
    let mut phase = Phase::new(DuplicateLogin::Reject, DoorRules::LINE, session_id(7));
    let knock = || {
        Heard::Command(Command::Knock {
            nick: Nick::new("al").unwrap(),
            password: Secret::new("sesame"),
        })
    };
    let claim = || {
        Heard::Command(Command::Claim {
            nick: Nick::new("al").unwrap(),
        })
    };
    let (user, password) = (user("alice"), Secret::new("secret"));
    phase.hear(Heard::Command(Command::Prove {
        user: user.clone(),
        password,
    }));
    phase.proved(Ok(user));
    assert!(matches!(
        phase.hear(knock())[..],
        [Step::Prove {
            of: Role::Visitor,
            ..
        }]
    ));
    assert!(!phase.is_ready());
    assert!(matches!(
        phase.proved(Ok(robert()))[..],
        [Step::Answer(Answer::LetIn)]
    ));
    assert!(matches!(phase.hear(claim())[..], [Step::Claim { .. }]));
    let mut phase = Phase::new(DuplicateLogin::Reject, DoorRules::LINE, session_id(7));
    for _ in 0..2 {
        phase.hear(knock());
        let told = phase.proved(Err(Refusal::WrongPassword));
        assert!(matches!(
            told[..],
            [Step::RefuseLogin(Refusal::WrongPassword)]
        ));
    }
    phase.hear(knock());
    let told = phase.proved(Err(Refusal::WrongPassword));
    assert!(matches!(told[..], [Step::End(Ending::TooManyFailures)]));
}
