//! What was heard on a connection, put beside what the logs say that there was to hear.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fold::{Fold, Hears, is_guest};
use super::stay::{Heard, Stay};
use crate::bridge::redis::simulated::network::Entry;
use crate::chat::origin::SessionId;
use crate::chat::{Deed, Position};

/// A line that somebody hears.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due<'a> {
    pub(super) position: Position,
    pub(super) line: &'a str,
}

/// What a log says that a connection hears.
pub(super) struct Expected<'a> {
    /// Of who came in by this log: from its claim on, or where it left off.
    from_claim: Vec<Due<'a>>,
    /// Of who came in by a log that was taken back, and claimed again in this one.
    from_begin: Vec<Due<'a>>,
    claimed: Position,
    /// What waited for the account of a guest who logs in: told behind that, and looking like all else.
    waited: BTreeSet<Position>,
}

/// What a log says that a connection hears, for each time that the account was its own: as a rule
/// once. A claim that somebody else took over before it was answered is told to be in vain, and who
/// waited for it may claim once more.
pub(super) fn expected<'a>(stay: &Stay, chain: &[Arc<Entry>], fold: &'a Fold) -> Vec<Expected<'a>> {
    let account = stay.account.to_ascii_lowercase();
    let mut came = fold.turns.iter().filter(|(_, user, _)| *user == account);
    let came = came.next().map_or(0, |(place, _, _)| *place);
    let all = fold.heard.get(&account).map_or(&[][..], Vec::as_slice);
    let guest = as_guest(stay, fold);
    let times = times(stay, &account, fold).into_iter();
    let mut expected: Vec<_> = times
        .map(|(claimed, end)| {
            let begin = match stay.since {
                // Nothing of before the account came in for the first time, if that was before.
                Some(since) => all.partition_point(|hears| {
                    hears.position <= since || came < claimed && hears.place <= came
                }),
                None => all.partition_point(|hears| hears.place <= claimed),
            };
            let end = end.unwrap_or(chain.len());
            let end = all.partition_point(|hears| hears.place < end);
            let from_claim = &all[begin.min(end)..end];
            // Whose login was taken back is the account all the same, and claims that again.
            let (was, from_begin) = match &guest {
                Some((_, was)) if is_in_place(&chain[claimed]) => (*was, from_claim),
                Some(_) | None => (&[][..], &all[..end]),
            };
            Expected {
                from_claim: due(stay, &[was, from_claim]),
                from_begin: due(stay, &[was, from_begin]),
                claimed: chain[claimed].event.position,
                waited: waited(&all[..begin], chain),
            }
        })
        .collect();
    if expected.is_empty() {
        let (claimed, was) = guest.unwrap_or_default();
        let claimed = chain.get(claimed).map(|entry| entry.event.position);
        expected.push(Expected {
            from_claim: due(stay, &[was]),
            from_begin: due(stay, &[was]),
            claimed: claimed.unwrap_or(Position::START),
            waited: BTreeSet::new(),
        });
    }
    expected
}

/// What it hears as a guest, from which place on: as whom nobody else is there, before or behind.
fn as_guest<'a>(stay: &Stay, fold: &'a Fold) -> Option<(usize, &'a [Hears])> {
    let is_own = |by: &Option<SessionId>| by.as_ref() == Some(&stay.session);
    let mut turns = fold.turns.iter();
    let (place, guest, _) = turns.find(|(_, user, by)| is_own(by) && is_guest(user))?;
    let heard = fold.heard.get(guest);
    Some((*place, heard.map_or(&[][..], Vec::as_slice)))
}

fn is_in_place(entry: &Entry) -> bool {
    matches!(entry.event.deed, Deed::Claimed { was: Some(_), .. })
}

/// All of it as its door spells it.
fn due<'a>(stay: &Stay, parts: &[&'a [Hears]]) -> Vec<Due<'a>> {
    let all = parts.iter().flat_map(|part| part.iter());
    let lines = all.flat_map(|hears| {
        let position = hears.position;
        let lines = hears.lines(stay.door).iter();
        lines.map(move |line| Due { position, line })
    });
    lines.collect()
}

