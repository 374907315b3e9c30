//! `[irc]`: by which names IRC clients know the server, and what it tells them first.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::resolve::{hashes, is_bcrypt};
use super::written::Written;
use crate::chat::UserName;

/// Characters of a network's name.
const NETWORK_CHARACTERS: usize = 32;

/// Characters of a description.
const DESCRIPTION_CHARACTERS: usize = 100;

/// Bytes of a server's name.
const SERVER_NAME_BYTES: usize = 63;

/// Lines of a message of the day.
const MOTD_LINES: usize = 100;

/// Bytes of one of them: with what stands in front it fits into a line of IRC.
const MOTD_LINE_BYTES: usize = 400;

/// `[irc]`: what the IRC door says of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irc {
    /// The name of all nodes together.
    pub network: NetworkName,
    /// The name of the server, the same on all nodes.
    pub server_name: ServerName,
    /// What the server is for.
    pub description: Description,
    /// The message of the day.
    pub motd: Motd,
    /// What all show who come in by this door.
    pub password: Password,
    /// `[irc.operators]`: the password hash of each operator, by names that are no accounts.
    pub operators: BTreeMap<UserName, String>,
}

/// One word of 1 to 32 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkName(String);

/// Two labels or more of letters, digits and dashes with dots between, at most 63 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName(String);

/// 1 to 100 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description(String);

/// A message of the day, read when the settings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Motd {
    /// There is none.
    None,
    /// What stood in a file.
    File {
        /// The file.
        path: PathBuf,
        /// Its lines without their ends, at most 100 of at most 400 bytes.
        lines: Vec<String>,
    },
}

impl Irc {
    /// The section; `None` when something in it is wrong, which is then noted.
    pub(super) fn read(written: &mut Written) -> Option<Self> {
        let network = written.text("irc.network", NetworkName::new);
        let server_name = written.text("irc.server_name", ServerName::new);
        let description = written.text("irc.description", Description::new);
        let motd = written.text("irc.motd", Motd::read);
        let password = written.secret("irc.password", Password::new);
        let operators = hashes(written, "irc.operators");
        Some(Self {
            network: network?,
            server_name: server_name?,
            description: description?,
            motd: motd?,
            password: password?,
            operators: operators?,
        })
    }
}

/// A password that is asked of all, whoever they are.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    /// None is.
    None,
    /// That of this bcrypt hash.
    Hash(String),
}

impl Password {
    fn new(hash: &str) -> Result<Self, String> {
        if hash.is_empty() {
            Ok(Self::None)
        } else if is_bcrypt(hash) {
            Ok(Self::Hash(hash.to_owned()))
        } else {
            Err("a bcrypt hash, as `conclave hash` prints it, or \"\"".to_owned())
        }
    }
}

/// A hash in a log is one that can be guessed at leisure.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Hash(_) => "Hash(…)",
        })
    }
}

impl Description {
    fn new(text: &str) -> Result<Self, String> {
        let characters = text.chars().count();
        let is_line = text.chars().all(|c| !c.is_control()) && text.trim() == text;
        if is_line && (1..=DESCRIPTION_CHARACTERS).contains(&characters) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "1 to {DESCRIPTION_CHARACTERS} characters on one line"
            ))
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NetworkName {
    fn new(text: &str) -> Result<Self, String> {
        let characters = text.chars().count();
        let is_word = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if is_word && (1..=NETWORK_CHARACTERS).contains(&characters) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("one word of 1 to {NETWORK_CHARACTERS} characters"))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ServerName {
    fn new(text: &str) -> Result<Self, String> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_label = |label: &str| !label.is_empty() && label.bytes().all(allowed);
        let fits = text.len() <= SERVER_NAME_BYTES && text.contains('.');
        if fits && text.split('.').all(is_label) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "a name such as \"chat.example.org\": A-Z a-z 0-9 - with a dot between, \
                 at most {SERVER_NAME_BYTES} bytes"
            ))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Motd {
    fn read(path: &str) -> Result<Self, String> {
        if path.is_empty() {
            return Ok(Self::None);
        }
        let wanted = |why: &dyn fmt::Display| format!("a file of text that can be read: {why}");
        let text = fs::read_to_string(path).map_err(|error| wanted(&error))?;
        Self::of(Path::new(path), &text)
    }

    fn of(path: &Path, text: &str) -> Result<Self, String> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let long = lines.iter().position(|line| line.len() > MOTD_LINE_BYTES);
        if let Some(at) = long {
            let (number, bytes) = (at + 1, lines[at].len());
            return Err(format!(
                "lines of at most {MOTD_LINE_BYTES} bytes: line {number} has {bytes}"
            ));
        }
        if lines.len() > MOTD_LINES {
            return Err(format!(
                "at most {MOTD_LINES} lines: the file has {}",
                lines.len()
            ));
        }
        let path = path.to_owned();
        Ok(Self::File { path, lines })
    }

    /// Its lines; none of them where there is no message.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::File { lines, .. } => lines,
        }
    }

    /// The file as it stands in the settings.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::None => Path::new(""),
            Self::File { path, .. } => path,
        }
    }
}
