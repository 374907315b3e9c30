//! The contract, and what only this bridge promises.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use actix::Recipient;
use rusqlite::Connection;

use super::accounts::{Accounts, AccountsError};
use super::writer::BATCH_TASKS;
use super::*;
use crate::bridge::contract;
use crate::bridge::contract::{
    Caller, ISSUED, UNKNOWN, World, follow, following, history, issue, members, moving, nick,
    no_room, online, online_are, position, post, redeem, redeemed, say, set_topic, subscriptions,
    topic, user, whisper, who_was, within,
};
use crate::bridge::contract::{Doors, Epochs, KEEP_MESSAGES, ROOMS, Subject, keeps_the_contract};
use crate::chat::event::Timestamp;
use crate::chat::limits::{FORMER_KEPT, FORMER_TOLD};
use crate::chat::origin::Incarnation;
use crate::chat::{Answer, Deed, Gap, GapSize, UserName};
use crate::messages::AccountAsk;
use crate::messages::{Kept, Missed};

/// A directory of its own for each test, and the time in it.
struct InADirectory {
    directory: tempfile::TempDir,
    clock: log::Clock,
}

impl Subject for InADirectory {
    const EPOCHS: Epochs = Epochs::EveryStart;

    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a directory"),
            clock: log::wall_clock,
        }
    }

    async fn start(
        &self,
        _: Incarnation,
        configured: BTreeSet<UserName>,
        grace: Duration,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Doors {
        let open = || {
            let mut options = options(self.directory.path());
            (options.configured, options.grace) = (configured.clone(), grace);
            EmbeddedBridge::open_at(options, self.clock)
        };
        // A process that another test starts has the lock of the run before until it is another program.
        let opened = within(async {
            loop {
                match open() {
                    Err(OpenError::Locked { .. }) => tokio::task::yield_now().await,
                    opened => return opened,
                }
            }
        });
        let bridge = opened.await.expect("a store").start(registry, vital);
        Doors {
            ask: bridge.clone().recipient(),
            account: bridge.clone().recipient(),
            archive: bridge.clone().recipient(),
            shut: bridge.recipient(),
        }
    }
}

impl World<InADirectory> {
    fn path(&self) -> &Path {
        self.subject.directory.path()
    }

    fn beside(&self) -> Connection {
        Connection::open(log::file(self.path())).expect("a database")
    }
}

keeps_the_contract!(InADirectory);

fn options(data_dir: &Path) -> Options {
    Options {
        data_dir: data_dir.to_owned(),
        durability: Durability::Fsync,
        rooms: ROOMS,
        keep_messages: KEEP_MESSAGES,
        keep_days: 30,
        grace: Duration::ZERO,
        configured: BTreeSet::new(),
    }
}

#[actix::test]
async fn a_second_node_is_refused_until_the_first_is_shut() {
    let mut world = World::<InADirectory>::new().await;
    let refused = EmbeddedBridge::open(options(world.path()));
    assert!(matches!(refused, Err(OpenError::Locked { .. })));
    within(world.doors.shut.send(Shut)).await.expect("shut");
    let opened = EmbeddedBridge::open(options(world.path())).expect("a free store");
    within(opened.writer.close()).await;
    world.start().await;
    world.live("alice").await;
}

#[actix::test]
async fn what_was_acknowledged_survives_a_kill() {
    let mut world = World::<InADirectory>::new().await;
    let mut alice = world.live("alice").await;
    alice.done(moving("lobby", "den")).await;
    let mut said = Vec::new();
    for _ in 0..10 {
        said.push(position(&alice.done(say("den", "hi")).await));
    }
    // What a killed process leaves is what its files hold at that moment.
    let killed = World::on(InADirectory {
        directory: copy_of_directory(world.path()),
        clock: log::wall_clock,
    });
    let mut killed = killed.await;
    let mut alice = killed.caller();
    alice.claims("alice").await;
    let Answer::History { messages, .. } = alice.done(history("den", 50)).await else {
        panic!("no history")
    };
    let kept: Vec<_> = messages.iter().map(|event| event.position).collect();
    assert_eq!(kept, said);
    let begun = &killed.heard.recv().await.expect("the start").arrivals[0];
    let Deed::Epoch { after } = begun.event.deed else {
        panic!("{begun:?}")
    };
    assert_eq!(after, *said.last().expect("ten"));
}

fn copy_of_directory(from: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a directory");
    for file in ["conclave.db", "conclave.db-wal"] {
        std::fs::copy(from.join(file), copy.path().join(file)).expect("a copy");
    }
    copy
}

