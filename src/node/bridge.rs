//! Which bridge a node has: the one place that tells the two apart while it runs.

use actix::{Addr, Recipient};

use crate::bridge::embedded::{self, EmbeddedBridge};
use crate::bridge::redis::{self, RedisBridge};
use crate::chat::origin::Incarnation;
use crate::messages::{AccountAsk, Arrived, Ask, LookBack, Shut, Vital};
use crate::settings::{self, Settings};

use super::{StartError, parts};

/// A store that is open and has only to be started.
#[derive(Debug)]
pub(super) enum Opened {
    Embedded(embedded::Opened),
    Redis(redis::Opened),
}

/// A bridge that runs.
#[derive(Debug, Clone)]
pub(super) enum Bridge {
    Embedded(Addr<EmbeddedBridge>),
    Redis(Addr<RedisBridge>),
}

impl Opened {
    /// Opens the store that the settings mean. The embedded one blocks the thread; the other one
    /// is waited for, and nothing is left behind when that wait is dropped.
    pub(super) async fn open(
        settings: &Settings,
        incarnation: Incarnation,
    ) -> Result<Self, StartError> {
        match &settings.bridge {
            settings::Bridge::Embedded { durability } => {
                let options = parts::embedded(settings, *durability);
                Ok(Self::Embedded(EmbeddedBridge::open(options)?))
            }
            settings::Bridge::Redis(redis) => {
                let options = parts::redis(settings, redis, incarnation);
                Ok(Self::Redis(RedisBridge::open(options).await?))
            }
        }
    }

    /// Closes it again: nothing is left that a next start would have to wait for.
    pub(super) async fn leave(self) {
        match self {
            Self::Embedded(opened) => drop(opened),
            Self::Redis(opened) => opened.leave().await,
        }
    }

    /// Starts the bridge on the current arbiter.
    pub(super) fn start(self, registry: Recipient<Arrived>, vital: Vital) -> Bridge {
        match self {
            Self::Embedded(opened) => Bridge::Embedded(opened.start(registry, vital)),
            Self::Redis(opened) => Bridge::Redis(opened.start(registry, vital)),
        }
    }
}

impl Bridge {
    /// For the sessions.
    pub(super) fn asks(&self) -> Recipient<Ask> {
        match self {
            Self::Embedded(bridge) => bridge.clone().recipient(),
            Self::Redis(bridge) => bridge.clone().recipient(),
        }
    }

    /// For the registry.
    pub(super) fn archive(&self) -> Recipient<LookBack> {
        match self {
            Self::Embedded(bridge) => bridge.clone().recipient(),
            Self::Redis(bridge) => bridge.clone().recipient(),
        }
    }

    /// For the authenticator.
    pub(super) fn account_asks(&self) -> Recipient<AccountAsk> {
        match self {
            Self::Embedded(bridge) => bridge.clone().recipient(),
            Self::Redis(bridge) => bridge.clone().recipient(),
        }
    }

    /// Waits until what was asked so far is decided and the store is closed.
    pub(super) async fn shut(&self) {
        // A bridge that failed has nothing left to store.
        let _closed = match self {
            Self::Embedded(bridge) => bridge.send(Shut).await,
            Self::Redis(bridge) => bridge.send(Shut).await,
        };
    }
}
