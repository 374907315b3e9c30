//! The servers as processes of their own, and what the kernel knows about them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use conclave::client::address::Address;
use conclave::client::door::Door;
use conclave::load::process::Usage;
use conclave::net::tls::trust::by_authority;
use conclave::net::tls::{Files, Generation, Identity, KeyType};
use tempfile::TempDir;

use crate::Failure;

/// Everybody's; the cheapest hash there is, for hashing is not what is measured.
pub(crate) const PASSWORD: &str = "correct horse";

/// What the names of users begin with; a number from 1 on follows.
pub(crate) const PREFIX: &str = "load";

/// Of bcrypt, where nobody says otherwise.
const COST: u32 = 4;

/// A folder on a disk, with a certificate for all servers and accounts for all clients.
pub(crate) struct Place {
    dir: TempDir,
    users: String,
    /// Of bcrypt.
    cost: u32,
}

impl Place {
    /// With accounts for a talker and so many others.
    pub(crate) fn new(others: Option<u32>) -> Result<Self, Failure> {
        Self::with_hashes_of(COST, others)
    }

    /// The same, where a password costs something.
    pub(crate) fn with_hashes_of(cost: u32, others: Option<u32>) -> Result<Self, Failure> {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let hash = bcrypt::hash(PASSWORD, cost)?;
        let users = (1..=others.unwrap_or_default() + 1)
            .map(|number| format!("{PREFIX}-{number} = \"{hash}\"\n"))
            .collect();
        let place = Self { dir, users, cost };
        let generation = Generation {
            names: vec!["localhost".to_owned()],
            key_type: KeyType::EcdsaP256,
        };
        Identity::load_or_generate(&files(&place.cert(), &place.key()), &generation)?;
        Ok(place)
    }

    /// The certificate, which is its own authority.
    pub(crate) fn cert(&self) -> PathBuf {
        self.dir.path().join("cert.pem")
    }

    /// Its key.
    pub(crate) fn key(&self) -> PathBuf {
        self.dir.path().join("key.pem")
    }

    /// A folder for one server.
    fn folder(&self) -> Result<PathBuf, Failure> {
        Ok(tempfile::tempdir_in(self.dir.path())?.keep())
    }

    /// The shipped settings, but for the limits that one address with thousands of clients needs.
    fn settings(&self, folder: &Path, more: &str) -> String {
        format!(
            r#"
            {more}
            node.data_dir = {data:?}
            listen.line = "127.0.0.1:0"
            listen.irc = "127.0.0.1:0"
            tls.cert = {cert:?}
            tls.key = {key:?}
            [accounts]
            bcrypt_cost = {cost}
            [limits]
            messages_per_second = 0
            connections_per_ip = 0
            password_checks = 4096
            handshake = "1m"
            login = "10m"
            [accounts.users]
            {users}"#,
            data = folder.join("data"),
            cert = self.cert(),
            key = self.key(),
            users = self.users,
            cost = self.cost,
        )
    }
}

/// The two files of an identity.
pub(crate) fn files(cert: &Path, key: &Path) -> Files {
    Files {
        cert: cert.to_owned(),
        key: key.to_owned(),
    }
}

/// A server, until it is dropped.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    /// Of the IRC door; the floor has none.
    irc: Option<SocketAddr>,
    /// A server may write as long as somebody could read.
    stdout: BufReader<ChildStdout>,
}

impl Server {
    /// A node, as it is built for release, with `more` settings than those of every bench.
    pub(crate) fn conclave(place: &Place, more: &str) -> Result<Self, Failure> {
        let folder = place.folder()?;
        let config = folder.join("conclave.toml");
        fs::write(&config, place.settings(&folder, more))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_conclave"));
        command.args(["serve", "--config"]).arg(config);
        command.stderr(File::create(folder.join("log"))?);
        let mut node = Self::start(command)?;
        node.irc = Some(address_of("IRC door", &mut node.stdout)?);
        Ok(node)
    }

    /// Starts a process that prints its address, with a comma behind it, in a line about a door.
    pub(crate) fn start(mut command: Command) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self {
            address: address_of("line door", &mut stdout)?,
            irc: None,
            child,
            stdout,
        })
    }

    /// The way in, for clients that trust the certificate of this place.
    pub(crate) fn door(&self, place: &Place) -> Result<Door, Failure> {
        way_to(self.address, place)
    }

    /// The way in for those who speak IRC.
    pub(crate) fn irc_door(&self, place: &Place) -> Result<Door, Failure> {
        way_to(self.irc.ok_or("it has no IRC door")?, place)
    }

    /// The processor time it has used so far, its own and the kernel's for it.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        Ok(Usage::of(self.child.id())?.cpu)
    }

    /// Its resident memory in bytes.
    pub(crate) fn rss(&self) -> Result<u64, Failure> {
        Ok(Usage::of(self.child.id())?.resident)
    }
}

/// The address in the line about a door.
fn address_of(door: &str, stdout: &mut BufReader<ChildStdout>) -> Result<SocketAddr, Failure> {
    let mut line = String::new();
    while !line.contains(door) {
        line.clear();
        if stdout.read_line(&mut line)? == 0 {
            return Err(format!("it did not start: there is no {door}").into());
        }
    }
    let address = line.split_whitespace().nth(2).ok_or("no address")?;
    Ok(address.trim_end_matches(',').parse()?)
}

fn way_to(address: SocketAddr, place: &Place) -> Result<Door, Failure> {
    let address = Address::with_port(&format!("localhost:{}", address.port()))?;
    Ok(Door::vouched(address, by_authority(&place.cert())?)?)
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing of it to save.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
