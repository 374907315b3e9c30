use std::collections::HashSet;

use crate::chat::Nick;
use crate::chat::limits::{ROOM_NAME_BYTES, USER_NAME_BYTES};
use crate::dialect::irc::isupport::{self, TOKENS, TOKENS_PER_LINE};
use crate::dialect::irc::numerics::NUMERICS;

#[test]
fn no_two_numerics_have_one_code_or_one_name() {
    let codes: HashSet<u16> = NUMERICS.iter().map(|numeric| numeric.code()).collect();
    let names: HashSet<&str> = NUMERICS.iter().map(|numeric| numeric.name()).collect();
    assert_eq!((codes.len(), names.len()), (NUMERICS.len(), NUMERICS.len()));
    assert!(codes.iter().all(|code| (1..1000).contains(code)));
    assert!(NUMERICS.is_sorted_by_key(|numeric| numeric.code()));
}

#[test]
fn a_numeric_leads_to_its_own_section() {
    for numeric in NUMERICS {
        let (_, page) = numeric.specification().split_once("://").unwrap();
        let name = numeric.name().replace('_', "").to_lowercase();
        let anchor = format!("modern.ircdocs.horse/#{name}-{:03}", numeric.code());
        let is_extension = page.starts_with("ircv3.net/specs/extensions/");
        let is_older = page.starts_with("www.rfc-editor.org/rfc/rfc2812#section-");
        let leads = is_extension || is_older || page == anchor;
        assert!(leads, "{numeric:?}: {page}");
    }
}

#[test]
fn a_token_leads_to_its_own_section() {
    for token in TOKENS {
        let (_, page) = token.specification.split_once("://").unwrap();
        let anchor = format!(
            "modern.ircdocs.horse/#{}-parameter",
            token.name.to_lowercase()
        );
        let is_extension = page.starts_with("ircv3.net/specs/extensions/");
        assert!(is_extension || page == anchor, "{token:?}");
    }
}

#[test]
fn what_the_server_is_like_fits_into_lines() {
    let lines = isupport::lines("Our = \\Net");
    assert_eq!(lines.concat().len(), TOKENS.len());
    for line in &lines {
        assert!(line.len() <= TOKENS_PER_LINE);
        // The rest is a server's name, a nick of 32 bytes, and a text.
        assert!(line.join(" ").len() < 300, "{line:?}");
    }
    let all = lines.concat();
    for token in [
        r"NETWORK=Our\x20\x3D\x20\x5CNet",
        "CASEMAPPING=ascii",
        "CHANTYPES=#",
        "CHANMODES=beI,k,l,imnst",
        "PREFIX=(ov)@+",
        "MODES=20",
        "MAXLIST=b:100,e:100,I:100",
        &format!("CHANNELLEN={}", ROOM_NAME_BYTES + 1),
        &format!("NICKLEN={USER_NAME_BYTES}"),
        "CHATHISTORY=100",
        "MSGREFTYPES=msgid,timestamp",
        "UTF8ONLY",
        "WHOX",
    ] {
        assert!(all.iter().any(|told| told == token), "{token}: {all:?}");
    }
    let targets = all
        .iter()
        .find(|told| told.starts_with("TARGMAX="))
        .unwrap();
    for command in ["PRIVMSG", "NOTICE", "KICK"] {
        let bound = format!(",{command}:{}", isupport::TARGETS);
        assert!(targets.contains(&bound), "{targets}");
    }
    let names: HashSet<&str> = TOKENS.iter().map(|token| token.name).collect();
    assert_eq!(names.len(), TOKENS.len());
}

#[test]
fn nicks_are_checked() {
    let long = "n".repeat(USER_NAME_BYTES);
    for good in [
        "a", "0x", "[Bob]", "{}", "^_^", "|-|", "`x`", "a.b-c", &long,
    ] {
        assert!(Nick::new(good).is_ok(), "{good}");
    }
    let longer = "n".repeat(USER_NAME_BYTES + 1);
    for bad in [
        "", "-a", ".a", "#a", ":a", "a b", "a!b", "a@b", "a*", "a,b", "a\\b", "a/b", "~a", "pm",
        "Server", "\u{e9}", &longer,
    ] {
        assert!(Nick::new(bad).is_err(), "{bad}");
    }
    assert_eq!(Nick::new("[Bob]").unwrap(), Nick::new("[boB]").unwrap());
    // Unlike in the oldest specification, these are different letters.
    assert_ne!(Nick::new("[]").unwrap(), Nick::new("{}").unwrap());
}
