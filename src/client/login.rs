//! How a client comes in, and comes in again. No socket, no clock.

use std::time::Duration;

use crate::chat::{Secret, UserName};
use crate::dialect::Prompt;
use crate::dialect::line::read::{Refused, Told};

/// Before a login that met a full queue is tried again.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Before a login that met a node without its store is tried again.
const AWAY_WAIT: Duration = Duration::from_secs(3);

/// Who wants in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// As whom.
    pub user: UserName,
    /// The proof.
    pub password: Secret,
    /// Whether the account exists.
    pub entry: Entry,
    /// Who waits when it does not work at once.
    pub patience: Patience,
}

/// Whether an account exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It does.
    Login,
    /// It is to be made.
    Register,
    /// It is made if there is none.
    Either,
}

/// Who waits when a login does not work at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// A person, who reads why and decides; only a full queue is tried again.
    Person,
    /// A program, which tries again until it is in.
    Program,
}

/// Where a login stands.
#[derive(Debug, Default)]
pub struct Login {
    account: Option<Account>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// Not asked for a name yet.
    #[default]
    Coming,
    /// The node asks for a name.
    AtTheDoor,
    /// It was told, or will be after a wait; `Login` or `Register` for now.
    Asked(Entry),
    /// Logged in.
    Inside,
}

/// What is to be done next to come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Say this line.
    Say(Secret),
    /// Call [`Login::again`] after this.
    Wait(Duration),
    /// Nothing.
    Nothing,
}

impl Login {
    /// Wants in as this account from now on; at once, if the node is waiting for a name.
    pub fn set(&mut self, account: Account) -> Move {
        self.account = Some(account);
        match self.stage {
            Stage::Coming | Stage::Inside => Move::Nothing,
            Stage::AtTheDoor | Stage::Asked(_) => self.ask(),
        }
    }

