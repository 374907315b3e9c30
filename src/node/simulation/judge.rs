//! Whether a schedule kept what is promised.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::door::Door;
use super::fold::{Fold, is_guest};
use super::machine::Over;
use super::matching::{Matched, expected, match_up};
use super::stay::{Heard, Outcome, Stay};
use super::store::agrees;
use super::world::World;
use crate::bridge::redis::simulated::network::Entry;
use crate::chat::{Deed, Ending};

/// What was promised and is not so.
pub(super) type Verdict = Result<(), String>;

/// Judges a schedule that is over.
pub(super) fn judge(world: &mut World) -> Verdict {
    assert!(world.server.is_edited(), "an edit found nothing");
    let chains: Vec<_> = world.server.journal().chains().map(<[_]>::to_vec).collect();
    let folds = chains.iter().map(|chain| Fold::of(chain));
    let folds: Vec<_> = folds.collect::<Result<_, _>>()?;
    for stay in world.all_stays() {
        judge_stay(stay, &chains, &folds)
            .map_err(|wrong| format!("{} {}: {wrong}", stay.account, stay.session))?;
    }
    let Some(last) = folds.last() else {
        return Err("there is no log".to_owned());
    };
    for (node, over) in &world.overs {
        match over {
            Over::Failed(why) if !why.contains("another node is called") => {
                return Err(format!("node-{node} failed: {why}"));
            }
            Over::Failed(_) | Over::NotIn(_) | Over::Stopped => {}
        }
    }
    world.quiet.clone()?;
    everybody_is_back(world, last)?;
    if !world.plan.has(|_| true) {
        nobody_was_disturbed(world)?;
    }
    if world.plan.is_of_outages() {
        nobody_was_put_out(world, last)?;
    }
    if !world.plan.forgets() && world.settings.log_entries > 1000 {
        whispers_are_heard(world)?;
    }
    agrees(&mut world.server, last)
}

/// Judges what can be judged when it was quiet for long: nobody is kept by a node that is gone, and
/// everything was answered.
pub(super) fn judge_quiet(world: &World) -> Verdict {
    if !world.machines.iter().any(|machine| machine.is_on()) {
        // Nobody is there to let go those whom the last node held.
        return Ok(());
    }
    let fold = Fold::of(world.server.journal().chain())?;
    let present = present(world);
    let live: BTreeMap<_, _> = fold
        .live
        .iter()
        .map(|(user, (_, session))| (session.to_string(), account(user)))
        .collect();
    if present != live {
        return Err(format!(
            "it is quiet; live are {live:?}, and there are {present:?}"
        ));
    }
    for stay in world.present() {
        if !stay.asked.is_empty() {
            let (account, session) = (stay.account, &stay.session);
            return Err(format!("{account} {session} waits for {:?}", stay.asked));
        }
    }
    Ok(())
}

/// The account of who has one.
fn account(user: &str) -> Option<String> {
    (!is_guest(user)).then(|| user.to_owned())
}

fn present(world: &World) -> BTreeMap<String, Option<String>> {
    let own = |stay: &Stay| stay.holds().map(str::to_ascii_lowercase);
    let there = world.present();
    there
        .map(|stay| (stay.session.to_string(), own(stay)))
        .collect()
}

/// Accounts of which somebody is at the line door, where nobody is without one.
fn accounts(world: &World) -> BTreeSet<&'static str> {
    let people = world.people.iter();
    let at_line = people.filter(|person| person.door == Door::Line);
    at_line.map(|person| person.account).collect()
}

fn everybody_is_back(world: &World, last: &Fold) -> Verdict {
    let accounts = accounts(world);
    let there: Vec<_> = world.present().filter_map(Stay::holds).collect();
    for account in accounts {
        if there.iter().filter(|present| **present == account).count() != 1 {
            return Err(format!("{account} is there not once: {there:?}"));
        }
    }
    for stay in world.present() {
        let (account, session) = (stay.account, &stay.session);
        if !stay.asked.is_empty() {
            return Err(format!("{account} {session} waits for {:?}", stay.asked));
        }
        let said = stay.texts.last();
        if !matches!(said, Some((text, Outcome::At(_))) if last.texts.contains_key(text)) {
            return Err(format!("{account} {session} is not heard: {said:?}"));
        }
    }
    Ok(())
}

