//! The contract, and what only a bridge on Redis promises.

mod away;
mod holes;
mod server;

use std::collections::BTreeSet;

use actix::{Addr, Recipient};

use super::{Options, RedisBridge};
use crate::bridge::contract::{
    Doors, Epochs, KEEP_MESSAGES, ROOMS, Subject, World, keeps_the_contract,
};
use crate::chat::UserName;
use crate::chat::origin::Incarnation;
use crate::messages::{Arrived, Vital};
use server::Server;

/// A redis-server of its own for each test.
struct OnRedis {
    server: Server,
}

impl Subject for OnRedis {
    const EPOCHS: Epochs = Epochs::LogsOwn;

    fn is_here() -> bool {
        server::is_installed()
    }

    fn new() -> Self {
        let server = Server::start();
        Self { server }
    }

    async fn start(
        &self,
        incarnation: Incarnation,
        configured: BTreeSet<UserName>,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Doors {
        let mut options = options(&self.server, incarnation);
        options.configured = configured;
        let opened = RedisBridge::open(options).await.expect("Redis");
        doors(&opened.start(registry, vital))
    }
}

fn doors(bridge: &Addr<RedisBridge>) -> Doors {
    Doors {
        ask: bridge.clone().recipient(),
        account: bridge.clone().recipient(),
        shut: bridge.clone().recipient(),
    }
}

fn options(server: &Server, incarnation: Incarnation) -> Options {
    Options {
        url: server.url(),
        prefix: "t:".to_owned(),
        channel: "global_chat_events".to_owned(),
        log_entries: 100_000,
        incarnation,
        rooms: ROOMS,
        keep_messages: KEEP_MESSAGES,
        keep_days: 30,
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
