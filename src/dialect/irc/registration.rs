//! A connection that is not in yet: from the first line to the claim of an account.
//!
//! <https://modern.ircdocs.horse/#connection-registration>. Pure: messages in, steps out. Who proves
//! an account gets in, by SASL or by `PASS account:password`; and who says nothing of one, where
//! guests are welcome.

use super::caps::{Cap, Caps, Hold, Mechanisms, Negotiation};
use super::grammar::{Message, Read};
use super::identity::{Door, Guests};
use super::line::word;
use super::numerics::Numeric;
use super::register::{self, Wish};
use super::reply::{FailCode, NO_NICK, Reply, misread};
use super::sasl::{self, Exchange, Meant};
use crate::chat::certificate::Certificate;
use crate::chat::limits::REAL_NAME_BYTES;
use crate::chat::{Ident, Nick, Secret, UserName};

mod account;
mod gate;

use gate::Gate;

/// How to get in, for who tried without.
const HOW_TO_LOG_IN: &str = "This server is for people with an account: log in by SASL PLAIN, \
     or set the server password of your client to account:password";

/// What a registration wants done, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The peer is told this.
    Tell {
        /// The answer.
        reply: Reply,
    },
    /// It is checked whether the password is the node's; [`Registration::let_in`] or
    /// [`Registration::not_let_in`] follows.
    Knock {
        /// As whom others are to see its owner.
        nick: Nick,
        /// The password.
        password: Secret,
    },
    /// The password is checked; [`Registration::proved`] or [`Registration::not_proved`] follows.
    Prove {
        /// Who it is said to be.
        user: UserName,
        /// The proof.
        password: Secret,
    },
    /// An account is made; [`Registration::proved`] or [`Registration::not_made`] follows.
    Register {
        /// What is asked for.
        wish: Wish,
        /// Its password.
        password: Secret,
    },
    /// The certificate is looked up; the same follows.
    ProveByCertificate {
        /// The certificate.
        certificate: Certificate,
        /// The account, where one was named.
        user: Option<UserName>,
    },
    /// The proven account is claimed, and the registration is over but for
    /// [`Registration::not_so_called`].
    Claim {
        /// As whom others are to see its owner.
        nick: Nick,
    },
    /// Somebody comes in without an account; the same.
    Visit {
        /// As whom others are to see them.
        nick: Nick,
        /// What its client says it is called.
        ident: Ident,
    },
    /// The peer leaves.
    Quit,
    /// The connection ends; why was told before.
    End,
}

/// What is known so far.
#[derive(Debug)]
pub struct Registration {
    caps: Negotiation,
    stage: Stage,
    nick: Option<Nick>,
    realname: Option<String>,
    /// What the peer's client says it is called; nothing before `USER`.
    username: String,
    pass: Option<Pass>,
    exchange: Exchange,
    proof: Proof,
    guests: Guests,
    door: Door,
    gate: Gate,
    /// What the client showed in the handshake.
    shown: Option<Certificate>,
}

/// What the registration waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A nick, a `USER`, and the answer to a proof.
    Open,
    /// `CAP END`, whatever else is there.
    Held,
    /// Nothing of the peer any more.
    Complete,
}

/// What a `PASS` held.
#[derive(Debug)]
enum Pass {
    /// `account:password`.
    Of { user: UserName, password: Secret },
    /// A password alone: it is that of the account with the name of the nick.
    OfNick { password: Secret },
}

/// Whether the peer is who it says.
#[derive(Debug)]
enum Proof {
    /// It says nothing, or something wrong.
    Missing,
    /// The password is being checked.
    Asked { by: By },
    /// It is.
    Given { user: UserName },
}

/// Where a password came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Sasl,
    Pass,
    /// It is that of an account that is being made.
    Register,
}

/// The commands of those who are not in.
#[derive(Debug, Clone, Copy)]
enum Verb {
    Cap,
    Pass,
    Nick,
    User,
    Authenticate,
    Register,
    Verify,
    Ping,
    Pong,
    Quit,
}

const VERBS: [(&str, Verb); 10] = [
    ("CAP", Verb::Cap),
    ("PASS", Verb::Pass),
    ("NICK", Verb::Nick),
    ("USER", Verb::User),
    ("AUTHENTICATE", Verb::Authenticate),
    (register::COMMAND, Verb::Register),
    (register::VERIFY, Verb::Verify),
    ("PING", Verb::Ping),
    ("PONG", Verb::Pong),
    ("QUIT", Verb::Quit),
];

impl Registration {
    /// A connection of which nothing is known.
    #[must_use]
    pub const fn new(
        offered: Caps,
        (guests, door): (Guests, Door),
        shown: Option<Certificate>,
    ) -> Self {
        Self {
            caps: Negotiation::new(offered, Mechanisms::of(shown.as_ref())).at(door),
            shown,
            stage: Stage::Open,
            nick: None,
            realname: None,
            username: String::new(),
            pass: None,
            exchange: Exchange::new(),
            proof: Proof::Missing,
            guests,
            door,
            gate: Gate::of(door),
        }
    }

