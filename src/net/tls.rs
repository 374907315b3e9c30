//! The node's certificate: read from two PEM files, or made at the first start, and what TLS does
//! with it.
//!
//! TLS 1.3 and 1.2 by aws-lc-rs, hybrid post-quantum key exchange first. No resumption: a ticket costs a handshake more than it saves with an ECDSA key.

mod fingerprint;
mod generate;
pub mod trust;
mod validity;
mod visitor;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{InconsistentKeys, ServerConfig};
use time::OffsetDateTime;
use zeroize::Zeroizing;

pub use fingerprint::{Fingerprint, NoFingerprint};

use visitor::AnyCertificate;

/// Where the certificate lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The chain in PEM, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key in PEM, not encrypted.
    pub key: PathBuf,
}

/// What a generated certificate is like; it is self-signed and good for ten years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// DNS names and addresses that it is for; the first is also its common name.
    pub names: Vec<String>,
    /// The kind of its key.
    pub key_type: KeyType,
}

/// The kind of a generated key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// ECDSA on P-256: small, fast.
    EcdsaP256,
    /// RSA with 2048 bits: for clients that know nothing else.
    Rsa2048,
}

/// What becomes of files that exist when a certificate is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// They stay, and nothing is generated.
    Keep,
    /// They are replaced.
    Replace,
}

/// Whether those who come are asked for a certificate of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitors {
    /// They are not.
    Unasked,
    /// They are, and need not show one; who does has to have its key.
    Asked,
}

/// How a node came by its certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The files were there.
    Loaded,
    /// Both files were missing and have been made.
    Generated,
}

/// Why there is no usable certificate; the words are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// One of the two files is there without the other.
    #[error(
        "{} is there but {} is not; bring the missing one, or remove the other and both are made anew",
        present.display(), missing.display()
    )]
    Half {
        /// The file that is there.
        present: PathBuf,
        /// The file that is not.
        missing: PathBuf,
    },
    /// Something is there already and must not be overwritten.
    #[error("{} is there already and is not overwritten", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Certificate and key are to be generated into one file, which cannot hold both.
    #[error("{}: certificate and key need a file each to be generated", path.display())]
    SameFile {
        /// The file.
        path: PathBuf,
    },
    /// The file is no PEM.
    #[error("{}: is no PEM file: {source}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        source: pem::Error,
    },
    /// There is nothing of that kind in the file.
    #[error("{}: holds no {what}", path.display())]
    Nothing {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// The PEM is fine, what it holds is not.
    #[error("{}: holds an unusable {what}: {source}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What it holds.
        what: &'static str,
        /// What the TLS library says.
        source: rustls::Error,
    },
    /// The key belongs to another certificate.
    #[error("{} is not the key of the certificate in {}", key.display(), cert.display())]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A certificate cannot be made for these names.
    #[error("no certificate can be made for {names}: {source}")]
    Generate {
        /// The names, with commas between.
        names: String,
        /// What the generator says.
        source: rcgen::Error,
    },
    /// The TLS library refuses its own set-up.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[source] rustls::Error),
}

/// A certificate with its key, checked to belong together.
#[derive(Debug, Clone)]
pub struct Identity(CertifiedKey);

impl Identity {
    /// Reads the files; generates them when *both* are missing. Never overwrites anything.
    ///
    /// # Errors
    /// [`TlsError`] when a file is missing, unreadable or broken, or when they do not match.
    pub fn load_or_generate(
        files: &Files,
        generation: &Generation,
    ) -> Result<(Self, Origin), TlsError> {
        let half = |present: &Path, missing: &Path| TlsError::Half {
            present: present.to_owned(),
            missing: missing.to_owned(),
        };
        match (is_there(&files.cert)?, is_there(&files.key)?) {
            (true, true) => Ok((Self::load(files)?, Origin::Loaded)),
            (true, false) => Err(half(&files.cert, &files.key)),
            (false, true) => Err(half(&files.key, &files.cert)),
            (false, false) => {
                let identity = Self::generate(files, generation, Existing::Keep)?;
                Ok((identity, Origin::Generated))
            }
        }
    }

