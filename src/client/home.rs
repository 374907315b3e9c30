//! What is the user's own: a folder, and files that nobody else reads.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// There is no user, or no home of theirs; for the person at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no home folder to keep things in; set XDG_CONFIG_HOME")]
pub struct NoHome;

/// Where conclave keeps what is the user's: `$XDG_CONFIG_HOME/conclave`, as a rule
/// `~/.config/conclave`.
///
/// # Errors
/// [`NoHome`].
pub fn folder() -> Result<PathBuf, NoHome> {
    let base = etcetera::choose_base_strategy().map_err(|_| NoHome)?;
    Ok(base.config_dir().join("conclave"))
}

/// Opens a file; if it is made it is for its owner alone, and so are folders that are missing.
///
/// # Errors
/// The system's.
pub fn open(path: &Path, how: &mut OpenOptions) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    how.mode(0o600).open(path)
}
