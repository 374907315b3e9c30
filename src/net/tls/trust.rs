//! How a client knows a node: by an authority that vouches for its name, or by the fingerprint of
//! its certificate.
//!
//! With a fingerprint names, dates and issuers are not looked at: it is this very certificate or
//! another one, by whatever address. That the other side holds the certificate's key is proven by
//! the handshake, as always.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WantsClientCert};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, OtherError,
    RootCertStore, SignatureScheme, WantsVerifier,
};

use super::{Fingerprint, TlsError, provider, read_chain};

/// By which fingerprint a node is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// By this one, and nothing else will do.
    Known(Fingerprint),
    /// By the one that it shows now; who connects looks at it and keeps it.
    FirstTime,
}

/// A node showed another certificate than the one that was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificate is {shown}, not {known}")]
pub struct Stranger {
    /// What was expected.
    pub known: Fingerprint,
    /// What it showed.
    pub shown: Fingerprint,
}

/// How a client connects that knows a node by its fingerprint.
///
/// The handshake with anybody else fails, and [`stranger`] tells by which certificate.
///
/// # Errors
/// [`TlsError::Setup`] when the TLS library cannot do what is asked, which is a bug.
pub fn by_fingerprint(pin: Pin) -> Result<Arc<ClientConfig>, TlsError> {
    let pinned = Pinned {
        pin,
        algorithms: provider().signature_verification_algorithms,
    };
    let builder = builder()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(pinned));
    Ok(finished(builder))
}

/// How a client connects that trusts the certificates of a PEM file and whom they vouch for, by
/// the name under which the node is reached.
///
/// # Errors
/// [`TlsError`] when there is no usable certificate in the file.
pub fn by_authority(file: &Path) -> Result<Arc<ClientConfig>, TlsError> {
    let mut trusted = RootCertStore::empty();
    for certificate in read_chain(file)? {
        trusted
            .add(certificate)
            .map_err(|source| TlsError::Unusable {
                path: file.to_owned(),
                what: "certificate",
                source,
            })?;
    }
    Ok(finished(builder()?.with_root_certificates(trusted)))
}

/// The fingerprint of the first certificate in a PEM file.
///
/// # Errors
/// [`TlsError`] when there is no certificate in the file.
pub fn fingerprint_of(file: &Path) -> Result<Fingerprint, TlsError> {
    Ok(Fingerprint::of(&read_chain(file)?.swap_remove(0)))
}

/// Why a handshake failed, when it is because the other side showed another certificate.
#[must_use]
pub fn stranger(error: &Error) -> Option<&Stranger> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(why))) => why.downcast_ref(),
        _ => None,
    }
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, TlsError> {
    ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TlsError::Setup)
}

/// Nodes give no tickets, so there is nothing to keep for the next connection.
fn finished(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> Arc<ClientConfig> {
    let mut config = builder.with_no_client_auth();
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

#[derive(Debug)]
struct Pinned {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Fingerprint::of(end_entity);
        match self.pin {
            Pin::Known(known) if known != shown => {
                let stranger = Arc::new(Stranger { known, shown });
                Err(CertificateError::Other(OtherError(stranger)).into())
            }
            Pin::Known(_) | Pin::FirstTime => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
