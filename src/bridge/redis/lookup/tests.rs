//! What is known of texts by what Redis still has of them.

use super::*;

fn at(n: u64) -> Position {
    Position { epoch: 7, n }
}

fn delivered(n: u64) -> Fate {
    Fate::Delivered { position: at(n) }
}

fn found(number: u64, n: u64) -> Found {
    let position = Some(at(n));
    Found { number, position }
}

fn question(numbers: &[u64], behind: u64) -> Option<Question> {
    Some(Question {
        numbers: numbers.to_vec(),
        behind: at(behind),
        until: at(99),
    })
}

/// A slice with these, from the whole log, behind which this one comes.
fn slice(found: &[Found], next: Option<u64>) -> Slice {
    Slice {
        found: found.to_vec(),
        torn: None,
        next: next.map(at),
    }
}

/// Three texts, said behind 20, 10 and 30.
fn three() -> Lookup {
    let mut lookup = Lookup::default();
    lookup.begin([(4, at(20)), (5, at(10)), (6, at(30))], at(99));
    lookup
}

#[test]
fn where_nothing_is_looked_for_nothing_is_asked() {
    let mut lookup = Lookup::default();
    assert_eq!(lookup.asks(), None);
    lookup.begin([], at(99));
    assert_eq!(lookup.asks(), None);
    assert_eq!(lookup.told(&slice(&[found(1, 1)], None)), []);
}

#[test]
fn the_log_is_looked_through_once_for_all_of_them() {
    let mut lookup = three();
    assert_eq!(lookup.asks(), question(&[4, 5, 6], 10));
    assert_eq!(lookup.asks(), None, "one question at a time");
    let refused = Found {
        number: 5,
        position: None,
    };
    let known = lookup.told(&slice(&[refused], Some(40)));
    assert_eq!(known, [(5, Fate::NotDelivered)]);
    assert_eq!(lookup.asks(), question(&[], 40));
    // Some that nobody looks for are of no use.
    let known = lookup.told(&slice(&[found(3, 41), found(6, 42)], Some(80)));
    assert_eq!(known, [(6, delivered(42))]);
    assert_eq!(lookup.asks(), question(&[], 80));
    let known = lookup.told(&slice(&[], None));
    assert_eq!(known, [(4, Fate::NotDelivered)], "all of the log was seen");
    assert_eq!(lookup.asks(), None);
}

#[test]
fn when_all_are_found_the_rest_of_the_log_is_left_alone() {
    let mut lookup = three();
    lookup.asks();
    let all = [found(4, 21), found(5, 22), found(6, 31)];
    let known = lookup.told(&slice(&all, Some(40)));
    assert_eq!(
        known,
        [(4, delivered(21)), (5, delivered(22)), (6, delivered(31))]
    );
    assert_eq!(lookup.asks(), None);
}

#[test]
fn what_may_have_stood_where_the_log_is_gone_is_unknown() {
    let mut lookup = three();
    lookup.asks();
    let torn = Slice {
        torn: Some(at(25)),
        ..slice(&[], Some(50))
    };
    assert_eq!(lookup.told(&torn), []);
    lookup.asks();
    // Later, more of it is gone, but only in front of what was seen.
    let known = lookup.told(&slice(&[], None));
    let expected = [
        (4, Fate::Unknown),
        (5, Fate::Unknown),
        (6, Fate::NotDelivered),
    ];
    assert_eq!(known, expected);
}

#[test]
fn the_log_can_be_torn_while_it_is_looked_through() {
    let mut lookup = three();
    lookup.asks();
    lookup.told(&slice(&[], Some(50)));
    lookup.asks();
    let torn = Slice {
        torn: Some(at(60)),
        ..slice(&[found(5, 61)], None)
    };
    let known = lookup.told(&torn);
    let expected = [(5, delivered(61)), (4, Fate::Unknown), (6, Fate::Unknown)];
    assert_eq!(known, expected);
}

#[test]
fn a_lost_connection_begins_anew_and_a_failure_ends_it() {
    let mut lookup = three();
    lookup.asks();
    lookup.lost();
    assert_eq!(lookup.asks(), None);
    assert_eq!(lookup.told(&slice(&[found(4, 21)], None)), []);
    lookup.begin([(4, at(20))], at(99));
    assert_eq!(lookup.asks(), question(&[4], 20));
    assert_eq!(lookup.failed(), [(4, Fate::Unknown)]);
    assert_eq!(lookup.asks(), None);
}
