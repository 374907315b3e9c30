//! How a person comes in: a name, a password that nobody sees, or both in one line.

use tui_input::InputRequest;

use super::editor::{Editor, Hidden, Keep};
use super::keys::Wish;
use crate::chat::{Command, Secret, UserName};
use crate::client::login::{Account, Entry, Patience};
use crate::dialect::{Heard, Prompt, line};

/// Where the login stands, and what is typed for it.
#[derive(Debug)]
pub(super) struct Entrance {
    pub(super) step: Step,
    /// What is typed as a name.
    pub(super) name: Editor,
    /// What is typed as a password.
    pub(super) hidden: Hidden,
    /// Why the last attempt was none.
    pub(super) trouble: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing before somebody answers; then this person's password, or a name.
    Later(Option<UserName>),
    /// Who are you?
    Name,
    /// Prove it.
    Password(UserName),
    /// A password for a new account.
    NewPassword(UserName),
    /// The same again.
    Again {
        /// Whose.
        user: UserName,
        /// What it has to be.
        first: Secret,
    },
    /// The node decides.
    Asked {
        /// About whom.
        user: UserName,
        /// Whether an account is to be made.
        entry: Entry,
    },
    /// Nothing: they are in.
    Inside,
    /// A password is changed; what the node wants to be told, if it has asked.
    Changing(Option<Prompt>),
}

/// Where a key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// To what is said.
    Chat,
    /// To the name.
    Name,
    /// To the password.
    Hidden,
    /// Nowhere.
    Nowhere,
}

/// What comes of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing yet.
    Nothing,
    /// Somebody wants in.
    LogIn(Account),
    /// The node is told a password.
    Tell(Secret),
    /// The person wants to know what to do.
    Help,
    /// The person wants to leave.
    Leave,
}

impl Entrance {
    pub(super) fn new(user: Option<UserName>) -> Self {
        Self {
            step: Step::Later(user),
            name: Editor::default(),
            hidden: Hidden::default(),
            trouble: None,
        }
    }

    /// Where a key goes.
    pub(super) const fn field(&self) -> Field {
        match self.step {
            Step::Name | Step::Later(None) => Field::Name,
            Step::Password(_)
            | Step::NewPassword(_)
            | Step::Again { .. }
            | Step::Changing(Some(_)) => Field::Hidden,
            Step::Later(Some(_)) | Step::Asked { .. } | Step::Changing(None) => Field::Nowhere,
            Step::Inside => Field::Chat,
        }
    }

    /// Somebody answered.
    pub(super) fn connected(&mut self) {
        if let Step::Later(user) = &mut self.step {
            let user = user.take();
            self.step = user.map_or(Step::Name, Step::Password);
            self.trouble = None;
        }
    }

    /// The connection is gone, and what was under way on it.
    pub(super) fn lost(&mut self) {
        if let Step::Changing(_) = self.step {
            self.hidden.clear();
            self.step = Step::Inside;
        }
    }

    /// They are in.
    pub(super) fn welcome(&mut self) {
        self.hidden.clear();
        self.name = Editor::default();
        self.trouble = None;
        self.step = Step::Inside;
    }

    /// They are not, and nobody tries again.
    pub(super) fn refused(&mut self, why: &str, me: Option<&UserName>) {
        self.hidden.clear();
        self.trouble = Some(why.to_owned());
        self.step = match (&self.step, me) {
            (Step::Asked { user, entry }, _) => match entry {
                Entry::Login | Entry::Either => Step::Password(user.clone()),
                Entry::Register if why.starts_with("A password") => Step::NewPassword(user.clone()),
                Entry::Register => Step::Name,
            },
            (_, Some(me)) => Step::Password(me.clone()),
            (_, None) => Step::Name,
        };
    }

    /// Takes a key that is meant for it.
    pub(super) fn takes(&mut self, wish: Wish) -> Outcome {
        match self.field() {
            Field::Name => self.name_key(wish),
            Field::Hidden => self.hidden_key(wish),
            Field::Nowhere | Field::Chat => Outcome::Nothing,
        }
    }

    /// Back to the question before, if there is one.
    pub(super) fn escape(&mut self) {
        self.hidden.clear();
        self.trouble = None;
        match &self.step {
            Step::Password(_) | Step::NewPassword(_) => self.step = Step::Name,
            Step::Again { user, .. } => self.step = Step::NewPassword(user.clone()),
            Step::Later(_) | Step::Name | Step::Asked { .. } | Step::Inside | Step::Changing(_) => {
            }
        }
    }

