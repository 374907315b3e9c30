//! Whatever the channel does, the log comes out once and in order, or its holes are told.

use proptest::prelude::*;

use super::*;

/// An event: its place, and what stood before it if it begins an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry(Position, Option<Position>);

impl Logged for Entry {
    fn position(&self) -> Position {
        self.0
    }

    fn begins_after(&self) -> Option<Position> {
        self.1
    }

    fn size(&self) -> usize {
        100
    }
}

fn at(epoch: u64, n: u64) -> Position {
    Position { epoch, n }
}

fn event(epoch: u64, n: u64) -> Entry {
    Entry(at(epoch, n), None)
}

fn begins(epoch: u64, after: Position) -> Entry {
    Entry(at(epoch, 0), Some(after))
}

/// A reader that has read up to here and everything of the log.
fn reader(last: Position) -> Reader<Entry> {
    let mut reader = Reader::new(last);
    page(&mut reader, []);
    reader
}

fn page(reader: &mut Reader<Entry>, entries: impl IntoIterator<Item = Entry>) {
    assert!(reader.wants().is_some());
    reader.asked();
    reader.paged(entries.into_iter().map(Paged::Event), Page::Short);
}

fn steps(reader: &mut Reader<Entry>) -> Vec<Step<Entry>> {
    std::iter::from_fn(|| reader.pull(|_| Pass::Now)).collect()
}

fn events(entries: impl IntoIterator<Item = Entry>) -> Vec<Step<Entry>> {
    entries.into_iter().map(Step::Event).collect()
}

#[test]
fn what_follows_comes_at_once_and_nothing_twice() {
    let mut reader = reader(at(7, 1));
    for n in [2, 2, 1, 3] {
        reader.heard(event(7, n));
    }
    reader.heard(begins(9, at(7, 3)));
    assert_eq!(
        steps(&mut reader),
        events([event(7, 2), event(7, 3), begins(9, at(7, 3))])
    );
    assert_eq!(reader.last(), at(9, 0));
    assert_eq!(reader.wants(), None);
}

#[test]
fn what_does_not_follow_is_looked_up() {
    let mut reader = reader(at(7, 1));
    reader.heard(event(7, 3));
    assert_eq!(steps(&mut reader), []);
    assert_eq!(reader.wants(), Some(at(7, 1)));
    page(&mut reader, [event(7, 2), event(7, 3)]);
    reader.heard(event(7, 4));
    assert_eq!(
        steps(&mut reader),
        events([event(7, 2), event(7, 3), event(7, 4)])
    );
    assert_eq!(reader.wants(), None);
}

#[test]
fn what_the_log_does_not_know_was_never_said() {
    let mut reader = reader(at(7, 1));
    reader.heard(event(7, 900));
    reader.heard(event(7, 2));
    assert_eq!(steps(&mut reader), []);
    page(&mut reader, [event(7, 2)]);
    assert_eq!(steps(&mut reader), events([event(7, 2)]));
    assert_eq!(reader.wants(), None);
    reader.heard(event(7, 3));
    assert_eq!(steps(&mut reader), events([event(7, 3)]));
}

#[test]
fn a_hole_is_told_and_what_was_before_it_is_gone() {
    for (first, lost) in [
        (event(7, 3), Lost::Trimmed),
        (begins(9, at(7, 2)), Lost::Trimmed),
        (begins(9, at(7, 0)), Lost::TakenBack),
        // The epoch that begins behind what is trimmed may have taken back what was read.
        (begins(9, at(8, 2)), Lost::TakenBack),
        (event(9, 4), Lost::TakenBack),
    ] {
        let mut reader = reader(at(7, 1));
        reader.heard(event(7, 3));
        assert_eq!(steps(&mut reader), []);
        page(&mut reader, [first]);
        assert_eq!(steps(&mut reader), [Step::Broken(lost)], "{first:?}");
        assert_eq!(reader.last(), first.position());
        page(&mut reader, []);
        let next = Entry(first.position().next(), None);
        reader.heard(next);
        assert_eq!(steps(&mut reader), events([next]));
    }
}

#[test]
fn epochs_that_begin_right_behind_each_other_are_read_through() {
    let two = [begins(9, at(7, 1)), begins(12, at(9, 0))];
    for by_the_channel in [2, 1, 0] {
        let mut reader = reader(at(7, 1));
        for entry in &two[2 - by_the_channel..] {
            reader.heard(*entry);
        }
        if by_the_channel < 2 {
            assert_eq!(steps(&mut reader), []);
            reader.want();
            page(&mut reader, two);
        }
        assert_eq!(steps(&mut reader), events(two));
        assert_eq!(reader.last(), at(12, 0));
        // One that knows only the first of them was at the end of a log that is gone.
        reader.heard(begins(13, at(9, 0)));
        assert_eq!(steps(&mut reader), []);
    }
}