    /// What the peer is called until it is in.
    #[must_use]
    pub fn nick(&self) -> &str {
        self.nick.as_ref().map_or(NO_NICK, Nick::as_str)
    }

    /// What the peer said about itself, at most [`REAL_NAME_BYTES`]; nothing before `USER`.
    #[must_use]
    pub fn realname(&self) -> &str {
        self.realname.as_deref().unwrap_or_default()
    }

    /// What was agreed on; it lives on with the session.
    #[must_use]
    pub const fn caps(&self) -> Negotiation {
        self.caps
    }

    /// Hears a line.
    pub fn hear(&mut self, read: &Read<'_>) -> Vec<Step> {
        let message = match read {
            Read::Message(message) => message,
            other => return misread(other).into_iter().map(tell).collect(),
        };
        let verb = VERBS.iter().find(|(name, _)| message.is(name));
        let mut steps = match verb {
            Some((_, verb)) => self.obey(*verb, message),
            None => vec![say(Numeric::NotRegistered, &["You are not in yet"])],
        };
        self.complete(&mut steps);
        steps
    }

    /// The password was right.
    pub fn proved(&mut self, user: UserName) -> Vec<Step> {
        let account = user.to_string();
        let mut steps = vec![tell(sasl::logged_in(self.nick(), &account))];
        let by = self.asked_by();
        self.proof = Proof::Given { user };
        match by {
            By::Register => {
                steps.push(tell(register::success(&account)));
                self.complete(&mut steps);
            }
            By::Sasl => {
                steps.push(tell(sasl::success()));
                self.complete(&mut steps);
            }
            By::Pass => steps.extend(self.claim()),
        }
        steps
    }

    /// The password was wrong, or could not be checked; the words say which.
    pub fn not_proved(&mut self, why: &str) -> Vec<Step> {
        let by = self.asked_by();
        self.proof = Proof::Missing;
        match by {
            By::Sasl | By::Register => {
                let mut steps = vec![say(Numeric::SaslFail, &[why])];
                self.complete(&mut steps);
                steps
            }
            By::Pass => end(say(Numeric::PasswdMismatch, &[why])).into(),
        }
    }

    /// Somebody else is called so; the words say why it cannot be had. Another nick is waited for.
    pub fn not_so_called(&mut self, why: &str) -> Vec<Step> {
        let refused = say(Numeric::NicknameInUse, &[self.nick(), why]);
        self.nick = None;
        self.stage = Stage::Open;
        vec![refused]
    }

    fn claim(&self) -> Option<Step> {
        let nick = self.nick.clone()?;
        Some(Step::Claim { nick })
    }

    fn asked_by(&self) -> By {
        match self.proof {
            Proof::Asked { by } => by,
            // An answer that nobody waits for is told as that of SASL, which ends nothing.
            Proof::Missing | Proof::Given { .. } => By::Sasl,
        }
    }

    fn obey(&mut self, verb: Verb, message: &Message<'_>) -> Vec<Step> {
        let first = message.param(0).unwrap_or_default();
        match verb {
            Verb::Cap => self.hear_cap(message),
            Verb::Pass => self.hear_pass(first).into_iter().collect(),
            Verb::Nick => self.hear_nick(first).into_iter().collect(),
            Verb::User => self.hear_user(message).into_iter().collect(),
            Verb::Authenticate => self.authenticate(first),
            Verb::Register => vec![self.register(&message.params)],
            Verb::Verify => vec![tell(register::verify(&message.params, self.account()))],
            Verb::Ping if first.is_empty() => {
                vec![say(Numeric::NoOrigin, &["A PING needs a token"])]
            }
            Verb::Ping => {
                let token = first.to_owned();
                vec![tell(Reply::Pong { token })]
            }
            Verb::Pong => Vec::new(),
            Verb::Quit => vec![Step::Quit],
        }
    }

    fn hear_cap(&mut self, message: &Message<'_>) -> Vec<Step> {
        let (replies, hold) = self.caps.hear(&message.params);
        self.stage = match (self.stage, hold) {
            (Stage::Complete, _) => Stage::Complete,
            (Stage::Open | Stage::Held, Hold::Begins) => Stage::Held,
            (Stage::Open | Stage::Held, Hold::Ends) => Stage::Open,
            (stage @ (Stage::Open | Stage::Held), Hold::Unchanged) => stage,
        };
        replies.into_iter().map(tell).collect()
    }

