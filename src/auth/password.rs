//! The stored form of a password, and the rule for new ones.
//!
//! bcrypt reads 72 bytes and no more, and takes a NUL for an end. A password of at most 72 bytes
//! without a NUL is given to it as it is, so that hashes from elsewhere work. Any other is
//! hashed by SHA-384 first and given to it as 64 characters of base64, and its stored form says
//! so: `sha384$2b$12$…`. No two passwords share a hash because something was cut off.

use std::fmt;
use std::ops::RangeInclusive;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bcrypt::{BcryptError, HashParts};
use zeroize::Zeroizing;

use crate::chat::limits::PASSWORD_BYTES;
use crate::chat::{Refusal, Secret};

/// The work factors that bcrypt knows; each step doubles the time, 12 is a quarter of a second.
pub const COSTS: RangeInclusive<u32> = 4..=31;

/// Bytes of a password that bcrypt reads.
const BCRYPT_BYTES: usize = 72;

/// What stands before the bcrypt hash of a password that was hashed by SHA-384 first.
const DIGESTED_PREFIX: &str = "sha384";

/// How long a new password has to be; passwords that exist already are not held to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRule {
    least: usize,
}

impl PasswordRule {
    /// From `least` bytes to [`PASSWORD_BYTES`]; an empty password is too short in any case.
    #[must_use]
    pub fn at_least(least: usize) -> Self {
        Self {
            least: least.max(1),
        }
    }

    /// Checks a new password.
    ///
    /// # Errors
    /// [`Refusal::PasswordLength`] when it is too short or too long.
    pub fn check(self, password: &Secret) -> Result<(), Refusal> {
        if (self.least..=PASSWORD_BYTES).contains(&password.expose().len()) {
            return Ok(());
        }
        Err(Refusal::PasswordLength {
            least: self.least,
            most: PASSWORD_BYTES,
        })
    }
}

impl fmt::Display for PasswordRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {PASSWORD_BYTES} bytes", self.least)
    }
}

/// The stored form of a password: a bcrypt hash that can be read, and what was done before it.
///
/// `Debug` does not show it: a hash in a log is a hash that can be guessed at leisure.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash {
    form: Form,
    cost: u32,
    text: String,
}

impl StoredHash {
    /// Reads a stored form: `$2a$`, `$2b$` or `$2y$` bcrypt, with or without `sha384` before it.
    ///
    /// # Errors
    /// [`BadHash`] when no password could ever be verified against it.
    pub fn parse(text: &str) -> Result<Self, BadHash> {
        let (form, bcrypt) = match text.strip_prefix(DIGESTED_PREFIX) {
            Some(rest) => (Form::Digested, rest),
            None => (Form::Plain, text),
        };
        let known = ["$2a$", "$2b$", "$2y$"];
        if !known.iter().any(|version| bcrypt.starts_with(version)) {
            return Err(BadHash::NotBcrypt);
        }
        let parts: HashParts = bcrypt.parse().map_err(|_| BadHash::Damaged)?;
        let cost = parts.get_cost();
        // The crate reads `+4` as a number; nothing that writes hashes spells a cost like that.
        if !COSTS.contains(&cost) || bcrypt.as_bytes()[4] == b'+' {
            return Err(BadHash::Cost);
        }
        Ok(Self {
            form,
            cost,
            text: text.to_owned(),
        })
    }

    /// Hashes a password with a fresh salt; `2^cost` rounds on the calling thread.
    ///
    /// Its length is the caller's business: see [`PasswordRule`].
    ///
    /// # Errors
    /// [`CannotHash`] when the cost is not one of [`COSTS`] or the system gives no randomness.
    pub fn make(password: &Secret, cost: u32) -> Result<Self, CannotHash> {
        let form = Form::of(password.expose());
        let bcrypt = form.prepare(password.expose(), |bytes| bcrypt::hash(bytes, cost))?;
        Ok(Self {
            form,
            cost,
            text: format!("{}{bcrypt}", form.prefix()),
        })
    }