/// Private messages and posts, which wait for who is not there.
fn waited(before: &[Hears], chain: &[Arc<Entry>]) -> BTreeSet<Position> {
    let waits = before.iter().filter(|hears| {
        let deed = &chain[hears.place].event.deed;
        matches!(deed, Deed::Whisper { .. } | Deed::Post { .. })
    });
    waits.map(|hears| hears.position).collect()
}

/// From where to where in the log the account is the connection's own: until it is another one's.
/// Between being let go and having claimed again it is in no room.
fn times(stay: &Stay, account: &str, fold: &Fold) -> Vec<(usize, Option<usize>)> {
    let mut times = Vec::new();
    let mut now: Option<(usize, Option<usize>)> = None;
    for (place, _, by) in fold.turns.iter().filter(|(_, user, _)| user == account) {
        let is_own = by.as_ref() == Some(&stay.session);
        now = match (now, by) {
            (None, _) => is_own.then_some((*place, None)),
            (Some((claimed, _)), _) if is_own => Some((claimed, None)),
            (Some((claimed, let_go)), Some(_)) => {
                times.push((claimed, let_go.or(Some(*place))));
                None
            }
            (Some((claimed, _)), None) => Some((claimed, Some(*place))),
        };
    }
    times.extend(now);
    times
}

/// What was heard, each with its place in the log, and what was not.
#[derive(Clone)]
pub(super) struct Matched<'a> {
    /// By their places among all that was heard: the event's position.
    pub(super) positions: Vec<Option<Position>>,
    pub(super) rest: &'a [Due<'a>],
    /// Which of the logs it was at the end.
    pub(super) log: usize,
    /// A gap was told, and nothing behind it.
    pub(super) may_skip: bool,
    /// The last of what had waited that was told.
    waited: Option<Position>,
}

impl<'a> Matched<'a> {
    /// Where what was heard next may stand: right behind what was before, or behind a gap anywhere,
    /// the latest log first.
    fn nexts(&self, logs: &[&'a Expected<'a>], is_it: impl Fn(&Due<'a>) -> bool) -> Vec<Self> {
        let goes_on = |log: usize, rest: &'a [Due<'a>], at: usize| {
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
            let heard = |due: &Due<'_>| last.is_some_and(|last| due.position <= last);
            let rest = match log == self.log {
                true => self.rest,
                false => {
                    let all = logs[log].from_begin.as_slice();
                    &all[all.partition_point(heard)..]
                }
            };
            let found = rest.iter().enumerate().filter(|(_, due)| is_it(due));
            nexts.extend(found.map(|(at, _)| goes_on(log, rest, at)));
        }
        nexts
    }

    /// What had waited is told once, in the order of the log.
    fn had_waited(&self, logs: &[&'a Expected<'a>], position: Option<Position>) -> Option<Self> {
        let mut later = logs[self.log..].iter();
        let at = position.filter(|at| later.any(|log| log.waited.contains(at)))?;
        self.waited.is_none_or(|last| last < at).then(|| {
            let mut next = self.clone();
            next.positions.push(None);
            next.waited = Some(at);
            next
        })
    }
}

/// Fits all that was heard into the logs. A line without its position may stand in several places
/// behind a gap, so where one does not lead on the next one is tried.
pub(super) fn match_up<'a>(stay: &Stay, logs: &[&'a Expected<'a>]) -> Result<Matched<'a>, String> {
    let mut open = vec![Matched {
        positions: Vec::new(),
        rest: &logs[0].from_claim,
        log: 0,
        may_skip: false,
        waited: None,
    }];
    let mut wrong = None;
    while let Some(mut matched) = open.pop() {
        while let Some(heard) = stay.heard.get(matched.positions.len()) {
            match heard {
                Heard::Event { position, line } => {
                    let is_it = |due: &Due<'_>| {
                        due.line == *line && position.is_none_or(|it| it == due.position)
                    };
                    let waited = matched.had_waited(logs, *position);
                    let mut nexts = matched.nexts(logs, is_it).into_iter().chain(waited);
                    let Some(next) = nexts.next() else {
                        let should = matched.rest.first();
                        wrong.get_or_insert(format!(
                            "it hears {heard:?}, and should hear {should:?}"
                        ));
                        break;
                    };
                    open.extend(nexts.collect::<Vec<_>>().into_iter().rev());
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
