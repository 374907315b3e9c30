//! Arguments → settings → node → exit code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use conclave::auth::PasswordRule;
use conclave::chat::UserName;
use conclave::cli::{self, Cli, CliError, Command, Exit, LoadArguments, Output, Passwords};
use conclave::client::{
    self,
    address::{Address, Destination},
    chat::Face,
    trust::Trust,
};
use conclave::load::{self, referee::Verdict};
use conclave::net::tls;
use conclave::node::{self, admin, banner, logging, probe, serve};
use conclave::settings::{self, Loaded, Settings};

fn main() -> ExitCode {
    let Cli { config, command } = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    choose_crypto();
    let config = config.as_deref();
    match command.unwrap_or_default() {
        Command::Serve => with_settings(config, serve),
        Command::Check => with_settings(config, |loaded| check(&loaded)),
        Command::Ping { address } => with_settings(config, |it| ping(address, &it.settings)),
        Command::Chat { nodes, ca, plain } => chat(nodes, ca, plain),
        Command::Load(arguments) => load(arguments),
        Command::Hash => with_settings(config, |it| hash(&it.settings)),
        Command::User { command } => with_settings(config, |it| user(command, &it.settings)),
        Command::Cert { force } => with_settings(config, |it| cert(force, &it.settings)),
    }
}

/// For what is about a node of one's own.
fn with_settings(config: Option<&Path>, run: impl FnOnce(Loaded) -> ExitCode) -> ExitCode {
    match settings::load(config, settings::environment()) {
        Ok(loaded) => {
            for warning in &loaded.warnings {
                logging::complain(&format!("warning: {warning}"));
            }
            run(loaded)
        }
        Err(mistakes) => {
            logging::complain(&mistakes.to_string());
            Exit::Config.into()
        }
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

fn chat(nodes: Vec<Destination>, ca: Option<PathBuf>, plain: bool) -> ExitCode {
    let options = client::chat::Options {
        nodes,
        trust: ca.map_or(Trust::FirstSeen, Trust::Authority),
        face: if plain { Face::Plain } else { Face::Fitting },
    };
    match client::chat::chat(&options) {
        Ok(()) => Exit::Done.into(),
        Err(error) => failed(&error),
    }
}

fn load(arguments: LoadArguments) -> ExitCode {
    let json = arguments.json;
    match load::load(&arguments.plan()) {
        Ok(report) => {
            if json {
                println!("{:#}", report.json());
            } else {
                println!("{report}");
            }
            match report.verdict() {
                Verdict::Clean => Exit::Done.into(),
                Verdict::Faulty | Verdict::Silent => Exit::Failed.into(),
            }
        }
        Err(error) => failed(&error),
    }
}

fn hash(settings: &Settings) -> ExitCode {
    done(cli::run_hash(&passwords(settings), &mut Output::stdout()))
}

fn ping(address: Option<Address>, settings: &Settings) -> ExitCode {
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
    logging::complain(&format!("conclave: {error}"));
    Exit::Failed.into()
}