#[test]
fn an_epoch_that_forgets_what_was_answered_is_a_hole() {
    let mut reader = reader(at(7, 1));
    reader.answer(at(7, 2));
    reader.heard(begins(9, at(7, 1)));
    assert_eq!(steps(&mut reader), []);
    page(&mut reader, [begins(9, at(7, 1))]);
    assert_eq!(steps(&mut reader), [Step::Broken(Lost::TakenBack)]);
    // What was answered in the epoch itself is none.
    let mut reader = super::tests::reader(at(7, 1));
    reader.answer(at(9, 4));
    reader.heard(begins(9, at(7, 1)));
    assert_eq!(steps(&mut reader), events([begins(9, at(7, 1))]));
}

#[test]
fn what_cannot_be_read_has_its_place() {
    let mut reader = reader(at(7, 1));
    reader.want();
    reader.asked();
    let entries = [Paged::Unread(at(7, 2)), Paged::Event(event(7, 3))];
    reader.paged(entries, Page::Full);
    assert_eq!(steps(&mut reader), events([event(7, 3)]));
    assert_eq!(reader.wants(), Some(at(7, 3)), "the page was full");
    reader.asked();
    reader.paged([Paged::Unread(at(9, 0))], Page::Short);
    let broken = [Step::Broken(Lost::TakenBack)];
    assert_eq!(steps(&mut reader), broken, "which epoch is it?");
}

#[test]
fn of_two_holes_the_worse_one_is_told() {
    for lost in [Lost::Trimmed, Lost::TakenBack] {
        let mut reader = reader(at(7, 1));
        reader.breaks(Lost::Trimmed);
        reader.breaks(lost);
        reader.breaks(Lost::Trimmed);
        assert_eq!(steps(&mut reader), [Step::Broken(lost)]);
    }
}

#[test]
fn an_event_waits_until_it_may_pass() {
    let mut reader = reader(at(7, 1));
    reader.heard(event(7, 2));
    assert_eq!(reader.pull(|_| Pass::Later), None);
    assert_eq!(reader.last(), at(7, 1));
    assert_eq!(steps(&mut reader), events([event(7, 2)]));
}

#[test]
fn a_silent_channel_is_noticed_by_the_second_beat() {
    let mut reader = reader(at(7, 1));
    assert_eq!(reader.beat(at(7, 2)), Lag::None);
    assert_eq!(reader.wants(), None);
    assert_eq!(reader.beat(at(7, 2)), Lag::Behind);
    assert_eq!(reader.wants(), Some(at(7, 1)));
    assert_eq!(reader.beat(at(7, 1)), Lag::Rewound);
    reader.answer(at(7, 9));
    assert_eq!(reader.beat(at(7, 8)), Lag::Rewound);
}

#[test]
fn far_behind_is_by_events_bytes_or_the_head() {
    let mut reader = reader(at(7, 1));
    assert!(!reader.is_far_behind());
    let many = FAR_BEHIND_EVENTS as u64;
    for n in 0..=many {
        reader.heard(event(7, 3 + n));
    }
    assert!(reader.is_far_behind());
    reader.forget_channel();
    assert!(!reader.is_far_behind());
    reader.reached(at(7, 2 + many));
    assert!(reader.is_far_behind() && !reader.is_near());
    page(&mut reader, (2..=2 + many).map(|n| event(7, n)));
    assert_eq!(steps(&mut reader).len(), FAR_BEHIND_EVENTS + 1);
    assert!(reader.is_near());
}

#[test]
fn a_page_of_a_lost_connection_is_asked_for_again() {
    let mut reader = Reader::<Entry>::new(at(7, 1));
    reader.asked();
    assert_eq!(reader.wants(), None);
    reader.want();
    reader.lost();
    assert_eq!(reader.wants(), Some(at(7, 1)));
}

