//! `REGISTER` and `VERIFY`: accounts that people make by their IRC clients.
//!
//! <https://ircv3.net/specs/extensions/account-registration>.

use bytes::BytesMut;

use super::asked::{Asked, Item, told};
use super::identity::Accounts;
use super::line::word;
use super::me::Me;
use super::refuse;
use super::reply::{FailCode, Reply, Voice};
use crate::chat::{Command, Refusal, Secret, UserName};
use crate::dialect::Heard;

/// The command, as errors name it.
pub(super) const COMMAND: &str = "REGISTER";

/// The other one, which nothing here needs.
pub(super) const VERIFY: &str = "VERIFY";

/// What is true of it: it may come at any time, and an account need not be called like its owner.
pub(super) const VALUE: &str = "before-connect,custom-account-name";

/// The same where a password of the node is asked for before anything is done for anybody.
pub(super) const VALUE_INSIDE: &str = "custom-account-name";

/// For `HELP`.
pub(super) const USAGE: &str = "<account, or * for your nick> * :<password>, to make an account";

/// By which a name stands for the nick, and an address for none.
const NONE: &str = "*";

/// An account that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Its name.
    pub account: UserName,
    /// Bytes of its password.
    pub password_bytes: usize,
}

/// What is wanted, and its password; or what is answered to what cannot be. `own` is the account to
/// which the peer is logged in.
pub(super) fn read(
    params: &[&str],
    accounts: Accounts,
    nick: Option<&str>,
    own: Option<&UserName>,
) -> Result<(Wish, Secret), Reply> {
    let [named, email, password, ..] = *params else {
        return Err(fail(FailCode::NeedMoreParams, None, USAGE));
    };
    if let Some(own) = own {
        return Err(already(COMMAND, own));
    }
    let no = |code, text| fail(code, Some(named), text);
    if accounts == Accounts::Closed {
        return Err(no(FailCode::Disallowed, CLOSED));
    }
    let Some(nick) = nick else {
        return Err(fail(FailCode::NeedNick, Some(NONE), "Say NICK first"));
    };
    if !email.is_empty() && email != NONE {
        let text = "No emails are sent from here: say * in its place";
        return Err(no(FailCode::InvalidEmail, text));
    }
    let wanted = if named == NONE { nick } else { named };
    let account = UserName::new(wanted).map_err(|_| no(FailCode::BadAccountName, NO_NAME))?;
    let password_bytes = password.len();
    let wish = Wish {
        account,
        password_bytes,
    };
    Ok((wish, Secret::new(password)))
}

const CLOSED: &str = "Accounts are made by the operator alone";

const NO_NAME: &str =
    "An account is called by 1 to 32 of A-Z a-z 0-9 _ - . and the first is a letter or digit";

/// The same of who is in.
pub(super) fn hear(params: &[&str], me: &Me) -> Item {
    let own = me.user.account().map(|_| &me.user);
    match read(params, me.accounts, Some(me.user.as_str()), own) {
        Ok((wish, password)) => asked(wish, password),
        Err(reply) => own_reply(reply),
    }
}

/// `VERIFY` of who is in.
pub(super) fn hear_verify(params: &[&str], me: &Me) -> Item {
    let own = me.user.account().map(|_| &me.user);
    own_reply(verify(params, own))
}

/// Has the account made.
pub(super) fn asked(wish: Wish, password: Secret) -> Item {
    let user = wish.account.clone();
    let make = Command::MakeAccount { user, password };
    (Heard::Command(make), Asked::Register(wish))
}

fn own_reply(reply: Reply) -> Item {
    told(vec![reply])
}

/// What is answered to who has not shown the node's password.
pub(super) fn outside(params: &[&str]) -> Reply {
    let named = params.first().copied().unwrap_or(NONE);
    let text = "Come in first: this server asks for a password";
    fail(FailCode::CompleteConnectionRequired, Some(named), text)
}

