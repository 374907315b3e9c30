use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use crate::chat::{Secret, UserName};
use crate::dialect::irc::sasl::{CHUNK_BYTES, Exchange, RESPONSE_BYTES, Turn};

fn credentials(user: &str, password: impl Into<Vec<u8>>) -> Turn {
    Turn::Credentials {
        user: UserName::new(user).unwrap(),
        password: Secret::new(password),
    }
}

/// The last turn of an exchange in which a response is sent as a client does.
fn respond(response: &[u8]) -> Turn {
    let encoded = STANDARD.encode(response);
    let mut exchange = Exchange::default();
    assert_eq!(exchange.hear("plain"), Turn::GoOn);
    for chunk in encoded.as_bytes().chunks(CHUNK_BYTES) {
        match exchange.hear(str::from_utf8(chunk).unwrap()) {
            Turn::More => assert!(exchange.is_under_way()),
            turn => return turn,
        }
    }
    exchange.hear("+")
}

#[test]
fn plain_is_understood() {
    let mut exchange = Exchange::default();
    assert_eq!(exchange.hear("PLAIN"), Turn::GoOn);
    let turn = exchange.hear("amlsbGVzAGppbGxlcwBzZXNhbWU=");
    assert_eq!(turn, credentials("jilles", "sesame"));
    assert!(!exchange.is_under_way());
    for (response, turn) in [
        (&b"\0bob\0pw"[..], credentials("bob", "pw")),
        (b"Bob\0bob\0pw", credentials("bob", "pw")),
        (b"\0bob\0\xff", credentials("bob", b"\xff")),
        (b"carol\0bob\0pw", Turn::Failed),
        (b"-\0bob\0pw", Turn::Failed),
        (b"\0\0pw", Turn::Failed),
        (b"\0-bob\0pw", Turn::Failed),
        (b"\0bob\0", Turn::Failed),
        (b"\0bob", Turn::Failed),
        (b"\0bob\0p\0w", Turn::Failed),
        (b"", Turn::Failed),
        (b"\0b\xff\0pw", Turn::Failed),
    ] {
        assert_eq!(respond(response), turn, "{}", response.escape_ascii());
    }
}

#[test]
fn a_response_of_whole_chunks_ends_with_a_plus() {
    for bytes in [CHUNK_BYTES, 2 * CHUNK_BYTES, RESPONSE_BYTES] {
        let password = vec![b'x'; bytes / 4 * 3 - "\0bob\0".len()];
        let response = [b"\0bob\0", &password[..]].concat();
        assert_eq!(STANDARD.encode(&response).len(), bytes);
        assert_eq!(respond(&response), credentials("bob", password));
    }
}

#[test]
fn a_response_is_bounded() {
    assert_eq!(
        respond(&vec![b'x'; RESPONSE_BYTES / 4 * 3 + 1]),
        Turn::Failed
    );
    let mut exchange = Exchange::default();
    exchange.hear("PLAIN");
    assert_eq!(exchange.hear(&"x".repeat(CHUNK_BYTES + 1)), Turn::TooLong);
    assert!(!exchange.is_under_way());
}

#[test]
fn an_exchange_can_fail_and_begin_again() {
    let mut exchange = Exchange::default();
    for (word, turn) in [
        ("SCRAM-SHA-256", Turn::UnknownMechanism),
        ("external", Turn::GoOn),
        ("+", Turn::Shown { user: None }),
        ("EXTERNAL", Turn::GoOn),
        ("-", Turn::Failed),
        ("EXTERNAL", Turn::GoOn),
        ("*", Turn::Aborted),
        ("PLAIN", Turn::GoOn),
        ("*", Turn::Aborted),
        ("PLAIN", Turn::GoOn),
        ("no base64!", Turn::Failed),
        ("PLAIN", Turn::GoOn),
        ("AGJvYgBwdw==", credentials("bob", "pw")),
    ] {
        assert_eq!(exchange.hear(word), turn, "{word}");
    }
}

#[test]
fn nothing_of_a_password_is_shown() {
    let mut exchange = Exchange::default();
    exchange.hear("PLAIN");
    exchange.hear(&"Q".repeat(CHUNK_BYTES));
    assert!(!format!("{exchange:?}").contains('Q'), "{exchange:?}");
    assert!(!format!("{:?}", credentials("bob", "sesame")).contains("sesame"));
}

proptest! {
    #[test]
    fn every_password_arrives_whole(password in prop::collection::vec(1u8.., 1..1100)) {
        let response = [b"\0bob\0", &password[..]].concat();
        prop_assert_eq!(respond(&response), credentials("bob", password));
    }

    #[test]
    fn no_words_panic(words in prop::collection::vec("(PLAIN|[+*]|[A-Za-z0-9+/=]{0,450}|\\PC{0,9})", 0..9)) {
        let mut exchange = Exchange::default();
        for word in words {
            exchange.hear(&word);
        }
    }
}
