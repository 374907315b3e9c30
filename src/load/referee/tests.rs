//! Stories of one room, in which every fault is seen and nothing else is.

use proptest::prelude::*;

use super::*;

/// Two people who talk and one who listens, all in the room from the beginning.
struct Story {
    referee: Referee,
    now: Micros,
}

const ANNA: Person = 0;
const BEN: Person = 1;
const CLEO: Person = 2;

impl Story {
    fn new() -> Self {
        let mut referee = Referee::new(1);
        for _ in [ANNA, BEN, CLEO] {
            let person = referee.add(0);
            referee.entered(person, 0);
        }
        Self { referee, now: 1 }
    }

    fn says(&mut self, talker: Person, number: u64) {
        self.referee.said(talker, number, self.now);
    }

    fn is_told(&mut self, talker: Person, n: u64) {
        self.referee.acknowledged(talker, at(n));
    }

    /// Says, and is told where it is.
    fn puts(&mut self, talker: Person, number: u64, n: u64) {
        self.says(talker, number);
        self.is_told(talker, n);
    }

    fn hears(&mut self, person: Person, talker: Person, number: u64, n: u64) {
        let hearing = Hearing {
            position: at(n),
            talker,
            number,
            due: self.now,
            at: self.now + 5,
        };
        self.referee.heard(person, hearing);
    }

    /// What came of it: lost, repeated, reordered, false.
    fn ends(mut self) -> [u64; 4] {
        self.referee.close();
        let tally = self.referee.tally();
        [
            tally.lost,
            tally.repeated,
            tally.reordered,
            tally.false_ones,
        ]
    }
}

fn at(n: u64) -> Position {
    Position { epoch: 7, n }
}

#[test]
fn a_room_in_which_all_is_well() {
    let mut story = Story::new();
    story.puts(ANNA, 0, 1);
    // Ben hears it before his own is confirmed, and Cleo hears his before he knows himself.
    story.says(BEN, 0);
    story.hears(BEN, ANNA, 0, 1);
    story.hears(CLEO, ANNA, 0, 1);
    story.hears(CLEO, BEN, 0, 2);
    assert_eq!(
        story.referee.on_their_way(0),
        2,
        "Anna has not, Ben does not know"
    );
    story.is_told(BEN, 2);
    story.hears(ANNA, BEN, 0, 2);
    assert_eq!(story.referee.on_their_way(0), 0);
    assert_eq!(story.referee.tally().delivered, 4);
    assert_eq!(story.referee.tally().verdict(), Verdict::Clean);
    assert_eq!(story.ends(), [0; 4]);
}

#[test]
fn a_message_that_one_does_not_hear_is_lost() {
    let mut story = Story::new();
    for n in 1..=3 {
        story.puts(ANNA, n, n);
        story.hears(BEN, ANNA, n, n);
        if n != 2 {
            story.hears(CLEO, ANNA, n, n);
        }
    }
    assert_eq!(story.referee.on_their_way(0), 1);
    assert_eq!(story.ends(), [1, 0, 0, 0]);
}

#[test]
fn the_last_message_can_be_lost_too() {
    let mut story = Story::new();
    story.puts(ANNA, 0, 1);
    story.hears(BEN, ANNA, 0, 1);
    assert_eq!(story.ends(), [1, 0, 0, 0]);
}

#[test]
fn an_acknowledged_message_that_nobody_hears_is_lost_for_all() {
    let mut story = Story::new();
    story.says(ANNA, 0);
    story.puts(BEN, 0, 2);
    story.hears(ANNA, BEN, 0, 2);
    story.hears(CLEO, BEN, 0, 2);
    story.is_told(ANNA, 1);
    assert_eq!(story.ends(), [2, 0, 0, 0]);
}

#[test]
fn a_message_heard_twice_is_repeated() {
    let mut story = Story::new();
    story.puts(ANNA, 0, 1);
    for person in [BEN, CLEO, BEN] {
        story.hears(person, ANNA, 0, 1);
    }
    assert_eq!(story.ends(), [0, 1, 0, 0]);
}

