//! Arguments → settings → node → exit code.

use std::collections::BTreeSet;
use std::process::ExitCode;

use conclave::auth::PasswordRule;
use conclave::chat::UserName;
use conclave::cli::{self, Cli, CliError, Command, Exit, Output, Passwords};
use conclave::net::tls;
use conclave::node::{self, admin, banner, logging, probe, serve};
use conclave::settings::{self, Loaded, Settings};

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    let loaded = match settings::load(cli.config.as_deref(), settings::environment()) {
        Ok(loaded) => loaded,
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return Exit::Config.into();
        }
    };
    for warning in &loaded.warnings {
        eprintln!("warning: {warning}");
    }
    choose_crypto();
    match cli.command.unwrap_or_default() {
        Command::Serve => serve(loaded),
        Command::Check => check(&loaded),
        Command::Ping { address } => ping(address, &loaded.settings),
        Command::Hash => done(cli::run_hash(
            &passwords(&loaded.settings),
            &mut Output::stdout(),
        )),
        Command::User { command } => user(command, &loaded.settings),
        Command::Cert { force } => cert(force, &loaded.settings),
    }
}

/// For libraries that make a TLS client without being told by which provider.
fn choose_crypto() {
    // Only a second call fails, and this is the only one.
    let _chosen = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

fn serve(loaded: Loaded) -> ExitCode {
    logging::start();
    serve::serve(loaded).into()
}

fn check(loaded: &Loaded) -> ExitCode {
    print!(
        "# {}\n{}",
        loaded.source,
        settings::describe(&loaded.settings)
    );
    Exit::Done.into()
}

fn ping(address: Option<String>, settings: &Settings) -> ExitCode {
    match probe::ping(settings, address) {
        Ok(answer) => {
            println!("{answer}");
            Exit::Done.into()
        }
        Err(error) => failed(&error),
    }
}

fn user(command: cli::UserCommand, settings: &Settings) -> ExitCode {
    let in_settings: BTreeSet<UserName> = settings.accounts.users.keys().cloned().collect();
    let mut store = admin::accounts(settings);
    let passwords = passwords(settings);
    done(cli::run_user(
        command,
        store.as_mut(),
        &in_settings,
        &passwords,
        &mut Output::stdout(),
    ))
}

fn cert(force: bool, settings: &Settings) -> ExitCode {
    let existing = if force {
        tls::Existing::Replace
    } else {
        tls::Existing::Keep
    };
    match node::make_certificate(settings, existing) {
        Ok(identity) => {
            println!("{}", banner::certificate(&settings.tls, &identity));
            Exit::Done.into()
        }
        Err(error) => failed(&error),
    }
}

fn passwords(settings: &Settings) -> Passwords {
    Passwords {
        rule: PasswordRule::at_least(settings.accounts.min_password),
        cost: settings.accounts.bcrypt_cost,
        read: cli::read_password,
    }
}

fn done(outcome: Result<(), CliError>) -> ExitCode {
    match outcome {
        Ok(()) => Exit::Done.into(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("conclave: {error}");
    Exit::Failed.into()
}