#[actix::test]
async fn the_operator_minds_accounts_beside_a_running_node() {
    let mut world = World::<InADirectory>::new().await;
    let mut alice = world.live("alice").await;
    let accounts = Accounts::open(world.path()).expect("the accounts");
    accounts.add(&user("Bob"), "1").expect("a new account");
    let again = accounts.add(&user("BOB"), "2");
    assert!(matches!(again, Err(AccountsError::Exists { .. })));
    accounts
        .set_password(&user("bob"), "3")
        .expect("an account");
    let nobody = accounts.set_password(&user("nobody"), "3");
    assert!(matches!(nobody, Err(AccountsError::NoSuchAccount { .. })));
    let listed = accounts.list().expect("a list");
    let names: Vec<_> = listed.iter().map(|account| account.user.as_str()).collect();
    assert_eq!(names, ["alice", "Bob"]);
    let found = AccountAnswer::Found {
        user: user("Bob"),
        hash: "3".to_owned(),
    };
    let find = AccountAsk::Find { user: user("bob") };
    assert_eq!(world.accounts(find).await, found);
    alice.done(follow("bob")).await;
    let refused = accounts::remove(world.path(), &user("bob"));
    assert!(matches!(refused, Err(AccountsError::NodeRuns { .. })));
}

#[actix::test]
async fn a_removed_account_leaves_nothing_but_what_it_said() {
    let mut world = World::<InADirectory>::new().await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    alice.done(follow("bob")).await;
    bob.done(follow("alice")).await;
    bob.done(say("lobby", "I was here")).await;
    bob.done(post("me too")).await;
    alice.done(whisper("bob", "psst")).await;
    within(world.doors.shut.send(Shut)).await.expect("shut");
    accounts::remove(world.path(), &user("BOB")).expect("removed");
    let again = accounts::remove(world.path(), &user("bob"));
    assert!(matches!(again, Err(AccountsError::NoSuchAccount { .. })));
    let types: Vec<String> = sql::values(
        &world.beside(),
        "SELECT record ->> 'type' FROM log ORDER BY seq DESC LIMIT 5",
        (),
    )
    .expect("a log");
    // Of bob alone: alice keeps her place.
    let ended = ["unfollowed", "unfollowed", "released", "left"];
    assert_eq!(types, [&ended[..], &["epoch"]].concat());
    for (table, column) in [
        ("kept", "name"),
        ("seen", "user"),
        ("conversations", "name"),
        ("former", "user"),
    ] {
        let whose: Vec<UserName> = sql::values(
            &world.beside(),
            &format!("SELECT {column} FROM {table}"),
            (),
        )
        .expect("a table");
        assert!(!whose.contains(&user("bob")), "{table}: {whose:?}");
    }
    world.start().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    assert_eq!(alice.done(online()).await, online_are(&["alice"]));
    assert_eq!(alice.done(following()).await, subscriptions(&[]));
    let Answer::History { messages, .. } = alice.done(history("lobby", 9)).await else {
        panic!("no history")
    };
    assert_eq!(messages.len(), 1);
}

#[actix::test]
async fn what_waits_too_long_is_forgotten_and_said_to_be_lost() {
    let mut subject = InADirectory::new();
    subject.clock = EARLY;
    let mut world = World::on(subject).await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    bob.done(follow("alice")).await;
    bob.sees(bob.fence());
    bob.goes("bob");
    for request in [whisper("bob", "one"), whisper("bob", "two"), post("three")] {
        alice.done(request).await;
    }
    world.subject.clock = A_MONTH_LATER;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    let new = position(&alice.done(whisper("bob", "four")).await);
    let kinds = "SELECT kind FROM kept ORDER BY kind";
    let left: Vec<String> = sql::values(&world.beside(), kinds, ()).expect("a table");
    assert_eq!(left, ["sent", "whisper"]);
    let (_, missed) = world.comes("bob").await;
    let Missed::Kept(Kept { gaps, events }) = missed else {
        panic!("{missed:?}")
    };
    let size = GapSize::Exactly(2);
    assert_eq!(gaps, [Gap::Whispers { size }, Gap::Posts]);
    assert_eq!((events.len(), events[0].position), (1, new));
}

#[test]
fn a_newer_schema_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    drop(EmbeddedBridge::open(options(directory.path())).expect("a store"));
    let db = Connection::open(log::file(directory.path())).expect("a database");
    db.pragma_update(None, "user_version", 99)
        .expect("a newer one");
    let refused = schema::open(directory.path(), Durability::Fsync);
    let Err(OpenError::Newer { found: 99, .. }) = refused else {
        panic!("{refused:?}")
    };
}

