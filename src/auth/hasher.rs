//! The threads on which bcrypt runs: a hash is a quarter of a second, which no event loop has.

use std::panic::{AssertUnwindSafe, catch_unwind};

use actix::{Actor, Handler, Message, Recipient, SyncArbiter, SyncContext};

use super::password::{CannotHash, StoredHash};
use super::tickets::Ticket;
use crate::chat::Secret;

/// Is this the hash of that password?
#[derive(Debug, Message)]
#[rtype(result = "Result<bool, JobFailed>")]
pub(super) struct Verify {
    pub(super) password: Secret,
    pub(super) against: StoredHash,
    /// Rides along: the queue of the pool has no bound of its own, and a job in it is work in
    /// flight even when nobody waits for the answer any more.
    #[expect(dead_code, reason = "held for its drop alone")]
    pub(super) ticket: Ticket,
}

/// The hash of a new password.
#[derive(Debug, Message)]
#[rtype(result = "Result<StoredHash, JobFailed>")]
pub(super) struct Hash {
    pub(super) password: Secret,
    pub(super) cost: u32,
    /// As in [`Verify`].
    #[expect(dead_code, reason = "held for its drop alone")]
    pub(super) ticket: Ticket,
}

/// One job came to nothing; the worker lives.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobFailed {
    /// A bug; the backtrace is in the log.
    #[error("a password worker panicked")]
    Panicked,
    /// A cost or an operating system that does not allow it.
    #[error(transparent)]
    CannotHash(#[from] CannotHash),
}

/// Where jobs go.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) verify: Recipient<Verify>,
    pub(super) hash: Recipient<Hash>,
}

impl Pool {
    /// Starts so many threads, at least one; they end when the pool is dropped.
    pub(super) fn start(workers: usize) -> Self {
        let hashers = SyncArbiter::start(workers.max(1), || Hasher);
        Self {
            verify: hashers.clone().recipient(),
            hash: hashers.recipient(),
        }
    }
}

/// One of the threads.
#[derive(Debug)]
struct Hasher;

impl Actor for Hasher {
    type Context = SyncContext<Self>;
}

impl Handler<Verify> for Hasher {
    type Result = Result<bool, JobFailed>;

    fn handle(&mut self, job: Verify, _: &mut Self::Context) -> Self::Result {
        survive(|| Ok(job.against.verifies(&job.password)))
    }
}

impl Handler<Hash> for Hasher {
    type Result = Result<StoredHash, JobFailed>;

    fn handle(&mut self, job: Hash, _: &mut Self::Context) -> Self::Result {
        survive(|| Ok(StoredHash::make(&job.password, job.cost)?))
    }
}

/// Does a job; a panic ends the job and not the thread, of which actix starts no second one.
fn survive<T>(job: impl FnOnce() -> Result<T, JobFailed>) -> Result<T, JobFailed> {
    // A job owns all it touches, so nothing half-done is left behind.
    catch_unwind(AssertUnwindSafe(job)).unwrap_or(Err(JobFailed::Panicked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tickets::Tickets;

    /// A job that goes the way of the others and panics.
    #[derive(Message)]
    #[rtype(result = "Result<bool, JobFailed>")]
    struct Panic {
        #[expect(dead_code, reason = "held for its drop alone")]
        ticket: Ticket,
    }

    impl Handler<Panic> for Hasher {
        type Result = Result<bool, JobFailed>;

        fn handle(&mut self, _: Panic, _: &mut Self::Context) -> Self::Result {
            survive(|| std::panic::panic_any("on purpose"))
        }
    }

    #[actix::test]
    async fn a_panic_ends_the_job_and_not_the_worker() {
        let hashers = SyncArbiter::start(1, || Hasher);
        let tickets = Tickets::new(1);
        for _ in 0..3 {
            let ticket = tickets.take().expect("the one before is back");
            let answer = hashers.send(Panic { ticket }).await.unwrap();
            assert!(matches!(answer, Err(JobFailed::Panicked)));
        }
        let password = Secret::new("hunter22");
        let hash = Hash {
            password: password.clone(),
            cost: 4,
            ticket: tickets.take().unwrap(),
        };
        let against = hashers.send(hash).await.unwrap().unwrap();
        let verify = Verify {
            password,
            against,
            ticket: tickets.take().unwrap(),
        };
        assert!(hashers.send(verify).await.unwrap().unwrap());
    }
}