    /// A hash of this cost that no password is known for: verifying against it is work like any
    /// other, which is what somebody gets who asks for an account that does not exist.
    #[must_use]
    pub fn decoy(cost: u32) -> Self {
        Self {
            form: Form::Plain,
            cost,
            // An all-zero salt and digest, in bcrypt's own base64.
            text: format!("$2b${cost:02}${}", ".".repeat(53)),
        }
    }

    /// Whether this is the hash of that password; `2^cost` rounds, whatever the answer.
    #[must_use]
    pub fn verifies(&self, password: &Secret) -> bool {
        let password = password.expose();
        let form = Form::of(password);
        // The work comes first: what is impossible must not be answered sooner.
        let right = form.prepare(password, |bytes| bcrypt::verify(bytes, self.bcrypt()));
        let possible = form == self.form && (1..=PASSWORD_BYTES).contains(&password.len());
        possible && right.unwrap_or(false)
    }

    /// The work factor.
    #[must_use]
    pub const fn cost(&self) -> u32 {
        self.cost
    }

    /// The text to store; [`StoredHash::parse`] reads it back.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn bcrypt(&self) -> &str {
        &self.text[self.form.prefix().len()..]
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredHash({:?}, cost {}, …)", self.form, self.cost)
    }
}

/// What is done to a password before bcrypt gets it; the password alone decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Nothing.
    Plain,
    /// SHA-384, then base64: bcrypt could not read all of it.
    Digested,
}

impl Form {
    fn of(password: &[u8]) -> Self {
        // bcrypt repeats the password and its closing NUL, so `a` and `a\0a` would be the same.
        if password.len() <= BCRYPT_BYTES && !password.contains(&0) {
            Self::Plain
        } else {
            Self::Digested
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Digested => DIGESTED_PREFIX,
        }
    }

    /// Gives `work` what bcrypt is to read.
    fn prepare<T>(self, password: &[u8], work: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::Plain => work(password),
            Self::Digested => {
                let digest = digest::digest(&digest::SHA384, password);
                work(Zeroizing::new(STANDARD.encode(digest)).as_bytes())
            }
        }
    }
}

