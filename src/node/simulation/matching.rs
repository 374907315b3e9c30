//! What was heard on a connection, put beside what the logs say that there was to hear.

use std::sync::Arc;

use super::fold::{Fold, Hears};
use super::stay::{Heard, Stay};
use crate::bridge::redis::simulated::network::Entry;
use crate::chat::Position;

/// What a log says that a connection hears.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// Of who came in by this log: from its claim on, or where it left off.
    from_claim: &'a [Hears],
    /// Of who came in by a log that was taken back, and claimed again in this one.
    from_begin: &'a [Hears],
    claimed: Position,
}

/// Until the account is another one's; between being let go and having claimed again it is in no room.
pub(super) fn expected<'a>(stay: &Stay, chain: &[Arc<Entry>], fold: &'a Fold) -> Expected<'a> {
    let account = stay.account.to_ascii_lowercase();
    let turns = fold.turns.iter().filter(|(_, user, _)| *user == account);
    let mut turns = turns.skip_while(|(_, _, by)| by.as_ref() != Some(&stay.session));
    let Some((claimed, _, _)) = turns.next() else {
        return Expected {
            from_claim: &[],
            from_begin: &[],
            claimed: Position::START,
        };
    };
    let mut end = chain.len();
    let mut let_go = None;
    for (place, _, by) in turns {
        match by {
            Some(by) if *by == stay.session => let_go = None,
            Some(_) => {
                end = *place;
                break;
            }
            None => let_go = Some(*place),
        }
    }
    let end = let_go.unwrap_or(end);
    let all = fold.heard.get(&account).map_or(&[][..], Vec::as_slice);
    let begin = match stay.since {
        // Nothing of before the account came in for the first time, if that was before.
        Some(since) => {
            let mut came = fold.turns.iter().filter(|(_, user, _)| *user == account);
            let came = came.next().map_or(0, |(place, _, _)| *place);
            let is_told =
                |hears: &Hears| hears.position <= since || came < *claimed && hears.place <= came;
            all.partition_point(is_told)
        }
        None => all.partition_point(|hears| hears.place <= *claimed),
    };
    let end = all.partition_point(|hears| hears.place < end);
    Expected {
        from_claim: &all[begin.min(end)..end],
        from_begin: &all[..end],
        claimed: chain[*claimed].event.position,
    }
}

/// What was heard, each with its place in the log, and what was not.
#[derive(Clone)]
pub(super) struct Matched<'a> {
    /// By their places among all that was heard: the event's position.
    pub(super) positions: Vec<Option<Position>>,
    pub(super) rest: &'a [Hears],
    /// Which of the logs it was at the end.
    pub(super) log: usize,
    /// A gap was told, and nothing behind it.
    pub(super) may_skip: bool,
}

impl<'a> Matched<'a> {
    /// Where what was heard next may stand: right behind what was before, or behind a gap anywhere,
    /// the latest log first.
    fn nexts(&self, logs: &[Expected<'a>], is_it: impl Fn(&Hears) -> bool) -> Vec<Self> {
        let goes_on = |log: usize, rest: &'a [Hears], at: usize| {
            let mut next = self.clone();
            next.positions.push(Some(rest[at].position));
            (next.log, next.rest, next.may_skip) = (log, &rest[at + 1..], false);
            next
        };
        if !self.may_skip {
            let first = self.rest.first().filter(|first| is_it(first));
            return first
                .map(|_| goes_on(self.log, self.rest, 0))
                .into_iter()
                .collect();
        }
        let last = self.positions.iter().flatten().next_back().copied();
        let last = last.max(Some(logs[self.log].claimed));
        let mut nexts = Vec::new();
        for log in (self.log..logs.len()).rev() {
            let heard = |hears: &Hears| last.is_some_and(|last| hears.position <= last);
            let rest = match log == self.log {
                true => self.rest,
                false => {
                    let all = logs[log].from_begin;
                    &all[all.partition_point(heard)..]
                }
            };
            let found = rest.iter().enumerate().filter(|(_, hears)| is_it(hears));
            nexts.extend(found.map(|(at, _)| goes_on(log, rest, at)));
        }
        nexts
    }
}

/// Fits all that was heard into the logs. A line without its position may stand in several places
/// behind a gap, so where one does not lead on the next one is tried.
pub(super) fn match_up<'a>(stay: &Stay, logs: &[Expected<'a>]) -> Result<Matched<'a>, String> {
    let mut open = vec![Matched {
        positions: Vec::new(),
        rest: logs[0].from_claim,
        log: 0,
        may_skip: false,
    }];
    let mut wrong = None;
    while let Some(mut matched) = open.pop() {
        while let Some(heard) = stay.heard.get(matched.positions.len()) {
            match heard {
                Heard::Event { position, line } => {
                    let is_it = |hears: &Hears| {
                        hears.line == *line && position.is_none_or(|it| it == hears.position)
                    };
                    let mut nexts = matched.nexts(logs, is_it).into_iter();
                    let Some(next) = nexts.next() else {
                        let should = matched.rest.first();
                        wrong.get_or_insert(format!(
                            "it hears {heard:?}, and should hear {should:?}"
                        ));
                        break;
                    };
                    open.extend(nexts.rev());
                    matched = next;
                    continue;
                }
                Heard::Gap { .. } => matched.may_skip = true,
                Heard::Kept { .. }
                | Heard::Said { .. }
                | Heard::Room { .. }
                | Heard::PutIn { .. } => {}
            }
            matched.positions.push(None);
        }
        if matched.positions.len() == stay.heard.len() {
            return Ok(matched);
        }
    }
    Err(wrong.unwrap_or_default())
}
