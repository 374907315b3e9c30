use proptest::prelude::*;

use super::*;
use crate::chat::event::{Echo, Privacy};
use crate::chat::modes::Ranks;
use crate::chat::origin::{ConnId, Origin};
use crate::chat::profile::Profile;
use crate::chat::{RoomName, UserName};
use crate::dialect::Format;
use crate::messages::{Arrival, Brings, HubId, Kept, Missed};
use crate::registry::rooms::{Effect, Rooms, Seat};
use crate::testing::{at, event_at, left, post, room, said_in, session_id, text, user, whisper};

/// Looks of so many events: more than one for most stories.
const PAGE: usize = 7;

#[test]
fn what_was_kept_comes_first_and_with_its_own_time() {
    let mut log = Log::new(usize::MAX);
    log.happens(entered("den", "alice"));
    let kept = vec![log.event(whisper("bob", "alice", "hi"))];
    let gap = Gap::Posts;
    let waited = Kept {
        gaps: vec![gap.clone()],
        events: kept.clone(),
    };
    let mut reader = Reader::behind(log.past.ends(), &log.view, &log.past).with_kept(waited);
    assert_eq!(reader.told(), kept[0].before(), "nothing of it was told");
    log.happens(said_in("den", "bob", Privacy::Public, Echo::ExcludeSender));
    let told = log.all_told(&mut reader);
    let last = Arc::clone(log.events.last().unwrap());
    assert_eq!(reader.told(), last.position);
    let expected = [
        Told::Gap(gap),
        Told::Kept(kept[0].clone()),
        Told::Missed(last, Hearing::Direct),
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_was_taken_back_is_told_as_missing() {
    let mut log = Log::new(usize::MAX);
    log.happens(entered("den", "alice"));
    log.happens(followed("bob", "alice"));
    let after = log.last();
    log.begins_epoch();
    log.happens(said_in("den", "bob", Privacy::Public, Echo::ExcludeSender));
    let heard = Told::Missed(log.events.last().unwrap().clone(), Hearing::Direct);
    let torn = [some_of("den"), some_private(), Told::Gap(Gap::Posts)];
    for (position, gaps) in [
        (after, &[][..]),
        (after.next(), &torn[..]),
        (at("3-9"), &torn[..]),
    ] {
        let mut reader = Reader::behind(position, &log.view, &log.past);
        let told = log.all_told(&mut reader);
        let expected: Vec<_> = gaps.iter().chain([&heard]).cloned().collect();
        assert_eq!(told, expected, "{position}");
    }
    let mut reader = Reader::behind(at("99-1"), &log.view, &log.past);
    assert_eq!(log.all_told(&mut reader), torn, "behind the end of the log");
}

/// What the guest heard is nobody else's business, and what the account had before is not the guest's.
#[test]
fn who_comes_back_to_an_account_that_a_guest_logged_in_to_is_told_nothing_of_the_guest() {
    let mut log = Log::new(usize::MAX);
    log.happens(entered("lobby", "alice"));
    let after = log.last();
    let said = |place| said_in(place, "bob", Privacy::Public, Echo::ExcludeSender);
    log.happens(said("lobby"));
    log.happens(left("lobby", "alice"));
    for place in ["lobby", "den"] {
        log.happens(said(place));
    }
    log.happens(Deed::Claimed {
        user: user("alice"),
        session: session_id(9),
        was: Some(UserName::stored("~al.0/Al").unwrap()),
        rooms: vec![room("den")],
    });
    for place in ["lobby", "den"] {
        log.happens(said(place));
    }
    let mut reader = Reader::behind(after, &log.view, &log.past);
    let told = log.all_told(&mut reader);
    let heard = |position| {
        let mut events = log.events.iter();
        let event = events.find(|event| event.position == at(position));
        Told::Missed(event.unwrap().clone(), Hearing::Direct)
    };
    assert_eq!(told, [heard("2-3"), heard("2-9")]);
}

#[test]
fn a_log_that_does_not_go_back_so_far_leaves_a_gap() {
    let mut log = Log::new(3 * 300);
    log.happens(entered("den", "alice"));
    for _ in 0..20 {
        log.happens(said_in("den", "bob", Privacy::Public, Echo::ExcludeSender));
    }
    log.events.drain(..10);
    let mut reader = Reader::behind(at("2-4"), &log.view, &log.past);
    let told = log.all_told(&mut reader);
    assert_eq!(told[..2], [some_of("den"), some_private()]);
    assert_eq!(told.len(), 2 + log.events.len());
}

#[test]
fn ordinals_tell_how_much_of_a_room_is_missing() {
    for (last, missing) in [(4, Some(5)), (8, Some(1)), (9, None)] {
        let mut log = Log::new(3 * 300);
        log.happens(entered("den", "alice"));
        let mark = Mark {
            upto: log.last(),
            ground: Ground::Whole {
                ordinals: BTreeMap::from([(room("den"), last)]),
            },
        };
        for k in 5..20 {
            let mut deed = said_in("den", "bob", Privacy::Public, Echo::ExcludeSender);
            if let Deed::RoomMessage { k: ordinal, .. } = &mut deed {
                *ordinal = k;
            }
            log.happens(deed);
        }
        // What the log still holds begins with the tenth.
        log.events.drain(..7);
        let mut reader = Reader::since(mark, &log.view, &log.past);
        let told = log.all_told(&mut reader);
        let lost = missing.map(|missing| {
            Told::Gap(Gap::Room {
                room: room("den"),
                size: GapSize::Exactly(missing),
            })
        });
        let gaps: Vec<_> = lost.into_iter().chain([some_private()]).collect();
        assert_eq!(told[..gaps.len()], gaps, "{last}");
        assert_eq!(told.len(), gaps.len() + 10, "{last}");
    }
}

/// Positions alone cannot tell: the new log may have begun at the very one that was read last.
#[test]
fn in_a_log_that_was_taken_back_something_is_missing_wherever_one_was() {
    let torn = [some_of("den"), some_private(), Told::Gap(Gap::Posts)];
    for kept in [usize::MAX, 3 * 300] {
        let mut log = Log::new(kept);
        log.happens(entered("den", "alice"));
        log.happens(followed("bob", "alice"));
        let begins = log.last();
        for _ in 0..20 {
            log.happens(said_in("den", "bob", Privacy::Public, Echo::ExcludeSender));
        }
        let middle = at(&format!("{}-{}", begins.epoch, begins.n + 10));
        for upto in [
            begins,
            middle,
            begins.max(log.past.begins()),
            log.last(),
            at("99-1"),
        ] {
            let mut reader = Reader::since(Mark::torn(upto), &log.view, &log.past);
            let looks = upto < log.past.begins();
            if looks {
                assert_eq!(
                    reader.mark(),
                    Mark::torn(upto),
                    "who is suspended now is told then"
                );
            }
            let told = log.all_told(&mut reader);
            assert_eq!(told[..torn.len()], torn, "{upto}");
            let heard = log.heard.iter().filter(|(event, _)| event.position > upto);
            let heard: Vec<_> = heard
                .map(|(event, how)| Told::Missed(event.clone(), *how))
                .collect();
            assert_eq!(told[torn.len()..], heard, "{upto}");
            assert_eq!(reader.mark(), Mark::upto(log.last()), "it is told once");
        }
    }
}

#[test]
fn who_was_taken_for_gone_is_told_that_something_is_missing() {
    for kept in [usize::MAX, 1] {
        let mut log = Log::new(kept);
        log.happens(entered("den", "alice"));
        let since = log.last();
        let said = || said_in("den", "bob", Privacy::Public, Echo::ExcludeSender);
        log.happens(said());
        let mut put_out = event_at(&log.last.next().to_string(), left("den", "alice"));
        put_out.origin = Origin::Store;
        log.last = put_out.position;
        log.fold(Arc::new(put_out), Brings::Nothing);
        log.happens(said());
        log.happens(entered("den", "alice"));
        log.happens(said());
        let heard: Vec<_> = log.heard.iter().map(|(event, _)| event.clone()).collect();
        let mut reader = Reader::behind(since, &log.view, &log.past);
        let missed = |event: &Arc<Event>| Told::Missed(event.clone(), Hearing::Direct);
        let told = [missed(&heard[0]), some_of("den"), missed(&heard[1])];
        assert_eq!(log.all_told(&mut reader), told);
    }
}

#[test]
fn of_more_than_fits_the_last_is_told_and_the_rest_counted() {
    let mut log = Log::new(1000);
    log.happens(entered("den", "alice"));
    let since = log.last();
    let long = "x".repeat(4000);
    for n in 0..200 {
        let mut deed = said_in("den", "bob", Privacy::Public, Echo::ExcludeSender);
        if let Deed::RoomMessage { text: said, .. } = &mut deed {
            *said = text(&format!("{n} {long}"));
        }
        log.happens(deed);
        log.happens(whisper("bob", "alice", "psst"));
        log.happens(entered("den", &format!("guest{n}")));
    }
    let mut reader = Reader::behind(since, &log.view, &log.past);
    let told = log.all_told(&mut reader);
    let Told::Gap(Gap::Room {
        size: GapSize::Exactly(messages),
        ..
    }) = told[0]
    else {
        panic!("{:?}", told[0])
    };
    let Told::Gap(Gap::Whispers {
        size: GapSize::Exactly(whispers),
    }) = told[1]
    else {
        panic!("{:?}", told[1])
    };
    let (mut said, mut whispered) = (0, 0);
    for told in &told[2..] {
        match told {
            Told::Missed(event, _) => match event.deed {
                Deed::RoomMessage { .. } => said += 1,
                Deed::Whisper { .. } => whispered += 1,
                _ => {}
            },
            Told::Gap(_) | Told::Kept(_) => panic!("{told:?}"),
        }
    }
    assert_eq!((messages + said, whispers + whispered), (200, 200));
    assert!((40..80).contains(&said), "{said}");
}

proptest! {
    /// Whoever comes back at any place hears what somebody who was there all the time has heard
    /// behind it: in that order, each thing once, whatever has to be looked up in the log.
    #[test]
    fn who_was_away_hears_what_who_stayed_has_heard(
        turns in prop::collection::vec(turn(), 1..80),
        left in 0..80_usize,
        goes_on_after in 0..80_usize,
        kept in prop_oneof![Just(usize::MAX), 300..6000_usize],
    ) {
        let mut log = Log::new(kept);
        let goes_on_after = goes_on_after.min(turns.len());
        for turn in &turns[..goes_on_after] {
            log.take(turn);
        }
        let since = log.events.get(left).map_or(log.last(), |event| event.position);
        let mut reader = Reader::behind(since, &log.view, &log.past);
        let mut told = Vec::new();
        // It reads while more is said.
        for turn in &turns[goes_on_after..] {
            told.extend(log.next_told(&mut reader));
            log.take(turn);
        }
        told.extend(log.all_told(&mut reader));
        let heard = log.heard.iter().filter(|(event, _)| event.position > since);
        let expected: Vec<_> = heard
            .map(|(event, hearing)| Told::Missed(event.clone(), *hearing))
            .collect();
        prop_assert_eq!(told, expected);
        prop_assert_eq!(&reader.view, &log.view);
    }
}

/// A log, its end as it is kept, and what alice heard of it who was there all the time.
struct Log {
    events: Vec<Arc<Event>>,
    past: Past,
    rooms: Rooms,
    heard: Vec<(Arc<Event>, Hearing)>,
    view: View,
    last: Position,
}

impl Log {
    fn new(kept: usize) -> Self {
        let mut rooms = Rooms::default();
        let seat = Seat {
            hub: HubId(0),
            format: Format::Line {
                positions: crate::chat::command::Positions::Hidden,
            },
        };
        rooms.introduce(ConnId(0), &user("alice"), seat);
        let mut log = Self {
            events: Vec::new(),
            past: Past::keeping(kept),
            rooms,
            heard: Vec::new(),
            view: View::new(&user("alice"), &session_id(0), [], []),
            last: at("2-0"),
        };
        let event = log.event(Deed::Claimed {
            user: user("alice"),
            session: session_id(0),
            was: None,
            rooms: Vec::new(),
        });
        let brings = Brings::Standing {
            rooms: Vec::new(),
            follows: Vec::new(),
            missed: Missed::Nothing,
        };
        log.fold(event, brings);
        log
    }

    const fn last(&self) -> Position {
        self.last
    }

    fn event(&mut self, deed: Deed) -> Arc<Event> {
        self.last = self.last.next();
        Arc::new(event_at(&self.last.to_string(), deed))
    }

    fn happens(&mut self, deed: Deed) {
        let event = self.event(deed);
        self.fold(event, Brings::Nothing);
    }

    fn begins_epoch(&mut self) {
        let after = self.last;
        self.last = Position {
            epoch: after.epoch + 2,
            n: 0,
        };
        let event = event_at(&self.last.to_string(), Deed::Epoch { after });
        self.fold(Arc::new(event), Brings::Nothing);
    }

    fn fold(&mut self, event: Arc<Event>, brings: Brings) {
        let arrival = Arrival {
            event: Arc::clone(&event),
            brings,
        };
        for effect in self.rooms.fold(&arrival) {
            if let Effect::Heard {
                hearing,
                by,
                except,
            } = effect
                && by.contains(&ConnId(0))
                && except != Some(ConnId(0))
            {
                self.heard.push((Arc::clone(&event), hearing));
            }
        }
        self.view.take(&event.deed);
        self.events.push(Arc::clone(&event));
        self.past.push(event);
    }

    /// What comes next out of a reader, with the log looked up where it wants that.
    fn next_told(&self, reader: &mut Reader) -> Option<Told> {
        loop {
            match reader.next(&self.view, &self.past) {
                Next::Tell(told) => return Some(told),
                Next::Nothing => {}
                Next::LookBack(look) => assert!(reader.looked_back(look, self.look_back(look))),
                Next::Live => return None,
            }
        }
    }

    fn all_told(&self, reader: &mut Reader) -> Vec<Told> {
        std::iter::from_fn(|| self.next_told(reader)).collect()
    }

    /// As a bridge answers it.
    fn look_back(&self, LookBack { after, upto }: LookBack) -> LookedBack {
        let wanted = |event: &&Arc<Event>| event.position > after && event.position <= upto;
        let mut events: Vec<_> = self.events.iter().rev().filter(wanted).cloned().collect();
        let rest = match events.get(PAGE) {
            Some(next) => Rest::More {
                upto: next.position,
            },
            None => Rest::Nothing,
        };
        events.truncate(PAGE);
        LookedBack { events, rest }
    }

    /// What changes something happens.
    fn take(&mut self, turn: &Turn) {
        let is_in = |view: &View, place: &RoomName| view.rooms().any(|room| room == place);
        let follows = |view: &View, whom: &UserName| view.follows().any(|author| author == whom);
        match *turn {
            Turn::Epoch => self.begins_epoch(),
            Turn::Moves { to } => match is_in(&self.view, &place(to)) {
                true => self.happens(left(place(to).as_str(), "alice")),
                false => self.happens(entered(place(to).as_str(), "alice")),
            },
            Turn::Follows { author } => match follows(&self.view, &person(author)) {
                true => self.happens(Deed::Unfollowed {
                    author: person(author),
                    follower: user("alice"),
                }),
                false => self.happens(followed(person(author).as_str(), "alice")),
            },
            Turn::Says { room, who, privacy } => {
                let room = place(room);
                let who = if who == 0 { user("alice") } else { person(who) };
                let said = said_in(room.as_str(), who.as_str(), privacy, Echo::ExcludeSender);
                self.happens(said);
            }
            Turn::Enters { room, who } => {
                self.happens(entered(place(room).as_str(), person(who).as_str()));
            }
            Turn::Whispers { who } => {
                let deed = whisper(person(who).as_str(), "alice", "psst");
                self.happens(deed);
            }
            Turn::Posts { who } => self.happens(post(person(who).as_str(), "news")),
        }
    }
}

#[derive(Debug, Clone)]
enum Turn {
    Epoch,
    Moves { to: u8 },
    Follows { author: u8 },
    Says { room: u8, who: u8, privacy: Privacy },
    Enters { room: u8, who: u8 },
    Whispers { who: u8 },
    Posts { who: u8 },
}

fn turn() -> impl Strategy<Value = Turn> {
    let privacy = prop_oneof![Just(Privacy::Public), Just(Privacy::Private)];
    let (who, room) = (|| 1..4u8, || 0..3u8);
    prop_oneof![
        1 => Just(Turn::Epoch),
        3 => room().prop_map(|to| Turn::Moves { to }),
        2 => who().prop_map(|author| Turn::Follows { author }),
        8 => (room(), 0..4u8, privacy)
            .prop_map(|(room, who, privacy)| Turn::Says { room, who, privacy }),
        1 => (room(), who()).prop_map(|(room, who)| Turn::Enters { room, who }),
        2 => who().prop_map(|who| Turn::Whispers { who }),
        2 => who().prop_map(|who| Turn::Posts { who }),
    ]
}

fn person(number: u8) -> UserName {
    user(["alice", "bob", "carol", "dave"][usize::from(number)])
}

fn place(number: u8) -> RoomName {
    room(["lobby", "den", "attic"][usize::from(number)])
}

fn entered(place: &str, who: &str) -> Deed {
    Deed::Entered {
        room: room(place),
        user: user(who),
        ranks: Ranks::default(),
        profile: Profile::default(),
        away: None,
    }
}

fn followed(author: &str, follower: &str) -> Deed {
    Deed::Followed {
        author: user(author),
        follower: user(follower),
    }
}

fn some_of(place: &str) -> Told {
    Told::Gap(Gap::Room {
        room: room(place),
        size: GapSize::Unknown,
    })
}

fn some_private() -> Told {
    Told::Gap(Gap::Whispers {
        size: GapSize::Unknown,
    })
}