    /// Who is in, or wants in.
    #[must_use]
    pub const fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Whether the node has let this client in.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.stage == Stage::Inside
    }

    /// The connection is another one.
    pub const fn begins_anew(&mut self) {
        self.stage = Stage::Coming;
    }

    /// This account was let in by what was typed; it comes in again by itself.
    pub fn succeeded(&mut self, user: UserName, password: Secret) {
        self.account = Some(Account {
            user,
            password,
            entry: Entry::Login,
            patience: Patience::Program,
        });
    }

    /// Whether a login that is refused for now is tried again: the account was let in before, or
    /// is a program's.
    #[must_use]
    pub fn is_patient(&self) -> bool {
        let account = self.account.as_ref();
        account.is_some_and(|account| account.patience == Patience::Program)
    }

    /// The account has another password.
    pub fn password_changed(&mut self, password: Secret) {
        if let Some(account) = &mut self.account {
            account.password = password;
        }
    }

    /// Takes what the node says, while this client is outside.
    pub fn told(&mut self, told: &Told<'_>) -> Move {
        match (self.stage, told) {
            (Stage::Coming, Told::Prompt(Prompt::Username)) => {
                self.stage = Stage::AtTheDoor;
                self.ask()
            }
            (_, Told::Welcome { .. }) => {
                self.stage = Stage::Inside;
                if let Some(account) = &mut self.account {
                    account.entry = Entry::Login;
                    account.patience = Patience::Program;
                }
                Move::Nothing
            }
            (Stage::Asked(entry), Told::Refused(refused)) => self.refused(entry, refused),
            _ => Move::Nothing,
        }
    }

    /// The wait is over.
    pub fn again(&mut self) -> Move {
        match self.stage {
            Stage::Asked(entry) => self.say(entry),
            Stage::Coming | Stage::AtTheDoor | Stage::Inside => Move::Nothing,
        }
    }

    fn ask(&mut self) -> Move {
        match self.account.as_ref().map(|account| account.entry) {
            None => Move::Nothing,
            Some(Entry::Login) => self.say(Entry::Login),
            Some(Entry::Register | Entry::Either) => self.say(Entry::Register),
        }
    }

    fn say(&mut self, entry: Entry) -> Move {
        let Some(account) = &self.account else {
            return Move::Nothing;
        };
        self.stage = Stage::Asked(entry);
        let word = match entry {
            Entry::Login => "login",
            Entry::Register | Entry::Either => "register",
        };
        let mut line = format!("/{word} {} ", account.user).into_bytes();
        line.extend_from_slice(account.password.expose());
        Move::Say(Secret::new(line))
    }

    fn refused(&mut self, tried: Entry, refused: &Refused<'_>) -> Move {
        let Some(account) = &self.account else {
            return Move::Nothing;
        };
        match (refused, account.entry, account.patience) {
            (Refused::NameTaken | Refused::RegistrationClosed, Entry::Either, _)
                if tried != Entry::Login =>
            {
                self.say(Entry::Login)
            }
            (Refused::Busy, _, _) => Move::Wait(BUSY_WAIT),
            (Refused::SlowDown { wait }, _, Patience::Program) => Move::Wait(*wait),
            (Refused::NotDelivered | Refused::NotConfirmed, _, Patience::Program) => {
                Move::Wait(AWAY_WAIT)
            }
            _ => {
                self.account = None;
                self.stage = Stage::AtTheDoor;
                Move::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::line::read::read;

    const ASKED: &str = "* Username:";
    const WELCOME: &str = "* Welcome anna. You are in lobby on node-1. /help lists the commands.";

    fn anna(entry: Entry, patience: Patience) -> Login {
        let mut login = Login::default();
        let account = Account {
            user: UserName::new("anna").unwrap(),
            password: Secret::new("a b "),
            entry,
            patience,
        };
        assert_eq!(login.set(account), Move::Nothing);
        login
    }

    fn says(line: &str) -> Move {
        Move::Say(Secret::new(line))
    }

    /// A conversation: what the node says, and what is done about it.
    fn check(login: &mut Login, turns: &[(&str, Move)]) {
        for (line, done) in turns {
            assert_eq!(&login.told(&read(line)), done, "{line}");
        }
    }

    #[test]
    fn who_has_an_account_logs_in_and_comes_in_again() {
        let mut login = anna(Entry::Login, Patience::Person);
        let enters = [
            ("* conclave on node-1. What you say is …", Move::Nothing),
            (ASKED, says("/login anna a b ")),
            (WELCOME, Move::Nothing),
        ];
        check(&mut login, &enters);
        assert!(login.is_inside());
        login.begins_anew();
        assert!(!login.is_inside());
        check(&mut login, &enters);
    }

    #[test]
    fn a_new_account_is_only_made_once() {
        let mut login = anna(Entry::Register, Patience::Person);
        check(
            &mut login,
            &[
                (ASKED, says("/register anna a b ")),
                (WELCOME, Move::Nothing),
            ],
        );
        login.begins_anew();
        check(&mut login, &[(ASKED, says("/login anna a b "))]);
    }

    #[test]
    fn whether_there_is_an_account_is_found_out() {
        for refusal in ["! That name is taken: anna", "! Registration is closed"] {
            let mut login = anna(Entry::Either, Patience::Program);
            check(
                &mut login,
                &[
                    (ASKED, says("/register anna a b ")),
                    (refusal, says("/login anna a b ")),
                    ("! Busy, try again", Move::Wait(BUSY_WAIT)),
                ],
            );
            assert_eq!(login.again(), says("/login anna a b "));
            check(
                &mut login,
                &[("! Wrong username or password", Move::Nothing)],
            );
            assert_eq!(login.account(), None);
        }
    }

    #[test]
    fn a_program_waits_and_a_person_is_asked() {
        for (refusal, wait) in [
            (
                "! Slow down: too many new accounts, try again in 7 s",
                Duration::from_secs(7),
            ),
            (
                "! Not delivered: the cluster store is unreachable, try again",
                AWAY_WAIT,
            ),
            (
                "! Not confirmed: the cluster store went away; it may …",
                AWAY_WAIT,
            ),
        ] {
            let mut program = anna(Entry::Either, Patience::Program);
            check(
                &mut program,
                &[
                    (ASKED, says("/register anna a b ")),
                    (refusal, Move::Wait(wait)),
                ],
            );
            assert_eq!(program.again(), says("/register anna a b "));
            let mut person = anna(Entry::Register, Patience::Person);
            check(
                &mut person,
                &[
                    (ASKED, says("/register anna a b ")),
                    (refusal, Move::Nothing),
                ],
            );
            assert_eq!(person.account(), None);
            assert_eq!(person.again(), Move::Nothing);
        }
    }

    #[test]
    fn who_is_refused_may_try_another_password_at_once() {
        let mut login = anna(Entry::Login, Patience::Person);
        check(
            &mut login,
            &[
                (ASKED, says("/login anna a b ")),
                ("! Wrong username or password", Move::Nothing),
            ],
        );
        let account = Account {
            user: UserName::new("anna").unwrap(),
            password: Secret::new("right"),
            entry: Entry::Login,
            patience: Patience::Person,
        };
        assert_eq!(login.set(account), says("/login anna right"));
        check(&mut login, &[(WELCOME, Move::Nothing)]);
        login.password_changed(Secret::new("new"));
        login.begins_anew();
        check(&mut login, &[(ASKED, says("/login anna new"))]);
    }
}
