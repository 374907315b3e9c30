use std::collections::HashSet;

use super::{spelled, written};
use crate::dialect::irc::caps::{CAPS, Cap, Caps, Hold, Mechanisms, Negotiation, Version, listed};
use crate::dialect::irc::reply::Voice;

/// What a server tells that offers three of them.
fn talk(turns: &[(&str, &[&str], Hold)]) -> Negotiation {
    let some = [Cap::CapNotify, Cap::MultiPrefix, Cap::Sasl];
    let offered = some.into_iter().fold(Caps::default(), Caps::with);
    let mut negotiation = Negotiation::new(offered, Mechanisms::Plain);
    for (heard, told, hold) in turns {
        let params: Vec<&str> = heard
            .splitn(2, ' ')
            .filter(|word| !word.is_empty())
            .collect();
        let (replies, held) = negotiation.hear(&params);
        assert_eq!(spelled("*", &replies), *told, "CAP {heard}");
        assert_eq!(held, *hold, "CAP {heard}");
    }
    negotiation
}

#[test]
fn capabilities_are_listed_and_asked_for() {
    let agreed = talk(&[
        (
            "LS",
            &[":irc.example CAP * LS :cap-notify multi-prefix sasl"],
            Hold::Begins,
        ),
        ("LIST", &[":irc.example CAP * LIST :"], Hold::Unchanged),
        (
            "REQ multi-prefix",
            &[":irc.example CAP * ACK :multi-prefix"],
            Hold::Begins,
        ),
        (
            "req sasl multi-prefix",
            &[":irc.example CAP * ACK :sasl multi-prefix"],
            Hold::Begins,
        ),
        (
            "LIST",
            &[":irc.example CAP * LIST :multi-prefix sasl"],
            Hold::Unchanged,
        ),
        (
            "REQ -multi-prefix",
            &[":irc.example CAP * ACK :-multi-prefix"],
            Hold::Begins,
        ),
        ("REQ ", &[":irc.example CAP * ACK :"], Hold::Begins),
        ("END", &[], Hold::Ends),
    ]);
    assert_eq!(agreed.enabled().iter().collect::<Vec<_>>(), [Cap::Sasl]);
}

#[test]
fn a_request_is_granted_as_a_whole_or_not_at_all() {
    let agreed = talk(&[
        (
            "REQ sasl multi-prefix ex3",
            &[":irc.example CAP * NAK :sasl multi-prefix ex3"],
            Hold::Begins,
        ),
        (
            "REQ sasl -ex3",
            &[":irc.example CAP * NAK :sasl -ex3"],
            Hold::Begins,
        ),
        ("REQ SASL", &[":irc.example CAP * NAK :SASL"], Hold::Begins),
        // Known, but not offered here.
        (
            "REQ batch",
            &[":irc.example CAP * NAK :batch"],
            Hold::Begins,
        ),
    ]);
    assert_eq!(agreed.enabled(), Caps::default());
    let long = format!("REQ {}", "sasl ".repeat(90));
    let told = format!(":irc.example CAP * NAK :{}", &"sasl ".repeat(90)[..352]);
    assert_eq!(
        talk(&[(&long, &[&told], Hold::Begins)]).enabled(),
        Caps::default()
    );
}

#[test]
fn values_are_told_to_those_who_understand_them() {
    let agreed = talk(&[
        (
            "LS 302",
            &[":irc.example CAP * LS :cap-notify multi-prefix sasl=PLAIN"],
            Hold::Begins,
        ),
        (
            "LS 307",
            &[":irc.example CAP * LS :cap-notify multi-prefix sasl=PLAIN"],
            Hold::Begins,
        ),
        (
            "LS 301",
            &[":irc.example CAP * LS :cap-notify multi-prefix sasl"],
            Hold::Begins,
        ),
        (
            "LS x",
            &[":irc.example CAP * LS :cap-notify multi-prefix sasl"],
            Hold::Begins,
        ),
        // Who understands 302 is told news, and cannot say no to that.
        (
            "LIST",
            &[":irc.example CAP * LIST :cap-notify"],
            Hold::Unchanged,
        ),
        (
            "REQ cap-notify",
            &[":irc.example CAP * ACK :cap-notify"],
            Hold::Begins,
        ),
        (
            "REQ -cap-notify",
            &[":irc.example CAP * NAK :-cap-notify"],
            Hold::Begins,
        ),
    ]);
    assert!(agreed.enabled().has(Cap::CapNotify));
    talk(&[
        (
            "REQ cap-notify",
            &[":irc.example CAP * ACK :cap-notify"],
            Hold::Begins,
        ),
        (
            "REQ -cap-notify",
            &[":irc.example CAP * ACK :-cap-notify"],
            Hold::Begins,
        ),
    ]);
}

#[test]
fn other_subcommands_are_refused() {
    talk(&[
        (
            "FOO",
            &[":irc.example 410 * FOO :Only LS, LIST, REQ and END are for you"],
            Hold::Unchanged,
        ),
        (
            "ACK x",
            &[":irc.example 410 * ACK :Only LS, LIST, REQ and END are for you"],
            Hold::Unchanged,
        ),
        (
            "",
            &[":irc.example 461 * CAP :A subcommand is needed: LS, LIST, REQ or END"],
            Hold::Unchanged,
        ),
    ]);
}

#[test]
fn a_long_list_takes_several_lines_from_302_on() {
    let names = |letter: &str| (0..5).map(move |_| letter.repeat(100)).collect::<Vec<_>>();
    let replies = listed("LS", Version::V302, names("x").into_iter());
    let three = names("x")[..3].join(" ");
    let two = names("x")[..2].join(" ");
    assert_eq!(
        spelled("*", &replies),
        [
            format!(":irc.example CAP * LS * :{three}"),
            format!(":irc.example CAP * LS :{two}"),
        ]
    );
    assert_eq!(
        listed("LS", Version::First, names("x").into_iter()).len(),
        1
    );
}

#[test]
fn all_names_fit_into_the_one_line_of_an_old_client() {
    let all = CAPS.iter().copied().fold(Caps::default(), Caps::with);
    let (replies, _) = Negotiation::new(all, Mechanisms::Plain).hear(&["LS"]);
    let voice = Voice {
        server: &"s".repeat(64),
        nick: &"n".repeat(32),
        tags: &[],
    };
    let lines = written(|out| replies[0].spell(voice, out));
    assert!(lines[0].ends_with(" userhost-in-names"), "{lines:?}");
    assert_eq!(lines[0].split(' ').count(), 4 + CAPS.len());
}

#[test]
fn no_two_capabilities_have_one_name_or_one_place() {
    let names: HashSet<&str> = CAPS.iter().map(|cap| cap.name()).collect();
    assert_eq!(names.len(), CAPS.len());
    for cap in CAPS {
        let alone = Caps::default().with(*cap);
        assert_eq!(alone.iter().collect::<Vec<_>>(), [*cap]);
        assert_eq!(alone.without(*cap), Caps::default());
    }
}

#[test]
fn the_mechanisms_of_sasl_are_those_of_the_connection() {
    let sasl = Caps::default().with(Cap::Sasl);
    for (mechanisms, told) in [
        (Mechanisms::Plain, "sasl=PLAIN"),
        (Mechanisms::PlainAndExternal, "sasl=PLAIN,EXTERNAL"),
    ] {
        let (replies, _) = Negotiation::new(sasl, mechanisms).hear(&["LS", "302"]);
        let lines = super::spelled("*", &replies);
        assert_eq!(lines, [format!(":irc.example CAP * LS :{told}")]);
    }
}
