//! The resume token by which a client comes back, and how it asks for one so that nobody notices.
//! No socket, no clock.

use crate::chat::Secret;
use crate::chat::command::Since;
use crate::dialect::line::read::Told;

/// A token, and whether another one is on its way.
#[derive(Debug)]
pub struct Pass {
    token: Option<Secret>,
    due: Due,
    /// Tells this client's ping from those that a person types.
    mark: String,
}

/// Whether a token is on its way to this client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Nothing,
    /// It was asked for, behind a ping: what comes before the pong answers something else.
    BehindThePong,
    /// The next one is this client's, or a refusal in its place.
    Next,
}

/// For whom a line of the node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// For this client alone: nobody is shown it.
    Own,
    /// For whoever reads.
    Readers,
}

impl Pass {
    /// Without a token. `mark` is something that nobody types.
    #[must_use]
    pub fn new(mark: u64) -> Self {
        Self {
            token: None,
            due: Due::Nothing,
            mark: format!("{mark:016x}.token"),
        }
    }

    /// Whether there is a token.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        self.token.is_some()
    }

    /// The connection is another one: nothing comes any more.
    pub const fn begins_anew(&mut self) {
        self.due = Due::Nothing;
    }

    /// The token is good no more.
    pub fn forget(&mut self) {
        self.token = None;
        self.due = Due::Nothing;
    }

    /// All tokens so far are revoked. What is on its way was asked for later.
    pub fn revoked(&mut self) {
        if self.due == Due::Nothing {
            self.token = None;
        }
    }

    /// What has to be said to come back; the node answers it with the next token.
    pub fn resume(&mut self, since: Since) -> Option<Secret> {
        let token = self.token.as_ref()?;
        let mut line = b"/resume ".to_vec();
        line.extend_from_slice(token.expose());
        match since {
            Since::Seen => {}
            Since::Position(position) => line.extend_from_slice(format!(" {position}").as_bytes()),
        }
        self.due = Due::Next;
        Some(Secret::new(line))
    }

    /// What has to be said to have a token, where there is none and none is on its way.
    pub fn ask(&mut self) -> Vec<Vec<u8>> {
        if self.token.is_some() || self.due != Due::Nothing {
            return Vec::new();
        }
        self.due = Due::BehindThePong;
        let ping = format!("/ping {}", self.mark);
        vec![ping.into_bytes(), b"/token".to_vec()]
    }

    /// Takes what the node says to somebody who is in, or has just come in.
    pub fn hears(&mut self, told: &Told<'_>) -> Whose {
        match (self.due, told) {
            (Due::BehindThePong, Told::Pong { token }) if *token == self.mark => {
                self.due = Due::Next;
                Whose::Own
            }
            (Due::Next, Told::Token { token }) => {
                self.token = Some(Secret::new(*token));
                self.due = Due::Nothing;
                Whose::Own
            }
            // Then it comes back by its password.
            (Due::Next, Told::Refused(_)) => {
                self.due = Due::Nothing;
                Whose::Own
            }
            (Due::Nothing | Due::BehindThePong | Due::Next, _) => Whose::Readers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Position;
    use crate::dialect::line::read::read;

    const PONG: &str = "* pong 0000000000000007.token";

    /// What of these lines a reader is shown.
    fn shown<'a>(pass: &mut Pass, lines: &[&'a str]) -> Vec<&'a str> {
        let lines = lines.iter().copied();
        lines
            .filter(|line| pass.hears(&read(line)) == Whose::Readers)
            .collect()
    }

    fn resume(pass: &mut Pass, since: Since) -> Option<String> {
        let line = pass.resume(since)?;
        Some(String::from_utf8(line.expose().to_vec()).unwrap())
    }

    fn asked() -> Pass {
        let mut pass = Pass::new(7);
        assert_eq!(
            pass.ask(),
            [&b"/ping 0000000000000007.token"[..], &b"/token"[..]]
        );
        pass
    }

    #[test]
    fn what_is_asked_is_not_shown_and_everything_else_is() {
        let mut pass = asked();
        assert!(pass.ask().is_empty(), "it is on its way");
        let others = [
            "* token her.own",
            "! No such room: den",
            "* pong",
            "* pong 7.token",
            "* token joined lobby",
            "[lobby] token: hi",
        ];
        assert_eq!(shown(&mut pass, &others), others);
        assert_eq!(resume(&mut pass, Since::Seen), None);
        let behind = [
            PONG,
            "* ben joined lobby",
            "* token its.own",
            "* token her.second",
            "! Nothing to say",
        ];
        assert_eq!(shown(&mut pass, &behind), [behind[1], behind[3], behind[4]]);
        assert!(pass.ask().is_empty(), "it has one");
        assert_eq!(
            resume(&mut pass, Since::Seen).as_deref(),
            Some("/resume its.own")
        );
    }

    #[test]
    fn the_next_one_follows_by_itself() {
        let mut pass = asked();
        shown(&mut pass, &[PONG, "* token a.1"]);
        let since = Since::Position(Position { epoch: 7, n: 9 });
        assert_eq!(resume(&mut pass, since).as_deref(), Some("/resume a.1 7-9"));
        // The connection broke before anything was told: the same once more.
        pass.begins_anew();
        assert_eq!(
            resume(&mut pass, Since::Seen).as_deref(),
            Some("/resume a.1")
        );
        assert!(shown(&mut pass, &["* token a.2"]).is_empty());
        assert!(pass.ask().is_empty());
        assert_eq!(
            resume(&mut pass, Since::Seen).as_deref(),
            Some("/resume a.2")
        );
        pass.forget();
        assert!(!pass.is_there() && !pass.ask().is_empty());
    }

    #[test]
    fn a_refusal_is_not_shown_either() {
        let mut pass = asked();
        let lines = [PONG, "! Busy, try again", "! Busy, try again"];
        assert_eq!(shown(&mut pass, &lines), [lines[2]]);
        assert!(!pass.is_there());
    }

    #[test]
    fn another_password_needs_another_token() {
        let mut pass = asked();
        pass.revoked();
        assert!(pass.ask().is_empty(), "what is on its way is asked later");
        shown(&mut pass, &[PONG, "* token a.1"]);
        pass.revoked();
        assert!(!pass.is_there());
        assert_eq!(pass.ask().len(), 2);
    }
}
