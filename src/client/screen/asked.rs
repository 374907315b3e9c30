//! What the node was asked and has not answered yet, in the order asked: so it is known whose
//! answer a line is. What has no answer of one line is followed by a ping of the screen's own.

use std::collections::VecDeque;
use std::time::Duration;

use super::talk::Place;

/// Questions without an answer. Whoever has asked so much waits for the node.
const ASKED: usize = 256;

/// Of those, for what the screen asks by itself.
const RESERVED: usize = 16;

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// A text, answered by one line.
    Text(Text),
    /// A command that a person typed; the person reads the answer.
    Command,
    /// The way back after a connection; its confirmations tell nothing new.
    WayBack,
    /// What the screen wants to know itself.
    Own,
    /// A ping, behind everything before it.
    Barrier {
        /// What it carries.
        token: u64,
        /// When it was asked.
        at: Duration,
    },
}

/// A text that was said here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// In which conversation it stands.
    pub(super) place: Place,
    /// As which line.
    pub(super) id: u64,
}

/// A ping came back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pong {
    /// After so long.
    pub(super) after: Duration,
    /// Texts before it that were not answered.
    pub(super) passed: Vec<Text>,
}

/// What was asked.
#[derive(Debug)]
pub(super) struct Questions {
    queue: VecDeque<Asked>,
    /// Texts that were not confirmed, until it is known what became of them; at most [`ASKED`].
    doubts: VecDeque<Text>,
    /// Tells this program's pings from those that a person types.
    mark: u64,
    pings: u64,
}

impl Questions {
    pub(super) const fn new(mark: u64) -> Self {
        Self {
            queue: VecDeque::new(),
            doubts: VecDeque::new(),
            mark,
            pings: 0,
        }
    }

    /// Whether so many lines of a person can be asked.
    pub(super) fn has_room_for(&self, lines: usize) -> bool {
        // Each may be followed by a ping.
        self.queue.len() + 2 * lines + RESERVED <= ASKED
    }

    /// Whether the screen may ask for itself.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.len() < RESERVED
    }

    /// Whose answer comes next.
    pub(super) fn next(&self) -> Option<&Asked> {
        self.queue.front()
    }

    /// Whether the answer to one command is all that is missing.
    pub(super) fn are_one_command(&self) -> bool {
        self.queue.len() == 1 && self.queue.front() == Some(&Asked::Command)
    }

    pub(super) fn push(&mut self, asked: Asked) {
        self.queue.push_back(asked);
    }

    /// The line that closes what was asked before it.
    pub(super) fn barrier(&mut self, at: Duration) -> String {
        self.pings += 1;
        let token = self.pings;
        self.push(Asked::Barrier { token, at });
        format!("/ping {}", self.token(token))
    }

    /// A text was answered.
    pub(super) fn answered(&mut self) -> Option<Text> {
        if !matches!(self.queue.front(), Some(Asked::Text(_))) {
            return None;
        }
        match self.queue.pop_front() {
            Some(Asked::Text(text)) => Some(text),
            Some(Asked::Command | Asked::WayBack | Asked::Own | Asked::Barrier { .. }) | None => {
                None
            }
        }
    }

    /// It is not known what became of a text.
    pub(super) fn doubted(&mut self, text: Text) {
        if self.doubts.len() == ASKED {
            self.doubts.pop_front();
        }
        self.doubts.push_back(text);
    }

    /// It is known what became of the first of those.
    pub(super) fn resolved(&mut self) -> Option<Text> {
        self.doubts.pop_front()
    }

    /// A ping was answered, perhaps one of these.
    pub(super) fn pong(&mut self, told: &str, now: Duration) -> Option<Pong> {
        let is_it = |asked: &Asked| match asked {
            Asked::Barrier { token, .. } => self.token(*token) == told,
            Asked::Text(_) | Asked::Command | Asked::WayBack | Asked::Own => false,
        };
        let index = self.queue.iter().position(is_it)?;
        let mut pong = Pong {
            after: Duration::ZERO,
            passed: Vec::new(),
        };
        for asked in self.queue.drain(..=index) {
            match asked {
                Asked::Text(text) => pong.passed.push(text),
                Asked::Barrier { at, .. } => pong.after = now.saturating_sub(at),
                Asked::Command | Asked::WayBack | Asked::Own => {}
            }
        }
        Some(pong)
    }

    /// Since when a ping waits for its answer.
    pub(super) fn waiting_since(&self) -> Option<Duration> {
        self.queue.iter().find_map(|asked| match asked {
            Asked::Barrier { at, .. } => Some(*at),
            Asked::Text(_) | Asked::Command | Asked::WayBack | Asked::Own => None,
        })
    }

    /// No answer comes any more; the texts among them.
    pub(super) fn lost(&mut self) -> Vec<Text> {
        self.doubts.clear();
        let texts = self.queue.drain(..).filter_map(|asked| match asked {
            Asked::Text(text) => Some(text),
            Asked::Command | Asked::WayBack | Asked::Own | Asked::Barrier { .. } => None,
        });
        texts.collect()
    }

    fn token(&self, number: u64) -> String {
        format!("{:016x}.{number}", self.mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(7);

    fn text(id: u64) -> Text {
        let place = Place::Posts;
        Text { place, id }
    }

    #[test]
    fn answers_belong_to_what_was_asked_in_this_order() {
        let mut asked = Questions::new(1);
        asked.push(Asked::Text(text(1)));
        asked.push(Asked::Command);
        let ping = asked.barrier(NOW);
        let token = ping.strip_prefix("/ping ").unwrap();
        asked.push(Asked::Text(text(2)));
        assert_eq!(asked.answered(), Some(text(1)));
        assert_eq!(asked.answered(), None);
        assert_eq!(asked.pong("somebody else's", NOW), None);
        let pong = asked.pong(token, 2 * NOW).unwrap();
        assert_eq!((pong.after, pong.passed), (NOW, vec![]));
        assert_eq!(asked.lost(), [text(2)]);
        assert_eq!(asked.next(), None);
    }

    #[test]
    fn a_ping_passes_what_was_not_answered() {
        let mut asked = Questions::new(1);
        asked.push(Asked::Text(text(1)));
        let ping = asked.barrier(NOW);
        assert_eq!(asked.waiting_since(), Some(NOW));
        let token = ping.strip_prefix("/ping ").unwrap();
        assert_eq!(asked.pong(token, NOW).unwrap().passed, [text(1)]);
        assert_eq!(asked.waiting_since(), None);
    }

    #[test]
    fn there_is_a_bound() {
        let mut asked = Questions::new(1);
        while asked.has_room_for(1) {
            asked.push(Asked::Command);
            asked.barrier(NOW);
        }
        assert!(asked.queue.len() <= ASKED && !asked.is_idle());
    }
}
