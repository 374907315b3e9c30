//! A crowd that talks while its nodes are killed, restarted, frozen and cut off, and that comes back
//! by itself each time. `conclave load` is the referee: nobody misses, repeats or reorders anything
//! that was acknowledged.
//!
//! `MOVING_SEED` repeats a plan, as far as chance allows; `MOVING_SECONDS` makes it longer.

#![expect(clippy::expect_used, reason = "a test says where it stopped")]

mod support;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use support::{Crowd, Dice, Home, KEPT, Node, Redis, free_port, member, nobody_is_left};

/// How long things happen to the nodes unless somebody says otherwise.
const USUAL_SECONDS: u64 = 30;

/// The run goes on for so long when all is well again.
const PEACE: Duration = Duration::from_secs(12);

/// People of the crowd.
const PEOPLE: usize = 60;

/// How often somebody left a room that is not the first.
const LEAVES: &str = "local n = 0
for _, entry in ipairs(redis.call('XRANGE', 'ours:log', '-', '+')) do
  local what = entry[2][2]
  if string.find(what, '\"type\":\"left\"', 1, true)
    and not string.find(what, '\"room\":\"lobby\"', 1, true) then n = n + 1 end
end
return n";

#[tokio::test]
async fn nobody_is_seen_leaving_who_only_moves() {
    let Some(redis) = Redis::with(&KEPT).await else {
        return;
    };
    let mut nodes = [Place::new("node-1", &redis), Place::new("node-2", &redis)];
    for place in &mut nodes {
        place.starts().await;
    }
    let mut crowd = talks(&nodes, 25).await;
    for place in &mut nodes {
        tokio::time::sleep(Duration::from_secs(3)).await;
        place.stops().await;
        place.starts().await;
    }
    crowd.is_content().await;
    // Places are kept for a while behind the end of a run too.
    let left = || redis.ask_words::<u64>(&["EVAL", LEAVES, "0"]);
    assert_eq!(left(), 0);
    nobody_is_left(&redis).await;
    assert_eq!(left(), PEOPLE as u64);
}

#[tokio::test]
async fn whatever_happens_to_its_nodes_a_crowd_misses_nothing() {
    let Some(mut redis) = Redis::with(&KEPT).await else {
        return;
    };
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = wish("MOVING_SEED", u64::from(clock.subsec_nanos()));
    let seconds = wish("MOVING_SECONDS", USUAL_SECONDS);
    println!("MOVING_SEED={seed} for {seconds} s");
    let mut dice = Dice::new(seed);
    let mut nodes = [Place::new("node-1", &redis), Place::new("node-2", &redis)];
    for place in &mut nodes {
        place.starts().await;
    }
    let mut crowd = talks(&nodes, seconds + PEACE.as_secs()).await;
    let over = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < over {
        tokio::time::sleep(Duration::from_secs(1) + dice.up_to(Duration::from_secs(3))).await;
        let place = dice.below(nodes.len());
        happens(&mut dice, &mut nodes[place], &mut redis).await;
    }
    crowd.is_content().await;
    nobody_is_left(&redis).await;
}

async fn talks(nodes: &[Place; 2], seconds: u64) -> Crowd {
    let nodes = nodes.each_ref().map(Place::node);
    Crowd::talks(nodes, PEOPLE, Duration::from_secs(seconds)).await
}

/// One thing happens, and is over.
async fn happens(dice: &mut Dice, place: &mut Place, redis: &mut Redis) {
    let a_while = dice.up_to(Duration::from_secs(5));
    match dice.below(5) {
        0 => {
            println!("{} is killed, for {a_while:?}", place.name);
            place.dies();
            tokio::time::sleep(a_while).await;
            place.starts().await;
        }
        1 => {
            println!("{} is stopped, for {a_while:?}", place.name);
            place.stops().await;
            tokio::time::sleep(a_while).await;
            place.starts().await;
        }
        2 => {
            println!("{} is frozen, for {a_while:?}", place.name);
            place.node().signal("STOP");
            tokio::time::sleep(a_while).await;
            place.node().signal("CONT");
        }
        3 => {
            println!("the channel is cut, again and again");
            for _ in 0..10 {
                let _killed: u64 = redis.ask("CLIENT KILL TYPE pubsub");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        _ => {
            println!("Redis is killed, for {a_while:?}");
            redis.kill();
            tokio::time::sleep(a_while).await;
            redis.start_again().await;
        }
    }
}

fn wish(name: &str, otherwise: u64) -> u64 {
    let said = std::env::var(name).ok();
    said.map_or(otherwise, |said| said.parse().expect("a number"))
}

/// Where a node lives, with an address that it keeps.
struct Place {
    name: &'static str,
    home: Home,
    node: Option<Node>,
}

impl Place {
    fn new(name: &'static str, redis: &Redis) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let home = member(name, &redis.url()).set("listen.line", &address);
        Self {
            name,
            home,
            node: None,
        }
    }

    async fn starts(&mut self) {
        self.node = Some(self.home.start().await);
    }

    fn node(&self) -> &Node {
        self.node.as_ref().expect("it runs")
    }

    fn dies(&mut self) {
        self.node.take().expect("it runs").kill();
    }

    async fn stops(&mut self) {
        self.node.take().expect("it runs").stop().await;
    }
}
