//! What the operator types: the arguments, the small commands, and the exit codes.
//!
//! A password is never an argument, where every process of the machine could read it: it is
//! typed at the terminal without being shown, or is the first line of standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::auth::{CannotHash, PasswordRule, StoredHash};
use crate::chat::limits::PASSWORD_BYTES;
use crate::chat::{Secret, UserName};

const AFTER_HELP: &str = "\
Examples:
  conclave                                serve with the built-in settings
  conclave --config node-1.toml check     look for mistakes without serving
  conclave user add alice                 make an account, asking for its password
  conclave hash < password.txt            a hash for [accounts.users]
  CONCLAVE_LISTEN__LINE=127.0.0.1:9001 conclave
                                          every setting can stand in the environment
  openssl s_client -quiet -connect localhost:8001
                                          talk to a node that serves

Exit codes:
  0   done; a node: stopped when it was asked to
  1   failed; the reason is on standard error
  64  wrong arguments
  78  mistakes in the settings, all of them on standard error";

const PASSWORD_HELP: &str = "\
The password is asked for twice and not shown. When standard input is not a
terminal, its first line is the password. It is never an argument.";

/// A secure chat cluster node: TLS only, accounts and rooms built in
#[derive(Debug, Parser)]
#[command(name = "conclave", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// The settings; without it config/conclave.toml, or else the built-in ones
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What is to be done; [`Command::Serve`] when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What a run of the program is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the node until it is told to stop (the default)
    #[default]
    Serve,
    /// Report every mistake in the settings, without serving
    Check,
    /// Print the hash of a password, for [accounts.users] in the settings
    #[command(after_help = PASSWORD_HELP)]
    Hash,
    /// Look after the accounts in the store
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

/// The accounts in the store, as the operator changes them.
pub trait AccountAdmin {
    /// Makes an account.
    ///
    /// # Errors
    /// [`AdminError::NameTaken`], [`AdminError::Store`].
    fn add(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError>;

    /// Replaces the password of an account, whatever it was.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], [`AdminError::Store`].
    fn set_password(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError>;

    /// Removes an account.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], [`AdminError::Store`].
    fn remove(&mut self, user: &UserName) -> Result<(), AdminError>;

    /// All accounts as registered, in any order.
    ///
    /// # Errors
    /// [`AdminError::Store`].
    fn list(&mut self) -> Result<Vec<UserName>, AdminError>;
}

/// Why the store did not do what the operator wanted.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is such an account.
    #[error("that name is taken: {user}")]
    NameTaken {
        /// Its name, as registered where that is known.
        user: UserName,
    },
    /// There is no such account.
    #[error("no such user: {user}")]
    NoSuchUser {
        /// The name as typed.
        user: UserName,
    },
    /// The store itself failed.
    #[error("the store failed: {0}")]
    Store(Box<dyn Error + Send + Sync>),
}

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
    fn hash(&self) -> Result<StoredHash, CliError> {
        let password = (self.read)()?;
        let fits = self.rule.check(&password);
        fits.map_err(|_| CliError::PasswordLength(self.rule))?;
        Ok(StoredHash::make(&password, self.cost)?)
    }
}

/// Where a command writes, and for whom.
#[derive(Debug)]
pub struct Output<W> {
    to: W,
    reader: Reader,
}

/// Who reads what a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody at a terminal, who likes a word more.
    Person,
    /// A pipe or a file, which wants the bare things.
    Program,
}

impl Output<io::Stdout> {
    /// Standard output, whoever reads it.
    #[must_use]
    pub fn stdout() -> Self {
        let to = io::stdout();
        let reader = if to.is_terminal() {
            Reader::Person
        } else {
            Reader::Program
        };
        Self { to, reader }
    }
}

impl<W: Write> Output<W> {
    /// Something else to write to.
    #[must_use]
    pub const fn new(to: W, reader: Reader) -> Self {
        Self { to, reader }
    }
}

