//! What a server answers: numerics, standard replies, and lines of its own.

use bytes::BytesMut;

use super::grammar::{Read, Tag};
use super::line::{Line, Source, word};
use super::numerics::Numeric;
use super::service;

/// The nick of who has none yet.
pub const NO_NICK: &str = "*";

/// Who answers whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice<'a> {
    /// The name of the server.
    pub server: &'a str,
    /// The nick of the peer, or [`NO_NICK`].
    pub nick: &'a str,
    /// What stands in front of each line, for example the label of the command that is answered.
    pub tags: &'a [Tag<'a>],
}

/// Why a command failed, where no numeric says it; the codes are registered at
/// <https://ircv3.net/registry>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailCode {
    /// There is such an account, or somebody has that as a nick.
    AccountExists,
    /// Who is logged in needs no other account.
    AlreadyAuthenticated,
    /// No account can be called so.
    BadAccountName,
    /// One has to be in.
    CompleteConnectionRequired,
    /// Accounts are made by the operator alone.
    Disallowed,
    /// Nothing has to be verified.
    InvalidCode,
    /// No emails are sent from here.
    InvalidEmail,
    /// A nick comes first.
    NeedNick,
    /// A password is too short.
    WeakPassword,
    /// A password is too long.
    UnacceptablePassword,
    /// Nobody gets in without an account.
    AccountRequired,
    /// A line was not UTF-8: <https://ircv3.net/specs/extensions/utf8-only>.
    InvalidUtf8,
    /// Nobody can be that to themselves, or there is no such target.
    InvalidTarget,
    /// The parameters mean nothing.
    InvalidParams,
    /// A message of several lines has too many bytes.
    MultilineMaxBytes,
    /// It has too many lines.
    MultilineMaxLines,
    /// It has several targets.
    MultilineInvalidTarget,
    /// It is none.
    MultilineInvalid,
    /// It is no real name.
    InvalidRealName,
    /// The real name stays as it is.
    CannotChangeRealName,
    /// Some are missing.
    NeedMoreParams,
    /// The server could not.
    InternalError,
    /// Messages are not found by that.
    InvalidReference,
    /// Messages cannot be told now.
    MessageError,
    /// Later it may be done.
    TryAgain,
    /// It may have been done.
    NotConfirmed,
    /// It is not done; the words say why.
    Refused,
}

impl FailCode {
    /// As it is spelled.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountExists => "ACCOUNT_EXISTS",
            Self::AlreadyAuthenticated => "ALREADY_AUTHENTICATED",
            Self::BadAccountName => "BAD_ACCOUNT_NAME",
            Self::CompleteConnectionRequired => "COMPLETE_CONNECTION_REQUIRED",
            Self::Disallowed => "DISALLOWED",
            Self::InvalidCode => "INVALID_CODE",
            Self::InvalidEmail => "INVALID_EMAIL",
            Self::NeedNick => "NEED_NICK",
            Self::WeakPassword => "WEAK_PASSWORD",
            Self::UnacceptablePassword => "UNACCEPTABLE_PASSWORD",
            Self::AccountRequired => "ACCOUNT_REQUIRED",
            Self::InvalidUtf8 => "INVALID_UTF8",
            Self::InvalidTarget => "INVALID_TARGET",
            Self::InvalidParams => "INVALID_PARAMS",
            Self::MultilineMaxBytes => "MULTILINE_MAX_BYTES",
            Self::MultilineMaxLines => "MULTILINE_MAX_LINES",
            Self::MultilineInvalidTarget => "MULTILINE_INVALID_TARGET",
            Self::MultilineInvalid => "MULTILINE_INVALID",
            Self::InvalidRealName => "INVALID_REALNAME",
            Self::CannotChangeRealName => "CANNOT_CHANGE_REALNAME",
            Self::NeedMoreParams => "NEED_MORE_PARAMS",
            Self::InternalError => "INTERNAL_ERROR",
            Self::InvalidReference => "INVALID_MSGREFTYPE",
            Self::MessageError => "MESSAGE_ERROR",
            Self::TryAgain => "TEMPORARILY_UNAVAILABLE",
            Self::NotConfirmed => "NOT_CONFIRMED",
            Self::Refused => "REFUSED",
        }
    }
}

