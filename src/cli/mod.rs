//! What the operator types: the arguments, the small commands, and the exit codes.
//!
//! A password is never an argument, where every process of the machine could read it: it is
//! typed at the terminal without being shown, or is the first line of standard input.

mod accounts;
mod load;
mod password;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::auth::{CannotHash, PasswordRule};
use crate::chat::UserName;
use crate::client::address::{Address, Destination};
use load::LOAD_HELP;

pub use accounts::{AccountAdmin, AdminError, Output, Reader, run_hash, run_user};
pub use load::LoadArguments;
pub use password::{Passwords, read_password};

const AFTER_HELP: &str = "\
Examples:
  conclave                                serve with the built-in settings
  conclave --config node-1.toml check     look for mistakes without serving
  conclave user add alice                 make an account, asking for its password
  conclave chat alice@localhost           talk to a node that serves
  openssl s_client -quiet -connect localhost:8001
                                          the same with nothing but openssl
  conclave ping                           does the node of these settings answer?
  conclave hash < password.txt            a hash for [accounts.users]
  CONCLAVE_LISTEN__LINE=127.0.0.1:9001 conclave
                                          every setting can stand in the environment

Exit codes:
  0   done; a node: stopped when it was asked to
  1   failed; the reason is on standard error
      conclave load: 0 only when nothing was lost, repeated or reordered
  64  wrong arguments
  78  mistakes in the settings, all of them on standard error";

const PASSWORD_HELP: &str = "\
The password is asked for twice and not shown. When standard input is not a
terminal, its first line is the password. It is never an argument.";

const CHAT_HELP: &str = "\
Without --ca a node is known, as with ssh, by the certificate that it shows the first
time: its fingerprint is kept in ~/.config/conclave/known_nodes, and another one is
refused. Compare it with the one in the node's log.

On a terminal there is a screen; F1 shows its keys. Through pipes, or with --plain, it
is exactly lines in and lines out; with USER@ the first line of standard input is the
password. What is about the connection is said on standard error. A connection that
breaks is made again, with the same login and room.";

const PING_HELP: &str = "\
The node is known by the certificate that tls.cert names, whatever names stand in
it. It has 5 s to encrypt, greet and answer; all of it is in the time shown.";

/// A secure chat cluster node: TLS only, accounts and rooms built in
#[derive(Debug, Parser)]
#[command(name = "conclave", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// The settings of a node; without it config/conclave.toml, or else the built-in ones
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What is to be done; [`Command::Serve`] when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What a run of the program is for.
#[derive(Debug, Clone, Default, PartialEq, Subcommand)]
pub enum Command {
    /// Run the node until it is told to stop (the default)
    #[default]
    Serve,
    /// Report every mistake in the settings, without serving
    Check,
    /// Ask a node that serves whether it answers
    #[command(after_help = PING_HELP)]
    Ping {
        /// HOST:PORT; without it the line door of the settings, the first of several
        #[arg(value_parser = Address::with_port)]
        address: Option<Address>,
    },
    /// Talk to a node, on this terminal or through pipes
    #[command(after_help = CHAT_HELP)]
    Chat {
        /// Nodes of one cluster.
        #[arg(
            required = true,
            value_name = "NODE",
            help = "[USER@]HOST[:PORT]; of several, nodes of one cluster, another is tried when one \
                    is gone"
        )]
        nodes: Vec<Destination>,
        /// Trust the certificates in this PEM file and whom they vouch for, and no others
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
        /// Lines in, lines out, also on a terminal
        #[arg(long)]
        plain: bool,
    },
    /// Have many people talk, and tell whether everybody heard all of it, once and in order
    #[command(after_help = LOAD_HELP)]
    Load(LoadArguments),
    /// Print the hash of a password, for [accounts.users] in the settings
    #[command(after_help = PASSWORD_HELP)]
    Hash,
    /// Look after the accounts in the store: that of a node alone, or the cluster's
    User {
        /// Which of the things.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Make the certificate and key that the settings name, if they do not exist
    Cert {
        /// Make them even if they exist; clients that trust the old one have to trust the new one
        #[arg(long)]
        force: bool,
    },
}

/// What is to be done about the accounts in the store.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum UserCommand {
    /// Make an account
    #[command(after_help = PASSWORD_HELP)]
    Add {
        /// 1 to 32 of A-Z a-z 0-9 _ - . and the first a letter or digit
        #[arg(value_name = "NAME", value_parser = UserName::new)]
        user: UserName,
    },
    /// Give an account another password
    #[command(after_help = PASSWORD_HELP)]
    Passwd {
        /// The account
        #[arg(value_name = "NAME", value_parser = UserName::new)]
        user: UserName,
    },
    /// Remove an account
    Remove {
        /// The account
        #[arg(value_name = "NAME", value_parser = UserName::new)]
        user: UserName,
    },
    /// List all accounts, one in a line
    List,
}

impl Cli {
    /// Reads the arguments, the program's own name first.
    ///
    /// # Errors
    /// The code to exit with when there is nothing left to do: help or the version was shown
    /// ([`Exit::Done`]), or what is wrong was said on standard error ([`Exit::Usage`]).
    pub fn read<A>(arguments: impl IntoIterator<Item = A>) -> Result<Self, Exit>
    where
        A: Into<OsString> + Clone,
    {
        Self::try_parse_from(arguments).map_err(|shown| {
            // If that cannot be written either, the exit code is all that is left to say.
            let _ = shown.print();
            if shown.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            }
        })
    }
}

/// How the program ends; the numbers above 1 are those of `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is done.
    Done = 0,
    /// It did not work; the reason was said.
    Failed = 1,
    /// The arguments are wrong (`EX_USAGE`).
    Usage = 64,
    /// The settings are wrong (`EX_CONFIG`).
    Config = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a small command failed; the words are for the operator and say all of it, the exit code
/// is [`Exit::Failed`].
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Typed twice, but not the same.
    #[error("the two passwords differ")]
    PasswordsDiffer,
    /// Standard input ended before its first line.
    #[error("no password on standard input")]
    NoPassword,
    /// Bytes that no door would take for a password.
    #[error("the password is not UTF-8, so nobody could log in with it")]
    NotUtf8,
    /// Too short or too long.
    #[error("a password has {0}")]
    PasswordLength(PasswordRule),
    /// The terminal or standard input failed.
    #[error("cannot read the password: {0}")]
    Read(io::Error),
    /// The cost is impossible, or the system gives no randomness.
    #[error(transparent)]
    Hash(#[from] CannotHash),
    /// The settings win over the store, so a change in the store would change nothing.
    #[error("{user} stands in the settings, under [accounts.users]: change it there")]
    InSettings {
        /// The account.
        user: UserName,
    },
    /// The store did not do it.
    #[error(transparent)]
    Accounts(#[from] AdminError),
    /// Standard output failed.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}