#[test]
fn one_message_at_two_places_is_repeated() {
    let mut story = Story::new();
    story.puts(ANNA, 0, 1);
    for n in [1, 2] {
        story.hears(BEN, ANNA, 0, n);
        story.hears(CLEO, ANNA, 0, n);
    }
    assert_eq!(story.ends(), [0, 1, 0, 0]);
}

#[test]
fn who_hears_their_own_words_hears_too_much() {
    let mut story = Story::new();
    story.puts(ANNA, 0, 1);
    for person in [ANNA, BEN, CLEO] {
        story.hears(person, ANNA, 0, 1);
    }
    assert_eq!(story.ends(), [0, 1, 0, 0]);
}

#[test]
fn messages_that_change_places_are_reordered_and_not_lost() {
    let mut story = Story::new();
    story.puts(ANNA, 0, 1);
    story.puts(ANNA, 1, 2);
    story.hears(CLEO, ANNA, 0, 1);
    story.hears(CLEO, ANNA, 1, 2);
    story.hears(BEN, ANNA, 1, 2);
    story.hears(BEN, ANNA, 0, 1);
    assert_eq!(story.referee.on_their_way(0), 0);
    assert_eq!(story.ends(), [0, 0, 1, 0]);
}

#[test]
fn ones_own_order_counts_in_the_log() {
    let mut story = Story::new();
    for (number, n) in [(1, 1), (0, 2)] {
        story.hears(BEN, ANNA, number, n);
        story.hears(CLEO, ANNA, number, n);
    }
    assert_eq!(story.ends(), [0, 0, 1, 0]);
}

#[test]
fn a_place_is_one_message_for_all() {
    let mut story = Story::new();
    story.puts(ANNA, 0, 1);
    story.says(BEN, 0);
    story.hears(BEN, ANNA, 0, 1);
    story.hears(CLEO, BEN, 0, 1);
    assert_eq!(story.ends(), [0, 0, 0, 1]);
}

#[test]
fn what_was_refused_is_heard_by_nobody() {
    let mut story = Story::new();
    story.says(ANNA, 0);
    story.referee.refused(ANNA, Refusal::Certain);
    assert_eq!(story.referee.on_their_way(0), 0);
    story.hears(BEN, ANNA, 0, 1);
    story.hears(CLEO, ANNA, 0, 1);
    assert_eq!(story.ends(), [0, 0, 0, 2]);
}

#[test]
fn what_was_said_in_another_room_is_heard_by_nobody() {
    let mut story = Story::new();
    story.referee.rooms.push(Room::default());
    story.referee.waiting.push(0);
    let outsider = story.referee.add(1);
    story.referee.entered(outsider, 0);
    story.puts(ANNA, 0, 1);
    story.hears(BEN, ANNA, 0, 1);
    story.hears(CLEO, ANNA, 0, 1);
    story.hears(outsider, ANNA, 0, 1);
    assert_eq!(story.referee.tally().delivered, 2);
    assert_eq!(story.ends(), [0, 0, 0, 1]);
}

#[test]
fn who_heard_nobody_of_this_run_heard_what_was_not_said() {
    let mut story = Story::new();
    story.hears(BEN, 99, 0, 1);
    assert_eq!(story.ends(), [0, 0, 0, 1]);
}

#[test]
fn what_was_not_confirmed_is_heard_by_all_or_by_nobody() {
    let mut story = Story::new();
    for number in 0..3 {
        story.says(ANNA, number);
        story.referee.refused(ANNA, Refusal::Unknown);
    }
    story.hears(BEN, ANNA, 0, 1);
    story.hears(CLEO, ANNA, 0, 1);
    story.hears(BEN, ANNA, 2, 2);
    assert_eq!(story.referee.tally().unconfirmed, 3);
    assert_eq!(story.ends(), [1, 0, 0, 0], "Cleo did not hear the third");
}

/// Anna says three things that are not confirmed, and Cleo hears the second and third.
fn three_in_doubt() -> Story {
    let mut story = Story::new();
    for number in 0..3 {
        story.says(ANNA, number);
        story.referee.refused(ANNA, Refusal::Unknown);
    }
    assert_eq!(story.referee.on_their_way(0), 3, "their end is waited for");
    for n in [1, 2] {
        story.hears(CLEO, ANNA, n, n);
    }
    story
}

