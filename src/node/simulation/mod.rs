//! A cluster on a clock that nobody waits for: nodes made of the very actors and scripts that serve
//! people, one server whose network and memory fail, and people who write down what they hear.
//!
//! - `world`: one schedule, drawn from a seed; the same seed is the same schedule.
//! - `machine`: a node, which can be frozen, lose its power and be started again.
//! - `person`, `stay`: somebody who is there, and what was heard on one connection. `several`: how
//!   somebody at a line client is in several rooms.
//! - `plan`: what goes wrong. `rules`: what can be broken on purpose.
//! - `door`: how somebody comes, by a line client or an IRC client. `talk`: what the latter reads.
//! - `fold`: what a log means, told independently; `nicks` who is seen as whom,
//!   `ranks` who may put others out. `matching`: what was
//!   heard, beside that. `judge`: whether what was promised holds; `store` what Redis holds of it.

mod door;
mod fold;
mod judge;
mod machine;
mod matching;
mod nicks;
mod person;
mod plan;
mod ranks;
mod rules;
mod several;
mod stay;
mod store;
mod talk;
mod world;

use std::time::{Duration, Instant};

use tokio::runtime::Builder;

use crate::testing::Rule;
use judge::judge;
use plan::Kind;
use rules::kinds;
use world::{Crowd, Trace, World};

/// Who has an account; whoever comes behind the last one shares one with somebody.
pub(super) const ACCOUNTS: [&str; 4] = ["ann", "ben", "Cleo", "dan"];

/// Lines that are shown of what happened before something was found wrong. `SIMULATION_SHOWN` says
/// another number, and then the log is shown too.
const SHOWN: u64 = 200;

/// Schedules that are run every time, without and with guests.
const SCHEDULES: u64 = 2000;
const SCHEDULES_WITH_GUESTS: u64 = 240;

/// Tests that share them, and run at the same time.
const SHARES: usize = 2;

/// Schedules in which a broken rule has to be missed.
const MISSED_IN: u64 = 300;

fn schedule(
    seed: u64,
    crowd: Crowd,
    kinds: &[Kind],
    breaks: Option<Rule>,
    trace: Trace,
) -> Result<(), String> {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let runtime = runtime.expect("a runtime");
    let mut world = runtime.block_on(async {
        let mut world = World::new(seed, crowd, kinds, breaks, trace);
        world.run().await;
        world
    });
    let _in = runtime.enter();
    judge(&mut world).map_err(|wrong| {
        if number("SIMULATION_SHOWN").is_some() {
            world.note_log();
        }
        let shown = number("SIMULATION_SHOWN").unwrap_or(SHOWN);
        let last = world
            .trace()
            .last(usize::try_from(shown).unwrap_or(usize::MAX));
        format!("seed {seed}: {wrong}\n{last}\n{:?}", world.plan)
    })
}

/// A number in the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Every time the same schedules, from seed `SIMULATION_SEED` on; with `SIMULATION_SECONDS` as many
/// as that takes. This is the share of them that begins with the schedule `from`.
fn holds(crowd: Crowd, from: u64) {
    let first = number("SIMULATION_SEED").unwrap_or(1);
    let (begin, seconds) = (
        Instant::now(),
        number("SIMULATION_SECONDS").map(Duration::from_secs),
    );
    let schedules = match crowd {
        Crowd::Lines => SCHEDULES,
        Crowd::Guests => SCHEDULES_WITH_GUESTS,
    };
    let goes_on = |seed: &u64| match seconds {
        Some(seconds) => begin.elapsed() < seconds,
        None => *seed < first + schedules,
    };
    let mut count = 0;
    let seeds = (first + from..).step_by(SHARES);
    for seed in seeds.take_while(goes_on) {
        if let Err(wrong) = schedule(seed, crowd, &[], None, Trace::No) {
            // The same once more, and this time it is written down.
            let again = schedule(seed, crowd, &[], None, Trace::Yes(Vec::new()));
            panic!("{}", again.err().unwrap_or(wrong));
        }
        count += 1;
    }
    println!("{count} schedules in {:?}", begin.elapsed());
}

#[test]
fn whatever_goes_wrong_what_is_promised_holds() {
    holds(Crowd::Lines, 0);
}

#[test]
fn whatever_else_goes_wrong_what_is_promised_holds() {
    holds(Crowd::Lines, 1);
}

#[test]
fn whatever_goes_wrong_guests_too_have_what_is_promised() {
    holds(Crowd::Guests, 0);
}

#[test]
fn whatever_else_goes_wrong_guests_too_have_what_is_promised() {
    holds(Crowd::Guests, 1);
}

/// With a rule broken something is found wrong, soon, and nothing without that.
fn is_missed(crowd: Crowd, rule: Rule) {
    let kinds = kinds(rule);
    for seed in 1..=MISSED_IN {
        let Err(found) = schedule(seed, crowd, kinds, Some(rule), Trace::No) else {
            continue;
        };
        if let Err(wrong) = schedule(seed, crowd, kinds, None, Trace::Yes(Vec::new())) {
            panic!("without {rule:?} broken: {wrong}");
        }
        let found = found.lines().next().unwrap_or_default();
        println!("without {rule:?}: {found}");
        return;
    }
    panic!("nobody misses {rule:?}");
}

macro_rules! missed {
    (by $crowd:ident: $($name:ident: $rule:ident;)*) => {
        $(#[test]
        fn $name() {
            is_missed(Crowd::$crowd, Rule::$rule);
        })*
    };
}

missed! {
    by Lines:
    without_the_fence_a_void_session_speaks: FenceAtAppend;
    without_kept_answers_a_retry_appears_twice: RetriesOnce;
    without_a_holder_that_keeps_out_people_are_put_out: HolderKeepsOut;
    without_a_look_at_the_later_claim_an_old_session_comes_back: LaterClaimStands;
    without_claiming_again_a_hole_is_passed_over: HolesSuspend;
    without_calm_an_outage_puts_people_out: Calm;
    without_leaving_rooms_a_take_over_leaves_ghosts: TakeOverSettlesRooms;
    without_a_look_back_events_are_told_twice: ReadOnce;
    without_a_look_into_the_log_events_are_missed: HolesLookedUp;
    without_an_epoch_a_rewind_is_not_seen: EpochAtRewind;
    without_waiting_for_answers_events_come_first: AnswersFirst;
    without_an_end_a_void_session_goes_on: VoidEnds;
    without_a_look_at_its_holder_a_release_frees_others: ReleaseOfItsOwn;
    without_their_order_retries_are_swapped: ResendsInOrder;
    without_the_rooms_of_a_release_nobody_knows_who_hears_it: ReleaseNamesRooms;
}

missed! {
    by Guests:
    without_a_look_at_all_nicks_two_are_seen_alike: NickOfOne;
    without_rooms_a_change_of_nick_is_told_to_nobody: NickNamesRooms;
    without_sweeping_behind_them_guests_leave_something: GuestsLeaveNothing;
    without_its_rooms_a_guest_who_logs_in_is_nowhere: LoginKeepsRooms;
    without_a_look_at_ranks_anybody_puts_others_out: KickByOperators;
    without_its_end_a_guest_who_logs_in_stays_two_people: LoginEndsGuest;
}