/// What is answered while something else is being checked.
pub(super) fn too_soon(params: &[&str]) -> Reply {
    let named = params.first().copied();
    fail(FailCode::TryAgain, named, "Wait for the answer before")
}

/// Nothing has to be verified, for no emails are sent.
pub(super) fn verify(params: &[&str], own: Option<&UserName>) -> Reply {
    match (own, params) {
        (Some(own), _) => already(VERIFY, own),
        (None, [account, _, ..]) => Reply::FailOf {
            command: VERIFY,
            code: FailCode::InvalidCode,
            about: vec![word(account).to_owned()],
            text: "Accounts are good at once: nothing has to be verified",
        },
        (None, _) => Reply::FailOf {
            command: VERIFY,
            code: FailCode::NeedMoreParams,
            about: Vec::new(),
            text: "<account> <code>",
        },
    }
}

/// There is one by now.
pub(super) fn success(account: &str) -> Reply {
    let account = account.to_owned();
    Reply::Registered { account }
}

/// Writes why there is none by that.
pub(super) fn refusal(voice: Voice<'_>, wish: &Wish, refusal: &Refusal, out: &mut BytesMut) {
    let about = [wish.account.to_string()];
    let code = code(wish, refusal);
    voice.fail_about(COMMAND, code, &about, &refuse::words(refusal), out);
}

fn code(wish: &Wish, refusal: &Refusal) -> FailCode {
    match refusal {
        Refusal::NameTaken { .. } => FailCode::AccountExists,
        Refusal::RegistrationClosed => FailCode::Disallowed,
        Refusal::PasswordLength { most, .. } if wish.password_bytes > *most => {
            FailCode::UnacceptablePassword
        }
        Refusal::PasswordLength { .. } => FailCode::WeakPassword,
        Refusal::LoggedInAlready { .. } => FailCode::AlreadyAuthenticated,
        Refusal::NotConfirmed => FailCode::NotConfirmed,
        Refusal::SlowDown { .. }
        | Refusal::Busy
        | Refusal::NotDelivered
        | Refusal::InUse { .. } => FailCode::TryAgain,
        Refusal::WrongPassword
        | Refusal::WrongToken
        | Refusal::UnknownCertificate
        | Refusal::CertificateTaken
        | Refusal::TooManyCertificates { .. }
        | Refusal::PasswordsDiffer
        | Refusal::PasswordFixed
        | Refusal::LoginFirst
        | Refusal::NotAName { .. }
        | Refusal::NickInUse { .. }
        | Refusal::NickRegistered { .. }
        | Refusal::OnlyForAccounts
        | Refusal::NoSuchUser { .. }
        | Refusal::NoSuchRoom { .. }
        | Refusal::WrongKey { .. }
        | Refusal::KeyTooLong { .. }
        | Refusal::AlreadyIn { .. }
        | Refusal::NotIn { .. }
        | Refusal::Denied { .. }
        | Refusal::NotThere { .. }
        | Refusal::ThereAlready { .. }
        | Refusal::Offline { .. }
        | Refusal::ListFull { .. }
        | Refusal::TooManyRooms { .. }
        | Refusal::InEnoughRooms { .. }
        | Refusal::TooManySubscriptions { .. }
        | Refusal::ToYourself
        | Refusal::NoOperator
        | Refusal::NoOperators
        | Refusal::NothingToSay => FailCode::Refused,
    }
}

fn already(command: &'static str, own: &UserName) -> Reply {
    Reply::FailOf {
        command,
        code: FailCode::AlreadyAuthenticated,
        about: vec![own.id().to_owned()],
        text: "You are logged in already",
    }
}

fn fail(code: FailCode, named: Option<&str>, text: &'static str) -> Reply {
    Reply::FailOf {
        command: COMMAND,
        code,
        about: named
            .map(|named| word(named).to_owned())
            .into_iter()
            .collect(),
        text,
    }
}