/// Without any fault nobody is put out, and everything is answered.
fn nobody_was_disturbed(world: &World) -> Verdict {
    for stay in world.all_stays() {
        let may = matches!(
            stay.ending,
            None | Some(Ending::Quit | Ending::Duplicate | Ending::Replaced)
        );
        let is_unknown = |(_, outcome): &(String, Outcome)| *outcome == Outcome::Unknown;
        if !may || stay.texts.iter().any(is_unknown) {
            let (account, session, ending) = (stay.account, &stay.session, stay.ending);
            return Err(format!(
                "nothing was wrong, and {account} {session} {ending:?}"
            ));
        }
    }
    Ok(())
}

/// Who is at a node is put out only by somebody who comes back, as long as nothing was wrong but
/// that the server was away.
fn nobody_was_put_out(world: &World, last: &Fold) -> Verdict {
    let comes_back: HashMap<_, _> = world
        .all_stays()
        .map(|stay| (&stay.session, stay.since.is_some()))
        .collect();
    for stay in world.all_stays() {
        let account = stay.account.to_ascii_lowercase();
        let turns = last.turns.iter().filter(|(_, user, _)| *user == account);
        let mut turns = turns.skip_while(|(_, _, by)| by.as_ref() != Some(&stay.session));
        let next = turns.nth(1).and_then(|(_, _, by)| by.as_ref());
        let is_put_out = match stay.ending {
            Some(Ending::MessagesLost) => true,
            Some(Ending::Replaced) => next.is_none_or(|by| comes_back.get(by) != Some(&true)),
            _ => false,
        };
        if is_put_out {
            let (session, ending) = (&stay.session, stay.ending);
            return Err(format!(
                "{account} {session} is put out: {ending:?}, by {next:?}"
            ));
        }
    }
    Ok(())
}

/// What was said to somebody is heard, sooner or later.
fn whispers_are_heard(world: &World) -> Verdict {
    let accounts = accounts(world);
    for entry in world.server.journal().chain() {
        let Deed::Whisper { to, text, .. } = &entry.event.deed else {
            continue;
        };
        let hears = |heard: &Heard| match heard {
            Heard::Event { line, .. } | Heard::Kept { line } => {
                let said = line.rsplit([' ', ':']).next();
                said == Some(text.as_str())
            }
            Heard::Gap { .. } | Heard::Said { .. } | Heard::Room { .. } | Heard::PutIn { .. } => {
                false
            }
        };
        // A guest who logs in may hear it before it reads that it is in.
        let is_own = |stay: &&Stay| stay.account == to.id();
        let mut stays = world.all_stays().filter(is_own);
        if accounts.contains(to.id()) && !stays.any(|stay| stay.heard.iter().any(hears)) {
            return Err(format!("{to} never hears {:?}", entry.event));
        }
    }
    Ok(())
}

fn judge_stay(stay: &Stay, chains: &[Vec<Arc<Entry>>], folds: &[Fold]) -> Verdict {
    if let Some(wrong) = &stay.wrong {
        return Err(wrong.clone());
    }
    judge_texts(stay, folds)?;
    // What was heard is what some log says that there was, the last one that it fits; behind a gap
    // it may be a later one.
    let expected: Vec<_> = chains
        .iter()
        .zip(folds)
        .map(|(chain, fold)| expected(stay, chain, fold))
        .collect();
    let mut wrong = None;
    for (first, times) in expected.iter().enumerate().rev() {
        for time in times {
            let later = expected[first + 1..].iter().flat_map(|times| times.first());
            let logs: Vec<_> = std::iter::once(time).chain(later).collect();
            let verdict = match_up(stay, &logs).and_then(|heard| {
                if heard.log == 0 {
                    answers_come_first(stay, &chains[first], &heard)?;
                }
                nothing_is_missing(stay, first + heard.log + 1 == chains.len(), &heard)
            });
            match verdict {
                Ok(()) => return Ok(()),
                Err(why) => wrong = wrong.or(Some(why)),
            }
        }
    }
    Err(wrong.unwrap_or_default())
}