/// `conclave hash`: prints the stored form of a new password and nothing else.
///
/// # Errors
/// [`CliError`] when there is no fitting password, or it cannot be hashed or written.
pub fn run_hash(passwords: &Passwords, out: &mut Output<impl Write>) -> Result<(), CliError> {
    writeln!(out.to, "{}", passwords.hash()?.as_str())?;
    Ok(())
}

/// `conclave user …`: one change to the accounts of the store and one line about it, or all
/// accounts, those `in_settings` included.
///
/// # Errors
/// [`CliError`] when the account is in the settings or the store does not do it, or for want of
/// a fitting password.
pub fn run_user(
    command: UserCommand,
    store: &mut dyn AccountAdmin,
    in_settings: &BTreeSet<UserName>,
    passwords: &Passwords,
    out: &mut Output<impl Write>,
) -> Result<(), CliError> {
    let changeable = |user: &UserName| match in_settings.get(user).cloned() {
        Some(user) => Err(CliError::InSettings { user }),
        None => Ok(()),
    };
    match command {
        UserCommand::Add { user } => {
            changeable(&user)?;
            store.add(&user, &passwords.hash()?)?;
            writeln!(out.to, "Account {user} is made.")?;
        }
        UserCommand::Passwd { user } => {
            changeable(&user)?;
            store.set_password(&user, &passwords.hash()?)?;
            writeln!(out.to, "The password of {user} is changed.")?;
        }
        UserCommand::Remove { user } => {
            changeable(&user)?;
            store.remove(&user)?;
            writeln!(out.to, "Account {user} is removed.")?;
        }
        UserCommand::List => list(store.list()?, in_settings, out)?,
    }
    Ok(())
}

