//! `conclave chat` on a terminal: the real program in a pseudo-terminal, a real node, and what a
//! person at that terminal sees.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::sync::Arc;

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use tokio::sync::mpsc;

use support::{Home, Node, PATIENCE, eventually, free_port, password_of, soon};

/// Reads of the terminal that may wait for the test.
const READS: usize = 256;

/// What the program did to the terminal so far, and the keys.
struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    written: mpsc::Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// All that was ever written.
    all: Vec<u8>,
    /// What is never to be seen, not even for a moment.
    secrets: Vec<&'static str>,
}

impl Terminal {
    /// `conclave chat` with these arguments.
    fn chat(home: &Home, arguments: &[&str]) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(30, 100)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_conclave"))
            .arg("chat")
            .args(arguments)
            .current_dir(home.folder())
            .env("XDG_CONFIG_HOME", home.folder())
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR")
            .spawn(pts)
            .unwrap();
        let pty = Arc::new(pty);
        Self {
            written: reads_of(&pty),
            pty,
            child,
            screen: vt100::Parser::new(size(30), size(100), 0),
            all: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// Somebody with a new account, in the lobby.
    async fn newcomer(node: &Node, name: &str) -> Self {
        let address = node.address.to_string();
        let mut terminal = Self::chat(&node.home, &[&address]);
        terminal.sees("new here?").await;
        terminal.presses(&format!("/register {name}\r"));
        terminal.sees("New one").await;
        terminal.presses(&format!("{}\r", password_of(name)));
        terminal.sees("Again").await;
        terminal.presses(&format!("{}\r", password_of(name)));
        terminal.sees(&format!("Welcome {name}")).await;
        terminal.sees("here (").await;
        terminal
    }

    fn presses(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    fn resize(&mut self, rows: u16, columns: u16) {
        self.screen.screen_mut().set_size(size(rows), size(columns));
        self.pty.resize(Size::new(rows, columns)).unwrap();
    }

    /// Waits until this is to be seen.
    async fn sees(&mut self, text: &str) {
        self.sees_that(text, |rows| rows.contains(text)).await;
    }

    /// Waits until the screen is like this.
    async fn sees_that(&mut self, what: &str, is_so: impl Fn(&str) -> bool) {
        let looking = async {
            while !is_so(&self.rows()) {
                let Some(written) = self.written.recv().await else {
                    return false;
                };
                self.take(&written);
            }
            true
        };
        let seen = tokio::time::timeout(PATIENCE, looking).await;
        assert!(
            seen == Ok(true),
            "{what}: not to be seen on\n{}",
            self.rows()
        );
    }

    fn take(&mut self, written: &[u8]) {
        self.screen.process(written);
        self.all.extend_from_slice(written);
        let rows = self.rows();
        let seen = self.secrets.iter().find(|secret| rows.contains(**secret));
        assert!(seen.is_none(), "{seen:?} is to be seen on\n{rows}");
    }

    fn rows(&self) -> String {
        self.screen.screen().contents()
    }

    /// The row in which is typed.
    fn typed(&self) -> String {
        self.rows().lines().last().unwrap_or_default().to_owned()
    }

    /// Waits until it has ended and all that it wrote is read.
    async fn ends(&mut self) -> ExitStatus {
        while let Some(written) = soon("the end", self.written.recv()).await {
            self.take(&written);
        }
        let mut status = None;
        eventually("an exit code", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }

    fn is_as_before(&self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "the other screen is left");
        assert!(!screen.hide_cursor(), "the cursor is to be seen");
        assert!(!screen.bracketed_paste(), "pastes are keys again");
    }

    /// Whether this was written at any time, in one piece.
    fn was_ever_written(&self, text: &str) -> bool {
        let mut windows = self.all.windows(text.len());
        windows.any(|window| window == text.as_bytes())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All that the program writes, from a thread of its own.
fn reads_of(pty: &Arc<Pty>) -> mpsc::Receiver<Vec<u8>> {
    let (to, written) = mpsc::channel(READS);
    let pty = Arc::clone(pty);
    std::thread::spawn(move || {
        let mut chunk = [0; 4096];
        // Once the program is gone, the terminal fails.
        while let Ok(read @ 1..) = (&*pty).read(&mut chunk) {
            if to.blocking_send(chunk[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    written
}

fn size(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}

#[tokio::test]
async fn what_is_typed_survives_what_comes_in() {
    let node = Node::start().await;
    let mut bob = node.newcomer("bob").await;
    let mut anna = Terminal::newcomer(&node, "anna").await;
    bob.hears("* anna joined lobby").await;
    anna.presses("half a line");
    anna.sees("half a line").await;
    for n in 0..40 {
        bob.says(&format!("line number {n}")).await;
    }
    anna.sees("line number 39").await;
    assert_eq!(anna.typed().trim(), "lobby ❯ half a line");
    anna.presses(" and its end\r");
    bob.hears("[lobby] anna: half a line and its end").await;
    anna.sees_that("an empty line", |rows| rows.trim_end().ends_with('❯'))
        .await;
}

#[tokio::test]
async fn any_size_will_do() {
    let node = Node::start().await;
    let mut bob = node.newcomer("bob").await;
    let mut anna = Terminal::newcomer(&node, "anna").await;
    bob.says("something that stays, whatever becomes of the window")
        .await;
    anna.sees("something that stays").await;
    anna.presses("typed");
    anna.resize(12, 50);
    anna.sees_that("no side column", |rows| {
        rows.contains("something that stays") && !rows.contains("here (")
    })
    .await;
    anna.resize(3, 10);
    anna.sees("too small").await;
    anna.resize(40, 140);
    anna.sees_that("all of it", |rows| {
        rows.contains("here (2)") && rows.contains("❯ typed") && !rows.contains("too small")
    })
    .await;
}

#[tokio::test]
async fn a_text_drives_no_terminal() {
    let node = Node::start().await;
    let mut bob = node.newcomer("bob").await;
    let mut anna = Terminal::newcomer(&node, "anna").await;
    let evil = "\u{1b}[2J\u{1b}[31mred\u{1b}[?1049l\u{1b}]0;title\u{7} \u{9b}2J \u{202e}here";
    bob.says(&format!("{evil} 漢字 🦀")).await;
    bob.says(&format!("/msg anna {evil}")).await;
    anna.sees("@bob").await;
    anna.sees("red 2J here 漢字 🦀").await;
    anna.sees("here (2)").await;
    assert!(anna.screen.screen().alternate_screen());
    assert!(!anna.was_ever_written("title"));
    anna.presses("\u{1b}2");
    anna.sees("@bob ❯").await;
    anna.presses("no\r");
    bob.hears("* anna joined lobby").await;
    bob.hears("[PM] anna: no").await;
}

#[tokio::test]
async fn a_password_is_never_seen() {
    let node = Node::start().await;
    let mut anna = Terminal::newcomer(&node, "anna").await;
    anna.presses("/quit\r");
    assert_eq!(anna.ends().await.code(), Some(0));
    let address = format!("anna@{}", node.address);
    let mut anna = Terminal::chat(&node.home, &[&address]);
    anna.secrets = vec!["anna has", "a secret", "wrong one", "wrong two"];
    anna.sees("(not shown)").await;
    anna.presses("wrong one\r");
    anna.sees("Wrong username or password").await;
    anna.presses("\u{1b}");
    anna.sees("new here?").await;
    anna.presses("/login anna wrong two");
    anna.sees("/login anna (not shown)").await;
    anna.presses("\r");
    anna.sees("Wrong username or password").await;
    for c in password_of("anna").chars() {
        anna.presses(&c.to_string());
    }
    // By then all of it was taken in.
    anna.presses("\u{1b}OP");
    anna.sees("closes this conversation").await;
    anna.presses("\u{1b}");
    anna.sees("Enter logs in").await;
    anna.presses("\r");
    anna.sees("Welcome anna").await;
    // It is not among the lines sent before either.
    anna.presses("\u{1b}[A");
    anna.presses("x");
    anna.sees("❯ x").await;
}

#[tokio::test]
async fn a_node_that_comes_back_is_found_again() {
    let door = format!("127.0.0.1:{}", free_port());
    let home = Home::new().set("listen.line", &door);
    let node = home.start().await;
    let mut anna = Terminal::newcomer(&node, "anna").await;
    anna.presses("/join den\r");
    anna.sees("You are in den").await;
    anna.presses("half a line");
    anna.sees("den ❯ half a line").await;
    node.kill();
    anna.sees("connection lost").await;
    anna.presses("\r");
    anna.sees("not connected, not sent").await;
    let node = home.start().await;
    anna.sees("connected again").await;
    let rows = anna.rows();
    assert_eq!(rows.matches("connection lost").count(), 1, "{rows}");
    assert_eq!(anna.typed().trim(), "den ❯ half a line");
    let mut bob = node.newcomer("bob").await;
    bob.asks("/join den", "* You are in den (2 here).").await;
    anna.presses("\r");
    bob.hears("[den] anna: half a line").await;
}

#[tokio::test]
async fn the_terminal_is_given_back() {
    let node = Node::start().await;
    let mut anna = Terminal::newcomer(&node, "anna").await;
    assert!(anna.screen.screen().alternate_screen() && anna.screen.screen().bracketed_paste());
    anna.presses("\u{3}");
    anna.sees("once more").await;
    // Twice, for a busy machine may have let the first one grow old.
    anna.presses("\u{3}\u{3}");
    assert_eq!(anna.ends().await.code(), Some(0));
    anna.is_as_before();

    let address = format!("anna@{}", node.address);
    let mut anna = Terminal::chat(&node.home, &[&address]);
    anna.sees("(not shown)").await;
    let kill = format!("kill -TERM {}", anna.child.id());
    let sent = std::process::Command::new("sh")
        .args(["-c", &kill])
        .status();
    assert!(sent.unwrap().success());
    anna.ends().await;
    anna.is_as_before();
}

#[tokio::test]
async fn why_it_is_over_stands_on_the_usual_screen() {
    let home = Home::new();
    let nobody = format!("127.0.0.1:{}", free_port());
    let mut anna = Terminal::chat(&home, &[&nobody]);
    assert_eq!(anna.ends().await.code(), Some(1));
    anna.is_as_before();
    assert!(anna.rows().contains("cannot connect to"), "{}", anna.rows());

    let node = Home::new()
        .set("accounts.duplicate_login", "replace")
        .start()
        .await;
    let mut anna = Terminal::newcomer(&node, "anna").await;
    let _elsewhere = node.login("anna").await;
    assert_eq!(anna.ends().await.code(), Some(1));
    anna.is_as_before();
    assert!(
        anna.rows().contains("Logged in elsewhere"),
        "{}",
        anna.rows()
    );
}
