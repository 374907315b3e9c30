//! The real program in a folder of its own.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::rc::Rc;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::client::{Client, Tls, password_of};
use super::irc::Irc;
use super::soon;

/// Quick hashes, and no bound that a test did not ask for.
const USUAL: [(&str, &str); 7] = [
    ("listen.line", "127.0.0.1:0"),
    ("listen.irc", "127.0.0.1:0"),
    ("accounts.bcrypt_cost", "4"),
    ("limits.connections_per_ip", "0"),
    ("limits.messages_per_second", "0"),
    ("limits.registrations_per_minute", "0"),
    ("node.drain", "10s"),
];

/// Lines of the log that a failing test shows.
const LAST_OF_THE_LOG: usize = 60;

/// A folder with its settings, in which one node after another can live.
#[derive(Clone)]
pub(crate) struct Home {
    folder: Rc<TempDir>,
    settings: Vec<(String, String)>,
}

/// What a small command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A node that runs; killed when it is dropped.
pub(crate) struct Node {
    pub(crate) home: Home,
    pub(crate) address: SocketAddr,
    /// Where the IRC door is open.
    pub(crate) irc: SocketAddr,
    /// What it said when its door was open.
    pub(crate) banner: Vec<String>,
    child: Child,
    stdout: mpsc::Receiver<String>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            folder: Rc::new(tempfile::tempdir().unwrap()),
            settings: USUAL.map(|(key, value)| (key.into(), value.into())).into(),
        }
    }

    /// Another value for a setting.
    pub(crate) fn set(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.into(), value.into()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// What nodes logged here so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The program in this folder, with this folder's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare_command(arguments);
        for (key, value) in &self.settings {
            let variable = key.to_ascii_uppercase().replace('.', "__");
            command.env(format!("CONCLAVE_{variable}"), value);
        }
        command
    }

    /// The program in this folder, and nothing of the environment that is about it.
    pub(crate) fn bare_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_conclave"));
        let ours = |name: &OsStr| name.as_encoded_bytes().starts_with(b"CONCLAVE_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Runs a small command to its end.
    pub(crate) fn run(&self, arguments: &[&str], stdin: &str) -> Said {
        Said::of(self.command(arguments), stdin)
    }

    /// Starts a node and waits for its door to open.
    pub(crate) async fn start(&self) -> Node {
        self.start_with(self.command(&[])).await
    }

    pub(crate) async fn start_with(&self, mut command: Command) -> Node {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.stderr(log).spawn().unwrap();
        let stdout = lines_of(child.stdout.take().unwrap());
        let mut node = Node {
            home: self.clone(),
            address: ([127, 0, 0, 1], 0).into(),
            irc: ([127, 0, 0, 1], 0).into(),
            banner: Vec::new(),
            child,
            stdout,
        };
        node.reads_banner().await;
        node
    }
}

