//! One node per `data_dir`.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::path::Path;

use super::OpenError;

/// The lock's file; it is empty and stays after the node, for only the lock on it counts.
const FILE: &str = "conclave.lock";

/// Held for as long as this process may write the log of a `data_dir`. The system frees it when
/// the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held for its drop alone")] File);

impl Lock {
    /// Takes the lock, in a directory that is made if there is none.
    ///
    /// # Errors
    /// [`OpenError::DataDir`] when the directory cannot be made or written,
    /// [`OpenError::Locked`] when somebody holds the lock.
    pub(super) fn take(data_dir: &Path) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::DataDir {
            data_dir: data_dir.to_owned(),
            source,
        };
        make(data_dir)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let file = options.open(data_dir.join(FILE)).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
                data_dir: data_dir.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }
}

/// Makes the directory if there is none, for its owner alone: password hashes are in it.
///
/// # Errors
/// [`OpenError::DataDir`] when that is not possible.
pub(super) fn make(data_dir: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(data_dir)
        .map_err(|source| OpenError::DataDir {
            data_dir: data_dir.to_owned(),
            source,
        })
}