    /// The last one of each kind counts, and it is looked at when all is there.
    fn hear_pass(&mut self, text: &str) -> Option<Step> {
        if text.is_empty() {
            return Some(too_few("PASS"));
        }
        if self.stage == Stage::Complete {
            return Some(too_late());
        }
        let account = text.split_once(':').and_then(|(account, password)| {
            let user = UserName::new(account).ok()?;
            let password = Secret::new(password);
            Some(Pass::Of { user, password })
        });
        match account {
            Some(account) => self.pass = Some(account),
            None => self.hear_password(Secret::new(text)),
        }
        None
    }

    fn hear_nick(&mut self, text: &str) -> Option<Step> {
        if text.is_empty() {
            return Some(say(Numeric::NoNicknameGiven, &["No nickname given"]));
        }
        match Nick::new(text) {
            Ok(nick) => {
                self.nick = Some(nick);
                None
            }
            Err(why) => Some(say(
                Numeric::ErroneusNickname,
                &[word(text), &why.to_string()],
            )),
        }
    }

    fn hear_user(&mut self, message: &Message<'_>) -> Option<Step> {
        if self.realname.is_some() {
            return Some(too_late());
        }
        match message.params[..] {
            [user, _, _, realname, ..] if !user.is_empty() && !realname.is_empty() => {
                let end = realname.floor_char_boundary(REAL_NAME_BYTES);
                user.clone_into(&mut self.username);
                self.realname = Some(realname[..end].to_owned());
                None
            }
            _ => Some(too_few("USER")),
        }
    }

    fn authenticate(&mut self, text: &str) -> Vec<Step> {
        if text.is_empty() {
            return vec![too_few("AUTHENTICATE")];
        }
        if !matches!(self.proof, Proof::Missing) || self.stage == Stage::Complete {
            let why = ["You have already authenticated using SASL"];
            return vec![say(Numeric::SaslAlready, &why)];
        }
        if !self.caps.enabled().has(Cap::Sasl) {
            let why = [sasl::ASK_FIRST];
            return vec![say(Numeric::SaslFail, &why)];
        }
        match sasl::hear(&mut self.exchange, self.shown, text) {
            Meant::Prove { user, password } => {
                self.proof = Proof::Asked { by: By::Sasl };
                vec![Step::Prove { user, password }]
            }
            Meant::ProveByCertificate { certificate, user } => {
                self.proof = Proof::Asked { by: By::Sasl };
                vec![Step::ProveByCertificate { certificate, user }]
            }
            Meant::Told(replies) => replies.into_iter().map(tell).collect(),
        }
    }

    /// Goes on to the proof or the claim, once nothing of the peer is missing.
    fn complete(&mut self, steps: &mut Vec<Step>) {
        let is_asked = matches!(self.proof, Proof::Asked { .. });
        let (Stage::Open, Some(nick), Some(_), false) =
            (self.stage, &self.nick, &self.realname, is_asked)
        else {
            return;
        };
        if steps.iter().any(|step| matches!(step, Step::Quit)) {
            return;
        }
        let nick = nick.clone();
        self.stage = Stage::Complete;
        if self.exchange.is_under_way() {
            self.exchange.abort();
            steps.push(tell(sasl::aborted()));
        }
        self.pass_gate(nick, steps);
    }

    fn prove_by_pass(&mut self, nick: Nick, steps: &mut Vec<Step>) {
        let (user, password) = match self.pass.take() {
            Some(Pass::Of { user, password }) => (Some(user), password),
            Some(Pass::OfNick { password }) => (UserName::new(nick.as_str()).ok(), password),
            None if self.guests == Guests::Welcome => {
                let ident = Ident::of(&self.username);
                steps.push(Step::Visit { nick, ident });
                return;
            }
            None => {
                let code = FailCode::AccountRequired;
                let text = HOW_TO_LOG_IN;
                steps.push(tell(Reply::Fail { code, text }));
                steps.extend(end(say(Numeric::PasswdMismatch, &[HOW_TO_LOG_IN])));
                return;
            }
        };
        match user {
            Some(user) => {
                self.proof = Proof::Asked { by: By::Pass };
                steps.push(Step::Prove { user, password });
            }
            None => steps.extend(end(say(Numeric::PasswdMismatch, &[HOW_TO_LOG_IN]))),
        }
    }
}

const fn tell(reply: Reply) -> Step {
    Step::Tell { reply }
}

fn say(numeric: Numeric, params: &[&str]) -> Step {
    tell(Reply::numeric(numeric, params))
}

fn too_few(command: &str) -> Step {
    say(Numeric::NeedMoreParams, &[command, "Not enough parameters"])
}

fn too_late() -> Step {
    say(
        Numeric::AlreadyRegistered,
        &["That was said, and cannot be changed"],
    )
}

/// The reason, and the end.
fn end(why: Step) -> [Step; 3] {
    let text = "You are not logged in";
    [why, tell(Reply::Error { text }), Step::End]
}
