//! The contract, and what only this bridge promises.

use std::collections::BTreeSet;

use actix::Recipient;

use super::*;
use crate::bridge::contract::{Doors, KEEP_MESSAGES, ROOMS, Subject, keeps_the_contract};

/// A directory of its own for each test.
struct InADirectory(tempfile::TempDir);

impl Subject for InADirectory {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    async fn start(
        &self,
        configured: BTreeSet<UserName>,
        registry: Recipient<Arrived>,
        vital: Vital,
    ) -> Doors {
        let mut options = options(self.0.path());
        options.configured = configured;
        let bridge = EmbeddedBridge::open(options)
            .expect("a store")
            .start(registry, vital);
        Doors {
            ask: bridge.clone().recipient(),
            account: bridge.clone().recipient(),
            shut: bridge.recipient(),
        }
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
        configured: BTreeSet::new(),
    }
}