fn judge_texts(stay: &Stay, folds: &[Fold]) -> Verdict {
    let stands_at = |fold: &Fold, text: &str| fold.texts.get(text).map(|(position, _)| *position);
    // What was taken back once was not delivered, though a store may get it back later.
    let is_taken_back = |text: &str| {
        let mut behind = folds
            .iter()
            .skip_while(|fold| stands_at(fold, text).is_none());
        behind.any(|fold| stands_at(fold, text).is_none())
    };
    for (text, outcome) in &stay.texts {
        let places: Vec<_> = folds
            .iter()
            .filter_map(|fold| stands_at(fold, text))
            .collect();
        match outcome {
            Outcome::At(position) if places.contains(position) => {}
            Outcome::At(position) => {
                return Err(format!(
                    "{text} is told to be at {position}, and is at {places:?}"
                ));
            }
            Outcome::Nowhere if places.is_empty() || is_taken_back(text) => {}
            Outcome::Nowhere => return Err(format!("{text} was refused, and is at {places:?}")),
            Outcome::NotAfterAll if places.is_empty() || is_taken_back(text) => {}
            Outcome::NotAfterAll => {
                return Err(format!(
                    "{text} is told not to be there, and is at {places:?}"
                ));
            }
            Outcome::Unknown => {}
        }
    }
    for fold in folds {
        let told = stay.texts.iter().map(|(text, _)| text);
        let there: Vec<_> = told
            .filter_map(|text| stands_at(fold, text).map(|at| (at, text)))
            .collect();
        if !there.is_sorted() {
            return Err(format!(
                "what was said in this order is not in it: {there:?}"
            ));
        }
    }
    Ok(())
}

/// Who is still there was told everything, or that something is missing.
fn nothing_is_missing(stay: &Stay, is_last_log: bool, heard: &Matched<'_>) -> Verdict {
    let is_there = stay.over.is_none() && stay.ending.is_none();
    if !is_there || heard.may_skip {
        return Ok(());
    }
    if !is_last_log {
        return Err("it was never told that something was taken back".to_owned());
    }
    if !heard.rest.is_empty() {
        let first = &heard.rest[..heard.rest.len().min(3)];
        return Err(format!("it was never told {first:?}"));
    }
    Ok(())
}

/// What somebody does is answered before anything is heard that stands behind it.
fn answers_come_first(stay: &Stay, chain: &[Arc<Entry>], heard: &Matched<'_>) -> Verdict {
    let is_own_claim = |place: usize| match &chain[place].event.deed {
        Deed::Claimed { session, .. } => *session == stay.session,
        _ => false,
    };
    let moves = chain.iter().enumerate().filter(|(place, entry)| {
        let is_own = |entry: &Entry| match &entry.event.origin {
            crate::chat::origin::Origin::Session(session) => *session == stay.session,
            crate::chat::origin::Origin::Store => false,
        };
        matches!(entry.event.deed, Deed::Entered { .. })
            && is_own(entry)
            && !place.checked_sub(1).is_some_and(is_own_claim)
    });
    let moves: Vec<_> = moves.map(|(_, entry)| entry.event.position).collect();
    let answers = stay
        .heard
        .iter()
        .filter(|heard| matches!(heard, Heard::Room { .. }))
        .count();
    let mut moves = moves.into_iter();
    let are_known = moves.len() == answers;
    let mut last = None;
    for (heard, position) in stay.heard.iter().zip(&heard.positions) {
        let answered = match heard {
            Heard::Said { position } => Some(*position),
            Heard::Room { .. } => moves.next().filter(|_| are_known),
            Heard::Event { .. } | Heard::Kept { .. } | Heard::Gap { .. } | Heard::PutIn { .. } => {
                None
            }
        };
        last = last.max(*position);
        if let (Some(answered), Some(last)) = (answered, last)
            && last > answered
        {
            return Err(format!("it hears {last} before the answer of {answered}"));
        }
    }
    Ok(())
}
