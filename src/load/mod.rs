//! `conclave load`: many people who talk over ordinary connections, and a referee.
//!
//! - [`text`]: numbered texts. [`referee`]: what everybody should have heard, and what they heard.
//!   [`pace`]: how texts follow each other. All three are pure.
//! - `person`: one of many connections, at the line door or the IRC door; a task that says what it
//!   is told and tells what it hears.
//! - [`stage`]: the one owner of all that; people come in, talk and are listened to.
//! - [`process`]: what the servers used. `progress`, [`report`]: what people read of it.

pub mod pace;
mod person;
pub mod process;
mod progress;
pub mod referee;
pub mod report;
pub mod stage;
pub mod text;

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::backoff::random;
use crate::chat::name::NameError;
use crate::chat::{RoomName, Secret, UserName};
use crate::client::address::Address;
use crate::client::door::Door;
use crate::client::home::{self, NoHome};
use crate::client::trust::{self, Trust, TrustError};

use pace::{Pace, Until};
use process::UsageError;
pub use progress::Progress;
use referee::Person;
use report::{Report, Server};
use stage::Stage;

/// Its name in the user's folder for conclave.
const PASSWORD_FILE: &str = "load_password";

/// What a run is asked to be.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Nodes of one cluster, among which the people are spread; at least one.
    pub nodes: Vec<Address>,
    /// How they are known.
    pub trust: Trust,
    /// What is spoken at their doors.
    pub speech: Speech,
    /// People, at least one.
    pub users: u32,
    /// How many of them talk.
    pub talkers: u32,
    /// Rooms among which they are spread, at least one.
    pub rooms: u32,
    /// How they talk.
    pub pace: Pace,
    /// For how long.
    pub duration: Duration,
    /// Bytes of a text; shorter than [`text::SHORTEST`] it may not be.
    pub text_bytes: usize,
    /// What the names of people and rooms begin with.
    pub prefix: String,
    /// Where the password of the accounts is; `None` for the file in the user's folder.
    pub password_file: Option<PathBuf>,
    /// How many log in at the same time.
    pub at_once: u32,
    /// Processes whose use of the machine is told.
    pub pids: Vec<u32>,
}

/// What is spoken at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// The native line protocol.
    Line,
    /// IRC, by people whose clients have switched on different capabilities.
    Irc,
}

/// The people of a run, before anybody has come in.
#[derive(Debug, Clone)]
pub struct People {
    /// Where they go.
    pub doors: Vec<Door>,
    /// What is spoken there.
    pub speech: Speech,
    /// What their names, and those of their rooms, begin with.
    pub prefix: String,
    /// Everybody's.
    pub password: Secret,
    /// Rooms among which they are spread.
    pub rooms: u32,
    /// How many of them talk: the first ones.
    pub talkers: u32,
    /// Bytes of a text.
    pub text_bytes: usize,
    /// How many log in at the same time.
    pub at_once: u32,
}

/// Why there is nothing to report.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// By what nodes are known.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// There is nowhere to keep the password.
    #[error("{0}, or name a --password-file")]
    NoHome(#[from] NoHome),
    /// The file with the password.
    #[error("{}: {source}", path.display())]
    Password {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What names begin with makes no names.
    #[error("{name:?} is not a name: {why}")]
    Name {
        /// What it would be.
        name: String,
        /// What is wrong with it.
        why: NameError,
    },
    /// One of the people cannot come in, or was thrown out for good.
    #[error("{who}: {why}")]
    ShutOut {
        /// Who.
        who: UserName,
        /// What the node or the system said.
        why: String,
    },
    /// Nobody came in for long.
    #[error(
        "nobody comes in any more; the last answer was: {}",
        said.as_deref().unwrap_or("none")
    )]
    NobodyComes {
        /// What somebody was answered last.
        said: Option<String>,
    },
    /// A connection's task is gone.
    #[error("a connection ended in an unforeseen way")]
    Gone,
    /// One of the servers cannot be looked at.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The system gives no threads, sockets or files.
    #[error("cannot begin: {0}")]
    System(#[from] io::Error),
}

impl People {
    /// How one of them is called, from 1.
    ///
    /// # Errors
    /// [`LoadError::Name`].
    pub fn name(&self, person: Person) -> Result<UserName, LoadError> {
        let name = format!("{}-{}", self.prefix, person + 1);
        UserName::new(&name).map_err(|why| LoadError::Name { name, why })
    }

    /// How a room is called, from 1.
    ///
    /// # Errors
    /// [`LoadError::Name`].
    pub fn room(&self, index: usize) -> Result<RoomName, LoadError> {
        let name = format!("{}-{}", self.prefix, index + 1);
        RoomName::new(&name).map_err(|why| LoadError::Name { name, why })
    }
}

/// Brings people in, has them talk, and tells what came of it.
///
/// # Errors
/// [`LoadError`] when it does not come to that.
pub fn load(plan: &Plan) -> Result<Report, LoadError> {
    // Each of the people needs a file; where that is not allowed, a connection says so.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(run(plan));
    runtime.shutdown_background();
    report
}

async fn run(plan: &Plan) -> Result<Report, LoadError> {
    let people = people(plan).await?;
    let run = u32::try_from(random() >> 32).unwrap_or_default();
    let mut stage = Stage::new(people.clone(), run, Progress::on_stderr(), enough());
    stage.grow_to(plan.users).await?;
    let mut servers = plan
        .pids
        .iter()
        .map(|pid| Server::begin(*pid))
        .collect::<Result<Vec<_>, _>>()?;
    let lasted = stage.talk(plan.pace, Until::Elapsed(plan.duration)).await?;
    for server in &mut servers {
        server.end()?;
    }
    stage.close();
    Report::new(plan, &people, &stage, lasted, servers)
}

async fn people(plan: &Plan) -> Result<People, LoadError> {
    let password = password(plan.password_file.as_deref())?;
    let (mut doors, mut acquaintances) = trust::doors(plan.nodes.iter().cloned(), &plan.trust)?;
    for note in acquaintances.introduce(&mut doors).await? {
        // Where it cannot be said, nobody wants to know.
        let _ = writeln!(io::stderr(), "conclave: {note}");
    }
    Ok(People {
        doors,
        speech: plan.speech,
        prefix: plan.prefix.clone(),
        password,
        rooms: plan.rooms,
        talkers: plan.talkers,
        text_bytes: plan.text_bytes,
        at_once: plan.at_once,
    })
}

/// Ctrl-C ends the talk, and once more the program.
fn enough() -> mpsc::Receiver<()> {
    let (told, enough) = mpsc::channel(1);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if told.try_send(()).is_err() {
                std::process::exit(130);
            }
        }
    });
    enough
}

/// The first line of the file; where there is no file, one is made that nobody can guess.
fn password(file: Option<&Path>) -> Result<Secret, LoadError> {
    let path = match file {
        Some(file) => file.to_owned(),
        None => home::folder()?.join(PASSWORD_FILE),
    };
    let text = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_password(&path),
        read => read,
    };
    let text = text.map_err(|source| LoadError::Password { path, source })?;
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(Secret::new(line.strip_suffix(b"\r").unwrap_or(line)))
}

fn make_password(path: &Path) -> io::Result<Vec<u8>> {
    let mut random = [0; 16];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
    let text = format!("{:032x}\n", u128::from_ne_bytes(random)).into_bytes();
    let mut file = home::open(path, OpenOptions::new().write(true).create_new(true))?;
    file.write_all(&text)?;
    Ok(text)
}
