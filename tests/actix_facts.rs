//! What the design relies on in actix and does not find in its manual: an upgrade that changes one
//! of these must be noticed here and not in production.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Barrier};
use std::task::Poll;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use actix::prelude::*;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// Longer than anything here takes, shorter than anybody's patience.
const SOON: Duration = Duration::from_secs(20);

#[derive(Message)]
#[rtype(result = "()")]
struct Say(&'static str);

#[derive(Message)]
#[rtype(result = "()")]
struct Break;

/// Tells whatever happens to it.
struct Witness(mpsc::Sender<&'static str>);

impl Actor for Witness {
    type Context = Context<Self>;

    fn stopped(&mut self, _: &mut Self::Context) {
        let _ = self.0.try_send("stopped");
    }
}

impl Handler<Say> for Witness {
    type Result = ();

    fn handle(&mut self, Say(word): Say, _: &mut Self::Context) {
        let _ = self.0.try_send(word);
    }
}

impl Handler<Break> for Witness {
    type Result = ();

    fn handle(&mut self, Break: Break, _: &mut Self::Context) {
        panic!("as the test wants it");
    }
}

/// Bounded beyond what any of these tests tells.
fn ear() -> (mpsc::Sender<&'static str>, mpsc::Receiver<&'static str>) {
    mpsc::channel(4096)
}

#[expect(clippy::expect_used, reason = "a test that waits in vain has failed")]
async fn next(ear: &mut mpsc::Receiver<&'static str>) -> Option<&'static str> {
    timeout(SOON, ear.recv()).await.expect("soon")
}

/// Fact 1: the bound of a mailbox holds for a recipient that is kept; a clone brings its own slot.
#[actix::test]
async fn a_kept_recipient_is_bounded_and_a_clone_is_a_free_slot() {
    let (tell, _ear) = ear();
    let address = Witness::create(|ctx| {
        ctx.set_mailbox_capacity(4);
        Witness(tell)
    });
    let kept = address.recipient::<Say>();
    let through = |recipient: &Recipient<Say>| recipient.try_send(Say("x")).is_ok();
    let accepted = (0..100).filter(|_| through(&kept)).count();
    assert!((4..=5).contains(&accepted), "{accepted} of 100");
    let accepted = (0..100).filter(|_| through(&kept.clone())).count();
    assert_eq!(accepted, 100, "fresh clones");
}

/// Fact 2: an actor that panics is still told that it has stopped, and takes nobody with it.
#[actix::test]
async fn stopped_runs_after_a_panic_and_the_neighbours_live_on() {
    let ((tell, mut ear), (tell_next, mut ear_next)) = (ear(), ear());
    let (broken, neighbour) = (Witness(tell).start(), Witness(tell_next).start());
    assert!(broken.send(Break).await.is_err());
    assert_eq!(next(&mut ear).await, Some("stopped"));
    assert_eq!(next(&mut ear).await, None, "and was dropped");
    assert!(!broken.connected());
    neighbour.send(Say("alive")).await.expect("it lives");
    assert_eq!(next(&mut ear_next).await, Some("alive"));
}

/// Fact 3: paused time moves an actor's timers, so that tests of deadlines take no time.
#[actix::test]
async fn paused_time_moves_run_later() {
    struct Alarm(Option<oneshot::Sender<()>>);

    impl Actor for Alarm {
        type Context = Context<Self>;

        fn started(&mut self, ctx: &mut Self::Context) {
            ctx.run_later(Duration::from_hours(1), |alarm, _| {
                let _ = alarm.0.take().map(|ring| ring.send(()));
            });
        }
    }

    tokio::time::pause();
    let (ring, rung) = oneshot::channel();
    let (by_the_wall, by_the_runtime) = (Instant::now(), tokio::time::Instant::now());
    let _alarm = Alarm(Some(ring)).start();
    rung.await.expect("it rings");
    assert!(by_the_runtime.elapsed() >= Duration::from_hours(1));
    assert!(by_the_wall.elapsed() < SOON);
}

/// Fact 4, one half: everything in the mailbox is handled before the actor's own futures are
/// polled, so that all frames that are there go out in one write.
#[actix::test]
async fn the_mailbox_is_empty_when_a_spawned_future_is_polled() {
    struct Pump(mpsc::Sender<&'static str>);

    impl ActorFuture<Witness> for Pump {
        type Output = ();

        fn poll(
            self: Pin<&mut Self>,
            _: &mut Witness,
            _: &mut Context<Witness>,
            _: &mut std::task::Context<'_>,
        ) -> Poll<()> {
            let _ = self.0.try_send("polled");
            Poll::Pending
        }
    }

    let (tell, mut ear) = ear();
    let address = Witness::create(|ctx| {
        ctx.spawn(Pump(tell.clone()));
        Witness(tell)
    });
    let kept = address.recipient::<Say>();
    for round in 0..3 {
        for _ in 0..10 {
            kept.try_send(Say("handled")).expect("room for ten");
        }
        for message in 0..10 {
            assert_eq!(
                next(&mut ear).await,
                Some("handled"),
                "round {round}, message {message}"
            );
        }
        assert_eq!(next(&mut ear).await, Some("polled"), "round {round}");
        tokio::task::yield_now().await;
        while ear.try_recv().is_ok() {}
    }
}

/// Fact 4, other half: what caused a message is in the mailbox before it, even from another thread.
/// (And a trap: an actor started in another arbiter has the default capacity until it starts.)
#[actix::test]
async fn causes_come_before_their_effects() {
    struct Echo(Recipient<Say>);

    impl Actor for Echo {
        type Context = Context<Self>;
    }

    impl Handler<Say> for Echo {
        type Result = ();

        fn handle(&mut self, Say(word): Say, _: &mut Self::Context) {
            self.0.try_send(Say(word)).expect("room");
        }
    }

    let (tell, mut ear) = ear();
    let (there, elsewhere) = (Arbiter::new(), Arbiter::new());
    let witness = Witness::start_in_arbiter(&there.handle(), |ctx| {
        ctx.set_mailbox_capacity(4096);
        Witness(tell)
    });
    let (kept, for_echo) = (witness.clone().recipient(), witness.recipient());
    let echo = Echo::start_in_arbiter(&elsewhere.handle(), |ctx| {
        ctx.set_mailbox_capacity(4096);
        Echo(for_echo)
    });
    // Only now do both have their capacity: it is set on their own threads.
    echo.send(Say("ready")).await.expect("it lives");
    assert_eq!(next(&mut ear).await, Some("ready"));
    let echo = echo.recipient();
    for _ in 0..1000 {
        kept.try_send(Say("cause")).expect("room");
        echo.try_send(Say("effect")).expect("room");
    }
    let mut open = 0;
    for _ in 0..2000 {
        open += match next(&mut ear).await {
            Some("cause") => 1,
            _ => -1,
        };
        assert!(open >= 0, "an effect came before its cause");
    }
    there.stop();
    elsewhere.stop();
}

/// A worker of a pool.
struct Worker;

impl Actor for Worker {
    type Context = SyncContext<Self>;
}

/// Work that panics or does not; answered with the thread that did it.
#[derive(Message)]
#[rtype(result = "Option<ThreadId>")]
enum Work {
    Meet(Arc<Barrier>),
    Panic,
    PanicCaught,
    Nothing,
}

impl Handler<Work> for Worker {
    type Result = Option<ThreadId>;

    fn handle(&mut self, work: Work, _: &mut Self::Context) -> Self::Result {
        match work {
            Work::Meet(barrier) => drop(barrier.wait()),
            Work::Panic => panic!("as the test wants it"),
            Work::PanicCaught => {
                let caught = catch_unwind(AssertUnwindSafe(|| panic!("as the test wants it")));
                assert!(caught.is_err());
            }
            Work::Nothing => {}
        }
        Some(std::thread::current().id())
    }
}

/// Fact 5: a worker thread that panics is gone for good, unless its handler catches the panic.
#[actix::test]
async fn a_pool_loses_a_thread_by_every_panic_that_is_not_caught() {
    let pool = SyncArbiter::start(2, || Worker);
    let ask = |work| timeout(SOON, pool.send(work));
    assert!(ask(Work::PanicCaught).await.expect("soon").is_ok());
    let barrier = Arc::new(Barrier::new(2));
    let (one, other) = tokio::join!(ask(Work::Meet(barrier.clone())), ask(Work::Meet(barrier)));
    let (one, other) = (one.expect("both are there"), other.expect("both are there"));
    assert_ne!(one.expect("one"), other.expect("other"), "two threads");

    assert!(ask(Work::Panic).await.expect("soon").is_err());
    let mut left = HashSet::new();
    for _ in 0..50 {
        left.insert(
            ask(Work::Nothing)
                .await
                .expect("soon")
                .expect("one is left"),
        );
    }
    assert_eq!(left.len(), 1, "one of two is left");

    assert!(ask(Work::Panic).await.expect("soon").is_err());
    assert!(
        ask(Work::Nothing).await.expect("soon").is_err(),
        "nobody is left"
    );
}
