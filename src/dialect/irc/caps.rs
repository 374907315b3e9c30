//! The extensions that a client may switch on, and how it does.
//!
//! <https://ircv3.net/specs/extensions/capability-negotiation>.

use super::grammar::LINE_BYTES;
use super::identity::{Accounts, Door};
use super::line::word;
use super::multiline;
use super::numerics::Numeric;
use super::register;
use super::reply::{Part, Reply};
use crate::chat::certificate::Certificate;

/// Bytes of capabilities in one line: what stands in front is a server's name, a nick and `CAP`.
const LIST_BYTES: usize = LINE_BYTES - 160;

/// The version of the negotiation from which on values and lists of several lines are understood.
const VALUES_SINCE: u32 = 302;

/// The type, and its table.
macro_rules! caps {
    ($($cap:ident = $name:literal, $value:expr, $page:literal;)*) => {
        /// A capability.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Cap {
            $(
                #[doc = concat!(
                    "`", $name, "`: <https://ircv3.net/specs/extensions/", $page, ">."
                )]
                $cap,
            )*
        }

        /// Every capability, in the order in which they are told.
        pub const CAPS: &[Cap] = &[$(Cap::$cap,)*];

        impl Cap {
            /// Its name, in lower case as all of them.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$cap => $name,)*
                }
            }

            /// What `CAP LS 302` tells behind its name, or nothing.
            #[must_use]
            pub const fn value(self) -> &'static str {
                match self {
                    $(Self::$cap => $value,)*
                }
            }
        }
    };
}

caps! {
    AccountNotify = "account-notify", "", "account-notify";
    AccountRegistration = "draft/account-registration", register::VALUE, "account-registration";
    AccountTag = "account-tag", "", "account-tag";
    AwayNotify = "away-notify", "", "away-notify";
    Batch = "batch", "", "batch";
    CapNotify = "cap-notify", "", "capability-negotiation";
    ChatHistory = "draft/chathistory", "", "chathistory";
    ChgHost = "chghost", "", "chghost";
    EchoMessage = "echo-message", "", "echo-message";
    EventPlayback = "draft/event-playback", "", "chathistory";
    ExtendedJoin = "extended-join", "", "extended-join";
    ExtendedMonitor = "extended-monitor", "", "extended-monitor";
    InviteNotify = "invite-notify", "", "invite-notify";
    LabeledResponse = "labeled-response", "", "labeled-response";
    MessageTags = "message-tags", "", "message-tags";
    Multiline = "draft/multiline", multiline::LIMITS, "multiline";
    MultiPrefix = "multi-prefix", "", "multi-prefix";
    NoImplicitNames = "no-implicit-names", "", "no-implicit-names";
    ReadMarker = "draft/read-marker", "", "read-marker";
    Sasl = "sasl", "PLAIN", "sasl-3.2";
    ServerTime = "server-time", "", "server-time";
    SetName = "setname", "", "setname";
    StandardReplies = "standard-replies", "", "standard-replies";
    UserhostInNames = "userhost-in-names", "", "userhost-in-names";
}

/// A set of capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Caps(u32);

impl Caps {
    /// What the server offers, where people make accounts themselves or do not.
    #[must_use]
    pub fn offered(accounts: Accounts) -> Self {
        let with = |caps: Self, cap: &Cap| caps.with(*cap);
        let all = CAPS.iter().fold(Self::default(), with);
        match accounts {
            Accounts::Open => all,
            Accounts::Closed => all.without(Cap::AccountRegistration),
        }
    }

    /// Whether it is in the set.
    #[must_use]
    pub const fn has(self, cap: Cap) -> bool {
        self.0 & bit(cap) != 0
    }

    /// Whether what happened beside what was said is told of the past, too. Without ids nobody could
    /// go on behind it.
    #[must_use]
    pub const fn has_playback(self) -> bool {
        self.has(Cap::EventPlayback) && self.has(Cap::MessageTags)
    }

    /// The set with it.
    #[must_use]
    pub const fn with(self, cap: Cap) -> Self {
        Self(self.0 | bit(cap))
    }

    /// The set without it.
    #[must_use]
    pub const fn without(self, cap: Cap) -> Self {
        Self(self.0 & !bit(cap))
    }

    /// Those in the set, in the order of [`CAPS`].
    pub fn iter(self) -> impl Iterator<Item = Cap> {
        CAPS.iter().copied().filter(move |cap| self.has(*cap))
    }
}

const fn bit(cap: Cap) -> u32 {
    1 << cap as u32
}

/// By which mechanisms of SASL a peer can prove an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanisms {
    /// By its password.
    Plain,
    /// By its password, and by the certificate that was shown.
    PlainAndExternal,
}

impl Mechanisms {
    /// Those of who showed a certificate, or none.
    #[must_use]
    pub const fn of(shown: Option<&Certificate>) -> Self {
        match shown {
            None => Self::Plain,
            Some(_) => Self::PlainAndExternal,
        }
    }

    /// Their names, with commas between.
    #[must_use]
    pub const fn names(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::PlainAndExternal => "PLAIN,EXTERNAL",
        }
    }
}

/// What a peer and the server agreed on so far. It lives as long as the connection, for `CAP` may
/// come at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negotiation {
    offered: Caps,
    enabled: Caps,
    version: Version,
    mechanisms: Mechanisms,
    door: Door,
}

