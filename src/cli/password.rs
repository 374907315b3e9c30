//! Where a new password comes from: the terminal, without echo, or standard input.

use std::io::{self, BufRead, IsTerminal as _};

use super::CliError;
use crate::auth::{PasswordRule, StoredHash};
use crate::chat::Secret;
use crate::chat::limits::PASSWORD_BYTES;

/// How new passwords come in and what becomes of them.
#[derive(Debug, Clone, Copy)]
pub struct Passwords {
    /// How long they are.
    pub rule: PasswordRule,
    /// The work factor of their hashes.
    pub cost: u32,
    /// Where they come from: [`read_password`].
    pub read: fn() -> Result<Secret, CliError>,
}

impl Passwords {
    pub(super) fn hash(&self) -> Result<StoredHash, CliError> {
        let password = (self.read)()?;
        let fits = self.rule.check(&password);
        fits.map_err(|_| CliError::PasswordLength(self.rule))?;
        Ok(StoredHash::make(&password, self.cost)?)
    }
}

/// Reads a new password: typed twice at the terminal and not shown, or the first line of
/// standard input when that is no terminal.
///
/// # Errors
/// [`CliError`] when there is none, it cannot be read or the two differ.
pub fn read_password() -> Result<Secret, CliError> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        typed_twice(|prompt| rpassword::prompt_password(prompt))
    } else {
        first_line(stdin.lock())
    }
}

pub(super) fn typed_twice(
    mut ask: impl FnMut(&str) -> io::Result<String>,
) -> Result<Secret, CliError> {
    let mut ask = |prompt| ask(prompt).map(Secret::new).map_err(CliError::Read);
    let password = ask("Password: ")?;
    if ask("Again: ")? == password {
        Ok(password)
    } else {
        Err(CliError::PasswordsDiffer)
    }
}

pub(super) fn first_line(input: impl BufRead) -> Result<Secret, CliError> {
    // Enough to tell that a password is too long, in one piece, so that no copy is left behind.
    let most = PASSWORD_BYTES + "\r\n".len();
    let mut line = zeroize::Zeroizing::new(Vec::with_capacity(most));
    let mut input = input.take(u64::try_from(most).unwrap_or(u64::MAX));
    input.read_until(b'\n', &mut line).map_err(CliError::Read)?;
    if line.is_empty() {
        return Err(CliError::NoPassword);
    }
    for end in [b'\n', b'\r'] {
        if line.last() == Some(&end) {
            line.pop();
        }
    }
    std::str::from_utf8(&line).map_err(|_| CliError::NotUtf8)?;
    Ok(Secret::new(line.as_slice()))
}
