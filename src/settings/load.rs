//! Which file the settings come from, and the whole way from there to the resolved ones.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::mistakes::{Mistake, Mistakes, Warning};
use super::written::Written;
use super::{Settings, resolve};

/// Read where no file is named, if it is there.
const USUAL_FILE: &str = "config/conclave.toml";

/// The manual, which is also the defaults.
const BUILT_IN: &str = include_str!("../../config/conclave.toml");

/// Settings without a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What is doubtful about them, for the operator's log.
    pub warnings: Vec<Warning>,
    /// Where they come from, apart from the environment.
    pub source: Source,
}

/// Where settings come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// The copy of the shipped file that is part of the program.
    BuiltIn,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::BuiltIn => f.write_str("built-in settings"),
        }
    }
}

/// Reads the settings: `file`, or `config/conclave.toml` of the working directory, or the copy of
/// it in the program; over that the environment, where `CONCLAVE_LISTEN__LINE` sets `listen.line`.
///
/// # Errors
/// Every mistake at once, in the file and in the environment.
pub fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Loaded, Mistakes> {
    let (source, text) =
        find(file, Path::new(USUAL_FILE)).map_err(|mistake| Mistakes(vec![mistake]))?;
    resolved(source, &text, environment)
}

/// Reads the settings once more from where they came.
///
/// # Errors
/// As [`load`].
pub fn load_again(source: &Source) -> Result<Loaded, Mistakes> {
    let file = match source {
        Source::File(path) => Some(path.as_path()),
        Source::BuiltIn => None,
    };
    load(file, environment())
}

/// The variables of this process, without those whose name is no text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        // A value that is no text becomes one that its setting refuses or that can be recognised.
        Some((
            name.into_string().ok()?,
            value.to_string_lossy().into_owned(),
        ))
    })
}

fn find(named: Option<&Path>, usual: &Path) -> Result<(Source, String), Mistake> {
    let path = named.unwrap_or(usual);
    match fs::read_to_string(path) {
        Ok(text) => Ok((Source::File(path.to_owned()), text)),
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
            Ok((Source::BuiltIn, BUILT_IN.to_owned()))
        }
        Err(source) => Err(Mistake::File {
            path: path.to_owned(),
            source,
        }),
    }
}

fn resolved(
    source: Source,
    text: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Loaded, Mistakes> {
    let mut written = Written::new(&source.to_string(), text, environment);
    let settings = resolve::settings(&mut written);
    let (settings, warnings) = written.finish(settings)?;
    Ok(Loaded {
        settings,
        warnings,
        source,
    })
}

#[cfg(test)]
mod tests;