#[test]
fn what_is_delivered_after_all_is_acknowledged_and_heard_by_all() {
    let mut story = three_in_doubt();
    for n in [1, 2] {
        story.hears(BEN, ANNA, n, n);
    }
    for fate in [
        Fate::NotDelivered,
        Fate::Delivered { position: at(1) },
        Fate::Unknown,
    ] {
        story.referee.resolved(ANNA, fate);
    }
    let tally = story.referee.tally();
    let counted = [tally.acknowledged, tally.refused, tally.unconfirmed];
    assert_eq!(counted, [1, 1, 1]);
    assert_eq!(story.referee.on_their_way(0), 0);
    assert_eq!(story.ends(), [0; 4]);
}

#[test]
fn what_is_delivered_after_all_elsewhere_than_it_was_heard_is_a_fault() {
    let mut story = Story::new();
    story.says(ANNA, 0);
    story.referee.refused(ANNA, Refusal::Unknown);
    story.hears(BEN, ANNA, 0, 1);
    story.hears(CLEO, ANNA, 0, 1);
    story
        .referee
        .resolved(ANNA, Fate::Delivered { position: at(2) });
    assert_eq!(story.ends(), [2, 1, 0, 0]);
}

#[test]
fn what_is_not_delivered_after_all_was_heard_by_nobody() {
    let mut story = three_in_doubt();
    for _ in 0..3 {
        story.referee.resolved(ANNA, Fate::NotDelivered);
    }
    // Cleo heard two of them, and now the first.
    story.hears(CLEO, ANNA, 0, 3);
    for n in [1, 2, 3] {
        story.hears(BEN, ANNA, n % 3, n);
    }
    assert_eq!(story.ends()[3], 2 + 1 + 3);
}

#[test]
fn as_long_as_something_is_in_doubt_nothing_behind_it_is_forgotten() {
    let mut story = Story::new();
    story.says(ANNA, 0);
    story.referee.refused(ANNA, Refusal::Unknown);
    for n in 1..=100 {
        story.now = n * 1_000_000;
        story.puts(BEN, n, n + 1);
        story.hears(ANNA, BEN, n, n + 1);
        story.hears(CLEO, BEN, n, n + 1);
        story.referee.settle(story.now);
    }
    story
        .referee
        .resolved(ANNA, Fate::Delivered { position: at(1) });
    story.referee.settle(story.now);
    assert_eq!(story.ends(), [2, 0, 0, 0], "neither Ben nor Cleo heard it");
}

#[test]
fn who_was_not_there_need_not_hear_it() {
    let mut story = Story::new();
    story.referee.left(CLEO);
    story.puts(ANNA, 0, 1);
    story.hears(BEN, ANNA, 0, 1);
    story.now = 2;
    story.referee.entered(CLEO, 2);
    // On its way when she came: she may hear it.
    story.puts(ANNA, 1, 2);
    story.hears(BEN, ANNA, 1, 2);
    story.hears(CLEO, ANNA, 1, 2);
    assert_eq!(story.referee.on_their_way(0), 0);
    assert_eq!(story.ends(), [0; 4]);
}

#[test]
fn who_was_thrown_out_is_not_judged_by_what_came_behind() {
    let mut story = Story::new();
    for n in 1..=3 {
        story.puts(ANNA, n, n);
        story.hears(BEN, ANNA, n, n);
    }
    story.hears(CLEO, ANNA, 1, 1);
    story.referee.left(CLEO);
    assert_eq!(story.referee.on_their_way(0), 0);
    assert_eq!(story.ends(), [0; 4]);
}

#[test]
fn who_is_thrown_out_behind_a_hole_has_lost_something() {
    let mut story = Story::new();
    for n in 1..=3 {
        story.puts(ANNA, n, n);
        story.hears(BEN, ANNA, n, n);
    }
    story.hears(CLEO, ANNA, 3, 3);
    story.referee.left(CLEO);
    assert_eq!(story.ends(), [2, 0, 0, 0]);
}

