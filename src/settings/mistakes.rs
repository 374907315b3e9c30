//! What is wrong with settings, in words for the operator; and what is only doubtful.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Everything that is wrong with the settings; `Display` has one mistake per line.
#[derive(Debug)]
pub struct Mistakes(pub(super) Vec<Mistake>);

impl Mistakes {
    /// The mistakes, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, mistake) in self.0.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// One mistake. A `place` is a key's path or the variable that sets it.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no TOML; nothing in it was looked at.
    #[error("{file}: {what}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, column and what is wrong there.
        what: String,
    },
    /// There is no such setting.
    #[error("{place}: there is no such setting{}", meant(*near))]
    Unknown {
        /// Where it stands.
        place: String,
        /// The setting that may have been meant.
        near: Option<&'static str>,
    },
    /// A value is not what it must be.
    #[error("{place}: found {found}, wanted {wanted}")]
    Value {
        /// Where it stands.
        place: String,
        /// What stands there.
        found: String,
        /// What may stand there.
        wanted: String,
    },
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(String::new, |path| format!("; did you mean {path}?"))
}

/// Something doubtful that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The key's path, or the variable that sets it.
    pub place: String,
    /// What is doubtful about it.
    pub why: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.why)
    }
}