/// Why a text is no stored form of a password; the words are for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHash {
    /// Something else altogether, a password in the clear perhaps.
    #[error("not a bcrypt hash ($2b$…); `conclave hash` makes one")]
    NotBcrypt,
    /// It begins like one.
    #[error("a damaged bcrypt hash: it has 60 characters, `$2b$`, two digits, `$` and base64")]
    Damaged,
    /// A work factor that bcrypt does not have.
    #[error("a bcrypt hash with an impossible cost: {} to {}", COSTS.start(), COSTS.end())]
    Cost,
}

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password cannot be hashed: {0}")]
pub struct CannotHash(#[from] BcryptError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(password: &[u8]) -> StoredHash {
        StoredHash::make(&Secret::new(password), *COSTS.start()).unwrap()
    }

    #[track_caller]
    fn check_differ(one: &[u8], other: &[u8]) {
        assert!(made(one).verifies(&Secret::new(one)));
        assert!(!made(one).verifies(&Secret::new(other)));
        assert!(!made(other).verifies(&Secret::new(one)));
    }

    #[test]
    fn nothing_is_ever_cut() {
        let letters = |count| vec![b'a'; count];
        for (one, other) in [(71, 72), (72, 73), (73, 74), (72, 80), (1023, 1024)] {
            check_differ(&letters(one), &letters(other));
        }
        let shared = |last| [letters(72), vec![last; 8]].concat();
        check_differ(&shared(b'x'), &shared(b'y'));
        check_differ(&letters(1024), &[letters(1023), vec![b'b']].concat());
    }

    #[test]
    fn a_nul_is_a_byte_like_any_other() {
        check_differ(b"a", b"a\0a");
        check_differ(b"a\0b", b"a\0c");
        check_differ(&[b'x'; 71], &[[b'x'; 71].as_slice(), b"\0"].concat());
    }

    #[test]
    fn the_length_decides_the_form_and_the_form_is_stored() {
        assert!(made(&[b'a'; 72]).as_str().starts_with("$2b$04$"));
        assert!(made(&[b'a'; 73]).as_str().starts_with("sha384$2b$04$"));
    }

    #[test]
    fn what_was_hashed_first_is_not_a_password_itself() {
        let long = [b'a'; 100];
        let typed = STANDARD.encode(digest::digest(&digest::SHA384, &long));
        assert!(bcrypt::verify(&typed, made(&long).bcrypt()).unwrap());
        assert!(!made(&long).verifies(&Secret::new(typed)));
    }

    #[test]
    fn a_password_of_impossible_length_is_wrong() {
        for impossible in [vec![], vec![b'a'; 1025], vec![b'a'; 16 * 1024]] {
            assert!(!made(&impossible).verifies(&Secret::new(impossible)));
        }
    }

    #[test]
    fn hashes_from_elsewhere_work() {
        // `U*U` of the crypt_blowfish test vectors, in each of the versions that mean the same.
        for version in ["2a", "2b", "2y"] {
            let text =
                format!("${version}$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
            let stored = StoredHash::parse(&text).unwrap();
            assert!(stored.verifies(&Secret::new("U*U")), "{version}");
            assert!(!stored.verifies(&Secret::new("U*V")), "{version}");
            assert_eq!((stored.cost(), stored.as_str()), (5, text.as_str()));
        }
    }

    #[test]
    fn what_no_password_fits_is_no_stored_form() {
        let good = made(b"hunter22").as_str().to_owned();
        let with_cost = |cost: &str| good.replacen("$04$", cost, 1);
        for (bad, why) in [
            (String::new(), BadHash::NotBcrypt),
            ("hunter22".to_owned(), BadHash::NotBcrypt),
            ("sha384".to_owned(), BadHash::NotBcrypt),
            (good.replacen("$2b", "$2x", 1), BadHash::NotBcrypt),
            (format!("sha512{good}"), BadHash::NotBcrypt),
            (format!("sha384sha384{good}"), BadHash::NotBcrypt),
            (good[..59].to_owned(), BadHash::Damaged),
            (format!("{good} "), BadHash::Damaged),
            (with_cost("$x4$"), BadHash::Damaged),
            (with_cost("$03$"), BadHash::Cost),
            (with_cost("$32$"), BadHash::Cost),
            (with_cost("$+4$"), BadHash::Cost),
        ] {
            assert_eq!(StoredHash::parse(&bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_decoy_is_a_hash_that_nothing_fits() {
        let decoy = StoredHash::decoy(4);
        assert_eq!(StoredHash::parse(decoy.as_str()), Ok(decoy.clone()));
        // Not an error on the way, which would be no work.
        assert!(!bcrypt::verify("hunter22", decoy.bcrypt()).unwrap());
        assert!(!decoy.verifies(&Secret::new("hunter22")));
    }

    #[test]
    fn new_passwords_have_a_length() {
        let allows = |length| PasswordRule::at_least(8).check(&Secret::new(vec![b'a'; length]));
        let refused = Err(Refusal::PasswordLength {
            least: 8,
            most: 1024,
        });
        for (length, answer) in [
            (7, &refused),
            (8, &Ok(())),
            (1024, &Ok(())),
            (1025, &refused),
        ] {
            assert_eq!(&allows(length), answer, "{length}");
        }
        assert!(PasswordRule::at_least(0).check(&Secret::new("")).is_err());
    }

    #[test]
    fn debug_shows_no_hash() {
        assert_eq!(format!("{:?}", made(b"x")), "StoredHash(Plain, cost 4, …)");
    }

    #[test]
    fn an_impossible_cost_is_an_error() {
        assert!(StoredHash::make(&Secret::new("x"), 3).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn what_is_made_is_read_back_and_fits(
            password in prop::collection::vec(any::<u8>(), 1..160)
        ) {
            let stored = made(&password);
            prop_assert_eq!(StoredHash::parse(stored.as_str()), Ok(stored.clone()));
            prop_assert!(stored.verifies(&Secret::new(password)));
        }

        #[test]
        fn no_text_panics(text in "(sha384)?(\\$2[abxy]\\$)?\\PC{0,70}") {
            if let Ok(stored) = StoredHash::parse(&text) {
                prop_assert_eq!(stored.as_str(), text);
            }
        }
    }
}
