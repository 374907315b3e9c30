//! Who does everything to Redis and to the ways there that can be done to them.

use std::time::{Duration, Instant};

use crate::Peace;
use crate::support::Dice;
use crate::support::{PREFIX, Proxy, Redis};

/// Between two faults, and how long one lasts, mostly.
const PAUSE: Duration = Duration::from_millis(1500);
const USUAL: Duration = Duration::from_secs(3);

/// Longer than a node waits for an answer; so long lasts one fault of so many.
const LONG: Duration = Duration::from_secs(11);
const SELDOM: usize = 10;

/// Those whose requests meet a fate of their own.
const NAMES: [&str; 4] = ["sam", "sue", "sid", "/"];

pub(crate) struct Nemesis<'a> {
    redis: &'a mut Redis,
    ways: [&'a Proxy; 2],
    end: Instant,
    began: Instant,
}

/// When the time is over.
#[derive(Clone, Copy)]
struct Time {
    began: Instant,
    end: Instant,
}

impl<'a> Nemesis<'a> {
    pub(crate) fn new(redis: &'a mut Redis, ways: [&'a Proxy; 2], time: Duration) -> Self {
        let began = Instant::now();
        Self {
            redis,
            ways,
            began,
            end: began + time,
        }
    }

    /// Does harm until the time is over, and then mends everything.
    pub(crate) async fn rages(self, mut dice: Dice, peace: &Peace) {
        let Self {
            redis,
            ways: [one, two],
            began,
            end,
        } = self;
        let time = Time { began, end };
        tokio::join!(
            harms_way(1, one, dice.fork(), time),
            harms_way(2, two, dice.fork(), time),
            harms(redis, dice.fork(), time),
        );
        println!("{:7.3} peace", began.elapsed().as_secs_f64());
        peace.set(Some(Instant::now()));
    }
}

impl Time {
    fn is_over(self) -> bool {
        Instant::now() >= self.end
    }

    async fn pause(self, dice: &mut Dice) {
        self.lasts(dice.up_to(PAUSE)).await;
    }

    async fn lasts(self, time: Duration) {
        let left = self.end.saturating_duration_since(Instant::now());
        tokio::time::sleep(time.min(left)).await;
    }

    fn tell(self, what: &str) {
        println!("{:7.3} {what}", self.began.elapsed().as_secs_f64());
    }
}

fn how_long(dice: &mut Dice) -> Duration {
    let usual = dice.up_to(USUAL);
    if dice.one_in(SELDOM) {
        LONG + usual
    } else {
        usual
    }
}

async fn harms_way(number: u8, way: &Proxy, mut dice: Dice, time: Time) {
    while !time.is_over() {
        let lasts = how_long(&mut dice);
        let tell = |what: &str| time.tell(&format!("way {number}: {what} {lasts:?}"));
        match dice.below(7) {
            0 => {
                tell("cut");
                way.cut().await;
                time.lasts(lasts).await;
                way.mend().await;
            }
            1 => {
                tell("holds replies");
                way.hold_replies().await;
                time.lasts(lasts).await;
                way.let_go().await;
            }
            2 => {
                tell("holds the channel");
                way.hold_channel().await;
                time.lasts(lasts).await;
                way.let_go().await;
            }
            3 => {
                tell("slow");
                way.slow(lasts / 15).await;
                time.lasts(lasts).await;
                way.slow(Duration::ZERO).await;
            }
            4 => {
                tell("loses an answer");
                let skip = dice.below(30);
                drop(way.lose_answer_behind(skip, dice.one_of(&NAMES)).await);
            }
            5 => {
                tell("a request is late");
                drop(way.delay_request_with(dice.one_of(&NAMES), lasts).await);
                time.lasts(lasts).await;
            }
            _ => {
                tell("breaks");
                way.breaks().await;
            }
        }
        time.pause(&mut dice).await;
    }
    // In place of a trap that nobody ran into.
    drop(way.lose_answer_to("what nobody ever asks").await);
}

async fn harms(redis: &mut Redis, mut dice: Dice, time: Time) {
    while !time.is_over() {
        let lasts = dice.up_to(USUAL);
        match dice.below(7) {
            0 => {
                time.tell(&format!("Redis is killed {lasts:?}"));
                redis.kill();
                time.lasts(lasts).await;
                redis.start_again().await;
            }
            1 => {
                time.tell(&format!("Redis is frozen {lasts:?}"));
                redis.freeze();
                time.lasts(lasts).await;
                redis.thaw();
            }
            2 => {
                time.tell("Redis drops the commands");
                let _dropped: u64 = redis.ask("CLIENT KILL TYPE normal SKIPME yes");
            }
            3 => {
                time.tell("Redis drops the channels");
                let _dropped: u64 = redis.ask("CLIENT KILL TYPE pubsub");
            }
            4 => {
                time.tell("garbage on the channel");
                for garbage in garbage(redis) {
                    let channel = format!("{PREFIX}global_chat_events");
                    let _heard: u64 = redis.ask_words(&["PUBLISH", &channel, &garbage]);
                }
            }
            _ => {
                time.tell("Redis forgets the scripts");
                redis.does("SCRIPT FLUSH");
            }
        }
        time.pause(&mut dice).await;
    }
}

/// What is no event, and what was none.
fn garbage(redis: &Redis) -> Vec<String> {
    let log: Option<String> = redis.ask(&format!("HGET {PREFIX}lineage log"));
    let log = log.unwrap_or_default();
    let event = |v: u8, id: &str| {
        format!(
            r#"{{"v":{v},"log":"{log}","id":"{id}","type":"room_message","room":"lobby","k":1,"public":true,"sender":"nobody","text":"a lie","exclude_sender":true,"at":1}}"#
        )
    };
    vec![
        "garbage".to_owned(),
        "{}".to_owned(),
        event(1, "1-1"),
        event(1, "99999999999-7"),
        event(9, "99999999999-8"),
    ]
}
