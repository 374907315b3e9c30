//! `WHO`: <https://modern.ircdocs.horse/#who-message> and <https://ircv3.net/specs/extensions/whox>.

use bytes::BytesMut;

use super::events;
use super::isupport::BOT;
use super::line::{CLOAK, word};
use super::mask;
use super::numerics::Numeric;
use super::reply::Voice;
use super::room;
use crate::chat::answer::{Known, Office};
use crate::chat::extras::Speaker;
use crate::chat::profile::Profile;
use crate::chat::{RoomName, UserName};

/// Bytes of the token that a question may carry.
const TOKEN_BYTES: usize = 3;

/// The account of who has none, by the specification.
const NO_ACCOUNT: &str = "0";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// About whom, as it was spelled.
    pub mask: String,
    /// In which form.
    pub form: Form,
}

/// In which form it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// 352.
    Plain,
    /// 354, with these fields alone.
    Fields {
        /// Letters of the specification.
        fields: String,
        /// Repeated in every line, where that is a field.
        token: String,
    },
}

/// Somebody to be told about.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Who.
    pub user: &'a UserName,
    /// In which room, if it was asked for one.
    pub room: Option<&'a RoomName>,
    /// Whether others are told that they are away.
    pub presence: Here,
    /// What stands for their ranks in that room.
    pub prefix: &'a str,
    /// What they say about themselves.
    pub profile: &'a Profile,
    /// What they are beside a person, where that was asked for too.
    pub office: Office,
}

/// What somebody says about themselves who says nothing.
static NOTHING: Profile = Profile {
    real_name: None,
    speaker: Speaker::Person,
};

impl<'a> Person<'a> {
    /// One of several of whom so much is known, wherever they are.
    #[must_use]
    pub fn of(user: &'a UserName, known: &'a Known) -> Self {
        Self {
            user,
            room: None,
            presence: if known.is_away(user) {
                Here::Gone
            } else {
                Here::Here
            },
            prefix: "",
            profile: known.profile(user).unwrap_or(&NOTHING),
            office: known.office(user),
        }
    }
}

/// Whether somebody is at the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// As far as is known.
    Here,
    /// Not.
    Gone,
}

impl Here {
    const fn flag(self) -> &'static str {
        match self {
            Self::Here => "H",
            Self::Gone => "G",
        }
    }
}

impl Person<'_> {
    /// Here or gone, whether that is an operator of the network and a program, and which ranks it has.
    fn flags(&self) -> String {
        let office = match self.office {
            Office::Operator => "*",
            Office::None => "",
        };
        let bot = match self.profile.speaker {
            Speaker::Person => "",
            Speaker::Bot => BOT,
        };
        format!("{}{office}{bot}{}", self.presence.flag(), self.prefix)
    }
}

impl Query {
    /// Reads the parameters.
    #[must_use]
    pub fn read(params: &[&str]) -> Self {
        let mask = params.first().copied().unwrap_or("*").to_owned();
        let asked = params.get(1).and_then(|options| options.split_once('%'));
        let form = asked.map_or(Form::Plain, |(_, fields)| {
            let (fields, token) = fields.split_once(',').unwrap_or((fields, "0"));
            let is_token = token.len() <= TOKEN_BYTES && !token.is_empty();
            Form::Fields {
                fields: fields.to_owned(),
                token: if is_token { word(token) } else { "0" }.to_owned(),
            }
        });
        Self { mask, form }
    }

    /// Whether it asks about somebody; a pattern asks about several.
    #[must_use]
    pub fn fits(&self, user: &UserName) -> bool {
        mask::fits(&self.mask, user.as_str())
    }

    /// Writes one person.
    pub fn tell(&self, voice: Voice<'_>, person: Person<'_>, out: &mut BytesMut) {
        let room = person.room.map_or_else(|| "*".to_owned(), room::spelled);
        let (user, nick) = (person.user.came_as(), person.user.as_str());
        let real_name = events::shown(person.user, person.profile.real_name.as_ref());
        let flags = person.flags();
        let flags = flags.as_str();
        match &self.form {
            Form::Plain => {
                let realname = format!("0 {real_name}");
                let params = [&room, user, CLOAK, voice.server, nick, flags, &realname];
                voice.reply(Numeric::WhoReply, &params, out);
            }
            Form::Fields { fields, token } => {
                // In the order of the specification, whatever was asked for first.
                let known = [
                    ('t', token.as_str()),
                    ('c', &room),
                    ('u', user),
                    ('i', "255.255.255.255"),
                    ('h', CLOAK),
                    ('s', voice.server),
                    ('n', nick),
                    ('f', flags),
                    ('d', "0"),
                    ('l', "0"),
                    ('a', person.user.account().unwrap_or(NO_ACCOUNT)),
                    ('o', "n/a"),
                    ('r', real_name),
                ];
                let asked = known.iter().filter(|(field, _)| fields.contains(*field));
                let params: Vec<&str> = asked.map(|(_, value)| *value).collect();
                voice.reply(Numeric::WhoSpcRpl, &params, out);
            }
        }
    }

    /// Writes that this was all.
    pub fn end(&self, voice: Voice<'_>, out: &mut BytesMut) {
        let params = [word(&self.mask), "End of WHO list"];
        voice.reply(Numeric::EndOfWho, &params, out);
    }
}
