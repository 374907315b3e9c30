//! A login by SASL: `AUTHENTICATE` and what it carries.
//!
//! <https://ircv3.net/specs/extensions/sasl-3.1>; PLAIN is RFC 4616.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::caps::Mechanisms;
use super::line::CLOAK;
use super::numerics::Numeric;
use super::reply::Reply;
use crate::chat::certificate::Certificate;
use crate::chat::{Secret, UserName};

/// By a password; the line below it is TLS.
pub const PLAIN: &str = "PLAIN";

/// By the certificate that was shown in the handshake: RFC 4422, appendix A.
pub const EXTERNAL: &str = "EXTERNAL";

/// Bytes of base64 in one `AUTHENTICATE`; fewer say that it was the last one.
pub const CHUNK_BYTES: usize = 400;

/// Bytes of base64 in all chunks of a response: two names and the longest password.
pub const RESPONSE_BYTES: usize = 4 * CHUNK_BYTES;

/// As whom the peer is logged in from here on.
#[must_use]
pub fn logged_in(nick: &str, account: &str) -> Reply {
    let whole = format!("{nick}!{account}@{CLOAK}");
    let text = format!("You are now logged in as {account}");
    Reply::numeric(Numeric::LoggedIn, &[&whole, account, &text])
}

/// It is proven.
#[must_use]
pub fn success() -> Reply {
    Reply::numeric(Numeric::SaslSuccess, &["SASL authentication successful"])
}

/// For who has not asked for the capability.
pub(super) const ASK_FIRST: &str = "Ask for it first: CAP REQ sasl";

/// What an `AUTHENTICATE` means.
#[derive(Debug)]
pub(super) enum Meant {
    /// Somebody proves an account by its password.
    Prove {
        /// Who it is said to be.
        user: UserName,
        /// The proof.
        password: Secret,
    },
    /// The same by the certificate that was shown.
    ProveByCertificate {
        /// The certificate.
        certificate: Certificate,
        /// The account, where one was named.
        user: Option<UserName>,
    },
    /// The peer is told this, and no more is meant.
    Told(Vec<Reply>),
}

/// Hears one of somebody who has shown this certificate, or none.
pub(super) fn hear(exchange: &mut Exchange, shown: Option<Certificate>, text: &str) -> Meant {
    let is_external = !exchange.is_under_way() && text.eq_ignore_ascii_case(EXTERNAL);
    let turn = match shown {
        // Nothing was shown that could prove anything.
        None if is_external => Turn::UnknownMechanism,
        None | Some(_) => exchange.hear(text),
    };
    let say = |numeric, params: &[&str]| Reply::numeric(numeric, params);
    let failed = || say(Numeric::SaslFail, &["SASL authentication failed"]);
    let replies = match (turn, shown) {
        (Turn::Credentials { user, password }, _) => return Meant::Prove { user, password },
        (Turn::Shown { user }, Some(certificate)) => {
            return Meant::ProveByCertificate { certificate, user };
        }
        (Turn::GoOn, _) => vec![Reply::Authenticate],
        (Turn::More, _) => Vec::new(),
        (Turn::Aborted, _) => vec![aborted()],
        (Turn::UnknownMechanism, _) => {
            let known = Mechanisms::of(shown.as_ref()).names();
            let known = [known, "are available SASL mechanisms"];
            vec![say(Numeric::SaslMechs, &known), failed()]
        }
        (Turn::TooLong, _) => vec![say(Numeric::SaslTooLong, &["SASL message too long"])],
        (Turn::Failed, _) | (Turn::Shown { .. }, None) => vec![failed()],
    };
    Meant::Told(replies)
}

/// The exchange is over, and nothing is proven.
pub(super) fn aborted() -> Reply {
    Reply::numeric(Numeric::SaslAborted, &["SASL authentication aborted"])
}

/// Where an exchange stands.
#[derive(Debug, Default)]
pub struct Exchange(State);

#[derive(Default)]
enum State {
    /// A mechanism comes next.
    #[default]
    Idle,
    /// Chunks of base64 come next; these came so far. The buffer never grows, so that no copy of
    /// it is left behind.
    Response { so_far: Zeroizing<Vec<u8>> },
    /// One chunk of base64 comes next, or none: as whom somebody wants to come in.
    Name,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle => "Idle",
            Self::Response { .. } => "Response(…)",
            Self::Name => "Name",
        })
    }
}

