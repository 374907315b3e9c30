//! 3: the certificates of clients, from the session to the authenticator.

use actix::Message;

use super::Peer;
use crate::chat::certificate::Certificate;
use crate::chat::{Refusal, UserName};

/// Is this certificate that of an account? Its key was proven in the handshake. Answered with the
/// account's name as registered.
#[derive(Debug, Message)]
#[rtype(result = "Result<UserName, Refusal>")]
pub struct ProveByCertificate {
    /// The certificate.
    pub certificate: Certificate,
    /// The account, where one was named.
    pub user: Option<UserName>,
    /// Whose failures are counted.
    pub peer: Peer,
}
