//! The certificates of nodes that were seen before, in a file of the user's own.
//!
//! One node a line: its address, and the SHA-256 fingerprint of the certificate that it showed the
//! first time. Lines are only ever added; who knows better edits the file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::address::Address;
use super::home;
use crate::net::tls::Fingerprint;

/// Its name in the user's folder for conclave.
const FILE: &str = "known_nodes";

/// The nodes that were seen before, and where that is kept.
#[derive(Debug)]
pub struct KnownNodes {
    path: PathBuf,
    nodes: Vec<(Address, Fingerprint)>,
}

/// Why it is not known who was seen before; for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// A line is none of ours.
    #[error("{}:{line}: not an address and a SHA-256 fingerprint", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// The file or its folder fails.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl KnownNodes {
    /// Reads the file in this folder; a missing one knows nobody.
    ///
    /// # Errors
    /// [`KnownError`] when it cannot be read or understood.
    pub fn read(folder: &Path) -> Result<Self, KnownError> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(KnownError::File { path, source }),
        };
        let mut nodes = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let line = node(line).ok_or_else(|| KnownError::Malformed {
                path: path.clone(),
                line: index + 1,
            })?;
            nodes.push(line);
        }
        Ok(Self { path, nodes })
    }

    /// Where it is kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The certificate of a node, if it was seen before. The last line about it counts.
    #[must_use]
    pub fn fingerprint(&self, address: &Address) -> Option<Fingerprint> {
        let seen = self.nodes.iter().rev().find(|(known, _)| known == address);
        seen.map(|(_, fingerprint)| *fingerprint)
    }

    /// Keeps what a node showed the first time. Missing folders are made, for their owner alone.
    ///
    /// # Errors
    /// [`KnownError::File`].
    pub fn keep(&mut self, address: Address, fingerprint: Fingerprint) -> Result<(), KnownError> {
        let line = format!("{address} SHA-256 {fingerprint}\n");
        self.append(&line).map_err(|source| KnownError::File {
            path: self.path.clone(),
            source,
        })?;
        self.nodes.push((address, fingerprint));
        Ok(())
    }

    /// In one write, so that two clients at once do not tear each other's lines.
    fn append(&self, line: &str) -> io::Result<()> {
        let mut file = home::open(&self.path, OpenOptions::new().append(true).create(true))?;
        file.write_all(line.as_bytes())
    }
}

fn node(line: &str) -> Option<(Address, Fingerprint)> {
    let mut words = line.split_whitespace();
    let address = Address::with_port(words.next()?).ok()?;
    let fingerprint = words.next().filter(|word| *word == "SHA-256");
    let fingerprint = fingerprint.and(words.next())?.parse().ok()?;
    words.next().is_none().then_some((address, fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn who_was_seen_is_known_again() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("a/b");
        let (one, two) = (Fingerprint::of(b"one"), Fingerprint::of(b"two"));
        let mut known = KnownNodes::read(&folder).unwrap();
        assert_eq!(known.fingerprint(&address("localhost")), None);
        known.keep(address("localhost"), one).unwrap();
        known.keep(address("[::1]:9"), two).unwrap();
        for known in [&known, &KnownNodes::read(&folder).unwrap()] {
            assert_eq!(known.fingerprint(&address("localhost")), Some(one));
            assert_eq!(known.fingerprint(&address("[::1]:9")), Some(two));
            assert_eq!(known.fingerprint(&address("[::1]:10")), None);
        }
    }

    #[test]
    fn a_file_can_be_annotated_and_a_wrong_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let shown = Fingerprint::of(b"one");
        fs::write(&path, format!("# mine\n\nlocalhost:8001 SHA-256 {shown}\n")).unwrap();
        let known = KnownNodes::read(folder.path()).unwrap();
        assert_eq!(known.fingerprint(&address("localhost")), Some(shown));
        for line in [
            "localhost",
            "localhost:1 SHA-1 AB",
            &format!("localhost:1 SHA-256 {shown} x"),
        ] {
            fs::write(&path, format!("# mine\n{line}\n")).unwrap();
            let error = KnownNodes::read(folder.path()).unwrap_err().to_string();
            assert!(error.ends_with("known_nodes:2: not an address and a SHA-256 fingerprint"));
        }
    }
}
