//! How a client comes in, and comes in again. No socket, no clock.

use std::time::Duration;

use super::pass::{Pass, Whose};
use crate::chat::command::Since;
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
#[derive(Debug)]
pub struct Login {
    account: Option<Account>,
    pass: Pass,
    /// Where the connection before this one left off.
    since: Since,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not asked for a name yet.
    Coming,
    /// The node asks for a name.
    AtTheDoor,
    /// It was told, or will be after a wait.
    Asked(Proof),
    /// Logged in.
    Inside,
}

/// What the node is told for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// A resume token.
    Token,
    /// A password; `Login` or `Register`.
    Password(Entry),
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
    /// Nobody wants in. `mark` is something that nobody types.
    #[must_use]
    pub fn new(mark: u64) -> Self {
        Self {
            account: None,
            pass: Pass::new(mark),
            since: Since::Seen,
            stage: Stage::Coming,
        }
    }

    /// Wants in as this account from now on; at once, if the node is waiting for a name.
    pub fn set(&mut self, account: Account) -> Move {
        self.account = Some(account);
        self.pass.forget();
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

    /// Whether this client comes in by itself.
    #[must_use]
    pub const fn wants_in(&self) -> bool {
        self.account.is_some() || self.pass.is_there()
    }

    /// Whether the node has let this client in.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.stage == Stage::Inside
    }

    /// The connection is another one; the one before left off there.
    pub const fn begins_anew(&mut self, since: Since) {
        self.stage = Stage::Coming;
        self.since = since;
        self.pass.begins_anew();
    }

    /// What has to be said to come back by a token the next time, if anything. Only while the node
    /// takes the next line for a command.
    pub fn ask_for_a_token(&mut self) -> Vec<Vec<u8>> {
        match self.stage {
            Stage::Inside => self.pass.ask(),
            Stage::Coming | Stage::AtTheDoor | Stage::Asked(_) => Vec::new(),
        }
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

    /// The account has another password, and its tokens are revoked.
    pub fn password_changed(&mut self, password: Secret) {
        self.pass.revoked();
        if let Some(account) = &mut self.account {
            account.password = password;
        }
    }

    /// Whether what the node says is for this client alone. To be asked before [`Self::told`].
    pub fn hears(&mut self, told: &Told<'_>) -> Whose {
        match (self.stage, told) {
            // Nobody typed the token, and the password is tried by itself.
            (Stage::Asked(Proof::Token), Told::Refused(Refused::WrongToken))
                if self.account.is_some() =>
            {
                Whose::Own
            }
            // It comes with that refusal, and is answered already.
            (Stage::Asked(_), Told::Prompt(Prompt::Username)) => Whose::Own,
            (Stage::Asked(_), Told::Refused(_)) => Whose::Readers,
            _ => self.pass.hears(told),
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
            (Stage::Asked(Proof::Token), Told::Refused(refused)) => self.token_refused(refused),
            (Stage::Asked(Proof::Password(entry)), Told::Refused(refused)) => {
                self.refused(entry, refused)
            }
            _ => Move::Nothing,
        }
    }

    /// The wait is over.
    pub fn again(&mut self) -> Move {
        match self.stage {
            Stage::Asked(Proof::Token) => self.ask(),
            Stage::Asked(Proof::Password(entry)) => self.say(entry),
            Stage::Coming | Stage::AtTheDoor | Stage::Inside => Move::Nothing,
        }
    }

    fn ask(&mut self) -> Move {
        if let Some(line) = self.pass.resume(self.since) {
            self.stage = Stage::Asked(Proof::Token);
            return Move::Say(line);
        }
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
        self.stage = Stage::Asked(Proof::Password(entry));
        let word = match entry {
            Entry::Login => "login",
            Entry::Register | Entry::Either => "register",
        };
        let mut line = format!("/{word} {} ", account.user).into_bytes();
        line.extend_from_slice(account.password.expose());
        Move::Say(Secret::new(line))
    }

    /// A token that may still be good is tried again, another one is followed by the password.
    fn token_refused(&mut self, refused: &Refused<'_>) -> Move {
        match refused {
            Refused::Busy => Move::Wait(BUSY_WAIT),
            Refused::SlowDown { wait } => Move::Wait(*wait),
            Refused::NotDelivered | Refused::NotConfirmed => Move::Wait(AWAY_WAIT),
            // An older node knows no tokens.
            Refused::WrongToken
            | Refused::WrongPassword
            | Refused::NameTaken
            | Refused::RegistrationClosed
            | Refused::Other { .. } => {
                self.pass.forget();
                self.stage = Stage::AtTheDoor;
                self.ask()
            }
        }
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
    use crate::chat::Position;
    use crate::dialect::line::read::read;

    const ASKED: &str = "* Username:";
    const WELCOME: &str = "* Welcome anna. You are in lobby on node-1. /help lists the commands.";

    fn anna(entry: Entry, patience: Patience) -> Login {
        let mut login = Login::new(7);
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
        login.begins_anew(Since::Seen);
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
        login.begins_anew(Since::Seen);
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
        login.begins_anew(Since::Seen);
        check(&mut login, &[(ASKED, says("/login anna new"))]);
    }

    /// Who is in by the password, and holds the token `a.1`.
    fn with_a_token() -> Login {
        let mut login = anna(Entry::Login, Patience::Person);
        assert!(login.ask_for_a_token().is_empty(), "not before it is in");
        check(
            &mut login,
            &[(ASKED, says("/login anna a b ")), (WELCOME, Move::Nothing)],
        );
        assert_eq!(login.ask_for_a_token().len(), 2);
        for line in ["* pong 0000000000000007.token", "* token a.1"] {
            assert_eq!(login.hears(&read(line)), Whose::Own, "{line}");
        }
        let position = Position { epoch: 7, n: 9 };
        login.begins_anew(Since::Position(position));
        login
    }

    /// What is shown of these lines, and what is done about them.
    fn hears(login: &mut Login, turns: &[(&str, Whose, Move)]) {
        for (line, whose, done) in turns {
            let told = read(line);
            assert_eq!(login.hears(&told), *whose, "{line}");
            if !login.is_inside() {
                assert_eq!(&login.told(&told), done, "{line}");
            }
        }
    }

    #[test]
    fn who_has_a_token_comes_back_by_it_and_gets_the_next() {
        let mut login = with_a_token();
        let resumes = |n: u32, since: &str| {
            let token = format!("* token a.{}", n + 1);
            let turns = [
                (
                    ASKED,
                    Whose::Readers,
                    says(&format!("/resume a.{n}{since}")),
                ),
                (WELCOME, Whose::Readers, Move::Nothing),
            ];
            (turns, token)
        };
        for (n, since) in [(1, " 7-9"), (2, ""), (3, "")] {
            let (turns, token) = resumes(n, since);
            hears(&mut login, &turns);
            assert_eq!(login.hears(&read(&token)), Whose::Own);
            assert!(login.ask_for_a_token().is_empty(), "it came by itself");
            login.begins_anew(Since::Seen);
        }
    }

    #[test]
    fn a_token_that_is_not_good_is_followed_by_the_password_and_nobody_notices() {
        let mut login = with_a_token();
        hears(
            &mut login,
            &[
                (ASKED, Whose::Readers, says("/resume a.1 7-9")),
                (
                    "! That token is not good any more: log in with your password",
                    Whose::Own,
                    says("/login anna a b "),
                ),
                (ASKED, Whose::Own, Move::Nothing),
                (WELCOME, Whose::Readers, Move::Nothing),
            ],
        );
        assert_eq!(login.ask_for_a_token().len(), 2, "another one");
    }

    #[test]
    fn a_token_is_told_also_when_nothing_comes_of_it() {
        let mut login = with_a_token();
        hears(
            &mut login,
            &[
                (ASKED, Whose::Readers, says("/resume a.1 7-9")),
                ("* token a.2", Whose::Own, Move::Nothing),
                ("! Busy, try again", Whose::Readers, Move::Wait(BUSY_WAIT)),
            ],
        );
        assert_eq!(login.again(), says("/resume a.2 7-9"));
        let away = "! Not delivered: the cluster store is unreachable, try again";
        hears(&mut login, &[(away, Whose::Readers, Move::Wait(AWAY_WAIT))]);
        assert_eq!(login.again(), says("/resume a.2 7-9"));
    }

    #[test]
    fn who_has_only_a_token_is_asked_for_a_name_behind_it() {
        let mut login = Login::new(7);
        check(
            &mut login,
            &[(ASKED, Move::Nothing), (WELCOME, Move::Nothing)],
        );
        assert!(!login.wants_in());
        assert_eq!(login.ask_for_a_token().len(), 2);
        hears(
            &mut login,
            &[
                ("* pong 0000000000000007.token", Whose::Own, Move::Nothing),
                ("* token a.1", Whose::Own, Move::Nothing),
            ],
        );
        login.begins_anew(Since::Seen);
        assert!(login.wants_in());
        hears(
            &mut login,
            &[
                (ASKED, Whose::Readers, says("/resume a.1")),
                (
                    "! That token is not good any more: log in with your password",
                    Whose::Readers,
                    Move::Nothing,
                ),
                (ASKED, Whose::Readers, Move::Nothing),
            ],
        );
        assert!(!login.wants_in());
    }
}
