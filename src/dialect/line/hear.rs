//! A line to what it means.

use crate::chat::command::{HelpTopic, Positions, RoomKey, Since, Where};
use crate::chat::event::Manner;
use crate::chat::history::{Past, Span};
use crate::chat::limits::{HISTORY_DEFAULT, HISTORY_MOST};
use crate::chat::mask::NotAMask;
use crate::chat::modes::{List, ModeWish, Rank, Switch};
use crate::chat::name::NameError;
use crate::chat::position::NotAPosition;
use crate::chat::text::NothingToSay;
use crate::chat::{Command, Extras, Mask, Refusal, RoomName, Secret, Text, UserName};

use super::super::{Format, Heard, Malformed, Prompt};
use super::help::{self, Moderate, Verb};
use super::{Conversation, Expects, LoginForm};

impl Conversation {
    /// Reads one line without its end.
    pub fn hear(&mut self, line: &[u8]) -> Heard {
        match std::mem::take(&mut self.expects) {
            Expects::Username => self.first_words(line),
            Expects::Password { user } => self.login(user, line),
            Expects::Command => {
                self.expects = Expects::Command;
                self.request(line)
            }
            Expects::OldPassword => {
                self.expects = Expects::NewPassword {
                    old: Secret::new(line),
                };
                Heard::Prompt(Prompt::NewPassword)
            }
            Expects::NewPassword { old } => {
                self.expects = Expects::NewPasswordAgain {
                    old,
                    new: Secret::new(line),
                };
                Heard::Prompt(Prompt::NewPasswordAgain)
            }
            Expects::NewPasswordAgain { old, new } => {
                self.expects = Expects::Command;
                if new.expose() == line {
                    Heard::Command(Command::ChangePassword { old, new })
                } else {
                    Heard::Refused(Refusal::PasswordsDiffer)
                }
            }
        }
    }

    fn first_words(&mut self, line: &[u8]) -> Heard {
        self.login = LoginForm::OneLine;
        let Ok(line) = std::str::from_utf8(line) else {
            return Heard::Malformed(Malformed::NotUtf8);
        };
        if line.starts_with('/') {
            return self.request(line.as_bytes());
        }
        if line.is_empty() {
            return Heard::Nothing;
        }
        self.login = LoginForm::Prompted;
        match user_name(line.trim()) {
            Ok(user) => {
                self.expects = Expects::Password { user };
                Heard::Prompt(Prompt::Password)
            }
            Err(heard) => heard,
        }
    }

    fn login(&mut self, user: UserName, line: &[u8]) -> Heard {
        self.expects = Expects::Username;
        Heard::Command(Command::Login {
            user,
            password: Secret::new(line),
        })
    }

    fn request(&mut self, line: &[u8]) -> Heard {
        let Ok(line) = std::str::from_utf8(line) else {
            return Heard::Malformed(Malformed::NotUtf8);
        };
        match line.strip_prefix('/') {
            _ if line.is_empty() => Heard::Nothing,
            None => say(line),
            Some(text) if text.starts_with('/') => say(text),
            Some(command) => self.command(command),
        }
    }

    fn command(&mut self, line: &str) -> Heard {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let Some(entry) = help::find(word) else {
            return Heard::Malformed(Malformed::UnknownCommand {
                word: word.to_owned(),
            });
        };
        if entry.verb == Verb::Passwd && rest.trim().is_empty() {
            return self.bare_passwd();
        }
        match parse(entry.verb, rest) {
            Ok(heard) => heard,
            Err(Fault::Usage) => Heard::Malformed(Malformed::Usage { usage: entry.usage }),
            Err(Fault::Refused(refusal)) => Heard::Refused(refusal),
        }
    }

    /// Only who is logged in is asked for passwords, and is then back at commands.
    fn bare_passwd(&mut self) -> Heard {
        if matches!(self.expects, Expects::Command) {
            self.expects = Expects::OldPassword;
            Heard::Prompt(Prompt::OldPassword)
        } else {
            Heard::Refused(Refusal::LoginFirst)
        }
    }
}

/// Why the arguments of a known command are no command.
enum Fault {
    /// Too few or too many.
    Usage,
    /// One of them cannot be what it should be.
    Refused(Refusal),
}

impl From<NothingToSay> for Fault {
    fn from(_: NothingToSay) -> Self {
        Self::Refused(Refusal::NothingToSay)
    }
}

