//! The native line protocol: what a person types and reads, one line at a time.
//!
//! The contract with clients is `docs/protocol.md`.

/// Writes one line; writing into memory cannot fail.
macro_rules! line {
    ($out:expr, $($args:tt)*) => {{
        let _ = write!($out, $($args)*);
        $out.put_u8(b'\n');
    }};
}

pub(super) mod gaps;
mod hear;
mod help;
mod moderation;
pub mod read;
pub(super) mod refuse;
pub(super) mod tell;
#[cfg(test)]
mod tests;

use crate::chat::command::Positions;
use crate::chat::{Refusal, Secret, UserName};

use super::Prompt;

/// Where a line conversation stands.
#[derive(Debug, Default)]
pub struct Conversation {
    expects: Expects,
    login: LoginForm,
    /// Whether positions are shown before messages.
    pub(super) positions: Positions,
}

/// What the next line is.
#[derive(Debug, Default)]
enum Expects {
    /// A username, or a command of those who are not logged in.
    #[default]
    Username,
    /// The password of this user, whatever the line holds.
    Password { user: UserName },
    /// A command or a text.
    Command,
    /// The password so far.
    OldPassword,
    /// The wanted password.
    NewPassword { old: Secret },
    /// The wanted password once more.
    NewPasswordAgain { old: Secret, new: Secret },
}

/// How the login under way was typed: who was asked for a name is asked again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum LoginForm {
    /// As one command.
    #[default]
    OneLine,
    /// As answers to prompts.
    Prompted,
}

/// The names of all commands, without the slash, for whoever helps people to type them.
pub fn command_names() -> impl Iterator<Item = &'static str> {
    help::COMMANDS.iter().map(|entry| entry.name)
}

impl Conversation {
    /// The session is live; what comes now are requests.
    pub fn logged_in(&mut self) {
        self.expects = Expects::Command;
    }

    /// Whether the next line is a command or a text of somebody who is logged in.
    #[must_use]
    pub const fn expects_commands(&self) -> bool {
        matches!(self.expects, Expects::Command)
    }

    pub(super) const fn login_refused(&self, refusal: &Refusal) -> Option<Prompt> {
        match (self.login, refusal) {
            (LoginForm::Prompted, _)
            | (LoginForm::OneLine, Refusal::WrongPassword | Refusal::WrongToken) => {
                Some(Prompt::Username)
            }
            (LoginForm::OneLine, _) => None,
        }
    }
}
