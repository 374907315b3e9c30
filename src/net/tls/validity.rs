//! Until when a certificate is valid: the one thing that the log wants of it and the TLS library
//! does not tell.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `notAfter` of a certificate in DER (RFC 5280, 4.1); `None` when it has another shape.
pub(super) fn not_after(certificate: &[u8]) -> Option<OffsetDateTime> {
    let (inside, _) = expect(SEQUENCE, certificate)?;
    let (to_be_signed, _) = expect(SEQUENCE, inside)?;
    let behind_version = match element(to_be_signed)? {
        (VERSION, _, rest) => rest,
        _ => to_be_signed,
    };
    let (_, _, behind_serial) = element(behind_version)?;
    let (_, _, behind_algorithm) = element(behind_serial)?;
    let (_, _, behind_issuer) = element(behind_algorithm)?;
    let (validity, _) = expect(SEQUENCE, behind_issuer)?;
    let (_, _, behind_not_before) = element(validity)?;
    match element(behind_not_before)? {
        (UTC_TIME, text, _) => utc_time(text),
        (GENERALIZED_TIME, text, _) => generalized_time(text),
        _ => None,
    }
}

fn expect(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(der)?;
    (found == tag).then_some((content, rest))
}

/// Tag, content and what comes behind.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, der) = der.split_first()?;
    let (&first, der) = der.split_first()?;
    let (length, der) = match first {
        0..=0x7f => (usize::from(first), der),
        0x81..=0x83 => {
            let (bytes, der) = der.split_at_checked(usize::from(first & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
            (length, der)
        }
        _ => return None,
    };
    let (content, rest) = der.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDHHMMSSZ`, the years from 1950 to 2049.
fn utc_time(text: &[u8]) -> Option<OffsetDateTime> {
    let year = digits(text.get(..2)?)?;
    let century = if year < 50 { 2000 } else { 1900 };
    moment(century + year, text.get(2..)?)
}

/// `YYYYMMDDHHMMSSZ`.
fn generalized_time(text: &[u8]) -> Option<OffsetDateTime> {
    moment(digits(text.get(..4)?)?, text.get(4..)?)
}

fn moment(year: u16, rest: &[u8]) -> Option<OffsetDateTime> {
    if rest.len() != 11 || rest[10] != b'Z' {
        return None;
    }
    let part = |index: usize| {
        let two = digits(&rest[index * 2..index * 2 + 2])?;
        u8::try_from(two).ok()
    };
    let month = Month::try_from(part(0)?).ok()?;
    let date = Date::from_calendar_date(year.into(), month, part(1)?).ok()?;
    let time = Time::from_hms(part(2)?, part(3)?, part(4)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}

fn digits(text: &[u8]) -> Option<u16> {
    let is_number = text.iter().all(u8::is_ascii_digit);
    is_number.then(|| {
        text.iter()
            .fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(moment: Option<OffsetDateTime>) -> Option<String> {
        moment.map(|moment| moment.to_string())
    }

    #[test]
    fn both_spellings_of_a_moment_are_read() {
        let summer = Some("2036-07-01 12:30:05.0 +00:00:00".to_owned());
        assert_eq!(shown(utc_time(b"360701123005Z")), summer);
        assert_eq!(shown(generalized_time(b"20360701123005Z")), summer);
        assert_eq!(utc_time(b"500101000000Z").unwrap().year(), 1950);
        assert_eq!(generalized_time(b"99991231235959Z").unwrap().year(), 9999);
    }

    #[test]
    fn other_spellings_are_not() {
        for bad in [
            "",
            "3607011230Z",
            "360701123005",
            "361301123005Z",
            "36070112300xZ",
            "360230123005Z",
        ] {
            assert_eq!(utc_time(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn it_is_found_in_what_the_generator_makes() {
        for year in [2049, 2050, 3000] {
            let key = rcgen::KeyPair::generate().unwrap();
            let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 12, 31);
            let certificate = params.self_signed(&key).unwrap();
            assert_eq!(not_after(certificate.der()), Some(params.not_after));
            for end in 0..certificate.der().len() {
                let _ = not_after(&certificate.der()[..end]);
            }
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(der in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = not_after(&der);
            let _ = utc_time(&der);
        }
    }
}