fn parse(verb: Verb, rest: &str) -> Result<Heard, Fault> {
    Ok(Heard::Command(match verb {
        Verb::Login => login(rest)?,
        Verb::Register => register(rest)?,
        Verb::Resume => resume(rest)?,
        Verb::Join => join(rest)?,
        Verb::Leave => bare(rest, Command::Return)?,
        Verb::Rooms => bare(rest, Command::Rooms)?,
        Verb::Who => Command::Who {
            room: place(words(rest)?)?,
        },
        Verb::Users => bare(rest, Command::Online)?,
        Verb::WhoIs => Command::WhoIs {
            user: one_user(rest)?,
        },
        Verb::Msg => {
            let (to, text) = word_and_rest(rest)?;
            Command::Whisper {
                to: somebody(to)?,
                text: Text::new(text)?,
                manner: Manner::Message,
                extras: Extras::default(),
            }
        }
        Verb::Subscribe => Command::Subscribe {
            author: one_user(rest)?,
        },
        Verb::Unsubscribe => Command::Unsubscribe {
            author: one_user(rest)?,
        },
        Verb::Subscriptions => bare(rest, Command::Subscriptions)?,
        Verb::Subscribers => bare(rest, Command::Subscribers)?,
        Verb::SubscribeOnly => Command::Post {
            text: required_text(rest)?,
        },
        Verb::History => history(rest)?,
        Verb::Topic if rest.trim().is_empty() => Command::Topic { room: Where::Here },
        Verb::Topic => Command::SetTopic {
            room: Where::Here,
            text: Some(Text::new(rest)?),
        },
        Verb::Away if rest.trim().is_empty() => Command::Back,
        Verb::Away => Command::Away {
            text: Text::new(rest)?,
        },
        Verb::Moderate(what) => moderate(what, rest)?,
        Verb::Passwd => change_password(rest)?,
        Verb::Token => bare(rest, Command::Token)?,
        Verb::Ids => {
            return Ok(Heard::Format(Format::Line {
                positions: switch(rest)?,
            }));
        }
        Verb::Ping => Command::Ping {
            token: rest.to_owned(),
        },
        Verb::Help => help_topic(rest)?,
        Verb::Quit => Command::Quit {
            words: Text::new(rest).ok(),
        },
    }))
}

fn say(text: &str) -> Heard {
    match Text::new(text) {
        Ok(text) => Heard::Command(Command::Say {
            room: Where::Here,
            text,
            manner: Manner::Message,
            extras: Extras::default(),
        }),
        Err(NothingToSay) => Heard::Refused(Refusal::NothingToSay),
    }
}

fn login(rest: &str) -> Result<Command, Fault> {
    let (user, password) = credentials(rest)?;
    Ok(Command::Login { user, password })
}

fn register(rest: &str) -> Result<Command, Fault> {
    let (user, password) = credentials(rest)?;
    Ok(Command::Register { user, password })
}

fn credentials(rest: &str) -> Result<(UserName, Secret), Fault> {
    let (word, password) = word_and_rest(rest)?;
    Ok((user(word)?, Secret::new(password)))
}

fn resume(rest: &str) -> Result<Command, Fault> {
    let (token, since) = match words(rest)? {
        [Some(token), None] => (token, Since::Seen),
        [Some(token), Some(position)] => {
            let position = position.parse().map_err(|NotAPosition| Fault::Usage)?;
            (token, Since::Position(position))
        }
        [None, _] => return Err(Fault::Usage),
    };
    Ok(Command::Resume {
        token: Secret::new(token),
        since,
    })
}

fn join(rest: &str) -> Result<Command, Fault> {
    match words(rest)? {
        [Some(name), None] => Ok(Command::Move {
            room: room(name)?,
            key: RoomKey::None,
        }),
        [Some(name), Some(key)] => Ok(Command::Move {
            room: room(name)?,
            key: RoomKey::Given(Secret::new(key)),
        }),
        [None, _] => Err(Fault::Usage),
    }
}

fn moderate(what: Moderate, rest: &str) -> Result<Command, Fault> {
    let room = Where::Here;
    match what {
        Moderate::Kick => kick(rest),
        Moderate::Invite => {
            let user = one_user(rest)?;
            Ok(Command::Invite { room, user })
        }
        Moderate::Op => rank(rest, Rank::Operator, Switch::On),
        Moderate::Deop => rank(rest, Rank::Operator, Switch::Off),
        Moderate::Voice => rank(rest, Rank::Voice, Switch::On),
        Moderate::Devoice => rank(rest, Rank::Voice, Switch::Off),
        Moderate::Ban if rest.trim().is_empty() => {
            let list = List::Bans;
            Ok(Command::ModeList { room, list })
        }
        Moderate::Ban => ban(rest, Switch::On),
        Moderate::Unban => ban(rest, Switch::Off),
    }
}

fn kick(rest: &str) -> Result<Command, Fault> {
    let (name, words) = rest
        .trim_start()
        .split_once(' ')
        .unwrap_or((rest.trim(), ""));
    if name.is_empty() {
        return Err(Fault::Usage);
    }
    Ok(Command::Kick {
        room: Where::Here,
        user: somebody(name)?,
        words: Text::new(words).ok(),
    })
}

