//! Arguments, exit codes, and the small commands with accounts in memory.

use std::collections::{BTreeMap, BTreeSet};

use clap::CommandFactory as _;

use super::accounts::list;
use super::password::{first_line, typed_twice};
use super::*;
use crate::auth::StoredHash;
use crate::chat::Secret;
use crate::chat::limits::PASSWORD_BYTES;

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
    let ping = |address: &str| Command::Ping {
        address: Address::with_port(address).ok(),
    };
    for (line, meant) in [
        ("conclave", Command::Serve),
        ("conclave serve", Command::Serve),
        ("conclave check", Command::Check),
        ("conclave hash", Command::Hash),
        ("conclave ping", Command::Ping { address: None }),
        ("conclave ping node-2:8001", ping("node-2:8001")),
        ("conclave ping [::1]:8001", ping("[::1]:8001")),
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
        "conclave ping localhost",
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
