//! Who people are: passwords and the accounts they open.
//!
//! - [`password`]: the stored form of a password and the rule for new ones. Pure.

pub mod password;

pub use password::{BadHash, CannotHash, PasswordRule, StoredHash};
