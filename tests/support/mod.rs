//! What every conversation needs: a real node in a folder of its own, and people who talk to it
//! over real TLS.
//!
//! Nothing here sleeps. Who expects a line waits for it until [`PATIENCE`] is over; who expects
//! nothing asks `/ping`, whose answer comes behind everything that came before it. Only where
//! the point is that something does not happen for a while is that while spent.

// Each file of tests uses its own part of this.
#![allow(dead_code, unused_imports)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod cluster;
mod crowd;
mod dice;
mod irc;
mod ledger;
mod meddler;
mod node;
mod program;
mod proxy;
mod redis;
mod resp;

use std::future::Future;
use std::time::Duration;

pub(crate) use client::{Client, Ear, Heard, Mouth, Own, Tls, password_of};
pub(crate) use cluster::{
    Cluster, NOT_AFTER_ALL, NOT_CONFIRMED, NOT_DELIVERED, PREFIX, Seat, ends_by_itself, is_refused,
    member,
};
pub(crate) use crowd::Crowd;
pub(crate) use dice::Dice;
pub(crate) use irc::{Irc, bare, command};
pub(crate) use ledger::{agrees_on, fits_together, nobody_is_left};
pub(crate) use meddler::{Meddler, Meddling};
pub(crate) use node::{Home, Node, Said, lines_of};
pub(crate) use program::Program;
pub(crate) use proxy::{Half, Link, Proxy, Way};
pub(crate) use redis::{KEPT, Papers, Redis, free_port};

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What comes of it, or a failure that says what was waited for.
pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => panic!("waited {PATIENCE:?} in vain: {what}"),
    }
}

/// Between two looks at something that does not tell when it changes.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Looks again and again until it is so, or fails.
pub(crate) async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let looking = async {
        while !is_so() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    soon(what, looking).await;
}

/// Sockets for a crowd: the test's own, the node raises its own bound.
pub(crate) fn expect_a_crowd(of: u64) {
    let files = rlimit::increase_nofile_limit(of + 256).unwrap();
    assert!(files >= of, "only {files} files may be open: ulimit -Hn");
}

/// Does all of it side by side on this thread; returns what came of it, in any order.
pub(crate) async fn all_at_once<F>(works: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let works: tokio::task::JoinSet<_> = works.into_iter().collect();
    works.join_all().await
}