    fn name_key(&mut self, wish: Wish) -> Outcome {
        match wish {
            Wish::Edit(request) => self.name.edit(request),
            Wish::Paste(text) => {
                let first = text.lines().next().unwrap_or_default();
                self.name.paste(first);
            }
            Wish::Back => self.name.back(),
            Wish::Forward => self.name.forward(),
            Wish::End => self.name.edit(InputRequest::GoToEnd),
            // Who is early need not type it again.
            Wish::Send if self.step == Step::Later(None) => {}
            Wish::Send => return self.named(),
            Wish::EndOfInput if self.name.is_empty() => return Outcome::Leave,
            Wish::EndOfInput => self.name.edit(InputRequest::DeleteNextChar),
            Wish::Complete
            | Wish::Show(_)
            | Wish::ShowNext
            | Wish::ShowPrevious
            | Wish::PageUp
            | Wish::PageDown
            | Wish::Help
            | Wish::Escape
            | Wish::Interrupt
            | Wish::Redraw
            | Wish::Resize(..) => {}
        }
        Outcome::Nothing
    }

    fn hidden_key(&mut self, wish: Wish) -> Outcome {
        match wish {
            Wish::Edit(InputRequest::InsertChar(c)) => self.hidden.push(c),
            Wish::Edit(InputRequest::DeletePrevChar) => self.hidden.pop(),
            Wish::Edit(InputRequest::DeleteFromStart | InputRequest::DeletePrevWord) => {
                self.hidden.clear();
            }
            Wish::Paste(text) => {
                let first = text.lines().next().unwrap_or_default();
                first.chars().for_each(|c| self.hidden.push(c));
            }
            Wish::Send => return self.proven(),
            Wish::EndOfInput if self.hidden.is_empty() => return Outcome::Leave,
            // There is no moving about in what nobody sees.
            Wish::Edit(_)
            | Wish::Back
            | Wish::Forward
            | Wish::Complete
            | Wish::Show(_)
            | Wish::ShowNext
            | Wish::ShowPrevious
            | Wish::PageUp
            | Wish::PageDown
            | Wish::End
            | Wish::Help
            | Wish::Escape
            | Wish::Interrupt
            | Wish::EndOfInput
            | Wish::Redraw
            | Wish::Resize(..) => {}
        }
        Outcome::Nothing
    }

    /// A name was typed, or a command of those who are outside.
    fn named(&mut self) -> Outcome {
        self.trouble = None;
        let line = self.name.take(Keep::Forgotten);
        // A password goes to the end of the line.
        let line = line.trim_start();
        let mut words = line.split_ascii_whitespace();
        match (words.next(), words.next(), words.next()) {
            (None, _, _) => return Outcome::Nothing,
            (Some("/help"), _, _) => return Outcome::Help,
            (Some("/login"), Some(name), None) => self.asks(name, Step::Password),
            (Some("/register"), Some(name), None) => self.asks(name, Step::NewPassword),
            (Some(command), _, _) if command.starts_with('/') => return self.in_one_line(line),
            (Some(_), _, _) => self.asks(line.trim_end(), Step::Password),
        }
        Outcome::Nothing
    }

    fn asks(&mut self, name: &str, step: fn(UserName) -> Step) {
        match UserName::new(name) {
            Ok(user) => self.step = step(user),
            Err(why) => self.trouble = Some(format!("not a name: {why}")),
        }
    }

    fn in_one_line(&mut self, line: &str) -> Outcome {
        match line::Conversation::default().hear(line.as_bytes()) {
            Heard::Command(Command::Login { user, password }) => {
                self.wants_in(user, password, Entry::Login)
            }
            Heard::Command(Command::Register { user, password }) => {
                self.wants_in(user, password, Entry::Register)
            }
            Heard::Command(Command::Quit { .. }) => Outcome::Leave,
            Heard::Command(_)
            | Heard::Format(_)
            | Heard::Prompt(_)
            | Heard::Reply
            | Heard::Refused(_)
            | Heard::Malformed(_)
            | Heard::Nothing => {
                let how = "first a username, or /register and a new one";
                self.trouble = Some(how.to_owned());
                Outcome::Nothing
            }
        }
    }

