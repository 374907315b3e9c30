//! `CERT`: the certificates of clients by which one's account can be proven. No specification has it;
//! it is what services of other networks do.

use bytes::BytesMut;

use super::asked::{Asked, Item, told};
use super::reply::{FailCode, Reply, Voice};
use crate::chat::Command;
use crate::chat::certificate::Certificate;
use crate::chat::command::Certificates;
use crate::dialect::Heard;

/// The command, as errors name it.
pub(super) const COMMAND: &str = "CERT";

/// For `HELP`.
pub(super) const USAGE: &str = "LIST, ADD [<fingerprint>] or REMOVE <fingerprint>";

/// What the parameters mean; without a fingerprint the one is added that the client showed.
pub(super) fn hear(params: &[&str], shown: Option<Certificate>) -> Item {
    let first = params.first().copied().unwrap_or("LIST");
    let named = params.get(1).map(|told| told.parse::<Certificate>());
    let is = |name: &str| first.eq_ignore_ascii_case(name);
    let wanted = match (named, shown) {
        _ if is("LIST") => Certificates::List,
        (Some(Ok(named)), _) if is("REMOVE") => Certificates::Remove(named),
        (Some(Ok(named)), _) | (None, Some(named)) if is("ADD") => Certificates::Add(named),
        (None, None) if is("ADD") => return fault("Your client has shown no certificate"),
        (Some(_) | None, _) => {
            return fault("CERT LIST, ADD [<fingerprint>] or REMOVE <fingerprint>");
        }
    };
    (
        Heard::Command(Command::Certificates(wanted)),
        Asked::Certificates,
    )
}

fn fault(text: &'static str) -> Item {
    let reply = Reply::FailOf {
        command: COMMAND,
        code: FailCode::InvalidParams,
        about: Vec::new(),
        text,
    };
    told(vec![reply])
}

/// Writes them.
pub(super) fn tell(voice: Voice<'_>, certificates: &[Certificate], out: &mut BytesMut) {
    let mut note = |text: &str| voice.note(text, out);
    for certificate in certificates {
        note(&format!(
            "Your account is proven by the certificate {certificate}"
        ));
    }
    note(&format!(
        "Certificates of your account: {}",
        certificates.len()
    ));
}