/// What an `AUTHENTICATE` leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// The peer is told to go on: the response comes now.
    GoOn,
    /// There is more of the response to come.
    More,
    /// Somebody claims to be this user.
    Credentials {
        /// Who it is said to be.
        user: UserName,
        /// The proof.
        password: Secret,
    },
    /// Somebody has shown a certificate that may prove an account.
    Shown {
        /// The account, where one was named.
        user: Option<UserName>,
    },
    /// The peer gave up.
    Aborted,
    /// Another mechanism than [`PLAIN`] and [`EXTERNAL`].
    UnknownMechanism,
    /// A chunk of more than [`CHUNK_BYTES`].
    TooLong,
    /// No base64, no PLAIN, more than [`RESPONSE_BYTES`], or a name that names nobody: as good as a
    /// wrong password.
    Failed,
}

impl Exchange {
    /// Nothing was said yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(State::Idle)
    }

    /// Whether it waits for more of a response.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self.0, State::Response { .. } | State::Name)
    }

    /// Forgets a response under way.
    pub fn abort(&mut self) {
        self.0 = State::Idle;
    }

    /// Hears the parameter of an `AUTHENTICATE`. After anything but [`Turn::GoOn`] and
    /// [`Turn::More`] a new exchange may begin.
    pub fn hear(&mut self, word: &str) -> Turn {
        match std::mem::take(&mut self.0) {
            _ if word == "*" => Turn::Aborted,
            State::Idle if word.eq_ignore_ascii_case(PLAIN) => {
                let so_far = Zeroizing::new(Vec::with_capacity(RESPONSE_BYTES));
                self.0 = State::Response { so_far };
                Turn::GoOn
            }
            State::Idle if word.eq_ignore_ascii_case(EXTERNAL) => {
                self.0 = State::Name;
                Turn::GoOn
            }
            State::Idle => Turn::UnknownMechanism,
            State::Name if word.len() >= CHUNK_BYTES => Turn::TooLong,
            State::Name => external(word).unwrap_or(Turn::Failed),
            State::Response { so_far } => self.chunk(so_far, word),
        }
    }

    fn chunk(&mut self, mut so_far: Zeroizing<Vec<u8>>, word: &str) -> Turn {
        // A response of whole chunks is ended by a plus, and so is an empty one.
        let chunk = if word == "+" { "" } else { word };
        if chunk.len() > CHUNK_BYTES {
            return Turn::TooLong;
        }
        if so_far.len() + chunk.len() > RESPONSE_BYTES {
            return Turn::Failed;
        }
        so_far.extend_from_slice(chunk.as_bytes());
        if chunk.len() == CHUNK_BYTES {
            self.0 = State::Response { so_far };
            return Turn::More;
        }
        plain(&so_far).unwrap_or(Turn::Failed)
    }
}

/// `authzid NUL authcid NUL password`; nobody acts for somebody else.
fn plain(response: &[u8]) -> Option<Turn> {
    let mut decoded = Zeroizing::new([0; RESPONSE_BYTES]);
    let length = STANDARD.decode_slice(response, &mut decoded[..]).ok()?;
    let mut parts = decoded[..length].split(|byte| *byte == b'\0');
    let (acts_for, who, password) = (parts.next()?, parts.next()?, parts.next()?);
    let user = name(who)?;
    let is_own = acts_for.is_empty() || name(acts_for).as_ref() == Some(&user);
    if !is_own || password.is_empty() || parts.next().is_some() {
        return None;
    }
    let password = Secret::new(password);
    Some(Turn::Credentials { user, password })
}

/// Nothing, or the account.
fn external(word: &str) -> Option<Turn> {
    if word == "+" {
        return Some(Turn::Shown { user: None });
    }
    let user = name(&STANDARD.decode(word).ok()?)?;
    Some(Turn::Shown { user: Some(user) })
}

fn name(bytes: &[u8]) -> Option<UserName> {
    UserName::new(str::from_utf8(bytes).ok()?).ok()
}