#[test]
fn an_unusable_directory_is_said_with_its_path() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let refused = EmbeddedBridge::open(options(&file.join("data"))).expect_err("no directory");
    assert!(matches!(refused, OpenError::DataDir { .. }));
    assert!(refused.to_string().contains("file/data"), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_new_directory_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("a/b");
    drop(Accounts::open(&data).expect("accounts"));
    let mode = std::fs::metadata(&data).expect("made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[actix::test]
async fn what_is_asked_together_is_written_together() {
    let mut world = World::<InADirectory>::new().await;
    let mut alice = world.live("alice").await;
    world.events().await;
    let before = commits(world.path());
    for _ in 0..300 {
        alice.send_live(say("lobby", "hi"));
    }
    for _ in 0..300 {
        alice.answered().await;
    }
    assert_eq!(commits(world.path()) - before, 1);
    let before = commits(world.path());
    alice.done(members("lobby")).await;
    assert_eq!(commits(world.path()), before, "reading writes nothing");
}

/// Transactions in the write-ahead log: frames that carry the size of the database after them.
fn commits(data_dir: &Path) -> usize {
    let wal = std::fs::read(data_dir.join("conclave.db-wal")).expect("a write-ahead log");
    let number = |at: usize| u32::from_be_bytes(wal[at..at + 4].try_into().expect("four bytes"));
    let frame = 24 + number(8) as usize;
    let salt = wal[16..24].to_vec();
    wal[32..]
        .chunks_exact(frame)
        .take_while(|frame| frame[8..16] == salt)
        .filter(|frame| frame[4..8] != [0; 4])
        .count()
}

#[actix::test]
async fn a_store_that_fails_refuses_everything_and_says_why() {
    let mut world = World::<InADirectory>::new().await;
    let mut alice = world.live("alice").await;
    world
        .beside()
        .execute_batch("DROP TABLE messages")
        .expect("a broken store");
    alice.send_live(moving("lobby", "den"));
    alice.send_live(say("den", "in the same batch or behind it"));
    alice.send_live(members("lobby"));
    let moved = alice.outcome().await;
    for _ in 0..2 {
        assert_eq!(alice.refused().await, Refusal::NotDelivered);
    }
    let failure = within(world.failures.recv()).await.expect("a report");
    assert!(
        failure.to_string().contains("messages"),
        "{failure} {moved:?}"
    );
    alice.send_live(members("lobby"));
    assert_eq!(alice.refused().await, Refusal::NotDelivered);
    let find = AccountAsk::Find {
        user: user("alice"),
    };
    let failed = within(world.doors.account.send(find)).await.expect("alive");
    assert_eq!(failed, Err(StoreFailed::NotDone));
    within(world.doors.shut.send(Shut)).await.expect("shut");
}

#[actix::test]
async fn a_writer_that_panics_leaves_nobody_without_an_answer() {
    let mut subject = InADirectory::new();
    subject.clock = || {
        assert_ne!(std::thread::current().name(), Some("store"), "on purpose");
        log::wall_clock()
    };
    let mut world = World::on(subject).await;
    let mut alice = world.caller();
    for _ in 0..2 {
        alice.send(Question::Claim {
            user: user("alice"),
            entrance: crate::messages::Entrance::Login {
                on_duplicate: crate::messages::DuplicateLogin::Reject,
                begins: crate::messages::FirstRoom::Lobby,
            },
        });
    }
    for _ in 0..2 {
        assert_eq!(alice.refused().await, Refusal::NotDelivered);
    }
    let failure = within(world.failures.recv()).await.expect("a report");
    assert!(failure.to_string().contains("panicked"), "{failure}");
    within(world.doors.shut.send(Shut)).await.expect("shut");
}

#[actix::test]
async fn while_the_registry_is_far_behind_nothing_more_is_decided() {
    let mut world = World::<InADirectory>::new().await;
    let mut alice = world.live("alice").await;
    let held = world.next_batch().await;
    let mut decided = 0;
    while decided < crate::bridge::feed::FEED_EVENTS {
        for _ in 0..BATCH_TASKS {
            alice.send_live(say("lobby", "hi"));
        }
        for _ in 0..BATCH_TASKS {
            alice.answered().await;
        }
        decided += BATCH_TASKS;
    }
    alice.send_live(members("lobby"));
    let waits = tokio::time::timeout(Duration::from_millis(50), alice.outcome());
    assert!(waits.await.is_err());
    drop(held);
    let arrived = world.events().await.len();
    assert!(arrived >= decided, "{arrived}");
    alice.answered().await;
}

const EARLY: log::Clock = || Timestamp(1_700_000_000_000);
const A_MONTH_LATER: log::Clock = || Timestamp(1_700_000_000_000 + 31 * 24 * 60 * 60 * 1000);

#[actix::test]
async fn old_messages_are_forgotten_and_rooms_with_them() {
    let mut subject = InADirectory::new();
    subject.clock = EARLY;
    let mut world = World::on(subject).await;
    let mut alice = world.live("alice").await;
    alice.done(say("lobby", "hi")).await;
    alice.done(moving("lobby", "spoken")).await;
    alice.done(say("spoken", "hi")).await;
    alice.done(moving("spoken", "titled")).await;
    alice.done(set_topic("titled", "tea")).await;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    alice.done(members("spoken")).await;
    world.subject.clock = A_MONTH_LATER;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    alice.send_live(members("spoken"));
    assert_eq!(alice.refused().await, no_room("spoken"));
    let told = alice.done(topic("titled")).await;
    assert_eq!(contract::subject(&told), Some("tea"));
    let Answer::History { messages, .. } = alice.done(history("lobby", 9)).await else {
        panic!("no history")
    };
    assert_eq!(messages, []);
}

#[actix::test]
async fn a_clock_that_goes_back_takes_neither_epoch_nor_time_with_it() {
    let mut subject = InADirectory::new();
    subject.clock = A_MONTH_LATER;
    let mut world = World::on(subject).await;
    let mut alice = world.live("alice").await;
    alice.done(say("lobby", "hi")).await;
    world.subject.clock = EARLY;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    alice.done(say("lobby", "hi again")).await;
    let events = world.events().await;
    let said = events.last().expect("a message");
    assert_eq!(said.at, A_MONTH_LATER());
    assert_eq!(said.position.epoch, A_MONTH_LATER().0 / 1000 + 1);
}

/// Each time it is looked at, an hour earlier.
fn backwards() -> Timestamp {
    static LOOKS: AtomicU64 = AtomicU64::new(0);
    let hours = LOOKS.fetch_add(1, Ordering::Relaxed);
    Timestamp(A_MONTH_LATER().0 - hours * 3_600_000)
}

#[actix::test]
async fn a_clock_that_runs_backwards_turns_no_conversation_round() {
    let mut subject = InADirectory::new();
    subject.clock = backwards;
    let mut world = World::on(subject).await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    bob.done(follow("alice")).await;
    for n in 0..3 {
        for request in [say("lobby", "hi"), whisper("bob", "psst"), post("all")] {
            alice.done(request).await;
        }
        bob.done(say("lobby", &n.to_string())).await;
    }
    let events = world.events().await;
    let places: Vec<_> = events.iter().map(|event| event.position).collect();
    assert!(places.is_sorted(), "{places:?}");
    let of = |is_one: fn(&Deed) -> bool| {
        let one = events.iter().filter(|event| is_one(&event.deed));
        one.map(|event| event.at).collect::<Vec<_>>()
    };
    let room = of(|deed| matches!(deed, Deed::RoomMessage { .. }));
    let whispers = of(|deed| matches!(deed, Deed::Whisper { .. }));
    let posts = of(|deed| matches!(deed, Deed::Post { .. }));
    assert_eq!([room.len(), whispers.len(), posts.len()], [6, 3, 3]);
    for times in [room, whispers, posts] {
        assert!(times.is_sorted(), "{times:?}");
    }
}

#[actix::test]
async fn the_log_is_bounded_and_history_outlives_it() {
    let mut world = World::<InADirectory>::new().await;
    let mut alice = world.live("alice").await;
    alice.done(say("lobby", "long ago")).await;
    within(world.doors.shut.send(Shut)).await.expect("shut");
    let long_after = "INSERT INTO log SELECT seq + 100000, epoch, n, record FROM log
                      ORDER BY seq DESC LIMIT 1";
    world.beside().execute(long_after, ()).expect("a full log");
    world.start().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    let oldest: u64 = sql::value(&world.beside(), "SELECT min(seq) FROM log", ())
        .expect("a log")
        .map_or(0, |sql::Int(seq)| seq);
    assert!(oldest > log::LOG_ENTRIES, "{oldest}");
    let Answer::History { messages, .. } = alice.done(history("lobby", 9)).await else {
        panic!("no history")
    };
    assert_eq!(messages.len(), 1);
}

/// Those who are remembered of a nick, and how many are kept of all.
async fn remembered(world: &World<InADirectory>, by: &mut Caller, nick: &str) -> (usize, u64) {
    let Answer::WhoWas { former, .. } = by.done(who_was(nick, FORMER_TOLD)).await else {
        panic!("no answer")
    };
    let kept = sql::value(&world.beside(), "SELECT count(*) FROM former", ());
    let sql::Int(kept) = kept.expect("a table").expect("a count");
    (former.len(), kept)
}

#[actix::test]
async fn who_was_here_is_forgotten_by_age_and_by_number() {
    let mut subject = InADirectory::new();
    subject.clock = EARLY;
    let mut world = World::on(subject).await;
    let mut alice = world.live("alice").await;
    let mut bob = world.live("bob").await;
    for nick_of_bob in ["Al", "bob"] {
        bob.done(nick(nick_of_bob)).await;
    }
    assert_eq!(remembered(&world, &mut alice, "al").await, (1, 2));
    world.subject.clock = A_MONTH_LATER;
    world.restart().await;
    let mut alice = world.caller();
    alice.claims("alice").await;
    assert_eq!(remembered(&world, &mut alice, "al").await, (0, 2));
    alice.done(nick("Ali")).await;
    assert_eq!(remembered(&world, &mut alice, "alice").await, (1, 1));
    let most = FORMER_KEPT as u64;
    for n in 0..most {
        let nick_of_alice = if n % 2 == 0 { "Ally" } else { "Ali" };
        alice.done(nick(nick_of_alice)).await;
    }
    assert_eq!(remembered(&world, &mut alice, "alice").await, (0, most));
    let told = usize::from(FORMER_TOLD);
    assert_eq!(remembered(&world, &mut alice, "ally").await, (told, most));
}

#[actix::test]
async fn a_token_lives_for_a_month_from_its_last_use() {
    const LATER: log::Clock = || Timestamp(EARLY().0 + 29 * 24 * 60 * 60 * 1000);
    let mut subject = InADirectory::new();
    subject.clock = EARLY;
    let mut world = World::on(subject).await;
    world.account("alice").await;
    for family in [7, 8] {
        assert_eq!(world.accounts(issue("alice", family, 1)).await, ISSUED);
    }
    world.subject.clock = LATER;
    world.restart().await;
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, redeemed("alice"));
    world.subject.clock = A_MONTH_LATER;
    world.restart().await;
    assert_eq!(world.accounts(redeem(7, 2, 3)).await, redeemed("alice"));
    assert_eq!(world.accounts(redeem(8, 1, 2)).await, UNKNOWN);
    assert_eq!(world.accounts(issue("alice", 9, 1)).await, ISSUED);
    let kept: i64 = sql::value(&world.beside(), "SELECT count(*) FROM tokens", ())
        .expect("a count")
        .expect("a row");
    assert_eq!(kept, 2, "what expired is forgotten");
}

#[actix::test]
async fn the_operator_revokes_tokens_with_the_password_and_the_account() {
    let mut world = World::<InADirectory>::new().await;
    for (name, family) in [("alice", 7), ("bob", 8)] {
        world.account(name).await;
        assert_eq!(world.accounts(issue(name, family, 1)).await, ISSUED);
    }
    let accounts = Accounts::open(world.path()).expect("the accounts");
    accounts.set_password(&user("Alice"), "3").expect("changed");
    assert_eq!(world.accounts(redeem(7, 1, 2)).await, UNKNOWN);
    within(world.doors.shut.send(Shut)).await.expect("shut");
    accounts::remove(world.path(), &user("bob")).expect("removed");
    accounts.add(&user("bob"), "4").expect("made anew");
    world.start().await;
    assert_eq!(world.accounts(redeem(8, 1, 2)).await, UNKNOWN);
}

#[test]
fn a_store_of_before_gets_what_it_has_not() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = Connection::open(log::file(directory.path())).expect("a database");
    first.execute_batch(schema::STEPS[0]).expect("its tables");
    first
        .pragma_update(None, "user_version", 1)
        .expect("its version");
    let now = schema::open(directory.path(), Durability::Fsync).expect("brought up to date");
    let tokens: Option<u32> = sql::value(&now, "SELECT count(*) FROM tokens", ()).expect("there");
    assert_eq!(tokens, Some(0));
}
