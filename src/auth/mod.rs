//! Who people are: passwords, the accounts they open, and what holds a guesser up.
//!
//! - [`password`]: the stored form of a password and the rule for new ones. Pure.
//! - [`token`]: what lets somebody in again without a password. Pure.
//! - `throttle`: how much one address may fail or register. Pure; time is an argument.
//! - `tickets`: counts the work in flight, so that it is bounded.
//! - `hasher`: the threads on which bcrypt runs, and nothing else does.
//! - `accounts`: the steps of one check, between the settings, the store and the hashers.
//! - [`authenticator`]: the actor in front of all of it.

mod accounts;
pub mod authenticator;
mod hasher;
pub mod password;
mod throttle;
mod tickets;
pub mod token;

#[cfg(test)]
mod tests;

pub use accounts::Door;
pub use authenticator::{AuthOptions, Authenticator, Registration};
pub use password::{BadHash, CannotHash, PasswordRule, StoredHash};