fn list(
    stored: Vec<UserName>,
    in_settings: &BTreeSet<UserName>,
    out: &mut Output<impl Write>,
) -> io::Result<()> {
    let mut all: BTreeMap<_, _> = stored.into_iter().map(|user| (user, "")).collect();
    for user in in_settings {
        // Not only the note: a name that is in both is shown as the settings spell it.
        all.remove(user);
        all.insert(user.clone(), "  (in the settings)");
    }
    match out.reader {
        Reader::Program => all.keys().try_for_each(|user| writeln!(out.to, "{user}")),
        Reader::Person if all.is_empty() => {
            writeln!(
                out.to,
                "No accounts yet: `conclave user add NAME` makes one."
            )
        }
        Reader::Person => {
            for (user, note) in &all {
                writeln!(out.to, "{user}{note}")?;
            }
            let noun = if all.len() == 1 {
                "account"
            } else {
                "accounts"
            };
            writeln!(out.to, "{} {noun}", all.len())
        }
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

fn typed_twice(mut ask: impl FnMut(&str) -> io::Result<String>) -> Result<Secret, CliError> {
    let mut ask = |prompt| ask(prompt).map(Secret::new).map_err(CliError::Read);
    let password = ask("Password: ")?;
    if ask("Again: ")? == password {
        Ok(password)
    } else {
        Err(CliError::PasswordsDiffer)
    }
}

fn first_line(input: impl BufRead) -> Result<Secret, CliError> {
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn read(line: &str) -> Result<Cli, Exit> {
        Cli::read(line.split(' '))
    }

    fn command(line: &str) -> Command {
        read(line).unwrap().command.unwrap_or_default()
    }

    fn user(name: &str) -> UserName {
        UserName::new(name).unwrap()
    }

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_are_read() {
        let alice = || user("alice");
        let about = |command| Command::User { command };
        for (line, meant) in [
            ("conclave", Command::Serve),
            ("conclave serve", Command::Serve),
            ("conclave check", Command::Check),
            ("conclave hash", Command::Hash),
            ("conclave cert", Command::Cert { force: false }),
            ("conclave cert --force", Command::Cert { force: true }),
            (
                "conclave user add alice",
                about(UserCommand::Add { user: alice() }),
            ),
            (
                "conclave user passwd alice",
                about(UserCommand::Passwd { user: alice() }),
            ),
            (
                "conclave user remove alice",
                about(UserCommand::Remove { user: alice() }),
            ),
            ("conclave user list", about(UserCommand::List)),
        ] {
            assert_eq!(command(line), meant, "{line}");
        }
    }

    #[test]
    fn settings_are_named_before_or_behind_the_command() {
        for line in [
            "conclave --config a.toml",
            "conclave -c a.toml check",
            "conclave check --config a.toml",
            "conclave user list --config a.toml",
        ] {
            assert_eq!(read(line).unwrap().config, Some("a.toml".into()), "{line}");
        }
        assert_eq!(read("conclave").unwrap().config, None);
    }

    #[test]
    fn wrong_arguments_are_64_and_help_is_0() {
        for wrong in [
            "conclave fly",
            "conclave --fly",
            "conclave --config",
            "conclave hash hunter22",
            "conclave user",
            "conclave user add",
            "conclave user add alice hunter22",
            "conclave user add -x",
            "conclave user add a:b",
            "conclave user add server",
        ] {
            assert_eq!(read(wrong).unwrap_err(), Exit::Usage, "{wrong}");
        }
        for shown in [
            "conclave --help",
            "conclave -V",
            "conclave help user",
            "conclave user add -h",
        ] {
            assert_eq!(read(shown).unwrap_err(), Exit::Done, "{shown}");
        }
    }

    #[test]
    fn help_fits_a_terminal_and_names_every_exit_code() {
        let help = Cli::command().render_long_help().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
        for exit in [Exit::Done, Exit::Failed, Exit::Usage, Exit::Config] {
            assert!(help.contains(&format!("\n  {:<4}", exit as u8)), "{exit:?}");
        }
    }

    #[derive(Default)]
    struct Shelf(BTreeMap<UserName, StoredHash>);

    impl AccountAdmin for Shelf {
        fn add(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
            if let Some((user, _)) = self.0.get_key_value(user) {
                return Err(AdminError::NameTaken { user: user.clone() });
            }
            self.0.insert(user.clone(), hash.clone());
            Ok(())
        }

        fn set_password(&mut self, user: &UserName, hash: &StoredHash) -> Result<(), AdminError> {
            let kept = self.0.get_mut(user);
            *kept.ok_or_else(|| AdminError::NoSuchUser { user: user.clone() })? = hash.clone();
            Ok(())
        }

        fn remove(&mut self, user: &UserName) -> Result<(), AdminError> {
            let gone = self.0.remove(user).map(|_| ());
            gone.ok_or_else(|| AdminError::NoSuchUser { user: user.clone() })
        }

        fn list(&mut self) -> Result<Vec<UserName>, AdminError> {
            Ok(self.0.keys().rev().cloned().collect())
        }
    }

    fn passwords(read: fn() -> Result<Secret, CliError>) -> Passwords {
        Passwords {
            rule: PasswordRule::at_least(8),
            cost: 4,
            read,
        }
    }

    fn good() -> Result<Secret, CliError> {
        Ok(Secret::new("hunter22"))
    }

    /// Runs a command for a reader, with `Root` in the settings; what it said.
    fn run(shelf: &mut Shelf, line: &str, reader: Reader) -> String {
        let Command::User { command } = command(&format!("conclave user {line}")) else {
            panic!("{line} is not about users");
        };
        let mut said = Vec::new();
        let mut out = Output::new(&mut said, reader);
        let in_settings = BTreeSet::from([user("Root")]);
        let ran = run_user(command, shelf, &in_settings, &passwords(good), &mut out);
        match ran {
            Ok(()) => String::from_utf8(said).unwrap(),
            Err(error) => {
                assert!(said.is_empty(), "said something and failed");
                format!("failed: {error}")
            }
        }
    }

    #[test]
    fn accounts_come_change_and_go() {
        let mut shelf = Shelf::default();
        let in_settings = "Root stands in the settings, under [accounts.users]: change it there";
        for (line, said) in [
            ("add Bob", "Account Bob is made.\n"),
            ("add bob", "failed: that name is taken: Bob"),
            ("add alice", "Account alice is made.\n"),
            ("passwd bob", "The password of bob is changed.\n"),
            ("passwd carol", "failed: no such user: carol"),
            ("add root", &format!("failed: {in_settings}")),
            ("passwd root", &format!("failed: {in_settings}")),
            ("remove root", &format!("failed: {in_settings}")),
            ("list", "alice\nBob\nRoot\n"),
            ("remove bob", "Account bob is removed.\n"),
            ("remove bob", "failed: no such user: bob"),
            ("list", "alice\nRoot\n"),
        ] {
            assert_eq!(run(&mut shelf, line, Reader::Program), said, "{line}");
        }
        assert!(shelf.0[&user("alice")].verifies(&good().unwrap()));
    }

    #[test]
    fn a_person_is_told_where_and_how_many() {
        let mut shelf = Shelf::default();
        run(&mut shelf, "add alice", Reader::Person);
        assert_eq!(
            run(&mut shelf, "list", Reader::Person),
            "alice\nRoot  (in the settings)\n2 accounts\n"
        );
        let mut said = Vec::new();
        list(
            vec![],
            &BTreeSet::new(),
            &mut Output::new(&mut said, Reader::Person),
        )
        .unwrap();
        assert!(said.starts_with(b"No accounts yet"));
    }

    #[test]
    fn hash_prints_the_stored_form_and_nothing_else() {
        let mut said = Vec::new();
        run_hash(
            &passwords(good),
            &mut Output::new(&mut said, Reader::Person),
        )
        .unwrap();
        let said = String::from_utf8(said).unwrap();
        let stored = StoredHash::parse(said.strip_suffix('\n').unwrap()).unwrap();
        assert!(stored.verifies(&good().unwrap()));
    }

    #[test]
    fn a_password_that_does_not_fit_is_not_hashed() {
        for read in [
            || Ok(Secret::new("short")),
            || Ok(Secret::new("a".repeat(1025))),
        ] {
            let mut said = Vec::new();
            let ran = run_hash(
                &passwords(read),
                &mut Output::new(&mut said, Reader::Program),
            );
            let why = ran.unwrap_err().to_string();
            assert_eq!(why, "a password has 8 to 1024 bytes");
            assert!(said.is_empty());
        }
    }

    #[test]
    fn the_first_line_is_the_password() {
        let longest = "a".repeat(1024);
        for (input, password) in [
            ("hunter22", "hunter22"),
            ("hunter22\n", "hunter22"),
            ("hunter22\r\nmore\n", "hunter22"),
            (" two  spaces \n", " two  spaces "),
            ("\n", ""),
            (&format!("{longest}\r\n"), &longest),
        ] {
            let read = first_line(input.as_bytes()).unwrap();
            assert_eq!(read, Secret::new(password), "{input:?}");
        }
        let too_long = first_line("a".repeat(5000).as_bytes()).unwrap();
        assert!(too_long.expose().len() > PASSWORD_BYTES, "cut to fit");
        assert!(matches!(first_line(&b""[..]), Err(CliError::NoPassword)));
        assert!(matches!(first_line(&b"\xff\n"[..]), Err(CliError::NotUtf8)));
    }

    #[test]
    fn a_password_is_typed_twice_alike() {
        let typed = |first: &'static str, second: &'static str| {
            let mut lines = [first, second].into_iter();
            typed_twice(move |_| Ok(lines.next().unwrap().to_owned()))
        };
        assert_eq!(typed("hunter22", "hunter22").unwrap(), good().unwrap());
        assert!(matches!(
            typed("hunter22", "hunter23"),
            Err(CliError::PasswordsDiffer)
        ));
        let hung_up = typed_twice(|_| Err(io::ErrorKind::UnexpectedEof.into()));
        assert!(matches!(hung_up, Err(CliError::Read(_))));
    }
}