#[test]
fn what_was_not_answered_is_counted_and_may_be_heard() {
    let mut story = Story::new();
    story.says(ANNA, 0);
    story.says(ANNA, 1);
    story.referee.left(ANNA);
    story.hears(BEN, ANNA, 0, 1);
    story.hears(CLEO, ANNA, 0, 1);
    assert_eq!(story.referee.tally().unanswered, 2);
    assert_eq!(story.ends(), [0; 4]);
}

#[test]
fn what_all_have_heard_is_forgotten_after_a_while() {
    let mut story = Story::new();
    for n in 1..=1000 {
        story.now = n * 1_000_000;
        story.puts(ANNA, n, n);
        story.hears(BEN, ANNA, n, n);
        story.hears(CLEO, ANNA, n, n);
        story.referee.settle(story.now);
        assert!(story.referee.rooms[0].behind(None).count() <= 31);
    }
    story.hears(BEN, ANNA, 1, 1);
    assert_eq!(story.ends(), [0, 1, 0, 0]);
}

#[test]
fn a_hole_that_was_announced_is_no_loss() {
    let said = |sizes: &[GapSize]| {
        let mut story = Story::new();
        story.puts(ANNA, 0, 1);
        story.hears(CLEO, ANNA, 0, 1);
        for size in sizes {
            story.referee.announced(CLEO, *size);
        }
        for n in 1..=3 {
            story.puts(ANNA, n, n + 1);
        }
        story.puts(ANNA, 4, 5);
        story.hears(CLEO, ANNA, 4, 5);
        for n in 0..=4 {
            story.hears(BEN, ANNA, n, n + 1);
        }
        story
    };
    for (sizes, lost) in [
        (&[GapSize::Exactly(3)][..], 0),
        (&[GapSize::Unknown], 0),
        (&[GapSize::Exactly(2)], 3),
        (&[], 3),
    ] {
        let mut story = said(sizes);
        story.referee.close();
        let tally = story.referee.tally();
        assert_eq!((tally.announced, tally.lost), (3 - lost, lost), "{sizes:?}");
    }
    // It is about what comes before the next message, and about nothing behind that.
    let mut story = said(&[GapSize::Exactly(3)]);
    story.puts(ANNA, 5, 6);
    story.hears(BEN, ANNA, 5, 6);
    assert_eq!(story.ends(), [1, 0, 0, 0]);
}

#[test]
fn a_run_in_which_nobody_heard_anything_proves_nothing() {
    let mut story = Story::new();
    story.says(ANNA, 0);
    story.referee.refused(ANNA, Refusal::Certain);
    assert_eq!(story.referee.tally().verdict(), Verdict::Silent);
}

/// What a room may do to one person's messages.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Drop(usize),
    Repeat(usize),
    Swap(usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        (0..20usize).prop_map(Harm::Drop),
        (0..20usize).prop_map(Harm::Repeat),
        (0..19usize).prop_map(Harm::Swap),
    ]
}

proptest! {
    /// However the tidings of three people mingle, the referee sees what was done and no more.
    #[test]
    fn harm_is_seen_whoever_tells_first(
        harm in proptest::option::of(harm()),
        turns in prop::collection::vec(0..4usize, 0..200),
    ) {
        let all: Vec<u64> = (0..20).collect();
        let mut harmed = all.clone();
        let expected = match harm {
            None => [0; 4],
            Some(Harm::Drop(at)) => { harmed.remove(at); [1, 0, 0, 0] }
            Some(Harm::Repeat(at)) => { harmed.insert(at, all[at]); [0, 1, 0, 0] }
            Some(Harm::Swap(at)) => { harmed.swap(at, at + 1); [0, 0, 1, 0] }
        };
        let mut story = Story::new();
        for number in &all {
            story.says(ANNA, *number);
        }
        let mut tidings = [all.clone().into_iter(), all.into_iter(), harmed.into_iter()];
        let order = turns.into_iter().chain((0..3).flat_map(|who| [who; 21]));
        for who in order {
            let Some(number) = tidings.get_mut(who).and_then(Iterator::next) else {
                continue;
            };
            match who {
                0 => story.is_told(ANNA, number + 1),
                1 => story.hears(BEN, ANNA, number, number + 1),
                _ => story.hears(CLEO, ANNA, number, number + 1),
            }
        }
        prop_assert_eq!(story.ends(), expected);
    }
}
