//! Resume tokens: how they are made, spelled and known again. No store, no clock.
//!
//! A token is `<family>.<secret>`, both in base64url without padding: one word of 66 characters.
//! Whoever holds it is let in without a password, so the secret is 256 random bits, it is wiped
//! when dropped, and only its SHA-256 leaves this process for the store.

use std::fmt;

use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::password::StoredHash;
use crate::chat::Secret;
use crate::messages::{TokenFamily, TokenHash};

/// What stands between the family and the secret.
const BETWEEN: u8 = b'.';

/// The system gives no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct CannotMake;

/// The text is no resume token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a resume token")]
pub struct NotAToken;

/// A resume token. `Debug` shows nothing of it: a token in a log is an open door.
pub struct Token {
    family: TokenFamily,
    secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// The first token of a new family.
    ///
    /// # Errors
    /// [`CannotMake`].
    pub fn new() -> Result<Self, CannotMake> {
        let family = random::<16>()?;
        Self::of(TokenFamily(u128::from_be_bytes(*family)))
    }

    /// The same, good only as long as its account has this password. The store does not learn of
    /// passwords in the settings, so the low half of the family tells what the password was.
    ///
    /// # Errors
    /// [`CannotMake`].
    pub fn bound_to(password: &StoredHash) -> Result<Self, CannotMake> {
        let mut token = Self::new()?;
        let bits = token.family.0;
        token.family = TokenFamily(bits ^ u128::from(low_half(bits) ^ bond(password)));
        Ok(token)
    }

    /// Whether it was made when its account had this password.
    #[must_use]
    pub fn is_bound_to(&self, password: &StoredHash) -> bool {
        low_half(self.family.0) == bond(password)
    }

    /// Another token of the same family.
    ///
    /// # Errors
    /// [`CannotMake`].
    pub fn another(&self) -> Result<Self, CannotMake> {
        Self::of(self.family)
    }

    fn of(family: TokenFamily) -> Result<Self, CannotMake> {
        let secret = random()?;
        Ok(Self { family, secret })
    }

    /// Reads a token as it was told. There is one spelling of each.
    ///
    /// # Errors
    /// [`NotAToken`] for anything else.
    pub fn read(told: &Secret) -> Result<Self, NotAToken> {
        let told = told.expose();
        let dot = told.iter().position(|byte| *byte == BETWEEN);
        let (family, secret) = told.split_at(dot.ok_or(NotAToken)?);
        let family = bits::<16>(family)?;
        Ok(Self {
            family: TokenFamily(u128::from_be_bytes(*family)),
            secret: bits(&secret[1..])?,
        })
    }

    /// The token as its owner is told it, once.
    #[must_use]
    pub fn spelled(&self) -> Secret {
        let family = URL_SAFE_NO_PAD.encode(self.family.0.to_be_bytes());
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.secret));
        let mut spelled = Vec::with_capacity(family.len() + 1 + secret.len());
        spelled.extend_from_slice(family.as_bytes());
        spelled.push(BETWEEN);
        spelled.extend_from_slice(secret.as_bytes());
        Secret::new(spelled)
    }

    /// By which the store finds it.
    #[must_use]
    pub const fn family(&self) -> TokenFamily {
        self.family
    }

    /// By which the store knows it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        let digest = digest::digest(&digest::SHA256, &*self.secret);
        let mut hash = [0; 32];
        hash.copy_from_slice(digest.as_ref());
        TokenHash(hash)
    }
}

/// What becomes of a stored hash in the family of a token: nothing that helps to guess a password.
fn bond(password: &StoredHash) -> u64 {
    let digest = digest::digest(&digest::SHA256, password.as_str().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_ref()[..8]);
    u64::from_be_bytes(first)
}

const fn low_half(bits: u128) -> u64 {
    let [.., a, b, c, d, e, f, g, h] = bits.to_be_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn random<const BYTES: usize>() -> Result<Zeroizing<[u8; BYTES]>, CannotMake> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    rand::fill(&mut *bytes).map_err(|_| CannotMake)?;
    Ok(bytes)
}

fn bits<const BYTES: usize>(spelled: &[u8]) -> Result<Zeroizing<[u8; BYTES]>, NotAToken> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    match URL_SAFE_NO_PAD.decode_slice(spelled, &mut *bytes) {
        Ok(read) if read == BYTES => Ok(bytes),
        Ok(_) | Err(_) => Err(NotAToken),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_one_word_that_is_read_back() {
        let token = Token::new().unwrap();
        let told = token.spelled();
        let word = std::str::from_utf8(told.expose()).unwrap();
        assert_eq!(word.len(), 66);
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(word.chars().all(fits), "{word}");
        let read = Token::read(&told).unwrap();
        assert!(read.family() == token.family() && read.hash() == token.hash());
        assert_eq!(read.spelled(), told);
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        let (one, other) = (Token::new().unwrap(), Token::new().unwrap());
        assert!(one.family() != other.family() && one.hash() != other.hash());
        let next = one.another().unwrap();
        assert!(next.family() == one.family() && next.hash() != one.hash());
    }

    #[test]
    fn a_token_may_be_bound_to_a_password() {
        let hashed = |password| StoredHash::make(&Secret::new(password), 4).unwrap();
        let (password, another) = (hashed("one"), hashed("another"));
        let (one, other) = (
            Token::bound_to(&password).unwrap(),
            Token::bound_to(&password).unwrap(),
        );
        assert!(one.family() != other.family());
        for token in [
            one.another().unwrap(),
            Token::read(&other.spelled()).unwrap(),
        ] {
            assert!(token.is_bound_to(&password) && !token.is_bound_to(&another));
        }
        assert!(!Token::new().unwrap().is_bound_to(&password));
    }

    #[test]
    fn what_is_stored_is_the_sha_256_of_the_secret() {
        let zeros = format!("{}.{}", "A".repeat(22), "A".repeat(43));
        let token = Token::read(&Secret::new(zeros)).unwrap();
        assert!(token.family() == TokenFamily(0));
        let digest = digest::digest(&digest::SHA256, &[0; 32]);
        assert_eq!(token.hash().0, digest.as_ref());
    }

    #[test]
    fn anything_else_is_no_token() {
        let (family, secret) = ("A".repeat(22), "A".repeat(43));
        for bad in [
            String::new(),
            ".".to_owned(),
            family.clone(),
            format!("{family}{secret}"),
            format!("{family}."),
            format!(".{secret}"),
            format!("{family}.{secret}."),
            format!("{family}.{secret}="),
            format!("{family}.{secret}A"),
            format!("{family}A.{secret}"),
            format!("{}.{secret}", &family[1..]),
            format!("{family}.{}", &secret[1..]),
            format!("{family}.{}", secret.replacen('A', "+", 1)),
            format!("{family}.{}", secret.replacen('A', " ", 1)),
            // The last character has bits that mean nothing: only one spelling is read.
            format!("{family}.{}B", &secret[1..]),
        ] {
            assert!(Token::read(&Secret::new(bad.clone())).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let told = Secret::new(bytes);
            if let Ok(token) = Token::read(&told) {
                prop_assert_eq!(token.spelled(), told);
            }
        }
    }
}