    /// Makes a self-signed certificate and writes both files, each at once and whole: the key for
    /// its owner's eyes only, the certificate for everybody's. Missing folders are made.
    ///
    /// # Errors
    /// [`TlsError::Exists`] when a file is there and [`Existing::Keep`] was asked; otherwise
    /// [`TlsError`] when the names are none or a file cannot be written.
    pub fn generate(
        files: &Files,
        generation: &Generation,
        existing: Existing,
    ) -> Result<Self, TlsError> {
        generate::generate(files, generation, existing)?;
        Self::load(files)
    }

    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`] when a file is missing, unreadable or broken, or when they do not match.
    pub fn load(files: &Files) -> Result<Self, TlsError> {
        let chain = read_chain(&files.cert)?;
        let key = read_key(&files.key)?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            // A key that cannot tell its public half cannot be compared either.
            Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {
                Ok(Self(certified))
            }
            Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::Mismatch {
                cert: files.cert.clone(),
                key: files.key.clone(),
            }),
            Err(source) => Err(TlsError::Unusable {
                path: files.cert.clone(),
                what: "certificate",
                source,
            }),
        }
    }

    /// What TLS does; [`Door::tls`](super::door::Door::tls) makes that of a door of it.
    ///
    /// # Errors
    /// [`TlsError::Setup`] when the TLS library cannot do what is asked, which is a bug.
    pub fn server_config(&self, visitors: Visitors) -> Result<Arc<ServerConfig>, TlsError> {
        let provider = Arc::new(provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(TlsError::Setup)?;
        let builder = match visitors {
            Visitors::Unasked => builder.with_no_client_auth(),
            Visitors::Asked => {
                builder.with_client_cert_verifier(Arc::new(AnyCertificate::new(provider)))
            }
        };
        let mut config =
            builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(self.0.clone())));
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Arc::new(config))
    }

    /// That of the server's own certificate.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.leaf())
    }

    /// The last moment at which clients accept the certificate; `None` when it does not say so in
    /// a form that is understood.
    #[must_use]
    pub fn expires(&self) -> Option<OffsetDateTime> {
        validity::not_after(self.leaf())
    }

    /// The server's own certificate, DER.
    fn leaf(&self) -> &[u8] {
        self.0.cert.first().map_or(&[], |leaf| leaf)
    }
}

/// The one provider of this program.
fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}

fn is_there(path: &Path) -> Result<bool, TlsError> {
    path.try_exists().map_err(|source| TlsError::Read {
        path: path.to_owned(),
        source,
    })
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(path)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|source| TlsError::Pem {
            path: path.to_owned(),
            source,
        })?;
    if chain.is_empty() {
        return Err(TlsError::Nothing {
            path: path.to_owned(),
            what: "certificate",
        });
    }
    Ok(chain)
}

fn read_key(path: &Path) -> Result<Arc<dyn SigningKey>, TlsError> {
    let (path, text) = (path.to_owned(), read(path)?);
    let key = match PrivateKeyDer::from_pem_slice(&text) {
        Ok(key) => key,
        Err(pem::Error::NoItemsFound) => {
            let what = "private key, or only an encrypted one";
            return Err(TlsError::Nothing { path, what });
        }
        Err(source) => return Err(TlsError::Pem { path, source }),
    };
    let what = "private key";
    provider()
        .key_provider
        .load_private_key(key)
        .map_err(|source| TlsError::Unusable { path, what, source })
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    fs::read(path)
        .map(Zeroizing::new)
        .map_err(|source| TlsError::Read {
            path: path.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rustls::client::Resumption;
    use rustls::pki_types::ServerName;
    use rustls::{
        ClientConfig, ClientConnection, NamedGroup, ProtocolVersion, RootCertStore,
        ServerConnection, SupportedProtocolVersion,
    };
    use tempfile::TempDir;

    use super::super::door::Door;
    use super::*;

    fn place() -> (TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files {
            cert: folder.path().join("made/for/it/cert.pem"),
            key: folder.path().join("made/for/it/key.pem"),
        };
        (folder, files)
    }

    fn wanted(key_type: KeyType) -> Generation {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
        Generation { names, key_type }
    }

    fn start(files: &Files) -> Result<(Identity, Origin), TlsError> {
        Identity::load_or_generate(files, &wanted(KeyType::EcdsaP256))
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn said(result: Result<(Identity, Origin), TlsError>) -> String {
        result.expect_err("an error").to_string()
    }

    #[test]
    fn the_first_start_makes_both_files_and_the_second_reads_them() {
        let (_folder, files) = place();
        let (made, origin) = start(&files).unwrap();
        assert_eq!(origin, Origin::Generated);
        assert_eq!((mode(&files.key), mode(&files.cert)), (0o600, 0o644));
        let (read, origin) = start(&files).unwrap();
        assert_eq!(origin, Origin::Loaded);
        assert_eq!(read.fingerprint(), made.fingerprint());
        let left = fs::read_dir(files.cert.parent().unwrap()).unwrap().count();
        assert_eq!(left, 2, "nothing else is left there");
    }

    #[test]
    fn it_can_be_told_from_others_and_when_it_ends() {
        let (_folder, files) = place();
        let (identity, _) = start(&files).unwrap();
        let known = trust::fingerprint_of(&files.cert).unwrap();
        assert_eq!(known, identity.fingerprint());
        let left = identity.expires().unwrap() - OffsetDateTime::now_utc();
        assert!((3649..=3650).contains(&left.whole_days()), "{left}");
    }

    #[test]
    fn what_exists_is_kept_unless_it_is_to_be_replaced() {
        let (_folder, files) = place();
        let (old, _) = start(&files).unwrap();
        let again = |existing| Identity::generate(&files, &wanted(KeyType::EcdsaP256), existing);
        let error = again(Existing::Keep).unwrap_err().to_string();
        assert!(
            error.ends_with("is there already and is not overwritten"),
            "{error}"
        );
        assert_eq!(start(&files).unwrap().0.fingerprint(), old.fingerprint());
        let new = again(Existing::Replace).unwrap();
        assert_ne!(new.fingerprint(), old.fingerprint());
        assert_eq!(mode(&files.key), 0o600);
    }

    #[test]
    fn one_file_without_the_other_is_never_completed() {
        for (missing, present) in [("key.pem", "cert.pem"), ("cert.pem", "key.pem")] {
            let (_folder, files) = place();
            start(&files).unwrap();
            fs::remove_file(files.cert.with_file_name(missing)).unwrap();
            let error = said(start(&files));
            assert!(
                error.contains(&format!("{present} is there but ")),
                "{error}"
            );
            assert!(error.contains(&format!("{missing} is not;")), "{error}");
        }
    }

    #[test]
    fn the_key_of_another_certificate_is_noticed() {
        let ((_one, files), (_two, others)) = (place(), place());
        start(&files).unwrap();
        start(&others).unwrap();
        fs::copy(&others.key, &files.key).unwrap();
        let error = said(start(&files));
        assert!(
            error.contains("key.pem is not the key of the certificate in "),
            "{error}"
        );
    }

    #[test]
    fn broken_files_are_named() {
        let (_folder, files) = place();
        start(&files).unwrap();
        let (cert, key) = (
            fs::read(&files.cert).unwrap(),
            fs::read(&files.key).unwrap(),
        );
        let broken = |kind: &str| format!("-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n");
        for (path, text, what) in [
            (&files.cert, String::new(), "cert.pem: holds no certificate"),
            (
                &files.cert,
                "-----BEGIN CERTIFICATE-----\nx".into(),
                "cert.pem: is no PEM file: ",
            ),
            (
                &files.cert,
                broken("CERTIFICATE"),
                "cert.pem: holds an unusable certificate: ",
            ),
            (
                &files.key,
                String::new(),
                "key.pem: holds no private key, or only an encrypted one",
            ),
            (
                &files.key,
                broken("ENCRYPTED PRIVATE KEY"),
                "key.pem: holds no private key",
            ),
            (
                &files.key,
                broken("PRIVATE KEY"),
                "key.pem: holds an unusable private key: ",
            ),
            (
                &files.key,
                "-----BEGIN PRIVATE KEY-----\n!\n".into(),
                "key.pem: is no PEM file: ",
            ),
        ] {
            fs::write(&files.cert, &cert).unwrap();
            fs::write(&files.key, &key).unwrap();
            fs::write(path, text).unwrap();
            let error = said(start(&files));
            assert!(error.contains(what), "{error} ≠ {what}");
        }
    }

    #[test]
    fn what_cannot_be_made_is_said() {
        let (folder, mut files) = place();
        let odd = Generation {
            names: vec!["n\u{e4}me".to_owned()],
            key_type: KeyType::EcdsaP256,
        };
        let error = said(Identity::load_or_generate(&files, &odd));
        assert!(
            error.starts_with("no certificate can be made for n\u{e4}me: "),
            "{error}"
        );
        fs::write(folder.path().join("made"), "a file").unwrap();
        let error = said(start(&files));
        assert!(
            error.contains("cert.pem: cannot be read") || error.contains("cannot be written"),
            "{error}"
        );
        files.key.clone_from(&files.cert);
        let error = Identity::generate(&files, &odd, Existing::Replace)
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("certificate and key need a file each to be generated"),
            "{error}"
        );
    }

    #[test]
    fn both_kinds_of_key_shake_hands_in_both_versions() {
        for key_type in [KeyType::EcdsaP256, KeyType::Rsa2048] {
            let (_folder, files) = place();
            let (identity, _) = Identity::load_or_generate(&files, &wanted(key_type)).unwrap();
            for version in [&TLS12, &TLS13] {
                for name in ["localhost", "127.0.0.1", "::1"] {
                    let config = identity.server_config(Visitors::Unasked).unwrap();
                    let client = shake_hands(&identity, config, version, name, &[]).unwrap();
                    assert_eq!(client.protocol_version(), Some(version.version));
                    assert_eq!(client.alpn_protocol(), None);
                }
            }
        }
    }

    #[test]
    fn the_key_exchange_is_safe_from_tomorrows_computers() {
        let (_folder, files) = place();
        let identity = start(&files).unwrap().0;
        let config = identity.server_config(Visitors::Unasked).unwrap();
        let client = shake_hands(&identity, config, &TLS13, "localhost", &[]).unwrap();
        assert_eq!(client.protocol_version(), Some(ProtocolVersion::TLSv1_3));
        let group = client.negotiated_key_exchange_group().unwrap().name();
        assert_eq!(group, NamedGroup::X25519MLKEM768);
    }

    #[test]
    fn no_tickets_are_sent() {
        let (_folder, files) = place();
        let config = start(&files)
            .unwrap()
            .0
            .server_config(Visitors::Unasked)
            .unwrap();
        assert_eq!(config.send_tls13_tickets, 0);
        assert!(!config.session_storage.can_cache());
        assert!(!config.ticketer.enabled());
    }

    #[test]
    fn a_door_lets_in_who_names_its_protocol_or_none() {
        let (_folder, files) = place();
        let identity = start(&files).unwrap().0;
        let chosen = |door: Door, protocols: &[&str]| {
            let named = protocols.iter().map(|name| name.as_bytes());
            let config = door.tls(&identity).unwrap().with(named);
            let client = shake_hands(&identity, config, &TLS13, "localhost", protocols)?;
            Ok::<_, rustls::Error>(client.alpn_protocol().map(<[u8]>::to_vec))
        };
        let (irc, http) = (Some(b"irc".to_vec()), Some(b"http/1.1".to_vec()));
        for (door, protocols, agreed) in [
            (Door::Irc, &["irc"][..], Ok(irc.clone())),
            (Door::Irc, &["h2", "irc"], Ok(irc)),
            (Door::Irc, &[], Ok(None)),
            (Door::Irc, &["h2", "http/1.1"], Ok(http)),
            (
                Door::Irc,
                &["h2"],
                Err(rustls::Error::NoApplicationProtocol),
            ),
            (Door::Line, &["http/1.1"], Ok(None)),
            (Door::Line, &[], Ok(None)),
        ] {
            assert_eq!(chosen(door, protocols), agreed, "{door}: {protocols:?}");
        }
    }

    /// A whole handshake in memory, by a client that trusts this certificate alone and names these
    /// protocols; or why the server refuses it.
    fn shake_hands(
        identity: &Identity,
        server: Arc<ServerConfig>,
        version: &'static SupportedProtocolVersion,
        name: &str,
        protocols: &[&str],
    ) -> Result<ClientConnection, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(identity.0.cert[0].clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().into())
            .collect();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut server = ServerConnection::new(server).unwrap();
        while client.is_handshaking() || server.is_handshaking() {
            let mut wire = Vec::new();
            client.write_tls(&mut wire).unwrap();
            server.read_tls(&mut wire.as_slice()).unwrap();
            server.process_new_packets()?;
            wire.clear();
            server.write_tls(&mut wire).unwrap();
            client.read_tls(&mut wire.as_slice()).unwrap();
            client.process_new_packets().unwrap();
        }
        Ok(client)
    }
}
