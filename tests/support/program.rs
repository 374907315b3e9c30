//! The real program as a client: a child whose pipes a test holds.

use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::mpsc;

use super::node::lines_of;
use super::{PATIENCE, eventually, soon};

/// A run of the program; killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    out: mpsc::Receiver<String>,
    err: mpsc::Receiver<String>,
}

impl Program {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Self {
            stdin: child.stdin.take(),
            out: lines_of(child.stdout.take().unwrap()),
            err: lines_of(child.stderr.take().unwrap()),
            child,
        }
    }

    pub(crate) fn types(&mut self, line: &str) {
        self.types_bytes(format!("{line}\n").as_bytes());
    }

    pub(crate) fn types_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    /// Ends its standard input.
    pub(crate) fn types_no_more(&mut self) {
        self.stdin = None;
    }

    /// The next line on standard output.
    pub(crate) async fn says(&mut self, line: &str) {
        let said = soon(line, self.out.recv()).await;
        assert_eq!(said.as_deref(), Some(line));
    }

    /// Lines on standard output up to one that begins so, which is returned.
    pub(crate) async fn comes_to_say(&mut self, start: &str) -> String {
        let mut before = Vec::new();
        loop {
            match tokio::time::timeout(PATIENCE, self.out.recv()).await {
                Ok(Some(line)) if line.starts_with(start) => return line,
                Ok(Some(line)) => before.push(line),
                Ok(None) | Err(_) => panic!("no {start:?}, but {before:#?}"),
            }
        }
    }

    /// The next line on standard error.
    pub(crate) async fn notes(&mut self, start: &str) -> String {
        match soon(start, self.err.recv()).await {
            Some(line) => {
                assert!(line.starts_with(start), "{start:?}: {line:?}");
                line
            }
            None => panic!("no {start:?}"),
        }
    }

    /// Everything on standard output from here on.
    pub(crate) async fn speaks_out(&mut self) -> Vec<String> {
        rest(&mut self.out).await
    }

    /// The same of a program that works for so long.
    pub(crate) async fn speaks_out_behind(&mut self, time: Duration) -> Vec<String> {
        let rest = async {
            let mut rest = Vec::new();
            while let Some(line) = self.out.recv().await {
                rest.push(line);
            }
            rest
        };
        let said = tokio::time::timeout(time + PATIENCE, rest).await;
        said.expect("the end of its words")
    }

    /// Everything on standard error from here on.
    pub(crate) async fn complains_out(&mut self) -> Vec<String> {
        rest(&mut self.err).await
    }

    pub(crate) async fn ends(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the end of the program", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }
}

async fn rest(lines: &mut mpsc::Receiver<String>) -> Vec<String> {
    let mut rest = Vec::new();
    while let Some(line) = soon("the end of its words", lines.recv()).await {
        rest.push(line);
    }
    rest
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
