//! A guest who logs in without leaving: `AUTHENTICATE` behind the registration, and what others hear.
//!
//! <https://ircv3.net/specs/extensions/sasl-3.2>, <https://ircv3.net/specs/extensions/account-notify>
//! and <https://ircv3.net/specs/extensions/chghost>.

use bytes::BytesMut;

use super::asked::{Asked, Item, told};
use super::caps::{Cap, Caps};
use super::conversation::Conversation;
use super::events::Head;
use super::grammar::Message;
use super::hear::{own, too_few};
use super::line::CLOAK;
use super::me::Me;
use super::numerics::Numeric;
use super::register;
use super::reply::{Reply, Voice};
use super::sasl::{self, Meant};
use crate::chat::{Command, Refusal, UserName};
use crate::dialect::Heard;

/// The command, as errors name it.
pub(super) const COMMAND: &str = "AUTHENTICATE";

/// For `HELP`.
pub(super) const USAGE: &str = "<mechanism>, to log in: PLAIN, or EXTERNAL by a certificate";

const ALREADY: &str = "You have already authenticated using SASL";

/// What an `AUTHENTICATE` of who is in means.
pub(super) fn hear(message: &Message<'_>, me: &mut Me, caps: Caps) -> Item {
    let text = message.param(0).unwrap_or_default();
    if text.is_empty() {
        return too_few(COMMAND);
    }
    if me.user.account().is_some() {
        return own(Numeric::SaslAlready, &[ALREADY]);
    }
    if !caps.has(Cap::Sasl) {
        return own(Numeric::SaslFail, &[sasl::ASK_FIRST]);
    }
    match sasl::hear(&mut me.exchange, me.shown, text) {
        Meant::Prove { user, password } => (
            Heard::Command(Command::Prove { user, password }),
            Asked::LogIn,
        ),
        Meant::ProveByCertificate { certificate, user } => (
            Heard::Command(Command::ProveByCertificate { certificate, user }),
            Asked::LogIn,
        ),
        Meant::Told(replies) => told(replies),
    }
}

/// Writes that one is logged in, and what others who asked for it are told.
pub(super) fn logged_in(
    talk: &mut Conversation,
    asked: &Asked,
    user: &UserName,
    was: &UserName,
    out: &mut BytesMut,
) {
    talk.is_seen_as(user);
    let voice = talk.voice();
    sasl::logged_in(user.as_str(), user.id()).spell(voice, out);
    if matches!(asked, Asked::Register(_)) {
        register::success(user.id()).spell(voice, out);
    } else {
        sasl::success().spell(voice, out);
    }
    let caps = talk.enabled();
    changes(caps, &Head::own(was), &Head::own(user), user, out);
}

/// Writes why a guest stays one.
pub(super) fn refusal(voice: Voice<'_>, refusal: &Refusal, why: &str, out: &mut BytesMut) {
    let is_in = matches!(refusal, Refusal::LoggedInAlready { .. });
    let (numeric, why) = if is_in {
        (Numeric::SaslAlready, ALREADY)
    } else {
        (Numeric::SaslFail, why)
    };
    Reply::numeric(numeric, &[why]).spell(voice, out);
}

/// Writes that somebody is an account from here on, for who wants to know.
pub(super) fn changes(
    caps: Caps,
    before: &Head<'_>,
    now: &Head<'_>,
    user: &UserName,
    out: &mut BytesMut,
) {
    if caps.has(Cap::ChgHost) {
        before.tell("CHGHOST", &[user.came_as(), CLOAK], out);
    }
    if caps.has(Cap::AccountNotify) {
        now.tell("ACCOUNT", &[user.id()], out);
    }
}
