//! Makes a self-signed certificate and puts it where nothing is lost: written aside, synced, then
//! moved into place.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, RsaKeySize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{Existing, Files, Generation, KeyType, TlsError};

const DAY: Duration = Duration::from_hours(24);

/// Whoever pins a fingerprint does so once; ten years is beyond any machine's life.
const VALID: Duration = DAY.saturating_mul(3650);

const FOR_ITS_OWNER: u32 = 0o600;
const FOR_EVERYBODY: u32 = 0o644;

/// Writes both files, or neither where that can be foreseen.
pub(super) fn generate(
    files: &Files,
    generation: &Generation,
    existing: Existing,
) -> Result<(), TlsError> {
    let (cert, key) = (&files.cert, &files.key);
    if cert == key {
        return Err(TlsError::SameFile { path: cert.clone() });
    }
    for path in [cert, key] {
        if existing == Existing::Keep && super::is_there(path)? {
            return Err(TlsError::Exists { path: path.clone() });
        }
    }
    let made = made(generation).map_err(|source| TlsError::Generate {
        names: generation.names.join(", "),
        source,
    })?;
    let new_key = Aside::write(key, made.key.as_bytes(), FOR_ITS_OWNER)?;
    let new_cert = Aside::write(cert, made.cert.as_bytes(), FOR_EVERYBODY)?;
    new_key.put(existing)?;
    new_cert.put(existing)
}

/// PEM texts.
struct Made {
    cert: String,
    key: Zeroizing<String>,
}

fn made(generation: &Generation) -> Result<Made, rcgen::Error> {
    let key = match generation.key_type {
        KeyType::EcdsaP256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?,
        KeyType::Rsa2048 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048)?,
    };
    let mut params = CertificateParams::new(generation.names.clone())?;
    if let Some(name) = generation.names.first() {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    // A day back, for clients whose clock is behind.
    params.not_before = OffsetDateTime::now_utc() - DAY;
    params.not_after = OffsetDateTime::now_utc() + VALID;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let cert = params.self_signed(&key)?.pem();
    let key = Zeroizing::new(key.serialize_pem());
    Ok(Made { cert, key })
}

/// A file written beside its place; removed when it does not get there.
struct Aside {
    path: PathBuf,
    place: PathBuf,
}

impl Aside {
    fn write(place: &Path, text: &[u8], mode: u32) -> Result<Self, TlsError> {
        let error = |source| TlsError::Write {
            path: place.to_owned(),
            source,
        };
        let folder = folder(place);
        fs::create_dir_all(folder).map_err(error)?;
        let mut random = [0; 8];
        ::aws_lc_rs::rand::fill(&mut random)
            .map_err(|_| error(io::Error::other("no randomness")))?;
        let aside = Self {
            path: folder.join(format!(".new-{:016x}", u64::from_ne_bytes(random))),
            place: place.to_owned(),
        };
        aside.fill(text, mode).map_err(error)?;
        Ok(aside)
    }

    fn fill(&self, text: &[u8], mode: u32) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&self.path)?;
        // The mode at opening is under the umask, which may take more away than is meant.
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(text)?;
        file.sync_all()
    }

    fn put(self, existing: Existing) -> Result<(), TlsError> {
        let error = |source| TlsError::Write {
            path: self.place.clone(),
            source,
        };
        match existing {
            Existing::Replace => fs::rename(&self.path, &self.place).map_err(error)?,
            Existing::Keep => self.put_if_free()?,
        }
        let folder = File::open(folder(&self.place)).map_err(error)?;
        folder.sync_all().map_err(error)
    }

    /// A link, unlike a move, fails when somebody else was faster: two nodes that start in one
    /// folder must not end with the key of one and the certificate of the other.
    fn put_if_free(&self) -> Result<(), TlsError> {
        match fs::hard_link(&self.path, &self.place) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(TlsError::Exists {
                path: self.place.clone(),
            }),
            // Some file systems have no links.
            Err(_) => fs::rename(&self.path, &self.place).map_err(|source| TlsError::Write {
                path: self.place.clone(),
                source,
            }),
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Gone already when it was moved; otherwise its place has it by another name, or nobody
        // needs it.
        let _ = fs::remove_file(&self.path);
    }
}

fn folder(place: &Path) -> &Path {
    match place.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    }
}
