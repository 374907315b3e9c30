//! The certificate of a client, by which an account may be proven.

use std::fmt;
use std::str::FromStr;

/// Bytes of a SHA-256.
const BYTES: usize = 32;

/// A client's certificate, known by the SHA-256 of its DER; shown in lower case, as clients and
/// `openssl x509 -fingerprint -sha256` tell it, but for the colons.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Certificate(pub [u8; BYTES]);

/// The text is no fingerprint of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 64 hexadecimal digits, perhaps with colons between each two")]
pub struct NoCertificate;

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Certificate {
    type Err = NoCertificate;

    fn from_str(text: &str) -> Result<Self, NoCertificate> {
        let digits: Vec<u32> = text
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_digit(16).ok_or(NoCertificate))
            .collect::<Result<_, _>>()?;
        if digits.len() != 2 * BYTES {
            return Err(NoCertificate);
        }
        let mut bytes = [0; BYTES];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::try_from(pair[0] * 16 + pair[1]).map_err(|_| NoCertificate)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again() {
        let certificate = Certificate(std::array::from_fn(|at| u8::try_from(at * 7).unwrap()));
        let shown = certificate.to_string();
        assert_eq!(shown.len(), 64);
        let pairs: Vec<_> = shown
            .as_bytes()
            .chunks(2)
            .map(|pair| str::from_utf8(pair).unwrap())
            .collect();
        for told in [shown.clone(), shown.to_uppercase(), pairs.join(":")] {
            assert_eq!(told.parse(), Ok(certificate), "{told}");
        }
        for told in [
            "",
            &shown[1..],
            &format!("{shown}0"),
            &shown.replacen('0', "g", 1),
        ] {
            assert_eq!(told.parse::<Certificate>(), Err(NoCertificate), "{told}");
        }
    }
}
