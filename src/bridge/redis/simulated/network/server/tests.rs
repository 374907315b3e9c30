//! However its network behaves, a connection is one: nothing on it overtakes anything.

use std::future::poll_fn;
use std::pin::pin;

use futures_util::FutureExt;
use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::time::sleep_until;

use super::*;

/// What happens on a node's way.
#[derive(Debug, Clone, Copy)]
enum Step {
    Send,
    Wait { ms: u64 },
    Stop,
    Heal,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Send),
        3 => (0..6_u64).prop_map(|ms| Step::Wait { ms }),
        1 => Just(Step::Stop),
        1 => Just(Step::Heal),
    ];
    prop::collection::vec(step, 1..40)
}

async fn passes(server: &mut Server, time: Duration) {
    let until = Instant::now() + time;
    loop {
        let next = poll_fn(|cx| Poll::Ready(server.poll(cx))).await;
        if Instant::now() >= until {
            return;
        }
        sleep_until(next.map_or(until, |next| next.min(until))).await;
    }
}

/// Sends one command after another; what was executed, and what each was answered.
async fn lives_through(seed: u64, steps: &[Step]) -> (Vec<(String, String)>, Vec<String>) {
    let mut server = Server::new(1, None, &[], Kills::Allowed, Dice::new(seed));
    let wire = server.wire(0);
    let mut opening = pin!(wire.connect());
    assert!(opening.as_mut().now_or_never().is_none());
    passes(&mut server, LATENCY).await;
    let opened = opening.now_or_never().expect("an answer");
    let line = opened.expect("a connection");

    let mut asked = Vec::new();
    for step in steps {
        match step {
            Step::Send => {
                let (line, number) = (line.clone(), asked.len().to_string());
                let mut asks = Box::pin(async move {
                    let mut pipeline = redis::pipe();
                    pipeline.cmd("XADD").arg(&["done", "*", "number", &number]);
                    line.ask(&pipeline).await
                });
                assert!(asks.as_mut().now_or_never().is_none());
                asked.push(asks);
            }
            Step::Wait { ms } => passes(&mut server, Duration::from_millis(*ms)).await,
            Step::Stop => server.stop(0, Flow::Stops, Flow::Stops),
            Step::Heal => server.heal(0),
        }
    }
    server.heal(0);
    passes(&mut server, LATEST + LATENCY * 2).await;

    let done = server.look(&["XRANGE", "done", "-", "+"]);
    let done: Vec<(String, [String; 2])> = redis::from_redis_value(done).expect("entries");
    let done = done.into_iter().map(|(id, [_, number])| (number, id));
    let answers = asked.into_iter().map(|asks| {
        let values = asks.now_or_never().expect("an answer").expect("values");
        let [id]: [String; 1] = redis::from_redis_value(Value::Array(values)).expect("an id");
        id
    });
    (done.collect(), answers.collect())
}

proptest! {
    #[test]
    fn nothing_overtakes_what_was_sent_before_it(seed in any::<u64>(), steps in steps()) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let (done, answers) = runtime.expect("a runtime").block_on(lives_through(seed, &steps));
        let (numbers, ids): (Vec<_>, Vec<_>) = done.into_iter().unzip();
        let sent = steps.iter().filter(|step| matches!(step, Step::Send)).count();
        let expected: Vec<_> = (0..sent).map(|number| number.to_string()).collect();
        prop_assert_eq!(numbers, expected);
        prop_assert_eq!(answers, ids);
    }
}
