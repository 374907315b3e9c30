//! Clients that people use, as Debian packages them: on one node, beside a line client on the other.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use pty_process::blocking::{Command as OnTerminal, Pty, open};

use crate::support::{Client, Cluster, Node, eventually, password_of};

/// A client in a directory of its own, where it keeps its logs.
struct Program {
    home: tempfile::TempDir,
    child: Child,
    /// Where it has a terminal, that.
    terminal: Option<Pty>,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Program {
    /// What it has written down of a room.
    fn log(&self) -> String {
        let logs = files(self.home.path().join("logs"));
        let of_den = logs
            .iter()
            .filter(|path| path.to_string_lossy().contains("#den"));
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        of_den.map(read).collect()
    }

    async fn reads(&self, text: &str) {
        eventually(&format!("{text:?} in the log of the client"), || {
            self.log().contains(text)
        })
        .await;
    }
}

fn files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Whether a program is here. Who tests for others has all of them.
fn is_here(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    assert!(
        found || std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{program} is not installed"
    );
    found
}

/// The fingerprint of the node's certificate, as it prints it.
fn fingerprint(node: &Node) -> &str {
    node.said("fingerprint").trim_start_matches("SHA-256 ")
}

fn weechat(node: &Node, home: tempfile::TempDir) -> Program {
    let version = Command::new("weechat-headless").arg("--version").output();
    let version = String::from_utf8(version.unwrap().stdout).unwrap();
    // Its word for TLS since version 4.
    let tls = if version.starts_with(['0', '1', '2', '3']) {
        "ssl"
    } else {
        "tls"
    };
    let pinned = fingerprint(node).replace(':', "").to_lowercase();
    let server = format!(
        "/server add conclave {}/{} -{tls} -{tls}_fingerprint={pinned} -sasl_mechanism=plain \
         -sasl_username=alice -nicks=alice -autojoin=#den",
        node.irc.ip(),
        node.irc.port(),
    );
    let password = format!(
        "/set irc.server.conclave.sasl_password {}",
        password_of("alice")
    );
    let child = Command::new("weechat-headless")
        .arg("--dir")
        .arg(home.path())
        .args(["--run-command", &server])
        .args(["--run-command", &password])
        .args(["--run-command", "/set logger.file.flush_delay 0"])
        .args(["--run-command", "/connect conclave"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Program {
        home,
        child,
        terminal: None,
    }
}

/// Says something in a room by the pipe that WeeChat listens at.
fn says_by_pipe(client: &Program, text: &str) {
    let pipe = format!("weechat_fifo_{}", client.child.id());
    let mut pipe = std::fs::OpenOptions::new()
        .write(true)
        .open(client.home.path().join(pipe))
        .unwrap();
    writeln!(pipe, "irc.conclave.#den *{text}").unwrap();
}

fn irssi(node: &Node, home: tempfile::TempDir) -> Program {
    let config = format!(
        r##"servers = ( {{ address = "{}"; port = "{}"; chatnet = "conclave"; use_tls = "yes";
  tls_verify = "no"; tls_pinned_cert = "{}"; autoconnect = "yes"; }} );
chatnets = {{ conclave = {{ type = "IRC"; nick = "alice"; sasl_mechanism = "PLAIN";
  sasl_username = "alice"; sasl_password = "{}"; }}; }};
channels = ( {{ name = "#den"; chatnet = "conclave"; autojoin = "yes"; }} );
settings = {{ core = {{ real_name = "alice"; user_name = "alice"; nick = "alice"; }};
  "fe-common/core" = {{ autolog = "yes"; autolog_path = "{}/logs/$tag/$0.log"; }}; }};
"##,
        node.irc.ip(),
        node.irc.port(),
        fingerprint(node),
        password_of("alice"),
        home.path().display(),
    );
    std::fs::write(home.path().join("config"), config).unwrap();
    let (terminal, end) = open().unwrap();
    let child = OnTerminal::new("irssi")
        .arg(format!("--home={}", home.path().display()))
        .env("TERM", "xterm")
        .spawn(end)
        .unwrap();
    Program {
        home,
        child,
        terminal: Some(terminal),
    }
}

fn types(client: &mut Program, line: &str) {
    let terminal = client.terminal.as_mut().unwrap();
    write!(terminal, "{line}\r").unwrap();
}

/// The talk that every client has: what was said before, what is said now, both ways, and all of it
/// once more when it is back.
async fn talks(
    program: &str,
    start: fn(&Node, tempfile::TempDir) -> Program,
    say: fn(&mut Program, &str),
) {
    if !is_here(program) {
        return;
    }
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    cluster.two.node.knows(&["alice"]).await;
    let mut ben: Client = cluster.one.node.newcomer("ben").await;
    ben.asks("/join den", "* You are in den (1 here).").await;
    ben.says("before you came").await;
    ben.catches_up().await;

    let node = &cluster.two.node;
    let mut client = start(node, tempfile::tempdir().unwrap());
    ben.hears("* alice joined den").await;
    client.reads("before you came").await;
    ben.says("hello, whatever you are").await;
    client.reads("hello, whatever you are").await;
    say(&mut client, "hello, line client");
    ben.hears("[den] alice: hello, line client").await;

    drop(client);
    let again = start(node, tempfile::tempdir().unwrap());
    for said in [
        "before you came",
        "hello, whatever you are",
        "hello, line client",
    ] {
        again.reads(said).await;
    }
}

#[tokio::test]
async fn weechat_talks_with_a_line_client_and_finds_what_was_said() {
    talks("weechat-headless", weechat, |client, text| {
        says_by_pipe(client, text);
    })
    .await;
}

#[tokio::test]
async fn irssi_talks_with_a_line_client_and_finds_what_was_said() {
    talks("irssi", irssi, |client, text| {
        types(client, &format!("/msg #den {text}"));
    })
    .await;
}
