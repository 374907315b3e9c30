//! What the bridge is asked, and by whom: each becomes a job in its queue.

use actix::{Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::writer::Task;
use super::{EmbeddedBridge, Job, Waiting};
use crate::messages::{
    AccountAnswer, AccountAsk, Ask, LookBack, LookedBack, Question, StoreFailed,
};

impl Handler<Ask> for EmbeddedBridge {
    type Result = ();

    fn handle(&mut self, ask: Ask, _: &mut Context<Self>) {
        let Ask {
            session,
            reply,
            questions,
        } = ask;
        for question in questions {
            if matches!(question, Question::Seen { .. }) && self.refusal().is_some() {
                continue;
            }
            let job = self.job(session.clone(), reply.clone(), question);
            self.enqueue(job);
        }
    }
}

impl Handler<AccountAsk> for EmbeddedBridge {
    type Result = ResponseFuture<Result<AccountAnswer, StoreFailed>>;

    fn handle(&mut self, ask: AccountAsk, _: &mut Context<Self>) -> Self::Result {
        let (to, answer) = oneshot::channel();
        if self.refusal().is_none() {
            let task = Task::Account { ask };
            let waiting = Waiting::Authenticator(to);
            self.enqueue(Job { task, waiting });
        }
        Box::pin(async { answer.await.unwrap_or(Err(StoreFailed::NotDone)) })
    }
}

impl Handler<LookBack> for EmbeddedBridge {
    type Result = ResponseFuture<Result<LookedBack, StoreFailed>>;

    fn handle(&mut self, look: LookBack, _: &mut Context<Self>) -> Self::Result {
        let (to, found) = oneshot::channel();
        if self.refusal().is_none() {
            let task = Task::LookBack { look };
            let waiting = Waiting::Registry(to);
            self.enqueue(Job { task, waiting });
        }
        Box::pin(async { found.await.unwrap_or(Err(StoreFailed::NotDone)) })
    }
}