/// What the peer understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    /// Names in one line.
    First,
    /// Values, lists of several lines, and news of capabilities.
    V302,
}

/// What a `CAP` means to a registration under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It waits until `CAP END`.
    Begins,
    /// It goes on.
    Ends,
    /// Nothing.
    Unchanged,
}

impl Negotiation {
    /// Nothing is enabled yet.
    #[must_use]
    pub const fn new(offered: Caps, mechanisms: Mechanisms) -> Self {
        Self {
            offered,
            enabled: Caps(0),
            version: Version::First,
            mechanisms,
            door: Door::Open,
        }
    }

    /// The same at a door of this kind.
    #[must_use]
    pub const fn at(self, door: Door) -> Self {
        Self { door, ..self }
    }

    /// What is offered.
    #[must_use]
    pub const fn offered(self) -> Caps {
        self.offered
    }

    /// What is enabled.
    #[must_use]
    pub const fn enabled(self) -> Caps {
        self.enabled
    }

    /// Hears the parameters of a `CAP`. What is enabled afterwards holds from behind the last of
    /// the replies on.
    pub fn hear(&mut self, params: &[&str]) -> (Vec<Reply>, Hold) {
        let Some((subcommand, rest)) = params.split_first() else {
            let why = ["CAP", "A subcommand is needed: LS, LIST, REQ or END"];
            let refused = Reply::numeric(Numeric::NeedMoreParams, &why);
            return (vec![refused], Hold::Unchanged);
        };
        let argument = rest.first().copied().unwrap_or_default();
        let is = |name: &str| subcommand.eq_ignore_ascii_case(name);
        if is("LS") {
            (self.tell_offered(argument), Hold::Begins)
        } else if is("LIST") {
            (self.tell_enabled(), Hold::Unchanged)
        } else if is("REQ") {
            (vec![self.request(argument)], Hold::Begins)
        } else if is("END") {
            (Vec::new(), Hold::Ends)
        } else {
            let why = [word(subcommand), "Only LS, LIST, REQ and END are for you"];
            let refused = Reply::numeric(Numeric::InvalidCapCmd, &why);
            (vec![refused], Hold::Unchanged)
        }
    }

    fn tell_offered(&mut self, version: &str) -> Vec<Reply> {
        let version = match version.parse() {
            Ok(VALUES_SINCE..=u32::MAX) => Version::V302,
            Ok(0..VALUES_SINCE) | Err(_) => Version::First,
        };
        if version == Version::V302 {
            self.enabled = self.enabled.with(Cap::CapNotify);
        }
        self.version = self.version.max(version);
        let mechanisms = self.mechanisms.names();
        let door = self.door;
        let value = |cap: Cap| match (cap, door) {
            (Cap::Sasl, _) => mechanisms,
            (Cap::AccountRegistration, Door::Locked) => register::VALUE_INSIDE,
            (cap, Door::Open | Door::Locked) => cap.value(),
        };
        let spell = |cap: Cap| match version {
            Version::V302 if !value(cap).is_empty() => format!("{}={}", cap.name(), value(cap)),
            Version::V302 | Version::First => cap.name().to_owned(),
        };
        listed("LS", version, self.offered.iter().map(spell))
    }

    fn tell_enabled(self) -> Vec<Reply> {
        let names = self.enabled.iter().map(|cap| cap.name().to_owned());
        listed("LIST", self.version, names)
    }

    /// All of it or nothing. What is too long to be repeated is nothing.
    fn request(&mut self, wanted: &str) -> Reply {
        let repeated = &wanted[..wanted.floor_char_boundary(LIST_BYTES)];
        let changed = wanted
            .split_ascii_whitespace()
            .try_fold(*self, Self::change);
        let subcommand = match changed {
            Some(changed) if repeated == wanted => {
                *self = changed;
                "ACK"
            }
            Some(_) | None => "NAK",
        };
        Reply::Cap {
            subcommand,
            part: Part::Last,
            list: repeated.to_owned(),
        }
    }

    fn change(mut self, wanted: &str) -> Option<Self> {
        let name = wanted.strip_prefix('-').unwrap_or(wanted);
        let cap = self.offered.iter().find(|cap| cap.name() == name)?;
        if name == wanted {
            self.enabled = self.enabled.with(cap);
        } else if cap == Cap::CapNotify && self.version == Version::V302 {
            return None;
        } else {
            self.enabled = self.enabled.without(cap);
        }
        Some(self)
    }
}

/// A list, in as many lines as it needs. Who understands only one line gets one, into which the
/// names alone fit.
pub(super) fn listed(
    subcommand: &'static str,
    version: Version,
    names: impl Iterator<Item = String>,
) -> Vec<Reply> {
    let bound = match version {
        Version::V302 => LIST_BYTES,
        Version::First => usize::MAX,
    };
    let mut lists = vec![String::new()];
    for name in names {
        match lists.last_mut() {
            Some(list) if list.is_empty() => list.push_str(&name),
            Some(list) if list.len() + 1 + name.len() <= bound => {
                list.push(' ');
                list.push_str(&name);
            }
            Some(_) | None => lists.push(name),
        }
    }
    let last = lists.len() - 1;
    let tell = |(at, list)| Reply::Cap {
        subcommand,
        part: if at == last {
            Part::Last
        } else {
            Part::Continued
        },
        list,
    };
    lists.into_iter().enumerate().map(tell).collect()
}
