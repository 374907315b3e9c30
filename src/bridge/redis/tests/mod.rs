//! The contract, and what only a bridge on Redis promises.

mod away;
mod holes;
mod open;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use redis::{ConnectionInfo, IntoConnectionInfo};

use super::testing::{Server, is_installed};
use super::{Options, RedisBridge};
use crate::bridge::contract::{
    Caller, Doors, Epochs, KEEP_MESSAGES, ROOMS, Subject, World, keeps_the_contract, members,
    position, say, within,
};
use crate::chat::origin::Incarnation;
use crate::chat::{Deed, Event, Position, Refusal, UserName};
use crate::messages::{Arrived, Outcome, Vital};

/// A redis-server of its own for each test.
struct OnRedis {
    server: Rc<Server>,
}

/// Another node on the same server.
struct Beside {
    server: Rc<Server>,
}

impl Subject for OnRedis {
    const EPOCHS: Epochs = Epochs::LogsOwn;

    fn is_here() -> bool {
        is_installed()
    }

    fn new() -> Self {
        let server = Rc::new(Server::that_keeps());
        Self { server }
    }

    async fn start(
        &self,
        incarnation: Incarnation,
        configured: BTreeSet<UserName>,
        grace: Duration,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Doors {
        let mut options = options(&self.server, incarnation);
        (options.configured, options.grace) = (configured, grace);
        run(options, registry, vital).await
    }
}

impl Subject for Beside {
    const NODE: &'static str = "node-2";
    const EPOCHS: Epochs = Epochs::LogsOwn;

    fn new() -> Self {
        let OnRedis { server } = OnRedis::new();
        Self { server }
    }

    async fn start(
        &self,
        incarnation: Incarnation,
        configured: BTreeSet<UserName>,
        grace: Duration,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Doors {
        let mut options = options(&self.server, incarnation);
        (options.configured, options.grace) = (configured, grace);
        run(options, registry, vital).await
    }
}

async fn run(options: Options, registry: Recipient<Arrived>, vital: Vital) -> Doors {
    let opened = RedisBridge::open(options).await.expect("Redis");
    let bridge = opened.start(registry, vital);
    Doors {
        ask: bridge.clone().recipient(),
        account: bridge.clone().recipient(),
        archive: bridge.clone().recipient(),
        shut: bridge.recipient(),
    }
}

fn at(url: &str) -> ConnectionInfo {
    url.into_connection_info().expect("a URL")
}

fn options(server: &Server, incarnation: Incarnation) -> Options {
    Options {
        server: at(&server.url()),
        prefix: "t:".to_owned(),
        channel: "global_chat_events".to_owned(),
        log_entries: 100_000,
        incarnation,
        rooms: ROOMS,
        keep_messages: KEEP_MESSAGES,
        keep_days: 30,
        grace: Duration::from_secs(15),
        configured: BTreeSet::new(),
    }
}

keeps_the_contract!(OnRedis);

/// A world on Redis, unless there is none here.
async fn world() -> Option<World<OnRedis>> {
    if !OnRedis::is_here() {
        return None;
    }
    Some(World::new().await)
}

impl World<OnRedis> {
    fn server(&self) -> &Server {
        &self.subject.server
    }

    fn server_mut(&mut self) -> &mut Server {
        Rc::get_mut(&mut self.subject.server).expect("one node")
    }
}

/// Says something until it is taken.
async fn says(caller: &mut Caller, said: &str) -> Position {
    let taken = async {
        loop {
            caller.send_live(say("lobby", said));
            match caller.outcome().await {
                Outcome::Done(answer) => break position(&answer),
                Outcome::Refused(Refusal::NotDelivered) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                other => panic!("{other:?}"),
            }
        }
    };
    within(taken).await
}

/// Says something until it is refused, because Redis is away.
async fn is_refused(caller: &mut Caller) {
    let refused = async {
        loop {
            caller.send_live(members("lobby"));
            match caller.outcome().await {
                Outcome::Refused(Refusal::NotDelivered) => break,
                Outcome::Done(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                other => panic!("{other:?}"),
            }
        }
    };
    within(refused).await;
}

/// What was said in the lobby, as it arrives.
fn said(events: &[Arc<Event>]) -> Vec<String> {
    let said = events.iter().filter_map(|event| match &event.deed {
        Deed::RoomMessage { text, .. } => Some(text.as_str().to_owned()),
        _ => None,
    });
    said.collect()
}