fn rank(rest: &str, rank: Rank, to: Switch) -> Result<Command, Fault> {
    let user = one_user(rest)?;
    Ok(change(ModeWish::Rank { user, rank, to }))
}

fn ban(rest: &str, to: Switch) -> Result<Command, Fault> {
    let mask = Mask::new(rest.trim()).map_err(|NotAMask| Fault::Usage)?;
    let list = List::Bans;
    Ok(change(ModeWish::Listed { list, mask, to }))
}

fn change(wish: ModeWish) -> Command {
    let (room, wishes) = (Where::Here, vec![wish]);
    Command::ChangeModes { room, wishes }
}

fn history(rest: &str) -> Result<Command, Fault> {
    let count = |digits: &str| digits.parse().unwrap_or(HISTORY_MOST).min(HISTORY_MOST);
    let is_count = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let (name, count) = match words(rest)? {
        [Some(digits), None] if is_count(digits) => (None, count(digits)),
        [name, None] => (name, HISTORY_DEFAULT),
        [name, Some(digits)] if is_count(digits) => (name, count(digits)),
        [_, Some(_)] => return Err(Fault::Usage),
    };
    Ok(Command::History {
        room: place([name, None])?,
        past: Past::Words,
        span: Span::Latest,
        count,
    })
}

fn change_password(rest: &str) -> Result<Command, Fault> {
    match words(rest)? {
        [Some(old), Some(new)] => Ok(Command::ChangePassword {
            old: Secret::new(old),
            new: Secret::new(new),
        }),
        [_, None] | [None, Some(_)] => Err(Fault::Usage),
    }
}

fn switch(rest: &str) -> Result<Positions, Fault> {
    match rest.trim() {
        on if on.eq_ignore_ascii_case("on") => Ok(Positions::Shown),
        off if off.eq_ignore_ascii_case("off") => Ok(Positions::Hidden),
        _ => Err(Fault::Usage),
    }
}

fn help_topic(rest: &str) -> Result<Command, Fault> {
    let topic = match words(rest)? {
        [None, _] => HelpTopic::All,
        [Some(word), None] => HelpTopic::Command(word.trim_start_matches('/').to_owned()),
        [Some(_), Some(_)] => return Err(Fault::Usage),
    };
    Ok(Command::Help { topic })
}

fn place(words: [Option<&str>; 2]) -> Result<Where, Fault> {
    match words {
        [None, _] => Ok(Where::Here),
        [Some(name), None] => room(name).map(Where::Room),
        [Some(_), Some(_)] => Err(Fault::Usage),
    }
}

fn bare(rest: &str, command: Command) -> Result<Command, Fault> {
    if rest.trim().is_empty() {
        Ok(command)
    } else {
        Err(Fault::Usage)
    }
}

fn required_text(rest: &str) -> Result<Text, Fault> {
    if rest.is_empty() {
        Err(Fault::Usage)
    } else {
        Ok(Text::new(rest)?)
    }
}

fn one_user(rest: &str) -> Result<UserName, Fault> {
    match words(rest)? {
        [Some(name), None] => somebody(name),
        [None, _] | [_, Some(_)] => Err(Fault::Usage),
    }
}

/// At most two words; spaces around them do not count.
fn words(rest: &str) -> Result<[Option<&str>; 2], Fault> {
    let mut words = rest.split_ascii_whitespace();
    let two = [words.next(), words.next()];
    if words.next().is_some() {
        Err(Fault::Usage)
    } else {
        Ok(two)
    }
}

/// A word, one space, and the rest of the line as it is.
fn word_and_rest(rest: &str) -> Result<(&str, &str), Fault> {
    match rest.trim_start_matches(' ').split_once(' ') {
        Some((word, rest)) if !rest.is_empty() => Ok((word, rest)),
        Some(_) | None => Err(Fault::Usage),
    }
}

fn user_name(word: &str) -> Result<UserName, Heard> {
    UserName::new(word).map_err(|why| Heard::Refused(not_a_name(word, why)))
}

fn user(word: &str) -> Result<UserName, Fault> {
    UserName::new(word).map_err(|why| Fault::Refused(not_a_name(word, why)))
}

/// Somebody, by the name or by the nick.
fn somebody(word: &str) -> Result<UserName, Fault> {
    UserName::called(word).map_err(|why| Fault::Refused(not_a_name(word, why)))
}

fn room(word: &str) -> Result<RoomName, Fault> {
    RoomName::new(word).map_err(|why| Fault::Refused(not_a_name(word, why)))
}

fn not_a_name(word: &str, why: NameError) -> Refusal {
    Refusal::NotAName {
        word: word.to_owned(),
        why,
    }
}