    /// A password was typed.
    fn proven(&mut self) -> Outcome {
        if self.hidden.is_empty() {
            return Outcome::Nothing;
        }
        self.trouble = None;
        let password = self.hidden.take();
        match std::mem::replace(&mut self.step, Step::Name) {
            Step::Password(user) => self.wants_in(user, password, Entry::Login),
            Step::NewPassword(user) => {
                self.step = Step::Again {
                    user,
                    first: password,
                };
                Outcome::Nothing
            }
            Step::Again { user, first } if first == password => {
                self.wants_in(user, password, Entry::Register)
            }
            Step::Again { user, .. } => {
                self.trouble = Some("the two passwords differ".to_owned());
                self.step = Step::NewPassword(user);
                Outcome::Nothing
            }
            Step::Changing(_) => {
                self.step = Step::Changing(None);
                Outcome::Tell(password)
            }
            step @ (Step::Later(_) | Step::Name | Step::Asked { .. } | Step::Inside) => {
                self.step = step;
                Outcome::Nothing
            }
        }
    }

    fn wants_in(&mut self, user: UserName, password: Secret, entry: Entry) -> Outcome {
        self.step = Step::Asked {
            user: user.clone(),
            entry,
        };
        Outcome::LogIn(Account {
            user,
            password,
            entry,
            patience: Patience::Person,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(entrance: &mut Entrance, text: &str) -> Outcome {
        for c in text.chars() {
            let pressed = entrance.takes(Wish::Edit(InputRequest::InsertChar(c)));
            assert_eq!(pressed, Outcome::Nothing);
        }
        entrance.takes(Wish::Send)
    }

    fn visitor() -> Entrance {
        let mut entrance = Entrance::new(None);
        assert_eq!(types(&mut entrance, "early"), Outcome::Nothing);
        assert_eq!(entrance.name.text(), "early");
        entrance.connected();
        entrance.takes(Wish::Edit(InputRequest::DeleteLine));
        entrance
    }

    fn anna(password: &str, entry: Entry) -> Outcome {
        Outcome::LogIn(Account {
            user: UserName::new("anna").unwrap(),
            password: Secret::new(password),
            entry,
            patience: Patience::Person,
        })
    }

    #[test]
    fn a_name_and_a_password_lead_in_and_a_wrong_one_is_asked_again() {
        let mut entrance = visitor();
        assert_eq!(types(&mut entrance, "-anna"), Outcome::Nothing);
        assert!(entrance.trouble.is_some());
        assert_eq!(types(&mut entrance, "anna"), Outcome::Nothing);
        assert_eq!(entrance.field(), Field::Hidden);
        assert_eq!(types(&mut entrance, "/x y"), anna("/x y", Entry::Login));
        entrance.refused("Wrong username or password", None);
        assert_eq!(types(&mut entrance, "right"), anna("right", Entry::Login));
        entrance.welcome();
        assert_eq!((entrance.field(), entrance.trouble), (Field::Chat, None));
    }

    #[test]
    fn a_new_password_is_asked_twice() {
        let mut entrance = visitor();
        types(&mut entrance, "/register anna");
        for (password, outcome) in [
            ("one", Outcome::Nothing),
            ("other", Outcome::Nothing),
            ("one", Outcome::Nothing),
            ("one", anna("one", Entry::Register)),
        ] {
            assert_eq!(types(&mut entrance, password), outcome);
        }
        entrance.refused("That name is taken: anna", None);
        assert_eq!(entrance.step, Step::Name);
    }

    #[test]
    fn one_line_does_and_who_was_named_is_only_asked_for_the_password() {
        let mut entrance = visitor();
        let done = types(&mut entrance, "/login anna a b");
        assert_eq!(done, anna("a b", Entry::Login));
        let mut entrance = visitor();
        let done = types(&mut entrance, "/register anna a b");
        assert_eq!(done, anna("a b", Entry::Register));
        assert_eq!(types(&mut visitor(), "/quit"), Outcome::Leave);
        assert_eq!(types(&mut visitor(), "/join den"), Outcome::Nothing);
        let mut entrance = Entrance::new(UserName::new("anna").ok());
        entrance.connected();
        assert_eq!(types(&mut entrance, "x"), anna("x", Entry::Login));
    }
}
