//! `conclave chat` for pipes: what is typed goes to the node, what the node says comes out, line
//! for line and nothing else. What is about the connection is said on standard error.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use rustix::termios::{self, LocalModes, OptionalActions};
use tokio::sync::mpsc;

use super::error::ChatError;
use super::link::{Down, Link, News, Next};
use super::trust::Acquaintances;
use crate::chat::text::visible;
use crate::chat::{Ending, UserName};
use crate::dialect::Prompt;
use crate::dialect::line::read::{Told, read};
use crate::net::framing::{Framed, Lines, UNFRAMED_BYTES};

/// Lines read ahead of the node.
const TYPED_LINES: usize = 64;

/// Bytes that wait for the node before no more is read.
const BACKLOG: usize = 64 * 1024;

/// Bytes read at once.
const READ_BYTES: usize = 8 * 1024;

/// Talks until the node or standard input ends.
///
/// # Errors
/// [`ChatError`] when it ends otherwise.
pub(super) async fn run(
    link: Link,
    acquaintances: Acquaintances,
    user: Option<UserName>,
) -> Result<(), ChatError> {
    let mut typed = typed_lines();
    let mut talk = Talk {
        link,
        acquaintances,
        input: user.map_or(Input::Open, Input::Introduces),
        connections: 0,
        echo: Echo::of_the_terminal(),
    };
    let done = loop {
        tokio::select! {
            news = talk.link.next() => {
                if let Some(done) = talk.hears(news) {
                    break done;
                }
            }
            line = typed.recv(), if talk.reads_on() => talk.types(line),
        }
    };
    talk.echo.on();
    match done {
        // Whoever read it has read enough.
        Err(ChatError::Terminal(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

struct Talk {
    link: Link,
    acquaintances: Acquaintances,
    input: Input,
    connections: u32,
    echo: Echo,
}

/// What becomes of standard input.
enum Input {
    /// The node is told this name first; what is read next is the password.
    Introduces(UserName),
    Open,
    Ended,
}

impl Talk {
    fn reads_on(&self) -> bool {
        let wanted = match self.input {
            Input::Open => true,
            Input::Introduces(_) | Input::Ended => false,
        };
        wanted && self.link.is_ready() && self.link.backlog() < BACKLOG
    }

    fn types(&mut self, line: Option<Vec<u8>>) {
        self.echo.on();
        // Both only while the link is ready.
        let _ = match line {
            Some(line) => self.link.say(&line),
            None => {
                self.input = Input::Ended;
                self.link.finish()
            }
        };
    }

    /// How it ended, if it did.
    fn hears(&mut self, news: News) -> Option<Result<(), ChatError>> {
        match news {
            News::Connected {
                address,
                introduction,
            } => {
                if let Some(shown) = introduction {
                    match self.acquaintances.keep(&address, shown) {
                        Ok(note) => note_down(&note),
                        Err(error) => return Some(Err(error.into())),
                    }
                }
                if self.connections > 0 {
                    note_down(&format!("connected again, to {address}"));
                }
                self.connections += 1;
                None
            }
            News::Line(line) => self.line(&line).err().map(|error| Err(error.into())),
            News::Down { why, next } => self.down(why, next),
        }
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        let told = read(line);
        if let (Input::Introduces(user), Told::Prompt(Prompt::Username)) = (&self.input, &told) {
            // It has just said something, so it is there.
            let _ = self.link.say(user.as_str().as_bytes());
            self.input = Input::Open;
        }
        if let Told::Prompt(
            Prompt::Password | Prompt::OldPassword | Prompt::NewPassword | Prompt::NewPasswordAgain,
        ) = told
        {
            self.echo.off();
        }
        let mut out = io::stdout().lock();
        if out.is_terminal() {
            writeln!(out, "{}", visible(line))?;
        } else {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }

    fn down(&mut self, why: Down, next: Next) -> Option<Result<(), ChatError>> {
        self.echo.on();
        match (&self.input, &why, next) {
            (
                _,
                Down::Ended {
                    ending: Ending::Quit,
                    ..
                },
                _,
            ) => Some(Ok(())),
            (Input::Ended, _, _) => Some(Err(ChatError::CutOff(why))),
            (_, _, Next::Over) => Some(Err(self.acquaintances.explain(why))),
            (_, _, Next::Rest) => {
                note_down(&why.to_string());
                self.link.connect();
                None
            }
            (_, _, Next::Again { address, wait }) => {
                let seconds = wait.as_secs_f32();
                note_down(&format!("{why}; {address} is next, in {seconds:.1} s"));
                None
            }
        }
    }
}

/// Something about the connection, for the person behind the pipe.
fn note_down(note: &str) {
    // Where it cannot be said, nobody wants to know.
    let _ = writeln!(io::stderr(), "conclave: {note}");
}

/// Standard input, line by line, from a thread of its own: it cannot be read without waiting.
fn typed_lines() -> mpsc::Receiver<Vec<u8>> {
    let (to, typed) = mpsc::channel(TYPED_LINES);
    std::thread::spawn(move || {
        let mut lines = Lines::new(UNFRAMED_BYTES);
        let mut chunk = [0; READ_BYTES];
        loop {
            let read = io::stdin().read(&mut chunk).unwrap_or(0);
            match read {
                // A last line without its end is one too.
                0 if lines.is_empty() => return,
                0 => lines.push(b"\n"),
                _ => lines.push(&chunk[..read]),
            }
            loop {
                match lines.take() {
                    Framed::Line(line) => {
                        if to.blocking_send(line.to_vec()).is_err() {
                            return;
                        }
                    }
                    Framed::TooLong => note_down("a line is too long and was not sent"),
                    Framed::Incomplete | Framed::Lost => break,
                }
            }
            if read == 0 {
                return;
            }
        }
    });
    typed
}

/// Whether the terminal shows what is typed.
enum Echo {
    /// There is no terminal.
    None,
    On,
    Off,
}

impl Echo {
    fn of_the_terminal() -> Self {
        if io::stdin().is_terminal() {
            Self::On
        } else {
            Self::None
        }
    }

    fn off(&mut self) {
        if let Self::On = self
            && show_typed(LocalModes::difference).is_ok()
        {
            *self = Self::Off;
        }
    }

    fn on(&mut self) {
        if let Self::Off = self
            && show_typed(LocalModes::union).is_ok()
        {
            *self = Self::On;
            // The line end that ended the password was not shown either.
            let _ = writeln!(io::stderr());
        }
    }
}

fn show_typed(change: fn(LocalModes, LocalModes) -> LocalModes) -> rustix::io::Result<()> {
    let terminal = io::stdin();
    let mut modes = termios::tcgetattr(&terminal)?;
    modes.local_modes = change(modes.local_modes, LocalModes::ECHO);
    termios::tcsetattr(&terminal, OptionalActions::Now, &modes)
}
