//! A door at which one is in several rooms. The line door knows one at a time, so the key that is
//! typed says what such a door would ask.

use std::collections::VecDeque;
use std::time::Duration;

use actix::dev::SendError;
use actix::{Actor, AsyncContext, Context, Handler, Recipient, ResponseFuture};

use crate::chat::Text;
use crate::chat::command::RoomKey;
use crate::messages::{ACTOR_MAILBOX, Ask, Question, Request, RoomRequest, Shut};

/// `/join den too`: into the den, and out of no room.
pub(super) const TOO: &str = "too";

/// `/join den out`: out of the den, and into no room. Not out of the room that is talked in.
pub(super) const OUT: &str = "out";

/// When a store with a full mailbox is asked again.
const AGAIN: Duration = Duration::from_millis(5);

/// Passes on what is asked, in order.
pub(super) struct Several {
    ask: Recipient<Ask>,
    shut: Recipient<Shut>,
    waiting: VecDeque<Ask>,
}

impl Several {
    pub(super) const fn before(ask: Recipient<Ask>, shut: Recipient<Shut>) -> Self {
        Self {
            ask,
            shut,
            waiting: VecDeque::new(),
        }
    }

    fn pass_on(&mut self, ctx: &mut Context<Self>) {
        while let Some(ask) = self.waiting.pop_front() {
            match self.ask.try_send(ask) {
                Ok(()) => {}
                Err(SendError::Full(ask)) => {
                    self.waiting.push_front(ask);
                    ctx.run_later(AGAIN, Self::pass_on);
                    return;
                }
                // The node is over.
                Err(SendError::Closed(_)) => {}
            }
        }
    }
}

impl Actor for Several {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(ACTOR_MAILBOX);
    }
}

impl Handler<Ask> for Several {
    type Result = ();

    fn handle(&mut self, mut ask: Ask, ctx: &mut Self::Context) {
        for question in &mut ask.questions {
            if let Question::Live { request, .. } = question {
                translate(request);
            }
        }
        self.waiting.push_back(ask);
        self.pass_on(ctx);
    }
}

/// Everything asked before is passed on first.
impl Handler<Shut> for Several {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, shut: Shut, _: &mut Self::Context) -> Self::Result {
        let (asks, ask) = (std::mem::take(&mut self.waiting), self.ask.clone());
        let store = self.shut.clone();
        Box::pin(async move {
            // A store that is gone has said so.
            for asked in asks {
                let _ = ask.send(asked).await;
            }
            let _ = store.send(shut).await;
        })
    }
}

fn translate(request: &mut Request) {
    let Request::Rooms(RoomRequest::Move { from, to, key }) = request else {
        return;
    };
    let RoomKey::Given(word) = &*key else {
        return;
    };
    let room = to.clone();
    let asks = match word.expose() {
        word if word == TOO.as_bytes() => RoomRequest::Enter {
            room,
            key: RoomKey::None,
        },
        word if word == OUT.as_bytes() && from != to => RoomRequest::Leave {
            room,
            words: Text::new("bye").ok(),
        },
        _ => RoomRequest::Move {
            from: from.clone(),
            to: room,
            key: RoomKey::None,
        },
    };
    *request = Request::Rooms(asks);
}