impl Said {
    pub(crate) fn of(mut command: Command, stdin: &str) -> Self {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who refuses at once does not read.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Node {
    /// A node with the usual settings.
    pub(crate) async fn start() -> Self {
        Home::new().start().await
    }

    async fn reads_banner(&mut self) {
        let first_lines = async {
            while let Some(line) = self.stdout.recv().await {
                let is_last = line.starts_with("  stop ");
                self.banner.push(line);
                if is_last {
                    return;
                }
            }
            panic!("the node did not start");
        };
        soon("the node's banner", first_lines).await;
        self.address = self.door("line door").unwrap_or(self.address);
        self.irc = self.door("IRC door").unwrap_or(self.irc);
    }

    /// Where a door is, unless it is off.
    fn door(&self, name: &str) -> Option<SocketAddr> {
        let address = self.said(name).strip_suffix(", TLS")?;
        Some(address.parse().unwrap())
    }

    /// As the node calls itself.
    pub(crate) fn name(&self) -> &str {
        self.banner[0].rsplit(' ').next().unwrap()
    }

    /// What stands behind a word in the banner.
    pub(crate) fn said(&self, word: &str) -> &str {
        let found = self
            .banner
            .iter()
            .find_map(|line| line.trim().strip_prefix(word));
        found
            .unwrap_or_else(|| panic!("no {word} in {:#?}", self.banner))
            .trim()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Bytes of memory that it has now.
    pub(crate) fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        let kib: u64 = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
        kib * 1024
    }

    /// A connection that says nothing yet, not even TLS.
    pub(crate) async fn knock(&self) -> TcpStream {
        soon("a connection", TcpStream::connect(self.address))
            .await
            .unwrap()
    }

    /// Somebody at the door, greeted and asked for a name.
    pub(crate) async fn visitor(&self) -> Client {
        let visitor = Client::connect(self.address, &Tls::trusting(self)).await;
        let mut visitor = visitor.at(self.name());
        visitor.ear.is_greeted().await;
        visitor
    }

    /// Somebody with a new account, in the lobby.
    pub(crate) async fn newcomer(&self, name: &str) -> Client {
        let mut person = self.visitor().await.named(name);
        person
            .says(&format!("/register {name} {}", password_of(name)))
            .await;
        person.is_welcome(name).await;
        person
    }

    /// Somebody whose account exists, in the lobby.
    pub(crate) async fn login(&self, name: &str) -> Client {
        let mut person = self.visitor().await.named(name);
        person
            .says(&format!("/login {name} {}", password_of(name)))
            .await;
        person.is_welcome(name).await;
        person
    }

    /// An account for each of them, and nobody there.
    pub(crate) async fn knows(&self, names: &[&str]) {
        for name in names {
            self.newcomer(name).await.quits().await;
        }
    }

    /// Somebody whose account exists, on an IRC client and in no room.
    pub(crate) async fn irc(&self, name: &str) -> Irc {
        self.irc_with(name, &[]).await
    }

    /// The same with these capabilities.
    pub(crate) async fn irc_with(&self, name: &str, caps: &[&str]) -> Irc {
        let mut person = Irc::connect(self).await.named(name).wanting(caps);
        person.logs_in(name, &password_of(name)).await;
        person
    }

    /// Somebody at the IRC door, and all that they are told at first: what waited for them may come
    /// before the message of the day.
    pub(crate) async fn irc_and_first_words(&self, name: &str) -> (Irc, Vec<String>) {
        let mut person = Irc::connect(self).await.named(name);
        let mut told = person.logs_in(name, &password_of(name)).await;
        told.extend(person.catches_up().await);
        (person, told)
    }

    /// Newcomers in the lobby who have seen each other come.
    pub(crate) async fn newcomers<const N: usize>(&self, names: [&str; N]) -> [Client; N] {
        let mut people: Vec<Client> = Vec::new();
        for name in names {
            let person = self.newcomer(name).await;
            for other in &mut people {
                other.hears(&format!("* {name} joined lobby")).await;
            }
            people.push(person);
        }
        people.try_into().ok().unwrap()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.pid());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success(), "{kill}");
    }

    /// Waits for it to end by itself.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        let gone = async { while self.stdout.recv().await.is_some() {} };
        soon("the end of the node", gone).await;
        self.child.wait().unwrap()
    }

    /// Asks it to stop and waits for that.
    pub(crate) async fn stop(mut self) {
        self.signal("TERM");
        let status = self.ends().await;
        assert_eq!(status.code(), Some(0), "a stop that was asked for");
    }

    /// Kills it, so that it can say nothing more.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.home.log();
            let lines: Vec<_> = log.lines().collect();
            let last = lines.len().saturating_sub(LAST_OF_THE_LOG);
            eprintln!("--- the node's log\n{}\n---", lines[last..].join("\n"));
        }
    }
}

/// A pipe as a queue, read to its end.
pub(crate) fn lines_of(stdout: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (line, lines) = mpsc::channel(64);
    std::thread::spawn(move || {
        for read in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Who started the node may be gone.
            let _ = line.blocking_send(read);
        }
    });
    lines
}