impl Voice<'_> {
    /// Writes a numeric; its parameters are those behind the nick.
    pub fn reply(&self, numeric: Numeric, params: &[&str], out: &mut BytesMut) {
        let code = format!("{:03}", numeric.code());
        self.tell(&code, &[&[self.nick], params].concat(), out);
    }

    /// Writes a `FAIL`: <https://ircv3.net/specs/extensions/standard-replies>. The command is `*`
    /// where none is to blame.
    pub fn fail(&self, command: &str, code: FailCode, text: &str, out: &mut BytesMut) {
        self.fail_about(command, code, &[], text, out);
    }

    /// Writes a `FAIL` that names what it is about, in words of one line each.
    pub fn fail_about(
        &self,
        command: &str,
        code: FailCode,
        about: &[String],
        text: &str,
        out: &mut BytesMut,
    ) {
        let mut params = vec![command, code.as_str()];
        params.extend(about.iter().map(String::as_str));
        params.push(text);
        self.tell("FAIL", &params, out);
    }

    /// Writes words of the server to the peer.
    pub fn note(&self, text: &str, out: &mut BytesMut) {
        self.tell("NOTICE", &[self.nick, text], out);
    }

    /// Writes a line of the server.
    pub fn tell(&self, command: &str, params: &[&str], out: &mut BytesMut) {
        let source = Source::Server { name: self.server };
        Line {
            tags: self.tags,
            source,
            command,
            params,
        }
        .spell(out);
    }
}

/// An answer that waits to be told, because who answers whom is known later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A numeric.
    Numeric {
        /// Which one.
        numeric: Numeric,
        /// Its parameters behind the nick.
        params: Vec<String>,
    },
    /// A standard reply to a command.
    FailOf {
        /// The command.
        command: &'static str,
        /// Why.
        code: FailCode,
        /// What it is about, in words of one line each.
        about: Vec<String>,
        /// The same in words.
        text: &'static str,
    },
    /// There is an account by now, and the peer is logged in to it.
    Registered {
        /// Its name.
        account: String,
    },
    /// A standard reply that names no command.
    Fail {
        /// Why.
        code: FailCode,
        /// The same in words, and what to do.
        text: &'static str,
    },
    /// A `CAP` line, which names the peer like a numeric does.
    Cap {
        /// `LS`, `LIST`, `ACK` or `NAK`.
        subcommand: &'static str,
        /// Whether this is the end of the list.
        part: Part,
        /// Capabilities with spaces between.
        list: String,
    },
    /// The next turn of a SASL exchange is the peer's.
    Authenticate,
    /// The answer to a `PING`.
    Pong {
        /// What the peer gave.
        token: String,
    },
    /// What the service says.
    Service {
        /// In words.
        text: String,
    },
    /// The last line of a connection.
    Error {
        /// Why it ends.
        text: &'static str,
    },
}

/// Whether a list goes on in another line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It does.
    Continued,
    /// It does not.
    Last,
}

/// What is said about a line that is no message; nothing about one that is, or that is empty.
#[must_use]
pub fn misread(read: &Read<'_>) -> Option<Reply> {
    match read {
        Read::Message(_) | Read::Nothing => None,
        Read::TooLong => Some(Reply::numeric(
            Numeric::InputTooLong,
            &["Input line was too long"],
        )),
        Read::NotUtf8 => Some(Reply::Fail {
            code: FailCode::InvalidUtf8,
            text: "Nothing was done, for this server takes UTF-8 only",
        }),
        Read::Forbidden => Some(Reply::numeric(
            Numeric::UnknownError,
            &["*", "A line may not hold NUL or CR"],
        )),
        Read::NoCommand { word: sent } => Some(Reply::numeric(
            Numeric::UnknownCommand,
            &[word(sent), "Unknown command"],
        )),
    }
}

impl Reply {
    /// A numeric with its parameters behind the nick.
    #[must_use]
    pub fn numeric(numeric: Numeric, params: &[&str]) -> Self {
        let params = params.iter().map(|param| (*param).to_owned()).collect();
        Self::Numeric { numeric, params }
    }

    /// Writes it.
    pub fn spell(&self, voice: Voice<'_>, out: &mut BytesMut) {
        match self {
            Self::Numeric { numeric, params } => {
                let params: Vec<&str> = params.iter().map(String::as_str).collect();
                voice.reply(*numeric, &params, out);
            }
            Self::FailOf {
                command,
                code,
                about,
                text,
            } => voice.fail_about(command, *code, about, text, out),
            Self::Registered { account } => {
                let text = "Your account is made, and you are logged in to it";
                voice.tell("REGISTER", &["SUCCESS", account, text], out);
            }
            Self::Fail { code, text } => voice.fail("*", *code, text, out),
            Self::Cap {
                subcommand,
                part,
                list,
            } => match part {
                Part::Continued => voice.tell("CAP", &[voice.nick, subcommand, "*", list], out),
                Part::Last => voice.tell("CAP", &[voice.nick, subcommand, list], out),
            },
            Self::Authenticate => voice.tell("AUTHENTICATE", &["+"], out),
            Self::Pong { token } => voice.tell("PONG", &[voice.server, token], out),
            Self::Service { text } => service::notice(voice, text, out),
            Self::Error { text } => voice.tell("ERROR", &[text], out),
        }
    }
}