/// What may happen to a log and on the way to its reader.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Said,
    /// Said, but not heard on the channel.
    Missed,
    Twice,
    Invented(u64),
    Epoch,
    /// All but the last few entries are trimmed.
    Trimmed,
    /// The last entries are taken back, and an epoch begins.
    TakenBack(u8),
    Asked,
    Paged,
    Lost,
    Beat,
    Pull,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        8 => Just(Happens::Said),
        2 => Just(Happens::Missed),
        1 => Just(Happens::Twice),
        1 => (0..9_u64).prop_map(Happens::Invented),
        1 => Just(Happens::Epoch),
        1 => Just(Happens::Trimmed),
        1 => (1..4_u8).prop_map(Happens::TakenBack),
        3 => Just(Happens::Asked),
        3 => Just(Happens::Paged),
        1 => Just(Happens::Lost),
        1 => Just(Happens::Beat),
        4 => Just(Happens::Pull),
    ]
}

const PAGE: usize = 4;

/// A log, its reader, and what came out.
struct Model {
    log: Vec<Entry>,
    head: Position,
    reader: Reader<Entry>,
    page: Option<Position>,
    out: Vec<Step<Entry>>,
    /// Whether something was trimmed or taken back.
    is_damaged: bool,
}

impl Model {
    fn new() -> Self {
        Self {
            log: Vec::new(),
            head: at(7, 0),
            reader: Reader::new(at(7, 0)),
            page: None,
            out: Vec::new(),
            is_damaged: false,
        }
    }

    fn append(&mut self) -> Entry {
        self.head = self.head.next();
        let entry = Entry(self.head, None);
        self.log.push(entry);
        entry
    }

    fn epoch(&mut self, epoch: u64) {
        let after = self.log.last().map_or(at(0, 0), Entry::position);
        let after = if self.log.is_empty() && !self.is_damaged {
            self.head
        } else {
            after
        };
        let entry = begins(epoch, after);
        self.head = entry.position();
        self.log.push(entry);
        self.reader.heard(entry);
    }

    fn one(&mut self, happens: Happens) {
        match happens {
            Happens::Said => {
                let entry = self.append();
                self.reader.heard(entry);
            }
            Happens::Missed => drop(self.append()),
            Happens::Twice => {
                let entry = self.append();
                self.reader.heard(entry);
                self.reader.heard(entry);
            }
            Happens::Invented(n) => {
                self.reader.heard(event(self.head.epoch + 1, n));
            }
            // By two, so that what was invented is never what comes to be.
            Happens::Epoch => self.epoch(self.head.epoch + 2),
            Happens::Trimmed => {
                self.log.drain(..self.log.len().saturating_sub(2));
                self.is_damaged = true;
            }
            Happens::TakenBack(count) => {
                self.is_damaged = true;
                let kept = self.log.len().saturating_sub(count.into());
                self.log.truncate(kept);
                self.epoch(self.head.epoch + 2);
            }
            Happens::Asked => self.ask(),
            Happens::Paged => self.answer(),
            Happens::Lost => {
                self.page = None;
                self.reader.lost();
            }
            Happens::Beat => drop(self.reader.beat(self.head)),
            Happens::Pull => {
                let steps = steps(&mut self.reader);
                self.out.extend(steps);
            }
        }
    }

    fn ask(&mut self) {
        if let Some(last) = self.reader.wants() {
            self.reader.asked();
            self.page = Some(last);
        }
    }

    fn answer(&mut self) {
        if let Some(last) = self.page.take() {
            let behind = self.log.iter().filter(|entry| entry.position() > last);
            let entries: Vec<_> = behind.take(PAGE).copied().collect();
            let page = if entries.len() < PAGE {
                Page::Short
            } else {
                Page::Full
            };
            self.reader
                .paged(entries.into_iter().map(Paged::Event), page);
        }
    }

    /// Everything that there is is read.
    fn finish(&mut self) {
        self.reader.want();
        for _ in 0..400 {
            self.one(Happens::Pull);
            self.ask();
            self.answer();
        }
        self.one(Happens::Pull);
    }
}

proptest! {
    #[test]
    fn the_log_comes_out_once_and_in_order_or_its_holes_are_told(
        story in proptest::collection::vec(happens(), 0..120),
    ) {
        let mut model = Model::new();
        for happens in story {
            model.one(happens);
        }
        model.finish();
        prop_assert_eq!(model.reader.last(), model.head, "all of it is read");
        let mut last = Some(at(7, 0));
        for step in &model.out {
            match step {
                Step::Broken(_) => {
                    prop_assert!(model.is_damaged, "there is no hole");
                    last = None;
                }
                Step::Event(entry) => {
                    if let Some(last) = last {
                        let follows = match entry.begins_after() {
                            Some(after) => after == last,
                            None => entry.position() == last.next(),
                        };
                        prop_assert!(follows, "{:?} behind {}", entry, last);
                    }
                    last = Some(entry.position());
                }
            }
        }
    }
}
